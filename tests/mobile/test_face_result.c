// The result of comparing a face: made by the phone, and what the issuer refuses.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/face_result.h"

static struct jose_party phone, thief;
static uint8_t thumbprint[JWK_THUMBPRINT];

static int make_parties(void **state)
{
    (void)state;
    jose_party_make(&phone, 7);
    jose_party_make(&thief, 8);
    assert_true(jwk_thumbprint(span_of(phone.signer.point, SIGNER_POINT), thumbprint));
    return 0;
}

static int release_parties(void **state)
{
    (void)state;
    crypto_ec_release(&phone.key);
    crypto_ec_release(&thief.key);
    return 0;
}

static struct face_result usual(void)
{
    return (struct face_result){.session = "binding", .score = 80, .live = true, .at = JOSE_NOW};
}

static void check(const struct jose_party *by, const struct face_result *result, enum jumin_error error,
                  const char *words)
{
    uint8_t text[2048];
    struct writer w = writer_of(text, sizeof text);
    struct detail detail = {{0}};
    const struct face_rules rules = {.session = "binding",
                                     .thumbprint = thumbprint,
                                     .score = 80,
                                     .now = JOSE_NOW,
                                     .window = 300,
                                     .leeway = 60};
    assert_int_equal(face_result_make(&by->signer, result, &w), JUMIN_OK);
    assert_refused(face_result_check(writer_span(&w), &rules, &detail), error, &detail, words);
}

static void test_result_of_the_bound_phone_is_taken(void **state)
{
    (void)state;
    const struct face_result result = usual();
    check(&phone, &result, JUMIN_OK, "");
}

static void test_result_of_another_key_is_refused(void **state)
{
    (void)state;
    const struct face_result result = usual();
    check(&thief, &result, JUMIN_ERROR_SIGNATURE, "another key");
}

static void test_result_for_another_binding_is_refused(void **state)
{
    (void)state;
    struct face_result result = usual();
    result.session = "bindinG";
    check(&phone, &result, JUMIN_ERROR_SIGNATURE, "another binding");
}

static void test_score_below_the_rule_is_refused(void **state)
{
    (void)state;
    struct face_result result = usual();
    result.score = 79;
    check(&phone, &result, JUMIN_ERROR_RULES, "not alike");
}

static void test_score_that_is_none_is_refused(void **state)
{
    (void)state;
    struct face_result result = usual();
    result.score = 101;
    check(&phone, &result, JUMIN_ERROR_MALFORMED, "no score");
}

static void test_picture_of_a_picture_is_refused(void **state)
{
    (void)state;
    struct face_result result = usual();
    result.live = false;
    check(&phone, &result, JUMIN_ERROR_RULES, "living");
}

static void test_result_of_another_time_is_refused(void **state)
{
    (void)state;
    struct face_result result = usual();
    result.at = JOSE_NOW - 301;
    check(&phone, &result, JUMIN_ERROR_NOT_VALID_NOW, "");
    result.at = JOSE_NOW + 61;
    check(&phone, &result, JUMIN_ERROR_NOT_VALID_NOW, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_result_of_the_bound_phone_is_taken),
        cmocka_unit_test(test_result_of_another_key_is_refused),
        cmocka_unit_test(test_result_for_another_binding_is_refused),
        cmocka_unit_test(test_score_below_the_rule_is_refused),
        cmocka_unit_test(test_score_that_is_none_is_refused),
        cmocka_unit_test(test_picture_of_a_picture_is_refused),
        cmocka_unit_test(test_result_of_another_time_is_refused),
    };
    return cmocka_run_group_tests(tests, make_parties, release_parties);
}
