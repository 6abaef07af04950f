// `jumin station apply`, `approve`, `cancel`, … `status`, `audit`: applications and what became of them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/day.h"
#include "tools/jumin/files.h"
#include "tools/jumin/records.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PERSON_FILE_MAX = 65536,
    PHOTO_FILE_MAX = 32 << 20,
    WON_MAX = 100000000,
    TIME_TEXT = 32,
};

static const char *time_text(int64_t at, char text[TIME_TEXT])
{
    const time_t seconds = (time_t)at;
    struct tm day;
    (void)gmtime_r(&seconds, &day);
    (void)strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &day);
    return text;
}

static void print_json(json_t *answer)
{
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

// --- apply -----------------------------------------------------------------------------------------------------

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
    return cli_number(arguments, "paid", 0, WON_MAX, 0, &paid);
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
    if (!cli_number(arguments, "paid", 0, WON_MAX, 0, &paid) ||
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
        print_json(answer);
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

// --- approve, cancel, refund, spoil, handover, report-loss, restore --------------------------------------------

static bool check_number(const struct cli_arguments *arguments)
{
    return arguments->operand_count > 0 || cli_misused(arguments, "the application's number is needed");
}

// What each command does.
static const struct {
    const struct cli_command *command;
    enum jumin_station_action action;
} actions[] = {
    {&station_approve_command, JUMIN_ACTION_APPROVE},
    {&station_handover_command, JUMIN_ACTION_HAND_OVER},
    {&station_spoil_command, JUMIN_ACTION_SPOIL},
    {&station_cancel_command, JUMIN_ACTION_CANCEL},
    {&station_refund_command, JUMIN_ACTION_REFUND},
    {&station_report_loss_command, JUMIN_ACTION_REPORT_LOSS},
    {&station_restore_command, JUMIN_ACTION_RESTORE},
};

static enum jumin_station_action action_of(const struct cli_command *command)
{
    size_t i = 0;
    while (actions[i].command != command) {
        i++;
    }
    return actions[i].action;
}

static enum cli_exit run_action(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct jumin_application application;
    const char *number = arguments->operands[0];
    if (!records_open(arguments, true, &records)) {
        records_close(&records);
        return CLI_FAILED;
    }
    enum jumin_error error = jumin_station_act(records.station, action_of(arguments->command), number,
                                               cli_value(arguments, "reason"));
    if (error == JUMIN_OK) {
        error = jumin_station_application(records.station, number, &application);
    }
    if (error == JUMIN_OK && cli_has(arguments, "json")) {
        print_json(json_pack("{s:s, s:s}", "number", application.number, "state",
                             jumin_application_state_name(application.state)));
    } else if (error == JUMIN_OK) {
        (void)printf("%s: %s\n", application.number, jumin_application_state_name(application.state));
    }
    const enum cli_exit result = records_end(arguments, records.station, error);
    records_close(&records);
    return result;
}

static const struct cli_option action_options[] = {
    {"reason", "TEXT", "stands in the audit trail; nothing personal"},
    RECORDS_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_approve_command = {
    .name = "station approve",
    .summary = "Approve an application",
    .operands = "NUMBER",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "Takes the role approve.",
    .check = check_number,
    .run = run_action,
};

const struct cli_command station_handover_command = {
    .name = "station handover",
    .summary = "Note that the holder has got the card",
    .operands = "NUMBER",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "Takes the role intake.",
    .check = check_number,
    .run = run_action,
};

const struct cli_command station_spoil_command = {
    .name = "station spoil",
    .summary = "Note that a card is spoiled; another one can be produced",
    .operands = "NUMBER",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "Takes the role produce.",
    .check = check_number,
    .run = run_action,
};

const struct cli_command station_cancel_command = {
    .name = "station cancel",
    .summary = "Cancel an application that has no card",
    .operands = "NUMBER",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "Takes the role intake.",
    .check = check_number,
    .run = run_action,
};

const struct cli_command station_refund_command = {
    .name = "station refund",
    .summary = "Note that the fee of a cancelled application was paid back",
    .operands = "NUMBER",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "Takes the role intake.",
    .check = check_number,
    .run = run_action,
};

const struct cli_command station_report_loss_command = {
    .name = "station report-loss",
    .summary = "Note that a card was reported lost",
    .operands = "NUMBER",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "Takes the role intake.",
    .check = check_number,
    .run = run_action,
};

const struct cli_command station_restore_command = {
    .name = "station restore",
    .summary = "Note that a lost card was found again",
    .operands = "NUMBER",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "Takes the role intake.",
    .check = check_number,
    .run = run_action,
};

// --- status ----------------------------------------------------------------------------------------------------

struct listing {
    json_t *list; // NULL: for a person
};

static bool show_application(void *context, const struct jumin_application *application)
{
    const struct listing *listing = context;
    char text[TIME_TEXT];
    const char *state = jumin_application_state_name(application->state);
    if (listing->list == NULL) {
        (void)printf("%-14s %-12s %-10s %-12s %s\n", application->number, state,
                     application->document_number[0] != '\0' ? application->document_number : "-",
                     application->profile, time_text(application->changed_at, text));
        return true;
    }
    (void)json_array_append_new(
        listing->list,
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "number", application->number, "state", state,
                  "document_number", application->document_number, "profile", application->profile, "changed",
                  time_text(application->changed_at, text), "applied_by", application->applied_by,
                  "approved_by", application->approved_by, "produced_by", application->produced_by));
    return true;
}

static enum cli_exit run_status(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct jumin_application application;
    struct listing listing = {cli_has(arguments, "json") ? json_array() : NULL};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        enum jumin_error error = JUMIN_OK;
        if (arguments->operand_count > 0) {
            error = jumin_station_application(records.station, arguments->operands[0], &application);
            (void)(error == JUMIN_OK && show_application(&listing, &application));
        } else {
            error = jumin_station_applications(records.station, show_application, &listing);
        }
        result = records_end(arguments, records.station, error);
    }
    if (result == CLI_OK && listing.list != NULL) {
        print_json(json_incref(listing.list));
    }
    json_decref(listing.list);
    records_close(&records);
    return result;
}

static const struct cli_option status_options[] = {RECORDS_OPTIONS, {"json", NULL, "answer in JSON"}};

const struct cli_command station_status_command = {
    .name = "station status",
    .summary = "Show an application, or all of them, and their states",
    .operands = "[NUMBER]",
    .options = status_options,
    .option_count = sizeof status_options / sizeof *status_options,
    .notes = "Who the applicants are is not shown.",
    .run = run_status,
};

// --- audit -----------------------------------------------------------------------------------------------------

static bool show_entry(void *context, const struct jumin_audit_entry *entry)
{
    const struct listing *listing = context;
    char at[TIME_TEXT], hash[2 * JUMIN_AUDIT_HASH + 1];
    for (size_t i = 0; i < JUMIN_AUDIT_HASH; i++) {
        (void)snprintf(hash + 2 * i, 3, "%02x", entry->hash[i]);
    }
    if (listing->list == NULL) {
        (void)printf("%6lld  %s  %-10s %-12s %-16s %.16s  %s\n", (long long)entry->number,
                     time_text(entry->at, at), entry->officer, entry->action, entry->subject, hash,
                     entry->detail);
        return true;
    }
    (void)json_array_append_new(listing->list,
                                json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "number",
                                          (json_int_t)entry->number, "at", time_text(entry->at, at),
                                          "officer", entry->officer, "action", entry->action, "subject",
                                          entry->subject, "detail", entry->detail, "hash", hash));
    return true;
}

