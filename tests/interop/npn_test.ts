/** NPN with openssl and Perl, in both roles. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import type { ConnectOptions } from "../../socket/options.ts";
import { bytes, Lab, OUR_NAME, readText } from "./lab.ts";

/** The server's protocols, the client's, and what comes of it. */
const CASES = [
  { what: "t/npn", server: ["one", "two"], client: ["two", "three"], chosen: "two" },
  { what: "the server's order", server: ["a", "b"], client: ["b", "a"], chosen: "a" },
] as const;
const NOTHING_IN_COMMON = { server: ["a", "b"], client: ["x", "y"] } as const;

const SERVER = { SSL_cert_file: "cert.pem", SSL_key_file: "key.pem" };
const CLIENT = { SSL_ca_file: "ca.pem", SSL_verifycn_name: "localhost" };
const V12 = { version: "TLSv1_2" };

/** Our client at `s_server -nextprotoneg`: what both say. */
async function atSServer(
  lab: Lab,
  ours: readonly string[],
  theirs: readonly string[],
  v: ConnectOptions = V12,
) {
  const server = await lab.sServer("-nextprotoneg", theirs.join());
  const socket = await lab.connect("openssl", server.port, { ...v, npnProtocols: ours });
  await socket.write(bytes("it is there\n"));
  await server.said("it is there");
  const chosen = socket.nextProtoNegotiated();
  await socket.close();
  return [chosen, server.output.match(/^NEXTPROTO is (.*)$/m)?.[1]];
}

/** `s_client -nextprotoneg` at our listener: what both say. Without a flag TLS 1.3 is chosen. */
async function sClientAt(
  lab: Lab,
  ours: readonly string[] | undefined,
  theirs: readonly string[],
  ...flags: string[]
) {
  const server = await lab.listen("openssl", ours && { npnProtocols: ours });
  const client = lab.sClient(server.port, ...flags, "-nextprotoneg", theirs.join());
  const socket = await server.accept();
  await client.said("Verify return code");
  const { nextProto, version } = {
    nextProto: socket.nextProtoNegotiated(),
    version: socket.getSslversion(),
  };
  await socket.close();
  // Status 1 means negotiated, 2 means no overlap.
  const line = client.output.match(/^Next protocol: \((\d)\) (.*)$/m);
  return { nextProto, version, said: line && [Number(line[1]), line[2]!] };
}

for (const { what, server, client, chosen } of CASES) {
  Deno.test(`NPN with openssl, both roles: ${what}`, async () => {
    await using lab = await Lab.open();
    assertEquals(await atSServer(lab, client, server), [chosen, chosen]);
    const { nextProto, said } = await sClientAt(lab, server, client, "-tls1_2");
    assertEquals([nextProto, said], [chosen, [1, chosen]]);
  });

  Deno.test(`NPN with Perl, both roles: ${what}`, async () => {
    await using lab = await Lab.open();
    const SSL_version = OUR_NAME.tls1_2;
    const perl = lab.perl();
    const port = await perl.call("listen_ssl", {
      ...{ ...SERVER, SSL_version, SSL_npn_protocols: server },
    });
    const [socket] = await Promise.all([
      lab.connect("openssl", port, { npnProtocols: client }),
      perl.call("accept"),
    ]);
    assertEquals([socket.nextProtoNegotiated(), await perl.call("npn")], [chosen, chosen]);
    await socket.write(bytes("over it\n"));
    assertEquals(await perl.call("readline"), "over it\n");
    await socket.close();
    const listener = await lab.listen("openssl", { npnProtocols: server });
    const other = lab.perl();
    const [served] = await Promise.all([
      listener.accept(),
      other.call("connect_ssl", listener.port, {
        ...{ ...CLIENT, SSL_version, SSL_npn_protocols: client },
      }),
    ]);
    assertEquals([served.nextProtoNegotiated(), await other.call("npn")], [chosen, chosen]);
    await other.call("print", "over it\n");
    assertEquals(await readText(served, "over it\n"), "over it\n");
    await served.close();
  });
}

Deno.test("NPN with nothing in common: our client takes its own first, as s_client does", async () => {
  await using lab = await Lab.open();
  const { server, client } = NOTHING_IN_COMMON;
  assertEquals(await atSServer(lab, client, server), ["x", "x"]);
  const { nextProto, said } = await sClientAt(lab, server, client, "-tls1_2");
  assertEquals([nextProto, said], ["x", [2, "x"]]);
});

Deno.test("NPN with nothing in common: a Perl client takes the server's first, and we say so too", async () => {
  // Net::SSLeay does that; a client that speaks no "a" would say that it does, so ours does not.
  await using lab = await Lab.open();
  const { server, client } = NOTHING_IN_COMMON;
  const listener = await lab.listen("openssl", { npnProtocols: server });
  const perl = lab.perl();
  const [socket] = await Promise.all([
    listener.accept(),
    perl.call("connect_ssl", listener.port, {
      ...{ ...CLIENT, SSL_version: OUR_NAME.tls1_2, SSL_npn_protocols: client },
    }),
  ]);
  assertEquals([socket.nextProtoNegotiated(), await perl.call("npn")], ["a", "a"]);
  await socket.close();
});

Deno.test("NPN is never there with TLS 1.3, nor where one side alone has it", async () => {
  await using lab = await Lab.open();
  const { server, client } = CASES[0];
  const newer = await sClientAt(lab, server, client);
  assertEquals(newer, { nextProto: undefined, version: "TLSv1_3", said: null });
  const alone = await sClientAt(lab, undefined, client, "-tls1_2");
  assertEquals(alone, { nextProto: undefined, version: "TLSv1_2", said: null });
  assertEquals(await atSServer(lab, client, server, {}), [undefined, undefined]);
  const plain = await lab.sServer("-tls1_2");
  const socket = await lab.connect("openssl", plain.port, { npnProtocols: client });
  assertEquals(socket.nextProtoNegotiated(), undefined);
  await socket.close();
});
