// PACE on both sides: other curves and keys than those of the worked examples, and refusals.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/pace_stage.h"

// --- Other curves and keys -------------------------------------------------------------------------------

// Computed from 9303-11 §4.4.3.3.2 and appendix B by tests/interop/wire_standard.py: s = 00 01 …, t = 80 81 …
static const struct {
    enum crypto_curve curve;
    size_t key_length;
    const char *generator;
} integrated[] = {
    {CRYPTO_P256, 16,
     "045F08C1383CA3DA147A0B208D7A7CEBBB0B04D8BB7006ED1DA1B1A465A52C74AC346AE002EB76AFE56614C7C6E4CA25C8A4A1D"
     "1E7E7F54B7575F110A6E8CCDEC6"},
    {CRYPTO_P256, 24,
     "0459072F9118A68A45DB0AF25726067A85674DFBF7D6FABB5C166085F0F1E52CA6DDE5646DFEDEF26C2731885EEF4B7C248858D"
     "95EC5E75429CBBFB903B6439C5B"},
    {CRYPTO_P256, 32,
     "04D3268062B8F621A44BE666CB88A7A82AE06697C88265605A9864CB5EB139B0AB23A7C9102D949FE97557A2318E728191EF3F8"
     "A7AEF986FA73DE76F82A4E191E9"},
    {CRYPTO_P384, 16,
     "04ADEE2A17C80C9A1CC14A68F44AE90AC856EA779AC838FFAF24AF76CF1D5A01477D54344DC4A0FD54485073A8464119937CF1A"
     "A1952D40A57FB02F3C218CD0D14594FD6AFEEF2B0B2C27BBE54A5D4BA447D67393C2223270F145AFF8F5819321B"},
    {CRYPTO_P384, 24,
     "046170B59DB87B53B9EDCB50C22832B6409845AA4FED73CCF046E2EF3CEEC5093BD6ACDB156FDF2D54A0E7DC23D2B22FE326ED6"
     "F739FB16CF7EF8FCB89B38789674131A7879FC0CD30C2DB5D990B105F50706D03CDEC33BEF8F85E80C938DF2673"},
    {CRYPTO_P384, 32,
     "043030E8DA9CADFA8C9ABD527C8141F2AA37EEAF814EE8CF6A51D3142F086C6B1CB7075A3AD505E745574533D01FD8BB58157E3"
     "5589DCE64F268E24C04864F7DD89A4AC5CD63535D48E86CC1F956E401E335C43591284F0E8CBC95E2CDB500E6E3"},
    {CRYPTO_BRAINPOOL_P256R1, 16,
     "04198F5B50025A6C08EFE2A6F38DEAB9718F9BBDD26E607D3DBE38E3221AF97464A75C7B3B72DCDB45A2037E58172C508779C99"
     "0CC15AA95F3325C66740FDB8150"},
    {CRYPTO_BRAINPOOL_P256R1, 24,
     "04402D88FBE58668950A2A241F749AA368DA4972FFF1F1E3DC151B3410ED3169281E004CE79AEFC75A5599C36CE224234D2E3C2"
     "0C87279F84046A7A754260D8A9B"},
    {CRYPTO_BRAINPOOL_P256R1, 32,
     "043DD07F20A0921399ED9293E2E176A521B8421D522BC210C7CC0F69DB416C5F0A99548BD570998664A1B9E2F8B365466E9431B"
     "6EC523C322F35F2990A47068D45"},
    {CRYPTO_BRAINPOOL_P384R1, 16,
     "0427B8B99785825235BFD6F43BEA5FC3F9D63E5413F6F2BC04468A1367A82C197FB99ECF68153AB27A205452E5A107F1DA57782"
     "A6C3C6CA4A2B52CE42B62906BBC9A8916E09903D3282BFE1790B74838266E236235F5C1159918C158590CDA5386"},
    {CRYPTO_BRAINPOOL_P384R1, 24,
     "045FF3F1D30F5144ADD7E49AEC45F6AB56CEC3156F54D39638CA6F3AB53CAC0B0A83F5F874DC088FA53A58784CDA6EC019294F7"
     "646E57C9ADFC6DD06470FEE3560B6C8C8FEABC553BDAA7D20C774A961890D009A7CAFB53D7E6B918B87E980C524"},
    {CRYPTO_BRAINPOOL_P384R1, 32,
     "0471BE19BCD7AD598B88CA6D8B35CB832BC974AE141A8E085C3CCC8DA20BA7CDA348BBA7272943AB19117339DCD32586A355AE8"
     "8C3A5BE5E094A1A005CE6EBD5E578BD88792718DCCB58505707F181D55FBAEFD03082BBDE54B589D17234DF2B45"},
};

