// Extended Access Control for the tests' terminal (TR-03110-2 §3.3, §3.4, TR-03110-3 §B.14).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eac.h"

#include <stdio.h>

#include "tests/unit/unit.h"

static enum secure_messaging_suite suite = SUITE_AES_CBC_CMAC_128;

void eac_use_suite(enum secure_messaging_suite used)
{
    suite = used;
}

// --- Certificates ------------------------------------------------------------------------------------------

static void make_holder(struct test_holder *holder, const char *name, enum terminal_type type,
                        enum crypto_curve curve, enum crypto_hash hash)
{
    static const char *const types[] = {
        [TERMINAL_INSPECTION] = "IS", [TERMINAL_AUTHENTICATION] = "AT", [TERMINAL_SIGNATURE] = "ST"};
    char reference[CVC_REFERENCE_MAX + 1];
    (void)snprintf(reference, sizeof reference, "KR%s%s00001", name, types[type]);
    test_holder_make(holder, reference, curve, hash);
}

void eac_chain_make_on(struct eac_chain *chain, enum terminal_type type, enum crypto_curve curve,
                       enum crypto_hash hash)
{
    const rights all = rights_of_type(type);
    memset(chain, 0, sizeof *chain);
    chain->type = type;
    make_holder(&chain->cvca, "CVCA", type, curve, hash);
    make_holder(&chain->dv, "DV", type, curve, hash);
    make_holder(&chain->terminal, "TERM", type, curve, hash);
    chain->cvca_plan =
        certificate_plan(&chain->cvca, &chain->cvca, type, ROLE_CVCA, all, EAC_START, EAC_CVCA_END);
    chain->dv_plan =
        certificate_plan(&chain->cvca, &chain->dv, type, ROLE_DV_DOMESTIC, all, EAC_START, EAC_END);
    chain->terminal_plan =
        certificate_plan(&chain->dv, &chain->terminal, type, ROLE_TERMINAL, all, EAC_START, EAC_END);
}

void eac_chain_make(struct eac_chain *chain, enum terminal_type type)
{
    eac_chain_make_on(chain, type, CRYPTO_P256, CRYPTO_SHA256);
}

void eac_chain_release(struct eac_chain *chain)
{
    test_holder_release(&chain->cvca);
    test_holder_release(&chain->dv);
    test_holder_release(&chain->terminal);
}

// --- The card ----------------------------------------------------------------------------------------------

// 7F21 {7F4E, 5F37}
static struct span trust_point(struct eac_chain *chain, uint8_t buffer[TEST_CERTIFICATE_MAX])
{
    uint8_t content[TEST_CERTIFICATE_MAX];
    struct writer w = writer_of(buffer, TEST_CERTIFICATE_MAX);
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&chain->cvca_plan, &chain->cvca, content));
    return writer_span(&w);
}

void eac_personalize(struct card_fixture *fixture, struct eac_chain *chains, size_t count,
                     struct document *document)
{
    static uint8_t certificates[TERMINAL_TYPES][TEST_CERTIFICATE_MAX];
    struct document_profile profile = document_usual;
    profile.chip_authentication_2 = &suite;
    profile.chip_authentication_2_count = 1;
    profile.chip_key = true;
    profile.sensitive_groups = true;
    for (size_t i = 0; i < count; i++) {
        const size_t place = (size_t)chains[i].type - TERMINAL_INSPECTION;
        profile.trust_points[place] = trust_point(&chains[i], certificates[place]);
    }
    document_personalize(fixture, &profile, document);
}

// --- PACE --------------------------------------------------------------------------------------------------

uint16_t eac_pace(struct terminal *terminal, enum terminal_type type, rights asked,
                  enum pace_password password)
{
    static const struct {
        const char *digits;
        size_t n;
    } secrets[] = {[PACE_PASSWORD_CAN] = {DOCUMENT_CAN, 6},
                   [PACE_PASSWORD_PIN] = {DOCUMENT_PIN, 6},
                   [PACE_PASSWORD_PUK] = {DOCUMENT_PUK, 10}};
    terminal->asked = (struct authorization){.type = type, .rights = asked};
    const struct span secret = password == PACE_PASSWORD_MRZ
                                   ? document_mrz_password()
                                   : span_of(secrets[password].digits, secrets[password].n);
    return terminal_pace(terminal, &document_protocols[DOCUMENT_GM], password, secret);
}

