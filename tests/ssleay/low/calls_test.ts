/**
 * Every function of `SSLeay` is called with fresh objects, and with each handle replaced by what is
 * not one. A process of its own for each table, so that a crash is a failure that says where.
 */

import "../../helpers/limit.ts";
import { BACKEND, MISSING } from "./backend.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { cFunction } from "../../../ssleay/low/c_function.ts";
import { constantNames } from "../../../ssleay/low/constants.ts";
import { functionNames } from "../../../ssleay/low/functions.ts";
import { SSLeay } from "../../../ssleay/low/mod.ts";
import { nativeSignature, readRow } from "../../../ssleay/low/row.ts";
import { REMOVED, rowsOf, TABLE } from "../../../ssleay/low/table/all.ts";
import type { Outcome } from "./calls_program.ts";

const program = new URL("./calls_program.ts", import.meta.url);

/** The functions that were called with valid arguments, as the processes tell. */
const called = new Set<string>();

async function outcomesOf(area: string): Promise<Outcome[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", program.href, area],
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
  assert(success, `crashed in ${lines.at(-1)?.calls}: ${new TextDecoder().decode(stderr)}`);
  return lines.filter((line) => "name" in line);
}

async function callAll(area: string): Promise<Outcome[]> {
  const outcomes = await outcomesOf(area);
  assertEquals(outcomes.filter(({ wrong }) => wrong.length > 0), []);
  for (const outcome of outcomes) if (outcome.called) called.add(outcome.name);
  return outcomes.filter(({ error }) => error !== undefined && !MISSING.test(error));
}

for (const area of Object.keys(TABLE)) {
  Deno.test(`every function of the table ${area}`, async () => {
    assertEquals(await callAll(area), []);
  });
}

/** What cannot be done here, whatever the arguments are. */
const UNSUPPORTED = ["FIPS_mode_set", "OPENSSL_cleanup", "X509V3_EXT_d2i"];

Deno.test("every function that is more than one C function", async () => {
  const failed = await callAll("COMPOSED");
  assertEquals(failed.map(({ name }) => name).sort(), UNSUPPORTED);
  for (const { error } of failed) assert(error!.startsWith("SslUnsupportedError: "), error);
});

const REMOVED_NAMES = `CTX_need_tmp_RSA CTX_set_ecdh_auto CTX_set_tmp_rsa CTX_set_tmp_rsa_callback
  CTX_v2_new CTX_v3_new MD2 SESSION_cmp SESSION_set_master_key SSLv2_method SSLv3_method need_tmp_RSA
  set_ecdh_auto set_tmp_rsa set_tmp_rsa_callback`.split(/\s+/);

Deno.test("what OpenSSL has no longer says what to use", () => {
  assertEquals(Object.keys(REMOVED).sort(), REMOVED_NAMES);
  for (const [name, instead] of Object.entries(REMOVED)) {
    try {
      (SSLeay as unknown as Record<string, () => void>)[name]!();
      throw new Error(`${name} was called`);
    } catch (error) {
      assert(error instanceof TypeError, String(error));
      assertEquals(error.message, `${name} is not in OpenSSL 1.1.0 and later: use ${instead}`);
    }
  }
});

/** Perl's own name for this one: the prefix is there by a mistake in its source. */
const PREFIXED = "SSL_get0_session";

Deno.test("the functions are those of Net::SSLeay 1.96, no more and no less", async () => {
  const text = await Deno.readTextFile(new URL("./names.txt", import.meta.url));
  const names = text.trim().split("\n");
  assertEquals(names.length, 721);
  assertEquals(functionNames().sort(), [...names, PREFIXED].sort());
  for (const [area, text] of Object.entries(TABLE)) {
    assertEquals(rowsOf(text).size, text.trim().split("\n").length, `${area} has a name twice`);
  }
});

/** The rows whose C function this OpenSSL lacks. */
function missingRows(): Set<string> {
  const isMissing = ([, text]: [string, string]) => {
    const row = readRow(text), signature = nativeSignature(row);
    return row.names.every((each) => cFunction(each, signature) === undefined);
  };
  return new Set(
    Object.values(TABLE).flatMap((text) => [...rowsOf(text)]).filter(isMissing)
      .map(([name]) => name),
  );
}

