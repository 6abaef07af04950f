// An eMRTD on a card of the fixture (9303-10, 9303-11).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/document.h"

#include "card/apps/emrtd.h"
#include "card/apps/mf.h"
#include "card/core/password.h"
#include "card/core/registry.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "card/wire/security_infos.h"
#include "tests/unit/unit.h"

const struct pace_protocol document_protocols[] = {
    {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
    {PACE_ECDH_IM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
    {PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
};
static const enum secure_messaging_suite usual_suites[] = {SUITE_AES_CBC_CMAC_128};

const struct document_profile document_usual = {
    .protocols = document_protocols,
    .protocol_count = sizeof document_protocols / sizeof document_protocols[0],
    .chip_authentication = usual_suites,
    .chip_authentication_count = 1,
    .chip_curve = CRYPTO_P256,
    .active_authentication = true,
    .active_curve = CRYPTO_P256,
    .announce_hash = true,
    .hash = CRYPTO_SHA256,
};

uint16_t document_put(struct card_fixture *fixture, const struct applet *applet, uint16_t identifier,
                      struct span content, struct writer *response)
{
    const struct dgi_piece piece = {
        .identifier = identifier, .length = (uint16_t)content.n, .offset = 0, .bytes = content, .last = true};
    return applet->personalize(&fixture->card, &piece, response);
}

void document_put_file(struct card_fixture *fixture, const struct applet *applet, uint16_t identifier,
                       struct span content)
{
    for (size_t i = 0; i < applet->file_count; i++) {
        if (applet->files[i].identifier == identifier) {
            assert_int_equal(store_write(&fixture->card.store, applet->files[i].object, content), STORE_OK);
            return;
        }
    }
    fail_msg("the application has no file %04X", identifier);
}

struct span document_card_access(const struct document_profile *profile, struct writer *w)
{
    const size_t set = tlv_open(w, 0x31);
    for (size_t i = 0; i < profile->protocol_count; i++) {
        put_pace_info(w, &profile->protocols[i]);
    }
    for (size_t i = 0; i < profile->chip_authentication_2_count; i++) {
        put_chip_authentication_info(w, profile->chip_authentication_2[i], 2, DOCUMENT_KEY_ID);
    }
    if (profile->chip_key) {
        const struct privileged_terminal_info opened = put_privileged_terminal_info_begin(w);
        for (size_t i = 0; i < profile->chip_authentication_2_count; i++) {
            put_chip_authentication_info(w, profile->chip_authentication_2[i], 2, DOCUMENT_CHIP_KEY_ID);
        }
        put_privileged_terminal_info_end(w, opened);
    }
    tlv_close(w, set);
    assert_false(w->overflow);
    return writer_span(w);
}

struct span document_mrz_password(void)
{
    static uint8_t password[MRZ_PASSWORD_LENGTH];
    assert_true(mrz_password(span_of(DOCUMENT_MRZ, strlen(DOCUMENT_MRZ)), password));
    return span_of(password, sizeof password);
}

static void put_password(struct card_fixture *fixture, uint16_t identifier, struct span password)
{
    assert_int_equal(document_put(fixture, &mf_applet, identifier, password, NULL), SW_OK);
}

// A key that a batch shares: the same in every run.
static void put_generation_key(struct card_fixture *fixture, enum crypto_curve curve, uint8_t *point)
{
    uint8_t content[2 + CRYPTO_FIELD_MAX] = {DOCUMENT_KEY_ID, pace_parameter_of_curve(curve)};
    const size_t n = crypto_curve_length(curve);
    for (size_t i = 0; i < n; i++) {
        content[2 + i] = (uint8_t)(0x11 + i);
    }
    struct crypto_ec_key key = {0};
    assert_true(crypto_ec_load_secret(&key, curve, span_of(content + 2, n), &fixture->port.random));
    assert_true(crypto_ec_public(&key, point));
    crypto_ec_release(&key);
    assert_int_equal(document_put(fixture, &mf_applet, DGI_GENERATION_KEY, span_of(content, 2 + n), NULL),
                     SW_OK);
}

// A key pair made by the card; what STORE DATA answers is the DGI with the public point.
static void generate_key(struct card_fixture *fixture, const struct applet *applet, uint16_t identifier,
                         uint8_t key_id, enum crypto_curve curve, uint8_t *point)
{
    const uint8_t content[] = {key_id, pace_parameter_of_curve(curve)};
    const size_t n = crypto_curve_point_length(curve);
    uint8_t bytes[8 + CRYPTO_POINT_MAX];
    struct writer response = writer_of(bytes, sizeof bytes);
    assert_int_equal(document_put(fixture, applet, identifier, span_of(content, sizeof content), &response),
                     SW_OK);
    assert_int_equal(response.n, 3 + n);
    assert_int_equal(bytes[0] << 8 | bytes[1], identifier);
    assert_int_equal(bytes[2], n);
    memcpy(point, bytes + 3, n);
}

// As short blocks bring it: in two pieces.
static void put_trust_point(struct card_fixture *fixture, uint16_t identifier, struct span certificate)
{
    const size_t half = certificate.n / 2;
    struct dgi_piece piece = {
        .identifier = identifier, .length = (uint16_t)certificate.n, .bytes = span_first(certificate, half)};
    assert_int_equal(mf_applet.personalize(&fixture->card, &piece, NULL), SW_OK);
    piece.offset = (uint16_t)half;
    piece.bytes = span_from(certificate, half);
    piece.last = true;
    assert_int_equal(mf_applet.personalize(&fixture->card, &piece, NULL), SW_OK);
}

static void personalize_access_control(struct card_fixture *fixture, const struct document_profile *profile,
                                       struct document *document)
{
    for (size_t i = 0; i < TERMINAL_TYPES; i++) {
        if (profile->trust_points[i].n > 0) {
            put_trust_point(fixture, (uint16_t)(DGI_TRUST_POINT_INSPECTION + i), profile->trust_points[i]);
        }
    }
    if (profile->chip_key) {
        generate_key(fixture, &mf_applet, DGI_GENERATE_CHIP_KEY, DOCUMENT_CHIP_KEY_ID, profile->chip_curve,
                     document->own_chip_point);
        document_put_file(fixture, &mf_applet, FID_CHIP_SECURITY, span_of("\x30\x03\x02\x01\x05", 5));
    }
}

static void personalize_mf(struct card_fixture *fixture, const struct document_profile *profile,
                           struct document *document)
{
    uint8_t bytes[1024];
    struct writer w = writer_of(bytes, sizeof bytes);
    put_password(fixture, DGI_PASSWORD_MRZ, document_mrz_password());
    put_password(fixture, DGI_PASSWORD_CAN, span_of(DOCUMENT_CAN, 6));
    put_password(fixture, DGI_PASSWORD_PIN, span_of(DOCUMENT_PIN, 6));
    put_password(fixture, DGI_PASSWORD_PUK, span_of(DOCUMENT_PUK, 10));
    if (profile->pin_tries != 0) {
        put_password(fixture, DGI_PIN_TRIES, span_of(&profile->pin_tries, 1));
    }
    if (profile->pin_digits != 0) {
        put_password(fixture, DGI_PIN_DIGITS, span_of(&profile->pin_digits, 1));
    }
    if (profile->transport_pin) {
        put_password(fixture, DGI_TRANSPORT_PIN, span_of("\x01", 1));
    }
    document_put_file(fixture, &mf_applet, FID_CARD_ACCESS, document_card_access(profile, &w));
    document_put_file(fixture, &mf_applet, FID_CARD_SECURITY, span_of("\x30\x03\x02\x01\x03", 5));
    bool has_generation_key = false;
    for (size_t i = 0; i < profile->protocol_count; i++) {
        if (profile->protocols[i].mapping == PACE_ECDH_CAM) {
            put_generation_key(fixture, profile->protocols[i].curve, document->generation_point);
            has_generation_key = true;
        }
    }
    if (!has_generation_key && profile->chip_authentication_2_count > 0) {
        put_generation_key(fixture, profile->chip_curve, document->generation_point);
    }
    personalize_access_control(fixture, profile, document);
    assert_int_equal(mf_applet.complete(&fixture->card), SW_OK);
}

static void put_dg14(struct card_fixture *fixture, const struct document_profile *profile,
                     const struct document *document)
{
    uint8_t bytes[1024];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t dg14 = tlv_open(&w, LDS_DG14);
    const size_t set = tlv_open(&w, 0x31);
    for (size_t i = 0; i < profile->chip_authentication_count; i++) {
        put_chip_authentication_info(&w, profile->chip_authentication[i], 1, DOCUMENT_KEY_ID);
    }
    if (profile->chip_authentication_count > 0) {
        const size_t n = crypto_curve_point_length(profile->chip_curve);
        put_chip_authentication_key_info(&w, profile->chip_curve, span_of(document->chip_point, n),
                                         DOCUMENT_KEY_ID);
    }
    if (profile->announce_hash) {
        put_active_authentication_info(&w, profile->hash);
    }
    tlv_close(&w, set);
    tlv_close(&w, dg14);
    assert_false(w.overflow);
    document_put_file(fixture, &emrtd_applet, FID_DG1 + 13, writer_span(&w));
}

static void put_sample_file(struct card_fixture *fixture, uint16_t identifier, uint8_t tag, size_t length)
{
    static uint8_t bytes[DOCUMENT_DG2_LENGTH + 8];
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put_header(&w, tag, length);
    uint8_t *content = writer_reserve(&w, length);
    assert_non_null(content);
    for (size_t i = 0; i < length; i++) {
        content[i] = (uint8_t)(i * 7 + tag);
    }
    document_put_file(fixture, &emrtd_applet, identifier, writer_span(&w));
}

static void personalize_emrtd(struct card_fixture *fixture, const struct document_profile *profile,
                              struct document *document)
{
    put_sample_file(fixture, FID_COM, LDS_COM, 20);
    put_sample_file(fixture, FID_SOD, LDS_SOD, 600);
    put_sample_file(fixture, FID_DG1, LDS_DG1, 93);
    put_sample_file(fixture, FID_DG1 + 1, LDS_DG2, DOCUMENT_DG2_LENGTH);
    if (profile->sensitive_groups) {
        put_sample_file(fixture, FID_DG1 + 2, LDS_DG3, 50);
        put_sample_file(fixture, FID_DG1 + 3, LDS_DG4, 50);
    }
    if (profile->chip_authentication_count > 0) {
        generate_key(fixture, &emrtd_applet, DGI_GENERATE_CHIP_AUTHENTICATION_KEY, DOCUMENT_KEY_ID,
                     profile->chip_curve, document->chip_point);
    }
    if (profile->active_authentication) {
        generate_key(fixture, &emrtd_applet, DGI_GENERATE_ACTIVE_AUTHENTICATION_KEY, DOCUMENT_KEY_ID,
                     profile->active_curve, document->active_point);
        put_sample_file(fixture, FID_DG1 + 14, LDS_DG15, 91);
    }
    put_dg14(fixture, profile, document);
    assert_int_equal(emrtd_applet.complete(&fixture->card), SW_OK);
}

void document_enter(struct registry *registry, const struct applet *applet)
{
    struct registry_entry entry = {.applet = applet, .state = APPLICATION_PERSONALIZED};
    entry.aid_length = (uint8_t)applet->aid->n;
    memcpy(entry.aid, applet->aid->p, applet->aid->n);
    assert_true(registry_put(registry, &entry));
}

void document_personalize(struct card_fixture *fixture, const struct document_profile *profile,
                          struct document *document)
{
    struct registry registry;
    struct store *store = &fixture->card.store;
    memset(document, 0, sizeof *document);
    assert_int_equal(store_begin(store), STORE_OK);
    personalize_mf(fixture, profile, document);
    personalize_emrtd(fixture, profile, document);
    assert_true(registry_read(store, &registry));
    document_enter(&registry, &mf_applet);
    document_enter(&registry, &emrtd_applet);
    assert_int_equal(registry_write(store, &registry), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    fixture_power_cycle(fixture);
}
