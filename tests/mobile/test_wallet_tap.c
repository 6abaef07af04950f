// The tap, with the card's side put in its place: four messages to the server, then the credential for the
// key that the card has bound.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/wallet_stage.h"

#include <stdio.h>

enum { MESSAGES = 4 };

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
enum jumin_error __wrap_jumin_pipe_new(struct jumin_pipe **pipe, struct jumin_reader *reader,
                                       const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation,
                                       size_t n);
enum jumin_error __wrap_jumin_pipe_next(struct jumin_pipe *pipe, const uint8_t *answer, size_t answer_length,
                                        const uint8_t **message, size_t *message_length);
bool __wrap_jumin_pipe_finished(const struct jumin_pipe *pipe);
const char *__wrap_jumin_pipe_detail(const struct jumin_pipe *pipe);
void __wrap_jumin_pipe_free(struct jumin_pipe *pipe);

// A card that says "message N", and wants to hear "answer N".
static uint8_t messages[MESSAGES], device[JUMIN_DEVICE_KEY];
static unsigned step, freed, fails_at, last_message;
static char attested[64];

enum jumin_error __wrap_jumin_pipe_new(struct jumin_pipe **pipe, struct jumin_reader *reader,
                                       const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation,
                                       size_t n)
{
    assert_non_null(reader);
    (void)snprintf(attested, sizeof attested, "%.*s", (int)n, n > 0 ? (const char *)attestation : "");
    memcpy(device, key, sizeof device);
    step = 0;
    *pipe = (struct jumin_pipe *)messages;
    return JUMIN_OK;
}

enum jumin_error __wrap_jumin_pipe_next(struct jumin_pipe *pipe, const uint8_t *answer, size_t answer_length,
                                        const uint8_t **message, size_t *message_length)
{
    (void)pipe;
    assert_int_equal(answer_length, step == 0 ? 0 : 1);
    if (step > 0) {
        assert_int_equal(answer[0], 100 + step);
    }
    if (step + 1 == fails_at) {
        return JUMIN_ERROR_WRONG_PASSWORD;
    }
    *message = NULL;
    *message_length = 0;
    if (step < MESSAGES) {
        messages[step] = (uint8_t)(step + 1);
        *message = &messages[step];
        *message_length = 1;
    }
    step++;
    return JUMIN_OK;
}

bool __wrap_jumin_pipe_finished(const struct jumin_pipe *pipe)
{
    (void)pipe;
    return step > MESSAGES;
}

const char *__wrap_jumin_pipe_detail(const struct jumin_pipe *pipe)
{
    (void)pipe;
    return "the PIN is wrong";
}

void __wrap_jumin_pipe_free(struct jumin_pipe *pipe)
{
    (void)pipe;
    freed++;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// --- The server ------------------------------------------------------------------------------------------------

static const uint8_t chip_key[] = {4, 1, 2, 3};
static bool names_session;

static void make_card(void)
{
    uint8_t hash[CRYPTO_HASH_MAX];
    const struct span key = span_of(chip_key, sizeof chip_key);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &key, 1, hash));
    const struct database_value values[] = {database_text(stage_number), database_bytes(span_of(hash, 32))};
    assert_int_equal(
        database_run(stage, "UPDATE application SET chip_key = $2 WHERE number = $1", values, 2, NULL),
        JUMIN_OK);
}

static const char *bind(struct span message, struct http_response *response)
{
    static char session[RECORDS_SECRET];
    struct jumin_binding binding = {.counter = 1, .chip_key = chip_key, .chip_key_length = sizeof chip_key};
    assert_int_equal(message.n, 1);
    assert_int_equal(message.p[0], ++last_message);
    const uint8_t answer = (uint8_t)(100 + last_message);
    http_response_bytes(response, 200, "application/cbor", span_of(&answer, 1));
    if (last_message < MESSAGES) {
        return NULL;
    }
    assert_int_equal(jumin_device_thumbprint(device, binding.thumbprint), JUMIN_OK);
    assert_int_equal(records_bound(server, &binding, &(struct credential_attested){.there = false}, session),
                     JUMIN_OK);
    return names_session ? session : NULL;
}

