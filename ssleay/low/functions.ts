/**
 * All functions by name: those that are one row of the tables, those that are more, and those that
 * OpenSSL has no longer.
 *
 * @module
 */

import * as asn1 from "./asn1_values.ts";
import * as handshake from "./callbacks/handshake.ts";
import * as observe from "./callbacks/observe.ts";
import * as protocols from "./callbacks/protocols.ts";
import * as psk from "./callbacks/psk.ts";
import * as verify from "./callbacks/verify.ts";
import * as certificates from "./certificates.ts";
import * as connections from "./connections.ts";
import * as contexts from "./contexts.ts";
import { cFunction } from "./c_function.ts";
import { declared } from "./declared.ts";
import * as digests from "./digests.ts";
import * as errors from "./error_functions.ts";
import * as exData from "./ex_data.ts";
import * as extensions from "./extensions.ts";
import * as credentials from "./files/credentials.ts";
import * as stores from "./files/stores.ts";
import * as io from "./io.ts";
import * as keys from "./keys.ts";
import * as ocsp from "./ocsp.ts";
import * as providers from "./providers.ts";
import * as random from "./random.ts";
import * as retired from "./retired.ts";
import { nativeSignature, readRow } from "./row.ts";
import { REMOVED, rowsOf, TABLE } from "./table/all.ts";

/**
 * The functions that are more than one C function.
 *
 * @category Low level
 */
export interface Composed
  extends
    Pick<typeof asn1, keyof typeof asn1>,
    Pick<typeof handshake, keyof typeof handshake>,
    Pick<typeof observe, keyof typeof observe>,
    Pick<typeof protocols, keyof typeof protocols>,
    Pick<typeof psk, keyof typeof psk>,
    Pick<typeof verify, keyof typeof verify>,
    Pick<typeof certificates, keyof typeof certificates>,
    Pick<typeof connections, keyof typeof connections>,
    Pick<typeof contexts, keyof typeof contexts>,
    Pick<typeof digests, keyof typeof digests>,
    Pick<typeof errors, keyof typeof errors>,
    Pick<typeof exData, keyof typeof exData>,
    Pick<typeof extensions, keyof typeof extensions>,
    Pick<typeof credentials, keyof typeof credentials>,
    Pick<typeof stores, keyof typeof stores>,
    Pick<typeof io, keyof typeof io>,
    Pick<typeof keys, keyof typeof keys>,
    Pick<typeof ocsp, keyof typeof ocsp>,
    Pick<typeof providers, keyof typeof providers>,
    Pick<typeof random, keyof typeof random>,
    Pick<typeof retired, keyof typeof retired> {}

const COMPOSED: readonly object[] = [
  asn1,
  handshake,
  observe,
  protocols,
  psk,
  verify,
  certificates,
  connections,
  contexts,
  digests,
  errors,
  exData,
  extensions,
  credentials,
  stores,
  io,
  keys,
  ocsp,
  providers,
  random,
  retired,
];

function removed(name: string, instead: string): () => never {
  return () => {
    throw new TypeError(`${name} is not in OpenSSL 1.1.0 and later: use ${instead}`);
  };
}

/** The names of all functions, as in Perl. */
export function functionNames(): string[] {
  return [
    ...Object.values(TABLE).flatMap((text) => [...rowsOf(text).keys()]),
    ...[REMOVED, ...COMPOSED].flatMap((each) => Object.keys(each)),
  ];
}

/** The row of a name, if it is one. */
function rowOf(name: string): string | undefined {
  for (const text of Object.values(TABLE)) {
    const row = rowsOf(text).get(name);
    if (row !== undefined) return row;
  }
}

/** The function of a name, if there is one. */
export function functionNamed(name: string): unknown {
  for (const module of COMPOSED) {
    if (Object.hasOwn(module, name)) return Reflect.get(module, name);
  }
  const row = rowOf(name);
  if (row !== undefined) return declared(name, row);
  if (Object.hasOwn(REMOVED, name)) return removed(name, REMOVED[name]!);
}

/** The C functions without which one that is more than a row does not work, where a version lacks them. */
const NEEDED: Readonly<Record<string, string>> = {
  OSSL_PROVIDER_do_all: "void OSSL_PROVIDER_do_all(null, null, null)",
  client_hello_get_extension_order: "int SSL_client_hello_get_extension_order(SSL s, null, null)",
};

/** Whether Net::SSLeay with this OpenSSL has a function of this name. */
export function hasFunction(name: string): boolean {
  const text = rowOf(name) ?? (Object.hasOwn(NEEDED, name) ? NEEDED[name] : undefined);
  if (text === undefined) return COMPOSED.some((module) => Object.hasOwn(module, name));
  const row = readRow(text), signature = nativeSignature(row);
  return row.names.some((each) => cFunction(each, signature) !== undefined);
}
