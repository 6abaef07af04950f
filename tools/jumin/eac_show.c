// `jumin pki cvca|dv|terminal show`: what CV certificates say, in words and as JSON.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eac_command.h"
#include "tools/jumin/files.h"
#include "tools/jumin/home.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { FILE_MAX = 65536, DATE_MAX = 11, HEX_MAX = 2 * JUMIN_EAC_HASH_MAX + 1, COUNTRY = 2, NUMBER = 5 };

// --- Words ---------------------------------------------------------------------------------------------------

static const char *const right_words[JUMIN_RIGHT_COUNT] = {
    [JUMIN_RIGHT_AGE_VERIFICATION] = "ask whether the holder is of an age",
    [JUMIN_RIGHT_MUNICIPALITY_VERIFICATION] = "ask whether the holder lives in a region",
    [JUMIN_RIGHT_RESTRICTED_IDENTIFICATION] = "learn the holder's pseudonym of its sector",
    [JUMIN_RIGHT_PRIVILEGED_TERMINAL] = "read the card's own key (EF.ChipSecurity)",
    [JUMIN_RIGHT_CAN_ALLOWED] = "be shown the card by its CAN, without a PIN",
    [JUMIN_RIGHT_PIN_MANAGEMENT] = "set, activate and deactivate the PIN",
    [JUMIN_RIGHT_INSTALL_CERTIFICATE] = "install a certificate for signatures",
    [JUMIN_RIGHT_INSTALL_QUALIFIED_CERTIFICATE] = "install a certificate for qualified signatures",
    [JUMIN_RIGHT_INSPECTION_READ_DG3] = "read the fingerprints (DG3 of the eMRTD)",
    [JUMIN_RIGHT_INSPECTION_READ_DG4] = "read the irises (DG4 of the eMRTD)",
    [JUMIN_RIGHT_INSPECTION_READ_EID] = "read the eID application",
    [JUMIN_RIGHT_SIGNATURE] = "have signatures made",
    [JUMIN_RIGHT_QUALIFIED_SIGNATURE] = "have qualified signatures made",
    [JUMIN_RIGHT_PROVISION_PHONE] = "bind the holder's phone",
};

static const char *const group_words[] = {
    "document type",
    "issuing state",
    "date of expiry",
    "given names",
    "family names",
    "religious or artistic name",
    "academic title",
    "date of birth",
    "place of birth",
    "nationality",
    "sex",
    "optional data (registration number)",
    "birth name",
    "written signature",
    "date of issuance",
    "data group 16",
    "address",
    "municipality",
    "residence permit (1)",
    "residence permit (2)",
    "phone number",
    "e-mail address",
};

const char *eac_group_word(unsigned group)
{
    return group >= 1 && group <= sizeof group_words / sizeof *group_words ? group_words[group - 1] : "";
}

static void show_right(enum jumin_right right)
{
    (void)printf("    %-26s ", jumin_right_name(right));
    if (right_words[right] != NULL) {
        (void)printf("%s\n", right_words[right]);
    } else if (right <= JUMIN_RIGHT_READ_DG22) {
        (void)printf("read the %s\n", group_words[right - JUMIN_RIGHT_READ_DG1]);
    } else {
        (void)printf("write the %s\n", group_words[21 - (right - JUMIN_RIGHT_WRITE_DG22)]);
    }
}

static void show_rights(const struct jumin_eac_certificate *certificate)
{
    if (certificate->rights == jumin_rights_of_type(certificate->type)) {
        (void)printf("  may: everything that terminals for %s may\n", eac_type_name(certificate->type));
        return;
    }
    (void)printf("  may:%s\n", certificate->rights == 0 ? " nothing" : "");
    for (int right = 0; right < JUMIN_RIGHT_COUNT; right++) {
        if ((certificate->rights & jumin_right_set((enum jumin_right)right)) != 0) {
            show_right((enum jumin_right)right);
        }
    }
}

// YYYY-MM-DD from YYYYMMDD.
static const char *date_text(const char *date, char text[DATE_MAX])
{
    (void)snprintf(text, DATE_MAX, "%.4s-%.2s-%.2s", date, date + 4, date + 6);
    return text;
}

