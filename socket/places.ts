/**
 * The places of a listener for handshakes, and who gives way when all are taken.
 *
 * Each handshake that waits for its client is given some patience, by how far it is. When a
 * connection comes and no place is free, one whose patience has run out gives way: of the clients
 * that hold more than their share, if there are such; the silent ones first; and of those the one
 * that has waited longest. A client that cannot be blamed is waited for: a crowd of good clients is served in
 * its order, as fast as handshakes go.
 *
 * Patience follows what comes of it. Each one that gave way shortens it for the next at the same
 * stage, so that a flood is drained quickly; each handshake that is completed gives some back.
 *
 * @module
 */

import type { HandshakeProgress, HandshakeStage } from "../engine/handshake_progress.ts";
import { SslTimeoutError } from "../errors.ts";
import { loopClock } from "../internal/loop_clock.ts";

/** A stage, or `"unseen"` where the engine cannot tell. */
type Stage = HandshakeStage | "unseen";

/** In the order in which they give way. Milliseconds: at first, and at the least. */
const PATIENCE: Readonly<Record<Stage, { readonly most: number; readonly least: number }>> = {
  silent: { most: 250, least: 100 },
  started: { most: 250, least: 100 },
  unseen: { most: 300, least: 100 },
  answered: { most: 500, least: 100 },
};
const STAGES = Object.keys(PATIENCE) as Stage[];

/** The part of all places that one client may hold while others want in. */
const SHARE = 1 / 4;
/** While somebody holds more than that, the others have so many times the patience, all of it. */
const FAVOUR = 4;
/** How much patience is lost while as many as there are places give way: a factor of exp(-4). */
const LOSS = 4;
/** How much it comes back while as many as there are places are completed. */
const GAIN = 16;
/** After so many milliseconds without a shortage all patience is back. */
const CALM = 5_000;

/** What took a place. */
export interface Tenant {
  /** Whom it counts for. */
  readonly client: string;
  /** Its name in messages. */
  readonly peer: string;
  /** How far its handshake is, where the engine can tell. */
  progress(): HandshakeProgress | undefined;
  /** Ends it. */
  giveWay(error: SslTimeoutError): void;
}

/** A place that is taken; dispose of it. */
export interface Place extends Disposable {
  /** The handshake was completed. */
  completed(): void;
}

interface Taken extends Tenant {
  readonly since: number;
}

/** By which patience is measured. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** It matters for a while. */
  watch(): void;
}

/** One that waits for its client. */
interface Waiting {
  readonly tenant: Taken;
  readonly stage: Stage;
  readonly since: number;
  /** Whether its client holds more than its share. */
  readonly greedy: boolean;
}

/** The places of a listener. */
export class Places {
  readonly #limit: number;
  readonly #share: number;
  readonly #clock: Clock;
  readonly #taken = new Set<Taken>();
  readonly #held = new Map<string, number>();
  readonly #patience = new Map<Stage, number>();
  /** How many clients hold more than their share. */
  #greedy = 0;
  #shortage = -Infinity;
  /** Those that were overdue when they were last looked at; the last of them gives way first. */
  #overdue: Waiting[] = [];

  /** All are free. The clock is the one that the progress of handshakes uses. */
  constructor(limit: number, clock: Clock = loopClock) {
    this.#limit = limit;
    this.#clock = clock;
    this.#share = Math.max(1, Math.floor(limit * SHARE));
  }

  /** Takes one. */
  take(tenant: Tenant): Place {
    const taken: Taken = {
      client: tenant.client,
      peer: tenant.peer,
      progress: () => tenant.progress(),
      giveWay: (error) => tenant.giveWay(error),
      since: this.#clock.now(),
    };
    this.#taken.add(taken);
    this.#count(taken.client, 1);
    // From here on a process too busy to hear them does not count against those who came.
    if (this.#taken.size * 2 >= this.#limit) this.#clock.watch();
    return {
      completed: () => this.#completed(taken),
      [Symbol.dispose]: () => this.#leave(taken),
    };
  }

  #count(client: string, by: 1 | -1): void {
    const before = this.#held.get(client) ?? 0;
    const n = before + by;
    this.#greedy += Number(n > this.#share) - Number(before > this.#share);
    if (n === 0) this.#held.delete(client);
    else this.#held.set(client, n);
  }

