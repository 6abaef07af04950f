// One reader of a batch: card after card is waited for, written, and changed for the next one.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/batch_production.h"
#include "tools/jumin/perso_session.h"
#include "tools/jumin/terminal.h"

#include <jumin/link_model.h>
#include <limits.h>
#include <string.h>

enum {
    SLICE_MS = 200, // so that an interrupt, or the end of the work, ends a wait
    MS = 1000,
    WAIT_DEFAULT = 30,
    WAIT_MAX = 86400,
    FAILURES_IN_A_ROW = 3,
    RETURNS = 3, // of one card that left its reader
    FRAME = 256,
    REASON_SHORT = 180,
};

// --- Open and closed -------------------------------------------------------------------------------------------

// What --rf wants takes as long as over the air.
static enum jumin_error put_air(struct batch_reader *reader, const struct cli_arguments *arguments)
{
    long rate = 0;
    (void)cli_number(arguments, "rf", 0, LONG_MAX, 0, &rate);
    if (rate == 0) {
        return JUMIN_OK;
    }
    const struct jumin_link_model air = {(unsigned)rate, FRAME, FRAME};
    struct jumin_transport *inner = reader->transport;
    return jumin_link_model_new(&reader->transport, inner, &air);
}

bool batch_reader_open(struct batch_reader *reader, struct records_login *login)
{
    const struct cli_arguments *arguments = reader->production->arguments;
    enum jumin_error error = jumin_pcsc_new(&reader->pcsc);
    if (error == JUMIN_OK) {
        error = jumin_pcsc_open(reader->pcsc, reader->name, JUMIN_PCSC_EXCLUSIVE, &reader->transport);
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pcsc_detail(reader->pcsc));
        return false;
    }
    error = put_air(reader, arguments);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
        return false;
    }
    return records_open_as(arguments, login, &reader->records) &&
           perso_session_open_on(arguments, &reader->production->keys, reader->transport, &reader->perso);
}

void batch_reader_close(struct batch_reader *reader)
{
    jumin_perso_free(reader->perso);
    jumin_transport_free(reader->transport);
    jumin_pcsc_free(reader->pcsc);
    records_close(&reader->records);
    reader->perso = NULL;
    reader->transport = NULL;
    reader->pcsc = NULL;
}

// --- Changing cards --------------------------------------------------------------------------------------------

static const char *feeder(const struct batch_reader *reader)
{
    return cli_value(reader->production->arguments, "feed");
}

static bool feed(struct batch_reader *reader, const char *outcome)
{
    char why[BATCH_REASON];
    const bool fed = batch_feeder_run(feeder(reader), reader->name, outcome, why);
    if (!fed) {
        batch_production_set_aside(reader, why);
    }
    return fed;
}

static enum jumin_error card_there(struct batch_reader *reader, int milliseconds)
{
    char found[BATCH_READER_NAME];
    return jumin_pcsc_wait_card(reader->pcsc, reader->name, milliseconds, found, sizeof found);
}

// By hand: the card that was written lies there still.
static bool await_removal(struct batch_reader *reader)
{
    enum jumin_error error = JUMIN_ERROR_TIMEOUT;
    while (reader->card_is_old && error == JUMIN_ERROR_TIMEOUT &&
           batch_production_goes_on(reader->production)) {
        error = jumin_pcsc_wait_removal_since(reader->pcsc, reader->name, reader->changes, SLICE_MS);
        reader->card_is_old = error == JUMIN_ERROR_TIMEOUT;
    }
    return !reader->card_is_old;
}

// Asks for the first card of a reader that is empty.
static bool ask_for_card(struct batch_reader *reader)
{
    if (reader->asked) {
        return true;
    }
    reader->asked = true;
    if (feeder(reader) != NULL) {
        return feed(reader, "start");
    }
    batch_production_say(reader->production, "%s: lay a blank card on it", reader->name);
    return true;
}

// A card, and somebody who needs one. A feeder brings it in time or the reader is set aside; a hand takes as
// long as it takes.
static bool await_card(struct batch_reader *reader)
{
    long seconds = 0;
    (void)cli_number(reader->production->arguments, "wait", 0, WAIT_MAX, WAIT_DEFAULT, &seconds);
    int left = (int)seconds * MS;
    if (!await_removal(reader)) {
        return false;
    }
    enum jumin_error error = card_there(reader, 0);
    if (error == JUMIN_ERROR_TIMEOUT && !ask_for_card(reader)) {
        return false;
    }
    while (error == JUMIN_ERROR_TIMEOUT && batch_production_goes_on(reader->production)) {
        error = card_there(reader, SLICE_MS);
        left -= feeder(reader) != NULL ? SLICE_MS : 0;
        if (error == JUMIN_ERROR_TIMEOUT && left < 0) {
            batch_production_set_aside(reader, "no card came in time");
            return false;
        }
    }
    if (error != JUMIN_OK && error != JUMIN_ERROR_TIMEOUT) {
        batch_production_set_aside(reader, jumin_pcsc_detail(reader->pcsc));
    }
    return error == JUMIN_OK;
}

