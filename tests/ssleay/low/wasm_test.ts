/**
 * The low-level functions on OpenSSL as WebAssembly: the handshakes of handshake_test.ts, what the file
 * lacks, numbers and addresses of 32 bits, and what is left after a call that did not return. Every
 * function is called on it by `deno task test:openssl wasm`.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { loadWasm } from "../../../engine/wasm/engine.ts";
import { SslError, SslUnsupportedError } from "../../../errors.ts";
import { SslContext, SslSocket } from "../../../mod.ts";
import { cFunction } from "../../../ssleay/low/c_function.ts";
import type { Opaque } from "../../../ssleay/low/handle.ts";
import { SSLeay, useBackend } from "../../../ssleay/low/mod.ts";
import { nativeSignature, readRow } from "../../../ssleay/low/row.ts";
import { rowsOf, TABLE } from "../../../ssleay/low/table/all.ts";
import { TestCa } from "../../../testing/mod.ts";
import { wasmBuilt } from "../../helpers/wasm.ts";

if (wasmBuilt) {
  await useBackend("wasm");
  await import("./handshake_test.ts");
}

const test = (name: string, fn: () => void | Promise<void>) =>
  Deno.test({ name: `low on wasm: ${name}`, ignore: !wasmBuilt, fn });

const ca = await TestCa.create();

function bio(content: string): Opaque<"BIO"> {
  const made = SSLeay.BIO_new(SSLeay.BIO_s_mem()!)!;
  SSLeay.BIO_write(made, content);
  return made;
}

const anchor = () => SSLeay.PEM_read_bio_X509(bio(ca.pem))!;

/** What OpenSSL as WebAssembly was built without: engines, configuration, files, sockets. */
const LACKED = {
  BIO_new_buffer_ssl_connect: "sockets: use set_fd() with a Deno.Conn",
  BIO_new_ssl_connect: "sockets: use set_fd() with a Deno.Conn",
  CTX_set_default_verify_paths:
    "files: use CTX_load_verify_locations() with the file of your system's anchors",
  ENGINE_by_id: 'engines: use the backend "ffi"',
  ENGINE_load_builtin_engines: 'engines: use the backend "ffi"',
  ENGINE_register_all_complete: 'engines: use the backend "ffi"',
  ENGINE_set_default: 'engines: use the backend "ffi"',
  OPENSSL_INIT_set_config_appname: 'configuration files: use the backend "ffi"',
  OPENSSL_INIT_set_config_file_flags: 'configuration files: use the backend "ffi"',
  OPENSSL_INIT_set_config_filename: 'configuration files: use the backend "ffi"',
};

test("it lacks these rows, and no other, and says what they would need", () => {
  const missing = Object.values(TABLE).flatMap((text) => [...rowsOf(text)])
    .filter(([, text]) => {
      const row = readRow(text), signature = nativeSignature(row);
      return row.names.every((each) => cFunction(each, signature) === undefined);
    })
    .map(([name]) => name);
  assertEquals(missing.sort(), Object.keys(LACKED));
  const ctx = SSLeay.CTX_new()!, settings = SSLeay.OPENSSL_INIT_new()!;
  const calls: Partial<Record<keyof typeof LACKED, () => unknown>> = {
    BIO_new_buffer_ssl_connect: () => SSLeay.BIO_new_buffer_ssl_connect(ctx),
    BIO_new_ssl_connect: () => SSLeay.BIO_new_ssl_connect(ctx),
    CTX_set_default_verify_paths: () => SSLeay.CTX_set_default_verify_paths(ctx),
    ENGINE_by_id: () => SSLeay.ENGINE_by_id("dynamic"),
    ENGINE_load_builtin_engines: () => SSLeay.ENGINE_load_builtin_engines(),
    ENGINE_register_all_complete: () => SSLeay.ENGINE_register_all_complete(),
    OPENSSL_INIT_set_config_appname: () => SSLeay.OPENSSL_INIT_set_config_appname(settings, "x"),
    OPENSSL_INIT_set_config_file_flags: () =>
      SSLeay.OPENSSL_INIT_set_config_file_flags(settings, 1),
    OPENSSL_INIT_set_config_filename: () => SSLeay.OPENSSL_INIT_set_config_filename(settings, "x"),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = assertThrows(call, SslUnsupportedError, LACKED[name as keyof typeof LACKED]);
    assert(error.message.startsWith(`Cannot call ${name}(): OpenSSL as WebAssembly is built with`));
    assertEquals(error.code, "ERR_UNSUPPORTED");
  }
});

