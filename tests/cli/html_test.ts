/** The reports to look at: nothing from outside is more than text, and all pictures are in them. */

import "../helpers/limit.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Analysis } from "../../cli/analyze/model.ts";
import { certificateData } from "../../cli/certificate_data.ts";
import { analysisReport } from "../../cli/html/analysis_report.ts";
import { certificateReport } from "../../cli/html/certificate_report.ts";
import { checkReport } from "../../cli/html/check_report.ts";
import { markup } from "../../cli/html/markup.ts";
import { TestCa } from "../../testing/mod.ts";
import { run } from "./helper.ts";

const EVIL = `"><script>alert(1)</script>' onload=x \u202e`;
const ca = await TestCa.create({ commonName: `Root ${EVIL}` });
const issuer = await ca.intermediate({ commonName: `Issuer ${EVIL}` });
const now = Date.UTC(2026, 10, 28, 12);
const leaf = await issuer.server("localhost", {
  commonName: EVIL,
  notBefore: new Date(now - 80 * 86_400_000),
  notAfter: new Date(now + 10 * 86_400_000),
});
const chain = [...leaf.chain, ca.certificate];

/** The elements and attributes of a page, in the order in which a strict reader meets them. */
function checkPage(page: string): void {
  assert(page.startsWith("<!DOCTYPE html>\n"), page.slice(0, 40));
  assertStringIncludes(page, "default-src 'none'");
  assert(!/<script|<iframe|<object|<img|<link|javascript:|@import|url\(/i.test(page));
  // What is not in a tag has no "<" or ">", and each tag has quoted attributes that are known.
  const body = page.slice(page.indexOf("<body>"), page.indexOf("</html>"));
  const known =
    /^(?:class|x|y|x1|x2|y1|y2|d|rx|width|height|viewBox|role|aria-label|text-anchor|scope|stroke-width)$/;
  const open: string[] = [];
  for (
    const [tag, close, name, attributes, empty] of body.matchAll(
      /<(\/?)([\w!]+)((?:\s[^<>]*?)?)(\/?)>/g,
    )
  ) {
    assert(!tag.includes("\n<"), tag);
    for (const [, attribute] of attributes!.matchAll(/\s([\w-]+)="[^"<>]*"/g)) {
      assert(known.test(attribute!), tag);
    }
    assertEquals(attributes!.replace(/\s[\w-]+="[^"<>]*"/g, "").trim(), "", tag);
    if (close === "/") assertEquals(open.pop(), name, tag);
    else if (empty !== "/" && name !== "br") open.push(name!);
  }
  assertEquals(open, []);
  assertEquals(body.replace(/<[^<>]*>/g, "").match(/[<>]/g), null);
}

const suite = (id: string, strength: "good" | "broken") => ({
  ...{ id, name: `TLS_${EVIL}`, openssl: EVIL, bits: 128, strength },
});

const analysis: Analysis = {
  target: { hostname: EVIL, port: 443, serverName: EVIL },
  versions: [
    { version: "SSLv3", offered: false, refusal: EVIL, suites: [] },
    { version: "TLSv1_2", offered: true, suites: [suite("0x0001", "broken")], order: "client" },
    { version: "TLSv1_3", offered: true, suites: [suite("0x1301", "good")] },
  ],
  groups: [{
    version: "TLSv1_3",
    groups: [{ id: "0x11ec", name: "X25519MLKEM768", bits: 128, postQuantum: true }],
  }],
  chains: [{
    certificates: chain.map(certificateData),
    names: [EVIL],
    faults: [{ id: "wrong-name", depth: 0, detail: EVIL }],
    staple: { sent: false },
  }],
  trust: {
    trusted: true,
    engine: "openssl",
    path: chain.map(certificateData),
    timings: { dns: 1, tcp: 2, tls: 3 },
  },
  features: { alpn: [EVIL], asksForCertificate: false, resumption: {} },
  findings: [{ id: "x", severity: "high", title: EVIL, detail: EVIL, fix: EVIL }],
  leftOut: [{ what: EVIL, why: EVIL }],
  connections: 7,
  milliseconds: 1234,
};

Deno.test("markup escapes all that is put into it, and leaves its own pieces as they are", () => {
  const { source } = markup`<b title="${EVIL}">${[
    "<",
    markup`<i>${"&"}</i>`,
    undefined,
    false,
    0,
  ]}</b>`;
  assertEquals(
    source,
    '<b title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39; onload=x \\u202e">' +
      "&lt;<i>&amp;</i>0</b>",
  );
});

Deno.test("the report of analyze has each picture, and names with markup in them stay text", () => {
  const page = analysisReport(analysis, now);
  checkPage(page);
  const pictures = [...page.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label!);
  assertEquals(pictures.length, 6);
  assertStringIncludes(pictures[0]!, "which issued");
  assertStringIncludes(page, "89% · 10 days left");
  assertStringIncludes(page, "looking up the name");
  assertStringIncludes(page, "X25519MLKEM768");
});

Deno.test("the report of check has a calendar in which the day that ends a certificate is marked", () => {
  const host = (verdict: "expires-soon" | "unreachable", certificates = chain) => ({
    ...{ host: EVIL, port: 8443, verdict, detail: EVIL, chain: certificates },
  });
  const page = checkReport([host("expires-soon"), host("unreachable", [])], now);
  checkPage(page);
  assertStringIncludes(page, "2026-12-08: ");
  assertStringIncludes(page, "November 2026");
  assertStringIncludes(page, "October 2027");
  assertStringIncludes(page, "2 of 2 need attention");
});

Deno.test("the report of cert show has the chain, the bars and each certificate", async () => {
  checkPage(certificateReport(EVIL, [{ title: EVIL, rows: [[EVIL, EVIL]] }], now));
  const dir = await Deno.makeTempDir();
  try {
    Deno.writeTextFileSync(`${dir}/chain.pem`, chain.map(({ pem }) => pem).join(""));
    const call = ["cert", "show", `${dir}/chain.pem`, "--html"];
    assertEquals((await run([...call, `${dir}/report.html`], { now })).code, 0);
    const page = Deno.readTextFileSync(`${dir}/report.html`);
    checkPage(page);
    assertStringIncludes(page, "which issued");
    assertEquals(page.split("-----BEGIN CERTIFICATE-----").length, 4);
    assertEquals((await run([...call, `${dir}/report.html`], { now })).code, 0);
    // A file of another kind is never replaced.
    assertEquals((await run([...call, `${dir}/chain.pem`])).code, 2);
    assertStringIncludes(Deno.readTextFileSync(`${dir}/chain.pem`), "BEGIN CERTIFICATE");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
