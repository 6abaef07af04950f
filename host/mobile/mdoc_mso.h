// The mobile security object (ISO 18013-5 §9.1.2.4): what an issuer signs about an mdoc.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_MDOC_MSO_H
#define JUMIN_HOST_MOBILE_MDOC_MSO_H

#include "host/mobile/mdoc.h"

// Seconds since 1970.
struct mdoc_validity {
    int64_t signed_at, valid_from, valid_until;
    int64_t expected_update; // 0: none
};

// Borrowed from the payload it was parsed from.
struct mdoc_mso {
    enum crypto_hash hash; // SHA-256, -384 or -512
    struct span
        value_digests; // map, whole; checked: namespaces, numbers below 2^31, digests of the hash's length
    uint8_t device_key[SIGNER_POINT];
    struct span key_authorizations; // map, whole; empty: none
    struct span doc_type;
    struct mdoc_validity validity;
    struct mdoc_status status;
    bool other_status; // a status of a kind that is not known here (identifier_list)
};

// `payload`: that of issuerAuth, #6.24(bstr .cbor MobileSecurityObject). Members that are not known are
// passed over. JUMIN_ERROR_MALFORMED, or NOT_SUPPORTED for another version or digest algorithm.
enum jumin_error mdoc_mso_parse(struct span payload, struct mdoc_mso *mso, struct detail *detail);
// The digest of an item; false: there is none.
bool mdoc_mso_digest(const struct mdoc_mso *mso, struct span name_space, uint64_t digest_id,
                     struct span *digest);

// Digests by their digestID, all of them there, SHA-256.
struct mdoc_digests {
    struct span name_space;
    const uint8_t (*digests)[32];
    size_t count;
};
// Writes the payload.
void mdoc_mso_put(struct writer *w, const struct mdoc_digests *digests, size_t count,
                  const uint8_t device_key[SIGNER_POINT], struct span doc_type,
                  const struct mdoc_validity *validity, const struct mdoc_status *status);

#endif
