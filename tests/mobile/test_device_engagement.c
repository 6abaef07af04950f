// Device engagement as CBOR, and the NDEF message of an NFC handover: ISO 18013-5 Annex D, and what must not
// be taken.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

#include <stdio.h>

#include "host/mobile/device_engagement.h"
#include "tests/mobile/annex_d_session.h"

#define X ANNEX_D_DEVICE_X
#define Y ANNEX_D_DEVICE_Y
#define KEY "d818584ba4010220012158 20" X "225820" Y
#define SECURITY "01 82 01" KEY
#define VERSION "00 63312e30"

static const struct engagement_nfc nowhere;

static enum jumin_error read(struct bytes *bytes, const char *text, struct device_engagement *engagement)
{
    struct detail detail = {{0}};
    const enum jumin_error error = engagement_read(hex(bytes, text), engagement, &detail);
    assert_int_equal(detail.text[0] == '\0', error == JUMIN_OK);
    return error;
}

static void assert_read(const char *text, enum jumin_error expected)
{
    struct bytes bytes;
    struct device_engagement engagement;
    assert_int_equal(read(&bytes, text, &engagement), expected);
}

// --- CBOR --------------------------------------------------------------------------------------------------

static void test_the_engagement_of_annex_d_is_read(void **state)
{
    (void)state;
    struct bytes bytes;
    struct device_engagement engagement;
    assert_int_equal(read(&bytes, ANNEX_D_ENGAGEMENT, &engagement), JUMIN_OK);
    assert_true(span_equal(engagement.whole, bytes.s));
    assert_span_hex(span_of(engagement.point, EPHEMERAL_POINT), "04" X Y);
    assert_span_hex(engagement.key_bytes, KEY);
    assert_int_equal(engagement.nfc.command_max, 0); // it offers BLE alone
    assert_int_equal(engagement.nfc.response_max, 0);
}

static void test_an_engagement_for_a_qr_code_is_written_and_read(void **state)
{
    (void)state;
    uint8_t point[EPHEMERAL_POINT], buffer[ENGAGEMENT_MAX];
    struct device_engagement engagement;
    struct detail detail;
    struct writer w = writer_of(buffer, sizeof buffer);
    const struct engagement_nfc nfc = {255, 65536};
    (void)unhex("04" X Y, point, sizeof point);
    engagement_put(&w, point, &nfc);
    assert_span_hex(writer_span(&w), "a3" VERSION SECURITY "02 81 83 01 01 a2 0018ff 011a00010000");
    assert_int_equal(engagement_read(writer_span(&w), &engagement, &detail), JUMIN_OK);
    assert_int_equal(engagement.nfc.command_max, 255);
    assert_int_equal(engagement.nfc.response_max, 65536);
    assert_memory_equal(engagement.point, point, sizeof point);
}

// It is the engagement of Annex D without its BLE.
static void test_an_engagement_for_nfc_names_no_method(void **state)
{
    (void)state;
    uint8_t point[EPHEMERAL_POINT], buffer[ENGAGEMENT_MAX];
    struct writer w = writer_of(buffer, sizeof buffer);
    (void)unhex("04" X Y, point, sizeof point);
    engagement_put(&w, point, &nowhere);
    assert_span_hex(writer_span(&w), "a2" VERSION SECURITY);
}

static void test_unknown_members_methods_and_later_versions_are_passed_over(void **state)
{
    (void)state;
    assert_read("a2" VERSION SECURITY, JUMIN_OK);
    assert_read("a2" SECURITY VERSION, JUMIN_OK);
    assert_read("a2 00 63312e31" SECURITY, JUMIN_OK);
    assert_read("a3" VERSION SECURITY "18 63 80", JUMIN_OK);
    assert_read("a3" VERSION SECURITY "20 80", JUMIN_OK);
    assert_read("a3" VERSION SECURITY "02 80", JUMIN_OK);
    assert_read("a3" VERSION SECURITY "02 81 83 03 01 a10001", JUMIN_OK);
    assert_read("a3" VERSION SECURITY "02 81 83 01 02 80", JUMIN_OK); // NFC of another version
}

static void test_other_versions_and_suites_are_not_supported(void **state)
{
    (void)state;
    assert_read("a2 00 63322e30" SECURITY, JUMIN_ERROR_NOT_SUPPORTED);
    assert_read("a2 00 6131" SECURITY, JUMIN_ERROR_NOT_SUPPORTED);
    assert_read("a2" VERSION "01 82 02" KEY, JUMIN_ERROR_NOT_SUPPORTED);
}

