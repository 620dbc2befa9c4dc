/**
 * Finding out whether the certificates of a chain are revoked, by asking their
 * OCSP responders.
 *
 * A certificate is in one of three conditions: settled, in the group of
 * certificates that one request to one address asks about, or waiting for that
 * group because the same address is already being asked. An answer takes the
 * whole group: what it settles is settled, what it leaves out is asked again
 * at the same address, and what it fails for goes to the certificate's next
 * address. Every answer thus settles a certificate, uses up an address or
 * makes a group smaller, so it ends.
 *
 * @module
 */

import { encodeHex } from "../../internal/bytes.ts";
import { atCallOf } from "../../internal/caller.ts";
import { ownOptions } from "../../internal/own_options.ts";
import { type Certificate, toCertificate } from "../../certificate/certificate.ts";
import { SSL_OCSP_FAIL_HARD, SSL_OCSP_FULL_CHAIN } from "../../constants.ts";
import { OcspCache, type OcspCacheStore } from "./cache.ts";
import { buildOcspRequest, certIdOf, fetchOcsp, type FetchOcspResult, isHttpUri } from "./fetch.ts";
import {
  countsAt,
  entryOf,
  findingsIn,
  type Group,
  RETRY_LATE,
  shown,
  type Target,
} from "./inquiry.ts";
import {
  checkResolveOptions,
  type OcspResolverOptions,
  proxyClient,
  type ResolveOcspOptions,
  RESOLVER_OPTIONS,
} from "./options.ts";
import { checkOcspResponse, checkTime, endOf, type OcspVerdict } from "./response.ts";
import { isIssuedBy, issuerIn } from "./signer.ts";

/** How many addresses of one certificate are asked. */
const MAX_URIS = 8;

/**
 * Asks the OCSP responders about the certificates of a chain: by itself with
 * {@linkcode OcspResolver.resolve}, or by your own means with
 * {@linkcode OcspResolver.requests} and {@linkcode OcspResolver.addResponse}.
 *
 * Hard errors are certificates that are revoked, or that a valid answer says
 * are unknown. Soft errors are everything else that keeps a certificate from
 * being known to be good: no responder, no answer, an unusable answer. They
 * are hard with `SSL_OCSP_FAIL_HARD`. The first hard error ends the checks.
 *
 * Results go into the cache: answers until their nextUpdate, soft errors for
 * 10 s (no, invalid or unsuccessful response) or 120 s (a response that does
 * not verify, has no answer, or has expired).
 *
 * Perl: `IO::Socket::SSL::OCSP_Resolver`
 *
 * @category OCSP
 */
export class OcspResolver {
  readonly #cache: OcspCacheStore;
  readonly #failHard: boolean;
  readonly #time: Date | undefined;
  readonly #open = new Map<string, Group>();
  readonly #softErrors: string[] = [];
  #hardError: string | undefined;

  /**
   * Looks at the chain, the staple and the cache. Nothing is sent.
   *
   * Perl: `ocsp_resolver`
   *
   * @throws {TypeError} if the chain is empty, or for an unknown option.
   */
  constructor(given: OcspResolverOptions) {
    const options = ownOptions(given, {
      operation: "create OcspResolver",
      names: RESOLVER_OPTIONS,
    });
    const { ocspMode = 0, cache = new OcspCache(), staple, time } = options;
    if (!Array.isArray(options.chain) || options.chain.length === 0) {
      throw new TypeError("Cannot create OcspResolver: chain has no certificate");
    }
    const chain = options.chain.map((certificate) => toCertificate(certificate, "chain"));
    checkTime(time, "create OcspResolver");
    this.#cache = cache;
    this.#failHard = (ocspMode & SSL_OCSP_FAIL_HARD) !== 0;
    this.#time = time;
    const count = (ocspMode & SSL_OCSP_FULL_CHAIN) !== 0 ? chain.length : 1;
    const open: Target[] = [];
    for (let i = 0; i < count && this.#hardError === undefined; i++) {
      const certificate = chain[i]!;
      // A root vouches for itself: its CA could not revoke it believably.
      if (i > 0 && isIssuedBy(certificate, certificate)) continue;
      const target = this.#prepare(certificate, issuerIn(chain, i), staple);
      if (target !== undefined) open.push(target);
    }
    this.#ask(open);
    this.#settle();
  }

