// The point encoding of PACE's integrated mapping (9303-11 §4.4.3.3.2, App. B.2) by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/arguments.h"
#include "card/crypto/mbedtls/group.h"

// Numbers of the encoding, named as in App. B.2.
struct encoding {
    mbedtls_mpi p, a, b;
    mbedtls_mpi t;     // the field element
    mbedtls_mpi alpha; // -t^2
    mbedtls_mpi x2, x3;
    mbedtls_mpi h2, u;
    mbedtls_mpi root; // A
    mbedtls_mpi exponent, scratch;
};

static void encoding_init(struct encoding *e)
{
    mbedtls_mpi *const all[] = {&e->p,  &e->a,  &e->b, &e->t,    &e->alpha,    &e->x2,
                                &e->x3, &e->h2, &e->u, &e->root, &e->exponent, &e->scratch};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        mbedtls_mpi_init(all[i]);
    }
}

static void encoding_free(struct encoding *e)
{
    mbedtls_mpi *const all[] = {&e->p,  &e->a,  &e->b, &e->t,    &e->alpha,    &e->x2,
                                &e->x3, &e->h2, &e->u, &e->root, &e->exponent, &e->scratch};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        mbedtls_mpi_free(all[i]);
    }
}

static bool multiply(struct encoding *e, mbedtls_mpi *product, const mbedtls_mpi *a, const mbedtls_mpi *b)
{
    return mbedtls_mpi_mul_mpi(product, a, b) == 0 && mbedtls_mpi_mod_mpi(product, product, &e->p) == 0;
}

static bool add(struct encoding *e, mbedtls_mpi *sum, const mbedtls_mpi *a, const mbedtls_mpi *b)
{
    return mbedtls_mpi_add_mpi(sum, a, b) == 0 && mbedtls_mpi_mod_mpi(sum, sum, &e->p) == 0;
}

// 1/x as x^(p-2): mbedtls_mpi_inv_mod takes a time that depends on x.
static bool invert(struct encoding *e, mbedtls_mpi *x)
{
    return mbedtls_mpi_sub_int(&e->exponent, &e->p, 2) == 0 &&
           mbedtls_mpi_exp_mod(x, x, &e->exponent, &e->p, NULL) == 0;
}

static bool load_curve(struct encoding *e, const mbedtls_ecp_group *group)
{
    const bool minus_three = mbedtls_mpi_bitlen(&group->A) == 0; // mbedTLS then keeps no a
    return mbedtls_mpi_copy(&e->p, &group->P) == 0 && mbedtls_mpi_copy(&e->b, &group->B) == 0 &&
           (minus_three ? mbedtls_mpi_sub_int(&e->a, &group->P, 3) : mbedtls_mpi_copy(&e->a, &group->A)) == 0;
}

// Steps 1 to 3: alpha = -t^2, X2 = -b/a * (1 + 1/(alpha + alpha^2)), X3 = alpha * X2. With
// d = alpha + alpha^2, X2 is -b * (d + 1) / (a * d), which needs one inversion.
static bool candidates(struct encoding *e)
{
    if (!multiply(e, &e->alpha, &e->t, &e->t) || mbedtls_mpi_sub_mpi(&e->alpha, &e->p, &e->alpha) != 0 ||
        !multiply(e, &e->scratch, &e->alpha, &e->alpha) || !add(e, &e->scratch, &e->scratch, &e->alpha)) {
        return false;
    }
    if (mbedtls_mpi_cmp_int(&e->scratch, 0) == 0) { // t is 0, 1 or -1
        return false;
    }
    return mbedtls_mpi_add_int(&e->x2, &e->scratch, 1) == 0 && multiply(e, &e->x2, &e->x2, &e->b) &&
           multiply(e, &e->scratch, &e->scratch, &e->a) && invert(e, &e->scratch) &&
           multiply(e, &e->x2, &e->x2, &e->scratch) && mbedtls_mpi_sub_mpi(&e->x2, &e->p, &e->x2) == 0 &&
           multiply(e, &e->x3, &e->alpha, &e->x2);
}

