/**
 * STARTTLS: a plain conversation with a mail server becomes an encrypted one on the same connection
 * (RFC 3207). What the server said in clear is forgotten, as it must be: EHLO is repeated.
 *
 * ```sh
 * deno run --allow-net=mail.example.com:25 examples/starttls_client.ts mail.example.com:25
 * deno run --allow-net=mail.example.com:25 --allow-read=ca.pem examples/starttls_client.ts mail.example.com:25 ca.pem
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { explain, Handle } from "../mod.ts";
import { startTls } from "../starttls/mod.ts";

const [address = "", extraCaFile] = parseArgs(Deno.args, { string: "_" })._.map(String);
const [, hostname, port] = /^(.*):(\d+)$/.exec(address) ?? [];
if (hostname === undefined || port === undefined) {
  console.error("usage: starttls_client.ts host:port [ca.pem]");
  Deno.exit(2);
}

/** A reply of SMTP: lines with a hyphen after the code are followed by more. */
async function reply(mail: Handle, expected: string): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = await mail.readLine();
    if (line === undefined || !line.startsWith(expected)) {
      throw new Error(`Expected ${expected}: received ${line ?? "the end of the stream"}`);
    }
    lines.push(line);
    if (line[3] !== "-") return lines;
  }
}

async function ehlo(mail: Handle): Promise<string[]> {
  await mail.print("EHLO client.invalid\r\n");
  return await reply(mail, "250");
}

try {
  const plain = await Deno.connect({ hostname, port: Number(port) });
  // Without the offer of STARTTLS it ends here: a password must never go out in clear.
  const options = { hostname, extraCaFile, name: "client.invalid" };
  const { socket } = await startTls(plain, "smtp", options);
  await using mail = new Handle(socket);
  for (const line of await ehlo(mail)) console.log(line);
  await mail.print("QUIT\r\n");
  await reply(mail, "221");
} catch (error) {
  console.error(explain(error));
  Deno.exit(1);
}
