// The issuer's certificates for the mobile credential (ISO 18013-5 Annex B), kept in a folder: the issuing
// authority's root (IACA), what signs below it, the root of venues, and the venues' reader certificates.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_MOBILE_PKI_H
#define JUMIN_MOBILE_PKI_H

#include <jumin/ceremony.h>
#include <jumin/purpose.h>

// NAME.key holds a key, under the passphrase or as the URI of a token's, and its certificate; NAME.crt is a
// copy of the certificate for people and programs. Roots have NAME.crl, too. All keys are of P-256, all
// certificates in the profiles of Annex B.
struct jumin_mobile_pki;

enum jumin_mobile_key {
    JUMIN_MOBILE_IACA,          // iaca: root of the four below it
    JUMIN_MOBILE_MDOC_SIGNER,   // mdoc: document signer, MSO
    JUMIN_MOBILE_STATUS_SIGNER, // status: status lists
    JUMIN_MOBILE_SD_JWT_ISSUER, // sd-jwt: SD-JWT VC
    JUMIN_MOBILE_TRUST_LIST,    // trust-list: trust lists
    JUMIN_MOBILE_VENUE_ROOT,    // venue-root: root of venues' certificates
    JUMIN_MOBILE_KEYS,
};
// "iaca", "mdoc", …; NULL: there is none.
JUMIN_EXPORT const char *jumin_mobile_key_name(enum jumin_mobile_key key);

struct jumin_mobile_pki_options {
    const char *country;      // ISO 3166-1 alpha-2, upper case; "KR" when NULL
    const char *organization; // "jumin specimen" when NULL
    const char *contact;      // URI of the issuer: issuerAltName; an example address when NULL
    // URI of a folder in which iaca.crl and venue-root.crl will be found, without a slash at its end; an
    // example address when NULL
    const char *revocation_lists;
    int64_t now; // seconds since 1970, UTC
};

JUMIN_EXPORT enum jumin_error jumin_mobile_pki_new(struct jumin_mobile_pki **pki, const char *folder);
// Wipes the keys. NULL is allowed.
JUMIN_EXPORT void jumin_mobile_pki_free(struct jumin_mobile_pki *pki);
JUMIN_EXPORT const char *jumin_mobile_pki_detail(const struct jumin_mobile_pki *pki);
// As jumin_pki_use_tokens, for all keys of the folder but those of venues.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_use_tokens(struct jumin_mobile_pki *pki,
                                                          struct jumin_tokens *tokens, const char *uri);

// Makes all keys, certificates and two empty revocation lists. Refuses a folder that has an IACA already,
// which is written last: a folder that has it has everything.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_init(struct jumin_mobile_pki *pki, const char *passphrase,
                                                    const struct jumin_mobile_pki_options *options);
// Makes the next key and certificate of a signer (no root) in place of the present ones, with one rename.
// What the one before has signed stays valid.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_renew(struct jumin_mobile_pki *pki, const char *passphrase,
                                                     enum jumin_mobile_key signer, int64_t now);

// --- Venues ------------------------------------------------------------------------------------------------------

struct jumin_venue {
    const char *name; // of the files venues/NAME.key and NAME.crt: letters, digits and dashes
    const char
        *title; // UTF-8, what a wallet shows: common name, at most 64 characters and 127 bytes; NULL: name
    const char *host;  // DNS name for remote requests (x509_san_dns); NULL: none
    unsigned purposes; // bits of enum jumin_purpose, at least one
    int64_t now;
};
// Makes a venue's key, under the passphrase, and its certificate. A venue that is there already gets new
// ones; its certificate before goes to venues/former.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_issue_venue(struct jumin_mobile_pki *pki,
                                                           const char *passphrase,
                                                           const struct jumin_venue *venue);

// --- What is there -----------------------------------------------------------------------------------------------

enum { JUMIN_MOBILE_NAME = 128 };
struct jumin_mobile_certificate {
    int64_t not_before, not_after;
    unsigned purposes; // of a venue
    bool revoked;
    char serial[JUMIN_SERIAL];       // hexadecimal
    char name[JUMIN_MOBILE_NAME];    // of the file; of one that was replaced with its folder
    char subject[JUMIN_MOBILE_NAME]; // common name
};
// A key's certificate; no passphrase is needed.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_show(struct jumin_mobile_pki *pki, enum jumin_mobile_key key,
                                                    struct jumin_mobile_certificate *certificate);
// The venues by name: the first `capacity` of them; `*count` is how many there are.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_venues(struct jumin_mobile_pki *pki,
                                                      struct jumin_mobile_certificate *venues,
                                                      size_t capacity, size_t *count);

// The certificates that were replaced, of signers (JUMIN_MOBILE_IACA) or venues (JUMIN_MOBILE_VENUE_ROOT): as
// above.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_former(struct jumin_mobile_pki *pki,
                                                      enum jumin_mobile_key root,
                                                      struct jumin_mobile_certificate *certificates,
                                                      size_t capacity, size_t *count);

// --- Revocation --------------------------------------------------------------------------------------------------

// The next revocation list of a root, with one more certificate by its serial number in hexadecimal; NULL:
// with none more. An entry goes when its certificate has expired and stood on a list that was issued later
// (RFC 5280 §3.3). JUMIN_ERROR_ARGUMENT: no serial number; JUMIN_ERROR_INPUT: no certificate of this root has
// it.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_revoke(struct jumin_mobile_pki *pki, const char *passphrase,
                                                      enum jumin_mobile_key root, const char *serial,
                                                      int64_t now);

// --- Trust list --------------------------------------------------------------------------------------------------

// Another issuer, whose credentials are to be trusted.
struct jumin_mobile_issuer {
    const char *name; // its URL, or whatever all its roots share; UTF-8, at most 127 bytes
    // File with its self-signed roots and the revocation lists of these and of authorities below: PEM, or one
    // of them in DER.
    const char *path;
    const char *const *types; // docTypes and vcts that it vouches for, and no others; at least one
    size_t type_count;
};

struct jumin_mobile_trust_list {
    const char *wallets; // PEM file with roots of wallet providers; NULL: none
    const struct jumin_mobile_issuer *issuers;
    size_t issuer_count;
    int64_t now, seconds; // it expires so many seconds after now
};

// Writes the signed trust list (host/mobile/trust_list.h) of this issuer's own roots, of other issuers', and
// of wallet providers', to trust-list.jwt of the folder. JUMIN_ERROR_INPUT: a file without a root, or with
// what does not belong into one; a root that is in the list already. On error the file is as before.
JUMIN_EXPORT enum jumin_error jumin_mobile_pki_trust_list(struct jumin_mobile_pki *pki,
                                                          const char *passphrase,
                                                          const struct jumin_mobile_trust_list *list);

#endif
