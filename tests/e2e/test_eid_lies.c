// A card that lies to a terminal, a terminal that the card refuses, and a tag that leaves at every APDU
// (TR-03110-2 §3; TR-03105-5.1 units D, E).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/wire/personalization.h"
#include "host/reader/terminal.h"
#include "tests/e2e/eid_card.h"

enum {
    INS_GENERAL_AUTHENTICATE = 0x86,
    INS_GET_CHALLENGE = 0x84,
    INS_READ_BINARY = 0xB0,
    INS_VERIFY_CERTIFICATE = 0x2A,
    SFI_CARD_SECURITY = 0x9D,
    SFI_CARD_ACCESS = 0x9C,
};

struct scene {
    struct eid_card *card;
    struct jumin_terminal *terminal;
    struct jumin_reader *reader;
    struct jumin_eid_request request;
};

static struct scene begin(void)
{
    struct scene scene = {.card = eid_card_new(1)};
    scene.terminal =
        eid_card_terminal(scene.card, &scene.card->chain, rights_of_type(TERMINAL_AUTHENTICATION));
    scene.reader = eid_card_reader(scene.card, JUMIN_PASSWORD_PIN);
    scene.request = eid_card_request(scene.card, scene.terminal);
    scene.card->issued.commands = 0;
    return scene;
}

static void end(struct scene *scene)
{
    jumin_reader_free(scene->reader);
    jumin_terminal_free(scene->terminal);
    eid_card_free(scene->card);
}

static void assert_open_fails(struct scene *scene, enum jumin_error error)
{
    struct jumin_eid *eid = NULL;
    const enum jumin_error got = jumin_eid_open(&eid, scene->reader, &scene->request);
    if (got != error || eid != NULL || jumin_reader_detail(scene->reader)[0] == '\0') {
        fail_msg("%s, not %s: %s", jumin_error_name(got), jumin_error_name(error),
                 jumin_reader_detail(scene->reader));
    }
}

static void assert_open_works(struct scene *scene)
{
    jumin_eid_free(eid_card_open(scene->card, scene->reader, scene->terminal));
}

// With the lie the session does not come about; without it, it does.
static void assert_lie_is_found(issued_card_lie *lie, enum jumin_error error)
{
    struct scene scene = begin();
    scene.card->issued.lie = lie;
    assert_open_fails(&scene, error);
    scene.card->issued.lie = NULL;
    assert_open_works(&scene);
    end(&scene);
}

// Whether any command began so.
static bool was_sent(const struct scene *scene, const char *instruction)
{
    for (unsigned i = 0; i < scene->card->issued.commands && i < 128; i++) {
        if (strncmp(scene->card->issued.log[i] + 2, instruction, 2) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_protected(const struct apdu_command *command)
{
    return (command->cla & CLA_SM_HEADER_AUTHENTICATED) == CLA_SM_HEADER_AUTHENTICATED;
}

// --- PACE ----------------------------------------------------------------------------------------------------

static bool is_token(const struct apdu_command *command)
{
    return command->ins == INS_GENERAL_AUTHENTICATE && command->cla == 0x00;
}

// The honest token, and these objects behind it.
static void answer_token(struct issued_card *card, struct span behind, struct writer *response)
{
    struct span honest = issued_card_honest(card);
    struct tlv template, token;
    assert_true(tlv_expect(&honest, 0x7C, &template));
    assert_true(tlv_expect(&template.value, 0x86, &token));
    const size_t opened = tlv_open(response, 0x7C);
    writer_put(response, token.whole);
    writer_put(response, behind);
    tlv_close(response, opened);
    writer_put_u16(response, SW_OK);
}

static bool names_no_trust_point(struct issued_card *card, const struct apdu_command *command,
                                 struct writer *response)
{
    if (!is_token(command)) {
        return false;
    }
    answer_token(card, span_of(NULL, 0), response);
    return true;
}

static void test_card_without_trust_points_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(names_no_trust_point, JUMIN_ERROR_MALFORMED);
}

static bool names_with_escapes(struct issued_card *card, const struct apdu_command *command,
                               struct writer *response)
{
    if (!is_token(command)) {
        return false;
    }
    answer_token(card, span_of("\x87\x0BKR\x1B[31m0001", 13), response);
    return true;
}

static void test_trust_point_with_control_characters_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(names_with_escapes, JUMIN_ERROR_MALFORMED);
}

static bool names_strangers(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    if (!is_token(command)) {
        return false;
    }
    answer_token(card,
                 span_of("\x87\x0B"
                         "DECVCA00001",
                         13),
                 response);
    return true;
}

static void test_card_that_trusts_strangers_gets_no_certificates(void **state)
{
    (void)state;
    struct scene scene = begin();
    scene.card->issued.lie = names_strangers;
    assert_open_fails(&scene, JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "DECVCA00001"));
    assert_false(was_sent(&scene, "2A"));
    end(&scene);
}

