// Reading DER (X.690): the primitive types of certificates and signed data, each strictly and one at a time.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/der_read.h"

#include "host/calendar.h"

bool der_expect(struct span *cursor, uint32_t tag, struct tlv *object)
{
    struct span rest = *cursor;
    if (tlv_next_der(&rest, object) != TLV_OBJECT || object->tag != tag) {
        return false;
    }
    *cursor = rest;
    return true;
}

bool der_content(struct span *cursor, uint32_t tag, struct span *content)
{
    struct tlv object;
    if (!der_expect(cursor, tag, &object)) {
        return false;
    }
    *content = object.value;
    return true;
}

bool der_only(struct span bytes, uint32_t tag, struct span *content)
{
    return der_content(&bytes, tag, content) && bytes.n == 0;
}

bool der_optional(struct span *cursor, uint32_t tag, bool *present, struct span *content)
{
    struct span rest = *cursor;
    struct tlv object;
    *present = false;
    const enum tlv_result result = tlv_next_der(&rest, &object);
    if (result == TLV_MALFORMED) {
        return false;
    }
    if (result == TLV_OBJECT && object.tag == tag) {
        *present = true;
        *content = object.value;
        *cursor = rest;
    }
    return true;
}

// Content of an INTEGER: minimal, at least one byte (X.690 §8.3.2).
static bool integer_content(struct span *cursor, struct span *content)
{
    struct span rest = *cursor;
    if (!der_content(&rest, DER_INTEGER, content) || content->n == 0) {
        return false;
    }
    if (content->n > 1 && ((content->p[0] == 0x00 && content->p[1] < 0x80) ||
                           (content->p[0] == 0xFF && content->p[1] >= 0x80))) {
        return false;
    }
    *cursor = rest;
    return true;
}

bool der_serial(struct span *cursor, struct span *serial)
{
    struct span rest = *cursor;
    // 20 bytes and a sign byte (RFC 5280 §4.1.2.2)
    if (!integer_content(&rest, serial) || serial->n > 21) {
        return false;
    }
    *cursor = rest;
    return true;
}

bool der_unsigned(struct span *cursor, struct span *magnitude)
{
    struct span rest = *cursor;
    if (!integer_content(&rest, magnitude) || magnitude->p[0] >= 0x80) {
        return false;
    }
    if (magnitude->n > 1 && magnitude->p[0] == 0) {
        *magnitude = span_from(*magnitude, 1);
    }
    *cursor = rest;
    return true;
}

bool der_number(struct span *cursor, uint32_t *value)
{
    struct span rest = *cursor, magnitude;
    if (!der_unsigned(&rest, &magnitude) || magnitude.n > 4 || (magnitude.n == 4 && magnitude.p[0] >= 0x80)) {
        return false;
    }
    *value = 0;
    for (size_t i = 0; i < magnitude.n; i++) {
        *value = *value << 8 | magnitude.p[i];
    }
    *cursor = rest;
    return true;
}

bool der_boolean(struct span *cursor, bool *value)
{
    struct span rest = *cursor, content;
    if (!der_content(&rest, DER_BOOLEAN, &content) || content.n != 1 ||
        (content.p[0] != 0x00 && content.p[0] != 0xFF)) {
        return false;
    }
    *value = content.p[0] == 0xFF;
    *cursor = rest;
    return true;
}

bool der_oid(struct span *cursor, struct span *oid)
{
    struct span rest = *cursor;
    if (!der_content(&rest, DER_OID, oid) || oid->n == 0 || oid->p[oid->n - 1] >= 0x80) {
        return false;
    }
    *cursor = rest;
    return true;
}

bool der_bit_string(struct span *cursor, struct span *bytes)
{
    struct span rest = *cursor, content;
    if (!der_content(&rest, DER_BIT_STRING, &content) || content.n == 0 || content.p[0] != 0) {
        return false;
    }
    *bytes = span_from(content, 1);
    *cursor = rest;
    return true;
}

// --- Time ------------------------------------------------------------------------------------------------

static bool two_digits(struct span *text, unsigned *value)
{
    struct span digits;
    if (!span_take(text, 2, &digits) || digits.p[0] < '0' || digits.p[0] > '9' || digits.p[1] < '0' ||
        digits.p[1] > '9') {
        return false;
    }
    *value = 10U * (unsigned)(digits.p[0] - '0') + (unsigned)(digits.p[1] - '0');
    return true;
}

// YYYYMMDDhhmmssZ, or without the century.
static bool time_text(struct span text, bool century_given, int64_t *seconds)
{
    unsigned century = 0, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if ((century_given && !two_digits(&text, &century)) || !two_digits(&text, &year) ||
        !two_digits(&text, &month) || !two_digits(&text, &day) || !two_digits(&text, &hour) ||
        !two_digits(&text, &minute) || !two_digits(&text, &second) || text.n != 1 || text.p[0] != 'Z') {
        return false;
    }
    year += century_given ? 100 * century : year >= 50 ? 1900 : 2000;
    const calendar_day date = calendar_of(year, month, day);
    if (date == 0 || hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    *seconds = ((calendar_since_1970(date) * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

bool der_time(struct span *cursor, int64_t *seconds)
{
    struct span rest = *cursor, text;
    bool utc = false, generalized = false;
    if (!der_optional(&rest, DER_UTC_TIME, &utc, &text) ||
        (!utc && !der_optional(&rest, DER_GENERALIZED_TIME, &generalized, &text)) || (!utc && !generalized) ||
        !time_text(text, generalized, seconds)) {
        return false;
    }
    *cursor = rest;
    return true;
}
