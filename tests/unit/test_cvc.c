// CV certificates: the worked examples of TR-03110 are read and verified, what we write is read back, dates
// and references are as they should be (TR-03110-3 §C, §D).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_random.h"
#include "tests/unit/cvc_vectors.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "card/wire/cvc.h"

static void assert_text(struct span value, const char *text)
{
    assert_int_equal(value.n, strlen(text));
    assert_memory_equal(value.p, text, value.n);
}

// --- Worked examples -------------------------------------------------------------------------------------

static struct cv_certificate parse_vector(const char *hex, uint8_t buffer[CVC_MAX])
{
    struct cv_certificate certificate;
    assert_true(cv_certificate_parse_file(unhex(hex, buffer, CVC_MAX), &certificate));
    return certificate;
}

static void test_cvca_of_the_worked_example_is_read(void **state)
{
    (void)state;
    uint8_t bytes[CVC_MAX];
    const struct cv_certificate cvca = parse_vector(vector_cvca, bytes);
    assert_text(cvca.authority, "DECVCAAT00001");
    assert_text(cvca.holder, "DECVCAAT00001");
    assert_int_equal(cvca.hash, CRYPTO_SHA512);
    assert_span_hex(cvca.key_oid, "04007F00070202020205");
    assert_true(cvca.has_parameters);
    assert_int_equal(cvca.curve, CRYPTO_BRAINPOOL_P512R1);
    assert_int_equal(cvca.point.n, 129);
    assert_int_equal(cvca.authorization.type, TERMINAL_INSPECTION);
    assert_int_equal(cvca.authorization.role, ROLE_CVCA);
    assert_int_equal(cvca.authorization.rights,
                     right_of(RIGHT_INSPECTION_READ_DG3) | right_of(RIGHT_INSPECTION_READ_DG4));
    assert_int_equal(cvca.effective, 100930);
    assert_int_equal(cvca.expiration, 110925);
    assert_int_equal(cvca.description.n, 0);
    assert_int_equal(cvca.signature.n, 128);
}

static void test_terminal_of_the_worked_example_is_read(void **state)
{
    (void)state;
    uint8_t bytes[CVC_MAX];
    const struct cv_certificate terminal = parse_vector(vector_terminal, bytes);
    assert_text(terminal.authority, "DETESTDVDE019");
    assert_text(terminal.holder, "DETESTATDE019");
    assert_false(terminal.has_parameters);
    assert_int_equal(terminal.authorization.type, TERMINAL_AUTHENTICATION);
    assert_int_equal(terminal.authorization.role, ROLE_TERMINAL);
    assert_int_equal(terminal.authorization.rights, right_of(RIGHT_CAN_ALLOWED) | right_to_read(1));
    assert_int_equal(terminal.effective, 100930);
    assert_int_equal(terminal.expiration, 101030);
}

static void test_dv_of_the_worked_example_is_domestic(void **state)
{
    (void)state;
    uint8_t bytes[CVC_MAX];
    const struct cv_certificate dv = parse_vector(vector_dv, bytes);
    assert_int_equal(dv.authorization.role, ROLE_DV_DOMESTIC);
    rights all = right_of(RIGHT_CAN_ALLOWED);
    for (unsigned group = 1; group <= 21; group++) {
        all |= right_to_read(group);
    }
    assert_int_equal(dv.authorization.rights, all);
}

static bool verified(const struct cv_certificate *certificate, const struct cv_certificate *issuer,
                     enum crypto_curve curve)
{
    return cv_certificate_verify(certificate, curve, issuer->point, issuer->hash);
}

static void test_chain_of_the_worked_example_verifies(void **state)
{
    (void)state;
    uint8_t bytes[3][CVC_MAX];
    const struct cv_certificate cvca = parse_vector(vector_cvca, bytes[0]);
    const struct cv_certificate dv = parse_vector(vector_dv, bytes[1]);
    const struct cv_certificate terminal = parse_vector(vector_terminal, bytes[2]);
    assert_true(verified(&cvca, &cvca, cvca.curve));
    assert_true(verified(&dv, &cvca, cvca.curve));
    assert_true(verified(&terminal, &dv, cvca.curve));
    assert_false(verified(&terminal, &cvca, cvca.curve));
    assert_false(verified(&dv, &terminal, cvca.curve));
    assert_false(verified(&terminal, &dv, CRYPTO_BRAINPOOL_P384R1));
}

// At every seventh byte, which is no period of the objects.
static void test_flipped_bits_of_the_worked_example_are_refused(void **state)
{
    (void)state;
    uint8_t dv_bytes[CVC_MAX];
    uint8_t bytes[CVC_MAX];
    const struct cv_certificate dv = parse_vector(vector_dv, dv_bytes);
    const struct span file = unhex(vector_terminal, bytes, sizeof bytes);
    for (size_t i = 0; i < file.n; i += 7) {
        struct cv_certificate changed;
        bytes[i] ^= 0x01;
        assert_false(cv_certificate_parse_file(file, &changed) &&
                     verified(&changed, &dv, CRYPTO_BRAINPOOL_P512R1));
        bytes[i] ^= 0x01;
    }
}

