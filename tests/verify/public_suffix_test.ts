import "../helpers/limit.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import * as tldts from "tldts";
import { fullPublicSuffix, PublicSuffix } from "../../verify/private_public_suffix.ts";
import {
  lockedVersion,
  moduleText,
  moduleUrl,
  PARTS,
  rulesOf,
  VERSION,
} from "./make_public_suffix_rules.ts";

const CASES = Deno.readTextFileSync(new URL("../testdata/public-suffix-cases.md", import.meta.url))
  .trim().split("\n").map((line) => line.replace(/^- /, ""));

Deno.test("publicSuffix() gives Perl's result in all of its cases", () => {
  const zero = PublicSuffix.default({ minSuffix: 0 });
  let count = 0;
  for (const line of CASES) {
    const withAdd = /^`(.*)` \+1 → rest `(.*)`, suffix `(.*)`$/.exec(line);
    if (withAdd) {
      const [, host, rest, suffix] = withAdd;
      assertEquals(PublicSuffix.default().publicSuffix(host!, 1), [rest!, suffix!], line);
      const dot = host!.endsWith(".");
      const labels = (text: string) => text.split(".").filter((part) => part !== "");
      if (!dot) {
        assertEquals(
          PublicSuffix.default().publicSuffix(labels(host!), 1),
          [labels(rest!), labels(suffix!)],
          line,
        );
      }
    } else {
      const [, input, expected] = /^public_suffix\((.*)\) → (.*)$/.exec(line)!;
      const host = input === "undef" ? undefined : input === "[]" ? [] : input!.slice(1, -1);
      const [, suffix] = zero.publicSuffix(host as string);
      assertEquals(
        suffix,
        expected === "undef" ? undefined : expected!.slice(1, -1) as never,
        line,
      );
    }
    count++;
  }
  assertEquals(count, 82);
});

Deno.test("publicSuffix() takes the ICANN part by default and the private part with fullPublicSuffix()", () => {
  const [icann, all] = [PublicSuffix.default(), fullPublicSuffix()];
  const table: [string, string, string][] = [
    ["foo.github.io", "io", "github.io"],
    ["b.s3.amazonaws.com", "com", "s3.amazonaws.com"],
    ["www.example.co.uk", "co.uk", "co.uk"],
    ["x.mtls.run.app", "app", "x.mtls.run.app"],
    ["mtls.run.app", "app", "mtls.run.app"],
    ["kobe.jp", "jp", "jp"],
    ["x.c.kobe.jp", "c.kobe.jp", "c.kobe.jp"],
    ["www.ck", "ck", "ck"],
    ["ck", "ck", "ck"],
    ["nodomain", "nodomain", "nodomain"],
    ["foo.nodomain", "nodomain", "nodomain"],
  ];
  for (const [host, byIcann, byAll] of table) {
    assertEquals(icann.publicSuffix(host)[1], byIcann, host);
    assertEquals(all.publicSuffix(host)[1], byAll, host);
  }
});

Deno.test("publicSuffix() uses minSuffix where no rule matches", () => {
  for (const minSuffix of [0, 1, 2, 3]) {
    const list = PublicSuffix.default({ minSuffix });
    const labels = ["a", "b", "c", "nodomain"];
    const at = labels.length - minSuffix;
    assertEquals(list.publicSuffix(labels), [labels.slice(0, at), labels.slice(at)]);
    assertEquals(list.publicSuffix("a.b.com"), ["a.b", "com"]);
  }
  assertEquals(PublicSuffix.default({ minSuffix: 9 }).publicSuffix("a.b"), ["", "a.b"]);
});

