/**
 * CVE-2014-0160: a heartbeat that asks for 16 bytes and brings none along. A server without the fault
 * is silent; one with it answers with 16 bytes of its memory, which are thrown away.
 *
 * @module
 */

import { VERSIONS } from "../../engine/tls_versions.ts";
import { concat } from "../../internal/bytes.ts";
import { readFlight } from "./prober.ts";
import type { Survey, WireVersion } from "./survey.ts";
import { FlightReader } from "./wire/flight.ts";
import { clientHello, inRecord } from "./wire/hello.ts";

const RECORD = { alert: 21, heartbeat: 24 };
/** A request for 16 bytes without any. */
const ASKING = Uint8Array.of(1, 0, 16);
/** close_notify, so that a server without the fault ends the connection at once. */
const CLOSING = Uint8Array.of(1, 0);

/** Whether the server answers. */
export function heartbleeds(survey: Survey, version: WireVersion): Promise<boolean> {
  const number = VERSIONS[version];
  return survey.prober.connect(async (wire) => {
    await wire.send(clientHello(survey.plan(version, { heartbeat: true })));
    const reader = new FlightReader();
    if ("refusal" in await readFlight(wire, reader)) return false;
    await wire.send(concat([
      inRecord(RECORD.heartbeat, number, ASKING),
      inRecord(RECORD.alert, number, CLOSING),
    ]));
    for (let bytes = reader.rest;;) {
      if (bytes.length > 0) return bytes[0] === RECORD.heartbeat;
      const chunk = await wire.receive();
      if (chunk === null) return false;
      bytes = chunk;
    }
  });
}
