// SCP03 (GP Amd D) on both sides: published transcripts, all levels and lengths, and what must be refused.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/padded_cbc.h"
#include "card/wire/scp03.h"

static uint8_t content[66000];
static uint8_t wire[70000];
static uint8_t opened[70000];

// The static keys of the transcripts: 00…, 10…, 20…; from 16 bytes on they begin anew.
static struct scp03_keys keys_of(size_t length)
{
    struct scp03_keys keys = {.length = length};
    for (size_t i = 0; i < length; i++) {
        keys.enc[i] = (uint8_t)(i % 16);
        keys.mac[i] = (uint8_t)(0x10 + i % 16);
        keys.dek[i] = (uint8_t)(0x20 + i % 16);
    }
    return keys;
}

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

static struct span wrap(struct scp03_session *session, const struct apdu_command *plain)
{
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(scp03_wrap_command(session, plain, &w));
    return writer_span(&w);
}

static bool unwrap(struct scp03_session *session, struct span apdu, struct apdu_command *plain)
{
    struct apdu_command command;
    assert_true(apdu_parse(apdu, &command));
    return scp03_unwrap_command(session, &command, opened, plain);
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

// --- Round trips -----------------------------------------------------------------------------------------

static const uint8_t levels[] = {0x00, 0x01, 0x03, 0x11, 0x13, 0x33};
static const enum scp03_mode modes[] = {SCP03_S8, SCP03_S16};

struct pair {
    struct scp03_session host, card;
};

static void start_pair(struct pair *pair, enum scp03_mode mode, uint8_t level)
{
    const struct scp03_keys keys = keys_of(16);
    memset(pair, 0, sizeof *pair);
    const struct span host = span_of(content, (size_t)mode);
    const struct span card = span_of(content + 100, (size_t)mode);
    assert_true(scp03_start(&pair->host, &keys, mode, host, card));
    assert_true(scp03_start(&pair->card, &keys, mode, host, card));
    assert_true(scp03_set_level(&pair->host, level));
    assert_true(scp03_set_level(&pair->card, level));
}

static void end_pair(struct pair *pair)
{
    scp03_end(&pair->host);
    scp03_end(&pair->card);
}

static void command_round_trip(struct pair *pair, const struct apdu_command *plain)
{
    struct apdu_command at_card;
    assert_true(unwrap(&pair->card, wrap(&pair->host, plain), &at_card));
    assert_int_equal(at_card.cla, plain->cla);
    assert_int_equal(at_card.ins, plain->ins);
    assert_int_equal(at_card.p1, plain->p1);
    assert_int_equal(at_card.p2, plain->p2);
    assert_int_equal(at_card.ne, plain->ne);
    assert_true(span_equal(at_card.data, plain->data));
}

static void response_round_trip(struct pair *pair, struct span data, uint16_t status)
{
    struct writer w = writer_of(wire, sizeof wire);
    struct writer received = writer_of(opened, data.n); // not a byte more than the data
    assert_true(scp03_wrap_response(&pair->card, data, status, &w));
    assert_true(scp03_unwrap_response(&pair->host, writer_span(&w), status, &received));
    assert_true(span_equal(writer_span(&received), data));
}

static void test_everything_arrives_as_sent_at_every_level(void **state)
{
    (void)state;
    static const size_t lengths[] = {0,   1,   15,  16,  17,  223, 231,  232,  239,
                                     240, 247, 248, 255, 256, 257, 2000, 65000};
    static const uint32_t nes[] = {0, 1, 256, 257, 65536};
    for (size_t i = 0; i < sizeof levels * 2; i++) {
        struct pair pair;
        start_pair(&pair, modes[i % 2], levels[i / 2]);
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            for (size_t k = 0; k < sizeof nes / sizeof nes[0]; k++) {
                const struct apdu_command plain = {.cla = k % 2 == 0 ? 0x80 : 0x90,
                                                   .ins = 0xE2,
                                                   .p1 = 0x88,
                                                   .p2 = 1,
                                                   .data = span_of(content, lengths[j]),
                                                   .ne = nes[k],
                                                   .extended = k == 2};
                command_round_trip(&pair, &plain);
                response_round_trip(&pair, plain.data, k == 0 ? 0x6310 : SW_OK);
            }
        }
        end_pair(&pair);
    }
}

