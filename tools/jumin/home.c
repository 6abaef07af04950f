// Where jumin keeps what it made: keys, certificates, cards; and how it learns the passphrase.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/home.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
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
    explicit_bzero(passphrase, PASSPHRASE_MAX);
}

// One line without its end.
static bool read_line(FILE *file, char passphrase[PASSPHRASE_MAX])
{
    if (fgets(passphrase, PASSPHRASE_MAX, file) == NULL) {
        return false;
    }
    const size_t n = strcspn(passphrase, "\r\n");
    const bool whole = passphrase[n] != '\0' || n + 1 < PASSPHRASE_MAX;
    passphrase[n] = '\0';
    return whole && n > 0;
}

bool passphrase_read(const struct cli_arguments *arguments, const char *path, char passphrase[PASSPHRASE_MAX])
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        (void)cli_fail(arguments, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    setvbuf(file, NULL, _IONBF, 0); // no copy of the passphrase stays in a buffer
    const bool ok = read_line(file, passphrase);
    (void)fclose(file);
    if (!ok) {
        (void)cli_fail(arguments, "%s: its first line must hold a passphrase of up to 254 bytes", path);
    }
    return ok;
}

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { ENDING = sizeof ending / sizeof *ending };

static volatile sig_atomic_t ended_by;

static void note_end(int number)
{
    ended_by = number;
}

// While the terminal is silent, a signal that ends the program only ends the reading.
static void hold_signals(struct sigaction before[ENDING])
{
    struct sigaction action = {.sa_handler = note_end};
    sigemptyset(&action.sa_mask);
    ended_by = 0;
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaction(ending[i], &action, &before[i]);
    }
}

static void release_signals(const struct sigaction before[ENDING])
{
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaction(ending[i], &before[i], NULL);
    }
    if (ended_by != 0) {
        (void)raise(ended_by);
    }
}

// Asks on the terminal without echo, which is back whatever happens.
static bool ask(FILE *terminal, const char *prompt, char passphrase[PASSPHRASE_MAX])
{
    struct termios before, silent;
    struct sigaction actions[ENDING];
    if (tcgetattr(fileno(terminal), &before) != 0) {
        return false;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    hold_signals(actions);
    (void)dprintf(fileno(terminal), "%s", prompt);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
    const bool ok = read_line(terminal, passphrase);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &before);
    (void)dprintf(fileno(terminal), "\n");
    release_signals(actions);
    return ok;
}

static bool ask_terminal(const struct cli_arguments *arguments, bool confirm, char passphrase[PASSPHRASE_MAX])
{
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL) {
        (void)cli_fail(arguments, "a passphrase is needed: give --passphrase-file or JUMIN_PASSPHRASE");
        return false;
    }
    setvbuf(terminal, NULL, _IONBF, 0);
    char again[PASSPHRASE_MAX] = "";
    bool ok = ask(terminal, "Passphrase of the keys: ", passphrase);
    if (ok && confirm) {
        ok = ask(terminal, "Again: ", again) && strcmp(again, passphrase) == 0;
        passphrase_wipe(again);
    }
    (void)fclose(terminal);
    if (!ok) {
        (void)cli_fail(arguments, confirm ? "no passphrase, or two different ones" : "no passphrase");
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
        return ask_terminal(arguments, confirm, passphrase);
    }
    if (strlen(environment) >= PASSPHRASE_MAX) {
        (void)cli_fail(arguments, "JUMIN_PASSPHRASE is longer than 255 bytes");
        return false;
    }
    memcpy(passphrase, environment, strlen(environment) + 1);
    return true;
}
