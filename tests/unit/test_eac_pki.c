// The PKI of terminals: what is issued verifies from the trust point down, renewal keeps every way open,
// wrong orders change nothing.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"

#include "card/wire/cvc.h"
#include "host/pki/cv_date.h"
#include <dirent.h>
#include <jumin/eac_pki.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1793577600, DAY = 86400 }; // 2026-11-02
enum { FILE_MAX = 16384 };

// --- The folder ----------------------------------------------------------------------------------------------

static const char *path_of(const char *name)
{
    return temporary_path("eac/%s", name);
}

static bool exists(const char *name)
{
    return access(path_of(name), F_OK) == 0;
}

static size_t files_in_folder(void)
{
    size_t count = 0;
    DIR *eac = opendir(path_of(""));
    const struct dirent *entry = NULL;
    while (eac != NULL && (entry = readdir(eac)) != NULL) {
        count += entry->d_name[0] != '.' ? 1 : 0;
    }
    if (eac != NULL) {
        (void)closedir(eac);
    }
    return count;
}

static struct jumin_eac_pki *open_pki(void)
{
    struct jumin_eac_pki *pki = NULL;
    assert_int_equal(jumin_eac_pki_new(&pki, path_of("")), JUMIN_OK);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_OK);
    return pki;
}

// --- Orders --------------------------------------------------------------------------------------------------

static jumin_rights rights_of(const char *name)
{
    jumin_rights set = 0;
    assert_int_equal(jumin_rights_add(name, &set), JUMIN_OK);
    return set;
}

static struct jumin_eac_request request_for(enum jumin_terminal_type type, const char *name)
{
    return (struct jumin_eac_request){.type = type, .name = name, .rights = JUMIN_RIGHTS_ALL, .now = NOW};
}

static void issue_cvca(struct jumin_eac_pki *pki, enum jumin_terminal_type type, enum jumin_curve curve)
{
    struct jumin_eac_request request = request_for(type, NULL);
    request.curve = curve;
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_OK);
}

static void issue_dv(struct jumin_eac_pki *pki, enum jumin_terminal_type type)
{
    const struct jumin_eac_request request = request_for(type, NULL);
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_OK);
}

static enum jumin_error issue_terminal(struct jumin_eac_pki *pki, const char *name, const char *rights_name)
{
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, name);
    request.rights = rights_of(rights_name);
    return jumin_eac_pki_issue_terminal(pki, &request, "cvca", "own");
}

// CVCA, DV and a store's terminal for authentication.
static struct jumin_eac_pki *store_pki(enum jumin_curve curve)
{
    struct jumin_eac_pki *pki = open_pki();
    issue_cvca(pki, JUMIN_TERMINAL_AUTHENTICATION, curve);
    issue_dv(pki, JUMIN_TERMINAL_AUTHENTICATION);
    assert_int_equal(issue_terminal(pki, "store", "store"), JUMIN_OK);
    return pki;
}

static struct jumin_eac_certificate certificate_at(const struct jumin_eac_pki *pki, size_t i)
{
    struct jumin_eac_certificate certificate;
    assert_int_equal(jumin_eac_pki_at(pki, i, &certificate), JUMIN_OK);
    return certificate;
}

static struct jumin_eac_certificate certificate_of(const struct jumin_eac_pki *pki, const char *holder,
                                                   bool link)
{
    for (size_t i = 0; i < jumin_eac_pki_count(pki); i++) {
        const struct jumin_eac_certificate certificate = certificate_at(pki, i);
        if (strcmp(certificate.holder, holder) == 0 && certificate.link == link) {
            return certificate;
        }
    }
    fail_msg("there is no certificate of %s", holder);
    return (struct jumin_eac_certificate){0};
}

// --- What a card would check ---------------------------------------------------------------------------------

// Verifies `chain`, one certificate after the other, from a trust point down; returns how many they are.
static size_t verify_chain(const struct jumin_eac_certificate *trust_point, const uint8_t *chain, size_t n)
{
    struct cv_certificate issuer, next;
    struct span rest = span_of(chain, n);
    struct tlv object;
    size_t count = 0;
    assert_true(cv_certificate_parse_file(span_of(trust_point->bytes, trust_point->n), &issuer));
    enum crypto_curve curve = issuer.curve;
    while (rest.n > 0) {
        assert_true(tlv_expect(&rest, CVC_CERTIFICATE, &object));
        assert_true(cv_certificate_parse_file(object.whole, &next));
        assert_true(span_equal(next.authority, issuer.holder));
        assert_true(cv_certificate_verify(&next, curve, issuer.point, issuer.hash));
        curve = next.has_parameters ? next.curve : curve;
        issuer = next;
        count++;
    }
    assert_int_equal(issuer.authorization.role, ROLE_TERMINAL);
    return count;
}

