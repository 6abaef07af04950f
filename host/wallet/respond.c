// A verifier's link followed, with the holder's word in between (OpenID4VP 1.0).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/remote.h"
#include "host/wallet/showing.h"

#include <assert.h>
#include <stdlib.h>

static_assert((size_t)JUMIN_WALLET_URI == VP_TEXT_MAX, "a redirect_uri fits");

// Both are large.
struct asked {
    struct wallet_remote got;
    struct disclosure_plan plan;
};

// Released by let_go. NULL: `*error` says why.
static struct asked *follow(struct jumin_wallet *wallet, const char *uri, int64_t now,
                            enum jumin_error *error)
{
    struct asked *asked = calloc(1, sizeof *asked);
    if (asked == NULL) {
        *error = JUMIN_ERROR_MEMORY;
        return NULL;
    }
    *error = wallet_remote_get(wallet, uri, now, &asked->got, &wallet->detail);
    if (*error == JUMIN_OK) {
        *error = wallet_remote_plan(wallet, &asked->got, now, &asked->plan, &wallet->detail);
        if (*error == JUMIN_OK) {
            return asked;
        }
        wallet_remote_release(&asked->got);
    }
    free(asked);
    return NULL;
}

static void let_go(struct asked *asked)
{
    disclosure_release(&asked->plan);
    wallet_remote_release(&asked->got);
    free(asked);
}

enum jumin_error jumin_wallet_look_at_request(struct jumin_wallet *wallet, const char *uri,
                                              const struct jumin_wallet_holder *holder, int64_t now)
{
    enum jumin_error error = JUMIN_OK;
    struct detail ignored = {""};
    if (wallet == NULL || uri == NULL || holder == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&wallet->detail);
    struct asked *asked = follow(wallet, uri, now, &error);
    if (asked != NULL) {
        (void)showing_ask(&asked->plan, holder, &ignored);
        let_go(asked);
    }
    return error;
}

enum jumin_error jumin_wallet_respond(struct jumin_wallet *wallet, const char *uri,
                                      const struct jumin_wallet_holder *holder, const int64_t *now,
                                      char next[JUMIN_WALLET_URI])
{
    enum jumin_error error = JUMIN_OK;
    struct detail ignored = {""};
    if (wallet == NULL || uri == NULL || now == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&wallet->detail);
    if (next != NULL) {
        next[0] = '\0';
    }
    struct asked *asked = follow(wallet, uri, *now, &error);
    if (asked == NULL) {
        return error;
    }
    error = showing_ask(&asked->plan, holder, &wallet->detail);
    if (error == JUMIN_OK) {
        error = wallet_remote_answer(wallet, &asked->got, &asked->plan, *now, next, &wallet->detail);
    } else { // whether or not the verifier hears of it: nothing is shown
        (void)wallet_remote_refuse(wallet, &asked->got, &asked->plan, *now, &ignored);
    }
    let_go(asked);
    return error;
}
