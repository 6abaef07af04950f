// Host and card under SCP03.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_SCP03_STAGE_H
#define JUMIN_TESTS_UNIT_SCP03_STAGE_H

#include "tests/unit/unit.h"

#include "card/wire/scp03.h"

// Data to be protected, once it is filled; a wrapped command or response; what was unwrapped.
extern uint8_t content[66000], wire[70000], opened[70000];
int fill_content(void **state); // a group's setup

extern const enum scp03_mode modes[2];

// The static keys of the transcripts: 00…, 10…, 20…; from 16 bytes on they begin anew.
struct scp03_keys keys_of(size_t length);
struct span wrap(struct scp03_session *session, const struct apdu_command *plain);
bool unwrap(struct scp03_session *session, struct span apdu, struct apdu_command *plain);

struct pair {
    struct scp03_session host, card;
};

void start_pair(struct pair *pair, enum scp03_mode mode, uint8_t level);
void end_pair(struct pair *pair);
void command_round_trip(struct pair *pair, const struct apdu_command *plain);
void response_round_trip(struct pair *pair, struct span data, uint16_t status);

#endif
