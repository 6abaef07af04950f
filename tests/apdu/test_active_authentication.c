// Active Authentication against the card (9303-11 §6.1; ICAO TR "RF protocol and application test standard
// for eMRTD" Part 3, unit ISO7816_R).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static const char challenge[] = "F173589974BF40C6"; // RND.IFD

static void start_with(const struct document_profile *profile)
{
    fixture_start(&fixture);
    document_personalize(&fixture, profile, &document);
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
}

static void start(void)
{
    start_with(&document_usual);
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static bool signature_fits(enum crypto_curve curve, enum crypto_hash hash, const char *signed_challenge)
{
    uint8_t bytes[8], digest[CRYPTO_HASH_MAX];
    const struct span message = unhex(signed_challenge, bytes, sizeof bytes);
    struct crypto_ec_key key = {0};
    assert_true(
        crypto_ec_load_public(&key, curve, span_of(document.active_point, crypto_curve_point_length(curve))));
    assert_true(crypto_hash_parts(hash, &message, 1, digest));
    const bool fits = crypto_ecdsa_verify(&key, span_of(digest, crypto_hash_length(hash)), terminal.data);
    crypto_ec_release(&key);
    return fits;
}

static void test_signs_on_every_curve_with_the_announced_hash(void **state)
{
    (void)state;
    static const struct {
        enum crypto_curve curve;
        bool announce;
        enum crypto_hash announced, used;
    } cases[] = {
        {CRYPTO_P256, true, CRYPTO_SHA256, CRYPTO_SHA256},
        {CRYPTO_P256, true, CRYPTO_SHA384, CRYPTO_SHA384},
        {CRYPTO_P256, true, CRYPTO_SHA224, CRYPTO_SHA224},
        {CRYPTO_P256, false, CRYPTO_SHA1, CRYPTO_SHA256},
        {CRYPTO_P384, true, CRYPTO_SHA384, CRYPTO_SHA384},
        {CRYPTO_P384, true, CRYPTO_SHA512, CRYPTO_SHA512},
        {CRYPTO_P384, false, CRYPTO_SHA1, CRYPTO_SHA384},
        {CRYPTO_BRAINPOOL_P256R1, true, CRYPTO_SHA256, CRYPTO_SHA256},
        {CRYPTO_BRAINPOOL_P384R1, false, CRYPTO_SHA1, CRYPTO_SHA384},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct document_profile profile = document_usual;
        profile.active_curve = cases[i].curve;
        profile.announce_hash = cases[i].announce;
        profile.hash = cases[i].announced;
        start_with(&profile);
        assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL), SW_OK);
        assert_false(terminal.answered_plain);
        assert_int_equal(terminal.data.n, 2 * crypto_curve_length(cases[i].curve));
        assert_true(signature_fits(cases[i].curve, cases[i].used, challenge));
        assert_false(signature_fits(cases[i].curve, cases[i].used, "F173589974BF40C7"));
        fixture_stop(&fixture);
    }
    start();
}

static void test_signs_afresh_each_time(void **state)
{
    (void)state;
    uint8_t first[CRYPTO_SIGNATURE_MAX];
    start();
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL), SW_OK);
    memcpy(first, terminal.data.p, terminal.data.n);
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL), SW_OK);
    assert_memory_not_equal(first, terminal.data.p, terminal.data.n);
    assert_true(signature_fits(CRYPTO_P256, CRYPTO_SHA256, challenge));
}

static void test_challenge_has_exactly_eight_bytes(void **state)
{
    (void)state;
    static const char *const others[] = {"00", "F1735899", "F173589974BF40", "F173589974BF40C600",
                                         "F173589974BF40C6F173589974BF40C6"};
    start();
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, others[i], LE_ALL), SW_WRONG_LENGTH);
        assert_false(terminal.answered_plain);
    }
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 1, challenge, LE_ALL), SW_WRONG_P1_P2);
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL), SW_OK);
}

static void test_needs_a_session(void **state)
{
    (void)state;
    start();
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL),
                     SW_SECURITY_STATUS_NOT_SATISFIED);
}

static void test_belongs_to_the_emrtd_application(void **state)
{
    (void)state;
    start();
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_in_range(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL), 0x6400, 0x6FFF);
}

static void test_document_without_the_key_refuses(void **state)
{
    (void)state;
    struct document_profile profile = document_usual;
    profile.active_authentication = false;
    profile.announce_hash = false;
    start_with(&profile);
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL),
                     SW_CONDITIONS_NOT_SATISFIED);
    assert_false(terminal.answered_plain);
}

static void test_failing_random_source_signs_nothing(void **state)
{
    (void)state;
    start();
    fixture.random_calls = 0;
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL), SW_EXECUTION_ERROR);
    assert_int_equal(terminal.data.n, 0);
    fixture.random_calls = SIZE_MAX;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_signs_on_every_curve_with_the_announced_hash, stop),
        cmocka_unit_test_teardown(test_signs_afresh_each_time, stop),
        cmocka_unit_test_teardown(test_challenge_has_exactly_eight_bytes, stop),
        cmocka_unit_test_teardown(test_needs_a_session, stop),
        cmocka_unit_test_teardown(test_belongs_to_the_emrtd_application, stop),
        cmocka_unit_test_teardown(test_document_without_the_key_refuses, stop),
        cmocka_unit_test_teardown(test_failing_random_source_signs_nothing, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
