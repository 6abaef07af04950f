// The curves of keys that jumin makes, by the names that people use.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/curve.h"

static const struct {
    const char *name;
    enum crypto_curve curve;
} curves[] = {
    [JUMIN_CURVE_P256] = {"P-256", CRYPTO_P256},
    [JUMIN_CURVE_P384] = {"P-384", CRYPTO_P384},
    [JUMIN_CURVE_BRAINPOOL_P256R1] = {"brainpoolP256r1", CRYPTO_BRAINPOOL_P256R1},
    [JUMIN_CURVE_BRAINPOOL_P384R1] = {"brainpoolP384r1", CRYPTO_BRAINPOOL_P384R1},
};

enum { CURVES = sizeof curves / sizeof *curves };

bool curve_of(enum jumin_curve choice, enum crypto_curve *curve)
{
    if ((size_t)choice >= CURVES) {
        return false;
    }
    *curve = curves[choice].curve;
    return true;
}

enum jumin_error jumin_curve_parse(const char *name, enum jumin_curve *curve)
{
    for (size_t i = 0; name != NULL && curve != NULL && i < CURVES; i++) {
        if (strcmp(name, curves[i].name) == 0) {
            *curve = (enum jumin_curve)i;
            return JUMIN_OK;
        }
    }
    return JUMIN_ERROR_ARGUMENT;
}

const char *jumin_curve_name(enum jumin_curve curve)
{
    return (size_t)curve < CURVES ? curves[curve].name : "";
}
