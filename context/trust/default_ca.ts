/**
 * Where the default trust anchors come from: what the program set, the environment, the usual places
 * of the system, or else Mozilla's list as Deno has it. Permissions are queried, never prompted for.
 *
 * @module
 */

import { NO_OPTIONS, ownOptions } from "../../internal/own_options.ts";
import { quote } from "../../internal/quote.ts";
import { fileError } from "../../internal/file_error.ts";

/**
 * Where default anchors were found.
 *
 * @category Trust
 */
export type DefaultCaSource =
  | "user"
  | "environment"
  | "system"
  | "mozilla"
  | "none";

/**
 * The default trust anchors: a file, a directory, both, or Mozilla's list.
 * Give it as `caFile: defaultCa()`; where it is a path it can also be spread
 * (`{ ...defaultCa() }`), as the hash of Perl's `default_ca`.
 *
 * @example
 * ```ts
 * import { defaultCa } from "@socket/ssl";
 *
 * console.log(defaultCa().source); // "SSL_CERT_FILE", "openssl", ...
 * ```
 * @category Trust
 */
export class DefaultCa {
  /** The file of anchors, if there is one. */
  declare readonly caFile?: string;
  /** The directories of hashed anchors, joined as `caPath` takes them, if there are any. */
  declare readonly caPath?: string;
  readonly #source: DefaultCaSource;
  readonly #detail: string;

  /** Made by {@linkcode defaultCa}. */
  constructor(
    source: DefaultCaSource,
    detail: string,
    places: { readonly caFile?: string | undefined; readonly caPath?: string | undefined } =
      NO_OPTIONS,
  ) {
    this.#source = source;
    this.#detail = detail;
    // Own members only for values that exist: a spread copies own members.
    if (places.caFile !== undefined) this.caFile = places.caFile;
    if (places.caPath !== undefined) this.caPath = places.caPath;
    Object.freeze(this);
  }

  // Getters are not spread.

  /** Who named them. */
  get source(): DefaultCaSource {
    return this.#source;
  }

  /** How it was found, in words. */
  get detail(): string {
    return this.#detail;
  }

  /** The path, for messages. */
  toString(): string {
    return this.caFile ?? this.caPath ?? this.#detail;
  }
}

// What an object does not have itself must not come from Object.prototype.
for (const name of ["caFile", "caPath"]) {
  Object.defineProperty(DefaultCa.prototype, name, { value: undefined, writable: true });
}

/** The bundles of the distributions, most common first. */
export const FILES: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Arch, Gentoo
  "/etc/pki/tls/certs/ca-bundle.crt", // Fedora, RHEL
  "/etc/ssl/ca-bundle.pem", // openSUSE
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL 7 and later
  "/etc/ssl/cert.pem", // Alpine, macOS, OpenBSD
  "/usr/local/etc/ssl/cert.pem", // FreeBSD
  "/usr/local/share/certs/ca-root-nss.crt", // FreeBSD
  "/etc/openssl/certs/ca-certificates.crt", // NetBSD
  "/opt/homebrew/etc/openssl@3/cert.pem", // Homebrew, Apple silicon
  "/usr/local/etc/openssl@3/cert.pem", // Homebrew, Intel
  "/opt/homebrew/etc/ca-certificates/cert.pem",
  "/usr/local/etc/ca-certificates/cert.pem",
  "/opt/local/etc/openssl/cert.pem", // MacPorts
];

/** Directories of hashed certificates, where no bundle is found. */
const DIRECTORIES: readonly string[] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

const granted = (descriptor: Deno.PermissionDescriptor): boolean =>
  Deno.permissions.querySync(descriptor).state === "granted";

function variable(name: string): string | undefined {
  if (!granted({ name: "env", variable: name })) return undefined;
  return Deno.env.get(name) || undefined;
}

function isThere(path: string, kind: "isFile" | "isDirectory"): boolean {
  if (!granted({ name: "read", path })) return false;
  try {
    return Deno.statSync(path)[kind];
  } catch {
    return false;
  }
}

