// Merkle trees: roots and proofs out of complete subtrees, and the checks that need no tree (RFC 9162 §2.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/merkle.h"

#include "card/crypto/crypto.h"

// --- Hashes --------------------------------------------------------------------------------------------------

bool merkle_empty(uint8_t hash[MERKLE_HASH])
{
    return crypto_hash_parts(CRYPTO_SHA256, NULL, 0, hash);
}

// Leaves and nodes begin with different bytes, so that neither can pass for the other.
bool merkle_leaf(struct span entry, uint8_t hash[MERKLE_HASH])
{
    static const uint8_t leaf = 0x00;
    const struct span parts[] = {span_of(&leaf, 1), entry};
    return crypto_hash_parts(CRYPTO_SHA256, parts, 2, hash);
}

bool merkle_node(const uint8_t left[MERKLE_HASH], const uint8_t right[MERKLE_HASH], uint8_t hash[MERKLE_HASH])
{
    uint8_t node[1 + 2 * MERKLE_HASH] = {0x01};
    memcpy(node + 1, left, MERKLE_HASH);
    memcpy(node + 1 + MERKLE_HASH, right, MERKLE_HASH);
    const struct span part = span_of(node, sizeof node);
    return crypto_hash_parts(CRYPTO_SHA256, &part, 1, hash);
}

static bool same(const uint8_t a[MERKLE_HASH], const uint8_t b[MERKLE_HASH])
{
    return memcmp(a, b, MERKLE_HASH) == 0;
}

// --- A tree that is kept somewhere ---------------------------------------------------------------------------

bool merkle_append(const struct merkle_tree *tree, uint64_t index, const uint8_t leaf[MERKLE_HASH],
                   bool (*put)(void *context, unsigned level, uint64_t position,
                               const uint8_t hash[MERKLE_HASH]),
                   void *context)
{
    uint8_t hash[MERKLE_HASH], left[MERKLE_HASH];
    memcpy(hash, leaf, sizeof hash);
    bool good = put(context, 0, index, hash);
    for (unsigned level = 0; good && (index & 1) == 1; level++, index /= 2) {
        good = tree->node(tree->context, level, index - 1, left) && merkle_node(left, hash, hash) &&
               put(context, level + 1, index / 2, hash);
    }
    return good;
}

// The hash over `n` > 0 leaves from `begin` on, which is a multiple of the least power of two that is not
// below `n`: its complete subtrees, one for each bit of `n`, joined from the smallest, which is the last.
static bool range(const struct merkle_tree *tree, uint64_t begin, uint64_t n, uint8_t hash[MERKLE_HASH])
{
    uint8_t left[MERKLE_HASH];
    bool first = true, good = true;
    for (unsigned level = 0; good && level < 64 && n >> level != 0; level++) {
        if ((n >> level & 1) == 0) {
            continue;
        }
        const uint64_t position = (begin >> level) + (n >> level) - 1;
        good = tree->node(tree->context, level, position, first ? hash : left) &&
               (first || merkle_node(left, hash, hash));
        first = false;
    }
    return good;
}

bool merkle_root(const struct merkle_tree *tree, uint64_t size, uint8_t root[MERKLE_HASH])
{
    return size == 0 ? merkle_empty(root) : range(tree, 0, size, root);
}

// The largest power of two below `n` > 1.
static uint64_t split(uint64_t n)
{
    uint64_t k = 1;
    while (k < n - k) {
        k *= 2;
    }
    return k;
}

// Room for one more hash, NULL when there is none.
static uint8_t *more(struct merkle_path *path)
{
    return path->count < MERKLE_PATH_MAX ? path->hashes[path->count++] : NULL;
}

static bool push(const struct merkle_tree *tree, uint64_t begin, uint64_t n, struct merkle_path *path)
{
    uint8_t *hash = more(path);
    return hash != NULL && range(tree, begin, n, hash);
}

// Proofs are found from the root down and told from the leaf up.
static void reverse(struct merkle_path *path)
{
    for (size_t i = 0; i < path->count / 2; i++) {
        uint8_t hash[MERKLE_HASH], *other = path->hashes[path->count - 1 - i];
        memcpy(hash, path->hashes[i], sizeof hash);
        memcpy(path->hashes[i], other, sizeof hash);
        memcpy(other, hash, sizeof hash);
    }
}

