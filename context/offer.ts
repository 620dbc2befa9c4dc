/**
 * What a context offers its peers, for the explanation of a handshake that failed.
 *
 * @module
 */

import { versionName } from "../engine/tls_versions.ts";
import type { Offer } from "../errors.ts";
import { recordOf } from "./context_record.ts";
import { isRecord } from "./option_values.ts";
import type { SharedContext } from "./options.ts";

/** What rustls has; Deno cannot change it. */
const RUSTLS: Pick<Offer, "ciphers" | "groups"> = {
  ciphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE with AES-GCM or CHACHA20-POLY1305",
  ],
  groups: ["X25519", "P-256", "P-384"],
};

const DEFAULT_12 = "the default list of TLS 1.2 (ECDHE, DHE or RSA with AES or CHACHA20)";
const DEFAULT_13 = "all suites of TLS 1.3";

function listed(value: unknown): readonly string[] {
  if (isRecord(value)) return [...new Set(Object.values(value).map(String))];
  return value === undefined || value === "" ? [] : [String(value)];
}

/** What a context offers, as far as its options say. */
export function ownOffer(context: SharedContext): Offer {
  const { options, engine, versions: allowed = [] } = recordOf(context);
  const versions = [...allowed].sort().map(versionName);
  const alpnProtocols = options.alpnProtocols ?? [];
  if (!engine.features.has("ciphers")) return { versions, alpnProtocols, ...RUSTLS };
  const { cipherList, ciphersuites, ecdhCurve, sigalgs } = options;
  const old = versions.some((v) => v !== "TLSv1_3");
  const suites = listed(ciphersuites);
  return {
    versions,
    ciphers: [
      ...(versions.includes("TLSv1_3") ? suites.length > 0 ? suites : [DEFAULT_13] : []),
      ...(old ? listed(cipherList).length > 0 ? listed(cipherList) : [DEFAULT_12] : []),
    ],
    groups: ecdhCurve === null || ecdhCurve === undefined || ecdhCurve === "auto"
      ? []
      : [ecdhCurve],
    signatureAlgorithms: sigalgs === undefined ? [] : [sigalgs],
    alpnProtocols,
  };
}
