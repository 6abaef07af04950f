// `jumin station produce`: the card of an application is written, locked, read back, and noted at each step.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/perso_session.h"
#include "tools/jumin/records.h"

struct production {
    struct jumin_station *station;
    char number[JUMIN_APPLICATION_NUMBER];
};

static enum jumin_error write_card(void *context, struct jumin_perso *perso, struct jumin_order *order)
{
    const struct production *production = context;
    return jumin_station_issue(production->station, perso, production->number, order, NULL);
}

static const char *writing_detail(void *context, const struct jumin_perso *perso)
{
    (void)perso;
    return jumin_station_detail(((const struct production *)context)->station);
}

static enum cli_exit produce(const struct cli_arguments *arguments, struct jumin_station *station,
                             struct perso_session *session)
{
    struct production production = {station, ""};
    const struct perso_writer writer = {write_card, writing_detail, &production};
    struct jumin_order *order = NULL;
    const char *wanted = arguments->operand_count > 0 ? arguments->operands[0] : NULL;
    enum cli_exit result =
        records_end(arguments, station, jumin_station_prepare(station, wanted, &order, production.number));
    if (result == CLI_OK && !perso_session_issue(arguments, session, order, &writer)) {
        result = CLI_FAILED;
    }
    if (result == CLI_OK) {
        if (!cli_has(arguments, "json")) {
            (void)printf("%s: verified\n", production.number);
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
