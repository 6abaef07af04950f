// The issuer's status lists: places for copies, and changes of all copies at once.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_store_stage.h"

#include <stdlib.h>

// --- Places ---

static void test_each_number_of_a_shard_has_an_index_of_its_own(void **state)
{
    static uint8_t seen[STATUS_SHARD_ENTRIES / 8];
    uint8_t key[STATUS_PERMUTATION] = {1, 2, 3};
    (void)state;
    memset(seen, 0, sizeof seen);
    for (int64_t number = 0; number < STATUS_SHARD_ENTRIES; number++) {
        uint32_t index = STATUS_SHARD_ENTRIES;
        assert_true(status_store_index(span_of(key, sizeof key), number, &index));
        assert_true(index < STATUS_SHARD_ENTRIES);
        assert_int_equal(seen[index / 8] >> index % 8 & 1, 0);
        seen[index / 8] |= (uint8_t)(1U << index % 8);
    }
}

// Neighbours in time are none in the list: of a thousand, three or more lie side by side with probability
// 10^-5.
static void test_indexes_say_nothing_about_the_order(void **state)
{
    uint8_t key[STATUS_PERMUTATION] = {4}, other[STATUS_PERMUTATION] = {5};
    uint32_t index = 0, before = 0, elsewhere = 0;
    unsigned near = 0, same = 0;
    (void)state;
    for (int64_t number = 0; number < 1000; number++) {
        assert_true(status_store_index(span_of(key, sizeof key), number, &index));
        assert_true(status_store_index(span_of(other, sizeof other), number, &elsewhere));
        const uint32_t distance = index > before ? index - before : before - index;
        near += distance < 16 ? 1 : 0;
        same += index == elsewhere ? 1 : 0;
        before = index;
    }
    assert_in_range(near, 0, 3);
    assert_in_range(same, 0, 3);
}

static void test_a_number_behind_a_shard_has_no_index(void **state)
{
    uint8_t key[STATUS_PERMUTATION] = {0};
    uint32_t index = 0;
    (void)state;
    assert_false(status_store_index(span_of(key, sizeof key), STATUS_SHARD_ENTRIES, &index));
    assert_false(status_store_index(span_of(key, sizeof key), -1, &index));
    assert_false(status_store_index(span_of(key, sizeof key - 1), 0, &index));
}

static void test_before_a_publication_there_is_no_place(void **state)
{
    struct status_reference references[COPIES];
    (void)state;
    assert_int_equal(store_try_allocate(1, STATUS_JWT, COPIES, references), JUMIN_ERROR_STATUS);
}

static void test_copies_of_a_batch_lie_in_different_lists(void **state)
{
    struct status_reference references[COPIES];
    (void)state;
    (void)store_publish(NOW);
    store_allocate(1, STATUS_JWT, COPIES, references);
    for (size_t i = 0; i < COPIES; i++) {
        assert_true(references[i].index < STATUS_SHARD_ENTRIES);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(references[i].uri, references[k].uri);
        }
    }
    store_assert_all(STATUS_JWT, references, COPIES, STATUS_VALID, NOW);
}

static void test_a_place_is_given_once(void **state)
{
    static struct status_reference references[20 * STATUS_BATCH_MAX];
    const size_t count = sizeof references / sizeof references[0];
    (void)state;
    store_policy.spread = 2;
    (void)store_publish(NOW);
    for (size_t i = 0; i < count; i += STATUS_BATCH_MAX) {
        store_allocate((int64_t)i, STATUS_CWT, STATUS_BATCH_MAX, &references[i]);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_false(references[i].index == references[k].index &&
                         strcmp(references[i].uri, references[k].uri) == 0);
        }
    }
}

static void test_what_is_rolled_back_leaves_its_places_free(void **state)
{
    struct status_reference first[1], second[1];
    (void)state;
    store_policy.spread = 1;
    (void)store_publish(NOW);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(
        status_store_allocate(stage, 1, STATUS_JWT, 1, UNTIL, &store_random, first, &store_detail), JUMIN_OK);
    database_rollback(stage);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch"), 0);
    store_allocate(2, STATUS_JWT, 1, second);
    assert_int_equal(first[0].index, second[0].index);
}

