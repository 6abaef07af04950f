// Requests over the network: made, followed and checked, and what a wallet refuses (OpenID4VP 1.0 §5).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/vp_stage.h"

#include "host/mobile/base64url.h"
#include <stdio.h>
#include <stdlib.h>

#define ADULT                                                                                                \
    "{'credentials':[{'id':'m','format':'mso_mdoc','meta':{'doctype_value':'kr.jumin.resident.1'},'claims':" \
    "["                                                                                                      \
    "{'path':['kr.jumin.resident.1','adult_in_2027']}]}]}"

static struct vp_request request;
static struct vp_link followed;
static struct detail detail;

static enum jumin_error read_text(struct span text, const struct vp_request_rules *rules)
{
    detail_clear(&detail);
    vp_request_release(&request);
    return vp_request_read(text, rules, &request, &detail);
}

static enum jumin_error read_claims(json_t *claims)
{
    const struct vp_request_rules rules = vp_rules();
    return read_text(vp_sign(claims), &rules);
}

// A good request with one claim set to what `value` is in JSON; NULL: without it.
static enum jumin_error read_with(const char *name, const char *value)
{
    json_t *claims = vp_request_claims(ADULT);
    if (value != NULL) {
        assert_int_equal(json_object_set_new(claims, name, vp_json(value)), 0);
    } else {
        assert_int_equal(json_object_del(claims, name), 0);
    }
    return read_claims(claims);
}

static int release_request(void **state)
{
    (void)state;
    vp_request_release(&request);
    vp_link_release(&followed);
    return 0;
}

// --- Link ----------------------------------------------------------------------------------------------------

static void test_link_is_put_and_read(void **state)
{
    (void)state;
    char text[512];
    struct writer w = writer_of(text, sizeof text);
    vp_link_put(&w, "x509_hash:Uvo3", "https://shop.jumin.example/request/1", true);
    writer_put_u8(&w, 0);
    assert_string_equal(
        text, "openid4vp://?client_id=x509_hash%3AUvo3&request_uri=https%3A%2F%2Fshop.jumin.example%2F"
              "request%2F1&request_uri_method=post");
    assert_int_equal(vp_link_read(text, &followed, &detail), JUMIN_OK);
    assert_string_equal(followed.client_id, "x509_hash:Uvo3");
    assert_string_equal(followed.request_uri, "https://shop.jumin.example/request/1");
    assert_true(followed.post);
    assert_null(followed.request);
    w = writer_of(text, 20);
    vp_link_put(&w, "x509_hash:Uvo3", "https://shop.jumin.example/request/1", true);
    assert_true(w.overflow);
}

static void test_link_may_hold_the_request_or_have_another_scheme(void **state)
{
    (void)state;
    assert_int_equal(vp_link_read("openid4vp://authorize?client_id=c&request=a.b.c", &followed, &detail),
                     JUMIN_OK);
    assert_string_equal(followed.request, "a.b.c");
    assert_string_equal(followed.request_uri, "");
    vp_link_release(&followed);
    assert_int_equal(vp_link_read("HAIP-VP:?request_uri=https%3A%2F%2Fx&client_id=c&request_uri_method=get",
                                  &followed, &detail),
                     JUMIN_OK);
    assert_false(followed.post);
}

static void test_link_that_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "is none to a request"},
        {"https://shop.jumin.example/?client_id=c&request=a.b.c", "is none to a request"},
        {"openid-credential-offer://?client_id=c&request=a.b.c", "is none to a request"},
        {"openid4vp://client_id=c&request=a.b.c", "is none to a request"},
        {"openid4vp://?request=a.b.c", "does not say who asks"},
        {"openid4vp://?client_id=&request=a.b.c", "does not say who asks"},
        {"openid4vp://?client_id=c&client_id=d&request=a.b.c", "does not say who asks"},
        {"openid4vp://?client_id=c&response_type=vp_token&nonce=n", "no signed request"},
        {"openid4vp://?client_id=c&request=a&request=b", "no signed request"},
        {"openid4vp://?client_id=c&request=a&request_uri=https%3A%2F%2Fx", "a request and a request_uri"},
        {"openid4vp://?client_id=c&request_uri=a&request_uri=b", "request_uri or a method"},
        {"openid4vp://?client_id=c&request_uri=a&request_uri_method=put", "neither get nor post"},
        {"openid4vp://?client_id=c&request_uri=a&request_uri_method=POST", "neither get nor post"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_refused(vp_link_read(cases[i].text, &followed, &detail), JUMIN_ERROR_MALFORMED, &detail,
                       cases[i].words);
    }
}

