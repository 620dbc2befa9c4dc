/** `ssl completion`: the scripts are made from the table, and the shells that are here read them. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { optionsOf } from "../../cli/arguments.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { run } from "./helper.ts";

const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** Runs a shell with a script; `undefined` where there is no such shell. */
async function shell(name: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(name, { args: [...args] }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert(success && err === "", `${name}: ${err}`);
    return out;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function script(name: string): Promise<string> {
  const { code, stdout } = await run(["completion", name]);
  assertEquals(code, 0);
  await Deno.writeTextFile(`${folder}/${name}`, stdout);
  return stdout;
}

for (const name of ["bash", "zsh", "fish"]) {
  Deno.test(`completion ${name}: has every command and every option`, async () => {
    const text = await script(name);
    for (const command of COMMANDS) {
      for (const word of command.name.split(" ")) assertStringIncludes(text, word);
      for (const option of Object.keys(optionsOf(command))) {
        assertStringIncludes(text, name === "fish" ? `-l ${option} ` : `--${option}`);
      }
    }
    await shell(name, ["-n", `${folder}/${name}`]);
  });
}

Deno.test("completion bash: completes commands, options and the values of options", async () => {
  await script("bash");
  const complete = async (...words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(" ");
    const found = await shell("bash", [
      "--norc",
      "-c",
      `source '${folder}/bash'; COMP_WORDS=(${list}); COMP_CWORD=${
        words.length - 1
      }; _ssl; echo "\${COMPREPLY[*]}"`,
    ]);
    return found?.trim();
  };
  if (await complete("ssl", "conn") === undefined) return; // no bash here
  assertEquals(await complete("ssl", "conn"), "connect");
  assertEquals(await complete("ssl", "connect", "--starttl"), "--starttls");
  assertEquals(await complete("ssl", "connect", "--starttls", "po"), "pop3 postgres");
  assertEquals(await complete("ssl", "connect", "--name", ""), "");
  assertEquals(await complete("ssl", "pin", `${folder}/bas`), `${folder}/bash`);
});

Deno.test("completion fish: completes commands and options", async () => {
  await script("fish");
  const complete = (line: string) =>
    shell("fish", ["--no-config", "-c", `source '${folder}/fish'; complete -C '${line}'`]);
  const commands = await complete("ssl conn");
  if (commands === undefined) return; // no fish here
  assertStringIncludes(commands, "connect\t");
  assertStringIncludes((await complete("ssl connect --starttl"))!, "--starttls\t");
  assertEquals((await complete("ssl connect --tls 1"))!.match(/^1\.\d/gm), ["1.2", "1.3"]);
});

Deno.test("completion of a shell that is not known is usage", async () => {
  const { code, stderr } = await run(["completion", "tcsh"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "bash, zsh or fish");
});
