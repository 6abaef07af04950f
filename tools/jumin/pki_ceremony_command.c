// `jumin pki ceremony`: custodians share the passphrase of the CSCA's key.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/pki_ceremony_command.h"

#include "tools/jumin/eac_command.h"
#include "tools/jumin/pki_command.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// --- Begin -------------------------------------------------------------------------------------------------------

static const struct cli_option begin_options[] = {DEALING_OPTIONS, WITNESS_OPTION, PKI_INIT_OPTIONS};

static bool check_begin(const struct cli_arguments *arguments)
{
    struct jumin_pki_options options;
    return pki_options(arguments, &options) && dealing_check(arguments);
}

static enum cli_exit run_begin(const struct cli_arguments *arguments)
{
    char passphrase[PASSPHRASE_MAX] = "";
    const char *witnesses[AUTHORITY_WITNESSES];
    struct jumin_pki *pki = NULL;
    struct jumin_pki_options options;
    struct jumin_ceremony ceremony;
    enum cli_exit result = CLI_FAILED;
    struct dealing *dealing = malloc(sizeof *dealing);
    if (dealing != NULL && pki_options(arguments, &options) &&
        authority_ceremony(arguments, witnesses, &ceremony) && authority_folder(arguments, &pki) &&
        dealing_start(arguments, dealing) && passphrase_get(arguments, true, passphrase)) {
        json_t *answer = json_object();
        enum jumin_error error = jumin_ceremony_begin(pki, passphrase, &options, &ceremony, &dealing->deal);
        dealing_end(dealing, error == JUMIN_OK, answer);
        const bool terminals = error != JUMIN_OK || eac_init(arguments, &options, NULL, passphrase);
        result = authority_end(
            arguments, pki, error,
            "Country signing CA, document signer, revocation list and generation key: made.", answer);
        result = terminals ? result : CLI_FAILED;
        pki = NULL;
    }
    passphrase_wipe(passphrase);
    jumin_pki_free(pki);
    free(dealing);
    return result;
}

#define SHARES_NOTES                                                                                         \
    "A share is 16 groups of letters and digits, with a check against mistyping. Shares that are shown on\n" \
    "the terminal are typed back before the next one comes. `gfcombine` of libgfshare puts the shares\n"     \
    "together, too.\n"

const struct cli_command pki_ceremony_begin_command = {
    .name = "pki ceremony begin",
    .summary = "Make the issuer's keys as `pki init`, the CSCA's in the custody of several people",
    .options = begin_options,
    .option_count = sizeof begin_options / sizeof *begin_options,
    .notes =
        "The CSCA's key goes under a random passphrase that nobody sees: it is split into shares, of which\n"
        "the threshold opens the key. The other keys, which daily work needs, are under --passphrase-file.\n"
        "Nothing is written before every share was handed over, and found to open the key with "
        "others.\n" SHARES_NOTES
        "    jumin pki ceremony begin --shares 3 --threshold 2 --custodian Kim --custodian Lee \\\n"
        "        --custodian Park --witness Choi",
    .check = check_begin,
    .run = run_begin,
};

// --- Reshare -----------------------------------------------------------------------------------------------------

