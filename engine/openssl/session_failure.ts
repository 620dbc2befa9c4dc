/**
 * The error of a connection that failed in OpenSSL: OpenSSL's reason, and what else we know.
 *
 * @module
 */

import { type SslError, SslVerifyError } from "../../errors.ts";
import { peerOffer } from "../client_hello.ts";
import type { Operation } from "../wire_errors.ts";
import { connectionError, drainErrors } from "./error_queue.ts";
import type { FirstBytes } from "./first_bytes.ts";
import { legacyAdvice } from "./legacy.ts";
import type { SessionHooks } from "./session_hooks.ts";
import type { SslObject } from "./ssl_object.ts";
import type { OpenSslSymbols } from "./symbols.ts";

/** The connection that failed. */
export interface FailedSession {
  readonly ssl: SslObject;
  /** Its answers to OpenSSL's callbacks. */
  readonly hooks: SessionHooks;
  /** Its first bytes. */
  readonly first: FirstBytes;
  /** Whether its handshake was complete. */
  readonly established: boolean;
}

/** Reads the error queue after an operation that failed. */
export function sessionFailure(
  c: OpenSslSymbols,
  operation: Operation,
  { ssl, hooks, first, established }: FailedSession,
): Error {
  const { context } = hooks;
  const ctx = context.native();
  const error = connectionError(operation, drainErrors(c), {
    engine: context.engine,
    established,
    securityLevel: ctx && c.SSL_CTX_get_security_level(ctx),
    advise: (options) =>
      (established ? undefined : hooks.advise(options)) ??
        legacyAdvice(options.reason ?? "", c, ctx, context.config.versions),
  });
  if (/certificate verify failed/.test(error.reason) && !ssl.freed) {
    const refusal = hooks.refusalOfChain();
    if (refusal !== undefined) return refusal;
  }
  if (context.role === "client" && refusesStaple(error)) return malformedStaple(error);
  if (first.open && !established) {
    const peer = peerOffer(context.role, first.all());
    if (peer !== undefined) error.offers = { peer };
  }
  return error;
}

/** OpenSSL 4 reads a stapled response itself, and goes no further with one that is malformed. */
function refusesStaple({ alert, queue }: SslError): boolean {
  return alert === undefined &&
    queue.some(({ library, reason, data }) =>
      library === "SSL routines" && reason === "tlsv1 bad certificate status response" ||
      data === "Type=OCSP_RESPONSE"
    );
}

function malformedStaple({ reason: detail, queue, library }: SslError): SslVerifyError {
  const reason = "OCSP verification failed";
  return new SslVerifyError(
    `Cannot verify the peer: its stapled OCSP response is malformed: ${detail}`,
    {
      ...{ code: "OCSP_VERIFY_FAILED", errno: 74, reason, queue },
      ...(library === undefined ? {} : { library }),
      facts: { ocsp: { state: "error", detail } },
    },
  );
}
