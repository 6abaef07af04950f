// Power cut at every step of a scripted life of the store: it opens as old or new, and works on.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/tear/store_life.h"

enum {
    PAGES = 10,
    ROUNDS = 3, // so that the script comes past the end of the flash and collects
    CUTS_IN_A_ROW = 2,
    SHORT = 200, // operations with more steps get two tears a step, in turn, instead of all
};

static struct store_life life;
static struct store_life saved;

static int set_up(void **state)
{
    (void)state;
    store_life_create(&life, PAGES, 1);
    store_life_create(&saved, PAGES, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_life_release(&life);
    store_life_release(&saved);
    return 0;
}

static void reopen(void)
{
    assert_int_equal(store_life_reopen(&life), STORE_OK);
}

// What the operation makes of `saved`, and how many steps that takes.
static uint64_t run_whole(const struct store_operation *operation, unsigned round, uint64_t *steps)
{
    store_life_copy(&life, &saved);
    flash_simulator_count_from_zero(&life.flash);
    assert_int_equal(operation->run(&life.store, round), STORE_OK);
    *steps = flash_simulator_steps(&life.flash);
    const uint64_t digest = store_life_digest(&life);
    reopen();
    assert_int_equal(store_life_digest(&life), digest);
    return digest;
}

// The operation with a cut after `steps`. Returns the state found afterwards, which is `old` or `new`.
static uint64_t run_cut(const struct store_operation *operation, unsigned round, uint64_t steps,
                        enum flash_tear tear, const uint64_t states[2])
{
    flash_simulator_cut_after(&life.flash, steps, tear, steps + round);
    const enum store_status status = operation->run(&life.store, round);
    const bool cut = flash_simulator_power_on(&life.flash);
    assert_int_equal(status, cut ? STORE_FLASH : STORE_OK);
    flash_simulator_count_from_zero(&life.flash);
    reopen();
    assert_int_equal(flash_simulator_steps(&life.flash), 0); // so a cut while opening changes nothing
    const uint64_t found = store_life_digest(&life);
    assert_true(found == states[1] || (cut && found == states[0]));
    return found;
}

// All operations are such that doing them again on their result changes nothing.
static void finish_after_cut(const struct store_operation *operation, unsigned round, uint64_t new_state)
{
    assert_int_equal(operation->run(&life.store, round), STORE_OK);
    assert_int_equal(store_life_digest(&life), new_state);
    reopen();
    assert_int_equal(store_life_digest(&life), new_state);
}

static void cut_everywhere(const struct store_operation *operation, unsigned round, uint64_t *cuts)
{
    uint64_t states[2] = {store_life_digest(&saved), 0};
    uint64_t steps = 0;
    states[1] = run_whole(operation, round, &steps);
    uint64_t random = round;
    for (uint64_t step = 0; step < steps; step++) {
        const unsigned tears = steps <= SHORT ? FLASH_TEARS : 2;
        for (unsigned i = 0; i < tears; i++) {
            const enum flash_tear tear = (enum flash_tear)((step * tears + i) % FLASH_TEARS);
            store_life_copy(&life, &saved);
            uint64_t now[2] = {states[0], states[1]};
            now[0] = run_cut(operation, round, step, tear, now);
            ++*cuts;
            for (int again = 0; again < CUTS_IN_A_ROW && i == 0 && step % tears == 0; again++) {
                const uint64_t later = test_random(&random) % (again == 0 ? 6 : steps + 1);
                const enum flash_tear other = (enum flash_tear)(test_random(&random) % FLASH_TEARS);
                now[0] = run_cut(operation, round, later, other, now);
                ++*cuts;
            }
            finish_after_cut(operation, round, states[1]);
        }
    }
}

static void test_cut_at_every_step_leaves_old_or_new(void **state)
{
    (void)state;
    printf("%-34s %6s %6s %6s %8s %13s\n", "operation", "words", "erases", "steps", "cuts", "read to open");
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < store_operations_count; i++) {
            const struct store_operation *operation = &store_operations[i];
            uint64_t cuts = 0;
            store_life_copy(&saved, &life); // within one power-on
            cut_everywhere(operation, round, &cuts);
            store_life_copy(&life, &saved);
            reopen();
            store_life_copy(&saved, &life); // as the first change of a power-on
            cut_everywhere(operation, round, &cuts);

            store_life_copy(&life, &saved);
            flash_simulator_count_from_zero(&life.flash);
            assert_int_equal(operation->run(&life.store, round), STORE_OK);
            const unsigned long long words = life.flash.words_programmed;
            const unsigned long long erases = life.flash.pages_erased;
            store_life_copy(&saved, &life);
            flash_simulator_count_from_zero(&life.flash);
            reopen();
            printf("%-34s %6llu %6llu %6llu %8llu %13llu\n", operation->name, words, erases, words + erases,
                   (unsigned long long)cuts, (unsigned long long)life.flash.bytes_read);
            store_life_copy(&life, &saved);
        }
    }
}

