// `jumin pki cvca|dv|terminal issue|renew`: certifying terminals.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eac_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/home.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SECTOR_MAX = 2048, DESCRIPTION_MAX = 65536, DAYS_MAX = 36500 };

#define TYPE_OPTION                                                                                          \
    {"type", "TYPE", "of the terminals: authentication (unless given), inspection or signature"}
#define ISSUING_OPTIONS                                                                                      \
    HOME_OPTION, PASSPHRASE_OPTION,                                                                          \
        {"date", "YYYY-MM-DD",                                                                               \
         "first day of the validity, and the day at which the issuer is looked at; today unless given"},     \
        {"days", "N", "of validity"}
#define OWN_PASSPHRASE_OPTION                                                                                \
    {"own-passphrase-file", "FILE", "holds the passphrase of the new key; the issuer's unless given"}
#define COUNTRY_OPTION {"country", "CODE", "of the reference, two letters; KR unless given"}

static const char *const type_names[] = {NULL, "inspection", "authentication", "signature"};

const char *eac_type_name(enum jumin_terminal_type type)
{
    return type_names[type];
}

bool eac_type(const struct cli_arguments *arguments, enum jumin_terminal_type *type)
{
    const char *name = cli_value(arguments, "type");
    *type = JUMIN_TERMINAL_AUTHENTICATION;
    for (int i = JUMIN_TERMINAL_INSPECTION; name != NULL && i <= JUMIN_TERMINAL_SIGNATURE; i++) {
        if (strcmp(type_names[i], name) == 0) {
            *type = (enum jumin_terminal_type)i;
            return true;
        }
    }
    return name == NULL || cli_misused(arguments, "--type takes authentication, inspection or signature");
}

bool eac_open(const struct cli_arguments *arguments, struct jumin_eac_pki **pki)
{
    char folder[HOME_PATH_MAX];
    *pki = NULL;
    if (!home_path(arguments, "eac", folder)) {
        return false;
    }
    enum jumin_error error = jumin_eac_pki_new(pki, folder);
    if (error == JUMIN_OK) {
        error = jumin_eac_pki_load(*pki);
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_eac_pki_detail(*pki));
        jumin_eac_pki_free(*pki);
        *pki = NULL;
    }
    return error == JUMIN_OK;
}

// --- What is asked for ---------------------------------------------------------------------------------------

// Noon, UTC.
static bool parse_date(const char *text, int64_t *seconds)
{
    struct tm day = {.tm_hour = 12};
    const char *end = strptime(text, "%Y-%m-%d", &day);
    if (end == NULL || *end != '\0' || strlen(text) != strlen("YYYY-MM-DD")) {
        return false;
    }
    struct tm normal = day;
    *seconds = (int64_t)timegm(&normal);
    return normal.tm_mday == day.tm_mday; // 30 February would have become another day
}

static bool get_days(const struct cli_arguments *arguments, int64_t *now, unsigned *days)
{
    const char *date = cli_value(arguments, "date");
    long number = 0;
    *now = (int64_t)time(NULL);
    if (date != NULL && !parse_date(date, now)) {
        return cli_misused(arguments, "--date takes a day as 2026-11-02");
    }
    if (!cli_number(arguments, "days", 1, DAYS_MAX, 0, &number)) {
        return false;
    }
    *days = (unsigned)number;
    return true;
}

// `otherwise` where none is named. What the type does not have is asked for by mistake.
static bool get_rights(const struct cli_arguments *arguments, jumin_rights otherwise,
                       struct jumin_eac_request *request)
{
    const char *name = NULL;
    request->rights = cli_has(arguments, "right") ? 0 : otherwise;
    for (size_t i = 0; (name = cli_value_at(arguments, "right", i)) != NULL; i++) {
        jumin_rights added = 0;
        if (jumin_rights_add(name, &added) != JUMIN_OK) {
            return cli_misused(arguments, "there is no right %s", name);
        }
        if (added != JUMIN_RIGHTS_ALL && (added & ~jumin_rights_of_type(request->type)) != 0) {
            return cli_misused(arguments, "terminals for %s cannot have %s", eac_type_name(request->type),
                               name);
        }
        request->rights |= added;
    }
    return true;
}

static bool get_curve(const struct cli_arguments *arguments, enum jumin_curve *curve)
{
    const char *name = cli_value(arguments, "curve");
    return name == NULL || jumin_curve_parse(name, curve) == JUMIN_OK ||
           cli_misused(arguments, "there is no curve %s", name);
}

