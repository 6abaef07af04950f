// What was read from a card, for people.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/card_show.h"

#include "tools/jumin/terminal.h"
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 512, ENOUGH_PIXELS = 240 };

const enum jumin_file card_inspected[CARD_INSPECTED] = {JUMIN_FILE_CARD_ACCESS, JUMIN_FILE_ATR_INFO,
                                                        JUMIN_FILE_DIR};

void card_plain_text(const char *text, char *plain, size_t capacity)
{
    size_t n = 0;
    for (; *text != '\0' && n + 1 < capacity; text++) {
        if (*text != '<' && *text != '\n' && *text != '\r') {
            plain[n++] = *text;
        } else if (n > 0 && plain[n - 1] != ' ') {
            plain[n++] = ' ';
        }
    }
    plain[n] = '\0';
}

static void line(const char *name, const char *text)
{
    char plain[TEXT_MAX];
    if (text == NULL || text[0] == '\0') {
        return;
    }
    card_plain_text(text, plain, sizeof plain);
    (void)printf("  %-18s %s\n", name, plain);
}

// YYYYMMDD as YYYY-MM-DD.
static void date_line(const char *name, const char *date)
{
    if (date != NULL && strlen(date) == 8) {
        (void)printf("  %-18s %.4s-%.2s-%.2s\n", name, date, date + 4, date + 6);
    }
}

static void show_mrz(struct jumin_document *document)
{
    struct jumin_mrz mrz;
    if (jumin_document_mrz(document, &mrz) != JUMIN_OK) {
        return;
    }
    for (unsigned i = 0; i < mrz.lines; i++) {
        (void)printf("  %.*s\n", (int)mrz.columns, mrz.text + (size_t)i * mrz.columns);
    }
    (void)printf("\n");
    (void)printf("  %-18s %s, %s\n", "Name", mrz.primary_name, mrz.secondary_name);
    line("Document number", mrz.document_number);
    line("Issuing state", mrz.issuing_state);
    line("Nationality", mrz.nationality);
    (void)printf("  %-18s %s\n", "Sex", mrz.sex == 'F' ? "female" : mrz.sex == 'M' ? "male" : "unspecified");
    (void)printf("  %-18s %.2s-%.2s-%.2s\n", "Expires", mrz.expiry_date, mrz.expiry_date + 2,
                 mrz.expiry_date + 4);
}

static void show_details(struct jumin_document *document)
{
    struct jumin_person person;
    struct jumin_issue issue;
    if (jumin_document_person(document, &person) == JUMIN_OK) {
        line("Full name", person.full_name);
        for (size_t i = 0; i < person.other_name_count; i++) {
            line("Other name", person.other_names[i]);
        }
        date_line("Born", person.birth_date);
        line("Address", person.address);
    }
    if (jumin_document_issue(document, &issue) == JUMIN_OK) {
        line("Issued by", issue.authority);
        date_line("Issued on", issue.date);
    }
}

static void show_portrait(struct jumin_document *document)
{
    struct jumin_portrait portrait;
    struct jumin_pixels pixels;
    if (jumin_document_portrait(document, &portrait) != JUMIN_OK) {
        return;
    }
    (void)printf("  %-18s %s, %u × %u pixels, %zu bytes\n", "Portrait",
                 portrait.type == JUMIN_IMAGE_JPEG ? "JPEG" : "JPEG 2000", portrait.width, portrait.height,
                 portrait.n);
    if (isatty(STDOUT_FILENO) && jumin_portrait_pixels(&portrait, ENOUGH_PIXELS, &pixels) == JUMIN_OK) {
        portrait_show(stdout, &pixels);
        jumin_pixels_free(&pixels);
    }
}

void card_show_person(struct jumin_document *document)
{
    (void)printf("Person\n");
    show_mrz(document);
    show_details(document);
    show_portrait(document);
}

void card_show_inspection(const struct jumin_document *document)
{
    for (size_t i = 0; i < CARD_INSPECTED; i++) {
        const uint8_t *bytes = NULL;
        size_t n = 0;
        if (jumin_document_file(document, card_inspected[i], &bytes, &n) != JUMIN_OK) {
            continue;
        }
        (void)printf("%-16s", jumin_file_name(card_inspected[i]));
        for (size_t j = 0; j < n; j++) {
            (void)printf("%02X", bytes[j]);
        }
        (void)printf("\n");
    }
}

void card_show_report(const struct jumin_report *report)
{
    (void)printf("Checks\n");
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        (void)printf("  %s  %s\n", verdict_mark(stdout, check->verdict), check->detail);
    }
    const enum jumin_verdict verdict = jumin_report_verdict(report);
    (void)printf("\n  %s  %s\n", verdict_mark(stdout, verdict),
                 verdict == JUMIN_PASSED   ? "The document is genuine."
                 : verdict == JUMIN_FAILED ? "Do not trust this document."
                                           : "The document could not be verified.");
}
