// Selective disclosure: what is published, what is made, shown in part, and bound to a holder (RFC 9901).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/base64url.h"
#include "host/mobile/sd_jwt.h"

static struct jose_party issuer, holder;
static uint8_t made[JOSE_TEXT_MAX], shown[JOSE_TEXT_MAX];
static const struct jws_header header = {.type = "dc+sd-jwt"};

static int make_parties(void **state)
{
    (void)state;
    jose_party_make(&issuer, 7);
    jose_party_make(&holder, 8);
    return 0;
}

static int release_parties(void **state)
{
    (void)state;
    crypto_ec_release(&issuer.key);
    crypto_ec_release(&holder.key);
    return 0;
}

// --- Published -------------------------------------------------------------------------------------------------

// The presentation of RFC 9901 §5.2, as signed for the draft's examples, and the key of its App. A.5.
static const char published[] =
    "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0.eyJfc2QiOiBbIkNyUWU3UzVrcUJBSHQtbk1ZWGdjNmJk"
    "dDJTSDVhVFkxc1VfTS1QZ2tqUEkiLCAiSnpZakg0c3ZsaUgwUjNQeUVNZmVadTZKdDY5dTVxZWhabzdGN0VQWWxTRSIsICJQb3JG"
    "YnBLdVZ1Nnh5bUphZ3ZrRnNGWEFiUm9jMkpHbEFVQTJCQTRvN2NJIiwgIlRHZjRvTGJnd2Q1SlFhSHlLVlFaVTlVZEdFMHc1cnRE"
    "c3JaemZVYW9tTG8iLCAiWFFfM2tQS3QxWHlYN0tBTmtxVlI2eVoyVmE1TnJQSXZQWWJ5TXZSS0JNTSIsICJYekZyendzY002R242"
    "Q0pEYzZ2Vks4QmtNbmZHOHZPU0tmcFBJWmRBZmRFIiwgImdiT3NJNEVkcTJ4Mkt3LXc1d1BFemFrb2I5aFYxY1JEMEFUTjNvUUw5"
    "Sk0iLCAianN1OXlWdWx3UVFsaEZsTV8zSmx6TWFTRnpnbGhRRzBEcGZheVF3TFVLNCJdLCAiaXNzIjogImh0dHBzOi8vaXNzdWVy"
    "LmV4YW1wbGUuY29tIiwgImlhdCI6IDE2ODMwMDAwMDAsICJleHAiOiAxODgzMDAwMDAwLCAic3ViIjogInVzZXJfNDIiLCAibmF0"
    "aW9uYWxpdGllcyI6IFt7Ii4uLiI6ICJwRm5kamtaX1ZDem15VGE2VWpsWm8zZGgta284YUlLUWM5RGxHemhhVllvIn0sIHsiLi4u"
    "IjogIjdDZjZKa1B1ZHJ5M2xjYndIZ2VaOGtoQXYxVTFPU2xlclAwVmtCSnJXWjAifV0sICJfc2RfYWxnIjogInNoYS0yNTYiLCAi"
    "Y25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyIsICJjcnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNFc0dmZTVm9I"
    "SVAxSUxpbERsczd2Q2VHZW1jIiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJTSWlyc1ZmdWVjQ0U2dDRqVDlGMkhaUSJ9fX0."
    "7oEYwv1H4rBa54xAhDH19DEIy-RRSTdwyJvhbjOKVFyQeM0-gcgpwCq-yFCbWj9THEjD9M4yYkAeaWXfuvBS-Q~WyJlbHVWNU9nM"
    "2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd~WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3Mi"
    "LCB7InN0cmVldF9hZGRyZXNzIjogIjEyMyBNYWluIFN0IiwgImxvY2FsaXR5IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0"
    "YXRlIiwgImNvdW50cnkiOiAiVVMifV0~WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd~WyJ"
    "sa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0~eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImtiK2p3dCJ9.eyJub25jZSI6IC"
    "IxMjM0NTY3ODkwIiwgImF1ZCI6ICJodHRwczovL3ZlcmlmaWVyLmV4YW1wbGUub3JnIiwgImlhdCI6IDE3MDIzMTYwMTUsICJzZF"
    "9oYXNoIjogIm5ZY09YeVA0M3Y5c3pLcnluX2tfNEdrUnJfajNTVEhoTlNTLWkxRHVhdW8ifQ.12Qymun2geGbkYOwiV-DUVfS-zB"
    "BKqNe83yNbxM45J93bno-oM7mph3L1-rPa4lFKQ04wB-T9rU3uAZnBAan5g";

