// Printing: what is refused, what fails, and how the holder is named. What a PDF looks like is in
// tests/interop.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/print/holder.h"
#include <jumin/print.h>
#include <pthread.h>
#include <stdlib.h>

// --- What fails on purpose -------------------------------------------------------------------------------------

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__wrap_calloc(size_t count, size_t n);
int __real_FT_New_Face(void *library, const char *path, long index, void *face);
JUMIN_EXPORT int __wrap_FT_New_Face(void *library, const char *path, long index,
                                    void *face); // cairo calls it, too
void __real_crypto_wipe(void *bytes, size_t n);
void __wrap_crypto_wipe(void *bytes, size_t n);
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static unsigned memory_left = UINT32_MAX; // allocations that succeed
static int fonts_left = INT32_MAX;        // font files that open
static _Thread_local const void *wiped;
static _Thread_local size_t wiped_length;

void *__wrap_malloc(size_t n)
{
    if (memory_left == 0) {
        return NULL;
    }
    memory_left -= memory_left == UINT32_MAX ? 0 : 1;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
    if (memory_left == 0) {
        return NULL;
    }
    memory_left -= memory_left == UINT32_MAX ? 0 : 1;
    return __real_calloc(count, n);
}

int __wrap_FT_New_Face(void *library, const char *path, long index, void *face)
{
    fonts_left -= fonts_left == INT32_MAX ? 0 : 1;
    return fonts_left >= 0 ? __real_FT_New_Face(library, path, index, face) : 1;
}

void __wrap_crypto_wipe(void *bytes, size_t n)
{
    wiped = bytes;
    wiped_length = n;
    __real_crypto_wipe(bytes, n);
}

// --- Stage -----------------------------------------------------------------------------------------------------

static uint8_t *pdf;
static size_t n;

static struct person holder(const char *surname, const char *given)
{
    struct person person = {.document_number = "M00000001",
                            .surname = "HONG",
                            .given_names = "GILSUN",
                            .birth_date = "20010314",
                            .issue_date = "20261102",
                            .expiry_date = "20361101",
                            .sex = 'F',
                            .nationality = "KOR",
                            .issuing_state = "KOR",
                            .issuing_authority = "견본시장"};
    strcpy(person.surname_hangul, surname);
    strcpy(person.given_names_hangul, given);
    return person;
}

static struct jumin_order *order_of_a_specimen(void)
{
    struct jumin_order *order = NULL;
    assert_int_equal(jumin_order_new(&order), JUMIN_OK);
    order->person = holder("홍", "길순");
    order->has_person = true;
    memset(order->mrz, '<', TD1_LENGTH);
    assert_int_equal(jumin_order_set_can(order, "271828"), JUMIN_OK);
    assert_int_equal(jumin_order_set_pin(order, "314159"), JUMIN_OK);
    return order;
}

typedef enum jumin_error printer(const struct jumin_order *order, const char *number, uint8_t **pdf,
                                 size_t *n);
static printer *const printers[] = {jumin_print_data_sheet, jumin_print_pin_letter};

static void assert_refused(enum jumin_error error, enum jumin_error expected)
{
    assert_int_equal(error, expected);
    assert_null(pdf);
    assert_int_equal(n, 0);
    static uint8_t left_over;
    pdf = &left_over; // whatever the next call finds there
    n = 1;
}

// --- Orders ----------------------------------------------------------------------------------------------------

static void test_print_needs_an_order_and_a_place(void **state)
{
    (void)state;
    struct jumin_order *order = order_of_a_specimen();
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(printers[i](order, "1", NULL, &n), JUMIN_ERROR_ARGUMENT);
        assert_int_equal(printers[i](order, "1", &pdf, NULL), JUMIN_ERROR_ARGUMENT);
        assert_refused(printers[i](NULL, "1", &pdf, &n), JUMIN_ERROR_ARGUMENT);
    }
    jumin_print_free(NULL, 0);
    jumin_order_free(order);
}

