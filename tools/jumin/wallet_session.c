// The wallet of a command: its file, its passphrase, and its way to issuers.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_session.h"

#include "tools/jumin/terminal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool find(const struct cli_arguments *arguments, char path[HOME_PATH_MAX])
{
    const char *given = cli_value(arguments, "wallet");
    if (given == NULL) {
        return home_path(arguments, "wallet", path);
    }
    const int n = snprintf(path, HOME_PATH_MAX, "%s", given);
    if (n >= HOME_PATH_MAX) {
        (void)cli_fail(arguments, "the wallet's path is too long");
    }
    return n < HOME_PATH_MAX;
}

static bool failed_to_open(const struct cli_arguments *arguments, const char *path, enum jumin_error error,
                           int reason, const char *why)
{
    if (error == JUMIN_ERROR_FILE) {
        (void)cli_fail(arguments, "%s: %s", path, strerror(reason));
    } else if (why[0] != '\0') {
        (void)cli_fail(arguments, "%s", why);
    } else if (error == JUMIN_ERROR_INPUT) {
        (void)cli_fail(arguments, "%s: no wallet, a damaged one, or the wrong passphrase", path);
    } else if (error == JUMIN_ERROR_CONFLICT) {
        (void)cli_fail(arguments, "%s: another program has it open", path);
    } else {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return false;
}

static bool go_on(void *context)
{
    (void)context;
    return !progress_interrupted();
}

static bool connect_wallet(const struct cli_arguments *arguments, struct wallet_session *session)
{
    const struct jumin_http_options options = {.allow_http = cli_has(arguments, "allow-http"),
                                               .authorities = cli_value(arguments, "authorities"),
                                               .go_on = go_on};
    const enum jumin_error error = jumin_http_new(&session->http, &options);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
        return false;
    }
    jumin_http_for_wallet(session->http, session->wallet);
    return true;
}

static bool enter(const struct cli_arguments *arguments, bool is_new, struct wallet_session *session)
{
    char path[HOME_PATH_MAX], passphrase[PASSPHRASE_MAX] = "", why[JUMIN_WALLET_TEXT] = "";
    *session = (struct wallet_session){.wallet = NULL};
    if (!find(arguments, path) || !token_access_open(arguments, &session->tokens)) {
        return false;
    }
    if (!passphrase_get(arguments, is_new, passphrase)) {
        return false;
    }
    errno = 0;
    const struct jumin_wallet_options options = {
        .tokens = session->tokens.tokens, .token = is_new ? cli_value(arguments, "token") : NULL, .why = why};
    const enum jumin_error error = is_new ? jumin_wallet_create(&session->wallet, path, passphrase, &options)
                                          : jumin_wallet_open(&session->wallet, path, passphrase, &options);
    const int reason = errno;
    passphrase_wipe(passphrase);
    return error == JUMIN_OK || failed_to_open(arguments, path, error, reason, why);
}

bool wallet_session_open(const struct cli_arguments *arguments, bool online, struct wallet_session *session)
{
    return enter(arguments, false, session) && (!online || connect_wallet(arguments, session));
}

bool wallet_session_create(const struct cli_arguments *arguments, struct wallet_session *session)
{
    return enter(arguments, true, session);
}

void wallet_session_close(struct wallet_session *session)
{
    jumin_wallet_free(session->wallet);
    jumin_http_free(session->http);
    token_access_close(&session->tokens);
    *session = (struct wallet_session){.wallet = NULL};
}

enum cli_exit wallet_session_failed(const struct cli_arguments *arguments,
                                    const struct wallet_session *session, enum jumin_error error)
{
    return cli_fail_error(arguments, error, jumin_wallet_detail(session->wallet));
}
