// What the elliptic curve files of this provider share: groups, points and scalars.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_OPENSSL_GROUP_H
#define JUMIN_CARD_CRYPTO_OPENSSL_GROUP_H

#include "card/crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/ec.h>

// OpenSSL's name of the curve, NULL for none.
const char *group_name(enum crypto_curve curve);
// NULL for no curve. Made once for all threads, as long as the process lives, and never changed: to make one
// takes half as long as a signature.
const EC_GROUP *group_of(enum crypto_curve curve);
// Checked as in crypto_ec_load_public; NULL when refused. Free with EC_POINT_free.
EC_POINT *group_read_point(const EC_GROUP *group, enum crypto_curve curve, struct span bytes, BN_CTX *bn);
// Refuses infinity.
bool group_write_point(const EC_GROUP *group, enum crypto_curve curve, const EC_POINT *point, uint8_t *bytes,
                       BN_CTX *bn);
// Checked as in crypto_ec_load_secret, and marked as secret; NULL when refused. Free with BN_clear_free.
BIGNUM *group_read_scalar(const EC_GROUP *group, enum crypto_curve curve, struct span bytes);

#endif
