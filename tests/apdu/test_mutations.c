// Commands cut short, lengthened and with bits flipped, plain and under both kinds of protection: the card
// answers each, and works afterwards.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_fixture.h"

static struct card_fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

#define KEY "8811100102030405060708090A0B0C0D0E0F00 03112233"

static const char PUT_KEY[] = "80D8008147 01" KEY KEY KEY;

static const char *const COMMANDS[] = {
    "00A4000C023F00",
    "00A4040007D276000085010100",
    "00A4040008A00000015100000000",
    "00B0810000",
    "00B1001E03 540100 00",
    "0084000008",
    "00C0000000",
    "0022C1A40F 800A04007F00070202040202 830102",
    "10860000027C0000",
    "00860000067C0481020304 00",
    "0088000008 0102030405060708 00",
    "80CA9F7F00",
    "10CB3FFF025C01",
    "00CB3FFF01E000",
    "8050000008 0001020304050607 00",
    "8482330010 000102030405060708090A0B0C0D0E0F",
    PUT_KEY,
    "80F28002024F0000",
    "80F0408307D2760000850101",
    "80E60C001C 07F04A554D494E00 07A0000002471001 07A0000002471001 0100 00 00 00",
    "80E620000D 00 00 07A0000002471001 00 00 00",
    "80E208000A 0101 03 610102 0102 01 75",
    "80E4000009 4F07A0000002471001",
};

enum { COMMAND_COUNT = sizeof COMMANDS / sizeof COMMANDS[0], ROUNDS = 6000 };

static size_t below(uint64_t *random, size_t limit)
{
    return (size_t)(test_random(random) % limit);
}

// Plain, under the channel, or under secure messaging: the protection is right unless it is mutated itself.
static struct span wrapped(uint64_t *random, struct span plain, uint8_t *buffer)
{
    struct apdu_command command;
    struct writer w = writer_of(buffer, CARD_COMMAND_MAX);
    if (!apdu_parse(plain, &command) || (command.cla & CLA_SM_HEADER_AUTHENTICATED) != 0) {
        return plain;
    }
    switch (below(random, 3)) {
    case 0:
        return scp03_wrap_command(&fixture.channel, &command, &w) ? writer_span(&w) : plain;
    case 1:
        return sm_protect_command(&fixture.session, &command, &w) ? writer_span(&w) : plain;
    default:
        return plain;
    }
}

static size_t mutate(uint64_t *random, uint8_t *bytes, size_t n)
{
    switch (below(random, 4)) {
    case 0:
        return below(random, n + 1);
    case 1:
        bytes[n] = (uint8_t)test_random(random);
        return n + 1;
    case 2:
        bytes[below(random, n)] ^= (uint8_t)(1 << below(random, 8));
        return n;
    default:
        return n;
    }
}

static void assert_card_works(void)
{
    card_reset(&fixture.card);
    ASSERT_ANSWER(&fixture, "00B0810000", "4703D401E07F660802020809020210269000");
    fixture_open(&fixture);
    assert_int_equal(fixture_secure(&fixture, "80F28002024F0000"), SW_OK);
}

static void test_mutated_commands_leave_a_working_card(void **state)
{
    uint64_t random = 2026;
    uint8_t plain[CARD_COMMAND_MAX], buffer[CARD_COMMAND_MAX];
    (void)state;
    for (size_t round = 0; round < ROUNDS; round++) {
        if (round % 50 == 0) {
            assert_card_works();
        }
        if (below(&random, 10) == 0) {
            fixture_open(&fixture);
        }
        if (below(&random, 10) == 0) {
            fixture_begin_session(&fixture);
        }
        struct span command = unhex(COMMANDS[below(&random, COMMAND_COUNT)], plain, sizeof plain - 1);
        command.n = mutate(&random, plain, command.n); // the command itself …
        command = wrapped(&random, command, buffer);
        if (command.p == buffer && below(&random, 4) == 0) { // … or its protection
            command.n = mutate(&random, buffer, command.n);
        }
        (void)fixture_transmit(&fixture, command);
        assert_false(store_in_transaction(&fixture.card.store));
        const enum card_life_cycle now = life_cycle(&fixture.card);
        assert_true(now == CARD_OP_READY);
    }
    assert_card_works();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mutated_commands_leave_a_working_card, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
