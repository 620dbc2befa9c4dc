/**
 * OCSP: ids of certificates, requests, and what a response says.
 *
 * Source: https://docs.openssl.org/3.0/man3/OCSP_response_status/
 *
 * @module
 */

import { lazy } from "./c_function.ts";
import {
  addressOf,
  bytesTo,
  freeAt,
  pointerCell,
  pointerFrom,
  textFrom,
  toBytes,
} from "./c_memory.ts";
import { secondsOf } from "./asn1_content.ts";
import { toInteger } from "./integer.ts";
import type { Taken } from "./declared_types.ts";
import { handleOf, type Opaque } from "./handle.ts";
import { calling, optionalPointer, pointerOf } from "./into.ts";
import { derFrom, withDer } from "./written.ts";
import { clearErrors } from "./error_queue.ts";
import { elements } from "./stack.ts";

const P = "pointer", I = "i32", B = "buffer";
const sslCtx = lazy("SSL_get_SSL_CTX", [P], P);
const certStore = lazy("SSL_CTX_get_cert_store", [P], P);
const peerChain = lazy("SSL_get_peer_cert_chain", [P], P);
const checkIssued = lazy("X509_check_issued", [P, P], I);
const x509Dup = lazy("X509_dup", [P], P);
const x509Free = lazy("X509_free", [P], "void");
const storeCtxNew = lazy("X509_STORE_CTX_new", [], P);
const storeCtxInit = lazy("X509_STORE_CTX_init", [P, P, P, P], I);
const storeCtxFree = lazy("X509_STORE_CTX_free", [P], "void");
const get1Issuer = lazy("X509_STORE_CTX_get1_issuer", [B, P, P], I);
const certToId = lazy("OCSP_cert_to_id", [P, P, P], P);
const sha1 = lazy("EVP_sha1", [], P);
const i2dCertId = lazy("i2d_OCSP_CERTID", [P, B], I);
const d2iCertId = lazy("d2i_OCSP_CERTID", [P, B, "i64"], P);
const certIdFree = lazy("OCSP_CERTID_free", [P], "void");
const requestNew = lazy("OCSP_REQUEST_new", [], P);
const requestFree = lazy("OCSP_REQUEST_free", [P], "void");
const addNonce = lazy("OCSP_request_add1_nonce", [P, P, I], I);
const addId = lazy("OCSP_request_add0_id", [P, P], P);
const get1Basic = lazy("OCSP_response_get1_basic", [P], P);
const basicFree = lazy("OCSP_BASICRESP_free", [P], "void");
const checkNonce = lazy("OCSP_check_nonce", [P, P], I);
const addCert = lazy("OCSP_basic_add1_cert", [P, P], I);
const basicVerify = lazy("OCSP_basic_verify", [P, P, P, "u64"], I);
const respCount = lazy("OCSP_resp_count", [P], I);
const respGet = lazy("OCSP_resp_get0", [P, I], P);
const respFind = lazy("OCSP_resp_find", [P, P, I], I);
const singleStatus = lazy("OCSP_single_get0_status", [P, B, B, B, B], I);
const singleId = lazy("OCSP_SINGLERESP_get0_id", [P], P);
const checkValidity = lazy("OCSP_check_validity", [P, P, "i64", "i64"], I);
const reasonText = lazy("OCSP_crl_reason_str", ["i64"], P);

const X509_V_OK = 0, NONCE_ABSENT = -1;

/** A certificate's issuer, from the chain or the store, to be freed. */
function findIssuer(cert: Deno.PointerValue, store: Deno.PointerValue, chain: Deno.PointerValue) {
  for (const each of elements(chain)) {
    if (checkIssued(each, cert) === X509_V_OK) return x509Dup(each) as Deno.PointerValue;
  }
  if (store === null) return null;
  const context = storeCtxNew();
  try {
    const cell = pointerCell();
    if (storeCtxInit(context, store, cert, null) !== 1) return null;
    return get1Issuer(cell.bytes, context, cert) === 1 ? pointerFrom(cell.read()) : null;
  } finally {
    storeCtxFree(context);
  }
}

function trustOf(ssl: Deno.PointerValue) {
  return {
    store: certStore(sslCtx(ssl)) as Deno.PointerValue,
    chain: peerChain(ssl) as Deno.PointerValue,
  };
}

