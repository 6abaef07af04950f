// The retail MAC (ISO 9797-1 MAC algorithm 3 with DES and padding method 2), for documents of others.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/cipher_kind.h"

enum { PADDING_FIRST = 0x80 };

struct retail_mac {
    const struct crypto_cipher_key *key;
    uint8_t chain[CRYPTO_3DES_BLOCK]; // with the bytes of the block in progress added to it
    size_t used;
};

static bool update(struct retail_mac *mac, struct span part)
{
    for (size_t i = 0; i < part.n; i++) {
        mac->chain[mac->used++] ^= part.p[i];
        if (mac->used == CRYPTO_3DES_BLOCK) {
            if (!cipher_des_encrypt_block(mac->key, mac->chain)) {
                return false;
            }
            mac->used = 0;
        }
    }
    return true;
}

// The padding always makes one more block, and that one goes through all three of K1, K2, K1.
static bool finish(struct retail_mac *mac)
{
    mac->chain[mac->used] ^= PADDING_FIRST;
    return crypto_cipher_encrypt_block(mac->key, mac->chain, mac->chain);
}

bool cipher_mac_retail(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                       uint8_t mac[CRYPTO_MAC])
{
    struct retail_mac retail = {.key = key};
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = update(&retail, parts[i]);
    }
    ok = ok && finish(&retail);
    memcpy(mac, retail.chain, CRYPTO_MAC);
    crypto_wipe(&retail, sizeof retail);
    return ok;
}
