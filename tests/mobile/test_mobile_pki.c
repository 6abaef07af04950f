// The issuer's folder of the mobile credential's keys: made once, signed with, renewed, revoked.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/x5chain_stage.h"
#include "tests/unit/temporary_folder.h"

#include "host/file.h"
#include "host/mobile/trust_list.h"
#include "host/pki/mobile_pki.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char passphrase[] = "secret";
static const struct jumin_mobile_pki_options options = {.now = STAGE_NOW};
static struct detail detail;

static struct jumin_mobile_pki *open_folder(void)
{
    struct jumin_mobile_pki *pki = NULL;
    assert_int_equal(jumin_mobile_pki_new(&pki, temporary_path("mobile")), JUMIN_OK);
    return pki;
}

static struct jumin_mobile_pki *made(void)
{
    struct jumin_mobile_pki *pki = open_folder();
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &options), JUMIN_OK);
    return pki;
}

static const struct jumin_venue shop = {
    .name = "corner-shop", .purposes = JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE, .now = STAGE_NOW};

static enum jumin_error sign_list(struct jumin_mobile_pki *pki, const char *wallets)
{
    const struct jumin_mobile_trust_list what = {.wallets = wallets, .now = STAGE_NOW, .seconds = STAGE_DAY};
    return jumin_mobile_pki_trust_list(pki, passphrase, &what);
}

// The roots of the folder's own trust list.
static void load_list(struct jumin_mobile_pki *pki, struct trust_list *list)
{
    struct mobile_key iaca = {.key = {.token = NULL}};
    struct trust_list_rules rules = {.now = STAGE_NOW};
    struct jumin_trust *anchor = NULL;
    assert_int_equal(sign_list(pki, NULL), JUMIN_OK);
    assert_int_equal(mobile_load_key(pki, "iaca", NULL, &iaca), JUMIN_OK);
    assert_int_equal(jumin_trust_new(&anchor), JUMIN_OK);
    assert_int_equal(jumin_trust_add_certificate(anchor, iaca.certificate.p, iaca.certificate.n), JUMIN_OK);
    rules.anchor = anchor;
    assert_int_equal(trust_list_load(temporary_path("mobile/trust-list.jwt"), &rules, list, &detail),
                     JUMIN_OK);
    jumin_trust_free(anchor);
}

static void test_each_signer_leads_to_the_roots_of_the_trust_list(void **state)
{
    (void)state;
    static const struct {
        enum jumin_mobile_key key;
        enum x5chain_role role;
    } pairs[] = {{JUMIN_MOBILE_MDOC_SIGNER, X5CHAIN_MDOC_SIGNER},
                 {JUMIN_MOBILE_STATUS_SIGNER, X5CHAIN_STATUS_SIGNER},
                 {JUMIN_MOBILE_SD_JWT_ISSUER, X5CHAIN_SD_JWT_ISSUER},
                 {JUMIN_MOBILE_TRUST_LIST, X5CHAIN_TRUST_LIST}};
    struct trust_list list;
    jumin_mobile_pki_free(made());
    struct jumin_mobile_pki *pki = open_folder();
    load_list(pki, &list);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct x5chain_rules rules = {pairs[i].role, list.roots[TRUST_LIST_ISSUERS], STAGE_NOW, true};
        struct x5chain chain = {.count = 1};
        struct x5chain_signer answer;
        struct signer signer;
        uint8_t digest[32] = {1}, signature[SIGNER_SIGNATURE];
        assert_int_equal(mobile_pki_signer(pki, pairs[i].key, passphrase, &signer, &chain.certificates[0]),
                         JUMIN_OK);
        assert_int_equal(x5chain_check(&chain, &rules, &answer, &detail), JUMIN_OK);
        assert_memory_equal(answer.point, signer.point, SIGNER_POINT);
        assert_int_equal(answer.not_after - answer.not_before, 457 * STAGE_DAY);
        assert_true(trust_list_vouches(&list, answer.root, span_of("kr.jumin.resident.1", 19)));
        assert_true(trust_list_vouches(&list, answer.root, span_of("urn:kr:jumin:resident:1", 23)));
        assert_false(trust_list_vouches(&list, answer.root, span_of("org.iso.18013.5.1.mDL", 21)));
        struct crypto_ec_key key = {.opaque = {0}};
        assert_true(crypto_ec_load_public(&key, CRYPTO_P256, span_of(answer.point, answer.point_length)));
        assert_true(signer.sign(signer.context, digest, signature));
        assert_true(crypto_ecdsa_verify(&key, span_of(digest, 32), span_of(signature, sizeof signature)));
        crypto_ec_release(&key);
    }
    trust_list_release(&list);
    jumin_mobile_pki_free(pki);
}

