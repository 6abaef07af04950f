// CMAC (SP 800-38B §6) over the CBC of any provider.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/cipher_kind.h"

// What is collected before the cipher runs: most messages fit, and cost one call of the provider.
enum { CMAC_BUFFER = 16 * CRYPTO_BLOCK };

struct cmac {
    const struct crypto_cipher_key *key;
    uint8_t chain[CRYPTO_BLOCK];
    uint8_t buffer[CMAC_BUFFER];
    size_t used;
};

// Multiplies by x in GF(2^128): the next subkey (SP 800-38B §6.1).
static void subkey_double(uint8_t block[CRYPTO_BLOCK])
{
    const uint8_t polynomial = 0x87; // R_128, SP 800-38B §5.3
    const uint8_t carry = block[0] >> 7;
    for (size_t i = 0; i + 1 < CRYPTO_BLOCK; i++) {
        block[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
    }
    block[CRYPTO_BLOCK - 1] = (uint8_t)(block[CRYPTO_BLOCK - 1] << 1 ^ (polynomial & -carry));
}

static bool cmac_run(struct cmac *cmac)
{
    if (!crypto_cbc_encrypt(cmac->key, cmac->chain, span_of(cmac->buffer, cmac->used), cmac->buffer)) {
        return false;
    }
    memcpy(cmac->chain, cmac->buffer + cmac->used - CRYPTO_BLOCK, CRYPTO_BLOCK);
    cmac->used = 0;
    return true;
}

// The last block is held back: it is masked with a subkey.
static bool cmac_update(struct cmac *cmac, struct span part)
{
    while (part.n > 0) {
        if (cmac->used == CMAC_BUFFER && !cmac_run(cmac)) {
            return false;
        }
        const struct span taken = span_first(part, CMAC_BUFFER - cmac->used);
        memcpy(cmac->buffer + cmac->used, taken.p, taken.n);
        cmac->used += taken.n;
        part = span_from(part, taken.n);
    }
    return true;
}

static bool cmac_finish(struct cmac *cmac)
{
    uint8_t subkey[CRYPTO_BLOCK] = {0};
    if (!crypto_cipher_encrypt_block(cmac->key, subkey, subkey)) {
        return false;
    }
    subkey_double(subkey);
    if (cmac->used == 0 || cmac->used % CRYPTO_BLOCK != 0) {
        subkey_double(subkey);
        cmac->buffer[cmac->used++] = 0x80;
        while (cmac->used % CRYPTO_BLOCK != 0) {
            cmac->buffer[cmac->used++] = 0;
        }
    }
    uint8_t *last = cmac->buffer + cmac->used - CRYPTO_BLOCK;
    for (size_t i = 0; i < CRYPTO_BLOCK; i++) {
        last[i] ^= subkey[i];
    }
    crypto_wipe(subkey, sizeof subkey);
    return cmac_run(cmac);
}

bool crypto_cmac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                 uint8_t mac[CRYPTO_BLOCK])
{
    struct cmac cmac = {.key = key};
    bool ok = crypto_cipher_block(key) == CRYPTO_BLOCK;
    for (size_t i = 0; ok && i < count; i++) {
        ok = cmac_update(&cmac, parts[i]);
    }
    ok = ok && cmac_finish(&cmac);
    if (ok) {
        memcpy(mac, cmac.chain, CRYPTO_BLOCK);
    } else {
        crypto_wipe(mac, CRYPTO_BLOCK);
    }
    crypto_wipe(&cmac, sizeof cmac);
    return ok;
}
