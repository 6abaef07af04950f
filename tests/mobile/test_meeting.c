// A verifier and a phone meet: one session from engagement to verdict, in one process.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/holder_stage.h"

#include "host/mobile/session_transcript.h"
#include "host/verifier/meeting.h"
#include "host/verifier/nfc_reader.h"
#include <jumin/wallet_nfc.h>
#include <stdlib.h>

enum { MESSAGE = 65536 };

static struct verifier_stage stage;
static struct holder_stage holder;
static struct proximity *proximity;
static struct meeting meeting;
static uint8_t to_phone[MESSAGE], to_reader[MESSAGE], key_file[4096];
static struct jumin_wallet_nfc *phone;
static struct jumin_transport *transport;

static const struct engagement_nfc no_nfc = {0, 0}, some_nfc = {65279, 65279};

static void load_key(void)
{
    const struct span file = verifier_stage_key_file(&stage, key_file, sizeof key_file);
    assert_int_equal(jumin_verifier_use_key(stage.verifier, (const char *)file.p, file.n, "venue"), JUMIN_OK);
}

static int setup(void **state)
{
    (void)state;
    verifier_stage_open(&stage);
    load_key();
    holder_stage_open(&holder, &stage.mdoc, stage.venues, STAGE_NOW, false, true);
    assert_int_equal(proximity_new(&proximity, &no_nfc), JUMIN_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    jumin_transport_free(transport);
    jumin_wallet_nfc_free(phone);
    transport = NULL;
    phone = NULL;
    meeting_end(&meeting);
    proximity_free(proximity);
    holder_stage_close(&holder);
    verifier_stage_close(&stage);
    return 0;
}

// --- Without a radio -------------------------------------------------------------------------------------------------

static struct span begin(enum jumin_purpose purpose, struct span select)
{
    struct writer w = writer_of(to_phone, sizeof to_phone);
    meeting_end(&meeting); // the one before, if any
    assert_int_equal(meeting_begin(&meeting, stage.verifier, proximity_engagement(proximity), select, purpose,
                                   STAGE_NOW, &w),
                     JUMIN_OK);
    return writer_span(&w);
}

static struct span answer(struct span message, struct span handover, enum jumin_error error)
{
    const struct proximity_holder asked = holder_stage_of(&holder);
    struct writer w = writer_of(to_reader, sizeof to_reader);
    const enum jumin_error found = proximity_answer(proximity, message, handover, &asked, &w);
    if (found != error) {
        print_message("%s\n", proximity_detail(proximity));
    }
    assert_int_equal(found, error);
    return writer_span(&w);
}

static void verify(struct span message, enum jumin_error error)
{
    jumin_verification_free(stage.verification);
    const enum jumin_error found = meeting_answer(&meeting, message, &stage.verification);
    if (found != error) {
        print_message("%s\n", jumin_verifier_detail(stage.verifier));
    }
    assert_int_equal(found, error);
    assert_true((stage.verification != NULL) == (error == JUMIN_OK));
}

static const struct span none = {NULL, 0};

static void test_adult_is_shown_and_nothing_else(void **state)
{
    (void)state;
    verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_OK), JUMIN_OK);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 1);
    assert_string_equal(jumin_verification_learned(stage.verification, 0)->name, "adult_in_2027");
    assert_true(jumin_verification_learned(stage.verification, 0)->truth);
    assert_int_equal(holder.asked, 1);
    assert_int_equal(holder.reader_error, JUMIN_OK);
    assert_string_equal(holder.reader_name, "Signer");
    assert_int_equal(holder.element_count, 1);
    assert_string_equal(holder.element, "adult_in_2027");
}

static void test_handover_by_nfc_is_part_of_the_session(void **state)
{
    (void)state;
    const struct span select = span_of("select", 6);
    verify(answer(begin(JUMIN_PURPOSE_ADULT, select), select, JUMIN_OK), JUMIN_OK);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    meeting_end(&meeting);
    proximity_free(proximity);
    assert_int_equal(proximity_new(&proximity, &no_nfc), JUMIN_OK);
    // The phone gave another one: a session apart.
    verify(answer(begin(JUMIN_PURPOSE_ADULT, select), span_of("other", 5), JUMIN_ERROR_CRYPTO),
           JUMIN_ERROR_CRYPTO);
}

