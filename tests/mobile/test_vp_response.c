// Answers over the network: presented and encrypted, opened, and what a verifier refuses (OpenID4VP 1.0 §8,
// App. B).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/vp_stage.h"

#include "host/mobile/base64url.h"
#include <stdio.h>
#include <stdlib.h>

#define BOTH                                                                                                 \
    "{'credentials':[{'id':'m','format':'mso_mdoc','meta':{'doctype_value':'kr.jumin.resident.1'},'claims':" \
    "["                                                                                                      \
    "{'path':['kr.jumin.resident.1','adult_in_2027']},{'path':['org.iso.23220.1','birth_date']}]},"          \
    "{'id':'s','format':'dc+sd-jwt','meta':{'vct_values':['urn:kr:jumin:resident:1']},'claims':[{'path':["   \
    "'adult_in_2027']},{'path':['address','lines',0]}]}],'credential_sets':[{'options':[['m'],['s']]}]}"

static struct vp_request request;
static struct vp_response response;
static struct detail detail;
static uint8_t presentation_bytes[16384], form_bytes[65536], decoded_bytes[16384];
static struct device_response device_response;

static int make_request(void **state)
{
    (void)state;
    detail_clear(&detail);
    vp_request_for(BOTH, &request);
    return 0;
}

static int release_all(void **state)
{
    (void)state;
    vp_response_release(&response);
    vp_request_release(&request);
    return 0;
}

static struct vp_response_rules rules(void)
{
    return (struct vp_response_rules){.key = &stage.recipient.signer,
                                      .key_id = REQUEST_KEY_ID,
                                      .state = REQUEST_STATE,
                                      .query = &request.query};
}

// base64url of a response with `elements`, for the session.
static struct span present_mdoc(const struct mdoc_element_name *elements, size_t count)
{
    const struct vp_session session = vp_request_session(&request);
    const struct device_presentation shown = {.credential = &stage.mdoc,
                                              .elements = elements,
                                              .element_count = count,
                                              .device = &stage.holder.signer,
                                              .method = DEVICE_AUTH_SIGNATURE};
    uint8_t transcript[256];
    struct writer t = writer_of(transcript, sizeof transcript),
                  r = writer_of(decoded_bytes, sizeof decoded_bytes),
                  w = writer_of(presentation_bytes, sizeof presentation_bytes);
    assert_true(vp_transcript(&session, &t));
    assert_int_equal(device_response_make(writer_span(&t), DEVICE_RESPONSE_OK, &shown, 1, &r), JUMIN_OK);
    base64url_put(&w, writer_span(&r));
    return writer_span(&w);
}

static enum jumin_error open_form(struct span form)
{
    const struct vp_response_rules usual = rules();
    detail_clear(&detail);
    vp_response_release(&response);
    return vp_response_open(form, &usual, &response, &detail);
}

static struct span encrypted(const char *plain, const struct jwe_recipient *recipient)
{
    const struct crypto_random random = crypto_system_random();
    struct writer w = writer_of(form_bytes, sizeof form_bytes);
    writer_put(&w, text_span("response="));
    assert_int_equal(jwe_encrypt(recipient, &random, text_span(plain), &w), JUMIN_OK);
    return writer_span(&w);
}

// An answer whose content is that, with ' for ", encrypted as it was asked.
static enum jumin_error open_answer(const char *content)
{
    json_t *json = vp_json(content);
    char *plain = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    const enum jumin_error error = open_form(encrypted(plain, &request.recipient));
    free(plain);
    return error;
}

// --- Transcript ----------------------------------------------------------------------------------------------

