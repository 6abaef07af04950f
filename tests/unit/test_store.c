// The store's functions on flash without power cuts, also against a plain model of it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "tests/unit/store_bench.h"

static void test_garbage_and_blank_flash_are_refused(void **state)
{
    struct bench *bench = *state;
    struct flash_simulator other;
    flash_simulator_create(&other, 16, 2);
    const struct store_flash port = flash_simulator_port(&other);
    assert_int_equal(store_open(&bench->store, &port), STORE_DAMAGED);
    flash_simulator_load(&other, NULL, 0);
    assert_int_equal(store_open(&bench->store, &port), STORE_DAMAGED);
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 4)), STORE_DAMAGED);
    flash_simulator_release(&other);
}

static void test_number_of_pages_is_checked(void **state)
{
    struct bench *bench = *state;
    struct store_flash port = bench->port;
    port.pages = STORE_PAGES_MIN - 1;
    assert_int_equal(store_format(&port), STORE_MISUSE);
    assert_int_equal(store_open(&bench->store, &port), STORE_MISUSE);
    port.pages = STORE_PAGES_MAX + 1;
    assert_int_equal(store_open(&bench->store, &port), STORE_MISUSE);
    port.pages = STORE_PAGES_MIN;
    assert_int_equal(store_open(&bench->store, &port), STORE_DAMAGED);
}

static void test_objects_of_every_kind_of_length_are_kept(void **state)
{
    struct bench *bench = *state;
    static const size_t lengths[] = {
        0, 1, 4, 5, STORE_FRAGMENT - 1, STORE_FRAGMENT, STORE_FRAGMENT + 1, (size_t)2 * STORE_FRAGMENT, 9000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const uint16_t id = (uint16_t)(i * 9000);
        assert_int_equal(store_write(&bench->store, id, pattern(id, lengths[i])), STORE_OK);
    }
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            const uint16_t id = (uint16_t)(i * 9000);
            assert_object(&bench->store, id, pattern(id, lengths[i]));
        }
        reopen(bench);
    }
}

static void test_longest_object_fits_and_longer_is_refused(void **state)
{
    (void)state;
    struct flash_simulator flash;
    static struct store store;
    flash_simulator_create(&flash, STORE_PAGES_MAX, 3);
    const struct store_flash port = flash_simulator_port(&flash);
    assert_int_equal(store_format(&port), STORE_OK);
    assert_int_equal(store_open(&store, &port), STORE_OK);
    assert_int_equal(store_write(&store, 7, pattern(7, STORE_OBJECT_MAX)), STORE_OK);
    assert_int_equal(store_write(&store, 7, pattern(8, STORE_OBJECT_MAX + 1)), STORE_TOO_LONG);
    assert_int_equal(store_write_at(&store, 7, STORE_OBJECT_MAX, pattern(8, 1)), STORE_TOO_LONG);
    assert_int_equal(store_write_at(&store, 7, 1, pattern(8, STORE_OBJECT_MAX)), STORE_TOO_LONG);
    assert_int_equal(store_open(&store, &port), STORE_OK);
    assert_object(&store, 7, pattern(7, STORE_OBJECT_MAX));
    flash_simulator_release(&flash);
}

static void test_shorter_object_replaces_longer(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 5000)), STORE_OK);
    assert_int_equal(store_write(&bench->store, 1, pattern(2, 600)), STORE_OK);
    assert_object(&bench->store, 1, pattern(2, 600));
    reopen(bench);
    assert_object(&bench->store, 1, pattern(2, 600));
    assert_int_equal(store_write(&bench->store, 1, span_of(NULL, 0)), STORE_OK);
    assert_object(&bench->store, 1, span_of(NULL, 0));
    reopen(bench);
    assert_object(&bench->store, 1, span_of(NULL, 0));
}

