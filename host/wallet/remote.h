// A wallet's side of a request over the network: gets it, answers it, or refuses (OpenID4VP 1.0).
// SPDX-License-Identifier: Apache-2.0
//
//     wallet_remote_get(wallet, link, now, &got, &detail);
//     wallet_remote_plan(wallet, &got, now, &plan, &detail);
//     … the holder looks at `plan` and says yes or no …
//     yes: wallet_remote_answer(wallet, &got, &plan, now, next, &detail);
//     no:  wallet_remote_refuse(wallet, &got, &plan, now, &detail);
//     disclosure_release(&plan); wallet_remote_release(&got);
#ifndef JUMIN_HOST_WALLET_REMOTE_H
#define JUMIN_HOST_WALLET_REMOTE_H

#include "host/mobile/vp_response.h"
#include "host/wallet/disclosure.h"

// A request that was checked. Large: not for small stacks. Released by wallet_remote_release.
struct wallet_remote {
    struct vp_request request;
    char *text; // that `request` borrows from; from malloc
};

// Follows the link (vp_link_read) and checks what it leads to by the venues' roots of the wallet's trust list
// (vp_request_read). By POST with a nonce of its own where the link says so. Errors as of these and of
// http_client_ask; LINK: the verifier does not give it, or the wallet is offline. On error nothing is to be
// released.
enum jumin_error wallet_remote_get(struct jumin_wallet *wallet, const char *link, int64_t now,
                                   struct wallet_remote *got, struct detail *detail);
void wallet_remote_release(struct wallet_remote *got);

// What it would disclose: disclosure_of_dcql with the request's query and certificates.
enum jumin_error wallet_remote_plan(struct jumin_wallet *wallet, const struct wallet_remote *got, int64_t now,
                                    struct disclosure_plan *plan, struct detail *detail);
// The holder has approved: takes the copies, writes the history (disclosure_take), and sends what is shown.
// `next` (may be NULL): where the verifier would like the holder to go on (redirect_uri); empty: nowhere.
// JUMIN_ERROR_STATUS: the verifier does not take the answer; NOT_AUTHORIZED: the plan is refused; others as
// of disclosure_take, vp_response_make and http_client_ask.
enum jumin_error wallet_remote_answer(struct jumin_wallet *wallet, const struct wallet_remote *got,
                                      struct disclosure_plan *plan, int64_t now, char next[VP_TEXT_MAX],
                                      struct detail *detail);
// The holder has not, or the plan is refused: writes the history, and tells the verifier that nothing will
// come (access_denied). Errors as of disclosure_refuse and http_client_ask.
enum jumin_error wallet_remote_refuse(struct jumin_wallet *wallet, const struct wallet_remote *got,
                                      const struct disclosure_plan *plan, int64_t now, struct detail *detail);

// --- Inside --------------------------------------------------------------------------------------------------

// Appends the presentation of one document of a plan that was taken, as vp_token has it. TOO_LONG; others as
// of disclosure_device_response and disclosure_sd_jwt.
enum jumin_error wallet_remote_put(const struct vp_session *session, struct disclosure_plan *plan,
                                   const struct disclosure_document *document, int64_t now,
                                   struct writer *out, struct detail *detail);
// Posts a form to the verifier. Errors as above.
enum jumin_error wallet_remote_post(struct jumin_wallet *wallet, const struct vp_request *request,
                                    struct span form, char next[VP_TEXT_MAX], struct detail *detail);

#endif
