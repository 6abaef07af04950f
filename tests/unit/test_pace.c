// PACE on both sides: the worked examples of 9303-11 and TR-03110, other curves and keys, and refusals.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/pace.h"
#include "card/wire/tlv.h"
#include "tests/unit/crypto_random.h"

static struct counting_random random_state;
static struct crypto_random source;

static int restart_random(void **state)
{
    (void)state;
    source = counting_random(&random_state);
    return 0;
}

// --- Worked examples -------------------------------------------------------------------------------------

// All on brainpoolP256r1 with AES-128. What an example does not publish is null.
struct example {
    const char *oid;
    const char *password_key, *encrypted_nonce, *nonce;
    const char *terminal_mapping_secret, *terminal_mapping_point, *chip_mapping_secret, *chip_mapping_point;
    const char *terminal_nonce; // IM
    const char *generator;
    const char *terminal_secret, *terminal_point, *chip_secret, *chip_point;
    const char *shared, *encryption_key, *mac_key, *terminal_token, *chip_token;
};

static const struct example examples[] = {
    // 9303-11 appendix G.1: generic mapping
    {.oid = "04007F00070202040202",
     .password_key = "89DED1B26624EC1E634C1989302849DD",
     .encrypted_nonce = "95A3A016522EE98D01E76CB6B98B42C3",
     .nonce = "3F00C4D39D153F2B2A214A078D899B22",
     .terminal_mapping_secret = "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
     .terminal_mapping_point = "047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB67"
                               "25218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D",
     .chip_mapping_secret = "498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560",
     .chip_mapping_point = "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F"
                           "73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54",
     .generator = "048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E28C879506743F8611AC33645C"
                  "5B985C80B5F09A0B83407C1B6A4D857AE76FE522",
     .terminal_secret = "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
     .terminal_point = "042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B85"
                       "7B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462",
     .chip_secret = "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A",
     .chip_point = "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9"
                   "F018F9CB852E111B768B326904B59A0193776F094",
     .shared = "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925",
     .encryption_key = "F5F0E35C0D7161EE6724EE513A0D9A7F",
     .mac_key = "FE251C7858B356B24514B3BD5F4297D1",
     .terminal_token = "C2B0BD78D94BA866",
     .chip_token = "3ABB9674BCE93C08"},
    // 9303-11 appendix H.1: integrated mapping
    {.oid = "04007F00070202040402",
     .password_key = "591468CDA83D65219CCCB8560233600F",
     .encrypted_nonce = "143DC40C08C8E891FBED7DEDB92B64AD",
     .nonce = "2923BE84E16CD6AE529049F1F1BBE9EB",
     .terminal_nonce = "5DD4CBFC96F5453B130D890A1CDBAE32",
     .generator = "048E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D4274C1AE14BD0C3DBAC0C871B7F"
                  "3608169364437CA30AC243A089D3F266C1E60FAD",
     .terminal_secret = "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
     .terminal_point = "0489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D46755DE9B7B778280B6B"
                       "EBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C37",
     .chip_point = "0467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8932B69A962B52A0985AD2C0"
                   "A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753",
     .shared = "4F150FDE1D4F0E38E95017B891BAE17133A0DF45B0D3E18B60BA7BEAFDC2C713",
     .encryption_key = "0D3FEB33251A6370893D62AE8DAAF51B",
     .mac_key = "B01E89E3D9E8719E586B50B4A7506E0B",
     .terminal_token = "450F02B86F6A0909",
     .chip_token = "75D4D96E8D5B0308"},
    // 9303-11 appendix I: Chip Authentication Mapping
    {.oid = "04007F00070202040602",
     .password_key = "4E6F6FBF7BE748B932C7B74161BBA9DF",
     .encrypted_nonce = "CB60E8E0D85B76A9BD304747C2AD42E2",
     .nonce = "658B860BC94DF6F044FCE6D5C82CF8E5",
     .terminal_mapping_secret = "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC",
     .terminal_mapping_point = "047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE1AB889104A2"
                               "7DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C1",
     .chip_mapping_point = "04A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B304F365713A356E6"
                           "5A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23",
     .generator = "0489F0B5EABF3BE293C75903A3986131925C9F5B515CA95AF485DC7E886F03245D44BEFB2DD3A0DBD71CB5E618"
                  "971CF4747F12B79E548379A40E45963BAAF3E829",
     .terminal_secret = "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120",
     .terminal_point = "04446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F955483400BFF60BF0C592"
                       "9270009277DC2A515E12575010AD9BA916CF1BF86FEFC",
     .chip_point = "0402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA993333111C3B9B4C2287789BD137E7"
                   "F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E1",
     .shared = "67950559D0C06B4D4B86972D14460837461087F8419FDBC36AAF6CEAAC462832",
     .encryption_key = "0A9DA4DB03BDDE39FC5202BC44B2E89E",
     .mac_key = "4B1C06491ED5140CA2B537D344C6C0B1",
     .terminal_token = "E86BD06018A1CD3B",
     .chip_token = "8596CF055C67C1A3"},
    // TR-03110, EAC 2 worked example over ECDH; the password is the PIN 123456.
    {.oid = "04007F00070202040202",
     .encrypted_nonce = "CE834CDE69FFBB1D1EB21585CD709F18",
     .nonce = "7D98C00FC6C9E9543BBF94A87073A123",
     .terminal_mapping_secret = "752287F5B02DE3C4BC3E17945118C51B23C97278E4CD748048AC56BA5BDC3D46",
     .terminal_mapping_point = "043DD29BBE5907FD21A152ADA4895FAAE7ACC55F5E50EFBFDE5AB0C6EB54F198D615913635F0F"
                               "DF5BEB383E00355F82D3C41ED0DF2E28363433DFB73856A15DC9F",
     .chip_mapping_secret = "19C428715663DE745D1824B855D2B967890C99D68ED5FEEE9DCDF8D7BBA289D2",
     .chip_mapping_point = "049CFCF7582AC986D0DD52FA53123414C3E1B96B4D00ABA8E574679B70EFB5BC3B45D2F13729CC2AE"
                           "178E7E241B443213533B77DBB44649A815DDC4A2384BA422A",
     .generator = "043929D28BA1E5339D6C5DADE5E33BD3C2F0BD14DD77C7521532261659C918FA6014DD48FA84E62BDE438EDB4C"
                  "9771D042CDB24B7788BDBAB2031C45751E777F66",
     .terminal_secret = "9D9A32DF93A57CCE33CA3CDD3457E33A976F293546C73550F397259C93BE0120",
     .terminal_point = "04518BC4E532AD2A9BD6527804D5D665ABD51041037A0CC8AA922804EB501C222B3427388599AFAAE9FBA"
                       "CE2DF93E13C3C4979CD12F0AE3E3C0126028391554582",
     .chip_secret = "15872C56908C144002177994CFAAEDD5467CE150853C44535051FF24183039D8",
     .chip_point = "04282CF38073036AFAC216AF135BD994DA0C357F10BD4C34AFEA1042B2EB0FD6804DF3658B835AC2E7133F136"
                   "91184542BB50B109963A4662ABDC08B9763AF4B5B",
     .shared = "6E7D077CCD367C2EAA683F1E8EC534302E2D00B6ADAF8A87A6EDA78740F17606",
     .encryption_key = "68406B4162100563D9C901A6154D2901",
     .mac_key = "73FF268784F72AF833FDC9464049AFC9",
     .terminal_token = "A27AE7B36573C1D9",
     .chip_token = "A2658C2F38600B0F"},
};
enum { EXAMPLES = sizeof examples / sizeof examples[0], FIELD = 32, POINT = 65 };

