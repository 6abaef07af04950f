// The eID application on a card of the fixture: every data group with sample content, and sessions of
// terminals with given rights.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_EID_DOCUMENT_H
#define JUMIN_TESTS_APDU_EID_DOCUMENT_H

#include "card/wire/eid.h"
#include "tests/apdu/card_fixture.h"

// Puts the application on a card: all 21 groups, PERSONALIZED. `missing`: bits 1 << group that stay away.
void eid_personalize(struct card_fixture *fixture, uint32_t missing);
// What group `number` begins with: its content is number-dependent text in one data object.
struct span eid_sample(unsigned number, struct writer *w);

// How far a terminal has come.
enum eid_progress {
    EID_NOTHING,
    EID_PACE,
    EID_TERMINAL_AUTHENTICATED,
    EID_CHIP_AUTHENTICATED, // without Terminal Authentication, as Chip Authentication version 1 allows
    EID_COMPLETE,
    EID_PROGRESSES,
};
// The state that the protocols leave, with the rights effective once the terminal is authenticated, and the
// application selected.
void eid_begin(struct card_fixture *fixture, enum eid_progress progress, enum terminal_type type,
               rights effective);
// What the terminal brought in Terminal Authentication: one more item of auxiliary data, …
void eid_bring(struct card_fixture *fixture, struct span oid, struct span data);
// … and the hash of a sector key.
void eid_name_sector(struct card_fixture *fixture, bool second, struct span hash);
// The content of a group: one object within the group's tag.
void eid_put(struct card_fixture *fixture, enum eid_group group, uint8_t tag, struct span value);

#endif
