/** The high level of Net::SSLeay at its bounds: options, texts of failures, data, requests, answers. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  SslError,
  SslPeerError,
  SslTruncatedError,
  SslUnsupportedError,
  SslVerifyError,
} from "../../errors.ts";
import {
  makeForm,
  makeHeaders,
  settings,
  sslReadAll,
  sslReadUntil,
  tcpReadAll,
  tcpReadUntil,
  tcpWriteAll,
  tcpWriteCrlf,
} from "../../ssleay/mod.ts";
import { isOptions } from "../../ssleay/cat.ts";
import {
  errorText,
  failureText,
  httpError,
  isUnreached,
  unreachedText,
} from "../../ssleay/failure.ts";
import { joinLowLevel, type LowConnection, type LowLevel } from "../../ssleay/low_level.ts";
import { checkTerms, type SsleayOptions } from "../../ssleay/options.ts";
import { setProxy } from "../../ssleay/proxy.ts";
import { requestBytes, type RequestParts } from "../../ssleay/request.ts";
import { readAnswer } from "../../ssleay/response.ts";
import { tcpTarget } from "../../ssleay/target.ts";
import { insistedVersion, trace } from "../../ssleay/variables.ts";

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const says = (call: () => unknown, Class: new (...args: never[]) => Error, message: string) =>
  assertEquals(assertThrows(call, Class as new () => Error).message, message);

Deno.test("options: each with its bounds, and those that a call cannot have with the reason", () => {
  const terms = checkTerms();
  assertEquals([terms.encoding, terms.maxBytes, terms.slowly, terms.signal, terms.proxy], [
    "utf-8",
    67_108_864,
    0,
    undefined,
    undefined,
  ]);
  assertEquals(checkTerms({ maxBytes: 1, encoding: "latin1", timeout: 5 }).maxBytes, 1);
  assertEquals(checkTerms({ timeout: 5 }).timeout, 5);
  assertEquals(checkTerms({ timeout: 0 }).timeout, 0);
  for (const value of [0, -1, 1.5, 2 ** 53, "5"]) {
    assertThrows(
      () => checkTerms({ maxBytes: value as number }),
      RangeError,
      "must be a positive number of bytes",
    );
  }
  says(
    () => checkTerms({ encoding: "utf-16" as never }),
    TypeError,
    'Cannot use option "encoding": it must be "utf-8" or "latin1": received "utf-16"',
  );
  const never = [
    "family",
    "hostname",
    "port",
    "transport",
    "path",
    "startHandshake",
    "keepSocketOnError",
    "errorTrap",
    "onPeerShutdown",
    "halfClose",
    "socketClass",
  ];
  for (const name of never) {
    assertThrows(
      () => checkTerms({ [name]: 1 } as SsleayOptions),
      TypeError,
      `Cannot use option "${name}": `,
    );
  }
  for (const wrong of [null, "x", 5]) {
    assertThrows(() => checkTerms(wrong as never), TypeError, "the last argument must be options");
  }
});

Deno.test("options: a client certificate has both files, by arguments or by options and not by both", () => {
  const { certFile, keyFile } = checkTerms({}, "c", "k").tls;
  assertEquals([certFile, keyFile], ["c", "k"]);
  for (const none of [undefined, null, ""]) {
    assertEquals(checkTerms({}, none, none).tls.certFile, undefined);
  }
  const alone = (given: string, other: string) =>
    `Cannot use a client certificate: the ${given} is given without its ${other}: give both; they may be the same file`;
  says(() => checkTerms({}, "c"), TypeError, alone("certificate", "key"));
  says(() => checkTerms({}, "", "k"), TypeError, alone("key", "certificate"));
  for (const name of ["cert", "certFile", "key", "keyFile"]) {
    says(
      () => checkTerms({ [name]: "x" }, "c", "k"),
      TypeError,
      `Cannot use option "${name}": the client certificate is given as arguments already`,
    );
  }
});

Deno.test("options: settings.sslVersion holds unless the call says which versions", () => {
  const names = [[3, "SSLv3"], [10, "TLSv1"], [11, "TLSv1_1"], [12, "TLSv1_2"], [13, "TLSv1_3"], [
    0,
    undefined,
  ]] as const;
  try {
    for (const [number, name] of names) {
      settings.sslVersion = number;
      assertEquals(insistedVersion(), name);
    }
    settings.sslVersion = 12;
    assertEquals(checkTerms().tls.version, "TLSv1_2");
    assertEquals(checkTerms({ version: "TLSv1_3" }).tls.version, "TLSv1_3");
    assertEquals(checkTerms({ minVersion: "TLSv1.3" } as never).tls.version, undefined);
    assertEquals(checkTerms({ maxVersion: "TLSv1.3" } as never).tls.version, undefined);
    settings.slowly = 2;
    assertEquals(checkTerms().slowly, 2000);
    settings.slowly = 3600;
    assertThrows(() => settings.slowly = 3600.5, RangeError);
  } finally {
    settings.sslVersion = 0;
    settings.slowly = 0;
  }
});

Deno.test("a trace comes from its level on, and ends with what writes it", () => {
  const seen: string[] = [];
  settings.warn = (text) => seen.push(text);
  settings.trace = 2;
  for (const level of [1, 2, 3]) trace(level, () => `${level}`);
  settings.warn = undefined;
  assertEquals([seen, settings.trace], [["1", "2"], 0]);
  trace(0, () => "nobody");
});

Deno.test("reading and writing are traced from the level 3 on", async () => {
  for (const [level, want] of [[2, ""], [3, "  got 2 bytes\n  written 1 bytes\n"]] as const) {
    let seen = "";
    settings.warn = (text) => seen += text;
    settings.trace = level;
    try {
      await tcpReadAll(plain("ab"));
      await tcpWriteAll(plain(), "x");
    } finally {
      settings.warn = undefined;
    }
    assertEquals(seen, want);
  }
});

Deno.test("options are told from a file and from content", () => {
  const values = [{}, Object.create(null), new URL("file:///c.pem"), new Uint8Array(), null, "x"];
  assertEquals(values.map(isOptions), [true, true, false, false, false, false]);
});

Deno.test("a failure is described in OpenSSL's words first, and then in ours", () => {
  const pid = Deno.pid;
  const queue = [{ code: 0xa000086, library: "SSL routines", reason: "bad" }, {
    code: 1,
    library: "l",
    reason: "r",
  }];
  assertEquals(
    errorText("SSL_read", new SslError("ours", { code: "EX", queue })),
    `SSL_read ${pid}: 1 - error:0A000086:SSL routines::bad\nSSL_read ${pid}: 2 - error:00000001:l::r\n` +
      `SSL_read ${pid}: 3 - error:EX:ours\n`,
  );
  const second = (error: SslError) => errorText("x", error).split("\n")[0]!.replace(/^.*1 - /, "");
  assertEquals(
    second(new SslTruncatedError("cut")),
    "error:0A000126:SSL routines::unexpected eof while reading",
  );
  assertEquals(
    second(new SslVerifyError("no")),
    "error:0A000086:SSL routines::certificate verify failed",
  );
  assertEquals(second(new SslVerifyError("no", { queue })), "error:0A000086:SSL routines::bad");
  assertEquals(second(new SslError("no", { code: "EX" })), "error:EX:no");
  for (
    const code of ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]
  ) {
    assert(isUnreached(new SslError("x", { code })), code);
  }
  assert(!isUnreached(new SslError("x", { code: "ETIMEDOUT" })));
  assertEquals(
    unreachedText("h", 5, new SslError("gone")),
    `${pid}: open_tcp_connection: failed \`h', 5 (gone)\n`,
  );
  // The program's own mistakes and its signal are thrown.
  for (const error of [new TypeError("x"), new SslUnsupportedError("x"), "x"]) {
    let thrown: unknown;
    try {
      failureText("SSL_read", error);
    } catch (cause) {
      thrown = cause;
    }
    assertEquals(thrown, error);
  }
  const reason = new SslError("enough");
  assertEquals(assertThrows(() => failureText("x", reason, AbortSignal.abort(reason))), reason);
  assert(failureText("x", new SslError("other"), AbortSignal.abort(reason)).includes("other"));
  assert(failureText("x", reason, new AbortController().signal).includes("enough"));
  const http = httpError("it is odd");
  assertEquals([http.code, http.reason, http.message], [
    "ERR_HTTP",
    "it is odd",
    "Cannot read the answer: it is odd",
  ]);
});

/** A connection whose reads give these pieces, and that keeps what is written. */
function plain(...pieces: string[]) {
  const written: number[] = [];
  return {
    written,
    reads: 0,
    read(p: Uint8Array): Promise<number | null> {
      this.reads++;
      const piece = pieces.shift();
      if (piece === undefined) return Promise.resolve(null);
      const n = Math.min(p.length, piece.length);
      p.set(bytes(piece.slice(0, n)));
      if (n < piece.length) pieces.unshift(piece.slice(n));
      return Promise.resolve(n);
    },
    write(p: Uint8Array): Promise<number> {
      const n = Math.min(3, p.length);
      written.push(...p.subarray(0, n));
      return Promise.resolve(n);
    },
    close() {},
  };
}