static void test_malformed_engagements_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "80",
        "a1" VERSION,
        "a1" SECURITY,
        "a2" VERSION SECURITY "00",
        "a2" VERSION "01 82 01",
        "a3" VERSION SECURITY VERSION,
        "a3" VERSION SECURITY SECURITY,
        "a3" VERSION SECURITY "6161 01", // a text as key
        "a3" VERSION SECURITY "4101 01", // bytes
        "a2 00 01" SECURITY,
        "a2" VERSION "01 83 01" KEY "00",
        "a2" VERSION "01 82 20" KEY,
        "a2" VERSION "01 82 01 d818584ba401022002215820" X "225820" Y, // another curve
        "a3" VERSION SECURITY "02 a0",
        "a3" VERSION SECURITY "02 81 82 01 01",
        "a3" VERSION SECURITY "02 81 83 01 01 80",
        "a3" VERSION SECURITY "02 81 83 01 01 a1 0018ff",
        "a3" VERSION SECURITY "02 81 83 01 01 a1 01190100",
        "a3" VERSION SECURITY "02 81 83 01 01 a2 0018fe 01190100",
        "a3" VERSION SECURITY "02 81 83 01 01 a2 0018ff 0118ff",
        "a3" VERSION SECURITY "02 81 83 01 01 a2 001a00010000 01190100",
        "a3" VERSION SECURITY "02 81 83 01 01 a2 0018ff 011a00010001",
        "a3" VERSION SECURITY "02 81 83 01 01 a3 0018ff 0018ff 01190100",
        "a3" VERSION SECURITY "02 81 83 01 01 a3 0018ff 01190100 4101 01",
        "a3" VERSION SECURITY "02 82 83 01 01 a2 0018ff 01190100 83 01 01 a2 0018ff 01190100",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_read(wrong[i], JUMIN_ERROR_MALFORMED);
    }
}

static void test_an_engagement_that_is_too_long_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[ENGAGEMENT_MAX + 1];
    struct device_engagement engagement;
    struct detail detail;
    for (size_t spare = 0; spare < 2; spare++) {
        struct writer w = writer_of(bytes, sizeof bytes);
        struct span head = unhex("a3" VERSION SECURITY "18 63 59", bytes, sizeof bytes);
        w.n = head.n;
        const size_t n = ENGAGEMENT_MAX + spare - head.n - 2;
        writer_put_u16(&w, (uint16_t)n);
        memset(writer_reserve(&w, n), 0, n);
        assert_int_equal(engagement_read(writer_span(&w), &engagement, &detail),
                         spare == 0 ? JUMIN_OK : JUMIN_ERROR_MALFORMED);
    }
}

// --- QR code -----------------------------------------------------------------------------------------------

static const char annex_d_text[] =
    "mdoc:"
    "owBjMS4wAYIB2BhYS6QBAiABIVggWojRgrzl9C76WZQ_MzWdLoqWj_KJ2T5fpES2JDQxZ_4iWCCxboz4WN3HaQQHum"
    "HUwzgjeoz8895qpnL8YKVXqjL8ZwKBgwIBowD0AfULUEXv73QrLEg3qaOw4dBaaRc";

static void test_the_text_of_annex_d_is_made_and_read(void **state)
{
    (void)state;
    struct bytes bytes;
    char text[ENGAGEMENT_TEXT_MAX], other_case[ENGAGEMENT_TEXT_MAX];
    uint8_t read_bytes[ENGAGEMENT_MAX];
    struct span engagement;
    assert_true(engagement_to_text(hex(&bytes, ANNEX_D_ENGAGEMENT), text));
    assert_string_equal(text, annex_d_text);
    assert_true(engagement_from_text(annex_d_text, read_bytes, &engagement));
    assert_true(span_equal(engagement, bytes.s));
    (void)snprintf(other_case, sizeof other_case, "MDOC:%s", annex_d_text + 5);
    assert_true(engagement_from_text(other_case, read_bytes, &engagement));
    assert_true(span_equal(engagement, bytes.s));
}

static void test_the_longest_engagement_has_a_text(void **state)
{
    (void)state;
    static const uint8_t longest[ENGAGEMENT_MAX + 1] = {0xFF};
    char text[ENGAGEMENT_TEXT_MAX];
    uint8_t read_bytes[ENGAGEMENT_MAX];
    struct span engagement;
    assert_true(engagement_to_text(span_of(longest, ENGAGEMENT_MAX), text));
    assert_true(engagement_from_text(text, read_bytes, &engagement));
    assert_true(span_equal(engagement, span_of(longest, ENGAGEMENT_MAX)));
    assert_false(engagement_to_text(span_of(longest, sizeof longest), text));
    assert_string_equal(text, "");
}

