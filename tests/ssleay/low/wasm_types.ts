/**
 * The types of the functions that a WebAssembly file exports, which JavaScript cannot ask for.
 *
 * Source: https://webassembly.github.io/spec/core/binary/modules.html
 */

/** The arguments and results of a function. */
export interface FunctionType {
  readonly parameters: readonly string[];
  readonly results: readonly string[];
}

const VALUE_TYPES: Readonly<Record<number, string>> = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
};
const SECTION = { type: 1, import: 2, function: 3, export: 7 } as const;
const HEADER = 8, FUNCTION = 0;

/** Reads bytes one after the other. */
class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.#bytes[this.at++]!;
  }

  /** A number in LEB128. */
  number(): number {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.number() }, read);
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.#bytes.subarray(this.at - length, this.at));
  }
}

/** The types of the exported functions of a file that imports functions alone. */
export function exportedTypes(bytes: Uint8Array): Map<string, FunctionType> {
  const types: FunctionType[] = [], functions: number[] = [];
  const found = new Map<string, FunctionType>();
  const reader = new Reader(bytes, HEADER);
  const values = () => reader.list(() => VALUE_TYPES[reader.byte()]!);
  while (reader.at < bytes.length) {
    const section = reader.byte(), size = reader.number(), end = reader.at + size;
    if (section === SECTION.type) {
      reader.list(() => {
        reader.byte();
        types.push({ parameters: values(), results: values() });
      });
    } else if (section === SECTION.import) {
      reader.list(() => {
        reader.text();
        reader.text();
        if (reader.byte() !== FUNCTION) throw new TypeError("it imports more than functions");
        functions.push(reader.number());
      });
    } else if (section === SECTION.function) functions.push(...reader.list(() => reader.number()));
    else if (section === SECTION.export) {
      reader.list(() => {
        const name = reader.text(), kind = reader.byte(), index = reader.number();
        if (kind === FUNCTION) found.set(name, types[functions[index]!]!);
      });
    }
    reader.at = end;
  }
  return found;
}