static const struct cli_option reshare_options[] = {
    DEALING_OPTIONS,
    AUTHORITY_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

static enum cli_exit run_reshare(const struct cli_arguments *arguments)
{
    const char *witnesses[AUTHORITY_WITNESSES];
    struct jumin_pki *pki = NULL;
    struct jumin_ceremony ceremony;
    enum cli_exit result = CLI_FAILED;
    struct dealing *dealing = malloc(sizeof *dealing);
    if (dealing != NULL && authority_ceremony(arguments, witnesses, &ceremony) &&
        authority_folder(arguments, &pki) && authority_open(arguments, pki, NULL) &&
        dealing_start(arguments, dealing)) {
        json_t *answer = json_object();
        const enum jumin_error error = jumin_ceremony_reshare(pki, &ceremony, &dealing->deal);
        dealing_end(dealing, error == JUMIN_OK, answer);
        result =
            authority_end(arguments, pki, error,
                          "The CSCA's key is encrypted anew: earlier shares are worthless, but for copies "
                          "of its file from before.",
                          answer);
        pki = NULL;
    }
    jumin_pki_free(pki);
    free(dealing);
    return result;
}

const struct cli_command pki_ceremony_reshare_command = {
    .name = "pki ceremony reshare",
    .summary = "Give the CSCA's key to other custodians",
    .options = reshare_options,
    .option_count = sizeof reshare_options / sizeof *reshare_options,
    .notes =
        "The present custodians open the key, or its passphrase does where it was made by `pki init`. It is\n"
        "then encrypted under another random passphrase. Destroy copies of csca.key from "
        "before.\n" SHARES_NOTES,
    .check = dealing_check,
    .run = run_reshare,
};

// --- Activate ----------------------------------------------------------------------------------------------------

static const struct cli_option activate_options[] = {AUTHORITY_OPTIONS, {"json", NULL, "answer in JSON"}};

static enum cli_exit run_activate(const struct cli_arguments *arguments)
{
    const char *witnesses[AUTHORITY_WITNESSES];
    struct jumin_pki *pki = NULL;
    struct jumin_ceremony ceremony;
    if (!authority_ceremony(arguments, witnesses, &ceremony) || !authority_folder(arguments, &pki) ||
        !authority_open(arguments, pki, NULL)) {
        jumin_pki_free(pki);
        return CLI_FAILED;
    }
    return authority_end(arguments, pki, jumin_ceremony_activate(pki, &ceremony),
                         "These custodians open the CSCA's key.", json_object());
}

const struct cli_command pki_ceremony_activate_command = {
    .name = "pki ceremony activate",
    .summary = "Try whether the custodians open the CSCA's key, and record it",
    .options = activate_options,
    .option_count = sizeof activate_options / sizeof *activate_options,
    .notes = "Nothing else is changed. `pki ds rotate`, `pki crl issue` and `pki ceremony reshare` open the "
             "key for\nthemselves.",
    .run = run_activate,
};

// --- Verify ------------------------------------------------------------------------------------------------------

static const struct cli_option verify_options[] = {
    {"head", "HASH", "one that was written down: must be that of an entry"},
    HOME_OPTION,
    {"json", NULL, "answer in JSON"},
};

struct shown {
    const char *head; // looked for; NULL: none
    bool head_found;
    json_t *entries; // NULL: in words
    size_t count;
};

static void show_names(const char *what, const json_t *names)
{
    size_t i = 0;
    json_t *name = NULL;
    json_array_foreach(names, i, name)
    {
        const json_t *text = json_is_object(name) ? json_object_get(name, "name") : name;
        (void)printf("%s%s", i == 0 ? what : ", ", json_is_string(text) ? json_string_value(text) : "?");
    }
}

static const char *field(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void show_in_words(const json_t *entry)
{
    const json_t *sharing = json_object_get(entry, "sharing"), *signer = json_object_get(entry, "signer");
    const json_t *list = json_object_get(entry, "revocation_list");
    (void)printf("%04d  %s  %s", (int)json_integer_value(json_object_get(entry, "record")),
                 field(entry, "time"), field(entry, "operation"));
    if (signer != NULL) {
        (void)printf(" %s", field(signer, "serial"));
    }
    if (list != NULL) {
        (void)printf(" %d", (int)json_integer_value(json_object_get(list, "number")));
    }
    if (sharing != NULL) {
        (void)printf(": %d of %d shares, sharing %s",
                     (int)json_integer_value(json_object_get(sharing, "threshold")),
                     (int)json_integer_value(json_object_get(sharing, "shares")), field(sharing, "name"));
    }
    show_names("\n      opened by ", json_object_get(json_object_get(entry, "quorum"), "custodians"));
    show_names("\n      dealt to ", json_object_get(sharing, "custodians"));
    show_names("\n      watched by ", json_object_get(entry, "witnesses"));
    (void)printf("\n");
    size_t i = 0;
    json_t *revoked = NULL;
    json_array_foreach(json_object_get(list, "revoked"), i, revoked)
    {
        (void)printf("      revoked %s (%s)\n", field(revoked, "serial"), field(revoked, "reason"));
    }
}

static void show(void *context, const char *record, const char *hash)
{
    struct shown *shown = context;
    json_t *entry = json_loads(record, 0, NULL);
    shown->count++;
    shown->head_found = shown->head_found || (shown->head != NULL && strcmp(shown->head, hash) == 0);
    if (shown->entries != NULL) {
        (void)json_object_set_new(entry, "sha256", json_string(hash));
        (void)json_array_append(shown->entries, entry);
    } else {
        show_in_words(entry);
    }
    json_decref(entry);
}

static enum cli_exit run_verify(const struct cli_arguments *arguments)
{
    char head[JUMIN_RECORD_HASH] = "";
    struct jumin_pki *pki = NULL;
    struct shown shown = {.head = cli_value(arguments, "head"),
                          .entries = cli_has(arguments, "json") ? json_array() : NULL};
    enum cli_exit result = CLI_FAILED;
    if (!authority_folder(arguments, &pki)) {
        json_decref(shown.entries);
        return CLI_FAILED;
    }
    const enum jumin_error error = jumin_ceremony_verify(pki, show, &shown, head);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pki_detail(pki));
    } else if (shown.head != NULL && !shown.head_found) {
        (void)cli_fail(arguments,
                       "no entry has the head that was written down: the record was cut, or is another");
    } else {
        result = CLI_OK;
    }
    if (result == CLI_OK && shown.entries != NULL) {
        json_t *answer = json_pack("{s:s, s:O}", "head", head, "entries", shown.entries);
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
        json_decref(answer);
    } else if (result == CLI_OK) {
        (void)printf("%zu entries, unchanged; the head is\n  %s\n", shown.count, head);
    }
    json_decref(shown.entries);
    jumin_pki_free(pki);
    return result;
}

const struct cli_command pki_ceremony_verify_command = {
    .name = "pki ceremony verify",
    .summary = "Check and show the record of what was done with the CSCA's key",
    .options = verify_options,
    .option_count = sizeof verify_options / sizeof *verify_options,
    .notes =
        "Each entry is a file of pki/ceremonies in the home, signed by the CSCA. Checked by others:\n"
        "    openssl cms -verify -binary -inform DER -in 0001.cms -content 0001.json \\\n"
        "        -CAfile ../csca.crt -purpose any -out /dev/null\n"
        "What was cut off at the end shows by the head that was written down after a ceremony, or by the\n"
        "certificates and the list that no longer fit.",
    .run = run_verify,
};
