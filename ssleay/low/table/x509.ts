/**
 * The declared functions of certificates and extensions. `row.ts` says how a row reads.
 *
 * @module
 */

/** Perl's name and the row of each: as text, which loads fastest. */
export const X509 = `
d2i_X509_bio: new X509 d2i_X509_bio(BIO bp, none unused)
X509_certificate_type: int X509_certificate_type(X509 x, EVP_PKEY? pubkey=null)
X509_check_email: int X509_check_email(X509 cert, bytes/size address, uint flags=0)
X509_check_ip: int X509_check_ip(X509 cert, bytes/size address, uint flags=0)
X509_check_ip_asc: int X509_check_ip_asc(X509 cert, str address, uint flags=0)
X509_digest: int X509_digest(X509 data, EVP_MD type, >md)
X509_free: void X509_free(free X509 a)
X509_get0_notAfter: of ASN1_TIME X509_get0_notAfter(X509 cert)
X509_get0_notBefore: of ASN1_TIME X509_get0_notBefore(X509 cert)
X509_get0_serialNumber: of ASN1_INTEGER X509_get0_serialNumber(X509 x)
X509_get_ext: of X509_EXTENSION X509_get_ext(X509 x, int loc)
X509_get_ext_by_NID: int X509_get_ext_by_NID(X509 x, int nid, int loc=-1)
X509_get_ext_count: int X509_get_ext_count(X509 x)
X509_get_issuer_name: of X509_NAME X509_get_issuer_name(X509 cert)
X509_get_notAfter: of ASN1_TIME X509_getm_notAfter(X509 cert)
X509_get_notBefore: of ASN1_TIME X509_getm_notBefore(X509 cert)
X509_get_pubkey: new EVP_PKEY X509_get_pubkey(X509 x)
X509_get_serialNumber: of ASN1_INTEGER X509_get_serialNumber(X509 x)
X509_get_subject_name: of X509_NAME X509_get_subject_name(X509 cert)
X509_get_version: long X509_get_version(X509 x)
X509_getm_notAfter: of ASN1_TIME X509_getm_notAfter(X509 cert)
X509_getm_notBefore: of ASN1_TIME X509_getm_notBefore(X509 cert)
X509_gmtime_adj: self X509_gmtime_adj(ASN1_TIME s, long adj)
X509_issuer_and_serial_hash: ulong X509_issuer_and_serial_hash(X509 a)
X509_issuer_name_hash: ulong X509_issuer_name_hash(X509 a)
X509_new: new X509 X509_new()
X509_pubkey_digest: int X509_pubkey_digest(X509 data, EVP_MD type, >md)
X509_set_issuer_name: int X509_set_issuer_name(mut(X509_get_issuer_name) X509 x, X509_NAME name)
X509_set_pubkey: int X509_set_pubkey(mut(P_X509_get_pubkey_alg) X509 x, EVP_PKEY pkey)
X509_set_serialNumber: int X509_set_serialNumber(X509 x, ASN1_INTEGER serial)
X509_set_subject_name: int X509_set_subject_name(mut(X509_get_subject_name) X509 x, X509_NAME name)
X509_set_version: int X509_set_version(X509 x, long version)
X509_sign: int X509_sign(mut(P_X509_get_signature_alg) X509 x, EVP_PKEY pkey, EVP_MD md)
X509_subject_name_hash: ulong X509_subject_name_hash(X509 x)
X509_verify: int X509_verify(X509 x, EVP_PKEY r)
X509_verify_cert: int X509_verify_cert(X509_STORE_CTX x509_store_ctx)
X509_verify_cert_error_string: str X509_verify_cert_error_string(long n)
X509_EXTENSION_get_critical: int X509_EXTENSION_get_critical(X509_EXTENSION ex)
X509_EXTENSION_get_data: of ASN1_OCTET_STRING X509_EXTENSION_get_data(X509_EXTENSION ne)
X509_EXTENSION_get_object: of ASN1_OBJECT X509_EXTENSION_get_object(X509_EXTENSION ex)
`;
