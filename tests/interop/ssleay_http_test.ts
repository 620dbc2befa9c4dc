/**
 * The high level of ./ssleay and Perl's Net::SSLeay against the same servers: what they give, what
 * they send, and where ours differs, with the reason.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import * as ssleay from "../../ssleay/mod.ts";
import { ANSWERS, type OddAnswer } from "../ssleay/answers.ts";
import { type OddServer, proxyServer, tcpServer, tlsServer, trust } from "../ssleay/odd_server.ts";
import { Lab } from "./lab.ts";
import { PerlPeer } from "./perl_peer.ts";

const SCRIPT = decodeURIComponent(new URL("./perl/ssleay.pl", import.meta.url).pathname);
const HOST = "127.0.0.1";
const OPTIONS = { ...await trust("openssl"), encoding: "latin1", timeout: 5000 } as const;

/** Perl, ended with the test. */
async function withPerl(run: (perl: PerlPeer) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await using perl = new PerlPeer(dir, SCRIPT);
    await run(perl);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** `undef` and `""` count as one; of a failure only that it is one, as its text names the cause. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") {
    return value.startsWith("HTTP/1.0 900 NET OR SSL ERROR\r\n\r\n") ? "900" : value;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Object) return "X509";
  return value;
}

/** Perl's flat list of headers in pairs. */
function paired([page, response, ...headers]: unknown[]): unknown[] {
  const pairs = Array.from(
    { length: headers.length / 2 },
    (_, i) => headers.slice(2 * i, 2 * i + 2),
  );
  return [page, response, pairs];
}

type Form = "" | "3";

// deno-lint-ignore no-explicit-any -- functions by their names
const ours = ssleay as any;

async function both(
  perl: PerlPeer,
  server: OddServer,
  odd: OddAnswer,
  kind: "http" | "https",
  form: Form,
): Promise<[theirs: unknown, ours: unknown]> {
  const name = `${(odd.method ?? "GET").toLowerCase()}_${kind}${form}`;
  server.play(odd);
  const { value, error } = await perl.ask(name, HOST, server.port, "/");
  const own: unknown[] = await ours[name](HOST, server.port, "/", OPTIONS);
  if (error !== undefined) return [error, plain(own)];
  const list = value as unknown[];
  const filled = form === ""
    ? paired(list)
    : [...list, ...Array(Math.max(0, 4 - list.length)).fill("")];
  return [plain(filled), plain(own)];
}

for (const kind of ["https", "http"] as const) {
  Deno.test({
    name: `${kind}: Perl and we read each answer in the same way, except for the listed deviations`,
    timeout: 240_000,
    fn: () =>
      withPerl(async (perl) => {
        const differing: string[] = [];
        const rows = ANSWERS.filter(({ tlsOnly }) => kind === "https" || !tlsOnly);
        for (const odd of rows) {
          await using server = kind === "https" ? await tlsServer() : tcpServer();
          const hangs = odd.end === "open";
          await perl.call("patience", hangs ? 1 : 10);
          for (const form of hangs ? ["3"] as const : ["", "3"] as const) {
            const [theirs, own] = await both(perl, server, odd, kind, form);
            if (hangs) assertEquals(theirs, "hangs\n", odd.name);
            if (JSON.stringify(theirs) === JSON.stringify(own)) continue;
            if (odd.deviation === undefined) assertEquals(own, theirs, odd.name);
            if (differing.at(-1) !== odd.name) differing.push(odd.name);
          }
        }
        const listed = rows.filter(({ deviation }) => deviation !== undefined);
        assertEquals(differing, listed.map(({ name }) => name));
        assert(
          rows.length - differing.length >= 20,
          `${rows.length - differing.length} are the same`,
        );
      }),
  });
}

