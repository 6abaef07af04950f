// The point arithmetic of PACE with the worked examples of 9303-11 App. G.1, H.1 and I (brainpoolP256r1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

// One curve only in the worked examples.
enum { FIELD = 32, POINT = 65 };

static void assert_multiply(const char *scalar, const char *point, const char *product)
{
    struct counting_random state;
    const struct crypto_random random = counting_random(&state);
    struct bytes k;
    struct bytes p;
    uint8_t out[POINT];
    assert_true(crypto_ec_multiply(CRYPTO_BRAINPOOL_P256R1, &random, hex(&k, scalar), hex(&p, point), out));
    assert_span_hex(span_of(out, sizeof out), product);
}

static void assert_multiply_add(const char *nonce, const char *point, const char *sum)
{
    struct counting_random state;
    const struct crypto_random random = counting_random(&state);
    struct bytes s;
    struct bytes h;
    uint8_t out[POINT];
    assert_true(
        crypto_ec_multiply_add(CRYPTO_BRAINPOOL_P256R1, &random, hex(&s, nonce), hex(&h, point), out));
    assert_span_hex(span_of(out, sizeof out), sum);
}

static const char gm_generator[] = "048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2"
                                   "8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522";
static const char gm_shared_point[] = "0460332EF2450B5D247EF6D3868397D398852ED6E8CAF6FFEEF6BF85CA57057FD5"
                                      "0840CA7415BAF3E43BD414D35AA4608B93A2CAF3A4E3EA4E82C9C13D03EB7181";

static void test_generic_mapping_shares_the_point_of_app_g1(void **state)
{
    (void)state;
    assert_multiply("7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
                    "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
                    "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54",
                    gm_shared_point);
    assert_multiply("498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560",
                    "047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
                    "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D",
                    gm_shared_point);
}

static void test_generic_mapping_maps_the_nonce_of_app_g1(void **state)
{
    (void)state;
    assert_multiply_add("3F00C4D39D153F2B2A214A078D899B22", gm_shared_point, gm_generator);
}

static void test_ephemeral_keys_over_the_mapped_generator_are_those_of_app_g1(void **state)
{
    (void)state;
    assert_multiply("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595", gm_generator,
                    "042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
                    "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462");
    assert_multiply("107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A", gm_generator,
                    "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
                    "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094");
}

static void test_shared_secret_is_that_of_app_g1(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key key;
    struct bytes secret;
    struct bytes peer;
    uint8_t shared[FIELD];
    hex(&secret, "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595");
    hex(&peer, "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
               "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094");
    assert_true(crypto_ec_load_secret(&key, CRYPTO_BRAINPOOL_P256R1, secret.s, &random));
    assert_true(crypto_ecdh(&key, &random, peer.s, shared));
    assert_span_hex(span_of(shared, sizeof shared),
                    "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925");
    crypto_ec_release(&key);
}

static const char im_element[] = "A2F8FF2DF50E52C6599F386ADCB595D229F6A167ADE2BE5F2C3296ADD5B7430E";
static const char im_generator[] = "048E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427"
                                   "4C1AE14BD0C3DBAC0C871B7F3608169364437CA30AC243A089D3F266C1E60FAD";

static void test_integrated_mapping_reduces_the_pseudorandom_string_of_app_h1(void **state)
{
    (void)state;
    struct bytes string;
    uint8_t element[FIELD];
    hex(&string, "E4447E2DFB3586BAC05DDB00156B57FBB2179A3949294C97"
                 "254189800C517BAA8DA0FF397ED8C445D3E421E4FEB57322");
    assert_true(crypto_ec_reduce(CRYPTO_BRAINPOOL_P256R1, string.s, element));
    assert_span_hex(span_of(element, sizeof element), im_element);
}

static void test_integrated_mapping_encodes_the_element_of_app_h1(void **state)
{
    (void)state;
    struct bytes element;
    uint8_t point[POINT];
    assert_true(crypto_ec_encode_point(CRYPTO_BRAINPOOL_P256R1, hex(&element, im_element), point));
    assert_span_hex(span_of(point, sizeof point), im_generator);
}

static void test_ephemeral_key_over_the_mapped_generator_is_that_of_app_h1(void **state)
{
    (void)state;
    assert_multiply("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595", im_generator,
                    "0489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4"
                    "6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C37");
}

static const char cam_data[] = "85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3";
static const char cam_chip_key[] = "041872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC8"
                                   "84D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F";
static const char cam_mapping_key[] = "04A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3"
                                      "04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23";

