/**
 * Test certificates: what {@linkcode TestCa} issues, and self-signed ones.
 *
 * @module
 */

import { type NamesOf, ownOptions, ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import {
  buildCertificateAsync,
  keyIdentifier,
  keyIdentifierOf,
  randomSerial,
} from "./certificate_build.ts";
import { defaultDigest } from "./signature.ts";
import type { Certificate } from "./certificate.ts";
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  buildName,
  crlDistributionPoints,
  extKeyUsage,
  keyUsage,
  nameConstraints,
  type NameInput,
  subjectAltName,
  subjectKeyIdentifier,
  tlsFeature,
} from "./extensions/write.ts";
import type { Extension } from "./extensions/read.ts";
import { parseIpAddress } from "../internal/host.ts";
import {
  keyCreateEc,
  keyCreateEd25519,
  keyCreateRsa,
  type PrivateKey,
} from "./keys/private_key.ts";
import type { SubjectAltName } from "./general_name.ts";

const DAY = 86_400_000;

/**
 * The kinds of keys the test CA makes. `ec` is P-256, `rsa` has 2048 bits.
 *
 * @category Testing
 */
export type TestKeyType = "ec" | "ec384" | "ec521" | "rsa" | "ed25519";

/**
 * Options of the certificates that {@linkcode TestCa} makes; all have defaults.
 *
 * @category Testing
 */
export interface TestCertificateOptions {
  /** Host names, IP addresses, mail addresses or URIs for the subjectAltName. */
  names?: readonly string[];
  /** The commonName. @default {the first name} */
  commonName?: string;
  /** The whole subject in place of the commonName. */
  subject?: NameInput;
  /** The kind of key. @default {"ec"} */
  keyType?: TestKeyType;
  /** A key to use in place of a new one. */
  privateKey?: PrivateKey;
  /** From when on it is valid. @default {yesterday} */
  notBefore?: Date;
  /** Until when it is valid. @default {in 90 days, a CA in 10 years} */
  notAfter?: Date;
  /** The serial number. @default {random} */
  serial?: bigint | number;
  /** The digest of the signature. @default {what goes with the issuer's key} */
  digest?: string;
  /** URIs of OCSP responders. */
  ocspUris?: readonly string[];
  /** URIs of CRLs. */
  crlUris?: readonly string[];
  /** URIs of the issuer's certificate. */
  aiaIssuers?: readonly string[];
  /** Whether a stapled OCSP response is promised (RFC 7633). @default {false} */
  mustStaple?: boolean;
  /** The keyUsage names; `[]` leaves the extension out. */
  keyUsage?: readonly string[];
  /** The extendedKeyUsage names; `[]` leaves the extension out. */
  extKeyUsage?: readonly string[];
  /** How many CAs may follow a CA. @default {no limit} */
  pathLength?: number;
  /** nameConstraints of a CA: the only names it may issue. IPs as `10.0.0.0/8`. */
  permitted?: readonly string[];
  /** nameConstraints of a CA: names it must not issue. */
  excluded?: readonly string[];
  /** More extensions. */
  extensions?: readonly Extension[];
}

/**
 * A certificate and its key, as the options `cert` and `key` take them: spread
 * it into the options of `listen` or `connect`.
 *
 * @category Testing
 */
export class TestCertificate {
  /** PEM: the leaf and the intermediates, without the root. */
  readonly cert: string;
  /** PEM: the plain PKCS#8 key. */
  readonly key: string;
  readonly #chain: readonly Certificate[];
  readonly #privateKey: PrivateKey;

  /**
   * Takes over a certificate and its key.
   *
   * @param chain The leaf first.
   */
  constructor(chain: readonly Certificate[], privateKey: PrivateKey) {
    this.cert = chain.map(({ pem }) => pem).join("");
    this.key = privateKey.pem;
    this.#chain = chain;
    this.#privateKey = privateKey;
  }

  // Getters are not spread: an options object made from this has `cert` and `key` only.

  /** The leaf. */
  get certificate(): Certificate {
    return this.#chain[0]!;
  }

  /** The leaf and the intermediates. */
  get chain(): readonly Certificate[] {
    return this.#chain;
  }

  /** The key. */
  get privateKey(): PrivateKey {
    return this.#privateKey;
  }

  /** Never prints the key. */
  [Symbol.for("Deno.customInspect")](): string {
    return `TestCertificate(${this.certificate.subject})`;
  }
}

/** Sorts names into the kinds of GeneralNames. */
export function classifyName(value: string): SubjectAltName {
  if (parseIpAddress(value) !== undefined) return { type: "IP", value };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value)) return { type: "URI", value };
  return { type: value.includes("@") ? "EMAIL" : "DNS", value };
}

/** A name of a constraint; an address alone is a network of one. */
function constraint(value: string): SubjectAltName {
  const bytes = parseIpAddress(value.split("/")[0]!);
  if (bytes === undefined) return classifyName(value);
  return { type: "IP", value: value.includes("/") ? value : `${value}/${bytes.length * 8}` };
}

function createKey(type: TestKeyType = "ec"): Promise<PrivateKey> {
  switch (type) {
    case "ec":
      return keyCreateEc("prime256v1");
    case "ec384":
      return keyCreateEc("secp384r1");
    case "ec521":
      return keyCreateEc("secp521r1");
    case "rsa":
      return keyCreateRsa(2048);
    case "ed25519":
      return keyCreateEd25519();
    default:
      throw new TypeError(
        `Cannot create test key: keyType must be ec, ec384, ec521, rsa or ed25519: received ${
          quote(type)
        }`,
      );
  }
}

