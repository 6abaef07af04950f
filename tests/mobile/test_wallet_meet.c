// A wallet is shown in person: what the holder agrees to is shown once and remembered, every refusal has its
// reason, and who does not wait gets nothing. A verifier of ours asks, by commands of a reader.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/verifier_stage.h"
#include "tests/mobile/wallet_stage.h"

#include <jumin/wallet_meet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum holder { SAYS_YES, SAYS_NO, GIVES_UP };

static struct jumin_wallet_meet *meet;
static struct jumin_transport *transport;
static struct verifier_stage venue; // its verifier and what it found
static enum holder holder;
static struct {
    unsigned questions;
    char json[4096], name[128], element[128], value[128], refused[256];
    unsigned purposes;
    bool adult_covered, age_covered;
    enum jumin_error decided;
    size_t commands, last_command; // the reader leaves behind that many, 0: never
} seen;

// --- The reader ------------------------------------------------------------------------------------------------

static void look(const struct jumin_wallet_disclosure *what)
{
    struct jumin_wallet_venue asker;
    struct jumin_wallet_element element;
    char *json = NULL;
    assert_int_equal(jumin_wallet_disclosure_json(what, &json), JUMIN_OK);
    (void)snprintf(seen.json, sizeof seen.json, "%s", json);
    free(json);
    jumin_wallet_disclosure_venue(what, &asker);
    (void)snprintf(seen.name, sizeof seen.name, "%s", asker.known ? asker.name : asker.why);
    if (jumin_wallet_disclosure_element(what, 0, &element) == JUMIN_OK) {
        (void)snprintf(seen.element, sizeof seen.element, "%s", element.name);
        (void)snprintf(seen.value, sizeof seen.value, "%s", element.value != NULL ? element.value : "");
    }
    assert_int_equal(jumin_wallet_disclosure_element(what, jumin_wallet_disclosure_count(what), &element),
                     JUMIN_ERROR_ARGUMENT);
    const char *refused = jumin_wallet_disclosure_refused(what);
    (void)snprintf(seen.refused, sizeof seen.refused, "%s", refused != NULL ? refused : "");
    seen.purposes = jumin_wallet_disclosure_purposes(what);
    seen.adult_covered = jumin_wallet_disclosure_covered(what, JUMIN_PURPOSE_ADULT);
    seen.age_covered = jumin_wallet_disclosure_covered(what, JUMIN_PURPOSE_AGE);
    seen.questions++;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    (void)context;
    if (seen.last_command != 0 && seen.commands >= seen.last_command) {
        return JUMIN_ERROR_CARD_REMOVED;
    }
    seen.commands++;
    if (jumin_wallet_meet_command(meet, command, n, station_clock, response, capacity, length) ==
        JUMIN_WALLET_MEET_RESPONSE) {
        return JUMIN_OK;
    }
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_ASKED);
    look(jumin_wallet_meet_disclosure(meet));
    if (holder == GIVES_UP) {
        return JUMIN_ERROR_TIMEOUT;
    }
    seen.decided =
        jumin_wallet_meet_decide(meet, holder == SAYS_YES, station_clock, response, capacity, length);
    assert_null(jumin_wallet_meet_disclosure(meet));
    return JUMIN_OK;
}

