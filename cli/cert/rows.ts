/**
 * The commands about certificates in files.
 *
 * @module
 */

import { FOLDER_OPTION } from "../ca/folder_option.ts";
import type { Command, Permission } from "../command.ts";
import { CONNECTION_OPTIONS } from "../connect/options.ts";
import type { OptionSpec } from "../signature.ts";

const { starttls, name, ca, only, engine } = CONNECTION_OPTIONS as Record<string, OptionSpec>;

const PASSWORD: OptionSpec = {
  kind: "file",
  value: "FILE",
  help: "the first line of FILE is the password of a key or of PKCS#12",
  elsewhere: ["-pass", "-passin", "--password", "--pass"],
};

const OUT_PASSWORD: OptionSpec = {
  kind: "file",
  value: "FILE",
  help: "the first line of FILE is the password of what is written",
  elsewhere: ["-passout", "--out-password"],
};

const FORCE: OptionSpec = {
  kind: "flag",
  help: "replace files that are there already",
  elsewhere: ["--overwrite", "-f"],
};

/** The option that all commands have that make a key. */
export const KEY_TYPE: OptionSpec = {
  kind: "choice",
  choices: ["ec", "ec384", "rsa", "ed25519"],
  default: "ec",
  help: "the kind of key: P-256, P-384, RSA with 2048 bits, or Ed25519 (no browser takes it)",
  elsewhere: ["--kty", "-newkey", "--ecdsa"],
};

const READ: Permission = { flag: "--allow-read=FILE", why: "the files that are named" };
const WRITE: Permission = { flag: "--allow-write=FILE", why: "what is written" };
const CA_ENV: Permission = {
  flag: "--allow-env=HOME,XDG_DATA_HOME",
  why: "where the CA is, without --dir; on Windows LOCALAPPDATA",
  optional: true,
};

