// What every server of the command line listens with, and how it runs until it is told to stop.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/serve_options.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ADDRESS_MAX = sizeof((struct serve_options *)0)->address,
    PORT = 8080,
    PORT_MAX = 65535,
    WORKERS_MAX = 256,
    DRAIN_SECONDS = 30,
    DRAIN_MAX = 3600,
};

// ADDR:PORT, [ADDR]:PORT, ADDR, or :PORT.
static bool parse_listen(const struct cli_arguments *arguments, char address[ADDRESS_MAX], uint16_t *port)
{
    const char *text = cli_value(arguments, "listen");
    text = text != NULL ? text : "";
    const bool bracket = text[0] == '[';
    const char *end = bracket ? strchr(text, ']') : strrchr(text, ':');
    const size_t n = end == NULL ? strlen(text) : (size_t)(end - text) - (bracket ? 1 : 0);
    const char *digits = end == NULL ? "" : end + (bracket ? 1 : 0);
    char *rest = NULL;
    if (n >= ADDRESS_MAX || (bracket && end == NULL)) {
        return cli_misused(arguments, "--listen takes ADDRESS:PORT, or [ADDRESS]:PORT for IPv6");
    }
    (void)snprintf(address, ADDRESS_MAX, "%.*s", (int)n, n > 0 ? text + (bracket ? 1 : 0) : "");
    if (n == 0) {
        (void)snprintf(address, ADDRESS_MAX, "127.0.0.1");
    }
    *port = PORT;
    if (digits[0] == '\0') {
        return true;
    }
    const long number = digits[0] == ':' ? strtol(digits + 1, &rest, 10) : -1;
    if (number < 0 || number > PORT_MAX || rest == digits + 1 || *rest != '\0') {
        return cli_misused(arguments, "--listen takes ADDRESS:PORT with a port from 0 to %d", PORT_MAX);
    }
    *port = (uint16_t)number;
    return true;
}

static void log_line(void *context, const char *line)
{
    (void)context;
    (void)fprintf(stderr, "%s\n", line);
}

bool serve_options_take(const struct cli_arguments *arguments, struct serve_options *options)
{
    long workers = 0, drain = 0;
    if (cli_has(arguments, "certificate") != cli_has(arguments, "certificate-key")) {
        return cli_misused(arguments, "--certificate and --certificate-key belong together");
    }
    *options = (struct serve_options){.certificate = cli_value(arguments, "certificate"),
                                      .key = cli_value(arguments, "certificate-key"),
                                      .behind_proxy = cli_has(arguments, "behind-proxy"),
                                      .unlimited = cli_has(arguments, "unlimited"),
                                      .log = cli_has(arguments, "log") ? log_line : NULL};
    if (!parse_listen(arguments, options->address, &options->port) ||
        !cli_number(arguments, "workers", 1, WORKERS_MAX, 2, &workers) ||
        !cli_number(arguments, "drain", 0, DRAIN_MAX, DRAIN_SECONDS, &drain)) {
        return false;
    }
    options->workers = (unsigned)workers;
    options->drain = (unsigned)drain;
    return true;
}

static sigset_t signals(bool hangup)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    if (hangup) {
        (void)sigaddset(&set, SIGHUP);
    }
    return set;
}

void serve_block_signals(void)
{
    const sigset_t set = signals(true);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

enum cli_exit serve_until_stopped(const struct cli_arguments *arguments, const struct serve_options *options,
                                  const struct serving *serving)
{
    const struct timespec none = {0};
    const sigset_t all = signals(true), stop = signals(false);
    unsigned seconds = options->drain;
    int number = 0;
    (void)printf(strchr(options->address, ':') != NULL ? "Serving on [%s]:%u\n" : "Serving on %s:%u\n",
                 options->address, (unsigned)serving->port);
    (void)fflush(stdout);
    while (sigwait(&all, &number) == 0 && number == SIGHUP && serving->reload != NULL) {
        serving->reload(serving->server);
    }
    (void)fprintf(stderr, "Stopping: what was asked is answered first. A second signal ends at once.\n");
    bool answered = serving->drain(serving->server, 0);
    while (!answered && seconds-- > 0 && sigtimedwait(&stop, NULL, &none) < 0) {
        answered = serving->drain(serving->server, 1);
    }
    return answered ? CLI_OK : cli_fail(arguments, "not all that was asked is answered");
}