/**
 * The ids of certificates, in DER, for OCSP_ids2req and OCSP_response_results.
 *
 * Perl: `Net::SSLeay::OCSP_cert2ids`
 *
 * @throws {TypeError} For a self-signed certificate, and one whose issuer is not known.
 */
export function OCSP_cert2ids(ssl: Taken<"SSL">, ...certs: Opaque<"X509">[]): Uint8Array[] {
  const name = "OCSP_cert2ids";
  const { store, chain } = trustOf(pointerOf(ssl, "SSL", name));
  const pointers = certs.map((cert) => pointerOf(cert, "X509", name));
  return calling(() =>
    pointers.map((cert) => {
      if (checkIssued(cert, cert) === X509_V_OK) {
        throw new TypeError(
          "Cannot call OCSP_cert2ids(): no OCSP request for self-signed certificate",
        );
      }
      const issuer = findIssuer(cert, store, chain);
      if (issuer === null) {
        throw new TypeError("Cannot call OCSP_cert2ids(): cannot find issuer certificate");
      }
      const id = certToId(sha1(), cert, issuer);
      x509Free(issuer);
      try {
        return derFrom((place) => i2dCertId(id, place))!;
      } finally {
        certIdFree(id);
      }
    })
  );
}

function certIdFrom(bytes: Uint8Array): Deno.PointerValue {
  return withDer(bytes, (place, length) => d2iCertId(null, place, length));
}

/** A request for certificates by their ids, with a nonce. Perl: `Net::SSLeay::OCSP_ids2req` */
export function OCSP_ids2req(...ids: Uint8Array[]): Opaque<"OCSP_REQUEST"> {
  const given = ids.map((id) => toBytes(id, "OCSP_ids2req()"));
  return calling(() => {
    const request = requestNew();
    addNonce(request, null, -1);
    for (const each of given) {
      const id = certIdFrom(each);
      if (id === null) {
        requestFree(request);
        throw new TypeError("Cannot call OCSP_ids2req(): failed to get OCSP certid from string");
      }
      addId(request, id);
    }
    return handleOf("OCSP_REQUEST", request, "new")!;
  });
}

function basicOf(response: unknown, name: string): Deno.PointerValue {
  const pointer = pointerOf(response, "OCSP_RESPONSE", name);
  const basic = calling(() => get1Basic(pointer));
  if (basic === null) throw new TypeError(`Cannot call ${name}(): invalid OCSP response`);
  return basic;
}

/**
 * Whether a response is signed by one who may: 1, 0, or -1.
 *
 * Perl: `Net::SSLeay::OCSP_response_verify`
 *
 * @param request Whose nonce the response must repeat, if it has a nonce.
 * @throws {TypeError} For another nonce, and a response without content.
 */
export function OCSP_response_verify(
  ssl: Taken<"SSL">,
  response: Opaque<"OCSP_RESPONSE">,
  request?: Opaque<"OCSP_REQUEST"> | null,
  flags = 0,
): number {
  const name = "OCSP_response_verify";
  const { store, chain } = trustOf(pointerOf(ssl, "SSL", name));
  const asked = optionalPointer(request, "OCSP_REQUEST", name);
  const bits = BigInt(toInteger(flags, "ulong", `${name}()`));
  const basic = basicOf(response, name);
  try {
    if (asked !== null) {
      const nonce = checkNonce(asked, basic);
      if (nonce <= 0 && nonce !== NONCE_ABSENT) {
        throw new TypeError(`Cannot call ${name}(): nonce in OCSP response does not match request`);
      }
    }
    return calling(() => verifyBasic(basic, store, chain, bits));
  } finally {
    basicFree(basic);
  }
}

function verifyBasic(
  basic: Deno.PointerValue,
  store: Deno.PointerValue,
  chain: Deno.PointerValue,
  flags: bigint,
): number {
  let last: Deno.PointerValue = null;
  for (const cert of elements(chain)) addCert(basic, last = cert);
  const result: number = basicVerify(basic, null, store, flags);
  if (result !== 0 || last === null) return result;
  // Some CAs send no certificate along, and OpenSSL does not look for the signer among the anchors.
  const issuer = findIssuer(last, store, chain);
  if (issuer === null) return result;
  clearErrors();
  addCert(basic, issuer);
  x509Free(issuer);
  return basicVerify(basic, null, store, flags);
}

