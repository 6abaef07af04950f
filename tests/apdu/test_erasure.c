// What a command replaces or removes is erased from flash before its answer: keys, passwords, a person's
// data.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/personalization.h"
#include "tests/apdu/document.h"

static struct card_fixture fixture;
static struct document document;

#define PACKAGE "07F04A554D494E00"
#define EMRTD "07A0000002471001"
#define MF "08F04A554D494E0100"
#define DELETE_EMRTD "80E4000009 4F" EMRTD "00"
#define INSTALL_EMRTD "80E60C001C" PACKAGE EMRTD EMRTD "0100 00 00 00"
#define PERSONALIZE_MF "80E620000E 00 00" MF "00 00 00 00"

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static bool in_flash(struct span secret)
{
    return flash_simulator_contains(&fixture.flash, secret);
}

// Secrets of the card as its store has them, to be looked for afterwards.
struct secret {
    uint16_t object;
    uint8_t bytes[32];
    size_t n;
};

static struct secret secret_of(uint16_t object, size_t offset, size_t n)
{
    struct secret secret = {.object = object, .n = n};
    assert_int_equal(store_read(&fixture.card.store, object, offset, secret.bytes, n), STORE_OK);
    assert_true(in_flash(span_of(secret.bytes, n)));
    return secret;
}

static void assert_erased(const struct secret *secret)
{
    if (in_flash(span_of(secret->bytes, secret->n))) {
        fail_msg("object %04X is still in flash", secret->object);
    }
}

static uint16_t put_key(void)
{
    uint8_t bytes[128], encrypted[16], check_value[SCP03_CHECK_VALUE];
    const uint8_t key[16] = "another key set", key_head[] = {0x88, 0x11, 0x10};
    const uint8_t header[] = {0x80, 0xD8, 0x00, 0x81, 1 + 3 * 23, 0x01};
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(scp03_encrypt_key_data(&fixture.keys, span_of(key, sizeof key), encrypted));
    assert_true(scp03_check_value(span_of(key, sizeof key), check_value));
    writer_put(&w, span_of(header, sizeof header));
    for (size_t i = 0; i < 3; i++) {
        writer_put(&w, span_of(key_head, sizeof key_head));
        writer_put(&w, span_of(encrypted, sizeof encrypted));
        writer_put_u8(&w, sizeof check_value);
        writer_put(&w, span_of(check_value, sizeof check_value));
    }
    return fixture_secure_bytes(&fixture, writer_span(&w));
}

static void test_put_key_erases_the_old_set(void **state)
{
    (void)state;
    const struct secret old = secret_of(OBJECT_SCP03_KEYS, 1, 32);
    fixture_open(&fixture);
    assert_int_equal(put_key(), SW_OK);
    assert_erased(&old);
    assert_true(in_flash(span_of("another key set", 16)));
}

static void test_delete_erases_the_application(void **state)
{
    (void)state;
    document_personalize(&fixture, &document_usual, &document);
    const struct secret secrets[] = {
        secret_of(OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, 2, 32),
        secret_of(OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY, 2, 32),
        secret_of(OBJECT_EMRTD_FILES + 1, 0, 32),
        secret_of(OBJECT_EMRTD_FILES + 2, 2000, 32),
    };
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, DELETE_EMRTD, "009000");
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_erased(&secrets[i]);
    }
}

static uint16_t store_data(uint8_t p1, struct span data)
{
    uint8_t bytes[256];
    struct writer w = writer_of(bytes, sizeof bytes);
    const struct apdu_command command = {.cla = 0x80, .ins = 0xE2, .p1 = p1, .data = data, .ne = 256};
    apdu_put(&w, &command);
    return fixture_secure_bytes(&fixture, writer_span(&w));
}

static void test_install_anew_erases_what_the_first_attempt_left(void **state)
{
    static const uint8_t generate[] = {0x91, 0x01, 0x02, 0x01, 0x0C};
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, "80E620000D 00 00" EMRTD "00 00 00 00", "9000");
    assert_int_equal(store_data(0x09, span_of(generate, sizeof generate)), SW_OK);
    const struct secret key = secret_of(OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, 2, 32);
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    assert_erased(&key);
}

static void put_password(struct writer *w, uint16_t identifier, const char *digits)
{
    uint8_t padded[32] = {0}, encrypted[32];
    const size_t n = strlen(digits);
    memcpy(padded, digits, n);
    padded[n] = 0x80;
    assert_true(scp03_encrypt_key_data(&fixture.keys, span_of(padded, sizeof padded), encrypted));
    dgi_put(w, identifier, span_of(encrypted, n < 16 ? 16 : 32));
}

