// Connections with a time by which something must have come or gone.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/watch.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { MILLI = 1000, LOOK_EVERY = 250 }; // milliseconds

struct watched {
    struct watched *next, **from;
    int socket;
    int64_t until; // 0: no end
};

struct watch {
    pthread_mutex_t lock;
    pthread_cond_t stop;
    pthread_t thread;
    bool stopped;
    struct watched *first;
    size_t count;
    void (*late)(void *context);
    void *context;
};

int64_t watch_clock(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MILLI + now.tv_nsec / 1000000;
}

// The server sees the end of the stream, and closes.
static void look(struct watch *watch, int64_t now)
{
    for (struct watched *watched = watch->first; watched != NULL; watched = watched->next) {
        if (watched->until != 0 && watched->until <= now) {
            watched->until = 0;
            (void)shutdown(watched->socket, SHUT_RDWR);
            watch->late(watch->context);
        }
    }
}

static void *keep_looking(void *argument)
{
    struct watch *watch = argument;
    (void)pthread_mutex_lock(&watch->lock);
    while (!watch->stopped) {
        const int64_t now = watch_clock(), next = now + LOOK_EVERY;
        const struct timespec until = {next / MILLI, next % MILLI * 1000000};
        look(watch, now);
        (void)pthread_cond_clockwait(&watch->stop, &watch->lock, CLOCK_MONOTONIC, &until);
    }
    (void)pthread_mutex_unlock(&watch->lock);
    return NULL;
}

struct watch *watch_new(void (*late)(void *context), void *context)
{
    struct watch *made = calloc(1, sizeof *made);
    sigset_t all, before;
    if (made == NULL) {
        return NULL;
    }
    made->late = late;
    made->context = context;
    (void)pthread_mutex_init(&made->lock, NULL);
    (void)pthread_cond_init(&made->stop, NULL);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool running = pthread_create(&made->thread, NULL, keep_looking, made) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!running) {
        free(made);
        return NULL;
    }
    return made;
}

void watch_free(struct watch *watch)
{
    if (watch == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&watch->lock);
    watch->stopped = true;
    (void)pthread_cond_signal(&watch->stop);
    (void)pthread_mutex_unlock(&watch->lock);
    (void)pthread_join(watch->thread, NULL);
    (void)pthread_cond_destroy(&watch->stop);
    (void)pthread_mutex_destroy(&watch->lock);
    free(watch);
}

struct watched *watch_add(struct watch *watch, int socket, int64_t seconds)
{
    struct watched *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    (void)pthread_mutex_lock(&watch->lock);
    *made = (struct watched){watch->first, &watch->first, socket, watch_clock() + seconds * MILLI};
    if (made->next != NULL) {
        made->next->from = &made->next;
    }
    watch->first = made;
    watch->count++;
    (void)pthread_mutex_unlock(&watch->lock);
    return made;
}

void watch_remove(struct watch *watch, struct watched *watched)
{
    if (watched == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&watch->lock);
    *watched->from = watched->next;
    if (watched->next != NULL) {
        watched->next->from = watched->from;
    }
    watch->count--;
    (void)pthread_mutex_unlock(&watch->lock);
    free(watched);
}

void watch_set(struct watch *watch, struct watched *watched, int64_t seconds)
{
    if (watched == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&watch->lock);
    watched->until = seconds == 0 ? 0 : watch_clock() + seconds * MILLI;
    (void)pthread_mutex_unlock(&watch->lock);
}

size_t watch_count(struct watch *watch)
{
    (void)pthread_mutex_lock(&watch->lock);
    const size_t count = watch->count;
    (void)pthread_mutex_unlock(&watch->lock);
    return count;
}
