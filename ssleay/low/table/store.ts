/**
 * The declared functions of stores, verification parameters, policies, stacks. `row.ts` says how a row reads.
 *
 * @module
 */

/** Perl's name and the row of each. */
export const STORE = {
  X509_LOOKUP_hash_dir: "static X509_LOOKUP_METHOD X509_LOOKUP_hash_dir()",
  X509_STORE_add_cert: "int X509_STORE_add_cert(X509_STORE ctx, X509 x)",
  X509_STORE_add_crl: "int X509_STORE_add_crl(X509_STORE ctx, X509_CRL x)",
  X509_STORE_add_lookup:
    "of X509_LOOKUP X509_STORE_add_lookup(X509_STORE store, X509_LOOKUP_METHOD method)",
  X509_STORE_CTX_free: "void X509_STORE_CTX_free(free X509_STORE_CTX ctx)",
  X509_STORE_CTX_get0_cert: "share X509 X509_STORE_CTX_get0_cert(X509_STORE_CTX x509_store_ctx)",
  X509_STORE_CTX_get1_chain:
    "chain STACK_OF_X509 X509_STORE_CTX_get1_chain(X509_STORE_CTX x509_store_ctx)",
  X509_STORE_CTX_get_current_cert:
    "share X509 X509_STORE_CTX_get_current_cert(X509_STORE_CTX x509_store_ctx)",
  X509_STORE_CTX_get_error: "int X509_STORE_CTX_get_error(X509_STORE_CTX x509_store_ctx)",
  X509_STORE_CTX_get_error_depth:
    "int X509_STORE_CTX_get_error_depth(X509_STORE_CTX x509_store_ctx)",
  X509_STORE_CTX_init:
    "int X509_STORE_CTX_init(mut X509_STORE_CTX ctx, keep X509_STORE? store=null, keep X509? x509=null, keep STACK_OF_X509? chain=null)",
  X509_STORE_CTX_new: "new X509_STORE_CTX X509_STORE_CTX_new()",
  X509_STORE_CTX_set_cert:
    "void X509_STORE_CTX_set_cert(X509_STORE_CTX x509_store_ctx, keep X509 x)",
  X509_STORE_CTX_set_error: "void X509_STORE_CTX_set_error(X509_STORE_CTX x509_store_ctx, int s)",
  X509_STORE_free: "void X509_STORE_free(free X509_STORE store)",
  X509_STORE_new: "new X509_STORE X509_STORE_new()",
  X509_STORE_set1_param: "int X509_STORE_set1_param(X509_STORE ctx, X509_VERIFY_PARAM pm)",
  X509_STORE_set_flags: "void X509_STORE_set_flags(X509_STORE ctx, ulong flags)",
  X509_STORE_set_purpose: "void X509_STORE_set_purpose(X509_STORE ctx, int purpose)",
  X509_STORE_set_trust: "void X509_STORE_set_trust(X509_STORE ctx, int trust)",
  X509_VERIFY_PARAM_add0_policy:
    "int X509_VERIFY_PARAM_add0_policy(X509_VERIFY_PARAM param, give ASN1_OBJECT policy)",
  X509_VERIFY_PARAM_add1_host:
    "int X509_VERIFY_PARAM_add1_host(X509_VERIFY_PARAM param, bytes/size name)",
  X509_VERIFY_PARAM_clear_flags:
    "int X509_VERIFY_PARAM_clear_flags(X509_VERIFY_PARAM param, ulong flags)",
  X509_VERIFY_PARAM_free: "void X509_VERIFY_PARAM_free(free X509_VERIFY_PARAM param)",
  X509_VERIFY_PARAM_get0_peername: "str X509_VERIFY_PARAM_get0_peername(X509_VERIFY_PARAM param)",
  X509_VERIFY_PARAM_get_depth: "int X509_VERIFY_PARAM_get_depth(X509_VERIFY_PARAM param)",
  X509_VERIFY_PARAM_get_flags: "ulong X509_VERIFY_PARAM_get_flags(X509_VERIFY_PARAM param)",
  X509_VERIFY_PARAM_inherit:
    "int X509_VERIFY_PARAM_inherit(X509_VERIFY_PARAM to, X509_VERIFY_PARAM from)",
  X509_VERIFY_PARAM_lookup: "static X509_VERIFY_PARAM X509_VERIFY_PARAM_lookup(str name)",
  X509_VERIFY_PARAM_new: "new X509_VERIFY_PARAM X509_VERIFY_PARAM_new()",
  X509_VERIFY_PARAM_set1:
    "int X509_VERIFY_PARAM_set1(X509_VERIFY_PARAM to, X509_VERIFY_PARAM from)",
  X509_VERIFY_PARAM_set1_email:
    "int X509_VERIFY_PARAM_set1_email(X509_VERIFY_PARAM param, bytes/size email)",
  X509_VERIFY_PARAM_set1_host:
    "int X509_VERIFY_PARAM_set1_host(X509_VERIFY_PARAM param, bytes/size name)",
  X509_VERIFY_PARAM_set1_ip:
    "int X509_VERIFY_PARAM_set1_ip(X509_VERIFY_PARAM param, bytes/size ip)",
  X509_VERIFY_PARAM_set1_ip_asc:
    "int X509_VERIFY_PARAM_set1_ip_asc(X509_VERIFY_PARAM param, str ipasc)",
  X509_VERIFY_PARAM_set1_name: "int X509_VERIFY_PARAM_set1_name(X509_VERIFY_PARAM param, str name)",
  X509_VERIFY_PARAM_set1_policies:
    "int X509_VERIFY_PARAM_set1_policies(X509_VERIFY_PARAM param, STACK_OF_ASN1_OBJECT? policies)",
  X509_VERIFY_PARAM_set_depth:
    "void X509_VERIFY_PARAM_set_depth(X509_VERIFY_PARAM param, int depth)",
  X509_VERIFY_PARAM_set_flags:
    "int X509_VERIFY_PARAM_set_flags(X509_VERIFY_PARAM param, ulong flags)",
  X509_VERIFY_PARAM_set_hostflags:
    "void X509_VERIFY_PARAM_set_hostflags(X509_VERIFY_PARAM param, uint flags)",
  X509_VERIFY_PARAM_set_purpose:
    "int X509_VERIFY_PARAM_set_purpose(X509_VERIFY_PARAM param, int purpose)",
  X509_VERIFY_PARAM_set_time: "void X509_VERIFY_PARAM_set_time(X509_VERIFY_PARAM param, time t)",
  X509_VERIFY_PARAM_set_trust:
    "int X509_VERIFY_PARAM_set_trust(X509_VERIFY_PARAM param, int trust)",
  X509_policy_level_get0_node:
    "of X509_POLICY_NODE X509_policy_level_get0_node(X509_POLICY_LEVEL level, int i)",
  X509_policy_level_node_count: "int X509_policy_level_node_count(X509_POLICY_LEVEL level)",
  X509_policy_node_get0_parent:
    "of X509_POLICY_NODE X509_policy_node_get0_parent(X509_POLICY_NODE node)",
  X509_policy_node_get0_policy:
    "of ASN1_OBJECT X509_policy_node_get0_policy(X509_POLICY_NODE node)",
  X509_policy_node_get0_qualifiers:
    "of STACK_OF_POLICYQUALINFO X509_policy_node_get0_qualifiers(X509_POLICY_NODE node)",
  X509_policy_tree_free: "void X509_policy_tree_free(free X509_POLICY_TREE tree)",
  X509_policy_tree_get0_level:
    "of X509_POLICY_LEVEL X509_policy_tree_get0_level(X509_POLICY_TREE tree, int i)",
  X509_policy_tree_get0_policies:
    "of STACK_OF_X509_POLICY_NODE X509_policy_tree_get0_policies(X509_POLICY_TREE tree)",
  X509_policy_tree_get0_user_policies:
    "of STACK_OF_X509_POLICY_NODE X509_policy_tree_get0_user_policies(X509_POLICY_TREE tree)",
  X509_policy_tree_level_count: "int X509_policy_tree_level_count(X509_POLICY_TREE tree)",
  sk_X509_delete: "share X509 OPENSSL_sk_delete(STACK_OF_X509 stack, int index)",
  sk_X509_free: "void OPENSSL_sk_free(free STACK_OF_X509 stack)",
  sk_X509_INFO_free: "void OPENSSL_sk_free(free STACK_OF_X509_INFO stack)",
  sk_X509_INFO_num: "int OPENSSL_sk_num(STACK_OF_X509_INFO stack)",
  sk_X509_INFO_value: "of X509_INFO OPENSSL_sk_value(STACK_OF_X509_INFO stack, int index)",
  sk_X509_insert: "int OPENSSL_sk_insert(STACK_OF_X509 stack, keep X509 x509, int index)",
  sk_X509_NAME_free: "void OPENSSL_sk_free(free STACK_OF_X509_NAME sk)",
  sk_X509_NAME_num: "int OPENSSL_sk_num(STACK_OF_X509_NAME sk)",
  sk_X509_NAME_value: "of X509_NAME OPENSSL_sk_value(STACK_OF_X509_NAME sk, int i)",
  sk_X509_new_null: "new STACK_OF_X509 OPENSSL_sk_new_null()",
  sk_X509_num: "int OPENSSL_sk_num(STACK_OF_X509 stack)",
  sk_X509_pop: "share X509 OPENSSL_sk_pop(STACK_OF_X509 stack)",
  sk_X509_push: "int OPENSSL_sk_push(STACK_OF_X509 stack, keep X509 data)",
  sk_X509_shift: "share X509 OPENSSL_sk_shift(STACK_OF_X509 stack)",
  sk_X509_unshift: "int OPENSSL_sk_unshift(STACK_OF_X509 stack, keep X509 x509)",
  sk_X509_value: "share X509 OPENSSL_sk_value(STACK_OF_X509 stack, int index)",
} as const;
