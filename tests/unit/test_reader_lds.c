// The files of the LDS taken apart: what is right, every truncation, and what 9303-10 does not allow.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/tlv.h"
#include "host/pki/public_key.h"
#include "host/reader/country.h"
#include "host/reader/iso9796.h"
#include "host/reader/lds.h"
#include "host/reader/limits.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

enum { BYTES = 4096 };

static uint8_t bytes[BYTES];

static struct span from_hex(const char *text)
{
    return unhex(text, bytes, sizeof bytes);
}

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// A copy of exactly these bytes, so that a sanitizer sees every read behind them.
static uint8_t *exact(struct span from)
{
    uint8_t *copy = malloc(from.n > 0 ? from.n : 1);
    assert_non_null(copy);
    if (from.n > 0) {
        memcpy(copy, from.p, from.n);
    }
    return copy;
}

// --- Machine readable zone --------------------------------------------------------------------------------

// 9303-5 App. B
static const char td1[] = "I<UTOD231458907<<<<<<<<<<<<<<<"
                          "7408122F1204159UTO<<<<<<<<<<<6"
                          "ERIKSSON<<ANNA<MARIA<<<<<<<<<<";

static void test_td1_of_the_standard_is_read(void **state)
{
    (void)state;
    struct jumin_mrz mrz;
    const char *why = "";
    assert_true(mrz_parse(text_of(td1), &mrz, &why));
    assert_string_equal(mrz.document_code, "I");
    assert_string_equal(mrz.issuing_state, "UTO");
    assert_string_equal(mrz.document_number, "D23145890");
    assert_string_equal(mrz.birth_date, "740812");
    assert_string_equal(mrz.expiry_date, "120415");
    assert_int_equal(mrz.sex, 'F');
    assert_string_equal(mrz.nationality, "UTO");
    assert_string_equal(mrz.primary_name, "ERIKSSON");
    assert_string_equal(mrz.secondary_name, "ANNA MARIA");
    assert_string_equal(mrz.optional_data_1, "");
    assert_int_equal(mrz.lines, 3);
    assert_int_equal(mrz.wrong_check_digits, 0);
}

