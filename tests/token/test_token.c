// Keys in a token: made, found, signing; and everything that a token can do wrong.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/signing_key.h"
#include "tests/token/token_stage.h"

#include <pthread.h>
#include <stdio.h>

static const struct span passphrase = {(const uint8_t *)"x", 1};

static struct span digest_of(uint8_t first)
{
    static uint8_t digest[32];
    memset(digest, 0x5A, sizeof digest);
    digest[0] = first;
    return span_of(digest, sizeof digest);
}

static bool signs(const struct signing_key *key)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    const size_t n = 2 * crypto_curve_length(crypto_ec_curve(&key->key));
    return signing_key_sign(key, &random, digest_of(1), signature) &&
           crypto_ecdsa_verify(&key->key, digest_of(1), span_of(signature, n));
}

static enum jumin_error make_on(struct token_stage *stage, const char *uri, enum crypto_curve curve,
                                struct signing_key *key, struct detail *detail)
{
    const struct crypto_random random = crypto_system_random();
    const struct key_place place = {stage->tokens, uri};
    memset(key, 0, sizeof *key);
    detail_clear(detail);
    return signing_key_make(key, &place, "test", curve, &random, detail);
}

static void make(struct token_stage *stage, struct signing_key *key)
{
    struct detail detail;
    const enum jumin_error error = make_on(stage, stage->uri, CRYPTO_P256, key, &detail);
    if (error != JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
}

static enum jumin_error take(struct token_stage *stage, const char *text, struct signing_key *key,
                             struct detail *detail)
{
    const struct crypto_random random = crypto_system_random();
    memset(key, 0, sizeof *key);
    detail_clear(detail);
    return signing_key_take(key, span_of(text, strlen(text)), passphrase, stage->tokens, &random, detail);
}

// What stands in the key's file.
static void put(const struct signing_key *key, char text[SIGNING_KEY_TEXT_MAX])
{
    const struct crypto_random random = crypto_system_random();
    struct writer w = writer_of(text, SIGNING_KEY_TEXT_MAX - 1);
    assert_true(signing_key_put(key, passphrase, &random, &w));
    text[w.n] = '\0';
}

static void expect_sentence(const struct detail *detail, const char *part)
{
    if (strstr(detail->text, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", detail->text, part);
    }
}

// --- Keys ----------------------------------------------------------------------------------------------------

static void test_keys_of_each_curve_sign_and_are_found_again(void **state)
{
    static const enum crypto_curve curves[] = {CRYPTO_P256, CRYPTO_P384, CRYPTO_BRAINPOOL_P256R1,
                                               CRYPTO_BRAINPOOL_P384R1};
    struct token_stage *stage = *state;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        struct signing_key made, found;
        struct detail detail;
        char text[SIGNING_KEY_TEXT_MAX];
        assert_int_equal(make_on(stage, stage->uri, curves[i], &made, &detail), JUMIN_OK);
        assert_true(signs(&made));
        put(&made, text);
        signing_key_release(&made);
        assert_int_equal(take(stage, text, &found, &detail), JUMIN_OK);
        assert_int_equal(crypto_ec_curve(&found.key), curves[i]);
        assert_true(signs(&found));
        signing_key_release(&found);
    }
    assert_int_equal(stage->questions, 1);
}

static void test_key_file_is_the_uri_in_a_line(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    char text[SIGNING_KEY_TEXT_MAX];
    make(stage, &key);
    put(&key, text);
    assert_memory_equal(text, "pkcs11:", 7);
    assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
    assert_non_null(strstr(text, "token=station"));
    assert_non_null(strstr(text, "object=jumin-test-"));
    assert_non_null(strstr(text, "id=%"));
    assert_non_null(strstr(text, "module-path="));
    assert_null(strstr(text, STAGE_PIN));
    signing_key_release(&key);
}

static void test_keys_in_files_are_as_before(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key, found;
    struct detail detail;
    char text[SIGNING_KEY_TEXT_MAX];
    assert_int_equal(make_on(stage, NULL, CRYPTO_P256, &key, &detail), JUMIN_OK);
    put(&key, text);
    assert_int_equal(take(stage, text, &found, &detail), JUMIN_OK);
    assert_true(signs(&found));
    assert_int_equal(stage->questions, 0);
    signing_key_release(&key);
    signing_key_release(&found);
}

static void test_discarded_key_leaves_the_token(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    char text[SIGNING_KEY_TEXT_MAX];
    make(stage, &key);
    put(&key, text);
    signing_key_discard(&key);
    assert_int_equal(stage->faults->destroyed, 2);
    assert_int_equal(take(stage, text, &key, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "has no such key");
}

static void test_two_keys_of_one_name_are_told_apart_by_nobody(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key keys[2], found;
    struct detail detail;
    char uri[TOKEN_URI_MAX];
    make(stage, &keys[0]);
    make(stage, &keys[1]);
    assert_int_equal(take(stage, stage->uri, &found, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "several keys");
    (void)snprintf(uri, sizeof uri, "pkcs11:token=station;object=nobody?module-path=%s", FAULTY_MODULE);
    assert_int_equal(take(stage, uri, &found, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "no such key");
    signing_key_release(&keys[0]);
    signing_key_release(&keys[1]);
}

static void test_key_that_can_be_extracted_is_removed(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    stage->faults->extractable = true;
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "can be extracted");
    assert_int_equal(stage->faults->destroyed, 2);
}

static void test_token_that_makes_no_keys_is_told(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    stage->faults->generate = CKR_MECHANISM_INVALID;
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "token station: ");
}

// --- URIs ----------------------------------------------------------------------------------------------------

static void test_uris_that_are_none_are_refused(void **state)
{
    static const struct {
        const char *uri, *why;
    } cases[] = {
        {"pkcs11:token=station", "module-path"},
        {"pkcs11:token=station?module-path=" FAULTY_MODULE "&pin-value=271828", "pin-source"},
        {"pkcs11:token=station?module-path=" FAULTY_MODULE "&pin-source=%7Ccat%20pin", "pin-source"},
        {"pkcs11:token=station?module-path=" FAULTY_MODULE "&pin-source=file://other/pin", "pin-source"},
        {"pkcs11:tokem=station?module-path=" FAULTY_MODULE, "nobody knows"},
        {"pkcs11:token=%zz?module-path=" FAULTY_MODULE, "no PKCS#11 URI"},
        {"https://token", "no PKCS#11 URI"},
        {"", "no PKCS#11 URI"},
    };
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    char uri[2 * TOKEN_URI_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(make_on(stage, cases[i].uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_INPUT);
        expect_sentence(&detail, cases[i].why);
    }
    (void)snprintf(uri, sizeof uri, "pkcs11:token=station;object=mine?module-path=%s", FAULTY_MODULE);
    assert_int_equal(make_on(stage, uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_INPUT);
    expect_sentence(&detail, "names a key");
    memset(uri, 'a', sizeof uri - 1);
    uri[sizeof uri - 1] = '\0';
    memcpy(uri, "pkcs11:token=", 13);
    assert_int_equal(make_on(stage, uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_INPUT);
    assert_int_equal(take(stage, uri, &key, &detail), JUMIN_ERROR_INPUT);
    expect_sentence(&detail, "too long");
    assert_int_equal(stage->questions, 0);
}

// SoftHSM always has a slot with a token that nobody has initialized.
static void test_token_that_is_not_initialized_is_none(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    assert_int_equal(
        make_on(stage, "pkcs11:model=SoftHSM%20v2?module-path=" FAULTY_MODULE, CRYPTO_P256, &key, &detail),
        JUMIN_OK);
    signing_key_release(&key);
}

static void test_missing_module_and_missing_token_are_told(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    assert_int_equal(
        make_on(stage, "pkcs11:token=station?module-path=/nowhere/module.so", CRYPTO_P256, &key, &detail),
        JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "/nowhere/module.so");
    assert_int_equal(
        make_on(stage, "pkcs11:token=other?module-path=" FAULTY_MODULE, CRYPTO_P256, &key, &detail),
        JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "not there");
    token_stage_add(stage, "station");
    token_stage_restart(stage);
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "2 tokens fit");
}

static void test_file_that_is_no_module_is_told(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    char uri[TOKEN_URI_MAX];
    (void)snprintf(uri, sizeof uri, "pkcs11:token=station?module-path=%s",
                   token_stage_path(stage, "softhsm2.conf"));
    assert_int_equal(make_on(stage, uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "softhsm2.conf");
}

// --- PINs ----------------------------------------------------------------------------------------------------

static void test_wrong_pin_is_tried_once(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    struct faulty_token *faults = stage->faults;
    stage->pin = "314159";
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN_PIN);
    expect_sentence(&detail, "the PIN is wrong; some tries are used up");
    stage->pin = STAGE_PIN;
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN_PIN);
    expect_sentence(&detail, "not tried again");
    assert_int_equal(faults->logins, 1);
    assert_int_equal(stage->questions, 1);
    token_stage_restart(stage);
    make(stage, &key);
    assert_true(stage->last.tries_low);
    assert_false(stage->last.last_try);
    signing_key_release(&key);
}

static void test_tries_that_are_left_are_told(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    struct faulty_token *faults = stage->faults;
    faults->token_flags = CKF_USER_PIN_FINAL_TRY;
    faults->login = CKR_PIN_INCORRECT;
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN_PIN);
    expect_sentence(&detail, "another wrong one locks it");
    assert_true(stage->last.last_try);

    token_stage_restart(stage);
    faults->token_flags = CKF_USER_PIN_LOCKED;
    faults->login = CKR_PIN_LOCKED;
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN_PIN);
    expect_sentence(&detail, "locked");
    assert_int_equal(faults->logins, 1);
}

static void test_no_pin_is_no_try(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    stage->pin = NULL;
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN_PIN);
    expect_sentence(&detail, "its PIN is needed");
    assert_int_equal(stage->faults->logins, 0);
    stage->pin = STAGE_PIN;
    make(stage, &key);
    signing_key_release(&key);
}

