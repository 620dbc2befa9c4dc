/**
 * The development CA: a root certificate and its key in a folder of the user's.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { pemFile2cert, pemFile2key } from "../../certificate/files.ts";
import { keyMatches } from "../../certificate/keys/decode.ts";
import type { PrivateKey } from "../../certificate/keys/private_key.ts";
import { SslError } from "../../errors.ts";
import { quotePath } from "../../internal/quote.ts";
import type { Call } from "../call.ts";
import { UsageError } from "../usage_error.ts";

/** Where a development CA is. */
export interface CaFiles {
  /** The folder. */
  readonly folder: string;
  /** The root certificate. */
  readonly certFile: string;
  /** Its key. */
  readonly keyFile: string;
}

function variable(name: string): string | undefined {
  const value = Deno.env.get(name);
  return value === "" ? undefined : value;
}

/** Where the system keeps what programs know about a user. */
function dataFolder(): string {
  const { os } = Deno.build;
  if (os === "windows") {
    const local = variable("LOCALAPPDATA");
    if (local !== undefined) return local;
  } else {
    const home = variable("HOME");
    if (os === "darwin" && home !== undefined) return `${home}/Library/Application Support`;
    const data = variable("XDG_DATA_HOME");
    if (data !== undefined) return data;
    if (home !== undefined) return `${home}/.local/share`;
  }
  throw new UsageError("the environment does not say where data is kept", "--dir FOLDER says it");
}

/** Where the CA is, or will be. */
export function caFiles(call: Call): CaFiles {
  const folder = call.text("dir") ?? `${dataFolder()}/socket-ssl`;
  return { folder, certFile: `${folder}/root.pem`, keyFile: `${folder}/root-key.pem` };
}

/** The error for a CA that is not there yet. */
function missing(files: CaFiles, cause: SslError): UsageError {
  return new UsageError(`there is no development CA in ${files.folder}`, "ssl ca init makes one", {
    cause,
  });
}

/** Whether a failure says that there is no such file. */
const isMissing = (error: unknown): error is SslError =>
  error instanceof SslError && error.code === "ENOENT";

/**
 * The root certificate.
 *
 * @throws {UsageError} If there is no CA.
 */
export async function caCertificate(files: CaFiles): Promise<Certificate> {
  try {
    return await pemFile2cert(files.certFile);
  } catch (error) {
    throw isMissing(error) ? missing(files, error) : error;
  }
}

async function keyOf(files: CaFiles): Promise<PrivateKey> {
  try {
    return await pemFile2key(files.keyFile);
  } catch (error) {
    throw isMissing(error) ? missing(files, error) : error;
  }
}

/**
 * The root certificate with its key.
 *
 * @throws {UsageError} If there is no CA, or the two do not belong together.
 */
export async function caIdentity(
  files: CaFiles,
): Promise<{ readonly cert: Certificate; readonly key: PrivateKey }> {
  const cert = await caCertificate(files);
  const key = await keyOf(files);
  if (keyMatches(cert.rawSpki, key)) return { cert, key };
  throw new UsageError(
    `${quotePath(files.keyFile)} is not the key of ${quotePath(files.certFile)}`,
    "ssl ca init --force makes a new CA",
  );
}
