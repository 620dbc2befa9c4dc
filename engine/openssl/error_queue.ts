/**
 * From a failed OpenSSL call to an error by whose fault it is.
 *
 * The one place that reads OpenSSL's error queue. The queue is per thread and
 * shared by all connections, so: clear before a call, drain right after it,
 * and never await in between.
 *
 * @module
 */

import { mayBeSecret } from "../../internal/quote.ts";
import {
  type ErrorFacts,
  type ErrorQueueEntry,
  type LimitFacts,
  SslError,
  type SslErrorOptions,
  SslPeerError,
} from "../../errors.ts";
import { ALERTS } from "../alerts.ts";
import type { EngineName } from "../engine.ts";
import {
  alertCode,
  alertText,
  NOT_TLS,
  type Operation,
  WIRE_EVENTS,
  type WireEvent,
  wireMessage,
} from "../wire_errors.ts";
import { textOf } from "./library.ts";
import { bytesAt } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";

const ERR_TXT_STRING = 2;
const decoder = new TextDecoder();

/** The entries of the queue, oldest first; empties it. */
export function drainErrors(c: OpenSslSymbols): ErrorQueueEntry[] {
  const entries: ErrorQueueEntry[] = [];
  const scratch = new BigUint64Array(4);
  const [file, line, data, flags] = [0, 1, 2, 3].map((i) =>
    new Uint8Array(scratch.buffer, i * 8, 8)
  );
  for (;;) {
    scratch.fill(0n);
    const code = c.ERR_get_error_line_data
      ? c.ERR_get_error_line_data(file!, line!, data!, flags!)
      : c.ERR_get_error();
    if (code === 0n) return entries;
    const address = scratch[2]!;
    const hasText = (Number(scratch[3]! & 0xffn) & ERR_TXT_STRING) !== 0 && address !== 0n;
    const text = hasText ? decoder.decode(bytesAt(c, address, c.strlenAt(address))) : "";
    entries.push({
      code: Number(code),
      library: textOf(c, c.ERR_lib_error_string(code)),
      reason: textOf(c, c.ERR_reason_error_string(code)) || `reason ${reasonNumber(Number(code))}`,
      ...(text ? { data: text } : {}),
    });
  }
}

/** The reason part of a packed error number; TLS alerts are 1000 + their number. */
export function reasonNumber(code: number): number {
  // 3.x packs 23 bits of reason (or an errno with the top bit), 1.1.1 packs 12; TLS reasons fit
  // both.
  return code & 0xfff;
}

/** One line for all entries. */
export function queueText(entries: readonly ErrorQueueEntry[]): string {
  return entries.map((e) => e.data ? `${e.reason} (${e.data})` : e.reason).join("; ");
}

/** An alert is a reason of libssl from here on; some of their texts lack the word. */
const ALERT_BASE = 1000;
/**
 * What stands beside an alert that was received; OpenSSL has the same reasons for faults it finds
 * itself.
 */
const RECEIVED = /^SSL alert number /;

function alertOf(queue: readonly ErrorQueueEntry[]): string | undefined {
  for (const entry of queue) {
    const number = reasonNumber(entry.code) - ALERT_BASE;
    const received = RECEIVED.test(entry.data ?? "");
    if (entry.library === "SSL routines" && received && number >= 0 && number < 256) {
      return ALERTS[number] ?? `alert ${number}`;
    }
  }
  return undefined;
}

/** What the bytes of a peer that does not speak TLS make OpenSSL say. */
const FOREIGN =
  /wrong version number|http request|https proxy request|unknown protocol|packet length too long|not ssl|record layer failure|record too small/;

/** Failures that are ours, not the peer's. */
const OURS =
  /internal error|malloc failure|no certificate assigned|no private key|uninitialized|not supported by|called a function you should not call|library bug/;

const E = WIRE_EVENTS;

/** What OpenSSL's reason says about the peer, in both engines' words; the first row decides. */
const EVENTS: readonly (readonly [match: RegExp, event: WireEvent])[] = [
  [/bad record mac|decryption failed|bad decrypt/, E.badRecord],
  [/unsupported protocol|no protocols available|wrong ssl version/, E.version],
  [/no shared cipher|no ciphers available|no cipher match/, E.cipher],
  [/no shared groups|no suitable key share|no suitable groups/, E.group],
  [/no suitable signature algorithm|no suitable digest/, E.signatureAlgorithm],
  [/no suitable|inappropriate fallback/, E.incompatible],
  [/unexpected message|unexpected record/, E.outOfTurn],
  [/data length too long|packet length too long|encrypted length too long/, E.longRecord],
  [/peer did not return a certificate/, E.noCertificate],
  [/no application protocol/, E.alpn],
  [/excessive message size/, E.longMessage],
  [/too many key updates/, E.keyUpdates],
  [/too many warn(?:ing)? alerts/, E.warnings],
  [/no renegotiation/, E.renegotiation],
  [/length mismatch|length too short|bad length|bad packet|bad extension/, E.malformed],
];

const bySecurityLevel = (what: string): LimitFacts => ({ by: "own", what, option: "cipherList" });

