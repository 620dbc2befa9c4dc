/**
 * The explanations that use evidence: what is wrong, according to the certificate and the
 * facts of the error, and what to do. They never parse a message.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import type { IssuerNamesake, SslError } from "../../errors.ts";
import { quoteName, visible } from "../../internal/quote.ts";

/** What an explanation is made from. */
export interface Case {
  readonly error: SslError;
  readonly chain: readonly Certificate[];
  readonly leaf: Certificate | undefined;
  /** The certificate that the error is about. */
  readonly at: Certificate | undefined;
}

/** Lines: what is wrong, then what to do. */
export type Explanation = readonly string[];

/** From the code of an error to its explanation. */
export type Table = Readonly<Record<string, (c: Case) => Explanation>>;

/** The certificate of the chain that an error is about; `undefined` if the chain does not have it. */
export function certificateAt(
  error: SslError,
  chain: readonly Certificate[],
): Certificate | undefined {
  return chain[error.facts.depth ?? 0];
}

/** A time in words: minutes up to two hours, hours up to two days, then days. */
export function span(ms: number): string {
  const minutes = Math.max(1, Math.floor(Math.abs(ms) / 60_000));
  if (minutes >= 2 * 24 * 60) return `${Math.floor(minutes / (24 * 60))} days`;
  if (minutes >= 120) return `${Math.floor(minutes / 60)} hours`;
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

const iso = (date: Date): string => date.toISOString().replace(".000", "");

/** Whether our side is the server: then advice for clients does not apply. */
export function serving({ error }: Case): boolean {
  return error.facts.role === "server";
}

/** What the peer is called. */
export function peer(c: Case): "The client" | "The server" | "The peer" {
  const { role } = c.error.facts;
  return role === undefined ? "The peer" : role === "server" ? "The client" : "The server";
}

/** What the certificate is called. */
export function who({ at, error }: Case): string {
  if (at === undefined) return "The peer's certificate";
  const kind = error.facts.anchor ? "The trust anchor" : "The certificate";
  return `${kind} "${at.subject}"`;
}

/** The options that add an anchor: a server that asks for certificates has its own. */
function anchorOptions(c: Case): string {
  return serving(c) ? "clientCa or clientCaFile" : "extraCa or extraCaFile";
}

/** What the engine is called. */
export function engineName({ error }: Case): string {
  const { engine } = error.facts;
  if (engine === undefined) return "The engine";
  return engine === "deno" ? "Deno's TLS" : "OpenSSL";
}

function names({ leaf, error }: Case): string | undefined {
  if (leaf === undefined) {
    const { names } = error.facts;
    if (names === undefined) return undefined;
    return names.length > 0
      ? `The certificate is valid for: ${names.join(", ")}.`
      : "The certificate names no host in its subjectAltName.";
  }
  const all = leaf.subjectAltNames.map(({ type, value }) => `${type}:${visible(value)}`);
  if (all.length > 0) return `The certificate is valid for: ${all.join(", ")}.`;
  if (leaf.commonName === undefined) {
    return "The certificate has neither a subjectAltName nor a commonName.";
  }
  const only = `The certificate has no subjectAltName, only the commonName ${
    quoteName(leaf.commonName)
  }`;
  return error.facts.scheme === "rfc9525"
    ? `${only}, which the scheme rfc9525 ignores; verifycnScheme: "default" does.`
    : `${only}.`;
}

function pinLine(leaf: Certificate | undefined): string | undefined {
  if (leaf === undefined) return undefined;
  return `If you know this certificate (ask its owner for the fingerprint in another way), pin it: fingerprint: "${
    leaf.fingerprint("sha256")
  }"`;
}

export function lines(...items: readonly (string | undefined)[]): Explanation {
  return items.filter((item): item is string => item !== undefined);
}

/** What to say when the Deno engine refused a certificate, as it does not show it. */
const UNSEEN =
  "The Deno engine does not show a certificate that it refuses: run with --allow-ffi for a fuller explanation, or look at the certificate with: openssl s_client -showcerts -connect host:port";

/** Whether the engine shows every certificate. */
const shows = ({ error: { facts } }: Case) => facts.engine === "openssl" || facts.engine === "wasm";

/** Says so when no certificate is shown: OpenSSL shows all, Deno none that it refuses. */
const unseen = (c: Case): string | undefined =>
  c.leaf === undefined && !shows(c) ? UNSEEN : undefined;

/** The time by which a certificate was judged, in words, and what to do if it is wrong. */
function clock({ error }: Case, wrong: string): string {
  const { time } = error.facts;
  return time === undefined
    ? `This machine's clock says ${iso(new Date())}: if that is ${wrong}, set the clock.`
    : `The certificate was verified for the time ${iso(time)}.`;
}

const now = ({ error }: Case): number => error.facts.time?.getTime() ?? Date.now();

export function expired(c: Case): Explanation {
  const end = c.at?.notAfter ?? c.error.facts.date;
  return lines(
    end === undefined
      ? `${who(c)} has expired.`
      : `${who(c)} expired on ${iso(end)}, ${span(now(c) - end.getTime())} ago.`,
    clock(c, "wrong"),
    c.error.facts.anchor
      ? "It was given on this side, so it must be replaced here: in ca, caFile, caPath, extraCa or clientCa, or in the system's list."
      : serving(c)
      ? "Otherwise the client needs a renewed certificate."
      : c.at === c.leaf
      ? "Otherwise the peer's operator must install a renewed certificate."
      : "Otherwise the peer's operator must install the renewed certificate of that CA.",
  );
}

export function notYet(c: Case): Explanation {
  const start = c.at?.notBefore ?? c.error.facts.date;
  return lines(
    start === undefined
      ? `${who(c)} is not valid yet.`
      : `${who(c)} is valid from ${iso(start)} on, in ${span(start.getTime() - now(c))}.`,
    clock(c, "slow"),
    "Otherwise wait, or ask the CA that issued it for another one.",
  );
}

/** Deno's own name check cannot be replaced: a scheme that allows more has no effect there. */
function ownCheck({ error }: Case): string | undefined {
  const { engine, scheme } = error.facts;
  if (engine !== "deno" || scheme === undefined || ["rfc9525", "none"].includes(scheme)) {
    return undefined;
  }
  const called = scheme === "your own" ? "a scheme of your own" : `the scheme "${scheme}"`;
  return `This is Deno's own name check, to which ${called} can only add: run with --allow-ffi for its rules alone.`;
}

export function wrongName(c: Case): Explanation {
  const { name, near = [] } = c.error.facts;
  const head = name === undefined
    ? "The certificate is not for the name that was asked for."
    : serving(c)
    ? `The client's certificate is not for "${name}", the name in verifycnName.`
    : `You connected to "${name}", but the peer's certificate is for another name.`;
  return lines(
    head,
    names(c),
    ...near.map((each) => `${each}.`),
    ownCheck(c),
    serving(c)
      ? "To let this client in, give its name as verifycnName, or give it a certificate for that name."
      : "Connect under one of these names, or name the one you expect with verifycnName (and serverName if the server has several certificates). If you want none of them, this is the wrong server.",
  );
}

const DIFFERENCES: Readonly<Record<IssuerNamesake["differs"], string>> = {
  "key identifier": "it has another key (the key identifiers differ)",
  "serial number": "it is another certificate of that CA (the serial numbers differ)",
  "no CA": "it is not a CA's",
  "key usage": "its keyUsage does not let it sign certificates",
  signature: "its key did not sign the certificate",
};

/** A certificate with the issuer's name, and why it is not the issuer. */
function namesake({ from, differs }: IssuerNamesake): string {
  const where = from === "anchors"
    ? "A certificate of that name is among the trust anchors"
    : "A certificate of that name was sent";
  return `${where}, but ${DIFFERENCES[differs]}.`;
}

function unseenIssuer(c: Case): Explanation {
  return lines(
    `No trusted CA issued ${
      serving(c) ? "the client's certificate" : "the peer's certificate"
    }, or the ${serving(c) ? "client" : "server"} forgot to send an intermediate CA.`,
    `If you trust its CA (or the certificate itself, when it is self-signed), give that certificate as ${
      anchorOptions(c)
    }.`,
    shows(c) ? undefined : UNSEEN,
  );
}

export function missingIssuer(c: Case): Explanation {
  const { issuer } = c.error.facts;
  if (issuer === undefined) return unseenIssuer(c);
  const { namesakes } = issuer;
  const known = [...new Set(namesakes.map(namesake))];
  const renewed = namesakes.some(({ from, differs }) => from === "anchors" && differs !== "no CA");
  const operator = serving(c) ? "The client's operator" : "The server's operator";
  return lines(
    `There is no chain from the certificate "${issuer.subject}" to a trusted CA: ${
      known.length > 0
        ? `the certificate of its issuer "${issuer.issuer}" that signed it is missing.`
        : `the peer did not send its issuer "${issuer.issuer}", and the trust anchors do not have it.`
    }`,
    ...known,
    renewed ? "If the CA has renewed its key, give its new certificate." : undefined,
    issuer.alone && !renewed
      ? `${peer(c)} sent its own certificate alone. If the issuer is an intermediate CA, ${
        serving(c) ? "the client" : "the server"
      } forgot to send it${
        issuer.at === undefined ? "" : `; it is published at ${visible(issuer.at)}`
      }. That is the most frequent cause. ${operator} should add it to the certificate file.`
      : issuer.at === undefined
      ? undefined
      : `Its issuer's certificate is published at ${visible(issuer.at)}.`,
    `If it is a CA that you trust, give its certificate as ${
      anchorOptions(c)
    } (or as ca, to trust no other).`,
    pinLine(c.leaf),
  );
}

/** Anchors of the name of a self-signed certificate, which are others. */
function otherAnchors({ error }: Case): string[] {
  return error.facts.issuer?.namesakes.some(({ from }) => from === "anchors")
    ? [
      "An anchor of the same name is there, but it is another certificate: if this one replaces it, give the new one.",
    ]
    : [];
}

export function selfSigned(c: Case): Explanation {
  return lines(
    `${
      who(c)
    } is self-signed, and is not among the trust anchors: no CA that you trust has signed it.`,
    ...otherAnchors(c),
    pinLine(c.leaf),
    `${c.leaf === undefined ? "Give" : "Or give"} it as ${
      serving(c) ? "clientCa" : "ca"
    } if it is meant to be its own anchor.`,
  );
}

export function selfSignedInChain(c: Case): Explanation {
  const root = c.chain.at(-1);
  return lines(
    root === undefined
      ? "The chain ends in a CA that is not among the trust anchors."
      : `The chain ends in the CA "${root.subject}", which is not among the trust anchors.`,
    ...otherAnchors(c),
    `If you trust that CA, give its certificate as ${
      anchorOptions(c)
    } (or as ca, to trust no other).`,
    pinLine(c.leaf),
  );
}

export function revoked(c: Case): Explanation {
  const { revoked, role } = c.error.facts;
  const since = revoked === undefined
    ? ""
    : ` (since ${iso(revoked.since)}${revoked.reason ? `, ${revoked.reason}` : ""})`;
  return lines(
    `${who(c)} has been revoked by its issuer${since}.`,
    role === "server"
      ? "Do not let the client in: it needs a new certificate. No pin overrides this."
      : "Do not go on. The server's operator must install a new certificate. No pin overrides this.",
  );
}

const USES = {
  client: "A server needs serverAuth (1.3.6.1.5.5.7.3.1)",
  server: "A client needs clientAuth (1.3.6.1.5.5.7.3.2)",
};

export function purpose(c: Case): Explanation {
  const uses = c.at?.extKeyUsage;
  const { role, limit } = c.error.facts;
  const needs = role === undefined
    ? `${USES.client}, a client clientAuth (1.3.6.1.5.5.7.3.2)`
    : USES[role];
  return lines(
    `${who(c)} may not be used for this purpose.`,
    limit === undefined ? undefined : `${engineName(c)} does not accept ${limit.what}.`,
    uses === undefined ? unseen(c) : `Its extended key usages are: ${uses.join(", ")}.`,
    limit === undefined
      ? `${needs}: ask its CA for the right kind.`
      : "Ask its CA for the certificate of a server (serverAuth, not CA).",
  );
}

export function noCrl(c: Case): Explanation {
  const issuer = c.at === undefined ? "the issuer" : `"${c.at.issuer}"`;
  const { crls } = c.error.facts;
  return lines(
    crls === undefined || crls.ofIssuer === 0
      ? `checkCrl is on, and there is no CRL from ${issuer}.`
      : `checkCrl is on, and none of the ${crls.ofIssuer} CRLs from ${issuer} applies to this certificate: ${c.error.reason}.`,
    crls === undefined || crls.given === 0
      ? undefined
      : `There are ${crls.given} revocation lists in all.`,
    crlAt(c, "It is published at"),
    'Give it as crl or crlFile, or in caPath; checkCrl: "chain" needs one from every CA of the chain.',
  );
}

const crlAt = ({ at }: Case, said: string): string | undefined =>
  at?.crlUris[0] && `${said} ${visible(at.crlUris[0])}.`;

/** What is wrong with a CRL that was refused. */
export function badCrl(what: string): (c: Case) => Explanation {
  return (c) =>
    lines(
      `The CRL of ${c.at === undefined ? "the issuer" : `"${c.at.issuer}"`} ${what}.`,
      crlAt(c, "Fetch the current one from") ?? "Fetch the current one from the CA.",
    );
}

/** A key or digest that is too weak for the security level in use. */
export function tooWeak(what: string, remedy: string): (c: Case) => Explanation {
  return (c) => {
    const { keyBits, securityLevel } = c.error.facts;
    const size = keyBits === undefined ? "" : ` (${keyBits} bits)`;
    return lines(
      `${who(c)} ${what}${size}.`,
      securityLevel === undefined
        ? "The limit is this side's: OpenSSL's security level."
        : `The limit is this side's: security level ${securityLevel}${
          LEVELS[securityLevel] ?? ""
        }.`,
      securityLevel !== undefined && securityLevel > 2
        ? "The level comes from @SECLEVEL in cipherList: 2 is the default here. Or the certificate's owner must get a stronger one."
        : remedy,
      unseen(c),
    );
  };
}

/** What OpenSSL's security levels ask of keys, by SSL_CTX_set_security_level(3). */
const LEVELS: readonly string[] = [
  "",
  ", which asks for RSA of 1024 bits or ECDSA of 160",
  ", which asks for RSA of 2048 bits or ECDSA of 224",
  ", which asks for RSA of 3072 bits or ECDSA of 256",
  ", which asks for RSA of 7680 bits or ECDSA of 384",
  ", which asks for RSA of 15360 bits or ECDSA of 512",
];

/** A fault of a certificate that only its issuer or owner can mend. */
export function fault(what: string, fix: string): (c: Case) => Explanation {
  return (c) => lines(`${who(c)} ${what}.`, fix, unseen(c));
}

/** A limit that the peer exceeded: which side set it, and which option changes it. */
export function overLimit(c: Case): Explanation {
  const { limit, securityLevel } = c.error.facts;
  if (limit === undefined || limit.by === "protocol") return misbehaved(c);
  const value = limit.value === undefined ? "" : ` (the limit is ${limit.value} bytes)`;
  const level = securityLevel === undefined ? "" : `, at security level ${securityLevel}`;
  return lines(
    `This is a limit of this side, not a breach of the protocol: ${
      engineName(c)
    } does not allow ${limit.what}${value}${level}.`,
    limit.option === "cipherList"
      ? 'If the peer cannot be mended, cipherList: "DEFAULT:@SECLEVEL=1" (or 0) lowers the level for this connection; that is weaker.'
      : limit.option !== undefined
      ? `The option ${limit.option} changes it.`
      : `No option changes it; ${peer(c).toLowerCase()} must be mended.`,
  );
}

/** The peer broke the protocol. */
export function misbehaved(c: Case): Explanation {
  if (c.error.facts.limit?.by === "own") return overLimit(c);
  return lines(
    `${peer(c)} broke the protocol, or something on the way altered what it sent.`,
    "None of it was delivered. If it happens again, the peer's software is at fault.",
  );
}