// --- client_id -----------------------------------------------------------------------------------------------

static void test_client_id_is_the_hash_or_the_host_of_the_certificate(void **state)
{
    (void)state;
    char id[VP_TEXT_MAX], expected[VP_TEXT_MAX] = "x509_hash:";
    uint8_t digest[SIGNER_DIGEST];
    struct writer w = writer_of(expected + 10, sizeof expected - 11);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &stage.venue.der, 1, digest));
    base64url_put(&w, span_of(digest, sizeof digest));
    assert_int_equal(vp_client_id(VP_X509_HASH, stage.venue.der, "", id, &detail), JUMIN_OK);
    assert_string_equal(id, expected);
    assert_int_equal(vp_client_id(VP_X509_SAN_DNS, stage.venue.der, VENUE_HOST, id, &detail), JUMIN_OK);
    assert_string_equal(id, "x509_san_dns:" VENUE_HOST);
    assert_int_equal(vp_client_id(VP_X509_SAN_DNS, stage.venue.der, "bank.example", id, &detail),
                     JUMIN_ERROR_CERTIFICATE);
}

// --- Good ones -----------------------------------------------------------------------------------------------

static void test_request_that_was_made_is_read(void **state)
{
    (void)state;
    static uint8_t text[16384];
    struct writer w = writer_of(text, sizeof text);
    json_t *query = vp_json(ADULT);
    struct vp_request_order order = {.signer = &stage.venue_signer,
                                     .chain = &stage.venue_chain,
                                     .chain_count = 1,
                                     .client_id = stage.client_id,
                                     .nonce = REQUEST_NONCE,
                                     .state = REQUEST_STATE,
                                     .response_uri = RESPONSE_URI,
                                     .query = query,
                                     .issued = STAGE_NOW,
                                     .expires = STAGE_NOW + 300,
                                     .key_id = REQUEST_KEY_ID,
                                     .wallet_nonce = "of-the-wallet"};
    memcpy(order.recipient, stage.recipient.signer.point, SIGNER_POINT);
    assert_int_equal(vp_request_make(&order, &w), JUMIN_OK);
    json_decref(query);
    struct vp_request_rules rules = vp_rules();
    rules.wallet_nonce = "of-the-wallet";
    assert_int_equal(read_text(writer_span(&w), &rules), JUMIN_OK);
    assert_int_equal(request.prefix, VP_X509_HASH);
    assert_string_equal(request.client_id, stage.client_id);
    assert_string_equal(request.nonce, REQUEST_NONCE);
    assert_string_equal(request.state, REQUEST_STATE);
    assert_string_equal(request.response_uri, RESPONSE_URI);
    assert_string_equal(request.recipient.key_id, REQUEST_KEY_ID);
    assert_int_equal(request.recipient.encryption, JWE_A256GCM);
    assert_memory_equal(request.recipient.point, stage.recipient.signer.point, SIGNER_POINT);
    assert_int_equal(request.venue.purposes, JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE);
    assert_int_equal(request.expires, STAGE_NOW + 300);
    assert_int_equal(request.query.count, 1);
    // What wallets of others look for.
    const json_t *claims = request.jws.claims;
    const json_t *formats =
        json_object_get(json_object_get(claims, "client_metadata"), "vp_formats_supported");
    assert_string_equal(jws_text(claims, "aud"), "https://self-issued.me/v2");
    assert_string_equal(jws_text(claims, "response_type"), "vp_token");
    assert_string_equal(jws_text(claims, "response_mode"), "direct_post.jwt");
    assert_non_null(json_object_get(formats, "mso_mdoc"));
    assert_non_null(json_object_get(formats, "dc+sd-jwt"));
}

