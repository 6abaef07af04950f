// Protected commands and responses from outside, as they come and with a MAC made right, so that what lies
// behind the MAC is reached too (9303-11 §9.8). The first four bytes of an input are a command's header.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/sm.h"
#include "card/wire/tlv.h"

enum { HEADER = 4, INPUT_MAX = 4096, FIELD_MAX = INPUT_MAX + 2 + SM_MAC };

static const uint8_t key_bytes[2][16] = {{1}, {2}};

static void start(struct sm_session *session)
{
    require(sm_start(session, SUITE_AES_CBC_CMAC_128, span_of(key_bytes[0], 16), span_of(key_bytes[1], 16)));
}

static void check_command(const struct apdu_command *command)
{
    static uint8_t buffer[INPUT_MAX + 2 + SM_MAC];
    struct sm_session session = {0};
    struct apdu_command plain;
    start(&session);
    if (sm_open_command(&session, command, buffer, &plain) == SM_OK) {
        require(plain.data.n < command->data.n && plain.ne <= APDU_EXTENDED_LE_MAX);
        require(plain.data.n == 0 || plain.data.p == buffer);
        require((plain.cla & CLA_SM_HEADER_AUTHENTICATED) == 0 && plain.ins == command->ins);
    } else {
        require(plain.data.n == 0 && plain.ne == 0 && plain.ins == 0);
    }
    sm_end(&session);
}

static void check_response(struct span field)
{
    static uint8_t buffer[FIELD_MAX];
    struct sm_session session = {0};
    struct writer plain = writer_of(buffer, sizeof buffer);
    uint16_t status = 0;
    start(&session);
    if (sm_open_response(&session, field, &plain, &status) == SM_OK) {
        require(plain.n < field.n);
    } else {
        require(plain.n == 0 && status == 0);
    }
    sm_end(&session);
}

// `objects`, and the DO8E that makes them acceptable as the first message of a session.
static struct span with_right_mac(struct span header, struct span objects, uint8_t field[FIELD_MAX])
{
    static const uint8_t ssc[CRYPTO_BLOCK] = {[CRYPTO_BLOCK - 1] = 1};
    static const uint8_t padding[CRYPTO_BLOCK] = {0x80};
    const struct span parts[] = {
        span_of(ssc, sizeof ssc), header, span_of(padding, header.n > 0 ? CRYPTO_BLOCK - header.n : 0),
        objects, span_of(padding, objects.n > 0 ? CRYPTO_BLOCK - objects.n % CRYPTO_BLOCK : 0)};
    struct crypto_cipher_key key = {0};
    uint8_t mac[CRYPTO_BLOCK];
    require(crypto_cipher_load(&key, CRYPTO_AES, span_of(key_bytes[1], 16)) &&
            crypto_cmac(&key, parts, 5, mac));
    crypto_cipher_release(&key);
    struct writer w = writer_of(field, FIELD_MAX);
    writer_put(&w, objects);
    tlv_put(&w, 0x8E, span_of(mac, SM_MAC));
    return writer_span(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t field[FIELD_MAX];
    const struct span input = span_of(bytes, n);
    struct apdu_command command;
    if (n < HEADER || n > INPUT_MAX) {
        return 0;
    }
    if (apdu_parse(input, &command)) {
        check_command(&command);
    }
    const struct span header = span_first(input, HEADER);
    const struct span objects = span_from(input, HEADER);
    check_response(objects);
    command = (struct apdu_command){.cla = bytes[0], .ins = bytes[1], .p1 = bytes[2], .p2 = bytes[3]};
    command.data = with_right_mac(header, objects, field);
    check_command(&command);
    check_response(with_right_mac(span_of(NULL, 0), objects, field));
    return 0;
}
