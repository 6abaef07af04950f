// DPoP proofs: made, checked, and refused (RFC 9449 §4).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/base64url.h"
#include "host/mobile/dpop.h"

static struct jose_party phone;
static uint8_t out[DPOP_MAX * 2];
static struct span made; // what make made last

static const struct dpop_request request = {.method = "POST",
                                            .uri = "https://issuer.example/token",
                                            .nonce = NULL,
                                            .now = JOSE_NOW,
                                            .window = 60,
                                            .leeway = 5};

static int make_parties(void **state)
{
    (void)state;
    jose_party_make(&phone, 7);
    return 0;
}

static int release_parties(void **state)
{
    (void)state;
    crypto_ec_release(&phone.key);
    return 0;
}

static struct span make(const struct dpop_request *of)
{
    const struct crypto_random random = crypto_system_random();
    struct writer w = writer_of(out, sizeof out);
    assert_int_equal(dpop_make(&phone.signer, of, &random, &w), JUMIN_OK);
    made = writer_span(&w);
    return made;
}

static void expect(struct span proof, const struct dpop_request *wanted, enum jumin_error error,
                   const char *words)
{
    struct dpop_proof read;
    struct detail detail = {0};
    assert_refused(dpop_check(proof, wanted, &read, &detail), error, &detail, words);
}