// OpenID4VP 1.0 App. B.2.6.1: the example, from client_id to the transcript.
static void test_transcript_is_that_of_the_standard(void **state)
{
    (void)state;
    uint8_t thumbprint[JWK_THUMBPRINT], bytes[256], point[SIGNER_POINT] = {4};
    struct writer x = writer_of(point + 1, 32), y = writer_of(point + 33, 32),
                  w = writer_of(bytes, sizeof bytes);
    assert_true(base64url_decode(text_span("DxiH5Q4Yx3UrukE2lWCErq8N8bqC9CHLLrAwLz5BmE0"), &x));
    assert_true(base64url_decode(text_span("XtLM4-3h5o3HUH0MHVJV0kyq0iBlrBwlh8qEDMZ4-Pc"), &y));
    assert_true(jwk_thumbprint(span_of(point, sizeof point), thumbprint));
    assert_span_hex(span_of(thumbprint, sizeof thumbprint),
                    "4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047");
    const struct vp_session session = {"x509_san_dns:example.com",
                                       "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA",
                                       "https://example.com/response", thumbprint};
    assert_true(vp_transcript(&session, &w));
    assert_span_hex(writer_span(&w),
                    "83f6f682714f70656e494434565048616e646f7665725820048bc053c00442af9b8eed494cefdd9"
                    "d95240d254b046b11b68013722aad38ac");
    w = writer_of(bytes, 20);
    assert_false(vp_transcript(&session, &w));
}

// --- Good ones -----------------------------------------------------------------------------------------------

static enum jumin_error trust_signer(void *context, const struct span *chain, size_t count, int64_t now,
                                     struct mdoc_signer *signer, struct detail *why)
{
    (void)context, (void)count, (void)now, (void)why;
    assert_true(span_equal(chain[0], stage.mdoc_signer.der));
    *signer = (struct mdoc_signer){&stage.mdoc_signer.key.key, STAGE_NOW - STAGE_DAY, STAGE_NOW + STAGE_DAY};
    return JUMIN_OK;
}

static void test_mdoc_goes_from_wallet_to_verifier(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const struct mdoc_element_name adult = dcql_element(&request.query.credentials[0].claims[0]);
    const struct vp_presentation shown = {&request.query.credentials[0], present_mdoc(&adult, 1)};
    const struct vp_session session = vp_request_session(&request);
    const struct mdoc_rules mdoc_rules = {.now = STAGE_NOW, .issuer = {trust_signer, NULL}};
    struct writer w = writer_of(form_bytes, sizeof form_bytes),
                  bytes = writer_of(decoded_bytes, sizeof decoded_bytes);
    uint8_t transcript[256];
    struct writer t = writer_of(transcript, sizeof transcript);
    assert_int_equal(vp_response_make(&request, &shown, 1, &random, &w), JUMIN_OK);
    assert_int_equal(open_form(writer_span(&w)), JUMIN_OK);
    assert_string_equal(response.error, "");
    assert_int_equal(response.count, 1);
    assert_ptr_equal(response.presentations[0].query, &request.query.credentials[0]);
    assert_int_equal(vp_mdoc_read(response.presentations[0].text, &bytes, &device_response, &detail),
                     JUMIN_OK);
    assert_true(vp_transcript(&session, &t));
    assert_int_equal(
        device_document_verify(&device_response.documents[0], &mdoc_rules, writer_span(&t), NULL, &detail),
        JUMIN_OK);
    // For another verifier's session it is nothing.
    struct vp_session other = session;
    other.nonce = "another";
    t = writer_of(transcript, sizeof transcript);
    assert_true(vp_transcript(&other, &t));
    assert_int_equal(
        device_document_verify(&device_response.documents[0], &mdoc_rules, writer_span(&t), NULL, &detail),
        JUMIN_ERROR_CLONED);
}

