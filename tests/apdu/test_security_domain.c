// The security domain's data, keys and life cycles (GPC v2.3.1 §5, §11.3, §11.4, §11.8, §11.10).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_fixture.h"

static struct card_fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    fixture_send(&fixture, "00A4040000");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

// --- GET DATA --------------------------------------------------------------------------------------------

#define GP "2A864886FC6B"
#define RECOGNITION(i8, i16)                                                                                 \
    "663E 733C 0607" GP "01 600C060A" GP "02020301 6309 0607" GP "03 640B0609" GP "0403" i8 " 640B0609" GP   \
    "0403" i16 "9000"
#define PRODUCTION                                                                                           \
    "9F7F2A 41414141414141414141 0101010101010101 414141414141414141414141414141414141414141414141 9000"

static void test_new_card_tells_all(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "80CA006600", RECOGNITION("70", "71"));
    ASSERT_ANSWER(&fixture, "00CA006600", RECOGNITION("70", "71"));
    ASSERT_ANSWER(&fixture, "80CA00E000", "E012C00401FF8810C00402FF8810C00403FF88109000");
    ASSERT_ANSWER(&fixture, "80CA9F7F00", PRODUCTION);
    ASSERT_ANSWER(&fixture, "80CA00CF00", "CF0A010101010101010101019000");
    ASSERT_ANSWER(&fixture, "80CA004500", "450801010101010101019000");
    ASSERT_ANSWER(&fixture, "80CA00C100", "C1030000009000");
    ASSERT_ANSWER(&fixture, "80CA01E000", "6A88");
    ASSERT_ANSWER(&fixture, "80CA2F0000", "6A88");
    ASSERT_ANSWER(&fixture, "80CA9F7F", "6700");
}

static void test_tag_list_gets_several_objects(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00CB3FFF06 5C0400CF00C1 00", "6A88");
    ASSERT_ANSWER(&fixture, "00CB3FFF04 5C02CFC1 00", "CF0A01010101010101010101C1030000009000");
    ASSERT_ANSWER(&fixture, "80CB3FFF04 5C029F7F 00", PRODUCTION);
    ASSERT_ANSWER(&fixture, "80CB3FFF03 5C019F 00", "6A80");
    ASSERT_ANSWER(&fixture, "80CB3FFF02 5C00 00", "6A80");
    ASSERT_ANSWER(&fixture, "80CB3FFF04 5C01CFC1 00", "6A80");
    ASSERT_ANSWER(&fixture, "80CB3FFE03 5C01CF 00", "6A86");
}

static void test_secured_card_tells_who_it_is_after_pace_only(void **state)
{
    static const char *const unique[] = {"80CA9F7F00", "80CA00CF00", "80CA004500", "80CA00C100",
                                         "00CB3FFF035C01CF00"};
    (void)state;
    fixture_advance(&fixture, CARD_SECURED);
    ASSERT_ANSWER(&fixture, "80CA006600", RECOGNITION("60", "61"));
    assert_int_equal(fixture_send(&fixture, "8050000008 0001020304050607 00"), SW_OK);
    assert_int_equal(fixture.data.n, 29);
    assert_span_hex(span_first(fixture.data, 13), "BABABABABABABABABABA FF 03 60");
    for (size_t i = 0; i < sizeof unique / sizeof unique[0]; i++) {
        ASSERT_ANSWER(&fixture, unique[i], "6982");
    }
    fixture_begin_session(&fixture);
    for (size_t i = 0; i < sizeof unique / sizeof unique[0]; i++) {
        assert_int_equal(fixture_protect(&fixture, unique[i]), SW_OK);
    }
    ASSERT_PROTECTED(&fixture, "80CA00CF00", "CF0A010101010101010101019000");
}

// --- PUT KEY ---------------------------------------------------------------------------------------------

static struct scp03_keys other_keys(size_t length)
{
    struct scp03_keys keys = {.length = length};
    memset(keys.enc, 0xE0, length);
    memset(keys.mac, 0xA0, length);
    memset(keys.dek, 0xD0, length);
    return keys;
}

struct put_key {
    uint8_t p1, version;
    bool bare;        // without the length of the key before the encrypted key
    size_t bad_value; // key whose check value is wrong, from 1
    uint8_t type;
    size_t drop; // bytes taken off the end
};

