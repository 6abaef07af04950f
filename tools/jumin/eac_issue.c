// `jumin pki cvca|dv|terminal|sector issue`: making keys and certifying them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eac_request.h"

#include "tools/jumin/files.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR_MAX = 2048, DESCRIPTION_MAX = 65536, REQUEST_MAX = 4096 };

// What a request says is not said on the command line.
static bool check_request(const struct cli_arguments *arguments, const struct jumin_eac_request *request)
{
    static const char *const own[] = {"country", "own-passphrase-file", "token"};
    if (request->name != NULL) {
        return cli_misused(arguments, "--request has the name in it");
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (cli_has(arguments, own[i])) {
            return cli_misused(arguments, "--request and --%s do not go together", own[i]);
        }
    }
    return true;
}

static bool check_authority(const struct cli_arguments *arguments)
{
    struct jumin_eac_request request;
    return eac_request(arguments, JUMIN_RIGHTS_ALL, &request) &&
           (!cli_has(arguments, "request") || check_request(arguments, &request));
}

static bool check_terminal(const struct cli_arguments *arguments)
{
    struct jumin_eac_request request;
    if (!eac_request(arguments, 0, &request)) {
        return false;
    }
    if (cli_has(arguments, "request")) {
        return check_request(arguments, &request);
    }
    if (request.name == NULL) {
        return cli_misused(arguments, "a name is needed: up to nine letters and digits");
    }
    return request.rights != 0 || cli_misused(arguments, "--right is needed: what the terminal may do");
}

// --- Issuing -------------------------------------------------------------------------------------------------

struct inputs {
    uint8_t *sectors[2], *description, *request;
    size_t request_length;
};