static void test_chip_authentication_mapping_maps_the_nonce_of_app_i(void **state)
{
    (void)state;
    const char shared[] = "042C1DCC1773346492C6636A36EE4B965E292E9AAE7EE37736EF58B9D0A043F348"
                          "403A8CF33CA7DC0D9DF61D0889CE24424FF97C1AAD48A5CA2A554B071EF7638D";
    assert_multiply("5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC", cam_mapping_key,
                    shared);
    assert_multiply_add("658B860BC94DF6F044FCE6D5C82CF8E5", shared,
                        "0489F0B5EABF3BE293C75903A3986131925C9F5B515CA95AF485DC7E886F03245D"
                        "44BEFB2DD3A0DBD71CB5E618971CF4747F12B79E548379A40E45963BAAF3E829");
}

// 9303-11 §4.4.3.5: the terminal checks that CA_IC times the chip's static key is its mapping key.
static void test_chip_authentication_data_of_app_i_verifies(void **state)
{
    (void)state;
    assert_multiply(cam_data, cam_chip_key, cam_mapping_key);
}

// quotient * denominator * G must be numerator * G, with a numerator and a denominator of our own.
static void test_division_of_scalars_undoes_multiplication_on_every_curve(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_ec_key numerator;
        struct crypto_ec_key denominator;
        uint8_t above[CRYPTO_FIELD_MAX];
        uint8_t below[CRYPTO_FIELD_MAX];
        uint8_t quotient[CRYPTO_FIELD_MAX];
        uint8_t point[CRYPTO_POINT_MAX];
        uint8_t expected[CRYPTO_POINT_MAX];
        assert_true(crypto_ec_generate(&numerator, curve, &random));
        assert_true(crypto_ec_generate(&denominator, curve, &random));
        assert_true(crypto_ec_secret(&numerator, above));
        assert_true(crypto_ec_secret(&denominator, below));
        assert_true(crypto_ec_public(&denominator, point));
        assert_true(crypto_ec_public(&numerator, expected));
        assert_true(crypto_ec_scalar_divide(curve, &random, span_of(above, n), span_of(below, n), quotient));
        assert_true(
            crypto_ec_multiply(curve, &random, span_of(quotient, n), span_of(point, 2 * n + 1), point));
        assert_memory_equal(point, expected, 2 * n + 1);
        crypto_ec_release(&numerator);
        crypto_ec_release(&denominator);
    }
}

static void test_division_out_of_range_is_refused(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        const uint8_t zero[CRYPTO_FIELD_MAX] = {0};
        uint8_t two[CRYPTO_FIELD_MAX] = {0};
        uint8_t out[CRYPTO_FIELD_MAX];
        assert_true(crypto_curve_parameters(curve, &parameters));
        two[n - 1] = 2;
        const struct span good = span_of(two, n);
        const struct span bad[] = {span_of(zero, n), span_of(parameters.order, n), span_of(two, n - 1)};
        assert_true(crypto_ec_scalar_divide(curve, &random, good, good, out));
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            memset(out, 0xff, sizeof out);
            assert_false(crypto_ec_scalar_divide(curve, &random, bad[i], good, out));
            assert_wiped(out, n);
            memset(out, 0xff, sizeof out);
            assert_false(crypto_ec_scalar_divide(curve, &random, good, bad[i], out));
            assert_wiped(out, n);
        }
    }
}

// 9303-11 §4.4.3.3.1: the nonce 1 with -G leads to infinity, with G to a doubling.
static void test_generic_mapping_to_infinity_is_refused(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    const uint8_t one[] = {1};
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        uint8_t scalar[CRYPTO_FIELD_MAX];
        uint8_t negative[CRYPTO_POINT_MAX];
        uint8_t out[CRYPTO_POINT_MAX];
        uint8_t twice[CRYPTO_POINT_MAX];
        assert_true(crypto_curve_parameters(curve, &parameters));
        const struct span generator = span_of(parameters.generator, 1 + 2 * n);
        memcpy(scalar, parameters.order, n);
        scalar[n - 1]--;
        assert_true(crypto_ec_multiply(curve, &random, span_of(scalar, n), generator, negative));
        assert_memory_equal(negative, parameters.generator, 1 + n);
        memset(out, 0xff, sizeof out);
        assert_false(
            crypto_ec_multiply_add(curve, &random, span_of(one, 1), span_of(negative, 1 + 2 * n), out));
        assert_wiped(out, 1 + 2 * n);
        memset(scalar, 0, n);
        scalar[n - 1] = 2;
        assert_true(crypto_ec_multiply(curve, &random, span_of(scalar, n), generator, twice));
        assert_true(crypto_ec_multiply_add(curve, &random, span_of(one, 1), generator, out));
        assert_memory_equal(out, twice, 1 + 2 * n);
    }
}

