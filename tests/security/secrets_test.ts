/** What is secret stands in no message, whatever mistake it is a part of. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { decodeKeySync } from "../../certificate/keys/decode.ts";
import { pemFile2key } from "../../certificate/files.ts";
import { SslContext } from "../../context/context.ts";
import type { ContextOptions } from "../../context/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { SslSocket } from "../../socket/socket.ts";
import { ca, leaf } from "../context/harness.ts";

const PASSWORD = "correct horse battery staple";
/** A line of the key that says something about it. */
const LINE = leaf.key.split("\n")[2]!;

/** All that a program may print of a value. */
function printed(value: unknown): string {
  const causes: unknown[] = [];
  for (let at = value; at instanceof Error; at = at.cause) causes.push(at.message, at.stack);
  const shown = Deno.inspect(value, { depth: 10, showHidden: true, strAbbreviateSize: 1e6 });
  return [shown, String(value), JSON.stringify(value) ?? "", ...causes.map(String)].join("\n");
}

function assertSilent(value: unknown): void {
  const text = printed(value);
  assert(LINE.length > 40);
  assertFalse(text.includes(LINE), "a key is shown");
  assertFalse(text.includes(LINE.slice(0, 40)), "a part of a key is shown");
  assertFalse(text.includes(PASSWORD), "a password is shown");
}

const MISTAKES: Readonly<Record<string, object>> = {
  "the key itself as keyFile": { cert: leaf.cert, keyFile: leaf.key },
  "the key itself as keyFile by name": { certFile: { "": "c" }, keyFile: { "": leaf.key } },
  "the key itself as certFile": { certFile: leaf.cert + leaf.key },
  "the key itself as dhFile": { dhFile: leaf.key },
  "a list of keys as keyFile": { cert: leaf.cert, keyFile: [leaf.key] },
  "the key as certificate": { cert: leaf.key, key: leaf.cert },
  "the key as ca": { ca: leaf.key },
  "the key as caFile": { caFile: leaf.key },
  "the key as caPath": { caPath: leaf.key },
  "a damaged key": { cert: leaf.cert, key: leaf.key.replace(LINE, LINE.slice(1)) },
  "a key with a character that is not base64": {
    cert: leaf.cert,
    key: leaf.key.replace(LINE, LINE + "!"),
  },
  "a password as passwdCb": { cert: leaf.cert, key: leaf.key, passwdCb: PASSWORD },
  "an identity with a zero byte": { psk: ["a\0b", PASSWORD] },
  "a key without an identity": { psk: [PASSWORD] },
};

for (const [mistake, options] of Object.entries(MISTAKES)) {
  Deno.test(`${mistake}: the error does not show it`, async () => {
    const all = { engine: "openssl", server: true, ...options } as ContextOptions;
    assertSilent(await assertRejects(() => SslContext.create(all)));
  });
}

/** Every option that takes a text. */
const TEXTS = [
  ...["hostname", "port", "path", "serverName", "verifycnName", "fingerprint", "sessionKey"],
  ...["version", "minVersion", "maxVersion", "cipherList", "ciphersuites", "ecdhCurve", "sigalgs"],
  ...["engine", "verifycnScheme", "checkCrl", "family", "transport"],
];

for (const name of TEXTS) {
  Deno.test(`the key itself as ${name}: the error does not show it`, async () => {
    const target = { hostname: "127.0.0.1", port: 1, serverName: "x", ca: ca.pem };
    const options = { ...target, [name]: leaf.key } as object;
    const error = await assertRejects(() => SslSocket.connect(options), TypeError);
    assertSilent(error);
    assert(error.message.includes(name), error.message);
  });
}

Deno.test("pemFile2key() with the key instead of its path does not show it", async () => {
  const error = await assertRejects(() => pemFile2key(leaf.key), TypeError);
  assertEquals(error.message, "Cannot use a file: it must be a path: received PEM text");
  assertSilent(error);
});

Deno.test("keys, contexts, sockets, listeners, sessions and reports show no secret", async () => {
  const context = await SslContext.create({
    engine: "openssl",
    server: true,
    cert: leaf.cert,
    key: leaf.key,
    passwdCb: () => PASSWORD,
  });
  const sessionCache = new SessionCache(5);
  const listener = await SslSocket.listen({ hostname: "127.0.0.1", port: 0, reuseCtx: context });
  const accepted = listener.accept();
  const client = await SslSocket.connect(`127.0.0.1:${listener.addr.port}`, {
    engine: "openssl",
    ca: ca.pem,
    serverName: "server.example",
    sessionCache,
  });
  const server = await accepted;
  await server.write(new Uint8Array(1));
  await client.read(new Uint8Array(1));
  const [[, session]] = [...sessionCache] as [[string, unknown]];
  const key = decodeKeySync(leaf.key);
  for (const one of [key, context, listener, client, server, client.report, ca]) assertSilent(one);
  // The secret of a session is nowhere either: what is shown is short.
  assert(printed(session).length < 2000, printed(session));
  await Promise.all([client.close(), server.close()]);
  listener.close();
});
