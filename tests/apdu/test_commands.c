// Every row of the command table, for what all rows have in common: class, P1 P2, case, chaining,
// application, condition, messaging.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_fixture.h"

static struct card_fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80E60C001C 07F04A554D494E00 07A0000002471001 07A0000002471001 0100 00 00 00",
                  "009000");
    ASSERT_SECURE(&fixture,
                  "80E60C0020 07F04A554D494E00 09E80704007F00070302 09E80704007F00070302 0100 00 00 00",
                  "009000");
    ASSERT_SECURE(&fixture, "80E60C001E 07F04A554D494E00 08F04A554D494E0101 08F04A554D494E0101 0100 00 00 00",
                  "009000");
    fixture_power_cycle(&fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static const struct {
    enum application_set application;
    const char *select;
} APPLICATIONS[] = {
    {IN_MF, "00A4000C"},
    {IN_ISD, "00A4040C"},
    {IN_EMRTD, "00A4040C07A0000002471001"},
    {IN_EID, "00A4040C09E80704007F00070302"},
    {IN_PROVISIONING, "00A4040C08F04A554D494E0101"},
    {IN_NDEF, "00A4040C07D2760000850101"},
};

enum { APPLICATION_COUNT = sizeof APPLICATIONS / sizeof APPLICATIONS[0] };

static size_t application_of(const struct command_row *row)
{
    size_t i = 0;
    while ((row->applications & APPLICATIONS[i].application) == 0) {
        i++;
        assert_true(i < APPLICATION_COUNT);
    }
    return i;
}

static const uint8_t filler[16] = {0};

// The row's command in one of its cases, else wrong in nothing.
static struct apdu_command command_of(const struct command_row *row, unsigned command_case)
{
    struct apdu_command command = {
        .cla = row->cla, .ins = row->ins, .p1 = (uint8_t)(row->p1p2 >> 8), .p2 = (uint8_t)row->p1p2};
    if ((command_case & (CASE_3 | CASE_4)) != 0) {
        command.data = span_of(filler, sizeof filler);
    }
    if ((command_case & (CASE_2 | CASE_4)) != 0) {
        command.ne = APDU_SHORT_LE_MAX;
    }
    return command;
}

static unsigned first_case(unsigned cases)
{
    unsigned one = CASE_1;
    while ((cases & one) == 0) {
        one <<= 1;
    }
    return one;
}

static uint16_t send(const struct apdu_command *command)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    apdu_put(&w, command);
    return fixture_transmit(&fixture, writer_span(&w));
}

static void select_application_of(const struct command_row *row)
{
    assert_int_equal(fixture_send(&fixture, APPLICATIONS[application_of(row)].select), SW_OK);
}

// Sends the command under whatever its row's condition asks for.
static uint16_t send_with_right(const struct command_row *row, const struct apdu_command *command)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    select_application_of(row);
    if ((row->condition & (SECURITY_SCP03 | SECURITY_SCP03_OPENED)) != 0) {
        assert_int_equal(fixture_try_open(&fixture, SCP03_S8, SCP03_C_MAC), SW_OK);
        assert_true(scp03_wrap_command(&fixture.channel, command, &w));
        return fixture_transmit(&fixture, writer_span(&w));
    }
    if (row->condition != SECURITY_ALWAYS) {
        fixture_begin_session(&fixture);
        assert_true(sm_protect_command(&fixture.session, command, &w));
        return fixture_transmit(&fixture, writer_span(&w));
    }
    return send(command);
}

static void test_rows_are_complete(void **state)
{
    (void)state;
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        assert_non_null(row->name);
        assert_non_null(row->handler);
        assert_non_null(row->clause);
        assert_int_not_equal(row->cases, 0);
        assert_int_not_equal(row->applications, 0);
        assert_int_not_equal(row->states & STATE_OPERATIONAL, 0);
        assert_int_equal(row->cla & ~row->cla_mask, 0);
        assert_int_equal(row->p1p2 & ~row->p1p2_mask, 0);
        assert_int_equal(row->cla & ~CLA_GLOBALPLATFORM, 0);
    }
}

// One command never fits two rows of one application: the order of the table means nothing.
static void test_rows_do_not_overlap(void **state)
{
    (void)state;
    for (const struct command_row *a = command_table; a < command_table + command_count; a++) {
        for (const struct command_row *b = a + 1; b < command_table + command_count; b++) {
            const bool same_class = ((a->cla ^ b->cla) & a->cla_mask & b->cla_mask) == 0;
            const bool same_parameters = ((a->p1p2 ^ b->p1p2) & a->p1p2_mask & b->p1p2_mask) == 0;
            assert_false(a->ins == b->ins && same_class && same_parameters &&
                         (a->applications & b->applications) != 0);
        }
    }
}

static void test_no_row_answers_its_own_command_with_a_row_error(void **state)
{
    static const uint16_t row_errors[] = {SW_CLA_NOT_SUPPORTED, SW_INS_NOT_SUPPORTED,
                                          SW_CHAINING_NOT_SUPPORTED, SW_CHANNEL_NOT_SUPPORTED,
                                          SW_SECURE_MESSAGING_NOT_SUPPORTED};
    (void)state;
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        const struct apdu_command command = command_of(row, first_case(row->cases));
        const uint16_t status = send_with_right(row, &command);
        for (size_t i = 0; i < sizeof row_errors / sizeof row_errors[0]; i++) {
            assert_int_not_equal(status, row_errors[i]);
        }
        fixture_power_cycle(&fixture);
    }
}

