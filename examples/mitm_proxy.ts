/**
 * A man-in-the-middle proxy for tests: it takes CONNECT, verifies the origin, and shows the client a
 * clone of the origin's certificate under a CA of its own. Lines are printed as they pass.
 *
 * It reads the CA, its key, and the anchors by which it verifies the origins.
 *
 * ```sh
 * deno run --allow-net --allow-ffi --allow-read=ca.pem,ca.key,origins.pem examples/mitm_proxy.ts 8080 ca.pem ca.key origins.pem
 * curl --proxy http://127.0.0.1:8080 --cacert ca.pem https://example.com/
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { Handle, type SslOptions, SslSocket } from "../mod.ts";
import { Intercept } from "../intercept/intercept.ts";

/** Copies one direction until its end, and ends the other side's in turn. */
async function relay(
  from: SslSocket,
  to: SslSocket,
  direction: string,
  log: (text: string) => void,
): Promise<void> {
  const buffer = new Uint8Array(16384);
  const decoder = new TextDecoder();
  for (;;) {
    const n = await from.read(buffer);
    if (n === null) break;
    log(`${direction} ${decoder.decode(buffer.subarray(0, n), { stream: true })}`);
    await to.write(buffer.subarray(0, n));
  }
  await to.closeWrite();
}

/**
 * Serves one client: CONNECT, the origin's certificate, its clone, and the bytes both ways.
 *
 * @param conn The client's plain connection.
 * @param intercept Makes the clones.
 * @param origin Options for the connections to the origins: they are verified as ever.
 */
export async function interceptOne(
  conn: Deno.TcpConn,
  intercept: Intercept,
  origin: SslOptions = {},
  log: (text: string) => void = () => {},
): Promise<void> {
  await using plain = new Handle(conn);
  const request = await plain.readLine();
  const target = /^CONNECT (\S+) HTTP\/1\.[01]$/.exec(request ?? "")?.[1];
  if (target === undefined) return await plain.print("HTTP/1.0 405 Use CONNECT\r\n\r\n");
  for (;;) {
    const header = await plain.readLine();
    if (header === undefined || header === "") break;
  }
  await using upstream = await SslSocket.connect(target, origin);
  const { cert, key } = await intercept.cloneCert(upstream.peerCertificate()!);
  await plain.print("HTTP/1.0 200 Connected\r\n\r\n");
  const downstream = await plain.startSsl({
    server: true,
    cert: cert.pem,
    key: key.pem,
    engine: "openssl",
  });
  await Promise.all([
    relay(downstream, upstream, ">", log),
    relay(upstream, downstream, "<", log),
  ]);
}

if (import.meta.main) {
  const [port, proxyCertFile, proxyKeyFile, originsCaFile] = parseArgs(Deno.args, { string: "_" })._
    .map(String);
  if (proxyCertFile === undefined || proxyKeyFile === undefined) {
    console.error("usage: mitm_proxy.ts PORT CA_CERT_FILE CA_KEY_FILE [ORIGINS_CA_FILE]");
    Deno.exit(2);
  }
  const intercept = await Intercept.create({ proxyCertFile, proxyKeyFile });
  const origin: SslOptions = { engine: "openssl" };
  if (originsCaFile !== undefined) origin.caFile = originsCaFile;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(port) });
  console.log(`listening on 127.0.0.1:${listener.addr.port}`);
  for await (const conn of listener) {
    interceptOne(conn, intercept, origin, console.log).catch((error) =>
      console.error(String(error))
    );
  }
}
