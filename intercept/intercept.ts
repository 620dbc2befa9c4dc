/**
 * `IO::Socket::SSL::Intercept`: cloning a server's certificate under a CA of
 * one's own, for a proxy that reads TLS traffic. Clients notice, unless they
 * are made to trust that CA.
 *
 * @module
 */

import { encodeHex } from "../internal/bytes.ts";
import { type NamesOf, ownOptions } from "../internal/own_options.ts";
import { describe, quote } from "../internal/quote.ts";
import type { CertificateHash } from "../certificate/certificate_hash.ts";
import { createCertificate } from "../certificate/create.ts";
import { Certificate, type CertificateInput, toCertificate } from "../certificate/certificate.ts";
import { decodeKeySync, keyMatches, toPrivateKey } from "../certificate/keys/decode.ts";
import type { LruMap } from "../internal/lru.ts";
import { pemFile2cert, pemFile2key } from "../certificate/files.ts";
import {
  keyCreateRsa,
  type PrivateKey,
  type PrivateKeyInput,
} from "../certificate/keys/private_key.ts";
import {
  type CacheEntry,
  type CacheFunction,
  type Clone,
  type InterceptCache,
  isMap,
  keepClone,
  newCache,
  toClone,
} from "./cache.ts";
import { formatError, parseSerialized, writeSerialized } from "./serialized.ts";

export type { CacheEntry, CacheFunction, CacheResult, Clone, InterceptCache } from "./cache.ts";

/**
 * Gives the serial number of a clone.
 *
 * @category Interception
 */
export type SerialFunction = (
  original: Certificate,
  hash: CertificateHash,
) => number | bigint | string | Promise<number | bigint | string>;

/**
 * Options of {@linkcode Intercept.create}.
 *
 * @category Interception
 */
export interface InterceptOptions {
  /** The certificate of the proxy's CA. */
  proxyCert?: CertificateInput;
  /** The same from a PEM file. */
  proxyCertFile?: string | URL;
  /** The key of the proxy's CA. */
  proxyKey?: PrivateKeyInput;
  /** The same from a PEM file. */
  proxyKeyFile?: string | URL;
  /** The key of all clones. @default {a new RSA key of 2048 bits, one for the instance} */
  certKey?: PrivateKeyInput;
  /** The same from a PEM file. */
  certKeyFile?: string | URL;
  /**
   * The serial number before that of the first clone, which counts up; or a
   * function.
   *
   * @default {the first four bytes of the original's SHA-256 digest}
   */
  serial?: number | bigint | SerialFunction;
  /** Where the clones are kept. @default {in the instance, the latest 10,000} */
  cache?: InterceptCache;
}

const OPTIONS: NamesOf<InterceptOptions> = {
  proxyCert: true,
  proxyCertFile: true,
  proxyKey: true,
  proxyKeyFile: true,
  certKey: true,
  certKeyFile: true,
  serial: true,
  cache: true,
};

/**
 * Extensions about the original's issuer, which would be wrong in a clone. The last three Perl's module keeps: delta CRL points, and
 * the promises (SCTs, must-staple) that only the original can fulfil.
 */
const DROPPED: readonly string[] = [
  "authorityInfoAccess",
  "subjectKeyIdentifier",
  "authorityKeyIdentifier",
  "certificatePolicies",
  "crlDistributionPoints",
  "freshestCRL",
  "ct_precert_scts",
  "tlsfeature",
];

interface Parts {
  readonly proxyCert: Certificate;
  readonly proxyKey: PrivateKey;
  readonly certKey: PrivateKey;
  readonly serial: bigint | SerialFunction | undefined;
  readonly cache: InterceptCache | LruMap<CacheEntry>;
}

