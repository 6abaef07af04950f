// What implementations of a transport inside the library may know of its handle.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_TRANSPORT_TRANSPORT_H
#define JUMIN_HOST_TRANSPORT_TRANSPORT_H

#include <jumin/transport.h>

// The context of a transport made with these functions; NULL for one of another kind.
void *transport_context(const struct jumin_transport *transport,
                        const struct jumin_transport_functions *functions);

#endif
