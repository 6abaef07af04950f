// Signatures with message recovery, as Active Authentication with RSA uses them (ISO 9796-2, 9303-11 App. F).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/iso9796.h"

enum {
    RSA_MAX = 1024, // bytes of a modulus
    HEADER = 0x6A,  // partial recovery, no padding
    HEADER_PADDED = 0x6B,
    PADDING = 0xBB,
    PADDING_LAST = 0xBA,
    TRAILER_SHA1 = 0xBC,
    TRAILER_NAMED = 0xCC,
};

// The trailer's bytes and hash (ISO 10118-3 numbers).
static bool trailer_parse(struct span recovered, enum crypto_hash *hash, size_t *n)
{
    const struct {
        uint8_t number;
        enum crypto_hash hash;
    } hashes[] = {{0x33, CRYPTO_SHA1},
                  {0x34, CRYPTO_SHA256},
                  {0x35, CRYPTO_SHA512},
                  {0x36, CRYPTO_SHA384},
                  {0x38, CRYPTO_SHA224}};
    const uint8_t last = recovered.p[recovered.n - 1];
    *hash = CRYPTO_SHA1;
    *n = last == TRAILER_SHA1 ? 1 : 2;
    if (last != TRAILER_NAMED) {
        return last == TRAILER_SHA1;
    }
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        if (recovered.p[recovered.n - 2] == hashes[i].number) {
            *hash = hashes[i].hash;
            return true;
        }
    }
    return false;
}

// Where M1 begins: behind the header, and behind its padding where M1 is shorter than there is room for; 0:
// neither.
static size_t message_start(struct span recovered)
{
    size_t at = 1;
    if (recovered.p[0] != HEADER_PADDED) {
        return recovered.p[0] == HEADER ? at : 0;
    }
    while (at < recovered.n && recovered.p[at] == PADDING) {
        at++;
    }
    return at < recovered.n && recovered.p[at] == PADDING_LAST ? at + 1 : 0;
}

// modulus - value, in place: the signer may have taken the smaller of the two (ISO 9796-2 App. B).
static void subtract_from_modulus(struct span modulus, uint8_t *value)
{
    unsigned borrow = 0;
    for (size_t i = modulus.n; i-- > 0;) {
        const unsigned subtrahend = value[i] + borrow;
        borrow = modulus.p[i] < subtrahend ? 1 : 0;
        value[i] = (uint8_t)(modulus.p[i] - subtrahend);
    }
}

bool iso9796_verify(const struct crypto_rsa_public *key, struct span signature, struct span rest)
{
    uint8_t bytes[RSA_MAX], digest[CRYPTO_HASH_MAX];
    const size_t n = key->modulus.n;
    if (n < 64 || n > sizeof bytes || signature.n != n || !crypto_rsa_recover(key, signature, bytes)) {
        return false;
    }
    if ((bytes[n - 1] & 0x0F) != 0x0C) {
        subtract_from_modulus(key->modulus, bytes);
    }
    const struct span recovered = span_of(bytes, n);
    enum crypto_hash hash = CRYPTO_SHA1;
    size_t trailer = 0;
    const size_t start = message_start(recovered);
    if (!trailer_parse(recovered, &hash, &trailer) || start == 0) {
        return false;
    }
    const size_t hash_length = crypto_hash_length(hash);
    if (n < start + hash_length + trailer) {
        return false;
    }
    const struct span message = span_of(bytes + start, n - start - hash_length - trailer);
    const struct span parts[] = {message, rest};
    return crypto_hash_parts(hash, parts, 2, digest) &&
           memcmp(digest, message.p + message.n, hash_length) == 0;
}
