// Whether a wallet's provider vouches for keys.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/attestation.h"

#include "host/issuer/records.h"
#include "host/mobile/x5chain.h"

enum { LEEWAY = 60, DAY_SECONDS = 24 * 3600 };

static enum jumin_error check_chain(const struct key_attestation *attestation,
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

enum jumin_error attestation_believe(const struct key_attestation *attestation,
                                     const struct attestation_wanted *wanted, int64_t now,
                                     struct detail *detail)
{
    const enum jumin_error error = check_chain(attestation, wanted->wallets, now, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct credential_attested said = attestation_levels(attestation);
    const char *low = attack_potential_lacks(&said, wanted->key_storage, wanted->user_authentication);
    return low == NULL ? JUMIN_OK
                       : detail_set(detail, JUMIN_ERROR_RULES,
                                    "the key attestation does not say that keys are safe enough (%s)", low);
}

// --- The device key ----------------------------------------------------------------------------------------------

// Of one whose times were checked: iat is there and not ahead, exp is not over.
static enum jumin_error check_life(const struct key_attestation *attestation, struct detail *detail)
{
    const int64_t life = (int64_t)ATTESTATION_LIFE_DAYS * DAY_SECONDS;
    const int64_t from = json_integer_value(json_object_get(attestation->jws.claims, "iat")),
                  until = json_integer_value(json_object_get(attestation->jws.claims, "exp"));
    if (!key_attestation_ends(attestation)) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW,
                          "the key attestation does not say when it ends (exp)");
    }
    return until <= from + life ? JUMIN_OK
                                : detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW,
                                             "the key attestation lives longer than %d days (iat, exp)",
                                             ATTESTATION_LIFE_DAYS);
}

enum jumin_error attestation_believe_device(const struct key_attestation *attestation,
                                            const uint8_t key[SIGNER_POINT],
                                            const struct attestation_wanted *wanted,
                                            const struct jumin_station *station, struct detail *detail)
{
    const int64_t now = station_now(station);
    if (!key_attestation_has(attestation, key)) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "the key attestation is for another key");
    }
    if (attestation->nonce != NULL && !records_nonce_is_fresh(station, attestation->nonce)) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW,
                          "the key attestation's nonce is not one of the last minutes");
    }
    const enum jumin_error error = attestation_believe(attestation, wanted, now, detail);
    return error == JUMIN_OK ? check_life(attestation, detail) : error;
}
