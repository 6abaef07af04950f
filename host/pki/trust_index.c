// Finding a certificate of the trust store by its bytes: published lists hold the same ones again and again.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/trust.h"

#include <stdlib.h>

enum { INDEX_FIRST = 64 };

// FNV-1a. Whoever makes collisions only makes the search longer: the bytes are compared.
static size_t place_of(struct span der, size_t size)
{
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < der.n; i++) {
        hash = (hash ^ der.p[i]) * 1099511628211U;
    }
    return (size_t)(hash ^ hash >> 32) & (size - 1);
}

// The slot of these bytes, or the free one where they belong. Slots hold numbers counted from 1.
static size_t slot_of(const struct jumin_trust *trust, const uint32_t *index, size_t size, struct span der)
{
    size_t slot = place_of(der, size);
    while (index[slot] != 0 && !span_equal(trust->certificates[index[slot] - 1].parsed.whole, der)) {
        slot = (slot + 1) & (size - 1);
    }
    return slot;
}

bool trust_index_has(const struct jumin_trust *trust, struct span der)
{
    return trust->index_size > 0 && trust->index[slot_of(trust, trust->index, trust->index_size, der)] != 0;
}

static bool grow(struct jumin_trust *trust)
{
    const size_t size = trust->index_size == 0 ? INDEX_FIRST : 2 * trust->index_size;
    uint32_t *index = calloc(size, sizeof *index);
    if (index == NULL) {
        return false;
    }
    for (size_t i = 0; i + 1 < trust->certificate_count; i++) {
        index[slot_of(trust, index, size, trust->certificates[i].parsed.whole)] = (uint32_t)i + 1;
    }
    free(trust->index);
    trust->index = index;
    trust->index_size = size;
    return true;
}

bool trust_index_add(struct jumin_trust *trust)
{
    if (2 * trust->certificate_count > trust->index_size && !grow(trust)) {
        return false;
    }
    const struct span der = trust->certificates[trust->certificate_count - 1].parsed.whole;
    trust->index[slot_of(trust, trust->index, trust->index_size, der)] = (uint32_t)trust->certificate_count;
    return true;
}