static void test_a_venue_is_limited_to_its_purposes(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct trust_list list;
    struct signing_key key = {.token = NULL};
    struct signer signer;
    uint8_t bytes[CERTIFICATE_MAX];
    struct writer certificate = writer_of(bytes, sizeof bytes);
    struct x5chain_signer answer;
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &shop), JUMIN_OK);
    load_list(pki, &list);
    assert_int_equal(mobile_pki_venue_signer(pki, "corner-shop", passphrase, &key, &signer, &certificate),
                     JUMIN_OK);
    const struct x5chain chain = {{writer_span(&certificate)}, 1};
    const struct x5chain_rules rules = {X5CHAIN_READER, list.roots[TRUST_LIST_VENUES], STAGE_NOW, true};
    assert_int_equal(x5chain_check(&chain, &rules, &answer, &detail), JUMIN_OK);
    assert_int_equal(answer.purposes, JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE);
    assert_string_equal(answer.name, "corner-shop");
    assert_memory_equal(answer.point, signer.point, SIGNER_POINT);
    signing_key_release(&key);
    trust_list_release(&list);
    jumin_mobile_pki_free(pki);
}

#define KOREAN_7 "가나다라마바사"
static const char korean_43[] = KOREAN_7 KOREAN_7 KOREAN_7 KOREAN_7 KOREAN_7 KOREAN_7 "가";
static const char latin_65[] = "12345678901234567890123456789012345678901234567890123456789012345";

static void test_a_korean_venue_keeps_its_name(void **state)
{
    (void)state;
    // The longest in bytes, and the longest in characters (RFC 5280, ub-common-name).
    const char *const titles[] = {"편의점 세종점", korean_43 + 3, latin_65 + 1};
    struct jumin_mobile_pki *pki = made();
    struct trust_list list;
    load_list(pki, &list);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct jumin_venue venue = shop;
        struct signing_key key = {.token = NULL};
        struct jumin_mobile_certificate shown;
        struct x5chain_signer answer;
        struct signer signer;
        uint8_t bytes[CERTIFICATE_MAX];
        struct writer certificate = writer_of(bytes, sizeof bytes);
        size_t count = 0;
        venue.title = titles[i];
        assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &venue), JUMIN_OK);
        assert_int_equal(jumin_mobile_pki_venues(pki, &shown, 1, &count), JUMIN_OK);
        assert_string_equal(shown.subject, titles[i]);
        assert_int_equal(mobile_pki_venue_signer(pki, venue.name, passphrase, &key, &signer, &certificate),
                         JUMIN_OK);
        const struct x5chain chain = {{writer_span(&certificate)}, 1};
        const struct x5chain_rules rules = {X5CHAIN_READER, list.roots[TRUST_LIST_VENUES], STAGE_NOW, true};
        assert_int_equal(x5chain_check(&chain, &rules, &answer, &detail), JUMIN_OK);
        assert_string_equal(answer.name, titles[i]);
        signing_key_release(&key);
    }
    trust_list_release(&list);
    jumin_mobile_pki_free(pki);
}

