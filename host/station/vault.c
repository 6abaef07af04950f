// What keeps personal data from whoever reads the database: AES-256-GCM (SP 800-38D) under keys by
// HKDF-Expand.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/vault.h"

// One block of HKDF-Expand (RFC 5869 §2.3); the master key is uniform already (§3.3).
static bool derive(const uint8_t master[VAULT_KEY], const char *use, uint8_t key[VAULT_KEY])
{
    uint8_t bytes[32];
    struct writer info = writer_of(bytes, sizeof bytes);
    writer_put(&info, span_of(use, strlen(use)));
    writer_put_u8(&info, 1);
    return !info.overflow && crypto_hmac(CRYPTO_SHA256, span_of(master, VAULT_KEY), writer_span(&info), key);
}

bool vault_open(struct vault *vault, const uint8_t master[VAULT_KEY])
{
    const bool opened =
        derive(master, "jumin records", vault->record_key) && derive(master, "jumin index", vault->index_key);
    if (!opened) {
        vault_close(vault);
    }
    return opened;
}

void vault_close(struct vault *vault)
{
    crypto_wipe(vault, sizeof *vault);
}

bool vault_seal(const struct vault *vault, const struct crypto_random *random, struct span place,
                struct span plain, uint8_t *sealed)
{
    return random->fill(random->context, sealed, CRYPTO_GCM_NONCE) &&
           crypto_gcm_seal(span_of(vault->record_key, VAULT_KEY), sealed, place, plain,
                           sealed + CRYPTO_GCM_NONCE);
}

bool vault_unseal(const struct vault *vault, struct span place, struct span sealed, uint8_t *plain)
{
    struct span nonce;
    return span_take(&sealed, CRYPTO_GCM_NONCE, &nonce) &&
           crypto_gcm_open(span_of(vault->record_key, VAULT_KEY), nonce.p, place, sealed, plain);
}

bool vault_index(const struct vault *vault, struct span value, uint8_t index[VAULT_INDEX])
{
    return crypto_hmac(CRYPTO_SHA256, span_of(vault->index_key, VAULT_KEY), value, index);
}
