// Threads that run what others hand them, in order, from a queue that has an end.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_WORKERS_H
#define JUMIN_HOST_HTTP_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

// What is to be done; lies in what it belongs to.
struct job {
    struct job *next;
    // `worker` from 0; `stopped`: nothing is done any more, say so.
    void (*run)(struct job *job, size_t worker, bool stopped);
};

struct workers;

// NULL: no memory, or no thread.
struct workers *workers_new(size_t threads, size_t queue_max);
// Puts it in the queue; false when that is full, or the workers stop. `about_to` is called when it is certain
// that the job will run, before it does.
bool workers_submit(struct workers *workers, struct job *job, void (*about_to)(void *context), void *context);
size_t workers_waiting(struct workers *workers);
// Ends what runs, and lets the jobs that wait know; later ones are refused. NULL is allowed.
void workers_stop(struct workers *workers);
// After workers_stop. NULL is allowed.
void workers_free(struct workers *workers);

#endif
