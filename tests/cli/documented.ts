/**
 * The commands that docs/cli.md shows, and a world in which they run: TestCa servers in place of the
 * hosts of the page. What stands behind a dollar sign is run, and what stands below it is compared
 * with what came out, numbers aside.
 */

import { serve } from "../../mod.ts";
import { acceptStartTls } from "../../starttls/mod.ts";
import { TestCa } from "../../testing/mod.ts";

/** One command of the page. */
export interface Documented {
  /** The line of the page. */
  readonly line: string;
  /** The words after `ssl`. */
  readonly words: readonly string[];
  /** What stands at its standard input. */
  readonly stdin: string | undefined;
  /** The file that takes its output. */
  readonly into: string | undefined;
  /** The exit code that the page promises. */
  readonly code: number;
  /** What the page shows of its output; `undefined` where it shows nothing. */
  readonly output: string | undefined;
}

const unquoted = (word: string): string => word.replace(/^'(.*)'$/s, "$1");

function parse(line: string, output: string | undefined): Documented {
  const code = Number(/#.*\bexit code (\d+)/.exec(line)?.[1] ?? 0);
  const command = line.replace(/\s+#.*$/, "");
  const [, printed, rest = command] = /^printf ('[^']*') \| (.*)$/s.exec(command) ?? [];
  const into = /\s>\s*(\S+)$/.exec(rest)?.[1];
  const from = /\s<\s*(\S+)/.exec(rest)?.[1];
  const words = rest.replace(/\s[<>]\s*\S+/g, "").match(/(?:'[^']*'|[^\s'])+/g)!.map(unquoted);
  if (words.shift() !== "ssl") throw new Error(`docs/cli.md: not a command of ssl: ${line}`);
  const text = printed === undefined ? from && `<${from}` : unquoted(printed);
  return {
    line,
    words,
    stdin: text?.replaceAll("\\r", "\r").replaceAll("\\n", "\n"),
    into,
    code,
    output,
  };
}

/** The commands of a page: the lines of `sh` blocks, and those of `console` blocks with their output. */
export function documented(page: string): readonly Documented[] {
  const found: Documented[] = [];
  for (const [, kind, body] of page.matchAll(/^```(sh|console)\n([^]*?)^```$/gm)) {
    if (kind === "sh") {
      const lines = body!.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      found.push(
        ...lines.filter((line) => !line.startsWith("deno ")).map((line) => parse(line, undefined)),
      );
      continue;
    }
    for (const part of body!.split(/^\$ /m).slice(1)) {
      const end = part.indexOf("\n");
      found.push(parse(part.slice(0, end), part.slice(end + 1)));
    }
  }
  return found;
}

