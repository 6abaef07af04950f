// The PKI of terminals: what is issued verifies from the trust point down.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/eac_pki_stage.h"

#include "host/pki/cv_date.h"
#include <stdio.h>
#include <sys/stat.h>

// --- Issuing -------------------------------------------------------------------------------------------------

static void test_terminal_is_certified_from_the_trust_point_down_on_every_curve(void **state)
{
    (void)state;
    for (int curve = JUMIN_CURVE_P256; curve <= JUMIN_CURVE_BRAINPOOL_P384R1; curve++) {
        struct jumin_eac_pki *pki = store_pki((enum jumin_curve)curve);
        struct jumin_eac_certificate trust_point;
        assert_int_equal(jumin_eac_pki_trust_point(pki, JUMIN_TERMINAL_AUTHENTICATION, &trust_point),
                         JUMIN_OK);
        assert_string_equal(trust_point.curve, jumin_curve_name((enum jumin_curve)curve));
        struct jumin_terminal *terminal = terminal_of(pki, "store");
        assert_int_equal(verify_from(terminal, &trust_point), 2);
        jumin_terminal_free(terminal);
        jumin_eac_pki_free(pki);
        assert_int_equal(temporary_folder_remove(NULL), 0);
        assert_int_equal(temporary_folder_make(NULL), 0);
    }
}

static void test_names_roles_rights_and_dates_are_as_asked_for(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    assert_int_equal(jumin_eac_pki_count(pki), 3);
    struct jumin_eac_certificate found = certificate_at(pki, 0);
    assert_string_equal(found.holder, "KRCVCAAT00001");
    assert_string_equal(found.authority, "KRCVCAAT00001");
    assert_int_equal(found.role, JUMIN_EAC_CVCA);
    assert_int_equal(found.type, JUMIN_TERMINAL_AUTHENTICATION);
    assert_int_equal(found.rights, rights_of_type(TERMINAL_AUTHENTICATION));
    assert_string_equal(found.effective, "20261102");
    assert_string_equal(found.expiration, "20291102");
    assert_string_equal(found.algorithm, "ECDSA with SHA-256");
    assert_false(found.link);
    found = certificate_at(pki, 1);
    assert_string_equal(found.holder, "KRDVAT00001");
    assert_string_equal(found.authority, "KRCVCAAT00001");
    assert_int_equal(found.role, JUMIN_EAC_DV_DOMESTIC);
    assert_string_equal(found.expiration, "20270202");
    assert_null(found.curve);
    found = certificate_at(pki, 2);
    assert_string_equal(found.holder, "KRSTORE00001");
    assert_string_equal(found.authority, "KRDVAT00001");
    assert_int_equal(found.role, JUMIN_EAC_TERMINAL);
    assert_int_equal(found.rights, rights_of("store"));
    assert_string_equal(found.expiration, "20261202");
    assert_string_equal(jumin_eac_pki_issued(pki), "KRSTORE00001");
    jumin_eac_pki_free(pki);
}

static void test_what_was_issued_can_be_loaded(void **state)
{
    (void)state;
    jumin_eac_pki_free(store_pki(JUMIN_CURVE_P256));
    struct jumin_eac_pki *pki = open_pki();
    assert_int_equal(jumin_eac_pki_count(pki), 3);
    jumin_terminal_free(terminal_of(pki, "KRSTORE00001"));
    assert_null(jumin_eac_pki_issued(pki));
    jumin_eac_pki_free(pki);
}

