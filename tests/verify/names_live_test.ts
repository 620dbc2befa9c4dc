/** Host names on live connections: t/auto_verify_hostname.t, t/sni_verify.t, t/verify_hostname.t, t/verify_partial_chain.t. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { denoEngine } from "../../engine/deno/engine.ts";
import { certCreate, TestCa } from "../../certificate/mod.ts";
import {
  type ConnectOptions,
  explain,
  setClientDefaults,
  SslError,
  SslUnsupportedError,
  verifyHostname,
} from "../../mod.ts";
import { meet, type Meeting, type Met } from "./live.ts";

const ca = await TestCa.create();

/** A leaf with exactly these names. */
async function leaf(names: readonly [string, string][], commonName = "server.local") {
  const { cert, key } = await certCreate({
    subject: { commonName },
    subjectAltNames: names,
    purpose: "server",
    issuer: [ca.cert, ca.privateKey],
  });
  return { cert: cert.pem, key: key.pem };
}

const WILDCARD: [string, string][] = [
  ["DNS", "*.server.local"],
  ["IP", "127.0.0.1"],
  ["DNS", "www*.other.local"],
  ["DNS", "smtp.mydomain.local"],
  ["DNS", "xn--lwe-sna.idntest.local"],
];
const wildcard = await leaf(WILDCARD);

const codeOf = (met: Met): string | undefined => (met.error as SslError | undefined)?.code;
const detail = (met: Met, name: string): string | undefined =>
  (met.report ?? (met.error as SslError).report)?.checks.find((c) => c.name === name)?.detail;
const good = (met: Met): Met => {
  assertEquals([met.greeting, met.error], ["hallo", undefined]);
  return met;
};
const refused = (met: Met, code: string): Met => {
  assertEquals([met.greeting, codeOf(met)], ["", code]);
  return met;
};

/** One name, by connect with verifycnName or by start with hostname. */
const ask = (via: "connect" | "start", name: string, client: ConnectOptions, more = {}) =>
  meet({
    server: wildcard,
    via,
    hostname: name,
    client: via === "connect" ? { ...client, verifycnName: name } : client,
    ...more,
  });

// ---- t/auto_verify_hostname.t

for (
  const [host, scheme, ok] of [
    ["example.com", "www", false],
    ["server.local", "ldap", true],
    ["server.local", "www", false],
    ["bla.server.local", "www", true],
    ["www7.other.local", "www", true],
    ["www7.other.local", "ldap", false],
    ["bla.server.local", "ldap", true],
  ] as const
) {
  Deno.test(`auto_verify_hostname: ${host} under ${scheme} is ${ok ? "ac" : "not ac"}cepted`, async () => {
    for (const via of ["connect", "start"] as const) {
      setClientDefaults({ ca: ca.pem }); // as Perl's default_ca() for everybody
      try {
        const met = await ask(via, host, { verifycnScheme: scheme });
        if (ok) assertEquals(good(met).report!.defaultsApplied, ["ca"]);
        else {
          const { error } = refused(met, "HOSTNAME_MISMATCH");
          assertStringIncludes(String(error), "hostname verification failed");
        }
      } finally {
        setClientDefaults({ ca: undefined });
      }
    }
  });
}

// ---- t/verify_hostname.t

const SCHEMES = ["smtp", "ldap", "www"] as const;
const TABLE: [host: string, passes: readonly string[]][] = [
  ["127.0.0.1", ["smtp", "ldap", "www"]],
  ["server.local", ["smtp", "ldap"]],
  ["blafasel.server.local", ["smtp", "ldap", "www"]],
  ["lala.blafasel.server.local", []],
  ["www.other.local", []],
  ["www-13.other.local", ["www"]],
  ["www-13.lala.other.local", []],
  ["smtp.mydomain.local", ["smtp", "ldap", "www"]],
  ["xn--lwe-sna.idntest.local", ["smtp", "ldap", "www"]],
  ["smtp.mydomain.localizing.useless.local", []],
  ["löwe.idntest.local", ["smtp", "ldap", "www"]],
];

