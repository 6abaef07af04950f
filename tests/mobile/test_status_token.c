// Status List Tokens as JWT and CWT: what a verifier learns, and each thing that it refuses (Token Status
// List §8.3).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_token_stage.h"

#include <stdlib.h>

// --- What is learned ---------------------------------------------------------------------------------------------

static void test_a_token_tells_the_status_of_each_index(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        static const unsigned expected[2][8] = {{0, 0, 0, 1, 0, 2, 0, 0}, {0, 0, 0, 1, 0, 1, 0, 0}};
        struct status_token token;
        assert_int_equal(status_token_open(formats[f], status_stage_token(formats[f], 10), STATUS_URI,
                                           STATUS_NOW, &status_trust, &token, &detail),
                         JUMIN_OK);
        assert_int_equal(token.claims.issued_at, STATUS_NOW - 10);
        assert_int_equal(token.claims.expires_at, STATUS_NOW - 10 + 86400);
        assert_int_equal(token.claims.time_to_live, 30);
        for (uint64_t i = 0; i < 8; i++) {
            unsigned status = 9;
            assert_int_equal(status_token_status(&token, i, &status, &detail), JUMIN_OK);
            assert_int_equal(status, expected[f][i]);
        }
        status_token_release(&token);
    }
}

static void test_an_index_that_the_list_does_not_have_is_refused(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        struct status_token token;
        unsigned status = 0;
        assert_int_equal(status_token_open(formats[f], status_stage_token(formats[f], 10), STATUS_URI,
                                           STATUS_NOW, &status_trust, &token, &detail),
                         JUMIN_OK);
        assert_int_equal(status_token_status(&token, 63, &status, &detail), JUMIN_OK);
        assert_refused(status_token_status(&token, 64, &status, &detail), JUMIN_ERROR_MALFORMED, &detail,
                       "shorter than the credential says");
        status_token_release(&token);
    }
}

static void test_exp_and_ttl_of_a_jwt_may_be_missing_and_other_claims_be_there(void **state)
{
    (void)state;
    assert_opens(STATUS_JWT,
                 jose_token(&status_issuer.signer, HEADER,
                            "{" CLAIMS
                            ",\"iss\":\"x\",\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\","
                            "\"aggregation_uri\":\"https://issuer.example/status\"}}"));
}

// --- Type and signature --------------------------------------------------------------------------------------------

static void test_other_types_are_no_status_list(void **state)
{
    static const char *const types[] = {
        "JWT", "dc+sd-jwt", "application/statuslist+jwt", "statuslist+cwt", "Statuslist+JWT", ""};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char header[256];
        (void)snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"typ\":\"%s\"," X5C "}", types[i]);
        assert_opens_not(STATUS_JWT, jose_token(&status_issuer.signer, header, "{" CLAIMS "," LIST "}"),
                         JUMIN_ERROR_MALFORMED, "typ");
    }
    assert_opens_not(
        STATUS_JWT, jose_token(&status_issuer.signer, "{\"alg\":\"ES256\"," X5C "}", "{" CLAIMS "," LIST "}"),
        JUMIN_ERROR_MALFORMED, "typ");
}

static void change_type(struct cose_header *header)
{
    header->type = "application/statuslist+jwt";
}

static void change_to_no_type(struct cose_header *header)
{
    header->type = NULL;
}

static void change_tag(struct cose_header *header)
{
    header->tagged = COSE_UNTAGGED;
}

static void change_payload(struct cose_header *header)
{
    header->detached = true;
}

static void change_chain(struct cose_header *header)
{
    header->chain_count = 0;
}

static void change_algorithm(struct cose_header *header)
{
    header->algorithm = COSE_ESP256;
}

static void change_protection(struct cose_header *header)
{
    header->chain_protected = false;
}

static void test_a_cwt_of_the_store_has_this_form(void **state)
{
    (void)state;
    assert_opens(STATUS_CWT, cwt(NULL, good_payload()));
    assert_opens(STATUS_CWT, cwt(change_algorithm, good_payload()));
}

// ISO 18013-5, second edition: who signed is signed, too, and a list ends.
static void test_a_cwt_has_its_chain_protected_and_an_end(void **state)
{
    (void)state;
    assert_opens_not(STATUS_CWT, cwt(change_protection, good_payload()), JUMIN_ERROR_MALFORMED, "protected");
    assert_opens_not(STATUS_CWT, cwt(NULL, bytes_of("a3" CWT_SUB CWT_IAT CWT_LIST)), JUMIN_ERROR_MALFORMED,
                     "no exp");
}

