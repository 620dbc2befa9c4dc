/**
 * The "what if" verifier: a saved chain against any anchors, CRLs, time, name,
 * purpose and policies, without a connection.
 *
 * @module
 */

import { Certificate } from "../certificate/certificate.ts";
import type { DefaultCa } from "../context/default_ca.ts";
import { type EngineChoice, selectEngine } from "../engine/select.ts";
import type { ChainPurpose } from "../engine/types.ts";
import { SslUnsupportedError } from "../errors.ts";
import { atCallOf } from "../internal/caller.ts";
import type { PublicSuffix } from "./public_suffix.ts";
import type { VerifyReport } from "./report.ts";
import { stripPort } from "./names.ts";
import { DEFAULT_SCHEME, type Scheme } from "./schemes.ts";
import { nearest } from "./suggest.ts";

/** Certificates: PEM text (one or several), DER, or certificates. */
export type CertificatesInput =
  | string
  | Uint8Array
  | Certificate
  | readonly (string | Uint8Array | Certificate)[];

/** Options of {@linkcode verifyCertificate}. */
export interface VerifyCertificateOptions {
  /** Untrusted certificates to build the chain from, in any order. @default {none} */
  intermediates?: CertificatesInput;
  /**
   * The trust anchors: exactly these; any certificate may be one, not roots alone. `[]` trusts
   * nobody. @default {the system's, as for a connection}
   */
  ca?: CertificatesInput;
  /** A file of trust anchors, as the option `caFile` of a connection. */
  caFile?: string | URL | DefaultCa | null;
  /** Certificate revocation lists: PEM text or DER. @default {none: revocation is not checked} */
  crls?: string | Uint8Array | readonly (string | Uint8Array)[];
  /**
   * Whether to check the leaf alone or the whole chain against `crls`. @default {"chain" with crls,
   * otherwise false}
   */
  checkCrl?: boolean | "chain";
  /** The host name or address that the leaf must be for. @default {none: names are not checked} */
  host?: string;
  /** By which rules `host` is compared. @default {"rfc9525"} */
  scheme?: Scheme;
  /** The public suffixes that wildcards may not reach below; "" for none. */
  publicSuffix?: PublicSuffix | "";
  /** What the leaf must be good for. @default {"server"} */
  purpose?: ChainPurpose;
  /** The time of the verification. @default {now} */
  time?: Date;
  /** The most intermediate certificates. @default {100} */
  depth?: number;
  /** Policy OIDs, one of which the whole chain must have; `[]` processes policies and needs none. */
  policies?: readonly string[];
  /** Checks RFC 5280's demands on certificates too (X509_V_FLAG_X509_STRICT). @default {false} */
  strict?: boolean;
  /** The engine; only OpenSSL can do this. @default {"auto"} */
  engine?: EngineChoice;
}

/** The keys of {@linkcode VerifyCertificateOptions}, to find slips of the pen. */
const OPTIONS: Readonly<Record<keyof VerifyCertificateOptions, true>> = {
  intermediates: true,
  ca: true,
  caFile: true,
  crls: true,
  checkCrl: true,
  host: true,
  scheme: true,
  publicSuffix: true,
  purpose: true,
  time: true,
  depth: true,
  policies: true,
  strict: true,
  engine: true,
};

function checkNames(options: VerifyCertificateOptions): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(OPTIONS, name)) continue;
    const near = nearest(name, Object.keys(OPTIONS));
    throw new TypeError(`unknown option "${name}"${near === undefined ? "" : `: use "${near}"`}`);
  }
}

/** Values that nothing below would look at, or would take for something more lenient. */
function checkValues({ time, depth, checkCrl, policies }: VerifyCertificateOptions): void {
  const bad = (name: string, must: string, value: unknown): TypeError =>
    new TypeError(`Cannot use option "${name}": ${name} ${must}: received ${String(value)}`);
  if (time !== undefined && !(time instanceof Date && !Number.isNaN(time.getTime()))) {
    throw bad("time", "must be a valid Date", time);
  }
  if (depth !== undefined && !(Number.isInteger(depth) && depth >= 0 && depth <= 100)) {
    throw bad("depth", "must be a whole number from 0 to 100", depth);
  }
  if (checkCrl !== undefined && ![true, false, "leaf", "chain"].includes(checkCrl)) {
    throw bad("checkCrl", 'must be true, false, "leaf" or "chain"', checkCrl);
  }
  if (policies !== undefined && !Array.isArray(policies)) {
    throw bad("policies", "must be a list of OIDs", policies);
  }
}

