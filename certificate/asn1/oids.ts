/**
 * The object identifiers this library names, with OpenSSL's numbers and names
 * (obj_mac.h).
 *
 * @module
 */

/** One named object identifier. */
export interface NamedOid {
  /** OpenSSL's number. */
  readonly nid: number;
  /** The dotted form. */
  readonly oid: string;
  /** The short name, e.g. `CN`. */
  readonly sn: string;
  /** The long name, e.g. `commonName`. */
  readonly ln: string;
}

/**
 * An arc, and below it `last number, nid, short name: long name; ...`, one name where both are the
 * same. Text, because it is there at every start: as a literal it takes a millisecond.
 */
const TABLE = `
0.9.2342.19200300.100.1
  1 458 UID: userId; 2 459 textEncodedORAddress; 3 460 mail: rfc822Mailbox; 4 461 info
  5 462 favouriteDrink; 6 463 roomNumber; 7 464 photo; 8 465 userClass; 9 466 host; 10 467 manager
  11 468 documentIdentifier; 12 469 documentTitle; 13 470 documentVersion; 14 471 documentAuthor
  15 472 documentLocation; 20 473 homeTelephoneNumber; 21 474 secretary; 22 475 otherMailbox
  23 476 lastModifiedTime; 24 477 lastModifiedBy; 25 391 DC: domainComponent; 26 478 aRecord
  27 479 pilotAttributeType27; 28 480 mXRecord; 29 481 nSRecord; 30 482 sOARecord
  31 483 cNAMERecord; 37 484 associatedDomain; 38 485 associatedName; 39 486 homePostalAddress
  40 487 personalTitle; 41 488 mobileTelephoneNumber; 42 489 pagerTelephoneNumber
  43 490 friendlyCountryName; 44 102 uid: uniqueIdentifier; 45 491 organizationalStatus
  46 492 janetMailbox; 47 493 mailPreferenceOption; 48 494 buildingName; 49 495 dSAQuality
  50 496 singleLevelQuality; 51 497 subtreeMinimumQuality; 52 498 subtreeMaximumQuality
  53 499 personalSignature; 54 500 dITRedirect; 55 501 audio; 56 502 documentPublisher
1.2.840.10040.4
  1 116 DSA: dsaEncryption; 3 113 DSA-SHA1: dsaWithSHA1
1.2.840.10045.2
  1 408 id-ecPublicKey
1.2.840.10045.3.1
  1 409 prime192v1; 7 415 prime256v1
1.2.840.10045.4
  1 416 ecdsa-with-SHA1; 2 791 ecdsa-with-Recommended; 3 792 ecdsa-with-Specified
1.2.840.10045.4.3
  1 793 ecdsa-with-SHA224; 2 794 ecdsa-with-SHA256; 3 795 ecdsa-with-SHA384
  4 796 ecdsa-with-SHA512
1.2.840.113549.1.1
  1 6 rsaEncryption; 2 7 RSA-MD2: md2WithRSAEncryption; 3 396 RSA-MD4: md4WithRSAEncryption
  4 8 RSA-MD5: md5WithRSAEncryption; 5 65 RSA-SHA1: sha1WithRSAEncryption
  6 644 rsaOAEPEncryptionSET; 7 919 RSAES-OAEP: rsaesOaep; 8 911 MGF1: mgf1
  9 935 PSPECIFIED: pSpecified; 10 912 RSASSA-PSS: rsassaPss
  11 668 RSA-SHA256: sha256WithRSAEncryption; 12 669 RSA-SHA384: sha384WithRSAEncryption
  13 670 RSA-SHA512: sha512WithRSAEncryption; 14 671 RSA-SHA224: sha224WithRSAEncryption
  15 1145 RSA-SHA512/224: sha512-224WithRSAEncryption
  16 1146 RSA-SHA512/256: sha512-256WithRSAEncryption
1.2.840.113549.1.9
  1 48 emailAddress; 2 49 unstructuredName; 3 50 contentType; 4 51 messageDigest; 5 52 signingTime
  6 53 countersignature; 7 54 challengePassword; 8 55 unstructuredAddress
  9 56 extendedCertificateAttributes; 14 172 extReq: Extension Request
  15 167 SMIME-CAPS: S/MIME Capabilities; 20 156 friendlyName; 21 157 localKeyID
1.3.6.1.4.1.311.2.1
  14 171 msExtReq: Microsoft Extension Request
  21 134 msCodeInd: Microsoft Individual Code Signing
  22 135 msCodeCom: Microsoft Commercial Code Signing
1.3.6.1.4.1.311.10.3
  1 136 msCTLSign: Microsoft Trust List Signing; 3 137 msSGC: Microsoft Server Gated Crypto
  4 138 msEFS: Microsoft Encrypted File System
1.3.6.1.4.1.311.17
  1 417 CSPName: Microsoft CSP Name; 2 856 LocalKeySet: Microsoft Local Key set
1.3.6.1.4.1.311.20.2
  2 648 msSmartcardLogin: Microsoft Smartcard Login; 3 649 msUPN: Microsoft User Principal Name
1.3.6.1.4.1.311.60.2.1
  1 955 jurisdictionL: jurisdictionLocalityName
  2 956 jurisdictionST: jurisdictionStateOrProvinceName
  3 957 jurisdictionC: jurisdictionCountryName
1.3.6.1.4.1.11129.2.4
  2 951 ct_precert_scts: CT Precertificate SCTs; 3 952 ct_precert_poison: CT Precertificate Poison
  4 953 ct_precert_signer: CT Precertificate Signer; 5 954 ct_cert_scts: CT Certificate SCTs
1.3.6.1.5.5.7.1
  1 177 authorityInfoAccess: Authority Information Access; 2 285 biometricInfo: Biometric Info
  3 286 qcStatements; 4 287 ac-auditEntity; 5 288 ac-targeting; 6 289 aaControls
  7 290 sbgp-ipAddrBlock; 8 291 sbgp-autonomousSysNum; 9 292 sbgp-routerIdentifier
  10 397 ac-proxying; 11 398 subjectInfoAccess: Subject Information Access
  14 663 proxyCertInfo: Proxy Certificate Information; 24 1020 tlsfeature: TLS Feature
  28 1239 sbgp-ipAddrBlockv2; 29 1240 sbgp-autonomousSysNumv2
1.3.6.1.5.5.7.2
  1 164 id-qt-cps: Policy Qualifier CPS; 2 165 id-qt-unotice: Policy Qualifier User Notice
  3 293 textNotice
1.3.6.1.5.5.7.3
  1 129 serverAuth: TLS Web Server Authentication; 2 130 clientAuth: TLS Web Client Authentication
  3 131 codeSigning: Code Signing; 4 132 emailProtection: E-mail Protection
  5 294 ipsecEndSystem: IPSec End System; 6 295 ipsecTunnel: IPSec Tunnel
  7 296 ipsecUser: IPSec User; 8 133 timeStamping: Time Stamping; 9 180 OCSPSigning: OCSP Signing
  10 297 DVCS: dvcs; 17 1022 ipsecIKE: ipsec Internet Key Exchange
  18 1023 capwapAC: Ctrl/provision WAP Access; 19 1024 capwapWTP: Ctrl/Provision WAP Termination
  21 1025 secureShellClient: SSH Client; 22 1026 secureShellServer: SSH Server
  23 1027 sendRouter: Send Router; 24 1028 sendProxiedRouter: Send Proxied Router
  25 1029 sendOwner: Send Owner; 26 1030 sendProxiedOwner: Send Proxied Owner
  27 1131 cmcCA: CMC Certificate Authority; 28 1132 cmcRA: CMC Registration Authority
  29 1219 cmcArchive: CMC Archive Server; 30 1220 id-kp-bgpsec-router: BGPsec Router
  31 1221 id-kp-BrandIndicatorforMessageIdentification: Brand Indicator for Message Identification
  32 1222 cmKGA: Certificate Management Key Generation Authority
1.3.6.1.5.5.7.48
  1 178 OCSP; 2 179 caIssuers: CA Issuers; 3 363 ad_timestamping: AD Time Stamping
  4 364 AD_DVCS: ad dvcs; 5 785 caRepository: CA Repository; 10 1243 rpkiManifest: RPKI Manifest
  11 1244 signedObject: Signed Object; 13 1245 rpkiNotify: RPKI Notify
1.3.6.1.5.5.7.48.1
  1 365 basicOCSPResponse: Basic OCSP Response; 2 366 Nonce: OCSP Nonce; 3 367 CrlID: OCSP CRL ID
  4 368 acceptableResponses: Acceptable OCSP Responses; 5 369 noCheck: OCSP No Check
  6 370 archiveCutoff: OCSP Archive Cutoff; 7 371 serviceLocator: OCSP Service Locator
  8 372 extendedStatus: Extended OCSP Status; 9 373 valid; 10 374 path
  11 375 trustRoot: Trust Root
1.3.14.3.2
  15 42 RSA-SHA: shaWithRSAEncryption; 26 64 SHA1: sha1; 29 115 RSA-SHA1-2: sha1WithRSA
1.3.101
  110 1034 X25519; 111 1035 X448; 112 1087 ED25519; 113 1088 ED448
1.3.132.0
  10 714 secp256k1; 33 713 secp224r1; 34 715 secp384r1; 35 716 secp521r1
2.5.4
  3 13 CN: commonName; 4 100 SN: surname; 5 105 serialNumber; 6 14 C: countryName
  7 15 L: localityName; 8 16 ST: stateOrProvinceName; 9 660 street: streetAddress
  10 17 O: organizationName; 11 18 OU: organizationalUnitName; 12 106 title; 13 107 description
  14 859 searchGuide; 15 860 businessCategory; 16 861 postalAddress; 17 661 postalCode
  18 862 postOfficeBox; 19 863 physicalDeliveryOfficeName; 20 864 telephoneNumber
  21 865 telexNumber; 22 866 teletexTerminalIdentifier; 23 867 facsimileTelephoneNumber
  24 868 x121Address; 25 869 internationaliSDNNumber; 26 870 registeredAddress
  27 871 destinationIndicator; 28 872 preferredDeliveryMethod; 29 873 presentationAddress
  30 874 supportedApplicationContext; 31 875 member; 32 876 owner; 33 877 roleOccupant
  34 878 seeAlso; 35 879 userPassword; 36 880 userCertificate; 37 881 cACertificate
  38 882 authorityRevocationList; 39 883 certificateRevocationList; 40 884 crossCertificatePair
  41 173 name; 42 99 GN: givenName; 43 101 initials; 44 509 generationQualifier
  45 503 x500UniqueIdentifier; 46 174 dnQualifier; 47 885 enhancedSearchGuide
  48 886 protocolInformation; 49 887 distinguishedName; 50 888 uniqueMember
  51 889 houseIdentifier; 52 890 supportedAlgorithms; 53 891 deltaRevocationList; 54 892 dmdName
  65 510 pseudonym; 72 400 role; 97 1089 organizationIdentifier; 98 1090 c3: countryCode3c
  99 1091 n3: countryCode3n; 100 1092 dnsName
2.5.29
  9 769 subjectDirectoryAttributes: X509v3 Subject Directory Attributes
  14 82 subjectKeyIdentifier: X509v3 Subject Key Identifier; 15 83 keyUsage: X509v3 Key Usage
  16 84 privateKeyUsagePeriod: X509v3 Private Key Usage Period
  17 85 subjectAltName: X509v3 Subject Alternative Name
  18 86 issuerAltName: X509v3 Issuer Alternative Name
  19 87 basicConstraints: X509v3 Basic Constraints; 20 88 crlNumber: X509v3 CRL Number
  21 141 CRLReason: X509v3 CRL Reason Code; 23 430 holdInstructionCode: Hold Instruction Code
  24 142 invalidityDate: Invalidity Date; 27 140 deltaCRL: X509v3 Delta CRL Indicator
  28 770 issuingDistributionPoint: X509v3 Issuing Distribution Point
  29 771 certificateIssuer: X509v3 Certificate Issuer
  30 666 nameConstraints: X509v3 Name Constraints
  31 103 crlDistributionPoints: X509v3 CRL Distribution Points
  32 89 certificatePolicies: X509v3 Certificate Policies
  33 747 policyMappings: X509v3 Policy Mappings
  35 90 authorityKeyIdentifier: X509v3 Authority Key Identifier
  36 401 policyConstraints: X509v3 Policy Constraints
  37 126 extendedKeyUsage: X509v3 Extended Key Usage; 46 857 freshestCRL: X509v3 Freshest CRL
  54 748 inhibitAnyPolicy: X509v3 Inhibit Any Policy
  55 402 targetInformation: X509v3 AC Targeting; 56 403 noRevAvail: X509v3 No Revocation Available
2.5.29.32
  0 746 anyPolicy: X509v3 Any Policy
2.5.29.37
  0 910 anyExtendedKeyUsage: Any Extended Key Usage
2.16.840.1.101.3.4.2
  1 672 SHA256: sha256; 2 673 SHA384: sha384; 3 674 SHA512: sha512; 4 675 SHA224: sha224
  5 1094 SHA512-224: sha512-224; 6 1095 SHA512-256: sha512-256; 7 1096 SHA3-224: sha3-224
  8 1097 SHA3-256: sha3-256; 9 1098 SHA3-384: sha3-384; 10 1099 SHA3-512: sha3-512
  11 1100 SHAKE128: shake128; 12 1101 SHAKE256: shake256
  13 1102 id-hmacWithSHA3-224: hmac-sha3-224; 14 1103 id-hmacWithSHA3-256: hmac-sha3-256
  15 1104 id-hmacWithSHA3-384: hmac-sha3-384; 16 1105 id-hmacWithSHA3-512: hmac-sha3-512
  19 1196 KMAC128: kmac128; 20 1197 KMAC256: kmac256
2.16.840.1.101.3.4.3
  1 802 dsa_with_SHA224; 2 803 dsa_with_SHA256; 3 1106 id-dsa-with-sha384: dsa_with_SHA384
  4 1107 id-dsa-with-sha512: dsa_with_SHA512; 5 1108 id-dsa-with-sha3-224: dsa_with_SHA3-224
  6 1109 id-dsa-with-sha3-256: dsa_with_SHA3-256; 7 1110 id-dsa-with-sha3-384: dsa_with_SHA3-384
  8 1111 id-dsa-with-sha3-512: dsa_with_SHA3-512
  9 1112 id-ecdsa-with-sha3-224: ecdsa_with_SHA3-224
  10 1113 id-ecdsa-with-sha3-256: ecdsa_with_SHA3-256
  11 1114 id-ecdsa-with-sha3-384: ecdsa_with_SHA3-384
  12 1115 id-ecdsa-with-sha3-512: ecdsa_with_SHA3-512
  13 1116 id-rsassa-pkcs1-v1_5-with-sha3-224: RSA-SHA3-224
  14 1117 id-rsassa-pkcs1-v1_5-with-sha3-256: RSA-SHA3-256
  15 1118 id-rsassa-pkcs1-v1_5-with-sha3-384: RSA-SHA3-384
  16 1119 id-rsassa-pkcs1-v1_5-with-sha3-512: RSA-SHA3-512
2.16.840.1.113730
  1 58 nsCertExt: Netscape Certificate Extension; 2 59 nsDataType: Netscape Data Type
2.16.840.1.113730.1
  1 71 nsCertType: Netscape Cert Type; 2 72 nsBaseUrl: Netscape Base Url
  3 73 nsRevocationUrl: Netscape Revocation Url
  4 74 nsCaRevocationUrl: Netscape CA Revocation Url; 7 75 nsRenewalUrl: Netscape Renewal Url
  8 76 nsCaPolicyUrl: Netscape CA Policy Url; 12 77 nsSslServerName: Netscape SSL Server Name
  13 78 nsComment: Netscape Comment
2.16.840.1.113730.2
  5 79 nsCertSequence: Netscape Certificate Sequence
2.16.840.1.113730.4
  1 139 nsSGC: Netscape Server Gated Crypto
2.23.42.7
  0 608 setCext-hashedRoot; 1 609 setCext-certType; 2 610 setCext-merchData
  3 611 setCext-cCertRequired; 4 612 setCext-tunneling; 5 613 setCext-setExt
  6 614 setCext-setQualf; 7 615 setCext-PGWYcapabilities; 8 616 setCext-TokenIdentifier
  9 617 setCext-Track2Data; 10 618 setCext-TokenType; 11 619 setCext-IssuerCapabilities
`;

