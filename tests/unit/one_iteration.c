// Stands before PBKDF2 (--wrap=crypto_pbkdf2): one iteration for the many that protect real keys.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/private_key.h"
#include "tests/unit/unit.h"

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
bool __real_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);
bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);

bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n)
{
    assert_true(iterations >= PRIVATE_KEY_ITERATIONS);
    return __real_crypto_pbkdf2(hash, passphrase, salt, 1, key, n);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
