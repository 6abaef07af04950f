// What the commands that certify terminals have in common: the folder, the options, the answer.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eac_request.h"

#include "tools/jumin/day.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAYS_MAX = 36500 };

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

bool eac_use_tokens(const struct cli_arguments *arguments, struct jumin_eac_pki *pki,
                    struct jumin_tokens *tokens)
{
    return jumin_eac_pki_use_tokens(pki, tokens, cli_value(arguments, "token")) == JUMIN_OK ||
           cli_misused(arguments, "the URI of the token is too long");
}

// --- What is asked for ---------------------------------------------------------------------------------------

bool eac_days(const struct cli_arguments *arguments, int64_t *now, unsigned *days)
{
    const char *date = cli_value(arguments, "date");
    long number = 0;
    *now = (int64_t)time(NULL);
    if (date != NULL && !day_parse(date, now)) {
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

bool eac_curve(const struct cli_arguments *arguments, enum jumin_curve *curve)
{
    const char *name = cli_value(arguments, "curve");
    return name == NULL || jumin_curve_parse(name, curve) == JUMIN_OK ||
           cli_misused(arguments, "there is no curve %s", name);
}

bool eac_request(const struct cli_arguments *arguments, jumin_rights otherwise,
                 struct jumin_eac_request *request)
{
    *request = (struct jumin_eac_request){
        .name = arguments->operand_count > 0 ? arguments->operands[0] : NULL,
        .country = cli_value(arguments, "country"),
        .issuer = cli_value(arguments, "issuer"),
        .foreign = cli_has(arguments, "foreign"),
    };
    return eac_type(arguments, &request->type) && eac_days(arguments, &request->now, &request->days) &&
           get_rights(arguments, otherwise, request) && eac_curve(arguments, &request->curve);
}

bool eac_own_passphrase(const struct cli_arguments *arguments, char own[PASSPHRASE_MAX],
                        const char **passphrase)
{
    const char *path = cli_value(arguments, "own-passphrase-file");
    *passphrase = path != NULL ? own : NULL;
    return path == NULL || passphrase_read(arguments, path, own);
}

enum cli_exit eac_tell(const struct cli_arguments *arguments, struct jumin_eac_pki *pki,
                       enum jumin_error error)
{
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, jumin_eac_pki_detail(pki));
    }
    eac_show_holder(pki, jumin_eac_pki_issued(pki), cli_has(arguments, "json"));
    return CLI_OK;
}
