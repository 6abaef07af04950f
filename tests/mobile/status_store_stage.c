// An issuer's database with status lists, and what the tests do with it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_store_stage.h"

#include <stdlib.h>

struct crypto_random store_random;
struct detail store_detail;
struct status_policy store_policy;

int store_open(void **state)
{
    store_random = crypto_system_random();
    store_policy = status_policy_default("https://issuer.example");
    store_policy.spread = SPREAD;
    if (stage_open(state) != 0 || status_stage_open(NULL) != 0) {
        return -1;
    }
    const struct database_migration migrations[] = {{"status lists", status_store_tables},
                                                    {"status history", status_store_history}};
    return database_migrate(stage, migrations, 2) == JUMIN_OK ? 0 : -1;
}

int store_close(void **state)
{
    (void)status_stage_close(NULL);
    return stage_close(state);
}

// --- Acts ----------------------------------------------------------------------------------------------------------

size_t store_publish(int64_t now)
{
    size_t published = 0;
    detail_clear(&store_detail);
    const enum jumin_error error = status_store_publish(stage, &store_policy, &status_signer, &store_random,
                                                        now, &published, &store_detail);
    if (error != JUMIN_OK) {
        fail_msg("publish: %s: %s", jumin_error_name(error), store_detail.text);
    }
    return published;
}

enum jumin_error store_try_allocate(int64_t credential, enum status_format format, size_t count,
                                    struct status_reference *references)
{
    assert_int_equal(database_begin(stage), JUMIN_OK);
    const enum jumin_error error = status_store_allocate(stage, credential, format, count, UNTIL,
                                                         &store_random, references, &store_detail);
    if (error == JUMIN_OK) {
        return database_commit(stage);
    }
    database_rollback(stage);
    return error;
}

void store_allocate(int64_t credential, enum status_format format, size_t count,
                    struct status_reference *references)
{
    const enum jumin_error error = store_try_allocate(credential, format, count, references);
    if (error != JUMIN_OK) {
        fail_msg("store_allocate: %s: %s", jumin_error_name(error), store_detail.text);
    }
}

enum jumin_error store_try_set(int64_t credential, enum status status)
{
    assert_int_equal(database_begin(stage), JUMIN_OK);
    const enum jumin_error error = status_store_set(stage, credential, status, &store_detail);
    if (error == JUMIN_OK) {
        return database_commit(stage);
    }
    database_rollback(stage);
    return error;
}

void store_set(int64_t credential, enum status status)
{
    const enum jumin_error error = store_try_set(credential, status);
    if (error != JUMIN_OK) {
        fail_msg("set: %s: %s", jumin_error_name(error), store_detail.text);
    }
}

void store_set_elsewhere(int64_t credential, enum status status)
{
    struct database *other = stage_connect();
    assert_int_equal(database_begin(other), JUMIN_OK);
    assert_int_equal(status_store_set(other, credential, status, &store_detail), JUMIN_OK);
    assert_int_equal(database_commit(other), JUMIN_OK);
    database_close(other);
}

int64_t store_shard(const char *uri)
{
    static const char base[] = "https://issuer.example/status/";
    assert_memory_equal(uri, base, sizeof base - 1);
    return strtoll(uri + sizeof base - 1, NULL, 10);
}

// What a verifier learns of a copy at that time.
static unsigned status_at(enum status_format format, const struct status_reference *reference, int64_t now)
{
    struct status_published published;
    struct status_token token;
    unsigned status = 99;
    assert_int_equal(status_store_token(stage, store_shard(reference->uri), &published), JUMIN_OK);
    assert_int_equal(published.format, format);
    const enum jumin_error error =
        status_token_open(format, span_of(published.token, published.n), reference->uri, now, &status_trust,
                          &token, &store_detail);
    if (error != JUMIN_OK) {
        fail_msg("open: %s", store_detail.text);
    }
    assert_int_equal(published.issued_at, token.claims.issued_at);
    assert_int_equal(published.expires_at, token.claims.expires_at);
    assert_int_equal(status_token_status(&token, reference->index, &status, &store_detail), JUMIN_OK);
    status_token_release(&token);
    free(published.token);
    return status;
}

void store_assert_all(enum status_format format, const struct status_reference *references, size_t count,
                      unsigned status, int64_t now)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(status_at(format, &references[i], now), status);
    }
}

void store_make_holders(struct holders *holders)
{
    (void)store_publish(NOW);
    for (int64_t i = 0; i < 2; i++) {
        store_allocate(i + 1, STATUS_JWT, COPIES, holders->jwt[i]);
        store_allocate(i + 1, STATUS_CWT, COPIES, holders->cwt[i]);
    }
    store_allocate(1, STATUS_JWT, COPIES, holders->refill);
}

void store_assert_first(const struct holders *holders, unsigned jwt, unsigned cwt, int64_t now)
{
    store_assert_all(STATUS_JWT, holders->jwt[0], COPIES, jwt, now);
    store_assert_all(STATUS_JWT, holders->refill, COPIES, jwt, now);
    store_assert_all(STATUS_CWT, holders->cwt[0], COPIES, cwt, now);
    store_assert_all(STATUS_JWT, holders->jwt[1], COPIES, STATUS_VALID, now);
    store_assert_all(STATUS_CWT, holders->cwt[1], COPIES, STATUS_VALID, now);
}
