// The public keys that certificates are verified with: the trust points in the store, and the current date
// (TR-03110-3 §2.5, 9303-11 §7.1.4.3).
// SPDX-License-Identifier: Apache-2.0
//
// Each terminal type has up to two trust points of its own, the newer one first. The newer one alone verifies
// link certificates, also when it has expired; either verifies DV certificates until it expires. An older one
// is removed when the date has gone past it.
#ifndef JUMIN_CARD_CORE_TRUST_POINTS_H
#define JUMIN_CARD_CORE_TRUST_POINTS_H

#include "card/core/command.h"
#include "card/nvm/store.h"
#include "card/wire/cvc.h"

enum trust_point_age { TRUST_POINT_NEWER, TRUST_POINT_OLDER, TRUST_POINTS_PER_TYPE };

enum { EF_CVCA_LENGTH = 36 }; // CAR [CAR], then zeros (TR-03110-3 §A.7, table 16)

// A public key with what its certificate says about its holder ("imported metadata", 9303-11 §7.1.4.3.7).
struct imported_key {
    uint8_t reference[CVC_REFERENCE_MAX]; // CHR
    size_t reference_length;              // 0: there is no key
    // Type and role of the holder, and the rights that its chain leaves it.
    struct authorization authorization;
    cvc_date expiration;
    enum crypto_hash hash;
    enum crypto_curve curve;
    uint8_t point[CRYPTO_POINT_MAX];
};

// What the certificate says; its key is on `curve`, which it need not say.
void imported_key_take(struct imported_key *key, const struct cv_certificate *certificate,
                       enum crypto_curve curve);
struct span imported_key_reference(const struct imported_key *key);
struct span imported_key_point(const struct imported_key *key);

// The rights are those of its certificate that this card's profile leaves. False, and `*key` is all zero,
// when there is none, or the store fails.
bool trust_point_read(struct store *store, enum terminal_type type, enum trust_point_age age,
                      struct imported_key *key);
// The date of the newest certificate that proved one; 0 when the card knows none.
cvc_date current_date(struct store *store);
// What an accepted certificate changes for good, in one transaction: `link`, when not NULL, becomes the newer
// trust point of its type, and the newer one the older one. The date moves forward to `date`, never back.
enum store_status trust_points_update(struct store *store, const struct imported_key *link, cvc_date date);

// Personalization, within its transactions: the most that terminals of the type get on this card (8 bytes,
// big-endian; 6A80: another length); pieces of a CVCA certificate (7F21 …) as they come …
uint16_t trust_point_store_rights(struct store *store, enum terminal_type type, struct span bytes);
uint16_t trust_point_store(struct store *store, enum terminal_type type, size_t offset, struct span piece);
// The current date, as in a certificate; never back. 6A80: it is none.
uint16_t current_date_store(struct store *store, struct span bytes);
// … and when all have come, each certificate becomes the only trust point of its type. 6A80: it is none,
// signed by another key than its own, or of another type.
uint16_t trust_points_complete(struct store *store);
// All trust points and the date.
enum store_status trust_points_remove(struct store *store);

#endif