static void test_venues_that_are_not_right_are_refused(void **state)
{
    (void)state;
    static const struct jumin_venue bad[] = {
        {.name = "", .purposes = 1, .now = STAGE_NOW},
        {.name = "../iaca", .purposes = 1, .now = STAGE_NOW},
        {.name = "-x", .purposes = 1, .now = STAGE_NOW},
        {.name = "x", .purposes = 0, .now = STAGE_NOW},
        {.name = "x", .purposes = 16, .now = STAGE_NOW},
        {.name = "x", .purposes = 1, .title = "a\nb", .now = STAGE_NOW},
        {.name = "x", .purposes = 1, .title = "", .now = STAGE_NOW},
        {.name = "x", .purposes = 1, .title = "a\x7f", .now = STAGE_NOW},
        {.name = "x", .purposes = 1, .title = "a\xc2\x85", .now = STAGE_NOW}, // NEXT LINE
        {.name = "x", .purposes = 1, .title = "\xea\xb0", .now = STAGE_NOW},  // half of a character
        {.name = "x", .purposes = 1, .title = "\xb0\xa1", .now = STAGE_NOW},  // EUC-KR
        {.name = "x", .purposes = 1, .title = korean_43, .now = STAGE_NOW},   // 129 bytes
        {.name = "x", .purposes = 1, .title = latin_65, .now = STAGE_NOW},
        {.name = "x", .purposes = 1, .host = "a b", .now = STAGE_NOW},
        {.name = "12345678901234567890123456789012345678901234567890123456789012345", .purposes = 1},
    };
    struct jumin_mobile_pki *pki = made();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &bad[i]), JUMIN_ERROR_ARGUMENT);
    }
    struct jumin_venue late = shop;
    late.now = STAGE_NOW + (int64_t)11 * 366 * STAGE_DAY;
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &late), JUMIN_ERROR_NOT_VALID_NOW);
    late.now = STAGE_NOW - 1;
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &late), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, "other", &shop), JUMIN_ERROR_INPUT);
    assert_int_not_equal(access(temporary_path("mobile/venues/corner-shop.key"), F_OK), 0);
    jumin_mobile_pki_free(pki);
}

static void test_a_certificate_never_outlives_its_root(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct jumin_mobile_certificate root, venue;
    size_t count = 0;
    struct jumin_venue late = shop;
    late.now = STAGE_NOW + (int64_t)10 * 366 * STAGE_DAY - STAGE_DAY;
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &late), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_VENUE_ROOT, &root), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_venues(pki, &venue, 1, &count), JUMIN_OK);
    assert_int_equal(venue.not_after, root.not_after);
    jumin_mobile_pki_free(pki);
}

static void test_a_folder_with_a_root_is_left_alone(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct jumin_mobile_certificate before, after;
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_IACA, &before), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &options), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_IACA, &after), JUMIN_OK);
    assert_string_equal(before.serial, after.serial);
    struct jumin_mobile_pki *other = open_folder();
    assert_int_equal(jumin_mobile_pki_renew(other, passphrase, JUMIN_MOBILE_MDOC_SIGNER, STAGE_NOW),
                     JUMIN_ERROR_CONFLICT);
    jumin_mobile_pki_free(other);
    jumin_mobile_pki_free(pki);
}

static void test_an_init_that_was_cut_off_is_done_again(void **state)
{
    (void)state;
    jumin_mobile_pki_free(made());
    assert_int_equal(unlink(temporary_path("mobile/iaca.crt")), 0);
    struct jumin_mobile_pki *pki = open_folder();
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &options), JUMIN_ERROR_INPUT);
    assert_int_equal(unlink(temporary_path("mobile/iaca.key")), 0);
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &options), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &shop), JUMIN_OK);
    jumin_mobile_pki_free(pki);
}

static void test_wrong_options_make_nothing(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = open_folder();
    struct jumin_mobile_pki_options wrong = {.country = "kr", .now = STAGE_NOW};
    char uri[300];
    memset(uri, 'u', sizeof uri - 1);
    uri[sizeof uri - 1] = '\0';
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &wrong), JUMIN_ERROR_ARGUMENT);
    wrong = (struct jumin_mobile_pki_options){.country = "KOR", .now = STAGE_NOW};
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &wrong), JUMIN_ERROR_ARGUMENT);
    wrong = (struct jumin_mobile_pki_options){.contact = uri, .now = STAGE_NOW};
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &wrong), JUMIN_ERROR_ARGUMENT);
    wrong = (struct jumin_mobile_pki_options){.revocation_lists = uri, .now = STAGE_NOW};
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &wrong), JUMIN_ERROR_ARGUMENT);
    assert_int_not_equal(access(temporary_path("mobile/iaca.key"), F_OK), 0);
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &options), JUMIN_OK);
    jumin_mobile_pki_free(pki);
}

