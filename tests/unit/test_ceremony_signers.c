// Ceremonies that make another document signer, and those that revoke one.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/ceremony_stage.h"

#include "card/wire/oid.h"
#include "host/pki/pki.h"
#include "host/pki/signers.h"
#include <stdio.h>
#include <unistd.h>

// --- Document signers ---------------------------------------------------------------------------------------

static void test_rotation_gives_another_signer_and_keeps_the_certificate_before(void **state)
{
    (void)state;
    struct jumin_signer signers[8];
    uint8_t before[PKI_KEY_FILE_MAX], after[PKI_KEY_FILE_MAX];
    ceremony_begin(NOW);
    const size_t n = ceremony_read("ds.key", before, sizeof before);
    assert_int_equal(ceremony_signers(signers), 1);
    char first[JUMIN_SERIAL];
    (void)snprintf(first, sizeof first, "%s", signers[0].serial);
    assert_int_equal(link(ceremony_path("ds.key"), ceremony_path("kept.key")), 0);

    ceremony_rotate(NOW + 80 * DAY);
    assert_int_equal(ceremony_signers(signers), 2);
    assert_true(signers[0].current);
    assert_false(signers[1].current);
    assert_string_equal(signers[1].serial, first);
    assert_string_not_equal(signers[0].serial, first);
    // 9303-12 §5: three months of use, and then as long as a document is valid
    assert_int_equal(signers[0].not_before, NOW + 80 * DAY);
    assert_int_equal(signers[0].signs_until, NOW + 170 * DAY);
    assert_int_equal(signers[0].not_after, signers[0].signs_until + 3660LL * DAY);
    assert_int_equal(signers[1].signs_until, NOW + 90 * DAY);

    // The key before is destroyed, where it stood.
    assert_int_equal(ceremony_read("kept.key", after, sizeof after), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(after[i], 0);
    }
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    jumin_pki_free(pki);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
}

static void test_new_signer_is_certified_like_the_one_before(void **state)
{
    (void)state;
    ceremony_begin(NOW);
    ceremony_rotate(NOW + DAY);
    struct jumin_pki *pki = ceremony_pki();
    struct x509_certificate csca, signer;
    struct issuer_texts texts;
    const char *why = "";
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_true(x509_parse(span_of(pki->csca.p, pki->csca.n), &csca, &why));
    assert_true(x509_parse(span_of(pki->signer.p, pki->signer.n), &signer, &why));
    assert_true(x509_names_issuer(&signer, &csca));
    assert_true(x509_signed_by(&signer, &csca));
    assert_true(issuer_texts_of(&csca, &texts));
    assert_string_equal(texts.organization, "행정 specimen");
    assert_string_equal(texts.location, "KOR");
    assert_string_equal(texts.revocation_list, "https://pki.jumin.example/csca.crl");
    jumin_pki_free(pki);
}

static void test_signer_signs_in_its_months_only(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    const struct span content = span_of("content", 7);
    ceremony_begin(NOW);
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    struct writer der = writer_of(bytes, sizeof bytes);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, content, NOW + 90 * DAY, &der), JUMIN_OK);
    der = writer_of(bytes, sizeof bytes);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, content, NOW + 90 * DAY + 1, &der),
                     JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(der.n, 0);
    jumin_pki_free(pki);
}

static void test_batch_signature_is_each_signers_own(void **state)
{
    (void)state;
    uint8_t bytes[3][4096];
    struct writer der[3];
    const struct span content = span_of("content", 7);
    ceremony_begin(NOW);
    for (int i = 0; i < 3; i++) {
        if (i == 2) {
            ceremony_rotate(NOW + DAY);
        }
        struct jumin_pki *pki = ceremony_pki();
        assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
        der[i] = writer_of(bytes[i], sizeof bytes[i]);
        assert_int_equal(pki_sign_for_batch(pki, OID_SECURITY_OBJECT, content, NOW + DAY + i, &der[i]),
                         JUMIN_OK);
        jumin_pki_free(pki);
    }
    assert_true(span_equal(writer_span(&der[0]), writer_span(&der[1])));
    assert_false(span_equal(writer_span(&der[1]), writer_span(&der[2])));
}

static void test_csca_certifies_in_its_years_only(void **state)
{
    (void)state;
    ceremony_begin(NOW);
    struct jumin_pki *pki = ceremony_opened("first");
    const struct jumin_ceremony late = ceremony_at(NOW + 3LL * 365 * DAY + 1), early = ceremony_at(NOW - 1);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &late), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &early), JUMIN_ERROR_NOT_VALID_NOW);
    jumin_pki_free(pki);
    ceremony_rotate(NOW + 3LL * 365 * DAY);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
}

static void test_rotation_needs_both_keys(void **state)
{
    (void)state;
    ceremony_begin(NOW);
    const struct jumin_ceremony ceremony = ceremony_at(NOW);
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &ceremony), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, NULL, 0), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_ceremony_activate(pki, &ceremony), JUMIN_ERROR_ARGUMENT);
    jumin_pki_free(pki);
    pki = ceremony_pki();
    assert_int_equal(ceremony_try(pki, "first"), JUMIN_OK);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &ceremony), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_ceremony_activate(pki, &ceremony), JUMIN_OK);
    jumin_pki_free(pki);
}

