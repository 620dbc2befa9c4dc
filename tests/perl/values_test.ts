/** Every option of Perl with a value as Perl code has it: what comes of it, and that it is taken. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { checkOptions } from "../../context/resolved_options.ts";
import { fromPerl, perlNames } from "../../perl/mod.ts";
import { OcspCache } from "../../verify/ocsp/cache.ts";
import { PublicSuffix } from "../../verify/public_suffix.ts";
import { TestCa } from "../../testing/ca.ts";

const { certificate, cert, key, privateKey } = await (await TestCa.create()).server();
const sub = () => {};
const suffixes = PublicSuffix.fromString("com");
const [sessions, responses] = [new SessionCache(3), new OcspCache()];
const bytes = (...list: number[]) => new Uint8Array(list);
type Kind = "connect" | "listen" | "start" | "close";

/** Perl's option, its value, ours, and an operation that takes it; "same" is the value as it is. */
const CASES: readonly [perl: string, value: unknown, ours: Record<string, unknown>, Kind][] = [
  ["SSL_server", 1, { server: true }, "start"],
  ["SSL_hostname", "www.example.com", { serverName: "www.example.com" }, "connect"],
  ["SSL_hostname", "", { serverName: "" }, "connect"],
  ["SSL_hostname", undefined, { serverName: "" }, "connect"],
  ["SSL_startHandshake", 0, { startHandshake: false }, "listen"],
  ["SSL_startHandshake", undefined, {}, "listen"],
  ["SSL_keepSocketOnError", "1", { keepSocketOnError: true }, "connect"],
  ["SSL_ca", [certificate], { ca: [certificate] }, "connect"],
  ["SSL_ca", [], { ca: [] }, "connect"],
  ["SSL_ca", "", {}, "connect"],
  ["SSL_ca_file", "ca.pem", { caFile: "ca.pem" }, "connect"],
  ["SSL_ca_file", null, { caFile: null }, "connect"],
  ["SSL_ca_file", "", {}, "connect"],
  ["SSL_ca_path", ["a", "b"], { caPath: ["a", "b"] }, "connect"],
  ["SSL_ca_path", "a:b", { caPath: "a:b" }, "connect"],
  ["SSL_ca_path", null, { caPath: null }, "connect"],
  ["SSL_client_ca", [certificate], { clientCa: [certificate] }, "listen"],
  ["SSL_client_ca_file", "ca.pem", { clientCaFile: "ca.pem" }, "listen"],
  ["SSL_fingerprint", ["sha256$00", "11"], { fingerprint: ["sha256$00", "11"] }, "connect"],
  ["SSL_fingerprint", "", {}, "connect"],
  ["SSL_force_fingerprint", 1, { forceFingerprint: true }, "connect"],
  ["SSL_cert_file", "c.pem", { certFile: "c.pem" }, "listen"],
  ["SSL_cert_file", { "": "c", "h%ecc": "e" }, { certFile: { "": "c", "h%ecc": "e" } }, "listen"],
  ["SSL_cert_file", "", {}, "connect"],
  ["SSL_cert", [certificate], { cert: [certificate] }, "listen"],
  ["SSL_cert", { "": cert }, { cert: { "": cert } }, "listen"],
  ["SSL_key_file", { "": "k.pem" }, { keyFile: { "": "k.pem" } }, "listen"],
  ["SSL_key_file", "", {}, "connect"],
  ["SSL_key", privateKey, { key: privateKey }, "listen"],
  ["SSL_key", key, { key }, "listen"],
  ["SSL_passwd_cb", sub, { passwdCb: sub }, "listen"],
  ["SSL_use_cert", 0, { useCert: false }, "connect"],
  ["SSL_version", "SSLv23:!TLSv1_2", { version: "SSLv23:!TLSv1_2" }, "connect"],
  ["SSL_cipher_list", "HIGH", { cipherList: "HIGH" }, "connect"],
  ["SSL_cipher_list", { "": "HIGH", h: "" }, { cipherList: { "": "HIGH", h: "" } }, "listen"],
  ["SSL_ciphersuites", "TLS_AES_128_GCM_SHA256", {
    ciphersuites: "TLS_AES_128_GCM_SHA256",
  }, "connect"],
  ["SSL_honor_cipher_order", 0, { honorCipherOrder: false }, "listen"],
  ["SSL_dh_file", "dh.pem", { dhFile: "dh.pem" }, "listen"],
  ["SSL_dh_file", undefined, { dhFile: null }, "listen"],
  ["SSL_dh_file", "", {}, "listen"],
  ["SSL_dh", bytes(48, 0), { dh: bytes(48, 0) }, "listen"],
  ["SSL_dh", undefined, { dh: null }, "listen"],
  ["SSL_ecdh_curve", "P-521:P-384", { ecdhCurve: "P-521:P-384" }, "connect"],
  ["SSL_ecdh_curve", "auto", { ecdhCurve: "auto" }, "listen"],
  ["SSL_ecdh_curve", 415, { ecdhCurve: "P-256" }, "listen"],
  ["SSL_ecdh_curve", "715", { ecdhCurve: "P-384" }, "listen"],
  ["SSL_ecdh_curve", undefined, { ecdhCurve: null }, "listen"],
  ["SSL_ecdh_curve", 0, {}, "listen"],
  ["SSL_verify_mode", 3, { verifyMode: 3 }, "listen"],
  ["SSL_verify_mode", "1", { verifyMode: 1 }, "connect"],
  ["SSL_verifycn_scheme", "http", { verifycnScheme: "http" }, "connect"],
  ["SSL_verifycn_scheme", { check_cn: 0, ip_in_cn: 4 }, {
    verifycnScheme: { checkCn: 0, ipInCn: 4 },
  }, "connect"],
  ["SSL_verifycn_name", "a.example", { verifycnName: "a.example" }, "connect"],
  ["SSL_verifycn_publicsuffix", "", { verifycnPublicsuffix: "" }, "connect"],
  ["SSL_verifycn_publicsuffix", suffixes, { verifycnPublicsuffix: suffixes }, "connect"],
  ["SSL_check_crl", 1, { checkCrl: true }, "connect"],
  ["SSL_crl_file", "crl.pem", { crlFile: "crl.pem" }, "connect"],
  ["SSL_ocsp_mode", "16", { ocspMode: 16 }, "connect"],
  ["SSL_ocsp_cache", responses, { ocspCache: responses }, "connect"],
  ["SSL_psk", "secret", { psk: "secret" }, "connect"],
  ["SSL_psk", "\xde\xad", { psk: bytes(0xde, 0xad) }, "connect"],
  ["SSL_psk", ["me", "\x80"], { psk: ["me", bytes(0x80)] }, "connect"],
  ["SSL_psk", { "": "\xff", "\xc3\xa9": "key" }, { psk: { "": bytes(255), é: "key" } }, "listen"],
  ["SSL_psk", undefined, {}, "connect"],
  ["SSL_psk", "", {}, "connect"],
  ["SSL_reuse_ctx", undefined, {}, "connect"],
  ["SSL_reuse_ctx", 0, {}, "connect"],
  ["SSL_create_ctx_callback", sub, { createCtxCallback: sub }, "connect"],
  ["SSL_session_cache_size", "128", { sessionCacheSize: 128 }, "connect"],
  ["SSL_session_cache_size", "", { sessionCacheSize: 0 }, "connect"],
  ["SSL_session_cache", sessions, { sessionCache: sessions }, "connect"],
  ["SSL_session_key", "host:1", { sessionKey: "host:1" }, "connect"],
  ["SSL_session_id_context", "app", { sessionIdContext: "app" }, "listen"],
  ["SSL_session_id_context", "\xe9", { sessionIdContext: bytes(0xe9) }, "listen"],
  ["SSL_error_trap", sub, { errorTrap: sub }, "connect"],
  ["SSL_error_trap", 0, {}, "connect"],
  ["SSL_npn_protocols", ["a"], { npnProtocols: ["a"] }, "connect"],
  ["SSL_alpn_protocols", ["h2"], { alpnProtocols: ["h2"] }, "listen"],
  ["SSL_on_peer_shutdown", sub, { onPeerShutdown: sub }, "connect"],
  ["SSL_mode_release_buffers", 1, { modeReleaseBuffers: true }, "listen"],
  ["SSL_no_shutdown", 1, { noShutdown: true }, "close"],
  ["SSL_fast_shutdown", 0, { fastShutdown: false }, "close"],
  ["Timeout", 0.5, { timeout: 500 }, "close"],
  ["Timeout", "5", { timeout: 5000 }, "connect"],
  ["Timeout", 0, { timeout: 0 }, "connect"],
  ["Timeout", undefined, {}, "connect"],
  ["PeerAddr", "host:443", { hostname: "host", port: 443 }, "connect"],
  ["PeerHost", "host", { hostname: "host" }, "connect"],
  ["PeerPort", "https(443)", { port: 443 }, "connect"],
  ["Domain", 2, { family: 4 }, "connect"],
  ["Family", 10, { family: 6 }, "connect"],
  ["inet4", 1, { family: 4 }, "connect"],
  ["inet6", 1, { family: 6 }, "connect"],
];

