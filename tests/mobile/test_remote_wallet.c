// A wallet that is asked over the network: OpenID4VP 1.0 from the link to the verdict, and what it refuses.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/remote_stage.h"

#include <stdio.h>
#include <stdlib.h>

// --- Good ones -----------------------------------------------------------------------------------------------

static void test_adult_is_shown_by_mdoc(void **state)
{
    (void)state;
    struct jumin_wallet_event event;
    add_credential(JUMIN_WALLET_MDOC);
    add_credential(JUMIN_WALLET_SD_JWT);
    open_request("adult");
    assert_int_equal(status, 201);
    assert_int_equal(json_integer_value(json_object_get(answer, "expires")), STAGE_NOW + REMOTE_SECONDS);
    assert_string_equal(ask_result(), "open");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_int_equal(plan.count, 1);
    assert_true(plan.venue.authenticated);
    assert_int_equal(plan.purposes, JUMIN_PURPOSE_ADULT);
    assert_memory_equal(next, "https://shop.jumin.example/thanks?response_code=", 48);
    assert_string_equal(ask_result(), "good");
    const json_t *verdict = json_object_get(answer, "verdict"),
                 *learned = json_object_get(verdict, "learned");
    assert_string_equal(jws_text(verdict, "result"), "passed");
    assert_string_equal(jws_text(verdict, "format"), "mso_mdoc");
    assert_int_equal(json_array_size(learned), 1);
    assert_string_equal(jws_text(json_array_get(learned, 0), "name"), "adult_in_2027");
    assert_int_equal(jumin_wallet_events(wallet), 1);
    assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
    assert_string_equal(event.kind, "shown");
    assert_string_equal(event.purpose, "adult");
    assert_string_equal(event.elements, "adult_in_2027");
}

static void test_age_is_shown_by_sd_jwt(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_SD_JWT);
    open_request("age");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_string_equal(ask_result(), "good");
    const json_t *verdict = json_object_get(answer, "verdict");
    assert_string_equal(jws_text(verdict, "format"), "dc+sd-jwt");
    assert_int_equal(json_array_size(json_object_get(verdict, "learned")), 3);
}

static void test_request_by_post_is_for_this_wallet(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    (void)strcat(deep_link, "&request_uri_method=post");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_string_equal(ask_result(), "good");
}

static void test_venue_asks_by_its_host(void **state)
{
    (void)state;
    struct remote_options with = usual_options();
    with.prefix = VP_X509_SAN_DNS;
    with.redirect_uri = NULL;
    remote_with(&with);
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_string_equal(got.request.client_id, "x509_san_dns:" VENUE_HOST);
    assert_string_equal(next, "");
    assert_string_equal(ask_result(), "good");
}

// --- What the wallet refuses ---------------------------------------------------------------------------------

static void test_holder_says_no(void **state)
{
    (void)state;
    struct jumin_wallet_event event;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    plan_request();
    assert_int_equal(wallet_remote_refuse(wallet, &got, &plan, wallet_now, &detail), JUMIN_OK);
    assert_string_equal(ask_result(), "refused");
    assert_string_equal(text_in("error"), "access-denied");
    assert_string_equal(text_in("detail"), "The wallet shows nothing: access_denied.");
    assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
    assert_string_equal(event.kind, "refused");
    assert_string_equal(event.reason, "the holder said no");
}

static void test_venue_that_may_not_ask_is_shown_nothing(void **state)
{
    (void)state;
    struct remote_options with = usual_options();
    with.purposes = JUMIN_PURPOSE_ADDRESS; // its certificate says otherwise
    remote_with(&with);
    add_credential(JUMIN_WALLET_MDOC);
    open_request("address");
    assert_int_equal(answer_request(), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_true(plan.refused);
    assert_non_null(strstr(plan.why, "may not ask for address"));
    assert_int_equal(wallet_remote_refuse(wallet, &got, &plan, wallet_now, &detail), JUMIN_OK);
    assert_string_equal(ask_result(), "refused");
}

static void test_locked_credential_is_not_shown(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    wallet->credentials[0].status = JUMIN_WALLET_LOCKED;
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(plan.why, "locked"));
}

