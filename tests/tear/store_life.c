// A store on simulated flash, and the script of its life.
// SPDX-License-Identifier: Apache-2.0
#include "tests/tear/store_life.h"

#include <stdio.h>
#include <stdlib.h>

enum { IDS = 300 };

static void demand(enum store_status status)
{
    if (status != STORE_OK) {
        (void)fprintf(stderr, "store life: cannot begin (%d)\n", (int)status);
        abort();
    }
}

void store_life_create(struct store_life *life, uint32_t pages, uint64_t seed)
{
    flash_simulator_create(&life->flash, pages, seed);
    life->port = flash_simulator_port(&life->flash);
    demand(store_format(&life->port));
    demand(store_life_reopen(life));
}

void store_life_release(struct store_life *life)
{
    flash_simulator_release(&life->flash);
}

void store_life_copy(struct store_life *to, const struct store_life *from)
{
    flash_simulator_copy(&to->flash, &from->flash);
    to->store = from->store;
    to->store.flash = to->port;
}

enum store_status store_life_reopen(struct store_life *life)
{
    memset(&life->store, 0xA5, sizeof life->store); // what RAM holds after power-on
    return store_open(&life->store, &life->port);
}

static uint64_t digest_update(uint64_t digest, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        digest = (digest ^ bytes[i]) * 0x100000001B3U;
    }
    return digest;
}

uint64_t store_life_digest(struct store_life *life)
{
    static uint8_t bytes[STORE_OBJECT_MAX];
    uint64_t digest = store_life_empty_digest();
    for (unsigned id = 0; id < IDS; id++) {
        size_t n = 0;
        if (store_length(&life->store, (uint16_t)id, &n) != STORE_OK) {
            continue;
        }
        const uint8_t label[3] = {(uint8_t)id, (uint8_t)(n >> 8), (uint8_t)n};
        demand(store_read(&life->store, (uint16_t)id, 0, bytes, n));
        digest = digest_update(digest, label, sizeof label);
        digest = digest_update(digest, bytes, n);
    }
    return digest;
}

uint64_t store_life_empty_digest(void)
{
    return 0xCBF29CE484222325U;
}

struct span store_life_bytes(unsigned seed, size_t n)
{
    static uint8_t bytes[4096];
    uint64_t random = seed;
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)test_random(&random);
    }
    return span_of(bytes, n);
}

static enum store_status write_counter(struct store *store, unsigned round)
{
    return store_write(store, 1, store_life_bytes(round, 4));
}

static enum store_status write_key(struct store *store, unsigned round)
{
    return store_write(store, 2, store_life_bytes(round + 100, 33));
}

static enum store_status write_portrait(struct store *store, unsigned round)
{
    return store_write(store, 3, store_life_bytes(round + 200, 1300 + round * 200));
}

static enum store_status change_portrait(struct store *store, unsigned round)
{
    return store_write_at(store, 3, 480 + round, store_life_bytes(round + 300, 40));
}

static enum store_status extend_portrait(struct store *store, unsigned round)
{
    return store_write_at(store, 3, 1200, store_life_bytes(round + 400, 1000));
}

static enum store_status several_objects(struct store *store, unsigned round)
{
    enum store_status status = store_begin(store);
    if (status == STORE_OK) {
        status = store_write(store, 2, store_life_bytes(round + 500, 33));
    }
    if (status == STORE_OK) {
        status = store_delete(store, 3);
    }
    if (status == STORE_OK) {
        status = store_write(store, 4, store_life_bytes(round + 600, 600));
    }
    if (status == STORE_OK) {
        status = store_write_at(store, 4, 100, store_life_bytes(round + 700, 8));
    }
    return status == STORE_OK ? store_commit(store) : status;
}

static enum store_status long_transaction(struct store *store, unsigned round)
{
    enum store_status status = store_begin(store);
    for (uint16_t id = 5; status == STORE_OK && id < 9; id++) {
        status = store_write(store, id, store_life_bytes(round + id, 1500));
    }
    return status == STORE_OK ? store_commit(store) : status;
}

static enum store_status aborted_transaction(struct store *store, unsigned round)
{
    enum store_status status = store_begin(store);
    if (status == STORE_OK) {
        status = store_delete(store, 2);
    }
    if (status == STORE_OK) {
        status = store_write(store, 3, store_life_bytes(round + 800, 700));
    }
    store_abort(store);
    return status;
}

static enum store_status shorten(struct store *store, unsigned round)
{
    return store_write(store, 5, store_life_bytes(round + 900, 10));
}

static enum store_status delete_one(struct store *store, unsigned round)
{
    return store_delete(store, (uint16_t)(6 + round % 2));
}

static enum store_status scrub(struct store *store, unsigned round)
{
    (void)round;
    return store_scrub(store);
}

const struct store_operation store_operations[] = {
    {"write 4 bytes", write_counter},
    {"write 33 bytes", write_key},
    {"write 1300 bytes or more", write_portrait},
    {"overwrite 40 bytes of it", change_portrait},
    {"extend it by 700 bytes", extend_portrait},
    {"transaction, 3 objects", several_objects},
    {"transaction, 6000 bytes", long_transaction},
    {"aborted transaction", aborted_transaction},
    {"shorten 1500 to 10 bytes", shorten},
    {"delete 1500 bytes", delete_one},
    {"scrub", scrub},
};
const size_t store_operations_count = sizeof store_operations / sizeof store_operations[0];