static int open_tap(void **state)
{
    stage_photo = true;
    assert_int_equal(wallet_stage_open(state), 0);
    stage_trust();
    make_card();
    stage_binding = bind;
    names_session = true;
    last_message = 0;
    fails_at = 0;
    freed = 0;
    return 0;
}

static enum jumin_error tap(const char *issuer, const struct jumin_wallet_tap_options *options)
{
    uint8_t reader = 0; // only handed on
    return jumin_wallet_tap(wallet, (struct jumin_reader *)&reader, issuer, options, station_clock);
}

#define TAP_TEST(test) cmocka_unit_test_setup_teardown(test, open_tap, wallet_stage_close)

static void test_a_tap_ends_in_credentials(void **state)
{
    (void)state;
    stage_assert(tap(STAGE_ISSUER "/", NULL), JUMIN_OK, "");
    assert_memory_equal(device, wallet->device.point, sizeof device);
    assert_int_equal(jumin_wallet_count(wallet), 2);
    assert_int_equal(stage_credential(0).unused, 5);
    assert_int_equal(stage_credential(1).unused, 5);
    assert_int_equal(freed, 1);
}

static void test_what_the_card_refuses_is_said(void **state)
{
    (void)state;
    fails_at = 2;
    stage_assert(tap(STAGE_ISSUER, NULL), JUMIN_ERROR_WRONG_PASSWORD, "the PIN is wrong");
    assert_int_equal(freed, 1);
    assert_int_equal(jumin_wallet_count(wallet), 0);
}

static void test_a_server_that_binds_alone_is_told_apart(void **state)
{
    (void)state;
    names_session = false;
    stage_assert(tap(STAGE_ISSUER, NULL), JUMIN_ERROR_NOT_SUPPORTED, "gives no credential");
}

static const char *refuse(struct span message, struct http_response *response)
{
    (void)message;
    http_response_error(response, 403, "certificate", "the device key is not attested");
    return NULL;
}

static const char *speak_of_else(struct span message, struct http_response *response)
{
    (void)message;
    http_response_text(response, 200, "hello");
    return NULL;
}

static void test_what_the_server_refuses_is_said(void **state)
{
    (void)state;
    stage_binding = refuse;
    stage_assert(tap(STAGE_ISSUER, NULL), JUMIN_ERROR_ACCESS_DENIED, "the device key is not attested");
    stage_binding = speak_of_else;
    stage_assert(tap(STAGE_ISSUER, NULL), JUMIN_ERROR_MALFORMED, "does not speak of binding");
    stage_online = false;
    stage_assert(tap(STAGE_ISSUER, NULL), JUMIN_ERROR_LINK, "no connection");
    stage_online = true;
    stage_binding = bind;
}

// --- The face ----------------------------------------------------------------------------------------------------

static struct {
    unsigned calls;
    enum jumin_error error;
    struct jumin_wallet_likeness likeness;
} comparer;

static enum jumin_error compare(void *context, const uint8_t *portrait, size_t n,
                                struct jumin_wallet_likeness *likeness)
{
    assert_ptr_equal(context, &comparer);
    assert_true(n > 3);
    assert_memory_equal(portrait, "\xFF\xD8\xFF", 3);
    comparer.calls++;
    *likeness = comparer.likeness;
    return comparer.error;
}

static enum jumin_error tap_with_face(unsigned score, bool live)
{
    const struct jumin_wallet_tap_options options = {.compare = compare, .context = &comparer};
    comparer.calls = 0;
    comparer.error = JUMIN_OK;
    comparer.likeness = (struct jumin_wallet_likeness){.score = score, .live = live};
    last_message = 0;
    return tap(STAGE_ISSUER, &options);
}

static void ask_for_faces(void)
{
    station_scheme("\"tap\": false", "\"tap\": true ");
}

