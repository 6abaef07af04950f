// Writers of files in one process, who tell each other when they have ended.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_DATABASE_WRITERS_H
#define JUMIN_HOST_DATABASE_WRITERS_H

#include <stdbool.h>
#include <time.h>

struct writers_wait {
    unsigned long seen; // writers_seen before what has to wait was tried
    struct timespec until;
};

// How many have ended.
unsigned long writers_seen(void);
// One more has ended.
void writers_tell(void);
// Waits until one has ended since `wait->seen`, or a moment: writers of other processes tell nobody. `begin`:
// 0, or how many milliseconds the waits may take together from now on. False: they are over.
bool writers_wait(struct writers_wait *wait, long begin);

#endif
