/**
 * The options that all operations share: what each means, its unit, its default and
 * its interactions. The options of sockets alone are in `socket/options.ts`. The table in
 * `context/option_table.ts` has the names and checks of both; a name that it lacks is refused as
 * unknown.
 *
 * Two rules hold for all of them. `undefined` is the same as not given. An option that the engine in
 * use cannot honour throws `SslUnsupportedError`; no option is ignored.
 *
 * @module
 */

import type {
  Certificate,
  CertificateInput as OneCertificate,
} from "../certificate/certificate.ts";
import type { PrivateKeyInput } from "../certificate/keys/private_key.ts";
import type { ClientHello } from "../engine/client_hello.ts";
import type { ByteTransport, EngineName } from "../engine/engine.ts";
import type { OcspCacheStore } from "../verify/ocsp/cache.ts";
import type { PublicSuffix } from "../verify/public_suffix.ts";
import type { Scheme } from "../verify/schemes.ts";
import type { SessionStore } from "./sessions/session_cache.ts";
import type { DefaultCa } from "./trust/default_ca.ts";

/**
 * One value for all server names, or one per SNI name with `""` as the default.
 *
 * @category Options
 */
export type PerName<T> = T | Readonly<Record<string, T>>;

/**
 * PEM text; the bytes of PEM, DER or PKCS#12; a `Certificate`; an `X509Certificate` of the
 * package @peculiar/x509 or of `node:crypto`; or a list of these.
 * @category Options
 */
export type CertificateInput = OneCertificate | readonly OneCertificate[];

/**
 * A private key: PEM text (PKCS#8, PKCS#1, SEC1, encrypted or not), bytes of PEM or DER, a
 * `PrivateKey`, a `CryptoKey` that can be exported, or a `KeyObject` of `node:crypto`.
 *
 * @category Options
 */
export type KeyInput = PrivateKeyInput;

/**
 * A list of revocation lists: PEM text, or bytes of PEM or DER.
 *
 * @category Options
 */
export type CrlInput = string | Uint8Array | readonly (string | Uint8Array)[];

/**
 * What `caFile: defaultCa()` takes, other than a path.
 *
 * @category Options
 */
export type FileInput = string | URL;

/**
 * The names a version may have in `minVersion`, `maxVersion` and in what a socket reports.
 *
 * @category Options
 */
export type TlsVersionName = "SSLv3" | "TLSv1" | "TLSv1_1" | "TLSv1_2" | "TLSv1_3";

/**
 * An object of OpenSSL. Its context or socket owns it: do not free it, or use it after them.
 *
 * @category Options
 */
export interface NativeObject {
  /** What it is. */
  readonly kind: "SSL_CTX" | "SSL";
  /** Its address. Of the engine `"wasm"` it is an empty object: there only `./ssleay/low` can use it. */
  readonly pointer: Deno.PointerObject;
}

/**
 * A context that connections share: an `SslContext`.
 *
 * @category Options
 */
export interface SharedContext {
  /** Which engine it is for. */
  readonly engine: EngineName;
  /** Frees what the engine holds; open connections go on. */
  close(): void;
}

/**
 * The state of OpenSSL's verification of a chain.
 *
 * @category Options
 */
export interface VerifyStore {
  /** The X509_V_ERR number; 0 is OK. */
  readonly error: number;
  /** The certificate with the error, counted from the leaf, which is 0. */
  readonly errorDepth: number;
  /** The chain as far as it was built, the leaf first. */
  readonly chain: readonly Certificate[];
}

/**
 * Judges one certificate of the peer's chain; only `true` accepts it.
 *
 * Perl: `SSL_verify_callback`
 *
 * @param ok Whether OpenSSL accepts it.
 * @param store The state of the verification.
 * @param name The issuer and the subject, one after the other: `/CN=Some CA/CN=example.com`.
 * @param error The X509_V_ERR number; 0 is OK.
 * @param cert The certificate.
 * @param depth The position of the certificate in the chain, counted from the leaf, which is 0.
 *
 * @category Options
 */
export type VerifyCallback = (
  ok: boolean,
  store: VerifyStore,
  name: string,
  error: number,
  cert: Certificate,
  depth: number,
) => boolean | PromiseLike<boolean>;

/**
 * The certificate that an OCSP response is wanted for.
 *
 * @category Options
 */
