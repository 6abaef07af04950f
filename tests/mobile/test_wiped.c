// Personal claims do not stay in memory that was freed: whatever becomes of a token, accepted or refused,
// each text of its JSON is wiped before it goes.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include <malloc.h>
#include <stdlib.h>

#include "host/mobile/base64url.h"
#include "host/mobile/sd_jwt_vc.h"

#define NAME "Hong Gildong of Hanyang" // whom nothing may be left of
#define SALT "\"0123456789abcdefghijkl\""

static struct jose_party issuer;
static uint8_t token[JOSE_TEXT_MAX];
static unsigned left;   // texts that went without having been wiped
static bool no_parsing; // wherever in a block the name stands

// A text of JSON begins with what it says; what the parser has copied meanwhile, with a quotation mark.
static void counted_free(void *block)
{
    const size_t n = block != NULL ? malloc_usable_size(block) : 0;
    left += no_parsing ? memmem(block, n, NAME, sizeof NAME - 1) != NULL
                       : n >= sizeof NAME && memcmp(block, NAME, sizeof NAME) == 0;
    free(block);
}

// Nothing of what was there before, so that each block answers for itself.
static void *clean(size_t n)
{
    return calloc(1, n);
}

static int begin(void **state)
{
    (void)state;
    json_set_alloc_funcs(clean, counted_free);
    jose_party_make(&issuer, 7);
    return 0;
}

static int end(void **state)
{
    (void)state;
    crypto_ec_release(&issuer.key);
    return 0;
}

static void digest_of(const char *content, char to[SD_JWT_DIGEST_TEXT + 1])
{
    uint8_t text[1024], digest[CRYPTO_HASH_MAX];
    struct writer w = writer_of(text, sizeof text), d = writer_of(to, SD_JWT_DIGEST_TEXT);
    base64url_put(&w, text_span(content));
    const struct span input = writer_span(&w);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &input, 1, digest));
    base64url_put(&d, span_of(digest, SIGNER_DIGEST));
    to[SD_JWT_DIGEST_TEXT] = '\0';
}

#define CNF                                                                                                  \
    "\"cnf\":{\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"                                              \
    "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\""                                                     \
    "y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}}"

// Opens a token with those claims (@ for the digest of each disclosure in turn), and those disclosures.
static enum jumin_error open(const char *claims, const char *const *contents, size_t count)
{
    char text[4096] = "", digest[SD_JWT_DIGEST_TEXT + 1];
    size_t n = 0, used = 0;
    for (const char *at = claims; *at != '\0'; at++) {
        if (*at == '@') {
            digest_of(contents[used++ % count], digest);
            memcpy(text + n, digest, SD_JWT_DIGEST_TEXT);
            n += SD_JWT_DIGEST_TEXT;
        } else {
            text[n++] = *at;
        }
    }
    text[n] = '\0';
    struct writer w = writer_of(token, sizeof token);
    writer_put(&w, jose_token(&issuer.signer,
                              "{\"alg\":\"ES256\",\"typ\":\"dc+sd-jwt\",\"x5c\":[\"MAMCAQU=\"]}", text));
    writer_put_u8(&w, '~');
    for (size_t i = 0; i < count; i++) {
        base64url_put(&w, text_span(contents[i]));
        writer_put_u8(&w, '~');
    }
    struct sd_jwt_vc vc;
    struct detail detail;
    left = 0;
    enum jumin_error error = sd_jwt_vc_read(writer_span(&w), &vc, &detail);
    if (error == JUMIN_OK) {
        error = sd_jwt_vc_check(&vc, issuer.signer.point, 1000, 0, &detail);
        sd_jwt_vc_release(&vc);
    }
    return error;
}

static void test_nothing_is_left_of_a_token_that_was_accepted(void **state)
{
    (void)state;
    const char *const contents[] = {"[" SALT ",\"a\",\"" NAME "\"]", "[" SALT ",\"" NAME "\"]"};
    assert_int_equal(open("{\"vct\":\"v\",\"b\":\"" NAME "\",\"_sd\":[\"@\"],\"l\":[{\"...\":\"@\"}]," CNF
                          "}",
                          contents, 2),
                     JUMIN_OK);
    assert_int_equal(left, 0);
}

