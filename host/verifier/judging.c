// Who may use a venue's verifier, of which there is one.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/judging.h"

void judging_init(struct judging *judging, size_t waiting_max)
{
    *judging = (struct judging){.waiting_max = waiting_max};
    (void)pthread_mutex_init(&judging->lock, NULL);
    (void)pthread_cond_init(&judging->changed, NULL);
}

void judging_release(struct judging *judging)
{
    (void)pthread_cond_destroy(&judging->changed);
    (void)pthread_mutex_destroy(&judging->lock);
}

static bool enter(struct judging *judging, bool surely)
{
    bool given_up = false;
    (void)pthread_mutex_lock(&judging->lock);
    judging->waiting++;
    while (judging->busy && !given_up) {
        given_up = !surely && judging->away && judging->waiting > judging->waiting_max;
        if (!given_up) {
            (void)pthread_cond_wait(&judging->changed, &judging->lock);
        }
    }
    judging->waiting--;
    judging->busy = true; // by us, or still by who has it
    (void)pthread_mutex_unlock(&judging->lock);
    return !given_up;
}

bool judging_enter(struct judging *judging)
{
    return enter(judging, false);
}

void judging_enter_surely(struct judging *judging)
{
    (void)enter(judging, true);
}

bool judging_try(struct judging *judging)
{
    (void)pthread_mutex_lock(&judging->lock);
    const bool had = !judging->busy;
    judging->busy = true;
    (void)pthread_mutex_unlock(&judging->lock);
    return had;
}

void judging_leave(struct judging *judging)
{
    (void)pthread_mutex_lock(&judging->lock);
    judging->busy = false;
    (void)pthread_cond_signal(&judging->changed);
    (void)pthread_mutex_unlock(&judging->lock);
}

void judging_set_away(struct judging *judging, bool away)
{
    (void)pthread_mutex_lock(&judging->lock);
    judging->away = away;
    (void)pthread_cond_broadcast(&judging->changed);
    (void)pthread_mutex_unlock(&judging->lock);
}
