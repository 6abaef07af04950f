// How long APDUs take over the air, and a transport that takes as long.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_LINK_MODEL_H
#define JUMIN_LINK_MODEL_H

#include <jumin/transport.h>

// ISO 14443 type A between a reader and a card that lose no frame. Nothing else is in it: what card, reader
// and host compute comes on top.
struct jumin_link_model {
    unsigned rate;     // 106, 212, 424 or 848 kbit/s, in both directions
    unsigned fsd, fsc; // bytes of a frame that reader and card take: 16 to 256
};

JUMIN_EXPORT bool jumin_link_model_valid(const struct jumin_link_model *model);
// The nanoseconds of a command and its response, lengths in bytes of the whole APDU: from the reader's first
// bit to the card's last, and the pause before the next command. 0 for a model that is not valid.
JUMIN_EXPORT uint64_t jumin_link_model_time(const struct jumin_link_model *model, size_t command,
                                            size_t response);

// Passes every exchange on to `inner` and takes this much longer. Takes over `inner`.
JUMIN_EXPORT enum jumin_error jumin_link_model_new(struct jumin_transport **transport,
                                                   struct jumin_transport *inner,
                                                   const struct jumin_link_model *model);
// The air time of all its exchanges so far, in nanoseconds; 0 for a transport of another kind.
JUMIN_EXPORT uint64_t jumin_link_model_elapsed(const struct jumin_transport *transport);

#endif
