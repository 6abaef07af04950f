// A venue that asks over the network: which answers it refuses, and who may have it ask.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/remote_stage.h"

#include "host/http/routes.h"
#include "host/mobile/base64url.h"

#include <stdio.h>
#include <stdlib.h>

// --- What the verifier refuses ---------------------------------------------------------------------------------

static void test_answer_is_taken_once(void **state)
{
    (void)state;
    char path[VP_TEXT_MAX];
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    (void)snprintf(path, sizeof path, "%s", path_of(got.request.response_uri));
    post_form(path, last_form);
    assert_int_equal(status, 404);
    assert_int_equal(get_request(), JUMIN_ERROR_LINK); // nor is the request given any more
    assert_string_equal(ask_result(), "good");
    post_form(path, last_form);
    assert_int_equal(status, 404);
}

static void test_answer_to_one_request_is_none_to_another(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    open_request("adult");
    assert_int_equal(get_request(), JUMIN_OK);
    post_form(path_of(got.request.response_uri), last_form);
    assert_int_equal(status, 400);
    assert_string_equal(ask_result(), "open");
}

// Somebody who has got a presentation and shows it again, encrypted well and with the right state.
static void test_presentation_of_another_session_does_not_hold(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    static uint8_t texts[16384], form[65536];
    for (int sd_jwt = 0; sd_jwt < 2; sd_jwt++) {
        if (wallet->count > 0) {
            wallet_drop_credential(wallet, &wallet->credentials[0]);
        }
        add_credential(sd_jwt != 0 ? JUMIN_WALLET_SD_JWT : JUMIN_WALLET_MDOC);
        open_request("adult");
        plan_request();
        assert_int_equal(disclosure_take(wallet, &plan, wallet_now, &detail), JUMIN_OK);
        struct vp_session session = vp_request_session(&got.request);
        session.nonce = "of-another-session";
        struct writer t = writer_of(texts, sizeof texts), f = writer_of(form, sizeof form);
        assert_int_equal(wallet_remote_put(&session, &plan, &plan.documents[0], wallet_now, &t, &detail),
                         JUMIN_OK);
        const struct vp_presentation shown = {dcql_find(&got.request.query, plan.documents[0].query),
                                              writer_span(&t)};
        assert_int_equal(vp_response_make(&got.request, &shown, 1, &random, &f), JUMIN_OK);
        writer_put_u8(&f, 0);
        post_form(path_of(got.request.response_uri), (const char *)form);
        assert_int_equal(status, 200); // it is an answer; whether it holds is the venue's to know
        assert_string_equal(ask_result(), "failed");
        assert_int_equal(json_array_size(json_object_get(json_object_get(answer, "verdict"), "learned")), 0);
    }
}

// The request offers it; the key is the one that the answer is encrypted to.
static void test_answer_by_mac_holds(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    static uint8_t transcript[4096], response[16384], text[32768], form[65536];
    struct writer t = writer_of(transcript, sizeof transcript), r = writer_of(response, sizeof response),
                  b = writer_of(text, sizeof text), f = writer_of(form, sizeof form);
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    plan_request();
    assert_int_equal(disclosure_take(wallet, &plan, wallet_now, &detail), JUMIN_OK);
    const struct vp_session session = vp_request_session(&got.request);
    assert_true(vp_transcript(&session, &t));
    assert_int_equal(disclosure_device_response(&plan, &plan.documents[0], writer_span(&t),
                                                span_of(got.request.recipient.point, SIGNER_POINT), &r),
                     JUMIN_OK);
    base64url_put(&b, writer_span(&r));
    const struct vp_presentation shown = {dcql_find(&got.request.query, plan.documents[0].query),
                                          writer_span(&b)};
    assert_int_equal(vp_response_make(&got.request, &shown, 1, &random, &f), JUMIN_OK);
    writer_put_u8(&f, 0);
    post_form(path_of(got.request.response_uri), (const char *)form);
    assert_int_equal(status, 200);
    assert_string_equal(ask_result(), "good");
}

