// How long libjumin is in OpenSSL and in SQLite: what it calls of them goes through this program, which adds
// up the time.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_BENCH_HOST_TIME_H
#define JUMIN_TESTS_BENCH_HOST_TIME_H

#include <stdint.h>

// Nanoseconds, in this thread. Of OpenSSL the costly functions, and of SQLite those that run statements.
extern _Thread_local int64_t host_crypto_ns, database_ns;

#endif