static void test_the_face_is_compared_after_the_binding_where_the_issuer_asks(void **state)
{
    (void)state;
    stage_assert(tap_with_face(60, true), JUMIN_OK, "");
    assert_int_equal(comparer.calls, 0); // it does not ask
    ask_for_faces();
    stage_assert(tap_with_face(60, true), JUMIN_OK, "");
    assert_int_equal(comparer.calls, 1);
    assert_int_equal(jumin_wallet_count(wallet), 2);
}

static void test_a_face_that_is_not_alike_or_not_alive_gets_nothing(void **state)
{
    (void)state;
    ask_for_faces();
    stage_assert(tap_with_face(59, true), JUMIN_ERROR_RULES, "the face is not alike enough");
    stage_assert(tap_with_face(100, false), JUMIN_ERROR_RULES, "not of a living face");
    assert_string_equal(stage_last_path, "/portrait"); // nothing was sent
    stage_assert(tap_with_face(101, true), JUMIN_ERROR_MALFORMED, "the face was not compared");
    assert_int_equal(jumin_wallet_count(wallet), 0);
}

static void test_without_who_compares_the_holder_is_told(void **state)
{
    (void)state;
    ask_for_faces();
    stage_assert(tap(STAGE_ISSUER, NULL), JUMIN_ERROR_NOT_SUPPORTED, "wants the holder's face compared");
    assert_string_equal(stage_last_path, "/provision"); // no portrait was fetched
}

static enum jumin_error compare_in_vain(void *context, const uint8_t *portrait, size_t n,
                                        struct jumin_wallet_likeness *likeness)
{
    (void)context;
    (void)portrait;
    (void)n;
    (void)snprintf(likeness->why, sizeof likeness->why, "the camera is broken");
    return JUMIN_ERROR_TIMEOUT;
}

static void test_what_goes_wrong_with_comparing_is_said(void **state)
{
    const struct jumin_wallet_tap_options options = {.compare = compare_in_vain};
    (void)state;
    ask_for_faces();
    stage_assert(tap(STAGE_ISSUER, &options), JUMIN_ERROR_TIMEOUT,
                 "the face was not compared: the camera is broken");
}

static void test_with_an_old_photo_the_holder_is_told_to_get_a_card(void **state)
{
    (void)state;
    ask_for_faces();
    station_scheme("\"photo_years\": 10", "\"photo_years\": 1 ");
    station_clock = station_midnight("2028-01-16");
    stage_assert(tap_with_face(100, true), JUMIN_ERROR_ACCESS_DENIED, "a new physical card comes first");
    assert_int_equal(comparer.calls, 0);
}

// --- Whose offer it is -------------------------------------------------------------------------------------------

static void test_an_offer_of_another_issuer_is_not_taken(void **state)
{
    (void)state;
    stage_another_issuer = true;
    stage_assert(tap(STAGE_ISSUER, NULL), JUMIN_ERROR_MALFORMED,
                 "a credential of another issuer, https://other.example");
    assert_int_equal(jumin_wallet_count(wallet), 0);
}

static void test_the_wallets_attestation_goes_with_the_device_key(void **state)
{
    const struct jumin_wallet_tap_options options = {.attestation = "e30.e30.AA"};
    (void)state;
    stage_assert(tap(STAGE_ISSUER, &options), JUMIN_OK, "");
    assert_string_equal(attested, "e30.e30.AA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TAP_TEST(test_a_tap_ends_in_credentials),
        TAP_TEST(test_what_the_card_refuses_is_said),
        TAP_TEST(test_a_server_that_binds_alone_is_told_apart),
        TAP_TEST(test_what_the_server_refuses_is_said),
        TAP_TEST(test_the_face_is_compared_after_the_binding_where_the_issuer_asks),
        TAP_TEST(test_a_face_that_is_not_alike_or_not_alive_gets_nothing),
        TAP_TEST(test_without_who_compares_the_holder_is_told),
        TAP_TEST(test_what_goes_wrong_with_comparing_is_said),
        TAP_TEST(test_with_an_old_photo_the_holder_is_told_to_get_a_card),
        TAP_TEST(test_an_offer_of_another_issuer_is_not_taken),
        TAP_TEST(test_the_wallets_attestation_goes_with_the_device_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
