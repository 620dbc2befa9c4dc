/**
 * The context that a listener uses for its next connection, and how it changes while the listener
 * runs.
 *
 * @module
 */

import { SslContext } from "../context/context.ts";
import { engineOf } from "../context/context_record.ts";
import { engineContext } from "../context/engine_contexts.ts";
import type { EngineContext } from "../engine/engine.ts";
import { requireFeature } from "../engine/features.ts";
import { quote } from "../internal/quote.ts";

/** A context that is ready for use. */
export interface ReadyContext {
  /** The context of the next connection. */
  readonly context: SslContext;
  /** What the engine made of it. */
  readonly engineContext: EngineContext;
}

/** The context of the next connection. */
export class ServingContext {
  /** The context that the options of the listener made. */
  readonly first: SslContext;
  #current: ReadyContext;
  #changing: Promise<void> | undefined;

  /** Begins with the context of the listener's options. */
  constructor(first: ReadyContext) {
    this.first = first.context;
    this.#current = first;
  }

  /** The context of the next connection. */
  get current(): ReadyContext {
    return this.#current;
  }

  /** Resolves when a change that is under way is done. */
  get settled(): Promise<void> | undefined {
    return this.#changing;
  }

  /**
   * Changes the context for the connections to come, once the engine has made it ready.
   *
   * @param failed Gets the error if the engine cannot; then the context stays as it is.
   */
  change(context: SslContext, failed: (error: unknown) => void): void {
    const engine = engineOf(this.#current.context);
    requireFeature(engine, "hotSwap", "setContext()");
    if (!((context as unknown) instanceof SslContext)) {
      throw new TypeError(
        `Cannot change the context: it must be what SslContext.create({ server: true, ... }) gave: ` +
          `received ${quote(context)}`,
      );
    }
    if (engineOf(context) !== engine) {
      throw new TypeError(
        `Cannot change the context: it is of the engine "${engineOf(context).name}", ` +
          `the listener of "${engine.name}"`,
      );
    }
    const change = engineContext(context, "server").then((ready) => {
      if (this.#changing === change) this.#current = { context, engineContext: ready };
    }).catch(failed).finally(() => {
      if (this.#changing === change) this.#changing = undefined; // unless a later one came
    });
    this.#changing = change;
  }
}
