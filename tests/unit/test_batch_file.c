// Lists of people as CSV and JSON Lines: what is a row, what is refused, and where.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "tools/jumin/batch_file.h"
#include <stdio.h>
#include <stdlib.h>

enum { TOLD = 4096 };

static char told[TOLD]; // rows as "LINE {…}", refusals as "LINE FIELD: why", each ended by a line feed

static void tell(size_t line, const char *a, const char *b, const char *c)
{
    const size_t n = strlen(told);
    (void)snprintf(told + n, sizeof told - n, "%zu %s%s%s\n", line, a, b, c);
}

static void take(void *context, size_t line, json_t *row)
{
    (void)context;
    char *text = json_dumps(row, JSON_COMPACT);
    tell(line, text, "", "");
    free(text);
}

static void refuse(void *context, size_t line, const char *field, const char *why)
{
    (void)context;
    tell(line, field != NULL ? field : "-", ": ", why);
}

static const char *read_bytes(const char *text, size_t n, enum batch_format format)
{
    const struct batch_taker taker = {take, refuse, NULL};
    told[0] = '\0';
    batch_file_read(span_of(text, n), format, &taker);
    return told;
}

static const char *csv(const char *text)
{
    return read_bytes(text, strlen(text), BATCH_CSV);
}

static const char *json(const char *text)
{
    return read_bytes(text, strlen(text), BATCH_JSON);
}

// --- CSV -------------------------------------------------------------------------------------------------------

static void test_a_row_has_the_columns_that_the_header_names(void **state)
{
    (void)state;
    assert_string_equal(
        csv("surname.hangul,address.city,birth_date,photo,holds_card,paid\n"
            "홍,세종,2001-03-14,a.jpg,yes,10000\n"),
        "2 {\"person\":{\"surname\":{\"hangul\":\"홍\"},\"address\":{\"city\":\"세종\"},"
        "\"birth_date\":\"2001-03-14\"},\"photo\":\"a.jpg\",\"holds_card\":true,\"paid\":10000}\n");
}

static void test_lines_end_with_either_line_end_and_the_last_with_none(void **state)
{
    (void)state;
    assert_string_equal(csv("photo,sex\r\na,F\r\nb,M\nc,F"),
                        "2 {\"photo\":\"a\",\"person\":{\"sex\":\"F\"}}\n"
                        "3 {\"photo\":\"b\",\"person\":{\"sex\":\"M\"}}\n"
                        "4 {\"photo\":\"c\",\"person\":{\"sex\":\"F\"}}\n");
}

static void test_a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    assert_string_equal(csv("\xEF\xBB\xBFphoto\na\n"), "2 {\"photo\":\"a\"}\n");
    assert_string_equal(json("\xEF\xBB\xBF{\"photo\":\"a\"}"), "1 {\"photo\":\"a\"}\n");
}

static void test_quotation_marks_hold_commas_line_ends_and_themselves(void **state)
{
    (void)state;
    assert_string_equal(csv("photo,profile\n\"a,\"\"b\"\"\",\"c\r\nd\"\ne,f\n"),
                        "2 {\"photo\":\"a,\\\"b\\\"\",\"profile\":\"c\\r\\nd\"}\n"
                        "4 {\"photo\":\"e\",\"profile\":\"f\"}\n"); // one line later
    assert_string_equal(csv("photo\n\"\"\n"), "2 {}\n");
}

static void test_an_empty_cell_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(csv("photo,paid,holds_card,sex\n,,,\n"), "2 {}\n");
}

static void test_yes_and_no_have_three_spellings(void **state)
{
    (void)state;
    assert_string_equal(csv("holds_card,first_issue\nyes,no\ntrue,false\n1,0\n"),
                        "2 {\"holds_card\":true,\"first_issue\":false}\n"
                        "3 {\"holds_card\":true,\"first_issue\":false}\n"
                        "4 {\"holds_card\":true,\"first_issue\":false}\n");
    assert_string_equal(csv("holds_card\nYES\n"), "2 holds_card: must be yes or no\n");
}

static void test_a_number_is_digits(void **state)
{
    (void)state;
    assert_string_equal(csv("paid\n-1\n"), "2 paid: must be a number of won\n");
    assert_string_equal(csv("paid\n1e3\n"), "2 paid: must be a number of won\n");
    assert_string_equal(csv("paid\n1234567890\n"), "2 paid: must be a number of won\n");
    assert_string_equal(csv("paid\n123456789\n"), "2 {\"paid\":123456789}\n");
}

static void test_a_header_is_known_columns_each_once(void **state)
{
    (void)state;
    assert_string_equal(csv("surnam\nx\n"), "1 surnam: there is no such column\n");
    assert_string_equal(csv("person.sex\nx\n"), "1 person.sex: there is no such column\n");
    assert_string_equal(csv("document_number\nx\n"), "1 document_number: there is no such column\n");
    assert_string_equal(csv("sex,photo,sex\nF,a,F\n"), "1 sex: stands above two columns\n");
    assert_string_equal(csv("sex,\nF,\n"), "1 -: there is no such column\n");
    assert_string_equal(csv("\xFF\n"), "1 -: there is no such column\n");
}

