/** Certificates and names that must be refused, live, and those that must not. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { certCreate } from "../../certificate/create.ts";
import { TestCa } from "../../testing/ca.ts";
import { denoEngine } from "../../engine/deno/engine.ts";
import type { EngineContext, SessionParams } from "../../engine/engine.ts";
import { SslError, SslPeerError, SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import {
  bytes,
  clientContext,
  config,
  connect,
  credential,
  listen,
  params,
  pki,
  readExactly,
  serveOne,
  type Shown,
  text,
} from "./harness.ts";

function trusting(ca: TestCa | Uint8Array): Promise<EngineContext> {
  const extra = [ca instanceof Uint8Array ? ca : ca.root.cert.der];
  return denoEngine().createContext(
    config({ trust: { anchors: undefined, extra, crls: [], checkCrl: "none" } }),
  );
}

/** One connection: the error of the client and that of the server, if any. */
async function attempt(
  context: EngineContext,
  certificate: Shown,
  to: SessionParams = params(),
): Promise<[client: unknown, server: SslError | undefined]> {
  using listening = await listen({ credentials: [credential(certificate)] });
  const serving = serveOne(
    listening.listener.accept(listening.context, undefined),
    async (s) => void await s.read(new Uint8Array(9)),
  );
  const client = await context.dial(listening.target, to);
  try {
    await client.handshake();
    await client.shutdown({ fast: true });
    return [undefined, await serving];
  } catch (error) {
    return [error, await serving];
  } finally {
    client.close();
  }
}

interface Case {
  name: string;
  make: () => Promise<[ca: TestCa | Uint8Array, certificate: Shown, name?: string]>;
  code: string;
  errno: number;
  alert: string;
  text: string;
}

const CASES: Case[] = [
  {
    name: "from an unknown CA",
    make: async () => [await TestCa.create(), (await pki()).server],
    code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    errno: 20,
    alert: "unknown_ca",
    text: "extraCa",
  },
  {
    name: "whose intermediate is missing",
    make: async () => {
      const root = await TestCa.create();
      const leaf = await (await root.intermediate()).server();
      return [root, { chain: [leaf.certificate], key: leaf.key }];
    },
    code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    errno: 20,
    alert: "unknown_ca",
    text: "no trusted root",
  },
  {
    name: "that has expired",
    make: async () => {
      const { ca } = await pki();
      return [
        ca,
        await ca.server({
          notBefore: new Date("2020-01-01T00:00:00Z"),
          notAfter: new Date("2020-02-01T00:00:00Z"),
        }),
      ];
    },
    code: "CERT_HAS_EXPIRED",
    errno: 10,
    alert: "certificate_expired",
    text: "has expired (since 2020-02-01T00:00:00Z)",
  },
  {
    name: "that is not valid yet",
    make: async () => {
      const { ca } = await pki();
      return [
        ca,
        await ca.server({
          notBefore: new Date("2200-01-02T03:04:05Z"),
          notAfter: new Date("2201-01-01T00:00:00Z"),
        }),
      ];
    },
    code: "CERT_NOT_YET_VALID",
    errno: 9,
    alert: "certificate_expired",
    text: "not valid yet (from 2200-01-02T03:04:05Z)",
  },
  {
    name: "for other names",
    make: async () => {
      const { ca } = await pki();
      return [ca, await ca.server("a.test", "192.0.2.1"), "b.test"];
    },
    code: "HOSTNAME_MISMATCH",
    errno: 62,
    alert: "bad_certificate",
    text: 'not valid for "b.test": it is only valid for DNS:a.test, IP:192.0.2.1',
  },
  {
    name: "for another IP address",
    make: async () => [(await pki()).ca, (await pki()).server, "127.0.0.2"],
    code: "IP_ADDRESS_MISMATCH",
    errno: 64,
    alert: "bad_certificate",
    text: 'not valid for "127.0.0.2"',
  },
  {
    name: "that names its host only in the commonName",
    make: async () => {
      const { ca } = await pki();
      return [ca, await ca.server({ commonName: "localhost", names: [] })];
    },
    code: "HOSTNAME_MISMATCH",
    errno: 62,
    alert: "bad_certificate",
    text: "its subjectAltName names no host",
  },
  {
    name: "with a wildcard inside a label",
    make: async () => {
      const { ca } = await pki();
      return [ca, await ca.server("f*.a.test"), "foo.a.test"];
    },
    code: "HOSTNAME_MISMATCH",
    errno: 62,
    alert: "bad_certificate",
    text: "foo.a.test",
  },
  {
    name: "whose wildcard would span two labels",
    make: async () => {
      const { ca } = await pki();
      return [ca, await ca.server("*.a.test"), "x.y.a.test"];
    },
    code: "HOSTNAME_MISMATCH",
    errno: 62,
    alert: "bad_certificate",
    text: "x.y.a.test",
  },
  {
    name: "signed by a CA with the right name and another key",
    make: async () => [await TestCa.create(), (await pki()).server],
    // The key identifiers differ too, so rustls does not even try the signature:
    code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY|CERT_SIGNATURE_FAILURE",
    errno: -1,
    alert: "unknown_ca|decrypt_error",
    text: "",
  },
  {
    name: "for clients only",
    make: async () => {
      const { ca } = await pki();
      return [ca, await ca.wrongEku()];
    },
    code: "INVALID_PURPOSE",
    errno: 26,
    alert: "unsupported_certificate",
    text: "extended key usage",
  },
  {
    name: "that its CA may not issue",
    make: async () => {
      const root = await TestCa.create();
      return [root, await (await root.nameConstrained("permitted.test")).server("localhost")];
    },
    code: "PERMITTED_VIOLATION",
    errno: 47,
    alert: "certificate_unknown",
    text: "name constraints",
  },
  {
    name: "below more CAs than permitted",
    make: async () => {
      const root = await TestCa.create();
      const first = await root.intermediate({ pathLength: 0 });
      return [root, await (await first.intermediate()).server()];
    },
    code: "PATH_LENGTH_EXCEEDED",
    errno: 25,
    alert: "certificate_unknown",
    text: "pathLenConstraint",
  },
];

