// SCP03 (GP Amd D) on both sides: published transcripts, and vectors of the long mode.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scp03_stage.h"

// --- Published transcripts -------------------------------------------------------------------------------

// Transcripts of a card in S8 mode, i = 70, as the project pySim publishes them in its unit tests.
static const struct {
    size_t key_length;
    uint8_t level;
    const char *host_challenge, *sequence_counter, *card_challenge, *card_cryptogram, *external_authenticate;
    const char *command, *response; // STORE DATA of command_plain and the answer to it
    const char *cases[4];           // the commands of cases_plain
} transcripts[] = {
    {16,
     0x11,
     "B13E5F938FC108C4",
     "000002",
     "3EB51047495B249F",
     "66C484C1D2EF1948",
     "84821100107D5F5826A993EBC89EEA24957FA0B3CE",
     "84E291000EBF3E035C015A558D036518A2829700",
     "BF3E125A1089882119900000000000000000000005971BE68992DBBDFA",
     {"84F220020863A63F8959827FB2", "84CA006608A0C6A4A74166F7CE00",
      "84F22002124F0212345C054F9F70C52249B50272656536", "84F280020A4F00E91443F6DCE6B8ED00"}},
    {16,
     0x03,
     "8E1552D0513C60F3",
     "000001",
     "30760CD2C47C1DD3",
     "95065FE5EAD8A9D7",
     "8482030010FD4721A14D9B07003C451D2F8AE6BB21",
     "84E2910018CA9C00F6713D79BC8BAA642BDFF51C3F6A4082D3BD9AD26C00",
     "BF3E125A1089882119900000000000000000000005",
     {"84F2200208C9811B11F1264CF1", "84CA006608E10AB60B3054798800",
      "84F22002184E2908BDB48B2315A55482E9E936CA122D6ECFAE7D17416E",
      "84F28002180DD10A6B6193E5340B9E77D32D5A179CD710AC2773AEFB2800"}},
    {16,
     0x33,
     "FDF38259A1E0DE44",
     "000003",
     "3B1ACA81E821F219",
     "081CDC01C26B372D",
     "84823300108C36F96BCC00724A4E13AD591D7DA3F0",
     "84E2910018267A85DFE4A98FCA6FB0527E0DFECCE4914E40401433C87F00",
     "F3BA2B1013AA6224F5E1C138D71805C569E5439B47576260B75FC021B25097CB2E68F8A0144975B9",
     {"84F2200208AC6A59024BED84CC", "84CA006608409912AD8FB7AED000",
      "84F22002185F3DAFC3AC14C381536A488BF44E06D056DF9D74DBD21E5A",
      "84F280021865165105BE3373347D0424D4400AF2AC393F569EC779389E00"}},
    {24,
     0x11,
     "7396430B768B085B",
     "000003",
     "8CFC23522FFDBF1E",
     "5DF5542CAC8FD866",
     "84821100102145ED30B146F5DB252FB7E624CEC244",
     "84E291000EBF3E035C015AFF42CF801D14394400",
     "BF3E125A1089882119900000000000000000000005162FBD33E04940A9",
     {"84F22002084584E4F6784811EE", "84CA006608937776EBE190FA3000",
      "84F22002124F0212345C054F9F70C59A52BDDF3040368C", "84F280020A4F009804B11411F7393D00"}},
    {24,
     0x03,
     "69C65DA8202BF19F",
     "000001",
     "B570A67BE3844671",
     "7729D6DD3D2EC5B1",
     "848203001065DF4F1A356A887905466516D9E5B7C1",
     "84E2910018D2C6FB477C5D4AFE4FD4D21F17EFF10D3578EC1774A12A2D00",
     "BF3E125A1089882119900000000000000000000005",
     {"84F2200208964E188F0B1BB697", "84CA006608F0820035A41D3E1800",
      "84F220021806B076ED452CD1FA84F77F5C08A146AA77A9286757DEA791",
      "84F2800218D06527E39222DCE091FABDB8E9B898417A67A6852D3577DB00"}},
    {24,
     0x33,
     "9B3F2EEF0E8C9374",
     "000002",
     "F6BB305A15BAE1A6",
     "8F79FB08212FBED7",
     "84823300109100BC22D58B45B86A26365CE39FF3CF",
     "84E29100188F7F946C84F70D17994BC6E8791251BB1BB1BF02CF8DE58900",
     "C05176C1B6F72AAE50C32CBEE63B0E95998928FD4DFB2BE9F27FFDE8C8476F5909B4805CC4039599",
     {"84F2200208D5D97754B6B3D2BA", "84CA006608516C82B8E30ADBEB00",
      "84F2200218CC247F4761E6944277A4E0D6E32E44025B1E31537E2FC668",
      "84F2800218BA22B63D509BEF5D093B43E5EAED03ED23144AB2D9CB51DE00"}},
    {32,
     0x11,
     "11666D57866C6F54",
     "000003",
     "53EA8847EFA7674E",
     "41498A4D66CF0DEE",
     "84821100102F2AD190EFF2FAFC4908996D1CEBD310",
     "84E291000EBF3E035C015AF4B680372542B59D00",
     "BF3E125A10898821199000000000000000000000058012DD7F01F1C4C1",
     {"84F2200208D618B7DA68D5FE52", "84CA0066088F3E055DB23AD5E500",
      "84F22002124F0212345C054F9F70C5B6E15CC42404915E", "84F280020A4F00AA124AA74AFE7F7500"}},
    {32,
     0x03,
     "C6066990FC426E1D",
     "000001",
     "8682CD81BBD8919F",
     "2DE3F2664581F118",
     "848203001077C493B632EDADAF865A1E64ACC07CE9",
     "84E29100183DDAA60594963BEFAADA3525B492EDE23C2AB2C1CE3AFE4400",
     "BF3E125A1089882119900000000000000000000005",
     {"84F2200208480DDC8E419DA38D", "84CA0066083E9D6A6C0B2D732000",
      "84F22002183EBFEF2DA8B04AF2A85F491F299B76973DF76FF08A4031BE",
      "84F2800218783FFF80990F5585B1055010EA95094A26E4A8F1EF4B18E100"}},
    {32,
     0x33,
     "97B2055FE58599FD",
     "000002",
     "A8439A22CEDF045F",
     "A9F1903B2834F26E",
     "8482330010508A0FD959D2E547C6B33154A6BE2057",
     "84E29100187A5EF717EAF1E135AE92FE54429D0E465DECDA65F5FE5AEA00",
     "EA90DBFA648A67C5EB6ABC57F8530B97D0CD5647C5E8732016B55203B078DD2ACE7F8BC5D1C1CD99",
     {"84F2200208BCC5C17275545D93", "84CA00660804806ABA9D543BB600",
      "84F2200218717222491556EC81A45F49CE48BE33320024801A1C4CB0E0",
      "84F2800218561F105BCCD3A1642904B251CCC1228BEB80A82370A8637000"}},
};
enum { TRANSCRIPTS = sizeof transcripts / sizeof transcripts[0] };

