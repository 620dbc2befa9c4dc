/**
 * What a certificate says, as JavaScript values.
 *
 * @module
 */

import {
  children,
  type DerNode,
  latin1,
  oid,
  readDer,
  sequence,
  setBits,
} from "../../certificate/asn1/reader.ts";
import { NS_CERT_TYPES, readExtKeyUsage, readKeyUsage } from "../../certificate/extensions/read.ts";
import { colons } from "../../internal/bytes.ts";
import { isOpenSsl1, lazy } from "./c_function.ts";
import {
  forC,
  numberCell,
  pointerAt,
  pointerCell,
  pointerFrom,
  takeText,
  textFrom,
  toBytes,
  toCString,
} from "./c_memory.ts";
import { asn1StringBytes } from "./asn1_content.ts";
import { toInteger } from "./integer.ts";
import { handleOf, type Opaque, open } from "./handle.ts";
import { calling, objectOf, pointerOf } from "./into.ts";
import { X509_INFO } from "./files/pem.ts";
import { derFrom, printed, withDer } from "./written.ts";

const P = "pointer", I = "i32", B = "buffer";
const extByNid = lazy("X509_get_ext_by_NID", [P, I, I], I);
const getExt = lazy("X509_get_ext", [P, I], P);
const extData = lazy("X509_EXTENSION_get_data", [P], P);
const txt2nid = lazy("OBJ_txt2nid", [B], I);
const nid2sn = lazy("OBJ_nid2sn", [I], P);
const nid2ln = lazy("OBJ_nid2ln", [I], P);
const digest = lazy("X509_digest", [P, P, B, B], I);
const digestByName = lazy("EVP_get_digestbyname", [B], P);
const checkHost = lazy("X509_check_host", [P, B, "usize", "u32", B], I);
const getPubkey = lazy("X509_get_X509_PUBKEY", [P], P);
const i2dPubkey = lazy("i2d_X509_PUBKEY", [P, B], I);
const pubkeyParam = lazy("X509_PUBKEY_get0_param", [B, P, P, P, P], I);
const tbsSigalg = lazy("X509_get0_tbs_sigalg", [P], P);
const algorGet0 = lazy("X509_ALGOR_get0", [B, P, P, P], "void");
const extPrint = lazy("X509V3_EXT_print", [P, P, "u64", I], I);
const nameHashEx = lazy("X509_NAME_hash_ex", [P, P, P, P], "u64");
const nameHash = lazy("X509_NAME_hash", [P], "u64");
const namePrint = lazy("X509_NAME_print_ex", [P, P, I, "u64"], I);
const nameText = lazy("X509_NAME_get_text_by_NID", [P, I, B, I], I);
const nameOneline = lazy("X509_NAME_oneline", [P, P, I], P);
const d2iName = lazy("d2i_X509_NAME", [P, B, "i64"], P);
const nameFree = lazy("X509_NAME_free", [P], "void");

/** NIDs of OpenSSL (obj_mac.h). */
const NID = {
  netscapeCertType: 71,
  keyUsage: 83,
  subjectAltName: 85,
  crlDistributionPoints: 103,
  extKeyUsage: 126,
  infoAccess: 177,
} as const;

const OID_OCSP = "1.3.6.1.5.5.7.48.1";

/** The value of an extension; `undefined` if the certificate has none of them, or more than one. */
function extension(x509: Deno.PointerValue, nid: number): Uint8Array | undefined {
  const at = extByNid(x509, nid, -1);
  if (at < 0 || extByNid(x509, nid, at) >= 0) return undefined;
  return asn1StringBytes(extData(getExt(x509, at)));
}

/** Reads an extension; what is malformed has no value, as in Perl. */
function read<T>(cert: unknown, name: string, nid: number, reader: (der: Uint8Array) => T[]): T[] {
  const pointer = pointerOf(cert, "X509", name);
  return calling(() => {
    const der = extension(pointer, nid);
    if (der === undefined) return [];
    try {
      return reader(der);
    } catch {
      return [];
    }
  });
}

