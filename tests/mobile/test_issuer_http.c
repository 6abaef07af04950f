// The issuer over HTTP, as a wallet meets it: from the offer to the copies, and the call centre.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_http_stage.h"

#include "host/mobile/sd_jwt_vc.h"

#include <stdio.h>

#define CODE_GRANT "urn:ietf:params:oauth:grant-type:pre-authorized_code"

// --- What it gets --------------------------------------------------------------------------------------------------

static void test_metadata_says_where_and_what(void **state)
{
    (void)state;
    send_ask(&(struct ask){.method = "GET", .path = "/.well-known/openid-credential-issuer"});
    assert_answer(200, "");
    assert_string_equal(said("credential_issuer"), BASE);
    assert_string_equal(said("credential_endpoint"), BASE "/credential");
    assert_string_equal(said("nonce_endpoint"), BASE "/nonce");
    const json_t *configurations = json_object_get(answer, "credential_configurations_supported");
    const json_t *mdoc = json_object_get(configurations, MDOC),
                 *sd_jwt = json_object_get(configurations, SD_JWT);
    assert_string_equal(json_string_value(json_object_get(mdoc, "doctype")), "kr.jumin.resident.1");
    assert_string_equal(json_string_value(json_object_get(sd_jwt, "vct")), "urn:kr:jumin:resident:1");
    // Clients tell by these two that it is no draft.
    assert_int_equal(json_integer_value(
                         json_array_get(json_object_get(mdoc, "credential_signing_alg_values_supported"), 0)),
                     -7);
    assert_non_null(json_object_get(sd_jwt, "credential_metadata"));
    assert_null(json_object_get(json_object_get(sd_jwt, "proof_types_supported"), "attestation"));
    send_ask(&(struct ask){.method = "GET", .path = "/.well-known/oauth-authorization-server"});
    assert_answer(200, "");
    assert_string_equal(said("token_endpoint"), BASE "/token");
    assert_true(json_is_true(json_object_get(answer, "pre-authorized_grant_anonymous_access_supported")));
}

static void test_the_qr_leads_to_an_offer_and_says_why_it_does_not(void **state)
{
    struct records_offer made;
    char uri[512], path[128];
    (void)state;
    const struct jumin_offer offer = issuer_offer(number, &made);
    assert_true(jumin_offer_uri(BASE, offer.reference, uri, sizeof uri));
    assert_true(
        strncmp(uri,
                "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer%2F",
                strlen("openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer"
                       "%2F")) == 0);
    assert_false(jumin_offer_uri(BASE, offer.reference, uri, strlen(uri)));
    (void)snprintf(path, sizeof path, "/offer/%s", offer.reference);
    send_ask(&(struct ask){.method = "GET", .path = path});
    assert_answer(200, "");
    assert_string_equal(said("credential_issuer"), BASE);
    const json_t *grant = json_object_get(json_object_get(answer, "grants"), CODE_GRANT);
    assert_string_equal(json_string_value(json_object_get(grant, "pre-authorized_code")), made.code);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(grant, "tx_code"), "length")), 6);
    station_clock += 600;
    send_ask(&(struct ask){.method = "GET", .path = path});
    assert_answer(410, "invalid_offer");
    assert_string_equal(said("error_description"), "the offer has expired: ask for another one");
    send_ask(&(struct ask){.method = "GET", .path = "/offer/none"});
    assert_answer(404, "invalid_offer");
}

static void test_the_qr_by_value_says_what_the_reference_leads_to(void **state)
{
    struct records_offer made;
    char uri[2048], path[128], plain[2048];
    (void)state;
    const struct jumin_offer offer = issuer_offer(number, &made);
    assert_true(jumin_station_offer_uri(station, BASE, &offer, uri, sizeof uri));
    assert_false(jumin_station_offer_uri(station, BASE, &offer, uri, strlen(uri)));
    assert_true(jumin_station_offer_uri(station, BASE, &offer, uri, sizeof uri));
    const char *query = strchr(uri, '?');
    assert_non_null(query);
    assert_int_equal(
        http_form_value(span_of(query + 1, strlen(query + 1)), "credential_offer", plain, sizeof plain),
        HTTP_FORM_ONE);
    json_t *value = json_loads(plain, JSON_REJECT_DUPLICATES, NULL);
    (void)snprintf(path, sizeof path, "/offer/%s", offer.reference);
    send_ask(&(struct ask){.method = "GET", .path = path});
    assert_answer(200, "");
    assert_true(json_equal(value, answer));
    json_decref(value);
}