static void test_a_renewed_signer_has_another_key_and_keeps_the_certificate_before(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct jumin_mobile_certificate before, after;
    struct signer signer;
    struct span certificate;
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_MDOC_SIGNER, &before), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_renew(pki, passphrase, JUMIN_MOBILE_MDOC_SIGNER, STAGE_NOW + STAGE_DAY),
                     JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_MDOC_SIGNER, &after), JUMIN_OK);
    assert_string_not_equal(before.serial, after.serial);
    assert_int_equal(after.not_before, STAGE_NOW + STAGE_DAY);
    assert_int_equal(access(temporary_path("mobile/signers/mdoc-%s.crt", before.serial), F_OK), 0);
    // The handle signs with the new one.
    assert_int_equal(mobile_pki_signer(pki, JUMIN_MOBILE_MDOC_SIGNER, passphrase, &signer, &certificate),
                     JUMIN_OK);
    struct x509_certificate parsed;
    const char *why = "";
    assert_true(x509_parse(certificate, &parsed, &why));
    assert_int_equal(parsed.not_before, STAGE_NOW + STAGE_DAY);
    assert_memory_equal(parsed.key.point.p, signer.point, SIGNER_POINT);
    assert_int_equal(jumin_mobile_pki_renew(pki, passphrase, JUMIN_MOBILE_IACA, STAGE_NOW),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_mobile_pki_renew(pki, "other", JUMIN_MOBILE_MDOC_SIGNER, STAGE_NOW),
                     JUMIN_ERROR_INPUT);
    jumin_mobile_pki_free(pki);
}

static void test_what_is_revoked_is_refused_by_the_next_trust_list(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct jumin_mobile_certificate certificate;
    struct trust_list list;
    struct signer signer;
    struct x5chain chain = {.count = 1};
    struct x5chain_signer answer;
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_MDOC_SIGNER, &certificate), JUMIN_OK);
    assert_false(certificate.revoked);
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, certificate.serial, STAGE_NOW), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_MDOC_SIGNER, &certificate), JUMIN_OK);
    assert_true(certificate.revoked);
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, certificate.serial, STAGE_NOW),
        JUMIN_ERROR_CONFLICT);
    // What is on a list stays on the next ones.
    struct jumin_mobile_certificate other;
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_STATUS_SIGNER, &other), JUMIN_OK);
    for (char *c = other.serial; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    assert_int_equal(jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, other.serial, STAGE_NOW + 1),
                     JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, NULL, STAGE_NOW + 2),
                     JUMIN_OK);
    struct pki_bytes der;
    struct x509_crl crl;
    assert_int_equal(mobile_load_list(pki, "iaca", &der, &crl), JUMIN_OK);
    assert_int_equal(crl.this_update, STAGE_NOW + 2);
    assert_int_equal(crl.next_update, STAGE_NOW + 2 + 90 * STAGE_DAY);
    assert_span_hex(crl.number, "020104");
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_STATUS_SIGNER, &other), JUMIN_OK);
    assert_true(other.revoked);
    load_list(pki, &list);
    assert_int_equal(
        mobile_pki_signer(pki, JUMIN_MOBILE_MDOC_SIGNER, passphrase, &signer, &chain.certificates[0]),
        JUMIN_OK);
    const struct x5chain_rules rules = {X5CHAIN_MDOC_SIGNER, list.roots[TRUST_LIST_ISSUERS], STAGE_NOW,
                                        false};
    assert_int_equal(x5chain_check(&chain, &rules, &answer, &detail), JUMIN_ERROR_REVOKED);
    trust_list_release(&list);
    jumin_mobile_pki_free(pki);
}

