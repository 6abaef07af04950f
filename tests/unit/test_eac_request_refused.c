// Requests for CV certificates that do not prove themselves are refused and change nothing (TR-03110-3 §C.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/eac_request_stage.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"

static void test_request_is_refused_whose_bits_were_changed(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_stage(&stage);
    for (size_t i = 0; i < stage.n; i++) {
        stage.bytes[i] ^= 0x01;
        request_assert_refused(&stage, JUMIN_ERROR_INPUT);
        stage.bytes[i] ^= 0x01;
    }
    while (stage.n-- > 0) {
        request_assert_refused(&stage, JUMIN_ERROR_INPUT);
    }
    request_close_stage(&stage);
}

static void test_changed_outer_signature_is_refused(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_second_stage(&stage);
    stage.bytes[stage.n - 1] ^= 0x01;
    request_assert_refused(&stage, JUMIN_ERROR_SIGNATURE);
    request_close_stage(&stage);
}

// `inner`, signed once more by `key` in the name of `signer`; a new key when NULL.
static void sign_outside(struct request_stage *stage, struct span inner, const char *signer,
                         const struct signing_key *key)
{
    static uint8_t bytes[REQUEST_FILE_MAX];
    const struct crypto_random random = crypto_system_random();
    struct signing_key fresh = {0};
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(crypto_ec_generate(&fresh.key, CRYPTO_P256, &random));
    assert_true(cv_request_put_signed(&w, inner, span_of(signer, strlen(signer)), key != NULL ? key : &fresh,
                                      CRYPTO_SHA256));
    signing_key_release(&fresh);
    memcpy(stage->bytes, bytes, w.n);
    stage->n = w.n;
}

// The 7F21 in the stage's 67, copied.
static struct span inner_of(const struct request_stage *stage, uint8_t copy[REQUEST_FILE_MAX])
{
    memcpy(copy, stage->bytes, stage->n);
    struct span file = span_of(copy, stage->n);
    struct tlv outer, inner;
    assert_true(tlv_expect(&file, 0x67, &outer));
    assert_true(tlv_expect(&outer.value, CVC_CERTIFICATE, &inner));
    return inner.whole;
}

// The request inside is whole: whoever takes it out of its signature does not get a certificate by it.
static void test_known_holder_must_sign_with_the_key_before(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_second_stage(&stage);
    uint8_t copy[REQUEST_FILE_MAX];
    const struct span inner = inner_of(&stage, copy);
    memcpy(stage.bytes, inner.p, inner.n);
    stage.n = inner.n;
    request_assert_refused(&stage, JUMIN_ERROR_INPUT);
    request_close_stage(&stage);
}

static void test_signer_must_be_the_holder_and_known(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_second_stage(&stage);
    uint8_t copy[REQUEST_FILE_MAX];
    const struct span inner = inner_of(&stage, copy);
    sign_outside(&stage, inner, "KRSTORE00001", NULL);
    request_assert_refused(&stage, JUMIN_ERROR_SIGNATURE);
    sign_outside(&stage, inner, "KRSTORE00009", NULL);
    request_assert_refused(&stage, JUMIN_ERROR_SIGNER_UNKNOWN);
    sign_outside(&stage, inner, "KRDVAT00001", NULL);
    request_assert_refused(&stage, JUMIN_ERROR_SIGNER_UNKNOWN);
    request_close_stage(&stage);
}

static void test_signer_whose_certificate_has_expired_is_refused(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_second_stage(&stage);
    struct jumin_eac_request request = request_for_store();
    request.now = REQUEST_NOW + 31 * REQUEST_DAY;
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_ERROR_NOT_VALID_NOW);
    request.now = REQUEST_NOW + 30 * REQUEST_DAY;
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    request_close_stage(&stage);
}

static void test_signer_whose_certificate_is_of_a_later_day_is_refused(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_stage(&stage);
    struct jumin_eac_request request = request_for_store();
    request.now = REQUEST_NOW + 5 * REQUEST_DAY;
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    request_carry("authority", "applicant", "KRSTORE00001.cvc");
    request_carry("authority", "applicant", "KRDVAT00001.cvc");
    request_carry("authority", "applicant", "KRCVCAAT00001.cvc");
    assert_int_equal(jumin_eac_pki_load(stage.applicant), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_request(stage.applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL),
                     JUMIN_OK);
    stage.n = request_load("applicant", "KRSTORE00002.req", stage.bytes);
    request.now = REQUEST_NOW + 4 * REQUEST_DAY;
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_ERROR_NOT_VALID_NOW);
    request.now = REQUEST_NOW + 5 * REQUEST_DAY;
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    request_close_stage(&stage);
}

