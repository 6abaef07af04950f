// A venue's verifier and a wallet over HTTP, without sockets: OpenID4VP 1.0 from the link to the verdict, and
// what each side refuses.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/vp_stage.h"
#include "tests/unit/temporary_folder.h"

#include "host/verifier/remote_routes.h"
#include "host/wallet/remote.h"

#include <stdio.h>
#include <stdlib.h>

#define BASE "https://shop.jumin.example"
#define SECRET "secret of the venue"
#define PASSPHRASE "passphrase"
#define FORM "application/x-www-form-urlencoded"

static struct jumin_verifier *verifier;
static struct remote_verifier *remote;
static struct jumin_wallet *wallet;
static struct wallet_remote got;
static struct disclosure_plan plan;
static struct detail detail;
static int64_t server_now, wallet_now;
static int status;             // of the last answer
static json_t *answer;         // of the last answer, where it is JSON
static bool old_object;        // the wallet's nonce does not get through
static const char *other_type; // in place of the Content-Type of what the wallet gets; NULL: its own
static char last_form[65536];  // that the wallet has posted
static char handle[64], deep_link[1024], next[VP_TEXT_MAX];

// --- HTTP ----------------------------------------------------------------------------------------------------

static void call(const char *method, const char *path, const char *type, const char *authorization,
                 struct span body, struct http_response *response)
{
    struct http_header headers[2];
    size_t count = 0;
    if (type != NULL) {
        headers[count++] = (struct http_header){"Content-Type", type};
    }
    if (authorization != NULL) {
        headers[count++] = (struct http_header){"Authorization", authorization};
    }
    struct http_request request = {.method = method,
                                   .path = path,
                                   .body = body,
                                   .headers = headers,
                                   .header_count = count,
                                   .now = server_now};
    const struct http_routes routes = remote_routes(remote);
    *response = (struct http_response){0};
    (void)http_routes_call(&routes, 1, &request, response);
}

static enum jumin_error client_ask(void *context, const struct http_client_request *request,
                                   struct http_client_answer *to, struct detail *why)
{
    struct http_response response;
    (void)context;
    if (strncmp(request->url, BASE, strlen(BASE)) != 0) {
        return detail_set(why, JUMIN_ERROR_LINK, "no such host");
    }
    if (request->type != NULL) {
        (void)snprintf(last_form, sizeof last_form, "%.*s", (int)request->body.n,
                       (const char *)request->body.p);
    }
    const struct span body = old_object ? span_of(NULL, 0) : request->body;
    call(old_object ? "GET" : request->method, request->url + strlen(BASE), request->type, NULL, body,
         &response);
    status = to->status = response.status;
    to->n = response.n;
    to->body = calloc(1, response.n + 1);
    assert_non_null(to->body);
    if (response.n > 0) {
        memcpy(to->body, response.body, response.n);
    }
    if (response.type != NULL) {
        const char *type = other_type != NULL ? other_type : response.type;
        assert_true(http_client_answer_add(to, text_span("Content-Type"), text_span(type)));
    }
    http_response_release(&response);
    return JUMIN_OK;
}

// The venue's own: keeps status and JSON of the answer.
static void ask(const char *method, const char *path, const char *authorization, const char *body)
{
    struct http_response response;
    call(method, path, body != NULL ? "application/json" : NULL, authorization,
         text_span(body != NULL ? body : ""), &response);
    status = response.status;
    json_decref(answer);
    answer = json_loadb((const char *)response.body, response.n, 0, NULL);
    http_response_release(&response);
}

static void post_form(const char *path, const char *form)
{
    struct http_response response;
    call("POST", path, FORM, NULL, text_span(form), &response);
    status = response.status;
    http_response_release(&response);
}

static const char *text_in(const char *name)
{
    const char *text = json_string_value(json_object_get(answer, name));
    return text != NULL ? text : "";
}

// --- Stage ---------------------------------------------------------------------------------------------------

static struct remote_options options(void)
{
    return (struct remote_options){
        .base_url = BASE,
        .signer = &stage.venue_signer,
        .chain = &stage.venue_chain,
        .chain_count = 1,
        .prefix = VP_X509_HASH,
        .purposes = JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE,
        .judge = remote_judge_of(verifier),
        .secret = SECRET,
        .redirect_uri = "https://shop.jumin.example/thanks",
        .open_max = 2,
    };
}

