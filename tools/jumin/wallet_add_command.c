// `jumin wallet add`, `refresh`: how credentials come to a wallet.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

#include "tools/jumin/secret.h"
#include "tools/jumin/terminal.h"
#include "tools/jumin/wallet_session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JSON_OPTION {"json", NULL, "answer in JSON"}

static enum cli_exit end(const struct cli_arguments *arguments, struct wallet_session *session,
                         enum jumin_error error)
{
    if (error == JUMIN_OK) {
        wallet_show_credentials(arguments, session->wallet);
    }
    return error == JUMIN_OK ? CLI_OK : wallet_session_failed(arguments, session, error);
}

static enum cli_exit close_session(struct wallet_session *session, enum cli_exit result)
{
    wallet_session_close(session);
    return result == CLI_FAILED && progress_interrupted() ? CLI_INTERRUPTED : result;
}

// --- An offer --------------------------------------------------------------------------------------------------

static bool check_add(const struct cli_arguments *arguments)
{
    const bool image = cli_has(arguments, "image");
    return arguments->operand_count == (image ? 0 : 1) ||
           cli_misused(arguments, "the offer is needed: as text, or as a picture with --image");
}

static const struct secret_source tx_code_source = {
    .option = "tx-code",
    .file_option = "tx-code-file",
    .prompt = "Code that came with the offer: ",
    .missing = "the offer needs the code that came with it: --tx-code or --tx-code-file",
};

static enum jumin_error add(const struct cli_arguments *arguments, struct wallet_session *session,
                            const char *text, bool *said)
{
    struct jumin_wallet_offer offer;
    char code[SECRET_MAX] = "";
    const int64_t now = (int64_t)time(NULL);
    enum jumin_error error = jumin_wallet_look_at_offer(session->wallet, text, now, &offer);
    const bool given = cli_has(arguments, "tx-code") || cli_has(arguments, "tx-code-file");
    if (error == JUMIN_OK && (offer.tx_code || given) && !secret_get(arguments, &tx_code_source, code)) {
        *said = true;
        return JUMIN_ERROR_INPUT;
    }
    if (error == JUMIN_OK && !cli_has(arguments, "json")) {
        (void)printf("%s offers %zu credential%s.\n", offer.name[0] != '\0' ? offer.name : offer.issuer,
                     offer.credentials, offer.credentials == 1 ? "" : "s");
    }
    if (error == JUMIN_OK) {
        error = jumin_wallet_add(session->wallet, text, code[0] != '\0' ? code : NULL, now);
    }
    secret_wipe(code);
    return error;
}

static enum cli_exit run_add(const struct cli_arguments *arguments)
{
    struct wallet_session session = {.wallet = NULL};
    const char *image = cli_value(arguments, "image");
    char text[WALLET_QR_TEXT] = "";
    bool said = false;
    enum cli_exit result = CLI_FAILED;
    progress_watch_interrupts();
    if ((image == NULL || wallet_read_qr(arguments, image, text)) &&
        wallet_session_open(arguments, true, &session)) {
        const enum jumin_error error =
            add(arguments, &session, image != NULL ? text : arguments->operands[0], &said);
        result = said ? CLI_FAILED : end(arguments, &session, error);
    }
    explicit_bzero(text, sizeof text);
    return close_session(&session, result);
}

static const struct cli_option add_options[] = {
    {"image", "FILE", "the picture of a QR code, PNG or JPEG, in place of the text"},
    {"tx-code", "TEXT", "the code that came with the offer, for everybody to see who lists processes"},
    {"tx-code-file", "FILE", "holds that code in its first line; - is the next line of standard input"},
    WALLET_OPTIONS,
    WALLET_NETWORK_OPTIONS,
    JSON_OPTION,
};

const struct cli_command wallet_add_command = {
    .name = "wallet add",
    .summary = "Take a credential offer (OpenID4VCI), as text or as a QR code",
    .operands = "[OFFER]",
    .options = add_options,
    .option_count = sizeof add_options / sizeof *add_options,
    .notes = "    jumin wallet add --image offer.png --tx-code-file receipt\n"
             "    jumin wallet add 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2F…'",
    .check = check_add,
    .run = run_add,
};

// --- Later ---------------------------------------------------------------------------------------------------------

static enum cli_exit run_refresh(const struct cli_arguments *arguments)
{
    struct wallet_session session = {.wallet = NULL};
    enum cli_exit result = CLI_FAILED;
    progress_watch_interrupts();
    if (wallet_session_open(arguments, true, &session)) {
        result = end(arguments, &session,
                     jumin_wallet_refresh(session.wallet,
                                          arguments->operand_count > 0 ? arguments->operands[0] : NULL,
                                          cli_has(arguments, "refill"), (int64_t)time(NULL)));
    }
    return close_session(&session, result);
}

static const struct cli_option refresh_options[] = {
    {"refill", NULL, "fetch new copies though enough are left: the issuer may have other data by now"},
    WALLET_OPTIONS,
    WALLET_NETWORK_OPTIONS,
    JSON_OPTION,
};

const struct cli_command wallet_refresh_command = {
    .name = "wallet refresh",
    .summary = "Look whether credentials are locked, fetch copies where few are left, and what was deferred",
    .operands = "[ID]",
    .options = refresh_options,
    .option_count = sizeof refresh_options / sizeof *refresh_options,
    .run = run_refresh,
};