static uint16_t personalize_mf(const char *puk)
{
    uint8_t data[200], access[100];
    struct writer w = writer_of(data, sizeof data), card_access = writer_of(access, sizeof access);
    const struct document_profile profile = {.protocols = document_protocols, .protocol_count = 1};
    put_password(&w, DGI_PASSWORD_PUK, puk);
    put_password(&w, DGI_PASSWORD_CAN, DOCUMENT_CAN);
    dgi_put(&w, 0x011C, document_card_access(&profile, &card_access));
    ASSERT_SECURE(&fixture, PERSONALIZE_MF, "9000");
    return store_data(puk[0] == '1' ? 0x08 : 0x88, writer_span(&w));
}

static void test_end_of_personalization_erases_replaced_passwords(void **state)
{
    (void)state;
    fixture_open(&fixture);
    assert_int_equal(personalize_mf("123456781234567"), SW_OK); // cut off before the last block
    const struct secret first = secret_of(OBJECT_PASSWORD + PACE_PASSWORD_PUK, 0, 15);
    assert_int_equal(personalize_mf("987654321987654"), SW_OK);
    assert_erased(&first);
    assert_true(in_flash(span_of("987654321987654", 15)));
}

static void test_termination_erases_every_secret(void **state)
{
    (void)state;
    document_personalize(&fixture, &document_usual, &document);
    const struct secret secrets[] = {
        secret_of(OBJECT_SCP03_KEYS, 1, 32),
        secret_of(OBJECT_GENERATION_KEY, 2, 32),
        secret_of(OBJECT_PASSWORD + PACE_PASSWORD_MRZ, 0, 20),
        secret_of(OBJECT_PASSWORD + PACE_PASSWORD_PUK, 0, 10),
        secret_of(OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, 2, 32),
        secret_of(OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY, 2, 32),
        secret_of(OBJECT_EMRTD_FILES + 1, 0, 32),
    };
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F080FF", "9000");
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_erased(&secrets[i]);
    }
    fixture_power_cycle(&fixture);
    ASSERT_ANSWER(&fixture, "80CA00E000", "6A88"); // there are no keys
    ASSERT_ANSWER(&fixture, "80CA9F7F00", "6982"); // and who it is needs PACE, which is gone
}

static void fill_the_store(void)
{
    static const uint8_t bytes[STORE_FRAGMENT] = {0};
    uint16_t object = 0x7000;
    for (size_t n = sizeof bytes; n > 0; n = n == 1 ? 0 : 1) {
        while (store_write(&fixture.card.store, object, span_of(bytes, n)) == STORE_OK) {
            object++;
        }
    }
    assert_int_equal(store_write(&fixture.card.store, object, span_of(bytes, 1)), STORE_FULL);
}

static void test_full_store_erases_too(void **state)
{
    (void)state;
    document_personalize(&fixture, &document_usual, &document);
    fill_the_store();
    const struct secret old = secret_of(OBJECT_SCP03_KEYS, 1, 32);
    const struct secret key = secret_of(OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, 2, 32);
    fixture_open(&fixture);
    assert_int_equal(put_key(), SW_OK);
    assert_erased(&old);
    fill_the_store();
    ASSERT_SECURE(&fixture, "80F080FF", "9000");
    assert_erased(&key);
}

// A cut during the command: whatever the card opens as, what it no longer has is not in flash either.
static void test_interrupted_erasure_is_finished_at_power_on(void **state)
{
    (void)state;
    const struct secret old = secret_of(OBJECT_SCP03_KEYS, 1, 32);
    const struct scp03_keys transport = fixture.keys;
    struct flash_simulator before;
    flash_simulator_create(&before, FIXTURE_PAGES, 1);
    flash_simulator_copy(&before, &fixture.flash);
    size_t cuts_after_commit = 0;
    bool cut = true;
    for (uint64_t k = 0; cut; k++) {
        flash_simulator_copy(&fixture.flash, &before);
        fixture_power_cycle(&fixture);
        fixture.keys = transport;
        fixture_open(&fixture);
        flash_simulator_cut_after(&fixture.flash, k, FLASH_TEAR_HALF, k);
        (void)put_key();
        cut = flash_simulator_power_on(&fixture.flash);
        fixture_power_cycle(&fixture);
        struct secret now = {.n = 32};
        assert_int_equal(store_read(&fixture.card.store, OBJECT_SCP03_KEYS, 1, now.bytes, 32), STORE_OK);
        if (memcmp(now.bytes, old.bytes, 32) != 0) {
            assert_erased(&old);
            cuts_after_commit++;
        }
    }
    assert_true(cuts_after_commit > 1);
    flash_simulator_release(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_put_key_erases_the_old_set, start, stop),
        cmocka_unit_test_setup_teardown(test_delete_erases_the_application, start, stop),
        cmocka_unit_test_setup_teardown(test_install_anew_erases_what_the_first_attempt_left, start, stop),
        cmocka_unit_test_setup_teardown(test_end_of_personalization_erases_replaced_passwords, start, stop),
        cmocka_unit_test_setup_teardown(test_termination_erases_every_secret, start, stop),
        cmocka_unit_test_setup_teardown(test_full_store_erases_too, start, stop),
        cmocka_unit_test_setup_teardown(test_interrupted_erasure_is_finished_at_power_on, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
