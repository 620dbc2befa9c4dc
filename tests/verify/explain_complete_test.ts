/** Every code that an error of this library can have is explained: the sources are the list. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { explain, SslError, SslPeerError, SslVerifyError } from "../../mod.ts";
import { byCode } from "../../verify/explain/openssl_codes.ts";
import { verifyErrno } from "../../verify/error_codes.ts";
import { byOwnCode } from "../../verify/explain/own_codes.ts";

const [BY_CODE, BY_OWN_CODE] = [byCode(), byOwnCode()];

const ROOT = new URL("../../", import.meta.url);
/** The layers whose errors users see. */
const FOLDERS = [
  "internal",
  ...["certificate", "cli", "context", "engine", "handle", "http", "intercept", "node", "perl"],
  ...["server", "socket", "ssleay", "starttls", "testing", "verify"],
];

/** What looks like a code in a string, and is not one. */
const NO_CODES = [
  /^(?:EHLO|CONNECT_WITH_DB|PROTOCOL_41|SECURE_CONNECTION|MULTI_RESULTS|PLUGIN_AUTH)$/, // SMTP, MySQL
  /^ERR_(?:TLS_CERT_ALTNAME_INVALID|STREAM_DESTROYED)$/, // node's, whose cause is an error of ours
  /^ERR_SSL_$/, // what precedes OpenSSL's own reason: see below
  // Of the command line: variables, words of its table, parts of the names of suites.
  /^(?:XDG_DATA_HOME|ENGINE|ECDHE|ECDH|PSK_DHE|EXPORT|ERR_SSL_ALERT_|TLS1_[23]_VERSION)$/,
  /^(?:SSL|TLS|GEN|SOCKET_SSL|X509|NID|OP|MODE|VERIFY|ERROR|ST|SESS)_/,
  /^(?:AD_DVCS|ED25519|ED448|ECDSA|EMAIL|EDIPARTY|ENCRYPTED)$/,
];

/** Codes for which there is nothing more to say than their reason. */
const TOLD_BY_REASON = new Set(["UNSPECIFIED"]);

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

/** A string literal that could be the code of an error. */
const LITERAL = /"((?:ERR_[A-Z0-9_]+)|(?:E[A-Z0-9]{3,})|(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+))"/g;

async function codesInSources(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of FOLDERS) {
    try {
      for await (const url of sources(new URL(`${folder}/`, ROOT))) {
        if (/\/explain\/(?!own_codes)|\/low\//.test(url.pathname)) continue;
        for (const [, code] of (await Deno.readTextFile(url)).matchAll(LITERAL)) {
          if (!NO_CODES.some((no) => no.test(code!))) found.set(code!, url.pathname);
        }
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found;
}

const isExplained = (code: string): boolean =>
  Object.hasOwn(BY_CODE, code) || Object.hasOwn(BY_OWN_CODE, code);

Deno.test("explain() knows every code in the sources", async () => {
  const found = await codesInSources();
  // The search finds what is known to be there.
  for (const code of ["SESSION_NOT_VERIFIED", "ECLOSED", "ERR_DER", "FINGERPRINT_MISMATCH"]) {
    assert(found.has(code), code);
  }
  const unknown = [...found].filter(([code]) => !isExplained(code) && !TOLD_BY_REASON.has(code));
  assertEquals(unknown, []);
});

Deno.test("explain() has no row for a code that nothing gives", async () => {
  const found = await codesInSources();
  // Deno's own codes of system calls are passed on.
  const system = new Set(["EIO", "EOF", "ECONNABORTED", "EACCES", "EADDRNOTAVAIL", "EBADF"]);
  const idle = Object.keys(BY_OWN_CODE).filter((code) => !found.has(code) && !system.has(code));
  assertEquals(idle, []);
});

Deno.test("every row of explain() says what is wrong and what to do, in sentences", () => {
  for (const code of Object.keys(BY_OWN_CODE)) {
    assert(!Object.hasOwn(BY_CODE, code), `${code} is in two tables`);
    for (const Class of [SslError, SslPeerError]) {
      const [head, ...lines] = explain(new Class("It failed", { code })).split("\n");
      assertEquals(head, "It failed");
      assert(lines.length >= 2, code);
      for (const line of lines) assertMatch(line, /^[A-Z].*[.?)]$/, code);
      assert(!/VERIFY_NONE|verifyMode: 0|unsafely/.test(lines.join()), code);
    }
  }
});

Deno.test("explain() of one of OpenSSL's own reasons says that it is OpenSSL's", () => {
  for (const Class of [SslError, SslPeerError]) {
    const error = new Class("It failed: bad ecpoint", { code: "ERR_SSL_BAD_ECPOINT" });
    assert(explain(error).split("\n").length >= 3, Class.name);
  }
});

Deno.test("explain() names the option for anchors of the side that refused", () => {
  for (
    const code of ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "SELF_SIGNED_CERT_IN_CHAIN"]
  ) {
    const of = (role: "client" | "server") =>
      explain(new SslVerifyError("Cannot verify the certificate: x", { code, facts: { role } }));
    assertMatch(of("server"), /clientCa or clientCaFile/);
    assertMatch(of("client"), /extraCa or extraCaFile/);
  }
});

Deno.test("explain(SESSION_NOT_VERIFIED) says what happened and that a new connection helps", () => {
  const error = new SslVerifyError("Cannot verify the peer", {
    code: "SESSION_NOT_VERIFIED",
    errno: 50,
  });
  assertMatch(explain(error), /resumed a session/);
  assertMatch(explain(error), /Connect again/);
  assertEquals(verifyErrno("SESSION_NOT_VERIFIED"), undefined); // it is ours, not OpenSSL's
});