/** The first certificate, and what follows it in the same text. */
function readLeaf(leaf: string | Uint8Array | Certificate): [Certificate, ...Certificate[]] {
  const [first, ...rest] = leaf instanceof Certificate
    ? [leaf]
    : Certificate.parse(leaf, "the leaf");
  if (first === undefined) throw new TypeError("Cannot verify: the leaf holds no certificate");
  return [first, ...rest];
}

/**
 * Verifies a certificate without a connection, by OpenSSL's chain building and the same judgement
 * as for a peer. Never throws for a bad certificate: the report says what is wrong.
 *
 * @param leaf The certificate in question: PEM text (what follows the first one counts as an
 * intermediate), DER, or a certificate.
 * @returns The report: `ok`, the chain that was built, its anchor, every check, the error, a hint.
 * @throws {TypeError} For an unknown option or a wrong value.
 * @throws {SslError} If an input cannot be read.
 * @throws {SslUnsupportedError} On the Deno engine, which has no verifier of its own: run with
 * `--allow-ffi`.
 * @example Would this chain still be good in a year?
 * ```ts
 * import { verifyCertificate } from "@socket/ssl/verify";
 * import { TestCa } from "@socket/ssl/certificate";
 *
 * const ca = await TestCa.create();
 * const { cert } = await ca.server("localhost");
 * const time = new Date(Date.now() + 365 * 86_400_000);
 * const report = await verifyCertificate(cert, { ca: ca.pem, host: "localhost", time });
 * console.log(report.ok, report.error?.code); // false CERT_HAS_EXPIRED
 * ```
 *
 * Source: RFC 5280 6, OpenSSL X509_verify_cert(3)
 *
 * Perl: `Net::SSLeay::X509_verify_cert`
 */
export async function verifyCertificate(
  leaf: string | Uint8Array | Certificate,
  options: VerifyCertificateOptions = {},
): Promise<VerifyReport> {
  return await atCallOf(verifyCertificate, () => verify(leaf, options));
}

async function verify(
  leaf: string | Uint8Array | Certificate,
  options: VerifyCertificateOptions,
): Promise<VerifyReport> {
  checkNames(options);
  checkValues(options);
  const [certificate, ...following] = readLeaf(leaf);
  const { crls, host, scheme = DEFAULT_SCHEME, ca, caFile } = options;
  const engine = await selectEngine(options.engine);
  if (engine.verifyChain === undefined) {
    throw new SslUnsupportedError(
      `Cannot verify a certificate without a connection: the engine "${engine.name}" has no verifier of its own: run with --allow-ffi to use the engine "openssl"`,
      { code: "ERR_UNSUPPORTED" },
    );
  }
  // What a connection needs too, and only by then: not at start-up.
  const [{ loadBundle }, { judge }, { loadTrust }] = await Promise.all([
    import("../context/anchors.ts"),
    import("../context/judge.ts"),
    import("../context/trust.ts"),
  ]);
  const { config: trust } = await loadTrust(
    "client",
    {
      ...(ca === undefined ? {} : { ca: ca as Certificate[] }),
      ...(caFile === undefined ? {} : { caFile }),
      ...(crls === undefined ? {} : { crl: crls as string[] }),
      checkCrl: options.checkCrl ?? (crls === undefined ? false : "chain"),
    },
    1,
    false,
  );
  const { intermediates } = options;
  const untrusted = intermediates === undefined
    ? []
    : loadBundle("intermediates", intermediates as Certificate[]).certificates;
  const result = await engine.verifyChain({
    leaf: certificate.der,
    intermediates: [...following.map((c) => c.der), ...untrusted],
    trust,
    purpose: options.purpose ?? "server",
    time: options.time,
    depth: options.depth,
    policies: options.policies,
    strict: options.strict,
  });
  return judge(
    { ...result, presented: [certificate.der], resumed: false, trust },
    {
      role: "client",
      engine: "openssl",
      verifyMode: 1,
      scheme: host === undefined ? "none" : scheme,
      publicSuffix: options.publicSuffix,
      pins: [],
      forceFingerprint: false,
      defaultsApplied: [],
    },
    { serverName: undefined, verifyName: host === undefined ? undefined : stripPort(host) },
  );
}