  /**
   * Makes one give way whose patience has run out.
   *
   * @returns 0 if one gave way; otherwise in how many milliseconds the next one's patience ends,
   * `undefined` if nobody is waited for.
   */
  makeRoom(): number | undefined {
    this.#clock.watch();
    const now = this.#clock.now();
    if (now - this.#shortage > CALM) this.#patience.clear();
    this.#shortage = now;
    const first = this.#next(now);
    if (first === undefined) return this.#due(now);
    const { tenant, stage } = first;
    this.#scale(stage, -LOSS);
    this.#leave(tenant); // it is not asked again
    tenant.giveWay(this.#error(first, now));
    return 0;
  }

  /** The one that gives way next. In a flood this is asked for each of thousands, so one look finds many. */
  #next(now: number): Waiting | undefined {
    for (let one; (one = this.#overdue.pop()) !== undefined;) {
      const { tenant, stage, since, greedy } = one;
      if (greedy !== this.#isGreedy(tenant.client)) break; // others may be before it now
      const still = this.#waiting(tenant);
      if (this.#taken.has(tenant) && still?.stage === stage && still.since === since) return one;
    }
    const overdue = [...this.#taken].flatMap((tenant) => this.#waiting(tenant) ?? [])
      .filter((one) => this.#end(one) <= now);
    this.#overdue = overdue.sort((a, b) => this.#compare(a, b)).reverse();
    return this.#overdue.pop();
  }

  /** In how many milliseconds the first patience ends. */
  #due(now: number): number | undefined {
    let due = Infinity;
    for (const tenant of this.#taken) {
      const one = this.#waiting(tenant);
      if (one) due = Math.min(due, this.#end(one));
    }
    return due === Infinity ? undefined : Math.max(due - now, 1);
  }

  /** How a handshake waits for its client; `undefined` if it waits for us. */
  #waiting(tenant: Taken): Waiting | undefined {
    const progress = tenant.progress();
    const since = progress === undefined ? tenant.since : progress.since;
    if (since === undefined) return undefined;
    const stage = progress?.stage ?? "unseen";
    return { tenant, stage, since, greedy: this.#isGreedy(tenant.client) };
  }

  /** When its patience ends. */
  #end({ stage, since, greedy }: Waiting): number {
    const favoured = !greedy && this.#greedy > 0;
    return since + (favoured ? FAVOUR * PATIENCE[stage].most : this.#patienceOf(stage));
  }

  /** The order in which they give way. */
  #compare(a: Waiting, b: Waiting): number {
    return Number(b.greedy) - Number(a.greedy) ||
      STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) || a.since - b.since;
  }

  #isGreedy(client: string): boolean {
    return (this.#held.get(client) ?? 0) > this.#share;
  }

  #leave(tenant: Taken): void {
    if (this.#taken.delete(tenant)) this.#count(tenant.client, -1);
  }

  #patienceOf(stage: Stage): number {
    return this.#patience.get(stage) ?? PATIENCE[stage].most;
  }

  #scale(stage: Stage, by: number): void {
    const { most, least } = PATIENCE[stage];
    const scaled = this.#patienceOf(stage) * Math.exp(by / this.#limit);
    this.#patience.set(stage, Math.min(Math.max(scaled, least), most));
  }

  #completed(taken: Taken): void {
    if (!this.#taken.has(taken)) return;
    for (const stage of this.#patience.keys()) this.#scale(stage, GAIN); // others have lost none
  }

  #error({ tenant, stage, since }: Waiting, now: number): SslTimeoutError {
    const ms = Math.round(now - since);
    const blame = {
      silent: `has sent nothing for ${ms} ms`,
      started: `began ${ms} ms ago and has not completed its first message`,
      unseen: `has not completed its handshake after ${ms} ms`,
      answered: `has not gone on with the handshake for ${ms} ms`,
    }[stage];
    return new SslTimeoutError(
      `Cannot accept a handshake from ${tenant.peer}: this client ${blame}, all ${this.#limit} ` +
        `places (maxHandshakes) were taken, and it gave way to another client`,
      { code: "ERR_MAX_HANDSHAKES", reason: "it gave way to another client" },
    );
  }
}
