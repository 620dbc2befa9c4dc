/** Every branch of the explanations, from the facts of an error alone: no connection is made. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Certificate, selfSigned, TestCa } from "../../certificate/mod.ts";
import {
  type ErrorFacts,
  type Offers,
  SslError,
  type SslErrorOptions,
  SslPeerError,
  SslTimeoutError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import { alertText } from "../../verify/explain/alerts.ts";
import { explain, hintFor } from "../../verify/explain/explain.ts";
import { span } from "../../verify/explain/sentences.ts";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const TIME = new Date("2026-01-11T00:00:00Z");
const ca = await TestCa.create({ commonName: "CA" });
const leaf = (await ca.server({ names: ["a.example"], commonName: "leaf" })).certificate;
const root = ca.certificate;

type ErrorClass = new (message: string, options: SslErrorOptions) => SslError;

interface Given {
  readonly chain?: readonly Certificate[];
  readonly reason?: string;
  readonly alert?: string;
  readonly offers?: Offers;
  readonly Class?: ErrorClass;
}

/** The lines that explain an error with this code and these facts. */
function told(code: string, facts: ErrorFacts = {}, given: Given = {}): string[] {
  const { chain, Class = SslVerifyError, ...rest } = given;
  const error = new Class("It failed", { code, facts, ...rest });
  if (chain !== undefined) error.report = { ok: false, chain, checks: [] };
  const [head, ...lines] = explain(error).split("\n");
  assertEquals(head, "It failed");
  return lines;
}

/** One text of them. */
const text = (code: string, facts?: ErrorFacts, given?: Given): string =>
  told(code, facts, given).join("\n");

const CHAIN = { chain: [leaf, root] };

Deno.test("span() counts minutes up to two hours, hours up to two days, then days", () => {
  const cases: [number, string][] = [
    [0, "1 minute"],
    [2 * MINUTE - 1, "1 minute"],
    [2 * MINUTE, "2 minutes"],
    [-5 * MINUTE, "5 minutes"],
    [2 * HOUR - 1, "119 minutes"],
    [2 * HOUR, "2 hours"],
    [2 * DAY - 1, "47 hours"],
    [2 * DAY, "2 days"],
    [400 * DAY, "400 days"],
  ];
  for (const [ms, words] of cases) assertEquals(span(ms), words);
});

