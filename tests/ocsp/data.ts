/** What the OCSP tests share: CAs, and responses of every shape. */
import type { Certificate } from "../../certificate/certificate.ts";
import {
  bits,
  explicit,
  generalizedTime,
  int,
  nul,
  octets,
  oidDer,
  seq,
  tlv,
} from "../../certificate/asn1/writer.ts";
import { encodeExtensions } from "../../certificate/extensions/write.ts";
import type { Extension } from "../../certificate/extensions/read.ts";
import { ocspCertId, type OcspDigest } from "../../certificate/ocsp_build.ts";
import type { PrivateKey } from "../../certificate/keys/private_key.ts";
import { defaultDigest, signatureAlgorithm, signBytes } from "../../certificate/signature.ts";
import { TestCa, type TestCertificate } from "../../certificate/mod.ts";

export const HOUR = 3_600_000;

/** A root, an intermediate below it and a leaf; made once for all tests of a file. */
export interface World {
  readonly root: TestCa;
  readonly ca: TestCa;
  readonly leaf: TestCertificate;
  /** Leaf, intermediate, root: a chain as it is built. */
  readonly chain: readonly Certificate[];
}

export async function makeWorld(): Promise<World> {
  const root = await TestCa.create();
  const ca = await root.intermediate();
  const leaf = await ca.server("ocsp.test");
  return { root, ca, leaf, chain: [...leaf.chain, root.cert] };
}

export interface Answer {
  id: Uint8Array;
  /** @default {"good"} */
  status?: "good" | "unknown" | "revoked";
  /** The reason's number; only with "revoked". */
  reason?: number;
  thisUpdate?: Date;
  nextUpdate?: Date | null;
  extensions?: readonly Extension[];
}

export interface Shape {
  answers: readonly Answer[];
  /** Whose key signs. */
  signer: { cert: Certificate; key: PrivateKey };
  /** @default {"key"} */
  responder?: "name" | "key";
  certs?: readonly Uint8Array[];
  extensions?: readonly Extension[];
  digest?: string;
  /** Changes the signed part after it is signed. */
  tamper?: boolean;
  /** The AlgorithmIdentifier, in place of the right one. */
  algorithm?: Uint8Array;
  /** An element too many, at the end of this part. */
  junk?: "response" | "typed" | "basic" | "tbs" | "answer" | "nextUpdate";
  /** The version; left out by default. */
  version?: number;
}

/** The id of a certificate. */
export function idOf(ca: TestCa, target: { certificate: Certificate }, digest?: OcspDigest) {
  return ocspCertId(ca.cert, target.certificate.rawSerial, digest);
}

/** The CA as a signer. */
export function signerOf(ca: TestCa) {
  return { cert: ca.cert, key: ca.privateKey };
}

function status({ status: kind = "good", reason }: Answer): Uint8Array {
  if (kind !== "revoked") return tlv(kind === "good" ? 0x80 : 0x82);
  const when = generalizedTime(new Date(Date.now() - HOUR));
  return tlv(0xa1, when, ...(reason === undefined ? [] : [explicit(0, int(reason, 0x0a))]));
}

/** A response with anything that a responder could put into one. */
export function respond(shape: Shape): Uint8Array {
  const { signer, answers, certs = [], extensions = [] } = shape;
  const junk = (part: Shape["junk"]) => shape.junk === part ? [nul()] : [];
  const now = Date.now();
  const tbs = seq(
    ...(shape.version === undefined ? [] : [explicit(0, int(shape.version))]),
    shape.responder === "name"
      ? explicit(1, signer.cert.rawSubject)
      : explicit(2, octets(signer.cert.publicKeyDigest("sha1"))),
    generalizedTime(new Date(now)),
    seq(...answers.map((answer) => {
      const next = answer.nextUpdate === undefined ? new Date(now + HOUR) : answer.nextUpdate;
      return seq(
        answer.id,
        status(answer),
        generalizedTime(answer.thisUpdate ?? new Date(now - HOUR)),
        ...(next === null ? [] : [explicit(0, generalizedTime(next), ...junk("nextUpdate"))]),
        ...(answer.extensions ? [explicit(1, encodeExtensions(answer.extensions))] : []),
        ...junk("answer"),
      );
    })),
    ...(extensions.length > 0 ? [explicit(1, encodeExtensions(extensions))] : []),
    ...junk("tbs"),
  );
  const digest = shape.digest ?? defaultDigest(signer.key);
  const signature = signBytes(signer.key, digest, tbs);
  if (shape.tamper) tbs[tbs.length - 1]! ^= 1;
  return seq(
    int(0, 0x0a),
    explicit(
      0,
      seq(
        oidDer("1.3.6.1.5.5.7.48.1.1"),
        octets(seq(
          tbs,
          shape.algorithm ?? signatureAlgorithm(signer.key, digest),
          bits(signature),
          ...(certs.length > 0 ? [explicit(0, seq(...certs))] : []),
          ...junk("basic"),
        )),
        ...junk("typed"),
      ),
    ),
    ...junk("response"),
  );
}
