/**
 * The request for TLS of PostgreSQL's protocol, as client. Pure.
 *
 * @module
 */

import type { Protocol } from "./dialogue.ts";
import { singleBytes } from "./units.ts";

/** A length of 8, and the number of SSLRequest. */
const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);

/** The client: SSLRequest, to which the answer is one letter. */
export function postgresClient(): Protocol<"starttls", number> {
  return {
    name: "PostgreSQL",
    role: "client",
    opening: SSL_REQUEST,
    first: "starttls",
    split: singleBytes,
    states: {
      starttls: (byte, talk) => {
        const letter = String.fromCharCode(byte);
        if (letter === "S") return { next: "tls" };
        if (letter === "N") throw talk.notOffered("TLS");
        // What follows is an error text, which anyone on the path could have written: it is not shown.
        if (letter === "E") throw talk.refused("SSLRequest", letter);
        throw talk.unexpected("S, N or E", letter);
      },
    },
  };
}
