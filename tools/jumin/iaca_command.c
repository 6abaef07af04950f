// `jumin pki iaca`: the root of the mobile credential, and what signs below it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/mobile_pki_command.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JSON_OPTION {"json", NULL, "answer in JSON"}

static const struct cli_option init_options[] = {
    HOME_OPTION,
    PASSPHRASE_OPTION,
    {"country", "CODE", "of the certificates, two letters; KR unless given"},
    {"organization", "NAME", "of the certificates; \"jumin specimen\" unless given"},
    {"contact", "URI", "of the issuer, for the alternative names of the certificates"},
    {"crl-folder", "URI", "where iaca.crl and venue-root.crl will be found; stands in the certificates"},
    TOKEN_OPTION,
    TOKEN_PIN_OPTION,
    JSON_OPTION,
};

static enum cli_exit run_init(const struct cli_arguments *arguments)
{
    const struct jumin_mobile_pki_options options = {
        .country = cli_value(arguments, "country"),
        .organization = cli_value(arguments, "organization"),
        .contact = cli_value(arguments, "contact"),
        .revocation_lists = cli_value(arguments, "crl-folder"),
        .now = (int64_t)time(NULL),
    };
    struct mobile_folder folder;
    if (!mobile_folder_open(arguments, true, &folder)) {
        mobile_folder_close(&folder);
        return CLI_FAILED;
    }
    const enum jumin_error error = jumin_mobile_pki_init(folder.pki, folder.passphrase, &options);
    return mobile_folder_end(arguments, &folder, error,
                             "IACA, signers of documents, status lists, SD-JWT and trust lists, root of "
                             "venues, revocation lists");
}

const struct cli_command pki_iaca_init_command = {
    .name = "pki iaca init",
    .summary = "Make the mobile credential's root, its signers and the root of venues",
    .options = init_options,
    .option_count = sizeof init_options / sizeof *init_options,
    .notes =
        "The folder mobile in the home gets iaca.crt, mdoc.crt, status.crt, sd-jwt.crt, trust-list.crt\n"
        "and venue-root.crt, with a key beside each, under the passphrase or in a token, and iaca.crl and\n"
        "venue-root.crl (ISO 18013-5 Annex B). All keys are of P-256. " TOKEN_NOTES
        "A folder that has a root already is left alone.",
    .run = run_init,
};

// --- Renew -------------------------------------------------------------------------------------------------------

static const struct cli_option renew_options[] = {HOME_OPTION, PASSPHRASE_OPTION, TOKEN_PIN_OPTION,
                                                  JSON_OPTION};

// JUMIN_MOBILE_KEYS: there is none.
static enum jumin_mobile_key signer_of(const struct cli_arguments *arguments)
{
    for (unsigned i = 0; i < JUMIN_MOBILE_KEYS && arguments->operand_count == 1; i++) {
        const enum jumin_mobile_key key = (enum jumin_mobile_key)i;
        if (key != JUMIN_MOBILE_IACA && key != JUMIN_MOBILE_VENUE_ROOT &&
            strcmp(jumin_mobile_key_name(key), arguments->operands[0]) == 0) {
            return key;
        }
    }
    return JUMIN_MOBILE_KEYS;
}

static bool check_renew(const struct cli_arguments *arguments)
{
    return signer_of(arguments) != JUMIN_MOBILE_KEYS ||
           cli_misused(arguments, "a signer is needed: mdoc, status, sd-jwt or trust-list");
}

static enum cli_exit run_renew(const struct cli_arguments *arguments)
{
    struct mobile_folder folder;
    if (!mobile_folder_open(arguments, false, &folder)) {
        mobile_folder_close(&folder);
        return CLI_FAILED;
    }
    const enum jumin_error error =
        jumin_mobile_pki_renew(folder.pki, folder.passphrase, signer_of(arguments), (int64_t)time(NULL));
    return mobile_folder_end(arguments, &folder, error, "the signer has a new key and certificate");
}

const struct cli_command pki_iaca_renew_command = {
    .name = "pki iaca renew",
    .summary = "Make another key and certificate of a signer in place of the present ones",
    .operands = "SIGNER",
    .options = renew_options,
    .option_count = sizeof renew_options / sizeof *renew_options,
    .notes =
        "SIGNER is mdoc, status, sd-jwt or trust-list. A certificate is valid for 457 days (ISO 18013-5\n"
        "§B.1.4), and what it signs for no longer. The key before is destroyed; its certificate goes to\n"
        "mobile/signers, as what it signed stays valid.",
    .check = check_renew,
    .run = run_renew,
};

