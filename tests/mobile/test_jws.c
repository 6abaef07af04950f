// JSON Web Keys and Signatures: base64url, P-256 keys, ES256 (RFC 7515, RFC 7517, RFC 7519, RFC 8725).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/base64url.h"

static struct jose_party issuer, other;
static uint8_t out[JOSE_TEXT_MAX];

static int make_parties(void **state)
{
    (void)state;
    jose_party_make(&issuer, 7);
    jose_party_make(&other, 8);
    return 0;
}

static int release_parties(void **state)
{
    (void)state;
    crypto_ec_release(&issuer.key);
    crypto_ec_release(&other.key);
    return 0;
}

// --- base64url ------------------------------------------------------------------------------------------------

// RFC 4648 §10, without padding, and RFC 7515 App. C.
static void test_base64url_is_that_of_the_standard(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", ""},           {"66", "Zg"},           {"666f", "Zm8"},
        {"666f6f", "Zm9v"}, {"666f6f62", "Zm9vYg"}, {"03ecffe0c1", "A-z_4ME"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        uint8_t bytes[16], text[16], back[16];
        const struct span plain = unhex(pairs[i][0], bytes, sizeof bytes);
        struct writer w = writer_of(text, base64url_length(plain.n)), b = writer_of(back, plain.n);
        base64url_put(&w, plain);
        assert_false(w.overflow);
        assert_int_equal(w.n, strlen(pairs[i][1]));
        assert_true(span_equal(writer_span(&w), text_span(pairs[i][1])));
        assert_true(base64url_decode(writer_span(&w), &b));
        assert_true(span_equal(writer_span(&b), plain));
    }
}

static void test_base64url_has_one_spelling(void **state)
{
    (void)state;
    static const char *const wrong[] = {"Zg==",  "Zh",     "Zm9",     "Z",      "Zm9vY",
                                        "Zm 9v", "Zm9v\n", "A+z/4ME", "Zm\x80v"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint8_t bytes[16];
        struct writer w = writer_of(bytes, sizeof bytes);
        if (base64url_decode(text_span(wrong[i]), &w)) {
            fail_msg("taken: %s", wrong[i]);
        }
    }
}

// Each byte at each place of texts of all lengths: 64 of them stand for something.
static void test_base64url_knows_64_characters_everywhere(void **state)
{
    (void)state;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t n = 2; n <= 8; n++) {
        for (size_t at = 0; at < n && n != 5; at++) {
            for (unsigned c = 0; c < 256; c++) {
                uint8_t text[8] = "AAAAAAAA", bytes[6], back[8];
                struct writer w = writer_of(bytes, sizeof bytes), again = writer_of(back, sizeof back);
                text[at] = (uint8_t)c;
                const char *known = c == 0 ? NULL : strchr(alphabet, (int)c);
                const size_t value = known == NULL ? 0 : (size_t)(known - alphabet), last = n % 4;
                const bool spare = at + 1 == n && last != 0 && value % (last == 2 ? 16 : 4) != 0;
                assert_int_equal(base64url_decode(span_of(text, n), &w), known != NULL && !spare);
                if (known != NULL && !spare) {
                    assert_int_equal(bytes[at * 6 / 8] << 8 |
                                         (at * 6 / 8 + 1 < w.n ? bytes[at * 6 / 8 + 1] : 0),
                                     (value << 10 >> (at * 6 % 8)) & 0xFFFF);
                    base64url_put(&again, writer_span(&w));
                    assert_true(span_equal(writer_span(&again), span_of(text, n)));
                }
            }
        }
    }
}

static void test_base64url_stays_within_its_buffer(void **state)
{
    (void)state;
    uint8_t bytes[4] = {9, 9, 9, 9};
    struct writer small = writer_of(bytes, 2);
    assert_false(base64url_decode(text_span("Zm9v"), &small));
    assert_int_equal(bytes[0], 9);
    small = writer_of(bytes, 3);
    base64url_put(&small, span_of("foo", 3));
    assert_true(small.overflow);
}

// --- JWK ------------------------------------------------------------------------------------------------------

