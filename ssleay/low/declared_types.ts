/**
 * The types of the declared functions and of the constants. Made by `make_types.ts`: do not edit.
 *
 * @module
 */

import type { NativeObject } from "../../context/options.ts";
import type { Opaque } from "./handle.ts";

/**
 * A handle, or the object that `sslObject()` or `ctxObject()` gave.
 *
 * @category Low level
 */
export type Taken<K extends "SSL" | "SSL_CTX"> = Opaque<K> | NativeObject & { readonly kind: K };

/**
 * The functions that are one C function each.
 *
 * @category Low level
 */
export interface Declared {
  /** `SSL_CTX_add_client_CA`. Perl: `Net::SSLeay::CTX_add_client_CA` */
  CTX_add_client_CA(ctx: Taken<"SSL_CTX">, x: Opaque<"X509">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_add_extra_chain_cert` */
  CTX_add_extra_chain_cert(ctx: Taken<"SSL_CTX">, x509: Opaque<"X509">): number;
  /** `SSL_CTX_add_session`. Perl: `Net::SSLeay::CTX_add_session` */
  CTX_add_session(ctx: Taken<"SSL_CTX">, ses: Opaque<"SSL_SESSION">): number;
  /** `SSL_CTX_callback_ctrl`. Perl: `Net::SSLeay::CTX_callback_ctrl` */
  CTX_callback_ctrl(ctx: Taken<"SSL_CTX">, cmd: number, fp?: null): number;
  /** `SSL_CTX_check_private_key`. Perl: `Net::SSLeay::CTX_check_private_key` */
  CTX_check_private_key(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_flush_sessions`. Perl: `Net::SSLeay::CTX_flush_sessions` */
  CTX_flush_sessions(ctx: Taken<"SSL_CTX">, tm: number): void;
  /** `SSL_CTX_free`. Perl: `Net::SSLeay::CTX_free` */
  CTX_free(ctx: Taken<"SSL_CTX">): void;
  /** `SSL_CTX_get0_param`: belongs to `ctx`. Perl: `Net::SSLeay::CTX_get0_param` */
  CTX_get0_param(ctx: Taken<"SSL_CTX">): Opaque<"X509_VERIFY_PARAM"> | null;
  /** `SSL_CTX_get_cert_store`: a reference of its own, to be freed. Perl: `Net::SSLeay::CTX_get_cert_store` */
  CTX_get_cert_store(ctx: Taken<"SSL_CTX">): Opaque<"X509_STORE"> | null;
  /** `SSL_CTX_get_client_CA_list`: belongs to `ctx`. Perl: `Net::SSLeay::CTX_get_client_CA_list` */
  CTX_get_client_CA_list(ctx: Taken<"SSL_CTX">): Opaque<"STACK_OF_X509_NAME"> | null;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_get_max_proto_version` */
  CTX_get_max_proto_version(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_get_min_proto_version` */
  CTX_get_min_proto_version(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_get_mode` */
  CTX_get_mode(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_get_options`. Perl: `Net::SSLeay::CTX_get_options` */
  CTX_get_options(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_get_quiet_shutdown`. Perl: `Net::SSLeay::CTX_get_quiet_shutdown` */
  CTX_get_quiet_shutdown(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_get_read_ahead` */
  CTX_get_read_ahead(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_get_security_level`. Perl: `Net::SSLeay::CTX_get_security_level` */
  CTX_get_security_level(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_get_session_cache_mode` */
  CTX_get_session_cache_mode(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_get_timeout`. Perl: `Net::SSLeay::CTX_get_timeout` */
  CTX_get_timeout(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_get_verify_depth`. Perl: `Net::SSLeay::CTX_get_verify_depth` */
  CTX_get_verify_depth(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_get_verify_mode`. Perl: `Net::SSLeay::CTX_get_verify_mode` */
  CTX_get_verify_mode(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_new`: to be freed. Perl: `Net::SSLeay::CTX_new_with_method` */
  CTX_new_with_method(meth: Opaque<"SSL_METHOD">): Opaque<"SSL_CTX"> | null;
  /** `SSL_CTX_remove_session`. Perl: `Net::SSLeay::CTX_remove_session` */
  CTX_remove_session(ctx: Taken<"SSL_CTX">, ses: Opaque<"SSL_SESSION">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_accept` */
  CTX_sess_accept(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_accept_good` */
  CTX_sess_accept_good(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_accept_renegotiate` */
  CTX_sess_accept_renegotiate(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_cache_full` */
  CTX_sess_cache_full(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_cb_hits` */
  CTX_sess_cb_hits(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_connect` */
  CTX_sess_connect(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_connect_good` */
  CTX_sess_connect_good(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_connect_renegotiate` */
  CTX_sess_connect_renegotiate(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_get_cache_size` */
  CTX_sess_get_cache_size(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_hits` */
  CTX_sess_hits(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_misses` */
  CTX_sess_misses(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_number` */
  CTX_sess_number(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_set_cache_size` */
  CTX_sess_set_cache_size(ctx: Taken<"SSL_CTX">, size: number): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_sess_timeouts` */
  CTX_sess_timeouts(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_sessions`: belongs to `ctx`. Perl: `Net::SSLeay::CTX_sessions` */
  CTX_sessions(ctx: Taken<"SSL_CTX">): Opaque<"LHASH_OF_SSL_SESSION"> | null;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set1_client_sigalgs_list` */
  CTX_set1_client_sigalgs_list(ctx: Taken<"SSL_CTX">, str: string | Uint8Array): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set1_curves_list` */
  CTX_set1_curves_list(ctx: Taken<"SSL_CTX">, list: string | Uint8Array): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set1_groups_list` */
  CTX_set1_groups_list(ctx: Taken<"SSL_CTX">, list: string | Uint8Array): number;
  /** `SSL_CTX_set1_param`. Perl: `Net::SSLeay::CTX_set1_param` */
  CTX_set1_param(ctx: Taken<"SSL_CTX">, vpm: Opaque<"X509_VERIFY_PARAM">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set1_sigalgs_list` */
  CTX_set1_sigalgs_list(ctx: Taken<"SSL_CTX">, str: string | Uint8Array): number;
  /** `SSL_CTX_set_cert_store`. Perl: `Net::SSLeay::CTX_set_cert_store` */
  CTX_set_cert_store(ctx: Taken<"SSL_CTX">, store: Opaque<"X509_STORE">): void;
  /** `SSL_CTX_set_cipher_list`. Perl: `Net::SSLeay::CTX_set_cipher_list` */
  CTX_set_cipher_list(s: Taken<"SSL_CTX">, str: string | Uint8Array): number;
  /** `SSL_CTX_set_ciphersuites`. Perl: `Net::SSLeay::CTX_set_ciphersuites` */
  CTX_set_ciphersuites(ctx: Taken<"SSL_CTX">, str: string | Uint8Array): number;
  /** `SSL_CTX_set_client_CA_list`. Perl: `Net::SSLeay::CTX_set_client_CA_list` */
  CTX_set_client_CA_list(ctx: Taken<"SSL_CTX">, list: Opaque<"STACK_OF_X509_NAME">): void;
  /** `SSL_CTX_set_default_verify_paths`. Perl: `Net::SSLeay::CTX_set_default_verify_paths` */
  CTX_set_default_verify_paths(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set_max_proto_version` */
  CTX_set_max_proto_version(ctx: Taken<"SSL_CTX">, version: number): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set_min_proto_version` */
  CTX_set_min_proto_version(ctx: Taken<"SSL_CTX">, version: number): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set_mode` */
  CTX_set_mode(ctx: Taken<"SSL_CTX">, op: number): number;
  /** `SSL_CTX_set_options`. Perl: `Net::SSLeay::CTX_set_options` */
  CTX_set_options(ctx: Taken<"SSL_CTX">, op: number): number;
  /** `SSL_CTX_set_post_handshake_auth`. Perl: `Net::SSLeay::CTX_set_post_handshake_auth` */
  CTX_set_post_handshake_auth(ctx: Taken<"SSL_CTX">, val: number): void;
  /** `SSL_CTX_set_purpose`. Perl: `Net::SSLeay::CTX_set_purpose` */
  CTX_set_purpose(s: Taken<"SSL_CTX">, purpose: number): number;
  /** `SSL_CTX_set_quiet_shutdown`. Perl: `Net::SSLeay::CTX_set_quiet_shutdown` */
  CTX_set_quiet_shutdown(ctx: Taken<"SSL_CTX">, mode: number): void;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set_read_ahead` */
  CTX_set_read_ahead(ctx: Taken<"SSL_CTX">, m: number): number;
  /** `SSL_CTX_set_security_level`. Perl: `Net::SSLeay::CTX_set_security_level` */
  CTX_set_security_level(ctx: Taken<"SSL_CTX">, level: number): void;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set_session_cache_mode` */
  CTX_set_session_cache_mode(ctx: Taken<"SSL_CTX">, m: number): number;
  /** `SSL_CTX_set_session_id_context`. Perl: `Net::SSLeay::CTX_set_session_id_context` */
  CTX_set_session_id_context(
    ctx: Taken<"SSL_CTX">,
    sid_ctx: string | Uint8Array,
    len?: number,
  ): number;
  /** `SSL_CTX_set_ssl_version`. Perl: `Net::SSLeay::CTX_set_ssl_version` */
  CTX_set_ssl_version(ctx: Taken<"SSL_CTX">, meth: Opaque<"SSL_METHOD">): number;
  /** `SSL_CTX_set_timeout`. Perl: `Net::SSLeay::CTX_set_timeout` */
  CTX_set_timeout(ctx: Taken<"SSL_CTX">, t: number): number;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set_tmp_dh` */
  CTX_set_tmp_dh(ctx: Taken<"SSL_CTX">, dh: Opaque<"DH">): number;
  /** `SSL_CTX_set_tmp_dh_callback`. Perl: `Net::SSLeay::CTX_set_tmp_dh_callback` */
  CTX_set_tmp_dh_callback(ctx: Taken<"SSL_CTX">, dh?: null): void;
  /** `SSL_CTX_ctrl`. Perl: `Net::SSLeay::CTX_set_tmp_ecdh` */
  CTX_set_tmp_ecdh(ctx: Taken<"SSL_CTX">, ecdh: Opaque<"EC_KEY">): number;
  /** `SSL_CTX_set_trust`. Perl: `Net::SSLeay::CTX_set_trust` */
  CTX_set_trust(s: Taken<"SSL_CTX">, trust: number): number;
  /** `SSL_CTX_set_verify_depth`. Perl: `Net::SSLeay::CTX_set_verify_depth` */
  CTX_set_verify_depth(ctx: Taken<"SSL_CTX">, depth: number): void;
  /** `SSL_CTX_use_certificate`. Perl: `Net::SSLeay::CTX_use_certificate` */
  CTX_use_certificate(ctx: Taken<"SSL_CTX">, x: Opaque<"X509">): number;
  /** `SSL_CTX_use_PrivateKey`. Perl: `Net::SSLeay::CTX_use_PrivateKey` */
  CTX_use_PrivateKey(ctx: Taken<"SSL_CTX">, pkey: Opaque<"EVP_PKEY">): number;
  /** `SSL_CTX_use_RSAPrivateKey`. Perl: `Net::SSLeay::CTX_use_RSAPrivateKey` */
  CTX_use_RSAPrivateKey(ctx: Taken<"SSL_CTX">, rsa: Opaque<"RSA">): number;
  /** `TLS_client_method`: lives as long as the process. Perl: `Net::SSLeay::SSLv23_client_method` */
  SSLv23_client_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLS_method`: lives as long as the process. Perl: `Net::SSLeay::SSLv23_method` */
  SSLv23_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLS_server_method`: lives as long as the process. Perl: `Net::SSLeay::SSLv23_server_method` */
  SSLv23_server_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLS_client_method`: lives as long as the process. Perl: `Net::SSLeay::TLS_client_method` */
  TLS_client_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLS_method`: lives as long as the process. Perl: `Net::SSLeay::TLS_method` */
  TLS_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLS_server_method`: lives as long as the process. Perl: `Net::SSLeay::TLS_server_method` */
  TLS_server_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_1_client_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_1_client_method` */
  TLSv1_1_client_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_1_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_1_method` */
  TLSv1_1_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_1_server_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_1_server_method` */
  TLSv1_1_server_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_2_client_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_2_client_method` */
  TLSv1_2_client_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_2_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_2_method` */
  TLSv1_2_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_2_server_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_2_server_method` */
  TLSv1_2_server_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_client_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_client_method` */
  TLSv1_client_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_method` */
  TLSv1_method(): Opaque<"SSL_METHOD"> | null;
  /** `TLSv1_server_method`: lives as long as the process. Perl: `Net::SSLeay::TLSv1_server_method` */
  TLSv1_server_method(): Opaque<"SSL_METHOD"> | null;
  /** `SSL_add_client_CA`. Perl: `Net::SSLeay::add_client_CA` */
  add_client_CA(ssl: Taken<"SSL">, x: Opaque<"X509">): number;
  /** `SSL_callback_ctrl`. Perl: `Net::SSLeay::callback_ctrl` */
  callback_ctrl(ssl: Taken<"SSL">, cmd: number, fp?: null): number;
  /** `SSL_check_private_key`. Perl: `Net::SSLeay::check_private_key` */
  check_private_key(ctx: Taken<"SSL">): number;
  /** `SSL_clear`. Perl: `Net::SSLeay::clear` */
  clear(s: Taken<"SSL">): void;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::clear_num_renegotiations` */
  clear_num_renegotiations(ssl: Taken<"SSL">): number;
  /** `SSL_client_version`. Perl: `Net::SSLeay::client_version` */
  client_version(ssl: Taken<"SSL">): number;
  /** `SSL_COMP_add_compression_method`. Perl: `Net::SSLeay::COMP_add_compression_method` */
  COMP_add_compression_method(id: number, cm?: null): number;
  /** `SSL_copy_session_id`. Perl: `Net::SSLeay::copy_session_id` */
  copy_session_id(to: Taken<"SSL">, from: Taken<"SSL">): void;
  /** `SSL_free`. Perl: `Net::SSLeay::free` */
  free(s: Taken<"SSL">): void;
  /** `SSL_get0_param`: belongs to `ssl`. Perl: `Net::SSLeay::get0_param` */
  get0_param(ssl: Taken<"SSL">): Opaque<"X509_VERIFY_PARAM"> | null;
  /** `SSL_get_session`: a reference of its own, to be freed. Perl: `Net::SSLeay::get0_session` */
  get0_session(s: Taken<"SSL">): Opaque<"SSL_SESSION"> | null;
  /** `SSL_get1_session`: to be freed. Perl: `Net::SSLeay::get1_session` */
  get1_session(s: Taken<"SSL">): Opaque<"SSL_SESSION"> | null;
  /** `SSL_get_certificate`: a reference of its own, to be freed. Perl: `Net::SSLeay::get_certificate` */
  get_certificate(s: Taken<"SSL">): Opaque<"X509"> | null;
  /** `SSL_get_cipher_list`. Perl: `Net::SSLeay::get_cipher_list` */
  get_cipher_list(s: Taken<"SSL">, n: number): string | undefined;
  /** `SSL_get_client_CA_list`: belongs to `s`. Perl: `Net::SSLeay::get_client_CA_list` */
  get_client_CA_list(s: Taken<"SSL">): Opaque<"STACK_OF_X509_NAME"> | null;
  /** `SSL_get_client_random`. Perl: `Net::SSLeay::get_client_random` */
  get_client_random(s: Taken<"SSL">): Uint8Array | undefined;
  /** `SSL_get_current_cipher`: lives as long as the process. Perl: `Net::SSLeay::get_current_cipher` */
  get_current_cipher(s: Taken<"SSL">): Opaque<"SSL_CIPHER"> | null;
  /** `SSL_get_default_timeout`. Perl: `Net::SSLeay::get_default_timeout` */
  get_default_timeout(s: Taken<"SSL">): number;
  /** `SSL_get_fd`. Perl: `Net::SSLeay::get_fd` */
  get_fd(s: Taken<"SSL">): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::get_max_proto_version` */
  get_max_proto_version(ssl: Taken<"SSL">): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::get_min_proto_version` */
  get_min_proto_version(ssl: Taken<"SSL">): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::get_mode` */
  get_mode(ssl: Taken<"SSL">): number;
  /** `SSL_get_options`. Perl: `Net::SSLeay::get_options` */
  get_options(ssl: Taken<"SSL">): number;
  /** `SSL_get1_peer_certificate` or `SSL_get_peer_certificate`: to be freed. Perl: `Net::SSLeay::get_peer_certificate` */
  get_peer_certificate(s: Taken<"SSL">): Opaque<"X509"> | null;
  /** `SSL_get_quiet_shutdown`. Perl: `Net::SSLeay::get_quiet_shutdown` */
  get_quiet_shutdown(ssl: Taken<"SSL">): number;
  /** `SSL_get_rbio`: a reference of its own, to be freed. Perl: `Net::SSLeay::get_rbio` */
  get_rbio(s: Taken<"SSL">): Opaque<"BIO"> | null;
  /** `SSL_get_read_ahead`. Perl: `Net::SSLeay::get_read_ahead` */
  get_read_ahead(s: Taken<"SSL">): number;
  /** `SSL_get_security_level`. Perl: `Net::SSLeay::get_security_level` */
  get_security_level(ssl: Taken<"SSL">): number;
  /** `SSL_get_server_random`. Perl: `Net::SSLeay::get_server_random` */
  get_server_random(s: Taken<"SSL">): Uint8Array | undefined;
  /** `SSL_get_session`: a reference of its own, to be freed. Perl: `Net::SSLeay::get_session` */
  get_session(s: Taken<"SSL">): Opaque<"SSL_SESSION"> | null;
  /** `SSL_get_shutdown`. Perl: `Net::SSLeay::get_shutdown` */
  get_shutdown(ssl: Taken<"SSL">): number;
  /** `SSL_get_SSL_CTX`: a reference of its own, to be freed. Perl: `Net::SSLeay::get_SSL_CTX` */
  get_SSL_CTX(s: Taken<"SSL">): Opaque<"SSL_CTX"> | null;
  /** `SSL_get_ssl_method`: lives as long as the process. Perl: `Net::SSLeay::get_ssl_method` */
  get_ssl_method(ssl: Taken<"SSL">): Opaque<"SSL_METHOD"> | null;
  /** `SSL_get_state`. Perl: `Net::SSLeay::get_state` */
  get_state(s: Taken<"SSL">): number;
  /** `SSL_SESSION_get_time`. Perl: `Net::SSLeay::get_time` */
  get_time(ses: Opaque<"SSL_SESSION">): number;
  /** `SSL_SESSION_get_timeout`. Perl: `Net::SSLeay::get_timeout` */
  get_timeout(ses: Opaque<"SSL_SESSION">): number;
  /** `SSL_get_verify_depth`. Perl: `Net::SSLeay::get_verify_depth` */
  get_verify_depth(s: Taken<"SSL">): number;
  /** `SSL_get_verify_mode`. Perl: `Net::SSLeay::get_verify_mode` */
  get_verify_mode(s: Taken<"SSL">): number;
  /** `SSL_get_verify_result`. Perl: `Net::SSLeay::get_verify_result` */
  get_verify_result(ssl: Taken<"SSL">): number;
  /** `SSL_get_version`. Perl: `Net::SSLeay::get_version` */
  get_version(ssl: Taken<"SSL">): string | undefined;
  /** `SSL_get_wbio`: a reference of its own, to be freed. Perl: `Net::SSLeay::get_wbio` */
  get_wbio(s: Taken<"SSL">): Opaque<"BIO"> | null;
  /** `SSL_has_pending`. Perl: `Net::SSLeay::has_pending` */
  has_pending(s: Taken<"SSL">): number;
  /** `SSL_in_before`. Perl: `Net::SSLeay::in_before` */
  in_before(s: Taken<"SSL">): number;
  /** `SSL_in_init`. Perl: `Net::SSLeay::in_init` */
  in_init(s: Taken<"SSL">): number;
  /** `SSL_is_dtls`. Perl: `Net::SSLeay::is_dtls` */
  is_dtls(ssl: Taken<"SSL">): number;
  /** `SSL_is_init_finished`. Perl: `Net::SSLeay::is_init_finished` */
  is_init_finished(s: Taken<"SSL">): number;
  /** `SSL_new`: to be freed. Perl: `Net::SSLeay::new` */
  "new"(ctx: Taken<"SSL_CTX">): Opaque<"SSL"> | null;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::num_renegotiations` */
  num_renegotiations(ssl: Taken<"SSL">): number;
  /** `SSL_pending`. Perl: `Net::SSLeay::pending` */
  pending(s: Taken<"SSL">): number;
  /** `SSL_rstate_string`. Perl: `Net::SSLeay::rstate_string` */
  rstate_string(s: Taken<"SSL">): string | undefined;
  /** `SSL_rstate_string_long`. Perl: `Net::SSLeay::rstate_string_long` */
  rstate_string_long(s: Taken<"SSL">): string | undefined;
  /** `SSL_session_reused`. Perl: `Net::SSLeay::session_reused` */
  session_reused(ssl: Taken<"SSL">): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set1_client_sigalgs_list` */
  set1_client_sigalgs_list(ssl: Taken<"SSL">, str: string | Uint8Array): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set1_curves_list` */
  set1_curves_list(ssl: Taken<"SSL">, list: string | Uint8Array): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set1_groups_list` */
  set1_groups_list(ssl: Taken<"SSL">, list: string | Uint8Array): number;
  /** `SSL_set1_param`. Perl: `Net::SSLeay::set1_param` */
  set1_param(ctx: Taken<"SSL">, vpm: Opaque<"X509_VERIFY_PARAM">): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set1_sigalgs_list` */
  set1_sigalgs_list(ssl: Taken<"SSL">, str: string | Uint8Array): number;
  /** `SSL_set_accept_state`. Perl: `Net::SSLeay::set_accept_state` */
  set_accept_state(s: Taken<"SSL">): void;
  /** `SSL_set_bio`. Perl: `Net::SSLeay::set_bio` */
  set_bio(s: Taken<"SSL">, rbio: Opaque<"BIO">, wbio: Opaque<"BIO">): void;
  /** `SSL_set_cipher_list`. Perl: `Net::SSLeay::set_cipher_list` */
  set_cipher_list(s: Taken<"SSL">, str: string | Uint8Array): number;
  /** `SSL_set_ciphersuites`. Perl: `Net::SSLeay::set_ciphersuites` */
  set_ciphersuites(ssl: Taken<"SSL">, str: string | Uint8Array): number;
  /** `SSL_set_client_CA_list`. Perl: `Net::SSLeay::set_client_CA_list` */
  set_client_CA_list(s: Taken<"SSL">, list: Opaque<"STACK_OF_X509_NAME">): void;
  /** `SSL_set_connect_state`. Perl: `Net::SSLeay::set_connect_state` */
  set_connect_state(s: Taken<"SSL">): void;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set_max_proto_version` */
  set_max_proto_version(ssl: Taken<"SSL">, version: number): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set_min_proto_version` */
  set_min_proto_version(ssl: Taken<"SSL">, version: number): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set_mode` */
  set_mode(ssl: Taken<"SSL">, op: number): number;
  /** `SSL_set_options`. Perl: `Net::SSLeay::set_options` */
  set_options(ssl: Taken<"SSL">, op: number): number;
  /** `SSL_set_post_handshake_auth`. Perl: `Net::SSLeay::set_post_handshake_auth` */
  set_post_handshake_auth(ssl: Taken<"SSL">, val: number): void;
  /** `SSL_set_cipher_list`. Perl: `Net::SSLeay::set_pref_cipher` */
  set_pref_cipher(s: Taken<"SSL">, n: string | Uint8Array): number;
  /** `SSL_set_purpose`. Perl: `Net::SSLeay::set_purpose` */
  set_purpose(s: Taken<"SSL">, purpose: number): number;
  /** `SSL_set_quiet_shutdown`. Perl: `Net::SSLeay::set_quiet_shutdown` */
  set_quiet_shutdown(ssl: Taken<"SSL">, mode: number): void;
  /** `SSL_set_read_ahead`. Perl: `Net::SSLeay::set_read_ahead` */
  set_read_ahead(s: Taken<"SSL">, yes?: number): void;
  /** `SSL_set_security_level`. Perl: `Net::SSLeay::set_security_level` */
  set_security_level(ssl: Taken<"SSL">, level: number): void;
  /** `SSL_set_session`. Perl: `Net::SSLeay::set_session` */
  set_session(to: Taken<"SSL">, ses: Opaque<"SSL_SESSION">): number;
  /** `SSL_set_session_id_context`. Perl: `Net::SSLeay::set_session_id_context` */
  set_session_id_context(ssl: Taken<"SSL">, sid_ctx: string | Uint8Array, len?: number): number;
  /** `SSL_set_shutdown`. Perl: `Net::SSLeay::set_shutdown` */
  set_shutdown(ssl: Taken<"SSL">, mode: number): void;
  /** `SSL_set_SSL_CTX`: a reference of its own, to be freed. Perl: `Net::SSLeay::set_SSL_CTX` */
  set_SSL_CTX(ssl: Taken<"SSL">, ctx: Taken<"SSL_CTX">): Opaque<"SSL_CTX"> | null;
  /** `SSL_set_ssl_method`. Perl: `Net::SSLeay::set_ssl_method` */
  set_ssl_method(ssl: Taken<"SSL">, method: Opaque<"SSL_METHOD">): number;
  /** `SSL_SESSION_set_time`. Perl: `Net::SSLeay::set_time` */
  set_time(ses: Opaque<"SSL_SESSION">, t: number): number;
  /** `SSL_SESSION_set_timeout`. Perl: `Net::SSLeay::set_timeout` */
  set_timeout(ses: Opaque<"SSL_SESSION">, t: number): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set_tmp_dh` */
  set_tmp_dh(ssl: Taken<"SSL">, dh: Opaque<"DH">): number;
  /** `SSL_set_tmp_dh_callback`. Perl: `Net::SSLeay::set_tmp_dh_callback` */
  set_tmp_dh_callback(ssl: Taken<"SSL">, dh?: null): void;
  /** `SSL_set_trust`. Perl: `Net::SSLeay::set_trust` */
  set_trust(s: Taken<"SSL">, trust: number): number;
  /** `SSL_set_verify_depth`. Perl: `Net::SSLeay::set_verify_depth` */
  set_verify_depth(s: Taken<"SSL">, depth: number): void;
  /** `SSL_set_verify_result`. Perl: `Net::SSLeay::set_verify_result` */
  set_verify_result(ssl: Taken<"SSL">, v: number): void;
  /** `SSL_get_session`: a reference of its own, to be freed. Perl: `Net::SSLeay::SSL_get0_session` */
  SSL_get0_session(s: Taken<"SSL">): Opaque<"SSL_SESSION"> | null;
  /** `SSL_get_state`. Perl: `Net::SSLeay::state` */
  state(s: Taken<"SSL">): number;
  /** `SSL_state_string`. Perl: `Net::SSLeay::state_string` */
  state_string(s: Taken<"SSL">): string | undefined;
  /** `SSL_state_string_long`. Perl: `Net::SSLeay::state_string_long` */
  state_string_long(s: Taken<"SSL">): string | undefined;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::total_renegotiations` */
  total_renegotiations(ssl: Taken<"SSL">): number;
  /** `SSL_use_certificate`. Perl: `Net::SSLeay::use_certificate` */
  use_certificate(s: Taken<"SSL">, x: Opaque<"X509">): number;
  /** `SSL_use_certificate_ASN1`. Perl: `Net::SSLeay::use_certificate_ASN1` */
  use_certificate_ASN1(s: Taken<"SSL">, d: string | Uint8Array, len?: number): number;
  /** `SSL_use_PrivateKey`. Perl: `Net::SSLeay::use_PrivateKey` */
  use_PrivateKey(s: Taken<"SSL">, pkey: Opaque<"EVP_PKEY">): number;
  /** `SSL_use_PrivateKey_ASN1`. Perl: `Net::SSLeay::use_PrivateKey_ASN1` */
  use_PrivateKey_ASN1(pk: number, s: Taken<"SSL">, d: string | Uint8Array, len?: number): number;
  /** `SSL_use_RSAPrivateKey`. Perl: `Net::SSLeay::use_RSAPrivateKey` */
  use_RSAPrivateKey(s: Taken<"SSL">, rsa: Opaque<"RSA">): number;
  /** `SSL_use_RSAPrivateKey_ASN1`. Perl: `Net::SSLeay::use_RSAPrivateKey_ASN1` */
  use_RSAPrivateKey_ASN1(s: Taken<"SSL">, d: string | Uint8Array, len?: number): number;
  /** `SSL_verify_client_post_handshake`. Perl: `Net::SSLeay::verify_client_post_handshake` */
  verify_client_post_handshake(ssl: Taken<"SSL">): number;
  /** `SSL_version`. Perl: `Net::SSLeay::version` */
  version(ssl: Taken<"SSL">): number;
  /** `SSL_want`. Perl: `Net::SSLeay::want` */
  want(s: Taken<"SSL">): number;
  /** `SSL_get_servername`. Perl: `Net::SSLeay::get_servername` */
  get_servername(s: Taken<"SSL">, type?: number): string | undefined;
  /** `SSL_get_servername_type`. Perl: `Net::SSLeay::get_servername_type` */
  get_servername_type(s: Taken<"SSL">): number;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set_tlsext_host_name` */
  set_tlsext_host_name(ssl: Taken<"SSL">, name: string | Uint8Array): number;
  /** `SSL_CIPHER_description`. Perl: `Net::SSLeay::CIPHER_description` */
  CIPHER_description(
    cipher: Opaque<"SSL_CIPHER">,
    buf?: unknown,
    size?: unknown,
  ): string | undefined;
  /** `SSL_CIPHER_get_handshake_digest`: lives as long as the process. Perl: `Net::SSLeay::CIPHER_get_handshake_digest` */
  CIPHER_get_handshake_digest(c: Opaque<"SSL_CIPHER">): Opaque<"EVP_MD"> | null;
  /** `SSL_CIPHER_get_name`. Perl: `Net::SSLeay::CIPHER_get_name` */
  CIPHER_get_name(c: Opaque<"SSL_CIPHER">): string | undefined;
  /** `SSL_CIPHER_get_version`. Perl: `Net::SSLeay::CIPHER_get_version` */
  CIPHER_get_version(cipher: Opaque<"SSL_CIPHER">): string | undefined;
  /** `EVP_get_cipherbyname`: lives as long as the process. Perl: `Net::SSLeay::EVP_get_cipherbyname` */
  EVP_get_cipherbyname(name: string | Uint8Array): Opaque<"EVP_CIPHER"> | null;
  /** `SSL_get0_alpn_selected`. Perl: `Net::SSLeay::P_alpn_selected` */
  P_alpn_selected(s: Taken<"SSL">): Uint8Array | undefined;
  /** `SSL_get0_next_proto_negotiated`. Perl: `Net::SSLeay::P_next_proto_negotiated` */
  P_next_proto_negotiated(s: Taken<"SSL">): Uint8Array | undefined;
  /** `SSL_client_hello_get0_ciphers`. Perl: `Net::SSLeay::client_hello_get0_ciphers` */
  client_hello_get0_ciphers(s: Taken<"SSL">): Uint8Array | undefined;
  /** `SSL_client_hello_get0_compression_methods`. Perl: `Net::SSLeay::client_hello_get0_compression_methods` */
  client_hello_get0_compression_methods(s: Taken<"SSL">): Uint8Array | undefined;
  /** `SSL_client_hello_get0_ext`. Perl: `Net::SSLeay::client_hello_get0_ext` */
  client_hello_get0_ext(s: Taken<"SSL">, type: number): Uint8Array | undefined;
  /** `SSL_client_hello_get0_legacy_version`. Perl: `Net::SSLeay::client_hello_get0_legacy_version` */
  client_hello_get0_legacy_version(s: Taken<"SSL">): number;
  /** `SSL_client_hello_get0_random`. Perl: `Net::SSLeay::client_hello_get0_random` */
  client_hello_get0_random(s: Taken<"SSL">): Uint8Array | undefined;
  /** `SSL_client_hello_get0_session_id`. Perl: `Net::SSLeay::client_hello_get0_session_id` */
  client_hello_get0_session_id(s: Taken<"SSL">): Uint8Array | undefined;
  /** `SSL_client_hello_isv2`. Perl: `Net::SSLeay::client_hello_isv2` */
  client_hello_isv2(s: Taken<"SSL">): number;
  /** `SSL_CTX_use_psk_identity_hint`. Perl: `Net::SSLeay::CTX_use_psk_identity_hint` */
  CTX_use_psk_identity_hint(ctx: Taken<"SSL_CTX">, hint: string | Uint8Array): number;
  /** `SSL_use_psk_identity_hint`. Perl: `Net::SSLeay::use_psk_identity_hint` */
  use_psk_identity_hint(ssl: Taken<"SSL">, hint: string | Uint8Array): number;
  /** `SSL_CTX_get_num_tickets`. Perl: `Net::SSLeay::CTX_get_num_tickets` */
  CTX_get_num_tickets(ctx: Taken<"SSL_CTX">): number;
  /** `SSL_CTX_set_num_tickets`. Perl: `Net::SSLeay::CTX_set_num_tickets` */
  CTX_set_num_tickets(ctx: Taken<"SSL_CTX">, num_tickets: number): number;
  /** `SSL_get_num_tickets`. Perl: `Net::SSLeay::get_num_tickets` */
  get_num_tickets(ssl: Taken<"SSL">): number;
  /** `SSL_set_num_tickets`. Perl: `Net::SSLeay::set_num_tickets` */
  set_num_tickets(ssl: Taken<"SSL">, num_tickets: number): number;
  /** `SSL_set_session_ticket_ext`. Perl: `Net::SSLeay::set_session_ticket_ext` */
  set_session_ticket_ext(ssl: Taken<"SSL">, ticket: string | Uint8Array): number;
  /** `d2i_SSL_SESSION`: to be freed. Perl: `Net::SSLeay::d2i_SSL_SESSION` */
  d2i_SSL_SESSION(pv: string | Uint8Array): Opaque<"SSL_SESSION"> | null;
  /** `i2d_SSL_SESSION`. Perl: `Net::SSLeay::i2d_SSL_SESSION` */
  i2d_SSL_SESSION(sess: Opaque<"SSL_SESSION">): Uint8Array | undefined;
  /** `SSL_SESSION_dup`: to be freed. Perl: `Net::SSLeay::SESSION_dup` */
  SESSION_dup(sess: Opaque<"SSL_SESSION">): Opaque<"SSL_SESSION"> | null;
  /** `SSL_SESSION_free`. Perl: `Net::SSLeay::SESSION_free` */
  SESSION_free(ses: Opaque<"SSL_SESSION">): void;
  /** `SSL_SESSION_get0_cipher`: lives as long as the process. Perl: `Net::SSLeay::SESSION_get0_cipher` */
  SESSION_get0_cipher(s: Opaque<"SSL_SESSION">): Opaque<"SSL_CIPHER"> | null;
  /** `SSL_SESSION_get_master_key`. Perl: `Net::SSLeay::SESSION_get_master_key` */
  SESSION_get_master_key(s: Opaque<"SSL_SESSION">): Uint8Array | undefined;
  /** `SSL_SESSION_get_time`. Perl: `Net::SSLeay::SESSION_get_time` */
  SESSION_get_time(s: Opaque<"SSL_SESSION">): number;
  /** `SSL_SESSION_get_timeout`. Perl: `Net::SSLeay::SESSION_get_timeout` */
  SESSION_get_timeout(s: Opaque<"SSL_SESSION">): number;
  /** `SSL_SESSION_is_resumable`. Perl: `Net::SSLeay::SESSION_is_resumable` */
  SESSION_is_resumable(ses: Opaque<"SSL_SESSION">): number;
  /** `SSL_SESSION_new`: to be freed. Perl: `Net::SSLeay::SESSION_new` */
  SESSION_new(): Opaque<"SSL_SESSION"> | null;
  /** `SSL_SESSION_print`. Perl: `Net::SSLeay::SESSION_print` */
  SESSION_print(fp: Opaque<"BIO">, ses: Opaque<"SSL_SESSION">): number;
  /** `SSL_SESSION_set1_master_key`. Perl: `Net::SSLeay::SESSION_set1_master_key` */
  SESSION_set1_master_key(sess: Opaque<"SSL_SESSION">, key: string | Uint8Array): number;
  /** `SSL_SESSION_set_cipher`. Perl: `Net::SSLeay::SESSION_set_cipher` */
  SESSION_set_cipher(s: Opaque<"SSL_SESSION">, cipher: Opaque<"SSL_CIPHER">): number;
  /** `SSL_SESSION_set_protocol_version`. Perl: `Net::SSLeay::SESSION_set_protocol_version` */
  SESSION_set_protocol_version(s: Opaque<"SSL_SESSION">, version: number): number;
  /** `SSL_SESSION_set_time`. Perl: `Net::SSLeay::SESSION_set_time` */
  SESSION_set_time(s: Opaque<"SSL_SESSION">, t: number): number;
  /** `SSL_SESSION_set_timeout`. Perl: `Net::SSLeay::SESSION_set_timeout` */
  SESSION_set_timeout(s: Opaque<"SSL_SESSION">, t: number): number;
  /** `d2i_X509_bio`: to be freed. Perl: `Net::SSLeay::d2i_X509_bio` */
  d2i_X509_bio(bp: Opaque<"BIO">, unused?: null): Opaque<"X509"> | null;
  /** `X509_certificate_type`. Perl: `Net::SSLeay::X509_certificate_type` */
  X509_certificate_type(x: Opaque<"X509">, pubkey?: Opaque<"EVP_PKEY"> | null): number;
  /** `X509_check_email`. Perl: `Net::SSLeay::X509_check_email` */
  X509_check_email(cert: Opaque<"X509">, address: string | Uint8Array, flags?: number): number;
  /** `X509_check_ip`. Perl: `Net::SSLeay::X509_check_ip` */
  X509_check_ip(cert: Opaque<"X509">, address: string | Uint8Array, flags?: number): number;
  /** `X509_check_ip_asc`. Perl: `Net::SSLeay::X509_check_ip_asc` */
  X509_check_ip_asc(cert: Opaque<"X509">, address: string | Uint8Array, flags?: number): number;
  /** `X509_digest`. Perl: `Net::SSLeay::X509_digest` */
  X509_digest(data: Opaque<"X509">, type: Opaque<"EVP_MD">): Uint8Array | undefined;
  /** `X509_free`. Perl: `Net::SSLeay::X509_free` */
  X509_free(a: Opaque<"X509">): void;
  /** `X509_get0_notAfter`: belongs to `cert`. Perl: `Net::SSLeay::X509_get0_notAfter` */
  X509_get0_notAfter(cert: Opaque<"X509">): Opaque<"ASN1_TIME"> | null;
  /** `X509_get0_notBefore`: belongs to `cert`. Perl: `Net::SSLeay::X509_get0_notBefore` */
  X509_get0_notBefore(cert: Opaque<"X509">): Opaque<"ASN1_TIME"> | null;
  /** `X509_get0_serialNumber`: belongs to `x`. Perl: `Net::SSLeay::X509_get0_serialNumber` */
  X509_get0_serialNumber(x: Opaque<"X509">): Opaque<"ASN1_INTEGER"> | null;
  /** `X509_get_ext`: belongs to `x`. Perl: `Net::SSLeay::X509_get_ext` */
  X509_get_ext(x: Opaque<"X509">, loc: number): Opaque<"X509_EXTENSION"> | null;
  /** `X509_get_ext_by_NID`. Perl: `Net::SSLeay::X509_get_ext_by_NID` */
  X509_get_ext_by_NID(x: Opaque<"X509">, nid: number, loc?: number): number;
  /** `X509_get_ext_count`. Perl: `Net::SSLeay::X509_get_ext_count` */
  X509_get_ext_count(x: Opaque<"X509">): number;
  /** `X509_get_issuer_name`: belongs to `cert`. Perl: `Net::SSLeay::X509_get_issuer_name` */
  X509_get_issuer_name(cert: Opaque<"X509">): Opaque<"X509_NAME"> | null;
  /** `X509_getm_notAfter`: belongs to `cert`. Perl: `Net::SSLeay::X509_get_notAfter` */
  X509_get_notAfter(cert: Opaque<"X509">): Opaque<"ASN1_TIME"> | null;
  /** `X509_getm_notBefore`: belongs to `cert`. Perl: `Net::SSLeay::X509_get_notBefore` */
  X509_get_notBefore(cert: Opaque<"X509">): Opaque<"ASN1_TIME"> | null;
  /** `X509_get_pubkey`: to be freed. Perl: `Net::SSLeay::X509_get_pubkey` */
  X509_get_pubkey(x: Opaque<"X509">): Opaque<"EVP_PKEY"> | null;
  /** `X509_get_serialNumber`: belongs to `x`. Perl: `Net::SSLeay::X509_get_serialNumber` */
  X509_get_serialNumber(x: Opaque<"X509">): Opaque<"ASN1_INTEGER"> | null;
  /** `X509_get_subject_name`: belongs to `cert`. Perl: `Net::SSLeay::X509_get_subject_name` */
  X509_get_subject_name(cert: Opaque<"X509">): Opaque<"X509_NAME"> | null;
  /** `X509_get_version`. Perl: `Net::SSLeay::X509_get_version` */
  X509_get_version(x: Opaque<"X509">): number;
  /** `X509_getm_notAfter`: belongs to `cert`. Perl: `Net::SSLeay::X509_getm_notAfter` */
  X509_getm_notAfter(cert: Opaque<"X509">): Opaque<"ASN1_TIME"> | null;
  /** `X509_getm_notBefore`: belongs to `cert`. Perl: `Net::SSLeay::X509_getm_notBefore` */
  X509_getm_notBefore(cert: Opaque<"X509">): Opaque<"ASN1_TIME"> | null;
  /** `X509_gmtime_adj`. Perl: `Net::SSLeay::X509_gmtime_adj` */
  X509_gmtime_adj(s: Opaque<"ASN1_TIME">, adj: number): Opaque<"ASN1_TIME"> | null;
  /** `X509_issuer_and_serial_hash`. Perl: `Net::SSLeay::X509_issuer_and_serial_hash` */
  X509_issuer_and_serial_hash(a: Opaque<"X509">): number;
  /** `X509_issuer_name_hash`. Perl: `Net::SSLeay::X509_issuer_name_hash` */
  X509_issuer_name_hash(a: Opaque<"X509">): number;
  /** `X509_new`: to be freed. Perl: `Net::SSLeay::X509_new` */
  X509_new(): Opaque<"X509"> | null;
  /** `X509_pubkey_digest`. Perl: `Net::SSLeay::X509_pubkey_digest` */
  X509_pubkey_digest(data: Opaque<"X509">, type: Opaque<"EVP_MD">): Uint8Array | undefined;
  /** `X509_set_issuer_name`. Perl: `Net::SSLeay::X509_set_issuer_name` */
  X509_set_issuer_name(x: Opaque<"X509">, name: Opaque<"X509_NAME">): number;
  /** `X509_set_pubkey`. Perl: `Net::SSLeay::X509_set_pubkey` */
  X509_set_pubkey(x: Opaque<"X509">, pkey: Opaque<"EVP_PKEY">): number;
  /** `X509_set_serialNumber`. Perl: `Net::SSLeay::X509_set_serialNumber` */
  X509_set_serialNumber(x: Opaque<"X509">, serial: Opaque<"ASN1_INTEGER">): number;
  /** `X509_set_subject_name`. Perl: `Net::SSLeay::X509_set_subject_name` */
  X509_set_subject_name(x: Opaque<"X509">, name: Opaque<"X509_NAME">): number;
  /** `X509_set_version`. Perl: `Net::SSLeay::X509_set_version` */
  X509_set_version(x: Opaque<"X509">, version: number): number;
  /** `X509_sign`. Perl: `Net::SSLeay::X509_sign` */
  X509_sign(x: Opaque<"X509">, pkey: Opaque<"EVP_PKEY">, md: Opaque<"EVP_MD">): number;
  /** `X509_subject_name_hash`. Perl: `Net::SSLeay::X509_subject_name_hash` */
  X509_subject_name_hash(x: Opaque<"X509">): number;
  /** `X509_verify`. Perl: `Net::SSLeay::X509_verify` */
  X509_verify(x: Opaque<"X509">, r: Opaque<"EVP_PKEY">): number;
  /** `X509_verify_cert`. Perl: `Net::SSLeay::X509_verify_cert` */
  X509_verify_cert(x509_store_ctx: Opaque<"X509_STORE_CTX">): number;
  /** `X509_verify_cert_error_string`. Perl: `Net::SSLeay::X509_verify_cert_error_string` */
  X509_verify_cert_error_string(n: number): string | undefined;
  /** `X509_EXTENSION_get_critical`. Perl: `Net::SSLeay::X509_EXTENSION_get_critical` */
  X509_EXTENSION_get_critical(ex: Opaque<"X509_EXTENSION">): number;
  /** `X509_EXTENSION_get_data`: belongs to `ne`. Perl: `Net::SSLeay::X509_EXTENSION_get_data` */
  X509_EXTENSION_get_data(ne: Opaque<"X509_EXTENSION">): Opaque<"ASN1_OCTET_STRING"> | null;
  /** `X509_EXTENSION_get_object`: belongs to `ex`. Perl: `Net::SSLeay::X509_EXTENSION_get_object` */
  X509_EXTENSION_get_object(ex: Opaque<"X509_EXTENSION">): Opaque<"ASN1_OBJECT"> | null;
  /** `X509_NAME_add_entry_by_NID`. Perl: `Net::SSLeay::X509_NAME_add_entry_by_NID` */
  X509_NAME_add_entry_by_NID(
    name: Opaque<"X509_NAME">,
    nid: number,
    type: number,
    data: string | Uint8Array,
    loc?: number,
    set?: number,
  ): number;
  /** `X509_NAME_add_entry_by_OBJ`. Perl: `Net::SSLeay::X509_NAME_add_entry_by_OBJ` */
  X509_NAME_add_entry_by_OBJ(
    name: Opaque<"X509_NAME">,
    obj: Opaque<"ASN1_OBJECT">,
    type: number,
    data: string | Uint8Array,
    loc?: number,
    set?: number,
  ): number;
  /** `X509_NAME_add_entry_by_txt`. Perl: `Net::SSLeay::X509_NAME_add_entry_by_txt` */
  X509_NAME_add_entry_by_txt(
    name: Opaque<"X509_NAME">,
    field: string | Uint8Array,
    type: number,
    data: string | Uint8Array,
    loc?: number,
    set?: number,
  ): number;
  /** `X509_NAME_cmp`. Perl: `Net::SSLeay::X509_NAME_cmp` */
  X509_NAME_cmp(a: Opaque<"X509_NAME">, b: Opaque<"X509_NAME">): number;
  /** `X509_NAME_digest`. Perl: `Net::SSLeay::X509_NAME_digest` */
  X509_NAME_digest(data: Opaque<"X509_NAME">, type: Opaque<"EVP_MD">): Uint8Array | undefined;
  /** `X509_NAME_entry_count`. Perl: `Net::SSLeay::X509_NAME_entry_count` */
  X509_NAME_entry_count(name: Opaque<"X509_NAME">): number;
  /** `X509_NAME_ENTRY_get_data`: belongs to `ne`. Perl: `Net::SSLeay::X509_NAME_ENTRY_get_data` */
  X509_NAME_ENTRY_get_data(ne: Opaque<"X509_NAME_ENTRY">): Opaque<"ASN1_STRING"> | null;
  /** `X509_NAME_ENTRY_get_object`: belongs to `ne`. Perl: `Net::SSLeay::X509_NAME_ENTRY_get_object` */
  X509_NAME_ENTRY_get_object(ne: Opaque<"X509_NAME_ENTRY">): Opaque<"ASN1_OBJECT"> | null;
  /** `X509_NAME_get_entry`: belongs to `name`. Perl: `Net::SSLeay::X509_NAME_get_entry` */
  X509_NAME_get_entry(name: Opaque<"X509_NAME">, loc: number): Opaque<"X509_NAME_ENTRY"> | null;
  /** `X509_NAME_new`: to be freed. Perl: `Net::SSLeay::X509_NAME_new` */
  X509_NAME_new(): Opaque<"X509_NAME"> | null;
  /** `X509_NAME_oneline`. Perl: `Net::SSLeay::X509_NAME_oneline` */
  X509_NAME_oneline(name: Opaque<"X509_NAME">): string | undefined;
  /** `OBJ_cmp`. Perl: `Net::SSLeay::OBJ_cmp` */
  OBJ_cmp(a: Opaque<"ASN1_OBJECT">, b: Opaque<"ASN1_OBJECT">): number;
  /** `OBJ_dup`: to be freed. Perl: `Net::SSLeay::OBJ_dup` */
  OBJ_dup(o: Opaque<"ASN1_OBJECT">): Opaque<"ASN1_OBJECT"> | null;
  /** `OBJ_ln2nid`. Perl: `Net::SSLeay::OBJ_ln2nid` */
  OBJ_ln2nid(s: string | Uint8Array): number;
  /** `OBJ_nid2ln`. Perl: `Net::SSLeay::OBJ_nid2ln` */
  OBJ_nid2ln(n: number): string | undefined;
  /** `OBJ_nid2obj`: lives as long as the process. Perl: `Net::SSLeay::OBJ_nid2obj` */
  OBJ_nid2obj(n: number): Opaque<"ASN1_OBJECT"> | null;
  /** `OBJ_nid2sn`. Perl: `Net::SSLeay::OBJ_nid2sn` */
  OBJ_nid2sn(n: number): string | undefined;
  /** `OBJ_obj2nid`. Perl: `Net::SSLeay::OBJ_obj2nid` */
  OBJ_obj2nid(o: Opaque<"ASN1_OBJECT">): number;
  /** `OBJ_sn2nid`. Perl: `Net::SSLeay::OBJ_sn2nid` */
  OBJ_sn2nid(s: string | Uint8Array): number;
  /** `OBJ_txt2nid`. Perl: `Net::SSLeay::OBJ_txt2nid` */
  OBJ_txt2nid(s: string | Uint8Array): number;
  /** `OBJ_txt2obj`: to be freed. Perl: `Net::SSLeay::OBJ_txt2obj` */
  OBJ_txt2obj(s: string | Uint8Array, no_name?: number): Opaque<"ASN1_OBJECT"> | null;
  /** `ASN1_INTEGER_free`. Perl: `Net::SSLeay::ASN1_INTEGER_free` */
  ASN1_INTEGER_free(i: Opaque<"ASN1_INTEGER">): void;
  /** `ASN1_INTEGER_get`. Perl: `Net::SSLeay::ASN1_INTEGER_get` */
  ASN1_INTEGER_get(a: Opaque<"ASN1_INTEGER">): number;
  /** `ASN1_INTEGER_new`: to be freed. Perl: `Net::SSLeay::ASN1_INTEGER_new` */
  ASN1_INTEGER_new(): Opaque<"ASN1_INTEGER"> | null;
  /** `ASN1_INTEGER_set`. Perl: `Net::SSLeay::ASN1_INTEGER_set` */
  ASN1_INTEGER_set(i: Opaque<"ASN1_INTEGER">, val: number): number;
  /** `ASN1_TIME_free`. Perl: `Net::SSLeay::ASN1_TIME_free` */
  ASN1_TIME_free(s: Opaque<"ASN1_TIME">): void;
  /** `ASN1_TIME_new`: to be freed. Perl: `Net::SSLeay::ASN1_TIME_new` */
  ASN1_TIME_new(): Opaque<"ASN1_TIME"> | null;
  /** `ASN1_TIME_set`. Perl: `Net::SSLeay::ASN1_TIME_set` */
  ASN1_TIME_set(s: Opaque<"ASN1_TIME">, t: number): Opaque<"ASN1_TIME"> | null;
  /** `ASN1_TIME_print`. Perl: `Net::SSLeay::P_ASN1_TIME_put2string` */
  P_ASN1_TIME_put2string(tm: Opaque<"ASN1_TIME">): string | undefined;
  /** `ASN1_TIME_print`. Perl: `Net::SSLeay::P_ASN1_UTCTIME_put2string` */
  P_ASN1_UTCTIME_put2string(tm: Opaque<"ASN1_TIME">): string | undefined;
  /** `d2i_X509_CRL_bio`: to be freed. Perl: `Net::SSLeay::d2i_X509_CRL_bio` */
  d2i_X509_CRL_bio(bp: Opaque<"BIO">, unused?: null): Opaque<"X509_CRL"> | null;
  /** `X509_CRL_digest`. Perl: `Net::SSLeay::X509_CRL_digest` */
  X509_CRL_digest(data: Opaque<"X509_CRL">, type: Opaque<"EVP_MD">): Uint8Array | undefined;
  /** `X509_CRL_free`. Perl: `Net::SSLeay::X509_CRL_free` */
  X509_CRL_free(x: Opaque<"X509_CRL">): void;
  /** `X509_CRL_get0_lastUpdate`: belongs to `crl`. Perl: `Net::SSLeay::X509_CRL_get0_lastUpdate` */
  X509_CRL_get0_lastUpdate(crl: Opaque<"X509_CRL">): Opaque<"ASN1_TIME"> | null;
  /** `X509_CRL_get0_nextUpdate`: belongs to `crl`. Perl: `Net::SSLeay::X509_CRL_get0_nextUpdate` */
  X509_CRL_get0_nextUpdate(crl: Opaque<"X509_CRL">): Opaque<"ASN1_TIME"> | null;
  /** `X509_CRL_get_ext`: belongs to `x`. Perl: `Net::SSLeay::X509_CRL_get_ext` */
  X509_CRL_get_ext(x: Opaque<"X509_CRL">, loc: number): Opaque<"X509_EXTENSION"> | null;
  /** `X509_CRL_get_ext_by_NID`. Perl: `Net::SSLeay::X509_CRL_get_ext_by_NID` */
  X509_CRL_get_ext_by_NID(x: Opaque<"X509_CRL">, nid: number, loc?: number): number;
  /** `X509_CRL_get_ext_count`. Perl: `Net::SSLeay::X509_CRL_get_ext_count` */
  X509_CRL_get_ext_count(x: Opaque<"X509_CRL">): number;
  /** `X509_CRL_get_issuer`: belongs to `x`. Perl: `Net::SSLeay::X509_CRL_get_issuer` */
  X509_CRL_get_issuer(x: Opaque<"X509_CRL">): Opaque<"X509_NAME"> | null;
  /** `X509_CRL_get_lastUpdate`: belongs to `crl`. Perl: `Net::SSLeay::X509_CRL_get_lastUpdate` */
  X509_CRL_get_lastUpdate(crl: Opaque<"X509_CRL">): Opaque<"ASN1_TIME"> | null;
  /** `X509_CRL_get_nextUpdate`: belongs to `crl`. Perl: `Net::SSLeay::X509_CRL_get_nextUpdate` */
  X509_CRL_get_nextUpdate(crl: Opaque<"X509_CRL">): Opaque<"ASN1_TIME"> | null;
  /** `X509_CRL_get_version`. Perl: `Net::SSLeay::X509_CRL_get_version` */
  X509_CRL_get_version(x: Opaque<"X509_CRL">): number;
  /** `X509_CRL_new`: to be freed. Perl: `Net::SSLeay::X509_CRL_new` */
  X509_CRL_new(): Opaque<"X509_CRL"> | null;
  /** `X509_CRL_set1_lastUpdate`. Perl: `Net::SSLeay::X509_CRL_set1_lastUpdate` */
  X509_CRL_set1_lastUpdate(x: Opaque<"X509_CRL">, tm: Opaque<"ASN1_TIME">): number;
  /** `X509_CRL_set1_nextUpdate`. Perl: `Net::SSLeay::X509_CRL_set1_nextUpdate` */
  X509_CRL_set1_nextUpdate(x: Opaque<"X509_CRL">, tm: Opaque<"ASN1_TIME">): number;
  /** `X509_CRL_set_issuer_name`. Perl: `Net::SSLeay::X509_CRL_set_issuer_name` */
  X509_CRL_set_issuer_name(x: Opaque<"X509_CRL">, name: Opaque<"X509_NAME">): number;
  /** `X509_CRL_set1_lastUpdate`. Perl: `Net::SSLeay::X509_CRL_set_lastUpdate` */
  X509_CRL_set_lastUpdate(x: Opaque<"X509_CRL">, tm: Opaque<"ASN1_TIME">): number;
  /** `X509_CRL_set1_nextUpdate`. Perl: `Net::SSLeay::X509_CRL_set_nextUpdate` */
  X509_CRL_set_nextUpdate(x: Opaque<"X509_CRL">, tm: Opaque<"ASN1_TIME">): number;
  /** `X509_CRL_set_version`. Perl: `Net::SSLeay::X509_CRL_set_version` */
  X509_CRL_set_version(x: Opaque<"X509_CRL">, version: number): number;
  /** `X509_CRL_sign`. Perl: `Net::SSLeay::X509_CRL_sign` */
  X509_CRL_sign(x: Opaque<"X509_CRL">, pkey: Opaque<"EVP_PKEY">, md: Opaque<"EVP_MD">): number;
  /** `X509_CRL_sort`. Perl: `Net::SSLeay::X509_CRL_sort` */
  X509_CRL_sort(x: Opaque<"X509_CRL">): number;
  /** `X509_CRL_verify`. Perl: `Net::SSLeay::X509_CRL_verify` */
  X509_CRL_verify(a: Opaque<"X509_CRL">, r: Opaque<"EVP_PKEY">): number;
  /** `d2i_X509_REQ_bio`: to be freed. Perl: `Net::SSLeay::d2i_X509_REQ_bio` */
  d2i_X509_REQ_bio(bp: Opaque<"BIO">, unused?: null): Opaque<"X509_REQ"> | null;
  /** `X509_REQ_add1_attr_by_NID`. Perl: `Net::SSLeay::X509_REQ_add1_attr_by_NID` */
  X509_REQ_add1_attr_by_NID(
    req: Opaque<"X509_REQ">,
    nid: number,
    type: number,
    data: string | Uint8Array,
  ): number;
  /** `X509_REQ_digest`. Perl: `Net::SSLeay::X509_REQ_digest` */
  X509_REQ_digest(data: Opaque<"X509_REQ">, type: Opaque<"EVP_MD">): Uint8Array | undefined;
  /** `X509_REQ_free`. Perl: `Net::SSLeay::X509_REQ_free` */
  X509_REQ_free(x: Opaque<"X509_REQ">): void;
  /** `X509_REQ_get_attr_by_NID`. Perl: `Net::SSLeay::X509_REQ_get_attr_by_NID` */
  X509_REQ_get_attr_by_NID(req: Opaque<"X509_REQ">, nid: number, lastpos?: number): number;
  /** `X509_REQ_get_attr_by_OBJ`. Perl: `Net::SSLeay::X509_REQ_get_attr_by_OBJ` */
  X509_REQ_get_attr_by_OBJ(
    req: Opaque<"X509_REQ">,
    obj: Opaque<"ASN1_OBJECT">,
    lastpos?: number,
  ): number;
  /** `X509_REQ_get_attr_count`. Perl: `Net::SSLeay::X509_REQ_get_attr_count` */
  X509_REQ_get_attr_count(req: Opaque<"X509_REQ">): number;
  /** `X509_REQ_get_pubkey`: to be freed. Perl: `Net::SSLeay::X509_REQ_get_pubkey` */
  X509_REQ_get_pubkey(x: Opaque<"X509_REQ">): Opaque<"EVP_PKEY"> | null;
  /** `X509_REQ_get_subject_name`: belongs to `x`. Perl: `Net::SSLeay::X509_REQ_get_subject_name` */
  X509_REQ_get_subject_name(x: Opaque<"X509_REQ">): Opaque<"X509_NAME"> | null;
  /** `X509_REQ_get_version`. Perl: `Net::SSLeay::X509_REQ_get_version` */
  X509_REQ_get_version(x: Opaque<"X509_REQ">): number;
  /** `X509_REQ_new`: to be freed. Perl: `Net::SSLeay::X509_REQ_new` */
  X509_REQ_new(): Opaque<"X509_REQ"> | null;
  /** `X509_REQ_set_pubkey`. Perl: `Net::SSLeay::X509_REQ_set_pubkey` */
  X509_REQ_set_pubkey(x: Opaque<"X509_REQ">, pkey: Opaque<"EVP_PKEY">): number;
  /** `X509_REQ_set_subject_name`. Perl: `Net::SSLeay::X509_REQ_set_subject_name` */
  X509_REQ_set_subject_name(x: Opaque<"X509_REQ">, name: Opaque<"X509_NAME">): number;
  /** `X509_REQ_set_version`. Perl: `Net::SSLeay::X509_REQ_set_version` */
  X509_REQ_set_version(x: Opaque<"X509_REQ">, version: number): number;
  /** `X509_REQ_sign`. Perl: `Net::SSLeay::X509_REQ_sign` */
  X509_REQ_sign(x: Opaque<"X509_REQ">, pk: Opaque<"EVP_PKEY">, md: Opaque<"EVP_MD">): number;
  /** `X509_REQ_verify`. Perl: `Net::SSLeay::X509_REQ_verify` */
  X509_REQ_verify(x: Opaque<"X509_REQ">, r: Opaque<"EVP_PKEY">): number;
  /** `X509_LOOKUP_hash_dir`: lives as long as the process. Perl: `Net::SSLeay::X509_LOOKUP_hash_dir` */
  X509_LOOKUP_hash_dir(): Opaque<"X509_LOOKUP_METHOD"> | null;
  /** `X509_STORE_add_cert`. Perl: `Net::SSLeay::X509_STORE_add_cert` */
  X509_STORE_add_cert(ctx: Opaque<"X509_STORE">, x: Opaque<"X509">): number;
  /** `X509_STORE_add_crl`. Perl: `Net::SSLeay::X509_STORE_add_crl` */
  X509_STORE_add_crl(ctx: Opaque<"X509_STORE">, x: Opaque<"X509_CRL">): number;
  /** `X509_STORE_add_lookup`: belongs to `store`. Perl: `Net::SSLeay::X509_STORE_add_lookup` */
  X509_STORE_add_lookup(
    store: Opaque<"X509_STORE">,
    method: Opaque<"X509_LOOKUP_METHOD">,
  ): Opaque<"X509_LOOKUP"> | null;
  /** `X509_STORE_CTX_free`. Perl: `Net::SSLeay::X509_STORE_CTX_free` */
  X509_STORE_CTX_free(ctx: Opaque<"X509_STORE_CTX">): void;
  /** `X509_STORE_CTX_get0_cert`: a reference of its own, to be freed. Perl: `Net::SSLeay::X509_STORE_CTX_get0_cert` */
  X509_STORE_CTX_get0_cert(x509_store_ctx: Opaque<"X509_STORE_CTX">): Opaque<"X509"> | null;
  /** `X509_STORE_CTX_get1_chain`: to be freed. Perl: `Net::SSLeay::X509_STORE_CTX_get1_chain` */
  X509_STORE_CTX_get1_chain(
    x509_store_ctx: Opaque<"X509_STORE_CTX">,
  ): Opaque<"STACK_OF_X509"> | null;
  /** `X509_STORE_CTX_get_current_cert`: a reference of its own, to be freed. Perl: `Net::SSLeay::X509_STORE_CTX_get_current_cert` */
  X509_STORE_CTX_get_current_cert(x509_store_ctx: Opaque<"X509_STORE_CTX">): Opaque<"X509"> | null;
  /** `X509_STORE_CTX_get_error`. Perl: `Net::SSLeay::X509_STORE_CTX_get_error` */
  X509_STORE_CTX_get_error(x509_store_ctx: Opaque<"X509_STORE_CTX">): number;
  /** `X509_STORE_CTX_get_error_depth`. Perl: `Net::SSLeay::X509_STORE_CTX_get_error_depth` */
  X509_STORE_CTX_get_error_depth(x509_store_ctx: Opaque<"X509_STORE_CTX">): number;
  /** `X509_STORE_CTX_init`. Perl: `Net::SSLeay::X509_STORE_CTX_init` */
  X509_STORE_CTX_init(
    ctx: Opaque<"X509_STORE_CTX">,
    store?: Opaque<"X509_STORE"> | null,
    x509?: Opaque<"X509"> | null,
    chain?: Opaque<"STACK_OF_X509"> | null,
  ): number;
  /** `X509_STORE_CTX_new`: to be freed. Perl: `Net::SSLeay::X509_STORE_CTX_new` */
  X509_STORE_CTX_new(): Opaque<"X509_STORE_CTX"> | null;
  /** `X509_STORE_CTX_set_cert`. Perl: `Net::SSLeay::X509_STORE_CTX_set_cert` */
  X509_STORE_CTX_set_cert(x509_store_ctx: Opaque<"X509_STORE_CTX">, x: Opaque<"X509">): void;
  /** `X509_STORE_CTX_set_error`. Perl: `Net::SSLeay::X509_STORE_CTX_set_error` */
  X509_STORE_CTX_set_error(x509_store_ctx: Opaque<"X509_STORE_CTX">, s: number): void;
  /** `X509_STORE_free`. Perl: `Net::SSLeay::X509_STORE_free` */
  X509_STORE_free(store: Opaque<"X509_STORE">): void;
  /** `X509_STORE_new`: to be freed. Perl: `Net::SSLeay::X509_STORE_new` */
  X509_STORE_new(): Opaque<"X509_STORE"> | null;
  /** `X509_STORE_set1_param`. Perl: `Net::SSLeay::X509_STORE_set1_param` */
  X509_STORE_set1_param(ctx: Opaque<"X509_STORE">, pm: Opaque<"X509_VERIFY_PARAM">): number;
  /** `X509_STORE_set_flags`. Perl: `Net::SSLeay::X509_STORE_set_flags` */
  X509_STORE_set_flags(ctx: Opaque<"X509_STORE">, flags: number): void;
  /** `X509_STORE_set_purpose`. Perl: `Net::SSLeay::X509_STORE_set_purpose` */
  X509_STORE_set_purpose(ctx: Opaque<"X509_STORE">, purpose: number): void;
  /** `X509_STORE_set_trust`. Perl: `Net::SSLeay::X509_STORE_set_trust` */
  X509_STORE_set_trust(ctx: Opaque<"X509_STORE">, trust: number): void;
  /** `X509_VERIFY_PARAM_add0_policy`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_add0_policy` */
  X509_VERIFY_PARAM_add0_policy(
    param: Opaque<"X509_VERIFY_PARAM">,
    policy: Opaque<"ASN1_OBJECT">,
  ): number;
  /** `X509_VERIFY_PARAM_add1_host`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_add1_host` */
  X509_VERIFY_PARAM_add1_host(
    param: Opaque<"X509_VERIFY_PARAM">,
    name: string | Uint8Array,
  ): number;
  /** `X509_VERIFY_PARAM_clear_flags`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_clear_flags` */
  X509_VERIFY_PARAM_clear_flags(param: Opaque<"X509_VERIFY_PARAM">, flags: number): number;
  /** `X509_VERIFY_PARAM_free`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_free` */
  X509_VERIFY_PARAM_free(param: Opaque<"X509_VERIFY_PARAM">): void;
  /** `X509_VERIFY_PARAM_get0_peername`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_get0_peername` */
  X509_VERIFY_PARAM_get0_peername(param: Opaque<"X509_VERIFY_PARAM">): string | undefined;
  /** `X509_VERIFY_PARAM_get_depth`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_get_depth` */
  X509_VERIFY_PARAM_get_depth(param: Opaque<"X509_VERIFY_PARAM">): number;
  /** `X509_VERIFY_PARAM_get_flags`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_get_flags` */
  X509_VERIFY_PARAM_get_flags(param: Opaque<"X509_VERIFY_PARAM">): number;
  /** `X509_VERIFY_PARAM_inherit`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_inherit` */
  X509_VERIFY_PARAM_inherit(
    to: Opaque<"X509_VERIFY_PARAM">,
    from: Opaque<"X509_VERIFY_PARAM">,
  ): number;
  /** `X509_VERIFY_PARAM_lookup`: lives as long as the process. Perl: `Net::SSLeay::X509_VERIFY_PARAM_lookup` */
  X509_VERIFY_PARAM_lookup(name: string | Uint8Array): Opaque<"X509_VERIFY_PARAM"> | null;
  /** `X509_VERIFY_PARAM_new`: to be freed. Perl: `Net::SSLeay::X509_VERIFY_PARAM_new` */
  X509_VERIFY_PARAM_new(): Opaque<"X509_VERIFY_PARAM"> | null;
  /** `X509_VERIFY_PARAM_set1`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set1` */
  X509_VERIFY_PARAM_set1(
    to: Opaque<"X509_VERIFY_PARAM">,
    from: Opaque<"X509_VERIFY_PARAM">,
  ): number;
  /** `X509_VERIFY_PARAM_set1_email`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set1_email` */
  X509_VERIFY_PARAM_set1_email(
    param: Opaque<"X509_VERIFY_PARAM">,
    email: string | Uint8Array,
  ): number;
  /** `X509_VERIFY_PARAM_set1_host`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set1_host` */
  X509_VERIFY_PARAM_set1_host(
    param: Opaque<"X509_VERIFY_PARAM">,
    name: string | Uint8Array,
  ): number;
  /** `X509_VERIFY_PARAM_set1_ip`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set1_ip` */
  X509_VERIFY_PARAM_set1_ip(param: Opaque<"X509_VERIFY_PARAM">, ip: string | Uint8Array): number;
  /** `X509_VERIFY_PARAM_set1_ip_asc`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set1_ip_asc` */
  X509_VERIFY_PARAM_set1_ip_asc(
    param: Opaque<"X509_VERIFY_PARAM">,
    ipasc: string | Uint8Array,
  ): number;
  /** `X509_VERIFY_PARAM_set1_name`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set1_name` */
  X509_VERIFY_PARAM_set1_name(
    param: Opaque<"X509_VERIFY_PARAM">,
    name: string | Uint8Array,
  ): number;
  /** `X509_VERIFY_PARAM_set1_policies`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set1_policies` */
  X509_VERIFY_PARAM_set1_policies(
    param: Opaque<"X509_VERIFY_PARAM">,
    policies: Opaque<"STACK_OF_ASN1_OBJECT"> | null,
  ): number;
  /** `X509_VERIFY_PARAM_set_depth`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set_depth` */
  X509_VERIFY_PARAM_set_depth(param: Opaque<"X509_VERIFY_PARAM">, depth: number): void;
  /** `X509_VERIFY_PARAM_set_flags`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set_flags` */
  X509_VERIFY_PARAM_set_flags(param: Opaque<"X509_VERIFY_PARAM">, flags: number): number;
  /** `X509_VERIFY_PARAM_set_hostflags`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set_hostflags` */
  X509_VERIFY_PARAM_set_hostflags(param: Opaque<"X509_VERIFY_PARAM">, flags: number): void;
  /** `X509_VERIFY_PARAM_set_purpose`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set_purpose` */
  X509_VERIFY_PARAM_set_purpose(param: Opaque<"X509_VERIFY_PARAM">, purpose: number): number;
  /** `X509_VERIFY_PARAM_set_time`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set_time` */
  X509_VERIFY_PARAM_set_time(param: Opaque<"X509_VERIFY_PARAM">, t: number): void;
  /** `X509_VERIFY_PARAM_set_trust`. Perl: `Net::SSLeay::X509_VERIFY_PARAM_set_trust` */
  X509_VERIFY_PARAM_set_trust(param: Opaque<"X509_VERIFY_PARAM">, trust: number): number;
  /** `X509_policy_level_get0_node`: belongs to `level`. Perl: `Net::SSLeay::X509_policy_level_get0_node` */
  X509_policy_level_get0_node(
    level: Opaque<"X509_POLICY_LEVEL">,
    i: number,
  ): Opaque<"X509_POLICY_NODE"> | null;
  /** `X509_policy_level_node_count`. Perl: `Net::SSLeay::X509_policy_level_node_count` */
  X509_policy_level_node_count(level: Opaque<"X509_POLICY_LEVEL">): number;
  /** `X509_policy_node_get0_parent`: belongs to `node`. Perl: `Net::SSLeay::X509_policy_node_get0_parent` */
  X509_policy_node_get0_parent(node: Opaque<"X509_POLICY_NODE">): Opaque<"X509_POLICY_NODE"> | null;
  /** `X509_policy_node_get0_policy`: belongs to `node`. Perl: `Net::SSLeay::X509_policy_node_get0_policy` */
  X509_policy_node_get0_policy(node: Opaque<"X509_POLICY_NODE">): Opaque<"ASN1_OBJECT"> | null;
  /** `X509_policy_node_get0_qualifiers`: belongs to `node`. Perl: `Net::SSLeay::X509_policy_node_get0_qualifiers` */
  X509_policy_node_get0_qualifiers(
    node: Opaque<"X509_POLICY_NODE">,
  ): Opaque<"STACK_OF_POLICYQUALINFO"> | null;
  /** `X509_policy_tree_free`. Perl: `Net::SSLeay::X509_policy_tree_free` */
  X509_policy_tree_free(tree: Opaque<"X509_POLICY_TREE">): void;
  /** `X509_policy_tree_get0_level`: belongs to `tree`. Perl: `Net::SSLeay::X509_policy_tree_get0_level` */
  X509_policy_tree_get0_level(
    tree: Opaque<"X509_POLICY_TREE">,
    i: number,
  ): Opaque<"X509_POLICY_LEVEL"> | null;
  /** `X509_policy_tree_get0_policies`: belongs to `tree`. Perl: `Net::SSLeay::X509_policy_tree_get0_policies` */
  X509_policy_tree_get0_policies(
    tree: Opaque<"X509_POLICY_TREE">,
  ): Opaque<"STACK_OF_X509_POLICY_NODE"> | null;
  /** `X509_policy_tree_get0_user_policies`: belongs to `tree`. Perl: `Net::SSLeay::X509_policy_tree_get0_user_policies` */
  X509_policy_tree_get0_user_policies(
    tree: Opaque<"X509_POLICY_TREE">,
  ): Opaque<"STACK_OF_X509_POLICY_NODE"> | null;
  /** `X509_policy_tree_level_count`. Perl: `Net::SSLeay::X509_policy_tree_level_count` */
  X509_policy_tree_level_count(tree: Opaque<"X509_POLICY_TREE">): number;
  /** `OPENSSL_sk_delete`: a reference of its own, to be freed. Perl: `Net::SSLeay::sk_X509_delete` */
  sk_X509_delete(stack: Opaque<"STACK_OF_X509">, index: number): Opaque<"X509"> | null;
  /** `OPENSSL_sk_free`. Perl: `Net::SSLeay::sk_X509_free` */
  sk_X509_free(stack: Opaque<"STACK_OF_X509">): void;
  /** `OPENSSL_sk_free`. Perl: `Net::SSLeay::sk_X509_INFO_free` */
  sk_X509_INFO_free(stack: Opaque<"STACK_OF_X509_INFO">): void;
  /** `OPENSSL_sk_num`. Perl: `Net::SSLeay::sk_X509_INFO_num` */
  sk_X509_INFO_num(stack: Opaque<"STACK_OF_X509_INFO">): number;
  /** `OPENSSL_sk_value`: belongs to `stack`. Perl: `Net::SSLeay::sk_X509_INFO_value` */
  sk_X509_INFO_value(
    stack: Opaque<"STACK_OF_X509_INFO">,
    index: number,
  ): Opaque<"X509_INFO"> | null;
  /** `OPENSSL_sk_insert`. Perl: `Net::SSLeay::sk_X509_insert` */
  sk_X509_insert(stack: Opaque<"STACK_OF_X509">, x509: Opaque<"X509">, index: number): number;
  /** `OPENSSL_sk_free`. Perl: `Net::SSLeay::sk_X509_NAME_free` */
  sk_X509_NAME_free(sk: Opaque<"STACK_OF_X509_NAME">): void;
  /** `OPENSSL_sk_num`. Perl: `Net::SSLeay::sk_X509_NAME_num` */
  sk_X509_NAME_num(sk: Opaque<"STACK_OF_X509_NAME">): number;
  /** `OPENSSL_sk_value`: belongs to `sk`. Perl: `Net::SSLeay::sk_X509_NAME_value` */
  sk_X509_NAME_value(sk: Opaque<"STACK_OF_X509_NAME">, i: number): Opaque<"X509_NAME"> | null;
  /** `OPENSSL_sk_new_null`: to be freed. Perl: `Net::SSLeay::sk_X509_new_null` */
  sk_X509_new_null(): Opaque<"STACK_OF_X509"> | null;
  /** `OPENSSL_sk_num`. Perl: `Net::SSLeay::sk_X509_num` */
  sk_X509_num(stack: Opaque<"STACK_OF_X509">): number;
  /** `OPENSSL_sk_pop`: a reference of its own, to be freed. Perl: `Net::SSLeay::sk_X509_pop` */
  sk_X509_pop(stack: Opaque<"STACK_OF_X509">): Opaque<"X509"> | null;
  /** `OPENSSL_sk_push`. Perl: `Net::SSLeay::sk_X509_push` */
  sk_X509_push(stack: Opaque<"STACK_OF_X509">, data: Opaque<"X509">): number;
  /** `OPENSSL_sk_shift`: a reference of its own, to be freed. Perl: `Net::SSLeay::sk_X509_shift` */
  sk_X509_shift(stack: Opaque<"STACK_OF_X509">): Opaque<"X509"> | null;
  /** `OPENSSL_sk_unshift`. Perl: `Net::SSLeay::sk_X509_unshift` */
  sk_X509_unshift(stack: Opaque<"STACK_OF_X509">, x509: Opaque<"X509">): number;
  /** `OPENSSL_sk_value`: a reference of its own, to be freed. Perl: `Net::SSLeay::sk_X509_value` */
  sk_X509_value(stack: Opaque<"STACK_OF_X509">, index: number): Opaque<"X509"> | null;
  /** `EVP_PKEY_assign`. Perl: `Net::SSLeay::EVP_PKEY_assign_EC_KEY` */
  EVP_PKEY_assign_EC_KEY(pkey: Opaque<"EVP_PKEY">, key: Opaque<"EC_KEY">): number;
  /** `EVP_PKEY_assign`. Perl: `Net::SSLeay::EVP_PKEY_assign_RSA` */
  EVP_PKEY_assign_RSA(pkey: Opaque<"EVP_PKEY">, key: Opaque<"RSA">): number;
  /** `EVP_PKEY_get_bits` or `EVP_PKEY_bits`. Perl: `Net::SSLeay::EVP_PKEY_bits` */
  EVP_PKEY_bits(pkey: Opaque<"EVP_PKEY">): number;
  /** `EVP_PKEY_free`. Perl: `Net::SSLeay::EVP_PKEY_free` */
  EVP_PKEY_free(pkey: Opaque<"EVP_PKEY">): void;
  /** `EVP_PKEY_get_id` or `EVP_PKEY_id`. Perl: `Net::SSLeay::EVP_PKEY_id` */
  EVP_PKEY_id(pkey: Opaque<"EVP_PKEY">): number;
  /** `EVP_PKEY_new`: to be freed. Perl: `Net::SSLeay::EVP_PKEY_new` */
  EVP_PKEY_new(): Opaque<"EVP_PKEY"> | null;
  /** `EVP_PKEY_get_security_bits` or `EVP_PKEY_security_bits`. Perl: `Net::SSLeay::EVP_PKEY_security_bits` */
  EVP_PKEY_security_bits(pkey: Opaque<"EVP_PKEY">): number;
  /** `EVP_PKEY_get_size` or `EVP_PKEY_size`. Perl: `Net::SSLeay::EVP_PKEY_size` */
  EVP_PKEY_size(pkey: Opaque<"EVP_PKEY">): number;
  /** `EVP_add_digest`. Perl: `Net::SSLeay::EVP_add_digest` */
  EVP_add_digest(digest: Opaque<"EVP_MD">): number;
  /** `EVP_Digest`. Perl: `Net::SSLeay::EVP_Digest` */
  EVP_Digest(
    data: string | Uint8Array,
    type: Opaque<"EVP_MD">,
    impl?: Opaque<"ENGINE"> | null,
  ): Uint8Array | undefined;
  /** `EVP_DigestFinal`. Perl: `Net::SSLeay::EVP_DigestFinal` */
  EVP_DigestFinal(ctx: Opaque<"EVP_MD_CTX">): Uint8Array | undefined;
  /** `EVP_DigestFinal_ex`. Perl: `Net::SSLeay::EVP_DigestFinal_ex` */
  EVP_DigestFinal_ex(ctx: Opaque<"EVP_MD_CTX">): Uint8Array | undefined;
  /** `EVP_DigestInit`. Perl: `Net::SSLeay::EVP_DigestInit` */
  EVP_DigestInit(ctx: Opaque<"EVP_MD_CTX">, type: Opaque<"EVP_MD">): number;
  /** `EVP_DigestInit_ex`. Perl: `Net::SSLeay::EVP_DigestInit_ex` */
  EVP_DigestInit_ex(
    ctx: Opaque<"EVP_MD_CTX">,
    type: Opaque<"EVP_MD">,
    impl?: Opaque<"ENGINE"> | null,
  ): number;
  /** `EVP_DigestUpdate`. Perl: `Net::SSLeay::EVP_DigestUpdate` */
  EVP_DigestUpdate(ctx: Opaque<"EVP_MD_CTX">, data: string | Uint8Array): number;
  /** `EVP_get_digestbyname`: lives as long as the process. Perl: `Net::SSLeay::EVP_get_digestbyname` */
  EVP_get_digestbyname(name: string | Uint8Array): Opaque<"EVP_MD"> | null;
  /** `EVP_MD_CTX_new`: to be freed. Perl: `Net::SSLeay::EVP_MD_CTX_create` */
  EVP_MD_CTX_create(): Opaque<"EVP_MD_CTX"> | null;
  /** `EVP_MD_CTX_free`. Perl: `Net::SSLeay::EVP_MD_CTX_destroy` */
  EVP_MD_CTX_destroy(ctx: Opaque<"EVP_MD_CTX">): void;
  /** `EVP_MD_CTX_md`: lives as long as the process. Perl: `Net::SSLeay::EVP_MD_CTX_md` */
  EVP_MD_CTX_md(ctx: Opaque<"EVP_MD_CTX">): Opaque<"EVP_MD"> | null;
  /** `EVP_MD_get0_description`. Perl: `Net::SSLeay::EVP_MD_get0_description` */
  EVP_MD_get0_description(md: Opaque<"EVP_MD">): string | undefined;
  /** `EVP_MD_get0_name`. Perl: `Net::SSLeay::EVP_MD_get0_name` */
  EVP_MD_get0_name(md: Opaque<"EVP_MD">): string | undefined;
  /** `EVP_MD_get_type`. Perl: `Net::SSLeay::EVP_MD_get_type` */
  EVP_MD_get_type(md: Opaque<"EVP_MD">): number;
  /** `EVP_MD_get_size` or `EVP_MD_size`. Perl: `Net::SSLeay::EVP_MD_size` */
  EVP_MD_size(md: Opaque<"EVP_MD">): number;
  /** `EVP_MD_get_type` or `EVP_MD_type`. Perl: `Net::SSLeay::EVP_MD_type` */
  EVP_MD_type(md: Opaque<"EVP_MD">): number;
  /** `EVP_sha1`: lives as long as the process. Perl: `Net::SSLeay::EVP_sha1` */
  EVP_sha1(): Opaque<"EVP_MD"> | null;
  /** `EVP_sha256`: lives as long as the process. Perl: `Net::SSLeay::EVP_sha256` */
  EVP_sha256(): Opaque<"EVP_MD"> | null;
  /** `EVP_sha512`: lives as long as the process. Perl: `Net::SSLeay::EVP_sha512` */
  EVP_sha512(): Opaque<"EVP_MD"> | null;
  /** `OPENSSL_init_crypto`. Perl: `Net::SSLeay::OpenSSL_add_all_digests` */
  OpenSSL_add_all_digests(): void;
  /** `RSA_free`. Perl: `Net::SSLeay::RSA_free` */
  RSA_free(r: Opaque<"RSA">): void;
  /** `DH_free`. Perl: `Net::SSLeay::DH_free` */
  DH_free(dh: Opaque<"DH">): void;
  /** `EC_KEY_free`. Perl: `Net::SSLeay::EC_KEY_free` */
  EC_KEY_free(key: Opaque<"EC_KEY">): void;
  /** `EC_KEY_new_by_curve_name`: to be freed. Perl: `Net::SSLeay::EC_KEY_new_by_curve_name` */
  EC_KEY_new_by_curve_name(nid: number): Opaque<"EC_KEY"> | null;
  /** `BN_clear`. Perl: `Net::SSLeay::BN_clear` */
  BN_clear(bn: Opaque<"BIGNUM">): void;
  /** `BN_clear_free`. Perl: `Net::SSLeay::BN_clear_free` */
  BN_clear_free(bn: Opaque<"BIGNUM">): void;
  /** `BN_dup`: to be freed. Perl: `Net::SSLeay::BN_dup` */
  BN_dup(from: Opaque<"BIGNUM">): Opaque<"BIGNUM"> | null;
  /** `BN_free`. Perl: `Net::SSLeay::BN_free` */
  BN_free(bn: Opaque<"BIGNUM">): void;
  /** `RAND_poll`. Perl: `Net::SSLeay::RAND_poll` */
  RAND_poll(): number;
  /** `RAND_seed`. Perl: `Net::SSLeay::RAND_seed` */
  RAND_seed(data: string | Uint8Array): void;
  /** `RAND_status`. Perl: `Net::SSLeay::RAND_status` */
  RAND_status(): number;
  /** `ENGINE_by_id`: to be freed. Perl: `Net::SSLeay::ENGINE_by_id` */
  ENGINE_by_id(id: string | Uint8Array): Opaque<"ENGINE"> | null;
  /** `ENGINE_load_builtin_engines`. Perl: `Net::SSLeay::ENGINE_load_builtin_engines` */
  ENGINE_load_builtin_engines(): void;
  /** `ENGINE_register_all_complete`. Perl: `Net::SSLeay::ENGINE_register_all_complete` */
  ENGINE_register_all_complete(): number;
  /** `ENGINE_set_default`. Perl: `Net::SSLeay::ENGINE_set_default` */
  ENGINE_set_default(e: Opaque<"ENGINE">, flags: number): number;
  /** `OSSL_LIB_CTX_get0_global_default`: lives as long as the process. Perl: `Net::SSLeay::OSSL_LIB_CTX_get0_global_default` */
  OSSL_LIB_CTX_get0_global_default(): Opaque<"OSSL_LIB_CTX"> | null;
  /** `OSSL_PROVIDER_available`. Perl: `Net::SSLeay::OSSL_PROVIDER_available` */
  OSSL_PROVIDER_available(libctx: Opaque<"OSSL_LIB_CTX"> | null, name: string | Uint8Array): number;
  /** `OSSL_PROVIDER_get0_name`. Perl: `Net::SSLeay::OSSL_PROVIDER_get0_name` */
  OSSL_PROVIDER_get0_name(prov: Opaque<"OSSL_PROVIDER">): string | undefined;
  /** `OSSL_PROVIDER_load`: to be freed. Perl: `Net::SSLeay::OSSL_PROVIDER_load` */
  OSSL_PROVIDER_load(
    libctx: Opaque<"OSSL_LIB_CTX"> | null,
    name: string | Uint8Array,
  ): Opaque<"OSSL_PROVIDER"> | null;
  /** `OSSL_PROVIDER_self_test`. Perl: `Net::SSLeay::OSSL_PROVIDER_self_test` */
  OSSL_PROVIDER_self_test(prov: Opaque<"OSSL_PROVIDER">): number;
  /** `OSSL_PROVIDER_try_load`: to be freed. Perl: `Net::SSLeay::OSSL_PROVIDER_try_load` */
  OSSL_PROVIDER_try_load(
    libctx: Opaque<"OSSL_LIB_CTX"> | null,
    name: string | Uint8Array,
    retain_fallbacks: number,
  ): Opaque<"OSSL_PROVIDER"> | null;
  /** `OSSL_PROVIDER_unload`. Perl: `Net::SSLeay::OSSL_PROVIDER_unload` */
  OSSL_PROVIDER_unload(prov: Opaque<"OSSL_PROVIDER">): number;
  /** `BIO_ctrl`. Perl: `Net::SSLeay::BIO_eof` */
  BIO_eof(s: Opaque<"BIO">): number;
  /** `BIO_f_ssl`: lives as long as the process. Perl: `Net::SSLeay::BIO_f_ssl` */
  BIO_f_ssl(): Opaque<"BIO_METHOD"> | null;
  /** `BIO_free`. Perl: `Net::SSLeay::BIO_free` */
  BIO_free(bio: Opaque<"BIO">): number;
  /** `BIO_new`: to be freed. Perl: `Net::SSLeay::BIO_new` */
  BIO_new(type: Opaque<"BIO_METHOD">): Opaque<"BIO"> | null;
  /** `BIO_new_buffer_ssl_connect`: to be freed. Perl: `Net::SSLeay::BIO_new_buffer_ssl_connect` */
  BIO_new_buffer_ssl_connect(ctx: Taken<"SSL_CTX">): Opaque<"BIO"> | null;
  /** `BIO_new_ssl`: to be freed. Perl: `Net::SSLeay::BIO_new_ssl` */
  BIO_new_ssl(ctx: Taken<"SSL_CTX">, client: number): Opaque<"BIO"> | null;
  /** `BIO_new_ssl_connect`: to be freed. Perl: `Net::SSLeay::BIO_new_ssl_connect` */
  BIO_new_ssl_connect(ctx: Taken<"SSL_CTX">): Opaque<"BIO"> | null;
  /** `BIO_ctrl`. Perl: `Net::SSLeay::BIO_pending` */
  BIO_pending(s: Opaque<"BIO">): number;
  /** `BIO_s_mem`: lives as long as the process. Perl: `Net::SSLeay::BIO_s_mem` */
  BIO_s_mem(): Opaque<"BIO_METHOD"> | null;
  /** `BIO_ssl_copy_session_id`. Perl: `Net::SSLeay::BIO_ssl_copy_session_id` */
  BIO_ssl_copy_session_id(to: Opaque<"BIO">, from: Opaque<"BIO">): number;
  /** `BIO_ssl_shutdown`. Perl: `Net::SSLeay::BIO_ssl_shutdown` */
  BIO_ssl_shutdown(ssl_bio: Opaque<"BIO">): void;
  /** `BIO_ctrl`. Perl: `Net::SSLeay::BIO_wpending` */
  BIO_wpending(s: Opaque<"BIO">): number;
  /** `BIO_write`. Perl: `Net::SSLeay::BIO_write` */
  BIO_write(bio: Opaque<"BIO">, data: string | Uint8Array): number;
  /** `PEM_write_bio_X509`. Perl: `Net::SSLeay::PEM_get_string_X509` */
  PEM_get_string_X509(x509: Opaque<"X509">): string | undefined;
  /** `PEM_write_bio_X509_CRL`. Perl: `Net::SSLeay::PEM_get_string_X509_CRL` */
  PEM_get_string_X509_CRL(x509_crl: Opaque<"X509_CRL">): string | undefined;
  /** `PEM_write_bio_X509_REQ`. Perl: `Net::SSLeay::PEM_get_string_X509_REQ` */
  PEM_get_string_X509_REQ(x509_req: Opaque<"X509_REQ">): string | undefined;
  /** `PEM_read_bio_DHparams`: to be freed. Perl: `Net::SSLeay::PEM_read_bio_DHparams` */
  PEM_read_bio_DHparams(bio: Opaque<"BIO">, x?: null, cb?: null, u?: null): Opaque<"DH"> | null;
  /** `PEM_read_bio_X509`: to be freed. Perl: `Net::SSLeay::PEM_read_bio_X509` */
  PEM_read_bio_X509(bio: Opaque<"BIO">, x?: null, cb?: null, u?: null): Opaque<"X509"> | null;
  /** `PEM_read_bio_X509_CRL`: to be freed. Perl: `Net::SSLeay::PEM_read_bio_X509_CRL` */
  PEM_read_bio_X509_CRL(
    bio: Opaque<"BIO">,
    x?: null,
    cb?: null,
    u?: null,
  ): Opaque<"X509_CRL"> | null;
  /** `PEM_read_bio_X509_REQ`: to be freed. Perl: `Net::SSLeay::PEM_read_bio_X509_REQ` */
  PEM_read_bio_X509_REQ(
    bio: Opaque<"BIO">,
    x?: null,
    cb?: null,
    u?: null,
  ): Opaque<"X509_REQ"> | null;
  /** `PEM_X509_INFO_read_bio`: to be freed. Perl: `Net::SSLeay::PEM_X509_INFO_read_bio` */
  PEM_X509_INFO_read_bio(
    bio: Opaque<"BIO">,
    stack?: null,
    cb?: null,
    u?: null,
  ): Opaque<"STACK_OF_X509_INFO"> | null;
  /** `d2i_OCSP_REQUEST`: to be freed. Perl: `Net::SSLeay::d2i_OCSP_REQUEST` */
  d2i_OCSP_REQUEST(pv: string | Uint8Array): Opaque<"OCSP_REQUEST"> | null;
  /** `d2i_OCSP_RESPONSE`: to be freed. Perl: `Net::SSLeay::d2i_OCSP_RESPONSE` */
  d2i_OCSP_RESPONSE(pv: string | Uint8Array): Opaque<"OCSP_RESPONSE"> | null;
  /** `i2d_OCSP_REQUEST`. Perl: `Net::SSLeay::i2d_OCSP_REQUEST` */
  i2d_OCSP_REQUEST(r: Opaque<"OCSP_REQUEST">): Uint8Array | undefined;
  /** `i2d_OCSP_RESPONSE`. Perl: `Net::SSLeay::i2d_OCSP_RESPONSE` */
  i2d_OCSP_RESPONSE(r: Opaque<"OCSP_RESPONSE">): Uint8Array | undefined;
  /** `OCSP_REQUEST_free`. Perl: `Net::SSLeay::OCSP_REQUEST_free` */
  OCSP_REQUEST_free(r: Opaque<"OCSP_REQUEST">): void;
  /** `OCSP_RESPONSE_free`. Perl: `Net::SSLeay::OCSP_RESPONSE_free` */
  OCSP_RESPONSE_free(r: Opaque<"OCSP_RESPONSE">): void;
  /** `OCSP_response_status`. Perl: `Net::SSLeay::OCSP_response_status` */
  OCSP_response_status(r: Opaque<"OCSP_RESPONSE">): number;
  /** `OCSP_response_status_str`. Perl: `Net::SSLeay::OCSP_response_status_str` */
  OCSP_response_status_str(status: number): string | undefined;
  /** `SSL_ctrl`. Perl: `Net::SSLeay::set_tlsext_status_type` */
  set_tlsext_status_type(ssl: Taken<"SSL">, cmd: number): number;
  /** `OPENSSL_init_ssl`. Perl: `Net::SSLeay::add_ssl_algorithms` */
  add_ssl_algorithms(): number;
  /** `OPENSSL_init_ssl`. Perl: `Net::SSLeay::library_init` */
  library_init(): number;
  /** `OPENSSL_init_crypto`. Perl: `Net::SSLeay::OpenSSL_add_all_algorithms` */
  OpenSSL_add_all_algorithms(): void;
  /** `OPENSSL_init_crypto`. Perl: `Net::SSLeay::OPENSSL_add_all_algorithms_conf` */
  OPENSSL_add_all_algorithms_conf(): void;
  /** `OPENSSL_init_crypto`. Perl: `Net::SSLeay::OPENSSL_add_all_algorithms_noconf` */
  OPENSSL_add_all_algorithms_noconf(): void;
  /** `OPENSSL_init_ssl`. Perl: `Net::SSLeay::OpenSSL_add_ssl_algorithms` */
  OpenSSL_add_ssl_algorithms(): number;
  /** `OPENSSL_init_crypto`. Perl: `Net::SSLeay::OPENSSL_init_crypto` */
  OPENSSL_init_crypto(opts: number, settings?: Opaque<"OPENSSL_INIT_SETTINGS"> | null): number;
  /** `OPENSSL_INIT_free`. Perl: `Net::SSLeay::OPENSSL_INIT_free` */
  OPENSSL_INIT_free(settings: Opaque<"OPENSSL_INIT_SETTINGS">): void;
  /** `OPENSSL_INIT_new`: to be freed. Perl: `Net::SSLeay::OPENSSL_INIT_new` */
  OPENSSL_INIT_new(): Opaque<"OPENSSL_INIT_SETTINGS"> | null;
  /** `OPENSSL_INIT_set_config_appname`. Perl: `Net::SSLeay::OPENSSL_INIT_set_config_appname` */
  OPENSSL_INIT_set_config_appname(
    settings: Opaque<"OPENSSL_INIT_SETTINGS">,
    appname: string | Uint8Array,
  ): number;
  /** `OPENSSL_INIT_set_config_file_flags`. Perl: `Net::SSLeay::OPENSSL_INIT_set_config_file_flags` */
  OPENSSL_INIT_set_config_file_flags(
    settings: Opaque<"OPENSSL_INIT_SETTINGS">,
    flags: number,
  ): void;
  /** `OPENSSL_INIT_set_config_filename`. Perl: `Net::SSLeay::OPENSSL_INIT_set_config_filename` */
  OPENSSL_INIT_set_config_filename(
    settings: Opaque<"OPENSSL_INIT_SETTINGS">,
    filename: string | Uint8Array,
  ): number;
  /** `OPENSSL_init_ssl`. Perl: `Net::SSLeay::OPENSSL_init_ssl` */
  OPENSSL_init_ssl(opts: number, settings?: Opaque<"OPENSSL_INIT_SETTINGS"> | null): number;
  /** `OPENSSL_init_ssl`. Perl: `Net::SSLeay::SSLeay_add_ssl_algorithms` */
  SSLeay_add_ssl_algorithms(): number;
  /** `OPENSSL_info`. Perl: `Net::SSLeay::OPENSSL_info` */
  OPENSSL_info(t: number): string | undefined;
  /** `OpenSSL_version`. Perl: `Net::SSLeay::OpenSSL_version` */
  OpenSSL_version(t?: number): string | undefined;
  /** `OPENSSL_version_build_metadata`. Perl: `Net::SSLeay::OPENSSL_version_build_metadata` */
  OPENSSL_version_build_metadata(): string | undefined;
  /** `OPENSSL_version_major`. Perl: `Net::SSLeay::OPENSSL_version_major` */
  OPENSSL_version_major(): number;
  /** `OPENSSL_version_minor`. Perl: `Net::SSLeay::OPENSSL_version_minor` */
  OPENSSL_version_minor(): number;
  /** `OpenSSL_version_num`. Perl: `Net::SSLeay::OpenSSL_version_num` */
  OpenSSL_version_num(): number;
  /** `OPENSSL_version_patch`. Perl: `Net::SSLeay::OPENSSL_version_patch` */
  OPENSSL_version_patch(): number;
  /** `OPENSSL_version_pre_release`. Perl: `Net::SSLeay::OPENSSL_version_pre_release` */
  OPENSSL_version_pre_release(): string | undefined;
  /** `OpenSSL_version_num`. Perl: `Net::SSLeay::SSLeay` */
  SSLeay(): number;
  /** `OpenSSL_version`. Perl: `Net::SSLeay::SSLeay_version` */
  SSLeay_version(type?: number): string | undefined;
  /** `SSL_alert_desc_string`. Perl: `Net::SSLeay::alert_desc_string` */
  alert_desc_string(value: number): string | undefined;
  /** `SSL_alert_desc_string_long`. Perl: `Net::SSLeay::alert_desc_string_long` */
  alert_desc_string_long(value: number): string | undefined;
  /** `SSL_alert_type_string`. Perl: `Net::SSLeay::alert_type_string` */
  alert_type_string(value: number): string | undefined;
  /** `SSL_alert_type_string_long`. Perl: `Net::SSLeay::alert_type_string_long` */
  alert_type_string_long(value: number): string | undefined;
  /** `OPENSSL_init_crypto`. Perl: `Net::SSLeay::ERR_load_crypto_strings` */
  ERR_load_crypto_strings(): void;
  /** `ERR_load_RAND_strings`. Perl: `Net::SSLeay::ERR_load_RAND_strings` */
  ERR_load_RAND_strings(): number;
  /** `ERR_load_SSL_strings`. Perl: `Net::SSLeay::ERR_load_SSL_strings` */
  ERR_load_SSL_strings(): number;
  /** `OPENSSL_init_ssl`. Perl: `Net::SSLeay::load_error_strings` */
  load_error_strings(): void;
}

/**
 * The names of the constants.
 *
 * @category Low level
 */
export type ConstantName =
  | "ASN1_STRFLGS_ESC_CTRL"
  | "ASN1_STRFLGS_ESC_MSB"
  | "ASN1_STRFLGS_ESC_QUOTE"
  | "ASN1_STRFLGS_RFC2253"
  | "CONF_MFLAGS_DEFAULT_SECTION"
  | "CONF_MFLAGS_IGNORE_ERRORS"
  | "CONF_MFLAGS_IGNORE_MISSING_FILE"
  | "CONF_MFLAGS_IGNORE_RETURN_CODES"
  | "CONF_MFLAGS_NO_DSO"
  | "CONF_MFLAGS_SILENT"
  | "EVP_PKS_DSA"
  | "EVP_PKS_EC"
  | "EVP_PKS_RSA"
  | "EVP_PKT_ENC"
  | "EVP_PKT_EXCH"
  | "EVP_PKT_SIGN"
  | "EVP_PK_DH"
  | "EVP_PK_DSA"
  | "EVP_PK_EC"
  | "EVP_PK_RSA"
  | "GEN_DIRNAME"
  | "GEN_DNS"
  | "GEN_EDIPARTY"
  | "GEN_EMAIL"
  | "GEN_IPADD"
  | "GEN_OTHERNAME"
  | "GEN_RID"
  | "GEN_URI"
  | "GEN_X400"
  | "MBSTRING_ASC"
  | "MBSTRING_BMP"
  | "MBSTRING_FLAG"
  | "MBSTRING_UNIV"
  | "MBSTRING_UTF8"
  | "NID_OCSP_sign"
  | "NID_SMIMECapabilities"
  | "NID_X500"
  | "NID_X509"
  | "NID_ad_OCSP"
  | "NID_ad_ca_issuers"
  | "NID_algorithm"
  | "NID_authority_key_identifier"
  | "NID_basic_constraints"
  | "NID_bf_cbc"
  | "NID_bf_cfb64"
  | "NID_bf_ecb"
  | "NID_bf_ofb64"
  | "NID_cast5_cbc"
  | "NID_cast5_cfb64"
  | "NID_cast5_ecb"
  | "NID_cast5_ofb64"
  | "NID_certBag"
  | "NID_certificate_policies"
  | "NID_client_auth"
  | "NID_code_sign"
  | "NID_commonName"
  | "NID_countryName"
  | "NID_crlBag"
  | "NID_crl_distribution_points"
  | "NID_crl_number"
  | "NID_crl_reason"
  | "NID_delta_crl"
  | "NID_des_cbc"
  | "NID_des_cfb64"
  | "NID_des_ecb"
  | "NID_des_ede3_cbc"
  | "NID_des_ede3_cfb64"
  | "NID_des_ede3_ofb64"
  | "NID_des_ede_cbc"
  | "NID_des_ede_cfb64"
  | "NID_des_ede_ofb64"
  | "NID_des_ofb64"
  | "NID_description"
  | "NID_desx_cbc"
  | "NID_dhKeyAgreement"
  | "NID_dnQualifier"
  | "NID_dsa"
  | "NID_dsaWithSHA"
  | "NID_dsaWithSHA1"
  | "NID_dsaWithSHA1_2"
  | "NID_dsa_2"
  | "NID_email_protect"
  | "NID_ext_key_usage"
  | "NID_ext_req"
  | "NID_friendlyName"
  | "NID_givenName"
  | "NID_hmacWithSHA1"
  | "NID_id_ad"
  | "NID_id_ce"
  | "NID_id_kp"
  | "NID_id_pbkdf2"
  | "NID_id_pe"
  | "NID_id_pkix"
  | "NID_id_qt_cps"
  | "NID_id_qt_unotice"
  | "NID_idea_cbc"
  | "NID_idea_cfb64"
  | "NID_idea_ecb"
  | "NID_idea_ofb64"
  | "NID_info_access"
  | "NID_initials"
  | "NID_invalidity_date"
  | "NID_issuer_alt_name"
  | "NID_keyBag"
  | "NID_key_usage"
  | "NID_localKeyID"
  | "NID_localityName"
  | "NID_md2"
  | "NID_md2WithRSAEncryption"
  | "NID_md5"
  | "NID_md5WithRSA"
  | "NID_md5WithRSAEncryption"
  | "NID_md5_sha1"
  | "NID_mdc2"
  | "NID_mdc2WithRSA"
  | "NID_ms_code_com"
  | "NID_ms_code_ind"
  | "NID_ms_ctl_sign"
  | "NID_ms_efs"
  | "NID_ms_ext_req"
  | "NID_ms_sgc"
  | "NID_name"
  | "NID_netscape"
  | "NID_netscape_base_url"
  | "NID_netscape_ca_policy_url"
  | "NID_netscape_ca_revocation_url"
  | "NID_netscape_cert_extension"
  | "NID_netscape_cert_sequence"
  | "NID_netscape_cert_type"
  | "NID_netscape_comment"
  | "NID_netscape_data_type"
  | "NID_netscape_renewal_url"
  | "NID_netscape_revocation_url"
  | "NID_netscape_ssl_server_name"
  | "NID_ns_sgc"
  | "NID_organizationName"
  | "NID_organizationalUnitName"
  | "NID_pbeWithMD2AndDES_CBC"
  | "NID_pbeWithMD2AndRC2_CBC"
  | "NID_pbeWithMD5AndCast5_CBC"
  | "NID_pbeWithMD5AndDES_CBC"
  | "NID_pbeWithMD5AndRC2_CBC"
  | "NID_pbeWithSHA1AndDES_CBC"
  | "NID_pbeWithSHA1AndRC2_CBC"
  | "NID_pbe_WithSHA1And128BitRC2_CBC"
  | "NID_pbe_WithSHA1And128BitRC4"
  | "NID_pbe_WithSHA1And2_Key_TripleDES_CBC"
  | "NID_pbe_WithSHA1And3_Key_TripleDES_CBC"
  | "NID_pbe_WithSHA1And40BitRC2_CBC"
  | "NID_pbe_WithSHA1And40BitRC4"
  | "NID_pbes2"
  | "NID_pbmac1"
  | "NID_pkcs"
  | "NID_pkcs3"
  | "NID_pkcs7"
  | "NID_pkcs7_data"
  | "NID_pkcs7_digest"
  | "NID_pkcs7_encrypted"
  | "NID_pkcs7_enveloped"
  | "NID_pkcs7_signed"
  | "NID_pkcs7_signedAndEnveloped"
  | "NID_pkcs8ShroudedKeyBag"
  | "NID_pkcs9"
  | "NID_pkcs9_challengePassword"
  | "NID_pkcs9_contentType"
  | "NID_pkcs9_countersignature"
  | "NID_pkcs9_emailAddress"
  | "NID_pkcs9_extCertAttributes"
  | "NID_pkcs9_messageDigest"
  | "NID_pkcs9_signingTime"
  | "NID_pkcs9_unstructuredAddress"
  | "NID_pkcs9_unstructuredName"
  | "NID_private_key_usage_period"
  | "NID_rc2_40_cbc"
  | "NID_rc2_64_cbc"
  | "NID_rc2_cbc"
  | "NID_rc2_cfb64"
  | "NID_rc2_ecb"
  | "NID_rc2_ofb64"
  | "NID_rc4"
  | "NID_rc4_40"
  | "NID_rc5_cbc"
  | "NID_rc5_cfb64"
  | "NID_rc5_ecb"
  | "NID_rc5_ofb64"
  | "NID_ripemd160"
  | "NID_ripemd160WithRSA"
  | "NID_rsa"
  | "NID_rsaEncryption"
  | "NID_rsadsi"
  | "NID_safeContentsBag"
  | "NID_sdsiCertificate"
  | "NID_secretBag"
  | "NID_serialNumber"
  | "NID_server_auth"
  | "NID_sha"
  | "NID_sha1"
  | "NID_sha1WithRSA"
  | "NID_sha1WithRSAEncryption"
  | "NID_sha224"
  | "NID_sha224WithRSAEncryption"
  | "NID_sha256"
  | "NID_sha256WithRSAEncryption"
  | "NID_sha384"
  | "NID_sha384WithRSAEncryption"
  | "NID_sha3_224"
  | "NID_sha3_256"
  | "NID_sha3_384"
  | "NID_sha3_512"
  | "NID_sha512"
  | "NID_sha512WithRSAEncryption"
  | "NID_sha512_224"
  | "NID_sha512_224WithRSAEncryption"
  | "NID_sha512_256"
  | "NID_sha512_256WithRSAEncryption"
  | "NID_shaWithRSAEncryption"
  | "NID_shake128"
  | "NID_shake256"
  | "NID_stateOrProvinceName"
  | "NID_subject_alt_name"
  | "NID_subject_key_identifier"
  | "NID_surname"
  | "NID_sxnet"
  | "NID_time_stamp"
  | "NID_title"
  | "NID_undef"
  | "NID_uniqueIdentifier"
  | "NID_x509Certificate"
  | "NID_x509Crl"
  | "NID_zlib_compression"
  | "OCSP_RESPONSE_STATUS_INTERNALERROR"
  | "OCSP_RESPONSE_STATUS_MALFORMEDREQUEST"
  | "OCSP_RESPONSE_STATUS_SIGREQUIRED"
  | "OCSP_RESPONSE_STATUS_SUCCESSFUL"
  | "OCSP_RESPONSE_STATUS_TRYLATER"
  | "OCSP_RESPONSE_STATUS_UNAUTHORIZED"
  | "OPENSSL_BUILT_ON"
  | "OPENSSL_CFLAGS"
  | "OPENSSL_CPU_INFO"
  | "OPENSSL_DIR"
  | "OPENSSL_ENGINES_DIR"
  | "OPENSSL_FULL_VERSION_STRING"
  | "OPENSSL_INFO_CONFIG_DIR"
  | "OPENSSL_INFO_CPU_SETTINGS"
  | "OPENSSL_INFO_DIR_FILENAME_SEPARATOR"
  | "OPENSSL_INFO_DSO_EXTENSION"
  | "OPENSSL_INFO_ENGINES_DIR"
  | "OPENSSL_INFO_LIST_SEPARATOR"
  | "OPENSSL_INFO_MODULES_DIR"
  | "OPENSSL_INFO_SEED_SOURCE"
  | "OPENSSL_INIT_ADD_ALL_CIPHERS"
  | "OPENSSL_INIT_ADD_ALL_DIGESTS"
  | "OPENSSL_INIT_ASYNC"
  | "OPENSSL_INIT_ATFORK"
  | "OPENSSL_INIT_ENGINE_AFALG"
  | "OPENSSL_INIT_ENGINE_CAPI"
  | "OPENSSL_INIT_ENGINE_CRYPTODEV"
  | "OPENSSL_INIT_ENGINE_DYNAMIC"
  | "OPENSSL_INIT_ENGINE_OPENSSL"
  | "OPENSSL_INIT_ENGINE_PADLOCK"
  | "OPENSSL_INIT_ENGINE_RDRAND"
  | "OPENSSL_INIT_LOAD_CONFIG"
  | "OPENSSL_INIT_LOAD_CRYPTO_STRINGS"
  | "OPENSSL_INIT_LOAD_SSL_STRINGS"
  | "OPENSSL_INIT_NO_ADD_ALL_CIPHERS"
  | "OPENSSL_INIT_NO_ADD_ALL_DIGESTS"
  | "OPENSSL_INIT_NO_ATEXIT"
  | "OPENSSL_INIT_NO_LOAD_CONFIG"
  | "OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS"
  | "OPENSSL_INIT_NO_LOAD_SSL_STRINGS"
  | "OPENSSL_MODULES_DIR"
  | "OPENSSL_PLATFORM"
  | "OPENSSL_VERSION"
  | "OPENSSL_VERSION_STRING"
  | "RSA_3"
  | "RSA_F4"
  | "SSL2_MT_CLIENT_HELLO"
  | "SSL2_VERSION"
  | "SSL3_MT_CCS"
  | "SSL3_MT_CERTIFICATE"
  | "SSL3_MT_CERTIFICATE_REQUEST"
  | "SSL3_MT_CERTIFICATE_STATUS"
  | "SSL3_MT_CERTIFICATE_URL"
  | "SSL3_MT_CERTIFICATE_VERIFY"
  | "SSL3_MT_CHANGE_CIPHER_SPEC"
  | "SSL3_MT_CLIENT_HELLO"
  | "SSL3_MT_CLIENT_KEY_EXCHANGE"
  | "SSL3_MT_ENCRYPTED_EXTENSIONS"
  | "SSL3_MT_END_OF_EARLY_DATA"
  | "SSL3_MT_FINISHED"
  | "SSL3_MT_HELLO_REQUEST"
  | "SSL3_MT_KEY_UPDATE"
  | "SSL3_MT_MESSAGE_HASH"
  | "SSL3_MT_NEWSESSION_TICKET"
  | "SSL3_MT_NEXT_PROTO"
  | "SSL3_MT_SERVER_DONE"
  | "SSL3_MT_SERVER_HELLO"
  | "SSL3_MT_SERVER_KEY_EXCHANGE"
  | "SSL3_MT_SUPPLEMENTAL_DATA"
  | "SSL3_RT_ALERT"
  | "SSL3_RT_APPLICATION_DATA"
  | "SSL3_RT_CHANGE_CIPHER_SPEC"
  | "SSL3_RT_HANDSHAKE"
  | "SSL3_RT_HEADER"
  | "SSL3_RT_INNER_CONTENT_TYPE"
  | "SSL3_VERSION"
  | "SSLEAY_BUILT_ON"
  | "SSLEAY_CFLAGS"
  | "SSLEAY_DIR"
  | "SSLEAY_PLATFORM"
  | "SSLEAY_VERSION"
  | "AD_ACCESS_DENIED"
  | "AD_BAD_CERTIFICATE"
  | "AD_BAD_CERTIFICATE_HASH_VALUE"
  | "AD_BAD_CERTIFICATE_STATUS_RESPONSE"
  | "AD_BAD_RECORD_MAC"
  | "AD_CERTIFICATE_EXPIRED"
  | "AD_CERTIFICATE_REQUIRED"
  | "AD_CERTIFICATE_REVOKED"
  | "AD_CERTIFICATE_UNKNOWN"
  | "AD_CERTIFICATE_UNOBTAINABLE"
  | "AD_CLOSE_NOTIFY"
  | "AD_DECODE_ERROR"
  | "AD_DECOMPRESSION_FAILURE"
  | "AD_DECRYPTION_FAILED"
  | "AD_DECRYPT_ERROR"
  | "AD_EXPORT_RESTRICTION"
  | "AD_HANDSHAKE_FAILURE"
  | "AD_ILLEGAL_PARAMETER"
  | "AD_INAPPROPRIATE_FALLBACK"
  | "AD_INSUFFICIENT_SECURITY"
  | "AD_INTERNAL_ERROR"
  | "AD_MISSING_EXTENSION"
  | "AD_NO_APPLICATION_PROTOCOL"
  | "AD_NO_CERTIFICATE"
  | "AD_NO_RENEGOTIATION"
  | "AD_PROTOCOL_VERSION"
  | "AD_RECORD_OVERFLOW"
  | "AD_UNEXPECTED_MESSAGE"
  | "AD_UNKNOWN_CA"
  | "AD_UNKNOWN_PSK_IDENTITY"
  | "AD_UNRECOGNIZED_NAME"
  | "AD_UNSUPPORTED_CERTIFICATE"
  | "AD_UNSUPPORTED_EXTENSION"
  | "AD_USER_CANCELLED"
  | "ASYNC_NO_JOBS"
  | "ASYNC_PAUSED"
  | "CB_ACCEPT_EXIT"
  | "CB_ACCEPT_LOOP"
  | "CB_ALERT"
  | "CB_CONNECT_EXIT"
  | "CB_CONNECT_LOOP"
  | "CB_EXIT"
  | "CB_HANDSHAKE_DONE"
  | "CB_HANDSHAKE_START"
  | "CB_LOOP"
  | "CB_READ"
  | "CB_READ_ALERT"
  | "CB_WRITE"
  | "CB_WRITE_ALERT"
  | "CLIENT_HELLO_CB"
  | "CLIENT_HELLO_ERROR"
  | "CLIENT_HELLO_RETRY"
  | "CLIENT_HELLO_SUCCESS"
  | "ERROR_NONE"
  | "ERROR_SSL"
  | "ERROR_SYSCALL"
  | "ERROR_WANT_ACCEPT"
  | "ERROR_WANT_ASYNC"
  | "ERROR_WANT_ASYNC_JOB"
  | "ERROR_WANT_CLIENT_HELLO_CB"
  | "ERROR_WANT_CONNECT"
  | "ERROR_WANT_READ"
  | "ERROR_WANT_RETRY_VERIFY"
  | "ERROR_WANT_WRITE"
  | "ERROR_WANT_X509_LOOKUP"
  | "ERROR_ZERO_RETURN"
  | "FILETYPE_ASN1"
  | "FILETYPE_PEM"
  | "F_D2I_SSL_SESSION"
  | "F_SSL_CERT_NEW"
  | "F_SSL_GET_NEW_SESSION"
  | "F_SSL_NEW"
  | "F_SSL_READ"
  | "F_SSL_SESSION_NEW"
  | "F_SSL_SESSION_PRINT_FP"
  | "F_SSL_SET_FD"
  | "F_SSL_SET_RFD"
  | "F_SSL_SET_WFD"
  | "F_SSL_USE_CERTIFICATE"
  | "F_SSL_USE_CERTIFICATE_ASN1"
  | "F_SSL_USE_CERTIFICATE_FILE"
  | "F_SSL_USE_PRIVATEKEY"
  | "F_SSL_USE_PRIVATEKEY_ASN1"
  | "F_SSL_USE_PRIVATEKEY_FILE"
  | "F_SSL_USE_RSAPRIVATEKEY"
  | "F_SSL_USE_RSAPRIVATEKEY_ASN1"
  | "F_SSL_USE_RSAPRIVATEKEY_FILE"
  | "MIN_RSA_MODULUS_LENGTH_IN_BYTES"
  | "MODE_ACCEPT_MOVING_WRITE_BUFFER"
  | "MODE_ASYNC"
  | "MODE_AUTO_RETRY"
  | "MODE_ENABLE_PARTIAL_WRITE"
  | "MODE_NO_AUTO_CHAIN"
  | "MODE_RELEASE_BUFFERS"
  | "NOTHING"
  | "OP_ALL"
  | "OP_ALLOW_CLIENT_RENEGOTIATION"
  | "OP_ALLOW_NO_DHE_KEX"
  | "OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION"
  | "OP_CIPHER_SERVER_PREFERENCE"
  | "OP_CISCO_ANYCONNECT"
  | "OP_CLEANSE_PLAINTEXT"
  | "OP_COOKIE_EXCHANGE"
  | "OP_CRYPTOPRO_TLSEXT_BUG"
  | "OP_DISABLE_TLSEXT_CA_NAMES"
  | "OP_DONT_INSERT_EMPTY_FRAGMENTS"
  | "OP_ENABLE_KTLS"
  | "OP_ENABLE_MIDDLEBOX_COMPAT"
  | "OP_EPHEMERAL_RSA"
  | "OP_IGNORE_UNEXPECTED_EOF"
  | "OP_LEGACY_SERVER_CONNECT"
  | "OP_MICROSOFT_BIG_SSLV3_BUFFER"
  | "OP_MICROSOFT_SESS_ID_BUG"
  | "OP_MSIE_SSLV2_RSA_PADDING"
  | "OP_NETSCAPE_CA_DN_BUG"
  | "OP_NETSCAPE_CHALLENGE_BUG"
  | "OP_NETSCAPE_DEMO_CIPHER_CHANGE_BUG"
  | "OP_NETSCAPE_REUSE_CIPHER_CHANGE_BUG"
  | "OP_NO_ANTI_REPLAY"
  | "OP_NO_COMPRESSION"
  | "OP_NO_ENCRYPT_THEN_MAC"
  | "OP_NO_EXTENDED_MASTER_SECRET"
  | "OP_NO_QUERY_MTU"
  | "OP_NO_RENEGOTIATION"
  | "OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION"
  | "OP_NO_SSL_MASK"
  | "OP_NO_SSLv2"
  | "OP_NO_SSLv3"
  | "OP_NO_TICKET"
  | "OP_NO_TLSv1"
  | "OP_NO_TLSv1_1"
  | "OP_NO_TLSv1_2"
  | "OP_NO_TLSv1_3"
  | "OP_PKCS1_CHECK_1"
  | "OP_PKCS1_CHECK_2"
  | "OP_PRIORITIZE_CHACHA"
  | "OP_SAFARI_ECDHE_ECDSA_BUG"
  | "OP_SINGLE_DH_USE"
  | "OP_SINGLE_ECDH_USE"
  | "OP_SSLEAY_080_CLIENT_DH_BUG"
  | "OP_SSLREF2_REUSE_CERT_TYPE_BUG"
  | "OP_TLSEXT_PADDING"
  | "OP_TLS_BLOCK_PADDING_BUG"
  | "OP_TLS_D5_BUG"
  | "OP_TLS_ROLLBACK_BUG"
  | "READING"
  | "RECEIVED_SHUTDOWN"
  | "RETRY_VERIFY"
  | "R_BAD_SSL_FILETYPE"
  | "R_BAD_WRITE_RETRY"
  | "R_NO_CERTIFICATE_SET"
  | "R_NO_CIPHER_MATCH"
  | "R_NULL_SSL_CTX"
  | "R_PEER_DID_NOT_RETURN_A_CERTIFICATE"
  | "R_UNKNOWN_STATE"
  | "R_X509_LIB"
  | "SENT_SHUTDOWN"
  | "SESSION_ASN1_VERSION"
  | "SESS_CACHE_BOTH"
  | "SESS_CACHE_CLIENT"
  | "SESS_CACHE_NO_AUTO_CLEAR"
  | "SESS_CACHE_NO_INTERNAL"
  | "SESS_CACHE_NO_INTERNAL_LOOKUP"
  | "SESS_CACHE_NO_INTERNAL_STORE"
  | "SESS_CACHE_OFF"
  | "SESS_CACHE_SERVER"
  | "SESS_CACHE_UPDATE_TIME"
  | "ST_ACCEPT"
  | "ST_CONNECT"
  | "ST_READ_BODY"
  | "ST_READ_HEADER"
  | "VERIFY_CLIENT_ONCE"
  | "VERIFY_FAIL_IF_NO_PEER_CERT"
  | "VERIFY_NONE"
  | "VERIFY_PEER"
  | "VERIFY_POST_HANDSHAKE"
  | "WRITING"
  | "X509_LOOKUP"
  | "TLS1_1_VERSION"
  | "TLS1_2_VERSION"
  | "TLS1_3_VERSION"
  | "TLS1_VERSION"
  | "TLSEXT_STATUSTYPE_ocsp"
  | "TLSEXT_TYPE_application_layer_protocol_negotiation"
  | "TLSEXT_TYPE_cert_type"
  | "TLSEXT_TYPE_certificate_authorities"
  | "TLSEXT_TYPE_client_authz"
  | "TLSEXT_TYPE_client_certificate_url"
  | "TLSEXT_TYPE_cookie"
  | "TLSEXT_TYPE_early_data"
  | "TLSEXT_TYPE_ec_point_formats"
  | "TLSEXT_TYPE_elliptic_curves"
  | "TLSEXT_TYPE_encrypt_then_mac"
  | "TLSEXT_TYPE_extended_master_secret"
  | "TLSEXT_TYPE_key_share"
  | "TLSEXT_TYPE_max_fragment_length"
  | "TLSEXT_TYPE_next_proto_neg"
  | "TLSEXT_TYPE_padding"
  | "TLSEXT_TYPE_post_handshake_auth"
  | "TLSEXT_TYPE_psk"
  | "TLSEXT_TYPE_psk_kex_modes"
  | "TLSEXT_TYPE_renegotiate"
  | "TLSEXT_TYPE_server_authz"
  | "TLSEXT_TYPE_server_name"
  | "TLSEXT_TYPE_session_ticket"
  | "TLSEXT_TYPE_signature_algorithms"
  | "TLSEXT_TYPE_signature_algorithms_cert"
  | "TLSEXT_TYPE_signed_certificate_timestamp"
  | "TLSEXT_TYPE_srp"
  | "TLSEXT_TYPE_status_request"
  | "TLSEXT_TYPE_supported_groups"
  | "TLSEXT_TYPE_supported_versions"
  | "TLSEXT_TYPE_truncated_hmac"
  | "TLSEXT_TYPE_trusted_ca_keys"
  | "TLSEXT_TYPE_use_srtp"
  | "TLSEXT_TYPE_user_mapping"
  | "V_OCSP_CERTSTATUS_GOOD"
  | "V_OCSP_CERTSTATUS_REVOKED"
  | "V_OCSP_CERTSTATUS_UNKNOWN"
  | "X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT"
  | "X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS"
  | "X509_CHECK_FLAG_NEVER_CHECK_SUBJECT"
  | "X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS"
  | "X509_CHECK_FLAG_NO_WILDCARDS"
  | "X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS"
  | "X509_CRL_VERSION_1"
  | "X509_CRL_VERSION_2"
  | "X509_FILETYPE_ASN1"
  | "X509_FILETYPE_DEFAULT"
  | "X509_FILETYPE_PEM"
  | "X509_PURPOSE_ANY"
  | "X509_PURPOSE_CRL_SIGN"
  | "X509_PURPOSE_NS_SSL_SERVER"
  | "X509_PURPOSE_OCSP_HELPER"
  | "X509_PURPOSE_SMIME_ENCRYPT"
  | "X509_PURPOSE_SMIME_SIGN"
  | "X509_PURPOSE_SSL_CLIENT"
  | "X509_PURPOSE_SSL_SERVER"
  | "X509_PURPOSE_TIMESTAMP_SIGN"
  | "X509_REQ_VERSION_1"
  | "X509_TRUST_COMPAT"
  | "X509_TRUST_DEFAULT"
  | "X509_TRUST_EMAIL"
  | "X509_TRUST_OBJECT_SIGN"
  | "X509_TRUST_OCSP_REQUEST"
  | "X509_TRUST_OCSP_SIGN"
  | "X509_TRUST_SSL_CLIENT"
  | "X509_TRUST_SSL_SERVER"
  | "X509_TRUST_TSA"
  | "X509_VERSION_1"
  | "X509_VERSION_2"
  | "X509_VERSION_3"
  | "X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH"
  | "X509_V_ERR_AKID_SKID_MISMATCH"
  | "X509_V_ERR_APPLICATION_VERIFICATION"
  | "X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL"
  | "X509_V_ERR_CA_BCONS_NOT_CRITICAL"
  | "X509_V_ERR_CA_CERT_MISSING_KEY_USAGE"
  | "X509_V_ERR_CA_KEY_TOO_SMALL"
  | "X509_V_ERR_CA_MD_TOO_WEAK"
  | "X509_V_ERR_CERT_CHAIN_TOO_LONG"
  | "X509_V_ERR_CERT_HAS_EXPIRED"
  | "X509_V_ERR_CERT_NOT_YET_VALID"
  | "X509_V_ERR_CERT_REJECTED"
  | "X509_V_ERR_CERT_REVOKED"
  | "X509_V_ERR_CERT_SIGNATURE_FAILURE"
  | "X509_V_ERR_CERT_UNTRUSTED"
  | "X509_V_ERR_CRL_HAS_EXPIRED"
  | "X509_V_ERR_CRL_NOT_YET_VALID"
  | "X509_V_ERR_CRL_PATH_VALIDATION_ERROR"
  | "X509_V_ERR_CRL_SIGNATURE_FAILURE"
  | "X509_V_ERR_DANE_NO_MATCH"
  | "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT"
  | "X509_V_ERR_DIFFERENT_CRL_SCOPE"
  | "X509_V_ERR_EC_KEY_EXPLICIT_PARAMS"
  | "X509_V_ERR_EE_KEY_TOO_SMALL"
  | "X509_V_ERR_EMAIL_MISMATCH"
  | "X509_V_ERR_EMPTY_SUBJECT_ALT_NAME"
  | "X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL"
  | "X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD"
  | "X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD"
  | "X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD"
  | "X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD"
  | "X509_V_ERR_EXCLUDED_VIOLATION"
  | "X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3"
  | "X509_V_ERR_HOSTNAME_MISMATCH"
  | "X509_V_ERR_INVALID_CA"
  | "X509_V_ERR_INVALID_CALL"
  | "X509_V_ERR_INVALID_EXTENSION"
  | "X509_V_ERR_INVALID_NON_CA"
  | "X509_V_ERR_INVALID_POLICY_EXTENSION"
  | "X509_V_ERR_INVALID_PURPOSE"
  | "X509_V_ERR_IP_ADDRESS_MISMATCH"
  | "X509_V_ERR_ISSUER_NAME_EMPTY"
  | "X509_V_ERR_KEYUSAGE_NO_CERTSIGN"
  | "X509_V_ERR_KEYUSAGE_NO_CRL_SIGN"
  | "X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE"
  | "X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA"
  | "X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER"
  | "X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER"
  | "X509_V_ERR_NO_EXPLICIT_POLICY"
  | "X509_V_ERR_NO_ISSUER_PUBLIC_KEY"
  | "X509_V_ERR_NO_VALID_SCTS"
  | "X509_V_ERR_OCSP_CERT_UNKNOWN"
  | "X509_V_ERR_OCSP_VERIFY_FAILED"
  | "X509_V_ERR_OCSP_VERIFY_NEEDED"
  | "X509_V_ERR_OUT_OF_MEM"
  | "X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA"
  | "X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN"
  | "X509_V_ERR_PATH_LENGTH_EXCEEDED"
  | "X509_V_ERR_PATH_LOOP"
  | "X509_V_ERR_PERMITTED_VIOLATION"
  | "X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED"
  | "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"
  | "X509_V_ERR_PROXY_SUBJECT_NAME_VIOLATION"
  | "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN"
  | "X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY"
  | "X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH"
  | "X509_V_ERR_STORE_LOOKUP"
  | "X509_V_ERR_SUBJECT_ISSUER_MISMATCH"
  | "X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL"
  | "X509_V_ERR_SUBJECT_NAME_EMPTY"
  | "X509_V_ERR_SUBTREE_MINMAX"
  | "X509_V_ERR_SUITE_B_CANNOT_SIGN_P_384_WITH_P_256"
  | "X509_V_ERR_SUITE_B_INVALID_ALGORITHM"
  | "X509_V_ERR_SUITE_B_INVALID_CURVE"
  | "X509_V_ERR_SUITE_B_INVALID_SIGNATURE_ALGORITHM"
  | "X509_V_ERR_SUITE_B_INVALID_VERSION"
  | "X509_V_ERR_SUITE_B_LOS_NOT_ALLOWED"
  | "X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"
  | "X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE"
  | "X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE"
  | "X509_V_ERR_UNABLE_TO_GET_CRL"
  | "X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER"
  | "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT"
  | "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
  | "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE"
  | "X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION"
  | "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION"
  | "X509_V_ERR_UNNESTED_RESOURCE"
  | "X509_V_ERR_UNSPECIFIED"
  | "X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX"
  | "X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE"
  | "X509_V_ERR_UNSUPPORTED_EXTENSION_FEATURE"
  | "X509_V_ERR_UNSUPPORTED_NAME_SYNTAX"
  | "X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM"
  | "X509_V_FLAG_ALLOW_PROXY_CERTS"
  | "X509_V_FLAG_CB_ISSUER_CHECK"
  | "X509_V_FLAG_CHECK_SS_SIGNATURE"
  | "X509_V_FLAG_CRL_CHECK"
  | "X509_V_FLAG_CRL_CHECK_ALL"
  | "X509_V_FLAG_EXPLICIT_POLICY"
  | "X509_V_FLAG_EXTENDED_CRL_SUPPORT"
  | "X509_V_FLAG_IGNORE_CRITICAL"
  | "X509_V_FLAG_INHIBIT_ANY"
  | "X509_V_FLAG_INHIBIT_MAP"
  | "X509_V_FLAG_NOTIFY_POLICY"
  | "X509_V_FLAG_NO_ALT_CHAINS"
  | "X509_V_FLAG_NO_CHECK_TIME"
  | "X509_V_FLAG_PARTIAL_CHAIN"
  | "X509_V_FLAG_POLICY_CHECK"
  | "X509_V_FLAG_POLICY_MASK"
  | "X509_V_FLAG_SUITEB_128_LOS"
  | "X509_V_FLAG_SUITEB_128_LOS_ONLY"
  | "X509_V_FLAG_SUITEB_192_LOS"
  | "X509_V_FLAG_TRUSTED_FIRST"
  | "X509_V_FLAG_USE_CHECK_TIME"
  | "X509_V_FLAG_USE_DELTAS"
  | "X509_V_FLAG_X509_STRICT"
  | "X509_V_OK"
  | "XN_FLAG_COMPAT"
  | "XN_FLAG_DN_REV"
  | "XN_FLAG_DUMP_UNKNOWN_FIELDS"
  | "XN_FLAG_FN_ALIGN"
  | "XN_FLAG_FN_LN"
  | "XN_FLAG_FN_MASK"
  | "XN_FLAG_FN_NONE"
  | "XN_FLAG_FN_OID"
  | "XN_FLAG_FN_SN"
  | "XN_FLAG_MULTILINE"
  | "XN_FLAG_ONELINE"
  | "XN_FLAG_RFC2253"
  | "XN_FLAG_SEP_COMMA_PLUS"
  | "XN_FLAG_SEP_CPLUS_SPC"
  | "XN_FLAG_SEP_MASK"
  | "XN_FLAG_SEP_MULTILINE"
  | "XN_FLAG_SEP_SPLUS_SPC"
  | "XN_FLAG_SPC_EQ"
  | "TLSEXT_TYPE_client_cert_type"
  | "TLSEXT_TYPE_compress_certificate"
  | "TLSEXT_TYPE_quic_transport_parameters"
  | "TLSEXT_TYPE_server_cert_type"
  | "OPENSSL_VERSION_NUMBER"
  | "OPENSSL_VERSION_MAJOR"
  | "OPENSSL_VERSION_MINOR"
  | "OPENSSL_VERSION_PATCH"
  | "EVP_PKT_EXP"
  | "LIBRESSL_VERSION_NUMBER"
  | "NID_des_ede"
  | "NID_des_ede3"
  | "NID_rle_compression"
  | "SSL2_MT_CLIENT_CERTIFICATE"
  | "SSL2_MT_CLIENT_FINISHED"
  | "SSL2_MT_CLIENT_MASTER_KEY"
  | "SSL2_MT_ERROR"
  | "SSL2_MT_REQUEST_CERTIFICATE"
  | "SSL2_MT_SERVER_FINISHED"
  | "SSL2_MT_SERVER_HELLO"
  | "SSL2_MT_SERVER_VERIFY"
  | "F_CLIENT_CERTIFICATE"
  | "F_CLIENT_HELLO"
  | "F_CLIENT_MASTER_KEY"
  | "F_GET_CLIENT_FINISHED"
  | "F_GET_CLIENT_HELLO"
  | "F_GET_CLIENT_MASTER_KEY"
  | "F_GET_SERVER_FINISHED"
  | "F_GET_SERVER_HELLO"
  | "F_GET_SERVER_VERIFY"
  | "F_I2D_SSL_SESSION"
  | "F_READ_N"
  | "F_REQUEST_CERTIFICATE"
  | "F_SERVER_HELLO"
  | "F_SSL_RSA_PRIVATE_DECRYPT"
  | "F_SSL_RSA_PUBLIC_ENCRYPT"
  | "F_WRITE_PENDING"
  | "OP_NON_EXPORT_FIRST"
  | "OP_NO_CLIENT_RENEGOTIATION"
  | "R_BAD_AUTHENTICATION_TYPE"
  | "R_BAD_CHECKSUM"
  | "R_BAD_MAC_DECODE"
  | "R_BAD_RESPONSE_ARGUMENT"
  | "R_BAD_SSL_SESSION_ID_LENGTH"
  | "R_BAD_STATE"
  | "R_CHALLENGE_IS_DIFFERENT"
  | "R_CIPHER_TABLE_SRC_ERROR"
  | "R_INVALID_CHALLENGE_LENGTH"
  | "R_NO_CERTIFICATE_SPECIFIED"
  | "R_NO_CIPHER_LIST"
  | "R_NO_PRIVATEKEY"
  | "R_NO_PUBLICKEY"
  | "R_PEER_ERROR"
  | "R_PEER_ERROR_CERTIFICATE"
  | "R_PEER_ERROR_NO_CIPHER"
  | "R_PEER_ERROR_UNSUPPORTED_CERTIFICATE_TYPE"
  | "R_PUBLIC_KEY_ENCRYPT_ERROR"
  | "R_PUBLIC_KEY_IS_NOT_RSA"
  | "R_READ_WRONG_PACKET_TYPE"
  | "R_SHORT_READ"
  | "R_SSL_SESSION_ID_IS_DIFFERENT"
  | "R_UNABLE_TO_EXTRACT_PUBLIC_KEY"
  | "R_UNKNOWN_REMOTE_ERROR_TYPE"
  | "ST_BEFORE"
  | "ST_INIT"
  | "ST_OK"
  | "X509_REQ_VERSION_2"
  | "X509_REQ_VERSION_3"
  | "X509_V_FLAG_LEGACY_VERIFY";

/**
 * The constants. One that this OpenSSL does not define throws.
 *
 * @category Low level
 */
export interface Constants extends Readonly<Record<ConstantName, number>> {}
