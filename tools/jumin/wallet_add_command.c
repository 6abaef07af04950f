// `jumin wallet add`, `tap`, `refresh`: how credentials come to a wallet.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/tap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FACE_MAX = 65536 };

#define JSON_OPTION {"json", NULL, "answer in JSON"}

static enum cli_exit end(const struct cli_arguments *arguments, struct wallet_session *session,
                         enum jumin_error error)
{
    if (error == JUMIN_OK) {
        wallet_show_credentials(arguments, session->wallet);
    }
    return error == JUMIN_OK ? CLI_OK : wallet_session_failed(arguments, session, error);
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
    if ((image == NULL || wallet_read_qr(arguments, image, text)) &&
        wallet_session_open(arguments, true, &session)) {
        const enum jumin_error error =
            add(arguments, &session, image != NULL ? text : arguments->operands[0], &said);
        result = said ? CLI_FAILED : end(arguments, &session, error);
    }
    explicit_bzero(text, sizeof text);
    wallet_session_close(&session);
    return result;
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

// --- A tap ---------------------------------------------------------------------------------------------------------

static bool check_tap(const struct cli_arguments *arguments)
{
    enum jumin_cipher cipher = JUMIN_CIPHER_ANY;
    return (arguments->operand_count == 1 || cli_misused(arguments, "the issuer's URL is needed")) &&
           secret_given_once(arguments, &secret_pin) && tap_check_options(arguments) &&
           tap_cipher(arguments, &cipher);
}

static enum cli_exit tap(const struct cli_arguments *arguments, const char *pin, const char *face)
{
    struct wallet_session session = {.wallet = NULL};
    struct tap card = {.reader = NULL};
    enum cli_exit result = CLI_FAILED;
    if (wallet_session_open(arguments, true, &session) && tap_prepare(arguments, &card, pin)) {
        result = end(
            arguments, &session,
            jumin_wallet_tap(session.wallet, card.reader, arguments->operands[0], face, (int64_t)time(NULL)));
    }
    tap_close(&card);
    wallet_session_close(&session);
    return result;
}

static enum cli_exit run_tap(const struct cli_arguments *arguments)
{
    char pin[SECRET_MAX] = "";
    const char *path = cli_value(arguments, "face");
    uint8_t *bytes = NULL;
    size_t n = 0;
    enum cli_exit result = CLI_FAILED;
    if ((path == NULL || files_read(arguments, path, FACE_MAX, &bytes, &n)) &&
        secret_get(arguments, &secret_pin, pin)) {
        char *face = bytes != NULL ? strndup((const char *)bytes, n) : NULL;
        result = tap(arguments, pin, face);
        if (face != NULL) {
            explicit_bzero(face, strlen(face));
        }
        free(face);
    }
    secret_wipe(pin);
    if (bytes != NULL) {
        explicit_bzero(bytes, n);
    }
    free(bytes);
    return result;
}

static const struct cli_option tap_options[] = {
    {"face", "FILE", "the signed result of comparing faces, JSON, where the issuer asks for it"},
    PIN_OPTIONS,
    CAN_BESIDE_OPTION,
    PACE_OPTIONS,
    WALLET_OPTIONS,
    WALLET_NETWORK_OPTIONS,
    JSON_OPTION,
    LINK_OPTIONS,
};

const struct cli_command wallet_tap_command = {
    .name = "wallet tap",
    .summary = "Bind the wallet to the holder's card, and take the credential that comes from it",
    .operands = "ISSUER",
    .options = tap_options,
    .option_count = sizeof tap_options / sizeof *tap_options,
    .notes =
        "ISSUER is the URL of `jumin serve`. A card is bound to one phone: the credential of the one before\n"
        "ends.\n"
        "    jumin wallet tap https://issuer.example --pin-file pin",
    .check = check_tap,
    .run = run_tap,
};

// --- Later ---------------------------------------------------------------------------------------------------------

static enum cli_exit run_refresh(const struct cli_arguments *arguments)
{
    struct wallet_session session = {.wallet = NULL};
    enum cli_exit result = CLI_FAILED;
    if (wallet_session_open(arguments, true, &session)) {
        result = end(arguments, &session,
                     jumin_wallet_refresh(session.wallet,
                                          arguments->operand_count > 0 ? arguments->operands[0] : NULL,
                                          cli_has(arguments, "refill"), (int64_t)time(NULL)));
    }
    wallet_session_close(&session);
    return result;
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
