/**
 * Certificates and keys of a context or connection, from files.
 *
 * Source: https://docs.openssl.org/3.0/man3/SSL_CTX_use_certificate/
 *
 * @module
 */

import { type CFunction, lazy } from "../c_function.ts";
import { pointerCell, pointerFrom, toCString } from "../c_memory.ts";
import { toInteger } from "../integer.ts";
import type { Taken } from "../declared_types.ts";
import { handleOf, type Opaque } from "../handle.ts";
import { calling, objectOf } from "../into.ts";
import { elements } from "../stack.ts";
import { withBio } from "../written.ts";
import { eachCertificate } from "./pem.ts";
import { badFileType, FILETYPE, readFile } from "./read.ts";

const P = "pointer", I = "i32", L = "i64", B = "buffer";
const pemX509 = lazy("PEM_read_bio_X509", [P, P, P, P], P);
const derX509 = lazy("d2i_X509_bio", [P, P], P);
const x509Free = lazy("X509_free", [P], "void");
const x509UpRef = lazy("X509_up_ref", [P], I);
const pemKey = lazy("PEM_read_bio_PrivateKey", [P, P, P, P], P);
const pemKeyPlain = lazy("PEM_read_bio_PrivateKey", [P, P, P, B], P);
const derKey = lazy("d2i_PrivateKey_bio", [P, P], P);
const keyFree = lazy("EVP_PKEY_free", [P], "void");
const get1Rsa = lazy("EVP_PKEY_get1_RSA", [P], P);
const rsaFree = lazy("RSA_free", [P], "void");
const d2iPkcs12 = lazy("d2i_PKCS12_bio", [P, P], P);
const parsePkcs12 = lazy("PKCS12_parse", [P, B, B, B, B], I);
const parsePkcs12Short = lazy("PKCS12_parse", [P, B, B, B, P], I);
const pkcs12Free = lazy("PKCS12_free", [P], "void");
const skFree = lazy("OPENSSL_sk_free", [P], "void");

/** The C functions of one of the two classes that take credentials. */
interface Side {
  readonly kind: "SSL" | "SSL_CTX";
  readonly useCertificate: CFunction;
  readonly useKey: CFunction;
  readonly useRsa: CFunction;
  readonly passwordCallback: CFunction;
  readonly passwordData: CFunction;
  readonly ctrl: CFunction;
}

const CTX: Side = {
  kind: "SSL_CTX",
  useCertificate: lazy("SSL_CTX_use_certificate", [P, P], I),
  useKey: lazy("SSL_CTX_use_PrivateKey", [P, P], I),
  useRsa: lazy("SSL_CTX_use_RSAPrivateKey", [P, P], I),
  passwordCallback: lazy("SSL_CTX_get_default_passwd_cb", [P], P),
  passwordData: lazy("SSL_CTX_get_default_passwd_cb_userdata", [P], P),
  ctrl: lazy("SSL_CTX_ctrl", [P, I, L, P], L),
};

const SSL: Side = {
  kind: "SSL",
  useCertificate: lazy("SSL_use_certificate", [P, P], I),
  useKey: lazy("SSL_use_PrivateKey", [P, P], I),
  useRsa: lazy("SSL_use_RSAPrivateKey", [P, P], I),
  passwordCallback: lazy("SSL_get_default_passwd_cb", [P], P),
  passwordData: lazy("SSL_get_default_passwd_cb_userdata", [P], P),
  ctrl: lazy("SSL_ctrl", [P, I, L, P], L),
};

type Arguments = [target: unknown, file: string, type: number];

function fileArguments(side: Side, name: string, [target, file, type]: Arguments) {
  const where = `${name}()`;
  const { pointer } = objectOf(target, side.kind, name);
  const format = toInteger(type, "int", where);
  return { pointer, format, bytes: readFile(file, where) };
}

function certificateFile(side: Side, name: string, args: Arguments): number {
  const { pointer, format, bytes } = fileArguments(side, name, args);
  if (bytes === undefined) return 0;
  if (format !== FILETYPE.PEM && format !== FILETYPE.ASN1) return badFileType();
  return calling(() =>
    withBio(bytes, (bio) => {
      const x509 = format === FILETYPE.PEM ? pemX509(bio, null, null, null) : derX509(bio, null);
      if (x509 === null) return 0;
      const done = side.useCertificate(pointer, x509);
      x509Free(x509);
      return done;
    })
  );
}

