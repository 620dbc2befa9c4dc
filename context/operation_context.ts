/**
 * The context of an operation: the one to reuse, or a new one.
 *
 * @module
 */

import type { Role } from "../engine/engine.ts";
import type { Fits } from "../engine/load.ts";
import { quote } from "../internal/quote.ts";
import { inScope, sameValue } from "./connection_policy.ts";
import { createContext, type SslContext } from "./context.ts";
import { contextIn, recordOf } from "./context_record.ts";
import type { SslOptions } from "./options.ts";
import { contextOptions } from "./resolved_options.ts";
import type { Resolved } from "./validate.ts";

/** The context that `reuseCtx` means. */
function reused(value: unknown): SslContext {
  const context = contextIn(value);
  if (context !== undefined) return context as SslContext;
  throw new TypeError(
    `Cannot use reuseCtx: invalid context to reuse: it must be an SslContext or a socket: received ` +
      quote(value),
  );
}

/** Refuses options of a context that differ from those of the context to reuse. */
function checkReuse(context: SslContext, options: SslOptions): void {
  const { engine, options: own } = recordOf(context);
  for (const [name, value] of Object.entries(inScope(options, "context"))) {
    if (sameValue((own as Record<string, unknown>)[name], value)) continue;
    if (name === "engine" && (value === "auto" || value === engine.name)) continue;
    throw new TypeError(
      `Cannot use option "${name}" with reuseCtx: it is part of the context, which was made ` +
        `without this value: give it to SslContext.create`,
    );
  }
}

/**
 * The context for an operation: the one to reuse, or a new one.
 *
 * @param fits What the operation needs of an engine beside its options.
 * @throws {TypeError} `invalid context to reuse`, or for options that contradict the one to reuse.
 */
export async function contextFor(
  role: Role,
  options: Resolved<SslOptions>,
  fits?: Fits,
): Promise<SslContext> {
  if (options.reuseCtx !== undefined) {
    const context = reused(options.reuseCtx);
    checkReuse(context, options);
    return context;
  }
  return await createContext(role, contextOptions(options), undefined, { options, fits });
}
