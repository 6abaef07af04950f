// Proofs of a credential request: jwt and key attestation (OpenID4VCI 1.0 App. D, F.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/jose_stage.h"

#include "host/mobile/attestation_jwt.h"

static struct jose_party provider, phone;
static uint8_t out[JOSE_TEXT_MAX];
static const uint8_t certificate[] = {0x30, 0x03, 0x02, 0x01, 0x05}; // not looked into here

static int make_parties(void **state)
{
    (void)state;
    jose_party_make(&provider, 7);
    jose_party_make(&phone, 8);
    return 0;
}

static int release_parties(void **state)
{
    (void)state;
    crypto_ec_release(&provider.key);
    crypto_ec_release(&phone.key);
    return 0;
}

// --- Key attestation -------------------------------------------------------------------------------------------

// Of that many keys.
static struct span attest(size_t count)
{
    static uint8_t keys[KEY_ATTESTATION_KEYS_MAX + 1][SIGNER_POINT];
    const struct span chain = span_of(certificate, sizeof certificate);
    const struct key_attestation_order order = {.signer = &provider.signer,
                                                .chain = &chain,
                                                .chain_count = 1,
                                                .keys = (const uint8_t(*)[SIGNER_POINT])keys,
                                                .key_count = count,
                                                .key_storage = "iso_18045_high",
                                                .user_authentication = "iso_18045_moderate",
                                                .nonce = "c-1",
                                                .issued_at = JOSE_NOW - 10,
                                                .expires = JOSE_NOW + 10};
    struct jose_party each = {0};
    for (size_t i = 0; i < count; i++) {
        jose_party_make(&each, (uint8_t)(i + 1));
        memcpy(keys[i], each.signer.point, SIGNER_POINT);
    }
    crypto_ec_release(&each.key);
    struct writer w = writer_of(out, sizeof out);
    assert_int_equal(key_attestation_make(&order, &w), JUMIN_OK);
    return writer_span(&w);
}

static enum jumin_error check(struct span text, const uint8_t signer[SIGNER_POINT], const char *nonce,
                              int64_t now, struct detail *detail)
{
    struct key_attestation attestation;
    detail_clear(detail);
    enum jumin_error error = key_attestation_read(text, &attestation, detail);
    if (error == JUMIN_OK) {
        error = key_attestation_check(&attestation, signer, nonce, now, 0, detail);
        key_attestation_release(&attestation);
    }
    return error;
}

static void test_attestation_that_is_made_is_taken(void **state)
{
    (void)state;
    struct key_attestation attestation;
    struct detail detail = {0};
    assert_int_equal(key_attestation_read(attest(8), &attestation, &detail), JUMIN_OK);
    assert_int_equal(key_attestation_check(&attestation, provider.signer.point, "c-1", JOSE_NOW, 0, &detail),
                     JUMIN_OK);
    assert_int_equal(attestation.key_count, 8);
    assert_true(key_attestation_has(&attestation, phone.signer.point)); // the eighth
    assert_true(key_attestation_has(&attestation, attestation.keys[0]));
    assert_int_equal(attestation.key_storage_count, 1);
    assert_string_equal(attestation.key_storage[0], "iso_18045_high");
    assert_int_equal(attestation.user_authentication_count, 1);
    assert_string_equal(attestation.user_authentication[0], "iso_18045_moderate");
    assert_string_equal(attestation.nonce, "c-1");
    assert_int_equal(attestation.jws.chain_count, 1);
    key_attestation_release(&attestation);
    assert_int_equal(key_attestation_read(attest(7), &attestation, &detail), JUMIN_OK);
    assert_false(key_attestation_has(&attestation, phone.signer.point));
    key_attestation_release(&attestation);
}

