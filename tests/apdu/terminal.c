// The terminal of the tests (9303-11 §4.4, §6.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/terminal.h"

#include "card/wire/lds.h"
#include "card/wire/tlv.h"
#include "tests/apdu/document.h"
#include "tests/unit/unit.h"

void terminal_start(struct terminal *terminal, struct card_fixture *fixture)
{
    memset(terminal, 0, sizeof *terminal);
    terminal->fixture = fixture;
    terminal->random = counting_random(&terminal->random_state);
    terminal->random_state.counter = 0x7E12; // other bytes than the card
}

static uint16_t exchange(struct terminal *terminal, struct span command, bool protected)
{
    const uint16_t outer = fixture_transmit(terminal->fixture, command);
    const struct span data = terminal->fixture->data;
    struct writer w = writer_of(terminal->buffer, sizeof terminal->buffer);
    terminal->answered_plain = protected && data.n == 0;
    if (protected && data.n > 0) {
        uint16_t inner = 0;
        assert_int_equal(sm_open_response(&terminal->sm, data, &w, &inner), SM_OK);
        assert_int_equal(inner, outer);
    } else {
        writer_put(&w, data);
    }
    assert_false(w.overflow);
    terminal->data = writer_span(&w);
    return outer;
}

uint16_t terminal_send(struct terminal *terminal, uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2,
                       struct span data, uint32_t ne)
{
    static uint8_t bytes[CARD_COMMAND_MAX];
    const struct apdu_command command = {.cla = cla, .ins = ins, .p1 = p1, .p2 = p2, .data = data, .ne = ne};
    struct writer w = writer_of(bytes, sizeof bytes);
    const bool protected = terminal->sm.active;
    if (protected) {
        assert_true(sm_protect_command(&terminal->sm, &command, &w));
    } else {
        apdu_put(&w, &command);
    }
    assert_false(w.overflow);
    return exchange(terminal, writer_span(&w), protected);
}

uint16_t terminal_send_hex(struct terminal *terminal, uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2,
                           const char *data, uint32_t ne)
{
    uint8_t bytes[512];
    return terminal_send(terminal, cla, ins, p1, p2, unhex(data, bytes, sizeof bytes), ne);
}

uint16_t terminal_send_plain(struct terminal *terminal, const char *command)
{
    uint8_t bytes[512];
    return exchange(terminal, unhex(command, bytes, sizeof bytes), false);
}

uint16_t terminal_select(struct terminal *terminal, struct span application)
{
    return terminal_send(terminal, 0x00, 0xA4, 0x04, 0x0C, application, 0);
}

uint16_t terminal_select_file(struct terminal *terminal, uint16_t identifier)
{
    const uint8_t bytes[] = {(uint8_t)(identifier >> 8), (uint8_t)identifier};
    return terminal_send(terminal, 0x00, 0xA4, 0x02, 0x0C, span_of(bytes, sizeof bytes), 0);
}

uint16_t terminal_read(struct terminal *terminal, uint8_t short_identifier, uint8_t offset, uint32_t ne)
{
    return terminal_send(terminal, 0x00, 0xB0, (uint8_t)(0x80 | short_identifier), offset, span_of(NULL, 0),
                         ne);
}

uint16_t terminal_set_at(struct terminal *terminal, const struct pace_protocol *protocol,
                         enum pace_password password)
{
    const uint8_t reference = (uint8_t)password;
    const uint8_t parameter = pace_parameter_of_curve(protocol->curve);
    uint8_t bytes[96];
    struct writer w = writer_of(bytes, sizeof bytes);
    terminal->protocol = *protocol;
    terminal->oid_length = oid_pace(protocol->mapping, protocol->suite, terminal->oid);
    tlv_put(&w, 0x80, span_of(terminal->oid, terminal->oid_length));
    tlv_put(&w, 0x83, span_of(&reference, 1));
    tlv_put(&w, 0x84, span_of(&parameter, 1));
    if (terminal->asked.type != TERMINAL_NONE) {
        const struct extensions extensions = {.rights = terminal->asked.rights};
        chat_put(&w, &terminal->asked);
        extensions_put(&w, &extensions);
    }
    assert_false(w.overflow);
    return terminal_send(terminal, 0x00, 0x22, 0xC1, 0xA4, writer_span(&w), 0);
}

