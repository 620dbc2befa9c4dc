/**
 * Analyzes one server: asks all questions, those that do not wait for each other at once, and puts the
 * answers together.
 *
 * @module
 */

import { ALERTS } from "../../engine/alerts.ts";
import { Certificate } from "../../certificate/certificate.ts";
import { ifReadable } from "../../certificate/asn1/reader.ts";
import { VERSIONS } from "../../engine/tls_versions.ts";
import { keyData } from "../certificate_data.ts";
import { chainFound } from "./chain.ts";
import { findingsOf } from "./judge.ts";
import { groupOf, GROUPS } from "./groups.ts";
import { heartbleeds } from "./heartbleed.ts";
import type {
  Analysis,
  ChainFound,
  FeaturesFound,
  GroupsFound,
  LeftOut,
  SuiteFound,
  TrustFound,
  VersionFound,
} from "./model.ts";
import { type Choice, Prober, type ProbeTarget } from "./prober.ts";
import { hexId, strengthOf, suiteOf } from "./suites.ts";
import {
  type Elimination,
  type FirstAnswer,
  has,
  isOld,
  PLAIN_VERSIONS,
  Survey,
  type WireVersion,
} from "./survey.ts";
import { ssl2Ciphers, ssl2Hello } from "./wire/ssl2.ts";

/** What is to be analyzed, and how. */
export interface AnalyzeRequest {
  /** Whom to ask. */
  readonly target: ProbeTarget;
  /** The name for SNI and in the certificate. */
  readonly serverName: string;
  /** Whether to ask what the server prefers, and not all that it takes. */
  readonly fast: boolean;
  /** The time. */
  readonly now: number;
  /** Asks a client whether it trusts the server. */
  readonly trust: () => Promise<TrustFound>;
  /** Whether OpenSSL may be loaded. */
  readonly openssl: boolean;
  /** Gets how far it has come. */
  readonly progress: (text: string) => void;
}

const WIRE_VERSIONS: readonly WireVersion[] = ["SSLv3", "TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"];

/** Waits for all, also when one fails: nothing may go on behind the caller's back. */
async function all<T extends readonly unknown[]>(
  promises: { readonly [I in keyof T]: Promise<T[I]> },
): Promise<T> {
  await Promise.allSettled(promises);
  return await Promise.all(promises) as unknown as T;
}

function suiteFound(id: number, choice: Choice | undefined): SuiteFound {
  const suite = suiteOf(id);
  const { exchange, hello } = choice ?? {};
  const group = exchange?.group ?? (suite.tls13 ? hello?.group : undefined);
  const { dhBits, rsaBits } = exchange ?? {};
  const how = group !== undefined
    ? groupOf(group).name
    : dhBits !== undefined
    ? `DH ${dhBits}`
    : undefined;
  return {
    id: hexId(id),
    name: suite.name,
    openssl: suite.openssl,
    bits: suite.bits,
    strength: strengthOf(suite),
    ...(how !== undefined && { exchange: how }),
    ...(dhBits !== undefined && { dhBits }),
    ...(rsaBits !== undefined && { rsaBits }),
  };
}

/** `alert 70` with its name. */
const namedRefusal = (text: string): string =>
  text.replace(
    /^alert (\d+)$/,
    (whole, number) => `${whole} ${ALERTS[Number(number)] ?? ""}`.trim(),
  );

/** One analysis. */
class Analyzer {
  readonly #request: AnalyzeRequest;
  readonly #prober: Prober;
  readonly #survey: Survey;
  readonly #leftOut: LeftOut[] = [];

  constructor(request: AnalyzeRequest) {
    this.#request = request;
    this.#prober = new Prober(request.target);
    this.#survey = new Survey(this.#prober, request.serverName);
  }

