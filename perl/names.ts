/**
 * The one table of names: every name of IO::Socket::SSL with ours, or with the reason why it is left
 * out and what to use instead. Pure data; the options are in context/option_names.ts.
 *
 * @module
 */

import {
  type Absent,
  NO_PERL_OPTIONS,
  OLD_PERL_OPTIONS,
  PERL_OPTIONS,
} from "../context/option_names.ts";

/**
 * What a Perl name names.
 *
 * @category Perl
 */
export type PerlNameKind = "option" | "method" | "function" | "class" | "constant" | "variable";

/**
 * One row of {@linkcode perlNames}.
 *
 * @category Perl
 */
export interface PerlName {
  /** The name in Perl. */
  readonly perl: string;
  /** What it is. */
  readonly kind: PerlNameKind;
  /** Our name; `null` when it is left out on purpose. */
  readonly ours: string | null;
  /** Why it is left out. */
  readonly reason?: string;
  /** What to use instead. */
  readonly replacement?: string;
  /** True for a name that is deprecated in Perl. */
  readonly deprecated?: true;
}

/** Methods of the socket; the deprecated ones are in DEPRECATED. */
const METHODS = {
  new: "SslSocket.connect",
  connect: "SslSocket.connect",
  accept: "SslListener.accept",
  close: "SslSocket.close",
  start_SSL: "SslSocket.start",
  stop_SSL: "SslSocket.stopSsl",
  connect_SSL: "SslSocket.connectSsl",
  accept_SSL: "SslSocket.acceptSsl",
  read: "SslSocket.read",
  sysread: "Handle.sysread",
  peek: "SslSocket.peek",
  pending: "SslSocket.pending",
  write: "SslSocket.write",
  syswrite: "Handle.syswrite",
  print: "Handle.print",
  printf: "Handle.printf",
  say: "Handle.say",
  getc: "Handle.getc",
  eof: "Handle.eof",
  readline: "Handle.readLine",
  getline: "Handle.getline",
  getlines: "Handle.getlines",
  opened: "SslSocket.opened",
  is_SSL: "SslSocket.isSsl",
  errstr: "SslSocket.errstr",
  get_fingerprint: "SslSocket.getFingerprint",
  get_fingerprint_bin: "SslSocket.getFingerprintBin",
  get_cipher: "SslSocket.getCipher",
  get_sslversion: "SslSocket.getSslversion",
  get_sslversion_int: "SslSocket.getSslversionInt",
  get_session_reused: "SslSocket.getSessionReused",
  dump_peer_certificate: "SslSocket.dumpPeerCertificate",
  peer_certificate: "SslSocket.peerCertificate",
  peer_certificates: "SslSocket.peerCertificates",
  sock_certificate: "SslSocket.sockCertificate",
  get_servername: "SslSocket.getServername",
  verify_hostname: "SslSocket.verifyHostname",
  next_proto_negotiated: "SslSocket.nextProtoNegotiated",
  alpn_selected: "SslSocket.alpnSelected",
  ocsp_resolver: "SslSocket.ocspResolver",
  set_msg_callback: "msgCallback",
  get_ssleay_error: "SslError.queue",
  fatal_ssl_error: "SslSocket.errstr",
  _get_ssl_object: "SslSocket.sslObject",
  _get_ctx_object: "SslContext.ctxObject",
  want_read: "SSL_WANT_READ",
  want_write: "SSL_WANT_WRITE",
  sockhost: "SslSocket.localAddr",
  sockport: "SslSocket.localAddr",
  peerhost: "SslSocket.remoteAddr",
  peerport: "SslSocket.remoteAddr",
  can_client_sni: "SslSocket.canClientSni",
  can_server_sni: "SslSocket.canServerSni",
  can_npn: "SslSocket.canNpn",
  can_alpn: "SslSocket.canAlpn",
  can_ecdh: "SslSocket.canEcdh",
  can_multi_cert: "SslSocket.canMultiCert",
  can_ipv6: "SslSocket.canIpv6",
  can_ocsp: "SslSocket.canOcsp",
  can_ticket_keycb: "SslSocket.canTicketKeycb",
  can_pha: "SslSocket.canPha",
  can_partial_chain: "SslSocket.canPartialChain",
  can_ciphersuites: "SslSocket.canCiphersuites",
  can_psk: "SslSocket.canPsk",
  can_nested_ssl: "SslSocket.canNestedSsl",
  add_session: "SessionCache.addSession",
  get_session: "SessionCache.getSession",
  del_session: "SessionCache.delSession",
  replace_session: "SessionCache.replaceSession",
  put: "OcspCache.put",
  get: "OcspCache.get",
  has_session_cache: "sessionCache",
  hard_error: "OcspResolver.hardError",
  soft_error: "OcspResolver.softError",
  requests: "OcspResolver.requests",
  add_response: "OcspResolver.addResponse",
  resolve_blocking: "OcspResolver.resolveBlocking",
  clone_cert: "Intercept.cloneCert",
  serialize: "Intercept.serialize",
  unserialize: "Intercept.unserialize",
  public_suffix: "PublicSuffix.publicSuffix",
  default: "PublicSuffix.default",
  from_string: "PublicSuffix.fromString",
  from_file: "PublicSuffix.fromFile",
} as const satisfies Record<string, string>;

