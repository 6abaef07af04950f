// A card image in this process, as what a transport needs.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_IMAGE_LINK_H
#define JUMIN_TESTS_E2E_IMAGE_LINK_H

#include "card/core/card.h"
#include "card/port/host/flash_file.h"
#include <jumin/transport.h>

struct image_link {
    struct flash_file flash;
    struct card_port port;
    struct card card;
    bool in_field;
    uint8_t answer[CARD_RESPONSE_MAX];
};

// False: it cannot be opened.
bool image_link_open(struct image_link *link, const char *path);
// After the transport over it was freed.
void image_link_close(struct image_link *link);
// For jumin_transport_new; the context is the link.
extern const struct jumin_transport_functions image_link_functions;

#endif