static void test_a_cwt_of_another_type_is_no_status_list(void **state)
{
    (void)state;
    assert_opens_not(STATUS_CWT, cwt(change_type, good_payload()), JUMIN_ERROR_MALFORMED, "type");
    assert_opens_not(STATUS_CWT, cwt(change_to_no_type, good_payload()), JUMIN_ERROR_MALFORMED, "type");
}

// Token Status List §5.2: tag 18 alone.
static void test_a_cwt_has_tag_18_and_no_other(void **state)
{
    uint8_t tagged[512] = {0xD8, 61};
    const struct span good = cwt(NULL, good_payload());
    (void)state;
    memcpy(tagged + 2, good.p, good.n);
    assert_opens_not(STATUS_CWT, span_of(tagged, good.n + 2), JUMIN_ERROR_MALFORMED, "COSE_Sign1");
    assert_opens_not(STATUS_CWT, cwt(change_tag, good_payload()), JUMIN_ERROR_MALFORMED, "COSE_Sign1");
}

static void test_a_cwt_without_payload_is_refused(void **state)
{
    (void)state;
    assert_opens_not(STATUS_CWT, cwt(change_payload, good_payload()), JUMIN_ERROR_MALFORMED, "payload");
}

static void test_a_token_without_certificate_is_nobodys(void **state)
{
    (void)state;
    assert_opens_not(STATUS_CWT, cwt(change_chain, good_payload()), JUMIN_ERROR_SIGNER_UNKNOWN,
                     "certificate");
    assert_opens_not(STATUS_JWT,
                     jose_token(&status_issuer.signer, "{\"alg\":\"ES256\",\"typ\":\"statuslist+jwt\"}",
                                "{" CLAIMS "," LIST "}"),
                     JUMIN_ERROR_SIGNER_UNKNOWN, "certificate");
}

static void test_a_certificate_that_is_not_trusted_is_refused(void **state)
{
    static const uint8_t other[] = {0x30, 0x03, 0x02, 0x01, 0x02};
    const struct span chain = {other, sizeof other};
    const struct status_signer signer = {status_issuer.signer, &chain, 1};
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        const struct status_claims claims = status_stage_claims(formats[f], 10);
        uint8_t packed[8] = {0}, *token = NULL;
        size_t n = 0;
        assert_int_equal(status_token_make(formats[f], &claims, span_of(packed, 8), &signer, &token, &n),
                         JUMIN_OK);
        assert_opens_not(formats[f], span_of(token, n), JUMIN_ERROR_CERTIFICATE, "not the certificate");
        free(token);
    }
}

static void test_the_key_of_another_is_refused(void **state)
{
    struct jose_party other = {0};
    (void)state;
    jose_party_make(&other, 10);
    const struct status_signer signer = {other.signer, status_signer.chain, 1};
    for (size_t f = 0; f < 2; f++) {
        const struct status_claims claims = status_stage_claims(formats[f], 10);
        uint8_t packed[8] = {0}, *token = NULL;
        size_t n = 0;
        assert_int_equal(status_token_make(formats[f], &claims, span_of(packed, 8), &signer, &token, &n),
                         JUMIN_OK);
        assert_opens_not(formats[f], span_of(token, n), JUMIN_ERROR_SIGNATURE, "signature");
        free(token);
    }
    crypto_ec_release(&other.key);
}

// Whatever byte of it: there is none that may be another.
static void test_no_bit_of_a_token_may_be_another(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        uint8_t copy[4096];
        const struct span token = status_stage_token(formats[f], 10);
        for (size_t i = 0; i < token.n; i++) {
            memcpy(copy, token.p, token.n);
            copy[i] ^= 0x10;
            assert_int_not_equal(open_at(formats[f], span_of(copy, token.n), STATUS_NOW), JUMIN_OK);
            assert_int_not_equal(open_at(formats[f], span_of(token.p, i), STATUS_NOW), JUMIN_OK);
        }
    }
}

static void test_a_token_of_one_form_is_none_of_the_other(void **state)
{
    (void)state;
    assert_opens_not(STATUS_CWT, status_stage_token(STATUS_JWT, 10), JUMIN_ERROR_MALFORMED, "COSE_Sign1");
    assert_opens_not(STATUS_JWT, status_stage_token(STATUS_CWT, 10), JUMIN_ERROR_MALFORMED, "");
}

static void test_too_long_a_token_is_not_looked_at(void **state)
{
    uint8_t *bytes = calloc(1, STATUS_TOKEN_MAX + 1);
    (void)state;
    assert_opens_not(STATUS_CWT, span_of(bytes, STATUS_TOKEN_MAX + 1), JUMIN_ERROR_MALFORMED, "too long");
    free(bytes);
}

