// A store on simulated flash whose whole state can be copied, told by a digest, and changed by a script.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_TEAR_STORE_LIFE_H
#define JUMIN_TESTS_TEAR_STORE_LIFE_H

#include "tests/tear/flash_simulator.h"

struct store_life {
    struct flash_simulator flash;
    struct store_flash port;
    struct store store;
};

// Formats and opens it.
void store_life_create(struct store_life *life, uint32_t pages, uint64_t seed);
void store_life_release(struct store_life *life);
// Makes `to`, which has as many pages, equal to `from`, in flash and in RAM.
void store_life_copy(struct store_life *to, const struct store_life *from);
enum store_status store_life_reopen(struct store_life *life);
// Of all objects' ids, lengths and bytes, through the store's functions.
uint64_t store_life_digest(struct store_life *life);
uint64_t store_life_empty_digest(void);
// Bytes that differ with every `seed`, valid until the next call. At most 4096.
struct span store_life_bytes(unsigned seed, size_t n);

// One step of the script. Doing it again on its own result changes nothing.
struct store_operation {
    const char *name;
    enum store_status (*run)(struct store *store, unsigned round);
};

extern const struct store_operation store_operations[];
extern const size_t store_operations_count;

#endif