function detect(): DefaultCa {
  const caFile = variable("SSL_CERT_FILE");
  const caPath = variable("SSL_CERT_DIR");
  if (caFile !== undefined || caPath !== undefined) {
    // The environment replaces the places of the system: an administrator who names anchors wants
    // exactly these, and a mistake in the path must not add others.
    const names = [
      caFile === undefined ? "" : `SSL_CERT_FILE=${caFile}`,
      caPath === undefined ? "" : `SSL_CERT_DIR=${caPath}`,
    ].filter((name) => name !== "");
    return new DefaultCa("environment", names.join(" "), { caFile, caPath });
  }
  const file = FILES.find((path) => isThere(path, "isFile"));
  if (file !== undefined) return new DefaultCa("system", file, { caFile: file });
  const directory = DIRECTORIES.find((path) => isThere(path, "isDirectory"));
  if (directory !== undefined) return new DefaultCa("system", directory, { caPath: directory });
  if (granted({ name: "sys" })) return new DefaultCa("mozilla", "Mozilla's list, as Deno has it");
  return new DefaultCa("none", "no place of trust anchors can be read");
}

/** What the program has set. What is detected is not kept: detection is cheap, and permissions change. */
let chosen: DefaultCa | undefined;

/**
 * A path of anchors, `undefined` or `null` to forget what was set, or both kinds by name.
 *
 * @category Trust
 */
export type DefaultCaInput =
  | string
  | null
  | undefined
  | { readonly caFile?: string | undefined; readonly caPath?: string | undefined };

/**
 * Finds or sets the default trust anchors of this process. Without an argument it gives what was
 * set before, or detects: SSL_CERT_FILE and SSL_CERT_DIR (these alone, if the env
 * permission lets us see them), the usual places of the system that the read permission covers,
 * else Mozilla's list where the sys permission is granted. With a path or places it sets them; with
 * `undefined` or `null` it forgets and detects again.
 *
 * Perl: `default_ca`
 *
 * @example A server that takes clients with a certificate of any public CA
 * ```ts ignore
 * import { defaultCa } from "@socket/ssl/context";
 * import { SslSocket } from "@socket/ssl";
 *
 * const options = { certFile: "server.pem", keyFile: "server.key", verifyMode: 1 };
 * await SslSocket.listen({ port: 8443, ...options, caFile: defaultCa() });
 * ```
 *
 * @throws {SslError} if the path given cannot be read.
 * @throws {Deno.errors.NotCapable} if the path given may not be read.
 * @throws {TypeError} for anything else.
 *
 * @category Trust
 */
export function defaultCa(...input: [] | [place: DefaultCaInput]): DefaultCa {
  if (input.length > 0) chosen = set(input[0]);
  return chosen ?? detect();
}

function set(input: DefaultCaInput): DefaultCa | undefined {
  if (input === undefined || input === null) return undefined;
  if (input instanceof DefaultCa) return input;
  if (typeof input === "string" && input !== "") {
    let info: Deno.FileInfo;
    try {
      info = Deno.statSync(input);
    } catch (cause) {
      throw fileError("defaultCa", input, cause);
    }
    return new DefaultCa("user", input, info.isDirectory ? { caPath: input } : { caFile: input });
  }
  if (typeof input === "object" && !Array.isArray(input)) {
    const places = ownOptions(input, {
      operation: "set defaultCa",
      names: { caFile: true, caPath: true },
      unknown: (name) =>
        new TypeError(
          `Cannot set defaultCa: unknown member ${quote(name)}: use "caFile" or "caPath"`,
        ),
    });
    const { caFile, caPath } = places;
    for (const value of [caFile, caPath]) {
      if (value !== undefined && (typeof value !== "string" || value === "")) {
        throw new TypeError(
          `Cannot set defaultCa: a place must be a path: received ${quote(value)}`,
        );
      }
    }
    return new DefaultCa("user", `${caFile ?? caPath ?? "no anchors"}`, places);
  }
  throw new TypeError(
    "Cannot set defaultCa: must be a path, { caFile, caPath }, undefined or null: " +
      `received ${input === "" ? '""' : typeof input}`,
  );
}
