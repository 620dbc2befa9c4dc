/**
 * Runs commands in this process, with streams in memory; each JSON document is compared with the
 * schema that `ssl help --schema` writes.
 */

import { assert, assertEquals } from "@std/assert";
import { type CliIo, main, type StdinKind } from "../../cli/mod.ts";
import { violations } from "./schema.ts";

/** What a command is given beside its arguments. */
export interface World {
  /** What stands at standard input; it is a pipe then. */
  readonly stdin?: string | Uint8Array;
  /** What standard input is. @default {"none", or "pipe" when there is something} */
  readonly kind?: StdinKind;
  /** How wide the terminal is; standard output and error are a terminal then. */
  readonly columns?: number;
  /** Whether NO_COLOR is set. @default {true} */
  readonly noColor?: boolean;
  /** The time. */
  readonly now?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Sees what is written as it comes. */
  readonly onStdout?: (text: string) => unknown;
}

/** What came of a command. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON document; of --jsonl the first line. */
  // deno-lint-ignore no-explicit-any -- the schema says what it is
  readonly json: any;
}

/** A world in memory, and what was written in it. */
export function memoryIo(world: World = {}): { io: CliIo; written: () => [string, string] } {
  const parts: [string, string] = ["", ""];
  const input = world.stdin ?? "";
  const isTerminal = world.columns !== undefined;
  const output = (which: 0 | 1) => {
    const decoder = new TextDecoder();
    return {
      isTerminal,
      write: (data: string | Uint8Array) => {
        const text = typeof data === "string" ? data : decoder.decode(data, { stream: true });
        parts[which] += text;
        if (which === 0) world.onStdout?.(text);
        return Promise.resolve();
      },
    };
  };
  const io: CliIo = {
    stdin: {
      kind: () => Promise.resolve(world.kind ?? (world.stdin === undefined ? "none" : "pipe")),
      readable: new Response(input as BodyInit).body ??
        new ReadableStream({ start: (c) => c.close() }),
    },
    stdout: output(0),
    stderr: output(1),
    columns: world.columns,
    noColor: world.noColor ?? true,
    now: () => world.now ?? Date.now(),
    signal: world.signal ?? new AbortController().signal,
  };
  return { io, written: () => parts };
}

let schema: Promise<Record<string, unknown>> | undefined;

/** The schema of all documents, as the program writes it. */
export function shippedSchema(): Promise<Record<string, unknown>> {
  return schema ??= (async () => {
    const { io, written } = memoryIo();
    assertEquals(await main(["help", "--schema"], io), 0);
    return JSON.parse(written()[0]);
  })();
}

/** The documents that a command wrote, each compared with its schema. */
async function documentsOf(text: string, lines: boolean): Promise<unknown[]> {
  const documents = lines
    ? text.trimEnd().split("\n").map((line) => JSON.parse(line))
    : [JSON.parse(text)];
  const root = await shippedSchema();
  const defs = root.$defs as Record<string, Record<string, unknown>>;
  for (const document of documents) {
    const { command } = document as { command: string };
    const kinds = ["failure", command, `${command} (line)`].filter((name) =>
      Object.hasOwn(defs, name)
    );
    const broken = kinds.map((name) => violations(root, document, defs[name]!));
    assert(
      broken.some((list) => list.length === 0),
      `${command}: ${broken.map((b) => b.join("\n")).join("\n-- or\n")}`,
    );
  }
  return documents;
}

/** Runs a command. */
export async function run(args: readonly string[], world: World = {}): Promise<Ran> {
  const { io, written } = memoryIo(world);
  const code = await main(args, io);
  const [stdout, stderr] = written();
  const lines = args.includes("--jsonl");
  const isJson = (args.includes("--json") || lines) && stdout !== "" && !args.includes("--help");
  const documents = isJson ? await documentsOf(stdout, lines) : [];
  const json = documents[0] as Ran["json"];
  if (isJson && !lines) assertEquals(code, json.exitCode);
  return { code, stdout, stderr, json };
}
