// Object identifiers and key derivation (9303-11 §9.7, TR-03110-3 §A.1, §A.2.3).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/kdf.h"

static struct span none(void)
{
    return span_of(NULL, 0);
}

static void assert_derived(enum secure_messaging_suite suite, struct span secret, struct span nonce,
                           enum kdf_counter counter, const char *expected)
{
    uint8_t key[32];
    assert_true(kdf_derive(suite, secret, nonce, counter, key));
    assert_span_hex(span_of(key, suite_key_length(suite)), expected);
}

// 9303-11 appendix G.1: from the MRZ to K_pi, and from the shared secret to the session keys.
static void test_keys_are_those_of_the_worked_example(void **state)
{
    (void)state;
    uint8_t password[MRZ_PASSWORD_LENGTH];
    assert_true(mrz_password(span_of("T22000129364081251010318", 24), password));
    assert_span_hex(span_of(password, sizeof password), "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD");
    assert_derived(SUITE_AES_CBC_CMAC_128, span_of(password, sizeof password), none(), KDF_PASSWORD,
                   "89DED1B26624EC1E634C1989302849DD");
    uint8_t bytes[32];
    const struct span shared =
        unhex("28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925", bytes, sizeof bytes);
    assert_derived(SUITE_AES_CBC_CMAC_128, shared, none(), KDF_ENCRYPTION,
                   "F5F0E35C0D7161EE6724EE513A0D9A7F");
    assert_derived(SUITE_AES_CBC_CMAC_128, shared, none(), KDF_MAC, "FE251C7858B356B24514B3BD5F4297D1");
}

// 9303-11 appendix D.2: SHA-1 of the MRZ information, whose first 16 bytes are the seed of BAC.
static void test_mrz_password_begins_with_the_seed_of_bac(void **state)
{
    (void)state;
    uint8_t password[MRZ_PASSWORD_LENGTH];
    assert_true(mrz_password(span_of("L898902C<369080619406236", 24), password));
    assert_span_hex(span_of(password, sizeof password), "239AB9CB282DAF66231DC5A4DF6BFBAEDF477565");
}

// EAC 2 worked example of TR-03110: Chip Authentication version 2 with its nonce.
static void test_nonce_of_chip_authentication_stands_before_the_counter(void **state)
{
    (void)state;
    uint8_t secret[32];
    uint8_t nonce[8];
    unhex("791DA04273CCFE862E52DF60347E2557192E1F8D7517822CE3D306056C1CDEB4", secret, sizeof secret);
    unhex("4287B3072A3EDC60", nonce, sizeof nonce);
    assert_derived(SUITE_AES_CBC_CMAC_128, span_of(secret, 32), span_of(nonce, 8), KDF_ENCRYPTION,
                   "94ABCD271AB7D9A5590BA52CB518B831");
    assert_derived(SUITE_AES_CBC_CMAC_128, span_of(secret, 32), span_of(nonce, 8), KDF_MAC,
                   "78B5709E7ABEDB185B424D0EE3A82499");
}

// The first bytes of SHA-256("123456" || 00000003), by coreutils' sha256sum.
static void test_longer_keys_come_from_sha_256(void **state)
{
    (void)state;
    const struct span can = span_of("123456", 6);
    assert_derived(SUITE_AES_CBC_CMAC_192, can, none(), KDF_PASSWORD,
                   "8DF3278FB32026E66277357FCD6C826DBEB3DE32088B2531");
    assert_derived(SUITE_AES_CBC_CMAC_256, can, none(), KDF_PASSWORD,
                   "8DF3278FB32026E66277357FCD6C826DBEB3DE32088B2531757D753940185923");
}

static void test_3des_has_no_key_here(void **state)
{
    (void)state;
    uint8_t key[32];
    assert_int_equal(suite_key_length(SUITE_3DES_CBC_CBC), 0);
    assert_false(kdf_derive(SUITE_3DES_CBC_CBC, span_of("x", 1), none(), KDF_MAC, key));
}

static void test_pace_identifiers_are_written_and_read(void **state)
{
    (void)state;
    static const enum pace_mapping mappings[] = {PACE_ECDH_GM, PACE_ECDH_IM, PACE_ECDH_CAM};
    for (size_t i = 0; i < 3; i++) {
        for (enum secure_messaging_suite suite = SUITE_3DES_CBC_CBC; suite <= SUITE_AES_CBC_CMAC_256;
             suite++) {
            uint8_t oid[OID_PACE_LENGTH];
            enum pace_mapping mapping;
            enum secure_messaging_suite found;
            oid_pace(mappings[i], suite, oid);
            const bool defined = mappings[i] != PACE_ECDH_CAM || suite != SUITE_3DES_CBC_CBC;
            assert_int_equal(oid_pace_parse(span_of(oid, sizeof oid), &mapping, &found), defined);
            assert_true(!defined || (mapping == mappings[i] && found == suite));
            assert_true(oid_is_pace_protocol(span_of(oid, sizeof oid)));
        }
    }
    uint8_t oid[OID_PACE_LENGTH];
    oid_pace(PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_256, oid);
    assert_span_hex(span_of(oid, sizeof oid), "04007F00070202040604");
}

