// The terminal's side of PACE byte by byte: the worked examples of 9303-11 App. G.1 (GM), H.1 (IM) and I
// (CAM).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/security_infos.h"
#include "host/reader/ca.h"
#include "host/reader/reader_internal.h"
#include "host/reader/suite.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { STEPS = 5, TEXT_BYTES = 512 };

// What the terminal draws, sends, and gets, step by step.
struct example {
    const char *random[STEPS]; // drawn before the command of this step is sent
    const char *commands[STEPS];
    const char *answers[STEPS];
    unsigned step;
};

static bool draw(void *context, uint8_t *out, size_t n)
{
    const struct example *example = context;
    uint8_t bytes[TEXT_BYTES];
    const char *text = example->step < STEPS ? example->random[example->step] : NULL;
    const struct span drawn = unhex(text != NULL ? text : "5A", bytes, sizeof bytes);
    for (size_t i = 0; i < n; i++) {
        out[i] = drawn.p[i % drawn.n]; // blinding draws too, and gets the same
    }
    return true;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct example *example = context;
    assert_in_range(example->step, 0, STEPS - 1);
    if (example->commands[example->step] != NULL) {
        assert_span_hex(span_of(command, n), example->commands[example->step]);
    }
    uint8_t bytes[TEXT_BYTES];
    const struct span answer = unhex(example->answers[example->step], bytes, sizeof bytes);
    assert_true(answer.n <= capacity);
    memcpy(response, answer.p, answer.n);
    *length = answer.n;
    example->step++;
    return JUMIN_OK;
}

static enum jumin_error connect_nothing(void *context)
{
    (void)context;
    return JUMIN_OK;
}

static void disconnect_nothing(void *context)
{
    (void)context;
}

static void limits(void *context, struct jumin_limits *to)
{
    (void)context;
    *to = (struct jumin_limits){.command_max = 261, .response_max = 258};
}

static const struct jumin_transport_functions functions = {
    .connect = connect_nothing, .transmit = transmit, .disconnect = disconnect_nothing, .limits = limits};

// Runs PACE against the example. The reader is the caller's.
static struct jumin_reader *run(struct example *example, struct jumin_transport **transport,
                                const char *card_access, enum jumin_password kind, const char *password)
{
    struct jumin_reader *reader = NULL;
    uint8_t bytes[TEXT_BYTES];
    assert_int_equal(jumin_transport_new(transport, &functions, example), JUMIN_OK);
    assert_int_equal(jumin_reader_new(&reader, *transport), JUMIN_OK);
    reader_set_random(reader, (struct crypto_random){draw, example});
    assert_int_equal(jumin_reader_set_password(reader, kind, password), JUMIN_OK);
    assert_int_equal(jumin_document_new(&reader->document), JUMIN_OK);
    const struct span file = unhex(card_access, bytes, sizeof bytes);
    assert_int_equal(jumin_document_set_file(reader->document, JUMIN_FILE_CARD_ACCESS, file.p, file.n),
                     JUMIN_OK);
    assert_int_equal(channel_connect(&reader->channel), JUMIN_OK);
    const enum jumin_error error = reader_pace(reader);
    if (error != JUMIN_OK) {
        fail_msg("%s", jumin_reader_detail(reader));
    }
    assert_int_equal(example->step, STEPS);
    assert_true(reader->channel.sm.active);
    return reader;
}

static void finish(struct jumin_reader *reader, struct jumin_transport *transport)
{
    jumin_reader_free(reader);
    jumin_transport_free(transport);
}

// The keys of the session, by what they encrypt and authenticate.
static void assert_keys(const struct jumin_reader *reader, const char *encryption, const char *mac)
{
    static const uint8_t block[CRYPTO_BLOCK] = {1, 2, 3};
    const char *const texts[] = {encryption, mac};
    const struct crypto_cipher_key *const keys[] = {&reader->channel.sm.encryption, &reader->channel.sm.mac};
    for (size_t i = 0; i < 2; i++) {
        uint8_t bytes[32], expected[CRYPTO_BLOCK], got[CRYPTO_BLOCK];
        struct crypto_cipher_key key = {0};
        assert_true(crypto_cipher_load(&key, CRYPTO_AES, unhex(texts[i], bytes, sizeof bytes)));
        assert_true(crypto_cipher_encrypt_block(&key, block, expected));
        assert_true(crypto_cipher_encrypt_block(keys[i], block, got));
        assert_memory_equal(got, expected, sizeof got);
        crypto_cipher_release(&key);
    }
}

