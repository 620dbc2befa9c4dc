/**
 * Making OCSP requests (RFC 6960 4.1) and asking a responder over HTTP
 * (appendix A).
 *
 * The address comes from a certificate, and anyone on the way can answer.
 * Answers carry their own signature, so neither needs to be trusted, but the
 * scheme, the redirects, the time and the length are bounded.
 *
 * @module
 */

import { encodeBase64 } from "../../internal/bytes.ts";
import { ownOptions, ownRecord } from "../../internal/own_options.ts";
import { type CertificateInput, toCertificate } from "../../certificate/certificate.ts";
import { explicit, octets, seq } from "../../certificate/asn1/writer.ts";
import { encodeExtensions } from "../../certificate/extensions/write.ts";
import { OCSP_NONCE, ocspCertId, type OcspDigest } from "../../certificate/ocsp_build.ts";

/**
 * A certificate to ask about, with the certificate that issued it.
 *
 * @category OCSP
 */
export interface OcspTarget {
  /** The certificate. */
  readonly certificate: CertificateInput;
  /** The certificate that issued it. */
  readonly issuer: CertificateInput;
}

/**
 * Options of {@linkcode buildOcspRequest}.
 *
 * @category OCSP
 */
export interface BuildOcspRequestOptions {
  /**
   * Whether to send a nonce of 16 random bytes, or the bytes of one (1 to 32,
   * RFC 8954): a responder that repeats it did not answer in advance.
   *
   * @default {true}
   */
  readonly nonce?: boolean | Uint8Array;
  /** The digest of the certificate ids. Many responders know SHA-1 only. @default {"sha1"} */
  readonly digest?: OcspDigest;
}

/**
 * A request, as {@linkcode buildOcspRequest} makes it.
 *
 * @category OCSP
 */
export interface BuiltOcspRequest {
  /** The DER to send. */
  readonly der: Uint8Array;
  /** The value of its nonce extension (the DER inside it): what comes back is compared with it. */
  readonly nonce: Uint8Array | undefined;
}

/** The DER of a certificate's id. Its issuer's name is as the certificate has it (RFC 6960 4.1.1). */
export function certIdOf(target: OcspTarget, digest?: OcspDigest): Uint8Array {
  const certificate = toCertificate(target.certificate, "certificate");
  const issuer = toCertificate(target.issuer, "issuer");
  return ocspCertId(
    {
      rawSubject: certificate.rawIssuer,
      publicKeyDigest: (algorithm) => issuer.publicKeyDigest(algorithm),
    },
    certificate.rawSerial,
    digest,
  );
}

/**
 * Makes an OCSP request for one or more certificates.
 *
 * Perl: `OCSP_ids2req`
 *
 * @throws {TypeError} if there is no certificate.
 * @throws {RangeError} if a nonce has not 1 to 32 bytes.
 *
 * @category OCSP
 */
