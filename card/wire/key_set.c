// Key sets of single cards, derived from a master key: what the factory writes and the station finds again.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/key_set.h"

// Derivation constants, apart from those that SCP03 itself uses under its keys (GP Amd D §4.1.5, table 4-1).
enum { DERIVE_ENC = 0x11, DERIVE_MAC = 0x12, DERIVE_DEK = 0x13 };

bool key_set_diversify(struct span master, const uint8_t diversification[SCP03_DIVERSIFICATION],
                       struct scp03_keys *keys)
{
    struct crypto_cipher_key key = {0};
    const struct span context = span_of(diversification, SCP03_DIVERSIFICATION);
    const bool ok = crypto_cipher_load(&key, CRYPTO_AES, master) &&
                    scp03_kdf(&key, DERIVE_ENC, context, keys->enc, master.n) &&
                    scp03_kdf(&key, DERIVE_MAC, context, keys->mac, master.n) &&
                    scp03_kdf(&key, DERIVE_DEK, context, keys->dek, master.n);
    keys->length = master.n;
    if (!ok) {
        crypto_wipe(keys, sizeof *keys);
    }
    crypto_cipher_release(&key);
    return ok;
}
