/**
 * The explanations by code of what is not about a peer's certificate or the protocol:
 * our own certificates and keys, files, the state of a socket, the system. Pure.
 *
 * @module
 */

import { aboutPsk } from "./alerts.ts";
import {
  type Case,
  type Explanation,
  lines,
  misbehaved,
  overLimit,
  peer,
  type Table,
} from "./sentences.ts";

const say = (...lines: readonly string[]) => (): Explanation => lines;

const unreadable = (what: string, remedy: string) => say(`${what} cannot be read.`, remedy);
const pairs = say(
  "The certificate and the private key do not belong together.",
  "Give the key that the certificate was made for; with a record, look at the names on both sides.",
);
const closed = say(
  "It is closed already, by this program.",
  "Open another one; what is still to be read or written must be done before close().",
);
const notConnected = say(
  "There is no TLS connection here (yet, or any more).",
  "Wait for connectSsl() or acceptSsl(), and do not ask after close() or stopSsl().",
);
const early = say(
  "The handshake is not complete, so that there is nothing to tell and nothing to send yet.",
  "Wait for connectSsl() or acceptSsl() first.",
);
const twice = say(
  "Two reads at a time would tear the stream apart.",
  "Await one read before the next; the same goes for read() beside lines() or readable.",
);
const altered = (c: Case): Explanation => lines(...misbehaved(c), aboutPsk(c));
/** The time that we gave was over. */
export function late(c: Case): Explanation {
  const { limit } = c.error.facts;
  const option = limit?.option ?? "timeout";
  return [
    `${peer(c)} did not answer in time${
      limit?.value === undefined ? "" : ` (${limit.value} ms, by ${option})`
    }.`,
    `Check that it runs and that nothing on the way drops packets; a longer ${option} (in milliseconds, 0 = none) is an option.`,
  ];
}
const kind = (what: string, remedy: string) =>
  say(`This kind of ${what} is not supported.`, remedy);
const system = (what: string, remedy: string) => say(`The system says: ${what}.`, remedy);

const ofSessions = (): Table => ({
  SESSION_NOT_VERIFIED: say(
    "The server resumed a session, but nothing says that this session began with a certificate that was verified under the settings in use.",
    "The connection was closed before anything was sent. Connect again: the session is out of the cache, so that the server must show its certificate. If it comes back, look at what else fills the session cache.",
  ),
  ERR_SESSION: say(
    "What was given is no exported session, it was altered, or the key is not the one that it was sealed with.",
    "Leave it out: the connection then makes a full handshake, and a new session can be exported.",
  ),
});

/** Our certificates, keys and anchors. */
const ofCredentials = (): Table => ({
  PASSWORD_REQUIRED: say(
    "The private key or PKCS#12 file is encrypted, and there is no password for it.",
    "Give passwdCb: () => password. Nothing ever prompts for it.",
  ),
  BAD_DECRYPT: say(
    "The private key or PKCS#12 file did not open: the password is wrong, or the file is damaged.",
    "Check what passwdCb gives, by openssl pkey -in FILE or openssl pkcs12 -in FILE.",
  ),
  ERR_PEM: unreadable("The PEM text", "Compare its BEGIN and END lines and what is between them."),
  ERR_DER: unreadable(
    "The DER data",
    "Check that the file is whole, and of the format it is given as.",
  ),
  ERR_KEY: unreadable(
    "The private key",
    "It must be PKCS#8, PKCS#1 or SEC1, in PEM or DER; openssl pkey -in FILE converts others.",
  ),
  ERR_NO_KEY: say(
    "There is a certificate, but no private key.",
    "Give key or keyFile, or a PEM or PKCS#12 file that has both.",
  ),
  ERR_CERTIFICATE: ({ error }) =>
    error.facts.engine === "deno"
      ? [
        "Deno's TLS refuses our certificate, or it is not there.",
        "Check it with openssl x509 -in FILE -text, or run with --allow-ffi to use the OpenSSL engine.",
      ]
      : [
        "The certificate cannot be read.",
        "The message has what each format (PEM, DER, PKCS#12) says about it; is it the right file?",
      ],
  ERR_NO_CERTIFICATE: say(
    "There is no certificate in what was given as trust anchors.",
    "Give the CA's certificate, in PEM or DER. For no anchors at all give [] or null.",
  ),
  ERR_CRL: say(
    "A revocation list (CRL) that was given is malformed, or a delta CRL that cannot be used.",
    "The message says which and why. Fetch the list from the CA again.",
  ),
  ERR_TRUSTED_CERTIFICATE: say(
    "The file has OpenSSL's TRUSTED CERTIFICATE, whose trust settings nothing here can honour.",
    "Convert it: openssl x509 -in FILE -out PLAIN. It is then trusted for everything.",
  ),
  ERR_CA: say(
    "A certificate in extraCa cannot be used as an anchor.",
    "Deno's TLS takes well-formed certificates of version 3 alone; the OpenSSL engine (--allow-ffi) takes more.",
  ),
});

