/**
 * Net::SSLeay's constants, with the values of the OpenSSL that is loaded.
 *
 * @module
 */

import { ABSENT, OPENSSL_1_1_1, OPENSSL_3, SINCE_3_2 } from "./constant_values.ts";
import { isOpenSsl1, versionNumber } from "./c_function.ts";

function* words(text: string): Generator<[name: string, value: string]> {
  for (const word of text.trim().split(/\s+/)) yield word.split("=") as [string, string];
}

/** What depends on the version alone. */
function versionConstant(name: string): number | undefined {
  const number = versionNumber();
  switch (name) {
    case "OPENSSL_VERSION_NUMBER":
      return number;
    case "OPENSSL_VERSION_MAJOR":
      return number >>> 28;
    case "OPENSSL_VERSION_MINOR":
      return (number >>> 20) & 0xff;
    case "OPENSSL_VERSION_PATCH":
      return (number >>> 4) & 0xff;
  }
}

let values: Map<string, number> | undefined;

function valuesHere(): Map<string, number> {
  const found = new Map<string, number>();
  const layers = isOpenSsl1()
    ? [OPENSSL_3, OPENSSL_1_1_1]
    : versionNumber() >= 0x3_02_00_00_0
    ? [OPENSSL_3, SINCE_3_2]
    : [OPENSSL_3];
  for (const layer of layers) {
    for (const [name, value] of words(layer)) {
      if (value === "-") found.delete(name);
      else found.set(name, Number(value));
    }
  }
  return found;
}

const OF_THE_VERSION =
  "OPENSSL_VERSION_NUMBER OPENSSL_VERSION_MAJOR OPENSSL_VERSION_MINOR OPENSSL_VERSION_PATCH";

/** Every name that Net::SSLeay knows as a constant, whether this OpenSSL has it or not. */
export function constantNames(): string[] {
  const names = [OPENSSL_3, SINCE_3_2].flatMap((text) => [...words(text)].map(([name]) => name));
  return [...new Set([...names, ...OF_THE_VERSION.split(" "), ...ABSENT.trim().split(/\s+/)])];
}

let known: Set<string> | undefined;

/** Whether Net::SSLeay knows a constant of this name. */
export function isConstantName(name: string): boolean {
  return (known ??= new Set(constantNames())).has(name);
}

/** Whether this OpenSSL defines a constant of this name. */
export function hasConstant(name: string): boolean {
  return isConstantName(name) && valueOf(name) !== undefined;
}

function valueOf(name: string): number | undefined {
  if (/^OPENSSL_VERSION_(?:MAJOR|MINOR|PATCH)$/.test(name) && isOpenSsl1()) return undefined;
  return (values ??= valuesHere()).get(name) ?? versionConstant(name);
}

/**
 * The value of a constant.
 *
 * @throws {TypeError} For one that this OpenSSL does not define, in Perl's words.
 */
export function constant(name: string): number {
  const value = valueOf(name);
  if (value === undefined) {
    throw new TypeError(`Your vendor has not defined SSLeay macro ${name}`);
  }
  return value;
}
