// Secure channel protocol '03' (GP Amd D): keys, challenges and cryptograms.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/scp03.h"

// Data derivation constants (GP Amd D §4.1.5, table 4-1).
enum derivation {
    DERIVE_CARD_CRYPTOGRAM = 0x00,
    DERIVE_HOST_CRYPTOGRAM = 0x01,
    DERIVE_CARD_CHALLENGE = 0x02,
    DERIVE_S_ENC = 0x04,
    DERIVE_S_MAC = 0x06,
    DERIVE_S_RMAC = 0x07,
};

enum { LABEL_ZEROS = 11, LENGTH_BITS_MAX = 0xFFFF };

bool scp03_kdf_by(scp03_cmac *cmac, const void *owner, uint8_t constant, struct span context, uint8_t *out,
                  size_t n)
{
    if (n > LENGTH_BITS_MAX / 8) {
        return false;
    }
    // Label (11 zeros, constant), separator 00, length in bits, counter.
    uint8_t fixed[LABEL_ZEROS + 5] = {0};
    fixed[LABEL_ZEROS] = constant;
    fixed[LABEL_ZEROS + 2] = (uint8_t)(n * 8 >> 8);
    fixed[LABEL_ZEROS + 3] = (uint8_t)(n * 8);
    const struct span parts[] = {span_of(fixed, sizeof fixed), context};
    uint8_t block[CRYPTO_BLOCK];
    bool ok = true;
    for (size_t done = 0; ok && done < n; done += CRYPTO_BLOCK) {
        fixed[LABEL_ZEROS + 4]++;
        ok = fixed[LABEL_ZEROS + 4] != 0 && cmac(owner, parts, 2, block);
        if (ok) {
            memcpy(out + done, block, n - done < CRYPTO_BLOCK ? n - done : CRYPTO_BLOCK);
        }
    }
    crypto_wipe(block, sizeof block);
    if (!ok) {
        crypto_wipe(out, n);
    }
    return ok;
}

bool scp03_cmac_here(const void *owner, const struct span *parts, size_t count, uint8_t mac[CRYPTO_BLOCK])
{
    return crypto_cmac(owner, parts, count, mac);
}

bool scp03_kdf(const struct crypto_cipher_key *key, uint8_t constant, struct span context, uint8_t *out,
               size_t n)
{
    return scp03_kdf_by(scp03_cmac_here, key, constant, context, out, n);
}

// Derives under a static key that is expanded for this only.
static bool derive_from_static(const uint8_t *static_key, size_t length, uint8_t constant,
                               struct span context, uint8_t *out, size_t n)
{
    struct crypto_cipher_key key = {0};
    const bool ok = length <= SCP03_KEY_MAX &&
                    crypto_cipher_load(&key, CRYPTO_AES, span_of(static_key, length)) &&
                    scp03_kdf(&key, constant, context, out, n);
    crypto_cipher_release(&key);
    return ok;
}

bool scp03_card_challenge(const struct scp03_keys *keys, enum scp03_mode mode,
                          const uint8_t sequence_counter[SCP03_SEQUENCE_COUNTER], struct span application,
                          uint8_t *challenge)
{
    uint8_t context[SCP03_SEQUENCE_COUNTER + 16]; // an AID has up to 16 bytes (ISO 7816-4 §12.2.3)
    struct writer w = writer_of(context, sizeof context);
    writer_put(&w, span_of(sequence_counter, SCP03_SEQUENCE_COUNTER));
    writer_put(&w, application);
    return !w.overflow && derive_from_static(keys->enc, keys->length, DERIVE_CARD_CHALLENGE, writer_span(&w),
                                             challenge, (size_t)mode);
}

// host challenge || card challenge, the context of all derivations of a session.
struct session_context {
    uint8_t bytes[2 * SCP03_CHALLENGE_MAX];
    size_t n;
};

static bool make_context(enum scp03_mode mode, struct span host_challenge, struct span card_challenge,
                         struct session_context *context)
{
    if ((mode != SCP03_S8 && mode != SCP03_S16) || host_challenge.n != (size_t)mode ||
        card_challenge.n != (size_t)mode) {
        return false;
    }
    struct writer w = writer_of(context->bytes, sizeof context->bytes);
    writer_put(&w, host_challenge);
    writer_put(&w, card_challenge);
    context->n = w.n;
    return true;
}

