// The issuer learns which card a phone was bound to, by the key that EF.ChipSecurity certifies for this chip
// alone; and believes no file that says something else.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/core/objects.h"
#include "card/wire/lds.h"
#include "card/wire/security_infos.h"
#include "card/wire/status_word.h"
#include "tests/e2e/binding_ends.h"
#include "tests/unit/unit.h"

enum { INS_READ_BINARY = 0xB0, SFI_CHIP_SECURITY = 0x1B, FILE_MAX = 4096, OTHER_KEY_ID = 3 };

static struct span own_key(void)
{
    return span_of(stage.card->issued.document.own_chip_point, crypto_curve_point_length(CRYPTO_P256));
}

static struct span generation_key(void)
{
    return span_of(stage.card->issued.document.generation_point, crypto_curve_point_length(CRYPTO_P256));
}

// --- What stands on the card -------------------------------------------------------------------------------------

static size_t chip_security_on_card(uint8_t bytes[FILE_MAX])
{
    size_t n = 0;
    struct store *store = &stage.card->issued.fixture.card.store;
    assert_int_equal(store_length(store, OBJECT_MF_FILES + SFI_CHIP_SECURITY, &n), STORE_OK);
    assert_in_range(n, 1, FILE_MAX);
    assert_int_equal(store_read(store, OBJECT_MF_FILES + SFI_CHIP_SECURITY, 0, bytes, n), STORE_OK);
    return n;
}

static void replace_chip_security(struct span file)
{
    struct store *store = &stage.card->issued.fixture.card.store;
    assert_int_equal(store_begin(store), STORE_OK);
    document_put_file(&stage.card->issued.fixture, &mf_applet, FID_CHIP_SECURITY, file);
    assert_int_equal(store_commit(store), STORE_OK);
}

// One key of Chip Authentication.
struct key_info {
    struct span point;
    int key_id;
};

// A file with these keys, up to the first without a point, signed by the issuer of `signer`.
static struct span signed_as(struct issued_card *signer, struct span content_type,
                             const struct key_info *keys)
{
    static uint8_t infos[1024], bytes[FILE_MAX];
    struct writer w = writer_of(infos, sizeof infos), file = writer_of(bytes, sizeof bytes);
    put_chip_authentication_info(&w, SUITE_AES_CBC_CMAC_128, 2, DOCUMENT_CHIP_KEY_ID);
    for (; keys->point.n > 0; keys++) {
        put_chip_authentication_key_info(&w, CRYPTO_P256, keys->point, keys->key_id);
    }
    assert_false(w.overflow);
    issued_card_sign_infos(signer, content_type, writer_span(&w), &file);
    return writer_span(&file);
}

static struct span chip_security_of(struct issued_card *signer, const struct key_info *keys)
{
    return signed_as(signer, OID_SECURITY_OBJECT, keys);
}

// --- Sessions ----------------------------------------------------------------------------------------------------

static void expect_learned(const struct jumin_authenticator_options *options)
{
    struct ends ends;
    struct jumin_binding binding;
    ends_open(&ends, 0, options);
    ends_run(&ends, no_meddler);
    if (ends.phone != JUMIN_OK || ends.server != JUMIN_OK) {
        fail_msg("phone: %s; server: %s", jumin_pipe_detail(ends.pipe),
                 jumin_authenticator_detail(ends.authenticator));
    }
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    assert_int_equal(binding.counter, 1);
    assert_int_equal(binding.chip_key_length, own_key().n);
    assert_memory_equal(binding.chip_key, own_key().p, own_key().n);
    assert_int_equal(binding.chip_key[0], 0x04);
    assert_int_equal(binding.portrait_length,
                     options->portrait > 0 ? stage.card->issued.lengths[2] : (size_t)0);
    ends_close(&ends);
}

static void expect_refused(const struct jumin_authenticator_options *options, enum jumin_error error)
{
    struct ends ends;
    struct jumin_binding binding;
    ends_open(&ends, 0, options);
    ends_run(&ends, no_meddler);
    if (ends.server != error) {
        fail_msg("%s: %s", jumin_error_name(ends.server), jumin_authenticator_detail(ends.authenticator));
    }
    assert_non_null(strstr(jumin_authenticator_detail(ends.authenticator), "EF.ChipSecurity"));
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_ERROR_ARGUMENT);
    assert_false(jumin_pipe_finished(ends.pipe));
    ends_close(&ends);
}

static void expect_file_refused(struct span file, enum jumin_error error)
{
    const struct jumin_authenticator_options options = usual_options();
    replace_chip_security(file);
    expect_refused(&options, error);
}

// --- Which card it is --------------------------------------------------------------------------------------------

static void test_issuer_learns_the_key_of_the_card(void **state)
{
    (void)state;
    struct jumin_authenticator_options options = usual_options();
    expect_learned(&options);
    options.portrait = 0;
    expect_learned(&options);
    stage.card->issued.limits = (struct jumin_limits){.command_max = 261, .response_max = 258};
    expect_learned(&options);
    options.portrait = 6000;
    expect_learned(&options);
}