// Everything but files, so that it can be checked before anything is done.
static bool get_request(const struct cli_arguments *arguments, jumin_rights otherwise,
                        struct jumin_eac_request *request)
{
    *request = (struct jumin_eac_request){
        .name = arguments->operand_count > 0 ? arguments->operands[0] : NULL,
        .country = cli_value(arguments, "country"),
        .issuer = cli_value(arguments, "issuer"),
        .foreign = cli_has(arguments, "foreign"),
    };
    return eac_type(arguments, &request->type) && get_days(arguments, &request->now, &request->days) &&
           get_rights(arguments, otherwise, request) && get_curve(arguments, &request->curve);
}

static bool check_authority(const struct cli_arguments *arguments)
{
    struct jumin_eac_request request;
    return get_request(arguments, JUMIN_RIGHTS_ALL, &request);
}

static bool check_terminal(const struct cli_arguments *arguments)
{
    struct jumin_eac_request request;
    if (!get_request(arguments, 0, &request)) {
        return false;
    }
    if (request.name == NULL) {
        return cli_misused(arguments, "a name is needed: up to nine letters and digits");
    }
    return request.rights != 0 || cli_misused(arguments, "--right is needed: what the terminal may do");
}

static bool check_renewal(const struct cli_arguments *arguments)
{
    int64_t now = 0;
    unsigned days = 0;
    enum jumin_terminal_type type;
    return eac_type(arguments, &type) && get_days(arguments, &now, &days);
}

static bool check_terminal_renewal(const struct cli_arguments *arguments)
{
    return check_renewal(arguments) &&
           (arguments->operand_count > 0 || cli_misused(arguments, "the terminal's name is needed"));
}

// The passphrase of the new key, where it is another one than the issuer's.
static bool get_own_passphrase(const struct cli_arguments *arguments, char own[PASSPHRASE_MAX],
                               const char **passphrase)
{
    const char *path = cli_value(arguments, "own-passphrase-file");
    *passphrase = path != NULL ? own : NULL;
    return path == NULL || passphrase_read(arguments, path, own);
}

// --- Issuing -------------------------------------------------------------------------------------------------

static enum cli_exit told(const struct cli_arguments *arguments, struct jumin_eac_pki *pki,
                          enum jumin_error error)
{
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, jumin_eac_pki_detail(pki));
    }
    for (size_t i = 0; i < jumin_eac_pki_count(pki); i++) {
        struct jumin_eac_certificate certificate;
        if (jumin_eac_pki_at(pki, i, &certificate) == JUMIN_OK &&
            strcmp(certificate.holder, jumin_eac_pki_issued(pki)) == 0) {
            eac_show(&certificate);
        }
    }
    return CLI_OK;
}

struct inputs {
    uint8_t *sectors[2], *description;
};

static bool read_inputs(const struct cli_arguments *arguments, struct jumin_eac_request *request,
                        struct inputs *inputs)
{
    const char *description = cli_value(arguments, "description");
    for (size_t i = 0; i < 2; i++) {
        const char *sector = cli_value_at(arguments, "sector", i);
        if (sector != NULL &&
            !files_read(arguments, sector, SECTOR_MAX, &inputs->sectors[i], &request->sector_lengths[i])) {
            return false;
        }
        request->sectors[i] = inputs->sectors[i];
    }
    if (description != NULL && !files_read(arguments, description, DESCRIPTION_MAX, &inputs->description,
                                           &request->description_length)) {
        return false;
    }
    request->description = inputs->description;
    return true;
}

static void release_inputs(struct inputs *inputs)
{
    free(inputs->sectors[0]);
    free(inputs->sectors[1]);
    free(inputs->description);
}

static enum jumin_error issue_as(struct jumin_eac_pki *pki, enum jumin_eac_role role,
                                 const struct jumin_eac_request *request, const char *passphrase,
                                 const char *own)
{
    switch (role) {
    case JUMIN_EAC_CVCA:
        return jumin_eac_pki_issue_cvca(pki, request, passphrase);
    case JUMIN_EAC_TERMINAL:
        return jumin_eac_pki_issue_terminal(pki, request, passphrase, own);
    default:
        return jumin_eac_pki_issue_dv(pki, request, passphrase, own);
    }
}

