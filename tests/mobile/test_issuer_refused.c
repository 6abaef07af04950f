// What the issuer's token and credential endpoints refuse, with the protocol's name for it and the reason.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_http_stage.h"

#include <stdio.h>

// --- Tokens refused ------------------------------------------------------------------------------------------------

static void test_a_token_takes_a_proof_of_the_key(void **state)
{
    (void)state;
    const char *form = new_form();
    post_token(form, NULL);
    assert_answer(400, "invalid_dpop_proof");
    assert_string_equal(said("error_description"), "the DPoP header is missing");
    post_token(form, dpop(&phone, "/credential", ""));
    assert_answer(400, "invalid_dpop_proof");
    post_token(form, "no proof");
    assert_answer(400, "invalid_dpop_proof");
    const char *old = dpop(&phone, "/token", "");
    station_clock += 301;
    post_token(form, old);
    assert_answer(400, "invalid_dpop_proof");
    const char *good = dpop(&phone, "/token", "");
    post_token(form, good);
    keep_tokens();
    post_token(new_form(), good);
    assert_answer(400, "invalid_dpop_proof");
    assert_string_equal(said("error_description"), "this DPoP proof came before");
}

static void test_a_code_is_refused_with_the_reason(void **state)
{
    char form[512];
    (void)state;
    (void)snprintf(form, sizeof form, "%s", new_form());
    char *tx_code = strstr(form, "&tx_code=");
    char *digit = tx_code + strlen("&tx_code=");
    *digit = *digit == '0' ? '1' : '0';
    post_token(form, dpop(&phone, "/token", ""));
    assert_answer(400, "invalid_grant");
    assert_string_equal(said("error_description"), "tx_code is not the code on the receipt");
    *tx_code = '\0';
    post_token(form, dpop(&phone, "/token", ""));
    assert_answer(400, "invalid_request");
    (void)snprintf(form, sizeof form, "%s", new_form());
    post_token(form, dpop(&phone, "/token", ""));
    keep_tokens();
    post_token(form, dpop(&other_phone, "/token", ""));
    assert_answer(400, "invalid_grant");
    assert_string_equal(said("error_description"), "the offer was redeemed already: it can be used once");
    (void)snprintf(form, sizeof form, "%s", new_form());
    station_clock += 600;
    post_token(form, dpop(&phone, "/token", ""));
    assert_answer(400, "invalid_grant");
    assert_string_equal(said("error_description"), "the offer has expired: ask for another one");
}

static void test_a_form_that_is_none_is_an_invalid_request(void **state)
{
    (void)state;
    post_token("grant_type=password", dpop(&phone, "/token", ""));
    assert_answer(400, "unsupported_grant_type");
    post_token("", dpop(&phone, "/token", ""));
    assert_answer(400, "invalid_request");
    post_token("grant_type=refresh_token", dpop(&phone, "/token", ""));
    assert_answer(400, "invalid_request");
    post_token("grant_type=refresh_token&refresh_token=a&refresh_token=b", dpop(&phone, "/token", ""));
    assert_answer(400, "invalid_request");
    const char *form = new_form();
    send_ask(&(struct ask){.method = "POST",
                           .path = "/token",
                           .type = "application/json",
                           .dpop = dpop(&phone, "/token", ""),
                           .body = span_of(form, strlen(form))});
    assert_answer(400, "invalid_request");
    send_ask(&(struct ask){.method = "GET", .path = "/token"});
    assert_int_equal(response.status, 405);
}

// --- Credentials refused -----------------------------------------------------------------------------------------

static void test_a_credential_takes_the_token_and_its_key(void **state)
{
    char authorization[128];
    (void)state;
    redeem();
    post_by(&other_phone, "/credential", wish(MDOC, proofs(1)));
    assert_answer(401, "invalid_token");
    (void)snprintf(authorization, sizeof authorization, "Bearer %s", access_token);
    struct ask ask = {
        .method = "POST", .path = "/credential", .type = "application/json", .body = span_of("{}", 2)};
    send_ask(&ask);
    assert_answer(401, "invalid_token");
    assert_non_null(strstr(response_header("WWW-Authenticate"), "DPoP"));
    ask.authorization = authorization;
    ask.dpop = dpop(&phone, "/credential", access_token);
    send_ask(&ask);
    assert_answer(401, "invalid_token");
    (void)snprintf(authorization, sizeof authorization, "DPoP %s", access_token);
    ask.dpop = NULL;
    send_ask(&ask);
    assert_answer(401, "invalid_dpop_proof");
    ask.dpop = dpop(&phone, "/credential", "another token");
    send_ask(&ask);
    assert_answer(401, "invalid_dpop_proof");
    ask.dpop = dpop(&phone, "/credential", access_token);
    send_ask(&ask);
    assert_answer(400, "invalid_credential_request");
    send_ask(&ask); // the same proof
    assert_answer(401, "invalid_dpop_proof");
    assert_string_equal(response_header("WWW-Authenticate"),
                        "DPoP algs=\"ES256\", error=\"invalid_dpop_proof\"");
}