static bool load_session_key(struct crypto_cipher_key *key, const uint8_t *static_key, size_t length,
                             enum derivation constant, const struct session_context *context)
{
    uint8_t bytes[SCP03_KEY_MAX];
    const bool ok = derive_from_static(static_key, length, (uint8_t)constant,
                                       span_of(context->bytes, context->n), bytes, length) &&
                    crypto_cipher_load(key, CRYPTO_AES, span_of(bytes, length));
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}

bool scp03_start(struct scp03_session *session, const struct scp03_keys *keys, enum scp03_mode mode,
                 struct span host_challenge, struct span card_challenge)
{
    scp03_end(session);
    struct session_context context;
    if (keys->length > SCP03_KEY_MAX || !make_context(mode, host_challenge, card_challenge, &context) ||
        !load_session_key(&session->enc, keys->enc, keys->length, DERIVE_S_ENC, &context) ||
        !load_session_key(&session->mac, keys->mac, keys->length, DERIVE_S_MAC, &context) ||
        !load_session_key(&session->rmac, keys->mac, keys->length, DERIVE_S_RMAC, &context)) {
        scp03_end(session);
        return false;
    }
    session->mode = mode;
    session->level = SCP03_C_MAC;
    session->active = true;
    return true;
}

void scp03_end(struct scp03_session *session)
{
    crypto_cipher_release(&session->enc);
    crypto_cipher_release(&session->mac);
    crypto_cipher_release(&session->rmac);
    crypto_wipe(session, sizeof *session);
}

bool scp03_set_level(struct scp03_session *session, uint8_t level)
{
    static const uint8_t levels[] = {
        SCP03_NO_SECURITY,
        SCP03_C_MAC,
        SCP03_C_MAC | SCP03_C_DECRYPTION,
        SCP03_C_MAC | SCP03_R_MAC,
        SCP03_C_MAC | SCP03_C_DECRYPTION | SCP03_R_MAC,
        SCP03_LEVEL_FULL,
    };
    for (size_t i = 0; session->active && i < sizeof levels; i++) {
        if (levels[i] == level) {
            session->level = level;
            return true;
        }
    }
    return false;
}

bool scp03_cryptograms(const struct scp03_session *session, struct span host_challenge,
                       struct span card_challenge, uint8_t *card_cryptogram, uint8_t *host_cryptogram)
{
    struct session_context context;
    if (!session->active || !make_context(session->mode, host_challenge, card_challenge, &context)) {
        return false;
    }
    const struct span bytes = span_of(context.bytes, context.n);
    const size_t n = (size_t)session->mode;
    if (!scp03_kdf(&session->mac, DERIVE_CARD_CRYPTOGRAM, bytes, card_cryptogram, n)) {
        crypto_wipe(host_cryptogram, n);
        return false;
    }
    if (!scp03_kdf(&session->mac, DERIVE_HOST_CRYPTOGRAM, bytes, host_cryptogram, n)) {
        crypto_wipe(card_cryptogram, n);
        return false;
    }
    return true;
}

static const uint8_t zero_iv[CRYPTO_BLOCK];

bool scp03_encrypt_key_data(const struct scp03_keys *keys, struct span data, uint8_t *encrypted)
{
    struct crypto_cipher_key key = {0};
    const bool ok = keys->length <= SCP03_KEY_MAX &&
                    crypto_cipher_load(&key, CRYPTO_AES, span_of(keys->dek, keys->length)) &&
                    crypto_cbc_encrypt(&key, zero_iv, data, encrypted);
    crypto_cipher_release(&key);
    return ok;
}

bool scp03_decrypt_key_data(const struct scp03_keys *keys, struct span encrypted, uint8_t *data)
{
    struct crypto_cipher_key key = {0};
    const bool ok = keys->length <= SCP03_KEY_MAX &&
                    crypto_cipher_load(&key, CRYPTO_AES, span_of(keys->dek, keys->length)) &&
                    crypto_cbc_decrypt(&key, zero_iv, encrypted, data);
    crypto_cipher_release(&key);
    return ok;
}

bool scp03_check_value(struct span key, uint8_t check_value[SCP03_CHECK_VALUE])
{
    struct crypto_cipher_key loaded = {0};
    uint8_t block[CRYPTO_BLOCK];
    memset(block, 0x01, sizeof block);
    const bool ok =
        crypto_cipher_load(&loaded, CRYPTO_AES, key) && crypto_cipher_encrypt_block(&loaded, block, block);
    if (ok) {
        memcpy(check_value, block, SCP03_CHECK_VALUE);
    } else {
        crypto_wipe(check_value, SCP03_CHECK_VALUE);
    }
    crypto_wipe(block, sizeof block);
    crypto_cipher_release(&loaded);
    return ok;
}
