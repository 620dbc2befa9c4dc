/** The keys of a server's session tickets. */

import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { SessionCache } from "../../context/sessions/session_cache.ts";
import { ticketKeyHook } from "../../context/sessions/ticket_keys.ts";
import { SslPeerError, SslUnsupportedError } from "../../errors.ts";
import { type SslListener, SslSocket } from "../../socket/socket.ts";
import { bytes, listen, reach, readText, testPki } from "../contract/harness.ts";
import { refuses } from "../helpers/refuses.ts";

const VERSIONS = ["TLSv1_2", "TLSv1_3"] as const;
const { ca } = await testPki();
const clientCert = await ca.client("a client");

interface Key {
  readonly key: Uint8Array;
  readonly name: Uint8Array;
}

function makeKey(name: string): Key {
  const padded = new Uint8Array(16);
  padded.set(bytes(name));
  return { key: crypto.getRandomValues(new Uint8Array(32)), name: padded };
}

/** Whether the connection was a resumption. */
async function visit(listener: SslListener, options: ConnectOptions): Promise<boolean | undefined> {
  const accepting = listener.accept();
  accepting.catch(() => {});
  const client = await SslSocket.connect(await reach("openssl", listener, options));
  try {
    const server = await accepting;
    await server.write(bytes("x"));
    await readText(client, 1);
    const reused = client.getSessionReused();
    await server.close();
    return reused;
  } finally {
    await client.close();
  }
}

for (const version of VERSIONS) {
  Deno.test(`t/session_ticket: two servers share the keys, one client certificate, one sessionKey (${version})`, async () => {
    // As in Perl's manual: the first key is the current one, the others are still taken.
    let keys = [makeKey("key1")];
    const seen: unknown[] = [];
    const ticketKeycb: ListenOptions["ticketKeycb"] = [(data, name) => {
      seen.push(data);
      const current = keys[0]!;
      if (name === undefined) return [current.key, current.name];
      const found = keys.find((key) => key.name.every((byte, i) => byte === name[i]));
      return found === undefined ? [] : [found.key, current.name];
    }, "the data"];
    const options = { version, ticketKeycb, verifyMode: 3, clientCa: ca.pem };
    const shared = { ...options, sessionIdContext: "foobar" };
    const [one, two] = [await listen("openssl", shared), await listen("openssl", shared)];
    const client = {
      sessionCache: new SessionCache(10),
      sessionKey: "single",
      cert: clientCert.cert,
      key: clientCert.key,
    };
    const results: unknown[] = [];
    results.push(await visit(one, client)); // the first one
    results.push(await visit(one, client)); // its ticket
    results.push(await visit(two, client)); // its ticket with the other server
    keys = [makeKey("key2")]; // and the old one forgotten
    results.push(await visit(one, client));
    client.sessionCache.delSession(); // as another client
    results.push(await visit(two, client));
    results.push(await visit(one, client));
    assertEquals(results, [false, true, true, false, false, true]);
    assert(seen.length >= 6 && seen.every((data) => data === "the data"));
    one.close();
    two.close();
  });

  Deno.test(`ticketKeycb: a ticket under an old key is renewed under the current one (${version})`, async () => {
    const [old, now] = [makeKey("old"), makeKey("now")];
    let known = [old];
    const asked: string[] = [];
    const listener = await listen("openssl", {
      version,
      ticketKeycb: (data, name) => {
        assertEquals(data, undefined);
        const text = name && new TextDecoder().decode(name).replaceAll("\0", "");
        asked.push(text ?? "new");
        const current = known[0]!;
        if (name === undefined) return [current.key, current.name];
        const found = known.find((key) => key.name.every((byte, i) => byte === name[i]));
        return found && [found.key, current.name];
      },
    });
    const client = { sessionCache: new SessionCache(10), sessionKey: "key" };
    assertEquals(await visit(listener, client), false);
    assert(asked.every((name) => name === "new"));
    known = [now, old];
    asked.length = 0;
    assertEquals(await visit(listener, client), true);
    assertEquals(asked, ["old", "new"]); // the order of t/65_ticket_sharing_2
    if (version === "TLSv1_2") assertEquals(client.sessionCache.size, 2); // the old one is beside it
    known = [now];
    asked.length = 0;
    assertEquals(await visit(listener, client), true);
    assertEquals(asked[0], "now");
    if (version === "TLSv1_2") assertEquals(client.sessionCache.size, 2); // nothing new came
    known = [makeKey("third")];
    assertEquals(await visit(listener, client), false);
    listener.close();
  });

  Deno.test(`ticketKeycb: without a key for a new ticket the connection goes on, and nothing is resumed (${version})`, async () => {
    const listener = await listen("openssl", { version, ticketKeycb: () => [] });
    const client = { sessionCache: new SessionCache(10) };
    for (let i = 0; i < 3; i++) assertEquals(await visit(listener, client), false);
    listener.close();
  });

  Deno.test(`ticketKeycb: what it throws ends the connection, and only that one (${version})`, async () => {
    let failing = true;
    const { key, name } = makeKey("key");
    const errors: Error[] = [];
    const listener = await listen("openssl", {
      version,
      ticketKeycb: () => {
        if (failing) throw new Error("no key store");
        return [key, name];
      },
      onHandshakeError: (error) => errors.push(error),
    });
    const client = { sessionCache: new SessionCache(10) };
    const serving = (async () => {
      for await (const socket of listener) {
        await socket.write(bytes("x")).catch(() => {});
        await socket.close();
      }
    })();
    const go = async () => {
      const socket = await SslSocket.connect(await reach("openssl", listener, client));
      try {
        await readText(socket, 1);
        return socket.getSessionReused();
      } finally {
        await socket.close();
      }
    };
    await refuses(go, SslPeerError, "ERR_SSL_ALERT_INTERNAL_ERROR");
    failing = false;
    assertEquals(await go(), false);
    assertEquals(await go(), true);
    listener.close();
    await serving;
    if (errors.length > 0) assertStringIncludes(errors[0]!.message, "no key store");
  });
}

