// The link model with a clock of the caller's.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_TRANSPORT_LINK_MODEL_H
#define JUMIN_HOST_TRANSPORT_LINK_MODEL_H

#include <jumin/link_model.h>

// Nanoseconds of a clock that goes steadily, and a sleep until then that may end late.
struct link_clock {
    uint64_t (*now)(void *context);
    void (*sleep_until)(void *context, uint64_t time);
    void *context;
};

enum jumin_error link_model_new(struct jumin_transport **transport, struct jumin_transport *inner,
                                const struct jumin_link_model *model, const struct link_clock *clock);

#endif
