// VERIFY of auxiliary data: age, validity, municipality, each one bit for those who may ask (TR-03110-3
// §A.6.5; TR-03105-3.3 unit Q).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eid_document.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;

static const rights age = (rights)1 << RIGHT_AGE_VERIFICATION;
static const rights municipality = (rights)1 << RIGHT_MUNICIPALITY_VERIFICATION;

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    eid_personalize(&fixture, 0);
    eid_put(&fixture, EID_DATE_OF_BIRTH, 0x12, text_of("20070405"));
    eid_put(&fixture, EID_DATE_OF_EXPIRY, 0x12, text_of("20361130"));
    eid_put(&fixture, EID_MUNICIPALITY, 0x04, text_of("3611010100"));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void begin(rights effective)
{
    eid_begin(&fixture, EID_COMPLETE, TERMINAL_AUTHENTICATION, effective);
}

static uint16_t verify(char kind)
{
    char command[] = "80208000 0B 060904007F00070301040x";
    command[sizeof command - 2] = kind;
    return fixture_protect(&fixture, command);
}

static uint16_t verify_age(const char *day)
{
    begin(age);
    eid_bring(&fixture, OID_DATE_OF_BIRTH, text_of(day));
    return verify('1');
}

static uint16_t verify_validity(const char *day)
{
    begin(0);
    eid_bring(&fixture, OID_DATE_OF_EXPIRY, text_of(day));
    return verify('2');
}

static uint16_t verify_municipality(const char *region)
{
    begin(municipality);
    eid_bring(&fixture, OID_MUNICIPALITY, text_of(region));
    return verify('3');
}

static void test_old_enough_is_born_on_the_day_or_before(void **state)
{
    (void)state;
    assert_int_equal(verify_age("20070405"), SW_OK);
    assert_int_equal(verify_age("20070406"), SW_OK);
    assert_int_equal(verify_age("20991231"), SW_OK);
    assert_int_equal(verify_age("20070404"), SW_AUTHENTICATION_FAILED);
    assert_int_equal(verify_age("19991231"), SW_AUTHENTICATION_FAILED);
    assert_int_equal(fixture.data.n, 0);
}

// The law counts a person adult from 1 January of the year of turning 19: whoever was born up to 31 December,
// 19 years ago.
static void test_adult_is_asked_with_the_last_day_of_a_year(void **state)
{
    (void)state;
    eid_put(&fixture, EID_DATE_OF_BIRTH, 0x12, text_of("20071231"));
    assert_int_equal(verify_age("20071231"), SW_OK); // in 2026
    eid_put(&fixture, EID_DATE_OF_BIRTH, 0x12, text_of("20080101"));
    assert_int_equal(verify_age("20071231"), SW_AUTHENTICATION_FAILED);
}

static void test_what_is_unknown_of_a_birth_counts_as_late_as_can_be(void **state)
{
    (void)state;
    static const struct {
        const char *birth, *day;
        uint16_t status;
    } cases[] = {
        {"200704  ", "20070430", SW_OK},
        {"200704  ", "20070429", SW_AUTHENTICATION_FAILED},
        {"200402  ", "20040229", SW_OK},
        {"200402  ", "20040228", SW_AUTHENTICATION_FAILED},
        {"200502  ", "20050228", SW_OK},
        {"190002  ", "19000228", SW_OK},
        {"2007    ", "20071231", SW_OK},
        {"2007    ", "20071230", SW_AUTHENTICATION_FAILED},
        {"        ", "20991231", SW_AUTHENTICATION_FAILED},
        {"2007  05", "20991231", SW_AUTHENTICATION_FAILED},
        {"20071305", "20991231", SW_AUTHENTICATION_FAILED},
        {"20070431", "20991231", SW_AUTHENTICATION_FAILED},
        {"2007040", "20991231", SW_AUTHENTICATION_FAILED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        eid_put(&fixture, EID_DATE_OF_BIRTH, 0x12, text_of(cases[i].birth));
        assert_int_equal(verify_age(cases[i].day), cases[i].status);
    }
}

static void test_days_that_are_none_verify_nothing(void **state)
{
    (void)state;
    static const char *const days[] = {"",         "2099123",  "209912311", "209912  ", "2099    ",
                                       "20991301", "20990230", "20990001",  "20990100", "2O991231"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        assert_int_equal(verify_age(days[i]), SW_AUTHENTICATION_FAILED);
    }
}

static void test_document_is_valid_up_to_its_last_day_and_any_terminal_may_ask(void **state)
{
    (void)state;
    assert_int_equal(verify_validity("20361130"), SW_OK);
    assert_int_equal(verify_validity("20361201"), SW_AUTHENTICATION_FAILED);
    assert_int_equal(verify_validity("20261123"), SW_OK);
    eid_begin(&fixture, EID_COMPLETE, TERMINAL_SIGNATURE, 0);
    eid_bring(&fixture, OID_DATE_OF_EXPIRY, text_of("20361130"));
    assert_int_equal(verify('2'), SW_OK);
    for (int may = 0; may <= 1; may++) {
        begin(may == 1 ? right_of(RIGHT_CAN_ALLOWED) : 0);
        fixture.card.security.achieved.password = PACE_PASSWORD_CAN;
        eid_bring(&fixture, OID_DATE_OF_EXPIRY, text_of("20361130"));
        assert_int_equal(verify('2'), may == 1 ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED);
    }
}

static void test_region_is_any_number_of_leading_digits(void **state)
{
    (void)state;
    assert_int_equal(verify_municipality("36"), SW_OK);
    assert_int_equal(verify_municipality("36110"), SW_OK);
    assert_int_equal(verify_municipality("3611010100"), SW_OK);
    assert_int_equal(verify_municipality("4128"), SW_AUTHENTICATION_FAILED);
    assert_int_equal(verify_municipality("6"), SW_AUTHENTICATION_FAILED);
    assert_int_equal(verify_municipality("36110101000"), SW_AUTHENTICATION_FAILED);
    assert_int_equal(verify_municipality(""), SW_AUTHENTICATION_FAILED);
}

// Q_19 and Q_20.
static void test_last_of_several_items_of_a_kind_counts(void **state)
{
    (void)state;
    begin(age | municipality);
    eid_bring(&fixture, OID_MUNICIPALITY, text_of("30170"));
    eid_bring(&fixture, OID_DATE_OF_BIRTH, text_of("19000101"));
    eid_bring(&fixture, OID_MUNICIPALITY, text_of("36"));
    eid_bring(&fixture, OID_DATE_OF_BIRTH, text_of("20991231"));
    assert_int_equal(verify('3'), SW_OK);
    assert_int_equal(verify('1'), SW_OK);
    eid_bring(&fixture, OID_MUNICIPALITY, text_of("30170"));
    eid_bring(&fixture, OID_DATE_OF_BIRTH, text_of("19000101"));
    assert_int_equal(verify('3'), SW_AUTHENTICATION_FAILED);
    assert_int_equal(verify('1'), SW_AUTHENTICATION_FAILED);
}

static void test_without_the_right_nothing_is_answered(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 38; bit++) {
        begin((rights)1 << bit);
        eid_bring(&fixture, OID_DATE_OF_BIRTH, text_of("20991231"));
        eid_bring(&fixture, OID_MUNICIPALITY, text_of("36"));
        assert_int_equal(verify('1'), bit == 0 ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED);
        assert_int_equal(verify('3'), bit == 1 ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED);
    }
    for (unsigned progress = EID_PACE; progress < EID_COMPLETE; progress++) {
        eid_begin(&fixture, (enum eid_progress)progress, TERMINAL_AUTHENTICATION, ~(rights)0);
        for (int kind = '1'; kind <= '3'; kind++) {
            assert_int_equal(verify((char)kind), SW_SECURITY_STATUS_NOT_SATISFIED);
        }
    }
    begin(~(rights)0);
    ASSERT_ANSWER(&fixture, "80208000 0B 060904007F000703010401", "6982"); // plain
}

