/**
 * What the options of a command that opens a connection mean to the library.
 *
 * @module
 */

import type { Certificate } from "../../certificate/certificate.ts";
import { SSL_OCSP_MUST_STAPLE, SSL_OCSP_TRY_STAPLE } from "../../constants.ts";
import type { ContextOptions } from "../../context/options.ts";
import { defaultCa } from "../../context/trust/default_ca.ts";
import { type EngineChoice, engineInfo } from "../../engine/select.ts";
import { hostProblem } from "../../internal/host.ts";
import { quote } from "../../internal/quote.ts";
import type { StartTlsProtocol } from "../../starttls/options.ts";
import { parsePin } from "../../verify/fingerprint.ts";
import type { Call } from "../call.ts";
import { firstLine, readCertificates } from "../files.ts";
import { UsageError } from "../usage_error.ts";
import { STARTTLS_PORTS } from "./ports.ts";

/** What a command that connects was asked for. */
export interface ConnectionSettings {
  /** The protocol that starts TLS; `undefined` where TLS begins at once. */
  readonly starttls: StartTlsProtocol | undefined;
  /** The port where none is named. */
  readonly usualPort: number;
  /** The name to verify in place of the host. */
  readonly name: string | undefined;
  /** How long connecting may take, in milliseconds. */
  readonly timeout: number;
  /** The CAs of --ca. */
  readonly anchors: readonly Certificate[];
  /** What was left out. */
  readonly leftOut: readonly string[];
  /** What the library is given. */
  readonly tls: ContextOptions;
}

function pinsOf(pins: readonly string[]): readonly string[] {
  for (const pin of pins) {
    try {
      parsePin(pin);
    } catch (error) {
      throw new UsageError(
        `--pin: ${(error as Error).message}`,
        "ssl pin HOST shows a server's pin",
      );
    }
  }
  return pins;
}

/** The members of options that have a value. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}

/** The certificates of the files of --ca. */
async function anchorsOf(call: Call): Promise<readonly Certificate[]> {
  const files = call.texts("ca").map((file) => readCertificates(file, call.io));
  return (await Promise.all(files)).flat();
}

/**
 * Whether the engine would need the system's trust anchors and may not read them. Those of --ca are
 * enough then: that trusts less, and never more.
 */
function lacksDefaults(call: Call): boolean {
  const choice = call.text("engine") as EngineChoice;
  const needs = choice === "auto" ? engineInfo().features.has("ownAnchors") : choice !== "deno";
  return needs && defaultCa().source === "none";
}

const NO_DEFAULTS = "the default trust anchors, which may not be read: only --ca is trusted";

function tlsOf(call: Call, anchors: readonly Certificate[]): ContextOptions {
  const cas = call.texts("ca"), pins = pinsOf(call.texts("pin"));
  if (call.flag("only") && cas.length === 0) {
    throw new UsageError("--only needs --ca", "name the CA: --ca FILE --only");
  }
  if (call.text("key") !== undefined && call.text("cert") === undefined) {
    throw new UsageError("--key needs --cert", "name the certificate, too: --cert FILE --key FILE");
  }
  const alone = call.flag("only") || cas.length > 0 && lacksDefaults(call);
  const pem = cas.length === 0 ? undefined : anchors.map((each) => each.pem).join("");
  const crl = call.text("crl"), password = call.text("password-file"), tls = call.text("tls");
  return given<ContextOptions>({
    engine: call.text("engine") as EngineChoice,
    ...(alone ? { ca: pem } : { extraCa: pem }),
    crlFile: crl,
    checkCrl: crl === undefined ? undefined : "leaf",
    ocspMode: call.flag("must-staple") ? SSL_OCSP_TRY_STAPLE | SSL_OCSP_MUST_STAPLE : undefined,
    certFile: call.text("cert"),
    keyFile: call.text("key"),
    passwdCb: password === undefined ? undefined : () => firstLine(password, call.io),
    fingerprint: pins.length === 0 ? undefined : pins,
    forceFingerprint: pins.length === 0 ? undefined : true,
    alpnProtocols: call.text("alpn")?.split(",").map((each) => each.trim()).filter(Boolean),
    version: tls === undefined ? undefined : `TLSv1_${tls.slice(2)}`,
  });
}

/** What the options of a call ask for. */
export async function settingsOf(call: Call): Promise<ConnectionSettings> {
  const starttls = call.text("starttls") as StartTlsProtocol | undefined;
  const name = call.text("name");
  const problem = name === undefined ? undefined : hostProblem(name);
  if (problem !== undefined) {
    throw new UsageError(`--name: ${quote(name)} is not a host name: ${problem}`);
  }
  const anchors = await anchorsOf(call);
  return {
    starttls,
    usualPort: starttls === undefined ? 443 : STARTTLS_PORTS[starttls],
    name,
    timeout: 1000 * call.number("timeout")!,
    anchors,
    leftOut: anchors.length > 0 && !call.flag("only") && lacksDefaults(call) ? [NO_DEFAULTS] : [],
    tls: tlsOf(call, anchors),
  };
}
