/** OcspResolver.resolve() against responders on loopback. */
import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SSL_OCSP_FAIL_HARD, SSL_OCSP_FULL_CHAIN } from "../../constants.ts";
import { TestCa, type TestCertificateOptions } from "../../certificate/mod.ts";
import type { OcspResponderOptions, TestOcspResponder } from "../../testing/responder.ts";
import type { ResolveOcspOptions } from "../../verify/ocsp/options.ts";
import { OcspCache } from "../../verify/ocsp/cache.ts";
import { OcspResolver } from "../../verify/ocsp/resolver.ts";

const HARD = SSL_OCSP_FAIL_HARD;
const FULL = SSL_OCSP_FULL_CHAIN;
const ca = await TestCa.create();

async function chainOf(...ocspUris: string[]) {
  const leaf = await ca.server("ocsp.test", { ocspUris } satisfies TestCertificateOptions);
  return [...leaf.chain, ca.cert];
}

/** Resolves a leaf of a responder with these options; in the default mode and with FAIL_HARD. */
async function both(
  options: OcspResponderOptions,
  how: ResolveOcspOptions = {},
): Promise<{ hard: string; soft: string; strict: string; responder: TestOcspResponder }> {
  await using responder = ca.ocspResponder(options);
  const chain = await chainOf(responder.url);
  const resolver = new OcspResolver({ chain });
  const hard = await resolver.resolve(how);
  assertEquals(resolver.hardError(), hard);
  const strict = await new OcspResolver({ chain, ocspMode: HARD }).resolve(how);
  return { hard, soft: resolver.softError() ?? "", strict, responder };
}

