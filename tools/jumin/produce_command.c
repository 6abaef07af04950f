// `jumin station produce`: the card of an application is written, locked, read back, and noted at each step.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/perso_session.h"
#include "tools/jumin/records.h"

struct production {
    const struct cli_arguments *arguments;
    struct jumin_station *station;
    const char *number;
};

static bool note_written(void *context)
{
    const struct production *production = context;
    return records_end(production->arguments, production->station,
                       jumin_station_written(production->station, production->number)) == CLI_OK;
}

static enum cli_exit produce(const struct cli_arguments *arguments, struct jumin_station *station,
                             struct perso_session *session)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    const char *wanted = arguments->operand_count > 0 ? arguments->operands[0] : NULL;
    enum cli_exit result =
        records_end(arguments, station, jumin_station_prepare(station, wanted, &order, number));
    struct production production = {arguments, station, number};
    if (result == CLI_OK && !perso_session_issue(arguments, session, order, note_written, &production)) {
        result = CLI_FAILED;
    }
    if (result == CLI_OK) {
        result = records_end(arguments, station, jumin_station_verified(station, number));
    }
    if (result == CLI_OK) {
        if (!cli_has(arguments, "json")) {
            (void)printf("%s: verified\n", number);
        }
        perso_session_report(arguments, order);
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

static const struct cli_option produce_options[] = {
    RECORDS_OPTIONS,
    PERSO_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_produce_command = {
    .name = "station produce",
    .summary = "Write the card of an application that is approved: write, sign, lock, read back",
    .operands = "[NUMBER]",
    .options = produce_options,
    .option_count = sizeof produce_options / sizeof *produce_options,
    .notes =
        "Without a number, that of the oldest that waits. PIN and PUK are shown once and kept nowhere. What "
        "was begun and\n"
        "not ended is taken up again by its number. Takes the role produce, and another officer than the "
        "one who has\n"
        "approved.",
    .run = run_produce,
};
