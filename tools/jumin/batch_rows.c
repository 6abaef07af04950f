// The rows of a batch: application forms, checked all before anything is done with one.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/batch_rows.h"

#include "tools/jumin/batch_file.h"
#include "tools/jumin/files.h"
#include "tools/jumin/terminal.h"
#include <stdlib.h>
#include <string.h>

enum {
    LIST_MAX = 256 << 20,
    ROWS_MAX = 1000000,
    PHOTO_MAX = 32 << 20,
    ERRORS_TOLD = 100,
    PATH_MAX_LENGTH = 4096,
    PROGRESS_EVERY = 16,
};

static void free_row(struct batch_row *row)
{
    if (row->person != NULL) {
        explicit_bzero(row->person, row->person_length);
    }
    free(row->person);
    free(row->photo);
    explicit_bzero(row, sizeof *row);
}

void batch_rows_free(struct batch_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free_row(&rows->rows[i]);
    }
    free(rows->rows);
    *rows = (struct batch_rows){0};
}

// --- Errors ----------------------------------------------------------------------------------------------------

static void refuse(void *context, size_t line, const char *field, const char *why)
{
    struct batch_rows *rows = context;
    if (rows->errors++ < ERRORS_TOLD) {
        progress_clear();
        (void)cli_fail(rows->arguments, "%s:%zu: %s%s%s", rows->path, line, field != NULL ? field : "",
                       field != NULL ? ": " : "", why);
    }
}

static bool is_sound(const struct batch_rows *rows)
{
    if (rows->errors > ERRORS_TOLD) {
        (void)cli_fail(rows->arguments, "%s: and %zu errors more", rows->path, rows->errors - ERRORS_TOLD);
    }
    if (rows->errors > 0) {
        (void)cli_fail(rows->arguments, "nothing was done");
    }
    return rows->errors == 0;
}

// --- A row -----------------------------------------------------------------------------------------------------

struct row_parser {
    struct batch_rows *rows;
    struct batch_row *row;
    const json_t *object;
    bool good;
};

static void wrong(struct row_parser *parser, const char *field, const char *why)
{
    refuse(parser->rows, parser->row->line, field, why);
    parser->good = false;
}

static const char *text_of(struct row_parser *parser, const char *name)
{
    const json_t *value = json_object_get(parser->object, name);
    if (value != NULL && !json_is_string(value)) {
        wrong(parser, name, "must be a text");
    }
    return json_string_value(value);
}

static void take_text(struct row_parser *parser, const char *name, char *text, size_t capacity)
{
    const char *value = text_of(parser, name);
    if (value != NULL && strlen(value) >= capacity) {
        wrong(parser, name, "is too long");
    } else if (value != NULL) {
        memcpy(text, value, strlen(value) + 1);
    }
}

static bool take_boolean(struct row_parser *parser, const char *name)
{
    const json_t *value = json_object_get(parser->object, name);
    if (value != NULL && !json_is_boolean(value)) {
        wrong(parser, name, "must be true or false");
    }
    return json_is_true(value);
}

static unsigned take_won(struct row_parser *parser)
{
    const json_t *value = json_object_get(parser->object, "paid");
    const json_int_t won = json_integer_value(value);
    if (value != NULL && (!json_is_integer(value) || won < 0 || won > JUMIN_WON_MAX)) {
        wrong(parser, "paid", "must be a number of won");
        return 0;
    }
    return (unsigned)won;
}

// Relative to the list's folder.
static void take_photo(struct row_parser *parser)
{
    const char *value = text_of(parser, "photo"), *list = parser->rows->path;
    const char *slash = strrchr(list, '/');
    if (value == NULL) {
        return;
    }
    char path[PATH_MAX_LENGTH];
    const bool absolute = value[0] == '/' || slash == NULL;
    const int n = absolute ? snprintf(path, sizeof path, "%s", value)
                           : snprintf(path, sizeof path, "%.*s/%s", (int)(slash - list), list, value);
    parser->row->photo = n > 0 && (size_t)n < sizeof path ? strdup(path) : NULL;
    if (parser->row->photo == NULL) {
        wrong(parser, "photo", "the path is too long");
    }
}

