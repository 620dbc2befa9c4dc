/**
 * Numbers that OpenSSL's headers define as macros, so that the library itself does not export them.
 *
 * @module
 */

/** Numbers of the control macros of ssl.h, tls1.h and bio.h. */
export const CTRL = {
  SET_TMP_DH: 3,
  EXTRA_CHAIN_CERT: 14,
  MODE: 33,
  SET_SESS_CACHE_MODE: 44,
  SET_HOSTNAME: 55,
  STATUS_CB: 63,
  SET_STATUS_TYPE: 65,
  GET_OCSP_RESPONSE: 70,
  GET_EXTMS_SUPPORT: 122,
  SET_OCSP_RESPONSE: 71,
  TICKET_KEY_CB: 72,
  CHAIN: 88,
  CHAIN_CERT: 89,
  SET_GROUPS_LIST: 92,
  SET_SIGALGS_LIST: 98,
  SET_CLIENT_SIGALGS_LIST: 102,
  GET_PEER_SIGNATURE_NID: 108,
  SET_DH_AUTO: 118,
  SET_MIN_PROTO: 123,
  SET_MAX_PROTO: 124,
  BIO_SET_MEM_EOF_RETURN: 130,
  GET_NEGOTIATED_GROUP: 134,
} as const;

/** Results of SSL_get_error. */
export const SSL_ERROR = {
  NONE: 0,
  SSL: 1,
  WANT_READ: 2,
  WANT_WRITE: 3,
  WANT_X509_LOOKUP: 4,
  SYSCALL: 5,
  ZERO_RETURN: 6,
  WANT_CLIENT_HELLO_CB: 11,
  WANT_RETRY_VERIFY: 12,
} as const;

/** X509_V_FLAG_*: how a chain is verified. */
export const X509_V_FLAG = {
  CRL_CHECK: 0x4n,
  CRL_CHECK_ALL: 0x8n,
  X509_STRICT: 0x20n,
  POLICY_CHECK: 0x80n,
  EXPLICIT_POLICY: 0x100n,
  INHIBIT_ANY: 0x200n,
  INHIBIT_MAP: 0x400n,
  /** Without it OpenSSL takes a delta CRL for a complete list. */
  EXTENDED_CRL_SUPPORT: 0x1000n,
  USE_DELTAS: 0x2000n,
  TRUSTED_FIRST: 0x8000n,
  PARTIAL_CHAIN: 0x80000n,
} as const;