Deno.test("verify_hostname: socket.verifyHostname() and the SANs in their order", async () => {
  good(
    await meet({
      server: wildcard,
      client: { ca: ca.pem, verifycnName: "www.server.local" },
      use: (socket) => {
        for (const [host, passes] of TABLE) {
          const got = SCHEMES.filter((scheme) => socket.verifyHostname(host, scheme));
          assertEquals(got, passes, host);
        }
        assertEquals(
          socket.peerCertificate("subjectAltNames")!.map(({ type, value }) => [type, value]),
          WILDCARD,
        );
      },
    }),
  );
});

Deno.test("verify_hostname: the check inside the handshake has the same results", async () => {
  for (const [host, passes] of TABLE) {
    for (const scheme of SCHEMES) {
      const met = await ask("start", host, { ca: ca.pem, verifycnScheme: scheme });
      const code = host === "127.0.0.1" ? "IP_ADDRESS_MISMATCH" : "HOSTNAME_MISMATCH";
      if (passes.includes(scheme)) good(met);
      else refused(met, code);
    }
  }
});

Deno.test("verify_hostname: does.not.match.server.local is refused before anything is sent", async () => {
  good(await ask("connect", "www.server.local", { ca: ca.pem }));
  const met = refused(
    await ask("connect", "does.not.match.server.local", { ca: ca.pem }),
    "HOSTNAME_MISMATCH",
  );
  assertMatch((met.error as Error).message, /hostname verification failed/);
  const text = explain(met.error);
  for (const [type, value] of WILDCARD) assertStringIncludes(text, `${type}:${value}`);
  assertStringIncludes(text, '"does.not.match.server.local"');
});

Deno.test("the default scheme takes neither the commonName nor part of a label", async () => {
  for (
    const [host, passes] of [["server.local", false], ["bla.server.local", true], [
      "www7.other.local",
      false,
    ]] as const
  ) {
    const met = await ask("start", host, { ca: ca.pem });
    if (passes) good(met);
    else refused(met, "HOSTNAME_MISMATCH");
  }
});

// ---- the report

Deno.test("the report says which SAN matched by which rule, and the public suffix", async () => {
  const exact = good(await ask("start", "smtp.mydomain.local", { ca: ca.pem }));
  assertMatch(detail(exact, "hostname")!, /subjectAltName "smtp\.mydomain\.local": the same name/);
  const wild = good(await ask("start", "bla.server.local", { ca: ca.pem }));
  assertMatch(
    detail(wild, "hostname")!,
    /subjectAltName "\*\.server\.local": by its wildcard; the public suffix is "local"/,
  );
  const ip = good(await ask("start", "127.0.0.1", { ca: ca.pem }));
  assertMatch(detail(ip, "hostname")!, /subjectAltName "127\.0\.0\.1": the same address/);
  const cn = good(await ask("start", "server.local", { ca: ca.pem, verifycnScheme: "default" }));
  assertMatch(detail(cn, "hostname")!, /commonName "server\.local": the same name/);
  for (const met of [exact, wild, ip, cn]) {
    assertEquals(met.report!.anchor?.fingerprint(), ca.cert.fingerprint());
    assertEquals(met.report!.chain.length, 2);
    assertStringIncludes(detail(met, "chain")!, `issued by the anchor "${ca.cert.subject}"`);
    assertEquals([met.report!.error, met.report!.hint], [undefined, undefined]);
  }
});

Deno.test("a wildcard for a public suffix is refused, and report and explanation say why", async () => {
  for (const [pattern, host] of [["*.com", "example.com"], ["*.co.uk", "www.co.uk"]] as const) {
    const server = await leaf([["DNS", pattern]]);
    for (const scheme of ["rfc9525", "http", "default"] as const) {
      const met = await meet({
        server,
        via: "start",
        hostname: host,
        client: { ca: ca.pem, verifycnScheme: scheme },
      });
      refused(met, "HOSTNAME_MISMATCH");
      const why = /right below the public suffix|too few labels follow the wildcard/;
      assertMatch(detail(met, "hostname")!, why);
      assertMatch(explain(met.error), why);
    }
    good(
      await meet({
        server,
        via: "start",
        hostname: host,
        client: { ca: ca.pem, verifycnScheme: "http", verifycnPublicsuffix: "" },
      }),
    );
  }
});

// ---- t/sni_verify.t

