// What the tests of JOSE share: keys, a signer, time, and tokens with one thing changed.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_JOSE_STAGE_H
#define JUMIN_TESTS_MOBILE_JOSE_STAGE_H

#include "tests/unit/unit.h"

#include "host/mobile/jws.h"

enum { JOSE_TEXT_MAX = 65536, JOSE_NOW = 1800000000 };

// A key pair of P-256 whose secret is 31 zeros and `last`; signs through `signer`.
struct jose_party {
    struct crypto_ec_key key;
    struct signer signer;
};
void jose_party_make(struct jose_party *party, uint8_t last);

static inline struct span text_span(const char *text)
{
    return span_of(text, strlen(text));
}

// A token of any header and payload, signed well, in a buffer that the next call uses again.
struct span jose_token(const struct signer *signer, const char *header, const char *payload);
// The text between two dots or tildes, decoded and with a zero behind it; `index` counts dots.
const char *jose_part(struct span token, size_t index);

// Asserts the error, and that the sentence holds `words`.
void assert_refused(enum jumin_error error, enum jumin_error expected, const struct detail *detail,
                    const char *words);

#endif
