/**
 * What a command sees of the world: its streams, the terminal, the environment, the clock. Tests put
 * their own in its place.
 *
 * @module
 */

import { SslError } from "../errors.ts";
import { platformCode, platformReason } from "../internal/platform_error.ts";
import { writeAll } from "../internal/write_all.ts";

/**
 * What is at the other end of standard input.
 *
 * @category Command line
 */
export type StdinKind = "terminal" | "pipe" | "file" | "none";

/**
 * A stream that a command writes to.
 *
 * @category Command line
 */
export interface CliOutput {
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /**
   * Writes all of it.
   *
   * @throws What the system says; `EPIPE` when nobody reads it any more.
   */
  write(data: string | Uint8Array): Promise<void>;
}

/**
 * The stream that a command reads from.
 *
 * @category Command line
 */
export interface CliInput {
  /** What is at its other end. */
  kind(): Promise<StdinKind>;
  /** Its bytes. It is opened when it is first read. */
  readonly readable: ReadableStream<Uint8Array>;
}

/**
 * What a command sees of the world.
 *
 * @category Command line
 */
export interface CliIo {
  /** Standard input. */
  readonly stdin: CliInput;
  /** Standard output: the result, and nothing else. */
  readonly stdout: CliOutput;
  /** Standard error: what went wrong, and the progress at a terminal. */
  readonly stderr: CliOutput;
  /** How many columns the terminal has; `undefined` where there is no terminal. */
  readonly columns: number | undefined;
  /** Whether the user asked for output without colors (NO_COLOR). */
  readonly noColor: boolean;
  /** The time, in milliseconds since 1970. */
  now(): number;
  /** Aborted when the user interrupts the command. */
  readonly signal: AbortSignal;
}

function outputOf(stream: typeof Deno.stdout, name: string): CliOutput {
  return {
    isTerminal: stream.isTerminal(),
    async write(data) {
      try {
        await writeAll(stream, typeof data === "string" ? new TextEncoder().encode(data) : data);
      } catch (cause) {
        const code = platformCode(cause);
        if (code === undefined || code === "EPIPE") throw cause;
        const reason = platformReason(cause as Error); // a full disk
        throw new SslError(`Cannot write ${name}: ${reason}`, { code, reason, cause });
      }
    },
  };
}

/** What standard input is. Needs no permission. */
async function stdinKind(): Promise<StdinKind> {
  if (Deno.stdin.isTerminal()) return "terminal";
  const { fstatSync } = await import("node:fs"); // it reads the environment when it is loaded
  try {
    const stat = fstatSync(0);
    if (stat.isFIFO() || stat.isSocket()) return "pipe";
    return stat.isFile() ? "file" : "none";
  } catch {
    return "none"; // it is closed
  }
}

function columnsOf(): number | undefined {
  try {
    return Deno.consoleSize().columns || undefined;
  } catch {
    return undefined; // no terminal
  }
}

/** The world as the process has it. Needs no permission. */
export function systemIo(signal: AbortSignal): CliIo {
  return {
    stdin: {
      kind: stdinKind,
      get readable() {
        return Deno.stdin.readable;
      },
    },
    stdout: outputOf(Deno.stdout, "standard output"),
    stderr: outputOf(Deno.stderr, "standard error"),
    columns: columnsOf(),
    noColor: Deno.noColor,
    now: () => Date.now(),
    signal,
  };
}
