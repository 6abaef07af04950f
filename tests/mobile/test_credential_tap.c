// The tap: a phone that a card has bound gets an offer for its own key alone, from the card that the records
// know.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

static char number[JUMIN_APPLICATION_NUMBER], session[RECORDS_SECRET];
static struct records_refusal refusal;
static struct records_offer made;
static struct records_tokens tokens;

// What stands in EF.ChipSecurity of the card of `number`.
static const uint8_t chip_key[] = {4, 1, 2, 3};

static void make_card(void)
{
    uint8_t hash[CRYPTO_HASH_MAX];
    const struct span key = span_of(chip_key, sizeof chip_key);
    station_photo = issuer_photo();
    station_make_handed_over(1, number);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &key, 1, hash));
    const struct database_value values[] = {database_text(number), database_bytes(span_of(hash, 32))};
    assert_int_equal(
        database_run(stage, "UPDATE application SET chip_key = $2 WHERE number = $1", values, 2, NULL),
        JUMIN_OK);
}

static struct credential_attested attested; // of the phone that binds next

static enum jumin_error bind(uint8_t phone, uint32_t counter)
{
    const struct jumin_binding binding = {
        .thumbprint = {phone}, .counter = counter, .chip_key = chip_key, .chip_key_length = sizeof chip_key};
    return records_bound(server, &binding, &attested, session);
}

static enum jumin_error offer(uint8_t phone, bool face)
{
    const struct records_proof proof = proof_by(phone);
    return records_offer_bound(server, session, &proof, face, &made, &refusal);
}

static void ask_for_faces(void)
{
    station_scheme("\"tap\": false", "\"tap\": true ");
}

static enum jumin_error portrait(uint8_t phone)
{
    const struct records_proof proof = proof_by(phone);
    struct issued_text given;
    const enum jumin_error error = records_portrait(server, session, &proof, &given, &refusal);
    assert_int_equal(given.text != NULL, error == JUMIN_OK);
    if (error == JUMIN_OK) {
        assert_memory_equal(given.text, "\xFF\xD8\xFF", 3);
    }
    issued_text_free(&given);
    return error;
}

static enum jumin_error redeem(uint8_t phone)
{
    const struct records_proof proof = proof_by(phone);
    return records_redeem(server, made.code, NULL, &proof, &tokens, &refusal);
}

static void test_a_tap_ends_in_a_credential_without_a_receipt(void **state)
{
    (void)state;
    make_card();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(offer(1, true), JUMIN_OK);
    assert_false(made.tx_code);
    assert_int_equal(redeem(1), JUMIN_OK);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_VALID);
    assert_int_equal(station_times("bind", number), 1);
}

// What the token of the last tap stands for.
static struct credential_attested attested_of_grant(void)
{
    struct records_grant grant;
    const struct records_proof proof = proof_by(1);
    assert_int_equal(records_authorize(server, tokens.access, &proof, &grant, &refusal), JUMIN_OK);
    const struct credential_attested found = grant.attested;
    records_grant_release(&grant);
    return found;
}

static void test_what_a_provider_says_of_the_bound_key_stays_with_the_credential(void **state)
{
    (void)state;
    make_card();
    attested = (struct credential_attested){.there = true, .key_storage = 3, .user_authentication = 1};
    assert_int_equal(bind(1, 1), JUMIN_OK);
    attested = (struct credential_attested){.there = false};
    assert_int_equal(offer(1, true), JUMIN_OK);
    assert_int_equal(redeem(1), JUMIN_OK);
    struct credential_attested found = attested_of_grant();
    assert_true(found.there);
    assert_int_equal(found.key_storage, 3);
    assert_int_equal(found.user_authentication, 1);

    assert_int_equal(bind(1, 1), JUMIN_OK); // the same phone, without its provider's word
    assert_int_equal(offer(1, true), JUMIN_OK);
    assert_int_equal(redeem(1), JUMIN_OK);
    found = attested_of_grant();
    assert_false(found.there);
}

