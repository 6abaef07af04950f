// ISO-DEP block by block, as the reader: the scenarios of ISO 14443-4 annex B, and what it does with blocks
// that do not belong.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/iso_dep_stage.h"

static void pcd_start(const struct iso_dep_link *link)
{
    iso_dep_pcd_start(&dep, link);
}

static void pcd_sends(const char *apdu, const char *wanted)
{
    new_block();
    expect(iso_dep_pcd_command(&dep, hex_apdu(apdu), gathered, sizeof gathered, &block), ISO_DEP_SEND,
           wanted);
}

// What the PCD does with a block, and what it sends then.
static void pcd_gets(const char *text, enum iso_dep_step step, const char *wanted)
{
    uint8_t bytes[300];
    new_block();
    expect(iso_dep_pcd_receive(&dep, unhex(text, bytes, sizeof bytes), &block), step, wanted);
}

static void pcd_gets_nothing(enum iso_dep_step step, const char *wanted)
{
    new_block();
    expect(iso_dep_pcd_nothing(&dep, &block), step, wanted);
}

static void test_pcd_exchanges_blocks_with_alternating_numbers(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
    expect_apdu("9000");
    pcd_sends("00B1", "03 00B1");
    pcd_gets("03 6A82", ISO_DEP_COMPLETE, NULL);
    expect_apdu("6A82");
    pcd_sends("00B2", "02 00B2");
}

static void test_pcd_grants_waiting_time_for_one_block(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    assert_int_equal(iso_dep_pcd_wait(&dep), 65536);
    pcd_gets("F2 03", ISO_DEP_SEND, "F2 03");
    assert_int_equal(iso_dep_pcd_wait(&dep), 3 * 65536);
    pcd_gets_nothing(ISO_DEP_SEND, "B2");
    assert_int_equal(iso_dep_pcd_wait(&dep), 65536);
    pcd_gets("F2 C5", ISO_DEP_SEND, "F2 05"); // the upper bits tell of power
    pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
}

static void test_a_card_that_asks_for_time_is_there(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    for (int i = 0; i < 3 * ISO_DEP_TRIES; i++) {
        pcd_gets_nothing(ISO_DEP_SEND, "B2");
        pcd_gets("F2 01", ISO_DEP_SEND, "F2 01");
    }
    pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
}

static void test_waiting_time_has_a_maximum(void **state)
{
    (void)state;
    const struct iso_dep_link slow = {.fsd = 256, .fsc = 256, .fwi = 14};
    pcd_start(&slow);
    pcd_sends("00B0", "02 00B0");
    pcd_gets("F2 3B", ISO_DEP_SEND, "F2 3B");
    assert_int_equal(iso_dep_pcd_wait(&dep), 67108864); // 4949 ms
}

static void test_pcd_refuses_waiting_times_out_of_range(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    pcd_gets("F2 00", ISO_DEP_SEND, "B2");
    pcd_gets("F2 3C", ISO_DEP_SEND, "B2");
    pcd_gets("F2", ISO_DEP_SEND, "B2");
    pcd_gets("F2 0101", ISO_DEP_LOST, NULL);
}

static void test_pcd_chains_a_long_command(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("000102030405060708090A0B0C0D0E0F101112131415161718191A1B", "12 000102030405060708090A0B0C");
    pcd_gets("A2", ISO_DEP_SEND, "13 0D0E0F10111213141516171819");
    pcd_gets("A3", ISO_DEP_SEND, "02 1A1B");
    pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
    pcd_sends("00B0", "03 00B0");
}

static void test_a_command_that_fills_its_blocks_ends_without_an_empty_one(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("000102030405060708090A0B0C", "02 000102030405060708090A0B0C");
}

static void test_pcd_acknowledges_a_chain(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    pcd_gets("12 0102", ISO_DEP_SEND, "A3");
    pcd_gets("13 0304", ISO_DEP_SEND, "A2");
    pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
    expect_apdu("010203049000");
    pcd_sends("00B0", "03 00B0");
}

static void test_pcd_repeats_a_command_that_did_not_arrive(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    pcd_gets_nothing(ISO_DEP_SEND, "B2");
    pcd_gets("A3", ISO_DEP_SEND, "02 00B0");
    pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
}

