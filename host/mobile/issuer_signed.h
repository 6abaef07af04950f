// IssuerSigned (ISO 18013-5 §8.3.2.1.2.2, §9.1.2): an mdoc as its issuer makes it and a verifier checks
// it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_ISSUER_SIGNED_H
#define JUMIN_HOST_MOBILE_ISSUER_SIGNED_H

#include "host/mobile/cose.h"
#include "host/mobile/mdoc_mso.h"

// --- Making -------------------------------------------------------------------------------------------------

struct issuer_signed_order {
    struct span doc_type;
    const struct mdoc_namespace *namespaces; // 1 to MDOC_NAMESPACES_MAX, names different
    size_t namespace_count;
    size_t decoys; // digests of nothing in each namespace, so that what is absent is not counted
    uint8_t device_key[SIGNER_POINT];
    struct mdoc_validity validity;
    struct mdoc_status status;     // uri empty: none
    const struct span *chain;      // of the document signer, without the root; DER, leaf first
    size_t chain_count;            // 1 to COSE_CHAIN_MAX
    enum cose_algorithm algorithm; // COSE_ES256, or COSE_ESP256
};

// Appends IssuerSigned: digestIDs shuffled within each namespace, 32 random bytes an item.
// JUMIN_ERROR_ARGUMENT (an order that is none), CRYPTO (no random bytes, or the signer failed), TOO_LONG
// (does not fit `w`). On error what was appended is undefined. `w` must not be one that others see before.
enum jumin_error issuer_signed_make(const struct issuer_signed_order *order, const struct signer *signer,
                                    const struct crypto_random *random, struct writer *w);

// --- Reading ------------------------------------------------------------------------------------------------

struct issuer_signed {
    struct span whole;
    struct span name_spaces; // map, whole; empty: nothing is shown
    struct span issuer_auth; // COSE_Sign1, whole, as it came
    struct cose_message signature;
    struct mdoc_mso mso;
};

struct issuer_signed_item {
    struct span whole; // #6.24(bstr): what is digested
    struct span name_space, identifier;
    uint64_t digest_id;
    struct span random;
    struct span value; // one item of CBOR, encoded
};

// One that fills `bytes`: its shape, each item's, and no digestID and no identifier of a namespace twice.
// Nothing is verified. JUMIN_ERROR_MALFORMED, NOT_SUPPORTED.
enum jumin_error issuer_signed_parse(struct span bytes, struct issuer_signed *parsed, struct detail *detail);

// Where a walk over the items is: namespace by namespace.
struct issuer_signed_walk {
    struct cbor_map namespaces;
    struct span items; // of the present namespace, still to come
    uint64_t count;
    struct span name_space;
};
void issuer_signed_begin(const struct issuer_signed *parsed, struct issuer_signed_walk *walk);
// False behind the last.
bool issuer_signed_next(struct issuer_signed_walk *walk, struct issuer_signed_item *item);
bool issuer_signed_find(const struct issuer_signed *parsed, struct span name_space, struct span identifier,
                        struct issuer_signed_item *item);

// ISO 18013-5 §9.3.1: chain and signature, every item's digest, docType, and the times (`signed` within the
// signer's validity, `now` within validFrom and validUntil), then the status. The sentence in `detail` says
// which check failed. SIGNER_UNKNOWN, CERTIFICATE, REVOKED (of the chain, or by the status), SIGNATURE, HASH,
// NOT_VALID_NOW, MALFORMED.
// `doc_type`: the one of the Document; empty: the MSO's stands alone (as it is when a wallet takes a
// credential).
enum jumin_error issuer_signed_verify(const struct issuer_signed *parsed, struct span doc_type,
                                      const struct mdoc_rules *rules, struct detail *detail);
// Two steps of it, for verifiers that say the result of each: every item's digest; the times, by the signer
// that was trusted.
enum jumin_error issuer_signed_check_digests(const struct issuer_signed *parsed, struct detail *detail);
enum jumin_error issuer_signed_check_times(const struct mdoc_validity *validity,
                                           const struct mdoc_signer *signer, int64_t now,
                                           struct detail *detail);

#endif