/** Reads a key, with the password callback of the context. Without one OpenSSL would ask on the terminal. */
function readKey(side: Side, pointer: Deno.PointerValue, bio: Deno.PointerValue, format: unknown) {
  if (format === FILETYPE.ASN1) return derKey(bio, null);
  const callback = side.passwordCallback(pointer);
  if (callback === null) return pemKeyPlain(bio, null, null, Uint8Array.of(0));
  return pemKey(bio, null, callback, side.passwordData(pointer));
}

function keyFile(side: Side, name: string, args: Arguments, rsaOnly: boolean): number {
  const { pointer, format, bytes } = fileArguments(side, name, args);
  if (bytes === undefined) return 0;
  if (format !== FILETYPE.PEM && format !== FILETYPE.ASN1) return badFileType();
  return calling(() =>
    withBio(bytes, (bio) => {
      const key = readKey(side, pointer, bio, format);
      if (key === null) return 0;
      try {
        if (!rsaOnly) return side.useKey(pointer, key);
        const rsa = get1Rsa(key);
        if (rsa === null) return 0;
        const done = side.useRsa(pointer, rsa);
        rsaFree(rsa);
        return done;
      } finally {
        keyFree(key);
      }
    })
  );
}

/** SSL_CTRL_CHAIN: replaces the chain; SSL_CTRL_CHAIN_CERT: adds to it. */
const CTRL_CHAIN = 88, CTRL_CHAIN_CERT = 89;

function chainFile(side: Side, name: string, target: unknown, file: string): number {
  const { pointer } = objectOf(target, side.kind, name);
  const bytes = readFile(file, `${name}()`);
  if (bytes === undefined) return 0;
  return calling(() => {
    let first = true;
    const count = eachCertificate(bytes, (x509) => {
      if (first) {
        first = false;
        if (side.useCertificate(pointer, x509) !== 1) return false;
        return Number(side.ctrl(pointer, CTRL_CHAIN, 0n, null)) === 1;
      }
      x509UpRef(x509); // the chain takes one reference
      const added = Number(side.ctrl(pointer, CTRL_CHAIN_CERT, 0n, x509)) === 1;
      if (!added) x509Free(x509);
      return added;
    });
    return count > 0 ? 1 : 0;
  });
}

/** Uses the certificate of a file. Perl: `Net::SSLeay::CTX_use_certificate_file` */
export function CTX_use_certificate_file(
  ctx: Taken<"SSL_CTX">,
  file: string,
  type: number,
): number {
  return certificateFile(CTX, "CTX_use_certificate_file", [ctx, file, type]);
}
/** Uses the certificate of a file. Perl: `Net::SSLeay::use_certificate_file` */
export function use_certificate_file(ssl: Taken<"SSL">, file: string, type: number): number {
  return certificateFile(SSL, "use_certificate_file", [ssl, file, type]);
}
/** Uses the certificate and the chain of a PEM file. Perl: `Net::SSLeay::CTX_use_certificate_chain_file` */
export function CTX_use_certificate_chain_file(ctx: Taken<"SSL_CTX">, file: string): number {
  return chainFile(CTX, "CTX_use_certificate_chain_file", ctx, file);
}
/** Uses the certificate and the chain of a PEM file. Perl: `Net::SSLeay::use_certificate_chain_file` */
export function use_certificate_chain_file(ssl: Taken<"SSL">, file: string): number {
  return chainFile(SSL, "use_certificate_chain_file", ssl, file);
}
/** Uses the private key of a file. Perl: `Net::SSLeay::CTX_use_PrivateKey_file` */
export function CTX_use_PrivateKey_file(ctx: Taken<"SSL_CTX">, file: string, type: number): number {
  return keyFile(CTX, "CTX_use_PrivateKey_file", [ctx, file, type], false);
}
/** Uses the private key of a file. Perl: `Net::SSLeay::use_PrivateKey_file` */
export function use_PrivateKey_file(ssl: Taken<"SSL">, file: string, type: number): number {
  return keyFile(SSL, "use_PrivateKey_file", [ssl, file, type], false);
}
/** Uses the RSA key of a file. Perl: `Net::SSLeay::CTX_use_RSAPrivateKey_file` */
export function CTX_use_RSAPrivateKey_file(
  ctx: Taken<"SSL_CTX">,
  file: string,
  type: number,
): number {
  return keyFile(CTX, "CTX_use_RSAPrivateKey_file", [ctx, file, type], true);
}
/** Uses the RSA key of a file. Perl: `Net::SSLeay::use_RSAPrivateKey_file` */
export function use_RSAPrivateKey_file(ssl: Taken<"SSL">, file: string, type: number): number {
  return keyFile(SSL, "use_RSAPrivateKey_file", [ssl, file, type], true);
}

