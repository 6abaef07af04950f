// Public keys in CV certificates (TR-03110-3 §D.3.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/cvc.h"

enum {
    TAG_OID = 0x06,
    TAG_PRIME = 0x81, // and 82 a, 83 b, 84 base point, 85 order
    TAG_POINT = 0x86,
    TAG_COFACTOR = 0x87,
    PARAMETERS = 5,
    BASE_POINT = 3, // its place among them; the others are numbers
    POINT_UNCOMPRESSED = 0x04,
};

// A number has no leading zeros (TR-03110-3 §D.2.1.1); taking more does no harm.
static struct span without_leading_zeros(struct span number)
{
    while (number.n > 1 && number.p[0] == 0) {
        number = span_from(number, 1);
    }
    return number;
}

// The five in the order of their tags.
static void list_parameters(const struct crypto_curve_parameters *parameters, enum crypto_curve curve,
                            struct span values[PARAMETERS])
{
    const size_t n = crypto_curve_length(curve);
    values[0] = without_leading_zeros(span_of(parameters->p, n));
    values[1] = without_leading_zeros(span_of(parameters->a, n));
    values[2] = without_leading_zeros(span_of(parameters->b, n));
    values[BASE_POINT] = span_of(parameters->generator, crypto_curve_point_length(curve));
    values[4] = without_leading_zeros(span_of(parameters->order, n));
}

static bool parameters_are(const struct span values[PARAMETERS], enum crypto_curve curve)
{
    struct crypto_curve_parameters parameters;
    struct span known[PARAMETERS];
    if (!crypto_curve_parameters(curve, &parameters)) {
        return false;
    }
    list_parameters(&parameters, curve, known);
    for (size_t i = 0; i < PARAMETERS; i++) {
        if (!span_equal(values[i], known[i])) {
            return false;
        }
    }
    return true;
}

static bool curve_of_parameters(const struct span values[PARAMETERS], enum crypto_curve *curve)
{
    for (int i = 0; i < CRYPTO_CURVE_COUNT; i++) {
        if (parameters_are(values, (enum crypto_curve)i)) {
            *curve = (enum crypto_curve)i;
            return true;
        }
    }
    return false;
}

// All five or none.
static bool take_parameters(struct span *content, bool *present, enum crypto_curve *curve)
{
    struct tlv object;
    struct span values[PARAMETERS];
    *present = false;
    for (size_t i = 0; i < PARAMETERS; i++) {
        if (!tlv_expect(content, TAG_PRIME + (uint32_t)i, &object)) {
            return i == 0;
        }
        values[i] = i == BASE_POINT ? object.value : without_leading_zeros(object.value);
    }
    *present = true;
    return curve_of_parameters(values, curve);
}

// Conditional on the other parameters, and 1 on all our curves.
static bool take_cofactor(struct span *content, bool has_parameters)
{
    struct tlv object;
    return !tlv_expect(content, TAG_COFACTOR, &object) ||
           (has_parameters && object.value.n == 1 && object.value.p[0] == 1);
}

static bool is_point_length(size_t n, bool curve_known, enum crypto_curve curve)
{
    for (int i = 0; i < CRYPTO_CURVE_COUNT; i++) {
        if (crypto_curve_point_length((enum crypto_curve)i) == n) {
            return !curve_known || crypto_curve_point_length(curve) == n;
        }
    }
    return false;
}

bool cvc_public_key_parse(struct span content, struct span *oid, struct span *point, bool *has_parameters,
                          enum crypto_curve *curve)
{
    struct tlv algorithm;
    struct tlv public_point;
    if (!tlv_expect(&content, TAG_OID, &algorithm) || !take_parameters(&content, has_parameters, curve) ||
        !tlv_expect(&content, TAG_POINT, &public_point) || !take_cofactor(&content, *has_parameters) ||
        content.n != 0) {
        return false;
    }
    *oid = algorithm.value;
    *point = public_point.value;
    return is_point_length(point->n, *has_parameters, *curve) && point->p[0] == POINT_UNCOMPRESSED;
}

static void put_parameters(struct writer *w, enum crypto_curve curve)
{
    struct crypto_curve_parameters parameters;
    struct span values[PARAMETERS];
    if (!crypto_curve_parameters(curve, &parameters)) {
        w->overflow = true;
        return;
    }
    list_parameters(&parameters, curve, values);
    for (size_t i = 0; i < PARAMETERS; i++) {
        tlv_put(w, TAG_PRIME + (uint32_t)i, values[i]);
    }
}

void cvc_public_key_put(struct writer *w, struct span oid, enum crypto_curve curve, struct span point,
                        bool with_parameters)
{
    const size_t key = tlv_open(w, CVC_PUBLIC_KEY);
    tlv_put(w, TAG_OID, oid);
    if (with_parameters) {
        put_parameters(w, curve);
    }
    tlv_put(w, TAG_POINT, point);
    if (with_parameters) {
        tlv_put(w, TAG_COFACTOR, span_of((const uint8_t[]){1}, 1));
    }
    tlv_close(w, key);
}