static void test_write_at_overwrites_and_extends(void **state)
{
    struct bench *bench = *state;
    static uint8_t expected[3000];
    memcpy(expected, pattern(1, 1000).p, 1000);
    assert_int_equal(store_write_at(&bench->store, 1, 0, pattern(1, 1000)), STORE_OK);
    memcpy(expected + 400, pattern(2, 200).p, 200);
    assert_int_equal(store_write_at(&bench->store, 1, 400, pattern(2, 200)), STORE_OK);
    memcpy(expected + 1000, pattern(3, 2000).p, 2000);
    assert_int_equal(store_write_at(&bench->store, 1, 1000, pattern(3, 2000)), STORE_OK);
    assert_object(&bench->store, 1, span_of(expected, sizeof expected));
    reopen(bench);
    assert_object(&bench->store, 1, span_of(expected, sizeof expected));
}

static void test_write_at_refuses_a_gap(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write_at(&bench->store, 1, 1, pattern(1, 4)), STORE_NOT_FOUND);
    assert_absent(&bench->store, 1);
    assert_int_equal(store_write_at(&bench->store, 1, 0, pattern(1, 4)), STORE_OK);
    assert_int_equal(store_write_at(&bench->store, 1, 5, pattern(1, 4)), STORE_TOO_LONG);
    assert_object(&bench->store, 1, pattern(1, 4));
}

static void test_write_at_of_nothing_creates_an_empty_object(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write_at(&bench->store, 1, 0, span_of(NULL, 0)), STORE_OK);
    assert_object(&bench->store, 1, span_of(NULL, 0));
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 9)), STORE_OK);
    assert_int_equal(store_write_at(&bench->store, 1, 9, span_of(NULL, 0)), STORE_OK);
    assert_object(&bench->store, 1, pattern(1, 9));
}

static void test_read_outside_the_object_is_refused_and_zeroed(void **state)
{
    struct bench *bench = *state;
    uint8_t bytes[8];
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 600)), STORE_OK);
    memset(bytes, 0xAA, sizeof bytes);
    assert_int_equal(store_read(&bench->store, 1, 595, bytes, 6), STORE_TOO_LONG);
    assert_memory_equal(bytes, "\0\0\0\0\0\0\xAA\xAA", 8);
    assert_int_equal(store_read(&bench->store, 1, SIZE_MAX, bytes, 6), STORE_TOO_LONG);
    assert_int_equal(store_read(&bench->store, 1, 601, bytes, 0), STORE_TOO_LONG);
    assert_int_equal(store_read(&bench->store, 1, 600, bytes, 0), STORE_OK);
    assert_int_equal(store_read(&bench->store, 2, 0, bytes, 1), STORE_NOT_FOUND);
}

static void test_delete(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_delete(&bench->store, 1), STORE_OK);
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 5000)), STORE_OK);
    assert_int_equal(store_write(&bench->store, 2, pattern(2, 3)), STORE_OK);
    assert_int_equal(store_delete(&bench->store, 1), STORE_OK);
    assert_absent(&bench->store, 1);
    reopen(bench);
    assert_absent(&bench->store, 1);
    assert_object(&bench->store, 2, pattern(2, 3));
}

static void test_transaction_is_seen_inside_before_it_is_committed(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 900)), STORE_OK);
    assert_int_equal(store_begin(&bench->store), STORE_OK);
    assert_true(store_in_transaction(&bench->store));
    assert_int_equal(store_write(&bench->store, 1, pattern(2, 10)), STORE_OK);
    assert_int_equal(store_write(&bench->store, 2, pattern(3, 2000)), STORE_OK);
    assert_object(&bench->store, 1, pattern(2, 10));
    assert_object(&bench->store, 2, pattern(3, 2000));
    assert_int_equal(store_delete(&bench->store, 1), STORE_OK);
    assert_absent(&bench->store, 1);
    assert_int_equal(store_write_at(&bench->store, 1, 0, pattern(4, 7)), STORE_OK);
    assert_int_equal(store_commit(&bench->store), STORE_OK);
    assert_false(store_in_transaction(&bench->store));
    reopen(bench);
    assert_object(&bench->store, 1, pattern(4, 7));
    assert_object(&bench->store, 2, pattern(3, 2000));
}

static void test_abort_brings_the_old_state_back(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 900)), STORE_OK);
    assert_int_equal(store_begin(&bench->store), STORE_OK);
    assert_int_equal(store_delete(&bench->store, 1), STORE_OK);
    assert_int_equal(store_write(&bench->store, 2, pattern(3, 2000)), STORE_OK);
    store_abort(&bench->store);
    assert_object(&bench->store, 1, pattern(1, 900));
    assert_absent(&bench->store, 2);
    assert_int_equal(store_write(&bench->store, 3, pattern(3, 1)), STORE_OK);
    reopen(bench);
    assert_object(&bench->store, 1, pattern(1, 900));
    assert_absent(&bench->store, 2);
}

