// What the commands of the mobile credential's certificates have in common.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/mobile_pki_command.h"

#include "tools/jumin/pki_authority.h"
#include <jansson.h>
#include <stdio.h>
#include <time.h>

bool mobile_folder_look(const struct cli_arguments *arguments, struct mobile_folder *folder)
{
    *folder = (struct mobile_folder){.pki = NULL};
    if (!home_path(arguments, "mobile", folder->path)) {
        return false;
    }
    const enum jumin_error error = jumin_mobile_pki_new(&folder->pki, folder->path);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK;
}

bool mobile_folder_open(const struct cli_arguments *arguments, bool made, struct mobile_folder *folder)
{
    if (!mobile_folder_look(arguments, folder) || !token_access_open(arguments, &folder->access)) {
        return false;
    }
    const char *token = made ? cli_value(arguments, "token") : NULL;
    const enum jumin_error error = jumin_mobile_pki_use_tokens(folder->pki, folder->access.tokens, token);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_mobile_pki_detail(folder->pki));
        return false;
    }
    return passphrase_get(arguments, made, folder->passphrase);
}

void mobile_folder_close(struct mobile_folder *folder)
{
    passphrase_wipe(folder->passphrase);
    jumin_mobile_pki_free(folder->pki);
    token_access_close(&folder->access);
}

enum cli_exit mobile_folder_end(const struct cli_arguments *arguments, struct mobile_folder *folder,
                                enum jumin_error error, const char *done)
{
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_mobile_pki_detail(folder->pki));
    } else if (cli_has(arguments, "json")) {
        json_t *answer = json_pack("{s:s, s:s}", "folder", folder->path, "done", done);
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
        json_decref(answer);
    } else {
        (void)printf("%s: %s\n", folder->path, done);
    }
    mobile_folder_close(folder);
    return error == JUMIN_OK ? CLI_OK : CLI_FAILED;
}

static json_t *purposes_json(unsigned purposes)
{
    json_t *names = json_array();
    for (unsigned bit = 1; bit <= (unsigned)JUMIN_PURPOSE_ADDRESS; bit <<= 1) {
        if ((purposes & bit) != 0) {
            (void)json_array_append_new(names, json_string(jumin_purpose_name((enum jumin_purpose)bit)));
        }
    }
    return names;
}

static const char *state_of(const struct jumin_mobile_certificate *certificate, int64_t now)
{
    return certificate->revoked            ? "revoked"
           : now > certificate->not_after  ? "expired"
           : now < certificate->not_before ? "not valid yet"
                                           : "valid";
}

static void show_words(const struct jumin_mobile_certificate *certificate, const char *state,
                       const char *from, const char *until)
{
    (void)printf("%s  %s  %s\n    %s, from %s until %s\n", certificate->name, certificate->serial, state,
                 certificate->subject, from, until);
    if (certificate->purposes != 0) {
        (void)printf("    may ask for");
        for (unsigned bit = 1; bit <= (unsigned)JUMIN_PURPOSE_ADDRESS; bit <<= 1) {
            if ((certificate->purposes & bit) != 0) {
                (void)printf(" %s", jumin_purpose_name((enum jumin_purpose)bit));
            }
        }
        (void)printf("\n");
    }
}

void mobile_show(const struct cli_arguments *arguments, const struct jumin_mobile_certificate *certificates,
                 size_t count)
{
    char from[AUTHORITY_TIME], until[AUTHORITY_TIME];
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct jumin_mobile_certificate *certificate = &certificates[i];
        const char *state = state_of(certificate, (int64_t)time(NULL));
        authority_time(certificate->not_before, from);
        authority_time(certificate->not_after, until);
        if (cli_has(arguments, "json")) {
            (void)json_array_append_new(
                all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "name", certificate->name, "serial",
                               certificate->serial, "subject", certificate->subject, "state", state, "from",
                               from, "until", until, "purposes", purposes_json(certificate->purposes)));
        } else {
            show_words(certificate, state, from, until);
        }
    }
    if (cli_has(arguments, "json")) {
        (void)json_dumpf(all, stdout, JSON_INDENT(2));
        (void)printf("\n");
    }
    json_decref(all);
}

enum cli_exit mobile_revoke(const struct cli_arguments *arguments, enum jumin_mobile_key root)
{
    struct mobile_folder folder;
    if (!mobile_folder_open(arguments, false, &folder)) {
        mobile_folder_close(&folder);
        return CLI_FAILED;
    }
    const char *serial = cli_value(arguments, "serial");
    const enum jumin_error error =
        jumin_mobile_pki_revoke(folder.pki, folder.passphrase, root, serial, (int64_t)time(NULL));
    return mobile_folder_end(arguments, &folder, error,
                             "the next revocation list is made, due again after 90 days");
}
