/** Perl's arguments as the project's options, and the objects that Perl knows by their numbers. */
import type {
  Certificate,
  ContextOptions,
  Handle,
  OperationOption,
  PublicSuffix,
  SessionCache,
  SslContext,
  SslSocket,
} from "@socket/ssl";
import type { Intercept } from "@socket/ssl/intercept";
import { fromPerl, type PerlConverted } from "@socket/ssl/perl";
import { currentChannel, toText } from "./channel.ts";
import type { MemoryTransport } from "./memory_transport.ts";

/** Whether Perl's rules are chosen, by options, where the project's defaults are stricter. */
export const PERLS_RULES: boolean = Deno.env.get("BRIDGE_RULES") === "perl";

/** Objects by number. */
export class Registry<T> {
  static #last = 0;
  readonly #objects = new Map<number, T>();

  /** The number of an object, a new one if it has none. */
  add(object: T): number {
    for (const [id, known] of this.#objects) if (known === object) return id;
    this.#objects.set(++Registry.#last, object);
    return Registry.#last;
  }

  /** The object with a number. */
  get(id: number): T {
    const object = this.#objects.get(id);
    if (object === undefined) throw new Error(`there is no object ${id}`);
    return object;
  }

  /** Forgets an object. */
  delete(id: number): void {
    this.#objects.delete(id);
  }

  /** Whether there is one with this number. */
  has(id: number): boolean {
    return this.#objects.has(id);
  }
}

/** One connection of Perl's. */
export interface Connection {
  readonly socket: SslSocket;
  readonly handle: Handle;
  readonly transport: MemoryTransport;
  /** Whether a call of the handle has been made, which reads ahead. */
  handled: boolean;
}

export const contexts: Registry<SslContext> = new Registry();
// deno-lint-ignore no-explicit-any -- the tests put texts into caches, connections put sessions
export const caches: Registry<SessionCache<any>> = new Registry();
export const suffixes: Registry<PublicSuffix> = new Registry();
export const intercepts: Registry<Intercept> = new Registry();
export const connections: Registry<Connection> = new Registry();

type Callback = (...args: unknown[]) => unknown;

/** Bytes as text, what JSON has as it is, objects as nothing. */
const plain = (value: unknown): unknown =>
  value instanceof Uint8Array ? toText(value) : typeof value === "object" ? null : value;

/** The callback with a number in the Perl process that is asking while it runs. */
function callback(name: string, id: number): Callback {
  const ask = (args: readonly unknown[]) => currentChannel().callback(id, name, args);
  switch (name) {
    case "SSL_verify_callback":
      return (ok, store, names, error, certificate, depth) => {
        const { error: code, errorDepth } = store as { error: number; errorDepth: number };
        const cert = { $cert: (certificate as Certificate).pem };
        return ask([ok ? 1 : 0, { error: code, depth: errorDepth }, names, error, cert, depth])
          .then((answer) => Boolean(answer));
      };
    case "SSL_error_trap":
      return (_conn, message) => ask([message]);
    case "SSL_on_peer_shutdown":
      return async () => {
        const result = await ask([]);
        return result === null || result === undefined ? null : Number(result);
      };
    case "SSL_ticket_keycb":
      return (...args) => {
        const answer = currentChannel().callbackNow(id, args.map(plain)) as unknown[];
        return answer.length > 0 ? answer : undefined;
      };
    default:
      return (...args) => ask(args.map(plain));
  }
}

const callbacks = new Map<string, Callback>();

/** A value from Perl: objects and callbacks by number, `undefined` for undef. */
export function revive(value: unknown, name = ""): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((each) => revive(each));
  if (typeof value !== "object") return value;
  const marks = value as Record<string, number>;
  if ("$null" in marks) return null;
  if ("$ctx" in marks) return contexts.get(marks.$ctx!);
  if ("$cache" in marks) return caches.get(marks.$cache!);
  if ("$suffix" in marks) return suffixes.get(marks.$suffix!);
  if ("$cb" in marks) {
    const key = `${name}:${marks.$cb}`;
    const known = callbacks.get(key) ?? callback(name, marks.$cb!);
    callbacks.set(key, known);
    return known;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, revive(each, key)]),
  );
}

/** The scheme in Perl's form as the project has it. */
export function schemeOf(scheme: unknown): PerlConverted["verifycnScheme"] {
  const value = revive(scheme, "SSL_verifycn_scheme");
  return value === undefined ? "default" : fromPerl({ SSL_verifycn_scheme: value }).verifycnScheme;
}

/** The options that a context does not take. */
const OF_OPERATION: Readonly<Record<OperationOption | "hostname", true>> = {
  reuseCtx: true,
  startHandshake: true,
  keepSocketOnError: true,
  errorTrap: true,
  onPeerShutdown: true,
  allowTruncation: true,
  timeout: true,
  signal: true,
  socketClass: true,
  hostname: true,
};

/** The options that a context takes, and each connection with that context again. */
const OF_CONNECTION: readonly (keyof ContextOptions)[] = [
  "serverName",
  "verifycnScheme",
  "verifycnName",
  "verifycnPublicsuffix",
  "fingerprint",
  "forceFingerprint",
  "allowWeakPins",
  "sessionKey",
];

/** What TCP needs, which is Perl's. */
const OF_TCP = ["port", "family", "backlog", "localAddress", "localPort"] as const;

type Options = Record<string, unknown>;

/** Options in two: for a context, and for an operation with that context. */
export interface SplitOptions {
  readonly context: Options;
  readonly operation: Options;
}

/** Perl's arguments as options. */
export function optionsFrom(args: Options): SplitOptions {
  const revived = Object.entries(args).map(([name, value]) => [name, revive(value, name)]);
  const all = { ...fromPerl(Object.fromEntries(revived)) } as Options;
  for (const name of OF_TCP) delete all[name];
  if (PERLS_RULES && all.fingerprint !== undefined) all.allowWeakPins = true;
  const context: Options = {};
  const operation: Options = {};
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined || name === "server") continue;
    const ofOperation = Object.hasOwn(OF_OPERATION, name);
    if (!ofOperation) context[name] = value;
    if (ofOperation || OF_CONNECTION.some((each) => each === name)) operation[name] = value;
  }
  return { context, operation };
}

/** Bytes of what Perl calls an IP address in a subjectAltName. */
export function ipText(address: string): string {
  if (!address.includes(":")) return String.fromCharCode(...address.split(".").map(Number));
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":");
  const [left, right] = [groups(head), groups(tail ?? "")];
  const zeros = new Array(8 - left.length - right.length).fill("0");
  return String.fromCharCode(
    ...[...left, ...zeros, ...right].map((group) => parseInt(group, 16)).flatMap((
      n,
    ) => [n >> 8, n & 255]),
  );
}
