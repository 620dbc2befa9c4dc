const tcp = await Deno.connect({ hostname: "127.0.0.1", port: Number(Deno.args[0]) });
tcp.setNoDelay(true);
const conn = await Deno.startTls(tcp, {
  hostname: "localhost",
  caCerts: [Deno.readTextFileSync(`${Deno.env.get("BENCH_CERTS")}/ca.pem`)],
});
await conn.write(new TextEncoder().encode("B\n"));
const answer = new Uint8Array(1);
await conn.read(answer);
if (answer[0] !== 66) throw new Error(`answered ${answer[0]}`);
conn.close();