Deno.test("reading all, some and up to a delimiter; and writing all, whatever each call takes", async () => {
  assertEquals(await tcpReadAll(plain("ab", "cd", "ef"), 5), ["abcde", undefined]);
  assertEquals(await tcpReadAll(plain("ab", "cd"), 0), ["abcd", undefined]);
  assertEquals(await tcpReadAll(plain()), ["", undefined]);
  const exact = plain("ab", "cd");
  assertEquals(await tcpReadAll(exact, 4), ["abcd", undefined]);
  assertEquals(exact.reads, 2, "the end is not asked for");
  assertEquals(await tcpReadUntil(plain("ab;cd"), ";"), "ab;");
  assertEquals(await tcpReadUntil(plain("aab"), "ab"), "aab");
  assertEquals(await tcpReadUntil(plain("-", "-", "-e"), "--e"), "---e");
  assertEquals(await tcpReadUntil(plain("abcd"), ";", 3), "abc");
  assertEquals(await tcpReadUntil(plain("abc;"), ";", 3), "abc");
  assertEquals(await tcpReadUntil(plain("ab"), ";"), "ab");
  const out = plain();
  assertEquals(await tcpWriteAll(out, "abcdefgh"), [8, undefined]);
  assertEquals(await tcpWriteCrlf(out, "x"), 3);
  assertEquals(await tcpWriteAll(out, ""), [0, undefined]);
  assertEquals(String.fromCharCode(...out.written), "abcdefghx\r\n");
  const failing = { ...plain(), write: () => Promise.reject(new SslError("no", { code: "EX" })) };
  assertEquals(await tcpWriteAll(failing, "x"), [
    undefined,
    `SSL_write ${Deno.pid}: 1 - error:EX:no\n`,
  ]);
  for (const delimiter of ["", 5]) {
    await assertRejects(
      () => tcpReadUntil(plain("a"), delimiter as string),
      TypeError,
      "the delimiter must be a string that is not empty",
    );
  }
  for (const length of [-1, 0.5, NaN]) {
    await assertRejects(
      () => tcpReadUntil(plain("a"), ";", length),
      RangeError,
      "must be a positive number of bytes",
    );
  }
});

