/** What rustls says, row by row: the error, its alert, its words and what explains it. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { startError } from "../../engine/deno/dial.ts";
import { runtimeError } from "../../engine/deno/error_map.ts";
import type { Operation } from "../../engine/wire_errors.ts";
import {
  type ErrorFacts,
  SslError,
  SslPeerError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";

const data = (text: string) => new Deno.errors.InvalidData(text);
const limit = (what: string, value?: number): ErrorFacts => ({
  limit: { by: "own", what, ...(value === undefined ? {} : { value }) },
});

Deno.test("runtimeError(): each misstep of a peer has its code, its alert, its words and its facts", () => {
  const rows: [string, string, string, string, ErrorFacts?][] = [
    [
      "received corrupt message of type HandshakePayloadTooLarge",
      "ERR_SSL_EXCESSIVE_MESSAGE_SIZE",
      "decode_error",
      "longer than we accept",
      limit("a handshake message of that size", 65535),
    ],
    [
      "received corrupt message of type CertificatePayloadTooLarge",
      "ERR_SSL_EXCESSIVE_MESSAGE_SIZE",
      "decode_error",
      "longer than we accept",
      limit("a handshake message of that size", 65535),
    ],
    [
      "peer misbehaved: TooManyKeyUpdateRequests",
      "ERR_SSL_TOO_MANY_KEY_UPDATES",
      "unexpected_message",
      "updated its keys",
      limit("so many key updates"),
    ],
    [
      "peer misbehaved: TooManyWarningAlertsReceived",
      "ERR_SSL_TOO_MANY_WARN_ALERTS",
      "unexpected_message",
      "more warnings in a row",
      limit("so many warnings in a row"),
    ],
    [
      "peer misbehaved: TooManyRenegotiationRequests",
      "ERR_SSL_NO_RENEGOTIATION",
      "no_renegotiation",
      "wants to negotiate again",
      limit("renegotiation"),
    ],
    ["cannot decrypt peer's message", "ERR_SSL_BAD_RECORD", "bad_record_mac", "was altered"],
    [
      "peer doesn't support any known protocol",
      "ERR_SSL_NO_APPLICATION_PROTOCOL",
      "no_application_protocol",
      "no ALPN protocol in common",
    ],
    [
      "peer sent no certificates",
      "ERR_SSL_NO_CERTIFICATE",
      "certificate_required",
      "sent no certificate",
    ],
    [
      "NoCertificatesPresented",
      "ERR_SSL_NO_CERTIFICATE",
      "certificate_required",
      "sent no certificate",
    ],
    [
      "peer is incompatible: Tls13RequiredForQuic",
      "ERR_SSL_INCOMPATIBLE",
      "protocol_version",
      "no TLS version in common",
      { lacks: "version" },
    ],
    [
      "peer is incompatible: SupportedVersionsExtensionRequired",
      "ERR_SSL_INCOMPATIBLE",
      "protocol_version",
      "no TLS version in common",
      { lacks: "version" },
    ],
    [
      "peer is incompatible: NoCipherSuitesInCommon",
      "ERR_SSL_INCOMPATIBLE",
      "handshake_failure",
      "no cipher in common",
      { lacks: "cipher" },
    ],
    [
      "peer is incompatible: NoKxGroupsInCommon",
      "ERR_SSL_INCOMPATIBLE",
      "handshake_failure",
      "no group in common",
      { lacks: "group" },
    ],
    [
      "peer is incompatible: NamedGroupsExtensionRequired",
      "ERR_SSL_INCOMPATIBLE",
      "handshake_failure",
      "no group in common",
      { lacks: "group" },
    ],
    [
      "peer is incompatible: NoSignatureSchemesInCommon",
      "ERR_SSL_INCOMPATIBLE",
      "handshake_failure",
      "no signature algorithm in common",
      { lacks: "signature algorithm" },
    ],
    [
      "peer is incompatible: NullCompressionRequired",
      "ERR_SSL_INCOMPATIBLE",
      "handshake_failure",
      "no TLS version, cipher or group in common",
    ],
    [
      "received unexpected message: got ApplicationData",
      "ERR_SSL_UNEXPECTED_MESSAGE",
      "unexpected_message",
      "out of turn",
    ],
    [
      "received corrupt message of type MessageTooLarge",
      "ERR_SSL_RECORD_OVERFLOW",
      "record_overflow",
      "a record that is too long",
      { limit: { by: "protocol", what: "a record of that size", value: 16384 } },
    ],
    ["received corrupt message of type X", "ERR_SSL_DECODE", "decode_error", "a malformed message"],
    [
      "peer misbehaved: DuplicateExtension",
      "ERR_SSL_PEER_MISBEHAVED",
      "illegal_parameter",
      "broke the protocol",
    ],
  ];
  for (const [text, code, alert, words, facts] of rows) {
    const cause = data(text);
    const error = runtimeError("handshake", cause, false);
    assertInstanceOf(error, SslPeerError, text);
    assertEquals([error.code, error.alert, error.reason], [code, alert, text]);
    assertEquals(error.facts as unknown, { engine: "deno", ...facts });
    assertEquals(error.cause, cause);
    assert(error.message.startsWith("Cannot complete the handshake: "), error.message);
    assert(error.message.includes(words) && error.message.endsWith(`: ${text}`), error.message);
  }
  const unknown = runtimeError("write", data("something new"), true) as SslPeerError;
  assertEquals([unknown.message, unknown.alert], ["Cannot write: something new", undefined]);
});

Deno.test("runtimeError(): an alert of the peer is named as RFC 8446 does, in the code and beside it", () => {
  for (
    const [text, name, code] of [
      ["UnknownCA", "unknown_ca", "ERR_SSL_ALERT_UNKNOWN_CA"],
      ["AlertDescription(0xc8)", "alert 200", "ERR_SSL_ALERT_ALERT_200"],
      ["EncryptedClientHelloRequired", "ech_required", "ERR_SSL_ALERT_ECH_REQUIRED"],
    ] as const
  ) {
    for (const established of [true, false]) {
      const error = runtimeError("read", data(`received fatal alert: ${text}`), established);
      assertInstanceOf(error, SslPeerError);
      assertEquals([error.code, error.alert, error.reason], [
        ...[code, name, `received the alert ${name}`],
      ]);
    }
  }
});

Deno.test("runtimeError(): bytes that are not TLS, of either kind, before it is established", () => {
  for (const kind of ["InvalidContentType", "UnknownProtocolVersion"]) {
    const cause = data(`received corrupt message of type ${kind}`);
    const error = runtimeError("handshake", cause, false) as SslPeerError;
    assertEquals([error.code, error.facts as unknown, error.cause], [
      "ERR_SSL_NOT_TLS",
      { engine: "deno", spoke: "something else" },
      cause,
    ]);
    const later = runtimeError("read", cause, true) as SslPeerError;
    assertEquals(later.code, "ERR_SSL_DECODE");
  }
});

Deno.test("runtimeError(): an end and a reset are what they mean for each operation", () => {
  const eof = () => new Deno.errors.UnexpectedEof("eof");
  const resets = [
    new Deno.errors.ConnectionReset("x (os error 104)"),
    new Deno.errors.ConnectionAborted("x (os error 103)"),
    new Deno.errors.BrokenPipe("x (os error 32)"),
  ];
  const ended: Operation[] = ["read", "handshake"], told: Operation[] = ["write", "shutdown"];
  for (const established of [true, false]) {
    const [Class, code] = established
      ? [SslTruncatedError, "ERR_SSL_TRUNCATED"] as const
      : [SslPeerError, "ERR_SSL_HANDSHAKE_EOF"] as const;
    const check = (operation: Operation, cause: Error) => {
      const error = runtimeError(operation, cause, established);
      assertInstanceOf(error, Class, `${operation} ${cause.name}`);
      assertEquals([error.code, error.cause], [code, cause]);
    };
    for (const operation of [...ended, ...told]) check(operation, eof());
    for (const operation of ended) for (const reset of resets) check(operation, reset);
    for (const operation of told) {
      for (const [i, reset] of resets.entries()) {
        const error = runtimeError(operation, reset, established) as SslError;
        assertEquals([error.constructor, error.code, error.errno, error.reason], [
          ...[SslError, ["ECONNRESET", "ECONNABORTED", "EPIPE"][i], [104, 103, 32][i], "x"],
        ] as unknown[]);
      }
    }
    const other = runtimeError("read", new Deno.errors.TimedOut("x"), established) as SslError;
    assertEquals([other.constructor, other.code], [SslError, "ETIMEDOUT"] as unknown[]);
  }
});

Deno.test("runtimeError(): a refused certificate is recognized by its words, whatever the class of the error", () => {
  const error = runtimeError("read", new Error("invalid peer certificate: Revoked"), false);
  assertInstanceOf(error, SslVerifyError);
  assertEquals([error.code, error.alert, error.facts as unknown], [
    ...["CERT_REVOKED", "certificate_revoked", { engine: "deno" }],
  ]);
  const other = runtimeError("read", new Error("not: invalid peer certificate: x"), false);
  assertEquals([(other as SslError).constructor, (other as SslError).code], [
    ...[SslError, "EIO"],
  ] as unknown[]);
});

Deno.test("a refused certificate: each row has its code, its alert, its words and its facts", () => {
  const purpose = { limit: { by: "own", what: "a CA's certificate as that of a server" } };
  const work = { limit: { by: "own", what: "a chain that takes so much work" } };
  const depth = { limit: { by: "own", what: "a chain of so many CAs", value: 6 } };
  const rows: [string, string, string, string | undefined, unknown?][] = [
    ["UnknownIssuer", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unknown_ca", "give it as extraCa"],
    ["UnknownIssuer { x }", "UNSPECIFIED", "bad_certificate", undefined],
    ["Expired", "CERT_HAS_EXPIRED", "certificate_expired", "the certificate has expired"],
    ["NotValidYet", "CERT_NOT_YET_VALID", "certificate_expired", "is not valid yet"],
    ["NotValidForName", "HOSTNAME_MISMATCH", "bad_certificate", "this name", { names: [] }],
    ["Revoked", "CERT_REVOKED", "certificate_revoked", "has been revoked"],
    ["BadSignature", "CERT_SIGNATURE_FAILURE", "decrypt_error", "is wrong"],
    ["InvalidSignatureForPublicKey", "CERT_SIGNATURE_FAILURE", "decrypt_error", "is wrong"],
    [
      "UnsupportedSignatureAlgorithm",
      "UNSUPPORTED_SIGNATURE_ALGORITHM",
      "decrypt_error",
      "such as SHA-1",
    ],
    ["InvalidPurpose", "INVALID_PURPOSE", "unsupported_certificate", undefined],
    ["RequiredEkuNotFound", "INVALID_PURPOSE", "unsupported_certificate", undefined],
    ["EmptyEkuExtension", "INVALID_PURPOSE", "unsupported_certificate", undefined],
    [
      "certificate does not allow extended key usage for server authentication",
      "INVALID_PURPOSE",
      "unsupported_certificate",
      undefined,
    ],
    [
      "certificate does not allow extended key usage for x, allows client or 2, 5, 29, 37, 0",
      "INVALID_PURPOSE",
      "unsupported_certificate",
      "allows client or 2.5.29.37.0",
    ],
    ["CaUsedAsEndEntity", "INVALID_PURPOSE", "certificate_unknown", "CA:TRUE", purpose],
    ["EndEntityUsedAsCa", "INVALID_CA", "certificate_unknown", "does not belong to a CA"],
    ["NameConstraintViolation", "PERMITTED_VIOLATION", "certificate_unknown", "do not permit"],
    ["PathLenConstraintViolated", "PATH_LENGTH_EXCEEDED", "certificate_unknown", "CAs below it"],
    ["MaximumPathDepthExceeded", "CERT_CHAIN_TOO_LONG", "certificate_unknown", "6 CAs", depth],
    [
      "MaximumSignatureChecksExceeded",
      "CERT_CHAIN_TOO_LONG",
      "certificate_unknown",
      "more work",
      work,
    ],
    [
      "UnsupportedCriticalExtension",
      "UNHANDLED_CRITICAL_EXTENSION",
      "certificate_unknown",
      "critical extension",
    ],
    ["UnsupportedCertVersion", "UNSPECIFIED", "certificate_unknown", "not of version 3"],
    ["UnknownRevocationStatus", "UNABLE_TO_GET_CRL", "unknown_ca", undefined],
    ["ExpiredRevocationList", "CRL_HAS_EXPIRED", "unknown_ca", undefined],
    ["ApplicationVerificationFailure", "APPLICATION_VERIFICATION", "access_denied", undefined],
  ];
  for (const [found, code, alert, words, facts] of rows) {
    const error = runtimeError("handshake", data(`invalid peer certificate: ${found}`), false);
    assertInstanceOf(error, SslVerifyError, found);
    assertEquals([error.code, error.alert], [code, alert], found);
    assertEquals(error.facts as unknown, { engine: "deno", ...facts as object }, found);
    assert(error.errno > 0, found);
    assert(error.reason.includes(words ?? found), error.reason);
    assertEquals(error.message, `Cannot verify the certificate of the server: ${error.reason}`);
  }
});

Deno.test("a refused certificate: dates and names that rustls tells are facts, as far as they are some", () => {
  const told = (text: string) =>
    runtimeError("handshake", data(`invalid peer certificate: ${text}`), false) as SslVerifyError;
  const last = 8.64e12; // the last second that a Date has
  const expired = (seconds: number | string) =>
    told(
      `certificate expired: verification time 1 (UNIX), but is not valid after ${seconds} (1 ago)`,
    );
  assertEquals(expired(86400).facts?.date, new Date("1970-01-02T00:00:00Z"));
  assert(expired(86400).message.endsWith("has expired (since 1970-01-02T00:00:00Z)"));
  assertEquals(expired(last).facts?.date, new Date(8.64e15));
  for (const none of [last + 1, "9".repeat(400), "x"]) {
    assertEquals([expired(none).facts as unknown, expired(none).reason], [
      { engine: "deno" },
      "the certificate has expired",
    ]);
  }
  const early = told("certificate not valid yet: verification time 1, but is not valid before 60");
  assertEquals(early.facts?.date, new Date(60_000));
  assert(early.message.endsWith("is not valid yet (from 1970-01-01T00:01:00Z)"), early.message);

  const list = 'DnsName("a.test") or IpAddress(192.0.2.1)';
  const other = told(
    `certificate not valid for name "b.test"; certificate is only valid for ${list}`,
  );
  assertEquals([other.code, other.errno, other.facts?.names], [
    ...["HOSTNAME_MISMATCH", 62, ["DNS:a.test", "IP:192.0.2.1"]],
  ] as unknown[]);
  assert(
    other.message.endsWith(
      'not valid for "b.test": it is only valid for DNS:a.test, IP:192.0.2.1',
    ),
    other.message,
  );
  for (const address of ["192.0.2.7", "2001:db8::1"]) {
    const none = told(
      `certificate not valid for name "${address}"; certificate is not valid for any`,
    );
    assertEquals([none.code, none.errno, none.facts?.names], [
      ...["IP_ADDRESS_MISMATCH", 64, []],
    ] as unknown[]);
    assert(none.message.endsWith(`"${address}": its subjectAltName names no host`), none.message);
  }
});

Deno.test("startError(): what Deno.startTls refuses before it sends a byte", () => {
  const options = { hostname: "a b", caCerts: [], unsafelyDisableHostnameVerification: false };
  const rows: [Error, string, string][] = [
    [new TypeError("Invalid hostname: 'a b'"), "ERR_INVALID_NAME", '"a b" is neither a DNS name'],
    [new Error("invalid peer certificate: BadEncoding"), "ERR_CA", "in extraCa"],
    [new Deno.errors.Busy("x"), "EBUSY", "in flight on the plain connection"],
    [new Deno.errors.BadResource("x"), "ECLOSED", "the plain connection is closed"],
  ];
  for (const [cause, code, words] of rows) {
    const error = startError(options, cause);
    assertInstanceOf(error, SslError);
    assertEquals([error.code, error.cause], [code, cause]);
    assert(error.message.startsWith("Cannot start TLS: ") && error.message.includes(words));
    assert(error.reason.includes(words));
  }
  assertInstanceOf(startError(options, new TypeError("expected type `x`")), SslUnsupportedError);
  for (const other of ["text", undefined, new SslError("own"), new Error("other")]) {
    assertEquals(startError(options, other), other);
  }
});
