// Every data group by every right, in every state of a session, plain and protected: read and written in
// every way there is (TR-03110-4 §2.2.3, TR-03110-2 §2.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/eid.h"
#include "tests/apdu/eid_document.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static struct card_fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    eid_personalize(&fixture, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

// What the standard says, without the card's table: bits of an authentication terminal are numbered from the
// lowest; DG1 to DG22 are read by 8 to 29, DG22 down to DG17 written by 32 to 37. Of an inspection system,
// bit 5 reads all.
static bool may_read(enum terminal_type type, unsigned bit, unsigned group)
{
    return (type == TERMINAL_AUTHENTICATION && bit == 7 + group) || (type == TERMINAL_INSPECTION && bit == 5);
}

static bool may_write(enum terminal_type type, unsigned bit, unsigned group)
{
    return type == TERMINAL_AUTHENTICATION && group >= 17 && bit == 54 - group;
}

// The card's bit for bit `bit` of a type's authorization.
static rights right_of_bit(enum terminal_type type, unsigned bit)
{
    static const unsigned first[] = {
        [TERMINAL_AUTHENTICATION] = 0, [TERMINAL_INSPECTION] = 40, [TERMINAL_SIGNATURE] = 46};
    return (rights)1 << (first[type] + bit);
}

static const struct {
    enum terminal_type type;
    unsigned bits;
} types[] = {{TERMINAL_AUTHENTICATION, 38}, {TERMINAL_INSPECTION, 6}, {TERMINAL_SIGNATURE, 2}};

// One way of reading or writing a group; its answer.
enum access_way { READ_BY_SFI, READ_BY_FID, READ_ODD, WRITE_BY_SFI, WRITE_ODD, ACCESS_WAYS };

static bool way_writes(enum access_way way)
{
    return way == WRITE_BY_SFI || way == WRITE_ODD;
}

static uint16_t access_group(enum access_way way, unsigned group, bool protected)
{
    char command[64];
    const unsigned tag = eid_tag_of_group(group);
    switch (way) {
    case READ_BY_SFI:
        (void)snprintf(command, sizeof command, "00B0%02X0001", 0x80 | group);
        break;
    case READ_BY_FID:
        (void)snprintf(command, sizeof command, "00A4020C0201%02X", group);
        break;
    case READ_ODD:
        (void)snprintf(command, sizeof command, "00B101%02X0354010003", group);
        break;
    case WRITE_BY_SFI:
        (void)snprintf(command, sizeof command, "00D6%02X0004%02X020C00", 0x80 | group, tag);
        break;
    default:
        (void)snprintf(command, sizeof command, "00D701%02X095401005304%02X020C00", group, tag);
        break;
    }
    return protected ? fixture_protect(&fixture, command) : fixture_send(&fixture, command);
}

static void check(enum eid_progress progress, enum terminal_type type, unsigned bit, unsigned group,
                  enum access_way way, bool protected)
{
    const rights right = right_of_bit(type, bit);
    const bool allowed = progress == EID_COMPLETE && protected &&
                         (way_writes(way) ? may_write(type, bit, group) : may_read(type, bit, group));
    eid_begin(&fixture, progress, type, right);
    const uint16_t status = access_group(way, group, protected);
    if (status != (allowed ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED) ||
        (fixture.data.n > 0) != (allowed && (way == READ_BY_SFI || way == READ_ODD))) {
        fail_msg("DG%u, type %d, bit %u, state %d, way %d, %s: %04X", group, (int)type, bit, (int)progress,
                 (int)way, protected ? "protected" : "plain", status);
    }
}

static void check_all_groups(enum eid_progress progress, enum terminal_type type, unsigned bit)
{
    for (size_t i = 0; i < eid_applet.file_count; i++) {
        for (unsigned way = 0; way < ACCESS_WAYS; way++) {
            const unsigned group = eid_applet.files[i].short_identifier;
            check(progress, type, bit, group, (enum access_way)way, false);
            if (progress != EID_NOTHING) {
                check(progress, type, bit, group, (enum access_way)way, true);
            }
        }
    }
}

static void test_each_group_opens_to_its_rights_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        for (unsigned bit = 0; bit < types[i].bits; bit++) {
            for (unsigned progress = 0; progress < EID_PROGRESSES; progress++) {
                check_all_groups((enum eid_progress)progress, types[i].type, bit);
            }
        }
    }
}

static void test_every_group_of_the_standard_is_there_and_no_other(void **state)
{
    (void)state;
    assert_int_equal(eid_applet.file_count, 21);
    for (unsigned group = 1; group <= 22; group++) {
        eid_begin(&fixture, EID_COMPLETE, TERMINAL_INSPECTION, right_of_bit(TERMINAL_INSPECTION, 5));
        assert_int_equal(access_group(READ_BY_SFI, group, true), group == 16 ? SW_FILE_NOT_FOUND : SW_OK);
        if (group != 16) {
            assert_int_equal(fixture.data.p[0], 0x60 + group);
        }
    }
}

static void test_without_the_right_a_missing_group_looks_like_any_other(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    fixture_start(&fixture);
    eid_personalize(&fixture, 1u << EID_ACADEMIC_TITLE | 1u << EID_PHONE_NUMBER);
    for (unsigned way = 0; way < ACCESS_WAYS; way++) {
        for (unsigned group = EID_ACADEMIC_TITLE; group <= EID_PHONE_NUMBER; group += 14) {
            const uint16_t refused = SW_SECURITY_STATUS_NOT_SATISFIED;
            eid_begin(&fixture, EID_COMPLETE, TERMINAL_AUTHENTICATION, right_of(RIGHT_READ_DG1));
            assert_int_equal(access_group((enum access_way)way, group, true), refused);
            eid_begin(&fixture, EID_COMPLETE, TERMINAL_AUTHENTICATION, ~(rights)0);
            const bool never = way_writes((enum access_way)way) && group < EID_WRITABLE_FIRST;
            assert_int_equal(access_group((enum access_way)way, group, true),
                             never ? refused : SW_FILE_NOT_FOUND);
        }
    }
}

static void test_a_current_group_closes_with_the_session(void **state)
{
    (void)state;
    eid_begin(&fixture, EID_COMPLETE, TERMINAL_AUTHENTICATION, right_of(RIGHT_READ_DG1));
    assert_int_equal(access_group(READ_BY_SFI, 1, true), SW_OK);
    ASSERT_PROTECTED(&fixture, "00B0000001", "619000");
    ASSERT_ANSWER(&fixture, "00B0000001", "6982");
    assert_int_equal(fixture_protect(&fixture, "00B0000001"), SW_SM_OBJECTS_INCORRECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_group_opens_to_its_rights_alone, start, stop),
        cmocka_unit_test_setup_teardown(test_every_group_of_the_standard_is_there_and_no_other, start, stop),
        cmocka_unit_test_setup_teardown(test_without_the_right_a_missing_group_looks_like_any_other, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_a_current_group_closes_with_the_session, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