static struct pace_protocol protocol_of(const struct example *example)
{
    struct pace_protocol protocol = {.curve = CRYPTO_BRAINPOOL_P256R1};
    uint8_t oid[OID_PACE_LENGTH];
    assert_true(oid_pace_parse(unhex(example->oid, oid, sizeof oid), &protocol.mapping, &protocol.suite));
    return protocol;
}

static void test_nonce_is_encrypted_under_the_password(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        struct crypto_cipher_key key = {0};
        uint8_t bytes[16];
        if (examples[i].password_key != NULL) {
            assert_true(crypto_cipher_load(&key, CRYPTO_AES, unhex(examples[i].password_key, bytes, 16)));
        } else {
            assert_true(pace_password_key(SUITE_AES_CBC_CMAC_128, span_of("123456", 6), &key));
        }
        uint8_t nonce[16];
        uint8_t encrypted[16];
        assert_true(pace_encrypt_nonce(&key, unhex(examples[i].nonce, bytes, 16), encrypted));
        assert_span_hex(span_of(encrypted, 16), examples[i].encrypted_nonce);
        assert_true(pace_decrypt_nonce(&key, span_of(encrypted, 16), nonce));
        assert_span_hex(span_of(nonce, 16), examples[i].nonce);
        crypto_cipher_release(&key);
    }
}

