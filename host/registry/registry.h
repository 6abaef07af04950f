// A registry, wherever it is: the log in the database (log.h) or a contract on a chain (evm/chain.h). Both
// have the same tree over the same entries, so that their heads can be compared and their proofs are one
// format.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_REGISTRY_H
#define JUMIN_HOST_REGISTRY_REGISTRY_H

#include "host/registry/head.h"

// Functions keep the reason of a failure in `detail`. Used by one thread at a time; copied freely.
struct registry {
    // Behind all others. Of two that come at once one is first. `entry` has at most REGISTRY_ENTRY_MAX bytes.
    // JUMIN_ERROR_CONFLICT: there are more or fewer than `index` entries: look again.
    enum jumin_error (*append)(void *context, uint64_t index, struct span entry, struct detail *detail);
    // `at` is when the registry says that it was so (a chain: its last block), 0 where it does not say.
    enum jumin_error (*head)(void *context, struct registry_head *head, struct detail *detail);
    // JUMIN_ERROR_INPUT: there is no such entry.
    enum jumin_error (*entry)(void *context, uint64_t index, struct writer *entry, struct detail *detail);
    // As struct merkle_tree wants it.
    enum jumin_error (*node)(void *context, unsigned level, uint64_t position, uint8_t hash[MERKLE_HASH],
                             struct detail *detail);
    void *context;
};

// That entry `index` is among the first `size`; that the first `second` entries begin with the first `first`.
// JUMIN_ERROR_INPUT: there are no such numbers of entries; else the registry's own failure.
enum jumin_error registry_prove(const struct registry *registry, uint64_t index, uint64_t size,
                                struct merkle_path *path, struct detail *detail);
enum jumin_error registry_prove_growth(const struct registry *registry, uint64_t first, uint64_t second,
                                       struct merkle_path *path, struct detail *detail);
// The root over the first `size` entries.
enum jumin_error registry_root(const struct registry *registry, uint64_t size, uint8_t root[MERKLE_HASH],
                               struct detail *detail);

#endif
