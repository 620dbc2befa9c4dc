/** Huge and odd numbers and texts meet errors of this library: short, and never a raw RangeError. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { certCreate } from "../../certificate/create.ts";
import { CertificateRequest } from "../../certificate/request.ts";
import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import { Handle } from "../../handle/handle.ts";
import { buildOcspRequest } from "../../verify/ocsp/fetch.ts";
import { SslSocket } from "../../socket/socket.ts";

const ODD: readonly unknown[] = [-1, 0.5, NaN, Infinity, -Infinity, 2 ** 53, 1e300, "x", null];
const ca = await TestCa.create();
const leaf = await ca.server("localhost");

/** A call fails with an error of ours: it says what could not be done, in few words. */
async function ours(call: () => unknown, what: string): Promise<void> {
  const error = await assertRejects(async () => await call(), Error, undefined, what);
  assert(
    /^(Cannot|unknown|invalid) /.test(error.message),
    `${what}: ${error.message.slice(0, 200)}`,
  );
  assert(error.message.length < 400, `${what}: ${error.message.length} characters`);
}

Deno.test("functions that make certificates refuse odd numbers", async () => {
  for (const n of ODD as readonly never[]) {
    if (n !== -1) await ours(() => ca.server({ serial: n }), `serial ${n}`);
    if (n !== null) {
      await ours(() => certCreate({ key: ca.privateKey, version: n }), `version ${n}`);
    }
    if (n !== null) await ours(() => TestCa.create({ pathLength: n }), `pathLength ${n}`);
    const target = { certificate: leaf.certificate, issuer: ca.cert };
    await ours(() => buildOcspRequest([target], { nonce: n }), `nonce ${n}`);
  }
  await ours(() => CertificateRequest.parse(new Uint8Array(2 ** 31)), "a request of 2 GiB");
});

Deno.test("options refuse values beyond their range", async () => {
  const huge = new Uint8Array(2 ** 31);
  for (const name of ["ca", "extraCa", "cert", "key", "crl", "psk", "dh"] as const) {
    await ours(() => SslContext.create({ engine: "openssl", [name]: huge }), name);
    await ours(() => SslContext.create({ engine: "openssl", [name]: [huge, huge] } as never), name);
  }
  const long = "x".repeat(1e7);
  for (const name of ["serverName", "cipherList", "version", "sigalgs", "ecdhCurve", long]) {
    await ours(
      () => SslContext.create({ engine: "openssl", [name]: long } as never),
      name.slice(0, 20),
    );
  }
});

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: a connection takes a buffer of 2 GiB, and no odd number`, async () => {
    await using listener = await SslSocket.listen({
      ...{ engine, hostname: "127.0.0.1", port: 0, cert: leaf.cert, key: leaf.key },
    });
    const accepting = listener.accept();
    const trust = engine === "openssl" ? { ca: ca.pem } : { extraCa: ca.pem };
    const port = listener.addr.port;
    await using socket = await SslSocket.connect({
      engine,
      hostname: "localhost",
      family: 4,
      port,
      ...trust,
    });
    await using server = await accepting;
    const huge = new Uint8Array(2 ** 31);
    for (let round = 0; round < 2; round++) {
      await server.write(new TextEncoder().encode("hello"));
      const n = round === 0 ? await socket.peek(huge) : 5;
      assertEquals([n, await socket.read(huge)], [5, 5]);
      assertEquals(new TextDecoder().decode(huge.subarray(0, 5)), "hello");
    }
    assertEquals(typeof socket.tryRead(huge), "object");
    const handle = new Handle(server);
    for (const n of ODD as readonly never[]) {
      if (engine === "openssl") {
        await ours(() => socket.exportKeyingMaterial("EXPORTER-x", n), `length ${n}`);
      }
      await ours(() => handle.read(n), `read ${n}`);
      await ours(() => handle.syswrite("abc", n === null ? NaN : n), `syswrite ${n}`);
      await ours(
        () => handle.readLine({ separator: typeof n === "number" ? n : {} as never }),
        `separator ${n}`,
      );
      for (const name of ["port", "timeout", "family"] as const) {
        await ours(
          () =>
            SslSocket.connect({
              engine,
              hostname: "localhost",
              port,
              [name]: n === Infinity ? -1 : typeof n === "number" && n > 1e15 ? NaN : n,
            }),
          `${name} ${n}`,
        );
      }
    }
    if (engine === "openssl") {
      assertEquals(socket.exportKeyingMaterial("EXPORTER-x", 1).length, 1);
      for (const length of [0, 65536, 2 ** 31]) {
        assertThrows(
          () => socket.exportKeyingMaterial("EXPORTER-x", length),
          RangeError,
          "from 1 to 65535",
        );
      }
      // The most of TLS 1.3 with SHA-384, and what is beyond: OpenSSL's own refusal, as our error.
      assertEquals(socket.exportKeyingMaterial("EXPORTER-x", 255 * 32).length, 255 * 32);
      await ours(() => socket.exportKeyingMaterial("EXPORTER-x", 65535), "65535");
      await ours(() => socket.exportKeyingMaterial("x".repeat(1e7), 32), "a long label");
      await ours(() => socket.exportKeyingMaterial("", 32), "no label");
      await ours(() => socket.exportKeyingMaterial("x", 32, huge), "a huge context");
      await ours(() => socket.exportKeyingMaterial("x", 32, "x" as never), "a wrong context");
    }
  });
}