static void test_nonce_zero_maps_to_the_shared_point(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        const uint8_t zero[16] = {0};
        uint8_t out[CRYPTO_POINT_MAX];
        assert_true(crypto_curve_parameters(curve, &parameters));
        const struct span point = span_of(parameters.generator, 1 + 2 * n);
        assert_true(crypto_ec_multiply_add(curve, &random, span_of(zero, sizeof zero), point, out));
        assert_memory_equal(out, point.p, point.n);
        assert_true(crypto_ec_multiply_add(curve, &random, span_of(parameters.order, n), point, out));
        assert_memory_equal(out, point.p, point.n);
        assert_false(crypto_ec_multiply_add(curve, &random, span_of(NULL, 0), point, out));
        assert_wiped(out, 1 + 2 * n);
    }
}

// 9303-11 App. B.2: no point for these three, and none for numbers that are no field elements.
static void test_elements_without_encoding_are_refused(void **state)
{
    (void)state;
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        uint8_t element[CRYPTO_FIELD_MAX + 1] = {0};
        uint8_t out[CRYPTO_POINT_MAX];
        const bool encodes = curve != CRYPTO_P224; // p is 1 mod 4
        assert_true(crypto_curve_parameters(curve, &parameters));
        assert_int_equal(parameters.p[n - 1] & 3, encodes ? 3 : 1);
        memset(out, 0xff, sizeof out);
        assert_false(crypto_ec_encode_point(curve, span_of(element, n), out));
        assert_wiped(out, 1 + 2 * n);
        element[n - 1] = 1;
        assert_false(crypto_ec_encode_point(curve, span_of(element, n), out));
        memcpy(element, parameters.p, n);
        assert_false(crypto_ec_encode_point(curve, span_of(element, n), out));
        element[n - 1]--; // p is odd
        assert_false(crypto_ec_encode_point(curve, span_of(element, n), out));
        element[n - 1]--; // p - 2
        assert_int_equal(crypto_ec_encode_point(curve, span_of(element, n), out), encodes);
        assert_false(crypto_ec_encode_point(curve, span_of(element, n - 1), out));
        memset(element, 0xff, n); // above p, and no neighbour of it
        assert_false(crypto_ec_encode_point(curve, span_of(element, n), out));
        assert_false(crypto_ec_encode_point(curve, span_of(element, n + 1), out));
        assert_wiped(out, 1 + 2 * n);
    }
}

static void test_reduction_takes_up_to_two_of_the_longest_field(void **state)
{
    (void)state;
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        uint8_t value[2 * CRYPTO_FIELD_MAX + 1] = {0};
        uint8_t element[CRYPTO_FIELD_MAX];
        assert_true(crypto_curve_parameters(curve, &parameters));
        memcpy(value, parameters.p, n); // p * 2^(8n) + 5
        value[2 * n - 1] = 5;
        assert_true(crypto_ec_reduce(curve, span_of(value, 2 * n), element));
        assert_wiped(element, n - 1);
        assert_int_equal(element[n - 1], 5);
        assert_true(crypto_ec_reduce(curve, span_of(parameters.p, n), element));
        assert_wiped(element, n);
        assert_true(crypto_ec_reduce(curve, span_of("\x07", 1), element));
        assert_int_equal(element[n - 1], 7);
        assert_true(crypto_ec_reduce(curve, span_of(value, sizeof value - 1), element));
        assert_false(crypto_ec_reduce(curve, span_of(value, sizeof value), element));
        assert_wiped(element, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generic_mapping_shares_the_point_of_app_g1),
        cmocka_unit_test(test_generic_mapping_maps_the_nonce_of_app_g1),
        cmocka_unit_test(test_ephemeral_keys_over_the_mapped_generator_are_those_of_app_g1),
        cmocka_unit_test(test_shared_secret_is_that_of_app_g1),
        cmocka_unit_test(test_integrated_mapping_reduces_the_pseudorandom_string_of_app_h1),
        cmocka_unit_test(test_integrated_mapping_encodes_the_element_of_app_h1),
        cmocka_unit_test(test_ephemeral_key_over_the_mapped_generator_is_that_of_app_h1),
        cmocka_unit_test(test_chip_authentication_mapping_maps_the_nonce_of_app_i),
        cmocka_unit_test(test_chip_authentication_data_of_app_i_verifies),
        cmocka_unit_test(test_division_of_scalars_undoes_multiplication_on_every_curve),
        cmocka_unit_test(test_division_out_of_range_is_refused),
        cmocka_unit_test(test_generic_mapping_to_infinity_is_refused),
        cmocka_unit_test(test_nonce_zero_maps_to_the_shared_point),
        cmocka_unit_test(test_elements_without_encoding_are_refused),
        cmocka_unit_test(test_reduction_takes_up_to_two_of_the_longest_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
