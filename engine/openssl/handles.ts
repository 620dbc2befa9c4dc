/**
 * Ownership of C objects: freed explicitly, once; a FinalizationRegistry is
 * the net for those that were forgotten.
 *
 * @module
 */

let open = 0;
let collected = 0;

/** How many C objects are allocated and not yet freed; for tests of leaks. */
export function openHandles(): number {
  return open;
}

/** How many C objects nobody freed, so that the garbage collector had to; for tests of leaks. */
export function collectedHandles(): number {
  return collected;
}

interface Held {
  readonly ptr: Deno.PointerValue;
  readonly free: (ptr: Deno.PointerValue) => void;
}

function release(held: Held): void {
  open--;
  held.free(held.ptr);
}

const net = new FinalizationRegistry<Held>((held) => {
  collected++;
  release(held);
});

/** One C object with its free function. `free` must not reach the owner, or it never dies. */
export class NativeHandle {
  #held: Held | undefined;

  /** Takes ownership of `ptr`. */
  constructor(ptr: Deno.PointerObject, free: (ptr: Deno.PointerValue) => void) {
    this.#held = { ptr, free };
    open++;
    net.register(this, this.#held, this);
  }

  /** The pointer, or null after {@linkcode free}, which every C function we call tolerates or we check. */
  get ptr(): Deno.PointerValue {
    return this.#held === undefined ? null : this.#held.ptr;
  }

  /** Whether it was freed. */
  get freed(): boolean {
    return this.#held === undefined;
  }

  /** Frees the C object. Idempotent. */
  free(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    net.unregister(this);
    release(held);
  }
}
