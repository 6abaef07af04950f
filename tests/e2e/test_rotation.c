// Cards of two document signers, one after the other: both are genuine until one signer is revoked.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/specimen.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"

#include <jumin/ceremony.h>
#include <stdio.h>

enum { DAY = 86400, MADE = SPECIMEN_NOW - 10 * DAY, ROTATED = SPECIMEN_NOW - DAY };

// --- The issuer ------------------------------------------------------------------------------------------------

static char shares[2][JUMIN_SHARE_TEXT];

static bool keep(void *context, const struct jumin_share *share, const char *text)
{
    (void)context;
    (void)snprintf(shares[share->number - 1], JUMIN_SHARE_TEXT, "%s", text);
    return true;
}

static struct jumin_pki *new_pki(void)
{
    struct jumin_pki *pki = NULL;
    assert_int_equal(jumin_pki_new(&pki, temporary_path("pki")), JUMIN_OK);
    return pki;
}

static void begin(void)
{
    static const char *const custodians[] = {"Kim", "Lee"};
    const struct jumin_pki_options options = {.now = MADE};
    const struct jumin_ceremony ceremony = {.program = "jumin test", .now = MADE};
    const struct jumin_deal deal = {.threshold = 2, .count = 2, .custodians = custodians, .give = keep};
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
}

static struct jumin_pki *station_pki(void)
{
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    return pki;
}

static struct jumin_pki *opened_pki(void)
{
    struct jumin_pki *pki = station_pki();
    struct jumin_quorum *quorum = NULL;
    assert_int_equal(jumin_quorum_new(&quorum), JUMIN_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(jumin_quorum_add(quorum, shares[i], strlen(shares[i]), NULL), JUMIN_OK);
    }
    assert_int_equal(jumin_pki_load_authority_by_quorum(pki, quorum), JUMIN_OK);
    jumin_quorum_free(quorum);
    return pki;
}

// --- Cards -----------------------------------------------------------------------------------------------------

// Of a card that is issued with what the station has now.
static struct jumin_document *issued_document(uint8_t serial)
{
    struct jumin_pki *pki = station_pki();
    struct jumin_document *document = specimen_document(pki, serial);
    jumin_pki_free(pki);
    return document;
}

static void assert_verdict(struct jumin_document *document, enum jumin_error wrong)
{
    struct jumin_report *report = NULL;
    struct jumin_pki *pki = station_pki();
    struct jumin_trust *trust = specimen_trust(pki);
    bool said = wrong == JUMIN_OK;
    assert_int_equal(jumin_document_verify(document, trust, SPECIMEN_NOW, &report), JUMIN_OK);
    assert_int_equal(jumin_report_verdict(report), wrong == JUMIN_OK ? JUMIN_PASSED : JUMIN_FAILED);
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        assert_int_equal(check->verdict == JUMIN_FAILED, check->error != JUMIN_OK);
        assert_true(check->error == JUMIN_OK || check->error == wrong);
        said = said || check->error == wrong;
    }
    assert_true(said);
    jumin_report_free(report);
    jumin_trust_free(trust);
    jumin_pki_free(pki);
}

static void test_cards_of_a_revoked_signer_fail_and_no_others(void **state)
{
    (void)state;
    struct jumin_signer signers[2];
    size_t count = 0;
    begin();
    struct jumin_document *before = issued_document(1);

    struct jumin_ceremony ceremony = {.program = "jumin test", .now = ROTATED};
    struct jumin_pki *pki = opened_pki();
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &ceremony), JUMIN_OK);
    assert_int_equal(jumin_pki_signers(pki, signers, 2, &count), JUMIN_OK);
    assert_int_equal(count, 2);
    jumin_pki_free(pki);
    struct jumin_document *after = issued_document(2);
    assert_verdict(before, JUMIN_OK);
    assert_verdict(after, JUMIN_OK);

    const struct jumin_revocation revocation = {signers[1].serial, "key-compromise"};
    ceremony.now = SPECIMEN_NOW;
    pki = opened_pki();
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &revocation, 1), JUMIN_OK);
    jumin_pki_free(pki);
    assert_verdict(before, JUMIN_ERROR_REVOKED);
    assert_verdict(after, JUMIN_OK);
    jumin_document_free(before);
    jumin_document_free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_cards_of_a_revoked_signer_fail_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