static enum secure_messaging_suite suite_of(size_t key_length)
{
    return key_length == 16   ? SUITE_AES_CBC_CMAC_128
           : key_length == 24 ? SUITE_AES_CBC_CMAC_192
                              : SUITE_AES_CBC_CMAC_256;
}

static void test_integrated_mapping_is_that_of_the_standard_with_every_curve_and_key(void **state)
{
    (void)state;
    uint8_t nonces[2][32];
    for (uint8_t i = 0; i < 32; i++) {
        nonces[0][i] = i;
        nonces[1][i] = (uint8_t)(0x80 + i);
    }
    for (size_t i = 0; i < sizeof integrated / sizeof integrated[0]; i++) {
        const struct pace_protocol protocol = {PACE_ECDH_IM, suite_of(integrated[i].key_length),
                                               integrated[i].curve};
        uint8_t generator[CRYPTO_POINT_MAX];
        assert_true(pace_map_integrated(&protocol, span_of(nonces[0], pace_nonce_length(&protocol)),
                                        span_of(nonces[1], pace_terminal_nonce_length(&protocol)),
                                        generator));
        assert_span_hex(span_of(generator, crypto_curve_point_length(protocol.curve)),
                        integrated[i].generator);
    }
}

// Computed likewise from 9303-11 §4.4.3.3.1, with nonces of 32 bytes, which may lie above the order: secret
// 5, other point 7 * G.
static const struct {
    enum crypto_curve curve;
    const char *nonce;
    const char *generator;
} generic[] = {
    {CRYPTO_P256, "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
     "041EAB839141ACD03E8CD602F8A352209B870918F5548E0EF1DD91623F8DB925C1DE8F457465B1D00B1D00EEF40B78A5D9346FE"
     "F8265A7B04AB64AC6C0AE1FB556"},
    {CRYPTO_P256, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
     "04509E15976DF596A50A7AF8507E6C557A9E34AFE33A9F3DF6BB3E3F915928959C2346F116D119C1AB035D70CF11A2DF885DA09"
     "F42082D603094A1E1049631F423"},
    {CRYPTO_P384, "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
     "04726833687764A12E0182AECC3AE542B02B3CD6A6AF3FD0D57B78A9BA99D4A67D75C177D115C3536923CEDA34EEF925AF06D05"
     "C0C73C3618680FF6838D451D98013EBDCE5C0037B625D1E0823017D628A52C39096D559C7937E78BBADAC1C8B89"},
    {CRYPTO_P384, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
     "048934789D81E829C9AB526CF57E5CE91E1B3A4BD92AC05E22ED8DF519211E9BE64719EFFDC12A40BB9E088E77188F95236664D"
     "5946491C2464D1F3E61C091D68AD766EE804C14946AA75FCEE1D7D1069999996D8307E22A6ED13BD8975F812E3F"},
    {CRYPTO_BRAINPOOL_P256R1, "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
     "0408A6945D99EBDB1999F642C914BDD8F1E5BEE7D7945BCF4E7BDAEA1DD681BED349023754053C29F1151D6A5FCA8B77B57019B"
     "461D94C6B92707849BEE79B887F"},
    {CRYPTO_BRAINPOOL_P256R1, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
     "04A223C08944BE34BEEB70B0E7DECB4E1344E31891FCE0AFB4004045A4FCE60F782627B3FA34B2D9A9A784D86E87CF0C718465D"
     "F593FE03ED36EE95EC465217DF1"},
    {CRYPTO_BRAINPOOL_P384R1, "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
     "0408A01EC51860157B8C4236299F710AF88082FBEE83CEEC9B103AD8E4F973E94067FFF370ABC409919166FC733E1395365792C"
     "6FDF2F2100F159DE92944B96BD6D2C64536313DAF427C2295C1425F72E1E49E89AFD7E34D24FB2D202B6D232000"},
    {CRYPTO_BRAINPOOL_P384R1, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
     "0459F0E5F2938E896CF676C7CCA126500DCBC20271DD7D105D7453CF3E8F7B10F3249484525FB47B3724A210D0C34884BA5D1DA"
     "A77E6B30F3580D90DA15F3A70ECC838ED3385A7D99DB8072547B9F9CB78672B6FF5826F9F3929587DD76D38C1EA"},
};

