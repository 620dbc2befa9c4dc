/**
 * Certificates: {@linkcode setCertAndKey} gives one to a connection to be made,
 * {@linkcode dumpPeerCertificate} shows the peer's.
 *
 * @module
 */

import { SslContext } from "../context/context.ts";
import type { SslOptions } from "../context/options.ts";
import { quote } from "../internal/quote.ts";
import { SslSocket } from "../socket/socket.ts";
import type { SsleaySsl } from "./data.ts";
import { failureText } from "./failure.ts";
import { lowLevel } from "./low_level.ts";
import type { SsleayFile } from "./options.ts";

/**
 * Options of a connection that is to be made; an `SSL_CTX` of `./ssleay/low`.
 *
 * @category Settings
 */
export type SsleayContext =
  | Pick<SslOptions, "certFile" | "keyFile" | "passwdCb" | "engine">
  | object;

/**
 * Loads a certificate with its private key, sees to it that they belong together, and sets both: on an
 * `SSL_CTX` of `./ssleay/low`, or as `certFile` and `keyFile` in options of a connection to be made. An
 * `SslContext` does not change any more: it takes both when it is created.
 *
 * Perl: `set_cert_and_key`
 *
 * @param context The options, or the `SSL_CTX`. `passwdCb` in the options gives the password of the key.
 * @returns `[undefined, error]`, as in Perl: the text of the errors, or `undefined`. Then nothing is set.
 * @throws {TypeError} If it is neither options nor an `SSL_CTX`.
 *
 * @example
 * ```ts ignore
 * import { SslSocket } from "@socket/ssl";
 * import { setCertAndKey } from "@socket/ssl/ssleay";
 *
 * const options = {};
 * const [, error] = await setCertAndKey(options, "client.pem", "client.key");
 * if (error !== undefined) throw new Error(error);
 * await using socket = await SslSocket.connect("www.example:443", options);
 * ```
 *
 * @category Settings
 */
export async function setCertAndKey(
  context: SsleayContext,
  certFile: SsleayFile,
  keyFile: SsleayFile,
): Promise<[undefined, error: string | undefined]> {
  const low = lowLevel();
  if (low?.isHandle(context, "SSL_CTX")) {
    return [undefined, low.setCertAndKey(context, String(certFile), String(keyFile)) || undefined];
  }
  if (typeof context !== "object" || context === null || context instanceof SslContext) {
    throw new TypeError(
      `Cannot set a certificate: it needs options of a connection to be made, or an SSL_CTX of ` +
        `"@socket/ssl/ssleay/low": received ${quote(context)}: an SslContext takes certFile and ` +
        "keyFile when it is created",
    );
  }
  const options = context as SslOptions;
  const { engine, passwdCb } = options;
  try {
    (await SslContext.create({ engine, passwdCb, certFile, keyFile })).close();
  } catch (error) {
    return [undefined, failureText("set_cert_and_key", error)];
  }
  options.certFile = certFile;
  options.keyFile = keyFile;
  return [undefined, undefined];
}

/**
 * Subject and issuer of the peer's certificate in two lines, as text for people.
 *
 * Perl: `dump_peer_certificate`
 *
 * @param ssl The connection.
 * @returns `Subject Name: /CN=...` and `Issuer  Name: /CN=...`; `undefined` stands for the names when the
 * peer sent no certificate.
 * @throws {SslUnsupportedError} If the engine does not show the certificate.
 *
 * @category Settings
 */
export function dumpPeerCertificate(ssl: SsleaySsl): string {
  const nothing = "Subject Name: undefined\nIssuer  Name: undefined\n";
  if (ssl instanceof SslSocket) return ssl.dumpPeerCertificate() ?? nothing;
  const low = lowLevel();
  if (low?.isHandle(ssl, "SSL")) return low.dumpPeerCertificate(ssl) ?? nothing;
  throw new TypeError(
    `Cannot show the peer's certificate: it needs an SslSocket: received ${quote(ssl)}`,
  );
}
