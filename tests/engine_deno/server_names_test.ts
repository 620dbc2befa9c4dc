/** Deno's own TLS as a server with certificates by SNI name. */

import "../helpers/limit.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type ListenOptions,
  SslError,
  type SslListener,
  SslSocket,
  SslUnsupportedError,
} from "../../mod.ts";
import { TestCa } from "../../testing/mod.ts";

const ca = await TestCa.create();
const [a, b, other] = await Promise.all(
  ["a.test", "b.test", "other.test"].map((n) => ca.server(n)),
);
const named = {
  cert: { "a.test": a!.cert, "b.test": b!.cert },
  key: { "a.test": a!.key, "b.test": b!.key },
};
const withDefault = {
  cert: { ...named.cert, "": other!.cert },
  key: { ...named.key, "": other!.key },
};

const listen = (more: Partial<ListenOptions>) =>
  SslSocket.listen({ engine: "deno", hostname: "127.0.0.1", port: 0, ...more });

/** Connects, and gives the name in the certificate that came, or the error. */
async function asked(
  port: number,
  serverName: string,
  engine: "deno" | "openssl",
): Promise<string | undefined> {
  await using client = await SslSocket.connect({
    engine,
    hostname: "127.0.0.1",
    port,
    serverName,
    ...(serverName === "" ? { verifycnName: "127.0.0.1" } : {}),
    extraCa: ca.pem,
  });
  return client.peerCertificate()?.commonName;
}

const portOf = (listener: { addr: Deno.Addr }) => (listener.addr as Deno.NetAddr).port;

Deno.test("Deno engine: each name gets its certificate, however it is spelled and how often", async () => {
  await using listener = await listen({ ...withDefault, alpnProtocols: ["x"] });
  for (const name of ["a.test", "b.test", "A.TEST", "a.test", "b.test"]) {
    for (const engine of ["deno", "openssl"] as const) {
      const accepted = listener.accept();
      assertEquals(await asked(portOf(listener), name, engine), name.toLowerCase());
      await using server = await accepted;
      assertEquals(server.sockCertificate(), undefined);
      assertThrows(() => server.getServername(), SslUnsupportedError, "lacks sniCallback");
    }
  }
});

/** The codes of the errors on both sides of a handshake that fails. */
async function codes(listener: SslListener, name: string): Promise<unknown[]> {
  const [server, client] = await Promise.all([
    assertRejects(() => listener.accept(), SslError),
    assertRejects(() => asked(portOf(listener), name, "deno"), SslError),
  ]);
  return [server.code, client.code];
}

async function serves(listener: SslListener, name: string): Promise<void> {
  const accepted = listener.accept();
  assertEquals(await asked(portOf(listener), name, "deno"), name);
  await (await accepted).close();
}

Deno.test("Deno engine: a name without a certificate gets the default one, which the client refuses", async () => {
  await using listener = await listen(withDefault);
  const alert = "ERR_SSL_ALERT_BAD_CERTIFICATE";
  assertEquals(await codes(listener, "c.test"), [alert, "HOSTNAME_MISMATCH"]);
  assertEquals(await codes(listener, ""), [alert, "IP_ADDRESS_MISMATCH"]);
  await serves(listener, "other.test");
});

Deno.test("Deno engine: without a default, a name that no certificate has is refused", async () => {
  await using listener = await listen(named);
  for (const name of ["c.test", "", "c.test"]) {
    const [server, client] = await codes(listener, name);
    assertEquals([server, client], ["ERR_SSL_UNRECOGNIZED_NAME", "ERR_SSL_ALERT_CLOSE_NOTIFY"]);
  }
  await serves(listener, "a.test");
});

Deno.test("Deno engine: what would need to know who asks is refused", async () => {
  for (const option of ["sniCallback", "clientHelloCallback"]) {
    await assertRejects(
      () => listen({ ...named, [option]: () => undefined }),
      SslUnsupportedError,
      `option "${option}"`,
    );
  }
});
