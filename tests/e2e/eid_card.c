// A resident card with the eID application, and terminals with certificates that it takes.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/eid_card.h"

#include "card/apps/eid.h"
#include "card/wire/personalization.h"
#include "host/reader/reader_internal.h"
#include "host/reader/terminal.h"
#include "tests/apdu/eid_document.h"

#include <stdlib.h>

// --- What stands on the card ---------------------------------------------------------------------------------

static void put_text(struct eid_card *card, enum eid_group group, uint8_t type, const char *text)
{
    eid_put(&card->issued.fixture, group, type, span_of(text, strlen(text)));
}

static void put_field(struct writer *w, uint8_t outer, uint8_t type, const char *text)
{
    const size_t opened = tlv_open(w, outer);
    tlv_put(w, type, span_of(text, strlen(text)));
    tlv_close(w, opened);
}

static void put_residence(struct eid_card *card)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    put_field(&w, 0xAA, 0x0C, "한누리대로 1");
    put_field(&w, 0xAB, 0x0C, "세종");
    put_field(&w, 0xAD, 0x13, "KOR");
    put_field(&w, 0xAE, 0x13, "30100");
    assert_false(w.overflow);
    eid_put(&card->issued.fixture, EID_PLACE_OF_RESIDENCE, 0x30, writer_span(&w));
}

static void put_registration_number(struct eid_card *card)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t item = tlv_open(&w, 0x30);
    tlv_put(&w, 0x06, OID_REGISTRATION_NUMBER);
    tlv_put(&w, 0x12, span_of("0732314000000", 13));
    tlv_close(&w, item);
    eid_put(&card->issued.fixture, EID_OPTIONAL_DATA, 0x31, writer_span(&w));
}

static void make_identification_key(struct card_fixture *fixture, uint16_t identifier, uint8_t key_id)
{
    const uint8_t content[] = {key_id, pace_parameter_of_curve(CRYPTO_P256)};
    uint8_t bytes[256];
    struct writer response = writer_of(bytes, sizeof bytes);
    assert_int_equal(
        document_put(fixture, &eid_applet, identifier, span_of(content, sizeof content), &response), SW_OK);
}

static void put_content(struct eid_card *card)
{
    struct card_fixture *fixture = &card->issued.fixture;
    eid_personalize(fixture, 0);
    assert_int_equal(store_begin(&fixture->card.store), STORE_OK);
    put_text(card, EID_DOCUMENT_TYPE, 0x13, "ID");
    put_text(card, EID_DATE_OF_EXPIRY, 0x12, "20360531");
    put_text(card, EID_GIVEN_NAMES, 0x0C, "길동");
    put_text(card, EID_FAMILY_NAMES, 0x0C, "홍");
    put_text(card, EID_DATE_OF_BIRTH, 0x12, "20071231");
    put_text(card, EID_MUNICIPALITY, 0x04, "3611010100");
    put_residence(card);
    put_registration_number(card);
    make_identification_key(fixture, DGI_GENERATE_RESTRICTED_IDENTIFICATION_KEY, ISSUED_PSEUDONYM_KEY);
    make_identification_key(fixture, DGI_GENERATE_RESTRICTED_IDENTIFICATION_BLOCKING_KEY,
                            ISSUED_BLOCKING_KEY);
    assert_int_equal(store_commit(&fixture->card.store), STORE_OK);
}

// --- Certificates --------------------------------------------------------------------------------------------

static struct span trust_point(struct eac_chain *chain, uint8_t buffer[TEST_CERTIFICATE_MAX])
{
    uint8_t content[TEST_CERTIFICATE_MAX];
    struct writer w = writer_of(buffer, TEST_CERTIFICATE_MAX);
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&chain->cvca_plan, &chain->cvca, content));
    return writer_span(&w);
}

static void make_sector(struct eid_card *card)
{
    uint8_t point[CRYPTO_POINT_MAX], oid[OID_RI_ECDH_LENGTH];
    struct writer w = writer_of(card->sector_key, sizeof card->sector_key);
    assert_true(crypto_ec_generate(&card->sector_secret, CRYPTO_P256, &card->issued.random));
    assert_true(crypto_ec_public(&card->sector_secret, point));
    oid_ri_ecdh(CRYPTO_SHA256, oid);
    cvc_public_key_put(&w, span_of(oid, sizeof oid), CRYPTO_P256,
                       span_of(point, crypto_curve_point_length(CRYPTO_P256)), true);
    assert_false(w.overflow);
    card->sector_key_length = w.n;
    const struct span key = writer_span(&w);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &key, 1, card->sector_hash));
    card->chain.terminal_plan.sectors.first = span_of(card->sector_hash, crypto_hash_length(CRYPTO_SHA256));
}

