import "../helpers/limit.ts";
import { GEN_DNS, GEN_IPADD } from "../../constants.ts";
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { explainHostname, verifyHostname } from "../../verify/hostname.ts";
import { PublicSuffix } from "../../verify/public_suffix.ts";
import type { Scheme, SchemeName } from "../../verify/schemes.ts";
import { SCHEME_NAMES, schemeFromPerl } from "../../verify/schemes.ts";
import type { SubjectAltName } from "../../certificate/general_name.ts";
import cases from "../testdata/verify-hostname-cases.json" with { type: "json" };

const dns = (...values: string[]): SubjectAltName[] =>
  values.map((value) => ({ type: "DNS", value }));
const ip = (...values: string[]): SubjectAltName[] =>
  values.map((value) => ({ type: "IP", value }));

Deno.test("verifyHostname() gives Perl's result in its 78 cases under 7 schemes", () => {
  assertEquals(cases.length, 78);
  for (const { id, host, commonName, dns: dnsNames, ip: addresses, expected } of cases) {
    const names = {
      commonName,
      subjectAltNames: [...dns(...dnsNames), ...ip(...addresses)],
    };
    assertEquals(Object.keys(expected).length, 7);
    for (const [scheme, ok] of Object.entries(expected)) {
      assertEquals(verifyHostname(names, host, scheme as SchemeName), ok, `case ${id} ${scheme}`);
    }
  }
});

// The truth table of perl-api.md 1a.3, a row for each group of names.
const TRUTH: [SchemeName[], string][] = [
  [["rfc2818", "rfc3920", "xmpp", "rfc4217", "ftp"], "1101100"],
  [["http", "www"], "1101110"],
  [
    // deno-fmt-ignore
    ["rfc2595", "smtp", "rfc4642", "imap", "pop3", "acap", "rfc5539", "nntp", "rfc5538", "netconf",
      "rfc5425", "syslog", "rfc5953", "snmp"],
    "1011000",
  ],
  [["rfc4513", "ldap"], "1010000"],
  [["rfc5922", "sip"], "0010000"],
  [["rfc5971", "gist"], "1001000"],
  [["default", "none"], "1111111"],
  [["rfc9525"], "1000000"],
];

Deno.test("verifyHostname() follows the truth table of every scheme by both of its names", () => {
  const columns: [string, { commonName?: string; subjectAltNames?: SubjectAltName[] }][] = [
    ["www.a.com", { subjectAltNames: dns("*.a.com") }],
    ["www1.a.com", { subjectAltNames: dns("www*.a.com") }],
    ["www.a.com", { subjectAltNames: dns("x.b.com"), commonName: "www.a.com" }],
    ["www.a.com", { commonName: "*.a.com" }],
    ["www1.a.com", { commonName: "www*.a.com" }],
    ["10.0.0.1", { commonName: "10.0.0.1" }],
    ["::1", { commonName: "::1" }],
  ];
  assertEquals(TRUTH.flatMap(([names]) => names).toSorted(), SCHEME_NAMES.toSorted());
  for (const [names, row] of TRUTH) {
    for (const name of names) {
      const got = columns.map(([host, cert]) => Number(verifyHostname(cert, host, name))).join("");
      assertEquals(got, row, name);
    }
  }
});

Deno.test("verifyHostname() gives the results of t/verify_hostname.t", () => {
  const names = {
    commonName: "server.local",
    subjectAltNames: [
      ...dns("*.server.local"),
      ...ip("127.0.0.1"),
      ...dns("www*.other.local", "smtp.mydomain.local", "xn--lwe-sna.idntest.local"),
    ],
  };
  const table: Record<string, string> = {
    "127.0.0.1": "smtp ldap www",
    "server.local": "smtp ldap",
    "blafasel.server.local": "smtp ldap www",
    "lala.blafasel.server.local": "",
    "www.other.local": "",
    "www-13.other.local": "www",
    "www-13.lala.other.local": "",
    "smtp.mydomain.local": "smtp ldap www",
    "xn--lwe-sna.idntest.local": "smtp ldap www",
    "smtp.mydomain.localizing.useless.local": "",
    "löwe.idntest.local": "smtp ldap www",
    // auto_verify_hostname.t and sni_verify.t
    "www7.other.local": "www",
    "example.com": "",
    "bla.server.local": "smtp ldap www",
  };
  for (const [host, expected] of Object.entries(table)) {
    const passed = (["smtp", "ldap", "www"] as const).filter((s) => verifyHostname(names, host, s));
    assertEquals(passed.join(" "), expected, host);
  }
});