// --- Show --------------------------------------------------------------------------------------------------------

static const struct cli_option show_options[] = {HOME_OPTION, JSON_OPTION};

enum { FORMER_MAX = 1000 };

static enum cli_exit run_show(const struct cli_arguments *arguments)
{
    struct mobile_folder folder;
    size_t former = 0;
    if (!mobile_folder_look(arguments, &folder)) {
        return CLI_FAILED;
    }
    struct jumin_mobile_certificate *certificates =
        calloc((size_t)JUMIN_MOBILE_KEYS + FORMER_MAX, sizeof *certificates);
    enum jumin_error error = certificates != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    for (unsigned i = 0; i < JUMIN_MOBILE_KEYS && error == JUMIN_OK; i++) {
        error = jumin_mobile_pki_show(folder.pki, (enum jumin_mobile_key)i, &certificates[i]);
    }
    if (error == JUMIN_OK) {
        error = jumin_mobile_pki_former(folder.pki, JUMIN_MOBILE_IACA, certificates + JUMIN_MOBILE_KEYS,
                                        FORMER_MAX, &former);
    }
    if (error == JUMIN_OK) {
        mobile_show(arguments, certificates, JUMIN_MOBILE_KEYS + (former < FORMER_MAX ? former : FORMER_MAX));
    } else {
        (void)cli_fail_error(arguments, error, jumin_mobile_pki_detail(folder.pki));
    }
    free(certificates);
    mobile_folder_close(&folder);
    return error == JUMIN_OK ? CLI_OK : CLI_FAILED;
}

const struct cli_command pki_iaca_show_command = {
    .name = "pki iaca show",
    .summary = "Show the mobile credential's roots and signers",
    .options = show_options,
    .option_count = sizeof show_options / sizeof *show_options,
    .notes = "Signers that were replaced come last, by the file's name in mobile/signers.",
    .run = run_show,
};

// --- Revoke ------------------------------------------------------------------------------------------------------

static const struct cli_option revoke_options[] = {
    {"serial", "SERIAL", "of a signer, as `pki iaca show` shows it; the list is only renewed unless given"},
    HOME_OPTION,
    PASSPHRASE_OPTION,
    TOKEN_PIN_OPTION,
    JSON_OPTION,
};

static enum cli_exit run_revoke(const struct cli_arguments *arguments)
{
    return mobile_revoke(arguments, JUMIN_MOBILE_IACA);
}

const struct cli_command pki_iaca_revoke_command = {
    .name = "pki iaca revoke",
    .summary = "Issue the IACA's next revocation list, with a signer that is revoked from now on",
    .options = revoke_options,
    .option_count = sizeof revoke_options / sizeof *revoke_options,
    .notes = "Whatever a revoked signer has signed is refused wherever the list is known. Run it without\n"
             "--serial at least every 90 days, and publish mobile/iaca.crl and a new trust list.",
    .run = run_revoke,
};

// --- Trust list --------------------------------------------------------------------------------------------------

static const struct cli_option list_options[] = {
    {"wallets", "FILE", "roots of wallet providers, certificates in PEM"},
    {"days", "NUMBER", "until the list expires, 1 to 90; 7 unless given"},
    HOME_OPTION,
    PASSPHRASE_OPTION,
    TOKEN_PIN_OPTION,
    JSON_OPTION,
};

enum { LIST_DAYS = 7, LIST_DAYS_MAX = 90, DAY = 86400 };

static enum cli_exit run_list(const struct cli_arguments *arguments)
{
    struct mobile_folder folder;
    long days = 0;
    if (!cli_number(arguments, "days", 1, LIST_DAYS_MAX, LIST_DAYS, &days)) {
        return CLI_FAILED;
    }
    if (!mobile_folder_open(arguments, false, &folder)) {
        mobile_folder_close(&folder);
        return CLI_FAILED;
    }
    const enum jumin_error error =
        jumin_mobile_pki_trust_list(folder.pki, folder.passphrase, cli_value(arguments, "wallets"),
                                    (int64_t)time(NULL), (int64_t)days * DAY);
    return mobile_folder_end(arguments, &folder, error, "trust-list.jwt is made");
}

const struct cli_command pki_iaca_trust_list_command = {
    .name = "pki iaca trust-list",
    .summary = "Sign the list of roots that verifiers and wallets trust",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .notes = "mobile/trust-list.jwt holds the IACA, the root of venues and their revocation lists, and the\n"
             "roots of wallet providers. Who reads it must know the IACA's certificate, mobile/iaca.crt.",
    .run = run_list,
};
