// The factory's step: a blank image with production data and the card's own transport keys.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/sim_factory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "card/core/card.h"
#include "card/port/host/flash_file.h"
#include "card/wire/key_set.h"

enum {
    PAGES = 64,   // 256 KiB
    BATCH = 0x01, // all simulated cards are of one production batch
    // Places in the production data (GPC v2.3.1 §H.6, tag 9F7F).
    PRODUCTION_FABRICATOR = 0,
    PRODUCTION_SERIAL = 12,
    PRODUCTION_BATCH = 16,
};

static void put_u32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        to[i] = (uint8_t)(value >> (8 * (3 - i)));
    }
}

// Diversification data: a mark of ours, the batch, and, for the card's own, the serial number.
static void put_diversification(uint8_t to[SCP03_DIVERSIFICATION], uint32_t serial)
{
    static const uint8_t mark[] = {'J', 'U', 'M', 'I', 'N', BATCH};
    memcpy(to, mark, sizeof mark);
    put_u32(to + sizeof mark, serial);
}

static bool fill_factory(struct card_factory *factory, uint32_t serial, struct span master)
{
    static const uint8_t fabricator[] = {'J', 'U', 'S', 'I'};
    memcpy(factory->production + PRODUCTION_FABRICATOR, fabricator, sizeof fabricator);
    put_u32(factory->production + PRODUCTION_SERIAL, serial);
    factory->production[PRODUCTION_BATCH + 1] = BATCH;
    put_diversification(factory->diversification, serial);
    put_diversification(factory->batch, 0);
    factory->key_version = KEY_VERSION_TRANSPORT;
    return key_set_diversify(master, factory->diversification, &factory->transport_keys);
}

void sim_factory_serial(uint32_t serial, char text[SIM_SERIAL_TEXT])
{
    uint8_t number[SCP03_DIVERSIFICATION];
    put_diversification(number, serial);
    for (size_t i = 0; i < sizeof number; i++) {
        (void)snprintf(text + 2 * i, 3, "%02X", number[i]);
    }
}

bool sim_factory_make(const char *path, uint32_t serial, struct span master, const char **reason)
{
    struct flash_file flash = {0};
    struct card_factory factory = {.key_version = 0};
    if (flash_file_create(&flash, path, PAGES) != FLASH_FILE_OK) {
        *reason = strerror(errno);
        return false;
    }
    const struct card_port port = {.flash = flash_file_port(&flash), .random = crypto_system_random()};
    const bool made = fill_factory(&factory, serial, master) && card_manufacture(&port, &factory) == STORE_OK;
    crypto_wipe(&factory, sizeof factory);
    flash_file_close(&flash);
    if (!made) {
        (void)unlink(path);
        *reason = "the image cannot be written";
    }
    return made;
}

long sim_factory_random_serial(void)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[4] = {0};
    if (!random.fill(random.context, bytes, sizeof bytes)) {
        return 1;
    }
    const long serial = ((long)(bytes[0] & 0x7F) << 24) | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    return serial == 0 ? 1 : serial;
}