static void test_what_the_terminal_has_not_signed_or_the_card_has_not_is_not_found(void **state)
{
    (void)state;
    begin(age | municipality);
    for (int kind = '1'; kind <= '3'; kind++) {
        assert_int_equal(verify((char)kind), SW_REFERENCED_DATA_NOT_FOUND);
    }
    eid_bring(&fixture, OID_MUNICIPALITY, text_of("36"));
    assert_int_equal(verify('1'), SW_REFERENCED_DATA_NOT_FOUND);
    assert_int_equal(store_delete(&fixture.card.store, OBJECT_EID_FILES + EID_MUNICIPALITY), STORE_OK);
    assert_int_equal(verify('3'), SW_REFERENCED_DATA_NOT_FOUND);
    eid_put(&fixture, EID_DATE_OF_BIRTH, 0x0C, text_of("20070405")); // another type
    assert_int_equal(verify_age("20991231"), SW_REFERENCED_DATA_NOT_FOUND);
    static const uint8_t two_dates[] = "\x68\x14\x12\x08"
                                       "20070405\x12\x08"
                                       "20070406";
    assert_int_equal(store_write(&fixture.card.store, OBJECT_EID_FILES + EID_DATE_OF_BIRTH,
                                 span_of(two_dates, sizeof two_dates - 1)),
                     STORE_OK);
    assert_int_equal(verify_age("20991231"), SW_REFERENCED_DATA_NOT_FOUND);
}

static void test_malformed_commands(void **state)
{
    (void)state;
    static const struct {
        const char *command, *answer;
    } refused[] = {
        {"80208000 0B 060904007F000703010404", "6A88"}, // no such kind
        {"80208000 0A 060804007F0007030104", "6A88"},
        {"80208000 0B 070904007F000703010401", "6A80"},
        {"80208000 0B 060A04007F000703010401", "6A80"},
        {"80208000 0D 060904007F0007030104010600", "6A80"},
        {"80208000 16 060904007F000703010401060904007F000703010402", "6A80"},
        {"80208000 0B 060904007F000703010401 00", "6700"}, // with Le
        {"80208000", "6700"},
        {"80200000 0B 060904007F000703010401", "6A86"},
        {"80208001 0B 060904007F000703010401", "6A86"},
    };
    begin(age);
    eid_bring(&fixture, OID_DATE_OF_BIRTH, text_of("20991231"));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        fixture_assert(&fixture, fixture_protect(&fixture, refused[i].command), refused[i].answer, __FILE__,
                       (int)i);
    }
    assert_int_equal(verify('1'), SW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_old_enough_is_born_on_the_day_or_before, start, stop),
        cmocka_unit_test_setup_teardown(test_adult_is_asked_with_the_last_day_of_a_year, start, stop),
        cmocka_unit_test_setup_teardown(test_what_is_unknown_of_a_birth_counts_as_late_as_can_be, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_days_that_are_none_verify_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_document_is_valid_up_to_its_last_day_and_any_terminal_may_ask,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_region_is_any_number_of_leading_digits, start, stop),
        cmocka_unit_test_setup_teardown(test_last_of_several_items_of_a_kind_counts, start, stop),
        cmocka_unit_test_setup_teardown(test_without_the_right_nothing_is_answered, start, stop),
        cmocka_unit_test_setup_teardown(
            test_what_the_terminal_has_not_signed_or_the_card_has_not_is_not_found, start, stop),
        cmocka_unit_test_setup_teardown(test_malformed_commands, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
