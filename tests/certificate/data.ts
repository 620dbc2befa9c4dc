/** Real and made certificates and keys for the tests in this folder. */

import { rootCertificates } from "node:tls";

const folder = new URL("../testdata/certificate/", import.meta.url);

/** A file of test data as text. */
export const text = (name: string): string => Deno.readTextFileSync(new URL(name, folder));

/** A file of test data as bytes. */
export const bytes = (name: string): Uint8Array => Deno.readFileSync(new URL(name, folder));

/** The names of all files of test data. */
export const names = (): string[] => [...Deno.readDirSync(folder)].map((entry) => entry.name);

/** The certificates of NIST's PKITS, as PEM. */
export const pkits: Record<string, string> =
  JSON.parse(Deno.readTextFileSync(new URL("../pkits-1-7.json", folder))).certs;

/** Certificates from the real world, as PEM. */
export const real: readonly string[] = [...rootCertificates, ...Object.values(pkits)];
