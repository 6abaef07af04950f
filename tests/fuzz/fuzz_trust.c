// Files for the trust store, DER, PEM or LDIF, and master lists: what it takes in can be searched for chains
// and revocations (RFC 5280 §6).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/pki/trust.h"

static void use(const struct jumin_trust *trust)
{
    for (size_t i = 0; i < trust->certificate_count; i++) {
        const struct x509_certificate *certificate = &trust->certificates[i].parsed;
        const struct x509_crl *crl = trust_find_crl(trust, certificate);
        struct trust_chain chain;
        const char *why = NULL;
        if (trust_find_chain(trust, certificate, &chain, &why) == JUMIN_OK) {
            require(chain.count >= 1 && chain.count <= TRUST_CHAIN_MAX);
        } else {
            require(why != NULL);
        }
        require(crl == NULL || x509_name_equal(crl->issuer, certificate->issuer));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct jumin_trust *trust = NULL;
    require(jumin_trust_new(&trust) == JUMIN_OK);
    if (n > 0) {
        const enum jumin_error error = jumin_trust_add_certificate(trust, bytes, n);
        require(error == JUMIN_OK || jumin_trust_detail(trust)[0] != '\0');
        (void)jumin_trust_add_crl(trust, bytes, n);
        struct trust_intake intake = {.trust = trust, .lenient = true, .path = "file"};
        (void)trust_take_any(&intake, span_of(bytes, n));
        require(intake.taken <= n && (trust->skipped == 0 || trust->reasons[0] != NULL));
    }
    use(trust);
    jumin_trust_free(trust);
    return 0;
}
