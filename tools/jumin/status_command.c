// `jumin station status`: an application and its state, or all of them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/records.h"

struct listing {
    json_t *list; // NULL: for a person
};

static bool show_application(void *context, const struct jumin_application *application)
{
    const struct listing *listing = context;
    char text[RECORDS_TIME];
    const char *state = jumin_application_state_name(application->state);
    if (listing->list == NULL) {
        (void)printf("%-14s %-12s %-10s %-12s %s\n", application->number, state,
                     application->document_number[0] != '\0' ? application->document_number : "-",
                     application->profile, records_time(application->changed_at, text));
        return true;
    }
    (void)json_array_append_new(
        listing->list,
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:s, s:s, s:s, s:s}", "number",
                  application->number, "state", state, "document_number", application->document_number,
                  "expiry_date", application->expiry_date, "profile", application->profile, "won_taken",
                  (json_int_t)application->won_taken, "won_paid_back", (json_int_t)application->won_paid_back,
                  "erased", application->erased, "changed", records_time(application->changed_at, text),
                  "applied_by", application->applied_by, "approved_by", application->approved_by,
                  "produced_by", application->produced_by));
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
        records_print_json(json_incref(listing.list));
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
