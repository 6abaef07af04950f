// A terminal's credential: which certificates it presents to which trust point, and what it signs
// (TR-03110-2 §2.4, §3.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/ta.h"
#include "host/reader/terminal.h"
#include "tests/apdu/certificates.h"
#include "tests/unit/unit.h"

enum { FROM = 260101, TO = 271231, HOLDERS = 6 };

static struct test_holder cvca1, cvca2, dv, dv2, store, other;

static int start(void **state)
{
    (void)state;
    test_holder_make(&cvca1, "KRCVCA00001", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&cvca2, "KRCVCA00002", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&dv, "KRDV00001", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&dv2, "KRDV00002", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&store, "KRSTORE00001", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&other, "KROTHER00001", CRYPTO_P256, CRYPTO_SHA256);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    struct test_holder *const holders[HOLDERS] = {&cvca1, &cvca2, &dv, &dv2, &store, &other};
    for (size_t i = 0; i < HOLDERS; i++) {
        test_holder_release(holders[i]);
    }
    return 0;
}

static struct jumin_terminal *new_store(void)
{
    struct jumin_terminal *terminal = NULL;
    uint8_t secret[CRYPTO_FIELD_MAX];
    assert_true(crypto_ec_secret(&store.key, secret));
    assert_int_equal(terminal_new_with_key(&terminal, CRYPTO_P256, span_of(secret, 32)), JUMIN_OK);
    return terminal;
}

static struct span certify(struct test_holder *issuer, const struct test_holder *holder,
                           enum certificate_role role, uint8_t buffer[TEST_CERTIFICATE_MAX])
{
    uint8_t content[TEST_CERTIFICATE_MAX];
    const struct cv_certificate plan =
        certificate_plan(issuer, holder, TERMINAL_AUTHENTICATION, role, right_to_read(4), FROM, TO);
    struct writer w = writer_of(buffer, TEST_CERTIFICATE_MAX);
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&plan, issuer, content));
    return writer_span(&w);
}

static void add(struct jumin_terminal *terminal, struct test_holder *issuer, const struct test_holder *holder,
                enum certificate_role role)
{
    uint8_t buffer[TEST_CERTIFICATE_MAX];
    const struct span certificate = certify(issuer, holder, role, buffer);
    assert_int_equal(jumin_terminal_add_certificates(terminal, certificate.p, certificate.n), JUMIN_OK);
}

// The holders on the way from the trust point, one after the other.
static void assert_way(struct jumin_terminal *terminal, const char *authority, const char *expected)
{
    char way[128] = "";
    const uint8_t *bytes = NULL;
    size_t n = 0;
    assert_int_equal(jumin_terminal_chain(terminal, authority, &bytes, &n), JUMIN_OK);
    struct span chain = span_of(bytes, n), content;
    while (ta_next_certificate(&chain, &content)) {
        struct cv_certificate certificate;
        assert_true(cv_certificate_parse(content, &certificate));
        strncat(way, (const char *)certificate.holder.p, certificate.holder.n);
        strcat(way, " ");
    }
    assert_int_equal(chain.n, 0);
    assert_string_equal(way, expected);
}

