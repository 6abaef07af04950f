// `jumin station batch`: a list of people becomes applications, approvals and cards, as far as the officer's
// roles go.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/batch_report.h"
#include "tools/jumin/perso_session.h"
#include "tools/jumin/terminal.h"

#include <jumin/link_model.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WAIT_MAX = 86400, RATE_MAX = 848, FRAME = 256, PROGRESS_EVERY = 16 };

static bool check(const struct cli_arguments *arguments)
{
    long number = 0, rate = 0;
    if (arguments->operand_count == 0) {
        return cli_misused(arguments, "the list is needed, FILE.csv or FILE.jsonl");
    }
    if (!cli_number(arguments, "wait", 0, WAIT_MAX, 0, &number) ||
        !cli_number(arguments, "readers", 1, BATCH_READERS, 1, &number) ||
        !cli_number(arguments, "rf", 0, RATE_MAX, 0, &rate)) {
        return false;
    }
    if (cli_has(arguments, "reader") && cli_has(arguments, "readers")) {
        return cli_misused(arguments, "give --reader or --readers");
    }
    const struct jumin_link_model air = {(unsigned)rate, FRAME, FRAME};
    return rate == 0 || jumin_link_model_valid(&air) ||
           cli_misused(arguments, "--rf is 106, 212, 424 or 848 kbit/s");
}

static bool check_all(const struct cli_arguments *arguments)
{
    return check(arguments) && print_check(arguments);
}

// Every card has a PIN, which is in its letter alone.
static bool check_letters(const struct batch *batch)
{
    const size_t cards = print_has_letter(batch->arguments) ? 0 : batch_would_produce(batch);
    return cards == 0 || cli_misused(batch->arguments,
                                     "%zu cards would be produced and nobody would learn their PIN: give "
                                     "--letters or --letter-command; nothing was done",
                                     cards);
}

// Why it goes no further.
static bool stop(struct batch *batch, enum jumin_error error)
{
    (void)snprintf(batch->stopped, sizeof batch->stopped, "%s: %s", jumin_error_name(error),
                   jumin_station_detail(batch->records.station));
    return false;
}

static void show(const char *what, size_t i, const struct batch *batch)
{
    char line[64];
    if (i % PROGRESS_EVERY == 0) {
        (void)snprintf(line, sizeof line, "%s: %zu of %zu rows", what, i, batch->rows.count);
        progress_show(line, 0, 0);
    }
}

// --- Intake ----------------------------------------------------------------------------------------------------

static enum jumin_error apply_form(struct batch *batch, struct batch_row *row, const struct batch_form *form)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_decision decision;
    struct jumin_station *station = batch->records.station;
    const enum jumin_error error = jumin_station_apply(station, &form->form, &decision, number);
    if (error == JUMIN_ERROR_RULES || error == JUMIN_ERROR_INPUT) {
        (void)snprintf(row->refused, sizeof row->refused, "%s", jumin_station_detail(station));
        return JUMIN_OK;
    }
    batch->applied += error == JUMIN_OK ? 1 : 0;
    // Where another station was faster, its application is found.
    return error == JUMIN_OK || error == JUMIN_ERROR_CONFLICT ? batch_row_find(row, station) : error;
}

static enum jumin_error apply_row(struct batch *batch, struct batch_row *row)
{
    struct batch_form form;
    enum jumin_error error = JUMIN_OK;
    if (batch_form_open(row, &form)) {
        error = apply_form(batch, row, &form);
    } else {
        (void)snprintf(row->refused, sizeof row->refused, "the photo cannot be read any more");
    }
    batch_form_free(&form);
    return error;
}

static bool apply_all(struct batch *batch)
{
    for (size_t i = 0; i < batch->rows.count && !progress_interrupted(); i++) {
        struct batch_row *row = &batch->rows.rows[i];
        show("apply", i, batch);
        const enum jumin_error error =
            !row->applied && row->refused[0] == '\0' ? apply_row(batch, row) : JUMIN_OK;
        if (error != JUMIN_OK) {
            return stop(batch, error);
        }
    }
    return true;
}

// --- Approval --------------------------------------------------------------------------------------------------

static enum jumin_error approve_row(struct batch *batch, struct batch_row *row)
{
    struct jumin_station *station = batch->records.station;
    const struct jumin_action_form form = {.reason = "batch"};
    const enum jumin_error error =
        jumin_station_act(station, JUMIN_ACTION_APPROVE, row->application.number, &form, NULL);
    batch->approved += error == JUMIN_OK ? 1 : 0;
    return error == JUMIN_OK || error == JUMIN_ERROR_STATUS ? batch_row_find(row, station) : error;
}

static bool approve_all(struct batch *batch)
{
    for (size_t i = 0; i < batch->rows.count && !progress_interrupted(); i++) {
        struct batch_row *row = &batch->rows.rows[i];
        show("approve", i, batch);
        const enum jumin_error error =
            row->applied && row->application.state == JUMIN_APPLIED ? approve_row(batch, row) : JUMIN_OK;
        if (error != JUMIN_OK) {
            return stop(batch, error);
        }
    }
    return true;
}

// --- The whole -------------------------------------------------------------------------------------------------

static bool has_work_for_readers(const struct batch *batch)
{
    for (size_t i = 0; i < batch->rows.count; i++) {
        if (batch_production_wants(&batch->rows.rows[i], &batch->records)) {
            return true;
        }
    }
    return false;
}