static void test_pin_source_is_read_and_nobody_asked(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    char uri[2 * TOKEN_URI_MAX];
    static const char *const schemes[] = {"", "file:", "file://"};
    token_stage_write(stage, "pin", STAGE_PIN "\n");
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(uri, sizeof uri, "%s&pin-source=%s%s", stage->uri, schemes[i],
                       token_stage_path(stage, "pin"));
        assert_int_equal(make_on(stage, uri, CRYPTO_P256, &key, &detail), JUMIN_OK);
        signing_key_release(&key);
        token_stage_restart(stage);
    }
    assert_int_equal(stage->questions, 0);
    token_stage_write(stage, "pin", "\n");
    assert_int_equal(make_on(stage, uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN_PIN);
    expect_sentence(&detail, "holds no PIN");
    // The last try is not for a file.
    token_stage_write(stage, "pin", "314159");
    stage->faults->token_flags = CKF_USER_PIN_FINAL_TRY;
    assert_int_equal(make_on(stage, uri, CRYPTO_P256, &key, &detail), JUMIN_OK);
    assert_int_equal(stage->questions, 1);
    signing_key_release(&key);
}

// --- Faults --------------------------------------------------------------------------------------------------

static void expect_no_signature(struct token_stage *stage, const struct signing_key *key, const char *why)
{
    const struct crypto_random random = crypto_system_random();
    static const uint8_t nothing[64];
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    struct detail detail;
    (void)stage;
    memset(signature, 1, sizeof signature);
    assert_false(signing_key_sign(key, &random, digest_of(1), signature));
    assert_memory_equal(signature, nothing, sizeof nothing);
    assert_int_equal(signing_key_failure(key, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, why);
}

static void test_wrong_signature_does_not_leave(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    make(stage, &key);
    stage->faults->flip_signature = true;
    expect_no_signature(stage, &key, "its signature is wrong");
    stage->faults->flip_signature = false;
    assert_true(signs(&key));
    signing_key_release(&key);
}

static void test_signature_of_another_length_does_not_leave(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    make(stage, &key);
    stage->faults->cut = 1;
    expect_no_signature(stage, &key, "answers what it must not");
    stage->faults->cut = 64;
    expect_no_signature(stage, &key, "answers what it must not");
    signing_key_release(&key);
}

static void test_public_key_that_is_none_is_refused(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key, other;
    struct detail detail;
    char text[SIGNING_KEY_TEXT_MAX];
    struct faulty_token *faults = stage->faults;
    make(stage, &key);
    put(&key, text);
    faults->bend_point = true;
    assert_int_equal(take(stage, text, &other, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "public key is none");
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &other, &detail), JUMIN_ERROR_TOKEN);
    faults->bend_point = false;
    faults->cut_point = true;
    assert_int_equal(take(stage, text, &other, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "answers what it must not");
    faults->cut_point = false;
    faults->long_attribute = 100000;
    assert_int_equal(take(stage, text, &other, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "answers what it must not");
    signing_key_release(&key);
}

static void test_key_pair_that_does_not_fit_itself_is_removed(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct detail detail;
    stage->faults->flip_signature = true;
    assert_int_equal(make_on(stage, stage->uri, CRYPTO_P256, &key, &detail), JUMIN_ERROR_TOKEN);
    expect_sentence(&detail, "its signature is wrong");
    assert_int_equal(stage->faults->destroyed, 2);
}

static void test_lost_session_is_opened_again_once(void **state)
{
    static const CK_RV losses[] = {CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_USER_NOT_LOGGED_IN,
                                   CKR_DEVICE_REMOVED,         CKR_DEVICE_ERROR,   CKR_TOKEN_NOT_PRESENT};
    struct token_stage *stage = *state;
    struct signing_key key;
    struct faulty_token *faults = stage->faults;
    make(stage, &key);
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        faults->logins = 0;
        faults->next_sign = losses[i];
        assert_true(signs(&key));
        faults->next_session = losses[i];
        assert_true(signs(&key));
        assert_int_equal(faults->logins, 2);
    }
    assert_int_equal(stage->questions, 1);
    faults->logins = 0;
    faults->every_sign = CKR_SESSION_CLOSED;
    expect_no_signature(stage, &key, "token station: ");
    assert_int_equal(faults->logins, 1);
    faults->every_sign = CKR_FUNCTION_FAILED;
    faults->signs = 0;
    expect_no_signature(stage, &key, "token station: ");
    assert_int_equal(faults->signs, 1);
    signing_key_release(&key);
}

static void test_pulled_token_is_told_and_used_again_when_it_is_back(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct faulty_token *faults = stage->faults;
    make(stage, &key);
    faults->pulled = true;
    expect_no_signature(stage, &key, "not there");
    expect_no_signature(stage, &key, "not there");
    faults->pulled = false;
    assert_true(signs(&key));
    signing_key_release(&key);
}

static void test_pin_that_is_wrong_after_a_loss_is_tried_once(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    struct faulty_token *faults = stage->faults;
    make(stage, &key);
    faults->logins = 0;
    faults->login = CKR_PIN_INCORRECT;
    faults->next_sign = CKR_SESSION_CLOSED;
    expect_no_signature(stage, &key, "the PIN is wrong");
    expect_no_signature(stage, &key, "not tried again");
    assert_int_equal(faults->logins, 1);
    signing_key_release(&key);
}

// --- Threads -------------------------------------------------------------------------------------------------

enum { THREADS = 4, SIGNATURES = 20 };

static void *sign_many(void *key)
{
    for (size_t i = 0; i < SIGNATURES; i++) {
        if (!signs(key)) {
            return key;
        }
    }
    return NULL;
}

static void test_threads_share_a_key(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key;
    pthread_t threads[THREADS];
    make(stage, &key);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, sign_many, &key), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    signing_key_release(&key);
}

