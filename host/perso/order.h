// The inside of struct jumin_order, and the files that are made of it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_ORDER_H
#define JUMIN_HOST_PERSO_ORDER_H

#include "card/wire/scp03.h"
#include "card/wire/security_infos.h"
#include "host/perso/lds_make.h"
#include "host/pki/pki.h"
#include <jumin/perso.h>

enum {
    ORDER_CAN = 6,
    ORDER_PIN_MIN = 4,
    ORDER_PIN_MAX = 8,
    ORDER_PIN_DEFAULT = 6,
    ORDER_TRANSPORT_PIN = 5, // shorter than any PIN that a holder may choose, so that nobody takes it for one
    ORDER_PUK = 10,
    ORDER_PHOTO_BUDGET = 20000,
    ORDER_FILES = 17, // data groups by number
    ORDER_PACE_INFOS = 6,
    ORDER_KEY_ID = 1, // of the chip authentication key in DG14
};

struct order_bytes {
    uint8_t *p; // owned
    size_t n;
};

struct jumin_order {
    struct person person;
    bool has_person;
    struct photo photo;
    size_t photo_budget;
    char can[ORDER_CAN + 1];
    char pin[ORDER_PIN_MAX + 1];
    char puk[ORDER_PUK + 1];
    bool transport_pin; // the holder must change the PIN before it opens anything
    char mrz[TD1_LENGTH + 1];
    char detail[PERSON_DETAIL_MAX];
    // On a card that was locked and not yet read back; and what tells that card's keys: once locked it tells
    // the batch's only.
    bool on_card;
    uint8_t diversification[SCP03_DIVERSIFICATION];
    // What was written, for the comparison at the end
    struct order_bytes groups[ORDER_FILES];
    struct order_bytes com, sod, card_access, card_security;
};

// The suites of a card whose keys are on `curve`: GM, IM and CAM with AES-128 and AES-256.
void order_pace(enum crypto_curve curve, struct pace_protocol pace[ORDER_PACE_INFOS]);
// Fewest digits that the card lets the holder choose: no more than an ordinary PIN of the order has.
uint8_t order_pin_digits(const struct jumin_order *order);
// Fills what the person has to be given: random CAN, PIN and PUK. False: no random bytes.
bool order_complete(struct jumin_order *order, const struct crypto_random *random);
// Makes all files of the order, signed. The points are those that the chip has made.
enum jumin_error order_make_files(struct jumin_order *order, const struct jumin_pki *pki,
                                  struct span chip_authentication_point,
                                  struct span active_authentication_point, int64_t now);

#endif
