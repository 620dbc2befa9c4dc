/**
 * A side under test in a process of its own, which gets its commands as lines
 * of JSON: so each side has its own memory, CPU count and warm code.
 *
 * @module
 */

import { commandOf } from "./contenders.ts";

/** A process that runs bench/side.ts, or one of bench/sides in another language. */
export class SideProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts it: a side of bench/contenders.ts; `profile` is a folder for a CPU profile. */
  static async start(side: string, folder: string, profile?: string): Promise<SideProcess> {
    const [program, args] = commandOf(side, folder, profile);
    const started = new SideProcess(
      new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
        .spawn(),
    );
    await started.#line();
    return started;
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid;
  }

  async #line(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("the side under test ended");
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return line;
  }

  /** Does one thing; its answer. */
  async run<T>(command: Record<string, unknown>): Promise<T> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify(command) + "\n"));
    const answer = JSON.parse(await this.#line());
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#child.status;
  }
}