// The card leaves. By hand the next one is asked for, if one is needed.
static void change_card(struct batch_reader *reader, const char *outcome, const char *which)
{
    jumin_transport_disconnect(reader->transport);
    if (feeder(reader) != NULL) {
        reader->asked = true;
        (void)feed(reader, outcome);
        return;
    }
    reader->card_is_old = true;
    // Whoever reads the line may be faster than the wait.
    (void)jumin_pcsc_changes(reader->pcsc, reader->name, &reader->changes);
    reader->asked = batch_production_goes_on(reader->production); // else later, where one is needed yet
    batch_production_say(reader->production, "%s: %s %s; take the card away%s", reader->name, which, outcome,
                         reader->asked ? ", and lay the next one on it" : "");
    (void)await_removal(reader);
}

// --- Writing ---------------------------------------------------------------------------------------------------

static bool left_reader(enum jumin_error error)
{
    return error == JUMIN_ERROR_CARD_REMOVED || error == JUMIN_ERROR_NO_CARD ||
           error == JUMIN_ERROR_CARD_RESET;
}

// One data sheet and one letter for an application, whatever earlier attempts have left.
static bool print_before_lock(void *context, const char *number, const struct jumin_order *order)
{
    struct batch_reader *reader = context;
    const struct cli_arguments *arguments = reader->production->arguments;
    print_forget(arguments, number);
    return print_data_sheet(arguments, number, order, &reader->made) &&
           print_pin_letter(arguments, number, order, &reader->made);
}

// A card that left and came back is gone on with.
static enum jumin_error issue(struct batch_reader *reader, const struct batch_row *row,
                              struct jumin_order *order)
{
    struct jumin_station *station = reader->records.station;
    const struct jumin_station_letter letter = {print_before_lock, reader};
    enum jumin_error error = JUMIN_ERROR_CARD_REMOVED;
    reader->made = (struct print_made){0};
    for (int i = 0; i <= RETURNS && left_reader(error); i++) {
        if (i > 0 && card_there(reader, WAIT_DEFAULT * MS) != JUMIN_OK) {
            break;
        }
        error = jumin_station_issue(station, reader->perso, row->application.number, order, &letter);
    }
    if (error != JUMIN_OK && print_is_void(error, order)) {
        print_take_back(reader->production->arguments, row->application.number, &reader->made);
    }
    return error;
}

// Whether the failure is the records', the keys' or the program's, and would meet every card: a trust point
// that is missing, a certificate that has expired or leads nowhere, a signer that is revoked, a token that is
// gone.
static bool ends_all(enum jumin_error error)
{
    switch (error) {
    case JUMIN_ERROR_DATABASE:
    case JUMIN_ERROR_UNCERTAIN:
    case JUMIN_ERROR_MEMORY:
    case JUMIN_ERROR_CRYPTO:
    case JUMIN_ERROR_CANCELLED:
    case JUMIN_ERROR_ARGUMENT:
    case JUMIN_ERROR_NOT_VALID_NOW:
    case JUMIN_ERROR_SIGNER_UNKNOWN:
    case JUMIN_ERROR_REVOKED:
    case JUMIN_ERROR_TOKEN:
    case JUMIN_ERROR_TOKEN_PIN:
        return true;
    default:
        return false;
    }
}

static bool reader_is_gone(enum jumin_error error)
{
    return error == JUMIN_ERROR_READER_REMOVED || error == JUMIN_ERROR_NO_READER ||
           error == JUMIN_ERROR_NO_SERVICE;
}

static void describe(const struct batch_reader *reader, enum jumin_error error, char why[BATCH_REASON])
{
    (void)snprintf(why, BATCH_REASON, "%s: %s", jumin_error_name(error),
                   jumin_station_detail(reader->records.station));
}

// The application gets another card. The trail keeps the error's name; what a card answers is no text of
// ours.
static void spoil(struct batch_reader *reader, const struct batch_row *row, enum jumin_error error)
{
    char why[BATCH_REASON], reason[REASON_SHORT];
    (void)snprintf(reason, sizeof reason, "batch: %s", jumin_error_name(error));
    const struct jumin_action_form form = {.reason = reason};
    const enum jumin_error spoiled =
        jumin_station_act(reader->records.station, JUMIN_ACTION_SPOIL, row->application.number, &form, NULL);
    if (spoiled == JUMIN_OK) {
        print_take_back(reader->production->arguments, row->application.number, &reader->made);
    } else {
        describe(reader, spoiled, why);
        batch_production_stop(reader->production, why);
    }
}

