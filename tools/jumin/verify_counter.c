// A phone's code at a counter without a radio, for `jumin verify`.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/verify_command.h"

#include "tools/jumin/wallet_command.h"
#include <stdio.h>
#include <string.h>

bool verify_counter_asked(const struct cli_arguments *arguments)
{
    return cli_has(arguments, "counter-code") ||
           (cli_has(arguments, "image") && !cli_has(arguments, "purpose") && !cli_has(arguments, "venue") &&
            arguments->operand_count == 0);
}

bool verify_counter_check(const struct cli_arguments *arguments)
{
    static const char *const others[] = {"purpose", "venue", "engagement", "transcript", "audience", "nonce"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (cli_has(arguments, others[i])) {
            return cli_misused(arguments, "--%s is not for a counter's code, which says `adult` alone",
                               others[i]);
        }
    }
    return (arguments->operand_count == 0 &&
            cli_has(arguments, "counter-code") != cli_has(arguments, "image")) ||
           cli_misused(arguments, "the counter's code is needed once: as text, or as a picture with --image");
}

// False: said so on stderr.
static bool take_code(const struct cli_arguments *arguments, char text[WALLET_QR_TEXT])
{
    const char *given = cli_value(arguments, "counter-code"), *image = cli_value(arguments, "image");
    if (image != NULL) {
        return wallet_read_qr(arguments, image, text);
    }
    if (strcmp(given, "-") == 0) { // as a code reader types it
        (void)(fgets(text, WALLET_QR_TEXT, stdin) == NULL);
        text[strcspn(text, "\r\n")] = '\0';
        return true;
    }
    (void)snprintf(text, WALLET_QR_TEXT, "%s", given);
    return true;
}

enum cli_exit verify_counter(const struct cli_arguments *arguments, struct verify_setup *setup)
{
    struct jumin_verification *verification = NULL;
    char text[WALLET_QR_TEXT] = "";
    if (!take_code(arguments, text)) {
        return CLI_FAILED;
    }
    const enum jumin_error error =
        jumin_verifier_check_counter_code(setup->verifier, text, strlen(text), setup->now, &verification);
    const enum cli_exit result =
        error == JUMIN_OK ? verify_show(arguments, verification) : cli_fail_error(arguments, error, NULL);
    jumin_verification_free(verification);
    explicit_bzero(text, sizeof text);
    return result;
}
