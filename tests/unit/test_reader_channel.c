// The reader's channel: chains, and the units that links and secure messaging leave room for (ISO 7816-4
// §5.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/channel.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { SENT_MAX = 8 };

// Keeps what was sent; answers 9000, protected when the session is active.
struct link {
    struct jumin_limits limits;
    struct sm_session chip;
    uint8_t sent[SENT_MAX][2048];
    size_t lengths[SENT_MAX];
    size_t count;
    uint16_t refuse_with; // the first command's status, unless 0
};

static enum jumin_error connect_link(void *context)
{
    (void)context;
    return JUMIN_OK;
}

static void disconnect_link(void *context)
{
    (void)context;
}

static void limits_of_link(void *context, struct jumin_limits *limits)
{
    const struct link *link = context;
    *limits = link->limits;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct link *link = context;
    assert_in_range(link->count, 0, SENT_MAX - 1);
    assert_in_range(n, 4, link->limits.command_max);
    memcpy(link->sent[link->count], command, n);
    link->lengths[link->count++] = n;
    struct writer w = writer_of(response, capacity);
    const uint16_t status = link->refuse_with != 0 ? link->refuse_with : SW_OK;
    if (link->chip.active) {
        uint8_t buffer[2048];
        struct apdu_command parsed, plain;
        assert_true(apdu_parse(span_of(command, n), &parsed));
        assert_int_equal(sm_open_command(&link->chip, &parsed, buffer, &plain), SM_OK);
        assert_true(sm_protect_response(&link->chip, span_of(NULL, 0), status, false, &w));
    }
    writer_put_u16(&w, status);
    *length = w.n;
    return JUMIN_OK;
}

static const struct jumin_transport_functions functions = {
    .connect = connect_link, .transmit = transmit, .disconnect = disconnect_link, .limits = limits_of_link};

struct fixture {
    struct link link;
    struct channel channel;
    struct detail detail;
};

static struct fixture *start(struct jumin_limits limits)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->link.limits = limits;
    f->channel.detail = &f->detail;
    assert_int_equal(jumin_transport_new(&f->channel.transport, &functions, &f->link), JUMIN_OK);
    assert_int_equal(channel_connect(&f->channel), JUMIN_OK);
    return f;
}

static void protect(struct fixture *f)
{
    static const uint8_t key[16] = {7};
    assert_true(sm_start(&f->channel.sm, SUITE_AES_CBC_CMAC_128, span_of(key, 16), span_of(key, 16)));
    assert_true(sm_start(&f->link.chip, SUITE_AES_CBC_CMAC_128, span_of(key, 16), span_of(key, 16)));
}

static void stop(struct fixture *f)
{
    channel_end(&f->channel);
    sm_end(&f->link.chip);
    jumin_transport_free(f->channel.transport);
    free(f);
}

static const struct jumin_limits short_link = {.command_max = 261, .response_max = 258};
static const struct jumin_limits long_link = {.command_max = 2048, .response_max = 4096, .extended = true};

static enum jumin_error send_long(struct fixture *f, uint16_t *status)
{
    static const uint8_t data[600] = {1, 2, 3};
    const struct apdu_command command = {
        .ins = 0x22, .p1 = 0x41, .p2 = 0xA6, .data = span_of(data, sizeof data)};
    struct span answer;
    return channel_transmit(&f->channel, &command, &answer, status);
}

static void test_long_command_is_chained_on_a_short_link(void **state)
{
    (void)state;
    uint16_t status = 0;
    struct fixture *f = start(short_link);
    assert_int_equal(send_long(f, &status), JUMIN_OK);
    assert_int_equal(status, SW_OK);
    assert_int_equal(f->link.count, 3);
    assert_int_equal(f->link.sent[0][0], CLA_CHAINING);
    assert_int_equal(f->link.sent[1][0], CLA_CHAINING);
    assert_int_equal(f->link.sent[2][0], 0x00);
    assert_int_equal(f->link.lengths[0], 5 + 255);
    assert_int_equal(f->link.lengths[2], 5 + 600 - 2 * 255);
    stop(f);
}

static void test_long_command_is_chained_under_secure_messaging(void **state)
{
    (void)state;
    uint16_t status = 0;
    struct fixture *f = start(short_link);
    protect(f);
    assert_int_equal(send_long(f, &status), JUMIN_OK);
    assert_int_equal(status, SW_OK);
    assert_int_equal(f->link.count, 3);
    assert_int_equal(f->link.sent[0][0], CLA_CHAINING | CLA_SM_HEADER_AUTHENTICATED);
    assert_int_equal(f->link.sent[2][0], CLA_SM_HEADER_AUTHENTICATED);
    stop(f);
}

static void test_long_command_goes_in_one_apdu_where_it_can(void **state)
{
    (void)state;
    uint16_t status = 0;
    struct fixture *f = start(long_link);
    assert_int_equal(send_long(f, &status), JUMIN_OK);
    assert_int_equal(f->link.count, 1);
    stop(f);
}

static void test_refused_link_of_a_chain_stops_it(void **state)
{
    (void)state;
    uint16_t status = 0;
    struct fixture *f = start(short_link);
    f->link.refuse_with = SW_CHAINING_NOT_SUPPORTED;
    assert_int_equal(send_long(f, &status), JUMIN_ERROR_STATUS);
    assert_int_equal(f->link.count, 1);
    assert_non_null(strstr(f->detail.text, "6884"));
    stop(f);
}

static void test_units_leave_room_for_secure_messaging(void **state)
{
    (void)state;
    struct fixture *f = start(short_link);
    assert_int_equal(channel_response_data_max(&f->channel, false), 256);
    protect(f);
    assert_int_equal(channel_response_data_max(&f->channel, false), 223);
    stop(f);
    f = start(long_link);
    protect(f);
    // 4096 = 2 + 4 + 10 + 1 + 3 + 1 + 254 blocks and a rest; the last block holds padding.
    assert_int_equal(channel_response_data_max(&f->channel, true), 254 * 16 - 1);
    f->channel.limits.response_max = 20;
    assert_int_equal(channel_response_data_max(&f->channel, true), 0);
    stop(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_command_is_chained_on_a_short_link),
        cmocka_unit_test(test_long_command_is_chained_under_secure_messaging),
        cmocka_unit_test(test_long_command_goes_in_one_apdu_where_it_can),
        cmocka_unit_test(test_refused_link_of_a_chain_stops_it),
        cmocka_unit_test(test_units_leave_room_for_secure_messaging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
