// How an mdoc's verifier and a wallet ask x5chain.h about a signer.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/mdoc_chain.h"

static enum jumin_error check(void *context, const struct span *certificates, size_t count, int64_t now,
                              struct mdoc_signer *signer, struct detail *detail)
{
    struct mdoc_chain *chain = context;
    const struct x5chain_rules rules = {chain->role, chain->roots, now, chain->revocation_required};
    struct x5chain given = {.count = 0};
    for (size_t i = 0; i < count; i++) {
        if (!x5chain_add(&given, certificates[i])) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "the chain has more than %d certificates",
                              X5CHAIN_MAX);
        }
    }
    const enum jumin_error error = x5chain_check_cached(chain->cache, &given, &rules, &chain->signer, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct crypto_ec_key *key = signer_key_of(&chain->key, &chain->signer);
    if (key == NULL) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "the signer's key could not be loaded");
    }
    *signer = (struct mdoc_signer){key, chain->signer.not_before, chain->signer.not_after};
    return JUMIN_OK;
}

struct mdoc_chain_check mdoc_chain_check_of(struct mdoc_chain *chain)
{
    return (struct mdoc_chain_check){check, chain};
}

void mdoc_chain_release(struct mdoc_chain *chain)
{
    signer_key_release(&chain->key);
}
