// The inside of <jumin/verifier_remote.h>, for its server.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_REMOTE_PUBLIC_H
#define JUMIN_HOST_VERIFIER_REMOTE_PUBLIC_H

#include "host/verifier/remote_internal.h"

struct jumin_remote {
    struct jumin_verifier *verifier; // lent; its judge is `inner`'s
    struct remote_verifier *inner;
};

// Whether what is judged by is recent enough for the venue's rule; `why` is a public sentence.
bool remote_is_well(struct jumin_remote *remote, int64_t now, char why[128]);

#endif
