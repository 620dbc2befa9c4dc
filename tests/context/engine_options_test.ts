/** On Deno's TLS, and on OpenSSL without callbacks, every option works or is refused by its name. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { SslOptions } from "../../context/options.ts";
import { OPTIONS } from "../../context/option_table.ts";
import { denoEngine } from "../../engine/deno/engine.ts";
import { featuresOf } from "../../engine/features.ts";
import type { Engine, EngineContext } from "../../engine/engine.ts";
import { SslError, SslPeerError, SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { SslSocket } from "../../socket/socket.ts";
import { ca, CASES, type OptionCase, PAIR, shared } from "./engine_options.ts";
import { refuses } from "../helpers/refuses.ts";
import { createContext, newConnection } from "../helpers/operations.ts";

Deno.test("the cases cover every option, with every outcome", () => {
  assertEquals([...CASES.keys()].toSorted(), Object.keys(OPTIONS).toSorted());
  for (const [name, cases] of CASES) assert(cases.length > 0, name);
});

/** Options that a peer on the same machine can be reached with. */
const reach = (role: "client" | "server"): SslOptions =>
  role === "server" ? { ...PAIR } : { extraCa: ca.pem };

/** Connects to, or serves, an ordinary peer on Deno's engine with the option. */
async function onDeno({ role, options, operation }: OptionCase): Promise<void> {
  const engine = "deno" as const;
  const own: Record<string, unknown> = { ...reach(role), ...options };
  for (const name of Object.keys(own)) if (own[name] === undefined) delete own[name];
  if ("reuseCtx" in own) {
    delete own.extraCa;
    own.reuseCtx = await shared();
  } else own.engine = engine;
  const at = { hostname: "127.0.0.1", port: 0 };
  if (operation === "start") {
    using plain = Deno.listen(at);
    const { port } = plain.addr;
    const [near, far] = await Promise.all([Deno.connect({ ...at, port }), plain.accept()]);
    try {
      await (await SslSocket.start(far, own)).close();
    } finally {
      for (const conn of [near, far]) {
        try {
          conn.close();
        } catch {
          // The socket closed it.
        }
      }
    }
    return;
  }
  const listener = await SslSocket.listen(
    role === "server" ? { ...at, ...own } : { engine, ...at, ...PAIR, alpnProtocols: ["h2"] },
  );
  try {
    const unknown = own.certFile !== undefined || own.selfSigned !== undefined;
    const to = { port: listener.addr.port, hostname: "127.0.0.1" };
    const accepting = listener.accept();
    accepting.catch(() => {});
    let client: SslSocket;
    try {
      client = await SslSocket.connect(
        role === "client"
          ? { ..."path" in own ? {} : to, ...own }
          : { engine, ...to, extraCa: ca.pem },
      );
    } catch (error) {
      listener.close(); // nobody may have come
      await accepting.then((server) => server.close(), () => {});
      // Served with a certificate that nobody here has an anchor for: it was shown all the same.
      if (unknown && error instanceof SslVerifyError) return;
      throw error;
    }
    if (own.startHandshake === false) {
      assertEquals(client.isSsl(), undefined); // plain, so that the server waits in vain
      await client.close();
      await refuses(() => accepting, SslPeerError, "ERR_SSL_HANDSHAKE_EOF");
      return;
    }
    const server = await accepting;
    await client.write(new Uint8Array([7]));
    const p = new Uint8Array(1);
    assertEquals([await server.read(p), p[0]], [1, 7]);
    await Promise.allSettled([client.close(), server.close()]);
  } finally {
    listener.close();
  }
}

const works = (fate: OptionCase["deno"]): boolean =>
  fate === "works" ||
  (fate === "if shown" && denoEngine().features.has("hostnameSchemes")) ||
  (fate === "if asked by name" && denoEngine().features.has("sniServer"));

for (const [name, cases] of CASES) {
  for (const [i, entry] of cases.entries()) {
    const shown = Object.keys(entry.options).join(", ");
    Deno.test(`deno: ${name}, case ${i} (${entry.role}: ${shown}) ${entry.deno}`, async () => {
      if (works(entry.deno)) return await onDeno(entry);
      const error = await assertRejects(() => onDeno(entry), SslUnsupportedError);
      assertStringIncludes(error.message, "--allow-ffi");
      assertEquals(error.code, "ERR_UNSUPPORTED");
      const named = Object.entries(entry.options).some(([option, value]) =>
        error.message.includes(option) || (value && error.message.includes(String(value)))
      );
      assert(named, error.message);
    });
  }
}

/** OpenSSL without callbacks, up to the seam: what it is asked for goes no further. */
function narrowEngine(): Engine {
  const features = featuresOf("openssl-narrow");
  return {
    name: "openssl",
    features,
    info: () => ({ name: "openssl", version: "0", path: undefined, features }),
    createContext: ({ role }) =>
      Promise.resolve({ role, close() {}, pointer: undefined } as unknown as EngineContext),
    listen: () => {
      throw new Error("not here");
    },
  };
}

for (const [name, cases] of CASES) {
  for (const [i, { role, options, narrow, operation }] of cases.entries()) {
    if (operation !== undefined || name === "createCtxCallback" || name === "crlFile") continue;
    Deno.test(`openssl-narrow: ${name}, case ${i} ${narrow}`, async () => {
      const run = async () => {
        const base = role === "server" ? PAIR : { ca: ca.pem };
        const own: Record<string, unknown> = { ...base, ...options };
        for (const key of Object.keys(own)) if (own[key] === undefined) delete own[key];
        const context = await createContext(role, own, narrowEngine());
        newConnection(context, { role, options: {}, hostname: "localhost" });
        context.close();
      };
      if (narrow === "works") return await run();
      const error = await assertRejects(run, SslUnsupportedError);
      assertStringIncludes(error.message, "--allow-ffi without a path");
    });
  }
}

Deno.test("a file that is missing is reported before the engine is asked", async () => {
  const [{ options }] = CASES.get("crlFile") as [OptionCase];
  await assertRejects(
    () => createContext("client", { ca: ca.pem, ...options }, narrowEngine()),
    SslError,
    "Cannot read crlFile",
  );
});
