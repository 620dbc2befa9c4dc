/** The names of ./ssleay: ours and Perl's, all that Net::SSLeay has above its low level. */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import * as main from "../../mod.ts";
import * as ssleay from "../../ssleay/mod.ts";

const exported: Readonly<Record<string, unknown>> = ssleay;

/** Net::SSLeay's functions above its low level, in the order of SSLeay.pm. */
const PERL = [
  ...["print_errs", "die_if_ssl_error", "die_now"],
  ...["want_nothing", "want_read", "want_write", "want_X509_lookup"],
  ...["ssl_read_all", "tcp_read_all", "ssl_write_all", "tcp_write_all", "ssl_read_until"],
  ...["tcp_read_until", "ssl_read_CRLF", "tcp_read_CRLF", "ssl_write_CRLF", "tcp_write_CRLF"],
  ...["dump_peer_certificate", "randomize", "initialize", "sslcat", "tcpcat", "tcpxcat"],
  ...["https_cat", "http_cat", "httpx_cat", "set_cert_and_key", "set_server_cert_and_key"],
  ...["set_proxy", "make_form", "make_headers", "do_https"],
  ...["do_httpx2", "do_httpx3", "do_httpx4", "do_https2", "do_https3", "do_https4"],
  ...["get", "post", "put", "head"].flatMap((method) =>
    ["https", "http", "httpx"].flatMap((kind) =>
      ["", "3", "4"].map((form) => `${method}_${kind}${form}`)
    )
  ),
];

/** Perl's, and not offered: pieces of the others. */
const INSIDE = [
  "open_tcp_connection",
  "open_proxy_tcp_connection",
  "debug_read",
  "new_x_ctx",
  "blength",
];

const camel = (name: string) =>
  name.replace("CRLF", "crlf").replace(/_([a-zX])/g, (_, c) => c.toUpperCase())
    .replace("X509Lookup", "X509Lookup");

Deno.test("every function has Perl's name and ours, and both are one function", () => {
  assertEquals(PERL.length, 74);
  for (const perl of PERL) {
    const ours = perl === "set_server_cert_and_key" ? "setCertAndKey" : camel(perl);
    assert(typeof exported[perl] === "function", perl);
    assertEquals(exported[ours], exported[perl], ours);
  }
});

Deno.test("only settings and the handle have no Perl name", () => {
  const known = new Set([...PERL, ...PERL.map(camel), "settings", "SsleayHandle", "shutdown"]);
  known.delete("setServerCertAndKey");
  assertEquals(new Set(Object.keys(exported)), known);
  for (const name of INSIDE) assert(!(name in exported) && !(camel(name) in exported), name);
});

Deno.test("the package's main entry exports nothing of ssleay/", () => {
  assertEquals(Object.keys(main).filter((name) => name in exported), []);
});

Deno.test("importing the package links nothing of ssleay/", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("../../mod.ts", import.meta.url).href],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string }[];
  };
  assert(modules.length > 50);
  assertEquals(modules.filter(({ specifier }) => specifier.includes("/ssleay/")), []);
});