// 9303-4 App. B and 9303-6 App. B
static void test_td3_and_td2_of_the_standard_are_read(void **state)
{
    (void)state;
    struct jumin_mrz mrz;
    const char *why = "";
    assert_true(mrz_parse(text_of("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
                                  "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
                          &mrz, &why));
    assert_string_equal(mrz.document_number, "L898902C3");
    assert_string_equal(mrz.optional_data_1, "ZE184226B");
    assert_int_equal(mrz.wrong_check_digits, 0);
    assert_true(mrz_parse(text_of("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
                                  "D231458907UTO7408122F1204159<<<<<<<6"),
                          &mrz, &why));
    assert_string_equal(mrz.document_number, "D23145890");
    assert_string_equal(mrz.secondary_name, "ANNA MARIA");
    assert_int_equal(mrz.wrong_check_digits, 0);
}

// 9303-5 §4.2.2 note j: the number goes on in the optional data.
static void test_long_document_number_is_put_together(void **state)
{
    (void)state;
    struct jumin_mrz mrz;
    const char *why = "";
    assert_true(mrz_parse(text_of("I<UTOD23145890<7349<<<<<<<<<<<"
                                  "3407127M9507122UTO<<<<<<<<<<<2"
                                  "STEVENSON<<PETER<JOHN<<<<<<<<<"),
                          &mrz, &why));
    assert_string_equal(mrz.document_number, "D23145890734");
    assert_string_equal(mrz.optional_data_1, "");
    assert_int_equal(mrz.wrong_check_digits, 0);
}

static void test_each_wrong_check_digit_is_named(void **state)
{
    (void)state;
    const struct {
        size_t at;
        unsigned wrong;
    } places[] = {{14, JUMIN_MRZ_CHECK_DOCUMENT_NUMBER | JUMIN_MRZ_CHECK_COMPOSITE},
                  {36, JUMIN_MRZ_CHECK_BIRTH_DATE | JUMIN_MRZ_CHECK_COMPOSITE},
                  {44, JUMIN_MRZ_CHECK_EXPIRY_DATE | JUMIN_MRZ_CHECK_COMPOSITE},
                  {59, JUMIN_MRZ_CHECK_COMPOSITE}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char changed[sizeof td1];
        struct jumin_mrz mrz;
        const char *why = "";
        memcpy(changed, td1, sizeof td1);
        changed[places[i].at] = changed[places[i].at] == '9' ? '0' : (char)(changed[places[i].at] + 1);
        assert_true(mrz_parse(text_of(changed), &mrz, &why));
        assert_int_equal(mrz.wrong_check_digits, places[i].wrong);
    }
}

static void test_mrz_of_other_lengths_or_characters_is_refused(void **state)
{
    (void)state;
    struct jumin_mrz mrz;
    const char *why = "";
    for (size_t n = 0; n < sizeof td1 - 1; n++) {
        if (n != 72 && n != 88) {
            assert_false(mrz_parse(span_of(td1, n), &mrz, &why));
            assert_string_not_equal(why, "");
        }
    }
    char changed[sizeof td1];
    memcpy(changed, td1, sizeof td1);
    changed[70] = 'a';
    assert_false(mrz_parse(text_of(changed), &mrz, &why));
    assert_string_equal(mrz.primary_name, "");
}

// --- EF.COM, DG14, DG15 -----------------------------------------------------------------------------------

static void test_com_lists_its_groups(void **state)
{
    (void)state;
    uint32_t groups = 0;
    const char *why = "";
    assert_true(
        lds_com_parse(from_hex("6016 5F0104 30313037 5F3606 303430303030 5C04 6175 6E6F"), &groups, &why));
    assert_int_equal(groups, 1U << 1 | 1U << 2 | 1U << 14 | 1U << 15);
    assert_false(
        lds_com_parse(from_hex("6016 5F0104 30313037 5F3606 303430303030 5C04 6175 6161"), &groups, &why));
    assert_false(
        lds_com_parse(from_hex("6016 5F0104 30313037 5F3606 303430303030 5C04 6175 6E01"), &groups, &why));
    assert_int_equal(groups, 0);
}

// --- DG2 --------------------------------------------------------------------------------------------------

static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x4A, 0xFF, 0xD9, 0x00};

struct face {
    uint32_t record_length, face_length; // 0: the right ones
    uint16_t faces, points;
    uint8_t type;
};

static void put_u32(struct writer *w, uint32_t value)
{
    writer_put_u16(w, (uint16_t)(value >> 16));
    writer_put_u16(w, (uint16_t)value);
}

// ISO 19794-5:2005 record
static struct span face_record(const struct face *face, struct span image, uint8_t *buffer, size_t capacity)
{
    static const uint8_t zeros[64] = {0};
    struct writer w = writer_of(buffer, capacity);
    const uint32_t face_length = (uint32_t)(20 + 8 * (size_t)face->points + 12 + image.n);
    writer_put(&w, span_of("FAC\0"
                           "010\0",
                           8));
    put_u32(&w, face->record_length != 0 ? face->record_length : 14 + face_length);
    writer_put_u16(&w, face->faces);
    put_u32(&w, face->face_length != 0 ? face->face_length : face_length);
    writer_put_u16(&w, face->points);
    writer_put(&w, span_of(zeros, 14 + 8 * (size_t)face->points));
    writer_put_u8(&w, 1);
    writer_put_u8(&w, face->type);
    writer_put_u16(&w, 413);
    writer_put_u16(&w, 531);
    writer_put(&w, span_of(zeros, 6));
    writer_put(&w, image);
    assert_false(w.overflow);
    return writer_span(&w);
}