export interface StapleRequest {
  /** The certificate. */
  readonly certificate: Certificate;
  /** The certificate with its chain, as the server sends it. */
  readonly chain: readonly Certificate[];
  /** The SNI name under which the record `cert` has it; `""` for the default. */
  readonly serverName: string;
}

/**
 * Fetches the OCSP response for a certificate, in DER; `undefined` if no response is available
 * now. An exception means the same: nothing is stapled, and the callback is called again after
 * 10 s.
 *
 * @category Options
 */
export type StapleCallback = (
  request: StapleRequest,
) => Uint8Array | undefined | PromiseLike<Uint8Array | undefined>;

/**
 * The connection that a stapled OCSP response came with, in the middle of its handshake.
 *
 * @category Options
 */
export interface StapledConnection {
  /** The chain that was built, the leaf first. */
  readonly chain: readonly Certificate[];
  /** The name sent in SNI. */
  readonly serverName: string | undefined;
  /** The name that the certificate is verified for. */
  readonly verifyName: string | undefined;
}

/**
 * Judges the stapled OCSP response in place of the built-in check; `undefined` when the server sent
 * none. An exception, or `false`, refuses the server.
 *
 * Perl: `SSL_ocsp_staple_callback`
 *
 * @category Options
 */
export type OcspStapleCallback = (
  connection: StapledConnection,
  response: Uint8Array | undefined,
) => boolean | void;

/**
 * Text, which counts as its bytes in UTF-8, or bytes.
 *
 * @category Options
 */
export type PskBytes = string | Uint8Array;

/**
 * What the option `psk` takes.
 *
 * @category Options
 */
export type PskInput =
  | PskBytes
  | readonly [identity: PskBytes, key: PskBytes]
  | Readonly<Record<string, PskBytes>>;

/**
 * What serves a client: an `SslContext`, or options, from which a context is made once per object.
 *
 * @category Options
 */
export type SniChoice = SharedContext | ContextOptions;

/**
 * Chooses by the server name in lower case, `""` if the client sends none. `undefined` leaves it to
 * the certificates of the listener's context, `null` refuses with unrecognized_name.
 *
 * @category Options
 */
export type SniCallback = (
  serverName: string,
) => SniChoice | undefined | null | PromiseLike<SniChoice | undefined | null>;

/**
 * As {@linkcode SniCallback}, with everything that the client offers.
 *
 * @category Options
 */
export type ClientHelloCallback = (
  hello: ClientHello,
) => SniChoice | undefined | null | PromiseLike<SniChoice | undefined | null>;

/**
 * Gives the key of a session ticket (RFC 5077): 32 bytes of secret and the 16 bytes that name it.
 *
 * Without a name it must return the key for a new ticket; `[]` then makes a ticket that nobody can
 * use. With a name it must return the key of that name, and the name of the current key: if the two
 * names differ, the client gets a new ticket. `[]` for an unknown name means a full handshake.
 *
 * Perl: `SSL_ticket_keycb`
 *
 * @param data The value that the option has next to the function.
 * @param name The name of the key.
 *
 * @category Options
 */
export type TicketKeycb = (
  data: unknown,
  name?: Uint8Array,
) => readonly [key: Uint8Array, name: Uint8Array] | readonly [] | undefined;

/**
 * What the option `ticketKeycb` takes.
 *
 * @category Options
 */
export type TicketKeycbInput = TicketKeycb | readonly [callback: TicketKeycb, data: unknown];

/**
 * Where a trace goes: a function, an object with `write`, or a stream. Its failures are ignored.
 *
 * @category Options
 */
export type TraceWriter =
  | ((text: string) => unknown)
  | { write(text: string): unknown }
  | WritableStream<string>;

/**
 * One protocol message, as the option `msgCallback` gets it.
 *
 * @category Options
 */
export interface TlsMessage {
  /** Whether it was received or sent. */
  readonly direction: "read" | "write";
  /** The protocol version, as the wire has it: 0x0304 is TLS 1.3; 0 for a record header. */
  readonly version: number;
  /** 20 change cipher spec, 21 alert, 22 handshake, 256 record header, 257 inner content type. */
  readonly contentType: number;
  /** The message. */
  readonly bytes: Uint8Array;
  /** In words: `TLSv1.3 (OUT), TLS handshake, Client hello (1)`. */
  readonly text: string;
}

