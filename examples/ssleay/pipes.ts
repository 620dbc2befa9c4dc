/**
 * TLS over two pipes, after Net::SSLeay's stdio_bulk.pl: each end reads from one pipe and writes into
 * the other. There a parent and a child talk, here two promises of one program: what waits, waits
 * alone. A number of lines goes out and comes back.
 *
 * ```sh
 * deno run --allow-read=server.pem,server.key,ca.pem --allow-ffi examples/ssleay/pipes.ts --lines 1000 server.pem server.key ca.pem
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow, setCertAndKey, sslReadUntil, sslWriteAll } from "../../ssleay/mod.ts";

const { lines, _: files } = parseArgs(Deno.args, {
  string: ["lines", "_"],
  default: { lines: "1000" },
});
const [certFile, keyFile, caFile] = files.map(String);
if (certFile === undefined || keyFile === undefined || caFile === undefined) {
  console.error("usage: pipes.ts [--lines number] server.pem server.key ca.pem");
  Deno.exit(2);
}
const count = Number(lines);

type Pipe = TransformStream<Uint8Array, Uint8Array>;

async function server(from: Pipe, to: Pipe): Promise<void> {
  const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
  const [, error] = await setCertAndKey(ctx, certFile!, keyFile!);
  if (error !== undefined) throw new Error(error);
  const ssl = SSLeay.new(ctx) ?? dieNow("new");
  const both = { readable: from.readable, writable: to.writable };
  SSLeay.set_rfd(ssl, both);
  SSLeay.set_wfd(ssl, both);
  await SSLeay.accept(ssl) === 1 || dieNow("ssl accept");
  for (let n = 0; n < count; n++) await sslWriteAll(ssl, await sslReadUntil(ssl));
  await SSLeay.shutdown(ssl);
  SSLeay.free(ssl);
}

async function client(from: Pipe, to: Pipe): Promise<void> {
  const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
  SSLeay.CTX_load_verify_locations(ctx, caFile!) === 1 || dieNow("load verify locations");
  SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER);
  const ssl = SSLeay.new(ctx) ?? dieNow("new");
  SSLeay.set_fd(ssl, { readable: from.readable, writable: to.writable }); // both in one
  await SSLeay.connect(ssl) === 1 || dieNow("ssl connect");
  console.log(`Cipher \`${SSLeay.get_cipher(ssl)}'`);
  for (let n = 0; n < count; n++) {
    const line = `line ${n}\n`;
    await sslWriteAll(ssl, line);
    if (await sslReadUntil(ssl) !== line) throw new Error(`line ${n} came back as another one`);
  }
  const end = await SSLeay.read(ssl) ?? dieNow("ssl read");
  console.log(`${count} lines came back, then ${end.length} bytes and close_notify`);
  SSLeay.free(ssl);
}

/** A pipe of the system has room, so that both ends can write at the same time; so has this one. */
const pipe = (): Pipe => new TransformStream({}, undefined, { highWaterMark: 64 });

const [there, back] = [pipe(), pipe()];
await Promise.all([server(there, back), client(back, there)]);