static size_t verify_from(struct jumin_terminal *terminal, const struct jumin_eac_certificate *trust_point)
{
    const uint8_t *chain = NULL;
    size_t n = 0;
    assert_int_equal(jumin_terminal_chain(terminal, trust_point->holder, &chain, &n), JUMIN_OK);
    return verify_chain(trust_point, chain, n);
}

static struct jumin_terminal *terminal_of(struct jumin_eac_pki *pki, const char *name)
{
    struct jumin_terminal *terminal = NULL;
    assert_int_equal(jumin_eac_pki_terminal(pki, name, "own", &terminal), JUMIN_OK);
    return terminal;
}

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

// --- Renewing ------------------------------------------------------------------------------------------------

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

// --- Refusals ------------------------------------------------------------------------------------------------

static void test_second_holder_of_a_name_is_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    const size_t files = files_in_folder();
    assert_int_equal(issue_terminal(pki, "Store", "office"), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_eac_pki_detail(pki), "KRSTORE00001: is there already; renew it");
    assert_int_equal(files_in_folder(), files);
    jumin_eac_pki_free(pki);
}

static void test_wrong_passphrase_issues_nothing(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    const size_t files = files_in_folder();
    const struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "wrong", NULL), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "KRDVAT00001.key: wrong passphrase"));
    assert_int_equal(files_in_folder(), files);
    struct jumin_terminal *terminal = NULL;
    assert_int_equal(jumin_eac_pki_terminal(pki, "store", "cvca", &terminal), JUMIN_ERROR_INPUT);
    assert_null(terminal);
    jumin_eac_pki_free(pki);
}

static void test_issuer_that_is_not_valid_that_day_issues_nothing(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    request.now = NOW - DAY;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_NOT_VALID_NOW);
    request.now = NOW + 93 * (int64_t)DAY;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_NOT_VALID_NOW);
    assert_string_equal(jumin_eac_pki_detail(pki),
                        "KRDVAT00001 is valid from 20261102 to 20270202: renew it");
    request.now = NOW + 92 * (int64_t)DAY; // the last day, and no day longer
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_OK);
    assert_string_equal(certificate_of(pki, "KRBANK00001", false).expiration, "20270202");
    jumin_eac_pki_free(pki);
}

static void test_without_an_issuer_nothing_is_issued(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    struct jumin_eac_certificate certificate;
    assert_int_equal(issue_terminal(pki, "store", "store"), JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(files_in_folder(), 0);
    assert_int_equal(jumin_eac_pki_trust_point(pki, JUMIN_TERMINAL_AUTHENTICATION, &certificate),
                     JUMIN_ERROR_NO_SUCH_FILE);
    issue_cvca(pki, JUMIN_TERMINAL_INSPECTION, JUMIN_CURVE_P256); // of another type
    const struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, NULL);
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_ERROR_NO_SUCH_FILE);
    jumin_eac_pki_free(pki);
}

static void test_of_several_issuers_one_must_be_named(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bankdv");
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_OK);
    request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "teller");
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_ARGUMENT);
    request.issuer = "bankdv";
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_OK);
    assert_string_equal(certificate_of(pki, "KRTELLER00001", false).authority, "KRBANKDV00001");
    jumin_eac_pki_free(pki);
}

static void test_names_that_are_no_references_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"", "tenletters", "a/b", "../x", "store 1", "caf\xC3\xA9"};
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    const size_t files = files_in_folder();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(issue_terminal(pki, names[i], "store"), JUMIN_ERROR_ARGUMENT);
    }
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    request.country = "kr";
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_ARGUMENT);
    request.country = "KOR";
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_ARGUMENT);
    request.country = NULL;
    request.name = NULL;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(files_in_folder(), files);
    jumin_eac_pki_free(pki);
}

static void test_days_outside_the_century_are_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, NULL);
    request.now = 0; // 1970
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_ERROR_ARGUMENT);
    request.now = 4070908800; // 2099-01-01: three years would be 2102
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_ERROR_ARGUMENT);
    request.days = 364;
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_OK);
    assert_string_equal(certificate_at(pki, 0).expiration, "20991231");
    jumin_eac_pki_free(pki);
}

