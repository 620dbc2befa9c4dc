/**
 * The declared functions of CRLs and certificate requests. `row.ts` says how a row reads.
 *
 * @module
 */

/** Perl's name and the row of each: as text, which loads fastest. */
export const CRL_AND_REQUEST = `
d2i_X509_CRL_bio: new X509_CRL d2i_X509_CRL_bio(BIO bp, none unused)
X509_CRL_digest: int X509_CRL_digest(X509_CRL data, EVP_MD type, >md)
X509_CRL_free: void X509_CRL_free(free X509_CRL x)
X509_CRL_get0_lastUpdate: of ASN1_TIME X509_CRL_get0_lastUpdate(X509_CRL crl)
X509_CRL_get0_nextUpdate: of ASN1_TIME X509_CRL_get0_nextUpdate(X509_CRL crl)
X509_CRL_get_ext: of X509_EXTENSION X509_CRL_get_ext(X509_CRL x, int loc)
X509_CRL_get_ext_by_NID: int X509_CRL_get_ext_by_NID(X509_CRL x, int nid, int loc=-1)
X509_CRL_get_ext_count: int X509_CRL_get_ext_count(X509_CRL x)
X509_CRL_get_issuer: of X509_NAME X509_CRL_get_issuer(X509_CRL x)
X509_CRL_get_lastUpdate: of ASN1_TIME X509_CRL_get_lastUpdate(X509_CRL crl)
X509_CRL_get_nextUpdate: of ASN1_TIME X509_CRL_get_nextUpdate(X509_CRL crl)
X509_CRL_get_version: long X509_CRL_get_version(X509_CRL x)
X509_CRL_new: new X509_CRL X509_CRL_new()
X509_CRL_set1_lastUpdate: int X509_CRL_set1_lastUpdate(mut(X509_CRL_get0_lastUpdate|X509_CRL_get_lastUpdate) X509_CRL x, ASN1_TIME tm)
X509_CRL_set1_nextUpdate: int X509_CRL_set1_nextUpdate(mut(X509_CRL_get0_nextUpdate|X509_CRL_get_nextUpdate) X509_CRL x, ASN1_TIME tm)
X509_CRL_set_issuer_name: int X509_CRL_set_issuer_name(mut(X509_CRL_get_issuer) X509_CRL x, X509_NAME name)
X509_CRL_set_lastUpdate: int X509_CRL_set1_lastUpdate(mut(X509_CRL_get0_lastUpdate|X509_CRL_get_lastUpdate) X509_CRL x, ASN1_TIME tm)
X509_CRL_set_nextUpdate: int X509_CRL_set1_nextUpdate(mut(X509_CRL_get0_nextUpdate|X509_CRL_get_nextUpdate) X509_CRL x, ASN1_TIME tm)
X509_CRL_set_version: int X509_CRL_set_version(X509_CRL x, long version)
X509_CRL_sign: int X509_CRL_sign(X509_CRL x, EVP_PKEY pkey, EVP_MD md)
X509_CRL_sort: int X509_CRL_sort(X509_CRL x)
X509_CRL_verify: int X509_CRL_verify(X509_CRL a, EVP_PKEY r)
d2i_X509_REQ_bio: new X509_REQ d2i_X509_REQ_bio(BIO bp, none unused)
X509_REQ_add1_attr_by_NID: int X509_REQ_add1_attr_by_NID(X509_REQ req, int nid, int type, bytes data)
X509_REQ_digest: int X509_REQ_digest(X509_REQ data, EVP_MD type, >md)
X509_REQ_free: void X509_REQ_free(free X509_REQ x)
X509_REQ_get_attr_by_NID: int X509_REQ_get_attr_by_NID(X509_REQ req, int nid, int lastpos=-1)
X509_REQ_get_attr_by_OBJ: int X509_REQ_get_attr_by_OBJ(X509_REQ req, ASN1_OBJECT obj, int lastpos=-1)
X509_REQ_get_attr_count: int X509_REQ_get_attr_count(X509_REQ req)
X509_REQ_get_pubkey: new EVP_PKEY X509_REQ_get_pubkey(X509_REQ x)
X509_REQ_get_subject_name: of X509_NAME X509_REQ_get_subject_name(X509_REQ x)
X509_REQ_get_version: long X509_REQ_get_version(X509_REQ x)
X509_REQ_new: new X509_REQ X509_REQ_new()
X509_REQ_set_pubkey: int X509_REQ_set_pubkey(X509_REQ x, EVP_PKEY pkey)
X509_REQ_set_subject_name: int X509_REQ_set_subject_name(mut(X509_REQ_get_subject_name) X509_REQ x, X509_NAME name)
X509_REQ_set_version: int X509_REQ_set_version(X509_REQ x, long version)
X509_REQ_sign: int X509_REQ_sign(X509_REQ x, EVP_PKEY pk, EVP_MD md)
X509_REQ_verify: int X509_REQ_verify(X509_REQ x, EVP_PKEY r)
`;
