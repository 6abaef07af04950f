// Lost and found: what becomes of the credential on the phone, all of its copies, and its tokens.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

static char number[JUMIN_APPLICATION_NUMBER];
static struct records_tokens tokens;
static struct records_refusal refusal;
static struct records_grant grant;
static struct status_reference references[STATUS_BATCH_MAX];
static char notification[RECORDS_SECRET];
static const struct jumin_action_form in_person = {.proof = JUMIN_PROOF_COUNTER};

static void authorize(uint8_t phone)
{
    const struct records_proof proof = proof_by(phone);
    assert_int_equal(records_authorize(server, tokens.access, &proof, &grant, &refusal), JUMIN_OK);
}

static enum jumin_error deliver(enum status_format format, size_t count)
{
    return records_deliver(server, &grant, format, count, references, notification, &refusal);
}

// A credential on a phone, with three copies in each format.
static void make_delivered(void)
{
    station_make_handed_over(1, number);
    issuer_publish();
    issuer_redeem(number, 1, &tokens);
    authorize(1);
    assert_int_equal(deliver(STATUS_CWT, 3), JUMIN_OK);
    assert_int_equal(deliver(STATUS_JWT, 3), JUMIN_OK);
    records_grant_release(&grant);
}

// All batches have that status and no other.
static void assert_copies(enum status status)
{
    for (int i = STATUS_VALID; i <= STATUS_SUSPENDED; i++) {
        assert_int_equal(issuer_copies((enum status)i), i == (int)status ? 2 : 0);
    }
}

static void test_a_lost_phone_suspends_all_copies_in_both_lists_and_leaves_the_card(void **state)
{
    (void)state;
    make_delivered();
    assert_copies(STATUS_VALID);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, "taxi"), JUMIN_OK);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_SUSPENDED);
    assert_copies(STATUS_SUSPENDED);
    assert_int_equal(station_state(number), JUMIN_HANDED_OVER);
    assert_int_equal(station_times("report-loss", tokens.credential), 1);
}

static void test_a_loss_that_is_reported_twice_is_one(void **state)
{
    (void)state;
    make_delivered();
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_int_equal(jumin_station_report_loss(station, tokens.credential, JUMIN_SUBJECT_CREDENTIAL, NULL),
                     JUMIN_OK);
    assert_int_equal(station_times("report-loss", tokens.credential), 1);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CARD, NULL), JUMIN_OK);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CARD, NULL), JUMIN_OK);
    assert_int_equal(station_times("report-loss", number), 1);
}

static void test_a_lost_card_takes_the_phone_down(void **state)
{
    struct jumin_credential credential;
    (void)state;
    make_delivered();
    assert_int_equal(jumin_station_report_loss(station, tokens.credential, JUMIN_SUBJECT_CARD, NULL),
                     JUMIN_OK);
    assert_int_equal(station_state(number), JUMIN_LOST);
    assert_int_equal(jumin_station_credential(station, number, &credential), JUMIN_OK);
    assert_int_equal(credential.state, JUMIN_CREDENTIAL_SUSPENDED);
    assert_true(credential.card_lost);
    assert_false(credential.phone_lost);
    assert_copies(STATUS_SUSPENDED);
}

static void test_a_card_that_is_found_resumes_what_it_had_suspended(void **state)
{
    (void)state;
    make_delivered();
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    station_act(JUMIN_ACTION_RESTORE, number);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_VALID);
    assert_copies(STATUS_VALID);
}

static void test_a_card_that_is_found_leaves_a_lost_phone_locked(void **state)
{
    (void)state;
    make_delivered();
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    station_act(JUMIN_ACTION_RESTORE, number);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_SUSPENDED);
    assert_copies(STATUS_SUSPENDED);
    assert_int_equal(jumin_station_unlock(station, number, &in_person, NULL), JUMIN_OK);
    assert_copies(STATUS_VALID);
}

static void test_a_phone_is_unlocked_by_a_proof_of_the_holder_alone(void **state)
{
    struct jumin_decision decision;
    const struct jumin_action_form nothing = {.proof = JUMIN_PROOF_NONE},
                                   by_card = {.proof = JUMIN_PROOF_CARD};
    (void)state;
    make_delivered();
    assert_int_equal(jumin_station_unlock(station, number, &in_person, &decision), JUMIN_ERROR_STATUS);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_int_equal(jumin_station_unlock(station, number, &nothing, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "identity-proof"));
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    assert_int_equal(jumin_station_unlock(station, number, &in_person, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "card-not-lost"));
    assert_copies(STATUS_SUSPENDED);
    station_act(JUMIN_ACTION_RESTORE, number);
    station_login(station, "produce");
    assert_int_equal(jumin_station_unlock(station, number, &by_card, &decision), JUMIN_ERROR_NOT_AUTHORIZED);
    station_login(station, "intake");
    assert_int_equal(jumin_station_unlock(station, number, &by_card, &decision), JUMIN_OK);
    assert_int_equal(station_times("unlock", tokens.credential), 1);
    // Lost once more, it is locked once more.
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_copies(STATUS_SUSPENDED);
}

