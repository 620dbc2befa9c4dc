/**
 * An OCSP responder in this process, on 127.0.0.1, for tests.
 *
 * @module
 */

import { equalBytes } from "../internal/bytes.ts";
import { type NamesOf, NO_OPTIONS, ownOptions, ownRecord } from "../internal/own_options.ts";
import { bytesToBigInt } from "../certificate/asn1/reader.ts";
import {
  buildOcspResponse,
  type OcspCertId,
  type OcspCertStatus,
  ocspErrorResponse,
  type OcspRequest,
  readOcspRequest,
} from "../certificate/ocsp_build.ts";
import type { TestOcspResponseOptions } from "./ocsp_response.ts";
import type { Certificate } from "../certificate/certificate.ts";
import { digest } from "../internal/digest.ts";
import type { PrivateKey } from "../certificate/keys/private_key.ts";

/**
 * Options of `TestCa.ocspResponder`: how it answers, good answers by default.
 *
 * @category Testing
 */
export interface OcspResponderOptions {
  /** The port. @default {0, which picks one} */
  port?: number;
  /** Answers every request with this status. @default {what the CA knows} */
  status?: "good" | "revoked" | "unknown";
  /** Answers with an OCSP error. */
  error?: NonNullable<TestOcspResponseOptions["error"]>;
  /** Answers with this HTTP status and no body. */
  httpStatus?: number;
  /** Answers with these bytes, whatever they are. */
  body?: Uint8Array;
  /** Never answers, until it is closed. @default {false} */
  silent?: boolean;
  /** Answers that ended an hour ago. @default {false} */
  expired?: boolean;
  /** Who signs, see {@linkcode TestOcspResponseOptions.signer}. @default {"ca"} */
  signer?: NonNullable<TestOcspResponseOptions["signer"]>;
  /** Whether a nonce is repeated, left out, or wrong. @default {"echo"} */
  nonce?: "echo" | "omit" | "wrong";
}

const OPTIONS: NamesOf<OcspResponderOptions> = {
  port: true,
  status: true,
  error: true,
  httpStatus: true,
  body: true,
  silent: true,
  expired: true,
  signer: true,
  nonce: true,
};

const HEADERS = { "content-type": "application/ocsp-response" };

/**
 * The CA as its responder sees it.
 *
 * @category Testing
 */
export interface RespondingCa {
  /** Its certificate. */
  readonly cert: Certificate;
  /** What it knows of a serial number, in decimal digits. */
  ocspStatus(serial: string): OcspCertStatus;
  /** The certificate and key that sign. */
  ocspSigner(
    kind: NonNullable<TestOcspResponseOptions["signer"]>,
  ): Promise<{ signer: Certificate; key: PrivateKey; certs: Certificate[] }>;
}

/**
 * A running responder; see `TestCa.ocspResponder`.
 *
 * @category Testing
 */
export class TestOcspResponder implements AsyncDisposable {
  readonly #ca: RespondingCa;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #requests: OcspRequest[] = [];
  readonly #closed = Promise.withResolvers<void>();
  /** How it answers. May be changed while it runs. */
  options: OcspResponderOptions;

  /** Starts it. */
  constructor(ca: RespondingCa, given?: OcspResponderOptions) {
    const options = ownOptions(given, { operation: "start OCSP responder", names: OPTIONS });
    this.#ca = ca;
    this.options = options === NO_OPTIONS ? Object.create(null) : options;
    this.#server = Deno.serve(
      ownRecord({ hostname: "127.0.0.1", port: options.port ?? 0, onListen: () => {} }),
      (request) => this.#answer(request),
    );
  }

  /** Where it listens: `http://127.0.0.1:port/`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** The port. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** The requests that came, in order. */
  get requests(): readonly OcspRequest[] {
    return this.#requests;
  }

  async #answer(request: Request): Promise<Response> {
    const options = ownOptions(this.options, { operation: "answer", names: OPTIONS });
    let body: Uint8Array;
    if (request.method === "POST") body = await request.bytes();
    else {
      // RFC 6960 A.1: GET {url}/{url-encoding of base-64 of the request}
      const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
      try {
        body = Uint8Array.from(atob(path), (c) => c.charCodeAt(0));
      } catch {
        return new Response(null, { status: 400 });
      }
    }
    let parsed: OcspRequest;
    try {
      parsed = readOcspRequest(body);
    } catch {
      return this.#respond(ocspErrorResponse("malformedRequest"));
    }
    this.#requests.push(parsed);
    if (options.silent) await this.#closed.promise;
    if (options.httpStatus !== undefined) {
      return new Response(null, { status: options.httpStatus });
    }
    if (options.body !== undefined) return this.#respond(options.body);
    if (options.error !== undefined) return this.#respond(ocspErrorResponse(options.error));
    return this.#respond(await this.#build(parsed));
  }

  #respond(body: Uint8Array): Response {
    return new Response(body as Uint8Array<ArrayBuffer>, { headers: HEADERS });
  }

  #status(id: OcspCertId): OcspCertStatus {
    const { cert } = this.#ca;
    const ours = id.digest !== undefined &&
      equalBytes(id.keyHash, cert.publicKeyDigest(id.digest)) &&
      equalBytes(id.nameHash, digest(id.digest, cert.rawSubject));
    if (!ours) return { status: "unknown" };
    const known = this.#ca.ocspStatus(bytesToBigInt(id.serial).toString());
    const wanted = ownRecord(this.options).status ?? known.status;
    if (wanted === known.status) return known;
    return wanted === "revoked"
      ? { status: "revoked", time: new Date(Date.now() - 3_600_000), reason: "keyCompromise" }
      : { status: wanted };
  }

  async #build({ ids, nonce }: OcspRequest): Promise<Uint8Array> {
    const options = ownRecord(this.options);
    const now = Date.now();
    const hour = 3_600_000;
    const thisUpdate = new Date(options.expired ? now - 48 * hour : now - hour);
    const sent = options.nonce === "wrong"
      ? Uint8Array.of(4, 8, 0, 1, 2, 3, 4, 5, 6, 7)
      : options.nonce === "omit"
      ? undefined
      : nonce;
    return buildOcspResponse({
      responses: ids.map((id) => ({
        id: id.raw,
        status: this.#status(id),
        thisUpdate,
        nextUpdate: new Date(options.expired ? now - hour : now + 24 * hour),
      })),
      ...await this.#ca.ocspSigner(options.signer ?? "ca"),
      nonce: sent,
      producedAt: thisUpdate,
    });
  }

  /** Stops the responder. */
  async close(): Promise<void> {
    this.#closed.resolve();
    await this.#server.shutdown();
  }

  /** Stops the responder. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