/** What a response says of one certificate. */
export interface OcspDetails {
  /** 0 good, 1 revoked, 2 unknown. */
  readonly statusType: number;
  /** In seconds since 1970. */
  readonly thisUpdate?: number;
  /** In seconds since 1970. */
  readonly nextUpdate?: number;
  /** In seconds since 1970. */
  readonly revocationTime?: number;
  /** The code of RFC 5280 5.3.1, or -1. */
  readonly revocationReason?: number;
  /** The reason as text. */
  readonly revocationReason_str?: string;
}

/** The id, what is wrong (`undefined` if nothing is), and the details. */
export type OcspResult = [id: Uint8Array, error: string | undefined, details?: OcspDetails];

const GOOD = 0, REVOKED = 1;

function detailsOf(single: Deno.PointerValue): { error: string | undefined; details: OcspDetails } {
  const reason = new Int32Array(1);
  const [revoked, from, until] = [pointerCell(), pointerCell(), pointerCell()];
  const status: number = singleStatus(
    single,
    new Uint8Array(reason.buffer),
    revoked.bytes,
    from.bytes,
    until.bytes,
  );
  const [at, thisUpdate, nextUpdate] = [revoked, from, until].map((cell) =>
    pointerFrom(cell.read())
  ) as Deno.PointerValue[];
  const error = status === REVOKED
    ? "certificate status is revoked"
    : status !== GOOD
    ? "certificate status is unknown"
    : checkValidity(thisUpdate, nextUpdate, 0n, -1n) !== 1
    ? "response not yet valid or expired"
    : undefined;
  const time = (key: string, value: Deno.PointerValue) =>
    value === null ? {} : { [key]: secondsOf(value) ?? 0 };
  return {
    error,
    details: {
      statusType: status,
      ...time("nextUpdate", nextUpdate!),
      ...time("thisUpdate", thisUpdate!),
      ...(status === REVOKED && {
        ...time("revocationTime", at!),
        revocationReason: reason[0]!,
        revocationReason_str: textFrom(reasonText(BigInt(reason[0]!))) ?? "",
      }),
    },
  };
}

function resultFor(basic: Deno.PointerValue, id: Uint8Array): OcspResult {
  const certId = certIdFrom(id);
  if (certId === null) return [id, "failed to get OCSP certid from string"];
  try {
    const at = respFind(basic, certId, -1);
    if (at < 0) return [id, "cannot find entry for certificate in OCSP response"];
    const { error, details } = detailsOf(respGet(basic, at));
    return [id, error, details];
  } finally {
    certIdFree(certId);
  }
}

/**
 * What a response says of the certificates with these ids; of all if none is given.
 *
 * Perl: `Net::SSLeay::OCSP_response_results` in list context
 */
export function OCSP_response_results(
  response: Opaque<"OCSP_RESPONSE">,
  ...ids: Uint8Array[]
): OcspResult[] {
  const name = "OCSP_response_results";
  const wanted = ids.map((id) => toBytes(id, `${name}()`));
  const basic = basicOf(response, name);
  try {
    return calling(() => {
      if (wanted.length > 0) return wanted.map((id) => resultFor(basic, id));
      return Array.from({ length: respCount(basic) }, (_, i): OcspResult => {
        const single = respGet(basic, i);
        const { error, details } = detailsOf(single);
        return [derFrom((place) => i2dCertId(singleId(single), place))!, error, details];
      });
    });
  } finally {
    basicFree(basic);
  }
}

const sslCtrl = lazy("SSL_ctrl", [P, I, "i64", P], "i64");
const cryptoMalloc = lazy("CRYPTO_malloc", ["usize", P, I], P);
const SET_OCSP_RESPONSE = 71;

/**
 * The response that a server staples: from the status callback or before the handshake.
 *
 * Perl: `Net::SSLeay::set_tlsext_status_ocsp_resp`
 */
export function set_tlsext_status_ocsp_resp(
  ssl: Taken<"SSL">,
  staple: string | Uint8Array,
): number {
  const name = "set_tlsext_status_ocsp_resp";
  const pointer = pointerOf(ssl, "SSL", name);
  const bytes = toBytes(staple, `${name}()`);
  return calling(() => {
    // The SSL owns and frees it.
    const copy = cryptoMalloc(BigInt(bytes.length || 1), null, 0);
    if (copy === null) return 0;
    bytesTo(copy, bytes);
    const done = Number(sslCtrl(pointer, SET_OCSP_RESPONSE, BigInt(bytes.length), copy));
    if (done !== 1) freeAt(addressOf(copy));
    return done;
  });
}
