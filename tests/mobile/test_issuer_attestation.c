// Key attestations before the issuer: as a proof, and in the header of one.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_http_stage.h"

#include "host/issuer/attestation.h"

static struct jumin_trust *wallets;
static const char *storage = "iso_18045_high"; // what attestations say
static struct stage_holder wallet_root, wallet_provider;

static struct signer provider_signer(void)
{
    struct signer signer;
    assert_true(signer_of_key(&wallet_provider.key.key, &signer));
    return signer;
}

static void trust_wallets(bool required)
{
    struct issuer_options with = issuer_http_options();
    assert_int_equal(jumin_trust_new(&wallets), JUMIN_OK);
    stage_root(&wallet_root, "Wallets", wallets);
    stage_issue(&wallet_provider, &wallet_root, CERTIFICATE_DOCUMENT_SIGNER, CRYPTO_P256, NULL);
    with.wallets = wallets;
    with.attestation_required = required;
    issuer_with(&with);
}

static void distrust_wallets(void)
{
    issuer_free(issuer);
    issuer = NULL;
    stage_release(&wallet_provider);
    stage_release(&wallet_root);
    jumin_trust_free(wallets);
    wallets = NULL;
}

static bool endless; // what is attested

// Attests the first `count` copies' keys.
static const char *attestation(size_t count, const char *nonce)
{
    static char text[32768];
    uint8_t keys[4][SIGNER_POINT];
    const struct signer signer = provider_signer();
    for (size_t i = 0; i < count; i++) {
        memcpy(keys[i], copies[i].signer.point, SIGNER_POINT);
    }
    struct writer w = writer_of(text, sizeof text - 1);
    const struct key_attestation_order order = {.signer = &signer,
                                                .chain = &wallet_provider.der,
                                                .chain_count = 1,
                                                .keys = (const uint8_t(*)[SIGNER_POINT])keys,
                                                .key_count = count,
                                                .key_storage = storage,
                                                .nonce = nonce,
                                                .issued_at = station_clock,
                                                .expires = endless ? 0 : station_clock + 3600};
    assert_int_equal(key_attestation_make(&order, &w), JUMIN_OK);
    text[w.n] = '\0';
    return text;
}

static void test_an_attestation_gets_a_copy_for_each_of_its_keys(void **state)
{
    static uint8_t bytes[65536];
    struct issuer_signed parsed;
    (void)state;
    trust_wallets(false);
    redeem();
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(3, fresh_nonce()))));
    assert_answer(200, "");
    for (size_t i = 0; i < 3; i++) {
        check_mdoc(i, &parsed, bytes, sizeof bytes);
    }
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(1, NULL))));
    assert_answer(400, "invalid_proof");
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(1, "made up"))));
    assert_answer(400, "invalid_nonce");
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(4, fresh_nonce()))));
    assert_answer(400, "invalid_proof");
    const char *nonce = fresh_nonce();
    json_t *twice = json_pack("{s:[s]}", "attestation", attestation(1, nonce));
    (void)json_array_append_new(json_object_get(twice, "attestation"), json_string(attestation(1, nonce)));
    post("/credential", wish(MDOC, twice));
    assert_answer(400, "invalid_proof");
    distrust_wallets();
}

static void test_an_attestation_of_a_provider_that_nobody_trusts_is_refused(void **state)
{
    struct issuer_options with = issuer_http_options();
    struct jumin_trust *nobody = NULL;
    (void)state;
    trust_wallets(false);
    assert_int_equal(jumin_trust_new(&nobody), JUMIN_OK);
    with.wallets = nobody;
    issuer_with(&with);
    redeem();
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(1, fresh_nonce()))));
    assert_answer(400, "invalid_proof");
    distrust_wallets();
    jumin_trust_free(nobody);
}

static void test_where_attestation_is_required_a_proof_has_it_for_its_own_key(void **state)
{
    (void)state;
    trust_wallets(true);
    redeem();
    post("/credential", wish(MDOC, proofs(1)));
    assert_answer(400, "invalid_proof");
    assert_string_equal(said("error_description"), "the proof has no key attestation");
    const char *nonce = fresh_nonce();
    post("/credential",
         wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[1], BASE, nonce, attestation(1, NULL)))));
    assert_answer(400, "invalid_proof");
    assert_string_equal(said("error_description"), "the key attestation does not attest the proof's key");
    endless = true;
    post("/credential",
         wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[0], BASE, nonce, attestation(1, NULL)))));
    endless = false;
    assert_answer(400, "invalid_proof");
    assert_string_equal(said("error_description"), "the key attestation does not say when it ends (exp)");
    post("/credential",
         wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[0], BASE, nonce, attestation(1, NULL)))));
    assert_answer(200, "");
    distrust_wallets();
}

