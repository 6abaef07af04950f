// Merkle trees: the published vectors of certificate transparency, and every proof of small trees, right and
// wrong.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/registry/merkle.h"

enum { LEAVES = 70, LEVELS = 8 };

// A tree in memory.
static uint8_t nodes[LEVELS][LEAVES][MERKLE_HASH];
static bool is_there[LEVELS][LEAVES];

static bool get(void *context, unsigned level, uint64_t position, uint8_t hash[MERKLE_HASH])
{
    (void)context;
    if (level >= LEVELS || position >= LEAVES || !is_there[level][position]) {
        return false;
    }
    memcpy(hash, nodes[level][position], MERKLE_HASH);
    return true;
}

static bool put(void *context, unsigned level, uint64_t position, const uint8_t hash[MERKLE_HASH])
{
    (void)context;
    assert_true(level < LEVELS && position < LEAVES);
    assert_false(is_there[level][position]);
    memcpy(nodes[level][position], hash, MERKLE_HASH);
    is_there[level][position] = true;
    return true;
}

static const struct merkle_tree tree = {get, NULL};

static void append(uint64_t index, struct span entry)
{
    uint8_t leaf[MERKLE_HASH];
    assert_true(merkle_leaf(entry, leaf));
    assert_true(merkle_append(&tree, index, leaf, put, NULL));
}

static void get_root(uint64_t size, uint8_t root[MERKLE_HASH])
{
    assert_true(merkle_root(&tree, size, root));
}

static int begin(void **state)
{
    (void)state;
    memset(is_there, 0, sizeof is_there);
    return 0;
}

// --- Published vectors: the reference implementation of certificate transparency ------------------------------

static const char *const leaves[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};
enum { SAMPLE = sizeof leaves / sizeof *leaves };

static void append_sample(void)
{
    uint8_t entry[16];
    for (size_t i = 0; i < SAMPLE; i++) {
        append(i, unhex(leaves[i], entry, sizeof entry));
    }
}

static void test_roots_are_those_of_certificate_transparency(void **state)
{
    (void)state;
    uint8_t root[MERKLE_HASH];
    append_sample();
    for (size_t size = 0; size <= SAMPLE; size++) {
        get_root(size, root);
        assert_span_hex(span_of(root, sizeof root), roots[size]);
    }
}

struct proof {
    uint64_t a, b;
    size_t count;
    const char *hashes[4];
};

static void assert_path(const struct merkle_path *path, const struct proof *wanted)
{
    assert_int_equal(path->count, wanted->count);
    for (size_t i = 0; i < wanted->count; i++) {
        assert_span_hex(span_of(path->hashes[i], MERKLE_HASH), wanted->hashes[i]);
    }
}

