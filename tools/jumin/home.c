// Where jumin keeps what it made: keys, certificates, cards; and how it learns the passphrase.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool format(char path[HOME_PATH_MAX], const char *folder, const char *name)
{
    const int n = snprintf(path, HOME_PATH_MAX, "%s/%s", folder, name);
    return n > 0 && n < HOME_PATH_MAX;
}

static bool home_folder(const struct cli_arguments *arguments, char folder[HOME_PATH_MAX])
{
    const char *given = cli_value(arguments, "home");
    if (given == NULL) {
        given = getenv("JUMIN_HOME");
    }
    if (given != NULL && given[0] != '\0') {
        const int n = snprintf(folder, HOME_PATH_MAX, "%s", given);
        return n < HOME_PATH_MAX;
    }
    const char *data = getenv("XDG_DATA_HOME");
    if (data != NULL && data[0] == '/') {
        return format(folder, data, "jumin");
    }
    const char *home = getenv("HOME");
    return home != NULL && format(folder, home, ".local/share/jumin");
}

// The folder and those above it.
static bool make_folders(char path[HOME_PATH_MAX])
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        const bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
        if (!ok) {
            return false;
        }
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

bool home_path(const struct cli_arguments *arguments, const char *name, char path[HOME_PATH_MAX])
{
    char folder[HOME_PATH_MAX];
    if (!home_folder(arguments, folder)) {
        (void)cli_fail(arguments, "there is no home folder: give --home");
        return false;
    }
    if (!make_folders(folder)) {
        (void)cli_fail(arguments, "%s: cannot be made: %s", folder, strerror(errno));
        return false;
    }
    if (!format(path, folder, name)) {
        (void)cli_fail(arguments, "%s/%s: the path is too long", folder, name);
        return false;
    }
    return true;
}

void passphrase_wipe(char passphrase[PASSPHRASE_MAX])
{
    secret_wipe(passphrase);
}

bool passphrase_read(const struct cli_arguments *arguments, const char *path, char passphrase[PASSPHRASE_MAX])
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        (void)cli_fail(arguments, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    setvbuf(file, NULL, _IONBF, 0); // no copy of the passphrase stays in a buffer
    const bool ok = secret_line(file, passphrase);
    (void)fclose(file);
    if (!ok) {
        (void)cli_fail(arguments, "%s: its first line must hold a passphrase of up to 254 bytes", path);
    }
    return ok;
}

bool passphrase_get(const struct cli_arguments *arguments, bool confirm, char passphrase[PASSPHRASE_MAX])
{
    const char *path = cli_value(arguments, "passphrase-file");
    const char *environment = getenv("JUMIN_PASSPHRASE");
    if (path != NULL) {
        return passphrase_read(arguments, path, passphrase);
    }
    if (environment == NULL || environment[0] == '\0') {
        return secret_ask(arguments, "Passphrase of the keys: ", confirm ? "Again: " : NULL,
                          "a passphrase is needed: give --passphrase-file or JUMIN_PASSPHRASE", passphrase);
    }
    if (strlen(environment) >= PASSPHRASE_MAX) {
        (void)cli_fail(arguments, "JUMIN_PASSPHRASE is longer than 255 bytes");
        return false;
    }
    memcpy(passphrase, environment, strlen(environment) + 1);
    return true;
}
