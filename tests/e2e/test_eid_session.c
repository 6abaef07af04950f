// A terminal that the card or its own issuer refuses, signers elsewhere, and a tag that leaves at every APDU
// (TR-03110-2 §3; TR-03105-5.1 units D, E).
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/eid_scene.h"

#include "host/reader/terminal.h"

enum { INS_GET_CHALLENGE = 0x84 };

// --- Terminal Authentication -----------------------------------------------------------------------------------

static bool gives_half_a_challenge(struct issued_card *card, const struct apdu_command *command,
                                   struct writer *response)
{
    if (command->ins != INS_GET_CHALLENGE) {
        return false;
    }
    issued_card_answer(card, command, span_of("\x01\x02\x03\x04", 4), SW_OK, response);
    return true;
}

static void test_short_challenge_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(gives_half_a_challenge, JUMIN_ERROR_MALFORMED);
}

// Makes the terminal's certificates anew after the plan was changed.
static void certify_again(struct scene *scene)
{
    jumin_terminal_free(scene->terminal);
    scene->terminal =
        eid_card_terminal(scene->card, &scene->card->chain, rights_of_type(TERMINAL_AUTHENTICATION));
    scene->request.terminal = scene->terminal;
}

static void test_expired_terminal_is_refused_by_name(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    scene.card->chain.terminal_plan.effective = 250101;
    scene.card->chain.terminal_plan.expiration = 251231;
    certify_again(&scene);
    assert_open_fails(&scene, JUMIN_ERROR_TERMINAL_REFUSED);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "KRTERMAT00001"));
    scene_end(&scene);
}

static void test_expired_document_verifier_is_refused_by_name(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    scene.card->chain.dv_plan.effective = 250101;
    scene.card->chain.dv_plan.expiration = 251231;
    certify_again(&scene);
    assert_open_fails(&scene, JUMIN_ERROR_TERMINAL_REFUSED);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "KRDVAT00001"));
    scene_end(&scene);
}

static void test_chain_that_lacks_its_verifier_leads_nowhere(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    uint8_t buffer[2 * TEST_CERTIFICATE_MAX], secret[CRYPTO_FIELD_MAX];
    struct span chain = eid_card_certificates(&scene.card->chain, buffer);
    struct tlv verifier;
    assert_true(tlv_expect(&chain, CVC_CERTIFICATE, &verifier));
    jumin_terminal_free(scene.terminal);
    assert_true(crypto_ec_secret(&scene.card->chain.terminal.key, secret));
    assert_int_equal(terminal_new_with_key(&scene.terminal, CRYPTO_P256, span_of(secret, 32)), JUMIN_OK);
    assert_int_equal(jumin_terminal_add_certificates(scene.terminal, chain.p, chain.n), JUMIN_OK);
    scene.request.terminal = scene.terminal;
    assert_open_fails(&scene, JUMIN_ERROR_SIGNER_UNKNOWN);
    scene_end(&scene);
}

// The rights that a DV lacks are not granted, whatever the terminal's certificate says.
static void test_rights_are_those_of_the_whole_chain(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    struct jumin_eid_value value;
    scene.card->chain.dv_plan.authorization.rights = right_to_read(EID_DATE_OF_BIRTH);
    certify_again(&scene);
    struct jumin_eid *eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    assert_int_equal(jumin_eid_rights(eid), right_to_read(EID_DATE_OF_BIRTH));
    assert_int_equal(jumin_eid_read(eid, EID_DATE_OF_BIRTH, &value), JUMIN_OK);
    assert_int_equal(jumin_eid_read(eid, EID_FAMILY_NAMES, &value), JUMIN_ERROR_NOT_AUTHORIZED);
    jumin_eid_free(eid);
    scene_end(&scene);
}

static void test_what_the_certificate_lacks_is_refused_before_the_card_is_asked(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    jumin_terminal_free(scene.terminal);
    scene.terminal = eid_card_terminal(scene.card, &scene.card->chain, STORE_RIGHTS);
    scene.request.terminal = scene.terminal;
    scene.request.rights = right_to_read(EID_PLACE_OF_RESIDENCE);
    assert_open_fails(&scene, JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "read-dg17"));
    assert_int_equal(scene.card->issued.commands, 0);
    scene_end(&scene);
}

