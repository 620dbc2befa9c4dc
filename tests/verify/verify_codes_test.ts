import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import {
  APPLICATION_VERIFICATION,
  UNSPECIFIED,
  verifyCode,
  verifyErrno,
} from "../../verify/error_codes.ts";

Deno.test("verifyCode() has OpenSSL's numbers", () => {
  const known: [number, string][] = [
    [0, "OK"],
    [3, "UNABLE_TO_GET_CRL"],
    [10, "CERT_HAS_EXPIRED"],
    [18, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [20, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
    [23, "CERT_REVOKED"],
    [26, "INVALID_PURPOSE"],
    [43, "NO_EXPLICIT_POLICY"],
    [50, "APPLICATION_VERIFICATION"],
    [62, "HOSTNAME_MISMATCH"],
    [64, "IP_ADDRESS_MISMATCH"],
    [79, "INVALID_CA"],
    [94, "EC_KEY_EXPLICIT_PARAMS"],
    [95, "X509_V_ERR_95"],
  ];
  for (const [number, name] of known) assertEquals(verifyCode(number), name);
});

Deno.test("verifyErrno() is the number of a name, and of no other name", () => {
  for (const number of [0, 1, 10, 50, 94]) assertEquals(verifyErrno(verifyCode(number)), number);
  for (const none of ["", "ok", "X509_V_ERR_95"]) assertEquals(verifyErrno(none), undefined);
  assertEquals([UNSPECIFIED, APPLICATION_VERIFICATION], [1, 50]);
});
