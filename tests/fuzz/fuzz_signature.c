// Public keys, algorithm identifiers and signatures of others, in every combination (RFC 5480, RFC 4055,
// ISO 9796-2): DG14 and DG15 carry such keys, certificates and signed data all three.
// SPDX-License-Identifier: Apache-2.0
//
// An input is four parts, each behind two bytes of length: key, algorithm, signature, message.
#include "tests/fuzz/fuzz.h"

#include "host/reader/iso9796.h"
#include "host/reader/lds.h"

enum { KEY, ALGORITHM, SIGNATURE, MESSAGE, PARTS };

static struct span take_part(struct span *input)
{
    struct span length, part;
    if (!span_take(input, 2, &length)) {
        return span_of(NULL, 0);
    }
    part = span_first(*input, (size_t)(length.p[0] << 8 | length.p[1]));
    *input = span_from(*input, part.n);
    return part;
}

static void verify(const struct public_key *key, const struct span parts[PARTS])
{
    struct signature_scheme scheme;
    if (signature_scheme_parse(parts[ALGORITHM], &scheme)) {
        (void)signature_verify(key, &scheme, &parts[MESSAGE], 1, parts[SIGNATURE]);
    }
    (void)signature_verify_plain(key, CRYPTO_SHA256, parts[MESSAGE], parts[SIGNATURE]);
    if (key->kind == PUBLIC_KEY_RSA) {
        (void)iso9796_verify(&key->rsa, parts[SIGNATURE], parts[MESSAGE]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct span input = span_of(bytes, n), parts[PARTS], info, bits;
    const char *why = NULL;
    for (size_t i = 0; i < PARTS; i++) {
        parts[i] = take_part(&input);
    }
    struct public_key key;
    if (!lds_dg15_parse(parts[KEY], &info, &why)) {
        require(why != NULL);
        info = parts[KEY];
    }
    (void)public_key_bits(info, &bits);
    if (public_key_parse(info, &key)) {
        require(key.kind != PUBLIC_KEY_EC || key.point.n == crypto_curve_point_length(key.curve));
        verify(&key, parts);
    }
    return 0;
}
