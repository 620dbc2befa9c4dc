/** Two connections over memory BIOs, and over loopback; callbacks, sessions, and what they throw. */

import "../../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { SslSocket } from "../../../mod.ts";
import {
  dumpPeerCertificate,
  printErrs,
  sslReadAll,
  sslWriteAll,
  wantNothing,
} from "../../../ssleay/mod.ts";
import { BACKEND } from "./backend.ts";
import type { Opaque } from "../../../ssleay/low/handle.ts";
import { SSLeay } from "../../../ssleay/low/mod.ts";
import { TestCa } from "../../../testing/mod.ts";

/** The engine whose objects are taken. */
const ENGINE = BACKEND === "wasm" ? "wasm" : "openssl";

const ca = await TestCa.create();
const server = await ca.server("localhost");

function bio(content: string): Opaque<"BIO"> {
  const made = SSLeay.BIO_new(SSLeay.BIO_s_mem()!)!;
  SSLeay.BIO_write(made, content);
  return made;
}

function serverContext(): Opaque<"SSL_CTX"> {
  const ctx = SSLeay.CTX_new()!;
  assertEquals(SSLeay.CTX_use_certificate(ctx, SSLeay.PEM_read_bio_X509(bio(server.cert))!), 1);
  assertEquals(SSLeay.CTX_use_PrivateKey(ctx, SSLeay.PEM_read_bio_PrivateKey(bio(server.key))!), 1);
  return ctx;
}

function clientContext(anchor = ca.pem): Opaque<"SSL_CTX"> {
  const ctx = SSLeay.CTX_new()!;
  const store = SSLeay.CTX_get_cert_store(ctx)!;
  SSLeay.X509_STORE_add_cert(store, SSLeay.PEM_read_bio_X509(bio(anchor))!);
  SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER);
  return ctx;
}

/** A connection with its memory BIOs. */
interface End {
  readonly ssl: Opaque<"SSL">;
  readonly input: Opaque<"BIO">;
  readonly output: Opaque<"BIO">;
}

function end(ctx: Opaque<"SSL_CTX">, client: boolean): End {
  const ssl = SSLeay.new(ctx)!;
  const [input, output] = [
    SSLeay.BIO_new(SSLeay.BIO_s_mem()!)!,
    SSLeay.BIO_new(SSLeay.BIO_s_mem()!)!,
  ];
  SSLeay.set_bio(ssl, input, output);
  if (client) SSLeay.set_connect_state(ssl);
  else SSLeay.set_accept_state(ssl);
  return { ssl, input, output };
}

function carry(from: End, to: End): void {
  while (SSLeay.BIO_pending(from.output) > 0) {
    SSLeay.BIO_write(to.input, SSLeay.BIO_read(from.output)!);
  }
}

/** Shakes hands; what each end said last. */
function shake(client: End, listener: End): [number, number] {
  let [c, s] = [-1, -1];
  for (let round = 0; round < 20 && (c !== 1 || s !== 1); round++) {
    if (c !== 1) c = SSLeay.do_handshake(client.ssl) as number;
    if (c !== 1 && SSLeay.get_error(client.ssl, c) !== SSLeay.ERROR_WANT_READ) break;
    carry(client, listener);
    if (s !== 1) s = SSLeay.do_handshake(listener.ssl) as number;
    carry(listener, client);
  }
  return [c, s];
}

Deno.test("a handshake over memory BIOs, data both ways, close_notify", () => {
  const [client, listener] = [end(clientContext(), true), end(serverContext(), false)];
  assertEquals(SSLeay.read(client.ssl), undefined);
  assertEquals(SSLeay.get_error(client.ssl, -1), SSLeay.ERROR_WANT_READ);
  assertEquals(shake(client, listener), [1, 1]);
  assertEquals(SSLeay.get_version(client.ssl), "TLSv1.3");
  assertEquals(SSLeay.write(client.ssl, "hello"), 5);
  carry(client, listener);
  assertEquals(SSLeay.peek(listener.ssl, 2), new TextEncoder().encode("he"));
  assertEquals(SSLeay.read(listener.ssl, undefined, { list: true }), [
    new TextEncoder().encode("hello"),
    5,
  ]);
  const wrong = { lists: true } as unknown as { list: true };
  assertThrows(() => SSLeay.read(listener.ssl, 1, wrong), TypeError, 'use "list"');
  assertEquals(SSLeay.shutdown(listener.ssl), 0);
  carry(listener, client);
  assertEquals(SSLeay.read(client.ssl), new Uint8Array());
  assertEquals(SSLeay.get_error(client.ssl, 0), SSLeay.ERROR_ZERO_RETURN);
});

