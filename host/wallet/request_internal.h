// What asking for copies and taking the answer share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_REQUEST_INTERNAL_H
#define JUMIN_HOST_WALLET_REQUEST_INTERNAL_H

#include "host/wallet/provision.h"

// Copies that came, with room for as many as were asked for.
struct batch {
    struct wallet_key *keys;
    size_t key_count;
    struct wallet_copy *copies;
    size_t copy_count;
    struct wallet_credential said; // what they say of themselves: trusted, signer, issued, expires
};

// Takes what an answer of 200 or 202 brings, copies or leave to ask later, and tells the issuer what became
// of it. What is taken is no longer the batch's; on error all is as before.
enum jumin_error request_take_answer(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                     const struct exchange_answer *answer, struct batch *batch);
// The nonce for the next request (drafts) and the notification's name, from an answer.
void request_take_nonces(struct wallet_credential *credential, const json_t *json);
// Seconds until it is worth asking again.
int64_t request_interval(const json_t *json);
void request_wipe_keys(struct wallet_deferred *deferred);

#endif