const USE_PRINT =
  "a TLS connection has neither datagrams nor a file behind it: it throws, as in Perl";
const NO_METHODS: readonly Absent[] = [
  [
    "new_from_fd",
    "Deno gives no access to file descriptors: SslSocket.newFromFd throws and says so",
    "SslSocket.start",
  ],
  ["configure", "an object is complete when it exists", "SslSocket.connect"],
  ["configure_SSL", "an object is complete when it exists", "SslSocket.start"],
  ["blocking", "nothing blocks: every call has a try form that never waits", "SslSocket.tryRead"],
  ["fileno", "Deno gives no access to file descriptors", "SslSocket.start"],
  ["opening", "a promise says when the handshake is done", "SslSocket.connectSsl"],
  ["truncate", USE_PRINT, "Handle.print"],
  ["stat", USE_PRINT, "SslSocket.remoteAddr"],
  ["setbuf", USE_PRINT, "Handle.autoflush"],
  ["setvbuf", USE_PRINT, "Handle.autoflush"],
  ["fdopen", USE_PRINT, "SslSocket.start"],
  ["ungetc", USE_PRINT, "SslSocket.peek"],
  ["send", USE_PRINT, "SslSocket.write"],
  ["recv", USE_PRINT, "SslSocket.read"],
  ["can_idn", "names in Unicode are always converted", "PublicSuffix.publicSuffix"],
  ["update_self_from_url", "a program does not rewrite its own source", "PublicSuffix.fromFile"],
  ["STORABLE_freeze", "JavaScript has no Storable", "Intercept.serialize"],
  ["STORABLE_thaw", "JavaScript has no Storable", "Intercept.unserialize"],
];

const FUNCTIONS = {
  default_ca: "defaultCa",
  set_default_context: "setDefaultContext",
  set_default_session_cache: "setDefaultSessionCache",
  set_defaults: "setDefaults",
  set_client_defaults: "setClientDefaults",
  set_server_defaults: "setServerDefaults",
  set_args_filter_hack: "setArgsFilterHack",
  verify_hostname_of_cert: "verifyHostname",
  ossl_trace: "trace",
  PEM_file2cert: "pemFile2cert",
  PEM_file2certs: "pemFile2certs",
  PEM_cert2file: "pemCert2file",
  PEM_certs2file: "pemCerts2file",
  PEM_string2cert: "pemString2cert",
  PEM_cert2string: "pemCert2string",
  PEM_file2key: "pemFile2key",
  PEM_key2file: "pemKey2file",
  PEM_string2key: "pemString2key",
  PEM_key2string: "pemKey2string",
  KEY_create_rsa: "keyCreateRsa",
  KEY_create_ec: "keyCreateEc",
  CERT_asHash: "certAsHash",
  CERT_create: "certCreate",
} as const satisfies Record<string, string>;

const NO_FUNCTIONS: readonly Absent[] = [
  ["init", "an engine initializes itself when it is first used", "engineInfo"],
  ["idn_to_ascii", "host names in Unicode are converted wherever they are taken", "URL"],
  ["idn_to_unicode", "host names in Unicode are converted wherever they are taken", "URL"],
  ["CERT_free", "certificates are plain objects", "Certificate"],
  ["KEY_free", "keys are plain objects", "keyCreateRsa"],
];

