/**
 * Verifies a chain without a connection: the engine's part of
 * `verifyCertificate()`.
 *
 * @module
 */

import { quote } from "../../internal/quote.ts";
import { UNSPECIFIED } from "../../verify/error_codes.ts";
import type { ChainRequest, ChainResult } from "../chain_verification.ts";
import { drainErrors, localError } from "./error_queue.ts";
import { X509_V_FLAG } from "./header_numbers.ts";
import { modernErrno, verifyText } from "./inspect.ts";
import { cString, derStack, withBio } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";
import { SECURITY_LEVEL, trustFlags, withStore } from "./trust_store.ts";

/** X509_PURPOSE_*. */
const PURPOSE = { client: 1, server: 2, email: 4, crlSign: 6, any: 7, ocspHelper: 8, timestamp: 9 };

const ANY_POLICY = "2.5.29.32.0";

type Free = () => void;

/** Verifies; never throws for a bad chain, one with a malformed certificate included. */
export function verifyChain(c: OpenSslSymbols, request: ChainRequest): ChainResult {
  return withStore(c, request.trust, (store) => verifyIn(c, store, request));
}

function verifyIn(
  c: OpenSslSymbols,
  store: Deno.PointerValue,
  request: ChainRequest,
): ChainResult {
  const frees: Free[] = [];
  const own = <T extends Deno.PointerValue>(ptr: T, free: (ptr: T) => void): T => {
    frees.push(() => free(ptr));
    return ptr;
  };
  c.ERR_clear_error();
  try {
    const read = (der: Uint8Array): Deno.PointerValue =>
      own(withBio(c, der, (bio) => c.d2i_X509_bio(bio, null)), c.X509_free);
    const untrusted = own(c.OPENSSL_sk_new_null(), c.OPENSSL_sk_free);
    for (const der of request.intermediates) {
      const intermediate = read(der);
      if (intermediate === null) return malformed(c, "an intermediate certificate");
      c.OPENSSL_sk_push(untrusted, intermediate);
    }
    const leaf = read(request.leaf);
    if (leaf === null) return malformed(c, "the leaf certificate");
    const ctx = own(c.X509_STORE_CTX_new(), c.X509_STORE_CTX_free);
    if (c.X509_STORE_CTX_init(ctx, store, leaf, untrusted) !== 1) {
      throw localError("Cannot verify the chain", drainErrors(c));
    }
    setParameters(c, c.X509_STORE_CTX_get0_param(ctx), request);
    const ok = c.X509_verify_cert(ctx) === 1;
    const error = ok ? 0 : c.X509_STORE_CTX_get_error(ctx) || UNSPECIFIED;
    return {
      error: modernErrno(c, error),
      errorDepth: ok ? 0 : Math.max(0, c.X509_STORE_CTX_get_error_depth(ctx)),
      errorText: verifyText(c, error),
      chain: derStack(c, c.X509_STORE_CTX_get0_chain(ctx)),
      securityLevel: SECURITY_LEVEL,
    };
  } finally {
    for (const free of frees.reverse()) free();
    c.ERR_clear_error();
  }
}

/** The result for what OpenSSL cannot read at all. */
function malformed(c: OpenSslSymbols, which: string): ChainResult {
  const { reason } = localError(`Cannot read ${which}`, drainErrors(c));
  return {
    error: UNSPECIFIED,
    errorDepth: 0,
    errorText: `${which} is malformed: ${reason}`,
    chain: [],
  };
}

function setParameters(c: OpenSslSymbols, param: Deno.PointerValue, request: ChainRequest): void {
  const { trust, time, depth, purpose, policies, strict } = request;
  let flags = trustFlags(trust);
  if (strict) flags |= X509_V_FLAG.X509_STRICT;
  if (policies !== undefined) flags |= X509_V_FLAG.POLICY_CHECK;
  if (policies?.explicit) flags |= X509_V_FLAG.EXPLICIT_POLICY;
  if (policies?.inhibitMapping) flags |= X509_V_FLAG.INHIBIT_MAP;
  if (policies?.inhibitAny) flags |= X509_V_FLAG.INHIBIT_ANY;
  c.X509_VERIFY_PARAM_set_flags(param, flags);
  c.X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
  if (time !== undefined) {
    c.X509_VERIFY_PARAM_set_time(param, BigInt(Math.floor(time.getTime() / 1000)));
  }
  if (depth !== undefined) c.X509_VERIFY_PARAM_set_depth(param, depth);
  if (purpose !== undefined) {
    const id = Object.hasOwn(PURPOSE, purpose) ? PURPOSE[purpose] : undefined;
    if (id === undefined) {
      throw new TypeError(
        `Cannot verify the chain: unknown purpose: use one of ${
          Object.keys(PURPOSE).join(", ")
        }: received ${quote(purpose)}`,
      );
    }
    c.X509_VERIFY_PARAM_set_purpose(param, id);
  }
  if (policies !== undefined) setPolicies(c, param, policies.acceptable);
}

function setPolicies(
  c: OpenSslSymbols,
  param: Deno.PointerValue,
  acceptable: readonly string[],
): void {
  // With an empty set no policy would be acceptable.
  for (const oid of acceptable.length === 0 ? [ANY_POLICY] : acceptable) {
    const object = c.OBJ_txt2obj(cString(oid), 1);
    if (object === null) {
      throw new TypeError(
        `Cannot verify the chain: a policy must be an OID: received ${quote(oid)}`,
      );
    }
    c.X509_VERIFY_PARAM_add0_policy(param, object); // which takes it over
  }
}
