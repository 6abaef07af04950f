// Issuers of others in the issuer's trust list: their roots and revocation lists come from a file, and stand
// for the types that were named and no others.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/x5chain_stage.h"
#include "tests/unit/temporary_folder.h"

#include "host/file.h"
#include "host/mobile/trust_list.h"
#include "host/pki/mobile_pki.h"
#include "host/pki/pem.h"
#include <string.h>
#include <unistd.h>

#define NAME "https://licences.example"

static const char passphrase[] = "secret";
static const char *const types[] = {"org.iso.18013.5.1.mDL", "urn:eu:licence:1"};
static struct jumin_mobile_pki *pki;
static struct stage_holder root, second, between, signer;
static struct jumin_trust *lists; // revocation lists
static struct trust_list list;
static struct detail detail;

static int begin(void **state)
{
    const struct jumin_mobile_pki_options options = {.now = STAGE_NOW};
    assert_int_equal(temporary_folder_make(state), 0);
    assert_int_equal(jumin_mobile_pki_new(&pki, temporary_path("mobile")), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_init(pki, passphrase, &options), JUMIN_OK);
    assert_int_equal(jumin_trust_new(&lists), JUMIN_OK);
    stage_root(&root, "Licences", NULL);
    stage_root(&second, "Licences", NULL); // after a change of keys: of the same name
    stage_issue(&between, &root, CERTIFICATE_READER, CRYPTO_P256, NULL);
    stage_issue(&signer, &root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    return 0;
}

static int end(void **state)
{
    struct stage_holder *holders[] = {&root, &second, &between, &signer};
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++) {
        stage_release(holders[i]);
    }
    jumin_trust_free(lists);
    jumin_mobile_pki_free(pki);
    trust_list_release(&list);
    return temporary_folder_remove(state);
}

static void write_pem(const char *name, const struct span *certificates, size_t count, bool with_lists)
{
    static uint8_t text[65536];
    struct writer w = writer_of(text, sizeof text);
    for (size_t i = 0; i < count; i++) {
        pem_put(&w, "CERTIFICATE", certificates[i]);
    }
    for (size_t i = 0; i < lists->crl_count && with_lists; i++) {
        pem_put(&w, "X509 CRL", lists->crls[i].parsed.whole);
    }
    assert_int_equal(disk_write(temporary_path("%s", name), 0644, writer_span(&w)), JUMIN_OK);
}

// With that file's roots; NULL: with none. The list is read back where it was signed.
static enum jumin_error sign(const char *file)
{
    const struct jumin_mobile_issuer issuer = {NAME, temporary_path("%s", file != NULL ? file : ""), types,
                                               2};
    const struct jumin_mobile_trust_list what = {
        .issuers = &issuer, .issuer_count = file != NULL, .now = STAGE_NOW, .seconds = STAGE_DAY};
    const enum jumin_error error = jumin_mobile_pki_trust_list(pki, passphrase, &what);
    struct trust_list_rules rules = {.now = STAGE_NOW};
    struct jumin_trust *anchor = NULL;
    assert_int_equal(jumin_trust_new(&anchor), JUMIN_OK);
    assert_int_equal(jumin_trust_add_file(anchor, temporary_path("mobile/iaca.crt")), JUMIN_OK);
    rules.anchor = anchor;
    trust_list_release(&list);
    if (error == JUMIN_OK) {
        assert_int_equal(trust_list_load(temporary_path("mobile/trust-list.jwt"), &rules, &list, &detail),
                         JUMIN_OK);
    }
    jumin_trust_free(anchor);
    return error;
}

static enum jumin_error check_signer(struct x5chain_signer *answer)
{
    const struct x5chain chain = stage_chain(&signer);
    const struct x5chain_rules rules = {X5CHAIN_MDOC_SIGNER, list.roots[TRUST_LIST_ISSUERS], STAGE_NOW, true};
    return x5chain_check(&chain, &rules, answer, &detail);
}