static enum store_status count_one_try(struct store *store, unsigned round)
{
    const uint8_t tries = (uint8_t)round;
    return store_write(store, 1, span_of(&tries, 1));
}

static void test_every_pair_of_cuts_leaves_old_or_new(void **state)
{
    (void)state;
    const struct store_operation operation = {"count one try", count_one_try};
    for (unsigned i = 0; i < store_operations_count; i++) {
        assert_int_equal(store_operations[i].run(&life.store, 1), STORE_OK);
    }
    reopen();
    store_life_copy(&saved, &life);
    uint64_t states[2] = {store_life_digest(&saved), 0};
    uint64_t steps = 0;
    states[1] = run_whole(&operation, 2, &steps);
    for (uint64_t pair = 0; pair < steps * (steps + 1); pair++) {
        for (unsigned tears = 0; tears < (unsigned)FLASH_TEARS * FLASH_TEARS; tears++) {
            uint64_t now[2] = {states[0], states[1]};
            store_life_copy(&life, &saved);
            now[0] = run_cut(&operation, 2, pair / (steps + 1), (enum flash_tear)(tears % FLASH_TEARS), now);
            now[0] = run_cut(&operation, 2, pair % (steps + 1), (enum flash_tear)(tears / FLASH_TEARS), now);
            finish_after_cut(&operation, 2, states[1]);
        }
    }
}

static enum store_status replace_all(struct store *store, unsigned round)
{
    enum store_status status = store_begin(store);
    for (uint16_t id = 1; status == STORE_OK && id <= 3; id++) {
        status = store_write(store, id, store_life_bytes(round + id, 900));
    }
    return status == STORE_OK ? store_commit(store) : status;
}

static void fill(uint16_t first)
{
    enum store_status status = replace_all(&life.store, 0);
    assert_int_equal(status, STORE_OK);
    for (uint16_t id = first; status == STORE_OK; id++) {
        status = store_write(&life.store, id, store_life_bytes(id, id % 300U));
    }
    assert_int_equal(status, STORE_FULL);
    reopen();
}

// However often the power is cut at the same step, the pages that collecting needs are never used up.
static void test_cuts_without_end_do_not_exhaust_a_full_store(void **state)
{
    (void)state;
    const struct store_operation operation = {"replace all", replace_all};
    fill(10);
    store_life_copy(&saved, &life);
    const uint64_t old_state = store_life_digest(&life);
    uint64_t steps = 0;
    const uint64_t new_state = run_whole(&operation, 1, &steps);
    for (uint64_t step = 0; step < steps; step += step < 40 ? 1 : 17) {
        store_life_copy(&life, &saved);
        uint64_t now[2] = {old_state, new_state};
        for (unsigned i = 0; i < 3U * PAGES; i++) {
            now[0] = run_cut(&operation, 1, step, (enum flash_tear)(i % FLASH_TEARS), now);
        }
        finish_after_cut(&operation, 1, new_state);
    }
}

// A page full of live records is the most that collecting has to carry into one page.
static void test_cuts_while_full_pages_of_small_objects_are_collected(void **state)
{
    (void)state;
    const struct store_operation operation = {"replace all", replace_all};
    for (uint16_t id = 4; id < 300; id++) {
        assert_int_equal(store_write(&life.store, id, store_life_bytes(id, 4)), STORE_OK);
    }
    fill(300);
    uint32_t lowest = 0;
    uint32_t highest = 0;
    unsigned round = 0;
    for (; lowest < 3; round++) { // until the small objects' pages have come up for erasing
        reopen();
        store_life_copy(&saved, &life);
        uint64_t steps = 0;
        uint64_t now[2] = {store_life_digest(&life), 0};
        now[1] = run_whole(&operation, round, &steps);
        const uint64_t first =
            steps > STORE_PAGE / STORE_WORD ? 0 : steps; // nothing much is carried otherwise
        for (uint64_t step = first; step < steps; step++) {
            store_life_copy(&life, &saved);
            (void)run_cut(&operation, round, step, (enum flash_tear)(step % FLASH_TEARS), now);
        }
        store_life_copy(&life, &saved);
        assert_int_equal(replace_all(&life.store, round), STORE_OK);
        store_wear(&life.store, &lowest, &highest);
    }
}

