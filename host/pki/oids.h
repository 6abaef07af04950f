// Object identifiers of certificates, keys and signed data, as the value bytes of DER.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_OIDS_H
#define JUMIN_HOST_PKI_OIDS_H

#include "card/crypto/crypto.h"

// Algorithms (RFC 5480, RFC 5758, RFC 8017, RFC 4055, RFC 8018, FIPS 180-4)
extern const struct span OID_EC_PUBLIC_KEY;  // 1.2.840.10045.2.1
extern const struct span OID_PRIME_FIELD;    // 1.2.840.10045.1.1
extern const struct span OID_RSA_ENCRYPTION; // 1.2.840.113549.1.1.1
extern const struct span OID_RSASSA_PSS;     // 1.2.840.113549.1.1.10
extern const struct span OID_MGF1;           // 1.2.840.113549.1.1.8
extern const struct span OID_PBES2;          // 1.2.840.113549.1.5.13
extern const struct span OID_PBKDF2;         // 1.2.840.113549.1.5.12
extern const struct span OID_HMAC_SHA256;    // 1.2.840.113549.2.9
extern const struct span OID_AES256_CBC;     // 2.16.840.1.101.3.4.1.42
// Cryptographic message syntax (RFC 5652)
extern const struct span OID_DATA;           // 1.2.840.113549.1.7.1
extern const struct span OID_SIGNED_DATA;    // 1.2.840.113549.1.7.2
extern const struct span OID_CONTENT_TYPE;   // 1.2.840.113549.1.9.3
extern const struct span OID_MESSAGE_DIGEST; // 1.2.840.113549.1.9.4
extern const struct span OID_SIGNING_TIME;   // 1.2.840.113549.1.9.5
// Names (X.520)
extern const struct span OID_COMMON_NAME;  // 2.5.4.3
extern const struct span OID_COUNTRY;      // 2.5.4.6
extern const struct span OID_LOCALITY;     // 2.5.4.7
extern const struct span OID_ORGANIZATION; // 2.5.4.10
// Certificate and CRL extensions (RFC 5280 §4.2, §5.2; 9303-12 §7.1)
extern const struct span OID_SUBJECT_KEY_IDENTIFIER;   // 2.5.29.14
extern const struct span OID_KEY_USAGE;                // 2.5.29.15
extern const struct span OID_PRIVATE_KEY_USAGE_PERIOD; // 2.5.29.16
extern const struct span OID_SUBJECT_ALT_NAME;         // 2.5.29.17
extern const struct span OID_ISSUER_ALT_NAME;          // 2.5.29.18
extern const struct span OID_BASIC_CONSTRAINTS;        // 2.5.29.19
extern const struct span OID_CRL_NUMBER;               // 2.5.29.20
extern const struct span OID_CRL_DISTRIBUTION_POINTS;  // 2.5.29.31
extern const struct span OID_CERTIFICATE_POLICIES;     // 2.5.29.32
extern const struct span OID_AUTHORITY_KEY_IDENTIFIER; // 2.5.29.35
extern const struct span OID_EXTENDED_KEY_USAGE;       // 2.5.29.37
extern const struct span OID_DOCUMENT_TYPE_LIST;       // 2.23.136.1.1.6.2
// Master lists (9303-12 §9)
extern const struct span OID_MASTER_LIST;        // 2.23.136.1.1.2, id-icao-cscaMasterList
extern const struct span OID_MASTER_LIST_SIGNER; // 2.23.136.1.1.3, id-icao-cscaMasterListSigningKey
// Extended key usages of the mobile credential (ISO 18013-5 §B.1.4, §B.1.7), and ours
extern const struct span OID_MDOC_SIGNER; // 1.0.18013.5.1.2
extern const struct span OID_MDOC_READER; // 1.0.18013.5.1.6
// Under 2.25.166465673534553502314912385932192144019 (card/wire/oid.h)
extern const struct span OID_STATUS_SIGNER;     // .5.1
extern const struct span OID_SD_JWT_ISSUER;     // .5.2
extern const struct span OID_TRUST_LIST_SIGNER; // .5.3
extern const struct span OID_READER_PURPOSES;   // .6, extension: SEQUENCE OF UTF8String

// Digest algorithms: 1.3.14.3.2.26 and 2.16.840.1.101.3.4.2.x
struct span oid_of_hash(enum crypto_hash hash);
bool oid_hash_parse(struct span oid, enum crypto_hash *hash);
// ecdsa-with-SHA…: 1.2.840.10045.4.1, 4.3.1 to 4.3.4
struct span oid_of_ecdsa(enum crypto_hash hash);
bool oid_ecdsa_parse(struct span oid, enum crypto_hash *hash);
// sha…WithRSAEncryption: 1.2.840.113549.1.1.5, 11 to 14
bool oid_rsa_pkcs1_parse(struct span oid, enum crypto_hash *hash);
// Named curves: SEC 2, RFC 5639
struct span oid_of_curve(enum crypto_curve curve);
bool oid_curve_parse(struct span oid, enum crypto_curve *curve);

#endif
