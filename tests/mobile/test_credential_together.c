// Two things that are done at once with one holder's credentials, the second one at every step of the first:
// a loss that is reported while a phone redeems is taken, and nothing stays valid after it; a code is
// redeemed once.
//
// Linked with --wrap of what the first one asks the database for. On PostgreSQL the second runs between two
// of its statements, or as far as it gets before it waits; SQLite lets one come after the other.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

#include "host/database/provider.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

// --- Two at once -------------------------------------------------------------------------------------------------

// At which of its calls the watched connection is met, counted from 1; 0: at none.
static struct database *watched;
static unsigned meet_at, met;
static pthread_t other;
static atomic_bool over;
static enum jumin_error (*other_work)(void);
static enum jumin_error other_error;
static struct jumin_policy *other_policy;
static unsigned gives_way; // how often the transaction that notes a proof next gives way to another one

static void *run_other(void *context)
{
    other_error = other_work();
    atomic_store(&over, true);
    return context;
}

// Returns when the other one is done or waits for a lock; on SQLite it waits for the whole transaction.
static void meet(const struct database *database)
{
    if (database != watched || ++met != meet_at) {
        return;
    }
    assert_int_equal(pthread_create(&other, NULL, run_other, NULL), 0);
    while (stage_is_server() && !atomic_load(&over) &&
           stage_integer("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                         " wait_event_type = 'Lock'") == 0) {
    }
}

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the names that the linker makes
enum jumin_error __real_database_commit(struct database *database);
enum jumin_error __wrap_database_commit(struct database *database);
enum jumin_error __real_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed);
enum jumin_error __wrap_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed);
enum jumin_error __real_database_query(struct database *database, const char *sql,
                                       const struct database_value *values, size_t count,
                                       struct database_rows **rows);
enum jumin_error __wrap_database_query(struct database *database, const char *sql,
                                       const struct database_value *values, size_t count,
                                       struct database_rows **rows);

enum jumin_error __wrap_database_commit(struct database *database)
{
    meet(database);
    return __real_database_commit(database);
}

enum jumin_error __wrap_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed)
{
    meet(database);
    if (gives_way > 0 && strstr(sql, "INSERT INTO proof") != NULL) {
        gives_way--;
        database->overtaken = true;
        return database->failure = JUMIN_ERROR_CONFLICT;
    }
    return __real_database_run(database, sql, values, count, changed);
}

enum jumin_error __wrap_database_query(struct database *database, const char *sql,
                                       const struct database_value *values, size_t count,
                                       struct database_rows **rows)
{
    meet(database);
    return __real_database_query(database, sql, values, count, rows);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// Does `work`, which is on that handle, and at that call of it `with`, which is on another one. False: it has
// fewer.
static bool together(const struct jumin_station *handle, enum jumin_error (*work)(void),
                     enum jumin_error (*with)(void), unsigned at, enum jumin_error *error)
{
    atomic_store(&over, false);
    other_work = with;
    watched = handle->database;
    met = 0;
    meet_at = at;
    *error = work();
    watched = NULL;
    if (met >= at) {
        assert_int_equal(pthread_join(other, NULL), 0);
    }
    return met >= at;
}

// --- A phone that redeems, and a loss --------------------------------------------------------------------------

static char number[JUMIN_APPLICATION_NUMBER];
static struct jumin_offer offer;
static struct records_offer made;
static struct records_tokens tokens;
static struct records_refusal refusal;

static enum jumin_error redeem(void)
{
    const struct records_proof proof = proof_by(2);
    return records_redeem(server, made.code, offer.tx_code, &proof, &tokens, &refusal);
}

static enum jumin_error lose_card(void)
{
    return jumin_station_report_loss(station, number, JUMIN_SUBJECT_CARD, NULL);
}

static enum jumin_error lose_phone(void)
{
    return jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL);
}

static enum jumin_error lose_offer(void)
{
    return jumin_station_report_loss(station, offer.credential, JUMIN_SUBJECT_CREDENTIAL, NULL);
}

static char old[JUMIN_CREDENTIAL_NUMBER];
static enum jumin_error lose_old(void)
{
    return jumin_station_report_loss(station, old, JUMIN_SUBJECT_CREDENTIAL, NULL);
}

static enum jumin_error redeeming, losing; // what became of them