static void test_unknown_holder_cannot_be_vouched_for(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_stage(&stage);
    uint8_t copy[REQUEST_FILE_MAX];
    memcpy(copy, stage.bytes, stage.n);
    sign_outside(&stage, span_of(copy, stage.n), "KRDVAT00001", NULL);
    request_assert_refused(&stage, JUMIN_ERROR_SIGNER_UNKNOWN);
    request_close_stage(&stage);
}

static void test_same_request_is_certified_once(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_stage(&stage);
    const struct jumin_eac_request request = request_for_store();
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    stage.files = request_files_in("authority");
    request_assert_refused(&stage, JUMIN_ERROR_INPUT);
    request_close_stage(&stage);
}

static void test_key_on_another_curve_than_the_cvcas_is_refused(void **state)
{
    (void)state;
    struct request_stage stage;
    stage.authority = request_authority_on(JUMIN_CURVE_P256);
    stage.applicant = request_applicant_on(JUMIN_CURVE_BRAINPOOL_P256R1);
    stage.n = request_load("applicant", "KRSTORE00001.req", stage.bytes);
    stage.files = request_files_in("authority");
    request_assert_refused(&stage, JUMIN_ERROR_INPUT);
    request_close_stage(&stage);
}

static void test_first_request_gets_no_rights_that_nobody_named(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_stage(&stage);
    struct jumin_eac_request request = request_for_store();
    request.rights = 0;
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(request_files_in("authority"), stage.files);
    request_close_stage(&stage);
}

static void test_holder_stays_in_its_role(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_second_stage(&stage);
    const struct jumin_eac_request request = request_for_store();
    assert_int_equal(request_ask(&stage, JUMIN_EAC_DV_DOMESTIC, &request), JUMIN_ERROR_INPUT);
    assert_int_equal(request_ask(&stage, JUMIN_EAC_CVCA, &request), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(request_files_in("authority"), stage.files);
    const struct jumin_eac_request verifier = request_plain("store");
    assert_int_equal(jumin_eac_pki_request(stage.applicant, JUMIN_EAC_DV_DOMESTIC, &verifier, "own", NULL),
                     JUMIN_ERROR_INPUT);
    request_close_stage(&stage);
}

// A request of `holder` for a new key, with this hash. The key is released unless it is wanted.
static void request_of(struct request_stage *stage, const char *holder, enum crypto_hash hash,
                       struct signing_key *wanted)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t point[CRYPTO_POINT_MAX];
    struct signing_key key = {0};
    struct writer w = writer_of(stage->bytes, sizeof stage->bytes);
    assert_true(crypto_ec_generate(&key.key, CRYPTO_P256, &random));
    assert_true(crypto_ec_public(&key.key, point));
    const struct cv_certificate plan = {.holder = span_of(holder, strlen(holder)),
                                        .curve = CRYPTO_P256,
                                        .hash = hash,
                                        .point = span_of(point, crypto_curve_point_length(CRYPTO_P256))};
    assert_true(cv_request_put(&w, &plan, &key));
    if (wanted != NULL) {
        *wanted = key;
    } else {
        signing_key_release(&key);
    }
    stage->n = w.n;
}

static void test_reference_from_outside_becomes_no_path(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_stage(&stage);
    request_of(&stage, "KR/../X00001", CRYPTO_SHA256, NULL);
    request_assert_refused(&stage, JUMIN_ERROR_INPUT);
    request_of(&stage, "KR.00001", CRYPTO_SHA256, NULL);
    request_assert_refused(&stage, JUMIN_ERROR_INPUT);
    request_close_stage(&stage);
}

static void test_key_that_signs_with_sha_1_is_refused(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_stage(&stage);
    request_of(&stage, "KRSTORE00001", CRYPTO_SHA1, NULL);
    request_assert_refused(&stage, JUMIN_ERROR_INPUT);
    request_of(&stage, "KRSTORE00001", CRYPTO_SHA256, NULL);
    const struct jumin_eac_request request = request_for_store();
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    request_close_stage(&stage);
}

// Though its key is certified and the signature right: nobody vouches for another.
static void test_another_holder_of_the_folder_cannot_sign(void **state)
{
    (void)state;
    struct request_stage stage;
    struct signing_key key = {0};
    uint8_t second[REQUEST_FILE_MAX], copy[REQUEST_FILE_MAX];
    request_open_second_stage(&stage);
    const size_t n = stage.n;
    memcpy(second, stage.bytes, n);
    const struct jumin_eac_request request = request_for_store();
    request_of(&stage, "KROTHER00001", CRYPTO_SHA256, &key);
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    stage.files = request_files_in("authority");
    memcpy(stage.bytes, second, n);
    stage.n = n;
    sign_outside(&stage, inner_of(&stage, copy), "KROTHER00001", &key);
    signing_key_release(&key);
    request_assert_refused(&stage, JUMIN_ERROR_SIGNER_UNKNOWN);
    request_close_stage(&stage);
}

