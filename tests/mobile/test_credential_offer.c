// The one-time QR and its tokens: what the records redeem, once, and what they refuse with which reason.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

#include <stdio.h>

static struct records_tokens tokens;
static struct records_refusal refusal;

static enum jumin_error redeem(const char *code, const char *tx_code, uint8_t phone)
{
    const struct records_proof proof = proof_by(phone);
    return records_redeem(server, code, tx_code, &proof, &tokens, &refusal);
}

static void assert_refused(enum jumin_error error, enum jumin_error wanted, const char *oauth,
                           const char *why)
{
    assert_int_equal(error, wanted);
    assert_non_null(refusal.oauth);
    assert_string_equal(refusal.oauth, oauth);
    assert_string_equal(jumin_station_detail(server), why);
    assert_string_equal(tokens.access, "");
}

// A code of the receipt that is not this one.
static const char *other_tx_code(const char *tx_code)
{
    return strcmp(tx_code, "000000") == 0 ? "000001" : "000000";
}

// --- At the counter ----------------------------------------------------------------------------------------------

static void test_an_offer_is_redeemed_with_the_code_on_the_receipt(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    struct jumin_credential credential;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    assert_int_equal(offer.expires_at, station_clock + 600);
    assert_int_equal(strlen(offer.tx_code), 6);
    assert_true(made.tx_code);
    assert_string_not_equal(made.code, offer.reference);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_OFFERED);
    assert_int_equal(redeem(made.code, offer.tx_code, 7), JUMIN_OK);
    assert_string_equal(tokens.credential, offer.credential);
    assert_int_equal(tokens.expires_in, RECORDS_ACCESS_SECONDS);
    assert_int_equal(jumin_station_credential(station, number, &credential), JUMIN_OK);
    assert_int_equal(credential.state, JUMIN_CREDENTIAL_VALID);
    assert_string_equal(credential.application, number);
    assert_string_equal(credential.expiry_date, "2029-11-01"); // three years
    assert_string_equal(credential.device, "BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_int_equal(station_times("offer", offer.credential), 1);
    assert_int_equal(station_times("redeem", offer.credential), 1);
}

static void test_the_records_hold_neither_codes_nor_tokens_nor_the_person(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    assert_int_equal(redeem(made.code, offer.tx_code, 7), JUMIN_OK);
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage,
                                    "SELECT reference, code, tx_code, hash, person FROM offer JOIN token ON"
                                    " token.credential = offer.credential JOIN credential ON number ="
                                    " offer.credential",
                                    NULL, 0, &rows),
                     JUMIN_OK);
    size_t count = 0;
    while (database_next(rows)) {
        const char *const secrets[] = {offer.reference, made.code,      offer.tx_code,
                                       tokens.access,   tokens.refresh, "birth_date"};
        for (size_t column = 0; column < 5; column++) {
            const struct span bytes = database_column_bytes(rows, column);
            for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
                assert_null(memmem(bytes.p, bytes.n, secrets[i], strlen(secrets[i])));
            }
        }
        count++;
    }
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    assert_int_equal(count, 2);
}

static void test_an_offer_needs_the_holder_face_to_face(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_offer offer;
    struct jumin_offer_form form = {.number = number, .proof = JUMIN_PROOF_CARD};
    (void)state;
    station_make_handed_over(1, number);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_RULES);
    assert_string_equal(offer.reference, "");
    form.proof = JUMIN_PROOF_COUNTER;
    station_login(station, "produce");
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential"), 0);
}

static void test_a_photo_out_of_date_means_a_new_card_first(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_offer offer;
    struct jumin_decision decision;
    const struct jumin_offer_form form = {
        .number = number, .photo_outdated = true, .proof = JUMIN_PROOF_COUNTER};
    (void)state;
    station_make_handed_over(1, number);
    assert_int_equal(jumin_station_offer(station, &form, &decision, &offer), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "photo-likeness"));
}

static void test_no_offer_with_a_card_that_is_not_in_the_holders_hands(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_offer offer;
    const struct jumin_offer_form form = {.number = number, .proof = JUMIN_PROOF_COUNTER};
    (void)state;
    station_make_verified(1, number);
    station_login(station, "intake");
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_STATUS);
    station_act(JUMIN_ACTION_HAND_OVER, number);
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_STATUS);
    assert_string_equal(jumin_station_detail(station), "offer: not from the state lost of 2026-00000001");
    station_act(JUMIN_ACTION_RESTORE, number);
    station_clock = station_midnight("2036-11-02"); // ten years later
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_STATUS);
}

