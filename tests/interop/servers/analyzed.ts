/**
 * Ten servers with good and bad settings, for what analyzes servers: openssl's s_server, gnutls-serv
 * and nginx, each on a free loopback port.
 */

import { TestCa, type TestCertificate } from "../../../certificate/mod.ts";
import type { Lab } from "../lab.ts";
import { freePort } from "../peers.ts";
import { type Running, started } from "./mutual_tls.ts";

/** A server and how it is started. */
export interface AnalyzedServer {
  /** What is special about it. */
  readonly name: string;
  /** Findings that it has. */
  readonly finds: readonly string[];
  /** How many chains it has. @default {1} */
  readonly chains?: number;
  /** Starts it. */
  start(lab: Lab): Promise<Running>;
}

function write(lab: Lab, name: string, { cert, key }: TestCertificate): string[] {
  lab.write(`${name}.pem`, cert);
  lab.write(`${name}.key`, key);
  return [`${name}.pem`, `${name}.key`];
}

/** A certificate with a key of RSA, for suites that need one. */
async function rsa(lab: Lab): Promise<string[]> {
  return write(lab, "rsa", await lab.pki.ca.server("localhost", { keyType: "rsa" }));
}

const ec = (): string[] => ["cert.pem", "key.pem"];

function sServer(lab: Lab, [cert, key]: readonly string[], ...args: string[]): Promise<Running> {
  const port = freePort();
  const own = ["-accept", `127.0.0.1:${port}`, "-cert", cert!, "-key", key!, "-quiet"];
  return started(lab, "openssl", ["s_server", ...own, ...args], port);
}

function gnutls(lab: Lab, [cert, key]: readonly string[], priority: string): Promise<Running> {
  const port = freePort();
  const own = ["--port", `${port}`, "--x509certfile", cert!, "--x509keyfile", key!, "--quiet"];
  return started(lab, "gnutls-serv", [...own, "--http", "--priority", priority], port);
}

function nginx(
  lab: Lab,
  [cert, key]: readonly string[],
  settings: readonly string[],
): Promise<Running> {
  const port = freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${lab.dir}/${name};`);
  lab.write(
    "nginx.conf",
    `daemon off; master_process off; user root; pid ${lab.dir}/nginx.pid; error_log stderr;
events {}
http {
  access_log off; ${temporary.join(" ")}
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${lab.dir}/${cert}; ssl_certificate_key ${lab.dir}/${key};
    ${settings.join("; ")};
  }
}
`,
  );
  return started(lab, "/usr/sbin/nginx", ["-p", lab.dir, "-c", `${lab.dir}/nginx.conf`], port);
}

const ALL = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

/** The servers. */
export const ANALYZED_SERVERS: readonly AnalyzedServer[] = [
  {
    name: "s_server as it comes, with a key of RSA",
    finds: ["no-forward-secrecy", "cbc"],
    start: async (lab) => sServer(lab, await rsa(lab)),
  },
  {
    name: "s_server with all that it has, from TLS 1.0 on",
    finds: ["null-cipher", "anonymous", "tls1.0", "tls1.1", "beast"],
    start: async (lab) =>
      sServer(lab, await rsa(lab), "-cipher", ALL, "-min_protocol", "TLSv1", "-serverpref"),
  },
  {
    name: "s_server with TLS 1.2 alone, its own order and a key of P-256",
    finds: ["no-tls1.3"],
    start: (lab) => sServer(lab, ec(), "-tls1_2", "-serverpref"),
  },
  {
    name: "s_server with TLS 1.3 alone and two groups",
    finds: ["no-post-quantum"],
    start: (lab) =>
      sServer(lab, ec(), "-tls1_3", "-groups", "X25519:P-384", "-alpn", "h2,http/1.1"),
  },
  {
    name: "s_server with a prime of 1024 bits",
    finds: ["broken-dh"],
    start: async (lab) => {
      await lab.openssl(
        ...["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:dh_1024_160"],
        ...["-outform", "PEM", "-out", "dh.pem"],
      );
      const cipher = ["-cipher", "DHE:@SECLEVEL=0", "-tls1_2", "-dhparam", "dh.pem"];
      return sServer(lab, await rsa(lab), ...cipher);
    },
  },
  {
    name: "s_server with two certificates",
    finds: ["no-tls1.3"],
    chains: 2,
    start: async (lab) => {
      const [cert, key] = await rsa(lab);
      return sServer(lab, ec(), "-dcert", cert!, "-dkey", key!, "-no_tls1_3");
    },
  },
  {
    name: "gnutls-serv as it comes",
    finds: ["client-renegotiation"],
    start: async (lab) => gnutls(lab, await rsa(lab), "NORMAL"),
  },
  {
    name: "gnutls-serv with RC4, 3DES and TLS 1.0",
    finds: ["rc4", "sweet32", "tls1.0"],
    start: async (lab) =>
      gnutls(
        lab,
        await rsa(lab),
        "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:-VERS-TLS1.3:+ARCFOUR-128:+3DES-CBC:+RSA:+SHA1:%SERVER_PRECEDENCE",
      ),
  },
  {
    name: "nginx with good settings",
    finds: ["no-post-quantum"],
    start: (lab) =>
      nginx(lab, ec(), [
        "ssl_protocols TLSv1.2 TLSv1.3",
        "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
        "ssl_prefer_server_ciphers on",
        "ssl_ecdh_curve X25519:P-256:P-384",
        "ssl_session_cache shared:SSL:1m",
      ]),
  },
  {
    name: "nginx with bad settings: TLS 1.0, no tickets, an old certificate without its issuer",
    finds: ["wrong-name", "expired", "weak-signature", "anonymous", "no-resumption"],
    start: async (lab) => {
      const root = await TestCa.create({ commonName: "Old Root" });
      const issuer = await root.intermediate();
      const old = await issuer.server("old.example", {
        keyType: "rsa",
        notBefore: new Date(Date.now() - 800 * 86_400_000),
        notAfter: new Date(Date.now() - 86_400_000),
        digest: "sha1",
      });
      write(lab, "old", old);
      lab.write("old.pem", old.certificate.pem);
      return nginx(lab, ["old.pem", "old.key"], [
        "ssl_protocols TLSv1 TLSv1.1 TLSv1.2",
        `ssl_ciphers ALL:@SECLEVEL=0`,
        "ssl_session_tickets off",
      ]);
    },
  },
];