struct span eid_card_certificates(struct eac_chain *chain, uint8_t buffer[2 * TEST_CERTIFICATE_MAX])
{
    uint8_t content[TEST_CERTIFICATE_MAX];
    struct writer w = writer_of(buffer, (size_t)2 * TEST_CERTIFICATE_MAX);
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&chain->dv_plan, &chain->cvca, content));
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&chain->terminal_plan, &chain->dv, content));
    assert_false(w.overflow);
    return writer_span(&w);
}

struct jumin_terminal *eid_card_terminal(struct eid_card *card, struct eac_chain *chain, rights granted)
{
    uint8_t secret[CRYPTO_FIELD_MAX], buffer[2 * TEST_CERTIFICATE_MAX];
    struct jumin_terminal *terminal = NULL;
    (void)card;
    chain->terminal_plan.authorization.rights = granted;
    const struct span certificates = eid_card_certificates(chain, buffer);
    assert_true(crypto_ec_secret(&chain->terminal.key, secret));
    assert_int_equal(terminal_new_with_key(&terminal, chain->terminal.curve,
                                           span_of(secret, crypto_curve_length(chain->terminal.curve))),
                     JUMIN_OK);
    if (jumin_terminal_add_certificates(terminal, certificates.p, certificates.n) != JUMIN_OK) {
        fail_msg("%s", jumin_terminal_detail(terminal));
    }
    return terminal;
}

// --- The card ------------------------------------------------------------------------------------------------

struct eid_card *eid_card_new(size_t protocols)
{
    static const enum secure_messaging_suite suites[] = {SUITE_AES_CBC_CMAC_128};
    uint8_t buffers[2][TEST_CERTIFICATE_MAX];
    struct eid_card *card = calloc(1, sizeof *card);
    assert_non_null(card);
    eac_chain_make(&card->chain, TERMINAL_AUTHENTICATION);
    eac_chain_make(&card->inspection, TERMINAL_INSPECTION);
    struct document_profile profile = document_usual;
    profile.protocol_count = protocols;
    profile.chip_authentication_2 = suites;
    profile.chip_authentication_2_count = 1;
    profile.chip_key = true;
    profile.sensitive_groups = true;
    profile.trust_points[TERMINAL_AUTHENTICATION - TERMINAL_INSPECTION] =
        trust_point(&card->chain, buffers[0]);
    profile.trust_points[0] = trust_point(&card->inspection, buffers[1]);
    issued_card_start(&card->issued, &profile, 1000, 1);
    put_content(card);
    make_sector(card);
    return card;
}

void eid_card_free(struct eid_card *card)
{
    issued_card_stop(&card->issued);
    eac_chain_release(&card->chain);
    eac_chain_release(&card->inspection);
    crypto_ec_release(&card->sector_secret);
    free(card);
}

struct jumin_reader *eid_card_reader(struct eid_card *card, enum jumin_password password)
{
    struct jumin_reader *reader = NULL;
    assert_int_equal(jumin_reader_new(&reader, card->issued.transport), JUMIN_OK);
    reader_set_random(reader, card->issued.random);
    assert_int_equal(jumin_reader_set_password(reader, password,
                                               password == JUMIN_PASSWORD_CAN ? DOCUMENT_CAN : DOCUMENT_PIN),
                     JUMIN_OK);
    return reader;
}

struct jumin_eid_request eid_card_request(const struct eid_card *card, struct jumin_terminal *terminal)
{
    return (struct jumin_eid_request){.terminal = terminal,
                                      .trust = card->issued.trust,
                                      .time = ISSUED_NOW,
                                      .born_until = "20071231",
                                      .municipality = (const uint8_t *)"36",
                                      .municipality_length = 2};
}

struct jumin_eid *eid_card_open(struct eid_card *card, struct jumin_reader *reader,
                                struct jumin_terminal *terminal)
{
    const struct jumin_eid_request request = eid_card_request(card, terminal);
    struct jumin_eid *eid = NULL;
    const enum jumin_error error = jumin_eid_open(&eid, reader, &request);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_reader_detail(reader));
    }
    return eid;
}
