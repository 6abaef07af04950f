// The master keys of the home, opened with whatever their files ask for.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_MASTER_KEYS_H
#define JUMIN_TOOLS_MASTER_KEYS_H

#include "tools/jumin/home.h"
#include "tools/jumin/token.h"
#include <jumin/master_key.h>

// A passphrase that is asked for when the first key needs it. All zero before; the caller wipes it.
struct lazy_passphrase {
    char text[PASSPHRASE_MAX];
    bool known;
};

enum master_key_making { MASTER_KEY_NEVER, MASTER_KEY_PLAIN, MASTER_KEY_SEALED };

// Opens the key in a file; where there is none, makes one as `making` says. `tokens` may be NULL for keys
// that no token may hold. False: said so on stderr, and `*key` is NULL.
bool master_key_get(const struct cli_arguments *arguments, const char *path, enum master_key_making making,
                    struct lazy_passphrase *passphrase, struct jumin_tokens *tokens,
                    struct jumin_master_key **key);

#endif
