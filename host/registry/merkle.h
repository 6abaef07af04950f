// Merkle trees over a log that only grows, and the proofs that an entry is in one and that one has grown out
// of another (RFC 9162 §2.1, the same hashes as RFC 6962 §2.1; SHA-256).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_MERKLE_H
#define JUMIN_HOST_REGISTRY_MERKLE_H

#include "card/wire/span.h"

enum {
    MERKLE_HASH = 32,
    // Hashes of a proof: two for each level of the largest tree, whose size is a positive number of 63 bits.
    MERKLE_PATH_MAX = 2 * 63,
};

// The hashes of a proof, in the order of the standard: from the leaf towards the root.
struct merkle_path {
    size_t count;
    uint8_t hashes[MERKLE_PATH_MAX][MERKLE_HASH];
};

// --- Hashes (§2.1.1) -----------------------------------------------------------------------------------------
// False: the crypto library failed; the hash is wiped.

bool merkle_empty(uint8_t hash[MERKLE_HASH]);
bool merkle_leaf(struct span entry, uint8_t hash[MERKLE_HASH]);
// `hash` may be one of the others.
bool merkle_node(const uint8_t left[MERKLE_HASH], const uint8_t right[MERKLE_HASH],
                 uint8_t hash[MERKLE_HASH]);

// --- A tree that is kept somewhere ---------------------------------------------------------------------------

// Gives the hashes of complete subtrees, which never change once they are there: node (level, position) is
// over the leaves from position << level on, 1 << level of them; level 0 are the leaves.
struct merkle_tree {
    // False: it cannot be had, and nothing is made of it.
    bool (*node)(void *context, unsigned level, uint64_t position, uint8_t hash[MERKLE_HASH]);
    void *context;
};

// What is to be kept when the leaf `index` comes behind all others: it, and each subtree that it completes.
// `put` gets level and position of each, the leaf first. False: `put` or the tree's `node` said so, or the
// crypto library failed.
bool merkle_append(const struct merkle_tree *tree, uint64_t index, const uint8_t leaf[MERKLE_HASH],
                   bool (*put)(void *context, unsigned level, uint64_t position,
                               const uint8_t hash[MERKLE_HASH]),
                   void *context);
// The root over the first `size` leaves.
bool merkle_root(const struct merkle_tree *tree, uint64_t size, uint8_t root[MERKLE_HASH]);
// That leaf `index` is among the first `size` (§2.1.3.1). False, too: index >= size.
bool merkle_prove_inclusion(const struct merkle_tree *tree, uint64_t index, uint64_t size,
                            struct merkle_path *path);
// That the first `second` leaves begin with the first `first` (§2.1.4.1); empty where `first` is 0 or
// `second`. False, too: first > second.
bool merkle_prove_consistency(const struct merkle_tree *tree, uint64_t first, uint64_t second,
                              struct merkle_path *path);

// --- Checking ------------------------------------------------------------------------------------------------
// True: it is proven. Nothing else is needed: no tree, no network.

// §2.1.3.2
bool merkle_check_inclusion(uint64_t index, uint64_t size, const uint8_t leaf[MERKLE_HASH],
                            const struct merkle_path *path, const uint8_t root[MERKLE_HASH]);
// §2.1.4.2. Everything has grown out of nothing; of the same size it is the same.
bool merkle_check_consistency(uint64_t first, uint64_t second, const struct merkle_path *path,
                              const uint8_t first_root[MERKLE_HASH], const uint8_t second_root[MERKLE_HASH]);

#endif
