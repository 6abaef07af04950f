// `jumin station officer`, `officer list`, `officer disable`, `officer passphrase`: who may do what.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/records.h"

#include "tools/jumin/secret.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

// --- officer ---------------------------------------------------------------------------------------------------

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
        "administrator's --officer. The last administrator stays one.\n"
        "station.key and audit.key in the home are made at first use: without them the records cannot be "
        "read;\n"
        "`jumin station key protect` puts them under a passphrase.",
    .check = check_officer,
    .run = run_officer,
};

// --- officer list ----------------------------------------------------------------------------------------------

enum { ROLES_TEXT = 64 };

static json_t *roles_json(unsigned roles)
{
    json_t *list = json_array();
    for (unsigned role = 1; role <= JUMIN_ROLE_ADMIN; role <<= 1) {
        if ((roles & role) != 0) {
            (void)json_array_append_new(list, json_string(jumin_officer_role_name(role)));
        }
    }
    return list;
}

// `context`: the list in JSON; NULL: for a person.
static bool show_officer(void *context, const struct jumin_officer *officer)
{
    json_t *roles = roles_json(officer->roles), *role = NULL;
    size_t i = 0;
    if (context != NULL) {
        return json_array_append_new(context, json_pack("{s:s, s:o, s:b}", "name", officer->name, "roles",
                                                        roles, "disabled", officer->disabled)) == 0;
    }
    (void)printf("%-32s%s", officer->name, officer->disabled ? " disabled" : "");
    json_array_foreach(roles, i, role)
    {
        (void)printf(" %s", json_string_value(role));
    }
    (void)printf("\n");
    json_decref(roles);
    return true;
}

static enum cli_exit run_list(const struct cli_arguments *arguments)
{
    struct records records = {0};
    enum cli_exit result = CLI_FAILED;
    json_t *list = cli_has(arguments, "json") ? json_array() : NULL;
    if (records_open(arguments, true, &records)) {
        result = records_end(arguments, records.station,
                             jumin_station_officers(records.station, show_officer, list));
    }
    if (result == CLI_OK && list != NULL) {
        (void)json_dumpf(list, stdout, JSON_INDENT(2));
        (void)printf("\n");
    }
    json_decref(list);
    records_close(&records);
    return result;
}

static const struct cli_option list_options[] = {RECORDS_OPTIONS, {"json", NULL, "answer in JSON"}};

const struct cli_command station_officer_list_command = {
    .name = "station officer list",
    .summary = "Show the officers and their roles",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .notes = "Takes the role admin or audit.",
    .run = run_list,
};

// --- officer disable -------------------------------------------------------------------------------------------

static bool check_name(const struct cli_arguments *arguments)
{
    return arguments->operand_count > 0 || cli_misused(arguments, "the officer's name is needed");
}

static enum cli_exit run_disable(const struct cli_arguments *arguments)
{
    struct records records = {0};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        result = records_end(arguments, records.station,
                             jumin_station_disable_officer(records.station, arguments->operands[0]));
    }
    if (result == CLI_OK) {
        (void)printf("%s is disabled.\n", arguments->operands[0]);
    }
    records_close(&records);
    return result;
}

static const struct cli_option disable_options[] = {RECORDS_OPTIONS};

const struct cli_command station_officer_disable_command = {
    .name = "station officer disable",
    .summary = "Keep an officer from logging in",
    .operands = "NAME",
    .options = disable_options,
    .option_count = sizeof disable_options / sizeof *disable_options,
    .notes = "The name stays in the records, for what was done under it; `jumin station officer` gives roles "
             "and a "
             "passphrase\n"
             "again. The last administrator cannot be disabled. Takes the role admin.",
    .check = check_name,
    .run = run_disable,
};

// --- officer passphrase ----------------------------------------------------------------------------------------

static enum cli_exit run_passphrase(const struct cli_arguments *arguments)
{
    char wanted[SECRET_MAX] = "";
    struct records_login login = {0};
    struct records records = {0};
    enum cli_exit result = CLI_FAILED;
    if (records_ask(arguments, &login) && records_open_as(arguments, &login, &records) &&
        secret_get(arguments, &new_passphrase, wanted)) {
        result = records_end(arguments, records.station,
                             jumin_station_change_passphrase(records.station, login.passphrase, wanted));
    }
    if (result == CLI_OK) {
        (void)printf("The new passphrase holds.\n");
    }
    records_forget(&login);
    secret_wipe(wanted);
    records_close(&records);
    return result;
}

static const struct cli_option passphrase_options[] = {
    {"new-passphrase-file", "FILE", "holds the passphrase to be; asked for unless given"},
    RECORDS_OPTIONS,
};

const struct cli_command station_officer_passphrase_command = {
    .name = "station officer passphrase",
    .summary = "Change one's own passphrase",
    .options = passphrase_options,
    .option_count = sizeof passphrase_options / sizeof *passphrase_options,
    .notes = "The old one is asked for as for every command. Takes no role.",
    .run = run_passphrase,
};
