// A wallet's keys in a token: where libjumin is built without tokens.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/wallet_internal.h"

enum jumin_error wallet_use_token(struct jumin_wallet *wallet, const char *uri)
{
    (void)wallet;
    (void)uri;
    return JUMIN_ERROR_NOT_SUPPORTED;
}