static void test_keys_are_readable_by_the_owner_only(void **state)
{
    (void)state;
    struct stat status;
    jumin_eac_pki_free(store_pki(JUMIN_CURVE_P256));
    assert_int_equal(stat(path_of(""), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(stat(path_of("KRSTORE00001.key"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(path_of("KRSTORE00001.cvc"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
}

static void test_foreign_verifier_is_marked_as_such(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    issue_cvca(pki, JUMIN_TERMINAL_INSPECTION, JUMIN_CURVE_P256);
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_INSPECTION, NULL);
    request.foreign = true;
    request.country = "JP";
    request.rights = rights_of("inspection-read-dg3");
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_OK);
    const struct jumin_eac_certificate dv = certificate_of(pki, "JPDVIS00001", false);
    assert_int_equal(dv.role, JUMIN_EAC_DV_FOREIGN);
    assert_int_equal(dv.rights, right_of(RIGHT_INSPECTION_READ_DG3));
    jumin_eac_pki_free(pki);
}

static void test_types_have_their_own_hierarchies(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    for (int type = JUMIN_TERMINAL_INSPECTION; type <= JUMIN_TERMINAL_SIGNATURE; type++) {
        issue_cvca(pki, (enum jumin_terminal_type)type, JUMIN_CURVE_P256);
        issue_dv(pki, (enum jumin_terminal_type)type);
        struct jumin_eac_certificate trust_point;
        assert_int_equal(jumin_eac_pki_trust_point(pki, (enum jumin_terminal_type)type, &trust_point),
                         JUMIN_OK);
        assert_int_equal(trust_point.type, type);
    }
    assert_string_equal(certificate_of(pki, "KRDVST00001", false).authority, "KRCVCAST00001");
    assert_string_equal(certificate_of(pki, "KRDVIS00001", false).authority, "KRCVCAIS00001");
    jumin_eac_pki_free(pki);
}

static void test_terminal_file_alone_leads_to_the_trust_point(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    uint8_t key[2048];
    FILE *file = fopen(path_of("KRSTORE00001.key"), "rb");
    assert_non_null(file);
    const size_t n = fread(key, 1, sizeof key, file);
    (void)fclose(file);
    struct jumin_terminal *terminal = NULL;
    assert_int_equal(jumin_terminal_load(&terminal, key, n, "own"), JUMIN_OK);
    assert_int_equal(jumin_terminal_add_file(terminal, path_of("KRSTORE00001.cvc")), JUMIN_OK);
    struct jumin_eac_certificate trust_point;
    assert_int_equal(jumin_eac_pki_trust_point(pki, JUMIN_TERMINAL_AUTHENTICATION, &trust_point), JUMIN_OK);
    assert_int_equal(verify_from(terminal, &trust_point), 2);
    jumin_terminal_free(terminal);
    jumin_eac_pki_free(pki);
}

// --- Extensions ----------------------------------------------------------------------------------------------

static void test_provisioning_goes_into_the_extension_of_every_certificate(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    issue_cvca(pki, JUMIN_TERMINAL_AUTHENTICATION, JUMIN_CURVE_P256);
    issue_dv(pki, JUMIN_TERMINAL_AUTHENTICATION);
    assert_int_equal(issue_terminal(pki, "issuer", "issuer"), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_count(pki), 3);
    for (size_t i = 0; i < jumin_eac_pki_count(pki); i++) {
        assert_true((certificate_at(pki, i).rights & right_of(RIGHT_PROVISION_PHONE)) != 0);
    }
    jumin_eac_pki_free(pki);
}

static void test_sectors_and_description_are_certified_by_their_hashes(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    issue_cvca(pki, JUMIN_TERMINAL_AUTHENTICATION, JUMIN_CURVE_P256);
    issue_dv(pki, JUMIN_TERMINAL_AUTHENTICATION);
    struct crypto_curve_parameters parameters;
    uint8_t bytes[512], oid[OID_RI_ECDH_LENGTH], digest[CRYPTO_HASH_MAX];
    struct writer key = writer_of(bytes, sizeof bytes);
    assert_true(crypto_curve_parameters(CRYPTO_P256, &parameters));
    oid_ri_ecdh(CRYPTO_SHA256, oid);
    cvc_public_key_put(&key, span_of(oid, sizeof oid), CRYPTO_P256, span_of(parameters.generator, 65), true);
    const struct span part = writer_span(&key);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &part, 1, digest));

    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    request.sectors[1] = key.p;
    request.sector_lengths[1] = key.n;
    request.description = (const uint8_t *)"description";
    request.description_length = 11;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_OK);
    struct jumin_eac_certificate bank = certificate_of(pki, "KRBANK00001", false);
    assert_int_equal(bank.sectors[0].n, 0);
    assert_int_equal(bank.sectors[1].n, 32);
    assert_memory_equal(bank.sectors[1].bytes, digest, 32);
    assert_int_equal(bank.description.n, 32);

    // A renewal says the same.
    const struct jumin_eac_renewal renewal = {JUMIN_EAC_TERMINAL, "bank", NOW + DAY, 0, NULL};
    assert_int_equal(jumin_eac_pki_renew(pki, &renewal, "cvca", NULL), JUMIN_OK);
    bank = certificate_of(pki, "KRBANK00002", false);
    assert_memory_equal(bank.sectors[1].bytes, digest, 32);
    assert_int_equal(bank.description.n, 32);

    request.name = "other";
    request.sector_lengths[1]--;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_INPUT);
    jumin_eac_pki_free(pki);
}

static void test_sector_is_made_for_certificates_and_pseudonyms(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_BRAINPOOL_P256R1);
    assert_int_equal(jumin_eac_pki_make_sector(pki, "banks", JUMIN_CURVE_BRAINPOOL_P256R1, "sector"),
                     JUMIN_OK);
    assert_true(exists("BANKS.key"));
    uint8_t bytes[1024];
    FILE *file = fopen(path_of("BANKS.sector"), "rb");
    assert_non_null(file);
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    struct span rest = span_of(bytes, n), oid, point;
    struct tlv object;
    bool has_parameters = false;
    enum crypto_curve curve;
    enum crypto_hash hash;
    assert_true(tlv_expect(&rest, CVC_PUBLIC_KEY, &object) && rest.n == 0);
    assert_true(cvc_public_key_parse(object.value, &oid, &point, &has_parameters, &curve));
    assert_true(has_parameters);
    assert_int_equal(curve, CRYPTO_BRAINPOOL_P256R1);
    assert_true(oid_ri_ecdh_parse(oid, &hash));
    assert_int_equal(hash, CRYPTO_SHA256);

    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    request.sectors[0] = bytes;
    request.sector_lengths[0] = n;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_OK);
    const size_t files = files_in_folder();
    assert_int_equal(jumin_eac_pki_make_sector(pki, "Banks", JUMIN_CURVE_P256, "sector"), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_eac_pki_make_sector(pki, "../x", JUMIN_CURVE_P256, "sector"),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(files_in_folder(), files);
    jumin_eac_pki_free(pki);
}

