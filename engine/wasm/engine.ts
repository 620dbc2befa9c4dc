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
import type { Instance } from "./instance.ts";
import { type Instances, sharedInstances } from "./instances.ts";
import { libraryOf } from "./library.ts";

/** An engine with the instance that it uses. */
export class WasmEngine implements Engine {
  readonly name = "wasm";
  readonly features = featuresOf("wasm");
  readonly #instances: Instances;
  #of: Instance | undefined;
  #runtime!: Runtime;

  /** Runs on the current one of these. */
  constructor(instances: Instances) {
    this.#instances = instances;
  }

  /** The instance in use. */
  get instance(): Instance {
    return this.#instances.last;
  }

  /** What connections run on: a fresh instance when the last one has ended. */
  get runtime(): Runtime {
    const { current } = this.#instances;
    if (this.#of !== current) {
      this.#of = current;
      this.#runtime = runtimeOf(current);
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

let engine: WasmEngine | undefined;

/**
 * The engine; loads and compiles the file at the first call.
 *
 * @throws {SslUnsupportedError} If the file is missing or altered, or there is no WebAssembly here.
 */
export async function loadWasm(): Promise<WasmEngine> {
  const instances = await sharedInstances();
  return engine ??= new WasmEngine(instances);
}
