// The security domain's secure channel: every level, both modes, all key lengths, and what ends it (GP Amd
// D).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_fixture.h"

static struct card_fixture fixture;

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

static void select_isd(void)
{
    assert_int_equal(fixture_send(&fixture, "00A4040000"), SW_OK);
}

static void test_every_level_mode_and_key_length_works(void **state)
{
    static const uint8_t levels[] = {0x01, 0x03, 0x11, 0x13, 0x33};
    static const enum scp03_mode modes[] = {SCP03_S8, SCP03_S16};
    (void)state;
    for (size_t length = 16; length <= 32; length += 8) {
        const struct card_factory factory = fixture_factory(1, length);
        fixture_start_as(&fixture, &factory);
        select_isd();
        for (size_t i = 0; i < 2 * sizeof levels; i++) {
            assert_int_equal(fixture_try_open(&fixture, modes[i % 2], levels[i / 2]), SW_OK);
            ASSERT_SECURE(&fixture, "80F0400F07D2760000850101", "6985");
            assert_int_equal(fixture_secure(&fixture, "80F28002024F0000"), SW_OK);
            assert_int_equal(fixture.data.n, 40);
            assert_int_equal(fixture_secure(&fixture, "80F28002"), SW_OK);
            assert_int_equal(fixture.data.n, 40);
            ASSERT_SECURE(&fixture, "80CA006701", "6A88");
            ASSERT_SECURE(&fixture, "80F2800203 4F0200", "6A80");
            assert_int_equal(fixture_secure(&fixture, "80CA00E000"), SW_OK);
        }
        fixture_stop(&fixture);
    }
}

static void test_initialize_update_answers_what_the_host_needs(void **state)
{
    (void)state;
    select_isd();
    assert_int_equal(fixture_send(&fixture, "8050000008 0001020304050607 00"), SW_OK);
    assert_int_equal(fixture.data.n, 10 + 3 + 8 + 8 + 3);
    assert_span_hex(span_first(fixture.data, 13), "01010101010101010101 FF 03 70");
    assert_span_hex(span_from(fixture.data, 29), "000001");
    assert_int_equal(fixture_send(&fixture, "8050FF0010 000102030405060708090A0B0C0D0E0F 00"), SW_OK);
    assert_int_equal(fixture.data.n, 10 + 3 + 16 + 16 + 3);
    assert_span_hex(span_first(fixture.data, 13), "01010101010101010101 FF 03 71");
    assert_span_hex(span_from(fixture.data, 45), "000002");
}

static void test_initialize_update_refuses(void **state)
{
    (void)state;
    select_isd();
    ASSERT_ANSWER(&fixture, "8050010008 0001020304050607 00", "6A88");
    ASSERT_ANSWER(&fixture, "8050000108 0001020304050607 00", "6A86");
    ASSERT_ANSWER(&fixture, "8050000007 00010203040506 00", "6700");
    ASSERT_ANSWER(&fixture, "8050000011 0001020304050607080910111213141516 00", "6700");
    ASSERT_ANSWER(&fixture, "8050000000", "6700");
    ASSERT_ANSWER(&fixture, "0050000008 0001020304050607 00", "6E00");
    fixture_begin_session(&fixture);
    ASSERT_PROTECTED(&fixture, "8050000008 0001020304050607 00", "6882");
}

static void test_sequence_counter_is_in_flash_before_it_is_used(void **state)
{
    (void)state;
    select_isd();
    assert_int_equal(fixture_send(&fixture, "8050000008 0001020304050607 00"), SW_OK);
    fixture_power_cycle(&fixture);
    select_isd();
    ASSERT_ANSWER(&fixture, "80CA00C100", "C1030000019000");
    assert_int_equal(fixture_send(&fixture, "8050000008 0001020304050607 00"), SW_OK);
    assert_span_hex(span_from(fixture.data, 29), "000002");
}

static void test_used_up_sequence_counter_opens_no_channel(void **state)
{
    static const uint8_t last[] = {0xFF, 0xFF, 0xFF};
    (void)state;
    assert_int_equal(store_write(&fixture.card.store, OBJECT_SCP03_COUNTER, span_of(last, sizeof last)),
                     STORE_OK);
    select_isd();
    ASSERT_ANSWER(&fixture, "8050000008 0001020304050607 00", "6400");
    ASSERT_ANSWER(&fixture, "80CA00C100", "C103FFFFFF9000");
}

static void test_wrong_keys_are_refused(void **state)
{
    (void)state;
    uint8_t *const wrong[] = {&fixture.keys.enc[0], &fixture.keys.mac[0]};
    select_isd();
    wrong[1][0] ^= 1;
    assert_int_equal(fixture_try_open(&fixture, SCP03_S8, SCP03_LEVEL_FULL), SW_AUTHENTICATION_FAILED);
    assert_false(fixture.card.security.scp03.active);
    wrong[1][0] ^= 1;
    // The encryption key takes part in the challenge only, so the card is told nothing by a wrong one.
    assert_int_equal(fixture_try_open(&fixture, SCP03_S8, SCP03_C_MAC), SW_OK);
}