// RFC 9449 §4.1 and §6.1.
static void test_published_proof_is_taken(void **state)
{
    (void)state;
    static const char published[] =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZ"
        "OXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIs"
        "ImNydiI6IlAtMjU2In19."
        "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVy"
        "LmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtF"
        "LbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
    const struct dpop_request wanted = {
        .method = "POST", .uri = "https://server.example.com/token", .now = 1562262616, .window = 60};
    struct dpop_proof proof;
    struct detail detail = {0};
    char jkt[44] = {0};
    struct writer w = writer_of(jkt, 43);
    assert_int_equal(dpop_check(text_span(published), &wanted, &proof, &detail), JUMIN_OK);
    base64url_put(&w, span_of(proof.thumbprint, sizeof proof.thumbprint));
    assert_string_equal(jkt, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    assert_string_equal(proof.id, "-BwC3ESc6acc2lTc");
    assert_string_equal(proof.nonce, "");
    assert_int_equal(proof.issued_at, 1562262616);
}

static void test_proof_that_is_made_is_taken(void **state)
{
    (void)state;
    struct dpop_request full = request;
    struct dpop_proof first, second;
    struct detail detail = {0};
    full.nonce = "server-nonce";
    full.access_token = text_span("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
    full.uri = "https://issuer.example/credential?x=1#y";
    assert_int_equal(dpop_check(make(&full), &full, &first, &detail), JUMIN_OK);
    assert_memory_equal(first.key, phone.signer.point, SIGNER_POINT);
    assert_string_equal(first.nonce, "server-nonce");
    assert_int_equal(strlen(first.id), 22);
    // RFC 9449 §7.1: ath of that token.
    assert_non_null(strstr(jose_part(made, 1), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"));
    assert_null(strstr(jose_part(made, 1), "x=1"));
    assert_int_equal(dpop_check(make(&full), &full, &second, &detail), JUMIN_OK);
    assert_string_not_equal(first.id, second.id);
    // A nonce that the caller compares.
    full.nonce = NULL;
    assert_int_equal(dpop_check(made, &full, &second, &detail), JUMIN_OK);
    assert_string_equal(second.nonce, "server-nonce");
}

static void test_proof_for_another_request_is_refused(void **state)
{
    (void)state;
    struct dpop_request other = request;
    other.method = "GET";
    expect(make(&request), &other, JUMIN_ERROR_SIGNATURE, "htm");
    other.method = "post";
    expect(make(&request), &other, JUMIN_ERROR_SIGNATURE, "htm");
    other = request;
    other.access_token = text_span("token");
    expect(make(&request), &other, JUMIN_ERROR_SIGNATURE, "ath");
    struct dpop_request third = other;
    third.access_token = text_span("token2");
    expect(make(&third), &other, JUMIN_ERROR_SIGNATURE, "ath");
    other = request;
    other.nonce = "n";
    expect(make(&request), &other, JUMIN_ERROR_SIGNATURE, "nonce");
    third = request;
    third.nonce = "m";
    expect(make(&third), &other, JUMIN_ERROR_SIGNATURE, "nonce");
}

static void test_addresses_are_compared_by_what_they_mean(void **state)
{
    (void)state;
    static const char *const same[] = {"HTTPS://Issuer.Example/token", "https://issuer.example:443/token",
                                       "https://issuer.example/token?a=b", "https://issuer.example/token#c"};
    static const char *const different[] = {"http://issuer.example/token",
                                            "https://issuer.example/Token",
                                            "https://issuer.example/token/",
                                            "https://issuer.example:8443/token",
                                            "https://issuer.example:80/token",
                                            "https://issuer.example",
                                            "https://issuer.example.evil/token",
                                            "https://evil/issuer.example/token",
                                            "issuer.example/token",
                                            "https:///token",
                                            "",
                                            "https:/issuer.example/token"};
    struct dpop_request other = request;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        other.uri = same[i];
        expect(make(&other), &request, JUMIN_OK, "");
        expect(make(&request), &other, JUMIN_OK, "");
    }
    for (size_t i = 0; i < sizeof different / sizeof different[0]; i++) {
        other.uri = different[i];
        expect(make(&other), &request, JUMIN_ERROR_SIGNATURE, "htu");
    }
    struct dpop_request bare = request;
    bare.uri = "http://issuer.example:80";
    other.uri = "http://issuer.example/";
    expect(make(&other), &bare, JUMIN_OK, "");
}

static void test_stale_proof_is_refused(void **state)
{
    (void)state;
    struct dpop_request later = request;
    later.now = JOSE_NOW + 61;
    expect(make(&request), &later, JUMIN_ERROR_NOT_VALID_NOW, "too old");
    later.now = JOSE_NOW - 6;
    expect(make(&request), &later, JUMIN_ERROR_NOT_VALID_NOW, "future");
}

// A header with the phone's key, and that payload.
static struct span by_hand(const char *before, const char *payload)
{
    uint8_t key[JWK_TEXT_MAX];
    static char header[512];
    struct writer w = writer_of(key, sizeof key);
    jwk_put(&w, phone.signer.point);
    (void)snprintf(header, sizeof header, "{%s,\"jwk\":%.*s}", before, (int)w.n, (const char *)key);
    return jose_token(&phone.signer, header, payload);
}

#define HEADER "\"alg\":\"ES256\",\"typ\":\"dpop+jwt\""
#define GOOD "\"jti\":\"1\",\"htm\":\"POST\",\"htu\":\"https://issuer.example/token\",\"iat\":1800000000"

static void test_proof_of_another_form_is_refused(void **state)
{
    (void)state;
    expect(by_hand(HEADER, "{" GOOD "}"), &request, JUMIN_OK, "");
    expect(by_hand("\"alg\":\"ES256\",\"typ\":\"JWT\"", "{" GOOD "}"), &request, JUMIN_ERROR_MALFORMED,
           "no dpop+jwt");
    expect(by_hand("\"alg\":\"none\",\"typ\":\"dpop+jwt\"", "{" GOOD "}"), &request, JUMIN_ERROR_MALFORMED,
           "ES256");
    expect(by_hand(HEADER ",\"kid\":\"1\"", "{" GOOD "}"), &request, JUMIN_ERROR_MALFORMED,
           "more than one way");
    expect(jose_token(&phone.signer, "{" HEADER "}", "{" GOOD "}"), &request, JUMIN_ERROR_MALFORMED,
           "its key");
    expect(by_hand(HEADER, "{\"htm\":\"POST\",\"htu\":\"https://issuer.example/token\",\"iat\":1800000000}"),
           &request, JUMIN_ERROR_MALFORMED, "jti");
    expect(by_hand(HEADER, "{\"jti\":\"1\",\"htu\":\"https://issuer.example/token\",\"iat\":1800000000}"),
           &request, JUMIN_ERROR_MALFORMED, "htm");
    expect(by_hand(HEADER, "{\"jti\":\"1\",\"htm\":\"POST\",\"iat\":1800000000}"), &request,
           JUMIN_ERROR_MALFORMED, "htu");
    expect(by_hand(HEADER, "{\"jti\":\"1\",\"htm\":\"POST\",\"htu\":\"https://issuer.example/token\"}"),
           &request, JUMIN_ERROR_MALFORMED, "iat");
    expect(by_hand(HEADER, "{" GOOD ",\"nonce\":1}"), &request, JUMIN_ERROR_MALFORMED, "nonce");
    expect(by_hand(HEADER, "{" GOOD ",\"nonce\":\"a b\"}"), &request, JUMIN_ERROR_MALFORMED, "nonce");
}

static void test_numbers_of_proofs_are_bounded(void **state)
{
    (void)state;
    char payload[512], id[DPOP_ID_MAX + 2] = {0};
    for (size_t n = DPOP_ID_MAX; n <= DPOP_ID_MAX + 1; n++) {
        memset(id, 'a', n);
        (void)snprintf(
            payload, sizeof payload,
            "{\"jti\":\"%s\",\"htm\":\"POST\",\"htu\":\"https://issuer.example/token\",\"iat\":1800000000}",
            id);
        expect(by_hand(HEADER, payload), &request, n == DPOP_ID_MAX ? JUMIN_OK : JUMIN_ERROR_MALFORMED,
               n == DPOP_ID_MAX ? "" : "jti");
    }
    expect(by_hand(
               HEADER,
               "{\"jti\":\"\",\"htm\":\"POST\",\"htu\":\"https://issuer.example/token\",\"iat\":1800000000}"),
           &request, JUMIN_ERROR_MALFORMED, "jti");
    expect(by_hand(HEADER, "{\"jti\":\"\\u00e9\",\"htm\":\"POST\",\"htu\":\"https://issuer.example/"
                           "token\",\"iat\":1800000000}"),
           &request, JUMIN_ERROR_MALFORMED, "jti");
}

static void test_proof_by_another_key_is_refused(void **state)
{
    (void)state;
    struct jose_party thief = {0};
    jose_party_make(&thief, 9);
    struct signer posing = thief.signer;
    memcpy(posing.point, phone.signer.point, SIGNER_POINT);
    const struct crypto_random random = crypto_system_random();
    struct writer w = writer_of(out, sizeof out);
    assert_int_equal(dpop_make(&posing, &request, &random, &w), JUMIN_OK);
    expect(writer_span(&w), &request, JUMIN_ERROR_SIGNATURE, "signature");
    crypto_ec_release(&thief.key);
}

static void test_long_proof_is_refused(void **state)
{
    (void)state;
    memset(out, 'A', DPOP_MAX + 1);
    expect(span_of(out, DPOP_MAX + 1), &request, JUMIN_ERROR_MALFORMED, "too long");
    expect(span_of(NULL, 0), &request, JUMIN_ERROR_MALFORMED, "three parts");
}

static bool no_random(void *context, uint8_t *bytes, size_t n)
{
    (void)context;
    (void)bytes;
    (void)n;
    return false;
}

static void test_making_that_fails_says_why(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random(), none = {.fill = no_random};
    struct writer w = writer_of(out, sizeof out);
    assert_int_equal(dpop_make(&phone.signer, &request, &none, &w), JUMIN_ERROR_CRYPTO);
    w = writer_of(out, 100);
    assert_int_equal(dpop_make(&phone.signer, &request, &random, &w), JUMIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_proof_is_taken),
        cmocka_unit_test(test_proof_that_is_made_is_taken),
        cmocka_unit_test(test_proof_for_another_request_is_refused),
        cmocka_unit_test(test_addresses_are_compared_by_what_they_mean),
        cmocka_unit_test(test_stale_proof_is_refused),
        cmocka_unit_test(test_proof_of_another_form_is_refused),
        cmocka_unit_test(test_numbers_of_proofs_are_bounded),
        cmocka_unit_test(test_proof_by_another_key_is_refused),
        cmocka_unit_test(test_long_proof_is_refused),
        cmocka_unit_test(test_making_that_fails_says_why),
    };
    return cmocka_run_group_tests(tests, make_parties, release_parties);
}
