// 3DES secure messaging and its keys: the worked examples of 9303-11 App. D, and what must never be accepted.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/sm_3des.h"

static uint8_t bytes[2][256];

static struct span first(const char *text)
{
    return unhex(text, bytes[0], sizeof bytes[0]);
}

static struct span second(const char *text)
{
    return unhex(text, bytes[1], sizeof bytes[1]);
}

static struct span none(void)
{
    return span_of(NULL, 0);
}

// App. D.1, D.2, D.3
static void test_keys_are_those_of_9303(void **state)
{
    (void)state;
    const struct {
        const char *secret;
        enum kdf_counter counter;
        const char *key;
    } keys[] = {
        {"239AB9CB282DAF66231DC5A4DF6BFBAE", KDF_ENCRYPTION, "AB94FDECF2674FDFB9B391F85D7F76F2"},
        {"239AB9CB282DAF66231DC5A4DF6BFBAE", KDF_MAC, "7962D9ECE03D1ACD4C76089DCE131543"},
        {"0036D272F5C350ACAC50C3F572D23600", KDF_ENCRYPTION, "979EC13B1CBFE9DCD01AB0FED307EAE5"},
        {"0036D272F5C350ACAC50C3F572D23600", KDF_MAC, "F1CB1F1FB5ADF208806B89DC579DC1F8"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint8_t key[CRYPTO_3DES_KEY];
        assert_true(kdf_derive_3des(first(keys[i].secret), keys[i].counter, key));
        assert_span_hex(span_of(key, sizeof key), keys[i].key);
    }
}

// Kseed of the session is K.IFD xor K.IC, SSC the later halves of RND.IC and RND.IFD.
static void start(struct sm_session *session)
{
    assert_true(
        sm_agree_3des(session, first("0036D272F5C350ACAC50C3F572D23600"), second("887022120C06C226")));
}

static const struct {
    const char *plain, *protected_command, *protected_response, *data;
} steps[] = {
    {"00A4020C02011E", "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
     "990290008E08FA855A5D4C50A8ED", ""},
    {"00B0000004", "0CB000000D9701048E08ED6705417E96BA5500",
     "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED", "60145F01"},
    {"00B0000412", "0CB000040D9701128E082EA28A70F3C7B53500",
     "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D74",
     "04303130365F36063034303030305C026175"},
};

static void test_terminal_speaks_as_in_9303(void **state)
{
    (void)state;
    struct sm_session session = {0};
    start(&session);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct apdu_command plain;
        uint8_t out[256];
        uint16_t status = 0;
        struct writer w = writer_of(out, sizeof out);
        assert_true(apdu_parse(first(steps[i].plain), &plain));
        assert_true(sm_protect_command(&session, &plain, &w));
        assert_span_hex(writer_span(&w), steps[i].protected_command);
        w = writer_of(out, sizeof out);
        assert_int_equal(sm_open_response(&session, second(steps[i].protected_response), &w, &status), SM_OK);
        assert_span_hex(writer_span(&w), steps[i].data);
        assert_int_equal(status, 0x9000);
    }
    assert_span_hex(span_of(session.ssc, CRYPTO_3DES_BLOCK), "887022120C06C22C");
    sm_end(&session);
}

// The other direction, which serves a document that is played.
static void test_document_speaks_as_in_9303(void **state)
{
    (void)state;
    struct sm_session session = {0};
    start(&session);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct apdu_command command, plain;
        uint8_t buffer[256], out[256];
        struct writer w = writer_of(out, sizeof out);
        assert_true(apdu_parse(first(steps[i].protected_command), &command));
        assert_int_equal(sm_open_command(&session, &command, buffer, &plain), SM_OK);
        apdu_put(&w, &plain);
        assert_span_hex(writer_span(&w), steps[i].plain);
        w = writer_of(out, sizeof out);
        assert_true(sm_protect_response(&session, second(steps[i].data), 0x9000, false, &w));
        assert_span_hex(writer_span(&w), steps[i].protected_response);
    }
    sm_end(&session);
}

