/**
 * The backend "wasm": the low-level functions on OpenSSL as WebAssembly, in the instance that the
 * connections of the engine `"wasm"` are in, so that their objects are taken here, too.
 *
 * A pointer is a number: the offset in the memory of the instance, and above its 32 bits the number of
 * the instance. So what is left of an instance that has ended never reaches another one.
 *
 * @module
 */

import { callbackArgument, functionOf, WIDE } from "../../engine/wasm/functions.ts";
import type { Instance } from "../../engine/wasm/instance.ts";
import { type Instances, sharedInstances } from "../../engine/wasm/instances.ts";
import type { Backend, CCallback, CFunction, Signature } from "./backend.ts";
import { guarded, rethrow } from "./thrown.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How far the pointers of one instance are from those of the next. */
const SPAN = 2 ** 32;

const REMEDY = 'call useBackend("wasm") again, and make what is needed anew';

const USE_FFI = 'use the backend "ffi"';
const NO_SOCKETS = "sockets: use set_fd() with a Deno.Conn";

/**
 * By the beginning of their names: functions that the file does not have, or that can do nothing in
 * it; what they belong to, and what to do.
 */
const LACKS: Readonly<Record<string, string>> = {
  ENGINE_: `engines: ${USE_FFI}`,
  OPENSSL_INIT_set_config_: `configuration files: ${USE_FFI}`,
  SSL_CTX_set_default_verify_paths:
    "files: use CTX_load_verify_locations() with the file of your system's anchors",
  BIO_new_ssl_connect: NO_SOCKETS,
  BIO_new_buffer_ssl_connect: NO_SOCKETS,
};

const lackOf = (name: string): string | undefined =>
  Object.entries(LACKS).find(([prefix]) => name.startsWith(prefix))?.[1];

/** These take the address of an object as a number, which FFI without a narrow flag does not need. */
const BY_ADDRESS: ReadonlySet<string> = new Set(["BN_dup"]);

/** A number for C that must fit into the bits that C has for it here. */
function fitting(value: unknown, name: string, low: number, high: number): number {
  const number = Number(value);
  if (number >= low && number <= high) return number;
  throw new RangeError(
    `Cannot call ${name}(): a number of 32 bits is out of range in WebAssembly: ${number}`,
  );
}

type Into = (value: unknown) => unknown;

/** The low-level functions on an instance, and on the next one when that has ended. */
class WebAssemblyBackend implements Backend {
  readonly #instances: Instances;
  #instance!: Instance;
  #base = -SPAN;
  /** Finds every function that was asked for in the instance of now. */
  readonly #bound: (() => void)[] = [];
  readonly #pointers = new Map<string, Deno.PointerObject>();

  constructor(instances: Instances) {
    this.#instances = instances;
    this.renew();
  }

  /** Takes the instance of now, if the one in use has ended. */
  renew(): void {
    if (this.#instance?.ended === false) return;
    this.#instance = this.#instances.current;
    this.#base += SPAN;
    this.#pointers.clear();
    for (const bind of this.#bound) bind();
    this.#loadDefault();
    try {
      rethrow(); // what a callback threw in the call that did not return
    } catch { /* that call has told it */ }
  }

  /**
   * Loads the default provider, as the configuration file of a system does. Else it would not be there
   * any more once the program, or old key material, has loaded another one.
   */
  #loadDefault(): void {
    const load = functionOf(this.#instance, {
      name: "OSSL_PROVIDER_load",
      row: { parameters: ["pointer", "buffer"], result: "pointer" },
    })!;
    load(null, new TextEncoder().encode("default\0"));
  }

  get memory(): object {
    return this.#instance;
  }