static void test_what_is_no_answer_is_not_made(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const struct vp_presentation both[] = {{&request.query.credentials[0], text_span("m")},
                                           {&request.query.credentials[1], text_span("s")}};
    const struct vp_presentation twice[] = {both[0], both[0]};
    struct writer w = writer_of(form_bytes, sizeof form_bytes);
    assert_int_equal(vp_response_make(&request, both, 2, &random, &w), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(vp_response_make(&request, twice, 2, &random, &w), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(vp_response_make(&request, both, 0, &random, &w), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(w.n, 0);
    assert_int_equal(vp_response_make(&request, both, 1, &random, &w), JUMIN_OK);
    w = writer_of(form_bytes, 40);
    assert_int_equal(vp_response_make(&request, both, 1, &random, &w), JUMIN_ERROR_ARGUMENT);
}

static void test_several_presentations_come_where_several_are_asked(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    vp_request_release(&request);
    vp_request_for(
        "{'credentials':[{'id':'m','format':'mso_mdoc','multiple':true,'meta':{'doctype_value':'d'}}]}",
        &request);
    const struct vp_presentation twice[] = {{&request.query.credentials[0], text_span("one")},
                                            {&request.query.credentials[0], text_span("two")}};
    struct writer w = writer_of(form_bytes, sizeof form_bytes);
    assert_int_equal(vp_response_make(&request, twice, 2, &random, &w), JUMIN_OK);
    assert_int_equal(open_form(writer_span(&w)), JUMIN_OK);
    assert_int_equal(response.count, 2);
    assert_true(span_equal(response.presentations[1].text, text_span("two")));
}

static void test_answer_comes_in_either_encryption(void **state)
{
    (void)state;
    struct jwe_recipient recipient = request.recipient;
    static const char plain[] = "{\"vp_token\":{\"m\":[\"x\"]},\"state\":\"" REQUEST_STATE "\"}";
    recipient.encryption = JWE_A128GCM;
    assert_int_equal(open_form(encrypted(plain, &recipient)), JUMIN_OK);
    recipient.encryption = JWE_A256GCM;
    recipient.apu = text_span("wallet");
    recipient.apv = text_span(REQUEST_NONCE);
    assert_int_equal(open_form(encrypted(plain, &recipient)), JUMIN_OK);
    recipient.key_id = NULL; // some wallets leave it out
    assert_int_equal(open_form(encrypted(plain, &recipient)), JUMIN_OK);
}

// --- Refusals of the holder --------------------------------------------------------------------------------------

static void test_refusal_is_taken_with_the_right_state(void **state)
{
    (void)state;
    uint8_t bytes[256];
    struct writer w = writer_of(bytes, sizeof bytes);
    vp_refusal_put(&w, "access_denied", REQUEST_STATE);
    assert_int_equal(open_form(writer_span(&w)), JUMIN_OK);
    assert_string_equal(response.error, "access_denied");
    assert_int_equal(response.count, 0);
    assert_int_equal(open_answer("{'error':'access_denied','state':'" REQUEST_STATE "'}"), JUMIN_OK);
    assert_string_equal(response.error, "access_denied");
    assert_int_equal(open_form(text_span("error=&state=" REQUEST_STATE)), JUMIN_OK);
    assert_string_equal(response.error, "error");
    assert_int_equal(open_form(text_span("error=a%0Ab&state=" REQUEST_STATE)), JUMIN_OK);
    assert_string_equal(response.error, "a");
    w = writer_of(bytes, sizeof bytes);
    vp_refusal_put(&w, "access_denied", NULL);
    assert_refused(open_form(writer_span(&w)), JUMIN_ERROR_CONFLICT, &detail, "another request");
    assert_int_equal(open_form(text_span("error=access_denied&state=other")), JUMIN_ERROR_CONFLICT);
    assert_string_equal(response.error, "");
}

// --- Refused -------------------------------------------------------------------------------------------------

static void test_answer_that_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        enum jumin_error error;
        const char *words;
    } cases[] = {
        {"[]", JUMIN_ERROR_MALFORMED, "no JSON object"},
        {"{'vp_token':{'m':['x']}}", JUMIN_ERROR_CONFLICT, "another request (state)"},
        {"{'vp_token':{'m':['x']},'state':'state-2'}", JUMIN_ERROR_CONFLICT, "another request (state)"},
        {"{'vp_token':{'m':['x']},'state':1}", JUMIN_ERROR_CONFLICT, "another request (state)"},
        {"{'state':'state-1'}", JUMIN_ERROR_MALFORMED, "vp_token"},
        {"{'vp_token':['x'],'state':'state-1'}", JUMIN_ERROR_MALFORMED, "vp_token"},
        {"{'vp_token':'x','state':'state-1'}", JUMIN_ERROR_MALFORMED, "vp_token"},
        {"{'vp_token':{},'state':'state-1'}", JUMIN_ERROR_MALFORMED, "less, or more"},
        {"{'vp_token':{'m':['x'],'s':['y']},'state':'state-1'}", JUMIN_ERROR_MALFORMED, "less, or more"},
        {"{'vp_token':{'m':['x'],'o':['y']},'state':'state-1'}", JUMIN_ERROR_MALFORMED, "not asked for"},
        {"{'vp_token':{'m':['x','y']},'state':'state-1'}", JUMIN_ERROR_MALFORMED, "several presentations"},
        {"{'vp_token':{'m':[]},'state':'state-1'}", JUMIN_ERROR_MALFORMED, "empty one"},
        {"{'vp_token':{'m':'x'},'state':'state-1'}", JUMIN_ERROR_MALFORMED, "no list of presentations"},
        {"{'vp_token':{'m':[{}]},'state':'state-1'}", JUMIN_ERROR_MALFORMED, "no text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_refused(open_answer(cases[i].content), cases[i].error, &detail, cases[i].words);
        assert_null(response.answer);
    }
    assert_int_equal(
        open_form(encrypted("{\"state\":\"state-1\",\"state\":\"state-1\",\"vp_token\":{\"m\":[\"x\"]}}",
                            &request.recipient)),
        JUMIN_ERROR_MALFORMED);
}

static void test_too_many_presentations_are_refused(void **state)
{
    (void)state;
    char content[512] = "{'vp_token':{'m':['x'";
    vp_request_release(&request);
    vp_request_for(
        "{'credentials':[{'id':'m','format':'mso_mdoc','multiple':true,'meta':{'doctype_value':'d'}}]}",
        &request);
    size_t n = strlen(content);
    for (size_t i = 1; i < VP_PRESENTATIONS_MAX; i++) {
        n += (size_t)snprintf(content + n, sizeof content - n, ",'x'");
    }
    (void)snprintf(content + n, sizeof content - n, "]},'state':'state-1'}");
    assert_int_equal(open_answer(content), JUMIN_OK);
    (void)snprintf(content + n, sizeof content - n, ",'x']},'state':'state-1'}");
    assert_refused(open_answer(content), JUMIN_ERROR_MALFORMED, &detail, "too many presentations");
}

static void test_answer_that_is_not_encrypted_is_refused(void **state)
{
    (void)state;
    assert_refused(open_form(text_span("vp_token=%7B%22m%22%3A%5B%22x%22%5D%7D&state=state-1")),
                   JUMIN_ERROR_NOT_SUPPORTED, &detail, "unencrypted");
    // A signed token in place of an encrypted one.
    struct writer w = writer_of(form_bytes, sizeof form_bytes);
    writer_put(&w, text_span("response="));
    writer_put(&w, jose_token(&stage.holder.signer, "{\"alg\":\"none\"}",
                              "{\"vp_token\":{\"m\":[\"x\"]},\"state\":\"state-1\"}"));
    assert_refused(open_form(writer_span(&w)), JUMIN_ERROR_MALFORMED, &detail, "five parts");
}

static void test_form_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_refused(open_form(text_span("")), JUMIN_ERROR_MALFORMED, &detail, "no response");
    assert_refused(open_form(text_span("state=state-1")), JUMIN_ERROR_MALFORMED, &detail, "no response");
    assert_refused(open_form(text_span("response=a&response=b")), JUMIN_ERROR_MALFORMED, &detail, "several");
    uint8_t *large = calloc(1, VP_RESPONSE_MAX + 1);
    assert_non_null(large);
    assert_refused(open_form(span_of(large, VP_RESPONSE_MAX + 1)), JUMIN_ERROR_MALFORMED, &detail,
                   "too long");
    free(large);
}

static void test_answer_to_another_key_is_refused(void **state)
{
    (void)state;
    static const char plain[] = "{\"vp_token\":{\"m\":[\"x\"]},\"state\":\"" REQUEST_STATE "\"}";
    struct jwe_recipient recipient = request.recipient;
    recipient.key_id = "key-2";
    assert_refused(open_form(encrypted(plain, &recipient)), JUMIN_ERROR_MALFORMED, &detail,
                   "another key (kid)");
    recipient = request.recipient;
    memcpy(recipient.point, stage.other.signer.point, SIGNER_POINT);
    assert_refused(open_form(encrypted(plain, &recipient)), JUMIN_ERROR_SIGNATURE, &detail,
                   "not encrypted to this key");
}

// The parties are part of the key: who changes them has another key.
static void test_answer_with_other_parties_is_refused(void **state)
{
    (void)state;
    static const char plain[] = "{\"vp_token\":{\"m\":[\"x\"]},\"state\":\"" REQUEST_STATE "\"}";
    struct jwe_recipient recipient = request.recipient;
    recipient.apv = text_span(REQUEST_NONCE);
    const struct span good = encrypted(plain, &recipient);
    char *header = strdup(jose_part(span_from(good, strlen("response=")), 0));
    char *apv = strstr(header, "\"apv\":\"");
    assert_non_null(apv);
    apv[7] = apv[7] == 'A' ? 'B' : 'A';
    uint8_t changed[JOSE_TEXT_MAX];
    struct writer w = writer_of(changed, sizeof changed);
    writer_put(&w, text_span("response="));
    base64url_put(&w, text_span(header));
    const uint8_t *dot = memchr(good.p, '.', good.n);
    writer_put(&w, span_from(good, (size_t)(dot - good.p)));
    free(header);
    assert_int_equal(open_form(writer_span(&w)), JUMIN_ERROR_SIGNATURE);
}

// --- mdoc ----------------------------------------------------------------------------------------------------

static void test_mdoc_that_is_not_one_document_is_refused(void **state)
{
    (void)state;
    struct device_presentation shown = {.credential = &stage.mdoc, .device = &stage.holder.signer};
    const struct device_presentation twice[] = {shown, shown};
    uint8_t text[16384];
    static const struct {
        size_t count;
        enum device_response_status status;
        enum jumin_error error;
    } cases[] = {{1, DEVICE_RESPONSE_OK, JUMIN_OK},
                 {0, DEVICE_RESPONSE_OK, JUMIN_ERROR_MALFORMED},
                 {2, DEVICE_RESPONSE_OK, JUMIN_ERROR_MALFORMED},
                 {1, DEVICE_RESPONSE_GENERAL_ERROR, JUMIN_ERROR_MALFORMED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writer r = writer_of(presentation_bytes, sizeof presentation_bytes),
                      t = writer_of(text, sizeof text),
                      bytes = writer_of(decoded_bytes, sizeof decoded_bytes);
        static const uint8_t transcript[] = {0x83, 0xF6, 0xF6, 0xF6};
        assert_int_equal(device_response_make(span_of(transcript, sizeof transcript), cases[i].status, twice,
                                              cases[i].count, &r),
                         JUMIN_OK);
        base64url_put(&t, writer_span(&r));
        assert_int_equal(vp_mdoc_read(writer_span(&t), &bytes, &device_response, &detail), cases[i].error);
    }
    struct writer bytes = writer_of(decoded_bytes, sizeof decoded_bytes);
    assert_refused(vp_mdoc_read(text_span("o2d=="), &bytes, &device_response, &detail), JUMIN_ERROR_MALFORMED,
                   &detail, "base64url");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transcript_is_that_of_the_standard),
        cmocka_unit_test_setup_teardown(test_mdoc_goes_from_wallet_to_verifier, make_request, release_all),
        cmocka_unit_test_setup_teardown(test_what_is_no_answer_is_not_made, make_request, release_all),
        cmocka_unit_test_setup_teardown(test_several_presentations_come_where_several_are_asked, make_request,
                                        release_all),
        cmocka_unit_test_setup_teardown(test_answer_comes_in_either_encryption, make_request, release_all),
        cmocka_unit_test_setup_teardown(test_refusal_is_taken_with_the_right_state, make_request,
                                        release_all),
        cmocka_unit_test_setup_teardown(test_answer_that_is_none_is_refused, make_request, release_all),
        cmocka_unit_test_setup_teardown(test_too_many_presentations_are_refused, make_request, release_all),
        cmocka_unit_test_setup_teardown(test_answer_that_is_not_encrypted_is_refused, make_request,
                                        release_all),
        cmocka_unit_test_setup_teardown(test_form_that_is_none_is_refused, make_request, release_all),
        cmocka_unit_test_setup_teardown(test_answer_to_another_key_is_refused, make_request, release_all),
        cmocka_unit_test_setup_teardown(test_answer_with_other_parties_is_refused, make_request, release_all),
        cmocka_unit_test(test_mdoc_that_is_not_one_document_is_refused),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
