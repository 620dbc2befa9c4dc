/**
 * Servers from Debian's packages that begin in plain text, each on free loopback ports with the
 * certificate of a {@linkcode Lab}; each writes only into the lab's folder.
 */

import type { Lab } from "../lab.ts";
import { freePort, listening, type Peer, run } from "../peers.ts";

/** A server that runs until the lab is disposed of. */
export interface Running<Name extends string = "port"> {
  readonly peer: Peer;
  readonly ports: Readonly<Record<Name, number>>;
}

async function must(lab: Lab, command: string, ...args: string[]): Promise<void> {
  const { code, output } = await run(command, args, lab.dir);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${output}`);
}

async function started<Name extends string>(
  lab: Lab,
  ports: Readonly<Record<Name, number>>,
  command: string,
  ...args: string[]
): Promise<Running<Name>> {
  const peer = lab.peer(command, ...args);
  for (const port of Object.values<number>(ports)) await listening(port, peer);
  return { peer, ports };
}

/** Dovecot: IMAP, POP3 and ManageSieve; every name with the password `secret` may log in. */
export async function dovecot(lab: Lab, ssl = "yes"): Promise<Running<"imap" | "pop3" | "sieve">> {
  const ports = { imap: freePort(), pop3: freePort(), sieve: freePort() };
  await Deno.chmod(lab.dir, 0o755);
  const owned = ["home", "mail"].map((name) => `${lab.dir}/${name}`);
  for (const path of owned) await Deno.mkdir(path);
  await must(lab, "chown", "nobody:nogroup", ...owned);
  const config = lab.write(
    "dovecot.conf",
    `protocols = imap pop3 sieve
listen = 127.0.0.1
base_dir = ${lab.dir}/run
state_dir = ${lab.dir}/state
log_path = /dev/stderr
ssl = ${ssl}
ssl_cert = <${lab.dir}/cert.pem
ssl_key = <${lab.dir}/key.pem
mail_location = maildir:${lab.dir}/mail
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${lab.dir}/home
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = ${ports.pop3}
  }
  inet_listener pop3s {
    port = 0
  }
}
service managesieve-login {
  inet_listener sieve {
    port = ${ports.sieve}
  }
}
`,
  );
  return await started(lab, ports, "/usr/sbin/dovecot", "-F", "-c", config);
}

/** Postfix: an SMTP server that takes no mail. */
export async function postfix(lab: Lab, tls = "may"): Promise<Running> {
  const port = freePort();
  const dir = `${lab.dir}/postfix`;
  await Deno.chmod(lab.dir, 0o755);
  const own = ["data", "queue/public", "queue/private"].map((name) => `${dir}/${name}`);
  for (const path of [...own, `${dir}/queue/pid`]) await Deno.mkdir(path, { recursive: true });
  await must(lab, "chown", "postfix:", ...own);
  lab.write(
    "postfix/main.cf",
    `compatibility_level = 3.6
queue_directory = ${dir}/queue
data_directory = ${dir}/data
maillog_file = /dev/stdout
myhostname = mail.example
inet_interfaces = 127.0.0.1
mydestination =
local_recipient_maps =
smtpd_tls_security_level = ${tls}
smtpd_tls_cert_file = ${lab.dir}/cert.pem
smtpd_tls_key_file = ${lab.dir}/key.pem
smtpd_relay_restrictions = reject
`,
  );
  const service = (name: string, kind: string, command: string) =>
    `${name} ${kind} ${kind === "unix" ? "- - n - 1" : "n - n - -"} ${command}\n`;
  lab.write(
    "postfix/master.cf",
    service(`127.0.0.1:${port}`, "inet", "smtpd") +
      ["tlsmgr", "rewrite:trivial-rewrite", "anvil", "proxymap"].map((each) => {
        const [name = "", command = name] = each.split(":");
        return service(name, "unix", command);
      }).join("") +
      "postlog unix-dgram n - n - 1 postlogd\n",
  );
  return await started(lab, { port }, "/usr/lib/postfix/sbin/master", "-c", dir, "-d");
}

/** slapd: an LDAP server without a database; its root entry can be read. */
export async function slapd(lab: Lab, tls = true): Promise<Running> {
  const port = freePort();
  const files =
    `TLSCertificateFile ${lab.dir}/cert.pem\nTLSCertificateKeyFile ${lab.dir}/key.pem\n`;
  const config = lab.write("slapd.conf", `pidfile ${lab.dir}/slapd.pid\n${tls ? files : ""}`);
  const url = `ldap://127.0.0.1:${port}`;
  return await started(lab, { port }, "/usr/sbin/slapd", "-h", url, "-f", config, "-d", "0");
}

/** MariaDB without tables of users. */
export async function mariadb(lab: Lab, tls = true): Promise<Running> {
  const port = freePort();
  const data = `${lab.dir}/mariadb`;
  await Deno.mkdir(data);
  return await started(
    lab,
    { port },
    "/usr/sbin/mariadbd",
    ...["--no-defaults", "--user=root", `--datadir=${data}`, `--port=${port}`],
    ...["--bind-address=127.0.0.1", `--socket=${data}/s`, `--pid-file=${data}/pid`],
    ...["--skip-grant-tables", "--skip-innodb", "--default-storage-engine=MyISAM"],
    ...(tls ? [`--ssl-cert=${lab.dir}/cert.pem`, `--ssl-key=${lab.dir}/key.pem`] : ["--skip-ssl"]),
  );
}

/** vsftpd: anonymous users see an empty folder; data connections resume the session of the control connection. */
export async function vsftpd(lab: Lab, tls = true): Promise<Running> {
  const port = freePort();
  await Deno.chmod(lab.dir, 0o755);
  for (const name of ["empty", "ftp"]) await Deno.mkdir(`${lab.dir}/${name}`);
  lab.write("ftp/hello.txt", "hello over TLS\n");
  const config = lab.write(
    "vsftpd.conf",
    `listen=YES
listen_address=127.0.0.1
listen_port=${port}
background=NO
anonymous_enable=YES
no_anon_password=YES
anon_root=${lab.dir}/ftp
secure_chroot_dir=${lab.dir}/empty
seccomp_sandbox=NO
ssl_enable=${tls ? "YES" : "NO"}
allow_anon_ssl=YES
require_ssl_reuse=YES
rsa_cert_file=${lab.dir}/cert.pem
rsa_private_key_file=${lab.dir}/key.pem
`,
  );
  return await started(lab, { port }, "/usr/sbin/vsftpd", config);
}
