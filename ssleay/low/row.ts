/**
 * How a row of the tables reads. It is the C signature, in the order of C:
 *
 *     RESULT c_function[|older_name](ARGUMENT, ...)
 *
 * RESULT: `void int uint long ulong u64 time size` (`time` is a time_t), `str` (a C string that C keeps), `freed` (a C string
 * that is ours to free); or a kind: `new K` (ours), `of K` (lives in the first handle), `share K` (C
 * lends it, we take a reference), `static K` (lives as long as the process), `chain K` (a stack whose
 * elements are ours, too), `self` (the first argument again, or null).
 *
 * ARGUMENT: `int name` and the like, `str name`, `bytes name` (pointer and int length;
 * `bytes/size name` has another type of length, `bytes name len?` may be cut by a length), `der name`
 * (pointer to a pointer, and a long length), `K name`, `K? name` (null is allowed), `none name` (C
 * takes a function or a structure of C here: only null is possible), `unused name` (Perl has it, C
 * does not), `name=default`, `=7` (fixed;
 * `=u64:7` with a type), `null`. Before a kind: `free` (C frees it), `give` (C owns it afterwards),
 * `keep` (C keeps the pointer), `mut(getter|...)` (what
 * these C functions have lent may be gone afterwards; `mut` alone: everything).
 *
 * Results that C writes elsewhere, in the place where C takes them: `>text` (a memory BIO, read as
 * text), `>der` (`i2d_*`), `>md` (a digest and its length), `>sized` (a buffer and its size; size 0
 * asks for it), `>view` (a pointer; its length is the result, or follows: `>view/uint`).
 *
 * @module
 */

import { isKind, type Kind } from "./kinds.ts";

/** A number of C. */
export type Integer = "int" | "uint" | "long" | "ulong" | "u64" | "time" | "size";

/** What C does with a handle that it is given. */
export type Ownership = "" | "free" | "give" | "keep" | "mut";

/** An argument that the caller gives. */
export type Visible =
  | {
    readonly form: "integer";
    readonly name: string;
    readonly type: Integer;
    readonly preset?: number;
  }
  | { readonly form: "str"; readonly name: string }
  | {
    readonly form: "bytes";
    readonly name: string;
    readonly length: Integer;
    readonly cut?: string;
  }
  | { readonly form: "der"; readonly name: string }
  | { readonly form: "none"; readonly name: string }
  | { readonly form: "unused"; readonly name: string }
  | {
    readonly form: "handle";
    readonly name: string;
    readonly kind: Kind;
    readonly own: Ownership;
    /** For `mut`: whose results may be gone; without it, everything. */
    readonly getters?: readonly string[];
    readonly nullable: boolean;
    readonly optional: boolean;
  };

/** A result that C writes through a pointer. */
export interface Written {
  readonly form: "written";
  readonly as: "text" | "der" | "md" | "sized" | "view";
  /** The type of the length that follows a view; `undefined` if C returns the length. */
  readonly length?: Integer;
}

/** An argument of C. */
export type Argument =
  | Visible
  | Written
  | { readonly form: "fixed"; readonly type: Integer; readonly value: number }
  | { readonly form: "null" };

/** How long a C object that is returned lives. */
export type Lifetime = "new" | "of" | "share" | "static" | "chain";

/** What C returns. */
export type Result =
  | { readonly form: "void" | "str" | "freed" | "self" }
  | { readonly form: "integer"; readonly type: Integer }
  | { readonly form: "handle"; readonly kind: Kind; readonly lifetime: Lifetime };

/** A row, read. */
export interface Row {
  /** The C function, and what older versions call it. */
  readonly names: readonly string[];
  readonly result: Result;
  readonly args: readonly Argument[];
}

const INTEGERS: ReadonlySet<string> = new Set([
  "int",
  "uint",
  "long",
  "ulong",
  "u64",
  "time",
  "size",
]);
const isInteger = (word: string): word is Integer => INTEGERS.has(word);

function readResult(text: string, row: string): Result {
  const words = text.split(" ");
  if (words.length === 2 && isKind(words[1]!)) {
    return { form: "handle", lifetime: words[0] as Lifetime, kind: words[1] };
  }
  const [word] = words;
  if (isInteger(word!)) return { form: "integer", type: word };
  if (word === "void" || word === "str" || word === "freed" || word === "self") {
    return { form: word };
  }
  throw new SyntaxError(`bad result "${text}" in ${row}`);
}

