// Who may sign the status list of a credential (Token Status List §11.3; ISO 18013-5, second edition).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/status_judge.h"

static enum jumin_error take_chain(const struct span *certificates, size_t count, struct x5chain *chain,
                                   struct detail *detail)
{
    chain->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!x5chain_add(chain, certificates[i])) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "the chain has more than %d certificates",
                              X5CHAIN_MAX);
        }
    }
    return JUMIN_OK;
}

// To the roots that are known, and to one of the credential's issuer.
static enum jumin_error check_issuers(const struct status_judge *judge, const struct x5chain *chain,
                                      int64_t now, struct x5chain_signer *signer, struct detail *detail)
{
    const bool own =
        chain->count > 0 && judge->signer.n > 0 && span_equal(chain->certificates[0], judge->signer);
    const struct x5chain_rules rules = {own ? judge->role : X5CHAIN_STATUS_SIGNER, judge->roots, now,
                                        judge->revocation_required};
    if (judge->roots == NULL) {
        return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN, "nobody is trusted to sign status lists");
    }
    const enum jumin_error error = x5chain_check_cached(judge->cache, chain, &rules, signer, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    return judge->signer.n == 0 || trust_list_same_issuer(judge->list, signer->root, judge->root)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                            "the status list is signed by another issuer than the credential's");
}

// To the authority that the credential names, which need not be known otherwise: its issuer vouches for it.
static enum jumin_error check_named(const struct status_judge *judge, const struct x5chain *chain,
                                    int64_t now, struct x5chain_signer *signer, struct detail *detail)
{
    struct jumin_trust *named = NULL;
    enum jumin_error error = jumin_trust_new(&named);
    if (error == JUMIN_OK) {
        struct trust_intake intake = {.trust = named};
        error = trust_take(&intake, TRUST_CERTIFICATE, judge->certificate);
        if (error != JUMIN_OK) {
            (void)detail_set(detail, error, "the authority that the credential names for its status: %s",
                             named->detail.text);
        }
    }
    if (error == JUMIN_OK) {
        const struct x5chain_rules rules = {X5CHAIN_STATUS_SIGNER, named, now, judge->revocation_required};
        error = x5chain_check(chain, &rules, signer, detail);
    }
    jumin_trust_free(named);
    return error;
}

enum jumin_error status_judge_key(void *context, const struct span *certificates, size_t count, int64_t now,
                                  uint8_t point[SIGNER_POINT], struct detail *detail)
{
    const struct status_judge *judge = context;
    struct x5chain_signer signer = {.point_length = 0};
    struct x5chain chain = {.count = 0};
    enum jumin_error error = take_chain(certificates, count, &chain, detail);
    if (error == JUMIN_OK) {
        error = (judge->certificate.n > 0 ? check_named : check_issuers)(judge, &chain, now, &signer, detail);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (signer.curve != CRYPTO_P256) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the key of the list's signer is not of P-256");
    }
    memcpy(point, signer.point, SIGNER_POINT);
    return JUMIN_OK;
}