  async run(): Promise<Analysis> {
    const began = performance.now();
    if (this.#request.fast) this.#leftOut.push({ what: "all suites and groups", why: "--fast" });
    const { target, serverName } = this.#request;
    this.#request.progress("which versions of TLS there are");
    const [ssl2, ...firsts] = await all<[VersionFound, ...FirstAnswer[]]>([
      this.#ssl2(),
      ...WIRE_VERSIONS.map((version) => this.#survey.first(version)),
    ]);
    const spoken = firsts.filter(({ choice }) => choice !== undefined);
    // Alone, so that its times are those of a client.
    const trust = spoken.length === 0 ? undefined : await this.#request.trust();
    this.#request.progress("suites, groups and sessions");
    const [versions, groups, features] = await all<
      [VersionFound[], GroupsFound[], FeaturesFound, void]
    >([
      all(firsts.map((first) => this.#version(first))),
      this.#groups(spoken),
      this.#features(spoken),
      this.#chains(spoken),
    ]);
    const chains = this.#chainsFound();
    const evidence = {
      target: {
        hostname: target.hostname,
        port: target.port,
        serverName,
        ...(target.starttls !== undefined && { starttls: target.starttls }),
      },
      versions: [ssl2, ...versions],
      groups,
      chains,
      ...(trust !== undefined && { trust }),
      features,
      leftOut: this.#leftOut,
    };
    return {
      ...evidence,
      findings: spoken.length === 0 && !ssl2.offered ? [] : findingsOf(evidence),
      connections: this.#prober.connections,
      milliseconds: Math.round(performance.now() - began),
    };
  }

  /** SSL 2.0 has a hello of its own. */
  async #ssl2(): Promise<VersionFound> {
    const ciphers = await this.#prober.connect(async (wire) => {
      await wire.send(ssl2Hello());
      let bytes = new Uint8Array();
      for (let chunk; bytes.length < 32_768 && (chunk = await wire.receive()) !== null;) {
        bytes = Uint8Array.from([...bytes, ...chunk]);
        const found = ssl2Ciphers(bytes);
        if (found !== undefined) return found;
        if (bytes[0]! < 0x80) return undefined; // an alert of a newer version
      }
      return undefined;
    });
    if (ciphers === undefined) return { version: "SSLv2", offered: false, suites: [] };
    const suites = ciphers.map((name): SuiteFound => ({
      ...{ id: name, name, openssl: name, bits: 0, strength: "broken" },
    }));
    return { version: "SSLv2", offered: true, suites };
  }

  async #version(first: FirstAnswer): Promise<VersionFound> {
    const { version, choice, refusal } = first;
    if (choice === undefined) {
      const text = refusal === undefined ? {} : { refusal: namedRefusal(refusal) };
      return { version, offered: false, ...text, suites: [] };
    }
    if (this.#request.fast) {
      return { version, offered: true, suites: [suiteFound(choice.hello.suite, choice)] };
    }
    const { found, order, choices } = await this.#survey.suites(first);
    const suites = found.map((id) => suiteFound(id, choices.get(id)));
    return { version, offered: true, suites, ...(order && { order }) };
  }

