/** Malformed openings of a TLS connection, for fast-check. */

import fc from "fast-check";

/** A record with a body and a length that may be a lie. */
const record = fc.record({
  type: fc.oneof(fc.constantFrom(20, 21, 22, 23, 24), fc.nat(255)),
  version: fc.constantFrom(0x0300, 0x0301, 0x0303, 0x0304, 0x0200, 0xffff),
  body: fc.uint8Array({ maxLength: 300 }),
  lie: fc.option(fc.nat(0xffff), { freq: 5 }),
}).map(({ type, version, body, lie }) => {
  const length = lie ?? body.length;
  const head = [type, version >> 8, version & 255, length >> 8, length & 255];
  return new Uint8Array([...head, ...body]);
});

/** A handshake message in a record: the type and the three bytes of length are made up. */
const message = fc.record({
  type: fc.constantFrom(0, 1, 2, 11, 16, 20, 24, 254),
  length: fc.oneof(fc.nat(500), fc.nat(0xffffff)),
  body: fc.uint8Array({ maxLength: 500 }),
}).map(({ type, length, body }) => {
  const inner = [type, length >> 16, (length >> 8) & 255, length & 255, ...body];
  return new Uint8Array([22, 3, 1, inner.length >> 8, inner.length & 255, ...inner]);
});

/** A ClientHello with bytes changed, cut off, doubled or moved. */
function mutated(hello: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(hello.length - 1);
  const flip = fc.array(fc.tuple(at, fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 8,
  })
    .map((flips) => {
      const copy = hello.slice();
      for (const [i, x] of flips) copy[i]! ^= x;
      return copy;
    });
  const cut = at.map((n) => hello.slice(0, n));
  const double = fc.tuple(at, at).map(([i, n]) =>
    new Uint8Array([...hello.slice(0, i), ...hello.slice(i, i + n), ...hello.slice(i)])
  );
  const split = fc.tuple(at, record).map(([i, other]) =>
    new Uint8Array([...hello.slice(0, i), ...other, ...hello.slice(i)])
  );
  return fc.oneof(flip, cut, double, split);
}

/** Any bytes that do not begin TLS, up to 10,000. */
export function openings(hello: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 4, arbitrary: mutated(hello) },
    { weight: 2, arbitrary: message },
    { weight: 2, arbitrary: fc.array(record, { minLength: 1, maxLength: 8 }).map(join) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 5000, maxLength: 10_000 }) },
  );
}

function join(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}
