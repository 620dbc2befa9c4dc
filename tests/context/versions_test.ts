import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { allowedVersions, parseVersion } from "../../context/versions.ts";
import { versionName } from "../../engine/tls_versions.ts";
import { SslUnsupportedError } from "../../errors.ts";

const TLS = { 10: 0x0301, 11: 0x0302, 12: 0x0303, 13: 0x0304 } as const;
const sorted = (versions: ReadonlySet<number>) => [...versions].sort();

Deno.test("parseVersion() reads Perl's SSL_version", () => {
  const cases: [string, number[]][] = [
    ["TLSv1_3", [TLS[13]]],
    ["TLSv13", [TLS[13]]],
    ["tlsv12", [TLS[12]]],
    ["TLSV1_1", [TLS[11]]],
    ["TLSv11", [TLS[11]]],
    ["TLSv1", [TLS[10]]],
    ["SSLv3", [0x0300]],
    ["SSLv23", [TLS[10], TLS[11], TLS[12], TLS[13]]],
    ["SSLv2/3", [TLS[10], TLS[11], TLS[12], TLS[13]]],
    ["SSLv23:!TLSv1_2", [TLS[10], TLS[11], TLS[13]]],
    ["SSLv23:!TLSv1:!TLSv1_1:!SSLv3:!SSLv2", [TLS[12], TLS[13]]],
    ["!TLSv1_3", [TLS[10], TLS[11], TLS[12]]],
    ["SSLv23 : !TLSv1_3", [TLS[10], TLS[11], TLS[12]]],
    ["TLSv1_2:TLSv12", [TLS[12]]],
    ["TLSv1_2:!TLSv1_3", [TLS[12]]],
  ];
  for (const [text, versions] of cases) {
    assertEquals(sorted(parseVersion(text)), versions, text);
  }
});

Deno.test("parseVersion() has Perl's two error texts", () => {
  for (const text of ["", "foo", "TLSv1_4", "TLSv1.2", "TLS1_2", "SSLv23:", "SSLv23,TLSv1", "!"]) {
    assertThrows(() => parseVersion(text), TypeError, "invalid SSL_version specified");
  }
  for (const text of ["TLSv1_2:TLSv1_3", "SSLv23:TLSv1_3", "SSLv3:SSLv23"]) {
    assertThrows(
      () => parseVersion(text),
      TypeError,
      "cannot set multiple SSL protocols in SSL_version",
    );
  }
});

Deno.test("parseVersion() refuses SSLv2 and an empty choice", () => {
  assertThrows(
    () => parseVersion("SSLv2"),
    SslUnsupportedError,
    "SSL Version SSLv2 not supported",
  );
  assertThrows(() => parseVersion("TLSv1_2:!TLSv1_2"), TypeError, "it excludes every protocol");
  assertThrows(
    () => parseVersion("SSLv23:!TLSv1:!TLSv1_1:!TLSv1_2:!TLSv1_3"),
    TypeError,
    "it excludes every protocol",
  );
});

Deno.test("allowedVersions() is TLS 1.2 and 1.3 unless told", () => {
  assertEquals(sorted(allowedVersions({})), [TLS[12], TLS[13]]);
});

Deno.test("allowedVersions() applies the bounds", () => {
  assertEquals(sorted(allowedVersions({ minVersion: "TLSv1_3" })), [TLS[13]]);
  assertEquals(sorted(allowedVersions({ maxVersion: "TLSv1_2" })), [TLS[12]]);
  assertEquals(
    sorted(allowedVersions({ minVersion: "TLSv1", maxVersion: "TLSv1_2" })),
    [TLS[10], TLS[11], TLS[12]],
  );
  assertEquals(
    sorted(allowedVersions({ version: "SSLv23", minVersion: "TLSv1_1" })),
    [TLS[11], TLS[12], TLS[13]],
  );
});

Deno.test("allowedVersions() never goes below TLS 1.2 by maxVersion alone", () => {
  assertThrows(
    () => allowedVersions({ maxVersion: "TLSv1_1" }),
    TypeError,
    "give minVersion too",
  );
  assertThrows(
    () => allowedVersions({ minVersion: "TLSv1_3", maxVersion: "TLSv1_2" }),
    TypeError,
    'Cannot combine minVersion "TLSv1_3", maxVersion "TLSv1_2"',
  );
  assertThrows(() => allowedVersions({ minVersion: "SSLv23" }), TypeError, '"minVersion"');
});

Deno.test("versionName() gives the name that a socket reports", () => {
  assertEquals(versionName(0x0304), "TLSv1_3");
  assertEquals(versionName(0x0301), "TLSv1");
  assertEquals(versionName(0x0300), "SSLv3");
  assertEquals(versionName(0x7f1c), "0x7f1c");
  assertEquals(versionName(0x0002), "0x0002");
});

Deno.test("allowedVersions() refuses bounds other than one version, and says what it combined", () => {
  for (const text of ["foo", "!TLSv1_2", "SSLv23", "TLSv1_2:TLSv1_3", ""]) {
    for (const option of ["minVersion", "maxVersion"]) {
      const call = () => allowedVersions({ [option]: text });
      assertThrows(call, TypeError, `Cannot use option "${option}": must be one of`);
    }
  }
  const { code } = assertThrows(
    () => allowedVersions({ minVersion: "SSLv2" }),
    SslUnsupportedError,
  );
  assertEquals(code, "ERR_SSL_UNSUPPORTED_VERSION");
  assertEquals(
    assertThrows(() => parseVersion("SSLv2"), SslUnsupportedError).code,
    "ERR_SSL_UNSUPPORTED_VERSION",
  );
  assertThrows(() => parseVersion("!SSLv23"), TypeError, "it excludes every protocol");
  assertEquals(sorted(allowedVersions({ maxVersion: " TLSv1_2 " })), [TLS[12]]);
  assertEquals(sorted(allowedVersions({ version: "SSLv23", maxVersion: "TLSv1" })), [TLS[10]]);
  assertEquals(sorted(allowedVersions({ minVersion: "SSLv3", maxVersion: "TLSv1" })), [
    0x0300,
    TLS[10],
  ]);
  const none = "no protocol satisfies them all";
  const both = { version: "TLSv1_2", maxVersion: "TLSv1_1" };
  assertThrows(
    () => allowedVersions(both),
    TypeError,
    `Cannot combine version "TLSv1_2", maxVersion "TLSv1_1": ${none}`,
  );
  assertThrows(() => allowedVersions({ version: "TLSv1", minVersion: "TLSv1_2" }), TypeError, none);
});