static void test_request_by_host_is_read(void **state)
{
    (void)state;
    json_t *claims = vp_request_claims(ADULT);
    struct vp_request_rules rules = vp_rules();
    rules.client_id = "x509_san_dns:" VENUE_HOST;
    assert_int_equal(json_object_set_new(claims, "client_id", json_string(rules.client_id)), 0);
    assert_int_equal(read_text(vp_sign(claims), &rules), JUMIN_OK);
    assert_int_equal(request.prefix, VP_X509_SAN_DNS);
}

static void test_what_may_be_missing_or_otherwise_is_read(void **state)
{
    (void)state;
    assert_int_equal(read_with("state", NULL), JUMIN_OK);
    assert_null(request.state);
    assert_int_equal(read_with("aud", NULL), JUMIN_OK);
    assert_int_equal(read_with("aud", "['x','https://self-issued.me/v2']"), JUMIN_OK);
    assert_int_equal(read_with("exp", NULL), JUMIN_OK);
    assert_int_equal(read_with("iss", "'somebody'"), JUMIN_OK);
    assert_int_equal(read_with("verifier_info", "[]"), JUMIN_OK);
}

static void test_encryption_is_the_best_that_is_offered(void **state)
{
    (void)state;
    static const struct {
        const char *values;
        enum jwe_encryption expected;
    } cases[] = {
        {NULL, JWE_A128GCM},
        {"['A128GCM']", JWE_A128GCM},
        {"['A256GCM','A128GCM']", JWE_A256GCM},
        {"['A128CBC-HS256','A128GCM']", JWE_A128GCM},
        {"['A256GCM','A128CBC-HS256']", JWE_A256GCM},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *claims = vp_request_claims(ADULT);
        json_t *metadata = json_object_get(claims, "client_metadata");
        (void)json_object_del(metadata, "encrypted_response_enc_values_supported");
        if (cases[i].values != NULL) {
            (void)json_object_set_new(metadata, "encrypted_response_enc_values_supported",
                                      vp_json(cases[i].values));
        }
        assert_int_equal(read_claims(claims), JUMIN_OK);
        assert_int_equal(request.recipient.encryption, cases[i].expected);
    }
}

static void test_key_for_encryption_is_found_among_others(void **state)
{
    (void)state;
    json_t *claims = vp_request_claims(ADULT);
    json_t *keys =
        json_object_get(json_object_get(json_object_get(claims, "client_metadata"), "jwks"), "keys");
    json_t *other = jwk_make(stage.other.signer.point);
    (void)json_object_set_new(other, "use", json_string("sig"));
    (void)json_object_set_new(other, "alg", json_string("ECDH-ES"));
    (void)json_array_insert_new(keys, 0, other);
    (void)json_array_insert_new(keys, 0, vp_json("{'kty':'EC','crv':'P-384','alg':'ECDH-ES'}"));
    (void)json_array_insert_new(keys, 0, vp_json("{'kty':'RSA','alg':'RSA-OAEP-256'}"));
    assert_int_equal(read_claims(claims), JUMIN_OK);
    assert_memory_equal(request.recipient.point, stage.recipient.signer.point, SIGNER_POINT);
}

// --- Refused: claims -----------------------------------------------------------------------------------------

