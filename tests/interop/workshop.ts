/** A temporary folder in which commands such as openssl(1) run on files. */
import { assert } from "@std/assert";

/** A folder for the time of a test, in which commands run. */
export async function workshop(body: (w: Workshop) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(new Workshop(dir));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The folder. */
export class Workshop {
  /** Commands run in `dir`. */
  constructor(readonly dir: string) {}

  /** Writes a file. */
  write(name: string, data: string | Uint8Array): void {
    if (typeof data === "string") Deno.writeTextFileSync(`${this.dir}/${name}`, data);
    else Deno.writeFileSync(`${this.dir}/${name}`, data);
  }

  /** Reads a file. */
  read(name: string): Uint8Array {
    return Deno.readFileSync(`${this.dir}/${name}`);
  }

  /** Runs a command; its output, both kinds. A missing command is a failure. */
  async run(command: string, ...args: string[]): Promise<{ ok: boolean; text: string }> {
    const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: this.dir })
      .output();
    const decoder = new TextDecoder();
    return { ok: success, text: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  /** Runs a command that must succeed; its output. */
  async ok(command: string, ...args: string[]): Promise<string> {
    const { ok, text } = await this.run(command, ...args);
    assert(ok, `${command} ${args.join(" ")}: ${text}`);
    return text;
  }

  /** Runs openssl(1), which must succeed, with arguments without spaces. */
  openssl(line: string): Promise<string> {
    return this.ok("openssl", ...line.split(" "));
  }
}