export function buildOcspRequest(
  targets: readonly OcspTarget[],
  options?: BuildOcspRequestOptions,
): BuiltOcspRequest {
  if (targets.length === 0) {
    throw new TypeError("Cannot create OCSP request: there is no certificate to ask about");
  }
  const { nonce: wanted = true, digest } = ownOptions(options, {
    operation: "create OCSP request",
    names: { nonce: true, digest: true },
  });
  const bytes = wanted === true
    ? crypto.getRandomValues(new Uint8Array(16))
    : wanted === false
    ? undefined
    : wanted;
  if (bytes !== undefined && !(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot create OCSP request: nonce must be true, false or a Uint8Array: received ${typeof bytes}`,
    );
  }
  if (bytes !== undefined && (bytes.length < 1 || bytes.length > 32)) {
    throw new RangeError(
      `Cannot create OCSP request: nonce must have 1 to 32 bytes: received ${bytes.length}`,
    );
  }
  const nonce = bytes && octets(bytes);
  const list = seq(...targets.map((target) => seq(certIdOf(target, digest))));
  const extensions = nonce === undefined
    ? []
    : [explicit(2, encodeExtensions([{ oid: OCSP_NONCE, critical: false, value: nonce }]))];
  return { der: seq(seq(list, ...extensions)), nonce };
}

/** Options of {@linkcode fetchOcsp}. */
export interface FetchOcspOptions {
  /** How to ask. */
  readonly method: "POST" | "GET";
  /** A client with a proxy. */
  readonly client: Deno.HttpClient | undefined;
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
  /** In ms; 0 = none. */
  readonly timeout: number;
  /** The longest body, in bytes. */
  readonly maxBytes: number;
}

/** The body of an answer, or why no usable answer came. */
export type FetchOcspResult = { readonly body: Uint8Array } | { readonly fault: string };

const MAX_REDIRECTS = 3;

/** RFC 6960 A.1: a GET is for requests of less than 255 bytes after encoding. */
const MAX_GET = 255;

/** Whether a URI is one that can be asked. */
export function isHttpUri(uri: string): boolean {
  const protocol = URL.parse(uri)?.protocol;
  return protocol === "http:" || protocol === "https:";
}

/** The address of a GET request: `{uri}/{url-encoding of base-64 of the request}`. */
function getUrl(uri: string, request: Uint8Array): string | undefined {
  const path = encodeURIComponent(encodeBase64(request));
  return path.length < MAX_GET ? `${uri.replace(/\/$/, "")}/${path}` : undefined;
}

async function readBody(response: Response, maxBytes: number): Promise<FetchOcspResult> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) return { fault: `the answer is longer than ${maxBytes} bytes` };
    chunks.push(chunk);
  }
  if (length === 0) return { fault: "the answer is empty" };
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return { body };
}

async function exchange(
  uri: string,
  request: Uint8Array,
  options: FetchOcspOptions,
  signal: AbortSignal,
): Promise<FetchOcspResult> {
  const get = options.method === "GET" ? getUrl(uri, request) : undefined;
  let url = new URL(get ?? uri);
  const init: RequestInit & { client?: Deno.HttpClient } = ownRecord({
    method: get === undefined ? "POST" : "GET",
    headers: {
      accept: "application/ocsp-response",
      ...(get === undefined ? { "content-type": "application/ocsp-request" } : {}),
    },
    ...(get === undefined ? { body: request as Uint8Array<ArrayBuffer> } : {}),
    redirect: "manual" as const,
    signal,
    ...(options.client === undefined ? {} : { client: options.client }),
  });
  for (let hops = 0;; hops++) {
    const response = await fetch(url, init);
    if (response.ok) return await readBody(response, options.maxBytes);
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (![301, 302, 307, 308].includes(response.status) || location === null) {
      return { fault: `HTTP status ${response.status}` };
    }
    const next = URL.parse(location, url);
    if (next?.protocol !== url.protocol) {
      return { fault: `redirected from ${url.protocol} to another scheme` };
    }
    if (hops === MAX_REDIRECTS) return { fault: `redirected more than ${MAX_REDIRECTS} times` };
    url = next;
  }
}

/** What went wrong, in words: the reason of a failed fetch is in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/**
 * Sends a request and gives the body of the answer. What goes wrong on the
 * network is a fault; the caller's abort and a missing permission are thrown.
 */
export async function fetchOcsp(
  uri: string,
  request: Uint8Array,
  options: FetchOcspOptions,
): Promise<FetchOcspResult> {
  const { signal, timeout } = options;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal!.reason);
  signal?.addEventListener("abort", abort);
  let late = false;
  const timer = timeout === 0 ? undefined : setTimeout(() => {
    late = true;
    controller.abort();
  }, timeout);
  try {
    return await exchange(uri, request, options, controller.signal);
  } catch (error) {
    signal?.throwIfAborted();
    // A missing permission is a fault of the program: it must not look like a silent responder.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return { fault: late ? `no answer within ${timeout} ms` : reasonOf(error) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