// Steps 4 to 6: h2 = X2^3 + a * X2 + b, U = t^3 * h2, A = h2^(p - 1 - (p + 1)/4).
static bool root(struct encoding *e)
{
    return multiply(e, &e->h2, &e->x2, &e->x2) && add(e, &e->h2, &e->h2, &e->a) &&
           multiply(e, &e->h2, &e->h2, &e->x2) && add(e, &e->h2, &e->h2, &e->b) &&
           multiply(e, &e->u, &e->t, &e->t) && multiply(e, &e->u, &e->u, &e->t) &&
           multiply(e, &e->u, &e->u, &e->h2) && mbedtls_mpi_add_int(&e->scratch, &e->p, 1) == 0 &&
           mbedtls_mpi_shift_r(&e->scratch, 2) == 0 && mbedtls_mpi_sub_int(&e->exponent, &e->p, 1) == 0 &&
           mbedtls_mpi_sub_mpi(&e->exponent, &e->exponent, &e->scratch) == 0 &&
           mbedtls_mpi_exp_mod(&e->root, &e->h2, &e->exponent, &e->p, NULL) == 0;
}

// Steps 7 and 8: (X2, A * h2) where A^2 * h2 = 1, else (X3, A * U). Both are computed and one is taken
// without a branch, because the choice tells of the nonce. X3 and U are left with the result.
static bool choose(struct encoding *e)
{
    if (!multiply(e, &e->scratch, &e->root, &e->root) || !multiply(e, &e->scratch, &e->scratch, &e->h2) ||
        !multiply(e, &e->h2, &e->root, &e->h2) || !multiply(e, &e->u, &e->root, &e->u)) {
        return false;
    }
    const unsigned char first = mbedtls_mpi_cmp_int(&e->scratch, 1) == 0;
    return mbedtls_mpi_safe_cond_assign(&e->x3, &e->x2, first) == 0 &&
           mbedtls_mpi_safe_cond_assign(&e->u, &e->h2, first) == 0;
}

static bool write_point(const struct encoding *e, const mbedtls_ecp_group *group, enum crypto_curve curve,
                        uint8_t *point)
{
    const size_t n = crypto_curve_length(curve);
    mbedtls_ecp_point checked;
    mbedtls_ecp_point_init(&checked);
    point[0] = 0x04;
    const bool ok = mbedtls_mpi_write_binary(&e->x3, point + 1, n) == 0 &&
                    mbedtls_mpi_write_binary(&e->u, point + 1 + n, n) == 0 &&
                    group_read_point(group, curve, span_of(point, 1 + 2 * n), &checked);
    mbedtls_ecp_point_free(&checked);
    return ok;
}

bool crypto_ec_encode_point(enum crypto_curve curve, struct span element, uint8_t *point)
{
    mbedtls_ecp_group group;
    struct encoding e;
    encoding_init(&e);
    const bool ok = group_load(&group, curve) && arguments_element(curve, element) &&
                    load_curve(&e, &group) && mbedtls_mpi_read_binary(&e.t, element.p, element.n) == 0 &&
                    mbedtls_mpi_cmp_mpi(&e.t, &e.p) < 0 && candidates(&e) && root(&e) && choose(&e) &&
                    write_point(&e, &group, curve, point);
    if (!ok) {
        crypto_wipe(point, crypto_curve_point_length(curve));
    }
    encoding_free(&e);
    mbedtls_ecp_group_free(&group);
    return ok;
}

bool crypto_ec_reduce(enum crypto_curve curve, struct span value, uint8_t *element)
{
    const size_t n = crypto_curve_length(curve);
    mbedtls_ecp_group group;
    mbedtls_mpi number;
    mbedtls_mpi_init(&number);
    const bool ok = group_load(&group, curve) && value.n <= 2 * (size_t)CRYPTO_FIELD_MAX &&
                    mbedtls_mpi_read_binary(&number, value.p, value.n) == 0 &&
                    mbedtls_mpi_mod_mpi(&number, &number, &group.P) == 0 &&
                    mbedtls_mpi_write_binary(&number, element, n) == 0;
    if (!ok) {
        crypto_wipe(element, n);
    }
    mbedtls_mpi_free(&number);
    mbedtls_ecp_group_free(&group);
    return ok;
}
