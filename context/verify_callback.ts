/**
 * The option `verifyCallback`: Perl's six arguments for each certificate of
 * the chain, answered at once or by a promise.
 *
 * | OpenSSL says | the callback says | the certificate is                              |
 * |--------------|-------------------|-------------------------------------------------|
 * | right        | true              | accepted                                        |
 * | wrong        | true              | accepted: the error is overridden, as in Perl   |
 * | wrong        | anything else     | refused with OpenSSL's error (a pin may help)   |
 * | right        | anything else     | refused with APPLICATION_VERIFICATION, finally  |
 * | either       | throws, rejects   | refused with that cause, finally                |
 *
 * The host name and the pins are judged afterwards, whatever it says.
 *
 * @module
 */

import { Certificate } from "../certificate/certificate.ts";
import type { ContextHooks } from "../engine/types.ts";
import { ConnectionState } from "./connection.ts";
import type { ChainError } from "./findings.ts";

/** What OpenSSL knows while it verifies a chain. */
export interface VerifyStore {
  /** The X509_V_ERR number; 0 is OK. */
  readonly error: number;
  /** At which certificate, counted from the leaf, which is 0. */
  readonly errorDepth: number;
  /** The chain as far as it was built, the leaf first. */
  readonly chain: readonly Certificate[];
}

/**
 * Judges one certificate of the peer's chain; only `true` accepts it.
 *
 * @param ok What OpenSSL thinks of it.
 * @param store What OpenSSL knows so far.
 * @param name The issuer and the subject, one after the other: `/CN=Some CA/CN=example.com`.
 * @param error The X509_V_ERR number; 0 is OK.
 * @param cert The certificate.
 * @param depth Counted from the leaf, which is 0.
 *
 * Perl: `SSL_verify_callback`
 */
export type VerifyCallback = (
  ok: boolean,
  store: VerifyStore,
  name: string,
  error: number,
  cert: Certificate,
  depth: number,
) => boolean | PromiseLike<boolean>;

function storeOf({ error, depth }: ChainError, ders: readonly Uint8Array[]): VerifyStore {
  let chain: readonly Certificate[] | undefined;
  return {
    error,
    errorDepth: depth,
    get chain(): readonly Certificate[] {
      return chain ??= ders.map((der) => Certificate.fromDer(der));
    },
  };
}

/** The hook of the engine for a callback. */
export function verifyEach(callback: VerifyCallback): NonNullable<ContextHooks["verifyEach"]> {
  return (event, user) => {
    if (!(user instanceof ConnectionState)) {
      throw new TypeError("Cannot verify the peer: the connection has no state");
    }
    // Without a certificate there is nothing to ask about: OpenSSL's word stands.
    if (event.certificate.length === 0) return event.ok;
    const { ok, depth } = event;
    const error = ok ? 0 : event.error;
    const chain = event.chain(); // gone when OpenSSL's callback has returned
    let answer: boolean | PromiseLike<boolean>;
    try {
      const cert = Certificate.fromDer(event.certificate);
      const name = cert.issuer + cert.subject;
      answer = callback(ok, storeOf({ error, depth }, chain), name, error, cert, depth);
    } catch (cause) {
      throw user.answered({ error, depth }, { cause }, chain);
    }
    if (typeof answer !== "object" || answer === null || !("then" in answer)) {
      const refusal = user.answered({ error, depth }, answer === true, chain);
      // With an error of OpenSSL's own the chain fails by itself; a pin may still accept it.
      if (refusal !== undefined && ok) throw refusal;
      return answer === true;
    }
    return Promise.resolve(answer).then(
      (value) => user.answered({ error, depth }, value === true, chain),
      (cause) => user.answered({ error, depth }, { cause }, chain),
    ).then((refusal) => {
      if (refusal !== undefined) throw refusal;
      return true;
    });
  };
}