Deno.test("verifyHostname() applies rfc9525 when no scheme is given", () => {
  const san = (...values: string[]) => ({
    subjectAltNames: dns(...values),
    commonName: "cn.a.com",
  });
  const table: [string, string, boolean][] = [
    ["www.a.com", "www.a.com", true],
    ["WWW.a.COM", "www.A.com", true],
    ["www.a.com.", "www.a.com", true],
    ["www.a.com..", "www.a.com", false],
    ["www.a.com", "www.a.com.", false],
    ["www.a.com", "*.a.com", true],
    ["WWW.a.com", "*.A.com", true],
    ["a.com", "*.a.com", false],
    ["x.www.a.com", "*.a.com", false],
    ["www.a.com", "w*.a.com", false],
    ["www.a.com", "*w.a.com", false],
    ["www.a.com", "www.*.com", false],
    ["www.a.com", "*.*.com", false],
    ["www.a.com", "*", false],
    ["a.com", "*.com", false],
    ["a.co.uk", "*.co.uk", false],
    ["b.a.co.uk", "*.a.co.uk", true],
    ["x.local", "*.local", false],
    ["b.x.local", "*.x.local", true],
    ["cn.a.com", "www.a.com", false],
    ["www.a.com", " www.a.com", false],
    ["www.a.com", "www.a.com\0.evil.com", false],
    ["www.a.com", "www.a.com\0", false],
    ["a..com", "a..com", false],
    [".a.com", ".a.com", false],
    ["", "", false],
    [".", ".", false],
    ["*.a.com", "*.a.com", false],
    ["a_b.a.com", "*.a.com", true],
    ["xn--lwe-sna.a.com", "*.a.com", true],
    ["löwe.a.com", "xn--lwe-sna.a.com", true],
    ["LÖWE.a.com", "xn--lwe-sna.a.com", true],
    ["löwe。a．com", "xn--lwe-sna.a.com", true],
    ["löwe.a.com", "löwe.a.com", false],
    ["\u212Aa.com", "ka.com", true], // UTS #46 maps the Kelvin sign of a host ...
    ["ka.com", "\u212Aa.com", false], // ... but a certificate's name stays as it is
    ["a.com", "a.com\u00ad", false],
  ];
  for (const [host, name, ok] of table) {
    assertEquals(verifyHostname(san(name), host), ok, `${host} with ${name}`);
    assertEquals(verifyHostname(san(name), host, "rfc9525"), ok, `${host} with ${name}`);
  }
  assertFalse(verifyHostname({ commonName: "www.a.com" }, "www.a.com"));
  assertFalse(verifyHostname({}, "www.a.com"));
});

Deno.test("verifyHostname() does not take a number for a host name", () => {
  const hosts = ["1", "1.2", "12345.6", "1.2.3", "1.2.3.4.5", "1.2.3.256", "0x7f.1", "a.b.123"];
  for (const host of hosts) {
    const names = { subjectAltNames: [...dns(host), ...ip("1.2.3.4", "127.0.0.1")] };
    assertFalse(verifyHostname(names, host), host);
  }
  // Fullwidth digits and dots: the URL parser makes 127.0.0.1 of them.
  const loopback = { commonName: "127.0.0.1", subjectAltNames: ip("127.0.0.1") };
  for (const scheme of ["rfc9525", "default"] as const) {
    assertFalse(verifyHostname(loopback, "１２７.０.０.１", scheme));
    assertFalse(verifyHostname({ subjectAltNames: dns("127.0.0.1") }, "１２７.1", scheme));
  }
});

