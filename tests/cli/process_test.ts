/**
 * The program as a process of its own: under exactly the permissions that each command declares, in
 * a pipe, and at a terminal (util-linux's script makes it).
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../cli/commands.ts";
import type { Permission } from "../../cli/command.ts";
import { engineInfo, serve } from "../../mod.ts";
import { TestCa } from "../../testing/mod.ts";

const ROOT = new URL("../../", import.meta.url);
const CLI = new URL("cli/mod.ts", ROOT).pathname;

const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const ca = await TestCa.create({ commonName: "Root X" });
const own = await ca.server("localhost");
const [CA, FILE] = [`${folder}/ca.pem`, `${folder}/server.pem`];
await Deno.writeTextFile(CA, ca.pem);
await Deno.writeTextFile(FILE, own.cert);
await Deno.writeTextFile(`${folder}/server.key`, own.key);
await Deno.writeTextFile(`${folder}/root.pem`, ca.pem);
await Deno.writeTextFile(`${folder}/root-key.pem`, ca.privateKey.pem);

/** A server that answers each line, and ends after `most` of them; and its address. */
async function server(most = Infinity) {
  const { cert, key } = own;
  const started = serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onHandshakeError: () => {} },
    async (h) => {
      let lines = 0;
      for await (const line of h) {
        await h.say(`you said ${line}`);
        if (++lines >= most) break;
      }
    },
  );
  const at = `localhost:${(await started.addr).port}`;
  return { at, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

/** What Deno needs of the environment to find its cache. */
const HOME = Object.fromEntries(
  ["PATH", "HOME", "DENO_DIR", "SystemRoot", "LOCALAPPDATA", "SOCKET_SSL_LIBSSL", "LD_LIBRARY_PATH"]
    .flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Runs the program under flags, with nobody there to be asked. */
async function ssl(
  flags: readonly string[],
  args: readonly string[],
  stdin = "",
): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...flags, CLI, ...args],
    cwd: ROOT,
    clearEnv: true, // anchors of the environment would need permissions of their own
    env: { ...HOME, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).catch(() => {}); // it may not read at all
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** The flags for permissions: those of one kind together, with what the words stand for. */
function flagsOf(
  permissions: readonly Permission[],
  stand: Readonly<Record<string, string>>,
): string[] {
  const kinds = new Map<string, string[]>();
  for (const { flag } of permissions) {
    const [kind, value] = flag.split(/=(.*)/s) as [string, string | undefined];
    const values = value?.split(",").flatMap((each) => stand[each]?.split(",") ?? [each]) ?? [];
    kinds.set(kind, [...kinds.get(kind) ?? [], ...values.filter((each) => each !== "...")]);
  }
  return [...kinds].map(([kind, values]) =>
    values.length === 0 ? kind : `${kind}=${values.join(",")}`
  );
}

/** What is run for a command: its arguments, what is at standard input, and what comes of it. */
interface Case {
  readonly args: (at: string) => readonly string[];
  readonly stdin?: string;
  readonly says: string;
}

const CASES: Readonly<Record<string, Case>> = {
  connect: { args: (at) => [at, "--ca", CA, "--no-input"], says: "TRUSTED" },
  cat: { args: (at) => [at, "--ca", CA], stdin: "hi\n", says: "you said hi" },
  check: { args: (at) => [at, "--ca", CA], says: "ok    localhost" },
  pin: { args: (at) => [at, "--ca", CA], says: "sha256$pub$" },
  names: { args: () => [FILE, "localhost"], says: "MATCHES" },
  explain: { args: () => ["20"], says: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
  doctor: { args: () => [], says: "@socket/ssl" },
  help: { args: () => ["connect"], says: "usage: ssl connect" },
  completion: { args: () => ["bash"], says: "complete -o filenames" },
  analyze: {
    args: (at) => [at, "--ca", CA, "--fast", "--fail-on", "never"],
    says: "TLS 1.3, TLS 1.2",
  },
  "cert show": { args: () => [FILE], says: "certificate localhost" },
  "cert verify": { args: () => [FILE, "--ca", CA, "--only"], says: "VALID" },
  "cert match": { args: () => [FILE, `${folder}/server.key`], says: "MATCH" },
  "cert convert": { args: () => [FILE, "--to", "pem", "--out", "-"], says: "BEGIN CERTIFICATE" },
  "cert make": {
    args: () => ["localhost", "--dir", folder, "--out", `${folder}/made`, "--force"],
    says: "made-key.pem",
  },
  "ca init": { args: () => ["--dir", `${folder}/new`, "--force"], says: "for its owner alone" },
  "ca trust": { args: () => ["--dir", folder, "--nss", folder], says: "NODE_EXTRA_CA_CERTS" },
};

for (const command of COMMANDS) {
  const test = CASES[command.name];
  if (test === undefined) continue; // serve is below; other folders have their own tests
  Deno.test(`ssl ${command.name} runs under exactly the permissions that it declares, and under the needed ones alone`, async () => {
    await using s = await server();
    const files = `${CA},${FILE},${folder}/server.key`;
    const stand = { "HOST:PORT": s.at, FILE: files, FOLDER: folder };
    const words = [...command.name.split(" "), ...test.args(s.at)];
    const needed = command.permissions.filter(({ optional, flag }) =>
      // The files of these cases are among those that options name.
      !optional || flag === "--allow-read=FILE"
    );
    const [all, least] = [command.permissions, needed].map((each) => flagsOf(each, stand));
    for (const flags of all!.join() === least!.join() ? [all!] : [all!, least!]) {
      const { code, stdout, stderr } = await ssl(flags, words, test.stdin);
      assertEquals([code, stderr], [0, ""], `${flags.join(" ")}: ${stdout}`);
      assertStringIncludes(stdout, test.says);
    }
  });
}

Deno.test("without a permission the exit code is 2, and the flag is named; nobody is asked in a pipe", async () => {
  await using s = await server();
  const args = ["connect", s.at, "--ca", CA, "--no-input"];
  for (
    const [flags, says] of [[[`--allow-read=${CA}`], "--allow-net"], [
      [`--allow-net=${s.at}`],
      "--allow-read",
    ]] as const
  ) {
    const { code, stdout, stderr } = await ssl(flags, args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, says);
    assert(!stderr.includes("Deno requests"), stderr);
  }
});

Deno.test({
  name: "without the default trust anchors --ca alone is trusted, and the report says so",
  ignore: !engineInfo().features.has("ownAnchors"),
  fn: async () => {
    await using s = await server();
    const flags = [`--allow-net=${s.at}`, `--allow-read=${CA}`, "--allow-ffi"];
    const { code, stdout } = await ssl(flags, ["connect", s.at, "--ca", CA, "--no-input"]);
    assertEquals(code, 0, stdout);
    assertStringIncludes(stdout, "left out: the default trust anchors");
    const without = await ssl(flags, ["connect", s.at, "--no-input"]);
    assertEquals(without.code, 2);
    assertStringIncludes(without.stderr, "--allow-read");
    assertStringIncludes(without.stderr, "--ca FILE");
  },
});

Deno.test({
  name: "ssl serve runs under exactly the permissions that it declares, and ends with SIGINT",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const row = COMMANDS.find(({ name }) => name === "serve")!;
    const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const at = `127.0.0.1:${free.addr.port}`;
    free.close();
    const stand = { "ADDRESS:PORT": at, FILE: folder };
    const needed = row.permissions.filter(({ optional }) => !optional);
    for (
      const [permissions, more] of [[row.permissions, ["--http", folder]], [needed, []]] as const
    ) {
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--no-check",
          "--no-prompt",
          ...flagsOf(permissions, stand),
          CLI,
          "serve",
          at,
          ...more,
        ],
        cwd: ROOT,
        env: { NO_COLOR: "1" },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      let text = "";
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      while (!text.includes("client ")) {
        const { done, value } = await reader.read();
        if (done) {
          throw new Error(`it ended: ${text}${decode(await new Response(child.stderr).bytes())}`);
        }
        text += value;
      }
      assertStringIncludes(text, `listening on ${at}`);
      child.kill("SIGINT");
      await reader.cancel();
      await child.stderr.cancel();
      assertEquals((await child.status).code, 0);
    }
  },
});