for (const { name, make, code, errno, alert, text } of CASES) {
  Deno.test(`Deno engine refuses a certificate ${name}`, async () => {
    const [ca, certificate, host] = await make();
    const [client, server] = await attempt(await trusting(ca), certificate, params(host));
    assertInstanceOf(client, SslVerifyError);
    assert(code.split("|").includes(client.code), client.code);
    if (errno >= 0) assertEquals(client.errno, errno);
    assert(client.message.includes(text), client.message);
    assert(alert.split("|").includes(client.alert ?? ""), client.alert);
    assertInstanceOf(client.cause, Deno.errors.InvalidData);
    // The server learnt why.
    assertInstanceOf(server, SslPeerError);
    assertEquals(server.alert, client.alert);
  });
}

Deno.test("Deno engine refuses a CA certificate as a server's", async () => {
  const ca = await TestCa.create({ names: ["localhost"] });
  const self = { chain: [ca.cert], key: ca.key };
  const [error] = await attempt(await trusting(ca), self);
  assertInstanceOf(error, SslVerifyError);
  assertEquals([error.code, error.errno], ["INVALID_PURPOSE", 26]);
});

Deno.test("Deno engine refuses a chain through a certificate that does not belong to a CA", async () => {
  const { ca, server } = await pki();
  const other = await TestCa.create();
  const leaf = await other.server();
  // A real certificate of the trusted CA, with CA:FALSE, put in the place of an issuer.
  const chain = [leaf.certificate, server.certificate];
  const [error] = await attempt(await trusting(ca), { chain, key: leaf.key });
  assertInstanceOf(error, SslVerifyError);
  assert(["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "INVALID_CA"].includes(error.code), error.code);
});

for (
  const [what, names, host] of [
    ["a DNS name", ["a.test"], "a.test"],
    ["a name in another case", ["a.test"], "A.TesT"],
    ["a name with a dot at its end", ["a.test"], "a.test."],
    ["a wildcard", ["*.a.test"], "x.a.test"],
    ["an IPv4 address", ["192.0.2.1"], "192.0.2.1"],
    ["an IPv6 address", ["2001:db8::1"], "2001:db8::1"],
    ["an IPv6 address in brackets", ["2001:db8::1"], "[2001:db8::1]"],
  ] as const
) {
  Deno.test(`Deno engine accepts ${what}`, async () => {
    const { ca } = await pki();
    const found = await attempt(await trusting(ca), await ca.server(...names), params(host));
    assertEquals(found, [undefined, undefined]);
  });
}

Deno.test("Deno engine accepts a self-signed leaf that is its own anchor", async () => {
  const { cert, key } = await certCreate({
    subject: { commonName: "self" },
    subjectAltNames: [{ type: "DNS", value: "localhost" }],
    key: (await pki()).server.key,
  });
  const shown = { chain: [cert], key: key.pem };
  assertEquals((await attempt(await trusting(cert.der), shown))[0], undefined);
  const [error] = await attempt(await clientContext(), shown);
  assertInstanceOf(error, SslVerifyError);
});

for (const keyType of ["ec", "ec384", "ec521", "rsa", "ed25519"] as const) {
  Deno.test(`Deno engine serves with a key of the type ${keyType}`, async () => {
    const { ca } = await pki();
    assertEquals((await attempt(await trusting(ca), await ca.server({ keyType })))[0], undefined);
  });
}

Deno.test("Deno engine verifies through intermediates", async () => {
  const root = await TestCa.create();
  const leaf = await (await (await root.intermediate()).intermediate()).server();
  assertEquals((await attempt(await trusting(root), leaf))[0], undefined);
});

Deno.test("skipHostname leaves the name unchecked, never the chain", async () => {
  const { ca } = await pki();
  const other = await ca.server("other.test");
  const skip = await clientContext({ skipHostname: true });
  for (const serverName of ["localhost", undefined]) {
    const none = { serverName, verifyName: undefined, user: undefined };
    assertEquals((await attempt(skip, other, none))[0], undefined);
  }
  const stranger = await (await TestCa.create()).server();
  const [error] = await attempt(skip, stranger);
  assertInstanceOf(error, SslVerifyError);
  assertEquals(error.code, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
});

Deno.test("Deno engine without a name to verify throws a TypeError, and never verifies localhost", async () => {
  using listening = await listen();
  const context = await clientContext();
  // Deno itself takes "" for localhost.
  for (const verifyName of ["", undefined, "[]", "."]) {
    const to = { serverName: verifyName, verifyName, user: undefined };
    await assertRejects(() => context.dial(listening.target, to), TypeError, "no name to verify");
  }
});

Deno.test("Deno engine cannot send one name and verify another", async () => {
  using listening = await listen();
  const context = await clientContext();
  for (
    const [serverName, verifyName] of [
      [undefined, "localhost"],
      ["", "localhost"],
      ["other.test", "localhost"],
      ["localhost", "127.0.0.1"],
    ] as const
  ) {
    const to = { serverName, verifyName, user: undefined };
    const error = await assertRejects(
      () => context.dial(listening.target, to),
      SslUnsupportedError,
      "lacks noSni",
    );
    assert(error.message.includes("--allow-ffi"), error.message);
  }
});

Deno.test("Deno engine names a host name that is not valid", async () => {
  using listening = await listen();
  const accepting = listening.listener.accept(listening.context, undefined);
  const client = await (await clientContext()).dial(listening.target, params("a b"));
  const server = await accepting;
  const gone = assertRejects(() => server.handshake(), SslPeerError, "closed the connection");
  const error = await assertRejects(() => client.handshake(), SslError, '"a b" is neither');
  assertEquals(error.code, "ERR_INVALID_NAME");
  await gone;
});

Deno.test("Deno engine names extraCa when an anchor is malformed", async () => {
  using listening = await listen();
  const accepting = listening.listener.accept(listening.context, undefined);
  const client = await (await trusting(new Uint8Array([1, 2, 3]))).dial(listening.target, params());
  const server = await accepting;
  const gone = assertRejects(() => server.handshake(), SslPeerError);
  assertEquals((await assertRejects(() => client.handshake(), SslError, "extraCa")).code, "ERR_CA");
  await gone;
});

Deno.test("Deno engine without common ALPN protocol: an error on both sides", async () => {
  using listening = await listen({ alpn: ["h2"] });
  const serving = serveOne(
    listening.listener.accept(listening.context, undefined),
    () => Promise.resolve(),
  );
  const client = await (await clientContext({ alpn: ["x"] })).dial(listening.target, params());
  const error = await assertRejects(() => client.handshake(), SslPeerError);
  assertEquals(error.alert, "no_application_protocol");
  assertEquals((await serving)?.alert, "no_application_protocol");
});

Deno.test("Deno engine sends a client certificate with dial", async () => {
  const { ca } = await pki();
  using listening = await listen();
  const serving = serveOne(
    listening.listener.accept(listening.context, undefined),
    async (s) => void await s.write(bytes("hello")),
  );
  const certificate = await ca.client("me");
  const context = await clientContext({ credentials: [credential(certificate)] });
  const client = await context.dial(listening.target, params("127.0.0.1"));
  await client.handshake();
  assertEquals(text(await readExactly(client, 5)), "hello");
  assertEquals(client.ownCertificate(), certificate.certificate.der);
  client.close();
  assertEquals(await serving, undefined);
});

Deno.test("Deno engine with a client certificate verifies another name than the host's", async () => {
  const { ca } = await pki();
  using listening = await listen();
  const context = await clientContext({ credentials: [credential(await ca.client("me"))] });
  const { listener } = listening;
  for (const name of ["localhost", "127.0.0.1"]) {
    const serving = serveOne(listener.accept(listening.context, undefined), async () => {});
    const client = await context.dial(listening.target, params(name));
    await client.handshake();
    client.close();
    assertEquals(await serving, undefined);
  }
  const refused = serveOne(listener.accept(listening.context, undefined), async () => {});
  const client = await context.dial(listening.target, params("other.test"));
  const error = await assertRejects(() => client.handshake(), SslVerifyError);
  assertEquals(error.code, "HOSTNAME_MISMATCH");
  assertEquals((await refused)?.alert, "bad_certificate");
});

Deno.test("Deno engine refuses another name than the host's where the runtime does not read it", async () => {
  const { ca } = await pki();
  const credentials = [credential(await ca.client("me"))];
  const contexts = [
    await clientContext({ credentials }),
    await clientContext({ credentials, skipHostname: true }),
  ];
  const { connectTls } = Deno;
  try {
    Deno.connectTls = () => Promise.reject(new Error("it was called"));
    for (const context of contexts) {
      await assertRejects(
        () =>
          context.dial({ transport: "tcp", hostname: "127.0.0.1", port: 1 }, params("localhost")),
        SslUnsupportedError,
        "lacks noSni",
      );
    }
  } finally {
    Deno.connectTls = connectTls;
  }
});

Deno.test("Deno engine starts TLS with a client certificate on no open connection", async () => {
  const { ca } = await pki();
  using listening = await listen();
  const credentials = [credential(await ca.client("me"))];
  const context = await clientContext({ credentials });
  const plain = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const tcp = await connect(plain.addr);
  for (const conn of [tcp, await plain.accept()]) {
    try {
      assert(
        (await assertRejects(
          () => Promise.resolve().then(() => context.start(conn, params())),
          SslUnsupportedError,
          "lacks clientCertificateOnStart",
        )).message.includes("--allow-ffi"),
      );
    } finally {
      conn.close(); // it is still the caller's
    }
  }
  plain.close();
  const skip = await clientContext({ credentials, skipHostname: true });
  const serving = serveOne(
    listening.listener.accept(listening.context, undefined),
    () => Promise.resolve(),
  );
  const none = { serverName: undefined, verifyName: undefined, user: undefined };
  const client = await skip.dial(listening.target, none);
  await client.handshake();
  client.close();
  assertEquals(await serving, undefined);
});
