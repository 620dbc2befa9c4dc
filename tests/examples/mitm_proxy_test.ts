import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { Intercept } from "../../intercept/intercept.ts";
import { TestCa } from "../../testing/ca.ts";
import { interceptOne } from "../../examples/mitm_proxy.ts";
import { Handle, serve, SslSocket, SslVerifyError } from "../../mod.ts";
import { refuses } from "../helpers/refuses.ts";

async function connectThrough(
  proxy: Deno.TcpListener,
  target: string,
  ca: string,
): Promise<{ socket: SslSocket; handle: Handle }> {
  const plain = new Handle(await Deno.connect({ port: proxy.addr.port, hostname: "127.0.0.1" }));
  await plain.print(`CONNECT ${target} HTTP/1.0\r\n\r\n`);
  assertEquals(await plain.readLine(), "HTTP/1.0 200 Connected");
  assertEquals(await plain.readLine(), "");
  const socket = await plain.startSsl({ hostname: "localhost", ca, engine: "openssl" });
  return { socket, handle: plain };
}

Deno.test("the man-in-the-middle proxy shows the origin's subject under its own CA", async () => {
  const ca = await TestCa.create({ commonName: "Demo CA" });
  const proxyCa = await TestCa.create({ commonName: "IO::Socket::SSL::Intercept" });
  const intercept = await Intercept.create({
    proxyCert: proxyCa.cert,
    proxyKey: proxyCa.privateKey,
  });
  await using server = serve(
    { hostname: "127.0.0.1", port: 0, engine: "openssl", ...await ca.server("localhost") },
    async (h) => h.say(`you said ${await h.readLine()}`),
  );
  const target = `localhost:${(await server.addr).port}`;
  {
    await using direct = await SslSocket.connect(target, { ca: ca.pem, engine: "openssl" });
    assertEquals(direct.peerCertificate("subject"), "/CN=localhost");
    assertEquals(direct.peerCertificate("issuer"), "/CN=Demo CA");
  }
  using proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const passed: string[] = [];
  const one = async () =>
    await interceptOne(
      await proxy.accept(),
      intercept,
      { ca: ca.pem, engine: "openssl" },
      (text) => {
        passed.push(text);
      },
    );
  {
    const serving = one();
    const { socket, handle } = await connectThrough(proxy, target, proxyCa.pem);
    assertEquals(socket.peerCertificate("subject"), "/CN=localhost");
    assertEquals(socket.peerCertificate("issuer"), "/CN=IO::Socket::SSL::Intercept");
    await handle.say("hello");
    assertEquals(await handle.readLine(), "you said hello");
    await handle.close();
    await serving;
    assertEquals(passed, ["> hello\n", "< you said hello\n"]);
  }
  const serving = one().catch((error) => error);
  await refuses(
    () => connectThrough(proxy, target, ca.pem),
    SslVerifyError,
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  );
  await serving;
});
