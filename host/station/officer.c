// Officers: who may do what, and how they prove who they are (PBKDF2, RFC 8018 §5.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/station/station_internal.h"

enum {
    ITERATIONS = 200000,
    SALT = 16,
    VERIFIER = 32,
    PASSPHRASE_MIN = 8,
    FAILURES_MAX = 5,
    REFUSED_SECONDS = 300,
    ROLES_TEXT = 64,
};

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

static bool name_is_good(const char *name)
{
    const size_t n = name == NULL ? 0 : strlen(name);
    return n > 0 && n < JUMIN_OFFICER_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n;
}

static bool make_verifier(const char *passphrase, const uint8_t salt[SALT], uint8_t verifier[VERIFIER])
{
    return crypto_pbkdf2(CRYPTO_SHA256, span_of(passphrase, strlen(passphrase)), span_of(salt, SALT),
                         ITERATIONS, verifier, VERIFIER);
}

// --- Making ----------------------------------------------------------------------------------------------------

static enum jumin_error count_officers(struct jumin_station *station, int64_t *count)
{
    struct database_rows *rows = NULL;
    enum jumin_error error =
        database_query(station->database, "SELECT COUNT(*) FROM officer", NULL, 0, &rows);
    *count = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

static enum jumin_error put_officer(struct jumin_station *station, const char *name, unsigned roles,
                                    const uint8_t salt[SALT], const uint8_t verifier[VERIFIER])
{
    const struct database_value values[] = {database_text(name), database_integer(roles),
                                            database_bytes(span_of(salt, SALT)),
                                            database_bytes(span_of(verifier, VERIFIER))};
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

// Counted while no other station changes anything, so that the first officer is one alone.
static enum jumin_error set_officer(struct jumin_station *station, const char *name, unsigned roles,
                                    const uint8_t salt[SALT], const uint8_t verifier[VERIFIER])
{
    char text[ROLES_TEXT];
    int64_t count = 0;
    enum jumin_error error = audit_hold(station);
    if (error == JUMIN_OK) {
        error = count_officers(station, &count);
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
    put_roles(roles, text);
    return error == JUMIN_OK ? audit_append(station, "set-officer", name, text) : error;
}

enum jumin_error jumin_station_set_officer(struct jumin_station *station, const char *name, unsigned roles,
                                           const char *passphrase)
{
    enum { ALL = 2 * JUMIN_ROLE_ADMIN - 1 };
    uint8_t salt[SALT], verifier[VERIFIER];
    if (station == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!name_is_good(name) || (roles & ~(unsigned)ALL) != 0 || strlen(passphrase) < PASSPHRASE_MIN) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                          "an officer has a name of small letters, digits, hyphens and points, and a "
                          "passphrase of 8 characters or more");
    }
    if (!station->random.fill(station->random.context, salt, sizeof salt) ||
        !make_verifier(passphrase, salt, verifier)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "no random bytes");
    }
    enum jumin_error error = JUMIN_OK;
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, set_officer(station, name, roles, salt, verifier))
                                  : error;
    } while (station_again(station, error));
    crypto_wipe(verifier, sizeof verifier);
    return error;
}

// --- Logging in ------------------------------------------------------------------------------------------------

struct officer {
    bool found;
    unsigned roles;
    uint8_t salt[SALT], verifier[VERIFIER];
};

static enum jumin_error find_officer(struct jumin_station *station, const char *name, struct officer *officer)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(name);
    enum jumin_error error =
        station_query(station, "SELECT roles, salt, verifier FROM officer WHERE name = $1", &value, 1, &rows);
    *officer = (struct officer){0};
    if (error == JUMIN_OK && database_next(rows)) {
        const struct span salt = database_column_bytes(rows, 1), verifier = database_column_bytes(rows, 2);
        officer->found = salt.n == SALT && verifier.n == VERIFIER;
        if (officer->found) {
            officer->roles = (unsigned)database_column_integer(rows, 0);
            memcpy(officer->salt, salt.p, SALT);
            memcpy(officer->verifier, verifier.p, VERIFIER);
        }
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

// Counted where it is looked up and before the comparison: neither a cut connection nor many stations at once
// save a try. JUMIN_ERROR_PASSWORD_SUSPENDED: there were too many.
static enum jumin_error count_failure(struct jumin_station *station, const char *name)
{
    const int64_t now = station_now(station);
    const struct database_value values[] = {database_text(name), database_integer(now),
                                            database_integer(now + REFUSED_SECONDS),
                                            database_integer(FAILURES_MAX - 1)};
    size_t changed = 0;
    const enum jumin_error error = database_run(
        station->database,
        "UPDATE officer SET refused_until = CASE WHEN failures >= $4 THEN $3 ELSE refused_until END,"
        " failures = CASE WHEN failures >= $4 THEN 0 ELSE failures + 1 END"
        " WHERE name = $1 AND refused_until <= $2",
        values, 4, &changed);
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    return changed != 0 ? JUMIN_OK
                        : detail_set(&station->detail, JUMIN_ERROR_PASSWORD_SUSPENDED,
                                     "too many wrong passphrases: the officer is refused for a while");
}

static enum jumin_error forget_failures(struct jumin_station *station, const char *name)
{
    const struct database_value value = database_text(name);
    return station_database(station,
                            database_run(station->database,
                                         "UPDATE officer SET failures = 0, refused_until = 0 WHERE name = $1",
                                         &value, 1, NULL));
}

static enum jumin_error wrong(struct jumin_station *station)
{
    return detail_set(&station->detail, JUMIN_ERROR_WRONG_PASSWORD, "no such officer, or another passphrase");
}

static enum jumin_error prove(struct jumin_station *station, const char *name, const char *passphrase,
                              struct officer *officer)
{
    uint8_t verifier[VERIFIER];
    enum jumin_error error = find_officer(station, name, officer);
    if (error == JUMIN_OK && officer->found) {
        error = count_failure(station, name);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    // Whoever is not there takes as long.
    if (!make_verifier(passphrase, officer->salt, verifier)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the passphrase cannot be checked");
    }
    const bool right = officer->found && crypto_equal(verifier, officer->verifier, VERIFIER);
    crypto_wipe(verifier, sizeof verifier);
    return right ? forget_failures(station, name) : wrong(station);
}

enum jumin_error jumin_station_login(struct jumin_station *station, const char *name, const char *passphrase)
{
    struct officer officer;
    if (station == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    station->officer[0] = '\0';
    station->roles = 0;
    if (!name_is_good(name)) {
        return wrong(station);
    }
    const enum jumin_error error = prove(station, name, passphrase, &officer);
    if (error == JUMIN_OK) {
        memcpy(station->officer, name, strlen(name) + 1);
        station->roles = officer.roles;
    }
    crypto_wipe(&officer, sizeof officer);
    return error;
}
