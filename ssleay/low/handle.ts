/**
 * Handles: what the low-level functions give and take in place of Perl's numbers. A handle of
 * the wrong kind, a freed one, one that was valid during a callback only, and whatever is not a
 * handle never reach C.
 *
 * @module
 */

import { accepts, aKind, type Kind } from "./kinds.ts";
import { addressOf } from "./c_memory.ts";
import { CObject, hasAddresses } from "./c_object.ts";
import type { Lifetime } from "./row.ts";

const net = new FinalizationRegistry<CObject>((native) => native.release());

/** The object of a handle. @throws {TypeError} If it is not a handle of this kind, or not alive. */
export let open: (handle: unknown, kind: Kind, where: string) => CObject;

/** Whether a handle of this kind was lost with the memory of a WebAssembly that has ended. */
export let isLost: (handle: unknown, kind: Kind) => boolean;

/** Takes the object out of its handle, which is dead from then on. */
let take: (handle: Opaque) => CObject;

let construct: <K extends Kind>(kind: K, native: CObject) => Opaque<K>;

function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function wrong(where: string, kind: Kind, what: string): TypeError {
  return new TypeError(`Cannot call ${where}: expected ${aKind(kind)}: received ${what}`);
}

const token = Symbol();

/**
 * An object of OpenSSL. The functions of `SSLeay` make handles; nothing else can.
 *
 * @category Low level
 */
export class Opaque<K extends Kind = Kind> {
  /** What it is: the name of the C type. */
  readonly kind: K;
  #native: CObject | undefined;

  static {
    open = (handle, kind, where) => {
      if (typeof handle !== "object" || handle === null || !(#native in handle)) {
        throw wrong(where, kind, received(handle));
      }
      const given = handle as Opaque;
      if (!accepts(kind, given.kind)) throw wrong(where, kind, aKind(given.kind));
      const native = given.#native;
      if (native === undefined) throw new TypeError(`Cannot call ${where}: the ${kind} was freed`);
      if (native.dead) {
        throw new TypeError(`Cannot call ${where}: the ${kind} was valid during its callback only`);
      }
      if (native.lost) {
        throw new TypeError(
          `Cannot call ${where}: the ${kind} was lost when OpenSSL as WebAssembly stopped: make another one`,
        );
      }
      const { outlived } = native;
      if (outlived !== undefined) {
        throw new TypeError(
          `Cannot call ${where}: the ${kind} belongs to ${
            aKind(outlived.kind)
          } that was changed since`,
        );
      }
      return native;
    };
    isLost = (handle, kind) =>
      typeof handle === "object" && handle !== null && #native in handle &&
      accepts(kind, (handle as Opaque).kind) && handle.#native?.lost === true;
    take = (handle) => {
      const native = handle.#native!;
      handle.#native = undefined;
      net.unregister(handle);
      return native;
    };
    construct = (kind, native) => new Opaque(kind, native, token);
  }

  /** For this module alone. */
  constructor(kind: K, native: CObject, key: symbol) {
    if (key !== token) throw new TypeError("Cannot make a handle: the functions of SSLeay do that");
    this.kind = kind;
    this.#native = native;
    net.register(this, native, this);
  }

  /** The kind, and whether it is freed. */
  toString(): string {
    return `${this.kind}${this.#native === undefined || this.#native.dead ? " (freed)" : ""}`;
  }

  /** As {@linkcode toString}. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/** One handle for each object, so that `===` says what Perl's `==` says. */
const known = new Map<Kind, Map<bigint, WeakRef<Opaque>>>();

function remember(handle: Opaque, native: CObject): void {
  if (!hasAddresses()) return;
  const { kind, address } = native;
  let ofKind = known.get(kind);
  if (ofKind === undefined) known.set(kind, ofKind = new Map());
  const entry = new WeakRef(handle);
  ofKind.set(address, entry);
  native.onDeath(() => {
    if (ofKind.get(address) === entry) ofKind.delete(address);
  });
}

/** The handle that stands for the object at an address, if one does. */
export function handleAt<K extends Kind>(kind: K, address: bigint): Opaque<K> | undefined {
  const handle = known.get(kind)?.get(address)?.deref();
  if (handle === undefined) return undefined;
  try {
    open(handle, kind, "");
    return handle as Opaque<K>;
  } catch {
    return undefined; // freed, or of a generation that has passed
  }
}

function same<K extends Kind>(kind: K, pointer: Deno.PointerObject): Opaque<K> | undefined {
  return hasAddresses() ? handleAt(kind, addressOf(pointer)) : undefined;
}

/** The handle of a new object, and its object. */
export function wrap<K extends Kind>(native: CObject & { kind: K }): Opaque<K> {
  const handle = construct<K>(native.kind, native);
  remember(handle, native);
  return handle;
}

/**
 * The handle of what C returned; `null` for NULL.
 *
 * @param parent The object that it was asked of.
 * @param getter The C function that was asked.
 */
export function handleOf<K extends Kind>(
  kind: K,
  pointer: Deno.PointerValue,
  lifetime: Exclude<Lifetime, "chain">,
  parent?: CObject,
  getter = "",
): Opaque<K> | null {
  if (pointer === null) return null;
  if (lifetime !== "new") {
    const existing = same(kind, pointer);
    if (existing !== undefined) return existing;
  }
  if (lifetime === "share") CObject.upRef(kind, pointer);
  const owned = lifetime === "new" || lifetime === "share";
  // An SSL needs its SSL_CTX, whose callbacks it calls.
  const needs = lifetime === "of" || (kind === "SSL" && parent !== undefined);
  const native = new CObject(kind, pointer, {
    owned,
    // The SSL_CTX of a socket's SSL belongs to the socket's context.
    adopted: lifetime === "share" && kind === "SSL_CTX" && parent?.adopted === true,
    keeps: needs ? [parent!] : [],
    ...(lifetime === "of" &&
      { origin: { parent: parent!, getter, born: parent!.changes(getter) } }),
  });
  return wrap(native as CObject & { kind: K });
}

/** Runs `use` with a handle that is valid during a callback only. */
export function scoped<K extends Kind, T>(
  kind: K,
  pointer: Deno.PointerObject,
  use: (handle: Opaque<K>) => T,
): T {
  const native = new CObject(kind, pointer, { owned: false });
  try {
    return use(construct(kind, native));
  } finally {
    native.expire();
  }
}

/** Frees a handle: the object follows when nothing else needs it. */
export function freeHandle(handle: unknown, kind: Kind, where: string): void {
  const native = open(handle, kind, where);
  if (!native.owned) {
    throw new TypeError(`Cannot call ${where}: the ${kind} is not yours to free: C owns it`);
  }
  if (native.spareFrees > 0) native.spareFrees--;
  else take(handle as Opaque).release();
}

/** C owns the object now: our handle stays good as long as the new owner lives. */
export function giveAway(handle: unknown, kind: Kind, owner: CObject): void {
  const native = open(handle, kind, "");
  native.owned = false;
  native.keep(owner);
}
