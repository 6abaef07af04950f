// The public keys that certificates are verified with: the trust points in the store, and the current date
// (TR-03110-3 §2.5, 9303-11 §7.1.4.3).
// SPDX-License-Identifier: Apache-2.0
//
// Each terminal type has up to two trust points of its own, the newer one first. The newer one verifies link
// certificates, also when it has expired; either verifies DV certificates until it expires.
#ifndef JUMIN_CARD_CORE_TRUST_POINTS_H
#define JUMIN_CARD_CORE_TRUST_POINTS_H

#include "card/core/command.h"
#include "card/nvm/store.h"
#include "card/wire/cvc.h"

enum { TRUST_POINTS_PER_TYPE = 2 };

// A public key with what its certificate says about its holder (TR-03110-3 §B.3, "imported metadata").
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

struct span imported_key_reference(const struct imported_key *key);
struct span imported_key_point(const struct imported_key *key);

// The trust point of a type: 0 the newer one, 1 the older one. False, and `*key` is all zero, when there is
// none or the store fails.
bool trust_point_read(struct store *store, enum terminal_type type, unsigned which, struct imported_key *key);
// The one with this name, of any age.
bool trust_point_find(struct store *store, enum terminal_type type, struct span reference,
                      struct imported_key *key);
// Within a transaction: `key` becomes the newer one, the newer one the older one, and the older one is gone.
enum store_status trust_point_add(struct store *store, const struct imported_key *key);
// 0 when the card has none.
cvc_date current_date(struct store *store);
// Within a transaction: moves the date forward, never back, and removes older trust points that have expired.
enum store_status current_date_advance(struct store *store, cvc_date date);

// Personalization, within its transaction: a whole CVCA certificate (7F21), self-signed, becomes the only
// trust point of the type. 6A80: none, or of another type.
uint16_t trust_point_store(struct store *store, enum terminal_type type, struct span certificate);
// All trust points and the date.
enum store_status trust_points_remove(struct store *store);

#endif