  function(name: string, signature: Signature): CFunction | undefined {
    if (lackOf(name) !== undefined) return undefined;
    const builtIn = this.#builtIn(name);
    if (builtIn !== undefined) return builtIn;
    let call: CFunction | undefined;
    const bind = () => {
      call = functionOf(this.#instance, {
        name,
        row: signature as Deno.ForeignFunction,
        convert: (c) => this.#convert(c as CFunction, name, signature),
        remedy: REMEDY,
      });
    };
    bind();
    if (call === undefined) return undefined;
    this.#bound.push(bind);
    return (a, b, c, d, e, f, g, h) => call!(a, b, c, d, e, f, g, h);
  }

  /** The functions of the C library, which the file does not export. */
  #builtIn(name: string): CFunction | undefined {
    if (name === "strlen") return (from) => this.#instance.lengthOfString(this.#offset(from));
    if (name !== "memcpy") return undefined;
    return (to, from, length) => {
      const n = Number(length);
      if (to instanceof Uint8Array) this.#instance.read(this.#offset(from), to as Bytes, n);
      else this.#instance.write(this.#offset(to), from, n);
    };
  }

  lacks(name: string): string {
    return lackOf(name) ?? `${name}: ${USE_FFI}`;
  }

  functionPointer(name: string): Deno.PointerObject {
    let pointer = this.#pointers.get(name);
    if (pointer === undefined) {
      pointer = this.#tagged(this.#instance.addressOfFunction(name));
      this.#pointers.set(name, pointer);
    }
    return pointer;
  }

  callback({ parameters, result }: Signature, run: CFunction): CCallback {
    const instance = this.#instance;
    const into = parameters.map((type) => {
      const plain = callbackArgument(type);
      return type === "pointer"
        ? (value: number) => value === 0 ? null : this.#tagged(value)
        : plain;
    });
    const at = instance.callable(
      parameters.length,
      result !== "void",
      (...args) => guarded(0, () => run(...args.map((value, i) => into[i]!(value)))),
    );
    return {
      pointer: this.#tagged(at),
      close: () => instance.release(at),
    };
  }

  adopt(pointer: unknown): Deno.PointerObject {
    return this.#tagged(pointer as number);
  }

  isLost(pointer: Deno.PointerObject): boolean {
    return (pointer as unknown as number) < this.#base;
  }

  addressOf(pointer: Deno.PointerObject): bigint {
    return BigInt(pointer as unknown as number);
  }

  pointerTo(address: bigint): Deno.PointerObject {
    return Number(address) as unknown as Deno.PointerObject;
  }

  readonly inMemory = (address: bigint): number => address === 0n ? 0 : this.#offset(address);

  readonly fromMemory = (value: number): bigint => value === 0 ? 0n : BigInt(value + this.#base);

  keep(bytes: Bytes): bigint {
    return BigInt(this.#instance.copyOf(bytes) + this.#base);
  }

  readonly drop = (bytes: Bytes): void => this.#instance.dropCopy(bytes);

  withBytes<T>(bytes: Bytes, use: (address: bigint) => T): T {
    const instance = this.#instance, at = instance.take(bytes.length);
    try {
      instance.write(at, bytes);
      const result = use(BigInt(at + this.#base));
      instance.read(at, bytes);
      return result;
    } finally {
      instance.give(at, bytes.length);
    }
  }

  #tagged(offset: number): Deno.PointerObject {
    return (offset >>> 0) + this.#base as unknown as Deno.PointerObject;
  }

  /** The offset of a pointer or an address. */
  #offset(pointer: unknown): number {
    const offset = Number(pointer) - this.#base;
    if (offset > 0 && offset < SPAN) return offset;
    throw new TypeError(
      `Cannot go on: this was lost when OpenSSL as WebAssembly stopped inside a call: make it anew`,
    );
  }

  /** How an argument becomes a number; `undefined` where WebAssembly does it. */
  #argument(type: Deno.NativeType, name: string): Into | undefined {
    switch (type) {
      case "pointer":
        return (value) => value === null ? 0 : this.#offset(value);
      case "usize":
        return (value) => fitting(value, name, 0, SPAN - 1);
      case "i64":
        if (WIDE.has(name)) return (value) => BigInt(value as number);
        return (value) => fitting(value, name, -SPAN / 2, SPAN / 2 - 1);
      case "u64":
        if (WIDE.has(name)) return (value) => BigInt(value as number);
        if (BY_ADDRESS.has(name)) return (value) => this.#offset(value);
        return (value) => fitting(value, name, 0, SPAN - 1);
    }
  }

  /** How a result of C becomes what FFI gives. */
  #result(type: Deno.NativeResultType, name: string): Into | undefined {
    switch (type) {
      case "void":
        return () => undefined;
      case "pointer":
        return (value) => value === 0 ? null : this.#tagged(value as number);
      case "u32":
        return (value) => (value as number) >>> 0;
      case "i64":
        return (value) => BigInt(value as number);
      case "u64":
      case "usize":
        if (WIDE.has(name)) return (value) => BigInt.asUintN(64, value as bigint);
        return (value) => BigInt((value as number) >>> 0);
    }
  }

  #convert(call: CFunction, name: string, { parameters, result }: Signature): CFunction {
    const into = parameters.map((type) => this.#argument(type, name));
    const out = this.#result(result, name);
    const [i0, i1, i2, i3] = into;
    const first = (value: unknown) => i0 === undefined ? value : i0(value);
    const second = (value: unknown) => i1 === undefined ? value : i1(value);
    const finish = (value: unknown) => out === undefined ? value : out(value);
    switch (parameters.length) {
      case 0:
        return () => finish(call());
      case 1:
        return (a) => finish(call(first(a)));
      case 2:
        return (a, b) => finish(call(first(a), second(b)));
    }
    return (a, b, c, d, ...rest) =>
      finish(
        call(
          first(a),
          second(b),
          i2 === undefined ? c : i2(c),
          i3 === undefined ? d : i3(d),
          ...rest.slice(0, parameters.length - 4).map((each, i) => into[i + 4]?.(each) ?? each),
        ),
      );
  }
}

let made: WebAssemblyBackend | undefined;

/** OpenSSL as WebAssembly, ready to be called. */
export async function webAssembly(): Promise<Backend> {
  const instances = await sharedInstances();
  if (made === undefined) made = new WebAssemblyBackend(instances);
  else made.renew();
  return made;
}