static void test_pcd_asks_again_for_a_response_that_did_not_arrive(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    pcd_gets_nothing(ISO_DEP_SEND, "B2");
    pcd_gets_nothing(ISO_DEP_SEND, "B2");
    pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
}

static void test_pcd_asks_again_for_a_link_of_a_chain(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    pcd_gets("12 0102", ISO_DEP_SEND, "A3");
    pcd_gets_nothing(ISO_DEP_SEND, "A3");
    pcd_gets("03 9000", ISO_DEP_COMPLETE, NULL);
    expect_apdu("01029000");
}

static void test_pcd_repeats_a_link_that_did_not_arrive(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("000102030405060708090A0B0C0D", "12 000102030405060708090A0B0C");
    pcd_gets("A2", ISO_DEP_SEND, "03 0D");
    pcd_gets_nothing(ISO_DEP_SEND, "B3");
    pcd_gets("A2", ISO_DEP_SEND, "03 0D");
    pcd_gets("03 9000", ISO_DEP_COMPLETE, NULL);
}

static void test_pcd_gives_up_after_its_tries(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    for (int i = 1; i < ISO_DEP_TRIES; i++) {
        pcd_gets_nothing(ISO_DEP_SEND, "B2");
    }
    pcd_gets_nothing(ISO_DEP_LOST, NULL);
    pcd_gets("02 9000", ISO_DEP_LOST, NULL);
    pcd_gets_nothing(ISO_DEP_LOST, NULL);
}

static void test_pcd_gives_up_on_a_card_that_never_takes_the_command(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    for (int i = 1; i < ISO_DEP_TRIES; i++) {
        pcd_gets("A3", ISO_DEP_SEND, "02 00B0");
    }
    pcd_gets("A3", ISO_DEP_LOST, NULL);
}

static void test_pcd_gives_up_on_a_chain_of_empty_blocks(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("00B0", "02 00B0");
    pcd_gets("12", ISO_DEP_SEND, "A3");
    pcd_gets("13", ISO_DEP_SEND, "A2");
    pcd_gets("12", ISO_DEP_SEND, "A3");
    pcd_gets("13", ISO_DEP_LOST, NULL);
}

static void test_pcd_takes_no_block_that_does_not_belong(void **state)
{
    static const char *const strangers[] = {
        "",           // nothing
        "03 9000",    // the other number
        "A2",         // acknowledges the end of a command
        "B2",         // R(NAK) is the PCD's
        "C2",         // nobody asked
        "06 00 9000", // NAD
        "0A 00 9000", // CID
        "0A",         // … that is missing
        "22 9000",
        "00 9000",
        "E2",
        "F0 00",                           // no blocks of this protocol
        "A2 00",                           // R-block with INF
        "02 0102030405060708090A0B0C0D0E", // longer than FSD
    };
    (void)state;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        pcd_start(&small);
        pcd_sends("00B0", "02 00B0");
        pcd_gets(strangers[i], ISO_DEP_SEND, "B2");
        pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
    }
}

static void test_pcd_takes_no_answer_before_its_command_is_whole(void **state)
{
    (void)state;
    pcd_start(&small);
    pcd_sends("000102030405060708090A0B0C0D", "12 000102030405060708090A0B0C");
    pcd_gets("02 9000", ISO_DEP_SEND, "B2");
}

static void test_pcd_says_that_a_response_is_too_long(void **state)
{
    (void)state;
    uint8_t response[4];
    pcd_start(&small);
    new_block();
    expect(iso_dep_pcd_command(&dep, hex_apdu("00B0"), response, sizeof response, &block), ISO_DEP_SEND,
           "02 00B0");
    pcd_gets("12 010203", ISO_DEP_SEND, "A3");
    pcd_gets("03 049000", ISO_DEP_TOO_LONG, NULL);
}