// 9303-11 appendices G.1 and I: K_pi from the MRZ, seen through the nonce that it encrypts.
static void test_password_of_the_mrz_gives_the_key_of_the_example(void **state)
{
    (void)state;
    static const struct {
        const char *mrz_information;
        size_t example;
    } cases[] = {{"T22000129364081251010318", 0}, {"C11T002JM496081222310314", 2}};
    for (size_t i = 0; i < 2; i++) {
        uint8_t password[MRZ_PASSWORD_LENGTH];
        uint8_t nonce[16];
        uint8_t encrypted[16];
        struct crypto_cipher_key key = {0};
        assert_true(mrz_password(span_of(cases[i].mrz_information, 24), password));
        assert_true(pace_password_key(SUITE_AES_CBC_CMAC_128, span_of(password, sizeof password), &key));
        assert_true(pace_encrypt_nonce(&key, unhex(examples[cases[i].example].nonce, nonce, 16), encrypted));
        assert_span_hex(span_of(encrypted, 16), examples[cases[i].example].encrypted_nonce);
        crypto_cipher_release(&key);
    }
}

static void check_generic_mapping(const struct example *example, const char *secret_hex,
                                  const char *point_hex, const char *other_point_hex)
{
    if (secret_hex == NULL) {
        return;
    }
    uint8_t secret[FIELD];
    uint8_t point[POINT];
    uint8_t other[POINT];
    uint8_t nonce[16];
    uint8_t generator[POINT];
    struct crypto_ec_key key = {0};
    const struct pace_protocol protocol = protocol_of(example);
    assert_true(crypto_ec_load_secret(&key, protocol.curve, unhex(secret_hex, secret, FIELD), &source));
    assert_true(crypto_ec_public(&key, point));
    assert_span_hex(span_of(point, POINT), point_hex);
    assert_true(pace_map_generic(&protocol, &source, &key, unhex(other_point_hex, other, POINT),
                                 unhex(example->nonce, nonce, 16), generator));
    assert_span_hex(span_of(generator, POINT), example->generator);
    crypto_ec_release(&key);
}

static void test_nonce_is_mapped_as_in_the_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *example = &examples[i];
        if (example->terminal_nonce == NULL) {
            check_generic_mapping(example, example->terminal_mapping_secret, example->terminal_mapping_point,
                                  example->chip_mapping_point);
            check_generic_mapping(example, example->chip_mapping_secret, example->chip_mapping_point,
                                  example->terminal_mapping_point);
            continue;
        }
        const struct pace_protocol protocol = protocol_of(example);
        uint8_t nonce[16];
        uint8_t terminal_nonce[16];
        uint8_t generator[POINT];
        assert_true(pace_map_integrated(&protocol, unhex(example->nonce, nonce, 16),
                                        unhex(example->terminal_nonce, terminal_nonce, 16), generator));
        assert_span_hex(span_of(generator, POINT), example->generator);
    }
}

static void check_agreement(const struct example *example, const char *secret_hex, const char *point_hex,
                            const char *other_point_hex)
{
    if (secret_hex == NULL) {
        return;
    }
    uint8_t secret[FIELD];
    uint8_t generator[POINT];
    uint8_t point[POINT];
    uint8_t other[POINT];
    uint8_t shared[FIELD];
    unhex(secret_hex, secret, FIELD);
    assert_true(crypto_ec_multiply(CRYPTO_BRAINPOOL_P256R1, &source, span_of(secret, FIELD),
                                   unhex(example->generator, generator, POINT), point));
    assert_span_hex(span_of(point, POINT), point_hex);
    assert_true(pace_agree(CRYPTO_BRAINPOOL_P256R1, &source, span_of(secret, FIELD), span_of(point, POINT),
                           unhex(other_point_hex, other, POINT), shared));
    assert_span_hex(span_of(shared, FIELD), example->shared);
}