uint16_t eac_pace_all(struct terminal *terminal, enum terminal_type type)
{
    return eac_pace(terminal, type, rights_of_type(type),
                    type == TERMINAL_INSPECTION ? PACE_PASSWORD_CAN : PACE_PASSWORD_PIN);
}

// --- Terminal Authentication -------------------------------------------------------------------------------

uint16_t eac_set_dst(struct terminal *terminal, struct span reference)
{
    uint8_t bytes[2 + 255];
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, 0x83, reference);
    return terminal_send(terminal, 0x00, 0x22, 0x81, 0xB6, writer_span(&w), 0);
}

uint16_t eac_verify(struct terminal *terminal, struct span certificate)
{
    return terminal_send(terminal, 0x00, 0x2A, 0x00, 0xBE, certificate, 0);
}

uint16_t eac_import(struct terminal *terminal, struct test_holder *issuer, const struct cv_certificate *plan)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    const uint16_t status = eac_set_dst(terminal, plan->authority);
    return status == SW_OK ? eac_verify(terminal, certificate_good(plan, issuer, bytes)) : status;
}

uint16_t eac_send_chain(struct terminal *terminal, struct eac_chain *chain)
{
    const uint16_t status = eac_import(terminal, &chain->cvca, &chain->dv_plan);
    return status == SW_OK ? eac_import(terminal, &chain->dv, &chain->terminal_plan) : status;
}

static struct span own_compressed(const struct terminal *terminal)
{
    return comp_point(CRYPTO_P256, span_of(terminal->own_point, crypto_curve_point_length(CRYPTO_P256)));
}

uint16_t eac_set_template(struct terminal *terminal, const struct eac_chain *chain)
{
    uint8_t oid[OID_TA_ECDSA_LENGTH], bytes[512];
    struct writer w = writer_of(bytes, sizeof bytes);
    terminal_make_ephemeral(terminal, CRYPTO_P256);
    oid_ta_ecdsa(chain->terminal.hash, oid);
    tlv_put(&w, 0x80, span_of(oid, sizeof oid));
    tlv_put(&w, 0x83, chain->terminal_plan.holder);
    writer_put(&w, chain->auxiliary_data);
    tlv_put(&w, 0x91, own_compressed(terminal));
    return terminal_send(terminal, 0x00, 0x22, 0x81, 0xA4, writer_span(&w), 0);
}

uint16_t eac_set_template_1(struct terminal *terminal, const struct eac_chain *chain)
{
    uint8_t bytes[32];
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, 0x83, chain->terminal_plan.holder);
    return terminal_send(terminal, 0x00, 0x22, 0x81, 0xA4, writer_span(&w), 0);
}

uint16_t eac_get_challenge(struct terminal *terminal, uint8_t challenge[TA_CHALLENGE])
{
    const uint16_t status = terminal_send(terminal, 0x00, 0x84, 0x00, 0x00, span_of(NULL, 0), TA_CHALLENGE);
    if (status == SW_OK) {
        assert_int_equal(terminal->data.n, TA_CHALLENGE);
        memcpy(challenge, terminal->data.p, TA_CHALLENGE);
    }
    return status;
}

uint16_t eac_external_authenticate(struct terminal *terminal, struct eac_chain *chain,
                                   const uint8_t challenge[TA_CHALLENGE])
{
    const enum crypto_curve pace_curve = terminal->protocol.curve;
    const struct ta_message message = {
        .identifier =
            comp_point(pace_curve, span_of(terminal->chip_point, crypto_curve_point_length(pace_curve))),
        .challenge = span_of(challenge, TA_CHALLENGE),
        .compressed_key = own_compressed(terminal),
        .auxiliary_data = chain->auxiliary_data,
    };
    uint8_t digest[CRYPTO_HASH_MAX], signature[CRYPTO_SIGNATURE_MAX];
    assert_true(ta_digest(chain->terminal.hash, &message, digest));
    test_holder_sign(&chain->terminal, span_of(digest, crypto_hash_length(chain->terminal.hash)), signature);
    return terminal_send(terminal, 0x00, 0x82, 0x00, 0x00,
                         span_of(signature, 2 * crypto_curve_length(chain->terminal.curve)), 0);
}

