import "../helpers/limit.ts";
import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { OPTIONS } from "../../context/option_table.ts";
import { checkOptions } from "../../context/resolved_options.ts";
import type { OptionKind } from "../../context/option_table.ts";
import { SslUnsupportedError } from "../../errors.ts";
import { perlNames } from "../../perl/mod.ts";

const check = (kind: OptionKind, options: Record<string, unknown>) => checkOptions(kind, options);

Deno.test("checkOptions() names the right option for a Perl-style one, in exactly this grammar", () => {
  const error = assertThrows(() => check("connect", { SSL_verify_mode: 1 }), TypeError);
  assertEquals(error.message, 'unknown option "SSL_verify_mode": use "verifyMode"');
});

Deno.test("checkOptions() knows every Perl option by its name", () => {
  for (const row of perlNames) {
    if (row.kind !== "option") continue;
    const error = assertThrows(() => check("connect", { [row.perl]: 1 }), TypeError);
    const expected = row.ours === null ? `use ${row.replacement}` : `use "${row.ours}"`;
    assert(error.message.endsWith(expected), error.message);
    assert(error.message.startsWith(`unknown option "${row.perl}"`), error.message);
  }
});

Deno.test("checkOptions() names the nearest option for a slip", () => {
  const cases: [string, string][] = [
    ["verifymode", "verifyMode"],
    ["verify_mode", "verifyMode"],
    ["ssl_verify_mode", "verifyMode"],
    ["servername", "serverName"],
    ["cafile", "caFile"],
    ["hostnam", "hostname"],
    ["timout", "timeout"],
    ["alpnProtocol", "alpnProtocols"],
    ["SSL_verify_mod", "verifyMode"],
  ];
  for (const [wrong, right] of cases) {
    const error = assertThrows(() => check("connect", { [wrong]: 1 }), TypeError);
    assertEquals(error.message, `unknown option "${wrong}": use "${right}"`);
  }
});

Deno.test("checkOptions() refuses every name that is not in the table", () => {
  for (const name of ["frobnicate", "toString", "constructor", "__proto__x", "", "0"]) {
    assertThrows(() => check("connect", { [name]: 1 }), TypeError, "unknown option");
  }
  const options = JSON.parse('{"__proto__": 1}');
  assertThrows(() => check("connect", options), TypeError, "unknown option");
});

Deno.test("checkOptions() says where an option belongs", () => {
  assertThrows(
    () => check("connect", { backlog: 5 }),
    TypeError,
    'unknown option "backlog": it belongs to listen, not to connect',
  );
  assertThrows(() => check("connect", { selfSigned: true }), TypeError, "not to connect");
  assertThrows(() => check("connect", { clientCaFile: "a" }), TypeError, "not to connect");
  assertThrows(() => check("listen", { serverName: "a" }), TypeError, "not to listen");
  assertThrows(() => check("context", { timeout: 5 }), TypeError, "not to context");
  assertThrows(() => check("listen", { server: true }), TypeError, "not to listen");
});

