// Logging in: how officers prove who they are (PBKDF2, RFC 8018 §5.2), and change their own passphrase.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/officer.h"

#include "host/pki/private_key.h"

enum {
    ITERATIONS = PRIVATE_KEY_ITERATIONS / 3,
    PASSPHRASE_MIN = 8,
    FAILURES_MAX = 5,
    REFUSED_SECONDS = 300,
};

bool officer_name_is_good(const char *name)
{
    const size_t n = name == NULL ? 0 : strlen(name);
    return n > 0 && n < JUMIN_OFFICER_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n;
}

static bool make_verifier(const char *passphrase, const uint8_t salt[OFFICER_SALT],
                          uint8_t verifier[OFFICER_VERIFIER])
{
    return crypto_pbkdf2(CRYPTO_SHA256, span_of(passphrase, strlen(passphrase)), span_of(salt, OFFICER_SALT),
                         ITERATIONS, verifier, OFFICER_VERIFIER);
}

enum jumin_error officer_new_verifier(struct jumin_station *station, const char *passphrase,
                                      uint8_t salt[OFFICER_SALT], uint8_t verifier[OFFICER_VERIFIER])
{
    if (strlen(passphrase) < PASSPHRASE_MIN) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                          "an officer has a passphrase of 8 characters or more");
    }
    return station->random.fill(station->random.context, salt, OFFICER_SALT) &&
                   make_verifier(passphrase, salt, verifier)
               ? JUMIN_OK
               : detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "no random bytes");
}

// --- Logging in ------------------------------------------------------------------------------------------------

struct officer {
    bool found;
    unsigned roles;
    uint8_t salt[OFFICER_SALT], verifier[OFFICER_VERIFIER];
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
        officer->found = salt.n == OFFICER_SALT && verifier.n == OFFICER_VERIFIER;
        if (officer->found) {
            officer->roles = (unsigned)database_column_integer(rows, 0);
            memcpy(officer->salt, salt.p, OFFICER_SALT);
            memcpy(officer->verifier, verifier.p, OFFICER_VERIFIER);
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
    uint8_t verifier[OFFICER_VERIFIER];
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
    const bool right = officer->found && crypto_equal(verifier, officer->verifier, OFFICER_VERIFIER);
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
    if (!officer_name_is_good(name)) {
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

// --- The own passphrase ----------------------------------------------------------------------------------------

static enum jumin_error put_verifier(struct jumin_station *station, const uint8_t salt[OFFICER_SALT],
                                     const uint8_t verifier[OFFICER_VERIFIER],
                                     const uint8_t old[OFFICER_VERIFIER])
{
    const struct database_value values[] = {
        database_text(station->officer), database_bytes(span_of(salt, OFFICER_SALT)),
        database_bytes(span_of(verifier, OFFICER_VERIFIER)), database_bytes(span_of(old, OFFICER_VERIFIER))};
    size_t changed = 0;
    enum jumin_error error = audit_hold(station); // first, as an administrator's station does
    if (error == JUMIN_OK) {
        error = station_database(
            station,
            database_run(station->database,
                         "UPDATE officer SET salt = $2, verifier = $3 WHERE name = $1 AND verifier = $4",
                         values, 4, &changed));
    }
    if (error != JUMIN_OK) {
        return error;
    }
    return changed == 1 ? audit_append(station, "change-passphrase", station->officer, "")
                        : detail_set(&station->detail, JUMIN_ERROR_CONFLICT,
                                     "an administrator has just changed this officer");
}

// An administrator who changes or disables the officer meanwhile comes first.
static enum jumin_error change_passphrase(struct jumin_station *station, const char *passphrase,
                                          const uint8_t salt[OFFICER_SALT],
                                          const uint8_t verifier[OFFICER_VERIFIER])
{
    struct officer officer;
    enum jumin_error error = prove(station, station->officer, passphrase, &officer);
    while (error == JUMIN_OK) {
        error = station_begin(station);
        error = error == JUMIN_OK
                    ? station_end(station, put_verifier(station, salt, verifier, officer.verifier))
                    : error;
        if (!station_again(station, error)) {
            break;
        }
        error = JUMIN_OK;
    }
    crypto_wipe(&officer, sizeof officer);
    return error;
}

enum jumin_error jumin_station_change_passphrase(struct jumin_station *station, const char *passphrase,
                                                 const char *new_passphrase)
{
    uint8_t salt[OFFICER_SALT], verifier[OFFICER_VERIFIER];
    if (station == NULL || passphrase == NULL || new_passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (station->officer[0] == '\0') {
        return station_need(station, 0); // nobody
    }
    enum jumin_error error = officer_new_verifier(station, new_passphrase, salt, verifier);
    if (error == JUMIN_OK) {
        error = change_passphrase(station, passphrase, salt, verifier);
    }
    crypto_wipe(verifier, sizeof verifier);
    return error;
}