static void assert_no_offer(const char *reference, const char *why)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/offer/%s", reference);
    send_ask(&(struct ask){.method = "GET", .path = path});
    assert_answer(410, "invalid_offer");
    assert_string_equal(said("error_description"), why);
    assert_null(json_object_get(answer, "grants"));
}

static void test_a_picture_of_the_qr_says_why_it_is_of_no_use(void **state)
{
    struct records_offer made;
    struct records_tokens tokens;
    struct records_refusal refusal;
    const struct records_proof proof = proof_by(9);
    (void)state;
    const struct jumin_offer first = issuer_offer(number, &made), second = issuer_offer(number, &made);
    assert_no_offer(first.reference,
                    "the offer is void: another one was made, or the code was wrong too often");
    assert_int_equal(records_redeem(server, made.code, second.tx_code, &proof, &tokens, &refusal), JUMIN_OK);
    assert_no_offer(second.reference, "the offer was redeemed already: it can be used once");
    const struct jumin_offer third = issuer_offer(number, &made);
    station_clock = third.expires_at;
    assert_no_offer(third.reference, "the offer has expired: ask for another one");
}

static void test_a_wallet_gets_a_batch_of_mdocs_each_with_a_key_and_a_status_of_its_own(void **state)
{
    static uint8_t bytes[3][65536];
    struct issuer_signed parsed[3];
    (void)state;
    redeem();
    post("/credential", wish(MDOC, proofs(3)));
    assert_answer(200, "");
    assert_string_equal(response_header("Cache-Control"), "no-store");
    assert_int_equal(json_array_size(json_object_get(answer, "credentials")), 3);
    for (size_t i = 0; i < 3; i++) {
        check_mdoc(i, &parsed[i], bytes[i], sizeof bytes[i]);
        assert_true(parsed[i].mso.status.uri.n > 0);
        assert_true(parsed[i].mso.validity.signed_at == parsed[0].mso.validity.signed_at);
        for (size_t j = 0; j < i; j++) {
            assert_false(parsed[i].mso.status.index == parsed[j].mso.status.index &&
                         span_equal(parsed[i].mso.status.uri, parsed[j].mso.status.uri));
        }
    }
    // Midnight, so that the time does not tell which copies came together.
    assert_true(parsed[0].mso.validity.signed_at == station_midnight("2027-01-15"));
    assert_true(parsed[0].mso.validity.valid_until == station_midnight("2030-01-15"));
    // The wallet says that it has them.
    json_t *note =
        json_pack("{s:s, s:s}", "notification_id", said("notification_id"), "event", "credential_accepted");
    post("/notification", note);
    assert_int_equal(response.status, 204);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification WHERE event = 'credential_accepted'"),
                     1);
}

static void test_nothing_is_signed_before_its_signers_certificate(void **state)
{
    static uint8_t bytes[65536];
    struct issuer_signed parsed;
    struct issuer_options young = issuer_http_options();
    (void)state;
    young.mdoc.not_before = STAGE_NOW - 60;
    issuer_with(&young);
    redeem();
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(200, "");
    check_mdoc(0, &parsed, bytes, sizeof bytes);
    assert_true(parsed.mso.validity.signed_at == STAGE_NOW - 60);
}

