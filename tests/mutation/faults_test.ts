import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { faultsOf, withFault } from "./faults.ts";

const changed = (text: string) => faultsOf(text).map((fault) => withFault(text, fault));

Deno.test("faultsOf() turns conditions, drops operands, moves boundaries and removes statements", () => {
  assertEquals(changed("if (a < 1 && b) throw e;"), [
    "if (!(a < 1 && b)) throw e;",
    "if ((a < 1)) throw e;",
    "if ((b)) throw e;",
    "if (a <= 1 && b) throw e;",
    "if (a < (1 + 1) && b) throw e;",
    "if (a < 1 && b) ;",
  ]);
  assertEquals(changed("const x = (): boolean => { check(a ?? b); return true; };"), [
    "const x = (): boolean => { ; return true; };",
    "const x = (): boolean => { check((a)); return true; };",
    "const x = (): boolean => { check((b)); return true; };",
    "const x = (): boolean => { check(a ?? b); ; };",
    "const x = (): boolean => { check(a ?? b); return false; };",
  ]);
});

Deno.test("faultsOf() makes one fault of a turned comparison, and none in types, imports and tables", () => {
  assertEquals(changed("while (a === b);"), ["while (!(a === b));"]);
  assertEquals(changed('import { a } from "./1.ts"; type T = true | 1; const t = { a: 1 };'), []);
});
