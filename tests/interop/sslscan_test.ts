/** analyze finds what sslscan finds, on ten servers with good and bad settings. */
import "../helpers/limit.ts";

import { assert, assertEquals } from "@std/assert";
import { analyze } from "../../cli/analyze/analyze.ts";
import type { Analysis } from "../../cli/analyze/model.ts";
import { Lab } from "./lab.ts";
import { ANALYZED_SERVERS } from "./servers/analyzed.ts";

/** What both say. */
interface Scan {
  readonly versions: readonly string[];
  readonly suites: readonly string[];
  readonly groups: readonly string[];
  readonly first: readonly string[];
  readonly compression: boolean;
  readonly secure: boolean;
  readonly heartbleed: boolean;
}

const attributes = (tag: string): Record<string, string> =>
  Object.fromEntries(
    [...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );

function tags(xml: string, name: string): Record<string, string>[] {
  return [...xml.matchAll(new RegExp(`<${name} [^>]*>`, "g"))].map(([tag]) => attributes(tag));
}

const OURS: Readonly<Record<string, string>> = {
  "SSLv2": "SSLv2",
  "SSLv3": "SSLv3",
  "TLSv1.0": "TLSv1",
  "TLSv1.1": "TLSv1_1",
  "TLSv1.2": "TLSv1_2",
  "TLSv1.3": "TLSv1_3",
};

function readXml(xml: string): Scan {
  const ciphers = tags(xml, "cipher");
  const versions = tags(xml, "protocol").filter(({ enabled }) => enabled === "1")
    .map(({ type, version }) => OURS[`${type!.toUpperCase()}v${version}`]!);
  const one = ({ sslversion, id }: Record<string, string>) =>
    `${OURS[sslversion!]} ${id!.toLowerCase()}`;
  return {
    versions: versions.sort(),
    suites: ciphers.map(one).sort(),
    groups: tags(xml, "group").map(one).sort(),
    first: ciphers.filter(({ status }) => status === "preferred").map(one).sort(),
    compression: tags(xml, "compression").some(({ supported }) => supported === "1"),
    secure: tags(xml, "renegotiation").every(({ secure }) => secure === "1"),
    heartbleed: tags(xml, "heartbleed").some(({ vulnerable }) => vulnerable === "1"),
  };
}

function ofAnalysis({ versions, groups, features }: Analysis): Scan {
  const offered = versions.filter((one) => one.offered);
  return {
    versions: offered.map(({ version }) => version).sort(),
    suites: offered.flatMap(({ version, suites }) => suites.map(({ id }) => `${version} ${id}`))
      .sort(),
    groups: groups.flatMap(({ version, groups }) => groups.map(({ id }) => `${version} ${id}`))
      .sort(),
    // Where the client's order decides, each of the two clients has its own.
    first: offered.filter(({ order }) => order === "server")
      .map(({ version, suites: [first] }) => `${version} ${first!.id}`).sort(),
    compression: features.compression ?? false,
    secure: features.secureRenegotiation ?? true,
    heartbleed: features.heartbleed ?? false,
  };
}

const ask = (port: number): Promise<Analysis> =>
  analyze({
    target: { hostname: "localhost", port, timeout: 10_000, parallel: 6 },
    serverName: "localhost",
    fast: false,
    now: Date.now(),
    trust: () => Promise.resolve({ trusted: true, engine: "none", path: [], timings: {} }),
    openssl: true,
    progress: () => {},
  });

for (const { name, start, finds, chains = 1 } of ANALYZED_SERVERS) {
  Deno.test(`analyze finds what sslscan finds: ${name}`, async () => {
    await using lab = await Lab.open();
    await using server = await start(lab);
    const file = lab.path("scan.xml");
    const scanning = ["--no-colour", "--timeout=10", `--xml=${file}`, `localhost:${server.port}`];
    await lab.ok("sslscan", ...scanning);
    const scan = readXml(await Deno.readTextFile(file));
    const analysis = await ask(server.port);
    const ours = ofAnalysis(analysis);
    const { first, groups, secure, ...theirs } = scan;
    const { first: ourFirst, groups: ourGroups, secure: weSaySecure, ...rest } = ours;
    assertEquals(rest, theirs);
    // sslscan sees of an EC key's server only the groups that the server likes better than its own.
    const missed = groups.filter((group) => !ourGroups.includes(group));
    assertEquals(missed, []);
    const key = analysis.chains[0]!.certificates[0]!.key as { readonly type: string };
    if (key.type === "RSA") assertEquals(ourGroups, groups);
    // It looks at renegotiation in TLS 1.0 alone.
    if (scan.versions.includes("TLSv1")) assertEquals(weSaySecure, secure);
    const found = analysis.findings.map(({ id }) => id);
    for (const id of finds) assert(found.includes(id), `${id} of ${found}`);
    assertEquals(analysis.chains.length, chains);
    if (name.includes("good")) assertEquals(found, finds);
    for (const suite of ourFirst) assert(first.includes(suite), `${suite} of ${first}`);
  });
}
