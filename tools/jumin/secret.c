// Secrets that a person types or a script hands in: never shown, never left in a buffer.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/secret.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>

void secret_wipe(char secret[SECRET_MAX])
{
    explicit_bzero(secret, SECRET_MAX);
}

bool secret_line(FILE *stream, char secret[SECRET_MAX])
{
    if (fgets(secret, SECRET_MAX, stream) == NULL) {
        return false;
    }
    const size_t n = strcspn(secret, "\r\n");
    const bool whole = secret[n] != '\0' || n + 1 < SECRET_MAX;
    secret[n] = '\0';
    return whole && n > 0;
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

// One question.
static bool ask(FILE *terminal, const char *prompt, char secret[SECRET_MAX])
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
    const bool ok = secret_line(terminal, secret);
    (void)tcsetattr(fileno(terminal), TCSAFLUSH, &before);
    (void)dprintf(fileno(terminal), "\n");
    release_signals(actions);
    return ok;
}

bool secret_show(const struct cli_arguments *arguments, const char *text, const char *prompt,
                 const char *missing)
{
    static const char clear[] = "\033[H\033[2J\033[3J";
    struct sigaction actions[ENDING];
    char line[SECRET_MAX] = "";
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL) {
        (void)cli_fail(arguments, "%s", missing);
        return false;
    }
    setvbuf(terminal, NULL, _IONBF, 0);
    hold_signals(actions);
    (void)dprintf(fileno(terminal), "%s%s\n%s", clear, text, prompt);
    const bool ok = fgets(line, sizeof line, terminal) != NULL;
    (void)dprintf(fileno(terminal), "%s", clear);
    release_signals(actions);
    (void)fclose(terminal);
    secret_wipe(line);
    if (!ok) {
        (void)cli_fail(arguments, "the terminal is gone");
    }
    return ok;
}

bool secret_ask(const struct cli_arguments *arguments, const char *prompt, const char *again,
                const char *missing, char secret[SECRET_MAX])
{
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL) {
        (void)cli_fail(arguments, "%s", missing);
        return false;
    }
    setvbuf(terminal, NULL, _IONBF, 0);
    char second[SECRET_MAX] = "";
    bool ok = ask(terminal, prompt, secret);
    if (ok && again != NULL) {
        ok = ask(terminal, again, second) && strcmp(second, secret) == 0;
        secret_wipe(second);
    }
    (void)fclose(terminal);
    if (!ok) {
        (void)cli_fail(arguments,
                       again != NULL ? "nothing typed, or two different entries" : "nothing typed");
    }
    return ok;
}

// --- From an option, a file, or the terminal -----------------------------------------------------------------

const struct secret_source secret_pin = {"pin", "pin-file", "PIN: ", NULL,
                                         "the PIN is needed: give --pin-file or --pin"};

static bool read_file(const struct cli_arguments *arguments, const char *path, char secret[SECRET_MAX])
{
    const bool standard_input = strcmp(path, "-") == 0;
    FILE *file = standard_input ? stdin : fopen(path, "re");
    if (file == NULL) {
        (void)cli_fail(arguments, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    (void)setvbuf(file, NULL, _IONBF, 0); // no copy stays in a buffer
    const bool ok = secret_line(file, secret);
    if (!standard_input) {
        (void)fclose(file);
    }
    if (!ok) {
        (void)cli_fail(arguments, "%s: holds no line that could be it", path);
    }
    return ok;
}

bool secret_get(const struct cli_arguments *arguments, const struct secret_source *source,
                char secret[SECRET_MAX])
{
    const char *given = source->option != NULL ? cli_value(arguments, source->option) : NULL;
    const char *path = cli_value(arguments, source->file_option);
    if (given != NULL) {
        (void)snprintf(secret, SECRET_MAX, "%s", given);
        return true;
    }
    return path != NULL ? read_file(arguments, path, secret)
                        : secret_ask(arguments, source->prompt, source->again, source->missing, secret);
}

bool secret_given_once(const struct cli_arguments *arguments, const struct secret_source *source)
{
    return !cli_has(arguments, source->option) || !cli_has(arguments, source->file_option) ||
           cli_misused(arguments, "give one of --%s and --%s", source->option, source->file_option);
}
