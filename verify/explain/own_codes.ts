/**
 * The explanations by code of errors that are not about a peer's certificate or the protocol:
 * our own certificates and keys, files, the state of a socket, the system. Pure.
 *
 * @module
 */

import { visible } from "../../internal/quote.ts";
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
  "Give the key that the certificate was made for; with records, compare the names in cert and in key.",
);
const closed = say(
  "This program has already closed it.",
  "Open another one; read and write everything before close().",
);
const notConnected = say(
  "There is no TLS connection yet, or it has ended.",
  "Call this after connectSsl() or acceptSsl() has resolved, and before close() or stopSsl().",
);
const early = say(
  "The handshake is not complete, so nothing can be sent or reported yet.",
  "Wait for connectSsl() or acceptSsl() first.",
);
const twice = say(
  "Two reads at the same time would each get parts of the stream.",
  "Await one read before the next; the same holds for read() together with lines() or readable.",
);
const altered = (c: Case): Explanation => lines(...misbehaved(c), aboutPsk(c));
/** The peer did not answer within the timeout. */
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
    "The server resumed a session that is not known to have begun with a certificate verified under the settings in use.",
    "The connection was closed before anything was sent. Connect again: the session was removed from the cache, so the server must show its certificate. If this happens again, look for what else writes to the session cache.",
  ),
  ERR_SESSION: say(
    "What was given is not an exported session, it was altered, or the key is not the one that it was sealed with.",
    "Leave it out: the connection then makes a full handshake, and its session can be exported.",
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
    "Check the password that passwdCb gives, with openssl pkey -in FILE or openssl pkcs12 -in FILE.",
  ),
  ERR_PEM: unreadable("The PEM text", "Compare its BEGIN and END lines and what is between them."),
  ERR_DER: unreadable(
    "The DER data",
    "Check that the file is complete, and in the expected format.",
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
        "Deno's TLS refuses our certificate, or there is no certificate.",
        "Check it with openssl x509 -in FILE -text, or run with --allow-ffi to use the OpenSSL engine.",
      ]
      : [
        "The certificate cannot be read.",
        "The message has what each format (PEM, DER, PKCS#12) says about it; is it the right file?",
      ],
  ERR_NO_CERTIFICATE: say(
    "What was given as trust anchors has no certificate.",
    "Give the CA's certificate, in PEM or DER. For no anchors at all give [] or null.",
  ),
  ERR_CRL: say(
    "A revocation list (CRL) that was given is malformed, or it is a delta CRL that cannot be used.",
    "The message says which and why. Fetch the list from the CA again.",
  ),
  ERR_TRUSTED_CERTIFICATE: say(
    "The file has a TRUSTED CERTIFICATE, a format of OpenSSL whose trust settings are not supported here.",
    "Convert it: openssl x509 -in FILE -out PLAIN. It is then trusted for everything.",
  ),
  ERR_CA: say(
    "A certificate in extraCa cannot be used as an anchor.",
    "Deno's TLS accepts only well-formed certificates of version 3; the OpenSSL engine (--allow-ffi) accepts more.",
  ),
});

/** Kinds of keys, curves, ciphers and digests that are not supported. */
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
  ERR_FORMAT: unreadable(
    "The stored state of Intercept",
    "Create it again: it was altered or cut off.",
  ),
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
        "This build of OpenSSL does not have this feature.",
        "Leave the option out, or name another library in SOCKET_SSL_LIBSSL.",
      ]
      : ["The engine in use cannot do this.", "The message says what to do."],
  ERR_SSL_REFUSED: say(
    "OpenSSL refuses what was given, without a reason.",
    "Compare the spelling in the message with the output of openssl list and openssl ciphers.",
  ),
  ERR_SSL_UNSUPPORTED_VERSION: say(
    "The library does not support that version of TLS, or its settings forbid it.",
    'TLS 1.0 and 1.1 need security level 0: cipherList: "DEFAULT:@SECLEVEL=0". They are broken; use them only for old devices. SSLv3 is not supported.',
  ),
  ERR_CHANNEL_BINDING: say(
    "This connection does not have that channel binding.",
    'Use "tls-exporter" (RFC 9266), which every TLS 1.3 connection has.',
  ),
});

/** The engine itself. */
const ofEngines = (): Table => ({
  ERR_SSL_LIBRARY: ({ error }) =>
    error.facts.engine === "wasm"
      ? [
        "The WebAssembly file of OpenSSL is missing or altered, or cannot run here.",
        "Install the package again; in a clone of its source, run deno task build:wasm.",
      ]
      : [
        "OpenSSL was not found, or may not be loaded.",
        "Install libssl 4, 3 or 1.1.1, name it in SOCKET_SSL_LIBSSL, and run with --allow-ffi.",
      ],
  ERR_SSL_ENGINE_STOPPED: say(
    "OpenSSL as WebAssembly stopped inside a call, which ended all its connections.",
    "Connect again (SSLeay: call useBackend again): that takes a new instance. If it happens again, please report what was sent.",
  ),
  ERR_SSL_MALLOC_FAILURE: say(
    "OpenSSL has no more memory.",
    "Close connections that are not in use. As WebAssembly it has 1 GiB at most.",
  ),
});