/** A call, and how what ours sends differs from what Perl sends. */
const REQUESTS: readonly (readonly [
  name: string,
  args: readonly unknown[],
  change?: (theirs: string) => string,
])[] = [
  // Perl has one CRLF too many behind a request without content.
  ["get_http", ["/"], (theirs) => theirs.replace(/\r\n\r\n\r\n$/, "\r\n\r\n")],
  ["head_http", ["/a?b=c"], (theirs) => theirs.replace(/\r\n\r\n\r\n$/, "\r\n\r\n")],
  [
    "get_http",
    ["/", "X-A: 1\r\nX-B: 2\r\n"],
    (theirs) => theirs.replace(/\r\n\r\n\r\n$/, "\r\n\r\n"),
  ],
  ["get_http", ["/", "Host: other\r\n"], (theirs) => theirs.replace(/\r\n\r\n\r\n$/, "\r\n\r\n")],
  ["post_http", ["/", "", "OK=1&name=Sampo"]],
  ["post_http", ["/", "X-A: 1\r\n", "x", "text/plain"]],
  ["put_http", ["/", "", "x".repeat(100_000), "application/x"]],
  ["get_http", ["/", "", "content"]],
  // Perl leaves the length of empty content out.
  [
    "post_http",
    ["/", "", ""],
    (theirs) => theirs.replace(/\r\n\r\n\r\n$/, "\r\nContent-Length: 0\r\n\r\n"),
  ],
  // Perl glues the next header on.
  [
    "get_http",
    ["/", "X-Q: 1"],
    (theirs) => theirs.replace("1Accept", "1\r\nAccept").replace(/\r\n\r\n\r\n$/, "\r\n\r\n"),
  ],
  // Perl asks for everything beside what is accepted, and gives two types.
  [
    "post_http",
    ["/", "Accept: text/html\r\nContent-Type: text/x\r\n", "x"],
    (theirs) =>
      theirs.replace("Accept: */*\r\n", "").replace(
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "",
      ),
  ],
];

Deno.test("Perl and we send the same requests, except for the listed deviations", () =>
  withPerl(async (perl) => {
    await using server = tcpServer();
    for (const [name, args, change] of REQUESTS) {
      await perl.call(name, HOST, server.port, ...args);
      await ours[name](HOST, server.port, ...args);
      const [theirs, own] = server.requests.splice(0);
      assertEquals(own, change === undefined ? theirs : change(theirs!), `${name} ${args}`);
      if (change !== undefined) assert(own !== theirs, `${name} ${args}: there is no deviation`);
    }
  }));

Deno.test("Perl lets a path and a header inject lines, and ours refuses them", () =>
  withPerl(async (perl) => {
    await using server = tcpServer();
    const evil = "/ HTTP/1.0\r\nX-Evil: 1\r\n";
    await perl.call("get_http", HOST, server.port, evil);
    assertMatch(server.requests.pop()!, /^X-Evil: 1\r$/m);
    const [headers] = await perl.call("make_headers", "X-A", "1\r\nX-Evil: 1");
    assertEquals(headers, "X-A: 1\r\nX-Evil: 1\r\n");
    for (
      const call of [
        () => ours.get_http(HOST, server.port, evil),
        () => ours.make_headers("X-A", "1\r\nX-Evil: 1"),
      ]
    ) {
      const error = await (async () => await call())().catch((error) => error);
      assert(error instanceof TypeError);
    }
    assertEquals(server.requests, []);
  }));

Deno.test("make_form and make_headers give the same as in Perl, except for the listed deviations", () =>
  withPerl(async (perl) => {
    for (
      const fields of [
        ["OK", "1", "name", "Sam po"],
        ["a", "+&=/%\r\n\0~!*'()", "b", "_-.@$ az09"],
        ["", ""],
        ["e", "", "f", "x"],
      ]
    ) assertEquals([ours.make_form(...fields)], await perl.call("make_form", ...fields));
    for (const fields of [["User-Agent", "x/1", "Referer:", "b"], ["A", "b\r\n", "C", "d\n"]]) {
      assertEquals([ours.make_headers(...fields)], await perl.call("make_headers", ...fields));
    }
    // Names are escaped, wide characters are UTF-8, and no field is the empty form.
    assertEquals(await perl.call("make_form", "k&=", "v"), ["k&==v"]);
    assertEquals(await perl.call("make_form", "a", "\u263a"), ["a=%263a"]);
    assertEquals(await perl.call("make_form"), [null]);
    assertEquals(await perl.call("make_form", "odd"), ["odd="]);
    assertEquals(ours.make_form("k&=", "v", "a", "\u263a"), "k%26%3d=v&a=%e2%98%ba");
    assertEquals(ours.make_form(), "");
  }));

Deno.test("sslcat, https_cat, tcpcat and http_cat give the same reply", () =>
  withPerl(async (perl) => {
    await using tls = await tlsServer();
    await using tcp = tcpServer();
    for (const server of [tls, tcp]) server.play({ answer: "reply \xff\r\n" });
    for (const name of ["sslcat", "https_cat", "tcpcat", "http_cat"]) {
      const { port } = name.includes("s") ? tls : tcp;
      const theirs = await perl.call(name, HOST, port, "hi\r\n\r\n");
      const own = await ours[name](HOST, port, "hi\r\n\r\n", OPTIONS);
      assertEquals(plain(own), plain(theirs), name);
    }
    for (const [name, port] of [["tcpxcat", tls.port], ["httpx_cat", tls.port]] as const) {
      const theirs = await perl.call(name, 1, HOST, port, "hi\r\n\r\n");
      assertEquals(plain(await ours[name](1, HOST, port, "hi\r\n\r\n", OPTIONS)), plain(theirs));
    }
    assertEquals(tls.requests.length + tcp.requests.length, 12);
    // Cut off: the reply that came, and an error.
    tls.play({ answer: "half", end: "cut" });
    for (const name of ["sslcat", "https_cat"]) {
      const [reply, error] = await perl.call(name, HOST, tls.port, "\r\n\r\n");
      const [own, text] = await ours[name](HOST, tls.port, "\r\n\r\n", OPTIONS);
      assertEquals(own, reply);
      // The first line is Perl's but for the number of the process.
      const first = String(error).split("\n")[0]!.replace(/\d+/, "PID");
      assertEquals(text.split("\n")[0].replace(/\d+/, "PID"), first);
    }
  }));

