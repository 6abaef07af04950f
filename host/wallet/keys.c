// The wallet's keys: those that are kept in its file, and how any key signs.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/wallet_internal.h"

#include <stdlib.h>

enum { SECRET = 32 };

static enum jumin_error make(void *context, uint8_t handle[JUMIN_WALLET_KEY_HANDLE], size_t *n,
                             uint8_t key[JUMIN_DEVICE_KEY])
{
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key made = {0};
    uint8_t point[CRYPTO_POINT_MAX];
    (void)context;
    const bool ok = crypto_ec_generate(&made, CRYPTO_P256, &random) && crypto_ec_public(&made, point) &&
                    crypto_ec_secret(&made, handle);
    crypto_ec_release(&made);
    if (!ok) {
        crypto_wipe(handle, SECRET);
        return JUMIN_ERROR_CRYPTO;
    }
    memcpy(key, point, JUMIN_DEVICE_KEY);
    *n = SECRET;
    return JUMIN_OK;
}

static bool load(const uint8_t *handle, size_t n, struct crypto_ec_key *key)
{
    const struct crypto_random random = crypto_system_random();
    return n == SECRET && crypto_ec_load_secret(key, CRYPTO_P256, span_of(handle, n), &random);
}

static bool sign(void *context, const uint8_t *handle, size_t n, const uint8_t digest[32],
                 uint8_t signature[64])
{
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key key = {0};
    (void)context;
    const bool ok =
        load(handle, n, &key) && crypto_ecdsa_sign(&key, &random, span_of(digest, SIGNER_DIGEST), signature);
    crypto_ec_release(&key);
    return ok;
}

static bool agree(void *context, const uint8_t *handle, size_t n, const uint8_t other[JUMIN_DEVICE_KEY],
                  uint8_t shared[32])
{
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key key = {0};
    (void)context;
    const bool ok =
        load(handle, n, &key) && crypto_ecdh(&key, &random, span_of(other, JUMIN_DEVICE_KEY), shared);
    crypto_ec_release(&key);
    return ok;
}

const struct jumin_wallet_keys wallet_file_keys = {.make = make, .sign = sign, .agree = agree};

enum jumin_error wallet_key_failed(struct jumin_wallet *wallet, enum jumin_error error, const char *what)
{
    const char *why = wallet->keys_detail.text;
    return detail_set(&wallet->detail, error, "%s%s%.200s", what, why[0] != '\0' ? ": " : "", why);
}

enum jumin_error wallet_make_key(struct jumin_wallet *wallet, struct wallet_key *key)
{
    const enum jumin_error error = wallet->keys.make(wallet->keys.context, key->handle, &key->n, key->point);
    if (error == JUMIN_OK && key->n <= sizeof key->handle && key->point[0] == 0x04) {
        return JUMIN_OK;
    }
    crypto_wipe(key, sizeof *key);
    return wallet_key_failed(wallet, error != JUMIN_OK ? error : JUMIN_ERROR_CRYPTO, "no key could be made");
}

// --- Keys that nothing needs -----------------------------------------------------------------------------------

static struct wallet_spare *find_spare(const struct jumin_wallet *wallet, const struct wallet_key *key)
{
    for (size_t i = 0; i < wallet->spare_count; i++) {
        const struct wallet_key *spare = &wallet->spares[i].key;
        if (spare->n == key->n && memcmp(spare->handle, key->handle, key->n) == 0) {
            return &wallet->spares[i];
        }
    }
    return NULL;
}

static void remember_spare(struct jumin_wallet *wallet, const struct wallet_key *key, bool in_use)
{
    struct wallet_spare *spare = find_spare(wallet, key);
    if (wallet->keys.remove == NULL || key->n == 0) {
        return;
    }
    if (spare == NULL) {
        struct wallet_spare *more =
            realloc(wallet->spares, (wallet->spare_count + 1) * sizeof *wallet->spares);
        if (more == NULL) {
            return; // the key stays in its store, and is of no use there
        }
        wallet->spares = more;
        spare = &more[wallet->spare_count++];
    }
    *spare = (struct wallet_spare){*key, in_use};
}

void wallet_spare_key(struct jumin_wallet *wallet, const struct wallet_key *key)
{
    remember_spare(wallet, key, false);
}

void wallet_use_key(struct jumin_wallet *wallet, const struct wallet_key *key)
{
    remember_spare(wallet, key, true);
}

void wallet_keep_key(struct jumin_wallet *wallet, const struct wallet_key *key)
{
    struct wallet_spare *spare = find_spare(wallet, key);
    if (spare != NULL) {
        *spare = wallet->spares[--wallet->spare_count];
    }
}

void wallet_remove_spares(struct jumin_wallet *wallet)
{
    size_t kept = 0;
    if (wallet->unsure) {
        return; // what the disk has may be the one or the other
    }
    for (size_t i = 0; i < wallet->spare_count; i++) {
        struct wallet_spare *spare = &wallet->spares[i];
        if (spare->in_use) {
            wallet->spares[kept++] = *spare;
        } else if (wallet->keys.remove != NULL) {
            wallet->keys.remove(wallet->keys.context, spare->key.handle, spare->key.n);
        }
    }
    wallet->spare_count = kept;
}

enum jumin_error wallet_make_keys(struct jumin_wallet *wallet, struct wallet_key *keys, size_t count)
{
    enum jumin_error error = JUMIN_OK;
    size_t made = 0;
    while (error == JUMIN_OK && made < count) {
        error = wallet_make_key(wallet, &keys[made]);
        if (error == JUMIN_OK) {
            wallet_use_key(wallet, &keys[made++]);
        }
    }
    if (error == JUMIN_OK && wallet->keys.remove != NULL) {
        error = wallet_save(wallet);
    }
    for (size_t i = 0; i < made && error != JUMIN_OK; i++) {
        wallet_spare_key(wallet, &keys[i]);
        crypto_wipe(&keys[i], sizeof keys[i]);
    }
    if (error != JUMIN_OK) {
        wallet_remove_spares(wallet);
    }
    return error;
}

// --- Signing -----------------------------------------------------------------------------------------------------

static bool signer_sign(void *context, const uint8_t digest[SIGNER_DIGEST],
                        uint8_t signature[SIGNER_SIGNATURE])
{
    const struct wallet_signer *signer = context;
    const struct jumin_wallet_keys *keys = &signer->wallet->keys;
    return keys->sign(keys->context, signer->key->handle, signer->key->n, digest, signature);
}

static bool signer_agree(void *context, struct span point, uint8_t shared[SIGNER_SHARED])
{
    const struct wallet_signer *signer = context;
    const struct jumin_wallet_keys *keys = &signer->wallet->keys;
    return point.n == JUMIN_DEVICE_KEY &&
           keys->agree(keys->context, signer->key->handle, signer->key->n, point.p, shared);
}

struct signer wallet_signer_of(struct wallet_signer *context, const struct jumin_wallet *wallet,
                               const struct wallet_key *key)
{
    *context = (struct wallet_signer){wallet, key};
    struct signer signer = {
        .sign = signer_sign, .agree = wallet->keys.agree != NULL ? signer_agree : NULL, .context = context};
    memcpy(signer.point, key->point, sizeof signer.point);
    return signer;
}
