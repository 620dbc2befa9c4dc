/**
 * The engine's contexts of an `SslContext`: one for each side and server name, made when that side
 * is first used.
 *
 * @module
 */

import type { ContextConfig, EngineContext, Role } from "../engine/engine.ts";
import { ownRecord } from "../internal/own_options.ts";
import { closedError } from "../internal/waiting.ts";
import { type ContextRecord, nativeObject, recordOf } from "./context_record.ts";
import type { RoleConfig } from "./engine_config.ts";
import type { SharedContext } from "./options.ts";

/** The engine's context for a role, made at the first call. */
export function engineContext(context: SharedContext, role: Role): Promise<EngineContext> {
  const record = recordOf(context);
  if (record.closed) return Promise.reject(closedError("context"));
  let made = record.roles.get(role);
  if (made === undefined) {
    made = makeRole(record, role);
    record.roles.set(role, made);
    // A failure is not kept: the file may exist the next time.
    made.catch(() => record.roles.delete(role));
  }
  return made;
}

async function makeRole(record: ContextRecord, role: Role): Promise<EngineContext> {
  const { configFor } = await import("./engine_config.ts"); // all that reads files and keys, not at start-up
  const config = await configFor(record.engine, role, record.options);
  const made: EngineContext[] = [];
  try {
    if (role === "client" && config.base.sessions) {
      const { ClientSessions } = await import("./sessions/resumption.ts");
      record.sessions ??= new ClientSessions(record.engine, record.options, config.base);
    }
    const context = await makeEngineContexts(record, role, config, made);
    if (record.closed) throw closedError("context");
    for (const each of made) record.made.add(each);
    record.ready.set(role, context);
    return context;
  } catch (error) {
    for (const each of made) each.close();
    throw error;
  }
}

/** One context of the engine per server name, and the choice among them. */
async function makeEngineContexts(
  record: ContextRecord,
  role: Role,
  config: RoleConfig,
  made: EngineContext[],
): Promise<EngineContext> {
  const { base, byName, hasDefault, before, tracer } = config;
  const make = async (each: ContextConfig): Promise<EngineContext> => {
    const context = await record.engine.createContext(each);
    made.push(context);
    const { createCtxCallback } = record.options;
    const pointer = createCtxCallback && context.native?.("new");
    if (pointer !== undefined) {
      await createCtxCallback!(nativeObject("SSL_CTX", { pointer, memory: context.memory }));
    }
    return context;
  };
  record.tracer ??= tracer;
  record.versions = base.versions;
  if (role === "client") return await make(base);
  const contexts = new Map<string, EngineContext>();
  for (const [name, each] of byName) contexts.set(name, await make(each));
  const records = byName.size === 0
    ? undefined
    : (serverName: string) =>
      contexts.get(serverName.replace(/\.$/, "").toLowerCase()) ?? (hasDefault ? undefined : null);
  record.records = records;
  record.before = before;
  const { selector } = await import("./server_names.ts");
  const selectContext = selector(record, records, before, engineContext);
  return await make(
    selectContext === undefined ? base : {
      ...base,
      contextByName: selectContext === records ? records : undefined,
      hooks: ownRecord({ ...base.hooks, selectContext }),
    },
  );
}
