/** Contexts and connections out of plain options, checked as the public functions check them. */

import type { ContextOptions, SslOptions } from "../../context/options.ts";
import { createContext as create, type SslContext } from "../../context/context.ts";
import {
  type ConnectionInput,
  type NewConnection,
  newConnection as make,
} from "../../context/new_connection.ts";
import { contextFor as find } from "../../context/operation_context.ts";
import { checkOptions } from "../../context/resolved_options.ts";
import type { SharedContext } from "../../context/options.ts";
import type { Resolved } from "../../context/validate.ts";
import type { Engine, Role } from "../../engine/engine.ts";

/** The options of `start`, which takes those of both sides. */
export function resolved(role: Role, options: SslOptions): Resolved<SslOptions> {
  return checkOptions("start", { ...options, server: role === "server" });
}

/** As the library's own. */
export async function contextFor(role: Role, options: SslOptions): Promise<SslContext> {
  return await find(role, resolved(role, options));
}

/** As the library's own. */
export async function createContext(
  role: Role,
  options: ContextOptions,
  engine?: Engine,
): Promise<SslContext> {
  return await create(role, checkOptions("context", options), engine);
}

/** As the library's own. */
export function newConnection(
  context: SharedContext,
  input: Omit<ConnectionInput, "options"> & { readonly options: SslOptions },
): NewConnection {
  return make(context, { ...input, options: resolved(input.role, input.options) });
}
