/**
 * The file handle and Perl's give the same records from the same bytes.
 * t/readline.t, t/sysread_write.t and the data part of t/core.t.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { Handle } from "../../handle/handle.ts";
import { ENGINES, Lab } from "./lab.ts";
import type { PerlPeer } from "./perl_peer.ts";
import { within } from "./peers.ts";

const SERVER = { SSL_cert_file: "cert.pem", SSL_key_file: "key.pem" };

/** A handle of ours and Perl, connected with TLS. */
async function open(lab: Lab, engine: "openssl" | "deno", perl: PerlPeer, port: number) {
  const [, socket] = await Promise.all([perl.call("accept"), lab.connect(engine, port)]);
  return new Handle(socket, { encoding: "latin1" });
}

const WRITES: readonly (readonly string[])[] = [
  ["foo\nbar\n\n", "\nfoo\n\nbar"],
  ["bla\n", "0", "blubb\n", "no newline"],
  ["0"],
  ["\n\n\n", "x\n\n\n\n", "y\n"],
  ["a\r", "\nb\r\n", "c\r"],
  ["bl", "ablubblablu"],
  ["x".repeat(20_000) + "\n", "y".repeat(20_000)],
];
const SEPARATORS = ["\n", "", null, "\n\n", "\r\n", "bla", "x\n\n"] as const;

for (const engine of ENGINES) {
  Deno.test(`${engine}: Perl and a Handle read the same records, for each separator`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", SERVER);
    for (const separator of SEPARATORS) {
      for (const writes of WRITES) {
        const what = JSON.stringify([separator, writes]).slice(0, 80);
        // We write, Perl reads ...
        let handle = await open(lab, engine, perl, port);
        for (const piece of writes) await handle.print(piece);
        await handle.closeWrite();
        const theirs = await perl.call("readlines", separator);
        await handle.close();
        // ... Perl writes, we read: all at once, and one by one.
        handle = await open(lab, engine, perl, port);
        for (const piece of writes) await perl.call("print", piece);
        const closing = perl.call("close");
        const ours: string[] = [];
        for (let line; (line = await within("a line", handle.getline({ separator })));) {
          ours.push(line);
        }
        await closing;
        await handle.close();
        assertEquals(ours, theirs, what);
        assertEquals(ours.join("").length <= writes.join("").length, true, what);
      }
    }
  });

  Deno.test(`${engine}: records of a fixed length, read by Perl and by a Handle`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", SERVER);
    for (const length of [2, 10, 7000]) {
      const data = "0123456789\n".repeat(1500);
      let handle = await open(lab, engine, perl, port);
      const printing = handle.print(data);
      assertEquals(await perl.call("readrecord", length), data.slice(0, length));
      await printing;
      await handle.close();
      handle = await open(lab, engine, perl, port);
      await perl.call("print", data);
      const closing = perl.call("close");
      assertEquals(await handle.readLine({ separator: length }), data.slice(0, length));
      const rest = await handle.getlines({ separator: length });
      assertEquals(rest.join(""), data.slice(length));
      assert(rest.slice(0, -1).every((record) => record.length === length));
      await closing;
      await handle.close();
    }
  });

  Deno.test(`${engine}: print, say, printf, syswrite, getc, eof, peek and pending, with Perl`, async () => {
    await using lab = await Lab.open();
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", SERVER);
    const handle = await open(lab, engine, perl, port);
    const format = ["$%.2f\n%d\n%c\n%s", 1.0444442342, 4, 121, "Test\nBeaver\nBeaver\n"] as const;
    const lines = ["1.04\n", "4\n", "y\n", "Test\n", "Beaver\n", "Beaver\n"];
    handle.outputFieldSeparator = "-";
    handle.outputRecordSeparator = "!\n";
    await handle.print("a", 1, true);
    await handle.say("b", 2n);
    handle.outputRecordSeparator = "";
    await handle.printf(...format);
    assertEquals(await perl.call("readline"), "a-1-true!\n");
    assertEquals(await perl.call("readline"), "b-2\n");
    assertEquals(await perl.call("getc"), "$");
    for (const line of lines) assertEquals(await perl.call("readline"), line);
    await perl.call("printf", ...format);
    assertEquals(await within("getc", handle.getc()), "$");
    for (const line of lines) assertEquals(await within("a line", handle.getline()), line);
    // syswrite takes a record at the most, on both sides.
    const big = "z".repeat(18_000);
    assertEquals(await handle.syswrite(big), 16_384);
    assertEquals((await perl.call("read", 16_384)).length, 16_384);
    assertEquals(await handle.write(big), 18_000);
    assertEquals((await perl.call("read", 18_000)).length, 18_000);
    const [{ n }, got] = await Promise.all([perl.call("syswrite", big), handle.read(16_384)]);
    assertEquals([n, got?.length], [16_384, 16_384]);
    // Short reads of 2 x 512 bytes in pieces of 66, and zeros in front of an offset.
    for (let i = 0; i < 2; i++) await perl.call("syswrite", "q".repeat(512));
    const piece = new Uint8Array(66);
    const sizes: number[] = [];
    for (let left = 1024; left > 0; left -= sizes.at(-1)!) {
      sizes.push(await within("sysread", handle.sysread(piece)) as number);
    }
    assert(sizes.some((size) => size < 66), `${sizes}`);
    await perl.call("print", "waaaanf");
    const grown = new Uint8Array(new ArrayBuffer(0, { maxByteLength: 100 }));
    assertEquals(await within("sysread", handle.sysread(grown, 7, 2)), 7);
    assertEquals([...grown], [0, 0, ...new TextEncoder().encode("waaaanf")]);
    // What is peeked at stays.
    await handle.print("1234567");
    assertEquals(await perl.call("peek", 7), [7, "1234567"]);
    assertEquals(await perl.call("pending"), 7);
    assertEquals(await perl.call("read", 7), "1234567");
    await handle.closeWrite();
    assertEquals((await perl.call("sysread", 1)).n, 0); // this Perl has no eof
    await perl.call("print", "last");
    await perl.call("close");
    assertEquals(await within("eof", handle.eof()), false);
    assertEquals(await handle.readLine(), "last");
    assertEquals(await within("eof", handle.eof()), true);
    assertEquals(await handle.readLine(), undefined);
    await handle.close();
  });
}
