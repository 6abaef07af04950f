// A phone is bound to a card of every profile that ships; and which cipher protects what the issuer says to
// the card, whatever the phone has opened it with.
// SPDX-License-Identifier: Apache-2.0
#include "card/core/objects.h"
#include "card/core/private_key.h"
#include "card/wire/oid.h"
#include "host/mobile/binding_messages.h"
#include "tests/e2e/card_link.h"
#include "tests/e2e/eid_card.h"
#include "tests/e2e/specimen.h"
#include "tests/unit/unit.h"
#include <jumin/binding.h>

enum { PORTRAIT_MAX = 32767, CHIP_SECURITY_MAX = 8192 };

static struct {
    struct card_link link;
    struct jumin_transport *transport;
    struct jumin_pki *pki;
    struct jumin_trust *trust;
    struct eac_chain chain;
    struct jumin_terminal *issuer;
    struct jumin_reader *reader;
} stage;

// A card of the profile, and a phone that has its PIN.
static void issue(const char *profile)
{
    const char *text = jumin_profile_text(profile);
    struct jumin_order *order = specimen_order();
    struct jumin_perso *perso = specimen_perso(stage.transport, stage.pki);
    assert_int_equal(jumin_order_set_profile(order, text, strlen(text)), JUMIN_OK);
    if (jumin_perso_issue(perso, order, SPECIMEN_NOW) != JUMIN_OK) {
        fail_msg("%s: %s", profile, jumin_perso_detail(perso));
    }
    jumin_perso_free(perso);
    jumin_order_free(order);
    assert_int_equal(jumin_reader_new(&stage.reader, stage.transport), JUMIN_OK);
    assert_int_equal(jumin_reader_set_password(stage.reader, JUMIN_PASSWORD_PIN, SPECIMEN_PIN), JUMIN_OK);
}

static int start(void **state)
{
    (void)state;
    card_link_start(&stage.link, 1);
    stage.transport = card_link_open(&stage.link);
    stage.pki = specimen_pki(JUMIN_CURVE_P256);
    stage.trust = specimen_trust(stage.pki);
    eac_chain_make(&stage.chain, TERMINAL_AUTHENTICATION);
    stage.issuer = eid_card_terminal(NULL, &stage.chain,
                                     right_of(RIGHT_PROVISION_PHONE) | right_of(RIGHT_PRIVILEGED_TERMINAL));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    jumin_reader_free(stage.reader);
    stage.reader = NULL;
    jumin_terminal_free(stage.issuer);
    eac_chain_release(&stage.chain);
    jumin_trust_free(stage.trust);
    jumin_pki_free(stage.pki);
    jumin_transport_free(stage.transport);
    card_link_stop(&stage.link);
    return 0;
}

static struct jumin_authenticator_options usual_options(void)
{
    return (struct jumin_authenticator_options){
        .terminal = stage.issuer, .trust = stage.trust, .time = SPECIMEN_NOW};
}

// The suite of Chip Authentication that the issuer tells the phone to ask for, and so that of what follows.
static enum secure_messaging_suite suite_of(struct span message)
{
    struct binding_terminal terminal;
    enum secure_messaging_suite suite = SUITE_AES_CBC_CMAC_128;
    struct span session =
        span_of(message.p + 3, BINDING_SESSION); // behind array, number and the string's head
    assert_true(binding_read_terminal(message, session, &terminal));
    assert_true(oid_ca_ecdh_parse(terminal.chip_mechanism, &suite));
    return suite;
}

// The key that this card has made for itself, as it stands in its store.
static void own_key(uint8_t point[CRYPTO_POINT_MAX])
{
    struct card *card = &stage.link.card;
    struct private_key made;
    struct crypto_ec_key key = {0};
    assert_true(private_key_read(card, OBJECT_CHIP_KEY, &made));
    assert_int_equal(made.curve, CRYPTO_P256);
    assert_true(crypto_ec_load_secret(&key, made.curve, span_of(made.secret, crypto_curve_length(made.curve)),
                                      &stage.link.port.random));
    assert_true(crypto_ec_public(&key, point));
    crypto_ec_release(&key);
}

static void expect_own_key(const struct jumin_authenticator_options *options,
                           const struct jumin_binding *binding)
{
    uint8_t point[CRYPTO_POINT_MAX];
    own_key(point);
    assert_int_equal(binding->chip_key_length,
                     options->chip_security > 0 ? crypto_curve_point_length(CRYPTO_P256) : 0);
    assert_memory_equal(binding->chip_key_length > 0 ? binding->chip_key : point, point,
                        binding->chip_key_length);
}