// A key pair with a small secret.
static void load_small(struct crypto_ec_key *key, enum crypto_curve curve, uint8_t value)
{
    uint8_t secret[CRYPTO_FIELD_MAX] = {0};
    const size_t n = crypto_curve_length(curve);
    secret[n - 1] = value;
    assert_true(crypto_ec_load_secret(key, curve, span_of(secret, n), &source));
}

static void test_generic_mapping_takes_nonces_of_32_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof generic / sizeof generic[0]; i++) {
        const struct pace_protocol protocol = {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_256, generic[i].curve};
        const size_t point_length = crypto_curve_point_length(protocol.curve);
        struct crypto_ec_key own = {0};
        struct crypto_ec_key other = {0};
        uint8_t other_point[CRYPTO_POINT_MAX];
        uint8_t generator[CRYPTO_POINT_MAX];
        uint8_t nonce[32];
        load_small(&own, protocol.curve, 5);
        load_small(&other, protocol.curve, 7);
        assert_true(crypto_ec_public(&other, other_point));
        assert_true(pace_map_generic(&protocol, &source, &own, span_of(other_point, point_length),
                                     unhex(generic[i].nonce, nonce, sizeof nonce), generator));
        assert_span_hex(span_of(generator, point_length), generic[i].generator);
        crypto_ec_release(&own);
        crypto_ec_release(&other);
    }
}

// One side of a whole run.
struct side {
    struct crypto_ec_key mapping_key;
    uint8_t mapping_point[CRYPTO_POINT_MAX], generator[CRYPTO_POINT_MAX];
    uint8_t secret[CRYPTO_FIELD_MAX], point[CRYPTO_POINT_MAX], shared[CRYPTO_FIELD_MAX];
    struct sm_session session;
};

static void agree(const struct pace_protocol *protocol, struct side *own, const struct side *other)
{
    const size_t point_length = crypto_curve_point_length(protocol->curve);
    assert_true(
        pace_agree(protocol->curve, &source, span_of(own->secret, crypto_curve_length(protocol->curve)),
                   span_of(own->point, point_length), span_of(other->point, point_length), own->shared));
    assert_true(pace_start_session(&own->session, protocol->suite,
                                   span_of(own->shared, crypto_curve_length(protocol->curve)),
                                   span_of(NULL, 0)));
}

