/** Valid arguments for the functions of `SSLeay` that are more than one C function. */

import { SSLeay } from "../../../ssleay/low/mod.ts";
import type { Opaque } from "../../../ssleay/low/handle.ts";
import type { Kind } from "../../../ssleay/low/kinds.ts";
import { bio, CREDENTIALS, HandleArgument, MAKERS } from "./objects.ts";

const an = (kind: Kind, make = MAKERS[kind]) => new HandleArgument(kind, false, make);
const orNull = (kind: Kind) => new HandleArgument(kind, true, MAKERS[kind]);

const folder = Deno.makeTempDirSync();
const file = (name: string, content: string | Uint8Array<ArrayBuffer>): string => {
  const path = `${folder}/${name}`;
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
  return path;
};

const FILES = {
  certificate: file("certificate.pem", CREDENTIALS.certificate),
  chain: file("chain.pem", CREDENTIALS.chain),
  key: file("key.pem", CREDENTIALS.key),
  anchor: file("anchor.pem", CREDENTIALS.anchor),
  crl: file("crl.pem", CREDENTIALS.crl),
  rsa: file("rsa.pem", rsaKey()),
  random: file("random", "some bytes"),
};
const PKCS12 = new URL("../../testdata/certificate/modern.p12", import.meta.url).pathname;

/** Removes the files that the arguments name. */
export function removeFiles(): void {
  Deno.removeSync(folder, { recursive: true });
}

function rsaKey(): string {
  const key = SSLeay.EVP_PKEY_new()!;
  SSLeay.EVP_PKEY_assign_RSA(key, SSLeay.RSA_generate_key(2048, 65537)!);
  return SSLeay.PEM_get_string_PrivateKey(key)!;
}

/** A connection whose context knows the CA. */
function trusting(): Opaque<"SSL"> {
  const ctx = SSLeay.CTX_new()!;
  const anchor = SSLeay.PEM_read_bio_X509(bio(CREDENTIALS.anchor))!;
  SSLeay.X509_STORE_add_cert(SSLeay.CTX_get_cert_store(ctx)!, anchor);
  return SSLeay.new(ctx)!;
}

function namedParameters(): Opaque<"X509_VERIFY_PARAM"> {
  const made = SSLeay.X509_VERIFY_PARAM_new()!;
  SSLeay.X509_VERIFY_PARAM_set1_name(made, "a name");
  return made;
}

function certificateId(): Uint8Array {
  const x509 = SSLeay.PEM_read_bio_X509(bio(CREDENTIALS.certificate))!;
  return SSLeay.OCSP_cert2ids(trusting(), x509)[0]!;
}

const ssl = an("SSL"), ctx = an("SSL_CTX"), x509 = an("X509"), session = an("SSL_SESSION");
const lookup = an("X509_LOOKUP"), store = an("X509_STORE_CTX"), names = an("STACK_OF_X509_NAME");
const integer = an("ASN1_INTEGER"), time = an("ASN1_TIME"), pkey = an("EVP_PKEY");
const { FILETYPE_PEM: PEM, VERIFY_PEER } = SSLeay;
const callback = () => 1;
const streams = () => new TransformStream<Uint8Array, Uint8Array>();
const KEY_USAGE = SSLeay.NID_key_usage;

