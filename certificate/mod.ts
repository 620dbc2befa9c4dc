/**
 * Certificates and keys: reading, making and writing them, what Perl's
 * `IO::Socket::SSL::Utils` is; PKCS#12, certificate requests, and a
 * certificate authority for tests. Pure TypeScript on `node:crypto`: no
 * engine is loaded, and only the file functions need permissions.
 *
 * ```ts
 * import { certCreate, keyCreateEc, pemCert2file, pemKey2file } from "@socket/ssl/certificate";
 *
 * const { cert, key } = await certCreate({
 *   subject: { commonName: "example.com" },
 *   subjectAltNames: [["DNS", "example.com"]],
 *   purpose: "server",
 *   key: await keyCreateEc(),
 * });
 * console.log(cert.subject, cert.fingerprint());
 * ```
 *
 * @module
 */

export type { CertificateHash, ExtensionHash } from "./certificate_hash.ts";
export {
  type CertCopyOptions,
  type CertCreateOptions,
  type ExtensionInput,
  type IssuerInput,
  type SubjectAltNameInput,
} from "./create_options.ts";
export { certCreate } from "./create.ts";
export { Certificate, type CertificateInput, MAX_CERTIFICATE_LENGTH } from "./certificate.ts";
export {
  CertificateRequest,
  csrCreate,
  type CsrCreateOptions,
  csrSign,
  type CsrSignOptions,
} from "./request.ts";
export { type DecodedKey, decodeKey, type DecodeKeyOptions } from "./keys/decode.ts";
export type { AuthorityKeyIdentifier, BasicConstraints, Extension } from "./extensions/read.ts";
export type { NameAttribute, NameHash } from "./name.ts";
export type { NameInput } from "./extensions/write.ts";
export type { CrlReason } from "./crl_reason.ts";
export type { OcspCertId, OcspCertStatus, OcspRequest } from "./ocsp_build.ts";
export { derToPem, type PemBlock, pemBlocks } from "./keys/pem.ts";
export {
  certAsHash,
  dumpPeerCertificate,
  pemCert2file,
  pemCert2string,
  pemCerts2file,
  pemFile2cert,
  pemFile2certs,
  pemFile2key,
  pemKey2file,
  pemKey2string,
  pemString2cert,
  pemString2key,
} from "./files.ts";
export { parsePkcs12, type Pkcs12 } from "./keys/pkcs12.ts";
export { createPkcs12, type CreatePkcs12Options } from "./keys/pkcs12_write.ts";
export {
  keyCreateEc,
  keyCreateEd25519,
  keyCreateRsa,
  PrivateKey,
  type PrivateKeyInput,
} from "./keys/private_key.ts";
export type { KeyType, PublicKeyInfo } from "./public_key_info.ts";
export type { ForeignCertificate, ForeignKey, PeculiarCertificate } from "./foreign_objects.ts";
export type { PurposeInput } from "./purpose.ts";
export type { SubjectAltName, SubjectAltNameType } from "./general_name.ts";
export { TestCa } from "../testing/ca.ts";
export type { TestOcspResponseOptions } from "../testing/ocsp_response.ts";
export {
  selfSigned,
  type TestCaArguments,
  TestCertificate,
  type TestCertificateOptions,
  type TestKeyType,
} from "./issue.ts";
export {
  type OcspResponderOptions,
  type RespondingCa,
  TestOcspResponder,
} from "../testing/responder.ts";