static bool names_strangers_first(struct issued_card *card, const struct apdu_command *command,
                                  struct writer *response)
{
    if (!is_token(command)) {
        return false;
    }
    answer_token(card,
                 span_of("\x87\x0B"
                         "DECVCA00001"
                         "\x88\x0D"
                         "KRCVCAAT00001",
                         28),
                 response);
    return true;
}

static void test_older_trust_point_serves_when_the_newer_one_does_not(void **state)
{
    (void)state;
    struct scene scene = begin();
    scene.card->issued.lie = names_strangers_first;
    assert_open_works(&scene);
    end(&scene);
}

// --- EF.CardAccess and EF.CardSecurity -----------------------------------------------------------------------

static void test_untrusted_card_gets_neither_certificate_nor_signature(void **state)
{
    (void)state;
    struct scene scene = begin();
    scene.request.trust = NULL;
    assert_open_fails(&scene, JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_false(was_sent(&scene, "2A"));
    assert_false(was_sent(&scene, "82"));
    end(&scene);
}

static void test_card_of_an_expired_signer_is_refused(void **state)
{
    (void)state;
    struct scene scene = begin();
    scene.request.time = ISSUED_NOW + 20LL * 366 * 86400;
    assert_open_fails(&scene, JUMIN_ERROR_NOT_VALID_NOW);
    assert_false(was_sent(&scene, "2A"));
    end(&scene);
}

// The last byte of the file is one of its signature.
static void test_card_security_with_a_wrong_signature_is_refused(void **state)
{
    (void)state;
    struct scene scene = begin();
    struct store *store = &scene.card->issued.fixture.card.store;
    static uint8_t file[4096];
    size_t n = 0;
    assert_int_equal(store_length(store, OBJECT_MF_FILES + 0x1D, &n), STORE_OK);
    assert_int_equal(store_read(store, OBJECT_MF_FILES + 0x1D, 0, file, n), STORE_OK);
    file[n - 1] ^= 1;
    assert_int_equal(store_write(store, OBJECT_MF_FILES + 0x1D, span_of(file, n)), STORE_OK);
    assert_open_fails(&scene, JUMIN_ERROR_SIGNATURE);
    assert_false(was_sent(&scene, "2A"));
    end(&scene);
}

static bool hides_card_security(struct issued_card *card, const struct apdu_command *command,
                                struct writer *response)
{
    if (command->ins != INS_READ_BINARY || command->p1 != SFI_CARD_SECURITY || !is_protected(command)) {
        return false;
    }
    issued_card_answer(card, command, span_of(NULL, 0), SW_FILE_NOT_FOUND, response);
    return true;
}

static void test_card_without_card_security_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(hides_card_security, JUMIN_ERROR_NO_SUCH_FILE);
}