/**
 * Names and options, in any order and number: `("a", "b", { keyType })` is `({ names: ["a", "b"], keyType })`.
 *
 * @category Testing
 */
export type TestCaArguments = readonly (string | TestCertificateOptions)[];

/** One object of options from names and options. */
export function collect(
  args: TestCaArguments,
  defaults: TestCertificateOptions,
): TestCertificateOptions {
  const names: string[] = [];
  const options: TestCertificateOptions = ownRecord(defaults);
  for (const arg of args) {
    if (typeof arg === "string") names.push(arg);
    else {
      const own = testOptions(arg);
      names.push(...(own.names ?? []));
      Object.assign(options, own);
    }
  }
  // The default names are for a call that gives none.
  if (names.length > 0) options.names = names;
  return options;
}

const OPTIONS: NamesOf<TestCertificateOptions> = {
  names: true,
  commonName: true,
  subject: true,
  keyType: true,
  privateKey: true,
  notBefore: true,
  notAfter: true,
  serial: true,
  digest: true,
  ocspUris: true,
  crlUris: true,
  aiaIssuers: true,
  mustStaple: true,
  keyUsage: true,
  extKeyUsage: true,
  pathLength: true,
  permitted: true,
  excluded: true,
  extensions: true,
};

/** The options that were given, checked. */
function testOptions(given: TestCertificateOptions): TestCertificateOptions {
  return ownOptions(given, { operation: "create test certificate", names: OPTIONS });
}

/** Who signs. */
export interface Issuer {
  readonly cert: Certificate;
  readonly key: PrivateKey;
}

function testSerial(serial: bigint | number | undefined): bigint {
  if (serial === undefined) return randomSerial(120);
  if (typeof serial === "bigint" || Number.isSafeInteger(serial)) return BigInt(serial);
  throw new RangeError(
    `Cannot create test certificate: serial must be a whole number, a larger one as a bigint: ` +
      `received ${typeof serial === "number" ? serial : typeof serial}`,
  );
}

/** Makes a key and a certificate for it, self-signed without an issuer. */
export async function issue(
  given: TestCertificateOptions,
  ca: boolean,
  issuer: Issuer | undefined,
): Promise<{ cert: Certificate; key: PrivateKey }> {
  const options = testOptions(given);
  const key = options.privateKey ?? await createKey(options.keyType);
  const names = options.names ?? [];
  const subject = buildName(
    options.subject ?? { commonName: options.commonName ?? names[0] ?? "test" },
  );
  const signer = issuer?.key ?? key;
  const now = Date.now();
  const extensions: Extension[] = [basicConstraints(ca, options.pathLength)];
  if (options.keyUsage?.length) extensions.push(keyUsage(options.keyUsage));
  if (options.extKeyUsage?.length) extensions.push(extKeyUsage(options.extKeyUsage));
  if (names.length > 0) extensions.push(subjectAltName(names.map(classifyName)));
  if (options.permitted?.length || options.excluded?.length) {
    extensions.push(
      nameConstraints(
        (options.permitted ?? []).map(constraint),
        (options.excluded ?? []).map(constraint),
      ),
    );
  }
  const id = keyIdentifier(key.publicBits);
  extensions.push(subjectKeyIdentifier(id));
  extensions.push(authorityKeyIdentifier(issuer === undefined ? id : keyIdentifierOf(issuer.cert)));
  if (options.ocspUris?.length || options.aiaIssuers?.length) {
    extensions.push(authorityInfoAccess(options.ocspUris ?? [], options.aiaIssuers));
  }
  if (options.crlUris?.length) extensions.push(crlDistributionPoints(options.crlUris));
  if (options.mustStaple) extensions.push(tlsFeature([5]));
  extensions.push(...(options.extensions ?? []));
  const cert = await buildCertificateAsync({
    version: 2,
    serial: testSerial(options.serial),
    issuer: issuer?.cert.rawSubject ?? subject,
    subject,
    notBefore: options.notBefore ?? new Date(now - DAY),
    notAfter: options.notAfter ?? new Date(now + (ca ? 3650 : 90) * DAY),
    spki: key.publicSpki,
    extensions,
    signer,
    digest: options.digest ?? defaultDigest(signer),
  });
  return { cert, key };
}

/** The keyUsage of a leaf, by its kind of key. */
export function leafUsage(given: TestCertificateOptions): string[] {
  const options = ownRecord(given);
  // TLS 1.2 with RSA key exchange deciphers with the certificate's key.
  const rsa = options.privateKey?.type === "rsa" || options.keyType === "rsa";
  return rsa ? ["digitalSignature", "keyEncipherment"] : ["digitalSignature"];
}

/**
 * A self-signed server certificate, for development: a client must be given
 * this very certificate as its trust anchor.
 *
 * @category Testing
 */
export async function selfSigned(...args: TestCaArguments): Promise<TestCertificate> {
  const options = collect(args, {
    names: ["localhost", "127.0.0.1", "::1"],
    extKeyUsage: ["serverAuth"],
  });
  const { cert, key } = await issue({ keyUsage: leafUsage(options), ...options }, false, undefined);
  return new TestCertificate([cert], key);
}
