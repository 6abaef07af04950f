// A resident card with the eID application, and terminals with certificates that it takes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_EID_CARD_H
#define JUMIN_TESTS_E2E_EID_CARD_H

#include "card/wire/eid.h"
#include "tests/apdu/eac.h"
#include "tests/e2e/issued_card.h"
#include <jumin/eid.h>

// What the store may know: who is adult, or name and birth date, with the CAN alone.
#define STORE_RIGHTS                                                                                         \
    (right_of(RIGHT_AGE_VERIFICATION) | right_of(RIGHT_CAN_ALLOWED) | right_to_read(EID_GIVEN_NAMES) |       \
     right_to_read(EID_FAMILY_NAMES) | right_to_read(EID_DATE_OF_BIRTH))

enum { EID_CARD_SECTOR_KEY_MAX = 512 };

struct eid_card {
    struct issued_card issued;
    struct eac_chain chain; // of authentication terminals; a test may change the plans
    struct eac_chain inspection;
    uint8_t sector_key[EID_CARD_SECTOR_KEY_MAX]; // 7F49, which the terminal's certificates name
    size_t sector_key_length;
    struct crypto_ec_key sector_secret;
    uint8_t sector_hash[CRYPTO_HASH_MAX];
};

// On the heap; freed with eid_card_free. The holder was born on 2007-12-31. The card offers PACE with the
// first `protocols` of document_protocols: 1 is GM alone.
struct eid_card *eid_card_new(size_t protocols);
void eid_card_free(struct eid_card *card);
// A terminal with the key and the certificates of the chain, with these rights.
struct jumin_terminal *eid_card_terminal(struct eid_card *card, struct eac_chain *chain, rights granted);
// The certificates themselves, DV's and terminal's: two whole 7F21 objects.
struct span eid_card_certificates(struct eac_chain *chain, uint8_t buffer[2 * TEST_CERTIFICATE_MAX]);
// A reader with a password, and a request with all that a request can have.
struct jumin_reader *eid_card_reader(struct eid_card *card, enum jumin_password password);
struct jumin_eid_request eid_card_request(const struct eid_card *card, struct jumin_terminal *terminal);
// Opens a session and expects it to be open.
struct jumin_eid *eid_card_open(struct eid_card *card, struct jumin_reader *reader,
                                struct jumin_terminal *terminal);

#endif