static enum jumin_error read_key(const char *text, struct detail *detail)
{
    uint8_t point[SIGNER_POINT] = {0};
    json_t *jwk = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(jwk);
    detail_clear(detail);
    const enum jumin_error error = jwk_read(jwk, point, detail);
    json_decref(jwk);
    assert_int_equal(point[0], error == JUMIN_OK ? 0x04 : 0);
    return error;
}

// RFC 7515 §A.3.1: the public part.
#define X "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\""
#define Y "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static void test_key_survives_writing_and_reading(void **state)
{
    (void)state;
    uint8_t point[SIGNER_POINT];
    struct detail detail;
    json_t *jwk = jwk_make(issuer.signer.point);
    assert_int_equal(jwk_read(jwk, point, &detail), JUMIN_OK);
    assert_memory_equal(point, issuer.signer.point, sizeof point);
    assert_int_equal(json_object_size(jwk), 4);
    json_decref(jwk);
    assert_int_equal(
        read_key("{\"kty\":\"EC\",\"crv\":\"P-256\"," X "," Y ",\"kid\":\"1\",\"use\":\"sig\"}", &detail),
        JUMIN_OK);
}

static void test_key_of_another_kind_is_refused(void **state)
{
    (void)state;
    struct detail detail;
    assert_refused(read_key("[]", &detail), JUMIN_ERROR_MALFORMED, &detail, "no object");
    assert_refused(read_key("{\"kty\":\"OKP\",\"crv\":\"P-256\"," X "," Y "}", &detail),
                   JUMIN_ERROR_MALFORMED, &detail, "none of P-256");
    assert_refused(read_key("{\"kty\":\"EC\",\"crv\":\"P-384\"," X "," Y "}", &detail), JUMIN_ERROR_MALFORMED,
                   &detail, "none of P-256");
    assert_refused(read_key("{\"kty\":\"EC\"," X "," Y "}", &detail), JUMIN_ERROR_MALFORMED, &detail,
                   "none of P-256");
}

static void test_key_with_wrong_coordinates_is_refused(void **state)
{
    (void)state;
    struct detail detail;
    assert_refused(read_key("{\"kty\":\"EC\",\"crv\":\"P-256\"," X "}", &detail), JUMIN_ERROR_MALFORMED,
                   &detail, "coordinates");
    assert_refused(read_key("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"_w\"," Y "}", &detail),
                   JUMIN_ERROR_MALFORMED, &detail, "coordinates");
    assert_refused(read_key("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":1," Y "}", &detail),
                   JUMIN_ERROR_MALFORMED, &detail, "coordinates");
    assert_refused(
        read_key("{\"kty\":\"EC\",\"crv\":\"P-256\",\"y\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," X
                 "}",
                 &detail),
        JUMIN_ERROR_MALFORMED, &detail, "no point");
}

static void test_key_that_gives_its_secret_away_is_refused(void **state)
{
    (void)state;
    static const char *const secret[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        struct detail detail;
        char text[256];
        (void)snprintf(text, sizeof text, "{\"kty\":\"EC\",\"crv\":\"P-256\"," X "," Y ",\"%s\":\"AA\"}",
                       secret[i]);
        assert_refused(read_key(text, &detail), JUMIN_ERROR_MALFORMED, &detail, "secret part");
    }
}

// --- Signatures -----------------------------------------------------------------------------------------------

// RFC 9449 §5, figure 5: signed by its own key.
#define RFC_PROOF                                                                                            \
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOX" \
    "pD"                                                                                                     \
    "a0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydi" \
    "I6"                                                                                                     \
    "IlAtMjU2In19."                                                                                          \
    "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUu"           \
    "Y29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-"                                              \
    "FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY"                                                        \
    "-FNyJK70nfbV37xRZT3Lg"

static void test_published_token_is_verified(void **state)
{
    (void)state;
    struct jws jws;
    struct detail detail;
    assert_int_equal(jws_read_own_key(text_span(RFC_PROOF), "dpop+jwt", &jws, &detail), JUMIN_OK);
    assert_string_equal(jws_text(jws.claims, "jti"), "-BwC3ESc6acc2lTc");
    assert_int_equal(jws_verify(&jws, issuer.signer.point, &detail), JUMIN_ERROR_SIGNATURE);
    jws_release(&jws);
}

