/** The types of the declared functions are those of the tables. */

import "../../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { typesText } from "../../../ssleay/low/make_types.ts";

Deno.test("declared_types.ts is what make_types.ts writes", async () => {
  const { stdout } = await formatted(typesText());
  const file = new URL("../../../ssleay/low/declared_types.ts", import.meta.url);
  assertEquals(await Deno.readTextFile(file), new TextDecoder().decode(stdout));
});

async function formatted(text: string): Promise<Deno.CommandOutput> {
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--config", config, "--ext", "ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return await child.output();
}