Deno.test("tickets of other keys are not accepted", async () => {
  const keycb = ({ key, name }: Key) => () => [key, name] as const;
  const mine = makeKey("same name");
  const listeners = [
    await listen("openssl", { ticketKeycb: keycb(mine) }),
    await listen("openssl", { ticketKeycb: keycb(makeKey("same name")) }),
    await listen("openssl", {}),
  ] as const;
  const client = { sessionCache: new SessionCache(10), sessionKey: "key" };
  assertEquals(await visit(listeners[0], client), false);
  for (const listener of listeners.slice(1)) {
    const before = client.sessionCache.sessions("key")[0]!;
    assertEquals(await visit(listener, client), false);
    client.sessionCache.delSession();
    client.sessionCache.addSession("key", before);
  }
  assertEquals(await visit(listeners[0], client), true);
  for (const listener of listeners) listener.close();
});

Deno.test("ticketKeyHook() checks what the function gives", () => {
  const { key, name } = makeKey("key");
  const other = makeKey("other").name;
  const bad: unknown[] = [
    [key],
    [key, key],
    [name, name],
    ["x".repeat(32), "x".repeat(16)],
    [key.subarray(1), name],
    { key, name },
    Promise.resolve([key, name]),
    key,
    5,
  ];
  for (const answer of bad) {
    const hook = ticketKeyHook(() => answer as []);
    for (const asked of [undefined, name]) {
      let error: unknown;
      try {
        hook(asked, undefined);
      } catch (e) {
        error = e;
      }
      assertInstanceOf(error, TypeError);
      assertStringIncludes(error.message, "Cannot use ticketKeycb's answer");
    }
  }
  const good = ticketKeyHook([(_data, asked) => [key, asked === undefined ? name : other], 1]);
  assertEquals(good(undefined, undefined), { key, name });
  assertEquals(good(name, undefined), { key, name, renew: true });
  assertEquals(ticketKeyHook(() => [key, name])(name, undefined), { key, name, renew: false });
  for (const nothing of [null, undefined, []]) {
    const hook = ticketKeyHook(() => nothing as []);
    assertEquals(hook(name, undefined), undefined);
    const { key, name: own } = hook(undefined, undefined)!;
    assertEquals([key.length, own.length], [32, 16]);
  }
  const none = ticketKeyHook(() => undefined);
  const [a, b] = [none(undefined, undefined)!, none(undefined, undefined)!];
  assert(a.key.toHex() !== b.key.toHex() && a.name.toHex() !== b.name.toHex());
  // The function gets a name of its own, to keep or to change.
  ticketKeyHook((_data, asked) => (asked!.fill(0), []))(name, undefined);
  assertEquals(name[0], "k".charCodeAt(0));
});

Deno.test("ticketKeycb is for servers, and a function or [function, data]", async () => {
  for (const ticketKeycb of ["x", [], ["x"], {}, [() => [], 1, 2]] as unknown[]) {
    await assertRejects(
      () => listen("openssl", { ticketKeycb } as ListenOptions),
      TypeError,
      "must be a function or [function, data]",
    );
  }
  await assertRejects(
    () => SslSocket.connect("localhost:1", { ticketKeycb: () => [] } as ConnectOptions),
    TypeError,
    "not to connect",
  );
  await assertRejects(
    () => listen("deno", { ticketKeycb: () => [] }),
    SslUnsupportedError,
    "ticketKeycb",
  );
});
