/**
 * What an analysis finds, as plain data: the JSON document of `analyze`, and what the reports are
 * written from.
 *
 * @module
 */

import type { Strength } from "./suites.ts";

/** The versions, oldest first. */
export const VERSION_NAMES = ["SSLv2", "SSLv3", "TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"] as const;
/** The name of a version. */
export type VersionName = typeof VERSION_NAMES[number];

/** Whose order of preference decides. */
export type Order = "server" | "client";

/** A suite that a server takes. */
export interface SuiteFound {
  /** `0x1301`. */
  readonly id: string;
  /** The name in the IANA registry. */
  readonly name: string;
  /** OpenSSL's name. */
  readonly openssl: string;
  /** How many bits of security the cipher has. */
  readonly bits: number;
  /** How much it is worth. */
  readonly strength: Strength;
  /** The group, or the bits of the prime, of the key exchange. */
  readonly exchange?: string;
  /** The bits of the prime of DHE. */
  readonly dhBits?: number;
  /** The bits of the short-lived RSA key of an export suite. */
  readonly rsaBits?: number;
}

/** What was found of one version. */
export interface VersionFound {
  /** Its name. */
  readonly version: VersionName;
  /** Whether the server speaks it. */
  readonly offered: boolean;
  /** What the server did when it was asked for a version that it does not speak. */
  readonly refusal?: string;
  /** The suites: in the order of preference if it is the server's; with `--fast` the first alone. */
  readonly suites: readonly SuiteFound[];
  /** Whose order decides; absent if there are not two suites, or it was not asked. */
  readonly order?: Order;
}

/** The groups of a version. */
export interface GroupsFound {
  /** The version. */
  readonly version: VersionName;
  /** The groups: in the order of preference if it is the server's. */
  readonly groups: readonly {
    readonly id: string;
    readonly name: string;
    readonly bits: number;
    readonly postQuantum: boolean;
  }[];
  /** Whose order decides. */
  readonly order?: Order;
}

/** One certificate, as JSON has it. */
export type CertificateFound = Readonly<Record<string, unknown>>;

/** What is wrong with a chain, and where. */
export interface ChainFault {
  /** The kind of fault; the id of a finding. */
  readonly id: string;
  /** Which certificate, from 0, the leaf, on. */
  readonly depth: number;
  /** What was found, in words. */
  readonly detail: string;
}

/** A chain as the server sends it. */
export interface ChainFound {
  /** The certificates in the order in which they came. */
  readonly certificates: readonly CertificateFound[];
  /** The names of the leaf. */
  readonly names: readonly string[];
  /** What is wrong. */
  readonly faults: readonly ChainFault[];
  /** The stapled OCSP response. */
  readonly staple: {
    /** Whether there is one. */
    readonly sent: boolean;
    /** `good`, `revoked`, `unknown`, or `unreadable`. */
    readonly status?: string;
    /** What it says, in words. */
    readonly detail?: string;
  };
}

/** Whether a client accepts the server: the verification by the engine at hand. */
export interface TrustFound {
  /** Whether it does. */
  readonly trusted: boolean;
  /** The engine that verified. */
  readonly engine: string;
  /** Why not. */
  readonly reason?: string;
  /** The code of the refusal. */
  readonly code?: string;
  /** The chain as it was built, leaf first. */
  readonly path: readonly CertificateFound[];
  /** How long each step took, in milliseconds. */
  readonly timings: Readonly<Record<string, number>>;
}

/** Everything beside suites and certificates. */
export interface FeaturesFound {
  /** The application protocols, in the server's order. */
  readonly alpn: readonly string[];
  /** Whether old versions have safe renegotiation (RFC 5746). */
  readonly secureRenegotiation?: boolean;
  /** Whether a client can start a renegotiation. */
  readonly clientRenegotiation?: boolean;
  /** Whether the server stops a client that was forced to an old version (RFC 7507). */
  readonly fallbackScsv?: boolean;
  /** Whether TLS compresses, which leaks secrets (CRIME). */
  readonly compression?: boolean;
  /** Whether it answers heartbeats. */
  readonly heartbeat?: boolean;
  /** Whether it gives its memory away in them. */
  readonly heartbleed?: boolean;
  /** RFC 7627. */
  readonly extendedMasterSecret?: boolean;
  /** RFC 7366. */
  readonly encryptThenMac?: boolean;
  /** Whether it asks for a certificate of the client. */
  readonly asksForCertificate: boolean;
  /** How a session is resumed. */
  readonly resumption: {
    /** Whether it gives session ids out. */
    readonly sessionIds?: boolean;
    /** Whether it gives tickets out (RFC 5077). */
    readonly tickets?: boolean;
    /** Whether a session of TLS 1.2 by its id was resumed. */
    readonly byId?: boolean;
    /** Whether a session of TLS 1.2 by ticket was resumed. */
    readonly byTicket?: boolean;
    /** Whether a session of TLS 1.3 was resumed. */
    readonly tls13?: boolean;
  };
}

/** How grave a finding is. */
export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** The severities, gravest first. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/** Something to know or to mend. */
export interface Finding {
  /** What it is, in a word that does not change: `tls1.0`. */
  readonly id: string;
  /** How grave. */
  readonly severity: Severity;
  /** What it is, in a line. */
  readonly title: string;
  /** What was found. */
  readonly detail: string;
  /** What to do. */
  readonly fix: string;
}

/** What was not looked at, and why. */
export interface LeftOut {
  /** What. */
  readonly what: string;
  /** Why. */
  readonly why: string;
}

/** The whole analysis. */
export interface Analysis {
  /** Whom. */
  readonly target: {
    readonly hostname: string;
    readonly port: number;
    readonly serverName: string;
    readonly starttls?: string;
  };
  /** Each version. */
  readonly versions: readonly VersionFound[];
  /** The groups of each version that has some. */
  readonly groups: readonly GroupsFound[];
  /** The chains: one for each kind of key that the server has. */
  readonly chains: readonly ChainFound[];
  /** Whether a client accepts it. */
  readonly trust?: TrustFound;
  /** The rest. */
  readonly features: FeaturesFound;
  /** The findings, gravest first. */
  readonly findings: readonly Finding[];
  /** What was not looked at. */
  readonly leftOut: readonly LeftOut[];
  /** How many connections were made. */
  readonly connections: number;
  /** How long it took, in milliseconds. */
  readonly milliseconds: number;
}
