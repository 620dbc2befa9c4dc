/** What a context says that it offers, where a handshake is explained. */

import "../helpers/limit.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ownOffer } from "../../context/offer.ts";
import type { SslOptions } from "../../context/options.ts";
import { contextFor } from "../helpers/operations.ts";

const offer = async (options: SslOptions) =>
  ownOffer(await contextFor("client", { engine: "openssl", ca: [], ...options }));

Deno.test("ownOffer() tells the defaults in words, and what was chosen as it was given", async () => {
  const all = await offer({});
  assertEquals(all.versions, ["TLSv1_2", "TLSv1_3"]);
  assertEquals(all.ciphers!.length, 2);
  assertStringIncludes(all.ciphers![0]!, "all suites of TLS 1.3");
  assertStringIncludes(all.ciphers![1]!, "the default list of TLS 1.2");
  assertEquals([all.groups, all.signatureAlgorithms, all.alpnProtocols], [[], [], []]);
  const chosen = {
    ...{ cipherList: "ECDHE-ECDSA-AES128-GCM-SHA256", ciphersuites: "TLS_AES_128_GCM_SHA256" },
    ...{ ecdhCurve: "X25519", sigalgs: "ECDSA+SHA256", alpnProtocols: ["h2"] },
  };
  assertEquals(await offer(chosen), {
    versions: ["TLSv1_2", "TLSv1_3"],
    ciphers: [chosen.ciphersuites, chosen.cipherList],
    groups: ["X25519"],
    signatureAlgorithms: ["ECDSA+SHA256"],
    alpnProtocols: ["h2"],
  });
  assertEquals((await offer({ ecdhCurve: "auto" })).groups, []);
});

Deno.test("ownOffer() tells the ciphers of the versions that are offered, and of no others", async () => {
  const lists = {
    cipherList: "ECDHE-ECDSA-AES128-GCM-SHA256",
    ciphersuites: "TLS_AES_128_GCM_SHA256",
  };
  assertEquals((await offer({ ...lists, version: "TLSv1_3" })).ciphers, [lists.ciphersuites]);
  assertEquals((await offer({ ...lists, version: "TLSv1_2" })).ciphers, [lists.cipherList]);
});

Deno.test("ownOffer(): the Deno engine has what rustls has", async () => {
  const { ciphers, groups, versions } = ownOffer(
    await contextFor("client", { engine: "deno" }),
  );
  assertEquals(versions, ["TLSv1_2", "TLSv1_3"]);
  assertEquals([ciphers!.length, groups], [4, ["X25519", "P-256", "P-384"]]);
});