static bool work(struct batch *batch, struct records_login *login)
{
    bool ok = (batch->roles & JUMIN_ROLE_INTAKE) == 0 || apply_all(batch);
    ok = ok && ((batch->roles & JUMIN_ROLE_APPROVE) == 0 || approve_all(batch));
    progress_clear();
    if (ok && (batch->roles & JUMIN_ROLE_PRODUCE) != 0 && has_work_for_readers(batch) &&
        !progress_interrupted()) {
        ok = batch_production_run(&batch->production, batch->arguments, &batch->rows, login);
    }
    return ok;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static enum cli_exit run_batch(struct batch *batch, struct records_login *login)
{
    struct timespec start = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    if (!records_open_as(batch->arguments, login, &batch->records)) {
        return CLI_FAILED;
    }
    (void)jumin_station_officer(batch->records.station, &batch->roles);
    batch->two_person = jumin_policy_figures(batch->records.policy)->two_person;
    progress_watch_interrupts();
    if (!batch_rows_check(&batch->rows, batch->records.station)) {
        return CLI_FAILED;
    }
    if (cli_has(batch->arguments, "dry-run")) {
        batch_report_plan(batch);
        return CLI_OK;
    }
    if (!check_letters(batch)) {
        return CLI_USAGE;
    }
    const bool worked = work(batch, login);
    batch->seconds = seconds_since(&start);
    const enum cli_exit result = batch_report(batch);
    return worked ? result : CLI_FAILED;
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    struct records_login login = {0};
    enum cli_exit result = CLI_FAILED;
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL) {
        return cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    batch->arguments = arguments;
    if (batch_rows_read(arguments, arguments->operands[0], &batch->rows) && records_ask(arguments, &login)) {
        result = run_batch(batch, &login);
    }
    records_forget(&login);
    batch_production_free(&batch->production);
    records_close(&batch->records);
    batch_rows_free(&batch->rows);
    free(batch);
    return result;
}

static const struct cli_option options[] = {
    {"dry-run", NULL, "check the list and say what would be done, without doing it"},
    RECORDS_OPTIONS,
    TOKEN_PIN_OPTION,
    READ_BACK_OPTION,
    {"transport-key", "FILE",
     "master of the keys that the factory wrote; transport.key in the home unless given"},
    {"issuer-key", "FILE", "master of the keys that take their place; issuer.key in the home unless given"},
    {"reader", "NAME",
     "a reader, by the beginning of its name; may be repeated; all that there are unless given"},
    {"readers", "COUNT", "so many of all readers"},
    BATCH_FEED_OPTION,
    PRINT_FOLDER_OPTIONS,
    LETTER_COMMAND_OPTION,
    {"wait", "SECONDS", "how long a feeder may take to bring a card; 30 unless given"},
    {"rf", "KBIT", "everything takes as long as over the air at 106, 212, 424 or 848 kbit/s: for measuring"},
    {"report", "FILE", "write the report there, in JSON"},
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_batch_command = {
    .name = "station batch",
    .summary = "Take a list of people to applications, approvals and cards",
    .operands = "FILE.csv|FILE.jsonl",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes =
        "A line of FILE.jsonl is an application: {\"person\": {…}, \"photo\": PATH, \"photo_date\": DAY,\n"
        "\"holds_card\": true, \"first_issue\": false, \"paid\": WON, \"profile\": NAME}; person as "
        "`jumin station apply`\n"
        "takes it, PATH relative to FILE. FILE.csv (RFC 4180, UTF-8) has a first line that names the "
        "columns, the\n"
        "person's fields as birth_date or surname.hangul, the others as above, yes or no for true and "
        "false.\n"
        "`jumin station specimen` makes examples.\n"
        "\n"
        "The whole list is checked first, and nothing is done when it has an error. Rows that the scheme's "
        "rules\n"
        "refuse are told of, and the others go on. Then each row gets what it lacks and what this officer's "
        "roles\n"
        "allow: intake applies, approve approves, produce has the cards written; where two persons are "
        "needed,\n"
        "three officers run the same command one after the other. A person's application is found by the\n"
        "registration number, so that the same command goes on after an interruption: what stands in the "
        "records\n"
        "already stays as it is, whatever the list says of it now. Run no old list again: whose application "
        "was\n"
        "cancelled, or whose card was lost, given back or has expired since, is applied for anew, and what "
        "the list\n"
        "says was paid is booked once more.\n"
        "\n"
        "Cards are written on all readers at once. They are changed by hand, or by the feeder: COMMAND is "
        "run by\n"
        "sh with two words more, the reader's name and what became of its card,\n"
        "\n"
        "  start    there is none yet: bring the first one\n"
        "  done     written and read back\n"
        "  spoiled  begun and failed: of no use any more\n"
        "  refused  not taken, and as it was: issued already, or no card of this station's\n"
        "\n"
        "and ends with 0 when the card has left the reader and the next one lies there or soon will; with "
        "anything\n"
        "else the reader is set aside. A person whose card fails gets another one, up to three times in a "
        "run; a\n"
        "reader on which three cards in a row fail is set aside. Ctrl-C finishes the cards under way; a "
        "second one\n"
        "ends at once, and the same command goes on from there.\n"
        "\n"
        "PIN and PUK of a card are in its letter alone, NUMBER.pdf in the folder, printed before the card is "
        "locked:\n"
        "no card is produced without. A letter or data sheet that an earlier attempt has left there for the "
        "same\n"
        "application is removed, so that there is one; what COMMAND has printed for such an attempt is told "
        "of, or,\n"
        "when the program was killed meanwhile, is the older one.\n",
    .check = check_all,
    .run = run,
};