static void test_chain_does_not_verify_under_another_cvca(void **state)
{
    (void)state;
    uint8_t bytes[2][CVC_MAX];
    const struct cv_certificate other = parse_vector(vector_other_cvca, bytes[0]);
    const struct cv_certificate dv = parse_vector(vector_dv, bytes[1]);
    assert_true(verified(&other, &other, CRYPTO_BRAINPOOL_P256R1));
    assert_false(verified(&dv, &other, CRYPTO_BRAINPOOL_P256R1));
    assert_false(verified(&dv, &other, CRYPTO_BRAINPOOL_P512R1));
}

static void test_rsa_certificate_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[CVC_MAX];
    struct cv_certificate certificate;
    assert_false(cv_certificate_parse_file(unhex(vector_rsa_terminal, bytes, sizeof bytes), &certificate));
}

// --- Made by us ------------------------------------------------------------------------------------------

struct maker {
    struct counting_random state;
    struct crypto_random random;
    struct crypto_ec_key key;
    uint8_t point[CRYPTO_POINT_MAX];
    uint8_t body[CVC_MAX], file[CVC_MAX];
};

static const uint8_t hash_1[32] = {1}, hash_2[32] = {2}, hash_3[32] = {3};

static void prepare(struct maker *maker, enum crypto_curve curve)
{
    *maker = (struct maker){0};
    maker->random = counting_random(&maker->state);
    assert_true(crypto_ec_generate(&maker->key, curve, &maker->random));
    assert_true(crypto_ec_public(&maker->key, maker->point));
}

static struct cv_certificate everything(const struct maker *maker, enum crypto_curve curve)
{
    return (struct cv_certificate){
        .authority = span_of("KRJUMINAT00001", 14),
        .holder = span_of("KRJUMINAT00001", 14),
        .hash = CRYPTO_SHA256,
        .point = span_of(maker->point, crypto_curve_point_length(curve)),
        .has_parameters = true,
        .curve = curve,
        .authorization = {TERMINAL_AUTHENTICATION, ROLE_CVCA, rights_of_type(TERMINAL_AUTHENTICATION)},
        .sectors = {span_of(hash_1, sizeof hash_1), span_of(hash_2, sizeof hash_2)},
        .description = span_of(hash_3, sizeof hash_3),
        .effective = 260101,
        .expiration = 281231,
    };
}

// Signs `certificate` by the maker's key and returns the file.
static struct span make(struct maker *maker, const struct cv_certificate *certificate)
{
    struct writer body = writer_of(maker->body, sizeof maker->body);
    cv_certificate_put_body(&body, certificate);
    assert_false(body.overflow);
    uint8_t digest[CRYPTO_HASH_MAX];
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    const struct span part = writer_span(&body);
    assert_true(crypto_hash_parts(certificate->hash, &part, 1, digest));
    assert_true(crypto_ecdsa_sign(&maker->key, &maker->random,
                                  span_of(digest, crypto_hash_length(certificate->hash)), signature));
    struct writer file = writer_of(maker->file, sizeof maker->file);
    cv_certificate_put(&file, part,
                       span_of(signature, 2 * crypto_curve_length(crypto_ec_curve(&maker->key))));
    assert_false(file.overflow);
    return writer_span(&file);
}

static void assert_round_trip(enum crypto_curve curve)
{
    struct maker maker;
    prepare(&maker, curve);
    const struct cv_certificate wanted = everything(&maker, curve);
    struct cv_certificate found;
    assert_true(cv_certificate_parse_file(make(&maker, &wanted), &found));
    assert_true(span_equal(found.authority, wanted.authority));
    assert_true(span_equal(found.holder, wanted.holder));
    assert_true(span_equal(found.point, wanted.point));
    assert_true(found.has_parameters);
    assert_int_equal(found.curve, curve);
    assert_int_equal(found.hash, CRYPTO_SHA256);
    assert_int_equal(found.authorization.type, TERMINAL_AUTHENTICATION);
    assert_int_equal(found.authorization.role, ROLE_CVCA);
    assert_int_equal(found.authorization.rights, wanted.authorization.rights);
    assert_true(span_equal(found.sectors.first, wanted.sectors.first));
    assert_true(span_equal(found.sectors.second, wanted.sectors.second));
    assert_true(span_equal(found.description, wanted.description));
    assert_int_equal(found.effective, wanted.effective);
    assert_int_equal(found.expiration, wanted.expiration);
    assert_true(verified(&found, &found, curve));
    crypto_ec_release(&maker.key);
}