Deno.test("a wrong anchor is refused, and the queue says why", async () => {
  const other = await TestCa.create();
  SSLeay.ERR_clear_error();
  const [client, listener] = [end(clientContext(other.pem), true), end(serverContext(), false)];
  assertEquals(shake(client, listener)[0], -1);
  assertEquals(SSLeay.get_error(client.ssl, -1), SSLeay.ERROR_SSL);
  const error = SSLeay.ERR_get_error();
  assert(SSLeay.ERR_error_string(error).includes("certificate verify failed"), String(error));
  assertEquals(
    SSLeay.get_verify_result(client.ssl),
    SSLeay.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
  );
});

Deno.test("what a callback throws comes out of the call; handles of the callback end with it", () => {
  const ctx = clientContext();
  let kept: Opaque<"X509_STORE_CTX"> | undefined;
  SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER, (_ok, store) => {
    kept = store;
    assertInstanceOf(SSLeay.X509_STORE_CTX_get_current_cert(store), Object);
    throw new RangeError("mine");
  });
  const [client, listener] = [end(ctx, true), end(serverContext(), false)];
  assertThrows(() => shake(client, listener), RangeError, "mine");
  assertThrows(
    () => SSLeay.X509_STORE_CTX_get_error(kept!),
    TypeError,
    "was valid during its callback only",
  );
  SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER); // removed
  assertEquals(shake(end(ctx, true), end(serverContext(), false)), [1, 1]);
});

Deno.test("a callback that gives a promise is refused, unless nobody waits for what it gives", async () => {
  const late = (kind: string) =>
    `Cannot use the ${kind} callback: it gave a promise, and OpenSSL cannot wait`;
  const pending = () => Promise.reject(new Error("nobody sees this one")) as unknown as number;
  const ctx = clientContext(), listening = serverContext();
  SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER, pending);
  const again = () => shake(end(ctx, true), end(listening, false));
  assertThrows(again, TypeError, late("verify"));
  SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER);
  SSLeay.CTX_set_tlsext_servername_callback(listening, pending);
  assertThrows(again, TypeError, late("servername"));
  SSLeay.CTX_set_tlsext_servername_callback(listening, null);
  let lines = 0;
  SSLeay.CTX_set_keylog_callback(ctx, () => Promise.resolve(lines++) as unknown as void);
  assertEquals(again(), [1, 1]);
  assert(lines > 0);
  const key = SSLeay.PEM_read_bio_PrivateKey(bio(server.key))!;
  const aes = SSLeay.EVP_get_cipherbyname("aes-256-cbc")!;
  const text = SSLeay.PEM_get_string_PrivateKey(key, "secret", aes)!;
  const ask = () => Promise.reject(new Error("nor this one")) as unknown as string;
  assertThrows(() => SSLeay.PEM_read_bio_PrivateKey(bio(text), ask), TypeError, late("password"));
  SSLeay.ERR_clear_error();
  await Promise.resolve(); // a rejection that nobody handled would end the test
});

Deno.test("ALPN, server name, key log, messages and states", () => {
  const [clientCtx, serverCtx] = [clientContext(), serverContext()];
  const seen: Record<string, unknown> = {};
  SSLeay.CTX_set_alpn_protos(clientCtx, ["h2", "http/1.1"]);
  SSLeay.CTX_set_alpn_select_cb(serverCtx, (_ssl, offered, data) => {
    seen.alpn = [offered, data];
    return "http/1.1";
  }, "data");
  SSLeay.CTX_set_tlsext_servername_callback(serverCtx, (ssl) => {
    seen.name = SSLeay.get_servername(ssl);
    return 0;
  });
  const lines: string[] = [];
  SSLeay.CTX_set_keylog_callback(clientCtx, (_ssl, line) => lines.push(line));
  const states: number[] = [], messages: number[] = [];
  const [client, listener] = [end(clientCtx, true), end(serverCtx, false)];
  SSLeay.set_info_callback(client.ssl, (ssl, where) => {
    assertEquals(ssl, client.ssl);
    states.push(where);
  });
  SSLeay.set_msg_callback(client.ssl, (_write, _version, type) => messages.push(type));
  SSLeay.set_tlsext_host_name(client.ssl, "localhost");
  assertEquals(shake(client, listener), [1, 1]);
  assertEquals(seen, { alpn: [["h2", "http/1.1"], "data"], name: "localhost" });
  assertEquals(SSLeay.P_alpn_selected(client.ssl), new TextEncoder().encode("http/1.1"));
  assert(lines.some((line) => line.startsWith("CLIENT_HANDSHAKE_TRAFFIC_SECRET ")));
  assert(states.includes(SSLeay.CB_HANDSHAKE_DONE) && messages.includes(SSLeay.SSL3_RT_HANDSHAKE));
});

