/** The interop suite skips nothing: without the peers it fails, here, by name. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";

/** How each peer is asked whether it is there. */
const PEERS: Record<string, [string, ...string[]]> = {
  "openssl": ["openssl", "version"],
  "Perl's IO::Socket::SSL": ["perl", "-MIO::Socket::SSL", "-MJSON::PP", "-e1"],
  "gnutls-cli": ["gnutls-cli", "--version"],
  "gnutls-serv": ["gnutls-serv", "--version"],
  "curl": ["curl", "--version"],
  "redis": ["redis-server", "--version"],
  "mosquitto": ["sh", "-c", "command -v mosquitto"],
  "nginx": ["nginx", "-v"],
  "sslscan": ["sslscan", "--version"],
  "certutil": ["sh", "-c", "command -v certutil"],
  "PostgreSQL": ["sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb"],
};

Deno.test("the real peers are installed", async () => {
  const missing: string[] = [];
  for (const [name, [command, ...args]] of Object.entries(PEERS)) {
    try {
      const { success } = await new Deno.Command(command, { args, stdin: "null" }).output();
      if (!success) missing.push(name);
    } catch {
      missing.push(name);
    }
  }
  assertEquals(
    missing,
    [],
    "install the packages that .ci/run lists to run this suite",
  );
});
