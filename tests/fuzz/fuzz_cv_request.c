// Requests for CV certificates from applicants: what is accepted lies inside the input, is in range, and
// asks for no rights (TR-03110-3 §C.2).
//
// The body is parsed before its signature is looked at, so that a fuzzer gets through it without one.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/pki/cv_request.h"
#include <jumin/eac_pki.h>

static bool lies_inside(struct span part, struct span whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_request(const struct cv_request *request, struct span input)
{
    const struct cv_certificate *inner = &request->inner;
    const struct span parts[] = {inner->body,          inner->signature,      inner->authority,
                                 inner->holder,        inner->key_oid,        inner->point,
                                 inner->sectors.first, inner->sectors.second, inner->description,
                                 request->signer,      request->outer_part,   request->outer_signature};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        require(lies_inside(parts[i], input));
    }
    require(cvc_reference_valid(inner->holder) && inner->has_parameters);
    require(inner->authority.n == 0 || cvc_reference_valid(inner->authority));
    require(request->signer.n == 0 || cvc_reference_valid(request->signer));
    require(inner->curve < CRYPTO_CURVE_COUNT && inner->hash <= CRYPTO_SHA512);
    require(inner->point.n == crypto_curve_point_length(inner->curve));
    require(inner->authorization.rights == 0);
}

static void check_told(struct span input)
{
    struct jumin_eac_certificate_request told;
    require(jumin_eac_certificate_request_parse(input.p, input.n, &told) == JUMIN_OK);
    require(strlen(told.holder) >= CVC_REFERENCE_MIN && strlen(told.holder) <= CVC_REFERENCE_MAX);
    require(told.algorithm != NULL && told.curve != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span input = span_of(bytes, n);
    struct cv_request request;
    if (n > 0 && cv_request_parse(input, &request)) {
        check_request(&request, input);
        check_told(input);
        // Signed outside by its own key or not at all: no crash, whatever the signature is.
        (void)cv_request_signed_by(&request, request.inner.curve, request.inner.point, request.inner.hash);
    }
    return 0;
}
