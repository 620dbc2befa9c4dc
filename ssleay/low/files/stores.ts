/**
 * Anchors, CRLs and names of CAs from files and folders, and the other functions that read files.
 *
 * @module
 */

import { SslUnsupportedError } from "../../../errors.ts";
import { backend, lazy } from "../c_function.ts";
import { toCString } from "../c_memory.ts";
import { clearErrors } from "../error_queue.ts";
import { toInteger } from "../integer.ts";
import type { Taken } from "../declared_types.ts";
import { handleOf, type Opaque } from "../handle.ts";
import { calling, objectOf, pointerOf } from "../into.ts";
import { elements } from "../stack.ts";
import { withBio } from "../written.ts";
import { addToStore, eachCertificate, eachCrl } from "./pem.ts";
import { badFileType, FILETYPE, readFile, readFolder, readStart } from "./read.ts";

const P = "pointer", I = "i32", B = "buffer", L = "i64";
const ctxStore = lazy("SSL_CTX_get_cert_store", [P], P);
const loadLocations = lazy("SSL_CTX_load_verify_locations", [P, P, B], I);
const lookupStore = lazy("X509_LOOKUP_get_store", [P], P);
const lookupCtrl = lazy("X509_LOOKUP_ctrl", [P, I, B, L, P], I);
const storeAddCert = lazy("X509_STORE_add_cert", [P, P], I);
const storeAddCrl = lazy("X509_STORE_add_crl", [P, P], I);
const derX509 = lazy("d2i_X509_bio", [P, P], P);
const x509Free = lazy("X509_free", [P], "void");
const derCrl = lazy("d2i_X509_CRL_bio", [P, P], P);
const crlFree = lazy("X509_CRL_free", [P], "void");
const subject = lazy("X509_get_subject_name", [P], P);
const nameDup = lazy("X509_NAME_dup", [P], P);
const nameCmp = lazy("X509_NAME_cmp", [P, P], I);
const skNew = lazy("OPENSSL_sk_new_null", [], P);
const skPush = lazy("OPENSSL_sk_push", [P, P], I);
const bioNew = lazy("BIO_new", [P], P);
const bioMem = lazy("BIO_s_mem", [], P);
const bioWrite = lazy("BIO_write", [P, B, I], I);
const bioCtrl = lazy("BIO_ctrl", [P, I, L, P], L);
const randAdd = lazy("RAND_add", [B, I, "f64"], "void");
const randBytes = lazy("RAND_bytes", [B, I], I);

/** What `c_rehash` names the file of a certificate, and of a CRL. */
const HASHED = /\/[0-9a-f]{8}\.(r?)\d+$/;

/** Adds what the files with hashed names in a folder have; 1, or 0 if there is no such folder. */
function addHashed(
  store: Deno.PointerValue,
  folder: string,
  { format, where }: { format: number; where: string },
): number {
  const files = readFolder(folder, where);
  if (files === undefined) return 0;
  const as = format === FILETYPE.ASN1 ? "der" : "pem";
  for (const file of files) {
    const [, isCrl] = HASHED.exec(file) ?? [];
    if (isCrl === undefined) continue;
    const bytes = readFile(file, where);
    // One that cannot be read is left out, as it is when C looks for it.
    if (bytes !== undefined) calling(() => (isCrl ? crls : certificates)[as](store, bytes));
  }
  clearErrors();
  return 1;
}

/**
 * Adds the anchors of a PEM file, and those of a folder with hashed names, which is read when
 * they are needed; at once by the backend `"wasm"`, whose C reads no files.
 *
 * Perl: `Net::SSLeay::CTX_load_verify_locations`
 */
export function CTX_load_verify_locations(
  ctx: Taken<"SSL_CTX">,
  file?: string | null,
  folder?: string | null,
): number {
  const where = "CTX_load_verify_locations()";
  const { pointer } = objectOf(ctx, "SSL_CTX", "CTX_load_verify_locations");
  if (!file && !folder) return 0;
  if (file) {
    const bytes = readFile(file, where);
    if (bytes === undefined) return 0;
    if (calling(() => addToStore(ctxStore(pointer), bytes)) === 0) return 0;
  }
  if (!folder) return 1;
  if (backend !== undefined) {
    return addHashed(calling(() => ctxStore(pointer)), folder, { format: FILETYPE.PEM, where });
  }
  // C reads it later, so Deno is asked now.
  if (readFolder(folder, where) === undefined) return 0;
  return calling(() => loadLocations(pointer, null, toCString(folder, where)));
}

