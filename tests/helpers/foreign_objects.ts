/** Certificates and keys as the objects of other libraries. */

import "reflect-metadata";
import { X509Certificate as PeculiarCertificate } from "@peculiar/x509";
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  KeyObject,
  X509Certificate,
} from "node:crypto";
import type { CertificateInput } from "../../certificate/certificate.ts";
import type { PrivateKey, PrivateKeyInput } from "../../certificate/keys/private_key.ts";

const P256 = { name: "ECDSA", namedCurve: "P-256" };

/** A key of the curve P-256 as a `CryptoKey`. */
export function cryptoKey(key: PrivateKey, extractable = true): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", key.der.slice(), P256, extractable, ["sign"]);
}

/** A certificate in each form of another library. */
export function certificateForms(
  { der, pem }: { readonly der: Uint8Array; readonly pem: string },
): Record<string, CertificateInput> {
  return {
    "X509Certificate of @peculiar/x509": new PeculiarCertificate(der.slice()),
    "X509Certificate of node:crypto": new X509Certificate(pem),
  };
}

/** A key of the curve P-256 in each form of the platform. */
export async function keyForms(key: PrivateKey): Promise<Record<string, PrivateKeyInput>> {
  return {
    "CryptoKey": await cryptoKey(key),
    "KeyObject": createPrivateKey(key.pem),
  };
}

/** What is not a private key, or cannot be used, and what is said of it. */
export async function wrongKeys(key: PrivateKey): Promise<Record<string, [unknown, RegExp]>> {
  const own = createPrivateKey(key.pem);
  const secret = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
  const pair = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]) as CryptoKeyPair;
  const nothing = /holds no key/;
  const other = /must be PEM text|expected PEM text/;
  return {
    "a public KeyObject": [createPublicKey(own), /it is a public key, and the private one is/],
    "a secret KeyObject": [createSecretKey(new Uint8Array(32) as never), /it is a secret key/],
    "a public CryptoKey": [pair.publicKey, /it is a public key, and the private one is/],
    "a secret CryptoKey": [secret, /it is a secret key/],
    "a CryptoKey that cannot be exported": [
      await cryptoKey(key, false),
      /it cannot be exported: create or import it with extractable: true/,
    ],
    "an object with the class of CryptoKey": [Object.create(CryptoKey.prototype), nothing],
    "an object with the class of KeyObject": [Object.create(KeyObject.prototype), nothing],
    "an object that inherits from a KeyObject": [Object.create(own), other],
    "an object that inherits from a CryptoKey": [Object.create(pair.privateKey), other],
    "a record that looks like a KeyObject": [
      Object.assign(new (class {})(), { type: "private", export: () => key.der }),
      other,
    ],
  };
}

/** What is not a certificate, and what is said of it. */
export function wrongCertificates(
  { der, pem }: { readonly der: Uint8Array; readonly pem: string },
): Record<string, [unknown, RegExp]> {
  const other = /must be PEM text|expected PEM text/;
  const rawData = der.slice().buffer;
  class Bytes {
    rawData = rawData;
  }
  return {
    "an object with the class of node's X509Certificate": [
      Object.create(X509Certificate.prototype),
      /has the class X509Certificate and holds no certificate/,
    ],
    "an object that inherits from node's X509Certificate": [
      Object.create(new X509Certificate(pem)),
      other,
    ],
    "an object that inherits from an X509Certificate of @peculiar/x509": [
      Object.create(new PeculiarCertificate(der.slice())),
      other,
    ],
    "an object with bytes that does not say what they are": [new Bytes(), other],
    "an object whose bytes are a text": [
      Object.assign(new Bytes(), { tag: "CERTIFICATE", rawData: pem }),
      other,
    ],
  };
}
