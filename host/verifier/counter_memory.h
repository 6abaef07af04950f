// Which counters' codes a verifier has taken, for as long as they live.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_COUNTER_MEMORY_H
#define JUMIN_HOST_VERIFIER_COUNTER_MEMORY_H

#include "host/detail.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COUNTER_ID = 32, COUNTER_SEEN_MAX = 4096 }; // codes in a minute: 68 a second

struct counter_seen {
    uint8_t id[COUNTER_ID];
    int64_t expires;
};

// With a folder, its file `counter-codes` (an id and eight bytes of time, big-endian, for each code) holds
// them for all verifiers there, under the lock of `counter-codes.lock`; without, `seen`. A code that is taken
// is on the disk, and a writing that is cut off takes none away.
struct counter_memory {
    char *path; // NULL: no folder
    struct counter_seen *seen;
    size_t count;
};

// False: no memory.
bool counter_memory_init(struct counter_memory *memory, const char *folder);
void counter_memory_release(struct counter_memory *memory);
// Takes a code that is not over at `now`, once. JUMIN_ERROR_CONFLICT: it was taken before; RULES: there are
// too many to remember another; FILE: the file cannot be had, and no code is taken.
enum jumin_error counter_memory_take(struct counter_memory *memory, const uint8_t id[COUNTER_ID],
                                     int64_t expires, int64_t now, struct detail *detail);

#endif