static void test_a_wallet_gets_sd_jwts_with_the_same_claims(void **state)
{
    struct sd_jwt_vc vc;
    struct detail detail = {{0}};
    (void)state;
    redeem();
    post("/credential", wish(SD_JWT, proofs(2)));
    assert_answer(200, "");
    for (size_t i = 0; i < 2; i++) {
        const char *text = json_string_value(
            json_object_get(json_array_get(json_object_get(answer, "credentials"), i), "credential"));
        assert_non_null(text);
        assert_int_equal(sd_jwt_vc_read(span_of(text, strlen(text)), &vc, &detail), JUMIN_OK);
        const enum jumin_error error =
            sd_jwt_vc_check(&vc, sd_jwt_signer.signer.point, station_clock, 0, &detail);
        if (error != JUMIN_OK) {
            fail_msg("%s", detail.text);
        }
        assert_string_equal(vc.vct, "urn:kr:jumin:resident:1");
        assert_memory_equal(vc.holder, copies[i].signer.point, SIGNER_POINT);
        assert_non_null(vc.status_uri);
        assert_string_equal(json_string_value(json_object_get(vc.sd.claims, "birth_date")), "2001-03-14");
        assert_true(json_is_true(json_object_get(vc.sd.claims, "age_over_19")));
        assert_string_equal(json_string_value(json_object_get(vc.sd.claims, "family_name_unicode")), "홍");
        sd_jwt_vc_release(&vc);
    }
}

// ISO 18013-5 §9.1.2.4: what the MSO says of its time lies within that of the signer's certificate.
static void test_copies_end_with_the_signers_certificate(void **state)
{
    static uint8_t bytes[65536];
    struct issuer_signed parsed;
    struct issuer_options with = issuer_http_options();
    struct sd_jwt_vc vc;
    struct detail detail = {{0}};
    (void)state;
    with.mdoc.not_after = STAGE_NOW + 400 * (int64_t)STAGE_DAY;
    with.sd_jwt.not_after = STAGE_NOW + 2 * (int64_t)STAGE_DAY;
    issuer_with(&with);
    redeem();
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(200, "");
    check_mdoc(0, &parsed, bytes, sizeof bytes);
    assert_true(parsed.mso.validity.valid_until == with.mdoc.not_after);
    post("/credential", wish(SD_JWT, proofs(1)));
    assert_answer(200, "");
    const char *text = json_string_value(
        json_object_get(json_array_get(json_object_get(answer, "credentials"), 0), "credential"));
    assert_int_equal(sd_jwt_vc_read(span_of(text, strlen(text)), &vc, &detail), JUMIN_OK);
    assert_int_equal(sd_jwt_vc_check(&vc, sd_jwt_signer.signer.point, station_clock, 0, &detail), JUMIN_OK);
    assert_true(vc.expires == with.sd_jwt.not_after);
    sd_jwt_vc_release(&vc);
    // A certificate that lasts longer changes nothing: they end with the credential, after its last day.
    with.mdoc.not_after = STAGE_NOW + 2000 * (int64_t)STAGE_DAY;
    issuer_with(&with);
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(200, "");
    check_mdoc(0, &parsed, bytes, sizeof bytes);
    assert_true(parsed.mso.validity.valid_until == station_midnight("2030-01-15"));
}

static void test_a_refresh_token_gets_more_copies(void **state)
{
    char form[256];
    (void)state;
    redeem();
    (void)snprintf(form, sizeof form, "grant_type=refresh_token&refresh_token=%s", refresh_token);
    station_clock += 3600;
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(401, "invalid_token");
    post_token(form, dpop(&phone, "/token", ""));
    assert_answer(200, "");
    assert_string_equal(said("token_type"), "DPoP");
    (void)snprintf(access_token, sizeof access_token, "%s", said("access_token"));
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(200, "");
    post_token(form, dpop(&other_phone, "/token", ""));
    assert_answer(400, "invalid_grant");
}

// --- Deferred ------------------------------------------------------------------------------------------------------