static enum cli_exit issue(const struct cli_arguments *arguments, enum jumin_eac_role role)
{
    char passphrase[PASSPHRASE_MAX] = "", own[PASSPHRASE_MAX] = "";
    const char *own_passphrase = NULL;
    struct jumin_eac_pki *pki = NULL;
    struct jumin_eac_request request;
    struct inputs inputs = {0};
    enum cli_exit result = CLI_FAILED;
    // Confirmed where it closes a key that no other opens.
    if (get_request(arguments, JUMIN_RIGHTS_ALL, &request) && read_inputs(arguments, &request, &inputs) &&
        eac_open(arguments, &pki) && get_own_passphrase(arguments, own, &own_passphrase) &&
        passphrase_get(arguments, role == JUMIN_EAC_CVCA, passphrase)) {
        result = told(arguments, pki, issue_as(pki, role, &request, passphrase, own_passphrase));
    }
    passphrase_wipe(passphrase);
    passphrase_wipe(own);
    release_inputs(&inputs);
    jumin_eac_pki_free(pki);
    return result;
}

static enum cli_exit issue_cvca(const struct cli_arguments *arguments)
{
    return issue(arguments, JUMIN_EAC_CVCA);
}

static enum cli_exit issue_dv(const struct cli_arguments *arguments)
{
    return issue(arguments, JUMIN_EAC_DV_DOMESTIC);
}

static enum cli_exit issue_terminal(const struct cli_arguments *arguments)
{
    return issue(arguments, JUMIN_EAC_TERMINAL);
}

// --- Renewing ------------------------------------------------------------------------------------------------

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
    enum cli_exit result = CLI_FAILED;
    if (eac_type(arguments, &type) && get_days(arguments, &renewal.now, &renewal.days) &&
        eac_open(arguments, &pki) && get_own_passphrase(arguments, own, &own_passphrase) &&
        passphrase_get(arguments, false, passphrase)) {
        renewal.name = arguments->operand_count > 0 ? arguments->operands[0] : usual_name(role, type);
        result = told(arguments, pki, jumin_eac_pki_renew(pki, &renewal, passphrase, own_passphrase));
    }
    passphrase_wipe(passphrase);
    passphrase_wipe(own);
    jumin_eac_pki_free(pki);
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

// --- With the issuer's keys ----------------------------------------------------------------------------------

bool eac_init(const struct cli_arguments *arguments, const struct jumin_pki_options *options,
              const char *passphrase)
{
    struct jumin_eac_pki *pki = NULL;
    struct jumin_eac_request request = {.country = options->country,
                                        .rights = JUMIN_RIGHTS_ALL,
                                        .curve = options->curve,
                                        .now = options->now};
    static const enum jumin_terminal_type types[] = {JUMIN_TERMINAL_AUTHENTICATION,
                                                     JUMIN_TERMINAL_INSPECTION};
    enum jumin_error error = JUMIN_OK;
    char folder[HOME_PATH_MAX];
    if (!home_path(arguments, "eac", folder) || !eac_open(arguments, &pki)) {
        return false;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types && error == JUMIN_OK; i++) {
        struct jumin_eac_certificate trust_point;
        request.type = types[i];
        if (jumin_eac_pki_trust_point(pki, types[i], &trust_point) == JUMIN_OK) {
            continue;
        }
        error = jumin_eac_pki_issue_cvca(pki, &request, passphrase);
        if (error == JUMIN_OK) {
            error = jumin_eac_pki_issue_dv(pki, &request, passphrase, NULL);
        }
        if (error == JUMIN_OK) {
            (void)printf("%s: country verifying CA and document verifier %s for %s\n", folder,
                         jumin_eac_pki_issued(pki), eac_type_name(types[i]));
        }
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_eac_pki_detail(pki));
    }
    jumin_eac_pki_free(pki);
    return error == JUMIN_OK;
}

// --- Commands ------------------------------------------------------------------------------------------------

#define RIGHTS_NOTES                                                                                         \
    "Rights: age-verification (age), municipality-verification (municipality), restricted-identification,\n" \
    "privileged-terminal (privileged), can-allowed, pin-management, install-certificate,\n"                  \
    "install-qualified-certificate, read-dg1 to read-dg22, write-dg17 to write-dg22, provision-phone;\n"     \
    "inspection-read-dg3, inspection-read-dg4, inspection-read-eid; signature, qualified-signature; all.\n"  \
    "Sets: store (age verification, or name and birth date, by the CAN), office (reads and changes the\n"    \
    "address, manages PINs), issuer (provisions a phone, reads what a mobile credential has)."