Deno.test("verifyHostname() compares IP addresses by value, with iPAddress names alone", () => {
  const table: [string, SubjectAltName[], boolean][] = [
    ["192.0.2.1", ip("192.0.2.1"), true],
    ["192.0.2.1.", ip("192.0.2.1"), true],
    ["192.0.2.1", ip("192.0.2.2"), false],
    ["::", ip("0.0.0.0"), false],
    ["0.0.0.0", ip("::"), false],
    ["192.0.2.1", dns("192.0.2.1"), false],
    ["192.0.2.1", dns("*.0.2.1"), false],
    ["192.0.2.01", ip("192.0.2.1"), false],
    ["2001:db8::1", ip("2001:0DB8:0:0:0:0:0:1"), true],
    ["2001:DB8:0::0:1", ip("2001:db8::1"), true],
    ["2001:db8::1", ip("2001:db8::2"), false],
    ["2001:db8::1", dns("2001:db8::1"), false],
    ["::ffff:192.0.2.1", ip("::ffff:c000:201"), true],
    ["::ffff:c000:201", ip("::ffff:192.0.2.1"), true],
    // A mapped address is another name than the IPv4 address (RFC 9525 6.4: octet for octet).
    ["::ffff:192.0.2.1", ip("192.0.2.1"), false],
    ["192.0.2.1", ip("::ffff:192.0.2.1"), false],
    ["fe80::1%eth0", ip("fe80::1"), true],
    ["fe80::1%eth0", ip("fe80::2"), false],
    ["fe80::1%", ip("fe80::1"), false],
    ["fe80::1", ip("fe80::1%eth0"), false],
    ["[::1]", ip("::1"), false],
    ["1::2::3", ip("1::2::3"), false],
    ["1:2:3:4:5:6:7:8:9", ip("1:2:3:4:5:6:7:8:9"), false],
    ["::12345", ip("::12345"), false],
    ["::1\0", ip("::1"), false],
    ["www.a.com", ip("www.a.com"), false],
  ];
  for (const [host, subjectAltNames, ok] of table) {
    assertEquals(verifyHostname({ subjectAltNames, commonName: host }, host), ok, host);
  }
  // Perl's own schemes read a zone as junk.
  assertFalse(verifyHostname({ subjectAltNames: ip("fe80::1") }, "fe80::1%eth0", "default"));
});

Deno.test("verifyHostname() refuses NUL and control bytes under every scheme that checks names", () => {
  for (const scheme of SCHEME_NAMES.filter((name) => name !== "none")) {
    for (const bad of ["\0", "\n", "\r", "\x1f", "\x7f", "\x85"]) {
      for (const host of [`www.a.com${bad}`, `www.a.com${bad}.b.com`, `${bad}www.a.com`]) {
        const names = { commonName: host, subjectAltNames: dns(host) };
        assertFalse(verifyHostname(names, host, scheme), `${scheme} ${JSON.stringify(host)}`);
        const short = { commonName: "www.a.com", subjectAltNames: dns("www.a.com") };
        assertFalse(verifyHostname(short, host, scheme), `${scheme} ${JSON.stringify(host)}`);
      }
    }
    const long = { commonName: "www.a.com\0.b.com", subjectAltNames: dns("www.a.com\0.b.com") };
    assertFalse(verifyHostname(long, "www.a.com", scheme), scheme);
  }
});

Deno.test("verifyHostname() lets no partial wildcard match an international name in capitals", () => {
  // Perl looks for "xn--" in lower case only, and accepts this one.
  for (const host of ["xn--lwe-sna.a.com", "XN--LWE-SNA.a.com"]) {
    assertFalse(verifyHostname({ subjectAltNames: dns("x*.a.com", "XN*.a.com") }, host, "http"));
    assert(verifyHostname({ subjectAltNames: dns("*.a.com") }, host, "http"));
  }
});