static void test_request_with_one_wrong_claim_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        enum jumin_error error;
        const char *words;
    } cases[] = {
        {"client_id", NULL, JUMIN_ERROR_MALFORMED, "does not say who asks"},
        {"client_id", "'x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'", JUMIN_ERROR_CONFLICT,
         "of another one than the link says"},
        {"nonce", NULL, JUMIN_ERROR_MALFORMED, "nonce"},
        {"nonce", "''", JUMIN_ERROR_MALFORMED, "nonce"},
        {"nonce", "5", JUMIN_ERROR_MALFORMED, "nonce"},
        {"nonce", "'a b'", JUMIN_ERROR_MALFORMED, "nonce"},
        {"state", "'a b'", JUMIN_ERROR_MALFORMED, "state"},
        {"state", "5", JUMIN_ERROR_MALFORMED, "state"},
        {"response_uri", NULL, JUMIN_ERROR_MALFORMED, "response_uri"},
        {"response_uri", "'ftp://shop.jumin.example'", JUMIN_ERROR_MALFORMED, "response_uri"},
        {"response_type", NULL, JUMIN_ERROR_NOT_SUPPORTED, "response_type"},
        {"response_type", "'vp_token id_token'", JUMIN_ERROR_NOT_SUPPORTED, "response_type"},
        {"response_mode", NULL, JUMIN_ERROR_NOT_SUPPORTED, "response_mode"},
        {"response_mode", "'fragment'", JUMIN_ERROR_NOT_SUPPORTED, "response_mode"},
        {"response_mode", "'direct_post'", JUMIN_ERROR_NOT_SUPPORTED, "unencrypted"},
        {"aud", "'https://wallet.example'", JUMIN_ERROR_MALFORMED, "for someone else"},
        {"aud", "['https://wallet.example']", JUMIN_ERROR_MALFORMED, "for someone else"},
        {"aud", "7", JUMIN_ERROR_MALFORMED, "for someone else"},
        {"redirect_uri", "'https://shop.jumin.example'", JUMIN_ERROR_MALFORMED, "redirect_uri"},
        {"request_uri", "'https://shop.jumin.example'", JUMIN_ERROR_MALFORMED, "request_uri"},
        {"request", "'a.b.c'", JUMIN_ERROR_MALFORMED, "request in it"},
        {"transaction_data", "['e30']", JUMIN_ERROR_NOT_SUPPORTED, "transaction"},
        {"dcql_query", NULL, JUMIN_ERROR_NOT_SUPPORTED, "dcql_query"},
        {"dcql_query", "'text'", JUMIN_ERROR_NOT_SUPPORTED, "dcql_query"},
        {"dcql_query", "{}", JUMIN_ERROR_MALFORMED, "credentials are missing"},
        {"client_metadata", NULL, JUMIN_ERROR_NOT_SUPPORTED, "no key"},
        {"client_metadata", "{'jwks':{'keys':[]}}", JUMIN_ERROR_NOT_SUPPORTED, "no key"},
        {"client_metadata", "{'jwks':{'keys':[{'kty':'EC','crv':'P-256','alg':'ECDH-ES+A128KW'}]}}",
         JUMIN_ERROR_NOT_SUPPORTED, "no key"},
        {"client_metadata", "{'jwks':{'keys':[{'kty':'EC','crv':'P-256'}]}}", JUMIN_ERROR_NOT_SUPPORTED,
         "no key"},
        {"client_metadata", "{'jwks':{'keys':[{'kty':'EC','crv':'P-256','alg':'ECDH-ES'}]}}",
         JUMIN_ERROR_MALFORMED, "coordinates"},
        {"iat", "1800000061", JUMIN_ERROR_NOT_VALID_NOW, "not valid yet"},
        {"nbf", "1800000061", JUMIN_ERROR_NOT_VALID_NOW, "not valid yet"},
        {"exp", "1799999940", JUMIN_ERROR_NOT_VALID_NOW, "expired"},
        {"exp", "'later'", JUMIN_ERROR_MALFORMED, "exp"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_refused(read_with(cases[i].name, cases[i].value), cases[i].error, &detail, cases[i].words);
        assert_null(request.client_id);
    }
}

static void test_encryption_that_is_not_known_is_refused(void **state)
{
    (void)state;
    json_t *claims = vp_request_claims(ADULT);
    (void)json_object_set_new(json_object_get(claims, "client_metadata"),
                              "encrypted_response_enc_values_supported", vp_json("['A128CBC-HS256']"));
    assert_refused(read_claims(claims), JUMIN_ERROR_NOT_SUPPORTED, &detail, "encryption that is not known");
}

static void test_key_with_its_private_part_is_refused(void **state)
{
    (void)state;
    json_t *claims = vp_request_claims(ADULT);
    json_t *keys =
        json_object_get(json_object_get(json_object_get(claims, "client_metadata"), "jwks"), "keys");
    (void)json_object_set_new(json_array_get(keys, 0), "d", json_string("AAAA"));
    assert_int_equal(read_claims(claims), JUMIN_ERROR_MALFORMED);
}

