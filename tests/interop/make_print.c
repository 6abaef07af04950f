// Prints for check_print.py: make_print sheet|letter|portrait|mrz PERSON PHOTO PROFILE NUMBER, make_print
// table ROWS, make_print day, make_print parse MRZ.
// SPDX-License-Identifier: Apache-2.0
//
// "real-sheet" and "real-letter" are those of a number that is no specimen's, and nobody's: born in 2099.
// PHOTO and PROFILE may be "-". What is made goes to standard output; a refusal is the error's name on
// standard error and exit status 1.
#include "host/perso/order.h"
#include "host/reader/lds.h"
#include <jumin/print.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 22, ROWS_MAX = 1000 };

static uint8_t *load(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rbe");
    uint8_t *bytes = malloc(FILE_MAX);
    if (file == NULL || bytes == NULL) {
        exit(2);
    }
    *n = fread(bytes, 1, FILE_MAX, file);
    (void)fclose(file);
    return bytes;
}

static int refused(enum jumin_error error, const char *detail)
{
    (void)fprintf(stderr, "%s %s\n", jumin_error_name(error), detail);
    return 1;
}

static enum jumin_error fill(struct jumin_order *order, char **arguments)
{
    size_t n = 0;
    enum jumin_error error = JUMIN_OK;
    if (strcmp(arguments[2], "-") != 0) {
        uint8_t *profile = load(arguments[2], &n);
        error = jumin_order_set_profile(order, (const char *)profile, n);
        free(profile);
    }
    uint8_t *person = load(arguments[0], &n);
    error = error == JUMIN_OK ? jumin_order_set_person(order, (const char *)person, n) : error;
    free(person);
    if (error == JUMIN_OK && strcmp(arguments[1], "-") != 0) {
        uint8_t *photo = load(arguments[1], &n);
        error = jumin_order_set_photo(order, photo, n);
        free(photo);
    }
    (void)jumin_order_set_can(order, "271828");
    (void)jumin_order_set_pin(order, "58209");
    (void)jumin_order_set_puk(order, "6174920385");
    return error;
}

static enum jumin_error put(const char *what, const struct jumin_order *order, const char *number)
{
    uint8_t *pdf = NULL;
    size_t n = 0;
    struct jumin_portrait portrait;
    if (strcmp(what, "mrz") == 0) {
        (void)puts(jumin_order_mrz(order));
        return JUMIN_OK;
    }
    if (strcmp(what, "portrait") == 0) {
        const enum jumin_error error = jumin_order_portrait(order, &portrait);
        (void)(error == JUMIN_OK && fwrite(portrait.image, 1, portrait.n, stdout));
        return error;
    }
    const enum jumin_error error = strcmp(what, "sheet") == 0
                                       ? jumin_print_data_sheet(order, number, &pdf, &n)
                                       : jumin_print_pin_letter(order, number, &pdf, &n);
    (void)(error == JUMIN_OK && fwrite(pdf, 1, n, stdout));
    jumin_print_free(pdf, n);
    return error;
}

static int print_order(const char *what, char **arguments)
{
    struct jumin_order *order = NULL;
    enum jumin_error error = jumin_order_new(&order);
    error = error == JUMIN_OK ? fill(order, arguments) : error;
    if (error == JUMIN_OK && strncmp(what, "real-", 5) == 0) {
        memcpy(order->person.registration_number, "9912313000000", PERSON_REGISTRATION_NUMBER);
        what += 5;
    }
    error = error == JUMIN_OK ? put(what, order, arguments[3]) : error;
    const int result = error == JUMIN_OK ? 0 : refused(error, jumin_order_detail(order));
    jumin_order_free(order);
    return result;
}

static int print_table(const char *rows)
{
    static const char *const headings[] = {"항목 / Item", "건수 / Count", "금액 / Won"};
    static const char *cells[3 * ROWS_MAX];
    static char names[ROWS_MAX][24];
    uint8_t *pdf = NULL;
    size_t n = 0;
    struct jumin_print_table table = {.title = "일일 보고 / Day report",
                                      .subtitle = "2026-11-30",
                                      .columns = 3,
                                      .headings = headings,
                                      .rows = strtoul(rows, NULL, 10),
                                      .cells = cells,
                                      .signature = "서명 / Signed"};
    for (size_t i = 0; i < table.rows && i < ROWS_MAX; i++) {
        const bool heading = i % 17 == 0; // the 35th row, too, which is the last that fits a page
        (void)snprintf(names[i], sizeof names[i], "%s-%zu", heading ? "section" : "row", i);
        cells[3 * i] = names[i];
        cells[3 * i + 1] = heading ? NULL : "12";
        cells[3 * i + 2] = heading ? NULL : "120,000";
    }
    const enum jumin_error error = jumin_print_table(&table, &pdf, &n);
    (void)(error == JUMIN_OK && fwrite(pdf, 1, n, stdout));
    jumin_print_free(pdf, n);
    return error == JUMIN_OK ? 0 : refused(error, "");
}

// No two counts are the same, so that one in another's place is noticed.
static int print_day_report(void)
{
    static struct jumin_day_officer officers[2] = {{.name = "kim"}, {.name = "lee"}};
    struct jumin_day_report report = {.day = "2026-11-30", .officers = officers, .officer_count = 2};
    uint8_t *pdf = NULL;
    size_t n = 0;
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        report.total.counts[i] = 100 + i;
        officers[0].figures.counts[i] = i % 2 == 0 ? 1100 + i : 0;
    }
    report.total.won_taken = 70000;
    report.total.won_paid_back = 90000;
    officers[1].figures.won_taken = 12345;
    const enum jumin_error error = jumin_print_day_report(&report, &pdf, &n);
    (void)(error == JUMIN_OK && fwrite(pdf, 1, n, stdout));
    jumin_print_free(pdf, n);
    return error == JUMIN_OK ? 0 : refused(error, "");
}

static int parse_mrz(const char *text)
{
    struct jumin_mrz mrz;
    const char *why = "";
    if (!mrz_parse(span_of(text, strlen(text)), &mrz, &why)) {
        return refused(JUMIN_ERROR_MALFORMED, why);
    }
    (void)printf("%s|%s|%s|%u\n", mrz.document_number, mrz.primary_name, mrz.secondary_name,
                 mrz.wrong_check_digits);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "table") == 0) {
        return print_table(argv[2]);
    }
    if (argc == 2 && strcmp(argv[1], "day") == 0) {
        return print_day_report();
    }
    if (argc == 3 && strcmp(argv[1], "parse") == 0) {
        return parse_mrz(argv[2]);
    }
    return argc == 6 ? print_order(argv[1], argv + 2) : 2;
}
