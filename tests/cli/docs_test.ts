/** docs/cli.md: every command of the page runs, and does what the page says. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../cli/commands.ts";
import { EXITS, VERDICTS } from "../../cli/exit_codes.ts";
import { findCommand } from "../../cli/find_command.ts";
import { engineInfo } from "../../mod.ts";
import { TestCa } from "../../testing/mod.ts";
import { type Documented, documented, normal, type World, world } from "./documented.ts";
import { run } from "./helper.ts";

const PAGE = Deno.readTextFileSync(new URL("../../docs/cli.md", import.meta.url));

/** Commands that go on until they are stopped. */
const RUNNING = ["serve"];

/** The arguments of this run. */
function argumentsOf({ words }: Documented, world: World): string[] {
  const stand = world.wordsFor(words[0]!);
  const isName = (i: number) => words[i - 1] === "--name";
  const inPlace = words.flatMap((word, i) =>
    Object.hasOwn(stand, word) && !isName(i) ? stand[word]! : [word]
  );
  return /^(?:cert|ca|analyze)$/.test(words[0]!) ? inFolder(inPlace, world) : inPlace;
}

/** What these commands write stands in the folder, too, and so does the development CA. */
function inFolder(words: readonly string[], { folder }: World): string[] {
  const own = words.map((word, i) =>
    words[i - 1] === "--out" && word !== "-" || /^[\w-]+\.(?:pem|p12|der|html|txt)$/.test(word)
      ? `${folder}/${word}`
      : word
  );
  return /^(?:ca|cert make)\b/.test(words.join(" ")) ? [...own, "--dir", `${folder}/ca`] : own;
}

/** What came out, in the names of the page. */
function inItsNames(text: string, { words }: Documented, { names, folder }: World): string {
  const own = names.toSorted(([, a], [, b]) => {
    const used = (name: string) => words.some((word) => name.startsWith(word)) ? 0 : 1;
    return used(a) - used(b);
  });
  return own.reduce((said, [address, name]) => said.replaceAll(address, name), text)
    .replaceAll(`${folder}/`, "");
}

Deno.test({
  name: "docs/cli.md: every command runs, with the exit code and the output that the page shows",
  ignore: !engineInfo().features.has("startServer"), // for the server that starts TLS
  fn: async () => {
    await using w = await world();
    const commands = documented(PAGE).filter(({ words }) => !RUNNING.includes(words[0]!));
    assert(commands.length > 20, `${commands.length}`);
    for (const command of commands) {
      const { line, code, output, into } = command;
      const file = /^<(.*)$/.exec(command.stdin ?? "")?.[1];
      const stdin = file === undefined
        ? command.stdin
        : await Deno.readTextFile(`${w.folder}/${file}`);
      const ran = await run(argumentsOf(command, w), { ...(stdin === undefined ? {} : { stdin }) });
      assertEquals(ran.code, code, `${line}\n${ran.stdout}${ran.stderr}`);
      if (into !== undefined) {
        await Deno.writeTextFile(`${w.folder}/${into.split("/").at(-1)}`, ran.stdout);
      }
      if (output === undefined) continue;
      assertEquals(normal(inItsNames(ran.stdout + ran.stderr, command, w)), normal(output), line);
    }
  },
});

Deno.test({
  name: "docs/cli.md: commands that go on listen as the page says, until they are interrupted",
  ignore: !engineInfo().features.has("requestClientCertificate"), // for --mtls
  fn: async () => {
    await using w = await world();
    const ca = await TestCa.create();
    const { cert, key } = await ca.server("localhost");
    const files = { "server.pem": cert, "server.key": key, "clients-ca.pem": ca.pem };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${w.folder}/${name}`, text);
    }
    await Deno.mkdir(`${w.folder}/public`);
    const commands = documented(PAGE).filter(({ words }) => RUNNING.includes(words[0]!));
    assert(commands.length > 0);
    for (const command of commands) {
      const stop = new AbortController();
      const args = argumentsOf(command, w).map((word) =>
        /^(?:0\.0\.0\.0:)?8443$/.test(word)
          ? "127.0.0.1:0"
          : /^(?:public|server\.key|clients-ca\.pem)$/.test(word)
          ? `${w.folder}/${word}`
          : word
      );
      const onStdout = (text: string) => text.includes("listening on") && stop.abort();
      const { code, stdout, stderr } = await run(args, { signal: stop.signal, onStdout });
      assertStringIncludes(stdout, "listening on 127.0.0.1:", `${command.line}\n${stderr}`);
      assert(code === 0 || code === 130, `${command.line}: ${code}`);
    }
  },
});

Deno.test("docs/cli.md: has every command, and the table of exit codes as it is", () => {
  for (const { name } of COMMANDS) assertStringIncludes(PAGE, `\`ssl ${name}`);
  for (const verdict of VERDICTS) {
    const { code, means } = EXITS[verdict];
    assertStringIncludes(PAGE, `| ${code} | \`${verdict}\` | ${means} |`);
  }
});

Deno.test("docs/cli.md: the flags that it shows are those that the commands declare", () => {
  const lines = [...PAGE.matchAll(/^deno run (.*) jsr:@socket\/ssl\/cli (.*)$/gm)];
  assert(lines.length > 3);
  for (const [line, flags, args] of lines) {
    if (flags === "-A") continue;
    const { command } = findCommand(COMMANDS, args!.split(" "))!;
    const declared = command.permissions.map(({ flag }) => flag.split("=")[0]);
    for (const flag of flags!.split(" ")) {
      assert(declared.includes(flag.split("=")[0]), `${line}: ${flag}`);
    }
  }
});