static uint16_t put_key(const struct scp03_keys *keys, struct put_key how)
{
    const uint8_t *const all[] = {keys->enc, keys->mac, keys->dek};
    uint8_t bytes[256], data[200];
    struct writer d = writer_of(data, sizeof data), w = writer_of(bytes, sizeof bytes);
    writer_put_u8(&d, how.version);
    for (size_t i = 0; i < 3; i++) {
        uint8_t padded[32] = {0}, encrypted[32], check_value[3];
        const size_t n = (keys->length + 15) / 16 * 16;
        memcpy(padded, all[i], keys->length);
        assert_true(scp03_encrypt_key_data(&fixture.keys, span_of(padded, n), encrypted));
        assert_true(scp03_check_value(span_of(all[i], keys->length), check_value));
        check_value[0] ^= how.bad_value == i + 1;
        writer_put_u8(&d, how.type != 0 ? how.type : 0x88);
        writer_put_u8(&d, (uint8_t)(n + !how.bare));
        if (!how.bare) {
            writer_put_u8(&d, (uint8_t)keys->length);
        }
        writer_put(&d, span_of(encrypted, n));
        writer_put_u8(&d, 3);
        writer_put(&d, span_of(check_value, 3));
    }
    const struct apdu_command command = {.cla = 0x80,
                                         .ins = 0xD8,
                                         .p1 = how.p1,
                                         .p2 = 0x81,
                                         .data = span_first(writer_span(&d), d.n - how.drop),
                                         .ne = 256};
    apdu_put(&w, &command);
    return fixture_secure_bytes(&fixture, writer_span(&w));
}

static void assert_card_has(const struct scp03_keys *keys)
{
    fixture_power_cycle(&fixture);
    fixture.keys = *keys;
    fixture_open(&fixture);
}

static void test_both_spellings_of_put_key_replace_the_set(void **state)
{
    (void)state;
    for (size_t length = 16; length <= 32; length += 8) {
        for (int bare = 0; bare <= 1; bare++) {
            if (bare && length == 24) { // a bare key of 32 bytes is one of 32 bytes
                continue;
            }
            struct scp03_keys keys = other_keys(length);
            keys.enc[0] ^= (uint8_t)bare; // a set that is new each time
            fixture_open(&fixture);
            assert_int_equal(put_key(&keys, (struct put_key){.version = 0x01, .bare = bare}), SW_OK);
            assert_int_equal(fixture.data.n, 10);
            assert_int_equal(fixture.data.p[0], 0x01);
            uint8_t check_value[3];
            assert_true(scp03_check_value(span_of(keys.dek, length), check_value));
            assert_memory_equal(fixture.data.p + 7, check_value, 3);
            // The same channel goes on, and its DEK too.
            assert_int_equal(fixture_secure(&fixture, "80F28002024F0000"), SW_OK);
            assert_int_equal(put_key(&keys, (struct put_key){.p1 = 1, .version = 0x02, .bare = bare}), SW_OK);
            assert_card_has(&keys);
            ASSERT_ANSWER(&fixture, "80CA00C100", "C1030000019000");
        }
    }
}

// With the same keys and the counter at zero the challenges would come again, and a recorded session with
// them.
static void test_put_key_of_the_same_keys_goes_on_counting(void **state)
{
    const struct scp03_keys same = fixture.keys;
    (void)state;
    fixture_open(&fixture);
    fixture_open(&fixture);
    assert_int_equal(put_key(&same, (struct put_key){.version = 1}), SW_OK);
    ASSERT_ANSWER(&fixture, "80CA00C100", "C1030000029000");
    assert_card_has(&same);
    ASSERT_ANSWER(&fixture, "80CA00C100", "C1030000039000");
    const struct scp03_keys keys = other_keys(16);
    assert_int_equal(put_key(&keys, (struct put_key){.version = 2}), SW_OK);
    ASSERT_ANSWER(&fixture, "80CA00C100", "C1030000009000");
}

static void test_old_keys_open_nothing_after_put_key(void **state)
{
    const struct scp03_keys keys = other_keys(32);
    (void)state;
    fixture_open(&fixture);
    assert_int_equal(put_key(&keys, (struct put_key){.version = 1}), SW_OK);
    fixture_power_cycle(&fixture);
    fixture_send(&fixture, "00A4040000");
    fixture.keys.length = 16;
    assert_int_equal(fixture_try_open(&fixture, SCP03_S8, SCP03_LEVEL_FULL), SW_AUTHENTICATION_FAILED);
    ASSERT_ANSWER(&fixture, "80CA00E000",
                  "E012C00401018820C00402018820C00403018820"
                  "9000");
}

