/** A fresh object of each kind, for tests that call every function. */

import { BACKEND } from "./backend.ts";
import { cFunction } from "../../../ssleay/low/c_function.ts";
import { pointerCell, pointerFrom } from "../../../ssleay/low/c_memory.ts";
import { handleOf, type Opaque, open } from "../../../ssleay/low/handle.ts";
import { SSLeay } from "../../../ssleay/low/mod.ts";
import type { Kind } from "../../../ssleay/low/kinds.ts";
import { TestCa } from "../../../testing/mod.ts";

const ca = await TestCa.create();
const server = await ca.server("localhost");
const crl = ca.crl();
const ocspResponse = await ca.ocspResponse(server);

/** The group ffdhe2048 (RFC 7919). */
const DH_PARAMETERS = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`;

/** What a server at localhost presents, its CA, and their OCSP response, as the functions read them. */
export const CREDENTIALS = {
  certificate: server.cert,
  chain: server.cert + ca.pem,
  key: server.key,
  anchor: ca.pem,
  crl,
  ocspResponse,
} as const;

/** A memory BIO with this content. */
export function bio(content: string | Uint8Array = ""): Opaque<"BIO"> {
  const made = SSLeay.BIO_new(SSLeay.BIO_s_mem()!)!;
  if (content.length > 0) SSLeay.BIO_write(made, content);
  return made;
}

const x509 = () => SSLeay.PEM_read_bio_X509(bio(server.cert))!;
const ctx = () => SSLeay.CTX_new()!;
const ssl = () => SSLeay.new(ctx())!;

function caNames(): Opaque<"STACK_OF_X509_NAME"> {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, ca.pem);
    return SSLeay.load_client_CA_file(file)!;
  } finally {
    Deno.removeSync(file);
  }
}

function request(): Opaque<"X509_REQ"> {
  const made = SSLeay.X509_REQ_new()!;
  SSLeay.X509_REQ_set_pubkey(made, SSLeay.PEM_read_bio_PrivateKey(bio(server.key))!);
  SSLeay.X509_REQ_add1_attr_by_NID(
    made,
    SSLeay.NID_pkcs9_challengePassword,
    SSLeay.MBSTRING_ASC,
    "x",
  );
  return made;
}

function stack(): Opaque<"STACK_OF_X509"> {
  const made = SSLeay.sk_X509_new_null()!;
  SSLeay.sk_X509_push(made, x509());
  return made;
}

function digestContext(): Opaque<"EVP_MD_CTX"> {
  const made = SSLeay.EVP_MD_CTX_create()!;
  SSLeay.EVP_DigestInit(made, SSLeay.EVP_sha256()!);
  return made;
}

function session(): Opaque<"SSL_SESSION"> {
  const made = SSLeay.SESSION_new()!;
  SSLeay.SESSION_set_protocol_version(made, 0x0303);
  return made;
}

/** Policies with one of this number, in DER: for their text OpenSSL wants a configuration file. */
const POLICY_1_2_3_4 = "DER:30:07:30:05:06:03:2A:03:04";

/** A certificate with a policy, of the CA. */
function withPolicy(): Opaque<"X509"> {
  const made = x509();
  const issuer = SSLeay.PEM_read_bio_X509(bio(ca.pem))!;
  SSLeay.P_X509_add_extensions(made, issuer, SSLeay.NID_certificate_policies, POLICY_1_2_3_4);
  SSLeay.X509_sign(made, SSLeay.PEM_read_bio_PrivateKey(bio(ca.key))!, SSLeay.EVP_sha256()!);
  return SSLeay.PEM_read_bio_X509(bio(SSLeay.PEM_get_string_X509(made)!))!;
}

/** Net::SSLeay has functions for policy trees, and none that makes one. */
const policyCheck = cFunction("X509_policy_check", {
  parameters: ["buffer", "buffer", "pointer", "pointer", "u32"],
  result: "i32",
});

function policyTree(): Opaque<"X509_POLICY_TREE"> {
  const chain = SSLeay.sk_X509_new_null()!;
  SSLeay.sk_X509_push(chain, withPolicy());
  SSLeay.sk_X509_push(chain, SSLeay.PEM_read_bio_X509(bio(ca.pem))!);
  const certificates = open(chain, "STACK_OF_X509", "policyTree()");
  const cell = pointerCell();
  policyCheck!(cell.bytes, new Uint8Array(4), certificates.pointer, null, 0);
  const tree = handleOf("X509_POLICY_TREE", pointerFrom(cell.read()), "new")!;
  open(tree, "X509_POLICY_TREE", "policyTree()").keep(certificates);
  return tree;
}

const policyLevel = () => SSLeay.X509_policy_tree_get0_level(policyTree(), 1)!;

/** How to make one; kinds that this OpenSSL does not have are missing. */
export const MAKERS: Partial<Record<Kind, () => Opaque>> = {
  SSL_CTX: ctx,
  SSL: ssl,
  SSL_SESSION: session,
  SSL_METHOD: () => SSLeay.TLS_method()!,
  SSL_CIPHER: () => SSLeay.get_ciphers(ssl())[0]!,
  X509: x509,
  X509_CRL: () => SSLeay.PEM_read_bio_X509_CRL(bio(crl))!,
  X509_REQ: request,
  X509_NAME: () => SSLeay.X509_get_subject_name(x509())!,
  X509_NAME_ENTRY: () => SSLeay.X509_NAME_get_entry(SSLeay.X509_get_subject_name(x509())!, 0)!,
  X509_EXTENSION: () => SSLeay.X509_get_ext(x509(), 0)!,
  X509_INFO: () => SSLeay.sk_X509_INFO_value(SSLeay.PEM_X509_INFO_read_bio(bio(server.cert))!, 0)!,
  X509_STORE: () => SSLeay.X509_STORE_new()!,
  X509_STORE_CTX: () => {
    const made = SSLeay.X509_STORE_CTX_new()!;
    SSLeay.X509_STORE_CTX_init(made, SSLeay.X509_STORE_new()!, x509());
    return made;
  },
  X509_VERIFY_PARAM: () => SSLeay.X509_VERIFY_PARAM_new()!,
  X509_LOOKUP: () =>
    SSLeay.X509_STORE_add_lookup(SSLeay.X509_STORE_new()!, SSLeay.X509_LOOKUP_hash_dir()!)!,
  X509_LOOKUP_METHOD: () => SSLeay.X509_LOOKUP_hash_dir()!,
  STACK_OF_X509: stack,
  STACK_OF_X509_NAME: caNames,
  STACK_OF_X509_INFO: () => SSLeay.PEM_X509_INFO_read_bio(bio(server.cert))!,
  EVP_PKEY: () => SSLeay.PEM_read_bio_PrivateKey(bio(server.key))!,
  EVP_MD: () => SSLeay.EVP_sha256()!,
  EVP_MD_CTX: digestContext,
  EVP_CIPHER: () => SSLeay.EVP_get_cipherbyname("aes-256-cbc")!,
  DH: () => SSLeay.PEM_read_bio_DHparams(bio(DH_PARAMETERS))!,
  RSA: () => SSLeay.RSA_generate_key(512, 65537)!,
  EC_KEY: () => SSLeay.EC_KEY_generate_key("prime256v1")!,
  BIGNUM: () => SSLeay.RSA_get_key_parameters(SSLeay.RSA_generate_key(512, 65537)!)[0]!,
  BIO: () => bio("text"),
  BIO_METHOD: () => SSLeay.BIO_s_mem()!,
  ASN1_INTEGER: () => SSLeay.ASN1_INTEGER_new()!,
  ASN1_TIME: () => SSLeay.X509_gmtime_adj(SSLeay.ASN1_TIME_new()!, 0)! as Opaque,
  ASN1_STRING: () =>
    SSLeay.X509_NAME_ENTRY_get_data(
      SSLeay.X509_NAME_get_entry(SSLeay.X509_get_subject_name(x509())!, 0)!,
    )!,
  ASN1_OBJECT: () => SSLeay.OBJ_txt2obj("1.2.3.4")!,
  OCSP_REQUEST: () => SSLeay.OCSP_ids2req(),
  OCSP_RESPONSE: () => SSLeay.d2i_OCSP_RESPONSE(ocspResponse)!,
  ...(policyCheck !== undefined && {
    X509_POLICY_TREE: policyTree,
    X509_POLICY_LEVEL: policyLevel,
    X509_POLICY_NODE: () => SSLeay.X509_policy_level_get0_node(policyLevel(), 0)!,
  }),
  OPENSSL_INIT_SETTINGS: () => SSLeay.OPENSSL_INIT_new()!,
  ...(BACKEND === "ffi" && SSLeay.OPENSSL_VERSION_NUMBER < 0x40000000 && {
    ENGINE: () => SSLeay.ENGINE_by_id("dynamic")!,
  }),
  ...(SSLeay.OPENSSL_VERSION_NUMBER >= 0x30000000 && {
    OSSL_LIB_CTX: () => SSLeay.OSSL_LIB_CTX_get0_global_default()!,
    OSSL_PROVIDER: () => SSLeay.OSSL_PROVIDER_load(null, "default")!,
  }),
};

/** An argument that is a handle; `make` is missing where this OpenSSL has no such object. */
export class HandleArgument {
  constructor(
    readonly kind: Kind,
    readonly nullable: boolean,
    readonly make: (() => Opaque) | undefined,
  ) {}
}

/** Frees what was made, as a program would. */
export const FREE: Partial<Record<Kind, string>> = {
  SSL_CTX: "CTX_free",
  SSL: "free",
  SSL_SESSION: "SESSION_free",
  X509: "X509_free",
  X509_CRL: "X509_CRL_free",
  X509_REQ: "X509_REQ_free",
  X509_STORE: "X509_STORE_free",
  X509_STORE_CTX: "X509_STORE_CTX_free",
  X509_VERIFY_PARAM: "X509_VERIFY_PARAM_free",
  X509_POLICY_TREE: "X509_policy_tree_free",
  STACK_OF_X509: "sk_X509_free",
  STACK_OF_X509_NAME: "sk_X509_NAME_free",
  STACK_OF_X509_INFO: "sk_X509_INFO_free",
  EVP_PKEY: "EVP_PKEY_free",
  EVP_MD_CTX: "EVP_MD_CTX_destroy",
  DH: "DH_free",
  RSA: "RSA_free",
  EC_KEY: "EC_KEY_free",
  BIGNUM: "BN_free",
  BIO: "BIO_free",
  ASN1_INTEGER: "ASN1_INTEGER_free",
  ASN1_TIME: "ASN1_TIME_free",
  OCSP_REQUEST: "OCSP_REQUEST_free",
  OCSP_RESPONSE: "OCSP_RESPONSE_free",
  OPENSSL_INIT_SETTINGS: "OPENSSL_INIT_free",
};
