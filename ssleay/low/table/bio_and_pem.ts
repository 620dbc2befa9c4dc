/**
 * The declared functions of BIOs, PEM, OCSP. `row.ts` says how a row reads.
 *
 * @module
 */

/** Perl's name and the row of each: as text, which loads fastest. */
export const BIO_AND_PEM = `
BIO_eof: int BIO_ctrl(BIO s, =2, =0, null)
BIO_f_ssl: static BIO_METHOD BIO_f_ssl()
BIO_free: int BIO_free(free BIO bio)
BIO_new: new BIO BIO_new(BIO_METHOD type)
BIO_new_buffer_ssl_connect: new BIO BIO_new_buffer_ssl_connect(keep SSL_CTX ctx)
BIO_new_ssl: new BIO BIO_new_ssl(keep SSL_CTX ctx, int client)
BIO_new_ssl_connect: new BIO BIO_new_ssl_connect(keep SSL_CTX ctx)
BIO_pending: int BIO_ctrl(BIO s, =10, =0, null)
BIO_s_mem: static BIO_METHOD BIO_s_mem()
BIO_ssl_copy_session_id: int BIO_ssl_copy_session_id(BIO to, BIO from)
BIO_ssl_shutdown: void BIO_ssl_shutdown(BIO ssl_bio)
BIO_wpending: int BIO_ctrl(BIO s, =13, =0, null)
BIO_write: int BIO_write(BIO bio, bytes data)
PEM_get_string_X509: int PEM_write_bio_X509(>text, X509 x509)
PEM_get_string_X509_CRL: int PEM_write_bio_X509_CRL(>text, X509_CRL x509_crl)
PEM_get_string_X509_REQ: int PEM_write_bio_X509_REQ(>text, X509_REQ x509_req)
PEM_read_bio_DHparams: new DH PEM_read_bio_DHparams(BIO bio, none x, none cb, none u)
PEM_read_bio_X509: new X509 PEM_read_bio_X509(BIO bio, none x, none cb, none u)
PEM_read_bio_X509_CRL: new X509_CRL PEM_read_bio_X509_CRL(BIO bio, none x, none cb, none u)
PEM_read_bio_X509_REQ: new X509_REQ PEM_read_bio_X509_REQ(BIO bio, none x, none cb, none u)
PEM_X509_INFO_read_bio: new STACK_OF_X509_INFO PEM_X509_INFO_read_bio(BIO bio, none stack, none cb, none u)
d2i_OCSP_REQUEST: new OCSP_REQUEST d2i_OCSP_REQUEST(null, der pv)
d2i_OCSP_RESPONSE: new OCSP_RESPONSE d2i_OCSP_RESPONSE(null, der pv)
i2d_OCSP_REQUEST: int i2d_OCSP_REQUEST(OCSP_REQUEST r, >der)
i2d_OCSP_RESPONSE: int i2d_OCSP_RESPONSE(OCSP_RESPONSE r, >der)
OCSP_REQUEST_free: void OCSP_REQUEST_free(free OCSP_REQUEST r)
OCSP_RESPONSE_free: void OCSP_RESPONSE_free(free OCSP_RESPONSE r)
OCSP_response_status: int OCSP_response_status(OCSP_RESPONSE r)
OCSP_response_status_str: str OCSP_response_status_str(long status)
set_tlsext_status_type: int SSL_ctrl(SSL ssl, =65, long cmd, null)
`;