static void test_uncommitted_transaction_is_gone_after_reopening(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 900)), STORE_OK);
    assert_int_equal(store_begin(&bench->store), STORE_OK);
    assert_int_equal(store_write(&bench->store, 1, pattern(2, 900)), STORE_OK);
    reopen(bench);
    assert_false(store_in_transaction(&bench->store));
    assert_object(&bench->store, 1, pattern(1, 900));
}

static void test_transactions_do_not_nest(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_commit(&bench->store), STORE_MISUSE);
    assert_int_equal(store_begin(&bench->store), STORE_OK);
    assert_int_equal(store_begin(&bench->store), STORE_MISUSE);
    assert_int_equal(store_scrub(&bench->store), STORE_MISUSE);
    assert_int_equal(store_commit(&bench->store), STORE_OK);
    store_abort(&bench->store);
}

static void test_small_change_takes_two_words(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 4)), STORE_OK);
    flash_simulator_count_from_zero(&bench->flash);
    assert_int_equal(store_write(&bench->store, 1, pattern(2, 4)), STORE_OK);
    assert_int_equal(bench->flash.words_programmed, 2);
    assert_int_equal(bench->flash.pages_erased, 0);
}

static void test_opening_changes_nothing(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 9000)), STORE_OK);
    flash_simulator_count_from_zero(&bench->flash);
    reopen(bench);
    assert_int_equal(flash_simulator_steps(&bench->flash), 0);
}

static void fill(struct store *store, uint16_t first, size_t length)
{
    enum store_status status = STORE_OK;
    for (uint16_t id = first; status == STORE_OK; id++) {
        status = store_write(store, id, pattern(id, length));
    }
    assert_int_equal(status, STORE_FULL);
}

static void test_full_store_keeps_what_it_has(void **state)
{
    struct bench *bench = *state;
    for (size_t length = 1; length < 2000; length += 333) {
        assert_int_equal(store_format(&bench->port), STORE_OK);
        reopen(bench);
        fill(&bench->store, 1, length);
        reopen(bench);
        size_t found = 0;
        uint16_t id = 1;
        for (; store_length(&bench->store, id, &found) == STORE_OK; id++) {
            assert_object(&bench->store, id, pattern(id, length));
        }
        assert_int_equal(store_write(&bench->store, id, pattern(id, length)), STORE_FULL);
    }
}

static void test_full_store_still_replaces_and_deletes(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(0, 3000)), STORE_OK);
    assert_int_equal(store_write(&bench->store, 2, pattern(0, 1)), STORE_OK);
    fill(&bench->store, 3, 1500);
    fill(&bench->store, 1000, 1);
    assert_int_equal(store_free_bytes(&bench->store), 0);
    for (unsigned i = 1; i < 400; i++) {
        assert_int_equal(store_write(&bench->store, 2, pattern(i, 1)), STORE_OK);
        assert_int_equal(store_write(&bench->store, 1, pattern(i, 3000)), STORE_OK);
    }
    assert_int_equal(store_delete(&bench->store, 3), STORE_OK);
    assert_int_equal(store_write(&bench->store, 4000, pattern(0, 1000)), STORE_OK);
    reopen(bench);
    assert_object(&bench->store, 1, pattern(399, 3000));
    assert_object(&bench->store, 2, pattern(399, 1));
    assert_absent(&bench->store, 3);
}

static void test_operation_that_does_not_fit_leaves_its_transaction_as_it_was(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 15000)), STORE_OK);
    assert_int_equal(store_begin(&bench->store), STORE_OK);
    assert_int_equal(store_write(&bench->store, 2, pattern(2, 100)), STORE_OK);
    assert_int_equal(store_write(&bench->store, 1, pattern(3, 30000)), STORE_FULL);
    assert_object(&bench->store, 1, pattern(1, 15000));
    assert_int_equal(store_write(&bench->store, 3, pattern(4, 100)), STORE_OK);
    assert_int_equal(store_commit(&bench->store), STORE_OK);
    reopen(bench);
    assert_object(&bench->store, 1, pattern(1, 15000));
    assert_object(&bench->store, 2, pattern(2, 100));
    assert_object(&bench->store, 3, pattern(4, 100));
}