Deno.test("sni_verify: the certificate chosen by SNI is verified, with a client certificate too", async () => {
  const names = ["server.local", "server2.local", "smtp.mydomain.local"];
  const made = await Promise.all(names.map((name) => ca.server(name)));
  const cert = Object.fromEntries(names.map((name, i) => [name, made[i]!.cert]));
  const key = Object.fromEntries(names.map((name, i) => [name, made[i]!.key]));
  const server = {
    cert: { ...cert, "": wildcard.cert },
    key: { ...key, "": wildcard.key },
  };
  const me = await ca.client("me");
  for (const verifyMode of [0, 1, 3]) {
    for (const [i, name] of [...names, "www13.other.local"].entries()) {
      const met = await meet({
        server: { ...server, verifyMode, ...(verifyMode === 0 ? {} : { clientCa: ca.pem }) },
        client: {
          ca: ca.pem,
          serverName: name,
          verifycnScheme: "http",
          ...(verifyMode === 3 ? me : {}),
        },
        use: (client, peer) => {
          assert(client.verifyHostname(name, "http"));
          assertEquals([client.getServername(), peer.getServername()], [name, name]);
          const own = made[i]?.certificate.fingerprint() ?? client.getFingerprint();
          assertEquals(client.getFingerprint(), own);
          const subject = verifyMode === 3 ? "/CN=me" : undefined;
          assertEquals(peer.peerCertificate("subject"), subject);
        },
      });
      good(met);
    }
  }
  const none = await meet({
    server: { ...server, verifyMode: 3, clientCa: ca.pem },
    client: { ca: ca.pem, serverName: names[0]! },
  });
  refused(none, "ERR_SSL_ALERT_CERTIFICATE_REQUIRED");
});

// ---- t/verify_partial_chain.t

