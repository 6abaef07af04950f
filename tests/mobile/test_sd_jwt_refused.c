// Selective disclosure, made by hand: what must be refused (RFC 9901 §7.1, §9).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/base64url.h"
#include "host/mobile/sd_jwt.h"

#define SALT "\"0123456789abcdefghijkl\"" // 22 characters

static struct jose_party issuer, other;
static uint8_t token[JOSE_TEXT_MAX];

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

// The digest that stands for a disclosure with this content, in one of four buffers.
static const char *digest_of(const char *content)
{
    static char digests[4][SD_JWT_DIGEST_TEXT + 1];
    static unsigned next;
    uint8_t text[1024], digest[SIGNER_DIGEST];
    char *to = digests[next++ % 4];
    struct writer w = writer_of(text, sizeof text), d = writer_of(to, SD_JWT_DIGEST_TEXT);
    base64url_put(&w, text_span(content));
    const struct span input = writer_span(&w);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &input, 1, digest));
    base64url_put(&d, span_of(digest, sizeof digest));
    to[SD_JWT_DIGEST_TEXT] = '\0';
    return to;
}

// Claims (with %s for digests) and disclosures, signed well.
static struct span make(const char *claims, const char *const *contents, size_t count)
{
    struct writer w = writer_of(token, sizeof token);
    writer_put(&w, jose_token(&issuer.signer, "{\"alg\":\"ES256\",\"typ\":\"dc+sd-jwt\"}", claims));
    writer_put_u8(&w, '~');
    for (size_t i = 0; i < count; i++) {
        base64url_put(&w, text_span(contents[i]));
        writer_put_u8(&w, '~');
    }
    assert_false(w.overflow);
    return writer_span(&w);
}

static enum jumin_error open(struct span text, const uint8_t key[SIGNER_POINT], struct detail *detail)
{
    struct sd_jwt sd;
    detail_clear(detail);
    enum jumin_error error = sd_jwt_read(text, "dc+sd-jwt", &sd, detail);
    if (error == JUMIN_OK) {
        error = sd_jwt_open(&sd, key, detail);
        assert_true((sd.claims != NULL) == (error == JUMIN_OK));
        sd_jwt_release(&sd);
    }
    return error;
}

static void refuse(struct span text, enum jumin_error error, const char *words)
{
    struct detail detail;
    assert_refused(open(text, issuer.signer.point, &detail), error, &detail, words);
}

// One disclosure, whose digest stands where the claims say %s (twice at most).
static struct span make_one(const char *claims, const char *content)
{
    char text[2048];
    const char *digest = digest_of(content);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(text, sizeof text, claims, digest, digest);
#pragma GCC diagnostic pop
    return make(text, &content, 1);
}

static void test_well_made_token_is_taken(void **state)
{
    (void)state;
    struct detail detail;
    assert_int_equal(open(make_one("{\"_sd\":[\"%s\"]}", "[" SALT ",\"a\",1]"), issuer.signer.point, &detail),
                     JUMIN_OK);
    assert_int_equal(
        open(make_one("{\"l\":[{\"...\":\"%s\"}]}", "[" SALT ",1]"), issuer.signer.point, &detail), JUMIN_OK);
    assert_int_equal(open(make("{}", NULL, 0), issuer.signer.point, &detail), JUMIN_OK);
    assert_int_equal(open(make("{}", NULL, 0), other.signer.point, &detail), JUMIN_ERROR_SIGNATURE);
}

static void test_disclosure_that_belongs_to_nothing_is_refused(void **state)
{
    (void)state;
    const char *const orphan[] = {"[" SALT ",\"a\",1]"};
    refuse(make("{\"_sd\":[]}", orphan, 1), JUMIN_ERROR_HASH, "belongs to no digest");
}

// Its digest stands in another disclosure, which is not shown.
static void test_inner_disclosure_alone_is_refused(void **state)
{
    (void)state;
    char outer[256], claims[128];
    const char *const inner[] = {"[" SALT ",\"street\",1]"};
    (void)snprintf(outer, sizeof outer, "[" SALT ",\"address\",{\"_sd\":[\"%s\"]}]", digest_of(inner[0]));
    (void)snprintf(claims, sizeof claims, "{\"_sd\":[\"%s\"]}", digest_of(outer));
    refuse(make(claims, inner, 1), JUMIN_ERROR_HASH, "belongs to no digest");
    const char *const both[] = {inner[0], outer};
    struct detail detail;
    assert_int_equal(open(make(claims, both, 2), issuer.signer.point, &detail), JUMIN_OK);
}