static void test_put_key_that_is_wrong_changes_nothing(void **state)
{
    static const struct put_key wrong[] = {
        {.version = 1, .bad_value = 1},
        {.version = 1, .bad_value = 3},
        {.version = 1, .type = 0x80},
        {.version = 0},
        {.version = 0x80},
        {.version = 0xFF},
        {.version = 1, .drop = 1},
        {.version = 1, .drop = 4},
        {.version = 1, .drop = 24},
        {.version = 1, .drop = 69},
    };
    const struct scp03_keys keys = other_keys(16);
    const struct scp03_keys old = fixture.keys;
    (void)state;
    fixture_open(&fixture);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(put_key(&keys, wrong[i]), SW_WRONG_DATA);
    }
    assert_int_equal(put_key(&keys, (struct put_key){.p1 = 7, .version = 1}), SW_REFERENCED_DATA_NOT_FOUND);
    assert_card_has(&old);
}

// --- GET STATUS ------------------------------------------------------------------------------------------

#define ISD_LINE "E3264F08A0000001510000009F700101C503985E00C407F04A554D494E00CC08A000000151000000"
#define MF_LINE "E3264F08F04A554D494E01009F700107C503000000C407F04A554D494E00CC08A000000151000000"
#define NDEF_LINE "E3254F07D27600008501019F700107C503000000C407F04A554D494E00CC08A000000151000000"
#define FILE_LINE "E3174F07F04A554D494E009F700101CC08A000000151000000"

static void test_status_lists_what_is_there(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F28002024F0000", ISD_LINE "9000");
    ASSERT_SECURE(&fixture, "80F2800200", ISD_LINE "9000");
    ASSERT_SECURE(&fixture, "80F28002", ISD_LINE "9000");
    ASSERT_SECURE(&fixture, "80F24002024F0000", MF_LINE NDEF_LINE "9000");
    ASSERT_SECURE(&fixture, "80F22002024F0000", FILE_LINE "9000");
    ASSERT_SECURE(&fixture, "80F21002024F0000",
                  "E3484F07F04A554D494E009F700101 8408F04A554D494E0100 8407A0000002471001"
                  "8409E80704007F00070302 8408F04A554D494E0101 8407D2760000850101 CC08A000000151000000 9000");
}

static void test_status_is_filtered(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F24002094F07D276000085010100", NDEF_LINE "9000");
    ASSERT_SECURE(&fixture, "80F24002044F02D27600", NDEF_LINE "9000");
    ASSERT_SECURE(&fixture, "80F24002044F02D27700", "6A88");
    ASSERT_SECURE(&fixture, "80F24002084F005C044F9F70C500",
                  "E3134F08F04A554D494E01009F700107C503000000"
                  "E3124F07D27600008501019F700107C503000000 9000");
    ASSERT_SECURE(&fixture, "80F24002014F00", "6A80");
    ASSERT_SECURE(&fixture, "80F26002024F0000", "6A86");
    ASSERT_SECURE(&fixture, "80F24004024F0000", "6A86");
}

static void test_older_form_of_status(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F28000024F0000", "08A0000001510000000198 9000");
    ASSERT_SECURE(&fixture, "80F24000024F0000", "08F04A554D494E01000700 07D27600008501010700 9000");
    ASSERT_SECURE(&fixture, "80F21000024F0000",
                  "07F04A554D494E000100 05 08F04A554D494E0100 07A0000002471001 09E80704007F00070302"
                  "08F04A554D494E0101 07D2760000850101 9000");
}

static void test_status_that_is_too_long_comes_in_parts(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F24003024F0000", "6985");
    ASSERT_SECURE(&fixture, "80F24002024F0050", MF_LINE "6310");
    ASSERT_SECURE(&fixture, "80F24003024F0050", NDEF_LINE "9000");
    ASSERT_SECURE(&fixture, "80F24003024F0050", "6985");
}

// --- SET STATUS ------------------------------------------------------------------------------------------

static void test_life_cycle_goes_one_way(void **state)
{
    static const struct {
        const char *command, *answer;
    } steps[] = {
        {"80F0800F", "6985"}, {"80F0807F", "6985"}, {"80F08001", "9000"}, {"80F08007", "9000"},
        {"80F08001", "6985"}, {"80F0807F", "6985"}, {"80F08007", "9000"}, {"80F0800F", "9000"},
        {"80F08007", "6985"}, {"80F08001", "6985"}, {"80F0800F", "9000"}, {"80F08003", "6985"},
        {"80F08000", "6985"}, {"80F0807F", "9000"}, {"80F08007", "6985"}, {"80F0800F", "9000"},
        {"80F0807F", "9000"}, {"80F080FF", "9000"},
    };
    (void)state;
    fixture_open(&fixture);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        ASSERT_SECURE(&fixture, steps[i].command, steps[i].answer);
    }
    ASSERT_SECURE(&fixture, "80F0800F", "6985");
    assert_int_equal(life_cycle(&fixture.card), CARD_TERMINATED);
}

