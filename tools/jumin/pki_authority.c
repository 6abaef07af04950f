// What the commands that work with the CSCA's key have in common: who opens it, who watches, what is said
// after it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/pki_authority.h"

#include "tools/jumin/files.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIES = 5, WARNING_DAYS = 14, DAY = 86400 };

void authority_time(int64_t seconds, char text[AUTHORITY_TIME])
{
    const time_t time = (time_t)seconds;
    struct tm parts = {0};
    if (gmtime_r(&time, &parts) == NULL ||
        strftime(text, AUTHORITY_TIME, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) {
        text[0] = '\0';
    }
}

bool authority_ceremony(const struct cli_arguments *arguments, const char *witnesses[AUTHORITY_WITNESSES],
                        struct jumin_ceremony *ceremony)
{
    size_t count = 0;
    const char *name = NULL;
    while ((name = cli_value_at(arguments, "witness", count)) != NULL) {
        if (count == AUTHORITY_WITNESSES) {
            (void)cli_fail(arguments, "there are %d witnesses at most", AUTHORITY_WITNESSES);
            return false;
        }
        witnesses[count++] = name;
    }
    *ceremony = (struct jumin_ceremony){"jumin " JUMIN_VERSION, (int64_t)time(NULL), witnesses, count};
    return true;
}

bool authority_folder(const struct cli_arguments *arguments, struct jumin_pki **pki)
{
    char folder[HOME_PATH_MAX];
    if (!home_path(arguments, "pki", folder)) {
        return false;
    }
    const enum jumin_error error = jumin_pki_new(pki, folder);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK;
}

// --- Shares ----------------------------------------------------------------------------------------------------

// The passphrase of a sealed share: the n-th file of the option, or asked for. False: said so on stderr.
static bool share_passphrase(const struct cli_arguments *arguments, const struct jumin_share *share, size_t n,
                             char passphrase[PASSPHRASE_MAX])
{
    char prompt[64];
    const char *path = cli_value_at(arguments, "share-passphrase-file", n);
    if (path != NULL) {
        return passphrase_read(arguments, path, passphrase);
    }
    (void)snprintf(prompt, sizeof prompt, "Passphrase of share %u: ", share->number);
    return secret_ask(arguments, prompt, NULL, "a share's passphrase is needed: give --share-passphrase-file",
                      passphrase);
}

// The n-th share, as text. False: said so on stderr.
static bool add_share(const struct cli_arguments *arguments, struct jumin_quorum *quorum, const char *name,
                      const char *text, size_t length, size_t n)
{
    char passphrase[PASSPHRASE_MAX] = "";
    struct jumin_share share;
    const bool sealed = jumin_share_parse(text, length, &share) == JUMIN_OK && share.sealed;
    if (sealed && !share_passphrase(arguments, &share, n, passphrase)) {
        passphrase_wipe(passphrase);
        return false;
    }
    const enum jumin_error error = jumin_quorum_add(quorum, text, length, sealed ? passphrase : NULL);
    passphrase_wipe(passphrase);
    if (error != JUMIN_OK) {
        (void)cli_fail(arguments, "%s: %s: %s", jumin_error_name(error), name, jumin_quorum_detail(quorum));
    }
    return error == JUMIN_OK;
}

static bool read_shares(const struct cli_arguments *arguments, struct jumin_quorum *quorum)
{
    const char *path = NULL;
    for (size_t n = 0; (path = cli_value_at(arguments, "share", n)) != NULL; n++) {
        uint8_t *bytes = NULL;
        size_t length = 0;
        if (!files_read(arguments, path, JUMIN_SHARE_TEXT, &bytes, &length)) {
            return false;
        }
        const bool ok = add_share(arguments, quorum, path, (const char *)bytes, length, n);
        explicit_bzero(bytes, length);
        free(bytes);
        if (!ok) {
            return false;
        }
    }
    return true;
}

// One after the other, each as often as a person mistypes.
static bool type_shares(const struct cli_arguments *arguments, struct jumin_quorum *quorum,
                        const struct jumin_share *sharing)
{
    unsigned given = 0, tries = 0;
    while (jumin_quorum_missing(quorum) > 0) {
        char text[SECRET_MAX] = "", prompt[80];
        (void)snprintf(prompt, sizeof prompt, "Share %u of the %u that are needed (sharing %s): ", given + 1,
                       sharing->threshold, sharing->sharing);
        bool ok = secret_ask(arguments, prompt, NULL,
                             "the shares of the CSCA's key are needed: give --share, several times", text);
        if (!ok) {
            return false;
        }
        ok = add_share(arguments, quorum, "what was typed", text, strlen(text), given);
        secret_wipe(text);
        given += ok ? 1 : 0;
        tries = ok ? 0 : tries + 1;
        if (tries == TRIES) {
            return false;
        }
    }
    return true;
}

static bool open_by_shares(const struct cli_arguments *arguments, struct jumin_pki *pki,
                           const struct jumin_share *sharing)
{
    struct jumin_quorum *quorum = NULL;
    if (jumin_quorum_new(&quorum) != JUMIN_OK) {
        return cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL) == CLI_OK;
    }
    bool ok = cli_has(arguments, "share") ? read_shares(arguments, quorum)
                                          : type_shares(arguments, quorum, sharing);
    if (ok) {
        const enum jumin_error error = jumin_pki_load_authority_by_quorum(pki, quorum);
        ok = error == JUMIN_OK;
        if (!ok) {
            (void)cli_fail_error(arguments, error, jumin_pki_detail(pki));
        }
    }
    jumin_quorum_free(quorum);
    return ok;
}