// EXTERNAL AUTHENTICATE with the right MAC and a wrong cryptogram.
static void test_wrong_cryptogram_ends_the_channel(void **state)
{
    static const uint8_t host_challenge[8] = {0}, wrong[8] = {0};
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    (void)state;
    select_isd();
    assert_int_equal(fixture_send(&fixture, "8050000008 0000000000000000 00"), SW_OK);
    assert_true(scp03_start(&fixture.channel, &fixture.keys, SCP03_S8, span_of(host_challenge, 8),
                            span_of(fixture.data.p + 13, 8)));
    const struct apdu_command command = {.cla = 0x80, .ins = 0x82, .p1 = 0x33, .data = span_of(wrong, 8)};
    assert_true(scp03_wrap_command(&fixture.channel, &command, &w));
    assert_int_equal(fixture_transmit(&fixture, writer_span(&w)), SW_AUTHENTICATION_FAILED);
    assert_false(fixture.card.security.scp03.active);
}

static void test_levels_that_protect_nothing_are_refused(void **state)
{
    static const uint8_t levels[] = {0x00, 0x02, 0x10, 0x30, 0x31, 0x34, 0xFF};
    (void)state;
    select_isd();
    for (size_t i = 0; i < sizeof levels; i++) {
        assert_int_equal(fixture_try_open(&fixture, SCP03_S8, levels[i]), SW_WRONG_P1_P2);
        assert_false(fixture.card.security.scp03.active);
    }
}

static void test_external_authenticate_needs_its_channel(void **state)
{
    (void)state;
    select_isd();
    ASSERT_ANSWER(&fixture, "8082330010 00000000000000000000000000000000", "6982");
    ASSERT_ANSWER(&fixture, "8482330010 00000000000000000000000000000000", "6982");
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "8082330008 0000000000000000", "6985");
    assert_int_equal(fixture_secure(&fixture, "80F28002024F0000"), SW_OK);
}

// Between the two commands of the handshake nothing is open yet.
static void test_unauthenticated_channel_achieves_nothing(void **state)
{
    static const uint8_t host_challenge[8] = {0};
    (void)state;
    select_isd();
    assert_int_equal(fixture_send(&fixture, "8050000008 0000000000000000 00"), SW_OK);
    assert_true(scp03_start(&fixture.channel, &fixture.keys, SCP03_S8, span_of(host_challenge, 8),
                            span_of(fixture.data.p + 13, 8)));
    ASSERT_SECURE(&fixture, "80F28002024F0000", "6982");
    ASSERT_SECURE(&fixture, "80F0800F", "6982");
}

static void test_any_wrong_bit_ends_the_channel(void **state)
{
    (void)state;
    enum { BITS = 8 * 21 };
    for (size_t bit = 0; bit < BITS; bit += 5) {
        uint8_t bytes[64];
        struct writer w = writer_of(bytes, sizeof bytes);
        const uint8_t data[] = {0x4F, 0x00};
        const struct apdu_command command = {
            .cla = 0x80, .ins = 0xF2, .p1 = 0x80, .p2 = 0x02, .data = span_of(data, 2), .ne = 256};
        fixture_open(&fixture);
        assert_true(scp03_wrap_command(&fixture.channel, &command, &w));
        if (bit / 8 == 0 || bit / 8 == 4) { // class and Lc make another command
            continue;
        }
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(fixture_transmit(&fixture, writer_span(&w)), SW_SECURITY_STATUS_NOT_SATISFIED);
        assert_false(fixture.card.security.scp03.active);
    }
}

static void test_replayed_command_ends_the_channel(void **state)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    const struct apdu_command command = {.cla = 0x80, .ins = 0xF2, .p1 = 0x80, .p2 = 0x02, .ne = 256};
    (void)state;
    fixture_open(&fixture);
    assert_true(scp03_wrap_command(&fixture.channel, &command, &w));
    assert_int_equal(fixture_transmit(&fixture, writer_span(&w)), SW_OK);
    assert_int_equal(fixture_transmit(&fixture, writer_span(&w)), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_false(fixture.card.security.scp03.active);
}

static void test_extended_length_passes_the_channel(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F28002000002 4F00 0000",
                  "E3264F08A0000001510000009F700101C503985E00C407F04A554D494E00CC08A0000001510000009000");
}