static void test_unencrypted_answer_is_refused_and_the_request_stays_open(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(get_request(), JUMIN_OK);
    const char *path = path_of(got.request.response_uri);
    char form[256];
    (void)snprintf(form, sizeof form, "vp_token=%%7B%%22mdoc%%22%%3A%%5B%%22x%%22%%5D%%7D&state=%s",
                   got.request.state);
    post_form(path, form);
    assert_int_equal(status, 400);
    post_form(path, "error=access_denied&state=another");
    assert_int_equal(status, 400);
    assert_string_equal(ask_result(), "open");
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_string_equal(ask_result(), "good");
}

static void test_no_answer_is_taken_after_the_end(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK); // for its form
    open_request("adult");
    assert_int_equal(get_request(), JUMIN_OK);
    server_now = STAGE_NOW + REMOTE_SECONDS - 1;
    assert_string_equal(ask_result(), "open");
    server_now = STAGE_NOW + REMOTE_SECONDS;
    post_form(path_of(got.request.response_uri), last_form);
    assert_int_equal(status, 404);
    assert_int_equal(get_request(), JUMIN_ERROR_LINK);
    assert_string_equal(ask_result(), "expired");
    server_now += REMOTE_TOLD_SECONDS;
    assert_string_equal(ask_result(), ""); // said once
    assert_int_equal(status, 404);
}

static void test_another_credential_than_asked_for_does_not_hold(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    static uint8_t form[65536];
    open_request("adult");
    assert_int_equal(get_request(), JUMIN_OK);
    const struct vp_presentation shown = {dcql_find(&got.request.query, "mdoc"), text_span("not base64url")};
    struct writer f = writer_of(form, sizeof form - 1);
    assert_int_equal(vp_response_make(&got.request, &shown, 1, &random, &f), JUMIN_OK);
    form[f.n] = 0;
    post_form(path_of(got.request.response_uri), (const char *)form);
    assert_int_equal(status, 200);
    assert_string_equal(ask_result(), "failed");
    assert_string_equal(text_in("error"), "malformed");
    assert_null(json_object_get(answer, "verdict"));
}

static void test_form_is_wanted(void **state)
{
    (void)state;
    struct http_response response;
    open_request("adult");
    assert_int_equal(get_request(), JUMIN_OK);
    call_venue("POST", path_of(got.request.response_uri), "application/json", NULL, text_span("{}"),
               &response);
    assert_int_equal(response.status, 400);
    http_response_release(&response);
    char path[VP_TEXT_MAX];
    (void)snprintf(path, sizeof path, "%s", strstr(deep_link, "%2Frequest%2F") + strlen("%2Frequest%2F"));
    char post[VP_TEXT_MAX + 16];
    (void)snprintf(post, sizeof post, "/request/%s", path);
    post_form(post, "wallet_nonce=a&wallet_nonce=b");
    assert_int_equal(status, 400);
    post_form(post, "wallet_nonce=%FF"); // no UTF-8
    assert_int_equal(status, 400);
    post_form(post, "");
    assert_int_equal(status, 200);
    call_venue("POST", post, "application/json", NULL, text_span("{}"), &response);
    assert_int_equal(response.status, 400);
    http_response_release(&response);
}

// The routes' own answer before the body comes.
static bool is_admitted(const char *method, const char *path)
{
    struct http_request request = {.method = method, .path = path, .now = server_now};
    const struct http_routes table = remote_routes(remote);
    struct routes_found found;
    struct http_response response = {0};
    routes_find(&table, 1, method, path, request.parts, &found);
    assert_non_null(found.route);
    routes_admit(&found, &request, &response);
    const bool refused = response.status != 0;
    assert_int_equal(response.status, refused ? 404 : 0);
    http_response_release(&response);
    return !refused;
}