Deno.test("checkOptions() refuses wrong types and says what the value must be", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ verifyMode: "SSL_VERIFY_PEER" }, "must be a number and not a string"],
    [{ verifyMode: 8 }, "must be a combination of the SSL_VERIFY_* flags"],
    [{ verifyMode: -1 }, "must be a combination"],
    [{ caFile: 5 }, "must be a path"],
    [{ caFile: "a\0b" }, "must be a path"],
    [{ ca: "/etc/ca.pem" }, "for a path use the option that ends in File"],
    [{ cert: "cert.pem" }, "for a path use the option that ends in File"],
    [{ key: "key.pem" }, "for a path use the option that ends in File"],
    [{ certFile: {} }, "must not be an empty record"],
    [{ certFile: { a: 5 } }, 'for the name "a"'],
    [{ alpnProtocols: "h2" }, "must be a list of protocol names"],
    [{ alpnProtocols: [""] }, "must be a list of protocol names"],
    [{ alpnProtocols: ["a".repeat(256)] }, "must be a list of protocol names"],
    [{ serverName: "a b" }, "must be a host name: it holds a character"],
    [{ serverName: 5 }, "must be a string"],
    [{ timeout: "5" }, "must be a number of milliseconds"],
    [{ timeout: -1 }, "must be a number of milliseconds"],
    [{ timeout: NaN }, "must be a number of milliseconds"],
    [{ port: 65536 }, "must be a port number"],
    [{ family: 5 }, "must be one of 4, 6"],
    [{ engine: "boringssl" }, 'must be one of "auto", "openssl", "deno"'],
    [{ fingerprint: [] }, "must be a fingerprint or a list"],
    [{ checkCrl: 1 }, "must be one of"],
    [{ startHandshake: 0 }, "must be true or false"],
    [{ signal: {} }, "must be an AbortSignal"],
    [{ keylog: "/tmp/keys" }, 'must be a function or "env"'],
    [{ passwdCb: "secret" }, "must be a function"],
    [{ keyFile: [] }, "must be a path"],
    [{ verifycnPublicsuffix: 5 }, "must be a PublicSuffix"],
    [{ verifycnPublicsuffix: null }, "must be a PublicSuffix"],
    [{ verifycnPublicsuffix: { publicSuffix: 1 } }, "must be a PublicSuffix"],
  ];
  for (const [options, message] of cases) {
    const error = assertThrows(() => check("connect", options), TypeError, message);
    const name = Object.keys(options)[0]!;
    assert(error.message.startsWith(`Cannot use option "${name}": must `), error.message);
    assertFalse(error.message.includes(`": ${name} must`), "the name is said once");
  }
});

Deno.test("checkOptions() takes flags of verifyMode without SSL_VERIFY_PEER for a wish to verify", () => {
  for (const [given, counts] of [[0, 0], [1, 1], [2, 3], [4, 5], [6, 7], [3, 3]] as const) {
    assertEquals(checkOptions("context", { verifyMode: given }).verifyMode, counts);
  }
});

Deno.test("checkOptions() answers the names of other libraries with ours", () => {
  const cases: [string, string][] = [
    ["caCerts", '"ca"'],
    ["rejectUnauthorized", '"verifyMode" (SSL_VERIFY_PEER'],
    ["requestCert", '"verifyMode" (SSL_VERIFY_PEER asks clients'],
    ["insecure", '"verifyMode" (SSL_VERIFY_NONE'],
    ["InsecureSkipVerify", '"verifyMode" (SSL_VERIFY_NONE'],
    ["servername", '"serverName"'],
    ["server_hostname", '"serverName"'],
    ["ALPNProtocols", '"alpnProtocols"'],
    ["ca_certs", '"ca" (or extraCa'],
    ["cert_reqs", '"verifyMode"'],
    ["certfile", '"certFile"'],
    ["ciphers", '"cipherList" (or ciphersuites'],
    ["host", '"hostname"'],
    ["passphrase", '"passwdCb"'],
    ["unsafelyDisableHostnameVerification", '"verifycnScheme"'],
    ["checkServerIdentity", '"verifycnScheme"'],
    ["suppress_ragged_eofs", '"allowTruncation"'],
  ];
  for (const [name, ours] of cases) {
    assertThrows(
      () => check("connect", { [name]: 1 }),
      TypeError,
      `unknown option "${name}": use ${ours}`,
    );
  }
  // Where ours may not stand, the error names it and does not advise it.
  for (
    const [kind, name, ours] of [
      ["close", "insecure", "verifyMode"],
      ["connect", "server_side", "server"],
      ["listen", "server_hostname", "serverName"],
    ] as const
  ) {
    const error = assertThrows(() => check(kind, { [name]: 1 }), TypeError);
    const said = `unknown option "${name}": here it is "${ours}", which this call does not take`;
    assertEquals(error.message, said);
  }
  // A name that comes from nowhere near.
  const long = assertThrows(() => check("connect", { ["x".repeat(1e7)]: 1 }), TypeError);
  assert(long.message.length < 200, String(long.message.length));
});

