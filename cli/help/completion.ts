/**
 * `ssl completion`: scripts for bash, zsh and fish, made from the table of commands.
 *
 * @module
 */

import { quote } from "../../internal/quote.ts";
import { optionsOf } from "../arguments.ts";
import type { Call } from "../call.ts";
import type { Command } from "../command.ts";
import type { DataSchema, Result } from "../result.ts";
import type { OptionSpec } from "../signature.ts";
import { UsageError } from "../usage_error.ts";

/** The schema of its document. */
export const schema: DataSchema = {
  properties: { shell: { enum: ["bash", "zsh", "fish"] }, script: { type: "string" } },
};

/** A text in single quotes, for all three shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const firstWords = (commands: readonly Command[]): readonly string[] => [
  ...new Set(commands.map(({ name }) => name.split(" ")[0]!)),
];

/** The second words of a command of two words. */
const secondWords = (commands: readonly Command[], first: string): readonly string[] =>
  commands.flatMap(({ name }) => name.startsWith(`${first} `) ? [name.split(" ")[1]!] : []);

/** What a value of an option, or an argument, may be: words, or a file. */
function valuesOf({ kind, choices }: OptionSpec): string {
  return kind === "choice" ? choices!.join(" ") : kind === "file" ? "FILE" : "";
}

const operandsOf = ({ completes }: Command): string =>
  completes === "file" ? "FILE" : completes?.join(" ") ?? "";

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const options = Object.entries(optionsOf(command));
    const names = options.map(([name]) => `--${name}`).join(" ");
    const values = options.filter(([, spec]) => valuesOf(spec) !== "")
      .map(([name, spec]) => `        --${name}) words=${quoted(valuesOf(spec))} ;;`);
    const plain = options.filter(([, spec]) => spec.kind !== "flag" && valuesOf(spec) === "")
      .map(([name]) => `--${name}`);
    return [
      `    ${quoted(command.name)})`,
      `      options=${quoted(names)}; words=${quoted(operandsOf(command))}`,
      `      case "$previous" in`,
      ...values,
      ...(plain.length === 0 ? [] : [`        ${plain.join("|")}) return ;;`]),
      `      esac ;;`,
    ].join("\n");
  });
  const groups = firstWords(commands).map((first) => [first, secondWords(commands, first)] as const)
    .filter(([, second]) => second.length > 0)
    .map(([first, second]) => `    ${first}) words=${quoted(second.join(" "))} ;;`);
  return `# bash completion of ssl (@socket/ssl)
_ssl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="\${COMP_WORDS[1]}" words='' options=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(firstWords(commands).join(" "))} -- "$current"))
    return
  fi
  case "$command" in
${groups.map((line) => `${line}\n`).join("")}    *) ;;
  esac
  if [ -n "$words" ] && [ "$COMP_CWORD" -eq 2 ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  if [ -n "$words" ]; then command="$command \${COMP_WORDS[2]}"; words=''; fi
  case "$command" in
${cases.join("\n")}
    *) return ;;
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) if [ "$words" = FILE ]; then COMPREPLY=($(compgen -f -- "$current"))
       else COMPREPLY=($(compgen -W "$words" -- "$current")); fi ;;
  esac
}
complete -o filenames -F _ssl ssl
`;
}

/** A text for a description in brackets, as zsh reads it. */
const bracketed = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");

function zsh(commands: readonly Command[]): string {
  const action = (spec: OptionSpec) =>
    spec.kind === "file" ? "_files" : spec.kind === "choice" ? `(${spec.choices!.join(" ")})` : " ";
  const cases = commands.map((command) => {
    const options = Object.entries(optionsOf(command)).map(([name, spec]) => {
      const value = spec.kind === "flag"
        ? ""
        : `:${bracketed(spec.value ?? "VALUE")}:${action(spec)}`;
      const many = spec.repeatable ? "*" : "";
      const equals = spec.kind === "flag" ? "" : "=";
      return `      ${quoted(`${many}--${name}${equals}[${bracketed(spec.help)}]${value}`)} \\`;
    });
    const operands = operandsOf(command);
    const rest = operands === "FILE"
      ? "*:file:_files"
      : operands === ""
      ? "*: : "
      : `*: :(${operands})`;
    return [
      `    ${quoted(command.name)})`,
      `      _arguments -S \\`,
      ...options,
      `      ${quoted(rest)} ;;`,
    ].join("\n");
  });
  const described = firstWords(commands).map((first) => {
    const own = commands.find(({ name }) => name === first);
    return `    ${
      quoted(`${first}:${bracketed(own?.summary ?? secondWords(commands, first).join(", "))}`)
    }`;
  });
  const groups = firstWords(commands).filter((first) => secondWords(commands, first).length > 0);
  return `#compdef ssl
# zsh completion of ssl (@socket/ssl)
_ssl() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command="$words[2]"
  case "$command" in
${
    groups.map((first) =>
      `    ${first}) if (( CURRENT == 3 )); then compadd ${
        secondWords(commands, first).join(" ")
      }; return; fi; command="$command $words[3]"; shift words; (( CURRENT-- )) ;;`
    ).join("\n")
  }
    *) ;;
  esac
  shift words; (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _ssl ]; then _ssl "$@"; else compdef _ssl ssl; fi
`;
}

function fish(commands: readonly Command[]): string {
  const lines = ["# fish completion of ssl (@socket/ssl)", "complete -c ssl -f"];
  for (const first of firstWords(commands)) {
    const own = commands.find(({ name }) => name === first);
    const second = secondWords(commands, first);
    const summary = own?.summary ?? second.join(", ");
    lines.push(`complete -c ssl -n __fish_use_subcommand -a ${first} -d ${quoted(summary)}`);
    const condition = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${
      second.join(" ")
    }`;
    if (second.length > 0) {
      lines.push(`complete -c ssl -n ${quoted(condition)} -a ${quoted(second.join(" "))}`);
    }
  }
  for (const command of commands) {
    const condition = command.name.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`)
      .join("; and ");
    const operands = operandsOf(command);
    if (operands === "FILE") lines.push(`complete -c ssl -n ${quoted(condition)} -F`);
    else if (operands !== "") {
      lines.push(`complete -c ssl -n ${quoted(condition)} -a ${quoted(operands)}`);
    }
    for (const [name, spec] of Object.entries(optionsOf(command))) {
      const short = spec.short === undefined ? "" : ` -s ${spec.short}`;
      const value = spec.kind === "flag"
        ? ""
        : spec.kind === "file"
        ? " -r -F"
        : spec.kind === "choice"
        ? ` -x -a ${quoted(spec.choices!.join(" "))}`
        : " -x";
      lines.push(
        `complete -c ssl -n ${quoted(condition)} -l ${name}${short}${value} -d ${
          quoted(spec.help)
        }`,
      );
    }
  }
  return lines.join("\n") + "\n";
}

const SHELLS = { bash, zsh, fish } as const;

/** Runs it. */
export function run(call: Call, commands: readonly Command[]): Promise<Result> {
  const [shell] = call.operands as [string];
  if (!Object.hasOwn(SHELLS, shell)) {
    throw new UsageError(`the shell ${quote(shell)} is not known`, "use bash, zsh or fish");
  }
  const script = SHELLS[shell as keyof typeof SHELLS](commands);
  return Promise.resolve({ verdict: "ok", data: { shell, script }, text: script.trimEnd() });
}