static void test_free_bytes_can_be_written(void **state)
{
    struct bench *bench = *state;
    uint64_t random = 5;
    for (uint16_t id = 1;; id++) {
        const size_t free_bytes = store_free_bytes(&bench->store);
        if (free_bytes == 0) {
            assert_true(id > 50);
            break;
        }
        const size_t offered = free_bytes < STORE_OBJECT_MAX ? free_bytes : STORE_OBJECT_MAX;
        assert_int_equal(store_begin(&bench->store), STORE_OK);
        assert_int_equal(store_write(&bench->store, id, pattern(id, offered)), STORE_OK);
        store_abort(&bench->store);
        assert_int_equal(store_write(&bench->store, id, pattern(id, test_random(&random) % 900)), STORE_OK);
    }
}

static void test_long_transaction_collects_in_its_middle(void **state)
{
    struct bench *bench = *state;
    for (unsigned round = 1; round < 60; round++) {
        assert_int_equal(store_begin(&bench->store), STORE_OK);
        for (uint16_t id = 1; id <= 4; id++) {
            assert_int_equal(store_write(&bench->store, id, pattern(round + id, 3000)), STORE_OK);
        }
        if (round % 3 == 0) {
            store_abort(&bench->store);
        } else {
            assert_int_equal(store_commit(&bench->store), STORE_OK);
        }
        if (round % 4 == 0) {
            reopen(bench);
        }
        const unsigned kept = round % 3 == 0 ? round - 1 : round;
        for (uint16_t id = 1; id <= 4; id++) {
            assert_object(&bench->store, id, pattern(kept + id, 3000));
        }
    }
}

static void test_index_overflow_is_full(void **state)
{
    (void)state;
    struct flash_simulator flash;
    static struct store store;
    flash_simulator_create(&flash, STORE_PAGES_MAX, 3);
    const struct store_flash port = flash_simulator_port(&flash);
    assert_int_equal(store_format(&port), STORE_OK);
    assert_int_equal(store_open(&store, &port), STORE_OK);
    fill(&store, 1, 1);
    assert_int_equal(store_write(&store, 1, pattern(9, 1)), STORE_OK);
    assert_int_equal(store_delete(&store, 1), STORE_OK);
    assert_int_equal(store_write(&store, 1, pattern(9, 1)), STORE_OK);
    assert_int_equal(store_open(&store, &port), STORE_OK);
    flash_simulator_release(&flash);
}

static void test_wear_is_spread_over_all_pages(void **state)
{
    struct bench *bench = *state;
    uint32_t lowest = 0;
    uint32_t highest = 0;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 9000)), STORE_OK); // never changes
    for (unsigned i = 0; i < 20000; i++) {
        assert_int_equal(store_write(&bench->store, 2, pattern(i, 100)), STORE_OK);
    }
    store_wear(&bench->store, &lowest, &highest);
    assert_true(lowest > 20);
    assert_true(highest - lowest <= 2);
    reopen(bench);
    uint32_t lowest_again = 0;
    uint32_t highest_again = 0;
    store_wear(&bench->store, &lowest_again, &highest_again);
    assert_int_equal(lowest, lowest_again);
    assert_int_equal(highest, highest_again);
    assert_int_equal(store_format(&bench->port), STORE_OK);
    reopen(bench);
    store_wear(&bench->store, &lowest_again, &highest_again);
    assert_int_equal(lowest + 1, lowest_again);
}