static const char security_domain[] = "A0000005591010FFFFFFFF8900000100";
static const char command_plain[] = "80E2910006BF3E035C015A00";
static const char response_plain[] = "BF3E125A1089882119900000000000000000000005";
static const char *const cases_plain[4] = {"80F22002", "80CA006600", "80F220020A4F0212345C054F9F70C5",
                                           "80F28002024F0000"};

// A session of either side up to EXTERNAL AUTHENTICATE.
static void start_transcript(struct scp03_session *session, size_t i)
{
    const struct scp03_keys keys = keys_of(transcripts[i].key_length);
    uint8_t host[8];
    uint8_t card[8];
    assert_true(scp03_start(session, &keys, SCP03_S8, unhex(transcripts[i].host_challenge, host, 8),
                            unhex(transcripts[i].card_challenge, card, 8)));
}

static void authenticate(struct scp03_session *host, struct scp03_session *card, size_t i)
{
    uint8_t challenges[2][8];
    uint8_t card_cryptogram[8];
    uint8_t host_cryptogram[8];
    assert_true(scp03_cryptograms(host, unhex(transcripts[i].host_challenge, challenges[0], 8),
                                  unhex(transcripts[i].card_challenge, challenges[1], 8), card_cryptogram,
                                  host_cryptogram));
    assert_span_hex(span_of(card_cryptogram, 8), transcripts[i].card_cryptogram);
    const struct apdu_command plain = {.cla = CLA_GLOBALPLATFORM,
                                       .ins = 0x82,
                                       .p1 = transcripts[i].level,
                                       .data = span_of(host_cryptogram, 8)};
    const struct span apdu = wrap(host, &plain);
    assert_span_hex(apdu, transcripts[i].external_authenticate);
    struct apdu_command at_card;
    assert_true(unwrap(card, apdu, &at_card));
    assert_true(span_equal(at_card.data, plain.data));
    assert_true(scp03_set_level(host, transcripts[i].level));
    assert_true(scp03_set_level(card, transcripts[i].level));
}

