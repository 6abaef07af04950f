// Publications of the issuer's status lists: what is seen when, whatever happens meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_store_stage.h"

#include <stdlib.h>

static void test_a_change_is_seen_with_the_next_publication_and_not_before(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_INVALID);
    store_assert_first(&holders, STATUS_VALID, STATUS_VALID, NOW + 1);
    assert_int_equal(store_publish(NOW + PERIOD - 1), 0); // not due
    store_assert_first(&holders, STATUS_VALID, STATUS_VALID, NOW + PERIOD - 1);
    assert_true(store_publish(NOW + PERIOD) > 0);
    store_assert_first(&holders, STATUS_INVALID, STATUS_INVALID, NOW + PERIOD);
}

static void test_only_lists_with_changes_are_signed_anew(void **state)
{
    struct status_reference references[COPIES];
    (void)state;
    assert_int_equal(store_publish(NOW), 2 * 12);
    store_allocate(1, STATUS_JWT, COPIES, references);
    store_allocate(2, STATUS_CWT, 1, references);
    store_set(1, STATUS_SUSPENDED);
    assert_int_equal(store_publish(NOW + PERIOD), COPIES);
    store_set(2, STATUS_SUSPENDED);
    assert_int_equal(store_publish(NOW + 2 * PERIOD), 1);
    store_set(2, STATUS_SUSPENDED); // as it is
    assert_int_equal(store_publish(NOW + 3 * PERIOD), 0);
}

static void test_a_list_is_signed_anew_when_it_gets_old(void **state)
{
    struct status_published before, after;
    (void)state;
    (void)store_publish(NOW);
    assert_int_equal(store_publish(NOW + store_policy.refresh - PERIOD), 0);
    assert_int_equal(status_store_token(stage, 1, &before), JUMIN_OK);
    assert_int_equal(store_publish(NOW + store_policy.refresh), 2 * 12);
    assert_int_equal(status_store_token(stage, 1, &after), JUMIN_OK);
    assert_int_equal(before.issued_at, NOW);
    assert_int_equal(after.issued_at, NOW + store_policy.refresh);
    assert_int_equal(after.expires_at, NOW + store_policy.refresh + store_policy.life);
    assert_true(after.number > before.number);
    free(before.token);
    free(after.token);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_token"), 2 * 12);
}

// A lock that comes while a publication is being made is in the next one, whole.
static bool (*sign_well)(void *context, const uint8_t digest[SIGNER_DIGEST],
                         uint8_t signature[SIGNER_SIGNATURE]);
static unsigned signatures, signatures_wanted;

static bool sign_and_lock(void *context, const uint8_t digest[SIGNER_DIGEST],
                          uint8_t signature[SIGNER_SIGNATURE])
{
    if (++signatures == 5) {
        store_set_elsewhere(2, STATUS_INVALID);
    }
    return sign_well(context, digest, signature);
}

static void test_a_lock_during_a_publication_is_in_the_next_one_whole(void **state)
{
    struct holders holders;
    const struct status_signer signer = status_signer;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    sign_well = status_signer.signer.sign;
    status_signer.signer.sign = sign_and_lock;
    signatures = 0;
    (void)store_publish(NOW + PERIOD);
    status_signer = signer;
    assert_true(signatures > 5);
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW + PERIOD);
    (void)store_publish(NOW + 2 * PERIOD);
    store_assert_all(STATUS_JWT, holders.jwt[1], COPIES, STATUS_INVALID, NOW + 2 * PERIOD);
    store_assert_all(STATUS_CWT, holders.cwt[1], COPIES, STATUS_INVALID, NOW + 2 * PERIOD);
    store_assert_all(STATUS_JWT, holders.jwt[0], COPIES, STATUS_SUSPENDED, NOW + 2 * PERIOD);
}

// … and one of what was changed before shows what it was.
static bool sign_and_unlock(void *context, const uint8_t digest[SIGNER_DIGEST],
                            uint8_t signature[SIGNER_SIGNATURE])
{
    if (++signatures == 1) {
        store_set_elsewhere(1, STATUS_VALID);
    }
    return sign_well(context, digest, signature);
}

