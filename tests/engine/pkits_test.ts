import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { pemBlocks } from "../../certificate/keys/pem.ts";
import { engine } from "./harness.ts";

interface Pkits {
  time: number;
  tests: { id: string; valid: boolean; certs: string[]; crls: string[] }[];
  certs: Record<string, string>;
  crls: Record<string, string>;
}

/** Keys of 1,024 bits (DSA) are refused on purpose, also those that PKITS calls valid. */
const TOO_WEAK = ["4.1.4", "4.1.5"];

Deno.test("Engine.verifyChain() is right on NIST PKITS 1 to 7 but for DSA keys of 1,024 bits, and never accepts wrongly", async () => {
  const data: Pkits = JSON.parse(
    await Deno.readTextFile(new URL("../testdata/pkits-1-7.json", import.meta.url)),
  );
  const der = (pem: string) => pemBlocks(pem)[0]!.der;
  const wrong: string[] = [];
  for (const test of data.tests) {
    const [anchor, ...path] = test.certs.map((name) => der(data.certs[name]!));
    const leaf = path.pop()!;
    const result = await engine.verifyChain!({
      leaf,
      intermediates: path,
      trust: {
        anchors: [anchor!],
        extra: [],
        crls: test.crls.map((name) => der(data.crls[name]!)),
        checkCrl: "chain",
      },
      time: new Date(data.time * 1000),
    });
    const accepted = result.error === 0;
    if (accepted && !test.valid) throw new Error(`False accept: ${test.id}`);
    if (accepted !== test.valid) wrong.push(test.id);
  }
  assertEquals(wrong, TOO_WEAK);
  assertEquals(data.tests.length, 76);
});
