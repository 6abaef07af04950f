// The certificates that sign mobile credentials, status lists and requests, checked from the signer to a root
// of its own kind (ISO 18013-5 Annex B, RFC 5280 §6).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_X5CHAIN_H
#define JUMIN_HOST_MOBILE_X5CHAIN_H

#include "host/detail.h"
#include "host/pki/trust.h"
#include <jumin/purpose.h>

enum {
    X5CHAIN_MAX = 3, // certificates of a chain that is handed over: the signer and authorities, no root
    X5CHAIN_NAME_MAX = 128,
    X5CHAIN_COUNTRY_MAX = 3,
    X5CHAIN_ROOT = 32, // bytes that stand for a root: SHA-256 of its certificate
};

// What the signer signs. Each role has roots of its own: the caller gives those.
enum x5chain_role {
    X5CHAIN_MDOC_SIGNER,     // MSO: extended key usage 1.0.18013.5.1.2 (ISO 18013-5 §B.1.4)
    X5CHAIN_STATUS_SIGNER,   // status lists: our extended key usage, or none at all (status_judge.h)
    X5CHAIN_SD_JWT_ISSUER,   // SD-JWT VC: our extended key usage, or none at all
    X5CHAIN_READER,          // requests of venues: extended key usage 1.0.18013.5.1.6 (§B.1.7)
    X5CHAIN_TRUST_LIST,      // trust lists: our extended key usage
    X5CHAIN_WALLET_PROVIDER, // key attestations: none of the usages above
    X5CHAIN_ROLES,
};

// From the signer to the last authority before the root: each one certificate in DER, signed by the next
// one's key. Borrowed.
struct x5chain {
    struct span certificates[X5CHAIN_MAX];
    size_t count;
};

// Adds a certificate behind the others. False: there are X5CHAIN_MAX already.
bool x5chain_add(struct x5chain *chain, struct span der);

struct x5chain_rules {
    enum x5chain_role role;
    const struct jumin_trust *roots; // of the role, with their revocation lists; borrowed
    int64_t now;                     // seconds since 1970, UTC
    bool revocation_required;        // refuse where a list is missing or out of date; else it is only used
};

// What a checked chain says of its signer. Nothing is borrowed.
struct x5chain_signer {
    enum crypto_curve curve; // P-256 or P-384
    size_t point_length;
    uint8_t point[CRYPTO_POINT_MAX];   // uncompressed, of `point_length` bytes
    unsigned purposes;                 // bits of enum jumin_purpose; 0 where the certificate names none
    int64_t not_before, not_after;     // of the signer's certificate: what it signed lies between
    int64_t valid_from, valid_until;   // while this answer holds: whole chain, root and revocation lists
    uint8_t root[X5CHAIN_ROOT];        // that it leads to
    char country[X5CHAIN_COUNTRY_MAX]; // of the signer's issuer (ISO 18013-5 §B.1.4); empty: none
    char name[X5CHAIN_NAME_MAX]; // common name of the subject, UTF-8 without control characters; may be empty
    char organization[X5CHAIN_NAME_MAX];
    bool revocation_checked; // a list in date of each authority covers its certificate
};

// JUMIN_OK; MALFORMED (no certificate), CERTIFICATE (a root in the chain, an order or a key usage that is
// wrong, another role, a curve that is not allowed), SIGNER_UNKNOWN, SIGNATURE, NOT_VALID_NOW, REVOKED.
// `detail` says it in words. `*signer` is wiped on failure.
enum jumin_error x5chain_check(const struct x5chain *chain, const struct x5chain_rules *rules,
                               struct x5chain_signer *signer, struct detail *detail);

// Whether the certificate's alternative names have this host as dNSName, letters of either case; no
// wildcards (x509_san_dns of OpenID4VP).
bool x5chain_names_host(struct span certificate, const char *host);

// --- Chains that were checked before -----------------------------------------------------------------------------

// By SHA-256 of role and certificates. Only for one set of roots: cleared when they change. One thread at a
// time. All zero is empty.
enum { X5CHAIN_CACHE_MAX = 16 };
struct x5chain_cache {
    struct x5chain_cached {
        uint8_t digest[32];
        int64_t used; // by count; 0: free
        struct x5chain_signer signer;
    } entries[X5CHAIN_CACHE_MAX];
    int64_t count;
};

// As x5chain_check, from the cache where `rules->now` lies within what the answer holds for; only good
// answers are kept. `cache` NULL: none.
enum jumin_error x5chain_check_cached(struct x5chain_cache *cache, const struct x5chain *chain,
                                      const struct x5chain_rules *rules, struct x5chain_signer *signer,
                                      struct detail *detail);
void x5chain_cache_clear(struct x5chain_cache *cache);

#endif