static void test_attestation_is_checked(void **state)
{
    (void)state;
    struct detail detail;
    const uint8_t *key = provider.signer.point;
    assert_refused(check(attest(1), phone.signer.point, "c-1", JOSE_NOW, &detail), JUMIN_ERROR_SIGNATURE,
                   &detail, "signature");
    assert_refused(check(attest(1), key, "c-2", JOSE_NOW, &detail), JUMIN_ERROR_SIGNATURE, &detail, "nonce");
    assert_refused(check(attest(1), key, "c-1", JOSE_NOW + 10, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail,
                   "expired");
    assert_refused(check(attest(1), key, "c-1", JOSE_NOW - 11, &detail), JUMIN_ERROR_NOT_VALID_NOW, &detail,
                   "not valid yet");
    assert_int_equal(check(attest(1), key, NULL, JOSE_NOW, &detail), JUMIN_OK);
}

static void test_number_of_keys_is_bounded(void **state)
{
    (void)state;
    struct detail detail;
    assert_int_equal(check(attest(KEY_ATTESTATION_KEYS_MAX), provider.signer.point, "c-1", JOSE_NOW, &detail),
                     JUMIN_OK);
    assert_refused(
        check(attest(KEY_ATTESTATION_KEYS_MAX + 1), provider.signer.point, "c-1", JOSE_NOW, &detail),
        JUMIN_ERROR_MALFORMED, &detail, "attested_keys");
    assert_refused(check(attest(0), provider.signer.point, "c-1", JOSE_NOW, &detail), JUMIN_ERROR_MALFORMED,
                   &detail, "attested_keys");
}

#define ATTESTATION "{\"alg\":\"ES256\",\"typ\":\"key-attestation+jwt\",\"x5c\":[\"MAMCAQU=\"]}"
#define KEY                                                                                                  \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","               \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"

static void refuse_attestation(const char *header, const char *claims, const char *words)
{
    struct detail detail;
    assert_refused(
        check(jose_token(&provider.signer, header, claims), provider.signer.point, NULL, JOSE_NOW, &detail),
        JUMIN_ERROR_MALFORMED, &detail, words);
}

static void test_attestation_of_another_form_is_refused(void **state)
{
    (void)state;
    refuse_attestation("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"x5c\":[\"MAMCAQU=\"]}", "{}",
                       "no key-attestation+jwt");
    refuse_attestation("{\"alg\":\"none\",\"typ\":\"key-attestation+jwt\",\"x5c\":[\"MAMCAQU=\"]}", "{}",
                       "ES256");
    refuse_attestation("{\"alg\":\"ES256\",\"typ\":\"key-attestation+jwt\"}", "{}", "x5c");
    refuse_attestation("{\"alg\":\"ES256\",\"typ\":\"key-attestation+jwt\",\"kid\":\"1\",\"jwk\":" KEY "}",
                       "{}", "nor a key alone (jwk)");
    refuse_attestation(ATTESTATION, "{\"iat\":1}", "attested_keys");
    refuse_attestation(ATTESTATION, "{\"iat\":1,\"attested_keys\":[" KEY "," KEY "]}", "key twice");
    refuse_attestation(ATTESTATION, "{\"iat\":1,\"attested_keys\":[1]}", "no object");
    refuse_attestation(ATTESTATION, "{\"attested_keys\":[" KEY "]}", "iat");
    refuse_attestation(ATTESTATION, "{\"iat\":1,\"nonce\":1,\"attested_keys\":[" KEY "]}", "nonce");
    refuse_attestation(ATTESTATION, "{\"iat\":1,\"key_storage\":\"high\",\"attested_keys\":[" KEY "]}",
                       "levels");
    refuse_attestation(ATTESTATION, "{\"iat\":1,\"key_storage\":[],\"attested_keys\":[" KEY "]}", "levels");
    refuse_attestation(ATTESTATION, "{\"iat\":1,\"user_authentication\":[1],\"attested_keys\":[" KEY "]}",
                       "levels");
    refuse_attestation(
        ATTESTATION,
        "{\"iat\":1,\"key_storage\":[\"1\",\"2\",\"3\",\"4\",\"5\"],\"attested_keys\":[" KEY "]}", "levels");
}

// Beside a jwt proof it must (OpenID4VCI 1.0 §D.1).
static void test_attestation_says_whether_it_ends(void **state)
{
    (void)state;
    static const char *const claims[] = {"{\"iat\":1,\"attested_keys\":[" KEY "]}",
                                         "{\"iat\":1,\"exp\":2,\"attested_keys\":[" KEY "]}"};
    struct key_attestation attestation;
    struct detail detail;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            key_attestation_read(jose_token(&provider.signer, ATTESTATION, claims[i]), &attestation, &detail),
            JUMIN_OK);
        assert_int_equal(key_attestation_ends(&attestation), i == 1);
        key_attestation_release(&attestation);
    }
}