static void test_wrong_class_is_refused(void **state)
{
    (void)state;
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        struct apdu_command command = command_of(row, first_case(row->cases));
        select_application_of(row);
        command.cla = row->cla ^ CLA_GLOBALPLATFORM;
        if (row->cla_mask == 0xFF) {
            assert_int_equal(send(&command), SW_CLA_NOT_SUPPORTED);
        }
        command.cla = 0xFF;
        assert_int_equal(send(&command), SW_CLA_NOT_SUPPORTED);
        command.cla = row->cla | 0x01;
        assert_int_equal(send(&command), SW_CHANNEL_NOT_SUPPORTED);
        command.cla = row->cla | 0x08;
        assert_int_equal(send(&command), SW_SECURE_MESSAGING_NOT_SUPPORTED);
    }
}

static bool some_row_takes(const struct command_row *row, uint16_t p1p2)
{
    for (const struct command_row *other = command_table; other < command_table + command_count; other++) {
        if (other->ins == row->ins && ((other->cla ^ row->cla) & other->cla_mask & row->cla_mask) == 0 &&
            (p1p2 & other->p1p2_mask) == other->p1p2 && (other->applications & row->applications) != 0) {
            return true;
        }
    }
    return false;
}

static void test_wrong_parameters_are_refused(void **state)
{
    (void)state;
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        select_application_of(row);
        for (unsigned bit = 0; bit < 16; bit++) {
            const uint16_t p1p2 = (uint16_t)(row->p1p2 ^ 1 << bit);
            if (!some_row_takes(row, p1p2)) {
                struct apdu_command command = command_of(row, first_case(row->cases));
                command.p1 = (uint8_t)(p1p2 >> 8);
                command.p2 = (uint8_t)p1p2;
                assert_int_equal(send(&command), SW_WRONG_P1_P2);
            }
        }
    }
}

static void test_wrong_case_is_refused(void **state)
{
    (void)state;
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        for (unsigned one = CASE_1; one <= CASE_4; one <<= 1) {
            if ((row->cases & one) == 0) {
                const struct apdu_command command = command_of(row, one);
                assert_int_equal(send_with_right(row, &command), SW_WRONG_LENGTH);
                fixture_power_cycle(&fixture);
            }
        }
    }
}

static void test_chaining_is_refused_where_the_row_says_so(void **state)
{
    (void)state;
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        struct apdu_command command = command_of(row, first_case(row->cases));
        command.cla |= CLA_CHAINING;
        select_application_of(row);
        const uint16_t status = send(&command);
        if (row->cla == CLA_GLOBALPLATFORM) {
            assert_int_equal(status, SW_CLA_NOT_SUPPORTED); // GPC v2.3.1 §11.1.4 has no such class
        } else if (row->chaining == CHAINING_REFUSED) {
            assert_int_equal(status, SW_CHAINING_NOT_SUPPORTED);
        } else {
            assert_int_not_equal(status, SW_CHAINING_NOT_SUPPORTED);
        }
    }
}

static void test_other_applications_do_not_know_the_command(void **state)
{
    (void)state;
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        for (size_t i = 0; i < APPLICATION_COUNT; i++) {
            bool known = false;
            for (const struct command_row *other = command_table; other < command_table + command_count;
                 other++) {
                known = known ||
                        (other->ins == row->ins && (other->applications & APPLICATIONS[i].application) != 0);
            }
            if (!known) {
                const struct apdu_command command = command_of(row, first_case(row->cases));
                assert_int_equal(fixture_send(&fixture, APPLICATIONS[i].select), SW_OK);
                assert_int_equal(send(&command), SW_INS_NOT_SUPPORTED);
            }
        }
    }
}

static void test_missing_condition_is_refused(void **state)
{
    (void)state;
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        if (row->condition == SECURITY_ALWAYS) {
            continue;
        }
        const struct apdu_command command = command_of(row, first_case(row->cases));
        select_application_of(row);
        assert_int_equal(send(&command), SW_SECURITY_STATUS_NOT_SATISFIED);
        // What PACE achieved is no right of the security domain's commands.
        if ((row->condition & SECURITY_SCP03) != 0) {
            uint8_t bytes[64];
            struct writer w = writer_of(bytes, sizeof bytes);
            fixture_begin_session(&fixture);
            assert_true(sm_protect_command(&fixture.session, &command, &w));
            const uint16_t status = fixture_transmit(&fixture, writer_span(&w));
            assert_int_equal(status, SW_SECURE_MESSAGING_NOT_SUPPORTED);
        }
    }
}

static void test_locked_card_refuses_what_the_row_does_not_allow(void **state)
{
    (void)state;
    fixture_advance(&fixture, CARD_LOCKED);
    for (const struct command_row *row = command_table; row < command_table + command_count; row++) {
        if ((row->applications & IN_ISD) == 0 || (row->states & STATE_LOCKED) != 0) {
            continue;
        }
        const struct apdu_command command = command_of(row, first_case(row->cases));
        fixture_send(&fixture, "00A4040C");
        assert_int_equal(send(&command), SW_CONDITIONS_NOT_SATISFIED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_complete),
        cmocka_unit_test(test_rows_do_not_overlap),
        cmocka_unit_test_setup_teardown(test_no_row_answers_its_own_command_with_a_row_error, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_class_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_parameters_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_case_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_chaining_is_refused_where_the_row_says_so, start, stop),
        cmocka_unit_test_setup_teardown(test_other_applications_do_not_know_the_command, start, stop),
        cmocka_unit_test_setup_teardown(test_missing_condition_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_locked_card_refuses_what_the_row_does_not_allow, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
