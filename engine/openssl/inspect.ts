/**
 * Reads an SSL or an X509_STORE_CTX without changing it, and turns SSL_SESSION
 * objects into DER and back, so that no session cache holds C objects.
 *
 * @module
 */

import { Certificate } from "../../certificate/certificate.ts";
import { SslError } from "../../errors.ts";
import { equalBytes } from "../../internal/bytes.ts";
import type { PeerEvidence, Role } from "../engine.ts";
import type { KeyExchange, Negotiated } from "../connection_facts.ts";
import { drainErrors, localError } from "./error_queue.ts";
import { textOf } from "./library.ts";
import { addressOf, bytesAt, derOf, derStack, derStacks } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";
import { CTRL } from "./header_numbers.ts";
import type { OfferedSession } from "./offered_session.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const INVALID_CA_1_1 = 24, INVALID_CA = 79;

/** Whether this is 1.1.1. */
export function isBefore3(c: OpenSslSymbols): boolean {
  return BigInt(c.OpenSSL_version_num()) < 0x30000000n;
}

/** The number of a verification error as in 3.x: 1.1.1 has another one for INVALID_CA. */
export function modernErrno(c: OpenSslSymbols, errno: number): number {
  return errno === INVALID_CA_1_1 && isBefore3(c) ? INVALID_CA : errno;
}

const texts = new Map<number, string>();

/** OpenSSL's words for an error of verification. */
export function verifyText(c: OpenSslSymbols, error: number): string {
  let text = texts.get(error);
  if (text === undefined) {
    texts.set(error, text = textOf(c, c.X509_verify_cert_error_string(BigInt(error))));
  }
  return text;
}

/** The evidence inside OpenSSL's verification. */
export function storeEvidence(
  c: OpenSslSymbols,
  store: Deno.PointerValue,
  error: number,
): PeerEvidence {
  const built = c.X509_STORE_CTX_get0_chain(store);
  const [chain, presented] = derStacks(c, built, c.X509_STORE_CTX_get0_untrusted(store));
  return {
    chain,
    presented,
    error: modernErrno(c, error),
    errorDepth: error === 0 ? 0 : Math.max(0, c.X509_STORE_CTX_get_error_depth(store)),
    errorText: verifyText(c, error),
    resumed: false,
  };
}

/** The evidence outside of it: of a resumed session, or without callbacks. */
export function sslEvidence(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
  offered: OfferedSession | undefined,
): PeerEvidence {
  const resumed = c.SSL_session_reused(ssl) === 1;
  const error = c.SSL_get_verify_result(ssl);
  return {
    chain: derStack(c, c.SSL_get0_verified_chain(ssl)),
    presented: peerChain(c, ssl, offered),
    error: modernErrno(c, error),
    errorDepth: 0,
    errorText: verifyText(c, error),
    resumed,
  };
}

/** What was negotiated. `name` is the server name that a client sent, or that a server read. */
export function negotiated(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
  role: Role,
  name: string | undefined,
): Negotiated {
  const cipher = c.SSL_get_current_cipher(ssl);
  const received = role === "server" ? textOf(c, c.SSL_get_servername(ssl, 0)) : "";
  return {
    version: textOf(c, c.SSL_get_version(ssl)).replace(".", "_"),
    versionInt: c.SSL_version(ssl),
    cipher: cipher === null ? undefined : textOf(c, c.SSL_CIPHER_get_name(cipher)),
    serverName: received || name,
    alpn: protocol(c, ssl, c.SSL_get0_alpn_selected),
    npn: c.SSL_get0_next_proto_negotiated
      ? protocol(c, ssl, c.SSL_get0_next_proto_negotiated)
      : undefined,
    reused: c.SSL_session_reused(ssl) === 1,
    extendedMasterSecret: c.SSL_ctrl(ssl, CTRL.GET_EXTMS_SUPPORT, 0n, null) === 1,
  };
}

function protocol(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
  get: OpenSslSymbols["SSL_get0_alpn_selected"],
): string | undefined {
  const address = new BigUint64Array(1);
  const length = new Uint32Array(1);
  get(ssl, new Uint8Array(address.buffer), new Uint8Array(length.buffer));
  if (address[0] === 0n || length[0] === 0) return undefined;
  return String.fromCharCode(...bytesAt(c, address[0]!, length[0]!));
}

/**
 * What the peer sent, leaf first, in DER: a server's chain lacks the leaf in OpenSSL's own list. A
 * resumed client connection has the leaf of the session that it `offered`.
 */
export function peerChain(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
  offered: OfferedSession | undefined,
): Uint8Array[] {
  const get = c.SSL_get1_peer_certificate ?? c.SSL_get_peer_certificate;
  const leaf = get?.(ssl) ?? null;
  if (leaf === null) {
    return offered?.leaf && c.SSL_session_reused(ssl) === 1 ? [offered.leaf] : [];
  }
  const der = derOf(c, leaf);
  c.X509_free(leaf);
  const chain = derStack(c, c.SSL_get_peer_cert_chain(ssl));
  const first = chain[0];
  const complete = first !== undefined && equalBytes(first, der);
  return complete ? chain : [der, ...chain];
}

/** Groups that OpenSSL names in capitals, or after NIST, in its lists and messages. */
const GROUPS: Readonly<Record<string, string>> = {
  secp256r1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
  x25519: "X25519",
  x448: "X448",
};

/** What signs, by its NID. */
const SIGNATURES: Readonly<Record<number, string>> = {
  6: "rsa_pkcs1",
  116: "dsa",
  408: "ecdsa",
  912: "rsa_pss",
  1087: "ed25519",
  1088: "ed448",
};

