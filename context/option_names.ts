/**
 * The names that options have in Perl, and the message for an unknown option, with the nearest right
 * name. Pure: it is part of the one table in perl/names.ts, and stands here because every start needs
 * it.
 *
 * @module
 */

import { quote } from "../internal/quote.ts";
import { didYouMean } from "../internal/suggest.ts";

/** A name of Perl that has no counterpart here: the name, why, and what to use instead. */
export type Absent = readonly [perl: string, reason: string, replacement: string];

/** Perl's options and ours. */
export const PERL_OPTIONS = {
  SSL_server: "server",
  SSL_hostname: "serverName",
  SSL_startHandshake: "startHandshake",
  SSL_keepSocketOnError: "keepSocketOnError",
  SSL_ca: "ca",
  SSL_ca_file: "caFile",
  SSL_ca_path: "caPath",
  SSL_client_ca: "clientCa",
  SSL_client_ca_file: "clientCaFile",
  SSL_fingerprint: "fingerprint",
  SSL_force_fingerprint: "forceFingerprint",
  SSL_cert_file: "certFile",
  SSL_cert: "cert",
  SSL_key_file: "keyFile",
  SSL_key: "key",
  SSL_passwd_cb: "passwdCb",
  SSL_use_cert: "useCert",
  SSL_version: "version",
  SSL_cipher_list: "cipherList",
  SSL_ciphersuites: "ciphersuites",
  SSL_honor_cipher_order: "honorCipherOrder",
  SSL_dh_file: "dhFile",
  SSL_dh: "dh",
  SSL_ecdh_curve: "ecdhCurve",
  SSL_verify_mode: "verifyMode",
  SSL_verify_callback: "verifyCallback",
  SSL_verifycn_scheme: "verifycnScheme",
  SSL_verifycn_name: "verifycnName",
  SSL_verifycn_publicsuffix: "verifycnPublicsuffix",
  SSL_check_crl: "checkCrl",
  SSL_crl_file: "crlFile",
  SSL_ocsp_mode: "ocspMode",
  SSL_ocsp_staple_callback: "ocspStapleCallback",
  SSL_ocsp_cache: "ocspCache",
  SSL_psk: "psk",
  SSL_reuse_ctx: "reuseCtx",
  SSL_create_ctx_callback: "createCtxCallback",
  SSL_session_cache_size: "sessionCacheSize",
  SSL_session_cache: "sessionCache",
  SSL_session_key: "sessionKey",
  SSL_session_id_context: "sessionIdContext",
  SSL_error_trap: "errorTrap",
  SSL_npn_protocols: "npnProtocols",
  SSL_alpn_protocols: "alpnProtocols",
  SSL_ticket_keycb: "ticketKeycb",
  SSL_on_peer_shutdown: "onPeerShutdown",
  SSL_mode_release_buffers: "modeReleaseBuffers",
  SSL_no_shutdown: "noShutdown",
  SSL_fast_shutdown: "fastShutdown",
  Timeout: "timeout",
  PeerAddr: "hostname",
  PeerHost: "hostname",
  PeerPort: "port",
  PeerService: "port",
  LocalAddr: "hostname",
  LocalHost: "hostname",
  LocalPort: "port",
  LocalService: "port",
  Domain: "family",
  Family: "family",
  Listen: "backlog",
} as const satisfies Record<string, string>;

/** Perl's options that are left out on purpose. */
export const NO_PERL_OPTIONS: readonly Absent[] = [
  ["SSL_usebio", "SslSocket.start() on an SslSocket nests TLS by itself", "SslSocket.start"],
  ["SSL_ctx_free", "contexts are freed when nothing uses them", "SslContext.close"],
  [
    "Proto",
    'TLS needs a stream: there is TCP and, with transport: "unix", Unix sockets',
    "transport",
  ],
  ["Type", "TLS needs a stream: there is nothing to choose", "transport"],
  ["Blocking", "nothing blocks: every call has a try form that never waits", "SslSocket.tryRead"],
  ["MultiHomed", "every address of a host is tried", "hostname"],
  ["ReuseAddr", "Deno sets SO_REUSEADDR on listeners by itself", "port"],
  ["ReusePort", "the engines' listeners do not share ports between processes", "port"],
  ["Reuse", "Deno sets SO_REUSEADDR on listeners by itself", "port"],
  ["V6Only", "Deno cannot set IPV6_V6ONLY: the setting of the system counts", "family"],
  ["Broadcast", "TLS needs a stream, which has one peer", "transport"],
  ["Sockopts", "Deno sets no socket options beyond NODELAY and keep-alive", "SslSocket.setNoDelay"],
  ["GetAddrInfoFlags", "Deno resolves names by itself and takes no flags", "family"],
  ["PeerAddrInfo", "Deno connects to a host name or an address", "hostname"],
  ["LocalAddrInfo", "Deno listens on a host name or an address", "hostname"],
];