static void test_answer_by_mac_is_verified(void **state)
{
    (void)state;
    holder.method = DEVICE_AUTH_MAC;
    verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_OK), JUMIN_OK);
    assert_result(&stage, JUMIN_FINDING_PASSED);
}

static void test_another_device_is_found_out(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key key = {0};
    struct signer other;
    assert_true(crypto_ec_generate(&key, CRYPTO_P256, &random));
    assert_true(signer_of_key(&key, &other));
    holder.answers = &other;
    for (unsigned i = 0; i < 2; i++) {
        holder.method = i == 0 ? DEVICE_AUTH_SIGNATURE : DEVICE_AUTH_MAC;
        verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_OK), JUMIN_OK);
        assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_FAILED, JUMIN_ERROR_CLONED);
        meeting_end(&meeting);
        proximity_free(proximity);
        assert_int_equal(proximity_new(&proximity, &no_nfc), JUMIN_OK);
    }
    crypto_ec_release(&key);
}

static void test_minor_is_refused_for_adult(void **state)
{
    (void)state;
    holder_stage_close(&holder);
    holder_stage_open(&holder, &stage.mdoc, stage.venues, STAGE_NOW, true, true);
    verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_OK), JUMIN_OK);
    assert_found(&stage, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED, JUMIN_ERROR_RULES);
}

static void test_locked_phone_is_refused(void **state)
{
    (void)state;
    stage.value = STATUS_SUSPENDED;
    verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_OK), JUMIN_OK);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, JUMIN_ERROR_REVOKED);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
}

static void test_holder_who_declines_shows_nothing(void **state)
{
    (void)state;
    holder.declines = true;
    const struct span message = answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_ERROR_ACCESS_DENIED);
    assert_string_equal(proximity_detail(proximity), "the holder said no");
    verify(message, JUMIN_ERROR_ACCESS_DENIED);
}

static void test_unknown_venue_is_shown_nothing(void **state)
{
    (void)state;
    holder.venues = stage.issuers;
    verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_ERROR_SIGNER_UNKNOWN),
           JUMIN_ERROR_ACCESS_DENIED);
    assert_int_equal(holder.reader_error, JUMIN_ERROR_SIGNER_UNKNOWN);
}

static void test_verifier_does_not_ask_what_its_certificate_does_not_name(void **state)
{
    (void)state;
    static const enum jumin_purpose others[] = {JUMIN_PURPOSE_AGE, JUMIN_PURPOSE_IDENTITY,
                                                JUMIN_PURPOSE_ADDRESS};
    struct writer w = writer_of(to_phone, sizeof to_phone);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(meeting_begin(&meeting, stage.verifier, proximity_engagement(proximity), none,
                                       others[i], STAGE_NOW, &w),
                         JUMIN_ERROR_NOT_AUTHORIZED);
        meeting_end(&meeting);
    }
    assert_int_equal(meeting_begin(&meeting, stage.verifier, proximity_engagement(proximity), none,
                                   (enum jumin_purpose)3, STAGE_NOW, &w),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(w.n, 0);
}

// A verifier that asks all the same is refused by the holder.
static void test_holder_refuses_more_than_the_purposes(void **state)
{
    (void)state;
    stage.verifier->purposes |= JUMIN_PURPOSE_IDENTITY;
    verify(answer(begin(JUMIN_PURPOSE_IDENTITY, none), none, JUMIN_ERROR_NOT_AUTHORIZED),
           JUMIN_ERROR_ACCESS_DENIED);
    assert_false(holder.covered);
}

static void wide(struct certificate_request *request)
{
    request->purposes = JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_IDENTITY | JUMIN_PURPOSE_AGE;
}

