// Verifies CV certificates from files, one after the other from a trust point down, as a card does:
// verify_certificates TRUST_POINT FILE…. Prints the holder of each and its rights; exit status 1 at the first
// that is refused.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/cvc.h"
#include <inttypes.h>
#include <stdio.h>

static bool read_certificate(const char *path, uint8_t bytes[CVC_MAX], struct cv_certificate *certificate)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    const size_t n = fread(bytes, 1, CVC_MAX, file);
    (void)fclose(file);
    return cv_certificate_parse_file(span_of(bytes, n), certificate);
}

static int refused(const char *path)
{
    (void)printf("%s: refused\n", path);
    return 1;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[2][CVC_MAX];
    struct cv_certificate issuer, next;
    if (argc < 2 || !read_certificate(argv[1], bytes[0], &issuer) || !issuer.has_parameters) {
        return refused(argc < 2 ? "nothing" : argv[1]);
    }
    enum crypto_curve curve = issuer.curve;
    if (!cv_certificate_verify(&issuer, curve, issuer.point, issuer.hash)) {
        return refused(argv[1]);
    }
    for (int i = 2; i < argc; i++) {
        if (!read_certificate(argv[i], bytes[(i + 1) % 2], &next) ||
            !span_equal(next.authority, issuer.holder) ||
            !cv_certificate_verify(&next, curve, issuer.point, issuer.hash)) {
            return refused(argv[i]);
        }
        (void)printf("%.*s %" PRIx64 "\n", (int)next.holder.n, (const char *)next.holder.p,
                     next.authorization.rights);
        curve = next.has_parameters ? next.curve : curve;
        issuer = next;
    }
    return 0;
}