/** The functions whose arguments are these, by their names. */
const ALIKE: readonly (readonly [names: string, args: readonly unknown[]])[] = [
  [
    `CTX_new CTX_tlsv1_1_new CTX_tlsv1_2_new CTX_tlsv1_new CTX_v23_new CTX_get_ex_new_index
    SESSION_get_ex_new_index X509_STORE_CTX_get_ex_new_index X509_get_ex_new_index get_ex_new_index
    X509_VERIFY_PARAM_table_cleanup P_EVP_MD_list_all ERR_clear_error ERR_get_error ERR_peek_error
    OPENSSL_cleanup RAND_cleanup`,
    [],
  ],
  [
    `P_next_proto_last_status client_hello_get1_extensions_present client_hello_get_extension_order
    dup get_cipher get_cipher_bits get_ciphers get_keyblock_size get_peer_cert_chain
    get_shared_ciphers in_accept_init in_connect_init accept connect do_handshake renegotiate
    shutdown get_app_data`,
    [ssl],
  ],
  ["get_shared_sigalgs get_sigalgs get_ex_data set_state", [ssl, 0]],
  ["peek peek_ex read read_ex", [ssl, 100]],
  ["write write_ex", [ssl, "text"]],
  ["get_finished get_peer_finished", [ssl, new Uint8Array(64)]],
  [
    `set_session_secret_cb set_session_ticket_ext_cb set_info_callback set_msg_callback
    set_psk_client_callback set_psk_find_session_callback set_psk_server_callback
    set_psk_use_session_callback set_default_passwd_cb`,
    [ssl, callback, "data"],
  ],
  ["set_default_passwd_cb_userdata set_app_data", [ssl, "data"]],
  [
    `CTX_set_client_hello_cb CTX_set_tlsext_servername_callback CTX_set_tlsext_status_cb
    CTX_set_tlsext_ticket_getkey_cb CTX_sess_set_new_cb CTX_sess_set_remove_cb CTX_set_info_callback
    CTX_set_keylog_callback CTX_set_msg_callback CTX_set_alpn_select_cb
    CTX_set_next_proto_select_cb CTX_set_next_protos_advertised_cb CTX_set_psk_client_callback
    CTX_set_psk_find_session_callback CTX_set_psk_server_callback CTX_set_psk_use_session_callback
    CTX_set_cert_cb CTX_set_cert_verify_callback CTX_set_default_passwd_cb`,
    [ctx, callback],
  ],
  ["CTX_get_keylog_callback CTX_get_app_data", [ctx]],
  ["CTX_set_default_passwd_cb_userdata CTX_set_app_data", [ctx, "data"]],
  ["SESSION_up_ref SESSION_get_app_data", [session]],
  ["X509_STORE_CTX_get_app_data", [store]],
  [
    `P_X509_get_crl_distribution_points P_X509_get_ext_key_usage P_X509_get_key_usage
    P_X509_get_netscape_cert_type P_X509_get_ocsp_uri P_X509_get_pubkey_alg
    P_X509_get_signature_alg X509_get_X509_PUBKEY X509_get_subjectAltNames X509_get_app_data`,
    [x509],
  ],
  ["ASN1_TIME_timet P_ASN1_TIME_get_isotime", [time]],
  ["P_ASN1_INTEGER_get_dec P_ASN1_INTEGER_get_hex", [integer]],
  ["P_ASN1_INTEGER_set_dec P_ASN1_INTEGER_set_hex", [integer, "12"]],
  ["X509_NAME_hash X509_NAME_print_ex", [an("X509_NAME")]],
  ["X509V3_EXT_print X509V3_EXT_d2i", [an("X509_EXTENSION")]],
  ["MD4 MD5 RIPEMD160 SHA1 SHA256 SHA512", ["text"]],
  ["RAND_bytes RAND_priv_bytes RAND_pseudo_bytes", [new Uint8Array(8)]],
  ["X509_load_cert_file X509_load_cert_crl_file", [lookup, FILES.certificate, PEM]],
  ["CTX_use_certificate_file", [ctx, FILES.certificate, PEM]],
  ["use_certificate_file", [ssl, FILES.certificate, PEM]],
  ["CTX_use_PrivateKey_file", [ctx, FILES.key, PEM]],
  ["use_PrivateKey_file", [ssl, FILES.key, PEM]],
  ["CTX_use_RSAPrivateKey_file", [ctx, FILES.rsa, PEM]],
  ["use_RSAPrivateKey_file", [ssl, FILES.rsa, PEM]],
];

