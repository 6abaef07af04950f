// A status list (Token Status List §4): some bits for each credential, packed and compressed.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/status_list.h"

#include <stdlib.h>
#define ZLIB_CONST // it does not write to its input
#include <zlib.h>

enum {
    EXPAND_FIRST = 1 << 16,            // bytes; grows twofold
    EXPAND_MAX = STATUS_BYTES_MAX + 1, // with room to see that there is more
};

// --- Packing ---------------------------------------------------------------------------------------------------

bool status_list_bits_are_possible(uint64_t bits)
{
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
}

uint64_t status_list_capacity(const struct status_list *list)
{
    return status_list_bits_are_possible(list->bits) ? (uint64_t)list->packed.n * 8 / list->bits : 0;
}

static unsigned shift_of(unsigned bits, uint64_t index)
{
    return (unsigned)(index % (8 / bits)) * bits;
}

static unsigned mask_of(unsigned bits)
{
    return (1U << bits) - 1;
}

bool status_list_get(const struct status_list *list, uint64_t index, unsigned *status)
{
    if (index >= status_list_capacity(list)) {
        return false;
    }
    const uint8_t byte = list->packed.p[index / (8 / list->bits)];
    *status = byte >> shift_of(list->bits, index) & mask_of(list->bits);
    return true;
}

bool status_list_set(uint8_t *packed, size_t n, unsigned bits, uint64_t index, unsigned status)
{
    const struct status_list list = {bits, {packed, n}};
    if (index >= status_list_capacity(&list) || status > mask_of(bits)) {
        return false;
    }
    uint8_t *byte = &packed[index / (8 / bits)];
    const unsigned shift = shift_of(bits, index);
    *byte = (uint8_t)((*byte & ~(mask_of(bits) << shift)) | status << shift);
    return true;
}

// --- Compression -----------------------------------------------------------------------------------------------

enum jumin_error status_list_compress(struct span packed, uint8_t **compressed, size_t *n)
{
    *compressed = NULL;
    *n = 0;
    if (packed.n == 0 || packed.n > STATUS_BYTES_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    uLongf length = compressBound((uLong)packed.n);
    uint8_t *out = malloc(length);
    if (out == NULL || compress2(out, &length, packed.p, (uLong)packed.n, Z_BEST_COMPRESSION) != Z_OK) {
        free(out);
        return JUMIN_ERROR_MEMORY;
    }
    if (length > STATUS_COMPRESSED_MAX) {
        free(out);
        return JUMIN_ERROR_ARGUMENT;
    }
    *compressed = out;
    *n = (size_t)length;
    return JUMIN_OK;
}

// More room behind what is there. False: the limit is reached, or there is no memory (`*memory`).
static bool grow(uint8_t **bytes, size_t *capacity, bool *memory)
{
    const size_t twice = *capacity == 0 ? EXPAND_FIRST : 2 * *capacity;
    const size_t wanted = twice < EXPAND_MAX ? twice : EXPAND_MAX;
    if (wanted == *capacity) {
        return false;
    }
    uint8_t *more = realloc(*bytes, wanted);
    if (more == NULL) {
        *memory = false;
        return false;
    }
    *bytes = more;
    *capacity = wanted;
    return true;
}

enum jumin_error status_list_expand(struct span compressed, uint8_t **packed, size_t *n)
{
    z_stream stream = {0};
    uint8_t *out = NULL;
    size_t capacity = 0;
    bool memory = true;
    int result = Z_OK;
    *packed = NULL;
    *n = 0;
    if (compressed.n == 0 || compressed.n > STATUS_COMPRESSED_MAX) {
        return JUMIN_ERROR_MALFORMED;
    }
    if (inflateInit(&stream) != Z_OK) {
        return JUMIN_ERROR_MEMORY;
    }
    stream.next_in = compressed.p;
    stream.avail_in = (uInt)compressed.n;
    // Z_BUF_ERROR is what a stream that was cut gives, with room left.
    while (result == Z_OK && (stream.total_out < capacity || grow(&out, &capacity, &memory))) {
        stream.next_out = out + stream.total_out;
        stream.avail_out = (uInt)(capacity - stream.total_out);
        result = inflate(&stream, Z_NO_FLUSH);
    }
    const size_t length = (size_t)stream.total_out;
    const bool whole =
        result == Z_STREAM_END && stream.avail_in == 0 && length > 0 && length <= STATUS_BYTES_MAX;
    memory = memory && result != Z_MEM_ERROR;
    (void)inflateEnd(&stream);
    if (!whole) {
        free(out);
        return memory ? JUMIN_ERROR_MALFORMED : JUMIN_ERROR_MEMORY;
    }
    *packed = out;
    *n = length;
    return JUMIN_OK;
}
