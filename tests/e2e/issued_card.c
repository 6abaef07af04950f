// A card as a person would hold it: the card of tests/apdu with a whole, signed document, and the way to it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/issued_card.h"

#include "card/apps/emrtd.h"
#include "card/apps/mf.h"
#include "card/wire/lds.h"
#include "card/wire/security_infos.h"
#include "host/perso/lds_make.h"
#include "host/pki/signed_data.h"
#include "host/pki/x509.h"
#include "host/reader/reader_internal.h"

#include <stdio.h>
#include <stdlib.h>

// 9303-11 App. G.1 as a TD1: the MRZ password is DOCUMENT_MRZ.
static const char mrz[] = "IDKORT220001293<<<<<<<<<<<<<<<"
                          "6408125M1010318KOR<<<<<<<<<<<6"
                          "HONG<<GIL<DONG<<<<<<<<<<<<<<<<";

// --- The issuer --------------------------------------------------------------------------------------------

static const struct certificate_name csca_name = {"KR", "jumin specimen", "CSCA specimen"};
static const struct certificate_name signer_name = {"KR", "jumin specimen", "DS specimen"};

static void issue_certificates(struct issued_card *card, struct issuer *issuer)
{
    enum { DAY = 86400 };
    struct certificate_request request = {.profile = CERTIFICATE_CSCA,
                                          .issuer = csca_name,
                                          .subject = csca_name,
                                          .location = "KOR",
                                          .revocation_list = "https://specimen.invalid/csca.crl",
                                          .serial = {0x11},
                                          .not_before = ISSUED_NOW - 100 * DAY,
                                          .not_after = ISSUED_NOW + 5000LL * DAY,
                                          .key_not_after = ISSUED_NOW + 1000LL * DAY,
                                          .subject_key = &issuer->csca_key.key};
    assert_true(crypto_ec_generate(&issuer->csca_key.key, CRYPTO_P256, &card->random));
    assert_true(crypto_ec_generate(&issuer->signer_key.key, CRYPTO_P256, &card->random));
    struct writer w = writer_of(issuer->csca, sizeof issuer->csca);
    assert_true(certificate_issue(&request, &issuer->csca_key, &card->random, &w));
    issuer->csca_length = w.n;
    request.profile = CERTIFICATE_DOCUMENT_SIGNER;
    request.subject = signer_name;
    request.serial[0] = 0x22;
    request.key_not_after = ISSUED_NOW + 90LL * DAY;
    request.subject_key = &issuer->signer_key.key;
    w = writer_of(issuer->signer, sizeof issuer->signer);
    assert_true(certificate_issue(&request, &issuer->csca_key, &card->random, &w));
    issuer->signer_length = w.n;
}

static void sign(struct issued_card *card, const struct issuer *issuer, struct span content_type,
                 struct span content, struct writer *w)
{
    struct x509_certificate signer;
    const char *why = "";
    assert_true(x509_parse(span_of(issuer->signer, issuer->signer_length), &signer, &why));
    const struct signed_data_request request = {.content_type = content_type,
                                                .content = content,
                                                .certificate = signer.whole,
                                                .issuer = signer.issuer,
                                                .serial_number = signer.serial,
                                                .signing_time = ISSUED_NOW};
    assert_true(signed_data_make(&request, &issuer->signer_key, &card->random, w));
    assert_false(w->overflow);
}

void issued_card_revoke_signer(struct issued_card *card)
{
    uint8_t bytes[2048];
    struct x509_certificate signer;
    const char *why = "";
    assert_true(x509_parse(span_of(card->issuer.signer, card->issuer.signer_length), &signer, &why));
    const struct revocation_entry entry = {signer.serial, ISSUED_NOW};
    const struct revocation_request request = {.issuer = csca_name,
                                               .number = 1,
                                               .this_update = ISSUED_NOW,
                                               .next_update = ISSUED_NOW + 1,
                                               .entries = &entry,
                                               .count = 1};
    struct writer list = writer_of(bytes, sizeof bytes);
    assert_true(revocation_list_issue(&request, &card->issuer.csca_key, &card->random, &list));
    assert_int_equal(jumin_trust_add_crl(card->trust, bytes, list.n), JUMIN_OK);
}

// --- The document ------------------------------------------------------------------------------------------

