// Dealing shares to custodians: a file each, or on the terminal, one after the other.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/pki_ceremony_command.h"

#include "tools/jumin/files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHARES = 5, THRESHOLD = 3 };

static bool numbers(const struct cli_arguments *arguments, long *count, long *threshold)
{
    if (!cli_number(arguments, "shares", 2, JUMIN_SHARES_MAX, SHARES, count) ||
        !cli_number(arguments, "threshold", 2, JUMIN_SHARES_MAX, THRESHOLD, threshold)) {
        return false;
    }
    return *threshold <= *count ||
           cli_misused(arguments, "--threshold %ld is more than the %ld shares", *threshold, *count);
}

bool dealing_check(const struct cli_arguments *arguments)
{
    long count = 0, threshold = 0;
    if (!numbers(arguments, &count, &threshold)) {
        return false;
    }
    if (cli_value_at(arguments, "custodian", (size_t)count - 1) == NULL ||
        cli_value_at(arguments, "custodian", (size_t)count) != NULL) {
        return cli_misused(arguments, "--custodian is needed %ld times: who gets which share", count);
    }
    const bool some = cli_has(arguments, "new-share-passphrase-file");
    return !some || cli_value_at(arguments, "new-share-passphrase-file", (size_t)count - 1) != NULL ||
           cli_misused(arguments, "--new-share-passphrase-file is needed %ld times, or not at all", count);
}

// --- Passphrases -------------------------------------------------------------------------------------------------

static bool ask_passphrase(void *context, const struct jumin_share *share,
                           char passphrase[JUMIN_SHARE_PASSPHRASE])
{
    const struct dealing *dealing = context;
    char prompt[JUMIN_NAME_MAX + 64];
    _Static_assert((int)PASSPHRASE_MAX == (int)JUMIN_SHARE_PASSPHRASE, "one kind of passphrase");
    const char *path = cli_value_at(dealing->arguments, "new-share-passphrase-file", share->number - 1);
    if (path != NULL) {
        return passphrase_read(dealing->arguments, path, passphrase);
    }
    (void)snprintf(prompt, sizeof prompt,
                   "%s, choose a passphrase for share %u: ", dealing->custodians[share->number - 1],
                   share->number);
    return secret_ask(dealing->arguments, prompt,
                      "Again: ", "each custodian's passphrase is needed: give --new-share-passphrase-file",
                      passphrase);
}

// --- Files -------------------------------------------------------------------------------------------------------

static bool write_new_file(const char *path, const char *text, size_t n)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return false;
    }
    bool ok = write(descriptor, text, n) == (ssize_t)n && fsync(descriptor) == 0;
    ok = close(descriptor) == 0 && ok;
    if (!ok) { // no part of a share stays
        const int reason = errno;
        (void)unlink(path);
        errno = reason;
    }
    return ok;
}

// What was written is what is read.
static bool same_file(const struct cli_arguments *arguments, const char *path, const char *text, size_t n)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    if (!files_read(arguments, path, JUMIN_SHARE_TEXT, &bytes, &length)) {
        return false;
    }
    const bool same = length == n && memcmp(bytes, text, n) == 0;
    explicit_bzero(bytes, length);
    free(bytes);
    return same;
}

static bool give_file(void *context, const struct jumin_share *share, const char *text)
{
    struct dealing *dealing = context;
    char *path = dealing->files[dealing->file_count];
    const size_t n = strlen(text);
    const int length = snprintf(path, HOME_PATH_MAX, "%s/share-%s-%u-of-%u.txt", dealing->folder,
                                share->sharing, share->number, share->count);
    if (length < 0 || length >= HOME_PATH_MAX) {
        (void)cli_fail(dealing->arguments, "%s: the path is too long", dealing->folder);
        return false;
    }
    if (!write_new_file(path, text, n)) {
        (void)cli_fail(dealing->arguments, "%s: cannot be written: %s", path, strerror(errno));
        return false;
    }
    dealing->file_count++;
    return same_file(dealing->arguments, path, text, n);
}

// --- Terminal ----------------------------------------------------------------------------------------------------

static bool type_back(const struct dealing *dealing, const struct jumin_share *share, const char *missing)
{
    char typed[SECRET_MAX] = "";
    struct jumin_share read;
    const bool ok = secret_ask(dealing->arguments, "Type the share from the paper, to check it: ", NULL,
                               missing, typed) &&
                    jumin_share_parse(typed, strlen(typed), &read) == JUMIN_OK &&
                    read.number == share->number && strcmp(read.sharing, share->sharing) == 0;
    secret_wipe(typed);
    return ok;
}

static bool give_on_terminal(void *context, const struct jumin_share *share, const char *text)
{
    static const char missing[] = "shares are shown on a terminal: give --shares-folder";
    const struct dealing *dealing = context;
    const char *name = dealing->custodians[share->number - 1];
    char words[JUMIN_NAME_MAX + 128];
    (void)snprintf(words, sizeof words, "Share %u of %u is for %s. Nobody else looks at the screen now.\n",
                   share->number, share->count, name);
    bool ok = secret_show(dealing->arguments, words, "Enter shows it. ", missing);
    for (bool checked = false; ok && !checked;) {
        ok = secret_show(dealing->arguments, text, "Write it down. Enter clears the screen. ", missing);
        checked = ok && type_back(dealing, share, missing);
        if (ok && !checked) {
            ok = secret_show(dealing->arguments, "That is not the share.\n", "Enter shows it again. ",
                             missing);
        }
    }
    return ok;
}

// --- Start and end -------------------------------------------------------------------------------------------------

bool dealing_start(const struct cli_arguments *arguments, struct dealing *dealing)
{
    long count = 0, threshold = 0;
    *dealing = (struct dealing){.arguments = arguments, .folder = cli_value(arguments, "shares-folder")};
    if (!numbers(arguments, &count, &threshold)) {
        return false;
    }
    for (size_t i = 0; i < (size_t)count; i++) {
        dealing->custodians[i] = cli_value_at(arguments, "custodian", i);
    }
    const bool sealed = cli_has(arguments, "seal") || cli_has(arguments, "new-share-passphrase-file");
    dealing->deal = (struct jumin_deal){.threshold = (unsigned)threshold,
                                        .count = (unsigned)count,
                                        .custodians = dealing->custodians,
                                        .passphrase = sealed ? ask_passphrase : NULL,
                                        .give = dealing->folder != NULL ? give_file : give_on_terminal,
                                        .context = dealing};
    if (dealing->folder != NULL && mkdir(dealing->folder, 0700) != 0 && errno != EEXIST) {
        (void)cli_fail(arguments, "%s: cannot be made: %s", dealing->folder, strerror(errno));
        return false;
    }
    return true;
}

void dealing_end(struct dealing *dealing, bool done, json_t *answer)
{
    json_t *files = json_array();
    for (size_t i = 0; i < dealing->file_count; i++) {
        if (!done) {
            (void)unlink(dealing->files[i]);
            continue;
        }
        (void)json_array_append_new(files, json_string(dealing->files[i]));
        if (!cli_has(dealing->arguments, "json")) {
            (void)printf("%s: for %s\n", dealing->files[i], dealing->custodians[i]);
        }
    }
    (void)json_object_set_new(answer, "shares", json_integer((json_int_t)dealing->deal.count));
    (void)json_object_set_new(answer, "threshold", json_integer((json_int_t)dealing->deal.threshold));
    (void)json_object_set_new(answer, "files", files);
}
