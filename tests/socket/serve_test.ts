import "../helpers/limit.ts";
import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { SslContext } from "../../context/context.ts";
import type { ListenOptions } from "../../socket/options.ts";
import { SslError, SslTruncatedError, SslUnsupportedError } from "../../errors.ts";
import { serve, type ServeHandler } from "../../server/serve.ts";
import { SslSocket } from "../../socket/socket.ts";
import { bytes, readText, settle, testPki, trust } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";

const ENGINES = ["deno", "openssl"] as const;

async function start(options: ListenOptions, handler: ServeHandler) {
  const { server: cert, ca } = await testPki();
  const server = serve({ hostname: "127.0.0.1", port: 0, ...cert, ...options }, handler);
  const { port } = await server.addr;
  const connect = () =>
    SslSocket.connect(`127.0.0.1:${port}`, trust(options.engine as "deno" | "openssl", ca));
  return { server, connect };
}

for (const engine of ENGINES) {
  Deno.test(`${engine}: serve() answers lines until it is shut down`, async () => {
    const { server, connect } = await start({ engine }, async (handle, socket) => {
      assertInstanceOf(socket, SslSocket);
      for await (const line of handle.lines()) await handle.say("you said ", line);
    });
    await using client = await connect();
    await client.write(bytes("hello\n"));
    assertEquals(await readText(client, 15), "you said hello\n");
    await client.closeWrite();
    assertEquals(await client.read(new Uint8Array(1)), null);
    await server.shutdown();
    await server.finished;
  });

  Deno.test(`${engine}: serve() keeps what a handler throws to its connection`, async () => {
    const errors: unknown[] = [];
    const { server, connect } = await start(
      { engine, onError: (error) => errors.push(error) },
      async (handle) => {
        const line = await handle.readLine();
        await handle.print("half of the ");
        if (line === "fail") throw new Error("the handler failed");
        await handle.print("answer\n");
      },
    );
    const one = await connect();
    await one.write(bytes("fail\n"));
    assertEquals(await readText(one, 12), "half of the ");
    if (engine === "openssl") {
      await refuses(() => one.read(new Uint8Array(1)), SslTruncatedError, "ERR_SSL_TRUNCATED");
    }
    const two = await connect();
    await two.write(bytes("work\n"));
    assertEquals(await readText(two, 19), "half of the answer\n");
    assertEquals(await two.read(new Uint8Array(1)), null);
    assertEquals(errors.map(String), ["Error: the handler failed"]);
    await one.close();
    await two.close();
    await server.shutdown();
    await server.finished;
  });

  Deno.test(`${engine}: serve() says that it does not speak HTTP to a handler that returns a Response`, async () => {
    const answers: unknown[] = [
      new Response("hello"),
      { [Symbol.toStringTag]: "Response" }, // of another realm, or of a library
      { status: 200, headers: {}, body: "hello" },
    ];
    for (const answer of answers) {
      const errors: unknown[] = [];
      const { server, connect } = await start(
        { engine, onError: (error) => errors.push(error) },
        () => answer,
      );
      const client = await connect();
      await client.read(new Uint8Array(1)).catch(() => {});
      await client.close();
      await server.shutdown();
      await server.finished;
      const [error] = errors;
      assertInstanceOf(error, TypeError);
      for (const part of ["does not speak HTTP", "serveHttp(options, handler)", "127.0.0.1:"]) {
        assertStringIncludes(error.message, part);
      }
    }
  });

  Deno.test(`${engine}: serve() takes whatever else a handler returns`, async () => {
    const errors: unknown[] = [];
    const answers = [undefined, null, 0, "text", [], new Map(), { status: "done" }, { body: 1 }];
    const { server, connect } = await start(
      { engine, onError: (error) => errors.push(error) },
      async (handle) => {
        await handle.print("x");
        return answers.pop();
      },
    );
    while (answers.length > 0) {
      const client = await connect();
      assertEquals(await client.read(new Uint8Array(1)), 1);
      assertEquals(await client.read(new Uint8Array(1)), null); // a clean end
      await client.close();
    }
    await server.shutdown();
    await server.finished;
    assertEquals(errors, []);
  });

  Deno.test(`${engine}: serve() goes on when onError throws, or is not there`, async () => {
    const told: unknown[] = [];
    const onError = (error: unknown): never => {
      told.push(error);
      throw new Error("the reporter failed");
    };
    for (const options of [{}, { onError }]) {
      let served = 0;
      const { server, connect } = await start({ engine, ...options }, async (handle) => {
        served++;
        await handle.print("served");
        throw "not even an Error";
      });
      for (let i = 1; i <= 3; i++) {
        await using client = await connect();
        assertEquals(await readText(client, 6), "served");
        assertEquals(served, i);
      }
      await server.shutdown();
      assertEquals(await server.finished, undefined);
    }
    assertEquals(told, Array(3).fill("not even an Error"));
  });

  Deno.test(`${engine}: serve() with a bad certificate rejects both promises`, async () => {
    const server = serve(
      { engine, hostname: "127.0.0.1", port: 0, certFile: "no-such-file.pem" },
      () => {},
    );
    for (const promise of [server.addr, server.finished]) {
      const error = await assertRejects(() => promise, SslError);
      assertEquals(error.code, "ENOENT");
      assertStringIncludes(error.message, "no-such-file.pem");
    }
    await server.shutdown();
    await server[Symbol.asyncDispose]();
  });

  Deno.test(`${engine}: serve() that fails is unhandled only where nobody looks`, async () => {
    const { server: cert } = await testPki();
    const blocker = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const options = { engine, hostname: "127.0.0.1", port: blocker.addr.port, ...cert };
    const unhandled: unknown[] = [];
    const { promise: seen, resolve } = Promise.withResolvers<void>();
    const listen = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      unhandled.push(event.reason);
      resolve();
    };
    addEventListener("unhandledrejection", listen);
    try {
      for (const look of ["addr", "finished"] as const) {
        const error = await assertRejects(() => serve(options, () => {})[look], SslError);
        assertEquals(error.code, "EADDRINUSE");
      }
      for (let i = 0; i < 20; i++) await settle();
      assertEquals(unhandled, []); // one of the two promises is enough
      const unseen = serve(options, () => {});
      await seen; // else a script that does not look would end as if all were well
      assertEquals(unhandled.map((error) => (error as SslError).code), ["EADDRINUSE"]);
      await refuses(() => unseen.addr, SslError, "EADDRINUSE");
      await unseen[Symbol.asyncDispose]();
    } finally {
      removeEventListener("unhandledrejection", listen);
      blocker.close();
    }
  });

  Deno.test(`${engine}: serve() waits for handlers at shutdown, and cuts at the deadline`, async () => {
    const { promise: go, resolve } = Promise.withResolvers<void>();
    const { server, connect } = await start({ engine }, async (handle) => {
      await handle.print("begun\n");
      await go;
      await handle.print("done\n");
    });
    const client = await connect();
    assertEquals(await readText(client, 6), "begun\n");
    let down = false;
    const stopping = server.shutdown().then(() => down = true);
    await settle();
    assertEquals(down, false);
    resolve();
    assertEquals(await readText(client, 5), "done\n");
    await client.close();
    await stopping;
    await server.finished;

    const stuck: unknown[] = [];
    const second = await start({ engine, onError: (e) => stuck.push(e) }, async (handle) => {
      await handle.print("begun\n");
      await handle.readLine();
    });
    const waiting = await second.connect();
    assertEquals(await readText(waiting, 6), "begun\n");
    await second.server.shutdown({ deadline: 20 });
    await second.server.finished;
    assertEquals(stuck.length, 1);
    assertEquals((stuck[0] as SslError).code, "ECLOSED");
    await waiting.close();
  });

  Deno.test(`${engine}: a handler that never ends does not hold a server up whose time is limited`, async () => {
    const { server, connect } = await start({ engine }, async (handle) => {
      await handle.print("begun\n");
      await new Promise(() => {});
    });
    const client = await connect();
    assertEquals(await readText(client, 6), "begun\n");
    await server.shutdown({ deadline: 10 });
    await server.finished;
    await client.close();
  });

  Deno.test(`${engine}: a second shutdown() may set the deadline that the first one did not`, async () => {
    const { server, connect } = await start({ engine, onError: () => {} }, async (handle) => {
      await handle.print("begun\n");
      await handle.readLine(); // until it is cut
    });
    const client = await connect();
    assertEquals(await readText(client, 6), "begun\n");
    const patient = server.shutdown();
    await server.shutdown({ deadline: 10 });
    await patient;
    await server.finished;
    await client.close();
  });

  Deno.test(`${engine}: a shutdown() with a wrong option refuses it, and the server goes on`, async () => {
    const { server, connect } = await start({ engine }, (handle) => handle.print("here\n"));
    await assertRejects(() => server.shutdown({ deadline: -1 }), RangeError, "deadline");
    await assertRejects(() => server.shutdown({ deadlin: 1 } as never), TypeError, '"deadline"');
    const client = await connect();
    assertEquals(await readText(client, 5), "here\n");
    await client.close();
    await server.shutdown();
    await server.finished;
  });

  Deno.test(`${engine}: serve() is disposable`, async () => {
    const handled: string[] = [];
    {
      const { server, connect } = await start({ engine }, (_handle, socket) => {
        handled.push(socket.engine);
      });
      await using _server = server;
      await using client = await connect();
      assertEquals(await client.read(new Uint8Array(1)), null);
    }
    assertEquals(handled, [engine]);
  });
}

