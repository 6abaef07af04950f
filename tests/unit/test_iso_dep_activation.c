// How ISO-DEP begins: RATS, ATS and PPS are written and read (ISO 14443-4).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/iso_dep_stage.h"

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