static void test_old_request_without_expiry_is_refused(void **state)
{
    (void)state;
    json_t *claims = vp_request_claims(ADULT);
    (void)json_object_del(claims, "exp");
    (void)json_object_set_new(claims, "iat", json_integer(STAGE_NOW - VP_REQUEST_AGE));
    assert_int_equal(read_claims(claims), JUMIN_OK);
    claims = vp_request_claims(ADULT);
    (void)json_object_del(claims, "exp");
    (void)json_object_set_new(claims, "iat", json_integer(STAGE_NOW - VP_REQUEST_AGE - 1));
    assert_int_equal(read_claims(claims), JUMIN_ERROR_NOT_VALID_NOW);
    claims = vp_request_claims(ADULT);
    (void)json_object_del(claims, "exp");
    (void)json_object_del(claims, "iat");
    assert_int_equal(read_claims(claims), JUMIN_ERROR_MALFORMED);
}

static void test_request_for_another_nonce_of_the_wallet_is_refused(void **state)
{
    (void)state;
    struct vp_request_rules rules = vp_rules();
    rules.wallet_nonce = "this-one";
    assert_refused(read_text(vp_sign(vp_request_claims(ADULT)), &rules), JUMIN_ERROR_CONFLICT, &detail,
                   "wallet_nonce");
    json_t *claims = vp_request_claims(ADULT);
    (void)json_object_set_new(claims, "wallet_nonce", json_string("that-one"));
    assert_int_equal(read_text(vp_sign(claims), &rules), JUMIN_ERROR_CONFLICT);
    claims = vp_request_claims(ADULT);
    (void)json_object_set_new(claims, "wallet_nonce", json_string("this-one"));
    assert_int_equal(read_text(vp_sign(claims), &rules), JUMIN_OK);
}

// --- Refused: signature and certificate ------------------------------------------------------------------------

static void test_request_that_nobody_signed_is_refused(void **state)
{
    (void)state;
    const struct vp_request_rules rules = vp_rules();
    json_t *claims = vp_request_claims(ADULT);
    char *payload = json_dumps(claims, JSON_COMPACT);
    json_decref(claims);
    const struct span token =
        jose_token(&stage.venue_signer, "{\"alg\":\"none\",\"typ\":\"oauth-authz-req+jwt\"}", payload);
    free(payload);
    assert_refused(read_text(token, &rules), JUMIN_ERROR_MALFORMED, &detail, "not signed");
    assert_refused(
        read_text(vp_sign_as(VP_REQUEST_TYPE, &stage.venue_signer, NULL, vp_request_claims(ADULT)), &rules),
        JUMIN_ERROR_MALFORMED, &detail, "no certificate (x5c)");
}

static void test_request_of_another_type_is_refused(void **state)
{
    (void)state;
    const struct vp_request_rules rules = vp_rules();
    static const char *const types[] = {"JWT", "jwt", "oauth-authz-req", "kb+jwt"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        assert_refused(
            read_text(vp_sign_as(types[i], &stage.venue_signer, &stage.venue_chain, vp_request_claims(ADULT)),
                      &rules),
            JUMIN_ERROR_MALFORMED, &detail, "typ");
    }
}

static void test_request_that_another_key_signed_is_refused(void **state)
{
    (void)state;
    const struct vp_request_rules rules = vp_rules();
    assert_int_equal(read_text(vp_sign_as(VP_REQUEST_TYPE, &stage.other.signer, &stage.venue_chain,
                                          vp_request_claims(ADULT)),
                               &rules),
                     JUMIN_ERROR_SIGNATURE);
}

static void test_request_with_another_certificate_than_its_client_id_is_refused(void **state)
{
    (void)state;
    struct vp_request_rules rules = vp_rules();
    struct signer signer;
    struct stage_holder other;
    stage_issue(&other, &stage.venue_root, CERTIFICATE_READER, CRYPTO_P256, NULL);
    assert_true(signer_of_key(&other.key.key, &signer));
    assert_refused(
        read_text(vp_sign_as(VP_REQUEST_TYPE, &signer, &other.der, vp_request_claims(ADULT)), &rules),
        JUMIN_ERROR_CERTIFICATE, &detail, "not that of the certificate");
    stage_release(&other);
}