static void test_what_is_not_offered_is_refused(void **state)
{
    (void)state;
    redeem();
    post("/credential", wish("another", proofs(1)));
    assert_answer(400, "unknown_credential_configuration");
    post("/credential", json_pack("{s:s, s:o}", "credential_identifier", "one", "proofs", proofs(1)));
    assert_answer(400, "unknown_credential_identifier");
    json_t *both = wish(MDOC, proofs(1));
    (void)json_object_set_new(both, "credential_identifier", json_string("one"));
    post("/credential", both);
    assert_answer(400, "invalid_credential_request");
    post("/credential", json_pack("{s:o}", "proofs", proofs(1)));
    assert_answer(400, "invalid_credential_request");
    json_t *encrypted = wish(MDOC, proofs(1));
    (void)json_object_set_new(encrypted, "credential_response_encryption", json_object());
    post("/credential", encrypted);
    assert_answer(400, "invalid_encryption_parameters");
    post("/credential", json_array());
    assert_answer(400, "invalid_credential_request");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch"), 0);
}

static void test_proofs_are_refused(void **state)
{
    (void)state;
    redeem();
    post("/credential", json_pack("{s:s}", "credential_configuration_id", MDOC));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, json_object()));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, json_pack("{s:[]}", "jwt")));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, json_pack("{s:[i]}", "jwt", 1)));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "di_vp", "x")));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", "x")));
    assert_answer(400, "invalid_proof");
    json_t *two = proofs(1);
    (void)json_object_set_new(two, "attestation", json_pack("[s]", "x"));
    post("/credential", wish(MDOC, two));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, proofs(4))); // more than a batch
    assert_answer(400, "invalid_proof");
    const char *nonce = fresh_nonce();
    post("/credential", wish(MDOC, json_pack("{s:[o, o]}", "jwt", proof_with(&copies[0], BASE, nonce, NULL),
                                             proof_with(&copies[0], BASE, nonce, NULL))));
    assert_answer(400, "invalid_proof");
    assert_string_equal(said("error_description"), "a key is proven twice: each copy has one of its own");
    post("/credential", wish(MDOC, json_pack("{s:[o]}", "jwt",
                                             proof_with(&copies[0], "https://other.example", nonce, NULL))));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[0], BASE, NULL, NULL))));
    assert_answer(400, "invalid_proof");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch"), 0);
}

static void test_a_nonce_is_refused_when_it_is_stale_or_made_up(void **state)
{
    (void)state;
    redeem();
    char nonce[RECORDS_SECRET];
    (void)snprintf(nonce, sizeof nonce, "%s", fresh_nonce());
    station_clock += RECORDS_NONCE_SECONDS + 1;
    post("/credential", wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[0], BASE, nonce, NULL))));
    assert_answer(400, "invalid_nonce");
    post("/credential",
         wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[0], BASE, "made up", NULL))));
    assert_answer(400, "invalid_nonce");
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(200, "");
}

static void test_a_nonce_is_used_once(void **state)
{
    char nonce[RECORDS_SECRET];
    (void)state;
    redeem();
    (void)snprintf(nonce, sizeof nonce, "%s", fresh_nonce());
    post("/credential",
         wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[0], "other", nonce, NULL))));
    assert_answer(400, "invalid_proof");
    // What was refused has not used it; several proofs of a request have it together.
    post("/credential", wish(MDOC, json_pack("{s:[o, o]}", "jwt", proof_with(&copies[0], BASE, nonce, NULL),
                                             proof_with(&copies[1], BASE, nonce, NULL))));
    assert_answer(200, "");
    post("/credential", wish(SD_JWT, json_pack("{s:[o]}", "jwt", proof_with(&copies[2], BASE, nonce, NULL))));
    assert_answer(400, "invalid_nonce");
    assert_string_equal(said("error_description"), "the nonce was used before: ask for another");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch"), 1);
    is_ready = false;
    post("/credential", wish(SD_JWT, json_pack("{s:[o]}", "jwt", proof_with(&copies[2], BASE, nonce, NULL))));
    assert_answer(400, "invalid_nonce");
    (void)snprintf(nonce, sizeof nonce, "%s", fresh_nonce());
    post("/credential", wish(SD_JWT, json_pack("{s:[o]}", "jwt", proof_with(&copies[2], BASE, nonce, NULL))));
    assert_answer(202, "");
    is_ready = true;
    post("/credential", wish(SD_JWT, json_pack("{s:[o]}", "jwt", proof_with(&copies[2], BASE, nonce, NULL))));
    assert_answer(400, "invalid_nonce");
}

