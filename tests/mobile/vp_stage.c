// What the tests of presentations over the network share.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/vp_stage.h"

#include "host/mobile/resident_claims.h"

struct vp_stage stage;

static void with_host(struct certificate_request *request)
{
    request->host = VENUE_HOST;
    request->purposes = JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE;
}

static const uint8_t portrait[] = {0xFF, 0xD8, 0xFF};

static struct resident_claims resident(void)
{
    struct resident_claims claims = {
        .family_name = "김",
        .given_name = "주민",
        .birth_date = "1990-01-02",
        .sex = 2,
        .portrait = {portrait, sizeof portrait},
        .issuing_country = "KR",
        .address = "Seoul",
        .registration_number = "900102-2000000",
    };
    claims.years[0].year = 2027;
    claims.years[0].adult = true;
    claims.year_count = 1;
    return claims;
}

static void make_mdoc(const struct signer *signer)
{
    const struct resident_claims claims = resident();
    const struct crypto_random random = crypto_system_random();
    struct resident_mdoc content;
    struct detail detail = {{0}};
    uint8_t values[4096];
    struct writer v = writer_of(values, sizeof values),
                  w = writer_of(stage.mdoc_bytes, sizeof stage.mdoc_bytes);
    assert_true(resident_claims_mdoc(&claims, &v, &content));
    struct issuer_signed_order order = {
        .doc_type = text_span(RESIDENT_DOC_TYPE),
        .namespaces = content.namespaces,
        .namespace_count = content.namespace_count,
        .decoys = 2,
        .validity = {.signed_at = STAGE_NOW - 10,
                     .valid_from = STAGE_NOW - 10,
                     .valid_until = STAGE_NOW + STAGE_DAY},
        .chain = &stage.mdoc_signer.der,
        .chain_count = 1,
        .algorithm = COSE_ES256,
    };
    memcpy(order.device_key, stage.holder.signer.point, SIGNER_POINT);
    assert_int_equal(issuer_signed_make(&order, signer, &random, &w), JUMIN_OK);
    assert_int_equal(issuer_signed_parse(writer_span(&w), &stage.mdoc, &detail), JUMIN_OK);
    stage.held_mdoc.mdoc = &stage.mdoc;
}

static void make_sd_jwt(const struct signer *signer)
{
    const struct crypto_random random = crypto_system_random();
    struct detail detail = {{0}};
    struct writer w = writer_of(stage.sd_jwt_bytes, sizeof stage.sd_jwt_bytes);
    json_t *claims =
        vp_json("{'family_name_unicode':'김','given_name_unicode':'주민','birth_date':'1990-01-02',"
                "'adult_in_2027':true,'sex':2,'address':{'region':'Seoul','lines':['a','b']},"
                "'children':[{'name':'x'},{'name':'y','age':3}]}");
    struct sd_jwt_vc_order order = {.signer = signer,
                                    .chain = &stage.sd_jwt_issuer.der,
                                    .chain_count = 1,
                                    .vct = RESIDENT_VCT,
                                    .issued_at = STAGE_NOW - 10,
                                    .not_before = STAGE_NOW - 10,
                                    .expires = STAGE_NOW + STAGE_DAY,
                                    .claims = claims,
                                    .decoys = 2};
    memcpy(order.holder, stage.holder.signer.point, SIGNER_POINT);
    assert_int_equal(sd_jwt_vc_issue(&order, &random, &w), JUMIN_OK);
    json_decref(claims);
    assert_int_equal(sd_jwt_vc_read(writer_span(&w), &stage.sd_jwt, &detail), JUMIN_OK);
    assert_int_equal(sd_jwt_vc_check(&stage.sd_jwt, signer->point, STAGE_NOW, 0, &detail), JUMIN_OK);
    stage.held_sd_jwt.sd_jwt = &stage.sd_jwt;
}