/** A text without what differs from run to run: numbers, pins, bars, and how far lines are indented. */
export function normal(text: string): string {
  return text
    .replace(/sha256\$(pub\$)?[0-9a-f.]+/g, "PIN")
    .replace(/sha256\/\/[A-Za-z0-9+/]+=/g, "CURLPIN")
    .replace(/\bX25519\w*/g, "GROUP") // what OpenSSL prefers depends on its version
    .replace(/[#-]{20}/g, "BAR")
    .replace(/\d[\dT:.-]*Z/g, "TIME")
    .replace(/\b\d+(?:\.\d+)?\b/g, "N")
    .replace(/\s+/g, " ")
    .trim();
}

/** The world of the page. */
export interface World extends AsyncDisposable {
  /** The folder of its files. */
  readonly folder: string;
  /** What a word of the page is when it runs, for a command. */
  wordsFor(command: string): Readonly<Record<string, readonly string[]>>;
  /** Addresses of this run, and what the page calls them. */
  readonly names: readonly (readonly [address: string, name: string])[];
}

const DAY = 86_400_000;

/** Servers and files that the page names. */
export async function world(): Promise<World> {
  const folder = await Deno.makeTempDir();
  const root = await TestCa.create({ commonName: "Example Root" });
  const ca = await root.intermediate({ commonName: "Example CA 1" });
  const other = await TestCa.create({ commonName: "Other Root" });
  const stop: (() => unknown)[] = [];
  const hosts: Record<string, readonly string[]> = {};
  const checked: Record<string, readonly string[]> = {};
  const files: Record<string, readonly string[]> = {};
  const names: [string, string][] = [];
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    files[name] = [`${folder}/${name}`];
  };
  const at = (name: string, port: number, usual: number) => {
    hosts[name] = [`localhost:${port}`, "--name", name, "--ca", `${folder}/root.pem`];
    names.push([`localhost:${port}`, `${name}:${usual}`]);
  };
  const start = async (identity: { readonly cert: string; readonly key: string }) => {
    const { cert, key } = identity;
    const options = {
      hostname: "127.0.0.1",
      port: 0,
      alpnProtocols: ["h2", "http/1.1"],
      onHandshakeError: () => {},
    };
    const server = serve({ ...options, cert, key }, async (h) => {
      await h.readLine();
      await h.print("HTTP/1.0 200 OK\r\n\r\nhello\n");
    });
    stop.push(() => server.shutdown());
    return (await server.addr).port;
  };
  const now = Date.now();
  const days = (from: number, to: number) => ({
    notBefore: new Date(now + from * DAY),
    notAfter: new Date(now + (to + 0.5) * DAY),
  });
  const good = await ca.server(
    "www.example.com",
    "example.com",
    "*.api.example.com",
    days(-10, 80),
  );
  const port = await start(good);
  at("www.example.com", port, 443);
  at("wrong.example.com", port, 443);
  const strange = await start(await other.server("intranet.example"));
  at("intranet.example", strange, 443);
  hosts["192.0.2.7:8443"] = [`localhost:${strange}`];
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  at("down.example.com", free.addr.port, 443);
  free.close();
  // check names no host but those of its arguments, which are all on this machine.
  const twins = {
    "www.example.com": await ca.server("localhost", days(-10, 80)),
    "soon.example.com": await ca.server("localhost", days(-70, 20)),
    "expired.example.com": await root.expired("localhost", { commonName: "expired.example.com" }),
  };
  for (const [name, identity] of Object.entries(twins)) {
    const twin = await start(identity);
    checked[name] = [`localhost:${twin}`, "--ca", `${folder}/root.pem`];
    names.push([`localhost:${twin}`, `${name}:443`]);
  }
  checked["down.example.com"] = [`localhost:${free.addr.port}`];
  checked["--file"] = ["--ca", `${folder}/root.pem`, "--file"];
  const plain = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const mail = await ca.server("imap.example.org");
  const accepting = (async () => {
    for await (const conn of plain) {
      const { cert, key } = mail;
      acceptStartTls(conn, "imap", { cert, key }).then(({ socket }) => socket.close()).catch(
        () => {},
      );
    }
  })();
  stop.push(() => plain.close(), () => accepting.catch(() => {}));
  at("imap.example.org", plain.addr.port, 143);
  await write("root.pem", root.pem);
  await write("ca.pem", other.pem);
  await write("server.pem", good.cert);
  files["expiries.html"] = [`${folder}/expiries.html`];
  await write("password.txt", "not a secret\n");
  const untrusted = { "www.example.com": [`localhost:${port}`, "--name", "www.example.com"] };
  await write("request.txt", "GET / HTTP/1.0\r\n\r\n");
  await write("hosts.txt", `${checked["www.example.com"]![0]}  # the first\n`);
  return {
    folder,
    wordsFor: (command) => {
      if (command === "names") return files;
      if (command === "cert") return { ...files, ...untrusted };
      return { ...files, ...command === "check" ? checked : hosts };
    },
    names,
    async [Symbol.asyncDispose]() {
      for (const each of stop) await each();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
