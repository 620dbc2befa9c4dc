/**
 * The main jobs with bundled code. The argument is the folder of the bundles, one of each entry
 * point, which share nothing: what goes from one to another is text.
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type * as Certificates from "../../certificate/mod.ts";
import type * as Package from "../../mod.ts";
import type * as Perl from "../../perl/mod.ts";

const bundle = (name: string) => import(`${Deno.args[0]}/${name}.js`);
const { TestCa }: typeof Certificates = await bundle("certificate");
const { Certificate, engineInfo, explain, Handle, SslSocket, SslVerifyError, ...all }:
  typeof Package = await bundle("main");
const { fromPerl }: typeof Perl = await bundle("perl");

const ca = await TestCa.create();
const own = await ca.server("localhost");
for (const engine of ["openssl", "deno"] as const) {
  assertEquals(engineInfo(engine).name, engine);
  await using server = all.serve({ engine, hostname: "127.0.0.1", port: 0, ...own }, async (h) => {
    await h.say(`hello, ${await h.readLine()}`);
  });
  const { port } = await server.addr;
  const options = { engine, extraCa: ca.pem };
  {
    await using handle = await Handle.connect(`localhost:${port}`, options);
    await handle.print("bundle\n");
    assertEquals(await handle.readLine(), "hello, bundle");
    assert((handle.conn as Package.SslSocket).report.ok);
  }
  const name = { ...options, verifycnName: "wrong.test", serverName: "wrong.test" };
  const refused = await assertRejects(
    () => SslSocket.connect(`127.0.0.1:${port}`, name),
    SslVerifyError,
  );
  assertEquals(refused.name, "SslVerifyError"); // minified, too
  assert(/another name/.test(explain(refused)), explain(refused));
}

const leaf = Certificate.fromPem(own.cert);
assertEquals(leaf.commonName, "localhost");
assertEquals(leaf.asHash().subject.commonName, "localhost");
assert((await all.verifyCertificate(leaf, { ca: ca.pem, host: "localhost" })).ok);
assertThrows(() => fromPerl({ SSL_verify_mod: 1 }), TypeError, "SSL_verify_mode");
