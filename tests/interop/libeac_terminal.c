// Debian's libeac (OpenPACE) as a terminal (TR-03110-3 §B.1, §F).
// SPDX-License-Identifier: Apache-2.0
#include "tests/interop/libeac_terminal.h"

#include "card/wire/oid.h"
#include "tests/unit/unit.h"

int libeac_start(void **state)
{
    (void)state;
    EAC_init();
    return 0;
}

int libeac_stop(void **state)
{
    (void)state;
    EAC_cleanup();
    return 0;
}

BUF_MEM *libeac_buffer(struct span bytes)
{
    BUF_MEM *buffer = BUF_MEM_new();
    assert_non_null(buffer);
    assert_int_equal(BUF_MEM_grow(buffer, bytes.n), bytes.n);
    if (bytes.n > 0) {
        memcpy(buffer->data, bytes.p, bytes.n);
    }
    return buffer;
}

static struct span span_of_buffer(const BUF_MEM *buffer)
{
    return span_of(buffer->data, buffer->length);
}

// --- Secure messaging --------------------------------------------------------------------------------------

static BUF_MEM *padded_of(EAC_CTX *ctx, struct span bytes)
{
    BUF_MEM *unpadded = libeac_buffer(bytes);
    BUF_MEM *padded = EAC_add_iso_pad(ctx, unpadded);
    assert_non_null(padded);
    BUF_MEM_free(unpadded);
    return padded;
}

static void put_encrypted(struct writer *w, EAC_CTX *ctx, struct span plain)
{
    if (plain.n == 0) {
        return;
    }
    BUF_MEM *padded = padded_of(ctx, plain);
    BUF_MEM *encrypted = EAC_encrypt(ctx, padded);
    assert_non_null(encrypted);
    tlv_put_header(w, 0x87, 1 + encrypted->length);
    writer_put_u8(w, 0x01);
    writer_put(w, span_of_buffer(encrypted));
    BUF_MEM_free(padded);
    BUF_MEM_free(encrypted);
}

// DO8E over what is before it.
static void put_checksum(struct writer *w, EAC_CTX *ctx, struct span authenticated)
{
    BUF_MEM *padded = padded_of(ctx, authenticated);
    BUF_MEM *mac = EAC_authenticate(ctx, padded);
    assert_non_null(mac);
    assert_int_equal(mac->length, 8);
    tlv_put(w, 0x8E, span_of_buffer(mac));
    BUF_MEM_free(padded);
    BUF_MEM_free(mac);
}

static void protect(EAC_CTX *ctx, const struct apdu_command *plain, struct writer *objects,
                    struct apdu_command *command)
{
    static uint8_t buffer[LIBEAC_ANSWER_MAX];
    struct writer authenticated = writer_of(buffer, sizeof buffer);
    const uint8_t cla = (uint8_t)(plain->cla | CLA_SM_HEADER_AUTHENTICATED);
    const uint8_t header[16] = {cla, plain->ins, plain->p1, plain->p2, 0x80};
    const uint8_t le = (uint8_t)plain->ne;
    assert_int_equal(EAC_increment_ssc(ctx), 1);
    put_encrypted(objects, ctx, plain->data);
    if (plain->ne > 0) {
        tlv_put(objects, 0x97, span_of(&le, 1));
    }
    writer_put(&authenticated, span_of(header, sizeof header));
    writer_put(&authenticated, writer_span(objects));
    assert_int_not_equal(objects->n, 0);
    put_checksum(objects, ctx, writer_span(&authenticated));
    *command = (struct apdu_command){.cla = cla,
                                     .ins = plain->ins,
                                     .p1 = plain->p1,
                                     .p2 = plain->p2,
                                     .data = writer_span(objects),
                                     .ne = APDU_SHORT_LE_MAX};
    if (objects->n > APDU_SHORT_LC_MAX) {
        command->ne = APDU_EXTENDED_LE_MAX;
    }
}