static void test_who_has_no_card_here_gets_an_offer_with_a_person_file(void **state)
{
    struct jumin_offer offer;
    struct jumin_decision decision;
    struct records_offer made;
    struct jumin_offer_form form = {.person = station_person(5),
                                    .person_length = strlen(station_person(5)),
                                    .proof = JUMIN_PROOF_COUNTER};
    (void)state;
    station_login(station, "intake");
    assert_int_equal(jumin_station_offer(station, &form, &decision, &offer), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "holds-card"));
    form.holds_card = true;
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_OK);
    assert_int_equal(records_offer(server, offer.reference, &made), JUMIN_OK);
    assert_int_equal(redeem(made.code, offer.tx_code, 1), JUMIN_OK);
    assert_int_equal(issuer_state(offer.credential), JUMIN_CREDENTIAL_VALID);
}

static void test_another_persons_file_is_refused(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_offer offer;
    struct jumin_offer_form form = {.number = number, .proof = JUMIN_PROOF_COUNTER};
    (void)state;
    station_make_handed_over(1, number);
    form.person = station_person(2);
    form.person_length = strlen(form.person);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_INPUT);
    form.person = station_person(1);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_OK);
}

static void test_after_erasure_the_person_file_is_given_anew(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_offer offer;
    struct jumin_upkeep upkeep;
    struct jumin_offer_form form = {.number = number, .proof = JUMIN_PROOF_COUNTER};
    (void)state;
    station_make_handed_over(1, number);
    station_clock += 40 * 86400;
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_NO_SUCH_FILE);
    form.person = station_person(1);
    form.person_length = strlen(form.person);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_OK);
    form.person = station_person(2);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_ERROR_INPUT);
}

static void test_a_live_credential_keeps_the_person_for_the_next_one(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_upkeep upkeep;
    struct jumin_offer offer;
    const struct jumin_offer_form form = {.number = number, .proof = JUMIN_PROOF_COUNTER};
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &tokens);
    station_clock += 40 * 86400;
    station_login(station, "intake");
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    assert_int_equal(upkeep.erased, 1);
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_OK);
}

// --- Refused -----------------------------------------------------------------------------------------------------

static void test_a_code_is_redeemed_once(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    assert_int_equal(redeem(made.code, offer.tx_code, 1), JUMIN_OK);
    assert_refused(redeem(made.code, offer.tx_code, 1), JUMIN_ERROR_STATUS, "invalid_grant",
                   "the offer was redeemed already, by this phone: if the answer was lost, ask for another "
                   "offer, which takes its place");
    assert_refused(redeem(made.code, offer.tx_code, 2), JUMIN_ERROR_STATUS, "invalid_grant",
                   "the offer was redeemed already: it can be used once");
    assert_int_equal(records_offer(server, offer.reference, &made), JUMIN_ERROR_STATUS);
    assert_string_equal(made.code, "");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM token"), 2);
}

static void test_an_offer_ends_after_its_minutes(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    size_t done = 0;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    station_clock = offer.expires_at - 1;
    assert_int_equal(records_offer(server, offer.reference, &made), JUMIN_OK);
    station_clock = offer.expires_at;
    assert_int_equal(records_offer(server, offer.reference, &made), JUMIN_ERROR_NOT_VALID_NOW);
    assert_true(offer_code(server, offer.reference, made.code));
    assert_refused(redeem(made.code, offer.tx_code, 1), JUMIN_ERROR_NOT_VALID_NOW, "invalid_grant",
                   "the offer has expired: ask for another one");
    assert_int_equal(records_upkeep(server, &done), JUMIN_OK);
    assert_int_equal(done, 1);
    assert_int_equal(issuer_state(offer.credential), JUMIN_CREDENTIAL_EXPIRED);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE person IS NOT NULL"), 0);
    assert_refused(redeem(made.code, offer.tx_code, 1), JUMIN_ERROR_NOT_VALID_NOW, "invalid_grant",
                   "the offer has expired: ask for another one");
}

static void test_an_unknown_code_is_refused(void **state)
{
    (void)state;
    assert_refused(redeem("no such code", NULL, 1), JUMIN_ERROR_NO_SUCH_FILE, "invalid_grant",
                   "there is no such offer");
    assert_refused(redeem("", "", 1), JUMIN_ERROR_NO_SUCH_FILE, "invalid_grant", "there is no such offer");
}