static void test_bytes_are_wrapped_and_unwrapped_where_they_lie(void **state)
{
    (void)state;
    for (size_t n = 0; n < 70; n++) {
        struct pair pair;
        start_pair(&pair, SCP03_S16, SCP03_LEVEL_FULL);
        const struct apdu_command plain = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, n)};
        struct apdu_command command;
        assert_true(apdu_parse(wrap(&pair.host, &plain), &command));
        assert_true(scp03_unwrap_command(&pair.card, &command, wire + (command.data.p - wire), &command));
        assert_true(span_equal(command.data, plain.data));

        memcpy(wire, content, n);
        struct writer w = writer_of(wire, sizeof wire);
        assert_true(scp03_wrap_response(&pair.card, span_of(wire, n), SW_OK, &w));
        struct writer received = writer_of(wire, n);
        assert_true(scp03_unwrap_response(&pair.host, writer_span(&w), SW_OK, &received));
        assert_true(span_equal(writer_span(&received), plain.data));
        end_pair(&pair);
    }
}

static void test_errors_carry_neither_data_nor_protection(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_LEVEL_FULL);
    const struct apdu_command plain = {.cla = 0x80, .ins = 0xCA, .ne = 256};
    static const uint16_t errors[] = {0x6A88, 0x6700, 0x6985, 0x6CFF, 0x6400, 0x9100};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        command_round_trip(&pair, &plain);
        response_round_trip(&pair, span_of(NULL, 0), errors[i]);
        struct writer w = writer_of(wire, sizeof wire);
        assert_false(scp03_wrap_response(&pair.card, span_of("\x01", 1), errors[i], &w));
        assert_int_equal(w.n, 0);
    }
    // The session goes on after errors.
    command_round_trip(&pair, &plain);
    response_round_trip(&pair, span_of(content, 10), SW_OK);
    // Data beside an error is a forgery.
    struct writer received = writer_of(opened, sizeof opened);
    assert_false(scp03_unwrap_response(&pair.host, span_of("\x01", 1), 0x6A88, &received));
    assert_false(pair.host.active);
    end_pair(&pair);
}

static void test_response_to_external_authenticate_is_not_protected(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    const struct apdu_command plain = {.cla = 0x80, .ins = 0x82, .data = span_of(content, 8)};
    command_round_trip(&pair, &plain);
    assert_true(scp03_set_level(&pair.card, SCP03_LEVEL_FULL));
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(scp03_wrap_response(&pair.card, span_of(NULL, 0), SW_OK, &w));
    assert_int_equal(w.n, 0);
    assert_true(scp03_set_level(&pair.host, SCP03_LEVEL_FULL));
    assert_true(scp03_unwrap_response(&pair.host, writer_span(&w), SW_OK, &w));
    command_round_trip(&pair, &plain);
    assert_true(scp03_wrap_response(&pair.card, span_of(NULL, 0), SW_OK, &w));
    assert_int_equal(w.n, 8);
    end_pair(&pair);
}

static void test_commands_without_data_count_but_are_not_encrypted(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC | SCP03_C_DECRYPTION);
    const struct apdu_command without = {.cla = 0x80, .ins = 0xF2, .ne = 256};
    const struct apdu_command with = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 16)};
    command_round_trip(&pair, &without);
    assert_span_hex(span_of(pair.card.counter, 16), "00000000000000000000000000000001");
    const struct span apdu = wrap(&pair.host, &with);
    assert_int_equal(apdu.n, 5 + 32 + 8);
    assert_span_hex(span_of(pair.host.counter, 16), "00000000000000000000000000000002");
    end_pair(&pair);
}

// --- What must be refused --------------------------------------------------------------------------------

static bool is_zero(const void *p, size_t n)
{
    const uint8_t *bytes = p;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void test_every_flipped_bit_of_a_command_ends_the_session(void **state)
{
    (void)state;
    static const uint8_t mac_levels[] = {SCP03_C_MAC, SCP03_C_MAC | SCP03_C_DECRYPTION};
    for (size_t i = 0; i < sizeof mac_levels; i++) {
        struct pair pair;
        start_pair(&pair, SCP03_S8, mac_levels[i]);
        const struct apdu_command sent = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 20)};
        uint8_t apdu[64];
        const size_t n = wrap(&pair.host, &sent).n;
        memcpy(apdu, wire, n);
        end_pair(&pair);
        for (size_t bit = 0; bit < n * 8; bit++) {
            start_pair(&pair, SCP03_S8, mac_levels[i]);
            apdu[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct apdu_command command;
            struct apdu_command plain;
            if (apdu_parse(span_of(apdu, n), &command)) {
                assert_false(scp03_unwrap_command(&pair.card, &command, opened, &plain));
                assert_true(is_zero(&pair.card, sizeof pair.card));
                assert_true(is_zero(&plain, sizeof plain));
            }
            apdu[bit / 8] ^= (uint8_t)(1 << bit % 8);
            end_pair(&pair);
        }
    }
}

