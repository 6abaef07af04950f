// Secure messaging with AES, both directions (9303-11 §9.8): vectors, round trips and sessions.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sm_stage.h"

// --- Vectors ---------------------------------------------------------------------------------------------

static const struct {
    const char *plain;
    const char *data; // of the response
    uint16_t status;
    const char *command[KEY_LENGTHS];
    const char *response[KEY_LENGTHS];
} steps[] = {
    // Computed from 9303-11 §9.8 by tests/interop/wire_standard.py; SSC 1 to 12.
    {"00A4020C02011E",
     "",
     0x9000,
     {"0CA4020C1D871101E3BDFFA90045B5EB14351EDC6A8458C38E08253BC350B5F131F700",
      "0CA4020C1D8711013600D04837A3D709CF59747497FDCC048E084A6D6BC490DA4CE600",
      "0CA4020C1D871101F94B50E25EC774F4CC5FEF48121B62708E08F9174D2C159698A000"},
     {"990290008E0807826365AD4E2AF9", "990290008E08D2D191D9F53C277E", "990290008E08B12CE600A1C3470E"}},
    {"00B09E0000",
     "000102030405060708090A0B0C0D0E0F",
     0x9000,
     {"0CB09E000D9701008E0811BB4B68D30CCA1700", "0CB09E000D9701008E08432D8F62CE561AA900",
      "0CB09E000D9701008E08EFBFFBBC3A06159500"},
     {"872101B2614F7A2125FF1C861E36F328333FEDD23699349960A708A169FD4B47ED08E3990290008E0841608D388B347542",
      "8721014A40EA0315557F7ADEA7E6DF587CB5AA0B9F9DF9E420E54AA88F43A350204238990290008E0847B94349F9118675",
      "87210115157AE95838072DAB7E6C3A181CD56F884B347EC9C3C3EC072F760E340E8927990290008E08846F4E7C9C22641C"}},
    {"10860000027C0000",
     "7C00",
     0x9000,
     {"1C86000020871101E829D0598EA10F7A211D35DC000DE6449701008E084362E06D45FE248700",
      "1C86000020871101AAD460C7FDE1D5C269C2113150D365379701008E0895FE7412862F6F9000",
      "1C86000020871101AA8F34989159E28B80D2D8A810D882E69701008E08620356DEBC0ACD7900"},
     {"8711010FBAC4E0C7BE52C8A0FDBA02E68F906F990290008E08F6BEE8532392705E",
      "87110148B8999A91CCD0D857855E9E313AE100990290008E08F5E3170D0C30EEC1",
      "87110180B0CB32D1E86AF1BFB8BF6C6FDF914A990290008E08FB40151465462E32"}},
    {"00B10102045402000011",
     "5302AABB",
     0x9000,
     {"0CB101021F85103D6E79129F2ED7F72568B4927B78A8659701118E084446E8C71DA0619E00",
      "0CB101021F8510767BA887F0534AAC6229648ADB85231A9701118E08A10AC23313A7D55D00",
      "0CB101021F851062C6AFF1421AF163A04415B972DD5EF79701118E085DF87471F41C818400"},
     {"851093071329D02B57FBE53E9E73ABA6CD23990290008E08C454CA45C2E62CE4",
      "8510E924C8A5FAD38335BE554AFD41AAC6DD990290008E082EA4B2490A1D0B40",
      "8510997316D2481A278D5FBB4B817379E382990290008E087873D065048F03DA"}},
    {"00B00000000400",
     "616263",
     0x6282,
     {"0CB0000000000E970204008E085FD92C941B7DC7220000", "0CB0000000000E970204008E086B42EE21863019DD0000",
      "0CB0000000000E970204008E087BD345A27A58DE510000"},
     {"871101A8771A0A0C79DC947E270AC309227220990262828E0818C35EC5AFE6968C",
      "87110134E2E0FC55B58B12BF3D299FF85B976D990262828E08CDCB9EF8AC94D41F",
      "871101E9C32CCBEE0B32FE037ACA0DE6314A65990262828E08B9C3E9CECB03C0F2"}},
    {"00A4000C",
     "",
     0x6A82,
     {"0CA4000C0A8E08BB346CBE9DC0346300", "0CA4000C0A8E08EB5C55F1DC204B4B00",
      "0CA4000C0A8E089800C916B352C58D00"},
     {"99026A828E0819C25ADA8C949C0C", "99026A828E0891C75A0B32657D8E", "99026A828E083DC9DFDD04DB5164"}},
};