static struct writer file_writer(struct issued_card *card, unsigned group)
{
    return writer_of(card->files[group], ISSUED_FILE_MAX);
}

static void finish_file(struct issued_card *card, unsigned group, const struct writer *w)
{
    assert_false(w->overflow);
    card->lengths[group] = w->n;
    const uint16_t identifier = group == 0 ? FID_SOD : (uint16_t)(FID_DG1 + group - 1);
    document_put_file(&card->fixture, &emrtd_applet, identifier, writer_span(w));
}

static void put_portrait(struct issued_card *card, size_t image)
{
    static uint8_t bytes[ISSUED_FILE_MAX];
    static const uint8_t start[] = {0xFF, 0xD8, 0xFF, 0xE0};
    struct photo photo = {.image = bytes, .n = image, .width = 413, .height = 531};
    for (size_t i = 0; i < image; i++) {
        bytes[i] = (uint8_t)(i * 31 + i / 251);
    }
    memcpy(bytes, start, sizeof start);
    struct writer w = file_writer(card, 2);
    put_dg2(&w, &photo);
    finish_file(card, 2, &w);
}

static void put_person(struct issued_card *card)
{
    static const struct person person = {.document_number = "T22000129",
                                         .surname = "HONG",
                                         .given_names = "GIL DONG",
                                         .name_hangul = "홍길동",
                                         .name_hanja = "洪吉童",
                                         .birth_date = "19640812",
                                         .issue_date = "20260601",
                                         .expiry_date = "20101031",
                                         .sex = 'M',
                                         .nationality = "KOR",
                                         .issuing_state = "KOR",
                                         .issuing_authority = "세종특별자치시장"};
    struct writer w = file_writer(card, 1);
    put_dg1(&w, mrz);
    finish_file(card, 1, &w);
    w = file_writer(card, 11);
    put_dg11(&w, &person);
    finish_file(card, 11, &w);
    w = file_writer(card, 12);
    put_dg12(&w, &person);
    finish_file(card, 12, &w);
}

// Fingerprints and irises, which nobody looks into here.
static void put_sensitive_groups(struct issued_card *card)
{
    for (unsigned group = 3; group <= 4; group++) {
        struct writer w = file_writer(card, group);
        tlv_put(&w, lds_tag_of_group(group), span_of("\x02\x01\x00", 3));
        finish_file(card, group, &w);
    }
}

static void put_keys(struct issued_card *card, const struct document_profile *profile)
{
    const struct dg14_content content = {
        .pace = profile->protocols,
        .pace_count = profile->protocol_count,
        .suites = profile->chip_authentication,
        .suite_count = profile->chip_authentication_count,
        .curve = profile->chip_curve,
        .chip_authentication_point =
            span_of(card->document.chip_point, crypto_curve_point_length(profile->chip_curve)),
        .key_id = DOCUMENT_KEY_ID,
        .active_authentication = true};
    struct writer w = file_writer(card, 14);
    put_dg14(&w, &content);
    finish_file(card, 14, &w);
    if (profile->active_authentication) {
        w = file_writer(card, 15);
        put_dg15(&w, profile->active_curve,
                 span_of(card->document.active_point, crypto_curve_point_length(profile->active_curve)));
        finish_file(card, 15, &w);
    }
}

// The key of PACE-CAM by the id of its curve, that of Chip Authentication version 2 by its own.
static void put_generation_key(const struct issued_card *card, enum crypto_curve curve, int key_id,
                               struct writer *w)
{
    put_chip_authentication_key_info(
        w, curve, span_of(card->document.generation_point, crypto_curve_point_length(curve)), key_id);
}

static void put_security_infos(const struct issued_card *card, const struct document_profile *profile,
                               struct writer *w)
{
    for (size_t i = 0; i < profile->protocol_count; i++) {
        put_pace_info(w, &profile->protocols[i]);
        if (profile->protocols[i].mapping == PACE_ECDH_CAM) {
            const enum crypto_curve curve = profile->protocols[i].curve;
            put_generation_key(card, curve, pace_parameter_of_curve(curve), w);
        }
    }
    for (size_t i = 0; i < profile->chip_authentication_2_count; i++) {
        put_chip_authentication_info(w, profile->chip_authentication_2[i], 2, DOCUMENT_KEY_ID);
    }
    if (profile->chip_authentication_2_count > 0) {
        put_generation_key(card, profile->chip_curve, DOCUMENT_KEY_ID, w);
        put_restricted_identification_info(w, CRYPTO_SHA256, ISSUED_PSEUDONYM_KEY, true);
        put_restricted_identification_info(w, CRYPTO_SHA256, ISSUED_BLOCKING_KEY, false);
    }
}

