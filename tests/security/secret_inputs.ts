/** Secrets as people misplace them, and what of them must not be in any output. */

import { createHash } from "node:crypto";
import { createPkcs12, derToPem, keyCreateEc, keyCreateRsa } from "../../certificate/mod.ts";

/** One misplaced secret. */
export interface SecretInput {
  readonly name: string;
  readonly value: string | Uint8Array;
  /** The texts of which no eight characters in a row may be shown. */
  readonly secrets: readonly string[];
}

/** What a program may print of bytes. */
function formsOf(bytes: Uint8Array): string[] {
  const latin1 = String.fromCharCode(...bytes);
  return [latin1, bytes.toHex(), bytes.toBase64(), bytes.join(",")];
}

const ofText = (name: string, value: string, ...secrets: string[]): SecretInput => ({
  name,
  value,
  secrets: secrets.length === 0 ? [value] : secrets,
});

const ofBytes = (name: string, value: Uint8Array, ...secrets: string[]): SecretInput => ({
  name: `${name} (bytes)`,
  value,
  secrets: [...formsOf(value), ...secrets],
});

/** The key's PEM, mangled in every way that has been seen. */
function mangledPem(kind: string, der: Uint8Array): SecretInput[] {
  const pem = derToPem(der, "PRIVATE KEY");
  const body = der.toBase64();
  const lines = body.match(/.{1,64}/g)!;
  const secrets = [body, ...formsOf(der)];
  const half = body.length >> 1;
  const begin = "-----BEGIN PRIVATE KEY-----", end = "-----END PRIVATE KEY-----";
  const texts: Record<string, string> = {
    "without line breaks": pem.replaceAll("\n", ""),
    "with spaces for line breaks": pem.replaceAll("\n", " ").trim(),
    "with line breaks as \\n": pem.replaceAll("\n", "\\n"),
    "begin line joined": pem.replace("-----\n", "-----"),
    "end line joined": pem.replace("\n-----END", "-----END"),
    "truncated": pem.slice(0, begin.length + 1 + half),
    "the second half": pem.slice(begin.length + 1 + half),
    "no end line": `${begin}\n${lines.join("\n")}\n`,
    "another end line": pem.replace("END PRIVATE", "END EC PRIVATE"),
    "another label": pem.replaceAll("PRIVATE KEY", "RSA PRIVATE KEY"),
    "an unknown label": pem.replaceAll("PRIVATE KEY", "SECRET KEY"),
    "four dashes": pem.replaceAll("-----", "----"),
    "indented": pem.replace(/^/gm, "  "),
    "quoted": pem.replace(/^/gm, "> "),
    "byte order mark": "\uFEFF" + pem.replace(lines[1]!, lines[1]! + "!"),
    "the key as label": `-----BEGIN ${body}-----\n${end}\n`,
    "the key as end label": `${begin}\nAAAA\n-----END ${body}-----\n`,
    "the key as header": `${begin}\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${body}\n\nAAAA\n${end}\n`,
    "a header without colon": `${begin}\nA: b\n${body}\n\nAAAA\n${end}\n`,
    "JSON": JSON.stringify({ key: pem }),
    "base64 alone": body,
    "base64 in lines": lines.join("\n"),
    "base64url": body.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
    "hex": der.toHex(),
    "hex with colons": der.toHex().replace(/..(?!$)/g, "$&:"),
    "DER as text": String.fromCharCode(...der),
    "bytes as numbers": der.join(","),
  };
  const all = [...secrets, texts["hex with colons"]!, texts["base64url"]!];
  return [
    ...Object.entries(texts).map(([how, text]) => ofText(`${kind} key, ${how}`, text, ...all)),
    ...Object.entries(texts).map(([how, text]): SecretInput => {
      const value = new TextEncoder().encode(text);
      const [, ...forms] = formsOf(value); // without the text, whose label may be shown
      return { name: `${kind} key, ${how} (bytes)`, value, secrets: [...forms, ...all] };
    }),
    ofBytes(`${kind} key, DER`, der, ...all),
    ofBytes(`${kind} key, DER truncated`, der.subarray(0, der.length - 7), ...all),
    ofBytes(
      `${kind} key, UTF-16`,
      new Uint8Array(new Uint16Array([...pem].map((c) => c.charCodeAt(0))).buffer),
      ...all,
    ),
  ];
}

/** Bytes as good as random, and the same in every run. */
const random = (length: number): Uint8Array =>
  new Uint8Array(createHash("shake256", { outputLength: length }).update(`${length}`).digest());

