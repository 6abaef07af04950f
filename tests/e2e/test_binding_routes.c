// Binding a phone over HTTP, request by request: sessions that are lost, late, too many, or asked twice at
// once.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/binding_routes.h"

#include "tests/e2e/binding_ends.h"
#include "tests/unit/unit.h"

enum { SECONDS = 60, ROUND_TRIPS = 4 };

static struct binding_routes *binding;
static int64_t now;
static size_t times_bound;
static uint32_t counter;
static int status_meanwhile;
static const char *peer;

static void post(const char *type, const uint8_t *message, size_t n, struct http_response *response)
{
    const struct http_header header = {"Content-Type", type};
    const struct http_routes table = binding_routes_table(binding);
    struct http_request request = {.method = "POST",
                                   .path = "/binding",
                                   .body = span_of(message, n),
                                   .headers = &header,
                                   .header_count = 1,
                                   .peer = peer,
                                   .now = now};
    *response = (struct http_response){0};
    assert_string_equal(http_routes_call(&table, 1, &request, response), "binding");
}

static void refused(const char *type, const void *message, size_t n, int status, const char *why)
{
    struct http_response response;
    post(type, message, n, &response);
    assert_int_equal(response.status, status);
    assert_non_null(memmem(response.body, response.n, why, strlen(why)));
    http_response_release(&response);
}

// While the last answer is made: the phone's message comes once more.
static void bound(void *context, const struct http_request *request, const struct jumin_binding *result,
                  struct http_response *response)
{
    struct http_response other;
    (void)context;
    times_bound++;
    counter = result->counter;
    http_response_header(response, "X-Bound", "yes");
    post("application/cbor", request->body.p, request->body.n, &other);
    status_meanwhile = other.status;
    http_response_release(&other);
}

static int start(void **state)
{
    (void)binding_start(state);
    const struct binding_routes_options options = {
        .authenticator = usual_options(), .sessions = 2, .seconds = SECONDS, .bound = bound};
    now = options.authenticator.time;
    times_bound = 0;
    counter = 0;
    status_meanwhile = 0;
    peer = "192.0.2.1";
    binding = binding_routes_new(&options);
    return binding == NULL;
}

static int stop(void **state)
{
    binding_routes_free(binding);
    return binding_stop(state);
}

// So many round trips of a new session; the last response stays the caller's.
static void go(struct jumin_pipe *pipe, size_t round_trips, struct http_response *response)
{
    const uint8_t *message = NULL;
    size_t n = 0;
    *response = (struct http_response){0};
    for (size_t i = 0; i < round_trips; i++) {
        assert_int_equal(jumin_pipe_next(pipe, response->body, response->n, &message, &n), JUMIN_OK);
        http_response_release(response);
        post("application/cbor", message, n, response);
        assert_int_equal(response->status, 200);
        assert_string_equal(response->type, "application/cbor");
    }
}

static struct jumin_pipe *new_pipe(void)
{
    struct jumin_pipe *pipe = NULL;
    uint8_t key[JUMIN_DEVICE_KEY];
    phone_key(0, key);
    assert_int_equal(jumin_pipe_new(&pipe, stage.reader, key, NULL, 0), JUMIN_OK);
    return pipe;
}

static void test_four_requests_bind_a_phone(void **state)
{
    struct jumin_pipe *pipe = new_pipe();
    struct http_response response;
    const uint8_t *message = NULL;
    size_t n = 0;
    (void)state;
    go(pipe, ROUND_TRIPS, &response);
    assert_string_equal(response.headers[0].value, "no-store");
    assert_string_equal(response.headers[1].name, "X-Bound");
    assert_int_equal(jumin_pipe_next(pipe, response.body, response.n, &message, &n), JUMIN_OK);
    assert_true(jumin_pipe_finished(pipe));
    assert_int_equal(times_bound, 1);
    assert_int_equal(counter, 1);
    assert_int_equal(status_meanwhile, 409);
    assert_int_equal(binding_routes_sessions(binding), 0); // it is over
    http_response_release(&response);
    jumin_pipe_free(pipe);
}

static void test_a_session_has_its_time(void **state)
{
    struct jumin_pipe *pipe = new_pipe();
    struct http_response response;
    const uint8_t *message = NULL;
    size_t n = 0;
    (void)state;
    go(pipe, 1, &response);
    assert_int_equal(jumin_pipe_next(pipe, response.body, response.n, &message, &n), JUMIN_OK);
    now += SECONDS - 1;
    assert_int_equal(binding_routes_sessions(binding), 1);
    now += 1;
    refused("application/cbor", message, n, 404, "unknown_session");
    assert_int_equal(binding_routes_sessions(binding), 0);
    http_response_release(&response);
    jumin_pipe_free(pipe);
    assert_nothing_is_bound();
}

