/**
 * Certificates and CRLs for trust: from PEM text, bytes, `Certificate` objects,
 * files and directories, as lists of DER; and the default trust anchors, the
 * bundle, the hashed directories or Mozilla's list that {@linkcode DefaultCa}
 * stands for.
 *
 * @module
 */

import { Certificate } from "../certificate/certificate.ts";
import { readDer, readElement, TAG } from "../certificate/der.ts";
import { looksLikePem, pemBlocks } from "../certificate/pem.ts";
import { SslError } from "../errors.ts";
import { fileError, readOptionFile, shownPath } from "./errors.ts";
import { type DefaultCa, defaultCa, FILES } from "./default_ca.ts";

/** Certificates and CRLs in DER, in the order in which they were found. */
export interface Bundle {
  /** The certificates. */
  readonly certificates: readonly Uint8Array[];
  /** The CRLs. */
  readonly crls: readonly Uint8Array[];
}

/** One value of an option that takes certificates. */
export type BundleInput = string | Uint8Array | Certificate;

function noneFound(source: string, what: string, bytes: Uint8Array | string): SslError {
  const reason = bytes.length === 0 ? "it is empty" : `no ${what} found in it, as PEM or as DER`;
  return new SslError(`Cannot load ${source}: ${reason}`, { code: "ERR_NO_CERTIFICATE", reason });
}

/**
 * A trusted certificate of OpenSSL is a certificate followed by what it is
 * trusted for. Dropping the restrictions would trust it for more, so only one
 * without any is taken.
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

/** Takes certificates and CRLs out of PEM text or bytes. Private keys and the like are skipped. */
export function readBundle(data: string | Uint8Array, source: string): Bundle {
  if (!looksLikePem(data)) return derBundle(data, source);
  const text = typeof data === "string" ? data : new TextDecoder("latin1").decode(data);
  const certificates: Uint8Array[] = [];
  const crls: Uint8Array[] = [];
  for (const { label, der } of pemBlocks(text, source)) {
    if (label === "CERTIFICATE" || label === "X509 CERTIFICATE") certificates.push(der);
    else if (label === "TRUSTED CERTIFICATE") certificates.push(plainOfTrusted(der, source));
    else if (label === "X509 CRL") crls.push(der);
  }
  return { certificates, crls };
}

/** A certificate's DER starts a SEQUENCE with [0] or an INTEGER serial; a CRL's with its algorithm or version 1. */
function derBundle(data: string | Uint8Array, source: string): Bundle {
  if (typeof data === "string" || data.length === 0) return { certificates: [], crls: [] };
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

/** Adds bundles up; a certificate that occurs twice is kept once. */
export function mergeBundles(bundles: readonly Bundle[]): Bundle {
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
    if (item instanceof Certificate) return { certificates: [item.der], crls: [] };
    const bundle = readBundle(item, source);
    if (bundle.certificates.length === 0) throw noneFound(source, "certificate", item);
    return checked(bundle, source);
  }));
}

/** The certificates and CRLs of an option's file. */
export async function loadBundleFile(option: string, file: string | URL): Promise<Bundle> {
  const bytes = await readOptionFile(option, file);
  const source = `${option} ${JSON.stringify(shownPath(file))}`;
  const bundle = readBundle(bytes, source);
  if (bundle.certificates.length === 0) throw noneFound(source, "certificate", bytes);
  return checked(bundle, source);
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

/** The CRLs of an option's file. */
export async function loadCrlFile(
  option: string,
  file: string | URL,
): Promise<readonly Uint8Array[]> {
  const bytes = await readOptionFile(option, file);
  const { crls } = readBundle(bytes, `${option} ${JSON.stringify(shownPath(file))}`);
  if (crls.length === 0) {
    throw noneFound(`${option} ${JSON.stringify(shownPath(file))}`, "CRL", bytes);
  }
  return crls;
}

function checked(bundle: Bundle, source: string): Bundle {
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

/** `3f7ac3d5.0` is a certificate, `3f7ac3d5.r0` a CRL, as `openssl rehash` names them. */
const HASHED = /^[0-9a-f]{8}(?:\.r?\d+)?$/i;
const NAMED = /\.(?:pem|crt|cer|crl)$/i;

/** Splits a `caPath` string into directories: by `;` on Windows, by `:` elsewhere. */
export function splitPaths(
  paths: string | URL | readonly (string | URL)[],
  windows: boolean = Deno.build.os === "windows",
): readonly (string | URL)[] {
  if (Array.isArray(paths)) return paths;
  if (paths instanceof URL) return [paths];
  return (paths as string).split(windows ? ";" : ":").filter((part) => part !== "");
}

async function readDirectory(directory: string | URL, onlyHashed: boolean): Promise<Bundle> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    if (
      !entry.isDirectory && (HASHED.test(entry.name) || (!onlyHashed && NAMED.test(entry.name)))
    ) {
      names.push(entry.name);
    }
  }
  names.sort();
  const bundles: Bundle[] = [];
  for (const name of names) {
    const file = directory instanceof URL
      ? new URL(encodeURIComponent(name), directory.href.replace(/\/?$/, "/"))
      : `${directory.replace(/[\\/]+$/, "")}/${name}`;
    let bytes: Uint8Array;
    try {
      bytes = await Deno.readFile(file);
    } catch (error) {
      // A dangling link is what an uninstalled certificate leaves; OpenSSL skips it as well.
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory) {
        continue;
      }
      throw fileError("caPath", file, error);
    }
    bundles.push(checked(
      readBundle(bytes, `caPath ${JSON.stringify(shownPath(file))}`),
      `caPath ${JSON.stringify(shownPath(file))}`,
    ));
  }
  return mergeBundles(bundles);
}

