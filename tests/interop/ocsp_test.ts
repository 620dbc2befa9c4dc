/** OCSP against openssl-ocsp(1), through files: its answers to our requests, its view of our responses. */
import "../helpers/limit.ts";
import { encodeHex } from "../../internal/bytes.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Certificate } from "../../certificate/certificate.ts";
import { readOcspRequest } from "../../certificate/ocsp_build.ts";
import { TestCa } from "../../testing/ca.ts";
import type { TestOcspResponseOptions } from "../../testing/ocsp_response.ts";
import { buildOcspRequest } from "../../verify/ocsp/fetch.ts";
import { checkOcspResponse } from "../../verify/ocsp/response.ts";
import { OcspResolver } from "../../verify/ocsp/resolver.ts";
import { type Workshop, workshop } from "./workshop.ts";

/** Runs `openssl ocsp`; its output, both kinds. */
const ocsp = (w: Workshop, line: string) => w.run("openssl", "ocsp", ...line.split(" "));

const A = "http://responder.test/";
const ca = await TestCa.create();
const good = await ca.server("good.test", { ocspUris: [A] });
const revoked = await ca.server("revoked.test", { ocspUris: [A] });
const unknown = await ca.server("unknown.test", { ocspUris: [A] });

/** The line of a certificate in the database of `openssl ca`. */
function indexLine(cert: Certificate, revocation = ""): string {
  const expiry = cert.notAfter.toISOString().replace(/[-:T]|\.\d+/g, "").slice(2);
  const serial = encodeHex(cert.rawSerial).replace(/^00/, "").toUpperCase();
  return [revocation ? "R" : "V", expiry, revocation, serial, "unknown", cert.subject].join("\t");
}

async function prepare(w: Workshop): Promise<void> {
  const revocation = "250102030405Z,keyCompromise";
  w.write(
    "index.txt",
    [indexLine(good.certificate), indexLine(revoked.certificate, revocation), ""].join("\n"),
  );
  w.write("index.txt.attr", "unique_subject = no\n");
  w.write("ca.pem", ca.pem);
  w.write("ca.key", ca.key);
  const { signer, key } = await ca.ocspSigner("delegate");
  w.write("delegate.pem", signer.pem);
  w.write("delegate.key", key.pem);
}

const RESPOND = "-index index.txt -CA ca.pem -respout resp.der -reqin req.der";
const SIGNERS = [
  "-rsigner ca.pem -rkey ca.key",
  "-rsigner ca.pem -rkey ca.key -resp_key_id",
  "-rsigner delegate.pem -rkey delegate.key",
  "-rsigner delegate.pem -rkey delegate.key -resp_key_id -rmd sha512",
];

Deno.test("openssl ocsp answers our requests, and we read its answers", () =>
  workshop(async (w) => {
    await prepare(w);
    const targets = [good, revoked, unknown].map(({ certificate }) => ({
      certificate,
      issuer: ca.cert,
    }));
    for (const [index, how] of SIGNERS.entries()) {
      const digest = (["sha1", "sha256", "sha384", "sha512"] as const)[index]!;
      const request = buildOcspRequest(targets, { digest });
      w.write("req.der", request.der);
      const text = await w.openssl(`ocsp ${RESPOND} -ndays 1 -text ${how}`);
      assertStringIncludes(text, "OCSP Nonce");
      assertStringIncludes(text, `Hash Algorithm: ${digest}`);
      const verdicts = targets.map((target) =>
        checkOcspResponse(w.read("resp.der"), { ...target, nonce: request.nonce! })
      );
      assertEquals(verdicts.map(({ state }) => state), ["good", "revoked", "unknown"], how);
      assertEquals(verdicts[1]!.reason, "keyCompromise");
      assertEquals(verdicts[1]!.revokedAt, new Date("2025-01-02T03:04:05Z"));
      assertEquals(
        Math.round((verdicts[0]!.nextUpdate!.getTime() - Date.now()) / 3_600_000),
        24,
      );
      // Another request's nonce.
      const other = buildOcspRequest(targets);
      assertEquals(
        checkOcspResponse(w.read("resp.der"), { ...targets[0]!, nonce: other.nonce! }).state,
        "error",
      );
    }
    // Without nextUpdate.
    await w.openssl(`ocsp ${RESPOND} ${SIGNERS[0]}`);
    const verdict = checkOcspResponse(w.read("resp.der"), targets[0]!);
    assertEquals([verdict.state, verdict.nextUpdate], ["good", undefined]);
  }));