/** These have tests of their own below, or need more than one argument. */
const ELSEWHERE = new Set([
  ...["SSL_verify_callback", "SSL_ocsp_staple_callback", "SSL_ticket_keycb"],
  ...["Listen", "LocalAddr", "LocalHost", "LocalPort", "LocalService", "PeerService"], // arguments_test.ts
]);

for (const [perl, value, ours, kind] of CASES) {
  const shown = typeof value === "object" ? Deno.inspect(value).slice(0, 60) : String(value);
  Deno.test(`fromPerl() converts ${perl} => ${JSON.stringify(shown)}`, () => {
    // A client's key without a certificate is ignored.
    const side = perl.startsWith("SSL_key") ? { SSL_use_cert: 1 } : {};
    const { halfClose, useCert, ...converted } = fromPerl({ ...side, [perl]: value }) as Record<
      string,
      unknown
    >;
    if (perl === "SSL_use_cert" && useCert !== undefined) converted.useCert = useCert;
    const closing = ["SSL_no_shutdown", "SSL_fast_shutdown", "Timeout"].includes(perl);
    assertEquals(halfClose, closing ? undefined : false);
    assertEquals(converted, ours);
    assertEquals({ ...checkOptions(kind, converted) }, ours);
  });
}

Deno.test("fromPerl(): every option that is there has a case here", () => {
  const cased = new Set(CASES.map(([perl]) => perl));
  const options = perlNames.filter(({ kind, ours }) => kind === "option" && ours !== null);
  const missing = options.filter(({ perl }) => !cased.has(perl) && !ELSEWHERE.has(perl));
  assertEquals(missing, []);
});

