/** What an engine is given to make a context of: everything at its default. */

import type { Certificate } from "../../certificate/mod.ts";
import type { ContextConfig, Credential, Role } from "../../engine/engine.ts";

/** A configuration that verifies as a client and asks for nothing as a server. */
export function defaultConfig(role: Role): ContextConfig {
  return {
    role,
    versions: new Set([0x0303, 0x0304] as const),
    cipherList: undefined,
    ciphersuites: undefined,
    honorCipherOrder: role === "server",
    groups: undefined,
    sigalgs: undefined,
    dh: "auto",
    noEcdh: false,
    credentials: [],
    trust: { anchors: undefined, extra: [], crls: [], checkCrl: "none" },
    clientCa: [],
    verifyMode: role === "client" ? 1 : 0,
    alpn: [],
    npn: [],
    requestOcsp: false,
    sessionIdContext: undefined,
    releaseBuffers: false,
    skipHostname: false,
    hooks: {},
  };
}

/** What one end shows: any chain, and a key. */
export interface Shown {
  readonly chain: readonly Certificate[];
  readonly key: string;
}

/** A chain and its key, as an engine takes them. */
export function credentialOf({ chain, key }: Shown): Credential {
  return {
    chain: chain.map(({ der }) => der),
    key: { data: new TextEncoder().encode(key), format: "pem", source: "key" },
    source: "cert",
  };
}