static void test_an_unlock_during_a_publication_leaves_that_one_as_it_was(void **state)
{
    struct holders holders;
    const struct status_signer signer = status_signer;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    sign_well = status_signer.signer.sign;
    status_signer.signer.sign = sign_and_unlock;
    signatures = 0;
    (void)store_publish(NOW + PERIOD);
    status_signer = signer;
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW + PERIOD);
    (void)store_publish(NOW + 2 * PERIOD);
    store_assert_first(&holders, STATUS_VALID, STATUS_VALID, NOW + 2 * PERIOD);
}

static bool sign_until(void *context, const uint8_t digest[SIGNER_DIGEST],
                       uint8_t signature[SIGNER_SIGNATURE])
{
    return signatures++ < signatures_wanted && sign_well(context, digest, signature);
}

// … however often it is changed meanwhile, and whatever becomes of the publications that begin.
static bool refuse_to_sign(void *context, const uint8_t digest[SIGNER_DIGEST],
                           uint8_t signature[SIGNER_SIGNATURE])
{
    (void)context;
    (void)digest;
    (void)signature;
    return false;
}

static enum jumin_error try_publish(struct database *database, bool signs, int64_t now)
{
    struct status_signer signer = status_signer;
    size_t published = 0;
    signer.signer.sign = signs ? sign_well : refuse_to_sign;
    return status_store_publish(database, &store_policy, &signer, &store_random, now, &published,
                                &store_detail);
}

static bool sign_and_change_twice(void *context, const uint8_t digest[SIGNER_DIGEST],
                                  uint8_t signature[SIGNER_SIGNATURE])
{
    if (++signatures == 1) {
        struct database *other = stage_connect();
        store_set_elsewhere(1, STATUS_VALID);
        assert_int_equal(try_publish(other, false, NOW + 2 * PERIOD), JUMIN_ERROR_CRYPTO);
        store_set_elsewhere(1, STATUS_SUSPENDED);
        database_close(other);
    }
    return sign_well(context, digest, signature);
}

static void test_changes_of_several_publications_leave_the_one_before_as_it_was(void **state)
{
    struct holders holders;
    const struct status_signer signer = status_signer;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    sign_well = status_signer.signer.sign;
    status_signer.signer.sign = sign_and_change_twice;
    signatures = 0;
    (void)store_publish(NOW + PERIOD);
    status_signer = signer;
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW + PERIOD);
    (void)store_publish(NOW + 4 * PERIOD);
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW + 4 * PERIOD);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_before"), 0);
}

// A server whose signer is broken does not keep the others from publishing.
static void test_a_publication_that_fails_is_another_server_s_at_once(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    sign_well = status_signer.signer.sign;
    struct database *other = stage_connect();
    assert_int_equal(try_publish(stage, false, NOW + PERIOD), JUMIN_ERROR_CRYPTO);
    assert_int_equal(try_publish(other, true, NOW + PERIOD), JUMIN_OK);
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW + PERIOD);
    assert_int_equal(store_publish(NOW + PERIOD + 1), 0); // once in a period, all the same
    database_close(other);
}

// --- Digests for the registry -----------------------------------------------------------------------------------------

static size_t waiting(struct status_digest digests[STATUS_DIGESTS])
{
    size_t count = 0;
    assert_int_equal(status_store_digests(stage, digests, &count, &store_detail), JUMIN_OK);
    return count;
}

static void assert_digest_is_of(const struct status_digest *digest, int64_t shard)
{
    struct status_published published;
    uint8_t hash[STATUS_DIGEST];
    assert_int_equal(status_store_token(stage, shard, &published), JUMIN_OK);
    const struct span token = span_of(published.token, published.n);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &token, 1, hash));
    free(published.token);
    assert_int_equal(store_shard(digest->uri), shard);
    assert_memory_equal(digest->digest, hash, sizeof hash);
}

