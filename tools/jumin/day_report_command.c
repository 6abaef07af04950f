// `jumin station day-report`: what was done on a day, as a page, as CSV (RFC 4180) or in JSON.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/day.h"
#include "tools/jumin/files.h"
#include "tools/jumin/records.h"
#include <jumin/print.h>

#include <stdlib.h>
#include <string.h>

static const char everybody[] = "(all)"; // which is no officer's name

static int64_t balance(const struct jumin_day_figures *figures)
{
    return figures->won_taken - figures->won_paid_back;
}

// --- CSV -------------------------------------------------------------------------------------------------------

// No field needs quotes: an officer's name has small letters, digits, hyphen and point.
static void put_record(FILE *out, const char *day, const char *officer,
                       const struct jumin_day_figures *figures)
{
    (void)fprintf(out, "%s,%s", day, officer);
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        (void)fprintf(out, ",%llu", (unsigned long long)figures->counts[i]);
    }
    (void)fprintf(out, ",%lld,%lld,%lld\r\n", (long long)figures->won_taken,
                  (long long)figures->won_paid_back, (long long)balance(figures));
}

static void put_csv(FILE *out, const struct jumin_day_report *report)
{
    (void)fprintf(out, "day,officer");
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        (void)fprintf(out, ",%s", jumin_day_count_name(i));
    }
    (void)fprintf(out, ",won-taken,won-paid-back,won-balance\r\n");
    for (size_t i = 0; i < report->officer_count; i++) {
        put_record(out, report->day, report->officers[i].name, &report->officers[i].figures);
    }
    put_record(out, report->day, everybody, &report->total);
}

static enum cli_exit write_csv(const struct cli_arguments *arguments, const char *path,
                               const struct jumin_day_report *report)
{
    char *text = NULL;
    size_t n = 0;
    if (strcmp(path, "-") == 0) {
        put_csv(stdout, report);
        return CLI_OK;
    }
    FILE *out = open_memstream(&text, &n);
    if (out == NULL) {
        return cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    put_csv(out, report);
    const bool good = fclose(out) == 0 && files_write_at(arguments, path, text, n);
    free(text);
    if (!good) {
        return CLI_FAILED;
    }
    (void)printf("%s: the day report of %s\n", path, report->day);
    return CLI_OK;
}

// --- PDF -------------------------------------------------------------------------------------------------------

static enum cli_exit write_pdf(const struct cli_arguments *arguments, const char *path,
                               const struct jumin_day_report *report)
{
    uint8_t *pdf = NULL;
    size_t n = 0;
    const enum jumin_error error = jumin_print_day_report(report, &pdf, &n);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, "the day report cannot be printed");
    }
    const bool good = strcmp(path, "-") == 0 ? fwrite(pdf, 1, n, stdout) == n && fflush(stdout) == 0
                                             : files_write_at(arguments, path, pdf, n);
    jumin_print_free(pdf, n);
    if (!good) {
        return CLI_FAILED;
    }
    if (strcmp(path, "-") != 0) {
        (void)printf("%s: the day report of %s\n", path, report->day);
    }
    return CLI_OK;
}

// --- JSON ------------------------------------------------------------------------------------------------------

static json_t *figures_json(const struct jumin_day_figures *figures)
{
    json_t *object = json_object();
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        (void)json_object_set_new(object, jumin_day_count_name(i),
                                  json_integer((json_int_t)figures->counts[i]));
    }
    (void)json_object_set_new(object, "won-taken", json_integer(figures->won_taken));
    (void)json_object_set_new(object, "won-paid-back", json_integer(figures->won_paid_back));
    (void)json_object_set_new(object, "won-balance", json_integer(balance(figures)));
    return object;
}

static void print_report_json(const struct jumin_day_report *report)
{
    json_t *officers = json_object();
    for (size_t i = 0; i < report->officer_count; i++) {
        (void)json_object_set_new(officers, report->officers[i].name,
                                  figures_json(&report->officers[i].figures));
    }
    records_print_json(json_pack("{s:s, s:o, s:o}", "day", report->day, "total", figures_json(&report->total),
                                 "officers", officers));
}

