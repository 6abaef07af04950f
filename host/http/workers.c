// Threads that run what others hand them, in order, from a queue that has an end.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct worker {
    struct workers *all;
    size_t number;
    pthread_t thread;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t come;
    struct job *first, **last;
    size_t waiting, waiting_max;
    bool stopped;
    size_t count; // that run
    struct worker each[];
};

static struct job *take(struct workers *workers)
{
    struct job *job = workers->first;
    if (job != NULL) {
        workers->first = job->next;
        workers->last = job->next != NULL ? workers->last : &workers->first;
        workers->waiting--;
    }
    return job;
}

static void *work(void *argument)
{
    const struct worker *worker = argument;
    struct workers *workers = worker->all;
    (void)pthread_mutex_lock(&workers->lock);
    for (;;) {
        struct job *job = take(workers);
        const bool stopped = workers->stopped;
        if (job != NULL) {
            (void)pthread_mutex_unlock(&workers->lock);
            job->run(job, worker->number, stopped);
            (void)pthread_mutex_lock(&workers->lock);
        } else if (stopped) {
            break;
        } else {
            (void)pthread_cond_wait(&workers->come, &workers->lock);
        }
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return NULL;
}

struct workers *workers_new(size_t threads, size_t queue_max)
{
    struct workers *made = calloc(1, sizeof *made + threads * sizeof made->each[0]);
    sigset_t all, before;
    if (made == NULL) {
        return NULL;
    }
    made->last = &made->first;
    made->waiting_max = queue_max;
    (void)pthread_mutex_init(&made->lock, NULL);
    (void)pthread_cond_init(&made->come, NULL);
    // Signals are for the thread that waits for them.
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    while (made->count < threads) {
        struct worker *worker = &made->each[made->count];
        *worker = (struct worker){.all = made, .number = made->count};
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            break;
        }
        made->count++;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (made->count < threads) {
        workers_stop(made);
        workers_free(made);
        return NULL;
    }
    return made;
}

bool workers_submit(struct workers *workers, struct job *job, void (*about_to)(void *context), void *context)
{
    (void)pthread_mutex_lock(&workers->lock);
    const bool room = !workers->stopped && workers->waiting < workers->waiting_max;
    if (room) {
        about_to(context);
        job->next = NULL;
        *workers->last = job;
        workers->last = &job->next;
        workers->waiting++;
        (void)pthread_cond_signal(&workers->come);
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return room;
}

size_t workers_waiting(struct workers *workers)
{
    (void)pthread_mutex_lock(&workers->lock);
    const size_t waiting = workers->waiting;
    (void)pthread_mutex_unlock(&workers->lock);
    return waiting;
}

void workers_stop(struct workers *workers)
{
    if (workers == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&workers->lock);
    workers->stopped = true;
    (void)pthread_cond_broadcast(&workers->come);
    (void)pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->count; i++) {
        (void)pthread_join(workers->each[i].thread, NULL);
    }
    workers->count = 0;
}

void workers_free(struct workers *workers)
{
    if (workers == NULL) {
        return;
    }
    (void)pthread_cond_destroy(&workers->come);
    (void)pthread_mutex_destroy(&workers->lock);
    free(workers);
}
