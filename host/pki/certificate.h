// Making X.509 certificates and CRLs in the profiles of 9303-12 §7 (CSCA, document signer, CRL) and of ISO
// 18013-5 Annex B (the mobile credential's).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_CERTIFICATE_H
#define JUMIN_HOST_PKI_CERTIFICATE_H

#include "host/pki/signing_key.h"

enum {
    CERTIFICATE_MAX = 2048,
    REVOCATION_LIST_MAX = 16384, // some 400 entries
    CERTIFICATE_SERIAL = 16,
    CERTIFICATE_KEY_IDENTIFIER = 20, // SHA-1 of the public key's bits (RFC 5280 §4.2.1.2, method 1)
};

struct certificate_name {
    const char *country;      // two letters, upper case
    const char *organization; // UTF-8
    const char *common_name;  // UTF-8
};

enum certificate_profile {
    CERTIFICATE_CSCA,
    CERTIFICATE_DOCUMENT_SIGNER,
    CERTIFICATE_IACA,          // ISO 18013-5 §B.1.2; the root of venues has the same profile
    CERTIFICATE_MDOC_SIGNER,   // §B.1.4
    CERTIFICATE_STATUS_SIGNER, // as the one before, with another extended key usage: this and the next two
    CERTIFICATE_SD_JWT_ISSUER,
    CERTIFICATE_TRUST_LIST_SIGNER,
    CERTIFICATE_READER, // §B.1.7
};

struct certificate_request {
    enum certificate_profile profile;
    struct certificate_name issuer, subject;
    // 9303-12: ICAO country code, three letters, for the directoryName of the alternative names
    const char *location;
    const char *contact;         // ISO 18013-5: URI of the issuer, for its alternative name
    const char *host;            // ISO 18013-5: the subject's DNS name; NULL: none
    unsigned purposes;           // of a reader: bits of enum jumin_purpose
    const char *revocation_list; // URI of the CRL
    uint8_t serial[CERTIFICATE_SERIAL];
    int64_t not_before, not_after; // seconds since 1970, UTC
    int64_t key_not_after;         // 9303-12: end of the private key's use
    const struct crypto_ec_key *subject_key;
};

// The hash that fits a curve: SHA-256, SHA-384 or SHA-512.
enum crypto_hash certificate_hash(enum crypto_curve curve);
bool certificate_key_identifier(const struct crypto_ec_key *key,
                                uint8_t identifier[CERTIFICATE_KEY_IDENTIFIER]);
// Name in DER, as it stands in certificates, CRLs and SignerInfo.
void put_certificate_name(struct writer *w, const struct certificate_name *name);
// SubjectPublicKeyInfo with the curve spelled out, as certificates and DG15 have it.
void put_subject_public_key(struct writer *w, enum crypto_curve curve, struct span point);
// The certificate in DER, signed with the issuer's key (for a CSCA: its own).
bool certificate_issue(const struct certificate_request *request, const struct signing_key *issuer_key,
                       const struct crypto_random *random, struct writer *der);

// What 9303-12 §7.1.4 has in an entry: no extension, so no reason.
struct revocation_entry {
    struct span serial; // of the certificate, unsigned or with its sign byte
    int64_t revoked;    // seconds since 1970, UTC
};

struct revocation_request {
    struct certificate_name issuer;
    uint32_t number;                  // cRLNumber
    int64_t this_update, next_update; // at most 90 days apart (9303-12 §7.1.4)
    const struct revocation_entry *entries;
    size_t count;
};
bool revocation_list_issue(const struct revocation_request *request, const struct signing_key *issuer_key,
                           const struct crypto_random *random, struct writer *der);

#endif
