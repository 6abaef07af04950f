// Debian's libeac (OpenPACE) as a terminal: the exchange of bytes with a card of the fixture, each
// computation libeac's.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_INTEROP_LIBEAC_TERMINAL_H
#define JUMIN_TESTS_INTEROP_LIBEAC_TERMINAL_H

#include "tests/apdu/card_fixture.h"

#include <eac/eac.h>
#include <eac/pace.h>

enum { LIBEAC_ANSWER_MAX = 4096 };

struct libeac_terminal {
    struct card_fixture *fixture;
    EAC_CTX *ctx;
    bool secured; // PACE has succeeded
    uint8_t answer[LIBEAC_ANSWER_MAX];
    struct span data;    // of the last answer, plain; in `answer`
    BUF_MEM *pace_key;   // the chip's ephemeral key of PACE
    struct span trusted; // DO87 of PACE, in `answer`
};

BUF_MEM *libeac_buffer(struct span bytes);
// For cmocka_run_group_tests.
int libeac_start(void **state);
int libeac_stop(void **state);

// Reads EF.CardAccess and lets libeac choose what it offers first.
void libeac_begin(struct libeac_terminal *terminal, struct card_fixture *fixture);
void libeac_end(struct libeac_terminal *terminal);
// One command, protected when the session is. Returns the status word.
uint16_t libeac_send(struct libeac_terminal *terminal, const struct apdu_command *command);
// MSE:Set AT; `chat` is DO7F4C or empty.
void libeac_set_pace(struct libeac_terminal *terminal, const struct pace_protocol *protocol,
                     enum pace_password password, struct span chat);
// The four steps, each as libeac names it.
uint16_t libeac_pace(struct libeac_terminal *terminal, enum s_type kind, const char *secret);

#endif