static enum jumin_error connect_phone(void *context)
{
    (void)context;
    jumin_wallet_meet_reset(meet);
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

static enum jumin_error get(void *context, const char *uri, const char *accept, uint8_t **body, size_t *n)
{
    const struct http_header header = {"Accept", accept};
    const struct http_client_request request = {
        .method = "GET", .url = uri, .headers = &header, .header_count = 1, .answer_max = 1 << 20};
    struct http_client_answer answer = {0};
    struct detail detail;
    (void)context;
    const enum jumin_error error = http_client_ask(&wallet->client, &request, &answer, &detail);
    *body = answer.body;
    *n = answer.n;
    answer.body = NULL;
    http_client_answer_release(&answer);
    return error;
}

static void open_venue(void)
{
    static const struct jumin_transport_functions functions = {connect_phone, transmit, disconnect,
                                                               limits,        NULL,     NULL};
    static const struct jumin_verifier_network network = {get, NULL};
    const struct jumin_verifier_options options = verifier_stage_options();
    uint8_t key[4096];
    memset(&venue, 0, sizeof venue);
    venue.venue = stage_venue;
    const struct span file = verifier_stage_key_file(&venue, key, sizeof key);
    assert_int_equal(jumin_verifier_new(&venue.verifier, &options), JUMIN_OK);
    jumin_verifier_trust_issuers(venue.verifier, wallet->trust.roots[TRUST_LIST_ISSUERS]);
    jumin_verifier_use_network(venue.verifier, &network);
    assert_int_equal(jumin_verifier_use_key(venue.verifier, (const char *)file.p, file.n, "venue"), JUMIN_OK);
    assert_int_equal(jumin_transport_new(&transport, &functions, NULL), JUMIN_OK);
}

static int open_stage(void **state)
{
    assert_int_equal(wallet_stage_open(state), 0);
    stage_trust();
    stage_provision();
    open_venue();
    assert_int_equal(jumin_wallet_meet_new(&meet, wallet, NULL), JUMIN_OK);
    memset(&seen, 0, sizeof seen);
    holder = SAYS_YES;
    return 0;
}

static int close_stage(void **state)
{
    jumin_verification_free(venue.verification);
    jumin_verifier_free(venue.verifier);
    jumin_transport_free(transport);
    jumin_wallet_meet_free(meet);
    return wallet_stage_close(state);
}

#define MEET_TEST(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static void meet_anew(const struct jumin_wallet_meet_options *options)
{
    jumin_wallet_meet_free(meet);
    assert_int_equal(jumin_wallet_meet_new(&meet, wallet, options), JUMIN_OK);
}

// A verifier asks, whatever its certificate names.
static void ask_as(enum jumin_purpose purpose, const char *engagement, enum jumin_error wanted)
{
    const struct jumin_meeting order = {purpose, engagement, station_clock};
    jumin_verification_free(venue.verification);
    venue.verification = NULL;
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    const enum jumin_error error =
        jumin_verifier_meet(venue.verifier, transport, &order, &venue.verification);
    if (error != wanted) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_verifier_detail(venue.verifier));
    }
}

static void ask_adult(enum jumin_error wanted)
{
    ask_as(JUMIN_PURPOSE_ADULT, NULL, wanted);
}

// Everything but a revocation list, of which there is none here.
static void assert_accepted(void)
{
    assert_result(&venue, JUMIN_FINDING_WARNED);
    assert_found(&venue, JUMIN_VERIFICATION_REVOCATION, JUMIN_FINDING_WARNED, JUMIN_OK);
}

static void assert_last_event(const char *kind, const char *purpose, const char *elements, const char *reason)
{
    struct jumin_wallet_event event;
    assert_int_equal(jumin_wallet_event(wallet, jumin_wallet_events(wallet) - 1, &event), JUMIN_OK);
    assert_string_equal(event.kind, kind);
    assert_string_equal(event.purpose, purpose);
    assert_string_equal(event.elements, elements);
    assert_string_equal(event.reason, reason);
    assert_int_equal(event.time, station_clock);
}

static void assert_refused(enum jumin_error decided, const char *why)
{
    assert_int_equal(seen.decided, decided);
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_REFUSED);
    assert_string_equal(jumin_wallet_meet_detail(meet), why);
    assert_int_equal(stage_credential(0).unused, 5);
}

// --- What is shown -----------------------------------------------------------------------------------------------