static void test_what_is_not_ready_is_deferred_and_fetched_once(void **state)
{
    static uint8_t bytes[65536];
    struct issuer_signed parsed;
    char transaction[RECORDS_SECRET];
    (void)state;
    redeem();
    is_ready = false;
    post("/credential", wish(MDOC, proofs(2)));
    assert_answer(202, "");
    assert_int_equal(json_integer_value(json_object_get(answer, "interval")), 5);
    (void)snprintf(transaction, sizeof transaction, "%s", said("transaction_id"));
    post("/deferred", json_pack("{s:s}", "transaction_id", transaction));
    assert_answer(202, "");
    assert_string_equal(said("transaction_id"), transaction);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch"), 0);
    is_ready = true;
    post("/deferred", json_pack("{s:s}", "transaction_id", transaction));
    assert_answer(200, "");
    assert_int_equal(json_array_size(json_object_get(answer, "credentials")), 2);
    check_mdoc(0, &parsed, bytes, sizeof bytes);
    post("/deferred", json_pack("{s:s}", "transaction_id", transaction));
    assert_answer(400, "invalid_transaction_id");
    post("/deferred", json_object());
    assert_answer(400, "invalid_transaction_id");
}

static void test_what_is_deferred_is_made_for_one_of_two_who_ask_at_once(void **state)
{
    char transaction[RECORDS_SECRET];
    struct records_grant grant;
    struct records_refusal refusal;
    struct issued_text request;
    struct records_proof proof = proof_by(0);
    (void)state;
    redeem();
    is_ready = false;
    post("/credential", wish(MDOC, proofs(1)));
    (void)snprintf(transaction, sizeof transaction, "%s", said("transaction_id"));
    is_ready = true;
    // Another worker is making it, and has not answered yet.
    assert_int_equal(jumin_device_thumbprint(phone.signer.point, proof.thumbprint), JUMIN_OK);
    assert_int_equal(records_authorize(server, access_token, &proof, &grant, &refusal), JUMIN_OK);
    assert_int_equal(records_deferred(server, &grant, transaction, &request, &refusal), JUMIN_OK);
    issued_text_free(&request);
    post("/deferred", json_pack("{s:s}", "transaction_id", transaction));
    assert_answer(202, "");
    assert_string_equal(said("transaction_id"), transaction);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM status_batch"), 0);
    // It has died: a minute later it is made by whoever asks.
    station_clock += 60;
    post("/deferred", json_pack("{s:s}", "transaction_id", transaction));
    assert_answer(200, "");
    records_grant_release(&grant);
}

static void test_notifications_are_refused(void **state)
{
    (void)state;
    redeem();
    post("/notification", json_pack("{s:s, s:s}", "notification_id", "none", "event", "credential_accepted"));
    assert_answer(400, "invalid_notification_id");
    post("/notification", json_pack("{s:s, s:s}", "notification_id", "none", "event", "other"));
    assert_answer(400, "invalid_notification_request");
    post("/notification", json_object());
    assert_answer(400, "invalid_notification_request");
}

// --- The call centre -----------------------------------------------------------------------------------------------

static void report(const char *secret, const char *body)
{
    char authorization[128];
    (void)snprintf(authorization, sizeof authorization, "Bearer %s", secret);
    send_ask(&(struct ask){.method = "POST",
                           .path = "/loss",
                           .type = "application/json",
                           .authorization = authorization,
                           .body = span_of(body, strlen(body))});
}

static void test_the_call_centre_locks_at_once(void **state)
{
    char body[128];
    (void)state;
    redeem();
    (void)snprintf(body, sizeof body, "{\"number\":\"%s\",\"lost\":\"phone\",\"reason\":\"taxi\"}", number);
    report("another secret here", body);
    assert_answer(401, "invalid_token");
    report("", body);
    assert_answer(401, "invalid_token");
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_VALID);
    report(CALL_CENTRE, body);
    assert_int_equal(response.status, 204);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_SUSPENDED);
    report(CALL_CENTRE, body);
    assert_int_equal(response.status, 204);
    report(CALL_CENTRE, "{\"number\":\"2020-1\",\"lost\":\"phone\"}");
    assert_answer(404, "unknown_number");
    report(CALL_CENTRE, "{\"number\":\"2020-1\",\"lost\":\"dog\"}");
    assert_answer(400, "invalid_request");
    report(CALL_CENTRE, "{\"lost\":\"card\"}");
    assert_answer(400, "invalid_request");
    (void)snprintf(body, sizeof body, "{\"number\":\"%s\",\"lost\":\"card\",\"reason\":\"a\\nb\"}", number);
    report(CALL_CENTRE, body);
    assert_answer(400, "invalid_request");
    (void)snprintf(body, sizeof body, "{\"number\":\"%s\",\"lost\":\"card\"}", number);
    report(CALL_CENTRE, body);
    assert_int_equal(response.status, 204);
    assert_int_equal(station_state(number), JUMIN_LOST);
    struct issuer_options without = issuer_http_options();
    without.loss_secret = NULL;
    issuer_with(&without);
    report("", body);
    assert_answer(401, "invalid_token");
}

