// What the commands on the station's records have in common.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/records.h"

#include "tools/jumin/master_keys.h"
#include "tools/jumin/terminal.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DATABASE_WAIT = 30, DATABASE_WAIT_MAX = 86400 }; // seconds

// Made at first use; whoever loses them has lost what they keep. Where they are under a passphrase it is
// asked for, once.
static bool load_keys(const struct cli_arguments *arguments, struct lazy_passphrase *passphrase,
                      uint8_t data_key[JUMIN_MASTER_KEY], uint8_t audit_key[JUMIN_MASTER_KEY])
{
    const struct {
        const char *name;
        uint8_t *key;
    } keys[] = {{"station.key", data_key}, {"audit.key", audit_key}};
    char path[HOME_PATH_MAX];
    bool ok = true;
    for (size_t i = 0; i < 2 && ok; i++) {
        struct jumin_master_key *key = NULL;
        ok = home_path(arguments, keys[i].name, path) &&
             master_key_get(arguments, path, MASTER_KEY_PLAIN, passphrase, NULL, &key) &&
             jumin_master_key_bytes(key, keys[i].key) == JUMIN_OK;
        jumin_master_key_free(key);
    }
    return ok;
}

// Ctrl-C ends the wait, not what was done before it.
static bool wait_for_database(void *context, unsigned seconds)
{
    const struct records *records = context;
    if (seconds == records->wait_seconds) {
        progress_clear();
        (void)fprintf(stderr, "The database does not answer: waiting for it, up to %u seconds.\n", seconds);
        progress_watch_interrupts();
    }
    return !progress_interrupted();
}

static bool open_database(const struct cli_arguments *arguments, struct lazy_passphrase *passphrase,
                          struct records *records)
{
    uint8_t data_key[JUMIN_MASTER_KEY] = {0}, audit_key[JUMIN_MASTER_KEY] = {0};
    char path[HOME_PATH_MAX];
    long seconds = 0;
    struct jumin_station_options options = {.database = cli_value(arguments, "db"),
                                            .data_key = data_key,
                                            .audit_key = audit_key,
                                            .policy = records->policy,
                                            .waiting = wait_for_database,
                                            .context = records};
    enum jumin_error error = JUMIN_ERROR_ARGUMENT;
    if (options.database == NULL && home_path(arguments, "station.db", path)) {
        options.database = path;
    }
    const bool ready = cli_number(arguments, "db-wait", 0, DATABASE_WAIT_MAX, DATABASE_WAIT, &seconds) &&
                       options.database != NULL && load_keys(arguments, passphrase, data_key, audit_key);
    if (ready) {
        records->wait_seconds = options.wait_seconds = (unsigned)seconds;
        error = jumin_station_open(&records->station, &options);
        (void)records_end(arguments, records->station, error);
    }
    jumin_master_key_wipe(data_key);
    jumin_master_key_wipe(audit_key);
    return error == JUMIN_OK;
}

static bool officer_passphrase(const struct cli_arguments *arguments, char passphrase[PASSPHRASE_MAX])
{
    const char *path = cli_value(arguments, "officer-passphrase-file");
    const char *environment = getenv("JUMIN_OFFICER_PASSPHRASE");
    if (path != NULL) {
        return passphrase_read(arguments, path, passphrase);
    }
    if (environment == NULL || environment[0] == '\0' || strlen(environment) >= PASSPHRASE_MAX) {
        return secret_ask(arguments, "Officer's passphrase: ", NULL,
                          "the officer's passphrase is needed: give --officer-passphrase-file or "
                          "JUMIN_OFFICER_PASSPHRASE",
                          passphrase);
    }
    memcpy(passphrase, environment, strlen(environment) + 1);
    return true;
}

bool records_ask(const struct cli_arguments *arguments, struct records_login *login)
{
    *login = (struct records_login){.officer = cli_value(arguments, "officer")};
    login->officer = login->officer != NULL ? login->officer : getenv("JUMIN_OFFICER");
    if (login->officer == NULL || login->officer[0] == '\0') {
        return cli_misused(arguments, "an officer is needed: give --officer or JUMIN_OFFICER");
    }
    const bool read = officer_passphrase(arguments, login->passphrase);
    if (!read) {
        records_forget(login); // of one that is too long, its beginning
    }
    return read;
}

void records_forget(struct records_login *login)
{
    passphrase_wipe(login->passphrase);
    passphrase_wipe(login->keys.text);
    login->keys.known = false;
}

bool records_open_as(const struct cli_arguments *arguments, struct records_login *login,
                     struct records *records)
{
    *records = (struct records){.policy = policy_open(arguments)};
    return records->policy != NULL && open_database(arguments, &login->keys, records) &&
           (login->officer == NULL ||
            records_end(arguments, records->station,
                        jumin_station_login(records->station, login->officer, login->passphrase)) == CLI_OK);
}

bool records_open(const struct cli_arguments *arguments, bool with_login, struct records *records)
{
    struct records_login login = {0};
    *records = (struct records){0};
    const bool opened =
        (!with_login || records_ask(arguments, &login)) && records_open_as(arguments, &login, records);
    records_forget(&login);
    return opened;
}

void records_close(struct records *records)
{
    jumin_station_close(records->station);
    jumin_policy_free(records->policy);
    *records = (struct records){0};
}

enum cli_exit records_end(const struct cli_arguments *arguments, const struct jumin_station *station,
                          enum jumin_error error)
{
    return error == JUMIN_OK ? CLI_OK : cli_fail_error(arguments, error, jumin_station_detail(station));
}

void records_keep_up(const struct records *records)
{
    struct jumin_upkeep due;
    if (jumin_station_upkeep(records->station, true, &due) == JUMIN_OK && due.erased + due.expired > 0) {
        (void)jumin_station_upkeep(records->station, false, &due); // the command itself tells what is wrong
    }
}

const char *records_time(int64_t at, char text[RECORDS_TIME])
{
    const time_t seconds = (time_t)at;
    struct tm day;
    (void)gmtime_r(&seconds, &day);
    (void)strftime(text, RECORDS_TIME, "%Y-%m-%dT%H:%M:%SZ", &day);
    return text;
}

const char *records_won(int64_t won, char text[RECORDS_WON])
{
    char digits[RECORDS_WON];
    const int n = snprintf(digits, sizeof digits, "%lld", (long long)won);
    char *out = text;
    for (int i = 0; i < n && out < text + RECORDS_WON - 2; i++) {
        *out++ = digits[i];
        if (digits[i] != '-' && i < n - 1 && (n - 1 - i) % 3 == 0) {
            *out++ = ',';
        }
    }
    *out = '\0';
    return text;
}

void records_print_json(json_t *answer)
{
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}
