/**
 * OpenSSL under `--allow-ffi=<path>`, where C cannot call back: the client judges the server before
 * its own last flight is flushed. Told by the other end: a server of this process, which has the
 * full flag, and a proxy that keeps what the client sent.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { SSL_VERIFY_PEER } from "../../constants.ts";
import { SslSocket } from "../../mod.ts";
import { LIBSSL, ROOT } from "./headers.ts";

const LOOPBACK = "127.0.0.1";

const path = LIBSSL;
const ignore = path === undefined;

const ca = await TestCa.create();
const foreign = await TestCa.create({ commonName: "Another CA" });
const server = await ca.server("*.wild.example");
const client = await ca.client("the client");
const PIN = server.certificate.fingerprint();
const OTHER_PIN = client.certificate.fingerprint();

/** What the process does: connects with these options, writes at once, tells what came of it. */
const SCRIPT = `
const { SslSocket, engineInfo } = await import(${JSON.stringify(new URL("mod.ts", ROOT).href)});
const options = JSON.parse(Deno.args[0]);
if (options.verifycnScheme === "refuse") options.verifycnScheme = { callback: () => false };
const told = { narrow: !engineInfo().features.has("keylog"), name: engineInfo().name };
try {
  await using socket = await SslSocket.connect(options);
  await socket.write(new TextEncoder().encode("secret"));
  await socket.read(new Uint8Array(9));
} catch (error) {
  told.error = [error.name, error.code, error.message];
}
console.log(JSON.stringify(told));
`;

interface Told {
  readonly name: string;
  readonly narrow: boolean;
  readonly error?: readonly [name: string, code: string, message: string];
}

async function runClient(options: Record<string, unknown>): Promise<Told> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--no-prompt"],
      ...[`--allow-net=${LOOPBACK}`, `--allow-ffi=${path}`, "-", JSON.stringify(options)],
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(SCRIPT));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The types of the TLS records in a stream, and how many bytes follow the last whole one. */
function recordTypes(bytes: Uint8Array): number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    types.push(bytes[at]!);
    at += 5 + (bytes[at + 3]! << 8 | bytes[at + 4]!);
  }
  return types;
}

/** What the other end saw of one client. */
interface Seen {
  readonly told: Told;
  /** How often the server looked at a certificate of the client. */
  readonly certificates: number;
  /** The application bytes that it got. */
  readonly data: string;
  /** Everything that the client sent. */
  readonly sent: Uint8Array;
}

async function attempt(
  version: "TLSv1_2" | "TLSv1_3",
  options: Record<string, unknown>,
): Promise<Seen> {
  let certificates = 0;
  await using listener = await SslSocket.listen({
    ...{ engine: "openssl", hostname: LOOPBACK, port: 0, timeout: 20_000, version },
    ...{ cert: server.cert, key: server.key, ca: ca.pem, verifyMode: SSL_VERIFY_PEER },
    verifyCallback: (ok) => {
      certificates++;
      return ok;
    },
  });
  let data = "";
  const serving = (async () => {
    try {
      await using socket = await listener.accept();
      const p = new Uint8Array(64);
      const n = await socket.read(p);
      data = new TextDecoder().decode(p.subarray(0, n ?? 0));
      await socket.write(p.subarray(0, 1));
    } catch {
      // Refused: what it saw by then is what counts.
    }
  })();
  const sent: number[] = [];
  using front = Deno.listen({ hostname: LOOPBACK, port: 0 });
  const proxying = (async () => {
    using near = await front.accept();
    using far = await Deno.connect({ hostname: LOOPBACK, port: listener.addr.port });
    const copy = async (from: Deno.TcpConn, to: Deno.TcpConn, keep: boolean) => {
      const p = new Uint8Array(16384);
      for (let n; (n = await from.read(p).catch(() => null)) !== null;) {
        if (keep) sent.push(...p.subarray(0, n));
        for (let at = 0; at < n;) at += await to.write(p.subarray(at, n)).catch(() => n);
      }
      await to.closeWrite().catch(() => {});
    };
    await Promise.all([copy(near, far, true), copy(far, near, false)]);
  })();
  const told = await runClient({
    ...{ hostname: LOOPBACK, port: front.addr.port, timeout: 20_000, engine: "openssl" },
    ...{ cert: client.cert, key: client.key, serverName: "a.wild.example", ca: ca.pem },
    ...options,
  });
  await Promise.all([serving, proxying]);
  return { told, certificates, data, sent: Uint8Array.from(sent) };
}

