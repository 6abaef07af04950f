// SecurityInfos: published files, writing and reading back, unusual and broken entries (9303-11 §9.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/security_infos.h"

// EF.CardAccess of 9303-11 appendix G.1.
static const char card_access_icao[] = "31143012060A04007F0007020204020202010202010D";
// EF.CardAccess of the EAC 2 worked example of TR-03110, over ECDH.
static const char card_access_ecdh[] =
    "3181C6300D060804007F00070202020201023012060A04007F000702020302020201020201013012060A04007F00070202040202"
    "02010202010D301C060904007F000702020302300C060704007F0007010202010D020101302F060804007F000702020616236874"
    "7470733A2F2F7777772E686A702D636F6E73756C74696E672E636F6D2F686F6D65303E060804007F000702020831323012060A04"
    "007F00070202030202020102020102301C060904007F000702020302300C060704007F0007010202010D020102";
// Likewise over DH: nothing in it is of ours but Terminal Authentication.
static const char card_access_dh[] =
    "3181C6300D060804007F00070202020201023012060A04007F000702020301020201020201013012060A04007F00070202040102"
    "020102020100301C060904007F000702020301300C060704007F00070102020100020101302F060804007F000702020616236874"
    "7470733A2F2F7777772E686A702D636F6E73756C74696E672E636F6D2F686F6D65303E060804007F000702020831323012060A04"
    "007F00070202030102020102020102301C060904007F000702020301300C060704007F00070102020100020102";
// EF.CardAccess of a German card with version 3 of Chip Authentication and with CAM.
static const char card_access_unusual[] =
    "31820124300D060804007F00070202020201023012060A04007F000702020302020201020201483012060A04007F000702020302"
    "0202010302014F3012060A04007F0007020204020202010202010D3012060A04007F0007020204060202010202010D301B060B04"
    "007F000702020B010203300902010102010002010102014F301C060904007F000702020302300C060704007F0007010202010D02"
    "0148301C060904007F000702020302300C060704007F0007010202010D02014F302A060804007F0007020206161E687474703A2F"
    "2F6273692E62756E642E64652F6369662F6E70612E786D6C303E060804007F000702020831323012060A04007F00070202030202"
    "020102020149301C060904007F000702020302300C060704007F0007010202010D020149";
// ChipAuthenticationPublicKeyInfo of 9303-11 appendix I.
static const char key_info[] =
    "3062060904007F0007020201023052300C060704007F0007010202010D034200041872709494399E7470A6431BE25E83EEE24FEA"
    "568C2ED28DB48E05DB3A610DC884D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F02010D";

static uint8_t bytes[1024];

static struct span open_hex(const char *hex)
{
    struct span content;
    assert_true(security_infos_open(unhex(hex, bytes, sizeof bytes), &content));
    return content;
}

static struct security_info next(struct span *content)
{
    struct security_info info;
    assert_int_equal(security_infos_next(content, &info), TLV_OBJECT);
    return info;
}

static void assert_end(struct span *content)
{
    struct security_info info;
    assert_int_equal(security_infos_next(content, &info), TLV_END);
}

static void test_card_access_of_the_worked_example_is_read(void **state)
{
    (void)state;
    struct span content = open_hex(card_access_icao);
    const struct security_info info = next(&content);
    assert_int_equal(info.kind, SECURITY_INFO_PACE);
    assert_span_hex(info.oid, "04007F00070202040202");
    assert_int_equal(info.mapping, PACE_ECDH_GM);
    assert_int_equal(info.suite, SUITE_AES_CBC_CMAC_128);
    assert_int_equal(info.version, 2);
    assert_true(info.has_parameter);
    assert_int_equal(info.parameter, 13);
    assert_span_hex(info.whole, "3012060A04007F0007020204020202010202010D");
    assert_end(&content);
}

struct expected_info {
    enum security_info_kind kind;
    int version;
    bool has_key_id;
    uint32_t key_id;
};

static void assert_infos(const char *hex, const struct expected_info *expected, size_t count)
{
    struct span content = open_hex(hex);
    const uint8_t *place = content.p;
    for (size_t i = 0; i < count; i++) {
        const struct security_info info = next(&content);
        assert_int_equal(info.kind, expected[i].kind);
        assert_int_equal(info.version, expected[i].version);
        assert_int_equal(info.has_key_id, expected[i].has_key_id);
        assert_int_equal(info.key_id, expected[i].key_id);
        assert_ptr_equal(info.whole.p, place); // in the order of the file, nothing left out
        place += info.whole.n;
    }
    assert_end(&content);
}

