// Proofs out of any registry.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/registry.h"

// Remembers why a node could not be had.
struct source {
    const struct registry *registry;
    struct detail *detail;
    enum jumin_error error;
};

static bool node(void *context, unsigned level, uint64_t position, uint8_t hash[MERKLE_HASH])
{
    struct source *source = context;
    source->error = source->registry->node(source->registry->context, level, position, hash, source->detail);
    return source->error == JUMIN_OK;
}

// What a proof that was not made failed by.
static enum jumin_error end(const struct source *source, bool good)
{
    if (good) {
        return JUMIN_OK;
    }
    return source->error != JUMIN_OK
               ? source->error
               : detail_set(source->detail, JUMIN_ERROR_CRYPTO, "the tree cannot be hashed");
}

enum jumin_error registry_prove(const struct registry *registry, uint64_t index, uint64_t size,
                                struct merkle_path *path, struct detail *detail)
{
    struct source source = {registry, detail, JUMIN_OK};
    const struct merkle_tree tree = {node, &source};
    if (index >= size) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "there is no entry %llu among %llu",
                          (unsigned long long)index, (unsigned long long)size);
    }
    return end(&source, merkle_prove_inclusion(&tree, index, size, path));
}

enum jumin_error registry_prove_growth(const struct registry *registry, uint64_t first, uint64_t second,
                                       struct merkle_path *path, struct detail *detail)
{
    struct source source = {registry, detail, JUMIN_OK};
    const struct merkle_tree tree = {node, &source};
    if (first > second) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "the registry has %llu entries, not %llu",
                          (unsigned long long)second, (unsigned long long)first);
    }
    return end(&source, merkle_prove_consistency(&tree, first, second, path));
}

enum jumin_error registry_root(const struct registry *registry, uint64_t size, uint8_t root[MERKLE_HASH],
                               struct detail *detail)
{
    struct source source = {registry, detail, JUMIN_OK};
    const struct merkle_tree tree = {node, &source};
    return end(&source, merkle_root(&tree, size, root));
}
