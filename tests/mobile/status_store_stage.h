// An issuer's database with status lists, and what the tests do with it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_STATUS_STORE_STAGE_H
#define JUMIN_TESTS_MOBILE_STATUS_STORE_STAGE_H

#include "tests/database/stage.h"
#include "tests/mobile/status_stage.h"

#include "host/issuer/status_internal.h"

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, store_open, store_close)

enum { PERIOD = 10, NOW = STATUS_NOW, COPIES = 10, SPREAD = 12, UNTIL = STATUS_NOW + 90 * 86400 };

extern struct crypto_random store_random;
extern struct detail store_detail;
extern struct status_policy store_policy; // SPREAD lists of each format

int store_open(void **state);
int store_close(void **state);

// How many tokens were made.
size_t store_publish(int64_t now);
enum jumin_error store_try_allocate(int64_t credential, enum status_format format, size_t count,
                                    struct status_reference *references);
void store_allocate(int64_t credential, enum status_format format, size_t count,
                    struct status_reference *references);
enum jumin_error store_try_set(int64_t credential, enum status status);
void store_set(int64_t credential, enum status status);
// The same by another connection.
void store_set_elsewhere(int64_t credential, enum status status);

int64_t store_shard(const char *uri);
// Whether a verifier learns that status of each copy at that time.
void store_assert_all(enum status_format format, const struct status_reference *references, size_t count,
                      unsigned status, int64_t now);

// Two credentials, 1 and 2, each with copies in both formats; the first has been refilled.
struct holders {
    struct status_reference jwt[2][COPIES], cwt[2][COPIES], refill[COPIES];
};
void store_make_holders(struct holders *holders); // publishes at NOW
// The statuses of the first one; the second one is valid.
void store_assert_first(const struct holders *holders, unsigned jwt, unsigned cwt, int64_t now);

#endif