static void test_texts_that_are_no_engagement_are_refused(void **state)
{
    (void)state;
    static char too_long[ENGAGEMENT_TEXT_MAX + 2];
    static const char *const wrong[] = {"",        "mdoc:",     "mdoc",     "mdl:oA",   "oA",    "mdoc:oA==",
                                        "mdoc:o+", "mdoc://oA", " mdoc:oA", "mdoc:oA ", too_long};
    uint8_t bytes[ENGAGEMENT_MAX];
    struct span engagement;
    memset(too_long, 'A', sizeof too_long - 1);
    memcpy(too_long, "mdoc:", 5);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(engagement_from_text(wrong[i], bytes, &engagement));
    }
    assert_true(engagement_from_text("mdoc:oA", bytes, &engagement));
    assert_span_hex(engagement, "a0");
}

// --- Handover ----------------------------------------------------------------------------------------------

#define DE_TYPE "69736f2e6f72673a31383031333a646576696365656e676167656d656e74"
#define NFC_TYPE "69736f2e6f72673a31383031333a6e6663"
#define ID_MDOC "6d646f63"
#define ID_NFC "6e6663"
// "ac" of a carrier "nfc" that is active, with "mdoc" beside it.
#define AC "d1020b6163 01 03" ID_NFC "01 04" ID_MDOC
#define HS "91 02 11 4873 15" AC
#define DE "1c 1e 02 04" DE_TYPE ID_MDOC "a0a0"
#define NFC_RECORD "5c 11 09 03" NFC_TYPE ID_NFC
#define LIMITS "01 0301ffff 0302ffff"

static enum jumin_error read_handover(struct bytes *bytes, const char *text, struct handover_select *select)
{
    struct detail detail = {{0}};
    const enum jumin_error error = handover_read(hex(bytes, text), select, &detail);
    assert_int_equal(detail.text[0] == '\0', error == JUMIN_OK);
    return error;
}

static void assert_handover(const char *text, enum jumin_error expected)
{
    struct bytes bytes;
    struct handover_select select;
    assert_int_equal(read_handover(&bytes, text, &select), expected);
}

static void test_the_handover_of_annex_d_is_read(void **state)
{
    (void)state;
    struct bytes bytes;
    struct handover_select select;
    assert_int_equal(read_handover(&bytes, ANNEX_D_HANDOVER_SELECT, &select), JUMIN_OK);
    assert_true(span_equal(select.message, bytes.s));
    assert_span_hex(select.engagement, "a2" VERSION SECURITY);
    assert_int_equal(select.nfc.command_max, 0); // its carrier is BLE
}

static void test_a_static_handover_is_written_and_read(void **state)
{
    (void)state;
    struct bytes bytes;
    uint8_t buffer[HANDOVER_MAX];
    struct handover_select select;
    struct writer w = writer_of(buffer, sizeof buffer);
    const struct engagement_nfc nfc = {65535, 65535};
    handover_put(&w, hex(&bytes, "a0a0"), &nfc);
    assert_span_hex(writer_span(&w), HS DE NFC_RECORD LIMITS);
    assert_int_equal(read_handover(&bytes, HS DE NFC_RECORD LIMITS, &select), JUMIN_OK);
    assert_span_hex(select.engagement, "a0a0");
    assert_int_equal(select.nfc.command_max, 65535);
    assert_int_equal(select.nfc.response_max, 65535);
}

