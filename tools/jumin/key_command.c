// `jumin station key`: what protects the master keys, and putting them under a passphrase or into a token.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/key_command.h"

#include "tools/jumin/master_keys.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const struct master {
    const char *name, *file;
    const char *use;
    bool derives; // a token can do that; the bytes of the others are needed here
} masters[] = {
    {"transport", "transport.key", "opens blank cards", true},
    {"issuer", "issuer.key", "opens issued cards", true},
    {"station", "station.key", "encrypts the records", false},
    {"audit", "audit.key", "signs the audit trail", false},
};
enum { MASTERS = sizeof masters / sizeof *masters };

static const struct master *find(const char *name)
{
    for (size_t i = 0; i < MASTERS; i++) {
        if (strcmp(masters[i].name, name) == 0) {
            return &masters[i];
        }
    }
    return NULL;
}

// --- show ----------------------------------------------------------------------------------------------------

static const char *kind_word(enum jumin_master_key_kind kind)
{
    static const char *const words[] = {[JUMIN_MASTER_KEY_MISSING] = "missing",
                                        [JUMIN_MASTER_KEY_PLAIN] = "plain",
                                        [JUMIN_MASTER_KEY_SEALED] = "passphrase",
                                        [JUMIN_MASTER_KEY_IN_TOKEN] = "token"};
    return words[kind];
}

static bool look(const struct cli_arguments *arguments, const struct master *master,
                 enum jumin_master_key_kind *kind)
{
    char path[HOME_PATH_MAX];
    struct jumin_master_key *key = NULL;
    if (!home_path(arguments, master->file, path)) {
        return false;
    }
    enum jumin_error error = jumin_master_key_new(&key, path);
    error = error == JUMIN_OK ? jumin_master_key_look(key, kind) : error;
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_master_key_detail(key));
    }
    jumin_master_key_free(key);
    return error == JUMIN_OK;
}

static enum cli_exit run_show(const struct cli_arguments *arguments)
{
    const bool json = cli_has(arguments, "json");
    json_t *answer = json_object();
    bool ok = answer != NULL;
    for (size_t i = 0; i < MASTERS && ok; i++) {
        enum jumin_master_key_kind kind;
        ok = look(arguments, &masters[i], &kind);
        if (ok && json) {
            ok = json_object_set_new(answer, masters[i].name, json_string(kind_word(kind))) == 0;
        } else if (ok) {
            (void)printf("%-10s %-11s %s: %s\n", masters[i].name, kind_word(kind), masters[i].file,
                         masters[i].use);
        }
    }
    if (ok && json) {
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
    }
    json_decref(answer);
    return ok ? CLI_OK : CLI_FAILED;
}