static void test_identity_is_shown_with_the_portrait(void **state)
{
    (void)state;
    stage_release(&stage.venue);
    stage_issue(&stage.venue, &stage.venue_root, CERTIFICATE_READER, CRYPTO_P256, wide);
    load_key();
    verify(answer(begin(JUMIN_PURPOSE_IDENTITY, none), none, JUMIN_OK), JUMIN_OK);
    assert_result(&stage, JUMIN_FINDING_WARNED); // the credential has no document number
    bool portrait = false;
    for (size_t i = 0; i < jumin_verification_learned_count(stage.verification); i++) {
        const struct jumin_learned *learned = jumin_verification_learned(stage.verification, i);
        assert_string_not_equal(learned->name, "resident_address_unicode");
        if (strcmp(learned->name, "portrait") == 0) {
            portrait = learned->kind == JUMIN_LEARNED_BYTES && learned->n == HOLDER_PORTRAIT;
        }
        if (strcmp(learned->name, "birth_date") == 0) {
            assert_int_equal(learned->kind, JUMIN_LEARNED_DATE);
            assert_string_equal(learned->text, "2007-03-01");
        }
    }
    assert_true(portrait);
}

static void test_two_requests_in_one_session(void **state)
{
    (void)state;
    uint8_t request_bytes[4096];
    struct resident_purpose_elements asked;
    struct writer request = writer_of(request_bytes, sizeof request_bytes),
                  message = writer_of(to_phone, sizeof to_phone);
    verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_OK), JUMIN_OK);
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_ADULT, 2026, &asked));
    const struct document_request_order order = {span_of(RESIDENT_DOC_TYPE, sizeof RESIDENT_DOC_TYPE - 1),
                                                 asked.elements, asked.count};
    const struct device_request_reader reader = {&stage.verifier->signer, stage.verifier->chain, 1};
    assert_int_equal(device_request_make(meeting.transcript, &order, 1, &reader, &request), JUMIN_OK);
    session_put_data(&message, &meeting.session, writer_span(&request), SESSION_NO_STATUS);
    verify(answer(writer_span(&message), none, JUMIN_OK), JUMIN_OK);
    assert_int_equal(holder.asked, 2);
    assert_string_equal(holder.element, "adult_in_2026");
    assert_null(proximity_request(proximity));
    assert_int_equal(proximity_send(proximity, none, &message), JUMIN_ERROR_ARGUMENT); // each once
}

static void test_end_of_the_session_is_not_answered(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_OK), JUMIN_OK);
    session_put_status(&w, SESSION_TERMINATION);
    assert_int_equal(answer(writer_span(&w), none, JUMIN_ERROR_CANCELLED).n, 0);
    // And it is over.
    verify(answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_ERROR_CRYPTO), JUMIN_ERROR_CRYPTO);
}

static void assert_status(struct span message, uint64_t status)
{
    struct session_data data;
    assert_true(session_read_data(message, &data));
    assert_false(data.has_data);
    assert_int_equal(data.status, status);
}

static void test_phone_says_what_it_cannot_read(void **state)
{
    (void)state;
    assert_status(answer(span_of("\xA0", 1), none, JUMIN_ERROR_MALFORMED), SESSION_CBOR_ERROR);
    const struct span message = begin(JUMIN_PURPOSE_ADULT, none);
    to_phone[message.n - 1] ^= 1;
    const struct span status = answer(message, none, JUMIN_ERROR_CRYPTO);
    assert_status(status, SESSION_ENCRYPTION_ERROR);
    verify(status, JUMIN_ERROR_CRYPTO);
    assert_int_equal(holder.asked, 0);
}

static void test_request_that_is_none_is_answered_so(void **state)
{
    (void)state;
    struct writer w = writer_of(to_phone, sizeof to_phone);
    (void)begin(JUMIN_PURPOSE_ADULT, none);
    meeting.session.sent = 0; // the first message once more, with something else in it
    session_put_establishment(&w, &meeting.session, meeting.reader.point, span_of("\x01", 1));
    verify(answer(writer_span(&w), none, JUMIN_ERROR_MALFORMED), JUMIN_ERROR_MALFORMED);
    assert_int_equal(holder.asked, 0);
}