static void test_wallet_takes_no_request_that_has_expired(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    wallet_now = STAGE_NOW + REMOTE_SECONDS + VP_LEEWAY;
    assert_int_equal(get_request(), JUMIN_ERROR_NOT_VALID_NOW);
    wallet_now = STAGE_NOW;
    plan_request();
    wallet_now = STAGE_NOW + REMOTE_SECONDS + VP_LEEWAY; // while the holder was thinking
    assert_int_equal(wallet_remote_answer(wallet, &got, &plan, wallet_now, next, &detail),
                     JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(jumin_wallet_events(wallet), 0);
    assert_false(wallet->credentials[0].copies[0].used);
}

static void test_wallet_takes_no_answer_that_is_no_request(void **state)
{
    (void)state;
    open_request("adult");
    other_type = "application/jwt";
    assert_int_equal(get_request(), JUMIN_ERROR_MALFORMED);
    other_type = NULL;
    deep_link[strlen(deep_link) - 1] ^= 1;
    assert_int_equal(get_request(), JUMIN_ERROR_LINK);
    assert_non_null(strstr(detail.text, "HTTP 404"));
}

static void test_link_to_another_verifier_is_refused(void **state)
{
    (void)state;
    open_request("adult");
    char *hash = strstr(deep_link, "x509_hash%3A");
    assert_non_null(hash);
    hash[12] = hash[12] == 'A' ? 'B' : 'A';
    assert_int_equal(get_request(), JUMIN_ERROR_CONFLICT);
}

static void test_request_that_was_not_made_for_this_wallet_is_refused(void **state)
{
    (void)state;
    open_request("adult");
    (void)strcat(deep_link, "&request_uri_method=post");
    old_object = true;
    assert_refused(get_request(), JUMIN_ERROR_CONFLICT, &detail, "wallet_nonce");
}

static void test_plan_says_what_a_credential_lacks(void **state)
{
    (void)state;
    struct remote_options with = usual_options();
    with.purposes = JUMIN_PURPOSE_ADDRESS;
    remote_with(&with);
    add_credential(JUMIN_WALLET_SD_JWT);
    add_credential(JUMIN_WALLET_MDOC);
    wallet->credentials[1].expires = STAGE_NOW;
    open_request("address");
    plan_request();
    assert_true(plan.refused);
    assert_int_equal(plan.count, 1);
    assert_non_null(strstr(plan.why, "expired")); // of the first option
    assert_int_equal(plan.documents[0].count, 4); // what was asked for can be seen all the same
    assert_string_equal(plan.documents[0].elements[0].name, "family_name_unicode");
}

static void test_wallet_without_network_or_trust_asks_nobody(void **state)
{
    (void)state;
    open_request("adult");
    wallet->client.ask = NULL;
    assert_int_equal(get_request(), JUMIN_ERROR_LINK);
    wallet->trust.expires = STAGE_NOW;
    assert_refused(get_request(), JUMIN_ERROR_SIGNER_UNKNOWN, &detail, "trust list has expired");
}

static void test_answer_that_the_verifier_refuses_is_said(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    plan_request();
    server_now = STAGE_NOW + REMOTE_SECONDS;
    assert_refused(wallet_remote_answer(wallet, &got, &plan, wallet_now, next, &detail), JUMIN_ERROR_STATUS,
                   &detail, "HTTP 404");
}

// --- With the holder's word in between -----------------------------------------------------------------------

static unsigned asked;            // how often the holder was
static enum jumin_error says;     // of the holder
static int64_t thinks;            // seconds that the holder takes
static char told[DISCLOSURE_WHY]; // why it is refused, as the holder was told

static enum jumin_error decide(void *context, const struct jumin_wallet_disclosure *what)
{
    const char *refused = jumin_wallet_disclosure_refused(what);
    (void)context;
    asked++;
    (void)snprintf(told, sizeof told, "%s", refused != NULL ? refused : "");
    wallet_now += thinks;
    return says;
}

static enum jumin_error respond(enum jumin_error said, int64_t seconds)
{
    const struct jumin_wallet_holder holder = {decide, NULL};
    asked = 0;
    says = said;
    thinks = seconds;
    (void)snprintf(next, sizeof next, "unchanged");
    return jumin_wallet_respond(wallet, deep_link, &holder, &wallet_now, next);
}

static void test_looking_shows_nothing_and_uses_nothing_up(void **state)
{
    (void)state;
    const struct jumin_wallet_holder holder = {decide, NULL};
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    asked = 0;
    says = JUMIN_OK; // which is of no interest
    thinks = 0;
    assert_int_equal(jumin_wallet_look_at_request(wallet, deep_link, &holder, wallet_now), JUMIN_OK);
    assert_int_equal(asked, 1);
    assert_string_equal(told, "");
    assert_int_equal(jumin_wallet_events(wallet), 0);
    assert_false(wallet->credentials[0].copies[0].used);
    assert_string_equal(ask_result(), "open");
    assert_int_equal(jumin_wallet_look_at_request(wallet, "https://shop", &holder, wallet_now),
                     JUMIN_ERROR_MALFORMED);
    assert_int_equal(asked, 1);
}

static void test_holder_who_says_yes_is_shown(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(respond(JUMIN_OK, 100), JUMIN_OK);
    assert_int_equal(asked, 1);
    assert_memory_equal(next, "https://shop.jumin.example/thanks?response_code=", 48);
    server_now = wallet_now; // the answer is as old as the decision
    assert_string_equal(ask_result(), "good");
    assert_true(wallet->credentials[0].copies[0].used);
}

static void test_holder_who_says_no_shows_nothing(void **state)
{
    (void)state;
    struct jumin_wallet_event event;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(respond(JUMIN_ERROR_CANCELLED, 0), JUMIN_ERROR_CANCELLED);
    assert_string_equal(next, "");
    assert_string_equal(ask_result(), "refused");
    assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
    assert_string_equal(event.reason, "the holder said no");
    assert_false(wallet->credentials[0].copies[0].used);
    open_request("adult"); // without any holder nobody says yes
    assert_int_equal(jumin_wallet_respond(wallet, deep_link, NULL, &wallet_now, NULL), JUMIN_ERROR_CANCELLED);
    assert_string_equal(ask_result(), "refused");
}

static void test_what_is_refused_is_refused_whatever_the_holder_says(void **state)
{
    (void)state;
    struct jumin_wallet_event event;
    struct remote_options with = usual_options();
    with.purposes = JUMIN_PURPOSE_ADDRESS; // its certificate says otherwise
    remote_with(&with);
    add_credential(JUMIN_WALLET_MDOC);
    open_request("address");
    assert_int_equal(respond(JUMIN_OK, 0), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(told, "may not ask for address"));
    assert_non_null(strstr(jumin_wallet_detail(wallet), "may not ask for address"));
    assert_string_equal(ask_result(), "refused");
    assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
    assert_string_equal(event.kind, "refused");
    assert_non_null(strstr(event.reason, "may not ask for address"));
}

static void test_request_that_expires_while_the_holder_thinks_costs_no_copy(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(respond(JUMIN_OK, REMOTE_SECONDS + VP_LEEWAY), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(asked, 1);
    assert_false(wallet->credentials[0].copies[0].used);
    assert_int_equal(jumin_wallet_events(wallet), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REMOTE_TEST(test_adult_is_shown_by_mdoc),
        REMOTE_TEST(test_age_is_shown_by_sd_jwt),
        REMOTE_TEST(test_request_by_post_is_for_this_wallet),
        REMOTE_TEST(test_venue_asks_by_its_host),
        REMOTE_TEST(test_holder_says_no),
        REMOTE_TEST(test_venue_that_may_not_ask_is_shown_nothing),
        REMOTE_TEST(test_locked_credential_is_not_shown),
        REMOTE_TEST(test_wallet_takes_no_request_that_has_expired),
        REMOTE_TEST(test_wallet_takes_no_answer_that_is_no_request),
        REMOTE_TEST(test_link_to_another_verifier_is_refused),
        REMOTE_TEST(test_request_that_was_not_made_for_this_wallet_is_refused),
        REMOTE_TEST(test_plan_says_what_a_credential_lacks),
        REMOTE_TEST(test_wallet_without_network_or_trust_asks_nobody),
        REMOTE_TEST(test_answer_that_the_verifier_refuses_is_said),
        REMOTE_TEST(test_looking_shows_nothing_and_uses_nothing_up),
        REMOTE_TEST(test_holder_who_says_yes_is_shown),
        REMOTE_TEST(test_holder_who_says_no_shows_nothing),
        REMOTE_TEST(test_what_is_refused_is_refused_whatever_the_holder_says),
        REMOTE_TEST(test_request_that_expires_while_the_holder_thinks_costs_no_copy),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