static void test_every_header_that_is_made_is_read(void **state)
{
    (void)state;
    static const uint8_t first[] = {0x30, 1, 2, 3, 0xFF}, second[] = {0x30, 0xFB, 0xEF};
    const struct span chain[] = {span_of(first, sizeof first), span_of(second, sizeof second)};
    const struct jws_header header = {.type = "a+jwt",
                                      .chain = chain,
                                      .chain_count = 2,
                                      .with_key = true,
                                      .key_id = "\"1\"",
                                      .key_attestation = "e.e.e"};
    struct writer w = writer_of(out, sizeof out);
    struct jws jws;
    struct detail detail;
    assert_int_equal(jws_sign(&issuer.signer, &header, text_span("{\"a\":1}"), &w), JUMIN_OK);
    assert_int_equal(jws_read(writer_span(&w), "a+jwt", &jws, &detail), JUMIN_OK);
    assert_int_equal(jws_verify(&jws, issuer.signer.point, &detail), JUMIN_OK);
    assert_refused(jws_verify(&jws, other.signer.point, &detail), JUMIN_ERROR_SIGNATURE, &detail, "a+jwt");
    assert_int_equal(jws.chain_count, 2);
    assert_true(span_equal(jws.chain[0], chain[0]));
    assert_true(span_equal(jws.chain[1], chain[1]));
    assert_true(jws.has_key);
    assert_memory_equal(jws.key, issuer.signer.point, SIGNER_POINT);
    assert_string_equal(jws.key_id, "\"1\"");
    assert_string_equal(jws_text(jws.header, "key_attestation"), "e.e.e");
    assert_int_equal(json_integer_value(json_object_get(jws.claims, "a")), 1);
    jws_release(&jws);
}

static void test_kept_key_verifies_what_its_point_does(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const struct jws_header header = {.type = "a+jwt"};
    struct writer w = writer_of(out, sizeof out);
    struct crypto_ec_key none = {0}, brainpool;
    struct jws jws;
    struct detail detail;
    assert_int_equal(jws_sign(&issuer.signer, &header, text_span("{\"a\":1}"), &w), JUMIN_OK);
    assert_int_equal(jws_read(writer_span(&w), "a+jwt", &jws, &detail), JUMIN_OK);
    assert_int_equal(jws_verify_by(&jws, &issuer.key, &detail), JUMIN_OK);
    assert_refused(jws_verify_by(&jws, &other.key, &detail), JUMIN_ERROR_SIGNATURE, &detail, "a+jwt");
    assert_int_equal(jws_verify_by(&jws, &none, &detail), JUMIN_ERROR_SIGNATURE);
    // ES256 is of P-256 alone, whatever else has signatures of 64 bytes.
    assert_true(crypto_ec_generate(&brainpool, CRYPTO_BRAINPOOL_P256R1, &random));
    assert_true(
        crypto_ecdsa_sign(&brainpool, &random, span_of(jws.digest, sizeof jws.digest), jws.signature));
    assert_int_equal(jws_verify_by(&jws, &brainpool, &detail), JUMIN_ERROR_SIGNATURE);
    crypto_ec_release(&brainpool);
    jws_release(&jws);
}

// Every character of the token counts.
static void test_changed_token_is_refused(void **state)
{
    (void)state;
    const struct jws_header header = {.type = "a+jwt"};
    struct writer w = writer_of(out, sizeof out);
    struct detail detail;
    assert_int_equal(jws_sign(&issuer.signer, &header, text_span("{\"a\":\"abc\"}"), &w), JUMIN_OK);
    for (size_t i = 0; i < w.n; i++) {
        struct jws jws;
        const uint8_t kept = out[i];
        out[i] = kept == 'A' ? 'B' : 'A';
        if (jws_read(writer_span(&w), "a+jwt", &jws, &detail) == JUMIN_OK) {
            assert_int_equal(jws_verify(&jws, issuer.signer.point, &detail), JUMIN_ERROR_SIGNATURE);
            jws_release(&jws);
        }
        out[i] = kept;
    }
}

