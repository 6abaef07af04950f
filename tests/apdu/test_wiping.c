// After each way a session or a run can end, none of its secrets is left in the card's memory.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static const struct pace_protocol *const cam = &document_protocols[DOCUMENT_CAM];

// The card's own secrets of a run, chosen by the test.
static const uint8_t mapping_secret[32] = {0x4D, 0x41, 0x50, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07};
static const uint8_t ephemeral_secret[32] = {0x45, 0x50, 0x48, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F};

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    document_personalize(&fixture, &document_usual, &document);
    terminal_start(&terminal, &fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static bool in_memory(struct span secret)
{
    const uint8_t *memory = (const uint8_t *)&fixture.card;
    for (size_t i = 0; i + secret.n <= sizeof fixture.card; i++) {
        if (memcmp(memory + i, secret.p, secret.n) == 0) {
            return true;
        }
    }
    return false;
}

static void assert_gone(const char *what, struct span secret)
{
    if (in_memory(secret)) {
        fail_msg("%s is still in memory", what);
    }
}

// The session's keys as raw bytes, which are also the first round keys of AES.
static struct span session_key(enum kdf_counter counter)
{
    static uint8_t key[CRYPTO_CIPHER_KEY_MAX];
    const struct span shared = span_of(terminal.shared, crypto_curve_length(cam->curve));
    assert_true(kdf_derive(cam->suite, shared, span_of(NULL, 0), counter, key));
    return span_of(key, suite_key_length(cam->suite));
}

static void assert_passwords_gone(void)
{
    uint8_t key[CRYPTO_CIPHER_KEY_MAX];
    assert_true(kdf_derive(cam->suite, span_of(DOCUMENT_CAN, 6), span_of(NULL, 0), KDF_PASSWORD, key));
    assert_gone("the CAN", span_of(DOCUMENT_CAN, 6));
    assert_gone("K_pi", span_of(key, suite_key_length(cam->suite)));
    assert_gone("the PIN", span_of(DOCUMENT_PIN, 6));
    assert_gone("the PUK", span_of(DOCUMENT_PUK, 10));
    assert_gone("the MRZ", document_mrz_password());
}

static void assert_run_gone(void)
{
    uint8_t generation_secret[32];
    for (size_t i = 0; i < sizeof generation_secret; i++) {
        generation_secret[i] = (uint8_t)(0x11 + i);
    }
    assert_passwords_gone();
    assert_gone("the nonce", span_of(terminal.nonce, 16));
    assert_gone("the generator", span_of(terminal.generator + 1, 32));
    assert_gone("the mapping secret", span_of(mapping_secret, sizeof mapping_secret));
    assert_gone("the ephemeral secret", span_of(ephemeral_secret, sizeof ephemeral_secret));
    assert_gone("the shared secret", span_of(terminal.shared, 32));
    assert_gone("the generation key", span_of(generation_secret, sizeof generation_secret));
}

static void assert_session_gone(void)
{
    assert_gone("KS_enc", session_key(KDF_ENCRYPTION));
    assert_gone("KS_mac", session_key(KDF_MAC));
}

static void run_to_token(void)
{
    assert_int_equal(terminal_set_at(&terminal, cam, PACE_PASSWORD_CAN), SW_OK);
    assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_CAN, 6)), SW_OK);
    fixture.next_random = span_of(mapping_secret, sizeof mapping_secret);
    assert_int_equal(terminal_map(&terminal), SW_OK);
    fixture.next_random = span_of(ephemeral_secret, sizeof ephemeral_secret);
    assert_int_equal(terminal_agree(&terminal), SW_OK);
    assert_int_equal(fixture.next_random.n, 0);
    // The search finds what is there.
    assert_true(in_memory(span_of(terminal.shared, 32)));
    assert_true(in_memory(span_of(mapping_secret, sizeof mapping_secret)));
    // The nonce has served.
    assert_gone("the nonce", span_of(terminal.nonce, 16));
}

