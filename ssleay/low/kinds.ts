/**
 * The kinds of C objects that a handle can stand for, and how C frees each.
 *
 * @module
 */

/** How C frees a kind, and how it counts references to it. */
export interface KindRules {
  /** The C function that frees one, or drops a reference. Without it C owns every object of the kind. */
  readonly free?: string;
  /** The C function that adds a reference. */
  readonly upRef?: string;
  /** For a stack that owns its elements: the C function that frees one of them. */
  readonly each?: string;
}

/**
 * The name of a kind: its C type.
 *
 * @category Low level
 */
export type Kind =
  | "SSL_CTX"
  | "SSL"
  | "SSL_SESSION"
  | "SSL_METHOD"
  | "SSL_CIPHER"
  | "LHASH_OF_SSL_SESSION"
  | "X509"
  | "X509_CRL"
  | "X509_REQ"
  | "X509_NAME"
  | "X509_NAME_ENTRY"
  | "X509_EXTENSION"
  | "X509_INFO"
  | "X509_STORE"
  | "X509_STORE_CTX"
  | "X509_VERIFY_PARAM"
  | "X509_LOOKUP"
  | "X509_LOOKUP_METHOD"
  | "X509_POLICY_TREE"
  | "X509_POLICY_LEVEL"
  | "X509_POLICY_NODE"
  | "STACK_OF_X509"
  | "STACK_OF_X509_NAME"
  | "STACK_OF_X509_INFO"
  | "STACK_OF_ASN1_OBJECT"
  | "STACK_OF_X509_POLICY_NODE"
  | "STACK_OF_POLICYQUALINFO"
  | "EVP_PKEY"
  | "EVP_MD"
  | "EVP_MD_CTX"
  | "EVP_CIPHER"
  | "RSA"
  | "DH"
  | "EC_KEY"
  | "BIGNUM"
  | "BIO"
  | "BIO_METHOD"
  | "ASN1_INTEGER"
  | "ASN1_TIME"
  | "ASN1_STRING"
  | "ASN1_OCTET_STRING"
  | "ASN1_OBJECT"
  | "OCSP_REQUEST"
  | "OCSP_RESPONSE"
  | "ENGINE"
  | "OSSL_LIB_CTX"
  | "OSSL_PROVIDER"
  | "OPENSSL_INIT_SETTINGS";

/** How C treats every kind. */
const KINDS: Readonly<Record<Kind, KindRules>> = {
  SSL_CTX: { free: "SSL_CTX_free", upRef: "SSL_CTX_up_ref" },
  SSL: { free: "SSL_free", upRef: "SSL_up_ref" },
  SSL_SESSION: { free: "SSL_SESSION_free", upRef: "SSL_SESSION_up_ref" },
  SSL_METHOD: {},
  SSL_CIPHER: {},
  LHASH_OF_SSL_SESSION: {},
  X509: { free: "X509_free", upRef: "X509_up_ref" },
  X509_CRL: { free: "X509_CRL_free", upRef: "X509_CRL_up_ref" },
  X509_REQ: { free: "X509_REQ_free" },
  X509_NAME: { free: "X509_NAME_free" },
  X509_NAME_ENTRY: {},
  X509_EXTENSION: {},
  X509_INFO: {},
  X509_STORE: { free: "X509_STORE_free", upRef: "X509_STORE_up_ref" },
  X509_STORE_CTX: { free: "X509_STORE_CTX_free" },
  X509_VERIFY_PARAM: { free: "X509_VERIFY_PARAM_free" },
  X509_LOOKUP: {},
  X509_LOOKUP_METHOD: {},
  X509_POLICY_TREE: { free: "X509_policy_tree_free" },
  X509_POLICY_LEVEL: {},
  X509_POLICY_NODE: {},
  STACK_OF_X509: { free: "OPENSSL_sk_free" },
  STACK_OF_X509_NAME: { free: "OPENSSL_sk_pop_free", each: "X509_NAME_free" },
  STACK_OF_X509_INFO: { free: "OPENSSL_sk_pop_free", each: "X509_INFO_free" },
  STACK_OF_ASN1_OBJECT: {},
  STACK_OF_X509_POLICY_NODE: {},
  STACK_OF_POLICYQUALINFO: {},
  EVP_PKEY: { free: "EVP_PKEY_free", upRef: "EVP_PKEY_up_ref" },
  EVP_MD: {},
  EVP_MD_CTX: { free: "EVP_MD_CTX_free" },
  EVP_CIPHER: {},
  RSA: { free: "RSA_free", upRef: "RSA_up_ref" },
  DH: { free: "DH_free", upRef: "DH_up_ref" },
  EC_KEY: { free: "EC_KEY_free", upRef: "EC_KEY_up_ref" },
  BIGNUM: { free: "BN_clear_free" },
  BIO: { free: "BIO_free", upRef: "BIO_up_ref" },
  BIO_METHOD: {},
  ASN1_INTEGER: { free: "ASN1_INTEGER_free" },
  ASN1_TIME: { free: "ASN1_TIME_free" },
  ASN1_STRING: {},
  ASN1_OCTET_STRING: {},
  ASN1_OBJECT: { free: "ASN1_OBJECT_free" },
  OCSP_REQUEST: { free: "OCSP_REQUEST_free" },
  OCSP_RESPONSE: { free: "OCSP_RESPONSE_free" },
  ENGINE: { free: "ENGINE_free" },
  OSSL_LIB_CTX: {},
  OSSL_PROVIDER: { free: "OSSL_PROVIDER_unload" },
  OPENSSL_INIT_SETTINGS: { free: "OPENSSL_INIT_free" },
};

/** Whether a word is the name of a kind. */
export function isKind(word: string): word is Kind {
  return Object.hasOwn(KINDS, word);
}

/** How C treats a kind. */
export function rulesOf(kind: Kind): KindRules {
  return KINDS[kind];
}

/** Kinds that C takes for another one, because their structures are the same. */
export function accepts(wanted: Kind, given: Kind): boolean {
  return wanted === given || (wanted === "ASN1_STRING" && given === "ASN1_OCTET_STRING");
}

/** A kind with its article, for messages. */
export function aKind(kind: Kind): string {
  return `${/^(?:[AEFHILMNORX]|S(?!TACK)|UN)(?![a-z])/.test(kind) ? "an" : "a"} ${kind}`;
}