static enum jumin_error redeem_noted(void)
{
    return redeeming = redeem();
}

static enum jumin_error (*lose)(void);
static enum jumin_error lose_noted(void)
{
    return losing = lose();
}

// Every call in the long form. Else a fourth of them on a server, where each costs some commits, and fewer
// where all of them come to the same.
static unsigned stride(void)
{
    return getenv("JUMIN_LONG") != NULL ? 1 : stage_is_server() ? 4 : 9;
}

static void prepare(unsigned person, bool before)
{
    station_make_handed_over(person, number);
    if (before) {
        issuer_redeem(number, 1, &tokens);
        (void)snprintf(old, sizeof old, "%s", tokens.credential);
    }
    offer = issuer_offer(number, &made);
    redeeming = losing = JUMIN_OK;
}

static void check(unsigned at)
{
    if (losing != JUMIN_OK) {
        fail_msg("at %u: %s", at, jumin_station_detail(station));
    }
    if (redeeming != JUMIN_OK && (refusal.oauth == NULL || strcmp(refusal.oauth, "invalid_grant") != 0)) {
        fail_msg("at %u: %s", at, jumin_station_detail(server));
    }
    assert_true(at < 100);
}

// Each at each call of the other one. `before`: the holder has a phone already.
static void lose_and_redeem(enum jumin_error (*loss)(void), bool before)
{
    enum jumin_error error = JUMIN_OK;
    bool more = true;
    unsigned person = 1;
    lose = loss;
    for (unsigned at = 1; more; at += stride()) {
        prepare(person++, before);
        more = together(server, redeem_noted, lose_noted, at, &error);
        check(at);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state IN (0, 1)"),
                         more ? 0 : 1);
    }
    assert_int_equal(redeeming, JUMIN_OK);
    stage_run("UPDATE credential SET state = 3 WHERE state = 1");
    more = true;
    for (unsigned at = 1; more; at += stride()) {
        prepare(person++, before);
        more = together(station, lose_noted, redeem_noted, at, &error);
        check(at);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state IN (0, 1)"), 0);
    }
}

static void test_a_card_that_is_lost_while_its_first_phone_redeems(void **state)
{
    (void)state;
    lose_and_redeem(lose_card, false);
}

static void test_a_card_that_is_lost_while_its_next_phone_redeems(void **state)
{
    (void)state;
    lose_and_redeem(lose_card, true);
}

static void test_a_phone_that_is_lost_while_it_redeems(void **state)
{
    (void)state;
    lose_and_redeem(lose_phone, false);
}

static void test_a_phone_that_is_lost_while_the_next_one_redeems(void **state)
{
    (void)state;
    lose_and_redeem(lose_phone, true);
}

static void test_a_loss_that_names_the_offer_while_it_is_redeemed(void **state)
{
    (void)state;
    lose_and_redeem(lose_offer, false);
}

static void test_a_loss_that_names_the_old_credential_while_the_next_one_is_redeemed(void **state)
{
    enum jumin_error error = JUMIN_OK;
    bool more = true;
    (void)state;
    if (!stage_is_server()) {
        skip(); // who comes behind the whole transaction names what was replaced before
    }
    lose = lose_old;
    for (unsigned at = 1; more; at += stride()) {
        prepare(at, true);
        more = together(server, redeem_noted, lose_noted, at, &error);
        check(at);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state IN (0, 1)"),
                         more ? 0 : 1);
    }
}

// --- Two phones with one code ------------------------------------------------------------------------------------

static struct jumin_station *rival;

static enum jumin_error redeem_too(void)
{
    struct records_tokens others;
    struct records_refusal why;
    const struct records_proof proof = proof_by(3);
    return records_redeem(rival, made.code, offer.tx_code, &proof, &others, &why);
}

static void test_of_two_phones_with_one_code_one_redeems(void **state)
{
    enum jumin_error error = JUMIN_OK;
    bool more = true;
    int count = 0;
    (void)state;
    assert_int_equal(station_connect(&rival, 0, 0), JUMIN_OK);
    records_serve(rival);
    rival->policy = other_policy;
    for (unsigned at = 1; more; at += stride()) {
        prepare(at, false);
        more = together(server, redeem, redeem_too, at, &error);
        assert_true((error == JUMIN_OK) != (more && other_error == JUMIN_OK));
        assert_true(error == JUMIN_OK || error == JUMIN_ERROR_STATUS);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM token"), 2 * ++count);
    }
    jumin_station_close(rival);
}

