// The worked example of TR-03110 for EAC 2 over ECDH, played to the whole card: PACE with the PIN, the
// certificate chain, Terminal Authentication and Chip Authentication, with the published random numbers, keys
// and signatures.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "tests/apdu/eac.h"
#include "tests/unit/cvc_vectors.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;
static struct eac_chain chain;

static const struct pace_protocol protocols[] = {
    {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_BRAINPOOL_P256R1}};
static const enum secure_messaging_suite suites[] = {SUITE_AES_CBC_CMAC_128};

// The CVCA of the example as trust point of authentication terminals, which its DV is; its own certificate
// says "inspection system".
static void put_trust_point(void)
{
    uint8_t bytes[CVC_MAX];
    struct cv_certificate certificate;
    struct imported_key key;
    assert_true(cv_certificate_parse_file(unhex(vector_cvca, bytes, sizeof bytes), &certificate));
    imported_key_take(&key, &certificate, certificate.curve);
    key.authorization.type = TERMINAL_AUTHENTICATION;
    key.authorization.rights = rights_of_type(TERMINAL_AUTHENTICATION);
    assert_int_equal(trust_points_update(&fixture.card.store, &key, certificate.effective), STORE_OK);
}

static int start(void **state)
{
    static uint8_t content[TEST_CERTIFICATE_MAX], trust_point[TEST_CERTIFICATE_MAX];
    uint8_t key[34];
    struct document_profile profile = document_usual;
    struct writer w = writer_of(trust_point, sizeof trust_point);
    (void)state;
    eac_chain_make(&chain, TERMINAL_AUTHENTICATION);
    chain.cvca_plan.effective = 100101;
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&chain.cvca_plan, &chain.cvca, content));
    profile.protocols = protocols;
    profile.protocol_count = 1;
    profile.trust_points[TERMINAL_AUTHENTICATION - TERMINAL_INSPECTION] = writer_span(&w);
    fixture_start(&fixture);
    profile.chip_authentication_2 = suites;
    profile.chip_authentication_2_count = 1;
    document_personalize(&fixture, &profile, &document);
    assert_int_equal(
        document_put(
            &fixture, &mf_applet, DGI_GENERATION_KEY,
            unhex("010D 7984674CF3B3A524BF929CE8A67FCF22173DA0BAD595EED6DEB72D22C542FA9D", key, sizeof key),
            NULL),
        SW_OK);
    put_trust_point();
    terminal_start(&terminal, &fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    eac_chain_release(&chain);
    fixture_stop(&fixture);
    return 0;
}

static uint8_t scripted[64];

static void script(const char *random)
{
    fixture.next_random = unhex(random, scripted, sizeof scripted);
}

// A plain command with what the card's random source gives first, and its answer.
static void expect(const char *command, const char *random, const char *answer)
{
    uint8_t bytes[512];
    script(random);
    fixture_transmit(&fixture, unhex(command, bytes, sizeof bytes));
    assert_span_hex(span_of(fixture.response, fixture.data.n + 2), answer);
    assert_int_equal(fixture.next_random.n, 0);
}

static void take_session(const char *encryption_key, const char *mac_key)
{
    uint8_t encryption[16], mac[16];
    assert_true(sm_start(&terminal.sm, SUITE_AES_CBC_CMAC_128, unhex(encryption_key, encryption, 16),
                         unhex(mac_key, mac, 16)));
}

static void run_pace(void)
{
    expect("0022C1A427 800A04007F00070202040202 830103 84010D 7F4C12 0609 04007F000703010202 5305 3E1FFFFFF7",
           "", "9000");
    expect("10860000027C0000", "7D98C00FC6C9E9543BBF94A87073A123",
           "7C128010 CE834CDE69FFBB1D1EB21585CD709F18 9000");
    expect("1086000045 7C438141 04"
           "3DD29BBE5907FD21A152ADA4895FAAE7ACC55F5E50EFBFDE5AB0C6EB54F198D6"
           "15913635F0FDF5BEB383E00355F82D3C41ED0DF2E28363433DFB73856A15DC9F 00",
           "19C428715663DE745D1824B855D2B967890C99D68ED5FEEE9DCDF8D7BBA289D2",
           "7C438241 04"
           "9CFCF7582AC986D0DD52FA53123414C3E1B96B4D00ABA8E574679B70EFB5BC3B"
           "45D2F13729CC2AE178E7E241B443213533B77DBB44649A815DDC4A2384BA422A 9000");
    expect("1086000045 7C438341 04"
           "518BC4E532AD2A9BD6527804D5D665ABD51041037A0CC8AA922804EB501C222B"
           "3427388599AFAAE9FBACE2DF93E13C3C4979CD12F0AE3E3C0126028391554582 00",
           "15872C56908C144002177994CFAAEDD5467CE150853C44535051FF24183039D8",
           "7C438441 04"
           "282CF38073036AFAC216AF135BD994DA0C357F10BD4C34AFEA1042B2EB0FD680"
           "4DF3658B835AC2E7133F13691184542BB50B109963A4662ABDC08B9763AF4B5B 9000");
    // The trust points' names besides: the example's, and the one that stood there before it.
    expect("008600000C 7C0A8508 A27AE7B36573C1D9 00", "",
           "7C28 8608A2658C2F38600B0F 870D44454356434141543030303031 880D4B524356434141543030303031 9000");
    take_session("68406B4162100563D9C901A6154D2901", "73FF268784F72AF833FDC9464049AFC9");
}