test("times and options of 64 bits arrive whole; what 32 bits cannot hold is refused", () => {
  const far = 2 ** 33; // 2242-03-16T12:56:32Z
  const time = SSLeay.ASN1_TIME_set(SSLeay.ASN1_TIME_new()!, far) as Opaque<"ASN1_TIME">;
  assertEquals(SSLeay.P_ASN1_TIME_get_isotime(time), "2242-03-16T12:56:32Z");

  const ctx = SSLeay.CTX_new()!;
  const high = 2 ** 34; // SSL_OP_LEGACY_EC_POINT_FORMATS, of 3.5, and its neighbours
  assertEquals(Math.floor(SSLeay.CTX_set_options(ctx, high) / high) % 2, 1);
  assertEquals(Math.floor(SSLeay.CTX_get_options(ctx) / high) % 2, 1);

  // Verified at a time after 2038, the CA is expired; at one in its lifetime it is not.
  const verified = (seconds: number) => {
    const store = SSLeay.X509_STORE_new()!, context = SSLeay.X509_STORE_CTX_new()!;
    SSLeay.X509_STORE_add_cert(store, anchor());
    const param = SSLeay.X509_VERIFY_PARAM_new()!;
    SSLeay.X509_VERIFY_PARAM_set_time(param, seconds);
    SSLeay.X509_STORE_set1_param(store, param);
    SSLeay.X509_STORE_CTX_init(context, store, anchor());
    return [SSLeay.X509_verify_cert(context), SSLeay.X509_STORE_CTX_get_error(context)];
  };
  assertEquals(verified(Math.floor(Date.now() / 1000)), [1, SSLeay.X509_V_OK]);
  assertEquals(verified(far), [0, SSLeay.X509_V_ERR_CERT_HAS_EXPIRED]);

  const now = SSLeay.ASN1_TIME_new()!;
  for (
    const refused of [
      () => SSLeay.X509_gmtime_adj(now, 2 ** 31),
      () => SSLeay.CTX_set_timeout(ctx, 2 ** 31),
      () => SSLeay.CTX_sess_set_cache_size(ctx, -(2 ** 31) - 1),
      () => SSLeay.X509_VERIFY_PARAM_set_flags(SSLeay.X509_VERIFY_PARAM_new()!, 2 ** 32),
    ]
  ) assertThrows(refused, RangeError, "is out of range");
  assertThrows(() => SSLeay.RSA_generate_key(512, 2 ** 32 + 1), RangeError, "32 bits");
});

test("keys, digests, PKCS#12 and old ciphers work", () => {
  assert(SSLeay.OSSL_PROVIDER_load(null, "legacy") !== null); // beside the default one
  const key = SSLeay.EVP_PKEY_new()!;
  SSLeay.EVP_PKEY_assign_RSA(key, SSLeay.RSA_generate_key(2048, 65537)!);
  assertEquals(SSLeay.EVP_PKEY_bits(key), 2048);
  const des = SSLeay.EVP_get_cipherbyname("des-ede3-cbc")!;
  const pem = SSLeay.PEM_get_string_PrivateKey(key, "a secret", des)!;
  assert(SSLeay.PEM_read_bio_PrivateKey(bio(pem), () => "a secret") !== null);
  assertEquals(SSLeay.SHA256("abc")?.toHex().slice(0, 8), "ba7816bf");
  const file = new URL("../../testdata/certificate/modern.p12", import.meta.url).pathname;
  assert(SSLeay.P_PKCS12_load_file(file, 1, "bluebell").length > 0);
});

