/** The frame of the command line: help, mistakes, exit codes, the terminal, JSON and its schema. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../cli/commands.ts";
import { optionsOf } from "../../cli/arguments.ts";
import { EXITS, VERDICTS, worst } from "../../cli/exit_codes.ts";
import { SslError } from "../../errors.ts";
import { harmless, textWidth } from "../../cli/layout.ts";
import { main } from "../../cli/mod.ts";
import { memoryIo, run, shippedSchema } from "./helper.ts";
import { violations } from "./schema.ts";

Deno.test("the exit codes are the table that people and monitoring rely on", () => {
  const table = VERDICTS.map((verdict) => [EXITS[verdict].code, verdict]);
  assertEquals(table, [
    [0, "ok"],
    [1, "findings"],
    [2, "usage"],
    [3, "unreachable"],
    [4, "no-tls"],
    [5, "untrusted"],
    [6, "wrong-name"],
    [7, "dates"],
    [8, "revoked"],
    [9, "pin"],
    [10, "expires-soon"],
    [70, "bug"],
  ]);
  assertEquals(worst(["ok", "expires-soon", "revoked", "unreachable"]), "revoked");
  assertEquals(worst([]), "ok");
});

for (const command of COMMANDS) {
  const { name, examples, permissions } = command;
  Deno.test(`ssl ${name} --help has every option, an example and the permissions, in 60 to 200 columns`, async () => {
    const words = name.split(" ");
    for (const width of [60, 100, 200]) {
      const { code, stdout, stderr } = await run([...words, "--help", "--width", String(width)]);
      assertEquals([code, stderr], [0, ""]);
      for (const option of Object.keys(optionsOf(command))) {
        assertStringIncludes(stdout, `--${option}`);
      }
      for (const { args } of examples) assertStringIncludes(stdout, `ssl ${args}`);
      for (const { flag } of permissions) assertStringIncludes(stdout, flag);
      // An example is one line, and so is a flag.
      const long = stdout.split("\n").filter((line) =>
        textWidth(line) > width && !line.startsWith("  ssl ") && !line.includes("--allow-")
      );
      assertEquals(long, []);
    }
    assertEquals((await run(["help", ...words])).code, 0);
  });

  Deno.test(`ssl ${name}: each example is a call that its options allow`, async () => {
    const { parseArguments } = await import("../../cli/arguments.ts");
    for (const { args } of examples) {
      const words = args.replace(/ [<>|].*$/, "").match(/'[^']*'|\S+/g)!.map((word) =>
        word.replace(/^'(.*)'$/, "$1")
      );
      const own = name.split(" ");
      assertEquals(words.slice(0, own.length), own);
      parseArguments(command, words.slice(own.length));
    }
  });
}

Deno.test("without a command the commands are listed, on standard error with exit code 2", async () => {
  const nothing = await run([]);
  assertEquals([nothing.code, nothing.stdout], [2, ""]);
  const help = await run(["--help"]);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertEquals(help.stdout, nothing.stderr);
  for (const { name, summary } of COMMANDS) {
    assertStringIncludes(help.stdout, name);
    assertStringIncludes(help.stdout.replace(/\s+/g, " "), summary.slice(0, 30));
  }
  const version = await run(["--version"]);
  assert(/^ssl \d+\.\d+\.\d+ \(@socket\/ssl, Deno \S+\)\n$/.test(version.stdout), version.stdout);
});

for (
  const [args, says] of [
    [["conect", "a"], "use ssl connect"],
    [["s_client", "a"], "use ssl connect"],
    [["version"], "use ssl doctor"],
    [["connect"], "ssl connect HOST[:PORT]"],
    [["connect", "a", "b"], "too many arguments"],
    [["connect", "a", "--nam", "b"], "use --name"],
    [["connect", "a", "-servername", "b"], "use --name"],
    [["connect", "a", "--cacert", "b"], "use --ca"],
    [["connect", "-connect", "a:443"], "ssl connect HOST:PORT"],
    [["connect", "a", "-k"], "Verification cannot be switched off"],
    [["connect", "a", "--insecure"], "--pin PIN accepts exactly one certificate"],
    [["connect", "a", "--name"], "--name needs a value: --name NAME"],
    [["connect", "a", "--name", "--json"], "--name needs a value"],
    [["connect", "a", "--name", "b", "--name", "c"], "was given 2 times"],
    [["connect", "a", "--starttls", "imaps"], "use imap"],
    [["connect", "a", "--timeout", "soon"], "must be a number from 0.001"],
    [["connect", "a", "--only"], "--only needs --ca"],
    [["connect", "a", "--key", "k.pem"], "--key needs --cert"],
    [["connect", "a", "--pin", "12"], "ssl pin HOST shows"],
    [["connect", "a:http2"], "unknown service"],
    [["connect", "https://a.example/x"], "give the host alone: a.example"],
    [["connect", "a_b..c"], "is not a host"],
    [["connect", "a", "--json=3"], "--json takes no value"],
    [["connect", "a", "--__proto__", "x"], "unknown option"],
    [["connect", "a", "--ca", "/nowhere/ca.pem"], "/nowhere/ca.pem"],
  ] as const
) {
  Deno.test(`a mistake is exit code 2 and says what to type: ssl ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await run(args.filter((word) => word !== "--json"));
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr.replace(/\s+/g, " "), says);
    assert(!stderr.includes("\n    at "), stderr);
  });
}

Deno.test("with --json a mistake is a document as well, and nothing goes to standard error", async () => {
  const { code, json, stderr } = await run(["connect", "a", "--nam", "b", "--json"]);
  assertEquals([code, json.verdict, json.exitCode, stderr], [2, "usage", 2, ""]);
  assertEquals(json.error.fix, "use --name");
  const lines = await run(["connect", "--jsonl"]);
  assertEquals([lines.code, lines.stdout.trimEnd().split("\n").length], [2, 1]);
});

Deno.test("--quiet leaves the exit code alone", async () => {
  const { code, stdout, stderr } = await run(["connect", "127.0.0.1:1", "-q"]);
  assertEquals([code, stdout, stderr], [3, "", ""]);
});

Deno.test("a secret that was typed in a wrong place is not repeated", async () => {
  const secret = "Tr0ub4dor&3xYz9#Qw";
  for (
    const args of [[secret], ["connect", "a", `--${secret}`], ["connect", secret], [
      "explain",
      secret,
    ]]
  ) {
    const { code, stdout, stderr } = await run(args);
    assertEquals(code, 2);
    assert(!(stdout + stderr).includes(secret), stderr);
  }
});

Deno.test("progress and colors are for a terminal: none of them without one, or with NO_COLOR", async () => {
  // deno-lint-ignore no-control-regex -- terminals take them as commands
  const controls = /[\u0000-\u0009\u000b-\u001f\u007f]/;
  const args = ["connect", "127.0.0.1:1"];
  const piped = await run(args);
  assert(!controls.test(piped.stdout + piped.stderr), piped.stdout);
  const colored = await run(args, { columns: 80, noColor: false });
  assertStringIncludes(colored.stdout, "\x1b[31mNOT REACHABLE\x1b[0m");
  assertStringIncludes(colored.stderr, "connecting to 127.0.0.1:1");
  assert(colored.stderr.endsWith("\r\x1b[K"), JSON.stringify(colored.stderr));
  const plain = await run(args, { columns: 80 });
  assert(!controls.test(plain.stdout));
  const json = await run([...args, "--json"], { columns: 80, noColor: false });
  assert(!controls.test(json.stdout));
});

Deno.test("a result that cannot be written is said on standard error; the exit code is left", async () => {
  const full = (code: string) => ({
    isTerminal: false,
    write: () => Promise.reject(new SslError(`Cannot write: ${code}`, { code })),
  });
  for (const form of [[], ["--json"], ["--jsonl"]]) {
    const { io, written } = memoryIo();
    assertEquals(await main(["explain", "20", ...form], { ...io, stdout: full("ENOSPC") }), 2);
    assertStringIncludes(written()[1], "ssl explain: Cannot write: ENOSPC");
    const nowhere = { ...io, stdout: full("ENOSPC"), stderr: full("ENOSPC") };
    assertEquals(await main(["explain", "20", ...form], nowhere), 2);
  }
  const { io } = memoryIo();
  const gone = { isTerminal: false, write: () => Promise.reject(new Deno.errors.BrokenPipe()) };
  assertEquals(await main(["no-such"], { ...io, stderr: gone }), 2);
});

Deno.test("cat says once what failed, and how to mend it", async () => {
  const { code, stderr } = await run(["cat", "127.0.0.1:1"]);
  assertEquals(code, 3);
  assertEquals(stderr.match(/ fix /g)?.length, 1, stderr);
  assert(stderr.startsWith("ssl cat: Cannot connect to 127.0.0.1:1"), stderr);
});

Deno.test("a file name that is not one of a page is refused before the work begins", async () => {
  for (const command of [["check"], ["analyze"], ["cert", "show"]]) {
    const { code, stdout, stderr } = await run([...command, "127.0.0.1:1", "--html", "page.txt"]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, '"page.txt" is not a name for a page');
  }
});

Deno.test("a file that the system does not take is exit code 2", async () => {
  const { code, stderr } = await run(["cert", "show", `${"a".repeat(300)}.pem`]);
  assertEquals(code, 2, stderr);
});

Deno.test("what a peer sends cannot command the terminal", () => {
  assertEquals(
    harmless("a\x1b]0;title\x07b\x1b[2Jc\r\u202ed\n"),
    "a\\x1b]0;title\\x07b\\x1b[2Jc\\x0d\\x202ed\n",
  );
  assertEquals(harmless("\x1b[31mred\x1b[0m", true), "\x1b[31mred\x1b[0m");
  assertEquals(harmless("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
});

Deno.test("the schema that ships is a JSON Schema of every command, and the validator refuses what is wrong", async () => {
  const schema = await shippedSchema();
  const defs = schema.$defs as Record<string, Record<string, unknown>>;
  for (const { name } of COMMANDS) assert(Object.hasOwn(defs, name), name);
  assertEquals(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  const good = { schema: 1, command: "x", verdict: "usage", exitCode: 2, label: "USAGE" };
  const error = { name: "UsageError", message: "no" };
  assertEquals(violations(schema, { ...good, error }), []);
  for (const bad of [good, { ...good, error, extra: 1 }, { ...good, error, exitCode: 99 }]) {
    assert(violations(schema, bad).length > 0, JSON.stringify(bad));
  }
});