static void test_what_the_holder_agrees_to_is_shown_once_and_remembered(void **state)
{
    (void)state;
    assert_null(jumin_wallet_meet_qr(meet));
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_WAITING);
    ask_adult(JUMIN_OK);
    assert_accepted();
    assert_int_equal(jumin_verification_learned_count(venue.verification), 1);
    assert_int_equal(seen.questions, 1);
    assert_string_equal(seen.name, "Signer");
    assert_string_equal(seen.element, "adult_in_2027");
    assert_string_equal(seen.value, "true");
    assert_string_equal(seen.refused, "");
    assert_int_equal(seen.purposes, JUMIN_PURPOSE_ADULT);
    assert_true(seen.adult_covered);
    assert_false(seen.age_covered);
    assert_non_null(strstr(seen.json, "\"purposes\":[\"adult\"]"));
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_SHOWN);
    assert_true(jumin_wallet_meet_over(meet)); // the verifier has said goodbye
    assert_int_equal(stage_credential(0).unused, 4);
    assert_last_event("shown", "adult", "adult_in_2027", "");
    stage_reopen(); // and it is on the disk
    assert_last_event("shown", "adult", "adult_in_2027", "");
    assert_int_equal(stage_credential(0).unused, 4);
}

static void test_each_meeting_has_a_key_and_a_copy_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ask_adult(JUMIN_OK);
        assert_accepted();
        assert_int_equal(stage_credential(0).unused, 4 - i);
    }
}

static void test_the_code_of_one_session_is_good_for_one(void **state)
{
    (void)state;
    const struct jumin_wallet_meet_options options = {.qr = true};
    char text[2048];
    meet_anew(&options);
    (void)snprintf(text, sizeof text, "%s", jumin_wallet_meet_qr(meet));
    assert_int_equal(strncmp(text, "mdoc:", 5), 0);
    ask_as(JUMIN_PURPOSE_ADULT, NULL, JUMIN_ERROR_NOT_SUPPORTED); // there is no tag
    ask_as(JUMIN_PURPOSE_ADULT, text, JUMIN_OK);
    assert_accepted();
    assert_true(jumin_wallet_meet_over(meet));
    ask_as(JUMIN_PURPOSE_ADULT, text, JUMIN_ERROR_ACCESS_DENIED);
    assert_int_equal(stage_credential(0).unused, 4);
    assert_int_equal(seen.questions, 1);
    assert_string_equal(jumin_wallet_meet_qr(meet), text);
}

static void test_a_code_is_not_spoiled_by_a_reader_that_only_looks(void **state)
{
    (void)state;
    const struct jumin_wallet_meet_options options = {.qr = true};
    meet_anew(&options);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
        assert_false(jumin_wallet_meet_over(meet));
    }
    ask_as(JUMIN_PURPOSE_ADULT, jumin_wallet_meet_qr(meet), JUMIN_OK);
    assert_accepted();
}

static unsigned agreed; // how often the key store was asked for ECDH
static bool (*file_agree)(void *context, const uint8_t *handle, size_t n, const uint8_t key[JUMIN_DEVICE_KEY],
                          uint8_t shared[32]);

static bool count_agree(void *context, const uint8_t *handle, size_t n, const uint8_t key[JUMIN_DEVICE_KEY],
                        uint8_t shared[32])
{
    agreed++;
    return file_agree(context, handle, n, key, shared);
}

static void test_a_mac_answers_where_it_is_wanted_and_keys_agree(void **state)
{
    (void)state;
    const struct jumin_wallet_meet_options options = {.mac = true};
    agreed = 0;
    file_agree = wallet->keys.agree;
    wallet->keys.agree = count_agree;
    ask_adult(JUMIN_OK);
    assert_int_equal(agreed, 0);
    meet_anew(&options);
    ask_adult(JUMIN_OK);
    assert_accepted();
    assert_int_equal(agreed, 1);
    wallet->keys.agree = NULL;
    ask_adult(JUMIN_OK);
    assert_accepted();
}

static enum jumin_error say(void *context, const struct jumin_wallet_disclosure *what)
{
    look(what);
    return *(const enum jumin_error *)context;
}