static void test_inclusion_proofs_are_those_of_certificate_transparency(void **state)
{
    (void)state;
    static const struct proof proofs[] = {
        {0, 1, 0, {NULL}},
        {0,
         8,
         3,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {5,
         8,
         3,
         {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {2, 3, 1, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
        {1,
         5,
         3,
         {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    };
    append_sample();
    for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++) {
        struct merkle_path path;
        assert_true(merkle_prove_inclusion(&tree, proofs[i].a, proofs[i].b, &path));
        assert_path(&path, &proofs[i]);
    }
}

static void test_consistency_proofs_are_those_of_certificate_transparency(void **state)
{
    (void)state;
    static const struct proof proofs[] = {
        {1, 1, 0, {NULL}},
        {1,
         8,
         3,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {6,
         8,
         3,
         {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {2,
         5,
         2,
         {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    };
    append_sample();
    for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++) {
        struct merkle_path path;
        assert_true(merkle_prove_consistency(&tree, proofs[i].a, proofs[i].b, &path));
        assert_path(&path, &proofs[i]);
    }
}

// --- Every proof of small trees ------------------------------------------------------------------------------

static void append_many(void)
{
    for (unsigned i = 0; i < LEAVES; i++) {
        const uint8_t entry[] = {(uint8_t)i, 7};
        append(i, span_of(entry, sizeof entry));
    }
}

// No proof stands a hash less, one more, or one that was changed.
static void assert_only_this(const struct merkle_path *path,
                             bool (*check)(void *context, const struct merkle_path *path), void *context)
{
    assert_true(check(context, path));
    struct merkle_path other = *path;
    memset(other.hashes[other.count++], 0, MERKLE_HASH);
    assert_false(check(context, &other));
    for (size_t i = 0; i < path->count; i++) {
        other = *path;
        other.hashes[i][MERKLE_HASH - 1] ^= 1;
        assert_false(check(context, &other));
    }
    if (path->count > 0) {
        other = *path;
        other.count--;
        assert_false(check(context, &other));
    }
}

struct question {
    uint64_t a, b;
    const uint8_t *first, *root; // leaf or first root; root
};

static bool is_included(void *context, const struct merkle_path *path)
{
    const struct question *question = context;
    return merkle_check_inclusion(question->a, question->b, question->first, path, question->root);
}

static bool has_grown(void *context, const struct merkle_path *path)
{
    const struct question *question = context;
    return merkle_check_consistency(question->a, question->b, path, question->first, question->root);
}

static void test_each_leaf_is_proven_and_at_its_place_only(void **state)
{
    (void)state;
    append_many();
    for (uint64_t size = 1; size <= LEAVES; size++) {
        uint8_t root[MERKLE_HASH];
        get_root(size, root);
        for (uint64_t index = 0; index < size; index++) {
            struct merkle_path path;
            struct question question = {index, size, nodes[0][index], root};
            assert_true(merkle_prove_inclusion(&tree, index, size, &path));
            assert_only_this(&path, is_included, &question);
            question.first = nodes[0][(index + 1) % LEAVES];
            assert_false(is_included(&question, &path));
            question = (struct question){index ^ 1, size, nodes[0][index], root};
            assert_false(is_included(&question, &path));
        }
    }
}

static void test_each_growth_is_proven_and_no_other(void **state)
{
    (void)state;
    append_many();
    for (uint64_t second = 1; second <= LEAVES; second++) {
        uint8_t root[MERKLE_HASH], first_root[MERKLE_HASH];
        get_root(second, root);
        for (uint64_t first = 0; first <= second; first++) {
            struct merkle_path path;
            struct question question = {first, second, first_root, root};
            get_root(first, first_root);
            assert_true(merkle_prove_consistency(&tree, first, second, &path));
            assert_only_this(&path, has_grown, &question);
            first_root[0] ^= 1;
            assert_false(has_grown(&question, &path));
        }
    }
}

static void test_a_tree_whose_root_is_another_has_not_grown_out_of_it(void **state)
{
    (void)state;
    append_many();
    uint8_t first_root[MERKLE_HASH], root[MERKLE_HASH];
    struct merkle_path path;
    get_root(4, first_root);
    get_root(9, root);
    assert_true(merkle_prove_consistency(&tree, 4, 9, &path));
    root[5] ^= 0x10;
    assert_false(merkle_check_consistency(4, 9, &path, first_root, root));
}

// A proof of one number of levels is none of another one.
static void test_a_tree_of_another_height_is_another_tree(void **state)
{
    (void)state;
    append_many();
    for (uint64_t size = 2; size <= 32; size *= 2) {
        uint8_t root[MERKLE_HASH];
        struct merkle_path path;
        get_root(size, root);
        assert_true(merkle_prove_inclusion(&tree, 0, size, &path));
        assert_true(merkle_check_inclusion(0, size, nodes[0][0], &path, root));
        assert_false(merkle_check_inclusion(0, size / 2, nodes[0][0], &path, root));
        assert_false(merkle_check_inclusion(0, size * 2, nodes[0][0], &path, root));
        assert_true(merkle_prove_consistency(&tree, 1, size, &path));
        assert_true(merkle_check_consistency(1, size, &path, nodes[0][0], root));
        assert_false(merkle_check_consistency(1, size * 2, &path, nodes[0][0], root));
        assert_false(size > 2 && merkle_check_consistency(1, size / 2, &path, nodes[0][0], root));
    }
}

// Roots made so that a proof with a hash too many would fit.
static void test_a_proof_ends_at_the_root(void **state)
{
    (void)state;
    append_many();
    uint8_t first_root[MERKLE_HASH], root[MERKLE_HASH];
    const uint8_t *above = nodes[0][9];
    struct merkle_path path = {.count = 1};
    memcpy(path.hashes[0], above, MERKLE_HASH);
    assert_true(merkle_node(above, nodes[0][0], root));
    assert_false(merkle_check_inclusion(0, 1, nodes[0][0], &path, root));
    assert_true(merkle_prove_consistency(&tree, 3, 4, &path));
    memcpy(path.hashes[path.count++], above, MERKLE_HASH);
    get_root(3, first_root);
    get_root(4, root);
    assert_true(merkle_node(above, first_root, first_root) && merkle_node(above, root, root));
    assert_false(merkle_check_consistency(3, 4, &path, first_root, root));
}

static void test_nothing_is_proven_beyond_the_tree(void **state)
{
    (void)state;
    append_many();
    struct merkle_path path;
    uint8_t root[MERKLE_HASH];
    assert_false(merkle_prove_inclusion(&tree, 5, 5, &path));
    assert_false(merkle_prove_inclusion(&tree, 0, 0, &path));
    assert_false(merkle_prove_consistency(&tree, 6, 5, &path));
    assert_false(merkle_prove_inclusion(&tree, 0, LEAVES + 1, &path)); // a node is missing
    assert_false(merkle_root(&tree, LEAVES + 1, root));
    path.count = 0;
    get_root(5, root);
    assert_false(merkle_check_inclusion(0, 0, nodes[0][0], &path, root));
    assert_false(merkle_check_inclusion(5, 5, root, &path, root));
    assert_false(merkle_check_consistency(6, 5, &path, root, root));
    assert_false(merkle_check_consistency(3, 5, &path, root, root)); // without any hash
}

static void test_the_empty_tree_is_the_hash_of_nothing_only(void **state)
{
    (void)state;
    append_many();
    const struct merkle_path path = {.count = 0};
    uint8_t root[MERKLE_HASH];
    get_root(5, root);
    assert_false(merkle_check_consistency(0, 5, &path, root, root));
}

static void test_a_leaf_never_passes_for_a_node(void **state)
{
    (void)state;
    uint8_t both[2 * MERKLE_HASH] = {1}, leaf[MERKLE_HASH], node[MERKLE_HASH];
    assert_true(merkle_leaf(span_of(both, sizeof both), leaf));
    assert_true(merkle_node(both, both + MERKLE_HASH, node));
    assert_memory_not_equal(leaf, node, MERKLE_HASH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_roots_are_those_of_certificate_transparency, begin),
        cmocka_unit_test_setup(test_inclusion_proofs_are_those_of_certificate_transparency, begin),
        cmocka_unit_test_setup(test_consistency_proofs_are_those_of_certificate_transparency, begin),
        cmocka_unit_test_setup(test_each_leaf_is_proven_and_at_its_place_only, begin),
        cmocka_unit_test_setup(test_each_growth_is_proven_and_no_other, begin),
        cmocka_unit_test_setup(test_a_tree_whose_root_is_another_has_not_grown_out_of_it, begin),
        cmocka_unit_test_setup(test_a_tree_of_another_height_is_another_tree, begin),
        cmocka_unit_test_setup(test_a_proof_ends_at_the_root, begin),
        cmocka_unit_test_setup(test_nothing_is_proven_beyond_the_tree, begin),
        cmocka_unit_test_setup(test_the_empty_tree_is_the_hash_of_nothing_only, begin),
        cmocka_unit_test_setup(test_a_leaf_never_passes_for_a_node, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
