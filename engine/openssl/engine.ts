/**
 * The OpenSSL engine. To ask what is there loads libssl and this file; what
 * makes connections is imported by the first context.
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
import type { Runtime } from "./context.ts";
import { type Library, openLibrary } from "./library.ts";
import { TcpListener } from "../tcp_listener.ts";
import { textOf } from "./memory.ts";

class OpenSslEngine implements Engine {
  readonly name = "openssl";
  readonly features: FeatureSet;
  readonly #library: Library = openLibrary();
  #runtime: Runtime | undefined;

  constructor() {
    this.features = featuresOf(this.#library.narrow ? "openssl-narrow" : "openssl");
  }

  info(): EngineInfo {
    const { c, path } = this.#library;
    return {
      name: this.name,
      version: textOf(c, c.OpenSSL_version(0)),
      path,
      features: this.features,
    };
  }

  async createContext(config: ContextConfig): Promise<EngineContext> {
    const [{ OpenSslContext }, { Callbacks }] = await Promise.all([
      import("./context.ts"),
      import("./callbacks.ts"),
    ]);
    const library = this.#library;
    this.#runtime ??= { library, callbacks: library.narrow ? undefined : new Callbacks(library) };
    return new OpenSslContext(this.#runtime, config);
  }

  listen(target: ListenTarget): EngineListener {
    return new TcpListener(target);
  }

  async verifyChain(request: ChainRequest): Promise<ChainResult> {
    const { verifyChain } = await import("./verify_chain.ts");
    return verifyChain(this.#library.c, request);
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
