// Certificates that come with a signature: whatever they are, each role refuses with a sentence; their
// purposes, and the host that they name (ISO 18013-5 Annex B).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/x5chain.h"
#include "host/pki/purposes.h"

// The certificate itself, where it is a root.
static void check_all(const struct x5chain *chain, const struct jumin_trust *roots)
{
    for (unsigned role = 0; role < X5CHAIN_ROLES; role++) {
        const struct x5chain_rules rules = {(enum x5chain_role)role, roots, 1800000000, (role & 1U) != 0};
        struct x5chain_signer signer;
        struct detail detail = {.text = ""};
        if (x5chain_check(chain, &rules, &signer, &detail) == JUMIN_OK) {
            require(signer.point_length > 0 && signer.valid_from <= rules.now &&
                    signer.valid_until >= rules.now);
        } else {
            require(detail.text[0] != '\0' && signer.point_length == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct jumin_trust *trust = NULL;
    struct x5chain chain = {.count = 0};
    unsigned purposes = 0;
    require(jumin_trust_new(&trust) == JUMIN_OK);
    require(x5chain_add(&chain, span_of(bytes, n)));
    if (n > 0) {
        (void)jumin_trust_add_certificate(trust, bytes, n);
    }
    check_all(&chain, trust);
    require(x5chain_add(&chain, span_of(bytes, n)));
    check_all(&chain, trust);
    (void)x5chain_names_host(span_of(bytes, n), "shop.example");
    (void)purposes_parse(span_of(bytes, n), &purposes);
    require(purposes <= 15);
    jumin_trust_free(trust);
    return 0;
}
