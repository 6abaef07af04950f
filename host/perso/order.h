// The inside of struct jumin_order, and the files that are made of it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_ORDER_H
#define JUMIN_HOST_PERSO_ORDER_H

#include "card/wire/scp03.h"
#include "card/wire/security_infos.h"
#include "host/perso/eid_make.h"
#include "host/perso/lds_make.h"
#include "host/perso/profile.h"
#include "host/pki/pki.h"
#include <jumin/perso.h>

enum {
    ORDER_CAN = 6,
    ORDER_PIN_MIN = 4,
    ORDER_PIN_MAX = 8,
    ORDER_PUK = 10,
    ORDER_FILES = 17, // data groups by number
    ORDER_PACE_MAX = PROFILE_MAPPINGS_MAX * PROFILE_SUITES_MAX,
};

// Names of key pairs. The generation key has that of its domain parameters, so that readers of PACE-CAM find
// it.
enum {
    KEY_ID_EMRTD = 1, // of DG14
    KEY_ID_CHIP = 1,  // of EF.ChipSecurity
    KEY_ID_PSEUDONYM = 1,
    KEY_ID_BLOCKING = 2,
};

// Key pairs that the chip makes, in the order in which it is asked.
enum order_key {
    ORDER_KEY_CHIP_AUTHENTICATION,
    ORDER_KEY_ACTIVE_AUTHENTICATION,
    ORDER_KEY_CHIP,
    ORDER_KEY_PSEUDONYM,
    ORDER_KEY_BLOCKING,
    ORDER_KEYS,
};

struct order_bytes {
    uint8_t *p; // owned
    size_t n;
};

struct jumin_order {
    struct profile profile;
    struct person person;
    bool has_person;
    struct photo photo;
    struct order_bytes photo_file; // as it was given: another profile may want another portrait of it
    size_t photo_budget;           // 0: the profile's
    char can[ORDER_CAN + 1];
    char pin[ORDER_PIN_MAX + 1];
    char puk[ORDER_PUK + 1];
    bool letter_printed; // with PIN and PUK, by a station that has letters
    bool transport_pin;  // the holder must change the PIN before it opens anything
    char mrz[TD1_LENGTH + 1];
    char detail[PERSON_DETAIL_MAX];
    // On a card that was locked and not yet read back; and what tells that card's keys: once locked it tells
    // the batch's only.
    bool on_card;
    uint8_t diversification[SCP03_DIVERSIFICATION];
    // What was written, for the comparison at the end
    struct order_bytes groups[ORDER_FILES];
    struct order_bytes com, sod, card_access, card_security, chip_security;
    struct order_bytes eid_groups[EID_GROUPS + 1];
};

// Points of the keys that the chip has made, in the order's curve; of those that the profile wants.
struct order_points {
    uint8_t points[ORDER_KEYS][CRYPTO_POINT_MAX];
    size_t length;
};
struct span order_point(const struct order_points *points, enum order_key key);
bool order_wants_key(const struct jumin_order *order, enum order_key key);

// What PACE offers by the profile, of keys on `curve`. Returns how many.
size_t order_pace(const struct profile *profile, enum crypto_curve curve,
                  struct pace_protocol pace[ORDER_PACE_MAX]);
// Digits of a random PIN.
size_t order_pin_digits(const struct jumin_order *order);
// Fills what the person has to be given: random CAN, PIN and PUK. False: no random bytes.
bool order_complete(struct jumin_order *order, const struct crypto_random *random);
void order_free_files(struct jumin_order *order);
// Makes all files of the order anew, signed.
enum jumin_error order_make_files(struct jumin_order *order, const struct jumin_pki *pki,
                                  const struct order_points *points, int64_t now);
// Keeps a copy of what `w` holds.
enum jumin_error order_keep(struct order_bytes *kept, const struct writer *w);

// An order that is on a card, for the process that comes after this one: what completing the lock and reading
// back need, without person, photo, PIN and PUK.
enum { ORDER_SAVED_MAX = 128 * 1024 };
// False: it did not fit.
bool order_save(const struct jumin_order *order, struct writer *w);
// Fills an order, of which it takes CAN, MRZ, the two dates of the person, and the files: it is on its card
// then. JUMIN_ERROR_MALFORMED: not what order_save has made (or no memory); the order is of no more use.
enum jumin_error order_resume(struct jumin_order *order, struct span saved);

// EF.CardAccess, EF.CardSecurity and EF.ChipSecurity.
enum jumin_error order_make_card_files(struct jumin_order *order, const struct jumin_pki *pki,
                                       const struct order_points *points, int64_t now);

#endif
