/**
 * Odd answers of a server, and what the HTTP functions make of them. `tests/interop/` shows the same
 * ones to Perl's Net::SSLeay: what Perl gives is ours, or differs for the reason that stands here.
 *
 * @module
 */

import type { Play } from "./odd_server.ts";

/** What the form with the headers as text gives. */
export interface Expected {
  /** The page. */
  readonly page: string;
  /** The status line. @default {"HTTP/1.0 200 OK"} */
  readonly response?: string;
  /** The headers in pairs. @default {[]} */
  readonly headers?: readonly (readonly [string, string])[];
  /** The headers as text. Default: `Name: value` in lines. */
  readonly raw?: string;
}

/** One answer. */
export interface OddAnswer extends Play {
  /** What is odd. */
  readonly name: string;
  /** @default {"GET"} */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT";
  /** What ours is: an answer, or what the errors behind the status line 900 say. */
  readonly ours: Expected | RegExp;
  /** Why ours differs from Perl's; without it they are the same. */
  readonly deviation?: string;
  /** Only where TLS is used. */
  readonly tlsOnly?: boolean;
}

const OK = "HTTP/1.0 200 OK\r\n";
const TRUNCATED = "an answer that is cut off is an error, whichever side ended it";
const NOT_HTTP = "what is not HTTP is an error";
const CHUNKS = "chunks are decoded";
const FRAMING = "an answer whose length is not clear is an error";

