/**
 * Which ciphers the engine "wasm" prefers: AES is looked up in tables there, so ChaCha20 comes first,
 * with certificates and with pre-shared keys, on either side, unless the program names an order.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import type { EngineName } from "../../engine/engine.ts";
import { type ConnectOptions, type ListenOptions, SslSocket } from "../../mod.ts";
import { listen, reach } from "../contract/harness.ts";
import { wasmBuilt } from "../helpers/wasm.ts";

const CHACHA20 = "TLS_CHACHA20_POLY1305_SHA256";
const ECDHE = "ECDHE-ECDSA-CHACHA20-POLY1305";
const ECDHE_PSK = "ECDHE-PSK-CHACHA20-POLY1305";

const TLS12 = { minVersion: "TLSv1_2", maxVersion: "TLSv1_2" } as const;
const PSK = { psk: "a key that both have" };

interface Side<Options> {
  readonly engine: EngineName;
  readonly options?: Options;
}

/** The cipher of a connection between two engines. */
async function cipherOf(
  server: Side<ListenOptions>,
  client: Side<ConnectOptions>,
): Promise<string | undefined> {
  const listener = await listen(server.engine, server.options);
  const [near, far] = await Promise.all([
    SslSocket.connect(await reach(client.engine, listener, client.options)),
    listener.accept(),
  ]);
  try {
    assertEquals([near.engine, far.engine], [client.engine, server.engine]);
    return near.getCipher();
  } finally {
    await Promise.all([near.close(), far.close()]);
    listener.close();
  }
}

const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: `engine wasm: ${name}`, ignore: !wasmBuilt, fn });

for (
  const [what, options, expected] of [
    ["a certificate and TLS 1.3", {}, CHACHA20],
    ["a certificate and TLS 1.2", TLS12, ECDHE],
    ["a pre-shared key and TLS 1.3", PSK, CHACHA20],
    ["a pre-shared key and TLS 1.2", { ...PSK, ...TLS12 }, ECDHE_PSK],
  ] as const
) {
  test(`as client it prefers ChaCha20 with ${what}`, async () => {
    for (const engine of ["wasm", "openssl"] as const) {
      const server = { engine, options: { ...options, honorCipherOrder: false } };
      assertEquals(await cipherOf(server, { engine: "wasm", options }), expected);
    }
  });

  test(`as server it prefers ChaCha20 with ${what}, whatever its client prefers`, async () => {
    const client = { engine: "openssl", options } as const; // with AES first
    for (const order of [{}, { honorCipherOrder: true }]) {
      const server = { engine: "wasm", options: { ...options, ...order } } as const;
      assertEquals(await cipherOf(server, client), expected);
    }
  });
}

test("ciphers that a program names are used in its own order", async () => {
  const suites = { ciphersuites: `TLS_AES_128_GCM_SHA256:${CHACHA20}` };
  const list = { ...TLS12, cipherList: `ECDHE-ECDSA-AES128-GCM-SHA256:${ECDHE}` };
  const keys = { ...TLS12, ...PSK, cipherList: `PSK-AES128-GCM-SHA256:${ECDHE_PSK}` };
  const suitesWithKey = { ...PSK, ...suites };
  for (
    const [own, other, expected] of [
      [suites, {}, "TLS_AES_128_GCM_SHA256"],
      [list, TLS12, "ECDHE-ECDSA-AES128-GCM-SHA256"],
      [keys, { ...TLS12, ...PSK }, "PSK-AES128-GCM-SHA256"],
      [suitesWithKey, PSK, "TLS_AES_128_GCM_SHA256"],
    ] as const
  ) {
    const engine = "wasm";
    assertEquals(await cipherOf({ engine, options: own }, { engine, options: other }), expected);
    const choosesNothing = { engine, options: { ...other, honorCipherOrder: false } } as const;
    assertEquals(await cipherOf(choosesNothing, { engine, options: own }), expected);
  }
});

test("a server without an order of its own follows that of its client", async () => {
  const server = { engine: "wasm", options: { ...TLS12, honorCipherOrder: false } } as const;
  const cipher = await cipherOf(server, { engine: "openssl", options: TLS12 });
  assertEquals(cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
});