// 9303-11 App. G.1
static void test_generic_mapping_as_in_the_worked_example(void **state)
{
    (void)state;
    struct example example = {
        .random = {NULL, NULL, "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
                   "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595", NULL},
        .commands = {"0022C1A412800A04007F0007020204020283010184010D", "10860000027C0000",
                     "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544"
                     "552DCB672"
                     "5218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
                     "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C355"
                     "6F3B3B186"
                     "DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
                     "008600000C7C0A8508C2B0BD78D94BA86600"},
        .answers = {
            "9000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000",
            "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E6"
            "1B58F4D52EB87A0A0C709A49DC63719363CCD13C549000",
            "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A"
            "9F018F9CB852E111B768B326904B59A0193776F0949000",
            "7C0A86083ABB9674BCE93C089000"}};
    struct jumin_transport *transport = NULL;
    struct jumin_reader *reader = run(&example, &transport, "31143012060A04007F0007020204020202010202010D",
                                      JUMIN_PASSWORD_MRZ, "T22000129364081251010318");
    assert_keys(reader, "F5F0E35C0D7161EE6724EE513A0D9A7F", "FE251C7858B356B24514B3BD5F4297D1");
    finish(reader, transport);
}

// 9303-11 App. H.1. Its K_pi does not come from a password that it tells, so the nonce is encrypted anew.
static void test_integrated_mapping_as_in_the_worked_example(void **state)
{
    (void)state;
    static const char digits[] = "0123456789ABCDEF";
    uint8_t nonce[16], encrypted[16];
    char nonce_answer[64] = "7C128010";
    struct crypto_cipher_key key = {0};
    assert_true(pace_password_key(SUITE_AES_CBC_CMAC_128, span_of("123456", 6), &key));
    assert_true(
        pace_encrypt_nonce(&key, unhex("2923BE84E16CD6AE529049F1F1BBE9EB", nonce, sizeof nonce), encrypted));
    crypto_cipher_release(&key);
    for (size_t i = 0; i < sizeof encrypted; i++) {
        nonce_answer[8 + 2 * i] = digits[encrypted[i] >> 4];
        nonce_answer[9 + 2 * i] = digits[encrypted[i] & 15];
    }
    memcpy(nonce_answer + 40, "9000", 5);
    struct example example = {
        .random = {NULL, NULL, "5DD4CBFC96F5453B130D890A1CDBAE32",
                   "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595", NULL},
        .commands = {"0022C1A412800A04007F0007020204040283010284010D", "10860000027C0000",
                     "10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200",
                     "10860000457C4383410489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4675"
                     "5DE9B7B77"
                     "8280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C3700",
                     "008600000C7C0A8508450F02B86F6A090900"},
        .answers = {
            "9000", nonce_answer, "7C0282009000",
            "7C4384410467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8932B69A962B52A0985AD2C"
            "0A271EE6A13A8ADDDCD1A3A994B9DED257F4D227539000",
            "7C0A860875D4D96E8D5B03089000"}};
    struct jumin_transport *transport = NULL;
    struct jumin_reader *reader = run(&example, &transport, "31143012060A04007F0007020204040202010202010D",
                                      JUMIN_PASSWORD_CAN, "123456");
    assert_keys(reader, "0D3FEB33251A6370893D62AE8DAAF51B", "B01E89E3D9E8719E586B50B4A7506E0B");
    finish(reader, transport);
}

