/**
 * The declared functions of what a handshake negotiates: ALPN, NPN, the ClientHello, pre-shared keys, tickets. `row.ts` says how a row reads.
 *
 * @module
 */

/** Perl's name and the row of each: as text, which loads fastest. */
export const NEGOTIATION = `
P_alpn_selected: void SSL_get0_alpn_selected(SSL s, >view/uint)
P_next_proto_negotiated: void SSL_get0_next_proto_negotiated(SSL s, >view/uint)
client_hello_get0_ciphers: size SSL_client_hello_get0_ciphers(SSL s, >view)
client_hello_get0_compression_methods: size SSL_client_hello_get0_compression_methods(SSL s, >view)
client_hello_get0_ext: int SSL_client_hello_get0_ext(SSL s, uint type, >view/size)
client_hello_get0_legacy_version: uint SSL_client_hello_get0_legacy_version(SSL s)
client_hello_get0_random: size SSL_client_hello_get0_random(SSL s, >view)
client_hello_get0_session_id: size SSL_client_hello_get0_session_id(SSL s, >view)
client_hello_isv2: int SSL_client_hello_isv2(SSL s)
CTX_use_psk_identity_hint: int SSL_CTX_use_psk_identity_hint(SSL_CTX ctx, str hint)
use_psk_identity_hint: int SSL_use_psk_identity_hint(SSL ssl, str hint)
CTX_get_num_tickets: size SSL_CTX_get_num_tickets(SSL_CTX ctx)
CTX_set_num_tickets: int SSL_CTX_set_num_tickets(SSL_CTX ctx, size num_tickets)
get_num_tickets: size SSL_get_num_tickets(SSL ssl)
set_num_tickets: int SSL_set_num_tickets(SSL ssl, size num_tickets)
set_session_ticket_ext: int SSL_set_session_ticket_ext(SSL ssl, bytes ticket)
`;
