/**
 * The "what if" verifier: a saved chain against any anchors, CRLs, time, name, purpose and policies,
 * without a connection.
 *
 * @module
 */

import type { CertificateInput } from "../certificate/certificate.ts";
import { atCallOf } from "../internal/caller.ts";
import type { VerifyReport } from "../verify/report.ts";
import type { VerifyCertificateOptions } from "./verify_certificate_options.ts";

/**
 * Verifies a certificate without a connection, by OpenSSL's chain building and the same judgement
 * as for a peer. Never throws for a bad certificate, one that is malformed included: the report says
 * what is wrong.
 *
 * Perl: `Net::SSLeay::X509_verify_cert`
 *
 * @param leaf The certificate in question: PEM text (what follows the first one counts as an
 * intermediate), DER, a `Certificate`, or an `X509Certificate` of another library.
 * @returns The report: `ok`, the chain that was built, its anchor, every check, the error, a hint.
 * @throws {TypeError} For an unknown option or a wrong value.
 * @throws {SslError} If an anchor or a CRL cannot be read, or text holds no PEM.
 * @throws {SslUnsupportedError} On the Deno engine, which has no verifier of its own: run with
 * `--allow-ffi`.
 * @example Would this chain still be good in a year?
 * ```ts
 * import { verifyCertificate } from "@socket/ssl/context";
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
 * @category Verification
 */
export async function verifyCertificate(
  leaf: CertificateInput,
  given?: VerifyCertificateOptions,
): Promise<VerifyReport> {
  return await atCallOf(verifyCertificate, async () => {
    const { verify } = await import("./chain_judgement.ts"); // rare, so not at start-up
    return await verify(leaf, given);
  });
}