// Keys in a store of level high, which attestation() says; nothing of who unlocks them.
static void trust_wallets_at(const char *key_storage, const char *user_authentication)
{
    trust_wallets(true);
    struct issuer_options with = issuer_http_options();
    with.wallets = wallets;
    with.attestation_required = true;
    with.key_storage = key_storage;
    with.user_authentication = user_authentication;
    issuer_with(&with);
    redeem();
}

static void post_attested(void)
{
    post("/credential", wish(MDOC, json_pack("{s:[s]}", "attestation", attestation(1, fresh_nonce()))));
}

static void test_an_attestation_says_a_level_that_is_high_enough(void **state)
{
    static const char *const enough[] = {"iso_18045_basic", "iso_18045_enhanced-basic", "iso_18045_moderate",
                                         "iso_18045_high"};
    (void)state;
    for (size_t i = 0; i < sizeof enough / sizeof *enough; i++) {
        trust_wallets_at(enough[i], NULL);
        post_attested();
        assert_answer(200, "");
        distrust_wallets();
    }
    trust_wallets_at(NULL, "iso_18045_basic");
    post_attested();
    assert_answer(400, "invalid_proof");
    assert_non_null(strstr(said("error_description"), "user_authentication"));
    const char *nonce = fresh_nonce();
    post("/credential",
         wish(MDOC, json_pack("{s:[o]}", "jwt", proof_with(&copies[0], BASE, nonce, attestation(1, NULL)))));
    assert_answer(400, "invalid_proof");
    assert_non_null(strstr(said("error_description"), "user_authentication"));
    distrust_wallets();
}

static void test_an_attestation_of_a_low_level_is_refused(void **state)
{
    (void)state;
    storage = "iso_18045_enhanced-basic";
    trust_wallets_at("iso_18045_moderate", NULL);
    post_attested();
    assert_answer(400, "invalid_proof");
    assert_non_null(strstr(said("error_description"), "key_storage"));
    storage = "as safe as can be"; // no level that is known
    post_attested();
    assert_answer(400, "invalid_proof");
    storage = "iso_18045_moderate";
    post_attested();
    assert_answer(200, "");
    storage = "iso_18045_high";
    distrust_wallets();
}

static void test_metadata_says_which_levels_are_taken(void **state)
{
    struct issuer *made = NULL;
    struct detail detail = {{0}};
    struct issuer_options wrong = issuer_http_options();
    (void)state;
    trust_wallets_at("iso_18045_moderate", "iso_18045_high");
    send_ask(&(struct ask){.method = "GET", .path = "/.well-known/openid-credential-issuer"});
    json_t *wanted = json_pack("{s:[s, s], s:[s]}", "key_storage", "iso_18045_moderate", "iso_18045_high",
                               "user_authentication", "iso_18045_high");
    const json_t *types =
        json_object_get(json_object_get(json_object_get(answer, "credential_configurations_supported"), MDOC),
                        "proof_types_supported");
    assert_true(json_equal(
        json_object_get(json_object_get(types, "attestation"), "key_attestations_required"), wanted));
    assert_true(
        json_equal(json_object_get(json_object_get(types, "jwt"), "key_attestations_required"), wanted));
    json_decref(wanted);
    wrong.key_storage = "high";
    assert_int_equal(issuer_new(&made, &wrong, &detail), JUMIN_ERROR_ARGUMENT);
    assert_null(made);
    distrust_wallets();
}

// --- Of the device key -------------------------------------------------------------------------------------------

enum { DAY_SECONDS = 86400 };

