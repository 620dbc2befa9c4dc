/**
 * Servers from Debian's packages, each started on a free loopback port with the certificates of a
 * {@linkcode Lab}; each demands a client certificate and writes only into the lab's folder.
 */

import type { Lab } from "../lab.ts";
import { freePort, listening, Peer, run } from "../peers.ts";

/** A server that runs. */
export interface Running extends AsyncDisposable {
  readonly port: number;
  readonly peer: Peer;
}

/** Starts a server and waits until it listens. */
export async function started(
  lab: Lab,
  command: string,
  args: readonly string[],
  port: number,
): Promise<Running> {
  const peer = new Peer(command, args, lab.dir);
  try {
    await listening(port, peer);
  } catch (error) {
    await peer[Symbol.asyncDispose]();
    throw error;
  }
  return { port, peer, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

/** redis-server: TLS from the first byte. */
export function redis(lab: Lab): Promise<Running> {
  const port = freePort();
  const tls = [
    "--tls-port",
    `${port}`,
    "--tls-auth-clients",
    "yes",
    "--tls-ca-cert-file",
    "ca.pem",
  ];
  const own = ["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"];
  const quiet = ["--port", "0", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  return started(lab, "redis-server", [...tls, ...own, ...quiet, "--dir", lab.dir], port);
}

/** mosquitto: the user name is the common name of the client's certificate. */
export function mosquitto(lab: Lab): Promise<Running> {
  const port = freePort();
  lab.write(
    "mosquitto.conf",
    [
      `listener ${port} 127.0.0.1`,
      "user root",
      "persistence false",
      "allow_anonymous false",
      "require_certificate true",
      "use_identity_as_username true",
      `cafile ${lab.dir}/ca.pem`,
      `certfile ${lab.dir}/cert.pem`,
      `keyfile ${lab.dir}/key.pem`,
    ].join("\n"),
  );
  return started(lab, "/usr/sbin/mosquitto", ["-c", `${lab.dir}/mosquitto.conf`], port);
}

/** nginx: answers with the subject of the client's certificate, or takes an upload. */
export function nginx(lab: Lab): Promise<Running> {
  const port = freePort();
  lab.write(
    "nginx.conf",
    `daemon off; master_process off; user root; pid ${lab.dir}/nginx.pid; error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${lab.dir}/body; proxy_temp_path ${lab.dir}/proxy;
  fastcgi_temp_path ${lab.dir}/fastcgi; uwsgi_temp_path ${lab.dir}/uwsgi;
  scgi_temp_path ${lab.dir}/scgi;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${lab.dir}/cert.pem; ssl_certificate_key ${lab.dir}/key.pem;
    ssl_client_certificate ${lab.dir}/ca.pem; ssl_verify_client on;
    location / { return 200 "$server_protocol $ssl_client_verify $ssl_client_s_dn"; }
  }
}`,
  );
  return started(lab, "/usr/sbin/nginx", ["-p", lab.dir, "-c", `${lab.dir}/nginx.conf`], port);
}

/** Where Debian keeps the programs of PostgreSQL. */
async function postgresPrograms(): Promise<string> {
  const versions = (await Array.fromAsync(Deno.readDir("/usr/lib/postgresql"))).map(({ name }) =>
    name
  );
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  return `/usr/lib/postgresql/${newest}/bin`;
}

/** As the user that PostgreSQL demands. */
const AS_POSTGRES = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];

/** PostgreSQL: user `client` by SCRAM with the password `secret`, and a client certificate. */
export async function postgres(lab: Lab): Promise<Running> {
  const port = freePort();
  const programs = await postgresPrograms();
  const data = `${lab.dir}/postgres`;
  const must = async (...args: string[]) => {
    const { code, output } = await run("setpriv", [...AS_POSTGRES, ...args], lab.dir);
    if (code !== 0) throw new Error(`${args.join(" ")}: ${output}`);
  };
  await Deno.chmod(lab.dir, 0o755);
  await Deno.mkdir(data);
  lab.write("password", "secret");
  await run("chown", ["-R", "postgres:", data, `${lab.dir}/password`], lab.dir);
  await must(
    `${programs}/initdb`,
    ...["-D", data, "-U", "client", "-A", "scram-sha-256", "--no-sync", "--no-locale"],
    `--pwfile=${lab.dir}/password`,
  );
  for (const name of ["ca.pem", "cert.pem", "key.pem"]) {
    await Deno.copyFile(`${lab.dir}/${name}`, `${data}/${name}`);
    await Deno.chmod(`${data}/${name}`, 0o600);
  }
  lab.write(
    "postgres/pg_hba.conf",
    "hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-full\n",
  );
  await run("chown", ["-R", "postgres:", data], lab.dir);
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    ssl: "on",
    ssl_ca_file: "ca.pem",
    ssl_cert_file: "cert.pem",
    ssl_key_file: "key.pem",
    fsync: "off",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const start = [...AS_POSTGRES, `${programs}/postgres`, "-D", data, ...args];
  const { peer } = await started(lab, "setpriv", start, port);
  await peer.said("ready to accept connections");
  return {
    port,
    peer,
    async [Symbol.asyncDispose]() {
      await must(`${programs}/pg_ctl`, "stop", "-D", data, "-m", "immediate");
      await peer[Symbol.asyncDispose]();
    },
  };
}

/** MariaDB: user `client` with the password `secret` and a certificate. */
export async function mariadb(lab: Lab): Promise<Running> {
  const port = freePort();
  const data = `${lab.dir}/mariadb`;
  const small = ["--innodb-log-file-size=4M", "--innodb-flush-method=nosync"];
  const own = ["--no-defaults", "--user=root", `--datadir=${data}`, ...small];
  // It takes some ten seconds on a busy machine.
  const { success, stderr } = await new Deno.Command("mariadb-install-db", {
    args: [...own, "--skip-test-db", "--auth-root-authentication-method=normal"],
    cwd: lab.dir,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  lab.write(
    "accounts.sql",
    "create user client@'127.0.0.1' identified by 'secret' require subject '/CN=client';\n",
  );
  const settings = {
    port,
    "bind-address": "127.0.0.1",
    socket: `${lab.dir}/mariadb.sock`,
    "pid-file": `${lab.dir}/mariadb.pid`,
    "ssl-ca": lab.path("ca.pem"),
    "ssl-cert": lab.path("cert.pem"),
    "ssl-key": lab.path("key.pem"),
    "init-file": lab.path("accounts.sql"),
    "skip-name-resolve": 1,
  };
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  return await started(lab, "/usr/sbin/mariadbd", [...own, ...args], port);
}
