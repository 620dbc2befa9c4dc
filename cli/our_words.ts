/**
 * What the library says, in the words of the command line: its messages and its advice name its own
 * options.
 *
 * @module
 */

/** What the library says, and what stands for it here. */
const OURS: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/\bverifycnName \(and serverName[^)]*\)/g, "--name"],
  [
    /\bextraCa or extraCaFile \(or as ca, to trust no other\)/g,
    "--ca (with --only to trust no other)",
  ],
  [/\bextraCa or extraCaFile\b/g, "--ca"],
  [/\bin ca, caFile, caPath, extraCa or clientCa, or\b/g, "in the file of --ca or --mtls, or"],
  [/\bGive it as crl or crlFile, or in caPath; checkCrl: "chain" needs one\b/g, "Give --crl, one"],
  [/\bgive ca, caFile or caPath\b/g, "give --ca FILE"],
  [/\bgive ca or caFile\b/g, "give --ca FILE"],
  [/\boption "(?:crl|crlFile|checkCrl)"/g, "--crl"],
  [/\boption "(?:version|minVersion|maxVersion)"/g, "--tls"],
  [/\boption "ocspMode"/g, "--must-staple"],
  [/\boption "(?:ca|caFile)"/g, "--only"],
  [/\boption "(?:clientCaFile|clientCa|verifyMode)"/g, "--mtls"],
  [/\boption "(?:fingerprint|forceFingerprint)"/g, "--pin"],
  [/\boption "alpnProtocols"/g, "--alpn"],
  [/\boption "certFile"/g, "--cert"],
  [/\boption "keyFile"/g, "--key"],
  [/\boption "passwdCb"/g, "--password-file"],
  [/\bwithout SSL_OCSP_MUST_STAPLE in ocspMode\b/g, "without --must-staple"],
  [/\bfingerprint: "([^"]+)"/g, "--pin '$1'"],
  [
    /\bCompare version, cipherList, ciphersuites and ecdhCurve of/g,
    "Compare versions, ciphers and groups of",
  ],
  [/, talk plain text first and then use SslSocket\.start\b/g, ", use --starttls"],
  [/\buse SslSocket\.connect\(\), without startTls\(\)/g, "leave --starttls out"],
  [
    /: run with --allow-ffi for a fuller explanation, or look at the certificate with: openssl s_client -showcerts -connect host:port\.?/g,
    "; OpenSSL does (--allow-ffi, or --engine wasm).",
  ],
  [/\balpnProtocols\b/g, "--alpn"],
  [/\bcert(?:File)? and key(?:File)?\b/g, "--cert and --key"],
  [/\bextraCa(?:File)?\b|\bca(?:File|Path)\b/g, "--ca"],
  [/\b(?:serverName|verifycnName)\b/g, "--name"],
  [/\bcrlFile\b/g, "--crl"],
  [/\bpasswdCb\b/g, "--password-file"],
];

/** A text of the library in the words of the command line. */
export function inOurWords(text: string): string {
  return OURS.reduce((said, [theirs, ours]) => said.replace(theirs, ours), text);
}