static void test_card_challenge_is_that_of_the_transcript(void **state)
{
    (void)state;
    for (size_t i = 0; i < TRANSCRIPTS; i++) {
        const struct scp03_keys keys = keys_of(transcripts[i].key_length);
        uint8_t counter[3];
        uint8_t aid[16];
        uint8_t challenge[8];
        unhex(transcripts[i].sequence_counter, counter, sizeof counter);
        assert_true(scp03_card_challenge(&keys, SCP03_S8, counter, unhex(security_domain, aid, sizeof aid),
                                         challenge));
        assert_span_hex(span_of(challenge, 8), transcripts[i].card_challenge);
    }
}

// The next command of a transcript, at both sides; `expected` as sent.
static void replay_command(struct scp03_session *host, struct scp03_session *card, const char *plain_hex,
                           const char *expected)
{
    uint8_t bytes[64];
    struct apdu_command plain;
    struct apdu_command at_card;
    const struct span plain_apdu = unhex(plain_hex, bytes, sizeof bytes);
    assert_true(apdu_parse(plain_apdu, &plain));
    const struct span apdu = wrap(host, &plain);
    assert_span_hex(apdu, expected);
    assert_true(unwrap(card, apdu, &at_card));
    uint8_t again[64];
    struct writer w = writer_of(again, sizeof again);
    apdu_put(&w, &at_card);
    assert_true(span_equal(writer_span(&w), plain_apdu));
}

static void test_commands_and_responses_are_those_of_the_transcript(void **state)
{
    (void)state;
    for (size_t i = 0; i < TRANSCRIPTS; i++) {
        struct scp03_session host = {0};
        struct scp03_session card = {0};
        start_transcript(&host, i);
        start_transcript(&card, i);
        authenticate(&host, &card, i);
        replay_command(&host, &card, command_plain, transcripts[i].command);
        uint8_t data[64];
        const struct span response = unhex(response_plain, data, sizeof data);
        struct writer w = writer_of(wire, sizeof wire);
        assert_true(scp03_wrap_response(&card, response, SW_OK, &w));
        assert_span_hex(writer_span(&w), transcripts[i].response);
        struct writer received = writer_of(opened, sizeof opened);
        assert_true(scp03_unwrap_response(&host, writer_span(&w), SW_OK, &received));
        assert_true(span_equal(writer_span(&received), response));
        for (size_t j = 0; j < 4; j++) {
            replay_command(&host, &card, cases_plain[j], transcripts[i].cases[j]);
        }
        scp03_end(&host);
        scp03_end(&card);
    }
}

