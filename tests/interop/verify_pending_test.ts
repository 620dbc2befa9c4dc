/**
 * A verifier that has not decided yet, and one that refuses: until it has accepted, nothing of ours
 * leaves: no certificate, no Finished, no ticket, no byte. openssl's -msg shows what it gets. Whom a
 * promise refuses gets nothing more at all, whom an answer at once refuses gets the alert.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import type { VerifyCallback } from "../../context/options.ts";
import { SslPeerError, SslVerifyError } from "../../errors.ts";
import { bytes, Lab, readText, VERSIONS } from "./lab.ts";
import { within } from "./peers.ts";
import { refuses } from "../helpers/refuses.ts";

/** A verifier that is asked now and answers later. */
function later() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<boolean>();
  answer.promise.catch(() => {}); // it may be rejected before anybody waits
  const verifyCallback: VerifyCallback = () => {
    asked.resolve();
    return answer.promise;
  };
  return { verifyCallback, asked: asked.promise, answer };
}

/** Lets a peer on this machine get what has been sent. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 100));

const refusals = [
  ["says false", (answer: PromiseWithResolvers<boolean>) => answer.resolve(false)],
  ["says 1", (answer: PromiseWithResolvers<boolean>) => answer.resolve(1 as unknown as boolean)],
  ["rejects", (answer: PromiseWithResolvers<boolean>) => answer.reject(new Error("no database"))],
] as const;

for (const version of VERSIONS) {
  const mine = ["-cert", "client.pem", "-key", "client.key"];
  /** What only an accepted client may get: the last flight of TLS 1.2, the tickets of 1.3. */
  const reward = version === "tls1_2"
    ? /^<<< .*(?:NewSessionTicket|Finished)/m
    : /^<<< .*NewSessionTicket/m;

  Deno.test(`a server whose verifier is at work sends nothing to s_client, ${version}`, async () => {
    await using lab = await Lab.open();
    const { verifyCallback, asked, answer } = later();
    const { port, accept } = await lab.listen("openssl", {
      ...{ verifyMode: 3, clientCa: lab.pki.ca.pem, verifyCallback },
    });
    const accepting = accept();
    const client = lab.sClient(port, `-${version}`, "-msg", ...mine);
    await client.write("early\n"); // a TLS 1.3 client may send already
    await within("being asked", asked);
    await settle();
    assert(!reward.test(client.output), client.output);
    assert(!/^<<< .*ApplicationData/m.test(client.output), client.output);
    answer.resolve(true);
    const socket = await accepting;
    assertEquals(await readText(socket, "early\n"), "early\n");
    await socket.write(bytes("welcome\n"));
    await client.said("welcome");
    assertMatch(client.output, reward);
    await socket.close();
  });

  for (const [how, decide] of refusals) {
    Deno.test(`a server whose verifier ${how} sends s_client nothing, ${version}`, async () => {
      await using lab = await Lab.open();
      const { verifyCallback, asked, answer } = later();
      const { port, accept } = await lab.listen("openssl", {
        ...{ verifyMode: 3, clientCa: lab.pki.ca.pem, verifyCallback },
      });
      const refused = assertRejects(accept, SslVerifyError);
      const client = lab.sClient(port, `-${version}`, "-msg", ...mine);
      await client.write("early\n");
      await within("being asked", asked);
      decide(answer);
      const error = await refused;
      assertEquals(error.code, "APPLICATION_VERIFICATION");
      if (how === "rejects") assertEquals((error.cause as Error).message, "no database");
      assertEquals(await client.exited(), 1);
      assert(!/^<<< .*ApplicationData/m.test(client.output), client.output);
      assert(!reward.test(client.output), client.output);
    });

    Deno.test(`a client whose verifier ${how} sends s_server nothing, ${version}`, async () => {
      await using lab = await Lab.open();
      const server = await lab.sServer(`-${version}`, "-msg", "-verify", "1", "-CAfile", "ca.pem");
      const { verifyCallback, asked, answer } = later();
      const { cert, key } = lab.pki.client;
      const connecting = lab.connect("openssl", server.port, { verifyCallback, cert, key });
      const refused = assertRejects(() => connecting, SslVerifyError);
      await within("being asked", asked);
      decide(answer);
      const error = await refused;
      assertEquals(error.code, "APPLICATION_VERIFICATION");
      await server.said(/unexpected eof/);
      assert(!/^<<< .*(?:, Certificate|Finished)/m.test(server.output), server.output);
    });
  }

  Deno.test(`a client whose verifier is at work sends nothing to s_server, ${version}`, async () => {
    await using lab = await Lab.open();
    const server = await lab.sServer(`-${version}`, "-msg", "-verify", "1", "-CAfile", "ca.pem");
    const { verifyCallback, asked, answer } = later();
    const { cert, key } = lab.pki.client;
    const connecting = lab.connect("openssl", server.port, { verifyCallback, cert, key });
    await within("being asked", asked);
    await settle();
    assert(!/^<<< .*(?:, Certificate|Finished)/m.test(server.output), server.output);
    answer.resolve(true);
    const socket = await connecting;
    await socket.write(bytes("after\n"));
    await server.said("after");
    await server.said(/^<<< .*Finished/m);
    await socket.close();
  });

  Deno.test(`a callback that throws is the cause on either side, ${version}`, async () => {
    await using lab = await Lab.open();
    const cause = new Error("not today");
    const verifyCallback = () => {
      throw cause;
    };
    const peer = await lab.sServer(`-${version}`);
    const error = await assertRejects(
      () => lab.connect("openssl", peer.port, { verifyCallback }),
      SslVerifyError,
    );
    assertStrictEquals(error.cause, cause);
    await peer.said(/alert/);
    const { port, accept } = await lab.listen("openssl", {
      ...{ verifyMode: 1, clientCa: lab.pki.ca.pem, verifyCallback },
    });
    const accepting = assertRejects(accept, SslVerifyError);
    const client = lab.sClient(port, `-${version}`, ...mine);
    assertStrictEquals((await accepting).cause, cause);
    await client.said(/alert/);
  });
}

Deno.test("a server's verifier is not asked where s_client shows no certificate", async () => {
  await using lab = await Lab.open();
  let asked = 0;
  const verifyCallback = () => (asked++, true);
  for (const verifyMode of [1, 3, 5, 7]) {
    const { port, accept, listener } = await lab.listen("openssl", {
      ...{ verifyMode, clientCa: lab.pki.ca.pem, verifyCallback },
    });
    const accepting = accept();
    const client = lab.sClient(port);
    // FAIL_IF_NO_PEER_CERT is 2; CLIENT_ONCE is about renegotiation, which there is not.
    if ((verifyMode & 2) !== 0) {
      await refuses(() => accepting, SslPeerError, "ERR_SSL_NO_CERTIFICATE");
      await client.said(/alert certificate required/);
    } else {
      const socket = await accepting;
      assertEquals(socket.peerCertificate(), undefined);
      await client.said("Verify return code: 0 (ok)");
      await socket.close();
    }
    listener.close();
  }
  assertEquals(asked, 0);
});