Deno.test("fromPerl() refuses what is not a string of bytes, a number or a curve", () => {
  const wrong: [string, unknown, string][] = [
    ["SSL_psk", "\u20ac", "Cannot use SSL_psk: it is a string of bytes"],
    ["SSL_psk", ["\u20ac", "x"], "wide character at offset 0"],
    ["SSL_psk", { "\xff": "x" }, "is not UTF-8"],
    ["SSL_session_id_context", "a\u0100", "wide character at offset 1"],
    ["SSL_ecdh_curve", 1, "the curve with the NID 1 is not known"],
    ["Listen", "many", "Cannot use Listen"],
  ];
  for (const [perl, value, text] of wrong) {
    const error = assertThrows(() => fromPerl({ [perl]: value }), TypeError, text);
    assert(!error.message.includes("\u20ac"), error.message);
  }
  for (const mode of ["SSL_VERIFY_PEER", "one"]) {
    assertThrows(
      () => checkOptions("connect", fromPerl({ SSL_verify_mode: mode })),
      TypeError,
      "must be a number and not a string",
    );
  }
});

// deno-lint-ignore no-explicit-any -- called as the library does
const called = (options: object, name: string, ...args: any[]): any =>
  (options as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);

Deno.test("fromPerl(): SSL_verify_callback accepts with 1 and true, with nothing else", async () => {
  const answers: [unknown, unknown][] = [
    ...[[1, true], ["1", true], [true, true]] as [unknown, unknown][],
    ...[0, "", "yes", "0.0", 2, undefined, null, false].map((v): [unknown, unknown] => [v, v]),
  ];
  for (const [answer, expected] of answers) {
    const seen: unknown[] = [];
    const options = fromPerl({
      SSL_verify_callback: (...args: unknown[]) => {
        seen.push(...args);
        return answer;
      },
    });
    assertStrictEquals(called(options, "verifyCallback", 1, 2, 3, 4, 5, 6), expected);
    assertEquals(seen, [1, 2, 3, 4, 5, 6]);
    const later = fromPerl({ SSL_verify_callback: () => Promise.resolve(answer) });
    assertStrictEquals(await called(later, "verifyCallback"), expected);
  }
  const cause = new Error("no");
  const throws = fromPerl({
    SSL_verify_callback: () => {
      throw cause;
    },
  });
  assertThrows(() => called(throws, "verifyCallback"), Error, "no");
});

Deno.test("fromPerl(): SSL_ocsp_staple_callback refuses with whatever is false", () => {
  for (
    const [answer, expected] of [
      ...[0, "", "0", undefined, null, false].map((v) => [v, false]),
      ...[1, true, "good"].map((v) => [v, true]),
    ]
  ) {
    const options = fromPerl({ SSL_ocsp_staple_callback: () => answer });
    assertStrictEquals(called(options, "ocspStapleCallback"), expected);
  }
});

Deno.test("fromPerl(): SSL_ticket_keycb as a sub and as [sub, data], its strings are bytes", () => {
  const [key, name] = ["\xff".repeat(32), "n".repeat(16)];
  const expected = [new Uint8Array(32).fill(255), new TextEncoder().encode(name)];
  const seen: unknown[] = [];
  const sub = (...args: unknown[]) => {
    seen.push(args);
    return [key, name];
  };
  const plain = fromPerl({ SSL_ticket_keycb: sub });
  assertEquals(called(plain, "ticketKeycb", undefined), expected);
  const data = { secret: 1 };
  const pair = fromPerl({ SSL_ticket_keycb: [sub, data] });
  const { ticketKeycb: [callback, given] } = pair as {
    ticketKeycb: [(...args: unknown[]) => unknown, unknown];
  };
  assertStrictEquals(given, data);
  assertEquals(callback(given, name), expected);
  assertEquals(seen, [[undefined], [data, name]]);
  checkOptions("listen", { ...plain });
  checkOptions("listen", { ...pair });
  assertEquals(called(fromPerl({ SSL_ticket_keycb: () => [] }), "ticketKeycb"), []);
});
