// What the commands that certify terminals have in common.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_EAC_REQUEST_H
#define JUMIN_TOOLS_EAC_REQUEST_H

#include "tools/jumin/eac_command.h"
#include "tools/jumin/home.h"
#include "tools/jumin/token.h"

#define TYPE_OPTION                                                                                          \
    {"type", "TYPE", "of the terminals: authentication (unless given), inspection or signature"}
#define ISSUING_OPTIONS                                                                                      \
    HOME_OPTION, PASSPHRASE_OPTION, TOKEN_PIN_OPTION,                                                        \
        {"date", "YYYY-MM-DD",                                                                               \
         "first day of the validity, and the day at which the issuer is looked at; today unless given"},     \
        {"days", "N", "of validity"}, {"json", NULL, "answer in JSON, as show does"}
#define OWN_PASSPHRASE_OPTION                                                                                \
    {"own-passphrase-file", "FILE", "holds the passphrase of the new key; the issuer's unless given"}
#define COUNTRY_OPTION {"country", "CODE", "of the reference, two letters; KR unless given"}

// --date (now unless given) and --days (0 unless given). False: said so on stderr, here and below.
bool eac_days(const struct cli_arguments *arguments, int64_t *now, unsigned *days);
bool eac_curve(const struct cli_arguments *arguments, enum jumin_curve *curve);
// Everything but files. `otherwise`: the rights where none is named.
bool eac_request(const struct cli_arguments *arguments, jumin_rights otherwise,
                 struct jumin_eac_request *request);
// --own-passphrase-file; `*passphrase` is NULL where the new key has the issuer's.
bool eac_own_passphrase(const struct cli_arguments *arguments, char own[PASSPHRASE_MAX],
                        const char **passphrase);
// What came of issuing or renewing: the certificates, or the error.
enum cli_exit eac_tell(const struct cli_arguments *arguments, struct jumin_eac_pki *pki,
                       enum jumin_error error);

#endif