// The key check values of the keys of the transcripts with 16 bytes, as the card reports them.
static void test_check_values_are_those_of_the_transcript(void **state)
{
    (void)state;
    const struct scp03_keys keys = keys_of(16);
    uint8_t value[SCP03_CHECK_VALUE];
    assert_true(scp03_check_value(span_of(keys.enc, 16), value));
    assert_span_hex(span_of(value, sizeof value), "C35280");
    assert_true(scp03_check_value(span_of(keys.mac, 16), value));
    assert_span_hex(span_of(value, sizeof value), "013808");
    assert_true(scp03_check_value(span_of(keys.dek, 16), value));
    assert_span_hex(span_of(value, sizeof value), "840DE5");
    assert_false(scp03_check_value(span_of(keys.dek, 15), value));
    assert_span_hex(span_of(value, sizeof value), "000000");
}

// --- S16 -------------------------------------------------------------------------------------------------

// Computed from GP Amd D by tests/interop/wire_standard.py: host challenge A0 A1 … AF, sequence counter 7,
// security domain A000000151000000, level 33.
static const struct {
    size_t key_length;
    const char *card_challenge, *card_cryptogram, *external_authenticate, *store_data, *response, *get_status,
        *empty_response, *extended_get_data;
} long_mode[] = {
    {16, "37B6911DB5ABA69DD67A928D3B87AB25", "55CE20B9595A37C23799F2BC573C9EBD",
     "84823300201910C62BA0528A461B1E3C437CED13364D7E43695D06799CD59255CDF61B5E2F",
     "84E2000020B3CB0D60D684E4C4272DD44F812C688AA5D09D675BD986897EED4576C64B6D6700",
     "C3AE28D3585B172A3D7B87A1D10E7B337C162CECCF33053BCF0160D3F8F62638",
     "84F2800210B0AFDB73440064E3F44D460722F8681B00", "DE2535582783281D6C66F06182085F8E",
     "84CA0066000010D0C038CA7119CF90F4A8C681279669B70400"},
    {24, "03F423841D0043ED99501C1DAD65E5CE", "578B4CAA877F2EA60ECA2EFB589E981F",
     "848233002059CCD37E92E0F557D671DC00BF1901CDA7EB9AC667E1C290F50FD76FB2A2753D",
     "84E20000202AD88473E09C7116D6FEFD41EB7E518A11F82ECB7AFC5255B1E6A4915F83973B00",
     "A13E1C849F086DAF355F4BECCDE794F9B5AE044024490C4306A2A73547E3426F",
     "84F2800210ED844EFE1E2FF47B67ED7974D89C77AF00", "DB4147B57A5CAC3D655F20ED4F9A017D",
     "84CA00660000100207F99BA1382FF67E8C9ADDF3E88C310400"},
    {32, "136FEFC67FC6AF45E411688BB407F3F3", "9014DA024935E8E0A2BE29EA46313171",
     "84823300201F156CE375D3D7A71A58C3A7245764A11331D268BC336CECB84A05E6B2D84926",
     "84E200002092446B2B6E5D1B69572B67C6D9D778FC9B0ABA269C63D7F159687653BD1E16CA00",
     "08643FB61475FC5730B0B7A629B0CB408C1F56624FF537F230B0F454B2B8701F",
     "84F28002103F3CFC584C5A3629F41A1E5DD0F5368200", "8F571CB7E54A6D0DE8DACC83C5EF15A7",
     "84CA00660000105642AF933916FF9AEA16515AC8D0CA7A0400"},
};

static void assert_response(struct scp03_session *host, struct scp03_session *card, struct span data,
                            uint16_t status, const char *expected)
{
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(scp03_wrap_response(card, data, status, &w));
    assert_span_hex(writer_span(&w), expected);
    struct writer received = writer_of(opened, data.n);
    assert_true(scp03_unwrap_response(host, writer_span(&w), status, &received));
    assert_true(span_equal(writer_span(&received), data));
}

