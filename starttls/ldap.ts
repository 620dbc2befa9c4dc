/**
 * StartTLS of LDAP (RFC 4511 4.14), as client. Pure.
 *
 * @module
 */

import {
  children,
  type DerNode,
  expectTag,
  ifReadable,
  readDer,
  sequence,
  smallInteger,
  TAG,
} from "../certificate/asn1/reader.ts";
import { berToDer, int, seq, tlv } from "../certificate/asn1/writer.ts";
import type { Protocol } from "./dialogue.ts";
import type { Talk } from "./talk.ts";
import { berMessages } from "./units.ts";

const START_TLS = "1.3.6.1.4.1.1466.20037";
const NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036";
const MESSAGE_ID = 1;
/** ExtendedRequest and ExtendedResponse, and their parts, as tags. */
const REQUEST = 0x77;
const RESPONSE = 0x78;
const REQUEST_NAME = 0x80;
const REFERRAL = 0xa3;
const RESPONSE_NAME = 0x8a;
const RESPONSE_VALUE = 0x8b;

/** The results that servers give here (RFC 4511 appendix A). */
const RESULTS: Readonly<Record<number, string>> = {
  1: "operationsError",
  2: "protocolError",
  8: "strongerAuthRequired",
  10: "referral",
  51: "busy",
  52: "unavailable",
  53: "unwillingToPerform",
  80: "other",
};

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function request(): Uint8Array {
  const name = tlv(REQUEST_NAME, new TextEncoder().encode(START_TLS));
  return seq(int(MESSAGE_ID), tlv(REQUEST, name));
}

interface Response {
  readonly id: number;
  readonly result: number;
  readonly diagnostic: string;
  readonly name: string | undefined;
}

/** The parts of a response in their order, each at most once. */
function optional(nodes: readonly DerNode[], what: string): string | undefined {
  const order = [REFERRAL, RESPONSE_NAME, RESPONSE_VALUE];
  const places = nodes.map(({ tag }) => order.indexOf(tag));
  if (places.some((place, i) => place < 0 || place <= (places[i - 1] ?? -1))) {
    expectTag(undefined, RESPONSE_NAME, what);
  }
  const name = nodes.find(({ tag }) => tag === RESPONSE_NAME);
  return name && text(name.body);
}

/** Reads an ExtendedResponse. Its lengths may be BER; all else is held to DER. */
function readResponse(message: Uint8Array): Response {
  const what = "the LDAP response";
  const [id, operation, controls] = sequence(readDer(berToDer(message, what), what), what);
  if (controls !== undefined) expectTag(controls, 0xa0, what);
  const parts = children(expectTag(operation, RESPONSE, what), what);
  const [result, matched, diagnostic, ...rest] = parts;
  expectTag(matched, TAG.OCTET_STRING, what);
  return {
    id: smallInteger(id, what),
    result: smallInteger(result, what, TAG.ENUMERATED),
    diagnostic: text(expectTag(diagnostic, TAG.OCTET_STRING, what).body),
    name: optional(rest, what),
  };
}

function refusal({ result, diagnostic }: Response, talk: Talk, what: string): Error {
  const name = RESULTS[result];
  const code = name === undefined ? String(result) : `${result} (${name})`;
  return talk.refused(what, diagnostic === "" ? code : `${code}: ${diagnostic}`);
}

/** The client: one extended request, one response. */
export function ldapClient(): Protocol<"starttls", Uint8Array> {
  return {
    name: "LDAP",
    role: "client",
    opening: request(),
    first: "starttls",
    split: berMessages,
    states: {
      starttls: (message, talk) => {
        const response = ifReadable(() => readResponse(message));
        if (response === undefined) throw talk.unexpected("an extended response", message);
        const { id, result, name } = response;
        if (id === 0 && name === NOTICE_OF_DISCONNECTION) {
          throw refusal(response, talk, "the connection");
        }
        if (id !== MESSAGE_ID) throw talk.unexpected("the message 1", `message ${id}`);
        if (result !== 0) throw refusal(response, talk, "StartTLS");
        if (name !== undefined && name !== START_TLS) {
          throw talk.unexpected("the response to StartTLS", name);
        }
        return { next: "tls" };
      },
    },
  };
}
