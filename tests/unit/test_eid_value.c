// Data groups of the eID application taken apart and put together (TR-03110-4 §2.2.3.1), and object
// identifiers in words.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/eid.h"
#include "host/reader/eid_value.h"
#include "host/reader/oid_text.h"
#include "tests/unit/unit.h"

static uint8_t file_bytes[EID_FILE_MAX], arena_bytes[4 * EID_FILE_MAX + 64];

static bool parse(unsigned group, const char *hex, struct jumin_eid_value *value)
{
    const struct span file = unhex(hex, file_bytes, sizeof file_bytes);
    struct writer arena = writer_of(arena_bytes, eid_value_arena(file.n));
    const char *why = NULL;
    const bool parsed = eid_value_parse(group, file, &arena, value, &why);
    assert_non_null(why);
    assert_int_equal(value->kind, jumin_eid_group_kind(group));
    assert_ptr_equal(value->file, file.p);
    return parsed;
}

static void assert_refused(unsigned group, const char *hex)
{
    struct jumin_eid_value value;
    assert_false(parse(group, hex, &value));
    assert_null(value.text);
    assert_int_equal(value.count, 0);
}

static void assert_put(unsigned group, const struct jumin_eid_value *value, const char *hex)
{
    struct writer w = writer_of(file_bytes, sizeof file_bytes);
    const char *why = NULL;
    assert_true(eid_value_put(&w, group, value, &why));
    assert_span_hex(writer_span(&w), hex);
}

static void assert_not_put(unsigned group, const struct jumin_eid_value *value)
{
    struct writer w = writer_of(file_bytes, sizeof file_bytes);
    const char *why = NULL;
    assert_false(eid_value_put(&w, group, value, &why));
    assert_string_not_equal(why, "");
}

// --- Taking apart --------------------------------------------------------------------------------------------

static void test_texts_and_dates_are_taken(void **state)
{
    (void)state;
    struct jumin_eid_value value;
    assert_true(parse(EID_DOCUMENT_TYPE, "610413024944", &value));
    assert_string_equal(value.text, "ID");
    assert_true(parse(EID_DATE_OF_BIRTH, "680A12083230303720202020", &value));
    assert_string_equal(value.text, "2007    ");
    assert_true(parse(EID_EMAIL_ADDRESS, "76021600", &value));
    assert_string_equal(value.text, "");
    assert_true(parse(EID_RESIDENCE_PERMIT_1, "7305A1030C0141", &value));
    assert_string_equal(value.text, "A");
}

static void test_compressed_text_is_given_as_bytes(void **state)
{
    (void)state;
    struct jumin_eid_value value;
    assert_true(parse(EID_RESIDENCE_PERMIT_2, "7406A2040402CAFE", &value));
    assert_string_equal(value.text, "");
    assert_span_hex(span_of(value.bytes, value.n), "CAFE");
}

static void test_places_are_taken_in_all_three_ways(void **state)
{
    (void)state;
    struct jumin_eid_value value;
    assert_true(parse(EID_PLACE_OF_BIRTH, "6905A1030C0141", &value));
    assert_string_equal(value.places[0].text, "A");
    assert_false(value.places[0].unknown);
    assert_true(parse(EID_PLACE_OF_BIRTH, "6905A2030C013F", &value));
    assert_true(value.places[0].unknown);
    assert_true(
        parse(EID_PLACE_OF_RESIDENCE, "71183016AA030C0153AB030C0143AD0513034B4F52AE03130131", &value));
    assert_string_equal(value.places[0].street, "S");
    assert_string_equal(value.places[0].city, "C");
    assert_string_equal(value.places[0].country, "KOR");
    assert_string_equal(value.places[0].zipcode, "1");
    assert_true(parse(EID_PLACE_OF_RESIDENCE, "710C310AA1030C0141A1030C0142", &value));
    assert_int_equal(value.count, 2);
    assert_string_equal(value.places[1].text, "B");
}

static void test_optional_data_are_named(void **state)
{
    (void)state;
    struct jumin_eid_value value;
    assert_true(parse(EID_OPTIONAL_DATA, "6C1331113008060355040312013130050603550404", &value));
    assert_int_equal(value.count, 2);
    assert_string_equal(value.optional[0].identifier, "2.5.4.3");
    assert_string_equal(value.optional[0].text, "1");
    assert_string_equal(value.optional[1].identifier, "2.5.4.4");
    assert_null(value.optional[1].value);
}

static void test_what_is_not_as_it_should_be_is_refused(void **state)
{
    (void)state;
    assert_refused(EID_DOCUMENT_TYPE, "620413024944");                      // another group's tag
    assert_refused(EID_DOCUMENT_TYPE, "61041302494400");                    // something behind it
    assert_refused(EID_DOCUMENT_TYPE, "61051302494400");                    // something inside it
    assert_refused(EID_DOCUMENT_TYPE, "61040402CAFE");                      // bytes for a text
    assert_refused(EID_DOCUMENT_TYPE, "610513024944");                      // cut
    assert_refused(EID_GIVEN_NAMES, "64040C02C328");                        // no UTF-8
    assert_refused(EID_GIVEN_NAMES, "64060C041B5B316D");                    // an escape sequence
    assert_refused(EID_GIVEN_NAMES, "64050C03410042");                      // a zero byte
    assert_refused(EID_DATE_OF_BIRTH, "6809120732303037313231");            // too short
    assert_refused(EID_DATE_OF_BIRTH, "680A12083230303731324141");          // letters
    assert_refused(EID_PLACE_OF_RESIDENCE, "71023100");                     // no place at all
    assert_refused(EID_PLACE_OF_RESIDENCE, "7107300AAF030C0141");           // a field that there is not
    assert_refused(EID_PLACE_OF_RESIDENCE, "710C300AAB030C0143AA030C0153"); // out of order
    assert_refused(EID_MUNICIPALITY, "7206130431323334");                   // a text for bytes
    assert_refused(EID_OPTIONAL_DATA, "6C0630043002050000");                // no SET, no identifier
    assert_refused(EID_RESIDENCE_PERMIT_1, "73030C0141");                   // without its choice
    assert_refused(EID_RESERVED, "700413024944");                           // no such group
}

