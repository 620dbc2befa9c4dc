/**
 * What an analysis comes to: a table of findings, each with how grave it is, when it holds and what to
 * do. Pure.
 *
 * @module
 */

import type { Analysis, ChainFault, Finding, Severity, SuiteFound, VersionFound } from "./model.ts";
import { suiteOf } from "./suites.ts";
import { versionText } from "./words.ts";

/** What findings are made from. */
export type Evidence = Omit<Analysis, "findings" | "connections" | "milliseconds">;

interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly fix: string;
  /** What was found, in words; nothing if the rule does not hold. */
  readonly when: (evidence: Evidence) => string | false | undefined;
}

const offered = ({ versions }: Evidence, version: string): VersionFound | undefined =>
  versions.find((one) => one.version === version && one.offered);

const speaks = (version: string) => (evidence: Evidence) =>
  offered(evidence, version) !== undefined && `the server accepts ${versionText(version)}`;

/** The names of what was found, each once, not more than a line holds. */
function listed(names: readonly string[]): string | undefined {
  const once = [...new Set(names)];
  if (once.length === 0) return undefined;
  const more = once.length - 4;
  return once.slice(0, 4).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** The suites that a test holds for, in any version. */
const suites = (test: (suite: SuiteFound, version: VersionFound) => boolean) =>
(
  { versions }: Evidence,
): string | undefined =>
  listed(
    versions.flatMap((version) =>
      version.suites.filter((suite) => test(suite, version)).map(({ name }) => name)
    ),
  );

const of = (suite: SuiteFound) => suiteOf(Number(suite.id));

const below = (limit: number) => ({ versions }: Evidence): string | undefined =>
  listed(
    versions.flatMap(({ suites }) =>
      suites.filter(({ dhBits = Infinity }) =>
        dhBits < limit && (limit < 2048 || dhBits > WEAKEST_DH)
      )
        .map(({ name, dhBits }) => `${name} with ${dhBits} bits`)
    ),
  );

/** Primes up to this size were broken, or can be. */
const WEAKEST_DH = 1024;

const DISABLE = "take these suites out of the list; ECDHE with AES-GCM or ChaCha20 is enough";

/** The findings about versions. */
const VERSIONS: readonly Rule[] = [
  {
    id: "sslv2",
    severity: "critical",
    title: "SSL 2.0 is on (DROWN)",
    fix: "switch SSL 2.0 off",
    when: speaks("SSLv2"),
  },
  {
    id: "sslv3",
    severity: "high",
    title: "SSL 3.0 is on (POODLE)",
    fix: "switch SSL 3.0 off",
    when: speaks("SSLv3"),
  },
  {
    id: "tls1.0",
    severity: "medium",
    title: "TLS 1.0 is on (deprecated by RFC 8996)",
    fix: "allow TLS 1.2 and TLS 1.3 alone",
    when: speaks("TLSv1"),
  },
  {
    id: "tls1.1",
    severity: "medium",
    title: "TLS 1.1 is on (deprecated by RFC 8996)",
    fix: "allow TLS 1.2 and TLS 1.3 alone",
    when: speaks("TLSv1_1"),
  },
  {
    id: "no-modern-version",
    severity: "high",
    title: "neither TLS 1.2 nor TLS 1.3",
    fix: "update the server's library and switch both on",
    when: (e) =>
      !offered(e, "TLSv1_2") && !offered(e, "TLSv1_3") && "clients of today refuse to connect",
  },
  {
    id: "no-tls1.3",
    severity: "low",
    title: "no TLS 1.3",
    fix: "switch TLS 1.3 on",
    when: (e) => offered(e, "TLSv1_2") && !offered(e, "TLSv1_3") && "the best version is TLS 1.2",
  },
  {
    id: "no-fallback-scsv",
    severity: "low",
    title: "no protection against a forced old version",
    fix: "update the server's library (RFC 7507)",
    when: (e) => e.features.fallbackScsv === false && "TLS_FALLBACK_SCSV is not heeded",
  },
];

/** The findings about suites, groups and primes. */
const SUITES: readonly Rule[] = [
  {
    id: "null-cipher",
    severity: "critical",
    title: "suites without encryption",
    fix: DISABLE,
    when: suites((s) => of(s).cipher.startsWith("NULL") || /^SHA\d+$/.test(of(s).cipher)),
  },
  {
    id: "anonymous",
    severity: "critical",
    title: "suites without a certificate",
    fix: DISABLE,
    when: suites((s) => of(s).authentication === "anon"),
  },
  {
    id: "export",
    severity: "critical",
    title: "export suites (FREAK, Logjam)",
    fix: DISABLE,
    when: suites((s) => of(s).export),
  },
  {
    id: "des",
    severity: "high",
    title: "suites with keys that can be tried out",
    fix: DISABLE,
    when: suites((s) => s.bits > 0 && s.bits < 112 && !of(s).export),
  },
  {
    id: "rc4",
    severity: "high",
    title: "RC4 (forbidden by RFC 7465)",
    fix: DISABLE,
    when: suites((s) => of(s).cipher.startsWith("RC4") && s.bits >= 112),
  },
  {
    id: "sweet32",
    severity: "medium",
    title: "ciphers with blocks of 64 bits (SWEET32)",
    fix: DISABLE,
    when: suites((s) => s.bits >= 112 && /^(?:3DES|IDEA|RC2|28147)/.test(of(s).cipher)),
  },
  {
    id: "broken-dh",
    severity: "high",
    title: "Diffie-Hellman with a prime that is too small (Logjam)",
    fix: "use a prime of 2048 bits or more (ffdhe2048), or ECDHE alone",
    when: below(WEAKEST_DH + 1),
  },
  {
    id: "weak-dh",
    severity: "medium",
    title: "Diffie-Hellman with fewer than 2048 bits",
    fix: "use a prime of 2048 bits or more (ffdhe2048), or ECDHE alone",
    when: below(2048),
  },
  {
    id: "weak-group",
    severity: "medium",
    title: "weak elliptic curves",
    fix: "allow X25519, P-256 and P-384",
    when: ({ groups }) =>
      listed(
        groups.flatMap((one) =>
          one.groups.filter(({ bits }) => bits > 0 && bits < 112).map(({ name }) => name)
        ),
      ),
  },
  {
    id: "beast",
    severity: "low",
    title: "CBC with TLS 1.0 or SSL 3.0 (BEAST)",
    fix: "allow TLS 1.2 and TLS 1.3 alone",
    when: suites((s, { version }) =>
      (version === "TLSv1" || version === "SSLv3") && of(s).cipher.includes("CBC")
    ),
  },
  {
    id: "no-forward-secrecy",
    severity: "low",
    title: "suites without forward secrecy",
    fix: "allow ECDHE suites alone: who gets the key later can read old connections",
    when: suites((s) => !of(s).forwardSecret && s.bits >= 112 && of(s).authentication !== "anon"),
  },
  {
    id: "cbc",
    severity: "info",
    title: "CBC suites (Lucky Thirteen)",
    fix: "allow AES-GCM and ChaCha20 alone, if no old client needs them",
    when: suites((s, { version }) => version === "TLSv1_2" && of(s).cipher.includes("CBC")),
  },
  {
    id: "client-order",
    severity: "low",
    title: "the client's order of suites decides, and there are weak ones",
    fix: "let the server's order decide, or take the weak suites out",
    when: ({ versions }) =>
      listed(
        versions.filter(({ order, suites }) =>
          order === "client" &&
          suites.some(({ strength }) => strength !== "good" && strength !== "fair")
        ).map(({ version }) => versionText(version)),
      ),
  },
  {
    id: "no-post-quantum",
    severity: "info",
    title: "no group that holds against a quantum computer",
    fix: "switch X25519MLKEM768 on (OpenSSL 3.5 and later)",
    when: (e) => {
      const groups = e.groups.find(({ version }) => version === "TLSv1_3")?.groups;
      return groups?.some(({ postQuantum }) => postQuantum) === false &&
        "what is recorded today may be read one day";
    },
  },
];

/** The findings about the rest of the protocol. */
const FEATURES: readonly Rule[] = [
  {
    id: "heartbleed",
    severity: "critical",
    title: "Heartbleed: the server gives its memory away",
    fix: "update OpenSSL, then replace the key and the certificate",
    when: ({ features }) => features.heartbleed && "it answered a heartbeat that asks for too much",
  },
  {
    id: "insecure-renegotiation",
    severity: "high",
    title: "no secure renegotiation",
    fix: "update the server's library (RFC 5746)",
    when: ({ features }) =>
      features.secureRenegotiation === false && "an attacker can put bytes before a client's",
  },
  {
    id: "client-renegotiation",
    severity: "low",
    title: "clients can renegotiate",
    fix: "switch renegotiation by clients off (SSL_OP_NO_RENEGOTIATION)",
    when: ({ features }) => features.clientRenegotiation && "each costs the server a handshake",
  },
  {
    id: "compression",
    severity: "high",
    title: "TLS compression (CRIME)",
    fix: "switch compression off",
    when: ({ features }) => features.compression && "the server accepts DEFLATE",
  },
  {
    id: "heartbeat",
    severity: "info",
    title: "heartbeats are answered",
    fix: "switch them off: nothing needs them over TCP",
    when: ({ features }) => features.heartbeat && "the server accepts the extension",
  },
  {
    id: "no-resumption",
    severity: "info",
    title: "sessions are not resumed",
    fix: "give tickets out or keep sessions, which saves each client a handshake",
    when: ({ features: { resumption: { byId, byTicket, tls13 } } }) =>
      [byId, byTicket, tls13].some((one) => one === false) &&
      ![byId, byTicket, tls13].includes(true) && "each connection needs a full handshake",
  },
];

const RULES: readonly Rule[] = [...VERSIONS, ...SUITES, ...FEATURES];

type Text = readonly [severity: Severity, title: string, fix: string];

const RENEW = "renew the certificate";
const ORDER = "send the leaf first, then each issuer after what it issued";

/** The findings about certificates, by the id of the fault. */
const FAULTS: Readonly<Record<string, Text>> = {
  malformed: ["critical", "a certificate cannot be read", "replace it"],
  revoked: ["critical", "the certificate is revoked", "replace it, with a new key"],
  "wrong-name": ["critical", "the certificate is for another name", "get one with this name in it"],
  expired: ["critical", "a certificate has expired", RENEW],
  "not-yet-valid": ["critical", "a certificate is not valid yet", "look at the server's clock"],
  "broken-key": ["critical", "a key that can be broken", "make a new key: EC P-256 or RSA 2048"],
  "bad-signature": ["critical", "a signature is wrong", "send the certificates of this chain"],
  "self-signed": ["high", "the certificate is self-signed", "get one from a CA: ssl cert make"],
  "no-names": ["high", "no subjectAltName", "get a certificate that names its hosts there"],
  "not-for-servers": ["high", "not a certificate for servers", "get one with serverAuth"],
  "not-a-ca": ["high", "an issuer that may not issue", "send the certificates of the CA"],
  "missing-intermediate": [
    "high",
    "the chain does not reach a trusted root",
    "append the intermediate certificates of the CA to the certificate file",
  ],
  untrusted: ["high", "clients do not trust it", "ssl connect says why, with the whole report"],
  gap: ["high", "the chain has a gap", ORDER],
  "weak-key": ["high", "a key that is too short", "make a new key: EC P-256 or RSA 2048"],
  "weak-signature": ["high", "a signature with a broken hash", "renew it: SHA-256 or better"],
  "must-staple": ["high", "the promised OCSP staple is missing", "switch OCSP stapling on"],
  "expires-very-soon": ["high", "the certificate ends within a week", RENEW],
  "expires-soon": ["medium", "the certificate ends within a month", RENEW],
  "wrong-order": ["medium", "certificates in the wrong order", ORDER],
  "bad-staple": ["medium", "the OCSP staple proves nothing", "let the server renew it in time"],
  unrelated: ["low", "certificates that do not belong to the chain", "do not send them"],
  "long-life": ["low", "a long life", "get one for at most 398 days, and renew it automatically"],
  "root-sent": ["info", "the root is sent", "leave it out: it costs bytes in each handshake"],
};

const ORDERED: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/** How grave a severity is: 0 is the gravest. */
export const rankOf = (severity: Severity): number => ORDERED.indexOf(severity);

/** The finding for a fault of a chain. */
function ofFault({ id, depth, detail }: ChainFault): Finding {
  const [severity, title, fix] = FAULTS[id]!;
  // An attacker cannot use an issuer that clients do not build the chain with.
  return {
    id,
    severity,
    title,
    fix,
    detail: depth === 0 ? detail : `certificate ${depth}: ${detail}`,
  };
}

/** What the refusal of a client adds to the faults that are seen in the chain itself. */
function trustFaults({ trust, chains }: Evidence): ChainFault[] {
  if (trust === undefined || trust.trusted) return [];
  const known = chains.flatMap(({ faults }) => faults.map(({ id }) => id));
  const explains = ["wrong-name", "expired", "not-yet-valid", "self-signed", "revoked"];
  if (known.some((id) => explains.includes(id))) return [];
  const last = chains[0]?.certificates.at(-1);
  const incomplete = /UNABLE_TO_(?:GET|VERIFY)|UNKNOWN_ISSUER/.test(trust.code ?? "") &&
    last !== undefined && last.subject !== last.issuer;
  if (!incomplete) return [{ id: "untrusted", depth: 0, detail: trust.reason ?? "refused" }];
  const detail =
    `it ends at ${last.subject}, whose issuer ${last.issuer} was not sent and is not ` +
    "a trusted root: an intermediate is missing, or the CA is a private one";
  return [{ id: "missing-intermediate", depth: 0, detail }];
}

/** All findings, gravest first. */
export function findingsOf(evidence: Evidence): Finding[] {
  const seen = evidence.chains.flatMap(({ faults }) => faults)
    // One that was named as trusted vouches for itself, and that is enough.
    .filter(({ id }) => id !== "self-signed" || evidence.trust?.trusted !== true);
  const faults = [...trustFaults(evidence), ...seen];
  const found = RULES.flatMap(({ id, severity, title, fix, when }): Finding[] => {
    const detail = when(evidence);
    return typeof detail === "string" ? [{ id, severity, title, detail, fix }] : [];
  });
  const all = [...faults.map(ofFault), ...found];
  return all.sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
}
