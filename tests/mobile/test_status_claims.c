// What Status List Tokens claim, as JSON and as CBOR: each claim has its type and its range (Token Status
// List §5).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_token_stage.h"

#include <stdlib.h>
#include <zlib.h>

// --- Claims -------------------------------------------------------------------------------------------------------

static void test_claims_of_a_jwt_have_their_types_and_ranges(void **state)
{
#define SUB "\"sub\":\"" STATUS_URI "\""
#define IAT "\"iat\":1799999990"
    static const struct {
        const char *claims, *words;
    } wrong[] = {
        {"{" IAT "," LIST "}", "no sub"},
        {"{\"sub\":7," IAT "," LIST "}", "no sub"},
        {"{\"sub\":\"\"," IAT "," LIST "}", "no sub"},
        {"{" SUB "," LIST "}", "no iat"},
        {"{" SUB ",\"iat\":\"1799999990\"," LIST "}", "no iat"},
        {"{" SUB ",\"iat\":1799999990.5," LIST "}", "no iat"},
        {"{" SUB ",\"iat\":-1," LIST "}", "no iat"},
        {"{" SUB ",\"iat\":9007199254740992," LIST "}", "no iat"},
        {"{" CLAIMS ",\"exp\":\"never\"," LIST "}", "exp"},
        {"{" CLAIMS ",\"exp\":0," LIST "}", "exp"},
        {"{" CLAIMS ",\"exp\":null," LIST "}", "exp"},
        {"{" CLAIMS ",\"ttl\":0," LIST "}", "ttl"},
        {"{" CLAIMS ",\"ttl\":-5," LIST "}", "ttl"},
        {"{" CLAIMS ",\"ttl\":1.5," LIST "}", "ttl"},
        {"{" CLAIMS "}", "bits"},
        {"{" CLAIMS ",\"status_list\":[]}", "bits"},
        {"{" CLAIMS ",\"status_list\":{\"lst\":\"eNrbuRgAAhcBXQ\"}}", "bits"},
        {"{" CLAIMS ",\"status_list\":{\"bits\":3,\"lst\":\"eNrbuRgAAhcBXQ\"}}", "bits"},
        {"{" CLAIMS ",\"status_list\":{\"bits\":\"1\",\"lst\":\"eNrbuRgAAhcBXQ\"}}", "bits"},
        {"{" CLAIMS ",\"status_list\":{\"bits\":1}}", "lst"},
        {"{" CLAIMS ",\"status_list\":{\"bits\":1,\"lst\":\"\"}}", "lst"},
        {"{" CLAIMS ",\"status_list\":{\"bits\":1,\"lst\":7}}", "lst"},
        {"{" CLAIMS ",\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ==\"}}", "base64url"},
        {"{" CLAIMS ",\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcB\"}}", "expanded"},
        {"{" CLAIMS ",\"iat\":1799999990," LIST "}", ""}, // twice
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_opens_not(STATUS_JWT, jose_token(&status_issuer.signer, HEADER, wrong[i].claims),
                         JUMIN_ERROR_MALFORMED, wrong[i].words);
    }
    assert_opens(STATUS_JWT, jose_token(&status_issuer.signer, HEADER, "{" CLAIMS "," LIST "}"));
}