uint16_t eac_terminal_authentication(struct terminal *terminal, struct eac_chain *chain)
{
    uint8_t challenge[TA_CHALLENGE];
    uint16_t status = eac_send_chain(terminal, chain);
    if (status == SW_OK) {
        status = eac_set_template(terminal, chain);
    }
    if (status == SW_OK) {
        status = eac_get_challenge(terminal, challenge);
    }
    return status == SW_OK ? eac_external_authenticate(terminal, chain, challenge) : status;
}

// --- Chip Authentication -----------------------------------------------------------------------------------

uint16_t eac_set_chip_authentication(struct terminal *terminal, int key_id)
{
    uint8_t oid[OID_CA_MAX], bytes[32];
    const uint8_t id = (uint8_t)key_id;
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, 0x80, span_of(oid, oid_ca_ecdh(suite, oid)));
    if (key_id >= 0) {
        tlv_put(&w, 0x84, span_of(&id, 1));
    }
    return terminal_send(terminal, 0x00, 0x22, 0x41, 0xA4, writer_span(&w), 0);
}

// 7C{81 r_PICC, 82 T_PICC}: derives the keys, and T_PICC is right.
static void check_token(struct terminal *terminal, const uint8_t *chip_point)
{
    const size_t n = crypto_curve_length(CRYPTO_P256);
    const struct span own = span_of(terminal->own_point, crypto_curve_point_length(CRYPTO_P256));
    struct span data = terminal->data;
    struct tlv template, nonce, token;
    uint8_t product[CRYPTO_POINT_MAX], oid[OID_CA_MAX], expected[PACE_TOKEN];
    assert_true(tlv_expect(&data, 0x7C, &template));
    assert_int_equal(data.n, 0);
    assert_true(tlv_expect(&template.value, 0x81, &nonce));
    assert_int_equal(nonce.value.n, CA_NONCE);
    assert_true(tlv_expect(&template.value, 0x82, &token));
    assert_int_equal(template.value.n, 0);
    assert_true(crypto_ec_multiply(CRYPTO_P256, &terminal->random, span_of(terminal->secret, n),
                                   span_of(chip_point, own.n), product));
    assert_true(pace_start_session(&terminal->next, suite, span_of(product + 1, n), nonce.value));
    assert_true(pace_token(&terminal->next.mac, span_of(oid, oid_ca_ecdh(suite, oid)), own, expected));
    assert_int_equal(token.value.n, PACE_TOKEN);
    assert_memory_equal(token.value.p, expected, PACE_TOKEN);
}

uint16_t eac_agree(struct terminal *terminal, const uint8_t *chip_point)
{
    const struct span own = span_of(terminal->own_point, crypto_curve_point_length(CRYPTO_P256));
    const uint16_t status = terminal_general_authenticate(terminal, true, 0x80, own);
    if (status == SW_OK) {
        check_token(terminal, chip_point);
        sm_move(&terminal->sm, &terminal->next);
    }
    return status;
}

uint16_t eac_chip_authentication(struct terminal *terminal, const struct document *document)
{
    const uint16_t status = eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID);
    return status == SW_OK ? eac_agree(terminal, document->generation_point) : status;
}

uint16_t eac_chip_authentication_1(struct terminal *terminal, const struct document *document)
{
    terminal_make_ephemeral(terminal, CRYPTO_P256);
    uint8_t bytes[128];
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, 0x91, span_of(terminal->own_point, crypto_curve_point_length(CRYPTO_P256)));
    const uint16_t status = terminal_send(terminal, 0x00, 0x22, 0x41, 0xA6, writer_span(&w), 0);
    if (status == SW_OK) {
        terminal_take_over(terminal, CRYPTO_P256, SUITE_AES_CBC_CMAC_128, document->chip_point);
    }
    return status;
}
