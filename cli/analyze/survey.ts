/**
 * The questions of an analysis: which hello says what about a server.
 *
 * @module
 */

import { TLS1_2, TLS1_3, VERSIONS } from "../../engine/tls_versions.ts";
import { offerableGroups } from "./groups.ts";
import type { Order, VersionName } from "./model.ts";
import type { Answer, Choice, Prober } from "./prober.ts";
import { hexId, offerable, suiteOf } from "./suites.ts";
import { EXTENSION, FALLBACK_SCSV, type HelloPlan } from "./wire/hello.ts";
import { offerKeys } from "./wire/protected.ts";

/** The versions that have a hello of the usual form. */
export type WireVersion = Exclude<VersionName, "SSLv2">;

/** How many suites a hello may have for servers that fail on more. */
const CHUNK = 128;

/** What was said to the first hello of a version. */
export interface FirstAnswer {
  /** The version. */
  readonly version: WireVersion;
  /** What the server chose; `undefined` if it does not speak the version. */
  readonly choice?: Choice;
  /** What it did in place of that. */
  readonly refusal?: string;
  /** The lists of suites that can be offered together. */
  readonly lists: readonly (readonly number[])[];
  /** Whether the server answers TLS 1.3 only to a hello with keys. */
  readonly needsKeys: boolean;
}

/** What was found by leaving out what the server chose, again and again. */
export interface Elimination {
  /** What the server takes. */
  readonly found: readonly number[];
  /** Whose order decides. */
  readonly order?: Order;
}

/** The application protocols that are asked for. One that changes the certificate is not among them. */
const PROTOCOLS = [
  ...["h2", "http/1.1", "http/1.0", "spdy/3.1", "imap", "pop3", "smtp", "managesieve", "nntp"],
  ...["ftp", "postgresql", "xmpp-client", "dot", "mqtt", "irc", "coap", "tds/8.0", "radius/1.1"],
];

/** Takes the number that a server chose out of the lists, until it chooses none. */
async function eliminate(
  offered: readonly number[],
  ask: (ids: readonly number[]) => Promise<number | undefined>,
): Promise<number[]> {
  const found: number[] = [];
  for (let rest = offered; rest.length > 0;) {
    const chosen = await ask(rest);
    if (chosen === undefined || !rest.includes(chosen)) break;
    found.push(chosen);
    rest = rest.filter((id) => id !== chosen);
  }
  return found;
}

/** Whose order decides: what does the server choose when the worst comes first? */
async function orderOf(
  found: readonly number[],
  ask: (ids: readonly number[]) => Promise<number | undefined>,
): Promise<Elimination> {
  if (found.length < 2) return { found };
  const backwards = found.toReversed();
  return { found, order: await ask(backwards) === backwards[0] ? "client" : "server" };
}

function refusalText(answer: Answer): string {
  if (!("refusal" in answer)) return `answers with ${hexId(answer.choice.hello.version)}`;
  const { how, alert } = answer.refusal;
  if (how === "alert") return `alert ${alert}`;
  return { closed: "closes the connection", silent: "does not answer", "not-tls": "not TLS" }[how];
}

/** Asks one server, and remembers what it chose. */
export class Survey {
  /** All that the server chose, for certificates and extensions. */
  readonly choices: Choice[] = [];
  /** How the questions get there. */
  readonly prober: Prober;
  /** The name for SNI. */
  readonly serverName: string;

  /** Asks nothing yet. */
  constructor(prober: Prober, serverName: string) {
    this.prober = prober;
    this.serverName = serverName;
  }

  /** The hello that all others are variations of. */
  plan(version: WireVersion, more: Partial<HelloPlan> = {}): HelloPlan {
    const tls13 = version === "TLSv1_3";
    return {
      version: VERSIONS[version],
      suites: offerable(tls13),
      // With a finite field among the groups a server may choose it in place of its own prime.
      groups: offerableGroups(tls13).filter((id) => tls13 || id < 0x100),
      serverName: this.serverName,
      ...more,
    };
  }

  /** What the server chooses of a hello, in the version of the hello and no other one. */
  async choose(plan: HelloPlan): Promise<Choice | undefined> {
    const answer = await this.prober.ask(plan);
    return this.#accept(plan, answer);
  }