Deno.test("openssl: serve() changes its certificate, also before it listens", async () => {
  const { ca, server: cert } = await testPki();
  const context = (commonName: string) =>
    ca.server({ commonName }).then((c) =>
      SslContext.create({ engine: "openssl", server: true, ...c })
    );
  const [early, later] = [await context("early"), await context("later")];
  const server = serve(
    { engine: "openssl", hostname: "127.0.0.1", port: 0, ...cert },
    (handle) => handle.print("x"),
  );
  server.setContext(early);
  const { port } = await server.addr;
  const name = async () => {
    await using client = await SslSocket.connect(`127.0.0.1:${port}`, trust("openssl", ca));
    await client.read(new Uint8Array(1));
    return client.peerCertificate("cn");
  };
  assertEquals(await name(), "early");
  server.setContext(later);
  assertEquals(await name(), "later");
  await server.shutdown();
});

Deno.test("deno: serve().setContext() throws SslUnsupportedError", async () => {
  const { server: cert } = await testPki();
  const server = serve(
    { engine: "deno", hostname: "127.0.0.1", port: 0, ...cert },
    () => {},
  );
  await server.addr;
  const context = await SslContext.create({ engine: "deno", server: true, ...cert });
  let thrown: unknown;
  try {
    server.setContext(context);
  } catch (error) {
    thrown = error;
  }
  assertInstanceOf(thrown, SslUnsupportedError);
  await server.shutdown();
});

Deno.test("serve() without a handler rejects with a TypeError", async () => {
  const server = serve({ port: 0 }, undefined as unknown as ServeHandler);
  await assertRejects(() => server.addr, TypeError, "handler");
  await assertRejects(() => server.finished, TypeError);
});