function toSerial(serial: InterceptOptions["serial"]): Parts["serial"] {
  if (serial === undefined || typeof serial === "function") return serial;
  if (typeof serial === "bigint" || Number.isSafeInteger(serial)) return BigInt(serial);
  throw new TypeError(
    `Cannot create Intercept: serial must be a whole number or a function: received ${
      quote(serial)
    }`,
  );
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/**
 * Clones certificates under the CA of a proxy. Make it with
 * {@linkcode Intercept.create}.
 *
 * Perl: `IO::Socket::SSL::Intercept`
 *
 * @category Interception
 */
export class Intercept {
  readonly #proxyCert: Certificate;
  readonly #proxyKey: PrivateKey;
  readonly #certKey: PrivateKey;
  readonly #cache: InterceptCache | LruMap<CacheEntry>;
  #serial: bigint | SerialFunction | undefined;
  #cacheType: unknown;
  readonly #pending = new Map<string, Promise<Clone>>();

  private constructor(parts: Parts) {
    this.#proxyCert = parts.proxyCert;
    this.#proxyKey = parts.proxyKey;
    this.#certKey = parts.certKey;
    this.#serial = parts.serial;
    this.#cache = parts.cache;
  }

  /**
   * Makes one from the proxy's CA.
   *
   * Perl: `IO::Socket::SSL::Intercept->new`
   *
   * @throws {TypeError} for unknown options, a missing certificate or key, or a key of another
   *   certificate.
   */
  static async create(given: InterceptOptions): Promise<Intercept> {
    const options = ownOptions(given, { operation: "create Intercept", names: OPTIONS });
    const { proxyCert, proxyKey, certKey } = options;
    if (proxyCert === undefined && options.proxyCertFile === undefined) {
      throw new TypeError("Cannot create Intercept: give proxyCert or proxyCertFile");
    }
    if (proxyKey === undefined && options.proxyKeyFile === undefined) {
      throw new TypeError("Cannot create Intercept: give proxyKey or proxyKeyFile");
    }
    const serial = toSerial(options.serial);
    const cert = proxyCert === undefined
      ? await pemFile2cert(options.proxyCertFile!)
      : toCertificate(proxyCert, "proxyCert");
    const key = proxyKey === undefined
      ? await pemFile2key(options.proxyKeyFile!)
      : await toPrivateKey(proxyKey, "proxyKey");
    if (!keyMatches(cert.rawSpki, key)) {
      throw new TypeError("Cannot create Intercept: proxyKey is not the key of proxyCert");
    }
    return new Intercept({
      proxyCert: cert,
      proxyKey: key,
      certKey: certKey !== undefined
        ? await toPrivateKey(certKey, "certKey")
        : options.certKeyFile !== undefined
        ? await pemFile2key(options.certKeyFile)
        : await keyCreateRsa(),
      serial,
      cache: options.cache ?? newCache(),
    });
  }

  /** The certificate of the proxy's CA: what a client must trust. */
  get proxyCert(): Certificate {
    return this.#proxyCert;
  }

  /**
   * The clone of a certificate, from the cache or new: the same subject,
   * names, dates and usages, under the proxy's CA.
   *
   * Perl: `clone_cert`
   *
   * @param ident The key in the cache. @default {the first 16 bytes of the SHA-256 digest in hex}
   */
  async cloneCert(original: CertificateInput, ident?: string): Promise<Clone> {
    const cert = toCertificate(original, "certificate");
    const id = ident || encodeHex(cert.fingerprintBin("sha256").subarray(0, 16));
    const cache = this.#cache;
    if (typeof cache === "function") return await this.#fromFunction(cache, cert, id);
    const get = (): CacheEntry | undefined =>
      isMap(cache) ? cache.get(id) : Object.hasOwn(cache, id) ? cache[id] : undefined;
    let entry = get();
    if (entry === undefined) {
      // Connections that come at once share one clone.
      let making = this.#pending.get(id);
      if (making === undefined) {
        making = this.#make(cert).finally(() => this.#pending.delete(id));
        this.#pending.set(id, making);
      }
      const clone = await making;
      entry = get() ?? { ...clone, atime: 0 };
      keepClone(cache, id, entry);
    }
    entry.atime = nowSeconds();
    return { cert: entry.cert, key: entry.key };
  }

  async #fromFunction(cache: CacheFunction, cert: Certificate, id: string): Promise<Clone> {
    if (this.#cacheType === undefined) {
      const answer = await cache("type");
      // A function of the old interface looks for an entry, and finds none: [] in JavaScript.
      const none = !answer || (Array.isArray(answer) && answer.length === 0);
      const type = none ? 0 : answer;
      if (type !== 1 && type !== 0) {
        throw new TypeError(
          `Cannot clone certificate: invalid type of cache, 1 or nothing: received ${
            describe(answer)
          }`,
        );
      }
      this.#cacheType = type;
    }
    if (this.#cacheType === 1) {
      const clone = await toClone(await cache(id, () => this.#make(cert)));
      if (clone !== undefined) return clone;
      throw new TypeError(
        "Cannot clone certificate: the cache must give what create() gave: received nothing",
      );
    }
    const found = await toClone(await cache(id));
    if (found !== undefined) return found;
    const clone = await this.#make(cert);
    await cache(id, clone.cert, clone.key);
    return clone;
  }

  async #nextSerial(cert: Certificate, hash: CertificateHash): Promise<number | bigint | string> {
    if (typeof this.#serial === "function") return await this.#serial(cert, hash);
    if (this.#serial !== undefined) return ++this.#serial;
    const digest = cert.fingerprintBin("sha256");
    // Perl's unpack('L'): the order of bytes of the machines there are.
    return new DataView(digest.buffer, digest.byteOffset).getUint32(0, true);
  }

  async #make(original: Certificate): Promise<Clone> {
    const hash = original.asHash();
    // As in Perl, only extensions that have a name.
    const ext = hash.ext.filter((entry) => entry.sn !== undefined && !DROPPED.includes(entry.sn));
    const { subject: _subject, issuer: _issuer, ...rest } = hash;
    const { cert } = await createCertificate({
      ...rest,
      ext,
      key: this.#certKey,
      issuerCert: this.#proxyCert,
      issuerKey: this.#proxyKey,
      serial: await this.#nextSerial(original, hash),
    }, { subject: original.rawSubject });
    return { cert, key: this.#certKey };
  }

  /**
   * The whole instance as text, to keep it over a restart: CA, keys, counter,
   * and the clones if the cache is an object or a Map. The text holds private
   * keys: keep it as safe as those.
   *
   * Perl: `serialize`
   */
  serialize(): string {
    const cache = this.#cache;
    const entries = typeof cache === "function"
      ? []
      : isMap(cache)
      ? [...cache]
      : Object.entries(cache);
    return writeSerialized({
      proxyCert: this.#proxyCert.pem,
      proxyKey: this.#proxyKey.pem,
      certKey: this.#certKey.pem,
      serial: typeof this.#serial === "bigint" ? this.#serial.toString() : null,
      serialFunction: typeof this.#serial === "function",
      cacheFunction: typeof cache === "function",
      cache: entries.map(([ident, { cert, key, atime }]) => ({
        ident,
        cert: cert.pem,
        // Nearly always the key of the instance, which is there already.
        key: key.pem === this.#certKey.pem ? null : key.pem,
        atime,
      })),
    });
  }

  /**
   * Makes an instance from what {@linkcode Intercept.serialize} gave.
   *
   * Perl: `unserialize`
   *
   * @param given The functions, which no text can hold: `serial` and `cache`.
   * @throws {TypeError} if the instance had a function that is not given.
   * @throws {SslError} code `ERR_FORMAT` if the text is something else or damaged.
   */
  static unserialize(
    text: string,
    given?: Pick<InterceptOptions, "serial" | "cache">,
  ): Intercept {
    const options = ownOptions(given, {
      operation: "unserialize Intercept",
      names: { serial: true, cache: true },
    });
    const data = parseSerialized(text);
    if (data.serialFunction && options.serial === undefined) {
      throw new TypeError("Cannot unserialize Intercept: its serial function must be given again");
    }
    if (data.cacheFunction && options.cache === undefined) {
      throw new TypeError("Cannot unserialize Intercept: its cache function must be given again");
    }
    const read = (pem: string): PrivateKey =>
      decodeKeySync(pem, { source: "serialized Intercept" });
    // What does not fit together would come out at the first client, or be shown to it.
    const pair = (pem: string, key: PrivateKey, what: string): Certificate => {
      const cert = Certificate.fromPem(pem);
      if (keyMatches(cert.rawSpki, key)) return cert;
      throw formatError(`the key of ${what} is not that of its certificate`);
    };
    const proxyKey = read(data.proxyKey);
    const certKey = read(data.certKey);
    const entries = data.cache.map(({ ident, cert, key: own, atime }): [string, CacheEntry] => {
      const key = own === null ? certKey : read(own);
      return [ident, { cert: pair(cert, key, `the clone ${quote(ident)}`), key, atime }];
    });
    const cache = options.cache ?? newCache();
    if (typeof cache !== "function") {
      for (const [ident, entry] of entries) keepClone(cache, ident, entry);
    }
    return new Intercept({
      proxyCert: pair(data.proxyCert, proxyKey, "the proxy's CA"),
      proxyKey,
      certKey,
      serial: toSerial(options.serial ?? (data.serial === null ? undefined : BigInt(data.serial))),
      cache,
    });
  }

  /** Never prints a key. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Intercept(${this.#proxyCert.subject})`;
  }
}