Deno.test("where nobody listens the text is Perl's, except for the program's name and the reason", () =>
  withPerl(async (perl) => {
    const listener = Deno.listen({ hostname: HOST, port: 0 });
    const { port } = listener.addr;
    listener.close();
    const shape = (text: string) => text.replace(/^[^]*?\d+: /, "PID: ").replace(/\(.*\)/, "()");
    const [, theirs] = await perl.call("tcpcat", HOST, port, "x");
    assertEquals(shape((await ours.tcpcat(HOST, port, "x"))[1]), shape(theirs));
    assertMatch(theirs, /Connection refused/);
  }));

Deno.test("Perl trusts every server, and ours none that is not known", () =>
  withPerl(async (perl) => {
    await using server = await tlsServer();
    assertEquals((await perl.call("get_https", HOST, server.port, "/"))[0], "hello");
    assertEquals(server.names, [undefined]);
    const [page, response] = await ours.get_https(HOST, server.port, "/", { engine: "openssl" });
    assertEquals([page, plain(response)], [undefined, "900"]);
    assertEquals((await ours.get_https("localhost", server.port, "/", OPTIONS))[0], "hello");
    assertEquals(server.names.at(-1), "localhost");
  }));

Deno.test("a proxy: the same CONNECT and the same page; one that refuses is an error here", () =>
  withPerl(async (perl) => {
    await using tls = await tlsServer();
    await using tcp = tcpServer();
    await using proxy = proxyServer();
    await perl.call("set_proxy", HOST, proxy.port, "joe", "salainen");
    ssleay.setProxy(HOST, proxy.port, "joe", "salainen");
    for (const [name, { port }] of [["get_https", tls], ["get_http", tcp]] as const) {
      const theirs = paired(await perl.call(name, HOST, port, "/"));
      assertEquals(plain(await ours[name](HOST, port, "/", OPTIONS)), theirs);
      const [first, second] = proxy.asked.splice(0);
      assertEquals(second, first);
    }
    await using refusing = tcpServer();
    refusing.play({ answer: "HTTP/1.0 403 Forbidden\r\n\r\nno" });
    await perl.call("set_proxy", HOST, refusing.port);
    ssleay.setProxy(HOST, refusing.port);
    try {
      const [, https] = await perl.call("get_https", HOST, 443, "/");
      assertMatch(https, /^HTTP\/1\.0 900/);
      assert(!https.includes("403"), https);
      const [page, , certificate] = await perl.call("get_http", HOST, 80, "/");
      assertEquals([page, certificate], [null, undefined]);
      for (const name of ["get_https", "get_http"]) {
        assertMatch(
          (await ours[name](HOST, 443, "/", OPTIONS))[1],
          /900[^]*ERR_PROXY[^]*403 Forbidden/,
        );
      }
    } finally {
      ssleay.setProxy();
    }
  }));

Deno.test("a client key that does not fit: Perl goes on without it, and ours does not", async () => {
  await using lab = await Lab.open();
  lab.write("other.key", lab.pki.server.key);
  const files = [lab.path("client.pem"), lab.path("other.key")];
  await withPerl(async (perl) => {
    await using server = await tlsServer();
    const theirs = await perl.call("get_https", HOST, server.port, "/", "", "", "", ...files);
    assertEquals(theirs[0], "hello");
    assertEquals(server.requests.splice(0).length, 1);
    const own = await ours.get_https(HOST, server.port, "/", "", "", "", ...files, OPTIONS);
    assertEquals(plain(own.slice(0, 2)), ["", "900"]);
    assertEquals(server.requests, []);
    // Perl says nothing by itself either.
    assertEquals(plain(await perl.call("set_cert_and_key", ...files)), ["", ""]);
    assertMatch(
      (await ours.set_cert_and_key({}, ...files))[1],
      /set_cert_and_key \d+: \d - error:/,
    );
    const good = [lab.path("client.pem"), lab.path("client.key")];
    assertEquals(plain(await perl.call("set_cert_and_key", ...good)), ["", ""]);
    assertEquals(plain(await ours.set_cert_and_key({}, ...good)), ["", ""]);
  });
});