static void run(const struct pace_protocol *protocol)
{
    const size_t n = crypto_curve_length(protocol->curve);
    const size_t point_length = crypto_curve_point_length(protocol->curve);
    struct side sides[2] = {0};
    uint8_t nonces[2][PACE_NONCE_MAX];
    assert_true(source.fill(source.context, nonces[0], sizeof nonces));
    const struct span nonce = span_of(nonces[0], pace_nonce_length(protocol));
    for (size_t i = 0; i < 2; i++) {
        assert_true(crypto_ec_generate(&sides[i].mapping_key, protocol->curve, &source));
        assert_true(crypto_ec_public(&sides[i].mapping_key, sides[i].mapping_point));
    }
    for (size_t i = 0; i < 2; i++) {
        struct side *side = &sides[i];
        if (protocol->mapping == PACE_ECDH_IM) {
            assert_true(pace_map_integrated(
                protocol, nonce, span_of(nonces[1], pace_terminal_nonce_length(protocol)), side->generator));
        } else {
            assert_true(pace_map_generic(protocol, &source, &side->mapping_key,
                                         span_of(sides[1 - i].mapping_point, point_length), nonce,
                                         side->generator));
        }
        assert_true(pace_generate_ephemeral(protocol->curve, &source, span_of(side->generator, point_length),
                                            side->secret, side->point));
    }
    agree(protocol, &sides[0], &sides[1]);
    agree(protocol, &sides[1], &sides[0]);
    assert_memory_equal(sides[0].generator, sides[1].generator, point_length);
    assert_memory_equal(sides[0].shared, sides[1].shared, n);
    for (size_t i = 0; i < 2; i++) {
        sm_end(&sides[i].session);
        crypto_ec_release(&sides[i].mapping_key);
    }
}

static void test_both_sides_agree_with_every_mapping_curve_and_key(void **state)
{
    (void)state;
    static const enum pace_mapping mappings[] = {PACE_ECDH_GM, PACE_ECDH_IM, PACE_ECDH_CAM};
    for (size_t i = 0; i < 3; i++) {
        for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
            // No integrated mapping where p is 1 mod 4 (9303-11 App. B.2).
            const bool mapped = mappings[i] != PACE_ECDH_IM || curve != CRYPTO_P224;
            for (size_t key_length = 16; mapped && key_length <= 32; key_length += 8) {
                const struct pace_protocol protocol = {mappings[i], suite_of(key_length), curve};
                run(&protocol);
            }
        }
    }
}

static void test_chip_proves_its_static_key_on_every_curve(void **state)
{
    (void)state;
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        const size_t point_length = crypto_curve_point_length(curve);
        struct crypto_ec_key keys[2] = {0}; // mapping, static
        uint8_t secrets[2][CRYPTO_FIELD_MAX];
        uint8_t points[2][CRYPTO_POINT_MAX];
        uint8_t chip_data[CRYPTO_FIELD_MAX];
        uint8_t buffer[PACE_ENCRYPTED_CHIP_DATA_MAX];
        uint8_t opened[CRYPTO_FIELD_MAX];
        for (size_t i = 0; i < 2; i++) {
            assert_true(crypto_ec_generate(&keys[i], curve, &source));
            assert_true(crypto_ec_secret(&keys[i], secrets[i]));
            assert_true(crypto_ec_public(&keys[i], points[i]));
            crypto_ec_release(&keys[i]);
        }
        struct crypto_cipher_key key = {0};
        assert_true(crypto_cipher_load(&key, CRYPTO_AES, span_of(secrets[0], 32)));
        struct writer encrypted = writer_of(buffer, sizeof buffer);
        struct writer plain = writer_of(opened, sizeof opened);
        assert_true(crypto_ec_scalar_divide(curve, &source, span_of(secrets[0], n), span_of(secrets[1], n),
                                            chip_data));
        assert_true(pace_encrypt_chip_data(&key, span_of(chip_data, n), &encrypted));
        assert_true(pace_decrypt_chip_data(&key, writer_span(&encrypted), &plain));
        const struct span mapping = span_of(points[0], point_length);
        const struct span static_key = span_of(points[1], point_length);
        assert_true(pace_verify_chip_data(curve, &source, writer_span(&plain), static_key, mapping));
        assert_false(pace_verify_chip_data(curve, &source, writer_span(&plain), mapping, static_key));
        crypto_cipher_release(&key);
    }
}

// --- Refusals --------------------------------------------------------------------------------------------

