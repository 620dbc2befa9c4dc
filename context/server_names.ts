/**
 * Which context serves a client: the records by server name inside a context,
 * and the callbacks that bring other contexts.
 *
 * `clientHelloCallback` is asked first, then `sniCallback`, then the records. The answer `undefined`
 * leaves the choice to the next one; `null` refuses the client with the alert unrecognized_name. In
 * the context that a callback returns, the records count and the callbacks do not. TLS begins with
 * the chosen context, so its verification, versions and protocols hold from the start.
 *
 * @module
 */

import type { ClientHello, ContextHooks, EngineContext } from "../engine/engine.ts";
import { ConnectionState } from "./connection.ts";
import { contextIn, type ContextRecord, recordOf, type Records } from "./context_record.ts";
import type { ContextOptions, SharedContext } from "./options.ts";
import { connectionPolicy } from "./connection_policy.ts";
import { checkOptions, contextOptions } from "./resolved_options.ts";

type Select = NonNullable<ContextHooks["selectContext"]>;

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** The context that a callback returned, or made from the options that it returned, once. */
function contextOf(
  base: ContextRecord,
  cache: WeakMap<object, Promise<SharedContext>>,
  option: string,
  choice: unknown,
): Promise<SharedContext> {
  if (typeof choice !== "object" || choice === null) {
    throw new TypeError(
      `Cannot serve: ${option} must give an SslContext, options, null or undefined: received ` +
        typeof choice,
    );
  }
  const context = contextIn(choice);
  if (context === choice && context !== undefined) {
    const { engine } = recordOf(context);
    if (engine !== base.engine) {
      throw new TypeError(
        `Cannot serve: ${option} gave a context of the engine "${engine.name}", the listener's is ` +
          `"${base.engine.name}"`,
      );
    }
    return Promise.resolve(context);
  }
  let made = cache.get(choice);
  if (made === undefined) {
    const checked = checkOptions("context", { ...choice as ContextOptions, server: true });
    const { engine = "auto" } = checked;
    if (engine !== "auto" && engine !== base.engine.name) {
      throw new TypeError(
        `Cannot serve: ${option} gave options for the engine "${engine}", the listener's is ` +
          `"${base.engine.name}"`,
      );
    }
    made = base.sibling(contextOptions(checked));
    cache.set(choice, made);
    made.catch(() => cache.delete(choice)); // the file may exist the next time
  }
  return made;
}

/**
 * The hook that chooses a context; `undefined` if there is only one.
 *
 * @param before What every handshake has to wait for, if anything.
 * @param engineContext Gives the engine's context of another context.
 */
export function selector(
  base: ContextRecord,
  records: Records | undefined,
  before: (() => Promise<void> | undefined) | undefined,
  engineContext: (context: SharedContext, role: "server") => Promise<EngineContext>,
): Select | undefined {
  const { sniCallback, clientHelloCallback } = base.options;
  const cache = new WeakMap<object, Promise<SharedContext>>();

  const use = async (option: string, choice: unknown, name: string, user: unknown) => {
    const context = await contextOf(base, cache, option, choice);
    const first = await engineContext(context, "server");
    const record = recordOf(context);
    if (user instanceof ConnectionState) {
      const { policy, names } = connectionPolicy(context, "server", user.extra);
      user.choose(context, policy, names);
      user.tracer = record.tracer;
    }
    const own = record.records?.(name);
    await record.before?.();
    return own === undefined ? first : own;
  };

  const ask = async (name: string, user: unknown, hello: ClientHello) => {
    const byHello = await clientHelloCallback?.(hello);
    if (byHello === null) return null;
    if (byHello !== undefined) return await use("clientHelloCallback", byHello, name, user);
    const byName = await sniCallback?.(name);
    if (byName === null) return null;
    if (byName !== undefined) return await use("sniCallback", byName, name, user);
    await before?.();
    return records?.(name);
  };

  if (sniCallback !== undefined || clientHelloCallback !== undefined) return ask;
  if (before === undefined) return records;
  return (name) => {
    const wait = before();
    return isPromise(wait) ? wait.then(() => records?.(name)) : records?.(name);
  };
}
