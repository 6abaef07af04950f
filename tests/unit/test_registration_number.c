// Registration numbers: what they say, which are refused, and how they are printed.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/policy/registration_number.h"

// First twelve digits of numbers that nobody can have: their dates do not exist.
static void test_check_digits_are_those_of_the_old_rules(void **state)
{
    (void)state;
    static const struct {
        const char *digits;
        char domestic, foreigner;
    } vectors[] = {
        {"991399100000", '9', '1'}, {"009931300000", '2', '4'}, {"000000100000", '3', '5'},
        {"999999999999", '6', '8'}, {"123456123456", '3', '5'},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char digits[REGISTRATION_NUMBER] = {0};
        memcpy(digits, vectors[i].digits, 12);
        assert_int_equal(registration_number_check_digit(digits, false), vectors[i].domestic);
        assert_int_equal(registration_number_check_digit(digits, true), vectors[i].foreigner);
    }
}

static void test_numbers_whose_date_does_not_exist_are_refused(void **state)
{
    (void)state;
    static const char *const numbers[] = {"991399-1000009", "009931-3000002", "000000-1000003",
                                          "999999-9999996", "123456-1234563", "010229-3000000",
                                          "000229-1000000", "000431-3000000", "000400-3000000",
                                          "003301-3000000", "000001-3000000", "001301-3000000"};
    struct registration_number number;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        assert_non_null(registration_number_parse(numbers[i], false, &number));
        assert_non_null(registration_number_parse(numbers[i], true, &number));
    }
}

static void test_the_seventh_digit_is_century_sex_and_origin(void **state)
{
    (void)state;
    static const struct {
        char mark;
        calendar_day birth;
        char sex;
        bool foreigner;
    } marks[] = {
        {'9', 18040229, 'M', false}, {'0', 18040229, 'F', false}, {'1', 19040229, 'M', false},
        {'2', 19040229, 'F', false}, {'3', 20040229, 'M', false}, {'4', 20040229, 'F', false},
        {'5', 19040229, 'M', true},  {'6', 19040229, 'F', true},  {'7', 20040229, 'M', true},
        {'8', 20040229, 'F', true},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct registration_number number;
        char text[] = "042229-?000000";
        text[7] = marks[i].mark;
        assert_null(registration_number_parse(text, true, &number));
        assert_int_equal(number.birth, marks[i].birth);
        assert_int_equal(number.sex, marks[i].sex);
        assert_int_equal(number.foreigner, marks[i].foreigner);
        text[2] = '0';
        assert_null(registration_number_parse(text, false, &number));
        assert_int_equal(number.birth, marks[i].birth);
    }
}

static void test_specimen_numbers_and_others_keep_apart(void **state)
{
    (void)state;
    struct registration_number number;
    static const struct registration_number wiped;
    for (unsigned month = 1; month <= 12; month++) {
        char text[] = "000001-4123456";
        text[2] = (char)('0' + month / 10);
        text[3] = (char)('0' + month % 10);
        assert_null(registration_number_parse(text, false, &number));
        assert_string_equal(registration_number_parse(text, true, &number),
                            "could be a real person's: specimen numbers have 20 added to their month");
        assert_memory_equal(&number, &wiped, sizeof number);
        text[2] = (char)(text[2] + 2);
        assert_null(registration_number_parse(text, true, &number));
        assert_int_equal(number.birth, 20000001 + month * 100);
        assert_string_equal(registration_number_parse(text, false, &number),
                            "is a specimen's, with 20 added to its month, and this is no specimen mode");
        assert_memory_equal(&number, &wiped, sizeof number);
    }
    // 13 to 20 and 33 are months of nobody.
    assert_string_equal(registration_number_parse("002001-4123456", true, &number),
                        "must begin with a day that exists, with 20 added to its month");
    assert_string_equal(registration_number_parse("002001-4123456", false, &number),
                        "must begin with a day that exists");
    assert_non_null(registration_number_parse("003301-4123456", true, &number));
}

static void test_what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "002229-412345",
                                        "002229-41234567",
                                        "0022294-123456",
                                        "002229 4123456",
                                        "002229-412345x",
                                        "x02229-4123456",
                                        "-002229-412345",
                                        "00222941234567"};
    struct registration_number number;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_string_equal(registration_number_parse(texts[i], true, &number),
                            "must be six digits, a hyphen and seven digits");
    }
    assert_null(registration_number_parse("002229-4123456", true, &number));
    assert_string_equal(number.digits, "0022294123456");
    assert_null(registration_number_parse("0022294123456", true, &number));
    assert_string_equal(number.digits, "0022294123456");
}

