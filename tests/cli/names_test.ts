/** `ssl pin`, `ssl names`, `ssl explain`, `ssl doctor`: what they say of certificates, codes and machines. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { engineInfo, serve } from "../../mod.ts";
import { TestCa } from "../../testing/mod.ts";
import { errorCodes } from "../../verify/explain/error_table.ts";
import { run } from "./helper.ts";

const ca = await TestCa.create();
const own = await ca.server("localhost", "*.wild.example");
const folder = await Deno.makeTempDir();
const [CA, FILE] = [`${folder}/ca.pem`, `${folder}/server.pem`];
await Deno.writeTextFile(CA, ca.pem);
await Deno.writeTextFile(FILE, own.cert);
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const PIN = own.certificate.fingerprint("sha256", true);

Deno.test("pin: a file's pin is one line, and --all adds the certificate's and curl's", async () => {
  const { code, stdout, stderr } = await run(["pin", FILE]);
  assertEquals([code, stdout, stderr], [0, `${PIN}\n`, ""]);
  const { json } = await run(["pin", FILE, "--json"]);
  assertEquals(json.pins.certificate, own.certificate.fingerprint("sha256"));
  assertEquals([json.verified, json.certificate.pem], [null, own.certificate.pem]);
  assert(/^sha256\/\/[A-Za-z0-9+/]{43}=$/.test(json.pins.curl), json.pins.curl);
  const stdin = await run(["pin", "-"], { stdin: own.cert });
  assertEquals(stdin.stdout, `${PIN}\n`);
});

Deno.test("pin: a server's pin works with connect --pin, and an untrusted one has exit code 5", async () => {
  const { cert, key } = own;
  await using server = serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onHandshakeError: () => {} },
    () => {},
  );
  const at = `localhost:${(await server.addr).port}`;
  const trusted = await run(["pin", at, "--ca", CA]);
  assertEquals([trusted.code, trusted.stdout], [0, `${PIN}\n`]);
  if (!engineInfo().features.has("fingerprint")) return;
  const untrusted = await run(["pin", at]);
  assertEquals([untrusted.code, untrusted.stdout], [5, `${PIN}\n`]);
  assertStringIncludes(untrusted.stderr, "Anyone on the way");
  assertEquals((await run(["connect", at, "--pin", untrusted.stdout.trim()])).code, 0);
});

Deno.test("names: says which name matches by which rule, and why the others do not", async () => {
  const matching = await run(["names", FILE, "a.wild.example", "localhost"]);
  assertEquals(matching.code, 0);
  assertStringIncludes(matching.stdout, "MATCHES (wildcard)");
  const { code, stdout, json } = await run(["names", FILE, "a.b.wild.example", "--json"]);
  assertEquals([code, json.verdict, json.hosts[0].ok], [6, "wrong-name", false]);
  assertEquals(json.scheme, "rfc9525");
  assertStringIncludes(stdout, "DNS");
  const scheme = await run(["names", FILE, "localhost", "--scheme", "ldap", "--json"]);
  assertEquals(scheme.json.scheme, "ldap");
  const wrong = await run(["names", FILE, "localhost", "--scheme", "htp"]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "use http");
});

Deno.test("explain: every code has something to say, by name, by number and as an alert", async () => {
  const { json } = await run(["explain", "--list", "--json"]);
  const { verification, connection, alerts, own } = errorCodes();
  const count = [verification, connection, alerts, own].flat().length;
  assertEquals(json.codes.length, count);
  assertEquals(json.codes.filter(({ happened }: { happened: string }) => happened === ""), []);
  for (const given of ["10", "cert_has_expired", "X509_V_ERR_CERT_HAS_EXPIRED"]) {
    const { json } = await run(["explain", given, "--json"]);
    assertEquals([json.codes[0].code, json.codes[0].errno], ["CERT_HAS_EXPIRED", 10]);
  }
  const messages = {
    "error:0A00010B:SSL routines::wrong version number": "ERR_SSL_NOT_TLS",
    "f 7: 1 - error:0A0000C1:SSL routines::no shared cipher": "ERR_SSL_INCOMPATIBLE",
    "error:05800074:x509 certificate routines::key values mismatch": "KEY_VALUES_MISMATCH",
    "tlsv1 alert unknown ca": "ERR_SSL_ALERT_UNKNOWN_CA",
    "SSL alert number 42": "ERR_SSL_ALERT_BAD_CERTIFICATE",
    "verify error:num=18:self-signed certificate": "DEPTH_ZERO_SELF_SIGNED_CERT",
    "Verify return code: 21 (unable to verify)": "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "error 10 at 0 depth lookup: certificate has expired": "CERT_HAS_EXPIRED",
    "invalid peer certificate: UnknownIssuer": "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "received fatal alert: HandshakeFailure": "ERR_SSL_ALERT_HANDSHAKE_FAILURE",
    "unexpected eof while reading": "ERR_SSL_TRUNCATED",
  };
  for (const [given, code] of Object.entries(messages)) {
    assertEquals((await run(["explain", given, "--json"])).json.codes[0].code, code, given);
  }
  for (const given of ["error:0A000086:SSL routines::certificate verify failed", "hello there"]) {
    assertEquals((await run(["explain", given])).code, 2);
  }
  const alert = await run(["explain", "unknown_ca"]);
  assertStringIncludes(alert.stdout, "ERR_SSL_ALERT_UNKNOWN_CA\n  To a client: ");
  const wrong = await run(["explain", "CERT_HAS_EXPIRD"]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "ssl explain CERT_HAS_EXPIRED");
});

Deno.test("doctor: names the engines, the anchors and the permissions", async () => {
  const { code, json } = await run(["doctor", "--json"]);
  assertEquals(code, json.verdict === "ok" ? 0 : 1);
  assertEquals(json.engine, engineInfo().name);
  assertEquals(json.engines.map(({ name }: { name: string }) => name), ["openssl", "deno", "wasm"]);
  assertEquals(json.permissions.net, "granted");
  const { stdout } = await run(["doctor"], { columns: 60 });
  assertEquals(stdout.split("\n").filter((line) => line.length > 60 && !/\/\S{30}/.test(line)), []);
});
