/** The files that the scripts name: certificates, keys, a CRL, a stapled response. */

import { TestCa } from "../../../testing/mod.ts";

/** certificatePolicies with 1.2.3.4.5, as DER. */
const POLICY = {
  oid: "2.5.29.32",
  critical: false,
  value: Uint8Array.fromHex("300830060604" + "2a030405"),
};

/** What a name of the certificate is tested with. */
const NAMES = ["*.johndoe.net-ssleay.example", "john.doe@net-ssleay.example", "192.168.0.3"];

/** Writes them into a folder. */
export async function twinCertificates(folder: string): Promise<void> {
  const ca = await TestCa.create({ commonName: "Root CA" });
  const intermediate = await ca.intermediate({ commonName: "Verify CA", extensions: [POLICY] });
  const [server, client, gone, named] = await Promise.all([
    ca.server(),
    ca.client("client"),
    ca.revoked({ names: ["revoked.net-ssleay.example"] }),
    intermediate.server({ names: NAMES, extensions: [POLICY] }),
  ]);
  const files: Record<string, string | Uint8Array> = {
    "ca.pem": ca.pem,
    "chain.pem": server.cert + ca.pem,
    "server.pem": server.cert,
    "server.key": server.key,
    "client.pem": client.cert,
    "client.key": client.key,
    "revoked.pem": gone.cert,
    "revoked.key": gone.key,
    "ca.crl": ca.crl(),
    "verify-ca.pem": intermediate.pem + ca.pem,
    "verify-chain.pem": named.cert + ca.pem,
    "verify.key": named.key,
    "staple.der": await ca.ocspResponse(server),
  };
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}