const ARGUMENT =
  /^(?:(free|give|keep|mut)(?:\(([\w|]+)\))? )?([\w]+?)(?:\/(\w+))?(\?)? (\w+)(?:=(-?\w+))?(?: (\w+)\?)?$/;

function readArgument(text: string, row: string): Argument {
  if (text === "null") return { form: "null" };
  const fixed = /^=(?:(\w+):)?(-?\d+)$/.exec(text);
  if (fixed !== null) {
    return { form: "fixed", type: (fixed[1] ?? "long") as Integer, value: Number(fixed[2]) };
  }
  const written = /^>(text|der|md|sized|view)(?:\/(\w+))?$/.exec(text);
  if (written !== null) {
    return {
      form: "written",
      as: written[1] as Written["as"],
      ...(written[2] !== undefined && { length: written[2] as Integer }),
    };
  }
  const found = ARGUMENT.exec(text);
  if (found === null) throw new SyntaxError(`bad argument "${text}" in ${row}`);
  const [, own = "", getters, type, length, nullable, name, preset, cut] =
    found as unknown as string[];
  if (isKind(type!)) {
    return {
      form: "handle",
      name: name!,
      kind: type,
      own: own as Ownership,
      ...(getters !== undefined && { getters: getters.split("|") }),
      nullable: nullable !== undefined,
      optional: preset !== undefined,
    };
  }
  if (isInteger(type!)) {
    return {
      form: "integer",
      name: name!,
      type,
      ...(preset !== undefined && { preset: Number(preset) }),
    };
  }
  if (type === "bytes") {
    return {
      form: "bytes",
      name: name!,
      length: (length ?? "int") as Integer,
      ...(cut !== undefined && { cut }),
    };
  }
  if (type === "str" || type === "der" || type === "none" || type === "unused") {
    return { form: type, name: name! };
  }
  throw new SyntaxError(`bad argument "${text}" in ${row}`);
}

/** Reads a row. `SSL_CTX_ctrl` and its kin take the number of their command as an int. */
export function readRow(text: string): Row {
  const whole = /^(.+?) ([\w|]+)\((.*)\)$/.exec(text);
  if (whole === null) throw new SyntaxError(`bad row: ${text}`);
  const names = whole[2]!.split("|");
  const args = whole[3] === "" ? [] : whole[3]!.split(", ").map((each) => readArgument(each, text));
  const [, command] = args;
  if (names[0]!.endsWith("_ctrl") && command?.form === "fixed") {
    args[1] = { ...command, type: "int" };
  }
  return { names, result: readResult(whole[1]!, text), args };
}

/** `long` has 32 bits on Windows. */
const LONG = Deno.build.os === "windows";

const NATIVE: Readonly<Record<Integer, Deno.NativeType>> = {
  int: "i32",
  uint: "u32",
  long: LONG ? "i32" : "i64",
  ulong: LONG ? "u32" : "u64",
  u64: "u64",
  time: "i64",
  size: "usize",
};

/** Whether a number has 64 bits: Deno is quick with it as a BigInt only. */
export function isWide(type: Integer): boolean {
  return /64|usize/.test(NATIVE[type] as string);
}

function nativeArgument(arg: Argument): Deno.NativeType[] {
  switch (arg.form) {
    case "integer":
    case "fixed":
      return [NATIVE[arg.type]];
    case "str":
      return ["buffer"];
    case "bytes":
      return ["buffer", NATIVE[arg.length]];
    case "der":
      return ["buffer", NATIVE.long];
    case "written":
      if (arg.as === "text") return ["pointer"];
      if (arg.as === "sized") return ["buffer", "usize"];
      return arg.as === "der" || (arg.as === "view" && arg.length === undefined)
        ? ["buffer"]
        : ["buffer", "buffer"];
    case "unused":
      return [];
    case "null":
    case "none":
    case "handle":
      return ["pointer"];
  }
}

/** The signature of a row in Deno's FFI. */
export function nativeSignature(
  row: Row,
): { parameters: Deno.NativeType[]; result: Deno.NativeResultType } {
  const { result } = row;
  return {
    parameters: row.args.flatMap(nativeArgument),
    result: result.form === "void"
      ? "void"
      : result.form === "integer"
      ? NATIVE[result.type]
      : "pointer",
  };
}
