// The PKI of terminals: renewal keeps every way open.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/eac_pki_stage.h"

#include <stdio.h>

enum { FILE_MAX = 16384 };

static void renew(struct jumin_eac_pki *pki, enum jumin_eac_role role, const char *name, int64_t now,
                  const char *own_passphrase)
{
    const struct jumin_eac_renewal renewal = {role, name, now, 0, NULL};
    assert_int_equal(jumin_eac_pki_renew(pki, &renewal, "cvca", own_passphrase), JUMIN_OK);
}

static void test_renewed_terminal_has_a_new_key_and_the_same_rights(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    renew(pki, JUMIN_EAC_TERMINAL, "store", NOW + 20 * DAY, "own");
    const struct jumin_eac_certificate old = certificate_of(pki, "KRSTORE00001", false);
    const struct jumin_eac_certificate renewed = certificate_of(pki, "KRSTORE00002", false);
    struct cv_certificate a, b;
    assert_true(cv_certificate_parse_file(span_of(old.bytes, old.n), &a));
    assert_true(cv_certificate_parse_file(span_of(renewed.bytes, renewed.n), &b));
    assert_false(span_equal(a.point, b.point));
    assert_int_equal(renewed.rights, old.rights);
    assert_string_equal(renewed.effective, "20261122");
    assert_string_equal(renewed.expiration, "20261222");

    struct jumin_terminal *terminal = terminal_of(pki, "store");
    struct jumin_terminal_certificate own;
    assert_int_equal(jumin_terminal_certificate(terminal, &own), JUMIN_OK);
    assert_string_equal(own.holder, "KRSTORE00002");
    jumin_terminal_free(terminal);
    jumin_eac_pki_free(pki);
}

static void test_renewed_terminal_is_signed_by_the_newest_verifier(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    renew(pki, JUMIN_EAC_DV_DOMESTIC, "KRDVAT00001", NOW + 60 * DAY, NULL);
    renew(pki, JUMIN_EAC_TERMINAL, "store", NOW + 60 * DAY, "own");
    assert_string_equal(certificate_of(pki, "KRSTORE00002", false).authority, "KRDVAT00002");
    jumin_eac_pki_free(pki);
}

// A card of each generation of the CVCA takes a terminal of the newest one.
static void test_link_certificates_lead_old_cards_to_new_terminals(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_BRAINPOOL_P256R1);
    renew(pki, JUMIN_EAC_CVCA, "CVCAAT", NOW + 30 * DAY, NULL);
    renew(pki, JUMIN_EAC_CVCA, "cvcaat", NOW + 60 * DAY, NULL);
    renew(pki, JUMIN_EAC_DV_DOMESTIC, "dvat", NOW + 60 * DAY, NULL);
    renew(pki, JUMIN_EAC_TERMINAL, "store", NOW + 60 * DAY, "own");
    assert_true(exists("KRCVCAAT00003.link.cvc"));
    const struct jumin_eac_certificate link = certificate_of(pki, "KRCVCAAT00003", true);
    assert_string_equal(link.authority, "KRCVCAAT00002");
    assert_string_equal(certificate_of(pki, "KRCVCAAT00003", false).authority, "KRCVCAAT00003");

    // New cards get the self-signed one.
    struct jumin_eac_certificate trust_point;
    assert_int_equal(jumin_eac_pki_trust_point(pki, JUMIN_TERMINAL_AUTHENTICATION, &trust_point), JUMIN_OK);
    assert_string_equal(trust_point.holder, "KRCVCAAT00003");
    assert_false(trust_point.link);

    const struct jumin_eac_certificate first = certificate_of(pki, "KRCVCAAT00001", false);
    const struct jumin_eac_certificate second = certificate_of(pki, "KRCVCAAT00002", false);
    const struct jumin_eac_certificate third = certificate_of(pki, "KRCVCAAT00003", false);
    struct jumin_terminal *terminal = terminal_of(pki, "store");
    assert_int_equal(verify_from(terminal, &first), 4);
    assert_int_equal(verify_from(terminal, &second), 3);
    assert_int_equal(verify_from(terminal, &third), 2);
    jumin_terminal_free(terminal);

    // So does the terminal's file alone.
    uint8_t file[FILE_MAX];
    FILE *stream = fopen(path_of("KRSTORE00002.cvc"), "rb");
    assert_non_null(stream);
    const size_t n = fread(file, 1, sizeof file, stream);
    (void)fclose(stream);
    struct span rest = span_of(file, n);
    struct tlv object;
    size_t count = 0;
    while (tlv_expect(&rest, CVC_CERTIFICATE, &object)) {
        count++;
    }
    assert_int_equal(rest.n, 0);
    assert_int_equal(count, 4);
    jumin_eac_pki_free(pki);
}