static struct span dg2_file(struct span record, uint32_t data_tag, const char *format, uint8_t *buffer,
                            size_t n)
{
    uint8_t header[32];
    struct writer w = writer_of(buffer, n);
    const size_t dg2 = tlv_open(&w, 0x75), group = tlv_open(&w, 0x7F61);
    tlv_put(&w, 0x02, span_of("\x01", 1));
    const size_t template = tlv_open(&w, 0x7F60);
    tlv_put(&w, 0xA1, unhex(format, header, sizeof header));
    tlv_put(&w, data_tag, record);
    tlv_close(&w, template);
    tlv_close(&w, group);
    tlv_close(&w, dg2);
    assert_false(w.overflow);
    return writer_span(&w);
}

static void test_portrait_of_19794_5_is_exactly_its_bytes(void **state)
{
    (void)state;
    uint8_t record[256], file[512];
    struct jumin_portrait portrait;
    const char *why = "";
    const struct face face = {.faces = 1, .points = 2};
    const struct span made = dg2_file(face_record(&face, span_of(jpeg, sizeof jpeg), record, sizeof record),
                                      0x5F2E, "87020101 88020008", file, sizeof file);
    assert_true(lds_dg2_parse(made, &portrait, &why));
    assert_int_equal(portrait.n, sizeof jpeg); // with its trailing byte
    assert_memory_equal(portrait.image, jpeg, sizeof jpeg);
    assert_int_equal(portrait.type, JUMIN_IMAGE_JPEG);
    assert_int_equal(portrait.width, 413);
    assert_int_equal(portrait.height, 531);
}

static void test_image_is_what_its_first_bytes_say(void **state)
{
    (void)state;
    static const uint8_t jp2[] = {0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D};
    static const uint8_t codestream[] = {0xFF, 0x4F, 0xFF, 0x51, 0x00};
    uint8_t record[256];
    struct jumin_portrait portrait;
    const char *why = "";
    const struct face face = {.faces = 1, .type = 0}; // says JPEG
    assert_true(face_19794_parse(face_record(&face, span_of(jp2, sizeof jp2), record, sizeof record),
                                 &portrait, &why));
    assert_int_equal(portrait.type, JUMIN_IMAGE_JPEG2000);
    assert_true(face_19794_parse(
        face_record(&face, span_of(codestream, sizeof codestream), record, sizeof record), &portrait, &why));
    assert_int_equal(portrait.type, JUMIN_IMAGE_JPEG2000);
    assert_false(
        face_19794_parse(face_record(&face, text_of("GIF89a"), record, sizeof record), &portrait, &why));
}

static void test_lengths_of_19794_5_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    const struct face faces[] = {{.faces = 0},
                                 {.faces = 1, .record_length = 5000},
                                 {.faces = 1, .face_length = 5000},
                                 {.faces = 1, .face_length = 20},
                                 {.faces = 1, .record_length = 14}};
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        uint8_t record[256];
        struct jumin_portrait portrait;
        const char *why = "";
        assert_false(face_19794_parse(
            face_record(&faces[i], span_of(jpeg, sizeof jpeg), record, sizeof record), &portrait, &why));
    }
}

static struct span face_39794(struct span image, uint8_t *buffer, size_t capacity)
{
    struct writer w = writer_of(buffer, capacity);
    const size_t block = tlv_open(&w, 0x65);
    tlv_put(&w, 0xA0, span_of("\x80\x01\x03\x81\x02\x07\xE3", 7)); // generation 3, 2019
    const size_t representations = tlv_open(&w, 0xA1), representation = tlv_open(&w, 0x30);
    tlv_put(&w, 0x80, span_of("\x01", 1));
    const size_t choice = tlv_open(&w, 0xA1), base = tlv_open(&w, 0xA0), two_d = tlv_open(&w, 0xA0);
    tlv_put(&w, 0x80, image);
    const size_t information = tlv_open(&w, 0xA1);
    tlv_put(&w, 0x80, span_of("\x02", 1));
    tlv_put(&w, 0xA7, span_of("\x80\x02\x01\x40\x81\x02\x00\xF0", 8));
    tlv_close(&w, information);
    tlv_close(&w, two_d);
    tlv_close(&w, base);
    tlv_close(&w, choice);
    tlv_close(&w, representation);
    tlv_close(&w, representations);
    tlv_close(&w, block);
    assert_false(w.overflow);
    return writer_span(&w);
}

