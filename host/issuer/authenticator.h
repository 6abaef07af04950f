// What the server's sessions share beside the public options.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_AUTHENTICATOR_H
#define JUMIN_HOST_ISSUER_AUTHENTICATOR_H

#include <jumin/binding.h>

// Held while a session uses the terminal; all else of a session is its own, so that several threads may serve
// several sessions.
struct authenticator_lock {
    void (*take)(void *context);
    void (*give)(void *context);
    void *context;
};
// Copied; before the first message.
void authenticator_share_terminal(struct jumin_authenticator *authenticator,
                                  const struct authenticator_lock *lock);

#endif
