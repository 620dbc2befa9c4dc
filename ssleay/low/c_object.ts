/**
 * A C object: when it may be freed, and what must stay alive as long as it does.
 *
 * @module
 */

import { backend, cFunction, cPointer, isNarrow } from "./c_function.ts";
import { addressOf } from "./c_memory.ts";
import { type Kind, rulesOf } from "./kinds.ts";

/** Where a borrowed object comes from. */
export interface Origin {
  /** The object that has it. */
  readonly parent: CObject;
  /** The C function that lent it. */
  readonly getter: string;
  /** How often the parent's had been replaced by then. */
  readonly born: number;
}

const EVERYTHING = "*";

/** Calls the C function that frees an object of a kind. */
function freeInC(kind: Kind, pointer: Deno.PointerObject): void {
  const { free, each } = rulesOf(kind);
  if (free === undefined) return;
  const parameters: Deno.NativeType[] = each === undefined ? ["pointer"] : ["pointer", "pointer"];
  const call = cFunction(free, { parameters, result: "void" })!;
  if (each === undefined) call(pointer);
  else call(pointer, cPointer(each));
}

/** One C object. Handles point to it; it is freed when nothing needs it any more. */
export class CObject {
  /** What it is. */
  readonly kind: Kind;
  /** Where it is. */
  readonly pointer: Deno.PointerObject;
  /** Whether C's free function is ours to call. */
  owned: boolean;
  /** How often it may be freed beside the first time (`*_up_ref`). */
  spareFrees = 0;
  /** Set when C no longer has it. */
  dead = false;
  /** Whether it belongs to an SslSocket or SslContext, which goes on using it. */
  readonly adopted: boolean;
  readonly #origin: Origin | undefined;
  readonly #changes = new Map<string, number>();
  readonly #keeps = new Set<CObject>();
  readonly #whenDead: (() => void)[] = [];
  #uses = 1;
  #address: bigint | undefined;

  /** An object of C, and the objects that it needs. */
  constructor(
    kind: Kind,
    pointer: Deno.PointerObject,
    options: { owned: boolean; keeps?: readonly CObject[]; adopted?: boolean; origin?: Origin },
  ) {
    this.kind = kind;
    this.pointer = pointer;
    this.owned = options.owned;
    this.adopted = options.adopted ?? false;
    this.#origin = options.origin;
    for (const each of options.keeps ?? []) this.keep(each);
  }

  /** Whether it was in the memory of a WebAssembly that has ended since. */
  get lost(): boolean {
    return backend?.isLost(this.pointer) === true;
  }

  /** How often what a C function lends of it was replaced. */
  changes(getter: string): number {
    return (this.#changes.get(getter) ?? 0) + (this.#changes.get(EVERYTHING) ?? 0);
  }

  /** What these C functions have lent may be gone now; without names, everything. */
  changed(getters: readonly string[] = [EVERYTHING]): void {
    for (const each of getters) this.#changes.set(each, (this.#changes.get(each) ?? 0) + 1);
  }

  /** The object that it was borrowed of, if that was changed since, so that C may have freed this. */
  get outlived(): CObject | undefined {
    const origin = this.#origin;
    if (origin === undefined) return undefined;
    if (origin.parent.changes(origin.getter) !== origin.born) return origin.parent;
    return origin.parent.outlived;
  }

  /** The address, the same number for the same object. */
  get address(): bigint {
    return this.#address ??= addressOf(this.pointer);
  }

  /** One more user: a handle, another object, an operation that runs. */
  retain(): void {
    this.#uses++;
  }

  /** One user less. The last one frees it. */
  release(): void {
    if (--this.#uses > 0 || this.dead) return;
    if (this.owned && !this.lost) freeInC(this.kind, this.pointer);
    this.expire();
  }

  /** Keeps another object alive as long as this one. */
  keep(other: CObject): void {
    if (other === this || this.#keeps.has(other)) return;
    this.#keeps.add(other);
    other.retain();
  }

  /** C no longer has it. */
  expire(): void {
    if (this.dead) return;
    this.dead = true;
    for (const each of this.#whenDead) each();
    for (const each of this.#keeps) each.release();
    this.#keeps.clear();
  }

  /** Runs when the object is gone. */
  onDeath(run: () => void): void {
    this.#whenDead.push(run);
  }

  /** Adds a reference in C, for a pointer that C only lends. */
  static upRef(kind: Kind, pointer: Deno.PointerObject): void {
    const { upRef } = rulesOf(kind);
    if (upRef === undefined) throw new TypeError(`${kind} has no count of references`);
    cFunction(upRef, { parameters: ["pointer"], result: "i32" })!(pointer);
  }
}

/** Whether addresses can be compared: not under `--allow-ffi=<path>`. */
export function hasAddresses(): boolean {
  return !isNarrow();
}
