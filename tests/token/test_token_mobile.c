// The mobile credential's keys in a token: made, signing, renewed; and none left where nothing came of it.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/x5chain.h"
#include "host/pki/mobile_pki.h"
#include "tests/token/token_stage.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NOW = 1800000000, DAY = 86400 };

static struct jumin_mobile_pki *new_pki(struct token_stage *stage, const char *uri)
{
    struct jumin_mobile_pki *pki = NULL;
    assert_int_equal(jumin_mobile_pki_new(&pki, token_stage_path(stage, "mobile")), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_use_tokens(pki, stage->tokens, uri), JUMIN_OK);
    return pki;
}

static void init(struct token_stage *stage)
{
    const struct jumin_mobile_pki_options options = {.now = NOW};
    struct jumin_mobile_pki *pki = new_pki(stage, stage->uri);
    if (jumin_mobile_pki_init(pki, "x", &options) != JUMIN_OK) {
        fail_msg("%s", jumin_mobile_pki_detail(pki));
    }
    jumin_mobile_pki_free(pki);
    token_stage_restart(stage);
}

static void expect_signs(struct jumin_mobile_pki *pki, enum jumin_mobile_key which)
{
    const uint8_t digest[SIGNER_DIGEST] = {1};
    uint8_t signature[SIGNER_SIGNATURE];
    struct crypto_ec_key key = {.opaque = {0}};
    struct signer signer;
    struct span certificate;
    assert_int_equal(mobile_pki_signer(pki, which, "x", &signer, &certificate), JUMIN_OK);
    assert_true(signer.sign(signer.context, digest, signature));
    assert_true(crypto_ec_load_public(&key, CRYPTO_P256, span_of(signer.point, SIGNER_POINT)));
    assert_true(
        crypto_ecdsa_verify(&key, span_of(digest, sizeof digest), span_of(signature, sizeof signature)));
    crypto_ec_release(&key);
}

static void test_roots_and_signers_sign_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    char line[SIGNING_KEY_TEXT_MAX];
    init(stage);
    FILE *file = fopen(token_stage_path(stage, "mobile/mdoc.key"), "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(fclose(file), 0);
    assert_non_null(strstr(line, "object=jumin-mdoc-"));
    struct jumin_mobile_pki *pki = new_pki(stage, NULL);
    expect_signs(pki, JUMIN_MOBILE_MDOC_SIGNER);
    expect_signs(pki, JUMIN_MOBILE_STATUS_SIGNER);
    // A venue's key is none of the issuer's, and under the passphrase.
    const struct jumin_venue venue = {.name = "shop", .purposes = JUMIN_PURPOSE_AGE, .now = NOW};
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, "x", &venue), JUMIN_OK);
    file = fopen(token_stage_path(stage, "mobile/venues/shop.key"), "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(fclose(file), 0);
    assert_string_equal(line, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    assert_int_equal(jumin_mobile_pki_revoke(pki, "x", JUMIN_MOBILE_IACA, NULL, NOW + 1), JUMIN_OK);
    const struct jumin_mobile_trust_list list = {.now = NOW, .seconds = DAY};
    assert_int_equal(jumin_mobile_pki_trust_list(pki, "x", &list), JUMIN_OK);
    jumin_mobile_pki_free(pki);
}

static void test_a_renewed_signer_is_in_the_token_where_the_one_before_was(void **state)
{
    struct token_stage *stage = *state;
    init(stage);
    struct jumin_mobile_pki *pki = new_pki(stage, NULL);
    stage->faults->destroyed = 0;
    assert_int_equal(jumin_mobile_pki_renew(pki, "x", JUMIN_MOBILE_MDOC_SIGNER, NOW + DAY), JUMIN_OK);
    assert_true(stage->faults->destroyed > 0);
    expect_signs(pki, JUMIN_MOBILE_MDOC_SIGNER);
    jumin_mobile_pki_free(pki);
}

// Public and private part of each key.
static void test_a_failed_renewal_destroys_the_new_key_only(void **state)
{
    struct token_stage *stage = *state;
    init(stage);
    struct jumin_mobile_pki *pki = new_pki(stage, NULL);
    stage->faults->destroyed = 0;
    assert_int_equal(jumin_mobile_pki_renew(pki, "x", JUMIN_MOBILE_MDOC_SIGNER, NOW - DAY),
                     JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(stage->faults->destroyed, 2);
    expect_signs(pki, JUMIN_MOBILE_MDOC_SIGNER);
    jumin_mobile_pki_free(pki);
}

static void test_a_failed_init_leaves_no_key_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    const struct jumin_mobile_pki_options options = {.now = NOW};
    assert_int_equal(mkdir(token_stage_path(stage, "mobile"), 0700), 0);
    assert_int_equal(mkdir(token_stage_path(stage, "mobile/mdoc.key"), 0700), 0);
    struct jumin_mobile_pki *pki = new_pki(stage, stage->uri);
    stage->faults->destroyed = 0;
    assert_int_equal(jumin_mobile_pki_init(pki, "x", &options), JUMIN_ERROR_FILE);
    assert_int_equal(stage->faults->destroyed, 2 * JUMIN_MOBILE_KEYS);
    jumin_mobile_pki_free(pki);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, token_stage_open, token_stage_close)
    const struct CMUnitTest tests[] = {
        TEST(test_roots_and_signers_sign_in_the_token),
        TEST(test_a_renewed_signer_is_in_the_token_where_the_one_before_was),
        TEST(test_a_failed_renewal_destroys_the_new_key_only),
        TEST(test_a_failed_init_leaves_no_key_in_the_token),
    };
    return token_stage_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
