/**
 * Certificate requests (PKCS#10, RFC 2986): making, reading and signing them.
 *
 * @module
 */

import { type NamesOf, ownOptions, ownRecord } from "../internal/own_options.ts";
import { describe } from "../internal/quote.ts";
import { SslVerifyError } from "../errors.ts";
import {
  CERT_OPTIONS,
  type CertCreateOptions,
  type SubjectAltNameInput,
} from "./create_options.ts";
import { createCertificate } from "./create.ts";
import { type Certificate, MAX_CERTIFICATE_LENGTH } from "./certificate.ts";
import {
  bitString,
  children,
  derError,
  type DerNode,
  expectTag,
  latin1,
  oid,
  readDer,
  sequence,
  smallInteger,
  TAG,
} from "./asn1/reader.ts";
import { int, oidDer, seq, setOf, tlv } from "./asn1/writer.ts";
import {
  anyOid,
  buildName,
  encodeExtensions,
  generalNameType,
  type NameInput,
  subjectAltName,
} from "./extensions/write.ts";
import { EXT, type Extension, readAltNames, readExtensions } from "./extensions/read.ts";
import { type NameAttribute, onelineName, readName } from "./name.ts";
import { oidEntry } from "./asn1/oids.ts";
import { withoutFinalNewline } from "./foreign.ts";
import { derToPem, looksLikePem, pemBlocks } from "./keys/pem.ts";
import { toPrivateKey } from "./keys/decode.ts";
import { keyCreateRsa, type PrivateKey, type PrivateKeyInput } from "./keys/private_key.ts";
import { defaultDigest, digestName, signedObjectAsync, verifySignature } from "./signature.ts";
import type { SubjectAltName } from "./general_name.ts";

const WHAT = "certificate request";
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

/**
 * One certificate request. Its signature is not checked until {@linkcode CertificateRequest.verify}.
 *
 * @category Making certificates
 */
export class CertificateRequest {
  /** The DER encoding. Do not change it. */
  readonly der: Uint8Array;
  readonly #info: DerNode;
  readonly #subject: DerNode;
  readonly #spki: DerNode;
  readonly #algorithm: DerNode;
  readonly #signature: Uint8Array;
  readonly #extensions: readonly Extension[];

