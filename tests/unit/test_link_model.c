// Air time: the read times of a 20,480 byte file under AES secure messaging, frame by frame by hand, and the
// transport that takes as long.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/transport/link_model.h"

enum { FILE_SIZE = 20480, RATES = 4 };

static const unsigned rates[RATES] = {106, 212, 424, 848};

// --- Time --------------------------------------------------------------------------------------------------

static void test_the_shortest_exchange_by_hand(void **state)
{
    const struct jumin_link_model model = {106, 256, 256};
    (void)state;
    // Command of 5 and response of 2 bytes: frames of 8 and 5 bytes with PCB and CRC, nine bits each and two,
    // 128 periods a bit, and two pauses of 1172.
    const uint64_t periods = (8 * 9 + 2 + 5 * 9 + 2) * 128 + 2 * 1172;
    assert_int_equal(jumin_link_model_time(&model, 5, 2), (periods * 1000000 + 6780) / 13560);
}

static void test_chaining_adds_a_frame_an_acknowledgement_and_two_pauses(void **state)
{
    const struct jumin_link_model model = {848, 64, 32};
    const uint64_t block = (3 * 9 + 2) * 16, pause = 1172, byte = 9 * 16;
    (void)state;
    // To the card 29 bytes a block, from it 61.
    const uint64_t fits = jumin_link_model_time(&model, 29, 61);
    const uint64_t longer_command = jumin_link_model_time(&model, 30, 61);
    const uint64_t longer_response = jumin_link_model_time(&model, 29, 62);
    const uint64_t more = ((byte + 2 * block + 2 * pause) * 1000000 + 6780) / 13560;
    assert_in_range(longer_command - fits, more - 1, more + 1);
    assert_in_range(longer_response - fits, more - 1, more + 1);
}

// Command and response of READ BINARY of n bytes under AES secure messaging (ISO 7816-4 §10).
static uint64_t read_time(const struct jumin_link_model *model, size_t n, bool extended)
{
    const size_t ciphertext = n / 16 * 16 + 16;
    const size_t length_bytes = ciphertext + 1 < 128 ? 1 : ciphertext + 1 < 256 ? 2 : 3;
    return jumin_link_model_time(model, extended ? 23 : 19, 1 + length_bytes + 1 + ciphertext + 4 + 10 + 2);
}

static uint64_t file_time(const struct jumin_link_model *model, size_t unit, bool extended)
{
    uint64_t total = 0;
    for (size_t at = 0; at < FILE_SIZE; at += unit) {
        total += read_time(model, FILE_SIZE - at < unit ? FILE_SIZE - at : unit, extended);
    }
    return total;
}

static void test_read_times_of_a_file(void **state)
{
    static const struct {
        unsigned fsd;
        size_t unit;
        bool extended;
        unsigned hundredths[RATES]; // of a second
    } rows[] = {
        {256, 160, false, {243, 123, 62, 32}},     {256, 223, false, {212, 107, 54, 28}},
        {256, 1000, true, {191, 96, 49, 25}},      {256, 4064, true, {183, 92, 47, 24}},
        {256, FILE_SIZE, true, {180, 91, 46, 24}}, {64, 223, false, {232, 119, 63, 35}},
        {64, 4064, true, {202, 104, 55, 30}},
    };
    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        for (size_t i = 0; i < RATES; i++) {
            const struct jumin_link_model model = {rates[i], rows[row].fsd, 256};
            const uint64_t time = file_time(&model, rows[row].unit, rows[row].extended);
            assert_int_equal((time + 5000000) / 10000000, rows[row].hundredths[i]);
        }
    }
}

static void test_models_that_do_not_exist(void **state)
{
    static const struct jumin_link_model wrong[] = {
        {0, 256, 256},   {107, 256, 256}, {847, 256, 256}, {106, 15, 256},
        {106, 257, 256}, {106, 256, 15},  {106, 256, 257},
    };
    (void)state;
    assert_false(jumin_link_model_valid(NULL));
    assert_int_equal(jumin_link_model_time(NULL, 5, 2), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(jumin_link_model_valid(&wrong[i]));
        assert_int_equal(jumin_link_model_time(&wrong[i], 5, 2), 0);
    }
}

// --- Transport ---------------------------------------------------------------------------------------------

// A card that computes, and a clock whose sleeps end late.
static struct {
    uint64_t time, computes, late;
    unsigned sleeps;
    enum jumin_error error;
    bool connected, released;
} world;

static uint64_t now(void *context)
{
    (void)context;
    return world.time;
}

static void sleep_until(void *context, uint64_t time)
{
    (void)context;
    assert_true(time > world.time);
    world.time = time + world.late;
    world.sleeps++;
}

static enum jumin_error card_connect(void *context)
{
    (void)context;
    world.connected = true;
    return JUMIN_OK;
}

