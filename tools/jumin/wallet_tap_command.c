// `jumin wallet tap`: the credential from the holder's card.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/secret.h"
#include "tools/jumin/tap.h"
#include "tools/jumin/wallet_matcher.h"
#include "tools/jumin/wallet_session.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PICTURE_MAX = 16 << 20 };

// What stands beside the card: who compares faces, and what vouches for the wallet.
struct beside {
    struct matcher matcher;
    uint8_t *picture, *attestation;
};

static bool check_tap(const struct cli_arguments *arguments)
{
    enum jumin_cipher cipher = JUMIN_CIPHER_ANY;
    return (arguments->operand_count == 1 || cli_misused(arguments, "the issuer's URL is needed")) &&
           (cli_has(arguments, "matcher") == cli_has(arguments, "picture") ||
            cli_misused(arguments, "--matcher and --picture belong together")) &&
           secret_given_once(arguments, &secret_pin) && tap_check_options(arguments) &&
           tap_cipher(arguments, &cipher);
}

static bool read_picture(const struct cli_arguments *arguments, struct beside *beside)
{
    static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF};
    const char *path = cli_value(arguments, "picture");
    struct matcher *matcher = &beside->matcher;
    if (path == NULL) {
        return true;
    }
    if (!files_read(arguments, path, PICTURE_MAX, &beside->picture, &matcher->picture_length)) {
        return false;
    }
    matcher->picture = beside->picture;
    matcher->command = cli_value(arguments, "matcher");
    if (matcher->picture_length < sizeof jpeg || memcmp(matcher->picture, jpeg, sizeof jpeg) != 0) {
        (void)cli_fail(arguments, "%s: the picture is no JPEG", path);
        return false;
    }
    return true;
}

// A text without line ends behind it.
static bool read_attestation(const struct cli_arguments *arguments, struct beside *beside)
{
    const char *path = cli_value(arguments, "attestation");
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (path == NULL) {
        return true;
    }
    if (!files_read(arguments, path, JUMIN_ATTESTATION_MAX, &bytes, &n)) {
        return false;
    }
    while (n > 0 && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r')) {
        n--;
    }
    beside->attestation = (uint8_t *)strndup((const char *)bytes, n);
    free(bytes);
    return beside->attestation != NULL;
}

static enum cli_exit tap(const struct cli_arguments *arguments, const char *pin, struct beside *beside)
{
    struct wallet_session session = {.wallet = NULL};
    struct tap card = {.reader = NULL};
    enum cli_exit result = CLI_FAILED;
    const struct jumin_wallet_tap_options options = {
        .attestation = (const char *)beside->attestation,
        .compare = beside->picture != NULL ? matcher_compare : NULL,
        .context = &beside->matcher,
    };
    if (wallet_session_open(arguments, true, &session) && tap_prepare(arguments, &card, pin)) {
        const enum jumin_error error = jumin_wallet_tap(session.wallet, card.reader, arguments->operands[0],
                                                        &options, (int64_t)time(NULL));
        if (error == JUMIN_OK) {
            wallet_show_credentials(arguments, session.wallet);
        }
        result = error == JUMIN_OK ? CLI_OK : wallet_session_failed(arguments, &session, error);
    }
    tap_close(&card);
    wallet_session_close(&session);
    return result;
}

static enum cli_exit run_tap(const struct cli_arguments *arguments)
{
    char pin[SECRET_MAX] = "";
    struct beside beside = {.picture = NULL};
    enum cli_exit result = CLI_FAILED;
    if (read_picture(arguments, &beside) && read_attestation(arguments, &beside) &&
        secret_get(arguments, &secret_pin, pin)) {
        result = tap(arguments, pin, &beside);
    }
    secret_wipe(pin);
    if (beside.picture != NULL) {
        explicit_bzero(beside.picture, beside.matcher.picture_length);
    }
    free(beside.picture);
    free(beside.attestation);
    return result;
}

static const struct cli_option tap_options[] = {
    {"matcher", "COMMAND",
     "a program that compares the holder's face with the portrait, where the issuer wants it"},
    {"picture", "FILE", "the holder's face as it was taken now, JPEG"},
    {"attestation", "FILE", "what the wallet's provider says of the device key (key-attestation+jwt)"},
    PIN_OPTIONS,
    CAN_BESIDE_OPTION,
    PACE_OPTIONS,
    WALLET_OPTIONS,
    WALLET_NETWORK_OPTIONS,
    {"json", NULL, "answer in JSON"},
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
        "\n"
        "Where the issuer wants the holder's face compared, COMMAND PORTRAIT PICTURE is run with two JPEG "
        "files and\n"
        "writes {\"score\": 0 to 100, \"live\": true} to standard output; it has two minutes.\n"
        "    jumin wallet tap https://issuer.example --pin-file pin\n"
        "    jumin wallet tap https://issuer.example --pin-file pin --matcher face-matcher --picture "
        "face.jpg",
    .check = check_tap,
    .run = run_tap,
};
