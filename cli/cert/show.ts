/**
 * `ssl cert show`: everything in a file, or what a server sends.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { children, ifReadable } from "../../certificate/asn1/reader.ts";
import { derToPem } from "../../certificate/keys/pem.ts";
import type { PrivateKey } from "../../certificate/keys/private_key.ts";
import type { CertificateRequest } from "../../certificate/request.ts";
import type { Crl } from "../../verify/crl.ts";
import type { Call } from "../call.ts";
import {
  daysLeft,
  dayText,
  endedText,
  keyPin,
  keyText,
  lifeUsed,
  spkiText,
} from "../certificate_data.ts";
import { bar, counted, type Page } from "../layout.ts";
import type { DataSchema, JsonSchema, Result } from "../result.ts";
import { reportPath, writeReport } from "../files.ts";
import type { ShownItem } from "../html/certificate_report.ts";
import type { Contents, Item } from "./contents.ts";
import {
  certificateDetails,
  DETAILS_SCHEMA,
  listed,
  nameOf,
  namesOf,
  requestNames,
} from "./describe.ts";
import { contentsOf } from "./source.ts";

const text: JsonSchema = { type: "string" };
const texts: JsonSchema = { type: "array", items: text };

function record(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: "object",
    required: Object.keys(properties),
    properties,
    additionalProperties: false,
  };
}

const ITEMS: readonly JsonSchema[] = [
  DETAILS_SCHEMA,
  record({
    kind: { const: "request" },
    subject: text,
    names: texts,
    key: text,
    signed: { type: ["boolean", "null"] },
    pem: text,
  }),
  record({
    kind: { const: "crl" },
    issuer: text,
    thisUpdate: text,
    nextUpdate: { type: ["string", "null"] },
    number: { type: ["string", "null"] },
    entries: { type: "integer", minimum: 0 },
    pem: text,
  }),
  record({
    kind: { const: "key" },
    encrypted: { type: "boolean" },
    type: { type: ["string", "null"] },
  }),
  record({ kind: { const: "other" }, label: text }),
];

/** What the document has. */
export const schema: DataSchema = {
  properties: {
    source: text,
    from: { enum: ["file", "server"] },
    encoding: { enum: ["PEM", "DER", "PKCS#12"] },
    items: { type: "array", items: { anyOf: ITEMS } },
  },
};

/** Whether a request is signed with its own key; `null` where that cannot be said. */
const signedBy = (request: CertificateRequest): boolean | null =>
  ifReadable(() => request.verify()) ?? null;

/** How many certificates a list revokes. */
const entryCount = ({ entries }: Crl): number =>
  entries === undefined ? 0 : children(entries, "CRL").length;

/** What kind a key is of; nothing while it is encrypted. */
const keyKind = ({ key }: { readonly key: PrivateKey | undefined }): string | undefined =>
  key && spkiText(key.publicSpki);

/** One thing as data. A key is named and never shown. */
function itemData(item: Item, now: number): Record<string, unknown> {
  switch (item.kind) {
    case "certificate":
      return certificateDetails(item.certificate, now);
    case "request": {
      const { subject, pem, rawSpki } = item.request;
      const [names, key] = [requestNames(item.request), spkiText(rawSpki)];
      return { kind: "request", subject, names, key, signed: signedBy(item.request), pem };
    }
    case "crl": {
      const { issuer, thisUpdate, nextUpdate = null, number, der } = item.crl;
      return {
        ...{ kind: "crl", issuer, thisUpdate, nextUpdate, number: number?.toString() ?? null },
        ...{ entries: entryCount(item.crl), pem: derToPem(der, "X509 CRL") },
      };
    }
    case "key":
      return { kind: "key", encrypted: item.key === undefined, type: keyKind(item) ?? null };
    case "other":
      return { kind: "other", label: item.label };
  }
}

type Rows = readonly (readonly [label: string, text: string])[];

