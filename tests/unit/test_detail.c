// The sentence on a failure: kept whole, or cut behind a whole character.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/detail.h"

enum { ROOM = sizeof((struct detail *)NULL)->text - 1 };

// Fills up with letters before `end`, so that the cut falls behind so many bytes of it.
static const char *cut_behind(size_t bytes, const char *end)
{
    static struct detail detail;
    char letters[ROOM + 1];
    memset(letters, 'a', sizeof letters);
    letters[ROOM - bytes] = '\0';
    assert_int_equal(detail_set(&detail, JUMIN_ERROR_INPUT, "%s%s", letters, end), JUMIN_ERROR_INPUT);
    assert_memory_equal(detail.text, letters, ROOM - bytes);
    return detail.text + ROOM - bytes;
}

static void test_a_sentence_that_fits_is_kept_to_its_last_byte(void **state)
{
    (void)state;
    assert_string_equal(cut_behind(3, "가"), "가");
    assert_string_equal(cut_behind(0, ""), "");
}

static void test_a_sentence_that_is_cut_ends_with_a_whole_character(void **state)
{
    (void)state;
    assert_string_equal(cut_behind(3, "가나"), "가");
    assert_string_equal(cut_behind(1, "가나"), "");
    assert_string_equal(cut_behind(2, "가나"), "");
    assert_string_equal(cut_behind(4, "가나"), "가");
    assert_string_equal(cut_behind(5, "가나"), "가");
    assert_string_equal(cut_behind(1, "\u00e9a"), "");
    assert_string_equal(cut_behind(2, "\u00e9a"), "\u00e9");
    assert_string_equal(cut_behind(3, "\U0001f642a"), "");
    assert_string_equal(cut_behind(4, "\U0001f642a"), "\U0001f642");
    assert_string_equal(cut_behind(2, "bcd"), "bc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sentence_that_fits_is_kept_to_its_last_byte),
        cmocka_unit_test(test_a_sentence_that_is_cut_ends_with_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
