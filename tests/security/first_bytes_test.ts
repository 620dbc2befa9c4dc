/** A peer that sends its first bytes one by one must not cost more memory than they are. */

import "../helpers/limit.ts";
import { assertEquals, assertLess } from "@std/assert";
import { FirstBytes } from "../../engine/openssl/first_bytes.ts";

Deno.test("FirstBytes keeps 800,000 single bytes in a few megabytes, in their order", () => {
  const first = new FirstBytes();
  const used = (): number => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const one = new Uint8Array(1);
  for (let i = 0; i < 800_000; i++) {
    one[0] = i;
    first.push(one);
  }
  assertLess(used() - before, 30_000_000);
  const all = first.all();
  assertEquals(all.length, 800_000);
  assertEquals(all.findIndex((byte, i) => byte !== (i & 255)), -1);
});

Deno.test("FirstBytes keeps less than a record header once TLS goes on", () => {
  const first = new FirstBytes();
  first.push(Uint8Array.of(22, 3));
  first.progressed();
  assertEquals([first.open, [...first.all()]], [true, [22, 3]]);
  first.push(Uint8Array.of(1, 0, 0, 9));
  assertEquals([...first.all()], [22, 3, 1, 0, 0, 9]);
  first.progressed();
  assertEquals([first.open, first.all().length], [false, 0]);
});
