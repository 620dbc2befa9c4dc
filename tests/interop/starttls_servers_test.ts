/**
 * startTls() against the servers that Debian has, on both engines, with a word over TLS; and those
 * servers without TLS. acceptStartTls() against openssl's client.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { concat } from "../../internal/bytes.ts";
import { int, octets, seq, tlv } from "../../certificate/asn1/writer.ts";
import { SslPeerError } from "../../errors.ts";
import { SslContext } from "../../context/context.ts";
import { SslSocket } from "../../socket/socket.ts";
import {
  acceptStartTls,
  type AcceptStartTlsProtocol,
  type StartedTls,
  startTls,
  type StartTlsOptions,
  type StartTlsProtocol,
} from "../../starttls/mod.ts";
import { refuses } from "../helpers/refuses.ts";
import { bytes, ENGINES, Lab, text } from "./lab.ts";
import { within } from "./peers.ts";
import { dovecot, mariadb, postfix, slapd, vsftpd } from "./servers/before_tls.ts";
import { postgres } from "./servers/mutual_tls.ts";

/** Starts TLS with a server on loopback. */
async function start(
  lab: Lab,
  protocol: StartTlsProtocol,
  port: number,
  more: StartTlsOptions,
): Promise<StartedTls> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const trusted = { hostname: "localhost", extraCa: lab.pki.ca.pem, timeout: 10_000 };
  return await startTls(conn, protocol, { ...trusted, ...more });
}

/** Reads until what came matches. */
async function until(socket: SslSocket, pattern: RegExp): Promise<string> {
  let all = "";
  const buffer = new Uint8Array(4096);
  while (!pattern.test(all)) {
    const n = await within(`${pattern} instead of ${all}`, socket.read(buffer));
    if (n === null) throw new Error(`the stream ended instead of ${pattern}: ${all}`);
    all += String.fromCharCode(...buffer.subarray(0, n));
  }
  return all;
}

async function ask(socket: SslSocket, command: string, answer: RegExp): Promise<string> {
  await socket.write(bytes(command));
  return await until(socket, answer);
}

/** A login without a password: the flags are those that the request for TLS had. */
function mysqlLogin(): Uint8Array {
  const head = new Uint8Array(32);
  const view = new DataView(head.buffer);
  view.setUint32(0, 0x88a01, true);
  view.setUint32(4, 1 << 24, true);
  head[8] = 45;
  const payload = concat([head, bytes("root\0\0mysql_native_password\0")]);
  return concat([Uint8Array.of(payload.length, 0, 0, 2), payload]);
}

/** What is said over TLS, which shows that both sides agree where it began. */
const WORDS: Readonly<Record<string, (started: StartedTls) => Promise<void>>> = {
  imap: async ({ socket }) => {
    const said = await ask(socket, "a CAPABILITY\r\n", /^a OK.*\r\n$/m);
    assert(!said.includes("STARTTLS"), said);
    await ask(socket, "b LOGIN me secret\r\n", /^b OK.*\r\n$/m);
    await ask(socket, "c EXAMINE INBOX\r\n", /^c OK.*\r\n$/m);
  },
  pop3: async ({ socket }) => {
    await ask(socket, "USER me\r\n", /^\+OK.*\r\n$/);
    await ask(socket, "PASS secret\r\n", /^\+OK.*\r\n$/);
    await ask(socket, "STAT\r\n", /^\+OK 0 0\r\n$/);
  },
  sieve: async ({ socket }) => {
    const said = await until(socket, /^OK.*\r\n$/m);
    assert(!said.includes("STARTTLS"), said);
    await ask(socket, "CAPABILITY\r\n", /^OK.*\r\n$/m);
  },
  smtp: async ({ socket }) => {
    const said = await ask(socket, "EHLO me.example\r\n", /^250 .*\r\n$/m);
    assert(!said.includes("STARTTLS"), said);
  },
  ldap: async ({ socket }) => {
    const bind = seq(int(2), tlv(0x60, int(3), octets(), tlv(0x80)));
    await socket.write(bind);
    // BindResponse with the result 0.
    // deno-lint-ignore no-control-regex -- these are its bytes
    await until(socket, /\x02\x01\x02\x61.\x0a\x01\x00/s);
  },
  mysql: async ({ socket, packet }) => {
    assertEquals(packet?.[0], 10);
    await socket.write(mysqlLogin());
    // deno-lint-ignore no-control-regex -- an OK packet: sequence 3, then 0
    await until(socket, /^.{3}\x03\x00/s);
  },
  ftp: async ({ socket }) => {
    await ask(socket, "PBSZ 0\r\n", /^200 .*\r\n$/);
    await ask(socket, "PROT P\r\n", /^200 .*\r\n$/);
    await ask(socket, "USER anonymous\r\n", /^230 .*\r\n$/);
  },
};