// --- Opening and closing -----------------------------------------------------------------------------------------

// Its PIN opens it then, and nobody is asked for a passphrase.
static bool is_in_token(const struct cli_arguments *arguments)
{
    static const char scheme[] = "pkcs11:";
    char path[HOME_PATH_MAX], start[sizeof scheme] = "";
    FILE *file = home_path(arguments, "pki/csca.key", path) ? fopen(path, "re") : NULL;
    if (file == NULL) {
        return false; // said where the key is loaded
    }
    (void)fgets(start, sizeof start, file);
    (void)fclose(file);
    return strcmp(start, scheme) == 0;
}

static bool open_by_passphrase(const struct cli_arguments *arguments, struct jumin_pki *pki,
                               const char *passphrase)
{
    char own[PASSPHRASE_MAX] = "";
    const char *path = cli_value(arguments, "csca-passphrase-file");
    bool ok = true;
    if (path == NULL && is_in_token(arguments)) {
        passphrase = "";
    } else if (path != NULL || passphrase == NULL) {
        ok = path != NULL ? passphrase_read(arguments, path, own) : passphrase_get(arguments, false, own);
        passphrase = own;
    }
    if (ok) {
        const enum jumin_error error = jumin_pki_load_authority(pki, passphrase);
        ok = error == JUMIN_OK;
        if (!ok) {
            (void)cli_fail_error(arguments, error, jumin_pki_detail(pki));
        }
    }
    passphrase_wipe(own);
    return ok;
}

bool authority_open(const struct cli_arguments *arguments, struct jumin_pki *pki, const char *passphrase)
{
    struct jumin_share sharing;
    const enum jumin_error error = jumin_ceremony_sharing(pki, &sharing);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, jumin_pki_detail(pki)) == CLI_OK;
    }
    const bool shared =
        cli_has(arguments, "share") || (sharing.count > 0 && !cli_has(arguments, "csca-passphrase-file"));
    return shared ? open_by_shares(arguments, pki, &sharing) : open_by_passphrase(arguments, pki, passphrase);
}

enum cli_exit authority_end(const struct cli_arguments *arguments, struct jumin_pki *pki,
                            enum jumin_error error, const char *done, json_t *answer)
{
    char head[JUMIN_RECORD_HASH] = "";
    if (error == JUMIN_OK) {
        error = jumin_ceremony_verify(pki, NULL, NULL, head);
        if (error != JUMIN_OK) {
            (void)fprintf(stderr, "%s\n", done); // it took place all the same
        }
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pki_detail(pki));
    } else if (cli_has(arguments, "json")) {
        (void)json_object_set_new(answer, "head", json_string(head));
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
    } else {
        (void)printf("%s\nThe record's head is now\n  %s\nWrite it down: `jumin pki ceremony verify --head` "
                     "compares it.\n",
                     done, head);
    }
    json_decref(answer);
    jumin_pki_free(pki);
    return error == JUMIN_OK ? CLI_OK : CLI_FAILED;
}

void authority_warn_signer(struct jumin_pki *pki)
{
    struct jumin_signer signer;
    char until[AUTHORITY_TIME];
    size_t count = 0;
    if (jumin_pki_signers(pki, &signer, 1, &count) == JUMIN_OK &&
        (int64_t)time(NULL) > signer.signs_until - (int64_t)WARNING_DAYS * DAY) {
        authority_time(signer.signs_until, until);
        (void)fprintf(
            stderr, "The document signer signs until %s: `jumin pki ds rotate` makes the next one.\n", until);
    }
}