// IM is offered in place of the GM that is signed.
static bool offers_another_mapping(struct issued_card *card, const struct apdu_command *command,
                                   struct writer *response)
{
    if (command->ins != INS_READ_BINARY || command->p1 != SFI_CARD_ACCESS) {
        return false;
    }
    struct document_profile profile = document_usual;
    profile.protocol_count = 2;
    (void)card;
    uint8_t bytes[256];
    struct writer w = writer_of(bytes, sizeof bytes);
    writer_put(response, document_card_access(&profile, &w));
    writer_put_u16(response, SW_OK);
    return true;
}

static void test_card_access_that_offers_more_than_is_signed_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(offers_another_mapping, JUMIN_ERROR_HASH);
}

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
    struct scene scene = begin();
    scene.card->chain.terminal_plan.effective = 250101;
    scene.card->chain.terminal_plan.expiration = 251231;
    certify_again(&scene);
    assert_open_fails(&scene, JUMIN_ERROR_TERMINAL_REFUSED);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "KRTERMAT00001"));
    end(&scene);
}

static void test_expired_document_verifier_is_refused_by_name(void **state)
{
    (void)state;
    struct scene scene = begin();
    scene.card->chain.dv_plan.effective = 250101;
    scene.card->chain.dv_plan.expiration = 251231;
    certify_again(&scene);
    assert_open_fails(&scene, JUMIN_ERROR_TERMINAL_REFUSED);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "KRDVAT00001"));
    end(&scene);
}

static void test_chain_that_lacks_its_verifier_leads_nowhere(void **state)
{
    (void)state;
    struct scene scene = begin();
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
    end(&scene);
}

// The rights that a DV lacks are not granted, whatever the terminal's certificate says.
static void test_rights_are_those_of_the_whole_chain(void **state)
{
    (void)state;
    struct scene scene = begin();
    struct jumin_eid_value value;
    scene.card->chain.dv_plan.authorization.rights = right_to_read(EID_DATE_OF_BIRTH);
    certify_again(&scene);
    struct jumin_eid *eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    assert_int_equal(jumin_eid_rights(eid), right_to_read(EID_DATE_OF_BIRTH));
    assert_int_equal(jumin_eid_read(eid, EID_DATE_OF_BIRTH, &value), JUMIN_OK);
    assert_int_equal(jumin_eid_read(eid, EID_FAMILY_NAMES, &value), JUMIN_ERROR_NOT_AUTHORIZED);
    jumin_eid_free(eid);
    end(&scene);
}

static void test_what_the_certificate_lacks_is_refused_before_the_card_is_asked(void **state)
{
    (void)state;
    struct scene scene = begin();
    jumin_terminal_free(scene.terminal);
    scene.terminal = eid_card_terminal(scene.card, &scene.card->chain, STORE_RIGHTS);
    scene.request.terminal = scene.terminal;
    scene.request.rights = right_to_read(EID_PLACE_OF_RESIDENCE);
    assert_open_fails(&scene, JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "read-dg17"));
    assert_int_equal(scene.card->issued.commands, 0);
    end(&scene);
}

static void test_terminal_without_the_right_does_not_use_the_can(void **state)
{
    (void)state;
    struct scene scene = begin();
    jumin_terminal_free(scene.terminal);
    scene.terminal = eid_card_terminal(scene.card, &scene.card->chain, right_of(RIGHT_AGE_VERIFICATION));
    scene.request.terminal = scene.terminal;
    assert_int_equal(jumin_reader_set_password(scene.reader, JUMIN_PASSWORD_CAN, DOCUMENT_CAN), JUMIN_OK);
    assert_open_fails(&scene, JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "can-allowed"));
    end(&scene);
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
    struct scene scene = begin();
    struct server server = {.is_down = false};
    struct jumin_terminal *remote = remote_terminal(&scene, &server);
    struct jumin_eid *eid = NULL;
    assert_int_equal(jumin_eid_open(&eid, scene.reader, &scene.request), JUMIN_OK);
    jumin_eid_free(eid);
    jumin_terminal_free(remote);
    end(&scene);
}

