// A wallet whose keys are in a token: made there, signing, and gone with what they were for.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/wallet_internal.h"
#include "tests/token/token_stage.h"

#include <stdio.h>
#include <string.h>

static struct jumin_wallet *create(struct token_stage *stage)
{
    char why[JUMIN_WALLET_TEXT] = "";
    const struct jumin_wallet_options options = {.tokens = stage->tokens, .token = stage->uri, .why = why};
    struct jumin_wallet *wallet = NULL;
    if (jumin_wallet_create(&wallet, token_stage_path(stage, "wallet"), "open", &options) != JUMIN_OK) {
        fail_msg("%s", why);
    }
    return wallet;
}

static struct jumin_wallet *open_again(struct token_stage *stage)
{
    token_stage_restart(stage);
    const struct jumin_wallet_options options = {.tokens = stage->tokens};
    struct jumin_wallet *wallet = NULL;
    stage->questions = 0;
    assert_int_equal(jumin_wallet_open(&wallet, token_stage_path(stage, "wallet"), "open", &options),
                     JUMIN_OK);
    assert_int_equal(stage->questions, 0); // until a key is used
    return wallet;
}

static bool signs(const struct jumin_wallet *wallet, const struct wallet_key *which)
{
    const uint8_t digest[SIGNER_DIGEST] = {1};
    uint8_t signature[SIGNER_SIGNATURE];
    struct wallet_signer context;
    struct crypto_ec_key key = {.opaque = {0}};
    const struct signer signer = wallet_signer_of(&context, wallet, which);
    assert_null(signer.agree);
    if (!signer.sign(signer.context, digest, signature)) {
        return false;
    }
    assert_true(crypto_ec_load_public(&key, CRYPTO_P256, span_of(signer.point, SIGNER_POINT)));
    const bool ok =
        crypto_ecdsa_verify(&key, span_of(digest, sizeof digest), span_of(signature, sizeof signature));
    crypto_ec_release(&key);
    return ok;
}

static void test_the_device_key_signs_in_the_token(void **state)
{
    struct token_stage *stage = *state;
    struct jumin_wallet *wallet = create(stage);
    assert_true(signs(wallet, &wallet->device));
    assert_int_equal(wallet->device.n, 16); // the identifier, and no secret
    jumin_wallet_free(wallet);
    wallet = open_again(stage);
    assert_true(signs(wallet, &wallet->device));
    assert_int_equal(stage->questions, 1);
    jumin_wallet_free(wallet);
}

// Public and private part of each key.
static void test_keys_that_nothing_needs_are_destroyed_with_the_next_writing(void **state)
{
    struct token_stage *stage = *state;
    struct jumin_wallet *wallet = create(stage);
    struct wallet_key keys[2];
    assert_int_equal(wallet_make_keys(wallet, keys, 2), JUMIN_OK);
    assert_true(signs(wallet, &keys[0]) && signs(wallet, &keys[1]));
    jumin_wallet_free(wallet); // as by a power cut
    wallet = open_again(stage);
    stage->faults->destroyed = 0;
    assert_int_equal(wallet_save(wallet), JUMIN_OK);
    assert_int_equal(stage->faults->destroyed, 4);
    assert_false(signs(wallet, &keys[0]));
    assert_non_null(strstr(wallet->keys_detail.text, "token station"));
    assert_true(signs(wallet, &wallet->device));
    assert_int_equal(wallet_save(wallet), JUMIN_OK);
    assert_int_equal(stage->faults->destroyed, 4);
    jumin_wallet_free(wallet);
}

static void test_without_its_token_such_a_wallet_does_not_open(void **state)
{
    struct token_stage *stage = *state;
    char why[JUMIN_WALLET_TEXT];
    const struct jumin_wallet_options options = {.why = why};
    struct jumin_wallet *wallet = create(stage);
    jumin_wallet_free(wallet);
    assert_int_equal(jumin_wallet_open(&wallet, token_stage_path(stage, "wallet"), "open", &options),
                     JUMIN_ERROR_TOKEN);
    assert_string_equal(why, "the wallet's keys are in a token, which is not opened here");
    assert_int_equal(jumin_wallet_open(&wallet, token_stage_path(stage, "wallet"), "open", NULL),
                     JUMIN_ERROR_TOKEN);
}

static void test_a_token_that_makes_no_key_is_told(void **state)
{
    struct token_stage *stage = *state;
    char why[JUMIN_WALLET_TEXT], key_uri[600];
    struct jumin_wallet_options options = {.tokens = stage->tokens, .token = stage->uri, .why = why};
    struct jumin_wallet *wallet = NULL;
    const char *path = token_stage_path(stage, "wallet");
    stage->pin = NULL;
    assert_int_equal(jumin_wallet_create(&wallet, path, "open", &options), JUMIN_ERROR_TOKEN_PIN);
    assert_non_null(strstr(why, "no key could be made: token station"));
    stage->pin = STAGE_PIN;
    options.token = "pkcs11:token=station";
    assert_int_equal(jumin_wallet_create(&wallet, path, "open", &options), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(why, "module-path=FILE"));
    (void)snprintf(key_uri, sizeof key_uri, "pkcs11:object=x;token=station?module-path=%s", FAULTY_MODULE);
    options.token = key_uri;
    assert_int_equal(jumin_wallet_create(&wallet, path, "open", &options), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(why, "the URI names a key"));
}

static void test_a_wallet_that_cannot_be_written_leaves_no_key(void **state)
{
    struct token_stage *stage = *state;
    struct jumin_wallet *wallet = create(stage);
    struct wallet_key keys[2];
    char *path = wallet->path;
    wallet->path = (char[]){"/nowhere/wallet"};
    stage->faults->destroyed = 0;
    assert_int_equal(wallet_make_keys(wallet, keys, 2), JUMIN_ERROR_FILE);
    wallet->path = path;
    assert_int_equal(wallet_save(wallet), JUMIN_OK);
    assert_int_equal(stage->faults->destroyed, 4);
    jumin_wallet_free(wallet);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, token_stage_open, token_stage_close)
    const struct CMUnitTest tests[] = {
        TEST(test_the_device_key_signs_in_the_token),
        TEST(test_keys_that_nothing_needs_are_destroyed_with_the_next_writing),
        TEST(test_without_its_token_such_a_wallet_does_not_open),
        TEST(test_a_token_that_makes_no_key_is_told),
        TEST(test_a_wallet_that_cannot_be_written_leaves_no_key),
    };
    return token_stage_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
