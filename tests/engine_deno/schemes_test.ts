/**
 * Host name schemes on the Deno engine: conditions on top of the runtime's own check of chain and
 * name, held before any application byte, and refused where the peer's certificate is not shown.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { hasPeerCertificate } from "../../engine/deno/capabilities.ts";
import { SslPeerError, SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { type ConnectOptions, engineInfo, PublicSuffix, SslContext, SslSocket } from "../../mod.ts";
import { pki } from "./harness.ts";

const ENGINE = { engine: "deno" } as const;

/** What came of one connection: at the client, and what the server read. */
interface Outcome {
  readonly error: unknown;
  /** What the client read: the server speaks first, so that there is a byte to read. */
  readonly read: string;
  /** What the server got, and how it ended. */
  readonly got: string;
  readonly end: unknown;
}

const decoder = new TextDecoder();

/** A client that writes at once, and a server with these names; it waits for a client that `reaches` it. */
async function attempt(
  names: readonly string[],
  options: ConnectOptions,
  reaches = true,
): Promise<Outcome> {
  const { ca } = await pki();
  const { cert, key } = await ca.server(...names);
  await using listener = await SslSocket.listen({
    ...ENGINE,
    hostname: "127.0.0.1",
    port: 0,
    cert,
    key,
    timeout: 10_000,
  });
  const serving = (async () => {
    let got = "";
    try {
      await using server = await listener.accept();
      await server.write(new TextEncoder().encode("hello"));
      const p = new Uint8Array(16);
      for (let n; (n = await server.read(p)) !== null;) got += decoder.decode(p.subarray(0, n));
      return { got, end: null };
    } catch (end) {
      return { got, end };
    }
  })();
  let read = "";
  let error: unknown;
  try {
    await using client = await SslSocket.connect({
      ...ENGINE,
      hostname: "127.0.0.1",
      port: listener.addr.port,
      extraCa: ca.pem,
      timeout: 10_000,
      ...options,
    });
    await client.write(new TextEncoder().encode("secret"));
    const p = new Uint8Array(16);
    read = decoder.decode(p.subarray(0, await client.read(p) ?? 0));
  } catch (caught) {
    error = caught;
    if (!reaches) listener.close();
  }
  return { error, read, ...await serving };
}

const accepts: readonly (readonly [string, readonly string[], ConnectOptions])[] = [
  ["a name", ["a.test"], { serverName: "a.test", verifycnScheme: "sip" }],
  ["a wildcard", ["*.wild.example"], { serverName: "x.wild.example", verifycnScheme: "ldap" }],
  ["Perl's default", ["a.test"], { serverName: "a.test", verifycnScheme: "default" }],
  ["an IP address", ["127.0.0.1"], { verifycnScheme: "http" }],
  ["verifycnName", ["a.test"], {
    serverName: "a.test",
    verifycnName: "a.test",
    verifycnScheme: "smtp",
  }],
  ["a custom scheme", ["*.wild.example"], {
    serverName: "x.wild.example",
    verifycnScheme: { wildcardsInAlt: "full_label" },
  }],
  ["a suffix list", ["*.wild.example"], {
    serverName: "x.wild.example",
    verifycnPublicsuffix: PublicSuffix.fromString("example"),
  }],
];

for (const [what, names, options] of accepts) {
  Deno.test(`verifycnScheme on the Deno engine accepts ${what}`, async () => {
    const { error, read, got, end } = await attempt(names, options);
    assertEquals([error, read, got, end], [undefined, "hello", "secret", null]);
  });
}

const refuses: readonly (readonly [string, readonly string[], ConnectOptions])[] = [
  ["a wildcard under sip", ["*.wild.example"], {
    serverName: "x.wild.example",
    verifycnScheme: "sip",
  }],
  ["a wildcard under a custom scheme", ["*.wild.example"], {
    serverName: "x.wild.example",
    verifycnScheme: { checkCn: "always" },
  }],
  ["what a callback refuses", ["a.test"], {
    serverName: "a.test",
    verifycnScheme: { callback: () => false },
  }],
  ["a wildcard on a public suffix", ["*.wild.example"], {
    serverName: "x.wild.example",
    verifycnPublicsuffix: PublicSuffix.fromString("wild.example"),
  }],
  ["a wildcard on a built-in public suffix", ["*.co.uk"], {
    serverName: "x.co.uk",
    verifycnScheme: "default",
  }],
];

for (const [what, names, options] of refuses) {
  Deno.test(`verifycnScheme on the Deno engine refuses ${what}, although the runtime accepts it`, async () => {
    const runtime = await attempt(names, { ...options, verifycnScheme: { callback: () => true } });
    // A callback is asked instead of every other rule: so the runtime's check is all that is left.
    assertEquals([runtime.error, runtime.read], [undefined, "hello"]);

    const { error, read, got } = await attempt(names, options);
    assertInstanceOf(error, SslVerifyError);
    assertEquals([error.code, error.errno], ["HOSTNAME_MISMATCH", 62]);
    assertEquals(error.report?.ok, false);
    const checks = Object.fromEntries(error.report!.checks.map(({ name, ok }) => [name, ok]));
    assertEquals([checks.chain, checks.hostname], [true, false]);
    assertEquals([read, got], ["", ""]); // not a byte, either way
  });
}

