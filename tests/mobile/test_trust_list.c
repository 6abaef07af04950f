// The trust list: what is signed is read back, and each thing that makes it worthless is refused.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/x5chain_stage.h"

#include "host/mobile/jws.h"
#include "host/mobile/trust_list.h"
#include "host/pki/pem.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WEEK = 7 * STAGE_DAY };

static struct jumin_trust *anchor, *lists;
static struct stage_holder root, venues, wallets, signer;
static struct signer by;
static struct trust_list list;
static struct detail detail;
static uint8_t text[65536];
static struct span token;

static int setup(void **state)
{
    (void)state;
    assert_int_equal(jumin_trust_new(&anchor), JUMIN_OK);
    assert_int_equal(jumin_trust_new(&lists), JUMIN_OK);
    stage_root(&root, "Mobile IACA", anchor);
    stage_root(&venues, "Venue Root", NULL);
    stage_root(&wallets, "Wallets", NULL);
    stage_issue(&signer, &root, CERTIFICATE_TRUST_LIST_SIGNER, CRYPTO_P256, NULL);
    assert_true(signer_of_key(&signer.key.key, &by));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    struct stage_holder *holders[] = {&root, &venues, &wallets, &signer};
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++) {
        stage_release(holders[i]);
    }
    trust_list_release(&list);
    jumin_trust_free(anchor);
    jumin_trust_free(lists);
    return 0;
}

static enum jumin_error sign(int64_t issued, int64_t expires, const struct trust_list_root *roots,
                             size_t count)
{
    const struct x5chain chain = stage_chain(&signer);
    struct writer jws = writer_of(text, sizeof text);
    const enum jumin_error error = trust_list_sign(issued, expires, roots, count, &by, &chain, &jws, &detail);
    token = writer_span(&jws);
    return error;
}

static void sign_good(void)
{
    stage_crl(&venues, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    const struct trust_list_root roots[] = {
        {.kind = TRUST_LIST_ISSUERS, .certificate = root.der},
        {.kind = TRUST_LIST_VENUES,
         .certificate = venues.der,
         .crl = lists->crls[lists->crl_count - 1].parsed.whole},
        {.kind = TRUST_LIST_WALLETS, .certificate = wallets.der},
    };
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, roots, 3), JUMIN_OK);
}

static enum jumin_error read_at(int64_t now)
{
    const struct trust_list_rules rules = {.anchor = anchor, .now = now};
    trust_list_release(&list);
    return trust_list_read(token, &rules, &list, &detail);
}

// The claims as JSON text, with ' for ", signed whatever they say.
static enum jumin_error read_claims(const char *claims)
{
    const struct span chain = signer.der;
    const struct jws_header header = {.type = TRUST_LIST_TYPE, .chain = &chain, .chain_count = 1};
    struct writer jws = writer_of(text, sizeof text);
    char json[4096];
    size_t n = 0;
    for (; claims[n] != '\0'; n++) {
        json[n] = claims[n] == '\'' ? '"' : claims[n];
    }
    assert_int_equal(jws_sign(&by, &header, span_of(json, n), &jws), JUMIN_OK);
    token = writer_span(&jws);
    return read_at(STAGE_NOW);
}

static void assert_refused(enum jumin_error error, enum jumin_error wanted, const char *sentence)
{
    assert_int_equal(error, wanted);
    assert_string_equal(detail.text, sentence);
    assert_null(list.roots[TRUST_LIST_ISSUERS]);
    assert_int_equal(list.issued, 0);
}

static void test_what_is_signed_is_read_back(void **state)
{
    (void)state;
    sign_good();
    assert_int_equal(read_at(STAGE_NOW + 60), JUMIN_OK);
    assert_int_equal(list.issued, STAGE_NOW);
    assert_int_equal(list.expires, STAGE_NOW + WEEK);
    assert_int_equal(trust_list_age(&list, STAGE_NOW + 60), 60);
    assert_int_equal(trust_list_age(&list, STAGE_NOW - 60), 0);
    for (unsigned i = 0; i < TRUST_LIST_KINDS; i++) {
        assert_int_equal(jumin_trust_certificates(list.roots[i]), 1);
        assert_int_equal(jumin_trust_crls(list.roots[i]), i == TRUST_LIST_VENUES ? 1 : 0);
    }
    assert_memory_equal(list.roots[TRUST_LIST_WALLETS]->certificates[0].bytes, wallets.der.p, wallets.der.n);
}

