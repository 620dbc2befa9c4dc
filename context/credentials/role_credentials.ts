/**
 * The certificates that a role shows: a server has its own or a self-signed one, and a client may have
 * one.
 *
 * @module
 */

import type { Credential, Role } from "../../engine/engine.ts";
import type { SslOptions } from "../options.ts";
import type { CredentialsByName } from "./credentials.ts";

/** The certificates that options name. A client without one does not load the code that reads keys. */
async function named(options: SslOptions): Promise<CredentialsByName> {
  const { cert, certFile, key, keyFile } = options;
  if ([cert, certFile, key, keyFile].every((value) => value === undefined)) return new Map();
  const { loadCredentials } = await import("./credentials.ts");
  return await loadCredentials(options);
}

/** The certificates of a role, by server name. */
export async function credentialsFor(role: Role, options: SslOptions): Promise<CredentialsByName> {
  if (role === "server") {
    if (options.useCert === false) {
      throw new TypeError('Cannot use option "useCert": a server always uses its certificate');
    }
    if (options.selfSigned !== undefined && options.selfSigned !== false) {
      return await selfSignedCredentials(options);
    }
    const loaded = await named(options);
    if (loaded.size > 0 || options.psk !== undefined) return loaded;
    throw new TypeError(
      "Cannot create a server context: there is no certificate: give certFile and keyFile, " +
        "cert and key, psk, or for tests selfSigned: true",
    );
  }
  if (options.selfSigned !== undefined && options.selfSigned !== false) {
    throw new TypeError(`Cannot use option "selfSigned" for a client: it is for servers`);
  }
  const loaded = await named(options);
  if ([...loaded.keys()].some((name) => name !== "")) {
    throw new TypeError(
      "Cannot use a record of certificates for a client: give one certificate, or, if this is for " +
        "servers, server: true",
    );
  }
  if (options.useCert === true && loaded.size === 0) {
    throw new TypeError(
      'Cannot use option "useCert": there is no certificate: give cert or certFile',
    );
  }
  return options.useCert === false ? new Map() : loaded;
}

async function selfSignedCredentials(options: SslOptions): Promise<CredentialsByName> {
  if (options.cert !== undefined || options.certFile !== undefined) {
    throw new TypeError("Cannot use both selfSigned and cert or certFile: give one");
  }
  // Only a program that asks for a test certificate loads the code that makes one.
  const { selfSigned } = await import("../../certificate/issue.ts");
  const { selfSigned: wanted } = options;
  const names = typeof wanted === "string"
    ? [wanted]
    : Array.isArray(wanted)
    ? wanted as readonly string[]
    : ["localhost", "127.0.0.1", "::1"];
  const made = await selfSigned({
    names,
    subject: {
      organizationName: "SELF-SIGNED FOR TESTS, DO NOT TRUST",
      commonName: names[0]!,
    },
  });
  const credential: Credential = {
    chain: [made.certificate.der],
    key: { data: new TextEncoder().encode(made.key), format: "pem", source: "selfSigned" },
    source: "selfSigned",
  };
  return new Map([["", [credential]]]);
}
