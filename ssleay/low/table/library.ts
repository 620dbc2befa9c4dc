/**
 * The declared functions of the library itself: initialization, versions, alerts. `row.ts` says how a row reads.
 *
 * @module
 */

/** Perl's name and the row of each: as text, which loads fastest. */
export const LIBRARY = `
add_ssl_algorithms: int OPENSSL_init_ssl(=u64:0, null)
library_init: int OPENSSL_init_ssl(=u64:0, null)
OpenSSL_add_all_algorithms: void OPENSSL_init_crypto(=u64:12, null)
OPENSSL_add_all_algorithms_conf: void OPENSSL_init_crypto(=u64:76, null)
OPENSSL_add_all_algorithms_noconf: void OPENSSL_init_crypto(=u64:12, null)
OpenSSL_add_ssl_algorithms: int OPENSSL_init_ssl(=u64:0, null)
OPENSSL_init_crypto: int OPENSSL_init_crypto(u64 opts, OPENSSL_INIT_SETTINGS? settings=null)
OPENSSL_INIT_free: void OPENSSL_INIT_free(free OPENSSL_INIT_SETTINGS settings)
OPENSSL_INIT_new: new OPENSSL_INIT_SETTINGS OPENSSL_INIT_new()
OPENSSL_INIT_set_config_appname: int OPENSSL_INIT_set_config_appname(OPENSSL_INIT_SETTINGS settings, str appname)
OPENSSL_INIT_set_config_file_flags: void OPENSSL_INIT_set_config_file_flags(OPENSSL_INIT_SETTINGS settings, ulong flags)
OPENSSL_INIT_set_config_filename: int OPENSSL_INIT_set_config_filename(OPENSSL_INIT_SETTINGS settings, str filename)
OPENSSL_init_ssl: int OPENSSL_init_ssl(u64 opts, OPENSSL_INIT_SETTINGS? settings=null)
SSLeay_add_ssl_algorithms: int OPENSSL_init_ssl(=u64:0, null)
OPENSSL_info: str OPENSSL_info(int t)
OpenSSL_version: str OpenSSL_version(int t=0)
OPENSSL_version_build_metadata: str OPENSSL_version_build_metadata()
OPENSSL_version_major: uint OPENSSL_version_major()
OPENSSL_version_minor: uint OPENSSL_version_minor()
OpenSSL_version_num: ulong OpenSSL_version_num()
OPENSSL_version_patch: uint OPENSSL_version_patch()
OPENSSL_version_pre_release: str OPENSSL_version_pre_release()
SSLeay: ulong OpenSSL_version_num()
SSLeay_version: str OpenSSL_version(int type=0)
alert_desc_string: str SSL_alert_desc_string(int value)
alert_desc_string_long: str SSL_alert_desc_string_long(int value)
alert_type_string: str SSL_alert_type_string(int value)
alert_type_string_long: str SSL_alert_type_string_long(int value)
ERR_load_crypto_strings: void OPENSSL_init_crypto(=u64:2, null)
ERR_load_RAND_strings: int ERR_load_RAND_strings()
ERR_load_SSL_strings: int ERR_load_SSL_strings()
load_error_strings: void OPENSSL_init_ssl(=u64:2097154, null)
`;