static const char *hex(const struct jumin_eac_hash *hash, char text[HEX_MAX])
{
    for (size_t i = 0; i < hash->n; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", hash->bytes[i]);
    }
    return text;
}

static const char *validity_word(const struct jumin_eac_certificate *certificate)
{
    char today[9] = "";
    struct tm parts;
    const time_t now = time(NULL);
    if (gmtime_r(&now, &parts) == NULL || strftime(today, sizeof today, "%Y%m%d", &parts) == 0) {
        return "";
    }
    return strcmp(today, certificate->expiration) > 0  ? ", expired"
           : strcmp(today, certificate->effective) < 0 ? ", not yet valid"
                                                       : "";
}

static const char *role_words(const struct jumin_eac_certificate *certificate)
{
    static const char *const words[] = {"terminal", "foreign document verifier", "document verifier",
                                        "country verifying CA"};
    return words[certificate->role];
}

static void show_hashes(const struct jumin_eac_hash sectors[2], const struct jumin_eac_hash *description)
{
    char text[HEX_MAX];
    for (size_t i = 0; i < 2; i++) {
        if (sectors[i].n > 0) {
            (void)printf("  sector: %s\n", hex(&sectors[i], text));
        }
    }
    if (description->n > 0) {
        (void)printf("  description: %s\n", hex(description, text));
    }
}

void eac_show(const struct jumin_eac_certificate *certificate)
{
    char from[DATE_MAX], to[DATE_MAX];
    (void)printf("%s: %s for %s", certificate->holder, role_words(certificate),
                 eac_type_name(certificate->type));
    if (strcmp(certificate->holder, certificate->authority) != 0) {
        (void)printf(", %s %s", certificate->link ? "link certificate by" : "by", certificate->authority);
    }
    (void)printf("\n  valid: %s to %s%s\n  key: %s%s%s\n", date_text(certificate->effective, from),
                 date_text(certificate->expiration, to), validity_word(certificate), certificate->algorithm,
                 certificate->curve != NULL ? " on " : "",
                 certificate->curve != NULL ? certificate->curve : "");
    show_hashes(certificate->sectors, &certificate->description);
    show_rights(certificate);
}

// --- JSON ----------------------------------------------------------------------------------------------------

static json_t *json_of(const struct jumin_eac_certificate *certificate)
{
    static const char *const roles[] = {"terminal", "dv-foreign", "dv-domestic", "cvca"};
    char from[DATE_MAX], to[DATE_MAX], text[HEX_MAX];
    json_t *rights = json_array(), *sectors = json_array();
    for (int right = 0; right < JUMIN_RIGHT_COUNT; right++) {
        if ((certificate->rights & jumin_right_set((enum jumin_right)right)) != 0) {
            (void)json_array_append_new(rights, json_string(jumin_right_name((enum jumin_right)right)));
        }
    }
    for (size_t i = 0; i < 2; i++) {
        if (certificate->sectors[i].n > 0) {
            (void)json_array_append_new(sectors, json_string(hex(&certificate->sectors[i], text)));
        }
    }
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s?, s:o, s:o}", "holder", certificate->holder,
                  "authority", certificate->authority, "role", roles[certificate->role], "type",
                  eac_type_name(certificate->type), "link", certificate->link, "effective",
                  date_text(certificate->effective, from), "expiration",
                  date_text(certificate->expiration, to), "algorithm", certificate->algorithm, "curve",
                  certificate->curve, "rights", rights, "sectors", sectors);
    if (certificate->description.n > 0) {
        (void)json_object_set_new(object, "description", json_string(hex(&certificate->description, text)));
    }
    return object;
}

void eac_show_holder(const struct jumin_eac_pki *pki, const char *holder, bool json)
{
    json_t *list = json_array();
    for (size_t i = 0; i < jumin_eac_pki_count(pki); i++) {
        struct jumin_eac_certificate certificate;
        if (jumin_eac_pki_at(pki, i, &certificate) != JUMIN_OK || strcmp(certificate.holder, holder) != 0) {
            continue;
        }
        if (json) {
            (void)json_array_append_new(list, json_of(&certificate));
        } else {
            eac_show(&certificate);
        }
    }
    if (json) {
        (void)json_dumpf(list, stdout, JSON_INDENT(2));
        (void)printf("\n");
    }
    json_decref(list);
}

