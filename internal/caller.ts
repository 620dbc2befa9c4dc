/**
 * The stack of an error begins at the line of the program that made the call, not inside the
 * library.
 *
 * A rare operation (connect, listen, start) remembers its caller when it begins, which takes 2
 * microseconds. A fast one (read, write) remembers nothing: when it fails, V8 still knows who awaits
 * it.
 *
 * @module
 */

/** How many frames are searched for the first one of the program: the library never has more. */
const DEPTH = 40;

/** What the library is made of, in the package compiled, too (tests/structure/ compares). */
export const LIBRARY: readonly string[] = [
  ...["certificate/", "cli/", "constants.ts", "context/", "engine/", "errors.ts", "handle/"],
  ...["http/", "intercept/", "internal/", "mod.ts", "node/", "perl/", "server/", "socket/"],
  ...["ssleay/", "starttls/", "testing/", "verify/", "compiled/"],
];

let ownFiles: readonly string[] | undefined;

/** Where the library lies. In a bundle its frames cannot be told from the program's. */
function libraryFiles(): readonly string[] {
  const here = import.meta.url;
  return ownFiles ??= /\/(?:internal\/caller\.ts|compiled\/base\.js)$/.test(here)
    ? LIBRARY.map((name) => new URL(`../${name}`, here).href)
    : [];
}

/** Whether a frame belongs to the runtime. */
function isOfRuntime(frame: string): boolean {
  return /[( ](?:ext|node):| at async Promise\./.test(frame);
}

/** Whether a frame belongs to the library, or to the runtime beneath it. */
function isInside(frame: string): boolean {
  return isOfRuntime(frame) || libraryFiles().some((file) => frame.includes(file));
}

/** The frames among the lines of a stack. */
function framesOf(stack: string): string[] {
  return stack.split("\n").filter((line) => /^ {4}at /.test(line));
}

/** The frames from the first one of the program on. */
function programFrames(frames: readonly string[], most: number): string[] {
  const first = frames.findIndex((frame) => !isInside(frame));
  return first < 0 ? [] : frames.slice(first, first + most).filter((frame) => !isInside(frame));
}

/** The frames of the program that await what runs now. */
function waitingFrames(): string[] | undefined {
  const most = Error.stackTraceLimit;
  if (typeof most !== "number" || !(most > 0)) return undefined;
  const here: { stack?: unknown } = {};
  Error.stackTraceLimit = most + DEPTH;
  try {
    Error.captureStackTrace(here, waitingFrames);
  } finally {
    Error.stackTraceLimit = most;
  }
  // A program may have set `Error.prepareStackTrace`.
  return typeof here.stack === "string" ? programFrames(framesOf(here.stack), most) : undefined;
}

/** Errors whose stack begins where they are awaited, which may not be the line of the call. */
const awaited = new WeakSet<Error>();

/** Whether an error was made in the library, so that its stack does not yet begin in the program. */
function beginsInside(error: unknown): error is Error {
  if (!(error instanceof Error) || typeof error.stack !== "string") return false;
  const first = framesOf(error.stack).find((frame) => !isOfRuntime(frame));
  // The reason of an AbortSignal is the program's own, though all its frames may be the runtime's.
  return first === undefined ? !(error instanceof DOMException) : isInside(first);
}

function begin(error: Error, frames: readonly string[]): void {
  // An error of somebody else may be frozen.
  Reflect.defineProperty(error, "stack", {
    value: [`${error.name}: ${error.message}`, ...frames].join("\n"),
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

/**
 * Lets the stack of an error that was made in the library begin where the program awaits it. Errors
 * of the program itself, such as those of its callbacks, stay as they are.
 */
export function fromCaller<E>(error: E): E {
  const frames = beginsInside(error) ? waitingFrames() : undefined;
  if (frames === undefined) return error;
  begin(error as E & Error, frames);
  awaited.add(error as E & Error);
  return error;
}

/**
 * Runs a public operation that is rare. The stack of its errors begins at the line that called it,
 * whether or not the call was awaited.
 *
 * @param called The public method, or function, that the program called.
 */
export async function atCallOf<T>(
  // deno-lint-ignore ban-types
  called: Function,
  run: () => Promise<T> | T,
): Promise<T> {
  const site: { readonly stack?: unknown } = {};
  Error.captureStackTrace(site, called);
  try {
    return await run();
  } catch (error) {
    if (typeof site.stack !== "string") throw error;
    if (!beginsInside(error) && !awaited.has(error as Error)) throw error;
    const frames = framesOf(site.stack);
    if (frames.length === 0) throw error; // the program wants no stacks
    const calledByProgram = !isInside(frames[0]!);
    begin(error as Error, programFrames(frames, frames.length));
    if (calledByProgram) awaited.delete(error as Error);
    else awaited.add(error as Error); // the operation that the program called knows better
    throw error;
  }
}
