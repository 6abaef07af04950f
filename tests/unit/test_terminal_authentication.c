// Terminal Authentication as the worked example of TR-03110 computes it, auxiliary data, Restricted
// Identification (TR-03110-2 §3.3, §3.5).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_random.h"
#include "tests/unit/cvc_vectors.h"
#include "tests/unit/unit.h"

#include "card/wire/terminal_authentication.h"

// EAC 2 worked example over ECDH: the chip's PACE key, the terminal's Chip Authentication key, the challenge
// and the signature.
static const char pace_point[] =
    "04282CF38073036AFAC216AF135BD994DA0C357F10BD4C34AFEA1042B2EB0FD6804DF3658B835A"
    "C2E7133F13691184542BB50B109963A4662ABDC08B9763AF4B5B";
static const char terminal_point[] =
    "045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799A34EE57E"
    "C55268CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F";
static const char challenge[] = "547E4EAB03B235D2";
static const char signature[] =
    "81A2D9E5891B86A0F01ADD0341C89D6E9EF3E20C223884F27B2F2040E9721C46C9C3CF7C0EE0A422"
    "263BA6F1EAFC693BD8738F34760B5998584F58DD25B8D60D99D7C45957C2E2F10C0E5F91A8DC88BD"
    "7CFA33CBF784A9DA83C800324165179DBE71C69B2C0FD811270E436C43278184DDB542142342DBF1"
    "56E82D2A1BC19085";

struct example {
    uint8_t pace[65], key[65], nonce[8], certificate[CVC_MAX];
    struct ta_message message;
    struct cv_certificate terminal;
};

static void load(struct example *example)
{
    const struct span pace = unhex(pace_point, example->pace, sizeof example->pace);
    const struct span key = unhex(terminal_point, example->key, sizeof example->key);
    example->message = (struct ta_message){
        .identifier = comp_point(CRYPTO_BRAINPOOL_P256R1, pace),
        .challenge = unhex(challenge, example->nonce, sizeof example->nonce),
        .compressed_key = comp_point(CRYPTO_BRAINPOOL_P256R1, key),
    };
    assert_true(cv_certificate_parse_file(
        unhex(vector_terminal, example->certificate, sizeof example->certificate), &example->terminal));
}

static bool signature_holds(const struct example *example)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    uint8_t bytes[CRYPTO_SIGNATURE_MAX];
    struct crypto_ec_key key = {0};
    assert_true(ta_digest(example->terminal.hash, &example->message, digest));
    assert_true(crypto_ec_load_public(&key, CRYPTO_BRAINPOOL_P512R1, example->terminal.point));
    const bool holds = crypto_ecdsa_verify(&key, span_of(digest, crypto_hash_length(example->terminal.hash)),
                                           unhex(signature, bytes, sizeof bytes));
    crypto_ec_release(&key);
    return holds;
}

static void test_signature_of_the_worked_example_holds(void **state)
{
    (void)state;
    struct example example;
    load(&example);
    assert_true(signature_holds(&example));
}

static void test_signature_covers_every_part(void **state)
{
    (void)state;
    struct example example;
    load(&example);
    example.nonce[0] ^= 1;
    assert_false(signature_holds(&example));
    load(&example);
    example.pace[1] ^= 1;
    assert_false(signature_holds(&example));
    load(&example);
    example.key[32] ^= 1;
    assert_false(signature_holds(&example));
    load(&example);
    example.message.auxiliary_data = span_of("\x67\x00", 2);
    assert_false(signature_holds(&example));
}

static void test_compressed_point_is_its_x_coordinate(void **state)
{
    (void)state;
    uint8_t bytes[65];
    const struct span point = unhex(terminal_point, bytes, sizeof bytes);
    assert_span_hex(comp_point(CRYPTO_BRAINPOOL_P256R1, point),
                    "5A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799");
    assert_int_equal(comp_point(CRYPTO_BRAINPOOL_P384R1, point).n, 0);
    assert_int_equal(comp_point(CRYPTO_BRAINPOOL_P256R1, span_first(point, 64)).n, 0);
    bytes[0] = 2;
    assert_int_equal(comp_point(CRYPTO_BRAINPOOL_P256R1, point).n, 0);
}

// --- Auxiliary data --------------------------------------------------------------------------------------