static void test_limits_take_as_many_bytes_as_they_need(void **state)
{
    (void)state;
    static const struct {
        struct engagement_nfc nfc;
        const char *bytes;
    } cases[] = {
        {{255, 256}, "01 0201ff 03020100"},
        {{256, 65536}, "01 03010100 0402010000"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct detail detail;
        uint8_t buffer[HANDOVER_MAX], wanted[32];
        struct handover_select select;
        struct writer w = writer_of(buffer, sizeof buffer);
        handover_put(&w, span_of("\xa0", 1), &cases[i].nfc);
        const struct span end = unhex(cases[i].bytes, wanted, sizeof wanted);
        assert_memory_equal(w.p + w.n - end.n, end.p, end.n);
        assert_int_equal(handover_read(writer_span(&w), &select, &detail), JUMIN_OK);
        assert_memory_equal(&select.nfc, &cases[i].nfc, sizeof select.nfc);
    }
}

static void test_a_long_engagement_takes_a_long_record(void **state)
{
    (void)state;
    static uint8_t engagement[ENGAGEMENT_MAX], buffer[HANDOVER_MAX];
    const struct engagement_nfc nfc = {255, 256};
    for (size_t n = 255; n <= ENGAGEMENT_MAX; n += ENGAGEMENT_MAX - 255) {
        struct handover_select select;
        struct detail detail;
        struct writer w = writer_of(buffer, sizeof buffer);
        handover_put(&w, span_of(engagement, n), &nfc);
        assert_int_equal(handover_read(writer_span(&w), &select, &detail), JUMIN_OK);
        assert_int_equal(select.engagement.n, n);
    }
}

static void test_tags_of_another_purpose_are_not_supported(void **state)
{
    (void)state;
    static const char *const others[] = {
        "d1 01 05 55 04 61626364",                                 // an address
        "d1 02 01 5470 00",                                        // Tp: negotiated handover
        "91 02 11 4873 25" AC DE NFC_RECORD LIMITS,                // version 2
        "d1 02 00 4873",                                           // no version
        "91 02 11 4873 15" AC NFC_RECORD LIMITS,                   // no engagement
        HS "1a 1e 02 04" DE_TYPE ID_MDOC "a0a0" NFC_RECORD LIMITS, // a media type of that name
        HS "1c 1d 03 04 69736f2e6f72673a31383031333a646576696365656e676167656d656e" ID_MDOC
           "a0a0a0" NFC_RECORD LIMITS,
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_handover(others[i], JUMIN_ERROR_NOT_SUPPORTED);
    }
}

static void test_nfc_that_is_switched_off_is_not_offered(void **state)
{
    (void)state;
    struct bytes bytes;
    struct handover_select select;
    const char *off = "91 02 11 4873 15 d1020b6163 00 03" ID_NFC "01 04" ID_MDOC DE NFC_RECORD LIMITS;
    assert_int_equal(read_handover(&bytes, off, &select), JUMIN_OK);
    assert_int_equal(select.nfc.command_max, 0);
}

static void test_malformed_handovers_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "d1",
        HS DE,                                                     // no end
        HS DE NFC_RECORD LIMITS "00",                              // left over
        "11 02 11 4873 15" AC DE NFC_RECORD LIMITS,                // no begin
        HS "9c 1e 02 04" DE_TYPE ID_MDOC "a0a0" NFC_RECORD LIMITS, // begins twice
        HS "5c 1e 02 04" DE_TYPE ID_MDOC "a0a0" NFC_RECORD LIMITS, // ends in the middle
        "b1 02 11 4873 15" AC DE NFC_RECORD LIMITS,                // a chunk
        HS "1c 1e ff 04" DE_TYPE ID_MDOC "a0a0" NFC_RECORD LIMITS,
        HS DE "4c 11 ffffffff 03" NFC_TYPE ID_NFC LIMITS,
        "91 02 11 4873 15 d1020b6163 01 03 6e6664 01 04" ID_MDOC DE NFC_RECORD LIMITS, // no such carrier
        "91 02 11 4873 15 d1020b6163 01 03" ID_NFC "01 04 6d646f64" DE NFC_RECORD LIMITS,
        "91 02 11 4873 15 d1020b6163 01 03" ID_NFC "02 04" ID_MDOC DE NFC_RECORD LIMITS,
        "91 02 10 4873 15 d1020b6163 01 03" ID_NFC "01 04 6d646f" DE NFC_RECORD LIMITS,
        "91 02 07 4873 15 d102016163 01" DE NFC_RECORD LIMITS,
        "91 02 11 4873 15 51020b6163 01 03" ID_NFC "01 04" ID_MDOC DE NFC_RECORD LIMITS,
        // One carrier twice
        "91 02 21 4873 15 91020b6163 01 03" ID_NFC "01 04" ID_MDOC "51020b6163 01 03" ID_NFC
        "01 04" ID_MDOC DE NFC_RECORD LIMITS,
        HS DE "5c 11 09 03" NFC_TYPE ID_NFC "02 0301ffff 0302ffff",
        HS DE "5c 11 05 03" NFC_TYPE ID_NFC "01 0301ffff",
        HS DE "5c 11 05 03" NFC_TYPE ID_NFC "01 0302ffff",
        HS DE "5c 11 0a 03" NFC_TYPE ID_NFC "01 0301ffff 0302ffff 00",
        HS DE "5c 11 09 03" NFC_TYPE ID_NFC "01 0301ffff 0402ffff",
        HS DE "5c 11 0d 03" NFC_TYPE ID_NFC "01 0301ffff 0301ffff 0302ffff",
        HS DE "5c 11 08 03" NFC_TYPE ID_NFC "01 0201fe 0302ffff",
        HS DE "5c 11 08 03" NFC_TYPE ID_NFC "01 0301ffff 0202ff",
        HS DE "5c 11 0b 03" NFC_TYPE ID_NFC "01 05010000ffff 0302ffff",
        HS DE "5c 11 0b 03" NFC_TYPE ID_NFC "01 020101 0201ff 0302ffff",
        HS DE "5c 11 01 03" NFC_TYPE ID_NFC "01",
        "91 02 09 4873 15 d102036163 01 00 00" DE NFC_RECORD LIMITS, // a reference to nothing
        "91 02 0d 4873 15 d102076163 01 03" ID_NFC "01 00" DE NFC_RECORD LIMITS,
        HS DE "5c 11 00 03" NFC_TYPE ID_NFC,
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_handover(wrong[i], JUMIN_ERROR_MALFORMED);
    }
}