static void test_wrong_signature_is_refused(void **state)
{
    (void)state;
    struct scene scene = begin();
    struct server server = {.signs_wrongly = true};
    struct jumin_terminal *remote = remote_terminal(&scene, &server);
    assert_open_fails(&scene, JUMIN_ERROR_TERMINAL_REFUSED);
    server.signs_wrongly = false;
    server.is_down = true;
    assert_open_fails(&scene, JUMIN_ERROR_TIMEOUT);
    jumin_terminal_free(remote);
    end(&scene);
}

// --- Chip Authentication ---------------------------------------------------------------------------------------

static bool is_agreement(const struct apdu_command *command)
{
    return command->ins == INS_GENERAL_AUTHENTICATE && is_protected(command);
}

#define AGREEMENT_LIE(name, data)                                                                            \
    static bool name(struct issued_card *card, const struct apdu_command *command, struct writer *response)  \
    {                                                                                                        \
        uint8_t bytes[64];                                                                                   \
        if (!is_agreement(command)) {                                                                        \
            return false;                                                                                    \
        }                                                                                                    \
        issued_card_answer(card, command, unhex(data, bytes, sizeof bytes), SW_OK, response);                \
        return true;                                                                                         \
    }

AGREEMENT_LIE(wrong_token, "7C14810801020304050607088208A0A1A2A3A4A5A6A7")
AGREEMENT_LIE(no_nonce, "7C0A8208A0A1A2A3A4A5A6A7")
AGREEMENT_LIE(short_nonce, "7C138107010203040506078208A0A1A2A3A4A5A6A7")
AGREEMENT_LIE(no_token, "7C0A81080102030405060708")
AGREEMENT_LIE(short_token, "7C13810801020304050607088207A0A1A2A3A4A5A6")
AGREEMENT_LIE(nothing_agreed, "7C00")
AGREEMENT_LIE(one_object_more, "7C17810801020304050607088208A0A1A2A3A4A5A6A7830101")
AGREEMENT_LIE(no_template, "810801020304050607088208A0A1A2A3A4A5A6A7")

static void test_wrong_token_shows_a_copied_chip(void **state)
{
    (void)state;
    assert_lie_is_found(wrong_token, JUMIN_ERROR_CLONED);
}

static void test_agreement_without_its_objects_is_refused(void **state)
{
    (void)state;
    issued_card_lie *const lies[] = {no_nonce,       short_nonce,     no_token,   short_token,
                                     nothing_agreed, one_object_more, no_template};
    struct scene scene = begin();
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        scene.card->issued.lie = lies[i];
        assert_open_fails(&scene, JUMIN_ERROR_MALFORMED);
    }
    end(&scene);
}

// The chip has a key, and not the one that the issuer has signed.
static void test_chip_with_another_key_is_a_copy(void **state)
{
    (void)state;
    struct scene scene = begin();
    struct card_fixture *fixture = &scene.card->issued.fixture;
    uint8_t content[2 + 32] = {DOCUMENT_KEY_ID, pace_parameter_of_curve(CRYPTO_P256), 0x42};
    assert_int_equal(store_begin(&fixture->card.store), STORE_OK);
    assert_int_equal(
        document_put(fixture, &mf_applet, DGI_GENERATION_KEY, span_of(content, sizeof content), NULL), SW_OK);
    assert_int_equal(store_commit(&fixture->card.store), STORE_OK);
    assert_open_fails(&scene, JUMIN_ERROR_CLONED);
    end(&scene);
}

// --- Sessions that end -----------------------------------------------------------------------------------------

static void test_tag_may_leave_at_every_apdu(void **state)
{
    (void)state;
    struct scene scene = begin();
    assert_open_works(&scene);
    const unsigned commands = scene.card->issued.commands;
    assert_in_range(commands, 15, 60);
    for (unsigned i = 1; i <= commands; i++) {
        scene.card->issued.commands = 0;
        scene.card->issued.remove_before = i;
        assert_open_fails(&scene, JUMIN_ERROR_CARD_REMOVED);
    }
    assert_open_works(&scene);
    end(&scene);
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
    struct scene scene = begin();
    assert_open_works(&scene);
    const unsigned commands = scene.card->issued.commands;
    unsigned left = 0;
    assert_int_equal(jumin_reader_set_progress(scene.reader, cancel_at, &left), JUMIN_OK);
    for (unsigned i = 0; i <= commands; i++) {
        left = i;
        assert_open_fails(&scene, JUMIN_ERROR_CANCELLED);
    }
    assert_int_equal(jumin_reader_set_progress(scene.reader, NULL, NULL), JUMIN_OK);
    end(&scene);
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
    struct scene scene = begin();
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
    end(&scene);
}