static void test_claims_of_a_cwt_have_their_types_and_ranges(void **state)
{
    static const struct {
        const char *payload, *words;
    } wrong[] = {
        {"a2" CWT_IAT CWT_LIST, "no sub"},
        {"a3"
         "0207" CWT_IAT CWT_LIST,
         "no sub"},
        {"a3"
         "0260" CWT_IAT CWT_LIST,
         "no sub"},
        {"a3"
         "02626100" CWT_IAT CWT_LIST,
         "no sub"},
        {"a2" CWT_SUB CWT_LIST, "no iat"},
        {"a3" CWT_SUB "0620" CWT_LIST, "no iat"},
        {"a3" CWT_SUB "061b0020000000000000" CWT_LIST, "no iat"},
        {"a3" CWT_SUB "0661"
         "37" CWT_LIST,
         "no iat"},
        {"a4" CWT_SUB CWT_IAT "0400" CWT_LIST, "exp of"},
        {"a4" CWT_SUB CWT_IAT "0460" CWT_LIST, "exp of"},
        {"a4" CWT_SUB CWT_IAT CWT_LIST "19fffe00", "ttl"},
        {"a4" CWT_SUB CWT_IAT CWT_LIST "19fffe20", "ttl"},
        {"a2" CWT_SUB CWT_IAT, "no status list"},
        {"a3" CWT_SUB CWT_IAT "19fffd80", "no status list"},
        {"a3" CWT_SUB CWT_IAT "19fffda1"
         "636c73744a78dadbb918000217015d",
         "bits"},
        {"a3" CWT_SUB CWT_IAT "19fffda2"
         "646269747303"
         "636c73744a78dadbb918000217015d",
         "bits"},
        {"a3" CWT_SUB CWT_IAT "19fffda1"
         "646269747301",
         "lst"},
        {"a3" CWT_SUB CWT_IAT "19fffda2"
         "646269747301"
         "636c737440",
         "lst"},
        {"a3" CWT_SUB CWT_IAT "19fffda2"
         "646269747301"
         "636c73746161",
         "lst"},
        {"a4" CWT_SUB CWT_EXP CWT_IAT "19fffda2"
         "646269747301"
         "636c73744178",
         "expanded"},
        {"a3" CWT_SUB CWT_IAT "19fffda3"
         "646269747301"
         "646269747301"
         "636c73744a78dadbb918000217015d",
         "twice"},
        {"a4" CWT_SUB CWT_IAT CWT_IAT CWT_LIST, "twice"},
        {"a3" CWT_SUB CWT_IAT CWT_LIST "00", "no map"},
        {"a4" CWT_SUB CWT_IAT CWT_LIST, "no map"},
        {"83010203", "no map"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_opens_not(STATUS_CWT, cwt(NULL, bytes_of(wrong[i].payload)), JUMIN_ERROR_MALFORMED,
                         wrong[i].words);
    }
}

// What the draft's example of a CWT claims (Token Status List §5.2).
static void test_the_claims_of_the_standards_cwt_are_read(void **state)
{
    struct status_claims claims;
    struct span compressed;
    (void)state;
    assert_int_equal(
        status_claims_parse_cbor(bytes_of("a502782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c6973"
                                          "74732f31061a648c5bea041a8898dfea"
                                          "19fffe19a8c019fffda2646269747301636c73744a78dadbb918000217015d"),
                                 &claims, &compressed, &detail),
        JUMIN_OK);
    assert_string_equal(claims.uri, "https://example.com/statuslists/1");
    assert_int_equal(claims.issued_at, 1686920170);
    assert_int_equal(claims.expires_at, 2291720170);
    assert_int_equal(claims.time_to_live, 43200);
    assert_int_equal(claims.bits, 1);
    assert_span_hex(compressed, "78dadbb918000217015d");
}

// Keys in the order of their bytes (RFC 8949 §4.2.1).
static void test_claims_of_a_cwt_are_written_deterministically(void **state)
{
    struct status_claims claims = {.uri = STATUS_URI, .issued_at = 1799999990, .bits = 1};
    uint8_t out[256], list[16];
    struct writer w = writer_of(out, sizeof out);
    (void)state;
    const struct span compressed = unhex("78dadbb918000217015d", list, sizeof list);
    status_claims_put_cbor(&claims, compressed, &w);
    assert_span_hex(writer_span(&w),
                    "a3" CWT_SUB CWT_IAT "19fffda2636c73744a78dadbb918000217015d646269747301");
    claims.expires_at = 2291720170;
    claims.time_to_live = 43200;
    w = writer_of(out, sizeof out);
    status_claims_put_cbor(&claims, compressed, &w);
    assert_span_hex(writer_span(&w), "a5" CWT_SUB "041a8898dfea" CWT_IAT
                                     "19fffda2636c73744a78dadbb918000217015d64626974730119fffe19a8c0");
}

// A list that would fill the memory.
static void test_a_list_that_becomes_too_long_is_refused(void **state)
{
    const size_t n = (size_t)4 * STATUS_BYTES_MAX;
    static uint8_t payload[32768], out[65536];
    uint8_t *zeros = calloc(1, n);
    uLongf length = sizeof out;
    struct writer w = writer_of(payload, sizeof payload);
    (void)state;
    assert_int_equal(compress2(out, &length, zeros, (uLong)n, 9), Z_OK);
    const struct status_claims claims = status_stage_claims(STATUS_CWT, 10);
    status_claims_put_cbor(&claims, span_of(out, length), &w);
    assert_false(w.overflow);
    static uint8_t token[65536];
    struct writer t = writer_of(token, sizeof token);
    const struct cose_header header = {.tagged = COSE_TAGGED,
                                       .algorithm = COSE_ES256,
                                       .type = "application/statuslist+cwt",
                                       .chain = status_signer.chain,
                                       .chain_count = 1,
                                       .chain_protected = true};
    assert_true(cose_sign1_put(&t, &header, writer_span(&w), &status_issuer.signer));
    assert_opens_not(STATUS_CWT, writer_span(&t), JUMIN_ERROR_MALFORMED, "too long");
    free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claims_of_a_jwt_have_their_types_and_ranges),
        cmocka_unit_test(test_claims_of_a_cwt_have_their_types_and_ranges),
        cmocka_unit_test(test_the_claims_of_the_standards_cwt_are_read),
        cmocka_unit_test(test_claims_of_a_cwt_are_written_deterministically),
        cmocka_unit_test(test_a_list_that_becomes_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, status_stage_open, status_stage_close);
}
