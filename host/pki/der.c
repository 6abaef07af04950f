// Writing DER (X.690): the primitive types that certificates and signed data are made of.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/der.h"

#include <time.h>

void der_put_integer(struct writer *w, struct span magnitude)
{
    while (magnitude.n > 0 && magnitude.p[0] == 0) {
        magnitude = span_from(magnitude, 1);
    }
    const bool sign_byte = magnitude.n == 0 || (magnitude.p[0] & 0x80) != 0;
    tlv_put_header(w, DER_INTEGER, magnitude.n + (sign_byte ? 1 : 0));
    if (sign_byte) {
        writer_put_u8(w, 0);
    }
    writer_put(w, magnitude);
}

void der_put_number(struct writer *w, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value};
    der_put_integer(w, span_of(bytes, sizeof bytes));
}

void der_put_bit_string(struct writer *w, struct span bytes)
{
    tlv_put_header(w, DER_BIT_STRING, bytes.n + 1);
    writer_put_u8(w, 0);
    writer_put(w, bytes);
}

// YYYYMMDDHHMMSSZ; a time that gmtime_r cannot express overflows the writer.
static size_t format_time(int64_t seconds, char text[24])
{
    const time_t clock = (time_t)seconds;
    struct tm parts;
    if (gmtime_r(&clock, &parts) == NULL) {
        return 0;
    }
    const size_t n = strftime(text, 24, "%Y%m%d%H%M%SZ", &parts);
    return n == 15 ? n : 0;
}

void der_put_generalized_time(struct writer *w, uint8_t tag, int64_t seconds)
{
    char text[24];
    const size_t n = format_time(seconds, text);
    w->overflow = w->overflow || n == 0;
    tlv_put(w, tag, span_of(text, n));
}

void der_put_time(struct writer *w, int64_t seconds)
{
    char text[24];
    const size_t n = format_time(seconds, text);
    if (n != 0 && memcmp(text, "2050", 4) < 0) {
        tlv_put(w, DER_UTC_TIME, span_of(text + 2, n - 2));
        return;
    }
    der_put_generalized_time(w, DER_GENERALIZED_TIME, seconds);
}

void der_put_algorithm(struct writer *w, struct span oid)
{
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, oid);
    tlv_close(w, sequence);
}

void der_put_ecdsa_signature(struct writer *w, struct span signature)
{
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    der_put_integer(w, span_first(signature, signature.n / 2));
    der_put_integer(w, span_from(signature, signature.n / 2));
    tlv_close(w, sequence);
}

// The shorter one counts as padded with zeros.
static bool sorts_before(struct span a, struct span b)
{
    const size_t n = a.n < b.n ? a.n : b.n;
    const int order = memcmp(a.p, b.p, n);
    return order < 0 || (order == 0 && a.n < b.n);
}

void der_put_set_of(struct writer *w, struct span items)
{
    const size_t set = tlv_open(w, DER_SET);
    struct span last = {NULL, 0};
    for (;;) {
        struct span rest = items, next = {NULL, 0};
        struct tlv object;
        enum tlv_result result;
        while ((result = tlv_next_der(&rest, &object)) == TLV_OBJECT) {
            const bool is_left = last.n == 0 || sorts_before(last, object.whole);
            if (is_left && (next.n == 0 || sorts_before(object.whole, next))) {
                next = object.whole;
            }
        }
        w->overflow = w->overflow || result != TLV_END;
        if (next.n == 0 || w->overflow) {
            break;
        }
        writer_put(w, next);
        last = next;
    }
    tlv_close(w, set);
}
