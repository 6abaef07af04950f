// Elliptic curves and their keys with the values of NIST CAVP, RFC 5639 and RFC 7027.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

struct key_pair_vector {
    enum crypto_curve curve;
    const char *secret;
    const char *point;
};

// NIST CAVP, FIPS 186-3 KeyPair (CAVS 11.0), and the keys of RFC 7027.
static const struct key_pair_vector key_pairs[] = {
    {CRYPTO_P256, "c9806898a0334916c860748880a541f093b579a9b1f32934d86c363c39800357",
     "04d0720dc691aa80096ba32fed1cb97c2b620690d06de0317b8618d5ce65eb728f9681b517b1cda17d0d83d335d9c4a8"
     "a9a9b0b1b3c7106d8f3c72bc5093dc275f"},
    {CRYPTO_P256, "710735c8388f48c684a97bd66751cc5f5a122d6b9a96a2dbe73662f78217446d",
     "04f6836a8add91cb182d8d258dda6680690eb724a66dc3bb60d2322565c39e4ab91f837aa32864870cb8e8d0ac2ff31f"
     "824e7beddc4bb7ad72c173ad974b289dc2"},
    {CRYPTO_P384,
     "5394f7973ea868c52bf3ff8d8ceeb4db90a683653b12485d5f627c3ce5abd8978fc9673d14a71d925747931662493c37",
     "04fd3c84e5689bed270e601b3d80f90d67a9ae451cce890f53e583229ad0e2ee645611fa9936dfa45306ec18066774aa"
     "24b83ca4126cfc4c4d1d18a4b6c21c7f699d5123dd9c24f66f833846eeb58296196b42ec06425db5b70a4b81b7fcf705"
     "a0"},
    {CRYPTO_P384,
     "9b90d800abc37df43536e0dc321d43e6aeb5317fcb5118a0e827c8165b1cb05051ef12794b5278a293accbc0b1beb2c2",
     "04732b0f83d303475584d88ed91cc74b367e9ffbfcc2d044d1485417d2731fa4f3b70347388e2308e9e43bdbf9524653"
     "93d8d232a2c995a6ff133893dcfa9b559c11376eb999abf55edd51cc5edb7935500f80f55ca1a542a1b87f6c8c643b83"
     "d6"},
    {CRYPTO_P521,
     "0184258ea667ab99d09d4363b3f51384fc0acd2f3b66258ef31203ed30363fcda7661b6a817daaf831415a1f21cb1cda"
     "3a74cc1865f2ef40f683c14174ea72803cff",
     "04019ee818048f86ada6db866b7e49a9b535750c3673cb61bbfe5585c2df263860fe4d8aa8f7486aed5ea2a4d733e346"
     "eaefa87ac515c78b9a986ee861584926ce486001b6809c89c0aa7fb057a32acbb9ab4d7b06ba39dba8833b9b54424add"
     "2956e95fe48b7fbf60c3df5172bf386f2505f1e1bb2893da3b96d4f5ae78f2544881a238f7"},
    {CRYPTO_P521,
     "014b967f6651b5e6a482fccc609ab6630b3806fe1f94f4083319b0b50575fb3436a04f508172f7fc396d6e969ca3e8d1"
     "c1e9a84d431a48b94f30566dc6808dd1d138",
     "040145f371040d3d4a24d6d3ceb2681db207b77096ab57606d92981a69ce35a0ac4628c2dc1284e4dd9715cde46f18b5"
     "9e9fc98fea162ceb6e2c481ecbfad4e19d3abf0125eb751ff4fb8bb98e1fb455d2cfb35e3323de5c7280fc9e51729704"
     "f4fec51d5a6ce6c1f75dbf710e1f9d3ee9f2a77e7c12c045e729d0e9a281c37f0f07b8cf0c"},
    {CRYPTO_BRAINPOOL_P256R1, "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d",
     "0444106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be58ab4846f11caccb73ce49cbdd120f5"
     "a900a69fd32c272223f789ef10eb089bdc"},
    {CRYPTO_BRAINPOOL_P384R1,
     "1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6f15eb5d1ee1610df870795143627d042",
     "0468b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f885ab698c852d4a6e77a252d6380fcaf0"
     "6855bc91a39c9ec01dee36017b7d673a931236d2f1f5c83942d049e3fa20607493e0d038ff2fd30c2ab67d15c85f7faa"
     "59"},
    {CRYPTO_BRAINPOOL_P512R1,
     "16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59b09e80279609ff333eb9d4c061231fb2"
     "6f92eeb04982a5f1d1764cad57665422",
     "040a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c6149999397e91e029e06457db2d3e640668b"
     "392c2a7e737a7f0bf04436d11640fd09fd72e6882e8db28aad36237cd25d580db23783961c8dc52dfa2ec138ad472a0f"
     "cef3887cf62b623b2a87de5c588301ea3e5fc269b373b60724f5e82a6ad147fde7"},
    // RFC 5114 App. A.4, A.5; RFC 6932 App. A.1; the last two computed with plain integers in Python
    {CRYPTO_P192, "323fa3169d8e9c6593f59476bc142000ab5be0e249c43426",
     "04cd46489ecfd6c105e7b3d32566e2b122e249abaadd87061268887b4877df51dd4dc3d6fd11f0a26f8fd3844317916e"
     "9a"},
    {CRYPTO_P224, "b558eb6c288da707bbb4f8fbae2ab9e9cb62e3bc5c7573e22e26d37f",
     "0449dfef309f81488c304cff5ab3ee5a2154367dc7833150e0a51f3eeb4f2b5ee45762c4f654c1a0c67f54cf88b016b5"
     "1bce3d7c228d57adb4"},
    {CRYPTO_BRAINPOOL_P224R1, "39f155483cee191fbecfe9c81d8ab1a03cda6790e7184ace44bca161",
     "04a9c21a569759da95e0387041184261440327afe33141ca04b82dc92e98a0f75fbbf61d8e58ae5511b2bcdbe8e549b3"
     "1e37069a2825f590c1"},
    {CRYPTO_BRAINPOOL_P192R1, "33c1c66c0f23b47fd5813b0f8471009629a94875202d76d0",
     "047530f1b457d111184293920fb4deee7dcb6fe08d1cec1bc707a05394bfb3421e13c71a5d5c390556dfddfd4ca5a218"
     "c3"},
    {CRYPTO_BRAINPOOL_P320R1,
     "80832acd139297ad9fbd65dc867efce2e320df3d80b92ca7fffbea90b9108dedae2fdc037edf93e0",
     "045562b974e6f1a96b4c2271bb260f1a203fbc155308c299ab2e691dd5223fc770cb2ea412d83d1c212b293ffe24a6fb"
     "17b9f7074c4001723ebfab2cc64d7da50b4505ad645f77510046b3dedc5d2b977a"},
};