/** Deprecated in Perl: [name, kind, our name, reason when it is left out, replacement]. */
const DEPRECATED: readonly (readonly [string, PerlNameKind, string | null, string?, string?])[] = [
  ["set_ctx_defaults", "function", "setDefaults"],
  ["context_init", "function", "setDefaults"],
  ["socketToSSL", "function", "SslSocket.start"],
  ["socket_to_SSL", "function", "SslSocket.start"],
  ["kill_socket", "method", "SslSocket.close"],
  ["get_peer_certificate", "method", "SslSocket.peerCertificate"],
  ["issuer_name", "method", "SslSocket.peerCertificate"],
  ["subject_name", "method", "SslSocket.peerCertificate"],
  ...Object.entries(OLD_PERL_OPTIONS).map(([perl, ours]) => [perl, "option", ours] as const),
];

const CLASSES = {
  "IO::Socket::SSL": "SslSocket",
  "IO::Socket::SSL::SSL_Context": "SslContext",
  "IO::Socket::SSL::Session_Cache": "SessionCache",
  "IO::Socket::SSL::OCSP_Cache": "OcspCache",
  "IO::Socket::SSL::OCSP_Resolver": "OcspResolver",
  "IO::Socket::SSL::PublicSuffix": "PublicSuffix",
  "IO::Socket::SSL::Intercept": "Intercept",
  "Net::SSLeay::Handle": "SsleayHandle",
} as const satisfies Record<string, string>;

const CONSTANTS: readonly string[] = [
  "SSL_WANT_READ",
  "SSL_WANT_WRITE",
  "SSL_VERIFY_NONE",
  "SSL_VERIFY_PEER",
  "SSL_VERIFY_FAIL_IF_NO_PEER_CERT",
  "SSL_VERIFY_CLIENT_ONCE",
  "SSL_OCSP_NO_STAPLE",
  "SSL_OCSP_MUST_STAPLE",
  "SSL_OCSP_FAIL_HARD",
  "SSL_OCSP_FULL_CHAIN",
  "SSL_OCSP_TRY_STAPLE",
  "GEN_DNS",
  "GEN_IPADD",
];

const VARIABLES = {
  $SSL_ERROR: "lastError",
  $ERROR: "lastError",
} as const satisfies Record<string, string>;

const NO_VARIABLES: readonly Absent[] = [
  ["$DEBUG", "the library never writes to the console: a writer is given per connection", "debug"],
];

function rows(kind: PerlNameKind, names: Readonly<Record<string, string>>): PerlName[] {
  return Object.entries(names).map(([perl, ours]) => ({ perl, kind, ours }));
}

function absentRows(kind: PerlNameKind, names: readonly Absent[]): PerlName[] {
  return names.map(([perl, reason, replacement]) => ({
    perl,
    kind,
    ours: null,
    reason,
    replacement,
  }));
}

/**
 * Every name of IO::Socket::SSL and its companions, with ours.
 *
 * @example Look a name up
 * ```ts
 * import { perlNames } from "@socket/ssl/perl";
 *
 * const row = perlNames.find((r) => r.perl === "SSL_verify_mode");
 * row?.ours; // "verifyMode"
 * ```
 *
 * @category Perl
 */
export const perlNames: readonly PerlName[] = Object.freeze([
  ...rows("option", PERL_OPTIONS),
  ...absentRows("option", NO_PERL_OPTIONS),
  ...rows("method", METHODS),
  ...absentRows("method", NO_METHODS),
  ...rows("function", FUNCTIONS),
  ...absentRows("function", NO_FUNCTIONS),
  ...DEPRECATED.map(([perl, kind, ours, reason, replacement]): PerlName => ({
    perl,
    kind,
    ours,
    ...(reason === undefined ? {} : { reason }),
    ...(replacement === undefined ? {} : { replacement }),
    deprecated: true,
  })),
  ...rows("class", CLASSES),
  ...CONSTANTS.map((name): PerlName => ({ perl: name, kind: "constant", ours: name })),
  ...rows("variable", VARIABLES),
  ...absentRows("variable", NO_VARIABLES),
]);

const byOption = new Map(
  perlNames.filter((row) => row.kind === "option").map((row) => [row.perl.toLowerCase(), row]),
);

/** The row of an option, in any case; `undefined` if Perl has no such option. */
export function perlOption(name: string): PerlName | undefined {
  return byOption.get(name.toLowerCase());
}