/** The rows of the table. */
export const CERT_COMMANDS: readonly Command[] = [
  {
    name: "cert show",
    summary: "every certificate, request, CRL and key in a file, or what a server sends",
    operands: "FILE|HOST[:PORT]|-",
    count: [1, 1],
    completes: "file",
    options: {
      html: {
        kind: "file",
        value: "FILE",
        help: "write a report to look at: one page without scripts",
        elsewhere: ["--htmlfile"],
      },
      "password-file": PASSWORD,
      starttls: starttls!,
      name: name!,
    },
    about: [
      "Reads PEM with any number of blocks, DER and PKCS#12. A private key is named, never shown.",
      "A name without a slash and without the ending of a certificate is a server: write ./NAME for " +
      "a file of that name.",
    ],
    examples: [
      { args: "cert show chain.pem", does: "all certificates of a file" },
      { args: "cert show chain.pem --html chain.html", does: "the same as a page to look at" },
      { args: "cert show example.com", does: "the chain as the server sends it, trusted or not" },
      { args: "cert show - --json < bundle.pem", does: "of standard input, as JSON with the PEM" },
    ],
    permissions: [
      { ...READ, optional: true },
      { flag: "--allow-net=HOST:PORT", why: "a server in place of a file", optional: true },
      { flag: "--allow-write=FILE", why: "the report of --html", optional: true },
    ],
    load: () => import("./show.ts"),
  },
  {
    name: "cert verify",
    summary: "would it be accepted: on a date, for a name, with these CAs and CRLs",
    operands: "FILE|HOST[:PORT]|-",
    count: [1, 1],
    completes: "file",
    options: {
      name: { ...name!, help: "the host name that the certificate must be for" },
      at: {
        kind: "text",
        value: "DATE",
        help: "the day of the verification, 2027-12-31, or a time, 2027-12-31T08:00:00Z (now)",
        elsewhere: ["-attime", "--time", "--verify-time"],
      },
      ca: ca!,
      only: only!,
      intermediates: {
        kind: "file",
        value: "FILE",
        repeatable: true,
        help: "more certificates to build the chain with, which are not trusted by themselves",
        elsewhere: ["-untrusted", "--untrusted"],
      },
      crl: {
        kind: "file",
        value: "FILE",
        repeatable: true,
        help: "refuse a certificate that the list in FILE revokes",
        elsewhere: ["-CRLfile", "--load-crl", "-crl_check"],
      },
      "crl-all": {
        kind: "flag",
        help: "with --crl: each CA of the chain needs a list, too",
        elsewhere: ["-crl_check_all"],
      },
      purpose: {
        kind: "choice",
        choices: ["server", "client", "any"],
        default: "server",
        help: "what the certificate must be good for",
        elsewhere: ["-purpose", "--verify-purpose"],
      },
      strict: {
        kind: "flag",
        help: "demand all of RFC 5280, what others let pass included",
        elsewhere: ["-x509_strict"],
      },
      "password-file": PASSWORD,
      starttls: starttls!,
      engine: engine!,
    },
    examples: [
      { args: "cert verify chain.pem --name example.com", does: "now, for that name" },
      { args: "cert verify example.com --at 2027-12-31", does: "will it still hold at that date?" },
      {
        args: "cert verify leaf.pem --ca ca.pem --only --crl ca.crl",
        does: "with one CA, and its CRL",
      },
    ],
    permissions: [
      {
        flag: "--allow-ffi",
        why: "OpenSSL of the system verifies, in place of OpenSSL as WebAssembly (--engine wasm)",
      },
      READ,
      {
        flag: "--allow-read=/etc/ssl/certs/ca-certificates.crt",
        why: "the system's trust anchors; or --allow-sys for Mozilla's, as Deno has them",
        optional: true,
      },
      {
        flag: "--allow-env=SSL_CERT_FILE,SSL_CERT_DIR",
        why: "the trust anchors that the environment names",
        optional: true,
      },
      { flag: "--allow-net=HOST:PORT", why: "a server in place of a file", optional: true },
    ],
    load: () => import("./verify.ts"),
  },
  {
    name: "cert make",
    summary: "makes a certificate for development, by the CA of ssl ca init",
    operands: "NAME...",
    count: [1, 100],
    options: {
      out: {
        kind: "file",
        value: "PATH",
        help: "PATH.pem and PATH-key.pem, in place of files named after the first NAME",
        elsewhere: ["-cert-file", "--cert-file", "-out"],
      },
      client: {
        kind: "flag",
        help: "a certificate for clients; a NAME may be a mail address",
        elsewhere: ["-client"],
      },
      days: {
        kind: "number",
        value: "DAYS",
        range: [1, 397],
        default: 90,
        help: "how long it is valid; browsers accept 397 days at most",
        elsewhere: ["-days", "--not-after"],
      },
      "key-type": KEY_TYPE,
      pkcs12: {
        kind: "flag",
        help: "PATH.p12 as well, with certificate, key and CA",
        elsewhere: ["-pkcs12", "-p12-file"],
      },
      "out-password-file": OUT_PASSWORD,
      force: FORCE,
      ...FOLDER_OPTION,
    },
    examples: [
      {
        args: "cert make localhost 127.0.0.1 ::1",
        does: "localhost+2.pem and localhost+2-key.pem",
      },
      { args: "cert make app.test '*.app.test' --out server", does: "server.pem, server-key.pem" },
      { args: "cert make alice@example.com --client", does: "for a client" },
    ],
    permissions: [
      { flag: "--allow-read=FOLDER", why: "the CA" },
      { flag: "--allow-write=FOLDER", why: "where the files go that are made" },
      CA_ENV,
    ],
    load: () => import("./make.ts"),
  },
  {
    name: "cert match",
    summary: "does the private key belong to the certificate or request?",
    operands: "CERT KEY",
    count: [2, 2],
    completes: "file",
    options: { "password-file": PASSWORD },
    about: ["The exit code is 0 if it does, and 1 if it does not."],
    examples: [
      { args: "cert match server.pem server-key.pem", does: "compares the public keys" },
    ],
    permissions: [READ],
    load: () => import("./match.ts"),
  },
  {
    name: "cert convert",
    summary: "between PEM, DER, PKCS#12 and PKCS#8",
    operands: "FILE|-",
    count: [1, 1],
    completes: "file",
    options: {
      to: {
        kind: "choice",
        value: "FORMAT",
        choices: ["pem", "der", "pkcs12", "pkcs8"],
        help: "what is written; pkcs8 is the key alone, in PEM",
        elsewhere: ["-outform", "-export", "-topk8"],
      },
      out: {
        kind: "file",
        value: "FILE",
        help: "the file to write; - is standard output",
        elsewhere: ["-out", "--outfile", "-o"],
      },
      key: {
        kind: "file",
        value: "FILE",
        help: "the private key, where it is not in the same file",
        elsewhere: ["-inkey", "-key", "--load-privkey"],
      },
      chain: {
        kind: "file",
        value: "FILE",
        help: "more certificates to add, such as the intermediate ones",
        elsewhere: ["-certfile", "-CAfile"],
      },
      "password-file": PASSWORD,
      "out-password-file": OUT_PASSWORD,
      force: FORCE,
    },
    about: [
      "A file with a key in it is for its owner alone (mode 0600). What is there already stays, " +
      "unless --force is given.",
    ],
    examples: [
      {
        args: "cert convert server.pem --key server-key.pem --to pkcs12 --out server.p12 " +
          "--out-password-file pass.txt",
        does: "PKCS#12 for Windows, Java and browsers",
      },
      {
        args: "cert convert server.p12 --password-file pass.txt --to pem --out server.pem",
        does: "and back",
      },
      { args: "cert convert leaf.pem --to der --out leaf.der", does: "one certificate in DER" },
    ],
    permissions: [READ, { ...WRITE, optional: true }],
    load: () => import("./convert.ts"),
  },
];