static void test_every_length_and_both_objects_round_trip(void **state)
{
    (void)state;
    struct sm_session terminal = {0}, document = {0};
    start(&terminal);
    start(&document);
    for (uint8_t ins = 0xB0; ins <= 0xB1; ins++) {
        for (size_t n = 0; n < 40; n++) {
            uint8_t content[40], command_bytes[256], buffer[256], out[256];
            struct apdu_command command, plain;
            memset(content, 0x80, sizeof content); // looks like padding
            const struct apdu_command sent = {.ins = ins, .data = span_of(content, n), .ne = 256};
            struct writer w = writer_of(command_bytes, sizeof command_bytes);
            uint16_t status = 0;
            assert_true(sm_protect_command(&terminal, &sent, &w));
            assert_true(apdu_parse(writer_span(&w), &command));
            assert_int_equal(sm_open_command(&document, &command, buffer, &plain), SM_OK);
            assert_true(span_equal(plain.data, sent.data));
            w = writer_of(out, sizeof out);
            assert_true(sm_protect_response(&document, plain.data, 0x6282, ins & 1, &w));
            struct writer opened = writer_of(buffer, sizeof buffer);
            assert_int_equal(sm_open_response(&terminal, writer_span(&w), &opened, &status), SM_OK);
            assert_true(span_equal(writer_span(&opened), sent.data));
            assert_int_equal(status, 0x6282);
        }
    }
    sm_end(&terminal);
    sm_end(&document);
}

static void test_every_changed_bit_is_refused_and_the_counter_stays(void **state)
{
    (void)state;
    struct sm_session session = {0};
    start(&session);
    struct apdu_command plain;
    uint8_t out[256];
    struct writer w = writer_of(out, sizeof out);
    assert_true(apdu_parse(first(steps[0].plain), &plain));
    assert_true(sm_protect_command(&session, &plain, &w));
    const struct span response = second(steps[0].protected_response);
    for (size_t bit = 0; bit < 8 * response.n; bit++) {
        uint8_t changed[64];
        uint16_t status = 0;
        memcpy(changed, response.p, response.n);
        changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        w = writer_of(out, sizeof out);
        assert_int_not_equal(sm_open_response(&session, span_of(changed, response.n), &w, &status), SM_OK);
        assert_span_hex(span_of(session.ssc, CRYPTO_3DES_BLOCK), "887022120C06C227");
    }
    uint16_t status = 0;
    w = writer_of(out, sizeof out);
    assert_int_equal(sm_open_response(&session, response, &w, &status), SM_OK);
    sm_end(&session);
}

static void test_counter_of_8_bytes_starts_over(void **state)
{
    (void)state;
    struct sm_session session = {0};
    const struct apdu_command plain = {.ins = 0xB0, .ne = 1};
    uint8_t out[64];
    struct writer w = writer_of(out, sizeof out);
    assert_true(sm_agree_3des(&session, first("00"), second("FFFFFFFFFFFFFFFF")));
    assert_true(sm_protect_command(&session, &plain, &w));
    assert_span_hex(span_of(session.ssc, sizeof session.ssc), "00000000000000000000000000000000");
    sm_end(&session);
}

static void test_session_without_counter_starts_from_zero(void **state)
{
    (void)state;
    struct sm_session a = {0}, b = {0};
    const uint8_t zero[CRYPTO_3DES_BLOCK] = {0};
    assert_true(sm_agree_3des(&a, first("01"), none()));
    assert_true(sm_agree_3des(&b, first("01"), span_of(zero, sizeof zero)));
    assert_memory_equal(a.ssc, b.ssc, sizeof a.ssc);
    sm_end(&a);
    sm_end(&b);
}

static void test_wrong_lengths_start_no_session(void **state)
{
    (void)state;
    const uint8_t content[64] = {1};
    struct sm_session session = {0};
    for (size_t n = 0; n <= sizeof content; n++) {
        const bool right = n == CRYPTO_3DES_KEY;
        const struct span key = span_of(content, n), good = span_of(content, CRYPTO_3DES_KEY);
        assert_int_equal(sm_start_3des(&session, key, good, none()), right);
        assert_int_equal(sm_start_3des(&session, good, key, none()), right);
        assert_int_equal(session.active, right);
        assert_int_equal(crypto_cipher_block(&session.encryption), right ? CRYPTO_3DES_BLOCK : 0);
        assert_int_equal(sm_start_3des(&session, good, good, span_of(content, n)),
                         n == 0 || n == CRYPTO_3DES_BLOCK);
    }
    sm_end(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_those_of_9303),
        cmocka_unit_test(test_terminal_speaks_as_in_9303),
        cmocka_unit_test(test_document_speaks_as_in_9303),
        cmocka_unit_test(test_every_length_and_both_objects_round_trip),
        cmocka_unit_test(test_every_changed_bit_is_refused_and_the_counter_stays),
        cmocka_unit_test(test_counter_of_8_bytes_starts_over),
        cmocka_unit_test(test_session_without_counter_starts_from_zero),
        cmocka_unit_test(test_wrong_lengths_start_no_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
