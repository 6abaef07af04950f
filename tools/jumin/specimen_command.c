// `jumin station specimen`: people who do not exist, with portraits, as a file that `station batch` takes.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/batch_file.h"
#include "tools/jumin/day.h"
#include "tools/jumin/files.h"
#include "tools/jumin/policy_command.h"
#include "tools/jumin/records.h"
#include "tools/jumin/terminal.h"

#include <errno.h>
#include <jansson.h>
#include <jumin/specimen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PHOTO_NAME = 32 };

static bool parse_count(const struct cli_arguments *arguments, long *count)
{
    const char *text = arguments->operand_count > 0 ? arguments->operands[0] : "";
    char *end = NULL;
    *count = strtol(text, &end, 10);
    return (text[0] >= '0' && text[0] <= '9' && *end == '\0' && *count >= 1 &&
            *count <= JUMIN_SPECIMEN_PEOPLE) ||
           cli_misused(arguments, "the number of people is needed, 1 to %d", JUMIN_SPECIMEN_PEOPLE);
}

static bool check(const struct cli_arguments *arguments)
{
    int64_t seconds = 0;
    long number = 0;
    const char *day = cli_value(arguments, "date");
    if (day != NULL && !day_parse(day, &seconds)) {
        return cli_misused(arguments, "--date takes a day as 2026-11-02");
    }
    return parse_count(arguments, &number) && cli_number(arguments, "seed", 0, LONG_MAX, 1, &number);
}

struct specimen_run {
    const struct cli_arguments *arguments;
    struct jumin_policy *policy;
    const char *folder;
    FILE *list;
    char day[JUMIN_DAY];
    uint64_t seed;
    bool csv;
};

// A row as the batch reads it.
static json_t *row_of(const struct specimen_run *run, const struct jumin_specimen *specimen,
                      const char *photo)
{
    const char *profile = cli_value(run->arguments, "profile");
    json_t *row = json_pack("{s:o, s:s, s:s, s:b, s:b, s:I}", "person", json_loads(specimen->person, 0, NULL),
                            "photo", photo, "photo_date", run->day, "holds_card", (int)!specimen->first_issue,
                            "first_issue", (int)specimen->first_issue, "paid", (json_int_t)specimen->won);
    if (row != NULL && profile != NULL) {
        (void)json_object_set_new(row, "profile", json_string(profile));
    }
    return row;
}

static bool fail(const struct specimen_run *run, enum jumin_error error)
{
    (void)cli_fail_error(run->arguments, error, NULL);
    return false;
}

static bool write_portrait(const struct specimen_run *run, uint32_t i, const char *name)
{
    uint8_t *jpeg = NULL;
    size_t n = 0;
    const enum jumin_error error = jumin_specimen_portrait(run->seed, i, &jpeg, &n);
    const bool written =
        error == JUMIN_OK ? files_write(run->arguments, run->folder, name, jpeg, n) : fail(run, error);
    free(jpeg);
    return written;
}

static bool write_person(const struct specimen_run *run, uint32_t i)
{
    char photo[PHOTO_NAME];
    struct jumin_specimen specimen;
    (void)snprintf(photo, sizeof photo, "photos/%06u.jpg", i + 1);
    const enum jumin_error error = jumin_specimen_person(run->policy, run->seed, i, run->day, &specimen);
    if (error != JUMIN_OK) {
        return fail(run, error);
    }
    json_t *row = row_of(run, &specimen, photo);
    const bool put = row != NULL && (run->csv ? batch_file_put_csv(run->list, i == 0, row)
                                              : batch_file_put_json(run->list, row));
    json_decref(row);
    free(specimen.person);
    if (!put) {
        (void)cli_fail(run->arguments, "%s: the list cannot be written", run->folder);
    }
    return put && write_portrait(run, i, photo);
}

static bool write_people(const struct specimen_run *run, uint32_t count)
{
    char line[64];
    progress_watch_interrupts();
    for (uint32_t i = 0; i < count; i++) {
        if (progress_interrupted()) {
            progress_clear();
            return fail(run, JUMIN_ERROR_CANCELLED);
        }
        if (i % 16 == 0) {
            (void)snprintf(line, sizeof line, "%u of %u people", i, count);
            progress_show(line, 0, 0);
        }
        if (!write_person(run, i)) {
            return false;
        }
    }
    progress_clear();
    return true;
}

static bool make_folder(const struct cli_arguments *arguments, const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ||
           cli_fail(arguments, "%s: cannot be made: %s", path, strerror(errno)) == CLI_OK;
}

// The list last, so that what is there is whole.
static enum cli_exit write_all(struct specimen_run *run, uint32_t count)
{
    char path[PATH_MAX], photos[PATH_MAX];
    const int n = snprintf(path, sizeof path, "%s/people.%s", run->folder, run->csv ? "csv" : "jsonl");
    if (n < 0 || (size_t)n >= sizeof path ||
        (size_t)snprintf(photos, sizeof photos, "%s/photos", run->folder) >= sizeof photos) {
        return cli_fail(run->arguments, "%s: the path is too long", run->folder);
    }
    if (!make_folder(run->arguments, run->folder) || !make_folder(run->arguments, photos)) {
        return CLI_FAILED;
    }
    char *text = NULL;
    size_t length = 0;
    run->list = open_memstream(&text, &length);
    bool written = run->list != NULL && write_people(run, count);
    written = run->list != NULL && fclose(run->list) == 0 && written;
    written = written && files_write_at(run->arguments, path, text, length);
    free(text);
    if (written) {
        (void)printf("%s: %u specimen people of %s\n", path, count, run->day);
    }
    return written ? CLI_OK : CLI_FAILED;
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    struct specimen_run run = {.arguments = arguments, .csv = cli_has(arguments, "csv")};
    long count = 0, seed = 0;
    const char *day = cli_value(arguments, "date"), *out = cli_value(arguments, "out");
    if (!parse_count(arguments, &count) || !cli_number(arguments, "seed", 0, LONG_MAX, 1, &seed)) {
        return CLI_USAGE;
    }
    run.seed = (uint64_t)seed;
    run.folder = out != NULL ? out : "specimen";
    run.policy = policy_open(arguments);
    if (run.policy == NULL || (day == NULL && !day_today(run.day))) {
        jumin_policy_free(run.policy);
        return CLI_FAILED;
    }
    if (day != NULL) {
        memcpy(run.day, day, JUMIN_DAY);
    }
    const enum cli_exit result = write_all(&run, (uint32_t)count);
    jumin_policy_free(run.policy);
    return result;
}

static const struct cli_option options[] = {
    {"seed", "NUMBER", "the same people for the same number, everywhere; 1 unless given"},
    {"out", "FOLDER", "where the list and photos/ are written; specimen unless given"},
    {"date", "YYYY-MM-DD", "the day on which they may apply; today unless given"},
    {"csv", NULL, "people.csv in place of people.jsonl"},
    {"profile", "NAME", "what kind of card they apply for; left open unless given"},
    SCHEME_OPTION,
};

const struct cli_command station_specimen_command = {
    .name = "station specimen",
    .summary = "Make people who do not exist, with drawn portraits, for trying out a station",
    .operands = "COUNT",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes =
        "The list is what `jumin station batch` takes. Registration numbers have 20 added to their month, "
        "as those of\n"
        "specimens do: nobody can have one of them.",
    .check = check,
    .run = run,
};
