/** What revocation lists say, by the lists alone: numbers, dates, scopes, entries. Nothing is connected. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { TAG } from "../../certificate/asn1/reader.ts";
import { explicit, int, octets, seq, timeDer, tlv } from "../../certificate/asn1/writer.ts";
import { generalName } from "../../certificate/extensions/write.ts";
import { type Certificate, TestCa } from "../../certificate/mod.ts";
import { SslError } from "../../errors.ts";
import { entryOf, readCrl } from "../../verify/crl.ts";
import {
  countLists,
  describeCrl,
  describeList,
  describeRevocation,
  describeUnfit,
  isLifted,
  objectionTo,
  revocationOf,
  selectDeltas,
} from "../../verify/revocation.ts";
import {
  type CrlOptions,
  INDIRECT,
  makeCrl,
  ONLY_ATTRIBUTES,
  ONLY_CAS,
  ONLY_KEY_COMPROMISE,
  ONLY_USERS,
  pointName,
  pointTo,
} from "../helpers/crl.ts";

const HOUR = 3_600_000;
const ca = await TestCa.create({ commonName: "CA" });
const renewed = await TestCa.create({ commonName: "CA" });
const other = await TestCa.create({ commonName: "Other" });
const leaf = (await ca.server("a.example")).certificate;
const inter = (await ca.intermediate()).certificate;
const located = (await ca.server({
  names: ["a.example"],
  extensions: [pointTo("2.5.29.31", pointName("http://here"))],
})).certificate;

const crl = (options: CrlOptions = {}, by = ca) => makeCrl(by, options);
const listing = (options: CrlOptions = {}, certificate = leaf, reason?: number) =>
  crl({ revoked: [{ certificate, ...(reason === undefined ? {} : { reason }) }], ...options });
/** removeFromCRL. */
const lifting = (options: CrlOptions) => listing(options, leaf, 8);

const isRevoked = (crls: Uint8Array[], certificate: Certificate = leaf, now?: Date): boolean =>
  revocationOf(certificate, crls, now) !== undefined;
const hence = (hours: number) => new Date(Date.now() + hours * HOUR);

// ---- one list

Deno.test("readCrl() reads the dates, the numbers, the scope and the key of a list", () => {
  const plain = readCrl(crl({ keyId: false }));
  assertEquals([plain.number, plain.base, plain.scope, plain.keyId], Array(4).fill(undefined));
  assertEquals([plain.issuer, plain.freshest, plain.entries], ["/CN=CA", false, undefined]);
  const full = readCrl(crl({ number: 7, base: 5, freshest: true, scope: [ONLY_USERS] }));
  assertEquals([full.number, full.base, full.freshest], [7n, 5n, true]);
  assertEquals(full.keyId?.length, 20);
  const scope = (...fields: Uint8Array[]) => readCrl(crl({ scope: fields })).scope!;
  const none = {
    names: undefined,
    onlyUsers: false,
    onlyCas: false,
    someReasons: false,
    indirect: false,
    onlyAttributes: false,
  };
  assertEquals(scope(), none);
  assertEquals(scope(ONLY_USERS), { ...none, onlyUsers: true });
  assertEquals(scope(ONLY_CAS), { ...none, onlyCas: true });
  assertEquals(scope(ONLY_KEY_COMPROMISE), { ...none, someReasons: true });
  assertEquals(scope(INDIRECT), { ...none, indirect: true });
  assertEquals(scope(ONLY_ATTRIBUTES), { ...none, onlyAttributes: true });
  assertEquals(scope(pointName("http://here")).names?.map(({ value }) => value), ["http://here"]);
  assertEquals(scope(tlv(0xa0, tlv(0xa1))).names, undefined);
  assertEquals(scope(tlv(0x81, Uint8Array.of(0))), none);
  const odd = () => scope(tlv(0x81, Uint8Array.of(1)));
  assertThrows(odd, SslError, "issuingDistributionPoint: BOOLEAN is neither");
  // Only lists of one issuer, one key and one scope replace each other.
  const options = [{}, { keyId: false }, { scope: [ONLY_CAS] }];
  const lists = [...options.map((each) => crl(each)), crl({}, renewed), crl({}, other)];
  assertEquals(new Set(lists.map((list) => readCrl(list).series)).size, lists.length);
  assertEquals(readCrl(crl({ number: 1 })).series, readCrl(crl({ number: 2 })).series);
});

