// One holder, several cards and credentials: each is found by the other, whichever of them is lost, replaced
// or issued anew.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

#include <stdio.h>
#include <stdlib.h>

static char number[JUMIN_APPLICATION_NUMBER];
static struct records_tokens tokens;
static struct records_refusal refusal;
static const struct jumin_action_form in_person = {.proof = JUMIN_PROOF_COUNTER};

// The first person after a move.
static const char *moved(void)
{
    static char json[1024];
    (void)snprintf(json, sizeof json, "%s", station_person(1));
    char *code = strstr(json, "3611010100");
    assert_non_null(code);
    memcpy(code, "3611010300", 10);
    return json;
}

static struct jumin_offer_form form_of(const char *application, const char *person)
{
    return (struct jumin_offer_form){.number = application,
                                     .person = person,
                                     .person_length = person != NULL ? strlen(person) : 0,
                                     .holds_card = true,
                                     .proof = JUMIN_PROOF_COUNTER};
}

static void redeem(const char *application, const char *person, uint8_t phone)
{
    struct jumin_offer offer;
    struct records_offer made;
    const struct jumin_offer_form form = form_of(application, person);
    const struct records_proof proof = proof_by(phone);
    station_login(station, "intake");
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_OK);
    assert_int_equal(records_offer(server, offer.reference, &made), JUMIN_OK);
    assert_int_equal(records_redeem(server, made.code, offer.tx_code, &proof, &tokens, &refusal), JUMIN_OK);
}

static void assert_says(uint8_t phone, const char *person)
{
    struct records_grant grant;
    const struct records_proof proof = proof_by(phone);
    assert_int_equal(records_authorize(server, tokens.access, &proof, &grant, &refusal), JUMIN_OK);
    assert_string_equal(grant.person.text, person);
    records_grant_release(&grant);
}

static void lose(const char *what, enum jumin_subject lost)
{
    station_login(station, "intake");
    if (jumin_station_report_loss(station, what, lost, NULL) != JUMIN_OK) {
        fail_msg("%s", jumin_station_detail(station));
    }
}

// --- A move --------------------------------------------------------------------------------------------------------

static void test_after_a_new_address_the_next_phone_says_it_too(void **state)
{
    (void)state;
    station_make_handed_over(1, number);
    redeem(number, NULL, 1);
    assert_int_equal(jumin_station_reissue(station, number, moved(), strlen(moved())), JUMIN_OK);
    assert_says(1, moved());
    redeem(number, NULL, 2);
    assert_says(2, moved());
}

static void test_after_a_new_address_the_offer_that_is_open_says_it_too(void **state)
{
    struct jumin_offer offer;
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    redeem(number, NULL, 1);
    offer = issuer_offer(number, &made);
    assert_int_equal(jumin_station_reissue(station, tokens.credential, moved(), strlen(moved())), JUMIN_OK);
    const struct records_proof proof = proof_by(2);
    assert_int_equal(records_redeem(server, made.code, offer.tx_code, &proof, &tokens, &refusal), JUMIN_OK);
    assert_says(2, moved());
}

static void test_a_new_address_at_the_counter_is_that_of_the_next_tap(void **state)
{
    struct issued_text person, portrait;
    uint8_t holder[VAULT_INDEX];
    (void)state;
    station_make_handed_over(1, number);
    redeem(number, moved(), 1);
    assert_int_equal(offer_known(station, number, &person, &portrait, holder), JUMIN_OK);
    assert_string_equal(person.text, moved());
    issued_text_free(&person);
    issued_text_free(&portrait);
}

static void test_a_new_address_does_not_bring_back_what_was_erased(void **state)
{
    (void)state;
    station_make_handed_over(1, number);
    redeem(number, NULL, 1);
    stage_run("UPDATE application SET person = NULL");
    assert_int_equal(jumin_station_reissue(station, number, moved(), strlen(moved())), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE person IS NOT NULL"), 0);
    redeem(number, NULL, 2); // of the credential's
    assert_says(2, moved());
}

// --- A credential that came without a card ------------------------------------------------------------------

// Offered with a person file before the holder had a card here.
static void make_apart(void)
{
    redeem(NULL, station_person(1), 1);
    station_make_handed_over(1, number);
}

static void test_a_card_finds_the_credential_that_came_without_it(void **state)
{
    struct jumin_credential credential;
    (void)state;
    make_apart();
    assert_int_equal(jumin_station_credential(station, number, &credential), JUMIN_OK);
    assert_string_equal(credential.number, tokens.credential);
    lose(number, JUMIN_SUBJECT_CREDENTIAL);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
}

static void test_a_credential_finds_the_card_that_it_came_without(void **state)
{
    (void)state;
    make_apart();
    lose(tokens.credential, JUMIN_SUBJECT_CARD);
    assert_int_equal(station_state(number), JUMIN_LOST);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
    lose(tokens.credential, JUMIN_SUBJECT_CARD); // once more is no error
    station_act(JUMIN_ACTION_RESTORE, number);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_VALID);
}

