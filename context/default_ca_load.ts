/**
 * Reads the default trust anchors: the bundle, the hashed directories or
 * Mozilla's list that {@linkcode DefaultCa} stands for.
 *
 * @module
 */

import { Certificate } from "../certificate/certificate.ts";
import { pemBlocks } from "../certificate/pem.ts";
import { SslError } from "../errors.ts";
import { type Bundle, loadDirectories, mergeBundles, readBundle } from "./anchors.ts";
import { type DefaultCa, defaultCa, FILES } from "./default_ca.ts";
import { fileError, shownPath } from "./errors.ts";

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
