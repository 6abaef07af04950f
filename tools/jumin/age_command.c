// `jumin card age`: is the holder old enough? The terminal learns yes or no, and nothing else.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eid_command.h"
#include "tools/jumin/eid_session.h"
#include "tools/jumin/terminal.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    DATE = 9, // YYYYMMDD and its end
    // Who turns 19 in a year may be sold to from its first day on (Youth Protection Act, article 2).
    ADULT_YEARS = 19,
};

// The last birth date that is adult this year, in Korea: 31 December of the year 19 years ago.
static bool adult_date(char date[DATE])
{
    struct tm today;
    const time_t clock = time(NULL) + JUMIN_KOREAN_CLOCK;
    if (gmtime_r(&clock, &today) == NULL) {
        return false;
    }
    return snprintf(date, DATE, "%04d1231", (1900 + today.tm_year - ADULT_YEARS) % 10000) == DATE - 1;
}

// YYYY-MM-DD, a day that there was.
static bool parse_date(const char *text, char date[DATE])
{
    struct tm day = {.tm_hour = 12};
    const char *end = strptime(text, "%Y-%m-%d", &day);
    if (end == NULL || *end != '\0' || strlen(text) != strlen("YYYY-MM-DD")) {
        return false;
    }
    struct tm normal = day;
    (void)timegm(&normal);
    return normal.tm_mday == day.tm_mday && strftime(date, DATE, "%Y%m%d", &day) == DATE - 1;
}

static bool wanted_date(const struct cli_arguments *arguments, char date[DATE])
{
    const char *given = cli_value(arguments, "date");
    if (given == NULL) {
        return adult_date(date);
    }
    return parse_date(given, date) || cli_misused(arguments, "--date takes a day as 2007-12-31");
}

static bool check(const struct cli_arguments *arguments)
{
    char date[DATE];
    if (cli_has(arguments, "adult") && cli_has(arguments, "date")) {
        return cli_misused(arguments, "give one of --adult and --date");
    }
    return wanted_date(arguments, date) && eid_session_check(arguments);
}

static bool ask(const struct cli_arguments *arguments, struct jumin_eid *eid,
                enum jumin_eid_question question, bool *yes)
{
    const enum jumin_error error = jumin_eid_verify(eid, question, yes);
    progress_clear();
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_eid_detail(eid));
    }
    return error == JUMIN_OK;
}

static void show(const struct cli_arguments *arguments, const char *date, bool old_enough, bool valid)
{
    const bool adult = !cli_has(arguments, "date");
    char day[16];
    (void)snprintf(day, sizeof day, "%.4s-%.2s-%.2s", date, date + 4, date + 6);
    if (cli_has(arguments, "json")) {
        json_t *answer = json_pack("{s:s, s:b, s:b}", "born_until", day, "old_enough", old_enough,
                                   "document_valid", valid);
        if (adult) {
            (void)json_object_set_new(answer, "adult", json_boolean(old_enough));
        }
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
        json_decref(answer);
        return;
    }
    (void)printf("%s %s %s (born on %s or before)\n",
                 verdict_mark(stdout, old_enough ? JUMIN_PASSED : JUMIN_FAILED),
                 adult ? "adult:" : "old enough:", old_enough ? "yes" : "no", day);
    if (!valid) {
        (void)printf("%s the card has expired\n", verdict_mark(stdout, JUMIN_FAILED));
    }
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    struct eid_session session = {.terminal = NULL};
    struct jumin_eid_request request = {.rights = jumin_right_set(JUMIN_RIGHT_AGE_VERIFICATION)};
    char date[DATE];
    bool old_enough = false, valid = false;
    enum cli_exit result = CLI_FAILED;
    request.born_until = date;
    if (wanted_date(arguments, date) && eid_session_prepare(arguments, &session)) {
        if (eid_session_open(arguments, &session, &request) &&
            ask(arguments, session.eid, JUMIN_EID_AGE, &old_enough) &&
            ask(arguments, session.eid, JUMIN_EID_VALIDITY, &valid)) {
            show(arguments, date, old_enough, valid);
            result = old_enough && valid ? CLI_OK : CLI_FAILED;
        }
    }
    eid_session_close(&session);
    return result;
}

static const struct cli_option options[] = {
    TERMINAL_OPTIONS,
    PASSWORD_OPTIONS,
    {"adult", NULL, "born by 31 December of the year 19 years ago; so unless --date is given"},
    {"date", "YYYY-MM-DD", "born on this day or before"},
    PACE_OPTIONS,
    TRUST_OPTION,
    {"json", NULL, "answer in JSON"},
    LINK_OPTIONS,
};

const struct cli_command card_age_command = {
    .name = "card age",
    .summary = "Ask a card whether its holder is old enough, and nothing else",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes =
        "PACE, Terminal Authentication and Chip Authentication; the card answers yes or no. With --can the "
        "terminal\n"
        "needs the right can-allowed. The exit status is 0 only when the answer is yes and the card has not "
        "expired.\n"
        "\n"
        "    jumin card age --terminal store --can 123456",
    .check = check,
    .run = run,
};