static void test_command_cut_at_each_byte_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S16, SCP03_LEVEL_FULL);
    const struct apdu_command sent = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 20)};
    struct apdu_command whole;
    assert_true(apdu_parse(wrap(&pair.host, &sent), &whole));
    end_pair(&pair);
    for (size_t n = 0; n < whole.data.n; n++) {
        start_pair(&pair, SCP03_S16, SCP03_LEVEL_FULL);
        struct apdu_command cut = whole;
        struct apdu_command plain;
        cut.data.n = n;
        assert_false(scp03_unwrap_command(&pair.card, &cut, opened, &plain));
        end_pair(&pair);
    }
}

static void test_every_flipped_bit_and_cut_of_a_response_ends_the_session(void **state)
{
    (void)state;
    uint8_t response[64];
    for (size_t bit = 0;; bit++) {
        struct pair pair;
        start_pair(&pair, SCP03_S8, SCP03_LEVEL_FULL);
        const struct apdu_command plain = {.cla = 0x80, .ins = 0xCA, .ne = 256};
        command_round_trip(&pair, &plain);
        struct writer w = writer_of(response, sizeof response);
        assert_true(scp03_wrap_response(&pair.card, span_of(content, 20), SW_OK, &w));
        if (bit == w.n * 8) {
            end_pair(&pair);
            return;
        }
        response[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct writer received = writer_of(opened, sizeof opened);
        const bool cut = bit % 8 == 0; // instead of the flip, once a byte
        if (cut) {
            response[bit / 8] ^= 1;
        }
        const struct span sent = cut ? span_of(response, bit / 8) : writer_span(&w);
        assert_false(scp03_unwrap_response(&pair.host, sent, SW_OK, &received));
        assert_int_equal(received.n, 0);
        assert_true(is_zero(&pair.host, sizeof pair.host));
        end_pair(&pair);
    }
}

static void test_response_under_another_status_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC | SCP03_R_MAC);
    const struct apdu_command plain = {.cla = 0x80, .ins = 0xCA, .ne = 256};
    command_round_trip(&pair, &plain);
    struct writer w = writer_of(wire, sizeof wire);
    struct writer received = writer_of(opened, sizeof opened);
    assert_true(scp03_wrap_response(&pair.card, span_of(content, 20), 0x6310, &w));
    assert_false(scp03_unwrap_response(&pair.host, writer_span(&w), SW_OK, &received));
    end_pair(&pair);
}

static void test_repeated_command_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    const struct apdu_command sent = {.cla = 0x80, .ins = 0xF2};
    struct apdu_command plain;
    const struct span apdu = wrap(&pair.host, &sent);
    assert_true(unwrap(&pair.card, apdu, &plain));
    assert_false(unwrap(&pair.card, apdu, &plain));
    end_pair(&pair);
}

// A command without data, its C-MAC made right for whatever the class byte says; first of its session.
static struct apdu_command with_right_mac(const struct scp03_session *session, uint8_t cla, uint8_t mac[16])
{
    const uint8_t chained[16 + 5] = {[16] = cla, [17] = 0xF2, [20] = 8};
    const struct span part = span_of(chained, sizeof chained);
    assert_true(crypto_cmac(&session->mac, &part, 1, mac));
    return (struct apdu_command){.cla = cla, .ins = 0xF2, .data = span_of(mac, 8)};
}