static void test_digests_wait_until_they_are_done_also_of_lists_that_are_gone(void **state)
{
    struct status_digest digests[STATUS_DIGESTS], later[STATUS_DIGESTS];
    int64_t count = 0;
    (void)state;
    store_policy.digests = true;
    assert_int_equal(store_publish(NOW), 2 * 12);
    assert_int_equal(waiting(digests), 2 * 12);
    assert_digest_is_of(&digests[0], 1);
    assert_digest_is_of(&digests[23], 24);
    assert_int_equal(store_publish(NOW + store_policy.refresh), 2 * 12); // in place of all others
    assert_int_equal(waiting(later), 4 * 12);
    assert_memory_equal(&later[0], &digests[0], sizeof later[0]); // the oldest first
    assert_digest_is_of(&later[24], 1);
    assert_int_equal(status_store_digests_done(stage, later, 25, &store_detail), JUMIN_OK);
    assert_int_equal(waiting(digests), 23);
    assert_memory_equal(&digests[0], &later[25], sizeof later[0]);
    assert_int_equal(status_store_digests_waiting(stage, &count, &store_detail), JUMIN_OK);
    assert_int_equal(count, 23);
    // Not more at once than there is room for.
    assert_int_equal(store_publish(NOW + 2 * store_policy.refresh), 2 * 12);
    assert_int_equal(store_publish(NOW + 3 * store_policy.refresh), 2 * 12);
    assert_int_equal(waiting(digests), STATUS_DIGESTS);
}

static void test_digests_are_of_what_is_seen_and_of_nothing_where_nobody_wants_them(void **state)
{
    struct status_digest digests[STATUS_DIGESTS];
    (void)state;
    (void)store_publish(NOW);
    assert_int_equal(waiting(digests), 0);
    store_policy.digests = true;
    sign_well = status_signer.signer.sign;
    const struct status_signer signer = status_signer;
    store_policy.spread = 40; // more than are stored at once
    signatures = 0;
    signatures_wanted = 39;
    status_signer.signer.sign = sign_until;
    size_t published = 0;
    assert_int_equal(status_store_publish(stage, &store_policy, &status_signer, &store_random, NOW + PERIOD,
                                          &published, &store_detail),
                     JUMIN_ERROR_CRYPTO);
    status_signer = signer;
    assert_true(stage_integer("SELECT COUNT(*) FROM status_digest") > 0);
    assert_int_equal(waiting(digests), 0);
    stage_run("INSERT INTO status_digest (number, shard, uri, digest) SELECT 0, 1, 'u', permutation FROM"
              " status_shard WHERE id = 1");
    size_t count = 0;
    assert_int_equal(status_store_digests(stage, digests, &count, &store_detail), JUMIN_ERROR_MALFORMED);
}

// Whatever it had stored is not seen; the next one does all of it.
static void test_a_publication_that_ends_in_the_middle_is_not_seen(void **state)
{
    struct holders holders;
    const struct status_signer signer = status_signer;
    size_t published = 0;
    (void)state;
    store_policy.spread = 40; // more than are stored at once
    store_make_holders(&holders);
    stage_run("UPDATE status_token SET issued_at = 0"); // all are due
    store_set(1, STATUS_SUSPENDED);
    sign_well = status_signer.signer.sign;
    for (signatures_wanted = 0; signatures_wanted < 80; signatures_wanted += 39) {
        signatures = 0;
        status_signer.signer.sign = sign_until;
        const int64_t now = NOW + PERIOD * (1 + (int64_t)signatures_wanted);
        assert_int_equal(status_store_publish(stage, &store_policy, &status_signer, &store_random, now,
                                              &published, &store_detail),
                         JUMIN_ERROR_CRYPTO);
        status_signer = signer;
        assert_int_equal(published, 0);
        assert_int_equal(stage_integer("SELECT published FROM status_publication"), 1);
        stage_run("UPDATE status_token SET issued_at = 1800000000 WHERE number = 1");
        store_assert_first(&holders, STATUS_VALID, STATUS_VALID, NOW);
        stage_run("UPDATE status_token SET issued_at = 0 WHERE number = 1");
    }
    assert_int_equal(store_publish(NOW + 1000 * PERIOD), 80);
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW + 1000 * PERIOD);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_token"), 80);
}

