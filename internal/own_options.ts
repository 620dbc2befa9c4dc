/**
 * Copies the options of a caller once, member by member, into a record without a prototype, so that
 * nothing on `Object.prototype` is ever taken for an option. Making the copy checks the names.
 *
 * @module
 */

import { didYouMean } from "./suggest.ts";
import { quote } from "./quote.ts";

/** No options: the default of a parameter for options. */
export const NO_OPTIONS: Readonly<Record<never, never>> = Object.freeze(Object.create(null));

/** The names of the options of `T`; the compiler refuses a list that lacks one. */
export type NamesOf<T> = Readonly<Record<keyof T & string, true>>;

/** How options are checked, and what messages say of them. */
export interface OptionRules {
  /** What they are for: "Cannot create Handle: unknown option ...". */
  readonly operation: string;
  /** Their names. */
  readonly names: Readonly<Record<string, unknown>>;
  /** The error for another name. @default {it says the nearest name} */
  readonly unknown?: (name: string) => Error;
}

/** The same members in a record without a prototype. */
export function ownRecord<T extends object>(members: T): T {
  return Object.assign(Object.create(null), members);
}

/**
 * A member of an object that is not the library's, which its class may have; what it inherits from
 * `Object.prototype` does not count.
 */
export function memberOf<T extends object, K extends keyof T>(
  source: T,
  name: K,
): T[K] | undefined {
  let at: object | null = source;
  for (; at !== null && !isRoot(at); at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, name)) return source[name];
  }
  return undefined;
}

/** Whether an object is the `Object.prototype` of this realm or of another one. */
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty");
}

/** Refuses options that are inherited from a class or another object: they would be ignored. */
function refuseInherited(given: object, { operation, names }: OptionRules): void {
  let parent = Object.getPrototypeOf(given) as object | null;
  for (; parent !== null && !isRoot(parent); parent = Object.getPrototypeOf(parent)) {
    for (const name of Object.getOwnPropertyNames(parent)) {
      if (!Object.hasOwn(names, name) || Object.hasOwn(given, name)) continue;
      throw new TypeError(
        `Cannot ${operation}: the option "${name}" is inherited: only own members count, ` +
          `give { ${name} }`,
      );
    }
  }
}

/** The nearest name, or all names in our spelling. */
function advice(wrong: string, names: readonly string[]): string {
  return didYouMean(wrong, names) ||
    `: use one of ${names.filter((name) => !name.includes("_")).join(", ")}`;
}

function notAnObject(given: unknown, operation: string): TypeError {
  const kind = given === null ? "null" : Array.isArray(given) ? "a list" : typeof given;
  return new TypeError(`Cannot ${operation}: options must be an object: received ${kind}`);
}

/**
 * A copy of the members of an object, each read once, whatever their names.
 *
 * @throws {TypeError} If a known name is inherited.
 */
export function ownMembers<T extends object>(given: T, rules: OptionRules): T {
  refuseInherited(given, rules);
  const members: Record<string, unknown> = Object.create(null);
  for (const name of Object.getOwnPropertyNames(given)) {
    members[name] = (given as Record<string, unknown>)[name];
  }
  return members as T;
}

/**
 * The options that a caller gave, each read once.
 *
 * @returns A record without a prototype; frozen and empty when nothing was given.
 * @throws {TypeError} If it is not an object, for an unknown name, or a known one that is inherited.
 */
export function ownOptions<T extends object>(given: T | undefined, rules: OptionRules): T {
  if (given === undefined) return NO_OPTIONS as T;
  const { operation, names, unknown } = rules;
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    throw notAnObject(given, operation);
  }
  const wrong = Object.getOwnPropertyNames(given).find((name) => !Object.hasOwn(names, name));
  if (wrong === undefined) return ownMembers(given, rules);
  throw unknown?.(wrong) ?? new TypeError(
    `Cannot ${operation}: unknown option ${quote(wrong)}` + advice(wrong, Object.keys(names)),
  );
}