static void test_class_and_level_must_agree(void **state)
{
    (void)state;
    static const struct {
        uint8_t level, cla;
        bool accepted;
    } cases[] = {{0x01, 0x84, true},  {0x01, 0x04, true},  {0x01, 0x80, false}, {0x01, 0x8C, false},
                 {0x01, 0x88, false}, {0x01, 0xC4, false}, {0x33, 0x84, true},  {0x33, 0x00, false},
                 {0x00, 0x80, true},  {0x00, 0x84, false}, {0x00, 0x8C, false}, {0x00, 0xC0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair pair;
        start_pair(&pair, SCP03_S8, cases[i].level);
        uint8_t mac[16];
        const struct apdu_command command = with_right_mac(&pair.host, cases[i].cla, mac);
        struct apdu_command plain;
        assert_int_equal(scp03_unwrap_command(&pair.card, &command, opened, &plain), cases[i].accepted);
        end_pair(&pair);
    }
}

static void test_wrong_padding_under_a_right_mac_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    // The host sends plain blocks, the card decrypts them to something without padding.
    const struct apdu_command blocks = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 32)};
    struct apdu_command plain;
    assert_true(scp03_set_level(&pair.card, SCP03_C_MAC | SCP03_C_DECRYPTION));
    assert_false(unwrap(&pair.card, wrap(&pair.host, &blocks), &plain));
    end_pair(&pair);
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    const struct apdu_command no_block = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 31)};
    assert_true(scp03_set_level(&pair.card, SCP03_C_MAC | SCP03_C_DECRYPTION));
    assert_false(unwrap(&pair.card, wrap(&pair.host, &no_block), &plain));
    end_pair(&pair);
}

static void test_what_cannot_be_wrapped_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pair pair;
        start_pair(&pair, modes[i], SCP03_LEVEL_FULL);
        struct apdu_command plain = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 100), .ne = 256};
        const size_t needed = 4 + 1 + 112 + (size_t)modes[i] + 1;
        for (size_t capacity = 0; capacity < needed; capacity++) {
            struct writer w = writer_of(wire, capacity);
            assert_false(scp03_wrap_command(&pair.host, &plain, &w));
            assert_true(w.overflow);
        }
        struct writer w = writer_of(wire, sizeof wire);
        plain.data.n = APDU_EXTENDED_LC_MAX;
        assert_false(scp03_wrap_command(&pair.host, &plain, &w));
        plain.data.n = 1;
        static const uint8_t classes[] = {0x84, 0x8C, 0x88, 0xC0, 0x40};
        for (size_t j = 0; j < sizeof classes; j++) {
            plain.cla = classes[j];
            assert_false(scp03_wrap_command(&pair.host, &plain, &w));
        }
        assert_int_equal(w.n, 0);
        plain.cla = 0x80;
        command_round_trip(&pair, &plain);
        for (size_t capacity = 0; capacity < 112 + (size_t)modes[i]; capacity++) {
            w = writer_of(wire, capacity);
            assert_false(scp03_wrap_response(&pair.card, span_of(content, 100), SW_OK, &w));
        }
        response_round_trip(&pair, span_of(content, 100), SW_OK);
        end_pair(&pair);
    }
}

// --- Sessions and keys -----------------------------------------------------------------------------------

static void test_only_six_levels_exist(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    for (unsigned level = 0; level <= 0xFF; level++) {
        const bool exists = memchr(levels, (int)level, sizeof levels) != NULL;
        assert_int_equal(scp03_set_level(&pair.card, (uint8_t)level), exists);
        assert_true(!exists || pair.card.level == level);
    }
    end_pair(&pair);
    assert_false(scp03_set_level(&pair.card, SCP03_C_MAC));
}

static void test_ended_session_is_wiped_and_refuses_everything(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_LEVEL_FULL);
    end_pair(&pair);
    assert_true(is_zero(&pair, sizeof pair));
    const struct apdu_command command = {.cla = 0x80};
    struct apdu_command plain;
    struct writer w = writer_of(wire, sizeof wire);
    uint8_t cryptograms[2][16];
    assert_false(scp03_wrap_command(&pair.host, &command, &w));
    assert_false(scp03_wrap_response(&pair.host, span_of(NULL, 0), SW_OK, &w));
    assert_false(scp03_unwrap_command(&pair.host, &command, opened, &plain));
    assert_false(scp03_unwrap_response(&pair.host, span_of(NULL, 0), SW_OK, &w));
    assert_false(scp03_cryptograms(&pair.host, span_of(content, 8), span_of(content, 8), cryptograms[0],
                                   cryptograms[1]));
}

