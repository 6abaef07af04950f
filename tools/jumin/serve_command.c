// `jumin serve`: the issuer's server, until it is told to stop.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/serve_command.h"

#include "tools/jumin/eid_session.h"
#include "tools/jumin/serve_issuing.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ADDRESS_MAX = 64,
    PORT = 8080,
    PORT_MAX = 65535,
    WORKERS_MAX = 256,
    DRAIN_SECONDS = 30,
    DRAIN_MAX = 3600,
    CHIP_SECURITY_MAX = 8192,
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

static bool check(const struct cli_arguments *arguments)
{
    char address[ADDRESS_MAX];
    uint16_t port = 0;
    long number = 0;
    if (cli_has(arguments, "certificate") != cli_has(arguments, "certificate-key")) {
        return cli_misused(arguments, "--certificate and --certificate-key belong together");
    }
    // Who issues by the counter's QR alone has no terminal.
    const bool taps = cli_has(arguments, "terminal") || !cli_has(arguments, "base-url");
    return parse_listen(arguments, address, &port) &&
           cli_number(arguments, "workers", 1, WORKERS_MAX, 2, &number) &&
           cli_number(arguments, "drain", 0, DRAIN_MAX, DRAIN_SECONDS, &number) &&
           (!taps || eid_session_check_terminal(arguments)) && serve_issuing_check(arguments);
}

static void log_line(void *context, const char *line)
{
    (void)context;
    (void)fprintf(stderr, "%s\n", line);
}

// Signals are taken by the thread that waits for them; the server's threads inherit that they are blocked.
static void block_signals(sigset_t *stop)
{
    (void)sigemptyset(stop);
    (void)sigaddset(stop, SIGTERM);
    (void)sigaddset(stop, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, stop, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static enum cli_exit serve(const struct cli_arguments *arguments, struct jumin_server *server,
                           const char *address, const sigset_t *stop)
{
    const struct timespec none = {0};
    int number = 0;
    long seconds = 0;
    (void)cli_number(arguments, "drain", 0, DRAIN_MAX, DRAIN_SECONDS, &seconds);
    (void)printf(strchr(address, ':') != NULL ? "Serving on [%s]:%u\n" : "Serving on %s:%u\n", address,
                 (unsigned)jumin_server_port(server));
    (void)fflush(stdout);
    (void)sigwait(stop, &number);
    (void)fprintf(stderr, "Stopping: what was asked is answered first. A second signal ends at once.\n");
    bool answered = jumin_server_drain(server, 0);
    while (!answered && seconds-- > 0 && sigtimedwait(stop, NULL, &none) < 0) {
        answered = jumin_server_drain(server, 1);
    }
    return answered ? CLI_OK : cli_fail(arguments, "not all that was asked is answered");
}

// What a tap takes: a terminal that may provision phones and, where the server issues, read which card it is.
static bool prepare_binding(const struct cli_arguments *arguments, struct eid_session *session,
                            struct jumin_authenticator_options *binding)
{
    if (!cli_has(arguments, "terminal")) {
        return true;
    }
    if (!eid_session_prepare(arguments, session)) {
        return false;
    }
    const bool reads = (session->certificate.rights & jumin_right_set(JUMIN_RIGHT_PRIVILEGED_TERMINAL)) != 0;
    if (!reads && cli_has(arguments, "base-url")) {
        (void)cli_fail(
            arguments,
            "the terminal may not read which card it is (the right privileged-terminal): `jumin pki "
            "terminal issue NAME --right issuer` makes one that may");
        return false;
    }
    *binding = (struct jumin_authenticator_options){.terminal = session->terminal,
                                                    .trust = session->trust,
                                                    .chip_security = reads ? CHIP_SECURITY_MAX : 0};
    return true;
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    struct eid_session session = {.terminal = NULL};
    struct serve_issuing issuing = {.records = NULL};
    struct jumin_server *server = NULL;
    struct jumin_server_options options = {.log = cli_has(arguments, "log") ? log_line : NULL,
                                           .certificate = cli_value(arguments, "certificate"),
                                           .key = cli_value(arguments, "certificate-key"),
                                           .behind_proxy = cli_has(arguments, "behind-proxy"),
                                           .unlimited = cli_has(arguments, "unlimited")};
    char address[ADDRESS_MAX], detail[JUMIN_SERVER_DETAIL] = "";
    enum cli_exit result = CLI_FAILED;
    long workers = 0;
    sigset_t stop;
    if (!parse_listen(arguments, address, &options.port) ||
        !cli_number(arguments, "workers", 1, WORKERS_MAX, 2, &workers) ||
        !prepare_binding(arguments, &session, &options.binding) ||
        (cli_has(arguments, "base-url") && !serve_issuing_open(arguments, (size_t)workers, &issuing))) {
        goto out;
    }
    options.address = address;
    options.workers = (unsigned)workers;
    options.issuing = cli_has(arguments, "base-url") ? &issuing.options : NULL;
    block_signals(&stop);
    const enum jumin_error error = jumin_server_start(&server, &options, detail);
    result = error == JUMIN_OK ? serve(arguments, server, address, &stop)
                               : cli_fail_error(arguments, error, detail);
out:
    jumin_server_free(server);
    serve_issuing_close(&issuing);
    eid_session_close(&session);
    return result;
}

static const struct cli_option options[] = {
    {"listen", "ADDRESS:PORT", "where to listen; 127.0.0.1:8080 unless given, port 0 is any free one"},
    {"certificate", "FILE", "TLS: the server's certificate and those above it, in PEM"},
    {"certificate-key", "FILE", "its key, in PEM and not encrypted"},
    {"behind-proxy", NULL, "believe X-Forwarded-For and X-Forwarded-Proto: a proxy of ours writes them"},
    {"workers", "COUNT", "threads that answer; 2 unless given"},
    {"drain", "SECONDS", "how long to answer what was asked before the stop; 30 unless given"},
    {"log", NULL, "a line a request on standard error: nothing of who asked, or for what"},
    {"unlimited", NULL, "no limits of rate, for benches and tests of load"},
    SERVE_ISSUING_OPTIONS,
    TERMINAL_OPTIONS,
    TRUST_OPTION,
};

const struct cli_command serve_command = {
    .name = "serve",
    .summary = "Serve phones over HTTP: bind them to cards, and issue the mobile credential to them",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes =
        "With --terminal phones are bound to cards, for which it needs the right provision-phone; with "
        "--base-url the\n"
        "mobile credential is issued (OpenID4VCI 1.0), to phones that were bound and to those of the counter "
        "(jumin station\n"
        "offer), and status lists, registry and did:web are served. /health says whether all works, /metrics "
        "counts\n"
        "(Prometheus): what a proxy in front lets through is its business. SIGTERM and Ctrl-C end the server "
        "when all is\n"
        "answered.\n"
        "\n"
        "    jumin pki terminal issue server --right issuer\n"
        "    jumin pki iaca init\n"
        "    jumin serve --terminal server --base-url https://id.example.kr --behind-proxy\n"
        "    jumin station offer 2026-00000001 --base-url https://id.example.kr --proof counter",
    .check = check,
    .run = run,
};
