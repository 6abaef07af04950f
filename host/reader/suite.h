// The cipher suites that a terminal knows: AES, ARIA, and 3DES for documents of others (9303-11 §9.8).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_SUITE_H
#define JUMIN_HOST_READER_SUITE_H

#include "card/wire/pace.h"
#include <jumin/document.h>

enum { SUITE_BITS_3DES = 112 };

// Bits of the key: 112 for 3DES, 128, 192 or 256.
unsigned suite_bits(enum secure_messaging_suite suite);
// Never JUMIN_CIPHER_ANY.
enum jumin_cipher suite_cipher_of(enum secure_messaging_suite suite);
// The order of preference, in all protocols: the longer key first, 3DES last; of two as long AES before ARIA,
// as more people have tried to break it.
bool suite_stronger(enum secure_messaging_suite a, enum secure_messaging_suite b);
// Whether it has the key length and the cipher that are demanded.
bool suite_fits(enum secure_messaging_suite suite, const struct jumin_pace_protocol *demanded);
// "3DES", "AES-128", "ARIA-256"
const char *suite_name(enum secure_messaging_suite suite);
// As suite_key_length and the functions of card/wire/pace.h, for every suite.
size_t suite_key_bytes(enum secure_messaging_suite suite);
bool suite_password_key(enum secure_messaging_suite suite, struct span password,
                        struct crypto_cipher_key *key);
bool suite_map_integrated(const struct pace_protocol *protocol, struct span nonce, struct span terminal_nonce,
                          uint8_t *generator);
bool suite_start_session(struct sm_session *session, enum secure_messaging_suite suite, struct span shared);

#endif
