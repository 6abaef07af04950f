// Producing the cards of a batch on several readers at once: what their threads share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_BATCH_PRODUCTION_H
#define JUMIN_TOOLS_BATCH_PRODUCTION_H

#include "tools/jumin/batch_rows.h"
#include "tools/jumin/perso_session.h"
#include "tools/jumin/print_output.h"
#include <pthread.h>

enum { BATCH_READERS = 16, BATCH_READER_NAME = 256 };

// One reader and its thread, with handles of its own.
struct batch_reader {
    struct batch_production *production;
    char name[BATCH_READER_NAME];
    struct records records;
    struct jumin_pcsc *pcsc;
    struct jumin_transport *transport;
    struct jumin_perso *perso;
    pthread_t thread;
    bool running;
    bool asked;             // for its first card
    bool card_is_old;       // by hand: what lies there was written already, …
    uint16_t changes;       // … and lay there when so many cards had come and gone
    struct print_made made; // for the card that is under way
    unsigned done, failed, failed_in_a_row;
    char set_aside[BATCH_REASON]; // why it takes no more cards; "": it does
};

struct batch_production {
    const struct cli_arguments *arguments;
    struct batch_rows *rows;
    struct perso_session keys; // read by all
    struct batch_reader readers[BATCH_READERS];
    size_t reader_count;

    pthread_mutex_t lock; // for all below, for the rows that wait or are under way, and for stderr
    pthread_cond_t changed;
    struct batch_row **queue; // a ring of rows that wait for a card
    size_t queue_first, queue_count, under_way;
    size_t wanted, done, given_up;
    unsigned cards_failed;
    char stopped[BATCH_REASON]; // why no reader goes on; "": they do
    int64_t started_ns, ended_ns;
};

// Whether this officer may have the row's card written now.
bool batch_production_wants(const struct batch_row *row, const struct records *records);
// Produces what is wanted: opens the readers, goes on with what an interruption has left, and starts a thread
// for each. False: it could not begin, or not go on; said so on stderr. batch_production_free in every case.
bool batch_production_run(struct batch_production *production, const struct cli_arguments *arguments,
                          struct batch_rows *rows, struct records_login *login);
void batch_production_free(struct batch_production *production);

// --- batch_reader.c: what a reader's thread does ---------------------------------------------------------------

// False: said so on stderr.
bool batch_reader_open(struct batch_reader *reader, struct records_login *login);
void batch_reader_close(struct batch_reader *reader);
// Gives the card that lies there, if one does, to those of the interrupted rows whose order is on it. Before
// the threads are there.
void batch_reader_recover(struct batch_reader *reader);
// Cards until nothing waits.
void *batch_reader_work(void *reader);

// --- What readers ask of the whole ------------------------------------------------------------------------------

// Waits until a row waits for a card. False: none does any more, or it was stopped.
bool batch_production_wait(struct batch_production *production);
// Whether it is worth waiting for a card: a row waits, and nobody has stopped it.
bool batch_production_goes_on(struct batch_production *production);
// The next row, which is under way then; NULL: none waits.
struct batch_row *batch_production_take(struct batch_production *production);
// Its card is done; or `why` it is not, and whether a card was used up in the attempt.
void batch_production_done(struct batch_reader *reader, struct batch_row *row);
void batch_production_failed(struct batch_reader *reader, struct batch_row *row, const char *why,
                             bool used_up);
// Puts a row back as if it had not been taken.
void batch_production_return(struct batch_production *production, struct batch_row *row);
void batch_production_stop(struct batch_production *production, const char *why);
void batch_production_set_aside(struct batch_reader *reader, const char *why);
// A line for whoever changes the cards.
__attribute__((format(printf, 2, 3))) void batch_production_say(struct batch_production *production,
                                                                const char *format, ...);

// --- batch_feeder.c ----------------------------------------------------------------------------------------------

#define BATCH_FEED_OPTION                                                                                    \
    {"feed", "COMMAND", "changes the cards: is run with the reader's name and what became of its card"}

// Runs the command with reader and outcome, and waits for it. False: `why` (BATCH_REASON bytes) says how it
// ended.
bool batch_feeder_run(const char *command, const char *reader, const char *outcome, char *why);

#endif