/**
 * The options that `SslSocket.connect`, `start` and `listen` share.
 *
 * @category Options
 */
export interface SslOptions {
  // -- engine -----------------------------------------------------------------------------------

  /**
   * Which TLS implementation: OpenSSL, Deno's own, or OpenSSL as WebAssembly. `"auto"` is the first
   * of these that is there and honours all options: OpenSSL where the ffi permission is already
   * granted and the library loads; Deno's own; OpenSSL as WebAssembly. `socket.engine` says which.
   *
   * @default {"auto"}
   */
  engine?: "auto" | EngineName | undefined;

  // -- names ------------------------------------------------------------------------------------

  /**
   * Client: the name sent in SNI (RFC 6066 3); `""` sends none. Default: the host name connected
   * to, if it contains a letter and no `:`. Also the name to verify unless
   * {@linkcode SslOptions.verifycnName} is given.
   *
   * Perl: `SSL_hostname`
   */
  serverName?: string | undefined;

  /**
   * The rules by which a certificate's names are compared: a scheme's name (`"rfc9525"`,
   * `"default"`, `"http"`, `"smtp"`, ..., `"none"`) or an object with the rules. Perl's default is
   * `"default"`, which also takes the CN and wildcards inside a label.
   *
   * Perl: `SSL_verifycn_scheme`
   *
   * @default {"rfc9525"}
   */
  verifycnScheme?: Scheme | undefined;

  /**
   * The name to verify. Default: `serverName`, then the host name; a port and the brackets of an
   * IPv6 address are stripped. On a server: verify the client certificate's names too.
   *
   * Perl: `SSL_verifycn_name`
   */
  verifycnName?: string | undefined;

  /**
   * The public suffixes below which no wildcard may reach; `""` allows every wildcard.
   * Default: the built-in list.
   *
   * Perl: `SSL_verifycn_publicsuffix`
   */
  verifycnPublicsuffix?: PublicSuffix | "" | undefined;

  // -- trust ------------------------------------------------------------------------------------

  /**
   * The flags `SSL_VERIFY_*`. Default: `SSL_VERIFY_PEER` for clients, `SSL_VERIFY_NONE` for
   * servers. A server with `SSL_VERIFY_PEER` asks for client certificates and needs `ca`,
   * `caFile`, `caPath`, `clientCa` or `clientCaFile`.
   *
   * Perl: `SSL_verify_mode`
   */
  verifyMode?: number | undefined;

  /**
   * Trust anchors; with `caFile` and `caPath` exactly these, instead of the default ones. `[]` or
   * `null`: no anchors at all. A certificate that is not a CA can be an anchor too.
   *
   * Perl: `SSL_ca`
   */
  ca?: CertificateInput | null | undefined;

  /**
   * A file of trust anchors in PEM or DER; CRLs in it are loaded too. `null`: none at all;
   * `""`: not given; `defaultCa()`: the system's anchors.
   *
   * Perl: `SSL_ca_file`
   */
  caFile?: FileInput | DefaultCa | null | undefined;

  /**
   * Directories of trust anchors: hashed files (`3f7ac3d5.0`) and `.pem`, `.crt`, `.cer` files.
   * A list, or one string joined by `:` (`;` on Windows). At least one must be readable. All
   * files are read when the context is made. `null`: none at all; `""`: not given.
   *
   * Perl: `SSL_ca_path`
   */
  caPath?: FileInput | readonly FileInput[] | null | undefined;

  /**
   * Trust anchors in addition to the default ones, or to those of `ca`, `caFile` and `caPath`.
   * A server that asks for client certificates needs other anchors than these.
   */
  extraCa?: CertificateInput | undefined;

  /** As {@linkcode SslOptions.extraCa}, from a file in PEM or DER. */
  extraCaFile?: FileInput | undefined;

  /**
   * Server: the CA certificates whose names are sent to clients when asking for a certificate.
   * Without `ca`, `caFile` and `caPath` they are the trust anchors too.
   *
   * Perl: `SSL_client_ca`
   */
  clientCa?: CertificateInput | undefined;

  /**
   * As {@linkcode SslOptions.clientCa}, from a file in PEM or DER.
   *
   * Perl: `SSL_client_ca_file`
   */
  clientCaFile?: FileInput | undefined;

