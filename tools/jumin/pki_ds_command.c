// `jumin pki ds`: document signers, the present one and those before; and `jumin pki crl`: the revocation
// list.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/pki_ceremony_command.h"
#include "tools/jumin/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIGNERS_MAX = 400, REVOCATIONS_MAX = 100 };

// --- Rotate ------------------------------------------------------------------------------------------------------

static const struct cli_option rotate_options[] = {
    AUTHORITY_OPTIONS, TOKEN_PIN_OPTION, {"json", NULL, "answer in JSON"}};

// Keys may be in a token, by what their files say.
static bool open_folder(const struct cli_arguments *arguments, struct token_access *access,
                        struct jumin_pki **pki)
{
    return authority_folder(arguments, pki) && token_access_open(arguments, access) &&
           jumin_pki_use_tokens(*pki, access->tokens, NULL) == JUMIN_OK;
}

static bool load_signer(const struct cli_arguments *arguments, struct jumin_pki *pki, const char *passphrase)
{
    const enum jumin_error error = jumin_pki_load(pki, passphrase);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pki_detail(pki));
    }
    return error == JUMIN_OK;
}

static enum cli_exit run_rotate(const struct cli_arguments *arguments)
{
    char passphrase[PASSPHRASE_MAX] = "", done[128];
    const char *witnesses[AUTHORITY_WITNESSES];
    struct jumin_pki *pki = NULL;
    struct token_access access = {0};
    struct jumin_ceremony ceremony;
    struct jumin_signer signer = {.serial = ""};
    size_t count = 0;
    const bool opened = authority_ceremony(arguments, witnesses, &ceremony) &&
                        open_folder(arguments, &access, &pki) &&
                        passphrase_get(arguments, false, passphrase) &&
                        load_signer(arguments, pki, passphrase) && authority_open(arguments, pki, passphrase);
    if (!opened) {
        passphrase_wipe(passphrase);
        jumin_pki_free(pki);
        token_access_close(&access);
        return CLI_FAILED;
    }
    enum jumin_error error = jumin_ceremony_rotate_signer(pki, passphrase, &ceremony);
    passphrase_wipe(passphrase);
    if (error == JUMIN_OK) {
        error = jumin_pki_signers(pki, &signer, 1, &count);
    }
    char until[AUTHORITY_TIME];
    authority_time(signer.signs_until, until);
    (void)snprintf(done, sizeof done, "Document signer %s signs until %s.", signer.serial, until);
    const enum cli_exit result = authority_end(
        arguments, pki, error, done, json_pack("{s:s, s:s}", "serial", signer.serial, "signs_until", until));
    token_access_close(&access);
    return result;
}

const struct cli_command pki_ds_rotate_command = {
    .name = "pki ds rotate",
    .summary = "Make another document signer's key and certificate in place of the present ones",
    .options = rotate_options,
    .option_count = sizeof rotate_options / sizeof *rotate_options,
    .notes =
        "A signer signs for 90 days, and its certificate is valid for as long as the cards are (9303-12 "
        "§5).\n"
        "The key before is destroyed; its certificate goes to pki/signers, as its cards stay valid.\n"
        "The new key is under --passphrase-file, which must open the one before, or in the same token as\n"
        "that; the token destroys the key before, so that stations at work must be started anew.",
    .run = run_rotate,
};

// --- List --------------------------------------------------------------------------------------------------------

static const struct cli_option list_options[] = {HOME_OPTION, {"json", NULL, "answer in JSON"}};

static const char *state_of(const struct jumin_signer *signer, int64_t now)
{
    return signer->revoked             ? "revoked"
           : now > signer->not_after   ? "expired"
           : !signer->current          ? "signs no more"
           : now > signer->signs_until ? "may sign no more"
                                       : "signs";
}

static void list_json(const struct jumin_signer *signers, size_t count, const struct jumin_crl *list,
                      int64_t now)
{
    char from[AUTHORITY_TIME], until[AUTHORITY_TIME], end[AUTHORITY_TIME];
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        authority_time(signers[i].not_before, from);
        authority_time(signers[i].signs_until, until);
        authority_time(signers[i].not_after, end);
        (void)json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "serial", signers[i].serial, "state",
                           state_of(&signers[i], now), "from", from, "signs_until", until, "valid_until", end,
                           "current", signers[i].current, "revoked", signers[i].revoked));
    }
    authority_time(list->this_update, from);
    authority_time(list->next_update, until);
    json_t *answer = json_pack("{s:o, s:{s:I, s:s, s:s, s:I}}", "signers", all, "revocation_list", "number",
                               (json_int_t)list->number, "this_update", from, "next_update", until, "entries",
                               (json_int_t)list->entries);
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

static void list_words(const struct jumin_signer *signers, size_t count, const struct jumin_crl *list,
                       int64_t now)
{
    char from[AUTHORITY_TIME], until[AUTHORITY_TIME], end[AUTHORITY_TIME];
    for (size_t i = 0; i < count; i++) {
        authority_time(signers[i].not_before, from);
        authority_time(signers[i].signs_until, until);
        authority_time(signers[i].not_after, end);
        (void)printf("%s  %s\n    signs from %s until %s, valid until %s\n", signers[i].serial,
                     state_of(&signers[i], now), from, until, end);
    }
    authority_time(list->next_update, until);
    (void)printf("Revocation list %u with %zu entries; the next one is due on %s%s\n", list->number,
                 list->entries, until, now > list->next_update ? ": overdue" : "");
}

