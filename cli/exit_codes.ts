/**
 * What a command says of its outcome: a word for JSON and for people, and the exit code that goes with
 * it. The one table of them.
 *
 * @module
 */

/** The outcome of a command in a word; in JSON it is `verdict`. */
export type Verdict =
  | "ok"
  | "findings"
  | "usage"
  | "unreachable"
  | "no-tls"
  | "untrusted"
  | "wrong-name"
  | "dates"
  | "revoked"
  | "pin"
  | "expires-soon"
  | "bug";

/** One row of the table of exit codes. */
export interface Exit {
  /** The exit code of the process. */
  readonly code: number;
  /** The words that a report has in its first line. */
  readonly label: string;
  /** When it is used. */
  readonly means: string;
}

/** Every outcome with its exit code. */
export const EXITS: Readonly<Record<Verdict, Exit>> = {
  ok: { code: 0, label: "OK", means: "all is well" },
  findings: { code: 1, label: "FINDINGS", means: "there are findings at or above --fail-on" },
  usage: {
    code: 2,
    label: "USAGE",
    means: "an argument, a file or a permission is wrong or missing",
  },
  unreachable: {
    code: 3,
    label: "NOT REACHABLE",
    means: "no connection: name, address, port or network",
  },
  "no-tls": { code: 4, label: "NO TLS", means: "connected, but there is no TLS connection" },
  untrusted: {
    code: 5,
    label: "NOT TRUSTED",
    means: "no trusted root vouches for the certificate",
  },
  "wrong-name": {
    code: 6,
    label: "NAME DOES NOT MATCH",
    means: "the certificate is for another name",
  },
  dates: {
    code: 7,
    label: "OUT OF DATE",
    means: "the certificate has expired or is not valid yet",
  },
  revoked: { code: 8, label: "REVOKED", means: "the certificate was revoked" },
  pin: { code: 9, label: "PIN DOES NOT MATCH", means: "the certificate is not the pinned one" },
  "expires-soon": {
    code: 10,
    label: "EXPIRES SOON",
    means: "valid, but for fewer days than --warn (or --crit) asks for",
  },
  bug: { code: 70, label: "BUG", means: "a fault of this program: please report it" },
};

/** Every outcome, in the order of the exit codes. */
export const VERDICTS: readonly Verdict[] = Object.keys(EXITS) as Verdict[];

/** How grave an outcome is, for the one of several: the first of these wins. */
const GRAVEST: readonly Verdict[] = [
  "bug",
  "usage",
  "revoked",
  "pin",
  "untrusted",
  "wrong-name",
  "dates",
  "no-tls",
  "unreachable",
  "findings",
  "expires-soon",
  "ok",
];

/** The one outcome of several: the gravest. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return GRAVEST.find((verdict) => verdicts.includes(verdict)) ?? "ok";
}
