// ISO-DEP block by block, as the card: the scenarios of ISO 14443-4 annex B, and what it does with blocks
// that do not belong.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/iso_dep_stage.h"

static void picc_start(const struct iso_dep_link *link)
{
    iso_dep_picc_start(&dep, link, gathered, sizeof gathered);
}

static void picc_gets(const char *text, enum iso_dep_step step, const char *wanted)
{
    uint8_t bytes[300];
    new_block();
    expect(iso_dep_picc_receive(&dep, unhex(text, bytes, sizeof bytes), &block), step, wanted);
}

static void picc_responds(const char *apdu, const char *wanted)
{
    new_block();
    expect(iso_dep_picc_respond(&dep, hex_apdu(apdu), &block), ISO_DEP_SEND, wanted);
}

static void picc_waits(unsigned wtxm, const char *wanted)
{
    new_block();
    expect(iso_dep_picc_wait(&dep, wtxm, &block), wanted == NULL ? ISO_DEP_SILENT : ISO_DEP_SEND, wanted);
}

static void test_picc_answers_with_the_number_that_it_got(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("02 00B0", ISO_DEP_COMPLETE, NULL);
    expect_apdu("00B0");
    picc_responds("9000", "02 9000");
    picc_gets("03 00B1", ISO_DEP_COMPLETE, NULL);
    expect_apdu("00B1");
    picc_responds("9000", "03 9000");
}

static void test_picc_gathers_a_chain(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("12 0001", ISO_DEP_SEND, "A2");
    picc_gets("13 0203", ISO_DEP_SEND, "A3");
    picc_gets("02", ISO_DEP_COMPLETE, NULL);
    expect_apdu("00010203");
}

static void test_picc_chains_a_long_response(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("02 00B0", ISO_DEP_COMPLETE, NULL);
    picc_responds("000102030405060708090A0B0C0D0E0F101112131415161718199000",
                  "12 000102030405060708090A0B0C");
    picc_gets("A3", ISO_DEP_SEND, "13 0D0E0F10111213141516171819");
    picc_gets("A2", ISO_DEP_SEND, "02 9000");
    picc_gets("A3", ISO_DEP_SILENT, NULL);
    picc_gets("03 00B0", ISO_DEP_COMPLETE, NULL);
}

static void test_picc_says_that_the_command_did_not_arrive(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("B2", ISO_DEP_SEND, "A3");
    picc_gets("B2", ISO_DEP_SEND, "A3");
    picc_gets("02 00B0", ISO_DEP_COMPLETE, NULL);
    picc_responds("9000", "02 9000");
    picc_gets("B3", ISO_DEP_SEND, "A2");
    picc_gets("B2", ISO_DEP_SEND, "02 9000");
}

static void test_picc_repeats_its_last_block(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("12 0001", ISO_DEP_SEND, "A2");
    picc_gets("B2", ISO_DEP_SEND, "A2");
    picc_gets("03 0203", ISO_DEP_COMPLETE, NULL);
    picc_responds("000102030405060708090A0B0C0D", "13 000102030405060708090A0B0C");
    picc_gets("B3", ISO_DEP_SEND, "13 000102030405060708090A0B0C");
    picc_gets("A2", ISO_DEP_SEND, "02 0D");
    picc_gets("A2", ISO_DEP_SEND, "02 0D");
}

static void test_picc_does_not_run_a_repeated_command_twice(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("02 00B0", ISO_DEP_COMPLETE, NULL);
    picc_gets("02 00B0", ISO_DEP_SILENT, NULL); // it computes
    picc_gets("B2", ISO_DEP_SILENT, NULL);
    picc_responds("9000", "02 9000");
    picc_gets("02 00B0", ISO_DEP_SEND, "02 9000");
    picc_gets("13 00B1", ISO_DEP_SEND, "A3");
    picc_gets("13 00B1", ISO_DEP_SEND, "A3");
    picc_gets("02 02", ISO_DEP_COMPLETE, NULL);
    expect_apdu("00B102");
    picc_gets("02 02", ISO_DEP_SILENT, NULL);
    picc_gets("B2", ISO_DEP_SILENT, NULL); // the response before is not this one's
}

static void test_picc_changes_its_number_whatever_the_other_is(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("03 00B0", ISO_DEP_COMPLETE, NULL); // rule D
    picc_responds("9000", "02 9000");
    picc_gets("02 00B1", ISO_DEP_COMPLETE, NULL);
    picc_responds("9000", "03 9000");
}

static void test_picc_asks_for_time(void **state)
{
    (void)state;
    picc_start(&small);
    picc_waits(1, NULL);
    picc_gets("02 00B0", ISO_DEP_COMPLETE, NULL);
    picc_waits(0, NULL);
    picc_waits(60, NULL);
    picc_waits(59, "F2 3B");
    picc_waits(1, NULL);
    new_block();
    expect(iso_dep_picc_respond(&dep, hex_apdu("9000"), &block), ISO_DEP_SILENT, NULL);
    picc_gets("B2", ISO_DEP_SEND, "F2 3B");
    picc_gets("F2 3A", ISO_DEP_SILENT, NULL);
    picc_gets("F2 3B", ISO_DEP_GRANTED, NULL);
    picc_gets("F2 3B", ISO_DEP_SILENT, NULL);
    picc_waits(2, "F2 02");
    picc_gets("F2 02", ISO_DEP_GRANTED, NULL);
    picc_responds("9000", "02 9000");
    picc_gets("F2 02", ISO_DEP_SILENT, NULL);
}

