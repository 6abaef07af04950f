// Data groups of the eID application, byte by byte (TR-03110-3 §E).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/perso/eid_make.h"

static const struct person gilsun = {
    .surname_hangul = "홍",
    .given_names_hangul = "길순",
    .birth_date = "20010314",
    .issue_date = "20261102",
    .expiry_date = "20361101",
    .sex = 'F',
    .nationality = "KOR",
    .issuing_state = "KOR",
    .registration_number = "0123144102938",
    .address = {.street = "견본로 1", .city = "세종특별자치시", .zipcode = "30100", .country = "KOR"},
    .municipality_code = "3611010100",
    .birth_place = "여수시",
    .birth_name = "김",
    .religious_name = "법명",
    .academic_title = "Dr.",
    .residence_permit = "F-5",
    .phone_number = "+82 44",
    .email_address = "a@b.example",
};

static void expect(const struct person *person, unsigned group, const char *hex)
{
    uint8_t bytes[2048];
    struct writer w = writer_of(bytes, sizeof bytes);
    put_eid_group(&w, person, group);
    assert_false(w.overflow);
    assert_span_hex(writer_span(&w), hex);
}

static void test_every_group_is_written_as_its_type(void **state)
{
    (void)state;
    expect(&gilsun, 1, "61 04 13 02 4944");
    expect(&gilsun, 2, "62 05 13 03 4B4F52");
    expect(&gilsun, 3, "63 0A 12 08 3230333631313031");
    expect(&gilsun, 4, "64 08 0C 06 EAB8B8EC889C");
    expect(&gilsun, 5, "65 05 0C 03 ED998D");
    expect(&gilsun, 6, "66 08 0C 06 EBB295EBAA85");
    expect(&gilsun, 7, "67 05 0C 03 44722E");
    expect(&gilsun, 8, "68 0A 12 08 3230303130333134");
    expect(&gilsun, 9, "69 0D A1 0B 0C 09 EC97ACEC8898EC8B9C");
    expect(&gilsun, 10, "6A 05 13 03 4B4F52");
    expect(&gilsun, 11, "6B 03 13 01 46");
    expect(&gilsun, 12,
           "6C 2A 31 28 30 26 06 15 6981FABC8FD7D3A6A2ACCF8E86DBE8AB8EA1B51302"
           "12 0D 30313233313434313032393338");
    expect(&gilsun, 13, "6D 05 0C 03 EAB980");
    expect(&gilsun, 15, "6F 0A 12 08 3230323631313032");
    expect(&gilsun, 17,
           "71 3A 30 38 AA 0D 0C 0B EAB2ACEBB3B8EBA19C2031 AB 17 0C 15 "
           "EC84B8ECA285ED8AB9EBB384EC9E90ECB998EC8B9C"
           "AD 05 13 03 4B4F52 AE 07 13 05 3330313030");
    expect(&gilsun, 18, "72 0C 04 0A 33363131303130313030");
    expect(&gilsun, 19, "73 07 A1 05 0C 03 462D35");
    expect(&gilsun, 20, "74 04 A1 02 0C 00");
    expect(&gilsun, 21, "75 08 13 06 2B3832203434");
    expect(&gilsun, 22, "76 0D 16 0B 6140622E6578616D706C65");
}

static void test_what_nobody_may_write_later_is_left_out_when_there_is_none(void **state)
{
    (void)state;
    static const struct person nobody = {.sex = '<'};
    expect(&nobody, 11, "6B 03 13 01 20");
    for (unsigned group = 2; group <= EID_MUNICIPALITY; group++) {
        if (group != EID_SEX) {
            expect(&nobody, group, "");
            assert_false(eid_has_group(&nobody, group));
        }
    }
    expect(&nobody, 19, "73 04 A1 02 0C 00");
    expect(&nobody, 21, "75 02 13 00");
    expect(&nobody, 22, "76 02 16 00");
    expect(&gilsun, EID_WRITTEN_SIGNATURE, "");
    expect(&gilsun, EID_RESERVED, "");
    expect(&gilsun, 0, "");
    expect(&gilsun, 23, "");
}

static void test_longest_texts_fit_a_group(void **state)
{
    (void)state;
    static struct person person;
    uint8_t bytes[EID_FILE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    memset(person.address.street, 'a', PERSON_TEXT_MAX - 1);
    memset(person.address.city, 'a', PERSON_TEXT_MAX - 1);
    memset(person.address.state, 'a', PERSON_TEXT_MAX - 1);
    memset(person.address.zipcode, '1', PERSON_SHORT_MAX - 1);
    put_eid_group(&w, &person, EID_PLACE_OF_RESIDENCE);
    assert_false(w.overflow);
    assert_true(w.n > 3 * (size_t)PERSON_TEXT_MAX);
}

static void test_group_names_the_field_that_it_is_made_of(void **state)
{
    (void)state;
    assert_string_equal(eid_group_field(EID_PLACE_OF_RESIDENCE), "address");
    assert_string_equal(eid_group_field(EID_OPTIONAL_DATA), "registration_number");
    assert_string_equal(eid_group_field(EID_MUNICIPALITY), "municipality_code");
    assert_null(eid_group_field(EID_DOCUMENT_TYPE));
    assert_null(eid_group_field(99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_group_is_written_as_its_type),
        cmocka_unit_test(test_what_nobody_may_write_later_is_left_out_when_there_is_none),
        cmocka_unit_test(test_longest_texts_fit_a_group),
        cmocka_unit_test(test_group_names_the_field_that_it_is_made_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