// Binds a phone. The portrait's length, 0 without one.
static size_t bind(const struct jumin_authenticator_options *options, enum secure_messaging_suite *suite)
{
    static const uint8_t generator[] = {
        0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
        0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F,
        0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE,
        0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};
    struct jumin_pipe *pipe = NULL;
    struct jumin_authenticator *authenticator = NULL;
    struct jumin_binding binding;
    const uint8_t *bytes = NULL;
    size_t n = 0;
    assert_int_equal(jumin_pipe_new(&pipe, stage.reader, generator, NULL, 0), JUMIN_OK);
    assert_int_equal(jumin_authenticator_new(&authenticator, options), JUMIN_OK);
    for (size_t number = BINDING_BEGIN; !jumin_pipe_finished(pipe); number += 2) {
        if (jumin_pipe_next(pipe, bytes, n, &bytes, &n) != JUMIN_OK) {
            fail_msg("the phone: %s", jumin_pipe_detail(pipe));
        }
        if (bytes != NULL && jumin_authenticator_next(authenticator, bytes, n, &bytes, &n) != JUMIN_OK) {
            fail_msg("the server: %s", jumin_authenticator_detail(authenticator));
        }
        if (number == BINDING_CARD) {
            *suite = suite_of(span_of(bytes, n));
        }
    }
    assert_int_equal(jumin_authenticator_result(authenticator, &binding), JUMIN_OK);
    assert_int_equal(binding.counter, 1);
    expect_own_key(options, &binding);
    const size_t portrait = binding.portrait_length;
    jumin_pipe_free(pipe);
    jumin_authenticator_free(authenticator);
    return portrait;
}

// --- Every profile -----------------------------------------------------------------------------------------------

static void expect_bound(const char *profile)
{
    const bool has_portrait = strcmp(profile, "key-only") != 0;
    enum secure_messaging_suite suite = SUITE_AES_CBC_CMAC_128;
    struct jumin_authenticator_options options = usual_options();
    options.portrait = has_portrait ? PORTRAIT_MAX : 0;
    options.chip_security = CHIP_SECURITY_MAX;
    issue(profile);
    assert_int_equal(bind(&options, &suite) > 0, has_portrait);
    assert_int_equal(suite, SUITE_AES_CBC_CMAC_256);
}

static void test_phone_is_bound_to_a_card_of_every_profile_which_the_issuer_knows(void **state)
{
    const char *name = NULL;
    for (size_t i = 0; (name = jumin_profile_name(i)) != NULL; i++) {
        expect_bound(name);
        (void)stop(state);
        (void)start(state);
    }
}

// --- Which cipher ------------------------------------------------------------------------------------------------

// The phone opens a card that offers both ciphers with one of them, and the issuer prefers one, or none.
static enum secure_messaging_suite suite_with(enum jumin_cipher of_phone, enum jumin_cipher of_issuer)
{
    const struct jumin_pace_protocol pace = {.cipher = of_phone};
    struct jumin_authenticator_options options = usual_options();
    enum secure_messaging_suite suite = SUITE_AES_CBC_CMAC_128;
    options.cipher = of_issuer;
    options.portrait = PORTRAIT_MAX;
    assert_int_equal(jumin_reader_set_pace(stage.reader, &pace), JUMIN_OK);
    assert_true(bind(&options, &suite) > 0);
    return suite;
}

static void test_cipher_of_the_channel_is_the_issuers_and_not_the_phones(void **state)
{
    (void)state;
    static const enum jumin_cipher phones[] = {JUMIN_CIPHER_AES, JUMIN_CIPHER_ARIA};
    issue("resident-kr");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(suite_with(phones[i], JUMIN_CIPHER_ANY), SUITE_AES_CBC_CMAC_256);
        assert_int_equal(suite_with(phones[i], JUMIN_CIPHER_AES), SUITE_AES_CBC_CMAC_256);
        assert_int_equal(suite_with(phones[i], JUMIN_CIPHER_ARIA), SUITE_ARIA_CBC_CMAC_256);
    }
}

static void test_card_without_the_preferred_cipher_is_bound_with_another(void **state)
{
    (void)state;
    issue("resident");
    assert_int_equal(suite_with(JUMIN_CIPHER_ANY, JUMIN_CIPHER_ARIA), SUITE_AES_CBC_CMAC_256);
}

static void test_cipher_that_version_2_does_not_know_is_refused(void **state)
{
    (void)state;
    struct jumin_authenticator *authenticator = NULL;
    struct jumin_authenticator_options options = usual_options();
    options.cipher = JUMIN_CIPHER_3DES;
    assert_int_equal(jumin_authenticator_new(&authenticator, &options), JUMIN_ERROR_ARGUMENT);
    assert_null(authenticator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_phone_is_bound_to_a_card_of_every_profile_which_the_issuer_knows,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_cipher_of_the_channel_is_the_issuers_and_not_the_phones, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_card_without_the_preferred_cipher_is_bound_with_another, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_cipher_that_version_2_does_not_know_is_refused, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
