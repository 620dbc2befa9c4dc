/** What the application does to a native object stays with the context that it is of. */

import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { SslContext } from "../../context/context.ts";
import { nativeOf } from "../../context/context_record.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import type { ContextOptions } from "../../context/options.ts";
import type { NativeObject } from "../../context/options.ts";
import { withBio } from "../../engine/openssl/memory.ts";
import { openLibrary } from "../../engine/openssl/binder.ts";
import { SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { openMore } from "../helpers/openssl.ts";
import { ca, leaf, shake, socketPair } from "../context/harness.ts";

const others = await TestCa.create({ commonName: "Others" });
const foreign = await others.server("server.example");
const served = { cert: foreign.cert, key: foreign.key };

/** As a program with symbols of its own does it: one more anchor into the store of an SSL_CTX. */
function trustOthers(object: NativeObject): void {
  const { pointer } = nativeOf(object)!;
  const { c } = openLibrary();
  const own = openMore({
    SSL_CTX_get_cert_store: { parameters: ["pointer"], result: "pointer" },
    SSL_get_SSL_CTX: { parameters: ["pointer"], result: "pointer" },
  });
  try {
    const ctx = object.kind === "SSL" ? own.symbols.SSL_get_SSL_CTX(pointer) : pointer;
    const store = own.symbols.SSL_CTX_get_cert_store(ctx);
    const x509 = withBio(c, others.cert.der, (bio) => c.d2i_X509_bio(bio, null));
    assertEquals(c.X509_STORE_add_cert(store, x509), 1);
    c.X509_free(x509);
  } finally {
    own.close();
  }
}

/** A file whose anchors are kept, and with them the store that is made of them. */
async function withFile(use: (caFile: string) => Promise<void>): Promise<void> {
  const caFile = await Deno.makeTempFile({ suffix: ".pem" });
  const { now } = Date;
  try {
    await Deno.writeTextFile(caFile, ca.pem);
    Date.now = () => now() + 60_000; // a file that was just written is not kept
    await use(caFile);
  } finally {
    Date.now = now;
    await Deno.remove(caFile);
  }
}

async function refusesOthers(caFile: string): Promise<void> {
  const { clientError } = await shake({ caFile }, served);
  assertInstanceOf(clientError, SslVerifyError);
}

Deno.test(
  "createCtxCallback can trust one more CA in its own context, and in no other",
  async () => {
    await withFile(async (caFile) => {
      await refusesOthers(caFile);
      using context = await SslContext.create({
        engine: "openssl",
        caFile,
        createCtxCallback: trustOthers,
      });
      assertEquals((await shake({ reuseCtx: context }, served)).clientError, undefined);
      await refusesOthers(caFile);
    });
  },
);

Deno.test(
  "what is done to ctxObject() is done to this context alone, and lasts",
  async () => {
    await withFile(async (caFile) => {
      await refusesOthers(caFile);
      using context = await SslContext.create({ engine: "openssl", caFile });
      trustOthers(context.ctxObject());
      context.ctxObject();
      assertEquals((await shake({ reuseCtx: context }, served)).clientError, undefined);
      await refusesOthers(caFile);
    });
  },
);

Deno.test(
  "what is done through sslObject() is done to the socket's context alone",
  async () => {
    await withFile(async (caFile) => {
      await using pair = await socketPair({ caFile, ca: undefined });
      trustOthers(pair.client.sslObject());
      const outcome = await shake({ reuseCtx: pair.client.context }, served);
      assertEquals(outcome.clientError, undefined);
      await refusesOthers(caFile);
    });
  },
);

/** A listener with a certificate of {@linkcode others}, and how a client with a session cache fares. */
async function withForeign(
  use: (
    connect: (context: SslContext) => Promise<"resumed" | "new" | "refused">,
  ) => Promise<void>,
): Promise<void> {
  const listener = await SslSocket.listen({
    ...{ engine: "openssl", hostname: "127.0.0.1", port: 0, onHandshakeError: () => {} },
    ...served,
  });
  const serving = (async () => {
    for await (const socket of listener) {
      await socket.write(new Uint8Array(1)).then(() => socket.close()).catch(() => {});
    }
  })();
  try {
    await use(async (reuseCtx) => {
      try {
        await using socket = await SslSocket.connect({
          ...{ hostname: "127.0.0.1", port: listener.addr.port, serverName: "server.example" },
          ...{ reuseCtx, sessionKey: "the server" },
        });
        await socket.read(new Uint8Array(1)); // a ticket comes with it
        return socket.getSessionReused() ? "resumed" : "new";
      } catch (error) {
        assertInstanceOf(error, SslVerifyError);
        return "refused";
      }
    });
  } finally {
    listener.close();
    await serving;
  }
}

Deno.test(
  "a session of a context that createCtxCallback made is not resumed in one that it did not make",
  async () => {
    const shared = { engine: "openssl", ca: ca.pem, sessionCache: new SessionCache(10) } as const;
    await withForeign(async (connect) => {
      using lenient = await SslContext.create({ ...shared, createCtxCallback: trustOthers });
      using strict = await SslContext.create(shared);
      assertEquals(await connect(lenient), "new");
      assertEquals(await connect(lenient), "resumed");
      assertEquals(await connect(strict), "refused");
    });
  },
);

Deno.test(
  "a session of a context whose native object was handed out is of that context alone",
  async () => {
    const shared = { engine: "openssl", ca: ca.pem, sessionCache: new SessionCache(10) } as const;
    await withForeign(async (connect) => {
      using lenient = await SslContext.create(shared);
      using strict = await SslContext.create(shared);
      trustOthers(lenient.ctxObject());
      assertEquals(await connect(lenient), "new");
      assertEquals(await connect(lenient), "resumed");
      assertEquals(await connect(strict), "refused");
    });
  },
);

/** A client with a certificate of {@linkcode others} at servers that share their ticket key. */
async function resumesAt(first: SslContext, second: SslContext): Promise<boolean> {
  const client = await others.client();
  using context = await SslContext.create({
    ...{ engine: "openssl", ca: ca.pem, cert: client.cert, key: client.key, sessionCacheSize: 5 },
  });
  let resumed = false;
  for (const server of [first, second]) {
    const listener = await SslSocket.listen({
      ...{ hostname: "127.0.0.1", port: 0, reuseCtx: server, onHandshakeError: () => {} },
    });
    const accepted = listener.accept().catch(() => undefined);
    try {
      await using socket = await SslSocket.connect({
        ...{ hostname: "127.0.0.1", port: listener.addr.port, serverName: "server.example" },
        ...{ reuseCtx: context, sessionKey: "the server" },
      });
      const peer = await accepted;
      await peer?.write(new Uint8Array(1));
      await socket.read(new Uint8Array(1)).catch(() => {});
      resumed = socket.getSessionReused() === true && peer !== undefined;
      await peer?.close();
    } finally {
      listener.close();
    }
  }
  return resumed;
}

Deno.test(
  "a server takes no ticket of a context that trusted more by its native object",
  async () => {
    const key = crypto.getRandomValues(new Uint8Array(32));
    const name = crypto.getRandomValues(new Uint8Array(16));
    const options: ContextOptions = {
      ...{ server: true, cert: leaf.cert, key: leaf.key, verifyMode: 3 },
      ...{ engine: "openssl", clientCa: ca.pem, sessionIdContext: "shared" },
      ticketKeycb: () => [key, name],
    };
    const both = { ...options, clientCa: [ca.pem, others.pem] };
    // The arrangement works: two contexts that say the same share their tickets.
    using same = await SslContext.create(both);
    using again = await SslContext.create(both);
    assertEquals(await resumesAt(same, again), true);

    using strict = await SslContext.create(options);
    using made = await SslContext.create({ ...options, createCtxCallback: trustOthers });
    assertEquals(await resumesAt(made, strict), false);
    using changed = await SslContext.create(options);
    trustOthers(changed.ctxObject());
    assertEquals(await resumesAt(changed, strict), false);
  },
);
