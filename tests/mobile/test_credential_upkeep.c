// What one credential may fetch in a day, and what becomes of the records' rows when they are of no more use.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

#include <stdio.h>

enum { DAY_SECONDS = 86400 };

static char number[JUMIN_APPLICATION_NUMBER];
static struct records_tokens tokens;
static struct records_refusal refusal;
static struct records_grant grant;
static struct status_reference references[STATUS_BATCH_MAX];
static char notification[RECORDS_SECRET];

static void redeemed(void)
{
    station_make_handed_over(1, number);
    issuer_publish();
    issuer_redeem(number, 1, &tokens);
}

static enum jumin_error fetch(size_t count)
{
    struct records_tokens fresh;
    struct records_proof proof = proof_by(1);
    assert_int_equal(records_refresh(server, tokens.refresh, &proof, &fresh, &refusal), JUMIN_OK);
    proof = proof_by(1);
    assert_int_equal(records_authorize(server, fresh.access, &proof, &grant, &refusal), JUMIN_OK);
    const enum jumin_error error =
        records_deliver(server, &grant, STATUS_JWT, count, references, notification, &refusal);
    records_grant_release(&grant);
    return error;
}

static int64_t rows(const char *table)
{
    char sql[64];
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
    return stage_integer(sql);
}

static void keep_up(size_t expected)
{
    size_t done = 0;
    if (records_upkeep(server, &done) != JUMIN_OK) {
        fail_msg("%s", jumin_station_detail(server));
    }
    assert_int_equal(done, expected);
}

// --- A day's copies ------------------------------------------------------------------------------------------------

static void test_a_day_has_so_many_copies_and_the_next_one_as_many_again(void **state)
{
    (void)state;
    station_scheme("\"copies_a_day\": 200", "\"copies_a_day\":  20");
    redeemed();
    assert_int_equal(fetch(10), JUMIN_OK);
    assert_int_equal(fetch(9), JUMIN_OK);
    assert_int_equal(fetch(2), JUMIN_ERROR_RULES);
    assert_string_equal(refusal.oauth, "credential_request_denied");
    assert_string_equal(jumin_station_detail(server),
                        "more copies than the 20 that a credential may fetch in a day: come back tomorrow");
    assert_int_equal(rows("status_batch"), 2);
    assert_int_equal(fetch(1), JUMIN_OK); // what was refused does not count
    assert_int_equal(fetch(1), JUMIN_ERROR_RULES);
    station_clock = station_midnight("2026-11-03") - 1;
    assert_int_equal(fetch(1), JUMIN_ERROR_RULES);
    station_clock++;
    assert_int_equal(fetch(20), JUMIN_OK);
    assert_int_equal(fetch(1), JUMIN_ERROR_RULES);
}

static void test_a_new_address_begins_the_day_anew(void **state)
{
    const char *person = station_person(1);
    (void)state;
    station_scheme("\"copies_a_day\": 200", "\"copies_a_day\":   2");
    redeemed();
    assert_int_equal(fetch(2), JUMIN_OK);
    assert_int_equal(fetch(1), JUMIN_ERROR_RULES);
    assert_int_equal(jumin_station_reissue(station, number, person, strlen(person)), JUMIN_OK);
    assert_int_equal(fetch(2), JUMIN_OK);
    assert_int_equal(fetch(1), JUMIN_ERROR_RULES);
}

// --- What is over --------------------------------------------------------------------------------------------------

static void test_an_offer_says_its_reason_for_a_week_and_is_gone_then(void **state)
{
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer first = issuer_offer(number, &made);
    station_clock = first.expires_at + 7 * DAY_SECONDS - 1;
    keep_up(1);
    assert_int_equal(rows("offer"), 1);
    assert_int_equal(records_offer(server, first.reference, &made), JUMIN_ERROR_NOT_VALID_NOW);
    station_clock++;
    keep_up(0);
    assert_int_equal(rows("offer"), 0);
    assert_int_equal(records_offer(server, first.reference, &made), JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(issuer_state(first.credential), JUMIN_CREDENTIAL_EXPIRED);
}

static void test_a_notification_is_taken_for_a_month(void **state)
{
    (void)state;
    redeemed();
    assert_int_equal(fetch(1), JUMIN_OK);
    station_clock += 30 * (int64_t)DAY_SECONDS - 1;
    keep_up(0);
    assert_int_equal(rows("notification"), 1);
    station_clock++;
    keep_up(0);
    assert_int_equal(rows("notification"), 0);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_VALID);
}

static void test_much_that_is_over_goes_in_small_steps_and_all_at_once(void **state)
{
    static const struct {
        const char *table, *sql;
    } many[] = {
        {"proof", "INSERT INTO proof (id, expires_at) VALUES ($1, $2)"},
        {"notification",
         "INSERT INTO notification (id, credential, at) SELECT $1, number, $2 FROM credential"},
    };
    enum { MANY = 1500 };
    (void)state;
    redeemed();
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        assert_int_equal(database_begin(stage), JUMIN_OK);
        for (unsigned n = 0; n < MANY; n++) {
            const struct database_value values[] = {database_bytes(span_of(&n, sizeof n)),
                                                    database_integer(1)};
            assert_int_equal(database_run(stage, many[i].sql, values, 2, NULL), JUMIN_OK);
        }
        assert_int_equal(database_commit(stage), JUMIN_OK);
    }
    keep_up(0);
    assert_int_equal(rows("notification"), 0);
    assert_int_equal(rows("proof"), 1); // of the redeeming, which is not over
}

static void test_a_card_that_expires_ends_its_credential_without_an_officer(void **state)
{
    (void)state;
    redeemed();
    stage_run("UPDATE application SET expires_on = '2026-11-01'");
    keep_up(1);
    assert_int_equal(station_state(number), JUMIN_EXPIRED);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_REVOKED);
    assert_int_equal(
        stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'expire' AND officer = '@issuer'"), 1);
}

// --- The end of the years ----------------------------------------------------------------------------------------

static void assert_no_refresh(const char *why)
{
    struct records_tokens fresh;
    const struct records_proof proof = proof_by(1);
    assert_int_equal(records_refresh(server, tokens.refresh, &proof, &fresh, &refusal),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(refusal.oauth, "invalid_grant");
    assert_string_equal(jumin_station_detail(server), why);
}

static void test_after_its_last_day_a_wallet_is_told_to_renew(void **state)
{
    static const char why[] =
        "the credential has expired: tap the card, or ask at the counter, for the next one";
    (void)state;
    redeemed();
    station_clock = station_midnight("2029-11-02") - 1;
    assert_int_equal(fetch(1), JUMIN_OK);
    station_clock++;
    assert_no_refresh(why);
    keep_up(1);
    assert_no_refresh(why);
    station_clock += 90 * (int64_t)DAY_SECONDS - 1;
    keep_up(0);
    assert_no_refresh(why);
    station_clock++;
    keep_up(0);
    assert_no_refresh("there is no such token");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISSUER_TEST(test_a_day_has_so_many_copies_and_the_next_one_as_many_again),
        ISSUER_TEST(test_a_new_address_begins_the_day_anew),
        ISSUER_TEST(test_an_offer_says_its_reason_for_a_week_and_is_gone_then),
        ISSUER_TEST(test_a_notification_is_taken_for_a_month),
        ISSUER_TEST(test_much_that_is_over_goes_in_small_steps_and_all_at_once),
        ISSUER_TEST(test_a_card_that_expires_ends_its_credential_without_an_officer),
        ISSUER_TEST(test_after_its_last_day_a_wallet_is_told_to_renew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