static void assert_command(struct scp03_session *host, struct scp03_session *card,
                           const struct apdu_command *plain, const char *expected)
{
    const struct span apdu = wrap(host, plain);
    struct apdu_command at_card;
    assert_span_hex(apdu, expected);
    assert_true(unwrap(card, apdu, &at_card));
    assert_true(span_equal(at_card.data, plain->data));
    assert_int_equal(at_card.ne, plain->ne);
}

static void test_long_mode_has_sixteen_bytes_everywhere(void **state)
{
    (void)state;
    uint8_t host_challenge[16];
    uint8_t aid[8];
    for (uint8_t i = 0; i < 16; i++) {
        host_challenge[i] = (uint8_t)(0xA0 + i);
    }
    for (size_t i = 0; i < sizeof long_mode / sizeof long_mode[0]; i++) {
        const struct scp03_keys keys = keys_of(long_mode[i].key_length);
        const uint8_t counter[3] = {0, 0, 7};
        uint8_t card_challenge[16];
        assert_true(scp03_card_challenge(&keys, SCP03_S16, counter,
                                         unhex("A000000151000000", aid, sizeof aid), card_challenge));
        assert_span_hex(span_of(card_challenge, 16), long_mode[i].card_challenge);
        struct scp03_session host = {0};
        struct scp03_session card = {0};
        const struct span challenges[2] = {span_of(host_challenge, 16), span_of(card_challenge, 16)};
        assert_true(scp03_start(&host, &keys, SCP03_S16, challenges[0], challenges[1]));
        assert_true(scp03_start(&card, &keys, SCP03_S16, challenges[0], challenges[1]));
        uint8_t cryptograms[2][16];
        assert_true(scp03_cryptograms(&card, challenges[0], challenges[1], cryptograms[0], cryptograms[1]));
        assert_span_hex(span_of(cryptograms[0], 16), long_mode[i].card_cryptogram);

        const struct apdu_command authenticate_plain = {
            .cla = 0x80, .ins = 0x82, .p1 = SCP03_LEVEL_FULL, .data = span_of(cryptograms[1], 16)};
        assert_command(&host, &card, &authenticate_plain, long_mode[i].external_authenticate);
        assert_true(scp03_set_level(&host, SCP03_LEVEL_FULL) && scp03_set_level(&card, SCP03_LEVEL_FULL));
        assert_response(&host, &card, span_of(NULL, 0), SW_OK, ""); // of EXTERNAL AUTHENTICATE
        const struct apdu_command store_data = {
            .cla = 0x80, .ins = 0xE2, .data = span_of("\x01\x01\x02\x03\x04", 5), .ne = 256};
        assert_command(&host, &card, &store_data, long_mode[i].store_data);
        assert_response(&host, &card, span_of("\xBF\x01\x02", 3), SW_OK, long_mode[i].response);
        const struct apdu_command get_status = {.cla = 0x80, .ins = 0xF2, .p1 = 0x80, .p2 = 0x02, .ne = 256};
        assert_command(&host, &card, &get_status, long_mode[i].get_status);
        assert_response(&host, &card, span_of(NULL, 0), 0x6310, long_mode[i].empty_response);
        const struct apdu_command get_data = {.cla = 0x80, .ins = 0xCA, .p2 = 0x66, .ne = 1024};
        assert_command(&host, &card, &get_data, long_mode[i].extended_get_data);
        assert_response(&host, &card, span_of(NULL, 0), SW_REFERENCED_DATA_NOT_FOUND, "");
        scp03_end(&host);
        scp03_end(&card);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card_challenge_is_that_of_the_transcript),
        cmocka_unit_test(test_commands_and_responses_are_those_of_the_transcript),
        cmocka_unit_test(test_long_mode_has_sixteen_bytes_everywhere),
        cmocka_unit_test(test_check_values_are_those_of_the_transcript),
    };
    return cmocka_run_group_tests(tests, fill_content, NULL);
}
