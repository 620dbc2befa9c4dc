/** What `ssl cert` and `ssl ca` write, as OpenSSL and NSS read it. */
import "../helpers/limit.ts";

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../cli/helper.ts";
import { workshop } from "./workshop.ts";

Deno.test("openssl takes the development CA, its certificate and the PKCS#12, within the CA's limits", () =>
  workshop(async (w) => {
    const dir = ["--dir", w.dir];
    assertEquals(
      (await run(["ca", "init", ...dir, "--for", "test", "--for", "127.0.0.0/8"])).code,
      0,
    );
    const make = (name: string, ...args: string[]) =>
      run(["cert", "make", ...args, "--out", `${w.dir}/${name}`, ...dir]);
    assertEquals((await make("good", "app.test", "127.0.0.1", "--key-type", "rsa")).code, 0);
    assertEquals((await make("bad", "bank.example")).code, 2);
    assertEquals((await make("address", "127.0.0.1")).code, 0);
    await w.openssl("verify -x509_strict -verify_ip 127.0.0.1 -CAfile root.pem address.pem");
    await w.openssl(
      "verify -x509_strict -purpose sslserver -verify_hostname app.test -CAfile root.pem good.pem",
    );
    await w.openssl(
      "req -new -newkey rsa:2048 -nodes -keyout b.key -out b.csr -subj /CN=bank.example",
    );
    await w.openssl("x509 -req -in b.csr -CA root.pem -CAkey root-key.pem -days 5 -out bad.pem");
    const refused = await w.run("openssl", "verify", "-CAfile", "root.pem", "bad.pem");
    assert(!refused.ok);
    assertStringIncludes(refused.text, "permitted subtree violation");
    w.write("pw", "secret");
    const convert = ["cert", "convert", `${w.dir}/good.pem`, "--key", `${w.dir}/good-key.pem`];
    const password = ["--out-password-file", `${w.dir}/pw`];
    const to = ["--to", "pkcs12", "--out", `${w.dir}/good.p12`];
    assertEquals((await run([...convert, ...to, ...password])).code, 0);
    const text = await w.openssl("pkcs12 -in good.p12 -passin file:pw -nodes");
    assertStringIncludes(text, "BEGIN PRIVATE KEY");
    const closed = ["--to", "pkcs8", "--out", `${w.dir}/closed.pem`];
    assertEquals((await run([...convert, ...closed, ...password])).code, 0);
    await w.openssl("pkey -in closed.pem -passin file:pw -noout -check");
  }));

Deno.test("cert show reads what openssl writes: a request and PKCS#12", () =>
  workshop(async (w) => {
    await w.openssl(
      "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA -days 9",
    );
    await w.openssl(
      "req -new -newkey rsa:2048 -nodes -keyout a.key -out a.csr -subj /CN=a -addext subjectAltName=DNS:a.test",
    );
    await w.openssl(
      "x509 -req -in a.csr -CA ca.pem -CAkey ca.key -days 5 -out a.pem -copy_extensions copy",
    );
    await w.openssl(
      "pkcs12 -export -in a.pem -inkey a.key -certfile ca.pem -out a.p12 -passout pass:secret",
    );
    w.write("pw", "secret");
    const show = async (name: string, ...args: string[]) => {
      const { code, json } = await run(["cert", "show", `${w.dir}/${name}`, "--json", ...args]);
      assertEquals(code, 0);
      return json.items;
    };
    const [request] = await show("a.csr");
    assertEquals([request.names, request.signed, request.key], [["a.test"], true, "RSA 2048"]);
    const items = await show("a.p12", "--password-file", `${w.dir}/pw`);
    assertEquals(items.map(({ kind }: { kind: string }) => kind), [
      "certificate",
      "certificate",
      "key",
    ]);
    assertEquals(items[0].names, ["a.test"]);
    const match = ["cert", "match", `${w.dir}/a.csr`, `${w.dir}/a.key`];
    assertEquals((await run(match)).code, 0);
  }));

Deno.test("ca trust --apply makes a browser's store trust the CA, and the way back works", () =>
  workshop(async (w) => {
    const dir = ["--dir", w.dir, "--nss", `${w.dir}/nss`];
    assertEquals((await run(["ca", "init", "--dir", w.dir, "--name", "Trusted here"])).code, 0);
    const { code, json } = await run(["ca", "trust", "browsers", "--apply", ...dir, "--json"]);
    assertEquals([code, json.ways[0].outcome], [0, "done"]);
    const store = `sql:${w.dir}/nss`;
    const list = await w.ok("certutil", "-d", store, "-L");
    assert(/Trusted here +C,,/.test(list), list);
    await w.ok("sh", "-c", json.ways[0].undo[0]);
    assert(!(await w.ok("certutil", "-d", store, "-L")).includes("Trusted here"));
  }));