static void test_a_session_goes_on_until_its_last_second(void **state)
{
    struct jumin_pipe *pipe = new_pipe();
    struct http_response response, last;
    const uint8_t *message = NULL;
    size_t n = 0;
    (void)state;
    go(pipe, 1, &response);
    assert_int_equal(jumin_pipe_next(pipe, response.body, response.n, &message, &n), JUMIN_OK);
    now += SECONDS - 1;
    post("application/cbor", message, n, &last);
    assert_int_equal(last.status, 200);
    http_response_release(&last);
    // The message that was answered is not due again, and asking so ends the session.
    refused("application/cbor", message, n, 400, "malformed");
    refused("application/cbor", message, n, 404, "unknown_session");
    http_response_release(&response);
    jumin_pipe_free(pipe);
}

// A session that gets no further than its first message.
static void begin(const char *from)
{
    struct jumin_pipe *pipe = new_pipe();
    struct http_response response;
    peer = from;
    go(pipe, 1, &response);
    http_response_release(&response);
    jumin_pipe_free(pipe);
}

static void test_who_begins_takes_the_place_of_who_began_first_and_proves_nothing(void **state)
{
    struct jumin_pipe *pipes[] = {new_pipe(), new_pipe(), new_pipe()};
    struct http_response responses[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        go(pipes[i], 1, &responses[i]);
    }
    assert_int_equal(binding_routes_sessions(binding), 2);
    const uint8_t *message = NULL;
    size_t n = 0;
    assert_int_equal(jumin_pipe_next(pipes[0], responses[0].body, responses[0].n, &message, &n), JUMIN_OK);
    refused("application/cbor", message, n, 404, "unknown_session");
    for (size_t i = 1; i < 3; i++) { // the card has one session at a time: one after the other
        struct http_response response;
        assert_int_equal(jumin_pipe_next(pipes[i], responses[i].body, responses[i].n, &message, &n),
                         JUMIN_OK);
        post("application/cbor", message, n, &response);
        assert_int_equal(response.status, 200);
        http_response_release(&response);
    }
    for (size_t i = 0; i < 3; i++) {
        http_response_release(&responses[i]);
        jumin_pipe_free(pipes[i]);
    }
}

static void test_a_session_whose_card_has_proven_itself_keeps_its_place(void **state)
{
    struct jumin_pipe *pipe = new_pipe();
    struct http_response response, last;
    const uint8_t *message = NULL;
    size_t n = 0;
    (void)state;
    go(pipe, 3, &response);
    for (size_t i = 0; i < 3; i++) {
        begin("198.51.100.7");
    }
    assert_int_equal(binding_routes_sessions(binding), 2);
    assert_int_equal(jumin_pipe_next(pipe, response.body, response.n, &message, &n), JUMIN_OK);
    post("application/cbor", message, n, &last);
    assert_int_equal(last.status, 200);
    assert_int_equal(times_bound, 1);
    http_response_release(&last);
    http_response_release(&response);
    jumin_pipe_free(pipe);
}

static void test_where_all_have_proven_themselves_who_begins_is_told_to_wait(void **state)
{
    const struct binding_routes_options options = {
        .authenticator = usual_options(), .sessions = 1, .seconds = SECONDS, .bound = bound};
    struct jumin_pipe *pipe = new_pipe(), *other = new_pipe();
    struct http_response response;
    const uint8_t *message = NULL;
    size_t n = 0;
    (void)state;
    binding_routes_free(binding);
    binding = binding_routes_new(&options);
    go(pipe, 3, &response);
    http_response_release(&response);
    assert_int_equal(jumin_pipe_next(other, NULL, 0, &message, &n), JUMIN_OK);
    refused("application/cbor", message, n, 503, "too many phones");
    now += SECONDS; // those who went away make room
    post("application/cbor", message, n, &response);
    assert_int_equal(response.status, 200);
    assert_int_equal(binding_routes_sessions(binding), 1);
    http_response_release(&response);
    jumin_pipe_free(pipe);
    jumin_pipe_free(other);
}

static void test_a_peer_has_its_share_of_sessions_and_no_more(void **state)
{
    const struct binding_routes_options options = {
        .authenticator = usual_options(), .sessions = 8, .each = 2, .seconds = SECONDS, .bound = bound};
    struct jumin_pipe *pipe = new_pipe();
    struct http_response response, next;
    const uint8_t *message = NULL;
    size_t n = 0;
    (void)state;
    binding_routes_free(binding);
    binding = binding_routes_new(&options);
    go(pipe, 1, &response);
    for (size_t i = 0; i < 5; i++) {
        begin("2001:db8:0:1::1");
        begin("2001:db8:0:1:ffff::2"); // the same customer
    }
    assert_int_equal(binding_routes_sessions(binding), 3);
    peer = "192.0.2.1";
    assert_int_equal(jumin_pipe_next(pipe, response.body, response.n, &message, &n), JUMIN_OK);
    post("application/cbor", message, n, &next);
    assert_int_equal(next.status, 200);
    http_response_release(&next);
    http_response_release(&response);
    jumin_pipe_free(pipe);
}