static void assert_no_way(struct jumin_terminal *terminal, const char *authority)
{
    const uint8_t *bytes = NULL;
    size_t n = 1;
    assert_int_equal(jumin_terminal_chain(terminal, authority, &bytes, &n), JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_null(bytes);
    assert_int_equal(n, 0);
    assert_string_not_equal(jumin_terminal_detail(terminal), "");
}

static void test_certificates_are_put_in_order(void **state)
{
    (void)state;
    struct jumin_terminal *terminal = new_store();
    add(terminal, &dv, &store, ROLE_TERMINAL);
    add(terminal, &dv2, &other, ROLE_TERMINAL); // of another key
    add(terminal, &cvca1, &dv, ROLE_DV_DOMESTIC);
    add(terminal, &cvca1, &dv2, ROLE_DV_DOMESTIC);
    assert_way(terminal, "KRCVCA00001", "KRDV00001 KRSTORE00001 ");
    assert_way(terminal, "KRDV00001", "KRSTORE00001 ");
    assert_no_way(terminal, "KRCVCA00002");
    assert_no_way(terminal, "KRDV00002");
    assert_no_way(terminal, "");
    jumin_terminal_free(terminal);
}

static void test_link_certificates_lead_cards_with_an_older_trust_point_on(void **state)
{
    (void)state;
    struct jumin_terminal *terminal = new_store();
    add(terminal, &cvca2, &cvca2, ROLE_CVCA); // self-signed: on no way
    add(terminal, &cvca2, &dv, ROLE_DV_DOMESTIC);
    add(terminal, &dv, &store, ROLE_TERMINAL);
    assert_no_way(terminal, "KRCVCA00001");
    add(terminal, &cvca1, &cvca2, ROLE_CVCA);
    assert_way(terminal, "KRCVCA00001", "KRCVCA00002 KRDV00001 KRSTORE00001 ");
    assert_way(terminal, "KRCVCA00002", "KRDV00001 KRSTORE00001 ");
    jumin_terminal_free(terminal);
}

static void test_shortest_way_is_taken_and_circles_end(void **state)
{
    (void)state;
    struct jumin_terminal *terminal = new_store();
    add(terminal, &cvca1, &cvca2, ROLE_CVCA);
    add(terminal, &cvca2, &cvca1, ROLE_CVCA); // a circle
    add(terminal, &cvca2, &dv, ROLE_DV_DOMESTIC);
    add(terminal, &cvca1, &dv, ROLE_DV_DOMESTIC);
    add(terminal, &dv, &store, ROLE_TERMINAL);
    assert_way(terminal, "KRCVCA00001", "KRDV00001 KRSTORE00001 ");
    assert_no_way(terminal, "KRCVCA00003");
    jumin_terminal_free(terminal);
}

static void test_one_bad_certificate_adds_none(void **state)
{
    (void)state;
    struct jumin_terminal *terminal = new_store();
    struct jumin_terminal_certificate said;
    uint8_t buffer[TEST_CERTIFICATE_MAX], bytes[2 * TEST_CERTIFICATE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    writer_put(&w, certify(&dv, &store, ROLE_TERMINAL, buffer));
    const size_t first = w.n;
    writer_put(&w, certify(&cvca1, &dv, ROLE_DV_DOMESTIC, buffer));
    bytes[first + 20] ^= 0xFF;
    assert_int_equal(jumin_terminal_add_certificates(terminal, bytes, w.n), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_terminal_certificate(terminal, &said), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_terminal_add_certificates(terminal, bytes, 0), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_terminal_add_certificates(terminal, bytes, first - 1), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_terminal_add_certificates(terminal, bytes, first), JUMIN_OK);
    assert_int_equal(jumin_terminal_certificate(terminal, &said), JUMIN_OK);
    assert_string_equal(said.holder, "KRSTORE00001");
    assert_string_equal(said.authority, "KRDV00001");
    assert_string_equal(said.effective, "20260101");
    assert_string_equal(said.expiration, "20271231");
    assert_int_equal(said.rights, right_to_read(4));
    jumin_terminal_free(terminal);
}

static void test_signature_is_that_of_the_certified_key(void **state)
{
    (void)state;
    struct jumin_terminal *terminal = new_store();
    static const uint8_t message[] = "what the chip has sent";
    const struct span part = span_of(message, sizeof message);
    uint8_t signature[CRYPTO_SIGNATURE_MAX], digest[CRYPTO_HASH_MAX];
    size_t n = 0;
    assert_int_equal(jumin_terminal_sign(terminal, message, sizeof message, signature, sizeof signature, &n),
                     JUMIN_ERROR_INPUT); // no certificate tells the hash
    add(terminal, &dv, &store, ROLE_TERMINAL);
    assert_way(terminal, "KRDV00001", "KRSTORE00001 ");
    assert_int_equal(jumin_terminal_sign(terminal, message, sizeof message, signature, 63, &n),
                     JUMIN_ERROR_CRYPTO); // no room
    assert_int_equal(jumin_terminal_sign(terminal, message, sizeof message, signature, sizeof signature, &n),
                     JUMIN_OK);
    assert_int_equal(n, 64);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &part, 1, digest));
    assert_true(crypto_ecdsa_verify(&store.key, span_of(digest, 32), span_of(signature, n)));
    jumin_terminal_free(terminal);
}

static void test_authorities_certificates_are_no_terminals(void **state)
{
    (void)state;
    struct jumin_terminal *terminal = new_store();
    struct jumin_terminal_certificate said;
    add(terminal, &cvca1, &store, ROLE_DV_DOMESTIC);
    assert_int_equal(jumin_terminal_certificate(terminal, &said), JUMIN_ERROR_INPUT);
    assert_no_way(terminal, "KRCVCA00001");
    jumin_terminal_free(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificates_are_put_in_order),
        cmocka_unit_test(test_link_certificates_lead_cards_with_an_older_trust_point_on),
        cmocka_unit_test(test_shortest_way_is_taken_and_circles_end),
        cmocka_unit_test(test_one_bad_certificate_adds_none),
        cmocka_unit_test(test_signature_is_that_of_the_certified_key),
        cmocka_unit_test(test_authorities_certificates_are_no_terminals),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
