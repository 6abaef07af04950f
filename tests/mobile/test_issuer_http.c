// The issuer over HTTP, as a wallet meets it: from the offer to the copies, and each refusal.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"
#include "tests/mobile/x5chain_stage.h"

#include "host/issuer/issuer.h"
#include "host/mobile/attestation_jwt.h"
#include "host/mobile/base64url.h"
#include "host/mobile/dpop.h"
#include "host/mobile/issuer_signed.h"
#include "host/mobile/resident_claims.h"
#include "host/mobile/sd_jwt_vc.h"

#include <stdio.h>
#include <stdlib.h>

#define BASE "https://issuer.example"
#define MDOC "kr.jumin.resident.1.mdoc"
#define SD_JWT "kr.jumin.resident.1.sd-jwt"
#define CODE_GRANT "urn:ietf:params:oauth:grant-type:pre-authorized_code"
#define CALL_CENTRE "secret of the call centre"

// A key pair whose secret is 31 zeros and a number.
struct party {
    struct crypto_ec_key key;
    struct signer signer;
};
static struct party phone, other_phone, mdoc_signer, sd_jwt_signer, copies[4];
static struct issuer *issuer;
static struct http_response response;
static json_t *answer; // of the last request
static char number[JUMIN_APPLICATION_NUMBER], access_token[RECORDS_SECRET], refresh_token[RECORDS_SECRET];
static bool is_ready;
static struct jumin_trust *wallets;
static struct stage_holder wallet_root, wallet_provider;
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

static struct issuer_options options(void)
{
    return (struct issuer_options){
        .base_url = BASE,
        .stations = &server,
        .station_count = 1,
        .mdoc = {mdoc_signer.signer, &chain, 1, STAGE_NOW - STAGE_DAY},
        .sd_jwt = {sd_jwt_signer.signer, &chain, 1, STAGE_NOW - STAGE_DAY},
        .ready = ready,
        .batch = 3,
        .loss_secret = CALL_CENTRE,
    };
}

static void issuer_with(const struct issuer_options *with)
{
    struct detail detail = {{0}};
    issuer_free(issuer);
    assert_int_equal(issuer_new(&issuer, with, &detail), JUMIN_OK);
}

static int open_stage(void **state)
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
    const struct issuer_options usual = options();
    issuer_with(&usual);
    issuer_publish();
    station_make_handed_over(1, number);
    return 0;
}

static int close_stage(void **state)
{
    issuer_free(issuer);
    issuer = NULL;
    json_decref(answer);
    answer = NULL;
    http_response_release(&response);
    return issuer_stage_close(state);
}

// --- A wallet ----------------------------------------------------------------------------------------------------

struct ask {
    const char *method, *path, *type, *authorization, *dpop;
    struct span body;
};

static void send_ask(const struct ask *ask)
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

static const char *said(const char *member)
{
    const char *text = json_string_value(json_object_get(answer, member));
    return text != NULL ? text : "";
}

static void assert_answer(int status, const char *error)
{
    if (response.status != status || strcmp(said("error"), error) != 0) {
        fail_msg("%d %.*s", response.status, (int)response.n, (const char *)response.body);
    }
}

static const char *response_header(const char *name)
{
    for (size_t i = 0; i < response.header_count; i++) {
        if (strcmp(response.headers[i].name, name) == 0) {
            return response.headers[i].value;
        }
    }
    return "";
}

// A proof for that path, in one of some buffers.
static const char *dpop(const struct party *by, const char *path, const char *token)
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

static void post_token(const char *form, const char *proof)
{
    send_ask(&(struct ask){.method = "POST",
                           .path = "/token",
                           .type = "application/x-www-form-urlencoded",
                           .dpop = proof,
                           .body = span_of(form, strlen(form))});
}

// A form with the code of a new offer and what stands on its receipt.
static const char *new_form(void)
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

static void keep_tokens(void)
{
    assert_answer(200, "");
    (void)snprintf(access_token, sizeof access_token, "%s", said("access_token"));
    (void)snprintf(refresh_token, sizeof refresh_token, "%s", said("refresh_token"));
    assert_int_equal(strlen(access_token), 43);
}

