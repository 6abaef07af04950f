// A venue's verifier and a wallet over HTTP, without sockets.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/remote_stage.h"

#include <stdio.h>
#include <stdlib.h>

#define PASSPHRASE "passphrase"

struct jumin_verifier *verifier;
struct remote_verifier *remote;
struct jumin_wallet *wallet;
struct wallet_remote got;
struct disclosure_plan plan;
struct detail detail;
int64_t server_now, wallet_now;
int status;
json_t *answer;
bool old_object;
const char *other_type;
char last_form[65536];
char handle[64], deep_link[1024], next[VP_TEXT_MAX];

// --- HTTP ----------------------------------------------------------------------------------------------------

void call_venue(const char *method, const char *path, const char *type, const char *authorization,
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
    char bare[VP_TEXT_MAX];
    const char *query = strchr(path, '?');
    (void)snprintf(bare, sizeof bare, "%.*s", (int)strcspn(path, "?"), path);
    struct http_request request = {.method = method,
                                   .path = bare,
                                   .query = text_span(query != NULL ? query + 1 : ""),
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
    call_venue(old_object ? "GET" : request->method, request->url + strlen(BASE), request->type, NULL, body,
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

void ask_venue(const char *method, const char *path, const char *authorization, const char *body)
{
    struct http_response response;
    call_venue(method, path, body != NULL ? "application/json" : NULL, authorization,
               text_span(body != NULL ? body : ""), &response);
    status = response.status;
    json_decref(answer);
    answer = json_loadb((const char *)response.body, response.n, 0, NULL);
    http_response_release(&response);
}

void post_form(const char *path, const char *form)
{
    struct http_response response;
    call_venue("POST", path, FORM, NULL, text_span(form), &response);
    status = response.status;
    http_response_release(&response);
}

const char *text_in(const char *name)
{
    const char *text = json_string_value(json_object_get(answer, name));
    return text != NULL ? text : "";
}

// --- Stage ---------------------------------------------------------------------------------------------------

struct remote_options usual_options(void)
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

void remote_with(const struct remote_options *with)
{
    remote_verifier_free(remote);
    assert_int_equal(remote_verifier_new(&remote, with, &detail), JUMIN_OK);
}

void add_credential(enum jumin_wallet_format format)
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

int remote_stage_open(void **state)
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
    const struct remote_options usual = usual_options();
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

int remote_stage_close(void **state)
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

void open_request(const char *purpose)
{
    char body[64];
    (void)snprintf(body, sizeof body, "{\"purpose\":\"%s\"}", purpose);
    ask_venue("POST", "/requests", "Bearer " SECRET, body);
    if (status == 201) {
        (void)snprintf(handle, sizeof handle, "%s", text_in("id"));
        (void)snprintf(deep_link, sizeof deep_link, "%s", text_in("link"));
    }
}

const char *ask_result(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/requests/%s", handle);
    ask_venue("GET", path, "Bearer " SECRET, NULL);
    return text_in("state");
}

enum jumin_error get_request(void)
{
    let_go();
    return wallet_remote_get(wallet, deep_link, wallet_now, &got, &detail);
}

void plan_request(void)
{
    assert_int_equal(get_request(), JUMIN_OK);
    assert_int_equal(wallet_remote_plan(wallet, &got, wallet_now, &plan, &detail), JUMIN_OK);
}

enum jumin_error answer_request(void)
{
    plan_request();
    return wallet_remote_answer(wallet, &got, &plan, wallet_now, next, &detail);
}

const char *path_of(const char *uri)
{
    assert_memory_equal(uri, BASE, strlen(BASE));
    return uri + strlen(BASE);
}