static void test_file_may_be_as_long_as_was_asked_for(void **state)
{
    (void)state;
    uint8_t bytes[FILE_MAX];
    struct jumin_authenticator_options options = usual_options();
    struct jumin_authenticator *authenticator = NULL;
    options.chip_security = chip_security_on_card(bytes);
    expect_learned(&options);
    options.chip_security--;
    expect_refused(&options, JUMIN_ERROR_MALFORMED);
    options.chip_security = 32767;
    expect_learned(&options);
    options.chip_security = 32768;
    assert_int_equal(jumin_authenticator_new(&authenticator, &options), JUMIN_ERROR_ARGUMENT);
    assert_null(authenticator);
}

static void test_issuer_that_does_not_ask_learns_nothing(void **state)
{
    (void)state;
    struct ends ends;
    struct jumin_binding binding;
    struct jumin_authenticator_options options = usual_options();
    options.chip_security = 0;
    ends_open(&ends, 0, &options);
    ends_run(&ends, no_meddler);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    assert_null(binding.chip_key);
    assert_int_equal(binding.chip_key_length, 0);
    ends_close(&ends);
}

// --- The right ---------------------------------------------------------------------------------------------------

static void test_card_is_asked_for_both_rights_and_no_other(void **state)
{
    (void)state;
    const struct asked_rights asked = rights_asked_for();
    assert_int_equal(asked.authorization, right_of(RIGHT_PRIVILEGED_TERMINAL));
    assert_int_equal(asked.extensions, right_of(RIGHT_PROVISION_PHONE));
}

static void expect_refused_at_once(rights granted, const char *missing)
{
    struct ends ends;
    struct jumin_authenticator_options options = usual_options();
    struct jumin_terminal *terminal = eid_card_terminal(stage.card, &stage.card->chain, granted);
    options.terminal = terminal;
    ends_open(&ends, 0, &options);
    stage.card->issued.commands = 0;
    ends_run(&ends, no_meddler);
    assert_int_equal(ends.server, JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(jumin_authenticator_detail(ends.authenticator), missing));
    assert_int_equal(stage.card->issued.commands, 0);
    ends_close(&ends);
    jumin_terminal_free(terminal);
}

static void test_terminal_without_either_right_is_refused_at_once(void **state)
{
    (void)state;
    expect_refused_at_once(right_of(RIGHT_PROVISION_PHONE), "the right of a privileged terminal");
    expect_refused_at_once(right_of(RIGHT_PRIVILEGED_TERMINAL), "the right to provision a phone");
    expect_refused_at_once(0, "the right to provision a phone");
    assert_nothing_is_bound();
}

// --- Files that name no card -------------------------------------------------------------------------------------