static void test_a_reader_s_chain_leads_to_the_venues_of_the_list_only(void **state)
{
    (void)state;
    struct stage_holder shop;
    struct x5chain_signer answer;
    sign_good();
    assert_int_equal(read_at(STAGE_NOW), JUMIN_OK);
    stage_issue(&shop, &venues, CERTIFICATE_READER, CRYPTO_P256, NULL);
    const struct x5chain chain = stage_chain(&shop);
    struct x5chain_rules rules = {X5CHAIN_READER, list.roots[TRUST_LIST_VENUES], STAGE_NOW, true};
    assert_int_equal(x5chain_check(&chain, &rules, &answer, &detail), JUMIN_OK);
    assert_true(answer.revocation_checked);
    rules.roots = list.roots[TRUST_LIST_ISSUERS];
    assert_int_equal(x5chain_check(&chain, &rules, &answer, &detail), JUMIN_ERROR_SIGNER_UNKNOWN);
    stage_release(&shop);
}

static void test_a_list_holds_from_its_issue_to_its_end(void **state)
{
    (void)state;
    sign_good();
    assert_int_equal(read_at(STAGE_NOW + WEEK), JUMIN_OK);
    assert_refused(read_at(STAGE_NOW + WEEK + 1), JUMIN_ERROR_NOT_VALID_NOW, "the trust list has expired");
    assert_int_equal(read_at(STAGE_NOW - 300), JUMIN_OK);
    assert_refused(read_at(STAGE_NOW - 301), JUMIN_ERROR_NOT_VALID_NOW, "the trust list is from the future");
    const struct trust_list_rules rules = {
        .anchor = anchor, .now = STAGE_NOW + WEEK + 1, .expired_allowed = true};
    assert_int_equal(trust_list_read(token, &rules, &list, &detail), JUMIN_OK);
}

static void test_an_older_list_than_the_known_one_is_refused(void **state)
{
    (void)state;
    sign_good();
    struct trust_list_rules rules = {.anchor = anchor, .now = STAGE_NOW, .known = STAGE_NOW};
    assert_int_equal(trust_list_read(token, &rules, &list, &detail), JUMIN_OK);
    trust_list_release(&list);
    rules.known++;
    assert_refused(trust_list_read(token, &rules, &list, &detail), JUMIN_ERROR_CONFLICT,
                   "the trust list is older than the one that is known");
}

static void test_another_signer_is_refused(void **state)
{
    (void)state;
    stage_release(&signer);
    stage_issue(&signer, &root, CERTIFICATE_STATUS_SIGNER, CRYPTO_P256, NULL);
    assert_true(signer_of_key(&signer.key.key, &by));
    sign_good();
    assert_refused(read_at(STAGE_NOW), JUMIN_ERROR_CERTIFICATE,
                   "the signer's extended key usage is not that for trust lists");
    stage_release(&signer);
    stage_issue(&signer, &venues, CERTIFICATE_TRUST_LIST_SIGNER, CRYPTO_P256, NULL);
    assert_true(signer_of_key(&signer.key.key, &by));
    sign_good();
    assert_int_equal(read_at(STAGE_NOW), JUMIN_ERROR_SIGNER_UNKNOWN);
}

static void test_a_signer_of_p_384_is_refused(void **state)
{
    (void)state;
    stage_release(&signer);
    stage_issue(&signer, &root, CERTIFICATE_TRUST_LIST_SIGNER, CRYPTO_P384, NULL);
    assert_true(signer_of_key(&venues.key.key, &by));
    sign_good();
    assert_refused(read_at(STAGE_NOW), JUMIN_ERROR_CERTIFICATE, "the trust list's signer is not of P-256");
}

static void test_a_file_may_end_in_a_new_line(void **state)
{
    (void)state;
    const struct trust_list_rules rules = {.anchor = anchor, .now = STAGE_NOW};
    char path[] = "/tmp/trust-list-XXXXXX";
    sign_good();
    const int file = mkstemp(path);
    assert_true(file >= 0);
    text[token.n] = '\n';
    assert_int_equal(write(file, text, token.n + 1), token.n + 1);
    assert_int_equal(close(file), 0);
    assert_int_equal(trust_list_load(path, &rules, &list, &detail), JUMIN_OK);
    trust_list_release(&list);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(trust_list_load(path, &rules, &list, &detail), JUMIN_ERROR_FILE);
    assert_null(list.roots[0]);
}