bool merkle_prove_inclusion(const struct merkle_tree *tree, uint64_t index, uint64_t size,
                            struct merkle_path *path)
{
    path->count = 0;
    bool good = index < size;
    for (uint64_t begin = 0; good && size > 1;) {
        const uint64_t k = split(size);
        const bool right = index - begin >= k;
        good = right ? push(tree, begin, k, path) : push(tree, begin + k, size - k, path);
        begin += right ? k : 0;
        size = right ? size - k : k;
    }
    reverse(path);
    return good;
}

bool merkle_prove_consistency(const struct merkle_tree *tree, uint64_t first, uint64_t second,
                              struct merkle_path *path)
{
    path->count = 0;
    if (first > second || first == 0) {
        return first <= second;
    }
    bool good = true, known = true; // the verifier knows the subtree at hand: it is the whole first tree
    uint64_t begin = 0;
    while (good && first < second) {
        const uint64_t k = split(second);
        if (first <= k) {
            good = push(tree, begin + k, second - k, path);
            second = k;
        } else {
            good = push(tree, begin, k, path);
            begin += k;
            first -= k;
            second -= k;
            known = false;
        }
    }
    good = good && (known || push(tree, begin, second, path));
    reverse(path);
    return good;
}

// --- Checking ------------------------------------------------------------------------------------------------

// Where the check is: in the numbers of the standard, fn and sn.
struct place {
    uint64_t first, second;
};

static void up(struct place *at)
{
    at->first >>= 1;
    at->second >>= 1;
}

// The subtree at hand is a right child, or the last of its level, which stays as it is until it becomes one.
static bool is_right(const struct place *at)
{
    return (at->first & 1) == 1 || at->first == at->second;
}

static void skip_lonely(struct place *at)
{
    while ((at->first & 1) == 0 && at->first != 0) {
        up(at);
    }
}

bool merkle_check_inclusion(uint64_t index, uint64_t size, const uint8_t leaf[MERKLE_HASH],
                            const struct merkle_path *path, const uint8_t root[MERKLE_HASH])
{
    struct place at = {index, size - 1};
    uint8_t hash[MERKLE_HASH];
    if (index >= size) {
        return false;
    }
    memcpy(hash, leaf, sizeof hash);
    for (size_t i = 0; i < path->count; i++) {
        const uint8_t *other = path->hashes[i];
        const bool right = is_right(&at);
        if (at.second == 0 || !(right ? merkle_node(other, hash, hash) : merkle_node(hash, other, hash))) {
            return false;
        }
        if (right) {
            skip_lonely(&at);
        }
        up(&at);
    }
    return at.second == 0 && same(hash, root);
}

// Where one of the trees is empty, or both are the same: nothing is to be proven by hashes.
static bool check_trivial(uint64_t first, const struct merkle_path *path,
                          const uint8_t first_root[MERKLE_HASH], const uint8_t second_root[MERKLE_HASH])
{
    uint8_t empty[MERKLE_HASH];
    if (path->count != 0) {
        return false;
    }
    return first == 0 ? merkle_empty(empty) && same(first_root, empty) : same(first_root, second_root);
}

bool merkle_check_consistency(uint64_t first, uint64_t second, const struct merkle_path *path,
                              const uint8_t first_root[MERKLE_HASH], const uint8_t second_root[MERKLE_HASH])
{
    if (first > second) {
        return false;
    }
    if (first == second && !same(first_root, second_root)) {
        return false;
    }
    if (first == 0 || first == second) {
        return check_trivial(first, path, first_root, second_root);
    }
    struct place at = {first - 1, second - 1};
    while ((at.first & 1) == 1) {
        up(&at);
    }
    // The first tree itself is where both begin when it is complete; the proof tells it otherwise.
    const bool complete = (first & (first - 1)) == 0;
    size_t i = complete ? 0 : 1;
    uint8_t old[MERKLE_HASH], new[MERKLE_HASH];
    if (path->count < i) {
        return false;
    }
    memcpy(old, complete ? first_root : path->hashes[0], sizeof old);
    memcpy(new, old, sizeof new);
    for (; i < path->count; i++) {
        const uint8_t *other = path->hashes[i];
        if (at.second == 0) {
            return false;
        }
        if (is_right(&at)) {
            if (!merkle_node(other, old, old) || !merkle_node(other, new, new)) {
                return false;
            }
            skip_lonely(&at);
        } else if (!merkle_node(new, other, new)) {
            return false;
        }
        up(&at);
    }
    return at.second == 0 && same(old, first_root) && same(new, second_root);
}