Deno.test("explain(): a certificate that has expired, with its date, its owner and the clock", () => {
  const code = "CERT_HAS_EXPIRED";
  const ends = leaf.notAfter.toISOString().replace(".000", "");
  const time = new Date(leaf.notAfter.getTime() + 3 * DAY);
  const [when, clock, who] = told(code, { time }, CHAIN);
  assertEquals(when, `The certificate "/CN=leaf" expired on ${ends}, 3 days ago.`);
  assertEquals(
    clock,
    `The certificate was verified for the time ${time.toISOString().replace(".000", "")}.`,
  );
  assertMatch(who!, /operator must install a renewed certificate\.$/);
  assertMatch(told(code, { time, depth: 1 }, CHAIN)[2]!, /the renewed certificate of that CA\.$/);
  const anchor = told(code, { time, depth: 1, anchor: true }, CHAIN);
  assertMatch(anchor[0]!, /^The trust anchor "\/CN=CA" expired on/);
  assertMatch(anchor[2]!, /it must be replaced here/);
  assertMatch(told(code, { time, role: "server" }, CHAIN)[2]!, /the client needs a renewed/);
  // Without the certificate: its date if that is known, and this machine's clock.
  const [unseen, now, operator] = told(code, { date: new Date(Date.now() - 3 * HOUR - 1) });
  assertMatch(unseen!, /^The peer's certificate expired on \S+Z, 3 hours ago\.$/);
  assertMatch(now!, /^This machine's clock says \S+Z: if that is wrong, set the clock\.$/);
  assertMatch(operator!, /install a renewed certificate\.$/);
  assertEquals(told(code)[0], "The peer's certificate has expired.");
});

Deno.test("explain(): a certificate that is not valid yet, with its date and the clock", () => {
  const code = "CERT_NOT_YET_VALID";
  const time = new Date(leaf.notBefore.getTime() - 5 * DAY);
  const [when, clock] = told(code, { time }, CHAIN);
  assertMatch(when!, /^The certificate "\/CN=leaf" is valid from \S+Z on, in 5 days\.$/);
  assertMatch(clock!, /^The certificate was verified for the time/);
  const [from, now] = told(code, { date: new Date(Date.now() + 3 * HOUR + MINUTE) });
  assertMatch(from!, /^The peer's certificate is valid from \S+Z on, in 3 hours\.$/);
  assertMatch(now!, /if that is slow, set the clock/);
  assertEquals(told(code)[0], "The peer's certificate is not valid yet.");
});

Deno.test("explain(): a wrong name, to either side, with the names that the certificate has", async () => {
  const code = "HOSTNAME_MISMATCH";
  const first = (facts: ErrorFacts, given?: Given) => told(code, facts, given)[0];
  assertMatch(first({})!, /^The certificate is not for the name that was asked for\.$/);
  assertMatch(first({ name: "b.example" })!, /^You connected to "b\.example", but/);
  assertMatch(first({ name: "b", role: "server" })!, /^The client's certificate is not for "b"/);
  assertMatch(told(code, { role: "server" }).at(-1)!, /^To let this client in/);
  assertMatch(told(code, { role: "client" }).at(-1)!, /^Connect under one of these names/);
  assertEquals(told(code, { near: ["x: why", "y: why"] }).slice(1, 3), ["x: why.", "y: why."]);
  // The names: of the certificate, or those that are known of one that is not shown.
  const second = (facts: ErrorFacts, given?: Given) => told(code, facts, given)[1];
  assertEquals(second({}, CHAIN), "The certificate is valid for: DNS:a.example.");
  assertEquals(
    second({ names: ["DNS:x", "DNS:y"] }),
    "The certificate is valid for: DNS:x, DNS:y.",
  );
  assertEquals(second({ names: ["DNS:x"] }), "The certificate is valid for: DNS:x.");
  assertMatch(second({ names: [] })!, /names no host in its subjectAltName\.$/);
  assertEquals(told(code).length, 2);
  const bare = (await ca.server({ names: [], commonName: "only" })).certificate;
  const ignored = second({ scheme: "rfc9525" }, { chain: [bare] })!;
  assertMatch(ignored, /no subjectAltName, only the commonName "only", which the scheme rfc9525/);
  assertMatch(second({ scheme: "http" }, { chain: [bare] })!, /only the commonName "only"\.$/);
  const { certificate } = await selfSigned({ names: [], subject: { organizationName: "O" } });
  assertMatch(
    second({}, { chain: [certificate] })!,
    /neither a subjectAltName nor a commonName\.$/,
  );
});

Deno.test("explain(): Deno's own name check is named where a scheme would allow more", () => {
  const own = (facts: ErrorFacts) =>
    told("HOSTNAME_MISMATCH", facts).find((l) => /own name check/.test(l));
  assertMatch(own({ engine: "deno", scheme: "http" })!, /to which the scheme "http" can only add/);
  assertMatch(own({ engine: "deno", scheme: "your own" })!, /to which a scheme of your own can/);
  for (const scheme of ["rfc9525", "none"]) {
    assertEquals(own({ engine: "deno", scheme }), undefined);
  }
  assertEquals(own({ engine: "deno" }), undefined);
  assertEquals(own({ engine: "openssl", scheme: "http" }), undefined);
});

Deno.test("explain(): an issuer that is missing, by what is known of it and of whose side it is", () => {
  const code = "UNABLE_TO_GET_ISSUER_CERT_LOCALLY";
  const issuer = { subject: "/CN=leaf", issuer: "/CN=I", alone: false, namesakes: [] };
  const plain = text(code, { role: "client", issuer });
  assertMatch(plain, /certificate "\/CN=leaf" to a trusted CA: the peer did not send its issuer/);
  assertMatch(plain, /give its certificate as extraCa or extraCaFile/);
  assertEquals(plain.split("\n").length, 2);
  const at = text(code, { issuer: { ...issuer, at: "http://ca" } });
  assertMatch(at, /Its issuer's certificate is published at http:\/\/ca\./);
  const alone = (role: "client" | "server", more = {}) =>
    text(code, { role, issuer: { ...issuer, alone: true, ...more } });
  assertMatch(alone("client"), /The server sent its own certificate alone.*, the server forgot/);
  assertMatch(alone("client"), /forgot to send it\. That is .*The server's operator should add/);
  assertMatch(
    alone("server"),
    /The client sent its own .*, the client forgot.*The client's operator/,
  );
  assertMatch(alone("server"), /give its certificate as clientCa or clientCaFile/);
  assertMatch(alone("client", { at: "http://ca" }), /it; it is published at http:\/\/ca\. That/);
  const namesake = (from: "anchors" | "peer", differs: "no CA" | "signature") =>
    alone("client", { namesakes: [{ from, differs }, { from, differs }] });
  const renewed = namesake("anchors", "signature");
  assertMatch(renewed, /the certificate of its issuer "\/CN=I" that signed it is missing/);
  assertEquals(renewed.match(/among the trust anchors, but its key did not sign/g)?.length, 1);
  assertMatch(renewed, /If the CA has renewed its key/);
  assertEquals(/sent its own certificate alone/.test(renewed), false);
  const noCa = namesake("anchors", "no CA");
  assertMatch(noCa, /among the trust anchors, but it is not a CA's\./);
  assertMatch(noCa, /sent its own certificate alone/);
  assertEquals(/has renewed its key/.test(noCa), false);
  const sent = namesake("peer", "signature");
  assertMatch(sent, /A certificate of that name was sent, but its key did not sign/);
  assertEquals(/has renewed its key/.test(sent), false);
  assertMatch(text(code, { issuer }, CHAIN), /pin it: fingerprint: "sha256\$[0-9a-f]{64}"/);
});

Deno.test("explain(): an issuer of which nothing is known, to either side", () => {
  const of = (facts: ErrorFacts) => told("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", facts);
  const client = of({ role: "client", engine: "deno" });
  assertMatch(client[0]!, /issued the peer's certificate, or the server forgot/);
  assertMatch(client[1]!, /extraCa or extraCaFile/);
  assertMatch(client[2]!, /does not show a certificate that it refuses/);
  const server = of({ role: "server", engine: "openssl" });
  assertMatch(server[0]!, /issued the client's certificate, or the client forgot/);
  assertMatch(server[1]!, /clientCa or clientCaFile/);
  assertEquals(server.length, 2);
});

Deno.test("explain(): self-signed certificates and roots that are not anchors", () => {
  const from = (from: "anchors" | "peer"): ErrorFacts => ({
    issuer: { subject: "s", issuer: "i", alone: true, namesakes: [{ from, differs: "signature" }] },
  });
  const self = (facts: ErrorFacts, given?: Given) =>
    text("DEPTH_ZERO_SELF_SIGNED_CERT", facts, given);
  assertMatch(self({}, CHAIN), /^The certificate "\/CN=leaf" is self-signed/);
  assertMatch(self({}, CHAIN), /pin it: fingerprint.*\nOr give it as ca if/);
  assertMatch(self({ role: "server" }), /\nGive it as clientCa if/);
  assertMatch(self(from("anchors")), /An anchor of the same name is there/);
  for (const none of [{}, from("peer")]) assertEquals(/same name/.test(self(none)), false);
  const ends = (facts: ErrorFacts, given?: Given) =>
    told("SELF_SIGNED_CERT_IN_CHAIN", facts, given);
  assertMatch(ends({}, CHAIN)[0]!, /^The chain ends in the CA "\/CN=CA", which/);
  assertMatch(ends({}, CHAIN)[2]!, /pin it/);
  assertMatch(ends({})[0]!, /^The chain ends in a CA that/);
  assertMatch(ends({ role: "server" })[1]!, /clientCa or clientCaFile/);
  assertMatch(ends(from("anchors"))[1]!, /An anchor of the same name is there/);
});

Deno.test("explain(): revocations and revocation lists", () => {
  const since = TIME;
  const revoked = (facts: ErrorFacts) => told("CERT_REVOKED", facts);
  assertMatch(revoked({})[0]!, /has been revoked by its issuer\.$/);
  assertMatch(revoked({ revoked: { since } })[0]!, /issuer \(since 2026-01-11T00:00:00Z\)\.$/);
  assertMatch(revoked({ revoked: { since, reason: "superseded" } })[0]!, /00Z, superseded\)\.$/);
  assertMatch(revoked({ role: "server" })[1]!, /^Do not let the client in/);
  assertMatch(revoked({ role: "client" })[1]!, /^Do not go on/);
  const no = (crls?: ErrorFacts["crls"], given?: Given) =>
    told("UNABLE_TO_GET_CRL", crls === undefined ? {} : { crls }, given);
  assertMatch(no()[0]!, /there is no CRL from the issuer\.$/);
  assertEquals(no().length, 2);
  assertMatch(no(undefined, CHAIN)[0]!, /there is no CRL from "\/CN=CA"\.$/);
  assertEquals(no({ given: 0, ofIssuer: 0 }).length, 2);
  assertMatch(no({ given: 2, ofIssuer: 0 })[0]!, /there is no CRL from/);
  assertMatch(no({ given: 2, ofIssuer: 0 })[1]!, /There are 2 revocation lists in all\./);
  const unfit = no({ given: 3, ofIssuer: 2 }, { reason: "the scope" })[0]!;
  assertMatch(
    unfit,
    /none of the 2 CRLs from the issuer applies to this certificate: the scope\.$/,
  );
  assertMatch(
    text("CRL_HAS_EXPIRED"),
    /^The CRL of the issuer .*\nFetch the current one from the CA/,
  );
  assertMatch(text("CRL_HAS_EXPIRED", {}, CHAIN), /^The CRL of "\/CN=CA" /);
});

Deno.test("explain(): a CRL is fetched from where the certificate says", async () => {
  const url = "http://crl.example/ca.crl";
  const { certificate } = await ca.server({ names: ["a.example"], crlUris: [url] });
  const chain = { chain: [certificate] };
  assertStringIncludes(text("UNABLE_TO_GET_CRL", {}, chain), `It is published at ${url}.`);
  assertStringIncludes(text("CRL_HAS_EXPIRED", {}, chain), `Fetch the current one from ${url}.`);
});

Deno.test("explain(): a certificate for another purpose, to either side and engine", () => {
  const limit = { what: "a CA as a server", by: "own" } as const;
  const of = (facts: ErrorFacts, given?: Given) => text("INVALID_PURPOSE", facts, given);
  assertMatch(of({ role: "client" }), /\nA server needs serverAuth \([\d.]+\): ask its CA/);
  assertMatch(of({ role: "server" }), /\nA client needs clientAuth \([\d.]+\): ask its CA/);
  assertMatch(of({}), /A server needs serverAuth \([\d.]+\), a client clientAuth/);
  assertMatch(of({}, CHAIN), /Its extended key usages are: /);
  assertMatch(of({ engine: "deno" }), /does not show a certificate that it refuses/);
  assertEquals(told("INVALID_PURPOSE", { engine: "openssl" }).length, 2);
  const limited = of({ engine: "deno", limit });
  assertMatch(limited, /Deno's TLS does not accept a CA as a server\./);
  assertMatch(limited, /Ask its CA for the certificate of a server/);
  assertMatch(of({ engine: "openssl", limit }), /OpenSSL does not accept/);
  assertMatch(of({ limit }), /The engine does not accept/);
});

Deno.test("explain(): a key too short for the security level: the size, the level, what asks for it", () => {
  const of = (facts: ErrorFacts) => told("EE_KEY_TOO_SMALL", { engine: "openssl", ...facts });
  assertEquals(/\(/.test(of({})[0]!), false);
  assertMatch(of({ keyBits: 1024 })[0]!, /\(1024 bits\)\.$/);
  assertMatch(of({})[1]!, /OpenSSL's security level\.$/);
  assertMatch(of({ securityLevel: 2 })[1]!, /level 2, which asks for RSA of 2048 bits/);
  assertMatch(of({ securityLevel: 9 })[1]!, /security level 9\.$/);
  const remedy = of({})[2];
  assertEquals([of({ securityLevel: 2 })[2], of({}).length], [remedy, 3]);
  assertMatch(of({ securityLevel: 3 })[2]!, /^The level comes from @SECLEVEL/);
  assertMatch(of({ engine: "deno" })[3]!, /does not show a certificate that it refuses/);
  assertEquals(told("EE_KEY_TOO_SMALL", { engine: "deno" }, CHAIN).length, 3);
});

Deno.test("explain(): a limit says whose it is, its value, and which option changes it", () => {
  const code = "ERR_SSL_EXCESSIVE_MESSAGE_SIZE";
  const of = (facts: ErrorFacts) => told(code, facts, { Class: SslPeerError });
  const what = "so much";
  const [said, remedy] = of({ engine: "openssl", role: "client", limit: { what, by: "own" } });
  assertMatch(said!, /OpenSSL does not allow so much\.$/);
  assertEquals(remedy, "No option changes it; the server must be mended.");
  const value = of({ securityLevel: 2, limit: { what, by: "own", value: 99, option: "x" } });
  assertMatch(value[0]!, /so much \(the limit is 99 bytes\), at security level 2\.$/);
  assertEquals(value[1], "The option x changes it.");
  assertMatch(of({ limit: { what, by: "own", option: "cipherList" } })[1]!, /@SECLEVEL=1/);
  for (const facts of [{}, { limit: { what, by: "protocol" } }] as const) {
    assertMatch(of(facts)[0]!, /^The peer broke the protocol/);
  }
  const other = (facts: ErrorFacts) => told("ERR_SSL_X", facts, { Class: SslPeerError })[0]!;
  assertMatch(other({ role: "server" }), /^The client broke the protocol/);
  assertMatch(other({ limit: { what, by: "own" } }), /a limit of this side/);
  assertMatch(text("ERR_SSL_DECODE", { limit: { what, by: "own" } }), /a limit of this side/);
  assertMatch(text("EMSGSIZE", { limit: { what, by: "own", option: "x" } }), /right, raise x\.$/);
  assertMatch(text("EMSGSIZE"), /right, raise maxLineLength or maxBytes\.$/);
});

Deno.test("explain(): what was offered is shown where a negotiation failed, twelve names at most", () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`);
  const offers = {
    own: {
      versions: ["TLSv1_3"],
      ciphers: names(13),
      groups: names(12),
      signatureAlgorithms: [],
      alpnProtocols: ["h2"],
    },
    peer: {},
  } as unknown as Offers;
  const told12 = names(12).join(", ");
  const line =
    `We offered: versions TLSv1_3; ciphers ${told12} and 1 more; groups ${told12}; ALPN h2.`;
  const of = (alert: string, given: Given = { offers }) =>
    told(`ERR_SSL_ALERT_${alert.toUpperCase()}`, {}, { Class: SslPeerError, alert, ...given });
  for (
    const alert of [
      "handshake_failure",
      "protocol_version",
      "insufficient_security",
      "no_application_protocol",
      "illegal_parameter",
    ]
  ) {
    const lines = of(alert);
    assertEquals([lines[0], lines[2]], [
      `The peer refused the connection with the alert "${alert}".`,
      line,
    ]);
    assertEquals(lines.length, 3, "a peer that said nothing is not quoted");
  }
  assertEquals(of("unknown_ca").length, 2);
  assertEquals(of("handshake_failure", {}).length, 2);
  const both = {
    offers: { own: { versions: ["a"] }, peer: { versions: ["b"] } } as unknown as Offers,
  };
  assertEquals(of("protocol_version", both).slice(2), [
    "We offered: versions a.",
    "The peer offered: versions b.",
  ]);
  assertEquals(told("ERR_SSL_NO_APPLICATION_PROTOCOL", {}, both).slice(2), [
    "We offered: versions a.",
    "The peer offered: versions b.",
  ]);
});

Deno.test("explain(): an alert, for the side that received it, with the pre-shared key and the limit", () => {
  const limit = { what: "x", by: "own", option: "y" } as const;
  const of = (alert: string, facts: ErrorFacts = {}) =>
    told(`ERR_SSL_ALERT_${alert.toUpperCase()}`, facts, { Class: SslPeerError, alert });
  assertEquals(of("unknown_ca", { role: "server" })[1], alertText("unknown_ca", "server"));
  assertEquals(of("unknown_ca", { role: "client" })[1], alertText("unknown_ca", "client"));
  assertEquals(alertText("unknown_ca"), alertText("unknown_ca", "client"));
  assertEquals(alertText("no_such_alert"), undefined);
  assertMatch(of("no_such_alert")[1]!, /its own log says what/);
  assertMatch(text("ERR_SSL_ALERT_X"), /with the alert ""\.$/m);
  assertEquals(of("unknown_ca", { limit }).at(-1), "The option y changes it.");
  const psk = (facts: ErrorFacts) => of("decrypt_error", facts).slice(2);
  assertMatch(psk({ psk: "other key" })[0]!, /different pre-shared keys/);
  assertMatch(psk({ psk: "unknown identity", role: "server" })[0]!, /^The client offered no/);
  assertMatch(psk({ psk: "unknown identity", role: "client" })[0]!, /^The server seems not to/);
  assertEquals([psk({ psk: "used" }), psk({})], [[], []]);
});

Deno.test("explain(): a handshake with nothing in common says what, and what to compare", () => {
  const of = (facts: ErrorFacts) =>
    told("ERR_SSL_INCOMPATIBLE", facts, { reason: "why", Class: SslPeerError });
  const [what, reason, compare] = of({});
  assertMatch(what!, /no TLS version, cipher, group or signature algorithm in common\.$/);
  assertEquals(reason, "What was said: why.");
  assertMatch(compare!, /^Compare version, minVersion, cipherList/);
  assertMatch(of({ lacks: "version" })[0]!, /no TLS version in common/);
  assertMatch(of({ lacks: "version" })[2]!, /^Compare version, minVersion and maxVersion/);
  assertMatch(of({ lacks: "group" })[0]!, /no group in common/);
  assertMatch(of({ lacks: "group" })[2]!, /^Compare ecdhCurve/);
  const limited = of({ lacks: "cipher", limit: { what: "x", by: "own" }, psk: "other key" });
  assertMatch(limited[2]!, /different pre-shared keys/);
  assertMatch(limited[3]!, /a limit of this side/);
  assertEquals(limited.length, 5);
});

Deno.test("explain(): certificates and staples that did not come, to either side", () => {
  const none = (facts: ErrorFacts) =>
    text("ERR_SSL_NO_CERTIFICATE", facts, { Class: SslPeerError });
  assertMatch(none({ role: "server" }), /^The client sent no certificate/);
  assertMatch(none({ role: "client" }), /^The peer sent no certificate.*\nA server always has one/);
  const staple = (ocsp?: ErrorFacts["ocsp"]) => text("OCSP_VERIFY_NEEDED", ocsp ? { ocsp } : {});
  const detail = "d";
  for (const missing of [staple(), staple({ state: "missing", detail })]) {
    assertMatch(
      missing,
      /and the server sent none\.\nIts operator must switch OCSP stapling on\.$/,
    );
  }
  assertMatch(staple({ state: "old", detail }), /sent none that proves the certificate good/);
  assertMatch(staple({ state: "missing", detail, demandedBy: "certificate" }), /must-staple/);
  assertMatch(
    staple({ state: "missing", detail, demandedBy: "ocspMode" }),
    /without SSL_OCSP_MUST/,
  );
  const ocsp = { state: "bad", detail: "signer" };
  assertMatch(text("OCSP_VERIFY_FAILED", { ocsp }), /What was found: bad: signer\./);
  assertMatch(text("OCSP_VERIFY_FAILED"), /It is not signed by the certificate's issuer/);
  assertMatch(text("OCSP_CERT_UNKNOWN", { ocsp }), /What was found: bad: signer\./);
  assertEquals(told("OCSP_CERT_UNKNOWN").length, 2);
});

Deno.test("explain(): another certificate than the pinned one, or none because of a pre-shared key", () => {
  const of = (facts: ErrorFacts, given?: Given) => told("FINGERPRINT_MISMATCH", facts, given);
  assertMatch(of({ psk: "used" })[0]!, /the connection uses a pre-shared key/);
  assertMatch(of({})[0]!, /not the one that is pinned/);
  assertEquals(of({}, CHAIN)[1], `It has ${leaf.fingerprint("sha256")}.`);
  assertEquals([of({}).length, of({}, CHAIN).length], [2, 3]);
});

Deno.test("explain(): a peer that does not speak TLS, to either side", () => {
  const of = (facts: ErrorFacts) => told("ERR_SSL_NOT_TLS", facts, { Class: SslPeerError })[0]!;
  assertMatch(of({ role: "server", spoke: "http" }), /^The client sent a plain HTTP request/);
  assertMatch(of({ role: "server" }), /^The client does not speak TLS/);
  assertMatch(of({ role: "client" }), /^The peer does not speak TLS on this port/);
});

Deno.test("explain(): a chain that is too long, or too much work", () => {
  const of = (limit?: ErrorFacts["limit"]) =>
    told("CERT_CHAIN_TOO_LONG", { engine: "deno", ...(limit && { limit }) });
  assertMatch(of()[0]!, /^The chain of the peer's certificate has too many certificates\.$/);
  assertEquals(of()[1], "The limit is this side's.");
  const by = "own" as const;
  assertMatch(of({ what: "x", by, value: 9 })[0]!, /has too many certificates/);
  assertEquals(of({ what: "x", by, value: 9 })[1], "The limit is this side's: at most 9 CAs.");
  assertMatch(of({ what: "x", by })[0]!, /takes more work than Deno's TLS spends on one chain/);
});

Deno.test("explain(): a peer that did not answer, and the option that waits longer", () => {
  const of = (limit?: ErrorFacts["limit"]) =>
    text("ETIMEDOUT", { role: "client", ...(limit && { limit }) }, { Class: SslTimeoutError });
  assertMatch(of(), /^The server did not answer in time\.\n.*a longer timeout/);
  const limit = { what: "x", by: "own", value: 50, option: "handshakeTimeout" } as const;
  assertMatch(of(limit), /in time \(50 ms, by handshakeTimeout\)\.\n.*a longer handshakeTimeout/);
});

Deno.test("explain() falls back on the class of an error whose code has no row", () => {
  const of = (Class: ErrorClass, code = "NEW", facts: ErrorFacts = {}) =>
    told(code, facts, { Class, reason: "why" });
  assertMatch(of(SslTimeoutError)[0]!, /did not answer in time/);
  assertMatch(of(SslUnsupportedError)[0]!, /The engine in use cannot do this/);
  assertMatch(of(SslUnsupportedError, "ERR_SSL_NEW")[0]!, /OpenSSL refused this, not the peer/);
  assertEquals(of(SslTruncatedError), told("ERR_SSL_TRUNCATED"));
  assertEquals(of(SslVerifyError), ["The peer's certificate was refused: why."]);
  assertMatch(of(SslPeerError)[0]!, /broke the protocol/);
  assertMatch(of(SslError, "ERR_SSL_NEW")[0]!, /OpenSSL refused this, not the peer/);
  assertEquals(of(SslError), []);
  assertMatch(of(SslError, "NEW", { limit: { what: "x", by: "own" } })[0]!, /limit of this side/);
  assertEquals(hintFor(new SslError("x", { code: "NEW" })), undefined);
  assertEquals(
    hintFor(new SslVerifyError("x", { code: "CERT_REVOKED" })),
    told("CERT_REVOKED")[1],
  );
});

Deno.test("explain() of other errors gives their message", () => {
  assertEquals(explain("text"), "text");
  assertEquals(explain(undefined), "undefined");
  assertEquals(explain(new Error("other")), "other");
  assertEquals(explain(new Error("")), "Error");
  for (const Class of [TypeError, RangeError]) {
    assertEquals(explain(new Class("bad")).split("\n").length, 2);
    assertMatch(explain(new Class("bad")), /a mistake in the call/);
  }
  assertMatch(explain(new Deno.errors.NotCapable("no")), /^no\nDeno does not permit this/);
  const both = new SuppressedError(
    new SslError("closing", { code: "ECLOSED" }),
    new SslVerifyError("first", { code: "CERT_REVOKED" }),
  );
  const lines = explain(both).split("\n");
  assertEquals([lines[0], lines.at(-1)], ["first", "Closing failed, too: closing"]);
  assertEquals(lines.length, 4);
});
