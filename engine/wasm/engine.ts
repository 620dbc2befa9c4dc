/**
 * The engine "wasm": OpenSSL as WebAssembly. Its sessions and contexts are those of the engine
 * "openssl". When a call into an instance does not return, the connections of that instance fail,
 * and the next one gets another instance.
 *
 * @module
 */

import { featuresOf } from "../features.ts";
import type { ChainRequest, ChainResult } from "../chain_verification.ts";
import { TcpListener } from "../dial.ts";
import type {
  ContextConfig,
  Engine,
  EngineContext,
  EngineInfo,
  EngineListener,
  ListenTarget,
} from "../engine.ts";
import { Callbacks } from "../openssl/callbacks.ts";
import { OpenSslContext } from "../openssl/context.ts";
import { textOf } from "../openssl/library.ts";
import type { Runtime } from "../openssl/session_context.ts";
import { libraryOf } from "./functions.ts";
import { Instance } from "./instance.ts";
import { loadModule } from "./loader.ts";

/** An engine with the instance that it uses. */
export class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly features = featuresOf("wasm");
  readonly #module: WebAssembly.Module;
  #instance: Instance;
  #runtime: Runtime;

  /** Starts the first instance. */
  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#instance = new Instance(module);
    this.#runtime = runtimeOf(this.#instance);
  }

  /** The instance in use. */
  get instance(): Instance {
    return this.#instance;
  }

  /** What connections run on: a fresh instance when the last one has ended. */
  get runtime(): Runtime {
    if (this.#instance.ended) {
      this.#instance = new Instance(this.#module);
      this.#runtime = runtimeOf(this.#instance);
    }
    return this.#runtime;
  }

  info(): EngineInfo {
    const { c } = this.runtime.library;
    const version = textOf(c, c.OpenSSL_version(0));
    return { name: this.name, version, path: undefined, features: this.features };
  }

  // deno-lint-ignore require-await
  async createContext(config: ContextConfig): Promise<EngineContext> {
    return new OpenSslContext(this.runtime, config, () => this.runtime);
  }

  listen(target: ListenTarget): EngineListener {
    return new TcpListener(target);
  }

  async verifyChain(request: ChainRequest): Promise<ChainResult> {
    const { verifyChain } = await import("../openssl/verify_chain.ts");
    return verifyChain(this.runtime.library.c, request);
  }
}

function runtimeOf(instance: Instance): Runtime {
  const library = libraryOf(instance);
  return { library, callbacks: new Callbacks(library) };
}

let engine: Promise<WasmEngine> | undefined;

/**
 * The engine; loads and compiles the file at the first call.
 *
 * @throws {SslUnsupportedError} If the file is missing or altered, or there is no WebAssembly here.
 */
export function loadWasm(): Promise<WasmEngine> {
  return engine ??= loadModule().then((module) => new WasmEngine(module)).catch((error) => {
    engine = undefined;
    throw error;
  });
}
