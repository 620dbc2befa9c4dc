/** Running the library's calls while Perl does the I/O that they need. */
import { setImmediate } from "node:timers";
import { isWant, SSL_WANT_READ, SSL_WANT_WRITE, type SslSocket, type Want } from "@socket/ssl";
import { type Channel, toBytes, toText } from "./channel.ts";
import type { MemoryTransport } from "./memory_transport.ts";

/** A connection, and the transport that lies lowest. */
export interface Driven {
  readonly channel: Channel;
  readonly transport: MemoryTransport;
}

const TICK = 50;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets what is due run: each turn of the loop may start the next step. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(() => resolve()));
}

/** An error of a socket, as Deno's own are. */
function ioError(code: string): Error {
  const error = code === "ECONNRESET"
    ? new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)")
    : code === "EPIPE"
    ? new Deno.errors.BrokenPipe("Broken pipe (os error 32)")
    : new Error(code);
  return Object.assign(error, { code });
}

/** Lets Perl write what waits, and read if that is asked for. Whether anything happened. */
async function exchange(
  { channel, transport }: Driven,
  options: {
    readonly read?: boolean;
    readonly nonblocking?: boolean;
    readonly timeout?: number | undefined;
  } = {},
): Promise<boolean> {
  const out = toText(transport.leaving);
  const done = await channel.exchange({ out, ...options });
  if (done.taken) transport.taken(done.taken);
  if (done.write_error) transport.failWriting(ioError(done.write_error));
  if (done.in) transport.arrive(toBytes(done.in));
  if (done.eof) transport.endReading("eof");
  if (done.read_error) transport.endReading(ioError(done.read_error));
  // The library's own limit is over, too.
  if (done.late) await pause(TICK);
  return Object.keys(done).some((name) => Boolean(done[name as keyof typeof done]));
}

/** Lets Perl write all that waits, or what the socket takes. */
export async function flush(driven: Driven, nonblocking: boolean): Promise<void> {
  while (true) {
    await settle();
    if (driven.transport.leaving.length === 0) return;
    if (!await exchange(driven, { nonblocking })) return;
  }
}

/** Runs a call that waits. `timeout` is how long Perl waits for bytes, in seconds. */
export async function drive<T>(
  driven: Driven,
  call: () => Promise<T>,
  timeout?: number,
): Promise<T> {
  const { transport } = driven;
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  const running = call().then(
    (value) => void (outcome = { value }),
    (error) => void (outcome = { error }),
  );
  while (true) {
    await settle();
    if (transport.leaving.length > 0) await exchange(driven, { timeout });
    else if (outcome !== undefined) break;
    else if (transport.starving) await exchange(driven, { read: true, timeout });
    else await Promise.race([running, transport.activity(), pause(TICK)]);
  }
  await flush(driven, false);
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/** Perl reads and writes for a wanted direction; whether the call may go on. */
async function serveWant(driven: Driven, socket: SslSocket, want: Want): Promise<boolean> {
  const { transport } = driven;
  let ready = false;
  const waiting = socket.ready(want).then(() => void (ready = true), () => void (ready = true));
  while (true) {
    await settle();
    if (ready) return true;
    const before = transport.leaving.length;
    if (before > 0) {
      await exchange(driven, { nonblocking: true });
      if (transport.leaving.length < before) continue;
      if (want === SSL_WANT_WRITE || !transport.starving) return false;
    } else if (want === SSL_WANT_WRITE) return true;
    if (transport.starving && want === SSL_WANT_READ) {
      if (!await exchange(driven, { read: true, nonblocking: true })) return false;
    } else await Promise.race([waiting, transport.activity(), pause(TICK / 5)]);
  }
}

/** Repeats a call that does not wait, as long as the TCP socket, which does not wait either, has something for it. */
export async function driveStep<T>(
  driven: Driven,
  socket: SslSocket,
  step: () => T | Want,
): Promise<T | Want> {
  await flush(driven, true);
  try {
    while (true) {
      const result = step();
      if (!isWant(result)) return result;
      if (!await serveWant(driven, socket, result)) return result;
    }
  } finally {
    await flush(driven, true);
  }
}

/** Runs a close, which waits for the peer only when it is `full`. */
export async function driveClose(
  driven: Driven,
  call: () => Promise<void>,
  full: boolean,
  nonblocking: boolean,
): Promise<void> {
  const { transport } = driven;
  let done = false;
  const closing = call().catch(() => {}).then(() => void (done = true));
  while (true) {
    await settle();
    if (done) break;
    if (transport.leaving.length > 0) {
      if (!await exchange(driven, { nonblocking })) await pause(TICK);
    } else if (transport.starving && full) await exchange(driven, { read: true, timeout: 5 });
    else await Promise.race([closing, transport.activity(), pause(TICK)]);
  }
  await flush(driven, nonblocking);
}
