// Lists of people as files: CSV (RFC 4180) and JSON Lines, read as the same rows.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/batch_file.h"

#include <stdlib.h>
#include <string.h>

enum { CELL_MAX = 4096, NUMBER_DIGITS = 9, NAME_MAX_LENGTH = 32 };

enum column_kind { TEXT, BOOLEAN, NUMBER };

// All columns that there are; those of the person as the person file has them.
static const struct column {
    const char *name;
    enum column_kind kind;
} columns[] = {
    {"person.surname.hangul", TEXT},
    {"person.surname.hanja", TEXT},
    {"person.surname.romanized", TEXT},
    {"person.given_names.hangul", TEXT},
    {"person.given_names.hanja", TEXT},
    {"person.given_names.romanized", TEXT},
    {"person.birth_date", TEXT},
    {"person.sex", TEXT},
    {"person.nationality", TEXT},
    {"person.issuing_state", TEXT},
    {"person.issuing_authority", TEXT},
    {"person.registration_number", TEXT},
    {"person.address.street", TEXT},
    {"person.address.city", TEXT},
    {"person.address.state", TEXT},
    {"person.address.zipcode", TEXT},
    {"person.address.country", TEXT},
    {"person.municipality_code", TEXT},
    {"person.birth_place", TEXT},
    {"person.birth_name", TEXT},
    {"person.religious_name", TEXT},
    {"person.academic_title", TEXT},
    {"person.residence_permit", TEXT},
    {"person.phone_number", TEXT},
    {"person.email_address", TEXT},
    {"photo", TEXT},
    {"photo_date", TEXT},
    {"holds_card", BOOLEAN},
    {"first_issue", BOOLEAN},
    {"paid", NUMBER},
    {"profile", TEXT},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

// How a column is called: without the person, which is understood.
static const char *label(const struct column *column)
{
    static const char person[] = "person.";
    return strncmp(column->name, person, sizeof person - 1) == 0 ? column->name + sizeof person - 1
                                                                 : column->name;
}

// --- CSV: cells ------------------------------------------------------------------------------------------------

enum cell_end { CELL_COMMA, CELL_LINE, CELL_FILE, CELL_BROKEN };

struct csv {
    struct span rest;
    size_t line; // in which `rest` begins
    char cell[CELL_MAX + 1];
    size_t n;
    const char *why; // it is broken
    const struct batch_taker *taker;
    const struct column *header[COLUMNS];
    size_t header_count;
};

static enum cell_end broken(struct csv *csv, const char *why)
{
    csv->why = why;
    return CELL_BROKEN;
}

static bool put(struct csv *csv, uint8_t byte)
{
    if (csv->n == CELL_MAX || byte == '\0') {
        return false;
    }
    csv->cell[csv->n++] = (char)byte;
    csv->line += byte == '\n' ? 1 : 0;
    return true;
}

static bool next_is(const struct csv *csv, char byte)
{
    return csv->rest.n > 0 && csv->rest.p[0] == (uint8_t)byte;
}

// Behind a cell: a comma, the end of a line (CRLF or LF), or that of the file.
static enum cell_end end_cell(struct csv *csv)
{
    csv->cell[csv->n] = '\0';
    if (csv->rest.n == 0) {
        return CELL_FILE;
    }
    if (next_is(csv, ',')) {
        csv->rest = span_from(csv->rest, 1);
        return CELL_COMMA;
    }
    if (next_is(csv, '\r')) {
        csv->rest = span_from(csv->rest, 1);
    }
    if (!next_is(csv, '\n')) {
        return broken(csv, "a carriage return, or text behind a quotation mark");
    }
    csv->rest = span_from(csv->rest, 1);
    csv->line++;
    return CELL_LINE;
}

static enum cell_end take_quoted(struct csv *csv)
{
    csv->rest = span_from(csv->rest, 1);
    while (csv->rest.n > 0) {
        const uint8_t byte = csv->rest.p[0];
        csv->rest = span_from(csv->rest, 1);
        if (byte == '"' && !next_is(csv, '"')) {
            return end_cell(csv);
        }
        if (byte == '"') {
            csv->rest = span_from(csv->rest, 1);
        }
        if (!put(csv, byte)) {
            return broken(csv, "has a zero byte, or more than 4096 bytes");
        }
    }
    return broken(csv, "a quotation mark is not closed");
}

static enum cell_end take_cell(struct csv *csv)
{
    csv->n = 0;
    if (next_is(csv, '"')) {
        return take_quoted(csv);
    }
    while (csv->rest.n > 0 && !next_is(csv, ',') && !next_is(csv, '\r') && !next_is(csv, '\n')) {
        if (next_is(csv, '"')) {
            return broken(csv, "a quotation mark within a cell that has none around it");
        }
        if (!put(csv, csv->rest.p[0])) {
            return broken(csv, "has a zero byte, or more than 4096 bytes");
        }
        csv->rest = span_from(csv->rest, 1);
    }
    return end_cell(csv);
}

// --- CSV: rows -------------------------------------------------------------------------------------------------

static void refuse(const struct csv *csv, size_t line, const char *field, const char *why)
{
    csv->taker->refuse(csv->taker->context, line, field, why);
}

// The value of a cell; NULL: refused.
static json_t *value_of(const struct csv *csv, size_t line, const struct column *column)
{
    static const char *const yes[] = {"yes", "true", "1"}, *const no[] = {"no", "false", "0"};
    if (column->kind == NUMBER) {
        if (csv->n > NUMBER_DIGITS || strspn(csv->cell, "0123456789") != csv->n) {
            refuse(csv, line, label(column), "must be a number of won");
            return NULL;
        }
        return json_integer(strtol(csv->cell, NULL, 10));
    }
    for (size_t i = 0; i < 3 && column->kind == BOOLEAN; i++) {
        if (strcmp(csv->cell, yes[i]) == 0 || strcmp(csv->cell, no[i]) == 0) {
            return json_boolean(strcmp(csv->cell, yes[i]) == 0);
        }
    }
    json_t *text = column->kind == TEXT ? json_stringn(csv->cell, csv->n) : NULL;
    if (text == NULL) {
        refuse(csv, line, label(column), column->kind == TEXT ? "must be UTF-8" : "must be yes or no");
    }
    return text;
}

// Puts a value where the column's name says, of which each word but the last names an object. Takes the
// value.
static void put_at(json_t *object, const char *name, json_t *value)
{
    char word[NAME_MAX_LENGTH];
    for (const char *point = strchr(name, '.'); point != NULL; point = strchr(name, '.')) {
        (void)snprintf(word, sizeof word, "%.*s", (int)(point - name), name);
        if (json_object_get(object, word) == NULL) {
            (void)json_object_set_new(object, word, json_object());
        }
        object = json_object_get(object, word);
        name = point + 1;
    }
    (void)json_object_set_new(object, name, value);
}

static void take_value(struct csv *csv, size_t line, size_t column, json_t *row, bool *good)
{
    if (column >= csv->header_count || csv->n == 0) {
        return;
    }
    json_t *value = value_of(csv, line, csv->header[column]);
    if (value == NULL) {
        *good = false;
        return;
    }
    put_at(row, csv->header[column]->name, value);
}

// False: the file ends here, or cannot be read on.
static bool take_row(struct csv *csv)
{
    const size_t line = csv->line;
    json_t *row = json_object();
    bool good = true;
    size_t count = 0;
    enum cell_end end = CELL_COMMA;
    while (end == CELL_COMMA) {
        end = take_cell(csv);
        if (end != CELL_BROKEN) {
            take_value(csv, line, count++, row, &good);
        }
    }
    if (end == CELL_BROKEN) {
        refuse(csv, csv->line, count < csv->header_count ? label(csv->header[count]) : NULL, csv->why);
    } else if (count != csv->header_count) {
        refuse(csv, line, NULL, count < csv->header_count ? "has too few cells" : "has too many cells");
    } else if (good) {
        csv->taker->take(csv->taker->context, line, row);
    }
    json_decref(row);
    return end == CELL_LINE && csv->rest.n > 0;
}

static bool name_column(struct csv *csv)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (strcmp(label(&columns[i]), csv->cell) != 0) {
            continue;
        }
        for (size_t j = 0; j < csv->header_count; j++) {
            if (csv->header[j] == &columns[i]) {
                refuse(csv, 1, label(&columns[i]), "stands above two columns");
                return false;
            }
        }
        csv->header[csv->header_count++] = &columns[i];
        return true;
    }
    json_t *text = json_stringn(csv->cell, csv->n); // which is shown only where it is text
    refuse(csv, 1, text != NULL && csv->n > 0 && csv->n < NAME_MAX_LENGTH ? csv->cell : NULL,
           "there is no such column");
    json_decref(text);
    return false;
}

