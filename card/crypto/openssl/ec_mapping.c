// The point encoding of PACE's integrated mapping (9303-11 §4.4.3.3.2, App. B.2) by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/arguments.h"
#include "card/crypto/openssl/errors.h"
#include "card/crypto/openssl/group.h"

// Numbers of the encoding, named as in App. B.2. All belong to `bn`.
struct encoding {
    BN_CTX *bn;
    BN_MONT_CTX *montgomery;
    BIGNUM *p, *a, *b;
    BIGNUM *t;     // the field element
    BIGNUM *alpha; // -t^2
    BIGNUM *x2, *x3;
    BIGNUM *h2, *u;
    BIGNUM *root; // A
    BIGNUM *exponent, *scratch;
};

static bool encoding_start(struct encoding *e, const EC_GROUP *group)
{
    BN_CTX_start(e->bn);
    BIGNUM **const all[] = {&e->p,  &e->a,  &e->b, &e->t,    &e->alpha,    &e->x2,
                            &e->x3, &e->h2, &e->u, &e->root, &e->exponent, &e->scratch};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *all[i] = BN_CTX_get(e->bn);
    }
    // When one BN_CTX_get fails, the later ones do.
    return e->scratch != NULL && EC_GROUP_get_curve(group, e->p, e->a, e->b, e->bn) == 1 &&
           BN_MONT_CTX_set(e->montgomery, e->p, e->bn) == 1;
}

static bool multiply(struct encoding *e, BIGNUM *product, const BIGNUM *a, const BIGNUM *b)
{
    return BN_mod_mul(product, a, b, e->p, e->bn) == 1;
}

static bool add(struct encoding *e, BIGNUM *sum, const BIGNUM *a, const BIGNUM *b)
{
    return BN_mod_add_quick(sum, a, b, e->p) == 1;
}

static bool power(struct encoding *e, BIGNUM *out, const BIGNUM *base)
{
    return BN_mod_exp_mont_consttime(out, base, e->exponent, e->p, e->bn, e->montgomery) == 1;
}

// 1/x as x^(p-2).
static bool invert(struct encoding *e, BIGNUM *x)
{
    return BN_copy(e->exponent, e->p) != NULL && BN_sub_word(e->exponent, 2) == 1 && power(e, x, x);
}

// Steps 1 to 3: alpha = -t^2, X2 = -b/a * (1 + 1/(alpha + alpha^2)), X3 = alpha * X2. With
// d = alpha + alpha^2, X2 is -b * (d + 1) / (a * d), which needs one inversion.
static bool candidates(struct encoding *e)
{
    if (!multiply(e, e->alpha, e->t, e->t) || BN_is_zero(e->alpha) || BN_sub(e->alpha, e->p, e->alpha) != 1 ||
        !multiply(e, e->scratch, e->alpha, e->alpha) || !add(e, e->scratch, e->scratch, e->alpha) ||
        BN_is_zero(e->scratch)) {
        return false; // t is 0, 1 or -1, or the library is out of memory
    }
    return BN_copy(e->x2, e->scratch) != NULL && BN_add_word(e->x2, 1) == 1 &&
           multiply(e, e->x2, e->x2, e->b) && multiply(e, e->scratch, e->scratch, e->a) &&
           invert(e, e->scratch) && multiply(e, e->x2, e->x2, e->scratch) &&
           BN_sub(e->x2, e->p, e->x2) == 1 && multiply(e, e->x3, e->alpha, e->x2);
}

// Steps 4 to 6: h2 = X2^3 + a * X2 + b, U = t^3 * h2, A = h2^(p - 1 - (p + 1)/4).
static bool root(struct encoding *e)
{
    return multiply(e, e->h2, e->x2, e->x2) && add(e, e->h2, e->h2, e->a) &&
           multiply(e, e->h2, e->h2, e->x2) && add(e, e->h2, e->h2, e->b) && multiply(e, e->u, e->t, e->t) &&
           multiply(e, e->u, e->u, e->t) && multiply(e, e->u, e->u, e->h2) &&
           BN_copy(e->scratch, e->p) != NULL && BN_add_word(e->scratch, 1) == 1 &&
           BN_rshift(e->scratch, e->scratch, 2) == 1 && BN_copy(e->exponent, e->p) != NULL &&
           BN_sub_word(e->exponent, 1) == 1 && BN_sub(e->exponent, e->exponent, e->scratch) == 1 &&
           power(e, e->root, e->h2);
}

