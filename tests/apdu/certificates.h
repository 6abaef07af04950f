// CV certificates for tests: holders with their keys, and certificates that are signed as they should be but
// broken in a chosen place.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_CERTIFICATES_H
#define JUMIN_TESTS_APDU_CERTIFICATES_H

#include "card/wire/cvc.h"

// Who issues or holds: a CVCA, a DV, a terminal.
struct test_holder {
    char reference[CVC_REFERENCE_MAX + 1]; // CHR
    enum crypto_hash hash;                 // of its key's algorithm
    enum crypto_curve curve;
    struct crypto_ec_key key;
    uint8_t point[CRYPTO_POINT_MAX];
};

// The key pair is the same for the same reference and curve in every run. Release it at the end.
void test_holder_make(struct test_holder *holder, const char *reference, enum crypto_curve curve,
                      enum crypto_hash hash);
void test_holder_release(struct test_holder *holder);
// Signs with the holder's key; writes 2 * crypto_curve_length bytes.
void test_holder_sign(struct test_holder *holder, struct span digest,
                      uint8_t signature[CRYPTO_SIGNATURE_MAX]);

// What a good certificate of `holder` by `issuer` says; change it before making it. Domain parameters: when
// `role` is the CVCA's.
struct cv_certificate certificate_plan(const struct test_holder *issuer, const struct test_holder *holder,
                                       enum terminal_type type, enum certificate_role role, rights granted,
                                       cvc_date effective, cvc_date expiration);

enum edit_kind {
    EDIT_OMIT,
    EDIT_DOUBLE,
    EDIT_RETAG,   // takes `new_tag`
    EDIT_REPLACE, // takes `bytes` as its value
    EDIT_INSERT,  // `bytes`, whole objects, come before it
    EDIT_EMPTY,
    EDIT_CUT,      // its value loses its last byte
    EDIT_PAD,      // its value gets 00 at its end
    EDIT_FLIP,     // the lowest bit of its last byte
    EDIT_OVERLONG, // its length says one more than it has
    EDIT_SWAP,     // with the next one
    EDIT_SET_R,    // the first half of its value becomes `bytes`
    EDIT_SET_S,    // the second half
};

// One change to the object `tag` that lies in the object `inside`: 0 for 7F4E and 5F37, CVC_BODY,
// CVC_PUBLIC_KEY, TAG_CHAT, TAG_CERTIFICATE_EXTENSIONS or TAG_DISCRETIONARY_DATA_TEMPLATE.
struct certificate_edit {
    enum edit_kind kind;
    uint32_t inside, tag;
    uint32_t new_tag;
    struct span bytes;
};

enum { TEST_CERTIFICATE_MAX = 2 * CVC_MAX };

// Writes the body with the changes, signs it by `issuer`, adds the signature with its changes. Returns 7F4E
// and 5F37, without the outer 7F21, in `buffer`.
struct span certificate_make(const struct cv_certificate *plan, struct test_holder *issuer,
                             const struct certificate_edit *edits, size_t count,
                             uint8_t buffer[TEST_CERTIFICATE_MAX]);
// Without changes.
struct span certificate_good(const struct cv_certificate *plan, struct test_holder *issuer,
                             uint8_t buffer[TEST_CERTIFICATE_MAX]);

#endif