static void remote_with(const struct remote_options *with)
{
    remote_verifier_free(remote);
    assert_int_equal(remote_verifier_new(&remote, with, &detail), JUMIN_OK);
}

static void add_credential(enum jumin_wallet_format format)
{
    struct wallet_credential *credential = wallet_new_credential(wallet);
    assert_non_null(credential);
    const struct span bytes = format == JUMIN_WALLET_MDOC
                                  ? stage.mdoc.whole
                                  : span_of(stage.sd_jwt_bytes, strlen((char *)stage.sd_jwt_bytes));
    credential->format = format;
    (void)snprintf(credential->type, sizeof credential->type, "%s",
                   format == JUMIN_WALLET_MDOC ? RESIDENT_DOC_TYPE : RESIDENT_VCT);
    (void)snprintf(credential->format_name, sizeof credential->format_name, "%s",
                   format == JUMIN_WALLET_MDOC ? "mso_mdoc" : "dc+sd-jwt");
    credential->trusted = true;
    credential->expires = STAGE_NOW + STAGE_DAY;
    credential->copies = calloc(1, sizeof *credential->copies);
    credential->copy_count = 1;
    assert_non_null(credential->copies);
    credential->copies[0].bytes = malloc(bytes.n);
    assert_non_null(credential->copies[0].bytes);
    memcpy(credential->copies[0].bytes, bytes.p, bytes.n);
    credential->copies[0].n = bytes.n;
    credential->copies[0].key.n = 32;
    credential->copies[0].key.handle[31] = 21; // the holder's of the stage
    memcpy(credential->copies[0].key.point, stage.holder.signer.point, SIGNER_POINT);
}

static int open_all(void **state)
{
    const struct jumin_verifier_options rules = {.statuses = {3600, 86400}, .trust = {3600, 86400}};
    const struct http_client client = {client_ask, NULL};
    assert_int_equal(temporary_folder_make(state), 0);
    detail_clear(&detail);
    server_now = wallet_now = STAGE_NOW;
    other_type = NULL;
    old_object = false;
    assert_int_equal(jumin_verifier_new(&verifier, &rules), JUMIN_OK);
    jumin_verifier_trust_issuers(verifier, stage.issuers);
    const struct remote_options usual = options();
    remote_with(&usual);
    assert_int_equal(jumin_wallet_create(&wallet, temporary_path("wallet"), PASSPHRASE, NULL), JUMIN_OK);
    wallet_use_client(wallet, &client);
    wallet->trust.roots[TRUST_LIST_VENUES] = stage.venues;
    wallet->trust.expires = STAGE_NOW + STAGE_DAY;
    return 0;
}

static void let_go(void)
{
    disclosure_release(&plan);
    wallet_remote_release(&got);
}

static int close_all(void **state)
{
    let_go();
    wallet->trust.roots[TRUST_LIST_VENUES] = NULL;
    jumin_wallet_free(wallet);
    remote_verifier_free(remote);
    jumin_verifier_free(verifier);
    json_decref(answer);
    wallet = NULL;
    remote = NULL;
    verifier = NULL;
    answer = NULL;
    return temporary_folder_remove(state);
}

// --- Steps ---------------------------------------------------------------------------------------------------

// The venue opens a request for a purpose: fills in handle and link.
static void open_request(const char *purpose)
{
    char body[64];
    (void)snprintf(body, sizeof body, "{\"purpose\":\"%s\"}", purpose);
    ask("POST", "/requests", "Bearer " SECRET, body);
    if (status == 201) {
        (void)snprintf(handle, sizeof handle, "%s", text_in("id"));
        (void)snprintf(deep_link, sizeof deep_link, "%s", text_in("link"));
    }
}

static const char *ask_result(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/requests/%s", handle);
    ask("GET", path, "Bearer " SECRET, NULL);
    return text_in("state");
}

static enum jumin_error get_request(void)
{
    let_go();
    return wallet_remote_get(wallet, deep_link, wallet_now, &got, &detail);
}

static void plan_request(void)
{
    assert_int_equal(get_request(), JUMIN_OK);
    assert_int_equal(wallet_remote_plan(wallet, &got, wallet_now, &plan, &detail), JUMIN_OK);
}

