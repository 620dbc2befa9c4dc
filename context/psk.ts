/**
 * Pre-shared keys (RFC 4279, RFC 8446 4.2.11): the option `psk`, as in Perl.
 *
 * | role   | value                  | means                                               |
 * |--------|------------------------|-----------------------------------------------------|
 * | client | key                    | this key under the identity `io_socket_ssl`         |
 * | client | [identity, key]        | this key under this identity                        |
 * | server | key                    | this key for every identity                         |
 * | server | { identity: key, ... } | a key per identity; `""` has that of all the others |
 *
 * Strings are their bytes in UTF-8; other bytes are given as a Uint8Array.
 *
 * @module
 */

import type { ContextHooks, Role } from "../engine/engine.ts";
import { isRecord } from "./option_values.ts";
import type { PskBytes, PskInput } from "./options.ts";

/** The identity of a client that gives only a key. */
const IDENTITY = "io_socket_ssl";

const encoder = new TextEncoder();

function bytesOf(value: PskBytes): Uint8Array {
  return typeof value === "string" ? encoder.encode(value) : value;
}

/** What the option means for one role. */
export interface PskSetup {
  /** The hook of the engine. */
  readonly psk: NonNullable<ContextHooks["psk"]>;
  /**
   * Whether a server has a key for any identity. OpenSSL also asks for the key of a TLS 1.3 ticket, as
   * if the ticket was an identity, and would fail a client that resumes.
   */
  readonly anyIdentity: boolean;
}

/**
 * Makes the hook.
 *
 * @throws {TypeError} for the form of the other role.
 */
export function pskSetup(role: Role, value: PskInput): PskSetup {
  return role === "client" ? clientSetup(value) : serverSetup(value);
}

function clientSetup(value: PskInput): PskSetup {
  if (isRecord(value)) {
    throw new TypeError(
      'Cannot use option "psk" for a client: a record of keys is for servers: give [identity, key]',
    );
  }
  const [identity, key] = (Array.isArray(value) ? value : [IDENTITY, value]) as [
    PskBytes,
    PskBytes,
  ];
  const psk = { identity: bytesOf(identity).slice(), key: bytesOf(key).slice() };
  return { psk: () => psk, anyIdentity: false };
}

function serverSetup(value: PskInput): PskSetup {
  if (Array.isArray(value)) {
    throw new TypeError(
      'Cannot use option "psk" for a server: [identity, key] is for clients: give { identity: key }',
    );
  }
  const keys = isRecord(value)
    ? new Map(Object.entries(value).map(([name, key]) => [name, bytesOf(key as PskBytes).slice()]))
    : new Map([["", bytesOf(value as PskBytes).slice()]]);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const nameOf = (identity: Uint8Array): string | undefined => {
    try {
      return decoder.decode(identity);
    } catch {
      return undefined; // no identity of the record, so it is one of the others
    }
  };
  return {
    psk(identity = new Uint8Array()) {
      const name = nameOf(identity);
      const key = (name === undefined ? undefined : keys.get(name)) ?? keys.get("");
      return key && { identity, key };
    },
    anyIdentity: keys.has(""),
  };
}