  /**
   * The hard error: `""` when every check is done without one, `undefined`
   * while checks are open.
   *
   * Perl: `hard_error`
   */
  hardError(): string | undefined {
    return this.#hardError;
  }

  /**
   * The soft errors so far, with `; ` between them; `undefined` before the first one.
   *
   * Perl: `soft_error`
   */
  softError(): string | undefined {
    return this.#softErrors.length === 0 ? undefined : this.#softErrors.join("; ");
  }

  /**
   * The open requests: address -> the DER to send there as POST with the
   * content-type `application/ocsp-request`. Empty when the checks are done.
   *
   * Perl: `requests`
   */
  requests(): Record<string, Uint8Array> {
    return Object.fromEntries([...this.#open].map(([uri, { request }]) => [uri, request.der]));
  }

  /**
   * Takes the body of the response to a request. Afterwards there may be new
   * requests, also for the same address: about certificates that it left out,
   * or for another address of a certificate for which it was of no use.
   *
   * Perl: `add_response`
   *
   * @param uri The address, as {@linkcode OcspResolver.requests} gives it.
   *   Nothing happens if no request for it is open.
   * @param body The body; `undefined`, or an empty one, when the responder gave no answer.
   * @returns {@linkcode OcspResolver.hardError}.
   * @throws {TypeError} if the body is anything else.
   */
  addResponse(uri: string, body: Uint8Array | undefined): string | undefined {
    if (body !== undefined && !(body instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot add OCSP response: body must be a Uint8Array or undefined: received ${typeof body}`,
      );
    }
    const group = this.#open.get(uri);
    if (group === undefined) return this.#hardError;
    return this.#answer(group, body?.length ? { body } : { fault: "there is no answer" });
  }

  /**
   * Asks until every check is done, one address after the other, with `fetch`:
   * http and https only, at most three redirects and none to another scheme.
   * Failures of the network are soft errors.
   *
   * Perl: `resolve_blocking`
   *
   * @returns The hard error; `""` when every check passed or failed softly.
   * @throws {TypeError} for an unknown option, method or proxy.
   * @throws {RangeError} for a timeout or maxBytes that is not a number of ms or bytes.
   * @throws {Deno.errors.NotCapable} without the permission to reach a responder.
   */
  resolve(options?: ResolveOcspOptions): Promise<string> {
    return atCallOf(this.resolve, () => this.#resolve(options));
  }

  async #resolve(options?: ResolveOcspOptions): Promise<string> {
    const { proxy, ...how } = checkResolveOptions(options);
    how.signal?.throwIfAborted();
    const client = proxy === undefined ? undefined : proxyClient(proxy);
    try {
      while (this.#hardError === undefined) {
        const group: Group = this.#open.values().next().value!;
        const result = await fetchOcsp(group.uri, group.request.der, { ...how, client });
        // addResponse(), or a second resolve(), may have been faster.
        if (this.#open.get(group.uri) === group) this.#answer(group, result);
      }
    } finally {
      client?.close();
    }
    return this.#hardError;
  }

  /**
   * {@linkcode OcspResolver.resolve} under its Perl name. It blocks nothing.
   *
   * Perl: `resolve_blocking`
   */
  resolveBlocking(options?: ResolveOcspOptions): Promise<string> {
    return this.resolve(options);
  }

  /** Settles a certificate by what is known without asking, or makes it a target. */
  #prepare(
    certificate: Certificate,
    issuer: Certificate | undefined,
    staple: Uint8Array | undefined,
  ): Target | undefined {
    const { subject } = certificate;
    if (issuer === undefined) {
      this.#soft(`no certificate of the issuer of ${subject} in the chain`);
      return undefined;
    }
    const key = encodeHex(certIdOf({ certificate, issuer }, "sha256"));
    const target: Target = { certificate, issuer, key, uris: [], faults: [], unknown: undefined };
    const stored = this.#cache.get(key);
    const cached = stored && countsAt(stored, this.#time) ? stored : undefined;
    if (cached?.hardError !== undefined) {
      this.#hard(cached.hardError);
      return undefined;
    }
    if (staple !== undefined) {
      const verdict = checkOcspResponse(staple, { certificate, issuer, ...this.#at() });
      if (verdict.state === "good" || verdict.state === "revoked") {
        this.#decide(target, verdict, "stapled OCSP response");
        return undefined;
      }
    }
    if (cached !== undefined) {
      if (cached.softError !== undefined) this.#soft(cached.softError);
      return undefined;
    }
    let uris: readonly string[];
    try {
      uris = [...new Set(certificate.ocspUris)];
    } catch (error) {
      this.#soft(`no OCSP URI: ${(error as Error).message}; subject: ${subject}`);
      return undefined;
    }
    target.uris.push(...uris.filter(isHttpUri).slice(0, MAX_URIS));
    if (target.uris.length > 0) return target;
    this.#soft(
      uris.length === 0
        ? `no OCSP URI for ${subject}`
        : `no OCSP URI with http or https for ${subject}: ${shown(uris.join(", "))}`,
    );
    return undefined;
  }

  #at(): { time?: Date } {
    return this.#time === undefined ? {} : { time: this.#time };
  }

  /** Puts targets into the groups of their next addresses. */
  #ask(targets: readonly Target[]): void {
    if (this.#hardError !== undefined) return;
    for (const uri of new Set(targets.map(({ uris }) => uris[0]!))) {
      const list = targets.filter(({ uris }) => uris[0] === uri);
      const open = this.#open.get(uri);
      // Another request would have another nonce, which the answer under way does not have.
      if (open !== undefined) open.waiting.push(...list);
      else {
        const request = buildOcspRequest(list);
        this.#open.set(uri, { uri, targets: list, request, waiting: [] });
      }
    }
  }

  #settle(): void {
    if (this.#open.size === 0) this.#hardError ??= "";
  }

  #hard(text: string): void {
    this.#hardError = text;
    this.#open.clear();
  }

  #soft(text: string): void {
    if (!this.#failHard) this.#softErrors.push(text);
    else if (this.#hardError === undefined) this.#hard(text);
  }

  /** Settles what the answer to a group settles, and asks about the rest. */
  #answer(group: Group, result: FetchOcspResult): string | undefined {
    this.#open.delete(group.uri);
    const again = [...group.waiting];
    for (const finding of findingsIn(group, result, this.#time)) {
      const { target } = finding;
      if (finding.kind === "settled") {
        this.#decide(target, finding.verdict, shown(group.uri));
      } else if (finding.kind === "left out") {
        again.push(target);
      } else {
        const address = shown(group.uri);
        if (finding.unknown) target.unknown ??= `${address}: ${finding.text}`;
        target.faults.push(`${address}: ${finding.text}; subject: ${target.certificate.subject}`);
        target.uris.shift();
        if (target.uris.length > 0) again.push(target);
        else this.#giveUp(target, finding.lifetime);
      }
    }
    this.#ask(again);
    this.#settle();
    return this.#hardError;
  }

  /** A valid answer, good or revoked. */
  #decide(target: Target, verdict: OcspVerdict, source: string): void {
    const revoked = verdict.state === "revoked";
    const text = revoked
      ? `${source}: certificate is revoked: ${verdict.detail}; subject: ${target.certificate.subject}`
      : undefined;
    // At another time it may have been good; what counts now is for others to find out.
    if (revoked || endOf(verdict as { thisUpdate: Date }).getTime() > Date.now()) {
      this.#cache.put(target.key, entryOf(verdict, text));
    }
    if (text !== undefined && this.#hardError === undefined) this.#hard(text);
  }

  /** No address has settled a certificate. */
  #giveUp(target: Target, lifetime: number): void {
    const hardError = target.unknown;
    if (hardError !== undefined) {
      // Not until nextUpdate: a certificate that is new becomes known.
      this.#cache.put(target.key, { hardError, expire: Date.now() + RETRY_LATE });
      if (this.#hardError === undefined) this.#hard(hardError);
      return;
    }
    const softError = target.faults.join("; ");
    this.#cache.put(target.key, { softError, expire: Date.now() + lifetime });
    this.#soft(softError);
  }
}
