/**
 * The servers that `ssl check` is to look at: from the arguments and from a list.
 *
 * @module
 */

import type { StartTlsProtocol } from "../../starttls/options.ts";
import type { Call } from "../call.ts";
import { STARTTLS_PORTS } from "../connect/ports.ts";
import { parseTarget, type Target } from "../connect/target.ts";
import { readInput } from "../files.ts";
import { UsageError } from "../usage_error.ts";

/** One server. */
export interface HostEntry {
  /** Where it is. */
  readonly target: Target;
  /** How TLS is started; `undefined` where it begins at once. */
  readonly starttls: StartTlsProtocol | undefined;
}

function entryOf(host: string, starttls: StartTlsProtocol | undefined): HostEntry {
  const usualPort = starttls === undefined ? 443 : STARTTLS_PORTS[starttls];
  return { target: parseTarget(host, usualPort), starttls };
}

function fromLine(
  line: string,
  where: string,
  usual: StartTlsProtocol | undefined,
): HostEntry | undefined {
  const [host, protocol, ...rest] = line.replace(/(?:^|\s)#.*$/, "").trim().split(/\s+/);
  if (host === undefined || host === "") return undefined;
  if (rest.length > 0) throw new UsageError(`${where}: there is more than HOST and PROTOCOL`);
  if (protocol !== undefined && !Object.hasOwn(STARTTLS_PORTS, protocol)) {
    const known = Object.keys(STARTTLS_PORTS).join(", ");
    throw new UsageError(`${where}: the protocol is not known`, `use one of ${known}`);
  }
  try {
    return entryOf(host, protocol as StartTlsProtocol ?? usual);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${where}: ${error.message}`, error.fix);
  }
}

/**
 * The servers of a call.
 *
 * @throws {UsageError} If no server is named, or one is not written as a server.
 */
export async function hostsOf(
  call: Call,
  starttls: StartTlsProtocol | undefined,
): Promise<readonly HostEntry[]> {
  const hosts = call.operands.map((host) => entryOf(host, starttls));
  const file = call.text("file");
  if (file !== undefined) {
    const text = new TextDecoder().decode(await readInput(file, call.io));
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      const entry = fromLine(line, `line ${i + 1} of the list`, starttls);
      if (entry !== undefined) hosts.push(entry);
    }
  }
  if (hosts.length === 0) {
    throw new UsageError("no host", "ssl check HOST..., or ssl check --file LIST");
  }
  return hosts;
}