static void test_shared_secret_is_that_of_the_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *e = &examples[i];
        check_agreement(e, e->terminal_secret, e->terminal_point, e->chip_point);
        check_agreement(e, e->chip_secret, e->chip_point, e->terminal_point);
    }
}

// The keys of the session are not visible; what they make of a block and of a message is.
static void assert_same_key(const struct crypto_cipher_key *key, const char *expected_hex)
{
    struct crypto_cipher_key expected;
    uint8_t bytes[16];
    uint8_t block[2][16] = {{0}};
    assert_true(crypto_cipher_load(&expected, CRYPTO_AES, unhex(expected_hex, bytes, 16)));
    assert_true(crypto_cipher_encrypt_block(&expected, block[0], block[0]));
    assert_true(crypto_cipher_encrypt_block(key, block[1], block[1]));
    assert_memory_equal(block[0], block[1], 16);
    crypto_cipher_release(&expected);
}

static void test_session_and_tokens_are_those_of_the_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *example = &examples[i];
        uint8_t shared[FIELD];
        uint8_t point[POINT];
        uint8_t oid[OID_PACE_LENGTH];
        uint8_t token[PACE_TOKEN];
        struct sm_session session = {0};
        assert_true(pace_start_session(&session, SUITE_AES_CBC_CMAC_128,
                                       unhex(example->shared, shared, FIELD), span_of(NULL, 0)));
        assert_same_key(&session.encryption, example->encryption_key);
        assert_same_key(&session.mac, example->mac_key);
        const struct span protocol = unhex(example->oid, oid, sizeof oid);
        assert_true(pace_token(&session.mac, protocol, unhex(example->chip_point, point, POINT), token));
        assert_span_hex(span_of(token, PACE_TOKEN), example->terminal_token);
        assert_true(pace_token(&session.mac, protocol, unhex(example->terminal_point, point, POINT), token));
        assert_span_hex(span_of(token, PACE_TOKEN), example->chip_token);
        sm_end(&session);
    }
}

// The APDUs of 9303-11 appendix G.1.
static void test_commands_are_those_of_the_example(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "0022C1A412800A04007F0007020204020283010184010D", "10860000027C0000",
        "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218"
        "799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
        "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10"
        "B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
        "008600000C7C0A8508C2B0BD78D94BA86600"};
    uint8_t data[2][100];
    uint8_t apdu[100];
    uint8_t oid[OID_PACE_LENGTH];
    oid_pace(PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, oid);
    struct writer w = writer_of(data[0], sizeof data[0]);
    tlv_put(&w, 0x80, span_of(oid, sizeof oid));
    const uint8_t password = PACE_PASSWORD_MRZ;
    tlv_put(&w, 0x83, span_of(&password, 1));
    const uint8_t parameter = pace_parameter_of_curve(CRYPTO_BRAINPOOL_P256R1);
    tlv_put(&w, 0x84, span_of(&parameter, 1));
    const struct apdu_command set_at = {.ins = 0x22, .p1 = 0xC1, .p2 = 0xA4, .data = writer_span(&w)};
    struct writer out = writer_of(apdu, sizeof apdu);
    apdu_put(&out, &set_at);
    assert_span_hex(writer_span(&out), expected[0]);

    const uint32_t tags[] = {0, 0x81, 0x83, 0x85};
    const char *const values[] = {NULL, examples[0].terminal_mapping_point, examples[0].terminal_point,
                                  examples[0].terminal_token};
    for (size_t i = 0; i < 4; i++) {
        w = writer_of(data[0], sizeof data[0]);
        const size_t opened = tlv_open(&w, 0x7C);
        if (values[i] != NULL) {
            tlv_put(&w, tags[i], unhex(values[i], data[1], sizeof data[1]));
        }
        tlv_close(&w, opened);
        const struct apdu_command general_authenticate = {
            .cla = i < 3 ? CLA_CHAINING : 0, .ins = 0x86, .data = writer_span(&w), .ne = 256};
        out = writer_of(apdu, sizeof apdu);
        apdu_put(&out, &general_authenticate);
        assert_span_hex(writer_span(&out), expected[i + 1]);
    }
}

