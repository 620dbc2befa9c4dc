/**
 * The object with all functions and constants of Net::SSLeay.
 *
 * @module
 */

import { joinConvenience } from "./convenience.ts";
import { constant, constantNames, isConstantName } from "./constants.ts";
import { functionNamed, functionNames } from "./functions.ts";
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

/** Makes a member when it is first asked for: to make all 1,500 would cost each start. */
const membersOnDemand: ProxyHandler<Record<string, unknown>> = {
  get: (made, name) => typeof name === "string" ? made[name] ??= member(name) : undefined,
  has: (_, name) =>
    typeof name === "string" && (functionNamed(name) !== undefined || isConstantName(name)),
  ownKeys: () => [...functionNames(), ...constantNames()],
  getOwnPropertyDescriptor(_, name) {
    if (!Reflect.has(SSLeay, name)) return undefined;
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