static void test_locked_card_serves_the_issuer_only(void **state)
{
    (void)state;
    fixture_advance(&fixture, CARD_LOCKED);
    fixture_power_cycle(&fixture);
    ASSERT_ANSWER(&fixture, "00B0810000", "6D00");
    ASSERT_ANSWER(&fixture, "00A4000C023F00", "6A81");
    ASSERT_ANSWER(&fixture, "00A4040C07D2760000850101", "6A81");
    ASSERT_ANSWER(&fixture, "0084000008", "6985");
    ASSERT_ANSWER(&fixture, "00A4040C", "6283");
    ASSERT_ANSWER(&fixture, "80CA006600", RECOGNITION("60", "61"));
    assert_int_equal(fixture_try_open(&fixture, SCP03_S16, SCP03_LEVEL_FULL), SW_OK);
    assert_int_equal(fixture_secure(&fixture, "80F28002024F0000"), SW_OK);
    ASSERT_SECURE(&fixture, "80E400000A4F08F04A554D494E0100", "6985");
    ASSERT_SECURE(&fixture, "80F0408007D2760000850101", "6985");
    ASSERT_SECURE(&fixture, "80F0800F", "9000");
    ASSERT_ANSWER(&fixture, "00A4000C023F00", "9000");
}

static void test_terminated_card_tells_what_it_was_and_no_more(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F080FF", "9000");
    ASSERT_SECURE(&fixture, "80F08001", "6985");
    fixture_power_cycle(&fixture);
    ASSERT_ANSWER(&fixture, "00A40400", "9000");
    ASSERT_ANSWER(&fixture, "80CA006600", RECOGNITION("60", "61"));
    ASSERT_ANSWER(&fixture, "80CA9F7F00", "6982");
    ASSERT_ANSWER(&fixture, "8050000008 0001020304050607 00", "6985");
    ASSERT_ANSWER(&fixture, "00A4000C023F00", "6A81");
}

static void test_application_is_locked_and_gets_its_state_back(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F0400F07D2760000850101", "6985");
    ASSERT_SECURE(&fixture, "80F0400707D2760000850101", "9000");
    ASSERT_SECURE(&fixture, "80F0408307D2760000850101", "9000");
    ASSERT_SECURE(&fixture, "80F24002044F02D27600",
                  "E3254F07D27600008501019F700187C503000000C407F04A554D494E00CC08A0000001510000009000");
    ASSERT_SECURE(&fixture, "80F0400007D2760000850101", "9000");
    ASSERT_SECURE(&fixture, "80F24002044F02D27600", NDEF_LINE "9000");
    ASSERT_SECURE(&fixture, "80F0408007A0000002471001", "6A88");
    ASSERT_SECURE(&fixture, "80F02080", "6A86");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_new_card_tells_all, start, stop),
        cmocka_unit_test_setup_teardown(test_tag_list_gets_several_objects, start, stop),
        cmocka_unit_test_setup_teardown(test_secured_card_tells_who_it_is_after_pace_only, start, stop),
        cmocka_unit_test_setup_teardown(test_both_spellings_of_put_key_replace_the_set, start, stop),
        cmocka_unit_test_setup_teardown(test_put_key_of_the_same_keys_goes_on_counting, start, stop),
        cmocka_unit_test_setup_teardown(test_old_keys_open_nothing_after_put_key, start, stop),
        cmocka_unit_test_setup_teardown(test_put_key_that_is_wrong_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_status_lists_what_is_there, start, stop),
        cmocka_unit_test_setup_teardown(test_status_is_filtered, start, stop),
        cmocka_unit_test_setup_teardown(test_older_form_of_status, start, stop),
        cmocka_unit_test_setup_teardown(test_status_that_is_too_long_comes_in_parts, start, stop),
        cmocka_unit_test_setup_teardown(test_life_cycle_goes_one_way, start, stop),
        cmocka_unit_test_setup_teardown(test_locked_card_serves_the_issuer_only, start, stop),
        cmocka_unit_test_setup_teardown(test_terminated_card_tells_what_it_was_and_no_more, start, stop),
        cmocka_unit_test_setup_teardown(test_application_is_locked_and_gets_its_state_back, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
