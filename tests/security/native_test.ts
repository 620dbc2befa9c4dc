/** What the application does to a native object stays with the context that it is of. */

import { assertEquals, assertInstanceOf } from "@std/assert";
import { TestCa } from "../../certificate/test_ca.ts";
import { SslContext } from "../../context/context.ts";
import type { NativeObject } from "../../context/native.ts";
import { withBio } from "../../engine/openssl/memory.ts";
import { openLibrary } from "../../engine/openssl/symbols.ts";
import { SslVerifyError } from "../../errors.ts";
import { ca, shake, socketPair } from "../context/harness.ts";

const others = await TestCa.create({ commonName: "Others" });
const foreign = await others.server("server.example");
const served = { cert: foreign.cert, key: foreign.key };

/** As a program with symbols of its own does it: one more anchor into the store of an SSL_CTX. */
function trustOthers({ kind, pointer }: NativeObject): void {
  const { c, path } = openLibrary();
  const own = Deno.dlopen(path, {
    SSL_CTX_get_cert_store: { parameters: ["pointer"], result: "pointer" },
    SSL_get_SSL_CTX: { parameters: ["pointer"], result: "pointer" },
  });
  try {
    const ctx = kind === "SSL" ? own.symbols.SSL_get_SSL_CTX(pointer) : pointer;
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

Deno.test("createCtxCallback can trust one more CA in its own context, and in no other", async () => {
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
});

Deno.test("what is done to ctxObject() is done to this context alone, and lasts", async () => {
  await withFile(async (caFile) => {
    await refusesOthers(caFile);
    using context = await SslContext.create({ engine: "openssl", caFile });
    trustOthers(context.ctxObject());
    context.ctxObject();
    assertEquals((await shake({ reuseCtx: context }, served)).clientError, undefined);
    await refusesOthers(caFile);
  });
});

Deno.test("what is done through sslObject() is done to the socket's context alone", async () => {
  await withFile(async (caFile) => {
    await using pair = await socketPair({ caFile, ca: undefined });
    trustOthers(pair.client.sslObject());
    const outcome = await shake({ reuseCtx: pair.client.context }, served);
    assertEquals(outcome.clientError, undefined);
    await refusesOthers(caFile);
  });
});
