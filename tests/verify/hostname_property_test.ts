/** verifyHostname() against a second, naive matcher that shares no code with it. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { explainHostname, verifyHostname } from "../../verify/hostname.ts";
import { SCHEME_NAMES } from "../../verify/schemes.ts";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,4}[a-z0-9])?$/)
  .filter((text) => !text.startsWith("xn--"));
const word = label.filter((text) => /[a-z]/.test(text));
// *.kobe.jp is a rule of the list, so a.kobe.jp is a public suffix.
const suffix = fc.constantFrom("com", "co.uk", "org", "a.kobe.jp");
/** A host with at least one label of somebody's own: `x.example.co.uk`. */
const host = fc.tuple(fc.array(word, { minLength: 2, maxLength: 4 }), suffix)
  .map(([labels, end]) => [...labels, end].join("."));

/** Any letters of a name in upper case. */
const anyCase = (name: string) =>
  fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((up) => [...name].map((c, i) => up[i] ? c.toUpperCase() : c).join(""));
const anyDots = fc.nat({ max: 3 }).map((n) => ".".repeat(n));

const dns = (value: string) => ({ subjectAltNames: [{ type: "DNS", value } as const] });

/** What the dots, the case and one star come to, as a regular expression. */
function naive(pattern: string, name: string, place: "none" | "label" | "anywhere"): boolean {
  const lower = (text: string) => text.toLowerCase().replace(/\.+$/, "");
  const [p, n] = [lower(pattern), lower(name)];
  if (!p.includes("*")) return p === n;
  const [first = "", ...rest] = p.split(".");
  if (rest.some((part) => part.includes("*")) || first.split("*").length !== 2) return false;
  if (place === "none" || (place === "label" && first !== "*")) return false;
  const source = first.replace("*", "[a-z0-9_-]+") + rest.map((part) => `\\.${part}`).join("");
  return new RegExp(`^${source}$`).test(n);
}

/** A pattern made from a host: one piece of one label replaced by a star, any case, any dots. */
const patternOf = (name: string) =>
  fc.tuple(
    fc.nat({ max: name.split(".").length - 1 }),
    fc.nat({ max: 6 }),
    fc.nat({ max: 6 }),
    fc.boolean(),
    fc.boolean(),
  ).map(([at, from, to, star, flip]) => {
    const labels = name.split(".");
    const part = labels[at]!;
    const [a, b] = [Math.min(from, to, part.length), Math.min(Math.max(from, to), part.length)];
    if (star) labels[at] = `${part.slice(0, a)}*${part.slice(b)}`;
    if (flip) labels[0] = labels[0]!.slice(1) + "q";
    return labels.join(".");
  }).chain((pattern) => fc.tuple(anyCase(pattern), anyDots).map(([p, d]) => p + d));

const PLACES = { default: "anywhere", http: "anywhere", smtp: "label", sip: "none" } as const;

Deno.test("verifyHostname() agrees with a naive matcher for any split, case and dots", () => {
  const matched = new Set<boolean>();
  fc.assert(
    fc.property(
      host.chain((name) => fc.tuple(fc.constant(name), patternOf(name), anyCase(name), anyDots)),
      ([name, pattern, typed, dots]) => {
        for (const [scheme, place] of Object.entries(PLACES)) {
          const expected = naive(pattern, name, place);
          const got = verifyHostname(dns(pattern), typed + dots, scheme as keyof typeof PLACES, {
            publicSuffix: "",
          });
          assertEquals(got, expected, `${scheme}: ${pattern} for ${typed}${dots}`);
          matched.add(got);
        }
      },
    ),
    { numRuns: 3000 },
  );
  assertEquals(matched.size, 2);
});

Deno.test("verifyHostname() under rfc9525 is naive matching of whole labels without dots", () => {
  fc.assert(
    fc.property(
      host.chain((name) => fc.tuple(fc.constant(name), patternOf(name), anyCase(name))),
      ([name, pattern, typed]) => {
        const expected = !pattern.endsWith(".") && naive(pattern, name, "label");
        assertEquals(verifyHostname(dns(pattern), typed), expected, `${pattern} for ${typed}`);
        assertEquals(
          verifyHostname(dns(pattern), `${typed}.`),
          expected,
          `${pattern} for ${typed}.`,
        );
        assertFalse(verifyHostname({ commonName: pattern }, typed));
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("verifyHostname() under rfc9525 never accepts what Perl's default refuses", () => {
  const piece = fc.oneof(label, fc.constantFrom("*", "*a", "", "www", "com", "xn--lwe-sna", "\0"));
  const any = fc.array(piece, { minLength: 1, maxLength: 5 }).map((list) => list.join("."));
  fc.assert(
    fc.property(any, any, (name, pattern) => {
      const names = { ...dns(pattern), commonName: name };
      if (verifyHostname(names, name)) assert(verifyHostname(names, name, "default"), name);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("verifyHostname() never lets a wildcard stand for a name below a public suffix", () => {
  fc.assert(
    fc.property(word, suffix, fc.constantFrom(...SCHEME_NAMES), (own, end, scheme) => {
      fc.pre(scheme !== "none" && own !== "city");
      assertFalse(
        verifyHostname({ ...dns(`*.${end}`), commonName: `*.${end}` }, `${own}.${end}`, scheme),
      );
    }),
  );
});

Deno.test("verifyHostname() compares addresses by their bytes, however they are written", () => {
  const write = (groups: number[], style: number): string => {
    const hex = groups.map((g) => style & 1 ? g.toString(16).padStart(4, "0") : g.toString(16));
    if (style & 2) hex.splice(6, 2, groups.slice(6).flatMap((g) => [g >> 8, g & 255]).join("."));
    let text = hex.join(":");
    if (style & 4) text = text.replace(/(^|:)(0+(:|$))+/, "::");
    return style & 8 ? text.toUpperCase() : text;
  };
  const group = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat({ max: 0xffff }));
  const address = fc.array(group, { minLength: 8, maxLength: 8 });
  const style = fc.nat({ max: 15 });
  fc.assert(
    fc.property(address, address, style, style, (a, b, s, t) => {
      for (const [x, y] of [[a, a], [a, b]] as const) {
        const names = { subjectAltNames: [{ type: "IP", value: write([...y], t) } as const] };
        const expected = x.join() === y.join();
        for (const scheme of ["rfc9525", "http"] as const) {
          assertEquals(verifyHostname(names, write([...x], s), scheme), expected);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("explainHostname() never throws and agrees with itself for any text", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), host);
  fc.assert(
    fc.property(text, text, text, fc.constantFrom(...SCHEME_NAMES), (name, san, cn, scheme) => {
      const names = {
        commonName: cn,
        subjectAltNames: [{ type: "DNS", value: san }, { type: "IP", value: san }] as const,
      };
      const report = explainHostname(names, name, scheme);
      assertEquals(report.ok, report.rule !== undefined);
      assertEquals(report.names.filter((n) => n.ok).length, report.matched ? 1 : 0);
      assertEquals(report.ok, verifyHostname(names, name, scheme));
    }),
    { numRuns: 2000 },
  );
});