// Its key would be one on P-256 to whoever does not ask (TR-03110-3 §D.3).
static void test_request_without_domain_parameters_is_refused(void **state)
{
    (void)state;
    struct request_stage stage;
    struct signing_key key = {0};
    uint8_t oid[OID_TA_ECDSA_LENGTH], point[CRYPTO_POINT_MAX], bytes[CVC_MAX], digest[CRYPTO_HASH_MAX];
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    const struct crypto_random random = crypto_system_random();
    request_open_stage(&stage);
    assert_true(crypto_ec_generate(&key.key, CRYPTO_P256, &random));
    assert_true(crypto_ec_public(&key.key, point));
    oid_ta_ecdsa(CRYPTO_SHA256, oid);
    for (int with = 0; with < 2; with++) {
        struct writer body = writer_of(bytes, sizeof bytes);
        const size_t opened = tlv_open(&body, CVC_BODY);
        tlv_put(&body, CVC_PROFILE, span_of((const uint8_t[]){CVC_PROFILE_1}, 1));
        cvc_public_key_put(&body, span_of(oid, sizeof oid), CRYPTO_P256, span_of(point, 65), with != 0);
        tlv_put(&body, CVC_HOLDER, span_of("KRSTORE00001", 12));
        tlv_close(&body, opened);
        const struct span part = writer_span(&body);
        assert_true(crypto_hash_parts(CRYPTO_SHA256, &part, 1, digest));
        assert_true(crypto_ecdsa_sign(&key.key, &random, span_of(digest, 32), signature));
        struct writer w = writer_of(stage.bytes, sizeof stage.bytes);
        cv_certificate_put(&w, part, span_of(signature, 64));
        stage.n = w.n;
        struct cv_request request;
        assert_int_equal(cv_request_parse(writer_span(&w), &request), with != 0);
    }
    signing_key_release(&key);
    request_close_stage(&stage);
}

static void test_lower_number_than_the_newest_is_refused(void **state)
{
    (void)state;
    struct request_stage stage;
    struct signing_key key = {0};
    uint8_t copy[REQUEST_FILE_MAX];
    request_open_stage(&stage);
    const struct jumin_eac_request request = request_for_store();
    request_of(&stage, "KRSTORE00007", CRYPTO_SHA256, &key);
    assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request), JUMIN_OK);
    stage.files = request_files_in("authority");
    static const char *const references[] = {"KRSTORE00006", "KRSTORE00008"};
    for (size_t i = 0; i < 2; i++) {
        request_of(&stage, references[i], CRYPTO_SHA256, NULL);
        memcpy(copy, stage.bytes, stage.n);
        sign_outside(&stage, span_of(copy, stage.n), "KRSTORE00007", &key);
        assert_int_equal(request_ask(&stage, JUMIN_EAC_TERMINAL, &request),
                         i == 0 ? JUMIN_ERROR_INPUT : JUMIN_OK);
    }
    assert_int_equal(request_files_in("authority"), stage.files + 1);
    signing_key_release(&key);
    request_close_stage(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_request_is_refused_whose_bits_were_changed),
        IN_TEMPORARY_FOLDER(test_changed_outer_signature_is_refused),
        IN_TEMPORARY_FOLDER(test_known_holder_must_sign_with_the_key_before),
        IN_TEMPORARY_FOLDER(test_signer_must_be_the_holder_and_known),
        IN_TEMPORARY_FOLDER(test_another_holder_of_the_folder_cannot_sign),
        IN_TEMPORARY_FOLDER(test_signer_whose_certificate_has_expired_is_refused),
        IN_TEMPORARY_FOLDER(test_unknown_holder_cannot_be_vouched_for),
        IN_TEMPORARY_FOLDER(test_same_request_is_certified_once),
        IN_TEMPORARY_FOLDER(test_key_on_another_curve_than_the_cvcas_is_refused),
        IN_TEMPORARY_FOLDER(test_first_request_gets_no_rights_that_nobody_named),
        IN_TEMPORARY_FOLDER(test_holder_stays_in_its_role),
        IN_TEMPORARY_FOLDER(test_reference_from_outside_becomes_no_path),
        IN_TEMPORARY_FOLDER(test_key_that_signs_with_sha_1_is_refused),
        IN_TEMPORARY_FOLDER(test_lower_number_than_the_newest_is_refused),
        IN_TEMPORARY_FOLDER(test_request_without_domain_parameters_is_refused),
        IN_TEMPORARY_FOLDER(test_signer_whose_certificate_is_of_a_later_day_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