static void test_pcd_sends_its_cid_and_wants_it_back(void **state)
{
    (void)state;
    const struct iso_dep_link link = {.fsd = 16, .fsc = 16, .fwi = 4, .cid = 5, .cid_present = true};
    pcd_start(&link);
    pcd_sends("000102030405060708090A0B0C", "1A 05 000102030405060708090A0B");
    pcd_gets("A2", ISO_DEP_SEND, "BA 05");
    pcd_gets("AA 04", ISO_DEP_SEND, "BA 05");
    pcd_gets("AA C5", ISO_DEP_SEND, "0B 05 0C"); // bits 7 and 8: the card is powered well
    pcd_gets("FA 05 01", ISO_DEP_SEND, "FA 05 01");
    pcd_gets("0B 05 9000", ISO_DEP_COMPLETE, NULL);
}

static void test_pcd_asks_whether_the_card_is_there(void **state)
{
    (void)state;
    pcd_start(&small);
    new_block();
    expect(iso_dep_pcd_presence(&dep, &block), ISO_DEP_SEND, "B2");
    pcd_gets("A3", ISO_DEP_PRESENT, NULL);
    pcd_sends("00B0", "02 00B0");
    pcd_gets("02 9000", ISO_DEP_COMPLETE, NULL);
    new_block();
    expect(iso_dep_pcd_presence(&dep, &block), ISO_DEP_SEND, "B3");
    pcd_gets_nothing(ISO_DEP_SEND, "B3");
    pcd_gets("02 9000", ISO_DEP_PRESENT, NULL); // some repeat the last block
    pcd_sends("00B1", "03 00B1");
}

static void test_pcd_finds_that_the_card_has_left(void **state)
{
    (void)state;
    pcd_start(&small);
    new_block();
    expect(iso_dep_pcd_presence(&dep, &block), ISO_DEP_SEND, "B2");
    pcd_gets("F2 01", ISO_DEP_SEND, "B2");
    pcd_gets_nothing(ISO_DEP_SEND, "B2");
    pcd_gets_nothing(ISO_DEP_SEND, "B2");
    pcd_gets_nothing(ISO_DEP_LOST, NULL);
}

static void test_pcd_deselects(void **state)
{
    (void)state;
    const struct iso_dep_link slow = {.fsd = 16, .fsc = 16, .fwi = 10};
    pcd_start(&slow);
    new_block();
    expect(iso_dep_pcd_deselect(&dep, &block), ISO_DEP_SEND, "C2");
    assert_int_equal(iso_dep_pcd_wait(&dep), 65536);
    pcd_gets("02 9000", ISO_DEP_SEND, "C2");
    pcd_gets_nothing(ISO_DEP_SEND, "C2");
    pcd_gets("C2", ISO_DEP_DESELECTED, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pcd_exchanges_blocks_with_alternating_numbers),
        cmocka_unit_test(test_pcd_grants_waiting_time_for_one_block),
        cmocka_unit_test(test_a_card_that_asks_for_time_is_there),
        cmocka_unit_test(test_waiting_time_has_a_maximum),
        cmocka_unit_test(test_pcd_refuses_waiting_times_out_of_range),
        cmocka_unit_test(test_pcd_chains_a_long_command),
        cmocka_unit_test(test_a_command_that_fills_its_blocks_ends_without_an_empty_one),
        cmocka_unit_test(test_pcd_acknowledges_a_chain),
        cmocka_unit_test(test_pcd_repeats_a_command_that_did_not_arrive),
        cmocka_unit_test(test_pcd_asks_again_for_a_response_that_did_not_arrive),
        cmocka_unit_test(test_pcd_asks_again_for_a_link_of_a_chain),
        cmocka_unit_test(test_pcd_repeats_a_link_that_did_not_arrive),
        cmocka_unit_test(test_pcd_gives_up_after_its_tries),
        cmocka_unit_test(test_pcd_gives_up_on_a_card_that_never_takes_the_command),
        cmocka_unit_test(test_pcd_gives_up_on_a_chain_of_empty_blocks),
        cmocka_unit_test(test_pcd_takes_no_block_that_does_not_belong),
        cmocka_unit_test(test_pcd_takes_no_answer_before_its_command_is_whole),
        cmocka_unit_test(test_pcd_says_that_a_response_is_too_long),
        cmocka_unit_test(test_pcd_sends_its_cid_and_wants_it_back),
        cmocka_unit_test(test_pcd_asks_whether_the_card_is_there),
        cmocka_unit_test(test_pcd_finds_that_the_card_has_left),
        cmocka_unit_test(test_pcd_deselects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