static void test_random_cuts_over_a_long_life(void **state)
{
    (void)state;
    fill(10);
    uint64_t random = 7;
    uint64_t now[2] = {store_life_digest(&life), 0};
    for (unsigned i = 0; i < 3000; i++) {
        const struct store_operation operation = {"replace all", replace_all};
        store_life_copy(&saved, &life);
        uint64_t steps = 0;
        now[1] = run_whole(&operation, i, &steps);
        store_life_copy(&life, &saved);
        const uint64_t step = test_random(&random) % (i % 3 == 0 ? 2 * steps : 20);
        now[0] = run_cut(&operation, i, step, (enum flash_tear)(test_random(&random) % FLASH_TEARS), now);
    }
}

static void test_wear_counts_survive_cuts(void **state)
{
    (void)state;
    uint64_t random = 9;
    uint32_t lowest = 0;
    uint32_t highest = 0;
    for (unsigned i = 0; i < 2000; i++) {
        flash_simulator_cut_after(&life.flash, test_random(&random) % 40,
                                  (enum flash_tear)(test_random(&random) % FLASH_TEARS), i);
        (void)count_one_try(&life.store, i);
        (void)flash_simulator_power_on(&life.flash);
        reopen();
        uint32_t lowest_now = 0;
        uint32_t highest_now = 0;
        store_wear(&life.store, &lowest_now, &highest_now);
        assert_true(lowest_now >= lowest && highest_now >= highest);
        lowest = lowest_now;
        highest = highest_now;
    }
    assert_true(lowest > 2000 / PAGES / 2);
}

static void test_interrupted_format_leaves_the_former_store_or_none(void **state)
{
    (void)state;
    assert_int_equal(replace_all(&life.store, 1), STORE_OK);
    reopen();
    store_life_copy(&saved, &life);
    const uint64_t former = store_life_digest(&life);
    bool finished = false;
    for (uint64_t step = 0; !finished; step++) {
        for (int tear = 0; tear < FLASH_TEARS; tear++) {
            store_life_copy(&life, &saved);
            flash_simulator_cut_after(&life.flash, step, (enum flash_tear)tear, step);
            const enum store_status status = store_format(&life.port);
            finished = !flash_simulator_power_on(&life.flash);
            assert_int_equal(status, finished ? STORE_OK : STORE_FLASH);
            const enum store_status opened = store_life_reopen(&life);
            const uint64_t found = store_life_digest(&life);
            assert_true(opened == STORE_DAMAGED || found == former || found == store_life_empty_digest());
            assert_int_equal(store_format(&life.port), STORE_OK);
            reopen();
            assert_int_equal(store_life_digest(&life), store_life_empty_digest());
        }
    }
}

static void test_scrub_after_any_cut_leaves_no_trace(void **state)
{
    (void)state;
    static const char key[] = "a key of sixteen";
    const struct span secret = span_of(key, sizeof key);
    assert_int_equal(replace_all(&life.store, 1), STORE_OK);
    assert_int_equal(store_write(&life.store, 9, secret), STORE_OK);
    assert_int_equal(store_delete(&life.store, 9), STORE_OK);
    const uint64_t before = store_life_digest(&life);
    store_life_copy(&saved, &life);
    bool finished = false;
    for (uint64_t step = 0; !finished; step++) {
        store_life_copy(&life, &saved);
        flash_simulator_cut_after(&life.flash, step, (enum flash_tear)(step % FLASH_TEARS), step);
        (void)store_scrub(&life.store);
        finished = !flash_simulator_power_on(&life.flash);
        reopen();
        assert_int_equal(store_life_digest(&life), before);
        assert_int_equal(store_scrub(&life.store), STORE_OK);
        assert_false(flash_simulator_contains(&life.flash, secret));
        assert_int_equal(store_life_digest(&life), before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cut_at_every_step_leaves_old_or_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_pair_of_cuts_leaves_old_or_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cuts_without_end_do_not_exhaust_a_full_store, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cuts_while_full_pages_of_small_objects_are_collected, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_random_cuts_over_a_long_life, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wear_counts_survive_cuts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interrupted_format_leaves_the_former_store_or_none, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_scrub_after_any_cut_leaves_no_trace, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
