/** Small parts of the OpenSSL engine, over a C library that the test plays. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { restrictGroups } from "../../engine/openssl/groups.ts";
import { legacyAdvice, requireLegacyLevel } from "../../engine/openssl/legacy.ts";
import { connectionError, localError, queueText } from "../../engine/openssl/error_queue.ts";
import { endError, type Operation } from "../../engine/wire_errors.ts";
import { alpnNames, alpnWire } from "../../engine/openssl/trampolines.ts";
import { splitTicketKey } from "../../engine/openssl/session_hooks.ts";
import type { OpenSslSymbols } from "../../engine/openssl/symbols.ts";
import type { ContextConfig, TlsVersion } from "../../engine/engine.ts";
import { SslError, SslPeerError, SslTruncatedError, SslUnsupportedError } from "../../errors.ts";
import { defaultConfig } from "../helpers/engine_config.ts";

const ctx = {} as Deno.PointerObject;
const library = (version: bigint, level: number) =>
  ({
    OpenSSL_version_num: () => version,
    SSL_CTX_get_security_level: () => level,
  }) as unknown as OpenSslSymbols;
const V3 = 0x30000000n, V1 = 0x1010117fn;

/** OpenSSL's version and its level, and whether TLS 1.0 and 1.1 can be signed for. */
const LEVELS: [bigint, number, boolean][] = [
  ...[[V3, 0, true], [V3, 1, false], [V3, 2, false]] as [bigint, number, boolean][],
  ...[[V1, 0, true], [V1, 1, true], [V1, 2, false]] as [bigint, number, boolean][],
];

const versions = (...list: number[]) => new Set(list as TlsVersion[]);

Deno.test("a context with old versions alone needs a level that allows their signatures", () => {
  for (const [version, level, allowed] of LEVELS) {
    const c = library(version, level);
    for (const old of [versions(0x0301), versions(0x0302), versions(0x0300, 0x0301, 0x0302)]) {
      const require = () => requireLegacyLevel(c, ctx, old);
      if (allowed) require();
      else {
        const error = assertThrows(require, SslUnsupportedError, `it is ${level}: add @SECLEVEL=0`);
        assertEquals(error.code, "ERR_SSL_UNSUPPORTED_VERSION");
      }
    }
    for (const newer of [versions(0x0303), versions(0x0304), versions(0x0301, 0x0303)]) {
      requireLegacyLevel(c, ctx, newer);
    }
    const none = assertThrows(
      () => requireLegacyLevel(c, ctx, versions(0x0300)),
      SslUnsupportedError,
      "SSL Version SSLv3 not supported",
    );
    assertEquals(none.reason, "SSLv3 is not supported");
  }
});

Deno.test("a failed handshake names the level where an old version was allowed and not possible", () => {
  const reasons = [
    "no suitable signature algorithm",
    "legacy sigalg disallowed or unsupported",
    "no protocols available",
    "no suitable digest algorithm",
    "internal error",
    "tlsv1 alert protocol version",
  ];
  const both = versions(0x0302, 0x0303);
  for (const [version, level, allowed] of LEVELS) {
    for (const reason of reasons) {
      const advice = legacyAdvice(reason, library(version, level), ctx, both);
      assertEquals(advice === undefined, allowed, `${reason} ${level}`);
      assertEquals(advice?.facts.securityLevel, allowed ? undefined : level);
      assert(advice === undefined || advice.text.endsWith('cipherList: "DEFAULT:@SECLEVEL=0"'));
    }
  }
  const c = library(V3, 2);
  assertEquals(legacyAdvice("no shared cipher", c, ctx, both), undefined);
  assertEquals(legacyAdvice("internal error", c, ctx, versions(0x0303, 0x0304)), undefined);
  assert(legacyAdvice("internal error", c, ctx, versions(0x0302)) !== undefined);
  assertEquals(legacyAdvice("internal error", c, undefined, both), undefined); // it is closed
});

Deno.test("the groups are restricted only where an option switches some of them off, in TLS 1.3", () => {
  /** What was set, and whether TLS 1.3 was switched off; the library knows `known` of the lists. */
  const run = (config: Partial<ContextConfig>, known = 9) => {
    const lists: string[] = [];
    let off = false;
    restrictGroups({ ...defaultConfig("server"), ...config }, {
      engine: "openssl",
      set: (list) => {
        lists.push(list);
        return lists.length > 3 - known;
      },
      withoutTls13: () => off = true,
    });
    return { lists: lists.map((list) => list.split(":")[0]), off };
  };
  const untouched = { lists: [], off: false };
  assertEquals(run({}), untouched);
  assertEquals(run({ noEcdh: true, groups: "P-256" }), untouched);
  assertEquals(run({ dh: null, versions: versions(0x0303) }), untouched);
  assertEquals(run({ dh: null, role: "client" }), untouched); // its server chooses the field
  assertEquals(run({ noEcdh: true }), { lists: ["ffdhe2048"], off: false });
  assertEquals(run({ noEcdh: true }, 2), { lists: ["ffdhe2048"], off: true });
  assertEquals(run({ dh: null }), { lists: ["X25519MLKEM768"], off: false });
  assertEquals(run({ dh: null }, 2).lists, ["X25519MLKEM768", "X25519"]);
  assertEquals(run({ dh: null }, 1), {
    lists: ["X25519MLKEM768", "X25519", "P-256"],
    off: false,
  });
  assertEquals(run({ dh: null }, -9).off, true);
  assertEquals(run({ dh: null, noEcdh: true }), { lists: [], off: true });
  const only = { versions: versions(0x0304) };
  const refused: [Partial<ContextConfig>, number, string][] = [
    [{ ...only, dh: null, noEcdh: true }, 9, "ecdhCurve: null and dh: null"],
    [{ ...only, dh: null }, -9, "takes no list of curves"],
    [{ ...only, noEcdh: true }, -9, "has no finite-field groups"],
  ];
  for (const [config, known, text] of refused) {
    assertThrows(() => run(config, known), SslUnsupportedError, text);
  }
  assertEquals(run({ ...only, role: "client", dh: null, noEcdh: true }).lists, ["ffdhe2048"]);
});