static void test_sheet_needs_person_and_can(void **state)
{
    (void)state;
    struct jumin_order *order = order_of_a_specimen();
    order->has_person = false;
    assert_refused(jumin_print_data_sheet(order, NULL, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    order->has_person = true;
    order->can[0] = '\0';
    assert_refused(jumin_print_data_sheet(order, NULL, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    jumin_order_free(order);
}

static void test_letter_needs_a_pin_and_no_person(void **state)
{
    (void)state;
    struct jumin_order *order = order_of_a_specimen();
    order->pin[0] = '\0';
    assert_refused(jumin_print_pin_letter(order, NULL, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_pin(order, "314159"), JUMIN_OK);
    order->has_person = false;
    assert_int_equal(jumin_print_pin_letter(order, NULL, &pdf, &n), JUMIN_OK);
    assert_true(n > 5);
    assert_memory_equal(pdf, "%PDF-", 5);
    jumin_print_free(pdf, n);
    jumin_order_free(order);
}

static void test_long_numbers_do_not_matter(void **state)
{
    (void)state;
    static char number[301];
    memset(number, '9', sizeof number - 1);
    struct jumin_order *order = order_of_a_specimen();
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(printers[i](order, number, &pdf, &n), JUMIN_OK);
        jumin_print_free(pdf, n);
    }
    jumin_order_free(order);
}

static void test_text_that_is_no_utf_8_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"\x80",         "\xC3",         "\xC0\xAF", "\xE0\x80\xAF",
                                        "\xED\xA0\x80", "\xF0\x9F\x98", "\xFF",     "\xF4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct jumin_order *order = order_of_a_specimen();
        strcpy(order->person.issuing_authority, names[i]);
        assert_refused(jumin_print_data_sheet(order, NULL, &pdf, &n), JUMIN_ERROR_INPUT);
        jumin_order_free(order);
    }
}

static void test_missing_font_is_told(void **state)
{
    (void)state;
    struct jumin_order *order = order_of_a_specimen();
    for (int opened = 0; opened < 3; opened++) {
        for (size_t i = 0; i < 2; i++) {
            fonts_left = opened;
            assert_refused(printers[i](order, NULL, &pdf, &n), JUMIN_ERROR_FILE);
        }
    }
    fonts_left = INT32_MAX;
    jumin_order_free(order);
}

static void test_missing_memory_is_told(void **state)
{
    (void)state;
    struct jumin_order *order = order_of_a_specimen();
    static uint8_t image[] = {0xFF, 0xD8, 0xFF, 0xD9};
    order->photo = (struct photo){
        .image = image, .n = sizeof image, .type = JUMIN_IMAGE_JPEG2000, .width = 4, .height = 4};
    assert_refused(jumin_print_data_sheet(order, NULL, &pdf, &n), JUMIN_ERROR_MALFORMED);
    order->photo = (struct photo){0};
    for (size_t i = 0; i < 2; i++) {
        unsigned given = 0;
        for (enum jumin_error error = JUMIN_ERROR_MEMORY; error != JUMIN_OK; given++) {
            memory_left = given;
            error = printers[i](order, NULL, &pdf, &n);
            memory_left = UINT32_MAX;
            assert_true(error == JUMIN_OK || (error == JUMIN_ERROR_MEMORY && pdf == NULL && n == 0));
        }
        assert_true(given > 1);
        jumin_print_free(pdf, n);
    }
    jumin_order_free(order);
}

static void test_free_wipes_the_pdf(void **state)
{
    (void)state;
    struct jumin_order *order = order_of_a_specimen();
    assert_int_equal(jumin_print_pin_letter(order, NULL, &pdf, &n), JUMIN_OK);
    const void *p = pdf;
    jumin_print_free(pdf, n);
    assert_ptr_equal(wiped, p);
    assert_int_equal(wiped_length, n);
    jumin_order_free(order);
}

struct printing {
    struct jumin_order *order;
    struct span expected;
    unsigned others; // PDFs that are not the expected one
};

static void *print_again(void *context)
{
    struct printing *printing = context;
    for (unsigned i = 0; i < 20; i++) {
        uint8_t *again = NULL;
        size_t length = 0;
        const enum jumin_error error = jumin_print_pin_letter(printing->order, "1", &again, &length);
        printing->others += error != JUMIN_OK || !span_equal(span_of(again, length), printing->expected);
        jumin_print_free(again, length);
    }
    return NULL;
}

static void test_threads_print_the_same_bytes(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    struct printing printings[THREADS];
    struct jumin_order *order = order_of_a_specimen();
    assert_int_equal(jumin_print_pin_letter(order, "1", &pdf, &n), JUMIN_OK);
    for (size_t i = 0; i < THREADS; i++) {
        printings[i] = (struct printing){order, span_of(pdf, n), 0};
        assert_int_equal(pthread_create(&threads[i], NULL, print_again, &printings[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(printings[i].others, 0);
    }
    jumin_print_free(pdf, n);
    jumin_order_free(order);
}

// --- Holder ----------------------------------------------------------------------------------------------------

static void test_names_are_masked(void **state)
{
    (void)state;
    static const char *const names[][3] = {
        {"홍", "길순", "홍*순"},
        {"홍", "길", "홍*"},
        {"남궁", "빛나리", "남**리"},
        {"홍", "", "홍*"},
        {"Smith", "Jo", "S*o"},
        {"홍", "Jane", "홍***e"},
        {"가", "가나다라마바사", "가****사"},
    };
    char name[HOLDER_NAME];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct person person = holder(names[i][0], names[i][1]);
        holder_masked_name(&person, name);
        assert_string_equal(name, names[i][2]);
    }
}

static void test_names_are_written_as_their_script_does(void **state)
{
    (void)state;
    char name[HOLDER_NAME];
    struct person person = holder("홍", "길순");
    holder_name(&person, name);
    assert_string_equal(name, "홍길순");
    holder_latin_name(&person, name);
    assert_string_equal(name, "HONG, GILSUN");
    person.given_names[0] = '\0';
    holder_latin_name(&person, name);
    assert_string_equal(name, "HONG");
    person = holder("Smith", "Jane");
    holder_name(&person, name);
    assert_string_equal(name, "Smith Jane");
}

static void test_hanja_are_whole_or_none(void **state)
{
    (void)state;
    char name[HOLDER_NAME];
    struct person person = holder("홍", "길순");
    strcpy(person.name_hanja, "洪<<吉順");
    holder_hanja_name(&person, name);
    assert_string_equal(name, "洪吉順");
    strcpy(person.name_hanja, "洪");
    holder_hanja_name(&person, name);
    assert_string_equal(name, "");
}

static void test_all_are_specimens_but_those_with_a_real_number(void **state)
{
    (void)state;
    struct jumin_order *order = order_of_a_specimen();
    assert_true(holder_is_specimen(order));
    strcpy(order->person.registration_number, "9932313000000");
    assert_true(holder_is_specimen(order));
    strcpy(order->person.registration_number, "9912313000000"); // of nobody: born in 2099
    assert_false(holder_is_specimen(order));
    order->has_person = false;
    assert_true(holder_is_specimen(order));
    jumin_order_free(order);
}

// --- Tables ----------------------------------------------------------------------------------------------------

static void test_table_without_its_parts_is_refused(void **state)
{
    (void)state;
    static const char *const headings[] = {"a", "b", "c", "d", "e", "f", "g"};
    static const char *const holed[] = {"a", NULL};
    static const char *const cells[] = {"1", "2"};
    const struct jumin_print_table whole = {"title", NULL, 2, headings, 1, cells, NULL};
    struct jumin_print_table table = whole;
    assert_refused(jumin_print_table(NULL, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_print_table(&table, NULL, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_print_table(&table, &pdf, NULL), JUMIN_ERROR_ARGUMENT);
    table.title = NULL;
    assert_refused(jumin_print_table(&table, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    table = whole;
    table.columns = 0;
    assert_refused(jumin_print_table(&table, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    table.columns = JUMIN_PRINT_COLUMNS + 1;
    assert_refused(jumin_print_table(&table, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    table = whole;
    table.headings = NULL;
    assert_refused(jumin_print_table(&table, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    table.headings = holed;
    assert_refused(jumin_print_table(&table, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    table = whole;
    table.cells = NULL;
    assert_refused(jumin_print_table(&table, &pdf, &n), JUMIN_ERROR_ARGUMENT);
    table = whole;
    assert_int_equal(jumin_print_table(&table, &pdf, &n), JUMIN_OK);
    jumin_print_free(pdf, n);
}

static void test_cell_that_is_too_long_is_refused(void **state)
{
    (void)state;
    static char text[400];
    memset(text, 'W', sizeof text - 1);
    const char *const headings[] = {"a", "b"}, *const cells[] = {"1", text};
    const struct jumin_print_table table = {"title", NULL, 2, headings, 1, cells, NULL};
    assert_refused(jumin_print_table(&table, &pdf, &n), JUMIN_ERROR_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print_needs_an_order_and_a_place),
        cmocka_unit_test(test_sheet_needs_person_and_can),
        cmocka_unit_test(test_letter_needs_a_pin_and_no_person),
        cmocka_unit_test(test_long_numbers_do_not_matter),
        cmocka_unit_test(test_text_that_is_no_utf_8_is_refused),
        cmocka_unit_test(test_missing_font_is_told),
        cmocka_unit_test(test_missing_memory_is_told),
        cmocka_unit_test(test_free_wipes_the_pdf),
        cmocka_unit_test(test_threads_print_the_same_bytes),
        cmocka_unit_test(test_names_are_masked),
        cmocka_unit_test(test_names_are_written_as_their_script_does),
        cmocka_unit_test(test_hanja_are_whole_or_none),
        cmocka_unit_test(test_all_are_specimens_but_those_with_a_real_number),
        cmocka_unit_test(test_table_without_its_parts_is_refused),
        cmocka_unit_test(test_cell_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