/** What is not supported, of keys and of what is made. */
const ofKinds = (): Table => ({
  KEY_VALUES_MISMATCH: pairs,
  UNSUPPORTED_KEY: kind(
    "key",
    "Use RSA of at least 2048 bits, ECDSA (P-256, P-384, P-521) or Ed25519.",
  ),
  UNSUPPORTED_CURVE: kind("curve", "Use prime256v1, secp384r1 or secp521r1."),
  UNSUPPORTED_CIPHER: kind(
    "encryption of a key",
    "Convert the file: openssl pkcs8 -topk8 -v2 aes-256-cbc, or openssl pkcs12 -export.",
  ),
  UNKNOWN_DIGEST: kind("digest", 'Use "sha256", "sha384" or "sha512".'),
  ERR_FORMAT: unreadable("The stored state of Intercept", "Make it again: it was altered or cut."),
});

/** Names and options. */
const ofOptions = (): Table => ({
  ERR_INVALID_NAME: say(
    "That is neither a host name nor an IP address.",
    "Give the host without a scheme, path or spaces, as serverName or hostname.",
  ),
  ERR_UNSUPPORTED: ({ error }) =>
    error.facts.engine === "openssl"
      ? [
        "OpenSSL, as it is built here, does not have this.",
        "Leave the option out, or name another library in SOCKET_SSL_LIBSSL.",
      ]
      : ["The engine in use cannot do this.", "The message says how to get it."],
  ERR_SSL_REFUSED: say(
    "OpenSSL does not take what was given, and says no more.",
    "Compare the spelling in the message with what openssl list and openssl ciphers print.",
  ),
  ERR_SSL_UNSUPPORTED_VERSION: say(
    "The library cannot or may not speak that version of TLS.",
    'TLS 1.0 and 1.1 need security level 0: cipherList: "DEFAULT:@SECLEVEL=0". They are broken; use them for old devices alone. SSLv3 is gone.',
  ),
  ERR_SSL_LIBRARY: say(
    "OpenSSL was not found, or may not be loaded.",
    "Install libssl 4, 3 or 1.1.1, name it in SOCKET_SSL_LIBSSL, and run with --allow-ffi.",
  ),
  ERR_CHANNEL_BINDING: say(
    "This connection does not have that channel binding.",
    'Use "tls-exporter" (RFC 9266), which every TLS 1.3 connection has.',
  ),
});

/** The state of a socket or handle. */
const ofStates = (): Table => ({
  ECLOSED: closed,
  EBADF: closed,
  ENOTCONN: notConnected,
  ERR_SSL_NOT_ESTABLISHED: early,
  ERR_SSL_HANDSHAKE_DUE: early,
  ERR_CONCURRENT_READ: twice,
  ERR_IN_CALLBACK: say(
    "A callback of the connection used the connection, in the midst of the engine's work on it.",
    "Do it after the callback has returned, for example with queueMicrotask(), or use a call that returns a promise: read(), write() and close() wait by themselves.",
  ),
  EBUSY: say(
    "A read or write is in flight on the plain connection.",
    "Await it before starting TLS; after that use the new socket alone.",
  ),
  ERR_UNREAD: say(
    "Bytes that came before are unread, and would get lost.",
    "Read them first.",
  ),
  ERR_START_TLS: say(
    "Starting TLS on this handle has failed, so that it is neither plain nor encrypted.",
    "Nothing can be read or written any more: the cause says why it failed. Connect again.",
  ),
  ERR_WRITE_ABORTED: say(
    "A write was cut off in its middle, so that the stream cannot go on.",
    "Close the connection and connect again; what the peer got of it is not known.",
  ),
  ERR_TLS_ENDED: say(
    "The peer has ended TLS, and was answered at once, since halfClose is false.",
    "Call stopSsl() to go on in plain text, or close(); to write after the peer's end, leave halfClose on.",
  ),
  EPIPE: say(
    "The sending side is at its end: closeWrite() was called, or the peer is gone.",
    "Write before closeWrite(); if the peer is gone, its log says why.",
  ),
  ENOTSUP: say("A TLS connection cannot do this.", "The message says what to use instead."),
  EINVAL: say("What was given cannot be used here.", "The message says what is wrong with it."),
  EILSEQ: say(
    "The peer sent bytes that are not UTF-8.",
    'For text in Latin-1 give encoding: "latin1", for bytes use read().',
  ),
  EMSGSIZE: ({ error }) => [
    "The peer sent more without an end than this side allows, which may be an attack on the memory.",
    `If the data is right, raise ${error.facts.limit?.option ?? "maxLineLength or maxBytes"}.`,
  ],
});