static void test_what_is_written_is_read_and_verified_on_every_curve(void **state)
{
    (void)state;
    for (int curve = 0; curve < CRYPTO_CURVE_COUNT; curve++) {
        assert_round_trip((enum crypto_curve)curve);
    }
}

// The body of the example is written again byte for byte: a CVCA with parameters, a terminal without.
static void assert_written_alike(const char *hex)
{
    uint8_t bytes[CVC_MAX];
    uint8_t again[CVC_MAX];
    struct cv_certificate certificate = parse_vector(hex, bytes);
    struct writer w = writer_of(again, sizeof again);
    if (!certificate.has_parameters) {
        certificate.curve = CRYPTO_BRAINPOOL_P512R1;
    }
    cv_certificate_put_body(&w, &certificate);
    assert_true(span_equal(writer_span(&w), certificate.body));
    struct writer file = writer_of(again, sizeof again);
    cv_certificate_put(&file, certificate.body, certificate.signature);
    assert_span_hex(writer_span(&file), hex);
}

static void test_worked_examples_are_written_byte_for_byte(void **state)
{
    (void)state;
    assert_written_alike(vector_cvca);
    assert_written_alike(vector_terminal);
}

static void test_rights_and_role_of_every_type_survive(void **state)
{
    (void)state;
    struct maker maker;
    prepare(&maker, CRYPTO_P256);
    for (int type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        for (int role = ROLE_TERMINAL; role <= ROLE_CVCA; role++) {
            struct cv_certificate wanted = everything(&maker, CRYPTO_P256);
            struct cv_certificate found;
            wanted.authorization =
                (struct authorization){(enum terminal_type)type, (enum certificate_role)role, UINT64_MAX};
            wanted.has_parameters = role == ROLE_CVCA;
            assert_true(cv_certificate_parse_file(make(&maker, &wanted), &found));
            assert_int_equal(found.authorization.type, type);
            assert_int_equal(found.authorization.role, role);
            assert_int_equal(found.authorization.rights, rights_of_type((enum terminal_type)type));
        }
    }
    crypto_ec_release(&maker.key);
}

// A right that its type has no bit for is not gained through the extension.
static void test_provisioning_is_a_right_of_authentication_terminals_only(void **state)
{
    (void)state;
    struct maker maker;
    prepare(&maker, CRYPTO_P256);
    struct cv_certificate wanted = everything(&maker, CRYPTO_P256);
    uint8_t extension[64];
    struct writer w = writer_of(extension, sizeof extension);
    authorization_extension_put(&w, right_of(RIGHT_PROVISION_PHONE));
    wanted.authorization.type = TERMINAL_INSPECTION;
    wanted.authorization.rights = UINT64_MAX;
    wanted.sectors = (struct sector_hashes){0};
    wanted.description = span_of(NULL, 0);

    // By hand: our writer drops it.
    uint8_t bytes[CVC_MAX];
    struct cv_certificate found;
    struct tlv body;
    struct span file = make(&maker, &wanted);
    struct tlv outer;
    assert_true(tlv_expect(&file, CVC_CERTIFICATE, &outer));
    assert_true(tlv_expect(&outer.value, CVC_BODY, &body));
    struct writer again = writer_of(bytes, sizeof bytes);
    const size_t opened = tlv_open(&again, CVC_BODY);
    writer_put(&again, body.value);
    tlv_put(&again, TAG_CERTIFICATE_EXTENSIONS, writer_span(&w));
    tlv_close(&again, opened);
    writer_put(&again, outer.value);
    assert_true(cv_certificate_parse(writer_span(&again), &found));
    assert_int_equal(found.authorization.rights, rights_of_type(TERMINAL_INSPECTION));
    crypto_ec_release(&maker.key);
}

static void test_link_certificate_may_leave_parameters_out(void **state)
{
    (void)state;
    struct maker maker;
    prepare(&maker, CRYPTO_BRAINPOOL_P256R1);
    struct cv_certificate wanted = everything(&maker, CRYPTO_BRAINPOOL_P256R1);
    struct cv_certificate found;
    wanted.holder = span_of("KRJUMINAT00002", 14);
    wanted.has_parameters = false;
    assert_true(cv_certificate_parse_file(make(&maker, &wanted), &found));
    assert_true(cv_certificate_verify(&found, CRYPTO_BRAINPOOL_P256R1, wanted.point, CRYPTO_SHA256));
    crypto_ec_release(&maker.key);
}

static void test_certificate_may_hold_for_one_day(void **state)
{
    (void)state;
    struct maker maker;
    prepare(&maker, CRYPTO_P256);
    struct cv_certificate wanted = everything(&maker, CRYPTO_P256);
    struct cv_certificate found;
    wanted.expiration = wanted.effective;
    assert_true(cv_certificate_parse_file(make(&maker, &wanted), &found));
    assert_int_equal(found.expiration, wanted.effective);
    crypto_ec_release(&maker.key);
}

