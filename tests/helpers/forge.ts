/**
 * A peer that holds the right keys and misuses them: after a true handshake over memory it writes
 * any record it likes, encrypted as they must be, so that what is judged is their content.
 */

import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import type { ContextConfig, EngineContext, Role, TlsStream } from "../../engine/engine.ts";
import { config, engine, handshake, type Pair, pairOf, V12, V13 } from "../engine/harness.ts";
import type { MemoryTransport } from "./memory.ts";

export const ALERT = 21, HANDSHAKE = 22, DATA = 23;
export const WARNING = 1, FATAL = 2;
export type Version = "TLSv1.2" | "TLSv1.3";

/** Joins bytes. */
export const join = (...parts: (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(parts.flatMap((part) => [...part]));

const u16 = (n: number): number[] => [n >> 8, n & 255];

/** A record in plain text, of whatever length it says. */
export function plainRecord(
  type: number,
  body: Uint8Array | readonly number[],
  { version = 0x0303, length = body.length } = {},
): Uint8Array<ArrayBuffer> {
  return join([type, ...u16(version), ...u16(length)], body);
}

/** A handshake message with its header. */
export function message(
  type: number,
  body: Uint8Array | readonly number[],
): Uint8Array<ArrayBuffer> {
  return join([type, 0, ...u16(body.length)], body);
}

function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const name = new TextEncoder().encode("tls13 " + label);
  const info = join(u16(length), [name.length], name, [0, 1]);
  return createHmac("sha256", secret).update(info).digest().subarray(0, length);
}

function prf12(secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
  const full = join(new TextEncoder().encode(label), seed);
  const hmac = (data: Uint8Array) => createHmac("sha256", secret).update(data).digest();
  let a: Uint8Array = full;
  let out = new Uint8Array();
  while (out.length < length) {
    a = hmac(a);
    out = join(out, hmac(join(a, full)));
  }
  return out.subarray(0, length);
}

/** One direction's keys, AES-128-GCM. */
class Keys {
  #seq = 0n;
  constructor(
    readonly version: Version,
    readonly key: Uint8Array,
    readonly iv: Uint8Array,
    seq: bigint,
  ) {
    this.#seq = seq;
  }

  #nonce(explicit?: Uint8Array): { nonce: Uint8Array; seq: Uint8Array } {
    const seq = new Uint8Array(8);
    new DataView(seq.buffer).setBigUint64(0, this.#seq++);
    if (this.version === "TLSv1.2") return { nonce: join(this.iv, explicit ?? seq), seq };
    const nonce = Uint8Array.from(this.iv);
    seq.forEach((byte, i) => nonce[4 + i]! ^= byte);
    return { nonce, seq };
  }

  seal(type: number, content: Uint8Array, padding = 0): Uint8Array<ArrayBuffer> {
    const { nonce, seq } = this.#nonce();
    const cipher = createCipheriv("aes-128-gcm", this.key, nonce);
    if (this.version === "TLSv1.2") {
      cipher.setAAD(join(seq, [type, 3, 3, ...u16(content.length)]));
      const sealed = join(cipher.update(content), cipher.final(), cipher.getAuthTag());
      return plainRecord(type, join(seq, sealed));
    }
    const inner = join(content, [type], new Uint8Array(padding));
    cipher.setAAD(new Uint8Array([DATA, 3, 3, ...u16(inner.length + 16)]));
    return plainRecord(DATA, join(cipher.update(inner), cipher.final(), cipher.getAuthTag()));
  }

  open(record: Uint8Array): { type: number; content: Uint8Array } {
    const { nonce, seq } = this.#nonce(record.subarray(5, 13));
    const explicit = this.version === "TLSv1.2" ? 8 : 0;
    const body = record.subarray(5 + explicit, record.length - 16);
    const decipher = createDecipheriv("aes-128-gcm", this.key, nonce);
    decipher.setAuthTag(record.subarray(record.length - 16));
    decipher.setAAD(
      explicit > 0 ? join(seq, [record[0]!, 3, 3, ...u16(body.length)]) : record.subarray(0, 5),
    );
    const plain = join(decipher.update(body), decipher.final());
    if (explicit > 0) return { type: record[0]!, content: plain };
    let end = plain.length;
    while (plain[end - 1] === 0) end--;
    return { type: plain[end - 1]!, content: plain.subarray(0, end - 1) };
  }
}

/** Encrypts as who has this traffic secret of TLS 1.3 and has sent nothing with it yet. */
export function sealer(secret: Uint8Array): Forged["seal"] {
  const keys = new Keys(
    "TLSv1.3",
    expandLabel(secret, "key", 16),
    expandLabel(secret, "iv", 12),
    0n,
  );
  return (type, content, padding) => keys.seal(type, Uint8Array.from(content), padding);
}

/** The records in a piece of the wire. */
export function recordsIn(wire: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at + 5 <= wire.length;) {
    const end = at + 5 + (wire[at + 3]! << 8 | wire[at + 4]!);
    found.push(wire.subarray(at, end));
    at = end;
  }
  return found;
}

