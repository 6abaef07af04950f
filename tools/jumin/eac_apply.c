// `jumin pki dv|terminal request`: a key of one's own, and the request to have it certified.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eac_request.h"

#include "tools/jumin/files.h"
#include <stdio.h>
#include <stdlib.h>

enum { REQUEST_MAX = 4096 };

static bool check_verifier(const struct cli_arguments *arguments)
{
    struct jumin_eac_request request;
    return eac_request(arguments, 0, &request);
}

static bool check_terminal(const struct cli_arguments *arguments)
{
    return check_verifier(arguments) &&
           (arguments->operand_count > 0 ||
            cli_misused(arguments, "a name is needed: up to nine letters and digits"));
}

// The request that was just written, read again.
static enum cli_exit tell(const struct cli_arguments *arguments, struct jumin_eac_pki *pki)
{
    char folder[HOME_PATH_MAX], path[HOME_PATH_MAX];
    struct jumin_eac_certificate_request request;
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!home_path(arguments, "eac", folder)) {
        return CLI_FAILED;
    }
    const int length = snprintf(path, sizeof path, "%s/%s.req", folder, jumin_eac_pki_issued(pki));
    if (length < 0 || (size_t)length >= sizeof path ||
        !files_read(arguments, path, REQUEST_MAX, &bytes, &n)) {
        return CLI_FAILED;
    }
    const enum jumin_error error = jumin_eac_certificate_request_parse(bytes, n, &request);
    free(bytes);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, "");
    }
    if (cli_has(arguments, "json")) {
        eac_json_request(&request, path);
    } else {
        eac_show_request(&request, path);
    }
    return CLI_OK;
}

static enum cli_exit apply(const struct cli_arguments *arguments, enum jumin_eac_role role)
{
    char passphrase[PASSPHRASE_MAX] = "", own[PASSPHRASE_MAX] = "";
    const char *own_passphrase = NULL;
    struct jumin_eac_pki *pki = NULL;
    struct jumin_eac_request request;
    struct token_access access = {0};
    enum cli_exit result = CLI_FAILED;
    // Confirmed, since it closes a key that no other opens.
    if (eac_request(arguments, 0, &request) && eac_open(arguments, &pki) &&
        token_access_open(arguments, &access) && eac_use_tokens(arguments, pki, access.tokens) &&
        eac_own_passphrase(arguments, own, &own_passphrase) && passphrase_get(arguments, true, passphrase)) {
        const enum jumin_error error = jumin_eac_pki_request(pki, role, &request, passphrase, own_passphrase);
        result = error == JUMIN_OK ? tell(arguments, pki)
                                   : cli_fail_error(arguments, error, jumin_eac_pki_detail(pki));
    }
    passphrase_wipe(passphrase);
    passphrase_wipe(own);
    jumin_eac_pki_free(pki);
    token_access_close(&access);
    return result;
}

static enum cli_exit apply_verifier(const struct cli_arguments *arguments)
{
    return apply(arguments, JUMIN_EAC_DV_DOMESTIC);
}

static enum cli_exit apply_terminal(const struct cli_arguments *arguments)
{
    return apply(arguments, JUMIN_EAC_TERMINAL);
}

#define APPLYING_OPTIONS                                                                                     \
    TYPE_OPTION, COUNTRY_OPTION,                                                                             \
        {"issuer", "NAME", "who shall certify: name or reference, a whole one where it is not in the home"}, \
        {"curve", "NAME", "that of the CVCA, where its certificate is not in the home; P-256 unless given"}, \
        HOME_OPTION, PASSPHRASE_OPTION, TOKEN_PIN_OPTION,                                                    \
        {"own-passphrase-file", "FILE", "holds the passphrase of the new key, where it is to be another"},   \
        {"json", NULL, "answer in JSON"}

#define APPLYING_NOTES                                                                                       \
    "The folder eac in the home gets REFERENCE.key and REFERENCE.req, which goes to the issuer. Put the\n"   \
    "certificate that comes back beside the key, as REFERENCE.cvc, and those of the issuers above. Where\n"  \
    "there is a certificate already, its key signs the request for the next one, too; the passphrase "       \
    "opens\n"                                                                                                \
    "that key.\n"

static const struct cli_option verifier_options[] = {APPLYING_OPTIONS, TOKEN_OPTION};
static const struct cli_option terminal_options[] = {APPLYING_OPTIONS};

const struct cli_command pki_dv_request_command = {
    .name = "pki dv request",
    .summary = "Make a document verifier's key here, and a request for its certificate",
    .operands = "[NAME]",
    .options = verifier_options,
    .option_count = sizeof verifier_options / sizeof *verifier_options,
    .notes = APPLYING_NOTES "    jumin pki dv request --issuer KRCVCAAT00001",
    .check = check_verifier,
    .run = apply_verifier,
};

const struct cli_command pki_terminal_request_command = {
    .name = "pki terminal request",
    .summary = "Make a terminal's key here, and a request for its certificate",
    .operands = "NAME",
    .options = terminal_options,
    .option_count = sizeof terminal_options / sizeof *terminal_options,
    .notes = APPLYING_NOTES "    jumin pki terminal request store --issuer KRDVAT00001",
    .check = check_terminal,
    .run = apply_terminal,
};