static void test_own_key_off_the_curve_is_refused_in_spite_of_the_signature(void **state)
{
    (void)state;
    struct maker maker;
    prepare(&maker, CRYPTO_P256);
    struct cv_certificate wanted = everything(&maker, CRYPTO_P256);
    struct cv_certificate found;
    uint8_t off[65];
    memcpy(off, maker.point, sizeof off);
    off[64] ^= 1;
    wanted.holder = span_of("KRJUMINDV00001", 14);
    wanted.authorization.role = ROLE_DV_DOMESTIC;
    wanted.has_parameters = false;
    wanted.point = span_of(off, sizeof off);
    assert_true(cv_certificate_parse_file(make(&maker, &wanted), &found));
    assert_false(cv_certificate_verify(&found, CRYPTO_P256, span_of(maker.point, sizeof off), CRYPTO_SHA256));
    crypto_ec_release(&maker.key);
}

// --- Dates and references --------------------------------------------------------------------------------

static bool date_is(const char *digits, cvc_date *date)
{
    uint8_t value[CVC_DATE];
    for (size_t i = 0; i < CVC_DATE; i++) {
        value[i] = (uint8_t)(digits[i] - '0');
    }
    return cvc_date_parse(span_of(value, sizeof value), date);
}

static void test_days_of_the_calendar_are_dates(void **state)
{
    (void)state;
    static const char *const valid[] = {"000101", "000229", "040229", "990630", "991231", "260430"};
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        cvc_date date;
        uint8_t value[CVC_DATE];
        assert_true(date_is(valid[i], &date));
        assert_int_equal(date, strtoul(valid[i], NULL, 10));
        cvc_date_put(date, value);
        for (size_t k = 0; k < CVC_DATE; k++) {
            assert_int_equal(value[k] + '0', valid[i][k]);
        }
    }
}

static void test_days_that_are_not_in_the_calendar_are_no_dates(void **state)
{
    (void)state;
    static const char *const invalid[] = {"260001", "261301", "260100", "260132", "260229",
                                          "250431", "010229", "260631", "26010:", "2601?1"};
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        cvc_date date;
        assert_false(date_is(invalid[i], &date));
    }
    cvc_date date;
    const uint8_t seven[7] = {2, 6, 0, 1, 0, 1, 0};
    assert_false(cvc_date_parse(span_of(seven, 5), &date));
    assert_false(cvc_date_parse(span_of(seven, 7), &date));
    assert_false(cvc_date_parse(span_of(seven, 0), &date));
}

static void test_references_have_country_mnemonic_and_number(void **state)
{
    (void)state;
    static const char *const valid[] = {"KRA00001", "DECVCAAT00001", "KRMNEMONICA0001", "KRABCDEFGHI0000Z"};
    static const char *const invalid[] = {"",           "KR00001",           "krCVCA00001",    "K1CVCA00001",
                                          "KRCVCA 001", "KRABCDEFGHIJ00001", "KR\x01VCA00001", "KRCVCA0000-"};
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        assert_true(cvc_reference_valid(span_of(valid[i], strlen(valid[i]))));
    }
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        assert_false(cvc_reference_valid(span_of(invalid[i], strlen(invalid[i]))));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cvca_of_the_worked_example_is_read),
        cmocka_unit_test(test_terminal_of_the_worked_example_is_read),
        cmocka_unit_test(test_dv_of_the_worked_example_is_domestic),
        cmocka_unit_test(test_chain_of_the_worked_example_verifies),
        cmocka_unit_test(test_flipped_bits_of_the_worked_example_are_refused),
        cmocka_unit_test(test_chain_does_not_verify_under_another_cvca),
        cmocka_unit_test(test_rsa_certificate_is_refused),
        cmocka_unit_test(test_what_is_written_is_read_and_verified_on_every_curve),
        cmocka_unit_test(test_worked_examples_are_written_byte_for_byte),
        cmocka_unit_test(test_rights_and_role_of_every_type_survive),
        cmocka_unit_test(test_provisioning_is_a_right_of_authentication_terminals_only),
        cmocka_unit_test(test_link_certificate_may_leave_parameters_out),
        cmocka_unit_test(test_certificate_may_hold_for_one_day),
        cmocka_unit_test(test_own_key_off_the_curve_is_refused_in_spite_of_the_signature),
        cmocka_unit_test(test_days_of_the_calendar_are_dates),
        cmocka_unit_test(test_days_that_are_not_in_the_calendar_are_no_dates),
        cmocka_unit_test(test_references_have_country_mnemonic_and_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
