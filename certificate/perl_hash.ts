/**
 * `CERT_asHash`: a certificate as one record, in Perl's shape; its extensions as
 * text, in the words of OpenSSL's `X509V3_EXT_print`.
 *
 * @module
 */

import { colons, encodeHex } from "../internal/bytes.ts";
import { ipToText, parseIpAddress } from "../internal/host.ts";
import {
  bytesToBigInt,
  children,
  type DerNode,
  integer,
  oid,
  readDer,
  sequence,
  setBits,
  stringValue,
  TAG,
} from "./asn1/reader.ts";
import {
  type NameAttribute,
  nameHash,
  readGeneralName,
  readGeneralNames,
  readName,
} from "./name.ts";
import { oidEntry, oidLongName, oidShortName } from "./asn1/oids.ts";
import type { CertificateHash } from "./certificate_hash.ts";
import {
  EXT,
  type Extension,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readExtKeyUsage,
  readInfoAccess,
  readTlsFeature,
} from "./extensions/read.ts";
import type { SubjectAltName } from "./general_name.ts";

/** OpenSSL's words for the keyUsage bits. */
export const KEY_USAGE_TEXT: readonly string[] = [
  "Digital Signature",
  "Non Repudiation",
  "Key Encipherment",
  "Data Encipherment",
  "Key Agreement",
  "Certificate Sign",
  "CRL Sign",
  "Encipher Only",
  "Decipher Only",
];

/** OpenSSL's words for the bits of Netscape's certificate type. */
export const NS_CERT_TYPE_TEXT: readonly string[] = [
  "SSL Client",
  "SSL Server",
  "S/MIME",
  "Object Signing",
  "Unused",
  "SSL CA",
  "S/MIME CA",
  "Object Signing CA",
];

const REASONS: readonly string[] = [
  "Unused",
  "Key Compromise",
  "CA Compromise",
  "Affiliation Changed",
  "Superseded",
  "Cessation Of Operation",
  "Certificate Hold",
  "Privilege Withdrawn",
  "AA Compromise",
];

/** IPv6 as OpenSSL prints it: every group, nothing shortened. */
function ipText(text: string): string {
  const bytes = parseIpAddress(text);
  if (bytes === undefined) return "<invalid>";
  if (bytes.length === 4) return text;
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i]! * 256 + bytes[i + 1]!).toString(16));
  return groups.join(":").toUpperCase();
}

function otherNameText(value: string): string {
  const [type = "", rest = ""] = [
    value.slice(0, value.indexOf(";")),
    value.slice(value.indexOf(";") + 1),
  ];
  const colon = rest.indexOf(":");
  if (rest.slice(0, colon) === "DER") return "othername:<unsupported>";
  const name = type === "1.3.6.1.4.1.311.20.2.3" ? "UPN" : type;
  return `othername: ${name}::${rest.slice(colon + 1)}`;
}

/** One GeneralName with its kind. */
function nameText({ type, value }: SubjectAltName): string {
  switch (type) {
    case "DNS":
      return `DNS:${value}`;
    case "EMAIL":
      return `email:${value}`;
    case "URI":
      return `URI:${value}`;
    case "IP":
      return `IP Address:${value.startsWith("#") ? "<invalid>" : ipText(value)}`;
    case "RID":
      return `Registered ID:${oidLongName(value)}`;
    case "DIRNAME":
      return `DirName:${value}`;
    case "OTHERNAME":
      return otherNameText(value);
    case "X400":
      return "X400Name:<unsupported>";
    case "EDIPARTY":
      return "EdiPartyName:<unsupported>";
  }
}

/** A name in the form of XN_FLAG_ONELINE: `C = DE, CN = example.com`. */
function prettyName(attributes: readonly NameAttribute[]): string {
  let text = "";
  attributes.forEach((attribute, i) => {
    const joint = i === 0 ? "" : attributes[i - 1]!.rdn === attribute.rdn ? " + " : ", ";
    text += `${joint}${oidShortName(attribute.oid)} = ${attribute.value}`;
  });
  return text;
}

/** Names as `GENERAL_NAME_print` has them, where directory names are pretty. */
function printedNames(nodes: readonly DerNode[], what: string): string[] {
  return nodes.map((node) =>
    node.tag === 0xa4
      ? `DirName:${prettyName(readName(node.body, what))}`
      : nameText(readGeneralName(node, what))
  );
}

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join("\n");

function distributionPoints(value: Uint8Array): string {
  const what = "extension crlDistributionPoints";
  const points = sequence(readDer(value, what), what).map((point) => {
    const lines: string[] = [];
    for (const part of sequence(point, what)) {
      if (part.tag === 0xa0) {
        const name = children(part, what)[0];
        if (name?.tag === 0xa0) {
          lines.push("Full Name:", indent(printedNames(children(name, what), what)));
        } else lines.push("Relative Name:", "  " + relativeName(name, what));
      } else if (part.tag === 0x81) {
        lines.push("Reasons:", "  " + setBits(part, what, 0x81).map((n) => REASONS[n]).join(", "));
      } else if (part.tag === 0xa2) {
        lines.push("CRL Issuer:", indent(printedNames(children(part, what), what)));
      }
    }
    return lines.join("\n");
  });
  return points.join("\n");
}

