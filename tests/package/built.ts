/**
 * The package as it is published, built once for the tests of a process, and a program beside it that
 * uses it as a user does: by its name on JSR.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { buildPackage } from "../../build/package/package.ts";
import { entryName } from "../../build/package/compile.ts";

/** The project. */
export const ROOT = new URL("../../", import.meta.url);

/** deno.json of the project, or of the package. */
export interface Config {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

export async function configIn(folder: URL): Promise<Config> {
  return JSON.parse(await Deno.readTextFile(new URL("deno.json", folder)));
}

/** A program of a user: the argument is the engine. */
export const PROGRAM = `\
import { engineInfo, Handle, serve } from "@socket/ssl";
import { TestCa } from "@socket/ssl/testing";

const [engine] = Deno.args as ["wasm" | "openssl" | "deno"];
const ca = await TestCa.create();
const own = await ca.server("localhost");
await using server = serve({ engine, hostname: "127.0.0.1", port: 0, ...own }, async (client) => {
  await client.say(\`hello, \${await client.readLine()}\`);
});
const { port } = await server.addr;
const trust = engine === "deno" ? { extraCa: ca.pem } : { ca: ca.pem };
await using handle = await Handle.connect(\`localhost:\${port}\`, { engine, ...trust });
await handle.print("there\\n");
console.log(engineInfo(engine).name, await handle.readLine());
`;

/** What came of a program. */
export interface Ran {
  readonly success: boolean;
  /** What it wrote to its standard output, and then to the other. */
  readonly text: string;
}

/** A built package. */
class Package implements AsyncDisposable {
  /** The folder that holds all: the package, and the programs of its users. */
  readonly folder: URL;
  /** The package. */
  readonly root: URL;

  private constructor(folder: URL) {
    this.folder = folder;
    this.root = new URL("package/", folder);
  }

  static async build(): Promise<Package> {
    const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "socket-ssl-package-" }));
    const built = new Package(pathToFileURL(`${path}/`));
    await buildPackage(ROOT, `${path}/package`);
    const { name, version } = await configIn(ROOT);
    await built.write("deno.json", {
      links: ["./package", "./package/std/encoding", "./package/std/cli"],
      imports: { [name]: `jsr:${name}@${version}` },
    });
    return built;
  }

  /** Writes a file of a user. */
  async write(name: string, content: string | object): Promise<void> {
    const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
    await Deno.writeTextFile(new URL(name, this.folder), text);
  }

  /** The compiled file of an entry point: `./ssleay/low`. */
  compiled(entry: string): string {
    return new URL(`compiled/${entryName(entry)}.js`, this.root).href;
  }

  /** Runs Deno in the folder of the user, or in another one. */
  async deno(args: readonly string[], cwd: URL = this.folder): Promise<Ran> {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdin: "null",
    }).output();
    const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    return { success, text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** The package that all tests look at. */
export const built = await Package.build();