Deno.test("publicSuffix() keeps the form of its input", () => {
  const list = PublicSuffix.default();
  const labels = ["WWW", "Example", "CO", "UK"];
  assertEquals(list.publicSuffix(labels), [["www", "example"], ["co", "uk"]]);
  assertEquals(labels, ["WWW", "Example", "CO", "UK"]);
  assertEquals(list.publicSuffix("WWW.Example.CO.UK."), ["www.example", "co.uk."]);
  assertEquals(list.publicSuffix("löwe.敎育.hk", 1), ["", "löwe.敎育.hk"]);
  assertEquals(list.publicSuffix("a.xn--lcvr32d.hk"), ["a", "xn--lcvr32d.hk"]);
  assertEquals(list.publicSuffix(["a", "敎育", "hk"]), [["a"], ["敎育", "hk"]]);
  assertEquals(list.publicSuffix("a。example。com"), ["a.example", "com"]);
  assertEquals(list.publicSuffix("a..b.com"), ["a.b", "com"]);
  assertEquals(list.publicSuffix(""), [undefined, undefined]);
  assertEquals(list.publicSuffix(null), [undefined, undefined]);
});

Deno.test("PublicSuffix.fromString() reads the format of publicsuffix.org", () => {
  const list = PublicSuffix.fromString(
    "// comment\r\n\r\nUK // a country\n*.uk\n!bl.uk\n*\n敎育.hk\na.*.test\n  co.jp\t\n",
  );
  const table: [string, string, string][] = [
    ["a.b.co.uk", "a.b", "co.uk"],
    ["www.bl.uk", "www.bl", "uk"],
    ["a.b.com", "a.b", "com"],
    ["x.敎育.hk", "x", "敎育.hk"],
    ["x.xn--lcvr32d.hk", "x", "xn--lcvr32d.hk"],
    ["y.a.any.test", "y", "a.any.test"],
    ["b.any.test", "b.any", "test"],
    ["a.co.jp", "a", "co.jp"],
  ];
  for (const [host, rest, suffix] of table) {
    assertEquals(list.publicSuffix(host), [rest, suffix], host);
  }
  const empty = PublicSuffix.fromString("", { minSuffix: 0 });
  assertEquals(empty.publicSuffix("a.com"), ["a.com", ""]);
  assertEquals(empty.publicSuffix("a.com."), ["a.com", ""]);
  // What is not a name in ASCII is a label like any other.
  assertEquals(PublicSuffix.default().publicSuffix("\u{FFFD}.com"), ["\u{FFFD}", "com"]);
  // Several ways down the tree: the longest rule wins, whichever branch it is on.
  const forked = PublicSuffix.fromString("b.c\nx.*.c");
  assertEquals(forked.publicSuffix("y.x.b.c"), ["y", "x.b.c"]);
});

Deno.test("PublicSuffix.fromFile() reads a list from a file", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "test\nb.test\n");
    const list = await PublicSuffix.fromFile(path, { minSuffix: 0 });
    assertEquals(list.publicSuffix("a.b.test"), ["a", "b.test"]);
    assertEquals(list.publicSuffix("a.com"), ["a.com", ""]);
  } finally {
    await Deno.remove(path);
  }
  await assertRejects(() => PublicSuffix.fromFile(path), Deno.errors.NotFound);
});

Deno.test("PublicSuffix refuses wrong options, rules and numbers", async () => {
  assertThrows(
    () => PublicSuffix.default({ min_suffix: 0 } as never),
    TypeError,
    'unknown option "min_suffix": use "minSuffix"',
  );
  assertThrows(() => PublicSuffix.fromString("", { private: true } as never), TypeError, "private");
  assertThrows(() => PublicSuffix.default({ minSuffix: -1 }), RangeError, "received -1");
  assertThrows(() => PublicSuffix.default({ minSuffix: 1.5 }), RangeError, "received 1.5");
  assertThrows(
    () => PublicSuffix.fromString("com\na b"),
    TypeError,
    'line 2 is not a rule: received "a b"',
  );
  for (const rule of ["!", "\u{FFFD}"]) {
    assertThrows(() => PublicSuffix.fromString(rule), TypeError, "line 1 is not a rule");
  }
  assertThrows(() => PublicSuffix.default().publicSuffix("a.com", -1), RangeError, "received -1");
  await assertRejects(() => PublicSuffix.fromFile("/x", { minSuffix: -1 }), RangeError);
  assertThrows(() => fullPublicSuffix({ minSuffix: -1 }), RangeError);
  assertThrows(() => fullPublicSuffix({ min: 1 } as never), TypeError, "min");
});

