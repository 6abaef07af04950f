// A venue's requests over HTTP.
// SPDX-License-Identifier: Apache-2.0
//
// Of the venue, with its secret as bearer token:
// - POST /requests {"purpose": "adult", "format"?} → {"id", "link", "expires"}
// - GET /requests/{}, or /requests/{}?response_code=… → {"state", "verdict"?, "error"?, "detail"?}
// Of the wallets:
// - GET /request/{}: the request object; POST: the same, with wallet_nonce
// - POST /response/{}: the answer, or a refusal → {"redirect_uri"?}
#ifndef JUMIN_HOST_VERIFIER_REMOTE_ROUTES_H
#define JUMIN_HOST_VERIFIER_REMOTE_ROUTES_H

#include "host/http/http.h"
#include "host/verifier/remote.h"

// Borrowed from the verifier.
struct http_routes remote_routes(struct remote_verifier *verifier);

#endif