Deno.test("protocol names go to the wire and back; a list that is cut off gives what precedes", () => {
  const names = ["h2", "\xff", "x".repeat(255)];
  assertEquals(alpnNames(alpnWire(names)), names);
  assertEquals(alpnNames(Uint8Array.of(1, 97, 5, 98)), ["a", "b"]);
  assertEquals([alpnNames(Uint8Array.of()), alpnWire([])], [[], new Uint8Array()] as unknown[]);
  for (const wrong of ["", "x".repeat(256), "\u0100"]) {
    assertThrows(() => alpnWire(["h2", wrong]), TypeError, "1 to 255 bytes");
  }
});

Deno.test("a ticket key has 16 and 32 bytes, and is split into two that differ", () => {
  const [name, key] = [new Uint8Array(16).fill(1), new Uint8Array(32).fill(2)];
  const { cipherKey, macKey, renew, ...rest } = splitTicketKey({ name, key });
  assertEquals([rest.name, renew, cipherKey.length, macKey.length], [name, false, 32, 32]);
  assert(cipherKey.some((byte, i) => byte !== macKey[i]) && cipherKey.some((b) => b !== 2));
  assertEquals(splitTicketKey({ name, key, renew: true }).renew, true);
  for (
    const [n, k] of [[15, 32], [17, 32], [16, 31], [16, 33]] as const
  ) {
    const wrong = { name: new Uint8Array(n), key: new Uint8Array(k) };
    assertThrows(() => splitTicketKey(wrong), RangeError, `received ${k} and ${n}`);
  }
});

// ---- errors

const entry = (reason: string, more: { code?: number; library?: string; data?: string } = {}) => ({
  code: 1,
  library: "SSL routines",
  reason,
  ...more,
});

Deno.test("an alert is one where it was received over TLS, by its number", () => {
  const of = (code: number, data?: string, library = "SSL routines") =>
    connectionError("read", [entry("x", { code, library, ...(data ? { data } : {}) })], {
      established: true,
    });
  const beside = "SSL alert number 48";
  const told = of(1048, beside);
  assertInstanceOf(told, SslPeerError);
  assertEquals([told.alert, told.message.includes("refused with the alert unknown_ca")], [
    ...["unknown_ca", true],
  ] as unknown[]);
  assertEquals(of(1000, beside).alert, "close_notify");
  assertEquals(of(1255, beside).alert, "alert 255");
  for (const none of [of(999, beside), of(1256, beside), of(1048), of(1048, beside, "x509")]) {
    assertEquals(none.alert, undefined);
  }
});

Deno.test("the peer is to blame for bytes that are not TLS before the handshake; an internal error is ours but in a read", () => {
  const of = (operation: Operation, reason: string, established: boolean) =>
    connectionError(operation, [entry(reason)], { established });
  for (
    const [reason, spoke] of [
      ["wrong version number", "something else"],
      ["http request", "http"],
      ["https proxy request", "http"],
      ["packet length too long", "something else"],
    ] as const
  ) {
    const error = of("handshake", reason, false);
    assertInstanceOf(error, SslPeerError);
    assertEquals([error.code, error.facts?.spoke], ["ERR_SSL_NOT_TLS", spoke]);
    assert(of("read", reason, true).code !== "ERR_SSL_NOT_TLS");
  }
  const undecrypted = connectionError("handshake", [
    entry("decryption failed or bad record mac"),
    entry("record layer failure"),
  ], { established: false });
  assertEquals(undecrypted.code, "ERR_SSL_BAD_RECORD");
  assertEquals(of("handshake", "internal error", false).constructor, SslError);
  assertEquals(of("read", "internal error", true).constructor, SslPeerError);
  assertEquals(of("read", "malloc failure", true).constructor, SslError);
  assertEquals(of("read", "bad record mac", true).constructor, SslPeerError);
  const nothing = connectionError("write", [], { established: true });
  assert(nothing.message.endsWith("OpenSSL gives no reason"), nothing.message);
  assertEquals(localError("Cannot do", []).code, "ERR_SSL_REFUSED");
  assert(localError("Cannot do", []).message.endsWith("OpenSSL gives no reason"));
  assertEquals(queueText([entry("a", { data: "b" }), entry("c")]), "a (b); c");
});

Deno.test("the end of a transport is a truncation after the handshake, and in it the peer's doing", () => {
  const cause = new Deno.errors.ConnectionReset("reset");
  for (const [given, text] of [[undefined, ""], [cause, ": reset"], ["text", ""]] as const) {
    const cut = endError(true, given);
    assertInstanceOf(cut, SslTruncatedError);
    assertEquals([cut.code, cut.cause], ["ERR_SSL_TRUNCATED", given]);
    assert(cut.message.endsWith(`data may be missing${text}`), cut.message);
    assertEquals("cause" in cut, given !== undefined);
    const early = endError(false, given);
    assertInstanceOf(early, SslPeerError);
    assertEquals([early.code, early.cause], ["ERR_SSL_HANDSHAKE_EOF", given]);
    assert(early.message.startsWith("Cannot complete the handshake: "), early.message);
    assert(early.message.endsWith(`during the handshake${text}`), early.message);
  }
  const silent = Object.assign(new Error(""), { code: "EIO" });
  assert(endError(true, silent).message.endsWith(": EIO"));
  assert(endError(true, new TypeError("")).message.endsWith(": TypeError"));
});