static void test_answers_that_are_changed_or_none_are_refused(void **state)
{
    (void)state;
    const struct span message = answer(begin(JUMIN_PURPOSE_ADULT, none), none, JUMIN_OK);
    to_reader[message.n - 1] ^= 1;
    verify(message, JUMIN_ERROR_CRYPTO);
    verify(none, JUMIN_ERROR_MALFORMED);
    verify(span_of("\xA1\x66status\x14", 9), JUMIN_ERROR_ACCESS_DENIED);
    verify(span_of("\xA1\x66status\x0B", 9), JUMIN_ERROR_MALFORMED);
    verify(span_of("\xA1\x66status\x0C", 9), JUMIN_ERROR_MALFORMED);
    verify(span_of("\xA1\x64"
                   "data\x41\x00",
                   8),
           JUMIN_ERROR_MALFORMED);
}

static void test_engagement_that_is_none_is_refused(void **state)
{
    (void)state;
    struct writer w = writer_of(to_phone, sizeof to_phone);
    assert_int_equal(
        meeting_begin(&meeting, stage.verifier, span_of("\xA0", 1), none, JUMIN_PURPOSE_ADULT, STAGE_NOW, &w),
        JUMIN_ERROR_MALFORMED);
}

static void test_answer_that_does_not_fit_shows_nothing(void **state)
{
    (void)state;
    const struct proximity_holder asked = holder_stage_of(&holder);
    struct writer w = writer_of(to_reader, 100);
    assert_int_equal(proximity_answer(proximity, begin(JUMIN_PURPOSE_ADULT, none), none, &asked, &w),
                     JUMIN_ERROR_TOO_LONG);
}

static enum jumin_error say_too_much(void *context, const struct device_request *request, struct span session,
                                     struct span reader_key, struct writer *response, struct detail *detail)
{
    (void)context;
    (void)request;
    (void)session;
    (void)reader_key;
    (void)detail;
    (void)writer_reserve(response, PROXIMITY_RESPONSE_MAX + 1);
    return JUMIN_OK;
}

static void test_response_longer_than_a_message_is_not_shown(void **state)
{
    (void)state;
    const struct proximity_holder talkative = {say_too_much, NULL};
    struct writer w = writer_of(to_reader, sizeof to_reader);
    assert_int_equal(proximity_answer(proximity, begin(JUMIN_PURPOSE_ADULT, none), none, &talkative, &w),
                     JUMIN_ERROR_TOO_LONG);
    verify(writer_span(&w), JUMIN_ERROR_ACCESS_DENIED);
}

// --- The venue's key -------------------------------------------------------------------------------------------------

static void test_key_files_that_are_none_are_refused(void **state)
{
    (void)state;
    const struct span file = verifier_stage_key_file(&stage, key_file, sizeof key_file);
    const char *text = (const char *)file.p;
    struct writer w = writer_of(to_phone, sizeof to_phone);
    assert_int_equal(jumin_verifier_use_key(stage.verifier, text, file.n, "other"), JUMIN_ERROR_INPUT);
    assert_int_equal(meeting_begin(&meeting, stage.verifier, proximity_engagement(proximity), none,
                                   JUMIN_PURPOSE_ADULT, STAGE_NOW, &w),
                     JUMIN_ERROR_ARGUMENT); // the key before is gone, too
    const size_t certificate = (size_t)(strstr(text, "-----BEGIN CERTIFICATE") - text);
    assert_int_equal(jumin_verifier_use_key(stage.verifier, text, certificate, "venue"), JUMIN_ERROR_INPUT);
    assert_int_equal(
        jumin_verifier_use_key(stage.verifier, text + certificate, file.n - certificate, "venue"),
        JUMIN_ERROR_INPUT);
    stage.venue.der = stage.mdoc.der;
    const struct span other = verifier_stage_key_file(&stage, key_file, sizeof key_file);
    assert_int_equal(jumin_verifier_use_key(stage.verifier, (const char *)other.p, other.n, "venue"),
                     JUMIN_ERROR_CERTIFICATE);
}

// --- Over NFC ------------------------------------------------------------------------------------------------------

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    (void)context;
    if (jumin_wallet_nfc_command(phone, command, n, response, capacity, length) == JUMIN_WALLET_NFC_MESSAGE) {
        const struct proximity_holder asked = holder_stage_of(&holder);
        struct writer w = writer_of(to_reader, JUMIN_WALLET_NFC_MESSAGE_MAX);
        const uint8_t *message = NULL, *handover = NULL;
        size_t message_length = 0, handover_length = 0;
        jumin_wallet_nfc_message(phone, &message, &message_length);
        jumin_wallet_nfc_handover(phone, &handover, &handover_length);
        (void)proximity_answer(proximity, span_of(message, message_length),
                               span_of(handover, handover_length), &asked, &w);
        (void)jumin_wallet_nfc_reply(phone, w.p, w.n, response, capacity, length);
    }
    return JUMIN_OK;
}

