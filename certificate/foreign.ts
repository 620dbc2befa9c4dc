/**
 * Files in formats that this library does not read (JKS, PKCS#7, OpenSSH and more): the message
 * says which format it is, and the command that converts it. Pure.
 *
 * @module
 */

import { type PemBlock, pemText } from "./keys/pem.ts";

/** A JKS, a JCEKS. */
const JAVA: readonly number[] = [0xfeedfeed, 0xcececece];
/** pkcs7-signedData and pkcs7-data, DER of the OBJECT IDENTIFIER up to the last arc. */
const PKCS7 = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/** The first octet of the content of a DER element, or 0. */
function contentAt(bytes: Uint8Array): number {
  if (bytes[0] !== 0x30) return 0;
  const length = bytes[1] ?? 0;
  return length > 0x80 ? 2 + (length & 0x7f) : 2;
}

/** Whether bytes begin as a PKCS#12 file: a SEQUENCE and its version, 3. */
export function isPkcs12(bytes: Uint8Array): boolean {
  const at = contentAt(bytes);
  return at > 0 && bytes[at] === 0x02 && bytes[at + 1] === 0x01 && bytes[at + 2] === 0x03;
}

function isPkcs7(bytes: Uint8Array): boolean {
  const at = contentAt(bytes);
  return at > 0 && PKCS7.every((byte, i) => bytes[at + i] === byte);
}

/** Where the first element of a file ends; the end of the file where that cannot be told. */
function elementEnd(bytes: Uint8Array): number {
  const at = contentAt(bytes);
  if (at === 0 || at > 6) return bytes.length;
  if (bytes[1] === 0x80) { // BER: two zeros end it
    const end = bytes.findLastIndex((byte) => byte !== 0x0a && byte !== 0x0d) + 1;
    return bytes[end - 1] === 0 && bytes[end - 2] === 0 ? end : bytes.length;
  }
  let length = at === 2 ? bytes[1]! : 0;
  for (let i = 2; i < at; i++) length = length * 256 + bytes[i]!;
  return at + length;
}

/** A DER file without the line end that an editor or `echo` put after it. */
export function withoutFinalNewline(bytes: Uint8Array): Uint8Array {
  const end = elementEnd(bytes);
  const tail = String.fromCharCode(...bytes.subarray(end, end + 3));
  return tail === "\n" || tail === "\r\n" ? bytes.subarray(0, end) : bytes;
}

const javaStore = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const trusted = bytes.length >= 16 && view.getUint32(8) > 0 && view.getUint32(12) === 2;
  return trusted
    ? "it is a Java truststore (JKS): convert it with " +
      `"keytool -list -rfc -keystore in.jks > out.pem"`
    : "it is a Java key store (JKS): convert it with " +
      `"keytool -importkeystore -srckeystore in.jks -destkeystore out.p12 -deststoretype PKCS12"`;
};

const PKCS7_REASON = (form: string): string =>
  `it is PKCS#7: convert it with "openssl pkcs7${form} -in in.p7b -print_certs -out out.pem"`;

/** PEM blocks by label: what they are, and what to do. */
const LABELS: readonly (readonly [label: RegExp, reason: string])[] = [
  [/^(?:PKCS7|PKCS #7 SIGNED DATA|CMS)$/, PKCS7_REASON("")],
  [
    /^OPENSSH PRIVATE KEY$/,
    `it is a key of OpenSSH: convert it with "ssh-keygen -p -m PKCS8 -f key", which changes the file`,
  ],
  [/^SSH2 /, "it is a key of SSH, which TLS does not use"],
  [/^PGP /, "it is of PGP, which TLS does not use"],
  [/^(?:NEW )?CERTIFICATE REQUEST$/, "it is a certificate request: a CA makes a certificate of it"],
  [/^(?:RSA |EC )?PUBLIC KEY$/, "it is a public key: the certificate or the private key is needed"],
];

/** What a PEM block of another kind is, and what to do about it. */
export function foreignLabel(label: string): string | undefined {
  return LABELS.find(([pattern]) => pattern.test(label))?.[1];
}

/** What the first block of another kind is, and what to do about it. */
export function foreignBlock(blocks: readonly PemBlock[]): string | undefined {
  return blocks.map(({ label }) => foreignLabel(label)).find((reason) => reason !== undefined);
}

/** Base64 of DER that nothing stands around; its first octet is 0x30, a SEQUENCE. */
function bareBase64(data: Uint8Array | string): string | undefined {
  const text = pemText(typeof data === "string" ? data : data.subarray(0, 1 << 20)).trim();
  if (text.length < 64 || text.length > 1 << 20 || !/^M[A-Za-z0-9+/\s]+={0,2}$/.test(text)) return;
  const oneLine = /\s/.test(text) ? "" : " -A";
  return "it is base64 without BEGIN and END lines: convert it with " +
    `"openssl base64 -d${oneLine} -in in.txt -out out.der"`;
}

/** What bytes or a text are, if not what was wanted, and the command that converts them. */
export function foreignFormat(data: Uint8Array | string): string | undefined {
  if (typeof data !== "string") {
    const head = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data.length >= 4 && JAVA.includes(head.getUint32(0))) return javaStore(data);
    if (isPkcs7(data)) return PKCS7_REASON(" -inform DER");
    if (/^PuTTY-User-Key-File/.test(pemText(data.subarray(0, 32)))) {
      return `it is a key of PuTTY: convert it with "puttygen in.ppk -O private-openssh -o out"`;
    }
  }
  return bareBase64(data);
}