// A file, or the name of a sector of the home, whose file has it in capitals.
static bool sector_path(const struct cli_arguments *arguments, const char *name, char path[HOME_PATH_MAX])
{
    char folder[HOME_PATH_MAX] = "";
    const bool is_file = strpbrk(name, "./") != NULL;
    if (!is_file && !home_path(arguments, "eac", folder)) {
        return false;
    }
    const int n = is_file ? snprintf(path, HOME_PATH_MAX, "%s", name)
                          : snprintf(path, HOME_PATH_MAX, "%s/%s.sector", folder, name);
    if (n < 0 || n >= HOME_PATH_MAX) {
        (void)cli_fail(arguments, "%s: the path is too long", name);
        return false;
    }
    for (char *c = path + strlen(folder) + 1; !is_file && *c != '.'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    return true;
}

// A first request gets what is usual for its role; a later one keeps what its holder has.
static bool read_request(const struct cli_arguments *arguments, enum jumin_eac_role role,
                         struct jumin_eac_request *request, struct inputs *inputs)
{
    const char *path = cli_value(arguments, "request");
    struct jumin_eac_certificate_request parsed;
    if (path == NULL) {
        return true;
    }
    if (!files_read(arguments, path, REQUEST_MAX, &inputs->request, &inputs->request_length)) {
        return false;
    }
    if (jumin_eac_certificate_request_parse(inputs->request, inputs->request_length, &parsed) != JUMIN_OK) {
        (void)cli_fail(arguments, "%s: is no request that is known here, or its key has not signed it", path);
        return false;
    }
    if (!cli_has(arguments, "right") && (role == JUMIN_EAC_TERMINAL || parsed.signer[0] != '\0')) {
        request->rights = 0;
    }
    return true;
}

static bool read_inputs(const struct cli_arguments *arguments, struct jumin_eac_request *request,
                        struct inputs *inputs)
{
    const char *description = cli_value(arguments, "description");
    for (size_t i = 0; i < 2; i++) {
        const char *sector = cli_value_at(arguments, "sector", i);
        char path[HOME_PATH_MAX];
        if (sector != NULL &&
            !(sector_path(arguments, sector, path) &&
              files_read(arguments, path, SECTOR_MAX, &inputs->sectors[i], &request->sector_lengths[i]))) {
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
    free(inputs->request);
}

static enum jumin_error issue_as(struct jumin_eac_pki *pki, enum jumin_eac_role role,
                                 const struct jumin_eac_request *request, const struct inputs *inputs,
                                 const char *passphrase, const char *own)
{
    if (inputs->request != NULL) {
        const enum jumin_eac_role certified =
            role == JUMIN_EAC_DV_DOMESTIC && request->foreign ? JUMIN_EAC_DV_FOREIGN : role;
        return jumin_eac_pki_certify(pki, certified, request, inputs->request, inputs->request_length,
                                     passphrase);
    }
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
    struct token_access access = {0};
    enum cli_exit result = CLI_FAILED;
    // Confirmed where it closes a key that no other opens.
    if (eac_request(arguments, JUMIN_RIGHTS_ALL, &request) && read_inputs(arguments, &request, &inputs) &&
        read_request(arguments, role, &request, &inputs) && eac_open(arguments, &pki) &&
        token_access_open(arguments, &access) && eac_use_tokens(arguments, pki, access.tokens) &&
        eac_own_passphrase(arguments, own, &own_passphrase) &&
        passphrase_get(arguments, role == JUMIN_EAC_CVCA, passphrase)) {
        result = eac_tell(arguments, pki, issue_as(pki, role, &request, &inputs, passphrase, own_passphrase));
    }
    passphrase_wipe(passphrase);
    passphrase_wipe(own);
    release_inputs(&inputs);
    jumin_eac_pki_free(pki);
    token_access_close(&access);
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

// --- With the issuer's keys ----------------------------------------------------------------------------------

bool eac_init(const struct cli_arguments *arguments, const struct jumin_pki_options *options,
              struct jumin_tokens *tokens, const char *passphrase)
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
    if (tokens != NULL && !eac_use_tokens(arguments, pki, tokens)) {
        jumin_eac_pki_free(pki);
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
        if (error == JUMIN_OK && !cli_has(arguments, "json")) {
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
    "address, manages PINs), issuer (provisions a phone, reads what a mobile credential has), read-back "    \
    "(the\n"                                                                                                 \
    "station compares a new card with what was ordered)."
#define RIGHT_HELP "what it may do; may be repeated"
#define REQUEST_OPTION                                                                                       \
    {"request", "FILE", "certify the key of this request, which has the name in it, and make none"}
#define REQUEST_NOTES                                                                                        \
    "A request comes from `request` in the applicant's home, and REFERENCE.cvc goes back there. That a "     \
    "first\n"                                                                                                \
    "one is from whom it says is for you to know; a later one is signed by the key before, and keeps the\n"  \
    "rights that the holder has unless others are named.\n"

static const struct cli_option cvca_issue_options[] = {
    TYPE_OPTION,    {"curve", "NAME", "P-256 (unless given), P-384, brainpoolP256r1 or brainpoolP384r1"},
    COUNTRY_OPTION, {"right", "NAME", RIGHT_HELP "; all unless given"},
    TOKEN_OPTION,   ISSUING_OPTIONS,
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
        "A reference is country, name and number: KRCVCAAT00001. It is valid for three years.\n" TOKEN_NOTES
            RIGHTS_NOTES,
    .check = check_authority,
    .run = issue_cvca,
};

static const struct cli_option dv_issue_options[] = {
    TYPE_OPTION,
    {"foreign", NULL, "of another country or organization; a card takes no date from its terminals"},
    COUNTRY_OPTION,
    {"issuer", "NAME", "name or reference of the CVCA, where there is more than one"},
    {"right", "NAME", RIGHT_HELP "; all unless given"},
    REQUEST_OPTION,
    TOKEN_OPTION,
    ISSUING_OPTIONS,
    OWN_PASSPHRASE_OPTION,
};

const struct cli_command pki_dv_issue_command = {
    .name = "pki dv issue",
    .summary = "Make a document verifier, which certifies terminals",
    .operands = "[NAME]",
    .options = dv_issue_options,
    .option_count = sizeof dv_issue_options / sizeof *dv_issue_options,
    .notes = "It is valid for three months, but not longer than its CVCA.\n" TOKEN_NOTES REQUEST_NOTES
        RIGHTS_NOTES,
    .check = check_authority,
    .run = issue_dv,
};

static const struct cli_option terminal_issue_options[] = {
    {"right", "NAME", RIGHT_HELP},
    TYPE_OPTION,
    COUNTRY_OPTION,
    {"issuer", "NAME", "name or reference of the document verifier, where there is more than one"},
    {"sector", "NAME|FILE", "sector of its pseudonyms (restricted identification); up to two"},
    {"description", "FILE", "description of the certificate in DER, for the holder to see"},
    REQUEST_OPTION,
    ISSUING_OPTIONS,
    OWN_PASSPHRASE_OPTION,
};

const struct cli_command pki_terminal_issue_command = {
    .name = "pki terminal issue",
    .summary = "Make a terminal's key and certificate",
    .operands = "[NAME]",
    .options = terminal_issue_options,
    .option_count = sizeof terminal_issue_options / sizeof *terminal_issue_options,
    .notes = "It is valid for one month, but not longer than its document verifier. REFERENCE.cvc holds all\n"
             "certificates that the terminal needs, REFERENCE.key its key.\n" REQUEST_NOTES RIGHTS_NOTES "\n"
             "    jumin pki terminal issue store --right store\n"
             "    jumin pki terminal issue --request KRSTORE00001.req --right store",
    .check = check_terminal,
    .run = issue_terminal,
};

static enum cli_exit issue_sector(const struct cli_arguments *arguments)
{
    char passphrase[PASSPHRASE_MAX] = "";
    struct jumin_eac_pki *pki = NULL;
    enum jumin_curve curve = JUMIN_CURVE_P256;
    enum jumin_error error = JUMIN_ERROR_ARGUMENT;
    if (!eac_curve(arguments, &curve) || !eac_open(arguments, &pki)) {
        return CLI_FAILED;
    }
    if (passphrase_get(arguments, true, passphrase)) {
        error = jumin_eac_pki_make_sector(pki, arguments->operands[0], curve, passphrase);
        if (error == JUMIN_OK) {
            (void)printf("%s: sector on %s\n", arguments->operands[0], jumin_curve_name(curve));
        } else {
            (void)cli_fail_error(arguments, error, jumin_eac_pki_detail(pki));
        }
    }
    passphrase_wipe(passphrase);
    jumin_eac_pki_free(pki);
    return error == JUMIN_OK ? CLI_OK : CLI_FAILED;
}

static bool check_sector(const struct cli_arguments *arguments)
{
    enum jumin_curve curve;
    return eac_curve(arguments, &curve) &&
           (arguments->operand_count > 0 || cli_misused(arguments, "the sector's name is needed"));
}

static const struct cli_option sector_options[] = {
    HOME_OPTION,
    PASSPHRASE_OPTION,
    {"curve", "NAME", "of the cards' keys: P-256 (unless given), P-384, brainpoolP256r1 or brainpoolP384r1"},
};

const struct cli_command pki_sector_issue_command = {
    .name = "pki sector issue",
    .summary = "Make the key of a sector, in which terminals know a holder by one pseudonym",
    .operands = "NAME",
    .options = sector_options,
    .option_count = sizeof sector_options / sizeof *sector_options,
    .notes =
        "The folder eac gets NAME.sector, the public key that certificates name, and NAME.key, with which\n"
        "the sector blocks holders. Restricted identification: TR-03110-2.\n"
        "    jumin pki sector issue banks\n"
        "    jumin pki terminal issue bank --right restricted-identification --sector banks",
    .check = check_sector,
    .run = issue_sector,
};