static void test_picc_asks_for_time_again_when_the_grant_was_lost(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("02 00B0", ISO_DEP_COMPLETE, NULL);
    picc_waits(2, "F2 02");
    picc_gets("F2 02", ISO_DEP_GRANTED, NULL);
    picc_gets("B2", ISO_DEP_SEND, "F2 02");
    picc_gets("F2 02", ISO_DEP_GRANTED, NULL);
    picc_responds("9000", "02 9000");
}

static void test_picc_answers_empty_blocks_itself(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("02", ISO_DEP_SEND, "02");
    picc_gets("03", ISO_DEP_SEND, "03");
    picc_gets("02 00B0", ISO_DEP_COMPLETE, NULL);
}

static void test_picc_reports_a_command_that_is_too_long(void **state)
{
    (void)state;
    struct span apdu;
    iso_dep_picc_start(&dep, &small, gathered, 4);
    picc_gets("12 000102", ISO_DEP_SEND, "A2");
    picc_gets("13 0304", ISO_DEP_SEND, "A3");
    picc_gets("02 05", ISO_DEP_COMPLETE, NULL);
    assert_false(iso_dep_received(&dep, &apdu));
    picc_responds("6700", "02 6700");
    picc_gets("03 00B0", ISO_DEP_COMPLETE, NULL);
    expect_apdu("00B0");
    picc_responds("9000", "03 9000");
    picc_gets("02 0001020304", ISO_DEP_COMPLETE, NULL); // is no empty one
    assert_false(iso_dep_received(&dep, &apdu));
}

static void test_picc_halts_when_deselected(void **state)
{
    (void)state;
    picc_start(&small);
    picc_gets("C2", ISO_DEP_DESELECTED, "C2");
    picc_gets("02 00B0", ISO_DEP_SILENT, NULL);
    picc_gets("C2", ISO_DEP_SILENT, NULL);
}

static void test_picc_ignores_what_does_not_belong(void **state)
{
    static const char *const strangers[] = {
        "",
        "06 00 00B0",
        "0A 00 00B0",
        "F2 01",
        "F2",
        "F0 00",
        "22 00",
        "00 00",
        "E2",
        "C2 00",
        "A2 00",
        "A2",
        "02 0102030405060708090A0B0C0D0E",
    };
    (void)state;
    picc_start(&small);
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        picc_gets(strangers[i], ISO_DEP_SILENT, NULL);
    }
    picc_gets("02 00B0", ISO_DEP_COMPLETE, NULL);
}

static void test_picc_listens_to_its_own_cid(void **state)
{
    (void)state;
    const struct iso_dep_link link = {.fsd = 16, .fsc = 16, .fwi = 4, .cid = 5, .cid_present = true};
    picc_start(&link);
    picc_gets("02 00B0", ISO_DEP_SILENT, NULL);
    picc_gets("0A 04 00B0", ISO_DEP_SILENT, NULL);
    picc_gets("0A 35 00B0", ISO_DEP_SILENT, NULL);
    picc_gets("0A 05 00B0", ISO_DEP_COMPLETE, NULL);
    picc_responds("000102030405060708090A0B0C", "1A 05 000102030405060708090A0B");
    picc_gets("AB 05", ISO_DEP_SEND, "0B 05 0C");
}

static void test_picc_with_cid_0_listens_without_it_too(void **state)
{
    (void)state;
    const struct iso_dep_link link = {.fsd = 16, .fsc = 16, .fwi = 4, .cid = 0, .cid_present = true};
    picc_start(&link);
    picc_gets("0A 00 00B0", ISO_DEP_COMPLETE, NULL);
    picc_responds("9000", "0A 00 9000");
    picc_gets("03 00B0", ISO_DEP_COMPLETE, NULL);
    picc_responds("9000", "03 9000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picc_answers_with_the_number_that_it_got),
        cmocka_unit_test(test_picc_gathers_a_chain),
        cmocka_unit_test(test_picc_chains_a_long_response),
        cmocka_unit_test(test_picc_says_that_the_command_did_not_arrive),
        cmocka_unit_test(test_picc_repeats_its_last_block),
        cmocka_unit_test(test_picc_does_not_run_a_repeated_command_twice),
        cmocka_unit_test(test_picc_changes_its_number_whatever_the_other_is),
        cmocka_unit_test(test_picc_asks_for_time),
        cmocka_unit_test(test_picc_asks_for_time_again_when_the_grant_was_lost),
        cmocka_unit_test(test_picc_answers_empty_blocks_itself),
        cmocka_unit_test(test_picc_reports_a_command_that_is_too_long),
        cmocka_unit_test(test_picc_halts_when_deselected),
        cmocka_unit_test(test_picc_ignores_what_does_not_belong),
        cmocka_unit_test(test_picc_listens_to_its_own_cid),
        cmocka_unit_test(test_picc_with_cid_0_listens_without_it_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