Deno.test("what can be peeked at is looked at first, and read to the delimiter only", async () => {
  const ssl = {};
  const all = "one--e" + "two";
  let at = 0;
  const peeks: number[] = [];
  /** Three bytes come at a time. */
  const here = () => Math.min(all.length, at + 3 - at % 3);
  const connection: LowConnection = {
    read: (p) => {
      if (at === all.length) return Promise.resolve(null);
      const piece = all.slice(at, Math.min(here(), at + Math.min(2, p.length)));
      p.set(bytes(piece));
      at += piece.length;
      return Promise.resolve(piece.length);
    },
    peek: (p) => {
      if (at === all.length) return Promise.resolve(null);
      const piece = all.slice(at, Math.min(here(), at + p.length));
      p.set(bytes(piece));
      peeks.push(piece.length);
      return Promise.resolve(piece.length);
    },
    pending: () => here() - at,
    write: (p) => Promise.resolve(p.length),
  };
  joinLowLevel(
    { isHandle: (value) => value === ssl, connection: () => connection } as Partial<
      LowLevel
    > as LowLevel,
  );
  assertEquals(await sslReadUntil(ssl, "--e"), "one--e");
  assertEquals([at, peeks], [6, [1, 3, 1, 3]]);
  assertEquals(await sslReadUntil(ssl, "--e", 2), "tw");
  assertEquals(await sslReadUntil(ssl, "--e"), "o");
  assertEquals(await sslReadUntil(ssl, "--e"), "");
  assertEquals(await sslReadAll(ssl), ["", undefined]);
});