static void test_nothing_is_left_of_a_token_that_was_refused(void **state)
{
    (void)state;
    const char *const contents[] = {"[" SALT ",\"a\",\"" NAME "\"]", "[" SALT ",\"" NAME "\"]"};
    static const struct {
        const char *claims;
        size_t disclosures;
    } wrong[] = {
        {"{\"vct\":\"v\",\"b\":\"" NAME "\",\"_sd\":[\"@\"],\"c\":\"" NAME "\"," CNF "}", 2},  // an orphan
        {"{\"vct\":\"v\",\"a\":\"" NAME "\",\"_sd\":[\"@\"]," CNF "}", 1},                     // replaced
        {"{\"vct\":\"v\",\"b\":\"" NAME "\",\"_sd\":[\"@\",\"@\"]," CNF "}", 1},               // twice
        {"{\"vct\":\"v\",\"b\":{\"c\":[{\"d\":\"" NAME "\"}]},\"_sd\":[\"@\",7]," CNF "}", 1}, // no text
        {"{\"vct\":\"v\",\"b\":[\"" NAME "\",{\"...\":\"@\"}]," CNF "}", 1},                   // of a member
        {"{\"b\":\"" NAME "\",\"_sd\":[\"@\"]," CNF "}", 1},                                   // no vct
        {"{\"vct\":\"v\",\"b\":\"" NAME "\",\"_sd\":[\"@\"]}", 1},                             // no cnf
        {"{\"vct\":\"v\",\"b\":\"" NAME "\",\"_sd_alg\":\"md5\",\"_sd\":[\"@\"]," CNF "}", 1},
        {"{\"vct\":\"v\",\"exp\":1,\"b\":\"" NAME "\",\"_sd\":[\"@\"]," CNF "}", 1},
        {"[\"" NAME "\"]", 1},
        {"{\"vct\":\"v\",\"b\":[[[[[[[[[[[[[[[[[[\"" NAME "\"]]]]]]]]]]]]]]]]]],\"_sd\":[\"@\"]," CNF "}", 1},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (open(wrong[i].claims, contents, wrong[i].disclosures) == JUMIN_OK || left != 0) {
            fail_msg("token %zu: %u texts are left", i, left);
        }
    }
    // Of the last one, half is in its place already when the rest is refused.
    const char *const malformed[] = {"[\"a\",\"a\",\"" NAME "\"]", "{\"a\":\"" NAME "\"}",
                                     "[" SALT ",\"a\",{\"b\":\"" NAME "\",\"_sd\":[7]}]"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        assert_int_equal(open("{\"vct\":\"v\",\"_sd\":[\"@\"]," CNF "}", &malformed[i], 1),
                         JUMIN_ERROR_MALFORMED);
        assert_int_equal(left, 0);
    }
}

static void test_nothing_is_left_of_what_was_issued(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    static const uint8_t certificate[] = {0x30, 0x03, 0x02, 0x01, 0x05};
    const struct span chain = {certificate, sizeof certificate};
    json_t *claims = json_pack("{s:s, s:{s:s}, s:[s, s]}", "a", NAME, "b", "c", NAME, "d", NAME, NAME);
    struct sd_jwt_vc_order order = {.signer = &issuer.signer,
                                    .chain = &chain,
                                    .chain_count = 1,
                                    .vct = "v",
                                    .claims = claims,
                                    .issued_at = 1,
                                    .not_before = 1,
                                    .expires = 2};
    struct writer w = writer_of(token, sizeof token);
    memcpy(order.holder, issuer.signer.point, SIGNER_POINT);
    left = 0;
    no_parsing = true;
    assert_int_equal(sd_jwt_vc_issue(&order, &random, &w), JUMIN_OK);
    assert_int_equal(left, 0);
    assert_string_equal(json_string_value(json_object_get(claims, "a")), NAME); // the caller's
    json_decref(claims);
    assert_int_equal(left, 4); // so that this test can see it
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_left_of_a_token_that_was_accepted),
        cmocka_unit_test(test_nothing_is_left_of_a_token_that_was_refused),
        cmocka_unit_test(test_nothing_is_left_of_what_was_issued),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