function certificateRows(certificate: Certificate, now: number): Rows {
  const read = (get: () => readonly string[] | undefined) => (ifReadable(get) ?? []).join(", ");
  const { notBefore, notAfter } = certificate;
  const left = daysLeft(certificate, now);
  const when = left < 0 ? endedText(left) : `${counted(left, "day")} left`;
  const { extKeyUsage, ocsp, crls } = certificateDetails(certificate, now) as Record<
    string,
    string[]
  >;
  return [
    ["subject", certificate.subject],
    ["names", listed(namesOf(certificate))],
    ["issuer", certificate.isSelfIssued ? "itself" : certificate.issuer],
    ["valid", `${dayText(notBefore)} to ${dayText(notAfter)}, ${when}`],
    ["key", keyText(certificate)],
    ["usage", read(() => certificate.keyUsage)],
    ["purpose", listed(extKeyUsage!)],
    ["signature", certificate.signatureAlgorithm],
    ["serial", certificate.serial],
    ["ocsp", listed(ocsp!)],
    ["crl", listed(crls!)],
    ["sha256", certificate.fingerprint("sha256")],
    ["pin", keyPin(certificate)],
  ];
}

function crlRows(crl: Crl, now: number): Rows {
  const { issuer, thisUpdate, nextUpdate, number } = crl;
  const late = nextUpdate !== undefined && nextUpdate.getTime() < now ? " (too old)" : "";
  return [
    ["issuer", issuer],
    ["made", dayText(thisUpdate)],
    ["next", nextUpdate === undefined ? "not said" : dayText(nextUpdate) + late],
    ["number", number?.toString() ?? ""],
    ["revoked", counted(entryCount(crl), "certificate")],
  ];
}

function requestRows(request: CertificateRequest): Rows {
  const signed = signedBy(request);
  return [
    ["subject", request.subject],
    ["names", listed(requestNames(request))],
    ["key", spkiText(request.rawSpki)],
    ["signed", signed === null ? "by an unknown algorithm" : signed ? "by its key" : "WRONGLY"],
  ];
}

function rowsOf(item: Item, now: number): readonly [title: string, rows: Rows] {
  switch (item.kind) {
    case "certificate": {
      const { certificate } = item;
      const isCa = ifReadable(() => certificate.isCa) ?? false;
      const kind = isCa ? certificate.isSelfIssued ? "root" : "CA" : "certificate";
      return [`${kind} ${nameOf(certificate)}`, certificateRows(certificate, now)];
    }
    case "request":
      return ["certificate request", requestRows(item.request)];
    case "crl":
      return ["revocation list", crlRows(item.crl, now)];
    case "key":
      return ["private key", [[
        "kind",
        keyKind(item) ?? "encrypted: --password-file opens it",
      ]]];
    case "other":
      return [item.label, []];
  }
}

/** The things of a file as a report shows them. */
function shownItems({ items }: Contents, now: number): ShownItem[] {
  return items.map((item) => {
    const [title, rows] = rowsOf(item, now);
    const certificate = item.kind === "certificate" ? item.certificate : undefined;
    return { title, rows: rows.filter(([, value]) => value !== ""), certificate };
  });
}

/** The lines for people. */
function textOf(contents: Contents, page: Page, now: number): string {
  return shownItems(contents, now).map(({ title, rows, certificate }, i) => {
    const life = certificate && bar(lifeUsed(certificate, now), 20);
    const shown = rows.map((
      [label, text],
    ) => [label, label === "valid" ? `${text}  ${life}` : text]);
    return [`${i + 1}  ${title}`, ...(shown.length === 0 ? [] : [page.columns(shown, "   ")])]
      .join("\n");
  }).join("\n");
}

/** Runs it. */
export async function run(call: Call): Promise<Result> {
  const html = reportPath(call.text("html"));
  const [operand] = call.operands as readonly [string];
  const contents = await contentsOf(call, operand);
  const now = call.io.now();
  const { from, encoding, items } = contents;
  if (html !== undefined) {
    const { certificateReport } = await import("../html/certificate_report.ts");
    await writeReport(html, certificateReport(operand, shownItems(contents, now), now));
  }
  return {
    verdict: "ok",
    data: { source: operand, from, encoding, items: items.map((item) => itemData(item, now)) },
    text: textOf(contents, call.page, now),
  };
}
