/** What a connection needs of an engine beside its options. */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import type { DialTarget, Role } from "../../engine/engine.ts";
import { type Feature, featuresOf } from "../../engine/features.ts";
import type { Fits } from "../../engine/load.ts";
import { fitsStart, fitsTarget } from "../../socket/needs.ts";
import type { SocketOptions } from "../../socket/options.ts";

const ALL = [...featuresOf("wasm")];

/** The features without which an engine does not fit. */
const needed = (fits: Fits): Feature[] =>
  ALL.filter((one) =>
    !fits({ name: "deno", features: new Set(ALL.filter((each) => each !== one)) })
  );

const HOST: DialTarget = { transport: "tcp", hostname: "server.example", port: 443 };
const OWN = { cert: "a certificate", key: "its key" };

Deno.test("a client that connects needs what its target, its names and a later handshake ask for", () => {
  const rows: [SocketOptions, DialTarget, Feature[]][] = [
    [{}, HOST, []],
    [{}, { ...HOST, hostname: "SERVER.example." }, []],
    [{}, { ...HOST, hostname: "127.0.0.1" }, []],
    [{}, { ...HOST, hostname: "bücher.example" }, []],
    [{ serverName: "other.example" }, HOST, []], // it is verified, too
    [{ serverName: "other.example", verifycnName: "other.example" }, HOST, []],
    [{ serverName: "", verifycnName: "127.0.0.1" }, HOST, []],
    [{ serverName: "" }, HOST, ["noSni"]],
    [{ verifycnName: "other.example" }, HOST, ["noSni"]],
    [{ verifycnName: "other.example", verifycnScheme: "none" }, HOST, []],
    [{ serverName: "a.example", verifycnName: "127.0.0.1" }, HOST, ["noSni"]],
    [{}, { transport: "unix", path: "/run/socket" }, ["anyTransport"]],
    [{ forceFingerprint: true }, { transport: "unix", path: "/run/socket" }, [
      ...["anyTransport", "noSni"] as const,
    ]],
    [OWN, HOST, []],
    [{ ...OWN, startHandshake: false }, HOST, ["clientCertificateOnStart"]],
    [{ ...OWN, startHandshake: false, useCert: false }, HOST, []],
    [{ startHandshake: false }, HOST, []],
  ];
  for (const [options, target, expected] of rows) {
    assertEquals(needed(fitsTarget(options, target)), expected, JSON.stringify([options, target]));
  }
});

Deno.test("TLS on an open connection needs what its side, its transport and its certificate ask for", () => {
  const rows: [Role, SocketOptions, boolean, Feature[]][] = [
    ["client", {}, true, []],
    ["client", {}, false, ["anyTransport"]],
    ["client", OWN, true, ["clientCertificateOnStart"]],
    ["client", { serverName: "" }, true, ["noSni"]],
    ["server", OWN, true, ["startServer"]],
    ["server", { ...OWN, serverName: "" }, false, ["startServer", "anyTransport"]],
  ];
  for (const [role, options, overTcp, expected] of rows) {
    const fits = fitsStart(role, options, { overTcp, hostname: "server.example" });
    assertEquals(needed(fits), expected, JSON.stringify([role, options, overTcp]));
  }
});