static void open_data(struct libeac_terminal *terminal, struct span encrypted)
{
    BUF_MEM *cipher_text = libeac_buffer(encrypted);
    BUF_MEM *padded = EAC_decrypt(terminal->ctx, cipher_text);
    assert_non_null(padded);
    BUF_MEM *plain = EAC_remove_iso_pad(padded);
    assert_non_null(plain);
    assert_true(plain->length <= sizeof terminal->answer);
    memcpy(terminal->answer, plain->data, plain->length);
    terminal->data = span_of(terminal->answer, plain->length);
    BUF_MEM_free(cipher_text);
    BUF_MEM_free(padded);
    BUF_MEM_free(plain);
}

// [87 01 …] 99 02 SW 8E 08 MAC, in this order.
static uint16_t open_response(struct libeac_terminal *terminal, struct span response)
{
    struct span rest = response;
    struct tlv encrypted = {0}, status, mac;
    assert_int_equal(EAC_increment_ssc(terminal->ctx), 1);
    const bool has_data = tlv_expect(&rest, 0x87, &encrypted);
    assert_true(tlv_expect(&rest, 0x99, &status));
    assert_int_equal(status.value.n, 2);
    const struct span authenticated = span_first(response, response.n - rest.n);
    assert_true(tlv_expect(&rest, 0x8E, &mac));
    assert_int_equal(rest.n, 0);
    BUF_MEM *input = padded_of(terminal->ctx, authenticated);
    BUF_MEM *checksum = libeac_buffer(mac.value);
    assert_int_equal(EAC_verify_authentication(terminal->ctx, input, checksum), 1);
    BUF_MEM_free(input);
    BUF_MEM_free(checksum);
    if (has_data) {
        assert_int_equal(encrypted.value.p[0], 0x01);
        open_data(terminal, span_from(encrypted.value, 1));
    }
    return (uint16_t)(status.value.p[0] << 8 | status.value.p[1]);
}

// --- Commands ----------------------------------------------------------------------------------------------

