// Debian's libeac (OpenPACE) as the terminal: PACE-GM and secure messaging against our card (TR-03110-3 §B.1,
// §F). Nothing of card/wire computes on the terminal's side; libeac has OpenSSL behind it, the card mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/document.h"
#include "tests/unit/unit.h"

#include <eac/eac.h>
#include <eac/pace.h>

static struct card_fixture fixture;
static struct document document;

static int start(void **state)
{
    (void)state;
    EAC_init();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    EAC_cleanup();
    return 0;
}

static BUF_MEM *buffer_of(const uint8_t *bytes, size_t n)
{
    BUF_MEM *buffer = BUF_MEM_new();
    assert_non_null(buffer);
    assert_int_equal(BUF_MEM_grow(buffer, n), n);
    memcpy(buffer->data, bytes, n);
    return buffer;
}

// --- Commands ----------------------------------------------------------------------------------------------

static uint16_t transmit(struct span command, struct span *data)
{
    const uint16_t status = fixture_transmit(&fixture, command);
    *data = fixture.data;
    return status;
}

// GENERAL AUTHENTICATE with 7C{tag value}; the answer is the only object in 7C{…}, which carries
// `answer_tag`.
static uint16_t general_authenticate(bool last, uint8_t tag, const BUF_MEM *value, uint8_t answer_tag,
                                     BUF_MEM **answer)
{
    uint8_t command[300];
    const size_t n = value == NULL ? 0 : value->length;
    const size_t object = value == NULL ? 0 : 2 + n;
    struct writer w = writer_of(command, sizeof command);
    writer_put(&w, span_of(last ? "\x00\x86\x00\x00" : "\x10\x86\x00\x00", 4));
    writer_put_u8(&w, (uint8_t)(2 + object));
    writer_put_u8(&w, 0x7C);
    writer_put_u8(&w, (uint8_t)object);
    if (value != NULL) {
        writer_put_u8(&w, tag);
        writer_put_u8(&w, (uint8_t)n);
        writer_put(&w, span_of(value->data, n));
    }
    writer_put_u8(&w, 0);
    struct span data;
    const uint16_t status = transmit(writer_span(&w), &data);
    if (status == SW_OK) {
        assert_true(data.n > 4 && data.n < 0x80);
        assert_int_equal(data.p[0], 0x7C);
        assert_int_equal(data.p[1], data.n - 2);
        assert_int_equal(data.p[2], answer_tag);
        assert_int_equal(data.p[3], data.n - 4);
        *answer = buffer_of(data.p + 4, data.n - 4);
    }
    return status;
}

// --- PACE --------------------------------------------------------------------------------------------------

static EAC_CTX *read_card_access(const struct pace_protocol *protocol)
{
    struct span data;
    uint8_t command[32], set_at[] = {0x80, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x83, 0x01, PACE_PASSWORD_CAN};
    assert_int_equal(transmit(unhex("00B09C0000", command, sizeof command), &data), SW_OK);
    EAC_CTX *ctx = EAC_CTX_new();
    assert_non_null(ctx);
    assert_int_equal(EAC_CTX_init_ef_cardaccess(data.p, data.n, ctx), 1);
    assert_non_null(ctx->pace_ctx);

    struct writer w = writer_of(command, sizeof command);
    oid_pace(protocol->mapping, protocol->suite, set_at + 2);
    writer_put(&w, span_of("\x00\x22\xC1\xA4\x0F", 5));
    writer_put(&w, span_of(set_at, sizeof set_at));
    assert_int_equal(transmit(writer_span(&w), &data), SW_OK);
    return ctx;
}

// The four steps, each as libeac names it. The session is in `ctx` after SW_OK.
static uint16_t run_pace(EAC_CTX *ctx, const char *can)
{
    BUF_MEM *nonce = NULL, *mapping = NULL, *public = NULL, *token = NULL;
    PACE_SEC *secret = PACE_SEC_new(can, strlen(can), PACE_CAN);
    assert_non_null(secret);
    assert_int_equal(general_authenticate(false, 0, NULL, 0x80, &nonce), SW_OK);
    assert_int_equal(PACE_STEP2_dec_nonce(ctx, secret, nonce), 1);

    BUF_MEM *own_mapping = PACE_STEP3A_generate_mapping_data(ctx);
    assert_non_null(own_mapping);
    assert_int_equal(general_authenticate(false, 0x81, own_mapping, 0x82, &mapping), SW_OK);
    assert_int_equal(PACE_STEP3A_map_generator(ctx, mapping), 1);

    BUF_MEM *own_public = PACE_STEP3B_generate_ephemeral_key(ctx);
    assert_non_null(own_public);
    assert_int_equal(general_authenticate(false, 0x83, own_public, 0x84, &public), SW_OK);
    assert_int_equal(PACE_STEP3B_compute_shared_secret(ctx, public), 1);
    assert_int_equal(PACE_STEP3C_derive_keys(ctx), 1);

    BUF_MEM *own_token = PACE_STEP3D_compute_authentication_token(ctx, public);
    assert_non_null(own_token);
    const uint16_t status = general_authenticate(true, 0x85, own_token, 0x86, &token);
    if (status == SW_OK) {
        assert_int_equal(PACE_STEP3D_verify_authentication_token(ctx, token), 1);
        assert_int_equal(EAC_CTX_set_encryption_ctx(ctx, EAC_ID_PACE), 1);
    }
    PACE_SEC_clear_free(secret);
    BUF_MEM *const buffers[] = {nonce, own_mapping, mapping, own_public, public, own_token, token};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        BUF_MEM_free(buffers[i]);
    }
    return status;
}

