/**
 * The password of an encrypted key or PKCS#12 file, from the option `passwdCb`.
 *
 * @module
 */

import { SslError } from "../../errors.ts";

/** The option `passwdCb`. */
export type PasswordCallback = (() => string | Promise<string>) | undefined;

/** Asks for the password: at most once per source, and only when it is needed. */
export async function askPassword(passwdCb: PasswordCallback, source: string): Promise<string> {
  if (passwdCb === undefined) {
    const reason = "it is encrypted and there is no passwdCb";
    throw new SslError(`Cannot read ${source}: ${reason}: give passwdCb: () => password`, {
      code: "PASSWORD_REQUIRED",
      reason,
    });
  }
  const password = await passwdCb();
  if (typeof password !== "string") {
    throw new TypeError(
      `Cannot read ${source}: passwdCb must give a string: received ${typeof password}`,
    );
  }
  return password;
}

/** Reads without a password; if one is needed, asks for it and reads once more. */
export async function withPassword<T>(
  passwdCb: PasswordCallback,
  source: string,
  read: (password: string | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await read(undefined);
  } catch (error) {
    if (!(error instanceof SslError) || error.code !== "PASSWORD_REQUIRED") throw error;
  }
  return await read(await askPassword(passwdCb, source));
}