const TAG_CONTEXT = 0x80, NUMBER = 0x1f;

/** GEN_*: the number of a GeneralName's type (RFC 5280 4.2.1.6). */
const GEN = { other: 0, email: 1, dns: 2, directory: 4, uri: 6, ip: 7, rid: 8 } as const;

function generalNameValue(node: DerNode): string | Uint8Array | undefined {
  switch (node.tag & NUMBER) {
    case GEN.email:
    case GEN.dns:
    case GEN.uri:
      return latin1(node.body);
    case GEN.ip:
      return node.body.slice();
    case GEN.rid:
      return oid(node, "a registered ID", node.tag);
    case GEN.directory:
      return oneline(node.body);
    case GEN.other: {
      const [, value] = children(node, "an other name");
      return children(value!, "an other name")[0]!.body.slice();
    }
  }
  return undefined; // x400Address, ediPartyName: Perl leaves them out, too
}

/** A Name in DER as X509_NAME_oneline() prints it. */
function oneline(der: Uint8Array): string | undefined {
  const name: Deno.PointerValue = withDer(der, (place, length) => d2iName(null, place, length));
  if (name === null) return undefined;
  try {
    return takeText(nameOneline(name, null, 0));
  } finally {
    nameFree(name);
  }
}

/**
 * The subject's alternative names, as Perl's flat list: type, value, type, value. A value is
 * bytes for an IP address and an other name, else text.
 *
 * Perl: `Net::SSLeay::X509_get_subjectAltNames`
 */
export function X509_get_subjectAltNames(cert: Opaque<"X509">): (number | string | Uint8Array)[] {
  return read(
    cert,
    "X509_get_subjectAltNames",
    NID.subjectAltName,
    (der) =>
      sequence(readDer(der, "subjectAltName"), "subjectAltName").flatMap((node) => {
        const value = generalNameValue(node);
        return value === undefined ? [] : [node.tag & NUMBER, value];
      }),
  );
}

/** The URIs of the CRL distribution points. Perl: `Net::SSLeay::P_X509_get_crl_distribution_points` */
export function P_X509_get_crl_distribution_points(cert: Opaque<"X509">): string[] {
  const URI = TAG_CONTEXT | GEN.uri, CHOICE = 0xa0;
  return read(
    cert,
    "P_X509_get_crl_distribution_points",
    NID.crlDistributionPoints,
    (der) =>
      sequence(readDer(der, "a CRL distribution point"), "CRL distribution points").flatMap(
        (point) => {
          const name = children(point, "a distribution point").find((node) => node.tag === CHOICE);
          if (name === undefined) return [];
          const full = children(name, "a distribution point name").find((node) =>
            node.tag === CHOICE
          );
          if (full === undefined) return [];
          return children(full, "a full name").filter((node) => node.tag === URI)
            .map((node) => latin1(node.body));
        },
      ),
  );
}

/** The URIs of the OCSP responders. Perl: `Net::SSLeay::P_X509_get_ocsp_uri` */
export function P_X509_get_ocsp_uri(cert: Opaque<"X509">): string[] {
  return read(
    cert,
    "P_X509_get_ocsp_uri",
    NID.infoAccess,
    (der) =>
      sequence(readDer(der, "authorityInfoAccess"), "authorityInfoAccess").flatMap((access) => {
        const [method, location] = children(access, "an access description");
        const isOcsp = oid(method, "an access method") === OID_OCSP;
        return isOcsp && location?.tag === (TAG_CONTEXT | GEN.uri) ? [latin1(location.body)] : [];
      }),
  );
}

/**
 * The extended key usages: dotted numbers (format 0), NIDs (1), short (2) or long names (3).
 *
 * Perl: `Net::SSLeay::P_X509_get_ext_key_usage`
 */