/** How the keys were agreed on; 1.1.1 does not tell the group. */
export function keyExchange(c: OpenSslSymbols, ssl: Deno.PointerObject): KeyExchange {
  const id = c.SSL_ctrl(ssl, CTRL.GET_NEGOTIATED_GROUP, 0n, null);
  const name = id > 0 ? textOf(c, c.SSL_group_to_name?.(ssl, id) ?? null) : "";
  return { group: GROUPS[name] ?? (name || undefined), peerSignature: peerSignature(c, ssl) };
}

function peerSignature(c: OpenSslSymbols, ssl: Deno.PointerObject): string | undefined {
  const address = new BigUint64Array(1);
  if (c.SSL_get0_peer_signature_name?.(ssl, new Uint8Array(address.buffer)) === 1) {
    return String.fromCharCode(...bytesAt(c, address[0]!, c.strlenAt(address[0]!)));
  }
  const [type, digest] = [new Int32Array(1), new Int32Array(1)];
  if (c.SSL_get_peer_signature_type_nid(ssl, new Uint8Array(type.buffer)) !== 1) return undefined;
  c.SSL_ctrl(ssl, CTRL.GET_PEER_SIGNATURE_NID, 0n, new Uint8Array(digest.buffer));
  const by = SIGNATURES[type[0]!];
  if (by === undefined || digest[0] === 0) return by;
  const over = textOf(c, c.OBJ_nid2sn(digest[0]!)).toLowerCase().replace("-", "_");
  if (by === "rsa_pss") {
    const [leaf] = peerChain(c, ssl, undefined);
    const key = leaf && new Certificate(leaf).publicKeyInfo.type; // both kinds have the same NID
    return `${by}_${key === "rsa-pss" ? "pss" : "rsae"}_${over}`;
  }
  // RFC 8446's names have the curve of TLS 1.3, in TLS 1.2, too.
  const size = { sha256: 256, sha384: 384, sha512: 521 }[over];
  return by === "ecdsa" && size ? `${by}_secp${size}r1_${over}` : `${by}_${over}`;
}

/** Where OpenSSL puts an address; it is read at once. */
const OUT_ADDRESS = new BigUint64Array(1);
const OUT = new Uint8Array(OUT_ADDRESS.buffer);

/** The stapled OCSP response that the peer sent. */
export function ocspResponse(c: OpenSslSymbols, ssl: Deno.PointerObject): Uint8Array | undefined {
  OUT_ADDRESS[0] = 0n; // an address may be shorter than this
  const length = c.SSL_ctrl(ssl, CTRL.GET_OCSP_RESPONSE, 0n, OUT);
  const at = OUT_ADDRESS[0]!;
  return length > 0 && at !== 0n ? bytesAt(c, at, length) : undefined;
}

/** Our own certificate in DER. */
export function ownCertificate(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
): Uint8Array | undefined {
  const x509 = c.SSL_get_certificate(ssl);
  return x509 === null ? undefined : derOf(c, x509);
}

/** RFC 5705 / RFC 8446 7.5. */
export function exportKeyingMaterial(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
  label: string,
  length: number,
  context: Uint8Array | undefined,
): Uint8Array {
  const out = new Uint8Array(length);
  const name = new TextEncoder().encode(label);
  c.ERR_clear_error();
  const ok = c.SSL_export_keying_material(
    ssl,
    out,
    BigInt(length),
    name,
    BigInt(name.length),
    (context ?? new Uint8Array()) as Bytes,
    BigInt(context?.length ?? 0),
    context === undefined ? 0 : 1,
  );
  if (ok !== 1) throw localError(`Cannot export keying material for ${label}`, drainErrors(c));
  return out;
}

/** A Finished message. */
export function finished(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
  whose: "own" | "peer",
): Uint8Array {
  const buffer = new Uint8Array(64);
  const get = whose === "own" ? c.SSL_get_finished : c.SSL_get_peer_finished;
  const n = Number(get(ssl, buffer, BigInt(buffer.length)));
  if (n === 0) throw new SslError("Cannot get the Finished message: the handshake is not complete");
  return buffer.slice(0, n);
}

/** The DER of an SSL_SESSION; OpenSSL's copy of it, which holds the secret, is wiped. */
export function sessionToDer(c: OpenSslSymbols, session: Deno.PointerValue): Uint8Array {
  OUT_ADDRESS[0] = 0n; // OpenSSL finds the room
  const length = c.i2d_SSL_SESSION(session, OUT);
  const at = OUT_ADDRESS[0]!;
  if (length <= 0) throw localError("Cannot read the session", drainErrors(c));
  try {
    return bytesAt(c, at, length);
  } finally {
    c.CRYPTO_clear_free(at, BigInt(length), null, 0);
  }
}

/** The SSL_SESSION of DER; NULL where OpenSSL does not understand it. */
function sessionFromDer(c: OpenSslSymbols, der: Uint8Array): Deno.PointerValue {
  const size = BigInt(der.length);
  const copy = c.CRYPTO_malloc(size, null, 0);
  if (copy === null) return null;
  const at = addressOf(c, copy);
  try {
    c.memcpyTo(copy, der as Bytes, size);
    OUT_ADDRESS[0] = at;
    return c.d2i_SSL_SESSION(null, OUT, size);
  } finally {
    c.CRYPTO_clear_free(at, size, null, 0);
  }
}

/** Offers a session to the server. It must come from the same OpenSSL. */
export function offerSession(
  c: OpenSslSymbols,
  ssl: Deno.PointerObject,
  offered: OfferedSession,
): void {
  c.ERR_clear_error();
  const session = sessionFromDer(c, offered.der);
  const ok = session !== null && c.SSL_set_session(ssl, session) === 1;
  if (session !== null) c.SSL_SESSION_free(session);
  c.ERR_clear_error();
  if (!ok) throw new SslError("Cannot resume the session: OpenSSL does not understand it");
}
