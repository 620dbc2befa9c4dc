/** Debian's source package of a program, by apt with lists and state of its own: nothing of the machine changes. */

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MIRROR = "http://deb.debian.org/debian";
const LIMIT = 120_000;

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { LC_ALL: "C" },
    signal: AbortSignal.timeout(LIMIT),
  });
  const { success, stdout, stderr } = await child.output();
  if (success) return;
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trim();
  throw new Error(`${command} ${args.at(-1)} failed: ${text.slice(-2000)}`);
}

/** Fetches and unpacks a source package below `dir`; gives its folder. */
export async function debianSource(
  name: string,
  { dir, suite }: { readonly dir: string; readonly suite: string },
): Promise<string> {
  for (const part of ["lists/partial", "cache/archives/partial", "source"]) {
    await Deno.mkdir(`${dir}/${part}`, { recursive: true });
  }
  const list = `deb-src [signed-by=${KEYRING}] ${MIRROR} ${suite} main\n`;
  await Deno.writeTextFile(`${dir}/sources.list`, list);
  await Deno.writeTextFile(`${dir}/status`, "");
  const settings = {
    "Dir::State::lists": `${dir}/lists`,
    "Dir::State::status": `${dir}/status`,
    "Dir::Cache": `${dir}/cache`,
    "Dir::Etc::sourcelist": `${dir}/sources.list`,
    "Dir::Etc::sourceparts": "-",
    "Acquire::Retries": "3",
    // The folder is ours alone: apt's own user could not write to it.
    "APT::Sandbox::User": "root",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  await run("apt-get", ["-q", ...options, "update"], dir);
  await run("apt-get", ["-q", ...options, "source", name], `${dir}/source`);
  for await (const { name: entry, isDirectory } of Deno.readDir(`${dir}/source`)) {
    if (isDirectory) return `${dir}/source/${entry}`;
  }
  throw new Error(`apt-get source ${name} has unpacked nothing`);
}