static enum jumin_error answer_request(void)
{
    plan_request();
    return wallet_remote_answer(wallet, &got, &plan, wallet_now, next, &detail);
}

// The path of a URI in the link or the request.
static const char *path_of(const char *uri)
{
    assert_memory_equal(uri, BASE, strlen(BASE));
    return uri + strlen(BASE);
}

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
    assert_string_equal(next, "https://shop.jumin.example/thanks");
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
    struct remote_options with = options();
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
    struct remote_options with = options();
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
    struct remote_options with = options();
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
    call("POST", path_of(got.request.response_uri), "application/json", NULL, text_span("{}"), &response);
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
    call("POST", post, "application/json", NULL, text_span("{}"), &response);
    assert_int_equal(response.status, 400);
    http_response_release(&response);
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
        ask("POST", "/requests", wrong[i], "{\"purpose\":\"adult\"}");
        assert_int_equal(status, 401);
        ask("GET", path, wrong[i], NULL);
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
    struct remote_options with = options();
    with.secret = NULL;
    remote_with(&with);
    open_request("adult");
    assert_int_equal(status, 401);
}

static void test_venue_asks_for_a_purpose_that_it_has(void **state)
{
    (void)state;
    open_request("identity");
    assert_int_equal(status, 403);
    assert_string_equal(text_in("error"), "purpose_not_allowed");
    open_request("everything");
    assert_int_equal(status, 400);
    ask("POST", "/requests", "Bearer " SECRET, "{}");
    assert_int_equal(status, 400);
    ask("POST", "/requests", "Bearer " SECRET, "adult");
    assert_int_equal(status, 400);
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

static void test_result_is_read_once_by_who_opened_the_request(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    open_request("adult");
    assert_int_equal(answer_request(), JUMIN_OK);
    char own[64];
    (void)snprintf(own, sizeof own, "%s", handle);
    const char *id = strrchr(got.request.response_uri, '/') + 1; // what everybody in between knows
    (void)snprintf(handle, sizeof handle, "%s", id);
    (void)ask_result();
    assert_int_equal(status, 404);
    (void)snprintf(handle, sizeof handle, "%s", own);
    assert_string_equal(ask_result(), "good");
    (void)ask_result();
    assert_int_equal(status, 404);
}

static void test_options_that_are_none_are_refused(void **state)
{
    (void)state;
    struct remote_options with[8];
    struct remote_verifier *none;
    for (size_t i = 0; i < 8; i++) {
        with[i] = options();
    }
    with[0].base_url = NULL;
    with[1].base_url = BASE "/";
    with[2].base_url = "shop.jumin.example";
    with[3].chain_count = 0;
    with[4].purposes = 0;
    with[5].judge.judge = NULL;
    with[6].secret = "fifteen bytes..";
    with[7].signer = NULL;
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(remote_verifier_new(&none, &with[i], &detail), JUMIN_ERROR_ARGUMENT);
        assert_null(none);
    }
    with[0] = options();
    with[0].prefix = VP_X509_SAN_DNS;
    with[0].base_url = "https://bank.example";
    assert_int_equal(remote_verifier_new(&none, &with[0], &detail), JUMIN_ERROR_CERTIFICATE);
}

#define REMOTE_TEST(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

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
        REMOTE_TEST(test_answer_is_taken_once),
        REMOTE_TEST(test_answer_to_one_request_is_none_to_another),
        REMOTE_TEST(test_presentation_of_another_session_does_not_hold),
        REMOTE_TEST(test_unencrypted_answer_is_refused_and_the_request_stays_open),
        REMOTE_TEST(test_no_answer_is_taken_after_the_end),
        REMOTE_TEST(test_another_credential_than_asked_for_does_not_hold),
        REMOTE_TEST(test_form_is_wanted),
        REMOTE_TEST(test_venue_has_a_secret),
        REMOTE_TEST(test_venue_asks_for_a_purpose_that_it_has),
        REMOTE_TEST(test_open_requests_are_few_and_come_to_an_end),
        REMOTE_TEST(test_result_is_read_once_by_who_opened_the_request),
        REMOTE_TEST(test_options_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
