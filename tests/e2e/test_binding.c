// A phone is bound to a card by the issuer's server, through the phone: who is, who is refused, and a tag
// that leaves.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/document.h"
#include "tests/e2e/binding_ends.h"
#include "tests/unit/unit.h"

// --- Honest phones -----------------------------------------------------------------------------------------------

static void test_phone_is_bound_and_the_portrait_read(void **state)
{
    (void)state;
    struct ends ends;
    struct jumin_binding binding;
    uint8_t key[JUMIN_DEVICE_KEY], thumbprint[JUMIN_DEVICE_THUMBPRINT], on_card[BINDING_THUMBPRINT];
    const struct jumin_authenticator_options options = usual_options();
    ends_open(&ends, 0, &options);
    ends_run(&ends, no_meddler);
    assert_int_equal(ends.phone, JUMIN_OK);
    assert_int_equal(ends.server, JUMIN_OK);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    phone_key(0, key);
    assert_int_equal(jumin_device_thumbprint(key, thumbprint), JUMIN_OK);
    assert_memory_equal(binding.thumbprint, thumbprint, sizeof thumbprint);
    assert_int_equal(binding.counter, 1);
    assert_int_equal(binding_on_card(on_card), 1);
    assert_memory_equal(on_card, thumbprint, sizeof thumbprint);
    assert_int_equal(binding.portrait_length, stage.card->issued.lengths[2]);
    assert_memory_equal(binding.portrait, stage.card->issued.files[2], binding.portrait_length);
    ends_close(&ends);
}

static void test_same_phone_again_is_the_same_binding(void **state)
{
    (void)state;
    assert_int_equal(bind_phone(0), 1);
    assert_int_equal(bind_phone(0), 1);
}

static void test_second_phone_ends_the_first(void **state)
{
    (void)state;
    uint8_t thumbprint[BINDING_THUMBPRINT], expected[JUMIN_DEVICE_THUMBPRINT], key[JUMIN_DEVICE_KEY];
    assert_int_equal(bind_phone(0), 1);
    assert_int_equal(bind_phone(1), 2);
    phone_key(1, key);
    assert_int_equal(jumin_device_thumbprint(key, expected), JUMIN_OK);
    assert_int_equal(binding_on_card(thumbprint), 2);
    assert_memory_equal(thumbprint, expected, sizeof thumbprint);
    assert_int_equal(bind_phone(0), 3);
}

static void test_short_apdus_will_do(void **state)
{
    (void)state;
    stage.card->issued.limits = (struct jumin_limits){.command_max = 261, .response_max = 258};
    assert_int_equal(bind_phone(0), 1);
}

static void test_portrait_may_stay_on_the_card(void **state)
{
    (void)state;
    struct ends ends;
    struct jumin_binding binding;
    struct jumin_authenticator_options options = usual_options();
    options.portrait = 0;
    ends_open(&ends, 0, &options);
    ends_run(&ends, no_meddler);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    assert_null(binding.portrait);
    ends_close(&ends);
}

// --- Who is refused ----------------------------------------------------------------------------------------------

static bool attested_by_nobody(void *context, const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation,
                               size_t n, char why[JUMIN_ATTESTATION_WHY])
{
    (void)key;
    (void)why;
    assert_int_equal(n, 8);
    assert_memory_equal(attestation, "attested", n);
    ++*(unsigned *)context;
    return false;
}

static void expect_unbound(const struct jumin_authenticator_options *options, enum jumin_error error)
{
    expect_server_error(options, no_meddler, error);
    assert_nothing_is_bound();
}

static void test_phone_without_attestation_is_refused(void **state)
{
    (void)state;
    unsigned asked = 0;
    struct jumin_authenticator_options options = usual_options();
    options.attested = attested_by_nobody;
    options.context = &asked;
    expect_unbound(&options, JUMIN_ERROR_CERTIFICATE);
    assert_int_equal(asked, 1);
}

