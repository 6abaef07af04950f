// The card of an application is written, and each step that cannot be taken back is noted before it and after
// it.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/station_internal.h"

struct writing {
    struct jumin_station *station;
    const char *number;
    const struct jumin_station_letter *letter;
    enum jumin_error refused; // what a note has come to; the station's detail says why
};

static bool note_begun(void *context, const uint8_t serial[JUMIN_CARD_SERIAL])
{
    (void)context;
    (void)serial;
    return true;
}

static bool note_locking(void *context, const struct jumin_order *order)
{
    struct writing *writing = context;
    const struct jumin_station_letter *letter = writing->letter;
    if (letter != NULL && !letter->print(letter->context, writing->number, order)) {
        writing->refused = detail_set(&writing->station->detail, JUMIN_ERROR_CANCELLED,
                                      "the PIN letter of %s was not printed", writing->number);
    }
    return writing->refused == JUMIN_OK;
}

static bool note_locked(void *context)
{
    struct writing *writing = context;
    struct jumin_application application;
    writing->refused = jumin_station_application(writing->station, writing->number, &application);
    if (writing->refused == JUMIN_OK && application.state != JUMIN_WRITTEN) {
        writing->refused = jumin_station_written(writing->station, writing->number);
    }
    return writing->refused == JUMIN_OK;
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
    struct writing writing = {station, number, letter, JUMIN_OK};
    const struct jumin_perso_journal journal = {note_begun, note_locking, note_locked, &writing};
    (void)jumin_perso_set_journal(perso, &journal);
    error = jumin_perso_issue(perso, order, station_now(station));
    (void)jumin_perso_set_journal(perso, NULL);
    if (writing.refused != JUMIN_OK) {
        return writing.refused;
    }
    return error == JUMIN_OK ? jumin_station_verified(station, number)
                             : detail_set(&station->detail, error, "%s", jumin_perso_detail(perso));
}
