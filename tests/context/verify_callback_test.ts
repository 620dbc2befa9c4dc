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
import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import { setClientDefaults } from "../../context/process_defaults.ts";
import type { SslOptions } from "../../context/options.ts";
import type { VerifyCallback } from "../../context/options.ts";
import {
  SslError,
  SslPeerError,
  SslTimeoutError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import type { VerifyReport } from "../../verify/report.ts";
import { SslSocket } from "../../socket/socket.ts";
import { accepted, ca, leaf, type Outcome, refusal, shake } from "./harness.ts";
import { refuses } from "../helpers/refuses.ts";

const VERSIONS = ["TLSv1_2", "TLSv1_3"] as const;
const root = await TestCa.create({ commonName: "Root" });
const sub = await root.intermediate();
const deep = await sub.server("server.example");
const user = await ca.client("a user");
const others = await TestCa.create();
const stranger = await others.client("a stranger");
const impostor = await others.server("server.example");

const callbackCheck = (report: VerifyReport) => report.checks.find((c) => c.name === "callback");

/** The client's verifier of the server, or the server's of the client. */
function sides(
  role: "client" | "server",
  verifyCallback: VerifyCallback,
  version: string,
  who = user,
): [SslOptions, SslOptions] {
  const client: SslOptions = { ca: ca.pem, cert: who.cert, key: who.key, version };
  const server: SslOptions = { verifyMode: 3, clientCa: ca.pem, version };
  return role === "client"
    ? [{ ...client, verifyCallback }, server]
    : [client, { ...server, verifyCallback }];
}

const errorOf = (role: "client" | "server", o: Outcome) =>
  role === "client" ? o.clientError : o.serverError;
const reportOf = (role: "client" | "server", o: Outcome) =>
  role === "client" ? o.clientReport : o.serverReport;

Deno.test("verifyCallback gets Perl's six arguments for each certificate, the anchor first", async () => {
  const calls: Parameters<VerifyCallback>[] = [];
  const verifyCallback: VerifyCallback = (...args) => (calls.push(args), args[0]);
  const { cert, key } = deep;
  const outcome = accepted(await shake({ ca: root.pem, verifyCallback }, { cert, key }));
  assertEquals(calls.map(([ok, , , error, , depth]) => [ok, error, depth]), [
    [true, 0, 2],
    [true, 0, 1],
    [true, 0, 0],
  ]);
  for (const [, store, name, error, cert, depth] of calls) {
    assertInstanceOf(cert, Certificate);
    assertEquals(name, cert.issuer + cert.subject);
    assertEquals([store.error, store.errorDepth], [error, depth]);
    assertEquals(store.chain.map((c) => c.subject), [
      deep.certificate.subject,
      sub.certificate.subject,
      root.certificate.subject,
    ]);
  }
  assertEquals(calls.at(-1)?.[4].commonName, deep.certificate.commonName);
  assertEquals(callbackCheck(outcome.clientReport)?.ok, true);
});

Deno.test("verifyCallback overrides with true what OpenSSL found, and the report says so", async () => {
  const old = await ca.expired("server.example");
  const untrusted = { ca: [], cert: leaf };
  const expired = { ca: ca.pem, cert: old };
  for (const version of VERSIONS) {
    for (const { ca, cert: { cert, key } } of [untrusted, expired]) {
      for (const answer of [() => true, () => Promise.resolve(true)]) {
        const seen: number[] = [];
        const verifyCallback: VerifyCallback = (ok, _s, _n, error) => {
          if (!ok) seen.push(error);
          return answer();
        };
        const { clientReport } = accepted(
          await shake({ ca, verifyCallback, version }, { cert, key }),
        );
        assert(seen.length > 0);
        assertEquals(clientReport.ok, true);
        assertEquals(clientReport.anchor, undefined);
        assertEquals(clientReport.checks.find((c) => c.name === "chain")?.ok, false);
        assertStringIncludes(callbackCheck(clientReport)!.detail, "in spite of");
      }
    }
  }
});

for (const role of ["client", "server"] as const) {
  Deno.test(`a ${role}'s report has every check and the anchor when verifyCallback just accepts, at once or later`, async () => {
    const later = () => new Promise<boolean>((resolve) => setTimeout(resolve, 0, true));
    for (const version of VERSIONS) {
      for (const answer of [() => true, () => Promise.resolve(true), later]) {
        const seen: number[] = [];
        const [client, server] = sides(role, (ok, _s, _n, _e, _c, depth) => {
          assertEquals(ok, true);
          seen.push(depth);
          return answer();
        }, version);
        const judging = role === "client" ? client : server;
        judging.crl = ca.crl();
        const report = reportOf(role, accepted(await shake(client, server)));
        assertEquals(seen, [1, 0]);
        assertEquals(report.checks.map(({ name, ok }) => [name, ok]), [
          ["chain", true],
          ["crl", true],
          ["callback", true],
          ["hostname", role === "client" ? true : undefined],
          ...(role === "client" ? [["ocsp", undefined]] : []),
        ]);
        assertEquals(callbackCheck(report)?.detail, "accepted, asked 2 time(s)");
        assertEquals(report.anchor?.subject, ca.certificate.subject);
        const leafOf = role === "client" ? leaf.certificate : user.certificate;
        assertEquals(report.chain.map((c) => c.subject), [leafOf.subject, ca.certificate.subject]);
        assertEquals([report.ok, report.error], [true, undefined]);
      }
    }
  });
}

Deno.test("verifyCallback does not override the host name, nor a pin that is forced", async () => {
  const verifyCallback = () => true;
  const wrong = await shake({ ca: ca.pem, verifyCallback }, {}, "other.example");
  assertEquals((wrong.clientError as SslError).code, "HOSTNAME_MISMATCH");
  assertEquals(callbackCheck(wrong.clientReport)?.ok, true);
  const fingerprint = user.certificate.fingerprint();
  const pinned = await shake({ ca: ca.pem, verifyCallback, fingerprint, forceFingerprint: true });
  assertEquals((pinned.clientError as SslError).code, "FINGERPRINT_MISMATCH");
});

for (const role of ["client", "server"] as const) {
  for (const version of VERSIONS) {
    Deno.test(`verifyCallback of a ${role} accepts only with true (${version})`, async () => {
      accepted(await shake(...sides(role, () => true, version)));
      accepted(await shake(...sides(role, () => Promise.resolve(true), version)));
      const no: unknown[] = [false, 1, "true", undefined, null, {}, Promise.resolve(1)];
      for (const value of [...no, Promise.resolve(false), Promise.resolve({})]) {
        const outcome = await shake(...sides(role, () => value as boolean, version));
        const error = errorOf(role, outcome);
        assertInstanceOf(error, SslVerifyError, String(value));
        assertEquals(error.code, "APPLICATION_VERIFICATION");
        assertEquals(reportOf(role, outcome).ok, false);
        assertStrictEquals(reportOf(role, outcome).error, error);
        assertEquals(callbackCheck(reportOf(role, outcome))?.ok, false);
        assert(reportOf(role, outcome).hint !== undefined || error.report !== undefined);
        assertEquals(role === "client" ? outcome.client : outcome.server, undefined);
      }
    });

    Deno.test(`verifyCallback of a ${role} that throws refuses with that cause (${version})`, async () => {
      const cause = new Error("no database");
      const throws = (): boolean => {
        throw cause;
      };
      for (const callback of [throws, () => Promise.reject(cause)]) {
        const outcome = await shake(...sides(role, callback, version));
        const error = errorOf(role, outcome);
        assertInstanceOf(error, SslVerifyError);
        assertStrictEquals(error.cause, cause);
        assertStringIncludes(error.message, "no database");
        assertEquals(reportOf(role, outcome).ok, false);
      }
    });

    Deno.test(`verifyCallback of a ${role} that agrees leaves OpenSSL's error (${version})`, async () => {
      const bad = role === "client" ? { cert: impostor.cert, key: impostor.key } : {};
      for (const answer of [(ok: boolean) => ok, (ok: boolean) => Promise.resolve(ok)]) {
        const [c, s] = sides(role, answer, version, stranger);
        const outcome = await shake(c, { ...s, ...bad });
        const error = errorOf(role, outcome) as SslError;
        assertInstanceOf(error, SslVerifyError);
        assert(error.errno > 0 && error.errno !== 50, error.message);
        assertEquals(callbackCheck(reportOf(role, outcome))?.ok, false);
      }
    });

    Deno.test(`verifyCallback of a ${role} that never resolves ends with the timeout (${version})`, async () => {
      const [c, s] = sides(role, () => new Promise<boolean>(() => {}), version);
      const engine = "openssl" as const;
      const listener = await SslSocket.listen({
        ...{ engine, port: 0, hostname: "127.0.0.1", cert: leaf.cert, key: leaf.key, ...s },
        handshakeTimeout: role === "server" ? 300 : 5_000,
      });
      const accepting = listener.accept();
      accepting.catch(() => {});
      const connecting = SslSocket.connect({
        ...{ engine, hostname: "127.0.0.1", port: listener.addr.port, ...c },
        serverName: "server.example",
        timeout: role === "client" ? 300 : 5_000,
      });
      if (role === "client") {
        await assertRejects(() => connecting, SslTimeoutError);
        await refuses(() => accepting, SslPeerError, "ERR_SSL_HANDSHAKE_EOF");
      } else {
        await assertRejects(() => accepting, SslTimeoutError);
        // A TLS 1.3 client is done before the server has looked at its certificate: it gets nothing.
        const outcome = await connecting.then(
          (socket) => socket.read(new Uint8Array(1)).finally(() => socket.close()),
        ).catch((error) => error);
        assertInstanceOf(outcome, SslError);
      }
      listener.close();
    });
  }
}

Deno.test("verifyCallback: a refusal of what OpenSSL accepts is final, a pin does not bring it back", async () => {
  const fingerprint = leaf.certificate.fingerprint();
  for (const answer of [() => false, () => Promise.resolve(false)]) {
    const refused = await shake({ ca: ca.pem, fingerprint, verifyCallback: answer });
    assertEquals((refused.clientError as SslError).code, "APPLICATION_VERIFICATION");
  }
  // Who only agrees with OpenSSL leaves the last word to the pin.
  for (const agree of [(ok: boolean) => ok, (ok: boolean) => Promise.resolve(ok)]) {
    accepted(await shake({ ca: [], fingerprint, verifyCallback: agree }));
    const other = user.certificate.fingerprint();
    const refused = await shake({ ca: [], fingerprint: other, verifyCallback: agree });
    assertEquals(refusal(refused)[0], "SslVerifyError UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
  }
});

Deno.test("verifyCallback: one refusal among promises that accept refuses", async () => {
  const { cert, key } = deep;
  for (const refusedDepth of [0, 1, 2]) {
    const verifyCallback: VerifyCallback = (_o, _s, _n, _e, _c, depth) =>
      Promise.resolve(depth !== refusedDepth);
    const outcome = await shake({ ca: root.pem, verifyCallback }, { cert, key });
    assertInstanceOf(outcome.clientError, SslVerifyError);
    assertEquals(outcome.clientError.code, "APPLICATION_VERIFICATION");
    assertStringIncludes(outcome.clientError.message, `depth ${refusedDepth}`);
  }
});

Deno.test("verifyCallback without verification is a contradiction", async () => {
  const verifyCallback = () => true;
  await assertRejects(
    () => shake({ verifyMode: 0, verifyCallback }),
    TypeError,
    'Cannot use option "verifyCallback" with verifyMode SSL_VERIFY_NONE',
  );
  await assertRejects(() => shake({ ca: ca.pem }, { verifyCallback }), TypeError, "verifyCallback");
});

Deno.test("verifyCallback is not there on the Deno engine", async () => {
  await assertRejects(
    () => SslContext.create({ engine: "deno", verifyCallback: () => true }),
    SslUnsupportedError,
    'option "verifyCallback"',
  );
});

Deno.test("verifyCallback may be a default of the process, under Perl's short name too", async () => {
  let asked = 0;
  setClientDefaults({ callback: (ok) => (asked++, ok) });
  try {
    const { clientReport } = accepted(await shake({ ca: ca.pem }));
    assert(asked > 0);
    assertEquals(clientReport.defaultsApplied, ["verifyCallback"]);
  } finally {
    setClientDefaults({ callback: undefined });
  }
  asked = 0;
  accepted(await shake({ ca: ca.pem }));
  assertEquals(asked, 0);
});