static void test_a_credential_is_not_unlocked_after_its_last_day(void **state)
{
    struct jumin_decision decision;
    (void)state;
    make_delivered();
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    station_clock = station_midnight("2029-11-02");
    assert_int_equal(jumin_station_unlock(station, number, &in_person, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "validity"));
}

static void test_a_card_that_is_given_back_or_expires_ends_the_credential(void **state)
{
    struct jumin_upkeep upkeep;
    char other[JUMIN_APPLICATION_NUMBER];
    struct records_tokens of_other;
    (void)state;
    make_delivered();
    station_make_handed_over(2, other);
    issuer_redeem(other, 2, &of_other);
    station_act(JUMIN_ACTION_GIVE_BACK, number);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_REVOKED);
    assert_copies(STATUS_INVALID);
    assert_int_equal(issuer_state(other), JUMIN_CREDENTIAL_VALID);
    assert_int_equal(jumin_station_unlock(station, number, &in_person, NULL), JUMIN_ERROR_RULES);
    stage_run("UPDATE application SET expires_on = '2026-11-01' WHERE state = 5");
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    assert_int_equal(upkeep.expired, 1);
    assert_int_equal(issuer_state(other), JUMIN_CREDENTIAL_REVOKED);
}

static void test_a_lost_card_voids_the_offer_that_is_open(void **state)
{
    struct records_offer made;
    struct records_proof proof = proof_by(1);
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    station_act(JUMIN_ACTION_RESTORE, number);
    assert_int_equal(records_redeem(server, made.code, offer.tx_code, &proof, &tokens, &refusal),
                     JUMIN_ERROR_STATUS);
    assert_string_equal(refusal.oauth, "invalid_grant");
}

static void test_loss_of_what_is_not_out_is_refused(void **state)
{
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL),
                     JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(jumin_station_report_loss(station, "M2026-00000077", JUMIN_SUBJECT_CARD, NULL),
                     JUMIN_ERROR_NO_SUCH_FILE);
    const struct jumin_offer first = issuer_offer(number, &made);
    issuer_offer(number, &made);
    assert_int_equal(jumin_station_report_loss(station, first.credential, JUMIN_SUBJECT_CREDENTIAL, NULL),
                     JUMIN_ERROR_STATUS);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CARD, "two\nlines"),
                     JUMIN_ERROR_ARGUMENT);
    station_login(station, "approve");
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CARD, NULL),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(station_state(number), JUMIN_HANDED_OVER);
}

static void test_a_lost_phone_loses_the_offer_that_is_open(void **state)
{
    struct records_offer made;
    (void)state;
    make_delivered();
    const struct jumin_offer next = issuer_offer(number, &made);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
    assert_int_equal(issuer_state(next.credential), JUMIN_CREDENTIAL_REVOKED);
    const struct records_proof proof = proof_by(1);
    struct records_tokens again;
    assert_int_equal(records_redeem(server, made.code, next.tx_code, &proof, &again, &refusal),
                     JUMIN_ERROR_STATUS);
    assert_copies(STATUS_SUSPENDED);
}

static void test_an_offer_alone_is_lost_with_its_phone(void **state)
{
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_int_equal(issuer_state(offer.credential), JUMIN_CREDENTIAL_REVOKED);
}

