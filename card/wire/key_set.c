// Key sets of single cards, derived from a master key: what the factory writes and the station finds again.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/key_set.h"

// Derivation constants, apart from those that SCP03 itself uses under its keys (GP Amd D §4.1.5, table 4-1).
enum { DERIVE_ENC = 0x11, DERIVE_MAC = 0x12, DERIVE_DEK = 0x13 };

bool key_set_diversify_by(scp03_cmac *cmac, const void *owner, size_t length,
                          const uint8_t diversification[SCP03_DIVERSIFICATION], struct scp03_keys *keys)
{
    const struct span context = span_of(diversification, SCP03_DIVERSIFICATION);
    const bool ok = length <= SCP03_KEY_MAX &&
                    scp03_kdf_by(cmac, owner, DERIVE_ENC, context, keys->enc, length) &&
                    scp03_kdf_by(cmac, owner, DERIVE_MAC, context, keys->mac, length) &&
                    scp03_kdf_by(cmac, owner, DERIVE_DEK, context, keys->dek, length);
    keys->length = length;
    if (!ok) {
        crypto_wipe(keys, sizeof *keys);
    }
    return ok;
}

bool key_set_diversify(struct span master, const uint8_t diversification[SCP03_DIVERSIFICATION],
                       struct scp03_keys *keys)
{
    struct crypto_cipher_key key = {0};
    bool ok = crypto_cipher_load(&key, CRYPTO_AES, master);
    if (ok) {
        ok = key_set_diversify_by(scp03_cmac_here, &key, master.n, diversification, keys);
    } else {
        crypto_wipe(keys, sizeof *keys);
    }
    crypto_cipher_release(&key);
    return ok;
}