static void test_a_holder_may_be_asked_within_the_command(void **state)
{
    (void)state;
    enum jumin_error answer = JUMIN_OK;
    const struct jumin_wallet_meet_options options = {.holder = {say, &answer}};
    meet_anew(&options);
    ask_adult(JUMIN_OK);
    assert_accepted();
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_SHOWN);
    answer = JUMIN_ERROR_CANCELLED;
    ask_adult(JUMIN_ERROR_ACCESS_DENIED);
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_REFUSED);
    assert_int_equal(seen.questions, 2);
    assert_last_event("refused", "adult", "adult_in_2027", "the holder said no");
    answer = JUMIN_OK;
    venue.verifier->purposes |= JUMIN_PURPOSE_IDENTITY;
    ask_as(JUMIN_PURPOSE_IDENTITY, NULL, JUMIN_ERROR_ACCESS_DENIED);
    assert_int_equal(seen.questions, 3); // the holder hears of it
    assert_string_equal(seen.refused, "Signer may not ask for identity");
    assert_int_equal(stage_credential(0).unused, 4);
}

// --- What is not -------------------------------------------------------------------------------------------------

static void test_a_holder_who_says_no_shows_nothing(void **state)
{
    (void)state;
    holder = SAYS_NO;
    ask_adult(JUMIN_ERROR_ACCESS_DENIED);
    assert_refused(JUMIN_ERROR_CANCELLED, "the holder said no");
    assert_last_event("refused", "adult", "adult_in_2027", "the holder said no");
}

static void test_a_venue_that_may_not_ask_is_refused_whatever_the_holder_says(void **state)
{
    (void)state;
    venue.verifier->purposes |= JUMIN_PURPOSE_IDENTITY;
    ask_as(JUMIN_PURPOSE_IDENTITY, NULL, JUMIN_ERROR_ACCESS_DENIED);
    assert_string_equal(seen.refused, "Signer may not ask for identity");
    assert_false(seen.adult_covered);
    assert_refused(JUMIN_ERROR_NOT_AUTHORIZED, "Signer may not ask for identity");
    struct jumin_wallet_event event;
    assert_int_equal(jumin_wallet_event(wallet, jumin_wallet_events(wallet) - 1, &event), JUMIN_OK);
    assert_string_equal(event.kind, "refused");
    assert_string_equal(event.purpose, "identity");
    assert_string_equal(event.who, "Signer");
    assert_string_equal(event.reason, "Signer may not ask for identity");
}

static void test_who_is_not_known_is_refused(void **state)
{
    (void)state;
    trust_list_release(&wallet->trust);
    ask_adult(JUMIN_ERROR_ACCESS_DENIED);
    assert_refused(JUMIN_ERROR_NOT_AUTHORIZED,
                   "who asks is not known: the wallet has no trust list to know venues by");
    assert_non_null(strstr(seen.name, "no trust list"));
}

// What its list says is known, for a minute.
static void set_status(enum jumin_wallet_state status)
{
    wallet->credentials[0].status = status;
    wallet->credentials[0].status_checked = station_clock;
    wallet->credentials[0].status_due = station_clock + 60;
}

static void test_a_locked_credential_shows_nothing(void **state)
{
    (void)state;
    set_status(JUMIN_WALLET_LOCKED);
    ask_adult(JUMIN_ERROR_ACCESS_DENIED);
    assert_refused(JUMIN_ERROR_NOT_AUTHORIZED, "the credential is locked: it shows nothing");
    assert_false(seen.adult_covered); // and whoever has approved of it shows nothing either
}

static void test_a_credential_without_copies_says_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        ask_adult(JUMIN_OK);
    }
    ask_adult(JUMIN_ERROR_ACCESS_DENIED);
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_REFUSED);
    assert_string_equal(jumin_wallet_meet_detail(meet),
                        "all copies of the credential were shown: fetch others");
}

