/**
 * Names as messages show them: they may come from a certificate, and hold
 * anything.
 *
 * @module
 */

/** Shows a name in a message: quoted, with control bytes visible. */
export function quoteName(name: string): string {
  return JSON.stringify(name);
}

/** Shows a name in a message without quotes: control bytes as `\x00`. */
export function visible(name: string): string {
  return name.replace(
    // deno-lint-ignore no-control-regex -- these are what it replaces
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (c) => "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0"),
  );
}