Deno.test("die_now and die_if_ssl_error: the same sentence", () =>
  withPerl(async (perl) => {
    const { error } = await perl.ask("die_now", "it is over");
    const own = await (async () => await ours.die_now("it is over"))().catch((error) => error);
    assertEquals(`${own.message}\n`.replace(/^\d+/, "PID"), error!.replace(/^\d+/, "PID"));
    assertEquals(
      plain(await perl.call("die_if_ssl_error", "x")),
      plain(await perl.call("print_errs", "x")),
    );
    assertEquals([ours.die_if_ssl_error("x"), ours.print_errs("x")], [undefined, ""]);
  }));

/** Reads by each function, in the order in which they are made. */
const STEPS = [
  ["write_all", "hi\r\n\r\n"],
  ["read_until", "\n"],
  ["read_CRLF"],
  ["read_until", "-end-"],
  ["read_until", ":", 3],
  ["read_until", ":"],
  ["read_all", 4],
  ["read_until", ";"],
  ["read_all"],
  ["read_until", "\n"],
] as const;

Deno.test("ssl_read_until and its kin, and their tcp twins, give the same pieces", () =>
  withPerl(async (perl) => {
    const answer = "one\ntwo\r\nthree-en-end-abcdef:12345678;rest";
    await using tls = await tlsServer();
    await using tcp = tcpServer();
    for (const server of [tls, tcp]) server.play({ answer });
    const steps = (kind: string) => STEPS.map(([name, ...args]) => [`${kind}_${name}`, ...args]);
    const theirs = await perl.call("reads", HOST, tls.port, steps("ssl"));
    const socket = await ssleay.SsleayHandle.connect(HOST, tls.port, OPTIONS);
    const conn = await Deno.connect({ hostname: HOST, port: tcp.port });
    const run = async (kind: "ssl" | "tcp", over: unknown) => {
      const all: unknown[] = [];
      for (const [name, ...args] of STEPS) {
        const given = await ours[`${kind}_${name}`](over, ...args);
        all.push(Array.isArray(given) ? given : [given]);
      }
      return all;
    };
    assertEquals(plain(await run("ssl", socket.socket)), plain(theirs));
    assertEquals(
      plain(await run("tcp", conn)),
      plain(await perl.call("tcp_reads", HOST, tcp.port, steps("tcp"))),
    );
    conn.close();
    await socket.close();
  }));

Deno.test("the tied handle gives the same lines and bytes as Perl's, and an end of file", () =>
  withPerl(async (perl) => {
    await using server = await tlsServer();
    server.play({ answer: "one\ntwo\n\nthree four\nlast" });
    const theirs = await perl.call("handle", HOST, server.port, [
      ["print", "a", "b\r\n\r\n"],
      ["readline"],
      ["read", 2],
      ["readline"],
      ["readlines"],
      ["readline"],
      ["read", 5],
      ["eof"],
      ["close"],
    ]);
    const ssl = await ssleay.SsleayHandle.connect(HOST, server.port, OPTIONS);
    const buffer = new Uint8Array(2);
    assertEquals(await ssl.print("a", "b\r\n\r\n"), Boolean(theirs[0]));
    assertEquals(await ssl.readline(), theirs[1]);
    assertEquals([await ssl.read(buffer), new TextDecoder().decode(buffer)], theirs[2]);
    assertEquals(await ssl.readline(), theirs[3]);
    assertEquals(await ssl.readlines(), theirs[4]);
    assertEquals(await ssl.readline() ?? null, theirs[5]);
    assertEquals([await ssl.read(buffer), ""], theirs[6]);
    assertMatch(theirs[7], /object method "EOF"/);
    assertEquals(await ssl.eof(), true);
    assertEquals(await ssl.close(), Boolean(theirs[8]));
    assertEquals(server.requests, ["ab\r\n\r\n", "ab\r\n\r\n"]);
    // Perl does not read a last line "0" without an end.
    server.play({ answer: "1\n0" });
    const lines = await perl.call("handle", HOST, server.port, [["print", "\r\n\r\n"], [
      "readlines",
    ]]);
    assertEquals(lines[1], ["1\n"]);
    // And a connection that is cut off looks like its end.
    server.play({ answer: "one\nhalf", end: "cut" });
    const cut = await perl.call("handle", HOST, server.port, [["print", "\r\n\r\n"], [
      "readlines",
    ]]);
    assertEquals(cut[1], ["one\n", "half"]);
  }));