Deno.test("readCrl() takes what RFC 5280 leaves out, and nothing that it does not know", () => {
  const algorithm = seq(tlv(0x06, Uint8Array.of(42, 3)));
  const when = timeDer(new Date("2026-01-01T00:00:00Z"));
  const later = timeDer(new Date("2060-01-01T00:00:00Z"));
  const name = ca.certificate.rawSubject;
  const read = (...fields: Uint8Array[]) =>
    readCrl(seq(seq(...fields), algorithm, tlv(TAG.BIT_STRING, Uint8Array.of(0))));
  const bare = read(algorithm, name, when);
  assertEquals([bare.issuer, bare.nextUpdate, bare.entries], ["/CN=CA", undefined, undefined]);
  assertEquals(bare.thisUpdate, new Date("2026-01-01T00:00:00Z"));
  assertEquals(read(int(1), algorithm, name, when).thisUpdate, bare.thisUpdate);
  assertEquals(read(int(1), algorithm, name, when, later).nextUpdate?.getUTCFullYear(), 2060);
  assert(read(int(1), algorithm, name, when, seq()).entries !== undefined);
  assertEquals(
    read(int(1), algorithm, name, when, later, seq(), explicit(0, seq())).number,
    undefined,
  );
  const bad: Uint8Array[][] = [
    [int(1), algorithm, name, when, later, seq(), explicit(1, seq())],
    [int(1), algorithm, name, when, later, seq(), octets()],
    [int(1), algorithm, name, when, later, seq(), explicit(0, seq()), octets()],
    [int(1), algorithm, name, when, later, seq(), explicit(0, seq()), explicit(0, seq())],
    [int(1), algorithm, name],
    [int(1), algorithm, octets(), when],
  ];
  for (const fields of bad) {
    const error = assertThrows(() => read(...fields), SslError, "Cannot read CRL");
    assertEquals(error.code, "ERR_DER");
  }
});

Deno.test("readCrl() reads the same bytes once", () => {
  const der = crl();
  assert(readCrl(der) === readCrl(der));
});

Deno.test("entryOf() tells since when and why, and of several entries the one that revokes", () => {
  const of = (list: Uint8Array, certificate = leaf) => {
    const read = readCrl(list);
    return entryOf(read, readCrl(crl()).issuerName, certificate.rawSerial);
  };
  assertEquals(of(crl()), undefined);
  assertEquals(of(listing(), inter), undefined);
  assertEquals(of(listing())!.reason, undefined);
  assertEquals(of(listing())!.time, readCrl(listing()).thisUpdate);
  assertEquals(of(listing({}, leaf, 1))!.reason, "keyCompromise");
  const twice = (first: number, second: number) =>
    of(crl({
      revoked: [
        { certificate: leaf, reason: first },
        { certificate: leaf, reason: second },
      ],
    }))!.reason;
  assertEquals([twice(8, 1), twice(1, 8), twice(1, 4)], [
    "keyCompromise",
    "keyCompromise",
    "keyCompromise",
  ]);
});

Deno.test("entryOf(): an entry of an indirect list is about the issuer that it, or one before it, names", async () => {
  const foreign = (await other.server("a.example")).certificate;
  const issuer = readCrl(crl({}, other)).issuerName;
  const of = (options: CrlOptions, certificate = foreign, by = issuer) =>
    entryOf(readCrl(crl(options)), by, certificate.rawSerial) !== undefined;
  const named = { certificate: foreign, named: true };
  const scope = [INDIRECT];
  assertEquals(of({ revoked: [named], scope }), true);
  assertEquals(of({ revoked: [{ certificate: foreign }], scope }), false);
  const before = { certificate: (await other.server("b.example")).certificate, named: true };
  assertEquals(of({ revoked: [before, { certificate: foreign }], scope }), true);
  assertEquals(of({ revoked: [before], scope }), false);
  assertEquals(of({ revoked: [named], scope }, foreign, readCrl(crl()).issuerName), false);
  // In a list that is not indirect every entry is about its own issuer.
  const own = [before, { certificate: leaf }];
  assertEquals(of({ revoked: own }, leaf, readCrl(crl()).issuerName), true);
});

// ---- lists in force

