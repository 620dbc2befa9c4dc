/** GnuTLS's command line programs in a lab. */

import type { Lab, Version } from "./lab.ts";
import { freePort, type Peer } from "./peers.ts";

/** The priority string that allows one version alone; `more` is appended. */
export function priority(version: Version, more = ""): string {
  return `--priority=NORMAL:-VERS-ALL:+VERS-${version === "tls1_2" ? "TLS1.2" : "TLS1.3"}${more}`;
}

/**
 * `gnutls-serv` that echoes. It has no way to listen on loopback alone, so it
 * lives for one test.
 */
export async function gnutlsServ(lab: Lab, ...args: string[]): Promise<Peer & { port: number }> {
  const port = freePort();
  const peer = lab.peer(
    "gnutls-serv",
    ...["-p", `${port}`, "--echo", "--x509certfile", "cert.pem", "--x509keyfile", "key.pem"],
    ...args,
  );
  await peer.said(/listening on IPv4 \S+ port \d+\.\.\.done/);
  return Object.assign(peer, { port });
}

/** `gnutls-cli`, which trusts our CA and checks the name unless told otherwise. */
export function gnutlsCli(lab: Lab, port: number, ...args: string[]): Peer {
  const trust = args.some((arg) => arg.startsWith("--x509cafile")) ? [] : ["--x509cafile=ca.pem"];
  const names = ["--sni-hostname=localhost"];
  if (!args.some((arg) => arg.startsWith("--verify-hostname"))) {
    names.push("--verify-hostname=localhost");
  }
  return lab.peer("gnutls-cli", "-p", `${port}`, ...trust, ...names, ...args, "127.0.0.1");
}
