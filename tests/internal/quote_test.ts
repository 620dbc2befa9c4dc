/** The one way to show a value in a message. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import { getCiphers } from "node:tls";
import { getCurves } from "node:crypto";
import { OPTIONS } from "../../context/option_table.ts";
import {
  describe,
  hidesPath,
  mayBeSecret,
  quote,
  quoteAll,
  quoteMisplaced,
  quotePath,
  quoteSource,
} from "../../internal/quote.ts";
import { perlNames } from "../../perl/mod.ts";

const hidden = (length: number) => `<${length} characters, not shown: they may be a secret>`;

Deno.test("quote() shows what options, hosts and lists of algorithms look like", () => {
  const texts = [
    ...perlNames.flatMap(({ perl, ours }) => ours === null ? [perl] : [perl, ours]),
    ...Object.keys(OPTIONS),
    ...getCiphers().map((name) => name.toUpperCase()),
    ...getCurves(),
    ...["X25519MLKEM768:SecP256r1MLKEM768:X25519", "rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256"],
    ...["DEFAULT:!aNULL:@SECLEVEL=2", "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"],
    ...[
      "SSLv23:!TLSv1_2",
      "TLSv1.3",
      "1.3.6.1.5.5.7.3.1",
      "20260101000000Z",
      "2026-01-01T00:00:00Z",
    ],
    ...["ec2-12-34-56-78.eu-west-1.compute.amazonaws.com:443", "xn--bcher-kva.example"],
    ...["https://example.com:8443/path?x=1", "2001:db8:85a3::8a2e:370:7334", "[2001:db8::1]:443"],
    ...["220 mail.example ESMTP\r\n", "bücher.example", "a\nb"],
  ];
  assertEquals(texts.filter((text) => quote(text) !== JSON.stringify(text)), []);
});

Deno.test("quote() does not show what may be a secret", () => {
  const texts = [
    ...["-----BEGIN PRIVATE KEY-----MIGH", "MIGHAgEAMBMGByqGSM49", "BEGIN PRIVATE KEY"],
    ...["83cc8c06ba87f1c18ba4e55102bc1f3b", "0A:1B:2C:3D:4E:5F:60:71", "1,2,33,4,55,6,7,8"],
    ...['{"kty":"EC"}', '[{"a":1}]', "0\x81\x87\x02\x01\x00\x00\x00", "Tr0ub4dor&3-x!Qz9"],
    ...["correct horse battery staple", "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"],
    ...["1234567890123456"],
  ];
  for (const text of texts) assertEquals(quote(text), hidden(text.length), text);
  assertEquals(quote("x".repeat(257)), "<257 characters>");
});

Deno.test("quote() never shows the inside of an object", () => {
  assertEquals(quote({ key: "secret" }), "an object (Object)");
  assertEquals(quote(Object.create(null)), "an object (object)");
  assertEquals(quote(["secret"]), "a list of 1");
  assertEquals(quote(new Uint8Array(3)), "a Uint8Array of 3 bytes");
  assertEquals(quote(() => "secret"), "a function");
  assertEquals(quote(Symbol("secret")), "a symbol");
  assertEquals(quote(2n ** 200n), "a large bigint");
  assertEquals(
    [7, -1.5, 3n, true, null, undefined, NaN].map(quote).join(),
    "7,-1.5,3,true,null,undefined,NaN",
  );
  assertEquals(quoteAll(["a", 1]), '"a", 1');
  assertEquals(quoteAll(Array(12).fill(1)), `${Array(10).fill(1).join(", ")} and 2 more`);
});

Deno.test("describe() says what a value is and nothing of it", () => {
  const values = ["secret", 5, null, undefined, [1], new Uint8Array(1), {
    constructor: { name: "secret" },
  }];
  assertEquals(values.map(describe), [
    "string",
    "number",
    "null",
    "undefined",
    "Array",
    "Uint8Array",
    "Object",
  ]);
});

Deno.test("quoteMisplaced() shows short texts and paths, and of others the length", () => {
  assertEquals(quoteMisplaced("no"), '"no"');
  assertEquals(quoteMisplaced("./certs/ca.pem"), '"./certs/ca.pem"');
  assertEquals(quoteMisplaced("hunter2hunter2"), "a string of 14 characters");
  assertEquals(quoteMisplaced(5), "5");
});

Deno.test("quotePath() shows paths, and not a key or a password in the place of one", () => {
  const paths = [
    ...["server.pem", "/etc/ssl/certs/3f7ac3d5.0", "./key", "../a/b.key", "C:\\certs\\server.pfx"],
    ...["certs/server.pem", "file:///etc/ssl/x.pem", "/tmp/11c60663c19a5b69/key.pem", "server-key"],
    "/nix/store/8ha1dhmx807czjczmwy078s4r9s254il-nss-cacert-3.98/etc/ssl/certs/ca-bundle.crt",
    ...[
      "/home/Jürgen/Mein Schlüssel.pem",
      "~/key",
      "/etc/letsencrypt/live/example.com/privkey.pem",
    ],
  ];
  assertEquals(paths.filter(hidesPath), []);
  for (const path of paths) assertEquals(quotePath(path), JSON.stringify(path));
  const secrets = [
    ...["-----BEGIN PRIVATE KEY-----\nMIGH", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg"],
    ...["/GHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMxxu22yoR0IUQ", "hunter2hunter2"],
    ...["Tr0ub4dor&3-x!Qz9", "correct horse battery staple", "a\0b/secret.pem", "/a\nb/secret.pem"],
    ...["0x83cc8c06ba87f1c1", "x".repeat(2000)],
  ];
  assertEquals(secrets.filter((path) => !hidesPath(path)), []);
  for (const path of secrets) assertEquals(quotePath(path), hidden(path.length));
});

Deno.test("quoteSource() shows a name of an input, and not the input", () => {
  const names = ['keyFile "server1.pem"', 'cert["a.example"]', "the leaf", "key"];
  assertEquals(names.map(quoteSource), names);
  const pem = "-----BEGIN PRIVATE KEY-----";
  assertEquals(quoteSource(pem), hidden(pem.length));
});

Deno.test("mayBeSecret() takes linear time", () => {
  for (const unit of ["a", "aB1", "1,", "ab:", " a", "-----", "%0a"]) {
    assert(typeof mayBeSecret(unit.repeat(1_000_000 / unit.length)) === "boolean");
  }
});
