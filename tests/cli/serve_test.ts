/** `ssl serve`: echo, files, programs, client certificates; what it prints is what a client needs. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { engineInfo } from "../../mod.ts";
import { fileServer } from "../../cli/serve/file_server.ts";
import { TestCa } from "../../testing/mod.ts";
import { type Ran, run } from "./helper.ts";

const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const file = async (name: string, text: string): Promise<string> => {
  await Deno.writeTextFile(`${folder}/${name}`, text);
  return `${folder}/${name}`;
};

/** A server in this process, with the line of JSON that it begins with. */
async function serving(args: readonly string[]) {
  const end = new AbortController();
  const said = Promise.withResolvers<string>();
  const ended: Promise<Ran> = run(["serve", "127.0.0.1:0", "--jsonl", ...args], {
    signal: end.signal,
    onStdout: (text) => said.resolve(text),
  });
  const first = await Promise.race([said.promise, ended.then(({ stdout }) => stdout)]);
  const known = JSON.parse(first);
  return {
    known,
    at: `localhost:${known.address.split(":")[1]}`,
    async [Symbol.asyncDispose]() {
      end.abort();
      assertEquals((await ended).code, 0);
    },
  };
}

for (const engine of ["auto", "deno"]) {
  Deno.test(`serve (${engine}): echoes with a certificate of its own, whose pin it prints`, async () => {
    await using server = await serving(["--engine", engine, "--name", "box.example"]);
    const ca = await file(`${engine}.pem`, server.known.certificate.pem);
    const { code, stdout } = await run(["cat", server.at, "--ca", ca], { stdin: "hello\n" });
    assertEquals([code, stdout], [0, "hello\n"]);
    const named = await run(["connect", server.at, "--ca", ca, "--name", "box.example"]);
    assertEquals(named.code, 0);
    assertStringIncludes(server.known.client, `--pin '${server.known.pin}'`);
    if (!engineInfo().features.has("fingerprint")) return;
    assertEquals((await run(["connect", server.at, "--pin", server.known.pin])).code, 0);
  });

  Deno.test(`serve (${engine}) --http: files of a folder, and nothing outside of it`, async () => {
    const site = `${folder}/site_${engine}`;
    await Deno.mkdir(`${site}/sub`, { recursive: true });
    await Deno.writeTextFile(`${site}/page.html`, "<p>hello");
    await Deno.writeTextFile(`${site}/.hidden`, "hidden");
    await file("outside.txt", "outside");
    if (Deno.build.os !== "windows") {
      await Deno.symlink(`${folder}/outside.txt`, `${site}/link.txt`);
    }
    await using server = await serving(["--http", site, "--engine", engine]);
    assertStringIncludes(server.known.client, `--pinnedpubkey '${server.known.curlPin}'`);
    using client = Deno.createHttpClient({ caCerts: [server.known.certificate.pem] });
    const get = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`https://${server.at}${path}`, {
        client,
        redirect: "manual",
        ...init,
      });
      return [response.status, await response.text(), response.headers] as const;
    };
    const [status, body, headers] = await get("/page.html");
    assertEquals([status, body, headers.get("content-type")], [
      200,
      "<p>hello",
      "text/html; charset=utf-8",
    ]);
    const [, list] = await get("/");
    assertStringIncludes(list, '<a href="page.html">');
    assert(!list.includes("hidden"));
    assertEquals((await get("/sub"))[0], 301);
    for (
      const path of [
        "/nothing",
        "/.hidden",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/link.txt",
        "/page.html/",
        "/%zz",
      ]
    ) {
      assertEquals((await get(path))[0], 404, path);
    }
    assertEquals((await get("/page.html", { method: "POST", body: "x" }))[0], 405);
    assertEquals((await get("/page.html", { method: "HEAD" }))[1], "");
  });

  Deno.test({
    name: `serve (${engine}) --exec: a program reads and writes the connection`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await using server = await serving(["--exec", "tr a-z A-Z", "--engine", engine]);
      const ca = await file(`exec_${engine}.pem`, server.known.certificate.pem);
      const { stdout } = await run(["cat", server.at, "--ca", ca], { stdin: "hello\n" });
      assertEquals(stdout, "HELLO\n");
    },
  });
}

Deno.test({
  name: "serve --mtls: takes clients with a certificate of the CA, and no others",
  ignore: !engineInfo().features.has("requestClientCertificate"),
  fn: async () => {
    const ca = await TestCa.create();
    const { cert, key } = await ca.client("alice");
    const clientCa = await file("client_ca.pem", ca.pem);
    const [certFile, keyFile] = [await file("alice.pem", cert), await file("alice.key", key)];
    await using server = await serving(["--mtls", clientCa]);
    const own = await file("mtls.pem", server.known.certificate.pem);
    const args = ["cat", server.at, "--ca", own];
    const alice = await run([...args, "--cert", certFile, "--key", keyFile], { stdin: "hi\n" });
    assertEquals([alice.code, alice.stdout], [0, "hi\n"]);
    const nobody = await run(args, { stdin: "hi\n" });
    assertEquals([nobody.code, nobody.stdout], [4, ""]);
  },
});

Deno.test("serve --mtls on Deno's own TLS is usage, and names --allow-ffi", async () => {
  const ca = await TestCa.create();
  const clientCa = await file("deno_ca.pem", ca.pem);
  const { code, stderr } = await run(["serve", "0", "--mtls", clientCa, "--engine", "deno"]);
  assertEquals(code, 2, stderr);
  assertStringIncludes(stderr, "--allow-ffi");
});

Deno.test("serve --connections ends after so many, with exit code 0", async () => {
  const said = Promise.withResolvers<string>();
  const ended = run(["serve", "127.0.0.1:0", "--connections", "1", "--jsonl"], {
    onStdout: (text) => said.resolve(text),
  });
  const known = JSON.parse(await said.promise);
  const ca = await file("once.pem", known.certificate.pem);
  const port = known.address.split(":")[1];
  assertEquals((await run(["cat", `localhost:${port}`, "--ca", ca], { stdin: "x" })).stdout, "x");
  assertEquals((await ended).code, 0);
});

Deno.test("serve: what cannot be served is usage, before anything listens", async () => {
  for (
    const [args, says] of [
      [["0", "--http", `${folder}/missing`], "missing"],
      [["0", "--echo", "--exec", "x"], "exclude each other"],
      [["999999"], "from 0 to 65535"],
      [["0", "--cert", `${folder}/missing.pem`], "missing.pem"],
      [["0", "--name", "a b"], "is not a name"],
    ] as const
  ) {
    const { code, stderr, stdout } = await run(["serve", ...args]);
    assertEquals([code, stdout], [2, ""], stderr);
    assertStringIncludes(stderr, says);
  }
});

Deno.test("the file server gives nothing outside of its folder, however the path is written", async () => {
  const root = `${folder}/root`;
  await Deno.mkdir(root, { recursive: true });
  await file("secret.txt", "secret");
  const answer = await fileServer(root);
  const paths = [
    "/../secret.txt",
    "//../secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..\\secret.txt",
    "/%5c..%5csecret.txt",
    "/a/%00",
    "/c:/x",
  ];
  for (const path of paths) {
    const response = await answer(new Request(`https://localhost${path}`));
    assertEquals(response.status, 404, path);
    assert(!(await response.text()).includes("secret"));
  }
});