/**
 * Everything in directories of anchors. As in Perl at least one of them must
 * be accessible; the others may be missing.
 */
export async function loadDirectories(
  paths: string | URL | readonly (string | URL)[],
  options: { readonly onlyHashed?: boolean; readonly option?: string } = {},
): Promise<Bundle> {
  const directories = splitPaths(paths);
  const bundles: Bundle[] = [];
  const failures: unknown[] = [];
  for (const directory of directories) {
    try {
      bundles.push(await readDirectory(directory, options.onlyHashed ?? false));
    } catch (error) {
      if (error instanceof SslError) throw error;
      failures.push(fileError(options.option ?? "caPath", directory, error));
    }
  }
  if (bundles.length > 0) return mergeBundles(bundles);
  if (failures.length === 1) throw failures[0];
  throw new SslError(
    `Cannot read caPath: none of its ${directories.length} directories is accessible: ` +
      failures.map((f) => f instanceof Error ? f.message : String(f)).join("; "),
    { code: "ENOENT", errno: 2, cause: failures[0] },
  );
}

interface Cached {
  readonly stamp: string;
  readonly bundle: Bundle;
}

/** Parsed files by path; the stamp is size and time of change. */
const cache = new Map<string, Cached>();

/** Reads a bundle of the system: what in it is no certificate is skipped, not an error. */
async function systemFile(path: string): Promise<Bundle> {
  let stamp: string;
  try {
    const { size, mtime } = await Deno.stat(path);
    stamp = `${size} ${mtime?.getTime()}`;
    const known = cache.get(path);
    if (known?.stamp === stamp) return known.bundle;
    const bytes = await Deno.readFile(path);
    const bundle = readBundle(bytes, shownPath(path));
    const certificates = bundle.certificates.filter(isCertificate);
    if (certificates.length === 0) throw noAnchors(path, "no certificate found in it");
    const usable: Bundle = { certificates, crls: bundle.crls };
    cache.set(path, { stamp, bundle: usable });
    return usable;
  } catch (cause) {
    throw fileError("the default trust anchors", path, cause);
  }
}

function isCertificate(der: Uint8Array): boolean {
  try {
    Certificate.fromDer(der);
    return true;
  } catch {
    return false;
  }
}

function noAnchors(path: string, reason: string): SslError {
  return new SslError(`Cannot read the default trust anchors ${JSON.stringify(path)}: ${reason}`, {
    code: "ERR_NO_TRUST_ANCHORS",
    reason,
  });
}

let mozilla: Bundle | undefined;

async function mozillaBundle(): Promise<Bundle> {
  if (mozilla !== undefined) return mozilla;
  // The one use of node:tls: Deno gives its root certificates in no other way.
  const { rootCertificates } = await import("node:tls");
  const certificates = rootCertificates.flatMap((pem) => pemBlocks(pem).map(({ der }) => der));
  if (certificates.length === 0) throw noAnchors("node:tls", "it has no root certificates");
  return mozilla = { certificates, crls: [] };
}

/** Directories and combinations by their text; merged lists keep their identity while they are the same. */
const merged = new Map<string, { readonly parts: readonly Bundle[]; readonly bundle: Bundle }>();

/**
 * The anchors of a {@linkcode DefaultCa}. The same list object comes back while the files are
 * unchanged, so that an engine can keep what it made of it.
 *
 * @throws {SslError} code `ERR_NO_TRUST_ANCHORS` when none can be had: it names the remedies.
 */
export async function loadDefaultCa(from: DefaultCa = defaultCa()): Promise<Bundle> {
  if (from.source === "mozilla") return await mozillaBundle();
  if (from.source === "none") {
    const path = Deno.build.os === "darwin" ? "/etc/ssl/cert.pem" : FILES[0]!;
    throw new SslError(
      `Cannot find the default trust anchors: no bundle of the system may be read: ` +
        `run with --allow-read=${path} (or wherever your system has its bundle), ` +
        `or name one with SSL_CERT_FILE, --allow-env=SSL_CERT_FILE and --allow-read for it, ` +
        `or give ca, caFile or caPath, or run with --allow-sys for Mozilla's list`,
      { code: "ERR_NO_TRUST_ANCHORS", reason: "no bundle of the system may be read" },
    );
  }
  const parts: Bundle[] = [];
  if (from.caFile !== undefined) parts.push(await systemFile(from.caFile));
  if (from.caPath !== undefined) {
    parts.push(await loadDirectories(from.caPath, { onlyHashed: true, option: "defaultCa" }));
  }
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const id = `${from.caFile}\n${from.caPath}`;
  const known = merged.get(id);
  if (known !== undefined && known.parts.every((part, i) => part === parts[i])) return known.bundle;
  const bundle = mergeBundles(parts);
  merged.set(id, { parts, bundle });
  return bundle;
}