static void test_disclosure_twice_is_refused(void **state)
{
    (void)state;
    char claims[128];
    const char *const twice[] = {"[" SALT ",\"a\",1]", "[" SALT ",\"a\",1]"};
    (void)snprintf(claims, sizeof claims, "{\"_sd\":[\"%s\"]}", digest_of(twice[0]));
    refuse(make(claims, twice, 2), JUMIN_ERROR_HASH, "comes twice");
}

static void test_digest_twice_is_refused(void **state)
{
    (void)state;
    refuse(make_one("{\"_sd\":[\"%s\",\"%s\"]}", "[" SALT ",\"a\",1]"), JUMIN_ERROR_MALFORMED,
           "stands twice");
    refuse(make_one("{\"_sd\":[\"%s\"],\"o\":{\"_sd\":[\"%s\"]}}", "[" SALT ",\"a\",1]"),
           JUMIN_ERROR_MALFORMED, "stands twice");
    refuse(make("{\"_sd\":[\"decoy\",\"decoy\"]}", NULL, 0), JUMIN_ERROR_MALFORMED, "stands twice");
}

static void test_disclosure_does_not_replace_a_claim(void **state)
{
    (void)state;
    refuse(make_one("{\"exp\":1,\"_sd\":[\"%s\"]}", "[" SALT ",\"exp\",9999999999]"), JUMIN_ERROR_MALFORMED,
           "replace");
    char claims[256];
    const char *const same[] = {"[" SALT ",\"a\",1]", "[" SALT ",\"a\",2]"};
    (void)snprintf(claims, sizeof claims, "{\"_sd\":[\"%s\",\"%s\"]}", digest_of(same[0]),
                   digest_of(same[1]));
    refuse(make(claims, same, 2), JUMIN_ERROR_MALFORMED, "replace");
}

static void test_names_of_the_format_are_refused(void **state)
{
    (void)state;
    refuse(make_one("{\"_sd\":[\"%s\"]}", "[" SALT ",\"_sd\",[]]"), JUMIN_ERROR_MALFORMED,
           "no claim can have");
    refuse(make_one("{\"_sd\":[\"%s\"]}", "[" SALT ",\"...\",1]"), JUMIN_ERROR_MALFORMED,
           "no claim can have");
    refuse(make_one("{\"_sd\":[\"%s\"]}", "[" SALT ",\"_sd_alg\",1]"), JUMIN_ERROR_MALFORMED,
           "no claim can have");
    refuse(make_one("{\"_sd\":[\"%s\"]}", "[" SALT ",1,1]"), JUMIN_ERROR_MALFORMED, "no claim can have");
}

static void test_disclosure_of_the_wrong_kind_is_refused(void **state)
{
    (void)state;
    refuse(make_one("{\"_sd\":[\"%s\"]}", "[" SALT ",1]"), JUMIN_ERROR_MALFORMED, "or the reverse");
    refuse(make_one("{\"l\":[{\"...\":\"%s\"}]}", "[" SALT ",\"a\",1]"), JUMIN_ERROR_MALFORMED,
           "or the reverse");
}

static void test_short_salt_is_refused(void **state)
{
    (void)state;
    refuse(make_one("{\"_sd\":[\"%s\"]}", "[\"0123456789abcdefghijk\",\"a\",1]"), JUMIN_ERROR_MALFORMED,
           "128 bits");
    refuse(make_one("{\"_sd\":[\"%s\"]}", "[1,\"a\",1]"), JUMIN_ERROR_MALFORMED, "128 bits");
    refuse(make_one("{\"l\":[{\"...\":\"%s\"}]}", "[\"\",1]"), JUMIN_ERROR_MALFORMED, "128 bits");
}

static void test_disclosure_of_another_form_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"[" SALT "]", "[" SALT ",\"a\",1,2]", "{}", "1",
                                        "",           "[" SALT ",\"a\",1] ,"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        refuse(make_one("{\"_sd\":[\"%s\"]}", wrong[i]), JUMIN_ERROR_MALFORMED, "list of two or three");
    }
    refuse(make_one("{\"_sd\":[\"%s\"]}", "[" SALT ",\"a\",{\"b\":1,\"b\":2}]"), JUMIN_ERROR_MALFORMED,
           "list of two or three");
}

