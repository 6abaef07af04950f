// What the tests of the mdoc share: keys, a chain check that knows one certificate, and a credential.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_MDOC_STAGE_H
#define JUMIN_TESTS_MOBILE_MDOC_STAGE_H

#include "host/mobile/device_response.h"
#include "tests/unit/unit.h"

enum { STAGE_BYTES = 16384 };

// The 1st of March 2026, noon, UTC.
static const int64_t stage_now = 1772366400;

static inline struct span text_span(const char *text)
{
    return span_of(text, strlen(text));
}

struct mdoc_stage {
    struct crypto_ec_key issuer_key, device_key, other_key, reader_key;
    struct signer issuer, device, other, reader;
    // What the chain check answers to the one certificate.
    struct mdoc_signer trusted;
    struct span certificate; // x5chain; stage_certificate unless changed
    enum jumin_error chain_error, status_error;
    struct mdoc_status asked_status; // by the last status check
    unsigned status_checks;
    struct mdoc_rules rules;
    uint64_t counter; // of the random source
    struct crypto_random random;
};

// "certificate": what the credentials of the stage carry.
extern const struct span stage_certificate;

void mdoc_stage_open(struct mdoc_stage *stage);
void mdoc_stage_close(struct mdoc_stage *stage);

// A way in which a credential that is signed well is wrong all the same. All zero: none.
struct flaw {
    const char *version, *digest_algorithm, *mso_doc_type;
    bool payload_not_embedded;
    size_t random; // bytes; 0: 16
    bool same_digest_id, same_element, no_digest, wrong_digest;
    bool no_random, no_valid_until, no_digests, no_digest_namespaces;
    bool no_device_key, tagged, chain_of_one, no_chain, detached;
    bool der_signature, other_issuer;
    int64_t signed_at, valid_from, valid_until;
    bool time_with_fraction, status, identifier_list, empty_status;
    struct span list_authority; // `certificate` of the status; empty: none
    bool empty_authority;       // it is there, and empty
    bool decoded_item;          // an item that is not wrapped
    bool key_authorized;        // the device may sign "kr.jumin.resident.1" "note"
    const char *country;        // issuing_country in the place of the name; NULL: none
    const char *name_space;     // NULL: "org.iso.23220.1"
    const char *protected;      // header in hexadecimal; NULL: {1: -7}
};
// IssuerSigned made by hand: docType "kr.jumin.resident.1", two elements of "org.iso.23220.1",
// family_name_unicode "Kim" (0) and birth_date (1).
struct span stage_issuer_signed(struct mdoc_stage *stage, const struct flaw *flaw, uint8_t *bytes,
                                size_t capacity);
// A transcript: [null, null, "session `name`"].
struct span stage_transcript(const char *name, uint8_t *bytes, size_t capacity);

#endif