static void test_portrait_of_39794_5_is_read(void **state)
{
    (void)state;
    uint8_t record[256], file[512];
    struct jumin_portrait portrait;
    const char *why = "";
    const struct span made = dg2_file(face_39794(span_of(jpeg, sizeof jpeg), record, sizeof record), 0x7F2E,
                                      "87020101 8802002A", file, sizeof file);
    assert_true(lds_dg2_parse(made, &portrait, &why));
    assert_int_equal(portrait.n, sizeof jpeg);
    assert_memory_equal(portrait.image, jpeg, sizeof jpeg);
    assert_int_equal(portrait.width, 320);
    assert_int_equal(portrait.height, 240);
}

// --- DG11, DG12 -------------------------------------------------------------------------------------------

static const char dg11_hex[] = "6B46 5C0A 5F0E 5F0F 5F2B 5F42 5F10"
                               "5F0E 09 ED998DEAB8B8EB8F99"                 // 홍길동
                               "A0 0F 02 01 01 5F0F 09 E6B4AAE59089E7AB A5" // 洪吉童
                               "5F2B 04 19640812"
                               "5F42 0E 534A43 3C 4B4F5245413C 31323334"
                               "5F10 02 3132";

static void test_native_names_are_kept_as_they_are(void **state)
{
    (void)state;
    uint8_t texts[256];
    struct writer arena = writer_of(texts, sizeof texts);
    struct jumin_person person;
    const char *why = "";
    assert_true(lds_dg11_parse(from_hex(dg11_hex), &arena, &person, &why));
    assert_string_equal(person.full_name, "홍길동");
    assert_int_equal(person.other_name_count, 1);
    assert_string_equal(person.other_names[0], "洪吉童");
    assert_string_equal(person.birth_date, "19640812"); // packed in the file
    assert_string_equal(person.address, "SJC<KOREA<1234");
    assert_string_equal(person.personal_number, "12");
    assert_string_equal(person.telephone, "");
}

static void test_texts_that_are_no_utf_8_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "6B0A 5C02 5F0E 5F0E 03 ED998D00", // a byte behind the group
        "6B09 5C02 5F0E 5F0E 02 ED99",     // cut
        "6B09 5C02 5F0E 5F0E 02 C080",     // overlong
        "6B0A 5C02 5F0E 5F0E 03 EDA080",   // surrogate
        "6B08 5C02 5F0E 5F0E 01 00",       // ends the text
        "6B08 5C02 5F0E 5F0E 01 FF",
        "6B08 5C02 5F0E 5F0E 01 1B",   // escape
        "6B08 5C02 5F0E 5F0E 01 7F",   // delete
        "6B09 5C02 5F0E 5F0E 02 C29B", // U+009B begins a terminal's control sequence, as escape [ does
        "6B0C 5C02 5F0E 5F0E 01 41 5F0E 01 41", // twice
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint8_t texts[256];
        struct writer arena = writer_of(texts, sizeof texts);
        struct jumin_person person;
        const char *why = "";
        assert_false(lds_dg11_parse(from_hex(wrong[i]), &arena, &person, &why));
    }
}

static void test_issue_is_read(void **state)
{
    (void)state;
    uint8_t texts[256];
    struct writer arena = writer_of(texts, sizeof texts);
    struct jumin_issue issue;
    const char *why = "";
    assert_true(lds_dg12_parse(from_hex("6C1A 5C04 5F19 5F26 5F19 06 EC84B8ECA285 5F26 08 3230323630363031"),
                               &arena, &issue, &why));
    assert_string_equal(issue.authority, "세종");
    assert_string_equal(issue.date, "20260601");
    assert_string_equal(issue.tax_exit, "");
}

