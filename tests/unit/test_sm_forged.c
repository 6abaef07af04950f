// Secure messaging with AES (9303-11 §9.8) takes no wrong objects even under a right MAC.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sm_stage.h"

#include "card/wire/padded_cbc.h"

// A MAC that is right over `objects`, as one who has the keys could make it (9303-11 §9.8.4).
static struct span forge(struct span header, struct span objects, uint8_t ssc, uint8_t *field)
{
    uint8_t key[16];
    for (uint8_t i = 0; i < 16; i++) {
        key[i] = (uint8_t)(0x40 + i);
    }
    struct crypto_cipher_key mac_key;
    assert_true(crypto_cipher_load(&mac_key, CRYPTO_AES, span_of(key, sizeof key)));
    uint8_t message[512] = {0};
    size_t n = 16;
    message[15] = ssc;
    if (header.n > 0) {
        memcpy(message + n, header.p, 4);
        message[n + 4] = 0x80;
        n += 16;
    }
    if (objects.n > 0) {
        memcpy(message + n, objects.p, objects.n);
        message[n + objects.n] = 0x80;
        n = (n + objects.n) / 16 * 16 + 16;
    }
    const struct span part = span_of(message, n);
    uint8_t mac[16];
    assert_true(crypto_cmac(&mac_key, &part, 1, mac));
    crypto_cipher_release(&mac_key);
    struct writer w = writer_of(field, 512);
    writer_put(&w, objects);
    tlv_put(&w, 0x8E, span_of(mac, SM_MAC));
    return writer_span(&w);
}

// What a card says to a command field with these objects and a right MAC.
static enum sm_result open_forged(uint8_t cla, uint8_t ins, const char *objects, struct apdu_command *plain)
{
    struct sm_session card = {0};
    start(&card, 0);
    uint8_t bytes[256];
    uint8_t field[512];
    const uint8_t header[4] = {cla, ins, 0, 0};
    const struct apdu_command command = {
        .cla = cla,
        .ins = ins,
        .data = forge(span_of(header, 4), unhex(objects, bytes, sizeof bytes), 1, field),
        .ne = 256};
    const enum sm_result result = sm_open_command(&card, &command, opened, plain);
    sm_end(&card);
    return result;
}

// The ciphertext of 011E under SSC 1.
#define GOOD "E3BDFFA90045B5EB14351EDC6A8458C3"

static void test_objects_out_of_order_twice_or_unknown_are_incorrect(void **state)
{
    (void)state;
    struct apdu_command plain;
    assert_int_equal(open_forged(0x0C, 0xA4, "871101" GOOD, &plain), SM_OK);
    assert_span_hex(plain.data, "011E");
    assert_int_equal(plain.ne, 0);
    static const char *const incorrect[] = {
        "970100 871101" GOOD,                 // order
        "871101" GOOD "871101" GOOD,          // twice
        "970100 970100",                      // twice
        "8510" GOOD,                          // DO85 with even INS
        "871101" GOOD "8510" GOOD,            // both
        "8E080011223344556677",               // a MAC before the MAC
        "871101" GOOD "990290 00",            // status of a response
        "890400000000",                       // header object
        "8100",                               // plain value
        "B103 800101",                        // plain template
        "871101" GOOD "970100 960100",        // object of another standard at the end
        "8710" GOOD,                          // without indicator
        "871102" GOOD,                        // padding that is none of ours
        "871100" GOOD,                        // likewise
        "8701 01",                            // no ciphertext
        "8700",                               // empty
        "870F01E3BDFFA90045B5EB14351EDC6A84", // no whole block
        "9700",                               // ambiguous Le
        "9703000100",                         // three bytes of Le
        "97",                                 // cut off
        "8780 01",                            // indefinite length
    };
    for (size_t i = 0; i < sizeof incorrect / sizeof incorrect[0]; i++) {
        assert_int_equal(open_forged(0x0C, 0xA4, incorrect[i], &plain), SM_OBJECTS_INCORRECT);
        assert_int_equal(plain.data.n + plain.ne + plain.ins, 0);
    }
    assert_int_equal(open_forged(0x0C, 0xB1, "871101" GOOD, &plain), SM_OBJECTS_INCORRECT);
    assert_int_equal(open_forged(0x0C, 0xB1, "8510" GOOD, &plain), SM_OK);
}

static void test_le_object_has_one_or_two_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *object;
        uint32_t ne;
    } cases[] = {{"", 0},         {"970101", 1},     {"9701FF", 255},     {"970100", 256},
                 {"97020001", 1}, {"97020100", 256}, {"9702FFFF", 65535}, {"97020000", 65536}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct apdu_command plain;
        assert_int_equal(open_forged(0x0C, 0xB0, cases[i].object, &plain), SM_OK);
        assert_int_equal(plain.ne, cases[i].ne);
    }
}

