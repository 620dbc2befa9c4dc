/** The package variables, the error queue of the low level, and what is left of the initialization. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { SslError, SslUnsupportedError } from "../../errors.ts";
import {
  die_if_ssl_error,
  die_now,
  dieIfSslError,
  dieNow,
  dump_peer_certificate,
  dumpPeerCertificate,
  getHttps,
  initialize,
  print_errs,
  printErrs,
  randomize,
  settings,
  want_nothing,
  want_read,
  want_write,
  want_X509_lookup,
  wantNothing,
  wantRead,
  wantWrite,
  wantX509Lookup,
} from "../../ssleay/mod.ts";
import { engineInfo } from "../../mod.ts";
import { joinLowLevel, type LowLevel } from "../../ssleay/low_level.ts";
import { connectPair } from "../contract/harness.ts";
import { tlsServer, trust } from "./odd_server.ts";

// deno-lint-ignore no-explicit-any -- values of the wrong kind are tried
const anySettings = settings as any;

Deno.test("settings have our names and Perl's", () => {
  assertEquals(
    [settings.trace, settings.warn, settings.sslVersion, settings.slowly, settings.CRLF],
    [0, undefined, 0, 0, "\r\n"],
  );
  assertEquals([settings.httpVersion, settings.http_version], ["1.0", "1.0"]);
  assertEquals([settings.linuxDebug, settings.linux_debug], [false, false]);
  assertEquals([settings.randomDevice, settings.random_device], [undefined, undefined]);
  assertEquals([settings.howRandom, settings.how_random], [undefined, undefined]);
  settings.ssl_version = 12;
  assertEquals([settings.sslVersion, settings.ssl_version], [12, 12]);
  settings.sslVersion = 0;
  // A setting that asks for what holds anyway is not a mistake.
  settings.http_version = "1.0";
  settings.linux_debug = false;
  settings.random_device = undefined;
  settings.how_random = undefined;
});

Deno.test("settings that mean nothing here, or do not exist, are refused", () => {
  for (
    const set of [
      () => settings.sslVersion = 2,
      () => settings.ssl_version = 2,
      () => settings.httpVersion = "1.1",
      () => settings.http_version = "2",
      () => settings.linuxDebug = true,
      () => settings.linux_debug = true,
      () => settings.randomDevice = "/dev/random",
      () => settings.random_device = "/dev/random",
      () => settings.howRandom = 512,
      () => settings.how_random = 512,
    ]
  ) assertThrows(set, SslUnsupportedError, "Cannot set settings.", String(set));
  assertThrows(() => anySettings.nonsense = 1, TypeError);
  assertThrows(() => anySettings.CRLF = "\n", TypeError);
});

Deno.test("values of the wrong kind are refused, and change no setting", () => {
  for (const value of [-1, 5, 1.5, "1", NaN, undefined]) {
    assertThrows(() => anySettings.trace = value, RangeError, "trace");
  }
  for (const value of [1, "13", 14, undefined, null]) {
    assertThrows(() => anySettings.sslVersion = value, RangeError, "sslVersion");
  }
  for (const value of [-1, NaN, Infinity, "1"]) {
    assertThrows(() => anySettings.slowly = value, RangeError, "slowly");
  }
  assertThrows(() => anySettings.warn = "x", TypeError, "warn");
  assertEquals([settings.trace, settings.sslVersion, settings.slowly], [0, 0, 0]);
});

Deno.test("settings.trace needs settings.warn, and says what happens", async () => {
  assertThrows(() => settings.trace = 2, TypeError, "settings.warn");
  await using server = await tlsServer();
  const options = await trust("openssl");
  const levels: string[] = [];
  try {
    for (const level of [0, 1, 2, 3, 4]) {
      let text = "";
      settings.warn = (line) => {
        text += line;
      };
      settings.trace = level;
      await getHttps("127.0.0.1", server.port, "/", "X-A: here\r\n", options);
      await getHttps("127.0.0.1", server.port, "/", { engine: "openssl" });
      levels.push(text);
    }
  } finally {
    settings.warn = undefined;
  }
  assertEquals(settings.trace, 0);
  assertEquals(levels[0], "");
  assertMatch(levels[1]!, /^do_httpx3\(GET,1,127\.0\.0\.1:\d+\)\n[^]*SSL_connect \d+: 1 - error:/);
  assertEquals(levels[1]!.includes("Cipher"), false);
  assertMatch(levels[2]!, /Cipher `TLS_\w+'\nSubject Name: \/CN=localhost\nIssuer {2}Name: \/CN=/);
  assertEquals(levels[2]!.includes("bytes"), false);
  assertMatch(levels[3]!, /sending \d+ bytes/);
  assertMatch(levels[3]!, /Got 5 bytes/);
  assertEquals(levels[3]!.includes("here"), false);
  assertStringIncludes(levels[4]!, "X-A: here");
  assertStringIncludes(levels[4]!, "page >>hello<<");
});

Deno.test("a trace that throws changes nothing", async () => {
  await using server = await tlsServer();
  const options = await trust("openssl");
  for (
    const warn of [() => Promise.reject(new Error("no")), () => {
      throw new Error("no");
    }]
  ) {
    settings.warn = warn;
    settings.trace = 4;
    try {
      assertEquals((await getHttps("127.0.0.1", server.port, "/", options))[0], "hello");
    } finally {
      settings.warn = undefined;
    }
  }
});

Deno.test("without the low level there are no errors in a queue, and nothing to wait for", () => {
  assertEquals(printErrs("x"), "");
  dieIfSslError("x");
  const error = assertThrows(() => dieNow("it is over"), SslError);
  assertEquals([error.message, error.cause], [`${Deno.pid}: it is over`, undefined]);
  assertMatch(error.stack!.split("\n")[1]!, /diagnosis_test\.ts/);
  assertThrows(() => wantRead({}), SslUnsupportedError, "ssleay/low");
});

Deno.test("initialize() and randomize() have nothing to do; a seed is for the low level", () => {
  initialize();
  initialize();
  randomize();
  assertThrows(() => randomize("/dev/urandom"), SslUnsupportedError, "ssleay/low");
  assertThrows(() => randomize(undefined, "seed"), SslUnsupportedError, "ssleay/low");
  assertThrows(() => randomize(undefined, undefined, "/run/egd"), SslUnsupportedError, "egdPath");
});

for (const engine of ["openssl", "deno"] as const) {
  const shown = engineInfo(engine).features.has("peerCertificate");
  Deno.test(`${engine}: dumpPeerCertificate() shows subject and issuer`, async () => {
    await using pair = await connectPair(engine);
    if (shown) {
      assertMatch(
        dumpPeerCertificate(pair.client),
        /^Subject Name: \/CN=localhost\nIssuer {2}Name: \/CN=.+\n$/,
      );
      if (engine === "openssl") {
        assertEquals(
          dumpPeerCertificate(pair.server),
          "Subject Name: undefined\nIssuer  Name: undefined\n",
        );
      }
    } else assertThrows(() => dumpPeerCertificate(pair.client), SslUnsupportedError);
    assertThrows(() => dumpPeerCertificate({}), TypeError, "SslSocket");
  });
}

Deno.test("with the low level its error queue is emptied, printed and thrown", () => {
  const ssl = {};
  let queue = [
    "error:0A000086:SSL routines::certificate verify failed",
    "error:00000001:lib(0)::x",
  ];
  const seeds: unknown[] = [];
  let wanted = 1;
  joinLowLevel({
    takeErrors: () => queue.splice(0),
    isHandle: (value, kind) => value === ssl && kind === "SSL",
    want: () => wanted,
    dumpPeerCertificate: () => undefined,
    seed: (...given) => void seeds.push(given),
  } as Partial<LowLevel> as LowLevel);
  const pid = Deno.pid;
  assertEquals(
    printErrs("msg"),
    `msg ${pid}: 1 - error:0A000086:SSL routines::certificate verify failed\nmsg ${pid}: 2 - error:00000001:lib(0)::x\n`,
  );
  assertEquals(printErrs("msg"), "");
  dieIfSslError("msg");
  queue = ["error:1"];
  const error = assertThrows(() => dieIfSslError("SSL write"), SslError);
  assertEquals(error.message, `${pid}: SSL write`);
  assertEquals((error.cause as Error).message, `SSL write ${pid}: 1 - error:1\n`);
  assertEquals(printErrs(), "");
  for (const [i, want] of [wantNothing, wantRead, wantWrite, wantX509Lookup].entries()) {
    wanted = i + 1;
    assert(want(ssl));
    wanted = i + 2;
    assert(!want(ssl));
  }
  assertThrows(() => wantRead({}), TypeError, "tryRead");
  assertMatch(dumpPeerCertificate(ssl), /undefined/);
  randomize("file", "text");
  assertEquals(seeds, [["file", "text"]]);
});

Deno.test("Perl's names are the same functions", () => {
  assertEquals(
    [print_errs, die_if_ssl_error, die_now, dump_peer_certificate],
    [printErrs, dieIfSslError, dieNow, dumpPeerCertificate],
  );
  assertEquals(
    [want_nothing, want_read, want_write, want_X509_lookup],
    [wantNothing, wantRead, wantWrite, wantX509Lookup],
  );
});
