/**
 * Where an error comes from, for the one who reads its stack: it begins at the line of the program
 * that made the call, and not inside of the library.
 *
 * Two ways lead there. A rare operation (connect, listen, start) remembers its caller when it
 * begins, for 2 microseconds. What must be fast (read, write) remembers nothing: when it fails, the
 * engine of JavaScript still knows who awaits it.
 *
 * @module
 */

/** Frames beyond those of the program that are looked through: there are fewer in the library. */
const DEPTH = 40;

/** What the library is made of (tests/structure/ compares). */
export const LIBRARY: readonly string[] = [
  ...["certificate/", "cli/", "constants.ts", "context/", "engine/", "errors.ts", "handle/"],
  ...["http/", "intercept/", "internal/", "mod.ts", "node/", "perl/", "server/", "socket/"],
  ...["ssleay/", "starttls/", "testing/", "verify/"],
];

/** Where that lies. In a bundle nobody can tell which frames are the library's. */
const OWN_FILES = import.meta.url.endsWith("/internal/caller.ts")
  ? LIBRARY
    .map((name) => new URL(`../${name}`, import.meta.url).href)
  : [];

/** Whether a frame is of the runtime, which everybody calls. */
function isOfRuntime(frame: string): boolean {
  return /[( ](?:ext|node):| at async Promise\./.test(frame);
}

/** Whether a frame is one of the library, or of the runtime beneath it. */
function isInside(frame: string): boolean {
  return isOfRuntime(frame) || OWN_FILES.some((file) => frame.includes(file));
}

/** The lines of a stack that are frames. */
function framesOf(stack: string): string[] {
  return stack.split("\n").filter((line) => /^ {4}at /.test(line));
}

/** The frames of the program among all of them: from its first one on. */
function programFrames(frames: readonly string[], most: number): string[] {
  const first = frames.findIndex((frame) => !isInside(frame));
  return first < 0 ? [] : frames.slice(first, first + most).filter((frame) => !isInside(frame));
}

/** The frames of the program that wait for what runs now. */
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
  // The program may have its own idea of what a stack is.
  return typeof here.stack === "string" ? programFrames(framesOf(here.stack), most) : undefined;
}

/** Errors whose stack begins where they are awaited, which need not be the line of the call. */
const awaited = new WeakSet<Error>();

/** Whether an error was made in the library, and its stack does not begin in the program yet. */
function beginsInside(error: unknown): error is Error {
  if (!(error instanceof Error) || typeof error.stack !== "string") return false;
  const first = framesOf(error.stack).find((frame) => !isOfRuntime(frame));
  // The reason of an AbortSignal may have no frames but the runtime's: it is the program's own.
  return first === undefined ? !(error instanceof DOMException) : isInside(first);
}

function begin(error: Error, frames: readonly string[]): void {
  // One that is not ours may be frozen.
  Reflect.defineProperty(error, "stack", {
    value: [`${error.name}: ${error.message}`, ...frames].join("\n"),
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

/**
 * Lets the stack of an error that was made in the library begin with the one who awaits it. Errors
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
 * Runs a public operation that is not made often. Its errors begin at the line that called it,
 * awaited or not.
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
