/**
 * The JavaScript function of a row: it checks what it is given, calls C, and makes of the
 * result what the row says.
 *
 * @module
 */

import { collectErrors, forgetForeignErrors } from "./error_queue.ts";
import {
  type CFunction,
  cFunction,
  compiledFunction,
  missing,
  type Signature,
} from "./c_function.ts";
import { forC, takeText, textFrom, toBytes, toCString } from "./c_memory.ts";
import { freeHandle, giveAway, handleOf, isLost, type Opaque, open } from "./handle.ts";
import type { Kind } from "./kinds.ts";
import { CObject } from "./c_object.ts";
import { elements } from "./stack.ts";
import { rethrow } from "./thrown.ts";
import { toInteger } from "./integer.ts";
import { plainCall } from "./plain_call.ts";
import { nativeSignature, readRow, type Row, type Visible } from "./row.ts";
import { withWritten } from "./written.ts";
import { adoptable, mayUse } from "./adoption.ts";

/** What one call does to the handles that it was given. */
interface Effects {
  readonly given: { handle: unknown; kind: Kind }[];
  readonly changed: { native: CObject; getters: readonly string[] | undefined }[];
  readonly kept: CObject[];
}

/** The arguments of a call, read one after the other. */
class Call {
  readonly out: unknown[] = [];
  readonly effects: Effects = { given: [], changed: [], kept: [] };
  first: CObject | undefined;
  readonly #name: string;
  readonly #where: string;
  readonly #given: readonly unknown[];
  #at = 0;

  constructor(name: string, given: readonly unknown[]) {
    this.#name = name;
    this.#where = `${name}()`;
    this.#given = given;
  }

  /** Reads the next argument for C. */
  push(arg: Visible): void {
    const value = this.#given[this.#at++];
    const where = this.#where;
    switch (arg.form) {
      case "integer":
        this.out.push(toInteger(value === undefined ? arg.preset : value, arg.type, where));
        return;
      case "str":
        this.out.push(toCString(value, where));
        return;
      case "bytes":
        this.#pushBytes(arg.cut, toBytes(value, where));
        return;
      case "der": // written.ts
        this.out.push(toBytes(value, where));
        return;
      case "unused":
        return;
      case "none":
        this.#pushNone(arg.name, value);
        return;
      case "handle":
        this.#pushHandle(arg, value);
    }
  }

  #pushBytes(cut: string | undefined, bytes: Uint8Array): void {
    let { length } = bytes;
    if (cut !== undefined) {
      const wanted = this.#given[this.#at++] ?? length;
      if (typeof wanted !== "number" || !(wanted >= 0 && wanted <= length && wanted % 1 === 0)) {
        throw new RangeError(`Cannot call ${this.#where}: ${cut} must be from 0 to ${length}`);
      }
      length = wanted;
    }
    this.out.push(forC(bytes), length);
  }

  #pushNone(name: string, value: unknown): void {
    if (value !== undefined && value !== null && value !== 0) {
      throw new TypeError(
        `Cannot call ${this.#where}: ${name} is a pointer of C, which only null can stand for`,
      );
    }
    this.out.push(null);
  }

  #pushHandle(arg: Visible & { form: "handle" }, value: unknown): void {
    // 0 is Perl's null.
    if ((value === null || value === undefined || value === 0) && arg.nullable) {
      this.out.push(null);
      return;
    }
    const native = open(adoptable(value, arg.kind), arg.kind, this.#where);
    mayUse(native, this.#name);
    this.first ??= native;
    const { given, changed, kept } = this.effects;
    if (arg.own === "give") {
      if (!native.owned) {
        throw new TypeError(
          `Cannot call ${this.#where}: the ${arg.kind} is not yours to give away: C owns it`,
        );
      }
      given.push({ handle: value, kind: arg.kind });
    } else if (arg.own === "mut") changed.push({ native, getters: arg.getters });
    else if (arg.own === "keep") kept.push(native);
    this.out.push(native.pointer);
  }
}

function bind(name: string, row: Row): CFunction {
  const signature: Signature = nativeSignature(row);
  for (const each of row.names) {
    const found = cFunction(each, signature);
    if (found !== undefined) return found;
  }
  throw missing(name, row.names[0]!);
}

function settle({ effects, first }: Call, row: Row, result: unknown): void {
  const succeeded = row.result.form === "integer" ? Number(result) > 0 : result !== null;
  if (succeeded) {
    const owner = effects.changed[0]?.native ?? first!;
    for (const { handle, kind } of effects.given) giveAway(handle, kind, owner);
  }
  for (const { native, getters } of effects.changed) native.changed(getters);
  if (row.result.form === "handle" && row.result.lifetime === "new") return;
  for (const native of effects.kept) (effects.changed[0]?.native ?? first!).keep(native);
}