// DG1 of the eID application and of the eMRTD begin alike.
static void test_session_ends_when_its_reader_reads_another_card(void **state)
{
    (void)state;
    struct scene scene = begin();
    struct jumin_eid *eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    struct jumin_document *document = NULL;
    struct jumin_eid_value value;
    assert_int_equal(jumin_reader_read(scene.reader, &document), JUMIN_OK);
    jumin_document_free(document);
    assert_int_equal(jumin_eid_read(eid, EID_DOCUMENT_TYPE, &value), JUMIN_ERROR_CARD_RESET);
    jumin_eid_free(eid);
    end(&scene);
}

// A group that cannot be taken apart is still handed out as it is, and the session goes on.
static void test_malformed_group_is_handed_out_as_it_is(void **state)
{
    (void)state;
    struct scene scene = begin();
    struct jumin_eid *eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    struct jumin_eid_value value;
    // The sample content of DG9 is a text where a place should be.
    assert_int_equal(jumin_eid_read(eid, EID_PLACE_OF_BIRTH, &value), JUMIN_ERROR_MALFORMED);
    assert_true(value.file_length > 2);
    assert_int_equal(value.file[0], 0x69);
    assert_int_equal(jumin_eid_read(eid, EID_FAMILY_NAMES, &value), JUMIN_OK);
    jumin_eid_free(eid);
    end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card_without_trust_points_is_refused),
        cmocka_unit_test(test_trust_point_with_control_characters_is_refused),
        cmocka_unit_test(test_card_that_trusts_strangers_gets_no_certificates),
        cmocka_unit_test(test_older_trust_point_serves_when_the_newer_one_does_not),
        cmocka_unit_test(test_untrusted_card_gets_neither_certificate_nor_signature),
        cmocka_unit_test(test_card_of_an_expired_signer_is_refused),
        cmocka_unit_test(test_card_security_with_a_wrong_signature_is_refused),
        cmocka_unit_test(test_card_without_card_security_is_refused),
        cmocka_unit_test(test_card_access_that_offers_more_than_is_signed_is_refused),
        cmocka_unit_test(test_short_challenge_is_refused),
        cmocka_unit_test(test_expired_terminal_is_refused_by_name),
        cmocka_unit_test(test_expired_document_verifier_is_refused_by_name),
        cmocka_unit_test(test_chain_that_lacks_its_verifier_leads_nowhere),
        cmocka_unit_test(test_rights_are_those_of_the_whole_chain),
        cmocka_unit_test(test_what_the_certificate_lacks_is_refused_before_the_card_is_asked),
        cmocka_unit_test(test_terminal_without_the_right_does_not_use_the_can),
        cmocka_unit_test(test_server_signs_for_the_terminal),
        cmocka_unit_test(test_wrong_signature_is_refused),
        cmocka_unit_test(test_wrong_token_shows_a_copied_chip),
        cmocka_unit_test(test_agreement_without_its_objects_is_refused),
        cmocka_unit_test(test_chip_with_another_key_is_a_copy),
        cmocka_unit_test(test_tag_may_leave_at_every_apdu),
        cmocka_unit_test(test_every_step_can_be_cancelled),
        cmocka_unit_test(test_session_that_the_card_has_ended_gives_nothing_more),
        cmocka_unit_test(test_session_ends_when_its_reader_reads_another_card),
        cmocka_unit_test(test_malformed_group_is_handed_out_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