/** Whether bytes have others in them. */
function includes(bytes: Uint8Array, part: Uint8Array): boolean {
  const text = (b: Uint8Array) => Array.from(b, (byte) => String.fromCharCode(byte)).join("");
  return text(bytes).includes(text(part));
}

const accepted: readonly (readonly [string, Record<string, unknown>])[] = [
  ["by chain and name", {}],
  ["under a scheme", { verifycnScheme: "http" }],
  ["with verifycnName in place of the name sent", { verifycnName: "b.wild.example" }],
  ["by a pin alone", { ca: [], fingerprint: PIN }],
  ["by a forced pin", { fingerprint: PIN, forceFingerprint: true }],
];

const refused: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["of an unknown CA", { ca: foreign.pem }, "SELF_SIGNED_CERT_IN_CHAIN"],
  ["without any anchor", { ca: [] }, "SELF_SIGNED_CERT_IN_CHAIN"],
  ["for another name", { serverName: "other.example" }, "HOSTNAME_MISMATCH"],
  ["that a scheme refuses", { verifycnScheme: "sip" }, "HOSTNAME_MISMATCH"],
  ["that the callback of a scheme refuses", { verifycnScheme: "refuse" }, "HOSTNAME_MISMATCH"],
  [
    "that another forced pin refuses",
    { fingerprint: OTHER_PIN, forceFingerprint: true },
    "FINGERPRINT_MISMATCH",
  ],
  [
    "that neither pin nor chain accepts",
    { ca: [], fingerprint: OTHER_PIN },
    "SELF_SIGNED_CERT_IN_CHAIN",
  ],
];

for (const version of ["TLSv1_2", "TLSv1_3"] as const) {
  for (const [what, options] of accepted) {
    Deno.test({
      name:
        `--allow-ffi=<path>, ${version}: a server is accepted ${what}, and gets certificate and data`,
      ignore,
      fn: async () => {
        const { told, certificates, data, sent } = await attempt(version, options);
        assertEquals(told, { name: "openssl", narrow: true });
        assertEquals(data, "secret");
        assert(certificates > 0);
        // The control of the cases below: what was sent is what they look into.
        if (version === "TLSv1_2") assert(includes(sent, client.certificate.der));
        assert(recordTypes(sent).includes(23));
      },
    });
  }

  for (const [what, options, code] of refused) {
    Deno.test({
      name: `--allow-ffi=<path>, ${version}: a server ${what} gets no certificate and no data`,
      ignore,
      fn: async () => {
        const { told, certificates, data, sent } = await attempt(version, options);
        assertEquals([told.name, told.narrow], ["openssl", true]);
        assertEquals(told.error?.slice(0, 2), ["SslVerifyError", code]);
        assertEquals([certificates, data], [0, ""]);
        assert(!includes(sent, client.certificate.der));
        // The ClientHello, and at most an alert (21); nothing that is encrypted (23, or 20 before it).
        const [hello, ...rest] = recordTypes(sent);
        assertEquals(hello, 22);
        assertEquals(rest.filter((type) => type !== 21), []);
      },
    });
  }
}

Deno.test({
  name: "--allow-ffi=<path>: what needs a callback is refused before anything is sent",
  ignore,
  fn: async () => {
    using listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
    const { port } = listener.addr;
    const to = { hostname: LOOPBACK, port, engine: "openssl", ca: ca.pem };
    for (
      const options of [
        { keylog: "env" },
        { sessionCacheSize: 10 },
        { ocspMode: 1 | 2 },
        { npnProtocols: ["h2"], version: "TLSv1_2" },
        { psk: "00" },
        { debug: 3 },
      ]
    ) {
      const { error } = await runClient({ ...to, ...options });
      assertEquals(error?.[0], "SslUnsupportedError", `${Object.keys(options)}: ${error}`);
      assertStringIncludes(error![2], Object.keys(options)[0]!);
      assertStringIncludes(error![2], "--allow-ffi without a path");
    }
  },
});