Deno.test({
  name: "in a pipe that nobody reads any more the program ends quietly",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const command =
      `"$0" run --quiet --no-check "$1" help --json --schema | head -c 1; echo " \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", command, Deno.execPath(), CLI],
      cwd: ROOT,
    }).output();
    assertEquals([decode(stdout), decode(stderr)], ["{ 0\n", ""]);
  },
});

// ---- at a terminal

const noTerminal = await (async () => {
  try {
    const command = new Deno.Command("script", { args: ["--version"], stdout: "null" });
    return Deno.build.os !== "linux" || !(await command.output()).success;
  } catch {
    return true; // the name of the case says that it was skipped
  }
})();

/** What Deno writes when it asks for a permission. */
const PROMPT = "Deno requests";

/** Runs the program at a terminal of so many columns, and types `input`. */
async function atTerminal(
  columns: number,
  args: readonly string[],
  input = "",
  env = {},
  flags: readonly string[] = ["-A"],
): Promise<string> {
  const words = [Deno.execPath(), "run", "--quiet", "--no-check", ...flags, CLI, ...args];
  const command = `stty cols ${columns} -echo; ${
    words.map((word) => `'${word}'`).join(" ")
  }; echo "exit $?"`;
  const child = new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    cwd: ROOT,
    clearEnv: true,
    env: { ...HOME, TERM: "xterm", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  let text = "";
  let typed = input === "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (!typed && text.includes("pin sha256")) {
      typed = true;
      await writer.write(new TextEncoder().encode(input));
    }
    if (/exit \d+/.test(text)) break;
    if (!text.includes(PROMPT)) continue;
    child.kill("SIGKILL"); // nobody answers
    break;
  }
  await writer.close().catch(() => {});
  await child.status;
  return text;
}

Deno.test({
  name: "at a terminal there is progress, there are colors, and lines fit its width",
  ignore: noTerminal,
  fn: async () => {
    await using s = await server();
    const text = await atTerminal(72, ["connect", s.at, "--ca", CA]);
    assertStringIncludes(text, "exit 0");
    assertStringIncludes(text, `connecting to ${s.at}`);
    assertStringIncludes(text, "\x1b[32mTRUSTED\x1b[0m");
    // deno-lint-ignore no-control-regex -- colors and progress
    const lines = text.replace(/\x1b\[[\d;]*[mK]/g, "").split(/[\r\n]+/);
    assertEquals(lines.filter((line) => line.length > 72 && !line.includes("sha256$pub$")), []);
    assert(lines.some((line) => line.length === 72), text);
  },
});

Deno.test({
  name: "at a terminal with NO_COLOR there are no colors",
  ignore: noTerminal,
  fn: async () => {
    const text = await atTerminal(80, ["connect", "127.0.0.1:1"], "", { NO_COLOR: "1" });
    assertStringIncludes(text, "exit 3");
    assertStringIncludes(text, "NOT REACHABLE");
    // deno-lint-ignore no-control-regex -- colors
    assert(!/\x1b\[\d*m/.test(text), text);
  },
});

Deno.test({
  name: "at a terminal connect leaves what one types alone, and with -i it sends it",
  ignore: noTerminal,
  fn: async () => {
    await using s = await server(1);
    const text = await atTerminal(
      100,
      ["connect", s.at, "--ca", CA, "-i", "--idle", "60"],
      "hello\n",
    );
    assertStringIncludes(text, "you said hello");
    assertStringIncludes(text, "exit 0");
  },
});

Deno.test({
  name: "at a terminal nobody is asked for a permission that a command can do without",
  ignore: noTerminal,
  fn: async () => {
    await using s = await server();
    for (const args of [["doctor"], ["connect"]]) {
      const text = await atTerminal(80, args, "", {}, []);
      assert(!text.includes(PROMPT) && /exit [02]/.test(text), text);
    }
    for (const args of [["connect", s.at], ["check", s.at]]) {
      const text = await atTerminal(80, args, "", {}, ["--allow-net"]);
      assert(!text.includes(PROMPT), text);
      assertStringIncludes(text, "exit 5");
    }
    const asked = await atTerminal(80, ["connect", s.at], "", {}, []);
    assertStringIncludes(asked, `net access to "${s.at}"`);
  },
});