Deno.test("revocationOf() goes by the lists of the issuer's name and key", () => {
  assertEquals(isRevoked([]), false);
  assertEquals(isRevoked([listing()]), true);
  assertEquals(isRevoked([listing()], inter), false);
  assertEquals(isRevoked([Uint8Array.of(1, 2), listing()]), true);
  const of = (by: TestCa, options: CrlOptions = {}) =>
    crl({ revoked: [{ certificate: leaf }], ...options }, by);
  assertEquals(isRevoked([of(other)]), false);
  assertEquals(isRevoked([of(renewed)]), false);
  assertEquals(isRevoked([of(renewed, { keyId: false })]), true);
  assertEquals(revocationOf(leaf, [listing({}, leaf, 4)])?.reason, "superseded");
});

Deno.test("revocationOf(): the newest list that is current counts, else the newest", () => {
  assertEquals(isRevoked([listing({ age: 3 }), crl({ age: 2 })]), false);
  assertEquals(isRevoked([crl({ age: 3 }), listing({ age: 2 })]), true);
  // One of the future, or overdue, gives way to a current one.
  assertEquals(isRevoked([listing({ age: 3 }), crl({ age: -2, next: 9 })]), true);
  assertEquals(isRevoked([listing({ age: 9 }), crl({ age: 3, next: -1 })]), true);
  assertEquals(isRevoked([crl({ age: 9, next: -2 }), listing({ age: 3, next: -1 })]), true);
  // The time of the verification decides what is current.
  const old = listing({ age: 9, next: -2 });
  assertEquals(isRevoked([old, crl({ age: 1 })]), false);
  assertEquals(isRevoked([old, crl({ age: 1 })], leaf, hence(-5)), true);
});

Deno.test("revocationOf(): a list is current from its thisUpdate to its nextUpdate, both included", () => {
  const early = listing({ age: 9, next: 9 });
  const late = crl({ age: 4, next: -2 });
  const { thisUpdate, nextUpdate } = readCrl(late);
  const at = (time: number) => isRevoked([early, late], leaf, new Date(time));
  assertEquals(at(thisUpdate.getTime() - 1), true);
  assertEquals(at(thisUpdate.getTime()), false);
  assertEquals(at(nextUpdate!.getTime()), false);
  assertEquals(at(nextUpdate!.getTime() + 1), true);
});

Deno.test("revocationOf(): a list that names no next one stays current", () => {
  const { thisUpdate } = readCrl(crl({ age: 3 }));
  const algorithm = seq(tlv(0x06, Uint8Array.of(42, 3)));
  const tbs = seq(int(1), algorithm, ca.certificate.rawSubject, timeDer(thisUpdate));
  const endless = seq(tbs, algorithm, tlv(TAG.BIT_STRING, Uint8Array.of(0)));
  const overdue = listing({ age: 2, next: -1, keyId: false });
  assertEquals(isRevoked([endless, overdue]), false);
  assertEquals(isRevoked([overdue]), true);
});

Deno.test("revocationOf(): a delta list that is newer than the base, by number or else by date, counts", () => {
  const base = crl({ number: 5 });
  const delta = (options: CrlOptions) => listing({ base: 5, ...options });
  assertEquals(isRevoked([base, delta({ number: 6 })]), true);
  assertEquals(isRevoked([base, delta({ number: 5 })]), false);
  assertEquals(isRevoked([base, delta({ number: 4 })]), false);
  assertEquals(isRevoked([base, delta({ age: 1 })]), true);
  assertEquals(isRevoked([crl({ age: 1 }), delta({ number: 6, age: 2 })]), false);
  assertEquals(isRevoked([crl({ age: 2 }), delta({ number: 6, age: 1 })]), true);
  assertEquals(isRevoked([delta({ number: 6 })]), true);
  assertEquals(isRevoked([base, delta({ number: 6, age: -1 })]), false);
  assertEquals(isRevoked([base, delta({ number: 6, age: -1 })], leaf, hence(2)), true);
  const now = delta({ number: 6, age: 1 });
  assertEquals(isRevoked([base, now], leaf, readCrl(now).thisUpdate), true);
});

Deno.test("revocationOf() and isLifted(): of several delta lists the newest that has the certificate counts", () => {
  const base = listing({ number: 5 });
  const held = { base: 5, number: 6 }, lifted = { base: 5, number: 7 };
  for (const lists of [[lifting(lifted), listing(held)], [listing(held), lifting(lifted)]]) {
    assertEquals(isRevoked([base, ...lists]), false);
    assertEquals(isLifted(leaf, [base, ...lists]), true);
  }
  assertEquals(isRevoked([base, lifting(held), listing(lifted)]), true);
  assertEquals(isLifted(leaf, [base, lifting(held), listing(lifted)]), false);
  // A delta list without an entry changes nothing, and one that lifts nothing lifts nothing.
  assertEquals(isRevoked([base, listing(held), crl(lifted)]), true);
  assertEquals(isLifted(leaf, [crl({ number: 5 }), lifting(lifted)]), false);
  assertEquals(isLifted(leaf, [base]), false);
  assertEquals(isLifted(leaf, [base, lifting({ ...lifted, age: -1 })]), false);
  assertEquals(isLifted(leaf, [base, lifting({ ...lifted, age: -1 })], hence(2)), true);
});