static void test_scrub_erases_what_was_replaced(void **state)
{
    struct bench *bench = *state;
    static const char old_key[] = "the key before";
    static const char deleted_key[] = "a deleted key";
    static const char aborted_key[] = "an aborted key";
    static const char key[] = "the key now";
    assert_int_equal(store_write(&bench->store, 1, span_of(old_key, sizeof old_key)), STORE_OK);
    assert_int_equal(store_write(&bench->store, 2, span_of(deleted_key, sizeof deleted_key)), STORE_OK);
    assert_int_equal(store_begin(&bench->store), STORE_OK);
    assert_int_equal(store_write(&bench->store, 1, span_of(aborted_key, sizeof aborted_key)), STORE_OK);
    store_abort(&bench->store);
    assert_int_equal(store_write(&bench->store, 1, span_of(key, sizeof key)), STORE_OK);
    assert_int_equal(store_delete(&bench->store, 2), STORE_OK);
    assert_true(flash_simulator_contains(&bench->flash, span_of(old_key, sizeof old_key)));
    assert_int_equal(store_scrub(&bench->store), STORE_OK);
    assert_false(flash_simulator_contains(&bench->flash, span_of(old_key, sizeof old_key)));
    assert_false(flash_simulator_contains(&bench->flash, span_of(deleted_key, sizeof deleted_key)));
    assert_false(flash_simulator_contains(&bench->flash, span_of(aborted_key, sizeof aborted_key)));
    assert_object(&bench->store, 1, span_of(key, sizeof key));
    reopen(bench);
    assert_object(&bench->store, 1, span_of(key, sizeof key));
}

static void test_scrub_erases_what_an_interrupted_transaction_left(void **state)
{
    struct bench *bench = *state;
    static const char key[] = "a key that came to nothing";
    assert_int_equal(store_begin(&bench->store), STORE_OK);
    assert_int_equal(store_write(&bench->store, 1, span_of(key, sizeof key)), STORE_OK);
    reopen(bench);
    assert_int_equal(store_scrub(&bench->store), STORE_OK);
    assert_false(flash_simulator_contains(&bench->flash, span_of(key, sizeof key)));
}

static void test_nothing_written_stays_in_ram(void **state)
{
    struct bench *bench = *state;
    static const char key[] = "a key";
    assert_int_equal(store_write(&bench->store, 1, span_of(key, sizeof key)), STORE_OK);
    const uint8_t *ram = (const uint8_t *)&bench->store;
    for (size_t i = 0; i + sizeof key <= sizeof bench->store; i++) {
        assert_memory_not_equal(ram + i, key, sizeof key);
    }
}

static void test_failing_flash_is_reported_until_reopened(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(store_write(&bench->store, 1, pattern(1, 4)), STORE_OK);
    flash_simulator_cut_after(&bench->flash, 1, FLASH_TEAR_NONE, 1);
    assert_int_equal(store_write(&bench->store, 1, pattern(2, 4)), STORE_FLASH);
    assert_true(flash_simulator_power_on(&bench->flash));
    assert_int_equal(store_write(&bench->store, 1, pattern(3, 4)), STORE_FLASH);
    assert_int_equal(store_begin(&bench->store), STORE_FLASH);
    assert_int_equal(store_scrub(&bench->store), STORE_FLASH);
    assert_int_equal(store_delete(&bench->store, 1), STORE_FLASH);
    uint8_t byte = 1;
    assert_int_equal(store_read(&bench->store, 1, 0, &byte, 1), STORE_FLASH);
    assert_int_equal(byte, 0);
    reopen(bench);
    assert_object(&bench->store, 1, pattern(1, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_garbage_and_blank_flash_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_number_of_pages_is_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_objects_of_every_kind_of_length_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_longest_object_fits_and_longer_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shorter_object_replaces_longer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_write_at_overwrites_and_extends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_write_at_refuses_a_gap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_write_at_of_nothing_creates_an_empty_object, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_outside_the_object_is_refused_and_zeroed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_delete, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_transaction_is_seen_inside_before_it_is_committed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_abort_brings_the_old_state_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_uncommitted_transaction_is_gone_after_reopening, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_transactions_do_not_nest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_small_change_takes_two_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_opening_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_store_keeps_what_it_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_store_still_replaces_and_deletes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_operation_that_does_not_fit_leaves_its_transaction_as_it_was,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_free_bytes_can_be_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_transaction_collects_in_its_middle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_index_overflow_is_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wear_is_spread_over_all_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_scrub_erases_what_was_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_scrub_erases_what_an_interrupted_transaction_left, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_written_stays_in_ram, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failing_flash_is_reported_until_reopened, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