int vp_stage_open(void **state)
{
    (void)state;
    struct signer signer;
    struct detail detail = {{0}};
    assert_int_equal(jumin_trust_new(&stage.venues), JUMIN_OK);
    assert_int_equal(jumin_trust_new(&stage.issuers), JUMIN_OK);
    stage_root(&stage.venue_root, "Venues", stage.venues);
    stage_root(&stage.iaca, "IACA", stage.issuers);
    stage_crl(&stage.iaca, NULL, 1, STAGE_NOW - STAGE_DAY, STAGE_NOW + STAGE_DAY, stage.issuers);
    stage_issue(&stage.venue, &stage.venue_root, CERTIFICATE_READER, CRYPTO_P256, with_host);
    stage_issue(&stage.mdoc_signer, &stage.iaca, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    stage_issue(&stage.sd_jwt_issuer, &stage.iaca, CERTIFICATE_SD_JWT_ISSUER, CRYPTO_P256, NULL);
    assert_true(signer_of_key(&stage.venue.key.key, &stage.venue_signer));
    stage.venue_chain = stage.venue.der;
    assert_int_equal(vp_client_id(VP_X509_HASH, stage.venue.der, "", stage.client_id, &detail), JUMIN_OK);
    jose_party_make(&stage.holder, 21);
    jose_party_make(&stage.other, 22);
    jose_party_make(&stage.recipient, 23);
    assert_true(signer_of_key(&stage.mdoc_signer.key.key, &signer));
    make_mdoc(&signer);
    assert_true(signer_of_key(&stage.sd_jwt_issuer.key.key, &signer));
    make_sd_jwt(&signer);
    return 0;
}

int vp_stage_close(void **state)
{
    (void)state;
    sd_jwt_vc_release(&stage.sd_jwt);
    stage_release(&stage.venue_root);
    stage_release(&stage.venue);
    stage_release(&stage.iaca);
    stage_release(&stage.mdoc_signer);
    stage_release(&stage.sd_jwt_issuer);
    crypto_ec_release(&stage.holder.key);
    crypto_ec_release(&stage.other.key);
    crypto_ec_release(&stage.recipient.key);
    jumin_trust_free(stage.venues);
    jumin_trust_free(stage.issuers);
    return 0;
}

json_t *vp_json(const char *text)
{
    char with_quotes[4096];
    size_t n = 0;
    for (; text[n] != '\0'; n++) {
        assert_true(n + 1 < sizeof with_quotes);
        with_quotes[n] = text[n];
        if (text[n] == '\'') {
            with_quotes[n] = '"';
        }
    }
    with_quotes[n] = '\0';
    json_t *json = json_loads(with_quotes, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    return json;
}

json_t *vp_request_claims(const char *query)
{
    json_t *key = jwk_make(stage.recipient.signer.point);
    assert_int_equal(json_object_set_new(key, "alg", json_string("ECDH-ES")), 0);
    assert_int_equal(json_object_set_new(key, "use", json_string("enc")), 0);
    assert_int_equal(json_object_set_new(key, "kid", json_string(REQUEST_KEY_ID)), 0);
    json_t *claims =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:o, s:{s:{s:[o]}, s:[s, s]}}",
                  "response_type", "vp_token", "response_mode", "direct_post.jwt", "client_id",
                  stage.client_id, "aud", "https://self-issued.me/v2", "nonce", REQUEST_NONCE, "state",
                  REQUEST_STATE, "response_uri", RESPONSE_URI, "iat", (json_int_t)STAGE_NOW, "exp",
                  (json_int_t)STAGE_NOW + 300, "dcql_query", vp_json(query), "client_metadata", "jwks",
                  "keys", key, "encrypted_response_enc_values_supported", "A128GCM", "A256GCM");
    assert_non_null(claims);
    return claims;
}

struct span vp_sign_as(const char *type, const struct signer *signer, const struct span *chain,
                       json_t *claims)
{
    static uint8_t text[JOSE_TEXT_MAX];
    struct writer w = writer_of(text, sizeof text);
    const struct jws_header header = {.type = type, .chain = chain, .chain_count = chain != NULL ? 1 : 0};
    assert_int_equal(jws_sign_claims(signer, &header, claims, &w), JUMIN_OK);
    json_decref(claims);
    return writer_span(&w);
}

struct span vp_sign(json_t *claims)
{
    return vp_sign_as(VP_REQUEST_TYPE, &stage.venue_signer, &stage.venue_chain, claims);
}

struct vp_request_rules vp_rules(void)
{
    return (struct vp_request_rules){.client_id = stage.client_id, .venues = stage.venues, .now = STAGE_NOW};
}

void vp_request_for(const char *query, struct vp_request *request)
{
    const struct vp_request_rules rules = vp_rules();
    struct detail detail = {{0}};
    const struct span text = vp_sign(vp_request_claims(query));
    if (vp_request_read(text, &rules, request, &detail) != JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
}