/** The functions with arguments of their own. */
const SINGLE: Readonly<Record<string, readonly unknown[]>> = {
  OBJ_obj2txt: [an("ASN1_OBJECT")],
  P_ASN1_STRING_get: [an("ASN1_STRING"), 1],
  P_ASN1_TIME_set_isotime: [time, "2026-11-28T06:00:00Z"],
  CTX_set_alpn_protos: [ctx, ["http/1.1"]],
  set_alpn_protos: [ssl, ["http/1.1"]],
  CTX_set_verify: [ctx, VERIFY_PEER, callback],
  set_verify: [ssl, VERIFY_PEER, callback],
  P_X509_INFO_get_x509: [an("X509_INFO")],
  X509_NAME_get_text_by_NID: [an("X509_NAME"), SSLeay.NID_commonName],
  X509_check_host: [x509, "localhost"],
  X509_get_fingerprint: [x509, "sha256"],
  CIPHER_find: [ssl, new Uint8Array([0x13, 0x01])],
  CIPHER_get_bits: [an("SSL_CIPHER"), {}],
  SESSION_print_fp: [{ writeSync: (bytes: Uint8Array) => bytes.length }, session],
  export_keying_material: [ssl, 16, "a label"],
  CTX_ctrl: [ctx, 33, 0],
  ctrl: [ssl, 33, 0],
  X509_VERIFY_PARAM_add0_table: [an("X509_VERIFY_PARAM", namedParameters)],
  ERR_error_string: [0x0a000086],
  ERR_put_error: [20, 1, 134],
  CTX_get_ex_data: [ctx, 0],
  CTX_set_ex_data: [ctx, 0, "data"],
  SESSION_get_ex_data: [session, 0],
  SESSION_set_app_data: [session, "data"],
  SESSION_set_ex_data: [session, 0, "data"],
  X509_STORE_CTX_get_ex_data: [store, 0],
  X509_STORE_CTX_set_app_data: [store, "data"],
  X509_STORE_CTX_set_ex_data: [store, 0, "data"],
  X509_get_ex_data: [x509, 0],
  X509_set_app_data: [x509, "data"],
  X509_set_ex_data: [x509, 0, "data"],
  set_ex_data: [ssl, 0, "data"],
  P_X509_CRL_add_extensions: [an("X509_CRL"), orNull("X509")],
  P_X509_CRL_add_revoked_serial_hex: [an("X509_CRL"), "0A", time, 1, orNull("ASN1_TIME")],
  P_X509_CRL_get_serial: [an("X509_CRL")],
  P_X509_CRL_set_serial: [an("X509_CRL"), integer],
  P_X509_REQ_add_extensions: [an("X509_REQ"), KEY_USAGE, "digitalSignature"],
  P_X509_REQ_get_attr: [an("X509_REQ"), 0],
  P_X509_add_extensions: [x509, orNull("X509"), KEY_USAGE, "digitalSignature"],
  P_X509_copy_extensions: [an("X509_REQ"), x509],
  CTX_use_PKCS12_file: [ctx, PKCS12, "bluebell"],
  P_PKCS12_load_file: [PKCS12, 1, "bluebell"],
  CTX_use_certificate_chain_file: [ctx, FILES.chain],
  use_certificate_chain_file: [ssl, FILES.chain],
  BIO_new_file: [FILES.certificate, "r"],
  CTX_load_verify_locations: [ctx, FILES.anchor, folder],
  RAND_load_file: [FILES.random, 10],
  RAND_write_file: [`${folder}/written`],
  RAND_file_name: [100],
  RAND_add: ["text", 4, 1],
  X509_LOOKUP_add_dir: [lookup, folder, PEM],
  X509_load_crl_file: [lookup, FILES.crl, PEM],
  add_dir_cert_subjects_to_stack: [names, folder],
  add_file_cert_subjects_to_stack: [names, FILES.anchor],
  load_client_CA_file: [FILES.anchor],
  BIO_read: [an("BIO"), 100],
  get_error: [ssl, -1],
  set_fd: [ssl, streams()],
  set_rfd: [ssl, streams()],
  set_wfd: [ssl, streams()],
  write_partial: [ssl, 0, 2, "text"],
  EC_KEY_generate_key: ["prime256v1"],
  EVP_PKEY_copy_parameters: [pkey, pkey],
  PEM_get_string_PrivateKey: [pkey, "password", orNull("EVP_CIPHER")],
  PEM_read_bio_PrivateKey: [an("BIO", () => bio(CREDENTIALS.key))],
  RSA_generate_key: [1024, 65537],
  RSA_get_key_parameters: [an("RSA")],
  OCSP_cert2ids: [an("SSL", trusting), x509],
  OCSP_ids2req: [certificateId()],
  OCSP_response_results: [an("OCSP_RESPONSE"), certificateId()],
  OCSP_response_verify: [an("SSL", trusting), an("OCSP_RESPONSE"), orNull("OCSP_REQUEST")],
  set_tlsext_status_ocsp_resp: [ssl, CREDENTIALS.ocspResponse],
  OSSL_PROVIDER_do_all: [orNull("OSSL_LIB_CTX"), callback],
  FIPS_mode_set: [1],
};

/** Valid arguments of each function; handles are made for each call. */
export const COMPOSED_CALLS: ReadonlyMap<string, readonly unknown[]> = new Map([
  ...ALIKE.flatMap(([list, args]) => list.split(/\s+/).map((name) => [name, args] as const)),
  ...Object.entries(SINGLE),
]);
