// What the tests over PC/SC share: a private service with readers, fake cards, transports.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_PCSC_STAGE_H
#define JUMIN_TESTS_PCSC_STAGE_H

#include <jumin/transport.h>

#include "tests/pcsc/fake_card.h"
#include "tests/pcsc/pcscd.h"
#include "tests/unit/unit.h"

enum { STAGE_READERS = 2, STAGE_SKIPPED = 77, STAGE_PATIENCE_MS = 20000 };

#define READER_0 "jumin 0"
#define READER_1 "jumin 1"

struct stage {
    struct pcscd pcscd;
    struct jumin_pcsc *pcsc;
    struct jumin_transport *transport;
    uint8_t response[70000];
    size_t length;
};

// Runs the tests of a program inside a private service. With the argument --ordinary it first becomes an
// ordinary user. Exit code 77, and the reason on stderr, where the system allows no namespaces.
int stage_main(int argc, char **argv, int (*run_all)(void));
// Group fixtures: *state is the stage.
int stage_set_up(void **state);
int stage_tear_down(void **state);

struct fake_card *stage_insert(unsigned reader);
// Inserts a card, waits until the service sees it, and connects stage->transport.
struct fake_card *stage_insert_and_connect(struct stage *stage, unsigned reader, enum jumin_pcsc_mode mode);
// Takes the card away, waits until the service sees that, and frees the transport.
void stage_clear(struct stage *stage, unsigned reader, struct fake_card *card);
// Sends CLA 00, `ins`, P1, P2; the response is in the stage.
enum jumin_error stage_command(struct stage *stage, uint8_t ins, uint8_t p1, uint8_t p2);

#endif
