/**
 * The way from a listener to the class around it, which the application holds.
 *
 * @module
 */

import type { AcceptedSocket, Listener } from "./listener.ts";

/**
 * What only the library can make a listener from.
 *
 * @template S The class of the sockets.
 * @category Sockets
 */
export interface ListenerInit<S = unknown> {
  /** Says that it was made by the library, and for which sockets. */
  readonly kind: "ListenerInit";
  /** Never there: it ties the type of the sockets to the listener's. */
  readonly socket?: S;
}

const listeners = new WeakMap<object, unknown>();

/** Wraps a listener for the constructor of its class. */
export function wrapListener<S extends AcceptedSocket>(listener: Listener<S>): ListenerInit<S> {
  const init = Object.freeze({ kind: "ListenerInit" as const });
  listeners.set(init, listener);
  return init;
}

/** Unwraps it again. */
export function unwrapListener<S extends AcceptedSocket>(init: ListenerInit<S>): Listener<S> {
  const listener = listeners.get(init);
  if (listener === undefined) {
    throw new TypeError("Cannot create a listener: use SslSocket.listen");
  }
  return listener as Listener<S>;
}