/** The protocol, the limits of this side, and the system. */
const ofOthers = (): Table => ({
  ERR_SSL_UNEXPECTED_MESSAGE: altered,
  ERR_SSL_RECORD_OVERFLOW: altered,
  ERR_SSL_DECODE: altered,
  ERR_SSL_PEER_MISBEHAVED: altered,
  ERR_SSL_PROTOCOL: altered,
  ERR_MAX_HANDSHAKES: say(
    "All places for handshakes were taken, and this client held one without getting on: it gave way to another client.",
    "One such client is slow or silent; many of them may be an attack. maxHandshakes sets the number of places, handshakeTimeout how long one may take.",
  ),
  ERR_SSL_EXCESSIVE_MESSAGE_SIZE: overLimit,
  ERR_SSL_TOO_MANY_KEY_UPDATES: overLimit,
  ERR_SSL_TOO_MANY_WARN_ALERTS: overLimit,
  ERR_SSL_NO_RENEGOTIATION: overLimit,
  ETIMEDOUT: late,
  ECONNABORTED: system("the connection was aborted", "Look at the network, and at the peer's log."),
  ENOENT: system("there is no such file or directory", "Check the path in the message."),
  EACCES: system(
    "this user may not read that file, or not listen on that port",
    "Change the file's owner or mode, choose a port above 1023, or run as another user.",
  ),
  EISDIR: system(
    "a directory is not a file",
    "Name a file in it; directories of CAs go into caPath.",
  ),
  EADDRNOTAVAIL: system(
    "no network interface of this machine has such an address",
    "To listen, choose one that it has: 127.0.0.1 for this machine alone, 0.0.0.0 for all.",
  ),
  ENOTDIR: system("a part of the path is no directory", "Check the path in the message."),
  ELOOP: system("the links of the path lead in a circle", "Check the path in the message."),
  EPERM: system(
    "that is not permitted",
    "Look at the permissions of the system, not at those of Deno.",
  ),
  EEXIST: system("that file is there already", "Remove it, or choose another name."),
  ERR_PROXY: say(
    "The proxy that setProxy() named did not open a tunnel to the server.",
    "The message has its answer: check the proxy's address, the user and password given with it, and whether it allows that host and port.",
  ),
  ERR_HTTP: say(
    "The server did not send a whole HTTP answer.",
    "The message says where it stops to be one. Check that the port speaks HTTP, with TLS for the https functions and without for the http ones.",
  ),
  EINTR: system("a signal interrupted the call", "Try again."),
  EAGAIN: system("the system had nothing to give at that moment", "Try again."),
  EHOSTUNREACH: system(
    "there is no way to that host",
    "Check the address, and whether the host is up; an address of IPv6 needs a network that has it.",
  ),
  ENETUNREACH: system(
    "there is no route to that network",
    "Check the address and this machine's network.",
  ),
  EIO: system("reading or writing failed", "The cause of the error has what is known."),
  EOF: say(
    "The stream ended before what was expected.",
    "The peer closed it; its log may say why.",
  ),
});

/** The codes of this library that are neither verification errors nor alerts. */
export const byOwnCode = (): Table => ({
  ...ofSessions(),
  ...ofCredentials(),
  ...ofKinds(),
  ...ofOptions(),
  ...ofStates(),
  ...ofOthers(),
});