// Another server's publication begins and ends meanwhile.
static void publish_meanwhile(void)
{
    struct database *other = stage_connect();
    size_t published = 0;
    struct status_signer signer = status_signer;
    signer.signer.sign = sign_well;
    assert_int_equal(status_store_publish(other, &store_policy, &signer, &store_random, NOW + 2 * PERIOD,
                                          &published, &store_detail),
                     JUMIN_OK);
    assert_true(published > 0);
    database_close(other);
}

static bool sign_slowly(void *context, const uint8_t digest[SIGNER_DIGEST],
                        uint8_t signature[SIGNER_SIGNATURE])
{
    if (++signatures == 2) {
        store_set_elsewhere(2, STATUS_INVALID);
        publish_meanwhile();
    }
    return sign_well(context, digest, signature);
}

static void test_a_publication_that_was_overtaken_takes_nothing_back(void **state)
{
    struct holders holders;
    const struct status_signer signer = status_signer;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    sign_well = status_signer.signer.sign;
    status_signer.signer.sign = sign_slowly;
    signatures = 0;
    (void)store_publish(NOW + PERIOD);
    status_signer = signer;
    assert_int_equal(stage_integer("SELECT published FROM status_publication"), 3);
    store_assert_all(STATUS_JWT, holders.jwt[0], COPIES, STATUS_SUSPENDED, NOW + 2 * PERIOD);
    store_assert_all(STATUS_JWT, holders.jwt[1], COPIES, STATUS_INVALID, NOW + 2 * PERIOD);
    store_assert_all(STATUS_CWT, holders.cwt[1], COPIES, STATUS_INVALID, NOW + 2 * PERIOD);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_token WHERE number = 2"), 0);
}

static void test_of_two_servers_one_publishes_in_a_period(void **state)
{
    struct holders holders;
    size_t published = 9;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    struct database *other = stage_connect();
    assert_true(store_publish(NOW + PERIOD) > 0);
    store_set(2, STATUS_SUSPENDED);
    assert_int_equal(status_store_publish(other, &store_policy, &status_signer, &store_random,
                                          NOW + PERIOD + 3, &published, &store_detail),
                     JUMIN_OK);
    assert_int_equal(published, 0);
    database_close(other);
}

// A clock that was wrong does not stop publications.
static void test_a_clock_set_back_does_not_stop_publications(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_SUSPENDED);
    assert_true(store_publish(NOW - 5 * PERIOD) > 0);
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW);
}

static void test_policies_that_make_no_sense_are_refused(void **state)
{
    struct status_policy wrong[9];
    size_t published = 0;
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        wrong[i] = store_policy;
    }
    wrong[0].base_url = "";
    wrong[1].period = 0;
    wrong[2].time_to_live = 0;
    wrong[3].refresh = 0;
    wrong[4].life = wrong[4].refresh + wrong[4].period;
    wrong[5].spread = 0;
    wrong[6].spread = STATUS_SPREAD_MAX + 1;
    wrong[7].base_url = NULL;
    char longer[STATUS_BASE_URL_MAX + 1];
    memset(longer, 'a', STATUS_BASE_URL_MAX);
    longer[STATUS_BASE_URL_MAX] = '\0';
    wrong[8].base_url = longer;
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(status_store_publish(stage, &wrong[i], &status_signer, &store_random, NOW,
                                              &published, &store_detail),
                         JUMIN_ERROR_ARGUMENT);
    }
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_shard"), 0);
}

static void test_lists_keep_their_address_when_the_issuer_gets_another(void **state)
{
    struct holders holders;
    (void)state;
    store_make_holders(&holders);
    store_policy.base_url = "https://other.example";
    store_set(1, STATUS_SUSPENDED);
    (void)store_publish(NOW + PERIOD);
    store_assert_first(&holders, STATUS_SUSPENDED, STATUS_INVALID, NOW + PERIOD);
}

// --- What has expired ----------------------------------------------------------------------------------------------------

