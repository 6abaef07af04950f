// `jumin station audit verify`: the audit trail, checked and shown.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/records.h"

struct listing {
    json_t *list; // NULL: for a person
};

static bool show_entry(void *context, const struct jumin_audit_entry *entry)
{
    const struct listing *listing = context;
    char at[RECORDS_TIME], hash[2 * JUMIN_AUDIT_HASH + 1];
    for (size_t i = 0; i < JUMIN_AUDIT_HASH; i++) {
        (void)snprintf(hash + 2 * i, 3, "%02x", entry->hash[i]);
    }
    if (listing->list == NULL) {
        (void)printf("%6lld  %s  %-10s %-12s %-16s %.16s  %s\n", (long long)entry->number,
                     records_time(entry->at, at), entry->officer, entry->action, entry->subject, hash,
                     entry->detail);
        return true;
    }
    (void)json_array_append_new(listing->list,
                                json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "number",
                                          (json_int_t)entry->number, "at", records_time(entry->at, at),
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
        records_print_json(json_incref(listing.list));
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
        "Takes the role\n"
        "audit.",
    .check = check_audit,
    .run = run_audit,
};
