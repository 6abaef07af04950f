// What the commands on the station's records have in common, and `jumin station officer`.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/records.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

// Made at first use; whoever loses them has lost what they keep.
static bool load_keys(const struct cli_arguments *arguments, uint8_t data_key[JUMIN_MASTER_KEY],
                      uint8_t audit_key[JUMIN_MASTER_KEY])
{
    const struct {
        const char *name;
        uint8_t *key;
    } keys[] = {{"station.key", data_key}, {"audit.key", audit_key}};
    char path[HOME_PATH_MAX];
    for (size_t i = 0; i < 2; i++) {
        if (!home_path(arguments, keys[i].name, path)) {
            return false;
        }
        const enum jumin_error error = jumin_master_key_load(path, true, keys[i].key);
        if (error != JUMIN_OK) {
            (void)cli_fail(arguments, "%s: %s: must hold 64 hexadecimal digits", jumin_error_name(error),
                           path);
            return false;
        }
    }
    return true;
}

static bool open_database(const struct cli_arguments *arguments, struct records *records)
{
    uint8_t data_key[JUMIN_MASTER_KEY] = {0}, audit_key[JUMIN_MASTER_KEY] = {0};
    char path[HOME_PATH_MAX];
    struct jumin_station_options options = {.database = cli_value(arguments, "db"),
                                            .data_key = data_key,
                                            .audit_key = audit_key,
                                            .policy = records->policy};
    enum jumin_error error = JUMIN_ERROR_ARGUMENT;
    if (options.database == NULL && home_path(arguments, "station.db", path)) {
        options.database = path;
    }
    const bool ready = options.database != NULL && load_keys(arguments, data_key, audit_key);
    if (ready) {
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
}

bool records_open_as(const struct cli_arguments *arguments, const struct records_login *login,
                     struct records *records)
{
    *records = (struct records){policy_open(arguments), NULL};
    return records->policy != NULL && open_database(arguments, records) &&
           (login == NULL ||
            records_end(arguments, records->station,
                        jumin_station_login(records->station, login->officer, login->passphrase)) == CLI_OK);
}

bool records_open(const struct cli_arguments *arguments, bool with_login, struct records *records)
{
    struct records_login login = {0};
    *records = (struct records){0};
    const bool opened = (!with_login || records_ask(arguments, &login)) &&
                        records_open_as(arguments, with_login ? &login : NULL, records);
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

// --- station officer -------------------------------------------------------------------------------------------

static bool take_roles(const struct cli_arguments *arguments, unsigned *roles)
{
    const char *name = NULL;
    *roles = 0;
    for (size_t i = 0; (name = cli_value_at(arguments, "role", i)) != NULL; i++) {
        unsigned found = 0;
        for (unsigned role = 1; role <= JUMIN_ROLE_ADMIN; role <<= 1) {
            found |= strcmp(jumin_officer_role_name(role), name) == 0 ? role : 0;
        }
        if (found == 0) {
            return cli_misused(arguments, "--role takes intake, approve, produce, audit or admin");
        }
        *roles |= found;
    }
    return *roles != 0 || cli_misused(arguments, "--role is needed");
}

static bool check_officer(const struct cli_arguments *arguments)
{
    unsigned roles = 0;
    return (arguments->operand_count > 0 || cli_misused(arguments, "the officer's name is needed")) &&
           take_roles(arguments, &roles);
}

static const struct secret_source new_passphrase = {NULL, "new-passphrase-file",
                                                    "New passphrase: ", "Again: ",
                                                    "the officer's new passphrase is needed: give "
                                                    "--new-passphrase-file"};

// The first one of a database has nobody who could allow it.
static enum cli_exit run_officer(const struct cli_arguments *arguments)
{
    char passphrase[SECRET_MAX] = "";
    struct records records = {0};
    unsigned roles = 0;
    enum cli_exit result = CLI_FAILED;
    const bool by_officer = cli_has(arguments, "officer") || getenv("JUMIN_OFFICER") != NULL;
    if (take_roles(arguments, &roles) && records_open(arguments, by_officer, &records) &&
        secret_get(arguments, &new_passphrase, passphrase)) {
        result = records_end(
            arguments, records.station,
            jumin_station_set_officer(records.station, arguments->operands[0], roles, passphrase));
    }
    if (result == CLI_OK) {
        (void)printf("%s may log in.\n", arguments->operands[0]);
    }
    secret_wipe(passphrase);
    records_close(&records);
    return result;
}

static const struct cli_option officer_options[] = {
    {"role", "NAME", "intake, approve, produce, audit or admin; may be repeated"},
    {"new-passphrase-file", "FILE", "holds the passphrase to be; asked for unless given"},
    RECORDS_OPTIONS,
};

const struct cli_command station_officer_command = {
    .name = "station officer",
    .summary = "Make an officer, or give one other roles and another passphrase",
    .operands = "NAME",
    .options = officer_options,
    .option_count = sizeof officer_options / sizeof *officer_options,
    .notes =
        "The first officer needs nobody else, and is an administrator as well; the others take an "
        "administrator's --officer.\n"
        "station.key and audit.key in the home are made at first use: without them the records cannot be "
        "read.",
    .check = check_officer,
    .run = run_officer,
};
