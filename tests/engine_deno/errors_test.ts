/** The table from Deno's texts to errors: those that cannot be provoked on loopback. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { alertName, runtimeError } from "../../engine/deno/error_map.ts";
import { SslError, SslPeerError, SslTruncatedError, SslVerifyError } from "../../errors.ts";

const data = (text: string) => new Deno.errors.InvalidData(text);
const refused = (text: string) =>
  runtimeError("handshake", data(`invalid peer certificate: ${text}`), false);

for (
  const [text, code, errno] of [
    ["Revoked", "CERT_REVOKED", 23],
    ["Expired", "CERT_HAS_EXPIRED", 10],
    ["NotValidYet", "CERT_NOT_YET_VALID", 9],
    ["NotValidForName", "HOSTNAME_MISMATCH", 62],
    ["BadSignature", "CERT_SIGNATURE_FAILURE", 7],
    ["InvalidPurpose", "INVALID_PURPOSE", 26],
    ["UnhandledCriticalExtension", "UNHANDLED_CRITICAL_EXTENSION", 34],
    ["Other(OtherError(UnsupportedCriticalExtension))", "UNHANDLED_CRITICAL_EXTENSION", 34],
    ["Other(OtherError(CaUsedAsEndEntity))", "INVALID_PURPOSE", 26],
    ["Other(OtherError(EndEntityUsedAsCa))", "INVALID_CA", 79],
    ["Other(OtherError(MaximumPathBuildCallsExceeded))", "CERT_CHAIN_TOO_LONG", 22],
    ["Other(OtherError(UnsupportedCertVersion))", "UNSPECIFIED", 1],
    [
      "UnsupportedSignatureAlgorithmContext { signature_algorithm_id: [6], supported_algorithms: [] }",
      "UNSUPPORTED_SIGNATURE_ALGORITHM",
      76,
    ],
    ["UnknownRevocationStatus", "UNABLE_TO_GET_CRL", 3],
    ["BadEncoding", "UNSPECIFIED", 1],
    ["SomethingNew { of: rustls }", "UNSPECIFIED", 1],
    ["", "UNSPECIFIED", 1],
  ] as const
) {
  Deno.test(`runtimeError() makes an SslVerifyError of ${text.slice(0, 50) || "nothing"}`, () => {
    const error = refused(text);
    assertInstanceOf(error, SslVerifyError);
    assertEquals([error.code, error.errno], [code, errno]);
    assertInstanceOf(error.cause, Deno.errors.InvalidData);
  });
}

Deno.test("runtimeError() leaves times that are out of range out of the message", () => {
  const error = refused("certificate expired: ... is not valid after 99999999999999999999 (x)");
  assertInstanceOf(error, SslVerifyError);
  assert(error.message.endsWith("has expired"), error.message);
});

Deno.test("alertName() spells alerts as RFC 8446 does", () => {
  for (
    const [rustls, name] of [
      ["CloseNotify", "close_notify"],
      ["UnknownCA", "unknown_ca"],
      ["BadRecordMac", "bad_record_mac"],
      ["UnrecognisedName", "unrecognized_name"],
      ["UnknownPSKIdentity", "unknown_psk_identity"],
      ["NoApplicationProtocol", "no_application_protocol"],
      ["BadCertificateStatusResponse", "bad_certificate_status_response"],
      ["AlertDescription(0xc8)", "alert 200"],
    ] as const
  ) assertEquals(alertName(rustls), name);
});

Deno.test("runtimeError() tells a truncation from a failed handshake", () => {
  const eof = new Deno.errors.UnexpectedEof("unexpected end of file");
  const reset = Object.assign(new Deno.errors.ConnectionReset("reset (os error 104)"), {
    code: "ECONNRESET",
  });
  for (const cause of [eof, reset]) {
    const truncated = runtimeError("read", cause, true);
    assertInstanceOf(truncated, SslTruncatedError);
    assertStrictEquals(truncated.cause, cause);
    const early = runtimeError("handshake", cause, false);
    assertInstanceOf(early, SslPeerError);
    assertEquals(early.code, "ERR_SSL_HANDSHAKE_EOF");
  }
  const write = runtimeError("write", reset, true);
  assertInstanceOf(write, SslError);
  assertEquals([write.code, write.errno, write.reason], ["ECONNRESET", 104, "reset"]);
});

Deno.test("runtimeError() takes bytes that are not TLS for a foreign protocol only at the start", () => {
  const cause = data("received corrupt message of type InvalidContentType");
  const first = runtimeError("handshake", cause, false);
  assertInstanceOf(first, SslPeerError);
  assertEquals(first.code, "ERR_SSL_NOT_TLS");
  const later = runtimeError("read", cause, true);
  assertInstanceOf(later, SslPeerError);
  assertEquals([later.code, later.alert], ["ERR_SSL_DECODE", "decode_error"]);
});

Deno.test("runtimeError() blames the peer for what rustls calls its fault, known or not", () => {
  for (
    const [text, code] of [
      ["cannot decrypt peer's message", "ERR_SSL_BAD_RECORD"],
      ["peer is incompatible: NoCipherSuitesInCommon", "ERR_SSL_INCOMPATIBLE"],
      ["peer misbehaved: IllegalMiddleboxChangeCipherSpec", "ERR_SSL_PEER_MISBEHAVED"],
      ["peer sent no certificates", "ERR_SSL_NO_CERTIFICATE"],
      ["something that is new", "ERR_SSL_PROTOCOL"],
    ] as const
  ) {
    const error = runtimeError("read", data(text), true);
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.code, code);
    assert(error.message.includes(text), error.message);
  }
});

Deno.test("runtimeError() passes on what is not a matter of TLS", () => {
  const own = new SslError("mine");
  const permission = new Deno.errors.NotCapable("Requires net access");
  for (const error of [own, permission, "text", undefined]) {
    assertStrictEquals(runtimeError("read", error, true), error);
  }
  for (const Class of [Deno.errors.BadResource, Deno.errors.Interrupted]) {
    const error = runtimeError("read", new Class("x"), true);
    assertInstanceOf(error, SslError);
    assertEquals(error.code, "ECLOSED");
  }
  const odd = runtimeError("read", new Error("odd"), true);
  assertInstanceOf(odd, SslError);
  assertEquals([odd.code, odd.errno], ["EIO", -1]);
});
