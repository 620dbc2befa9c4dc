/** A server on standard input and output, in a process of its own, as inetd starts it. */

import "../helpers/limit.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { SslError, SslTruncatedError } from "../../errors.ts";
import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, testPki, trust } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";

const MAIN = decodeURIComponent(new URL("./inetd_main.ts", import.meta.url).pathname);

/** The server, and its streams as the transport of a client. */
async function inetd(mode: string) {
  const { ca, server } = await testPki();
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/cert.pem`, server.cert);
  await Deno.writeTextFile(`${folder}/key.pem`, server.key);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-ffi", "--allow-read", "--allow-env", "--no-prompt", MAIN, folder, mode],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaints = new Response(child.stderr).text();
  return {
    streams: { readable: child.stdout, writable: child.stdin },
    options: { ...trust("openssl", ca), hostname: "localhost" },
    /** Its exit code and what it said on standard error. */
    end: async () => {
      const { code } = await child.status;
      await Deno.remove(folder, { recursive: true });
      return [code, (await complaints).trim()];
    },
  };
}

Deno.test("a server on stdin and stdout serves TLS over a pair of streams, and ends", async () => {
  const server = await inetd("tls");
  const client = await SslSocket.start(server.streams, server.options);
  const handle = new Handle(client);
  const big = "x".repeat(300_000);
  await handle.print("hello\n", "again\n", big, "\n");
  assertEquals(await handle.readLine(), "HELLO");
  assertEquals(await handle.readLine(), "AGAIN");
  assertEquals(await handle.readLine(), big.toUpperCase());
  await handle.say("stop");
  assertEquals(await handle.readLine(), undefined); // its close_notify
  await handle.close();
  assertEquals(await server.end(), [0, ""]);
});

Deno.test("a server on stdin and stdout does STARTTLS, and plain text after TLS", async () => {
  const server = await inetd("starttls");
  const handle = new Handle(server.streams);
  assertEquals(await handle.readLine(), "220 ready");
  await handle.print("STARTTLS\r\n");
  assertEquals(await handle.readLine(), "220 go on");
  await handle.startSsl(server.options);
  await handle.say("secret");
  assertEquals(await handle.readLine(), "SECRET");
  await handle.say("stop");
  await handle.stopSsl();
  assertEquals(await handle.readLine(), "plain again");
  assertEquals(await handle.readLine(), undefined);
  await handle.close();
  assertEquals(await server.end(), [0, ""]);
});

Deno.test("a server on stdin and stdout refuses a peer that speaks no TLS, or goes away", async () => {
  {
    const server = await inetd("tls");
    const writer = server.streams.writable.getWriter();
    await writer.write(bytes("GET / HTTP/1.1\r\n\r\n"));
    const [code, said] = await server.end();
    assertEquals(code, 3);
    assertStringIncludes(String(said), "SslPeerError");
    await writer.close().catch(() => {});
    await server.streams.readable.cancel();
  }
  const server = await inetd("tls");
  const client = await SslSocket.start(server.streams, server.options);
  // The pipe ends without close_notify.
  await client.close({ noShutdown: true });
  const [code, said] = await server.end();
  assertEquals(code, 1);
  assertStringIncludes(String(said), "SslTruncatedError");
  await refuses(() => client.read(new Uint8Array(1)), SslError, "ECLOSED");
});

Deno.test("the end of a process without close_notify is a truncation for its client", async () => {
  const server = await inetd("starttls");
  const handle = new Handle(server.streams);
  await handle.readLine();
  await handle.print("STARTTLS\r\n");
  await handle.readLine();
  await handle.startSsl(server.options);
  await handle.print(Uint8Array.of(0xff, 10)); // no UTF-8: it ends with an error, by no goodbye
  await refuses(() => handle.readLine(), SslTruncatedError, "ERR_SSL_TRUNCATED");
  await handle.close();
  assertEquals((await server.end())[0], 1);
});
