/** What tests compare of a refusal: class, code and alert, in words. */

import { SslError } from "../../errors.ts";

/** Class, code and, if there is one, the alert of an error; `undefined` stays `undefined` in words. */
export const inWords = (error: Error | undefined): string =>
  error instanceof SslError
    ? [error.name, error.code, error.alert && `alert ${error.alert}`].filter(Boolean).join(" ")
    : String(error);

/** {@linkcode inWords} of the error of the side that learned the reason from the other. */
export const alerted = (alert: string): string =>
  `SslPeerError ERR_SSL_ALERT_${alert.toUpperCase()} alert ${alert}`;