/** What a PKCS#12 file holds. Everything in it is ours to free. */
interface Pkcs12 {
  readonly key: Deno.PointerValue;
  readonly certificate: Deno.PointerValue;
  readonly chain: Deno.PointerValue[];
}

function readPkcs12(
  file: string,
  password: unknown,
  withChain: boolean,
  where: string,
): Pkcs12 | undefined {
  const bytes = readFile(file, where);
  if (bytes === undefined) return undefined;
  const secret = toCString(password ?? "", where);
  return calling(() =>
    withBio(bytes, (bio) => {
      const p12 = d2iPkcs12(bio, null);
      if (p12 === null) return undefined;
      const [key, certificate, stack] = [pointerCell(), pointerCell(), pointerCell()];
      const parsed = withChain
        ? parsePkcs12(p12, secret, key.bytes, certificate.bytes, stack.bytes)
        : parsePkcs12Short(p12, secret, key.bytes, certificate.bytes, null);
      pkcs12Free(p12);
      if (parsed !== 1) return undefined;
      const chain = pointerFrom(stack.read());
      const certificates = [...elements(chain)];
      if (chain !== null) skFree(chain);
      return {
        key: pointerFrom(key.read()),
        certificate: pointerFrom(certificate.read()),
        chain: certificates,
      };
    })
  );
}

/**
 * Uses the key and the certificate of a PKCS#12 file: 1, or 0 with errors in the queue. Of old files
 * P_PKCS12_load_file says more.
 *
 * Perl: `Net::SSLeay::CTX_use_PKCS12_file`
 */
export function CTX_use_PKCS12_file(
  ctx: Taken<"SSL_CTX">,
  file: string,
  password?: string | Uint8Array,
): number {
  const name = "CTX_use_PKCS12_file";
  const { pointer } = objectOf(ctx, "SSL_CTX", name);
  const found = readPkcs12(file, password, false, `${name}()`);
  if (found === undefined) return 0;
  return calling(() => {
    let result = 0;
    if (found.key !== null && CTX.useKey(pointer, found.key) === 1) result = 1;
    if (found.certificate !== null && CTX.useCertificate(pointer, found.certificate) === 1) {
      result = 1;
    }
    keyFree(found.key);
    x509Free(found.certificate);
    return result;
  });
}

/**
 * What a PKCS#12 file holds: the key, the certificate, and with `loadChain` the other certificates;
 * an empty list, with errors in the queue, if it cannot be read. Old files are encrypted with RC2 or
 * RC4: OpenSSL 3 and later read these only after `OSSL_PROVIDER_load(null, "legacy")`.
 *
 * Perl: `Net::SSLeay::P_PKCS12_load_file`
 */
export function P_PKCS12_load_file(
  file: string,
  loadChain?: number | boolean,
  password?: string | Uint8Array,
): (Opaque<"EVP_PKEY"> | Opaque<"X509"> | undefined)[] {
  const found = readPkcs12(file, password, Boolean(loadChain), "P_PKCS12_load_file()");
  if (found === undefined) return [];
  return [
    handleOf("EVP_PKEY", found.key, "new") ?? undefined,
    handleOf("X509", found.certificate, "new") ?? undefined,
    ...found.chain.map((x509) => handleOf("X509", x509, "new")!),
  ];
}