/** The functions that are more than one C function, of which this OpenSSL lacks one. */
const SINCE: Readonly<Record<string, number>> = {
  OSSL_PROVIDER_do_all: 0x30000000,
  client_hello_get_extension_order: 0x30200000,
};

/** No function makes one; the tests do, with a function of C that the WebAssembly need not export. */
const uncallable = (name: string) => BACKEND === "wasm" && name.startsWith("X509_policy_");

Deno.test("no function is left that was not called", () => {
  const missing = missingRows();
  const uncalled = functionNames().filter((name) =>
    !called.has(name) && !missing.has(name) && !(name in REMOVED) && !uncallable(name) &&
    !(SSLeay.OPENSSL_VERSION_NUMBER < (SINCE[name] ?? 0))
  );
  assertEquals(uncalled, []);
});

Deno.test("the parts of the version are constants from OpenSSL 3.0 on", () => {
  const parts = ["MAJOR", "MINOR", "PATCH"].map((part) => `OPENSSL_VERSION_${part}` as const);
  const number = SSLeay.OPENSSL_VERSION_NUMBER;
  if (number >= 0x30000000) {
    const [major, minor, patch] = parts.map((name) =>
      SSLeay[name as keyof typeof SSLeay] as number
    );
    assertEquals((major! << 28 | minor! << 20 | patch! << 4) >>> 0, number & ~0xf);
    return;
  }
  for (const name of parts) {
    assertThrows(
      () => SSLeay[name as keyof typeof SSLeay],
      TypeError,
      `Your vendor has not defined SSLeay macro ${name}`,
    );
  }
});

Deno.test("`in` says what this OpenSSL has, as Perl's exists does", () => {
  const missing = missingRows();
  for (const name of functionNames()) {
    const has = !missing.has(name) && !(name in REMOVED) &&
      !(SSLeay.OPENSSL_VERSION_NUMBER < (SINCE[name] ?? 0));
    assertEquals(name in SSLeay, has, name);
  }
  const absent = constantNames().filter((name) => !(name in SSLeay));
  assert(absent.includes("F_CLIENT_HELLO"));
  for (const name of absent) {
    const message = `Your vendor has not defined SSLeay macro ${name}`;
    assertThrows(() => Reflect.get(SSLeay, name), TypeError, message);
  }
  const all = { ...SSLeay } as Record<string, unknown>; // reads what is listed
  assertEquals([all.OP_ALL, all.CTX_new], [SSLeay.OP_ALL, SSLeay.CTX_new]);
  assertEquals(["CTX_v2_new" in all, "F_CLIENT_HELLO" in all], [false, false]);
});

Deno.test("a file that does not exist is an error in the words of the system", () => {
  SSLeay.ERR_clear_error();
  assertEquals(SSLeay.CTX_use_certificate_file(SSLeay.CTX_new()!, "/no/such/file", 1), 0);
  assertMatch(SSLeay.ERR_error_string(SSLeay.ERR_get_error()), /No such file or directory$/);
  SSLeay.ERR_clear_error();
});

Deno.test("nothing can be put into SSLeay, nor taken away", () => {
  const { OPENSSL_VERSION_NUMBER: before, CTX_new } = SSLeay;
  const members = SSLeay as unknown as Record<string, unknown>;
  assertThrows(() => members.CTX_new = () => 1, TypeError);
  assertThrows(() => members.mine = 1, TypeError);
  assertThrows(() => delete members.CTX_new, TypeError);
  assertThrows(() => Object.defineProperty(members, "mine", { value: 1 }), TypeError);
  assertEquals(SSLeay.CTX_new, CTX_new);
  assertEquals(SSLeay.OPENSSL_VERSION_NUMBER, before);
  assertEquals(
    [members.mine, members.toString, members.constructor, members.then],
    Array(4).fill(undefined),
  );
  assertEquals(["CTX_new" in members, "OP_ALL" in members, "mine" in members], [true, true, false]);
  const names = Object.keys(SSLeay);
  assertEquals(names.length, new Set(names).size);
  assert(names.includes("CTX_new") && names.includes("OP_ALL"));
});