test("a folder with hashed names is read at once, when the program adds it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const hash = SSLeay.X509_subject_name_hash(anchor()).toString(16).padStart(8, "0");
    await Deno.writeTextFile(`${folder}/${hash}.0`, ca.pem);
    await Deno.writeTextFile(`${folder}/${hash}.r0`, ca.crl());
    await Deno.writeTextFile(`${folder}/${hash}.1`, "not a certificate");
    await Deno.writeTextFile(`${folder}/ca.pem`, (await TestCa.create()).pem); // not a hashed name
    const ctx = SSLeay.CTX_new()!;
    assertEquals(SSLeay.CTX_load_verify_locations(ctx, null, folder), 1);
    const store = SSLeay.CTX_get_cert_store(ctx)!;
    assertEquals(SSLeay.ERR_peek_error(), 0);
    const context = SSLeay.X509_STORE_CTX_new()!;
    SSLeay.X509_STORE_set_flags(store, SSLeay.X509_V_FLAG_CRL_CHECK);
    SSLeay.X509_STORE_CTX_init(context, store, anchor());
    assertEquals(SSLeay.X509_verify_cert(context), 1);
    assertEquals(SSLeay.CTX_load_verify_locations(ctx, null, `${folder}/missing`), 0);
    SSLeay.ERR_clear_error();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("100,000 handles that are made and dropped do not grow its memory", async () => {
  const { instance } = await loadWasm();
  const der = SSLeay.PEM_get_string_X509(anchor())!;
  const make = (count: number) => {
    for (let i = 0; i < count; i++) {
      const x509 = i % 100 === 0 ? SSLeay.PEM_read_bio_X509(bio(der))! : SSLeay.X509_new()!;
      SSLeay.X509_free(x509);
    }
  };
  make(5_000);
  const { length } = instance.heap;
  make(100_000);
  assert(instance.heap.length - length <= 2 ** 20, `${length} became ${instance.heap.length}`);
});

test("functions for one call of C give their place in its table back", async () => {
  const { instance } = await loadWasm();
  const place = () => {
    const at = instance.callable(0, false, () => {});
    instance.release(at);
    return at;
  };
  SSLeay.P_EVP_MD_list_all();
  const before = place();
  for (let i = 0; i < 100; i++) SSLeay.P_EVP_MD_list_all();
  assertEquals(place(), before);
});

/** A transport that gives nothing. */
function silent(): { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> } {
  return { readable: new ReadableStream(), writable: new WritableStream() };
}

/** The objects of a socket and its context, on an engine. */
async function objectsOf(engine: "wasm" | "openssl") {
  const { cert, key } = await ca.server("localhost");
  const listener = await SslSocket.listen({ hostname: "127.0.0.1", port: 0, engine, cert, key });
  const { port } = listener.addr as Deno.NetAddr;
  const accepted = listener.accept();
  const client = await SslSocket.connect({
    hostname: "127.0.0.1",
    port,
    engine,
    ca: ca.pem,
    verifycnName: "localhost",
  });
  const server = await accepted;
  return {
    client,
    ssl: client.sslObject() as { kind: "SSL" } & ReturnType<typeof client.sslObject>,
    ctx: client.context.ctxObject() as { kind: "SSL_CTX" } & ReturnType<typeof client.sslObject>,
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([client.close(), server.close()]);
      listener.close();
    },
  };
}

