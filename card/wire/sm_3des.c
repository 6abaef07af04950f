// Secure messaging and PACE with 3DES (9303-11 §9.7.1.1, §9.8.6), for terminals that read documents of
// others.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/sm_3des.h"

// The lowest bit of a byte of key makes the number of its ones odd (9303-11 §9.7.1.1).
static uint8_t with_odd_parity(uint8_t byte)
{
    uint8_t ones = 0;
    for (unsigned bit = 1; bit < 8; bit++) {
        ones = (uint8_t)(ones ^ (byte >> bit & 1));
    }
    return (uint8_t)((byte & 0xFE) | (ones ^ 1));
}

bool kdf_derive_3des(struct span secret, enum kdf_counter counter, uint8_t key[CRYPTO_3DES_KEY])
{
    const uint8_t counter_bytes[4] = {0, 0, 0, (uint8_t)counter};
    const struct span parts[] = {secret, span_of(counter_bytes, sizeof counter_bytes)};
    uint8_t digest[CRYPTO_HASH_MAX];
    const bool derived = crypto_hash_parts(CRYPTO_SHA1, parts, sizeof parts / sizeof parts[0], digest);
    for (size_t i = 0; i < CRYPTO_3DES_KEY; i++) {
        key[i] = derived ? with_odd_parity(digest[i]) : 0;
    }
    crypto_wipe(digest, sizeof digest);
    return derived;
}

bool sm_start_3des(struct sm_session *session, struct span encryption_key, struct span mac_key,
                   struct span ssc)
{
    sm_end(session);
    if ((ssc.n != 0 && ssc.n != CRYPTO_3DES_BLOCK) ||
        !crypto_3des_load(&session->encryption, encryption_key) ||
        !crypto_3des_load(&session->mac, mac_key)) {
        sm_end(session);
        return false;
    }
    if (ssc.n > 0) {
        memcpy(session->ssc, ssc.p, ssc.n);
    }
    session->active = true;
    return true;
}

bool sm_agree_3des(struct sm_session *session, struct span shared, struct span ssc)
{
    uint8_t encryption[CRYPTO_3DES_KEY], mac[CRYPTO_3DES_KEY];
    const bool ok =
        kdf_derive_3des(shared, KDF_ENCRYPTION, encryption) && kdf_derive_3des(shared, KDF_MAC, mac) &&
        sm_start_3des(session, span_of(encryption, sizeof encryption), span_of(mac, sizeof mac), ssc);
    if (!ok) {
        sm_end(session);
    }
    crypto_wipe(encryption, sizeof encryption);
    crypto_wipe(mac, sizeof mac);
    return ok;
}

bool pace_password_key_3des(struct span password, struct crypto_cipher_key *key)
{
    uint8_t bytes[CRYPTO_3DES_KEY];
    const bool ok =
        kdf_derive_3des(password, KDF_PASSWORD, bytes) && crypto_3des_load(key, span_of(bytes, sizeof bytes));
    if (!ok) {
        memset(key, 0, sizeof *key);
    }
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}

static bool load_3des(struct crypto_cipher_key *key, enum secure_messaging_suite suite, struct span bytes)
{
    (void)suite;
    return crypto_3des_load(key, bytes);
}

bool pace_map_integrated_3des(const struct pace_protocol *protocol, struct span nonce,
                              struct span terminal_nonce, uint8_t *generator)
{
    return pace_map_integrated_by(load_3des, protocol, nonce, terminal_nonce, generator);
}
