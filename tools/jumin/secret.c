// Secrets that a person types or a script hands in: never shown, never left in a buffer.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void secret_wipe(char secret[SECRET_MAX])
{
    explicit_bzero(secret, SECRET_MAX);
}

// What was read becomes the secret without its line's end.
static bool whole_line(char secret[SECRET_MAX])
{
    const size_t n = strcspn(secret, "\r\n");
    const bool whole = secret[n] != '\0' || n + 1 < SECRET_MAX;
    secret[n] = '\0';
    return whole && n > 0;
}

bool secret_line(FILE *stream, char secret[SECRET_MAX])
{
    const bool ok = fgets(secret, SECRET_MAX, stream) != NULL && whole_line(secret);
    if (!ok) {
        secret_wipe(secret); // of one that is too long, its beginning
    }
    return ok;
}

// --- The terminal --------------------------------------------------------------------------------------------

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { ENDING = sizeof ending / sizeof *ending };

static volatile sig_atomic_t ended_by;

static void note_end(int number)
{
    ended_by = number;
}

// What held signals did before.
struct held {
    struct sigaction actions[ENDING];
    sigset_t mask;
};

// While the terminal is silent or shows a secret, a signal that ends the program only ends the reading. It
// comes in there and nowhere else, so that none is lost between the prompt and the reading.
static void hold_signals(struct held *before)
{
    struct sigaction action = {.sa_handler = note_end};
    sigset_t held;
    sigemptyset(&action.sa_mask);
    sigemptyset(&held);
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaddset(&held, ending[i]);
    }
    (void)pthread_sigmask(SIG_BLOCK, &held, &before->mask);
    ended_by = 0;
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaction(ending[i], &action, &before->actions[i]);
    }
}

static void release_signals(const struct held *before)
{
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaction(ending[i], &before->actions[i], NULL);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
    if (ended_by != 0) {
        (void)raise(ended_by);
    }
}

// A line with its end, or what there is of it. False: nothing, or a signal came.
static bool read_line(int terminal, const struct held *before, char line[SECRET_MAX])
{
    struct pollfd input = {.fd = terminal, .events = POLLIN};
    size_t n = 0;
    bool more = true;
    while (more && n + 1 < SECRET_MAX) {
        const int ready = ppoll(&input, 1, NULL, &before->mask);
        if (ended_by != 0) {
            n = 0;
            break;
        }
        const ssize_t got = ready > 0 ? read(terminal, line + n, 1) : -1;
        more = got > 0 ? line[n] != '\n' : got < 0 && errno == EINTR;
        n += got > 0 ? 1 : 0;
    }
    line[n] = '\0';
    return n > 0;
}

static int open_terminal(const struct cli_arguments *arguments, const char *missing)
{
    const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0) {
        (void)cli_fail(arguments, "%s", missing);
    }
    return terminal;
}

// One question. Whoever sees it types into silence.
static bool ask(int terminal, const char *prompt, char secret[SECRET_MAX])
{
    struct termios before, silent;
    struct held signals;
    if (tcgetattr(terminal, &before) != 0) {
        return false;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    hold_signals(&signals);
    (void)tcsetattr(terminal, TCSAFLUSH, &silent);
    (void)dprintf(terminal, "%s", prompt);
    const bool ok = read_line(terminal, &signals, secret) && whole_line(secret);
    (void)tcsetattr(terminal, TCSAFLUSH, &before);
    (void)dprintf(terminal, "\n");
    release_signals(&signals);
    return ok;
}

bool secret_show(const struct cli_arguments *arguments, const char *text, const char *prompt,
                 const char *missing)
{
    static const char clear[] = "\033[H\033[2J\033[3J";
    struct held signals;
    char line[SECRET_MAX] = "";
    const int terminal = open_terminal(arguments, missing);
    if (terminal < 0) {
        return false;
    }
    hold_signals(&signals);
    (void)dprintf(terminal, "%s%s\n%s", clear, text, prompt);
    const bool ok = read_line(terminal, &signals, line);
    (void)dprintf(terminal, "%s", clear);
    release_signals(&signals);
    (void)close(terminal);
    secret_wipe(line);
    if (!ok) {
        (void)cli_fail(arguments, "the terminal is gone");
    }
    return ok;
}

bool secret_ask(const struct cli_arguments *arguments, const char *prompt, const char *again,
                const char *missing, char secret[SECRET_MAX])
{
    const int terminal = open_terminal(arguments, missing);
    if (terminal < 0) {
        return false;
    }
    char second[SECRET_MAX] = "";
    bool ok = ask(terminal, prompt, secret);
    if (ok && again != NULL) {
        ok = ask(terminal, again, second) && strcmp(second, secret) == 0;
        secret_wipe(second);
    }
    (void)close(terminal);
    if (!ok) {
        secret_wipe(secret);
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