static void test_the_last_digit_is_a_hint_and_never_refused(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        bool foreigner, applicable;
    } cases[] = {
        {"002229-412345", false, true},  {"002229-812345", true, true},   {"643212-112345", false, true},
        {"203004-312345", false, true}, // born on 4 October 2020
        {"203005-312345", false, false}, {"253001-412345", false, false}, {"253001-712345", true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct registration_number number;
        size_t matches = 0;
        char text[15];
        for (int digit = '0'; digit <= '9'; digit++) {
            memcpy(text, cases[i].first, 13);
            text[13] = (char)digit;
            text[14] = '\0';
            assert_null(registration_number_parse(text, true, &number));
            if (!cases[i].applicable) {
                assert_int_equal(number.check_digit, JUMIN_CHECK_DIGIT_NOT_APPLICABLE);
            } else if (digit == registration_number_check_digit(number.digits, cases[i].foreigner)) {
                assert_int_equal(number.check_digit, JUMIN_CHECK_DIGIT_MATCHES);
                matches++;
            } else {
                assert_int_equal(number.check_digit, JUMIN_CHECK_DIGIT_DIFFERS);
            }
        }
        assert_int_equal(matches, cases[i].applicable ? 1 : 0);
    }
}

static void test_a_number_fits_birth_date_and_sex(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        calendar_day birth;
        char sex;
        bool fits;
    } cases[] = {
        {"002229-4123456", 20000229, 'F', true},  {"0022294123456", 20000229, 'F', true},
        {"002229-3123456", 20000229, 'M', true},  {"002229-4123456", 20000229, '<', true},
        {"002229-4123456", 20000229, '\0', true}, {"643212-5000000", 19641212, 'M', true},
        {"643212-2000000", 19641212, 'M', false}, {"002229-3123456", 20000229, 'F', false},
        {"002229-4123456", 20000228, 'F', false}, {"002229-4123456", 20000329, 'F', false},
        {"042229-4123456", 20000229, 'F', false}, {"002229-4123456", 19000229, 'F', false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct registration_number number;
        assert_null(registration_number_parse(cases[i].number, true, &number));
        assert_int_equal(registration_number_misfit(&number, cases[i].birth, cases[i].sex) == NULL,
                         cases[i].fits);
    }
    struct registration_number number;
    assert_null(registration_number_parse("002228-1123456", true, &number));
    assert_string_equal(registration_number_misfit(&number, 20000228, 'M'),
                        "has a seventh digit of another century than the birth date");
}

static void test_numbers_are_printed_with_stars(void **state)
{
    (void)state;
    static const struct {
        const char *text, *masked;
    } cases[] = {
        {"012314-4102938", "012314-4******"},
        {"0123144102938", "012314-4******"},
        {"012314-410293", "*************"}, // no number: nothing of it
        {"01234567890123456789", "**************"},
        {"", ""},
        {NULL, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char masked[JUMIN_MASKED_NUMBER];
        jumin_registration_number_mask(cases[i].text, masked);
        assert_string_equal(masked, cases[i].masked);
    }
}

static void test_programs_get_all_but_the_digits(void **state)
{
    (void)state;
    struct jumin_policy *policy = NULL;
    struct jumin_registration_number number;
    static const struct jumin_registration_number wiped;
    assert_int_equal(jumin_policy_new(&policy), JUMIN_OK);
    assert_int_equal(jumin_policy_registration_number(policy, "0123144102938", &number), JUMIN_OK);
    assert_string_equal(number.birth_date, "2001-03-14");
    assert_int_equal(number.sex, 'F');
    assert_false(number.foreigner);
    assert_true(number.specimen);
    assert_string_equal(number.masked, "012314-4******");
    assert_int_equal(jumin_policy_registration_number(policy, "010314-4102938", &number), JUMIN_ERROR_INPUT);
    assert_memory_equal(&number, &wiped, sizeof number);
    assert_string_equal(jumin_policy_detail(policy),
                        "a registration number could be a real person's: specimen "
                        "numbers have 20 added to their month");
    jumin_policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_digits_are_those_of_the_old_rules),
        cmocka_unit_test(test_numbers_whose_date_does_not_exist_are_refused),
        cmocka_unit_test(test_the_seventh_digit_is_century_sex_and_origin),
        cmocka_unit_test(test_specimen_numbers_and_others_keep_apart),
        cmocka_unit_test(test_what_is_no_number_is_refused),
        cmocka_unit_test(test_the_last_digit_is_a_hint_and_never_refused),
        cmocka_unit_test(test_a_number_fits_birth_date_and_sex),
        cmocka_unit_test(test_numbers_are_printed_with_stars),
        cmocka_unit_test(test_programs_get_all_but_the_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
