// How an mdoc's verifier and a wallet ask x5chain.h about a signer.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/mdoc_chain.h"

// Tables for a key cost about as much as they save in this many verifications; so who never gets there pays
// nothing, and who does has paid twice at most.
enum { PREPARED_AT = 600 };

// The signer's key, expanded once as long as it does not change.
static bool keep_key(struct mdoc_chain *chain)
{
    const struct x5chain_signer *signer = &chain->signer;
    if (memcmp(chain->point, signer->point, signer->point_length) == 0) {
        chain->uses += chain->uses <= PREPARED_AT ? 1 : 0;
        if (chain->uses == PREPARED_AT) {
            (void)crypto_ec_prepare(&chain->key); // without tables it is as good, and slower
        }
        return true;
    }
    chain->uses = 0;
    crypto_ec_release(&chain->key);
    crypto_wipe(chain->point, sizeof chain->point);
    if (!crypto_ec_load_public(&chain->key, signer->curve, span_of(signer->point, signer->point_length))) {
        return false;
    }
    memcpy(chain->point, signer->point, signer->point_length);
    return true;
}

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
    if (!keep_key(chain)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "the signer's key could not be loaded");
    }
    *signer = (struct mdoc_signer){&chain->key, chain->signer.not_before, chain->signer.not_after};
    return JUMIN_OK;
}

struct mdoc_chain_check mdoc_chain_check_of(struct mdoc_chain *chain)
{
    return (struct mdoc_chain_check){check, chain};
}

void mdoc_chain_release(struct mdoc_chain *chain)
{
    crypto_ec_release(&chain->key);
    crypto_wipe(chain->point, sizeof chain->point);
}
