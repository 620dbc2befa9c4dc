/**
 * The page of Perl's names, docs/perl-names.md, made from perl/names.ts.
 *
 * @module
 */

import { type PerlName, type PerlNameKind, perlNames } from "../../perl/names.ts";
import { ROOT } from "../structure/tree.ts";

const HEAD = `# Perl's names

This page is made from \`perl/names.ts\` by \`deno task docs:names\`. It has every name of IO::Socket::SSL 2.099 and its companions, with
ours or with the reason why it is left out. The rule: drop \`SSL_\`, and write camelCase at the underscores. \`fromPerl()\` of
\`@socket/ssl/perl\` turns Perl's arguments into options; the values that differ are in [migration.md](migration.md). The names of
Net::SSLeay are in [ssleay.md](ssleay.md).
`;

const TITLES: Readonly<Record<PerlNameKind, string>> = {
  option: "Options",
  method: "Methods",
  function: "Functions",
  class: "Classes",
  constant: "Constants",
  variable: "Variables",
};

function row({ perl, ours, reason, replacement, deprecated }: PerlName): string {
  const name = `\`${perl}\`${deprecated === true ? " (deprecated)" : ""}`;
  const here = ours === null ? `not there: ${reason}; use \`${replacement}\`` : `\`${ours}\``;
  return `| ${name} | ${here} |`;
}

/** The whole page, in Markdown. */
export function perlNamesPage(): string {
  const kinds = Map.groupBy(perlNames, ({ kind }) => kind);
  const tables = [...kinds].map(([kind, list]) =>
    `## ${TITLES[kind]}\n\n${["| Perl | here |\n|---|---|", ...list.map(row)].join("\n")}\n`
  );
  return [HEAD, ...tables].join("\n");
}

if (import.meta.main) {
  Deno.writeTextFileSync(new URL("docs/perl-names.md", ROOT), perlNamesPage());
}