static void test_no_batch_is_empty_or_too_large(void **state)
{
    struct status_reference references[STATUS_BATCH_MAX + 1];
    (void)state;
    (void)store_publish(NOW);
    assert_int_equal(store_try_allocate(1, STATUS_JWT, 0, references), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(store_try_allocate(1, STATUS_JWT, STATUS_BATCH_MAX + 1, references),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(store_try_allocate(1, STATUS_JWT, STATUS_BATCH_MAX, references), JUMIN_OK);
}

static void test_a_full_list_gives_no_place_and_another_one_is_opened(void **state)
{
    struct status_reference references[COPIES];
    (void)state;
    store_policy.spread = 1;
    (void)store_publish(NOW);
    stage_run("UPDATE status_shard SET used = 1048575 WHERE format = 0");
    assert_int_equal(store_try_allocate(1, STATUS_JWT, 2, references), JUMIN_ERROR_CONFLICT);
    store_allocate(1, STATUS_JWT, 1, references); // the last one
    assert_int_equal(store_try_allocate(2, STATUS_JWT, 1, references), JUMIN_ERROR_STATUS);
    assert_int_equal(store_publish(NOW + PERIOD), 1);
    store_allocate(2, STATUS_JWT, 1, references);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_shard"), 3);
}

static void test_a_list_that_is_about_to_be_full_has_a_successor(void **state)
{
    (void)state;
    store_policy.spread = 1;
    (void)store_publish(NOW);
    stage_run("UPDATE status_shard SET used = 983039");
    assert_int_equal(store_publish(NOW + PERIOD), 0);
    stage_run("UPDATE status_shard SET used = 983040");
    assert_int_equal(store_publish(NOW + 2 * PERIOD), 2);
}

// A credential that is down gets no copies that are not.
static void test_what_is_not_valid_gets_no_further_copies(void **state)
{
    struct status_reference references[COPIES];
    (void)state;
    (void)store_publish(NOW);
    store_allocate(1, STATUS_JWT, COPIES, references);
    store_set(1, STATUS_SUSPENDED);
    assert_int_equal(store_try_allocate(1, STATUS_JWT, COPIES, references), JUMIN_ERROR_STATUS);
    assert_int_equal(store_try_allocate(1, STATUS_CWT, COPIES, references), JUMIN_ERROR_STATUS);
    store_allocate(2, STATUS_JWT, COPIES, references);
    store_set(1, STATUS_VALID);
    store_allocate(1, STATUS_JWT, COPIES, references);
}

// --- Changes ---

static void test_a_lock_reaches_all_copies_in_both_formats_and_nobody_else(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    (void)store_publish(NOW + PERIOD);
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW + PERIOD);
}

static void test_an_unlock_takes_all_of_it_back(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    (void)store_publish(NOW + PERIOD);
    store_set(1, STATUS_VALID);
    (void)store_publish(NOW + 2 * PERIOD);
    store_assert_first(&holders, STATUS_VALID, STATUS_VALID, NOW + 2 * PERIOD);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_change"), 0);
}

static void test_a_revocation_is_for_good(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    store_set(1, STATUS_INVALID);
    store_set(1, STATUS_INVALID);
    assert_int_equal(store_try_set(1, STATUS_VALID), JUMIN_ERROR_STATUS);
    assert_int_equal(store_try_set(1, STATUS_SUSPENDED), JUMIN_ERROR_STATUS);
    (void)store_publish(NOW + PERIOD);
    store_assert_first(&holders, STATUS_INVALID, STATUS_INVALID, NOW + PERIOD);
}

static void test_a_lock_that_is_rolled_back_changes_nothing(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(status_store_set(stage, 1, STATUS_SUSPENDED, &store_detail), JUMIN_OK);
    database_rollback(stage);
    assert_int_equal(store_publish(NOW + PERIOD), 0);
    store_assert_first(&holders, STATUS_VALID, STATUS_VALID, NOW + PERIOD);
}

static void test_a_credential_without_copies_may_be_locked(void **state)
{
    (void)state;
    store_set(77, STATUS_INVALID);
    assert_int_equal(store_try_set(77, (enum status)3), JUMIN_ERROR_ARGUMENT);
}

static void test_a_damaged_record_of_copies_is_noticed(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    static const uint8_t bytes[9] = {0, 0, 0, 1, 0, 0, 0, 1, 0};
    const struct database_value value = database_bytes(span_of(bytes, sizeof bytes));
    assert_int_equal(
        database_run(stage, "UPDATE status_batch SET copies = $1 WHERE credential = 1", &value, 1, NULL),
        JUMIN_OK);
    assert_int_equal(store_try_set(1, STATUS_INVALID), JUMIN_ERROR_MALFORMED);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_change"), 0);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch WHERE status <> 0"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_each_number_of_a_shard_has_an_index_of_its_own),
        STORE_TEST(test_indexes_say_nothing_about_the_order),
        STORE_TEST(test_a_number_behind_a_shard_has_no_index),
        STORE_TEST(test_before_a_publication_there_is_no_place),
        STORE_TEST(test_copies_of_a_batch_lie_in_different_lists),
        STORE_TEST(test_a_place_is_given_once),
        STORE_TEST(test_what_is_rolled_back_leaves_its_places_free),
        STORE_TEST(test_no_batch_is_empty_or_too_large),
        STORE_TEST(test_a_full_list_gives_no_place_and_another_one_is_opened),
        STORE_TEST(test_a_list_that_is_about_to_be_full_has_a_successor),
        STORE_TEST(test_what_is_not_valid_gets_no_further_copies),
        STORE_TEST(test_a_lock_reaches_all_copies_in_both_formats_and_nobody_else),
        STORE_TEST(test_an_unlock_takes_all_of_it_back),
        STORE_TEST(test_a_revocation_is_for_good),
        STORE_TEST(test_a_lock_that_is_rolled_back_changes_nothing),
        STORE_TEST(test_a_credential_without_copies_may_be_locked),
        STORE_TEST(test_a_damaged_record_of_copies_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
