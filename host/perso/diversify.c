// The keys of one card, derived from a master key in memory or by the token that holds it (GP Amd D §4.1.5).
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/master_key.h"

enum { MESSAGE_MAX = 64 };

// The key and what it says when it fails, since a token may be shared.
struct derivation {
    struct token_key *token;
    enum jumin_error *error;
};

static bool cmac_in_token(const void *owner, const struct span *parts, size_t count,
                          uint8_t mac[CRYPTO_BLOCK])
{
    const struct derivation *derivation = owner;
    uint8_t bytes[MESSAGE_MAX];
    struct writer message = writer_of(bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++) {
        writer_put(&message, parts[i]);
    }
    *derivation->error = message.overflow ? JUMIN_ERROR_ARGUMENT
                                          : token_aes_cmac(derivation->token, writer_span(&message), mac);
    return *derivation->error == JUMIN_OK;
}

// Twice: a card that gets wrong keys by a fault of the token is lost.
static enum jumin_error diversify_in_token(const struct jumin_master_key *key, const uint8_t *diversification,
                                           struct scp03_keys *keys, struct detail *detail)
{
    enum jumin_error error = JUMIN_OK;
    const struct derivation derivation = {key->token, &error};
    struct scp03_keys again = {0};
    const bool ok =
        key_set_diversify_by(cmac_in_token, &derivation, JUMIN_MASTER_KEY, diversification, keys) &&
        key_set_diversify_by(cmac_in_token, &derivation, JUMIN_MASTER_KEY, diversification, &again);
    if (!ok) {
        token_key_detail(key->token, detail);
    } else if (!crypto_equal(keys, &again, sizeof again)) {
        error = detail_set(detail, JUMIN_ERROR_TOKEN, "the token derives other keys each time");
    }
    if (error != JUMIN_OK) {
        crypto_wipe(keys, sizeof *keys);
    }
    crypto_wipe(&again, sizeof again);
    return error;
}

enum jumin_error master_key_diversify(const struct jumin_master_key *key,
                                      const uint8_t diversification[SCP03_DIVERSIFICATION],
                                      struct scp03_keys *keys, struct detail *detail)
{
    memset(keys, 0, sizeof *keys);
    if (key->token != NULL) {
        return diversify_in_token(key, diversification, keys, detail);
    }
    return key_set_diversify(span_of(key->bytes, sizeof key->bytes), diversification, keys)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_CRYPTO, "the card's keys cannot be derived");
}
