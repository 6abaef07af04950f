// TLV from outside: every object lies inside its input, what DER accepts is coded again alike, and a search
// finds what a walk finds (ISO 7816-4 §5.2, X.690 §10.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/tlv.h"

enum { DEPTH_MAX = 8 };

static bool lies_inside(struct span part, struct span whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_object(const struct tlv *object, struct span input)
{
    require(lies_inside(object->whole, input));
    require(lies_inside(object->value, object->whole));
    struct tlv found;
    require(tlv_find(input, object->tag, &found));
}

static void walk(struct span input, unsigned depth)
{
    struct span cursor = input;
    struct tlv object;
    while (tlv_next(&cursor, &object) == TLV_OBJECT) {
        check_object(&object, input);
        if (depth < DEPTH_MAX) {
            walk(object.value, depth + 1);
        }
    }
}

static void code_again(struct span input)
{
    static uint8_t buffer[1 << 16];
    struct tlv object;
    struct span cursor = input;
    while (tlv_next_der(&cursor, &object) == TLV_OBJECT) {
        struct writer w = writer_of(buffer, sizeof buffer);
        tlv_put(&w, object.tag, object.value);
        require(w.overflow || span_equal(writer_span(&w), object.whole));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    walk(span_of(bytes, n), 0);
    code_again(span_of(bytes, n));
    return 0;
}