static void test_other_identifiers_are_no_pace_of_ours(void **state)
{
    (void)state;
    static const char *const others[] = {"04007F00070202040102",
                                         "04007F00070202040302",
                                         "04007F00070202040502",
                                         "04007F00070202040200",
                                         "04007F00070202040205",
                                         "04007F000702020402",
                                         "04007F0007020204020200",
                                         "04007F00070202030202",
                                         "",
                                         "04"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        uint8_t bytes[16];
        enum pace_mapping mapping = PACE_MAPPING_NONE;
        enum secure_messaging_suite suite = SUITE_3DES_CBC_CBC;
        const struct span oid = unhex(others[i], bytes, sizeof bytes);
        assert_false(oid_pace_parse(oid, &mapping, &suite));
        assert_int_equal(mapping, PACE_MAPPING_NONE);
        assert_int_equal(oid_is_pace_protocol(oid), i < 5);
    }
}

static void test_chip_authentication_identifiers_are_written_and_read(void **state)
{
    (void)state;
    uint8_t oid[OID_CA_LENGTH];
    uint8_t bytes[16];
    enum secure_messaging_suite suite;
    oid_ca_ecdh(SUITE_AES_CBC_CMAC_192, oid);
    assert_span_hex(span_of(oid, sizeof oid), "04007F00070202030203");
    assert_true(oid_ca_ecdh_parse(span_of(oid, sizeof oid), &suite));
    assert_int_equal(suite, SUITE_AES_CBC_CMAC_192);
    assert_false(oid_ca_ecdh_parse(unhex("04007F00070202030102", bytes, sizeof bytes), &suite));
    assert_false(oid_ca_ecdh_parse(unhex("04007F000702020302", bytes, sizeof bytes), &suite));
    assert_false(oid_ca_ecdh_parse(unhex("04007F00070202030206", bytes, sizeof bytes), &suite));
}

// 2.25.166465673534553502314912385932192144019 in DER, and the arcs behind it.
#define OWN_ARC "6981FABC8FD7D3A6A2ACCF8E86DBE8AB8EA1B513"

static void test_aria_stands_under_our_own_arc(void **state)
{
    (void)state;
    static const char *const others[] = {OWN_ARC "030203", OWN_ARC "030102", OWN_ARC "030212", OWN_ARC "0302",
                                         OWN_ARC "040202"};
    uint8_t oid[OID_PACE_MAX], bytes[32];
    enum pace_mapping mapping;
    enum secure_messaging_suite suite;
    size_t n = oid_pace(PACE_ECDH_GM, SUITE_ARIA_CBC_CMAC_128, oid);
    assert_span_hex(span_of(oid, n), OWN_ARC "030202");
    n = oid_pace(PACE_ECDH_CAM, SUITE_ARIA_CBC_CMAC_256, oid);
    assert_span_hex(span_of(oid, n), OWN_ARC "030604");
    assert_true(oid_pace_parse(span_of(oid, n), &mapping, &suite));
    assert_int_equal(mapping, PACE_ECDH_CAM);
    assert_int_equal(suite, SUITE_ARIA_CBC_CMAC_256);
    n = oid_ca_ecdh(SUITE_ARIA_CBC_CMAC_256, oid);
    assert_span_hex(span_of(oid, n), OWN_ARC "0404");
    assert_true(oid_ca_ecdh_parse(span_of(oid, n), &suite));
    assert_int_equal(suite, SUITE_ARIA_CBC_CMAC_256);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(oid_pace_parse(unhex(others[i], bytes, sizeof bytes), &mapping, &suite));
    }
    assert_false(oid_ca_ecdh_parse(unhex(OWN_ARC "0403", bytes, sizeof bytes), &suite));
    assert_false(oid_ca_ecdh_parse(unhex(OWN_ARC "040202", bytes, sizeof bytes), &suite));
}

static void test_plain_ecdsa_identifiers_are_written_and_read(void **state)
{
    (void)state;
    for (enum crypto_hash hash = CRYPTO_SHA1; hash <= CRYPTO_SHA512; hash++) {
        uint8_t oid[OID_ECDSA_PLAIN_LENGTH];
        enum crypto_hash found;
        oid_ecdsa_plain(hash, oid);
        assert_span_hex(span_first(span_of(oid, sizeof oid), 9), "04007F000701010401");
        assert_true(oid_ecdsa_plain_parse(span_of(oid, sizeof oid), &found));
        assert_int_equal(found, hash);
    }
    uint8_t bytes[16];
    enum crypto_hash hash;
    assert_true(oid_ecdsa_plain_parse(unhex("04007F00070101040103", bytes, sizeof bytes), &hash));
    assert_int_equal(hash, CRYPTO_SHA256);
    assert_false(oid_ecdsa_plain_parse(unhex("04007F00070101040106", bytes, sizeof bytes), &hash));
    assert_false(oid_ecdsa_plain_parse(unhex("04007F00070101040100", bytes, sizeof bytes), &hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_those_of_the_worked_example),
        cmocka_unit_test(test_mrz_password_begins_with_the_seed_of_bac),
        cmocka_unit_test(test_nonce_of_chip_authentication_stands_before_the_counter),
        cmocka_unit_test(test_longer_keys_come_from_sha_256),
        cmocka_unit_test(test_3des_has_no_key_here),
        cmocka_unit_test(test_pace_identifiers_are_written_and_read),
        cmocka_unit_test(test_other_identifiers_are_no_pace_of_ours),
        cmocka_unit_test(test_chip_authentication_identifiers_are_written_and_read),
        cmocka_unit_test(test_aria_stands_under_our_own_arc),
        cmocka_unit_test(test_plain_ecdsa_identifiers_are_written_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
