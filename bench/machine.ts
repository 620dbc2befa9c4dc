/**
 * The machine and the versions of a run; no names of hosts, no paths.
 *
 * @module
 */

import { output } from "./peers.ts";

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}

/** What the page says of the machine. */
export async function machine(
  versions: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const cpu = /^model name\s*:\s*(.*)$/m.exec(await textOf("/proc/cpuinfo"))?.[1];
  const os = /^PRETTY_NAME="(.*)"$/m.exec(await textOf("/etc/os-release"))?.[1];
  const openssl = await output("openssl", ["version"]);
  return {
    CPU: `${cpu ?? Deno.build.arch}, ${navigator.hardwareConcurrency} cores`,
    OS: `${os ?? Deno.build.os}, kernel ${Deno.osRelease().replace(/-.*/, "")}`,
    Deno: Deno.version.deno,
    OpenSSL: /OpenSSL ([\w.]+)/.exec(openssl ?? "")?.[1] ?? "-",
    ...versions,
  };
}
