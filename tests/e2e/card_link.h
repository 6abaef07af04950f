// A card in this process behind libjumin's transport interface: a reader whose tag can leave at any APDU.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_CARD_LINK_H
#define JUMIN_TESTS_E2E_CARD_LINK_H

#include "card/core/card.h"
#include "host/perso/master_key.h"
#include "tests/tear/flash_simulator.h"
#include <jumin/perso.h>
#include <jumin/reader.h>

enum { CARD_LINK_PAGES = 24 };

struct card_link {
    struct card card;
    struct card_port port;
    struct flash_simulator flash;
    uint64_t random; // state of the card's random source
    struct jumin_limits limits;
    bool in_field;
    unsigned commands;     // since the last card_link_count_from_here
    unsigned lose_at;      // the tag leaves at this command, counted from 1; 0: never
    bool lose_answer_only; // … after the card has carried it out
    // Called for each command and answer as they travel. May be NULL; may change the answer.
    void (*tap)(void *context, struct span command, uint8_t *response, size_t *n);
    void *tap_context;
};

// Master keys of factory and issuer.
extern const struct jumin_master_key card_link_transport_key[1], card_link_issuer_key[1];

// A blank card number `serial` in a reader that takes extended APDUs.
void card_link_start(struct card_link *link, uint8_t serial);
// The same in flash of the caller's, which outlives the link.
void card_link_start_on(struct card_link *link, unsigned serial, struct store_flash flash);
// A card that is in the flash already, whatever has happened to it; `random` for what it draws from now on.
void card_link_resume_on(struct card_link *link, uint64_t random, struct store_flash flash);
// Of card number `serial`: what tells its keys.
void card_link_serial(unsigned serial, uint8_t diversification[JUMIN_CARD_SERIAL]);
void card_link_stop(struct card_link *link);
// The transport; freed with jumin_transport_free.
struct jumin_transport *card_link_open(struct card_link *link);
void card_link_short_apdus_only(struct card_link *link);
void card_link_count_from_here(struct card_link *link, unsigned lose_at, bool lose_answer_only);

#endif