Deno.test("a text without its delimiter is refused at 1 MiB, unless a length says how long it may be", async () => {
  const ssl = {};
  const fill = (p: Uint8Array) => Promise.resolve(p.fill(97).length);
  const connection = { read: fill, peek: fill, pending: () => 1 << 17, write: fill };
  joinLowLevel(
    { isHandle: (value) => value === ssl, connection: () => connection } as Partial<
      LowLevel
    > as LowLevel,
  );
  assertEquals((await sslReadUntil(ssl, ";", 1 << 20)).length, 1 << 20);
  const error = await assertRejects(() => sslReadUntil(ssl, ";"), SslPeerError);
  assertEquals([error.code, error.errno, error.reason], [
    "EMSGSIZE",
    90,
    "the delimiter did not come",
  ]);
  assertEquals(error.facts as unknown, {
    limit: { by: "own", what: "a text up to its delimiter", value: 1 << 20 },
  });
});

const PARTS: RequestParts = {
  method: "GET",
  useTls: true,
  target: tcpTarget("a.test", 443),
  path: "/",
  headers: undefined,
  content: undefined,
  mimeType: undefined,
};
const request = (parts: Partial<RequestParts> = {}) =>
  new TextDecoder("latin1").decode(requestBytes({ ...PARTS, ...parts }, checkTerms()));

Deno.test("a request: its host, its headers, its content, line by line", () => {
  assertEquals(request(), "GET / HTTP/1.0\r\nHost: a.test\r\nAccept: */*\r\n\r\n");
  const host = (name: string, port: number, useTls: boolean) =>
    /Host: (.*)\r/.exec(request({ target: tcpTarget(name, port), useTls }))![1];
  assertEquals([host("a.test", 80, true), host("a.test", 443, false), host("a.test", 80, false)], [
    "a.test:80",
    "a.test:443",
    "a.test",
  ]);
  assertEquals([host("::1", 443, true), host("::1", 8443, true)], ["[::1]", "[::1]:8443"]);
  const post = (content: string, more: Partial<RequestParts> = {}) =>
    request({ method: "POST", content, ...more }).split("\r\n").slice(3);
  assertEquals(post(""), ["Content-Length: 0", "", ""]);
  assertEquals(request({ content: "" }).includes("Content-Length"), false);
  assertEquals(request({ method: "PUT", content: null }).includes("Content-Length: 0"), true);
  assertEquals(post("a"), [
    "Content-Type: application/x-www-form-urlencoded",
    "Content-Length: 1",
    "",
    "a",
  ]);
  assertEquals(post("a", { mimeType: "text/x" })[0], "Content-Type: text/x");
  assertEquals(
    request({ headers: "Host: h\r\nACCEPT: x\r\n" }),
    "GET / HTTP/1.0\r\nHost: h\r\nACCEPT: x\r\n\r\n",
  );
  const own = request({ method: "POST", content: "a", headers: "content-type: t" });
  assertEquals(own.match(/content-type/gi)!.length, 1);
  for (const name of ["Content-Length", "Transfer-Encoding"]) {
    says(
      () => request({ headers: `${name}: 1` }),
      TypeError,
      `Cannot send the headers: "${name.toLowerCase()}" is not for them: the length follows from the content`,
    );
  }
  says(
    () => request({ method: "POST", content: "a", headers: "Content-Type: t", mimeType: "t" }),
    TypeError,
    "Cannot send the content: its type is given twice, as header and argument",
  );
  says(
    () => request({ headers: "A: b\r\n\r\n" }),
    TypeError,
    "Cannot send the headers: there is an empty line, which would end them",
  );
  says(
    () => request({ headers: "A b" }),
    TypeError,
    "Cannot send the headers: there is a line without a name",
  );
  says(
    () => request({ headers: ":b" }),
    TypeError,
    "Cannot send the headers: there is a line without a name",
  );
  assertThrows(
    () => request({ headers: 5 as never }),
    TypeError,
    "they must be a string, as makeHeaders() gives it",
  );
  assertThrows(
    () => request({ method: "G T" }),
    TypeError,
    'the method must be a token such as "GET"',
  );
  assertThrows(
    () => request({ method: 5 as never }),
    TypeError,
    'the method must be a token such as "GET"',
  );
  assertThrows(() => request({ path: "" }), TypeError, 'it must be a string such as "/"');
  assertThrows(() => request({ path: 5 as never }), TypeError, 'it must be a string such as "/"');
  for (const path of ["/a b", "/\0", "/\x7f", "/\n"]) {
    assertThrows(
      () => request({ path }),
      TypeError,
      "it has a space, a line end or another control character",
    );
  }
  assertThrows(() => request({ path: "/\ud800" }), TypeError, "half of a surrogate pair");
  assertThrows(
    () => request({ mimeType: "a\nb", content: "a" }),
    TypeError,
    "which would begin another header",
  );
});