test("the objects of the engine openssl are refused, with the remedy", async () => {
  await using objects = await objectsOf("openssl");
  const error = assertThrows(() => SSLeay.get_version(objects.ssl), SslUnsupportedError);
  assertEquals(
    error.message,
    'Cannot use the SSL of an SslSocket on the engine "openssl": SSLeay is on the backend "wasm": give the SslSocket the engine "wasm", too',
  );
  assertThrows(
    () => SSLeay.CTX_get_options(objects.ctx),
    SslUnsupportedError,
    'give the SslContext the engine "wasm", too',
  );
});

test("createCtxCallback gets the SSL_CTX of a context on the engine wasm", async () => {
  let options = 0;
  using context = await SslContext.create({
    engine: "wasm",
    createCtxCallback: (ctx) => {
      SSLeay.CTX_set_options(ctx as never, SSLeay.OP_NO_TLSv1_2);
      options = SSLeay.CTX_get_options(ctx as never);
    },
  });
  assertEquals(context.engine, "wasm");
  assert((options & SSLeay.OP_NO_TLSv1_2) !== 0);
});

test("a call that does not return says what to do; afterwards what was made before is lost", async () => {
  await using objects = await objectsOf("wasm");
  const own = SSLeay.CTX_new()!, ssl = SSLeay.new(own)!, x509 = anchor();
  SSLeay.CTX_set_info_callback(own, () => {});
  assertEquals(SSLeay.get_version(objects.ssl), "TLSv1.3");
  const [there, back] = [new TransformStream<Uint8Array>(), new TransformStream<Uint8Array>()];
  SSLeay.set_fd(ssl, { readable: back.readable, writable: there.writable });
  const waiting = Promise.resolve(SSLeay.connect(ssl));
  waiting.catch(() => {});
  await there.readable.getReader().read(); // the ClientHello

  // The pointers at the start of another SSL are overwritten.
  const broken = SSLeay.new(own)!, { instance } = await loadWasm();
  const before = await loadWasm();
  const { open } = await import("../../../ssleay/low/handle.ts");
  const at = open(broken, "SSL", "").pointer as unknown as number;
  instance.heap.fill(0xff, at + 4, at + 16);
  const stopped = assertThrows(() => SSLeay.connect(broken), SslError);
  assertEquals(stopped.code, "ERR_SSL_ENGINE_STOPPED");
  const remedy = 'call useBackend("wasm") again, and make what is needed anew';
  assert(stopped.message.endsWith(remedy), stopped.message);
  assertThrows(() => SSLeay.CTX_new(), SslError, remedy);
  SSLeay.X509_free(x509); // frees nothing, and says nothing

  await useBackend("wasm");
  assertEquals(before.instance === instance, false);
  const lost = "was lost when OpenSSL as WebAssembly stopped: make another one";
  assertThrows(
    () => SSLeay.get_version(ssl),
    TypeError,
    `Cannot call get_version(): the SSL ${lost}`,
  );
  assertThrows(() => SSLeay.CTX_get_options(own), TypeError, lost);
  assertThrows(() => SSLeay.get_version(objects.ssl), TypeError, lost);
  assertThrows(() => SSLeay.CTX_get_options(objects.ctx), TypeError, "it was lost");
  SSLeay.free(ssl);
  await back.writable.getWriter().write(new Uint8Array(100));
  await assertRejects(() => waiting, TypeError, "was lost when OpenSSL as WebAssembly stopped");
  // A context that the program was given is not made anew behind its back.
  const { context } = objects.client;
  const error = await assertRejects(
    () => SslSocket.start(silent(), { hostname: "localhost", reuseCtx: context }),
    SslError,
  );
  assertEquals(error.code, "ERR_SSL_ENGINE_STOPPED");

  const ctx = SSLeay.CTX_new()!;
  let called = 0;
  SSLeay.CTX_set_info_callback(ctx, () => called++);
  const again = SSLeay.new(ctx)!;
  SSLeay.set_bio(again, bio(""), bio(""));
  assertEquals(SSLeay.get_error(again, SSLeay.connect(again) as number), SSLeay.ERROR_WANT_READ);
  assert(called > 0);
});