interface Index {
  readonly byOid: ReadonlyMap<string, NamedOid>;
  readonly byName: ReadonlyMap<string, NamedOid>;
  readonly byNid: ReadonlyMap<number, NamedOid>;
}

let made: Index | undefined;

/** Made by the first question: importing this must cost nothing. */
function index(): Index {
  if (made !== undefined) return made;
  const byOid = new Map<string, NamedOid>();
  const byName = new Map<string, NamedOid>();
  const byNid = new Map<number, NamedOid>();
  let arc = "";
  for (const line of TABLE.trim().split("\n")) {
    if (!line.startsWith(" ")) {
      arc = line;
      continue;
    }
    for (const item of line.trim().split("; ")) {
      const [, last, nid, sn = "", ln = sn] = /^(\d+) (\d+) (.+?)(?:: (.+))?$/.exec(item) ?? [];
      const entry: NamedOid = { nid: Number(nid), oid: `${arc}.${last}`, sn, ln };
      byOid.set(entry.oid, entry);
      byNid.set(entry.nid, entry);
      // The short name of one may be the long name of another: the short one wins, as in OpenSSL.
      byName.set(sn, entry);
    }
  }
  for (const entry of byOid.values()) if (!byName.has(entry.ln)) byName.set(entry.ln, entry);
  return made = { byOid, byName, byNid };
}

/** The names of an object identifier, if it has any here. */
export function oidEntry(oid: string): NamedOid | undefined {
  return index().byOid.get(oid);
}

/** The object identifier for OpenSSL's number. */
export function oidByNid(nid: number): NamedOid | undefined {
  return index().byNid.get(nid);
}

/** The object identifier for a short or long name, letters as OpenSSL has them. */
export function oidByName(name: string): NamedOid | undefined {
  return index().byName.get(name);
}

/** The long name, or the dotted form: what Perl's `OBJ_obj2txt` gives. */
export function oidLongName(oid: string): string {
  return index().byOid.get(oid)?.ln ?? oid;
}

/** The short name, or the dotted form. */
export function oidShortName(oid: string): string {
  return index().byOid.get(oid)?.sn ?? oid;
}

const DOTTED = /^[0-2](\.(0|[1-9]\d*))+$/;

/** Whether a text is an object identifier in dotted form. */
export function isDottedOid(text: string): boolean {
  return DOTTED.test(text);
}