export function P_X509_get_ext_key_usage(cert: Opaque<"X509">, format = 0): (string | number)[] {
  return read(
    cert,
    "P_X509_get_ext_key_usage",
    NID.extKeyUsage,
    (der) =>
      readExtKeyUsage(der).flatMap((dotted): (string | number)[] => {
        if (format === 0) return [dotted];
        const nid = txt2nid(toCString(dotted, ""));
        if (nid <= 0) return [];
        if (format === 1) return [nid];
        return format === 2
          ? [textFrom(nid2sn(nid))!]
          : format === 3
          ? [textFrom(nid2ln(nid))!]
          : [];
      }),
  );
}

/** The key usages by name. Perl: `Net::SSLeay::P_X509_get_key_usage` */
export function P_X509_get_key_usage(cert: Opaque<"X509">): string[] {
  return read(cert, "P_X509_get_key_usage", NID.keyUsage, readKeyUsage);
}

/** Netscape's certificate types by name. Perl: `Net::SSLeay::P_X509_get_netscape_cert_type` */
export function P_X509_get_netscape_cert_type(cert: Opaque<"X509">): string[] {
  return read(
    cert,
    "P_X509_get_netscape_cert_type",
    NID.netscapeCertType,
    (der) =>
      setBits(readDer(der, "nsCertType"), "nsCertType").flatMap((bit) => NS_CERT_TYPES[bit] ?? []),
  );
}

function algorithmOf(
  cert: unknown,
  name: string,
  find: (x509: Deno.PointerValue, cell: Uint8Array) => void,
) {
  const native = objectOf(cert, "X509", name);
  const cell = pointerCell();
  calling(() => find(native.pointer, cell.bytes));
  return handleOf("ASN1_OBJECT", pointerFrom(cell.read()), "of", native, name);
}

/** The algorithm of the signature. Perl: `Net::SSLeay::P_X509_get_signature_alg` */
export function P_X509_get_signature_alg(x: Opaque<"X509">): Opaque<"ASN1_OBJECT"> | null {
  return algorithmOf(
    x,
    "P_X509_get_signature_alg",
    (x509, cell) => algorGet0(cell, null, null, tbsSigalg(x509)),
  );
}

/** The algorithm of the public key. Perl: `Net::SSLeay::P_X509_get_pubkey_alg` */
export function P_X509_get_pubkey_alg(x: Opaque<"X509">): Opaque<"ASN1_OBJECT"> | null {
  return algorithmOf(x, "P_X509_get_pubkey_alg", (x509, cell) => {
    const key = getPubkey(x509);
    if (key !== null) pubkeyParam(cell, null, null, null, key);
  });
}

/** The public key in DER (SubjectPublicKeyInfo). Perl: `Net::SSLeay::X509_get_X509_PUBKEY` */
export function X509_get_X509_PUBKEY(x: Opaque<"X509">): Uint8Array | undefined {
  const pointer = pointerOf(x, "X509", "X509_get_X509_PUBKEY");
  return calling(() => {
    const key = getPubkey(pointer);
    return key === null ? undefined : derFrom((place) => i2dPubkey(key, place));
  });
}

/**
 * The fingerprint in hexadecimal with colons; `md5`, `sha1`, `sha256` or `ripemd160`, and SHA-1
 * for any other name, as in Perl.
 *
 * Perl: `Net::SSLeay::X509_get_fingerprint`
 */
export function X509_get_fingerprint(cert: Opaque<"X509">, type: string): string | undefined {
  const pointer = pointerOf(cert, "X509", "X509_get_fingerprint");
  const known = ["md5", "sha1", "sha256", "ripemd160"].includes(type) ? type : "sha1";
  const out = new Uint8Array(64), length = numberCell();
  return calling(() => {
    const md = digestByName(toCString(known, ""));
    if (md === null || digest(pointer, md, out, length.bytes) !== 1) return undefined;
    return colons(out.subarray(0, length.read()));
  });
}