static void test_the_reference_is_not_the_code(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    assert_refused(redeem(offer.reference, offer.tx_code, 1), JUMIN_ERROR_NO_SUCH_FILE, "invalid_grant",
                   "there is no such offer");
    assert_int_equal(records_offer(server, made.code, &made), JUMIN_ERROR_NO_SUCH_FILE);
}

static void test_another_offer_voids_the_one_before(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer first_made, made;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer first = issuer_offer(number, &first_made);
    const struct jumin_offer second = issuer_offer(number, &made);
    assert_refused(redeem(first_made.code, first.tx_code, 1), JUMIN_ERROR_STATUS, "invalid_grant",
                   "the offer is void: another one was made, or the code was wrong too often");
    assert_int_equal(redeem(made.code, second.tx_code, 1), JUMIN_OK);
}

static void test_a_missing_and_an_unexpected_code_of_the_receipt_are_invalid_requests(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    (void)issuer_offer(number, &made);
    assert_refused(redeem(made.code, NULL, 1), JUMIN_ERROR_INPUT, "invalid_request",
                   "tx_code is missing: it stands on the receipt");
    stage_run("UPDATE offer SET tx_code = NULL");
    assert_refused(redeem(made.code, "123456", 1), JUMIN_ERROR_INPUT, "invalid_request",
                   "tx_code is not expected");
}

static void test_five_wrong_codes_void_the_offer(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    for (int i = 0; i < RECORDS_TX_TRIES - 1; i++) {
        assert_refused(redeem(made.code, i == 2 ? "12345" : other_tx_code(offer.tx_code), 1),
                       JUMIN_ERROR_WRONG_PASSWORD, "invalid_grant", "tx_code is not the code on the receipt");
        assert_int_equal(issuer_state(offer.credential), JUMIN_CREDENTIAL_OFFERED);
    }
    assert_refused(redeem(made.code, other_tx_code(offer.tx_code), 1), JUMIN_ERROR_WRONG_PASSWORD,
                   "invalid_grant", "tx_code is not the code on the receipt");
    assert_refused(redeem(made.code, offer.tx_code, 1), JUMIN_ERROR_STATUS, "invalid_grant",
                   "the offer is void: another one was made, or the code was wrong too often");
    assert_int_equal(station_times("wrong-code", offer.credential), RECORDS_TX_TRIES);
    assert_int_equal(issuer_state(offer.credential), JUMIN_CREDENTIAL_REVOKED);
}

static void test_four_wrong_codes_leave_the_right_one_good(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    const struct jumin_offer offer = issuer_offer(number, &made);
    for (int i = 0; i < RECORDS_TX_TRIES - 1; i++) {
        assert_int_equal(redeem(made.code, other_tx_code(offer.tx_code), 1), JUMIN_ERROR_WRONG_PASSWORD);
    }
    assert_int_equal(redeem(made.code, offer.tx_code, 1), JUMIN_OK);
}

static void test_a_proof_that_came_before_redeems_nothing(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], other[JUMIN_APPLICATION_NUMBER];
    struct records_offer made;
    const struct records_proof proof = proof_by(1);
    (void)state;
    station_make_handed_over(1, number);
    station_make_handed_over(2, other);
    struct jumin_offer offer = issuer_offer(number, &made);
    assert_int_equal(records_redeem(server, made.code, offer.tx_code, &proof, &tokens, &refusal), JUMIN_OK);
    offer = issuer_offer(other, &made);
    assert_refused(records_redeem(server, made.code, offer.tx_code, &proof, &tokens, &refusal),
                   JUMIN_ERROR_CONFLICT, "invalid_dpop_proof", "this DPoP proof came before");
    assert_int_equal(issuer_state(other), JUMIN_CREDENTIAL_OFFERED);
    struct records_proof of_another = proof_by(2);
    of_another.jti = proof.jti; // the same identifier by another key is another proof
    assert_int_equal(records_redeem(server, made.code, offer.tx_code, &of_another, &tokens, &refusal),
                     JUMIN_OK);
}

static void test_a_record_that_was_changed_gives_nothing(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_grant grant;
    struct records_proof proof = proof_by(1);
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &tokens);
    stage_run("UPDATE credential SET person = (SELECT person FROM application)");
    assert_int_equal(records_authorize(server, tokens.access, &proof, &grant, &refusal),
                     JUMIN_ERROR_SIGNATURE);
    assert_null(refusal.oauth);
    assert_null(grant.person.text);
}

