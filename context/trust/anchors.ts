/**
 * Certificates and CRLs for trust: from PEM text, bytes and `Certificate` objects, as lists of
 * DER. files.ts reads those in files. Pure.
 *
 * @module
 */

import { isForeignCertificate } from "../../certificate/foreign_objects.ts";
import {
  Certificate,
  type CertificateInput,
  toCertificate,
} from "../../certificate/certificate.ts";
import { readDer, readElement, TAG } from "../../certificate/asn1/reader.ts";
import {
  foreignFormat,
  foreignLabel,
  isPkcs12,
  withoutFinalNewline,
} from "../../certificate/foreign.ts";
import {
  looksLikePem,
  type PemBlock,
  pemBlocks,
  pemText,
  shownLabel,
} from "../../certificate/keys/pem.ts";
import { SslError } from "../../errors.ts";

/** Certificates and CRLs in DER, in the order in which they were found. */
export interface Bundle {
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

/** One value of an option that takes certificates. */
export type BundleInput = CertificateInput;

/** The error for an input that holds none of what it should. */
export function noneFound(source: string, what: string, bytes: Uint8Array | string): SslError {
  const reason = bytes.length === 0
    ? "it is empty"
    : otherFormat(bytes) ?? `no ${what} found in it, as PEM or as DER`;
  return new SslError(`Cannot load ${source}: ${reason}`, { code: "ERR_NO_CERTIFICATE", reason });
}

/** What bytes without a certificate or CRL seem to be, if that can be told. */
function otherFormat(bytes: Uint8Array | string): string | undefined {
  if (typeof bytes === "string" || !isPkcs12(bytes)) return foreignFormat(bytes);
  return `it is PKCS#12: convert it with "openssl pkcs12 -nokeys -in in.p12 -out out.pem"`;
}

/**
 * A trusted certificate of OpenSSL is a certificate followed by what it is trusted for. Without these
 * restrictions it would be trusted for more, so only a certificate that has none is taken.
 */
function plainOfTrusted(der: Uint8Array, source: string): Uint8Array {
  const { raw } = readElement(der, 0, source);
  if (raw.length === der.length) return der;
  const reason = "it holds a TRUSTED CERTIFICATE with trust settings, which are not supported";
  throw new SslError(
    `Cannot load ${source}: ${reason}: convert it with "openssl x509 -in in.pem -out out.pem"`,
    { code: "ERR_TRUSTED_CERTIFICATE", reason },
  );
}

/** Blocks that may stand beside certificates in a file. */
const BESIDE =
  /^(?:(?:\w+ )*PRIVATE KEY|(?:\w+ )?PUBLIC KEY|(?:\S+ )?(?:\w+ )?PARAMETERS|(?:NEW )?CERTIFICATE REQUEST)$/;

/** Refuses blocks of an unknown kind: an anchor or a CRL that is skipped would go unnoticed. */
function refuseBlock({ label, line }: PemBlock, source: string): void {
  if (BESIDE.test(label)) return;
  const reason = `line ${line} begins a block that is neither a certificate nor a CRL: ` +
    (foreignLabel(label) ?? `received ${shownLabel(label)}`);
  throw new SslError(`Cannot load ${source}: ${reason}`, { code: "ERR_PEM", reason });
}

/**
 * Takes certificates and CRLs out of PEM text or bytes. Private keys and the like are skipped;
 * a block of an unknown kind is an error, except in a bundle of the system.
 */
export function readBundle(
  data: string | Uint8Array,
  source: string,
  ofSystem: boolean = false,
): Bundle {
  if (!looksLikePem(data)) return derBundle(data, source);
  const certificates: Uint8Array[] = [];
  const crls: Uint8Array[] = [];
  for (const block of pemBlocks(pemText(data), source)) {
    const { label, der } = block;
    if (label === "CERTIFICATE" || label === "X509 CERTIFICATE") certificates.push(der);
    else if (label === "TRUSTED CERTIFICATE") certificates.push(plainOfTrusted(der, source));
    else if (label === "X509 CRL") crls.push(der);
    else if (!ofSystem) refuseBlock(block, source);
  }
  return { certificates, crls };
}

/** A certificate's DER starts a SEQUENCE with [0] or an INTEGER serial; a CRL's with its algorithm or version 1. */
function derBundle(data: string | Uint8Array, source: string): Bundle {
  if (typeof data === "string" || data.length === 0) return { certificates: [], crls: [] };
  data = withoutFinalNewline(data);
  const certificate = attempt(() => Certificate.fromDer(data).der);
  if (certificate !== undefined) return { certificates: [certificate], crls: [] };
  const crl = attempt(() => crlDer(data, source));
  return { certificates: [], crls: crl === undefined ? [] : [crl] };
}

function attempt<T>(fn: () => T): T | undefined {
  try {
    return fn();
  } catch {
    return undefined;
  }
}

/** Checks the outer shape of a CertificateList (RFC 5280 5.1). */
function crlDer(data: Uint8Array, source: string): Uint8Array {
  const list = readDer(data, source, TAG.SEQUENCE);
  const tbs = readElement(list.body, 0, source);
  const algorithm = readElement(list.body, tbs.raw.length, source);
  const signature = readElement(list.body, tbs.raw.length + algorithm.raw.length, source);
  if (
    tbs.tag !== TAG.SEQUENCE || algorithm.tag !== TAG.SEQUENCE || signature.tag !== TAG.BIT_STRING
  ) throw new SslError(`Cannot load ${source}: not a CRL`);
  return data;
}

interface Merged {
  readonly parts: readonly Bundle[];
  readonly bundle: Bundle;
}

/** Merged bundles, by the first of their parts. */
const merged = new WeakMap<Bundle, Merged>();

/**
 * Merges bundles; a certificate that occurs twice is kept once. The same parts as last time give the
 * same list objects, so that an engine recognizes what it has loaded already.
 */
export function mergeBundles(parts: readonly Bundle[]): Bundle {
  const [first] = parts;
  if (first === undefined) return { certificates: [], crls: [] };
  const known = merged.get(first);
  if (known?.parts.length === parts.length && known.parts.every((part, i) => part === parts[i])) {
    return known.bundle;
  }
  const bundle = addUp(parts);
  merged.set(first, { parts, bundle });
  return bundle;
}

function addUp(bundles: readonly Bundle[]): Bundle {
  const certificates = new Map<string, Uint8Array>();
  const crls = new Map<string, Uint8Array>();
  const put = (map: Map<string, Uint8Array>, der: Uint8Array) => {
    const id = `${der.length}:${identity(der)}`;
    if (!map.has(id)) map.set(id, der);
  };
  for (const bundle of bundles) {
    for (const der of bundle.certificates) put(certificates, der);
    for (const der of bundle.crls) put(crls, der);
  }
  return { certificates: [...certificates.values()], crls: [...crls.values()] };
}

const latin1 = new TextDecoder("latin1");
const identity = (der: Uint8Array): string => latin1.decode(der);

/** The certificates (and CRLs) of an option's value; each certificate is checked to be one. */
export function loadBundle(
  option: string,
  input: BundleInput | readonly BundleInput[],
): Bundle {
  const items = Array.isArray(input) ? input as readonly BundleInput[] : [input as BundleInput];
  return mergeBundles(items.map((item, i) => {
    const source = items.length === 1 ? option : `${option}[${i}]`;
    if (item instanceof Certificate || isForeignCertificate(item)) {
      return { certificates: [toCertificate(item, source).der], crls: [] };
    }
    const bundle = readBundle(item, source);
    if (bundle.certificates.length === 0) throw noneFound(source, "certificate", item);
    return checked(bundle, source);
  }));
}

/** The CRLs of an option's value. */
export function loadCrls(
  option: string,
  input: string | Uint8Array | readonly (string | Uint8Array)[],
): readonly Uint8Array[] {
  const items = Array.isArray(input)
    ? input as readonly (string | Uint8Array)[]
    : [input as string | Uint8Array];
  return items.flatMap((item, i) => {
    const source = items.length === 1 ? option : `${option}[${i}]`;
    const { crls } = readBundle(item, source);
    if (crls.length === 0) throw noneFound(source, "CRL", item);
    return crls;
  });
}

/** Checks that all certificates of a bundle can be read. */
export function checked(bundle: Bundle, source: string): Bundle {
  bundle.certificates.forEach((der, i) => {
    try {
      Certificate.fromDer(der);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const which = bundle.certificates.length === 1 ? "" : ` (certificate ${i + 1})`;
      throw new SslError(`Cannot load ${source}${which}: ${reason}`, {
        code: "ERR_CERTIFICATE",
        reason,
        cause,
      });
    }
  });
  return bundle;
}
