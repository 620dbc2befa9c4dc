/**
 * The Deno engine: Deno's own TLS (rustls) behind the seam. It needs no
 * permission but that for the network, and offers what Deno's public API
 * offers; what it cannot honour throws.
 *
 * Three things differ from the OpenSSL engine in ways that a caller may meet,
 * all measured with Deno 2.9.6:
 *
 * - `close()` sends close_notify, even with a write in flight: the public API
 *   knows no other end. So do not close in the middle of a message and expect
 *   the peer to notice.
 * - A connection that is closed before its handshake is complete keeps its
 *   socket in the runtime until the peer gives up.
 * - The verify hook runs when the handshake is complete: before any
 *   application byte, but after the client's own certificate has gone.
 *
 * @module
 */

import { type FeatureSet, featuresOf } from "../features.ts";
import type {
  ContextConfig,
  Engine,
  EngineContext,
  EngineInfo,
  EngineListener,
  ListenTarget,
} from "../types.ts";
import type { DenoContext } from "./context.ts";
import { hasPeerCertificate } from "./peer_certificate.ts";

class DenoEngine implements Engine {
  readonly name = "deno";
  readonly #contexts = new WeakMap<EngineContext, DenoContext>();
  #features: FeatureSet | undefined;

  get features(): FeatureSet {
    const told = hasPeerCertificate();
    if (this.#features?.has("peerCertificate") === told) return this.#features;
    return this.#features = told
      ? featuresOf("deno").union(featuresOf("deno", "maybe"))
      : featuresOf("deno");
  }

  info(): EngineInfo {
    return {
      name: this.name,
      version: `Deno ${Deno.version.deno}`,
      path: undefined,
      features: this.features,
    };
  }

  async createContext(config: ContextConfig): Promise<EngineContext> {
    const { createContext } = await import("./context.ts"); // by the first context, not by a question
    const context = await createContext(config);
    this.#contexts.set(context, context);
    return context;
  }

  listen(target: ListenTarget, context: EngineContext): EngineListener {
    const own = this.#contexts.get(context);
    if (own === undefined) throw new TypeError("Cannot listen: the context is of another engine");
    return own.listen(target);
  }
}

let engine: DenoEngine | undefined;

/** The Deno engine. */
export function denoEngine(): Engine {
  return engine ??= new DenoEngine();
}