static void test_what_cannot_be_written_down_is_not_shown(void **state)
{
    (void)state;
    char elsewhere[] = "/nowhere/wallet", *path = wallet->path;
    set_status(JUMIN_WALLET_USABLE);
    wallet->path = elsewhere;
    ask_adult(JUMIN_ERROR_ACCESS_DENIED);
    wallet->path = path;
    assert_int_equal(seen.decided, JUMIN_ERROR_FILE);
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_REFUSED);
    assert_int_equal(stage_credential(0).unused, 5);
}

static bool sign_nothing(void *context, const uint8_t *handle, size_t n, const uint8_t digest[32],
                         uint8_t signature[64])
{
    (void)context;
    (void)handle;
    (void)n;
    (void)digest;
    (void)signature;
    return false;
}

static void test_a_key_store_that_refuses_shows_nothing(void **state)
{
    (void)state;
    wallet->keys.sign = sign_nothing;
    ask_adult(JUMIN_ERROR_ACCESS_DENIED);
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_REFUSED);
    assert_last_event("refused", "adult", "adult_in_2027", "the key of the credential does not answer");
    assert_int_equal(stage_credential(0).unused, 4); // whose copy is used all the same
}

// --- Who does not wait ---------------------------------------------------------------------------------------------

static void test_a_reader_that_leaves_before_the_answer_gets_nothing(void **state)
{
    (void)state;
    uint8_t response[258];
    size_t n = 0;
    holder = GIVES_UP;
    ask_adult(JUMIN_ERROR_TIMEOUT);
    assert_non_null(jumin_wallet_meet_disclosure(meet));
    jumin_wallet_meet_reset(meet);
    assert_null(jumin_wallet_meet_disclosure(meet));
    assert_int_equal(jumin_wallet_meet_decide(meet, true, station_clock, response, sizeof response, &n),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(n, 0);
    seen.decided = JUMIN_OK;
    assert_refused(JUMIN_OK, "the reader has not waited for the holder's answer");
    assert_last_event("refused", "adult", "adult_in_2027",
                      "the reader has not waited for the holder's answer");
    assert_true(jumin_wallet_meet_over(meet));
}

static void test_a_reader_that_asks_something_else_meanwhile_gets_nothing(void **state)
{
    (void)state;
    static const uint8_t select[] = {0x00, 0xA4, 0x04, 0x00, 0x07, 0xA0, 0x00,
                                     0x00, 0x02, 0x48, 0x04, 0x00, 0x00};
    uint8_t response[258];
    size_t n = 0;
    holder = GIVES_UP;
    ask_adult(JUMIN_ERROR_TIMEOUT);
    assert_int_equal(
        jumin_wallet_meet_command(meet, select, sizeof select, station_clock, response, sizeof response, &n),
        JUMIN_WALLET_MEET_RESPONSE);
    assert_int_equal(n, 2);
    assert_int_equal(response[0], 0x90);
    assert_null(jumin_wallet_meet_disclosure(meet));
    assert_last_event("refused", "adult", "adult_in_2027",
                      "the reader has not waited for the holder's answer");
    assert_int_equal(stage_credential(0).unused, 5);
}

static void test_a_question_that_waits_at_the_end_is_refused(void **state)
{
    (void)state;
    holder = GIVES_UP;
    ask_adult(JUMIN_ERROR_TIMEOUT);
    jumin_wallet_meet_free(meet);
    meet = NULL;
    assert_last_event("refused", "adult", "adult_in_2027",
                      "the reader has not waited for the holder's answer");
}

static void test_a_reader_that_leaves_in_the_middle_is_told_of(void **state)
{
    (void)state;
    ask_adult(JUMIN_OK);
    assert_true(seen.commands > 8);
    seen.last_command = 2 * seen.commands - 3; // the goodbye and what comes before it are missing
    ask_adult(JUMIN_ERROR_CARD_REMOVED);
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_SENDING);
    assert_false(jumin_wallet_meet_over(meet));
    jumin_wallet_meet_reset(meet);
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_FAILED);
    assert_true(jumin_wallet_meet_over(meet));
    assert_non_null(strstr(jumin_wallet_meet_detail(meet), "before it had all"));
    assert_last_event("shown", "adult", "adult_in_2027", ""); // for it may have been
}