// The digits alone, by which the same person is found in two rows; what else is wrong with them the station
// says.
static void take_registration_number(struct row_parser *parser, const json_t *person)
{
    const char *text = json_string_value(json_object_get(person, "registration_number"));
    size_t n = 0;
    for (; text != NULL && *text != '\0' && n < BATCH_DIGITS; text++) {
        if (*text >= '0' && *text <= '9') {
            parser->row->registration_number[n++ % (BATCH_DIGITS - 1)] = *text;
        }
    }
    if (n != BATCH_DIGITS - 1) {
        wrong(parser, "registration_number", "must have 13 digits");
    }
}

static void take_person(struct row_parser *parser)
{
    const json_t *person = json_object_get(parser->object, "person");
    if (!json_is_object(person)) {
        wrong(parser, "person", "must be an object");
        return;
    }
    take_registration_number(parser, person);
    parser->row->person = json_dumps(person, JSON_COMPACT);
    parser->row->person_length = parser->row->person != NULL ? strlen(parser->row->person) : 0;
    if (parser->row->person == NULL) {
        wrong(parser, "person", "no memory is left");
    }
}

static void take_known_fields(struct row_parser *parser, json_t *object)
{
    static const char *const known[] = {"person",      "photo", "photo_date", "holds_card",
                                        "first_issue", "paid",  "profile"};
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value)
    {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            found = found || strcmp(known[i], name) == 0;
        }
        if (!found) {
            char short_name[41];
            (void)snprintf(short_name, sizeof short_name, "%.40s", name);
            wrong(parser, short_name, "there is no such field");
        }
    }
}

// Moved by hand, so that nobody stays behind in memory that is given back.
static bool make_room(struct batch_rows *rows)
{
    const size_t capacity = rows->capacity > 0 ? rows->capacity * 2 : 256;
    struct batch_row *more = capacity <= 2 * (size_t)ROWS_MAX ? calloc(capacity, sizeof *more) : NULL;
    if (more == NULL) {
        return false;
    }
    if (rows->count > 0) {
        memcpy(more, rows->rows, rows->count * sizeof *more);
        explicit_bzero(rows->rows, rows->count * sizeof *more);
    }
    free(rows->rows);
    rows->rows = more;
    rows->capacity = capacity;
    return true;
}

static struct batch_row *add_row(struct batch_rows *rows)
{
    return rows->count < rows->capacity || make_room(rows) ? &rows->rows[rows->count++] : NULL;
}

static void take(void *context, size_t line, json_t *object)
{
    struct batch_rows *rows = context;
    struct batch_row *row = add_row(rows);
    if (row == NULL) {
        refuse(rows, line, NULL, "the list is longer than a batch may be");
        return;
    }
    row->line = line;
    struct row_parser parser = {rows, row, object, true};
    take_known_fields(&parser, object);
    take_person(&parser);
    take_photo(&parser);
    take_text(&parser, "photo_date", row->photo_date, sizeof row->photo_date);
    take_text(&parser, "profile", row->profile, sizeof row->profile);
    row->holds_card = take_boolean(&parser, "holds_card");
    row->first_issue = take_boolean(&parser, "first_issue");
    row->paid = take_won(&parser);
}

// --- The list --------------------------------------------------------------------------------------------------

