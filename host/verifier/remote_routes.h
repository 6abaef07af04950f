// A venue's requests over HTTP.
// SPDX-License-Identifier: Apache-2.0
//
// POST /requests       the venue's own: {"purpose": "adult", "format"?} → {"id", "link", "expires"}; bearer
// secret GET  /requests/{}    the venue's own: {"state", "verdict"?, "error"?, "detail"?}; bearer secret GET
// /request/{}     the wallet's: the request object POST /request/{}     the same, with wallet_nonce POST
// /response/{}    the wallet's: its answer, or its refusal
#ifndef JUMIN_HOST_VERIFIER_REMOTE_ROUTES_H
#define JUMIN_HOST_VERIFIER_REMOTE_ROUTES_H

#include "host/http/http.h"
#include "host/verifier/remote.h"

// Borrowed from the verifier.
struct http_routes remote_routes(struct remote_verifier *verifier);

#endif
