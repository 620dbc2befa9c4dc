/**
 * Runs the suite by hand and prints what each file came to.
 *
 * Usage: deno run --allow-all tests/interop/perl_suite/main.ts SOURCE [ours|perl] [FILE...]
 */
import { type Rules, runFile, testFiles } from "./suite.ts";

const [source, rules = "ours", ...files] = Deno.args;
if (source === undefined) throw new Error("give the folder of IO::Socket::SSL's source");
for (const file of files.length > 0 ? files : testFiles(source)) {
  const { planned, passed, failed, output } = await runFile(source, file, rules as Rules);
  console.log(`${file}: ${passed} of ${planned ?? "?"} passed`);
  for (const name of failed) console.log(`  not ok: ${name}`);
  if (files.length > 0) console.log(output);
}
