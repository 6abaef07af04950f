// `jumin readers`: the PC/SC readers or NFC devices, and whether a card lies on them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/reader_command.h"

#include <jansson.h>
#include <jumin/transport.h>
#include <stdio.h>

#include "tools/jumin/link_nfc.h"

enum { ATR_TEXT_MAX = 2 * 33 + 1 };

static void format_atr(const struct jumin_pcsc_reader *reader, char text[ATR_TEXT_MAX])
{
    for (size_t i = 0; i < reader->atr_length; i++) {
        (void)snprintf(text + 2 * i, 3, "%02X", reader->atr[i]);
    }
    text[2 * reader->atr_length] = '\0';
}

static void show_json(const struct jumin_pcsc_reader *readers, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char atr[ATR_TEXT_MAX];
        format_atr(&readers[i], atr);
        (void)json_array_append_new(list, json_pack("{s:s, s:b, s:s}", "name", readers[i].name, "card",
                                                    (int)readers[i].card_present, "atr", atr));
    }
    (void)json_dumpf(list, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(list);
}

static void show(const struct jumin_pcsc_reader *readers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char atr[ATR_TEXT_MAX];
        format_atr(&readers[i], atr);
        (void)printf("%s\n  %s%s\n", readers[i].name, readers[i].card_present ? "card, ATR " : "no card",
                     atr);
    }
    if (count == 0) {
        (void)printf("No reader is connected.\n");
    }
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    if (cli_has(arguments, "nfc") || cli_has(arguments, "nfc-devices")) {
        return link_nfc_readers(arguments);
    }
    struct jumin_pcsc *pcsc = NULL;
    const struct jumin_pcsc_reader *readers = NULL;
    size_t count = 0;
    enum jumin_error error = jumin_pcsc_new(&pcsc);
    if (error == JUMIN_OK) {
        error = jumin_pcsc_readers(pcsc, &readers, &count);
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pcsc_detail(pcsc));
    } else if (cli_has(arguments, "json")) {
        show_json(readers, count);
    } else {
        show(readers, count);
    }
    jumin_pcsc_free(pcsc);
    return error == JUMIN_OK ? CLI_OK : CLI_FAILED;
}

static const struct cli_option options[] = {NFC_READERS_OPTIONS, {"json", NULL, "answer in JSON"}};

const struct cli_command readers_command = {
    .name = "readers",
    .summary = "List the PC/SC readers, or NFC devices, and the cards on them",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .check = link_nfc_check,
    .run = run,
};
