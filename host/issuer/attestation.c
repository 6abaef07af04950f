// Whether a wallet's provider vouches for keys.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/attestation.h"

#include "host/mobile/x5chain.h"

enum { LEEWAY = 60 };

enum jumin_error attestation_believe(const struct key_attestation *attestation,
                                     const struct jumin_trust *wallets, int64_t now, struct detail *detail)
{
    const struct x5chain_rules rules = {.role = X5CHAIN_WALLET_PROVIDER, .roots = wallets, .now = now};
    struct x5chain chain = {.count = 0};
    struct x5chain_signer signer;
    for (size_t i = 0; i < attestation->jws.chain_count; i++) {
        if (!x5chain_add(&chain, attestation->jws.chain[i])) {
            return detail_set(detail, JUMIN_ERROR_TOO_LONG, "the key attestation has too many certificates");
        }
    }
    const enum jumin_error error = x5chain_check(&chain, &rules, &signer, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (signer.point_length != SIGNER_POINT) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "the key attestation is not signed with ES256");
    }
    return key_attestation_check(attestation, signer.point, NULL, now, LEEWAY, detail);
}
