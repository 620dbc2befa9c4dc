/**
 * Whom a context trusts: the options ca, caFile, caPath, extraCa, clientCa, crl and their files.
 *
 * | role, verifyMode     | ca, caFile or caPath given | not given                               |
 * |----------------------|----------------------------|-----------------------------------------|
 * | client, PEER         | exactly these              | `defaultCa()`                           |
 * | server, PEER         | exactly these              | exactly clientCa, clientCaFile; without |
 * |                      |                            | these a TypeError                       |
 * | NONE                 | exactly these              | none: nothing is verified               |
 *
 * `[]` and `null` give no anchor; `""` is not given. The Deno engine has roots of its own, and takes
 * only extraCa and extraCaFile.
 *
 * @module
 */

import { SSL_VERIFY_PEER } from "../../constants.ts";
import type { Role, TrustConfig } from "../../engine/engine.ts";
import { loadBundleFile, loadCrlFile, loadDefaultCa, loadDirectories } from "./files.ts";
import { type Bundle, loadBundle, loadCrls, mergeBundles } from "./anchors.ts";
import { DefaultCa, defaultCa } from "./default_ca.ts";
import type { SslOptions } from "../options.ts";
import { SslError } from "../../errors.ts";
import { quotePath } from "../../internal/quote.ts";
import { type Crl, readCrl } from "../../verify/crl.ts";
import type { AnchorPlace } from "../../verify/peer.ts";
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

/** A bundle of an option; `path` where it names a file. */
function ofOption(name: string, bundle: Bundle, path?: unknown): AnchorPlace<Bundle> {
  const file = typeof path === "string" || path instanceof URL ? ` ${quotePath(path)}` : "";
  return { origin: { source: "option", detail: name + file }, bundle };
}

async function ofDefault(from: DefaultCa = defaultCa()): Promise<AnchorPlace<Bundle>> {
  const { source, detail } = from;
  return { origin: { source, detail }, bundle: await loadDefaultCa(from) };
}

/** Where anchors come from, with what was found there. */
type Places = readonly AnchorPlace<Bundle>[];

async function ownAnchors(options: SslOptions): Promise<Places | undefined> {
  const { ca, caFile, caPath } = options;
  if (![ca, caFile, caPath].some(given)) return undefined;
  const places: AnchorPlace<Bundle>[] = [];
  if (ca !== undefined && ca !== null) places.push(ofOption("ca", loadBundle("ca", ca)));
  if (caFile instanceof DefaultCa) places.push(await ofDefault(caFile));
  else if (given(caFile) && caFile !== null) {
    const path = caFile as string | URL;
    places.push(ofOption("caFile", await loadBundleFile("caFile", path), path));
  }
  if (given(caPath) && caPath !== null) {
    const paths = caPath as string | URL | readonly (string | URL)[];
    places.push(ofOption("caPath", await loadDirectories(paths), paths));
  }
  return places;
}

/** Certificates of an option and of its file together; `undefined` when neither is given. */
async function both(
  option: "extraCa" | "clientCa",
  options: SslOptions,
): Promise<Places | undefined> {
  const value = options[option];
  const name = `${option}File` as const;
  const file = options[name];
  if (value === undefined && file === undefined) return undefined;
  return [
    ...(value === undefined ? [] : [ofOption(option, loadBundle(option, value))]),
    ...(file === undefined ? [] : [ofOption(name, await loadBundleFile(name, file), file)]),
  ];
}

/** All that was found. */
const together = (places: Places = []): Bundle => mergeBundles(places.map((each) => each.bundle));

function checkCrl(options: SslOptions): "none" | "leaf" | "chain" {
  const value = options.checkCrl ?? (options.crl !== undefined || options.crlFile !== undefined);
  if (value === "chain") return "chain";
  return value === false ? "none" : "leaf";
}

/**
 * Refuses lists that OpenSSL misreads: a delta CRL about some reasons it takes for a complete list,
 * and old versions read past the end of one without a number.
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
    if ((verifyMode & SSL_VERIFY_PEER) === 0) anchors = [];
    else if (role === "client") anchors = [await ofDefault()];
    else if (clientCa !== undefined) anchors = clientCa;
    else {
      throw new TypeError(
        "Cannot ask for client certificates: there is nobody to trust: give clientCa, clientCaFile, " +
          "ca, caFile or caPath (all public CAs: caFile: defaultCa(); pins alone: ca: [])",
      );
    }
  }
  const [own, more] = [anchors && together(anchors), together(extra)];
  const crls = [
    ...(own?.crls ?? []),
    ...more.crls,
    ...(options.crl === undefined ? [] : loadCrls("crl", options.crl)),
    ...(options.crlFile === undefined ? [] : await loadCrlFile("crlFile", options.crlFile)),
  ];
  const check = checkCrl(options);
  const lists = check === "none" ? { crls: [], deltas: [] } : selectDeltas(checkedCrls(crls), time);
  return {
    config: {
      anchors: own?.certificates,
      extra: more.certificates,
      places: [...anchors ?? [], ...extra ?? []],
      ...lists,
      checkCrl: check,
    },
    clientCa: together(clientCa).certificates,
  };
}