/** All of them. What is random is looked at for what makes it look so: the test must not be one of luck. */
export async function secretInputs(): Promise<SecretInput[]> {
  const ec = await keyCreateEc();
  const rsa = await keyCreateRsa(2048);
  const { d } = ec.keyObject.export({ format: "jwk" }) as { d: string };
  const p12 = await createPkcs12({ key: ec, password: "x" });
  const psk = random(32), ticket = random(48), session = random(120);
  const password = "Tr0ub4dor&3-x!Qz9";
  return [
    ...mangledPem("EC", ec.der),
    // Longer: what is cut to a length would show its first part.
    ...mangledPem("RSA", rsa.der).filter((_, i) => i % 5 === 0),
    ofText("a JWK", JSON.stringify(ec.keyObject.export({ format: "jwk" })), d),
    ofBytes("PKCS#12", p12),
    ofText("PKCS#12 as text", String.fromCharCode(...p12)),
    ofText("a password", password),
    ofText("a pass phrase", "correct horse battery staple"),
    ofBytes("a password", new TextEncoder().encode(password), password),
    ofBytes("a PSK", psk),
    ofText("a PSK in hex", psk.toHex()),
    ofText("a PSK in base64", psk.toBase64()),
    ofText("a PSK as text", String.fromCharCode(...psk)),
    ofBytes("ticket keys", ticket),
    ofText("ticket keys in hex", ticket.toHex().toUpperCase()),
    ofBytes("a session", session),
    ofText("a session in base64", session.toBase64()),
    ofBytes(
      "an exported session",
      new Uint8Array([...new TextEncoder().encode("SSLS\x01\0"), ...session]),
    ),
  ];
}

/** All that a program may print of a value, its causes included. */
export function printed(value: unknown): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  for (let at = value; at !== undefined && !seen.has(at); at = (at as Error | null)?.cause) {
    seen.add(at);
    if (at instanceof Error) {
      parts.push(at.message, at.stack ?? "", String(Reflect.get(at, "reason")));
    }
    parts.push(String(at), Deno.inspect(at, { depth: 10, strAbbreviateSize: 1e6 }));
    try {
      parts.push(JSON.stringify(at) ?? "");
    } catch {
      // a circle; JSON.stringify of errors has tests of its own
    }
  }
  return parts.join("\n");
}

/** Words that a secret and a message both may hold. */
const COMMON = /-----|PRIV|RIVA|IVAT|VATE|^(?:[\d, ]*\D)?(?:0,? ?1,? ?2|1,? ?2,? ?3)/;
/** Numbers say something from here on. */
const NUMBERS = /^[\d, ]+$/;

const partsOf = new WeakMap<SecretInput, Set<string>>();

/** All eight characters in a row of a secret. */
function parts(input: SecretInput): Set<string> {
  const known = partsOf.get(input);
  if (known !== undefined) return known;
  const made = new Set<string>();
  for (const secret of input.secrets) {
    for (let i = 0; i + 8 <= secret.length; i++) {
      const part = secret.slice(i, i + 8);
      // Three small numbers are in many messages, and in lists of versions and lengths.
      if (!COMMON.test(part) && !(NUMBERS.test(part) && part.includes(" "))) made.add(part);
    }
  }
  partsOf.set(input, made);
  return made;
}

/** The first eight characters in a row of the secret that an output shows. */
export function leak(output: unknown, input: SecretInput): string | undefined {
  const text = typeof output === "string" ? output : printed(output);
  const secret = parts(input);
  // A line of the stack is a place in the code. What was escaped is looked for as it was, too.
  const lines = new Set(text.split("\n").filter((line) => !/^ +at .*:\d+:\d+\)?$/.test(line)));
  for (const line of lines) {
    for (const form of line.includes("\\") ? [line, unescaped(line)] : [line]) {
      for (let i = 0; i + 8 <= form.length; i++) {
        const part = form.slice(i, i + 8);
        if (secret.has(part)) return part;
      }
    }
  }
  return undefined;
}

const unescaped = (text: string): string =>
  text.replace(
    /\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi,
    (_, u, x) => String.fromCharCode(parseInt(u ?? x, 16)),
  );

const silent = new WeakMap<SecretInput, Set<string>>();

/** Runs `use`, and lists what its error shows of the secret; `undefined` when there was no error. */
export async function leaksOf(
  what: string,
  input: SecretInput,
  use: () => unknown,
): Promise<string[] | undefined> {
  let error: unknown;
  try {
    await use();
    return undefined;
  } catch (thrown) {
    error = thrown;
  }
  const output = printed(error).replace(/^ +at .*$/gm, "");
  const known = silent.get(input) ?? new Set();
  silent.set(input, known);
  if (known.has(output)) return [];
  const shown = leak(output, input);
  if (shown === undefined) {
    known.add(output);
    return [];
  }
  return [`${what} with ${input.name} shows ${JSON.stringify(shown)}: ${output.slice(0, 200)}`];
}
