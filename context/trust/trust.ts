/**
 * Whom a context trusts: turns the options ca, caFile, caPath, extraCa, clientCa, crl and their files
 * into what an engine takes.
 *
 * | role, verifyMode     | ca, caFile or caPath given | not given                               |
 * |----------------------|----------------------------|-----------------------------------------|
 * | client, PEER         | exactly these              | `defaultCa()`                           |
 * | server, PEER         | exactly these              | exactly clientCa, clientCaFile; without |
 * |                      |                            | these a TypeError                       |
 * | NONE                 | exactly these              | none: nothing is verified               |
 *
 * `[]` and `null` count as given, with no anchor; `""` counts as not given. The Deno engine always has
 * its own roots, and takes only extraCa and extraCaFile.
 *
 * @module
 */

import { SSL_VERIFY_PEER } from "../../constants.ts";
import type { Role, TrustConfig } from "../../engine/engine.ts";
import { loadBundleFile, loadCrlFile, loadDefaultCa, loadDirectories } from "./files.ts";
import { type Bundle, loadBundle, loadCrls, mergeBundles } from "./anchors.ts";
import { DefaultCa } from "./default_ca.ts";
import type { SslOptions } from "../options.ts";
import { SslError } from "../../errors.ts";
import { type Crl, readCrl } from "../../verify/crl.ts";
import { selectDeltas } from "../../verify/revocation.ts";

/** Whom to trust, and whose certificates to ask for. */
export interface Trust {
  /** For the engine. */
  readonly config: TrustConfig;
  /** The CA certificates whose names a server sends, in DER. */
  readonly clientCa: readonly Uint8Array[];
}

/** Whether an option that names anchors counts as given. */
const given = (value: unknown): boolean => value !== undefined && value !== "";

async function ownAnchors(options: SslOptions): Promise<Bundle | undefined> {
  const { ca, caFile, caPath } = options;
  if (![ca, caFile, caPath].some(given)) return undefined;
  const bundles: Bundle[] = [];
  if (ca !== undefined && ca !== null) bundles.push(loadBundle("ca", ca));
  if (caFile instanceof DefaultCa) bundles.push(await loadDefaultCa(caFile));
  else if (given(caFile) && caFile !== null) {
    bundles.push(await loadBundleFile("caFile", caFile as string | URL));
  }
  if (given(caPath) && caPath !== null) {
    bundles.push(await loadDirectories(caPath as string | URL | readonly (string | URL)[]));
  }
  return mergeBundles(bundles);
}

/** Certificates of an option and of its file together; `undefined` when neither is given. */
async function both(
  option: "extraCa" | "clientCa",
  options: SslOptions,
): Promise<Bundle | undefined> {
  const value = options[option];
  const file = options[`${option}File`];
  if (value === undefined && file === undefined) return undefined;
  return mergeBundles([
    ...(value === undefined ? [] : [loadBundle(option, value)]),
    ...(file === undefined ? [] : [await loadBundleFile(`${option}File`, file)]),
  ]);
}

function checkCrl(options: SslOptions): "none" | "leaf" | "chain" {
  const value = options.checkCrl ?? (options.crl !== undefined || options.crlFile !== undefined);
  if (value === "chain") return "chain";
  return value === false ? "none" : "leaf";
}

/**
 * Refuses lists that OpenSSL would misread: it takes a delta CRL about some reasons for a complete
 * list, and old versions read past the end of one that has no number.
 */
function checkedCrls(crls: readonly Uint8Array[]): readonly Uint8Array[] {
  crls.forEach((der, i) => {
    const which = crls.length === 1 ? "the CRL" : `CRL ${i + 1} of ${crls.length}`;
    const refuse = (reason: string, cause?: unknown): SslError =>
      new SslError(`Cannot use ${which}: ${reason}`, { code: "ERR_CRL", reason, cause });
    let crl: Crl;
    try {
      crl = readCrl(der);
    } catch (cause) {
      throw refuse(cause instanceof SslError ? cause.reason : String(cause), cause);
    }
    if (crl.base === undefined) return;
    const whose = `it is a delta CRL of ${JSON.stringify(crl.issuer)}`;
    if (crl.number === undefined) throw refuse(`${whose} without a CRL number (RFC 5280 5.2.3)`);
    if (crl.scope?.someReasons) {
      throw refuse(`${whose} about some reasons only, which is not supported`);
    }
  });
  return crls;
}

/**
 * Loads all anchors and CRLs.
 *
 * @param roots Whether the engine has roots of its own, which cannot be replaced.
 * @param time When chains are verified: of delta CRLs the newest that was made by then counts.
 * @throws {TypeError} for a server that asks for certificates and trusts nobody.
 */
export async function loadTrust(
  role: Role,
  options: SslOptions,
  verifyMode: number,
  roots: boolean,
  time: Date = new Date(),
): Promise<Trust> {
  const clientCa = await both("clientCa", options);
  const extra = await both("extraCa", options);
  let anchors = roots ? undefined : await ownAnchors(options);
  if (anchors === undefined && !roots) {
    if ((verifyMode & SSL_VERIFY_PEER) === 0) anchors = { certificates: [], crls: [] };
    else if (role === "client") anchors = await loadDefaultCa();
    else if (clientCa !== undefined) anchors = clientCa;
    else {
      throw new TypeError(
        "Cannot ask for client certificates: there is nobody to trust: give clientCa, " +
          "clientCaFile, ca, caFile or caPath (every public CA: caFile: defaultCa())",
      );
    }
  }
  const crls = [
    ...(anchors?.crls ?? []),
    ...(extra?.crls ?? []),
    ...(options.crl === undefined ? [] : loadCrls("crl", options.crl)),
    ...(options.crlFile === undefined ? [] : await loadCrlFile("crlFile", options.crlFile)),
  ];
  const check = checkCrl(options);
  const lists = check === "none" ? { crls: [], deltas: [] } : selectDeltas(checkedCrls(crls), time);
  return {
    config: {
      anchors: anchors?.certificates,
      extra: extra?.certificates ?? [],
      ...lists,
      checkCrl: check,
    },
    clientCa: clientCa?.certificates ?? [],
  };
}
