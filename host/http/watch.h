// Connections with a time by which something must have come or gone; who lets it pass is cut off.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_WATCH_H
#define JUMIN_HOST_HTTP_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watch;
struct watched; // one connection

// `late` is called for each that was cut off. NULL: no memory, or no thread.
struct watch *watch_new(void (*late)(void *context), void *context);
void watch_free(struct watch *watch); // NULL is allowed; no connection is left in it
// A socket that stays open until watch_remove; NULL: no memory.
struct watched *watch_add(struct watch *watch, int socket, int64_t seconds);
void watch_remove(struct watch *watch, struct watched *watched);
// From now on; 0: as long as it likes. NULL is allowed.
void watch_set(struct watch *watch, struct watched *watched, int64_t seconds);
size_t watch_count(struct watch *watch);

// Milliseconds of a clock that never goes back.
int64_t watch_clock(void);

#endif