  /**
   * Pins of the peer's own certificate: `algo$hex`, `algo$pub$hex` (its public key) or bare hex
   * (32 digits md5, 40 sha1, 64 sha256); colons and case do not matter. A match overrides the
   * chain, the name and the dates, never a verified revocation. Without a match the chain and
   * the name decide.
   *
   * Perl: `SSL_fingerprint`
   */
  fingerprint?: string | readonly string[] | undefined;

  /**
   * The pins of `fingerprint` alone decide: without a match the peer is refused. On the Deno
   * engine the pins are a condition on top of a valid chain.
   *
   * Perl: `SSL_force_fingerprint`
   *
   * @default {false}
   */
  forceFingerprint?: boolean | undefined;

  /**
   * Allows md5 and sha1 pins, for which collisions can be made.
   *
   * @default {false}
   */
  allowWeakPins?: boolean | undefined;

  /**
   * Checks the peer's certificate against CRLs: `true` or `"leaf"` the leaf alone, `"chain"`
   * every certificate. Without a CRL of the issuer the peer is refused. Default: `"leaf"` when
   * `crl` or `crlFile` is given, else off.
   *
   * Perl: `SSL_check_crl`
   */
  checkCrl?: boolean | "leaf" | "chain" | undefined;

  /** Certificate revocation lists as PEM text or bytes (PEM, DER). */
  crl?: CrlInput | undefined;

  /**
   * As {@linkcode SslOptions.crl}, from a file.
   *
   * Perl: `SSL_crl_file`
   */
  crlFile?: FileInput | undefined;

  /**
   * Judges each certificate of the peer's chain, from the anchor down to the peer's own; only `true`, or
   * a promise of it, accepts. `true` overrides an error that OpenSSL found; the host name and the
   * pins are checked afterwards in any case. An exception refuses the peer, and is the `cause` of
   * the error. While a promise is pending, nothing is sent. Not called for resumed sessions.
   *
   * Perl: `SSL_verify_callback`
   */
  verifyCallback?: VerifyCallback | undefined;

  /**
   * Client: the flags `SSL_OCSP_*`. Default: `SSL_OCSP_TRY_STAPLE` when verifying and the engine
   * can: the client asks for a stapled response and refuses the server for a revocation in it; a
   * missing or useless response is tolerated. When a pin matches, only a revocation counts.
   *
   * Perl: `SSL_ocsp_mode`
   */
  ocspMode?: number | undefined;

  /**
   * Client: judges the stapled OCSP response (`undefined`: the server sent none) in place of the
   * built-in check: an exception, or `false`, refuses the server. With `SSL_OCSP_MUST_STAPLE` a
   * missing response refuses the server without calling it.
   *
   * Perl: `SSL_ocsp_staple_callback`
   */
  ocspStapleCallback?: OcspStapleCallback | undefined;

  /**
   * Client: where `ocspResolver()` keeps results. Default: a cache of the context's own.
   *
   * Perl: `SSL_ocsp_cache`
   */
  ocspCache?: OcspCacheStore | undefined;

  /**
   * Server: the OCSP response to staple, in DER, or a function that fetches it: in advance, and
   * again when half of its lifetime is over. Bytes are sent as they are. A record has SNI names as
   * keys, as for `cert`; a function is called for each certificate.
   */
  ocspStaple?: PerName<Uint8Array | StapleCallback> | undefined;

  // -- our own certificate ----------------------------------------------------------------------

  /**
   * Our certificate with its chain: PEM text (several certificates, the key too), bytes in PEM,
   * DER or PKCS#12, a `Certificate`, an `X509Certificate`, or a list `[leaf, chain...]`. A server may
   * give a record per SNI name: `""` is the default, `"host%tag"` one more certificate (of another
   * key type) for the same host. Without `""`, a client that sends another name, or no name, is
   * refused.
   *
   * Perl: `SSL_cert`
   */
  cert?: PerName<CertificateInput> | undefined;

  /**
   * As {@linkcode SslOptions.cert}, from a file; its format (PEM, DER or PKCS#12) is detected. A byte
   * order mark, or a line end after DER, is ignored. For a file in another format (JKS, PKCS#7,
   * base64 alone, UTF-16) the error says what it is and how to convert it.
   *
   * Perl: `SSL_cert_file`
   */
  certFile?: PerName<FileInput> | undefined;

