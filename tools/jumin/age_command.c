// `jumin card age`: is the holder old enough? The terminal learns yes or no, and nothing else.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/day.h"
#include "tools/jumin/eid_command.h"
#include "tools/jumin/eid_session.h"
#include "tools/jumin/policy_command.h"
#include "tools/jumin/terminal.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { DATE = 9 }; // YYYYMMDD and its end

// The last birth date that is adult today, in Korea.
static bool adult_date(const struct cli_arguments *arguments, char date[DATE])
{
    char today[JUMIN_DAY], born_until[JUMIN_DAY];
    struct jumin_policy *policy = policy_open(arguments);
    const bool known = policy != NULL && day_today(today) &&
                       jumin_policy_born_until(policy, "adult", today, born_until) == JUMIN_OK;
    if (known) {
        day_digits(born_until, date);
    }
    jumin_policy_free(policy);
    return known;
}

static bool wanted_date(const struct cli_arguments *arguments, char date[DATE])
{
    const char *given = cli_value(arguments, "date");
    int64_t seconds = 0;
    if (given == NULL) {
        return adult_date(arguments, date);
    }
    if (!day_parse(given, &seconds)) {
        return cli_misused(arguments, "--date takes a day as 2007-12-31");
    }
    day_digits(given, date);
    return true;
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
    {"adult", NULL,
     "born by 31 December of the year 19 years ago, as the scheme has it; so unless --date is given"},
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