static void test_a_full_list_is_dropped_when_its_copies_have_expired(void **state)
{
    struct holders holders;
    struct status_published published;
    (void)state;
    store_make_holders(&holders);
    store_set(1, STATUS_INVALID);
    (void)store_publish(NOW + PERIOD);
    // A list that chance has given no copy would go at once.
    stage_run("UPDATE status_shard SET used = 1048576,"
              " valid_until = (SELECT MAX(valid_until) FROM status_shard) WHERE format = 0");
    (void)store_publish(UNTIL + 86400); // kept for a day
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_shard"), 12 + 12 + 12);
    assert_true(stage_integer("SELECT COUNT(*) FROM status_batch") > 0);
    (void)store_publish(UNTIL + 86400 + PERIOD);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_shard"), 12 + 12);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch"), 0);
    assert_int_equal(
        stage_integer("SELECT COUNT(*) FROM status_change WHERE shard IN (SELECT id FROM status_shard"
                      " WHERE format = 0)"),
        0);
    assert_int_equal(status_store_token(stage, store_shard(holders.jwt[0][0].uri), &published),
                     JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(status_store_token(stage, store_shard(holders.cwt[0][0].uri), &published), JUMIN_OK);
    free(published.token);
}

// --- Serving ---------------------------------------------------------------------------------------------------------------

static void test_there_is_no_token_of_what_is_not_a_shard(void **state)
{
    struct status_published published;
    (void)state;
    assert_int_equal(status_store_token(stage, 1, &published), JUMIN_ERROR_NO_SUCH_FILE);
    (void)store_publish(NOW);
    assert_int_equal(status_store_token(stage, 1, &published), JUMIN_OK);
    free(published.token);
    assert_int_equal(status_store_token(stage, 0, &published), JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(status_store_token(stage, 25, &published), JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(status_store_token(stage, INT64_MIN, &published), JUMIN_ERROR_NO_SUCH_FILE);
    assert_null(published.token);
}

static void test_the_lists_of_a_format_are_listed(void **state)
{
    char *json = NULL;
    (void)state;
    store_policy.spread = 2;
    assert_int_equal(status_store_aggregation(stage, STATUS_CWT, &json), JUMIN_OK);
    assert_string_equal(json, "{\"status_lists\":[]}");
    free(json);
    (void)store_publish(NOW);
    assert_int_equal(status_store_aggregation(stage, STATUS_CWT, &json), JUMIN_OK);
    assert_string_equal(
        json, "{\"status_lists\":[\"https://issuer.example/status/3\",\"https://issuer.example/status/4\"]}");
    free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_a_change_is_seen_with_the_next_publication_and_not_before),
        STORE_TEST(test_only_lists_with_changes_are_signed_anew),
        STORE_TEST(test_a_list_is_signed_anew_when_it_gets_old),
        STORE_TEST(test_a_lock_during_a_publication_is_in_the_next_one_whole),
        STORE_TEST(test_an_unlock_during_a_publication_leaves_that_one_as_it_was),
        STORE_TEST(test_changes_of_several_publications_leave_the_one_before_as_it_was),
        STORE_TEST(test_a_publication_that_fails_is_another_server_s_at_once),
        STORE_TEST(test_digests_wait_until_they_are_done_also_of_lists_that_are_gone),
        STORE_TEST(test_digests_are_of_what_is_seen_and_of_nothing_where_nobody_wants_them),
        STORE_TEST(test_a_publication_that_ends_in_the_middle_is_not_seen),
        STORE_TEST(test_a_publication_that_was_overtaken_takes_nothing_back),
        STORE_TEST(test_of_two_servers_one_publishes_in_a_period),
        STORE_TEST(test_a_clock_set_back_does_not_stop_publications),
        STORE_TEST(test_policies_that_make_no_sense_are_refused),
        STORE_TEST(test_lists_keep_their_address_when_the_issuer_gets_another),
        STORE_TEST(test_a_full_list_is_dropped_when_its_copies_have_expired),
        STORE_TEST(test_there_is_no_token_of_what_is_not_a_shard),
        STORE_TEST(test_the_lists_of_a_format_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
