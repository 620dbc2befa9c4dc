/**
 * `CERT_create`: making certificates.
 *
 * @module
 */

import { type NamesOf, NO_OPTIONS, ownOptions, ownRecord } from "../internal/own_options.ts";
import { describe, quote } from "../internal/quote.ts";
import type { CertificateHash } from "./certificate_hash.ts";
import {
  buildCertificateAsync,
  digestName,
  keyIdentifier,
  keyIdentifierOf,
  randomSerial,
} from "./signature.ts";
import { type Certificate, type CertificateInput, toCertificate } from "./certificate.ts";
import { keyMatches, toPrivateKey } from "./keys/decode.ts";
import { bitString, readDer, sequence } from "./asn1/reader.ts";
import {
  anyOid,
  authorityKeyIdentifier,
  buildName,
  generalNameType,
  type NameInput,
  subjectAltName,
  subjectKeyIdentifier,
} from "./extensions/write.ts";
import { type ExtensionContext, parseExtension } from "./extensions/text.ts";
import { EXT, type Extension, readAltNames } from "./extensions/read.ts";
import { oidByNid } from "./asn1/oids.ts";
import { keyCreateRsa, type PrivateKey, type PrivateKeyInput } from "./keys/private_key.ts";
import { purposeExtensions, type PurposeInput } from "./purpose.ts";
import type { SubjectAltName } from "./general_name.ts";

/** A subjectAltName as a record or a pair; its type by name or by OpenSSL's number. */
export type SubjectAltNameInput =
  | SubjectAltName
  | { readonly type: string | number; readonly value: string }
  | readonly [type: string | number, value: string];

/** One extension for {@linkcode certCreate}: `oid`, `nid` or `sn` says which, `data` or `der` what. */
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

/** Who signs: certificate and key. */
export type IssuerInput =
  | readonly [CertificateInput, PrivateKeyInput]
  | { readonly cert: CertificateInput; readonly key: PrivateKeyInput };

