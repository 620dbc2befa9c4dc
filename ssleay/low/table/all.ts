/**
 * Every declared function, by the file of its row.
 *
 * @module
 */

import { BIO_AND_PEM } from "./bio_and_pem.ts";
import { CRL_AND_REQUEST } from "./crl_and_request.ts";
import { CRYPTO } from "./crypto.ts";
import { CTX } from "./ctx.ts";
import { LIBRARY } from "./library.ts";
import { NAME } from "./name.ts";
import { NEGOTIATION } from "./negotiation.ts";
import { SESSION } from "./session.ts";
import { SSL } from "./ssl.ts";
import { STORE } from "./store.ts";
import { X509 } from "./x509.ts";

/** The texts of the rows, by the subject of their file. */
export const TABLE = {
  CTX,
  SSL,
  NEGOTIATION,
  SESSION,
  X509,
  NAME,
  CRL_AND_REQUEST,
  STORE,
  CRYPTO,
  BIO_AND_PEM,
  LIBRARY,
} as const;

const read = new Map<string, ReadonlyMap<string, string>>();

/** The rows of a text of {@linkcode TABLE} by their names: read when they are first asked for. */
export function rowsOf(text: string): ReadonlyMap<string, string> {
  let rows = read.get(text);
  if (rows === undefined) {
    const lines = text.trim().split("\n");
    rows = new Map(lines.map((line) => line.split(": ") as [name: string, row: string]));
    read.set(text, rows);
  }
  return rows;
}

/** What OpenSSL 1.1.0 and later do not have, and what to use. */
export const REMOVED: Readonly<Record<string, string>> = {
  CTX_need_tmp_RSA: "nothing: export ciphers are gone",
  CTX_set_ecdh_auto: "nothing: it is always on",
  CTX_set_tmp_rsa: "nothing: export ciphers are gone",
  CTX_set_tmp_rsa_callback: "nothing: export ciphers are gone",
  CTX_v2_new: "CTX_new",
  CTX_v3_new: "CTX_new, and CTX_set_min_proto_version for the oldest version",
  MD2: "EVP_Digest with another digest",
  SSLv2_method: "TLS_method",
  SSLv3_method: "TLS_method",
  SESSION_cmp: "i2d_SSL_SESSION of both",
  SESSION_set_master_key: "SESSION_set1_master_key",
  need_tmp_RSA: "nothing: export ciphers are gone",
  set_ecdh_auto: "nothing: it is always on",
  set_tmp_rsa: "nothing: export ciphers are gone",
  set_tmp_rsa_callback: "nothing: export ciphers are gone",
};
