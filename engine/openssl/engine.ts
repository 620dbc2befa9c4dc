/**
 * The OpenSSL engine.
 *
 * @module
 */

import { type FeatureSet, featuresOf } from "../features.ts";
import type {
  ChainRequest,
  ChainResult,
  ContextConfig,
  Engine,
  EngineContext,
  EngineInfo,
  EngineListener,
  ListenTarget,
} from "../types.ts";
import { Callbacks } from "./callbacks.ts";
import { OpenSslContext, type Runtime } from "./context.ts";
import { openLibrary } from "./library.ts";
import { TcpListener } from "./listener.ts";
import { textOf } from "./memory.ts";
import { verifyChain } from "./verify_chain.ts";

class OpenSslEngine implements Engine {
  readonly name = "openssl";
  readonly features: FeatureSet;
  readonly #runtime: Runtime;

  constructor() {
    const library = openLibrary();
    this.#runtime = { library, callbacks: library.narrow ? undefined : new Callbacks(library) };
    this.features = featuresOf(library.narrow ? "openssl-narrow" : "openssl");
  }

  info(): EngineInfo {
    const { library } = this.#runtime;
    return {
      name: this.name,
      version: textOf(library.c, library.c.OpenSSL_version(0)),
      path: library.path,
      features: this.features,
    };
  }

  createContext(config: ContextConfig): Promise<EngineContext> {
    return Promise.resolve().then(() => new OpenSslContext(this.#runtime, config));
  }

  listen(target: ListenTarget): EngineListener {
    return new TcpListener(target);
  }

  verifyChain(request: ChainRequest): ChainResult {
    return verifyChain(this.#runtime.library.c, request);
  }
}

let engine: OpenSslEngine | undefined;

/**
 * The OpenSSL engine; loads the library at the first call.
 *
 * @throws {SslUnsupportedError} If the library cannot be loaded.
 * @throws {Deno.errors.NotCapable} If the ffi permission is not granted.
 */
export function loadOpenSsl(): Engine {
  return engine ??= new OpenSslEngine();
}