static void test_published_presentation_is_verified(void **state)
{
    (void)state;
    const struct sd_jwt_binding expected = {"https://verifier.example.org", "1234567890", 1702316020, 60, 5};
    uint8_t key[SIGNER_POINT];
    struct detail detail = {0};
    struct sd_jwt sd;
    json_t *jwk = json_pack("{ss,ss,ss,ss}", "kty", "EC", "crv", "P-256", "x",
                            "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ", "y",
                            "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8");
    assert_int_equal(jwk_read(jwk, key, &detail), JUMIN_OK);
    json_decref(jwk);
    assert_int_equal(sd_jwt_read(text_span(published), "example+sd-jwt", &sd, &detail), JUMIN_OK);
    assert_int_equal(sd_jwt_open(&sd, key, &detail), JUMIN_OK);
    char *claims = json_dumps(sd.claims, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(
        claims,
        "{\"address\":{\"country\":\"US\",\"locality\":\"Anytown\",\"region\":\"Anystate\",\"street_"
        "address\":\"123 Main St\"},"
        "\"cnf\":{\"jwk\":{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":"
        "\"TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc\","
        "\"y\":\"ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ\"}},\"exp\":1883000000,\"family_name\":\"Doe\","
        "\"given_name\":\"John\",\"iat\":1683000000,\"iss\":\"https://"
        "issuer.example.com\",\"nationalities\":[\"US\"],"
        "\"sub\":\"user_42\"}");
    free(claims);
    assert_int_equal(sd_jwt_check_binding(&sd, &expected, &detail), JUMIN_OK);
    sd_jwt_release(&sd);
}

// --- Made ------------------------------------------------------------------------------------------------------

static json_t *json(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

// A person with an address that is hidden as a whole and in its parts, and two degrees, one without a year.
static struct span make_person(void)
{
    static uint8_t room[8192];
    const struct crypto_random random = crypto_system_random();
    struct sd_jwt_maker maker;
    struct writer out = writer_of(made, sizeof made);
    json_t *claims = json("{\"name\":\"Kim\",\"address\":{\"street\":\"Sejong-ro 1\",\"city\":\"Seoul\"},"
                          "\"degrees\":[{\"type\":\"BSc\",\"year\":2001},{\"type\":\"MSc\"}],\"sub\":\"1\"}");
    json_t *degrees = json_object_get(claims, "degrees");
    assert_int_equal(
        json_object_set_new(claims, "cnf", json_pack("{so}", "jwk", jwk_make(holder.signer.point))), 0);
    sd_jwt_begin(&maker, &random, room, sizeof room);
    sd_jwt_hide(&maker, json_object_get(claims, "address"), "street");
    sd_jwt_hide(&maker, json_object_get(claims, "address"), "city");
    sd_jwt_hide(&maker, claims, "address");
    sd_jwt_hide(&maker, claims, "name");
    sd_jwt_hide(&maker, json_array_get(degrees, 0), "year");
    sd_jwt_hide_item(&maker, degrees, 0);
    sd_jwt_hide_item(&maker, degrees, 1);
    sd_jwt_decoys(&maker, claims, 3);
    assert_int_equal(sd_jwt_finish(&maker, &issuer.signer, &header, claims, &out), JUMIN_OK);
    json_decref(claims);
    return writer_span(&out);
}

static void open_token(struct span token, struct sd_jwt *sd)
{
    struct detail detail = {0};
    if (sd_jwt_read(token, "dc+sd-jwt", sd, &detail) != JUMIN_OK ||
        sd_jwt_open(sd, issuer.signer.point, &detail) != JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
}

static void assert_claims(const struct sd_jwt *sd, const char *expected)
{
    json_t *copy = json_deep_copy(sd->claims);
    assert_int_equal(json_object_del(copy, "cnf"), 0);
    char *text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, expected);
    free(text);
    json_decref(copy);
}

static void test_everything_made_is_opened(void **state)
{
    (void)state;
    struct sd_jwt sd;
    open_token(make_person(), &sd);
    assert_int_equal(sd.count, 7);
    assert_claims(
        &sd,
        "{\"address\":{\"city\":\"Seoul\",\"street\":\"Sejong-ro 1\"},"
        "\"degrees\":[{\"type\":\"BSc\",\"year\":2001},{\"type\":\"MSc\"}],\"name\":\"Kim\",\"sub\":\"1\"}");
    sd_jwt_release(&sd);
}

static void test_digests_are_sorted_and_mixed_with_decoys(void **state)
{
    (void)state;
    struct sd_jwt sd;
    open_token(make_person(), &sd);
    const json_t *digests = json_object_get(sd.issued.claims, "_sd");
    assert_int_equal(json_array_size(digests), 2 + 3);
    for (size_t i = 0; i + 1 < 5; i++) {
        const char *text = json_string_value(json_array_get(digests, i));
        assert_int_equal(strlen(text), SD_JWT_DIGEST_TEXT);
        assert_true(strcmp(text, json_string_value(json_array_get(digests, i + 1))) < 0);
    }
    assert_null(json_object_get(sd.issued.claims, "name"));
    assert_string_equal(jws_text(sd.issued.claims, "_sd_alg"), "sha-256");
    sd_jwt_release(&sd);
}

static void test_salts_are_fresh_and_long(void **state)
{
    (void)state;
    struct sd_jwt sd;
    open_token(make_person(), &sd);
    for (size_t i = 0; i < sd.count; i++) {
        const json_t *salt = json_array_get(sd.disclosures[i].content, 0);
        uint8_t bytes[SD_JWT_SALT];
        struct writer w = writer_of(bytes, sizeof bytes);
        assert_true(base64url_decode(text_span(json_string_value(salt)), &w));
        assert_int_equal(w.n, 16);
        for (size_t k = 0; k < i; k++) {
            assert_false(json_equal(salt, json_array_get(sd.disclosures[k].content, 0)));
        }
    }
    sd_jwt_release(&sd);
}

static bool no_random(void *context, uint8_t *out, size_t n)
{
    (void)context;
    (void)out;
    (void)n;
    return false;
}

static void test_making_that_fails_says_why(void **state)
{
    (void)state;
    static uint8_t room[512];
    const struct crypto_random random = crypto_system_random(), none = {.fill = no_random};
    struct sd_jwt_maker maker;
    json_t *claims = json("{\"name\":\"Kim\",\"_sd\":[],\"list\":[1]}");
    sd_jwt_begin(&maker, &random, room, sizeof room);
    sd_jwt_hide(&maker, claims, "nobody");
    assert_int_equal(maker.error, JUMIN_ERROR_INPUT);
    sd_jwt_begin(&maker, &random, room, sizeof room);
    sd_jwt_hide(&maker, claims, "_sd");
    assert_int_equal(maker.error, JUMIN_ERROR_INPUT);
    sd_jwt_begin(&maker, &random, room, sizeof room);
    sd_jwt_hide_item(&maker, json_object_get(claims, "list"), 1);
    assert_int_equal(maker.error, JUMIN_ERROR_INPUT);
    sd_jwt_begin(&maker, &random, room, 40);
    sd_jwt_hide(&maker, claims, "name");
    assert_int_equal(maker.error, JUMIN_ERROR_ARGUMENT);
    sd_jwt_begin(&maker, &none, room, sizeof room);
    sd_jwt_hide(&maker, claims, "name");
    assert_int_equal(maker.error, JUMIN_ERROR_CRYPTO);
    sd_jwt_begin(&maker, &none, room, sizeof room);
    sd_jwt_decoys(&maker, claims, 1);
    assert_int_equal(maker.error, JUMIN_ERROR_CRYPTO);
    struct writer out = writer_of(made, sizeof made);
    assert_int_equal(sd_jwt_finish(&maker, &issuer.signer, &header, claims, &out), JUMIN_ERROR_CRYPTO);
    assert_string_equal(jws_text(claims, "name"), "Kim"); // nothing was hidden that is not disclosed
    json_decref(claims);
}

// --- Shown -----------------------------------------------------------------------------------------------------

// Shows what `path` wants and gives the claims that the verifier then sees.
static void assert_shown(const char *path, const char *expected)
{
    bool selected[SD_JWT_DISCLOSURES_MAX] = {false};
    struct sd_jwt sd, seen;
    struct writer out = writer_of(shown, sizeof shown);
    json_t *wanted = json(path);
    open_token(make_person(), &sd);
    assert_true(sd_jwt_select(&sd, wanted, selected));
    assert_int_equal(sd_jwt_present(&sd, selected, &out), JUMIN_OK);
    open_token(writer_span(&out), &seen);
    assert_claims(&seen, expected);
    json_decref(wanted);
    sd_jwt_release(&sd);
    sd_jwt_release(&seen);
}

static void test_only_what_is_wanted_is_shown(void **state)
{
    (void)state;
    assert_shown("[\"sub\"]", "{\"degrees\":[],\"sub\":\"1\"}");
    assert_shown("[\"name\"]", "{\"degrees\":[],\"name\":\"Kim\",\"sub\":\"1\"}");
    assert_shown("[\"address\",\"city\"]", "{\"address\":{\"city\":\"Seoul\"},\"degrees\":[],\"sub\":\"1\"}");
    assert_shown(
        "[\"address\"]",
        "{\"address\":{\"city\":\"Seoul\",\"street\":\"Sejong-ro 1\"},\"degrees\":[],\"sub\":\"1\"}");
    assert_shown("[\"degrees\",1,\"type\"]", "{\"degrees\":[{\"type\":\"MSc\"}],\"sub\":\"1\"}");
    assert_shown("[\"degrees\",0,\"type\"]", "{\"degrees\":[{\"type\":\"BSc\"}],\"sub\":\"1\"}");
    assert_shown("[\"degrees\",null,\"year\"]",
                 "{\"degrees\":[{\"type\":\"BSc\",\"year\":2001}],\"sub\":\"1\"}");
    assert_shown("[\"degrees\",null,\"type\"]",
                 "{\"degrees\":[{\"type\":\"BSc\"},{\"type\":\"MSc\"}],\"sub\":\"1\"}");
}

static void test_what_is_not_there_cannot_be_selected(void **state)
{
    (void)state;
    static const char *const paths[] = {"[\"age\"]",
                                        "[\"address\",\"zip\"]",
                                        "[\"degrees\",2]",
                                        "[\"degrees\",-1]",
                                        "[\"name\",\"x\"]",
                                        "[\"degrees\",null,\"x\"]",
                                        "[]",
                                        "[true]",
                                        "[null]",
                                        "\"name\""};
    bool selected[SD_JWT_DISCLOSURES_MAX] = {false};
    struct sd_jwt sd;
    open_token(make_person(), &sd);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        json_t *path = json(paths[i]);
        assert_false(sd_jwt_select(&sd, path, selected));
        json_decref(path);
    }
    for (size_t i = 0; i < sd.count; i++) {
        assert_false(selected[i]);
    }
    sd_jwt_release(&sd);
}

static void test_inner_disclosure_is_not_shown_without_the_outer(void **state)
{
    (void)state;
    bool selected[SD_JWT_DISCLOSURES_MAX] = {true}; // the street; the address is the third
    struct sd_jwt sd;
    struct writer out = writer_of(shown, sizeof shown);
    open_token(make_person(), &sd);
    assert_int_equal(sd_jwt_present(&sd, selected, &out), JUMIN_ERROR_INPUT);
    selected[2] = true;
    out = writer_of(shown, sizeof shown);
    assert_int_equal(sd_jwt_present(&sd, selected, &out), JUMIN_OK);
    out = writer_of(shown, 100);
    assert_int_equal(sd_jwt_present(&sd, selected, &out), JUMIN_ERROR_ARGUMENT);
    sd_jwt_release(&sd);
}

// --- Bound -----------------------------------------------------------------------------------------------------

static const struct sd_jwt_binding here = {"x509_hash:store", "n-1", JOSE_NOW, 60, 5};

static struct span bind_person(const struct signer *signer, const struct sd_jwt_binding *binding)
{
    const bool selected[SD_JWT_DISCLOSURES_MAX] = {false};
    struct sd_jwt sd;
    struct writer out = writer_of(shown, sizeof shown);
    open_token(make_person(), &sd);
    writer_put(&out, text_span("before")); // as in a larger answer
    assert_int_equal(sd_jwt_present(&sd, selected, &out), JUMIN_OK);
    assert_int_equal(sd_jwt_bind(signer, binding, 6, &out), JUMIN_OK);
    sd_jwt_release(&sd);
    return span_from(writer_span(&out), 6);
}

static void check_bound(struct span token, const struct sd_jwt_binding *expected, enum jumin_error error,
                        const char *words)
{
    struct detail detail = {0};
    struct sd_jwt sd;
    open_token(token, &sd);
    assert_refused(sd_jwt_check_binding(&sd, expected, &detail), error, &detail, words);
    sd_jwt_release(&sd);
}

static void test_binding_is_taken_where_it_belongs(void **state)
{
    (void)state;
    check_bound(bind_person(&holder.signer, &here), &here, JUMIN_OK, "");
}

static void test_binding_of_another_exchange_is_refused(void **state)
{
    (void)state;
    struct sd_jwt_binding other = here;
    other.audience = "x509_hash:other";
    check_bound(bind_person(&holder.signer, &here), &other, JUMIN_ERROR_SIGNATURE, "aud");
    other = here;
    other.nonce = "n-2";
    check_bound(bind_person(&holder.signer, &here), &other, JUMIN_ERROR_SIGNATURE, "nonce");
    other = here;
    other.now += 61;
    check_bound(bind_person(&holder.signer, &here), &other, JUMIN_ERROR_NOT_VALID_NOW, "too old");
    other = here;
    other.now -= 6;
    check_bound(bind_person(&holder.signer, &here), &other, JUMIN_ERROR_NOT_VALID_NOW, "future");
}

static void test_binding_by_another_key_is_refused(void **state)
{
    (void)state;
    check_bound(bind_person(&issuer.signer, &here), &here, JUMIN_ERROR_SIGNATURE, "signature");
}

static void test_missing_binding_is_refused(void **state)
{
    (void)state;
    check_bound(make_person(), &here, JUMIN_ERROR_SIGNATURE, "missing");
}

static void test_binding_of_more_or_less_disclosures_is_refused(void **state)
{
    (void)state;
    static uint8_t joined[JOSE_TEXT_MAX];
    struct writer w = writer_of(joined, sizeof joined);
    const struct span bound = bind_person(&holder.signer, &here);
    const size_t presented = (size_t)((const uint8_t *)memrchr(bound.p, '~', bound.n) - bound.p) + 1;
    struct sd_jwt sd;
    open_token(span_of(made, strlen((const char *)made)), &sd); // of the same making
    writer_put(&w, span_first(bound, presented));
    writer_put(&w, sd.disclosures[3].text);
    writer_put(&w, text_span("~"));
    writer_put(&w, span_from(bound, presented));
    sd_jwt_release(&sd);
    check_bound(writer_span(&w), &here, JUMIN_ERROR_HASH, "sd_hash");
}

// A binding JWT made by hand behind the person's token.
static void refuse_binding(const char *kb_header, const char *claims, enum jumin_error error,
                           const char *words)
{
    static uint8_t joined[JOSE_TEXT_MAX];
    struct writer w = writer_of(joined, sizeof joined);
    writer_put(&w, make_person());
    writer_put(&w, jose_token(&holder.signer, kb_header, claims));
    check_bound(writer_span(&w), &here, error, words);
}

static void test_binding_of_another_form_is_refused(void **state)
{
    (void)state;
    static const char good[] = "{\"alg\":\"ES256\",\"typ\":\"kb+jwt\"}";
    refuse_binding("{\"alg\":\"ES256\",\"typ\":\"JWT\"}", "{}", JUMIN_ERROR_MALFORMED, "no kb+jwt");
    refuse_binding("{\"alg\":\"none\",\"typ\":\"kb+jwt\"}", "{}", JUMIN_ERROR_MALFORMED, "ES256");
    refuse_binding(good, "{\"nonce\":\"n-1\",\"iat\":1800000000}", JUMIN_ERROR_SIGNATURE, "aud");
    refuse_binding(good, "{\"aud\":[\"x509_hash:store\"],\"nonce\":\"n-1\"}", JUMIN_ERROR_SIGNATURE, "aud");
    refuse_binding(good, "{\"aud\":\"x509_hash:store\",\"iat\":1800000000}", JUMIN_ERROR_SIGNATURE, "nonce");
    refuse_binding(good, "{\"aud\":\"x509_hash:store\",\"nonce\":\"n-1\",\"iat\":1800000000}",
                   JUMIN_ERROR_HASH, "sd_hash");
}

static void test_binding_without_time_is_refused(void **state)
{
    (void)state;
    uint8_t digest[SIGNER_DIGEST], claims[256];
    struct writer w = writer_of(claims, sizeof claims - 1);
    const struct span person = make_person();
    static uint8_t joined[JOSE_TEXT_MAX];
    struct writer whole = writer_of(joined, sizeof joined);
    writer_put(&whole, person);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &person, 1, digest));
    writer_put(&w, text_span("{\"aud\":\"x509_hash:store\",\"nonce\":\"n-1\",\"sd_hash\":\""));
    base64url_put(&w, span_of(digest, sizeof digest));
    writer_put(&w, text_span("\"}"));
    writer_put_u8(&w, 0);
    writer_put(&whole,
               jose_token(&holder.signer, "{\"alg\":\"ES256\",\"typ\":\"kb+jwt\"}", (const char *)claims));
    check_bound(writer_span(&whole), &here, JUMIN_ERROR_MALFORMED, "iat");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_presentation_is_verified),
        cmocka_unit_test(test_everything_made_is_opened),
        cmocka_unit_test(test_digests_are_sorted_and_mixed_with_decoys),
        cmocka_unit_test(test_salts_are_fresh_and_long),
        cmocka_unit_test(test_making_that_fails_says_why),
        cmocka_unit_test(test_only_what_is_wanted_is_shown),
        cmocka_unit_test(test_what_is_not_there_cannot_be_selected),
        cmocka_unit_test(test_inner_disclosure_is_not_shown_without_the_outer),
        cmocka_unit_test(test_binding_is_taken_where_it_belongs),
        cmocka_unit_test(test_binding_of_another_exchange_is_refused),
        cmocka_unit_test(test_binding_by_another_key_is_refused),
        cmocka_unit_test(test_missing_binding_is_refused),
        cmocka_unit_test(test_binding_of_more_or_less_disclosures_is_refused),
        cmocka_unit_test(test_binding_of_another_form_is_refused),
        cmocka_unit_test(test_binding_without_time_is_refused),
    };
    return cmocka_run_group_tests(tests, make_parties, release_parties);
}