enum { KEY_PAIRS = sizeof key_pairs / sizeof key_pairs[0] };

static void load_pair(struct crypto_ec_key *key, const struct key_pair_vector *vector)
{
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct bytes secret;
    assert_true(crypto_ec_load_secret(key, vector->curve, hex(&secret, vector->secret), &random));
}

static void test_public_key_is_computed_from_the_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEY_PAIRS; i++) {
        struct crypto_ec_key key;
        uint8_t out[CRYPTO_POINT_MAX];
        load_pair(&key, &key_pairs[i]);
        assert_int_equal(crypto_ec_curve(&key), key_pairs[i].curve);
        assert_true(crypto_ec_public(&key, out));
        assert_span_hex(span_of(out, crypto_curve_point_length(key_pairs[i].curve)), key_pairs[i].point);
        assert_true(crypto_ec_secret(&key, out));
        assert_span_hex(span_of(out, crypto_curve_length(key_pairs[i].curve)), key_pairs[i].secret);
        crypto_ec_release(&key);
    }
}

static void test_public_key_has_no_secret(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    for (size_t i = 0; i < KEY_PAIRS; i++) {
        const size_t n = crypto_curve_length(key_pairs[i].curve);
        struct crypto_ec_key key;
        struct bytes point;
        uint8_t out[CRYPTO_POINT_MAX];
        assert_true(crypto_ec_load_public(&key, key_pairs[i].curve, hex(&point, key_pairs[i].point)));
        assert_true(crypto_ec_public(&key, out));
        assert_memory_equal(out, point.s.p, point.s.n);
        memset(out, 0xff, sizeof out);
        assert_false(crypto_ec_secret(&key, out));
        assert_wiped(out, n);
        memset(out, 0xff, sizeof out);
        assert_false(crypto_ecdh(&key, &random, point.s, out));
        assert_wiped(out, n);
        memset(out, 0xff, sizeof out);
        assert_false(crypto_ecdsa_sign(&key, &random, span_of(out, 32), out));
        assert_wiped(out, 2 * n);
        crypto_ec_release(&key);
    }
}