static void test_attestation_of_older_wallets_is_taken(void **state)
{
    (void)state;
    struct detail detail;
    const struct span text = jose_token(
        &provider.signer, "{\"alg\":\"ES256\",\"typ\":\"keyattestation+jwt\",\"x5c\":[\"MAMCAQU=\"]}",
        "{\"iat\":1,\"attested_keys\":[" KEY "]}");
    assert_int_equal(check(text, provider.signer.point, NULL, JOSE_NOW, &detail), JUMIN_OK);
}

// --- Proof of possession -----------------------------------------------------------------------------------------

static const struct proof_jwt_order order = {
    .audience = "https://issuer.example", .nonce = "c-1", .key_attestation = "e.e.e", .now = JOSE_NOW};
static const struct proof_jwt_expected expected = {
    .audience = "https://issuer.example", .nonce = "c-1", .now = JOSE_NOW, .window = 300, .leeway = 5};

static struct span prove(const struct proof_jwt_order *by)
{
    struct proof_jwt_order whole = *by;
    struct writer w = writer_of(out, sizeof out);
    whole.key = &phone.signer;
    assert_int_equal(proof_jwt_make(&whole, &w), JUMIN_OK);
    return writer_span(&w);
}

static void expect(struct span text, const struct proof_jwt_expected *wanted, enum jumin_error error,
                   const char *words)
{
    struct proof_jwt proof;
    struct detail detail = {0};
    const enum jumin_error found = proof_jwt_check(text, wanted, &proof, &detail);
    assert_refused(found, error, &detail, words);
    if (found == JUMIN_OK) {
        proof_jwt_release(&proof);
    }
    assert_null(proof.jws.header);
}

static void test_proof_that_is_made_is_taken(void **state)
{
    (void)state;
    struct proof_jwt proof;
    struct detail detail = {0};
    assert_int_equal(proof_jwt_check(prove(&order), &expected, &proof, &detail), JUMIN_OK);
    assert_memory_equal(proof.key, phone.signer.point, SIGNER_POINT);
    assert_string_equal(proof.nonce, "c-1");
    assert_string_equal(proof.key_attestation, "e.e.e");
    assert_null(json_object_get(proof.jws.claims, "iss"));
    proof_jwt_release(&proof);
    const struct proof_jwt_order least = {.audience = "https://issuer.example", .now = JOSE_NOW};
    struct proof_jwt_expected any = expected;
    any.nonce = NULL;
    assert_int_equal(proof_jwt_check(prove(&least), &any, &proof, &detail), JUMIN_OK);
    assert_null(proof.nonce);
    assert_null(proof.key_attestation);
    proof_jwt_release(&proof);
}

static void test_proof_for_another_exchange_is_refused(void **state)
{
    (void)state;
    struct proof_jwt_expected other = expected;
    other.audience = "https://issuer.example/";
    expect(prove(&order), &other, JUMIN_ERROR_SIGNATURE, "aud");
    other = expected;
    other.nonce = "c-2";
    expect(prove(&order), &other, JUMIN_ERROR_SIGNATURE, "nonce");
    other = expected;
    other.now = JOSE_NOW + 301;
    expect(prove(&order), &other, JUMIN_ERROR_NOT_VALID_NOW, "too old");
    other.now = JOSE_NOW - 6;
    expect(prove(&order), &other, JUMIN_ERROR_NOT_VALID_NOW, "future");
    struct proof_jwt_order without = order;
    without.nonce = NULL;
    expect(prove(&without), &expected, JUMIN_ERROR_SIGNATURE, "nonce");
}

static void test_proof_names_the_client_that_is_known(void **state)
{
    (void)state;
    struct proof_jwt_order named = order;
    struct proof_jwt_expected known = expected;
    named.client_id = "wallet";
    known.client_id = "wallet";
    expect(prove(&named), &known, JUMIN_OK, "");
    expect(prove(&named), &expected, JUMIN_ERROR_SIGNATURE, "iss");
    expect(prove(&order), &known, JUMIN_ERROR_SIGNATURE, "iss");
    known.client_id = "other";
    expect(prove(&named), &known, JUMIN_ERROR_SIGNATURE, "iss");
}

