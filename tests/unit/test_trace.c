// Recording a transport and replaying the record.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/transport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

// --- A card that echoes ------------------------------------------------------------------------------------

struct echo {
    enum jumin_error next; // what the next call answers, once
    unsigned connects, disconnects, releases;
};

static enum jumin_error take_error(struct echo *echo)
{
    const enum jumin_error error = echo->next;
    echo->next = JUMIN_OK;
    return error;
}

static enum jumin_error echo_connect(void *context)
{
    struct echo *echo = context;
    echo->connects++;
    return take_error(echo);
}

static enum jumin_error echo_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                      size_t capacity, size_t *length)
{
    assert_true(n + 2 <= capacity);
    memcpy(response, command, n);
    response[n] = 0x90;
    response[n + 1] = 0x00;
    *length = n + 2;
    return take_error(context);
}

static void echo_disconnect(void *context)
{
    ((struct echo *)context)->disconnects++;
}

static void echo_limits(void *context, struct jumin_limits *limits)
{
    (void)context;
    *limits = (struct jumin_limits){261, 258, false};
}

static const char *echo_detail(void *context)
{
    (void)context;
    return "what the echo says";
}

static void echo_release(void *context)
{
    ((struct echo *)context)->releases++;
}

static const struct jumin_transport_functions echo_functions = {
    echo_connect, echo_transmit, echo_disconnect, echo_limits, echo_detail, echo_release,
};

// --- Helpers -----------------------------------------------------------------------------------------------

static uint8_t response[300];
static size_t length;

static enum jumin_error transmit(struct jumin_transport *transport, const char *hex)
{
    uint8_t command[300];
    const struct span bytes = unhex(hex, command, sizeof command);
    return jumin_transport_transmit(transport, bytes.p, bytes.n, response, sizeof response, &length);
}

static struct jumin_transport *replay_of(const char *text, FILE **file)
{
    struct jumin_transport *transport = NULL;
    *file = tmpfile();
    assert_non_null(*file);
    fputs(text, *file);
    assert_int_equal(fseek(*file, 0, SEEK_SET), 0);
    assert_int_equal(jumin_trace_replay(&transport, *file), JUMIN_OK);
    return transport;
}

// --- Tests -------------------------------------------------------------------------------------------------

static void test_record_holds_every_exchange_and_error(void **state)
{
    (void)state;
    char *text = NULL;
    size_t n = 0;
    FILE *log = open_memstream(&text, &n);
    struct echo echo = {0};
    struct jumin_transport *inner = NULL, *transport = NULL;
    assert_int_equal(jumin_transport_new(&inner, &echo_functions, &echo), JUMIN_OK);
    assert_int_equal(jumin_trace_record(&transport, inner, log), JUMIN_OK);
    echo.next = JUMIN_ERROR_NO_CARD;
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_CARD);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(transport, "00A4040C"), JUMIN_OK);
    echo.next = JUMIN_ERROR_CARD_REMOVED;
    assert_int_equal(transmit(transport, "00B0"), JUMIN_ERROR_CARD_REMOVED);
    assert_string_equal(jumin_transport_detail(transport), "what the echo says");
    jumin_transport_free(transport);
    fclose(log);
    assert_string_equal(
        text, "^\n! no-card\n^\n= 261 258 short\n> 00A4040C\n< 00A4040C9000\n> 00B0\n! card-removed\n");
    assert_int_equal(echo.connects, 2);
    assert_int_equal(echo.releases, 1);
    assert_true(echo.disconnects >= 1);
    free(text);
}

static void test_replay_answers_what_was_recorded(void **state)
{
    (void)state;
    FILE *log = NULL;
    struct jumin_transport *transport = replay_of(
        "# a tap\n^\n! no-card\n^\n= 261 258 short\n> 00A4040C\n< 6F009000\n\n> 00b0\n! card-removed\n",
        &log);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_CARD);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    struct jumin_limits limits;
    jumin_transport_limits(transport, &limits);
    assert_int_equal(limits.command_max, 261);
    assert_int_equal(limits.response_max, 258);
    assert_false(limits.extended);
    assert_int_equal(transmit(transport, "00A4040C"), JUMIN_OK);
    assert_span_hex(span_of(response, length), "6F009000");
    assert_int_equal(transmit(transport, "00B0"), JUMIN_ERROR_CARD_REMOVED);
    assert_int_equal(transmit(transport, "00B0"), JUMIN_ERROR_LINK); // the record is at its end
    jumin_transport_free(transport);
    fclose(log);
}