// The command and the answer under secure messaging are published, too.
static void choose_trust_point(void)
{
    uint8_t bytes[128];
    const struct apdu_command command = {.ins = 0x22,
                                         .p1 = 0x81,
                                         .p2 = 0xB6,
                                         .data =
                                             unhex("830D44454356434141543030303031", bytes, sizeof bytes)};
    uint8_t protected[128];
    struct writer w = writer_of(protected, sizeof protected);
    assert_true(sm_protect_command(&terminal.sm, &command, &w));
    assert_span_hex(span_of(protected + 5, 19), "871101 BE90237EEB4BA0FF253EA246AE31C8B8");
    fixture_transmit(&fixture, writer_span(&w));
    assert_span_hex(span_of(fixture.response, fixture.data.n + 2), "99029000 8E08A89570A68664A7D6 9000");
    uint8_t plain[16];
    struct writer opened = writer_of(plain, sizeof plain);
    uint16_t status;
    assert_int_equal(sm_open_response(&terminal.sm, fixture.data, &opened, &status), SM_OK);
}

static void verify(const char *certificate)
{
    uint8_t bytes[CVC_MAX];
    struct span file = unhex(certificate, bytes, sizeof bytes);
    struct tlv object;
    assert_true(tlv_expect(&file, CVC_CERTIFICATE, &object));
    assert_int_equal(eac_verify(&terminal, object.value), SW_OK);
}

#define TERMINAL_POINT_X "5A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799"
#define TERMINAL_POINT_Y "A34EE57EC55268CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F"

static void authenticate_terminal(void)
{
    choose_trust_point();
    verify(vector_dv);
    assert_int_equal(eac_set_dst(&terminal, span_of("DETESTDVDE019", 13)), SW_OK);
    verify(vector_terminal);
    assert_int_equal(
        terminal_send_hex(&terminal, 0x00, 0x22, 0x81, 0xA4,
                          "800A04007F00070202020205 830D44455445535441544445303139 9120" TERMINAL_POINT_X, 0),
        SW_OK);
    script("547E4EAB03B235D2");
    assert_int_equal(terminal_send(&terminal, 0x00, 0x84, 0, 0, span_of(NULL, 0), TA_CHALLENGE), SW_OK);
    assert_span_hex(terminal.data, "547E4EAB03B235D2");
    assert_int_equal(terminal_send_hex(&terminal, 0x00, 0x82, 0, 0,
                                       "81A2D9E5891B86A0F01ADD0341C89D6E9EF3E20C223884F27B2F2040E9721C46"
                                       "C9C3CF7C0EE0A422263BA6F1EAFC693BD8738F34760B5998584F58DD25B8D60D"
                                       "99D7C45957C2E2F10C0E5F91A8DC88BD7CFA33CBF784A9DA83C800324165179D"
                                       "BE71C69B2C0FD811270E436C43278184DDB542142342DBF156E82D2A1BC19085",
                                       0),
                     SW_OK);
}

static void test_card_plays_the_published_example(void **state)
{
    (void)state;
    run_pace();
    authenticate_terminal();
    assert_true(fixture.card.security.achieved.effective == (right_of(RIGHT_CAN_ALLOWED) | right_to_read(1)));

    assert_int_equal(
        terminal_send_hex(&terminal, 0x00, 0x22, 0x41, 0xA4, "800A04007F00070202030202 840101", 0), SW_OK);
    script("4287B3072A3EDC60");
    assert_int_equal(terminal_send_hex(&terminal, 0x00, 0x86, 0, 0,
                                       "7C438041 04" TERMINAL_POINT_X TERMINAL_POINT_Y, LE_ALL),
                     SW_OK);
    assert_span_hex(terminal.data, "7C14 8108 4287B3072A3EDC60 8208 FF0117D68DEE8E72");
    take_session("94ABCD271AB7D9A5590BA52CB518B831", "78B5709E7ABEDB185B424D0EE3A82499");
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, 1), SW_OK);
    assert_false(terminal.answered_plain);
    assert_true(fixture.card.security.achieved.chip_authenticated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_card_plays_the_published_example, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