Deno.test("countLists() counts the lists, and those that may have the certificate", () => {
  const lists = [crl(), crl({}, renewed), crl({}, other), crl({ scope: [INDIRECT] }, other)];
  assertEquals(countLists(leaf, lists), { given: 4, ofIssuer: 3 });
  assertEquals(countLists(leaf, []), { given: 0, ofIssuer: 0 });
});

// ---- what OpenSSL does not apply

const objection = (crls: Uint8Array[], certificate = leaf, now?: Date) => {
  const found = objectionTo(certificate, crls, now);
  return found === undefined ? undefined : "revoked" in found ? "revoked" : "unfit";
};

Deno.test("objectionTo(): plain lists are OpenSSL's own business", () => {
  assertEquals(objection([]), undefined);
  assertEquals(objection([listing(), crl()]), undefined);
  assertEquals(objection([listing({}, leaf), crl({}, other)]), undefined);
});

Deno.test("objectionTo(): what a delta list, a list with a scope or an indirect one revokes is revoked", async () => {
  const base = crl({ number: 5 });
  assertEquals(objection([base, listing({ base: 5, number: 6 })]), "revoked");
  assertEquals(objection([base, crl({ base: 5, number: 6 })]), undefined);
  assertEquals(objection([crl({ age: 3 }), listing({ scope: [ONLY_USERS], age: 2 })]), "revoked");
  // A newer plain list replaces an older one with a scope.
  assertEquals(objection([crl({ age: 2 }), listing({ scope: [ONLY_USERS], age: 3 })]), undefined);
  assertEquals(objection([crl({ age: 2 }), listing({ scope: [ONLY_USERS], age: 2 })]), "revoked");
  assertEquals(objection([listing({ scope: [ONLY_USERS] })]), "revoked");
  // A delta list is replaced by number, not by date; what a plain list revokes, OpenSSL sees.
  assertEquals(objection([crl({ number: 5 }), listing({ base: 5, number: 6, age: 2 })]), "revoked");
  assertEquals(objection([listing({ number: 5 }), crl({ base: 5, number: 6 })]), undefined);
  const indirect = { scope: [INDIRECT], revoked: [{ certificate: leaf, named: true }] };
  assertEquals(objection([crl(), crl({ ...indirect, age: 3 }, other)]), "revoked");
  const foreign = (await other.server("x")).certificate;
  const others = [{ certificate: foreign, named: true }];
  assertEquals(objection([crl(), crl({ ...indirect, revoked: others }, other)]), undefined);
});

Deno.test("objectionTo(): a newer delta list that fits no base is in the way, if it is about the certificate", () => {
  const delta = (options: CrlOptions = {}) => crl({ base: 5, number: 6, ...options });
  assertEquals(objection([crl({ number: 5 }), delta()]), undefined);
  assertEquals(objection([crl({ number: 4, age: 2 }), delta()]), "unfit");
  assertEquals(objection([crl({ age: 2 }), delta()]), "unfit");
  assertEquals(objection([delta()]), "unfit");
  assertEquals(objection([crl({ number: 5 }), crl({ base: 5, age: 1 })]), "unfit");
  assertEquals(objection([crl({ number: 7 }), delta()]), undefined);
  // A scope that does not cover the certificate.
  const scoped = (scope: Uint8Array[], certificate = leaf) =>
    objection([crl({ number: 5 }), delta({ scope })], certificate);
  assertEquals(scoped([ONLY_USERS]), "unfit");
  assertEquals(scoped([ONLY_CAS]), undefined);
  assertEquals(scoped([ONLY_ATTRIBUTES]), undefined);
  assertEquals(scoped([ONLY_CAS], inter), "unfit");
  assertEquals(scoped([ONLY_USERS], inter), undefined);
  assertEquals(scoped([pointName("http://here")]), undefined);
  assertEquals(scoped([pointName("http://here")], located), "unfit");
  assertEquals(scoped([pointName("http://there")], located), undefined);
  const dns = tlv(0xa0, tlv(0xa0, generalName({ type: "DNS", value: "http://here" })));
  assertEquals(scoped([dns], located), undefined);
  // A delta list of another CA.
  assertEquals(objection([crl(), crl({ base: 5, scope: [INDIRECT] }, other)]), undefined);
});

