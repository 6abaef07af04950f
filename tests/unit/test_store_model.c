// The store under random operations, against a plain model of it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/store_bench.h"

enum { MODEL_IDS = 12, MODEL_LENGTH = 4000 };

struct model_object {
    bool exists;
    size_t n;
    uint8_t bytes[MODEL_LENGTH];
};

struct model {
    struct model_object now[MODEL_IDS];
    struct model_object committed[MODEL_IDS];
};

static void settle_model(struct model *model, bool commit)
{
    if (commit) {
        memcpy(model->committed, model->now, sizeof model->now);
    } else {
        memcpy(model->now, model->committed, sizeof model->now);
    }
}

static void assert_model(struct store *store, const struct model *model)
{
    for (unsigned i = 0; i < MODEL_IDS; i++) {
        const struct model_object *object = &model->now[i];
        if (object->exists) {
            assert_object(store, (uint16_t)i, span_of(object->bytes, object->n));
        } else {
            assert_absent(store, (uint16_t)i);
        }
    }
}

static void change_one(struct store *store, struct model *model, uint64_t *random)
{
    const uint16_t id = (uint16_t)(test_random(random) % MODEL_IDS);
    struct model_object *object = &model->now[id];
    const size_t most = test_random(random) % 4 == 0 ? MODEL_LENGTH : 200;
    const size_t n = test_random(random) % (most + 1);
    const struct span data = pattern((unsigned)test_random(random), n);
    const size_t offset = object->n > 0 ? test_random(random) % (object->n + 1) : 0;
    switch (test_random(random) % 4) {
    case 0:
        assert_int_equal(store_delete(store, id), STORE_OK);
        *object = (struct model_object){0};
        break;
    case 1:
    case 2:
        if (offset + n <= MODEL_LENGTH && store_write_at(store, id, offset, data) == STORE_OK) {
            memcpy(object->bytes + offset, data.p, n);
            object->n = offset + n > object->n ? offset + n : object->n;
            object->exists = true;
        }
        break;
    default:
        if (store_write(store, id, data) == STORE_OK) {
            memcpy(object->bytes, data.p, n);
            object->n = n;
            object->exists = true;
        }
        break;
    }
    if (!store_in_transaction(store)) {
        settle_model(model, true);
    }
}

static void begin_or_end(struct store *store, struct model *model, uint64_t *random)
{
    if (!store_in_transaction(store)) {
        assert_int_equal(store_begin(store), STORE_OK);
    } else if (test_random(random) % 3 == 0) {
        store_abort(store);
        settle_model(model, false);
    } else {
        assert_int_equal(store_commit(store), STORE_OK);
        settle_model(model, true);
    }
}

static void test_random_operations_agree_with_the_model(void **state)
{
    struct bench *bench = *state;
    static struct model model;
    uint64_t random = 20260101;
    for (unsigned i = 0; i < 20000; i++) {
        const unsigned choice = (unsigned)(test_random(&random) % 100);
        if (choice < 80) {
            change_one(&bench->store, &model, &random);
        } else if (choice < 96) {
            begin_or_end(&bench->store, &model, &random);
        } else if (choice < 99) {
            reopen(bench);
            settle_model(&model, false);
        } else if (!store_in_transaction(&bench->store)) {
            assert_int_equal(store_scrub(&bench->store), STORE_OK);
        }
        if (i % 16 == 0) {
            assert_model(&bench->store, &model);
        }
    }
    assert_model(&bench->store, &model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random_operations_agree_with_the_model, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