static void test_equal_and_invalid_points_give_no_secret(void **state)
{
    (void)state;
    uint8_t secret[FIELD];
    uint8_t own[POINT];
    uint8_t other[POINT + 1] = {0};
    uint8_t shared[FIELD];
    static const uint8_t zeros[FIELD];
    unhex(examples[0].terminal_secret, secret, FIELD);
    unhex(examples[0].terminal_point, own, POINT);
    unhex(examples[0].chip_point, other, POINT);
    const struct span own_point = span_of(own, POINT);
    const struct span scalar = span_of(secret, FIELD);
    memset(shared, 0xAA, sizeof shared);
    assert_false(pace_agree(CRYPTO_BRAINPOOL_P256R1, &source, scalar, own_point, own_point, shared));
    assert_memory_equal(shared, zeros, FIELD);
    for (size_t n = 0; n <= POINT + 1; n++) {
        assert_int_equal(
            pace_agree(CRYPTO_BRAINPOOL_P256R1, &source, scalar, own_point, span_of(other, n), shared),
            n == POINT);
    }
    other[POINT - 1] ^= 1; // off the curve
    memset(shared, 0xAA, sizeof shared);
    assert_false(
        pace_agree(CRYPTO_BRAINPOOL_P256R1, &source, scalar, own_point, span_of(other, POINT), shared));
    assert_memory_equal(shared, zeros, FIELD);
    memset(other, 0, sizeof other);
    other[0] = 4; // (0, 0)
    assert_false(
        pace_agree(CRYPTO_BRAINPOOL_P256R1, &source, scalar, own_point, span_of(other, POINT), shared));
    assert_false(pace_agree(CRYPTO_BRAINPOOL_P256R1, &source, scalar, own_point, span_of(other, 1), shared));
}

static void test_nonces_of_other_lengths_are_refused(void **state)
{
    (void)state;
    uint8_t bytes[40] = {1};
    uint8_t generator[POINT];
    uint8_t out[40];
    struct crypto_ec_key own = {0};
    struct crypto_cipher_key key = {0};
    load_small(&own, CRYPTO_P256, 5);
    assert_true(crypto_ec_public(&own, generator));
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, span_of(bytes, 16)));
    uint8_t point[POINT];
    memcpy(point, generator, POINT);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        for (size_t key_length = 16; key_length <= 32; key_length += 8) {
            const struct pace_protocol gm = {PACE_ECDH_GM, suite_of(key_length), CRYPTO_P256};
            const struct pace_protocol im = {PACE_ECDH_IM, suite_of(key_length), CRYPTO_P256};
            const size_t l = key_length == 16 ? 16 : 32;
            assert_int_equal(pace_nonce_length(&gm), 16);
            assert_int_equal(pace_nonce_length(&im), l);
            assert_int_equal(pace_nonce_length_allowed(&im, n), n == l);
            assert_int_equal(
                pace_map_generic(&gm, &source, &own, span_of(point, POINT), span_of(bytes, n), generator),
                n == 16 || n == 32);
            assert_int_equal(
                pace_map_integrated(&im, span_of(bytes, n), span_of(bytes, key_length), generator), n == l);
            assert_int_equal(pace_map_integrated(&im, span_of(bytes, l), span_of(bytes, n), generator),
                             n == key_length);
        }
        assert_int_equal(pace_encrypt_nonce(&key, span_of(bytes, n), out), n == 16 || n == 32);
        assert_int_equal(pace_decrypt_nonce(&key, span_of(bytes, n), out), n == 16 || n == 32);
    }
    crypto_cipher_release(&key);
    crypto_ec_release(&own);
}

static void test_key_of_another_curve_is_not_mapped(void **state)
{
    (void)state;
    const struct pace_protocol protocol = {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256};
    struct crypto_ec_key own = {0};
    uint8_t point[POINT];
    uint8_t generator[POINT];
    static const uint8_t zeros[POINT];
    struct crypto_ec_key other = {0};
    load_small(&own, CRYPTO_BRAINPOOL_P256R1, 5);
    load_small(&other, CRYPTO_P256, 7);
    assert_true(crypto_ec_public(&other, point)); // alone, it would do
    memset(generator, 0xAA, sizeof generator);
    assert_false(
        pace_map_generic(&protocol, &source, &own, span_of(point, POINT), span_of(zeros, 16), generator));
    assert_memory_equal(generator, zeros, POINT);
    crypto_ec_release(&other);
    crypto_ec_release(&own);
}

