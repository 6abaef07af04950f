// A card that answers what a test wants, and a reader that reads it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_LYING_CARD_H
#define JUMIN_TESTS_E2E_LYING_CARD_H

#include "tests/e2e/issued_card.h"

enum {
    INS_READ_BINARY = 0xB0,
    INS_SELECT = 0xA4,
    INS_MSE = 0x22,
    INS_GENERAL_AUTHENTICATE = 0x86,
    INS_INTERNAL_AUTHENTICATE = 0x88,
    INS_GET_RESPONSE = 0xC0,
    SFI_DG1 = 0x81,
    SFI_DG2 = 0x82,
    SFI_DG14 = 0x8E,
    SFI_CARD_SECURITY = 0x9D,
};

extern const struct span nothing;

struct issued_card *new_card(issued_card_lie *lie);
void free_card(struct issued_card *card);
// A read of this card with that mapping.
enum jumin_error read_mapping(struct issued_card *card, enum jumin_pace_mapping mapping,
                              struct jumin_document **document, char detail[256]);
// … fails with that error, leaves no document and says why; with the generic mapping.
void assert_read_fails_with(issued_card_lie *lie, enum jumin_pace_mapping mapping, enum jumin_error error);
void assert_read_fails(issued_card_lie *lie, enum jumin_error error);
// … gives a genuine document, although there was a lie.
void assert_read_works(issued_card_lie *lie);

// Commands by what they are.
bool protected_command(const struct apdu_command *command);
// A data group's beginning; before PACE the same short identifiers name files of the MF.
bool reads(const struct apdu_command *command, uint8_t p1);
bool reads_card_access(const struct apdu_command *command);

#endif