static void test_secret_out_of_range_is_refused(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        struct crypto_ec_key key;
        uint8_t secret[CRYPTO_FIELD_MAX + 1] = {0};
        assert_true(crypto_curve_parameters(curve, &parameters));
        assert_false(crypto_ec_load_secret(&key, curve, span_of(secret, n), &random));
        assert_wiped((const uint8_t *)&key, sizeof key);
        memcpy(secret, parameters.order, n); // the order itself, and then one below
        assert_false(crypto_ec_load_secret(&key, curve, span_of(secret, n), &random));
        assert_wiped((const uint8_t *)&key, sizeof key);
        secret[n - 1]--; // all orders are odd
        assert_true(crypto_ec_load_secret(&key, curve, span_of(secret, n), &random));
        crypto_ec_release(&key);
        assert_false(crypto_ec_load_secret(&key, curve, span_of(secret, n - 1), &random));
        assert_false(crypto_ec_load_secret(&key, curve, span_of(secret, n + 1), &random));
        assert_wiped((const uint8_t *)&key, sizeof key);
    }
}

static void test_released_key_does_nothing(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key key;
    struct bytes point;
    uint8_t out[CRYPTO_POINT_MAX];
    load_pair(&key, &key_pairs[0]);
    crypto_ec_release(&key);
    assert_wiped((const uint8_t *)&key, sizeof key);
    crypto_ec_release(&key);
    hex(&point, key_pairs[0].point);
    assert_int_equal(crypto_ec_curve(&key), CRYPTO_CURVE_COUNT);
    assert_false(crypto_ec_public(&key, out));
    assert_false(crypto_ec_secret(&key, out));
    assert_false(crypto_ecdh(&key, &random, point.s, out));
    assert_false(crypto_ecdsa_sign(&key, &random, point.s, out));
    assert_false(crypto_ecdsa_verify(&key, span_first(point.s, 32), span_first(point.s, 64)));
}

static void test_unknown_curve_is_refused(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_curve_parameters parameters;
    struct crypto_ec_key key;
    struct bytes point;
    uint8_t out[CRYPTO_POINT_MAX];
    const enum crypto_curve none = CRYPTO_CURVE_COUNT;
    hex(&point, key_pairs[0].point);
    const struct span scalar = span_of(point.b + 1, 32);
    assert_int_equal(crypto_curve_length(none), 0);
    assert_int_equal(crypto_curve_point_length(none), 0);
    assert_false(crypto_curve_parameters(none, &parameters));
    assert_false(crypto_ec_random_scalar(none, &random, out));
    assert_false(crypto_ec_generate(&key, none, &random));
    assert_false(crypto_ec_load_secret(&key, none, scalar, &random));
    assert_false(crypto_ec_load_secret(&key, none, span_of(NULL, 0), &random));
    assert_false(crypto_ec_load_public(&key, none, point.s));
    assert_false(crypto_ec_load_public(&key, none, span_of(NULL, 0)));
    assert_wiped((const uint8_t *)&key, sizeof key);
    assert_false(crypto_ec_multiply(none, &random, scalar, point.s, out));
    assert_false(crypto_ec_multiply_add(none, &random, scalar, point.s, out));
    assert_false(crypto_ec_encode_point(none, scalar, out));
    assert_false(crypto_ec_reduce(none, scalar, out));
    assert_false(crypto_ec_scalar_divide(none, &random, scalar, scalar, out));
}

static void test_parameters_describe_the_generator_on_the_curve(void **state)
{
    (void)state;
    struct crypto_curve_parameters parameters;
    assert_true(crypto_curve_parameters(CRYPTO_P256, &parameters));
    assert_span_hex(span_of(parameters.a, 32),
                    "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc");
    assert_span_hex(span_of(parameters.b, 32),
                    "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
    assert_true(crypto_curve_parameters(CRYPTO_BRAINPOOL_P256R1, &parameters)); // RFC 5639 §3.4
    assert_span_hex(span_of(parameters.p, 32),
                    "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377");
    assert_span_hex(span_of(parameters.a, 32),
                    "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9");
    assert_span_hex(span_of(parameters.b, 32),
                    "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6");
    assert_span_hex(span_of(parameters.order, 32),
                    "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7");
    assert_span_hex(span_of(parameters.generator, 65),
                    "048bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262"
                    "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public_key_is_computed_from_the_secret),
        cmocka_unit_test(test_public_key_has_no_secret),
        cmocka_unit_test(test_secret_out_of_range_is_refused),
        cmocka_unit_test(test_released_key_does_nothing),
        cmocka_unit_test(test_unknown_curve_is_refused),
        cmocka_unit_test(test_parameters_describe_the_generator_on_the_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