Deno.test("openssl ocsp: an answer by a certificate that may not sign is a wrong signer", () =>
  workshop(async (w) => {
    await prepare(w);
    const target = { certificate: good.certificate, issuer: ca.cert };
    w.write("req.der", buildOcspRequest([target]).der);
    w.write("leaf.pem", revoked.cert);
    w.write("leaf.key", revoked.key);
    const stranger = await TestCa.create({ commonName: ca.cert.commonName! });
    w.write("stranger.pem", stranger.pem);
    w.write("stranger.key", stranger.key);
    for (const name of ["leaf", "stranger"]) {
      await w.openssl(`ocsp ${RESPOND} -ndays 1 -rsigner ${name}.pem -rkey ${name}.key`);
      assertEquals(checkOcspResponse(w.read("resp.der"), target).state, "wrong signer");
    }
  }));

Deno.test("OcspResolver works with the answers of openssl ocsp", () =>
  workshop(async (w) => {
    await prepare(w);
    for (
      const [leaf, text] of [[good, ""], [revoked, "is revoked"], [unknown, "unknown"]] as const
    ) {
      const resolver = new OcspResolver({ chain: [leaf.certificate, ca.cert] });
      w.write("req.der", resolver.requests()[A]!);
      await w.openssl(`ocsp ${RESPOND} -ndays 1 ${SIGNERS[2]}`);
      const error = resolver.addResponse(A, w.read("resp.der"));
      if (text === "") assertEquals(error, "");
      else assertStringIncludes(error!, text);
    }
  }));

Deno.test("readOcspRequest() reads the requests of openssl ocsp", () =>
  workshop(async (w) => {
    await prepare(w);
    w.write("good.pem", good.certificate.pem);
    for (const digest of ["sha1", "sha256"]) {
      await w.openssl(`ocsp -issuer ca.pem -${digest} -cert good.pem -reqout req.der`);
      const { ids, nonce } = readOcspRequest(w.read("req.der"));
      assertEquals(ids.map((id) => [id.digest, encodeHex(id.serial)]), [
        [digest, encodeHex(good.certificate.rawSerial)],
      ]);
      assertEquals(nonce?.length, 18);
      // The same request as ours, but for the nonce.
      const target = { certificate: good.certificate, issuer: ca.cert };
      const ours = readOcspRequest(
        buildOcspRequest([target], { digest: digest as "sha1" }).der,
      );
      assertEquals(ours.ids, ids);
    }
  }));

Deno.test("openssl ocsp and checkOcspResponse() agree on responses", () =>
  workshop(async (w) => {
    await prepare(w);
    w.write("good.pem", good.certificate.pem);
    const cases: [TestOcspResponseOptions, string, RegExp][] = [
      [{}, "good", /good\.pem: good\n.*Response verify OK/s],
      [{ digest: "sha256" }, "good", /good\.pem: good\n.*Response verify OK/s],
      [{ signer: "delegate" }, "good", /good\.pem: good\n.*Response verify OK/s],
      [{ status: "revoked" }, "revoked", /good\.pem: revoked\n.*Response verify OK/s],
      [{ status: "unknown" }, "unknown", /good\.pem: unknown\n.*Response verify OK/s],
      [{ expired: true }, "expired", /status expired/],
      [{ thisUpdate: new Date(Date.now() + 3_600_000) }, "expired", /status not yet valid/],
      [{ signer: "wrong" }, "wrong signer", /Response Verify Failure/],
      [{ signer: "wrong-usage" }, "wrong signer", /Response Verify Failure.*missing ocspsigning/s],
      [{ error: "tryLater" }, "error", /Responder Error: trylater/],
    ];
    for (const [options, state, text] of cases) {
      const response = await ca.ocspResponse(good, options);
      w.write("resp.der", response);
      const id = options.digest === undefined ? "" : ` -${options.digest}`;
      const theirs = await ocsp(
        w,
        `-respin resp.der -issuer ca.pem${id} -cert good.pem -CAfile ca.pem -no_nonce`,
      );
      assert(text.test(theirs.text), `${state}: ${theirs.text}`);
      const ours = checkOcspResponse(response, {
        certificate: good.certificate,
        issuer: ca.cert,
      });
      assertEquals(ours.state, state);
    }
  }));
