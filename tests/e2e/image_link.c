// A card image in this process, as what a transport needs.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/image_link.h"

#include <string.h>

bool image_link_open(struct image_link *link, const char *path)
{
    memset(link, 0, sizeof *link);
    if (flash_file_open(&link->flash, path) != FLASH_FILE_OK) {
        return false;
    }
    link->port.flash = flash_file_port(&link->flash);
    link->port.random = crypto_system_random();
    return true;
}

void image_link_close(struct image_link *link)
{
    flash_file_close(&link->flash);
    crypto_wipe(link, sizeof *link);
}

static void disconnect(void *context)
{
    struct image_link *link = context;
    if (link->in_field) {
        card_reset(&link->card);
    }
    link->in_field = false;
}

static enum jumin_error connect_card(void *context)
{
    struct image_link *link = context;
    disconnect(link);
    link->in_field = card_power_on(&link->card, &link->port) == STORE_OK;
    return link->in_field ? JUMIN_OK : JUMIN_ERROR_NO_CARD;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct image_link *link = context;
    *length = card_transmit(&link->card, command, n, link->answer, sizeof link->answer);
    if (*length == 0 || *length > capacity) {
        return JUMIN_ERROR_LINK;
    }
    memcpy(response, link->answer, *length);
    return JUMIN_OK;
}

static void limits(void *context, struct jumin_limits *limits)
{
    (void)context;
    *limits = (struct jumin_limits){65544, 65538, true};
}

const struct jumin_transport_functions image_link_functions = {
    .connect = connect_card, .transmit = transmit, .disconnect = disconnect, .limits = limits};
