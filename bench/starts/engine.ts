import { SslSocket } from "@socket/ssl";

const engine = Deno.args[1] as "openssl" | "wasm" | "deno";
const socket = await SslSocket.connect({
  engine,
  hostname: "127.0.0.1",
  port: Number(Deno.args[0]),
  serverName: "localhost",
  verifycnName: "localhost",
  [engine === "deno" ? "extraCa" : "ca"]: Deno.readTextFileSync(
    `${Deno.env.get("BENCH_CERTS")}/ca.pem`,
  ),
});
await socket.write(new TextEncoder().encode("B\n"));
const answer = new Uint8Array(1);
await socket.read(answer);
if (answer[0] !== 66) throw new Error(`answered ${answer[0]}`);
await socket.close();
