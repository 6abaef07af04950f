// `jumin verify serve`: a venue that asks over the network, until it is told to stop.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/verify_command.h"

#include "tools/jumin/serve_options.h"
#include <jumin/verifier_server.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPEN_MAX = 100000, SECONDS_MAX = 3600, URL_SHORTEST = sizeof "https://x" - 1 };

static bool check_serve(const struct cli_arguments *arguments)
{
    static const char *const needed[] = {"venue", "base-url", "secret"};
    const char *url = cli_value(arguments, "base-url");
    struct serve_options listening;
    long number = 0;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!cli_has(arguments, needed[i])) {
            return cli_misused(arguments, "--%s is needed", needed[i]);
        }
    }
    if (cli_has(arguments, "now")) {
        return cli_misused(arguments, "--now is not for a server");
    }
    const bool address = strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
    if (!address || strlen(url) < URL_SHORTEST || url[strlen(url) - 1] == '/') {
        return cli_misused(arguments, "--base-url takes https://… without a slash at its end");
    }
    return serve_options_take(arguments, &listening) && verify_setup_check(arguments) &&
           cli_number(arguments, "open", 1, OPEN_MAX, 0, &number) &&
           cli_number(arguments, "seconds", 1, SECONDS_MAX, 0, &number);
}

// --- Running -----------------------------------------------------------------------------------------------------

struct venue {
    const struct cli_arguments *arguments;
    struct verify_setup setup;
    struct jumin_remote *remote;
    struct jumin_verifier_server *server;
};

static bool drain(void *context, unsigned seconds)
{
    const struct venue *venue = context;
    return jumin_verifier_server_drain(venue->server, seconds);
}

// Takes the trust list that lies there now. What is wrong with it is said; the one before stays.
static void reload(void *context)
{
    const struct venue *venue = context;
    char detail[JUMIN_REMOTE_DETAIL] = "";
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (cli_has(venue->arguments, "roots")) {
        (void)cli_fail(venue->arguments, "--roots are read at the start alone");
        return;
    }
    if (!verify_setup_read_list(venue->arguments, &bytes, &n)) {
        return;
    }
    const enum jumin_error error =
        jumin_remote_load_trust_list(venue->remote, bytes, n, (int64_t)time(NULL), detail);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(venue->arguments, error, detail);
    } else {
        (void)fprintf(stderr, "The trust list was read again.\n");
    }
    free(bytes);
}

static bool open_remote(struct venue *venue)
{
    const struct cli_arguments *arguments = venue->arguments;
    char secret[PASSPHRASE_MAX] = "", detail[JUMIN_REMOTE_DETAIL] = "";
    long open_max = 0, seconds = 0;
    if (!cli_number(arguments, "open", 1, OPEN_MAX, 0, &open_max) ||
        !cli_number(arguments, "seconds", 1, SECONDS_MAX, 0, &seconds) ||
        !passphrase_read(arguments, cli_value(arguments, "secret"), secret)) {
        return false;
    }
    const struct jumin_remote_options options = {.base_url = cli_value(arguments, "base-url"),
                                                 .by_host = cli_has(arguments, "by-host"),
                                                 .redirect_uri = cli_value(arguments, "redirect"),
                                                 .open_max = (size_t)open_max,
                                                 .seconds = (unsigned)seconds,
                                                 .secret = secret};
    const enum jumin_error error = jumin_remote_new(&venue->remote, venue->setup.verifier, &options, detail);
    passphrase_wipe(secret);
    return error == JUMIN_OK || cli_fail_error(arguments, error, detail) == CLI_OK;
}

static enum cli_exit serve(struct venue *venue)
{
    const struct cli_arguments *arguments = venue->arguments;
    struct serve_options listening;
    char detail[JUMIN_REMOTE_DETAIL] = "";
    if (!serve_options_take(arguments, &listening) || !open_remote(venue)) {
        return CLI_FAILED;
    }
    const struct jumin_verifier_server_options options = {
        .remote = venue->remote,
        .address = listening.address,
        .port = listening.port,
        .certificate = listening.certificate,
        .key = listening.key,
        .behind_proxy = listening.behind_proxy,
        .workers = cli_has(arguments, "workers") ? listening.workers : 0,
        .unlimited = listening.unlimited,
        .log = listening.log};
    serve_block_signals();
    const enum jumin_error error = jumin_verifier_server_start(&venue->server, &options, detail);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, detail);
    }
    const struct serving serving = {jumin_verifier_server_port(venue->server), drain, reload, venue};
    return serve_until_stopped(arguments, &listening, &serving);
}

static enum cli_exit run_serve(const struct cli_arguments *arguments)
{
    struct venue venue = {.arguments = arguments};
    enum cli_exit result = CLI_FAILED;
    if (verify_setup_open(arguments, &venue.setup) && verify_setup_key(arguments, &venue.setup)) {
        result = serve(&venue);
    }
    jumin_verifier_server_free(venue.server);
    jumin_remote_free(venue.remote);
    verify_setup_close(&venue.setup);
    return result;
}

static const struct cli_option serve_options_table[] = {
    {"venue", "FILE", "who asks: the venue's key file, or its name in the home's mobile/venues"},
    {"base-url", "URL", "the server's address as phones reach it, https://…"},
    {"secret", "FILE", "holds what the venue's own programs send in its first line, 16 characters or more"},
    {"by-host", NULL, "the venue is known by the host of the URL, which its certificate must name"},
    {"redirect", "URL", "where phones send their holders when they have answered; gets a response_code"},
    {"open", "COUNT", "requests at once; 1000 unless given"},
    {"seconds", "SECONDS", "how long a request may be answered; 300 unless given"},
    SERVE_OPTIONS,
    VERIFIER_OPTIONS,
    HOME_OPTION,
    PASSPHRASE_OPTION,
};

const struct cli_command verify_serve_command = {
    .name = "verify serve",
    .summary = "Ask phones over the network for a venue (OpenID4VP), and judge what they show",
    .options = serve_options_table,
    .option_count = sizeof serve_options_table / sizeof *serve_options_table,
    .notes =
        "The venue's programs open requests at POST /requests and read each result once at GET\n"
        "/requests/HANDLE, with the secret as bearer token: `jumin verify request` is one of them. Phones "
        "fetch\n"
        "/request/ID and answer to /response/ID, encrypted. A request is for one purpose, out of those that\n"
        "the venue's certificate names. What was asked and shown is kept in memory, and nowhere else; the "
        "log\n"
        "has nothing of it. /health says whether the trust list is recent enough, /metrics counts "
        "(Prometheus).\n"
        "With --redirect, a page for holders who use it on the same phone must read the result with the\n"
        "response_code that they come back with (GET /requests/HANDLE?response_code=CODE): else one who "
        "sends\n"
        "the link of a request of his own to somebody else has that one's answer in his session. A code "
        "that\n"
        "is scanned with another device has no such protection.\n"
        "SIGHUP reads the trust list again; SIGTERM and Ctrl-C end the server when all is answered.\n"
        "\n"
        "    jumin pki venue issue bank --purpose identity --host bank.example.kr\n"
        "    jumin verify serve --venue bank --base-url https://bank.example.kr --secret till --behind-proxy",
    .check = check_serve,
    .run = run_serve,
};
