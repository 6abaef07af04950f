// Debian's libeac (OpenPACE) as the terminal: PACE-GM and secure messaging against our card (TR-03110-3 §B.1,
// §F). Nothing of card/wire computes on the terminal's side; libeac has OpenSSL behind it, the card mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/document.h"
#include "tests/interop/libeac_terminal.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct document document;
static struct libeac_terminal terminal;

// READ BINARY of EF.CardSecurity, one byte, protected and checked by libeac.
static void read_under_session(void)
{
    const struct apdu_command read = {.ins = 0xB0, .p1 = 0x9D, .ne = 1};
    assert_int_equal(libeac_send(&terminal, &read), SW_OK);
    assert_int_equal(terminal.data.n, 1);
    assert_int_equal(terminal.data.p[0], 0x30);
}

static uint16_t open_card(const struct pace_protocol *protocol, const char *can)
{
    libeac_begin(&terminal, &fixture);
    libeac_set_pace(&terminal, protocol, PACE_PASSWORD_CAN, span_of(NULL, 0));
    return libeac_pace(&terminal, PACE_CAN, can);
}

static void run_on(enum crypto_curve curve)
{
    for (int suite = SUITE_AES_CBC_CMAC_128; suite <= SUITE_AES_CBC_CMAC_256; suite++) {
        const struct pace_protocol protocol = {PACE_ECDH_GM, (enum secure_messaging_suite)suite, curve};
        struct document_profile profile = document_usual;
        profile.protocols = &protocol;
        profile.protocol_count = 1;
        fixture_start(&fixture);
        document_personalize(&fixture, &profile, &document);
        assert_int_equal(open_card(&protocol, "500541"), SW_AUTHENTICATION_FAILED);
        libeac_end(&terminal);
        assert_int_equal(open_card(&protocol, DOCUMENT_CAN), SW_OK);
        read_under_session();
        read_under_session();
        libeac_end(&terminal);
        fixture_stop(&fixture);
    }
}

// A reader that knows nothing of ARIA finds its AES between entries that it does not know.
static void open_between_aria(enum secure_messaging_suite aes)
{
    const struct pace_protocol offered[] = {{PACE_ECDH_GM, SUITE_ARIA_CBC_CMAC_256, CRYPTO_P256},
                                            {PACE_ECDH_GM, aes, CRYPTO_P256},
                                            {PACE_ECDH_GM, SUITE_ARIA_CBC_CMAC_128, CRYPTO_P256}};
    struct document_profile profile = document_usual;
    profile.protocols = offered;
    profile.protocol_count = 3;
    fixture_start(&fixture);
    document_personalize(&fixture, &profile, &document);
    assert_int_equal(open_card(&offered[1], DOCUMENT_CAN), SW_OK);
    read_under_session();
    libeac_end(&terminal);
    fixture_stop(&fixture);
}

static void test_libeac_opens_a_card_that_offers_aria_too(void **state)
{
    (void)state;
    open_between_aria(SUITE_AES_CBC_CMAC_128);
    open_between_aria(SUITE_AES_CBC_CMAC_256);
}

static void test_libeac_opens_the_card_on_p256(void **state)
{
    (void)state;
    run_on(CRYPTO_P256);
}

static void test_libeac_opens_the_card_on_p384(void **state)
{
    (void)state;
    run_on(CRYPTO_P384);
}

static void test_libeac_opens_the_card_on_brainpool_p256r1(void **state)
{
    (void)state;
    run_on(CRYPTO_BRAINPOOL_P256R1);
}

static void test_libeac_opens_the_card_on_brainpool_p384r1(void **state)
{
    (void)state;
    run_on(CRYPTO_BRAINPOOL_P384R1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_libeac_opens_a_card_that_offers_aria_too),
        cmocka_unit_test(test_libeac_opens_the_card_on_p256),
        cmocka_unit_test(test_libeac_opens_the_card_on_p384),
        cmocka_unit_test(test_libeac_opens_the_card_on_brainpool_p256r1),
        cmocka_unit_test(test_libeac_opens_the_card_on_brainpool_p384r1),
    };
    return cmocka_run_group_tests(tests, libeac_start, libeac_stop);
}
