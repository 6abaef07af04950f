// The specimen order and the issuer that tests use.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/specimen.h"

#include "host/pki/pki.h"
#include "tests/e2e/card_link.h"
#include "tests/unit/unit.h"
#include <jumin/reader.h>
#include <stdio.h>
#include <stdlib.h>

struct jumin_pki *specimen_pki(enum jumin_curve curve)
{
    const struct jumin_pki_options options = {.curve = curve, .now = SPECIMEN_NOW - 86400};
    struct jumin_pki *pki = NULL;
    assert_int_equal(jumin_pki_new(&pki, "nowhere"), JUMIN_OK);
    assert_true(pki_make(pki, &options) == JUMIN_OK);
    return pki;
}

static size_t read_file(const char *path, uint8_t *bytes, size_t capacity)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t n = fread(bytes, 1, capacity, file);
    assert_true(n > 0 && n < capacity);
    (void)fclose(file);
    return n;
}

struct jumin_order *specimen_order_without_passwords(void)
{
    static uint8_t bytes[100000];
    struct jumin_order *order = NULL;
    assert_int_equal(jumin_order_new(&order), JUMIN_OK);
    size_t n = read_file(SPECIMEN_FOLDER "/person.json", bytes, sizeof bytes);
    assert_int_equal(jumin_order_set_person(order, (const char *)bytes, n), JUMIN_OK);
    n = read_file(SPECIMEN_FOLDER "/portrait.jpg", bytes, sizeof bytes);
    assert_int_equal(jumin_order_set_photo(order, bytes, n), JUMIN_OK);
    return order;
}

struct jumin_order *specimen_order(void)
{
    struct jumin_order *order = specimen_order_without_passwords();
    assert_int_equal(jumin_order_set_can(order, SPECIMEN_CAN), JUMIN_OK);
    assert_int_equal(jumin_order_set_pin(order, SPECIMEN_PIN), JUMIN_OK);
    return order;
}

void specimen_cvca(struct test_holder *cvca, enum terminal_type type)
{
    static const char *const references[] = {[TERMINAL_INSPECTION] = "KRCVCAIS00001",
                                             [TERMINAL_AUTHENTICATION] = "KRCVCAAT00001",
                                             [TERMINAL_SIGNATURE] = "KRCVCAST00001"};
    test_holder_make(cvca, references[type], CRYPTO_P256, CRYPTO_SHA256);
}

struct span specimen_cvca_certificate(enum terminal_type type, uint8_t buffer[TEST_CERTIFICATE_MAX])
{
    uint8_t content_bytes[TEST_CERTIFICATE_MAX];
    struct test_holder cvca;
    specimen_cvca(&cvca, type);
    const struct cv_certificate plan = certificate_plan(&cvca, &cvca, type, ROLE_CVCA, rights_of_type(type),
                                                        SPECIMEN_CVCA_START, SPECIMEN_CVCA_END);
    const struct span content = certificate_good(&plan, &cvca, content_bytes);
    struct writer w = writer_of(buffer, TEST_CERTIFICATE_MAX);
    tlv_put(&w, CVC_CERTIFICATE, content);
    assert_false(w.overflow);
    test_holder_release(&cvca);
    return writer_span(&w);
}

struct jumin_perso *specimen_perso(struct jumin_transport *transport, const struct jumin_pki *pki)
{
    return specimen_perso_with(transport, pki, card_link_transport_key, card_link_issuer_key);
}

struct jumin_perso *specimen_perso_with(struct jumin_transport *transport, const struct jumin_pki *pki,
                                        const struct jumin_master_key *transport_key,
                                        const struct jumin_master_key *issuer_key)
{
    struct jumin_perso *perso = NULL;
    assert_int_equal(jumin_perso_new(&perso, transport, pki, transport_key, issuer_key), JUMIN_OK);
    for (int type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        uint8_t buffer[TEST_CERTIFICATE_MAX];
        const struct span certificate = specimen_cvca_certificate((enum terminal_type)type, buffer);
        assert_int_equal(jumin_perso_add_trust_point(perso, certificate.p, certificate.n), JUMIN_OK);
    }
    return perso;
}

struct jumin_trust *specimen_trust(const struct jumin_pki *pki)
{
    struct jumin_trust *trust = NULL;
    const uint8_t *der = NULL;
    size_t n = 0;
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    assert_int_equal(jumin_pki_item(pki, JUMIN_PKI_CSCA, &der, &n), JUMIN_OK);
    assert_int_equal(jumin_trust_add_certificate(trust, der, n), JUMIN_OK);
    assert_int_equal(jumin_pki_item(pki, JUMIN_PKI_CRL, &der, &n), JUMIN_OK);
    assert_int_equal(jumin_trust_add_crl(trust, der, n), JUMIN_OK);
    return trust;
}

struct jumin_document *specimen_document(const struct jumin_pki *pki, uint8_t serial)
{
    struct card_link link;
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    card_link_start(&link, serial);
    struct jumin_transport *transport = card_link_open(&link);
    struct jumin_order *order = specimen_order();
    struct jumin_perso *perso = specimen_perso(transport, pki);
    const enum jumin_error error = jumin_perso_issue(perso, order, SPECIMEN_NOW);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_perso_detail(perso));
    }
    assert_int_equal(jumin_reader_new(&reader, transport), JUMIN_OK);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, SPECIMEN_CAN), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_OK);
    jumin_reader_free(reader);
    jumin_perso_free(perso);
    jumin_order_free(order);
    jumin_transport_free(transport);
    card_link_stop(&link);
    return document;
}

void specimen_expect_genuine(struct jumin_transport *transport, const struct jumin_pki *pki)
{
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    struct jumin_trust *trust = specimen_trust(pki);
    assert_int_equal(jumin_reader_new(&reader, transport), JUMIN_OK);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, SPECIMEN_CAN), JUMIN_OK);
    const enum jumin_error error = jumin_reader_read(reader, &document);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_reader_detail(reader));
    }
    assert_int_equal(jumin_document_verify(document, trust, SPECIMEN_NOW, &report), JUMIN_OK);
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        if (check->verdict == JUMIN_FAILED) {
            fail_msg("%s: %s", jumin_check_name(check->kind), check->detail);
        }
    }
    assert_int_equal(jumin_report_verdict(report), JUMIN_PASSED);
    assert_int_equal(jumin_report_chip(report), JUMIN_PASSED);
    jumin_report_free(report);
    jumin_document_free(document);
    jumin_reader_free(reader);
    jumin_trust_free(trust);
}
