// `jumin station stock …`: blank cards, received and accounted for to the last.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/files.h"
#include "tools/jumin/records.h"

#include <jansson.h>
#include <jumin/stock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 64 << 20 };

// --- receive ---------------------------------------------------------------------------------------------------

static bool check_receive(const struct cli_arguments *arguments)
{
    return (arguments->operand_count > 0 || cli_misused(arguments, "the delivery list is needed")) &&
           (cli_has(arguments, "delivery") || cli_misused(arguments, "--delivery is needed"));
}

static enum cli_exit run_receive(const struct cli_arguments *arguments)
{
    struct records records = {0};
    const char *delivery = cli_value(arguments, "delivery");
    uint8_t *list = NULL;
    size_t n = 0, count = 0;
    enum cli_exit result = CLI_FAILED;
    if (files_read(arguments, arguments->operands[0], LIST_MAX, &list, &n) &&
        records_open(arguments, true, &records)) {
        result = records_end(arguments, records.station,
                             jumin_station_receive(records.station, delivery, (const char *)list, n, &count));
    }
    if (result == CLI_OK) {
        (void)printf("%s: %zu cards received\n", delivery, count);
    }
    records_close(&records);
    free(list);
    return result;
}

static const struct cli_option receive_options[] = {
    {"delivery", "NAME", "how the delivery is called, once and for all"},
    RECORDS_OPTIONS,
};

const struct cli_command station_stock_receive_command = {
    .name = "station stock receive",
    .summary = "Receive a delivery of blank cards",
    .operands = "FILE",
    .options = receive_options,
    .option_count = sizeof receive_options / sizeof *receive_options,
    .notes = "The list has a card's serial number (key diversification data) in hexadecimal digits on each "
             "line; it "
             "is taken\n"
             "whole or not at all. Until the first delivery cards are taken as they come; from then on a "
             "card that "
             "is in none\n"
             "is refused. Takes the role produce.",
    .check = check_receive,
    .run = run_receive,
};

// --- show ------------------------------------------------------------------------------------------------------

struct listing {
    json_t *list; // NULL: for a person
    uint64_t received, cards[JUMIN_CARD_STATES];
};

static void show_counts(const char *name, uint64_t received, const uint64_t cards[JUMIN_CARD_STATES])
{
    (void)printf("%-24s %8llu", name, (unsigned long long)received);
    for (int state = 0; state < JUMIN_CARD_STATES; state++) {
        (void)printf(" %9llu", (unsigned long long)cards[state]);
    }
    (void)printf("\n");
}

static bool show_delivery(void *context, const struct jumin_stock *stock)
{
    struct listing *listing = context;
    json_t *entry = json_object();
    listing->received += stock->received;
    for (int state = 0; state < JUMIN_CARD_STATES; state++) {
        listing->cards[state] += stock->cards[state];
        (void)json_object_set_new(entry, jumin_card_state_name((enum jumin_card_state)state),
                                  json_integer((json_int_t)stock->cards[state]));
    }
    if (listing->list != NULL) {
        (void)json_object_set_new(entry, "delivery",
                                  stock->delivery[0] != '\0' ? json_string(stock->delivery) : json_null());
        (void)json_object_set_new(entry, "received", json_integer((json_int_t)stock->received));
        (void)json_array_append(listing->list, entry);
    } else {
        show_counts(stock->delivery[0] != '\0' ? stock->delivery : "(none)", stock->received, stock->cards);
    }
    json_decref(entry);
    return true;
}

static bool show_card(void *context, const struct jumin_card_record *card)
{
    const struct listing *listing = context;
    const char *state = jumin_card_state_name(card->state);
    if (listing->list == NULL) {
        (void)printf("%s  %-9s  %-24s  %s\n", card->serial, state,
                     card->delivery[0] != '\0' ? card->delivery : "(none)",
                     card->application[0] != '\0' ? card->application : "-");
        return true;
    }
    (void)json_array_append_new(
        listing->list, json_pack("{s:s, s:s, s:s?, s:s?}", "serial", card->serial, "state", state, "delivery",
                                 card->delivery[0] != '\0' ? card->delivery : NULL, "application",
                                 card->application[0] != '\0' ? card->application : NULL));
    return true;
}

static enum jumin_error show(const struct cli_arguments *arguments, struct jumin_station *station,
                             struct listing *listing)
{
    if (cli_has(arguments, "cards")) {
        return jumin_station_cards(station, show_card, listing);
    }
    if (listing->list == NULL) {
        (void)printf("%-24s %8s", "delivery", "received");
        for (int state = 0; state < JUMIN_CARD_STATES; state++) {
            (void)printf(" %9s", jumin_card_state_name((enum jumin_card_state)state));
        }
        (void)printf("\n");
    }
    const enum jumin_error error = jumin_station_stock(station, show_delivery, listing);
    if (error == JUMIN_OK && listing->list == NULL) {
        show_counts("together", listing->received, listing->cards);
    }
    return error;
}

