// One custodian's share of a split secret, as text that a person can keep on paper and type.
// SPDX-License-Identifier: Apache-2.0
//
// The text is base32 (RFC 4648 §6) in groups of four, after lines that begin with #, of:
//   version (1), kind, sharing (4 bytes that all shares of one splitting have alike), threshold, count,
//   number, body, first four bytes of SHA-256 over all before.
// The body is the share, or under its custodian's passphrase: 16 bytes of salt, and the share sealed by
// AES-256-GCM with all bytes before the body as additional data, under a key of PBKDF2 with HMAC-SHA-256 and
// PRIVATE_KEY_ITERATIONS.
#ifndef JUMIN_HOST_PKI_SHARE_H
#define JUMIN_HOST_PKI_SHARE_H

#include "card/crypto/crypto.h"
#include <jumin/error.h>

enum {
    SHARE_SECRET_MAX = 64,
    SHARE_SHARING = 4,
    SHARE_SALT = 16,
    SHARE_BODY_MAX = SHARE_SALT + SHARE_SECRET_MAX + CRYPTO_GCM_TAG,
    SHARE_TEXT_MAX = 1024,
};

struct share {
    uint8_t sharing[SHARE_SHARING];
    uint8_t threshold, count, number; // 2 <= threshold <= count, 1 <= number <= count
    bool sealed;
    uint8_t body[SHARE_BODY_MAX];
    size_t n;
};

// Puts the groups, four to a line.
void share_put(struct writer *text, const struct share *share);
// Reads what share_put and hands have written: lines that begin with # are left out, white space and hyphens
// do not count, nor does case, and 0, 1 and 8 are taken for O, I and B. JUMIN_ERROR_INPUT: `*why` says what
// is wrong; the share is wiped.
enum jumin_error share_parse(struct span text, struct share *share, const char **why);

// Seals an open share; opens a sealed one. JUMIN_ERROR_INPUT: a wrong passphrase.
enum jumin_error share_seal(struct share *share, struct span passphrase, const struct crypto_random *random);
enum jumin_error share_open(struct share *share, struct span passphrase);

#endif
