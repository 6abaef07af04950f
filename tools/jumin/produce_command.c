// `jumin station produce`: the card of an application is written, locked, read back, and noted at each step.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/perso_session.h"
#include "tools/jumin/print_output.h"
#include "tools/jumin/records.h"
#include "tools/jumin/terminal.h"

#include <stdio.h>

struct production {
    const struct cli_arguments *arguments;
    struct jumin_station *station;
    char number[JUMIN_APPLICATION_NUMBER];
    const struct jumin_station_letter *letter;
    struct print_made made;
    enum jumin_error error; // of the last attempt
};

// On the terminal, before the card is locked: whatever happens then, its PIN was seen.
static bool show_passwords(void *context, const char *number, const struct jumin_order *order)
{
    (void)context;
    progress_clear();
    (void)printf("%s: to be given to the holder, shown once and kept nowhere:\n", number);
    perso_session_report_passwords(order);
    return fflush(stdout) == 0;
}

static bool print_letter(void *context, const char *number, const struct jumin_order *order)
{
    struct production *production = context;
    return print_pin_letter(production->arguments, number, order, &production->made);
}

static enum jumin_error write_card(void *context, struct jumin_perso *perso, struct jumin_order *order)
{
    struct production *production = context;
    production->error =
        jumin_station_issue(production->station, perso, production->number, order, production->letter);
    return production->error;
}

static const char *writing_detail(void *context, const struct jumin_perso *perso)
{
    (void)perso;
    return jumin_station_detail(((const struct production *)context)->station);
}

static void tell_how_to_go_on(void *context, const struct cli_arguments *arguments,
                              const struct jumin_order *order)
{
    const struct production *production = context;
    if (production->letter == NULL && jumin_order_pin(order)[0] != '\0') {
        perso_session_tell_passwords(arguments, order);
    }
    (void)fprintf(stderr,
                  "Go on with `jumin station produce %s`, or give the card up: `jumin station spoil %s`.\n",
                  production->number, production->number);
}

// What goes on after the lock has no PIN: it was printed before.
static void tell_of_old_letter(const struct production *production, const struct jumin_order *order)
{
    if (jumin_order_pin(order)[0] == '\0') {
        (void)fprintf(
            stderr,
            "Its PIN was shown or printed before the card was locked, and is kept nowhere. Who has not "
            "got it:\n"
            "  jumin station spoil %s      and another card is produced, or\n"
            "  jumin card pin change --terminal office --can %s      sets another PIN at an office\n",
            production->number, jumin_order_can(order));
    }
}

static void report(const struct cli_arguments *arguments, const struct production *production,
                   const struct jumin_order *order)
{
    if (cli_has(arguments, "json")) {
        perso_session_report_json(production->number, order, !print_has_letter(arguments));
    } else {
        (void)printf("%s: verified\n", production->number);
        perso_session_report(order);
    }
    tell_of_old_letter(production, order);
}

static enum cli_exit produce(const struct cli_arguments *arguments, struct jumin_station *station,
                             struct perso_session *session)
{
    static const struct jumin_station_letter shown = {show_passwords, NULL};
    struct production production = {.arguments = arguments, .station = station};
    const struct jumin_station_letter printed = {print_letter, &production};
    const struct perso_writer writer = {write_card, writing_detail, tell_how_to_go_on, &production};
    struct jumin_order *order = NULL;
    const char *wanted = arguments->operand_count > 0 ? arguments->operands[0] : NULL;
    production.letter = print_has_letter(arguments) ? &printed : cli_has(arguments, "json") ? NULL : &shown;
    enum cli_exit result =
        records_end(arguments, station, jumin_station_prepare(station, wanted, &order, production.number));
    if (result == CLI_OK && (!print_data_sheet(arguments, production.number, order, &production.made) ||
                             !perso_session_issue(arguments, session, order, &writer))) {
        result = CLI_FAILED;
    }
    if (result == CLI_OK) {
        report(arguments, &production, order);
    } else if (print_is_void(production.error, order)) {
        print_take_back(arguments, production.number, &production.made);
    }
    jumin_order_free(order);
    return result;
}

static enum cli_exit run_produce(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct perso_session session = {0};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records) && perso_session_open(arguments, &session)) {
        result = produce(arguments, records.station, &session);
    }
    perso_session_close(&session);
    records_close(&records);
    return result;
}

static bool check_produce(const struct cli_arguments *arguments)
{
    return print_check(arguments) && link_check(arguments);
}

static const struct cli_option produce_options[] = {
    RECORDS_OPTIONS, PRINT_OPTIONS, PRINT_FOLDER_OPTIONS, PERSO_OPTIONS, {"json", NULL, "answer in JSON"},
};

const struct cli_command station_produce_command = {
    .name = "station produce",
    .summary = "Write the card of an application that is approved: write, sign, lock, read back",
    .operands = "[NUMBER]",
    .options = produce_options,
    .option_count = sizeof produce_options / sizeof *produce_options,
    .notes = "Without a number, that of the oldest that waits and that this officer may take. PIN and PUK "
             "are shown "
             "once,\n"
             "before the card is locked, and kept nowhere; with --json they are in the answer, with a letter "
             "in that "
             "alone. In a\n"
             "folder, data sheet and letter are NUMBER.pdf; where there is one already, NUMBER-2.pdf and so "
             "on, the last "
             "being\n"
             "the one that counts. Files have mode 0600, and none is written over.\n"
             "\n"
             "What was begun and not ended, because the program was killed or the power went, is taken up "
             "again by "
             "its\n"
             "number: before the lock with any blank card, and PIN and PUK that were shown are void; from "
             "the lock "
             "on with\n"
             "that card alone, whose PIN stays. Once deliveries are received (jumin station stock), other "
             "cards are "
             "refused.\n"
             "Takes the role produce, and another officer than the one who has approved.",
    .check = check_produce,
    .run = run_produce,
};
