/**
 * The work of `verifyCertificate()`: its options are checked, OpenSSL builds the chain, and the chain is
 * judged as on a connection.
 *
 * @module
 */

import { type NamesOf, ownOptions, ownRecord } from "../internal/own_options.ts";
import { quote } from "../internal/quote.ts";
import { Certificate, type CertificateInput } from "../certificate/certificate.ts";
import { looksLikePem } from "../certificate/keys/pem.ts";
import type { Policy } from "../verify/policy.ts";
import type { Failure } from "../verify/refusal.ts";
import type { EngineName, Names } from "../verify/peer.ts";
import { selectEngine } from "../engine/load.ts";
import type { ChainRequest, PolicyRequest } from "../engine/chain_verification.ts";
import { lacking } from "../engine/features.ts";
import { SslError, SslUnsupportedError } from "../errors.ts";
import type { VerifyReport } from "../verify/report.ts";
import { stripPort } from "../internal/host.ts";
import { resolveScheme } from "../verify/schemes.ts";
import { loadBundle } from "./trust/anchors.ts";
import { loadTrust } from "./trust/trust.ts";
import { judge } from "../verify/judge.ts";
import { reportOf } from "../verify/make_report.ts";
import { refusal } from "../verify/refusal.ts";
import type { CertificatesInput, VerifyCertificateOptions } from "./verify_certificate_options.ts";

/** The names of the options. */
const OPTIONS: NamesOf<VerifyCertificateOptions> = {
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
  explicitPolicy: true,
  inhibitPolicyMapping: true,
  inhibitAnyPolicy: true,
  strict: true,
  engine: true,
};

/** Half of the largest C int: OpenSSL adds to the depth in an int. */
const MOST_DEPTH = 0x3fffffff;

/** Refuses values that would be ignored, or taken for something more lenient. */
function checkValues(options: VerifyCertificateOptions): void {
  const { time, depth, checkCrl, policies } = options;
  const bad = (name: string, must: string, value: unknown): TypeError =>
    new TypeError(`Cannot use option "${name}": ${must}: received ${quote(value)}`);
  if (time !== undefined && !(time instanceof Date && !Number.isNaN(time.getTime()))) {
    throw bad("time", "must be a valid Date", time);
  }
  if (depth !== undefined && !(Number.isInteger(depth) && depth >= 0 && depth <= MOST_DEPTH)) {
    throw bad("depth", `must be a whole number from 0 to ${MOST_DEPTH}`, depth);
  }
  if (checkCrl !== undefined && ![true, false, "leaf", "chain"].includes(checkCrl)) {
    throw bad("checkCrl", 'must be true, false, "leaf" or "chain"', checkCrl);
  }
  const isOid = (value: unknown) => typeof value === "string" && /^\d+(\.\d+)+$/.test(value);
  if (policies !== undefined && !(Array.isArray(policies) && policies.every(isOid))) {
    throw bad("policies", "must be a list of OIDs such as 2.5.29.32.0", policies);
  }
  for (const name of ["explicitPolicy", "inhibitPolicyMapping", "inhibitAnyPolicy"] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== "boolean") {
      throw bad(name, "must be true or false", value);
    }
  }
}

/** The certificates in question, in DER. */
type Shown = Pick<ChainRequest, "leaf" | "intermediates">;

/** Refuses text without any PEM, which is a mistake in the call; malformed PEM goes into the report. */
function refuseOtherText(option: string, input: CertificatesInput | undefined): void {
  for (const item of Array.isArray(input) ? input : [input]) {
    if (typeof item !== "string" || looksLikePem(item)) continue;
    const reason = item === "" ? "it is empty" : "it is not PEM";
    throw new SslError(`Cannot read ${option}: ${reason}`, { code: "ERR_PEM", reason });
  }
}

/**
 * The leaf, what follows it in the same text, and the intermediates; or why they are refused. One
 * malformed certificate is enough for that, even if the chain does not need it: so it is for a peer.
 */
