// Accounts on secp256k1.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/account.h"

#include "host/registry/evm/keccak.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

enum { POINT = 65 };

// Blinded against whoever measures time or power. NULL: no memory, or no random bytes.
static secp256k1_context *open_context(const struct crypto_random *random)
{
    uint8_t seed[32];
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
    const bool good = context != NULL && random->fill(random->context, seed, sizeof seed) &&
                      secp256k1_context_randomize(context, seed) == 1;
    crypto_wipe(seed, sizeof seed);
    if (!good && context != NULL) {
        secp256k1_context_destroy(context);
    }
    return good ? context : NULL;
}

// The last 20 bytes of the Keccak-256 of the point's coordinates.
static bool set_address(const secp256k1_context *context, struct evm_account *account)
{
    secp256k1_pubkey key;
    uint8_t point[POINT], hash[KECCAK_HASH];
    size_t n = sizeof point;
    if (secp256k1_ec_pubkey_create(context, &key, account->secret) != 1 ||
        secp256k1_ec_pubkey_serialize(context, point, &n, &key, SECP256K1_EC_UNCOMPRESSED) != 1) {
        return false;
    }
    keccak_256(span_of(point + 1, POINT - 1), hash);
    memcpy(account->address, hash + KECCAK_HASH - EVM_ADDRESS, EVM_ADDRESS);
    return true;
}

bool evm_account_load(struct evm_account *account, const uint8_t secret[EVM_SECRET],
                      const struct crypto_random *random)
{
    secp256k1_context *context = open_context(random);
    memcpy(account->secret, secret, EVM_SECRET);
    const bool good = context != NULL && set_address(context, account);
    if (context != NULL) {
        secp256k1_context_destroy(context);
    }
    if (!good) {
        evm_account_release(account);
    }
    return good;
}

void evm_account_release(struct evm_account *account)
{
    crypto_wipe(account, sizeof *account);
}

bool evm_account_sign(const struct evm_account *account, const struct crypto_random *random,
                      const uint8_t digest[32], uint8_t signature[EVM_SIGNATURE], uint8_t *recovery)
{
    secp256k1_ecdsa_recoverable_signature made;
    int identifier = 0;
    secp256k1_context *context = open_context(random);
    if (context == NULL) {
        return false;
    }
    const bool good =
        secp256k1_ecdsa_sign_recoverable(context, &made, digest, account->secret, NULL, NULL) == 1 &&
        secp256k1_ecdsa_recoverable_signature_serialize_compact(context, signature, &identifier, &made) ==
            1 &&
        (identifier == 0 || identifier == 1);
    secp256k1_context_destroy(context);
    *recovery = (uint8_t)identifier;
    return good;
}