static void test_a_registration_number_finds_a_credential_without_a_card(void **state)
{
    char found[JUMIN_APPLICATION_NUMBER];
    (void)state;
    redeem(NULL, station_person(1), 1);
    assert_int_equal(jumin_station_find_holder(station, "012314-4000001", found), JUMIN_OK);
    assert_string_equal(found, tokens.credential);
    lose(found, JUMIN_SUBJECT_CREDENTIAL);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
    station_make_handed_over(1, number);
    assert_int_equal(jumin_station_find_holder(station, "012314-4000001", found), JUMIN_OK);
    assert_string_equal(found, number);
}

static void test_who_has_no_card_here_cannot_lose_it(void **state)
{
    (void)state;
    redeem(NULL, station_person(1), 1);
    assert_int_equal(jumin_station_report_loss(station, tokens.credential, JUMIN_SUBJECT_CARD, NULL),
                     JUMIN_ERROR_STATUS);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_VALID);
}

static void test_a_person_file_finds_the_holders_card(void **state)
{
    struct jumin_credential credential;
    (void)state;
    station_make_handed_over(1, number);
    redeem(NULL, moved(), 1);
    assert_int_equal(jumin_station_credential(station, tokens.credential, &credential), JUMIN_OK);
    assert_string_equal(credential.application, number);
    assert_says(1, moved());
}

static void test_a_person_file_does_not_pass_by_a_lost_card(void **state)
{
    struct jumin_offer offer;
    const struct jumin_offer_form form = form_of(NULL, station_person(1));
    (void)state;
    station_make_handed_over(1, number);
    lose(number, JUMIN_SUBJECT_CARD);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_STATUS);
    assert_string_equal(offer.reference, "");
    assert_non_null(strstr(jumin_station_detail(station), "lost"));
}

// --- A phone that has only bound -----------------------------------------------------------------------------

// The card of `number` binds phone 7; `session` is how the phone names it.
static void bind(char session[RECORDS_SECRET])
{
    static const uint8_t chip_key[] = {4};
    const struct jumin_binding binding = {
        .counter = 1, .thumbprint = {7}, .chip_key = chip_key, .chip_key_length = sizeof chip_key};
    const struct span key = span_of(chip_key, sizeof chip_key);
    uint8_t hash[CREDENTIAL_SECRET];
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &key, 1, hash));
    const struct database_value values[] = {database_text(number),
                                            database_bytes(span_of(hash, sizeof hash))};
    assert_int_equal(
        database_run(stage, "UPDATE application SET chip_key = $2 WHERE number = $1", values, 2, NULL),
        JUMIN_OK);
    assert_int_equal(records_bound(server, &binding, &(struct credential_attested){.there = false}, session),
                     JUMIN_OK);
}

static void test_a_phone_is_lost_between_binding_and_offer(void **state)
{
    char session[RECORDS_SECRET];
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    bind(session);
    lose(number, JUMIN_SUBJECT_CREDENTIAL);
    assert_int_equal(station_times("report-loss", number), 1);
    const struct records_proof proof = proof_by(7);
    assert_int_equal(records_offer_bound(server, session, &proof, true, &made, &refusal),
                     JUMIN_ERROR_NO_SUCH_FILE);
    assert_string_equal(refusal.oauth, "invalid_session");
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL),
                     JUMIN_ERROR_NO_SUCH_FILE); // nothing is begun any more
}

// --- Renewal -------------------------------------------------------------------------------------------------------

// In the last month, long after the application's personal data was erased.
static void test_a_tap_of_the_same_phone_renews_before_the_years_are_over(void **state)
{
    char session[RECORDS_SECRET], before[JUMIN_CREDENTIAL_NUMBER];
    struct records_offer made;
    struct jumin_credential credential;
    (void)state;
    station_make_handed_over(1, number);
    redeem(number, NULL, 7);
    (void)snprintf(before, sizeof before, "%s", tokens.credential);
    stage_run("UPDATE application SET person = NULL, photo = NULL");
    station_clock = station_midnight("2029-10-10");
    bind(session);
    struct records_proof proof = proof_by(7);
    assert_int_equal(records_offer_bound(server, session, &proof, true, &made, &refusal), JUMIN_OK);
    assert_int_equal(issuer_state(before), JUMIN_CREDENTIAL_VALID); // until it is taken
    proof = proof_by(7);
    assert_int_equal(records_redeem(server, made.code, NULL, &proof, &tokens, &refusal), JUMIN_OK);
    assert_int_equal(issuer_state(before), JUMIN_CREDENTIAL_REVOKED);
    assert_int_equal(jumin_station_credential(station, tokens.credential, &credential), JUMIN_OK);
    assert_int_equal(credential.state, JUMIN_CREDENTIAL_VALID);
    assert_string_equal(credential.expiry_date, "2032-10-09");
    assert_says(7, station_person(1));
}