Deno.test("checkOptions() never shows a key", () => {
  const error = assertThrows(() => check("connect", { key: "-- my secret --" }), TypeError);
  assertFalse(error.message.includes("secret"), error.message);
  // The message has only the type of what may be a secret.
  const secrets: [string, unknown, string][] = [
    ["psk", 12345, "number"],
    ["psk", { me: 5 }, "object"],
    ["key", ["abcdefgh"], "object"],
    ["key", "abcdefgh", "string"],
  ];
  for (const [name, value, type] of secrets) {
    const { message } = assertThrows(() => check("connect", { [name]: value }), TypeError);
    assert(message.endsWith(`: received ${type}`), message);
  }
});

Deno.test("checkOptions() takes the values that mean none", () => {
  for (
    const given of [
      { ca: [], caFile: null, caPath: null, dh: null, ecdhCurve: null },
      { ca: null, caFile: "", caPath: "", cipherList: "", serverName: "" },
    ]
  ) {
    assertEquals({ ...check("connect", given) } as object, given); // each as it is: none is dropped
  }
});

Deno.test("checkOptions() gives a frozen copy without undefined members", () => {
  const given = { serverName: "a", caFile: undefined };
  const options = checkOptions("connect", given);
  assertEquals(options, { serverName: "a" } as typeof options);
  assert(Object.isFrozen(options));
  given.serverName = "b";
  assertEquals(options.serverName, "a");
  assertStrictEquals(checkOptions("connect", options), options);
});

Deno.test("checkOptions() refuses what is not an object of options", () => {
  for (const wrong of [null, undefined, "host:443", 5, []]) {
    assertThrows(() => checkOptions("connect", wrong as object), TypeError, "must be an object");
  }
});

Deno.test("checkOptions() refuses a client's local end with the reason", () => {
  assertThrows(
    () => check("connect", { localPort: 5 }),
    SslUnsupportedError,
    "Deno.connect cannot bind the local end",
  );
  assertThrows(() => check("listen", { localPort: 5 }), TypeError, "unknown option");
});

Deno.test("checkOptions() knows the options of close", () => {
  checkOptions("close", { noShutdown: true, fastShutdown: false, timeout: 0 });
  assertThrows(
    () => check("close", { SSL_no_shutdown: true }),
    TypeError,
    'unknown option "SSL_no_shutdown": use "noShutdown"',
  );
  assertThrows(() => check("close", { verifyMode: 1 }), TypeError, "unknown option");
});

Deno.test("the table of options has a row for each of the contract's options that are there", () => {
  // What is missing here is refused as unknown; a row and a member of SslOptions add it.
  const names = Object.keys(OPTIONS);
  for (
    const name of [
      ...["serverName", "startHandshake", "keepSocketOnError", "ca", "caFile", "caPath", "extraCa"],
      ...["extraCaFile", "clientCa", "clientCaFile", "fingerprint", "forceFingerprint", "cert"],
      ...["certFile", "key", "keyFile", "passwdCb", "useCert", "version", "minVersion"],
      ...["maxVersion", "cipherList", "ciphersuites", "honorCipherOrder", "dh", "dhFile"],
      ...["ecdhCurve", "sigalgs", "verifyMode", "verifycnScheme", "verifycnName", "checkCrl"],
      ...["verifycnPublicsuffix", "crl", "crlFile", "reuseCtx", "sessionIdContext", "signal"],
      ...["alpnProtocols", "npnProtocols", "allowTruncation", "keylog", "modeReleaseBuffers"],
      ...["onHandshakeError", "maxHandshakes", "onError", "selfSigned", "socketClass", "family"],
      ...["timeout", "handshakeTimeout", "engine", "allowWeakPins"],
    ]
  ) assert(names.includes(name), name);
});
