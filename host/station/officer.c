// Officers: who may do what; made, disabled, listed.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/officer.h"

#include <stdio.h>

enum { ROLES_TEXT = 64 };

const char *jumin_officer_role_name(unsigned role)
{
    static const struct {
        unsigned role;
        const char *name;
    } names[] = {{JUMIN_ROLE_INTAKE, "intake"},
                 {JUMIN_ROLE_APPROVE, "approve"},
                 {JUMIN_ROLE_PRODUCE, "produce"},
                 {JUMIN_ROLE_AUDIT, "audit"},
                 {JUMIN_ROLE_ADMIN, "admin"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].role == role) {
            return names[i].name;
        }
    }
    return NULL;
}

enum jumin_error station_need(struct jumin_station *station, unsigned role)
{
    detail_clear(&station->detail);
    if (station->officer[0] == '\0') {
        return detail_set(&station->detail, JUMIN_ERROR_NOT_AUTHORIZED, "no officer has logged in");
    }
    const char *name = jumin_officer_role_name(role); // NULL: of several roles one would do
    return (station->roles & role) != 0
               ? JUMIN_OK
               : detail_set(&station->detail, JUMIN_ERROR_NOT_AUTHORIZED, "%s does not have %s%s",
                            station->officer, name != NULL ? "the role " : "any role",
                            name != NULL ? name : "");
}

// --- Making ----------------------------------------------------------------------------------------------------

static enum jumin_error count_officers(struct jumin_station *station, const char *sql, int64_t *count)
{
    struct database_rows *rows = NULL;
    enum jumin_error error = station_query(station, sql, NULL, 0, &rows);
    *count = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

static enum jumin_error put_officer(struct jumin_station *station, const char *name, unsigned roles,
                                    const uint8_t salt[OFFICER_SALT],
                                    const uint8_t verifier[OFFICER_VERIFIER])
{
    const struct database_value values[] = {database_text(name), database_integer(roles),
                                            database_bytes(span_of(salt, OFFICER_SALT)),
                                            database_bytes(span_of(verifier, OFFICER_VERIFIER))};
    const enum jumin_error error =
        database_run(station->database,
                     "INSERT INTO officer (name, roles, salt, verifier, failures, refused_until)"
                     " VALUES ($1, $2, $3, $4, 0, 0) ON CONFLICT (name) DO UPDATE SET roles = excluded.roles,"
                     " salt = excluded.salt, verifier = excluded.verifier, failures = 0, refused_until = 0",
                     values, 4, NULL);
    return station_database(station, error);
}

// "intake approve".
static void put_roles(unsigned roles, char text[ROLES_TEXT])
{
    struct writer out = writer_of(text, ROLES_TEXT);
    for (unsigned role = 1; role <= JUMIN_ROLE_ADMIN; role <<= 1) {
        const char *name = (roles & role) != 0 ? jumin_officer_role_name(role) : "";
        writer_put(&out, span_of(" ", name[0] != '\0' && writer_span(&out).n > 0 ? 1 : 0));
        writer_put(&out, span_of(name, strlen(name)));
    }
    writer_put(&out, span_of("no role", roles == 0 ? 7 : 0));
    writer_put_u8(&out, '\0');
}

// Without one, nobody could make officers any more.
static enum jumin_error keep_administrator(struct jumin_station *station)
{
    int64_t count = 0;
    const enum jumin_error error = count_officers(station, "SELECT COUNT(*) FROM officer WHERE roles >= 16",
                                                  &count); // JUMIN_ROLE_ADMIN is the highest
    if (error != JUMIN_OK || count > 0) {
        return error;
    }
    return detail_set(&station->detail, JUMIN_ERROR_CONFLICT,
                      "the last administrator stays one: make another one first");
}

// Counted while no other station changes anything, so that the first officer is one alone.
static enum jumin_error set_officer(struct jumin_station *station, const char *name, unsigned roles,
                                    const uint8_t salt[OFFICER_SALT],
                                    const uint8_t verifier[OFFICER_VERIFIER])
{
    char text[ROLES_TEXT];
    int64_t count = 0;
    enum jumin_error error = audit_hold(station);
    if (error == JUMIN_OK) {
        error = count_officers(station, "SELECT COUNT(*) FROM officer", &count);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (count == 0) {
        roles |= JUMIN_ROLE_ADMIN;
    } else {
        error = station_need(station, JUMIN_ROLE_ADMIN);
    }
    if (error == JUMIN_OK) {
        error = put_officer(station, name, roles, salt, verifier);
    }
    if (error == JUMIN_OK) {
        error = keep_administrator(station);
    }
    put_roles(roles, text);
    return error == JUMIN_OK ? audit_append(station, "set-officer", name, text) : error;
}

enum jumin_error jumin_station_set_officer(struct jumin_station *station, const char *name, unsigned roles,
                                           const char *passphrase)
{
    enum { ALL = 2 * JUMIN_ROLE_ADMIN - 1 };
    uint8_t salt[OFFICER_SALT], verifier[OFFICER_VERIFIER];
    if (station == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!officer_name_is_good(name) || (roles & ~(unsigned)ALL) != 0) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                          "an officer has a name of small letters, digits, hyphens and points");
    }
    enum jumin_error error = officer_new_verifier(station, passphrase, salt, verifier);
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, set_officer(station, name, roles, salt, verifier))
                                  : error;
    } while (station_again(station, error));
    crypto_wipe(verifier, sizeof verifier);
    return error;
}

// --- Disabling -------------------------------------------------------------------------------------------------

// No passphrase has a verifier without bytes.
static enum jumin_error disable(struct jumin_station *station, const char *name)
{
    const struct database_value values[] = {database_text(name), database_bytes(span_of(NULL, 0))};
    size_t changed = 0;
    enum jumin_error error = audit_hold(station);
    if (error == JUMIN_OK) {
        error = station_database(station,
                                 database_run(station->database,
                                              "UPDATE officer SET roles = 0, verifier = $2 WHERE name = $1",
                                              values, 2, &changed));
    }
    if (error == JUMIN_OK && changed == 0) {
        return detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE, "there is no officer %.40s", name);
    }
    if (error == JUMIN_OK) {
        error = keep_administrator(station);
    }
    return error == JUMIN_OK ? audit_append(station, "disable-officer", name, "") : error;
}

enum jumin_error jumin_station_disable_officer(struct jumin_station *station, const char *name)
{
    if (station == NULL || name == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_ADMIN);
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, disable(station, name)) : error;
    } while (station_again(station, error));
    return error;
}

// --- Listing ---------------------------------------------------------------------------------------------------

enum jumin_error jumin_station_officers(struct jumin_station *station,
                                        bool (*each)(void *context, const struct jumin_officer *officer),
                                        void *context)
{
    struct database_rows *rows = NULL;
    if (station == NULL || each == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_ADMIN | JUMIN_ROLE_AUDIT);
    if (error == JUMIN_OK) {
        error =
            station_query(station, "SELECT name, roles, verifier FROM officer ORDER BY name", NULL, 0, &rows);
    }
    bool wanted = true;
    while (error == JUMIN_OK && wanted && database_next(rows)) {
        struct jumin_officer officer = {.roles = (unsigned)database_column_integer(rows, 1),
                                        .disabled = database_column_bytes(rows, 2).n == 0};
        (void)snprintf(officer.name, sizeof officer.name, "%s", database_column_text(rows, 0));
        wanted = each(context, &officer);
    }
    const enum jumin_error ended = database_rows_end(rows);
    return error == JUMIN_OK ? station_database(station, ended) : error;
}
