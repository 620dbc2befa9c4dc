/**
 * A socket as a pair of web streams.
 *
 * Nothing is read ahead of a consumer (a high-water mark of 0), and a write is
 * done when the transport took it: backpressure in both directions. Closing
 * the writable sends close_notify; aborting it closes the socket without one,
 * so that the peer sees a truncated stream and not a complete one. When both
 * directions are done the socket is closed.
 *
 * @module
 */

/** What the streams are made over. */
export interface Duplex {
  /** Reads up to `p.length` bytes; `null` at the end. */
  read(p: Uint8Array): Promise<number | null>;
  /** Writes all. */
  write(p: Uint8Array): Promise<number>;
  /** Ends our direction. */
  closeWrite(): Promise<void>;
  /** Closes both. */
  close(): Promise<void>;
  /** Closes both, without close_notify where the engine can. */
  cut(): Promise<void>;
}

/** Read at once, in bytes. */
const CHUNK = 65536;

/** The two streams of a socket, made when they are asked for. */
export class SocketStreams {
  readonly #socket: Duplex;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;
  #controller: ReadableByteStreamController | undefined;
  #readDone = false;
  #writeDone = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  async #done(): Promise<void> {
    if (this.#readDone && this.#writeDone) await this.#socket.close();
  }

  /** Bytes that were read for somebody who did not wait for them. */
  get waiting(): number {
    return -(this.#controller?.desiredSize ?? 0); // nothing is wanted ahead of a reader
  }

  /** What comes from the peer; ends after its close_notify. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let scratch: Uint8Array<ArrayBuffer> | undefined;
    return this.#readable ??= new ReadableStream({
      type: "bytes",
      start: (controller) => {
        this.#controller = controller;
      },
      pull: async (controller) => {
        const request = controller.byobRequest;
        const view = request?.view;
        if (request && view) {
          const p = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
          const n = await this.#socket.read(p);
          if (n !== null) return request.respond(n);
          controller.close();
          request.respond(0);
        } else {
          const p = scratch ?? new Uint8Array(CHUNK);
          scratch = p;
          const n = await this.#socket.read(p);
          if (n !== null) {
            // A small chunk is copied, so that it does not hold on to 64 KiB.
            if (n >= CHUNK / 2) scratch = undefined;
            return controller.enqueue(n < CHUNK / 2 ? p.slice(0, n) : p.subarray(0, n));
          }
          controller.close();
        }
        this.#readDone = true;
        await this.#done();
      },
      cancel: async () => {
        this.#readDone = true;
        await this.#done();
      },
    }, { highWaterMark: 0 });
  }

  /** What goes to the peer. */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= new WritableStream<Uint8Array>({
      write: async (chunk) => {
        await this.#socket.write(chunk);
      },
      close: async () => {
        this.#writeDone = true;
        await this.#socket.closeWrite();
        await this.#done();
      },
      abort: async () => {
        await this.#socket.cut();
      },
    });
  }
}