// The card that lies there is none to be written, and stays as it is.
static bool is_refused(enum jumin_error error)
{
    return error == JUMIN_ERROR_ALREADY_PERSONALIZED || error == JUMIN_ERROR_KEYS_REFUSED ||
           error == JUMIN_ERROR_CONFLICT || error == JUMIN_ERROR_NOT_AUTHORIZED;
}

// What is no fault of the card; it stays where it is.
static bool settle_elsewhere(struct batch_reader *reader, struct batch_row *row, enum jumin_error error,
                             const char *why)
{
    if (error == JUMIN_ERROR_OTHER_CARD) { // the card of before the interruption did not come back
        spoil(reader, row, error);
    } else if (ends_all(error)) {
        batch_production_stop(reader->production, why);
    } else if (reader_is_gone(error)) {
        batch_production_set_aside(reader, why);
    } else {
        return false;
    }
    batch_production_return(reader->production, row);
    return true;
}

static void settle(struct batch_reader *reader, struct batch_row *row, enum jumin_error error)
{
    char why[BATCH_REASON];
    if (error == JUMIN_OK) {
        (void)batch_row_find(row, reader->records.station); // which number the card has
        batch_production_done(reader, row);
        change_card(reader, "done", row->application.document_number);
        return;
    }
    describe(reader, error, why);
    if (settle_elsewhere(reader, row, error, why)) {
        return;
    }
    if (!is_refused(error)) {
        spoil(reader, row, error);
    }
    batch_production_failed(reader, row, why, true);
    change_card(reader, is_refused(error) ? "refused" : "spoiled", row->application.number);
}

// Another station may have been faster since the list was checked.
static bool still_waits(struct batch_reader *reader, struct batch_row *row)
{
    return batch_row_find(row, reader->records.station) == JUMIN_OK &&
           batch_production_wants(row, &reader->records);
}

static void produce_one(struct batch_reader *reader, struct batch_row *row)
{
    char taken[JUMIN_APPLICATION_NUMBER], why[BATCH_REASON];
    struct jumin_order *order = NULL;
    struct jumin_station *station = reader->records.station;
    if (!still_waits(reader, row)) {
        batch_production_failed(reader, row, "it is at another station now, or has its card", false);
        return;
    }
    const enum jumin_error prepared = jumin_station_prepare(station, row->application.number, &order, taken);
    if (prepared != JUMIN_OK) {
        describe(reader, prepared, why);
        batch_production_failed(reader, row, why, false);
        if (ends_all(prepared)) {
            batch_production_stop(reader->production, why);
        }
        return;
    }
    const enum jumin_error error = issue(reader, row, order);
    jumin_order_free(order);
    settle(reader, row, error);
}

void *batch_reader_work(void *context)
{
    struct batch_reader *reader = context;
    while (reader->set_aside[0] == '\0' && batch_production_wait(reader->production)) {
        struct batch_row *row = await_card(reader) ? batch_production_take(reader->production) : NULL;
        if (row != NULL) {
            produce_one(reader, row);
        }
        if (reader->failed_in_a_row >= FAILURES_IN_A_ROW) {
            batch_production_set_aside(reader, "three cards in a row have failed");
        }
    }
    return NULL;
}

// --- After an interruption -------------------------------------------------------------------------------------

// An order that is on a card goes on with that card alone; others wait for any.
static enum jumin_error try_to_resume(struct batch_reader *reader, struct batch_row *row)
{
    char taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    enum jumin_error error =
        jumin_station_prepare(reader->records.station, row->application.number, &order, taken);
    if (error == JUMIN_OK) {
        error = jumin_order_is_on_card(order) ? issue(reader, row, order) : JUMIN_ERROR_OTHER_CARD;
    }
    jumin_order_free(order);
    return error;
}

void batch_reader_recover(struct batch_reader *reader)
{
    const struct batch_rows *rows = reader->production->rows;
    for (size_t i = 0; i < rows->count && card_there(reader, 0) == JUMIN_OK; i++) {
        struct batch_row *row = &rows->rows[i];
        const bool interrupted =
            row->applied && !row->done_here &&
            (row->application.state == JUMIN_PREPARED || row->application.state == JUMIN_WRITTEN);
        if (interrupted && batch_production_wants(row, &reader->records) &&
            try_to_resume(reader, row) == JUMIN_OK) {
            reader->done++;
            row->done_here = true;
            (void)batch_row_find(row, reader->records.station);
            change_card(reader, "done", row->application.document_number);
            return;
        }
    }
}
