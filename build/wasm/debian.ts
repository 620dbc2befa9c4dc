/** Packages of Debian, by apt with lists and state of its own: nothing of the machine changes. */

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MIRROR = "http://deb.debian.org/debian";
const LIMIT = 240_000;

/** Where a program runs, and how long. */
export interface RunOptions {
  /** The working folder. */
  readonly cwd: string;
  /** What the environment has beside its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** After how many milliseconds it is stopped. */
  readonly limit?: number;
}

/**
 * Runs a program to its end; gives what it prints.
 *
 * @throws {Error} If it fails; the message has the end of what it printed.
 */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, limit = LIMIT }: RunOptions,
): Promise<string> {
  const child = new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { ...env, LC_ALL: "C" },
    signal: AbortSignal.timeout(limit),
  });
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  const text = [stdout, stderr].map((bytes) => decoder.decode(bytes)).join("").trim();
  throw new Error(`${command} ${args.at(-1)} failed: ${text.slice(-2000)}`);
}

/** Where packages come from, and the folder that gets everything. */
export interface DebianSource {
  readonly dir: string;
  readonly suites: readonly string[];
  /** Suites of the archive of security updates. */
  readonly securitySuites?: readonly string[];
}

/** Makes lists of their own for these suites; what apt takes so that it uses them. */
async function renewLists(kind: "deb" | "deb-src", from: DebianSource): Promise<string[]> {
  const { dir, suites, securitySuites = [] } = from;
  for (const part of ["lists/partial", "cache/archives/partial"]) {
    await Deno.mkdir(`${dir}/${part}`, { recursive: true });
  }
  const archives = [
    ...suites.map((suite) => `${MIRROR} ${suite}`),
    ...securitySuites.map((suite) => `${MIRROR}-security ${suite}`),
  ];
  const lines = archives.map((archive) => `${kind} [signed-by=${KEYRING}] ${archive} main\n`);
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
  await run("apt-get", ["-q", ...options, "update"], { cwd: dir });
  return ["-q", ...options];
}

/** Fetches and unpacks a source package below `dir`; gives its folder. */
export async function debianSource(name: string, from: DebianSource): Promise<string> {
  const options = await renewLists("deb-src", from);
  const folder = `${from.dir}/source`;
  await Deno.mkdir(folder);
  await run("apt-get", [...options, "source", name], { cwd: folder });
  for await (const { name: entry, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) return `${folder}/${entry}`;
  }
  throw new Error(`apt-get source ${name} has unpacked nothing`);
}

/** Fetches the files of one version of a source package, unpacks nothing; gives their folder. */
export async function debianSourceFiles(
  name: string,
  version: string,
  from: DebianSource,
): Promise<string> {
  const options = await renewLists("deb-src", from);
  const folder = `${from.dir}/files`;
  await Deno.mkdir(folder);
  await run("apt-get", [...options, "source", "--download-only", `${name}=${version}`], {
    cwd: folder,
  });
  return folder;
}

/** The versions of a source package that the archives have now. */
export async function debianVersions(name: string, from: DebianSource): Promise<string[]> {
  const options = await renewLists("deb-src", from);
  const text = await run("apt-cache", [...options, "showsrc", name], { cwd: from.dir });
  return [...text.matchAll(/^Version: (.+)$/gm)].map(([, version]) => version!);
}

/** Fetches packages and unpacks them below `dir`, without installing them; gives the folder. */
export async function debianPackages(
  names: readonly string[],
  from: DebianSource,
): Promise<string> {
  const options = await renewLists("deb", from);
  const [packages, folder] = [`${from.dir}/packages`, `${from.dir}/root`];
  await Deno.mkdir(packages);
  await run("apt-get", [...options, "download", ...names], { cwd: packages });
  for await (const { name } of Deno.readDir(packages)) {
    await run("dpkg-deb", ["--extract", name, folder], { cwd: packages });
  }
  return folder;
}
