// Applications installed, personalized by STORE DATA and deleted (GPC v2.3.1 §11.2, §11.5, §11.11).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/emrtd.h"
#include "card/apps/mf.h"
#include "card/core/registry.h"
#include "card/wire/personalization.h"
#include "tests/apdu/card_fixture.h"

static struct card_fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    fixture_open(&fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

#define PACKAGE "07F04A554D494E00"
#define EMRTD "07A0000002471001"
#define MF "08F04A554D494E0100"
#define NDEF "07D2760000850101"
#define INSTALL_EMRTD "80E60C001C" PACKAGE EMRTD EMRTD "0100 00 00 00"
#define PERSONALIZE_EMRTD "80E620000D 00 00" EMRTD "00 00 00 00"
#define PERSONALIZE_MF "80E620000E 00 00" MF "00 00 00 00"
#define DELETE_EMRTD "80E4000009 4F" EMRTD "00"

static size_t object_length(uint16_t object)
{
    size_t length = 0;
    const enum store_status status = store_length(&fixture.card.store, object, &length);
    return status == STORE_OK ? length : 0;
}

static uint8_t state_of(const struct applet *applet)
{
    struct registry registry;
    assert_true(registry_read(&fixture.card.store, &registry));
    const struct registry_entry *entry = registry_find_applet(&registry, applet);
    return entry != NULL ? entry->state : 0;
}

// STORE DATA with `p1` and block number `p2`.
static uint16_t store_data(uint8_t p1, uint8_t p2, struct span data)
{
    static uint8_t bytes[CARD_COMMAND_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    const struct apdu_command command = {
        .cla = 0x80, .ins = 0xE2, .p1 = p1, .p2 = p2, .data = data, .ne = (p1 & 1) != 0 ? 256 : 0};
    apdu_put(&w, &command);
    return fixture_secure_bytes(&fixture, writer_span(&w));
}

// A DGI with `n` bytes, each a mark of its place.
static void put_marked(struct writer *w, uint16_t identifier, size_t n)
{
    dgi_put_header(w, identifier, (uint16_t)n);
    uint8_t *to = writer_reserve(w, n);
    for (size_t i = 0; i < n; i++) {
        to[i] = (uint8_t)(i % 253);
    }
}

// A DGI with a secret under the DEK.
static void put_secret(struct writer *w, uint16_t identifier, struct span secret)
{
    uint8_t padded[128] = {0}, encrypted[128];
    const size_t n = (secret.n / 16 + 1) * 16;
    memcpy(padded, secret.p, secret.n);
    padded[secret.n] = 0x80;
    assert_true(scp03_encrypt_key_data(&fixture.keys, span_of(padded, n), encrypted));
    dgi_put(w, identifier, span_of(encrypted, n));
}

// --- INSTALL and DELETE ----------------------------------------------------------------------------------

static void test_application_is_installed_and_deleted(void **state)
{
    (void)state;
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    assert_int_equal(state_of(&emrtd_applet), APPLICATION_SELECTABLE);
    ASSERT_SECURE(&fixture, DELETE_EMRTD, "009000");
    assert_int_equal(state_of(&emrtd_applet), 0);
    ASSERT_SECURE(&fixture, DELETE_EMRTD, "6A88");
    ASSERT_SECURE(&fixture, "80E4008009 4F" EMRTD "00", "6A88");
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
}

static void test_install_refuses_what_is_not_in_the_image(void **state)
{
    static const struct {
        const char *command, *answer;
    } cases[] = {
        {"80E60C0000 07F04A554D494E01" EMRTD EMRTD "0100 00 00", "6A88"},
        {"80E60C0000" PACKAGE "07A0000002471002" EMRTD "0100 00 00", "6A88"},
        {"80E60C0000" PACKAGE "08A000000151000000" EMRTD "0100 02C900 00", "6A88"},
        {"80E60C0000" PACKAGE EMRTD "08A000000151000000"
         "0100 00 00",
         "6A80"},
        {"80E60C0000" PACKAGE EMRTD MF "0100 00 00", "6A80"},
        {"80E60C0000" PACKAGE EMRTD "04A0000002"
         "0100 00 00",
         "6A80"},
        {"80E60C0000" PACKAGE EMRTD "11A0000002471001A0000002471001AABBCC"
         "0100 00 00",
         "6A80"},
        {"80E60C0000" PACKAGE EMRTD EMRTD "0104 00 00", "6A80"},
        {"80E60C0000" PACKAGE EMRTD EMRTD "020000 00 00", "6A80"},
        {"80E60C0000" PACKAGE EMRTD EMRTD "00 00 00", "6A80"},
        {"80E60C0000" PACKAGE EMRTD EMRTD "0100 01C9 00", "6A80"},
        {"80E60C0000" PACKAGE EMRTD EMRTD "0100 00 01AA", "6A80"},
        {"80E60C0000" PACKAGE EMRTD EMRTD "0100 00 00 00", "6A80"},
        {"80E60C0000" PACKAGE EMRTD EMRTD "0100 00", "6A80"},
        {"80E60C0000" PACKAGE EMRTD EMRTD "0100", "6A80"},
        {"80E60C0000 00", "6A80"},
        {"80E6080000" PACKAGE EMRTD EMRTD "0100 00 00", "6A86"},
        {"80E60C0100" PACKAGE EMRTD EMRTD "0100 00 00", "6A86"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[128];
        struct span command = unhex(cases[i].command, bytes, sizeof bytes);
        bytes[4] = (uint8_t)(command.n - 5);
        fixture_assert(&fixture, fixture_secure_bytes(&fixture, command), cases[i].answer, __FILE__,
                       __LINE__);
        assert_int_equal(state_of(&emrtd_applet), 0);
    }
}

static void test_install_takes_every_usual_spelling(void **state)
{
    static const char *const spellings[] = {
        "80E60C001C" PACKAGE EMRTD EMRTD "0100 00 00",
        "80E60C001C" PACKAGE EMRTD EMRTD "0100 00 00 00",
        "80E60C0020" PACKAGE EMRTD EMRTD "03000000 02C900 00",
        "80E60C0015 00" EMRTD EMRTD "0100 00 00",
        "80E60C0015" PACKAGE EMRTD "00 0100 00 00",
    };
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        assert_int_equal(fixture_secure(&fixture, spellings[i]), SW_OK);
        ASSERT_SECURE(&fixture, "80F24002094F" EMRTD "00",
                      "E3254F07A00000024710019F700107C503000000C407F04A554D494E00CC08A0000001510000009000");
        ASSERT_SECURE(&fixture, DELETE_EMRTD, "009000");
    }
}

static void test_domain_and_package_are_not_deleted(void **state)
{
    (void)state;
    ASSERT_SECURE(&fixture, "80E400000A 4F08A000000151000000", "6985");
    ASSERT_SECURE(&fixture, "80E4000009 4F" PACKAGE, "6985");
    ASSERT_SECURE(&fixture, "80E4000009 4E" EMRTD, "6A80");
    ASSERT_SECURE(&fixture, "80E4000009 4F" EMRTD, "6A88");
    ASSERT_SECURE(&fixture, "80E400000A 4F" EMRTD "00", "6A80");
    ASSERT_SECURE(&fixture, "80E4010009 4F" EMRTD, "6A86");
}

// --- STORE DATA ------------------------------------------------------------------------------------------

static void test_files_arrive_in_pieces_of_any_size(void **state)
{
    static uint8_t stream[6000];
    (void)state;
    for (size_t piece = 1; piece <= 1500; piece = piece * 4 + 3) {
        struct writer w = writer_of(stream, sizeof stream);
        put_marked(&w, 0x0101, 90);
        put_marked(&w, 0x0102, 2000);
        put_marked(&w, 0x011E, 22);
        if (piece == 1) { // every cut within the short ones
            w = writer_of(stream, sizeof stream);
            put_marked(&w, 0x0101, 90);
            put_marked(&w, 0x011E, 22);
        }
        ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
        ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
        uint8_t block = 0;
        for (size_t at = 0; at < w.n; at += piece) {
            const struct span data = span_first(span_from(writer_span(&w), at), piece);
            assert_int_equal(store_data(0x08, block++, data), SW_OK);
        }
        assert_int_equal(object_length(OBJECT_EMRTD_FILES + 1), 90);
        assert_int_equal(object_length(OBJECT_EMRTD_FILES + 0x1E), 22);
        if (piece > 1) {
            uint8_t end[4];
            assert_int_equal(object_length(OBJECT_EMRTD_FILES + 2), 2000);
            assert_int_equal(store_read(&fixture.card.store, OBJECT_EMRTD_FILES + 2, 1996, end, 4), STORE_OK);
            assert_int_equal(end[3], 1999 % 253);
        }
    }
}

static void test_new_attempt_replaces_what_an_earlier_one_left(void **state)
{
    uint8_t stream[700];
    struct writer w = writer_of(stream, sizeof stream);
    (void)state;
    put_marked(&w, 0x0101, 600);
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    assert_int_equal(store_data(0x08, 0, span_first(writer_span(&w), 550)), SW_OK);
    // The card left the field; the station begins again, without DELETE and without INSTALL.
    fixture_power_cycle(&fixture);
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    w = writer_of(stream, sizeof stream);
    put_marked(&w, 0x0101, 20);
    assert_int_equal(store_data(0x08, 0, writer_span(&w)), SW_OK);
    assert_int_equal(object_length(OBJECT_EMRTD_FILES + 1), 20);
    // With INSTALL again nothing is left at all, and the personalization that waited is over.
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    assert_int_equal(object_length(OBJECT_EMRTD_FILES + 1), 0);
    assert_int_equal(store_data(0x08, 1, writer_span(&w)), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_refused_block_leaves_nothing_and_ends_the_personalization(void **state)
{
    uint8_t stream[300];
    struct writer w = writer_of(stream, sizeof stream);
    (void)state;
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    put_marked(&w, 0x0101, 20);
    put_marked(&w, 0x7777, 20); // no such file, no such DGI
    assert_int_equal(store_data(0x08, 0, writer_span(&w)), SW_REFERENCED_DATA_NOT_FOUND);
    assert_int_equal(object_length(OBJECT_EMRTD_FILES + 1), 0);
    assert_int_equal(store_data(0x08, 1, span_first(writer_span(&w), 23)), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(store_data(0x08, 0, span_first(writer_span(&w), 23)), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_blocks_are_counted_and_their_form_is_checked(void **state)
{
    static const struct {
        uint8_t p1, p2;
    } wrong[] = {{0x08, 1}, {0x08, 0xFF}, {0x00, 0}, {0x10, 0}, {0x18, 0}, {0x48, 0}, {0x68, 0}, {0x0A, 0}};
    const uint8_t dgi[] = {0x01, 0x01, 0x02, 0x61, 0x00};
    (void)state;
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
        assert_int_equal(store_data(wrong[i].p1, wrong[i].p2, span_of(dgi, sizeof dgi)), SW_WRONG_P1_P2);
    }
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    assert_int_equal(store_data(0x28, 0, span_of(dgi, sizeof dgi)), SW_OK);
    assert_int_equal(store_data(0x09, 1, span_of(dgi, sizeof dgi)), SW_OK);
    assert_int_equal(store_data(0x08, 1, span_of(dgi, sizeof dgi)), SW_WRONG_P1_P2);
}

static void test_secrets_are_decrypted_and_their_padding_checked(void **state)
{
    uint8_t stream[300];
    struct writer w = writer_of(stream, sizeof stream);
    (void)state;
    ASSERT_SECURE(&fixture, PERSONALIZE_MF, "9000");
    put_secret(&w, DGI_PASSWORD_CAN, span_of("500540", 6));
    assert_int_equal(store_data(0x08, 0, span_first(writer_span(&w), 9)), SW_OK); // in two blocks
    assert_int_equal(store_data(0x08, 1, span_from(writer_span(&w), 9)), SW_OK);
    assert_int_equal(object_length(OBJECT_PASSWORD + PACE_PASSWORD_CAN), 6);
    for (size_t wrong = 3; wrong <= 18; wrong += 15) { // ciphertext: the padding is gone
        ASSERT_SECURE(&fixture, PERSONALIZE_MF, "9000");
        stream[wrong] ^= 0x40;
        assert_int_equal(store_data(0x08, 0, writer_span(&w)), SW_WRONG_DATA);
        stream[wrong] ^= 0x40;
    }
    ASSERT_SECURE(&fixture, PERSONALIZE_MF, "9000");
    w = writer_of(stream, sizeof stream);
    dgi_put(&w, DGI_PASSWORD_PIN, span_of("123456", 6)); // not encrypted
    assert_int_equal(store_data(0x08, 0, writer_span(&w)), SW_WRONG_DATA);
    ASSERT_SECURE(&fixture, PERSONALIZE_MF, "9000");
    w = writer_of(stream, sizeof stream);
    put_marked(&w, DGI_PASSWORD_PIN, 144); // longer than any secret
    assert_int_equal(store_data(0x08, 0, writer_span(&w)), SW_WRONG_DATA);
    ASSERT_SECURE(&fixture, PERSONALIZE_MF, "9000");
    w = writer_of(stream, sizeof stream);
    dgi_put_header(&w, DGI_PASSWORD_PIN, 0);
    assert_int_equal(store_data(0x08, 0, writer_span(&w)), SW_WRONG_DATA);
}

static void test_key_made_on_the_chip_is_answered(void **state)
{
    static const uint8_t dgi[] = {0x91, 0x01, 0x02, 0x01, 0x0C}; // key id 1, P-256
    (void)state;
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    assert_int_equal(store_data(0x09, 0, span_of(dgi, sizeof dgi)), SW_OK);
    assert_int_equal(fixture.data.n, 3 + 65);
    assert_span_hex(span_first(fixture.data, 4), "91014104");
    assert_int_equal(object_length(OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY), 2 + 32);
    ASSERT_SECURE(&fixture, DELETE_EMRTD, "009000");
    assert_int_equal(object_length(OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY), 0);
}

static void personalize_emrtd(void)
{
    uint8_t stream[300];
    struct writer w = writer_of(stream, sizeof stream);
    put_marked(&w, 0x0101, 90);
    put_marked(&w, 0x011E, 22);
    put_marked(&w, 0x011D, 60);
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    assert_int_equal(store_data(0x88, 0, writer_span(&w)), SW_OK);
}

static void test_last_block_personalizes_what_is_complete(void **state)
{
    uint8_t stream[300];
    struct writer w = writer_of(stream, sizeof stream);
    (void)state;
    put_marked(&w, 0x0101, 90);
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    assert_int_equal(store_data(0x88, 0, writer_span(&w)), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(state_of(&emrtd_applet), APPLICATION_SELECTABLE);
    assert_int_equal(object_length(OBJECT_EMRTD_FILES + 1), 0);
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    assert_int_equal(store_data(0x88, 0, span_first(writer_span(&w), 50)), SW_WRONG_DATA); // a DGI is cut off
    personalize_emrtd();
    assert_int_equal(state_of(&emrtd_applet), APPLICATION_PERSONALIZED);
}

static void test_personalized_application_takes_nothing_more(void **state)
{
    const uint8_t dgi[] = {0x01, 0x01, 0x02, 0x61, 0x00};
    (void)state;
    personalize_emrtd();
    assert_int_equal(store_data(0x08, 1, span_of(dgi, sizeof dgi)), SW_CONDITIONS_NOT_SATISFIED);
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "6985");
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "6985");
    fixture_power_cycle(&fixture);
    fixture_advance(&fixture, CARD_SECURED);
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "6985");
    assert_int_equal(object_length(OBJECT_EMRTD_FILES + 1), 90);
    // Locked and unlocked it is PERSONALIZED again.
    ASSERT_SECURE(&fixture, "80F04080" EMRTD, "9000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "6985");
    ASSERT_SECURE(&fixture, "80F04000" EMRTD, "9000");
    assert_int_equal(state_of(&emrtd_applet), APPLICATION_PERSONALIZED);
    // The issuer may delete it (GPC v2.3.1 §11.2), and with it all that it had.
    ASSERT_SECURE(&fixture, DELETE_EMRTD, "009000");
    assert_int_equal(object_length(OBJECT_EMRTD_FILES + 1), 0);
    assert_int_equal(object_length(OBJECT_EMRTD_FILES + 0x1D), 0);
}

// What was locked while its data came stays locked, and is not PERSONALIZED.
static void test_locked_application_is_not_personalized(void **state)
{
    uint8_t stream[300];
    struct writer w = writer_of(stream, sizeof stream);
    (void)state;
    put_marked(&w, 0x0101, 90);
    put_marked(&w, 0x011E, 22);
    put_marked(&w, 0x011D, 60);
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    ASSERT_SECURE(&fixture, "80F04080" EMRTD, "9000");
    assert_int_equal(store_data(0x88, 0, writer_span(&w)), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(state_of(&emrtd_applet), APPLICATION_LOCKED | APPLICATION_SELECTABLE);
}

// The MF is always there, so locking it would promise what does not happen; the card can be locked.
static void test_mf_is_not_locked(void **state)
{
    (void)state;
    ASSERT_SECURE(&fixture, "80F04080" MF, "6985");
    assert_int_equal(state_of(&mf_applet), APPLICATION_SELECTABLE);
}

static void test_store_data_needs_its_channel(void **state)
{
    const uint8_t dgi[] = {0x01, 0x01, 0x02, 0x61, 0x00};
    (void)state;
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    assert_int_equal(store_data(0x08, 0, span_of(dgi, sizeof dgi)), SW_OK);
    // A new channel does not go on with the old one's personalization.
    assert_int_equal(fixture_try_open(&fixture, SCP03_S8, SCP03_LEVEL_FULL), SW_OK);
    assert_int_equal(store_data(0x08, 1, span_of(dgi, sizeof dgi)), SW_CONDITIONS_NOT_SATISFIED);
    ASSERT_ANSWER(&fixture, "80E2080005 0101026100", "6982");
}

static void test_directory_is_not_personalized(void **state)
{
    const uint8_t dgi[] = {0x2F, 0x00, 0x02, 0x61, 0x00};
    (void)state;
    ASSERT_SECURE(&fixture, PERSONALIZE_MF, "9000");
    assert_int_equal(store_data(0x08, 0, span_of(dgi, sizeof dgi)), SW_REFERENCED_DATA_NOT_FOUND);
}

static void test_passwords_do_not_outlive_the_mf(void **state)
{
    uint8_t stream[100];
    struct writer w = writer_of(stream, sizeof stream);
    (void)state;
    put_secret(&w, DGI_PASSWORD_CAN, span_of("500540", 6));
    put_secret(&w, DGI_PASSWORD_PIN, span_of("123456", 6));
    for (size_t i = 0; i < 2; i++) {
        ASSERT_SECURE(&fixture, PERSONALIZE_MF, "9000");
        assert_int_equal(store_data(0x08, 0, writer_span(&w)), SW_OK);
        assert_int_equal(object_length(OBJECT_PASSWORD + PACE_PASSWORD_PIN), 6);
        if (i == 0) {
            ASSERT_SECURE(&fixture, "80E60C001E" PACKAGE MF MF "0100 00 00", "009000");
        } else {
            ASSERT_SECURE(&fixture, "80E400000A 4F" MF "00", "009000");
        }
        assert_int_equal(object_length(OBJECT_PASSWORD + PACE_PASSWORD_CAN), 0);
        assert_int_equal(object_length(OBJECT_PASSWORD + PACE_PASSWORD_PIN), 0);
        assert_int_equal(object_length(OBJECT_TRIES + PACE_PASSWORD_PIN), 0);
    }
    ASSERT_SECURE(&fixture, PERSONALIZE_MF, "6A88");
    ASSERT_ANSWER(&fixture, "00A4000C023F00", "9000"); // it is no application, and always there
    ASSERT_ANSWER(&fixture, "00B0810004", "4703D4019000");
}

static void test_full_store_is_told_and_nothing_is_half(void **state)
{
    static uint8_t stream[2000];
    struct writer w = writer_of(stream, sizeof stream);
    uint16_t status = SW_OK;
    uint8_t block = 0;
    (void)state;
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    dgi_put_header(&w, 0x0102, 32000);
    assert_int_equal(store_data(0x08, block++, writer_span(&w)), SW_OK);
    for (size_t sent = 0; sent < 32000 && status == SW_OK; sent += sizeof stream) {
        status = store_data(0x08, block++, span_of(stream, sizeof stream));
    }
    for (uint16_t group = 11; group <= 15 && status == SW_OK; group++) {
        w = writer_of(stream, sizeof stream);
        dgi_put_header(&w, (uint16_t)(0x0100 + group), 32000);
        if (group == 13) {
            continue;
        }
        status = store_data(0x08, block++, writer_span(&w));
        for (size_t sent = 0; sent < 32000 && status == SW_OK; sent += sizeof stream) {
            status = store_data(0x08, block++, span_of(stream, sizeof stream));
        }
    }
    assert_int_equal(status, SW_NOT_ENOUGH_MEMORY);
    ASSERT_SECURE(&fixture, INSTALL_EMRTD, "009000");
    ASSERT_SECURE(&fixture, PERSONALIZE_EMRTD, "9000");
    personalize_emrtd();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_application_is_installed_and_deleted, start, stop),
        cmocka_unit_test_setup_teardown(test_install_refuses_what_is_not_in_the_image, start, stop),
        cmocka_unit_test_setup_teardown(test_install_takes_every_usual_spelling, start, stop),
        cmocka_unit_test_setup_teardown(test_domain_and_package_are_not_deleted, start, stop),
        cmocka_unit_test_setup_teardown(test_files_arrive_in_pieces_of_any_size, start, stop),
        cmocka_unit_test_setup_teardown(test_new_attempt_replaces_what_an_earlier_one_left, start, stop),
        cmocka_unit_test_setup_teardown(test_refused_block_leaves_nothing_and_ends_the_personalization, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_blocks_are_counted_and_their_form_is_checked, start, stop),
        cmocka_unit_test_setup_teardown(test_secrets_are_decrypted_and_their_padding_checked, start, stop),
        cmocka_unit_test_setup_teardown(test_key_made_on_the_chip_is_answered, start, stop),
        cmocka_unit_test_setup_teardown(test_last_block_personalizes_what_is_complete, start, stop),
        cmocka_unit_test_setup_teardown(test_personalized_application_takes_nothing_more, start, stop),
        cmocka_unit_test_setup_teardown(test_locked_application_is_not_personalized, start, stop),
        cmocka_unit_test_setup_teardown(test_mf_is_not_locked, start, stop),
        cmocka_unit_test_setup_teardown(test_store_data_needs_its_channel, start, stop),
        cmocka_unit_test_setup_teardown(test_directory_is_not_personalized, start, stop),
        cmocka_unit_test_setup_teardown(test_passwords_do_not_outlive_the_mf, start, stop),
        cmocka_unit_test_setup_teardown(test_full_store_is_told_and_nothing_is_half, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
