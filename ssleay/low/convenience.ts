/**
 * What the convenience functions of `./ssleay` use of the low level: its error queue, its handles.
 *
 * @module
 */

import { SslError } from "../../errors.ts";
import { joinLowLevel, type LowConnection } from "../low_level.ts";
import { lazy } from "./c_function.ts";
import { takeText, toBytes } from "./c_memory.ts";
import { describeError, takeError } from "./error_queue.ts";
import { CTX_use_certificate_chain_file, CTX_use_PrivateKey_file } from "./files/credentials.ts";
import { FILETYPE } from "./files/read.ts";
import { RAND_load_file } from "./files/stores.ts";
import { type Opaque, open } from "./handle.ts";
import { calling, pointerOf } from "./into.ts";
import { get_error, peek, read, write } from "./io.ts";
import { RAND_add } from "./random.ts";

const P = "pointer", I = "i32";
const want = lazy("SSL_want", [P], I);
const pending = lazy("SSL_pending", [P], I);
const getPeer = lazy("SSL_get1_peer_certificate|SSL_get_peer_certificate", [P], P);
const x509Free = lazy("X509_free", [P], "void");
const subjectName = lazy("X509_get_subject_name", [P], P);
const issuerName = lazy("X509_get_issuer_name", [P], P);
const oneline = lazy("X509_NAME_oneline", [P, P, I], P);
const checkKey = lazy("SSL_CTX_check_private_key", [P], I);

type Ssl = Opaque<"SSL">;

function takeErrors(): string[] {
  const texts: string[] = [];
  for (let code = takeError(); code !== 0; code = takeError()) texts.push(describeError(code));
  return texts;
}

/** The error for a call that failed: what the queue says, or what SSL_get_error() says. */
function failure(ssl: Ssl, what: string): SslError {
  const number = get_error(ssl, -1);
  const [text = `SSL_get_error() is ${number}`] = takeErrors();
  return new SslError(`Cannot ${what}: ${text}`, { code: "ERR_SSL", reason: text, errno: number });
}

/** Reads into `p`; `null` after close_notify. */
async function receive(ssl: Ssl, get: typeof read, p: Uint8Array): Promise<number | null> {
  const bytes = await get(ssl, p.length);
  if (bytes === undefined) throw failure(ssl, "read");
  if (bytes.length === 0) return null;
  p.set(bytes);
  return bytes.length;
}

function connection(handle: object): LowConnection {
  const ssl = handle as Ssl;
  return {
    read: (p) => receive(ssl, read, p),
    peek: (p) => receive(ssl, peek as typeof read, p),
    pending: () => pending(pointerOf(ssl, "SSL", "pending")),
    async write(p) {
      for (let at = 0; at < p.length;) {
        const count = await write(ssl, p.subarray(at));
        if (count <= 0) throw failure(ssl, "write");
        at += count;
      }
      return p.length;
    },
  };
}

function isHandle(value: unknown, kind: "SSL" | "SSL_CTX"): boolean {
  try {
    open(value, kind, "");
    return true;
  } catch {
    return false;
  }
}

/** Loads both files, and compares them; the texts of the errors. */
function setCertAndKey(context: object, certPath: string, keyPath: string): string {
  const ctx = context as Opaque<"SSL_CTX">;
  const done = CTX_use_PrivateKey_file(ctx, keyPath, FILETYPE.PEM) === 1 &&
    CTX_use_certificate_chain_file(ctx, certPath) === 1 &&
    calling(() => checkKey(pointerOf(ctx, "SSL_CTX", "check_private_key"))) === 1;
  const errors = takeErrors();
  if (done) return "";
  return errors.length > 0 ? errors.join("\n") : "the certificate and the key do not go together";
}

function dumpPeerCertificate(ssl: object): string | undefined {
  const pointer = pointerOf(ssl, "SSL", "dump_peer_certificate");
  return calling(() => {
    const x509 = getPeer(pointer);
    if (x509 === null) return undefined;
    const [subject, issuer] = [subjectName, issuerName].map((of) =>
      takeText(oneline(of(x509), null, 0))
    );
    x509Free(x509);
    return `Subject Name: ${subject}\nIssuer  Name: ${issuer}\n`;
  });
}

/** As much as Perl's randomize() reads of a file. */
const SEED_BYTES = 16_384;

function seed(file: string | undefined, text: string | undefined): void {
  if (file !== undefined) RAND_load_file(file, SEED_BYTES);
  if (text !== undefined) {
    const bytes = toBytes(text, "randomize()");
    RAND_add(bytes, bytes.length, bytes.length);
  }
}

/** Lets the functions of `./ssleay` take handles of the low level. */
export function joinConvenience(): void {
  joinLowLevel({
    takeErrors,
    isHandle,
    want: (ssl) => calling(() => want(pointerOf(ssl, "SSL", "want"))),
    connection,
    setCertAndKey,
    dumpPeerCertificate,
    seed,
  });
}