// 9303-11 appendix I: what the chip sends, and the terminal's check.
static void test_chip_data_is_that_of_the_example(void **state)
{
    (void)state;
    static const char chip_data_hex[] = "85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3";
    static const char encrypted_hex[] =
        "1EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD10CBA372B42BE0B9B5F28AA8DE2F4F92";
    static const char static_point_hex[] =
        "041872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC884D256A40E35EFCB59BF6753D3A489D28C"
        "7A4D973C2DA138A6E7A4A08F68E16F";
    uint8_t bytes[POINT];
    uint8_t mapping[POINT];
    uint8_t buffer[PACE_ENCRYPTED_CHIP_DATA_MAX];
    struct crypto_cipher_key key;
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, unhex(examples[2].encryption_key, bytes, 16)));
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_true(pace_encrypt_chip_data(&key, unhex(chip_data_hex, bytes, sizeof bytes), &w));
    assert_span_hex(writer_span(&w), encrypted_hex);
    uint8_t chip_data[FIELD];
    struct writer plain = writer_of(chip_data, sizeof chip_data);
    assert_true(pace_decrypt_chip_data(&key, writer_span(&w), &plain));
    assert_span_hex(writer_span(&plain), chip_data_hex);
    const struct span static_point = unhex(static_point_hex, bytes, sizeof bytes);
    const struct span mapping_point = unhex(examples[2].chip_mapping_point, mapping, POINT);
    assert_true(pace_verify_chip_data(CRYPTO_BRAINPOOL_P256R1, &source, writer_span(&plain), static_point,
                                      mapping_point));
    for (size_t bit = 0; bit < sizeof chip_data * 8; bit += 7) {
        chip_data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(pace_verify_chip_data(CRYPTO_BRAINPOOL_P256R1, &source, writer_span(&plain),
                                           static_point, mapping_point));
        chip_data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_false(pace_verify_chip_data(CRYPTO_BRAINPOOL_P256R1, &source, span_of(chip_data, FIELD - 1),
                                       static_point, mapping_point));
    crypto_cipher_release(&key);
}

// TR-03110, EAC 2 worked example: Chip Authentication version 2.
static void test_chip_authentication_is_that_of_tr_03110(void **state)
{
    (void)state;
    uint8_t shared[FIELD];
    uint8_t nonce[8];
    uint8_t oid[OID_CA_LENGTH];
    uint8_t point[POINT];
    uint8_t token[PACE_TOKEN];
    struct sm_session session = {0};
    assert_true(pace_start_session(
        &session, SUITE_AES_CBC_CMAC_128,
        unhex("791DA04273CCFE862E52DF60347E2557192E1F8D7517822CE3D306056C1CDEB4", shared, FIELD),
        unhex("4287B3072A3EDC60", nonce, sizeof nonce)));
    assert_same_key(&session.encryption, "94ABCD271AB7D9A5590BA52CB518B831");
    assert_same_key(&session.mac, "78B5709E7ABEDB185B424D0EE3A82499");
    oid_ca_ecdh(SUITE_AES_CBC_CMAC_128, oid);
    assert_true(pace_token(&session.mac, span_of(oid, sizeof oid),
                           unhex("045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799A34EE57EC"
                                 "55268CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F",
                                 point, POINT),
                           token));
    assert_span_hex(span_of(token, PACE_TOKEN), "FF0117D68DEE8E72");
    sm_end(&session);
}

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
        cmocka_unit_test_setup(test_nonce_is_encrypted_under_the_password, restart_random),
        cmocka_unit_test_setup(test_password_of_the_mrz_gives_the_key_of_the_example, restart_random),
        cmocka_unit_test_setup(test_nonce_is_mapped_as_in_the_examples, restart_random),
        cmocka_unit_test_setup(test_shared_secret_is_that_of_the_examples, restart_random),
        cmocka_unit_test_setup(test_session_and_tokens_are_those_of_the_examples, restart_random),
        cmocka_unit_test_setup(test_commands_are_those_of_the_example, restart_random),
        cmocka_unit_test_setup(test_chip_data_is_that_of_the_example, restart_random),
        cmocka_unit_test_setup(test_chip_authentication_is_that_of_tr_03110, restart_random),
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