static const struct cli_option show_options[] = {
    HOME_OPTION,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command station_key_show_command = {
    .name = "station key show",
    .summary = "Show what protects the master keys: a passphrase, a token, or their file's mode alone",
    .options = show_options,
    .option_count = sizeof show_options / sizeof *show_options,
    .run = run_show,
};

// --- protect -------------------------------------------------------------------------------------------------

static bool check_protect(const struct cli_arguments *arguments)
{
    if (arguments->operand_count == 0) {
        return cli_misused(arguments, "a key is needed: transport, issuer, station or audit");
    }
    const struct master *master = find(arguments->operands[0]);
    if (master == NULL) {
        return cli_misused(arguments, "there is no key %s", arguments->operands[0]);
    }
    return master->derives || !cli_has(arguments, "token") ||
           cli_misused(arguments, "the key %s %s, for which its bytes are needed here: no token can have it",
                       master->name, master->use);
}

// The factory's key comes from the factory; the issuer's may be made.
static enum jumin_error protect(const struct cli_arguments *arguments, const struct master *master,
                                struct jumin_master_key *key, struct jumin_tokens *tokens)
{
    const char *uri = cli_value(arguments, "token");
    struct lazy_passphrase passphrase = {0};
    enum jumin_master_key_kind kind;
    enum jumin_error error = jumin_master_key_look(key, &kind);
    if (error != JUMIN_OK) {
        return error;
    }
    const bool opened = kind == JUMIN_MASTER_KEY_SEALED;
    if ((uri == NULL || opened) && !passphrase_get(arguments, !opened, passphrase.text)) {
        return JUMIN_ERROR_CANCELLED;
    }
    if (kind == JUMIN_MASTER_KEY_PLAIN || (opened && uri != NULL)) {
        error = jumin_master_key_open(key, passphrase.text, NULL);
    }
    if (error == JUMIN_OK) {
        error = uri != NULL                        ? jumin_master_key_move(key, tokens, uri, master->name)
                : kind == JUMIN_MASTER_KEY_MISSING ? jumin_master_key_make(key, passphrase.text)
                                                   : jumin_master_key_seal(key, passphrase.text);
    }
    passphrase_wipe(passphrase.text);
    return error;
}

// What protects a key already is not taken away here.
static bool may_protect(const struct cli_arguments *arguments, const struct master *master)
{
    enum jumin_master_key_kind kind;
    const bool to_token = cli_has(arguments, "token");
    if (!look(arguments, master, &kind)) {
        return false;
    }
    const char *why = kind == JUMIN_MASTER_KEY_IN_TOKEN              ? "is in a token already"
                      : kind == JUMIN_MASTER_KEY_SEALED && !to_token ? "is under a passphrase already"
                      : kind == JUMIN_MASTER_KEY_MISSING && strcmp(master->name, "transport") == 0
                          ? "is missing; it comes from the factory"
                          : NULL;
    if (why != NULL) {
        (void)cli_fail(arguments, "%s %s", master->file, why);
    }
    return why == NULL;
}

static enum cli_exit run_protect(const struct cli_arguments *arguments)
{
    const struct master *master = find(arguments->operands[0]);
    char path[HOME_PATH_MAX];
    struct token_access access = {0};
    struct jumin_master_key *key = NULL;
    enum jumin_error error = JUMIN_ERROR_CANCELLED;
    if (master != NULL && may_protect(arguments, master) && home_path(arguments, master->file, path) &&
        token_access_open(arguments, &access)) {
        error = jumin_master_key_new(&key, path);
        error = error == JUMIN_OK ? protect(arguments, master, key, access.tokens) : error;
        if (error != JUMIN_OK && error != JUMIN_ERROR_CANCELLED) {
            (void)cli_fail_error(arguments, error, jumin_master_key_detail(key));
        }
    }
    if (error == JUMIN_OK) {
        (void)printf("%s: %s\n", master->file,
                     cli_has(arguments, "token") ? "in the token" : "under the passphrase");
    }
    jumin_master_key_free(key);
    token_access_close(&access);
    return error == JUMIN_OK ? CLI_OK : CLI_FAILED;
}

static const struct cli_option protect_options[] = {
    HOME_OPTION,
    PASSPHRASE_OPTION,
    {"token", "URI", "puts the key into this token: pkcs11:token=LABEL?module-path=FILE (RFC 7512)"},
    TOKEN_PIN_OPTION,
};

const struct cli_command station_key_protect_command = {
    .name = "station key protect",
    .summary = "Put a master key under the passphrase, or into a token",
    .operands = "transport|issuer|station|audit",
    .options = protect_options,
    .option_count = sizeof protect_options / sizeof *protect_options,
    .notes =
        "The key stays the same, so that cards and records still open; one that is missing is made, but for "
        "the factory's.\n"
        "A token takes transport and issuer, and derives the keys of single cards itself (AES-CMAC); the key "
        "never leaves\n"
        "it. Best is an issuer key that the token has made before the first card. What a file held before "
        "may "
        "still be\n"
        "on the disk, and in its backups.",
    .check = check_protect,
    .run = run_protect,
};