// --- Revocation ---------------------------------------------------------------------------------------------

static void test_lists_count_up_and_keep_what_is_revoked(void **state)
{
    (void)state;
    struct jumin_signer signers[8];
    struct jumin_crl list;
    ceremony_begin(NOW);
    ceremony_rotate(NOW + DAY);
    ceremony_rotate(NOW + 2 * DAY);
    assert_int_equal(ceremony_signers(signers), 3);
    const struct jumin_signer oldest = signers[2], middle = signers[1];
    ceremony_issue_list(oldest.serial, NOW + 3 * DAY);
    ceremony_issue_list(NULL, NOW + 4 * DAY);
    ceremony_issue_list(middle.serial, NOW + 5 * DAY);
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_crl(pki, &list), JUMIN_OK);
    assert_int_equal(list.number, 4);
    assert_int_equal(list.entries, 2);
    assert_int_equal(list.this_update, NOW + 5 * DAY);
    assert_int_equal(list.next_update, NOW + 95 * DAY);
    // Each since when it was revoked
    struct x509_crl crl;
    const char *why = "";
    struct span entries, serial;
    int64_t since = 0;
    assert_true(x509_crl_parse(span_of(pki->revocation_list.p, pki->revocation_list.n), &crl, &why));
    entries = crl.entries;
    assert_true(x509_crl_next_entry(&entries, &serial, &since));
    assert_int_equal(since, NOW + 3 * DAY);
    assert_true(x509_crl_next_entry(&entries, &serial, &since));
    assert_int_equal(since, NOW + 5 * DAY);
    jumin_pki_free(pki);
    assert_int_equal(ceremony_signers(signers), 3);
    assert_false(signers[0].revoked);
    assert_true(signers[1].revoked);
    assert_true(signers[2].revoked);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
}

static void test_wrong_revocations_are_refused(void **state)
{
    (void)state;
    struct jumin_signer signers[8];
    ceremony_begin(NOW);
    ceremony_rotate(NOW + DAY / 2);
    (void)ceremony_signers(signers);
    ceremony_issue_list(signers[0].serial, NOW + DAY);
    struct jumin_pki *pki = ceremony_opened("first");
    const struct jumin_ceremony ceremony = ceremony_at(NOW + DAY), before = ceremony_at(NOW);
    const struct jumin_revocation again = {signers[0].serial, "superseded"}, unknown = {"4F00", "superseded"},
                                  no_reason = {signers[0].serial, "certificateHold"};
    const struct jumin_revocation twice[] = {{signers[1].serial, "superseded"},
                                             {signers[1].serial, "superseded"}};
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, twice, 2), JUMIN_ERROR_CONFLICT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &again, 1), JUMIN_ERROR_CONFLICT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &unknown, 1), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &no_reason, 1), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &before, NULL, 0), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, NULL, 0), JUMIN_OK);
    jumin_pki_free(pki);
}

// Whoever may write the folder must not lead the list astray.
static void test_more_signers_than_a_list_has_room_for_are_refused(void **state)
{
    (void)state;
    uint8_t certificate[8192];
    ceremony_begin(NOW);
    const size_t n = ceremony_read("ds.crt", certificate, sizeof certificate);
    ceremony_rotate(NOW + DAY);
    for (unsigned i = 0; i < SIGNERS_MAX; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "signers/copy%u.crt", i);
        ceremony_write(name, certificate, n);
    }
    struct jumin_pki *pki = ceremony_opened("first");
    const struct jumin_ceremony ceremony = ceremony_at(NOW + 2 * DAY);
    const struct jumin_revocation revocation = {"00", "superseded"};
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &revocation, 1), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_pki_detail(pki), "the folder signers has more than 400 certificates");
    jumin_pki_free(pki);
}

static void test_revoked_signer_signs_nothing(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    struct jumin_signer signers[8];
    ceremony_begin(NOW);
    (void)ceremony_signers(signers);
    ceremony_issue_list(signers[0].serial, NOW + DAY);
    struct jumin_pki *pki = ceremony_pki();
    struct writer der = writer_of(bytes, sizeof bytes);
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, span_of("content", 7), NOW + DAY, &der),
                     JUMIN_ERROR_REVOKED);
    jumin_pki_free(pki);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_rotation_gives_another_signer_and_keeps_the_certificate_before),
        IN_TEMPORARY_FOLDER(test_new_signer_is_certified_like_the_one_before),
        IN_TEMPORARY_FOLDER(test_signer_signs_in_its_months_only),
        IN_TEMPORARY_FOLDER(test_batch_signature_is_each_signers_own),
        IN_TEMPORARY_FOLDER(test_csca_certifies_in_its_years_only),
        IN_TEMPORARY_FOLDER(test_rotation_needs_both_keys),
        IN_TEMPORARY_FOLDER(test_lists_count_up_and_keep_what_is_revoked),
        IN_TEMPORARY_FOLDER(test_wrong_revocations_are_refused),
        IN_TEMPORARY_FOLDER(test_more_signers_than_a_list_has_room_for_are_refused),
        IN_TEMPORARY_FOLDER(test_revoked_signer_signs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