function relativeName(node: DerNode | undefined, what: string): string {
  return (node === undefined ? [] : children(node, what)).map((entry) => {
    const [type, value] = sequence(entry, what);
    return `${oidShortName(oid(type, what))} = ${
      value === undefined ? "" : stringValue(value, what)
    }`;
  }).join(" + ");
}

function policies(value: Uint8Array): string {
  const what = "extension certificatePolicies";
  return sequence(readDer(value, what), what).map((policy) => {
    const [id, qualifiers] = sequence(policy, what);
    const lines = [`Policy: ${oidLongName(oid(id, what))}`];
    for (const qualifier of qualifiers === undefined ? [] : sequence(qualifiers, what)) {
      const [type, content] = sequence(qualifier, what);
      const kind = oid(type, what);
      if (kind === "1.3.6.1.5.5.7.2.1" && content !== undefined) {
        lines.push(`  CPS: ${stringValue(content, what)}`);
      } else if (kind === "1.3.6.1.5.5.7.2.2" && content !== undefined) {
        lines.push("  User Notice:", ...userNotice(content, what));
      } else lines.push(`  Unknown Qualifier: ${oidLongName(kind)}`);
    }
    return lines.join("\n");
  }).join("\n");
}

function userNotice(node: DerNode, what: string): string[] {
  const lines: string[] = [];
  for (const part of sequence(node, what)) {
    if (part.tag !== TAG.SEQUENCE) {
      lines.push(`    Explicit Text: ${stringValue(part, what)}`);
      continue;
    }
    const [organization, numbers] = sequence(part, what);
    if (organization !== undefined) {
      lines.push(`    Organization: ${stringValue(organization, what)}`);
    }
    const list = numbers === undefined ? [] : sequence(numbers, what);
    lines.push(
      `    Number${list.length > 1 ? "s" : ""}: ${list.map((n) => integer(n, what)).join(", ")}`,
    );
  }
  return lines;
}

function constraints(value: Uint8Array): string {
  const what = "extension nameConstraints";
  return sequence(readDer(value, what), what).map((trees) => {
    const lines = children(trees, what).map((tree) => {
      const base = sequence(tree, what)[0];
      if (base?.tag === 0x87) {
        const half = base.body.length / 2;
        const [ip, mask] = [base.body.subarray(0, half), base.body.subarray(half)].map((bytes) =>
          ipText(ipToText(bytes) ?? "")
        );
        return `IP:${ip}/${mask}`;
      }
      return printedNames(base === undefined ? [] : [base], what).join("");
    });
    return `${trees.tag === 0xa0 ? "Permitted" : "Excluded"}:\n${indent(lines)}`;
  }).join("\n");
}

function authorityKey(value: Uint8Array): string {
  const { keyId, issuer, serial } = readAuthorityKeyIdentifier(value);
  const whole = issuer.length > 0 || serial !== undefined;
  return [
    ...(keyId === undefined ? [] : [(whole ? "keyid:" : "") + colons(keyId)]),
    ...issuer.map(nameText),
    ...(serial === undefined ? [] : [`serial:${colons(serial)}`]),
  ].join("\n");
}

function bitNames(words: readonly string[], what: string) {
  return (value: Uint8Array): string =>
    setBits(readDer(value, what), what).flatMap((bit) => words[bit] ?? []).join(", ");
}

const altNames = (value: Uint8Array): string => {
  const what = "extension subjectAltName";
  return readGeneralNames(readDer(value, what, TAG.SEQUENCE), what).map(nameText).join(", ");
};

const anyString = (value: Uint8Array): string =>
  stringValue(readDer(value, "extension"), "extension");

const TLS_FEATURES: Readonly<Record<number, string>> = {
  5: "status_request",
  17: "status_request_v2",
};

let printers: Readonly<Record<string, (value: Uint8Array) => string>> | undefined;