static bool write_coordinates(const BIGNUM *x, const BIGNUM *y, uint8_t *out, size_t n)
{
    return BN_bn2binpad(x, out, (int)n) == (int)n && BN_bn2binpad(y, out + n, (int)n) == (int)n;
}

// Steps 7 and 8: (X2, A * h2) where A^2 * h2 = 1, else (X3, A * U). Both are computed and one is taken
// without a branch, because the choice tells of the nonce.
static bool choose(struct encoding *e, uint8_t *coordinates, size_t n)
{
    uint8_t first[2 * CRYPTO_FIELD_MAX];
    const bool ok = multiply(e, e->scratch, e->root, e->root) && multiply(e, e->scratch, e->scratch, e->h2) &&
                    multiply(e, e->h2, e->root, e->h2) && multiply(e, e->u, e->root, e->u) &&
                    write_coordinates(e->x2, e->h2, first, n) &&
                    write_coordinates(e->x3, e->u, coordinates, n);
    const uint8_t mask = (uint8_t)-BN_is_one(e->scratch); // all ones for the first
    for (size_t i = 0; ok && i < 2 * n; i++) {
        coordinates[i] ^= mask & (first[i] ^ coordinates[i]);
    }
    crypto_wipe(first, sizeof first);
    return ok;
}

static bool on_curve(const EC_GROUP *group, enum crypto_curve curve, struct span point, BN_CTX *bn)
{
    EC_POINT *checked = group_read_point(group, curve, point, bn);
    EC_POINT_clear_free(checked);
    return checked != NULL;
}

static bool encode(struct encoding *e, const EC_GROUP *group, enum crypto_curve curve, struct span element,
                   uint8_t *point)
{
    const size_t n = crypto_curve_length(curve);
    point[0] = POINT_CONVERSION_UNCOMPRESSED;
    const bool ok = encoding_start(e, group) && BN_bin2bn(element.p, (int)element.n, e->t) != NULL &&
                    BN_cmp(e->t, e->p) < 0 && candidates(e) && root(e) && choose(e, point + 1, n) &&
                    on_curve(group, curve, span_of(point, 1 + 2 * n), e->bn);
    BN_CTX_end(e->bn);
    return ok;
}

bool crypto_ec_encode_point(enum crypto_curve curve, struct span element, uint8_t *point)
{
    const EC_GROUP *group = group_of(curve);
    struct encoding e = {.bn = BN_CTX_secure_new(), .montgomery = BN_MONT_CTX_new()};
    const bool ok = group != NULL && e.bn != NULL && e.montgomery != NULL &&
                    arguments_element(curve, element) && encode(&e, group, curve, element, point);
    if (!ok) {
        crypto_wipe(point, crypto_curve_point_length(curve));
    }
    BN_MONT_CTX_free(e.montgomery);
    BN_CTX_free(e.bn);
    return errors_forgotten(ok);
}

bool crypto_ec_reduce(enum crypto_curve curve, struct span value, uint8_t *element)
{
    const size_t n = crypto_curve_length(curve);
    const EC_GROUP *group = group_of(curve);
    BN_CTX *bn = BN_CTX_secure_new();
    BIGNUM *number = BN_secure_new();
    const bool ok = group != NULL && bn != NULL && number != NULL &&
                    value.n <= 2 * (size_t)CRYPTO_FIELD_MAX &&
                    BN_bin2bn(value.p, (int)value.n, number) != NULL &&
                    BN_mod(number, number, EC_GROUP_get0_field(group), bn) == 1 &&
                    BN_bn2binpad(number, element, (int)n) == (int)n;
    if (!ok) {
        crypto_wipe(element, n);
    }
    BN_clear_free(number);
    BN_CTX_free(bn);
    return errors_forgotten(ok);
}
