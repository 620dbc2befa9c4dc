/**
 * The instance of the program: the connections of the engine "wasm" and `./ssleay/low` share it. When
 * it has ended, the next one is made by whoever needs one first.
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

/**
 * Those of the program; loads and compiles the file at the first call.
 *
 * @throws {SslUnsupportedError} If the file is missing or altered, or there is no WebAssembly here.
 */
export function sharedInstances(): Promise<Instances> {
  return shared ??= loadModule().then((module) => new Instances(module)).catch((error) => {
    shared = undefined;
    throw error;
  });
}
