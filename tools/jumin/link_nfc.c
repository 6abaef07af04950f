// The way to a card through an NFC device that the command line names.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/link_nfc.h"

#include <jansson.h>
#include <jumin/nfc.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICES_MAX = 16, BYTES_TEXT_MAX = 2 * 32 + 1, RATE_MAX = 848 };

static bool rate_of(const struct cli_arguments *arguments, unsigned *rate)
{
    long value = 0;
    if (!cli_number(arguments, "nfc-rate", 0, RATE_MAX, 0, &value)) {
        return false;
    }
    *rate = (unsigned)value;
    return value == 0 || value == 106 || value == 212 || value == 424 || value == 848 ||
           cli_misused(arguments, "--nfc-rate is 106, 212, 424 or 848");
}

bool link_nfc_check(const struct cli_arguments *arguments)
{
    unsigned rate = 0;
    const char *connection = cli_value(arguments, "nfc");
    if (connection == NULL) {
        return (!cli_has(arguments, "nfc-extended") && !cli_has(arguments, "nfc-rate")) ||
               cli_misused(arguments, "name the NFC device with --nfc");
    }
    if (cli_has(arguments, "reader")) {
        return cli_misused(arguments, "a card lies on one reader: --reader or --nfc");
    }
    if (connection[0] == '\0' || strlen(connection) >= JUMIN_NFC_CONNECTION_MAX) {
        return cli_misused(arguments, "--nfc takes a connection string of libnfc, "
                                      "as pn532_uart:/dev/ttyUSB0:115200");
    }
    return rate_of(arguments, &rate);
}

// What libnfc prints by itself says less than the error that follows it.
static void silence_libnfc(void)
{
    (void)setenv("LIBNFC_LOG_LEVEL", "0", 0);
}

bool link_nfc_new(const struct cli_arguments *arguments, struct link *link)
{
    silence_libnfc();
    const enum jumin_error error = jumin_nfc_new(&link->nfc, cli_value(arguments, "nfc"));
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK;
}

enum jumin_error link_nfc_wait(const struct link *link, int milliseconds, const char **detail)
{
    const enum jumin_error error = jumin_nfc_wait_card(link->nfc, milliseconds, NULL);
    *detail = jumin_nfc_detail(link->nfc);
    return error;
}

enum jumin_error link_nfc_open(const struct cli_arguments *arguments, struct link *link)
{
    struct jumin_nfc_options options = {.mode = JUMIN_NFC_SHORT};
    if (!rate_of(arguments, &options.rate)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (cli_has(arguments, "nfc-extended")) {
        options.mode = JUMIN_NFC_EXTENDED;
    }
    return jumin_nfc_open(link->nfc, &options, &link->transport);
}

void link_nfc_free(struct link *link)
{
    jumin_nfc_free(link->nfc);
}

// --- jumin readers -----------------------------------------------------------------------------------------

static void format_bytes(const uint8_t *bytes, size_t n, char text[BYTES_TEXT_MAX])
{
    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(text + 2 * i, 3, "%02X", bytes[i]);
    }
}

static void show_json(const char *connection, const char *name, const struct jumin_nfc_card *card)
{
    json_t *device =
        json_pack("{s:s, s:s, s:b}", "name", name, "connection", connection, "card", card != NULL);
    if (card != NULL) {
        char uid[BYTES_TEXT_MAX], answer[BYTES_TEXT_MAX];
        format_bytes(card->uid, card->uid_length, uid);
        format_bytes(card->answer, card->answer_length, answer);
        const char type[] = {card->type, '\0'};
        (void)json_object_update_new(device, json_pack("{s:s, s:s, s:b, s:s}", "type", type, "uid", uid,
                                                       "iso14443-4", (int)card->iso_dep, "answer", answer));
    }
    (void)json_dumpf(device, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(device);
}

static void show(const char *connection, const char *name, const struct jumin_nfc_card *card)
{
    char uid[BYTES_TEXT_MAX], answer[BYTES_TEXT_MAX];
    (void)printf("%s\n  %s\n", connection, name);
    if (card == NULL) {
        (void)printf("  no card\n");
        return;
    }
    format_bytes(card->uid, card->uid_length, uid);
    format_bytes(card->answer, card->answer_length, answer);
    (void)printf("  card of type %c, UID %s%s%s%s\n", card->type, uid, card->iso_dep ? ", ISO 14443-4" : "",
                 card->answer_length > 0 ? ", answer " : "", answer);
}

static enum cli_exit show_device(const struct cli_arguments *arguments)
{
    struct link link = {0};
    struct jumin_nfc_card card;
    if (!link_nfc_new(arguments, &link)) {
        return CLI_FAILED;
    }
    const char *connection = cli_value(arguments, "nfc");
    const enum jumin_error error = jumin_nfc_wait_card(link.nfc, 0, &card);
    const bool answered = error == JUMIN_OK || error == JUMIN_ERROR_TIMEOUT;
    if (!answered) {
        (void)cli_fail_error(arguments, error, jumin_nfc_detail(link.nfc));
    } else {
        (cli_has(arguments, "json") ? show_json : show)(connection, jumin_nfc_name(link.nfc),
                                                        error == JUMIN_OK ? &card : NULL);
    }
    link_nfc_free(&link);
    return answered ? CLI_OK : CLI_FAILED;
}

static enum cli_exit show_devices(const struct cli_arguments *arguments)
{
    static char connections[DEVICES_MAX][JUMIN_NFC_CONNECTION_MAX];
    size_t count = 0;
    silence_libnfc();
    const enum jumin_error error = jumin_nfc_list(connections, DEVICES_MAX, &count);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, NULL);
    }
    if (cli_has(arguments, "json")) {
        json_t *list = json_array();
        for (size_t i = 0; i < count; i++) {
            (void)json_array_append_new(list, json_pack("{s:s}", "connection", connections[i]));
        }
        (void)json_dumpf(list, stdout, JSON_INDENT(2));
        (void)printf("\n");
        json_decref(list);
        return CLI_OK;
    }
    for (size_t i = 0; i < count; i++) {
        (void)printf("%s\n", connections[i]);
    }
    if (count == 0) {
        (void)printf("libnfc finds no device by itself; one on a serial port has to be named.\n");
    }
    return CLI_OK;
}

enum cli_exit link_nfc_readers(const struct cli_arguments *arguments)
{
    return cli_has(arguments, "nfc") ? show_device(arguments) : show_devices(arguments);
}
