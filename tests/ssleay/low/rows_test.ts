/**
 * Every row of the tables is called with fresh objects, and with each handle replaced by what is
 * not one. A process of its own for each table, so that a crash is a failure that says where.
 */

import "../../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { SSLeay } from "../../../ssleay/low/mod.ts";
import { REMOVED, TABLE } from "../../../ssleay/low/table/all.ts";

const program = new URL("./rows_program.ts", import.meta.url);

interface Line {
  readonly name: string;
  readonly wrong: string[];
  readonly result: string;
}

/** What no function of Net::SSLeay makes, so that only refusals can be tried. */
const UNMADE = [
  "ASN1_OBJECT",
  "DH",
  "ENGINE",
  "OCSP_RESPONSE",
  "X509_POLICY",
];

for (const area of Object.keys(TABLE)) {
  Deno.test(`every function of the table ${area}`, async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-all", program.href, area],
      stdout: "piped",
      stderr: "piped",
    }).output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    assert(success, `crashed in ${lines.at(-1)?.calls}: ${new TextDecoder().decode(stderr)}`);
    const outcomes = lines.filter((line) => "name" in line) as Line[];
    assertEquals(outcomes.map((line) => line.name), Object.keys(TABLE[area as keyof typeof TABLE]));
    assertEquals(outcomes.filter((line) => line.wrong.length > 0), []);
    const failed = outcomes.filter((line) => /Error: /.test(line.result));
    // A function that this OpenSSL lacks says which one has it.
    assertEquals(failed.filter((line) => !/OpenSSL [\d.]+ and later do/.test(line.result)), []);
    const unmade = outcomes.filter((line) => line.result === "nothing makes its objects");
    assertEquals(
      unmade.filter((line) => !UNMADE.some((kind) => rowOf(area, line.name).includes(kind))),
      [],
    );
  });
}

function rowOf(area: string, name: string): string {
  return (TABLE[area as keyof typeof TABLE] as Record<string, string>)[name]!;
}

Deno.test("what OpenSSL has no longer says what to use", () => {
  assertEquals(Object.keys(REMOVED).length, 15);
  for (const [name, instead] of Object.entries(REMOVED)) {
    try {
      (SSLeay as unknown as Record<string, () => void>)[name]!();
      throw new Error(`${name} was called`);
    } catch (error) {
      assert(error instanceof TypeError, String(error));
      assertEquals(error.message, `${name} is not in OpenSSL 1.1.0 and later: use ${instead}`);
    }
  }
});