// The link certificate carries the new domain parameters; whoever trusts the old key is led over.
static void test_renewed_cvca_may_go_over_to_any_other_curve(void **state)
{
    for (int to = JUMIN_CURVE_P256; to <= JUMIN_CURVE_BRAINPOOL_P384R1; to++) {
        const enum jumin_curve curve = (enum jumin_curve)to;
        struct jumin_eac_pki *pki =
            store_pki(to == JUMIN_CURVE_P256 ? JUMIN_CURVE_BRAINPOOL_P384R1 : JUMIN_CURVE_P256);
        const struct jumin_eac_renewal renewal = {JUMIN_EAC_CVCA, "cvcaat", NOW + DAY, 0, &curve};
        assert_int_equal(jumin_eac_pki_renew(pki, &renewal, "cvca", NULL), JUMIN_OK);
        renew(pki, JUMIN_EAC_DV_DOMESTIC, "dvat", NOW + DAY, NULL);
        renew(pki, JUMIN_EAC_TERMINAL, "store", NOW + DAY, "own");
        assert_string_equal(certificate_of(pki, "KRCVCAAT00002", true).curve, jumin_curve_name(curve));
        assert_string_equal(certificate_of(pki, "KRCVCAAT00002", false).curve, jumin_curve_name(curve));
        const struct jumin_eac_certificate first = certificate_of(pki, "KRCVCAAT00001", false);
        struct jumin_terminal *terminal = terminal_of(pki, "store");
        assert_int_equal(verify_from(terminal, &first), 3);
        jumin_terminal_free(terminal);
        jumin_eac_pki_free(pki);
        assert_int_equal(temporary_folder_remove(state), 0);
        assert_int_equal(temporary_folder_make(state), 0);
    }
}

static void test_only_a_cvca_changes_its_curve(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    const enum jumin_curve curve = JUMIN_CURVE_P384, none = (enum jumin_curve)9;
    const size_t files = files_in_folder();
    const struct jumin_eac_renewal renewals[] = {{JUMIN_EAC_DV_DOMESTIC, "dvat", NOW, 0, &curve},
                                                 {JUMIN_EAC_TERMINAL, "store", NOW, 0, &curve},
                                                 {JUMIN_EAC_CVCA, "cvcaat", NOW, 0, &none}};
    for (size_t i = 0; i < sizeof renewals / sizeof *renewals; i++) {
        assert_int_equal(jumin_eac_pki_renew(pki, &renewals[i], "cvca", NULL), JUMIN_ERROR_ARGUMENT);
        assert_int_equal(files_in_folder(), files);
    }
    jumin_eac_pki_free(pki);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_renewed_terminal_has_a_new_key_and_the_same_rights),
        IN_TEMPORARY_FOLDER(test_renewed_terminal_is_signed_by_the_newest_verifier),
        IN_TEMPORARY_FOLDER(test_link_certificates_lead_old_cards_to_new_terminals),
        IN_TEMPORARY_FOLDER(test_renewed_cvca_may_go_over_to_any_other_curve),
        IN_TEMPORARY_FOLDER(test_only_a_cvca_changes_its_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