static void test_a_revocation_that_is_not_right_leaves_the_list(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    static const char *const bad[] = {"", "4", "4G", "4111BF85F1CA11E8620B3208B32B3DD3AABBCCDDEEFF00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, bad[i], STAGE_NOW),
                         JUMIN_ERROR_ARGUMENT);
    }
    assert_int_equal(jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_MDOC_SIGNER, "41", STAGE_NOW),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, "41", STAGE_NOW - 1),
                     JUMIN_ERROR_NOT_VALID_NOW);
    // What the root has not issued, itself, and what the other root has.
    assert_int_equal(jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, "41", STAGE_NOW),
                     JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_mobile_pki_detail(pki),
                        "the iaca has issued no certificate of this serial number");
    struct jumin_mobile_certificate certificate;
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_IACA, &certificate), JUMIN_OK);
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, certificate.serial, STAGE_NOW),
        JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_mobile_pki_show(pki, JUMIN_MOBILE_MDOC_SIGNER, &certificate), JUMIN_OK);
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_VENUE_ROOT, certificate.serial, STAGE_NOW),
        JUMIN_ERROR_INPUT);
    struct pki_bytes der;
    struct x509_crl crl;
    assert_int_equal(mobile_load_list(pki, "iaca", &der, &crl), JUMIN_OK);
    assert_int_equal(crl.entries.n, 0);
    assert_span_hex(crl.number, "020101");
    jumin_mobile_pki_free(pki);
}

static void test_a_venue_that_gets_another_certificate_leaves_the_one_before_to_be_found(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct jumin_mobile_certificate first, second, former[2];
    struct jumin_venue venue = shop;
    size_t count = 9;
    assert_int_equal(jumin_mobile_pki_former(pki, JUMIN_MOBILE_VENUE_ROOT, former, 2, &count), JUMIN_OK);
    assert_int_equal(count, 0);
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &venue), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_venues(pki, &first, 1, &count), JUMIN_OK);
    venue.now += STAGE_DAY;
    venue.purposes = JUMIN_PURPOSE_AGE;
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &venue), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_venues(pki, &second, 1, &count), JUMIN_OK);
    assert_int_equal(count, 1);
    assert_string_not_equal(second.serial, first.serial);
    assert_int_equal(jumin_mobile_pki_former(pki, JUMIN_MOBILE_VENUE_ROOT, former, 2, &count), JUMIN_OK);
    assert_int_equal(count, 1);
    assert_string_equal(former[0].serial, first.serial);
    assert_int_equal(former[0].purposes, first.purposes);
    char name[JUMIN_MOBILE_NAME];
    (void)snprintf(name, sizeof name, "venues/former/corner-shop-%s", first.serial);
    assert_string_equal(former[0].name, name);
    // Both can be revoked.
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_VENUE_ROOT, first.serial, venue.now), JUMIN_OK);
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_VENUE_ROOT, second.serial, venue.now),
        JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_former(pki, JUMIN_MOBILE_VENUE_ROOT, former, 2, &count), JUMIN_OK);
    assert_true(former[0].revoked);
    // The longest name has room.
    venue.name = "1234567890123456789012345678901234567890123456789012345678901234";
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &venue), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &venue), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_former(pki, JUMIN_MOBILE_VENUE_ROOT, former, 2, &count), JUMIN_OK);
    assert_int_equal(count, 2);
    assert_int_equal(strlen(former[0].serial), strlen(strrchr(former[0].name, '-') + 1));
    // Signers that were replaced are found alike.
    assert_int_equal(jumin_mobile_pki_renew(pki, passphrase, JUMIN_MOBILE_MDOC_SIGNER, venue.now), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_former(pki, JUMIN_MOBILE_IACA, former, 2, &count), JUMIN_OK);
    assert_int_equal(count, 1);
    assert_int_equal(jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_IACA, former[0].serial, venue.now),
                     JUMIN_OK);
    jumin_mobile_pki_free(pki);
}

static bool lists(struct jumin_mobile_pki *pki, const char *serial)
{
    struct jumin_mobile_certificate shown[3];
    size_t count = 0;
    assert_int_equal(jumin_mobile_pki_venues(pki, shown, 3, &count), JUMIN_OK);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(shown[i].serial, serial) == 0) {
            return shown[i].revoked;
        }
    }
    fail_msg("%s is not there", serial);
    return false;
}