/** A server of its own kind, for what a responder does not do. */
async function withServer<T>(
  handler: (request: Request) => Response | Promise<Response>,
  body: (url: string) => Promise<T>,
): Promise<T> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  try {
    return await body(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}

// The six states, and the failures of a network, fetched by POST and by GET.
const TABLE: [string, OcspResponderOptions, "good" | "soft" | "hard", RegExp][] = [
  ["good", {}, "good", /^$/],
  ["good by a delegate", { signer: "delegate" }, "good", /^$/],
  ["good without the nonce", { nonce: "omit" }, "good", /^$/],
  ["revoked", { status: "revoked" }, "hard", /certificate is revoked: .* \(keyCompromise\)/],
  ["unknown", { status: "unknown" }, "hard", /certificate is unknown/],
  ["expired", { expired: true }, "soft", /expired/],
  ["missing", { httpStatus: 200 }, "soft", /http request for OCSP failed: the answer is empty/],
  ["wrong signer", { signer: "wrong" }, "soft", /failed to verify OCSP response/],
  ["wrong usage", { signer: "wrong-usage" }, "soft", /OCSPSigning/],
  ["wrong nonce", { nonce: "wrong" }, "soft", /nonce/],
  ["tryLater", { error: "tryLater" }, "soft", /OCSP response failed: tryLater/],
  ["HTTP 500", { httpStatus: 500 }, "soft", /HTTP status 500/],
  ["garbage", { body: new TextEncoder().encode("<html>") }, "soft", /invalid response/],
];
for (const [name, options, kind, text] of TABLE) {
  for (const method of ["POST", "GET"] as const) {
    Deno.test(`OcspResolver.resolve() by ${method}: ${name} is ${kind}`, async () => {
      const { hard, soft, strict, responder } = await both(options, { method });
      assertEquals(responder.requests.length, 2);
      if (kind === "good") assertEquals([hard, soft, strict], ["", "", ""]);
      else {
        assertMatch(kind === "hard" ? hard : soft, text);
        assertEquals(kind === "hard" ? soft : hard, "");
        assertMatch(strict, text);
      }
    });
  }
}

Deno.test("OcspResolver.resolve() asks a responder that knows what was revoked", async () => {
  await using responder = ca.ocspResponder();
  const leaf = await ca.server("x.test", { ocspUris: [responder.url] });
  const chain = [leaf.certificate, ca.cert];
  assertEquals(await new OcspResolver({ chain }).resolve(), "");
  ca.revoke(leaf, "superseded");
  assertStringIncludes(await new OcspResolver({ chain }).resolve(), "superseded");
});

Deno.test("OcspResolver.resolve() checks the full chain at several responders", async () => {
  await using rootResponder = ca.ocspResponder();
  const mid = await ca.intermediate({ ocspUris: [rootResponder.url] });
  await using midResponder = mid.ocspResponder();
  const leaf = await mid.server("x.test", { ocspUris: [midResponder.url] });
  const chain = [leaf.certificate, mid.cert, ca.cert];
  const cache = new OcspCache();
  const resolve = (ocspMode: number, store = new OcspCache()) =>
    new OcspResolver({ chain, ocspMode, cache: store }).resolveBlocking();
  assertEquals(await resolve(FULL | HARD, cache), "");
  assertEquals([rootResponder.requests.length, midResponder.requests.length], [1, 1]);
  assertEquals(await resolve(FULL | HARD, cache), "", "the cache is used again");
  assertEquals([rootResponder.requests.length, midResponder.requests.length], [1, 1]);
  ca.revoke(mid);
  assertEquals(await resolve(0), "", "the leaf alone is good");
  assertStringIncludes(await resolve(FULL), mid.cert.subject);
  // The first hard error ends it.
  midResponder.options = { status: "revoked" };
  const before = rootResponder.requests.length;
  assertStringIncludes(await resolve(FULL), leaf.certificate.subject);
  assertEquals(rootResponder.requests.length, before);
});

Deno.test("OcspResolver.resolve() goes on to the next address", async () => {
  await using dead = ca.ocspResponder({ httpStatus: 503 });
  await using good = ca.ocspResponder();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closed = `http://127.0.0.1:${listener.addr.port}/`;
  listener.close();
  const chain = await chainOf(closed, dead.url, good.url);
  const resolver = new OcspResolver({ chain, ocspMode: HARD });
  assertEquals(await resolver.resolve(), "");
  assertEquals([dead.requests.length, good.requests.length], [1, 1]);
  const refused = new OcspResolver({ chain: await chainOf(closed) });
  assertEquals(await refused.resolve(), "");
  assertStringIncludes(refused.softError()!, "http request for OCSP failed");
});

Deno.test("OcspResolver.resolve() does not wait for a silent responder", async () => {
  await using silent = ca.ocspResponder({ silent: true });
  const resolver = new OcspResolver({ chain: await chainOf(silent.url) });
  assertEquals(await resolver.resolve({ timeout: 50 }), "");
  assertStringIncludes(resolver.softError()!, "no answer within 50 ms");
});

Deno.test("OcspResolver.resolve() waits without a limit with timeout 0", async () => {
  let asked!: () => void;
  const request = new Promise<void>((resolve) => asked = resolve);
  let answer!: () => void;
  const held = new Promise<void>((resolve) => answer = resolve);
  await using responder = ca.ocspResponder();
  await using slow = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (from) => {
    asked();
    await held;
    const body = await from.arrayBuffer();
    return await fetch(responder.url, { method: "POST", body, headers: from.headers });
  });
  const chain = await chainOf(`http://127.0.0.1:${slow.addr.port}/`);
  const resolver = new OcspResolver({ chain, ocspMode: HARD });
  const result = resolver.resolve({ timeout: 0 });
  await request;
  // Timers that were due when the request began have run.
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  answer();
  assertEquals(await result, "");
  assertEquals(responder.requests.length, 1);
});