  /**
   * The private key of `cert`, as PEM text, bytes (PEM, DER), a `PrivateKey`, a `CryptoKey` that can
   * be exported, or a `KeyObject`. Default: the key in the same PEM text. If `cert` is a PKCS#12 with
   * a key, that key is used, as in Perl, and `key` and `keyFile` are not read. A record has the same
   * names as the certificate's record.
   *
   * Perl: `SSL_key`
   */
  key?: PerName<KeyInput> | undefined;

  /**
   * As {@linkcode SslOptions.key}, from a file.
   *
   * Perl: `SSL_key_file`
   */
  keyFile?: PerName<FileInput> | undefined;

  /**
   * Gives the password of an encrypted key or PKCS#12. Called once for each one that is loaded,
   * and only if it is encrypted. Without it an encrypted key is an error: nothing ever prompts.
   *
   * Perl: `SSL_passwd_cb`
   */
  passwdCb?: (() => string | Promise<string>) | undefined;

  /**
   * Client: whether to send our certificate when the server asks for one. Default: `true` if there
   * is one. A server always uses its certificate.
   *
   * Perl: `SSL_use_cert`
   */
  useCert?: boolean | undefined;

  /**
   * Server: makes a self-signed certificate for these names (`true`: localhost and its
   * addresses) that says in its subject that it is for tests. Excludes `cert` and `certFile`.
   */
  selfSigned?: boolean | string | readonly string[] | undefined;

  // -- protocol ---------------------------------------------------------------------------------

  /**
   * The protocol, and exclusions, in Perl's grammar: `"TLSv1_3"`, `"SSLv23:!TLSv1_2"`. Without
   * it TLS 1.2 and 1.3. If the versions have a gap, a client offers those above the gap.
   *
   * Perl: `SSL_version`
   */
  version?: string | undefined;

  /** The lowest version. @default {"TLSv1_2"} */
  minVersion?: TlsVersionName | undefined;

  /** The highest version. Default: the highest that the engine has. */
  maxVersion?: TlsVersionName | undefined;

  /**
   * OpenSSL cipher string for TLS 1.2 and below; `""` is OpenSSL's own default. A server may give
   * a record per SNI name.
   *
   * Perl: `SSL_cipher_list`
   */
  cipherList?: PerName<string> | undefined;

  /**
   * TLS 1.3 cipher suites, joined by `:`. A server may give a record per SNI name.
   *
   * Perl: `SSL_ciphersuites`
   */
  ciphersuites?: PerName<string> | undefined;

  /**
   * Server: its own order of ciphers decides, not the client's.
   *
   * Perl: `SSL_honor_cipher_order`
   *
   * @default {true}
   */
  honorCipherOrder?: boolean | undefined;

  /**
   * Groups for the key exchange, joined by `:` (`"X25519:P-256"`); `"auto"` is the engine's
   * choice; `null` turns ephemeral ECDH off, which leaves finite-field DH: in TLS 1.2 with RSA
   * certificates, in TLS 1.3 the groups ffdhe2048 to ffdhe8192 (without OpenSSL 3 no TLS 1.3).
   *
   * Perl: `SSL_ecdh_curve`
   *
   * @default {"auto"}
   */
  ecdhCurve?: string | null | undefined;

  /** Signature algorithms, joined by `:`, as OpenSSL names them. Default: the engine's. */
  sigalgs?: string | undefined;

  /**
   * Server: DH parameters for TLS 1.2 as PEM text or bytes (PEM, DER); `null` turns finite-field DH
   * off, in TLS 1.3 too. Default: parameters that fit the key's strength.
   *
   * Perl: `SSL_dh`
   */
  dh?: string | Uint8Array | null | undefined;

  /**
   * As {@linkcode SslOptions.dh}, from a file.
   *
   * Perl: `SSL_dh_file`
   */
  dhFile?: FileInput | null | undefined;

  /**
   * ALPN protocols (RFC 7301): offered by a client, preferred in this order by a server.
   *
   * Perl: `SSL_alpn_protocols`
   */
  alpnProtocols?: readonly string[] | undefined;

