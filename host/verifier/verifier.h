// The verifier's inside: what it goes by, and how checks find their way into a verification.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_VERIFIER_H
#define JUMIN_HOST_VERIFIER_VERIFIER_H

#include "host/mobile/mdoc_chain.h"
#include "host/mobile/status_cache.h"
#include "host/mobile/status_judge.h"
#include "host/mobile/trust_list.h"
#include "host/verifier/counter_memory.h"
#include <jumin/registry.h>
#include <jumin/verifier.h>

enum {
    VERIFIER_CHAIN_MAX = 2,   // the venue's certificate, and one authority before its root
    VERIFIER_PROOFS_MAX = 64, // of the registry
    VERIFIER_LEEWAY = 60,     // seconds by which another's clock may be ahead
    VERIFIER_BINDING_AGE = 300,
};

struct jumin_verifier {
    struct jumin_verifier_options options;
    struct detail detail;

    struct jumin_trust *anchor;        // of trust lists; NULL: none
    struct trust_list list;            // empty: none
    const struct jumin_trust *issuers; // of the list, or the caller's; NULL: none
    struct x5chain_cache chains;
    struct mdoc_chain mdoc;       // with the signer of the document that is looked at
    struct signer_key sd_jwt_key; // of the last issuer of an SD-JWT

    char *folder; // where lists are kept; NULL: nowhere
    struct status_cache *statuses;
    struct status_judge judge;             // of the lists, for the credential that is looked at
    struct jumin_verifier_network network; // `get` NULL: offline
    // Called before and after it waits for the network. NULL: nobody wants to know.
    void (*away)(void *context, bool away);
    void *away_context;

    bool has_registry;
    uint8_t registry_key[JUMIN_REGISTRY_KEY];
    struct jumin_registry_entry *proofs; // VERIFIER_PROOFS_MAX of them, or NULL
    size_t proof_count;

    // The venue
    bool has_key;
    struct crypto_ec_key key;
    struct signer signer;  // by `key`
    uint8_t *certificates; // what `chain` points into
    struct span chain[VERIFIER_CHAIN_MAX];
    size_t chain_count;
    unsigned purposes; // of the certificate

    struct counter_memory counters;
};

// As jumin_verifier_check_mdoc; `reader`: EReaderKey, for answers by MAC (NULL: those are refused).
enum jumin_error verifier_check_mdoc(struct jumin_verifier *verifier, struct span response,
                                     const struct signer *reader, const struct jumin_expected *expected,
                                     struct jumin_verification **verification);
// When the newest trust list of the anchor was issued that was ever loaded here, as far as the folder or this
// handle knows; 0: none. And keeps it of the list at hand.
int64_t verifier_newest_list(const struct jumin_verifier *verifier);
void verifier_remember_list(const struct jumin_verifier *verifier);
// Everything that is looked at of a response before it is closed; `response` is then what was parsed of it.
struct device_response;
void verifier_look_at_mdoc(struct jumin_verifier *verifier, struct span bytes,
                           struct device_response *response, const struct signer *reader,
                           const struct jumin_expected *expected, struct jumin_verification *verification);
// The calendar year in Korea (UTC+9, without summer time) at `now`: the one that `adult` is asked for.
unsigned verifier_year(int64_t now);

#endif