static void test_a_code_whose_answer_was_lost_says_so_to_the_same_phone(void **state)
{
    char form[512];
    (void)state;
    (void)snprintf(form, sizeof form, "%s", new_form());
    post_token(form, dpop(&phone, "/token", ""));
    keep_tokens();
    post_token(form, dpop(&other_phone, "/token", ""));
    assert_answer(400, "invalid_grant");
    assert_string_equal(said("error_description"), "the offer was redeemed already: it can be used once");
    post_token(form, dpop(&phone, "/token", ""));
    assert_answer(400, "invalid_grant");
    assert_string_equal(said("error_description"),
                        "the offer was redeemed already, by this phone: if the answer"
                        " was lost, ask for another offer, which takes its place");
}

static void test_nothing_is_issued_to_a_phone_that_is_reported_lost(void **state)
{
    (void)state;
    redeem();
    assert_int_equal(jumin_station_report_loss(station, number, JUMIN_SUBJECT_CREDENTIAL, NULL), JUMIN_OK);
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(401, "invalid_token");
    assert_string_equal(said("error_description"),
                        "the credential is suspended: card or phone is reported lost");
}

static void test_without_status_lists_the_wallet_is_told_to_come_later(void **state)
{
    (void)state;
    stage_run("DELETE FROM status_token");
    stage_run("DELETE FROM status_shard");
    redeem();
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(503, "server_error");
    assert_string_equal(response_header("Retry-After"), "2");
}

static void test_more_copies_than_a_day_has_are_refused_until_tomorrow(void **state)
{
    (void)state;
    station_scheme("\"copies_a_day\": 200", "\"copies_a_day\":   4");
    redeem();
    post("/credential", wish(MDOC, proofs(3)));
    assert_answer(200, "");
    post("/credential", wish(SD_JWT, proofs(2)));
    assert_answer(429, "credential_request_denied");
    assert_non_null(strstr(said("error_description"), "in a day"));
    char seconds[24];
    (void)snprintf(seconds, sizeof seconds, "%lld",
                   (long long)(station_midnight("2027-01-16") - station_clock));
    assert_string_equal(response_header("Retry-After"), seconds);
    post("/credential", wish(SD_JWT, proofs(1)));
    assert_answer(200, "");
}

static void test_nothing_is_issued_on_the_last_day_of_the_signers_certificate(void **state)
{
    struct issuer_options old = issuer_http_options();
    char transaction[RECORDS_SECRET];
    (void)state;
    old.mdoc.not_after = STAGE_NOW + 60 + STAGE_DAY;
    issuer_with(&old);
    redeem();
    is_ready = false;
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(202, "");
    (void)snprintf(transaction, sizeof transaction, "%s", said("transaction_id"));
    is_ready = true;
    station_clock = STAGE_NOW + 61;
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(503, "server_error");
    assert_non_null(strstr(said("error_description"), "certificate ends within a day"));
    assert_string_equal(response_header("Retry-After"), "600");
    post("/deferred", json_pack("{s:s}", "transaction_id", transaction));
    assert_answer(503, "server_error");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch"), 0);
    post("/credential", wish(SD_JWT, proofs(1))); // its signer has another one
    assert_answer(200, "");
    // A code is not spent.
    char form[512];
    (void)snprintf(form, sizeof form, "%s", new_form());
    post_token(form, dpop(&phone, "/token", ""));
    assert_answer(503, "server_error");
    station_clock = STAGE_NOW + 60;
    post_token(form, dpop(&phone, "/token", ""));
    keep_tokens();
}

static void test_a_signers_certificate_that_has_expired_is_said(void **state)
{
    struct issuer_options old = issuer_http_options();
    (void)state;
    old.sd_jwt.not_after = STAGE_NOW - 1;
    issuer_with(&old);
    post_token(new_form(), dpop(&phone, "/token", ""));
    assert_answer(503, "server_error");
    assert_non_null(strstr(said("error_description"), "certificate has expired"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HTTP_TEST(test_a_token_takes_a_proof_of_the_key),
        HTTP_TEST(test_a_code_is_refused_with_the_reason),
        HTTP_TEST(test_a_form_that_is_none_is_an_invalid_request),
        HTTP_TEST(test_a_credential_takes_the_token_and_its_key),
        HTTP_TEST(test_what_is_not_offered_is_refused),
        HTTP_TEST(test_proofs_are_refused),
        HTTP_TEST(test_a_nonce_is_refused_when_it_is_stale_or_made_up),
        HTTP_TEST(test_a_nonce_is_used_once),
        HTTP_TEST(test_a_code_whose_answer_was_lost_says_so_to_the_same_phone),
        HTTP_TEST(test_nothing_is_issued_to_a_phone_that_is_reported_lost),
        HTTP_TEST(test_more_copies_than_a_day_has_are_refused_until_tomorrow),
        HTTP_TEST(test_nothing_is_issued_on_the_last_day_of_the_signers_certificate),
        HTTP_TEST(test_a_signers_certificate_that_has_expired_is_said),
        HTTP_TEST(test_without_status_lists_the_wallet_is_told_to_come_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