// --- Another card --------------------------------------------------------------------------------------------------

// The card is lost, which suspends the credential, and replaced.
static void replace_card(char next[JUMIN_APPLICATION_NUMBER])
{
    lose(number, JUMIN_SUBJECT_CARD);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
    station_make_handed_over(1, next);
}

static void test_after_a_new_card_the_holder_unlocks_the_phone_and_nothing_else_does(void **state)
{
    struct jumin_decision decision;
    struct jumin_credential credential;
    const struct jumin_action_form nothing = {.proof = JUMIN_PROOF_NONE};
    char next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    redeem(number, NULL, 1);
    lose(number, JUMIN_SUBJECT_CARD);
    assert_int_equal(jumin_station_unlock(station, tokens.credential, &in_person, &decision),
                     JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "card-not-lost"));
    station_make_handed_over(1, next);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
    station_login(station, "intake");
    assert_int_equal(jumin_station_unlock(station, tokens.credential, &nothing, &decision),
                     JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "identity-proof"));
    assert_int_equal(jumin_station_unlock(station, tokens.credential, &in_person, &decision), JUMIN_OK);
    // From now on it hangs on the new card.
    assert_int_equal(jumin_station_credential(station, tokens.credential, &credential), JUMIN_OK);
    assert_int_equal(credential.state, JUMIN_CREDENTIAL_VALID);
    assert_string_equal(credential.application, next);
    lose(next, JUMIN_SUBJECT_CARD);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
    station_act(JUMIN_ACTION_RESTORE, next);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_VALID);
    station_act(JUMIN_ACTION_GIVE_BACK, next);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_REVOKED);
}

static void test_a_new_card_does_not_find_the_phone_that_came_without_one(void **state)
{
    char next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    make_apart();
    replace_card(next);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
    station_login(station, "intake");
    assert_int_equal(jumin_station_unlock(station, tokens.credential, &in_person, NULL), JUMIN_OK);
}

static void test_a_new_card_that_is_lost_before_the_phone_was_unlocked_keeps_it_locked(void **state)
{
    char next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    redeem(number, NULL, 1);
    replace_card(next);
    lose(next, JUMIN_SUBJECT_CARD);
    station_login(station, "intake");
    assert_int_equal(jumin_station_unlock(station, tokens.credential, &in_person, NULL), JUMIN_ERROR_RULES);
    station_act(JUMIN_ACTION_RESTORE, next);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_SUSPENDED);
}

static void test_a_new_card_that_ends_ends_what_the_old_one_had_suspended(void **state)
{
    char next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    redeem(number, NULL, 1);
    replace_card(next);
    station_act(JUMIN_ACTION_GIVE_BACK, next);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_REVOKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISSUER_TEST(test_after_a_new_address_the_next_phone_says_it_too),
        ISSUER_TEST(test_after_a_new_address_the_offer_that_is_open_says_it_too),
        ISSUER_TEST(test_a_new_address_at_the_counter_is_that_of_the_next_tap),
        ISSUER_TEST(test_a_new_address_does_not_bring_back_what_was_erased),
        ISSUER_TEST(test_a_card_finds_the_credential_that_came_without_it),
        ISSUER_TEST(test_a_credential_finds_the_card_that_it_came_without),
        ISSUER_TEST(test_a_registration_number_finds_a_credential_without_a_card),
        ISSUER_TEST(test_who_has_no_card_here_cannot_lose_it),
        ISSUER_TEST(test_a_person_file_finds_the_holders_card),
        ISSUER_TEST(test_a_person_file_does_not_pass_by_a_lost_card),
        ISSUER_TEST(test_a_phone_is_lost_between_binding_and_offer),
        ISSUER_TEST(test_a_tap_of_the_same_phone_renews_before_the_years_are_over),
        ISSUER_TEST(test_after_a_new_card_the_holder_unlocks_the_phone_and_nothing_else_does),
        ISSUER_TEST(test_a_new_card_does_not_find_the_phone_that_came_without_one),
        ISSUER_TEST(test_a_new_card_that_is_lost_before_the_phone_was_unlocked_keeps_it_locked),
        ISSUER_TEST(test_a_new_card_that_ends_ends_what_the_old_one_had_suspended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
