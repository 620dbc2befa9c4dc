/**
 * Options as records of their own: what a caller gave is copied once, member by
 * member, into an object without a prototype, so that nothing that somebody put
 * on `Object.prototype` is ever taken for an option. The same copy is the one
 * check for names that do not exist.
 *
 * @module
 */

import { didYouMean } from "./suggest.ts";
import { quote } from "./quote.ts";

/** No option at all: what a parameter for options has when it is left out. */
export const NO_OPTIONS: Readonly<Record<never, never>> = Object.freeze(Object.create(null));

/** The names of the options of `T`: the compiler sees to it that none is forgotten. */
export type NamesOf<T> = Readonly<Record<keyof T & string, true>>;

/** What is said about options. */
export interface OptionRules {
  /** What they are for: "Cannot create Handle: unknown option ...". */
  readonly operation: string;
  /** Their names. */
  readonly names: Readonly<Record<string, unknown>>;
  /** The error for a name that is not among them. Default: it says the nearest that is. */
  readonly unknown?: (name: string) => Error;
}

/** A record of the library's own as one without a prototype. */
export function ownRecord<T extends object>(members: T): T {
  return Object.assign(Object.create(null), members);
}

/**
 * A member of an object of somebody else's, its class included; what only Object.prototype has is
 * not the object's.
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

/** Whether an object is where the prototypes end, in this realm or in another. */
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty");
}

/** Refuses what a class or another object passes down: nobody would look at it. */
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

/** The nearest name, or all that there are in our spelling. */
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
