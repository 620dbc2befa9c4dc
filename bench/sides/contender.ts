/**
 * What bench/side.ts needs of one way to make TLS connections.
 *
 * @module
 */

/** What the connections of all contenders have in common. */
export interface Conn {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
  close(): void | Promise<void>;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  readonly connections: AsyncIterable<Conn>;
}

/** The texts in PEM that all contenders use. */
export interface Material {
  readonly folder: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** One way to make TLS connections. */
export interface Contender {
  connect(port: number, resume: boolean): Promise<Conn>;
  /** With `names`, a certificate for each of them beside the default. */
  listen(names?: Readonly<Record<string, { cert: string; key: string }>>): Promise<Listening>;
  lines(conn: Conn): AsyncIterable<string>;
  /** A server that echoes, as a user of the library writes it; where this differs from `listen`. */
  serve?(how: "raw" | "lines"): Promise<number>;
  /** Makes a context and keeps it. */
  context?(): Promise<unknown>;
}

/** Lines in the least JavaScript: a chunk is decoded once and split. */
export async function* splitLines(conn: Conn): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  const p = new Uint8Array(65536);
  for (let n; (n = await conn.read(p)) !== null;) {
    const lines = (rest + decoder.decode(p.subarray(0, n), { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** Writes all of it. */
export async function writeAll(conn: Conn, p: Uint8Array): Promise<void> {
  for (let at = await conn.write(p); at < p.length;) at += await conn.write(p.subarray(at));
}
