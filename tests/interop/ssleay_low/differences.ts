/**
 * Where a replay of Net::SSLeay's own tests differs from Perl, and why. Every other call gives the
 * same.
 *
 * @module
 */

/** Functions whose result is made anew each time: keys, signatures, random numbers, the time. */
export const ANEW: Readonly<Record<string, string>> = {
  PEM_get_string_PrivateKey: "the key was made in this run",
  PEM_get_string_X509: "the key and the time are of this run",
  PEM_get_string_X509_CRL: "the signature and the time are of this run",
  PEM_get_string_X509_REQ: "the key is of this run",
  X509_get_X509_PUBKEY: "the key is of this run",
  P_ASN1_TIME_get_isotime: "the time is now",
  P_ASN1_TIME_put2string: "the time is now",
  RAND_file_name: "the environment of the test is not ours",
};

/** By test: the function, and the reason. */
export const DELIBERATE: Readonly<Record<string, string>> = {
  RAND_seed: "a number is refused: bytes or text are random, a number is a mistake",
  P_ASN1_TIME_set_isotime: "undef instead of an object is a TypeError",
  "callback of RSA_generate_key": "how often the callback is called depends on the primes",
  RSA_generate_key: "a callback that Perl cannot call is a name; here it must be a function",
  OSSL_PROVIDER_available: "the process that replays has the default provider already",
};