Deno.test("verifycnScheme on the Deno engine asks its callback once, with what the certificate says", async () => {
  const asked: unknown[] = [];
  const callback = (...args: unknown[]) => asked.push(args) > 0;
  const { error } = await attempt(["a.test"], {
    serverName: "a.test",
    verifycnScheme: { callback },
  });
  assertEquals(error, undefined);
  assertEquals(asked.length, 1);
  const [host, , alt] = asked[0] as [string, string | undefined, { value: string }[]];
  assertEquals([host, alt.map(({ value }) => value)], ["a.test", ["a.test"]]);
});

const stricter: readonly (readonly [string, readonly string[], string, ConnectOptions])[] = [
  ["a wildcard within a label", ["f*.wild.example"], '"http"', {
    serverName: "foo.wild.example",
    verifycnScheme: "http",
  }],
  ["another name that a callback would accept", ["a.test"], "a scheme of your own", {
    serverName: "b.test",
    verifycnScheme: { callback: () => true },
  }],
];

for (const [what, names, named, options] of stricter) {
  Deno.test(`verifycnScheme on the Deno engine cannot allow ${what}: the error says whose check it is`, async () => {
    const { error, got, end } = await attempt(names, options);
    assertInstanceOf(error, SslVerifyError);
    assertEquals(error.code, "HOSTNAME_MISMATCH");
    assertStringIncludes(error.message, "Deno's own name check");
    assertStringIncludes(error.message, named);
    assertStringIncludes(error.message, "--allow-ffi");
    assertEquals(got, "");
    assertInstanceOf(end, SslPeerError); // it was refused within the handshake
  });
}

Deno.test("the Deno engine's own check without a scheme does not mention schemes", async () => {
  const { error } = await attempt(["a.test"], { serverName: "b.test" });
  assertInstanceOf(error, SslVerifyError);
  assert(!error.message.includes("scheme"), error.message);
});

Deno.test("verifycnScheme on the Deno engine: another name than the one sent is refused before a byte", async () => {
  const names = { serverName: "a.test", verifycnName: "b.test" };
  const scheme = { ...names, verifycnScheme: "http" } as const;
  const { error, got } = await attempt(["a.test", "b.test"], scheme, false);
  assertInstanceOf(error, SslUnsupportedError);
  assertStringIncludes(error.message, "--allow-ffi");
  assertEquals(got, "");
});

Deno.test("verifycnScheme on the Deno engine throws for a server, which asks for no certificates", async () => {
  const { server } = await pki();
  for (
    const options of [
      { verifycnScheme: "http" },
      { verifycnPublicsuffix: PublicSuffix.default() },
    ] as const
  ) {
    const listening = SslSocket.listen({
      ...ENGINE,
      ...options,
      hostname: "127.0.0.1",
      port: 0,
      cert: server.cert,
      key: server.key,
    });
    const error = await listening.then((l) => l.close(), (error) => error);
    assertInstanceOf(error, SslUnsupportedError);
    assertStringIncludes(error.message, "--allow-ffi");
  }
});

// ---- the accessor goes away

const DESCRIPTION = "getPeerCertificate";

/** Takes the runtime's non-public method away until the end of the block. */
async function hideAccessor(): Promise<Disposable> {
  const { ca } = await pki();
  const { cert, key } = await ca.server("127.0.0.1");
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const accepting = listener.accept();
  using conn = await Deno.connectTls({ port: listener.addr.port, caCerts: [ca.pem] });
  (await accepting).close();
  const prototype = Object.getPrototypeOf(conn) as object;
  const symbol = Object.getOwnPropertySymbols(prototype).find((s) => s.description === DESCRIPTION);
  assert(symbol !== undefined, "the runtime has no such accessor: this file can go");
  const own = Object.getOwnPropertyDescriptor(prototype, symbol)!;
  assert(Reflect.deleteProperty(prototype, symbol));
  return { [Symbol.dispose]: () => Object.defineProperty(prototype, symbol, own) };
}

for (
  const [option, options] of [
    ["verifycnScheme", { verifycnScheme: "http" }],
    ["verifycnScheme", { verifycnScheme: { callback: () => true } }],
    ["verifycnPublicsuffix", { verifycnPublicsuffix: PublicSuffix.default() }],
  ] as const
) {
  Deno.test(`${option} on the Deno engine: an accessor that turns out to be gone is an error before a byte: ${typeof Object.values(options)[0]}`, async () => {
    await attempt(["a.test"], { serverName: "a.test" }); // the runtime shows certificates again
    assert(engineInfo("deno").features.has("hostnameSchemes"));
    {
      using _hidden = await hideAccessor();
      const { error, read, got } = await attempt(["a.test"], { serverName: "a.test", ...options });
      assertEquals([read, got], ["", ""]);
      assertInstanceOf(error, SslUnsupportedError);
      assertStringIncludes(error.message, option);
      assertStringIncludes(error.message, "--allow-ffi");

      // From then on it is known, and nothing is sent at all.
      assert(!hasPeerCertificate() && !engineInfo("deno").features.has("hostnameSchemes"));
      const created = await SslContext.create({ ...ENGINE, ...options })
        .then(async (context) => {
          await SslSocket.connect({ hostname: "127.0.0.1", port: 1, reuseCtx: context });
        })
        .catch((error) => error);
      assertInstanceOf(created, SslUnsupportedError);
      assertStringIncludes(created.message, option);

      // The runtime's own check goes on by itself.
      assertEquals((await attempt(["a.test"], { serverName: "a.test" })).error, undefined);
      const wrong = await attempt(["a.test"], { serverName: "b.test" });
      assertInstanceOf(wrong.error, SslVerifyError);
    }
    assertEquals((await attempt(["a.test"], { serverName: "a.test" })).error, undefined);
    assert(hasPeerCertificate());
  });
}