Deno.test("verifyHostname() follows custom schemes", () => {
  const cn = { commonName: "w*.a.com" };
  const table: [Scheme, { commonName?: string; subjectAltNames?: SubjectAltName[] }, boolean][] = [
    [{ checkCn: "always" }, cn, false],
    [{ checkCn: "always", wildcardsInCn: "full_label" }, cn, false],
    [{ checkCn: "always", wildcardsInCn: "anywhere" }, cn, true],
    [{ checkCn: 0, wildcardsInCn: "anywhere" }, cn, false],
    [{ wildcardsInCn: "anywhere" }, cn, false],
    [{ checkCn: "when_only", wildcardsInCn: "anywhere" }, cn, true],
    [
      { checkCn: "when_only", wildcardsInCn: "anywhere" },
      { ...cn, subjectAltNames: dns("b.com") },
      false,
    ],
    [
      { checkCn: "when_only", wildcardsInCn: "anywhere" },
      { ...cn, subjectAltNames: ip("1.2.3.4") },
      true,
    ],
    [{ wildcardsInAlt: "full_label" }, { subjectAltNames: dns("w*.a.com") }, false],
    [{ wildcardsInAlt: "anywhere" }, { subjectAltNames: dns("w*.a.com") }, true],
    [{ wildcardsInAlt: 0 }, { subjectAltNames: dns("www.a.com") }, true],
    // Blanks around a name of the certificate do not count, except in the common name.
    [{ checkCn: 0 }, { subjectAltNames: dns(" www.a.com ") }, true],
    [{ checkCn: "always" }, { commonName: " www.a.com " }, false],
  ];
  for (const [scheme, names, ok] of table) {
    assertEquals(verifyHostname(names, "www.a.com", scheme), ok, JSON.stringify([scheme, names]));
  }
  const [four, six] = [{ commonName: "1.2.3.4" }, { commonName: "::1" }];
  for (const [ipInCn, on4, on6] of [[4, 1, 0], [6, 0, 1], [true, 1, 1], [false, 0, 0]] as const) {
    const scheme: Scheme = { checkCn: "always", ipInCn };
    assertEquals(Number(verifyHostname(four, "1.2.3.4", scheme)), on4);
    assertEquals(Number(verifyHostname(six, "::1", scheme)), on6);
  }
});

Deno.test("verifyHostname() leaves the decision to a scheme's callback", () => {
  const names = { commonName: "cn", subjectAltNames: dns("a.com") };
  const calls: unknown[] = [];
  const callback = (...args: unknown[]) => {
    calls.push(args);
    return true;
  };
  assert(verifyHostname(names, "other.com.", { callback, wildcardsInAlt: 0 }));
  assertEquals(calls, [["other.com", "cn", names.subjectAltNames]]);
  assertFalse(verifyHostname(names, "a.com", { callback: () => false }));
  for (const wrong of [1, "yes", undefined, Promise.resolve(false)]) {
    assertThrows(
      () => verifyHostname(names, "a.com", { callback: () => wrong as never }),
      TypeError,
      "must return true or false",
    );
  }
});

Deno.test("verifyHostname() refuses an unknown scheme, key or value and names the right one", () => {
  const throws = (scheme: unknown, text: string) =>
    assertThrows(() => verifyHostname({}, "a.com", scheme as Scheme), TypeError, text);
  throws("htp", 'unknown name "htp": use "http": known are rfc9525, default, none, http, www');
  throws("HTTP", 'use "http"');
  throws("toString", 'unknown name "toString"');
  throws("__proto__", 'unknown name "__proto__"');
  throws("", 'unknown name ""');
  throws({ check_cn: "always" }, 'unknown key "check_cn": use "checkCn"');
  throws({ wildcards_in_alt: 0 }, 'use "wildcardsInAlt"');
  throws({ wildcardInCn: 0 }, 'use "wildcardsInCn"');
  throws({ checkCn: "sometimes" }, 'checkCn must be 0, "always" or "when_only"');
  throws({ wildcardsInCn: "rightmost" }, "wildcardsInCn must be");
  throws({ ipInCn: 5 }, "ipInCn must be true, false, 4 or 6: received 5");
  throws({ callback: "yes" }, 'callback must be a function: received "yes"');
  throws({}, 'use "none"');
  throws([], "must be a name or an object of rules");
  throws(null, "must be a name or an object of rules");
  assertThrows(() => verifyHostname({}, 7 as unknown as string), TypeError, "received 7");
  assertThrows(() => verifyHostname(null as never, "a.com"), TypeError, "Certificate");
  assertThrows(
    () => verifyHostname({}, "a.com", "http", { publicSuffix: null as never }),
    TypeError,
    "must be a PublicSuffix",
  );
});

