/** Contexts and connections of the engine "wasm", each test on an engine of its own. */

import { assertEquals } from "@std/assert";
import type { Engine, EngineContext, TlsStream } from "../../engine/engine.ts";
import { WasmEngine } from "../../engine/wasm/engine.ts";
import { Instances } from "../../engine/wasm/instances.ts";
import { loadModule } from "../../engine/wasm/loader.ts";
import { config, handshake, type Pair, pairOf } from "../engine/harness.ts";

/** An engine that no other test has. */
export const newEngine = async (): Promise<WasmEngine> =>
  new WasmEngine(new Instances(await loadModule()));

/** A context for each side. */
export async function contexts(engine: Engine): Promise<[EngineContext, EngineContext]> {
  return [
    await engine.createContext(config("client")),
    await engine.createContext(config("server")),
  ];
}

/** A client and a server over memory, with their handshakes done. */
export async function connected(client: EngineContext, server: EngineContext): Promise<Pair> {
  const p = pairOf(client, server);
  assertEquals(await handshake(p), [undefined, undefined]);
  return p;
}

/** Ends both ends of a pair, and leaves its contexts. */
export async function pairEnds({ client, server, clientSide, serverSide }: Pair): Promise<void> {
  for (const end of [client, server]) end.close();
  for (const side of [clientSide, serverSide]) await side.close();
}

/** Makes the next call for a connection trap: the pointers at the start of its SSL are overwritten. */
export function breakObject(engine: WasmEngine, stream: TlsStream): void {
  const at = stream.native!() as unknown as number;
  engine.instance.heap.fill(0xff, at + 4, at + 16);
}
