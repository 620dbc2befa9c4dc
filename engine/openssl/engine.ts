/**
 * The OpenSSL engine. The first context imports this file, with everything that
 * makes connections; until then library.ts says whether OpenSSL is available and
 * what it can do.
 *
 * @module
 */

import { offerNativeKdf } from "../../certificate/keys/native_kdf.ts";
import type { FeatureSet } from "../features.ts";
import { TcpListener } from "../dial.ts";
import type {
  ContextConfig,
  Engine,
  EngineContext,
  EngineInfo,
  EngineListener,
  ListenTarget,
} from "../engine.ts";
import type { ChainRequest, ChainResult } from "../chain_verification.ts";
import { Callbacks } from "./callbacks.ts";
import { OpenSslContext } from "./context.ts";
import type { Runtime } from "./session_context.ts";
import { openSslInfo } from "./library.ts";
import { type Library, openLibrary } from "./binder.ts";

class OpenSslEngine implements Engine {
  readonly name = "openssl";
  readonly features: FeatureSet = openSslInfo().features;
  readonly #library: Library = openLibrary();
  #runtime: Runtime | undefined;

  constructor() {
    offerNativeKdf(async (of) => {
      const { deriveKey } = await import("./pkcs12_key.ts");
      return await deriveKey(this.#library.c, of);
    });
  }

  info(): EngineInfo {
    return openSslInfo();
  }

  // deno-lint-ignore require-await -- what it throws rejects
  async createContext(config: ContextConfig): Promise<EngineContext> {
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
