/**
 * Which context serves a client: the records by server name inside a context,
 * and the callbacks that bring other contexts.
 *
 * `clientHelloCallback` is asked first, then `sniCallback`, then the records.
 * What gives `undefined` leaves the choice to the next; `null` refuses the
 * client with the alert unrecognized_name. A context that a callback gives is
 * asked for its own records, not for its callbacks. TLS begins with the chosen
 * context, so its verification, versions and protocols hold from the start.
 *
 * @module
 */

import type { ClientHello, ContextHooks, EngineContext } from "../engine/engine.ts";
import { ConnectionState } from "./connection.ts";
import { type ContextState, createContext, roleContext, SslContext, stateOf } from "./context.ts";
import type { ContextOptions } from "./options.ts";
import { connectionPolicy } from "./connection_policy.ts";
import { checkOptions, defaultsIn } from "./validate.ts";

/** What serves a client: a context, or the options of one, which is made once for each object. */
export type SniChoice = SslContext | ContextOptions;

/**
 * Chooses by the server name in lower case, `""` if the client sends none. `undefined` leaves it to
 * the certificates of the listener's context, `null` refuses with unrecognized_name.
 */
export type SniCallback = (
  serverName: string,
) => SniChoice | undefined | null | PromiseLike<SniChoice | undefined | null>;

/** As {@linkcode SniCallback}, by all that the client offers. */
export type ClientHelloCallback = (
  hello: ClientHello,
) => SniChoice | undefined | null | PromiseLike<SniChoice | undefined | null>;

/** The choice among the records of a context. */
export type Records = (serverName: string) => EngineContext | undefined | null;

type Select = NonNullable<ContextHooks["selectContext"]>;

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}

/** The context that a callback means; made from options at the first time. */
function contextOf(
  base: ContextState,
  cache: WeakMap<object, Promise<SslContext>>,
  option: string,
  choice: unknown,
): Promise<SslContext> {
  if (typeof choice !== "object" || choice === null) {
    throw new TypeError(
      `Cannot serve: ${option} must give an SslContext, options, null or undefined: received ` +
        typeof choice,
    );
  }
  if (choice instanceof SslContext) {
    const { engine } = stateOf(choice);
    if (engine !== base.engine) {
      throw new TypeError(
        `Cannot serve: ${option} gave a context of the engine "${engine.name}", the listener's is ` +
          `"${base.engine.name}"`,
      );
    }
    return Promise.resolve(choice);
  }
  let made = cache.get(choice);
  if (made === undefined) {
    const checked = checkOptions("context", { ...choice as ContextOptions, server: true });
    const { server: _, engine = "auto", ...rest } = checked;
    if (engine !== "auto" && engine !== base.engine.name) {
      throw new TypeError(
        `Cannot serve: ${option} gave options for the engine "${engine}", the listener's is ` +
          `"${base.engine.name}"`,
      );
    }
    made = createContext("server", rest, defaultsIn(checked), base.engine);
    cache.set(choice, made);
    made.catch(() => cache.delete(choice)); // a file may be there the next time
  }
  return made;
}

/**
 * The hook that chooses; `undefined` when there is nothing to choose from.
 *
 * @param before What every handshake has to wait for, if anything.
 */
export function selector(
  base: ContextState,
  records: Records | undefined,
  before: (() => Promise<void> | undefined) | undefined,
): Select | undefined {
  const { sniCallback, clientHelloCallback } = base.options;
  const cache = new WeakMap<object, Promise<SslContext>>();

  const use = async (option: string, choice: unknown, name: string, user: unknown) => {
    const context = await contextOf(base, cache, option, choice);
    const first = await roleContext(context, "server");
    const state = stateOf(context);
    if (user instanceof ConnectionState) {
      const { policy, names } = connectionPolicy(context, "server", user.extra);
      user.choose(context, policy, names);
      user.tracer = state.tracer;
    }
    const own = state.records?.(name);
    await state.before?.();
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
