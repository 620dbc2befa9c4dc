/**
 * The page of all options, docs/options.md: their meaning from the comments of the source, where they
 * may stand from context/option_table.ts, what an engine must be able to do from
 * engine/requirements.ts.
 *
 * @module
 */

import ts from "typescript";
import { CLOSE_OPTIONS, type OptionKind, optionRow } from "../../context/option_table.ts";
import { type Feature, featuresOf } from "../../engine/features.ts";
import { REQUIREMENTS } from "../../engine/requirements.ts";
import { parse, ROOT } from "../structure/tree.ts";

const HEAD = `# All options

This page is made from the source by \`deno task docs:options\`. Every option with its meaning, its default, where it may stand,
and the features that it (or some of its values) needs where not every engine has them: [engines.md](engines.md) says which has, and on an
engine without it the option throws \`SslUnsupportedError\`. \`undefined\` is the same as not given. A name that is not here is a \`TypeError\` that names the right one, also for the names of
[Perl](perl-names.md) and [other libraries](migration.md).

| it says | you can give it to |
|---|---|
| connect | \`SslSocket.connect\`, \`Handle.connect\`, \`httpsAgent\` |
| start | \`SslSocket.start\`, \`startTls\`, \`acceptStartTls\`, \`Handle.startSsl\`, \`connectSsl\`, \`acceptSsl\` |
| listen | \`SslSocket.listen\`, \`serve\`, \`serveHttp\` |
| context | \`SslContext.create\` |
| close | \`SslSocket.close\`, \`stopSsl\` |
`;

/** The features that every engine has. */
const EVERYWHERE: ReadonlySet<Feature> = (["openssl", "openssl-narrow", "deno"] as const)
  .map((column): ReadonlySet<Feature> => featuresOf(column))
  .reduce((all, some) => all.intersection(some));

const ALL: readonly OptionKind[] = ["connect", "start", "listen", "context"];

interface Member {
  readonly name: string;
  readonly group: string;
  readonly comment: string;
  readonly kind: OptionKind | undefined;
}

/** The members of the interfaces of options, in their order; the first mention counts. */
function members(file: string, interfaces: readonly (readonly [string, string])[]): Member[] {
  const text = Deno.readTextFileSync(new URL(file, ROOT));
  const tree = parse(file, text);
  const found: Member[] = [];
  for (const [wanted, title] of interfaces) {
    const page = tree.statements.find((node) =>
      ts.isInterfaceDeclaration(node) && node.name.text === wanted
    ) as ts.InterfaceDeclaration;
    let group = title;
    for (const member of page.members) {
      const before = text.slice(member.getFullStart(), member.getStart(tree, true));
      group = /\/\/ -- (.*?) -+$/m.exec(before)?.[1] ?? group;
      const name = member.name!.getText(tree);
      const comment = text.slice(member.getStart(tree, true), member.getStart(tree))
        .replace(/^ *\/\*\* ?| *\*\/[^]*$/g, "").replace(/^ *\* ?/gm, "").trim();
      found.push({ name, group, comment, kind: group === "closing" ? "close" : undefined });
    }
  }
  return found;
}

/** One line: the meaning, the default, and Perl's name by itself. */
function meaning(comment: string): { text: string; perl: string } {
  const perl = /^Perl: `(.*)`$/m.exec(comment)?.[1] ?? "";
  const text = comment
    .replace(/^Perl: .*$/m, "")
    .replace(/\{@linkcode (?:\w+\.)?(\w+)\}/g, "`$1`")
    .replace(/@default \{(.*)\}/, "Default: `$1`.")
    .replace(/\s+/g, " ")
    .replaceAll("|", "\\|")
    .trim();
  return { text, perl };
}

/** What is refused elsewhere than by the table of requirements. */
const ELSEWHERE: Readonly<Record<string, readonly Feature[]>> = {
  version: ["versions"],
  minVersion: ["versions"],
  maxVersion: ["versions"],
  server: ["startServer"],
  transport: ["anyTransport"],
  path: ["anyTransport"],
};

/** The features that it needs, or that some of its values need, where an engine may lack them. */
function needs(name: string): string {
  const listed = REQUIREMENTS.filter(({ option }) => option === name).map(({ feature }) => feature);
  const features = new Set([...listed, ...ELSEWHERE[name] ?? []]);
  const partial = [...features].filter((feature) => !EVERYWHERE.has(feature));
  return partial.map((feature) => `\`${feature}\``).join(", ");
}

function row({ name, comment, kind }: Member): string {
  const { text, perl } = meaning(comment);
  const kinds = optionRow(kind, name)!.kinds;
  const where = kind === undefined && ALL.every((one) => kinds.includes(one))
    ? "all"
    : kinds.join(", ");
  const from = perl === "" ? "" : `\`${perl}\``;
  return `| \`${name}\` | ${text} | ${where} | ${needs(name)} | ${from} |`;
}

/** The names on the page, for the test that none is missing. */
export function optionsOnPage(): readonly Member[] {
  const seen = new Set<string>();
  return [
    ...members("context/options.ts", [["SslOptions", ""]]),
    ...members("socket/options.ts", [
      ["ConnectionOptions", "one connection"],
      ["ConnectOptions", "addresses"],
      ["StartOptions", "addresses"],
      ["ListenOptions", "a listener"],
      ["CloseOptions", "closing"],
    ]),
  ].filter(({ name, group }) => {
    const key = group === "closing" ? `close ${name}` : name;
    return !seen.has(key) && seen.add(key);
  });
}

const TITLES: Readonly<Record<string, string>> = {
  engine: "The engine",
  names: "Names",
  trust: "Whom to trust",
  "our own certificate": "Our own certificate",
  protocol: "Versions, ciphers, protocols",
  context: "Contexts, sessions, callbacks",
  "one connection": "One connection",
  addresses: "Addresses",
  "a listener": "A listener",
  closing: "Closing",
};

/** The whole page, in Markdown. */
export function optionsPage(): string {
  const groups = Map.groupBy(optionsOnPage(), ({ group }) => group);
  const tables = [...groups].map(([group, list]) => {
    const head = "| option | what it means | where | needs | Perl |\n|---|---|---|---|---|";
    return `## ${TITLES[group]}\n\n${[head, ...list.map(row)].join("\n")}\n`;
  });
  return [HEAD, ...tables].join("\n");
}

/** How many options of closing there are: they have a table of their own. */
export const CLOSING = Object.keys(CLOSE_OPTIONS).length;

if (import.meta.main) {
  Deno.writeTextFileSync(new URL("docs/options.md", ROOT), optionsPage());
}
