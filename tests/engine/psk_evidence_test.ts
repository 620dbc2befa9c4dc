/** Who came without a certificate is one that knows the pre-shared key, or nobody. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { SessionHooks } from "../../engine/openssl/session_hooks.ts";
import type { SessionContext } from "../../engine/openssl/session_context.ts";
import type { OpenSslSymbols } from "../../engine/openssl/symbols.ts";
import type { PeerEvidence, Role } from "../../engine/engine.ts";
import { SslError, SslVerifyError } from "../../errors.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { cString } from "../../engine/openssl/memory.ts";
import { defaultConfig } from "../helpers/engine_config.ts";

const real = openLibrary().c;
const V12 = 0x0303, V13 = 0x0304, PSK_AUTH = 1048;

interface Connection {
  readonly role?: Role;
  readonly version?: number;
  readonly reused?: boolean;
  /** The name of the cipher. */
  readonly cipher?: string;
  /** How the cipher authenticates. */
  readonly auth?: number;
  readonly psk?: boolean;
  readonly verifyMode?: number;
  /** Whether the identity that was asked for had a key. */
  readonly known?: boolean;
}

/** What is made of a peer that showed no certificate; and the evidence that was judged. */
function judged(connection: Connection, done = true) {
  const { role = "client", version = V13, reused = false, psk = true, verifyMode = 1 } = connection;
  const name = cString(connection.cipher ?? "TLS_AES_128_GCM_SHA256");
  const text = {};
  const c = {
    strlen: (at: unknown) => at === text ? name.length - 1 : NaN,
    memcpy: (to: Uint8Array) => to.set(name.subarray(0, to.length)),
    SSL_get_verify_result: () => 0,
    SSL_get0_verified_chain: () => null,
    SSL_get1_peer_certificate: () => null,
    SSL_get_peer_cert_chain: () => null,
    X509_verify_cert_error_string: () => null,
    OpenSSL_version_num: () => 0x30000000n,
    SSL_get_current_cipher: () => null,
    SSL_version: () => version,
    SSL_session_reused: () => reused ? 1 : 0,
    SSL_CIPHER_get_auth_nid: () => connection.auth ?? 0,
    SSL_CIPHER_get_name: () => text,
  } as unknown as OpenSslSymbols;
  const seen: PeerEvidence[] = [];
  const config = {
    ...defaultConfig(role),
    verifyMode,
    psk,
    hooks: {
      verify: (evidence: PeerEvidence) => void seen.push(evidence) as undefined,
      psk: () => connection.known ? { identity: name, key: name } : undefined,
    },
  };
  const context = { role, config, native: () => undefined } as unknown as SessionContext;
  const params = { serverName: undefined, verifyName: undefined, user: undefined };
  const hooks = new SessionHooks(c, context, params, () => ({}) as Deno.PointerObject);
  hooks.onPsk(undefined);
  return { refusal: hooks.judgeAfterStep(done), again: hooks.judgeAfterStep(done), seen };
}

Deno.test("a peer without a certificate that the keys do not vouch for is refused", () => {
  const rows: Connection[] = [
    {}, // TLS 1.3 without a resumption: no pre-shared key was used
    { known: true },
    { psk: false, reused: true },
    { version: V12 },
    { version: V12, reused: true },
    { role: "server", verifyMode: 3 },
    { role: "server", verifyMode: 3, known: true },
    { role: "server", verifyMode: 3, reused: true },
    { role: "server", verifyMode: 3, reused: true, known: true, cipher: "TLS_AES_256_GCM_SHA384" },
  ];
  for (const row of rows) {
    const { refusal, seen } = judged(row);
    assertInstanceOf(refusal, SslVerifyError, JSON.stringify(row));
    assertEquals([refusal.code, refusal.facts?.role, seen.length], [
      ...["ERR_SSL_NO_CERTIFICATE", row.role ?? "client", 0],
    ] as unknown[]);
  }
});

Deno.test("a peer that the pre-shared key vouches for is judged by that", () => {
  const rows: Connection[] = [
    { reused: true },
    { version: V12, auth: PSK_AUTH },
    { role: "server", verifyMode: 3, reused: true, known: true },
    { role: "server", verifyMode: 3, version: V12, auth: PSK_AUTH },
  ];
  for (const row of rows) {
    const { refusal, again, seen } = judged(row);
    assertEquals([refusal, again, seen.length], [undefined, undefined, 1], JSON.stringify(row));
    assertEquals([seen[0]?.psk, seen[0]?.presented.length], [true, 0]);
  }
});

Deno.test("a peer is asked for nothing where its certificate is not needed, or not due yet", () => {
  for (const role of ["client", "server"] as const) {
    const { refusal, seen } = judged({ role, verifyMode: 0 });
    assertEquals([refusal, seen], [undefined, []], role);
  }
  for (const row of [{}, { role: "server", verifyMode: 1 }] as const) {
    const { refusal, seen } = judged(row, false);
    assertEquals([refusal, seen], [undefined, []], JSON.stringify(row));
  }
});

Deno.test("a client that need not have a certificate is judged once, as one without", () => {
  const rows: Connection[] = [
    { role: "server", verifyMode: 1 }, // it may have none
    { role: "server", verifyMode: 2 }, // it was not asked for one
  ];
  for (const row of rows) {
    const { refusal, again, seen } = judged(row);
    assertEquals([refusal, again, seen.length], [undefined, undefined, 1], JSON.stringify(row));
    assertEquals([seen[0]!.presented, seen[0]!.psk], [[], undefined], JSON.stringify(row));
  }
});

Deno.test("the first failure inside a callback is kept, whatever comes after it", () => {
  const hooks = new SessionHooks(real, { role: "client" } as never, {} as never, () => null!);
  const first = new Error("first");
  hooks.fail(first);
  hooks.fail(new Error("second"));
  assertStrictEquals(hooks.error, first);
  const empty = new SessionHooks(real, { role: "client" } as never, {} as never, () => null!);
  empty.fail(undefined); // even one that throws nothing
  assertInstanceOf(empty.error, SslError);
});