static void test_protected_bytes_are_those_of_the_standard(void **state)
{
    (void)state;
    for (size_t suite = 0; suite < KEY_LENGTHS; suite++) {
        struct pair pair;
        start_pair(&pair, suite);
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            uint8_t plain_bytes[32];
            struct apdu_command plain;
            struct apdu_command at_card;
            const struct span apdu = unhex(steps[i].plain, plain_bytes, sizeof plain_bytes);
            assert_true(apdu_parse(apdu, &plain));
            const struct span protected_command = protect(&pair.terminal, &plain);
            assert_span_hex(protected_command, steps[i].command[suite]);
            assert_int_equal(open_command(&pair.card, protected_command, &at_card), SM_OK);
            uint8_t again[32];
            struct writer w = writer_of(again, sizeof again);
            apdu_put(&w, &at_card);
            assert_true(span_equal(writer_span(&w), apdu));

            uint8_t data[32];
            w = writer_of(wire, sizeof wire);
            assert_true(sm_protect_response(&pair.card, unhex(steps[i].data, data, sizeof data),
                                            steps[i].status, (plain.ins & 1) != 0, &w));
            assert_span_hex(writer_span(&w), steps[i].response[suite]);
            struct writer received = writer_of(opened, sizeof opened);
            uint16_t status;
            assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status), SM_OK);
            assert_span_hex(writer_span(&received), steps[i].data);
            assert_int_equal(status, steps[i].status);
        }
        end_pair(&pair);
    }
}

// EAC 2 worked examples of TR-03110: MSE:Set DST as first command after PACE; published are the session
// keys, the ciphertext of the command and the MAC of the answer.
static void test_first_command_after_pace_is_that_of_tr_03110(void **state)
{
    (void)state;
    static const struct {
        const char *encryption_key, *mac_key, *data, *ciphertext, *response_mac;
    } examples[] = {
        {"68406B4162100563D9C901A6154D2901", "73FF268784F72AF833FDC9464049AFC9",
         "830D44454356434141543030303031", "BE90237EEB4BA0FF253EA246AE31C8B8", "A89570A68664A7D6"},
        {"2F7F46ADCC9E7E521B45D192FAFA9126", "805A1D27D45A5116F73C54469462B7D8",
         "830F444554455354435643413030303033",
         "B37BB57DA1DB37D1C49604917BD699E61D6A3074E69E4067A1B3990388233633", "EBFF08D3B20A0414"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        uint8_t key[2][16];
        uint8_t data[32];
        uint8_t expected[32];
        struct sm_session session = {0};
        assert_true(sm_start(&session, SUITE_AES_CBC_CMAC_128, unhex(examples[i].encryption_key, key[0], 16),
                             unhex(examples[i].mac_key, key[1], 16)));
        const struct apdu_command command = {
            .ins = 0x22, .p1 = 0x81, .p2 = 0xB6, .data = unhex(examples[i].data, data, sizeof data)};
        const struct span apdu = protect(&session, &command);
        const struct span ciphertext = unhex(examples[i].ciphertext, expected, sizeof expected);
        assert_memory_equal(apdu.p + 4 + 1 + 3, ciphertext.p, ciphertext.n);
        struct writer w = writer_of(wire, sizeof wire);
        assert_true(sm_protect_response(&session, span_of(NULL, 0), SW_OK, false, &w));
        assert_span_hex(span_first(writer_span(&w), 6), "990290008E08");
        assert_span_hex(span_from(writer_span(&w), 6), examples[i].response_mac);
        sm_end(&session);
    }
}

// --- Round trips -----------------------------------------------------------------------------------------

static const size_t data_lengths[] = {0,   1,   15,  16,  17,  31,  32,  223,  224,  225,  229,
                                      230, 231, 239, 240, 255, 256, 257, 1000, 4096, 32767};
static const uint32_t nes[] = {0, 1, 231, 255, 256, 257, 65535, 65536};

static void test_commands_arrive_as_they_were_sent(void **state)
{
    (void)state;
    for (size_t suite = 0; suite < KEY_LENGTHS; suite++) {
        struct pair pair;
        start_pair(&pair, suite);
        for (size_t i = 0; i < sizeof data_lengths / sizeof data_lengths[0]; i++) {
            for (size_t j = 0; j < sizeof nes / sizeof nes[0]; j++) {
                for (unsigned bits = 0; bits < 8; bits++) {
                    const struct apdu_command plain = {.cla = (bits & 1) != 0 ? CLA_CHAINING : 0,
                                                       .ins = (bits & 2) != 0 ? 0xB1 : 0xB0,
                                                       .p1 = 0x12,
                                                       .p2 = 0x34,
                                                       .data = span_of(content, data_lengths[i]),
                                                       .ne = nes[j],
                                                       .extended = (bits & 4) != 0};
                    round_trip(&pair, &plain);
                }
            }
        }
        end_pair(&pair);
    }
}

static void test_responses_arrive_as_they_were_sent(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 2);
    for (size_t i = 0; i < sizeof data_lengths / sizeof data_lengths[0]; i++) {
        for (unsigned odd = 0; odd < 2; odd++) {
            struct writer w = writer_of(wire, sizeof wire);
            struct writer received = writer_of(opened, data_lengths[i]); // not a byte more than the data
            uint16_t status;
            assert_true(
                sm_protect_response(&pair.card, span_of(content, data_lengths[i]), 0x6282, odd != 0, &w));
            assert_true(w.n <= data_lengths[i] + SM_OVERHEAD);
            assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status), SM_OK);
            assert_true(span_equal(writer_span(&received), span_of(content, data_lengths[i])));
            assert_int_equal(status, 0x6282);
        }
    }
    end_pair(&pair);
}