static void redeem(void)
{
    post_token(new_form(), dpop(&phone, "/token", ""));
    keep_tokens();
}

// A request with the token, by that phone.
static void post_by(const struct party *by, const char *path, json_t *body)
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

static void post(const char *path, json_t *body)
{
    post_by(&phone, path, body);
}

static const char *fresh_nonce(void)
{
    static char nonce[RECORDS_SECRET];
    send_ask(&(struct ask){.method = "POST", .path = "/nonce"});
    assert_answer(200, "");
    assert_string_equal(response_header("Cache-Control"), "no-store");
    (void)snprintf(nonce, sizeof nonce, "%s", said("c_nonce"));
    return nonce;
}

static json_t *proof_with(const struct party *by, const char *audience, const char *nonce,
                          const char *attestation)
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

static json_t *proofs(size_t count)
{
    const char *nonce = fresh_nonce();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(json_array_append_new(list, proof_with(&copies[i], BASE, nonce, NULL)), 0);
    }
    return json_pack("{s:o}", "jwt", list);
}

static json_t *wish(const char *configuration, json_t *given)
{
    return json_pack("{s:s, s:o}", "credential_configuration_id", configuration, "proofs", given);
}

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

static void check_mdoc(size_t index, struct issuer_signed *parsed, uint8_t bytes[], size_t capacity)
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
    struct issuer_options young = options();
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
    post_token(form, dpop(&phone, "/token", ""));
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
    assert_answer(400, "invalid_dpop_proof");
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

// --- Key attestation -----------------------------------------------------------------------------------------------

static struct signer provider_signer(void)
{
    struct signer signer;
    assert_true(signer_of_key(&wallet_provider.key.key, &signer));
    return signer;
}

static void trust_wallets(bool required)
{
    struct issuer_options with = options();
    assert_int_equal(jumin_trust_new(&wallets), JUMIN_OK);
    stage_root(&wallet_root, "Wallets", wallets);
    stage_issue(&wallet_provider, &wallet_root, CERTIFICATE_DOCUMENT_SIGNER, CRYPTO_P256, NULL);
    with.wallets = wallets;
    with.attestation_required = required;
    issuer_with(&with);
}

static void distrust_wallets(void)
{
    issuer_free(issuer);
    issuer = NULL;
    stage_release(&wallet_provider);
    stage_release(&wallet_root);
    jumin_trust_free(wallets);
    wallets = NULL;
}

// Attests the first `count` copies' keys.
static const char *attestation(size_t count, const char *nonce)
{
    static char text[32768];
    uint8_t keys[4][SIGNER_POINT];
    const struct signer signer = provider_signer();
    for (size_t i = 0; i < count; i++) {
        memcpy(keys[i], copies[i].signer.point, SIGNER_POINT);
    }
    struct writer w = writer_of(text, sizeof text - 1);
    const struct key_attestation_order order = {.signer = &signer,
                                                .chain = &wallet_provider.der,
                                                .chain_count = 1,
                                                .keys = (const uint8_t(*)[SIGNER_POINT])keys,
                                                .key_count = count,
                                                .key_storage = "iso_18045_high",
                                                .nonce = nonce,
                                                .issued_at = station_clock,
                                                .expires = station_clock + 3600};
    assert_int_equal(key_attestation_make(&order, &w), JUMIN_OK);
    text[w.n] = '\0';
    return text;
}

static void test_an_attestation_gets_a_copy_for_each_of_its_keys(void **state)
{
    static uint8_t bytes[65536];
    struct issuer_signed parsed;
    (void)state;
    trust_wallets(false);
    redeem();
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(3, fresh_nonce()))));
    assert_answer(200, "");
    for (size_t i = 0; i < 3; i++) {
        check_mdoc(i, &parsed, bytes, sizeof bytes);
    }
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(1, NULL))));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(1, "made up"))));
    assert_answer(400, "invalid_nonce");
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(4, fresh_nonce()))));
    assert_answer(400, "invalid_proof");
    const char *nonce = fresh_nonce();
    json_t *twice = json_pack("{s:[s]}", "attestation", attestation(1, nonce));
    (void)json_array_append_new(json_object_get(twice, "attestation"), json_string(attestation(1, nonce)));
    post("/credential", wish(MDOC, twice));
    assert_answer(400, "invalid_proof");
    distrust_wallets();
}

