// What the fuzz targets share: libFuzzer's entry point, and what a target may demand.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_FUZZ_FUZZ_H
#define JUMIN_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// Each target defines it; called once an input, keeps no state, returns 0.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

// A property that every input must keep; where it does not hold the fuzzer has found something.
static inline void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

#endif