static void test_every_entry_of_published_files_is_read_in_its_order(void **state)
{
    (void)state;
    static const struct expected_info ecdh[] = {
        {SECURITY_INFO_TERMINAL_AUTHENTICATION, 2, false, 0},
        {SECURITY_INFO_CHIP_AUTHENTICATION, 2, true, 1},
        {SECURITY_INFO_PACE, 2, false, 0},
        {SECURITY_INFO_UNKNOWN, 0, false, 0}, // ChipAuthenticationDomainParameterInfo
        {SECURITY_INFO_UNKNOWN, 0, false, 0}, // CardInfoLocator
        {SECURITY_INFO_PRIVILEGED_TERMINAL, 0, false, 0},
    };
    static const struct expected_info dh[] = {
        {SECURITY_INFO_TERMINAL_AUTHENTICATION, 2, false, 0},
        {SECURITY_INFO_UNKNOWN, 0, false, 0}, // ChipAuthenticationInfo over DH
        {SECURITY_INFO_PACE, 2, false, 0},    // over DH: mapping none of ours
        {SECURITY_INFO_UNKNOWN, 0, false, 0},
        {SECURITY_INFO_UNKNOWN, 0, false, 0},
        {SECURITY_INFO_PRIVILEGED_TERMINAL, 0, false, 0},
    };
    static const struct expected_info unusual[] = {
        {SECURITY_INFO_TERMINAL_AUTHENTICATION, 2, false, 0},
        {SECURITY_INFO_CHIP_AUTHENTICATION, 2, true, 0x48},
        {SECURITY_INFO_CHIP_AUTHENTICATION, 3, true, 0x4F},
        {SECURITY_INFO_PACE, 2, false, 0},
        {SECURITY_INFO_PACE, 2, false, 0},
        {SECURITY_INFO_UNKNOWN, 0, false, 0},
        {SECURITY_INFO_UNKNOWN, 0, false, 0},
        {SECURITY_INFO_UNKNOWN, 0, false, 0},
        {SECURITY_INFO_UNKNOWN, 0, false, 0},
        {SECURITY_INFO_PRIVILEGED_TERMINAL, 0, false, 0},
    };
    assert_infos(card_access_ecdh, ecdh, sizeof ecdh / sizeof ecdh[0]);
    assert_infos(card_access_dh, dh, sizeof dh / sizeof dh[0]);
    assert_infos(card_access_unusual, unusual, sizeof unusual / sizeof unusual[0]);
}

// TR-03110-3 §A.1.1
static void test_infos_for_privileged_terminals_are_read_and_written(void **state)
{
    (void)state;
    uint8_t written[64];
    struct writer w = writer_of(written, sizeof written);
    struct span content = open_hex(card_access_ecdh);
    struct security_info privileged = {0};
    while (privileged.kind != SECURITY_INFO_PRIVILEGED_TERMINAL) {
        privileged = next(&content);
    }
    struct span infos = privileged.infos;
    const struct security_info authentication = next(&infos);
    assert_int_equal(authentication.kind, SECURITY_INFO_CHIP_AUTHENTICATION);
    assert_int_equal(authentication.version, 2);
    assert_int_equal(authentication.key_id, 2);
    const struct security_info parameters = next(&infos); // ChipAuthenticationDomainParameterInfo
    assert_end(&infos);

    const struct privileged_terminal_info opened = put_privileged_terminal_info_begin(&w);
    put_chip_authentication_info(&w, authentication.suite, 2, 2);
    writer_put(&w, parameters.whole);
    put_privileged_terminal_info_end(&w, opened);
    assert_true(span_equal(writer_span(&w), privileged.whole));
}

static void test_pace_that_is_none_of_ours_has_no_mapping(void **state)
{
    (void)state;
    struct span content = open_hex(card_access_dh);
    (void)next(&content);
    (void)next(&content);
    assert_int_equal(next(&content).mapping, PACE_MAPPING_NONE);
}

static void test_key_of_the_worked_example_is_read_and_written_alike(void **state)
{
    (void)state;
    struct span cursor = unhex(key_info, bytes, sizeof bytes);
    const struct security_info info = next(&cursor);
    assert_int_equal(info.kind, SECURITY_INFO_CHIP_AUTHENTICATION_KEY);
    assert_true(info.curve_known);
    assert_int_equal(info.curve, CRYPTO_BRAINPOOL_P256R1);
    assert_int_equal(info.point.n, 65);
    assert_true(info.has_key_id);
    assert_int_equal(info.key_id, 13);
    uint8_t written[256];
    struct writer w = writer_of(written, sizeof written);
    put_chip_authentication_key_info(&w, CRYPTO_BRAINPOOL_P256R1, info.point, 13);
    assert_false(w.overflow);
    assert_span_hex(writer_span(&w), key_info);
}