  /**
   * Reads a request.
   *
   * @param der The DER of one request; it is copied.
   * @throws {SslError} code `ERR_DER` if it is malformed.
   */
  constructor(der: Uint8Array) {
    if (!(der instanceof Uint8Array)) {
      throw new TypeError(`Cannot read ${WHAT}: expected a Uint8Array: received ${describe(der)}`);
    }
    this.der = Uint8Array.from(der);
    const [info, algorithm, signature, ...extra] = sequence(readDer(this.der, WHAT), WHAT);
    if (extra.length > 0) throw derError(WHAT, "a request has three elements");
    const [version, subject, spki, attributes, ...more] = sequence(info, WHAT);
    if (smallInteger(version, WHAT) !== 0) throw derError(WHAT, "unknown version");
    if (more.length > 0) throw derError(WHAT, "unexpected element");
    this.#info = info!;
    this.#subject = expectTag(subject, TAG.SEQUENCE, WHAT);
    this.#spki = expectTag(spki, TAG.SEQUENCE, WHAT);
    this.#algorithm = expectTag(algorithm, TAG.SEQUENCE, WHAT);
    this.#signature = bitString(signature, WHAT).bytes;
    readName(this.#subject.raw, WHAT);
    let extensions: Extension[] | undefined;
    const list = attributes === undefined ? [] : children(expectTag(attributes, 0xa0, WHAT), WHAT);
    for (const attribute of list) {
      const [type, values] = sequence(attribute, WHAT);
      if (oid(type, WHAT) !== EXTENSION_REQUEST) continue;
      const [value, ...others] = children(expectTag(values, TAG.SET, WHAT), WHAT);
      // With two lists, a person could read one in the request while csrSign() signs the other.
      if (extensions !== undefined || others.length > 0) {
        throw derError(WHAT, "it asks for extensions more than once");
      }
      extensions = readExtensions(value, WHAT);
    }
    this.#extensions = extensions ?? [];
  }

  /** Reads a request from PEM text, PEM as bytes, or DER. */
  static parse(data: string | Uint8Array): CertificateRequest {
    if (data.length > MAX_CERTIFICATE_LENGTH) {
      throw derError(WHAT, `${data.length} bytes is more than the limit of 1 MiB`);
    }
    if (data instanceof Uint8Array && (data[0] === TAG.SEQUENCE || !looksLikePem(data))) {
      return new CertificateRequest(withoutFinalNewline(data));
    }
    const text = data instanceof Uint8Array ? latin1(data) : data;
    const block = pemBlocks(text, WHAT).find(({ label }) =>
      /^(?:NEW )?CERTIFICATE REQUEST$/.test(label)
    );
    if (block === undefined) throw derError(WHAT, "no CERTIFICATE REQUEST block found");
    return new CertificateRequest(block.der);
  }

  /** The request as one PEM block. */
  get pem(): string {
    return derToPem(this.der, "CERTIFICATE REQUEST");
  }

  /** The attributes of the subject, in order. */
  get subjectAttributes(): readonly NameAttribute[] {
    return readName(this.rawSubject, WHAT);
  }

  /** The subject in one line. */
  get subject(): string {
    return onelineName(this.subjectAttributes);
  }

  /** The DER of the subject. */
  get rawSubject(): Uint8Array {
    return this.#subject.raw;
  }

  /** The DER of the public key. */
  get rawSpki(): Uint8Array {
    return this.#spki.raw;
  }

  /** The extensions that are asked for. */
  get extensions(): readonly Extension[] {
    return this.#extensions;
  }

  /** The subjectAltNames that are asked for; empty if it asks for no names. */
  get subjectAltNames(): SubjectAltName[] {
    const value = this.#extensions.find((extension) => extension.oid === EXT.subjectAltName)?.value;
    return value === undefined ? [] : readAltNames(value);
  }

  /**
   * Whether the signature is right, which proves that the request was made with its key.
   *
   * @throws {SslUnsupportedError} for an algorithm that is not known here.
   */
  verify(): boolean {
    return verifySignature(
      this.rawSpki,
      this.#algorithm.raw,
      this.#signature,
      this.#info.raw,
    );
  }

  /** The PEM text. */
  toString(): string {
    return this.pem;
  }
}

/**
 * Options of {@linkcode csrCreate}.
 *
 * @category Making certificates
 */
export interface CsrCreateOptions {
  /** Attribute names (long, short, dotted) and values. @default {empty} */
  subject?: NameInput;
  /** The names that are asked for, as in `certCreate`. */
  subjectAltNames?: readonly SubjectAltNameInput[];
  /** More extensions that are asked for, as DER. */
  extensions?: readonly Extension[];
  /** The key. @default {a new RSA key of 2048 bits} */
  key?: PrivateKeyInput;
  /** The digest of the signature. @default {what goes with the key} */
  digest?: string;
}

const OPTIONS: NamesOf<CsrCreateOptions> = {
  subject: true,
  subjectAltNames: true,
  extensions: true,
  key: true,
  digest: true,
};

/**
 * Makes a certificate request.
 *
 * @throws {TypeError} for an unknown option or a wrong value.
 * @category Making certificates
 */
export async function csrCreate(
  given?: CsrCreateOptions,
): Promise<{ csr: CertificateRequest; key: PrivateKey }> {
  const options = ownOptions(given, { operation: `create ${WHAT}`, names: OPTIONS });
  if (options.digest !== undefined) digestName(options.digest); // before a key is made
  const names = (options.subjectAltNames ?? []).map((entry) => {
    const [type, value] = Array.isArray(entry)
      ? entry as readonly [string | number, string]
      : [ownRecord(entry as SubjectAltName).type, ownRecord(entry as SubjectAltName).value];
    return { type: generalNameType(type), value };
  });
  const extensions = [
    ...(names.length > 0 ? [subjectAltName(names)] : []),
    ...(options.extensions ?? []),
  ];
  const subject = buildName(options.subject ?? {});
  const key = options.key === undefined
    ? await keyCreateRsa()
    : await toPrivateKey(options.key, "key");
  const attributes = extensions.length === 0
    ? []
    : [seq(oidDer(EXTENSION_REQUEST), setOf(encodeExtensions(extensions)))];
  const info = seq(int(0), subject, key.publicSpki, tlv(0xa0, ...attributes));
  const digest = digestName(options.digest ?? defaultDigest(key));
  return { csr: new CertificateRequest(await signedObjectAsync(info, key, digest)), key };
}

/**
 * Options of {@linkcode csrSign}: those of `certCreate`, without `key`.
 *
 * @category Making certificates
 */
export interface CsrSignOptions extends Omit<CertCreateOptions, "key"> {
  /**
   * Which extensions of the request are taken over: names (`keyUsage`) or
   * object identifiers. The client chose what is in a request, so name only what you allow.
   *
   * @default {["subjectAltName"]}
   */
  copyExtensions?: readonly string[];
}

const SIGN_OPTIONS: NamesOf<CsrSignOptions> & { readonly key: true } = {
  ...CERT_OPTIONS,
  copyExtensions: true,
};

/**
 * Makes the certificate that a request asks for: its subject and key, and its
 * subjectAltNames unless the options have their own. All else comes from the
 * options, of which an issuer is one.
 *
 * @throws {SslVerifyError} code `CERT_SIGNATURE_FAILURE` if the request's signature is wrong.
 * @category Making certificates
 */
export async function csrSign(
  csr: CertificateRequest | string | Uint8Array,
  options: CsrSignOptions,
): Promise<Certificate> {
  const own = ownOptions(options, { operation: `sign ${WHAT}`, names: SIGN_OPTIONS });
  const request = csr instanceof CertificateRequest ? csr : CertificateRequest.parse(csr);
  if (!request.verify()) {
    throw new SslVerifyError(`Cannot sign ${WHAT} of ${request.subject}: its signature is wrong`, {
      code: "CERT_SIGNATURE_FAILURE",
      errno: 7,
    });
  }
  if ("key" in own) throw new TypeError(`Cannot sign ${WHAT}: the key comes from the request`);
  const { copyExtensions = ["subjectAltName"], ...others } = own;
  const rest: CertCreateOptions = ownRecord(others);
  const wanted = copyExtensions.map((name) => anyOid(name, "extension"));
  const ext = [...(rest.ext ?? [])];
  for (const { oid: id, critical, value } of request.extensions) {
    if (!wanted.includes(id)) continue;
    if (id === EXT.subjectAltName && rest.subjectAltNames !== undefined) continue;
    ext.push({ oid: id, sn: oidEntry(id)?.sn, critical, der: value });
  }
  const { cert } = await createCertificate({ ...rest, ext }, {
    spki: request.rawSpki,
    subject: request.rawSubject,
  });
  return cert;
}