/** A victim with its peer under our control. */
export interface Forged extends AsyncDisposable {
  /** The stream under attack. */
  readonly victim: TlsStream;
  /** The wire to it. */
  readonly wire: MemoryTransport;
  /** Encrypts a record. */
  seal(
    type: number,
    content: Uint8Array | readonly number[],
    padding?: number,
  ): Uint8Array<ArrayBuffer>;
  /** Puts bytes on the wire, in one piece. */
  send(...parts: Uint8Array[]): Promise<void>;
  /** What the victim has sent since the handshake, decrypted. */
  answers(): { type: number; content: Uint8Array }[];
}

/** A handshake with a victim of this role, after which its peer is ours. */
export async function forge(
  version: Version,
  role: Role,
  over: Partial<ContextConfig> = {},
): Promise<Forged> {
  const log = new Map<string, Uint8Array>();
  const keylog = (line: string): void => {
    const [label, , secret] = line.split(" ");
    log.set(label!, Uint8Array.from(secret!.match(/../g)!, (hex) => parseInt(hex, 16)));
  };
  const both: Partial<ContextConfig> = {
    ...(version === "TLSv1.2" ? V12 : V13),
    cipherList: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
    ciphersuites: "TLS_AES_128_GCM_SHA256",
  };
  const contexts: EngineContext[] = [];
  for (const side of ["client", "server"] as const) {
    const { hooks, ...rest } = side === role ? over : {} as Partial<ContextConfig>;
    contexts.push(
      await engine.createContext(
        config(side, {
          ...both,
          noTickets: side === "server",
          ...rest,
          hooks: {
            ...(side === "server" ? { keylog } : {}),
            ...hooks,
            ...(side === role ? {} : {}),
          },
        }),
      ),
    );
  }
  const p: Pair = pairOf(contexts[0]!, contexts[1]!);
  p.clientSide.record = p.serverSide.record = true;
  const [clientError, serverError] = await handshake(p);
  if (clientError ?? serverError) throw clientError ?? serverError;
  const [hello] = recordsIn(join(...p.clientSide.written));
  const [answer] = recordsIn(join(...p.serverSide.written));
  const keys = (side: Role): Keys => {
    if (version === "TLSv1.3") {
      const secret = log.get(
        side === "client" ? "CLIENT_TRAFFIC_SECRET_0" : "SERVER_TRAFFIC_SECRET_0",
      )!;
      return new Keys(version, expandLabel(secret, "key", 16), expandLabel(secret, "iv", 12), 0n);
    }
    const seed = join(answer!.subarray(11, 43), hello!.subarray(11, 43));
    const block = prf12(log.get("CLIENT_RANDOM")!, "key expansion", seed, 40);
    return side === "client"
      ? new Keys(version, block.slice(0, 16), block.slice(32, 36), 1n)
      : new Keys(version, block.slice(16, 32), block.slice(36, 40), 1n);
  };
  const ours = keys(role === "client" ? "server" : "client");
  const theirs = keys(role);
  const [wire, back] = role === "client"
    ? [p.serverSide, p.clientSide]
    : [p.clientSide, p.serverSide];
  back.written.length = 0;
  return {
    victim: p[role],
    wire,
    seal: (type, content, padding) => ours.seal(type, Uint8Array.from(content), padding),
    async send(...parts) {
      await wire.write(join(...parts));
    },
    answers() {
      return recordsIn(join(...back.written.splice(0))).map((record) => theirs.open(record));
    },
    [Symbol.asyncDispose]: () => p[Symbol.asyncDispose](),
  };
}