uint16_t terminal_general_authenticate(struct terminal *terminal, bool last, uint8_t tag, struct span value)
{
    uint8_t bytes[256];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t template = tlv_open(&w, 0x7C);
    if (tag != 0) {
        tlv_put(&w, tag, value);
    }
    tlv_close(&w, template);
    return terminal_send(terminal, last ? 0x00 : CLA_CHAINING, 0x86, 0, 0, writer_span(&w), LE_ALL);
}

// The answer 7C{tag value} with just this object, `n` bytes.
static struct span answer_of(const struct terminal *terminal, uint8_t tag, size_t n)
{
    struct span data = terminal->data;
    struct tlv template, object;
    assert_true(tlv_expect(&data, 0x7C, &template));
    assert_int_equal(data.n, 0);
    assert_true(tlv_expect(&template.value, tag, &object));
    assert_int_equal(template.value.n, 0);
    assert_int_equal(object.value.n, n);
    return object.value;
}

uint16_t terminal_nonce(struct terminal *terminal, struct span password)
{
    const uint16_t status = terminal_general_authenticate(terminal, false, 0, span_of(NULL, 0));
    if (status != SW_OK) {
        return status;
    }
    struct crypto_cipher_key key = {0};
    const struct span z = answer_of(terminal, 0x80, pace_nonce_length(&terminal->protocol));
    assert_true(pace_password_key(terminal->protocol.suite, password, &key));
    assert_true(pace_decrypt_nonce(&key, z, terminal->nonce));
    crypto_cipher_release(&key);
    return status;
}

static uint16_t map_integrated(struct terminal *terminal, struct span nonce)
{
    uint8_t t[CRYPTO_CIPHER_KEY_MAX];
    const size_t n = pace_terminal_nonce_length(&terminal->protocol);
    assert_true(terminal->random.fill(terminal->random.context, t, n));
    const uint16_t status = terminal_general_authenticate(terminal, false, 0x81, span_of(t, n));
    if (status == SW_OK) {
        answer_of(terminal, 0x82, 0);
        assert_true(pace_map_integrated(&terminal->protocol, nonce, span_of(t, n), terminal->generator));
    }
    return status;
}

static uint16_t map_generic(struct terminal *terminal, struct span nonce)
{
    const enum crypto_curve curve = terminal->protocol.curve;
    const size_t n = crypto_curve_point_length(curve);
    uint8_t point[CRYPTO_POINT_MAX];
    struct crypto_ec_key key = {0};
    assert_true(crypto_ec_generate(&key, curve, &terminal->random));
    assert_true(crypto_ec_public(&key, point));
    const uint16_t status = terminal_general_authenticate(terminal, false, 0x81, span_of(point, n));
    if (status == SW_OK) {
        const struct span other = answer_of(terminal, 0x82, n);
        memcpy(terminal->chip_mapping_point, other.p, n);
        assert_true(pace_map_generic(&terminal->protocol, &terminal->random, &key, other, nonce,
                                     terminal->generator));
    }
    crypto_ec_release(&key);
    return status;
}

uint16_t terminal_map(struct terminal *terminal)
{
    const struct span nonce = span_of(terminal->nonce, pace_nonce_length(&terminal->protocol));
    return terminal->protocol.mapping == PACE_ECDH_IM ? map_integrated(terminal, nonce)
                                                      : map_generic(terminal, nonce);
}

uint16_t terminal_agree(struct terminal *terminal)
{
    const enum crypto_curve curve = terminal->protocol.curve;
    const size_t n = crypto_curve_point_length(curve);
    assert_true(pace_generate_ephemeral(curve, &terminal->random, span_of(terminal->generator, n),
                                        terminal->secret, terminal->own_point));
    const uint16_t status =
        terminal_general_authenticate(terminal, false, 0x83, span_of(terminal->own_point, n));
    if (status != SW_OK) {
        return status;
    }
    memcpy(terminal->chip_point, answer_of(terminal, 0x84, n).p, n);
    const size_t field = crypto_curve_length(curve);
    assert_true(pace_agree(curve, &terminal->random, span_of(terminal->secret, field),
                           span_of(terminal->own_point, n), span_of(terminal->chip_point, n),
                           terminal->shared));
    assert_true(pace_start_session(&terminal->next, terminal->protocol.suite,
                                   span_of(terminal->shared, field), span_of(NULL, 0)));
    return status;
}

