/**
 * Certificates and CRLs for trust in files and directories, and the default trust anchors: the
 * bundle, the hashed directories or Mozilla's list that {@linkcode DefaultCa} stands for. The content
 * of a file is kept until the file changes: the default anchors are some 140 certificates, and every
 * connection without a context of its own needs them.
 *
 * @module
 */

import { NO_OPTIONS } from "../../internal/own_options.ts";
import { quotePath } from "../../internal/quote.ts";
import { Certificate } from "../../certificate/certificate.ts";
import { pemBlocks } from "../../certificate/keys/pem.ts";
import { SslError } from "../../errors.ts";
import { type Bundle, checked, mergeBundles, noneFound, readBundle } from "./anchors.ts";
import { type DefaultCa, defaultCa, FILES } from "./default_ca.ts";
import { fileError } from "../../internal/file_error.ts";
import { LruMap } from "../../internal/lru.ts";
import { readOptionFile, shownPath } from "../option_file.ts";

interface Kept {
  readonly stamp: string;
  readonly bundle: Bundle;
}

/** What files hold, by how they are read and their path. */
const kept = new LruMap<Kept>(1000);

/** For how long after a change a further change may leave the timestamps as they are, in ms. */
const FRESH = 2000;

/** A stamp that changes with the file; `undefined` when changes cannot be detected. */
function stampOf({ isFile, dev, ino, size, mtime, ctime }: Deno.FileInfo): string | undefined {
  if (!isFile || mtime === null) return undefined;
  // A program that copies a file may set its mtime back. Nobody can set ctime, but Deno gives it in
  // seconds.
  const changed = Math.max(mtime.getTime(), ctime?.getTime() ?? 0);
  if (Date.now() - changed < FRESH) return undefined;
  return [dev, ino, size, mtime.getTime(), ctime?.getTime()].join(" ");
}

/** Reads a file, unless it was read in the same way and has not changed since. */
async function unlessKept(
  how: string,
  file: string | URL,
  info: Deno.FileInfo,
  read: () => Promise<Bundle>,
): Promise<Bundle> {
  const stamp = stampOf(info); // from before it is read
  if (stamp === undefined) return await read();
  const key = `${how} ${shownPath(file)}`;
  const known = kept.get(key);
  if (known?.stamp === stamp) return known.bundle;
  const bundle = await read();
  kept.set(key, { stamp, bundle });
  return bundle;
}

async function infoOf(what: string, file: string | URL): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(file);
  } catch (cause) {
    throw fileError(what, file, cause);
  }
}

/** The certificates and CRLs of an option's file. */
export async function loadBundleFile(option: string, file: string | URL): Promise<Bundle> {
  return await unlessKept("certificates", file, await infoOf(option, file), async () => {
    const bytes = await readOptionFile(option, file);
    const source = `${option} ${quotePath(file)}`;
    const bundle = readBundle(bytes, source);
    if (bundle.certificates.length === 0) throw noneFound(source, "certificate", bytes);
    return checked(bundle, source);
  });
}

/** The CRLs of an option's file. */
export async function loadCrlFile(
  option: string,
  file: string | URL,
): Promise<readonly Uint8Array[]> {
  const { crls } = await unlessKept("CRLs", file, await infoOf(option, file), async () => {
    const bytes = await readOptionFile(option, file);
    const source = `${option} ${quotePath(file)}`;
    const bundle = readBundle(bytes, source);
    if (bundle.crls.length === 0) throw noneFound(source, "CRL", bytes);
    return bundle;
  });
  return crls;
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

/** A file of a directory; `undefined` for a dangling link or a directory, which OpenSSL skips as well. */
async function directoryFile(file: string | URL): Promise<Bundle | undefined> {
  try {
    // One after the other, a hundred calls of the system would take ten times as long.
    return await unlessKept("caPath", file, Deno.statSync(file), async () => {
      const bytes = await Deno.readFile(file);
      const source = `caPath ${quotePath(file)}`;
      return checked(readBundle(bytes, source), source);
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory) {
      return undefined;
    }
    throw error instanceof SslError ? error : fileError("caPath", file, error);
  }
}

async function readDirectory(directory: string | URL, onlyHashed: boolean): Promise<Bundle> {
  const names: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (!isDirectory && (HASHED.test(name) || (!onlyHashed && NAMED.test(name)))) names.push(name);
  }
  names.sort();
  const bundles: Bundle[] = [];
  for (const name of names) {
    const bundle = await directoryFile(
      directory instanceof URL
        ? new URL(encodeURIComponent(name), directory.href.replace(/\/?$/, "/"))
        : `${directory.replace(/[\\/]+$/, "")}/${name}`,
    );
    if (bundle !== undefined) bundles.push(bundle);
  }
  return mergeBundles(bundles);
}

/**
 * Everything in directories of anchors. As in Perl at least one of them must
 * be accessible; the others may be missing.
 */
export async function loadDirectories(
  paths: string | URL | readonly (string | URL)[],
  options: { readonly onlyHashed?: boolean; readonly option?: string } = NO_OPTIONS,
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

/** Reads a bundle of the system: entries that are not certificates are skipped, not an error. */
async function systemFile(path: string): Promise<Bundle> {
  const what = "the default trust anchors";
  return await unlessKept("system", path, await infoOf(what, path), async () => {
    const { certificates, crls } = readBundle(
      await readOptionFile(what, path),
      quotePath(path),
      true,
    );
    const usable = certificates.filter(isCertificate);
    if (usable.length === 0) throw noAnchors(path, "no certificate found in it");
    return { certificates: usable, crls };
  });
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
  return new SslError(`Cannot read the default trust anchors ${quotePath(path)}: ${reason}`, {
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

/**
 * The anchors of a {@linkcode DefaultCa}. The same list object comes back while the files are
 * unchanged, so that an engine can keep what it made of it.
 *
 * @throws {SslError} `ERR_NO_TRUST_ANCHORS` if no anchor is found: it names the remedies.
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
  const { caFile, caPath } = from;
  const parts: Bundle[] = [];
  if (caFile !== undefined) {
    parts.push(await namingVariable(from, "SSL_CERT_FILE", caFile, () => systemFile(caFile)));
  }
  if (caPath !== undefined) {
    const load = () => loadDirectories(caPath, { onlyHashed: true, option: "defaultCa" });
    parts.push(await namingVariable(from, "SSL_CERT_DIR", caPath, load));
  }
  return mergeBundles(parts);
}

/**
 * Loads a place of the default anchors. If the environment named it and it cannot be used, the error
 * says which variable did. Perl goes on to the places of the system, which may hold more anchors than
 * the administrator wants.
 */
async function namingVariable(
  from: DefaultCa,
  variable: string,
  path: string,
  load: () => Promise<Bundle>,
): Promise<Bundle> {
  try {
    return await load();
  } catch (error) {
    if (from.source !== "environment" || !(error instanceof SslError)) throw error;
    const { code, errno, reason, cause } = error;
    throw new SslError(
      `Cannot read the default trust anchors that ${variable} names, ${
        quotePath(path)
      }: ${reason}: ` +
        `correct ${variable}, or unset it to use those of the system`,
      { code, errno, reason, cause },
    );
  }
}