static void test_challenges_and_keys_of_other_lengths_start_nothing(void **state)
{
    (void)state;
    struct scp03_session session = {0};
    struct scp03_keys keys = keys_of(16);
    for (size_t n = 0; n <= 17; n++) {
        assert_int_equal(scp03_start(&session, &keys, SCP03_S8, span_of(content, n), span_of(content, 8)),
                         n == 8);
        assert_int_equal(scp03_start(&session, &keys, SCP03_S16, span_of(content, 16), span_of(content, n)),
                         n == 16);
    }
    for (size_t n = 0; n <= 40; n++) {
        keys.length = n;
        assert_int_equal(scp03_start(&session, &keys, SCP03_S8, span_of(content, 8), span_of(content, 8)),
                         n == 16 || n == 24 || n == 32);
    }
    assert_false(session.active);
    uint8_t challenge[16];
    const uint8_t counter[3] = {0};
    keys.length = 16;
    assert_false(scp03_card_challenge(&keys, SCP03_S8, counter, span_of(content, 17), challenge));
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

static void test_key_data_is_encrypted_under_the_dek_in_whole_blocks(void **state)
{
    (void)state;
    struct scp03_keys keys = keys_of(32);
    uint8_t encrypted[64];
    uint8_t data[64];
    assert_true(scp03_encrypt_key_data(&keys, span_of(content, 48), encrypted));
    struct crypto_cipher_key dek;
    uint8_t first[16];
    assert_true(crypto_cipher_load(&dek, CRYPTO_AES, span_of(keys.dek, 32)));
    assert_true(crypto_cipher_encrypt_block(&dek, content, first)); // IV 0
    crypto_cipher_release(&dek);
    assert_memory_equal(encrypted, first, 16);
    assert_true(scp03_decrypt_key_data(&keys, span_of(encrypted, 48), data));
    assert_memory_equal(data, content, 48);
    assert_false(scp03_encrypt_key_data(&keys, span_of(content, 47), encrypted));
    assert_false(scp03_decrypt_key_data(&keys, span_of(encrypted, 17), data));
    keys.length = 33;
    assert_false(scp03_encrypt_key_data(&keys, span_of(content, 48), encrypted));
}

static void test_derivation_says_its_length_and_counts_blocks(void **state)
{
    (void)state;
    struct crypto_cipher_key key;
    uint8_t whole[48];
    uint8_t part[48];
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, span_of(content, 16)));
    assert_true(scp03_kdf(&key, 0x04, span_of(content, 16), whole, 48));
    assert_true(scp03_kdf(&key, 0x04, span_of(content, 16), part, 32));
    assert_memory_not_equal(whole, part, 16); // L is part of what is derived from
    assert_memory_not_equal(whole, whole + 16, 16);
    assert_false(scp03_kdf(&key, 0x04, span_of(content, 16), wire, 8192));
    crypto_cipher_release(&key);
}

int main(void)
{
    for (size_t i = 0; i < sizeof content; i++) {
        content[i] = (uint8_t)(i * 7 + 1);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card_challenge_is_that_of_the_transcript),
        cmocka_unit_test(test_commands_and_responses_are_those_of_the_transcript),
        cmocka_unit_test(test_long_mode_has_sixteen_bytes_everywhere),
        cmocka_unit_test(test_everything_arrives_as_sent_at_every_level),
        cmocka_unit_test(test_bytes_are_wrapped_and_unwrapped_where_they_lie),
        cmocka_unit_test(test_errors_carry_neither_data_nor_protection),
        cmocka_unit_test(test_response_to_external_authenticate_is_not_protected),
        cmocka_unit_test(test_commands_without_data_count_but_are_not_encrypted),
        cmocka_unit_test(test_every_flipped_bit_of_a_command_ends_the_session),
        cmocka_unit_test(test_command_cut_at_each_byte_is_refused),
        cmocka_unit_test(test_every_flipped_bit_and_cut_of_a_response_ends_the_session),
        cmocka_unit_test(test_response_under_another_status_is_refused),
        cmocka_unit_test(test_repeated_command_is_refused),
        cmocka_unit_test(test_class_and_level_must_agree),
        cmocka_unit_test(test_wrong_padding_under_a_right_mac_is_refused),
        cmocka_unit_test(test_what_cannot_be_wrapped_changes_nothing),
        cmocka_unit_test(test_only_six_levels_exist),
        cmocka_unit_test(test_ended_session_is_wiped_and_refuses_everything),
        cmocka_unit_test(test_challenges_and_keys_of_other_lengths_start_nothing),
        cmocka_unit_test(test_check_values_are_those_of_the_transcript),
        cmocka_unit_test(test_key_data_is_encrypted_under_the_dek_in_whole_blocks),
        cmocka_unit_test(test_derivation_says_its_length_and_counts_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