  async #groups(spoken: readonly FirstAnswer[]): Promise<GroupsFound[]> {
    const asked: [WireVersion, Promise<Elimination>][] = [];
    const plain = spoken.findLast(({ version }) => version !== "TLSv1_3" && version !== "SSLv3");
    if (plain !== undefined && !this.#request.fast) {
      const curve = curveOf(plain.choice!);
      asked.push([plain.version, this.#survey.groups12(plain.version, curve)]);
    }
    if (spoken.at(-1)?.version === "TLSv1_3" && !this.#request.fast) {
      asked.push(["TLSv1_3", this.#survey.groups13()]);
    }
    const found = await all(asked.map(([, promise]) => promise));
    return found.map(({ found, order }, i) => ({
      version: asked[i]![0],
      groups: found.map((id) => ({ ...groupOf(id), id: hexId(id) })),
      ...(order && { order }),
    })).filter(({ groups }) => groups.length > 0);
  }

  async #features(spoken: readonly FirstAnswer[]): Promise<FeaturesFound> {
    const best = spoken.at(-1)?.version;
    if (best === undefined) return { alpn: [], asksForCertificate: false, resumption: {} };
    const old = PLAIN_VERSIONS.find((version) => spoken.some((one) => one.version === version));
    const below = spoken.length < 2 ? undefined : spoken.at(-2)!.version;
    const [alpn, habits, fallbackScsv, whole] = await all<
      [readonly string[], Partial<FeaturesFound>, boolean | undefined, Partial<FeaturesFound>]
    >([
      this.#survey.alpn(old !== undefined && !isOld(old) ? old : best, this.#request.fast),
      old === undefined ? Promise.resolve({}) : this.#habits(old, spoken),
      below === undefined ? Promise.resolve(undefined) : this.#survey.fallbackScsv(below),
      this.#sessions(spoken),
    ]);
    const resumption = { ...habits.resumption, ...whole.resumption };
    return {
      ...habits,
      ...whole,
      resumption,
      alpn,
      ...(fallbackScsv !== undefined && { fallbackScsv }),
      asksForCertificate: this.#survey.choices.some((choice) => choice.asksForCertificate),
    };
  }

  /** What the hello of an older version says of a server. */
  async #habits(
    version: WireVersion,
    spoken: readonly FirstAnswer[],
  ): Promise<Partial<FeaturesFound>> {
    const plain = spoken.find((one) => one.version === version)!.choice!;
    const bold = await this.#survey.oldHabits(version);
    const heartbeat = bold !== undefined && has(bold, "heartbeat");
    return {
      secureRenegotiation: has(plain, "renegotiationInfo"),
      compression: bold !== undefined && bold.hello.compression !== 0,
      heartbeat,
      ...(heartbeat && { heartbleed: await heartbleeds(this.#survey, version) }),
      extendedMasterSecret: has(plain, "extendedMasterSecret"),
      resumption: {
        sessionIds: bold !== undefined && bold.hello.sessionId.length > 0,
        tickets: has(plain, "sessionTicket"),
      },
    };
  }

  async #sessions(spoken: readonly FirstAnswer[]): Promise<Partial<FeaturesFound>> {
    const { openssl, fast } = this.#request;
    if (!openssl || fast) {
      const why = fast ? "--fast" : "OpenSSL finds it out, under --allow-ffi";
      this.#leftOut.push({ what: "resumption and renegotiation by the client", why });
      return {};
    }
    const { Sessions } = await import("./sessions.ts");
    const sessions = new Sessions(this.#prober, this.#request.serverName);
    const has = (version: WireVersion) => spoken.some((one) => one.version === version);
    const [resumption, clientRenegotiation] = await all([
      sessions.resumption(has("TLSv1_2"), has("TLSv1_3")),
      has("TLSv1_2") ? sessions.clientRenegotiation() : Promise.resolve(undefined),
    ]);
    return { resumption, ...(clientRenegotiation !== undefined && { clientRenegotiation }) };
  }

  /** The certificates of TLS 1.3 are protected: they are read where no older version shows them. */
  async #chains(spoken: readonly FirstAnswer[]): Promise<void> {
    if (spoken.length > 0 && spoken.every(({ version }) => version === "TLSv1_3")) {
      await this.#survey.chains13();
    }
  }

  /** The chains, one for each leaf; the first is what a client of today gets. */
  #chainsFound(): ChainFound[] {
    const found = new Map<string, Choice>();
    const byAge = this.#survey.choices.toSorted((a, b) => b.hello.version - a.hello.version);
    for (const choice of byAge) {
      const leaf = choice.chain[0];
      if (leaf === undefined) continue;
      const id = leaf.toHex();
      if (!found.has(id) || found.get(id)!.staple === undefined) found.set(id, choice);
    }
    const { serverName: host, now } = this.#request;
    return [...found.values()].map(({ chain, staple }) => chainFound(chain, staple, { host, now }));
  }
}

/** The group that the EC key of a certificate is on. */
function curveOf({ chain: [leaf] }: Choice): number | undefined {
  const curve = leaf && ifReadable(() => keyData(new Certificate(leaf)).curve);
  return [...GROUPS.values()].find(({ name }) => name === curve)?.id;
}

/** Analyzes a server. */
export function analyze(request: AnalyzeRequest): Promise<Analysis> {
  return new Analyzer(request).run();
}

/** The number of a version on the wire; 2 for SSL 2.0. */
export const numberOf = (version: VersionFound["version"]): number =>
  version === "SSLv2" ? 2 : VERSIONS[version];