const makePrinters = (): Readonly<Record<string, (value: Uint8Array) => string>> => ({
  [EXT.subjectKeyIdentifier]: (v) =>
    colons(readDer(v, "extension subjectKeyIdentifier", TAG.OCTET_STRING).body),
  [EXT.authorityKeyIdentifier]: authorityKey,
  [EXT.keyUsage]: bitNames(KEY_USAGE_TEXT, "extension keyUsage"),
  [EXT.netscapeCertType]: bitNames(NS_CERT_TYPE_TEXT, "extension nsCertType"),
  [EXT.subjectAltName]: altNames,
  [EXT.issuerAltName]: altNames,
  [EXT.basicConstraints]: (v) => {
    const { ca, pathLength } = readBasicConstraints(v);
    return `CA:${ca ? "TRUE" : "FALSE"}${
      pathLength === undefined ? "" : `, pathlen:${pathLength}`
    }`;
  },
  [EXT.extendedKeyUsage]: (v) => readExtKeyUsage(v).map(oidLongName).join(", "),
  [EXT.authorityInfoAccess]: (v) =>
    readInfoAccess(v).map((e) => `${oidLongName(e.method)} - ${nameText(e.location)}`).join("\n"),
  "1.3.6.1.5.5.7.1.11": (v) =>
    readInfoAccess(v).map((e) => `${oidLongName(e.method)} - ${nameText(e.location)}`).join("\n"),
  [EXT.crlDistributionPoints]: distributionPoints,
  "2.5.29.46": distributionPoints,
  [EXT.certificatePolicies]: policies,
  [EXT.nameConstraints]: constraints,
  [EXT.tlsFeature]: (v) => readTlsFeature(v).map((n) => TLS_FEATURES[n] ?? String(n)).join(", "),
  "2.5.29.36": (v) => {
    const what = "extension policyConstraints";
    return sequence(readDer(v, what), what).map((part) => {
      const label = part.tag === 0x80 ? "Require Explicit Policy" : "Inhibit Policy Mapping";
      return `${label}:${bytesToBigInt(part.body)}`;
    }).join(", ");
  },
  "2.5.29.54": (v) => String(integer(readDer(v, "extension inhibitAnyPolicy"), "inhibitAnyPolicy")),
  "1.3.6.1.5.5.7.48.1.5": () => "",
  ...Object.fromEntries(
    ["2", "3", "4", "7", "8", "12", "13"].map((n) => [`2.16.840.1.113730.1.${n}`, anyString]),
  ),
});

/** `DER:` and the content in hex: what `certCreate` takes for any extension. */
export function derText(value: Uint8Array): string {
  return "DER:" + encodeHex(value).replace(/..(?=.)/g, "$&:");
}

/**
 * The content of an extension as text; `DER:` and hex where OpenSSL has no
 * text for it, or where the content is malformed.
 */
export function extensionText(id: string, value: Uint8Array): string {
  const printer = (printers ??= makePrinters())[id];
  if (printer === undefined) return derText(value);
  try {
    return printer(value);
  } catch {
    return derText(value);
  }
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** What the record is made from: a `Certificate`. */
export interface HashedCertificate {
  /** 3 for a certificate with extensions. */
  readonly version: number;
  /** From when on it is valid. */
  readonly notBefore: Date;
  /** Until when it is valid. */
  readonly notAfter: Date;
  /** The serial number in decimal digits. */
  readonly serial: string;
  /** The name of the signature algorithm. */
  readonly signatureAlgorithm: string;
  /** Where its revocation lists are. */
  readonly crlUris: string[];
  /** Where its OCSP responders are. */
  readonly ocspUris: string[];
  /** The names of the key usages. */
  readonly keyUsage: string[] | undefined;
  /** The OIDs of the extended key usages. */
  readonly extKeyUsage: string[] | undefined;
  readonly subjectAttributes: readonly NameAttribute[];
  readonly issuerAttributes: readonly NameAttribute[];
  readonly subjectAltNames: readonly SubjectAltName[];
  readonly extensions: readonly Extension[];
  publicKeyDigest(algorithm: string): Uint8Array;
  /** The digest of the certificate. */
  fingerprintBin(algorithm: string): Uint8Array;
}

/** The record of a certificate, as Perl's `CERT_asHash` gives it. */
export function asHash(cert: HashedCertificate, algorithm = "sha256"): CertificateHash {
  const usages = cert.extKeyUsage ?? [];
  const hash: CertificateHash = {
    version: cert.version,
    not_before: seconds(cert.notBefore),
    not_after: seconds(cert.notAfter),
    serial: cert.serial,
    signature_alg: cert.signatureAlgorithm,
    crl_uri: cert.crlUris,
    ocsp_uri: cert.ocspUris,
    keyusage: cert.keyUsage ?? [],
    extkeyusage: {
      oid: usages,
      nid: usages.map((oid) => oidEntry(oid)?.nid),
      sn: usages.map(oidShortName),
      ln: usages.map(oidLongName),
    },
    subject: nameHash(cert.subjectAttributes),
    issuer: nameHash(cert.issuerAttributes),
    subjectAltNames: cert.subjectAltNames.map(({ type, value }) => [type, value]),
    ext: cert.extensions.map(({ oid, critical, value }) => ({
      oid,
      nid: oidEntry(oid)?.nid,
      sn: oidEntry(oid)?.sn,
      critical,
      data: extensionText(oid, value),
      der: value,
    })),
  };
  hash[`pubkey_digest_${algorithm}`] = cert.publicKeyDigest(algorithm);
  hash[`x509_digest_${algorithm}`] = cert.fingerprintBin(algorithm);
  hash[`fingerprint_${algorithm}`] = encodeHex(cert.fingerprintBin(algorithm)).toUpperCase()
    .replace(/..(?=.)/g, "$&:");
  return hash;
}
