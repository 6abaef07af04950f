// A bound device key vouches for the fresh keys of a batch: a key attestation (OpenID4VCI 1.0 App. D.1) that
// is signed by this key itself. It proves that the wallet that holds the key, which its provider has attested
// when the card was bound, has these keys too; for one nonce, and for the token of this key alone.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

static bool refuse(struct issuer_fault *fault, const char *why)
{
    fault->oauth = "invalid_proof";
    (void)detail_set(&fault->detail, JUMIN_ERROR_INPUT, "%s", why);
    return false;
}

bool voucher_is_one(const struct key_attestation *attestation)
{
    return attestation->jws.chain_count == 0;
}

static bool check_levels(const struct issuer *issuer, const struct credential_attested *said,
                         struct issuer_fault *fault)
{
    const char *low =
        attack_potential_lacks(said, issuer->options.key_storage, issuer->options.user_authentication);
    if (low == NULL) {
        return true;
    }
    fault->oauth = "invalid_proof";
    (void)detail_set(&fault->detail, JUMIN_ERROR_INPUT,
                     "the attestation of the bound key does not say as much as the metadata ask (%s): tap the"
                     " card again",
                     low);
    return false;
}

bool voucher_believe(const struct issuer *issuer, const struct jumin_station *station,
                     const struct records_grant *grant, const struct key_attestation *voucher,
                     const char *nonce, struct issuer_fault *fault)
{
    uint8_t thumbprint[JWK_THUMBPRINT];
    const struct span key = span_of(voucher->jws.key, SIGNER_POINT);
    if (!grant->attested.there) {
        return refuse(fault, "a key vouches for the batch that no attestation came with when a card was bound"
                             " to it: tap the card with one");
    }
    if (!jwk_thumbprint(key, thumbprint) || !crypto_equal(thumbprint, grant->device, sizeof thumbprint)) {
        return refuse(fault, "another key than the one that the card has bound vouches for the batch");
    }
    if (key_attestation_check(voucher, voucher->jws.key, NULL, station_now(station), ISSUER_LEEWAY,
                              &fault->detail) != JUMIN_OK) {
        fault->oauth = "invalid_proof";
        return false;
    }
    if (voucher->nonce == NULL || strcmp(voucher->nonce, nonce) != 0) {
        return refuse(fault, "the bound key vouches for another request: not with the nonce of the proof");
    }
    return check_levels(issuer, &grant->attested, fault);
}
