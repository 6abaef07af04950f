// A change of address with the power cut at every step: afterwards all of the old address or all of the new
// one is there, and with the answer the old one is gone from flash.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eid_document.h"
#include "tests/unit/unit.h"

#include <stdio.h>

enum { ADDRESS_MAX = 1600, COMMAND_MAX = 2 * ADDRESS_MAX + 64 };

static struct card_fixture fixture;

// DG17 with `n` bytes of text that is nowhere else.
static struct span address(char letter, size_t n, struct writer *w)
{
    const size_t group = tlv_open(w, eid_tag_of_group(EID_PLACE_OF_RESIDENCE));
    tlv_put_header(w, 0x0C, n);
    uint8_t *text = writer_reserve(w, n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++) {
        text[i] = (uint8_t)(letter + (int)(i * i % 13));
    }
    tlv_close(w, group);
    assert_false(w->overflow);
    return writer_span(w);
}

static uint16_t write_address(struct span content)
{
    static char command[COMMAND_MAX];
    int n = snprintf(command, sizeof command, "00D6910000%04zX", content.n);
    for (size_t i = 0; i < content.n; i++) {
        n += snprintf(command + n, sizeof command - (size_t)n, "%02X", content.p[i]);
    }
    return fixture_protect(&fixture, command);
}

static bool address_is(struct span content)
{
    static uint8_t bytes[ADDRESS_MAX];
    size_t length = 0;
    struct store *store = &fixture.card.store;
    const uint16_t object = OBJECT_EID_FILES + EID_PLACE_OF_RESIDENCE;
    assert_int_equal(store_length(store, object, &length), STORE_OK);
    assert_in_range(length, 1, sizeof bytes);
    assert_int_equal(store_read(store, object, 0, bytes, length), STORE_OK);
    return span_equal(span_of(bytes, length), content);
}

// The other groups are as they were.
static void assert_others_unchanged(void)
{
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        uint8_t wanted[32], found[32];
        struct writer w = writer_of(wanted, sizeof wanted);
        if (group == EID_RESERVED || group == EID_PLACE_OF_RESIDENCE) {
            continue;
        }
        const struct span sample = eid_sample(group, &w);
        assert_int_equal(
            store_read(&fixture.card.store, (uint16_t)(OBJECT_EID_FILES + group), 0, found, sample.n),
            STORE_OK);
        assert_memory_equal(found, sample.p, sample.n);
    }
}

static void be_office(void)
{
    eid_begin(&fixture, EID_COMPLETE, TERMINAL_AUTHENTICATION, right_of(RIGHT_WRITE_DG17));
}

static bool flash_has(struct span content)
{
    return flash_simulator_contains(&fixture.flash, span_first(span_from(content, 8), 40));
}

static void cut_change(size_t old_length, size_t new_length)
{
    static uint8_t old_bytes[ADDRESS_MAX], new_bytes[ADDRESS_MAX];
    struct writer old_writer = writer_of(old_bytes, sizeof old_bytes);
    struct writer new_writer = writer_of(new_bytes, sizeof new_bytes);
    const struct span before = address('A', old_length, &old_writer);
    const struct span after = address('a', new_length, &new_writer);
    struct flash_simulator image;
    fixture_start(&fixture);
    eid_personalize(&fixture, 0);
    be_office();
    assert_int_equal(write_address(before), SW_OK);
    fixture_power_cycle(&fixture);
    flash_simulator_create(&image, FIXTURE_PAGES, 1);
    flash_simulator_copy(&image, &fixture.flash);
    be_office();
    flash_simulator_count_from_zero(&fixture.flash);
    assert_int_equal(write_address(after), SW_OK);
    const uint64_t steps = flash_simulator_steps(&fixture.flash);
    assert_true(address_is(after));
    assert_true(flash_has(after));
    assert_false(flash_has(before));
    for (uint64_t k = 0; k < steps; k++) {
        for (enum flash_tear tear = FLASH_TEAR_NONE; tear < FLASH_TEARS; tear++) {
            flash_simulator_copy(&fixture.flash, &image);
            fixture_power_cycle(&fixture);
            be_office();
            flash_simulator_cut_after(&fixture.flash, k, tear, k);
            const uint16_t status = write_address(after);
            assert_true(flash_simulator_power_on(&fixture.flash));
            fixture_power_cycle(&fixture);
            const bool is_new = address_is(after);
            assert_true(is_new || address_is(before));
            assert_true(status != SW_OK || is_new); // what was answered has happened
            assert_true(!is_new || !flash_has(before));
            assert_others_unchanged();
        }
    }
    print_message("%4zu to %4zu bytes: %llu steps\n", old_length, new_length, (unsigned long long)steps);
    flash_simulator_release(&image);
    fixture_stop(&fixture);
}

static void test_address_is_old_or_new_wherever_the_power_is_cut(void **state)
{
    (void)state;
    cut_change(60, 90);
    cut_change(1100, 70);
    cut_change(70, 1100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address_is_old_or_new_wherever_the_power_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
