// The two ends of binding a phone, a card between them, and whoever stands in the way of their messages.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_BINDING_ENDS_H
#define JUMIN_TESTS_E2E_BINDING_ENDS_H

#include "card/wire/provisioning.h"
#include "host/mobile/binding_messages.h"
#include "tests/e2e/eid_card.h"
#include <jumin/binding.h>

// A message on its way.
struct letter {
    uint8_t bytes[BINDING_MESSAGE_MAX];
    size_t n;
};

extern struct binding_stage {
    struct eid_card *card;
    struct jumin_terminal *issuer;
    struct jumin_reader *reader;              // with the PIN
    size_t chip_security;                     // most bytes of EF.ChipSecurity that the issuer reads
    struct letter letters[BINDING_BOUND + 1]; // of the last session, by their number
} stage;

// A card with the eID application and the provisioning application, on which no phone is bound.
int binding_start(void **state);
// The same, and the issuer learns which card it is.
int binding_start_naming(void **state);
int binding_stop(void **state);

struct ends {
    struct jumin_pipe *pipe;
    struct jumin_authenticator *authenticator;
    enum jumin_error phone, server; // how they ended
};

// Two phones, 0 and 1.
void phone_key(size_t phone, uint8_t key[JUMIN_DEVICE_KEY]);
// The issuer reads the whole portrait, and EF.ChipSecurity as the stage says, and takes any phone.
struct jumin_authenticator_options usual_options(void);
void ends_open(struct ends *ends, size_t phone, const struct jumin_authenticator_options *options);
void ends_close(struct ends *ends);

// Somebody between the two, or an end itself when it is not honest: may change a message by its number.
typedef void meddler(size_t number, struct letter *letter);
meddler no_meddler;
// Runs the eight messages until one end gives up.
void ends_run(struct ends *ends, meddler *meddle);
// Runs a session with this meddler. True: both ends were satisfied.
bool ends_survive(meddler *meddle);
// Runs a session with this meddler, in which the server refuses the phone and says why.
void expect_server_error(const struct jumin_authenticator_options *options, meddler *meddle,
                         enum jumin_error error);
// What the server asks the card for, and the holder, when its terminal has every right.
struct asked_rights {
    rights authorization, extensions;
} rights_asked_for(void);
// An honest session; the card's counter after it.
uint32_t bind_phone(size_t phone);

// What stands on the card: the counter, 0 when no phone was ever bound; `thumbprint` of the phone.
uint32_t binding_on_card(uint8_t thumbprint[BINDING_THUMBPRINT]);
void assert_nothing_is_bound(void);

#endif