static bool take_header(struct csv *csv)
{
    bool good = true;
    enum cell_end end = CELL_COMMA;
    while (end == CELL_COMMA) {
        end = take_cell(csv);
        if (end == CELL_BROKEN) {
            refuse(csv, csv->line, NULL, csv->why);
            return false;
        }
        good = name_column(csv) && good;
    }
    return good && end == CELL_LINE && csv->rest.n > 0;
}

static void read_csv(struct span text, const struct batch_taker *taker)
{
    struct csv *csv = calloc(1, sizeof *csv);
    if (csv == NULL) {
        taker->refuse(taker->context, 1, NULL, "no memory is left");
        return;
    }
    csv->rest = text;
    csv->line = 1;
    csv->taker = taker;
    if (take_header(csv)) {
        while (take_row(csv)) {
        }
    }
    explicit_bzero(csv, sizeof *csv);
    free(csv);
}

// --- JSON Lines ------------------------------------------------------------------------------------------------

static bool is_blank(struct span line)
{
    size_t n = 0;
    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t' || line.p[n] == '\r')) {
        n++;
    }
    return n == line.n;
}

static void read_json(struct span text, const struct batch_taker *taker)
{
    for (size_t line = 1; text.n > 0; line++) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        const struct span here = span_first(text, end != NULL ? (size_t)(end - text.p) : text.n);
        text = span_from(text, end != NULL ? here.n + 1 : here.n);
        if (is_blank(here)) {
            continue;
        }
        json_t *row = json_loadb((const char *)here.p, here.n, JSON_REJECT_DUPLICATES, NULL);
        if (json_is_object(row)) {
            taker->take(taker->context, line, row);
        } else {
            taker->refuse(taker->context, line, NULL, "is no JSON object, or has a field twice");
        }
        json_decref(row);
    }
}