static void test_failing_random_source_gives_no_key(void **state)
{
    (void)state;
    uint8_t generator[POINT];
    uint8_t secret[FIELD];
    uint8_t point[POINT];
    static const uint8_t zeros[POINT];
    unhex(examples[0].generator, generator, POINT);
    source = failing_random(&random_state, 0);
    memset(secret, 0xAA, sizeof secret);
    memset(point, 0xAA, sizeof point);
    assert_false(
        pace_generate_ephemeral(CRYPTO_BRAINPOOL_P256R1, &source, span_of(generator, POINT), secret, point));
    assert_memory_equal(secret, zeros, FIELD);
    assert_memory_equal(point, zeros, POINT);
}

static void test_3des_starts_nothing(void **state)
{
    (void)state;
    struct sm_session session = {0};
    struct crypto_cipher_key key = {0};
    uint8_t generator[POINT];
    uint8_t bytes[16] = {1};
    const struct pace_protocol protocol = {PACE_ECDH_IM, SUITE_3DES_CBC_CBC, CRYPTO_P256};
    assert_false(pace_start_session(&session, SUITE_3DES_CBC_CBC, span_of(bytes, 16), span_of(NULL, 0)));
    assert_false(session.active);
    assert_false(pace_password_key(SUITE_3DES_CBC_CBC, span_of(bytes, 16), &key));
    assert_false(pace_map_integrated(&protocol, span_of(bytes, 16), span_of(bytes, 0), generator));
}

static void test_domain_parameters_have_their_numbers(void **state)
{
    (void)state;
    static const struct {
        uint8_t id;
        enum crypto_curve curve;
    } ids[] = {{12, CRYPTO_P256},
               {13, CRYPTO_BRAINPOOL_P256R1},
               {15, CRYPTO_P384},
               {16, CRYPTO_BRAINPOOL_P384R1},
               {17, CRYPTO_BRAINPOOL_P512R1},
               {18, CRYPTO_P521},
               {8, CRYPTO_P192},
               {9, CRYPTO_BRAINPOOL_P192R1},
               {10, CRYPTO_P224},
               {11, CRYPTO_BRAINPOOL_P224R1},
               {14, CRYPTO_BRAINPOOL_P320R1}};
    size_t known = 0;
    for (unsigned id = 0; id < 256; id++) {
        enum crypto_curve curve;
        known += pace_curve_of_parameter((uint8_t)id, &curve) ? 1 : 0;
    }
    assert_int_equal(known, sizeof ids / sizeof ids[0]);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        enum crypto_curve curve;
        assert_true(pace_curve_of_parameter(ids[i].id, &curve));
        assert_int_equal(curve, ids[i].curve);
        assert_int_equal(pace_parameter_of_curve(curve), ids[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_integrated_mapping_is_that_of_the_standard_with_every_curve_and_key,
                               restart_random),
        cmocka_unit_test_setup(test_generic_mapping_takes_nonces_of_32_bytes, restart_random),
        cmocka_unit_test_setup(test_both_sides_agree_with_every_mapping_curve_and_key, restart_random),
        cmocka_unit_test_setup(test_chip_proves_its_static_key_on_every_curve, restart_random),
        cmocka_unit_test_setup(test_equal_and_invalid_points_give_no_secret, restart_random),
        cmocka_unit_test_setup(test_nonces_of_other_lengths_are_refused, restart_random),
        cmocka_unit_test_setup(test_key_of_another_curve_is_not_mapped, restart_random),
        cmocka_unit_test_setup(test_failing_random_source_gives_no_key, restart_random),
        cmocka_unit_test_setup(test_3des_starts_nothing, restart_random),
        cmocka_unit_test_setup(test_domain_parameters_have_their_numbers, restart_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
