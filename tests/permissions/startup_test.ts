/**
 * What importing the package links. Timings are for bench/import.ts; what they
 * come from can be held fast: the code that only a connection, a certificate
 * or a rare call needs is imported by these.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { linked } from "./linked.ts";

const LATER =
  /^(?:npm:|node:|verify\/private_|certificate\/(?:\w+_build|asn1\/writer|extensions\/(?:write|text)|signature|create|keys\/(?:private_key|pkcs12|password_encryption))|testing\/|intercept\/|engine\/(?:pump|openssl\/(?:engine|symbols|binder|session|context|callbacks)|deno\/(?:engine|stream))|perl\/|context\/(?:engine_config|credentials|trust\/(?:trust|anchors|files)|psk)|socket\/(?:open|bind|connection|listener\.ts|server_handshakes|handshake|application_data|shutdown)\b|tests\/|bench\/|std\/(?!encoding\/))/;

Deno.test("importing the package links no engine, no reading of files and no making of certificates", async () => {
  const modules = await linked("mod.ts");
  assert(modules.has("socket/socket.ts") && modules.has("certificate/certificate.ts"));
  assertEquals([...modules.keys()].filter((name) => LATER.test(name)), []);
});

/** What the first connection of a client loads, too, on Deno's TLS. */
const FIRST = ["socket/open.ts", "context/engine_config.ts", "engine/deno/engine.ts"];

const RARE =
  /^(?:npm:|node:|certificate\/(?:\w+_build|asn1\/writer|extensions\/write|signature|keys\/(?!pem))|verify\/ocsp\/(?!cache|mode)|context\/(?:stapling|trace|credentials\/(?!role_credentials))|engine\/(?:pump|openssl\/(?!library)))/;

for (const entry of FIRST) {
  Deno.test(`${entry} loads nothing that only keys, OCSP and traces need`, async () => {
    const modules = await linked(entry);
    assert(modules.has(entry));
    assertEquals([...modules.keys()].filter((name) => RARE.test(name)), []);
  });
}

// What a start costs, in us (measured with trees of many modules): 80 for each module that is
// reached, 8 for each import in it and 9 for each KB, comments included; and where it is linked, too,
// 60 more for the module, 4 for the import, and for each KB 4 (types), 10 (comments), 20 (code),
// 30 (a text), 45 (many small functions) or 60 (a table of small literals). How many modules are
// behind import() follows from the rule that a file has at most 400 lines; that the code does not
// grow is what their size says.
for (
  const [what, all, modules, kilobytes] of [
    ["links", false, 90, 598],
    ["reaches", true, 250, 1540], // what users start has a bound of its own: tests/package
  ] as const
) {
  Deno.test(`importing the package ${what} at most ${modules} modules of ${kilobytes} KB`, async () => {
    const sizes = [...(await linked("mod.ts", all)).values()];
    const kb = sizes.reduce((sum, size) => sum + size, 0) / 1000;
    assert(
      kb <= kilobytes && sizes.length <= modules,
      `it ${what} ${sizes.length} modules of ${kb.toFixed(0)} KB: import() what is rare`,
    );
  });
}

Deno.test("the package has all that its facades export", async () => {
  const all: Readonly<Record<string, unknown>> = await import("../../mod.ts");
  const facades: readonly Readonly<Record<string, unknown>>[] = [
    await import("../../context/mod.ts"),
    await import("../../handle/mod.ts"),
    await import("../../socket/mod.ts"),
    await import("../../verify/mod.ts"),
  ];
  const names = facades.flatMap((facade) => Object.keys(facade));
  assert(names.length >= 25, `${names.length}`);
  for (const facade of facades) {
    for (const [name, value] of Object.entries(facade)) assertStrictEquals(all[name], value, name);
  }
});
