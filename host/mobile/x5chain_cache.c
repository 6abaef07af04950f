// Chains that were checked before: a verifier meets the same signer again and again.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/x5chain.h"

#include <string.h>

// Role and lengths stand in front, so that the same bytes cut at other places are another chain.
static bool digest_of(const struct x5chain *chain, enum x5chain_role role, uint8_t digest[32])
{
    uint8_t head[1 + 4 * X5CHAIN_MAX];
    struct writer w = writer_of(head, sizeof head);
    struct span parts[1 + X5CHAIN_MAX];
    if (chain->count > X5CHAIN_MAX) {
        return false;
    }
    writer_put_u8(&w, (uint8_t)role);
    for (size_t i = 0; i < chain->count; i++) {
        const size_t n = chain->certificates[i].n;
        writer_put_u16(&w, (uint16_t)(n >> 16));
        writer_put_u16(&w, (uint16_t)n);
        parts[1 + i] = chain->certificates[i];
    }
    parts[0] = writer_span(&w);
    return crypto_hash_parts(CRYPTO_SHA256, parts, 1 + chain->count, digest);
}

static bool holds(const struct x5chain_cached *entry, const struct x5chain_rules *rules)
{
    return rules->now >= entry->signer.valid_from && rules->now <= entry->signer.valid_until &&
           (entry->signer.revocation_checked || !rules->revocation_required);
}

static bool is_of(const struct x5chain_cached *entry, const uint8_t digest[32])
{
    return entry->used > 0 && memcmp(entry->digest, digest, sizeof entry->digest) == 0;
}

// The chain's entry, or else a free one, or else the one that was used least recently.
static struct x5chain_cached *entry_of(struct x5chain_cache *cache, const uint8_t digest[32])
{
    struct x5chain_cached *oldest = &cache->entries[0];
    for (size_t i = 0; i < X5CHAIN_CACHE_MAX; i++) {
        struct x5chain_cached *entry = &cache->entries[i];
        if (is_of(entry, digest)) {
            return entry;
        }
        oldest = entry->used < oldest->used ? entry : oldest;
    }
    return oldest;
}

enum jumin_error x5chain_check_cached(struct x5chain_cache *cache, const struct x5chain *chain,
                                      const struct x5chain_rules *rules, struct x5chain_signer *signer,
                                      struct detail *detail)
{
    uint8_t digest[32];
    if (cache == NULL || !digest_of(chain, rules->role, digest)) {
        return x5chain_check(chain, rules, signer, detail);
    }
    struct x5chain_cached *entry = entry_of(cache, digest);
    if (is_of(entry, digest) && holds(entry, rules)) {
        entry->used = ++cache->count;
        *signer = entry->signer;
        return JUMIN_OK;
    }
    const enum jumin_error error = x5chain_check(chain, rules, signer, detail);
    if (error == JUMIN_OK) { // what is refused pushes nothing out
        memcpy(entry->digest, digest, sizeof digest);
        entry->signer = *signer;
        entry->used = ++cache->count;
    } else if (is_of(entry, digest)) {
        entry->used = 0;
    }
    return error;
}

void x5chain_cache_clear(struct x5chain_cache *cache)
{
    memset(cache, 0, sizeof *cache);
}