// A header with the phone's key, and that payload.
static struct span by_hand(const char *before, const char *payload)
{
    static char header[512];
    uint8_t key[JWK_TEXT_MAX];
    struct writer w = writer_of(key, sizeof key);
    jwk_put(&w, phone.signer.point);
    (void)snprintf(header, sizeof header, "{%s,\"jwk\":%.*s}", before, (int)w.n, (const char *)key);
    return jose_token(&phone.signer, header, payload);
}

#define PROOF "\"alg\":\"ES256\",\"typ\":\"openid4vci-proof+jwt\""
#define GOOD "{\"aud\":\"https://issuer.example\",\"nonce\":\"c-1\",\"iat\":1800000000}"

static void test_proof_of_another_form_is_refused(void **state)
{
    (void)state;
    expect(by_hand(PROOF, GOOD), &expected, JUMIN_OK, "");
    expect(by_hand(PROOF, "{\"aud\":[\"https://issuer.example\"],\"nonce\":\"c-1\",\"iat\":1800000000}"),
           &expected, JUMIN_OK, "");
    expect(
        by_hand(PROOF, "{\"aud\":[\"https://issuer.example\",\"b\"],\"nonce\":\"c-1\",\"iat\":1800000000}"),
        &expected, JUMIN_ERROR_SIGNATURE, "aud");
    expect(by_hand("\"alg\":\"ES256\",\"typ\":\"JWT\"", GOOD), &expected, JUMIN_ERROR_MALFORMED,
           "no openid4vci-proof+jwt");
    expect(by_hand("\"alg\":\"none\",\"typ\":\"openid4vci-proof+jwt\"", GOOD), &expected,
           JUMIN_ERROR_MALFORMED, "ES256");
    expect(by_hand(PROOF ",\"kid\":\"did:jwk:e30\"", GOOD), &expected, JUMIN_ERROR_MALFORMED,
           "more than one way");
    expect(by_hand(PROOF ",\"x5c\":[\"MAMCAQU=\"]", GOOD), &expected, JUMIN_ERROR_MALFORMED,
           "more than one way");
    expect(jose_token(&phone.signer, "{" PROOF "}", GOOD), &expected, JUMIN_ERROR_MALFORMED, "its key");
    expect(by_hand(PROOF ",\"key_attestation\":1", GOOD), &expected, JUMIN_ERROR_MALFORMED,
           "key_attestation");
    expect(by_hand(PROOF, "{\"aud\":\"https://issuer.example\",\"nonce\":1,\"iat\":1800000000}"), &expected,
           JUMIN_ERROR_MALFORMED, "nonce");
    expect(by_hand(PROOF, "{\"aud\":\"https://issuer.example\",\"nonce\":\"c-1\"}"), &expected,
           JUMIN_ERROR_MALFORMED, "iat");
    expect(by_hand(PROOF, "{\"nonce\":\"c-1\",\"iat\":1800000000}"), &expected, JUMIN_ERROR_SIGNATURE, "aud");
    expect(
        by_hand(
            PROOF,
            "{\"aud\":\"https://issuer.example\",\"nonce\":\"c-1\",\"iat\":1800000000,\"exp\":1799999995}"),
        &expected, JUMIN_ERROR_NOT_VALID_NOW, "expired");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attestation_that_is_made_is_taken),
        cmocka_unit_test(test_attestation_is_checked),
        cmocka_unit_test(test_number_of_keys_is_bounded),
        cmocka_unit_test(test_attestation_of_another_form_is_refused),
        cmocka_unit_test(test_attestation_says_whether_it_ends),
        cmocka_unit_test(test_attestation_of_older_wallets_is_taken),
        cmocka_unit_test(test_proof_that_is_made_is_taken),
        cmocka_unit_test(test_proof_for_another_exchange_is_refused),
        cmocka_unit_test(test_proof_names_the_client_that_is_known),
        cmocka_unit_test(test_proof_of_another_form_is_refused),
    };
    return cmocka_run_group_tests(tests, make_parties, release_parties);
}
