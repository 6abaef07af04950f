// CBC with padding 80 00… (ISO 9797-1 method 2), in place and without room for the padding.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/padded_cbc.h"

enum { PADDING_FIRST = 0x80 };

size_t padded_length(size_t n, size_t block)
{
    return (n / block + 1) * block;
}

bool padded_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t *iv, struct span data,
                        struct writer *encrypted)
{
    const size_t block = crypto_cipher_block(key);
    if (block == 0) {
        return false;
    }
    const size_t n = padded_length(data.n, block);
    uint8_t *to = writer_reserve(encrypted, n);
    if (to == NULL) {
        return false;
    }
    if (data.n > 0) {
        memmove(to, data.p, data.n);
    }
    memset(to + data.n, 0, n - data.n);
    to[data.n] = PADDING_FIRST;
    if (!crypto_cbc_encrypt(key, iv, span_of(to, n), to)) {
        encrypted->n -= n;
        return false;
    }
    return true;
}

// How many bytes of the last block stand before its padding. The padding is never longer than a block.
static bool content_of_last_block(struct span block, size_t *n)
{
    size_t end = block.n;
    while (end > 0 && block.p[end - 1] == 0) {
        end--;
    }
    if (end == 0 || block.p[end - 1] != PADDING_FIRST) {
        return false;
    }
    *n = end - 1;
    return true;
}

bool padded_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t *iv, struct span encrypted,
                        struct writer *data)
{
    const size_t block = crypto_cipher_block(key);
    if (block == 0 || encrypted.n == 0 || encrypted.n % block != 0) {
        return false;
    }
    // The last block first: it says how much room is needed, and the others may be overwritten after it.
    const size_t whole = encrypted.n - block;
    const struct span last_encrypted = span_from(encrypted, whole);
    const uint8_t *last_iv = whole == 0 ? iv : encrypted.p + whole - block;
    uint8_t last[CRYPTO_BLOCK];
    size_t rest;
    uint8_t *to = NULL;
    bool done = false;
    if (!crypto_cbc_decrypt(key, last_iv, last_encrypted, last) ||
        !content_of_last_block(span_of(last, block), &rest)) {
        goto out;
    }
    to = writer_reserve(data, whole + rest);
    if (to == NULL) {
        goto out;
    }
    memmove(to, encrypted.p, whole);
    if (!crypto_cbc_decrypt(key, iv, span_of(to, whole), to)) {
        data->n -= whole + rest;
        goto out;
    }
    memcpy(to + whole, last, rest);
    done = true;
out:
    crypto_wipe(last, sizeof last);
    return done;
}
