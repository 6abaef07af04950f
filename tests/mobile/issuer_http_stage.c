// A wallet before the issuer's handlers, as it meets them over HTTP: requests with tokens and proofs, and
// answers.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_http_stage.h"

#include "host/mobile/attestation_jwt.h"
#include "host/mobile/base64url.h"
#include "host/mobile/dpop.h"
#include "host/mobile/resident_claims.h"

#include <stdio.h>
#include <stdlib.h>

struct party phone, other_phone, sd_jwt_signer, copies[4];
struct issuer *issuer;
struct http_response response;
json_t *answer;
char number[JUMIN_APPLICATION_NUMBER], access_token[RECORDS_SECRET], refresh_token[RECORDS_SECRET];
bool is_ready;

static struct party mdoc_signer;
static const uint8_t certificate[] = {0x30, 0x03, 0x02, 0x01, 0x01};
static const struct span chain = {certificate, sizeof certificate};

static void make_party(struct party *party, uint8_t last)
{
    uint8_t secret[32] = {0};
    const struct crypto_random random = crypto_system_random();
    secret[31] = last;
    assert_true(crypto_ec_load_secret(&party->key, CRYPTO_P256, span_of(secret, sizeof secret), &random));
    assert_true(signer_of_key(&party->key, &party->signer));
}

static bool ready(void *context)
{
    (void)context;
    return is_ready;
}

struct issuer_options issuer_http_options(void)
{
    return (struct issuer_options){
        .base_url = BASE,
        .stations = &server,
        .station_count = 1,
        .mdoc = {mdoc_signer.signer, &chain, 1, STAGE_NOW - STAGE_DAY, 0},
        .sd_jwt = {sd_jwt_signer.signer, &chain, 1, STAGE_NOW - STAGE_DAY, 0},
        .ready = ready,
        .batch = 3,
        .loss_secret = CALL_CENTRE,
    };
}

void issuer_with(const struct issuer_options *with)
{
    struct detail detail = {{0}};
    issuer_free(issuer);
    assert_int_equal(issuer_new(&issuer, with, &detail), JUMIN_OK);
}

int issuer_http_open(void **state)
{
    static bool made;
    if (!made) {
        make_party(&phone, 1);
        make_party(&other_phone, 2);
        make_party(&mdoc_signer, 3);
        make_party(&sd_jwt_signer, 4);
        for (uint8_t i = 0; i < 4; i++) {
            make_party(&copies[i], (uint8_t)(10 + i));
        }
        made = true;
    }
    assert_int_equal(issuer_stage_open(state), 0);
    station_clock = STAGE_NOW;
    is_ready = true;
    const struct issuer_options usual = issuer_http_options();
    issuer_with(&usual);
    issuer_publish();
    station_make_handed_over(1, number);
    return 0;
}

int issuer_http_close(void **state)
{
    issuer_free(issuer);
    issuer = NULL;
    json_decref(answer);
    answer = NULL;
    http_response_release(&response);
    return issuer_stage_close(state);
}

// --- A wallet ----------------------------------------------------------------------------------------------------

void send_ask(const struct ask *ask)
{
    struct http_header headers[3];
    size_t count = 0;
    if (ask->type != NULL) {
        headers[count++] = (struct http_header){"Content-Type", ask->type};
    }
    if (ask->authorization != NULL) {
        headers[count++] = (struct http_header){"authorization", ask->authorization};
    }
    if (ask->dpop != NULL) {
        headers[count++] = (struct http_header){"dpop", ask->dpop};
    }
    struct http_request request = {.method = ask->method,
                                   .path = ask->path,
                                   .body = ask->body,
                                   .headers = headers,
                                   .header_count = count,
                                   .peer = "192.0.2.1",
                                   .secure = true,
                                   .now = station_clock};
    const struct http_routes table = issuer_routes(issuer);
    http_response_release(&response);
    response = (struct http_response){.status = 0};
    (void)http_routes_call(&table, 1, &request, &response);
    json_decref(answer);
    answer = json_loadb((const char *)response.body, response.n, JSON_REJECT_DUPLICATES, NULL);
}

const char *said(const char *member)
{
    const char *text = json_string_value(json_object_get(answer, member));
    return text != NULL ? text : "";
}

void assert_answer(int status, const char *error)
{
    if (response.status != status || strcmp(said("error"), error) != 0) {
        fail_msg("%d %.*s", response.status, (int)response.n, (const char *)response.body);
    }
}

const char *response_header(const char *name)
{
    for (size_t i = 0; i < response.header_count; i++) {
        if (strcmp(response.headers[i].name, name) == 0) {
            return response.headers[i].value;
        }
    }
    return "";
}

// A proof for that path, in one of some buffers.
const char *dpop(const struct party *by, const char *path, const char *token)
{
    static char texts[4][DPOP_MAX];
    static size_t next;
    char *text = texts[next++ % 4], uri[256];
    struct writer w = writer_of(text, DPOP_MAX - 1);
    const struct crypto_random random = crypto_system_random();
    (void)snprintf(uri, sizeof uri, BASE "%s", path);
    const struct dpop_request request = {
        .method = "POST", .uri = uri, .access_token = span_of(token, strlen(token)), .now = station_clock};
    assert_int_equal(dpop_make(&by->signer, &request, &random, &w), JUMIN_OK);
    text[w.n] = '\0';
    return text;
}

