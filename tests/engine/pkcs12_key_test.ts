/** OpenSSL's key derivation of PKCS#12 is that of ours, and runs on another thread. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { derive, deriveNow, type Deriving } from "../../certificate/keys/derive.ts";
import {
  type NativeKdf,
  nativeKdf,
  offerNativeKdf,
  type Pkcs12Derivation,
} from "../../certificate/keys/native_kdf.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { loadOpenSsl } from "../../engine/openssl/engine.ts";
import { deriveKey } from "../../engine/openssl/pkcs12_key.ts";
import { FFI_ONLY } from "../helpers/openssl.ts";

function* keyOf(of: Pkcs12Derivation): Deriving<Uint8Array> {
  return yield of;
}

const plain: Pkcs12Derivation = {
  kind: "pkcs12",
  hash: "sha256",
  password: Uint8Array.of(0, 0x70, 0, 0),
  salt: Uint8Array.of(1, 2, 3),
  id: 3,
  rounds: 5,
  length: 32,
};

Deno.test("OpenSSL derives the keys that the library derives itself", FFI_ONLY, async () => {
  const { c } = openLibrary();
  const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => 251 * i + 255);
  for (const hash of ["sha1", "sha224", "sha256", "sha384", "sha512"]) {
    for (const id of [1, 2, 3] as const) {
      for (
        const [password, salt, length] of [[0, 8, 8], [2, 1, 24], [60, 16, 70], [130, 129, 20]]
      ) {
        const of: Pkcs12Derivation = {
          ...plain,
          hash,
          id,
          password: bytes(password!),
          salt: bytes(salt!),
          length: length!,
        };
        const what = `${hash} ${id} ${password} ${salt} ${length}`;
        assertEquals(await deriveKey(c, of), deriveNow(keyOf(of)), what);
      }
    }
  }
});

Deno.test(
  "an engine that was loaded derives; where it cannot, the library does",
  FFI_ONLY,
  async () => {
    loadOpenSsl();
    const own = nativeKdf();
    assert(own !== undefined);
    const want = deriveNow(keyOf(plain));
    const answers: Uint8Array[] = [];
    const offers: NativeKdf[] = [
      async (of) => {
        const key = await own(of);
        answers.push(key!);
        return key;
      },
      () => Promise.resolve(undefined),
    ];
    try {
      for (const offer of offers) {
        offerNativeKdf(offer);
        assertEquals(await derive(keyOf(plain)), want);
      }
      assertEquals(answers, [want], "OpenSSL's key is the one that was used");
    } finally {
      offerNativeKdf(own);
    }
  },
);

Deno.test("OpenSSL that lacks the function or the digest, or refuses, gives no key", async () => {
  const { c } = openLibrary();
  assertEquals(await deriveKey({ ...c, PKCS12_key_gen_uni: null }, plain), undefined);
  assertEquals(await deriveKey(c, { ...plain, hash: "sha257" }), undefined);
  const refuses = { ...c, PKCS12_key_gen_uni: () => Promise.resolve(0) };
  assertEquals(await deriveKey(refuses, plain), undefined);
});

Deno.test("the event loop goes on while OpenSSL derives", FFI_ONLY, async () => {
  const { c } = openLibrary();
  const order: string[] = [];
  const derived = deriveKey(c, { ...plain, rounds: 600_000 }).then(() => order.push("key"));
  await new Promise<void>((resolve) =>
    setTimeout(() => {
      order.push("timer");
      resolve();
    })
  );
  await derived;
  assertEquals(order, ["timer", "key"]);
});
