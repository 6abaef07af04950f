// The master keys of the home, opened with whatever their files ask for.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/master_keys.h"

static bool know(const struct cli_arguments *arguments, bool confirm, struct lazy_passphrase *passphrase)
{
    passphrase->known = passphrase->known || passphrase_get(arguments, confirm, passphrase->text);
    return passphrase->known;
}

static enum jumin_error get(const struct cli_arguments *arguments, enum master_key_making making,
                            struct lazy_passphrase *passphrase, struct jumin_tokens *tokens,
                            struct jumin_master_key *key)
{
    enum jumin_master_key_kind kind;
    const enum jumin_error error = jumin_master_key_look(key, &kind);
    if (error != JUMIN_OK) {
        return error;
    }
    const bool make = kind == JUMIN_MASTER_KEY_MISSING && making != MASTER_KEY_NEVER;
    const bool sealed = make ? making == MASTER_KEY_SEALED : kind == JUMIN_MASTER_KEY_SEALED;
    if (sealed && !know(arguments, make, passphrase)) {
        return JUMIN_ERROR_CANCELLED;
    }
    const char *text = sealed ? passphrase->text : NULL;
    return make ? jumin_master_key_make(key, text) : jumin_master_key_open(key, text, tokens);
}

bool master_key_get(const struct cli_arguments *arguments, const char *path, enum master_key_making making,
                    struct lazy_passphrase *passphrase, struct jumin_tokens *tokens,
                    struct jumin_master_key **key)
{
    enum jumin_error error = jumin_master_key_new(key, path);
    error = error == JUMIN_OK ? get(arguments, making, passphrase, tokens, *key) : error;
    if (error == JUMIN_OK) {
        return true;
    }
    if (error != JUMIN_ERROR_CANCELLED) { // nobody gave a passphrase: said already
        (void)cli_fail_error(arguments, error, jumin_master_key_detail(*key));
    }
    jumin_master_key_free(*key);
    *key = NULL;
    return false;
}
