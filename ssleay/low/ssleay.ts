/**
 * The object with all functions and constants of Net::SSLeay.
 *
 * @module
 */

import { joinConvenience } from "./convenience.ts";
import { constant, constantNames, hasConstant, isConstantName } from "./constants.ts";
import { functionNamed, functionNames, hasFunction } from "./functions.ts";
import { REMOVED } from "./table/all.ts";
import type { Constants, Declared } from "./declared_types.ts";
import type { Composed } from "./functions.ts";

/**
 * Every function and constant of Net::SSLeay, under its name.
 *
 * @category Low level
 */
export interface SSLeay extends Declared, Composed, Constants {}

function member(name: string): unknown {
  return functionNamed(name) ?? (isConstantName(name) ? constant(name) : undefined);
}

/** Whether `ask` says so; what needs an OpenSSL that cannot be had is there, and says so when it is used. */
function orUnknown(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return true;
  }
}

/** Whether the OpenSSL of this process has it: Perl's `exists &Net::SSLeay::name`. */
function exists(name: string): boolean {
  if (isConstantName(name)) return orUnknown(() => hasConstant(name));
  return functionNamed(name) !== undefined && orUnknown(() => hasFunction(name));
}

/** As {@linkcode exists}, without a look at the C function of each: there are 700. */
function isListed(name: string): boolean {
  if (isConstantName(name)) return orUnknown(() => hasConstant(name));
  return functionNamed(name) !== undefined && !Object.hasOwn(REMOVED, name);
}

/** Makes a member when it is first asked for: to make all 1,500 would cost each start. */
const membersOnDemand: ProxyHandler<Record<string, unknown>> = {
  get: (made, name) => typeof name === "string" ? made[name] ??= member(name) : undefined,
  has: (_, name) => typeof name === "string" && exists(name),
  ownKeys: () => [...functionNames(), ...constantNames()],
  getOwnPropertyDescriptor(_, name) {
    if (typeof name !== "string" || !isListed(name)) return undefined;
    return { configurable: true, enumerable: true, get: () => Reflect.get(SSLeay, name) };
  },
  set: () => false,
  defineProperty: () => false,
  deleteProperty: () => false,
};

/**
 * Net::SSLeay's functions and constants. Nothing is loaded before the first call.
 *
 * Perl: `Net::SSLeay`
 *
 * @category Low level
 */
export const SSLeay: SSLeay = new Proxy(
  Object.create(null),
  membersOnDemand,
) as unknown as SSLeay;

joinConvenience();