// --- Every parser with every truncation and flipped bit ---------------------------------------------------

static bool parse_any(unsigned which, struct span file)
{
    static uint8_t texts[8192];
    struct writer arena = writer_of(texts, sizeof texts);
    const char *why = "";
    struct jumin_portrait portrait;
    struct jumin_person person;
    struct jumin_issue issue;
    struct span part;
    uint32_t groups = 0;
    switch (which) {
    case 0:
        return lds_com_parse(file, &groups, &why);
    case 1:
        return lds_dg2_parse(file, &portrait, &why);
    case 2:
        return lds_dg11_parse(file, &arena, &person, &why);
    case 3:
        return lds_dg12_parse(file, &arena, &issue, &why);
    case 4:
        return lds_dg14_parse(file, &part, &why);
    default:
        return lds_dg15_parse(file, &part, &why);
    }
}

static void damage(unsigned which, struct span file)
{
    assert_true(parse_any(which, file));
    for (size_t n = 0; n < file.n; n++) {
        uint8_t *cut = exact(span_first(file, n));
        assert_false(parse_any(which, span_of(cut, n)));
        free(cut);
    }
    for (size_t bit = 0; bit < 8 * file.n; bit++) {
        uint8_t *changed = exact(file);
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        (void)parse_any(which, span_of(changed, file.n)); // must not read beyond
        free(changed);
    }
}

static void test_damaged_files_are_refused_without_harm(void **state)
{
    (void)state;
    uint8_t record[256], file[512];
    const struct face face = {.faces = 1, .points = 1};
    damage(0, from_hex("6016 5F0104 30313037 5F3606 303430303030 5C04 6175 6E6F"));
    damage(1, dg2_file(face_record(&face, span_of(jpeg, sizeof jpeg), record, sizeof record), 0x5F2E,
                       "88020008", file, sizeof file));
    damage(1, dg2_file(face_39794(span_of(jpeg, sizeof jpeg), record, sizeof record), 0x7F2E, "8802002A",
                       file, sizeof file));
    damage(2, from_hex(dg11_hex));
    damage(3, from_hex("6C1A 5C04 5F19 5F26 5F19 06 EC84B8ECA285 5F26 08 3230323630363031"));
    damage(4, from_hex("6E16 31143012060A04007F0007020204020202010202010D"));
    damage(5, from_hex("6F02 3000"));
}

// --- Countries, limits, ISO 9796-2 ------------------------------------------------------------------------

static void test_countries_of_certificates_and_mrz_are_compared(void **state)
{
    (void)state;
    assert_true(country_equal(text_of("KR"), text_of("KOR")));
    assert_true(country_equal(text_of("kr"), text_of("KOR")));
    assert_true(country_equal(text_of("DE"), text_of("D")));
    assert_true(country_equal(text_of("ZW"), text_of("ZWE")));
    assert_false(country_equal(text_of("KP"), text_of("KOR")));
    assert_false(country_equal(text_of("KR"), text_of("KO")));
    assert_false(country_equal(text_of(""), text_of("")));
}

static void test_limits_of_the_card_lower_those_of_the_link(void **state)
{
    (void)state;
    const struct jumin_limits link = {.command_max = 65544, .response_max = 65538, .extended = true};
    struct jumin_limits limits = link;
    limits_of_card(from_hex("43 01 00 7F66 08 0202 0400 0202 0800"), &limits);
    assert_int_equal(limits.command_max, 1024);
    assert_int_equal(limits.response_max, 2048);
    assert_true(limits.extended);
    limits = link;
    limits_of_card(from_hex("47 03 0000 40"), &limits); // says extended, and no sizes
    assert_int_equal(limits.response_max, 65538);
    limits = link;
    limits_of_card(from_hex("47 03 0000 00"), &limits);
    assert_false(limits.extended);
    assert_int_equal(limits.response_max, 258);
    limits = link;
    limits_of_card(from_hex("7F66 08 0202 0010 0202 0800"), &limits); // too small to be true
    assert_false(limits.extended);
    limits = link;
    limits_of_card(from_hex("7F66 20 0202"), &limits);
    assert_false(limits.extended);
}