// --- The page --------------------------------------------------------------------------------------------------

static void print_money(const struct jumin_day_figures *figures)
{
    const struct {
        const char *name;
        int64_t won;
    } lines[] = {
        {"taken", figures->won_taken}, {"paid back", figures->won_paid_back}, {"balance", balance(figures)}};
    char won[RECORDS_WON];
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        (void)printf("  %-14s %14s won\n", lines[i].name, records_won(lines[i].won, won));
    }
}

static void print_counts(const struct jumin_day_figures *figures, bool also_none)
{
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        if (also_none || figures->counts[i] > 0) {
            (void)printf("  %-14s %14llu\n", jumin_day_count_name(i), (unsigned long long)figures->counts[i]);
        }
    }
}

static void print_page(const struct jumin_day_report *report)
{
    (void)printf("Day report of %s, from midnight to midnight in Korea\n\n", report->day);
    print_counts(&report->total, true);
    (void)printf("\n");
    print_money(&report->total);
    for (size_t i = 0; i < report->officer_count; i++) {
        const struct jumin_day_figures *figures = &report->officers[i].figures;
        (void)printf("\n%s\n", report->officers[i].name);
        print_counts(figures, false);
        if (figures->won_taken != 0 || figures->won_paid_back != 0) {
            print_money(figures);
        }
    }
    (void)printf("\nStock when this was made\n");
    for (unsigned i = 0; i < JUMIN_CARD_STATES; i++) {
        (void)printf("  %-14s %14llu\n", jumin_card_state_name((enum jumin_card_state)i),
                     (unsigned long long)report->cards[i]);
    }
    (void)printf("\nSigned: ______________________________\n");
}

// --- The command -----------------------------------------------------------------------------------------------

static bool check_day_report(const struct cli_arguments *arguments)
{
    int64_t seconds = 0;
    const char *day = cli_value(arguments, "date");
    if (day != NULL && !day_parse(day, &seconds)) {
        return cli_misused(arguments, "--date takes a day as 2026-11-02");
    }
    return cli_has(arguments, "csv") + cli_has(arguments, "pdf") + cli_has(arguments, "json") <= 1 ||
           cli_misused(arguments, "give one of --csv, --pdf and --json");
}

static enum cli_exit show(const struct cli_arguments *arguments, const struct jumin_day_report *report)
{
    const char *csv = cli_value(arguments, "csv");
    if (csv != NULL) {
        return write_csv(arguments, csv, report);
    }
    if (cli_has(arguments, "pdf")) {
        return write_pdf(arguments, cli_value(arguments, "pdf"), report);
    }
    if (cli_has(arguments, "json")) {
        print_report_json(report);
    } else {
        print_page(report);
    }
    return CLI_OK;
}

static enum cli_exit run_day_report(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct jumin_day_report report = {0};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        result =
            records_end(arguments, records.station,
                        jumin_station_day_report(records.station, cli_value(arguments, "date"), &report));
    }
    if (result == CLI_OK) {
        result = show(arguments, &report);
    }
    jumin_day_report_free(&report);
    records_close(&records);
    return result;
}

static const struct cli_option day_report_options[] = {
    {"date", "YYYY-MM-DD", "the day in Korea; today unless given"},
    {"csv", "FILE", "as CSV into a file; - is standard output"},
    {"pdf", "FILE", "as PDF into a file; - is standard output"},
    RECORDS_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_day_report_command = {
    .name = "station day-report",
    .summary = "Show what was done on a day and by whom, cards and money",
    .options = day_report_options,
    .option_count = sizeof day_report_options / sizeof *day_report_options,
    .notes =
        "A page to be printed, unless --csv, --pdf or --json is given. It is added up from audit trail and "
        "payments. \"written\" is\n"
        "how many blank cards were used up; the stock is that of now. Takes the role intake, audit or admin.",
    .check = check_day_report,
    .run = run_day_report,
};
