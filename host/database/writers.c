// Writers of files in one process, who tell each other when they have ended.
// SPDX-License-Identifier: Apache-2.0
#include "host/database/writers.h"

#include <pthread.h>

enum {
    MOMENT_MS = 5,
    THOUSAND = 1000,
    MILLION = 1000 * 1000,
    BILLION = 1000 * 1000 * 1000,
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    unsigned long count;
} writers = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};

unsigned long writers_seen(void)
{
    (void)pthread_mutex_lock(&writers.lock);
    const unsigned long count = writers.count;
    (void)pthread_mutex_unlock(&writers.lock);
    return count;
}

void writers_tell(void)
{
    (void)pthread_mutex_lock(&writers.lock);
    writers.count++;
    (void)pthread_cond_broadcast(&writers.ended);
    (void)pthread_mutex_unlock(&writers.lock);
}

static struct timespec later(struct timespec at, long milliseconds)
{
    at.tv_sec += milliseconds / THOUSAND;
    at.tv_nsec += milliseconds % THOUSAND * MILLION;
    if (at.tv_nsec >= BILLION) {
        at.tv_nsec -= BILLION;
        at.tv_sec++;
    }
    return at;
}

static bool is_before(struct timespec a, struct timespec b)
{
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

bool writers_wait(struct writers_wait *wait, long begin)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (begin > 0) {
        wait->until = later(now, begin);
    }
    if (!is_before(now, wait->until)) {
        return false;
    }
    const struct timespec moment = later(now, MOMENT_MS);
    int waited = 0;
    (void)pthread_mutex_lock(&writers.lock);
    while (writers.count == wait->seen && waited == 0) {
        waited = pthread_cond_clockwait(&writers.ended, &writers.lock, CLOCK_MONOTONIC, &moment);
    }
    wait->seen = writers.count;
    (void)pthread_mutex_unlock(&writers.lock);
    return true;
}