static const char iso9796_key[] =

    "30819f300d06092a864886f70d010101050003818d0030818902818100CDCBDABBF93BE8E8294E32B055256BBD0397735189"
    "BF75816341BB0D488D05D627991221DF7D59835C76A4BB4808ADEEB779E7794504E956ADC2A661B46904CDC71337DD29DDDD"
    "454124EF79CFDD7BC2C21952573CEFBA485CC38C6BD2428809B5A31A898A6B5648CAA4ED678D9743B589134B718747899630"
    "0EDBA16271A8610203010001";
static const char iso9796_signature[] =
    "482E20D1EDDED34359C38F5E7C01203F9D6B2641CDCA5C404D49ADAEDE034C7481D781D043722587761C90468DE69C6585A1"
    "E8B9C322F90E1B580EEDAB3F6007D0C366CF92B4DB8B41C8314929DCE2BE889C0129123484D2FD3D12763D2EBFD12AC8E51D"
    "7061AFCA1A53DEDEC7B9A617472A78C952CCC72467AE008E5F132994";

// ISO 9796-2 scheme 1 with SHA-1, as 9303-11 App. F uses it: 6A || M1 || hash || BC
static void test_signature_with_message_recovery_is_verified(void **state)
{
    (void)state;
    uint8_t key_bytes[256], signature[256];
    const uint8_t challenge[8] = {0};
    struct public_key key;
    assert_true(public_key_parse(unhex(iso9796_key, key_bytes, sizeof key_bytes), &key));
    assert_int_equal(key.kind, PUBLIC_KEY_RSA);
    const struct span right = unhex(iso9796_signature, signature, sizeof signature);
    assert_true(iso9796_verify(&key.rsa, right, span_of(challenge, sizeof challenge)));
    const uint8_t other[8] = {1};
    assert_false(iso9796_verify(&key.rsa, right, span_of(other, sizeof other)));
    assert_false(
        iso9796_verify(&key.rsa, span_first(right, right.n - 1), span_of(challenge, sizeof challenge)));
    for (size_t at = 0; at < right.n; at += 9) {
        signature[at] ^= 1;
        assert_false(iso9796_verify(&key.rsa, right, span_of(challenge, sizeof challenge)));
        signature[at] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_td1_of_the_standard_is_read),
        cmocka_unit_test(test_td3_and_td2_of_the_standard_are_read),
        cmocka_unit_test(test_long_document_number_is_put_together),
        cmocka_unit_test(test_each_wrong_check_digit_is_named),
        cmocka_unit_test(test_mrz_of_other_lengths_or_characters_is_refused),
        cmocka_unit_test(test_com_lists_its_groups),
        cmocka_unit_test(test_portrait_of_19794_5_is_exactly_its_bytes),
        cmocka_unit_test(test_image_is_what_its_first_bytes_say),
        cmocka_unit_test(test_lengths_of_19794_5_that_do_not_fit_are_refused),
        cmocka_unit_test(test_portrait_of_39794_5_is_read),
        cmocka_unit_test(test_native_names_are_kept_as_they_are),
        cmocka_unit_test(test_texts_that_are_no_utf_8_are_refused),
        cmocka_unit_test(test_issue_is_read),
        cmocka_unit_test(test_damaged_files_are_refused_without_harm),
        cmocka_unit_test(test_countries_of_certificates_and_mrz_are_compared),
        cmocka_unit_test(test_limits_of_the_card_lower_those_of_the_link),
        cmocka_unit_test(test_signature_with_message_recovery_is_verified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
