// `jumin station erase`: what the records need no more is erased.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/records.h"

static enum cli_exit run_erase(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct jumin_upkeep upkeep = {0};
    const bool dry_run = cli_has(arguments, "dry-run");
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        result =
            records_end(arguments, records.station, jumin_station_upkeep(records.station, dry_run, &upkeep));
    }
    if (result == CLI_OK && cli_has(arguments, "json")) {
        records_print_json(json_pack("{s:I, s:I, s:b}", "erased", (json_int_t)upkeep.erased, "expired",
                                     (json_int_t)upkeep.expired, "dry_run", dry_run));
    } else if (result == CLI_OK) {
        (void)printf("Personal data %s: of %zu applications. Cards that %s: %zu.\n",
                     dry_run ? "that is due" : "erased", upkeep.erased,
                     dry_run ? "have expired and are not noted yet" : "were noted as expired",
                     upkeep.expired);
    }
    records_close(&records);
    return result;
}

static const struct cli_option erase_options[] = {
    {"dry-run", NULL, "only say how much is due"},
    RECORDS_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_erase_command = {
    .name = "station erase",
    .summary = "Erase personal data whose time is over, and note which cards have expired",
    .options = erase_options,
    .option_count = sizeof erase_options / sizeof *erase_options,
    .notes = "Person, photo and CAN go as many days after hand-over or cancellation as the scheme says "
             "(erasure_days). To be run\n"
             "daily by a timer; the counter's other commands do it too. Takes the role intake or admin.",
    .run = run_erase,
};