Deno.test("forms and headers: pairs, names and values that are not valid", () => {
  says(
    () => makeForm("a"),
    TypeError,
    "Cannot make a form: names and values alternate: received 1 arguments, and the last name has no value",
  );
  for (const entry of [["a"], ["a", "b", "c"], 5]) {
    assertThrows(
      () => makeForm([entry] as never),
      TypeError,
      "Cannot make a form: a list must have pairs: received",
    );
  }
  says(
    () => makeForm({ a: null } as never),
    TypeError,
    "Cannot make a form: the value must be a string: received null",
  );
  says(
    () => makeForm("\udc00", "x"),
    TypeError,
    "Cannot make a form: the name has half of a surrogate pair",
  );
  says(
    () => makeHeaders("A", {} as never, "B", "c"),
    TypeError,
    'Cannot make the header "A": its value must be a string: received object',
  );
  says(
    () => makeHeaders("A b", "c"),
    TypeError,
    'Cannot make a header: its name must be a token: received "A b"',
  );
});

Deno.test("hosts, ports and proxies of the wrong kind", () => {
  assertEquals([tcpTarget("a.test", "443").port, tcpTarget("a.test", 443).port], [443, 443]);
  says(
    () => tcpTarget(5 as never, 1),
    TypeError,
    "Cannot connect: the host must be a string: received 5",
  );
  says(
    () => tcpTarget("a", {} as never),
    TypeError,
    "Cannot connect: the port must be a number: received an object (Object)",
  );
  const current = (...args: Parameters<typeof setProxy>) => {
    setProxy(...args);
    return checkTerms().proxy;
  };
  try {
    assertEquals(current("p.test"), { target: tcpTarget("p.test", 8080), authorization: "" });
    assertEquals(current("p.test", 1, "")?.authorization, "");
    assertEquals(
      current("p.test", 1, "u")?.authorization,
      `\r\nProxy-authorization: Basic ${btoa("u:")}`,
    );
    assertEquals(
      current("p.test", 1, "u", "p:q")?.authorization,
      `\r\nProxy-authorization: Basic ${btoa("u:p:q")}`,
    );
    says(
      () => setProxy("p", 1, 5 as never),
      TypeError,
      "Cannot set a proxy: the user must be a string: received number",
    );
    says(
      () => setProxy("p", 1, "u", 5 as never),
      TypeError,
      "Cannot set a proxy: the password must be a string: received number",
    );
    says(
      () => setProxy("p", 1, "u\n"),
      TypeError,
      "Cannot set a proxy: the user has a control character",
    );
    says(
      () => setProxy("p", 1, "u", "\x7f"),
      TypeError,
      "Cannot set a proxy: the password has a control character",
    );
    says(
      () => setProxy("p", 1, "u:v"),
      TypeError,
      "Cannot set a proxy: the user has a colon, which ends the name (RFC 7617)",
    );
    assert(checkTerms().proxy !== undefined, "what is refused changes nothing");
    for (const none of [undefined, "", null]) {
      current("p.test");
      assertEquals(current(none as string), undefined);
    }
  } finally {
    setProxy();
  }
});