  /**
   * Protocols for NPN, the predecessor of ALPN; TLS 1.2 only. If the two sides have none in common, a
   * client takes its own first protocol, as OpenSSL does; Perl takes the server's first.
   *
   * Perl: `SSL_npn_protocols`
   */
  npnProtocols?: readonly string[] | undefined;

  /**
   * Pre-shared keys, with which no certificate is needed. A client still needs a name to verify
   * (`serverName`, `verifycnName` or `hostname`), since the server may show a certificate instead of
   * using the key. It needs no name with `verifycnScheme: "none"` or `verifyMode: SSL_VERIFY_NONE`.
   *
   * Client: the key, for the identity `io_socket_ssl`, or `[identity, key]`. Server: one key for every
   * identity, or a record of keys by identity, with `""` for all others; it then needs no certificate
   * of its own. A string stands for its bytes in UTF-8. Without `cipherList` and `ciphersuites` the
   * ciphers for pre-shared keys come first. If you give `ciphersuites`, put one with SHA256 first,
   * since OpenSSL uses these keys with no other hash.
   *
   * A peer that uses the key needs no certificate, whatever `verifyMode` says, except with
   * `forceFingerprint`; a peer that does not is verified as usual. A server with one key for every
   * identity sends no TLS 1.3 tickets.
   *
   * Perl: `SSL_psk`
   */
  psk?: PskInput | undefined;

  // -- context ----------------------------------------------------------------------------------

  /**
   * A context to share instead of making one, or a socket or listener whose context is shared. An
   * option that is part of a context can be given with it only if it has the same value as in the
   * context.
   *
   * Perl: `SSL_reuse_ctx`
   */
  reuseCtx?: SharedContext | { readonly context: SharedContext } | undefined;

  /**
   * Client: keeps up to this many sessions for later connections with this context (`reuseCtx`), so
   * that their handshakes are shorter; 0 keeps none. A session is resumed only by a connection that
   * verifies the server by the same settings as the one that began it, for at most a day. Servers do
   * not use this option.
   *
   * Perl: `SSL_session_cache_size`
   *
   * @default {0}
   */
  sessionCacheSize?: number | undefined;

  /**
   * Client: a `SessionCache`, or an object with its methods, in which to keep the sessions: several
   * contexts can share one. If it is given, `sessionCacheSize` is not used.
   *
   * Perl: `SSL_session_cache`
   */
  sessionCache?: SessionStore | undefined;

  /**
   * Client: the key of the sessions in the cache. Default: `host:port` of the peer. The same key for
   * several servers shares their sessions, as FTPS needs it, if the same name is verified. Without a
   * key, as over streams that have no address, no sessions are kept.
   *
   * Perl: `SSL_session_key`
   */
  sessionKey?: string | undefined;

  /**
   * Server: what sessions are bound to, at most 32 bytes. If the server asks for client certificates,
   * sessions are also bound to the anchors and settings that verify them. Default: random per context
   * if the server asks for client certificates, so that no session crosses contexts.
   *
   * Perl: `SSL_session_id_context`
   */
  sessionIdContext?: string | Uint8Array | undefined;

  /**
   * Server: gives the keys of session tickets, for servers that share or rotate keys; a function or
   * `[function, data]`. Default: a random key per context.
   *
   * Perl: `SSL_ticket_keycb`
   */
  ticketKeycb?: TicketKeycbInput | undefined;

  /**
   * Server: chooses the context, or its options, by the server name (`""`: none was sent);
   * `undefined` leaves it to the certificates here, `null` refuses the client.
   */
  sniCallback?: SniCallback | undefined;

  /** Server: as `sniCallback`, with everything that the client offers, and called before it. */
  clientHelloCallback?: ClientHelloCallback | undefined;

  /**
   * Called with the engine's context after it is set up: once for each side, and for each SNI name
   * with a certificate of its own. For settings that have no option, with `./ssleay/low`.
   *
   * Perl: `SSL_create_ctx_callback`
   */
  createCtxCallback?: ((context: NativeObject) => unknown) | undefined;

  /**
   * Gets each protocol message. An exception ends the connection. As with every callback of a
   * handshake, the engine is at work on the connection during the call: a `read()`, `write()` or
   * `close()` of the same socket waits until the engine is done, and a call that does not wait
   * (`tryRead()`, `getCipher()`) throws an `SslError` with the code `ERR_IN_CALLBACK`.
   *
   * Perl: `set_msg_callback`
   */
  msgCallback?: ((message: TlsMessage) => void) | undefined;