Deno.test("a session resumes; one freed early does not reach C", () => {
  const [clientCtx, serverCtx] = [clientContext(), serverContext()];
  SSLeay.CTX_set_max_proto_version(clientCtx, SSLeay.TLS1_2_VERSION);
  const first = end(clientCtx, true);
  assertEquals(shake(first, end(serverCtx, false)), [1, 1]);
  const session = SSLeay.get1_session(first.ssl)!;
  SSLeay.free(first.ssl);
  const second = end(clientCtx, true);
  assertEquals(SSLeay.set_session(second.ssl, session), 1);
  assertEquals(shake(second, end(serverCtx, false)), [1, 1]);
  assertEquals(SSLeay.session_reused(second.ssl), 1);
  SSLeay.SESSION_free(session);
  assertThrows(
    () => SSLeay.set_session(second.ssl, session),
    TypeError,
    "the SSL_SESSION was freed",
  );
});

Deno.test("freeing inside a callback, a context before its connection, an owner before its name", () => {
  const ctx = clientContext();
  const [client, listener] = [end(ctx, true), end(serverContext(), false)];
  SSLeay.set_verify(client.ssl, SSLeay.VERIFY_PEER, (ok) => {
    SSLeay.free(client.ssl);
    return ok;
  });
  SSLeay.CTX_free(ctx);
  assertThrows(() => shake(client, listener), TypeError, "the SSL was freed");
  const x509 = SSLeay.PEM_read_bio_X509(bio(server.cert))!;
  const name = SSLeay.X509_get_subject_name(x509)!;
  SSLeay.X509_free(x509);
  assert(SSLeay.X509_NAME_oneline(name)!.includes("CN="));
});

Deno.test("a name that was replaced is refused, its neighbour is not", () => {
  const x509 = SSLeay.PEM_read_bio_X509(bio(server.cert))!;
  const subject = SSLeay.X509_get_subject_name(x509)!;
  const entry = SSLeay.X509_NAME_get_entry(subject, 0)!;
  const issuer = SSLeay.X509_get_issuer_name(x509)!;
  SSLeay.X509_set_subject_name(x509, SSLeay.X509_NAME_new()!);
  for (
    const stale of [
      () => SSLeay.X509_NAME_oneline(subject),
      () => SSLeay.X509_NAME_ENTRY_get_data(entry),
    ]
  ) {
    assertThrows(stale, TypeError, "was changed since");
  }
  assert(SSLeay.X509_NAME_oneline(issuer)!.length > 1);
});

Deno.test("set_fd: promises over loopback, against a listener of ours", async () => {
  const listener = await SslSocket.listen({ hostname: "127.0.0.1", port: 0, ...server });
  const answering = (async () => {
    const socket = await listener.accept();
    const buffer = new Uint8Array(100);
    const count = await socket.read(buffer);
    await socket.write(buffer.subarray(0, count!));
    await socket.close();
  })();
  const conn = await Deno.connect({
    hostname: "127.0.0.1",
    port: (listener.addr as Deno.NetAddr).port,
  });
  const ssl = SSLeay.new(clientContext())!;
  SSLeay.set_fd(ssl, conn);
  SSLeay.set_tlsext_host_name(ssl, "localhost");
  const param = SSLeay.get0_param(ssl)!;
  SSLeay.X509_VERIFY_PARAM_set1_host(param, "localhost");
  assertEquals(await SSLeay.connect(ssl), 1);
  assertEquals(await SSLeay.write(ssl, "ping"), 4);
  assertEquals(await SSLeay.read(ssl), new TextEncoder().encode("ping"));
  assertEquals(await SSLeay.read(ssl), new Uint8Array());
  assertEquals(SSLeay.get_error(ssl, 0), SSLeay.ERROR_ZERO_RETURN);
  SSLeay.free(ssl);
  conn.close();
  await answering;
  listener.close();
});

Deno.test("set_fd: a peer that goes away is an error, not an end", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const gone = listener.accept().then((conn) => conn.close());
  const conn = await Deno.connect({
    hostname: "127.0.0.1",
    port: (listener.addr as Deno.NetAddr).port,
  });
  const ssl = SSLeay.new(clientContext())!;
  SSLeay.set_fd(ssl, conn);
  const result = await SSLeay.connect(ssl);
  assert(result <= 0);
  assert([SSLeay.ERROR_SSL, SSLeay.ERROR_SYSCALL].includes(SSLeay.get_error(ssl, result)));
  await gone;
  conn.close();
  listener.close();
});