Deno.test("schemeFromPerl() turns a scheme hash into a custom scheme", () => {
  assertEquals(
    schemeFromPerl({ check_cn: "always", wildcards_in_alt: "leftmost", ip_in_cn: 1 }),
    { checkCn: "always", wildcardsInAlt: "full_label", ipInCn: true },
  );
  assertEquals(schemeFromPerl({ wildcards_in_cn: undefined, ip_in_cn: 6 }), {
    wildcardsInCn: 0,
    ipInCn: 6,
  });
  const callback = () => true;
  assertEquals(schemeFromPerl({ ip_in_cn: 4, callback }), { ipInCn: 4, callback });
  assertEquals(schemeFromPerl({ ip_in_cn: 5 }), { ipInCn: true });
  assertEquals(schemeFromPerl({}), "none");
  assertEquals(schemeFromPerl("smtp"), "smtp");
  assertThrows(() => schemeFromPerl("smpt"), TypeError, 'use "smtp"');
  assertThrows(() => schemeFromPerl({ check_nc: 1 }), TypeError, 'use "checkCn"');
});

Deno.test("verifyHostname() checks wildcards against the given public suffix list", () => {
  const names = { subjectAltNames: dns("*.b.test", "*.test") };
  const list = PublicSuffix.fromString("test\nb.test");
  assert(verifyHostname(names, "a.b.test"));
  assertFalse(verifyHostname(names, "a.b.test", undefined, { publicSuffix: list }));
  assert(verifyHostname(names, "a.b.test", undefined, { publicSuffix: "" }));
  // rfc9525 wants two labels after a wildcard even without a list, Perl's schemes do not.
  assertFalse(verifyHostname(names, "a.test", "rfc9525", { publicSuffix: "" }));
  assertFalse(verifyHostname(names, "a.test", "http"));
  assert(verifyHostname(names, "a.test", "http", { publicSuffix: "" }));
});

// t/public_suffix_ssl.t: ok or not, host, common name; scheme http.
const SUFFIX_CASES = `
fail com|*
ok com|com
fail googleapis.com|*.com
ok googleapis.com|googleapis.com
ok ajax.googleapis.com|*.googleapis.com
ok s3.amazonaws.com|s3.amazonaws.com
ok foo.s3.amazonaws.com|*.s3.amazonaws.com
fail google.com|*.com
ok google.com|google.com
ok www.google.com|*.google.com
ok www.bar.com|*.bar.com
ok www.foo.bar.com|*.foo.bar.com
ok www.foo.co.uk|*.foo.co.uk
fail www.co.uk|*.co.uk
fail co.uk|*.uk
ok bl.uk|bl.uk
ok www.bl.uk|*.bl.uk
fail bar.kobe.jp|*.kobe.jp
fail foo.bar.kobe.jp|*.bar.kobe.jp
ok www.foo.bar.kobe.jp|*.foo.bar.kobe.jp
fail city.kobe.jp|*.kobe.jp
ok city.kobe.jp|city.kobe.jp
ok www.city.kobe.jp|*.city.kobe.jp
fail nodomain|*
fail foo.nodomain|*.nodomain
ok www.foo.nodomain|*.foo.nodomain
`.trim().split("\n");

Deno.test("verifyHostname() gives the results of t/public_suffix_ssl.t", () => {
  assertEquals(SUFFIX_CASES.length, 26);
  for (const line of SUFFIX_CASES) {
    const [, expected, host, commonName] = /^(\w+) (.*)\|(.*)$/.exec(line)!;
    assertEquals(
      verifyHostname({ commonName: commonName! }, host!, "http"),
      expected === "ok",
      line,
    );
  }
});