static void test_a_list_with_too_many_roots_is_refused(void **state)
{
    (void)state;
    char claims[2048] = "{'iat':1800000000,'exp':1800000001,'venues':[],'wallets':[],'issuers':[{}";
    for (unsigned i = 0; i < TRUST_LIST_ROOTS_MAX; i++) {
        (void)strcat(claims, ",{}");
    }
    (void)strcat(claims, "]}");
    assert_refused(read_claims(claims), JUMIN_ERROR_MALFORMED,
                   "the trust list has no list of issuers, or too long a one");
}

static void test_a_signature_by_another_key_is_refused(void **state)
{
    (void)state;
    struct signer other;
    assert_true(signer_of_key(&venues.key.key, &other));
    by.context = other.context; // the certificate is still the signer's
    sign_good();
    assert_int_equal(read_at(STAGE_NOW), JUMIN_ERROR_SIGNATURE);
    assert_null(list.roots[TRUST_LIST_ISSUERS]);
}

static void test_a_token_of_another_type_or_without_chain_is_refused(void **state)
{
    (void)state;
    const struct span chain = signer.der;
    struct jws_header header = {.type = "JWT", .chain = &chain, .chain_count = 1};
    static const char claims[] =
        "{\"iat\":1800000000,\"exp\":1800000001,\"issuers\":[],\"venues\":[],\"wallets\":[]}";
    struct writer jws = writer_of(text, sizeof text);
    assert_int_equal(jws_sign(&by, &header, span_of(claims, sizeof claims - 1), &jws), JUMIN_OK);
    token = writer_span(&jws);
    assert_int_equal(read_at(STAGE_NOW), JUMIN_ERROR_MALFORMED);
    header = (struct jws_header){.type = TRUST_LIST_TYPE};
    jws = writer_of(text, sizeof text);
    assert_int_equal(jws_sign(&by, &header, span_of(claims, sizeof claims - 1), &jws), JUMIN_OK);
    token = writer_span(&jws);
    assert_refused(read_at(STAGE_NOW), JUMIN_ERROR_MALFORMED, "the chain has 0 certificates, and not 1 to 3");
}

static void test_malformed_claims_are_refused(void **state)
{
    (void)state;
    static const char when[] = "the trust list does not say when it holds";
    assert_int_equal(read_claims("{'iat':1800000000,'exp':1800000001,'issuers':[],'venues':[],'wallets':[]}"),
                     JUMIN_OK);
    assert_refused(read_claims("{'exp':1800000001,'issuers':[],'venues':[],'wallets':[]}"),
                   JUMIN_ERROR_MALFORMED, when);
    assert_refused(read_claims("{'iat':1800000000,'issuers':[],'venues':[],'wallets':[]}"),
                   JUMIN_ERROR_MALFORMED, when);
    assert_refused(read_claims("{'iat':1800000000,'exp':1800000000,'issuers':[],'venues':[],'wallets':[]}"),
                   JUMIN_ERROR_MALFORMED, when);
    assert_refused(read_claims("{'iat':1800000000,'exp':1800000001,'issuers':[],'wallets':[]}"),
                   JUMIN_ERROR_MALFORMED, "the trust list has no list of venues, or too long a one");
    assert_refused(read_claims("{'iat':1800000000,'exp':1800000001,'issuers':[{}],'venues':[],'wallets':[]}"),
                   JUMIN_ERROR_MALFORMED, "a root of the trust list is no certificate");
    assert_refused(read_claims("{'iat':1800000000,'exp':1800000001,'issuers':[{'certificate':'AAA*'}],'"
                               "venues':[],'wallets':[]}"),
                   JUMIN_ERROR_MALFORMED, "a root of the trust list is no certificate");
    assert_refused(read_claims("{'iat':1800000000,'exp':1800000001,'issuers':[{'certificate':'MAA='}],'"
                               "venues':[],'wallets':[]}"),
                   JUMIN_ERROR_INPUT, "a root of the trust list: it is no certificate in DER");
}

