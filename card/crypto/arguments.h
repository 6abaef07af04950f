// Checks of arguments that all providers make alike; not for users of crypto.h.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_ARGUMENTS_H
#define JUMIN_CARD_CRYPTO_ARGUMENTS_H

#include "card/crypto/crypto.h"

// The form of an uncompressed point (SEC 1 §2.3.3): length and first byte. The libraries also take
// compressed and hybrid points, which crypto.h does not.
bool arguments_point(enum crypto_curve curve, struct span point);
// The length of a field element that is to be encoded as a point, and whether the curve allows that.
bool arguments_element(enum crypto_curve curve, struct span element);
// What crypto.h says of a digest for ECDSA.
bool arguments_digest(struct span digest);
// Length and parity of modulus and exponent, as crypto.h has them.
bool arguments_rsa(const struct crypto_rsa_public *key);

#endif