/** X509_L_ADD_DIR. */
const ADD_DIR = 2;

/**
 * Adds a folder with hashed names, which is read when it is needed; at once by the backend `"wasm"`.
 *
 * Perl: `Net::SSLeay::X509_LOOKUP_add_dir`
 */
export function X509_LOOKUP_add_dir(
  lookup: Opaque<"X509_LOOKUP">,
  folder: string,
  type: number,
): number {
  const where = "X509_LOOKUP_add_dir()";
  const pointer = pointerOf(lookup, "X509_LOOKUP", "X509_LOOKUP_add_dir");
  const format = Number(toInteger(type, "long", where));
  if (backend !== undefined) {
    return addHashed(calling(() => lookupStore(pointer)), folder, { format, where });
  }
  if (readFolder(folder, where) === undefined) return 0;
  return calling(() =>
    lookupCtrl(pointer, ADD_DIR, toCString(folder, where), BigInt(format), null)
  );
}

type Load = (store: Deno.PointerValue, bytes: Uint8Array) => number;

function load(
  name: string,
  lookup: unknown,
  file: string,
  type: unknown,
  by: { pem: Load; der: Load },
): number {
  const where = `${name}()`;
  const pointer = pointerOf(lookup, "X509_LOOKUP", name);
  const format = toInteger(type, "int", where);
  const bytes = readFile(file, where);
  if (bytes === undefined) return 0;
  if (format !== FILETYPE.PEM && format !== FILETYPE.ASN1) return badFileType();
  const read = format === FILETYPE.PEM ? by.pem : by.der;
  return calling(() => read(lookupStore(pointer), bytes));
}

const certificates = {
  pem: (store: Deno.PointerValue, bytes: Uint8Array) =>
    eachCertificate(bytes, (x509) => storeAddCert(store, x509) === 1),
  der: (store: Deno.PointerValue, bytes: Uint8Array) =>
    withBio(bytes, (bio) => {
      const x509 = derX509(bio, null);
      const added = x509 !== null && storeAddCert(store, x509) === 1;
      x509Free(x509);
      return added ? 1 : 0;
    }),
};

const crls = {
  pem: (store: Deno.PointerValue, bytes: Uint8Array) =>
    eachCrl(bytes, (crl) => storeAddCrl(store, crl) === 1),
  der: (store: Deno.PointerValue, bytes: Uint8Array) =>
    withBio(bytes, (bio) => {
      const crl = derCrl(bio, null);
      const added = crl !== null && storeAddCrl(store, crl) === 1;
      crlFree(crl);
      return added ? 1 : 0;
    }),
};

/** Adds the certificates of a file; how many. Perl: `Net::SSLeay::X509_load_cert_file` */
export function X509_load_cert_file(
  lookup: Opaque<"X509_LOOKUP">,
  file: string,
  type: number,
): number {
  return load("X509_load_cert_file", lookup, file, type, certificates);
}
/** Adds the CRLs of a file; how many. Perl: `Net::SSLeay::X509_load_crl_file` */
export function X509_load_crl_file(
  lookup: Opaque<"X509_LOOKUP">,
  file: string,
  type: number,
): number {
  return load("X509_load_crl_file", lookup, file, type, crls);
}
/** Adds the certificates and CRLs of a file; how many. Perl: `Net::SSLeay::X509_load_cert_crl_file` */
export function X509_load_cert_crl_file(
  lookup: Opaque<"X509_LOOKUP">,
  file: string,
  type: number,
): number {
  return load("X509_load_cert_crl_file", lookup, file, type, {
    pem: (store, bytes) => addToStore(store, bytes),
    der: certificates.der,
  });
}

function pushSubjects(stack: Deno.PointerValue, bytes: Uint8Array): number {
  return eachCertificate(bytes, (x509) => {
    const name = subject(x509);
    for (const each of elements(stack)) if (nameCmp(each, name) === 0) return true;
    return skPush(stack, nameDup(name)) > 0;
  });
}