static void test_the_call_centres_end_takes_no_officer(void **state)
{
    (void)state;
    make_delivered();
    assert_int_equal(credential_report_loss(server, tokens.credential, JUMIN_SUBJECT_CREDENTIAL, NULL),
                     JUMIN_OK);
    assert_int_equal(
        stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'report-loss' AND officer = '@issuer'"), 1);
    assert_int_equal(jumin_station_report_loss(server, tokens.credential, JUMIN_SUBJECT_CREDENTIAL, NULL),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    station_login(station, "root");
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
}

static void test_the_old_phones_copies_are_invalid_when_the_new_one_has_its_token(void **state)
{
    (void)state;
    make_delivered();
    issuer_redeem(number, 2, &tokens);
    assert_copies(STATUS_INVALID);
}

static void test_a_revoked_credential_stays_so(void **state)
{
    (void)state;
    make_delivered();
    assert_int_equal(jumin_station_revoke(station, tokens.credential, "the holder's wish"), JUMIN_OK);
    assert_copies(STATUS_INVALID);
    assert_int_equal(jumin_station_revoke(station, tokens.credential, NULL), JUMIN_ERROR_STATUS);
    assert_int_equal(jumin_station_report_loss(station, tokens.credential, JUMIN_SUBJECT_CREDENTIAL, NULL),
                     JUMIN_ERROR_STATUS);
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    station_act(JUMIN_ACTION_RESTORE, number);
    assert_copies(STATUS_INVALID);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE person IS NOT NULL"), 0);
}

static void test_a_new_address_ends_the_copies_and_not_the_credential(void **state)
{
    const char *person = station_person(1);
    struct jumin_credential credential;
    (void)state;
    make_delivered();
    authorize(1);
    assert_int_equal(jumin_station_reissue(station, number, station_person(2), strlen(station_person(2))),
                     JUMIN_ERROR_INPUT);
    assert_copies(STATUS_VALID);
    person = station_person(1);
    assert_int_equal(jumin_station_reissue(station, number, person, strlen(person)), JUMIN_OK);
    assert_copies(STATUS_INVALID);
    assert_int_equal(jumin_station_credential(station, number, &credential), JUMIN_OK);
    assert_int_equal(credential.state, JUMIN_CREDENTIAL_VALID);
    assert_int_equal(credential.edition, 2);
    // What was authorized before says the old address.
    assert_int_equal(deliver(STATUS_JWT, 1), JUMIN_ERROR_STATUS);
    assert_string_equal(refusal.oauth, "invalid_token");
    records_grant_release(&grant);
    authorize(1);
    assert_int_equal(deliver(STATUS_JWT, 1), JUMIN_OK);
    records_grant_release(&grant);
    assert_int_equal(issuer_copies(STATUS_VALID), 1);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_int_equal(issuer_copies(STATUS_SUSPENDED), 1);
    assert_int_equal(issuer_copies(STATUS_INVALID), 2);
}

// --- Deliveries ----------------------------------------------------------------------------------------------------

static void test_nothing_is_delivered_after_a_loss(void **state)
{
    (void)state;
    make_delivered();
    authorize(1);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_int_equal(deliver(STATUS_CWT, 1), JUMIN_ERROR_STATUS);
    assert_string_equal(refusal.oauth, "invalid_token");
    assert_int_equal(issuer_copies(STATUS_SUSPENDED), 2);
    records_grant_release(&grant);
}

static void test_without_a_status_list_nothing_is_delivered(void **state)
{
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &tokens);
    authorize(1);
    assert_int_equal(deliver(STATUS_CWT, 1), JUMIN_ERROR_STATUS);
    assert_null(refusal.oauth);
    assert_int_equal(deliver(STATUS_CWT, 0), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(deliver(STATUS_CWT, STATUS_BATCH_MAX + 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification"), 0);
    records_grant_release(&grant);
}

static void test_a_notification_is_taken_of_the_wallet_that_got_the_delivery(void **state)
{
    char other[JUMIN_APPLICATION_NUMBER];
    (void)state;
    make_delivered();
    authorize(1);
    assert_int_equal(records_notify(server, &grant, notification, "credential_accepted", &refusal), JUMIN_OK);
    assert_int_equal(records_notify(server, &grant, notification, "credential_accepted", &refusal), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification WHERE event = 'credential_accepted'"),
                     1);
    assert_int_equal(records_notify(server, &grant, notification, "credential_sold", &refusal),
                     JUMIN_ERROR_INPUT);
    assert_string_equal(refusal.oauth, "invalid_notification_request");
    assert_int_equal(records_notify(server, &grant, "another", "credential_failure", &refusal),
                     JUMIN_ERROR_NO_SUCH_FILE);
    assert_string_equal(refusal.oauth, "invalid_notification_id");
    records_grant_release(&grant);
    station_make_handed_over(2, other);
    issuer_redeem(other, 2, &tokens);
    authorize(2);
    assert_int_equal(records_notify(server, &grant, notification, "credential_deleted", &refusal),
                     JUMIN_ERROR_NO_SUCH_FILE);
    records_grant_release(&grant);
}

static enum jumin_error tell(const char *event)
{
    return records_notify(server, &grant, notification, event, &refusal);
}

// However often a wallet says it, and in whatever order.
static void test_a_delivery_has_few_entries_of_what_the_wallet_said(void **state)
{
    static const char entries[] = "SELECT COUNT(*) FROM audit WHERE action = 'notify'";
    (void)state;
    make_delivered();
    authorize(1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tell("credential_failure"), JUMIN_OK);
        assert_int_equal(tell("credential_accepted"), JUMIN_OK);
    }
    assert_int_equal(stage_integer(entries), 2);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification WHERE event = 'credential_accepted'"),
                     1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tell("credential_deleted"), JUMIN_OK);
        assert_int_equal(tell("credential_accepted"), JUMIN_OK);
    }
    assert_int_equal(stage_integer(entries), 3);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification WHERE event = 'credential_deleted'"),
                     1);
    records_grant_release(&grant);
}

