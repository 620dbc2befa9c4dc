/**
 * How far a server's handshake is. A listener that has too many decides by this which one to close.
 *
 * @module
 */

import { loopClock } from "../internal/loop_clock.ts";

/**
 * What the peer has done so far: `"silent"`, sent nothing; `"started"`, sent part of a message;
 * `"answered"`, got our answer and has sent nothing since.
 */
export type HandshakeStage = "silent" | "started" | "answered";

/** How far a handshake is. */
export interface HandshakeProgress {
  /** What the peer has done so far. */
  readonly stage: HandshakeStage;
  /**
   * Since when the peer has been at this stage, by the clock of `internal/loop_clock.ts`; `undefined` while the
   * handshake waits for something on our side, such as a callback.
   */
  readonly since: number | undefined;
}

/** Follows one handshake. A byte that leads to no answer does not set it back. */
export class HandshakeClock implements HandshakeProgress {
  #stage: HandshakeStage = "silent";
  #since = loopClock.now();
  #ours = false;

  /** What the peer has done so far. */
  get stage(): HandshakeStage {
    return this.#stage;
  }

  /** Since when; `undefined` while the handshake waits for our side. */
  get since(): number | undefined {
    return this.#ours ? undefined : this.#since;
  }

  /** We wait for the peer. */
  wait(): void {
    this.#ours = false;
  }

  /** Bytes came. */
  heard(): void {
    if (this.#stage === "silent") this.#move("started");
    this.#ours = true;
  }

  /** We answer: the peer has to take it, and then to go on. */
  answer(): void {
    this.#move("answered");
    this.#ours = false;
  }

  #move(stage: HandshakeStage): void {
    this.#stage = stage;
    this.#since = loopClock.now();
  }
}
