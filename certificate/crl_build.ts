/**
 * Making certificate revocation lists (RFC 5280 5).
 *
 * @module
 */

import { keyIdentifierOf } from "./certificate_build.ts";
import { signatureAlgorithm, signedObject } from "./signature.ts";
import type { Certificate } from "./certificate.ts";
import { explicit, int, seq, timeDer } from "./asn1/writer.ts";
import { authorityKeyIdentifier, encodeExtensions } from "./extensions/write.ts";
import { EXT } from "./extensions/read.ts";
import { CRL_REASONS, type CrlReason } from "./crl_reason.ts";
import type { PrivateKey } from "./keys/private_key.ts";

/** One revoked certificate. */
export interface RevokedEntry {
  /** The content octets of its serial number. */
  readonly serial: Uint8Array;
  /** Since when. */
  readonly time: Date;
  /** Why; `undefined` leaves it out. */
  readonly reason: CrlReason | undefined;
}

/** The parts of a CRL. */
export interface CrlParts {
  /** The issuer. */
  readonly issuer: Certificate;
  /** The issuer's key. */
  readonly key: PrivateKey;
  /** The revoked certificates. */
  readonly revoked: readonly RevokedEntry[];
  /** When it is made. */
  readonly thisUpdate: Date;
  /** When there will be a newer one. */
  readonly nextUpdate: Date;
  /** Its number. */
  readonly number: bigint;
  /** The digest of the signature. */
  readonly digest: string;
}

/** Writes and signs a version 2 CRL; gives its DER. */
export function buildCrl(parts: CrlParts): Uint8Array {
  const entries = parts.revoked.map(({ serial, time, reason }) =>
    seq(
      int(serial),
      timeDer(time),
      ...(reason === undefined ? [] : [encodeExtensions([
        { oid: "2.5.29.21", critical: false, value: int(CRL_REASONS[reason], 0x0a) },
      ])]),
    )
  );
  const tbs = seq(
    int(1),
    signatureAlgorithm(parts.key, parts.digest),
    parts.issuer.rawSubject,
    timeDer(parts.thisUpdate),
    timeDer(parts.nextUpdate),
    ...(entries.length === 0 ? [] : [seq(...entries)]),
    explicit(
      0,
      encodeExtensions([
        authorityKeyIdentifier(keyIdentifierOf(parts.issuer)),
        { oid: EXT.crlNumber, critical: false, value: int(parts.number) },
      ]),
    ),
  );
  return signedObject(tbs, parts.key, parts.digest);
}
