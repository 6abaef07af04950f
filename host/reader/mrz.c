// The machine readable zone (9303-3 §4, 9303-4 §4.2, 9303-5 §4.2, 9303-6 §4.2): TD1, TD2 and TD3.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/lds.h"

static const uint8_t FILLER = '<';
static const uint8_t NO_DIGIT = 0xFF;

// Value of a character in a check digit; NO_DIGIT when it does not belong into an MRZ.
static uint8_t character_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return (uint8_t)(c - '0');
    }
    if (c >= 'A' && c <= 'Z') {
        return (uint8_t)(c - 'A' + 10);
    }
    return c == FILLER ? 0 : NO_DIGIT;
}

uint8_t mrz_check_digit(const struct span *parts, size_t count)
{
    static const unsigned weights[] = {7, 3, 1};
    unsigned sum = 0, position = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < parts[i].n; k++) {
            const uint8_t value = character_value(parts[i].p[k]);
            if (value == NO_DIGIT) {
                return NO_DIGIT;
            }
            sum += value * weights[position++ % 3];
        }
    }
    return (uint8_t)('0' + sum % 10);
}

// A part of the zone, whose length mrz_parse has checked: it lies inside.
static struct span field(struct span line, size_t offset, size_t n)
{
    return span_of(line.p + offset, n);
}

static struct span without_fillers(struct span text)
{
    while (text.n > 0 && text.p[text.n - 1] == FILLER) {
        text = span_first(text, text.n - 1);
    }
    return text;
}

// A field as text, without its fillers at the end. `capacity` counts the zero byte; what is longer is cut.
static void put_text(char *to, size_t capacity, struct span text)
{
    text = span_first(without_fillers(text), capacity - 1);
    if (text.n > 0) {
        memcpy(to, text.p, text.n);
    }
    to[text.n] = '\0';
}

// Every character of a date, fillers too: they stand for what is not known.
static void put_date(char to[7], struct span text)
{
    memcpy(to, text.p, 6);
    to[6] = '\0';
}

static void put_name(char *to, size_t capacity, struct span text)
{
    put_text(to, capacity, text);
    for (char *c = to; *c != '\0'; c++) {
        *c = *c == (char)FILLER ? ' ' : *c;
    }
}

// PRIMARY<<SECONDARY<NAMES
static void put_names(struct jumin_mrz *mrz, struct span text)
{
    text = without_fillers(text);
    size_t at = 0;
    while (at + 1 < text.n && (text.p[at] != FILLER || text.p[at + 1] != FILLER)) {
        at++;
    }
    const bool both = at + 1 < text.n;
    put_name(mrz->primary_name, sizeof mrz->primary_name, both ? span_first(text, at) : text);
    put_name(mrz->secondary_name, sizeof mrz->secondary_name,
             both ? span_from(text, at + 2) : span_of(NULL, 0));
}

static bool digit_is_right(const struct span *parts, size_t count, struct span digit)
{
    const uint8_t computed = mrz_check_digit(parts, count);
    // A field that is empty may have a filler in place of its digit 0 (9303-5 §4.2.2).
    return digit.n == 1 && (digit.p[0] == computed || (digit.p[0] == FILLER && computed == '0'));
}

static void check(struct jumin_mrz *mrz, enum jumin_mrz_check kind, struct span checked, struct span digit)
{
    mrz->wrong_check_digits |= digit_is_right(&checked, 1, digit) ? 0 : (unsigned)kind;
}

static void put_person(struct jumin_mrz *mrz, struct span birth, struct span sex, struct span expiry,
                       struct span nationality)
{
    put_date(mrz->birth_date, birth);
    put_date(mrz->expiry_date, expiry);
    mrz->sex = sex.p != NULL ? (char)sex.p[0] : (char)FILLER; // gcc cannot see that it is one character
    put_text(mrz->nationality, sizeof mrz->nationality, nationality);
}

// A number of more than nine characters goes on in the optional data, its check digit behind it, then a
// filler (9303-5 §4.2.2 note j). `*optional` loses what belongs to the number.
static void put_document_number(struct jumin_mrz *mrz, struct span number, struct span digit,
                                struct span *optional)
{
    size_t n = 0;
    while (n < optional->n && optional->p[n] != FILLER) {
        n++;
    }
    const bool goes_on = digit.p[0] == FILLER && without_fillers(number).n == number.n && n >= 2;
    if (!goes_on) {
        put_text(mrz->document_number, sizeof mrz->document_number, number);
        check(mrz, JUMIN_MRZ_CHECK_DOCUMENT_NUMBER, number, digit);
        return;
    }
    const struct span rest = span_first(*optional, n - 1);
    memcpy(mrz->document_number, number.p, number.n);
    put_text(mrz->document_number + number.n, sizeof mrz->document_number - number.n, rest);
    const struct span parts[] = {number, rest};
    const bool right = digit_is_right(parts, 2, field(*optional, n - 1, 1));
    mrz->wrong_check_digits |= right ? 0 : (unsigned)JUMIN_MRZ_CHECK_DOCUMENT_NUMBER;
    *optional = span_from(*optional, n + 1);
}

