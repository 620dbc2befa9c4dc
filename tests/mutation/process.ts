/**
 * The process of `trial.ts`, started again whenever it hangs, dies or may have been left in disorder.
 *
 * @module
 */

import { type Answer, type Command, MARK } from "./trial.ts";

/** How long the process may take for more than the test itself: loading, and a busy machine. */
const GRACE = 20_000;

/** Runs commands in a copy of the tree. */
export class TrialProcess {
  readonly #folder: string;
  #child: Deno.ChildProcess | undefined;
  #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #answers: AsyncIterator<Answer> | undefined;

  /** `folder` is the copy's. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The answer; undefined when the process died or hung, which ends it. */
  async ask(command: Command): Promise<Answer | undefined> {
    if (!this.#child) this.#start();
    const text = `${JSON.stringify(command)}\n`;
    const timer = setTimeout(() => this.#child?.kill("SIGKILL"), command.limit + GRACE);
    try {
      await this.#input!.write(new TextEncoder().encode(text));
      const { value } = await this.#answers!.next();
      if (value) return value;
    } catch { // it died
    } finally {
      clearTimeout(timer);
    }
    await this.end();
    return undefined;
  }

  /** Ends the process: the next command starts another. */
  async end(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    try {
      child.kill("SIGKILL");
    } catch { // it has ended
    }
    await this.#answers!.return?.();
    await child.status;
  }

  #start(): void {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", "tests/mutation/trial.ts"],
      cwd: this.#folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#answers = answersOf(this.#child.stdout);
  }
}

async function* answersOf(stdout: ReadableStream<Uint8Array>): AsyncGenerator<Answer, undefined> {
  let rest = "";
  for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith(MARK)) yield JSON.parse(line.slice(MARK.length));
    }
  }
  return undefined;
}