static void test_terminal_without_the_right_does_not_use_the_can(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    jumin_terminal_free(scene.terminal);
    scene.terminal = eid_card_terminal(scene.card, &scene.card->chain, right_of(RIGHT_AGE_VERIFICATION));
    scene.request.terminal = scene.terminal;
    assert_int_equal(jumin_reader_set_password(scene.reader, JUMIN_PASSWORD_CAN, DOCUMENT_CAN), JUMIN_OK);
    assert_open_fails(&scene, JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "can-allowed"));
    scene_end(&scene);
}

// --- Signers elsewhere -----------------------------------------------------------------------------------------

// A server that has the terminal's key: what it is asked goes to a terminal here.
struct server {
    struct jumin_terminal *terminal;
    struct eid_card *card;
    uint8_t certificates[2 * TEST_CERTIFICATE_MAX];
    struct span chain;
    bool signs_wrongly, is_down;
};

static enum jumin_error server_certificate(void *context, const uint8_t **certificate, size_t *n)
{
    struct server *server = context;
    struct span rest = server->chain;
    struct tlv verifier, own;
    assert_true(tlv_expect(&rest, CVC_CERTIFICATE, &verifier) && tlv_expect(&rest, CVC_CERTIFICATE, &own));
    *certificate = own.whole.p;
    *n = own.whole.n;
    return JUMIN_OK;
}

static enum jumin_error server_chain(void *context, const char *authority, const uint8_t **certificates,
                                     size_t *n)
{
    struct server *server = context;
    return jumin_terminal_chain(server->terminal, authority, certificates, n);
}

static enum jumin_error server_sign(void *context, const uint8_t *message, size_t n, uint8_t *signature,
                                    size_t capacity, size_t *length)
{
    struct server *server = context;
    if (server->is_down) {
        return JUMIN_ERROR_TIMEOUT;
    }
    const enum jumin_error error =
        jumin_terminal_sign(server->terminal, message, n, signature, capacity, length);
    signature[0] ^= server->signs_wrongly ? 1 : 0;
    return error;
}

static const struct jumin_terminal_functions server_functions = {
    .certificate = server_certificate, .chain = server_chain, .sign = server_sign};

static struct jumin_terminal *remote_terminal(struct scene *scene, struct server *server)
{
    struct jumin_terminal *remote = NULL;
    server->terminal = scene->terminal;
    server->chain = eid_card_certificates(&scene->card->chain, server->certificates);
    assert_int_equal(jumin_terminal_new(&remote, &server_functions, server), JUMIN_OK);
    scene->request.terminal = remote;
    return remote;
}

static void test_server_signs_for_the_terminal(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    struct server server = {.is_down = false};
    struct jumin_terminal *remote = remote_terminal(&scene, &server);
    struct jumin_eid *eid = NULL;
    assert_int_equal(jumin_eid_open(&eid, scene.reader, &scene.request), JUMIN_OK);
    jumin_eid_free(eid);
    jumin_terminal_free(remote);
    scene_end(&scene);
}

static void test_wrong_signature_is_refused(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    struct server server = {.signs_wrongly = true};
    struct jumin_terminal *remote = remote_terminal(&scene, &server);
    assert_open_fails(&scene, JUMIN_ERROR_TERMINAL_REFUSED);
    server.signs_wrongly = false;
    server.is_down = true;
    assert_open_fails(&scene, JUMIN_ERROR_TIMEOUT);
    jumin_terminal_free(remote);
    scene_end(&scene);
}

// --- Sessions that end -----------------------------------------------------------------------------------------

static void test_tag_may_leave_at_every_apdu(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    assert_open_works(&scene);
    const unsigned commands = scene.card->issued.commands;
    assert_in_range(commands, 15, 60);
    for (unsigned i = 1; i <= commands; i++) {
        scene.card->issued.commands = 0;
        scene.card->issued.remove_before = i;
        assert_open_fails(&scene, JUMIN_ERROR_CARD_REMOVED);
    }
    assert_open_works(&scene);
    scene_end(&scene);
}

static bool cancel_at(void *context, enum jumin_step step, const char *name, size_t done, size_t total)
{
    unsigned *left = context;
    (void)step;
    (void)done;
    (void)total;
    assert_non_null(name);
    return (*left)-- != 0;
}

