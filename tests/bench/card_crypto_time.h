// How long the card's cryptography takes: the linker hands the card's calls of the costly functions of
// crypto.h to wrappers, which add up their time.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_BENCH_CARD_CRYPTO_TIME_H
#define JUMIN_TESTS_BENCH_CARD_CRYPTO_TIME_H

#include <stdint.h>

// Nanoseconds, in this thread.
extern _Thread_local int64_t card_crypto_ns;

#endif