Deno.test("objectionTo(): lists of the CA's other key count where its own key signed no complete one", () => {
  const lists = [
    crl({ age: 3 }, renewed),
    crl({ base: 5, number: 6, age: 1, revoked: [{ certificate: leaf }] }, renewed),
  ];
  assertEquals(objection(lists), "revoked");
  assertEquals(objection([crl({ number: 5 }), ...lists]), undefined);
});

Deno.test("selectDeltas() gives OpenSSL of each series the newest delta list that fits", () => {
  const base = crl({ number: 5 });
  const [five, six, future, unfit] = [
    crl({ base: 5, number: 6 }),
    crl({ base: 5, number: 7 }),
    crl({ base: 5, number: 9, age: -1 }),
    crl({ base: 8, number: 9 }),
  ];
  const strange = Uint8Array.of(1, 2, 3);
  assertEquals(selectDeltas([five!, strange, base, six!, future!, unfit!], new Date()), {
    crls: [strange, base, six],
    deltas: [five, future, unfit],
  });
  assertEquals(selectDeltas([base], new Date()), { crls: [base], deltas: [] });
  assertEquals(selectDeltas([five!], new Date()), { crls: [], deltas: [five] });
  const elsewhere = crl({ base: 5, number: 6, scope: [ONLY_USERS] });
  assertEquals(selectDeltas([base, elsewhere], new Date()).deltas, [elsewhere]);
});

// ---- in words

Deno.test("describeCrl() tells the list that counts, its age, and the delta list with it", () => {
  const of = (...crls: Uint8Array[]) => describeCrl(leaf, crls);
  assertEquals(of(), undefined);
  assertEquals(of(crl({}, other)), undefined);
  assertMatch(
    of(crl({ age: 2 }))!,
    /^the CRL of "\/CN=CA" of \S+Z, 2 hours old, next one due \S+Z$/,
  );
  assertMatch(of(crl({ age: 5 }), crl({ age: 3 }), crl({ age: -1, next: 9 }))!, /, 3 hours old/);
  assertMatch(of(crl({}, renewed), crl({ age: 4 }))!, /, 4 hours old/);
  const base = crl({ number: 5, age: 3 });
  const both = of(base, crl({ base: 5, number: 6, age: 2 }))!;
  assertMatch(both, /^the CRL of .*3 hours old.*, with the delta CRL of "\/CN=CA" .*2 hours old/);
  for (
    const none of [crl({ base: 6, number: 7 }), crl({ base: 5, number: 6, scope: [ONLY_CAS] })]
  ) {
    assertEquals(/delta/.test(of(base, none)!), false);
  }
  assertMatch(
    of(crl({ base: 5 }))!,
    /^the delta CRL .*, without the complete CRL that it builds on$/,
  );
  const indirect = of(crl({ scope: [INDIRECT] }, other))!;
  assertMatch(
    indirect,
    /^the indirect CRL of "\/CN=Other" .*, which can revoke it, but not clear it$/,
  );
});

Deno.test("describeList(), describeRevocation() and describeUnfit() say what there is", () => {
  const read = readCrl(crl({ number: 6, base: 5, scope: [INDIRECT] }));
  assertMatch(describeList(read), /^the delta CRL of "\/CN=CA"/);
  assertMatch(describeList({ ...read, nextUpdate: undefined }), /, which names no next one$/);
  const time = new Date("2026-01-02T03:04:05Z");
  assertEquals(describeRevocation({ time, reason: undefined }), "since 2026-01-02T03:04:05Z");
  assertEquals(
    describeRevocation({ time, reason: "superseded" }),
    "since 2026-01-02T03:04:05Z, superseded",
  );
  const needs = 'the delta CRL 6 of "/CN=CA" builds on the complete CRL 5';
  const unfit = (base?: Uint8Array) =>
    describeUnfit({ unfit: read, base: base === undefined ? undefined : readCrl(base) });
  assertEquals(unfit(), `${needs}, and no complete CRL of that kind was given`);
  assertEquals(unfit(crl()), `${needs}, and the one that was given has no number`);
  assertEquals(unfit(crl({ number: 4 })), `${needs}, and the one that was given has the number 4`);
});
