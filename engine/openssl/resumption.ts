/**
 * SSL_SESSION objects as DER, so that no session cache holds C objects.
 *
 * @module
 */

import { SslError } from "../../errors.ts";
import { drainBio, withBio } from "./memory.ts";
import type { OpenSslSymbols } from "./symbols.ts";

const LABEL = "SSL SESSION PARAMETERS";

/** The DER of an SSL_SESSION. */
export function sessionToDer(c: OpenSslSymbols, session: Deno.PointerValue): Uint8Array {
  const pem = withBio(c, new Uint8Array(), (bio) => {
    c.PEM_write_bio_SSL_SESSION(bio, session);
    return new TextDecoder().decode(drainBio(c, bio));
  });
  return Uint8Array.fromBase64(pem.replace(/-----[^-]+-----/g, ""));
}

/** A session in PEM. No empty line before the end, or OpenSSL does not find the end. */
export function sessionPem(der: Uint8Array): string {
  const lines = der.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${LABEL}-----`, ...lines, `-----END ${LABEL}-----`, ""].join("\n");
}

/** Offers a session to the server. It must come from the same OpenSSL. */
export function offerSession(c: OpenSslSymbols, ssl: Deno.PointerObject, der: Uint8Array): void {
  c.ERR_clear_error();
  const session = withBio(
    c,
    new TextEncoder().encode(sessionPem(der)),
    (bio) => c.PEM_read_bio_SSL_SESSION(bio, null, null, null),
  );
  const ok = session !== null && c.SSL_set_session(ssl, session) === 1;
  if (session !== null) c.SSL_SESSION_free(session);
  c.ERR_clear_error();
  if (!ok) throw new SslError("Cannot resume the session: OpenSSL does not understand it");
}