// --- What is no meeting ----------------------------------------------------------------------------------------------

static size_t command(const char *digits, uint8_t response[258])
{
    uint8_t bytes[300];
    size_t n = 0;
    const struct span apdu = unhex(digits, bytes, sizeof bytes);
    assert_int_equal(jumin_wallet_meet_command(meet, apdu.p, apdu.n, station_clock, response, 258, &n),
                     JUMIN_WALLET_MEET_RESPONSE);
    return n;
}

static void test_a_message_that_is_none_is_answered_so(void **state)
{
    (void)state;
    uint8_t response[258];
    assert_int_equal(command("00A4040007A000000248040000", response), 2);
    // ENVELOPE with an empty map; SessionData with status 11 comes back.
    assert_true(command("00C30000035301A000", response) > 2);
    assert_memory_equal(response, "\x53\x09\xA1\x66status\x0B\x90\x00", 13);
    assert_int_equal(jumin_wallet_meet_state(meet), JUMIN_WALLET_MEET_FAILED);
    assert_true(jumin_wallet_meet_over(meet));
    assert_string_equal(jumin_wallet_meet_detail(meet), "the verifier's message does not open a session");
    assert_int_equal(seen.questions, 0);
    ask_adult(JUMIN_OK); // the next one is welcome
    assert_accepted();
}

static void test_limits_are_the_standards(void **state)
{
    (void)state;
    struct jumin_wallet_meet *none = NULL;
    struct jumin_wallet_meet_options options = {.command_max = 254};
    assert_int_equal(jumin_wallet_meet_new(&none, wallet, &options), JUMIN_ERROR_ARGUMENT);
    options = (struct jumin_wallet_meet_options){.response_max = 255};
    assert_int_equal(jumin_wallet_meet_new(&none, wallet, &options), JUMIN_ERROR_ARGUMENT);
    assert_null(none);
    assert_int_equal(jumin_wallet_meet_new(&none, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    options = (struct jumin_wallet_meet_options){.command_max = 255, .response_max = 256};
    meet_anew(&options);
    ask_adult(JUMIN_OK);
    assert_accepted();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEET_TEST(test_what_the_holder_agrees_to_is_shown_once_and_remembered),
        MEET_TEST(test_each_meeting_has_a_key_and_a_copy_of_its_own),
        MEET_TEST(test_the_code_of_one_session_is_good_for_one),
        MEET_TEST(test_a_code_is_not_spoiled_by_a_reader_that_only_looks),
        MEET_TEST(test_a_mac_answers_where_it_is_wanted_and_keys_agree),
        MEET_TEST(test_a_holder_may_be_asked_within_the_command),
        MEET_TEST(test_a_holder_who_says_no_shows_nothing),
        MEET_TEST(test_a_venue_that_may_not_ask_is_refused_whatever_the_holder_says),
        MEET_TEST(test_who_is_not_known_is_refused),
        MEET_TEST(test_a_locked_credential_shows_nothing),
        MEET_TEST(test_a_credential_without_copies_says_what_to_do),
        MEET_TEST(test_what_cannot_be_written_down_is_not_shown),
        MEET_TEST(test_a_key_store_that_refuses_shows_nothing),
        MEET_TEST(test_a_reader_that_leaves_before_the_answer_gets_nothing),
        MEET_TEST(test_a_reader_that_asks_something_else_meanwhile_gets_nothing),
        MEET_TEST(test_a_question_that_waits_at_the_end_is_refused),
        MEET_TEST(test_a_reader_that_leaves_in_the_middle_is_told_of),
        MEET_TEST(test_a_message_that_is_none_is_answered_so),
        MEET_TEST(test_limits_are_the_standards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