static void test_success_leaves_only_the_session(void **state)
{
    (void)state;
    run_to_token();
    assert_int_equal(terminal_authenticate(&terminal), SW_OK);
    assert_run_gone();
    assert_true(in_memory(session_key(KDF_ENCRYPTION)));
    assert_true(in_memory(session_key(KDF_MAC)));
    static const struct achieved nothing;
    assert_memory_equal(&fixture.card.security.next_achieved, &nothing, sizeof nothing);
}

static void test_wrong_token_leaves_nothing(void **state)
{
    (void)state;
    run_to_token();
    assert_int_equal(terminal_send_token(&terminal, span_of("\0\0\0\0\0\0\0", 8)), SW_AUTHENTICATION_FAILED);
    assert_run_gone();
    assert_session_gone();
}

static void test_another_command_leaves_nothing(void **state)
{
    (void)state;
    run_to_token();
    assert_int_equal(terminal_send_plain(&terminal, "0084000008"), SW_OK);
    assert_run_gone();
    assert_session_gone();
}

static void test_reset_leaves_nothing(void **state)
{
    (void)state;
    run_to_token();
    card_reset(&fixture.card);
    assert_run_gone();
    assert_session_gone();
    assert_int_equal(card_power_on(&fixture.card, &fixture.port), STORE_OK);
    run_to_token();
    assert_int_equal(terminal_authenticate(&terminal), SW_OK);
    card_reset(&fixture.card);
    assert_run_gone();
    assert_session_gone();
    assert_int_equal(card_power_on(&fixture.card, &fixture.port), STORE_OK);
}

static void test_plain_command_leaves_nothing_of_the_session(void **state)
{
    (void)state;
    run_to_token();
    assert_int_equal(terminal_authenticate(&terminal), SW_OK);
    assert_int_equal(terminal_send_plain(&terminal, "0084000008"), SW_OK);
    assert_session_gone();
}

static void test_wrong_mac_leaves_nothing_of_the_session(void **state)
{
    (void)state;
    run_to_token();
    assert_int_equal(terminal_authenticate(&terminal), SW_OK);
    assert_int_equal(terminal_send_plain(&terminal, "0CB09D000D 970101 8E080000000000000000 00"),
                     SW_SM_OBJECTS_INCORRECT);
    assert_session_gone();
}

static void test_chip_authentication_leaves_nothing_of_the_old_session(void **state)
{
    (void)state;
    uint8_t bytes[70];
    struct writer w = writer_of(bytes, sizeof bytes);
    run_to_token();
    assert_int_equal(terminal_authenticate(&terminal), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    terminal_make_ephemeral(&terminal, CRYPTO_P256);
    tlv_put(&w, 0x91, span_of(terminal.own_point, 65));
    assert_int_equal(terminal_send(&terminal, 0x00, 0x22, 0x41, 0xA6, writer_span(&w), 0), SW_OK);
    assert_session_gone();
    uint8_t key[4 + CRYPTO_FIELD_MAX];
    assert_int_equal(store_read(&fixture.card.store, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, 2, key, 32),
                     STORE_OK);
    // Reading it here has put it into the store's buffer: any other read must drive it out.
    terminal_take_over(&terminal, CRYPTO_P256, SUITE_AES_CBC_CMAC_128, document.chip_point);
    assert_int_equal(terminal_read(&terminal, 1, 0, 1), SW_OK);
    assert_gone("the Chip Authentication key", span_of(key, 32));
}

static void test_active_authentication_leaves_no_key(void **state)
{
    (void)state;
    uint8_t key[32];
    assert_int_equal(store_read(&fixture.card.store, OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY, 2, key, 32),
                     STORE_OK);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x88, 0, 0, "F173589974BF40C6", LE_ALL), SW_OK);
    assert_gone("the Active Authentication key", span_of(key, sizeof key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_success_leaves_only_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_token_leaves_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_another_command_leaves_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_reset_leaves_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_plain_command_leaves_nothing_of_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_mac_leaves_nothing_of_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_chip_authentication_leaves_nothing_of_the_old_session, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_active_authentication_leaves_no_key, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
