import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { faultsOf, withFault } from "./faults.ts";
import { SWITCH, withSwitches } from "./switches.ts";

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

Deno.test("withSwitches() is the text, and with one switch on the text with that fault", () => {
  const text = `
    if (a < 1 && b) log("if"); else log("else");
    for (const x of [0, 1, 2]) { if (x === a) continue; log(x); }
    return b ?? true;`;
  const faults = faultsOf(text);
  const seen = (code: string, on = -1): string => {
    Object.assign(globalThis, { [SWITCH]: (number: number) => number === on });
    try {
      const run = new Function("a", "b", "log", code);
      return JSON.stringify([[0, true], [1, true], [0, undefined], [5, 0]].map(([a, b]) => {
        const log: unknown[] = [];
        const result = run(a, b, (x: unknown) => log.push(x));
        return [...log, result];
      }));
    } finally {
      Reflect.deleteProperty(globalThis, SWITCH);
    }
  };
  const switched = withSwitches(text, faults, 100);
  assertEquals(seen(switched), seen(text));
  const others = faults.map((fault, i) => {
    const other = seen(withFault(text, fault));
    assertEquals(seen(switched, 100 + i), other, `${fault.kind}, line ${fault.line}`);
    return other;
  });
  assertEquals(others.filter((other) => other === seen(text)), []);
});