function readShown(
  leaf: CertificateInput,
  intermediates: () => readonly Uint8Array[],
): Shown | Failure {
  let which = "the leaf";
  try {
    const [first, ...rest] = Certificate.parse(leaf, which);
    if (first === undefined) throw new SslError("it holds no certificate", { code: "ERR_PEM" });
    which = "an intermediate";
    return { leaf: first.der, intermediates: [...rest.map(({ der }) => der), ...intermediates()] };
  } catch (cause) {
    if (!(cause instanceof SslError) || cause instanceof SslUnsupportedError) throw cause;
    return {
      code: "UNSPECIFIED",
      errno: 1,
      reason: `${which} is malformed`,
      about: cause.message,
      check: "chain",
      cause,
    };
  }
}

/** Policies are processed as soon as one of the options is about them. */
function policiesOf(options: VerifyCertificateOptions): PolicyRequest | undefined {
  const { policies, explicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy } = options;
  const given = [policies, explicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy];
  if (given.every((value) => value === undefined)) return undefined;
  return {
    acceptable: policies ?? [],
    explicit: explicitPolicy ?? (policies !== undefined && policies.length > 0),
    inhibitMapping: inhibitPolicyMapping ?? false,
    inhibitAny: inhibitAnyPolicy ?? false,
  };
}

/** The policy: the name counts, as for a server without pins. */
function judgementOf(
  engine: EngineName,
  { host, scheme, publicSuffix }: VerifyCertificateOptions,
): { readonly policy: Policy; readonly names: Names } {
  return {
    policy: {
      role: "client",
      engine,
      verifyMode: 1,
      scheme: resolveScheme(host === undefined ? "none" : scheme),
      publicSuffix,
      pins: [],
      forceFingerprint: false,
      defaultsApplied: [],
    },
    names: { serverName: undefined, verifyName: host === undefined ? undefined : stripPort(host) },
  };
}

/**
 * Verifies a certificate.
 *
 * @throws {TypeError} For an unknown option or a wrong value.
 * @throws {SslError} If an anchor or a CRL cannot be read, or text holds no PEM.
 * @throws {SslUnsupportedError} On an engine that has no verifier of its own.
 */
export async function verify(
  leaf: CertificateInput,
  given: VerifyCertificateOptions | undefined,
): Promise<VerifyReport> {
  const options = ownOptions(given, { operation: "verify a certificate", names: OPTIONS });
  checkValues(options);
  refuseOtherText("the leaf", leaf);
  refuseOtherText("intermediates", options.intermediates);
  const { crls, ca, caFile, time } = options;
  const engine = await selectEngine(options.engine, ({ features }) => features.has("verifyChain"));
  if (engine.verifyChain === undefined) {
    throw lacking(engine, "verifyChain", "verifyCertificate()");
  }
  const { config: trust } = await loadTrust(
    "client",
    ownRecord({
      ...(ca === undefined ? {} : { ca: ca as Certificate[] }),
      ...(caFile === undefined ? {} : { caFile }),
      ...(crls === undefined ? {} : { crl: crls as string[] }),
      checkCrl: options.checkCrl ?? (crls === undefined ? false : "chain"),
    }),
    1,
    false,
    time,
  );
  const { policy, names } = judgementOf(engine.name, options);
  const shown = readShown(
    leaf,
    () =>
      options.intermediates === undefined
        ? []
        : loadBundle("intermediates", options.intermediates as Certificate[]).certificates,
  );
  if ("reason" in shown) return reportOf(refusal(policy, names, shown));
  const result = await engine.verifyChain({
    ...shown,
    trust,
    purpose: options.purpose ?? "server",
    time,
    depth: options.depth,
    policies: policiesOf(options),
    strict: options.strict,
  });
  const presented = [shown.leaf, ...shown.intermediates];
  const evidence = ownRecord({ ...result, presented, resumed: false, trust, time: options.time });
  return judge(evidence, policy, names);
}
