/**
 * The parameters of finite-field Diffie-Hellman, from the options `dh` and `dhFile`.
 *
 * @module
 */

import { readDer, sequence } from "../certificate/asn1/reader.ts";
import { derToPem, looksLikePem } from "../certificate/keys/pem.ts";
import { readOptionFile } from "./option_file.ts";
import type { SslOptions } from "./options.ts";

const encoder = new TextEncoder();

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? encoder.encode(data) : data;
}

/** The parameters in PEM, the form that engines read; `"auto"` leaves the choice to the engine. */
export async function loadDh(options: SslOptions): Promise<"auto" | null | Uint8Array> {
  const { dh, dhFile } = options;
  if (dh !== undefined && dhFile !== undefined) {
    throw new TypeError("Cannot use both dh and dhFile: give one");
  }
  if (dh === null || dhFile === null) return null;
  if (dh === undefined && dhFile === undefined) return "auto";
  const bytes = dh === undefined ? await readOptionFile("dhFile", dhFile!) : bytesOf(dh);
  return looksLikePem(bytes) ? bytes : encoder.encode(derToPem(bytes, dhLabel(bytes)));
}

/** PKCS#3 has p, g and the length of the exponent; X9.42 has p, g, q, and so on. */
function dhLabel(der: Uint8Array): string {
  const third = sequence(readDer(der, "DH parameters"), "DH parameters")[2];
  return (third?.body.length ?? 0) > 4 ? "X9.42 DH PARAMETERS" : "DH PARAMETERS";
}
