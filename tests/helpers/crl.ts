/** Revocation lists that TestCa does not make: delta and indirect ones, of any scope, number and date. */

import { explicit, int, oidContent, seq, timeDer, tlv } from "../../certificate/asn1/writer.ts";
import {
  authorityKeyIdentifier,
  encodeExtensions,
  generalName,
} from "../../certificate/extensions/write.ts";
import type { Certificate } from "../../certificate/certificate.ts";
import type { Extension } from "../../certificate/extensions/read.ts";
import { keyIdentifierOf } from "../../certificate/certificate_build.ts";
import { signatureAlgorithm, signedObject } from "../../certificate/signature.ts";
import type { TestCa } from "../../testing/ca.ts";

const HOUR = 3_600_000;

/** One entry. */
export interface Entry {
  readonly certificate: Certificate;
  /** CRLReason: 6 is certificateHold, 8 removeFromCRL. */
  readonly reason?: number;
  /** Whether the entry names the certificate's issuer, as in an indirect CRL. */
  readonly named?: boolean;
}

/** A list to be made. */
export interface CrlOptions {
  /** Hours since it was made. @default {1} */
  readonly age?: number;
  /** Hours until the next one. @default {1} */
  readonly next?: number;
  readonly number?: number;
  /** Makes it a delta CRL of the complete list with this number. */
  readonly base?: number;
  /** Whether it says where its delta CRLs are. */
  readonly freshest?: boolean;
  readonly revoked?: readonly Entry[];
  /** The fields of the issuingDistributionPoint. */
  readonly scope?: readonly Uint8Array[];
  /** Whether it names the key that signed it. @default {true} */
  readonly keyId?: boolean;
  /** Signed by another CA than it says. */
  readonly signer?: TestCa;
}

const uri = (value: string) => generalName({ type: "URI", value });

/** An extension that names a distribution point. */
export const pointTo = (oid: string, ...fields: readonly Uint8Array[]): Extension => ({
  oid,
  critical: false,
  value: seq(seq(...fields)),
});

/** The field that names a distribution point. */
export const pointName = (address: string): Uint8Array => tlv(0xa0, tlv(0xa0, uri(address)));

/** freshestCRL, for certificates and lists. */
export const FRESHEST: Extension = pointTo("2.5.29.46", pointName("http://crl.example/delta"));

/** Fields of an issuingDistributionPoint. */
export const ONLY_USERS = tlv(0x81, Uint8Array.of(0xff));
export const ONLY_CAS = tlv(0x82, Uint8Array.of(0xff));
export const ONLY_ATTRIBUTES = tlv(0x85, Uint8Array.of(0xff));
export const INDIRECT = tlv(0x84, Uint8Array.of(0xff));
/** keyCompromise (bit 1) alone, and every other reason. */
export const ONLY_KEY_COMPROMISE = tlv(0x83, Uint8Array.of(6, 0x40));
export const OTHER_REASONS = tlv(0x83, Uint8Array.of(7, 0xbf, 0x80));

const critical = (oid: string, value: Uint8Array): Extension => ({ oid, critical: true, value });

function entry({ certificate, reason, named }: Entry, when: Date): Uint8Array {
  const extensions = [
    ...(reason === undefined
      ? []
      : [{ oid: "2.5.29.21", critical: false, value: int(reason, 0x0a) }]),
    ...(named ? [critical("2.5.29.29", seq(tlv(0xa4, certificate.rawIssuer)))] : []),
  ];
  return seq(
    int(certificate.rawSerial),
    timeDer(when),
    ...(extensions.length === 0 ? [] : [encodeExtensions(extensions)]),
  );
}

/** Makes and signs a list; gives its DER. */
export function makeCrl(ca: TestCa, options: CrlOptions = {}): Uint8Array {
  const { age = 1, next = 1, number, base, freshest, revoked = [], scope, keyId = true } = options;
  const { privateKey } = options.signer ?? ca;
  const when = new Date(Date.now() - age * HOUR);
  const extensions: Extension[] = [
    ...(keyId ? [authorityKeyIdentifier(keyIdentifierOf(ca.certificate))] : []),
    ...(number === undefined
      ? []
      : [{ oid: "2.5.29.20", critical: false, value: int(BigInt(number)) }]),
    ...(base === undefined ? [] : [critical("2.5.29.27", int(BigInt(base)))]),
    ...(scope === undefined ? [] : [critical("2.5.29.28", seq(...scope))]),
    ...(freshest ? [FRESHEST] : []),
  ];
  const tbs = seq(
    int(1),
    signatureAlgorithm(privateKey, "sha256"),
    ca.certificate.rawSubject,
    timeDer(when),
    timeDer(new Date(Date.now() + next * HOUR)),
    ...(revoked.length === 0 ? [] : [seq(...revoked.map((each) => entry(each, when)))]),
    ...(extensions.length === 0 ? [] : [explicit(0, encodeExtensions(extensions))]),
  );
  return signedObject(tbs, privateKey, "sha256");
}

/** The value of certificatePolicies with these OIDs. */
export function policies(...oids: readonly string[]): Extension {
  const value = seq(...oids.map((oid) => seq(tlv(0x06, oidContent(oid)))));
  return { oid: "2.5.29.32", critical: false, value };
}