// 9303-11 App. I
static void test_chip_authentication_mapping_as_in_the_worked_example(void **state)
{
    (void)state;
    struct example example = {
        .random = {NULL, NULL, "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC",
                   "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120", NULL},
        .commands = {"0022C1A412800A04007F0007020204060283010184010D", "10860000027C0000",
                     "10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE1AB"
                     "889104A27"
                     "DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100",
                     "10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95548"
                     "3400BFF60"
                     "BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00",
                     "008600000C7C0A8508E86BD06018A1CD3B00"},
        .answers = {
            "9000", "7C128010CB60E8E0D85B76A9BD304747C2AD42E29000",
            "7C43824104A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B304F365713A356E65A451E1"
            "65ECC9AC0AC46E3771342C8FE5AEDD092685338E239000",
            "7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA993333111C3B9B4C2287789BD137E"
            "7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E19000",
            "7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD10CB"
            "A372B42BE0B9B5F28AA8DE2F4F929000"}};
    uint8_t bytes[TEXT_BYTES];
    struct jumin_transport *transport = NULL;
    struct jumin_reader *reader = run(&example, &transport, "31143012060A04007F0007020204060202010202010D",
                                      JUMIN_PASSWORD_MRZ, "C11T002JM496081222310314");
    assert_keys(reader, "0A9DA4DB03BDDE39FC5202BC44B2E89E", "4B1C06491ED5140CA2B537D344C6C0B1");
    const struct document_evidence *evidence = &reader->document->evidence;
    assert_span_hex(span_of(evidence->chip_data, evidence->chip_data_length),
                    "85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3");
    const struct span static_point = unhex("041872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC"
                                           "884D256A40E35EFCB59BF6753D3A489D28C7A4D"
                                           "973C2DA138A6E7A4A08F68E16F",
                                           bytes, sizeof bytes);
    const struct crypto_random random = crypto_system_random();
    assert_true(pace_verify_chip_data(CRYPTO_BRAINPOOL_P256R1, &random,
                                      span_of(evidence->chip_data, evidence->chip_data_length), static_point,
                                      span_of(evidence->mapping_point, 65)));
    finish(reader, transport);
}

// --- The choice -------------------------------------------------------------------------------------------

static bool choose(const struct pace_protocol *offered, size_t count,
                   const struct jumin_pace_protocol *demanded, struct pace_protocol *chosen)
{
    uint8_t bytes[TEXT_BYTES];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t set = tlv_open(&w, 0x31);
    for (size_t i = 0; i < count; i++) {
        put_pace_info(&w, &offered[i]);
    }
    tlv_close(&w, set);
    return pace_choose(writer_span(&w), demanded, true, chosen);
}