static enum cli_exit run_show(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct listing listing = {.list = cli_has(arguments, "json") ? json_array() : NULL};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        result = records_end(arguments, records.station, show(arguments, records.station, &listing));
    }
    if (result == CLI_OK && listing.list != NULL) {
        records_print_json(json_incref(listing.list));
    }
    json_decref(listing.list);
    records_close(&records);
    return result;
}

static const struct cli_option show_options[] = {
    {"cards", NULL, "each card by its serial number"},
    RECORDS_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_stock_show_command = {
    .name = "station stock show",
    .summary = "Show what became of the cards of each delivery",
    .options = show_options,
    .option_count = sizeof show_options / sizeof *show_options,
    .notes = "received = blank + begun + issued + spoiled + destroyed. A card that was begun and left can be "
             "begun again;\n"
             "an issued one is locked.",
    .run = run_show,
};

// --- spoil, destroy --------------------------------------------------------------------------------------------

static enum cli_exit act(const struct cli_arguments *arguments, enum jumin_stock_action action,
                         const char *done)
{
    struct records records = {0};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        result = records_end(arguments, records.station,
                             jumin_station_stock_act(records.station, action, arguments->operands[0],
                                                     cli_value(arguments, "reason")));
    }
    if (result == CLI_OK) {
        (void)printf("%s: %s\n", arguments->operands[0], done);
    }
    records_close(&records);
    return result;
}

static bool check_serial(const struct cli_arguments *arguments)
{
    return arguments->operand_count > 0 || cli_misused(arguments, "the card's serial number is needed");
}

static bool check_spoil(const struct cli_arguments *arguments)
{
    return check_serial(arguments) &&
           (cli_has(arguments, "reason") || cli_misused(arguments, "--reason is needed"));
}

static enum cli_exit run_spoil(const struct cli_arguments *arguments)
{
    return act(arguments, JUMIN_STOCK_SPOIL, "spoiled");
}

static enum cli_exit run_destroy(const struct cli_arguments *arguments)
{
    return act(arguments, JUMIN_STOCK_DESTROY, "destroyed");
}

static const struct cli_option action_options[] = {
    {"reason", "TEXT", "stands in the audit trail; nothing personal"},
    RECORDS_OPTIONS,
};

const struct cli_command station_stock_spoil_command = {
    .name = "station stock spoil",
    .summary = "Note that a card that has no application is of no use",
    .operands = "SERIAL",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "The card of an application is spoiled with it (jumin station spoil). Takes the role produce.",
    .check = check_spoil,
    .run = run_spoil,
};

const struct cli_command station_stock_destroy_command = {
    .name = "station stock destroy",
    .summary = "Note that a spoiled card was destroyed",
    .operands = "SERIAL",
    .options = action_options,
    .option_count = sizeof action_options / sizeof *action_options,
    .notes = "Takes the role produce.",
    .check = check_serial,
    .run = run_destroy,
};

// --- count -----------------------------------------------------------------------------------------------------

static bool take_count(const struct cli_arguments *arguments, uint64_t *count)
{
    static const char digits[] = "0123456789";
    const char *text = arguments->operand_count > 0 ? arguments->operands[0] : "";
    const size_t n = strlen(text);
    if (n == 0 || n > 9 || strspn(text, digits) != n) {
        return cli_misused(arguments, "how many blank cards there are is needed, as a number");
    }
    *count = strtoull(text, NULL, 10);
    return true;
}

static bool check_count(const struct cli_arguments *arguments)
{
    uint64_t count = 0;
    return take_count(arguments, &count);
}

static enum cli_exit run_count(const struct cli_arguments *arguments)
{
    struct records records = {0};
    uint64_t counted = 0, recorded = 0;
    enum cli_exit result = CLI_FAILED;
    if (take_count(arguments, &counted) && records_open(arguments, true, &records)) {
        result = records_end(arguments, records.station,
                             jumin_station_stock_count(records.station, counted, &recorded));
    }
    if (result == CLI_OK && counted == recorded) {
        (void)printf("%llu blank cards, as the records have it\n", (unsigned long long)counted);
    } else if (result == CLI_OK) {
        result = cli_fail(arguments, "counted %llu blank cards, the records have %llu: %llu too %s",
                          (unsigned long long)counted, (unsigned long long)recorded,
                          (unsigned long long)(counted > recorded ? counted - recorded : recorded - counted),
                          counted > recorded ? "many" : "few");
    }
    records_close(&records);
    return result;
}

static const struct cli_option count_options[] = {RECORDS_OPTIONS};

const struct cli_command station_stock_count_command = {
    .name = "station stock count",
    .summary = "Compare the blank cards that were counted with the records",
    .operands = "N",
    .options = count_options,
    .option_count = sizeof count_options / sizeof *count_options,
    .notes =
        "The difference stands in the audit trail; the exit status is 1 when there is one. Cards that were "
        "begun are\n"
        "not counted. Takes the role produce.",
    .check = check_count,
    .run = run_count,
};
