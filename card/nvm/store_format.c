// Formatting: from any bytes to an empty store.
// SPDX-License-Identifier: Apache-2.0
#include "card/nvm/store_internal.h"

bool store_page_format(const struct store_flash *flash, uint32_t page, uint32_t number, uint32_t erases)
{
    struct store_page header = {
        .number = number,
        .previous = number,
        .oldest = number,
        .erases = erases,
        .previous_end = STORE_PAGE_HEADER,
        .pages = (uint16_t)flash->pages,
    };
    uint8_t bytes[STORE_PAGE_HEADER];
    store_page_encode(&header, bytes);
    return flash->erase(flash->context, page) &&
           flash->program(flash->context, page * STORE_PAGE, bytes, sizeof bytes);
}

// The page not yet `done` with the lowest number: a former store so loses the beginning of its log first and
// never opens as an older one.
static bool next_to_format(const struct store_flash *flash, const bool *done, uint32_t *chosen,
                           uint32_t *erases)
{
    bool found = false;
    uint32_t lowest = 0;
    for (uint32_t page = 0; page < flash->pages; page++) {
        struct store_page header;
        if (!store_page_read(flash, page, &header)) {
            return false;
        }
        if (!done[page] && (!found || header.number < lowest)) {
            found = true;
            lowest = header.number;
            *chosen = page;
            *erases = header.erases;
        }
    }
    return found;
}

enum store_status store_format(const struct store_flash *flash)
{
    if (!store_pages_in_range(flash)) {
        return STORE_MISUSE;
    }
    bool done[STORE_PAGES_MAX] = {false};
    for (uint32_t i = 0; i < flash->pages; i++) {
        uint32_t page = 0;
        uint32_t erases = 0;
        const uint32_t number = i + 1 == flash->pages ? 1 : 0;
        if (!next_to_format(flash, done, &page, &erases) ||
            !store_page_format(flash, page, number, erases + 1)) {
            return STORE_FLASH;
        }
        done[page] = true;
    }
    return STORE_OK;
}