static void test_strongest_offer_is_chosen_in_any_order(void **state)
{
    (void)state;
    // From the weakest to the strongest.
    static const struct pace_protocol ladder[] = {
        {PACE_ECDH_GM, SUITE_3DES_CBC_CBC, CRYPTO_P384},
        {PACE_ECDH_IM, SUITE_ARIA_CBC_CMAC_128, CRYPTO_P256},
        {PACE_ECDH_GM, SUITE_ARIA_CBC_CMAC_128, CRYPTO_P384},
        {PACE_ECDH_IM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
        {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
        {PACE_ECDH_IM, SUITE_AES_CBC_CMAC_128, CRYPTO_P384},
        {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_192, CRYPTO_P256},
        {PACE_ECDH_GM, SUITE_ARIA_CBC_CMAC_256, CRYPTO_P384},
        {PACE_ECDH_IM, SUITE_AES_CBC_CMAC_256, CRYPTO_P256},
        {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_256, CRYPTO_P384},
        {PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
        {PACE_ECDH_CAM, SUITE_ARIA_CBC_CMAC_256, CRYPTO_P384},
        {PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_256, CRYPTO_P256},
    };
    const struct jumin_pace_protocol any = {0};
    const size_t n = sizeof ladder / sizeof *ladder;
    for (size_t weaker = 0; weaker < n; weaker++) {
        for (size_t stronger = weaker + 1; stronger < n; stronger++) {
            const struct pace_protocol both[] = {ladder[weaker], ladder[stronger]};
            const struct pace_protocol turned[] = {ladder[stronger], ladder[weaker]};
            struct pace_protocol chosen;
            assert_true(choose(both, 2, &any, &chosen));
            assert_memory_equal(&chosen, &ladder[stronger], sizeof chosen);
            assert_true(choose(turned, 2, &any, &chosen));
            assert_memory_equal(&chosen, &ladder[stronger], sizeof chosen);
        }
    }
}

static void test_demanded_variant_is_chosen_or_nothing(void **state)
{
    (void)state;
    static const struct pace_protocol offered[] = {{PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_256, CRYPTO_P384},
                                                   {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256}};
    struct pace_protocol chosen;
    struct jumin_pace_protocol demanded = {.mapping = JUMIN_PACE_GM};
    assert_true(choose(offered, 2, &demanded, &chosen));
    assert_int_equal(chosen.mapping, PACE_ECDH_GM);
    demanded = (struct jumin_pace_protocol){.parameter = 12};
    assert_true(choose(offered, 2, &demanded, &chosen));
    assert_int_equal(chosen.curve, CRYPTO_P256);
    demanded = (struct jumin_pace_protocol){.mapping = JUMIN_PACE_GM, .key_bits = 256};
    assert_false(choose(offered, 2, &demanded, &chosen));
    assert_false(choose(offered, 0, &(struct jumin_pace_protocol){0}, &chosen));
}

static void test_demanded_cipher_is_chosen_or_nothing(void **state)
{
    (void)state;
    static const struct pace_protocol offered[] = {{PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_256, CRYPTO_P256},
                                                   {PACE_ECDH_GM, SUITE_ARIA_CBC_CMAC_128, CRYPTO_P256},
                                                   {PACE_ECDH_GM, SUITE_ARIA_CBC_CMAC_256, CRYPTO_P256},
                                                   {PACE_ECDH_GM, SUITE_3DES_CBC_CBC, CRYPTO_P256}};
    static const struct {
        enum jumin_cipher cipher;
        unsigned bits;
        enum secure_messaging_suite expected; // 0: nothing
    } demands[] = {{JUMIN_CIPHER_ANY, 0, SUITE_AES_CBC_CMAC_256},
                   {JUMIN_CIPHER_AES, 0, SUITE_AES_CBC_CMAC_256},
                   {JUMIN_CIPHER_AES, 128, 0},
                   {JUMIN_CIPHER_ARIA, 0, SUITE_ARIA_CBC_CMAC_256},
                   {JUMIN_CIPHER_ARIA, 128, SUITE_ARIA_CBC_CMAC_128},
                   {JUMIN_CIPHER_ANY, 128, SUITE_ARIA_CBC_CMAC_128},
                   {JUMIN_CIPHER_3DES, 0, SUITE_3DES_CBC_CBC},
                   {JUMIN_CIPHER_ANY, 112, SUITE_3DES_CBC_CBC}};
    for (size_t i = 0; i < sizeof demands / sizeof *demands; i++) {
        const struct jumin_pace_protocol demanded = {.cipher = demands[i].cipher,
                                                     .key_bits = demands[i].bits};
        struct pace_protocol chosen;
        assert_int_equal(choose(offered, 4, &demanded, &chosen), demands[i].expected != 0);
        if (demands[i].expected != 0) {
            assert_int_equal(chosen.suite, demands[i].expected);
        }
    }
}

static void test_suites_that_nobody_has_are_refused(void **state)
{
    (void)state;
    static const struct jumin_pace_protocol impossible[] = {{.cipher = JUMIN_CIPHER_ARIA, .key_bits = 192},
                                                            {.cipher = JUMIN_CIPHER_ARIA, .key_bits = 112},
                                                            {.cipher = JUMIN_CIPHER_AES, .key_bits = 112},
                                                            {.cipher = JUMIN_CIPHER_3DES, .key_bits = 128},
                                                            {.cipher = (enum jumin_cipher)4},
                                                            {.key_bits = 64}};
    static const struct jumin_pace_protocol possible[] = {{.cipher = JUMIN_CIPHER_ARIA, .key_bits = 256},
                                                          {.cipher = JUMIN_CIPHER_AES, .key_bits = 192},
                                                          {.cipher = JUMIN_CIPHER_3DES},
                                                          {.key_bits = 112},
                                                          {.cipher = JUMIN_CIPHER_ANY}};
    struct jumin_reader reader = {0};
    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        assert_int_equal(jumin_reader_set_pace(&reader, &impossible[i]), JUMIN_ERROR_ARGUMENT);
    }
    for (size_t i = 0; i < sizeof possible / sizeof *possible; i++) {
        assert_int_equal(jumin_reader_set_pace(&reader, &possible[i]), JUMIN_OK);
    }
}

static void test_every_suite_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(suite_name(SUITE_3DES_CBC_CBC), "3DES");
    assert_string_equal(suite_name(SUITE_AES_CBC_CMAC_192), "AES-192");
    assert_string_equal(suite_name(SUITE_ARIA_CBC_CMAC_128), "ARIA-128");
    assert_string_equal(suite_name(SUITE_ARIA_CBC_CMAC_256), "ARIA-256");
}

// --- The choice of Chip Authentication ---------------------------------------------------------------------

static enum secure_messaging_suite choose_chip_key(const enum secure_messaging_suite *offered, size_t count,
                                                   enum jumin_cipher cipher_of_pace)
{
    uint8_t bytes[TEXT_BYTES], secret[CRYPTO_FIELD_MAX] = {[31] = 1}, point[CRYPTO_POINT_MAX];
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key key = {0};
    struct ca_offer chosen;
    assert_true(crypto_ec_load_secret(&key, CRYPTO_P256, span_of(secret, 32), &random) &&
                crypto_ec_public(&key, point));
    struct writer w = writer_of(bytes, sizeof bytes);
    put_chip_authentication_key_info(&w, CRYPTO_P256, span_of(point, 65), 1);
    for (size_t i = 0; i < count; i++) {
        put_chip_authentication_info(&w, offered[i], 1, 1);
    }
    crypto_ec_release(&key);
    return ca_choose(writer_span(&w), 1, cipher_of_pace, &chosen) ? chosen.suite : 0;
}

static void test_chip_authentication_goes_on_with_the_cipher_of_pace(void **state)
{
    (void)state;
    static const enum secure_messaging_suite all[] = {SUITE_3DES_CBC_CBC, SUITE_ARIA_CBC_CMAC_128,
                                                      SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_256,
                                                      SUITE_ARIA_CBC_CMAC_256};
    assert_int_equal(choose_chip_key(all, 5, JUMIN_CIPHER_ANY), SUITE_AES_CBC_CMAC_256);
    assert_int_equal(choose_chip_key(all, 5, JUMIN_CIPHER_AES), SUITE_AES_CBC_CMAC_256);
    assert_int_equal(choose_chip_key(all, 5, JUMIN_CIPHER_ARIA), SUITE_ARIA_CBC_CMAC_256);
    assert_int_equal(choose_chip_key(all, 4, JUMIN_CIPHER_ARIA), SUITE_ARIA_CBC_CMAC_128);
    assert_int_equal(choose_chip_key(all, 2, JUMIN_CIPHER_AES), SUITE_ARIA_CBC_CMAC_128);
    assert_int_equal(choose_chip_key(all, 1, JUMIN_CIPHER_ARIA), SUITE_3DES_CBC_CBC);
    // From a weak session up, never down.
    assert_int_equal(choose_chip_key(all, 5, JUMIN_CIPHER_3DES), SUITE_AES_CBC_CMAC_256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generic_mapping_as_in_the_worked_example),
        cmocka_unit_test(test_integrated_mapping_as_in_the_worked_example),
        cmocka_unit_test(test_chip_authentication_mapping_as_in_the_worked_example),
        cmocka_unit_test(test_strongest_offer_is_chosen_in_any_order),
        cmocka_unit_test(test_demanded_variant_is_chosen_or_nothing),
        cmocka_unit_test(test_demanded_cipher_is_chosen_or_nothing),
        cmocka_unit_test(test_suites_that_nobody_has_are_refused),
        cmocka_unit_test(test_every_suite_has_a_name),
        cmocka_unit_test(test_chip_authentication_goes_on_with_the_cipher_of_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
