// Shamir's secret sharing, byte by byte over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1.
// SPDX-License-Identifier: Apache-2.0
//
// The field and the form of a share (its number, and as many bytes as the secret) are those of libgfshare, so
// that gfcombine puts our shares together, too. The library itself is not used: it multiplies by tables,
// which shows secrets to the cache, and draws from random() unless told otherwise.
#ifndef JUMIN_HOST_PKI_SECRET_SHARING_H
#define JUMIN_HOST_PKI_SECRET_SHARING_H

#include "card/crypto/crypto.h"

enum { SECRET_SHARES_MAX = 255 };

// Makes the shares 1 to `count`, of which `threshold` (2 to `count`) give the secret and fewer say nothing
// but its length. Share i stands at shares + (i - 1) * secret.n. False: no random bytes, or wrong numbers;
// the shares are wiped then.
bool secret_split(struct span secret, size_t threshold, size_t count, const struct crypto_random *random,
                  uint8_t *shares);
// Puts together `count` shares of `n` bytes; `numbers` (not 0, all different) says which they are. With fewer
// than the threshold, or a wrong one, the result is another secret: it says nothing. False: wrong numbers.
bool secret_combine(const uint8_t *numbers, const uint8_t *const *shares, size_t count, size_t n,
                    uint8_t *secret);

#endif
