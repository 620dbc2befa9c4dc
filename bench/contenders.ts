/**
 * The sides of the benchmarks: what each is called, how it starts, and whether it is there.
 *
 * @module
 */

const HERE = new URL("./", import.meta.url).pathname;

/** What each side is, in the order in which pages show them. */
export const CONTENDERS: Readonly<Record<string, string>> = {
  deno: "bare Deno",
  openssl: "OpenSSL engine",
  "deno-engine": "Deno engine",
  wasm: "WebAssembly engine",
  floor: "floor",
  "floor-checks": "floor that checks",
  C: "C, OpenSSL",
  perl: "Perl, IO::Socket::SSL",
  python: "Python, ssl",
  node: "Node, tls",
  go: "Go, crypto/tls",
};

/** The part of a side's name before the tree. */
export function kindOf(side: string): string {
  return side.split("@")[0]!;
}

/** A side's name in a page: `openssl@c0ffee1` is another tree, by its commit. */
export function titleOf(side: string): string {
  const [kind, commit] = side.split("@");
  return CONTENDERS[kind!]! + (commit === undefined ? "" : ` at ${commit}`);
}

/** Whether a side is this library, or another state of it. */
export function isOurs(side: string): boolean {
  return ["openssl", "deno-engine", "wasm"].includes(kindOf(side));
}

/** The program of a side, with its arguments; `folder` has the certificates and what was built. */
export function commandOf(side: string, folder: string, profile?: string): [string, string[]] {
  const [kind, tree] = side.split("@");
  switch (kind) {
    case "perl":
      return ["perl", [`${HERE}sides/perl.pl`, folder]];
    case "python":
      return ["python3", [`${HERE}sides/python.py`, folder]];
    case "node":
      return ["node", ["--expose-gc", `${HERE}sides/node.mjs`, folder]];
    case "go":
      return [`${folder}/go_side`, [folder]];
  }
  const flags = ["--allow-all", "--no-lock", "--no-check", "--v8-flags=--expose-gc"];
  if (profile) flags.push("--cpu-prof", `--cpu-prof-dir=${profile}`);
  const root = new URL(
    tree === undefined ? "../" : `file://${tree.replace(/\/*$/, "/")}`,
    import.meta.url,
  );
  const config = new URL("deno.json", root).pathname;
  return [
    Deno.execPath(),
    ["run", ...flags, "--config", config, `${HERE}side.ts`, kind!, folder, root.href],
  ];
}

/** What the program of another language needs, and the arguments that show that it has it. */
const PROBES: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  perl: ["perl", "-MIO::Socket::SSL", "-MJSON::PP", "-e", "print IO::Socket::SSL->VERSION"],
  python: ["python3", "-c", "import ssl, platform; print(platform.python_version())"],
  node: ["node", "-p", "process.versions.node"],
  go: ["go", "version"],
};

/** What the version of a probe is the version of. */
const VERSIONED: Readonly<Record<string, string>> = {
  perl: "IO::Socket::SSL",
  python: "Python",
  node: "Node",
  go: "Go",
};

/** The sides that are there with their versions, and those that are not. */
export async function present(
  sides: readonly string[],
  native: boolean,
  output: (program: string, args: string[]) => Promise<string | undefined>,
): Promise<{ there: string[]; missing: string[]; versions: Record<string, string> }> {
  const there: string[] = [], missing: string[] = [];
  const versions: Record<string, string> = {};
  for (const side of sides) {
    const kind = kindOf(side);
    if (!Object.hasOwn(CONTENDERS, kind)) throw new TypeError(`unknown side ${kind}`);
    const probe = PROBES[kind];
    const version = probe && await output(probe[0], probe.slice(1));
    if (probe ? version === undefined : kind === "C" && !native) {
      missing.push(side);
      continue;
    }
    there.push(side);
    if (version) versions[VERSIONED[kind]!] = /[\d.]*\d/.exec(version)?.[0] ?? version.trim();
  }
  return { there, missing, versions };
}
