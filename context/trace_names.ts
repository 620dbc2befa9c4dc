/**
 * The names of handshake messages and alerts, as IANA's registries "TLS
 * HandshakeType" and "TLS Alerts" number them.
 *
 * @module
 */

/** Handshake messages by their type. */
export const HANDSHAKE_NAMES: Readonly<Record<number, string>> = {
  0: "Hello request",
  1: "Client hello",
  2: "Server hello",
  3: "Hello verify request",
  4: "Newsession Ticket",
  5: "End of early data",
  8: "Encrypted Extensions",
  11: "Certificate",
  12: "Server key exchange",
  13: "Request CERT",
  14: "Server finished",
  15: "CERT verify",
  16: "Client key exchange",
  20: "Finished",
  21: "Certificate URL",
  22: "Certificate Status",
  23: "Supplemental data",
  24: "Key update",
  67: "Next protocol",
  254: "Message hash",
};

/** Alerts by their description. */
export const ALERT_NAMES: Readonly<Record<number, string>> = {
  0: "close notify",
  10: "unexpected message",
  20: "bad record mac",
  21: "decryption failed",
  22: "record overflow",
  30: "decompression failure",
  40: "handshake failure",
  41: "no certificate",
  42: "bad certificate",
  43: "unsupported certificate",
  44: "certificate revoked",
  45: "certificate expired",
  46: "certificate unknown",
  47: "illegal parameter",
  48: "unknown CA",
  49: "access denied",
  50: "decode error",
  51: "decrypt error",
  60: "export restriction",
  70: "protocol version",
  71: "insufficient security",
  80: "internal error",
  86: "inappropriate fallback",
  90: "user canceled",
  100: "no renegotiation",
  109: "missing extension",
  110: "unsupported extension",
  111: "certificate unobtainable",
  112: "unrecognized name",
  113: "bad certificate status response",
  114: "bad certificate hash value",
  115: "unknown PSK identity",
  116: "certificate required",
  120: "no application protocol",
};
