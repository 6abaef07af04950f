// A wallet's side of a request over the network: gets it, answers it, or refuses (OpenID4VP 1.0).
// SPDX-License-Identifier: Apache-2.0
//
//     wallet_remote_get(&client, link, &rules, &got, &detail);
//     … show who asks (got.request.venue) and what for (dcql_match, vp_request_covered), ask the holder …
//     wallet_remote_answer(&client, &got.request, presentations, count, next, &detail);
//     wallet_remote_release(&got);
#ifndef JUMIN_HOST_WALLET_REMOTE_H
#define JUMIN_HOST_WALLET_REMOTE_H

#include "host/mobile/http_client.h"
#include "host/mobile/vp_response.h"

struct wallet_remote_rules {
    const struct jumin_trust *venues; // roots
    bool revocation_required;
    int64_t now;
};

// Large: not for small stacks. Released by wallet_remote_release.
struct wallet_remote {
    struct vp_request request;
    struct span text; // that `request` borrows from; own
};

// Follows the link (vp_link_read) and checks what it leads to (vp_request_read). By POST with a nonce of its
// own where the link says so. Errors as of these and of http_client_ask; LINK: the verifier does not give it.
// On error nothing is to be released.
enum jumin_error wallet_remote_get(const struct http_client *client, const char *link,
                                   const struct wallet_remote_rules *rules,
                                   const struct crypto_random *random, struct wallet_remote *got,
                                   struct detail *detail);
void wallet_remote_release(struct wallet_remote *got);

// Sends the presentations. `next` (may be NULL): where the verifier would like the holder to go on (its
// redirect_uri); empty: nowhere. JUMIN_ERROR_STATUS: the verifier does not take the answer; others as of
// vp_response_make and http_client_ask.
enum jumin_error wallet_remote_answer(const struct http_client *client, const struct vp_request *request,
                                      const struct vp_presentation *presentations, size_t count,
                                      const struct crypto_random *random, char next[VP_TEXT_MAX],
                                      struct detail *detail);
// Tells the verifier that nothing will come: "access_denied", "invalid_request".
enum jumin_error wallet_remote_refuse(const struct http_client *client, const struct vp_request *request,
                                      const char *error, struct detail *detail);

#endif