// --- Address and times ---------------------------------------------------------------------------------------------

static void test_the_list_of_another_address_is_refused(void **state)
{
    static const char *const others[] = {"https://issuer.example/status/8",
                                         "https://issuer.example/status/7/", "https://issuer.example/status/",
                                         "HTTPS://issuer.example/status/7"};
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            struct status_claims claims = status_stage_claims(formats[f], 10);
            (void)snprintf(claims.uri, sizeof claims.uri, "%s", others[i]);
            assert_opens_not(formats[f], status_stage_sign(formats[f], &claims), JUMIN_ERROR_MALFORMED,
                             "sub");
        }
    }
}

static void test_a_list_is_good_until_exp_and_not_at_it(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        const struct span token = status_stage_token(formats[f], 10);
        assert_int_equal(open_at(formats[f], token, STATUS_NOW - 10 + 86400 - 1), JUMIN_OK);
        assert_refused(open_at(formats[f], token, STATUS_NOW - 10 + 86400), JUMIN_ERROR_NOT_VALID_NOW,
                       &detail, "expired");
    }
}

static void test_a_list_from_the_future_is_refused_but_for_the_clocks_skew(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        const struct span token = status_stage_token(formats[f], 0);
        assert_int_equal(open_at(formats[f], token, STATUS_NOW - STATUS_CLOCK_SKEW), JUMIN_OK);
        assert_refused(open_at(formats[f], token, STATUS_NOW - STATUS_CLOCK_SKEW - 1),
                       JUMIN_ERROR_NOT_VALID_NOW, &detail, "future");
    }
}

static void test_the_signature_is_looked_at_before_the_address_and_that_before_the_times(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        struct status_claims claims = status_stage_claims(formats[f], 100000);
        (void)snprintf(claims.uri, sizeof claims.uri, "https://issuer.example/status/8");
        const struct span token = status_stage_sign(formats[f], &claims);
        uint8_t copy[4096];
        assert_opens_not(formats[f], token, JUMIN_ERROR_MALFORMED, "sub");
        memcpy(copy, token.p, token.n);
        copy[token.n - 40] = (uint8_t)(copy[token.n - 40] == 'A' ? 'B' : 'A'); // of the signature
        assert_opens_not(formats[f], span_of(copy, token.n), JUMIN_ERROR_SIGNATURE, "signature");
    }
}

// --- Making ------------------------------------------------------------------------------------------------------

static void test_claims_that_a_token_cannot_have_are_not_signed(void **state)
{
    uint8_t packed[8] = {0}, *token = NULL;
    size_t n = 0;
    const struct status_claims good = status_stage_claims(STATUS_JWT, 10);
    const struct status_signer nobody = {status_issuer.signer, NULL, 0};
    struct status_claims wrong[6];
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        wrong[i] = good;
    }
    wrong[0].uri[0] = '\0';
    memset(wrong[1].uri, 'a', sizeof wrong[1].uri);
    wrong[2].expires_at = wrong[2].issued_at;
    wrong[3].time_to_live = -1;
    wrong[4].bits = 3;
    wrong[5].issued_at = -1;
    for (size_t f = 0; f < 2; f++) {
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(
                status_token_make(formats[f], &wrong[i], span_of(packed, 8), &status_signer, &token, &n),
                JUMIN_ERROR_ARGUMENT);
            assert_null(token);
        }
        struct status_claims endless = good;
        endless.expires_at = 0;
        assert_int_equal(
            status_token_make(formats[f], &endless, span_of(packed, 8), &status_signer, &token, &n),
            formats[f] == STATUS_CWT ? JUMIN_ERROR_ARGUMENT : JUMIN_OK);
        free(token);
        assert_int_equal(status_token_make(formats[f], &good, span_of(packed, 8), &nobody, &token, &n),
                         JUMIN_ERROR_ARGUMENT);
        assert_int_equal(status_token_make(formats[f], &good, span_of(packed, 0), &status_signer, &token, &n),
                         JUMIN_ERROR_ARGUMENT);
    }
}

static bool sign_nothing(void *context, const uint8_t digest[SIGNER_DIGEST],
                         uint8_t signature[SIGNER_SIGNATURE])
{
    (void)context;
    (void)digest;
    (void)signature;
    return false;
}

static void test_a_key_that_does_not_sign_makes_no_token(void **state)
{
    uint8_t packed[8] = {0}, *token = NULL;
    size_t n = 0;
    const struct status_claims claims = status_stage_claims(STATUS_JWT, 10);
    struct status_signer signer = status_signer;
    (void)state;
    signer.signer.sign = sign_nothing;
    for (size_t f = 0; f < 2; f++) {
        assert_int_equal(status_token_make(formats[f], &claims, span_of(packed, 8), &signer, &token, &n),
                         JUMIN_ERROR_CRYPTO);
        assert_null(token);
    }
}