/** A value that a function fills. */
export interface Reference<T> {
  /** What the function put there. */
  value?: T;
}

/**
 * Whether a certificate is valid for a host name.
 *
 * Perl: `Net::SSLeay::X509_check_host`
 *
 * @param peerName Gets the name that matched.
 */
export function X509_check_host(
  cert: Opaque<"X509">,
  host: string | Uint8Array,
  flags = 0,
  peerName?: Reference<string>,
): number {
  const where = "X509_check_host()";
  const pointer = pointerOf(cert, "X509", "X509_check_host");
  const bytes = toBytes(host, where);
  const wanted = toInteger(flags, "uint", where);
  const matched = pointerCell();
  const result: number = calling(() =>
    checkHost(
      pointer,
      forC(bytes),
      BigInt(bytes.length),
      wanted,
      matched.bytes,
    )
  );
  const found = matched.read();
  const text = found === 0n ? undefined : takeText(pointerFrom(found));
  if (peerName !== undefined && text !== undefined) peerName.value = text;
  return result;
}

/** An extension as OpenSSL prints it. Perl: `Net::SSLeay::X509V3_EXT_print` */
export function X509V3_EXT_print(
  ext: Opaque<"X509_EXTENSION">,
  flags = 0,
  _utf8Decode?: number | boolean,
): string | undefined {
  const pointer = pointerOf(ext, "X509_EXTENSION", "X509V3_EXT_print");
  const bits = BigInt(toInteger(flags, "ulong", "X509V3_EXT_print()"));
  return calling(() => printed((bio) => extPrint(bio, pointer, bits, 0)));
}

/** The hash of a name, as `c_rehash` names files by. Perl: `Net::SSLeay::X509_NAME_hash` */
export function X509_NAME_hash(name: Opaque<"X509_NAME">): number {
  const pointer = pointerOf(name, "X509_NAME", "X509_NAME_hash");
  return Number(
    calling(() => isOpenSsl1() ? nameHash(pointer) : nameHashEx(pointer, null, null, null)),
  );
}

const XN_FLAG_RFC2253 = 0x1110317;

/** A name as OpenSSL prints it; RFC 2253 by default. Perl: `Net::SSLeay::X509_NAME_print_ex` */
export function X509_NAME_print_ex(
  name: Opaque<"X509_NAME">,
  flags: number = XN_FLAG_RFC2253,
  _utf8Decode?: number | boolean,
): string | undefined {
  const pointer = pointerOf(name, "X509_NAME", "X509_NAME_print_ex");
  const bits = BigInt(toInteger(flags, "ulong", "X509_NAME_print_ex()"));
  return calling(() => printed((bio) => namePrint(bio, pointer, 0, bits) >= 0 ? 1 : 0));
}

/** The first attribute of a type in a name; `undefined` if it has none. Perl: `Net::SSLeay::X509_NAME_get_text_by_NID` */
export function X509_NAME_get_text_by_NID(
  name: Opaque<"X509_NAME">,
  nid: number,
): string | undefined {
  const pointer = pointerOf(name, "X509_NAME", "X509_NAME_get_text_by_NID");
  const type = toInteger(nid, "int", "X509_NAME_get_text_by_NID()");
  return calling(() => {
    const length = nameText(pointer, type, null, 0);
    if (length < 0) return undefined;
    const text = new Uint8Array(length + 1);
    nameText(pointer, type, text, length + 1);
    return new TextDecoder().decode(text.subarray(0, length));
  });
}

/** The certificate of an entry of PEM_X509_INFO_read_bio(). Perl: `Net::SSLeay::P_X509_INFO_get_x509` */
export function P_X509_INFO_get_x509(info: Opaque<"X509_INFO">): Opaque<"X509"> | null {
  const native = open(info, "X509_INFO", "P_X509_INFO_get_x509()");
  return handleOf("X509", pointerAt(native.pointer, X509_INFO.x509), "share", native);
}