static void test_what_a_root_vouches_for_is_read_back(void **state)
{
    (void)state;
    static const char *const types[] = {"kr.jumin.resident.1", "urn:kr:jumin:resident:1"};
    const struct trust_list_root roots[] = {
        {.kind = TRUST_LIST_ISSUERS, .certificate = root.der, .issuer = "A", .types = types, .type_count = 2},
        {.kind = TRUST_LIST_ISSUERS, .certificate = venues.der, .issuer = "A"},
        {.kind = TRUST_LIST_ISSUERS, .certificate = wallets.der, .issuer = "B"},
    };
    uint8_t digests[3][CRYPTO_HASH_MAX], unknown[X5CHAIN_ROOT] = {0};
    for (size_t i = 0; i < 3; i++) {
        assert_true(crypto_hash_parts(CRYPTO_SHA256, &roots[i].certificate, 1, digests[i]));
    }
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, roots, 3), JUMIN_OK);
    assert_int_equal(read_at(STAGE_NOW), JUMIN_OK);
    assert_true(trust_list_vouches(&list, digests[0], span_of("urn:kr:jumin:resident:1", 23)));
    assert_false(trust_list_vouches(&list, digests[0], span_of("urn:kr:jumin:resident:2", 23)));
    assert_false(trust_list_vouches(&list, digests[0], span_of("", 0)));
    assert_true(trust_list_vouches(&list, digests[1], span_of("anything", 8)));
    assert_true(trust_list_vouches(&list, unknown, span_of("anything", 8)));
    assert_true(trust_list_same_issuer(&list, digests[0], digests[1]));
    assert_true(trust_list_same_issuer(&list, digests[2], digests[2]));
    assert_false(trust_list_same_issuer(&list, digests[1], digests[2]));
    assert_false(trust_list_same_issuer(&list, unknown, digests[2]));
    assert_false(trust_list_same_issuer(NULL, digests[0], digests[1]));
    assert_true(trust_list_same_issuer(NULL, digests[0], digests[0]));
}

static void test_lists_of_authorities_below_a_root_are_read_back(void **state)
{
    (void)state;
    struct stage_holder between;
    stage_issue(&between, &root, CERTIFICATE_IACA, CRYPTO_P256, NULL);
    stage_crl(&between, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    stage_crl(&between, &signer, 2, STAGE_NOW + 1, STAGE_NOW + STAGE_DAY, lists);
    const struct span crls[] = {lists->crls[0].parsed.whole, lists->crls[1].parsed.whole};
    struct trust_list_root whole = {
        .kind = TRUST_LIST_WALLETS, .certificate = root.der, .crls = crls, .crl_count = 2};
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &whole, 1), JUMIN_OK);
    assert_int_equal(read_at(STAGE_NOW), JUMIN_OK);
    assert_int_equal(jumin_trust_crls(list.roots[TRUST_LIST_WALLETS]), 2);
    whole.crls = &root.der; // no list
    whole.crl_count = 1;
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &whole, 1), JUMIN_ERROR_INPUT);
    whole.crls = crls;
    whole.crl_count = TRUST_LIST_CRLS_MAX + 1;
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &whole, 1), JUMIN_ERROR_INPUT);
    char claims[4096], base64[2048];
    struct writer w = writer_of(base64, sizeof base64 - 1);
    base64_put(&w, root.der);
    base64[w.n] = '\0';
    (void)snprintf(claims, sizeof claims,
                   "{'iat':1800000000,'exp':1800000001,'venues':[],'wallets':[],'issuers':["
                   "{'certificate':'%s','crls':[0",
                   base64);
    for (unsigned i = 0; i < TRUST_LIST_CRLS_MAX; i++) {
        (void)strcat(claims, ",0");
    }
    (void)strcat(claims, "]}]}");
    assert_refused(read_claims(claims), JUMIN_ERROR_MALFORMED,
                   "a root of the trust list has no list of revocation lists, or too long a one");
    stage_release(&between);
}

static void test_what_cannot_be_said_of_a_root_is_neither_signed_nor_read(void **state)
{
    (void)state;
    static const char *const nothing[] = {""};
    static const char *const wrong[] = {
        "'issuer':''", "'issuer':7",   "'types':[]", "'types':'kr.jumin.resident.1'",
        "'types':[7]", "'types':['']", "'crls':7",   "'crls':['*']"};
    char long_name[TRUST_LIST_ISSUER_MAX + 1] = "", base64[2048], claims[4096];
    memset(long_name, 'a', TRUST_LIST_ISSUER_MAX);
    const struct trust_list_root bad[] = {
        {.kind = TRUST_LIST_ISSUERS, .certificate = root.der, .issuer = ""},
        {.kind = TRUST_LIST_ISSUERS, .certificate = root.der, .issuer = long_name},
        {.kind = TRUST_LIST_ISSUERS, .certificate = root.der, .types = nothing, .type_count = 1},
        {.kind = TRUST_LIST_ISSUERS, .certificate = root.der, .types = nothing},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &bad[i], 1), JUMIN_ERROR_INPUT);
    }
    struct writer w = writer_of(base64, sizeof base64 - 1);
    base64_put(&w, root.der);
    base64[w.n] = '\0';
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(claims, sizeof claims,
                       "{'iat':1800000000,'exp':1800000001,'venues':[],'wallets':[],'issuers':["
                       "{'certificate':'%s',%s}]}",
                       base64, wrong[i]);
        assert_int_equal(read_claims(claims), JUMIN_ERROR_MALFORMED);
        assert_null(list.roots[TRUST_LIST_ISSUERS]);
    }
}

