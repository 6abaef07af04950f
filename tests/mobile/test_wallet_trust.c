// The trust list of a wallet, fetched from a URL: by itself when it is old, and never an older one.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/wallet_stage.h"

static enum jumin_error fetch_first(void)
{
    const struct span root = stage_list_root();
    return jumin_wallet_fetch_trust(wallet, STAGE_LIST, root.p, root.n, station_clock);
}

static void test_a_list_is_fetched_and_where_it_came_from_is_kept(void **state)
{
    struct jumin_wallet_trust_list list;
    (void)state;
    assert_int_equal(jumin_wallet_trust_list(wallet, &list), JUMIN_ERROR_NO_SUCH_FILE);
    stage_assert(fetch_first(), JUMIN_OK, "");
    stage_reopen();
    assert_int_equal(jumin_wallet_trust_list(wallet, &list), JUMIN_OK);
    assert_string_equal(list.url, STAGE_LIST);
    assert_int_equal(list.issued, STAGE_NOW);
    assert_int_equal(list.expires, STAGE_NOW + 7 * STAGE_DAY);
    assert_int_equal(list.taken, STAGE_NOW);
    assert_int_equal(list.issuers, 1);
    assert_int_equal(list.venues, 1);
    stage_provision();
    assert_true(stage_credential(0).trusted);
}

static void test_a_list_of_a_day_is_fetched_anew(void **state)
{
    (void)state;
    stage_assert(fetch_first(), JUMIN_OK, "");
    station_clock = STAGE_NOW + STAGE_DAY - 1;
    stage_list_is_issued(station_clock);
    const unsigned before = stage_requests;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_requests, before);
    station_clock++;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_requests, before + 1);
    stage_reopen();
    assert_int_equal(wallet->trust.issued, station_clock - 1);
    // The same list once more is looked at again a day later, too.
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_requests, before + 1);
}

static void test_an_expired_list_is_fetched_before_a_credential_is(void **state)
{
    (void)state;
    stage_assert(fetch_first(), JUMIN_OK, "");
    station_clock = STAGE_NOW + 7 * STAGE_DAY;
    stage_list_is_issued(station_clock);
    stage_publish_status();
    stage_provision();
    assert_true(stage_credential(0).trusted);
}

static void test_an_older_list_is_not_taken_from_the_network(void **state)
{
    (void)state;
    stage_assert(fetch_first(), JUMIN_OK, "");
    station_clock = STAGE_NOW + STAGE_DAY;
    stage_list_is_issued(STAGE_NOW - 1);
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_ERROR_CONFLICT,
                 "the trust list: ");
    assert_int_equal(wallet->trust.issued, STAGE_NOW);
    assert_int_equal(wallet->trust_taken, STAGE_NOW); // and is asked for again
}

static void test_a_list_that_is_not_to_be_had_leaves_the_one_before(void **state)
{
    (void)state;
    stage_assert(fetch_first(), JUMIN_OK, "");
    stage_provision();
    station_clock = STAGE_NOW + STAGE_DAY;
    stage_assert(jumin_wallet_fetch_trust(wallet, STAGE_ISSUER "/nothing", NULL, 0, station_clock),
                 JUMIN_ERROR_LINK, "the trust list is not there: status 404");
    assert_string_equal(wallet->trust_url, STAGE_LIST);
    stage_online = false;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_ERROR_LINK,
                 "the trust list: no connection");
    assert_int_equal(wallet->trust.issued, STAGE_NOW);
    assert_true(stage_credential(0).trusted);
    wallet->client.ask = NULL;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
}

static void test_a_list_without_a_url_is_not_fetched(void **state)
{
    (void)state;
    stage_trust();
    stage_assert(jumin_wallet_fetch_trust(wallet, NULL, NULL, 0, station_clock), JUMIN_ERROR_ARGUMENT,
                 "no URL of a trust list is known");
    station_clock = STAGE_NOW + 3 * STAGE_DAY;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_requests, 0);
}

static void test_the_first_list_needs_its_root(void **state)
{
    (void)state;
    stage_assert(jumin_wallet_fetch_trust(wallet, STAGE_LIST, NULL, 0, station_clock), JUMIN_ERROR_ARGUMENT,
                 "the first trust list needs the root");
    assert_string_equal(wallet->trust_url, "");
}

static void test_a_root_counts_only_for_the_types_that_the_list_names(void **state)
{
    const char *tx_code = NULL;
    (void)state;
    stage_vouched_type = "org.iso.18013.5.1.mDL";
    stage_trust();
    const char *uri = stage_offer(&tx_code);
    stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_ERROR_SIGNER_UNKNOWN,
                 "the signer's root is trusted, but not for this type");
    assert_int_equal(stage_credential(0).copies, 0);
    assert_int_equal(stage_credential(1).copies, 0);
}

static void test_a_later_list_may_take_a_type_from_a_root(void **state)
{
    (void)state;
    stage_provision();
    assert_true(stage_credential(0).trusted);
    stage_vouched_type = "org.iso.18013.5.1.mDL";
    stage_list_is_issued(STAGE_NOW + 1);
    station_clock = STAGE_NOW + 1;
    stage_trust();
    assert_false(stage_credential(0).trusted);
    assert_false(stage_credential(1).trusted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALLET_TEST(test_a_list_is_fetched_and_where_it_came_from_is_kept),
        WALLET_TEST(test_a_list_of_a_day_is_fetched_anew),
        WALLET_TEST(test_an_expired_list_is_fetched_before_a_credential_is),
        WALLET_TEST(test_an_older_list_is_not_taken_from_the_network),
        WALLET_TEST(test_a_list_that_is_not_to_be_had_leaves_the_one_before),
        WALLET_TEST(test_a_list_without_a_url_is_not_fetched),
        WALLET_TEST(test_the_first_list_needs_its_root),
        WALLET_TEST(test_a_root_counts_only_for_the_types_that_the_list_names),
        WALLET_TEST(test_a_later_list_may_take_a_type_from_a_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
