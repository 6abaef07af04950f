// What a resident's credential says, and what each purpose asks for.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/resident_claims.h"
#include "tests/mobile/mdoc_stage.h"

static const uint8_t portrait[] = {0xFF, 0xD8, 0xFF};

static struct resident_claims usual(void)
{
    return (struct resident_claims){
        .family_name = "김",
        .given_name = "하늘",
        .name_hangul = "김하늘",
        .birth_date = "2007-03-01",
        .sex = 2,
        .portrait = {portrait, sizeof portrait},
        .issuing_country = "KR",
        .registration_number = "0723014000000",
        .ages = {{17, true}, {19, false}},
        .age_count = 2,
        .years = {{2026, true}, {2027, true}},
        .year_count = 2,
    };
}

static void test_claims_become_data_elements(void **state)
{
    (void)state;
    static const struct {
        const char *identifier, *value;
    } expected[] = {
        {"family_name_unicode", "63eab980"},
        {"given_name_unicode", "66ed9598eb8a98"},
        {"birth_date", "d903ec6a323030372d30332d3031"},
        {"sex", "02"},
        {"portrait", "43ffd8ff"},
        {"issuing_country", "624b52"},
        {"age_over_17", "f5"},
        {"age_over_19", "f4"},
        {"name_hangul", "69eab980ed9598eb8a98"},
        {"registration_number", "6d30373233303134303030303030"},
        {"adult_in_2026", "f5"},
        {"adult_in_2027", "f5"},
    };
    const struct resident_claims claims = usual();
    struct resident_mdoc mdoc;
    uint8_t bytes[512];
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(resident_claims_mdoc(&claims, &w, &mdoc));
    assert_int_equal(mdoc.namespace_count, 2);
    assert_true(span_equal(mdoc.namespaces[0].name, text_span("org.iso.23220.1")));
    assert_int_equal(mdoc.namespaces[0].count, 8);
    assert_true(span_equal(mdoc.namespaces[1].name, text_span("kr.jumin.resident.1")));
    assert_int_equal(mdoc.namespaces[1].count, 4);
    for (size_t i = 0; i < 12; i++) {
        assert_true(span_equal(mdoc.elements[i].identifier, text_span(expected[i].identifier)));
        assert_span_hex(mdoc.elements[i].value, expected[i].value);
    }
    for (size_t room = 0; room < w.n; room++) {
        struct writer small = writer_of(bytes, room);
        assert_false(resident_claims_mdoc(&claims, &small, &mdoc));
    }
}

static void test_claims_that_are_none_are_refused(void **state)
{
    (void)state;
    struct resident_claims bad[9];
    struct resident_claim list[RESIDENT_CLAIMS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < 9; i++) {
        bad[i] = usual();
    }
    bad[0].birth_date = "2007-02-29";
    bad[1].expiry_date = "2029-1-1";
    bad[2].family_name = "\xFF";
    bad[3].ages[1].age = 100;
    bad[4].ages[0].age = 0;
    bad[5].years[0].year = 10000;
    bad[6].age_count = RESIDENT_AGES_MAX + 1;
    bad[7].year_count = RESIDENT_YEARS_MAX + 1;
    bad[8].sex = 3;
    for (size_t i = 0; i < 9; i++) {
        assert_false(resident_claims_list(&bad[i], list, &count));
    }
}

static bool asks(const struct resident_purpose_elements *asked, const char *identifier)
{
    for (size_t i = 0; i < asked->count; i++) {
        if (span_equal(asked->elements[i].identifier, text_span(identifier))) {
            return true;
        }
    }
    return false;
}

static void test_age_asks_for_name_and_birth_date_only(void **state)
{
    (void)state;
    struct resident_purpose_elements asked;
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_AGE, 0, &asked));
    assert_int_equal(asked.count, 3);
    assert_true(asks(&asked, "family_name_unicode") && asks(&asked, "given_name_unicode") &&
                asks(&asked, "birth_date"));
}

static void test_adult_asks_for_one_boolean(void **state)
{
    (void)state;
    struct resident_purpose_elements asked;
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_ADULT, 2026, &asked));
    assert_int_equal(asked.count, 1);
    assert_true(asks(&asked, "adult_in_2026"));
    assert_true(span_equal(asked.elements[0].name_space, text_span("kr.jumin.resident.1")));
    assert_false(resident_purpose_ask(JUMIN_PURPOSE_ADULT, 0, &asked));
}

static void test_the_address_is_asked_for_by_its_purpose_only(void **state)
{
    (void)state;
    struct resident_purpose_elements asked;
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_IDENTITY, 0, &asked));
    assert_true(asks(&asked, "portrait") && asks(&asked, "registration_number"));
    assert_false(asks(&asked, "resident_address_unicode"));
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_ADDRESS, 0, &asked));
    assert_true(asks(&asked, "resident_address_unicode"));
    assert_false(asks(&asked, "registration_number") || asks(&asked, "portrait"));
    assert_false(
        resident_purpose_ask((enum jumin_purpose)(JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_ADDRESS), 0, &asked));
}

static void test_a_purpose_covers_what_it_asks_for_and_nothing_else(void **state)
{
    (void)state;
    const struct span common = text_span("org.iso.23220.1"), national = text_span("kr.jumin.resident.1");
    for (unsigned purpose = 1; purpose <= JUMIN_PURPOSE_ADDRESS; purpose <<= 1) {
        struct resident_purpose_elements asked;
        assert_true(resident_purpose_ask((enum jumin_purpose)purpose, 2026, &asked));
        for (size_t i = 0; i < asked.count; i++) {
            assert_true(
                resident_purpose_covers(purpose, asked.elements[i].name_space, asked.elements[i].identifier));
            assert_false(
                resident_purpose_covers(0, asked.elements[i].name_space, asked.elements[i].identifier));
        }
    }
    assert_false(resident_purpose_covers(JUMIN_PURPOSE_AGE, common, text_span("portrait")));
    assert_false(resident_purpose_covers(JUMIN_PURPOSE_AGE, national, text_span("birth_date")));
    assert_false(resident_purpose_covers(JUMIN_PURPOSE_ADULT, common, text_span("birth_date")));
    assert_false(resident_purpose_covers(JUMIN_PURPOSE_ADULT, common, text_span("adult_in_2026")));
    assert_false(resident_purpose_covers(JUMIN_PURPOSE_ADULT, national, text_span("adult_in_20x6")));
    assert_false(resident_purpose_covers(JUMIN_PURPOSE_ADULT, national, text_span("adult_in_20261")));
    assert_true(resident_purpose_covers(JUMIN_PURPOSE_ADULT, national, text_span("adult_in_2031")));
    assert_true(
        resident_purpose_covers(JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE, common, text_span("birth_date")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claims_become_data_elements),
        cmocka_unit_test(test_claims_that_are_none_are_refused),
        cmocka_unit_test(test_age_asks_for_name_and_birth_date_only),
        cmocka_unit_test(test_adult_asks_for_one_boolean),
        cmocka_unit_test(test_the_address_is_asked_for_by_its_purpose_only),
        cmocka_unit_test(test_a_purpose_covers_what_it_asks_for_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