static void test_another_issuer_is_trusted_for_its_types_and_no_others(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    stage_crl(&root, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    write_pem("others.pem", &root.der, 1, true);
    assert_int_equal(sign(NULL), JUMIN_OK);
    assert_int_equal(check_signer(&answer), JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_int_equal(sign("others.pem"), JUMIN_OK);
    assert_int_equal(check_signer(&answer), JUMIN_OK);
    assert_true(answer.revocation_checked);
    assert_true(trust_list_vouches(&list, answer.root, span_of(types[0], strlen(types[0]))));
    assert_true(trust_list_vouches(&list, answer.root, span_of(types[1], strlen(types[1]))));
    assert_false(trust_list_vouches(&list, answer.root, span_of("kr.jumin.resident.1", 19)));
}

static void test_what_another_issuer_has_revoked_is_refused(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    stage_crl(&root, &signer, 2, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    stage_crl(&root, NULL, 1, STAGE_NOW - STAGE_DAY, STAGE_NOW + STAGE_DAY, lists); // older, though last
    write_pem("others.pem", &root.der, 1, true);
    assert_int_equal(sign("others.pem"), JUMIN_OK);
    assert_int_equal(check_signer(&answer), JUMIN_ERROR_REVOKED);
}

static void test_roots_of_one_file_are_of_one_issuer_and_have_lists_of_their_own(void **state)
{
    (void)state;
    const struct span both[] = {root.der, second.der};
    uint8_t digests[2][CRYPTO_HASH_MAX];
    stage_crl(&root, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    stage_crl(&second, NULL, 2, STAGE_NOW + 1, STAGE_NOW + STAGE_DAY, lists);
    stage_crl(&between, NULL, 3, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    write_pem("others.pem", both, 2, true);
    assert_int_equal(sign("others.pem"), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(list.roots[TRUST_LIST_ISSUERS]), 3);
    assert_int_equal(list.roots[TRUST_LIST_ISSUERS]->crl_count, 4); // our own, and all three
    for (size_t i = 0; i < 2; i++) {
        assert_true(crypto_hash_parts(CRYPTO_SHA256, &both[i], 1, digests[i]));
    }
    assert_true(trust_list_same_issuer(&list, digests[0], digests[1]));
}

static void test_a_root_alone_may_be_in_der(void **state)
{
    (void)state;
    assert_int_equal(disk_write(temporary_path("root.der"), 0644, root.der), JUMIN_OK);
    assert_int_equal(sign("root.der"), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(list.roots[TRUST_LIST_ISSUERS]), 2);
}

static void assert_refused(const char *file, enum jumin_error error, const char *why)
{
    assert_int_equal(sign(file), error);
    assert_non_null(strstr(jumin_mobile_pki_detail(pki), file));
    if (strstr(jumin_mobile_pki_detail(pki), why) == NULL) {
        fail_msg("%s, not: %s", jumin_mobile_pki_detail(pki), why);
    }
}

static void test_files_that_are_not_right_are_refused_by_name(void **state)
{
    (void)state;
    const struct span chain[] = {root.der, signer.der};
    assert_int_equal(sign(NULL), JUMIN_OK);
    write_pem("chain.pem", chain, 2, false);
    assert_refused("chain.pem", JUMIN_ERROR_INPUT, "no self-signed certification authority");
    stage_crl(&root, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    write_pem("lists.pem", NULL, 0, true);
    assert_refused("lists.pem", JUMIN_ERROR_INPUT, "has no certificate");
    assert_int_equal(disk_write(temporary_path("empty.pem"), 0644, span_of("", 0)), JUMIN_OK);
    assert_refused("empty.pem", JUMIN_ERROR_INPUT, "empty");
    const struct span damaged[] = {root.der, span_of(root.der.p, root.der.n - 1)};
    write_pem("damaged.pem", damaged, 2, false);
    assert_refused("damaged.pem", JUMIN_ERROR_INPUT, "certificate");
    assert_refused("nothing", JUMIN_ERROR_FILE, "cannot be read");
}

static void test_a_root_stands_in_the_list_once(void **state)
{
    (void)state;
    assert_refused("mobile/iaca.crt", JUMIN_ERROR_INPUT, "in the trust list already");
    write_pem("others.pem", &root.der, 1, false);
    const char *const path = temporary_path("others.pem");
    const struct jumin_mobile_issuer twice[] = {{"A", path, types, 1}, {"B", path, types + 1, 1}};
    const struct jumin_mobile_trust_list what = {
        .issuers = twice, .issuer_count = 2, .now = STAGE_NOW, .seconds = STAGE_DAY};
    assert_int_equal(jumin_mobile_pki_trust_list(pki, passphrase, &what), JUMIN_ERROR_INPUT);
}

static void test_an_issuer_without_name_or_types_is_refused(void **state)
{
    (void)state;
    char name[129];
    memset(name, 'n', 128);
    name[128] = '\0';
    write_pem("others.pem", &root.der, 1, false);
    const char *const path = temporary_path("others.pem");
    const struct {
        struct jumin_mobile_issuer issuer;
        enum jumin_error error;
    } bad[] = {
        {{NULL, path, types, 1}, JUMIN_ERROR_ARGUMENT}, {{NAME, NULL, types, 1}, JUMIN_ERROR_ARGUMENT},
        {{NAME, path, NULL, 0}, JUMIN_ERROR_ARGUMENT},  {{NAME, path, types, 0}, JUMIN_ERROR_ARGUMENT},
        {{"", path, types, 1}, JUMIN_ERROR_INPUT},      {{name, path, types, 1}, JUMIN_ERROR_INPUT},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct jumin_mobile_trust_list what = {
            .issuers = &bad[i].issuer, .issuer_count = 1, .now = STAGE_NOW, .seconds = STAGE_DAY};
        assert_int_equal(jumin_mobile_pki_trust_list(pki, passphrase, &what), bad[i].error);
    }
    assert_int_equal(access(temporary_path("mobile/trust-list.jwt"), F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_another_issuer_is_trusted_for_its_types_and_no_others, begin,
                                        end),
        cmocka_unit_test_setup_teardown(test_what_another_issuer_has_revoked_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_roots_of_one_file_are_of_one_issuer_and_have_lists_of_their_own,
                                        begin, end),
        cmocka_unit_test_setup_teardown(test_a_root_alone_may_be_in_der, begin, end),
        cmocka_unit_test_setup_teardown(test_files_that_are_not_right_are_refused_by_name, begin, end),
        cmocka_unit_test_setup_teardown(test_a_root_stands_in_the_list_once, begin, end),
        cmocka_unit_test_setup_teardown(test_an_issuer_without_name_or_types_is_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