static void test_overhead_is_enough_and_reached(void **state)
{
    (void)state;
    struct sm_session session = {0};
    start(&session, 0);
    size_t most = 0;
    for (size_t n = 65500; n <= APDU_EXTENDED_LE_MAX; n++) {
        struct writer w = writer_of(wire, sizeof wire);
        assert_true(sm_protect_response(&session, span_of(content, n), SW_OK, false, &w));
        most = w.n - n > most ? w.n - n : most;
    }
    assert_int_equal(most, SM_OVERHEAD);
    sm_end(&session);
}

// The card's one buffer: the data stands at its beginning, or anywhere, when it is protected.
static void test_response_is_protected_where_its_data_lies(void **state)
{
    (void)state;
    static const size_t offsets[] = {0, 1, 5, 16, 40, 1000};
    for (size_t i = 0; i < sizeof data_lengths / sizeof data_lengths[0]; i++) {
        for (size_t j = 0; j < sizeof offsets / sizeof offsets[0]; j++) {
            struct pair pair;
            start_pair(&pair, 0);
            const size_t n = data_lengths[i];
            memcpy(wire + offsets[j], content, n);
            struct writer w = writer_of(wire, n + SM_OVERHEAD);
            assert_true(sm_protect_response(&pair.card, span_of(wire + offsets[j], n), SW_OK, false, &w));
            struct writer received = writer_of(opened, n);
            uint16_t status;
            assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status), SM_OK);
            assert_true(span_equal(writer_span(&received), span_of(content, n)));
            end_pair(&pair);
        }
    }
}