static void test_digests_of_another_form_are_refused(void **state)
{
    (void)state;
    refuse(make("{\"_sd\":\"x\"}", NULL, 0), JUMIN_ERROR_MALFORMED, "no list");
    refuse(make("{\"_sd\":[1]}", NULL, 0), JUMIN_ERROR_MALFORMED, "no text");
    refuse(make("{\"l\":[{\"...\":1}]}", NULL, 0), JUMIN_ERROR_MALFORMED, "no text");
    refuse(make("{\"l\":[{\"...\":\"x\",\"a\":1}]}", NULL, 0), JUMIN_ERROR_MALFORMED, "not alone");
    refuse(make("{\"...\":\"x\"}", NULL, 0), JUMIN_ERROR_MALFORMED, "outside a list");
}

static void test_other_hash_algorithms_are_refused(void **state)
{
    (void)state;
    refuse(make("{\"_sd_alg\":\"sha-512\"}", NULL, 0), JUMIN_ERROR_MALFORMED, "_sd_alg");
    refuse(make("{\"_sd_alg\":1}", NULL, 0), JUMIN_ERROR_MALFORMED, "_sd_alg");
}

static void test_nesting_has_an_end(void **state)
{
    (void)state;
    struct detail detail;
    char deep[256];
    for (size_t depth = SD_JWT_DEPTH_MAX - 1; depth <= SD_JWT_DEPTH_MAX; depth++) {
        // the claims, depth - 2 lists, and the number in them
        struct writer w = writer_of(deep, sizeof deep);
        writer_put(&w, text_span("{\"a\":"));
        for (size_t i = 0; i + 1 < depth; i++) {
            writer_put(&w, text_span("["));
        }
        writer_put(&w, text_span("1"));
        for (size_t i = 0; i + 1 < depth; i++) {
            writer_put(&w, text_span("]"));
        }
        writer_put(&w, span_of("}", 2));
        const enum jumin_error error = open(make(deep, NULL, 0), issuer.signer.point, &detail);
        assert_int_equal(error, depth < SD_JWT_DEPTH_MAX ? JUMIN_OK : JUMIN_ERROR_MALFORMED);
    }
}

static void test_token_of_another_form_is_refused(void **state)
{
    (void)state;
    struct span whole = make("{}", NULL, 0);
    refuse(span_first(whole, whole.n - 1), JUMIN_ERROR_MALFORMED, "no SD-JWT");
    refuse(span_of(NULL, 0), JUMIN_ERROR_MALFORMED, "no SD-JWT");
    token[whole.n] = '~'; // an empty disclosure
    refuse(span_of(token, whole.n + 1), JUMIN_ERROR_MALFORMED, "list of two or three");
    struct writer w = writer_of(token, sizeof token);
    writer_put(&w, jose_token(&issuer.signer, "{\"alg\":\"ES256\",\"typ\":\"vc+sd-jwt\"}", "{}"));
    writer_put_u8(&w, '~');
    refuse(writer_span(&w), JUMIN_ERROR_MALFORMED, "no dc+sd-jwt");
}

static void test_too_many_disclosures_are_refused(void **state)
{
    (void)state;
    struct writer w = writer_of(token, sizeof token);
    writer_put(&w, jose_token(&issuer.signer, "{\"alg\":\"ES256\",\"typ\":\"dc+sd-jwt\"}", "{}"));
    writer_put_u8(&w, '~');
    for (unsigned i = 0; i <= SD_JWT_DISCLOSURES_MAX; i++) {
        char content[64];
        (void)snprintf(content, sizeof content, "[" SALT ",\"%u\",1]", i);
        base64url_put(&w, text_span(content));
        writer_put_u8(&w, '~');
    }
    assert_false(w.overflow);
    refuse(writer_span(&w), JUMIN_ERROR_MALFORMED, "more than 256");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_well_made_token_is_taken),
        cmocka_unit_test(test_disclosure_that_belongs_to_nothing_is_refused),
        cmocka_unit_test(test_inner_disclosure_alone_is_refused),
        cmocka_unit_test(test_disclosure_twice_is_refused),
        cmocka_unit_test(test_digest_twice_is_refused),
        cmocka_unit_test(test_disclosure_does_not_replace_a_claim),
        cmocka_unit_test(test_names_of_the_format_are_refused),
        cmocka_unit_test(test_disclosure_of_the_wrong_kind_is_refused),
        cmocka_unit_test(test_short_salt_is_refused),
        cmocka_unit_test(test_disclosure_of_another_form_is_refused),
        cmocka_unit_test(test_digests_of_another_form_are_refused),
        cmocka_unit_test(test_other_hash_algorithms_are_refused),
        cmocka_unit_test(test_nesting_has_an_end),
        cmocka_unit_test(test_token_of_another_form_is_refused),
        cmocka_unit_test(test_too_many_disclosures_are_refused),
    };
    return cmocka_run_group_tests(tests, make_parties, release_parties);
}