  #accept(plan: HelloPlan, answer: Answer): Choice | undefined {
    if ("refusal" in answer || answer.choice.hello.version !== plan.version) return undefined;
    this.choices.push(answer.choice);
    return answer.choice;
  }

  /** Whether the server speaks a version, and what it prefers in it. */
  async first(version: WireVersion): Promise<FirstAnswer> {
    const all = this.plan(version);
    const answer = await this.prober.ask(all);
    const choice = this.#accept(all, answer);
    const found = { version, needsKeys: false };
    if (choice !== undefined) return { ...found, choice, lists: [all.suites] };
    const refusal = refusalText(answer);
    if (!isUnclear(answer)) return { ...found, refusal, lists: [] };
    return await this.#again(all, version) ?? { ...found, refusal, lists: [] };
  }

  /** Some servers fail on a long list, or on TLS 1.3 without a key. */
  async #again(all: HelloPlan, version: WireVersion): Promise<FirstAnswer | undefined> {
    if (all.version === TLS1_3) {
      const choice = await this.choose({ ...all, keyShares: (await offerKeys()).shares });
      return choice && { version, choice, lists: [all.suites], needsKeys: true };
    }
    const { suites } = all;
    const chunks = Array.from(
      { length: Math.ceil(suites.length / CHUNK) },
      (_, i) => suites.slice(i * CHUNK, (i + 1) * CHUNK),
    );
    const chosen = await Promise.all(chunks.map((part) => this.choose({ ...all, suites: part })));
    const lists = chunks.filter((_, i) => chosen[i] !== undefined);
    const choice = chosen.find((one) => one !== undefined);
    return choice && { version, choice, lists, needsKeys: false };
  }

  /** All suites of a version. */
  async suites({ version, lists, needsKeys }: FirstAnswer): Promise<
    Elimination & {
      readonly choices: ReadonlyMap<number, Choice>;
    }
  > {
    const choices = new Map<number, Choice>();
    const keyShares = needsKeys ? (await offerKeys()).shares : undefined;
    const ask = async (suites: readonly number[]): Promise<number | undefined> => {
      const choice = await this.choose(this.plan(version, { suites, keyShares }));
      if (choice !== undefined) choices.set(choice.hello.suite, choice);
      return choice?.hello.suite;
    };
    const found: number[] = [];
    for (const list of lists) found.push(...await eliminate(list, ask));
    // The order among several lists is known only when all that was found is offered at once.
    const all = lists.length > 1 ? await eliminate(found, ask) : found;
    return { ...await orderOf(all, ask), choices };
  }

  /** All groups of TLS 1.3, by what the server asks for when the hello has no key. */
  async groups13(): Promise<Elimination> {
    const ask = async (groups: readonly number[]): Promise<number | undefined> =>
      (await this.choose(this.plan("TLSv1_3", { groups })))?.hello.group;
    return await orderOf(await eliminate(offerableGroups(true), ask), ask);
  }

  /** All groups of ECDHE in an older version. */
  async groups12(version: WireVersion, curve: number | undefined): Promise<Elimination> {
    const suites = offerable(false).filter((id) => suiteOf(id).exchange === "ECDHE");
    const ask = async (groups: readonly number[]): Promise<number | undefined> =>
      (await this.choose(this.plan(version, { suites, groups })))?.exchange?.group;
    const found = await eliminate(this.plan(version).groups, ask);
    // A server whose certificate has an EC key needs its curve in the list for the signature.
    if (curve !== undefined && found.includes(curve)) {
      const others = this.plan(version).groups.filter((id) => !found.includes(id));
      found.push(...await eliminate(others, (rest) => ask([...rest, curve])));
    }
    return await orderOf(found, ask);
  }

  /** The application protocols that the server has, in its order. */
  async alpn(version: WireVersion, fast: boolean): Promise<readonly string[]> {
    const found: string[] = [];
    for (let rest = PROTOCOLS; rest.length > 0;) {
      const chosen = await this.#protocolOf(version, rest);
      if (chosen === undefined || !rest.includes(chosen)) break;
      found.push(chosen);
      if (fast) break;
      rest = rest.filter((name) => name !== chosen);
    }
    return found;
  }

  async #protocolOf(version: WireVersion, alpn: readonly string[]): Promise<string | undefined> {
    const plan = this.plan(version, { alpn });
    if (plan.version !== TLS1_3) return (await this.choose(plan))?.hello.alpn;
    return (await this.prober.askAll(plan)).alpn;
  }

  /** The certificates of a server that speaks TLS 1.3 alone, for RSA keys and for others. */
  async chains13(): Promise<void> {
    const rsa = [0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b];
    const other = [0x0403, 0x0503, 0x0603, 0x0807, 0x0808];
    await Promise.all([rsa, other].map(async (signatureAlgorithms) => {
      const plan = this.plan("TLSv1_3", { signatureAlgorithms });
      this.#accept(plan, await this.prober.askAll(plan));
    }));
  }

  /** What a server does with a hello that offers what nobody should take. */
  oldHabits(version: WireVersion): Promise<Choice | undefined> {
    return this.choose(this.plan(version, { compression: true, heartbeat: true, ticket: false }));
  }

  /** Whether the server sees that a client was forced to a version below the best. */
  async fallbackScsv(below: WireVersion): Promise<boolean> {
    const plan = this.plan(below);
    const answer = await this.prober.ask({ ...plan, suites: [...plan.suites, FALLBACK_SCSV] });
    return "refusal" in answer && answer.refusal.alert === INAPPROPRIATE_FALLBACK;
  }
}

const PROTOCOL_VERSION = 70, INAPPROPRIATE_FALLBACK = 86;

/** Whether a refusal may have another reason than the version. */
function isUnclear(answer: Answer): boolean {
  return "refusal" in answer && answer.refusal.alert !== PROTOCOL_VERSION;
}

/** Whether an extension came back. */
export const has = (choice: Choice, extension: keyof typeof EXTENSION): boolean =>
  choice.hello.extensions.has(EXTENSION[extension]);

/** The versions below TLS 1.3 that say everything in plain text, best first. */
export const PLAIN_VERSIONS: readonly WireVersion[] = ["TLSv1_2", "TLSv1_1", "TLSv1", "SSLv3"];

/** Whether a version is older than TLS 1.2. */
export const isOld = (version: WireVersion): boolean => VERSIONS[version] < TLS1_2;