Deno.test("OcspResolver.resolve() ends with the signal, before and while it asks", async () => {
  await using silent = ca.ocspResponder({ silent: true });
  const resolver = new OcspResolver({ chain: await chainOf(silent.url) });
  const reason = new Error("enough");
  assertEquals(
    await assertRejects(() => resolver.resolve({ signal: AbortSignal.abort(reason) })),
    reason,
  );
  assertEquals(silent.requests.length, 0);
  const controller = new AbortController();
  const running = resolver.resolve({ signal: controller.signal });
  const seen = (async () => {
    while (silent.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(reason);
  })();
  assertEquals(await assertRejects(() => running), reason);
  await seen;
  // Nothing was decided, and it can be tried again.
  assertEquals([resolver.hardError(), resolver.softError()], [undefined, undefined]);
  silent.options = {};
  assertEquals(await resolver.resolve(), "");
});

Deno.test("OcspResolver.resolve() reads no more than maxBytes", async () => {
  await using responder = ca.ocspResponder({ body: new Uint8Array(70_000) });
  const chain = await chainOf(responder.url);
  const resolver = new OcspResolver({ chain });
  await resolver.resolve();
  assertStringIncludes(resolver.softError()!, "longer than 65536 bytes");
  const small = new OcspResolver({ chain });
  responder.options = {};
  await small.resolve({ maxBytes: 20 });
  assertStringIncludes(small.softError()!, "longer than 20 bytes");

  // A body without an end.
  let stopped = false;
  await withServer(
    () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
          cancel: () => void (stopped = true),
        }),
      ),
    async (url) => {
      const endless = new OcspResolver({ chain: await chainOf(url) });
      await endless.resolve();
      assertStringIncludes(endless.softError()!, "longer than");
    },
  );
  assert(stopped);
});

Deno.test("OcspResolver.resolve() asks as RFC 6960 appendix A says, by POST and by GET", async () => {
  const seen: string[] = [];
  const handler = (request: Request) => {
    const { pathname } = new URL(request.url);
    const type = request.headers.get("content-type");
    seen.push(`${request.method} ${pathname} ${type}`);
    return new Response(null, { status: 404 });
  };
  await withServer(handler, async (url) => {
    const chain = await chainOf(`${url}ocsp`);
    await new OcspResolver({ chain }).resolve();
    const get = new OcspResolver({ chain });
    const der = get.requests()[`${url}ocsp`]!;
    await get.resolve({ method: "GET" });
    const path = encodeURIComponent(btoa(String.fromCharCode(...der)));
    assertEquals(seen, ["POST /ocsp application/ocsp-request", `GET /ocsp/${path} null`]);

    // A request that is too long for a GET.
    const mid = await ca.intermediate({ ocspUris: [url] });
    const leaf = await mid.server("x.test", { ocspUris: [url] });
    seen.length = 0;
    const long = new OcspResolver({ chain: [leaf.certificate, mid.cert, ca.cert], ocspMode: FULL });
    await long.resolve({ method: "GET" });
    assertEquals(seen, ["POST / application/ocsp-request"]);
  });
});

Deno.test("OcspResolver.resolve() follows a redirect within http, and none out of it", async () => {
  await using good = ca.ocspResponder();
  let location = good.url;
  let status = 307;
  let hits = 0;
  const handler = () => {
    hits++;
    return new Response(null, { status, headers: { location } });
  };
  await withServer(handler, async (url) => {
    const chain = await chainOf(url);
    const resolve = async (how: ResolveOcspOptions = {}) => {
      const resolver = new OcspResolver({ chain });
      assertEquals(await resolver.resolve(how), "");
      return resolver.softError();
    };
    for (status of [301, 302, 307, 308]) assertEquals(await resolve(), undefined);
    assertEquals(good.requests.length, 4);
    status = 303;
    assertStringIncludes((await resolve())!, "HTTP status 303");
    status = 302;
    for (location of [good.url.replace("http:", "https:"), "file:///etc/passwd", "data:,x", "//"]) {
      assertStringIncludes((await resolve())!, "another scheme");
    }
    assertEquals(good.requests.length, 4);
    location = "/again";
    hits = 0;
    assertStringIncludes((await resolve())!, "redirected more than 3 times");
    assertEquals(hits, 4);
  });
});

Deno.test("OcspResolver.resolve() reads an answer that comes in pieces", async () => {
  let made: Uint8Array = new Uint8Array();
  await withServer(
    () =>
      new Response(
        new ReadableStream({
          async start(controller) {
            for (let at = 0; at < made.length; at += 100) {
              controller.enqueue(made.slice(at, at + 100));
              await new Promise((resolve) => setTimeout(resolve, 1));
            }
            controller.close();
          },
        }),
      ),
    async (url) => {
      const certificate = await ca.server("pieces.test", { ocspUris: [url] });
      made = await ca.ocspResponse(certificate);
      assert(made.length > 200, `${made.length}`);
      const resolver = new OcspResolver({ chain: [...certificate.chain, ca.cert], ocspMode: HARD });
      assertEquals(await resolver.resolve(), "");
    },
  );
});