// --- Tokens --------------------------------------------------------------------------------------------------------

static void test_a_token_gives_the_person_to_the_key_that_redeemed(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_grant grant;
    struct records_proof proof = proof_by(1);
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &tokens);
    assert_int_equal(records_authorize(server, tokens.access, &proof, &grant, &refusal), JUMIN_OK);
    assert_string_equal(grant.person.text, station_person(1));
    assert_string_equal(grant.issued_on, "2026-11-02");
    assert_int_equal(grant.device[0], 1);
    records_grant_release(&grant);
    assert_int_equal(records_authorize(server, tokens.access, &proof, &grant, &refusal),
                     JUMIN_ERROR_CONFLICT);
    assert_string_equal(refusal.oauth, "invalid_dpop_proof");
    assert_null(grant.person.text);
}

static void assert_no_token(const char *token, uint8_t phone, const char *why)
{
    struct records_grant grant;
    const struct records_proof proof = proof_by(phone);
    assert_int_equal(records_authorize(server, token, &proof, &grant, &refusal), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(refusal.oauth, "invalid_token");
    assert_string_equal(jumin_station_detail(server), why);
    assert_null(grant.person.text);
}

static void test_tokens_are_refused_with_the_reason(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &tokens);
    assert_no_token("other", 1, "there is no such token");
    assert_no_token(tokens.refresh, 1, "there is no such token");
    assert_no_token(tokens.access, 2, "the token is bound to another key than that of the DPoP proof");
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    assert_no_token(tokens.access, 1, "the credential is suspended: card or phone is reported lost");
    station_clock += RECORDS_ACCESS_SECONDS;
    assert_no_token(tokens.access, 1, "the token has expired");
}

