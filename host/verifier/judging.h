// Who may use a venue's verifier, of which there is one: threads take turns, and do not all wait while it
// waits for a network.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_JUDGING_H
#define JUMIN_HOST_VERIFIER_JUDGING_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct judging {
    pthread_mutex_t lock; // of what follows; never held for long
    pthread_cond_t changed;
    bool busy;
    bool away; // who has the verifier waits for a network
    size_t waiting;
    size_t waiting_max; // that many wait for who is away; the others give up
};

void judging_init(struct judging *judging, size_t waiting_max);
void judging_release(struct judging *judging);
// Waits for the verifier. False: whoever has it waits for a network, and enough wait for that one; those that
// came before it did give up as well.
bool judging_enter(struct judging *judging);
// Waits however long it takes.
void judging_enter_surely(struct judging *judging);
// False: somebody has it.
bool judging_try(struct judging *judging);
void judging_leave(struct judging *judging);
// By whom has it: before and after it waits for a network.
void judging_set_away(struct judging *judging, bool away);

#endif
