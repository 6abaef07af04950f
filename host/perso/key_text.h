// Master keys as text: in hexadecimal digits, or encrypted under a passphrase.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_KEY_TEXT_H
#define JUMIN_HOST_PERSO_KEY_TEXT_H

#include "card/crypto/crypto.h"
#include <jumin/master_key.h>

enum {
    KEY_TEXT_MAX = 2048, // of a file: a URI is the longest
    KEY_TEXT_ITERATIONS = 600000,
};

// Lower case.
void key_text_put_digits(struct writer *text, struct span bytes);
// Digits of either case, as many as `n` bytes have, off the front of `*text`.
bool key_text_take_digits(struct span *text, size_t n, uint8_t *bytes);
// Takes a literal off the front.
bool key_text_take(struct span *text, const char *literal);
// Without blanks and line ends at its end.
struct span key_text_trim(struct span text);

bool key_text_is_sealed(struct span text);
bool key_text_seal(const uint8_t *key, struct span passphrase, const struct crypto_random *random,
                   struct writer *text);
// False: damaged, or another passphrase; `key` is wiped.
bool key_text_open(struct span text, struct span passphrase, uint8_t *key);

#endif