static int by_person(const void *left, const void *right)
{
    const struct batch_row *const *a = left, *const *b = right;
    const int order = strcmp((*a)->registration_number, (*b)->registration_number);
    return order != 0 ? order : ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

static bool find_doubles(struct batch_rows *rows)
{
    const struct batch_row **sorted = calloc(rows->count + 1, sizeof *sorted);
    if (sorted == NULL) {
        refuse(rows, 1, NULL, "no memory is left");
        return false;
    }
    for (size_t i = 0; i < rows->count; i++) {
        sorted[i] = &rows->rows[i];
    }
    qsort((void *)sorted, rows->count, sizeof *sorted, by_person);
    for (size_t i = 1; i < rows->count; i++) {
        const char *number = sorted[i]->registration_number;
        if (number[0] != '\0' && strcmp(sorted[i - 1]->registration_number, number) == 0) {
            char why[64];
            (void)snprintf(why, sizeof why, "the same person as in line %zu", sorted[i - 1]->line);
            refuse(rows, sorted[i]->line, "registration_number", why);
        }
    }
    free((void *)sorted);
    return true;
}

static bool has_ending(const char *path, const char *ending)
{
    const size_t n = strlen(path), e = strlen(ending);
    return n >= e && strcasecmp(path + n - e, ending) == 0;
}

bool batch_rows_read(const struct cli_arguments *arguments, const char *path, struct batch_rows *rows)
{
    uint8_t *bytes = NULL;
    size_t n = 0;
    *rows = (struct batch_rows){.arguments = arguments, .path = path};
    if (!files_read(arguments, path, LIST_MAX, &bytes, &n)) {
        return false;
    }
    const struct batch_taker taker = {take, refuse, rows};
    batch_file_read(span_of(bytes, n), has_ending(path, ".csv") ? BATCH_CSV : BATCH_JSON, &taker);
    explicit_bzero(bytes, n);
    free(bytes);
    if (rows->count == 0 && rows->errors == 0) {
        refuse(rows, 1, NULL, "has no rows");
    }
    return find_doubles(rows) && is_sound(rows);
}

// --- Against the records ---------------------------------------------------------------------------------------

bool batch_form_open(const struct batch_row *row, struct batch_form *form)
{
    *form = (struct batch_form){0};
    form->form = (struct jumin_application_form){
        .person = row->person,
        .person_length = row->person_length,
        .profile = row->profile[0] != '\0' ? row->profile : NULL,
        .holds_card = row->holds_card,
        .first_issue = row->first_issue,
        .photo_date = row->photo_date[0] != '\0' ? row->photo_date : NULL,
        .won_paid = row->paid,
    };
    if (row->photo == NULL) {
        return true;
    }
    const bool read = files_take(row->photo, PHOTO_MAX, &form->photo, &form->form.photo_length);
    form->form.photo = form->photo;
    return read && form->form.photo_length > 0;
}

void batch_form_free(struct batch_form *form)
{
    if (form->photo != NULL) {
        explicit_bzero(form->photo, form->form.photo_length);
    }
    free(form->photo);
    *form = (struct batch_form){0};
}

enum jumin_error batch_row_find(struct batch_row *row, struct jumin_station *station)
{
    const enum jumin_error error = jumin_station_find(station, row->registration_number, &row->application);
    row->applied = error == JUMIN_OK;
    return error == JUMIN_ERROR_NO_SUCH_FILE ? JUMIN_OK : error;
}

static void note_rules(struct batch_row *row, const struct jumin_decision *decision)
{
    for (size_t i = 0; i < decision->count && row->refused[0] == '\0'; i++) {
        if (!decision->rules[i].met) {
            (void)snprintf(row->refused, sizeof row->refused, "%s: %s", decision->rules[i].name,
                           decision->rules[i].english);
        }
    }
}

static enum jumin_error check_form(struct batch_rows *rows, struct batch_row *row,
                                   struct jumin_station *station)
{
    struct batch_form form;
    struct jumin_decision decision = {0};
    if (!batch_form_open(row, &form)) {
        batch_form_free(&form);
        refuse(rows, row->line, "photo", "cannot be read, is empty, or has more than 32 MiB");
        return JUMIN_OK;
    }
    const enum jumin_error error = jumin_station_check(station, &form.form, &decision);
    batch_form_free(&form);
    if (error == JUMIN_ERROR_RULES) {
        note_rules(row, &decision);
        return JUMIN_OK;
    }
    if (error == JUMIN_ERROR_INPUT || error == JUMIN_ERROR_TOO_LONG || error == JUMIN_ERROR_ARGUMENT) {
        refuse(rows, row->line, NULL, jumin_station_detail(station));
        return JUMIN_OK;
    }
    return error;
}

static enum jumin_error check_row(struct batch_rows *rows, struct batch_row *row,
                                  struct jumin_station *station)
{
    const enum jumin_error error = batch_row_find(row, station);
    if (error == JUMIN_ERROR_INPUT) {
        refuse(rows, row->line, NULL, jumin_station_detail(station));
        return JUMIN_OK;
    }
    return error == JUMIN_OK && !row->applied ? check_form(rows, row, station) : error;
}

bool batch_rows_check(struct batch_rows *rows, struct jumin_station *station)
{
    char what[64];
    for (size_t i = 0; i < rows->count; i++) {
        if (i % PROGRESS_EVERY == 0) {
            (void)snprintf(what, sizeof what, "check %zu of %zu rows", i, rows->count);
            progress_show(what, 0, 0);
        }
        const enum jumin_error error =
            progress_interrupted() ? JUMIN_ERROR_CANCELLED : check_row(rows, &rows->rows[i], station);
        if (error != JUMIN_OK) {
            progress_clear();
            (void)records_end(rows->arguments, station, error);
            return false;
        }
    }
    progress_clear();
    return is_sound(rows);
}