static void test_client_id_that_no_certificate_names_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        enum jumin_error error;
    } cases[] = {
        {"redirect_uri:https://shop.jumin.example/response/1", JUMIN_ERROR_NOT_SUPPORTED},
        {"decentralized_identifier:did:web:shop.jumin.example", JUMIN_ERROR_NOT_SUPPORTED},
        {"shop.jumin.example", JUMIN_ERROR_NOT_SUPPORTED},
        {"x509_san_dns:bank.example", JUMIN_ERROR_CERTIFICATE},
        {"x509_san_dns:", JUMIN_ERROR_CERTIFICATE},
        {"x509_hash:", JUMIN_ERROR_CERTIFICATE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vp_request_rules rules = vp_rules();
        json_t *claims = vp_request_claims(ADULT);
        rules.client_id = cases[i].id;
        (void)json_object_set_new(claims, "client_id", json_string(cases[i].id));
        assert_int_equal(read_text(vp_sign(claims), &rules), cases[i].error);
    }
}

static void test_answer_to_another_host_than_the_certificates_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *uri;
        enum jumin_error error;
    } cases[] = {
        {"https://bank.example/response", JUMIN_ERROR_CERTIFICATE},
        {"https://shop.jumin.example.bank.example/response", JUMIN_ERROR_CERTIFICATE},
        {"https://shop.jumin.example@bank.example/response", JUMIN_ERROR_CERTIFICATE},
        {"https://shop.jumin.example:x@bank.example/response", JUMIN_ERROR_CERTIFICATE},
        {"https://bank.example/shop.jumin.example", JUMIN_ERROR_CERTIFICATE},
        {"https://Shop.jumin.example:8443/response", JUMIN_OK},
        {"https://shop.jumin.example?response", JUMIN_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vp_request_rules rules = vp_rules();
        json_t *claims = vp_request_claims(ADULT);
        rules.client_id = "x509_san_dns:" VENUE_HOST;
        (void)json_object_set_new(claims, "client_id", json_string(rules.client_id));
        (void)json_object_set_new(claims, "response_uri", json_string(cases[i].uri));
        assert_int_equal(read_text(vp_sign(claims), &rules), cases[i].error);
    }
}