static void test_the_call_centre_finds_who_has_no_number_at_hand(void **state)
{
    (void)state;
    redeem();
    report(CALL_CENTRE, "{\"registration_number\":\"012314-4000001\",\"lost\":\"phone\"}");
    assert_int_equal(response.status, 204);
    assert_int_equal(issuer_state(number), JUMIN_CREDENTIAL_SUSPENDED);
    report(CALL_CENTRE, "{\"registration_number\":\"012314-4000001\",\"lost\":\"card\"}");
    assert_int_equal(response.status, 204);
    assert_int_equal(station_state(number), JUMIN_LOST);
    report(CALL_CENTRE, "{\"registration_number\":\"012314-4000002\",\"lost\":\"card\"}");
    assert_answer(404, "unknown_number");
    assert_null(strstr(said("error_description"), "4000002"));
    report(CALL_CENTRE, "{\"registration_number\":\"012314\",\"lost\":\"card\"}");
    assert_answer(400, "invalid_request");
    report(CALL_CENTRE,
           "{\"registration_number\":\"012314-4000001\",\"number\":\"2026-00000001\",\"lost\":\"card\"}");
    assert_answer(400, "invalid_request");
}

static void test_options_that_are_wrong_are_named(void **state)
{
    struct issuer *made = NULL;
    struct detail detail = {{0}};
    struct issuer_options wrong = issuer_http_options();
    (void)state;
    wrong.base_url = BASE "/";
    assert_int_equal(issuer_new(&made, &wrong, &detail), JUMIN_ERROR_ARGUMENT);
    assert_non_null(strstr(detail.text, "base_url"));
    wrong = issuer_http_options();
    wrong.batch = 1;
    assert_int_equal(issuer_new(&made, &wrong, &detail), JUMIN_ERROR_ARGUMENT);
    wrong = issuer_http_options();
    wrong.loss_secret = "short";
    assert_int_equal(issuer_new(&made, &wrong, &detail), JUMIN_ERROR_ARGUMENT);
    assert_null(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HTTP_TEST(test_metadata_says_where_and_what),
        HTTP_TEST(test_the_qr_leads_to_an_offer_and_says_why_it_does_not),
        HTTP_TEST(test_the_qr_by_value_says_what_the_reference_leads_to),
        HTTP_TEST(test_a_picture_of_the_qr_says_why_it_is_of_no_use),
        HTTP_TEST(test_a_wallet_gets_a_batch_of_mdocs_each_with_a_key_and_a_status_of_its_own),
        HTTP_TEST(test_nothing_is_signed_before_its_signers_certificate),
        HTTP_TEST(test_a_wallet_gets_sd_jwts_with_the_same_claims),
        HTTP_TEST(test_copies_end_with_the_signers_certificate),
        HTTP_TEST(test_a_refresh_token_gets_more_copies),
        HTTP_TEST(test_what_is_not_ready_is_deferred_and_fetched_once),
        HTTP_TEST(test_what_is_deferred_is_made_for_one_of_two_who_ask_at_once),
        HTTP_TEST(test_notifications_are_refused),
        HTTP_TEST(test_the_call_centre_locks_at_once),
        HTTP_TEST(test_the_call_centre_finds_who_has_no_number_at_hand),
        HTTP_TEST(test_options_that_are_wrong_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