static void test_more_than_there_is_room_for_is_refused(void **state)
{
    (void)state;
    char hex[256] = "713F313F";
    struct jumin_eid_value value;
    for (size_t i = 0; i < JUMIN_EID_PLACES_MAX; i++) {
        strcat(hex, "A1050C03414243");
    }
    hex[2] = '3', hex[3] = 'A', hex[6] = '3', hex[7] = '8';
    assert_true(parse(EID_PLACE_OF_RESIDENCE, hex, &value));
    assert_int_equal(value.count, JUMIN_EID_PLACES_MAX);
    strcat(hex, "A1050C03414243");
    hex[2] = '4', hex[3] = '1', hex[6] = '3', hex[7] = 'F';
    assert_refused(EID_PLACE_OF_RESIDENCE, hex);
}

// --- Putting together ----------------------------------------------------------------------------------------

static void test_what_terminals_write_has_its_types(void **state)
{
    (void)state;
    struct jumin_eid_value value = {.text = "A"};
    assert_put(EID_PHONE_NUMBER, &value, "7503130141");
    assert_put(EID_EMAIL_ADDRESS, &value, "7603160141");
    assert_put(EID_RESIDENCE_PERMIT_1, &value, "7305A1030C0141");
    value = (struct jumin_eid_value){.bytes = (const uint8_t *)"36", .n = 2};
    assert_put(EID_MUNICIPALITY, &value, "720404023336");
    value = (struct jumin_eid_value){.count = 1};
    value.places[0] = (struct jumin_eid_place){.city = "C", .country = "KOR"};
    assert_put(EID_PLACE_OF_RESIDENCE, &value, "710E300CAB030C0143AD0513034B4F52");
    value.places[0] = (struct jumin_eid_place){.text = "?", .unknown = true};
    assert_put(EID_PLACE_OF_RESIDENCE, &value, "7105A2030C013F");
    value.count = 2;
    value.places[1] = (struct jumin_eid_place){.text = "B"};
    assert_put(EID_PLACE_OF_RESIDENCE, &value, "710C310AA2030C013FA1030C0142");
}

static void test_values_without_what_the_group_needs_are_not_written(void **state)
{
    (void)state;
    struct jumin_eid_value value = {.count = 0};
    assert_not_put(EID_PHONE_NUMBER, &value);
    assert_not_put(EID_PLACE_OF_RESIDENCE, &value);
    assert_not_put(EID_MUNICIPALITY, &value);
    assert_not_put(EID_RESERVED, &value);
    value.text = "서울";
    assert_not_put(EID_EMAIL_ADDRESS, &value);
    value.text = "\x1B[31m";
    assert_not_put(EID_RESIDENCE_PERMIT_1, &value);
    value.count = JUMIN_EID_PLACES_MAX + 1;
    assert_not_put(EID_PLACE_OF_RESIDENCE, &value);
    value.count = 1;
    value.places[0] = (struct jumin_eid_place){.street = "S", .country = "KOR"}; // no city
    assert_not_put(EID_PLACE_OF_RESIDENCE, &value);
}

// --- Object identifiers --------------------------------------------------------------------------------------

static void assert_oid(const char *hex, const char *text)
{
    uint8_t bytes[64], room[256];
    struct writer arena = writer_of(room, sizeof room);
    const char *got = oid_text(&arena, unhex(hex, bytes, sizeof bytes));
    if (text == NULL) {
        assert_null(got);
    } else {
        assert_string_equal(got, text);
    }
}

static void test_object_identifiers_are_written_with_dots(void **state)
{
    (void)state;
    assert_oid("04007F000702020402", "0.4.0.127.0.7.2.2.4.2");
    assert_oid("2A864886F70D", "1.2.840.113549");
    assert_oid("27", "0.39");
    assert_oid("28", "1.0");
    assert_oid("4F", "1.39");
    assert_oid("50", "2.0");
    assert_oid("883703", "2.999.3"); // X.690 §8.19.5
    // X.667 §7: the UUID f81d4fae-7dec-11d0-a765-00a0c91e6bf6 as an integer
    assert_oid("6983F09DA7EBCFDEE0C7A1A7B2C0948CC8F9D776", "2.25.329800735698586629295641978511506172918");
    assert_oid("2A86", NULL); // no end
    assert_oid("", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_and_dates_are_taken),
        cmocka_unit_test(test_compressed_text_is_given_as_bytes),
        cmocka_unit_test(test_places_are_taken_in_all_three_ways),
        cmocka_unit_test(test_optional_data_are_named),
        cmocka_unit_test(test_what_is_not_as_it_should_be_is_refused),
        cmocka_unit_test(test_more_than_there_is_room_for_is_refused),
        cmocka_unit_test(test_what_terminals_write_has_its_types),
        cmocka_unit_test(test_values_without_what_the_group_needs_are_not_written),
        cmocka_unit_test(test_object_identifiers_are_written_with_dots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
