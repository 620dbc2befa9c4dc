/** Packages of Debian, by apt with lists and state of its own: nothing of the machine changes. */

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MIRROR = "http://deb.debian.org/debian";
const LIMIT = 240_000;

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

/** Where packages come from, and the folder that gets everything. */
export interface DebianSource {
  readonly dir: string;
  readonly suites: readonly string[];
}

/** Makes lists of their own for these suites; what apt-get takes so that it uses them. */
async function renewLists(kind: "deb" | "deb-src", from: DebianSource): Promise<string[]> {
  const { dir, suites } = from;
  for (const part of ["lists/partial", "cache/archives/partial"]) {
    await Deno.mkdir(`${dir}/${part}`, { recursive: true });
  }
  const lines = suites.map((suite) => `${kind} [signed-by=${KEYRING}] ${MIRROR} ${suite} main\n`);
  await Deno.writeTextFile(`${dir}/sources.list`, lines.join(""));
  await Deno.writeTextFile(`${dir}/status`, "");
  const settings = {
    "Dir::State::lists": `${dir}/lists`,
    "Dir::State::status": `${dir}/status`,
    "Dir::Cache": `${dir}/cache`,
    "Dir::Etc::sourcelist": `${dir}/sources.list`,
    "Dir::Etc::sourceparts": "-",
    "Acquire::Retries": "3",
    "Acquire::Languages": "none",
    // The folder is ours alone: apt's own user could not write to it.
    "APT::Sandbox::User": "root",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  await run("apt-get", ["-q", ...options, "update"], dir);
  return ["-q", ...options];
}

/** Fetches and unpacks a source package below `dir`; gives its folder. */
export async function debianSource(name: string, from: DebianSource): Promise<string> {
  const options = await renewLists("deb-src", from);
  const folder = `${from.dir}/source`;
  await Deno.mkdir(folder);
  await run("apt-get", [...options, "source", name], folder);
  for await (const { name: entry, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) return `${folder}/${entry}`;
  }
  throw new Error(`apt-get source ${name} has unpacked nothing`);
}

/** Fetches packages and unpacks them below `dir`, without installing them; gives the folder. */
export async function debianPackages(
  names: readonly string[],
  from: DebianSource,
): Promise<string> {
  const options = await renewLists("deb", from);
  const [packages, folder] = [`${from.dir}/packages`, `${from.dir}/root`];
  await Deno.mkdir(packages);
  await run("apt-get", [...options, "download", ...names], packages);
  for await (const { name } of Deno.readDir(packages)) {
    await run("dpkg-deb", ["--extract", name, folder], packages);
  }
  return folder;
}