static enum jumin_error next_list(struct jumin_mobile_pki *pki, int64_t now)
{
    return jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_VENUE_ROOT, NULL, now);
}

static void test_an_entry_goes_when_it_stood_on_a_list_behind_the_certificate_s_end(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct jumin_mobile_certificate first;
    struct jumin_venue venue = shop;
    size_t count = 0;
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &venue), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_venues(pki, &first, 1, &count), JUMIN_OK);
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_VENUE_ROOT, first.serial, STAGE_NOW), JUMIN_OK);
    assert_int_equal(next_list(pki, first.not_after), JUMIN_OK);
    assert_true(lists(pki, first.serial));
    assert_int_equal(next_list(pki, first.not_after + 1), JUMIN_OK); // the first one behind the end
    assert_true(lists(pki, first.serial));
    assert_int_equal(next_list(pki, first.not_after + 2), JUMIN_OK);
    assert_false(lists(pki, first.serial));
    jumin_mobile_pki_free(pki);
}

static void test_an_entry_of_a_certificate_that_nobody_knows_stays(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct jumin_mobile_certificate first;
    struct pki_bytes der;
    struct x509_crl crl;
    size_t count = 0;
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &shop), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_venues(pki, &first, 1, &count), JUMIN_OK);
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_VENUE_ROOT, first.serial, STAGE_NOW), JUMIN_OK);
    assert_int_equal(unlink(temporary_path("mobile/venues/corner-shop.key")), 0);
    for (int64_t i = 1; i < 4; i++) {
        assert_int_equal(next_list(pki, first.not_after + i), JUMIN_OK);
    }
    assert_int_equal(mobile_load_list(pki, "venue-root", &der, &crl), JUMIN_OK);
    assert_true(crl.entries.n > 0);
    jumin_mobile_pki_free(pki);
}

static void test_venues_are_listed_by_name(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    struct jumin_mobile_certificate venues[3];
    size_t count = 7;
    assert_int_equal(jumin_mobile_pki_venues(pki, venues, 3, &count), JUMIN_OK);
    assert_int_equal(count, 0);
    static const char *const names[] = {"pub", "bank", "kiosk"};
    for (size_t i = 0; i < 3; i++) {
        struct jumin_venue venue = shop;
        venue.name = names[i];
        venue.title = i == 0 ? "주점" : NULL;
        assert_int_equal(jumin_mobile_pki_issue_venue(pki, passphrase, &venue), JUMIN_OK);
    }
    assert_int_equal(jumin_mobile_pki_venues(pki, venues, 3, &count), JUMIN_OK);
    assert_int_equal(count, 3);
    assert_string_equal(venues[0].name, "bank");
    assert_string_equal(venues[1].name, "kiosk");
    assert_string_equal(venues[2].name, "pub");
    assert_string_equal(venues[2].subject, "주점");
    assert_int_equal(venues[2].purposes, shop.purposes);
    assert_int_equal(jumin_mobile_pki_venues(pki, venues, 1, &count), JUMIN_OK);
    assert_int_equal(count, 3);
    assert_int_equal(
        jumin_mobile_pki_revoke(pki, passphrase, JUMIN_MOBILE_VENUE_ROOT, venues[0].serial, STAGE_NOW),
        JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_venues(pki, venues, 3, &count), JUMIN_OK);
    assert_true(venues[0].revoked);
    assert_false(venues[1].revoked);
    jumin_mobile_pki_free(pki);
}