void post_token(const char *form, const char *proof)
{
    send_ask(&(struct ask){.method = "POST",
                           .path = "/token",
                           .type = "application/x-www-form-urlencoded",
                           .dpop = proof,
                           .body = span_of(form, strlen(form))});
}

// A form with the code of a new offer and what stands on its receipt.
const char *new_form(void)
{
    static char form[512];
    struct records_offer made;
    const struct jumin_offer offer = issuer_offer(number, &made);
    (void)snprintf(form, sizeof form,
                   "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3Apre-authorized_code&"
                   "pre-authorized_code=%s&tx_code=%s&resource=x",
                   made.code, offer.tx_code);
    return form;
}

void keep_tokens(void)
{
    assert_answer(200, "");
    (void)snprintf(access_token, sizeof access_token, "%s", said("access_token"));
    (void)snprintf(refresh_token, sizeof refresh_token, "%s", said("refresh_token"));
    assert_int_equal(strlen(access_token), 43);
}

void redeem(void)
{
    post_token(new_form(), dpop(&phone, "/token", ""));
    keep_tokens();
}

// A request with the token, by that phone.
void post_by(const struct party *by, const char *path, json_t *body)
{
    char authorization[128];
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    assert_non_null(text);
    (void)snprintf(authorization, sizeof authorization, "DPoP %s", access_token);
    send_ask(&(struct ask){.method = "POST",
                           .path = path,
                           .type = "application/json",
                           .authorization = authorization,
                           .dpop = dpop(by, path, access_token),
                           .body = span_of(text, strlen(text))});
    free(text);
}

void post(const char *path, json_t *body)
{
    post_by(&phone, path, body);
}

const char *fresh_nonce(void)
{
    static char nonce[RECORDS_SECRET];
    send_ask(&(struct ask){.method = "POST", .path = "/nonce"});
    assert_answer(200, "");
    assert_string_equal(response_header("Cache-Control"), "no-store");
    (void)snprintf(nonce, sizeof nonce, "%s", said("c_nonce"));
    return nonce;
}

json_t *proof_with(const struct party *by, const char *audience, const char *nonce, const char *attestation)
{
    char text[16384];
    struct writer w = writer_of(text, sizeof text);
    const struct proof_jwt_order order = {.key = &by->signer,
                                          .audience = audience,
                                          .nonce = nonce,
                                          .key_attestation = attestation,
                                          .now = station_clock};
    assert_int_equal(proof_jwt_make(&order, &w), JUMIN_OK);
    return json_stringn(text, w.n);
}

json_t *proofs(size_t count)
{
    const char *nonce = fresh_nonce();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(json_array_append_new(list, proof_with(&copies[i], BASE, nonce, NULL)), 0);
    }
    return json_pack("{s:o}", "jwt", list);
}

json_t *wish(const char *configuration, json_t *given)
{
    return json_pack("{s:s, s:o}", "credential_configuration_id", configuration, "proofs", given);
}

static enum jumin_error trust_signer(void *context, const struct span *certificates, size_t count,
                                     int64_t now, struct mdoc_signer *signer, struct detail *detail)
{
    (void)context;
    (void)certificates;
    (void)count;
    (void)now;
    (void)detail;
    *signer =
        (struct mdoc_signer){&mdoc_signer.key, STAGE_NOW - STAGE_DAY, STAGE_NOW + 100 * (int64_t)STAGE_DAY};
    return JUMIN_OK;
}

void check_mdoc(size_t index, struct issuer_signed *parsed, uint8_t bytes[], size_t capacity)
{
    struct detail detail = {{0}};
    struct issuer_signed_item item;
    const char *text = json_string_value(
        json_object_get(json_array_get(json_object_get(answer, "credentials"), index), "credential"));
    struct writer w = writer_of(bytes, capacity);
    const struct mdoc_rules rules = {.now = station_clock, .issuer = {trust_signer, NULL}};
    assert_non_null(text);
    assert_true(base64url_decode(span_of(text, strlen(text)), &w));
    assert_int_equal(issuer_signed_parse(writer_span(&w), parsed, &detail), JUMIN_OK);
    const enum jumin_error error = issuer_signed_verify(
        parsed, span_of(RESIDENT_DOC_TYPE, sizeof RESIDENT_DOC_TYPE - 1), &rules, &detail);
    if (error != JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
    assert_memory_equal(parsed->mso.device_key, copies[index].signer.point, SIGNER_POINT);
    assert_true(issuer_signed_find(parsed, span_of("org.iso.23220.1", 15), span_of("birth_date", 10), &item));
    assert_true(
        issuer_signed_find(parsed, span_of("kr.jumin.resident.1", 19), span_of("adult_in_2027", 13), &item));
    assert_int_equal(item.value.p[0], 0xF5);
    assert_true(
        issuer_signed_find(parsed, span_of("kr.jumin.resident.1", 19), span_of("adult_in_2030", 13), &item));
    assert_false(
        issuer_signed_find(parsed, span_of("kr.jumin.resident.1", 19), span_of("adult_in_2031", 13), &item));
}