// --- An offer at the counter, and a loss -----------------------------------------------------------------------

static enum jumin_error offer_at_counter(void)
{
    const struct jumin_offer_form form = {.number = number, .proof = JUMIN_PROOF_COUNTER};
    struct jumin_offer next;
    return jumin_station_offer(rival, &form, NULL, &next);
}

static void test_no_offer_is_made_for_a_card_that_is_being_lost(void **state)
{
    enum jumin_error error = JUMIN_OK;
    bool more = true;
    (void)state;
    assert_int_equal(station_connect(&rival, 0, 0), JUMIN_OK);
    rival->policy = other_policy;
    station_login(rival, "intake");
    lose = lose_card;
    for (unsigned at = 1; more; at += stride()) {
        station_make_handed_over(at, number);
        station_login(station, "intake");
        losing = JUMIN_OK;
        more = together(rival, offer_at_counter, lose_noted, at, &error);
        check(at);
        assert_true(error == JUMIN_OK || (more && error == JUMIN_ERROR_STATUS));
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state IN (0, 1)"),
                         more ? 0 : 1);
    }
    jumin_station_close(rival);
}

static void test_another_offer_is_made_while_the_first_is_redeemed(void **state)
{
    enum jumin_error error = JUMIN_OK;
    bool more = true;
    (void)state;
    assert_int_equal(station_connect(&rival, 0, 0), JUMIN_OK);
    rival->policy = other_policy;
    station_login(rival, "intake");
    for (unsigned at = 1; more; at++) {
        prepare(at, false);
        more = together(rival, offer_at_counter, redeem_noted, at, &error);
        if (error != JUMIN_OK) {
            fail_msg("at %u: %s", at, jumin_station_detail(rival));
        }
        check(at);
    }
    jumin_station_close(rival);
}

// A deadlock, say: it is not the phone's fault, whose proof did not come before.
static void test_a_redeeming_that_gives_way_is_done_again(void **state)
{
    (void)state;
    prepare(1, false);
    gives_way = 5;
    assert_int_equal(redeem(), JUMIN_OK);
    assert_int_equal(gives_way, 0);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state = 1"), 1);
    prepare(2, false);
    gives_way = 100;
    assert_int_equal(redeem(), JUMIN_ERROR_CONFLICT);
    assert_null(refusal.oauth);
    gives_way = 0;
    server->database->overtaken = false;
}

// Each handle has a policy of its own, as with two processes.
static int open_two(void **state)
{
    if (issuer_stage_open(state) != 0 || jumin_policy_new(&other_policy) != JUMIN_OK) {
        return -1;
    }
    server->policy = other_policy;
    return 0;
}

static int close_two(void **state)
{
    jumin_policy_free(other_policy);
    return issuer_stage_close(state);
}

#define TOGETHER_TEST(test) cmocka_unit_test_setup_teardown(test, open_two, close_two)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOGETHER_TEST(test_a_card_that_is_lost_while_its_first_phone_redeems),
        TOGETHER_TEST(test_another_offer_is_made_while_the_first_is_redeemed),
        TOGETHER_TEST(test_a_redeeming_that_gives_way_is_done_again),
        TOGETHER_TEST(test_no_offer_is_made_for_a_card_that_is_being_lost),
        TOGETHER_TEST(test_a_card_that_is_lost_while_its_next_phone_redeems),
        TOGETHER_TEST(test_no_offer_is_made_for_a_card_that_is_being_lost),
        TOGETHER_TEST(test_a_phone_that_is_lost_while_it_redeems),
        TOGETHER_TEST(test_a_phone_that_is_lost_while_the_next_one_redeems),
        TOGETHER_TEST(test_no_offer_is_made_for_a_card_that_is_being_lost),
        TOGETHER_TEST(test_a_loss_that_names_the_offer_while_it_is_redeemed),
        TOGETHER_TEST(test_a_loss_that_names_the_old_credential_while_the_next_one_is_redeemed),
        TOGETHER_TEST(test_of_two_phones_with_one_code_one_redeems),
        TOGETHER_TEST(test_no_offer_is_made_for_a_card_that_is_being_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