static void test_written_infos_are_those_of_published_files(void **state)
{
    (void)state;
    uint8_t written[64];
    struct writer w = writer_of(written, sizeof written);
    const struct pace_protocol protocol = {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_BRAINPOOL_P256R1};
    const size_t set = tlv_open(&w, 0x31);
    put_pace_info(&w, &protocol);
    tlv_close(&w, set);
    assert_span_hex(writer_span(&w), card_access_icao);
    w = writer_of(written, sizeof written);
    put_chip_authentication_info(&w, SUITE_AES_CBC_CMAC_128, 2, 0x48);
    assert_span_hex(writer_span(&w), "3012060A04007F00070202030202020102020148");
    w = writer_of(written, sizeof written);
    put_active_authentication_info(&w, CRYPTO_SHA256);
    assert_span_hex(writer_span(&w), "30170606678108010105020101060A04007F00070101040103");
    w = writer_of(written, sizeof written);
    put_terminal_authentication_info(&w, 2);
    assert_span_hex(writer_span(&w), "300D060804007F00070202020201 02");
    w = writer_of(written, sizeof written);
    put_chip_authentication_domain_parameter_info(&w, CRYPTO_BRAINPOOL_P256R1, 1);
    assert_span_hex(writer_span(&w), "301C060904007F000702020302300C060704007F0007010202010D020101");
    w = writer_of(written, sizeof written);
    put_restricted_identification_info(&w, CRYPTO_SHA256, 1, false);
    assert_span_hex(writer_span(&w), "3017060A04007F0007020205020330090201010201010101 00");
    w = writer_of(written, sizeof written);
    put_restricted_identification_info(&w, CRYPTO_SHA256, 2, true);
    assert_span_hex(writer_span(&w), "3017060A04007F0007020205020330090201010201020101FF");
    w = writer_of(written, sizeof written);
    put_restricted_identification_domain_parameter_info(&w, CRYPTO_BRAINPOOL_P256R1);
    assert_span_hex(writer_span(&w), "3019060904007F000702020502300C060704007F0007010202010D");
}

static void test_what_is_written_is_read_back(void **state)
{
    (void)state;
    uint8_t written[2048];
    uint8_t point[CRYPTO_POINT_MAX] = {0x04};
    static const int key_ids[] = {-1, 0, 1, 127, 128, 255, 256, 65535, INT32_MAX};
    for (size_t i = 0; i < sizeof key_ids / sizeof key_ids[0]; i++) {
        struct writer w = writer_of(written, sizeof written);
        const size_t set = tlv_open(&w, 0x31);
        const struct pace_protocol protocol = {PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_256, CRYPTO_P384};
        put_pace_info(&w, &protocol);
        put_chip_authentication_info(&w, SUITE_AES_CBC_CMAC_192, 1, key_ids[i]);
        put_chip_authentication_key_info(&w, CRYPTO_P521,
                                         span_of(point, crypto_curve_point_length(CRYPTO_P521)), key_ids[i]);
        put_active_authentication_info(&w, CRYPTO_SHA512);
        tlv_close(&w, set);
        assert_false(w.overflow);
        struct span content;
        assert_true(security_infos_open(writer_span(&w), &content));
        struct security_info info = next(&content);
        assert_int_equal(info.mapping, PACE_ECDH_CAM);
        assert_int_equal(info.suite, SUITE_AES_CBC_CMAC_256);
        assert_int_equal(info.parameter, 15);
        info = next(&content);
        assert_int_equal(info.kind, SECURITY_INFO_CHIP_AUTHENTICATION);
        assert_int_equal(info.suite, SUITE_AES_CBC_CMAC_192);
        assert_int_equal(info.version, 1);
        assert_int_equal(info.has_key_id, key_ids[i] >= 0);
        assert_int_equal(info.key_id, key_ids[i] < 0 ? 0 : key_ids[i]);
        info = next(&content);
        assert_int_equal(info.kind, SECURITY_INFO_CHIP_AUTHENTICATION_KEY);
        assert_int_equal(info.curve, CRYPTO_P521);
        assert_int_equal(info.has_key_id, key_ids[i] >= 0);
        assert_int_equal(info.key_id, key_ids[i] < 0 ? 0 : key_ids[i]);
        info = next(&content);
        assert_int_equal(info.kind, SECURITY_INFO_ACTIVE_AUTHENTICATION);
        assert_int_equal(info.version, 1);
        assert_int_equal(info.hash, CRYPTO_SHA512);
        assert_end(&content);
    }
}

static enum tlv_result read_one(const char *hex, struct security_info *info)
{
    struct span cursor = unhex(hex, bytes, sizeof bytes);
    const struct span before = cursor;
    const enum tlv_result result = security_infos_next(&cursor, info);
    assert_int_equal(cursor.n, result == TLV_OBJECT ? 0 : before.n);
    return result;
}

