// The card of an application is written, and each step that cannot be taken back is noted before it and after
// it.
// SPDX-License-Identifier: Apache-2.0
//
// Where a process may die, and what the next one finds (jumin_station_prepare):
//   before `begin` is noted    prepared; the card is as it was
//   before `lock` is noted     prepared; the card is begun, and this or another one is begun afresh
//   before the lock is sent    prepared, with the order that is kept: the lock is sent to that card alone
//   before `write` is noted    the same: the card says that it is locked
//   before `verify` is noted   written, with the order that is kept: it is read back
#include "host/station/chip_key.h"
#include "host/station/journal.h"

#include "host/perso/order.h"

#include <stdio.h>

#define STATE(state) (1U << JUMIN_##state)

enum { DETAIL_MAX = 80 };

struct writing {
    struct jumin_station *station;
    const char *number;
    struct jumin_order *order;
    const struct jumin_station_letter *letter;
    enum jumin_error refused; // what a note has come to; the station's detail says why
};

static enum jumin_error append(const struct writing *writing, const char *action, const char *serial,
                               const char *more)
{
    char detail[DETAIL_MAX];
    (void)snprintf(detail, sizeof detail, "card %s%s", serial, more);
    return audit_append(writing->station, action, writing->number, detail);
}

// One step of the journal is one transaction.
static bool note(struct writing *writing, const char *serial,
                 enum jumin_error (*step)(const struct writing *writing, const char *serial))
{
    struct jumin_station *station = writing->station;
    do {
        writing->refused = station_begin(station);
        if (writing->refused == JUMIN_OK) {
            writing->refused = station_end(station, step(writing, serial));
        }
    } while (station_again(station, writing->refused));
    return writing->refused == JUMIN_OK;
}

// --- Steps -----------------------------------------------------------------------------------------------------

static enum jumin_error hold(const struct writing *writing, const char *serial)
{
    (void)serial;
    return journal_hold(writing->station, writing->number, STATE(PREPARED) | STATE(WRITTEN), NULL);
}

static enum jumin_error begin(const struct writing *writing, const char *serial)
{
    enum jumin_error error = journal_hold(writing->station, writing->number, STATE(PREPARED), NULL);
    if (error == JUMIN_OK) {
        error = journal_begin(writing->station, writing->number, serial);
    }
    if (error == JUMIN_OK) {
        error = stock_begin(writing->station, serial, writing->number);
    }
    return error == JUMIN_OK ? append(writing, "begin", serial, "") : error;
}

// The card may have been given to another application meanwhile.
static enum jumin_error move_card(const struct writing *writing, const char *serial, unsigned from,
                                  enum jumin_card_state to)
{
    size_t moved = 0;
    const enum jumin_error error = stock_move(writing->station, writing->number, serial, from, to, &moved);
    if (error != JUMIN_OK) {
        return error;
    }
    return moved == 1 ? JUMIN_OK
                      : detail_set(&writing->station->detail, JUMIN_ERROR_CONFLICT,
                                   "the card %s is not that of %s any more", serial, writing->number);
}

static enum jumin_error keep(const struct writing *writing, const char *serial)
{
    enum jumin_error error = journal_hold(writing->station, writing->number, STATE(PREPARED), NULL);
    if (error == JUMIN_OK) {
        error = move_card(writing, serial, 1U << JUMIN_CARD_BEGUN, JUMIN_CARD_BEGUN);
    }
    if (error == JUMIN_OK) {
        error = journal_keep(writing->station, writing->number, writing->order);
    }
    return error == JUMIN_OK
               ? append(writing, "lock", serial, writing->order->letter_printed ? ", PIN letter printed" : "")
               : error;
}

// A card that was read back once and not found good is read back again.
static enum jumin_error write_down(const struct writing *writing, const char *serial)
{
    char detail[DETAIL_MAX];
    enum jumin_application_state state = JUMIN_PREPARED;
    enum jumin_error error =
        journal_hold(writing->station, writing->number, STATE(PREPARED) | STATE(WRITTEN), &state);
    if (error != JUMIN_OK || state == JUMIN_WRITTEN) {
        return error;
    }
    error = move_card(writing, serial, 1U << JUMIN_CARD_BEGUN, JUMIN_CARD_ISSUED);
    (void)snprintf(detail, sizeof detail, "card %s", serial);
    return error == JUMIN_OK ? application_move(writing->station, writing->number, STATE(PREPARED),
                                                JUMIN_WRITTEN, "write", detail)
                             : error;
}

static enum jumin_error verify(const struct writing *writing, const char *serial)
{
    char detail[DETAIL_MAX];
    enum jumin_error error = journal_hold(writing->station, writing->number, STATE(WRITTEN), NULL);
    if (error == JUMIN_OK) {
        error = chip_key_note(writing->station, writing->number, writing->order);
    }
    (void)snprintf(detail, sizeof detail, "card %s", serial);
    return error == JUMIN_OK ? application_move(writing->station, writing->number, STATE(WRITTEN),
                                                JUMIN_VERIFIED, "verify", detail)
                             : error;
}

// --- What the writer calls -------------------------------------------------------------------------------------

static bool note_begun(void *context, const uint8_t serial[JUMIN_CARD_SERIAL])
{
    char text[JUMIN_SERIAL_TEXT];
    serial_text(serial, text);
    return note(context, text, begin);
}

static bool note_with_order(struct writing *writing,
                            enum jumin_error (*step)(const struct writing *writing, const char *serial))
{
    char serial[JUMIN_SERIAL_TEXT];
    serial_text(writing->order->diversification, serial);
    return note(writing, serial, step);
}

// The letter comes first, so that a card that is locked has one.
static bool note_locking(void *context, const struct jumin_order *order)
{
    struct writing *writing = context;
    const struct jumin_station_letter *letter = writing->letter;
    if (letter != NULL && !writing->order->letter_printed) {
        writing->order->letter_printed = letter->print(letter->context, writing->number, order);
        if (!writing->order->letter_printed) {
            writing->refused = detail_set(&writing->station->detail, JUMIN_ERROR_CANCELLED,
                                          "the PIN letter of %s was not printed", writing->number);
            return false;
        }
    }
    return note_with_order(writing, keep);
}

static bool note_locked(void *context)
{
    return note_with_order(context, write_down);
}

enum jumin_error jumin_station_issue(struct jumin_station *station, struct jumin_perso *perso,
                                     const char *number, struct jumin_order *order,
                                     const struct jumin_station_letter *letter)
{
    if (station == NULL || perso == NULL || number == NULL || order == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_PRODUCE);
    if (error != JUMIN_OK) {
        return error;
    }
    struct writing writing = {station, number, order, letter, JUMIN_OK};
    if (!note(&writing, "", hold)) {
        return writing.refused;
    }
    const struct jumin_perso_journal journal = {note_begun, note_locking, note_locked, &writing};
    (void)jumin_perso_set_journal(perso, &journal);
    error = jumin_perso_issue(perso, order, station_now(station));
    (void)jumin_perso_set_journal(perso, NULL);
    if (writing.refused != JUMIN_OK) {
        return writing.refused;
    }
    if (error != JUMIN_OK) {
        return detail_set(&station->detail, error, "%s", jumin_perso_detail(perso));
    }
    // Until that is noted the card is to be read back again, and its letter stays good.
    order->on_card = !note_with_order(&writing, verify);
    return writing.refused;
}