static enum cli_exit run_list(const struct cli_arguments *arguments)
{
    struct jumin_pki *pki = NULL;
    struct jumin_crl list;
    size_t count = 0;
    struct jumin_signer *signers = calloc(SIGNERS_MAX, sizeof *signers);
    if (signers == NULL || !authority_folder(arguments, &pki)) {
        free(signers);
        return CLI_FAILED;
    }
    enum jumin_error error = jumin_pki_signers(pki, signers, SIGNERS_MAX, &count);
    count = count < SIGNERS_MAX ? count : SIGNERS_MAX;
    error = error == JUMIN_OK ? jumin_pki_crl(pki, &list) : error;
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pki_detail(pki));
    } else if (cli_has(arguments, "json")) {
        list_json(signers, count, &list, (int64_t)time(NULL));
    } else {
        list_words(signers, count, &list, (int64_t)time(NULL));
    }
    if (error == JUMIN_OK) {
        authority_warn_signer(pki);
    }
    free(signers);
    jumin_pki_free(pki);
    return error == JUMIN_OK ? CLI_OK : CLI_FAILED;
}

const struct cli_command pki_ds_list_command = {
    .name = "pki ds list",
    .summary = "Show the document signers, until when they sign and are valid, and the revocation list",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .run = run_list,
};

// --- Revocation list -----------------------------------------------------------------------------------------------

static const struct cli_option crl_options[] = {
    {"revoke", "SERIAL", "of a document signer, as `pki ds list` shows it; may be repeated"},
    {"reason", "REASON",
     "of the --revoke at the same place: unspecified (unless given), key-compromise, superseded, "
     "cessation-of-operation or privilege-withdrawn"},
    AUTHORITY_OPTIONS,
    TOKEN_PIN_OPTION,
    {"json", NULL, "answer in JSON"},
};

static bool is_reason(const char *text)
{
    const char *reason = NULL;
    for (size_t i = 0; (reason = jumin_revocation_reason(i)) != NULL; i++) {
        if (strcmp(reason, text) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_crl(const struct cli_arguments *arguments)
{
    const char *reason = NULL;
    for (size_t i = 0; (reason = cli_value_at(arguments, "reason", i)) != NULL; i++) {
        if (!is_reason(reason)) {
            return cli_misused(arguments, "there is no reason %s", reason);
        }
        if (cli_value_at(arguments, "revoke", i) == NULL) {
            return cli_misused(arguments, "--reason without a --revoke");
        }
    }
    return cli_value_at(arguments, "revoke", REVOCATIONS_MAX) == NULL ||
           cli_misused(arguments, "--revoke is given more than %d times", REVOCATIONS_MAX);
}

static enum cli_exit run_crl(const struct cli_arguments *arguments)
{
    struct jumin_revocation revocations[REVOCATIONS_MAX];
    const char *witnesses[AUTHORITY_WITNESSES], *serial = NULL;
    char done[128], due[AUTHORITY_TIME];
    struct jumin_pki *pki = NULL;
    struct token_access access = {0};
    struct jumin_ceremony ceremony;
    struct jumin_crl list = {0};
    size_t count = 0;
    while (count < REVOCATIONS_MAX && (serial = cli_value_at(arguments, "revoke", count)) != NULL) {
        const char *reason = cli_value_at(arguments, "reason", count);
        revocations[count++] =
            (struct jumin_revocation){serial, reason != NULL ? reason : jumin_revocation_reason(0)};
    }
    if (!authority_ceremony(arguments, witnesses, &ceremony) || !open_folder(arguments, &access, &pki) ||
        !authority_open(arguments, pki, NULL)) {
        jumin_pki_free(pki);
        token_access_close(&access);
        return CLI_FAILED;
    }
    enum jumin_error error = jumin_ceremony_issue_crl(pki, &ceremony, revocations, count);
    error = error == JUMIN_OK ? jumin_pki_crl(pki, &list) : error;
    authority_time(list.next_update, due);
    (void)snprintf(done, sizeof done, "Revocation list %u with %zu entries; the next one is due on %s.",
                   list.number, list.entries, due);
    const enum cli_exit result =
        authority_end(arguments, pki, error, done,
                      json_pack("{s:I, s:I, s:s}", "number", (json_int_t)list.number, "entries",
                                (json_int_t)list.entries, "next_update", due));
    token_access_close(&access);
    return result;
}

const struct cli_command pki_crl_issue_command = {
    .name = "pki crl issue",
    .summary = "Issue the next revocation list, with document signers that are revoked from now on",
    .options = crl_options,
    .option_count = sizeof crl_options / sizeof *crl_options,
    .notes =
        "pki/csca.crl gets the next number and is due again after 90 days (9303-12 §7.1.4); what is revoked\n"
        "stays so. Cards of a revoked signer fail wherever the list is known. Reasons stand in the record\n"
        "only, as 9303-12 has none in the list.\n"
        "    jumin pki crl issue --revoke 4F1C… --reason key-compromise",
    .check = check_crl,
    .run = run_crl,
};
