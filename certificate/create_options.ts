/**
 * The options of `certCreate()`: their types, Perl's spelling, and the members of
 * an `asHash()` record that are not options.
 *
 * @module
 */

import { type NamesOf, ownOptions, ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import type { CertificateHash } from "./certificate_hash.ts";
import type { CertificateInput } from "./certificate.ts";
import type { NameInput } from "./extensions/write.ts";
import type { PrivateKeyInput } from "./keys/private_key.ts";
import type { PurposeInput } from "./purpose.ts";
import type { SubjectAltName } from "./general_name.ts";

/**
 * A subjectAltName as a record or a pair; its type by name or by OpenSSL's number.
 *
 * @category Making certificates
 */
export type SubjectAltNameInput =
  | SubjectAltName
  | { readonly type: string | number; readonly value: string }
  | readonly [type: string | number, value: string];

/**
 * One extension for {@linkcode certCreate}: `oid`, `nid` or `sn` says which, `data` or `der` what.
 *
 * @category Making certificates
 */
export interface ExtensionInput {
  /** OpenSSL's short or long name. */
  sn?: string | undefined;
  /** OpenSSL's number. */
  nid?: number | undefined;
  /** The dotted object identifier. */
  oid?: string | undefined;
  /** The content in the syntax of openssl.cnf, or as OpenSSL prints it, or `DER:hex`. */
  data?: string | undefined;
  /** The content as DER; wins over `data`. */
  der?: Uint8Array | undefined;
  /** Whether it is critical. @default {false} */
  critical?: boolean | number | undefined;
}

/**
 * Who signs: certificate and key.
 *
 * @category Making certificates
 */
export type IssuerInput =
  | readonly [CertificateInput, PrivateKeyInput]
  | { readonly cert: CertificateInput; readonly key: PrivateKeyInput };

/**
 * Options of {@linkcode certCreate}. Perl's names (`not_before`, `issuer_cert`,
 * ...) are taken too. What `asHash` gives can be passed as a whole: such a copy
 * keeps the extensions of `ext`, without the default purpose.
 *
 * @category Making certificates
 */
export interface CertCreateOptions {
  /** The digest of the signature. @default {"sha256"} */
  digest?: string;
  /** The serial number: a decimal text, if not a number. @default {random, 64 bits} */
  serial?: number | bigint | string;
  /** 2 for X.509 v3; 0 or 1, which have no extensions. @default {2} */
  version?: number;
  /** A Date, or seconds since 1970. @default {now} */
  notBefore?: Date | number;
  /** A Date, or seconds since 1970. @default {in 365 days} */
  notAfter?: Date | number;
  /** Attribute names (long, short, dotted) and values. @default {organizationName and commonName of IO::Socket::SSL} */
  subject?: NameInput;
  /** The names, as pairs or as records; types in either letter case, or as `GEN_DNS` (2) and the like. */
  subjectAltNames?: readonly SubjectAltNameInput[];
  /** The key of the certificate. @default {a new RSA key of 2048 bits} */
  key?: PrivateKeyInput;
  /** Who signs. The `issuer` of an `asHash` is taken as the issuer's name. @default {self-signed} */
  issuer?: IssuerInput | NameInput;
  /** The certificate of who signs; takes `issuerKey` with it. */
  issuerCert?: CertificateInput;
  /** The key of who signs. */
  issuerKey?: PrivateKeyInput;
  /** Whether it is a CA: the purposes CA, sslCA, emailCA and objCA. @default {false} */
  CA?: boolean | number;
  /** See perl-api: `server`, `client`, `sslCA`, ... with `+` and `-`. @default {"server,client"} */
  purpose?: PurposeInput;
  /** More extensions. One that is set already by another option is skipped. */
  ext?: readonly ExtensionInput[];
  /** Whether unknown arguments are skipped. @default {false} */
  ignoreInvalidArgs?: boolean;
  /** The same as `notBefore`. */
  not_before?: Date | number;
  /** The same as `notAfter`. */
  not_after?: Date | number;
  /** The same as `issuerCert`. */
  issuer_cert?: CertificateInput;
  /** The same as `issuerKey`. */
  issuer_key?: PrivateKeyInput;
  /** The same as `ignoreInvalidArgs`. */
  ignore_invalid_args?: boolean;
}

/**
 * Options of {@linkcode certCreate} made from what `asHash` gave: `{ ...cert.asHash(), key }`.
 *
 * @category Making certificates
 */
export interface CertCopyOptions extends CertCreateOptions {
  /** Ignored: the new key determines it. */
  signature_alg?: string;
  /** Ignored: `ext` has it too. */
  crl_uri?: readonly string[];
  /** Ignored: `ext` has it too. */
  ocsp_uri?: readonly string[];
  /** Ignored: `ext` has it too. */
  keyusage?: readonly string[];
  /** Ignored: `ext` has it too. */
  extkeyusage?: CertificateHash["extkeyusage"];
  /** Ignored: the new key determines it. */
  [digestField: `pubkey_digest_${string}` | `x509_digest_${string}`]: Uint8Array;
  /** Ignored: the new key determines it. */
  [fingerprintField: `fingerprint_${string}`]: string;
}

/** Perl's spelling of an option -> ours. */
const PERL_NAMES: Readonly<Record<string, string>> = {
  not_before: "notBefore",
  not_after: "notAfter",
  issuer_cert: "issuerCert",
  issuer_key: "issuerKey",
  ignore_invalid_args: "ignoreInvalidArgs",
};

/** The names of {@linkcode CertCreateOptions}. */
export const CERT_OPTIONS: NamesOf<CertCreateOptions> = {
  digest: true,
  serial: true,
  version: true,
  notBefore: true,
  notAfter: true,
  subject: true,
  subjectAltNames: true,
  key: true,
  issuer: true,
  issuerCert: true,
  issuerKey: true,
  CA: true,
  purpose: true,
  ext: true,
  ignoreInvalidArgs: true,
  not_before: true,
  not_after: true,
  issuer_cert: true,
  issuer_key: true,
  ignore_invalid_args: true,
};

const ours = (name: string): string => Object.hasOwn(PERL_NAMES, name) ? PERL_NAMES[name]! : name;

/** Members of an `asHash` record that are ignored: `ext` has them too, or the new key determines them. */
const FROM_HASH =
  /^(?:signature_alg|crl_uri|ocsp_uri|keyusage|extkeyusage|(?:pubkey_digest|x509_digest|fingerprint)_.+)$/;

/** The options as they are used. */
export interface Normalized {
  readonly options: CertCreateOptions;
  /** Whether the options are what `asHash` gave. */
  readonly copy: boolean;
}

/** The options of {@linkcode certCreate} by our names, each once; unknown ones are refused. */
export function normalize(input: Readonly<Record<string, unknown>>): Normalized {
  const own = ownRecord(input);
  const copy = Array.isArray(own.ext) && "keyusage" in own && "extkeyusage" in own;
  const known = Object.entries(own).filter(([name]) => !(copy && FROM_HASH.test(name)));
  const lenient = Boolean(own.ignoreInvalidArgs ?? own.ignore_invalid_args);
  const wanted = lenient ? known.filter(([name]) => Object.hasOwn(CERT_OPTIONS, name)) : known;
  const given = ownOptions(Object.fromEntries(wanted), {
    operation: "create certificate",
    names: CERT_OPTIONS,
  });
  const options: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (options[ours(name)] !== undefined) {
      throw new TypeError(
        `Cannot create certificate: ${ours(name)} is given twice: received ${quote(name)}`,
      );
    }
    options[ours(name)] = value;
  }
  return { options: options as CertCreateOptions, copy };
}
