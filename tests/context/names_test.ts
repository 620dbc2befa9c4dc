import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { clientNames, connectionPolicy, serverNames } from "../../context/connection_policy.ts";
import type { SslOptions } from "../../context/options.ts";
import { stripPort } from "../../internal/host.ts";
import { TestCa } from "../../testing/ca.ts";
import { contextFor } from "../helpers/operations.ts";

const authority = await TestCa.create();

Deno.test("clientNames() derives names from the host as Perl does", () => {
  const cases: [Parameters<typeof clientNames>[0], string | undefined, string | undefined][] = [
    [{ hostname: "www.example.com" }, "www.example.com", "www.example.com"],
    [{ hostname: "WWW.Example.com." }, "www.example.com", "WWW.Example.com."],
    [{ hostname: "127.0.0.1" }, undefined, "127.0.0.1"],
    [{ hostname: "::1" }, undefined, "::1"],
    [{ hostname: "[::1]" }, undefined, "::1"],
    [{ hostname: "[fe80::abcd]:443" }, undefined, "fe80::abcd"],
    [{ hostname: "host:443" }, "host", "host"],
    [{ hostname: "löwe.example" }, "xn--lwe-sna.example", "löwe.example"],
    [{ hostname: "a.example", serverName: "b.example" }, "b.example", "b.example"],
    [{ hostname: "a.example", serverName: "" }, undefined, "a.example"],
    [{ hostname: "a.example", verifycnName: "c.example" }, "a.example", "c.example"],
    [{ serverName: "b.example", verifycnName: "c.example:443" }, "b.example", "c.example"],
    [{ hostname: "a.example", serverName: "127.0.0.1" }, undefined, "127.0.0.1"],
    [{ hostname: "a.example", verifycnName: "" }, "a.example", "a.example"],
    [{}, undefined, undefined],
    [{ serverName: "" }, undefined, undefined],
  ];
  for (const [input, serverName, verifyName] of cases) {
    assertEquals(clientNames(input), { serverName, verifyName }, JSON.stringify(input));
  }
});

Deno.test("a client's own scheme is asked about an unknown name, a server's client is not", async () => {
  const verifycnScheme = { callback: () => true };
  const policy = async (role: "client" | "server", scheme: SslOptions["verifycnScheme"]) => {
    const options: SslOptions = {
      ...{ engine: "openssl", verifycnScheme: scheme },
      ...(role === "server" ? { selfSigned: true, verifyMode: 1, clientCa: authority.pem } : {}),
    };
    const context = await contextFor(role, options);
    return connectionPolicy(context, role, {}).names.verifyName;
  };
  assertEquals(await policy("client", verifycnScheme), "unknown");
  assertEquals(await policy("client", { checkCn: 0 }), undefined);
  assertEquals(await policy("client", "http"), undefined);
  assertEquals(await policy("server", verifycnScheme), undefined);
});

Deno.test("a single pin is refused where nothing is verified, and defaults are reported once", async () => {
  const context = await contextFor("client", { engine: "openssl", verifyMode: 0 });
  const fingerprint = `sha256$${"0".repeat(64)}`;
  assertThrows(
    () => connectionPolicy(context, "client", { fingerprint }),
    TypeError,
    'Cannot use option "fingerprint": the context has verifyMode SSL_VERIFY_NONE',
  );
  const { policy } = connectionPolicy(context, "client", {}, { defaults: ["alpnProtocols", "ca"] });
  assertEquals(policy.defaultsApplied, ["alpnProtocols", "ca"]);
  assertEquals(policy.pins, []);
});

Deno.test("clientNames() refuses a server name that no wire form exists for", () => {
  assertThrows(() => clientNames({ serverName: "ａ b" }), TypeError, "it is not a host name");
});

Deno.test("serverNames() verifies a client's name only when asked to", () => {
  assertEquals(serverNames({ hostname: "a", serverName: "b" }).verifyName, undefined);
  assertEquals(serverNames({ verifycnName: "c" }).verifyName, "c");
});

Deno.test("stripPort() leaves addresses alone", () => {
  assertEquals(["::1", "a:b:c", "host:https", "[::1]:https"].map(stripPort), [
    "::1",
    "a:b:c",
    "host",
    "::1",
  ]);
});
