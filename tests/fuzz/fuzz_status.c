// Status lists from an issuer that may lie: what is signed is parsed, expanded within bounds, and asked;
// files that a verifier has kept are read.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/status_claims.h"
#include <stdlib.h>

static void check_claims(const struct status_claims *claims, struct span compressed)
{
    uint8_t *packed = NULL;
    size_t n = 0;
    unsigned status = 0;
    require(claims->uri[0] != '\0' && strlen(claims->uri) < STATUS_URI_MAX && claims->issued_at >= 0);
    require(status_list_bits_are_possible(claims->bits) && compressed.n > 0);
    if (status_list_expand(compressed, &packed, &n) != JUMIN_OK) {
        require(packed == NULL && n == 0);
        return;
    }
    require(n > 0 && n <= STATUS_BYTES_MAX);
    const struct status_list list = {claims->bits, {packed, n}};
    const uint64_t capacity = status_list_capacity(&list);
    require(status_list_get(&list, 0, &status) && status_list_get(&list, capacity - 1, &status));
    require(status < 1U << claims->bits && !status_list_get(&list, capacity, &status));
    free(packed);
}

// What is read from CBOR is written and read again as the same.
static void check_cbor(struct span bytes)
{
    static uint8_t written[1 << 17];
    struct status_claims claims, again;
    struct span compressed, other;
    struct status_reference reference, same;
    struct detail detail = {0};
    if (status_claims_parse_cbor(bytes, &claims, &compressed, &detail) == JUMIN_OK) {
        struct writer w = writer_of(written, sizeof written);
        check_claims(&claims, compressed);
        status_claims_put_cbor(&claims, compressed, &w);
        require(!w.overflow && w.n <= compressed.n + STATUS_CLAIMS_EXTRA);
        require(status_claims_parse_cbor(writer_span(&w), &again, &other, &detail) == JUMIN_OK);
        require(span_equal(compressed, other) && strcmp(claims.uri, again.uri) == 0 &&
                claims.issued_at == again.issued_at && claims.expires_at == again.expires_at &&
                claims.time_to_live == again.time_to_live && claims.bits == again.bits);
    } else {
        require(detail.text[0] != '\0' && compressed.n == 0);
    }
    if (status_reference_parse_cbor(bytes, &reference, &detail) == JUMIN_OK) {
        struct writer w = writer_of(written, STATUS_URI_MAX + 64);
        status_reference_put_cbor(&reference, &w);
        require(!w.overflow && status_reference_parse_cbor(writer_span(&w), &same, &detail) == JUMIN_OK);
        require(reference.index == same.index && strcmp(reference.uri, same.uri) == 0);
    }
}

static void check_json(struct span bytes)
{
    json_t *object = json_loadb((const char *)bytes.p, bytes.n, JSON_REJECT_DUPLICATES, NULL);
    struct status_claims claims;
    struct status_reference reference;
    struct detail detail = {0};
    uint8_t *compressed = NULL;
    size_t n = 0;
    if (status_claims_parse_json(object, &claims, &compressed, &n, &detail) == JUMIN_OK) {
        check_claims(&claims, span_of(compressed, n));
    } else {
        require(compressed == NULL && n == 0);
    }
    (void)status_reference_parse_json(object, &reference, &detail);
    free(compressed);
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n <= 1 << 16) {
        check_cbor(span_of(bytes, n));
        check_json(span_of(bytes, n));
    }
    return 0;
}