static void test_what_is_no_root_is_not_signed(void **state)
{
    (void)state;
    struct trust_list_root bad = {.kind = TRUST_LIST_ISSUERS, .certificate = signer.der};
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &bad, 1), JUMIN_ERROR_INPUT);
    assert_string_equal(detail.text, "a root of the trust list is no self-signed certification authority");
    stage_crl(&venues, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    bad = (struct trust_list_root){
        .kind = TRUST_LIST_ISSUERS, .certificate = root.der, .crl = lists->crls[0].parsed.whole};
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &bad, 1), JUMIN_ERROR_INPUT);
    assert_string_equal(detail.text, "a revocation list of the trust list is not of the root beside it");
    bad.crl = root.der;
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &bad, 1), JUMIN_ERROR_INPUT);
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW, NULL, 0), JUMIN_ERROR_INPUT);
    assert_int_equal(sign(-1, STAGE_NOW, NULL, 0), JUMIN_ERROR_INPUT);
}

static void test_a_list_under_another_name_is_not_signed(void **state)
{
    (void)state;
    struct stage_holder other = venues; // the same key
    other.name.common_name = "Other";
    stage_crl(&other, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, lists);
    const struct trust_list_root bad = {
        .kind = TRUST_LIST_VENUES, .certificate = venues.der, .crl = lists->crls[0].parsed.whole};
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &bad, 1), JUMIN_ERROR_INPUT);
}

static void test_a_root_that_may_not_certify_is_not_signed(void **state)
{
    (void)state;
    stage_forge(&venues, &venues, "03020106", "03020102"); // cRLSign alone
    const struct trust_list_root bad = {.kind = TRUST_LIST_VENUES, .certificate = venues.der};
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &bad, 1), JUMIN_ERROR_INPUT);
}

static void by_another(struct certificate_request *request)
{
    request->issuer.common_name = "Other";
}

static void test_a_root_that_names_another_issuer_is_not_signed(void **state)
{
    (void)state;
    stage_release(&venues);
    stage_issue(&venues, &venues, CERTIFICATE_IACA, CRYPTO_P256, by_another);
    const struct trust_list_root bad = {.kind = TRUST_LIST_VENUES, .certificate = venues.der};
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &bad, 1), JUMIN_ERROR_INPUT);
}

static void test_a_root_that_did_not_sign_itself_is_not_signed(void **state)
{
    (void)state;
    stage_forge(&venues, &root, "0603551D0E", "0603551D0E"); // the same, signed by another
    const struct trust_list_root bad = {.kind = TRUST_LIST_VENUES, .certificate = venues.der};
    assert_int_equal(sign(STAGE_NOW, STAGE_NOW + WEEK, &bad, 1), JUMIN_ERROR_INPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_signed_is_read_back),
        TEST(test_a_reader_s_chain_leads_to_the_venues_of_the_list_only),
        TEST(test_a_list_holds_from_its_issue_to_its_end),
        TEST(test_an_older_list_than_the_known_one_is_refused),
        TEST(test_another_signer_is_refused),
        TEST(test_a_signer_of_p_384_is_refused),
        TEST(test_a_file_may_end_in_a_new_line),
        TEST(test_a_list_with_too_many_roots_is_refused),
        TEST(test_a_signature_by_another_key_is_refused),
        TEST(test_a_token_of_another_type_or_without_chain_is_refused),
        TEST(test_malformed_claims_are_refused),
        TEST(test_what_a_root_vouches_for_is_read_back),
        TEST(test_lists_of_authorities_below_a_root_are_read_back),
        TEST(test_what_cannot_be_said_of_a_root_is_neither_signed_nor_read),
        TEST(test_what_is_no_root_is_not_signed),
        TEST(test_a_list_under_another_name_is_not_signed),
        TEST(test_a_root_that_may_not_certify_is_not_signed),
        TEST(test_a_root_that_names_another_issuer_is_not_signed),
        TEST(test_a_root_that_did_not_sign_itself_is_not_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