// --- Rights and days -----------------------------------------------------------------------------------------

static void test_store_gets_age_or_name_and_birth_date_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(rights_of("store"), right_of(RIGHT_CAN_ALLOWED) | right_of(RIGHT_AGE_VERIFICATION) |
                                             right_to_read(4) | right_to_read(5) | right_to_read(8));
}

static void test_office_reads_and_changes_the_address(void **state)
{
    (void)state;
    const jumin_rights office = rights_of("office");
    assert_true((office & right_to_read(17)) != 0 && (office & right_to_write(17)) != 0);
    assert_true((office & right_to_read(18)) != 0 && (office & right_to_write(18)) != 0);
    assert_true((office & right_of(RIGHT_PIN_MANAGEMENT)) != 0);
    assert_true((office & (right_to_read(12) | right_of(RIGHT_PROVISION_PHONE) |
                           right_of(RIGHT_PRIVILEGED_TERMINAL) | right_to_write(19))) == 0);
}

static void test_issuer_provisions_and_reads_but_writes_nothing(void **state)
{
    (void)state;
    const jumin_rights issuer = rights_of("issuer");
    assert_true((issuer & right_of(RIGHT_PROVISION_PHONE)) != 0);
    assert_true((issuer & right_of(RIGHT_PRIVILEGED_TERMINAL)) != 0);
    assert_true((issuer & right_to_read(12)) != 0 && (issuer & right_to_read(17)) != 0);
    for (unsigned group = 17; group <= 22; group++) {
        assert_int_equal(issuer & right_to_write(group), 0);
    }
    assert_int_equal(issuer & right_of(RIGHT_CAN_ALLOWED), 0);
}

static void test_rights_are_added_by_name(void **state)
{
    (void)state;
    jumin_rights set = 0;
    assert_int_equal(jumin_rights_add("age", &set), JUMIN_OK);
    assert_int_equal(jumin_rights_add("write-dg17", &set), JUMIN_OK);
    assert_int_equal(set, right_of(RIGHT_AGE_VERIFICATION) | right_to_write(17));
    assert_int_equal(jumin_rights_add("write-dg16", &set), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_rights_add(NULL, &set), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(set, right_of(RIGHT_AGE_VERIFICATION) | right_to_write(17));
}

static void test_months_end_with_their_last_day(void **state)
{
    (void)state;
    cvc_date date = 0;
    assert_true(cv_date_months_later(260131, 1, &date));
    assert_int_equal(date, 260228);
    assert_true(cv_date_months_later(280131, 1, &date));
    assert_int_equal(date, 280229);
    assert_true(cv_date_months_later(261130, 3, &date));
    assert_int_equal(date, 270228);
    assert_true(cv_date_months_later(280229, 36, &date));
    assert_int_equal(date, 310228);
    assert_true(cv_date_months_later(261215, 1, &date));
    assert_int_equal(date, 270115);
    assert_false(cv_date_months_later(991201, 1, &date));
    assert_true(cv_date_of(NOW, &date));
    assert_int_equal(date, 261102);
    assert_false(cv_date_of(-1, &date));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_terminal_is_certified_from_the_trust_point_down_on_every_curve),
        IN_TEMPORARY_FOLDER(test_names_roles_rights_and_dates_are_as_asked_for),
        IN_TEMPORARY_FOLDER(test_what_was_issued_can_be_loaded),
        IN_TEMPORARY_FOLDER(test_keys_are_readable_by_the_owner_only),
        IN_TEMPORARY_FOLDER(test_foreign_verifier_is_marked_as_such),
        IN_TEMPORARY_FOLDER(test_types_have_their_own_hierarchies),
        IN_TEMPORARY_FOLDER(test_terminal_file_alone_leads_to_the_trust_point),
        IN_TEMPORARY_FOLDER(test_provisioning_goes_into_the_extension_of_every_certificate),
        IN_TEMPORARY_FOLDER(test_sectors_and_description_are_certified_by_their_hashes),
        IN_TEMPORARY_FOLDER(test_sector_is_made_for_certificates_and_pseudonyms),
        cmocka_unit_test(test_store_gets_age_or_name_and_birth_date_and_nothing_else),
        cmocka_unit_test(test_office_reads_and_changes_the_address),
        cmocka_unit_test(test_issuer_provisions_and_reads_but_writes_nothing),
        cmocka_unit_test(test_rights_are_added_by_name),
        cmocka_unit_test(test_months_end_with_their_last_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