uint16_t libeac_send(struct libeac_terminal *terminal, const struct apdu_command *command)
{
    static uint8_t bytes[LIBEAC_ANSWER_MAX], objects_buffer[LIBEAC_ANSWER_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    struct writer objects = writer_of(objects_buffer, sizeof objects_buffer);
    struct apdu_command outer = *command;
    if (terminal->secured) {
        protect(terminal->ctx, command, &objects, &outer);
    }
    apdu_put(&w, &outer);
    assert_false(w.overflow);
    terminal->data = span_of(NULL, 0);
    const uint16_t status = fixture_transmit(terminal->fixture, writer_span(&w));
    const struct span data = terminal->fixture->data;
    if (terminal->secured) {
        assert_int_not_equal(data.n, 0);
        return open_response(terminal, data);
    }
    assert_true(data.n <= sizeof terminal->answer);
    memcpy(terminal->answer, data.p, data.n);
    terminal->data = span_of(terminal->answer, data.n);
    return status;
}

void libeac_begin(struct libeac_terminal *terminal, struct card_fixture *fixture)
{
    memset(terminal, 0, sizeof *terminal);
    terminal->fixture = fixture;
    terminal->ctx = EAC_CTX_new();
    assert_non_null(terminal->ctx);
    const struct apdu_command read = {.ins = 0xB0, .p1 = 0x9C, .ne = APDU_SHORT_LE_MAX};
    const uint16_t status = libeac_send(terminal, &read);
    assert_true(status == SW_OK || status == SW_END_OF_FILE);
    assert_int_equal(EAC_CTX_init_ef_cardaccess(terminal->data.p, terminal->data.n, terminal->ctx), 1);
    assert_non_null(terminal->ctx->pace_ctx);
}

void libeac_end(struct libeac_terminal *terminal)
{
    BUF_MEM_free(terminal->pace_key);
    EAC_CTX_clear_free(terminal->ctx);
    memset(terminal, 0, sizeof *terminal);
}

// --- PACE --------------------------------------------------------------------------------------------------

void libeac_set_pace(struct libeac_terminal *terminal, const struct pace_protocol *protocol,
                     enum pace_password password, struct span chat)
{
    uint8_t bytes[128], oid[OID_PACE_MAX];
    const uint8_t reference = (uint8_t)password, parameter = pace_parameter_of_curve(protocol->curve);
    struct writer data = writer_of(bytes, sizeof bytes);
    tlv_put(&data, 0x80, span_of(oid, oid_pace(protocol->mapping, protocol->suite, oid)));
    tlv_put(&data, 0x83, span_of(&reference, 1));
    tlv_put(&data, 0x84, span_of(&parameter, 1));
    writer_put(&data, chat);
    assert_false(data.overflow);
    const struct apdu_command set_at = {.ins = 0x22, .p1 = 0xC1, .p2 = 0xA4, .data = writer_span(&data)};
    assert_int_equal(libeac_send(terminal, &set_at), SW_OK);
}

// GENERAL AUTHENTICATE with 7C{tag value}; `*answer` is the object `answer_tag` in 7C{…}.
static uint16_t general_authenticate(struct libeac_terminal *terminal, bool last, uint8_t tag,
                                     const BUF_MEM *value, uint8_t answer_tag, BUF_MEM **answer)
{
    uint8_t bytes[300];
    struct writer data = writer_of(bytes, sizeof bytes);
    const size_t template = tlv_open(&data, 0x7C);
    if (value != NULL) {
        tlv_put(&data, tag, span_of_buffer(value));
    }
    tlv_close(&data, template);
    const struct apdu_command command = {
        .cla = last ? 0x00 : CLA_CHAINING, .ins = 0x86, .data = writer_span(&data), .ne = APDU_SHORT_LE_MAX};
    const uint16_t status = libeac_send(terminal, &command);
    if (status == SW_OK) {
        struct span rest = terminal->data;
        struct tlv object, found, authority;
        assert_true(tlv_expect(&rest, 0x7C, &object));
        assert_int_equal(rest.n, 0);
        assert_true(tlv_expect(&object.value, answer_tag, &found));
        *answer = libeac_buffer(found.value);
        if (tlv_expect(&object.value, 0x87, &authority)) {
            terminal->trusted = authority.value;
        }
    }
    return status;
}

uint16_t libeac_pace(struct libeac_terminal *terminal, enum s_type kind, const char *characters)
{
    EAC_CTX *ctx = terminal->ctx;
    BUF_MEM *nonce = NULL, *mapping = NULL, *token = NULL;
    PACE_SEC *secret = PACE_SEC_new(characters, strlen(characters), kind);
    assert_non_null(secret);
    assert_int_equal(general_authenticate(terminal, false, 0, NULL, 0x80, &nonce), SW_OK);
    assert_int_equal(PACE_STEP2_dec_nonce(ctx, secret, nonce), 1);

    BUF_MEM *own_mapping = PACE_STEP3A_generate_mapping_data(ctx);
    assert_non_null(own_mapping);
    assert_int_equal(general_authenticate(terminal, false, 0x81, own_mapping, 0x82, &mapping), SW_OK);
    assert_int_equal(PACE_STEP3A_map_generator(ctx, mapping), 1);

    BUF_MEM *own_public = PACE_STEP3B_generate_ephemeral_key(ctx);
    assert_non_null(own_public);
    BUF_MEM_free(terminal->pace_key);
    assert_int_equal(general_authenticate(terminal, false, 0x83, own_public, 0x84, &terminal->pace_key),
                     SW_OK);
    assert_int_equal(PACE_STEP3B_compute_shared_secret(ctx, terminal->pace_key), 1);
    assert_int_equal(PACE_STEP3C_derive_keys(ctx), 1);

    BUF_MEM *own_token = PACE_STEP3D_compute_authentication_token(ctx, terminal->pace_key);
    assert_non_null(own_token);
    const uint16_t status = general_authenticate(terminal, true, 0x85, own_token, 0x86, &token);
    if (status == SW_OK) {
        assert_int_equal(PACE_STEP3D_verify_authentication_token(ctx, token), 1);
        assert_int_equal(EAC_CTX_set_encryption_ctx(ctx, EAC_ID_PACE), 1);
        terminal->secured = true;
    }
    PACE_SEC_clear_free(secret);
    BUF_MEM *const buffers[] = {nonce, own_mapping, mapping, own_public, own_token, token};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        BUF_MEM_free(buffers[i]);
    }
    return status;
}