static void refuse(const char *header, const char *payload, const char *words)
{
    struct jws jws;
    struct detail detail;
    assert_refused(jws_read(jose_token(&issuer.signer, header, payload), "a+jwt", &jws, &detail),
                   JUMIN_ERROR_MALFORMED, &detail, words);
    assert_null(jws.header);
}

static void test_other_algorithms_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"none", "None", "HS256", "RS256", "ES384", "es256", "ES256 ", ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char header[64];
        (void)snprintf(header, sizeof header, "{\"alg\":\"%s\",\"typ\":\"a+jwt\"}", names[i]);
        refuse(header, "{}", "not signed with ES256");
    }
    refuse("{\"typ\":\"a+jwt\"}", "{}", "not signed with ES256");
    refuse("{\"alg\":256,\"typ\":\"a+jwt\"}", "{}", "not signed with ES256");
}

static void test_another_type_is_refused(void **state)
{
    (void)state;
    refuse("{\"alg\":\"ES256\"}", "{}", "missing");
    refuse("{\"alg\":\"ES256\",\"typ\":\"JWT\"}", "{}", "its typ is JWT");
    refuse("{\"alg\":\"ES256\",\"typ\":\"a+jwt2\"}", "{}", "its typ is");
    refuse("{\"alg\":\"ES256\",\"typ\":[\"a+jwt\"]}", "{}", "missing");
}

static void test_critical_extension_is_refused(void **state)
{
    (void)state;
    refuse("{\"alg\":\"ES256\",\"typ\":\"a+jwt\",\"crit\":[\"b64\"],\"b64\":false}", "{}", "crit");
}

static void test_member_twice_is_refused(void **state)
{
    (void)state;
    refuse("{\"alg\":\"ES256\",\"alg\":\"ES256\",\"typ\":\"a+jwt\"}", "{}", "header is no JSON object");
    refuse("{\"alg\":\"ES256\",\"typ\":\"a+jwt\"}", "{\"a\":1,\"a\":2}", "payload is no JSON object");
}

static void test_payload_that_is_no_object_is_refused(void **state)
{
    (void)state;
    static const char *const payloads[] = {"", "[]", "1", "\"a\"", "{} {}", "{\"a\":}", "{\"a\":\"\xff\"}"};
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        refuse("{\"alg\":\"ES256\",\"typ\":\"a+jwt\"}", payloads[i], "payload is no JSON object");
    }
}

static void test_private_key_in_the_header_is_refused(void **state)
{
    (void)state;
    refuse("{\"alg\":\"ES256\",\"typ\":\"a+jwt\",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\"," X "," Y
           ",\"d\":\"AA\"}}",
           "{}", "secret part");
}

static void test_bad_chain_is_refused(void **state)
{
    (void)state;
#define CHAIN(list) "{\"alg\":\"ES256\",\"typ\":\"a+jwt\",\"x5c\":" list "}"
    refuse(CHAIN("[]"), "{}", "x5c");
    refuse(CHAIN("\"MAA=\""), "{}", "x5c");
    refuse(CHAIN("[\"MAA=\",\"MAA=\",\"MAA=\",\"MAA=\",\"MAA=\",\"MAA=\"]"), "{}", "x5c");
    refuse(CHAIN("[1]"), "{}", "x5c");
    refuse(CHAIN("[\"\"]"), "{}", "x5c");
    refuse(CHAIN("[\"MAA\"]"), "{}", "x5c");
    refuse(CHAIN("[\"MAA=\\n\"]"), "{}", "x5c");
    refuse(CHAIN("[\"_-A=\"]"), "{}", "x5c");
    refuse("{\"alg\":\"ES256\",\"typ\":\"a+jwt\",\"kid\":1}", "{}", "kid");
}