static enum jumin_error connect_phone(void *context)
{
    (void)context;
    jumin_wallet_nfc_reset(phone);
    return JUMIN_OK;
}

static void disconnect(void *context)
{
    (void)context;
}

static void limits(void *context, struct jumin_limits *link)
{
    (void)context;
    *link = (struct jumin_limits){.command_max = 261, .response_max = 258};
}

static void lay_down(bool with_engagement)
{
    static const struct jumin_transport_functions functions = {connect_phone, transmit, disconnect,
                                                               limits,        NULL,     NULL};
    const struct span engagement = proximity_engagement(proximity);
    const struct jumin_wallet_nfc_options options = {with_engagement ? engagement.p : NULL,
                                                     with_engagement ? engagement.n : 0, 0, 0};
    assert_int_equal(jumin_wallet_nfc_new(&phone, &options), JUMIN_OK);
    assert_int_equal(jumin_transport_new(&transport, &functions, NULL), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
}

static void meet(const char *engagement, enum jumin_error error)
{
    const struct jumin_meeting order = {JUMIN_PURPOSE_ADULT, engagement, STAGE_NOW};
    jumin_verification_free(stage.verification);
    const enum jumin_error found =
        jumin_verifier_meet(stage.verifier, transport, &order, &stage.verification);
    if (found != error) {
        print_message("%s\n", jumin_verifier_detail(stage.verifier));
    }
    assert_int_equal(found, error);
    assert_true(error == JUMIN_OK || jumin_verifier_detail(stage.verifier)[0] != '\0');
}

static void test_meeting_over_nfc(void **state)
{
    (void)state;
    lay_down(true);
    meet(NULL, JUMIN_OK);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(holder.asked, 1);
}

static void test_engagement_by_qr_code(void **state)
{
    (void)state;
    char text[ENGAGEMENT_TEXT_MAX];
    proximity_free(proximity);
    assert_int_equal(proximity_new(&proximity, &some_nfc), JUMIN_OK);
    lay_down(false);
    assert_true(engagement_to_text(proximity_engagement(proximity), text));
    meet(text, JUMIN_OK);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    meet("mdoc:!", JUMIN_ERROR_MALFORMED);
    meet("mdoc:oA", JUMIN_ERROR_MALFORMED);
    meet(NULL, JUMIN_ERROR_NOT_SUPPORTED);
}

static void test_holder_declines_over_nfc(void **state)
{
    (void)state;
    holder.declines = true;
    lay_down(true);
    meet(NULL, JUMIN_ERROR_ACCESS_DENIED);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_adult_is_shown_and_nothing_else),
        test(test_handover_by_nfc_is_part_of_the_session),
        test(test_answer_by_mac_is_verified),
        test(test_another_device_is_found_out),
        test(test_minor_is_refused_for_adult),
        test(test_locked_phone_is_refused),
        test(test_holder_who_declines_shows_nothing),
        test(test_unknown_venue_is_shown_nothing),
        test(test_verifier_does_not_ask_what_its_certificate_does_not_name),
        test(test_holder_refuses_more_than_the_purposes),
        test(test_identity_is_shown_with_the_portrait),
        test(test_two_requests_in_one_session),
        test(test_end_of_the_session_is_not_answered),
        test(test_phone_says_what_it_cannot_read),
        test(test_request_that_is_none_is_answered_so),
        test(test_answers_that_are_changed_or_none_are_refused),
        test(test_engagement_that_is_none_is_refused),
        test(test_answer_that_does_not_fit_shows_nothing),
        test(test_response_longer_than_a_message_is_not_shown),
        test(test_key_files_that_are_none_are_refused),
        test(test_meeting_over_nfc),
        test(test_engagement_by_qr_code),
        test(test_holder_declines_over_nfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