// Statuses that do not compress, long certificates, and the longest address.
static void test_the_longest_token_is_made_and_opened(void **state)
{
    const size_t n = (size_t)1 << 18;
    uint8_t *packed = malloc(n), *certificate = calloc(1, 2048);
    const struct span chain[] = {
        {certificate, 2048}, {certificate, 2048}, {certificate, 2048}, {certificate, 2048}};
    const struct status_signer signer = {status_issuer.signer, chain, 4};
    uint32_t noise = 1;
    (void)state;
    for (size_t i = 0; i < n; i++) {
        noise = noise * 1664525U + 1013904223U;
        packed[i] = (uint8_t)(noise >> 24);
    }
    for (size_t f = 0; f < 2; f++) {
        struct status_claims claims = status_stage_claims(formats[f], 10);
        uint8_t *token = NULL;
        size_t length = 0;
        memset(claims.uri, 'a', sizeof claims.uri - 1);
        assert_int_equal(status_token_make(formats[f], &claims, span_of(packed, n), &signer, &token, &length),
                         JUMIN_OK);
        assert_opens_not(formats[f], span_of(token, length), JUMIN_ERROR_CERTIFICATE, "not the certificate");
        free(token);
    }
    free(certificate);
    free(packed);
}

// The most that a list of ten million may be, in both formats.
static void test_ten_million_random_statuses_of_one_bit_are_made_and_opened(void **state)
{
    const size_t n = 10000000 / 8;
    uint8_t *packed = malloc(n);
    uint32_t noise = 1;
    (void)state;
    for (size_t i = 0; i < n; i++) {
        noise = noise * 1664525U + 1013904223U;
        packed[i] = (uint8_t)(noise >> 24);
    }
    for (size_t f = 0; f < 2; f++) {
        struct status_claims claims = status_stage_claims(formats[f], 10);
        uint8_t *token = NULL;
        size_t length = 0;
        claims.bits = 1;
        assert_int_equal(
            status_token_make(formats[f], &claims, span_of(packed, n), &status_signer, &token, &length),
            JUMIN_OK);
        assert_opens(formats[f], span_of(token, length));
        free(token);
    }
    free(packed);
}

static void test_media_types_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_string_equal(status_media_type(STATUS_JWT), "application/statuslist+jwt");
    assert_string_equal(status_media_type(STATUS_CWT), "application/statuslist+cwt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_tells_the_status_of_each_index),
        cmocka_unit_test(test_an_index_that_the_list_does_not_have_is_refused),
        cmocka_unit_test(test_exp_and_ttl_of_a_jwt_may_be_missing_and_other_claims_be_there),
        cmocka_unit_test(test_other_types_are_no_status_list),
        cmocka_unit_test(test_a_cwt_of_the_store_has_this_form),
        cmocka_unit_test(test_a_cwt_has_its_chain_protected_and_an_end),
        cmocka_unit_test(test_a_cwt_of_another_type_is_no_status_list),
        cmocka_unit_test(test_a_cwt_has_tag_18_and_no_other),
        cmocka_unit_test(test_a_cwt_without_payload_is_refused),
        cmocka_unit_test(test_a_token_without_certificate_is_nobodys),
        cmocka_unit_test(test_a_certificate_that_is_not_trusted_is_refused),
        cmocka_unit_test(test_the_key_of_another_is_refused),
        cmocka_unit_test(test_no_bit_of_a_token_may_be_another),
        cmocka_unit_test(test_a_token_of_one_form_is_none_of_the_other),
        cmocka_unit_test(test_too_long_a_token_is_not_looked_at),
        cmocka_unit_test(test_the_list_of_another_address_is_refused),
        cmocka_unit_test(test_a_list_is_good_until_exp_and_not_at_it),
        cmocka_unit_test(test_a_list_from_the_future_is_refused_but_for_the_clocks_skew),
        cmocka_unit_test(test_the_signature_is_looked_at_before_the_address_and_that_before_the_times),
        cmocka_unit_test(test_claims_that_a_token_cannot_have_are_not_signed),
        cmocka_unit_test(test_a_key_that_does_not_sign_makes_no_token),
        cmocka_unit_test(test_the_longest_token_is_made_and_opened),
        cmocka_unit_test(test_ten_million_random_statuses_of_one_bit_are_made_and_opened),
        cmocka_unit_test(test_media_types_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, status_stage_open, status_stage_close);
}