static void test_an_attestation_of_a_provider_that_nobody_trusts_is_refused(void **state)
{
    struct issuer_options with = options();
    struct jumin_trust *nobody = NULL;
    (void)state;
    trust_wallets(false);
    assert_int_equal(jumin_trust_new(&nobody), JUMIN_OK);
    with.wallets = nobody;
    issuer_with(&with);
    redeem();
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(1, fresh_nonce()))));
    assert_answer(400, "invalid_proof");
    distrust_wallets();
    jumin_trust_free(nobody);
}

static void test_where_attestation_is_required_a_proof_has_it_for_its_own_key(void **state)
{
    (void)state;
    trust_wallets(true);
    redeem();
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(400, "invalid_proof");
    assert_string_equal(said("error_description"), "the proof has no key attestation");
    const char *nonce = fresh_nonce();
    post("/credential",
         wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[1], BASE, nonce, attestation(1, NULL)))));
    assert_answer(400, "invalid_proof");
    assert_string_equal(said("error_description"), "the key attestation does not attest the proof's key");
    post("/credential",
         wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[0], BASE, nonce, attestation(1, NULL)))));
    assert_answer(200, "");
    distrust_wallets();
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
    struct issuer_options without = options();
    without.loss_secret = NULL;
    issuer_with(&without);
    report("", body);
    assert_answer(401, "invalid_token");
}

static void test_options_that_are_wrong_are_named(void **state)
{
    struct issuer *made = NULL;
    struct detail detail = {{0}};
    struct issuer_options wrong = options();
    (void)state;
    wrong.base_url = BASE "/";
    assert_int_equal(issuer_new(&made, &wrong, &detail), JUMIN_ERROR_ARGUMENT);
    assert_non_null(strstr(detail.text, "base_url"));
    wrong = options();
    wrong.batch = 1;
    assert_int_equal(issuer_new(&made, &wrong, &detail), JUMIN_ERROR_ARGUMENT);
    wrong = options();
    wrong.loss_secret = "short";
    assert_int_equal(issuer_new(&made, &wrong, &detail), JUMIN_ERROR_ARGUMENT);
    assert_null(made);
}

#define HTTP_TEST(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HTTP_TEST(test_metadata_says_where_and_what),
        HTTP_TEST(test_the_qr_leads_to_an_offer_and_says_why_it_does_not),
        HTTP_TEST(test_a_wallet_gets_a_batch_of_mdocs_each_with_a_key_and_a_status_of_its_own),
        HTTP_TEST(test_nothing_is_signed_before_its_signers_certificate),
        HTTP_TEST(test_a_wallet_gets_sd_jwts_with_the_same_claims),
        HTTP_TEST(test_a_refresh_token_gets_more_copies),
        HTTP_TEST(test_a_token_takes_a_proof_of_the_key),
        HTTP_TEST(test_a_code_is_refused_with_the_reason),
        HTTP_TEST(test_a_form_that_is_none_is_an_invalid_request),
        HTTP_TEST(test_a_credential_takes_the_token_and_its_key),
        HTTP_TEST(test_what_is_not_offered_is_refused),
        HTTP_TEST(test_proofs_are_refused),
        HTTP_TEST(test_a_nonce_is_refused_when_it_is_stale_or_made_up),
        HTTP_TEST(test_nothing_is_issued_to_a_phone_that_is_reported_lost),
        HTTP_TEST(test_without_status_lists_the_wallet_is_told_to_come_later),
        HTTP_TEST(test_what_is_not_ready_is_deferred_and_fetched_once),
        HTTP_TEST(test_notifications_are_refused),
        HTTP_TEST(test_an_attestation_gets_a_copy_for_each_of_its_keys),
        HTTP_TEST(test_an_attestation_of_a_provider_that_nobody_trusts_is_refused),
        HTTP_TEST(test_where_attestation_is_required_a_proof_has_it_for_its_own_key),
        HTTP_TEST(test_the_call_centre_locks_at_once),
        HTTP_TEST(test_options_that_are_wrong_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
