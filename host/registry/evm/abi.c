// The contract ABI, as far as the registry's contract needs it.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/abi.h"

#include "host/registry/evm/keccak.h"

enum { SELECTOR = 4 };

void abi_put_selector(struct writer *w, const char *signature)
{
    uint8_t hash[KECCAK_HASH];
    keccak_256(span_of(signature, strlen(signature)), hash);
    writer_put(w, span_of(hash, SELECTOR));
}

void abi_put_number(struct writer *w, uint64_t value)
{
    uint8_t word[ABI_WORD] = {0};
    for (unsigned i = 0; i < 8; i++) {
        word[ABI_WORD - 1 - i] = (uint8_t)(value >> 8 * i);
    }
    writer_put(w, span_of(word, sizeof word));
}

// Bytes that fill whole words.
static size_t padded(size_t n)
{
    return (n + ABI_WORD - 1) / ABI_WORD * ABI_WORD;
}

static void put_bytes(struct writer *w, struct span bytes)
{
    static const uint8_t zeros[ABI_WORD];
    abi_put_number(w, bytes.n);
    writer_put(w, bytes);
    writer_put(w, span_of(zeros, padded(bytes.n) - bytes.n));
}

// The list begins behind both arguments; each of its offsets counts from behind its length.
void abi_put_append(struct writer *w, uint64_t index, const struct span *entries, size_t count)
{
    size_t offset = count * ABI_WORD;
    abi_put_selector(w, "append(uint64,bytes[])");
    abi_put_number(w, index);
    abi_put_number(w, 2 * ABI_WORD);
    abi_put_number(w, count);
    for (size_t i = 0; i < count; i++) {
        abi_put_number(w, offset);
        offset += ABI_WORD + padded(entries[i].n);
    }
    for (size_t i = 0; i < count; i++) {
        put_bytes(w, entries[i]);
    }
}

void abi_put_node(struct writer *w, uint64_t level, uint64_t position)
{
    abi_put_selector(w, "node(uint64,uint64)");
    abi_put_number(w, level);
    abi_put_number(w, position);
}

void abi_put_size(struct writer *w)
{
    abi_put_selector(w, "size()");
}

bool abi_take_number(struct span *answer, uint64_t *value)
{
    struct span word;
    if (!span_take(answer, ABI_WORD, &word)) {
        return false;
    }
    *value = 0;
    for (size_t i = 0; i < ABI_WORD; i++) {
        if (i < ABI_WORD - 8 && word.p[i] != 0) {
            return false;
        }
        *value = *value << 8 | word.p[i];
    }
    return true;
}

bool abi_take_bytes(struct span answer, struct span *bytes)
{
    uint64_t offset = 0, length = 0;
    return abi_take_number(&answer, &offset) && offset == ABI_WORD && abi_take_number(&answer, &length) &&
           length <= answer.n && padded((size_t)length) == answer.n &&
           span_take(&answer, (size_t)length, bytes);
}