static void test_a_key_that_does_not_fit_its_certificate_is_refused(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    uint8_t status[8192], mdoc[8192], mixed[16384];
    size_t status_n = 0, mdoc_n = 0;
    struct signer signer;
    struct span certificate;
    static const char mark[] = "-----BEGIN CERTIFICATE-----";
    jumin_mobile_pki_free(pki);
    pki = open_folder();
    assert_int_equal(disk_read(temporary_path("mobile/status.key"), status, sizeof status, &status_n),
                     JUMIN_OK);
    assert_int_equal(disk_read(temporary_path("mobile/mdoc.key"), mdoc, sizeof mdoc, &mdoc_n), JUMIN_OK);
    const uint8_t *at = memmem(mdoc, mdoc_n, mark, sizeof mark - 1);
    const uint8_t *key_end = memmem(status, status_n, mark, sizeof mark - 1);
    assert_non_null(at);
    assert_non_null(key_end);
    struct writer w = writer_of(mixed, sizeof mixed);
    writer_put(&w, span_of(status, (size_t)(key_end - status)));
    writer_put(&w, span_of(at, mdoc_n - (size_t)(at - mdoc)));
    assert_int_equal(disk_write(temporary_path("mobile/mdoc.key"), 0600, writer_span(&w)), JUMIN_OK);
    assert_int_equal(mobile_pki_signer(pki, JUMIN_MOBILE_MDOC_SIGNER, passphrase, &signer, &certificate),
                     JUMIN_ERROR_INPUT);
    assert_int_equal(
        disk_write(temporary_path("mobile/mdoc.key"), 0600, span_of(status, (size_t)(key_end - status))),
        JUMIN_OK);
    assert_int_equal(mobile_pki_signer(pki, JUMIN_MOBILE_MDOC_SIGNER, passphrase, &signer, &certificate),
                     JUMIN_ERROR_INPUT);
    assert_int_equal(mobile_pki_signer(pki, JUMIN_MOBILE_STATUS_SIGNER, "other", &signer, &certificate),
                     JUMIN_ERROR_INPUT);
    // And again with the right one.
    assert_int_equal(mobile_pki_signer(pki, JUMIN_MOBILE_STATUS_SIGNER, passphrase, &signer, &certificate),
                     JUMIN_OK);
    jumin_mobile_pki_free(pki);
}

static void test_wallet_roots_come_from_a_file(void **state)
{
    (void)state;
    struct jumin_mobile_pki *pki = made();
    assert_int_equal(sign_list(pki, temporary_path("mobile/venue-root.crt")), JUMIN_OK);
    assert_int_equal(sign_list(pki, temporary_path("mobile/mdoc.crt")), JUMIN_ERROR_INPUT);
    assert_int_equal(sign_list(pki, temporary_path("mobile/iaca.crl")), JUMIN_ERROR_INPUT);
    assert_int_equal(sign_list(pki, temporary_path("nothing")), JUMIN_ERROR_FILE);
    jumin_mobile_pki_free(pki);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_each_signer_leads_to_the_roots_of_the_trust_list),
        IN_TEMPORARY_FOLDER(test_a_venue_is_limited_to_its_purposes),
        IN_TEMPORARY_FOLDER(test_a_korean_venue_keeps_its_name),
        IN_TEMPORARY_FOLDER(test_venues_that_are_not_right_are_refused),
        IN_TEMPORARY_FOLDER(test_a_certificate_never_outlives_its_root),
        IN_TEMPORARY_FOLDER(test_a_folder_with_a_root_is_left_alone),
        IN_TEMPORARY_FOLDER(test_an_init_that_was_cut_off_is_done_again),
        IN_TEMPORARY_FOLDER(test_wrong_options_make_nothing),
        IN_TEMPORARY_FOLDER(test_a_renewed_signer_has_another_key_and_keeps_the_certificate_before),
        IN_TEMPORARY_FOLDER(test_what_is_revoked_is_refused_by_the_next_trust_list),
        IN_TEMPORARY_FOLDER(test_a_revocation_that_is_not_right_leaves_the_list),
        IN_TEMPORARY_FOLDER(test_a_venue_that_gets_another_certificate_leaves_the_one_before_to_be_found),
        IN_TEMPORARY_FOLDER(test_an_entry_goes_when_it_stood_on_a_list_behind_the_certificate_s_end),
        IN_TEMPORARY_FOLDER(test_an_entry_of_a_certificate_that_nobody_knows_stays),
        IN_TEMPORARY_FOLDER(test_venues_are_listed_by_name),
        IN_TEMPORARY_FOLDER(test_a_key_that_does_not_fit_its_certificate_is_refused),
        IN_TEMPORARY_FOLDER(test_wallet_roots_come_from_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
