/** `mysqlStream`: a login that TLS is started in, against a server that checks every packet. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type { Duplex } from "node:stream";
import { SslPeerError, SslVerifyError } from "../../errors.ts";
import { concat } from "../../internal/bytes.ts";
import { mysqlStream } from "../../node/mod.ts";
import { SslSocket } from "../../socket/socket.ts";
import { requestForLogin } from "../../starttls/mysql.ts";
import { MysqlLogin } from "../../starttls/mysql_login.ts";
import { mysqlPacket } from "../../starttls/mysql_packet.ts";
import { tcpServer, testPki, trust } from "../contract/harness.ts";
import { mysqlGreeting } from "../starttls/scripts.ts";
import { closed } from "./node_servers.ts";

/** The flags PROTOCOL_41 and SECURE_CONNECTION, and some that only the package wants. */
const FLAGS = 0x00ae8200;

/** A login as a package writes it: flags, longest packet, character set, MariaDB's flags, the rest. */
function login(flags = FLAGS, rest = "alice\0"): Uint8Array {
  const head = new Uint8Array(32);
  const view = new DataView(head.buffer);
  view.setUint32(0, flags, true);
  view.setUint32(4, 0xffffff, true);
  head[8] = 224;
  view.setUint32(28, 0x1d, true);
  return mysqlPacket(1, concat([head, new TextEncoder().encode(rest)]));
}

const OK = (sequence: number) => mysqlPacket(sequence, Uint8Array.of(0, 0, 0, 2, 0, 0, 0));

/** Reads so many bytes. */
async function take(conn: Pick<Deno.Conn, "read">, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const n = await conn.read(bytes.subarray(at));
    if (n === null) throw new Error("the end came early");
    at += n;
  }
  return bytes;
}

/** Reads so many bytes of a stream; rejects at its error or end. */
function receive(stream: Duplex, length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let all: Uint8Array = new Uint8Array();
    stream.once("error", reject);
    stream.once("close", () => reject(new Error("the end came early")));
    stream.on("data", (chunk: Uint8Array) => {
      all = concat([all, chunk]);
      if (all.length >= length) resolve(all);
    });
  });
}

async function clientOptions(engine: "openssl" | "deno", serverName = "localhost") {
  const { ca } = await testPki();
  return { ...trust(engine, ca), serverName };
}

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`${engine}: a login goes in TLS, and each side counts its packets its own way`, async () => {
    const { ca } = await testPki();
    const keys = await ca.server("localhost");
    const seen: Uint8Array[] = [];
    await using server = tcpServer(async (conn) => {
      await conn.write(mysqlGreeting());
      seen.push(await take(conn, 36));
      await using tls = await SslSocket.start(conn, { server: true, engine: "openssl", ...keys });
      seen.push(await take(tls, login().length));
      // In pieces, and the OK with the first byte of what follows.
      const challenge = mysqlPacket(3, new TextEncoder().encode("\xfechange"));
      for (const byte of challenge) await tls.write(Uint8Array.of(byte));
      seen.push(await take(tls, 6));
      await tls.write(concat([OK(5), Uint8Array.of(1)]));
      seen.push(await take(tls, 5));
      await tls.write(mysqlPacket(1, new Uint8Array(70_000)).subarray(1));
    });
    const target = { config: { host: "127.0.0.1", port: server.port } };
    const stream = mysqlStream(await clientOptions(engine))(target);
    const greeting = mysqlGreeting();
    assertEquals(await receive(stream, greeting.length), greeting);
    const own = login();
    stream.write(own.subarray(0, 3));
    stream.write(own.subarray(3));
    const challenge = await receive(stream, 12);
    assertEquals(challenge[3], 2);
    stream.write(mysqlPacket(3, Uint8Array.of(1, 2)));
    assertEquals((await receive(stream, OK(4).length)).subarray(0, OK(4).length), OK(4));
    const long = receive(stream, 70_003);
    stream.write(mysqlPacket(0, Uint8Array.of(14)));
    await long;
    stream.end();
    await closed(stream);

    const [request, first, second, ping] = seen;
    assertEquals(request!.subarray(0, 4), Uint8Array.of(32, 0, 0, 1));
    assertEquals(request!.subarray(4), first!.subarray(4, 36));
    assertEquals(new DataView(first!.buffer).getUint32(4, true), FLAGS | 0x800);
    assertEquals([first![3], second![3], ping![3]], [2, 4, 0]);
    assertEquals(first!.subarray(36), login().subarray(36));
  });

  Deno.test(`${engine}: a login does not go to a server of the wrong name`, async () => {
    const { ca } = await testPki();
    const keys = await ca.server("localhost");
    const after = Promise.withResolvers<unknown>();
    await using server = tcpServer(async (conn) => {
      await conn.write(mysqlGreeting());
      await take(conn, 36);
      after.resolve(
        await SslSocket.start(conn, { server: true, engine: "openssl", ...keys })
          .then((tls) => take(tls, 1)).catch((error) => error),
      );
    });
    const target = { config: { host: "127.0.0.1", port: server.port } };
    const stream = mysqlStream(await clientOptions(engine, "wrong.example"))(target);
    const told = new Promise<Error & { code?: string }>((resolve) => stream.once("error", resolve));
    stream.once("data", () => stream.write(login()));
    const error = await told;
    assertEquals(error.code, "ERR_TLS_CERT_ALTNAME_INVALID");
    assertInstanceOf(error.cause, SslVerifyError);
    await closed(stream);
    assertInstanceOf(await after.promise, Error);
  });
}

