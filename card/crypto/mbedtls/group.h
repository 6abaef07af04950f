// What the elliptic curve files of this provider share: groups, points and the random source.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_MBEDTLS_GROUP_H
#define JUMIN_CARD_CRYPTO_MBEDTLS_GROUP_H

#include "card/crypto/crypto.h"

#include <mbedtls/ecp.h>

// The constants of the card's curves lie in read-only memory, so that loading is quick. Free with
// mbedtls_ecp_group_free, also after false.
bool group_load(mbedtls_ecp_group *group, enum crypto_curve curve);
// For group_load: a curve that mbedTLS is not configured for, from its numbers, into an initialized group.
// False: no such curve, or the library is out of memory.
bool group_load_numbers(mbedtls_ecp_group *group, enum crypto_curve curve);
// Checked as in crypto_ec_load_public.
bool group_read_point(const mbedtls_ecp_group *group, enum crypto_curve curve, struct span bytes,
                      mbedtls_ecp_point *point);
// Refuses infinity.
bool group_write_point(const mbedtls_ecp_group *group, enum crypto_curve curve,
                       const mbedtls_ecp_point *point, uint8_t *bytes);
// Checked as in crypto_ec_load_secret.
bool group_read_scalar(const mbedtls_ecp_group *group, enum crypto_curve curve, struct span bytes,
                       mbedtls_mpi *scalar);
// A struct crypto_random as mbedTLS wants it.
int group_random(void *source, unsigned char *out, size_t n);

#endif