/** The state of a socket or handle. */
const ofStates = (): Table => ({
  ECLOSED: closed,
  EBADF: closed,
  ENOTCONN: notConnected,
  ERR_SSL_NOT_ESTABLISHED: early,
  ERR_CONCURRENT_READ: twice,
  ERR_IN_CALLBACK: say(
    "A callback of the connection used the connection while the engine was working on it.",
    "Do it after the callback has returned, for example with queueMicrotask(), or use a call that returns a promise: read(), write() and close() wait by themselves.",
  ),
  EBUSY: say(
    "A read or write on the plain connection has not finished.",
    "Await it before starting TLS; after that use only the new socket.",
  ),
  ERR_UNREAD: say(
    "Bytes that came before have not been read, and would be lost.",
    "Read them first.",
  ),
  ERR_START_TLS: say(
    "Starting TLS on this handle has failed, so it is neither plain nor encrypted.",
    "Nothing can be read or written any more: the cause says why it failed. Connect again.",
  ),
  ERR_WRITE_ABORTED: say(
    "A write was cut off in the middle, so the stream cannot go on.",
    "Close the connection and connect again; it is not known how much of it the peer got.",
  ),
  ERR_TLS_ENDED: say(
    "The peer has ended TLS, and this side answered at once, since halfClose is false.",
    "Call stopSsl() to go on in plain text, or close(). To write after the peer has ended TLS, leave halfClose on.",
  ),
  EPIPE: say(
    "Nothing more can be sent: closeWrite() was called, or the peer has closed the connection.",
    "Write before closeWrite(); if the peer closed the connection, its log says why.",
  ),
  ENOTSUP: say("A TLS connection cannot do this.", "The message says what to use instead."),
  EINVAL: say("What was given cannot be used here.", "The message says what is wrong with it."),
  EILSEQ: say(
    "The peer sent bytes that are not UTF-8.",
    'For text in Latin-1 give encoding: "latin1", for bytes use read().',
  ),
  EMSGSIZE: ({ error }) => [
    "The peer sent more data without an end than this side allows, perhaps to exhaust its memory.",
    `If the data is right, raise ${error.facts.limit?.option ?? "maxLineLength or maxBytes"}.`,
  ],
});

/** A dialogue before TLS that did not lead there. */
const ofStartTls = (): Table => ({
  ERR_STARTTLS_NOT_OFFERED: ({ error }) => [
    `The server does not offer TLS on this connection.${
      error.facts.offered?.length
        ? ` It offers: ${error.facts.offered.map(visible).join(", ")}.`
        : ""
    }`,
    "Switch TLS on at the server, or use the port where TLS comes first. If the server is known to offer it, someone on the way may have removed the offer: do not go on in plain text.",
  ],
  ERR_STARTTLS_REFUSED: say(
    "The server refuses to start TLS, or to talk to this client at all.",
    "The message has its answer, and the server's log may say more. Do not go on in plain text.",
  ),
  ERR_STARTTLS_ANSWER: (c) => [
    `${peer(c)} does not speak the protocol that was named.`,
    "Check the port and the name of the protocol. Where TLS comes first, use SslSocket.connect(), without startTls().",
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
    "All places for handshakes were taken, and this client was slow or silent in one: the server closed it to make room for another client.",
    "Many such clients may be an attack. maxHandshakes sets the number of places, handshakeTimeout how long a handshake may take.",
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
    "no network interface of this machine has that address",
    "To listen, choose one that it has: 127.0.0.1 for this machine alone, 0.0.0.0 for all networks.",
  ),
  ENOTDIR: system("a part of the path is not a directory", "Check the path in the message."),
  ELOOP: system("the symbolic links in the path form a loop", "Check the path in the message."),
  EPERM: system(
    "the operation is not permitted",
    "Check the permissions of the system, not those of Deno.",
  ),
  EEXIST: system("a file of that name exists already", "Remove it, or choose another name."),
  ERR_PROXY: say(
    "The proxy that setProxy() named did not open a tunnel to the server.",
    "The message has the proxy's answer: check the proxy's address, the user and password given with it, and whether it allows that host and port.",
  ),
  ERR_HTTP: say(
    "The server did not send a complete HTTP response.",
    "The message says what is wrong with it. Check that the port speaks HTTP: with TLS for the https functions, without TLS for the http functions.",
  ),
  EINTR: system("a signal interrupted the call", "Try again."),
  EAGAIN: system("the system had nothing to give at that moment", "Try again."),
  EHOSTUNREACH: system(
    "there is no route to that host",
    "Check the address, and whether the host is up; an IPv6 address needs a network with IPv6.",
  ),
  ENETUNREACH: system(
    "there is no route to that network",
    "Check the address and this machine's network.",
  ),
  EIO: system("reading or writing failed", "The cause of the error says more."),
  EOF: say(
    "The stream ended too early.",
    "The peer closed it; its log may say why.",
  ),
});

/** The codes of this library that are neither verification errors nor alerts. */
export const byOwnCode = (): Table => ({
  ...ofSessions(),
  ...ofCredentials(),
  ...ofKinds(),
  ...ofOptions(),
  ...ofEngines(),
  ...ofStates(),
  ...ofStartTls(),
  ...ofOthers(),
});