Deno.test("explainHostname() says which name matched by which rule", () => {
  const names = {
    commonName: "www.a.com",
    subjectAltNames: [...dns("b.com", "*.a.com"), ...ip("1.2.3.4")],
  };
  const wildcard = explainHostname(names, "WWW.a.com.");
  assertEquals(wildcard.ok, true);
  assertEquals(wildcard.host, "WWW.a.com.");
  assertEquals(wildcard.identity, "www.a.com");
  assertEquals(wildcard.kind, "dns");
  assertEquals(wildcard.scheme, "rfc9525");
  assertEquals(wildcard.rule, "wildcard");
  assertEquals(wildcard.matched?.value, "*.a.com");
  assertEquals(wildcard.matched?.publicSuffix, "com");
  assertEquals(wildcard.names.map((n) => [n.value, n.ok, n.detail]), [
    ["b.com", false, "a different name"],
    ["*.a.com", true, 'by its wildcard; the public suffix is "com"'],
  ]);
  assertEquals(
    wildcard.reason,
    '"WWW.a.com." matches the subjectAltName "*.a.com": by its wildcard; the public suffix is "com"',
  );
  assertEquals(explainHostname(names, "1.2.3.4").rule, "ip");
  assertEquals(explainHostname(names, "b.com").rule, "exact");
  assertEquals(explainHostname({ commonName: "::1" }, "::1", "default").rule, "ip-in-cn");
  assertEquals(explainHostname({}, "x", { callback: () => true }).rule, "callback");
  assertEquals(explainHostname({}, "x", "none").rule, "unchecked");
  assertEquals(explainHostname({}, "x", "none").kind, "unchecked");
});

Deno.test("explainHostname() says of each name why it did not match", () => {
  const details = (host: string, names: Parameters<typeof explainHostname>[0], scheme?: Scheme) => {
    const report = explainHostname(names, host, scheme);
    assertEquals(report.ok, false);
    assertEquals(report.matched, undefined);
    assertEquals(report.rule, undefined);
    return report.names.map((n) => n.detail);
  };
  assertEquals(
    details("www.a.com", {
      commonName: "www.a.com",
      subjectAltNames: [
        ...dns("*.com", "w*.a.com", "*.b.com", "a\0", "", "www.a.com."),
        ...ip("1.2.3.4"),
        { type: "URI", value: "https://www.a.com" },
      ],
    }),
    [
      "the wildcard does not cover the name",
      "the scheme allows a wildcard only as the whole first label",
      "the wildcard does not cover the name",
      "it holds a NUL or another control byte",
      "it is empty",
      "it ends with a dot",
      "not a dNSName",
      "not a dNSName",
      "the scheme ignores the common name",
    ],
  );
  assertEquals(details("a.co.uk", { subjectAltNames: dns("*.co.uk") }), [
    'the wildcard stands for names right below the public suffix "co.uk"',
  ]);
  assertEquals(details("a.com", { subjectAltNames: dns("*.com") }), [
    "too few labels follow the wildcard, 2 are needed",
  ]);
  assertEquals(details("1.2.3.4", { subjectAltNames: [...dns("1.2.3.4"), ...ip("x")] }), [
    "not an iPAddress",
    "it is not an IP address",
  ]);
  assertEquals(details("w.a.com", { commonName: "*.a.com" }, "sip"), [
    "the scheme allows no wildcard here",
  ]);
  assertEquals(
    details("a.com", { commonName: "a.com", subjectAltNames: dns("b.com") }, "http")[1],
    "the scheme ignores it, as the certificate has dNSNames",
  );
  assertEquals(details("1.2.3.4", { commonName: "1.2.3.4" }, "smtp"), [
    "the scheme allows no IP address in the common name",
  ]);
  assertEquals(details("::1", { commonName: "::1" }, "http"), [
    "the scheme allows only an IPv4 address in the common name",
  ]);
  assertEquals(details("xn--lwe-sna.a.com", { commonName: "x*.a.com" }, "http"), [
    "a part of an international name matches no wildcard (RFC 6125 7.2)",
  ]);
  assertEquals(
    explainHostname({}, "a.com").reason,
    'The certificate has no name that could match "a.com"',
  );
  assertEquals(
    explainHostname({}, "a\0.com").reason,
    '"a\\u0000.com" is neither a host name nor an IP address: it holds a NUL or another control byte',
  );
  assertEquals(explainHostname({}, "a\0.com").kind, "invalid");
});