static void test_what_is_no_message_is_refused(void **state)
{
    static const uint8_t none[] = {0x01, 0x80, 0x83, 0x03}, text[] = {0x82, 0x61, 'a', 0x40},
                         lost[] = {0x82, 0x03, 0x41, 0};
    (void)state;
    refused("application/json", "{}", 2, 415, "application/cbor");
    refused("application/cbor", NULL, 0, 400, "no message");
    refused("application/cbor", none, 1, 400, "no message");
    refused("application/cbor", none + 1, 1, 400, "no message");
    refused("application/cbor", none + 2, 2, 400, "no message");
    refused("application/cbor", text, sizeof text, 400, "no message");
    refused("application/cbor", lost, sizeof lost, 404, "unknown_session");
    static const uint8_t begin[] = {0x81, 0x01}; // without a key
    refused("application/cbor", begin, sizeof begin, 400, "malformed");
    assert_int_equal(binding_routes_sessions(binding), 0);
}

static bool nobody(void *context, const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation, size_t n,
                   char why[JUMIN_ATTESTATION_WHY])
{
    (void)snprintf(why, JUMIN_ATTESTATION_WHY, "nobody is");
    (void)context;
    (void)key;
    (void)attestation;
    (void)n;
    return false;
}

static void test_a_phone_that_is_not_attested_is_forbidden(void **state)
{
    struct binding_routes_options options = {.authenticator = usual_options()};
    struct jumin_pipe *pipe = new_pipe();
    const uint8_t *message = NULL;
    size_t n = 0;
    (void)state;
    options.authenticator.attested = nobody;
    binding_routes_free(binding);
    binding = binding_routes_new(&options);
    assert_int_equal(jumin_pipe_next(pipe, NULL, 0, &message, &n), JUMIN_OK);
    refused("application/cbor", message, n, 403, "the device key is not attested: nobody is");
    jumin_pipe_free(pipe);
}

// While one phone's attestation is looked at, another phone is answered.
static bool answer_another(void *context, const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation,
                           size_t n, char why[JUMIN_ATTESTATION_WHY])
{
    bool *within = context;
    (void)key;
    (void)attestation;
    (void)n;
    (void)why;
    if (!*within) {
        *within = true;
        begin("198.51.100.7");
    }
    return true;
}

static void test_sessions_go_on_side_by_side(void **state)
{
    bool within = false;
    struct binding_routes_options options = {.authenticator = usual_options()};
    (void)state;
    options.authenticator.attested = answer_another;
    options.authenticator.context = &within;
    binding_routes_free(binding);
    binding = binding_routes_new(&options);
    begin("192.0.2.1");
    assert_true(within);
    assert_int_equal(binding_routes_sessions(binding), 2);
}

// … and that other phone finds no place, though the first one has proven nothing yet.
static bool refuse_another(void *context, const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation,
                           size_t n, char why[JUMIN_ATTESTATION_WHY])
{
    struct jumin_pipe *pipe = new_pipe();
    const uint8_t *message = NULL;
    size_t length = 0;
    (void)context;
    (void)key;
    (void)attestation;
    (void)n;
    (void)why;
    assert_int_equal(jumin_pipe_next(pipe, NULL, 0, &message, &length), JUMIN_OK);
    refused("application/cbor", message, length, 503, "too many phones");
    jumin_pipe_free(pipe);
    return true;
}

static void test_a_session_that_is_being_answered_keeps_its_place(void **state)
{
    struct binding_routes_options options = {.authenticator = usual_options(), .sessions = 1};
    (void)state;
    options.authenticator.attested = refuse_another;
    binding_routes_free(binding);
    binding = binding_routes_new(&options);
    begin("192.0.2.1");
    assert_int_equal(binding_routes_sessions(binding), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_four_requests_bind_a_phone, start, stop),
        cmocka_unit_test_setup_teardown(test_a_session_has_its_time, start, stop),
        cmocka_unit_test_setup_teardown(test_a_session_goes_on_until_its_last_second, start, stop),
        cmocka_unit_test_setup_teardown(test_who_begins_takes_the_place_of_who_began_first_and_proves_nothing,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_a_session_whose_card_has_proven_itself_keeps_its_place, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_where_all_have_proven_themselves_who_begins_is_told_to_wait,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_a_peer_has_its_share_of_sessions_and_no_more, start, stop),
        cmocka_unit_test_setup_teardown(test_what_is_no_message_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_a_phone_that_is_not_attested_is_forbidden, start, stop),
        cmocka_unit_test_setup_teardown(test_sessions_go_on_side_by_side, start, stop),
        cmocka_unit_test_setup_teardown(test_a_session_that_is_being_answered_keeps_its_place, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