static void test_class_must_say_that_the_header_is_under_the_mac(void **state)
{
    (void)state;
    struct apdu_command plain;
    static const uint8_t refused[] = {0x00, 0x04, 0x08, 0x4C, 0xCC, 0x10};
    for (size_t i = 0; i < sizeof refused; i++) {
        assert_int_equal(open_forged(refused[i], 0xB0, "970100", &plain), SM_OBJECTS_INCORRECT);
    }
    assert_int_equal(open_forged(0x1C, 0xB0, "970100", &plain), SM_OK);
    assert_int_equal(plain.cla, CLA_CHAINING);
    assert_int_equal(open_forged(0x8C, 0xCA, "970100", &plain), SM_OK);
    assert_int_equal(plain.cla, CLA_GLOBALPLATFORM);
}

// Every last block but those that end in 80 00…
static void test_wrong_padding_under_a_right_mac_is_incorrect(void **state)
{
    (void)state;
    uint8_t key_bytes[16];
    uint8_t ssc[16] = {[15] = 1};
    uint8_t iv[16];
    for (uint8_t i = 0; i < 16; i++) {
        key_bytes[i] = i;
    }
    struct crypto_cipher_key key;
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, span_of(key_bytes, 16)));
    assert_true(crypto_cipher_encrypt_block(&key, ssc, iv));
    static const struct {
        const char *block;
        int data; // bytes; -1: wrong
    } cases[] = {
        {"80000000000000000000000000000000", 0},
        {"00000000000000000000000000000000", -1},
        {"41414141414141414141414141414180", 15},
        {"41414141414141414141414141414141", -1},
        {"41414141414141414141414141414181", -1},
        {"41800000000000000000000000000001", -1},
        {"80800000000000000000000000000000", 1},
        // the padding may not reach over more than one block
        {"4180000000000000000000000000000000000000000000000000000000000000", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t blocks[32];
        const struct span block = unhex(cases[i].block, blocks, sizeof blocks);
        uint8_t encrypted[32];
        assert_true(crypto_cbc_encrypt(&key, iv, block, encrypted));
        uint8_t objects[64];
        uint8_t field[512];
        struct writer w = writer_of(objects, sizeof objects);
        tlv_put_header(&w, 0x87, block.n + 1);
        writer_put_u8(&w, 1);
        writer_put(&w, span_of(encrypted, block.n));
        const struct apdu_command command = {
            .cla = 0x0C, .ins = 0xA4, .data = forge(span_of("\x0C\xA4\0\0", 4), writer_span(&w), 1, field)};
        struct apdu_command plain;
        struct sm_session card = {0};
        start(&card, 0);
        assert_int_equal(sm_open_command(&card, &command, opened, &plain),
                         cases[i].data < 0 ? SM_OBJECTS_INCORRECT : SM_OK);
        assert_int_equal(plain.data.n, cases[i].data < 0 ? 0 : cases[i].data);
        sm_end(&card);
    }
    crypto_cipher_release(&key);
}

static void test_missing_mac_or_status_is_told_apart(void **state)
{
    (void)state;
    struct sm_session session = {0};
    start(&session, 0);
    uint8_t bytes[64];
    struct apdu_command plain;
    struct writer received = writer_of(opened, sizeof opened);
    uint16_t status;
    const struct apdu_command without_mac = {
        .cla = 0x0C, .ins = 0xB0, .data = unhex("970100", bytes, sizeof bytes)};
    assert_int_equal(sm_open_command(&session, &without_mac, opened, &plain), SM_OBJECTS_MISSING);
    const struct apdu_command empty = {.cla = 0x0C, .ins = 0xB0};
    assert_int_equal(sm_open_command(&session, &empty, opened, &plain), SM_OBJECTS_MISSING);
    assert_int_equal(sm_open_response(&session, unhex("99029000", bytes, sizeof bytes), &received, &status),
                     SM_OBJECTS_MISSING);
    sm_end(&session);

    start(&session, 0);
    uint8_t field[512];
    assert_int_equal(
        sm_open_response(&session, forge(span_of(NULL, 0), span_of(NULL, 0), 1, field), &received, &status),
        SM_OBJECTS_MISSING);
    assert_int_equal(sm_open_response(&session,
                                      forge(span_of(NULL, 0), unhex("990190", bytes, sizeof bytes), 1, field),
                                      &received, &status),
                     SM_OBJECTS_INCORRECT);
    assert_int_equal(received.n, 0);
    sm_end(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_objects_out_of_order_twice_or_unknown_are_incorrect),
        cmocka_unit_test(test_le_object_has_one_or_two_bytes),
        cmocka_unit_test(test_class_must_say_that_the_header_is_under_the_mac),
        cmocka_unit_test(test_wrong_padding_under_a_right_mac_is_incorrect),
        cmocka_unit_test(test_missing_mac_or_status_is_told_apart),
    };
    return cmocka_run_group_tests(tests, fill_content, NULL);
}
