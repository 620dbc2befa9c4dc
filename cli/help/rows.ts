/**
 * The commands about the program itself.
 *
 * @module
 */

import type { Command } from "../command.ts";

/** The rows of the table. */
export const HELP_COMMANDS: readonly Command[] = [
  {
    name: "help",
    summary: "what the commands do, with examples; the exit codes; the JSON schema",
    operands: "[COMMAND]",
    count: [0, 2],
    options: {
      schema: { kind: "flag", help: "the JSON Schema of all documents that --json writes" },
    },
    examples: [
      { args: "help", does: "lists the commands and the exit codes" },
      { args: "help connect", does: "shows the options of connect" },
      { args: "help --schema", does: "writes the JSON Schema of every document" },
    ],
    permissions: [],
    load: () => import("./run.ts"),
  },
  {
    name: "completion",
    summary: "writes what completes commands and options in a shell",
    operands: "bash|zsh|fish",
    count: [1, 1],
    completes: ["bash", "zsh", "fish"],
    options: {},
    examples: [
      {
        args: "completion bash > ~/.local/share/bash-completion/completions/ssl",
        does: "for bash",
      },
      { args: "completion zsh > ~/.zfunc/_ssl", does: "for zsh, with ~/.zfunc in fpath" },
      { args: "completion fish > ~/.config/fish/completions/ssl.fish", does: "for fish" },
    ],
    permissions: [],
    load: () => import("./completion.ts"),
  },
];
