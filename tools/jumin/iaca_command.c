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
    {"issuer", "NAME=FILE",
     "another issuer to be trusted, with its roots and their revocation lists in PEM or DER; may be "
     "repeated"},
    {"type", "NAME=TYPE",
     "a docType or vct that this issuer vouches for, at least one each; may be repeated"},
    {"days", "NUMBER", "until the list expires, 1 to 90; 7 unless given"},
    HOME_OPTION,
    PASSPHRASE_OPTION,
    TOKEN_PIN_OPTION,
    JSON_OPTION,
};

enum { LIST_DAYS = 7, LIST_DAYS_MAX = 90, DAY = 86400, ISSUERS_MAX = 64, TYPES_MAX = 64, ISSUER_NAME = 128 };

// The other issuers of the command line.
struct others {
    struct jumin_mobile_issuer issuers[ISSUERS_MAX];
    char names[ISSUERS_MAX][ISSUER_NAME];
    const char *types[ISSUERS_MAX][TYPES_MAX];
    size_t count;
};

// What stands behind the last =, as a name that is an URL may have one, too; NULL: there is no name before
// it, or nothing behind.
static const char *behind_name(const char *value, size_t *name)
{
    const char *sign = strrchr(value, '=');
    if (sign == NULL || sign == value || sign[1] == '\0' || sign - value >= ISSUER_NAME) {
        return NULL;
    }
    *name = (size_t)(sign - value);
    return sign + 1;
}

static bool take_issuer(const struct cli_arguments *arguments, const char *value, struct others *others)
{
    size_t n = 0;
    const char *path = behind_name(value, &n);
    if (path == NULL) {
        return cli_misused(arguments, "--issuer takes NAME=FILE, with a name of at most %d bytes",
                           ISSUER_NAME - 1);
    }
    if (others->count == ISSUERS_MAX) {
        return cli_misused(arguments, "there are more than %d issuers", ISSUERS_MAX);
    }
    char *name = others->names[others->count];
    memcpy(name, value, n);
    others->issuers[others->count] =
        (struct jumin_mobile_issuer){.name = name, .path = path, .types = others->types[others->count]};
    others->count++;
    return true;
}

static bool take_type(const struct cli_arguments *arguments, const char *value, struct others *others)
{
    size_t n = 0;
    const char *type = behind_name(value, &n);
    bool found = false;
    if (type == NULL) {
        return cli_misused(arguments, "--type takes NAME=TYPE");
    }
    for (size_t i = 0; i < others->count; i++) {
        struct jumin_mobile_issuer *issuer = &others->issuers[i];
        if (strlen(issuer->name) != n || memcmp(issuer->name, value, n) != 0) {
            continue;
        }
        if (issuer->type_count == TYPES_MAX) {
            return cli_misused(arguments, "%s has more than %d types", issuer->name, TYPES_MAX);
        }
        others->types[i][issuer->type_count++] = type;
        found = true;
    }
    return found || cli_misused(arguments, "--type %s is of no --issuer", value);
}

static bool take_others(const struct cli_arguments *arguments, struct others *others)
{
    const char *value = NULL;
    for (size_t i = 0; (value = cli_value_at(arguments, "issuer", i)) != NULL; i++) {
        if (!take_issuer(arguments, value, others)) {
            return false;
        }
    }
    for (size_t i = 0; (value = cli_value_at(arguments, "type", i)) != NULL; i++) {
        if (!take_type(arguments, value, others)) {
            return false;
        }
    }
    for (size_t i = 0; i < others->count; i++) {
        if (others->issuers[i].type_count == 0) {
            return cli_misused(arguments, "what %s vouches for is to be said by --type", others->names[i]);
        }
    }
    return true;
}

static bool check_list(const struct cli_arguments *arguments)
{
    struct others others = {.count = 0};
    long days = 0;
    return cli_number(arguments, "days", 1, LIST_DAYS_MAX, LIST_DAYS, &days) &&
           take_others(arguments, &others);
}

static enum cli_exit run_list(const struct cli_arguments *arguments)
{
    struct mobile_folder folder;
    struct others others = {.count = 0};
    long days = 0;
    if (!cli_number(arguments, "days", 1, LIST_DAYS_MAX, LIST_DAYS, &days) ||
        !take_others(arguments, &others)) {
        return CLI_FAILED;
    }
    if (!mobile_folder_open(arguments, false, &folder)) {
        mobile_folder_close(&folder);
        return CLI_FAILED;
    }
    const struct jumin_mobile_trust_list list = {.wallets = cli_value(arguments, "wallets"),
                                                 .issuers = others.issuers,
                                                 .issuer_count = others.count,
                                                 .now = (int64_t)time(NULL),
                                                 .seconds = (int64_t)days * DAY};
    const enum jumin_error error = jumin_mobile_pki_trust_list(folder.pki, folder.passphrase, &list);
    return mobile_folder_end(arguments, &folder, error, "trust-list.jwt is made");
}

const struct cli_command pki_iaca_trust_list_command = {
    .name = "pki iaca trust-list",
    .summary = "Sign the list of roots that verifiers and wallets trust",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .notes =
        "mobile/trust-list.jwt holds the IACA, the root of venues and their revocation lists, the roots of\n"
        "other issuers, each for its own types of credentials, and those of wallet providers. Nothing is\n"
        "kept from the list before: name all of them each time. Who reads it must know the IACA's\n"
        "certificate, mobile/iaca.crt.\n"
        "    jumin pki iaca trust-list --issuer https://issuer.example=roots.pem \\\n"
        "        --type https://issuer.example=org.iso.18013.5.1.mDL",
    .check = check_list,
    .run = run_list,
};