static void test_replay_tells_where_the_program_left_the_record(void **state)
{
    (void)state;
    static const char *const commands[] = {"00A4040D", "00A404", "00A4040C00"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        FILE *log = NULL;
        struct jumin_transport *transport = replay_of("^\n> 00A4040C\n< 9000\n", &log);
        assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
        assert_int_equal(transmit(transport, commands[i]), JUMIN_ERROR_LINK);
        assert_int_equal(length, 0);
        const char *detail = jumin_transport_detail(transport);
        assert_non_null(strstr(detail, "line 2"));
        assert_non_null(strstr(detail, "> 00A4040C"));
        assert_non_null(strstr(detail, commands[i]));
        jumin_transport_free(transport);
        fclose(log);
    }
}

static void test_replay_refuses_records_that_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "> 00\n",
        "^\n> 00\n",
        "^\n> 00\n< 90\n",
        "^\n> 00\n< 900\n",
        "^\n> 00\n< 9000 \n",
        "^\n> 00\n<9000\n",
        "^\n>00\n< 9000\n",
        "^\n> 00\n! nothing\n",
        "^\n> 00\n!\n",
        "^\n= 1\n> 00\n< 9000\n",
        "^\n= 261 258 long\n> 00\n< 9000\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        FILE *log = NULL;
        struct jumin_transport *transport = replay_of(bad[i], &log);
        enum jumin_error error = jumin_transport_connect(transport);
        if (error == JUMIN_OK) {
            error = transmit(transport, "00");
        }
        assert_int_equal(error, JUMIN_ERROR_LINK);
        assert_int_not_equal(strlen(jumin_transport_detail(transport)), 0);
        jumin_transport_free(transport);
        fclose(log);
    }
}

static void test_replay_of_a_long_response_needs_room(void **state)
{
    (void)state;
    FILE *log = NULL;
    struct jumin_transport *transport = replay_of("^\n> 00\n< 0102039000\n", &log);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    const uint8_t command[] = {0x00};
    assert_int_equal(jumin_transport_transmit(transport, command, 1, response, 4, &length), JUMIN_ERROR_LINK);
    jumin_transport_free(transport);
    fclose(log);
}

static void test_a_command_over_the_limit_is_not_sent(void **state)
{
    (void)state;
    struct echo echo = {0};
    struct jumin_transport *transport = NULL;
    static const uint8_t command[262];
    assert_int_equal(jumin_transport_new(&transport, &echo_functions, &echo), JUMIN_OK);
    assert_int_equal(
        jumin_transport_transmit(transport, command, sizeof command, response, sizeof response, &length),
        JUMIN_ERROR_TOO_LONG);
    jumin_transport_free(transport);
}

static void test_every_error_has_its_own_name_and_text(void **state)
{
    (void)state;
    for (int i = 0; i < JUMIN_ERROR_COUNT; i++) {
        assert_string_not_equal(jumin_error_name((enum jumin_error)i), "unknown");
        assert_int_not_equal(strlen(jumin_error_text((enum jumin_error)i)), 0);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(jumin_error_name((enum jumin_error)i),
                                    jumin_error_name((enum jumin_error)j));
        }
    }
    assert_string_equal(jumin_error_name(JUMIN_ERROR_COUNT), "unknown");
    assert_string_equal(jumin_error_name((enum jumin_error) - 1), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_holds_every_exchange_and_error),
        cmocka_unit_test(test_replay_answers_what_was_recorded),
        cmocka_unit_test(test_replay_tells_where_the_program_left_the_record),
        cmocka_unit_test(test_replay_refuses_records_that_are_none),
        cmocka_unit_test(test_replay_of_a_long_response_needs_room),
        cmocka_unit_test(test_a_command_over_the_limit_is_not_sent),
        cmocka_unit_test(test_every_error_has_its_own_name_and_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