/** What comes of a server that says only this. */
async function refusedBy(said: Uint8Array, written = login()): Promise<unknown> {
  await using server = tcpServer(async (conn) => {
    await conn.write(said);
    while (await conn.read(new Uint8Array(100)) !== null);
  });
  const target = { config: { host: "127.0.0.1", port: server.port } };
  const stream = mysqlStream(await clientOptions("openssl"))(target);
  const told = new Promise((resolve) => stream.once("error", resolve));
  stream.once("data", () => stream.write(written));
  const error = await told;
  await closed(stream);
  return error;
}

Deno.test("a server without TLS, one that says no, and bytes after the greeting are refused", async () => {
  const no = concat([Uint8Array.of(0xff, 0x10, 4), new TextEncoder().encode("Too many")]);
  const cases: [said: Uint8Array, code: string][] = [
    [mysqlGreeting(0x0008a028), "ERR_STARTTLS_NOT_OFFERED"],
    [mysqlPacket(0, no), "ERR_STARTTLS_REFUSED"],
    [new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"), "ERR_STARTTLS_ANSWER"],
    [concat([mysqlGreeting(), OK(2)]), "ERR_INJECTION"],
  ];
  for (const [said, code] of cases) {
    const error = await refusedBy(said);
    assertInstanceOf(error, SslPeerError);
    assertEquals(error.code, code);
  }
});

Deno.test("a package that starts TLS itself, or that speaks an older protocol, gets an error that says so", async () => {
  for (const [flags, word] of [[FLAGS | 0x800, "ssl"], [FLAGS & ~0x200, "4.1"]] as const) {
    const error = await refusedBy(mysqlGreeting(), login(flags));
    assertInstanceOf(error, TypeError);
    assert(error.message.includes(word), error.message);
  }
  assertThrows(() => requestForLogin(mysqlPacket(1, new Uint8Array(31))), TypeError, "4.1");
});

Deno.test("a stream that is destroyed before its server answers ends the attempt", async () => {
  const came = Promise.withResolvers<void>();
  const end = Promise.withResolvers<number | null>();
  await using server = tcpServer(async (conn) => {
    came.resolve();
    end.resolve(await conn.read(new Uint8Array(1)));
  });
  const target = { config: { host: "127.0.0.1", port: server.port } };
  const stream = mysqlStream(await clientOptions("openssl"))(target);
  await came.promise;
  stream.destroy();
  await closed(stream);
  assertEquals(await end.promise, null);
});

Deno.test("packets of a login are numbered whole, in whatever pieces they come", () => {
  const bytes = concat([
    mysqlPacket(2, Uint8Array.of(0xfe, 1)),
    mysqlPacket(4, Uint8Array.of(1, 0, 255)),
    mysqlPacket(6, Uint8Array.of(0, 0)),
    mysqlPacket(1, Uint8Array.of(0xff)),
  ]);
  const wanted = bytes.slice();
  for (const at of [3, 9, 16]) wanted[at]! -= 1;
  for (let size = 1; size <= bytes.length; size++) {
    const login = new MysqlLogin();
    const given: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      given.push(login.toClient(bytes.slice(at, at + size)));
    }
    assertEquals(concat(given), wanted);
    const command = mysqlPacket(0, Uint8Array.of(3));
    assertEquals(login.toServer(command.slice()), command);
  }
});

Deno.test("an empty packet of a login goes on at once, and ends no login", () => {
  const login = new MysqlLogin();
  const switched = mysqlPacket(3, Uint8Array.of(0xfe, 0x61, 0));
  assertEquals(login.toClient(switched), mysqlPacket(2, Uint8Array.of(0xfe, 0x61, 0)));
  const empty = new Uint8Array();
  assertEquals(login.toServer(mysqlPacket(3, empty)), mysqlPacket(4, empty));
  assertEquals(login.toClient(mysqlPacket(5, empty)), mysqlPacket(4, empty));
  assertEquals(login.toClient(OK(6)), OK(5));
  assertEquals(login.toClient(OK(6)), OK(6));
});

Deno.test("options of mysqlStream are checked when it is called", () => {
  assertThrows(() => mysqlStream({ hostname: "db" } as object), TypeError, "hostname");
  assertThrows(() => mysqlStream({ cafile: "x" } as object), TypeError, "caFile");
});
