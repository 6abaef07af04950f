// Terminal and card under secure messaging with AES.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_SM_STAGE_H
#define JUMIN_TESTS_UNIT_SM_STAGE_H

#include "tests/unit/unit.h"

#include "card/wire/sm.h"
#include "card/wire/tlv.h"

enum { KEY_LENGTHS = 3 };
extern const size_t key_lengths[KEY_LENGTHS];
extern const enum secure_messaging_suite suites[KEY_LENGTHS];

// Data to be protected, once it is filled; a protected command or answer; what was opened.
extern uint8_t content[66000], wire[70000], opened[70000];
int fill_content(void **state); // a group's setup

// A command without data.
extern const struct apdu_command chained;

// Terminal and card with the keys of the vectors: 00 01 02 … and 40 41 42 …
struct pair {
    struct sm_session terminal, card;
};

void start(struct sm_session *session, size_t suite);
void start_pair(struct pair *pair, size_t suite);
void end_pair(struct pair *pair);
struct span protect(struct sm_session *session, const struct apdu_command *plain);
enum sm_result open_command(struct sm_session *session, struct span apdu, struct apdu_command *plain);
void round_trip(struct pair *pair, const struct apdu_command *plain);

#endif
