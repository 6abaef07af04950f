// A station with simulated cards whose flash is in files, so that a card outlives the process that writes it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_STATION_PRODUCTION_STAGE_H
#define JUMIN_TESTS_STATION_PRODUCTION_STAGE_H

#include "card/port/host/flash_file.h"
#include "tests/e2e/card_link.h"
#include "tests/e2e/specimen.h"
#include "tests/station/station_stage.h"
#include <jumin/stock.h>

#define PRODUCTION_TEST(test)                                                                                \
    cmocka_unit_test_setup_teardown(test, production_stage_open, production_stage_close)

// As station_stage_open, with a folder for cards. The officers are those of the station's stage, and "other",
// who produces, too.
int production_stage_open(void **state);
int production_stage_close(void **state);

// The next person's application for a card of a profile, approved.
void production_approved(const char *profile, char number[JUMIN_APPLICATION_NUMBER]);
// Makes the next blank card and gives its number.
unsigned production_blank_card(void);
// Its serial number in hexadecimal digits; valid until the next call.
const char *production_serial(unsigned card);
// Receives a delivery of cards first to last.
void production_deliver(const char *delivery, unsigned first, unsigned last);

// A card on a reader, and what writes it.
struct workplace {
    struct flash_file flash;
    struct card_link link;
    struct jumin_transport *transport;
    struct jumin_perso *perso;
};
void workplace_open(struct workplace *place, unsigned card);
void workplace_close(struct workplace *place);
// Another card on the same reader.
void workplace_change_card(struct workplace *place, unsigned card);

// Prepares and writes; the order goes when it is done. `letters` (may be NULL) counts PIN letters.
enum jumin_error production_issue(struct jumin_station *who, struct workplace *place, const char *number,
                                  unsigned *letters);
// Counts a letter, which has a PIN.
struct jumin_station_letter production_letters(unsigned *count);

// Cards of the stock in a state, over all deliveries.
uint64_t production_cards(enum jumin_card_state state);
// The application has one card that is issued, its record is verified under this number, nothing is kept any
// more, all cards are accounted for, and the trail is whole.
void production_expect_issued(const char *number, const char *document_number);
void production_document_number(const char *number, char document_number[JUMIN_DOCUMENT_NUMBER]);

#endif