Deno.test("verify_partial_chain: an intermediate, or the leaf itself, is an anchor", async () => {
  const sub = await ca.intermediate();
  const server = await sub.server("localhost");
  const alone = { cert: server.certificate.pem, key: server.key };
  for (const sent of [server, alone]) {
    for (const anchor of [sub.cert, server.certificate]) {
      const { report } = good(await meet({ server: sent, client: { ca: anchor } }));
      assertEquals(report!.anchor?.fingerprint(), anchor.fingerprint());
    }
  }
  // What the peer sends is never an anchor.
  refused(await meet({ server, client: { ca: [] } }), "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
});

Deno.test("deno: a self-signed leaf is an anchor as extraCa", async () => {
  const { cert, key } = await certCreate({
    subject: { commonName: "x" },
    subjectAltNames: [["DNS", "localhost"]],
    purpose: "server",
  });
  const server = { cert: cert.pem, key: key.pem };
  good(await meet({ engine: "deno", server, client: { extraCa: cert } }));
});

// ---- odd names, on both engines

const ENGINES = ["openssl", "deno"] as const;
const trust = (engine: "openssl" | "deno"): ConnectOptions =>
  engine === "openssl" ? { ca: ca.pem } : { extraCa: ca.pem };
const on = (engine: "openssl" | "deno", meeting: Omit<Meeting, "engine">) =>
  meet({ ...meeting, engine, client: { ...trust(engine), ...meeting.client } });

for (const engine of ENGINES) {
  Deno.test(`${engine}: a NUL or control byte in the certificate's name matches nothing`, async () => {
    for (const name of ["localhost\0.evil.example", "localhost\n", "localhost\0", "\0localhost"]) {
      const met = await on(engine, { server: await leaf([["DNS", name]]) });
      assert(met.error instanceof SslError, JSON.stringify(name));
      refused(met, "HOSTNAME_MISMATCH");
      assert(!met.error.message.includes("\0"));
    }
    const cn = await leaf([], "localhost\0.evil.example");
    refused(await on(engine, { server: cn }), "HOSTNAME_MISMATCH");
  });

  Deno.test(`${engine}: a control byte in the name that is asked for is a TypeError`, async () => {
    for (const option of ["serverName", "verifycnName"] as const) {
      for (const name of ["localhost\0", "local\nhost", "local host"]) {
        const meeting = { server: wildcard, client: { [option]: name } };
        await assertRejects(() => on(engine, meeting), TypeError, `option "${option}"`);
      }
    }
  });

  Deno.test(`${engine}: an international name is verified in its ASCII form`, async () => {
    for (
      const serverName of ["löwe.idntest.local", "LÖWE.idntest.local", "xn--lwe-sna.IDNtest.local"]
    ) {
      const met = await on(engine, {
        server: wildcard,
        client: { serverName },
        use: (client, peer) => {
          assertEquals(client.getServername(), "xn--lwe-sna.idntest.local");
          assertEquals(peer.getServername(), "xn--lwe-sna.idntest.local");
        },
      });
      good(met);
    }
    refused(
      await on(engine, { server: wildcard, client: { serverName: "lowe.idntest.local" } }),
      "HOSTNAME_MISMATCH",
    );
  });

  Deno.test(`${engine}: a dot at the end of the name asked for does not count`, async () => {
    good(await on(engine, { server: wildcard, client: { serverName: "smtp.mydomain.local." } }));
    const localhost = await ca.server("localhost");
    good(await on(engine, { server: localhost, via: "start", hostname: "localhost." }));
    refused(
      await on(engine, { server: wildcard, client: { serverName: "mydomain.local." } }),
      "HOSTNAME_MISMATCH",
    );
  });

  Deno.test(`${engine}: [::1]:port is verified by the address and not by a name`, async () => {
    const server = await leaf([["IP", "::1"]]);
    good(await on(engine, { server, host: "[::1]" }));
    for (const names of [[["DNS", "::1"]], [["IP", "::2"]], [["DNS", "localhost"]]] as const) {
      const met = await on(engine, {
        server: await leaf(names.map(([t, v]) => [t, v])),
        host: "[::1]",
      });
      refused(met, "IP_ADDRESS_MISMATCH");
    }
  });
}

// ---- custom schemes

Deno.test("a scheme with a callback is asked with the host, the commonName and the SANs", async () => {
  const asked: unknown[] = [];
  const scheme = (answer: boolean): ConnectOptions => ({
    ca: ca.pem,
    verifycnScheme: {
      callback: (host, cn, alt) => {
        asked.push([host, cn, alt.map(({ type, value }) => [type, value])]);
        return answer;
      },
    },
  });
  good(await meet({ server: wildcard, client: scheme(true) }));
  refused(await meet({ server: wildcard, client: scheme(false) }), "HOSTNAME_MISMATCH");
  assertEquals(asked, Array(2).fill(["localhost", "server.local", WILDCARD]));
});

Deno.test('a scheme with a callback is asked about "unknown" where there is no name', async () => {
  for (const ok of [true, false]) {
    const asked: string[] = [];
    const met = await meet({
      server: wildcard,
      via: "start",
      client: { ca: ca.pem, verifycnScheme: { callback: (host) => (asked.push(host), ok) } },
    });
    assertEquals(asked, ["unknown"]);
    if (ok) good(met);
    else refused(met, "HOSTNAME_MISMATCH");
  }
  await assertRejects(
    () =>
      meet({
        server: wildcard,
        via: "start",
        client: { ca: ca.pem, verifycnScheme: { checkCn: "always" } },
      }),
    TypeError,
    "no name to verify",
  );
});

Deno.test("deno: a scheme narrows what rustls accepts where the certificate is shown, else it is refused", async () => {
  const server = await leaf([["DNS", "localhost"]]);
  const none = { checkCn: 0, callback: () => false } as const;
  for (const verifycnScheme of ["default", "http", { checkCn: "always" }, none] as const) {
    const meeting = () => on("deno", { server, client: { verifycnScheme } });
    if (!denoEngine().features.has("hostnameSchemes")) {
      await assertRejects(meeting, SslUnsupportedError, "verifycnScheme");
    } else if (verifycnScheme === none) refused(await meeting(), "HOSTNAME_MISMATCH");
    else good(await meeting());
    // It never widens: rustls does not look at the commonName.
    const wide = { verifycnScheme: "default", verifycnName: "localhost" } as const;
    const cn = on("deno", { server: await leaf([], "localhost"), client: wide });
    assert((await cn.catch((error) => ({ error }))).error instanceof SslError);
  }
});

Deno.test("the check inside the handshake is verifyHostname() of the certificate", async () => {
  const names = WILDCARD.map(([type, value]) => ({ type: type as "DNS", value }));
  for (const [host] of TABLE) {
    const met = await ask("start", host, { ca: ca.pem });
    assertEquals(met.error === undefined, verifyHostname({ subjectAltNames: names }, host), host);
  }
});
