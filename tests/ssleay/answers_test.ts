/** What the HTTP functions make of odd answers: over TLS with both engines, and without TLS. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  getHttp,
  getHttp3,
  getHttps,
  getHttps3,
  getHttps4,
  headHttp,
  headHttp3,
  headHttps,
  headHttps3,
  headHttps4,
  type HttpResult,
  type HttpResult3,
  type HttpResult4,
  postHttp,
  postHttp3,
  postHttps,
  postHttps3,
  postHttps4,
  putHttp,
  putHttp3,
  putHttps,
  putHttps3,
  putHttps4,
  type SsleayOptions,
} from "../../ssleay/mod.ts";
import { ANSWERS, type Expected, type OddAnswer, rawOf } from "./answers.ts";
import { type OddServer, tcpServer, tlsServer, trust } from "./odd_server.ts";

type Call<R> = (
  host: string,
  port: number,
  path: string,
  options: SsleayOptions,
) => Promise<R>;

interface Functions {
  readonly plain: Readonly<Record<string, Call<HttpResult>>>;
  readonly three: Readonly<Record<string, Call<HttpResult3>>>;
  readonly four: Readonly<Record<string, Call<HttpResult4>>>;
}

const TLS: Functions = {
  plain: { GET: getHttps, HEAD: headHttps, POST: postHttps, PUT: putHttps },
  three: { GET: getHttps3, HEAD: headHttps3, POST: postHttps3, PUT: putHttps3 },
  four: { GET: getHttps4, HEAD: headHttps4, POST: postHttps4, PUT: putHttps4 },
};
const TCP: Omit<Functions, "four"> = {
  plain: { GET: getHttp, HEAD: headHttp, POST: postHttp, PUT: putHttp },
  three: { GET: getHttp3, HEAD: headHttp3, POST: postHttp3, PUT: putHttp3 },
};

const ERROR = "HTTP/1.0 900 NET OR SSL ERROR\r\n\r\n";

function assertFailed([page, response, headers]: readonly unknown[], said: RegExp): void {
  assertEquals(page, undefined);
  assert(String(response).startsWith(ERROR), String(response));
  assertMatch(String(response).slice(ERROR.length), said);
  assert(headers === undefined || Object.keys(Object(headers)).length === 0);
}

function record(headers: Expected["headers"] = []): Record<string, string[]> {
  const all: Record<string, string[]> = Object.create(null);
  for (const [name, value] of headers) (all[name] ??= []).push(value);
  return all;
}

async function check(
  server: OddServer,
  odd: OddAnswer,
  functions: Functions | typeof TCP,
  options: SsleayOptions,
): Promise<void> {
  server.play(odd);
  const { method = "GET", ours } = odd;
  const arguments_ = ["127.0.0.1", server.port, "/", {
    timeout: 5000,
    encoding: "latin1",
    ...options,
  }] as const;
  const [plain, three] = await Promise.all([
    functions.plain[method]!(...arguments_),
    functions.three[method]!(...arguments_),
  ]);
  const four = "four" in functions ? await functions.four[method]!(...arguments_) : undefined;
  if (ours instanceof RegExp) {
    for (const each of [plain, three, four ?? plain]) assertFailed(each, ours);
    return;
  }
  const { page, response = "HTTP/1.0 200 OK", headers = [] } = ours;
  assertEquals(plain, [
    page,
    response,
    headers.map(([name, value]): [string, string] => [name, value]),
  ]);
  assertEquals(three.slice(0, 3), [page, response, rawOf(ours)]);
  if (four !== undefined) assertEquals(four.slice(0, 3), [page, response, record(headers)]);
}

for (const engine of ["openssl", "deno"] as const) {
  for (const odd of ANSWERS) {
    Deno.test(`${engine}: an answer: ${odd.name}`, async () => {
      await using server = await tlsServer();
      await check(server, odd, TLS, await trust(engine));
    });
  }
}

for (const odd of ANSWERS.filter(({ tlsOnly }) => !tlsOnly)) {
  Deno.test(`without TLS: an answer: ${odd.name}`, async () => {
    await using server = tcpServer();
    await check(server, odd, TCP, {});
  });
}

Deno.test("the form 4 gives a record without a prototype, and each form 3 and 4 the certificate", async () => {
  await using server = await tlsServer();
  const options = await trust("openssl");
  const [, , headers, cert] = await getHttps4("127.0.0.1", server.port, "/", options);
  assertEquals(Object.getPrototypeOf(headers), null);
  assertEquals(cert?.commonName, "localhost");
  assertEquals((await getHttps3("127.0.0.1", server.port, "/", options))[3]?.pem, cert?.pem);
});

Deno.test("a page is text in UTF-8 unless it is asked for as latin1, and a BOM belongs to it", async () => {
  await using server = tcpServer();
  server.play({ answer: new TextEncoder().encode("HTTP/1.0 200 OK\r\nX: ü\r\n\r\n\ufeffgrün ☺") });
  const [page, , headers] = await getHttp("127.0.0.1", server.port, "/");
  assertEquals([page, headers], ["\ufeffgrün ☺", [["X", "ü"]]]);
  const [raw] = await getHttp("127.0.0.1", server.port, "/", { encoding: "latin1" });
  const bytes = Uint8Array.from(raw!, (char) => char.charCodeAt(0));
  assertEquals(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), "\ufeffgrün ☺");
  server.play({ answer: "HTTP/1.0 200 OK\r\n\r\na\xffb" });
  assertEquals((await getHttp("127.0.0.1", server.port, "/"))[0], "a\ufffdb");
});

Deno.test("maxBytes bounds a page with a length, in chunks, and without either", async () => {
  await using server = tcpServer();
  const options = { maxBytes: 10 };
  for (
    const [answer, eleven] of [
      [
        "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
        "HTTP/1.0 200 OK\r\nContent-Length: 11\r\n\r\n01234567890",
      ],
      ["HTTP/1.0 200 OK\r\n\r\n0123456789", "HTTP/1.0 200 OK\r\n\r\n01234567890"],
      [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n567890\r\n0\r\n\r\n",
      ],
    ] as const
  ) {
    server.play({ answer });
    assertEquals((await getHttp("127.0.0.1", server.port, "/", options))[0], "0123456789");
    server.play({ answer: eleven });
    assertFailed(
      await getHttp("127.0.0.1", server.port, "/", options),
      /EMSGSIZE.*longer than 10 bytes/,
    );
  }
});

Deno.test("allowTruncation takes an end without close_notify for an end, but not a page that is too short", async () => {
  await using server = await tlsServer();
  const options = { ...await trust("openssl"), allowTruncation: true };
  server.play({ answer: "HTTP/1.0 200 OK\r\n\r\nhello", end: "cut" });
  assertEquals((await getHttps("127.0.0.1", server.port, "/", options))[0], "hello");
  server.play({ answer: "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello", end: "cut" });
  assertFailed(await getHttps("127.0.0.1", server.port, "/", options), /truncated: 5 of 6 bytes/);
});
