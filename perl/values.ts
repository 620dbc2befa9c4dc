/**
 * The values of Perl's options as ours: Perl's truth, its strings of bytes, its numbers in strings,
 * and the answers of its callbacks. Pure.
 *
 * @module
 */

import { schemeFromPerl } from "../verify/schemes.ts";

/** Perl's truth. */
export const truth = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== 0 && value !== "" && value !== "0" &&
  value !== false;

type Convert = (value: unknown, name: string) => unknown;

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value &&
  typeof value.then === "function";

/** Options that an explicit `undef` switches off. */
const UNDEF_IS_OFF: Readonly<Record<string, unknown>> = {
  SSL_hostname: "",
  SSL_dh: null,
  SSL_dh_file: null,
  SSL_ecdh_curve: null,
};

/** Options that Perl ignores when their value is false: `0`, `""`, `"0"`. */
const FALSE_IS_NOT_GIVEN = new Set([
  ...["SSL_cert", "SSL_cert_file", "SSL_key", "SSL_key_file", "SSL_fingerprint"],
  ...["SSL_ca", "SSL_ca_file", "SSL_ca_path", "SSL_client_ca", "SSL_client_ca_file"],
  ...["SSL_crl_file", "SSL_dh", "SSL_dh_file", "SSL_ecdh_curve", "SSL_psk", "SSL_reuse_ctx"],
  ...["SSL_alpn_protocols", "SSL_npn_protocols", "SSL_session_cache", "SSL_session_key"],
  ...["SSL_session_id_context", "SSL_ticket_keycb", "SSL_verify_callback", "SSL_passwd_cb"],
  ...["SSL_create_ctx_callback", "SSL_error_trap", "SSL_on_peer_shutdown", "SSL_ocsp_cache"],
  ...["SSL_ocsp_staple_callback", "SSL_verifycn_name", "SSL_verifycn_scheme"],
]);

const BOOLEAN = new Set([
  "SSL_startHandshake",
  "SSL_keepSocketOnError",
  "SSL_force_fingerprint",
  "SSL_use_cert",
  "SSL_honor_cipher_order",
  "SSL_check_crl",
  "SSL_mode_release_buffers",
  "SSL_no_shutdown",
  "SSL_fast_shutdown",
]);

/** The bytes of a Perl string; a character above 255 is not a byte. */
function bytesOf(text: string, name: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) {
      throw new TypeError(
        `Cannot use ${name}: it is a string of bytes in Perl: wide character at offset ${i}: ` +
          "encode it, or give a Uint8Array",
      );
    }
    bytes[i] = code;
  }
  return bytes;
}

/** A string of ASCII alone means the same in Perl and here, so it may stay as it is. */
const binary: Convert = (value, name) =>
  // deno-lint-ignore no-control-regex -- ASCII is exactly this
  typeof value === "string" && !/^[\x00-\x7f]*$/.test(value) ? bytesOf(value, name) : value;

/** An identity as a name in our record: its bytes, read as UTF-8. */
function identityOf(perl: string, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(perl, name));
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith("Cannot use")) throw error;
    throw new TypeError(
      `Cannot use ${name}: an identity of the record is not UTF-8, which names cannot hold here: ` +
        'give its key under "", or to the client as [identity, key]',
      { cause: error },
    );
  }
}

/** A key, `[identity, key]`, or a record of keys by identity. */
const psk: Convert = (value, name) => {
  if (Array.isArray(value)) return value.map((item) => binary(item, name));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
    return binary(value, name);
  }
  return Object.fromEntries(
    Object.entries(value).map(([identity, key]) => [identityOf(identity, name), binary(key, name)]),
  );
};

/** `"1"` is 1 in Perl; what is not a number is left for the check of the option to refuse. */
const number: Convert = (value) =>
  typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;

/** The curves that Perl also takes by OpenSSL's number for them. */
const CURVES: Readonly<Record<string, string>> = {
  409: "P-192",
  713: "P-224",
  714: "secp256k1",
  415: "P-256",
  715: "P-384",
  716: "P-521",
  927: "brainpoolP256r1",
  931: "brainpoolP384r1",
  933: "brainpoolP512r1",
  1034: "X25519",
  1035: "X448",
};

const curve: Convert = (value, name) => {
  const nid = String(value);
  if (typeof value !== "number" && !(typeof value === "string" && /^\d+$/.test(value))) {
    return value;
  }
  if (Object.hasOwn(CURVES, nid)) return CURVES[nid];
  throw new TypeError(
    `Cannot use ${name}: the curve with the NID ${nid} is not known here: give its name, as "P-256"`,
  );
};

/** Perl's subs say yes with 1: that becomes `true`, and nothing else does. */
function yes(answer: unknown): unknown {
  if (isThenable(answer)) return answer.then(yes);
  return answer === 1 || answer === "1" ? true : answer;
}

/** A callback whose answer is read in another way. */
function answering(read: (answer: unknown) => unknown): Convert {
  return (value) =>
    typeof value === "function"
      ? (...args: unknown[]) => read(Reflect.apply(value, undefined, args))
      : value;
}

/** Perl refuses the server for any false value, and when the callback returns nothing. */
const staple = answering((answer) => isThenable(answer) ? answer : truth(answer));

/** `[key, name]` as strings of bytes. */
const ticketKeys = answering((answer) =>
  Array.isArray(answer)
    ? answer.map((item) => typeof item === "string" ? bytesOf(item, "SSL_ticket_keycb") : item)
    : answer
);

const CONVERT: Readonly<Record<string, Convert>> = {
  SSL_psk: psk,
  SSL_session_id_context: binary,
  SSL_verify_mode: number,
  SSL_ocsp_mode: number,
  SSL_session_cache_size: (value) => truth(value) ? number(value, "") : 0,
  SSL_ecdh_curve: curve,
  SSL_verify_callback: answering(yes),
  SSL_ocsp_staple_callback: staple,
  SSL_ticket_keycb: (value, name) =>
    Array.isArray(value)
      ? [ticketKeys(value[0], name), ...value.slice(1)]
      : ticketKeys(value, name),
  SSL_verifycn_scheme: (value) =>
    schemeFromPerl(value as string | Readonly<Record<string, unknown>>),
};

/** The value of a Perl option as ours takes it; `undefined` when the option is not given. */
export function convertValue(name: string, value: unknown): unknown {
  if (value === undefined) {
    return Object.hasOwn(UNDEF_IS_OFF, name) ? UNDEF_IS_OFF[name] : undefined;
  }
  if (BOOLEAN.has(name)) return truth(value);
  // `null` stands for a reference to undef, which is true.
  if (value !== null && !truth(value) && FALSE_IS_NOT_GIVEN.has(name)) return undefined;
  return Object.hasOwn(CONVERT, name) ? CONVERT[name]!(value, name) : value;
}
