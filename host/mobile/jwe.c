// JSON Web Encryption, what both directions need: names, and the key's derivation (RFC 7518 §4.6, §5.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jwe.h"

enum { NUMBER = 4 };

static const struct {
    const char *name;
    size_t key;
} encryptions[] = {
    [JWE_A128GCM] = {"A128GCM", 16},
    [JWE_A256GCM] = {"A256GCM", 32},
};

bool jwe_encryption_of(const char *name, enum jwe_encryption *encryption)
{
    for (size_t i = 0; i < sizeof encryptions / sizeof encryptions[0]; i++) {
        if (strcmp(name, encryptions[i].name) == 0) {
            *encryption = (enum jwe_encryption)i;
            return true;
        }
    }
    return false;
}

const char *jwe_encryption_name(enum jwe_encryption encryption)
{
    return encryptions[encryption].name;
}

size_t jwe_key_length(enum jwe_encryption encryption)
{
    return encryptions[encryption].key;
}

static struct span number(uint8_t bytes[NUMBER], size_t value)
{
    for (size_t i = 0; i < NUMBER; i++) {
        bytes[i] = (uint8_t)(value >> 8 * (NUMBER - 1 - i));
    }
    return span_of(bytes, NUMBER);
}

// One round of SHA-256 gives enough for either key (SP 800-56A §5.8.2.1).
bool jwe_derive(const uint8_t shared[SIGNER_SHARED], enum jwe_encryption encryption, struct span apu,
                struct span apv, uint8_t key[JWE_KEY_MAX])
{
    const struct span name = span_of(encryptions[encryption].name, strlen(encryptions[encryption].name));
    uint8_t round[NUMBER], name_length[NUMBER], apu_length[NUMBER], apv_length[NUMBER], bits[NUMBER];
    const struct span parts[] = {
        number(round, 1),
        span_of(shared, SIGNER_SHARED),
        number(name_length, name.n), // AlgorithmID: `enc`, since the key is used directly
        name,
        number(apu_length, apu.n),
        apu,
        number(apv_length, apv.n),
        apv,
        number(bits, encryptions[encryption].key * 8), // SuppPubInfo
    };
    return crypto_hash_parts(CRYPTO_SHA256, parts, sizeof parts / sizeof parts[0], key);
}