// Of ours by their name, but not as the standard writes them: passed over, with their bytes kept.
static void test_unusual_content_of_a_known_entry_is_passed_over(void **state)
{
    (void)state;
    static const char *const unusual[] = {
        "300C060A04007F00070202040202",                         // PACE without a version
        "3010060A04007F000702020402020202FFFF",                 // negative version
        "3013060A04007F000702020402020201020202010D",           // parameter over 255
        "3012060A04007F0007020204020202010204010D",             // parameter is no INTEGER
        "3015060A04007F0007020204020202010202010D020101",       // something behind the parameter
        "300E060A04007F000702020402020200",                     // empty INTEGER
        "3017060A04007F000702020302020201020206010000000000",   // key id too large
        "300F060A04007F00070202030202040102",                   // version is no INTEGER
        "300E060904007F000702020102020100",                     // key is no SEQUENCE
        "30180606678108010105020101060B04007F0007010104010300", // AA with a longer algorithm
        "300B0606678108010105020101",                           // AA without an algorithm
        "300C060804007F00070202083000",                         // for privileged terminals, but no SET
        "300E060804007F000702020831003000",                     // … or more than that
    };
    for (size_t i = 0; i < sizeof unusual / sizeof unusual[0]; i++) {
        struct security_info info;
        assert_int_equal(read_one(unusual[i], &info), TLV_OBJECT);
        assert_int_equal(info.kind, SECURITY_INFO_UNKNOWN);
        assert_int_equal(info.version, 0);
        assert_false(info.has_key_id || info.has_parameter || info.curve_known);
        assert_true(info.whole.n > 0 && info.oid.n > 0);
    }
}

// The key info of the worked example with one byte changed.
static void test_key_that_does_not_fit_its_curve_is_passed_over(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        uint8_t value;
        enum security_info_kind kind;
        bool curve_known;
    } changes[] = {
        {28, 15, SECURITY_INFO_UNKNOWN, false},                   // a longer curve
        {28, 19, SECURITY_INFO_CHIP_AUTHENTICATION_KEY, false},   // a curve that is none of ours
        {25, 0x09, SECURITY_INFO_CHIP_AUTHENTICATION_KEY, false}, // another algorithm
        {31, 1, SECURITY_INFO_UNKNOWN, false},                    // unused bits
        {32, 2, SECURITY_INFO_UNKNOWN, false},                    // compressed
        {28, 12, SECURITY_INFO_CHIP_AUTHENTICATION_KEY, true},    // the point is checked by who uses it
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct span cursor = unhex(key_info, bytes, sizeof bytes);
        bytes[changes[i].offset] = changes[i].value;
        const struct security_info info = next(&cursor);
        assert_int_equal(info.kind, changes[i].kind);
        assert_int_equal(info.curve_known, changes[i].curve_known);
    }
}

static void test_broken_structure_is_malformed(void **state)
{
    (void)state;
    static const char *const malformed[] = {
        "3112060A04007F0007020204020202010202010D", // no SEQUENCE
        "3000",                                     // empty
        "3003020102",                               // no OBJECT IDENTIFIER
        "300306",                                   // cut off
        "30050609020102",                           // OBJECT IDENTIFIER cut off
        "30",
    };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        struct security_info info;
        assert_int_equal(read_one(malformed[i], &info), TLV_MALFORMED);
    }
}

static void test_only_one_whole_set_is_opened(void **state)
{
    (void)state;
    struct span content;
    static const char *const refused[] = {"", "3000", "310130", "310000", "31"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const bool cut = i == 2;
        const struct span set = unhex(refused[i], bytes, sizeof bytes);
        assert_false(security_infos_open(cut ? span_first(set, 2) : set, &content));
    }
    assert_true(security_infos_open(unhex("3100", bytes, sizeof bytes), &content));
    assert_end(&content);
}

static void test_file_cut_at_each_byte_is_refused(void **state)
{
    (void)state;
    const struct span file = unhex(card_access_ecdh, bytes, sizeof bytes);
    for (size_t n = 0; n < file.n; n++) {
        struct span content;
        assert_false(security_infos_open(span_first(file, n), &content));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card_access_of_the_worked_example_is_read),
        cmocka_unit_test(test_every_entry_of_published_files_is_read_in_its_order),
        cmocka_unit_test(test_infos_for_privileged_terminals_are_read_and_written),
        cmocka_unit_test(test_pace_that_is_none_of_ours_has_no_mapping),
        cmocka_unit_test(test_key_of_the_worked_example_is_read_and_written_alike),
        cmocka_unit_test(test_written_infos_are_those_of_published_files),
        cmocka_unit_test(test_what_is_written_is_read_back),
        cmocka_unit_test(test_unusual_content_of_a_known_entry_is_passed_over),
        cmocka_unit_test(test_key_that_does_not_fit_its_curve_is_passed_over),
        cmocka_unit_test(test_broken_structure_is_malformed),
        cmocka_unit_test(test_only_one_whole_set_is_opened),
        cmocka_unit_test(test_file_cut_at_each_byte_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
