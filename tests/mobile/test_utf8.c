// Text that others wrote, by whole characters (RFC 3629).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/mobile/utf8.h"

#include <string.h>

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

static void test_controls_are_not_for_readers(void **state)
{
    (void)state;
    static const char *const controls[] = {
        "\x01",     "\x1B",         "\x1F",         "\x7F",         "\xC2\x80",     "\xC2\x9B",
        "\xC2\x9F", "\xE2\x80\xAA", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA9",
    };
    static const char *const others[] = {
        " ",
        "~",
        "\xC2\xA0",
        "\xC3\x80",
        "\xE2\x80\xA9",
        "\xE2\x80\xAF",
        "\xE2\x81\xA5",
        "\xE2\x81\xAA",
        "\xEA\xB9\x80",
        "",
    };
    size_t characters = 0;
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        assert_true(utf8_is_control(text_of(controls[i])));
        assert_false(utf8_is_line(text_of(controls[i]), &characters));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(utf8_is_control(text_of(others[i])));
        assert_true(utf8_is_line(text_of(others[i]), &characters));
    }
    assert_false(utf8_is_control(span_of("\xC2\x9B", 1)));
    assert_false(utf8_is_control(span_of("\xE2\x80\xAE", 2)));
}

static void assert_copied(const char *text, size_t capacity, const char *wanted)
{
    char copy[32];
    memset(copy, 'x', sizeof copy);
    utf8_copy_line(text, copy, capacity);
    assert_string_equal(copy, wanted);
    assert_true(strlen(copy) < capacity);
    assert_int_equal(copy[capacity], 'x');
}

static void test_a_strangers_text_becomes_a_line(void **state)
{
    (void)state;
    assert_copied("", 1, "");
    assert_copied("a", 1, "");
    assert_copied("plain", 30, "plain");
    assert_copied("a\x1B[31mb\nc\x7F", 30, "a [31mb c ");
    assert_copied("a\xC2\x9B"
                  "31mb",
                  30, "a 31mb");
    assert_copied("a\xE2\x80\xAE"
                  "b\xE2\x81\xA9",
                  30, "a b ");
    assert_copied("\xEA\xB9\x80\xC2\xA0", 30, "\xEA\xB9\x80\xC2\xA0");
    assert_copied("\x9B"
                  "a\xC2",
                  30, "?a?");
    assert_copied("12\xEA\xB9\x80", 6, "12\xEA\xB9\x80");
    assert_copied("12\xEA\xB9\x80", 5, "12");
    assert_copied("12345", 5, "1234");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_controls_are_not_for_readers),
        cmocka_unit_test(test_a_strangers_text_becomes_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