static void test_every_step_can_be_cancelled(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    assert_open_works(&scene);
    const unsigned commands = scene.card->issued.commands;
    unsigned left = 0;
    assert_int_equal(jumin_reader_set_progress(scene.reader, cancel_at, &left), JUMIN_OK);
    for (unsigned i = 0; i <= commands; i++) {
        left = i;
        assert_open_fails(&scene, JUMIN_ERROR_CANCELLED);
    }
    assert_int_equal(jumin_reader_set_progress(scene.reader, NULL, NULL), JUMIN_OK);
    scene_end(&scene);
}

static bool answers_naked(struct issued_card *card, const struct apdu_command *command,
                          struct writer *response)
{
    (void)card;
    (void)command;
    writer_put_u16(response, SW_SM_OBJECTS_INCORRECT);
    return true;
}

static void test_session_that_the_card_has_ended_gives_nothing_more(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    struct jumin_eid *eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    struct jumin_eid_value value;
    bool yes = true;
    assert_int_equal(jumin_eid_read(eid, EID_FAMILY_NAMES, &value), JUMIN_OK);
    scene.card->issued.lie = answers_naked;
    assert_int_equal(jumin_eid_read(eid, EID_GIVEN_NAMES, &value), JUMIN_ERROR_SECURE_MESSAGING);
    scene.card->issued.lie = NULL;
    assert_int_equal(jumin_eid_read(eid, EID_GIVEN_NAMES, &value), JUMIN_ERROR_CARD_RESET);
    assert_int_equal(jumin_eid_verify(eid, JUMIN_EID_AGE, &yes), JUMIN_ERROR_CARD_RESET);
    assert_false(yes);
    assert_int_equal(jumin_eid_set_pin(eid, "654321"), JUMIN_ERROR_CARD_RESET);
    assert_int_equal(jumin_eid_read(eid, EID_FAMILY_NAMES, &value), JUMIN_OK); // kept
    jumin_eid_free(eid);
    scene_end(&scene);
}

// DG1 of the eID application and of the eMRTD begin alike.
static void test_session_ends_when_its_reader_reads_another_card(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    struct jumin_eid *eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    struct jumin_document *document = NULL;
    struct jumin_eid_value value;
    assert_int_equal(jumin_reader_read(scene.reader, &document), JUMIN_OK);
    jumin_document_free(document);
    assert_int_equal(jumin_eid_read(eid, EID_DOCUMENT_TYPE, &value), JUMIN_ERROR_CARD_RESET);
    jumin_eid_free(eid);
    scene_end(&scene);
}

// A group that cannot be taken apart is still handed out as it is, and the session goes on.
static void test_malformed_group_is_handed_out_as_it_is(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    struct jumin_eid *eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    struct jumin_eid_value value;
    // The sample content of DG9 is a text where a place should be.
    assert_int_equal(jumin_eid_read(eid, EID_PLACE_OF_BIRTH, &value), JUMIN_ERROR_MALFORMED);
    assert_true(value.file_length > 2);
    assert_int_equal(value.file[0], 0x69);
    assert_int_equal(jumin_eid_read(eid, EID_FAMILY_NAMES, &value), JUMIN_OK);
    jumin_eid_free(eid);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_challenge_is_refused),
        cmocka_unit_test(test_expired_terminal_is_refused_by_name),
        cmocka_unit_test(test_expired_document_verifier_is_refused_by_name),
        cmocka_unit_test(test_chain_that_lacks_its_verifier_leads_nowhere),
        cmocka_unit_test(test_rights_are_those_of_the_whole_chain),
        cmocka_unit_test(test_what_the_certificate_lacks_is_refused_before_the_card_is_asked),
        cmocka_unit_test(test_terminal_without_the_right_does_not_use_the_can),
        cmocka_unit_test(test_server_signs_for_the_terminal),
        cmocka_unit_test(test_wrong_signature_is_refused),
        cmocka_unit_test(test_tag_may_leave_at_every_apdu),
        cmocka_unit_test(test_every_step_can_be_cancelled),
        cmocka_unit_test(test_session_that_the_card_has_ended_gives_nothing_more),
        cmocka_unit_test(test_session_ends_when_its_reader_reads_another_card),
        cmocka_unit_test(test_malformed_group_is_handed_out_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