#define RIGHT_HELP "what it may do; may be repeated"

static const struct cli_option cvca_issue_options[] = {
    TYPE_OPTION,     {"curve", "NAME", "P-256 (unless given), P-384, brainpoolP256r1 or brainpoolP384r1"},
    COUNTRY_OPTION,  {"right", "NAME", RIGHT_HELP "; all unless given"},
    ISSUING_OPTIONS,
};

const struct cli_command pki_cvca_issue_command = {
    .name = "pki cvca issue",
    .summary = "Make a country verifying CA, which cards take as trust point for terminals",
    .operands = "[NAME]",
    .options = cvca_issue_options,
    .option_count = sizeof cvca_issue_options / sizeof *cvca_issue_options,
    .notes =
        "The folder eac in the home gets REFERENCE.cvc and REFERENCE.key, which is PKCS#8 under the "
        "passphrase.\n"
        "A reference is country, name and number: KRCVCAAT00001. It is valid for three years.\n" RIGHTS_NOTES,
    .check = check_authority,
    .run = issue_cvca,
};

static const struct cli_option dv_issue_options[] = {
    TYPE_OPTION,
    {"foreign", NULL, "of another country or organization; a card takes no date from its terminals"},
    COUNTRY_OPTION,
    {"issuer", "NAME", "name or reference of the CVCA, where there is more than one"},
    {"right", "NAME", RIGHT_HELP "; all unless given"},
    ISSUING_OPTIONS,
    OWN_PASSPHRASE_OPTION,
};

const struct cli_command pki_dv_issue_command = {
    .name = "pki dv issue",
    .summary = "Make a document verifier, which certifies terminals",
    .operands = "[NAME]",
    .options = dv_issue_options,
    .option_count = sizeof dv_issue_options / sizeof *dv_issue_options,
    .notes = "It is valid for three months, but not longer than its CVCA.\n" RIGHTS_NOTES,
    .check = check_authority,
    .run = issue_dv,
};

static const struct cli_option terminal_issue_options[] = {
    {"right", "NAME", RIGHT_HELP},
    TYPE_OPTION,
    COUNTRY_OPTION,
    {"issuer", "NAME", "name or reference of the document verifier, where there is more than one"},
    {"sector", "FILE", "public key (7F49) of a sector for restricted identification; up to two"},
    {"description", "FILE", "description of the certificate in DER, for the holder to see"},
    ISSUING_OPTIONS,
    OWN_PASSPHRASE_OPTION,
};

const struct cli_command pki_terminal_issue_command = {
    .name = "pki terminal issue",
    .summary = "Make a terminal's key and certificate",
    .operands = "NAME",
    .options = terminal_issue_options,
    .option_count = sizeof terminal_issue_options / sizeof *terminal_issue_options,
    .notes = "It is valid for one month, but not longer than its document verifier. REFERENCE.cvc holds all\n"
             "certificates that the terminal needs, REFERENCE.key its key.\n" RIGHTS_NOTES "\n"
             "    jumin pki terminal issue store --right store",
    .check = check_terminal,
    .run = issue_terminal,
};

static const struct cli_option cvca_renew_options[] = {TYPE_OPTION, ISSUING_OPTIONS};
static const struct cli_option dv_renew_options[] = {TYPE_OPTION, ISSUING_OPTIONS, OWN_PASSPHRASE_OPTION};
static const struct cli_option terminal_renew_options[] = {ISSUING_OPTIONS, OWN_PASSPHRASE_OPTION};

const struct cli_command pki_cvca_renew_command = {
    .name = "pki cvca renew",
    .summary = "Give a country verifying CA a new key, with a link certificate by the old one",
    .operands = "[NAME]",
    .options = cvca_renew_options,
    .option_count = sizeof cvca_renew_options / sizeof *cvca_renew_options,
    .notes =
        "REFERENCE.link.cvc leads cards that trust the old key to the new one. Renew the document verifier\n"
        "and the terminals afterwards, so that they carry it.",
    .check = check_renewal,
    .run = renew_cvca,
};

const struct cli_command pki_dv_renew_command = {
    .name = "pki dv renew",
    .summary = "Give a document verifier a new key and certificate",
    .operands = "[NAME]",
    .options = dv_renew_options,
    .option_count = sizeof dv_renew_options / sizeof *dv_renew_options,
    .notes = "Role and rights stay; the newest key of its CVCA signs.",
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