void issued_card_sign_infos(struct issued_card *card, struct span content_type, struct span infos,
                            struct writer *file)
{
    static uint8_t set[4096];
    struct writer w = writer_of(set, sizeof set);
    tlv_put(&w, 0x31, infos);
    assert_false(w.overflow);
    sign(card, &card->issuer, content_type, writer_span(&w), file);
}

static void put_security_file(struct issued_card *card, uint16_t identifier, struct span infos)
{
    static uint8_t bytes[8192];
    struct writer file = writer_of(bytes, sizeof bytes);
    issued_card_sign_infos(card, OID_SECURITY_OBJECT, infos, &file);
    document_put_file(&card->fixture, &mf_applet, identifier, writer_span(&file));
}

static void put_security_files(struct issued_card *card, const struct document_profile *profile)
{
    static uint8_t infos[4096];
    struct writer w = writer_of(infos, sizeof infos);
    put_security_infos(card, profile, &w);
    put_security_file(card, FID_CARD_SECURITY, writer_span(&w));
    if (profile->chip_key) {
        put_chip_authentication_key_info(
            &w, profile->chip_curve,
            span_of(card->document.own_chip_point, crypto_curve_point_length(profile->chip_curve)),
            DOCUMENT_CHIP_KEY_ID);
        put_security_file(card, FID_CHIP_SECURITY, writer_span(&w));
    }
}

static void put_signed_files(struct issued_card *card, const struct document_profile *profile)
{
    static uint8_t content[4096], signed_data[8192];
    struct span files[ISSUED_GROUPS] = {{NULL, 0}};
    uint32_t groups = 0;
    for (unsigned group = 1; group < ISSUED_GROUPS; group++) {
        files[group] = span_of(card->files[group], card->lengths[group]);
        groups |= card->lengths[group] > 0 ? 1U << group : 0;
    }
    struct writer w = writer_of(content, sizeof content);
    put_com(&w, groups);
    document_put_file(&card->fixture, &emrtd_applet, FID_COM, writer_span(&w));
    w = writer_of(content, sizeof content);
    put_security_object(&w, CRYPTO_SHA256, files);
    struct writer sod = writer_of(signed_data, sizeof signed_data);
    sign(card, &card->issuer, OID_LDS_SECURITY_OBJECT, writer_span(&w), &sod);
    w = file_writer(card, 0);
    tlv_put(&w, LDS_SOD, writer_span(&sod));
    finish_file(card, 0, &w);
    put_security_files(card, profile);
}

// --- The link ----------------------------------------------------------------------------------------------

static struct card_fixture *fixture_of(struct issued_card *card)
{
    return card->stand_in != NULL ? &card->stand_in->fixture : &card->fixture;
}

static enum jumin_error link_connect(void *context)
{
    fixture_power_cycle(fixture_of(context));
    return JUMIN_OK;
}

static void link_disconnect(void *context)
{
    fixture_power_cycle(fixture_of(context));
}

static void link_limits(void *context, struct jumin_limits *limits)
{
    const struct issued_card *card = context;
    *limits = card->limits;
}

static const char *link_detail(void *context)
{
    (void)context;
    return "the card left the field";
}

static enum jumin_error link_transmit(void *context, const uint8_t *bytes, size_t n, uint8_t *response,
                                      size_t capacity, size_t *length)
{
    struct issued_card *card = context;
    struct apdu_command command;
    assert_true(apdu_parse(span_of(bytes, n), &command));
    assert_true(n <= card->limits.command_max);
    (void)snprintf(card->log[card->commands % 128], sizeof card->log[0], "%02X%02X%02X%02X", command.cla,
                   command.ins, command.p1, command.p2);
    card->commands++;
    if (card->commands == card->remove_before) {
        card->remove_before = 0;
        fixture_power_cycle(fixture_of(card));
        return JUMIN_ERROR_CARD_REMOVED;
    }
    card->raw = span_of(bytes, n);
    struct writer w = writer_of(response, capacity);
    if (card->lie != NULL && card->lie(card, &command, &w)) {
        assert_false(w.overflow);
        *length = w.n;
        return JUMIN_OK;
    }
    *length = card_transmit(&fixture_of(card)->card, bytes, n, response, capacity);
    assert_true(*length <= card->limits.response_max);
    return JUMIN_OK;
}

