// The shares that custodians give, and the passphrase that they give together.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_QUORUM_H
#define JUMIN_HOST_PKI_QUORUM_H

#include "host/detail.h"
#include "host/pki/share.h"
#include <jumin/ceremony.h>

struct jumin_quorum {
    struct detail detail;
    struct share shares[JUMIN_SHARES_MAX];
    size_t count;
};

// How a share describes itself.
struct jumin_share share_facts(const struct share *share);
// The passphrase that the first `threshold` shares give: SHARE_SECRET_MAX bytes and a terminating zero.
// False: too few, or no text.
bool quorum_passphrase(const struct jumin_quorum *quorum, char passphrase[SHARE_SECRET_MAX + 1]);

#endif
