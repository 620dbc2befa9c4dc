/**
 * Gives every test of the file that imports this a limit of time: one that hangs fails, by its
 * name, and those after it run. The first import of every test file; `tests/structure/` holds it.
 * A test that needs longer says so: `Deno.test({ name, timeout: 120_000, fn })`.
 *
 * @module
 */

/** How long a test may take, in milliseconds: many times what the slowest takes. */
const LIMIT = Number(Deno.env.get("SOCKET_SSL_TEST_LIMIT") ?? 120_000);

type Definition = Partial<Deno.TestDefinition>;

const register = Deno.test;

/** One definition from the arguments that `Deno.test` takes: a name, options and a function, or some of them. */
function definition(args: readonly unknown[], preset: Definition): Deno.TestDefinition {
  const parts = args.map((part): Definition => {
    if (typeof part === "string") return { name: part };
    if (typeof part !== "function") return part as Definition;
    return { fn: part as Deno.TestDefinition["fn"], ...(part.name && { name: part.name }) };
  });
  const whole = Object.assign({ timeout: LIMIT }, ...parts.toReversed(), preset);
  if (!(whole.timeout > 0)) throw new TypeError(`the test "${whole.name}" has no limit of time`);
  // Before 2.8 they are on by default: what the library keeps for the process looks like a leak.
  if (!("sanitizer" in register)) whole.sanitizeOps = whole.sanitizeResources = false;
  return whole;
}

const limited = (preset: Definition) => (...args: unknown[]) => register(definition(args, preset));

Object.assign(Deno, {
  test: Object.assign(limited({}), register, {
    ignore: limited({ ignore: true }),
    only: limited({ only: true }),
  }),
});