static void test_a_row_has_as_many_cells_as_the_header(void **state)
{
    (void)state;
    assert_string_equal(csv("sex,photo\nF\nM,b,c\nF,d\n\nM,e\n"),
                        "2 -: has too few cells\n3 -: has too many cells\n"
                        "4 {\"person\":{\"sex\":\"F\"},\"photo\":\"d\"}\n5 -: has too few cells\n"
                        "6 {\"person\":{\"sex\":\"M\"},\"photo\":\"e\"}\n");
}

static void test_wrong_quotation_marks_end_the_reading(void **state)
{
    (void)state;
    assert_string_equal(csv("photo,sex\na\"b,F\nc,F\n"),
                        "2 photo: a quotation mark within a cell that has none around it\n");
    assert_string_equal(csv("photo,sex\n\"a\"b,F\nc,F\n"),
                        "2 photo: a carriage return, or text behind a quotation mark\n");
    assert_string_equal(csv("photo,sex\na,\"F\nc,F\n"), "4 sex: a quotation mark is not closed\n");
    assert_string_equal(csv("photo,sex\na\rb,F\n"),
                        "2 photo: a carriage return, or text behind a quotation mark\n");
}

static void test_a_cell_is_text_of_a_bounded_length(void **state)
{
    (void)state;
    static char text[6 + 4096 + 2];
    memcpy(text, "photo\n", 6);
    memset(text + 6, 'a', 4097);
    assert_string_equal(csv(text), "2 photo: has a zero byte, or more than 4096 bytes\n");
    text[6 + 4096] = '\n';
    assert_non_null(strstr(csv(text), "2 {\"photo\":\"aaaa"));
    assert_string_equal(read_bytes("photo\na\0b\n", 10, BATCH_CSV),
                        "2 photo: has a zero byte, or more than 4096 bytes\n");
    assert_string_equal(csv("photo\na\xFF\n"), "2 photo: must be UTF-8\n");
}

static void test_a_header_alone_has_no_rows(void **state)
{
    (void)state;
    assert_string_equal(csv("photo\n"), "");
    assert_string_equal(csv("photo"), "");
    assert_string_equal(csv(""), "1 -: there is no such column\n");
}

// --- JSON Lines ------------------------------------------------------------------------------------------------

static void test_each_line_is_an_object(void **state)
{
    (void)state;
    assert_string_equal(json("{\"photo\":\"a\"}\r\n\n  \n{\"paid\":1}\n"),
                        "1 {\"photo\":\"a\"}\n4 {\"paid\":1}\n");
    assert_string_equal(json("[1]\n{\n{\"a\":1,\"a\":2}\n{\"b\":1} x\n{}\n"),
                        "1 -: is no JSON object, or has a field twice\n"
                        "2 -: is no JSON object, or has a field twice\n"
                        "3 -: is no JSON object, or has a field twice\n"
                        "4 -: is no JSON object, or has a field twice\n5 {}\n");
}

// --- Writing ---------------------------------------------------------------------------------------------------

static void test_what_is_written_is_read_again(void **state)
{
    (void)state;
    static const char row_text[] =
        "{\"person\":{\"surname\":{\"hangul\":\"홍\"},\"sex\":\"F\",\"address\":{\"street\":\"a, "
        "\\\"b\\\"\\r\\nc\"}},"
        "\"photo\":\"p.jpg\",\"holds_card\":true,\"first_issue\":false,\"paid\":10000}";
    json_t *row = json_loads(row_text, 0, NULL);
    for (int format = BATCH_CSV; format <= BATCH_JSON; format++) {
        char *text = NULL;
        size_t n = 0;
        FILE *file = open_memstream(&text, &n);
        assert_true(format == BATCH_CSV ? batch_file_put_csv(file, true, row)
                                        : batch_file_put_json(file, row));
        assert_int_equal(fclose(file), 0);
        (void)read_bytes(text, n, (enum batch_format)format);
        json_t *again = json_loads(strchr(told, '{'), 0, NULL);
        assert_true(json_equal(row, again));
        json_decref(again);
        free(text);
    }
    json_decref(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_has_the_columns_that_the_header_names),
        cmocka_unit_test(test_lines_end_with_either_line_end_and_the_last_with_none),
        cmocka_unit_test(test_a_byte_order_mark_is_passed_over),
        cmocka_unit_test(test_quotation_marks_hold_commas_line_ends_and_themselves),
        cmocka_unit_test(test_an_empty_cell_is_left_out),
        cmocka_unit_test(test_yes_and_no_have_three_spellings),
        cmocka_unit_test(test_a_number_is_digits),
        cmocka_unit_test(test_a_header_is_known_columns_each_once),
        cmocka_unit_test(test_a_row_has_as_many_cells_as_the_header),
        cmocka_unit_test(test_wrong_quotation_marks_end_the_reading),
        cmocka_unit_test(test_a_cell_is_text_of_a_bounded_length),
        cmocka_unit_test(test_a_header_alone_has_no_rows),
        cmocka_unit_test(test_each_line_is_an_object),
        cmocka_unit_test(test_what_is_written_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
