/**
 * A server as inetd starts it: one TLS connection on standard input and output.
 * Arguments: the folder with cert.pem and key.pem, and what to do.
 */

import { Handle } from "../../handle/handle.ts";
import { SslSocket } from "../../socket/socket.ts";

const [folder, mode] = Deno.args;
const streams = { readable: Deno.stdin.readable, writable: Deno.stdout.writable };
const tls = {
  server: true,
  engine: "openssl",
  certFile: `${folder}/cert.pem`,
  keyFile: `${folder}/key.pem`,
  timeout: 5000,
} as const;

const upper = async (handle: Handle) => {
  for await (const line of handle.lines()) {
    if (line === "stop") return;
    await handle.say(line.toUpperCase());
  }
};

if (mode === "starttls") {
  const handle = new Handle(streams);
  await handle.print("220 ready\r\n");
  if (await handle.readLine() !== "STARTTLS") Deno.exit(2);
  await handle.print("220 go on\r\n");
  await handle.startSsl(tls);
  await upper(handle);
  await handle.stopSsl();
  await handle.say("plain again");
  await handle.close();
} else {
  const socket = await SslSocket.start(streams, tls).catch((error) => {
    console.error(`${error.name} ${error.code}`);
    Deno.exit(3);
  });
  const handle = new Handle(socket);
  await upper(handle);
  await handle.close();
}