/** Ports with the protocol that is spoken there. */
type Ports = Readonly<Partial<Record<StartTlsProtocol, number>>>;

const SERVERS: Readonly<Record<string, (lab: Lab, tls: boolean) => Promise<Ports>>> = {
  Dovecot: async (lab, tls) => (await dovecot(lab, tls ? "yes" : "no")).ports,
  Postfix: async (lab, tls) => ({ smtp: (await postfix(lab, tls ? "may" : "none")).ports.port }),
  slapd: async (lab, tls) => ({ ldap: (await slapd(lab, tls)).ports.port }),
  MariaDB: async (lab, tls) => ({ mysql: (await mariadb(lab, tls)).ports.port }),
  vsftpd: async (lab, tls) => ({ ftp: (await vsftpd(lab, tls)).ports.port }),
};

for (const [name, serve] of Object.entries(SERVERS)) {
  Deno.test(`startTls() with ${name}: a verified connection, and a word over TLS`, async () => {
    await using lab = await Lab.open();
    const ports = Object.entries(await serve(lab, true)) as [StartTlsProtocol, number][];
    for (const [protocol, port] of ports) {
      for (const engine of ENGINES) {
        const started = await start(lab, protocol, port, { engine });
        await using socket = started.socket;
        assertEquals([socket.engine, socket.report.ok], [engine, true]);
        await WORDS[protocol]!(started);
      }
    }
  });

  Deno.test(`startTls() with ${name} without TLS is refused`, async () => {
    await using lab = await Lab.open();
    const ports = Object.entries(await serve(lab, false)) as [StartTlsProtocol, number][];
    for (const [protocol, port] of ports) {
      const code = protocol === "ldap" ? "ERR_STARTTLS_REFUSED" : "ERR_STARTTLS_NOT_OFFERED";
      const starting = () => start(lab, protocol, port, { engine: "openssl" });
      const { message } = await refuses(starting, SslPeerError, code);
      if (protocol === "ldap") assertStringIncludes(message, "protocolError");
      else assert(!message.includes("nothing that it names"), message);
    }
  });
}

Deno.test("startTls() with PostgreSQL: a verified connection with a client certificate, and a word over TLS", async () => {
  await using lab = await Lab.open();
  await using server = await postgres(lab);
  const { client } = lab.pki;
  const own = { engine: "openssl", cert: client.cert, key: client.key } as const;
  const { socket } = await start(lab, "postgres", server.port, own);
  const startup = concat([
    Uint8Array.of(0, 3, 0, 0),
    bytes("user\0client\0database\0postgres\0\0"),
  ]);
  await socket.write(concat([Uint8Array.of(0, 0, 0, startup.length + 4), startup]));
  assertMatch(await until(socket, /SCRAM-SHA-256\0/), /^R/); // asks for the password
  await socket.close();
});

Deno.test("startTls() with vsftpd: the data connection resumes the session, as require_ssl_reuse demands", async () => {
  await using lab = await Lab.open();
  const { port } = (await vsftpd(lab)).ports;
  const context = await SslContext.create({
    engine: "openssl",
    extraCa: lab.pki.ca.pem,
    sessionCacheSize: 4,
  });
  const shared = { reuseCtx: context, sessionKey: "ftp", extraCa: undefined };
  const started = await start(lab, "ftp", port, shared);
  await using control = started.socket;
  await WORDS.ftp!(started);
  const said = await ask(control, "PASV\r\n", /^227 .*\r\n$/);
  const [high, low] = /(\d+),(\d+)\)/.exec(said)!.slice(1).map(Number);
  const plain = await Deno.connect({ hostname: "127.0.0.1", port: high! * 256 + low! });
  await control.write(bytes("RETR hello.txt\r\n"));
  const { reuseCtx, sessionKey } = shared;
  const data = await SslSocket.start(plain, { hostname: "localhost", reuseCtx, sessionKey });
  assertEquals(data.getSessionReused(), true);
  const buffer = new Uint8Array(100);
  const n = await within("the file", data.read(buffer));
  assertEquals(text(buffer.subarray(0, n!)), "hello over TLS\n");
  await data.close();
});

for (const protocol of ["smtp", "imap", "pop3"] as const satisfies AcceptStartTlsProtocol[]) {
  Deno.test(`openssl s_client -starttls ${protocol} against acceptStartTls()`, async () => {
    await using lab = await Lab.open();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const client = lab.sClient(listener.addr.port, "-starttls", protocol);
    const conn = await within("accepting", listener.accept());
    const options = { engine: "openssl" as const, ...lab.pki.server };
    const { socket } = await within("starting", acceptStartTls(conn, protocol, options));
    await socket.write(bytes("welcome to TLS\r\n"));
    await client.said("welcome to TLS");
    await socket.close();
  });
}