Deno.test("the error for a malformed answer says why", async () => {
  const read = (text: string, method = "GET") => readAnswer(plain(text), method, "latin1", 100);
  const OK = "HTTP/1.1 200 OK\r\n";
  const chunked = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
  const cases: [string, string][] = [
    ["", "nothing came"],
    ["HT", "it is truncated in the head, after 2 bytes"],
    ["HTTQ", 'it is not HTTP: it begins with "HTTQ"'],
    ["ICY 200 OK\r\n\r\n", 'it is not HTTP: it begins with "ICY 200 OK"'],
    ["GET /?Tr0ub4dor&3xYz9#Qw HTTP/1.0\r\n", 'it is not HTTP: it begins with "GET"'],
    ["\r\nHTTP/1.0 200 OK\r\n\r\n", "it is not HTTP: it begins with an empty line"],
    ["\x16\x03", 'it is not HTTP: it begins with "??"'],
    [`HTTP/1.1 20 OK\r\n\r\n`, "it is not HTTP: its first line is not a status line"],
    [`HTTP/1.1 2000 OK\r\n\r\n`, "it is not HTTP: its first line is not a status line"],
    [`${OK}A: b\0\r\n\r\n`, "its head has a NUL, or a CR without LF"],
    [`${OK}A: b\rc\r\n\r\n`, "its head has a NUL, or a CR without LF"],
    [`${OK}Content-Length: 5x\r\n\r\n`, "its Content-Length is not one number"],
    [`${OK}Content-Length: 5, 6\r\n\r\n`, "its Content-Length is not one number"],
    [`${OK}Content-Length: 1234567890123456\r\n\r\n`, "its Content-Length is not one number"],
    [`${OK}Content-Length: 5\r\n\r\nabcd`, "it is truncated: 4 of 5 bytes of its content came"],
    [
      `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`,
      'its Transfer-Encoding is not known: "gzip,chunked"',
    ],
    [`${chunked}x\r\n`, "the size of a chunk is not a number"],
    [`${chunked}1234567890abc\r\n`, "the size of a chunk is not a number"],
    [`${chunked}3`, "it is truncated in the size of a chunk"],
    [`${chunked}3\r\nab`, "it is truncated: 2 of 3 bytes of a chunk came"],
    [`${chunked}3\r\nabc\r`, "it is truncated: 1 of 2 bytes of the end of a chunk came"],
    [`${chunked}3\r\nabcd\r\n`, "a chunk is longer than its size"],
    [`${chunked}0\r\nT: 1`, "it is truncated in the trailer"],
    [`${chunked}${"0".repeat(4098)}`, "the size of a chunk is longer than 4096 bytes"],
    [`${chunked}0\r\n${"T: 1\r\n".repeat(43_691)}`, "its trailer is longer than 262144 bytes"],
    ["HTTP/1.1 100 C\r\n\r\n".repeat(33), "more than 32 interim answers came"],
  ];
  for (const [text, reason] of cases) {
    const error = await assertRejects(() => read(text), SslPeerError, undefined, reason);
    assertEquals([error.code, error.reason], ["ERR_HTTP", reason]);
  }
  const content = async (text: string, method?: string) =>
    new TextDecoder().decode((await read(text, method)).content);
  assertEquals(await content(`${"HTTP/1.1 100 C\r\n\r\n".repeat(32)}${OK}\r\nx`), "x");
  assertEquals(await content(`${OK}Content-Length: 3, 3\r\n\r\nabcd`), "abc");
  assertEquals(await content(`${OK}Content-Length: 3\r\n\r\n`, "HEAD"), "");
  for (const status of [204, 304]) {
    assertEquals(
      await content(`HTTP/1.1 ${status} X\r\nContent-Length: 3\r\n\r\nabc`),
      "",
      `${status}`,
    );
  }
  assertEquals(await content("HTTP/1.1 205 X\r\n\r\nabc"), "abc");
  assertEquals(await content(`${chunked}3;x=y\r\nabc\r\n00\r\nT: 1\r\n\r\nz`), "abc");
  const folded = await read(`${OK} x\r\nA: 1\r\n\t 2 \r\nbad\r\nB :3\r\n\r\n`);
  assertEquals(folded.fields, [["A", "1 2"], ["B", "3"]]);
  assertEquals([folded.line, folded.raw], [
    "HTTP/1.1 200 OK",
    " x\r\nA: 1\r\n\t 2 \r\nbad\r\nB :3",
  ]);
});