static void test_bytes_are_opened_where_they_lie(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof data_lengths / sizeof data_lengths[0]; i++) {
        struct pair pair;
        start_pair(&pair, 1);
        const struct apdu_command plain = {.ins = 0xD6, .data = span_of(content, data_lengths[i]), .ne = 7};
        struct apdu_command command;
        assert_true(apdu_parse(protect(&pair.terminal, &plain), &command));
        uint8_t *in_place = wire + (command.data.p - wire);
        assert_int_equal(sm_open_command(&pair.card, &command, in_place, &command), SM_OK);
        assert_true(span_equal(command.data, plain.data));
        assert_int_equal(command.ne, 7);

        struct writer w = writer_of(wire, sizeof wire);
        assert_true(sm_protect_response(&pair.card, plain.data, 0x6282, false, &w));
        struct writer received = writer_of(wire, data_lengths[i]);
        uint16_t status;
        assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status), SM_OK);
        assert_int_equal(status, 0x6282);
        assert_true(span_equal(writer_span(&received), plain.data));
        end_pair(&pair);
    }
}

// --- Sessions --------------------------------------------------------------------------------------------

static bool is_zero(const void *p, size_t n)
{
    const uint8_t *bytes = p;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void test_ended_session_is_wiped_and_refuses_everything(void **state)
{
    (void)state;
    struct sm_session session = {0};
    start(&session, 2);
    sm_end(&session);
    assert_true(is_zero(&session, sizeof session));
    sm_end(&session);

    struct writer w = writer_of(wire, sizeof wire);
    struct apdu_command plain;
    uint16_t status;
    assert_false(sm_protect_command(&session, &chained, &w));
    assert_false(sm_protect_response(&session, span_of(NULL, 0), SW_OK, false, &w));
    assert_int_equal(sm_open_command(&session, &chained, opened, &plain), SM_OBJECTS_INCORRECT);
    assert_int_equal(sm_open_response(&session, span_of(NULL, 0), &w, &status), SM_OBJECTS_INCORRECT);
    assert_int_equal(w.n, 0);
}

static void test_keys_of_another_length_start_no_session(void **state)
{
    (void)state;
    struct sm_session session = {0};
    for (size_t suite = 0; suite < KEY_LENGTHS; suite++) {
        for (size_t n = 0; n <= 33; n++) {
            const bool right = n == key_lengths[suite];
            start(&session, 0);
            assert_int_equal(sm_start(&session, suites[suite], span_of(content, n), span_of(content, n)),
                             right);
            assert_int_equal(session.active, right);
            assert_true(right || is_zero(&session, sizeof session));
            assert_int_equal(
                sm_start(&session, suites[suite], span_of(content, key_lengths[suite]), span_of(content, n)),
                right);
        }
    }
    assert_false(sm_start(&session, SUITE_3DES_CBC_CBC, span_of(content, 16), span_of(content, 16)));
    sm_end(&session);
}

static void test_restarted_session_counts_from_zero(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 0);
    round_trip(&pair, &chained);
    start(&pair.terminal, 0);
    struct sm_session fresh = {0};
    start(&fresh, 0);
    sm_move(&pair.card, &fresh);
    assert_true(is_zero(&fresh, sizeof fresh));
    round_trip(&pair, &chained);
    end_pair(&pair);
}

static void test_counter_carries_over_bytes(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 0);
    memset(pair.terminal.ssc + 8, 0xFF, 8);
    memset(pair.card.ssc + 8, 0xFF, 8);
    round_trip(&pair, &chained);
    assert_span_hex(span_of(pair.terminal.ssc, 16), "00000000000000010000000000000000");
    end_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_protected_bytes_are_those_of_the_standard),
        cmocka_unit_test(test_first_command_after_pace_is_that_of_tr_03110),
        cmocka_unit_test(test_commands_arrive_as_they_were_sent),
        cmocka_unit_test(test_responses_arrive_as_they_were_sent),
        cmocka_unit_test(test_overhead_is_enough_and_reached),
        cmocka_unit_test(test_response_is_protected_where_its_data_lies),
        cmocka_unit_test(test_bytes_are_opened_where_they_lie),
        cmocka_unit_test(test_ended_session_is_wiped_and_refuses_everything),
        cmocka_unit_test(test_keys_of_another_length_start_no_session),
        cmocka_unit_test(test_restarted_session_counts_from_zero),
        cmocka_unit_test(test_counter_carries_over_bytes),
    };
    return cmocka_run_group_tests(tests, fill_content, NULL);
}
