/**
 * Runs examples, one after the other, with other servers in place of those that they name. The
 * arguments are a file with a {@linkcode Task}, and one to which each {@linkcode Outcome} is written as a
 * line: examples write to the output.
 *
 * @module
 */

import { StandIn } from "./stand_in.ts";
import { VISITS } from "./visits.ts";

/** What to run. */
export interface Task {
  readonly hosts: Readonly<Record<string, number>>;
  readonly examples: readonly { name: string; file: string; folder: string }[];
}

/** What came of one example. */
export interface Outcome {
  readonly name: string;
  readonly printed: string;
  readonly failure?: string;
}

/** An example, or a visit, takes milliseconds. */
const LIMIT = 20_000;

const { hosts, examples }: Task = JSON.parse(await Deno.readTextFile(Deno.args[0]!));
const standIn = new StandIn(hosts);
standIn.install();
standIn.catchOutput();

let failed: (error: unknown) => void = () => {};
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  failed(event.error);
});
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  failed(event.reason);
});

/** Ends with the example; one that serves, with the visit of its client. */
async function run(name: string, file: string): Promise<void> {
  const failure = new Promise<never>((_, reject) => failed = reject);
  const example: Promise<unknown> = import(`file://${file}`);
  const visit = VISITS[name];
  if (visit === undefined) {
    await Promise.race([example, failure]);
    if (standIn.serving) throw new Error("it leaves a server that no visit in visits.ts tries");
  } else {
    example.catch((error) => failed(error));
    await Promise.race([standIn.port().then(visit), failure]);
  }
}

function late(): Promise<never> {
  return new Promise((_, reject) =>
    Deno.unrefTimer(setTimeout(() => reject(new Error("it does not end")), LIMIT))
  );
}

for (const { name, file, folder } of examples) {
  Deno.chdir(folder);
  const began = performance.now();
  let failure: string | undefined;
  try {
    await Promise.race([run(name, file), late()]);
  } catch (error) {
    failure = error instanceof Error ? error.stack ?? String(error) : String(error);
  }
  failed = () => {};
  standIn.reset();
  if (Deno.env.get("SOCKET_SSL_PAGES_MS")) failure = `${performance.now() - began} ms ${failure}`;
  const outcome: Outcome = { name, printed: standIn.printed(), ...(failure && { failure }) };
  await Deno.writeTextFile(Deno.args[1]!, JSON.stringify(outcome) + "\n", { append: true });
}
Deno.exit();