Deno.test("set_rfd and set_wfd: each takes what has its one direction, and nothing else", async () => {
  const [there, back] = [1, 2].map(() =>
    new TransformStream<Uint8Array, Uint8Array>({}, undefined, { highWaterMark: 16 })
  );
  const [client, listener] = [SSLeay.new(clientContext())!, SSLeay.new(serverContext())!];
  SSLeay.set_rfd(client, { readable: back!.readable });
  SSLeay.set_wfd(client, { writable: there!.writable });
  SSLeay.set_rfd(listener, { readable: there!.readable });
  SSLeay.set_wfd(listener, { writable: back!.writable });
  assertEquals(await Promise.all([SSLeay.connect(client), SSLeay.accept(listener)]), [1, 1]);
  assertEquals(await SSLeay.write(listener, "ping"), 4);
  assertEquals(await SSLeay.read(client), new TextEncoder().encode("ping"));
  const other = SSLeay.new(clientContext())!;
  assertEquals([SSLeay.set_rfd(other, Deno.stdin), SSLeay.set_wfd(other, Deno.stdout)], [1, 1]);
  const [readable, writable] = [there!.readable, there!.writable];
  for (
    const [refused, expected] of [
      [() => SSLeay.set_rfd(other, { writable } as never), "Deno.stdin or { readable }"],
      [() => SSLeay.set_wfd(other, { readable } as never), "Deno.stdout or { writable }"],
      [() => SSLeay.set_fd(other, { readable } as never), "expected a Deno.Conn or { readable, w"],
      [() => SSLeay.set_fd(other, Deno.stdin as never), "expected a Deno.Conn or { readable, w"],
      [() => SSLeay.set_rfd(other, 0 as never), "received number: Deno has no file descriptors"],
      [() => SSLeay.set_wfd(other, null as never), "received null"],
    ] as const
  ) assertThrows(refused, TypeError, expected);
});

Deno.test("the objects of our classes are taken; what belongs to their owner is refused", async () => {
  const listener = await SslSocket.listen({
    hostname: "127.0.0.1",
    port: 0,
    engine: ENGINE,
    ...server,
  });
  const accepted = listener.accept();
  const client = await SslSocket.connect({
    hostname: "127.0.0.1",
    port: (listener.addr as Deno.NetAddr).port,
    engine: ENGINE,
    ca: ca.pem,
    verifycnName: "localhost",
  });
  const object = client.sslObject() as ReturnType<typeof client.sslObject> & { kind: "SSL" };
  assertEquals(SSLeay.get_version(object), "TLSv1.3");
  for (const refused of [() => SSLeay.read(object), () => SSLeay.free(object)]) {
    assertThrows(refused, TypeError, "belongs to an SslSocket: use its methods");
  }
  const ctx = SSLeay.get_SSL_CTX(object)!;
  assertEquals(SSLeay.CTX_set_options(ctx, 0), SSLeay.CTX_get_options(ctx));
  for (
    const refused of [
      () => SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_NONE),
      () => SSLeay.CTX_free(ctx),
    ]
  ) assertThrows(refused, TypeError, "belongs to an SslContext: use its options");
  assertThrows(
    () => SSLeay.get_version({ ...object }),
    TypeError,
    "expected an SSL: received an object",
  );
  await client.close();
  assert(SSLeay.state_string_long(object) !== undefined); // a reference of its own
  await (await accepted).close();
  listener.close();
});

Deno.test("the functions of ./ssleay take handles of the low level", async () => {
  const listener = await SslSocket.listen({ hostname: "127.0.0.1", port: 0, ...server });
  const answering = (async () => {
    await using socket = await listener.accept();
    const buffer = new Uint8Array(100);
    await socket.write(buffer.subarray(0, (await socket.read(buffer))!));
  })();
  const { port } = listener.addr as Deno.NetAddr;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const ssl = SSLeay.new(clientContext())!;
  SSLeay.set_fd(ssl, conn);
  assertEquals(await SSLeay.connect(ssl), 1);
  assertEquals(wantNothing(ssl), true);
  await sslWriteAll(ssl, "all of it\n");
  assertEquals(await sslReadAll(ssl), ["all of it\n", undefined]);
  assert(dumpPeerCertificate(ssl).startsWith("Subject Name: /CN="));
  SSLeay.ERR_put_error(20, 0, 134, "x", 1);
  assert(printErrs("mine").includes("certificate verify failed"));
  assertEquals(SSLeay.ERR_peek_error(), 0);
  await answering;
  listener.close();
});

Deno.test("set_fd: a transport that gives or takes nothing is an error, not a loop", async () => {
  const idle = {
    read: () => Promise.resolve(0),
    write: (p: Uint8Array) => Promise.resolve(p.length),
  };
  const deaf = { read: () => Promise.resolve(null), write: () => Promise.resolve(0) };
  for (const transport of [idle, deaf]) {
    const ssl = SSLeay.new(clientContext())!;
    SSLeay.set_fd(ssl, transport);
    const result = await SSLeay.connect(ssl);
    assertEquals([result, SSLeay.get_error(ssl, result)], [-1, SSLeay.ERROR_SYSCALL]);
  }
});