static enum cli_exit run_audit(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct listing listing = {cli_has(arguments, "json") ? json_array() : NULL};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        result = records_end(arguments, records.station,
                             jumin_station_audit(records.station, show_entry, &listing));
        result = result == CLI_OK ? audit_head_check(arguments, records.station) : result;
    }
    if (result == CLI_OK && listing.list != NULL) {
        print_json(json_incref(listing.list));
    } else if (result == CLI_OK) {
        (void)printf("The audit trail is whole: every entry is as it was signed.\n");
    }
    json_decref(listing.list);
    records_close(&records);
    return result;
}

static bool check_audit(const struct cli_arguments *arguments)
{
    uint8_t hash[JUMIN_AUDIT_HASH];
    return !cli_has(arguments, "head") || audit_head_parse(arguments, hash);
}

static const struct cli_option audit_options[] = {
    {"head", "HASH", "the trail must have an entry with this hash, which was kept elsewhere"},
    RECORDS_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_audit_command = {
    .name = "station audit verify",
    .summary = "Check the audit trail from its first entry to its last, and show it",
    .options = audit_options,
    .option_count = sizeof audit_options / sizeof *audit_options,
    .notes =
        "Each entry's hash takes in the one before and is signed, so that a change anywhere shows. Keep the "
        "last hash\n"
        "elsewhere (jumin station audit head): that entries were cut off at the end shows only by --head. "
        "Takes "
        "the role\n"
        "audit.",
    .check = check_audit,
    .run = run_audit,
};