static void test_certificate_that_is_no_venues_is_refused(void **state)
{
    (void)state;
    struct vp_request_rules rules = vp_rules();
    struct stage_holder signer_holder;
    struct signer signer;
    char id[VP_TEXT_MAX];
    rules.venues = stage.issuers; // roots of issuers stand for no venues
    assert_int_equal(read_text(vp_sign(vp_request_claims(ADULT)), &rules), JUMIN_ERROR_SIGNER_UNKNOWN);
    // A certificate below the venues' root that was made to sign mdocs.
    stage_issue(&signer_holder, &stage.venue_root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    assert_true(signer_of_key(&signer_holder.key.key, &signer));
    assert_int_equal(vp_client_id(VP_X509_HASH, signer_holder.der, "", id, &detail), JUMIN_OK);
    json_t *claims = vp_request_claims(ADULT);
    (void)json_object_set_new(claims, "client_id", json_string(id));
    rules = vp_rules();
    rules.client_id = id;
    assert_int_equal(read_text(vp_sign_as(VP_REQUEST_TYPE, &signer, &signer_holder.der, claims), &rules),
                     JUMIN_ERROR_CERTIFICATE);
    stage_release(&signer_holder);
}

static void test_key_of_another_curve_is_refused(void **state)
{
    (void)state;
    struct vp_request_rules rules = vp_rules();
    struct stage_holder other;
    char id[VP_TEXT_MAX];
    stage_issue(&other, &stage.venue_root, CERTIFICATE_READER, CRYPTO_P384, NULL);
    assert_int_equal(vp_client_id(VP_X509_HASH, other.der, "", id, &detail), JUMIN_OK);
    json_t *claims = vp_request_claims(ADULT);
    (void)json_object_set_new(claims, "client_id", json_string(id));
    rules.client_id = id;
    assert_refused(read_text(vp_sign_as(VP_REQUEST_TYPE, &stage.venue_signer, &other.der, claims), &rules),
                   JUMIN_ERROR_CERTIFICATE, &detail, "not of P-256");
    stage_release(&other);
}

static void test_texts_have_limits(void **state)
{
    (void)state;
    char text[VP_TEXT_MAX + 16];
    static const struct {
        const char *name;
        size_t most;
    } cases[] = {{"nonce", VP_NONCE_MAX - 1}, {"state", VP_TEXT_MAX - 1}, {"response_uri", VP_TEXT_MAX - 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t n = cases[i].most; n <= cases[i].most + 1; n++) {
            json_t *claims = vp_request_claims(ADULT);
            memset(text, 'a', n);
            text[n] = '\0';
            if (i == 2) {
                memcpy(text, "https://", 8);
            }
            (void)json_object_set_new(claims, cases[i].name, json_string(text));
            assert_int_equal(read_claims(claims), n == cases[i].most ? JUMIN_OK : JUMIN_ERROR_MALFORMED);
        }
    }
}

static void test_certificate_that_has_expired_is_refused(void **state)
{
    (void)state;
    struct vp_request_rules rules = vp_rules();
    json_t *claims = vp_request_claims(ADULT);
    rules.now = STAGE_NOW + (int64_t)101 * STAGE_DAY;
    (void)json_object_set_new(claims, "exp", json_integer(rules.now + 10));
    assert_refused(read_text(vp_sign(claims), &rules), JUMIN_ERROR_NOT_VALID_NOW, &detail, "certificate");
}

static void test_revocation_that_is_not_known_is_refused_where_it_is_required(void **state)
{
    (void)state;
    struct vp_request_rules rules = vp_rules();
    rules.revocation_required = true;
    assert_int_not_equal(read_text(vp_sign(vp_request_claims(ADULT)), &rules), JUMIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_link_is_put_and_read, release_request),
        cmocka_unit_test_teardown(test_link_may_hold_the_request_or_have_another_scheme, release_request),
        cmocka_unit_test(test_link_that_is_none_is_refused),
        cmocka_unit_test(test_client_id_is_the_hash_or_the_host_of_the_certificate),
        cmocka_unit_test_teardown(test_request_that_was_made_is_read, release_request),
        cmocka_unit_test_teardown(test_request_by_host_is_read, release_request),
        cmocka_unit_test_teardown(test_what_may_be_missing_or_otherwise_is_read, release_request),
        cmocka_unit_test_teardown(test_encryption_is_the_best_that_is_offered, release_request),
        cmocka_unit_test_teardown(test_key_for_encryption_is_found_among_others, release_request),
        cmocka_unit_test(test_request_with_one_wrong_claim_is_refused),
        cmocka_unit_test(test_encryption_that_is_not_known_is_refused),
        cmocka_unit_test(test_key_with_its_private_part_is_refused),
        cmocka_unit_test(test_old_request_without_expiry_is_refused),
        cmocka_unit_test_teardown(test_request_for_another_nonce_of_the_wallet_is_refused, release_request),
        cmocka_unit_test(test_request_that_nobody_signed_is_refused),
        cmocka_unit_test(test_request_of_another_type_is_refused),
        cmocka_unit_test(test_request_that_another_key_signed_is_refused),
        cmocka_unit_test(test_request_with_another_certificate_than_its_client_id_is_refused),
        cmocka_unit_test(test_client_id_that_no_certificate_names_is_refused),
        cmocka_unit_test_teardown(test_answer_to_another_host_than_the_certificates_is_refused,
                                  release_request),
        cmocka_unit_test(test_certificate_that_is_no_venues_is_refused),
        cmocka_unit_test(test_key_of_another_curve_is_refused),
        cmocka_unit_test_teardown(test_texts_have_limits, release_request),
        cmocka_unit_test(test_certificate_that_has_expired_is_refused),
        cmocka_unit_test(test_revocation_that_is_not_known_is_refused_where_it_is_required),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