static void test_answer_to_no_request_is_not_taken_in(void **state)
{
    char path[VP_TEXT_MAX];
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    assert_false(is_admitted("POST", "/response/nosuchrequest"));
    assert_false(is_admitted("POST", "/request/nosuchrequest"));
    assert_true(is_admitted("POST", "/requests"));
    open_request("adult");
    assert_int_equal(get_request(), JUMIN_OK);
    (void)snprintf(path, sizeof path, "%s", path_of(got.request.response_uri));
    assert_true(is_admitted("POST", path));
    assert_int_equal(answer_request(), JUMIN_OK);
    assert_false(is_admitted("POST", path));
    open_request("adult");
    assert_int_equal(get_request(), JUMIN_OK);
    server_now = STAGE_NOW + REMOTE_SECONDS;
    assert_false(is_admitted("POST", path_of(got.request.response_uri)));
}

// --- The venue's own -------------------------------------------------------------------------------------------

static void test_venue_has_a_secret(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        NULL, "Bearer", "Bearer ", "Bearer secret of the venuf", "Basic " SECRET, "Bearer " SECRET " "};
    open_request("adult");
    char path[128];
    (void)snprintf(path, sizeof path, "/requests/%s", handle);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ask_venue("POST", "/requests", wrong[i], "{\"purpose\":\"adult\"}");
        assert_int_equal(status, 401);
        ask_venue("GET", path, wrong[i], NULL);
        assert_int_equal(status, 401);
    }
    const struct http_header twice[] = {{"Authorization", "Bearer " SECRET},
                                        {"Authorization", "Bearer " SECRET}};
    struct http_request request = {
        .method = "GET", .path = path, .headers = twice, .header_count = 2, .now = server_now};
    const struct http_routes routes = remote_routes(remote);
    struct http_response response = {0};
    (void)http_routes_call(&routes, 1, &request, &response);
    assert_int_equal(response.status, 401);
    http_response_release(&response);
    struct remote_options with = usual_options();
    with.secret = NULL;
    remote_with(&with);
    open_request("adult");
    assert_int_equal(status, 401);
}

static void test_venue_s_secret_cannot_be_tried_out(void **state)
{
    (void)state;
    const struct http_routes routes = remote_routes(remote);
    assert_in_range(routes.refused.per_minute, 1, 60);
    assert_in_range(routes.refused.burst, 1, 100);
}

static void test_venue_asks_for_a_purpose_that_it_has(void **state)
{
    (void)state;
    open_request("identity");
    assert_int_equal(status, 403);
    assert_string_equal(text_in("error"), "purpose_not_allowed");
    open_request("everything");
    assert_int_equal(status, 400);
    ask_venue("POST", "/requests", "Bearer " SECRET, "{}");
    assert_int_equal(status, 400);
    ask_venue("POST", "/requests", "Bearer " SECRET, "adult");
    assert_int_equal(status, 400);
}

static void test_venue_asks_for_a_format(void **state)
{
    (void)state;
    static const char *const formats[] = {"mso_mdoc", "dc+sd-jwt"};
    add_credential(JUMIN_WALLET_MDOC);
    add_credential(JUMIN_WALLET_SD_JWT);
    for (size_t i = 0; i < 2; i++) {
        char body[64];
        (void)snprintf(body, sizeof body, "{\"purpose\":\"adult\",\"format\":\"%s\"}", formats[i]);
        ask_venue("POST", "/requests", "Bearer " SECRET, body);
        assert_int_equal(status, 201);
        (void)snprintf(handle, sizeof handle, "%s", text_in("id"));
        (void)snprintf(deep_link, sizeof deep_link, "%s", text_in("link"));
        assert_int_equal(answer_request(), JUMIN_OK);
        assert_int_equal(plan.count, 1);
        assert_string_equal(ask_result(), "good");
        assert_string_equal(jws_text(json_object_get(answer, "verdict"), "format"), formats[i]);
    }
    ask_venue("POST", "/requests", "Bearer " SECRET, "{\"purpose\":\"adult\",\"format\":\"jwt_vc\"}");
    assert_int_equal(status, 400);
    ask_venue("POST", "/requests", "Bearer " SECRET, "{\"purpose\":\"adult\",\"format\":1}");
    assert_int_equal(status, 400);
}