// What the issuer says of the phone's key with those claims; `expires` 0: not said.
static enum jumin_error believe(int64_t issued_at, int64_t expires, const char *nonce,
                                const char *said_storage, struct detail *detail)
{
    uint8_t text[4096];
    struct key_attestation read;
    const struct attestation_wanted wanted = {wallets, "iso_18045_moderate", NULL};
    const struct signer signer = provider_signer();
    struct writer w = writer_of(text, sizeof text);
    const struct key_attestation_order order = {.signer = &signer,
                                                .chain = &wallet_provider.der,
                                                .chain_count = 1,
                                                .keys = (const uint8_t(*)[SIGNER_POINT])phone.signer.point,
                                                .key_count = 1,
                                                .key_storage = said_storage,
                                                .nonce = nonce,
                                                .issued_at = issued_at,
                                                .expires = expires};
    *detail = (struct detail){{0}};
    assert_int_equal(key_attestation_make(&order, &w), JUMIN_OK);
    assert_int_equal(key_attestation_read(writer_span(&w), &read, detail), JUMIN_OK);
    assert_int_equal(attestation_believe_device(&read, other_phone.signer.point, &wanted, server, detail),
                     JUMIN_ERROR_SIGNATURE);
    const enum jumin_error error =
        attestation_believe_device(&read, phone.signer.point, &wanted, server, detail);
    key_attestation_release(&read);
    return error;
}

static void test_a_device_key_is_attested_for_a_time_that_has_an_end(void **state)
{
    const int64_t now = station_clock, life = 400 * (int64_t)DAY_SECONDS;
    static const char moderate[] = "iso_18045_moderate";
    struct detail detail;
    (void)state;
    trust_wallets(true);
    assert_int_equal(believe(now, now + life, NULL, moderate, &detail), JUMIN_OK);
    assert_int_equal(believe(now - life, now, NULL, moderate, &detail), JUMIN_OK); // within the leeway
    assert_int_equal(believe(now, now + 3600, fresh_nonce(), moderate, &detail), JUMIN_OK);
    assert_int_equal(believe(now, now + life + 1, NULL, moderate, &detail), JUMIN_ERROR_NOT_VALID_NOW);
    assert_string_equal(detail.text, "the key attestation lives longer than 400 days (iat, exp)");
    assert_int_equal(believe(now - 700 * (int64_t)DAY_SECONDS, now + 1, NULL, moderate, &detail),
                     JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(believe(INT64_MIN, now + 1, NULL, moderate, &detail), JUMIN_ERROR_MALFORMED);
    assert_int_equal(believe(now, 0, NULL, moderate, &detail), JUMIN_ERROR_NOT_VALID_NOW);
    assert_string_equal(detail.text, "the key attestation does not say when it ends (exp)");
    assert_int_equal(believe(now, 0, fresh_nonce(), moderate, &detail), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(believe(now, now + 3600, "made up", moderate, &detail), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(believe(now - 3600, now - 60, NULL, moderate, &detail), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(believe(now + 61, now + 3600, NULL, moderate, &detail), JUMIN_ERROR_NOT_VALID_NOW);
    distrust_wallets();
}

static void test_a_device_key_is_as_safe_as_the_issuer_wants(void **state)
{
    const int64_t now = station_clock;
    struct detail detail;
    (void)state;
    trust_wallets(true);
    assert_int_equal(believe(now, now + 3600, NULL, "iso_18045_high", &detail), JUMIN_OK);
    assert_int_equal(believe(now, now + 3600, NULL, "iso_18045_enhanced-basic", &detail), JUMIN_ERROR_RULES);
    assert_string_equal(detail.text,
                        "the key attestation does not say that keys are safe enough (key_storage)");
    assert_int_equal(believe(now, now + 3600, NULL, NULL, &detail), JUMIN_ERROR_RULES);
    distrust_wallets();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HTTP_TEST(test_an_attestation_gets_a_copy_for_each_of_its_keys),
        HTTP_TEST(test_an_attestation_of_a_provider_that_nobody_trusts_is_refused),
        HTTP_TEST(test_where_attestation_is_required_a_proof_has_it_for_its_own_key),
        HTTP_TEST(test_an_attestation_says_a_level_that_is_high_enough),
        HTTP_TEST(test_an_attestation_of_a_low_level_is_refused),
        HTTP_TEST(test_metadata_says_which_levels_are_taken),
        HTTP_TEST(test_a_device_key_is_attested_for_a_time_that_has_an_end),
        HTTP_TEST(test_a_device_key_is_as_safe_as_the_issuer_wants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