static void test_auxiliary_data_is_read_item_by_item(void **state)
{
    (void)state;
    uint8_t bytes[TA_AUXILIARY_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    auxiliary_data_put(&w, OID_DATE_OF_BIRTH, span_of("20070101", 8));
    auxiliary_data_put(&w, OID_MUNICIPALITY, span_of("\x36\x11", 2));
    assert_span_hex(writer_span(&w), "7315060904007F000703010401 53083230303730313031"
                                     "730F060904007F000703010403 53023611");
    struct span content = writer_span(&w);
    struct auxiliary_data item;
    assert_int_equal(auxiliary_data_next(&content, &item), TLV_OBJECT);
    assert_true(span_equal(item.oid, OID_DATE_OF_BIRTH));
    assert_int_equal(item.data.n, 8);
    assert_int_equal(auxiliary_data_next(&content, &item), TLV_OBJECT);
    assert_true(span_equal(item.oid, OID_MUNICIPALITY));
    assert_span_hex(item.data, "3611");
    assert_int_equal(auxiliary_data_next(&content, &item), TLV_END);
}

static void assert_malformed(const char *hex)
{
    uint8_t bytes[64];
    struct span content = unhex(hex, bytes, sizeof bytes);
    const struct span before = content;
    struct auxiliary_data item;
    assert_int_equal(auxiliary_data_next(&content, &item), TLV_MALFORMED);
    assert_ptr_equal(content.p, before.p);
    assert_int_equal(content.n, before.n);
}

static void test_malformed_auxiliary_data_is_refused(void **state)
{
    (void)state;
    assert_malformed("67 11 730F060904007F000703010403 53023611");  // wrapped twice
    assert_malformed("73 0B 060904007F000703010403");               // no data
    assert_malformed("73 04 53023611");                             // no OID
    assert_malformed("73 0F 53023611 060904007F000703010403");      // in the wrong order
    assert_malformed("73 11 060904007F000703010403 53023611 5300"); // one more
    assert_malformed("73 0F 060904007F000703010403 54023611");      // another tag
    assert_malformed("73 10 060904007F000703010403 53023611");      // cut
    assert_malformed("74 0F 060904007F000703010403 53023611");
}

// --- Restricted Identification ---------------------------------------------------------------------------

// I = H(x(SK_ID * PK_Sector)): the sector's side of it comes out as x(SK_Sector * PK_ID).
static void test_sector_identifier_is_the_hash_of_the_shared_point(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key chip = {0};
    struct crypto_ec_key sector = {0};
    uint8_t secret[CRYPTO_FIELD_MAX];
    uint8_t chip_point[CRYPTO_POINT_MAX];
    uint8_t sector_point[CRYPTO_POINT_MAX];
    uint8_t shared[CRYPTO_FIELD_MAX];
    uint8_t wanted[CRYPTO_HASH_MAX];
    uint8_t found[CRYPTO_HASH_MAX];
    const enum crypto_curve curve = CRYPTO_BRAINPOOL_P256R1;
    assert_true(crypto_ec_generate(&chip, curve, &random) && crypto_ec_generate(&sector, curve, &random));
    assert_true(crypto_ec_secret(&chip, secret) && crypto_ec_public(&chip, chip_point));
    assert_true(crypto_ec_public(&sector, sector_point));
    assert_true(crypto_ecdh(&sector, &random, span_of(chip_point, 65), shared));
    const struct span part = span_of(shared, 32);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &part, 1, wanted));

    assert_true(
        ri_identifier(curve, &random, CRYPTO_SHA256, span_of(secret, 32), span_of(sector_point, 65), found));
    assert_memory_equal(found, wanted, 32);
    sector_point[64] ^= 1;
    assert_false(
        ri_identifier(curve, &random, CRYPTO_SHA256, span_of(secret, 32), span_of(sector_point, 65), found));
    crypto_ec_release(&chip);
    crypto_ec_release(&sector);
}

static void test_identifiers_of_algorithms_by_hash_are_read_back(void **state)
{
    (void)state;
    uint8_t oid[OID_RI_ECDH_LENGTH];
    enum crypto_hash hash;
    for (int i = CRYPTO_SHA1; i <= CRYPTO_SHA512; i++) {
        oid_ri_ecdh((enum crypto_hash)i, oid);
        assert_true(oid_ri_ecdh_parse(span_of(oid, sizeof oid), &hash));
        assert_int_equal(hash, i);
        assert_false(oid_ta_ecdsa_parse(span_of(oid, sizeof oid), &hash));
        oid_ta_ecdsa((enum crypto_hash)i, oid);
        assert_true(oid_ta_ecdsa_parse(span_of(oid, sizeof oid), &hash));
        assert_int_equal(hash, i);
    }
    oid_ri_ecdh(CRYPTO_SHA256, oid);
    assert_span_hex(span_of(oid, sizeof oid), "04007F00070202050203"); // as in the example's EF.CardSecurity
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature_of_the_worked_example_holds),
        cmocka_unit_test(test_signature_covers_every_part),
        cmocka_unit_test(test_compressed_point_is_its_x_coordinate),
        cmocka_unit_test(test_auxiliary_data_is_read_item_by_item),
        cmocka_unit_test(test_malformed_auxiliary_data_is_refused),
        cmocka_unit_test(test_sector_identifier_is_the_hash_of_the_shared_point),
        cmocka_unit_test(test_identifiers_of_algorithms_by_hash_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
