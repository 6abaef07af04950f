// ISO-DEP block by block: the scenarios of ISO 14443-4 annex B, and what each side does with blocks that do
// not belong.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/nfc/iso_dep.h"

enum { APDU_MAX = 64 };

static struct iso_dep dep;
static uint8_t gathered[APDU_MAX]; // the APDU that arrives
static uint8_t block_bytes[ISO_DEP_BLOCK_MAX];
static struct writer block;
static struct span hex_apdu(const char *text)
{
    static uint8_t bytes[APDU_MAX];
    return unhex(text, bytes, sizeof bytes);
}

// FSD and FSC of 16: INF of 13 bytes.
static const struct iso_dep_link small = {.fsd = 16, .fsc = 16, .fwi = 4};

// `wanted`: the block to be sent, or NULL.
static void expect(enum iso_dep_step is, enum iso_dep_step should_be, const char *wanted)
{
    assert_int_equal(is, should_be);
    assert_false(block.overflow);
    assert_span_hex(writer_span(&block), wanted == NULL ? "" : wanted);
}

static void new_block(void)
{
    block = writer_of(block_bytes, sizeof block_bytes);
}

static void expect_apdu(const char *text)
{
    struct span apdu;
    assert_true(iso_dep_received(&dep, &apdu));
    assert_span_hex(apdu, text);
}

// --- PCD ---------------------------------------------------------------------------------------------------

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

// --- PICC --------------------------------------------------------------------------------------------------

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

// --- Activation --------------------------------------------------------------------------------------------

static void test_frame_sizes_and_waiting_times_by_code(void **state)
{
    static const unsigned sizes[] = {16, 24, 32, 40, 48, 64, 96, 128, 256, 256, 256, 256, 256, 256, 256, 256};
    (void)state;
    for (unsigned code = 0; code < 16; code++) {
        assert_int_equal(iso_dep_frame_size(code), sizes[code]);
    }
    assert_int_equal(iso_dep_fwt(0), 4096);
    assert_int_equal(iso_dep_fwt(4), 65536);
    assert_int_equal(iso_dep_fwt(14), 67108864);
    assert_int_equal(iso_dep_fwt(15), 65536);
}

static void test_rats_is_written_and_read(void **state)
{
    uint8_t fsdi = 0, cid = 0;
    (void)state;
    new_block();
    assert_true(iso_dep_put_rats(&block, 8, 0));
    assert_span_hex(writer_span(&block), "E0 80");
    assert_false(iso_dep_put_rats(&block, 9, 0));
    assert_false(iso_dep_put_rats(&block, 8, 15));
    assert_true(iso_dep_rats_parse(hex_apdu("E0 53"), &fsdi, &cid));
    assert_int_equal(fsdi, 5);
    assert_int_equal(cid, 3);
    assert_false(iso_dep_rats_parse(hex_apdu("E0 5F"), &fsdi, &cid));
    assert_false(iso_dep_rats_parse(hex_apdu("E0"), &fsdi, &cid));
    assert_false(iso_dep_rats_parse(hex_apdu("E1 50"), &fsdi, &cid));
}

static void test_pps_is_written_and_read(void **state)
{
    uint8_t dsi = 9, dri = 9;
    (void)state;
    new_block();
    assert_true(iso_dep_put_pps(&block, 1, 2, 3));
    assert_span_hex(writer_span(&block), "D1 11 0B");
    assert_false(iso_dep_put_pps(&block, 15, 0, 0));
    assert_false(iso_dep_put_pps(&block, 0, 4, 0));
    assert_false(iso_dep_put_pps(&block, 0, 0, 4));
    assert_true(iso_dep_pps_parse(hex_apdu("D1 11 0B"), 1, &dsi, &dri));
    assert_int_equal(dsi, 2);
    assert_int_equal(dri, 3);
    assert_true(iso_dep_pps_parse(hex_apdu("D1 01"), 1, &dsi, &dri));
    assert_int_equal(dsi, 0);
    assert_int_equal(dri, 0);
    static const char *const wrong[] = {"D0 11 0B", "D1 11", "D1 01 00", "D1 11 1B", "D1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(iso_dep_pps_parse(hex_apdu(wrong[i]), 1, &dsi, &dri));
    }
}

