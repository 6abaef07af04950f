// The way to a card that the command line names: a PC/SC reader or an NFC device, with or without a record of
// all APDUs.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/link.h"

#include "tools/jumin/link_nfc.h"
#include "tools/jumin/terminal.h"
#include <errno.h>
#include <string.h>

enum { WAIT_DEFAULT = 30, WAIT_MAX = 86400, MILLISECONDS = 1000, WAIT_SLICE = 500 };

bool link_check(const struct cli_arguments *arguments)
{
    long seconds = 0;
    return cli_number(arguments, "wait", 0, WAIT_MAX, WAIT_DEFAULT, &seconds) && link_nfc_check(arguments);
}

static enum jumin_error wait_slice(const struct cli_arguments *arguments, const struct link *link, int slice,
                                   char found[LINK_READER_MAX], const char **detail)
{
    if (link->nfc != NULL) {
        return link_nfc_wait(link, slice, detail);
    }
    const enum jumin_error error =
        jumin_pcsc_wait_card(link->pcsc, cli_value(arguments, "reader"), slice, found, LINK_READER_MAX);
    *detail = jumin_pcsc_detail(link->pcsc);
    return error;
}

// In slices, so that an interrupt ends the wait.
static bool wait_card(const struct cli_arguments *arguments, struct link *link, char found[LINK_READER_MAX])
{
    long seconds = 0;
    if (!cli_number(arguments, "wait", 0, WAIT_MAX, WAIT_DEFAULT, &seconds)) {
        return false;
    }
    progress_show("lay the card on the reader", 0, 0);
    const char *detail = "";
    int left = (int)seconds * MILLISECONDS;
    enum jumin_error error = JUMIN_ERROR_TIMEOUT;
    do {
        const int slice = left < WAIT_SLICE ? left : WAIT_SLICE;
        error = wait_slice(arguments, link, slice, found, &detail);
        left -= slice;
    } while (error == JUMIN_ERROR_TIMEOUT && left > 0 && !progress_interrupted());
    progress_clear();
    if (error == JUMIN_ERROR_TIMEOUT && progress_interrupted()) {
        error = JUMIN_ERROR_CANCELLED;
    }
    if (error == JUMIN_ERROR_TIMEOUT) {
        (void)cli_fail(arguments, "%s: no card came; waited for %ld s", jumin_error_name(error), seconds);
    } else if (error != JUMIN_OK) {
        const bool cancelled = error == JUMIN_ERROR_CANCELLED;
        (void)cli_fail_error(arguments, error, cancelled ? NULL : detail);
    }
    return error == JUMIN_OK;
}

static bool record(const struct cli_arguments *arguments, struct link *link)
{
    const char *path = cli_value(arguments, "trace");
    if (path == NULL) {
        return true;
    }
    link->trace = fopen(path, "we");
    if (link->trace == NULL) {
        (void)cli_fail(arguments, "%s: cannot be written: %s", path, strerror(errno));
        return false;
    }
    struct jumin_transport *inner = link->transport;
    const enum jumin_error error = jumin_trace_record(&link->transport, inner, link->trace);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK;
}

static bool reach_reader(const struct cli_arguments *arguments, struct link *link)
{
    if (cli_has(arguments, "nfc")) {
        return link_nfc_new(arguments, link);
    }
    const enum jumin_error error = jumin_pcsc_new(&link->pcsc);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pcsc_detail(link->pcsc));
    }
    return error == JUMIN_OK;
}

static bool open_transport(const struct cli_arguments *arguments, struct link *link)
{
    const enum jumin_error error =
        link->nfc != NULL ? link_nfc_open(arguments, link)
                          : jumin_pcsc_open(link->pcsc, link->reader, JUMIN_PCSC_EXCLUSIVE, &link->transport);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, link->nfc != NULL ? NULL : jumin_pcsc_detail(link->pcsc));
    }
    return error == JUMIN_OK;
}

bool link_open(const struct cli_arguments *arguments, struct link *link)
{
    *link = (struct link){0};
    return reach_reader(arguments, link) && wait_card(arguments, link, link->reader) &&
           open_transport(arguments, link) && record(arguments, link);
}

void link_advise(const struct cli_arguments *arguments, const struct link *link)
{
    const struct jumin_pcsc_reader *readers = NULL;
    size_t count = 0, with_card = 0;
    if (link->pcsc == NULL || cli_has(arguments, "reader") ||
        jumin_pcsc_readers(link->pcsc, &readers, &count) != JUMIN_OK) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        with_card += readers[i].card_present ? 1 : 0;
    }
    if (with_card > 1) {
        (void)cli_fail(arguments,
                       "that was on the reader %s; %zu readers have a card: choose one with --reader",
                       link->reader, with_card);
    }
}

bool link_wait_again(const struct cli_arguments *arguments, struct link *link)
{
    char found[LINK_READER_MAX];
    return wait_card(arguments, link, found);
}

void link_close(struct link *link)
{
    jumin_transport_free(link->transport);
    jumin_pcsc_free(link->pcsc);
    link_nfc_free(link);
    if (link->trace != NULL) {
        (void)fclose(link->trace);
    }
    *link = (struct link){0};
}
