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
    if (attestation->jws.chain_count == 0) {
        return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN, "the key attestation has no certificate (x5c)");
    }
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

struct credential_attested attestation_levels(const struct key_attestation *attestation)
{
    return (struct credential_attested){
        .there = true,
        .key_storage = attack_potential_of(attestation->key_storage, attestation->key_storage_count),
        .user_authentication =
            attack_potential_of(attestation->user_authentication, attestation->user_authentication_count),
    };
}