static void test_ats_is_read(void **state)
{
    struct iso_dep_ats ats;
    (void)state;
    assert_true(iso_dep_ats_parse(hex_apdu("06 78 77 81 02 80"), &ats));
    assert_int_equal(ats.fsci, 8);
    assert_int_equal(ats.rates, 0x77);
    assert_int_equal(ats.fwi, 8);
    assert_int_equal(ats.sfgi, 1);
    assert_true(ats.cid);
    assert_false(ats.nad);
    assert_span_hex(ats.historical, "80");
    assert_true(iso_dep_ats_parse(hex_apdu("04 45 01 80"), &ats)); // TC(1) without CID, one historical byte
    assert_int_equal(ats.fsci, 5);
    assert_false(ats.cid);
    assert_true(ats.nad);
    assert_int_equal(ats.fwi, 4);
    assert_int_equal(ats.rates, 0);
    assert_true(iso_dep_ats_parse(hex_apdu("02 10"), &ats) == false); // TA(1) is missing
    assert_true(iso_dep_ats_parse(hex_apdu("03 18 7F"), &ats));       // bit 4 is not for this version
    assert_int_equal(ats.rates, 0);
}

static void test_absent_bytes_of_an_ats_have_defaults(void **state)
{
    struct iso_dep_ats ats;
    (void)state;
    assert_true(iso_dep_ats_parse(hex_apdu("01"), &ats));
    assert_int_equal(ats.fsci, 2);
    assert_int_equal(ats.fwi, 4);
    assert_int_equal(ats.sfgi, 0);
    assert_true(ats.cid);
    assert_false(ats.nad);
    assert_int_equal(ats.historical.n, 0);
    assert_false(iso_dep_ats_parse(hex_apdu(""), &ats));
    assert_false(iso_dep_ats_parse(hex_apdu("02"), &ats));
    assert_false(iso_dep_ats_parse(hex_apdu("01 00"), &ats));
    assert_false(iso_dep_ats_parse(hex_apdu("04 78 77 80"), &ats));
}

static void test_ats_is_written_as_it_is_read(void **state)
{
    struct iso_dep_ats ats;
    (void)state;
    assert_true(iso_dep_ats_parse(hex_apdu("0678778102 80"), &ats));
    new_block();
    iso_dep_put_ats(&block, &ats);
    assert_span_hex(writer_span(&block), "06 78 77 81 02 80");
}

static void test_ats_tells_which_rates_the_card_takes(void **state)
{
    (void)state;
    const struct iso_dep_ats some = {.rates = 0x31}; // 212 to the card; 212 and 424 from it
    assert_true(iso_dep_ats_takes(&some, 0, 0));
    assert_true(iso_dep_ats_takes(&some, 2, 1));
    assert_true(iso_dep_ats_takes(&some, 0, 1));
    assert_false(iso_dep_ats_takes(&some, 1, 2));
    assert_false(iso_dep_ats_takes(&some, 3, 1));
    assert_false(iso_dep_ats_takes(&some, 4, 0));
    assert_false(iso_dep_ats_takes(&some, 0, 4));
    const struct iso_dep_ats alike = {.rates = 0xF7};
    assert_true(iso_dep_ats_takes(&alike, 3, 3));
    assert_false(iso_dep_ats_takes(&alike, 3, 2));
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
        cmocka_unit_test(test_frame_sizes_and_waiting_times_by_code),
        cmocka_unit_test(test_rats_is_written_and_read),
        cmocka_unit_test(test_pps_is_written_and_read),
        cmocka_unit_test(test_ats_is_read),
        cmocka_unit_test(test_absent_bytes_of_an_ats_have_defaults),
        cmocka_unit_test(test_ats_is_written_as_it_is_read),
        cmocka_unit_test(test_ats_tells_which_rates_the_card_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
