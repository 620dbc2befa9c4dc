import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { Certificate } from "../../certificate/certificate.ts";
import type { TestOcspResponseOptions } from "../../testing/ocsp_response.ts";
import {
  SSL_OCSP_FAIL_HARD,
  SSL_OCSP_FULL_CHAIN,
  SSL_OCSP_MUST_STAPLE,
  SSL_OCSP_NO_STAPLE,
  SSL_OCSP_TRY_STAPLE,
} from "../../constants.ts";
import { SslContext } from "../../context/context.ts";
import type { StapleCallback, StapledConnection, StapleRequest } from "../../context/options.ts";
import type { SslOptions } from "../../context/options.ts";
import { SslError, SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { OcspCache } from "../../verify/ocsp/cache.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { accepted, alerted, ca, leaf, refusal, shake, socketPair } from "./harness.ts";

const VERSIONS = ["TLSv1_2", "TLSv1_3"] as const;
const TRUST: SslOptions = { ca: ca.pem };
const response = (options?: TestOcspResponseOptions) => ca.ocspResponse(leaf, options);
const good = await response();
const revoked = await response({ status: "revoked" });
const check = (report: VerifyReport) => report.checks.find((c) => c.name === "ocsp");

/** What becomes of each kind of staple by default, with FAIL_HARD, with MUST_STAPLE. */
const TABLE: [string, Uint8Array | undefined, (string | undefined)[]][] = [
  ["good", good, [undefined, undefined, undefined]],
  ["revoked", revoked, ["CERT_REVOKED", "CERT_REVOKED", "CERT_REVOKED"]],
  ["wrong signer", await response({ signer: "wrong" }), [
    "OCSP_VERIFY_FAILED",
    "OCSP_VERIFY_FAILED",
    "OCSP_VERIFY_FAILED",
  ]],
  ["unknown", await response({ status: "unknown" }), [
    undefined,
    "OCSP_CERT_UNKNOWN",
    "OCSP_CERT_UNKNOWN",
  ]],
  ["expired", await response({ expired: true }), [
    undefined,
    "OCSP_VERIFY_FAILED",
    "OCSP_VERIFY_FAILED",
  ]],
  // tryLater: in good form, and no answer.
  ["error", Uint8Array.of(0x30, 3, 10, 1, 3), [
    undefined,
    "OCSP_VERIFY_FAILED",
    "OCSP_VERIFY_FAILED",
  ]],
  ["missing", undefined, [undefined, undefined, "OCSP_VERIFY_NEEDED"]],
];
const MODES = [undefined, SSL_OCSP_FAIL_HARD | SSL_OCSP_TRY_STAPLE, SSL_OCSP_MUST_STAPLE];

for (const version of VERSIONS) {
  for (const [state, ocspStaple, codes] of TABLE) {
    Deno.test(`a stapled response, ${state}: ocspMode decides (${version})`, async () => {
      for (const [i, ocspMode] of MODES.entries()) {
        const outcome = await shake({ ...TRUST, version, ocspMode }, { ocspStaple });
        const { clientError, clientReport } = outcome;
        const found = check(clientReport);
        assert(found);
        assertStringIncludes(found.detail, state);
        if (codes[i] === undefined) {
          accepted(outcome);
          assertEquals([clientReport.ok, found.ok], [true, state === "good" ? true : undefined]);
        } else {
          assertInstanceOf(clientError, SslVerifyError);
          assertEquals(clientError.code, codes[i]);
          assertEquals([clientReport.ok, found.ok], [false, false]);
          assertStrictEquals(clientReport.error, clientError);
          assertEquals(refusal(outcome)[1], alerted("bad_certificate_status_response"));
        }
      }
      const off = { ...TRUST, version, ocspMode: SSL_OCSP_NO_STAPLE };
      assertEquals(check(accepted(await shake(off, { ocspStaple })).clientReport), undefined);
    });
  }

  Deno.test(`a certificate that demands a staple is refused without one (${version})`, async () => {
    const must = await ca.server({ names: ["server.example"], mustStaple: true });
    const server = { cert: must.cert, key: must.key };
    const refused = await shake({ ...TRUST, version }, server);
    assertEquals((refused.clientError as SslError).code, "OCSP_VERIFY_NEEDED");
    const ocspStaple = await ca.ocspResponse(must);
    accepted(await shake({ ...TRUST, version }, { ...server, ocspStaple }));
    const off = { ...TRUST, version, ocspMode: SSL_OCSP_NO_STAPLE };
    accepted(await shake(off, server));
  });

  Deno.test(`ocspStapleCallback judges in place of the built-in check (${version})`, async () => {
    const seen: [StapledConnection, Uint8Array | undefined][] = [];
    const take = (connection: StapledConnection, bytes: Uint8Array | undefined) =>
      void seen.push([connection, bytes]);
    const client = { ...TRUST, version, ocspStapleCallback: take };
    accepted(await shake(client, { ocspStaple: revoked }));
    accepted(await shake(client));
    assertEquals(seen.map(([, bytes]) => bytes), [revoked, undefined]);
    const [{ chain, serverName, verifyName }] = seen[0]!;
    assertEquals(chain.map((c) => c.subject), [leaf.certificate.subject, ca.certificate.subject]);
    assertEquals([serverName, verifyName], ["server.example", "server.example"]);
    const cause = new Error("my own policy");
    const refusals: [() => unknown, unknown][] = [
      [() => {
        throw cause;
      }, cause],
      [() => false, undefined],
    ];
    for (const [callback, expected] of refusals) {
      const ocspStapleCallback = callback as () => boolean;
      const { clientError, clientReport } = await shake(
        { ...client, ocspStapleCallback },
        { ocspStaple: good },
      );
      assertInstanceOf(clientError, SslVerifyError);
      assertStrictEquals(clientError.cause, expected);
      assertEquals(check(clientReport)?.ok, false);
    }
    // Neither a promise nor anything else is a yes.
    for (const answer of [Promise.resolve(true), 1, "yes"]) {
      const ocspStapleCallback = () => answer as unknown as boolean;
      const outcome = await shake({ ...client, ocspStapleCallback }, { ocspStaple: good });
      assertEquals(refusal(outcome), [
        "SslVerifyError OCSP_VERIFY_FAILED",
        alerted("bad_certificate_status_response"),
      ]);
    }
    const must = { ...client, ocspMode: SSL_OCSP_MUST_STAPLE, ocspStapleCallback: () => true };
    const missing = await shake(must);
    assertEquals((missing.clientError as SslError).code, "OCSP_VERIFY_NEEDED");
  });
}

Deno.test("a pin that matches disables the staple check, but for a verified revocation", async () => {
  const fingerprint = leaf.certificate.fingerprint();
  const ocspMode = SSL_OCSP_MUST_STAPLE;
  const spared = accepted(await shake({ ...TRUST, fingerprint, ocspMode }));
  assertEquals(check(spared.clientReport)?.ok, undefined);
  assertStringIncludes(check(spared.clientReport)!.detail, "a pin matches");
  for (const forceFingerprint of [false, true]) {
    const outcome = await shake(
      { ...TRUST, fingerprint, forceFingerprint },
      { ocspStaple: revoked },
    );
    assertEquals((outcome.clientError as SslError).code, "CERT_REVOKED");
    assertEquals(outcome.clientReport.checks.find((c) => c.name === "fingerprint")?.ok, true);
  }
  // One that does not match leaves the chain, and with it the staple, to decide.
  const other = (await ca.server("x")).certificate.fingerprint();
  const refused = await shake({ ...TRUST, fingerprint: other, ocspMode });
  assertEquals((refused.clientError as SslError).code, "OCSP_VERIFY_NEEDED");
});

Deno.test("a good staple does not save a certificate that is refused anyway", async () => {
  const wrong = await shake(TRUST, { ocspStaple: good }, "other.example");
  assertEquals((wrong.clientError as SslError).code, "HOSTNAME_MISMATCH");
  const untrusted = await shake({ ca: [] }, { ocspStaple: good });
  assertEquals(refusal(untrusted), [
    "SslVerifyError UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    alerted("unknown_ca"),
  ]);
});

Deno.test("options about staples that would have no effect are refused", async () => {
  const cases: [SslOptions, string][] = [
    [{ verifyMode: 0, ocspMode: SSL_OCSP_MUST_STAPLE }, 'option "ocspMode" with verifyMode'],
    [{ verifyMode: 0, ocspStapleCallback: () => {} }, 'option "ocspStapleCallback" with'],
    [
      { ...TRUST, ocspMode: SSL_OCSP_NO_STAPLE, ocspStapleCallback: () => {} },
      "does not ask for a stapled response",
    ],
    [{ ...TRUST, ocspMode: 64 }, "must be a whole number from 0 to 31"],
    [{ ...TRUST, ocspCache: {} as OcspCache }, "must be an OcspCache"],
  ];
  for (const [options, text] of cases) {
    await assertRejects(() => shake(options), TypeError, text);
  }
  accepted(await shake({ verifyMode: 0, ocspMode: SSL_OCSP_NO_STAPLE }));
});

// ---- what a server staples

Deno.test("ocspStaple as a function is called ahead of the handshakes, once for each certificate", async () => {
  const requests: StapleRequest[] = [];
  const ocspStaple: StapleCallback = (request) => {
    requests.push(request);
    return Promise.resolve(ca.ocspResponse(request.certificate));
  };
  const a = await ca.server("a.example");
  const context = await SslContext.create({
    ...{ engine: "openssl", server: true, ocspStaple },
    cert: { "": leaf.cert, "a.example": a.cert },
    key: { "": leaf.key, "a.example": a.key },
  });
  assertEquals(requests.map((r) => r.serverName).sort(), ["", "a.example"]);
  const client = { ...TRUST, ocspMode: SSL_OCSP_MUST_STAPLE };
  for (const name of ["server.example", "a.example", "server.example"]) {
    accepted(await shake(client, { reuseCtx: context }, name));
  }
  assertEquals(requests.length, 2);
  assertEquals(requests.find((r) => r.serverName === "")!.chain[0]!.der, leaf.certificate.der);
});

Deno.test("ocspStaple: a handshake waits for the first response, and for one that has expired", async () => {
  let asked = 0;
  const ocspStaple = async () => {
    asked++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return asked === 1 ? await response({ nextUpdate: new Date(Date.now() + 60_000) }) : good;
  };
  const context = await SslContext.create({
    ...{ engine: "openssl", server: true, cert: leaf.cert, key: leaf.key, ocspStaple },
  });
  const client = { ...TRUST, ocspMode: SSL_OCSP_MUST_STAPLE };
  accepted(await shake(client, { reuseCtx: context }));
  assertEquals(asked, 1);
  const { now } = Date;
  try {
    // Past half of its life: fetched anew aside, the old one still goes.
    Date.now = () => now() + 40_000;
    accepted(await shake(client, { reuseCtx: context }));
    assertEquals(asked, 2);
    await new Promise((resolve) => setTimeout(resolve, 30));
    // The new one is good for a day: nothing is fetched for it.
    Date.now = () => now() + 70_000;
    accepted(await shake(client, { reuseCtx: context }));
    assertEquals(asked, 2);
  } finally {
    Date.now = now;
  }
});

Deno.test("ocspStaple: without a response nothing is stapled, with a pause before the next attempt", async () => {
  const fails: StapleCallback[] = [
    () => undefined,
    () => Promise.reject(new Error("responder down")),
    () => {
      throw new Error("responder down");
    },
    () => "text" as unknown as Uint8Array,
  ];
  for (const fail of fails) {
    let asked = 0;
    const ocspStaple: StapleCallback = (request) => (asked++, fail(request));
    const context = await SslContext.create({
      ...{ engine: "openssl", server: true, cert: leaf.cert, key: leaf.key, ocspStaple },
    });
    for (let i = 0; i < 2; i++) {
      const { clientReport } = accepted(await shake(TRUST, { reuseCtx: context }));
      assertStringIncludes(check(clientReport)!.detail, "missing");
    }
    assertEquals(asked, 1);
    const { now } = Date;
    try {
      Date.now = () => now() + 11_000;
      accepted(await shake(TRUST, { reuseCtx: context }));
    } finally {
      Date.now = now;
    }
    assertEquals(asked, 2);
  }
});

Deno.test("ocspStaple: bytes go with the certificate that they are about", async () => {
  const a = await ca.server("a.example");
  const server: SslOptions = {
    cert: { "": leaf.cert, "a.example": a.cert },
    key: { "": leaf.key, "a.example": a.key },
  };
  const details = async (ocspStaple: SslOptions["ocspStaple"], name: string) => {
    const { clientReport } = accepted(await shake(TRUST, { ...server, ocspStaple }, name));
    return check(clientReport)!.detail.split(":")[0] === "good" ? "good" : "none";
  };
  const own = await ca.ocspResponse(a);
  assertEquals(await details(good, "server.example"), "good");
  assertEquals(await details(good, "a.example"), "none");
  assertEquals(await details({ "a.example": own }, "a.example"), "good");
  assertEquals(await details({ "a.example": own }, "server.example"), "none");
  assertEquals(await details({ "": good, "a.example": own }, "server.example"), "good");
  await assertRejects(
    () => shake(TRUST, { ...server, ocspStaple: { "b.example": own } }),
    TypeError,
    'there is no certificate for "b.example"',
  );
});

Deno.test("ocspStaple: with two key types the response is that of the certificate in use", async () => {
  const rsa = await ca.server({ names: ["server.example"], keyType: "rsa" });
  const server: SslOptions = {
    cert: { "": rsa.cert, "%ecc": leaf.cert },
    key: { "": rsa.key, "%ecc": leaf.key },
    honorCipherOrder: false,
    ocspStaple: ({ certificate }) => ca.ocspResponse(certificate),
  };
  for (const version of VERSIONS) {
    for (
      const [algorithm, sigalgs] of [
        // The CA's own signatures are ECDSA, which no client may leave out.
        ["id-ecPublicKey", "ECDSA+SHA256"],
        ["rsaEncryption", "RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA256"],
      ] as const
    ) {
      const cipherList = algorithm === "rsaEncryption" ? "ECDHE+aRSA" : "ECDHE+ECDSA";
      const client = { ...TRUST, version, sigalgs, ocspMode: SSL_OCSP_MUST_STAPLE, cipherList };
      const { peer } = accepted(await shake(client, server));
      const { publicKeyAlgorithm } = Certificate.fromDer(peer[0]!);
      if (version === "TLSv1_2") assertEquals(publicKeyAlgorithm, algorithm);
    }
  }
});

// ---- the socket

Deno.test("ocspResolver() asks about the chain that was built, knows the staple, and fills ocspCache", async () => {
  const responder = ca.ocspResponder();
  const own = await ca.server({ names: ["server.example"], ocspUris: [responder.url] });
  const server = { cert: own.cert, key: own.key };
  const ocspCache = new OcspCache();
  {
    await using p = await socketPair({ ocspCache }, server);
    const resolver = p.client.ocspResolver();
    assertEquals(Object.keys(resolver.requests()), [responder.url]);
    assertEquals(await resolver.resolve(), "");
    assertEquals(ocspCache.size, 1);
    assertEquals(p.client.ocspResolver().hardError(), "");
  }
  {
    await using p = await socketPair({}, { ...server, ocspStaple: await ca.ocspResponse(own) });
    assertEquals(p.client.ocspResolver().requests(), {});
  }
  {
    await using p = await socketPair(
      { ocspMode: SSL_OCSP_FULL_CHAIN | SSL_OCSP_FAIL_HARD },
      server,
    );
    assertEquals(await p.client.ocspResolver().resolve(), "");
  }
  ca.revoke(own.certificate);
  await using p = await socketPair({}, server);
  assertStringIncludes(await p.client.ocspResolver().resolve(), "revoked");
  // The context keeps it for its next connections.
  assertStringIncludes(p.client.ocspResolver().hardError()!, "revoked");
  await responder.close();
});

Deno.test("ocspResolver() and canOcsp() say what they lack", async () => {
  await using p = await socketPair({ verifyMode: 0, ca: [] }, {});
  await assertRejects(async () => await p.server.ocspResolver(), SslError, "no certificate");
  await p.client.close();
  await assertRejects(async () => await p.client.ocspResolver(), SslError, "no TLS");
  assertEquals(SslSocket.canOcsp(), true);
  await assertRejects(
    () => SslContext.create({ engine: "deno", ocspMode: SSL_OCSP_TRY_STAPLE }),
    SslUnsupportedError,
    'option "ocspMode"',
  );
  using quiet = await SslContext.create({ engine: "deno", ocspMode: SSL_OCSP_NO_STAPLE });
  assertEquals(quiet.engine, "deno");
});