// --- Requests ------------------------------------------------------------------------------------------------

static json_t *json_of_request(const struct jumin_eac_certificate_request *request, const char *file)
{
    char text[HEX_MAX];
    json_t *sectors = json_array();
    for (size_t i = 0; i < 2; i++) {
        if (request->sectors[i].n > 0) {
            (void)json_array_append_new(sectors, json_string(hex(&request->sectors[i], text)));
        }
    }
    json_t *object = json_pack("{s:s, s:s?, s:s?, s:s, s:s, s:o}", "holder", request->holder, "authority",
                               request->authority[0] != '\0' ? request->authority : NULL, "signer",
                               request->signer[0] != '\0' ? request->signer : NULL, "algorithm",
                               request->algorithm, "curve", request->curve, "sectors", sectors);
    if (request->description.n > 0) {
        (void)json_object_set_new(object, "description", json_string(hex(&request->description, text)));
    }
    if (file != NULL) {
        (void)json_object_set_new(object, "file", json_string(file));
    }
    return object;
}

void eac_json_request(const struct jumin_eac_certificate_request *request, const char *file)
{
    json_t *object = json_of_request(request, file);
    (void)json_dumpf(object, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(object);
}

void eac_show_request(const struct jumin_eac_certificate_request *request, const char *file)
{
    const bool again = request->signer[0] != '\0', named = request->authority[0] != '\0';
    (void)printf("%s: request%s%s%s%s\n", request->holder, named ? " to " : "", request->authority,
                 again ? ", vouched for by " : "", request->signer);
    (void)printf("  key: %s on %s\n", request->algorithm, request->curve);
    show_hashes(request->sectors, &request->description);
    if (file != NULL) {
        (void)printf("  file: %s\n", file);
    }
}

// --- Showing -------------------------------------------------------------------------------------------------

struct showing {
    bool json;
    json_t *list;
    size_t count;
};

static void put(struct showing *showing, const struct jumin_eac_certificate *certificate)
{
    if (showing->json) {
        (void)json_array_append_new(showing->list, json_of(certificate));
    } else {
        (void)printf("%s", showing->count > 0 ? "\n" : "");
        eac_show(certificate);
    }
    showing->count++;
}

static bool same_role(enum jumin_eac_role a, enum jumin_eac_role b)
{
    const bool a_dv = a == JUMIN_EAC_DV_DOMESTIC || a == JUMIN_EAC_DV_FOREIGN;
    const bool b_dv = b == JUMIN_EAC_DV_DOMESTIC || b == JUMIN_EAC_DV_FOREIGN;
    return a == b || (a_dv && b_dv);
}

// By its reference, or the name in it.
static bool is_called(const struct jumin_eac_certificate *certificate, const char *name)
{
    const size_t length = strlen(certificate->holder) - COUNTRY - NUMBER;
    return strcmp(certificate->holder, name) == 0 ||
           (strlen(name) == length && strncasecmp(certificate->holder + COUNTRY, name, length) == 0);
}

static bool show_folder(const struct cli_arguments *arguments, enum jumin_eac_role role, const char *name,
                        struct showing *showing)
{
    struct jumin_eac_pki *pki = NULL;
    if (!eac_open(arguments, &pki)) {
        return false;
    }
    for (size_t i = 0; i < jumin_eac_pki_count(pki); i++) {
        struct jumin_eac_certificate certificate;
        if (jumin_eac_pki_at(pki, i, &certificate) == JUMIN_OK && same_role(certificate.role, role) &&
            (name == NULL || is_called(&certificate, name))) {
            put(showing, &certificate);
        }
    }
    jumin_eac_pki_free(pki);
    return true;
}

static void put_request(struct showing *showing, const struct jumin_eac_certificate_request *request)
{
    if (showing->json) {
        (void)json_array_append_new(showing->list, json_of_request(request, NULL));
    } else {
        eac_show_request(request, NULL);
    }
    showing->count++;
}

// Every certificate of a file, whatever its role, or the request that it is.
static bool show_file(const struct cli_arguments *arguments, const char *path, struct showing *showing)
{
    struct jumin_eac_certificate certificate;
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!files_read(arguments, path, FILE_MAX, &bytes, &n)) {
        return false;
    }
    struct jumin_eac_certificate_request request;
    const bool is_request = jumin_eac_certificate_request_parse(bytes, n, &request) == JUMIN_OK;
    if (is_request) {
        put_request(showing, &request);
    }
    enum jumin_error error = JUMIN_OK;
    for (size_t at = 0; !is_request && at < n && error == JUMIN_OK; at += certificate.n) {
        error = jumin_eac_certificate_parse(bytes + at, n - at, &certificate);
        if (error == JUMIN_OK) {
            put(showing, &certificate);
        }
    }
    free(bytes);
    if (error != JUMIN_OK || n == 0) {
        (void)cli_fail(arguments, "%s: is no CV certificate or request that is known here", path);
        return false;
    }
    return true;
}