  /**
   * What is written to `trace`: 0 nothing, 1 the outcome of handshakes, 2 also their messages and the
   * alerts, 3 also records and dumps. Needs `trace`: the library never writes to the console by itself.
   * Default: 2 with `trace`, else 0.
   *
   * Perl: `$DEBUG`
   */
  debug?: 0 | 1 | 2 | 3 | undefined;

  /** Where the trace goes: a function, an object with `write(text)`, or a stream of text. */
  trace?: TraceWriter | undefined;

  /**
   * Frees OpenSSL's buffers of a connection whenever they are empty, which saves 11 KiB of an idle
   * one. A server does so unless this is `false`, a client only if it is `true`.
   *
   * Perl: `SSL_mode_release_buffers`
   */
  modeReleaseBuffers?: boolean | undefined;

  /**
   * Gets each line of the NSS key log, with which recorded traffic can be decrypted. `"env"`
   * appends the lines to the file that SSLKEYLOGFILE names, if it is set; this needs the env and
   * write permissions.
   */
  keylog?: ((line: string) => void) | "env" | undefined;

  // -- one connection ---------------------------------------------------------------------------

  /**
   * `false` leaves the connection plain until `connectSsl()` or `acceptSsl()`.
   *
   * Perl: `SSL_startHandshake`
   *
   * @default {true}
   */
  startHandshake?: boolean | undefined;

  /**
   * Whether the plain connection stays open after a failed handshake; it is then the error's
   * `transport`. Default: `false` for connect and listen, `true` for start.
   *
   * Perl: `SSL_keepSocketOnError`
   */
  keepSocketOnError?: boolean | undefined;

  /**
   * Called after a failed handshake with the plain connection, including the bytes that were read
   * from it, and the error's message: it can send a plain answer to a client that does not speak TLS.
   * It must close the connection; if it throws, the connection is closed. The handshake still fails.
   *
   * Perl: `SSL_error_trap`
   */
  errorTrap?: ((connection: ByteTransport, message: string) => unknown) | undefined;

  /**
   * Whether our direction stays open when the peer has ended its own with close_notify (RFC 8446
   * 6.1): reads give `null`, writes go on, and `closeWrite`, `stopSsl` or `close` sends our
   * close_notify.
   *
   * With `false`, which is Perl's way since 2.091, the read that meets the peer's close_notify
   * answers it at once, so that a peer in `stopSsl()` need not wait: `isSsl()` is `""`, and reads and
   * writes fail with `ERR_TLS_ENDED` until `stopSsl()`. Data written before is sent first. With
   * `onPeerShutdown` there is no automatic answer: the callback must answer, as in Perl.
   *
   * @default {true}
   */
  halfClose?: boolean | undefined;

  /**
   * Reads an end of the stream without close_notify as an end of file, as Perl does. Data that
   * an attacker cut off then goes unnoticed.
   *
   * @default {false}
   */
  allowTruncation?: boolean | undefined;

  /**
   * How long connecting and the handshake may take, in milliseconds; 0 means no limit.
   *
   * Perl: `Timeout`
   *
   * @default {30000}
   */
  timeout?: number | undefined;

  /** Aborts connecting and the handshake with the signal's reason. */
  signal?: AbortSignal | undefined;

  /** The class of the sockets: `SslSocket` or a subclass of it. */
  // deno-lint-ignore no-explicit-any -- a subclass may have any constructor
  socketClass?: (abstract new (...args: any[]) => object) | undefined;
}

/**
 * The options that belong to one operation or connection, never to a context.
 *
 * @category Options
 */
export type OperationOption =
  | "reuseCtx"
  | "startHandshake"
  | "keepSocketOnError"
  | "errorTrap"
  | "onPeerShutdown"
  | "allowTruncation"
  | "timeout"
  | "signal"
  | "socketClass";

/**
 * Options of `SslContext.create`.
 *
 * @category Options
 */
export type ContextOptions = Omit<SslOptions, OperationOption> & {
  /**
   * Make the context for servers; otherwise for clients. The other side is made when it is used.
   *
   * @default {false}
   */
  server?: boolean | undefined;
};