Deno.test("OcspResolver.resolve() takes a redirect that leads nowhere as its status", async () => {
  let hits = 0;
  const handler = () => (hits++, new Response(null, { status: 302 }));
  await withServer(handler, async (url) => {
    const resolver = new OcspResolver({ chain: await chainOf(url) });
    assertEquals(await resolver.resolve(), "");
    assertStringIncludes(resolver.softError()!, "HTTP status 302");
    assertEquals(hits, 1);
  });
});

Deno.test("OcspResolver.resolve() goes through the proxy, with its password", async () => {
  await using good = ca.ocspResponder();
  const seen: (string | null)[] = [];
  const proxy = async (request: Request) => {
    seen.push(request.url, request.headers.get("proxy-authorization"));
    const body = await request.bytes();
    return await fetch(good.url, { method: "POST", body });
  };
  await withServer(proxy, async (url) => {
    const chain = await chainOf("http://responder.invalid/");
    const withPassword = url.replace("http://", "http://me:s%20cret@");
    for (const address of [url, url.slice("http://".length, -1), withPassword]) {
      const resolver = new OcspResolver({ chain, ocspMode: HARD });
      assertEquals(await resolver.resolve({ proxy: address }), "");
    }
  });
  const uri = "http://responder.invalid/";
  assertEquals(seen, [uri, null, uri, null, uri, `Basic ${btoa("me:s cret")}`]);
});

Deno.test("OcspResolver.resolve() is safe to call twice at once", async () => {
  await using responder = ca.ocspResponder();
  const resolver = new OcspResolver({ chain: await chainOf(responder.url), ocspMode: HARD });
  assertEquals(await Promise.all([resolver.resolve(), resolver.resolve()]), ["", ""]);
  assertEquals(await resolver.resolve(), "");
  // What went wrong once is reported once.
  responder.options = { httpStatus: 500 };
  const failing = new OcspResolver({ chain: await chainOf(responder.url) });
  assertEquals(await Promise.all([failing.resolve(), failing.resolve()]), ["", ""]);
  assertEquals(failing.softError()!.match(/HTTP status 500/g)!.length, 1);
});

Deno.test("OcspResolver.resolve() leaves nothing behind: no listener, no body", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  const stopped = Promise.withResolvers<void>();
  const handler = () => {
    const pull = (controller: ReadableStreamDefaultController) =>
      controller.enqueue(new Uint8Array(1000));
    return new Response(new ReadableStream({ pull, cancel: () => stopped.resolve() }), {
      status: 500,
    });
  };
  await withServer(handler, async (url) => {
    const resolver = new OcspResolver({ chain: await chainOf(url) });
    assertEquals(await resolver.resolve({ signal }), "");
    assertStringIncludes(resolver.softError()!, "HTTP status 500");
    await stopped.promise;
  });
  assertEquals(listeners, 0);
});

Deno.test("OcspResolver.resolve() refuses options that it cannot honour", async () => {
  const resolver = new OcspResolver({ chain: await chainOf("http://127.0.0.1:1/") });
  const bad = (options: unknown) => () => resolver.resolve(options as ResolveOcspOptions);
  await assertRejects(bad({ maxbytes: 1 }), TypeError, 'use "maxBytes"');
  await assertRejects(bad({ method: "PUT" }), TypeError, "POST or GET");
  for (const timeout of [-1, NaN, 1.5, "1"]) await assertRejects(bad({ timeout }), RangeError);
  for (const maxBytes of [0, NaN, Infinity]) await assertRejects(bad({ maxBytes }), RangeError);
  for (const proxy of ["", "ftp://x.test", "http://"]) {
    const error = await assertRejects(bad({ proxy }), TypeError, "proxy");
    assert(!error.message.includes("x.test"));
  }
});

Deno.test({
  name: "OcspResolver.resolve() does not take a missing permission for a silent responder",
  permissions: { net: ["127.0.0.1:1"] },
  async fn() {
    const resolver = new OcspResolver({ chain: await chainOf("http://responder.invalid/") });
    await assertRejects(() => resolver.resolve(), Deno.errors.NotCapable);
    assertEquals(resolver.hardError(), undefined);
  },
});
