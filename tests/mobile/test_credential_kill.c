// The server is killed at every statement and around every commit: no code is redeemed twice, no copy leaves
// without its place in a status list, and a lock is whole or not there.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

// At which call to the database this process dies, counted from 1; 0: at none.
static unsigned die_at, met;

static void die(void)
{
    if (die_at != 0 && ++met == die_at) {
        (void)kill(getpid(), SIGKILL);
    }
}

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the names that the linker makes
enum jumin_error __real_database_commit(struct database *database);
enum jumin_error __wrap_database_commit(struct database *database);
enum jumin_error __real_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed);
enum jumin_error __wrap_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed);

enum jumin_error __wrap_database_commit(struct database *database)
{
    die();
    const enum jumin_error error = __real_database_commit(database);
    die();
    return error;
}

enum jumin_error __wrap_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed)
{
    die();
    return __real_database_run(database, sql, values, count, changed);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static char number[JUMIN_APPLICATION_NUMBER];
static struct jumin_offer offer;
static struct records_offer made;
static struct records_tokens tokens;
static struct records_refusal refusal;

// Runs `work` on a handle of its own in a child that dies at call `at`. False: the child has come to its end.
static bool killed(enum jumin_error (*work)(struct jumin_station *served), unsigned at)
{
    int status = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct jumin_station *served = NULL;
        if (station_connect(&served, 0, 0) != JUMIN_OK) {
            _exit(1);
        }
        records_serve(served);
        die_at = at;
        _exit(work(served) == JUMIN_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return WIFSIGNALED(status);
}

// A child that shares the parent's connections would end them: it has its own, and these are not touched.
static enum jumin_error redeem_with(struct jumin_station *served, uint8_t phone)
{
    struct records_proof proof = proof_by(phone);
    char id[32];
    (void)snprintf(id, sizeof id, "%d", (int)getpid());
    proof.jti = span_of(id, strlen(id));
    return records_redeem(served, made.code, offer.tx_code, &proof, &tokens, &refusal);
}

static enum jumin_error redeem(struct jumin_station *served)
{
    return redeem_with(served, 2);
}

static void test_a_code_is_redeemed_once_wherever_the_server_dies(void **state)
{
    struct records_tokens first;
    bool more = true;
    unsigned redeemed = 0;
    (void)state;
    station_make_handed_over(1, number);
    issuer_publish();
    for (unsigned at = 1; more; at++) {
        issuer_redeem(number, 1, &first);
        offer = issuer_offer(number, &made);
        more = killed(redeem, at);
        const bool done = issuer_state(offer.credential) == JUMIN_CREDENTIAL_VALID;
        redeemed += done;
        // The old phone's end, the new one's begin, its tokens and the code's end are one.
        assert_int_equal(issuer_state(first.credential),
                         done ? JUMIN_CREDENTIAL_REVOKED : JUMIN_CREDENTIAL_VALID);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM token"), 2);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state IN (1, 2)"), 1);
        const enum jumin_error error = redeem_with(server, (uint8_t)(at % 100 + 3));
        assert_int_equal(error, done ? JUMIN_ERROR_STATUS : JUMIN_OK);
        assert_true(at < 200);
    }
    assert_int_equal(redeemed, 2); // behind the commit, and alive
    station_login(station, "root");
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
}

static enum jumin_error deliver(struct jumin_station *served)
{
    struct status_reference references[3];
    char notification[RECORDS_SECRET];
    struct records_grant grant;
    struct records_proof proof = proof_by(1);
    char id[32];
    (void)snprintf(id, sizeof id, "%d", (int)getpid());
    proof.jti = span_of(id, strlen(id));
    enum jumin_error error = records_authorize(served, tokens.access, &proof, &grant, &refusal);
    if (error == JUMIN_OK) {
        error = records_deliver(served, &grant, STATUS_CWT, 3, references, notification, &refusal);
    }
    records_grant_release(&grant);
    return error;
}

static void test_no_delivery_without_its_places_wherever_the_server_dies(void **state)
{
    bool more = true;
    int64_t before = 0;
    (void)state;
    station_make_handed_over(1, number);
    issuer_publish();
    issuer_redeem(number, 1, &tokens);
    for (unsigned at = 1; more; at++) {
        more = killed(deliver, at);
        const int64_t batches = stage_integer("SELECT COUNT(*) FROM status_batch");
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification"), batches);
        assert_int_equal(station_times("deliver", tokens.credential), batches);
        assert_true(batches - before <= 1);
        before = batches;
        assert_true(at < 200);
    }
    assert_int_equal(before, 2);
}

static enum jumin_error lose(struct jumin_station *served)
{
    return credential_report_loss(served, number, JUMIN_SUBJECT_CARD, "");
}

static void test_a_lock_is_whole_or_not_there_wherever_the_server_dies(void **state)
{
    bool more = true;
    (void)state;
    station_make_handed_over(1, number);
    issuer_publish();
    issuer_redeem(number, 1, &tokens);
    assert_int_equal(deliver(server), JUMIN_OK);
    for (unsigned at = 1; more; at++) {
        more = killed(lose, at);
        const bool lost = station_state(number) == JUMIN_LOST;
        assert_int_equal(issuer_state(number), lost ? JUMIN_CREDENTIAL_SUSPENDED : JUMIN_CREDENTIAL_VALID);
        assert_int_equal(issuer_copies(STATUS_SUSPENDED), lost ? 1 : 0);
        if (lost) {
            station_act(JUMIN_ACTION_RESTORE, number);
        }
        assert_int_equal(issuer_copies(STATUS_VALID), 1);
        assert_true(at < 200);
    }
}

// --- Two at once -----------------------------------------------------------------------------------------------

static void test_of_two_servers_that_redeem_the_same_code_one_does(void **state)
{
    enum { RIVALS = 4, ROUNDS = 5 };
    (void)state;
    station_make_handed_over(1, number);
    station_wait_seconds = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int good = 0;
        pid_t children[RIVALS];
        offer = issuer_offer(number, &made);
        for (int i = 0; i < RIVALS; i++) {
            children[i] = fork();
            if (children[i] == 0) {
                struct jumin_station *served = NULL;
                if (station_connect(&served, 0, 0) != JUMIN_OK) {
                    _exit(2);
                }
                records_serve(served);
                const enum jumin_error error = redeem_with(served, (uint8_t)(10 + i));
                _exit(error == JUMIN_OK                                              ? 0
                      : error == JUMIN_ERROR_STATUS || error == JUMIN_ERROR_CONFLICT ? 1
                                                                                     : 2);
            }
        }
        for (int i = 0; i < RIVALS; i++) {
            int status = 0;
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 2);
            good += WEXITSTATUS(status) == 0;
        }
        assert_int_equal(good, 1);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state IN (1, 2)"), 1);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM token"), 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISSUER_TEST(test_a_code_is_redeemed_once_wherever_the_server_dies),
        ISSUER_TEST(test_no_delivery_without_its_places_wherever_the_server_dies),
        ISSUER_TEST(test_a_lock_is_whole_or_not_there_wherever_the_server_dies),
        ISSUER_TEST(test_of_two_servers_that_redeem_the_same_code_one_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