const LOCKED = lockedVersion(
  await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)),
);

Deno.test("the lists are made from the tldts of deno.lock: deno task update:suffixes", async () => {
  assertMatch(LOCKED ?? "none", /^\d+\.\d+\.\d+$/);
  for (const part of PARTS) {
    const text = await Deno.readTextFile(moduleUrl(part));
    assertStringIncludes(text, `tldts\n * ${LOCKED} has it`);
    // Without the lock a newer one is at hand: what it has is for the next update.
    if (VERSION === LOCKED) assertEquals(text, moduleText(part));
    else {console.log(
        `note: tldts ${VERSION} is there, the lists are of ${LOCKED}: update:suffixes`,
      );}
  }
});

Deno.test("lockedVersion() reads the version that a lock has", () => {
  const specifiers = { "npm:fast-check@4": "4.1.0", "npm:tldts@^7.0.0": "7.1.2" };
  assertEquals(lockedVersion(JSON.stringify({ specifiers })), "7.1.2");
  assertEquals(lockedVersion(JSON.stringify({ specifiers: {} })), undefined);
});

Deno.test({
  name: "the lists answer as tldts does, for every rule and the names about it",
  ignore: VERSION !== LOCKED,
}, () => {
  const plain = { detectIp: false, extractHostname: false, validateHostname: false };
  const lists = [
    { list: PublicSuffix.default(), rules: rulesOf(1), least: 6000, allowPrivateDomains: false },
    {
      list: fullPublicSuffix(),
      rules: [...rulesOf(1), ...rulesOf(2)],
      least: 8500,
      allowPrivateDomains: true,
    },
  ];
  for (const { list, rules, least, allowPrivateDomains } of lists) {
    assert(rules.length > least, `${rules.length}`);
    let compared = 0;
    for (const rule of rules) {
      const base = rule.replace("!", "").replace("*", "any-label");
      if (base.endsWith("bd")) continue; // Perl's rule "*.bd" is kept
      for (const name of [base, `x.${base}`, `x.y.${base}`]) {
        const { publicSuffix } = tldts.parse(name, { ...plain, allowPrivateDomains });
        assertEquals(list.publicSuffix(name)[1], publicSuffix, name);
        compared++;
      }
    }
    assert(compared > 3 * least, `${compared}`);
  }
});

Deno.test("publicSuffix() splits without losing a label", () => {
  const label = fc.stringMatching(/^[a-z0-9-]{1,6}$/);
  const host = fc.tuple(
    fc.array(fc.oneof(label, fc.constantFrom("com", "co", "uk", "kobe", "jp", "ck", "city"))),
    fc.nat({ max: 3 }),
  );
  const lists = [
    PublicSuffix.default(),
    fullPublicSuffix(),
    PublicSuffix.default({ minSuffix: 0 }),
    PublicSuffix.fromString("*.jp\n!city.jp\nuk\nco.uk"),
  ];
  fc.assert(
    fc.property(host, ([labels, add]) => {
      fc.pre(labels.length > 0);
      for (const list of lists) {
        const [rest, suffix] = list.publicSuffix(labels, add);
        assertEquals([...rest, ...suffix], labels);
        const [, bare] = list.publicSuffix(labels);
        assertEquals(suffix.length, Math.min(labels.length, bare.length + add));
        assertEquals(list.publicSuffix(labels.join("."), add), [rest.join("."), suffix.join(".")]);
      }
    }),
  );
});
