/**
 * The table of commands, in the order of the help. Each area has its rows in a file of its own; the
 * code of a command is loaded when it runs.
 *
 * @module
 */

import { ABOUT_COMMANDS } from "./about/rows.ts";
import { ANALYZE_COMMANDS } from "./analyze/rows.ts";
import { CA_COMMANDS } from "./ca/rows.ts";
import { CERT_COMMANDS } from "./cert/rows.ts";
import { CHECK_COMMANDS } from "./check/rows.ts";
import type { Command } from "./command.ts";
import { CONNECT_COMMANDS } from "./connect/rows.ts";
import { HELP_COMMANDS } from "./help/rows.ts";
import { NAME_COMMANDS } from "./names/rows.ts";
import { SERVE_COMMANDS } from "./serve/rows.ts";

/** Every command. */
export const COMMANDS: readonly Command[] = [
  ...CONNECT_COMMANDS,
  ...CHECK_COMMANDS,
  ...SERVE_COMMANDS,
  ...NAME_COMMANDS,
  ...ABOUT_COMMANDS,
  ...ANALYZE_COMMANDS,
  ...CERT_COMMANDS,
  ...CA_COMMANDS,
  ...HELP_COMMANDS,
];