static void test_the_code_of_a_tap_works_with_the_bound_key_alone(void **state)
{
    (void)state;
    make_card();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(offer(2, true), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(refusal.oauth, "access_denied");
    assert_int_equal(offer(1, true), JUMIN_OK);
    assert_int_equal(redeem(2), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(refusal.oauth, "invalid_grant");
    assert_int_equal(redeem(1), JUMIN_OK);
}

static void test_a_binding_is_used_once_and_for_its_minutes(void **state)
{
    (void)state;
    make_card();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(offer(1, true), JUMIN_OK);
    assert_int_equal(offer(1, true), JUMIN_ERROR_NO_SUCH_FILE);
    assert_string_equal(refusal.oauth, "invalid_session");
    assert_int_equal(bind(1, 1), JUMIN_OK); // the same phone again
    ask_for_faces();
    station_clock += 899;
    assert_int_equal(offer(1, false), JUMIN_ERROR_RULES);
    station_clock++;
    assert_int_equal(offer(1, true), JUMIN_ERROR_NO_SUCH_FILE);
    (void)memcpy(session, "none", 5);
    assert_int_equal(offer(1, true), JUMIN_ERROR_NO_SUCH_FILE);
}

static void test_without_the_face_there_is_no_offer_where_the_scheme_asks_for_it(void **state)
{
    (void)state;
    make_card();
    ask_for_faces();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(offer(1, false), JUMIN_ERROR_RULES);
    assert_string_equal(refusal.oauth, "face_required");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential"), 0);
    assert_int_equal(offer(1, true), JUMIN_OK); // the binding is still there
}

static void test_the_scheme_that_ships_asks_for_no_face(void **state)
{
    (void)state;
    make_card();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(portrait(1), JUMIN_ERROR_STATUS);
    assert_string_equal(refusal.oauth, "invalid_request");
    assert_string_equal(jumin_station_detail(server), "no face is to be compared");
    assert_int_equal(offer(1, false), JUMIN_OK);
}

static void test_the_portrait_is_given_once_and_to_the_bound_phone_alone(void **state)
{
    (void)state;
    make_card();
    ask_for_faces();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(portrait(2), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(refusal.oauth, "access_denied");
    assert_int_equal(portrait(1), JUMIN_OK);
    assert_int_equal(station_times("portrait", number), 1);
    assert_int_equal(portrait(1), JUMIN_ERROR_STATUS);
    assert_string_equal(refusal.oauth, "invalid_request");
    assert_int_equal(bind(1, 1), JUMIN_OK); // another tap
    assert_int_equal(portrait(1), JUMIN_OK);
    assert_int_equal(offer(1, true), JUMIN_OK);
    assert_int_equal(portrait(1), JUMIN_ERROR_NO_SUCH_FILE); // the binding is used up
    assert_string_equal(refusal.oauth, "invalid_session");
    assert_int_equal(bind(1, 1), JUMIN_OK);
    station_clock += 900;
    assert_int_equal(portrait(1), JUMIN_ERROR_NO_SUCH_FILE);
}

static void test_a_proof_fetches_the_portrait_once(void **state)
{
    const struct records_proof proof = proof_by(1);
    struct issued_text given;
    (void)state;
    make_card();
    ask_for_faces();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(records_portrait(server, session, &proof, &given, &refusal), JUMIN_OK);
    issued_text_free(&given);
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_not_equal(records_portrait(server, session, &proof, &given, &refusal), JUMIN_OK);
    assert_string_equal(refusal.oauth, "invalid_dpop_proof");
    assert_null(given.text);
    assert_int_equal(portrait(1), JUMIN_OK); // it was not given yet
}

static void test_with_a_photo_too_old_a_new_card_comes_first(void **state)
{
    (void)state;
    make_card();
    station_scheme("\"photo_years\": 10", "\"photo_years\": 1 ");
    station_clock = station_midnight("2027-11-02") - 1; // the last second of the year
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(offer(1, false), JUMIN_OK); // where no face is compared
    ask_for_faces();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(portrait(1), JUMIN_OK);
    station_clock++;
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(portrait(1), JUMIN_ERROR_RULES);
    assert_string_equal(refusal.oauth, "access_denied");
    assert_non_null(strstr(jumin_station_detail(server), "a new physical card comes first"));
    assert_int_equal(offer(1, true), JUMIN_ERROR_RULES);
    assert_string_equal(refusal.oauth, "access_denied");
}

static void test_the_phone_that_the_card_has_bound_last_counts(void **state)
{
    char first[RECORDS_SECRET];
    (void)state;
    make_card();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    memcpy(first, session, sizeof first);
    assert_int_equal(bind(2, 2), JUMIN_OK);
    memcpy(session, first, sizeof first);
    assert_int_equal(offer(1, true), JUMIN_ERROR_REVOKED);
    assert_string_equal(refusal.oauth, "access_denied");
    assert_int_equal(bind(1, 1), JUMIN_ERROR_REVOKED); // an answer of the card that was kept back
    assert_string_equal(session, "");
}

static void test_a_card_that_is_not_in_order_binds_nobody(void **state)
{
    (void)state;
    assert_int_equal(bind(1, 1), JUMIN_ERROR_NO_SUCH_FILE);
    make_card();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    assert_int_equal(offer(1, true), JUMIN_ERROR_STATUS);
    assert_string_equal(jumin_station_detail(server), "the card is lost");
    assert_int_equal(bind(1, 1), JUMIN_ERROR_STATUS);
    station_act(JUMIN_ACTION_RESTORE, number);
    station_clock = station_midnight("2036-11-02");
    assert_int_equal(bind(1, 1), JUMIN_ERROR_STATUS);
    assert_string_equal(jumin_station_detail(server), "the card has expired");
}

static void test_a_phone_that_is_lost_after_its_tap_gets_nothing(void **state)
{
    char first[JUMIN_CREDENTIAL_NUMBER];
    (void)state;
    make_card();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(offer(1, true), JUMIN_OK);
    assert_int_equal(redeem(1), JUMIN_OK);
    memcpy(first, tokens.credential, sizeof first);
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_int_equal(offer(1, true), JUMIN_ERROR_NO_SUCH_FILE);
    assert_string_equal(refusal.oauth, "invalid_session");
    assert_int_equal(issuer_state(first), JUMIN_CREDENTIAL_SUSPENDED);
}

static void test_a_new_phone_by_tap_ends_the_old_one(void **state)
{
    char first[JUMIN_CREDENTIAL_NUMBER];
    (void)state;
    make_card();
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(offer(1, true), JUMIN_OK);
    assert_int_equal(redeem(1), JUMIN_OK);
    memcpy(first, tokens.credential, sizeof first);
    assert_int_equal(bind(2, 2), JUMIN_OK);
    assert_int_equal(offer(2, true), JUMIN_OK);
    assert_int_equal(issuer_state(first), JUMIN_CREDENTIAL_VALID);
    assert_int_equal(redeem(2), JUMIN_OK);
    assert_int_equal(issuer_state(first), JUMIN_CREDENTIAL_REVOKED);
}

static void test_the_card_cannot_bind_without_its_own_key(void **state)
{
    const struct jumin_binding binding = {.thumbprint = {1}, .counter = 1};
    (void)state;
    make_card();
    assert_int_equal(records_bound(server, &binding, &(struct credential_attested){.there = false}, session),
                     JUMIN_ERROR_ARGUMENT);
}

static void test_a_tap_after_erasure_and_without_a_credential_leads_to_the_counter(void **state)
{
    struct jumin_upkeep upkeep;
    (void)state;
    make_card();
    station_clock += 40 * 86400;
    station_login(station, "intake");
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    assert_int_equal(bind(1, 1), JUMIN_OK);
    assert_int_equal(offer(1, true), JUMIN_ERROR_NO_SUCH_FILE);
    assert_null(refusal.oauth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISSUER_TEST(test_a_tap_ends_in_a_credential_without_a_receipt),
        ISSUER_TEST(test_what_a_provider_says_of_the_bound_key_stays_with_the_credential),
        ISSUER_TEST(test_the_code_of_a_tap_works_with_the_bound_key_alone),
        ISSUER_TEST(test_a_binding_is_used_once_and_for_its_minutes),
        ISSUER_TEST(test_without_the_face_there_is_no_offer_where_the_scheme_asks_for_it),
        ISSUER_TEST(test_the_scheme_that_ships_asks_for_no_face),
        ISSUER_TEST(test_the_portrait_is_given_once_and_to_the_bound_phone_alone),
        ISSUER_TEST(test_a_proof_fetches_the_portrait_once),
        ISSUER_TEST(test_with_a_photo_too_old_a_new_card_comes_first),
        ISSUER_TEST(test_the_phone_that_the_card_has_bound_last_counts),
        ISSUER_TEST(test_a_card_that_is_not_in_order_binds_nobody),
        ISSUER_TEST(test_a_phone_that_is_lost_after_its_tap_gets_nothing),
        ISSUER_TEST(test_a_new_phone_by_tap_ends_the_old_one),
        ISSUER_TEST(test_the_card_cannot_bind_without_its_own_key),
        ISSUER_TEST(test_a_tap_after_erasure_and_without_a_credential_leads_to_the_counter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