/** The names of the certificates of a file, each once; `null` if the file has no certificate. Perl: `Net::SSLeay::load_client_CA_file` */
export function load_client_CA_file(file: string): Opaque<"STACK_OF_X509_NAME"> | null {
  const bytes = readFile(file, "load_client_CA_file()");
  if (bytes === undefined) return null;
  const stack = calling(() => skNew());
  const handle = handleOf("STACK_OF_X509_NAME", stack, "new")!;
  return calling(() => pushSubjects(stack, bytes)) > 0 ? handle : null;
}

/** Adds the names of the certificates of a file to a list. Perl: `Net::SSLeay::add_file_cert_subjects_to_stack` */
export function add_file_cert_subjects_to_stack(
  stack: Opaque<"STACK_OF_X509_NAME">,
  file: string,
): number {
  const name = "add_file_cert_subjects_to_stack";
  const native = objectOf(stack, "STACK_OF_X509_NAME", name);
  const bytes = readFile(file, `${name}()`);
  if (bytes === undefined) return 0;
  return calling(() => pushSubjects(native.pointer, bytes)) > 0 ? 1 : 0;
}

/** Adds the names of the certificates of every file in a folder to a list. Perl: `Net::SSLeay::add_dir_cert_subjects_to_stack` */
export function add_dir_cert_subjects_to_stack(
  stack: Opaque<"STACK_OF_X509_NAME">,
  folder: string,
): number {
  const name = "add_dir_cert_subjects_to_stack";
  objectOf(stack, "STACK_OF_X509_NAME", name);
  const files = readFolder(folder, `${name}()`);
  if (files === undefined) return 0;
  return files.every((file) => add_file_cert_subjects_to_stack(stack, file) === 1) ? 1 : 0;
}

/** BIO_C_SET_BUF_MEM_EOF_RETURN: what a memory BIO gives at its end. */
const MEM_EOF_RETURN = 130;

/**
 * A BIO with the bytes of a file. Only reading is possible: `r` or `rb`.
 *
 * Perl: `Net::SSLeay::BIO_new_file`
 *
 * @throws {SslUnsupportedError} For a mode that writes.
 */
export function BIO_new_file(file: string, mode: string): Opaque<"BIO"> | null {
  if (mode !== "r" && mode !== "rb") {
    throw new SslUnsupportedError(
      'Cannot call BIO_new_file(): only the modes "r" and "rb" are possible, so that Deno\'s permissions decide: write into BIO_new(BIO_s_mem()), and what BIO_read() gives with Deno.writeFile()',
    );
  }
  const bytes = readFile(file, "BIO_new_file()");
  if (bytes === undefined) return null;
  return calling(() => {
    const bio = bioNew(bioMem());
    if (bytes.length > 0) bioWrite(bio, bytes, bytes.length);
    bioCtrl(bio, MEM_EOF_RETURN, 0n, null);
    return handleOf("BIO", bio, "new");
  });
}

/** A device has no end. */
const MAX_RAND_FILE = 1 << 20;

/** Adds the bytes of a file to the generator's state; how many. `-1` means all, up to 1 MiB. Perl: `Net::SSLeay::RAND_load_file` */
export function RAND_load_file(file: string, count: number): number {
  const where = "RAND_load_file()";
  const limit = Number(toInteger(count, "long", where));
  const bytes = readStart(file, limit < 0 ? MAX_RAND_FILE : Math.min(limit, MAX_RAND_FILE), where);
  if (bytes === undefined) return -1;
  if (bytes.length > 0) calling(() => randAdd(bytes, bytes.length, bytes.length));
  return bytes.length;
}

/** As many as OpenSSL writes. */
const RAND_FILE_SIZE = 1024;

/** Writes random bytes to a file that only its owner can read; how many. Perl: `Net::SSLeay::RAND_write_file` */
export function RAND_write_file(file: string): number {
  const bytes = new Uint8Array(RAND_FILE_SIZE);
  if (calling(() => randBytes(bytes, bytes.length)) !== 1) return -1;
  Deno.writeFileSync(file, bytes, { mode: 0o600 });
  return bytes.length;
}
