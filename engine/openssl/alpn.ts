/**
 * Lists of protocol names in wire format (RFC 7301 3.1). Names are bytes; as
 * text, each byte is one character.
 *
 * @module
 */

/** The names of a list. A malformed list gives what precedes the fault. */
export function alpnNames(list: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 0; at < list.length; at += 1 + list[at]!) {
    names.push(String.fromCharCode(...list.subarray(at + 1, at + 1 + list[at]!)));
  }
  return names;
}

/** A list of names. */
export function alpnWire(names: readonly string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(names.flatMap((name) => {
    const bytes = Array.from(name, (char) => char.codePointAt(0)!);
    if (bytes.length < 1 || bytes.length > 255 || bytes.some((b) => b > 255)) {
      throw new TypeError(
        `Cannot use a protocol name: it must have 1 to 255 bytes: received ${JSON.stringify(name)}`,
      );
    }
    return [bytes.length, ...bytes];
  }));
}