static void test_leftover_of_an_interrupted_run_takes_no_number_twice(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    issue_cvca(pki, JUMIN_TERMINAL_AUTHENTICATION, JUMIN_CURVE_P256);
    issue_dv(pki, JUMIN_TERMINAL_AUTHENTICATION);
    FILE *left = fopen(path_of("KRSTORE00001.key"), "wb");
    assert_non_null(left);
    (void)fclose(left);
    assert_int_equal(issue_terminal(pki, "store", "store"), JUMIN_OK);
    assert_string_equal(jumin_eac_pki_issued(pki), "KRSTORE00002");
    jumin_eac_pki_free(pki);
}

static void test_damaged_certificate_is_named(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    FILE *file = fopen(path_of("KRDVAT00001.cvc"), "r+b");
    assert_non_null(file);
    (void)fputc(0x7E, file);
    (void)fclose(file);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "KRDVAT00001.cvc: is no CV certificate"));
    assert_int_equal(jumin_eac_pki_count(pki), 0);
    jumin_eac_pki_free(pki);
}

static void test_certificate_under_another_name_is_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    assert_int_equal(rename(path_of("KRSTORE00001.cvc"), path_of("KRBANK00001.cvc")), 0);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "is the certificate of KRSTORE00001"));
    jumin_eac_pki_free(pki);
}

static void test_key_of_another_is_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    assert_int_equal(rename(path_of("KRCVCAAT00001.key"), path_of("KRDVAT00001.key")), 0);
    const struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "is another key than its certificate's"));
    jumin_eac_pki_free(pki);
}

static void test_a_terminal_lives_on_without_the_keys_above(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    assert_int_equal(unlink(path_of("KRCVCAAT00001.key")), 0);
    assert_int_equal(unlink(path_of("KRDVAT00001.key")), 0);
    jumin_terminal_free(terminal_of(pki, "store"));
    jumin_eac_pki_free(pki);
}

static void test_null_pointers_are_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    struct jumin_terminal *terminal = NULL;
    struct jumin_eac_certificate certificate;
    const struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "a");
    const struct jumin_eac_renewal renewal = {JUMIN_EAC_TERMINAL, NULL, NOW, 0, NULL};
    assert_int_equal(jumin_eac_pki_new(NULL, "x"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_load(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, NULL, "p"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_issue_dv(pki, NULL, "p", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_renew(pki, &renewal, "p", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_terminal(pki, "a", "p", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_terminal(pki, NULL, "p", &terminal), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_at(pki, 0, &certificate), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_certificate_parse(NULL, 0, &certificate), JUMIN_ERROR_ARGUMENT);
    jumin_eac_pki_free(NULL);
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
        IN_TEMPORARY_FOLDER(test_renewed_terminal_has_a_new_key_and_the_same_rights),
        IN_TEMPORARY_FOLDER(test_renewed_terminal_is_signed_by_the_newest_verifier),
        IN_TEMPORARY_FOLDER(test_link_certificates_lead_old_cards_to_new_terminals),
        IN_TEMPORARY_FOLDER(test_renewed_cvca_may_go_over_to_any_other_curve),
        IN_TEMPORARY_FOLDER(test_only_a_cvca_changes_its_curve),
        IN_TEMPORARY_FOLDER(test_second_holder_of_a_name_is_refused),
        IN_TEMPORARY_FOLDER(test_wrong_passphrase_issues_nothing),
        IN_TEMPORARY_FOLDER(test_issuer_that_is_not_valid_that_day_issues_nothing),
        IN_TEMPORARY_FOLDER(test_without_an_issuer_nothing_is_issued),
        IN_TEMPORARY_FOLDER(test_of_several_issuers_one_must_be_named),
        IN_TEMPORARY_FOLDER(test_names_that_are_no_references_are_refused),
        IN_TEMPORARY_FOLDER(test_days_outside_the_century_are_refused),
        IN_TEMPORARY_FOLDER(test_leftover_of_an_interrupted_run_takes_no_number_twice),
        IN_TEMPORARY_FOLDER(test_damaged_certificate_is_named),
        IN_TEMPORARY_FOLDER(test_certificate_under_another_name_is_refused),
        IN_TEMPORARY_FOLDER(test_key_of_another_is_refused),
        IN_TEMPORARY_FOLDER(test_a_terminal_lives_on_without_the_keys_above),
        IN_TEMPORARY_FOLDER(test_null_pointers_are_refused),
        cmocka_unit_test(test_store_gets_age_or_name_and_birth_date_and_nothing_else),
        cmocka_unit_test(test_office_reads_and_changes_the_address),
        cmocka_unit_test(test_issuer_provisions_and_reads_but_writes_nothing),
        cmocka_unit_test(test_rights_are_added_by_name),
        cmocka_unit_test(test_months_end_with_their_last_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