Deno.test('"leftmost" is Perl\'s old word for "full_label"', () => {
  const names = {
    commonName: "*.cn.test",
    subjectAltNames: [{ type: "DNS", value: "*.a.test" }],
  } as const;
  const both = ["leftmost", "full_label"] as const;
  for (const wildcardsInAlt of both) {
    assert(verifyHostname(names, "www.a.test", { wildcardsInAlt }));
    assertFalse(
      verifyHostname({ subjectAltNames: [{ type: "DNS", value: "w*.a.test" }] }, "www.a.test", {
        wildcardsInAlt,
      }),
    );
    assertFalse(verifyHostname(names, "www.cn.test", { wildcardsInAlt, checkCn: "always" }));
  }
  for (const wildcardsInCn of both) {
    assert(verifyHostname(names, "www.cn.test", { wildcardsInCn, checkCn: "always" }));
    assertFalse(
      verifyHostname({ commonName: "w*.cn.test" }, "www.cn.test", {
        wildcardsInCn,
        checkCn: "always",
      }),
    );
  }
});

Deno.test("a name's type may be OpenSSL's number for it", () => {
  const names = {
    subjectAltNames: [{ type: GEN_DNS, value: "a.test" }, { type: GEN_IPADD, value: "192.0.2.1" }],
  };
  assert(verifyHostname(names, "a.test"));
  assert(verifyHostname(names, "192.0.2.1"));
  assertFalse(verifyHostname(names, "b.test"));
  assertFalse(verifyHostname({ subjectAltNames: [{ type: 99, value: "a.test" }] }, "a.test"));
  assertFalse(verifyHostname({ subjectAltNames: [{ type: 1, value: "a.test" }] }, "a.test"));
});

Deno.test("verifyHostname() compares both sides of a wildcard inside a label", () => {
  const scheme = { wildcardsInAlt: "anywhere" } as const;
  const verify = (pattern: string, host: string) =>
    verifyHostname({ subjectAltNames: dns(pattern) }, host, scheme, { publicSuffix: "" });
  assert(verify("a*c.example.com", "abc.example.com"));
  for (const host of ["bbc.example.com", "abb.example.com", "xyz.example.com", "ac.example.org"]) {
    assertFalse(verify("a*c.example.com", host), host);
  }
  for (const host of ["bfoo.example.com", "xa.example.com", "foo.example.com"]) {
    assertFalse(verify("a*.example.com", host), host);
  }
  // The two sides do not share a character.
  assertFalse(verify("ab*bc.example.com", "abc.example.com"));
  assert(verify("ab*bc.example.com", "abxbc.example.com"));
});

Deno.test("explainHostname() names the rule of a callback that accepts, and none of one that refuses", () => {
  for (const answer of [true, false]) {
    const report = explainHostname({ commonName: "cn" }, "a.test", { callback: () => answer });
    assertEquals([report.ok, report.rule], [answer, answer ? "callback" : undefined]);
    assertEquals("rule" in report, answer);
  }
});

Deno.test("verifyHostname() takes a certificate as text, as bytes and as an object, and nothing else", async () => {
  const { certificate } = await (await TestCa.create()).server("a.example");
  for (const form of [certificate, certificate.pem, certificate.der]) {
    assert(verifyHostname(form, "a.example"));
    assertFalse(verifyHostname(form, "b.example"));
  }
  for (const none of [undefined, null, 5, true]) {
    assertThrows(() => verifyHostname(none as never, "a"), TypeError, "it needs a Certificate");
  }
});

Deno.test("a custom scheme without ipInCn allows no address in the common name, and says so", () => {
  for (const ipInCn of [undefined, false] as const) {
    const { ok, names } = explainHostname({ commonName: "192.0.2.1" }, "192.0.2.1", {
      checkCn: "always",
      ...(ipInCn === undefined ? {} : { ipInCn }),
    });
    const detail = "the scheme allows no IP address in the common name";
    assertEquals([ok, names[0]?.detail], [false, detail]);
  }
});

Deno.test("a wildcard that nothing follows matches nothing under any scheme", () => {
  const scheme = { wildcardsInAlt: "anywhere" } as const;
  for (const name of ["*", "w*"]) {
    assertFalse(
      verifyHostname({ subjectAltNames: dns(name) }, "www", scheme, { publicSuffix: "" }),
    );
  }
});

Deno.test("a scheme is a name or an object of rules", () => {
  for (const scheme of [5, true, null, [], () => true]) {
    const call = () => verifyHostname({}, "a", scheme as never);
    assertThrows(call, TypeError, "Cannot use scheme: it must be a name or an object of rules");
  }
});