// Once SECURED nothing in the handshake tells this card from another, and published transcripts of S8 open a
// channel on the card: the host's bytes are theirs, the card's challenge comes from its random source, the
// card cryptogram is then theirs (card transcripts published in the pySim unit tests).
static void test_published_transcripts_open_a_channel(void **state)
{
    static const struct {
        size_t length;
        const char *initialize, *challenge, *cryptogram, *authenticate;
    } transcripts[] = {
        {16, "8050000008b13e5f938fc108c400", "3eb51047495b249f", "66c484c1d2ef1948",
         "84821100107d5f5826a993ebc89eea24957fa0b3ce"},
        {16, "80500000088e1552d0513c60f300", "30760cd2c47c1dd3", "95065fe5ead8a9d7",
         "8482030010fd4721a14d9b07003c451d2f8ae6bb21"},
        {16, "8050000008fdf38259a1e0de4400", "3b1aca81e821f219", "081cdc01c26b372d",
         "84823300108c36f96bcc00724a4e13ad591d7da3f0"},
        {24, "80500000087396430b768b085b00", "8cfc23522ffdbf1e", "5df5542cac8fd866",
         "84821100102145ed30b146f5db252fb7e624cec244"},
        {24, "805000000869c65da8202bf19f00", "b570a67be3844671", "7729d6dd3d2ec5b1",
         "848203001065df4f1a356a887905466516d9e5b7c1"},
        {24, "80500000089b3f2eef0e8c937400", "f6bb305a15bae1a6", "8f79fb08212fbed7",
         "84823300109100bc22d58b45b86a26365ce39ff3cf"},
        {32, "805000000811666d57866c6f5400", "53ea8847efa7674e", "41498a4d66cf0dee",
         "84821100102f2ad190eff2fafc4908996d1cebd310"},
        {32, "8050000008c6066990fc426e1d00", "8682cd81bbd8919f", "2de3f2664581f118",
         "848203001077c493b632edadaf865a1e64acc07ce9"},
        {32, "805000000897b2055fe58599fd00", "a8439a22cedf045f", "a9f1903b2834f26e",
         "8482330010508a0fd959d2e547c6b33154a6be2057"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof transcripts / sizeof transcripts[0]; i++) {
        const struct card_factory factory = fixture_factory(1, transcripts[i].length);
        uint8_t challenge[8];
        fixture_start_as(&fixture, &factory);
        fixture_advance(&fixture, CARD_SECURED);
        fixture.next_random = unhex(transcripts[i].challenge, challenge, sizeof challenge);
        assert_int_equal(fixture_send(&fixture, transcripts[i].initialize), SW_OK);
        assert_int_equal(fixture.data.n, 29);
        assert_span_hex(span_first(fixture.data, 13), "BABABABABABABABABABA FF 03 60");
        assert_span_hex(span_of(fixture.data.p + 13, 8), transcripts[i].challenge);
        assert_span_hex(span_of(fixture.data.p + 21, 8), transcripts[i].cryptogram);
        ASSERT_ANSWER(&fixture, transcripts[i].authenticate, "9000");
        fixture_stop(&fixture);
    }
}

// Four commands of one transcript at level 11, with their published MACs: none was refused for its MAC.
static void test_published_commands_pass_the_channel(void **state)
{
    const struct card_factory factory = fixture_factory(1, 16);
    uint8_t challenge[8];
    (void)state;
    fixture_start_as(&fixture, &factory);
    fixture_advance(&fixture, CARD_SECURED);
    fixture.next_random = unhex("3eb51047495b249f", challenge, sizeof challenge);
    fixture_send(&fixture, "8050000008b13e5f938fc108c400");
    ASSERT_ANSWER(&fixture, "84821100107d5f5826a993ebc89eea24957fa0b3ce", "9000");
    ASSERT_ANSWER(&fixture, "84e291000ebf3e035c015a558d036518a2829700", "6985");
    assert_int_equal(fixture_send(&fixture, "84f220020863a63f8959827fb2"), SW_OK);
    assert_int_equal(fixture_send(&fixture, "84ca006608a0c6a4a74166f7ce00"), SW_OK);
    assert_int_equal(fixture_send(&fixture, "84f22002124f0212345c054f9f70c52249b50272656536"),
                     SW_WRONG_DATA); // its tag list is cut off
    assert_int_equal(fixture_send(&fixture, "84f280020a4f00e91443f6dce6b8ed00"), SW_OK);
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_level_mode_and_key_length_works),
        cmocka_unit_test_setup_teardown(test_initialize_update_answers_what_the_host_needs, start, stop),
        cmocka_unit_test_setup_teardown(test_initialize_update_refuses, start, stop),
        cmocka_unit_test_setup_teardown(test_sequence_counter_is_in_flash_before_it_is_used, start, stop),
        cmocka_unit_test_setup_teardown(test_used_up_sequence_counter_opens_no_channel, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_keys_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_cryptogram_ends_the_channel, start, stop),
        cmocka_unit_test_setup_teardown(test_levels_that_protect_nothing_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_external_authenticate_needs_its_channel, start, stop),
        cmocka_unit_test_setup_teardown(test_unauthenticated_channel_achieves_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_any_wrong_bit_ends_the_channel, start, stop),
        cmocka_unit_test_setup_teardown(test_replayed_command_ends_the_channel, start, stop),
        cmocka_unit_test_setup_teardown(test_extended_length_passes_the_channel, start, stop),
        cmocka_unit_test(test_published_transcripts_open_a_channel),
        cmocka_unit_test(test_published_commands_pass_the_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