// --- Secure messaging --------------------------------------------------------------------------------------

static BUF_MEM *padded_of(EAC_CTX *ctx, const uint8_t *bytes, size_t n)
{
    BUF_MEM *unpadded = buffer_of(bytes, n);
    BUF_MEM *padded = EAC_add_iso_pad(ctx, unpadded);
    assert_non_null(padded);
    BUF_MEM_free(unpadded);
    return padded;
}

// READ BINARY of EF.CardSecurity, one byte, protected and checked by libeac.
static void read_under_session(EAC_CTX *ctx)
{
    static const uint8_t authenticated[] = {0x0C, 0xB0, 0x9D, 0x00, 0x80, 0, 0,    0,    0,   0,
                                            0,    0,    0,    0,    0,    0, 0x97, 0x01, 0x01};
    assert_int_equal(EAC_increment_ssc(ctx), 1);
    BUF_MEM *input = padded_of(ctx, authenticated, sizeof authenticated);
    BUF_MEM *mac = EAC_authenticate(ctx, input);
    assert_non_null(mac);
    assert_int_equal(mac->length, 8);
    uint8_t command[] = {0x0C, 0xB0, 0x9D, 0x00, 0x0D, 0x97, 0x01, 0x01, 0x8E, 0x08,
                         0,    0,    0,    0,    0,    0,    0,    0,    0x00};
    memcpy(command + 10, mac->data, 8);
    BUF_MEM_free(input);
    BUF_MEM_free(mac);

    // 87 11 01 block(16) 99 02 9000 8E 08 mac(8)
    struct span data;
    assert_int_equal(transmit(span_of(command, sizeof command), &data), SW_OK);
    assert_int_equal(data.n, 19 + 4 + 10);
    assert_memory_equal(data.p, "\x87\x11\x01", 3);
    assert_memory_equal(data.p + 19, "\x99\x02\x90\x00\x8E\x08", 6);
    assert_int_equal(EAC_increment_ssc(ctx), 1);
    input = padded_of(ctx, data.p, 19 + 4);
    mac = buffer_of(data.p + 25, 8);
    assert_int_equal(EAC_verify_authentication(ctx, input, mac), 1);
    BUF_MEM *encrypted = buffer_of(data.p + 3, 16);
    BUF_MEM *padded = EAC_decrypt(ctx, encrypted);
    assert_non_null(padded);
    BUF_MEM *plain = EAC_remove_iso_pad(padded);
    assert_non_null(plain);
    assert_int_equal(plain->length, 1);
    assert_int_equal(plain->data[0], 0x30);
    BUF_MEM *const buffers[] = {input, mac, encrypted, padded, plain};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        BUF_MEM_free(buffers[i]);
    }
}

static void run_on(enum crypto_curve curve)
{
    for (int suite = SUITE_AES_CBC_CMAC_128; suite <= SUITE_AES_CBC_CMAC_256; suite++) {
        const struct pace_protocol protocol = {PACE_ECDH_GM, (enum secure_messaging_suite)suite, curve};
        struct document_profile profile = document_usual;
        profile.protocols = &protocol;
        profile.protocol_count = 1;
        fixture_start(&fixture);
        document_personalize(&fixture, &profile, &document);

        EAC_CTX *ctx = read_card_access(&protocol);
        assert_int_equal(run_pace(ctx, "500541"), SW_AUTHENTICATION_FAILED);
        EAC_CTX_clear_free(ctx);

        ctx = read_card_access(&protocol);
        assert_int_equal(run_pace(ctx, DOCUMENT_CAN), SW_OK);
        read_under_session(ctx);
        read_under_session(ctx);
        EAC_CTX_clear_free(ctx);
        fixture_stop(&fixture);
    }
}

static void test_libeac_opens_the_card_on_p256(void **state)
{
    (void)state;
    run_on(CRYPTO_P256);
}

static void test_libeac_opens_the_card_on_p384(void **state)
{
    (void)state;
    run_on(CRYPTO_P384);
}

static void test_libeac_opens_the_card_on_brainpool_p256r1(void **state)
{
    (void)state;
    run_on(CRYPTO_BRAINPOOL_P256R1);
}

static void test_libeac_opens_the_card_on_brainpool_p384r1(void **state)
{
    (void)state;
    run_on(CRYPTO_BRAINPOOL_P384R1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_libeac_opens_the_card_on_p256),
        cmocka_unit_test(test_libeac_opens_the_card_on_p384),
        cmocka_unit_test(test_libeac_opens_the_card_on_brainpool_p256r1),
        cmocka_unit_test(test_libeac_opens_the_card_on_brainpool_p384r1),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
