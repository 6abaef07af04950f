// `jumin station apply`: an application is taken, where the rules allow it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/day.h"
#include "tools/jumin/files.h"
#include "tools/jumin/records.h"

#include <stdlib.h>
#include <string.h>

enum {
    PERSON_FILE_MAX = 65536,
    PHOTO_FILE_MAX = 32 << 20,
};

static bool check_apply(const struct cli_arguments *arguments)
{
    int64_t seconds = 0;
    long paid = 0;
    const char *day = cli_value(arguments, "photo-date");
    if (!cli_has(arguments, "person")) {
        return cli_misused(arguments, "--person is needed");
    }
    if (day != NULL && !day_parse(day, &seconds)) {
        return cli_misused(arguments, "--photo-date takes a day as 2026-11-02");
    }
    return cli_number(arguments, "paid", 0, JUMIN_WON_MAX, 0, &paid);
}

// What the command line says of an application, with the bytes of its files.
struct form {
    struct jumin_application_form form;
    uint8_t *person, *photo; // owned
    size_t person_length, photo_length;
};

static bool read_form(const struct cli_arguments *arguments, struct form *form)
{
    long paid = 0;
    const char *photo = cli_value(arguments, "photo");
    if (!cli_number(arguments, "paid", 0, JUMIN_WON_MAX, 0, &paid) ||
        !files_read(arguments, cli_value(arguments, "person"), PERSON_FILE_MAX, &form->person,
                    &form->person_length) ||
        (photo != NULL && !files_read(arguments, photo, PHOTO_FILE_MAX, &form->photo, &form->photo_length))) {
        return false;
    }
    form->form = (struct jumin_application_form){.person = (const char *)form->person,
                                                 .person_length = form->person_length,
                                                 .photo = form->photo,
                                                 .photo_length = form->photo_length,
                                                 .profile = cli_value(arguments, "profile"),
                                                 .holds_card = cli_has(arguments, "holds-card"),
                                                 .first_issue = cli_has(arguments, "first-issue"),
                                                 .photo_date = cli_value(arguments, "photo-date"),
                                                 .won_paid = (unsigned)paid};
    return true;
}

static void release_form(struct form *form)
{
    if (form->person != NULL) {
        explicit_bzero(form->person, form->person_length);
    }
    if (form->photo != NULL) {
        explicit_bzero(form->photo, form->photo_length);
    }
    free(form->person);
    free(form->photo);
}

static enum cli_exit apply(const struct cli_arguments *arguments, struct records *records,
                           const struct jumin_application_form *form)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_decision decision;
    const enum jumin_error error = jumin_station_apply(records->station, form, &decision, number);
    if (error != JUMIN_OK && error != JUMIN_ERROR_RULES) {
        return records_end(arguments, records->station, error);
    }
    if (cli_has(arguments, "json")) {
        json_t *answer = policy_decision_json(&decision);
        if (error == JUMIN_OK) {
            (void)json_object_set_new(answer, "number", json_string(number));
        }
        records_print_json(answer);
    } else if (error == JUMIN_OK) {
        (void)printf("%s: applied\n", number);
    } else {
        policy_show_decision(&decision);
    }
    return records_end(arguments, records->station, error);
}

static enum cli_exit run_apply(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct form form = {0};
    enum cli_exit result = CLI_FAILED;
    if (read_form(arguments, &form) && records_open(arguments, true, &records)) {
        records_keep_up(&records);
        result = apply(arguments, &records, &form.form);
    }
    records_close(&records);
    release_form(&form);
    return result;
}

static const struct cli_option apply_options[] = {
    {"person", "FILE",
     "who applies, in JSON: a person file without document_number, issue_date, expiry_date"},
    {"photo", "FILE", "the portrait, where the profile has one"},
    {"photo-date", "YYYY-MM-DD", "when it was taken"},
    {"holds-card", NULL, "the person has shown a resident card"},
    {"first-issue", NULL, "it is the person's first resident card"},
    {"paid", "WON", "what was paid; 0 unless given"},
    {"profile", "NAME", "what kind of card; resident unless given (jumin station profile list)"},
    RECORDS_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_apply_command = {
    .name = "station apply",
    .summary = "Take an application for a card",
    .options = apply_options,
    .option_count = sizeof apply_options / sizeof *apply_options,
    .notes =
        "The scheme's rules decide (jumin station policy show); where one is not met all are told. Person "
        "and photo are\n"
        "checked as the card will need them, and kept encrypted. Takes the role intake.",
    .check = check_apply,
    .run = run_apply,
};