static void test_two_handles_share_a_module(void **state)
{
    struct token_stage *stage = *state;
    struct signing_key key, other;
    struct jumin_tokens *tokens = stage->tokens, *second = NULL;
    struct detail detail;
    char text[SIGNING_KEY_TEXT_MAX];
    make(stage, &key);
    put(&key, text);
    stage->tokens = NULL;
    token_stage_restart(stage);
    second = stage->tokens;
    assert_int_equal(take(stage, text, &other, &detail), JUMIN_OK);
    assert_true(signs(&other));
    signing_key_release(&other);
    jumin_tokens_free(second);
    stage->tokens = tokens;
    assert_true(signs(&key));
    signing_key_release(&key);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, token_stage_open, token_stage_close)
    const struct CMUnitTest tests[] = {
        TEST(test_keys_of_each_curve_sign_and_are_found_again),
        TEST(test_key_file_is_the_uri_in_a_line),
        TEST(test_keys_in_files_are_as_before),
        TEST(test_discarded_key_leaves_the_token),
        TEST(test_two_keys_of_one_name_are_told_apart_by_nobody),
        TEST(test_key_that_can_be_extracted_is_removed),
        TEST(test_token_that_makes_no_keys_is_told),
        TEST(test_uris_that_are_none_are_refused),
        TEST(test_token_that_is_not_initialized_is_none),
        TEST(test_missing_module_and_missing_token_are_told),
        TEST(test_file_that_is_no_module_is_told),
        TEST(test_wrong_pin_is_tried_once),
        TEST(test_tries_that_are_left_are_told),
        TEST(test_no_pin_is_no_try),
        TEST(test_pin_source_is_read_and_nobody_asked),
        TEST(test_wrong_signature_does_not_leave),
        TEST(test_signature_of_another_length_does_not_leave),
        TEST(test_public_key_that_is_none_is_refused),
        TEST(test_key_pair_that_does_not_fit_itself_is_removed),
        TEST(test_lost_session_is_opened_again_once),
        TEST(test_pulled_token_is_told_and_used_again_when_it_is_back),
        TEST(test_pin_that_is_wrong_after_a_loss_is_tried_once),
        TEST(test_threads_share_a_key),
        TEST(test_two_handles_share_a_module),
    };
    return token_stage_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
