// `jumin serve`: the issuer's server, until it is told to stop.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/serve_command.h"

#include "tools/jumin/eid_session.h"
#include "tools/jumin/serve_issuing.h"
#include "tools/jumin/serve_options.h"
#include <stdio.h>

enum { CHIP_SECURITY_MAX = 8192 };

static bool check(const struct cli_arguments *arguments)
{
    struct serve_options listening;
    // Who issues by the counter's QR alone has no terminal.
    const bool taps = cli_has(arguments, "terminal") || !cli_has(arguments, "base-url");
    return serve_options_take(arguments, &listening) && (!taps || eid_session_check_terminal(arguments)) &&
           serve_issuing_check(arguments);
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

static bool drain(void *server, unsigned seconds)
{
    return jumin_server_drain(server, seconds);
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    struct eid_session session = {.terminal = NULL};
    struct serve_issuing issuing = {.records = NULL};
    struct serve_options listening;
    struct jumin_server *server = NULL;
    struct jumin_server_options options = {.binding = {.terminal = NULL}};
    char detail[JUMIN_SERVER_DETAIL] = "";
    enum cli_exit result = CLI_FAILED;
    if (!serve_options_take(arguments, &listening) ||
        !prepare_binding(arguments, &session, &options.binding) ||
        (cli_has(arguments, "base-url") && !serve_issuing_open(arguments, listening.workers, &issuing))) {
        goto out;
    }
    options.address = listening.address;
    options.port = listening.port;
    options.certificate = listening.certificate;
    options.key = listening.key;
    options.behind_proxy = listening.behind_proxy;
    options.workers = listening.workers;
    options.unlimited = listening.unlimited;
    options.log = listening.log;
    options.issuing = cli_has(arguments, "base-url") ? &issuing.options : NULL;
    serve_block_signals();
    const enum jumin_error error = jumin_server_start(&server, &options, detail);
    result = error == JUMIN_OK
                 ? serve_until_stopped(arguments, &listening,
                                       &(struct serving){jumin_server_port(server), drain, NULL, server})
                 : cli_fail_error(arguments, error, detail);
out:
    jumin_server_free(server);
    serve_issuing_close(&issuing);
    eid_session_close(&session);
    return result;
}

static const struct cli_option options[] = {
    SERVE_OPTIONS,
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
