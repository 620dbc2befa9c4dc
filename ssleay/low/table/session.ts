/**
 * The declared functions of sessions (SSL_SESSION). `row.ts` says how a row reads.
 *
 * @module
 */

/** Perl's name and the row of each: as text, which loads fastest. */
export const SESSION = `
d2i_SSL_SESSION: new SSL_SESSION d2i_SSL_SESSION(null, der pv)
i2d_SSL_SESSION: int i2d_SSL_SESSION(SSL_SESSION sess, >der)
SESSION_dup: new SSL_SESSION SSL_SESSION_dup(SSL_SESSION sess)
SESSION_free: void SSL_SESSION_free(free SSL_SESSION ses)
SESSION_get0_cipher: static SSL_CIPHER SSL_SESSION_get0_cipher(SSL_SESSION s)
SESSION_get_master_key: size SSL_SESSION_get_master_key(SSL_SESSION s, >sized)
SESSION_get_time: long SSL_SESSION_get_time(SSL_SESSION s)
SESSION_get_timeout: long SSL_SESSION_get_timeout(SSL_SESSION s)
SESSION_is_resumable: int SSL_SESSION_is_resumable(SSL_SESSION ses)
SESSION_new: new SSL_SESSION SSL_SESSION_new()
SESSION_print: int SSL_SESSION_print(BIO fp, SSL_SESSION ses)
SESSION_set1_master_key: int SSL_SESSION_set1_master_key(SSL_SESSION sess, bytes/size key)
SESSION_set_cipher: int SSL_SESSION_set_cipher(SSL_SESSION s, SSL_CIPHER cipher)
SESSION_set_protocol_version: int SSL_SESSION_set_protocol_version(SSL_SESSION s, int version)
SESSION_set_time: long SSL_SESSION_set_time(SSL_SESSION s, long t)
SESSION_set_timeout: long SSL_SESSION_set_timeout(SSL_SESSION s, long t)
`;
