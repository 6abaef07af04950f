// The inside of struct jumin_master_key, for those who derive from it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_MASTER_KEY_H
#define JUMIN_HOST_PERSO_MASTER_KEY_H

#include "card/wire/key_set.h"
#include "host/token/token.h"
#include <jumin/master_key.h>

enum { MASTER_KEY_PATH_MAX = 4096 };

struct jumin_master_key {
    char path[MASTER_KEY_PATH_MAX];
    struct detail detail;
    bool open;
    uint8_t bytes[JUMIN_MASTER_KEY];
    struct token_key *token; // NULL: the key is in `bytes`
};

// The keys of one card, as key_set_diversify makes them, by the token where the key is in one. On failure
// `keys` is wiped and `detail` says why.
enum jumin_error master_key_diversify(const struct jumin_master_key *key,
                                      const uint8_t diversification[SCP03_DIVERSIFICATION],
                                      struct scp03_keys *keys, struct detail *detail);

#endif