/**
 * What other libraries call our options: Deno and Node, Python's ssl, Go's tls, curl. Ours, a hint,
 * and theirs in small letters and digits. docs/migration.md shows them.
 */
const OTHERS = `ca (or extraCa, which adds to the default anchors): cacerts cadata rootcas
caFile: cacert
clientCa: clientcas
cert: certchain certificates
certFile (for a PKCS#12 file): pfx p12
key: privatekey
key (its form is detected): keyformat keytype
passwdCb (a function that gives it): passphrase password keypassword pass
verifyMode (SSL_VERIFY_PEER verifies, as a client does by default): rejectunauthorized verify
verifyMode (SSL_VERIFY_PEER asks clients for a certificate): requestcert clientauth
verifyMode (SSL_VERIFY_PEER or SSL_VERIFY_NONE): certreqs
verifyMode (SSL_VERIFY_NONE verifies nothing): insecure insecureskipverify
verifycnScheme ("none" leaves the name unchecked): checkhostname unsafelydisablehostnameverification
verifycnScheme ({ callback } with a function of your own): checkserveridentity
verifyCallback: verifypeercertificate verifyconnection
fingerprint ("sha256$pub$" and the digest in hex): pinnedpubkey
ocspMode (SSL_OCSP_MUST_STAPLE demands a response): certstatus
serverName: serverhostname servername sni
server: serverside isserver
hostname: host
path (with transport: "unix"): unixsocket
family (4 or 6): ipv4 ipv6
alpnProtocols: alpn nextprotos
cipherList (or ciphersuites for TLS 1.3): ciphers
cipherList ("@SECLEVEL=2" and the like): mindhsize
ciphersuites: ciphersuite tls13ciphers
version: secureprotocol sslversion secureoptions
minVersion: tlsv12 tlsv13
maxVersion: tlsmax
ecdhCurve: groups curves curvepreferences
dh: dhparam
sniCallback: getcertificate snicallback
clientHelloCallback: getconfigforclient alpncallback
ticketKeycb: ticketkeys
psk: pskcallback pskidentityhint
reuseCtx: securecontext sslcontext
sessionCache: session clientsessioncache
startHandshake: dohandshakeonconnect
halfClose: allowhalfopen
allowTruncation: suppressraggedeofs
keylog: keylogfile keylogfilename keylogwriter
debug (with trace): enabletrace
timeout (in milliseconds): connecttimeout sslhandshaketimeout
signal (AbortSignal.timeout() and the like): abortsignal maxtime`;

/** `: use "verifyMode" (...)` for the name that another library gives to an option. */
function ofOthers(name: string, names: readonly string[]): string | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const line = OTHERS.split("\n").find((line) =>
    line.split(": ").at(-1)!.split(" ").includes(plain)
  );
  if (line === undefined) return undefined;
  const [, ours, hint] = /^(\w+)( .*)?: /.exec(line)!;
  if (names.includes(ours!)) return `: use "${ours}"${hint ?? ""}`;
  return `: here it is "${ours}", which this call does not take`;
}

/** Options that are deprecated in Perl. */
export const OLD_PERL_OPTIONS = {
  inet4: "family",
  inet6: "family",
} as const satisfies Record<string, string>;

/** How a Perl option would be called here: without `SSL_`, in camel case. */
export function camelCase(name: string): string {
  return name
    .replace(/^SSL_/i, "")
    .replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

/** Our name for a Perl option in any case, or why it is left out here. */
function ofPerl(name: string): string | Absent | undefined {
  const wanted = name.toLowerCase();
  const same = ([perl]: readonly [string, ...unknown[]]): boolean => perl.toLowerCase() === wanted;
  const found = Object.entries({ ...PERL_OPTIONS, ...OLD_PERL_OPTIONS }).find(same);
  return found?.[1] ?? NO_PERL_OPTIONS.find(same);
}

/** `unknown option "SSL_verify_mode": use "verifyMode"`. */
export function unknownOption(name: string, names: readonly string[]): string {
  const start = `unknown option ${quote(name)}`;
  if (name.length > 80) return `${start}: no option has a similar name`;
  const perl = ofPerl(name);
  if (typeof perl === "string") return `${start}: use ${JSON.stringify(perl)}`;
  if (perl !== undefined) return `${start}: ${perl[1]}: use ${perl[2]}`;
  return start + (ofOthers(name, names) ??
    (didYouMean(camelCase(name), names) || ": no option has a similar name"));
}
