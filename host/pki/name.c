// Names in certificates: comparison and attributes (RFC 5280 §4.1.2.4, §7.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/der_read.h"
#include "host/pki/oids.h"
#include "host/pki/x509.h"

// AttributeTypeAndValue
struct attribute {
    struct span type;
    struct tlv value;
};

static bool attribute_parse(struct span *set, struct attribute *attribute)
{
    struct span content;
    return der_content(set, DER_SEQUENCE, &content) && der_oid(&content, &attribute->type) &&
           tlv_next_der(&content, &attribute->value) == TLV_OBJECT && content.n == 0;
}

static bool is_text(uint32_t tag)
{
    return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

// The next character without regard to case; a row of spaces is one space. False at the end.
static bool next_character(struct span *text, uint8_t *c)
{
    if (text->n == 0) {
        return false;
    }
    *c = lower(text->p[0]);
    *text = span_from(*text, 1);
    while (*c == ' ' && text->n > 0 && text->p[0] == ' ') {
        *text = span_from(*text, 1);
    }
    return true;
}

static struct span trim(struct span text)
{
    while (text.n > 0 && text.p[0] == ' ') {
        text = span_from(text, 1);
    }
    while (text.n > 0 && text.p[text.n - 1] == ' ') {
        text = span_first(text, text.n - 1);
    }
    return text;
}

static bool text_equal(struct span a, struct span b)
{
    a = trim(a);
    b = trim(b);
    uint8_t x = 0, y = 0;
    while (true) {
        const bool more_a = next_character(&a, &x), more_b = next_character(&b, &y);
        if (more_a != more_b || (more_a && x != y)) {
            return false;
        }
        if (!more_a) {
            return true;
        }
    }
}

static bool attribute_equal(const struct attribute *a, const struct attribute *b)
{
    if (!span_equal(a->type, b->type)) {
        return false;
    }
    return is_text(a->value.tag) && is_text(b->value.tag) ? text_equal(a->value.value, b->value.value)
                                                          : span_equal(a->value.whole, b->value.whole);
}

// RelativeDistinguishedName with one attribute; several in one set are compared in their DER order.
static bool relative_name_equal(struct span a, struct span b)
{
    while (a.n > 0 && b.n > 0) {
        struct attribute x, y;
        if (!attribute_parse(&a, &x) || !attribute_parse(&b, &y) || !attribute_equal(&x, &y)) {
            return false;
        }
    }
    return a.n == 0 && b.n == 0;
}

bool x509_name_equal(struct span a, struct span b)
{
    struct span left, right;
    if (!der_only(a, DER_SEQUENCE, &left) || !der_only(b, DER_SEQUENCE, &right)) {
        return false;
    }
    while (left.n > 0 && right.n > 0) {
        struct span x, y;
        if (!der_content(&left, DER_SET, &x) || !der_content(&right, DER_SET, &y) ||
            !relative_name_equal(x, y)) {
            return false;
        }
    }
    return left.n == 0 && right.n == 0;
}

bool x509_name_attribute(struct span name, struct span type, struct span *value)
{
    struct span sequence, set;
    if (!der_only(name, DER_SEQUENCE, &sequence)) {
        return false;
    }
    while (der_content(&sequence, DER_SET, &set)) {
        struct attribute attribute;
        while (attribute_parse(&set, &attribute)) {
            if (span_equal(attribute.type, type)) {
                *value = attribute.value.value;
                return true;
            }
        }
    }
    return false;
}