static void test_limits_of_an_unknown_type_are_passed_over(void **state)
{
    (void)state;
    assert_handover(HS DE "5c 11 0c 03" NFC_TYPE ID_NFC "01 0301ffff 020700 0302ffff", JUMIN_OK);
}

static void test_a_handover_that_is_too_long_is_refused(void **state)
{
    (void)state;
    static uint8_t engagement[HANDOVER_MAX], buffer[HANDOVER_MAX + 200];
    const struct engagement_nfc nfc = {255, 256};
    struct handover_select select;
    struct detail detail;
    struct writer w = writer_of(buffer, sizeof buffer);
    handover_put(&w, span_of(engagement, 1000), &nfc);
    const size_t beside = w.n - 1000;
    for (size_t spare = 0; spare < 2; spare++) {
        w = writer_of(buffer, sizeof buffer);
        handover_put(&w, span_of(engagement, HANDOVER_MAX - beside + spare), &nfc);
        assert_int_equal(w.n, HANDOVER_MAX + spare);
        assert_int_equal(handover_read(writer_span(&w), &select, &detail),
                         spare == 0 ? JUMIN_OK : JUMIN_ERROR_MALFORMED);
    }
}

static void test_a_handover_that_is_cut_is_refused(void **state)
{
    (void)state;
    struct bytes bytes;
    const struct span whole = hex(&bytes, HS DE NFC_RECORD LIMITS);
    for (size_t n = 0; n < whole.n; n++) {
        struct handover_select select;
        struct detail detail;
        assert_int_equal(handover_read(span_of(whole.p, n), &select, &detail), JUMIN_ERROR_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_engagement_of_annex_d_is_read),
        cmocka_unit_test(test_an_engagement_for_a_qr_code_is_written_and_read),
        cmocka_unit_test(test_an_engagement_for_nfc_names_no_method),
        cmocka_unit_test(test_unknown_members_methods_and_later_versions_are_passed_over),
        cmocka_unit_test(test_other_versions_and_suites_are_not_supported),
        cmocka_unit_test(test_malformed_engagements_are_refused),
        cmocka_unit_test(test_an_engagement_that_is_too_long_is_refused),
        cmocka_unit_test(test_the_text_of_annex_d_is_made_and_read),
        cmocka_unit_test(test_the_longest_engagement_has_a_text),
        cmocka_unit_test(test_texts_that_are_no_engagement_are_refused),
        cmocka_unit_test(test_the_handover_of_annex_d_is_read),
        cmocka_unit_test(test_a_static_handover_is_written_and_read),
        cmocka_unit_test(test_limits_take_as_many_bytes_as_they_need),
        cmocka_unit_test(test_a_long_engagement_takes_a_long_record),
        cmocka_unit_test(test_tags_of_another_purpose_are_not_supported),
        cmocka_unit_test(test_nfc_that_is_switched_off_is_not_offered),
        cmocka_unit_test(test_malformed_handovers_are_refused),
        cmocka_unit_test(test_limits_of_an_unknown_type_are_passed_over),
        cmocka_unit_test(test_a_handover_that_is_too_long_is_refused),
        cmocka_unit_test(test_a_handover_that_is_cut_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
