// One simulated card: an image file, the card's own code, and the reader it lies on.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_CARD_H
#define JUMIN_TOOLS_SIM_CARD_H

#include <jumin/link_model.h>

#include "card/core/card.h"
#include "card/port/host/flash_file.h"
#include "tools/jumin/sim_reader.h"
#include "tools/jumin/sim_trace.h"

enum { SIM_CARD_PATH_MAX = 4096 };

// What the tag does wrong, on purpose.
struct sim_fault {
    bool armed;
    unsigned long commands; // that still go well
    bool before;            // leaves before the command runs; else before its answer is sent
};

struct sim_card {
    unsigned number; // from 1
    char path[SIM_CARD_PATH_MAX];
    struct flash_file flash;
    struct card_port port;
    struct card chip;
    bool field;      // the chip has power
    uint64_t random; // state of the deterministic source
    struct sim_trace trace;

    struct sim_reader reader;
    bool has_reader, inserted;
    bool refused;     // the reader said that it has a card already
    int64_t retry_at; // not connected: when to try again
    int retry_after_ms;

    struct sim_fault fault;

    struct jumin_link_model air; // rate 0: everything goes as fast as it can
    int64_t late_ns;             // by how much the last answer left later than the air would have it

    // An answer that is held back.
    uint32_t delay_ms; // asked for by the chip in this command
    bool answer_waits;
    uint8_t sequence;
    int64_t answer_at, extend_at;
    uint8_t response[CARD_RESPONSE_MAX];
    size_t response_length;
};

// Opens the image and starts the chip once, to see that it holds a card. `seed` NULL: random numbers of the
// system; else the same ones in every run. False: `*reason` says why. sim_card_close in every case.
bool sim_card_open(struct sim_card *card, unsigned number, const char *path, const uint64_t *seed,
                   const char **reason);
void sim_card_close(struct sim_card *card);

// Puts the card on its reader, as soon as there is one; takes it away.
void sim_card_insert(struct sim_card *card);
void sim_card_remove(struct sim_card *card);
// In the reader's field, as far as this side knows.
bool sim_card_in_reader(const struct sim_card *card);

// Its socket (-1: none) is ready.
void sim_card_ready(struct sim_card *card, short events);
// Does what is due, and says when to be called again: a time of sim_now_ns, or -1.
int64_t sim_card_tick(struct sim_card *card, int64_t now);

#endif