static void test_signature_of_another_form_is_refused(void **state)
{
    (void)state;
    struct jws jws;
    struct detail detail;
    const struct span token = jose_token(&issuer.signer, "{\"alg\":\"ES256\",\"typ\":\"a+jwt\"}", "{}");
    const size_t signed_part = token.n - base64url_length(SIGNER_SIGNATURE);
    assert_refused(jws_read(span_first(token, token.n - 2), "a+jwt", &jws, &detail), JUMIN_ERROR_MALFORMED,
                   &detail, "64 bytes");
    assert_refused(jws_read(span_first(token, signed_part), "a+jwt", &jws, &detail), JUMIN_ERROR_MALFORMED,
                   &detail, "64 bytes");
    assert_refused(jws_read(span_first(token, signed_part - 1), "a+jwt", &jws, &detail),
                   JUMIN_ERROR_MALFORMED, &detail, "three parts");
    // DER (RFC 3279 §2.2.3), as careless libraries write it.
    struct writer w = writer_of(out, sizeof out);
    uint8_t der[] = {0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01};
    writer_put(&w, span_first(token, signed_part));
    base64url_put(&w, span_of(der, sizeof der));
    assert_refused(jws_read(writer_span(&w), "a+jwt", &jws, &detail), JUMIN_ERROR_MALFORMED, &detail,
                   "64 bytes");
    // A fourth part.
    w = writer_of(out, sizeof out);
    writer_put(&w, token);
    writer_put(&w, text_span(".AA"));
    assert_refused(jws_read(writer_span(&w), "a+jwt", &jws, &detail), JUMIN_ERROR_MALFORMED, &detail,
                   "three parts");
}

static void test_token_that_is_too_long_is_refused(void **state)
{
    (void)state;
    static uint8_t text[JWS_MAX + 1];
    struct jws jws;
    struct detail detail;
    memset(text, 'A', sizeof text);
    assert_refused(jws_read(span_of(text, sizeof text), "a+jwt", &jws, &detail), JUMIN_ERROR_MALFORMED,
                   &detail, "too long");
    assert_refused(jws_read(span_of(NULL, 0), "a+jwt", &jws, &detail), JUMIN_ERROR_MALFORMED, &detail,
                   "three parts");
}

static void test_own_key_is_the_only_one(void **state)
{
    (void)state;
    struct jws jws;
    struct detail detail;
    const struct span der = span_of("0", 1);
    const struct jws_header bad[] = {
        {.type = "a+jwt"},
        {.type = "a+jwt", .with_key = true, .key_id = "1"},
        {.type = "a+jwt", .with_key = true, .chain = &der, .chain_count = 1},
    };
    static const char *const words[] = {"does not carry its key", "more than one way", "more than one way"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct writer w = writer_of(out, sizeof out);
        assert_int_equal(jws_sign(&issuer.signer, &bad[i], text_span("{}"), &w), JUMIN_OK);
        assert_refused(jws_read_own_key(writer_span(&w), "a+jwt", &jws, &detail), JUMIN_ERROR_MALFORMED,
                       &detail, words[i]);
        assert_null(jws.header);
    }
}

static bool refuse_to_sign(void *context, const uint8_t digest[SIGNER_DIGEST],
                           uint8_t signature[SIGNER_SIGNATURE])
{
    (void)context;
    (void)digest;
    (void)signature;
    return false;
}

static void test_signing_that_fails_says_why(void **state)
{
    (void)state;
    const struct jws_header header = {.type = "a+jwt"};
    struct signer broken = issuer.signer;
    struct writer w = writer_of(out, sizeof out);
    broken.sign = refuse_to_sign;
    assert_int_equal(jws_sign(&broken, &header, text_span("{}"), &w), JUMIN_ERROR_CRYPTO);
    assert_int_equal(jws_sign_claims(&issuer.signer, &header, NULL, &w), JUMIN_ERROR_MEMORY);
    for (size_t capacity = 0; capacity < 124; capacity += 41) { // 38 + 1 + 3 + 1 + 86 are needed
        w = writer_of(out, capacity);
        assert_int_equal(jws_sign(&issuer.signer, &header, text_span("{}"), &w), JUMIN_ERROR_ARGUMENT);
    }
}

// --- Times ----------------------------------------------------------------------------------------------------

static enum jumin_error check(const char *claims, int64_t leeway, struct detail *detail)
{
    json_t *object = json_loads(claims, 0, NULL);
    const enum jumin_error error = jws_check_times(object, 1000, leeway, detail);
    json_decref(object);
    return error;
}

