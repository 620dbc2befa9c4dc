/**
 * The instance of the program, which the engine "wasm" and `./ssleay/low` share.
 *
 * @module
 */

import { Instance } from "./instance.ts";
import { loadModule } from "./loader.ts";

/** An instance, and the next one when that has ended. */
export class Instances {
  readonly #module: WebAssembly.Module;
  /** The instance in use. */
  last: Instance;

  /** Starts the first one. */
  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.last = new Instance(module);
  }

  /** One that has not ended. */
  get current(): Instance {
    if (this.last.ended) this.last = new Instance(this.#module);
    return this.last;
  }
}

let shared: Promise<Instances> | undefined;

/** Those of the program. @throws {SslUnsupportedError} As {@linkcode loadModule}. */
export function sharedInstances(): Promise<Instances> {
  return shared ??= loadModule().then((module) => new Instances(module)).catch((error) => {
    shared = undefined;
    throw error;
  });
}