static enum cli_exit show(const struct cli_arguments *arguments, enum jumin_eac_role role)
{
    struct showing showing = {.json = cli_has(arguments, "json"), .list = json_array()};
    const char *name = arguments->operand_count > 0 ? arguments->operands[0] : NULL;
    const bool is_path = name != NULL && (strchr(name, '/') != NULL || strchr(name, '.') != NULL);
    bool ok = is_path ? show_file(arguments, name, &showing) : show_folder(arguments, role, name, &showing);
    if (ok && showing.count == 0) {
        (void)cli_fail(arguments, "there is none%s%s; `jumin %.*sissue` makes one",
                       name != NULL ? " called " : "", name != NULL ? name : "",
                       (int)(strlen(arguments->command->name) - strlen("show")), arguments->command->name);
        ok = false;
    }
    if (ok && showing.json) {
        (void)json_dumpf(showing.list, stdout, JSON_INDENT(2));
        (void)printf("\n");
    }
    json_decref(showing.list);
    return ok ? CLI_OK : CLI_FAILED;
}

static enum cli_exit show_cvca(const struct cli_arguments *arguments)
{
    return show(arguments, JUMIN_EAC_CVCA);
}

static enum cli_exit show_dv(const struct cli_arguments *arguments)
{
    return show(arguments, JUMIN_EAC_DV_DOMESTIC);
}

static enum cli_exit show_terminal(const struct cli_arguments *arguments)
{
    return show(arguments, JUMIN_EAC_TERMINAL);
}

static const struct cli_option show_options[] = {HOME_OPTION, {"json", NULL, "answer in JSON"}};
enum { SHOW_OPTIONS = sizeof show_options / sizeof *show_options };

#define SHOW_NOTES                                                                                           \
    "NAME is the name in a reference or a whole one, FILE (with a dot or a slash) any file of CV "           \
    "certificates\n"                                                                                         \
    "or a request for one; all certificates that are in the home unless given."

const struct cli_command pki_cvca_show_command = {
    .name = "pki cvca show",
    .summary = "Show country verifying CAs and their link certificates",
    .operands = "[NAME|FILE]",
    .options = show_options,
    .option_count = SHOW_OPTIONS,
    .notes = SHOW_NOTES,
    .run = show_cvca,
};

const struct cli_command pki_dv_show_command = {
    .name = "pki dv show",
    .summary = "Show document verifiers",
    .operands = "[NAME|FILE]",
    .options = show_options,
    .option_count = SHOW_OPTIONS,
    .notes = SHOW_NOTES,
    .run = show_dv,
};

const struct cli_command pki_terminal_show_command = {
    .name = "pki terminal show",
    .summary = "Show terminals: validity, issuer, and what they may do",
    .operands = "[NAME|FILE]",
    .options = show_options,
    .option_count = SHOW_OPTIONS,
    .notes = SHOW_NOTES,
    .run = show_terminal,
};