void batch_file_read(struct span text, enum batch_format format, const struct batch_taker *taker)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF}; // of UTF-8, as some programs write it
    if (span_equal(span_first(text, sizeof mark), span_of(mark, sizeof mark))) {
        text = span_from(text, sizeof mark);
    }
    if (format == BATCH_CSV) {
        read_csv(text, taker);
    } else {
        read_json(text, taker);
    }
}

// --- Writing ---------------------------------------------------------------------------------------------------

static const json_t *find_at(const json_t *object, const char *name)
{
    char word[NAME_MAX_LENGTH];
    for (const char *point = strchr(name, '.'); point != NULL; point = strchr(name, '.')) {
        (void)snprintf(word, sizeof word, "%.*s", (int)(point - name), name);
        object = json_object_get(object, word);
        name = point + 1;
    }
    return json_object_get(object, name);
}

static void put_quoted(FILE *file, const char *text)
{
    const bool plain = text[strcspn(text, ",\"\r\n")] == '\0';
    (void)fputs(plain ? "" : "\"", file);
    for (; *text != '\0'; text++) {
        (void)fputs(*text == '"' ? "\"" : "", file);
        (void)fputc(*text, file);
    }
    (void)fputs(plain ? "" : "\"", file);
}

static void put_cell(FILE *file, const json_t *value)
{
    if (json_is_string(value)) {
        put_quoted(file, json_string_value(value));
    } else if (json_is_boolean(value)) {
        (void)fputs(json_is_true(value) ? "yes" : "no", file);
    } else if (json_is_integer(value)) {
        (void)fprintf(file, "%lld", (long long)json_integer_value(value));
    }
}

bool batch_file_put_csv(FILE *file, bool header, const json_t *row)
{
    for (size_t i = 0; i < COLUMNS && header; i++) {
        (void)fprintf(file, "%s%s", i > 0 ? "," : "", label(&columns[i]));
    }
    (void)fputs(header ? "\r\n" : "", file);
    for (size_t i = 0; i < COLUMNS; i++) {
        (void)fputs(i > 0 ? "," : "", file);
        put_cell(file, find_at(row, columns[i].name));
    }
    return fputs("\r\n", file) >= 0 && ferror(file) == 0;
}

bool batch_file_put_json(FILE *file, const json_t *row)
{
    return json_dumpf(row, file, JSON_COMPACT) == 0 && fputc('\n', file) == '\n' && ferror(file) == 0;
}