static void test_a_refresh_token_gives_access_until_the_credential_ends(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_tokens again;
    struct records_grant grant;
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &tokens);
    station_clock = station_midnight("2029-11-02") - 1; // the last second of its last day
    const int64_t entries = stage_integer("SELECT COUNT(*) FROM audit");
    struct records_proof proof = proof_by(1);
    assert_int_equal(records_refresh(server, tokens.refresh, &proof, &again, &refusal), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit"), entries); // it changes no credential
    proof = proof_by(1);
    assert_int_equal(records_authorize(server, again.access, &proof, &grant, &refusal), JUMIN_OK);
    records_grant_release(&grant);
    proof = proof_by(2);
    assert_int_equal(records_refresh(server, tokens.refresh, &proof, &again, &refusal),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(refusal.oauth, "invalid_grant");
    proof = proof_by(1);
    assert_int_equal(records_refresh(server, tokens.access, &proof, &again, &refusal),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    station_clock++;
    proof = proof_by(1);
    assert_int_equal(records_refresh(server, tokens.refresh, &proof, &again, &refusal),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(again.access, "");
}

static void test_a_nonce_is_good_for_its_minutes_and_is_nobody_elses(void **state)
{
    char nonce[RECORDS_SECRET], other[RECORDS_SECRET];
    (void)state;
    assert_true(records_nonce(server, nonce));
    assert_true(records_nonce(server, other));
    assert_string_not_equal(nonce, other);
    assert_true(records_nonce_is_fresh(server, nonce));
    assert_true(records_nonce_is_fresh(station, nonce)); // another worker of the same records
    station_clock += RECORDS_NONCE_SECONDS;
    assert_true(records_nonce_is_fresh(server, nonce));
    station_clock++;
    assert_false(records_nonce_is_fresh(server, nonce));
    station_clock -= RECORDS_NONCE_SECONDS + RECORDS_NONCE_LEEWAY + 2; // long before it was made
    assert_false(records_nonce_is_fresh(server, nonce));
    station_clock++; // made by another server, whose clock is ahead
    assert_true(records_nonce_is_fresh(server, nonce));
    nonce[30] = nonce[30] == 'A' ? 'B' : 'A';
    assert_false(records_nonce_is_fresh(server, nonce));
    other[9] = other[9] == 'A' ? 'B' : 'A'; // in the time
    assert_false(records_nonce_is_fresh(server, other));
    assert_false(records_nonce_is_fresh(server, ""));
    assert_false(records_nonce_is_fresh(server, "AAAA"));
}

// --- One phone -----------------------------------------------------------------------------------------------------

static void test_another_phone_ends_the_one_before_in_the_same_transaction(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_tokens first;
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &first);
    issuer_redeem(number, 2, &tokens);
    assert_int_equal(issuer_state(first.credential), JUMIN_CREDENTIAL_REVOKED);
    assert_int_equal(issuer_state(tokens.credential), JUMIN_CREDENTIAL_VALID);
    assert_no_token(first.access, 1, "there is no such token");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state = 3 AND person IS NOT NULL"),
                     0);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM credential WHERE state IN (1, 2)"), 1);
}

static void test_an_offer_that_is_only_made_leaves_the_phone_as_it_is(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_tokens first;
    struct records_offer made;
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &first);
    const struct jumin_offer offer = issuer_offer(number, &made);
    assert_int_equal(issuer_state(first.credential), JUMIN_CREDENTIAL_VALID);
    assert_int_equal(redeem(made.code, other_tx_code(offer.tx_code), 2), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(issuer_state(first.credential), JUMIN_CREDENTIAL_VALID);
}

static void test_the_same_phone_renews(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct records_tokens first;
    struct jumin_credential credential;
    (void)state;
    station_make_handed_over(1, number);
    issuer_redeem(number, 1, &first);
    station_clock = station_midnight("2029-10-01");
    const char *person = station_person(1);
    struct jumin_offer offer;
    struct records_offer made;
    const struct jumin_offer_form form = {
        .number = number, .person = person, .person_length = strlen(person), .proof = JUMIN_PROOF_COUNTER};
    station_login(station, "intake");
    assert_int_equal(jumin_station_offer(station, &form, NULL, &offer), JUMIN_OK);
    assert_int_equal(records_offer(server, offer.reference, &made), JUMIN_OK);
    assert_int_equal(redeem(made.code, offer.tx_code, 1), JUMIN_OK);
    assert_int_equal(jumin_station_credential(station, number, &credential), JUMIN_OK);
    assert_string_equal(credential.expiry_date, "2032-09-30");
    assert_int_equal(issuer_state(first.credential), JUMIN_CREDENTIAL_REVOKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISSUER_TEST(test_an_offer_is_redeemed_with_the_code_on_the_receipt),
        ISSUER_TEST(test_the_records_hold_neither_codes_nor_tokens_nor_the_person),
        ISSUER_TEST(test_an_offer_needs_the_holder_face_to_face),
        ISSUER_TEST(test_a_photo_out_of_date_means_a_new_card_first),
        ISSUER_TEST(test_no_offer_with_a_card_that_is_not_in_the_holders_hands),
        ISSUER_TEST(test_who_has_no_card_here_gets_an_offer_with_a_person_file),
        ISSUER_TEST(test_another_persons_file_is_refused),
        ISSUER_TEST(test_after_erasure_the_person_file_is_given_anew),
        ISSUER_TEST(test_a_live_credential_keeps_the_person_for_the_next_one),
        ISSUER_TEST(test_a_code_is_redeemed_once),
        ISSUER_TEST(test_an_offer_ends_after_its_minutes),
        ISSUER_TEST(test_an_unknown_code_is_refused),
        ISSUER_TEST(test_the_reference_is_not_the_code),
        ISSUER_TEST(test_another_offer_voids_the_one_before),
        ISSUER_TEST(test_a_missing_and_an_unexpected_code_of_the_receipt_are_invalid_requests),
        ISSUER_TEST(test_five_wrong_codes_void_the_offer),
        ISSUER_TEST(test_four_wrong_codes_leave_the_right_one_good),
        ISSUER_TEST(test_a_proof_that_came_before_redeems_nothing),
        ISSUER_TEST(test_a_record_that_was_changed_gives_nothing),
        ISSUER_TEST(test_a_token_gives_the_person_to_the_key_that_redeemed),
        ISSUER_TEST(test_tokens_are_refused_with_the_reason),
        ISSUER_TEST(test_a_refresh_token_gives_access_until_the_credential_ends),
        ISSUER_TEST(test_a_nonce_is_good_for_its_minutes_and_is_nobody_elses),
        ISSUER_TEST(test_another_phone_ends_the_one_before_in_the_same_transaction),
        ISSUER_TEST(test_an_offer_that_is_only_made_leaves_the_phone_as_it_is),
        ISSUER_TEST(test_the_same_phone_renews),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