/** The elements of a stack that C made for us are ours, too: they live as long as the stack. */
function ownElements(handle: Opaque, kind: Kind, where: string): void {
  const stack = open(handle, kind, where);
  const element = kind.slice("STACK_OF_".length) as Kind;
  for (const pointer of elements(stack.pointer)) {
    const native = new CObject(element, pointer!, { owned: true });
    stack.keep(native);
    native.release(); // the stack alone holds it
  }
}

/** What a result that is not an object is in JavaScript. */
const VALUES: Readonly<Record<string, (raw: unknown) => unknown>> = {
  void: () => undefined,
  integer: Number,
  str: (raw) => textFrom(raw as Deno.PointerValue),
  freed: (raw) => takeText(raw as Deno.PointerValue),
};

function resultOf(
  { result, names }: Row,
  raw: unknown,
  call: Call,
  given: readonly unknown[],
  where: string,
): unknown {
  switch (result.form) {
    case "self":
      return raw === null ? null : given[0];
    case "handle": {
      const { kind, lifetime } = result;
      const pointer = raw as Deno.PointerValue;
      const handle = handleOf(
        kind,
        pointer,
        lifetime === "chain" ? "new" : lifetime,
        call.first,
        names[0],
      );
      if (handle === null) return null;
      if (lifetime === "chain") ownElements(handle, kind, where);
      else if (lifetime === "new") {
        const native = open(handle, kind, where);
        for (const each of call.effects.kept) native.keep(each);
      }
      return handle;
    }
  }
  return VALUES[result.form]!(raw);
}

/** How many arguments the caller gives, at most. */
function capacityOf(row: Row): number {
  let count = 0;
  for (const arg of row.args) {
    if (arg.form === "written" || arg.form === "fixed" || arg.form === "null") continue;
    count += arg.form === "bytes" && arg.cut !== undefined ? 2 : 1;
  }
  return count;
}

/** The function that frees: C's is called when nothing uses the object any more. */
function freeing(name: string, row: Row, kind: Kind): CFunction {
  return (...given: unknown[]) => {
    if (given.length > 1) throw tooMany(`${name}()`, 1, given.length);
    const handle = adoptable(given[0], kind);
    if (!isLost(handle, kind)) {
      mayUse(open(handle, kind, `${name}()`), name);
      freeHandle(handle, kind, `${name}()`);
    }
    return row.result.form === "void" ? undefined : 1;
  };
}

function tooMany(where: string, takes: number, received: number): TypeError {
  const count = `${takes} argument${takes === 1 ? "" : "s"}`;
  return new TypeError(`Cannot call ${where}: it takes ${count}: received ${received}`);
}

/** The JavaScript function of a row. */
export function declared(name: string, text: string): CFunction {
  const row = readRow(text);
  const where = `${name}()`;
  const capacity = capacityOf(row);
  const [head] = row.args;
  if (head?.form === "handle" && head.own === "free") return freeing(name, row, head.kind);
  const written = row.args.some((arg) => arg.form === "written" || arg.form === "der");
  const plain = plainCall(name, row, {
    bind: () => bind(name, row),
    compile: () => compiledFunction(row.names, nativeSignature(row)),
  });
  if (plain !== undefined) {
    const finish = VALUES[row.result.form]!;
    return (...given: unknown[]) => {
      if (given.length > capacity) throw tooMany(where, capacity, given.length);
      return finish(plain(given));
    };
  }
  let c: CFunction | undefined;
  return (...given: unknown[]) => {
    if (given.length > capacity) throw tooMany(where, capacity, given.length);
    const call = new Call(name, given);
    for (const arg of row.args) {
      if (arg.form === "fixed") call.out.push(arg.value);
      else if (arg.form === "null") call.out.push(null);
      else if (arg.form === "written") call.out.push(arg);
      else call.push(arg);
    }
    c ??= bind(name, row);
    forgetForeignErrors();
    if (written) {
      return withWritten(row, c, call.out, (raw) => {
        settle(call, row, raw);
        return row.result.form === "handle" ? resultOf(row, raw, call, given, where) : undefined;
      });
    }
    const raw = c(...call.out);
    collectErrors();
    rethrow();
    settle(call, row, raw);
    return resultOf(row, raw, call, given, where);
  };
}
