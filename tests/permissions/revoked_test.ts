/** A program may drop the ffi permission once its contexts are made: no connection asks for it. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { LIBSSL } from "./headers.ts";

const MAIN = new URL("revoked_main.ts", import.meta.url).pathname;

type Result = Readonly<Record<string, unknown>>;

async function run(version: string): Promise<ReadonlyMap<string, Result>> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", "--allow-ffi", MAIN, version],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(err, "");
  return new Map(
    out!.trim().split("\n").map((line) => {
      const { case: name, ...rest } = JSON.parse(line);
      return [name, rest];
    }),
  );
}

const failure = (error: string, code: string) => ({ error, code, engine: "openssl" });
const UNKNOWN = failure("SslVerifyError", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
const TOLD_UNKNOWN = failure("SslPeerError", "ERR_SSL_ALERT_UNKNOWN_CA");
const BROKEN = failure("SslPeerError", "ERR_SSL_BAD_RECORD");
const TOLD_BROKEN = failure("SslPeerError", "ERR_SSL_ALERT_BAD_RECORD_MAC");

for (const version of ["TLSv1_2", "TLSv1_3"]) {
  Deno.test({
    name: `connections work and fail as before after the ffi permission was revoked (${version})`,
    ignore: LIBSSL === undefined,
    fn: async () => {
      const results = await run(version);
      assertEquals(results.get("revoke"), { state: "prompt", laterEngine: "deno" });
      const server = { shutdown: "done" };
      const client = { read: 1, version, exported: 8, peer: "server.example", end: null };
      assertEquals(results.get("handshake"), {
        client: { ...client, reused: false, alpn: "a" },
        server,
      });
      assertEquals(results.get("resumption"), {
        client: { ...client, reused: true, alpn: "a" },
        server,
      });
      assertEquals(results.get("client certificate"), {
        client: { ...client, reused: false },
        server,
      });
      assertEquals(results.get("refused server"), { client: UNKNOWN, server: TOLD_UNKNOWN });
      assertEquals(results.get("refused client"), { client: TOLD_UNKNOWN, server: UNKNOWN });
      assertEquals(results.get("record to the server"), { client: TOLD_BROKEN, server: BROKEN });
      assertEquals(results.get("record to the client"), { client: BROKEN, server: TOLD_BROKEN });
      assertEquals(results.get("truncation"), {
        server: { error: "SslTruncatedError", code: "ERR_SSL_TRUNCATED" },
      });
      assertEquals(results.get("plain text"), {
        server: failure("SslPeerError", "ERR_SSL_NOT_TLS"),
      });
      assert(results.size === 10, `${results.size}`);
    },
  });
}
