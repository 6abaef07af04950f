// What the store's unit tests share: a formatted store on simulated flash, and objects to put into it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_STORE_BENCH_H
#define JUMIN_TESTS_UNIT_STORE_BENCH_H

#include "tests/unit/unit.h"

#include "tests/tear/flash_simulator.h"

struct bench {
    struct flash_simulator flash;
    struct store_flash port;
    struct store store;
};

static inline int set_up(void **state)
{
    static struct bench bench;
    flash_simulator_create(&bench.flash, 16, 1);
    bench.port = flash_simulator_port(&bench.flash);
    assert_int_equal(store_format(&bench.port), STORE_OK);
    assert_int_equal(store_open(&bench.store, &bench.port), STORE_OK);
    *state = &bench;
    return 0;
}

static inline int tear_down(void **state)
{
    struct bench *bench = *state;
    flash_simulator_release(&bench->flash);
    return 0;
}

static inline void reopen(struct bench *bench)
{
    assert_int_equal(store_open(&bench->store, &bench->port), STORE_OK);
}

static inline uint8_t pattern_at(unsigned seed, size_t i)
{
    return (uint8_t)((size_t)seed * 31 + i * 7 + i / 256);
}

static inline struct span pattern(unsigned seed, size_t n)
{
    static uint8_t bytes[STORE_OBJECT_MAX + 1];
    for (size_t i = 0; i < n; i++) {
        bytes[i] = pattern_at(seed, i);
    }
    return span_of(bytes, n);
}

static inline void assert_object(struct store *store, uint16_t id, struct span expected)
{
    static uint8_t bytes[STORE_OBJECT_MAX];
    size_t length = 0;
    assert_int_equal(store_length(store, id, &length), STORE_OK);
    assert_int_equal(length, expected.n);
    assert_int_equal(store_read(store, id, 0, bytes, length), STORE_OK);
    if (length > 0) {
        assert_memory_equal(bytes, expected.p, length);
    }
}

static inline void assert_absent(struct store *store, uint16_t id)
{
    size_t length = 1;
    assert_int_equal(store_length(store, id, &length), STORE_NOT_FOUND);
    assert_int_equal(length, 0);
}

#endif
