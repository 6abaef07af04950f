// What a token stands for, looked up within a transaction.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_GRANT_H
#define JUMIN_HOST_ISSUER_GRANT_H

#include "host/issuer/records.h"

enum token_kind { TOKEN_ACCESS, TOKEN_REFRESH };

struct grant_row {
    bool found;
    char credential[JUMIN_CREDENTIAL_NUMBER];
    uint8_t device[JUMIN_DEVICE_THUMBPRINT];
    bool has_device;
    int64_t token_until;
    enum jumin_credential_state state;
    char issued_on[JUMIN_DAY], expires_on[JUMIN_DAY];
    unsigned edition;
    struct credential_attested attested;
};

// `row->found` false: there is no such token.
enum jumin_error grant_find(struct jumin_station *station, const char *token, enum token_kind kind,
                            struct grant_row *row);
// Why the token is of no use with this proof; NULL: it is. Static.
const char *grant_fault(const struct jumin_station *station, const struct grant_row *row,
                        const struct records_proof *proof);

#endif