static void test_times_have_edges(void **state)
{
    (void)state;
    struct detail detail;
    assert_int_equal(check("{}", 0, &detail), JUMIN_OK);
    assert_int_equal(check("{\"iat\":1000,\"nbf\":1000,\"exp\":1001}", 0, &detail), JUMIN_OK);
    assert_refused(check("{\"iat\":1001}", 0, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail,
                   "not valid yet (iat)");
    assert_refused(check("{\"nbf\":1001}", 0, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail,
                   "not valid yet (nbf)");
    assert_refused(check("{\"exp\":1000}", 0, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail, "expired");
    assert_int_equal(check("{\"iat\":1005,\"nbf\":1005,\"exp\":996}", 5, &detail), JUMIN_OK);
    assert_refused(check("{\"nbf\":1006}", 5, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail, "nbf");
    assert_refused(check("{\"exp\":995}", 5, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail, "expired");
}

static void test_times_are_whole_numbers(void **state)
{
    (void)state;
    struct detail detail;
    static const char *const wrong[] = {"{\"exp\":\"2000\"}", "{\"exp\":2000.5}", "{\"exp\":-1}",
                                        "{\"exp\":null}", "{\"exp\":9007199254740993}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_refused(check(wrong[i], 0, &detail), JUMIN_ERROR_MALFORMED, &detail, "whole number");
    }
}

static enum jumin_error fresh(const char *claims, struct detail *detail)
{
    json_t *object = json_loads(claims, 0, NULL);
    const enum jumin_error error = jws_check_fresh(object, 1000, 60, 5, detail);
    json_decref(object);
    return error;
}

static void test_proof_is_fresh_within_its_window(void **state)
{
    (void)state;
    struct detail detail;
    assert_int_equal(fresh("{\"iat\":940}", &detail), JUMIN_OK);
    assert_int_equal(fresh("{\"iat\":1005}", &detail), JUMIN_OK);
    assert_refused(fresh("{\"iat\":939}", &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail, "too old");
    assert_refused(fresh("{\"iat\":1006}", &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail, "future");
    assert_refused(fresh("{}", &detail), JUMIN_ERROR_MALFORMED, &detail, "when it was made");
    assert_refused(fresh("{\"iat\":\"1000\"}", &detail), JUMIN_ERROR_MALFORMED, &detail, "whole number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64url_is_that_of_the_standard),
        cmocka_unit_test(test_base64url_has_one_spelling),
        cmocka_unit_test(test_base64url_knows_64_characters_everywhere),
        cmocka_unit_test(test_base64url_stays_within_its_buffer),
        cmocka_unit_test(test_key_survives_writing_and_reading),
        cmocka_unit_test(test_key_of_another_kind_is_refused),
        cmocka_unit_test(test_key_with_wrong_coordinates_is_refused),
        cmocka_unit_test(test_key_that_gives_its_secret_away_is_refused),
        cmocka_unit_test(test_published_token_is_verified),
        cmocka_unit_test(test_every_header_that_is_made_is_read),
        cmocka_unit_test(test_kept_key_verifies_what_its_point_does),
        cmocka_unit_test(test_changed_token_is_refused),
        cmocka_unit_test(test_other_algorithms_are_refused),
        cmocka_unit_test(test_another_type_is_refused),
        cmocka_unit_test(test_critical_extension_is_refused),
        cmocka_unit_test(test_member_twice_is_refused),
        cmocka_unit_test(test_payload_that_is_no_object_is_refused),
        cmocka_unit_test(test_private_key_in_the_header_is_refused),
        cmocka_unit_test(test_bad_chain_is_refused),
        cmocka_unit_test(test_signature_of_another_form_is_refused),
        cmocka_unit_test(test_token_that_is_too_long_is_refused),
        cmocka_unit_test(test_own_key_is_the_only_one),
        cmocka_unit_test(test_signing_that_fails_says_why),
        cmocka_unit_test(test_times_have_edges),
        cmocka_unit_test(test_times_are_whole_numbers),
        cmocka_unit_test(test_proof_is_fresh_within_its_window),
    };
    return cmocka_run_group_tests(tests, make_parties, release_parties);
}