// What was refused is only the answer: the same phone comes again, and is the same binding.
static void test_card_without_the_file_has_bound_the_phone_all_the_same(void **state)
{
    (void)state;
    uint8_t thumbprint[BINDING_THUMBPRINT];
    const struct jumin_authenticator_options options = usual_options();
    struct store *store = &stage.card->issued.fixture.card.store;
    assert_int_equal(store_delete(store, OBJECT_MF_FILES + SFI_CHIP_SECURITY), STORE_OK);
    expect_refused(&options, JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(binding_on_card(thumbprint), 1);
    expect_refused(&options, JUMIN_ERROR_NO_SUCH_FILE);
    stage.chip_security = 0;
    assert_int_equal(bind_phone(0), 1);
}

static void test_file_must_be_signed_by_a_trusted_signer(void **state)
{
    (void)state;
    static struct issued_card other;
    static const uint8_t unsigned_file[] = {0x30, 0x03, 0x02, 0x01, 0x05};
    uint8_t thumbprint[BINDING_THUMBPRINT], bytes[FILE_MAX];
    const struct key_info keys[] = {
        {generation_key(), DOCUMENT_KEY_ID}, {own_key(), DOCUMENT_CHIP_KEY_ID}, {{NULL, 0}, 0}};
    const size_t n = chip_security_on_card(bytes);
    issued_card_start(&other, &document_usual, 1000, 2);
    expect_file_refused(chip_security_of(&other, keys), JUMIN_ERROR_SIGNER_UNKNOWN);
    issued_card_stop(&other);
    expect_file_refused(signed_as(&stage.card->issued, OID_LDS_SECURITY_OBJECT, keys), JUMIN_ERROR_MALFORMED);
    expect_file_refused(span_of(unsigned_file, sizeof unsigned_file), JUMIN_ERROR_MALFORMED);
    bytes[n - 1] ^= 1; // of the signature
    expect_file_refused(span_of(bytes, n), JUMIN_ERROR_SIGNATURE);
    expect_file_refused(span_of(bytes, n - 1), JUMIN_ERROR_MALFORMED);
    assert_int_equal(binding_on_card(thumbprint), 1);
    replace_chip_security(chip_security_of(&stage.card->issued, keys));
    const struct jumin_authenticator_options options = usual_options();
    expect_learned(&options);
}

static void test_file_must_hold_one_key_of_the_cards_own(void **state)
{
    (void)state;
    uint8_t other[JUMIN_DEVICE_KEY];
    phone_key(0, other);
    const struct key_info generation = {generation_key(), DOCUMENT_KEY_ID},
                          own = {own_key(), DOCUMENT_CHIP_KEY_ID},
                          second = {span_of(other, sizeof other), OTHER_KEY_ID}, end = {{NULL, 0}, 0};
    const struct key_info none[] = {generation, end}, two[] = {generation, own, second, end};
    const struct key_info same_point[] = {generation, {generation_key(), OTHER_KEY_ID}, end};
    const struct key_info same_id[] = {generation, {own_key(), DOCUMENT_KEY_ID}, end};
    expect_file_refused(chip_security_of(&stage.card->issued, none), JUMIN_ERROR_NOT_SUPPORTED);
    expect_file_refused(chip_security_of(&stage.card->issued, two), JUMIN_ERROR_NOT_SUPPORTED);
    expect_file_refused(chip_security_of(&stage.card->issued, same_point), JUMIN_ERROR_NOT_SUPPORTED);
    expect_file_refused(chip_security_of(&stage.card->issued, same_id), JUMIN_ERROR_NOT_SUPPORTED);
}

static void test_file_must_repeat_the_key_that_the_chip_has_proven(void **state)
{
    (void)state;
    uint8_t other[JUMIN_DEVICE_KEY];
    phone_key(0, other);
    const struct key_info own = {own_key(), DOCUMENT_CHIP_KEY_ID}, end = {{NULL, 0}, 0};
    const struct key_info missing[] = {own, end};
    const struct key_info wrong_point[] = {{span_of(other, sizeof other), DOCUMENT_KEY_ID}, own, end};
    const struct key_info wrong_id[] = {{generation_key(), OTHER_KEY_ID}, own, end};
    expect_file_refused(chip_security_of(&stage.card->issued, missing), JUMIN_ERROR_OTHER_CARD);
    expect_file_refused(chip_security_of(&stage.card->issued, wrong_point), JUMIN_ERROR_OTHER_CARD);
    expect_file_refused(chip_security_of(&stage.card->issued, wrong_id), JUMIN_ERROR_OTHER_CARD);
}

// --- What a card says in place of the file -----------------------------------------------------------------------

static uint16_t status_instead;
static size_t bytes_instead;

static bool answer_read(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    static const uint8_t zeros[2048];
    if (!card->fixture.card.security.achieved.chip_authenticated || command->ins != INS_READ_BINARY ||
        command->p1 != (0x80 | SFI_CHIP_SECURITY)) {
        return false;
    }
    issued_card_answer(card, command, span_of(zeros, bytes_instead), status_instead, response);
    return true;
}

static void test_refusals_of_the_card_are_told(void **state)
{
    (void)state;
    static const struct {
        uint16_t status;
        size_t n;
        enum jumin_error error;
    } answers[] = {{SW_SECURITY_STATUS_NOT_SATISFIED, 0, JUMIN_ERROR_ACCESS_DENIED},
                   {SW_FILE_NOT_FOUND, 0, JUMIN_ERROR_NO_SUCH_FILE},
                   {SW_MEMORY_FAILURE, 0, JUMIN_ERROR_STATUS},
                   {SW_END_OF_FILE, 0, JUMIN_ERROR_MALFORMED},
                   {SW_OK, 1025, JUMIN_ERROR_MALFORMED}};
    struct jumin_authenticator_options options = usual_options();
    options.chip_security = 1024; // one read
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        status_instead = answers[i].status;
        bytes_instead = answers[i].n;
        stage.card->issued.lie = answer_read;
        expect_refused(&options, answers[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_issuer_learns_the_key_of_the_card, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_file_may_be_as_long_as_was_asked_for, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_issuer_that_does_not_ask_learns_nothing, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_card_is_asked_for_both_rights_and_no_other, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_terminal_without_either_right_is_refused_at_once,
                                        binding_start_naming, binding_stop),
        cmocka_unit_test_setup_teardown(test_card_without_the_file_has_bound_the_phone_all_the_same,
                                        binding_start_naming, binding_stop),
        cmocka_unit_test_setup_teardown(test_file_must_be_signed_by_a_trusted_signer, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_file_must_hold_one_key_of_the_cards_own, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_file_must_repeat_the_key_that_the_chip_has_proven,
                                        binding_start_naming, binding_stop),
        cmocka_unit_test_setup_teardown(test_refusals_of_the_card_are_told, binding_start_naming,
                                        binding_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