struct span issued_card_honest(struct issued_card *card)
{
    (void)fixture_transmit(&card->fixture, card->raw);
    return span_of(card->fixture.response, card->fixture.data.n + 2);
}

void issued_card_answer(struct issued_card *card, const struct apdu_command *command, struct span data,
                        uint16_t status, struct writer *response)
{
    static uint8_t buffer[CARD_COMMAND_MAX];
    struct sm_session *session = &card->fixture.card.security.sm;
    struct apdu_command plain;
    if (session->active) {
        assert_int_equal(sm_open_command(session, command, buffer, &plain), SM_OK);
        assert_true(sm_protect_response(session, data, status, (command->ins & 1) != 0, response));
    } else {
        writer_put(response, data);
    }
    writer_put_u16(response, status);
}

static const struct jumin_transport_functions functions = {.connect = link_connect,
                                                           .transmit = link_transmit,
                                                           .disconnect = link_disconnect,
                                                           .limits = link_limits,
                                                           .detail = link_detail};

// --- The card ----------------------------------------------------------------------------------------------

void issued_card_start(struct issued_card *card, const struct document_profile *profile, size_t image,
                       uint8_t serial)
{
    memset(card, 0, sizeof *card);
    card->random = counting_random(&card->random_state);
    card->random_state.counter = serial;
    card->limits = (struct jumin_limits){.command_max = 65544, .response_max = 65538, .extended = true};
    const struct card_factory factory = fixture_factory(serial, 16);
    fixture_start_as(&card->fixture, &factory);
    card->fixture.random = 0x100U + serial; // the card's keys are not the issuer's
    document_personalize(&card->fixture, profile, &card->document);

    issue_certificates(card, &card->issuer);
    assert_int_equal(store_begin(&card->fixture.card.store), STORE_OK);
    put_person(card);
    put_portrait(card, image);
    put_keys(card, profile);
    if (profile->sensitive_groups) {
        put_sensitive_groups(card);
    }
    put_signed_files(card, profile);
    assert_int_equal(store_commit(&card->fixture.card.store), STORE_OK);

    assert_int_equal(jumin_trust_new(&card->trust), JUMIN_OK);
    assert_int_equal(jumin_trust_add_certificate(card->trust, card->issuer.csca, card->issuer.csca_length),
                     JUMIN_OK);
    assert_int_equal(jumin_transport_new(&card->transport, &functions, card), JUMIN_OK);
}

void issued_card_stop(struct issued_card *card)
{
    jumin_transport_free(card->transport);
    jumin_trust_free(card->trust);
    signing_key_release(&card->issuer.csca_key);
    signing_key_release(&card->issuer.signer_key);
    fixture_stop(&card->fixture);
}

struct jumin_reader *issued_card_reader(struct issued_card *card)
{
    struct jumin_reader *reader = NULL;
    assert_int_equal(jumin_reader_new(&reader, card->transport), JUMIN_OK);
    reader_set_random(reader, card->random);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, DOCUMENT_CAN), JUMIN_OK);
    return reader;
}

const struct jumin_check *report_find(const struct jumin_report *report, enum jumin_check_kind kind,
                                      unsigned group)
{
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        if (check->kind == kind && check->group == group) {
            return check;
        }
    }
    fail_msg("no check %s", jumin_check_name(kind));
    abort();
}

void assert_genuine(struct issued_card *card, struct jumin_document *document)
{
    struct jumin_report *report = NULL;
    assert_int_equal(jumin_document_verify(document, card->trust, ISSUED_NOW, &report), JUMIN_OK);
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        if (check->verdict == JUMIN_FAILED) {
            fail_msg("%s: %s", jumin_check_name(check->kind), check->detail);
        }
    }
    assert_int_equal(jumin_report_verdict(report), JUMIN_PASSED);
    assert_int_equal(jumin_report_chip(report), JUMIN_PASSED);
    jumin_report_free(report);
}