static enum jumin_error card_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                      size_t capacity, size_t *length)
{
    (void)context;
    (void)command;
    assert_true(n == 5 && capacity >= 2);
    response[0] = 0x90;
    response[1] = 0x00;
    *length = 2;
    world.time += world.computes;
    return world.error;
}

static void card_disconnect(void *context)
{
    (void)context;
    world.connected = false;
}

static void card_limits(void *context, struct jumin_limits *limits)
{
    (void)context;
    *limits = (struct jumin_limits){300, 200, true};
}

static const char *card_detail(void *context)
{
    (void)context;
    return "of the card";
}

static void card_release(void *context)
{
    (void)context;
    world.released = true;
}

static struct jumin_transport *open_model(const struct jumin_link_model *model)
{
    static const struct jumin_transport_functions functions = {
        card_connect, card_transmit, card_disconnect, card_limits, card_detail, card_release,
    };
    const struct link_clock clock = {now, sleep_until, NULL};
    struct jumin_transport *card = NULL, *transport = NULL;
    memset(&world, 0, sizeof world);
    assert_int_equal(jumin_transport_new(&card, &functions, &world), JUMIN_OK);
    assert_int_equal(link_model_new(&transport, card, model, &clock), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    return transport;
}

static enum jumin_error exchange(struct jumin_transport *transport)
{
    static const uint8_t command[5] = {0x00, 0xB0};
    uint8_t response[258];
    size_t n = 0;
    return jumin_transport_transmit(transport, command, sizeof command, response, sizeof response, &n);
}

static const struct jumin_link_model type_a = {106, 256, 256};

static void test_an_exchange_takes_the_cards_time_and_the_airs(void **state)
{
    (void)state;
    struct jumin_transport *transport = open_model(&type_a);
    world.computes = 123456;
    assert_int_equal(exchange(transport), JUMIN_OK);
    const uint64_t air = jumin_link_model_time(&type_a, 5, 2);
    assert_int_equal(world.time, 123456 + air);
    assert_int_equal(jumin_link_model_elapsed(transport), air);
    jumin_transport_free(transport);
}

static void test_sleeps_that_end_late_do_not_add_up(void **state)
{
    (void)state;
    struct jumin_transport *transport = open_model(&type_a);
    const uint64_t air = jumin_link_model_time(&type_a, 5, 2);
    world.late = air / 3;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(exchange(transport), JUMIN_OK);
    }
    assert_int_equal(world.time, 1000 * air + world.late);
    jumin_transport_free(transport);
}

static void test_a_sleep_that_ended_very_late_is_made_up_for(void **state)
{
    (void)state;
    struct jumin_transport *transport = open_model(&type_a);
    const uint64_t air = jumin_link_model_time(&type_a, 5, 2);
    world.late = 5 * air / 2;
    assert_int_equal(exchange(transport), JUMIN_OK);
    world.late = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(exchange(transport), JUMIN_OK);
    }
    assert_int_equal(world.time, 4 * air);
    assert_int_equal(world.sleeps, 2);
    jumin_transport_free(transport);
}

static void test_everything_else_is_passed_on(void **state)
{
    (void)state;
    struct jumin_limits limits;
    struct jumin_transport *transport = open_model(&type_a);
    assert_true(world.connected);
    jumin_transport_limits(transport, &limits);
    assert_int_equal(limits.command_max, 300);
    assert_string_equal(jumin_transport_detail(transport), "of the card");
    world.error = JUMIN_ERROR_CARD_REMOVED;
    assert_int_equal(exchange(transport), JUMIN_ERROR_CARD_REMOVED);
    assert_int_equal(world.sleeps, 0);
    jumin_transport_free(transport);
    assert_false(world.connected);
    assert_true(world.released);
}

static void test_misuse_is_refused(void **state)
{
    (void)state;
    const struct jumin_link_model wrong = {107, 256, 256};
    struct jumin_transport *transport = open_model(&type_a), *other = NULL;
    assert_int_equal(jumin_link_model_new(NULL, transport, &type_a), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_link_model_new(&other, NULL, &type_a), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_link_model_new(&other, transport, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_link_model_new(&other, transport, &wrong), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_link_model_elapsed(NULL), 0);
    jumin_transport_free(transport);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shortest_exchange_by_hand),
        cmocka_unit_test(test_chaining_adds_a_frame_an_acknowledgement_and_two_pauses),
        cmocka_unit_test(test_read_times_of_a_file),
        cmocka_unit_test(test_models_that_do_not_exist),
        cmocka_unit_test(test_an_exchange_takes_the_cards_time_and_the_airs),
        cmocka_unit_test(test_sleeps_that_end_late_do_not_add_up),
        cmocka_unit_test(test_a_sleep_that_ended_very_late_is_made_up_for),
        cmocka_unit_test(test_everything_else_is_passed_on),
        cmocka_unit_test(test_misuse_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