static void test_card_of_another_issuer_is_refused(void **state)
{
    (void)state;
    struct jumin_trust *nobody = NULL;
    struct jumin_authenticator_options options = usual_options();
    assert_int_equal(jumin_trust_new(&nobody), JUMIN_OK);
    options.trust = nobody;
    expect_unbound(&options, JUMIN_ERROR_SIGNER_UNKNOWN);
    jumin_trust_free(nobody);
}

static void test_card_of_a_revoked_signer_is_refused(void **state)
{
    (void)state;
    const struct jumin_authenticator_options options = usual_options();
    issued_card_revoke_signer(&stage.card->issued);
    expect_unbound(&options, JUMIN_ERROR_REVOKED);
}

static void test_terminal_without_the_right_binds_nothing(void **state)
{
    (void)state;
    struct jumin_authenticator_options options = usual_options();
    struct jumin_terminal *store = eid_card_terminal(stage.card, &stage.card->chain, STORE_RIGHTS);
    options.terminal = store;
    expect_unbound(&options, JUMIN_ERROR_NOT_AUTHORIZED);
    jumin_terminal_free(store);
}

static void test_pin_is_needed(void **state)
{
    (void)state;
    struct ends ends;
    const struct jumin_authenticator_options options = usual_options();
    assert_int_equal(jumin_reader_set_password(stage.reader, JUMIN_PASSWORD_CAN, DOCUMENT_CAN), JUMIN_OK);
    ends_open(&ends, 0, &options);
    ends_run(&ends, no_meddler);
    assert_int_equal(ends.phone, JUMIN_ERROR_ARGUMENT);
    ends_close(&ends);
    assert_nothing_is_bound();
}

static void test_wrong_pin_is_told(void **state)
{
    (void)state;
    struct ends ends;
    const struct jumin_authenticator_options options = usual_options();
    assert_int_equal(jumin_reader_set_password(stage.reader, JUMIN_PASSWORD_PIN, "999999"), JUMIN_OK);
    ends_open(&ends, 0, &options);
    ends_run(&ends, no_meddler);
    assert_int_equal(ends.phone, JUMIN_ERROR_WRONG_PASSWORD);
    ends_close(&ends);
}

// --- A tag that leaves -------------------------------------------------------------------------------------------

static void test_tag_lost_at_every_apdu_binds_once(void **state)
{
    (void)state;
    unsigned lost = 0;
    uint32_t before = 0;
    for (unsigned at = 1;; at++) {
        struct ends ends;
        uint8_t thumbprint[BINDING_THUMBPRINT];
        const struct jumin_authenticator_options options = usual_options();
        stage.card->issued.commands = 0;
        stage.card->issued.remove_before = at;
        ends_open(&ends, 0, &options);
        ends_run(&ends, no_meddler);
        const bool removed = stage.card->issued.remove_before == 0;
        ends_close(&ends);
        const uint32_t now = binding_on_card(thumbprint);
        assert_true(now == before || now == before + 1);
        assert_true(now <= 1);
        before = now;
        if (!removed) {
            break;
        }
        assert_int_equal(ends.phone, JUMIN_ERROR_CARD_REMOVED);
        lost++;
    }
    stage.card->issued.remove_before = 0;
    assert_true(lost > 15);
    assert_int_equal(bind_phone(0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_phone_is_bound_and_the_portrait_read, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_same_phone_again_is_the_same_binding, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_second_phone_ends_the_first, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_short_apdus_will_do, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_portrait_may_stay_on_the_card, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_phone_without_attestation_is_refused, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_card_of_another_issuer_is_refused, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_card_of_a_revoked_signer_is_refused, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_terminal_without_the_right_binds_nothing, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_pin_is_needed, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_wrong_pin_is_told, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_tag_lost_at_every_apdu_binds_once, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_tag_lost_at_every_apdu_binds_once, binding_start_naming,
                                        binding_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
