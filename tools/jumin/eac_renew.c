// `jumin pki cvca|dv|terminal renew`: new keys for holders that are there.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eac_request.h"

static bool check_renewal(const struct cli_arguments *arguments)
{
    int64_t now = 0;
    unsigned days = 0;
    enum jumin_terminal_type type;
    enum jumin_curve curve;
    return eac_type(arguments, &type) && eac_days(arguments, &now, &days) && eac_curve(arguments, &curve);
}

static bool check_terminal_renewal(const struct cli_arguments *arguments)
{
    return check_renewal(arguments) &&
           (arguments->operand_count > 0 || cli_misused(arguments, "the terminal's name is needed"));
}

static const char *usual_name(enum jumin_eac_role role, enum jumin_terminal_type type)
{
    static const char *const cvca[] = {NULL, "CVCAIS", "CVCAAT", "CVCAST"};
    static const char *const dv[] = {NULL, "DVIS", "DVAT", "DVST"};
    return role == JUMIN_EAC_CVCA ? cvca[type] : dv[type];
}

static enum cli_exit renew(const struct cli_arguments *arguments, enum jumin_eac_role role)
{
    char passphrase[PASSPHRASE_MAX] = "", own[PASSPHRASE_MAX] = "";
    const char *own_passphrase = NULL;
    struct jumin_eac_pki *pki = NULL;
    struct jumin_eac_renewal renewal = {.role = role};
    enum jumin_terminal_type type;
    enum jumin_curve curve = JUMIN_CURVE_P256;
    struct token_access access = {0};
    enum cli_exit result = CLI_FAILED;
    renewal.curve = cli_has(arguments, "curve") ? &curve : NULL;
    if (eac_type(arguments, &type) && eac_curve(arguments, &curve) &&
        eac_days(arguments, &renewal.now, &renewal.days) && eac_open(arguments, &pki) &&
        token_access_open(arguments, &access) && eac_use_tokens(arguments, pki, access.tokens) &&
        eac_own_passphrase(arguments, own, &own_passphrase) && passphrase_get(arguments, false, passphrase)) {
        renewal.name = arguments->operand_count > 0 ? arguments->operands[0] : usual_name(role, type);
        result = eac_tell(arguments, pki, jumin_eac_pki_renew(pki, &renewal, passphrase, own_passphrase));
    }
    passphrase_wipe(passphrase);
    passphrase_wipe(own);
    jumin_eac_pki_free(pki);
    token_access_close(&access);
    return result;
}

static enum cli_exit renew_cvca(const struct cli_arguments *arguments)
{
    return renew(arguments, JUMIN_EAC_CVCA);
}

static enum cli_exit renew_dv(const struct cli_arguments *arguments)
{
    return renew(arguments, JUMIN_EAC_DV_DOMESTIC);
}

static enum cli_exit renew_terminal(const struct cli_arguments *arguments)
{
    return renew(arguments, JUMIN_EAC_TERMINAL);
}

static const struct cli_option cvca_renew_options[] = {
    TYPE_OPTION,
    {"curve", "NAME", "of the new key; that of the old one unless given"},
    TOKEN_OPTION,
    ISSUING_OPTIONS,
};
static const struct cli_option dv_renew_options[] = {TYPE_OPTION, TOKEN_OPTION, ISSUING_OPTIONS,
                                                     OWN_PASSPHRASE_OPTION};
static const struct cli_option terminal_renew_options[] = {ISSUING_OPTIONS, OWN_PASSPHRASE_OPTION};

const struct cli_command pki_cvca_renew_command = {
    .name = "pki cvca renew",
    .summary = "Give a country verifying CA a new key, with a link certificate by the old one",
    .operands = "[NAME]",
    .options = cvca_renew_options,
    .option_count = sizeof cvca_renew_options / sizeof *cvca_renew_options,
    .notes = "REFERENCE.link.cvc leads cards that trust the old key to the new one, on whatever curve that "
             "is. Renew\n"
             "the document verifier and the terminals afterwards, so that they carry it. The new key is made "
             "where the\n"
             "old one is, in a token or in a file, unless --token is given.",
    .check = check_renewal,
    .run = renew_cvca,
};

const struct cli_command pki_dv_renew_command = {
    .name = "pki dv renew",
    .summary = "Give a document verifier a new key and certificate",
    .operands = "[NAME]",
    .options = dv_renew_options,
    .option_count = sizeof dv_renew_options / sizeof *dv_renew_options,
    .notes = "Role and rights stay; the newest key of its CVCA signs. The new key is made where the old one "
             "is, in a\n"
             "token or in a file, unless --token is given.",
    .check = check_renewal,
    .run = renew_dv,
};

const struct cli_command pki_terminal_renew_command = {
    .name = "pki terminal renew",
    .summary = "Give a terminal a new key and certificate",
    .operands = "NAME",
    .options = terminal_renew_options,
    .option_count = sizeof terminal_renew_options / sizeof *terminal_renew_options,
    .notes = "Rights and extensions stay; the newest key of its document verifier signs.",
    .check = check_terminal_renewal,
    .run = renew_terminal,
};