// 9303-5 §4.2.2: three lines of 30
static void parse_td1(struct span text, struct jumin_mrz *mrz)
{
    const struct span one = field(text, 0, 30), two = field(text, 30, 30), three = field(text, 60, 30);
    struct span optional = field(one, 15, 15);
    put_document_number(mrz, field(one, 5, 9), field(one, 14, 1), &optional);
    put_person(mrz, field(two, 0, 6), field(two, 7, 1), field(two, 8, 6), field(two, 15, 3));
    put_text(mrz->optional_data_1, sizeof mrz->optional_data_1, optional);
    put_text(mrz->optional_data_2, sizeof mrz->optional_data_2, field(two, 18, 11));
    put_names(mrz, three);
    check(mrz, JUMIN_MRZ_CHECK_BIRTH_DATE, field(two, 0, 6), field(two, 6, 1));
    check(mrz, JUMIN_MRZ_CHECK_EXPIRY_DATE, field(two, 8, 6), field(two, 14, 1));
    const struct span composite[] = {field(one, 5, 25), field(two, 0, 7), field(two, 8, 7),
                                     field(two, 18, 11)};
    const bool right = digit_is_right(composite, 4, field(two, 29, 1));
    mrz->wrong_check_digits |= right ? 0 : (unsigned)JUMIN_MRZ_CHECK_COMPOSITE;
}

// 9303-6 §4.2.2 (two lines of 36) and 9303-4 §4.2.2 (two lines of 44), which differ in the optional data
static void parse_two_lines(struct span text, struct jumin_mrz *mrz)
{
    const size_t columns = mrz->columns;
    const bool td3 = columns == 44;
    const struct span one = field(text, 0, columns), two = field(text, columns, columns);
    const struct span all_optional = field(two, 28, td3 ? 14 : 7);
    struct span optional = all_optional;
    if (td3) {
        put_text(mrz->document_number, sizeof mrz->document_number, field(two, 0, 9));
        check(mrz, JUMIN_MRZ_CHECK_DOCUMENT_NUMBER, field(two, 0, 9), field(two, 9, 1));
        check(mrz, JUMIN_MRZ_CHECK_OPTIONAL, all_optional, field(two, 42, 1));
    } else {
        put_document_number(mrz, field(two, 0, 9), field(two, 9, 1), &optional);
    }
    put_person(mrz, field(two, 13, 6), field(two, 20, 1), field(two, 21, 6), field(two, 10, 3));
    put_text(mrz->optional_data_1, sizeof mrz->optional_data_1, optional);
    put_names(mrz, span_from(one, 5));
    check(mrz, JUMIN_MRZ_CHECK_BIRTH_DATE, field(two, 13, 6), field(two, 19, 1));
    check(mrz, JUMIN_MRZ_CHECK_EXPIRY_DATE, field(two, 21, 6), field(two, 27, 1));
    const struct span composite[] = {field(two, 0, 10), field(two, 13, 7), field(two, 21, td3 ? 22 : 14)};
    const bool right = digit_is_right(composite, 3, field(two, columns - 1, 1));
    mrz->wrong_check_digits |= right ? 0 : (unsigned)JUMIN_MRZ_CHECK_COMPOSITE;
}

bool mrz_parse(struct span text, struct jumin_mrz *mrz, const char **why)
{
    memset(mrz, 0, sizeof *mrz);
    *why = "the MRZ has not 90, 72 or 88 characters";
    if (text.n != 90 && text.n != 72 && text.n != 88) {
        return false;
    }
    *why = "the MRZ has characters other than A to Z, 0 to 9 and <";
    for (size_t i = 0; i < text.n; i++) {
        if (character_value(text.p[i]) == NO_DIGIT) {
            return false;
        }
    }
    mrz->lines = text.n == 90 ? 3 : 2;
    mrz->columns = (unsigned)text.n / mrz->lines;
    memcpy(mrz->text, text.p, text.n);
    put_text(mrz->document_code, sizeof mrz->document_code, field(text, 0, 2));
    put_text(mrz->issuing_state, sizeof mrz->issuing_state, field(text, 2, 3));
    if (mrz->lines == 3) {
        parse_td1(text, mrz);
    } else {
        parse_two_lines(text, mrz);
    }
    return true;
}