static void test_what_became_of_requests_is_counted(void **state)
{
    (void)state;
    struct remote_counts counts;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    open_request("adult");
    plan_request();
    post_form(path_of(got.request.response_uri), "error=access_denied&state=another"); // no answer
    assert_int_equal(wallet_remote_refuse(wallet, &got, &plan, wallet_now, &detail), JUMIN_OK);
    remote_count(remote, &counts);
    assert_int_equal(counts.opened, 2);
    assert_int_equal(counts.open, 0);
    assert_string_equal(ask_result(), "refused");
    open_request("adult");
    open_request("everything");
    remote_count(remote, &counts);
    assert_int_equal(counts.opened, 3);
    assert_int_equal(counts.open, 1);
    assert_int_equal(counts.ended[JUMIN_REMOTE_GOOD], 1);
    assert_int_equal(counts.ended[JUMIN_REMOTE_REFUSED], 1);
    assert_int_equal(counts.ended[JUMIN_REMOTE_FAILED], 0);
    assert_int_equal(counts.ended[JUMIN_REMOTE_OPEN], 0);
}

static void test_open_requests_are_few_and_come_to_an_end(void **state)
{
    (void)state;
    char first[64];
    open_request("adult");
    (void)snprintf(first, sizeof first, "%s", handle);
    open_request("adult");
    assert_int_equal(status, 201);
    assert_string_not_equal(first, handle);
    open_request("adult");
    assert_int_equal(status, 503);
    server_now = STAGE_NOW + 2 * REMOTE_SECONDS - 1; // results are kept as long again
    open_request("adult");
    assert_int_equal(status, 503);
    server_now++;
    open_request("adult");
    assert_int_equal(status, 201);
    (void)snprintf(handle, sizeof handle, "%s", first);
    (void)ask_result();
    assert_int_equal(status, 404);
}

static void test_options_that_are_none_are_refused(void **state)
{
    (void)state;
    struct remote_options with[10];
    char long_uri[VP_TEXT_MAX];
    struct remote_verifier *none;
    for (size_t i = 0; i < 10; i++) {
        with[i] = usual_options();
    }
    with[0].base_url = NULL;
    with[1].base_url = BASE "/";
    with[2].base_url = "shop.jumin.example";
    with[3].chain_count = 0;
    with[4].purposes = 0;
    with[5].judge.judge = NULL;
    with[6].secret = "fifteen bytes..";
    with[7].signer = NULL;
    with[8].redirect_uri = "https://shop.jumin.example/#thanks";
    (void)snprintf(long_uri, sizeof long_uri, "https://shop.jumin.example/%0450d", 0);
    with[9].redirect_uri = long_uri;
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(remote_verifier_new(&none, &with[i], &detail), JUMIN_ERROR_ARGUMENT);
        assert_null(none);
    }
    with[0] = usual_options();
    with[0].prefix = VP_X509_SAN_DNS;
    with[0].base_url = "https://bank.example";
    assert_int_equal(remote_verifier_new(&none, &with[0], &detail), JUMIN_ERROR_CERTIFICATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REMOTE_TEST(test_answer_is_taken_once),
        REMOTE_TEST(test_answer_to_one_request_is_none_to_another),
        REMOTE_TEST(test_presentation_of_another_session_does_not_hold),
        REMOTE_TEST(test_answer_by_mac_holds),
        REMOTE_TEST(test_unencrypted_answer_is_refused_and_the_request_stays_open),
        REMOTE_TEST(test_no_answer_is_taken_after_the_end),
        REMOTE_TEST(test_another_credential_than_asked_for_does_not_hold),
        REMOTE_TEST(test_form_is_wanted),
        REMOTE_TEST(test_answer_to_no_request_is_not_taken_in),
        REMOTE_TEST(test_venue_has_a_secret),
        REMOTE_TEST(test_venue_s_secret_cannot_be_tried_out),
        REMOTE_TEST(test_venue_asks_for_a_purpose_that_it_has),
        REMOTE_TEST(test_venue_asks_for_a_format),
        REMOTE_TEST(test_what_became_of_requests_is_counted),
        REMOTE_TEST(test_open_requests_are_few_and_come_to_an_end),
        REMOTE_TEST(test_options_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
