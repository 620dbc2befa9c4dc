/** Running the test files of IO::Socket::SSL, each with a bridge of its own. */
import { readTap, type TapResult } from "./tap.ts";

/** Whose rules hold: the project's own defaults, or Perl's where these are looser, by options. */
export type Rules = "ours" | "perl";

/** What a file came to, and what it said. */
export interface FileResult extends TapResult {
  readonly file: string;
  readonly rules: Rules;
  readonly output: string;
}

/** How long one file may take, in seconds. */
const LIMIT = 90;

const here = (name: string): string => decodeURIComponent(new URL(name, import.meta.url).pathname);
const decoder = new TextDecoder("latin1");

/** The bridge for one file, which ends with its standard input. */
class BridgeProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  /** Works in `cwd`: the tests name their files from there. */
  constructor(socket: string, rules: Rules, cwd: string) {
    const flags = ["--quiet", "--allow-all", "--no-check", "--no-lock"];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, `--config=${here("../../../deno.json")}`, here("server.ts"), socket],
      cwd,
      env: { BRIDGE_RULES: rules },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  }

  /** Resolves when Perl can connect. */
  async listening(): Promise<void> {
    const { value } = await this.#child.stdout.getReader().read();
    if (value === undefined) throw new Error("the bridge did not start");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    await this.#child.status;
  }
}

/** Runs one file of the suite that lies in `source`. */
export async function runFile(source: string, file: string, rules: Rules): Promise<FileResult> {
  const dir = await Deno.makeTempDir();
  try {
    await using bridge = new BridgeProcess(`${dir}/bridge`, rules, source);
    await bridge.listening();
    // Into a file: a child that a failed test leaves behind would hold a pipe open.
    const said = `${dir}/output`;
    const line = 'exec timeout -k 2 "$1" perl "-I$2" "$3" >"$4" 2>&1 </dev/null';
    const perl = new Deno.Command("sh", {
      args: ["-c", line, "sh", String(LIMIT), here("lib"), `t/${file}`, said],
      cwd: source,
      env: { BRIDGE_SOCKET: `${dir}/bridge`, LC_ALL: "C" },
    });
    await perl.output();
    const output = decoder.decode(await Deno.readFile(said));
    return { file, rules, output, ...readTap(output) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The test files, in order. */
export function testFiles(source: string): string[] {
  return [...Deno.readDirSync(`${source}/t`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".t")).sort();
}

/** Runs all files under the given rules, some at a time. */
export async function runSuite(
  source: string,
  rules: readonly Rules[],
  atOnce: number,
): Promise<FileResult[]> {
  const left = testFiles(source).flatMap((file) => rules.map((each) => ({ file, each })));
  const results: FileResult[] = [];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      results.push(await runFile(source, next.file, next.each));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