/** Where OpenSSL refuses what TLS itself allows, beside the events, by its reason. */
const LIMITS: readonly (readonly [RegExp, LimitFacts])[] = [
  [/dh key too small/, bySecurityLevel("a Diffie-Hellman key of that size")],
  [/(?:ee|ca) key too small/, bySecurityLevel("a certificate's key of that size")],
  [/ca md too weak/, bySecurityLevel("that digest in the signature of a certificate")],
  [/legacy sigalg disallowed/, bySecurityLevel("signatures with MD5 or SHA-1")],
  [
    /unsafe legacy renegotiation disabled/,
    { by: "own", what: "servers without secure renegotiation (RFC 5746)" },
  ],
  [/renegotiat/, { by: "own", what: "renegotiation" }],
];

/** The facts that OpenSSL's reason stands for. */
function factsOf(reason: string): ErrorFacts {
  const lacks = /version too low/.test(reason) ? { lacks: "version" } as const : {};
  const limit = LIMITS.find(([match]) => match.test(reason))?.[1];
  return { ...lacks, ...(limit === undefined ? {} : { limit }) };
}

/** The event that a queue tells of, where both engines know it. */
function eventOf(queue: readonly ErrorQueueEntry[]): WireEvent | undefined {
  // libssl's entry for a failed decryption comes after libcrypto's.
  return EVENTS.find(([match]) => queue.some(({ reason }) => match.test(reason)))?.[1];
}

/** OpenSSL's reason as a code: `bad length` gives `ERR_SSL_BAD_LENGTH`. */
function ownCode(reason: string): string {
  return "ERR_SSL_" + reason.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^_|_$/g, "");
}

/** The options of an {@linkcode SslError} for an error queue. */
export function queueOptions(queue: readonly ErrorQueueEntry[]): SslErrorOptions {
  const main = queue[0];
  if (main === undefined) return {};
  const alert = alertOf(queue);
  return {
    code: alert === undefined ? eventOf(queue)?.code ?? ownCode(main.reason) : alertCode(alert),
    errno: main.code,
    library: main.library,
    reason: queueText(queue),
    queue,
    ...(alert === undefined ? {} : { alert }),
  };
}

/**
 * The error of a local call: loading a certificate, setting a cipher list. Its code says what
 * OpenSSL says: "no cipher match" is about the list here, not about what a peer has.
 */
export function localError(what: string, entries: readonly ErrorQueueEntry[]): SslError {
  const queue = entries.map(withoutSecret);
  const main = queue[0];
  const code = main === undefined ? "ERR_SSL_REFUSED" : ownCode(main.reason);
  return new SslError(
    `${what}: ${queueText(queue) || "OpenSSL gives no reason"}`,
    { ...queueOptions(queue), code },
  );
}

/** What is known of a failure beside OpenSSL's reason: words for the message, and the facts. */
export interface Advice {
  /** What to look at. */
  readonly text: string;
  /** The same, for `explain()`. */
  readonly facts: ErrorFacts;
}

/** The circumstances of a call that failed. */
export interface Circumstances {
  /** Which engine it is. @default {"openssl"} */
  readonly engine?: EngineName;
  /** Whether the handshake was complete. */
  readonly established: boolean;
  /** OpenSSL's security level. */
  readonly securityLevel?: number | undefined;
  /** Looks for what OpenSSL does not know. */
  readonly advise?: (options: SslErrorOptions) => Advice | undefined;
}

/**
 * An entry whose data quotes our own input ("group 'x' cannot be set"), unless that may be a
 * secret.
 */
function withoutSecret({ data, ...entry }: ErrorQueueEntry): ErrorQueueEntry {
  const quoted = data === undefined ? [] : data.match(/'[^']*'?|[^\s'=]{8,}/g) ?? [];
  return data === undefined || quoted.some((part) => mayBeSecret(part.replaceAll("'", "")))
    ? entry
    : { ...entry, data };
}

/**
 * The error of a call on a connection that OpenSSL failed with SSL_ERROR_SSL or SSL_ERROR_SYSCALL.
 */
export function connectionError(
  operation: Operation,
  queue: readonly ErrorQueueEntry[],
  { engine = "openssl", established, securityLevel, advise }: Circumstances,
): SslError {
  const found = queueOptions(queue);
  const reason = found.reason ?? "OpenSSL gives no reason";
  const advice = advise?.(found);
  const event = found.alert === undefined ? eventOf(queue) : undefined;
  const facts: ErrorFacts = {
    ...{ engine, ...event?.facts, ...factsOf(reason), ...advice?.facts },
  };
  const level = facts.limit?.option === "cipherList" && securityLevel !== undefined
    ? { securityLevel }
    : {};
  const options = { ...found, facts: { ...facts, ...level } };
  const details = [reason, advice?.text];
  if (options.alert !== undefined) {
    return new SslPeerError(wireMessage(operation, alertText(options.alert), details), options);
  }
  // From 3.2 on "record layer failure" also stands beside a record that cannot be decrypted.
  if (!established && event !== E.badRecord && FOREIGN.test(reason)) {
    const spoke = /http request|https proxy request/.test(reason) ? "http" : "something else";
    return new SslPeerError(wireMessage(operation, NOT_TLS.text, details), {
      ...{ ...options, code: NOT_TLS.code, facts: { ...options.facts, spoke } },
    });
  }
  // While reading, OpenSSL says "internal error" for records of the peer that it has no better name
  // for.
  const ours = OURS.test(reason) && !(operation === "read" && /internal error/.test(reason));
  const Class = ours ? SslError : SslPeerError;
  return new Class(wireMessage(operation, event?.text ?? "", details), options);
}
