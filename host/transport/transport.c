// The handle of a transport: checks the caller's arguments and passes on.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/transport.h>
#include <stdlib.h>

#include "host/transport/transport.h"

struct jumin_transport {
    const struct jumin_transport_functions *functions;
    void *context;
};

enum jumin_error jumin_transport_new(struct jumin_transport **transport,
                                     const struct jumin_transport_functions *functions, void *context)
{
    if (transport == NULL || functions == NULL || functions->connect == NULL || functions->transmit == NULL ||
        functions->disconnect == NULL || functions->limits == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *transport = malloc(sizeof **transport);
    if (*transport == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    **transport = (struct jumin_transport){functions, context};
    return JUMIN_OK;
}

void jumin_transport_free(struct jumin_transport *transport)
{
    if (transport == NULL) {
        return;
    }
    transport->functions->disconnect(transport->context);
    if (transport->functions->release != NULL) {
        transport->functions->release(transport->context);
    }
    free(transport);
}

enum jumin_error jumin_transport_connect(struct jumin_transport *transport)
{
    return transport == NULL ? JUMIN_ERROR_ARGUMENT : transport->functions->connect(transport->context);
}

enum jumin_error jumin_transport_transmit(struct jumin_transport *transport, const uint8_t *command, size_t n,
                                          uint8_t *response, size_t capacity, size_t *length)
{
    if (length != NULL) {
        *length = 0;
    }
    if (transport == NULL || command == NULL || response == NULL || length == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_limits limits;
    jumin_transport_limits(transport, &limits);
    if (n > limits.command_max) {
        return JUMIN_ERROR_TOO_LONG;
    }
    return transport->functions->transmit(transport->context, command, n, response, capacity, length);
}

void jumin_transport_disconnect(struct jumin_transport *transport)
{
    if (transport != NULL) {
        transport->functions->disconnect(transport->context);
    }
}

void jumin_transport_limits(struct jumin_transport *transport, struct jumin_limits *limits)
{
    if (limits == NULL) {
        return;
    }
    *limits = (struct jumin_limits){0};
    if (transport != NULL) {
        transport->functions->limits(transport->context, limits);
    }
}

const char *jumin_transport_detail(const struct jumin_transport *transport)
{
    if (transport == NULL || transport->functions->detail == NULL) {
        return "";
    }
    return transport->functions->detail(transport->context);
}

void *transport_context(const struct jumin_transport *transport,
                        const struct jumin_transport_functions *functions)
{
    return transport != NULL && transport->functions == functions ? transport->context : NULL;
}
