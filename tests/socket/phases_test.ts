import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { directions, mayMove, opened, type PhaseName, PHASES } from "../../socket/phases.ts";

const all = Object.keys(PHASES) as PhaseName[];
const none = { sent: false, received: false, truncated: false };

Deno.test("directions() of an open socket follow the ends of the two directions", () => {
  assertEquals(directions("open", none), "rw");
  assertEquals(directions("open", { ...none, sent: true }), "r");
  assertEquals(directions("open", { ...none, received: true }), "w");
  assertEquals(directions("open", { ...none, truncated: true }), "w");
  assertEquals(directions("open", { ...none, sent: true, received: true }), "");
});

Deno.test("directions() gives undefined without TLS, and no direction during the handshake", () => {
  for (const phase of ["plain", "failed", "closed"] as const) {
    for (const ends of [none, { sent: true, received: true, truncated: true }]) {
      assertEquals(directions(phase, ends), undefined);
    }
  }
  assertEquals(directions("handshaking", none), "");
});

Deno.test("opened() gives 1 with TLS, -1 after a failed handshake, else 0", () => {
  assertEquals(
    Object.fromEntries(all.map((phase) => [phase, opened(phase)])),
    { plain: 0, handshaking: 0, open: 1, "half closed": 1, failed: -1, closed: 0 },
  );
});

Deno.test("data goes to the transport as it is in the phase plain only", () => {
  assertEquals(all.filter((phase) => PHASES[phase].data === "plain"), ["plain"]);
  assertEquals(all.filter((phase) => PHASES[phase].data === "tls"), [
    "open",
    "half closed",
  ]);
});

Deno.test("a failed handshake never leads back to plain text, nothing leaves closed", () => {
  const moves = all.flatMap((from) =>
    all.filter((to) => mayMove(from, to)).map((to) => `${from} > ${to}`)
  );
  assertEquals(moves, [
    "plain > handshaking",
    "plain > closed",
    "handshaking > open",
    "handshaking > failed",
    "handshaking > closed",
    "open > plain",
    "open > half closed",
    "open > closed",
    "half closed > plain",
    "half closed > closed",
    "failed > closed",
  ]);
});