// 87 and 88, as far as they are there.
static void take_trust_points(struct terminal *terminal, struct span *objects)
{
    for (size_t i = 0; i < 2; i++) {
        struct tlv object;
        const bool found = tlv_expect(objects, (uint32_t)(0x87 + i), &object);
        terminal->trust_point_lengths[i] = found ? object.value.n : 0;
        if (found) {
            assert_in_range(object.value.n, CVC_REFERENCE_MIN, CVC_REFERENCE_MAX);
            memcpy(terminal->trust_points[i], object.value.p, object.value.n);
        }
    }
}

// 7C{86 token [87] [88] [8A]}
static void check_authentication(struct terminal *terminal)
{
    const size_t n = crypto_curve_point_length(terminal->protocol.curve);
    struct span data = terminal->data;
    struct tlv template, object;
    uint8_t expected[PACE_TOKEN];
    assert_true(tlv_expect(&data, 0x7C, &template));
    assert_int_equal(data.n, 0);
    assert_true(tlv_expect(&template.value, 0x86, &object));
    assert_true(pace_token(&terminal->next.mac, span_of(terminal->oid, terminal->oid_length),
                           span_of(terminal->own_point, n), expected));
    assert_int_equal(object.value.n, PACE_TOKEN);
    assert_memory_equal(object.value.p, expected, PACE_TOKEN);
    take_trust_points(terminal, &template.value);
    terminal->encrypted_chip_data_length = 0;
    if (terminal->protocol.mapping == PACE_ECDH_CAM) {
        assert_true(tlv_expect(&template.value, 0x8A, &object));
        assert_in_range(object.value.n, 1, sizeof terminal->encrypted_chip_data);
        memcpy(terminal->encrypted_chip_data, object.value.p, object.value.n);
        terminal->encrypted_chip_data_length = object.value.n;
    }
    assert_int_equal(template.value.n, 0);
}

uint16_t terminal_send_token(struct terminal *terminal, struct span token)
{
    const uint16_t status = terminal_general_authenticate(terminal, true, 0x85, token);
    if (status == SW_OK) {
        check_authentication(terminal);
        sm_move(&terminal->sm, &terminal->next);
    }
    return status;
}

uint16_t terminal_authenticate(struct terminal *terminal)
{
    const size_t n = crypto_curve_point_length(terminal->protocol.curve);
    uint8_t token[PACE_TOKEN];
    assert_true(pace_token(&terminal->next.mac, span_of(terminal->oid, terminal->oid_length),
                           span_of(terminal->chip_point, n), token));
    return terminal_send_token(terminal, span_of(token, sizeof token));
}

uint16_t terminal_pace(struct terminal *terminal, const struct pace_protocol *protocol,
                       enum pace_password password, struct span secret)
{
    uint16_t status = terminal_set_at(terminal, protocol, password);
    if (status != SW_OK && (status & 0xFFF0) != SW_RETRIES_LEFT) {
        return status;
    }
    status = terminal_nonce(terminal, secret);
    if (status == SW_OK) {
        status = terminal_map(terminal);
    }
    if (status == SW_OK) {
        status = terminal_agree(terminal);
    }
    return status == SW_OK ? terminal_authenticate(terminal) : status;
}

uint16_t terminal_pace_can(struct terminal *terminal)
{
    return terminal_pace(terminal, &document_protocols[DOCUMENT_GM], PACE_PASSWORD_CAN,
                         span_of(DOCUMENT_CAN, 6));
}

void terminal_make_ephemeral(struct terminal *terminal, enum crypto_curve curve)
{
    struct crypto_ec_key key = {0};
    assert_true(crypto_ec_generate(&key, curve, &terminal->random));
    assert_true(crypto_ec_public(&key, terminal->own_point));
    assert_true(crypto_ec_secret(&key, terminal->secret));
    crypto_ec_release(&key);
}

void terminal_take_over(struct terminal *terminal, enum crypto_curve curve, enum secure_messaging_suite suite,
                        const uint8_t *chip_point)
{
    const size_t n = crypto_curve_length(curve);
    uint8_t product[CRYPTO_POINT_MAX];
    assert_true(crypto_ec_multiply(curve, &terminal->random, span_of(terminal->secret, n),
                                   span_of(chip_point, crypto_curve_point_length(curve)), product));
    assert_true(pace_start_session(&terminal->next, suite, span_of(product + 1, n), span_of(NULL, 0)));
    sm_move(&terminal->sm, &terminal->next);
}