/**
 * Options of {@linkcode certCreate}. Perl's names (`not_before`, `issuer_cert`,
 * ...) are taken too. What `asHash` gives can be passed as a whole: such a copy
 * keeps the extensions of `ext`, without the default purpose.
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

/** Options of {@linkcode certCreate} made from what `asHash` gave: `{ ...cert.asHash(), key }`. */
export interface CertCopyOptions extends CertCreateOptions {
  /** Follows from the new key. */
  signature_alg?: string;
  /** Said in `ext`. */
  crl_uri?: readonly string[];
  /** Said in `ext`. */
  ocsp_uri?: readonly string[];
  /** Said in `ext`. */
  keyusage?: readonly string[];
  /** Said in `ext`. */
  extkeyusage?: CertificateHash["extkeyusage"];
  /** Follows from the new key. */
  [digestField: `pubkey_digest_${string}` | `x509_digest_${string}`]: Uint8Array;
  /** Follows from the new key. */
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

/** What `asHash` has besides: said again in `ext`, or a matter of the new key. */
const FROM_HASH =
  /^(?:signature_alg|crl_uri|ocsp_uri|keyusage|extkeyusage|(?:pubkey_digest|x509_digest|fingerprint)_.+)$/;

interface Normalized {
  readonly options: CertCreateOptions;
  /** Whether the options are what `asHash` gave. */
  readonly copy: boolean;
}

function normalize(input: Readonly<Record<string, unknown>>): Normalized {
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

function toDate(value: Date | number | undefined, fallback: number, name: string): Date {
  const ms = value === undefined
    ? fallback
    : value instanceof Date
    ? value.getTime()
    : typeof value === "number"
    ? value * 1000
    : NaN;
  if (!Number.isFinite(ms) || ms < -62167219200000 || ms > 253402300799999) {
    throw new TypeError(
      `Cannot create certificate: ${name} must be a Date or seconds since 1970: received ${
        quote(value)
      }`,
    );
  }
  return new Date(Math.floor(ms / 1000) * 1000);
}

function toSerial(value: number | bigint | string | undefined): bigint {
  if (value === undefined) return randomSerial(64);
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d{1,400}$/.test(value)) return BigInt(value);
  throw new TypeError(
    `Cannot create certificate: serial must be a whole number, a larger one as bigint or text: ` +
      `received ${quote(value)}`,
  );
}

function toAltNames(list: NonNullable<CertCreateOptions["subjectAltNames"]>): SubjectAltName[] {
  if (!Array.isArray(list)) {
    throw new TypeError(
      `Cannot create certificate: subjectAltNames must be an array: received ${describe(list)}`,
    );
  }
  return list.map((entry) => {
    const own = ownRecord(Object(entry) as { type?: unknown; value?: unknown });
    const [type, value] = Array.isArray(entry) ? entry : [own.type, own.value];
    if ((typeof type !== "string" && typeof type !== "number") || typeof value !== "string") {
      throw new TypeError(
        "Cannot create certificate: a subjectAltName is [type, value] or { type, value }: " +
          `received ${quote(entry)}`,
      );
    }
    return { type: generalNameType(type), value };
  });
}

/** The object identifier an extension is asked for by. */
function extensionOid({ oid, nid, sn }: ExtensionInput): string {
  if (typeof oid === "string") return anyOid(oid, "extension");
  const byNid = typeof nid === "number" ? oidByNid(nid)?.oid : undefined;
  if (byNid !== undefined) return byNid;
  if (typeof sn === "string") return anyOid(sn, "extension");
  throw new TypeError(
    "Cannot create certificate: cannot determine NID of extension, give sn, nid or oid: " +
      `received sn ${sn}, nid ${nid}`,
  );
}

function toExtension(input: ExtensionInput, id: string, context: ExtensionContext): Extension {
  if (input.der instanceof Uint8Array) {
    readDer(input.der, `extension ${id}`);
    return { oid: id, critical: Boolean(input.critical), value: input.der };
  }
  if (typeof input.data !== "string") {
    throw new TypeError(
      `Cannot create certificate: extension ${id} has neither data nor der: received ${
        describe(input.data)
      }`,
    );
  }
  const { critical, value } = parseExtension(id, input.data, context);
  return { oid: id, critical: critical || Boolean(input.critical), value };
}

/** Whether an encoded subjectAltName says just this list: then it is kept byte for byte. */
function sameNames(value: Uint8Array, names: readonly SubjectAltName[]): boolean {
  try {
    const list = readAltNames(value);
    return list.length === names.length &&
      list.every((n, i) => n.type === names[i]!.type && n.value === names[i]!.value);
  } catch {
    return false;
  }
}

interface ExtensionPlan {
  readonly options: CertCreateOptions;
  readonly copy: boolean;
  readonly context: ExtensionContext;
}

function planExtensions({ options, copy, context }: ExtensionPlan): Extension[] {
  const made = new Map<string, Extension>();
  const add = (extension: Extension): void => void made.set(extension.oid, extension);
  add(subjectKeyIdentifier(context.subjectKeyId));
  add(authorityKeyIdentifier(context.issuerKeyId));
  const names = options.subjectAltNames && toAltNames(options.subjectAltNames);
  if (names?.length) add(subjectAltName(names));
  // A copy says in `ext` what it is for: the default purpose is for those who say nothing.
  if (!copy || options.purpose !== undefined || options.CA !== undefined) {
    purposeExtensions(options.purpose, Boolean(options.CA)).forEach(add);
  }
  if (options.ext !== undefined && !Array.isArray(options.ext)) {
    throw new TypeError(
      `Cannot create certificate: ext must be an array: received ${describe(options.ext)}`,
    );
  }
  const order: string[] = [];
  const seen = new Set<string>();
  for (const given of options.ext ?? []) {
    const input: ExtensionInput = ownRecord(given);
    const id = extensionOid(input);
    if (seen.has(id)) {
      throw new TypeError(`Cannot create certificate: extension is given twice: received ${id}`);
    }
    seen.add(id);
    order.push(id);
    const set = made.get(id);
    if (set === undefined) add(toExtension(input, id, context));
    else if (id === EXT.subjectAltName && copy) {
      const original = toExtension(input, id, context);
      if (sameNames(original.value, names ?? [])) add(original);
      else add({ ...set, critical: original.critical });
    }
  }
  if (!copy) return [...made.values()];
  const rest = [...made.keys()].filter((id) => !seen.has(id));
  return [...order, ...rest].flatMap((id) => made.get(id) ?? []);
}

interface Signer {
  readonly cert: Certificate | undefined;
  readonly key: PrivateKey;
  readonly name: Uint8Array | undefined;
}

async function findSigner(
  options: CertCreateOptions,
  own: PrivateKey | undefined,
): Promise<Signer> {
  const { issuer } = options;
  let pair: readonly (CertificateInput | PrivateKeyInput | undefined)[] = [];
  let name: Uint8Array | undefined;
  if (Array.isArray(issuer)) pair = [issuer[0], issuer[1]];
  else if (issuer !== undefined && issuer !== null && typeof issuer === "object") {
    const own = ownRecord(issuer);
    if ("cert" in own || "key" in own) {
      const { cert, key } = own as { cert?: CertificateInput; key?: PrivateKeyInput };
      pair = [cert, key];
    } else name = buildName(issuer as NameInput);
  } else if (issuer !== undefined) {
    throw new TypeError(
      `Cannot create certificate: issuer must be { cert, key } or [cert, key]: received ${
        describe(issuer)
      }`,
    );
  }
  const certInput = options.issuerCert ?? pair[0] as CertificateInput | undefined;
  const keyInput = options.issuerKey ?? pair[1] as PrivateKeyInput | undefined;
  if (certInput === undefined) {
    if (keyInput !== undefined && name === undefined) {
      throw new TypeError("Cannot create certificate: issuerKey is given without issuerCert");
    }
    const key = keyInput === undefined ? own : await toPrivateKey(keyInput, "issuerKey");
    if (key === undefined) {
      throw new TypeError("Cannot create certificate: no issuer is given");
    }
    return { cert: undefined, key, name };
  }
  if (keyInput === undefined) {
    throw new TypeError("Cannot create certificate: issuerCert is given without issuerKey");
  }
  const cert = toCertificate(certInput, "issuerCert");
  const key = await toPrivateKey(keyInput, "issuerKey");
  if (!keyMatches(cert.rawSpki, key)) {
    throw new TypeError(
      `Cannot create certificate: issuerKey is not the key of issuerCert: received ${
        quote(cert.subject)
      }`,
    );
  }
  return { cert, key, name: cert.rawSubject };
}

const DEFAULT_SUBJECT: NameInput = {
  organizationName: "IO::Socket::SSL",
  commonName: "IO::Socket::SSL Test",
};

/** Parts that are taken over byte for byte. */
export interface ExactParts {
  /** The DER of the public key, of a certificate for a key that is not ours. */
  readonly spki?: Uint8Array;
  /** The DER of the subject, when the options have none. */
  readonly subject?: Uint8Array;
}

/** {@linkcode certCreate}, with parts taken over from elsewhere. */
export async function createCertificate(
  input: Readonly<Record<string, unknown>>,
  exact: ExactParts = NO_OPTIONS,
): Promise<{ cert: Certificate; key: PrivateKey | undefined }> {
  const { options, copy } = normalize(input);
  const version = options.version ?? 2;
  if (![0, 1, 2].includes(version)) {
    throw new RangeError(
      `Cannot create certificate: version must be 2 (X.509 v3), 1 or 0: received ${quote(version)}`,
    );
  }
  if (
    version < 2 &&
    (options.subjectAltNames?.length || options.ext?.length || options.purpose || options.CA)
  ) {
    throw new TypeError(
      `Cannot create certificate: version ${version} has no extensions, so it takes no ` +
        "subjectAltNames, ext, purpose or CA",
    );
  }
  const digest = digestName(options.digest ?? "sha256");
  const serial = toSerial(options.serial);
  const now = Date.now();
  const notBefore = toDate(options.notBefore, now, "notBefore");
  const notAfter = toDate(options.notAfter, now + 365 * 86_400_000, "notAfter");
  const subject = options.subject === undefined && exact.subject !== undefined
    ? exact.subject
    : buildName(options.subject ?? DEFAULT_SUBJECT);
  if (options.purpose !== undefined) purposeExtensions(options.purpose, Boolean(options.CA));

  const key = exact.spki !== undefined
    ? undefined
    : options.key === undefined
    ? await keyCreateRsa()
    : await toPrivateKey(options.key, "key");
  const signer = await findSigner(options, key);
  if (options.digest !== undefined && signer.key.type.startsWith("ed")) {
    throw new TypeError(
      `Cannot create certificate: an ${signer.key.type} key signs without a digest: ` +
        `received ${quote(options.digest)}`,
    );
  }
  const spki = exact.spki ?? key!.publicSpki;
  const what = "public key";
  const subjectKeyId = keyIdentifier(bitString(sequence(readDer(spki, what), what)[1], what).bytes);
  const context: ExtensionContext = {
    subjectKeyId,
    issuerKeyId: signer.cert !== undefined
      ? keyIdentifierOf(signer.cert)
      : keyIdentifier(signer.key.publicBits),
    issuerName: signer.cert?.rawIssuer ?? signer.name ?? subject,
    issuerSerial: signer.cert?.rawSerial ?? new Uint8Array([0]),
  };
  const cert = await buildCertificateAsync({
    version,
    serial,
    issuer: signer.name ?? subject,
    subject,
    notBefore,
    notAfter,
    spki,
    extensions: version === 2 ? planExtensions({ options, copy, context }) : [],
    signer: signer.key,
    digest,
  });
  return { cert, key };
}

/**
 * Makes a certificate, self-signed or signed by an issuer.
 *
 * Always with subjectKeyIdentifier, authorityKeyIdentifier and critical
 * basicConstraints; the options are checked before any key is made.
 *
 * @throws {TypeError} for unknown arguments or purposes (it lists the known ones), and for wrong
 *   values; nothing is left out silently.
 * @throws {SslUnsupportedError} for a key that cannot sign with the digest.
 *
 * Perl: `CERT_create`
 */
export async function certCreate(
  options: CertCreateOptions | CertCopyOptions = NO_OPTIONS,
): Promise<{ cert: Certificate; key: PrivateKey }> {
  if (options === null || typeof options !== "object") {
    throw new TypeError(
      `Cannot create certificate: expected an object of options: received ${describe(options)}`,
    );
  }
  const { cert, key } = await createCertificate(options as Readonly<Record<string, unknown>>);
  return { cert, key: key! };
}