static void test_what_is_deferred_is_kept_sealed_for_its_wallet_and_for_a_day(void **state)
{
    char transaction[RECORDS_SECRET], other[JUMIN_APPLICATION_NUMBER];
    struct issued_text request;
    size_t done = 0;
    (void)state;
    make_delivered();
    authorize(1);
    assert_int_equal(records_defer(server, &grant, span_of("keys", 4), transaction, &refusal), JUMIN_OK);
    assert_int_equal(records_deferred(server, &grant, transaction, &request, &refusal), JUMIN_OK);
    assert_string_equal(request.text, "keys");
    issued_text_free(&request);
    assert_int_equal(records_deferred(server, &grant, "another", &request, &refusal),
                     JUMIN_ERROR_NO_SUCH_FILE);
    assert_string_equal(refusal.oauth, "invalid_transaction_id");
    station_clock += 86400;
    assert_int_equal(records_deferred(server, &grant, transaction, &request, &refusal),
                     JUMIN_ERROR_NO_SUCH_FILE);
    station_clock--;
    station_make_handed_over(2, other);
    const struct records_grant mine = grant;
    issuer_redeem(other, 2, &tokens);
    authorize(2);
    assert_int_equal(records_deferred(server, &grant, transaction, &request, &refusal),
                     JUMIN_ERROR_NO_SUCH_FILE);
    records_grant_release(&grant);
    grant = mine;
    assert_int_equal(records_deferred_done(server, transaction), JUMIN_OK);
    assert_int_equal(records_deferred(server, &grant, transaction, &request, &refusal),
                     JUMIN_ERROR_NO_SUCH_FILE);
    records_grant_release(&grant);
    assert_int_equal(records_upkeep(server, &done), JUMIN_OK);
}

static void test_upkeep_expires_credentials_and_deletes_what_is_over(void **state)
{
    size_t done = 0;
    (void)state;
    make_delivered();
    assert_int_equal(records_upkeep(server, &done), JUMIN_OK);
    assert_int_equal(done, 0);
    station_clock = station_midnight("2029-11-02") - 1;
    assert_int_equal(records_upkeep(server, &done), JUMIN_OK);
    assert_int_equal(done, 0);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM token"), 1); // the refresh token
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM proof"), 0);
    station_clock++;
    assert_int_equal(records_upkeep(server, &done), JUMIN_OK);
    assert_int_equal(done, 1);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_EXPIRED);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE person IS NOT NULL"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISSUER_TEST(test_a_lost_phone_suspends_all_copies_in_both_lists_and_leaves_the_card),
        ISSUER_TEST(test_a_loss_that_is_reported_twice_is_one),
        ISSUER_TEST(test_a_lost_card_takes_the_phone_down),
        ISSUER_TEST(test_a_card_that_is_found_resumes_what_it_had_suspended),
        ISSUER_TEST(test_a_card_that_is_found_leaves_a_lost_phone_locked),
        ISSUER_TEST(test_a_phone_is_unlocked_by_a_proof_of_the_holder_alone),
        ISSUER_TEST(test_a_credential_is_not_unlocked_after_its_last_day),
        ISSUER_TEST(test_a_card_that_is_given_back_or_expires_ends_the_credential),
        ISSUER_TEST(test_a_lost_card_voids_the_offer_that_is_open),
        ISSUER_TEST(test_loss_of_what_is_not_out_is_refused),
        ISSUER_TEST(test_a_lost_phone_loses_the_offer_that_is_open),
        ISSUER_TEST(test_an_offer_alone_is_lost_with_its_phone),
        ISSUER_TEST(test_the_call_centres_end_takes_no_officer),
        ISSUER_TEST(test_the_old_phones_copies_are_invalid_when_the_new_one_has_its_token),
        ISSUER_TEST(test_a_revoked_credential_stays_so),
        ISSUER_TEST(test_a_new_address_ends_the_copies_and_not_the_credential),
        ISSUER_TEST(test_nothing_is_delivered_after_a_loss),
        ISSUER_TEST(test_without_a_status_list_nothing_is_delivered),
        ISSUER_TEST(test_a_notification_is_taken_of_the_wallet_that_got_the_delivery),
        ISSUER_TEST(test_a_delivery_has_few_entries_of_what_the_wallet_said),
        ISSUER_TEST(test_what_is_deferred_is_kept_sealed_for_its_wallet_and_for_a_day),
        ISSUER_TEST(test_upkeep_expires_credentials_and_deletes_what_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