/** The answers. */
export const ANSWERS: readonly OddAnswer[] = [
  {
    name: "a plain one",
    answer: `${OK}Content-Type: text/plain\r\n\r\nhello`,
    ours: {
      page: "hello",
      headers: [["CONTENT-TYPE", "text/plain"]],
      raw: "Content-Type: text/plain",
    },
  },
  {
    name: "headers that come twice keep their order",
    answer: `${OK}Set-Cookie: a=1\r\nX-B: 2\r\nset-cookie: b=2\r\n\r\n`,
    ours: {
      page: "",
      headers: [["SET-COOKIE", "a=1"], ["X-B", "2"], ["SET-COOKIE", "b=2"]],
      raw: "Set-Cookie: a=1\r\nX-B: 2\r\nset-cookie: b=2",
    },
  },
  { name: "no headers", answer: `${OK}\r\nhello`, ours: { page: "hello", raw: "" } },
  {
    name: "no reason in the status line",
    answer: "HTTP/1.1 200\r\n\r\nhello",
    ours: { page: "hello", response: "HTTP/1.1 200" },
  },
  {
    name: "an empty line in the page",
    answer: `${OK}\r\none\r\n\r\ntwo\n\nthree`,
    ours: { page: "one\r\n\r\ntwo\n\nthree" },
  },
  {
    name: "an empty value",
    answer: `${OK}X-A:\r\nX-B: \r\n\r\n`,
    ours: { page: "", headers: [["X-A", ""], ["X-B", ""]], raw: "X-A:\r\nX-B: " },
  },
  {
    name: "no space behind the colon",
    answer: `${OK}X-A:1\r\n\r\n`,
    ours: { page: "", headers: [["X-A", "1"]], raw: "X-A:1" },
  },
  {
    name: "a colon in a value, and no space before it",
    answer: `${OK}Location:http://a.example:8080/\r\n\r\n`,
    ours: {
      page: "",
      headers: [["LOCATION", "http://a.example:8080/"]],
      raw: "Location:http://a.example:8080/",
    },
    deviation: "a name ends at its first colon; Perl's ends at the last",
  },
  {
    name: "Content-Length that is right",
    answer: `${OK}Content-Length: 5\r\n\r\nhello`,
    ours: { page: "hello", headers: [["CONTENT-LENGTH", "5"]] },
  },
  {
    name: "Content-Length that is right, and an end without close_notify",
    answer: `${OK}Content-Length: 5\r\n\r\nhello`,
    end: "cut",
    tlsOnly: true,
    ours: { page: "hello", headers: [["CONTENT-LENGTH", "5"]] },
    deviation: "the answer is whole, and the end is not waited for",
  },
  {
    name: "Content-Length that is longer than the page, and close_notify",
    answer: `${OK}Content-Length: 50\r\n\r\nhello`,
    ours: /truncated: 5 of 50 bytes/,
    deviation: TRUNCATED,
  },
  {
    name: "Content-Length that is longer than the page, and no close_notify",
    answer: `${OK}Content-Length: 50\r\n\r\nhello`,
    end: "cut",
    tlsOnly: true,
    ours: /SSL_read \d+: 1 - error:.*(?:eof|close_notify)/i,
  },
  {
    name: "a page without a length that is cut off",
    answer: `${OK}\r\nhello`,
    end: "cut",
    tlsOnly: true,
    ours: /SSL_read \d+: 1 - error:.*(?:eof|close_notify)/i,
  },
  {
    name: "a head that is cut off, without close_notify",
    answer: `${OK}Content-Le`,
    end: "cut",
    tlsOnly: true,
    ours: /SSL_read \d+: 1 - error:.*(?:eof|close_notify)/i,
  },
  {
    name: "a head that is cut off, with close_notify",
    answer: `${OK}Content-Le`,
    ours: /truncated in the head/,
    deviation: TRUNCATED,
  },
  {
    name: "Content-Length that is shorter than what came",
    answer: `${OK}Content-Length: 2\r\n\r\nhello`,
    ours: { page: "he", headers: [["CONTENT-LENGTH", "2"]] },
    deviation: "the length says where the page ends",
  },
  {
    name: "Content-Length, and a connection that stays open",
    answer: `${OK}Content-Length: 5\r\n\r\nhello`,
    end: "open",
    ours: { page: "hello", headers: [["CONTENT-LENGTH", "5"]] },
    deviation: "Perl waits for the end of the connection",
  },
  {
    name: "two lengths that are the same",
    answer: `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
    ours: { page: "hello", headers: [["CONTENT-LENGTH", "5"], ["CONTENT-LENGTH", "5"]] },
  },
  {
    name: "two lengths that differ",
    answer: `${OK}Content-Length: 5\r\nContent-Length: 2\r\n\r\nhello`,
    ours: /Content-Length is not one number/,
    deviation: FRAMING,
  },
  ...["-5", "5x", "0x5", "", "1e1", "99999999999999999999"].map((length): OddAnswer => ({
    name: `a length that is ${length === "" ? "empty" : length}`,
    answer: `${OK}Content-Length: ${length}\r\n\r\nhello`,
    ours: /Content-Length is not one number/,
    deviation: FRAMING,
  })),
  {
    name: "a length beyond maxBytes",
    answer: `${OK}Content-Length: 67108865\r\n\r\nhello`,
    ours: /EMSGSIZE.*longer than 67108864 bytes: raise the option maxBytes/,
    deviation: "an answer has a largest size",
  },
  {
    name: "chunks",
    answer:
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
    ours: {
      page: "hello world",
      response: "HTTP/1.1 200 OK",
      headers: [["TRANSFER-ENCODING", "chunked"]],
    },
    deviation: CHUNKS,
  },
  {
    name: "chunks with extensions, a trailer and sizes in both cases",
    answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" +
      "A;name=value\r\n0123456789\r\n0a \r\n0123456789\r\n000\r\nX-Sum: 1\r\n\r\n",
    ours: {
      page: "01234567890123456789",
      response: "HTTP/1.1 200 OK",
      headers: [["TRANSFER-ENCODING", "Chunked"]],
    },
    deviation: CHUNKS,
  },
  {
    name: "chunks, and a connection that stays open",
    answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    end: "open",
    ours: { page: "x", response: "HTTP/1.1 200 OK", headers: [["TRANSFER-ENCODING", "chunked"]] },
    deviation: CHUNKS,
  },
  {
    name: "chunks with Content-Length beside",
    answer:
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ours: {
      page: "hello",
      response: "HTTP/1.1 200 OK",
      headers: [["TRANSFER-ENCODING", "chunked"], ["CONTENT-LENGTH", "3"]],
    },
    deviation: CHUNKS,
  },
  ...([
    ["without the last one", "5\r\nhello\r\n", /truncated in the size of a chunk/],
    ["cut off in the midst of one", "5\r\nhel", /truncated: 3 of 5 bytes of a chunk/],
    ["cut off in the trailer", "5\r\nhello\r\n0\r\nX: 1\r\n", /truncated in the trailer/],
    ["whose size is not a number", "five\r\nhello\r\n0\r\n\r\n", /size of a chunk is not a number/],
    ["whose size is negative", "-5\r\nhello\r\n0\r\n\r\n", /size of a chunk is not a number/],
    ["whose size has a prefix", "0x5\r\nhello\r\n0\r\n\r\n", /size of a chunk is not a number/],
    ["whose size is empty", "\r\nhello\r\n0\r\n\r\n", /size of a chunk is not a number/],
    ["whose size is too large", "fffffffff\r\nhello\r\n", /EMSGSIZE/],
    ["whose size has too many digits", `${"0".repeat(20)}5\r\nhello\r\n`, /not a number/],
    ["that are longer than their size", "2\r\nhello\r\n0\r\n\r\n", /longer than its size/],
    ["whose size has no end", "5".repeat(5000), /size of a chunk is longer than 4096/],
    ["with endless extensions", `5;${"x".repeat(5000)}`, /size of a chunk is longer than 4096/],
  ] as const).map(([what, body, ours]): OddAnswer => ({
    name: `chunks ${what}`,
    answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    ours,
    deviation: CHUNKS,
  })),
  ...["gzip, chunked", "gzip", "identity", "chunked, chunked"].map((coding): OddAnswer => ({
    name: `Transfer-Encoding ${coding}`,
    answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n`,
    ours: /Transfer-Encoding is not known/,
    deviation: FRAMING,
  })),
  {
    name: "100 Continue before the answer",
    answer:
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}X-A: 1\r\n\r\nhello`,
    ours: { page: "hello", headers: [["X-A", "1"]] },
    deviation: "an interim answer is not the answer",
  },
  {
    name: "interim answers without end",
    answer: "HTTP/1.1 100 Continue\r\n\r\n".repeat(100),
    ours: /more than 32 interim answers/,
    deviation: "an interim answer is not the answer",
  },
  {
    name: "a header that is folded",
    answer: `${OK}X-A: one\r\n two\r\n\tthree \r\nX-B: 2\r\n\r\n`,
    ours: {
      page: "",
      headers: [["X-A", "one two three"], ["X-B", "2"]],
      raw: "X-A: one\r\n two\r\n\tthree \r\nX-B: 2",
    },
    deviation: "a folded header is one header; Perl has pairs without a value for its lines",
  },
  {
    name: "a line without a colon, and one without a name",
    answer: `${OK}nonsense\r\n: x\r\nX-A: 1\r\n\r\n`,
    ours: { page: "", headers: [["X-A", "1"]], raw: "nonsense\r\n: x\r\nX-A: 1" },
    deviation: "what is not a header is left out; Perl has a pair without a name",
  },
  {
    name: "a space before the colon",
    answer: `${OK}A : b\r\n\r\n`,
    ours: { page: "", headers: [["A", "b"]], raw: "A : b" },
    deviation: "the space does not belong to the name; Perl does not find one",
  },
  {
    name: "spaces behind a value",
    answer: `${OK}X-A: b  \t\r\n\r\n`,
    ours: { page: "", headers: [["X-A", "b"]], raw: "X-A: b  \t" },
    deviation: "spaces around a value do not belong to it",
  },
  {
    name: "names of JavaScript's own",
    answer: `${OK}__proto__: x\r\nconstructor: y\r\n\r\n`,
    ours: {
      page: "",
      headers: [["__PROTO__", "x"], ["CONSTRUCTOR", "y"]],
      raw: "__proto__: x\r\nconstructor: y",
    },
  },
  {
    name: "204",
    answer: "HTTP/1.0 204 No Content\r\nX-A: 1\r\n\r\n",
    ours: { page: "", response: "HTTP/1.0 204 No Content", headers: [["X-A", "1"]] },
  },
  {
    name: "204 with a page",
    answer: "HTTP/1.0 204 No Content\r\n\r\nhello",
    ours: { page: "", response: "HTTP/1.0 204 No Content" },
    deviation: "204 has no page",
  },
  {
    name: "304 with a length",
    answer: "HTTP/1.0 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    ours: {
      page: "",
      response: "HTTP/1.0 304 Not Modified",
      headers: [["CONTENT-LENGTH", "5"]],
    },
  },
  {
    name: "302, which is not followed",
    answer: "HTTP/1.0 302 Found\r\nLocation: /b\r\n\r\nmoved",
    ours: { page: "moved", response: "HTTP/1.0 302 Found", headers: [["LOCATION", "/b"]] },
  },
  {
    name: "404",
    answer: "HTTP/1.0 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
    ours: { page: "no", response: "HTTP/1.0 404 Not Found", headers: [["CONTENT-LENGTH", "2"]] },
  },
  {
    name: "HEAD with a length",
    method: "HEAD",
    answer: `${OK}Content-Length: 500\r\n\r\n`,
    ours: { page: "", headers: [["CONTENT-LENGTH", "500"]] },
  },
  {
    name: "HEAD with chunks",
    method: "HEAD",
    answer: `${OK}Transfer-Encoding: chunked\r\n\r\n`,
    ours: { page: "", headers: [["TRANSFER-ENCODING", "chunked"]] },
  },
  {
    name: "POST",
    method: "POST",
    answer: `${OK}Content-Length: 2\r\n\r\nok`,
    ours: { page: "ok", headers: [["CONTENT-LENGTH", "2"]] },
  },
  {
    name: "PUT",
    method: "PUT",
    answer: `${OK}Content-Length: 2\r\n\r\nok`,
    ours: { page: "ok", headers: [["CONTENT-LENGTH", "2"]] },
  },
  {
    name: "just text",
    answer: "just text",
    ours: /not HTTP: it begins with "just text"/,
    deviation: NOT_HTTP,
  },
  { name: "nothing", answer: "", ours: /nothing came/, deviation: NOT_HTTP },
  { name: "an empty line", answer: "\r\n\r\n", ours: /not HTTP/, deviation: NOT_HTTP },
  {
    name: "a text that begins as HTTP does",
    answer: "HTTP/is nice\r\n\r\nhello",
    ours: /not HTTP: its first line is not a status line/,
    deviation: NOT_HTTP,
  },
  ...[
    "HTTP/1.0 20 OK",
    "HTTP/1.0 2000 OK",
    "HTTP/1.0 abc",
    "HTTP/1.0",
    "HTTP/10 200 OK",
    "HTTP/1.0 -20",
  ]
    .map((line): OddAnswer => ({
      name: `the status line ${line}`,
      answer: `${line}\r\n\r\nhello`,
      ours: /not HTTP: its first line is not a status line/,
      deviation: NOT_HTTP,
    })),
  {
    name: "LF in place of CRLF",
    answer: "HTTP/1.0 200 OK\nX-A: 1\nX-B: 2\n\nhello",
    ours: { page: "hello", headers: [["X-A", "1"], ["X-B", "2"]], raw: "X-A: 1\nX-B: 2" },
  },
  {
    name: "a CR in the midst of a header",
    answer: `${OK}X-A: 1\rX-B: 2\r\n\r\nhello`,
    ours: /a CR without LF/,
    deviation: "a line end that some see and others do not is refused",
  },
  {
    name: "a NUL in a header",
    answer: `${OK}X-A: 1\0 2\r\n\r\nhello`,
    ours: /a NUL/,
    deviation: "a NUL in a head is refused",
  },
  {
    name: "a byte a time",
    answer: [...`${OK}Content-Length: 5\r\n\r\nhello`],
    ours: { page: "hello", headers: [["CONTENT-LENGTH", "5"]] },
  },
  {
    name: "chunks in odd pieces",
    answer: [
      "HTTP/1.1 200 OK\r\nTransfer-Enco",
      "ding: chunked\r",
      "\n\r",
      "\n1",
      "0\r",
      "\n0123456789abcde",
      "f\r",
      "\n0",
      "\r\n\r",
      "\n",
    ],
    ours: {
      page: "0123456789abcdef",
      response: "HTTP/1.1 200 OK",
      headers: [["TRANSFER-ENCODING", "chunked"]],
    },
    deviation: CHUNKS,
  },
  {
    name: "a head of 200 KB",
    answer: `${OK}${`X-A: ${"a".repeat(1000)}\r\n`.repeat(200)}\r\nhello`,
    ours: {
      page: "hello",
      headers: Array.from({ length: 200 }, () => ["X-A", "a".repeat(1000)] as const),
    },
  },
  {
    name: "a head of 300 KB",
    answer: `${OK}${`X-A: ${"a".repeat(1000)}\r\n`.repeat(300)}\r\nhello`,
    ours: /head is longer than 262144 bytes/,
    deviation: "a head has a largest size",
  },
  {
    name: "a head without end",
    answer: `${OK}X-A: ${"a".repeat(400_000)}`,
    end: "open",
    ours: /head is longer than 262144 bytes/,
    deviation: "a head has a largest size",
  },
  {
    name: "a page of 300 KB without a length",
    answer: `${OK}\r\n${"0123456789".repeat(30_000)}`,
    ours: { page: "0123456789".repeat(30_000) },
  },
  {
    name: "a page of all bytes",
    answer: `${OK}\r\n${Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("")}`,
    ours: { page: Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("") },
  },
  {
    name: "an answer before the request",
    early: true,
    answer: `${OK}Content-Length: 5\r\n\r\nhello`,
    end: "open",
    ours: { page: "hello", headers: [["CONTENT-LENGTH", "5"]] },
    deviation: "Perl waits for the end of the connection",
  },
];

/** The headers as text that an expectation means. */
export function rawOf({ raw, headers = [] }: Expected): string {
  if (raw !== undefined) return raw;
  const small = (name: string) => name.toLowerCase().replace(/(?:^|-)\w/g, (c) => c.toUpperCase());
  return headers.map(([name, value]) => `${small(name)}: ${value}`).join("\r\n");
}
